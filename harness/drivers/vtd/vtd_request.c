/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_request.c - page requests (7.4 to 7.10): the queue, responses, and how both are drained when a device or PASID loses its
 * domain.
 */
#include "vtd.h"
#include "vtd_trace.h"

#include <linux/bitfield.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#define RING_ORDER 1u /* PQS: 2 pages, 256 requests */
#define RING_BYTES (VTD_PAGE_BYTES << RING_ORDER)
#define CANONICAL_BITS 57

struct request {
    u64 word[2];
};

static struct request request_at(const struct vtd_unit *unit, u32 at)
{
    struct request request;

    memcpy(&request, unit->requests + (driver_bug(REQUEST_STRIDE) ? at / 2 : at), sizeof(request));
    return request;
}

static bool has_pasid(const struct request *request)
{
    return request->word[0] & REQUEST0_PP;
}

static u32 pasid_of(const struct request *request)
{
    return has_pasid(request) ? FIELD_GET(REQUEST0_PASID, request->word[0]) : IOMMU_NO_PASID;
}

static u16 rid_of(const struct request *request)
{
    return FIELD_GET(REQUEST0_RID, request->word[0]);
}

/* ---- responses ---- */

static void respond(struct vtd_unit *unit, u16 rid, bool with_pasid, u32 pasid, u16 group, u8 code)
{
    struct vtd_desc desc = vtd_desc_response(rid, with_pasid, pasid, group, code);

    vtd_queue_submit(unit, &desc, 1, false);
}

void vtd_request_respond(struct device *dev, struct iopf_fault *event, struct iommu_page_response *message)
{
    struct vtd_device *device = dev_iommu_priv_get(dev);
    const struct iommu_fault_page_request *request = &event->fault.prm;
    u8 code = message->code == IOMMU_PAGE_RESP_SUCCESS   ? RC_SUCCESS
              : message->code == IOMMU_PAGE_RESP_INVALID ? RC_INVALID
                                                         : RC_FAILURE;

    /* 7.6: only the last request of a group is answered. */
    if (request->flags & IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE)
        respond(device->unit, device->rids[0], request->flags & IOMMU_FAULT_PAGE_REQUEST_PASID_VALID, request->pasid,
                (u16)request->grpid, code);
}

static void refuse(struct vtd_unit *unit, const struct request *request)
{
    if (request->word[1] & REQUEST1_LPIG)
        respond(unit, rid_of(request), has_pasid(request), pasid_of(request), FIELD_GET(REQUEST1_PRGI, request->word[1]),
                RC_INVALID);
}

/* ---- requests ---- */

/* 7.4.1.1: last of a group with neither reading nor writing: the device has sent all of this PASID. It wants no answer. */
static bool is_stop_marker(const struct request *request)
{
    return request->word[1] & REQUEST1_LPIG && !(request->word[1] & (REQUEST1_RDR | REQUEST1_WRR)) && !driver_bug(STOP_MARKER);
}

static bool is_canonical(u64 address)
{
    s64 top = (s64)address >> (CANONICAL_BITS - 1);

    return top == 0 || top == -1;
}

/* Whether supervisor privilege was granted to whoever asks for it (SRE). */
static bool supervisor_allowed(struct vtd_device *device, u32 pasid)
{
    struct vtd_attachment *at = vtd_attachment(device, pasid);

    return driver_bug(SUPERVISOR_ALLOWED) || (at && at->domain->kind == VTD_NESTED && at->domain->user.flags & IOMMU_VTD_S1_SRE);
}

static bool acceptable(struct vtd_unit *unit, struct vtd_device *device, const struct request *request)
{
    bool allowed;

    if (!device || !device->pri_enabled || !is_canonical(request->word[1] & REQUEST1_ADDRESS))
        return false;
    mutex_lock(&unit->mutex);
    allowed = !(request->word[0] & REQUEST0_PMR) || supervisor_allowed(device, pasid_of(request));
    mutex_unlock(&unit->mutex);
    /* ECAP.ERS is 0: execution is never asked for by a request that could be granted. */
    return allowed && !(request->word[0] & REQUEST0_EXR && request->word[1] & REQUEST1_RDR);
}

