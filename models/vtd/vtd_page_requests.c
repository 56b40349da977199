/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_page_requests.c - 7.4 Recoverable Fault Reporting, 7.6.1 Page Group Response Descriptor, 6.5.3.1 Implicit Invalidation on
 * Page Requests, 11.4.11 Page Request Queue Interface.
 *
 * Page requests go one after the other, in order of arrival, through the tables up to the PASID table entry (vtd_translate.c) and
 * from there into the queue. A last request of a group that does not get there is answered by the unit itself.
 */
#include "vtd/vtd_flight.h"
#include "vtd/vtd_queue.h"

#define DESCRIPTOR_BYTES 32u

static bool on(const struct vtd *vtd, enum vtd_erratum_id id)
{
    return vtd_erratum(&vtd->params, id);
}

/* ---- responses ---- */

static void respond(struct vtd *vtd, struct pcie_message *response)
{
    if (on(vtd, VTD_E_PAGE_RESPONSE_LOST))
        return;
    if (on(vtd, VTD_E_PAGE_RESPONSE_PASID)) {
        response->has_pasid = false;
        response->pasid = 0;
    }
    if (on(vtd, VTD_E_PAGE_RESPONSE_GROUP))
        response->group_index &= 0xffu;
    VTD_PROBE(vtd, vtd->sim->now_ps, VTD_NO_REQUEST, "page request", "response rid=%x group=%x code=%x", response->device_id,
              response->group_index, response->response_code);
    vtd_message_send(vtd, response);
}

/* 7.4.1, Table 31: only the last of a group is answered, and a stop marker never. */
void vtd_page_answer(struct vtd *vtd, const struct pcie_message *request, enum pcie_response_code code)
{
    struct pcie_message asked = *request, response;
    if (on(vtd, VTD_E_PAGE_ANSWERS_EACH) && !pcie_is_stop_marker(&asked))
        asked.last = true;
    if (on(vtd, VTD_E_STOP_MARKER_ANSWERED) && pcie_is_stop_marker(&asked))
        asked.read = true;
    if (pcie_page_response(&asked, code, &response))
        respond(vtd, &response);
}

/* 7.6.1: what software answers. */
void vtd_page_respond(struct vtd *vtd, const uint64_t d[4])
{
    bool with_pasid = vtd_bits(d[0], 4, 4);
    struct pcie_message response = {
        .kind = PCIE_PAGE_RESPONSE,
        .device_id = (uint16_t)vtd_bits(d[0], 31, 16),
        .has_pasid = with_pasid,
        .pasid = with_pasid ? (uint32_t)vtd_bits(d[0], 51, 32) : 0,
        .group_index = (uint16_t)vtd_bits(d[1], 11, 3),
        .response_code = (uint8_t)vtd_bits(d[0], 15, 12),
    };
    respond(vtd, &response);
}

/* ---- the queue: 2^PQS pages; the tail is where the next entry goes ---- */

static struct ring ring_of(const struct vtd *vtd)
{
    uint64_t pqa = vtd_reg(vtd, VTD_REG_PQA);
    return (struct ring){
        .base = pqa & VTD_MASK(PQA_PQA),
        .lap = (4096u << VTD_GET(pqa, PQA_PQS)) - (on(vtd, VTD_E_PQT_WRAP) ? DESCRIPTOR_BYTES : 0u),
        .step = DESCRIPTOR_BYTES,
        .unit_bytes = 1,
    };
}

static bool is_full(const struct vtd *vtd)
{
    struct ring ring = ring_of(vtd);
    return ring_full(&ring, (uint32_t)vtd_reg(vtd, VTD_REG_PQT), (uint32_t)vtd_reg(vtd, VTD_REG_PQH));
}

static void advance_tail(struct vtd *vtd)
{
    struct ring ring = ring_of(vtd);
    vtd_reg_change(vtd, VTD_REG_PQT, VTD_MASK(PQT_PQT), ring_next(&ring, (uint32_t)vtd_reg(vtd, VTD_REG_PQT)));
}

/* 7.4.1.1 Page Request Descriptor */
static void describe(const struct vtd *vtd, const struct pcie_message *request, uint8_t data[DESCRIPTOR_BYTES])
{
    bool execute = request->has_pasid && request->execute;
    bool privileged = request->has_pasid && request->privileged && !on(vtd, VTD_E_PAGE_PMR_DROPPED);
    uint64_t pasid = request->has_pasid ? request->pasid & (on(vtd, VTD_E_PAGE_PASID_19_BITS) ? 0x7ffffu : UINT32_MAX) : 0;
    uint64_t low = 0x01u | (uint64_t)request->has_pasid << 8 | (uint64_t)request->device_id << 16 | pasid << 32 |
                   (uint64_t)execute << 52 | (uint64_t)privileged << 53;
    uint64_t high = (uint64_t)request->read | (uint64_t)request->write << 1 | (uint64_t)request->last << 2 |
                    (uint64_t)request->group_index << 3 | (request->address & VTD_BITS(63, 12));
    store_le64(data, low);
    store_le64(data + 8, high);
    store_le64(data + 16, 0);
    store_le64(data + 24, 0);
}

/* ---- 6.5.3.1, Table 27: what the translation caches hold of the page is dropped ---- */

static void invalidate_implicitly(struct vtd_flight *flight)
{
    static const enum vtd_invalidation_kind kinds[] = {
        [VTD_FIRST_STAGE] = VTD_INV_PIOTLB_PAGE,
        [VTD_SECOND_STAGE] = VTD_INV_IOTLB_PAGE,
        [VTD_NESTED] = VTD_INV_IOTLB_DOMAIN,
        [VTD_PASS_THROUGH] = VTD_INV_IOTLB_PAGE,
    };
    const struct vtd_invalidation invalidation = {
        .kind = kinds[flight->pasid_entry.pgtt],
        .did = flight->pasid_entry.did,
        .pasid = flight->pasid,
        .address = flight->query.address,
    };
    if (!on(flight->vtd, VTD_E_IMPLICIT_INVALIDATION_SKIPPED))
        vtd_invalidate(flight->vtd, &invalidation);
}

/* ---- into the queue ---- */

static enum walk_progress refused(struct vtd_flight *flight, enum pcie_response_code code)
{
    vtd_page_answer(flight->vtd, &flight->page->message, code);
    return WALK_END;
}

/* 7.5: the tail moves on, and software is told, when the descriptor is visible. One that cannot be written is not queued. */
static enum walk_progress delivered(struct vtd_flight *flight)
{
    struct vtd *vtd = flight->vtd;
    if (flight->work.job.access.status != PORT_OK)
        return refused(flight, PCIE_RESPONSE_INVALID);
    if (!on(vtd, VTD_E_PQT_BEFORE_WRITE))
        advance_tail(vtd);
    if (!on(vtd, VTD_E_PPR_LAST_ONLY) || flight->page->message.last)
        vtd_page_condition(vtd, VTD_MASK(PRS_PPR));
    return WALK_END;
}

static enum walk_progress deliver(struct vtd_flight *flight)
{
    struct vtd *vtd = flight->vtd;
    struct ring ring = ring_of(vtd);
    const struct vtd_access what = {
        .kind = PORT_WRITE,
        .origin = PORT_QUEUE,
        .address = ring_address(&ring, (uint32_t)vtd_reg(vtd, VTD_REG_PQT)),
        .bytes = DESCRIPTOR_BYTES,
        .snoop = true,
        .memory_type = PORT_WB,
    };
    describe(vtd, &flight->page->message, flight->work.job.access.data);
    if (on(vtd, VTD_E_PQT_BEFORE_WRITE))
        advance_tail(vtd);
    return vtd_flight_access(flight, &what, delivered);
}