static void pass_on(struct vtd_device *device, const struct request *request)
{
    struct iopf_fault event = {.fault.type = IOMMU_FAULT_PAGE_REQ};
    struct iommu_fault_page_request *prm = &event.fault.prm;

    prm->addr = request->word[1] & REQUEST1_ADDRESS;
    prm->pasid = pasid_of(request);
    prm->grpid = FIELD_GET(REQUEST1_PRGI, request->word[1]);
    prm->perm = (request->word[1] & REQUEST1_RDR ? IOMMU_FAULT_PERM_READ : 0) |
                (request->word[1] & REQUEST1_WRR ? IOMMU_FAULT_PERM_WRITE : 0) |
                (request->word[0] & REQUEST0_EXR ? IOMMU_FAULT_PERM_EXEC : 0) |
                (request->word[0] & REQUEST0_PMR ? IOMMU_FAULT_PERM_PRIV : 0);
    if (request->word[1] & REQUEST1_LPIG)
        prm->flags |= IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE;
    if (has_pasid(request))
        prm->flags |= IOMMU_FAULT_PAGE_REQUEST_PASID_VALID | IOMMU_FAULT_PAGE_RESPONSE_NEEDS_PASID;
    iommu_report_device_fault(device->dev, &event);
}

static void handle(struct vtd_unit *unit, const struct request *request)
{
    struct vtd_device *device;

    trace_vtd_page_request(rid_of(request), pasid_of(request), FIELD_GET(REQUEST1_PRGI, request->word[1]), request->word[1]);
    if (FIELD_GET(REQUEST0_TYPE, request->word[0]) != REQUEST_TYPE_PAGE || is_stop_marker(request))
        return;
    /* The device stays as long as the lock is held; handlers may sleep on locks of those who attach. */
    mutex_lock(&unit->request_lock);
    device = xa_load(&unit->devices, rid_of(request));
    if (acceptable(unit, device, request))
        pass_on(device, request);
    else
        refuse(unit, request);
    mutex_unlock(&unit->request_lock);
}

/* One pass over what is there. The head moves when all of it is dealt with: until then nobody takes the queue for empty. */
static bool handle_all(struct vtd_unit *unit)
{
    u32 tail = readq(unit->registers + VTD_PQT) % RING_BYTES, head = readq(unit->registers + VTD_PQH) % RING_BYTES;
    bool any = head != tail;

    for (; head != tail; head = (head + REQUEST_BYTES) % RING_BYTES) {
        struct request request = request_at(unit, head);

        handle(unit, &request);
    }
    writeq(tail, unit->registers + VTD_PQH);
    return any;
}

static bool is_empty(struct vtd_unit *unit)
{
    return readq(unit->registers + VTD_PQT) == readq(unit->registers + VTD_PQH);
}

/*
 * 7.4.1: with PRO set no request is written; those with LPIG were answered with success by the unit itself. Groups whose last
 * request was lost so will never be complete. PRO is cleared when the queue is empty.
 */
static void overflow(struct vtd_unit *unit)
{
    if (!(readl(unit->registers + VTD_PRS) & PRS_PRO))
        return;
    pr_info_ratelimited("vtd%u: page request queue overflow\n", unit->id);
    if (!is_empty(unit))
        return;
    if (driver_bug(OVERFLOW_EARLY)) {
        writel(PRS_PRO, unit->registers + VTD_PRS);
        return;
    }
    iopf_queue_discard_partial(unit->iopf);
    writel(PRS_PRO, unit->registers + VTD_PRS);
}

static irqreturn_t request_thread(int irq, void *data)
{
    struct vtd_unit *unit = data;

    (void)irq;
    if (driver_bug(OVERFLOW_EARLY))
        writel(PRS_PRO, unit->registers + VTD_PRS);
    /* PPR is cleared before the tail is read: what comes later makes a new event, unless PRO is set (7.5). */
    do {
        writel(PRS_PPR, unit->registers + VTD_PRS);
        handle_all(unit);
        overflow(unit);
    } while (!is_empty(unit));
    wake_up_all(&unit->request_wait);
    return IRQ_HANDLED;
}

/* ---- draining ---- */

/* Whether a request of the device's place waits in the queue. */
static bool is_waiting(struct vtd_device *device, u32 pasid)
{
    struct vtd_unit *unit = device->unit;
    u32 tail = readq(unit->registers + VTD_PQT) % RING_BYTES, head = readq(unit->registers + VTD_PQH) % RING_BYTES;

    for (; head != tail; head = (head + REQUEST_BYTES) % RING_BYTES) {
        struct request request = request_at(unit, head);

        if (rid_of(&request) == device->rids[0] && pasid_of(&request) == pasid)
            return true;
    }
    return false;
}

static void drain_software(struct vtd_device *device, u32 pasid)
{
    wait_event(device->unit->request_wait, !is_waiting(device, pasid));
    iopf_queue_flush_dev(device->dev);
}

/* 7.10: (a) a fence behind responses that were given, (b) IOTLB and Device-TLB, (c) a wait that drains page requests. */
static bool drain_hardware(struct vtd_device *device, u32 pasid, u16 did)
{
    static const struct vtd_block everything = {.mask = 52};
    struct vtd_unit *unit = device->unit;
    struct vtd_desc descs[] = {vtd_desc_fence(), pasid ? vtd_desc_piotlb(did, pasid) : vtd_desc_iotlb_domain(did),
                               vtd_desc_devtlb(&device->endpoint, pasid, &everything)};

    vtd_queue_submit(unit, descs, ARRAY_SIZE(descs), true);
    return readl(unit->registers + VTD_PRS) & PRS_PRO;
}

/*
 * The PASID's entry is gone and nothing is cached of it, so no new request gets in. What has come out of the device by the end of
 * step (c) is then in the queue, and is answered before the PASID may be used again. (d): an overflow meanwhile means another
 * round, for the unit has answered by itself.
 */
void vtd_request_drain(struct vtd_device *device, u32 pasid, u16 did)
{
    struct vtd_unit *unit = device->unit;

    if (!unit->requests)
        return;
    drain_software(device, pasid);
    while (drain_hardware(device, pasid, did))
        wait_event(unit->request_wait, !(readl(unit->registers + VTD_PRS) & PRS_PRO));
    drain_software(device, pasid);
}

/* ---- start and stop ---- */

int vtd_request_start(struct vtd_unit *unit)
{
    unit->requests = vtd_alloc(RING_BYTES);
    if (!unit->requests)
        return -ENOMEM;
    snprintf(unit->iopf_name, sizeof(unit->iopf_name), "vtd%u-iopf", unit->id);
    unit->iopf = iopf_queue_alloc(unit->iopf_name);
    if (!unit->iopf)
        return -ENOMEM;
    /* 7.4.1: head and tail to 0, then address and size, before any entry lets requests through. */
    writeq(0, unit->registers + VTD_PQH);
    writeq(0, unit->registers + VTD_PQT);
    writeq(virt_to_phys(unit->requests) | RING_ORDER, unit->registers + VTD_PQA);
    return vtd_event_start(unit, &unit->request_event, VTD_PECTL, 1, request_thread, "vtd-request");
}

void vtd_request_stop(struct vtd_unit *unit)
{
    vtd_event_stop(unit, &unit->request_event);
    if (unit->iopf)
        iopf_queue_free(unit->iopf);
    unit->iopf = NULL;
    if (unit->requests)
        writeq(0, unit->registers + VTD_PQA);
    vtd_free(unit->requests, RING_BYTES);
    unit->requests = NULL;
}