/* 7.4.1: while PRO is set, or when the queue is full, the request is dropped; software learns of it by PRO alone. */
enum walk_progress vtd_flight_page_accepted(struct vtd_flight *flight)
{
    struct vtd *vtd = flight->vtd;
    enum pcie_response_code code = on(vtd, VTD_E_OVERFLOW_ANSWERS_FAILURE) ? PCIE_RESPONSE_FAILURE : PCIE_RESPONSE_SUCCESS;
    bool pending = vtd_reg(vtd, VTD_REG_PRS) & VTD_MASK(PRS_PRO);
    bool overflow = (pending && !on(vtd, VTD_E_PRO_NOT_KEPT)) || vtd->pages.stuck;
    bool full = is_full(vtd) && !on(vtd, VTD_E_PRQ_OVERWRITES);
    if (!overflow && !full) {
        invalidate_implicitly(flight);
        return deliver(flight);
    }
    vtd->pages.stuck = on(vtd, VTD_E_PRO_STUCK);
    if (!overflow)
        vtd_page_condition(vtd, VTD_MASK(PRS_PRO));
    return on(vtd, VTD_E_OVERFLOW_NOT_ANSWERED) ? WALK_END : refused(flight, code);
}

/* Table 30: what is at fault is never queued. */
enum walk_progress vtd_flight_page_fault(struct vtd_flight *flight)
{
    bool failure = on(flight->vtd, VTD_E_PAGE_FAULT_ANSWERS_FAILURE);
    if (on(flight->vtd, VTD_E_PAGE_FAULT_NOT_ANSWERED))
        return WALK_END;
    return refused(flight, failure ? PCIE_RESPONSE_FAILURE : PCIE_RESPONSE_INVALID);
}

/* ---- from the link ---- */

static void give_back(struct vtd *vtd, struct vtd_page *page)
{
    page->next = vtd->pages.free;
    vtd->pages.free = page;
}

static bool finished(struct request_work *work)
{
    struct vtd *vtd = ((struct vtd_flight *)work)->vtd;
    give_back(vtd, (struct vtd_page *)work->request);
    vtd->pages.finished++;
    vtd_waits_run(vtd);
    vtd_queue_kick(vtd);
    return false;
}

/*
 * With remapping disabled there are no tables to judge it by: Invalid Request. Of requests that are received and not yet in the
 * queue there is a limit, for a link without flow control here: more are an overflow.
 */
void vtd_page_received(struct vtd *vtd, const struct pcie_message *message)
{
    struct vtd_page *page = vtd->pages.free;
    if (!vtd->params.prs)
        return;
    if (!vtd->translating) {
        vtd_page_answer(vtd, message, PCIE_RESPONSE_INVALID);
        return;
    }
    if (!page) {
        vtd_page_condition(vtd, VTD_MASK(PRS_PRO));
        vtd_page_answer(vtd, message, PCIE_RESPONSE_SUCCESS);
        return;
    }
    vtd->pages.free = page->next;
    vtd->pages.received++;
    page->message = *message;
    page->request = (struct pcie_request){
        .id = VTD_NO_REQUEST, .requester_id = message->device_id, .address = message->address, .issue_ps = vtd->sim->now_ps};
    request_pool_take(&vtd->pages.pool, &page->request);
}

/* ---- life ---- */

int vtd_pages_init(struct vtd *vtd)
{
    int error = vtd_flights_pool_init(vtd, &vtd->pages.pool, 1);
    vtd->pages.pool.answer = finished;
    return error;
}

void vtd_pages_fini(struct vtd *vtd)
{
    request_pool_fini(&vtd->pages.pool);
}

void vtd_pages_reset(struct vtd *vtd)
{
    request_pool_reset(&vtd->pages.pool);
    vtd->pages.free = NULL;
    for (unsigned i = VTD_PAGES_MAX; i-- > 0;)
        give_back(vtd, &vtd->pages.pages[i]);
    vtd->pages.received = vtd->pages.finished = 0;
    vtd->pages.stuck = false;
}
