/* SPDX-License-Identifier: BSD-2-Clause */
/* board_trace.c - see board_trace.h. */
#include "platform/board_trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* What the device had written into a request that somebody else is to complete. */
struct traced {
    struct traced *next;
    struct board_tracer *tracer;
    void (*done)(struct pcie_request *request);
    void *owner;
    uint64_t from_ps;
    bool taken;
};

void board_tracer_init(struct board_tracer *tracer, const struct board_trace *to, struct sim *sim)
{
    *tracer = (struct board_tracer){.to = *to, .sim = sim};
}

void board_tracer_fini(struct board_tracer *tracer)
{
    while (tracer->records) {
        struct traced *traced = tracer->records;

        tracer->records = traced->next;
        free(traced);
    }
}

/* Records stay in one list; a board has few requests under way at once. */
static struct traced *take(struct board_tracer *tracer)
{
    struct traced *traced = tracer->records;

    while (traced && traced->taken)
        traced = traced->next;
    if (!traced) {
        traced = calloc(1, sizeof(*traced));
        if (!traced)
            return NULL;
        traced->next = tracer->records;
        tracer->records = traced;
    }
    traced->taken = true;
    traced->tracer = tracer;
    return traced;
}

static void emit_request(const struct board_tracer *tracer, const struct pcie_request *request, uint64_t from_ps)
{
    static const char *const kinds[] = {"read", "write", "fetch-add", "swap", "compare-and-swap"};
    static const char *const at[] = {"", " translation", " translated", " reserved"};
    uint64_t to_ps = request->done_ps > tracer->sim->now_ps ? request->done_ps : tracer->sim->now_ps;
    char track[24], pasid[24] = "", text[160];

    snprintf(track, sizeof(track), "device/%04x bus", request->requester_id);
    if (request->has_pasid)
        snprintf(pasid, sizeof(pasid), " pasid=%x", request->pasid);
    snprintf(text, sizeof(text), "%s%s%s address=%" PRIx64 " bytes=%u%s request=%u status=%s", kinds[request->kind],
             at[request->at], pasid, request->address, request->bytes, request->no_snoop ? " no-snoop" : "", request->id,
             request->status == PCIE_SC   ? "SC"
             : request->status == PCIE_UR ? "UR"
                                          : "CA");
    tracer->to.event(tracer->to.context, track, text, from_ps, to_ps > from_ps ? to_ps - from_ps : 0);
}

static void complete(struct pcie_request *request)
{
    struct traced *traced = request->owner;

    request->done = traced->done;
    request->owner = traced->owner;
    traced->taken = false;
    emit_request(traced->tracer, request, traced->from_ps);
    request->done(request);
}

bool board_trace_request(struct board_tracer *tracer, struct pcie_request *request,
                         bool (*pass_on)(void *unit, struct pcie_request *request), void *unit)
{
    struct traced *traced = tracer->to.event ? take(tracer) : NULL;

    if (!traced)
        return pass_on(unit, request);
    traced->done = request->done;
    traced->owner = request->owner;
    traced->from_ps = tracer->sim->now_ps;
    request->done = complete;
    request->owner = traced;
    if (!pass_on(unit, request))
        return false;
    request->done = traced->done;
    request->owner = traced->owner;
    traced->taken = false;
    emit_request(tracer, request, traced->from_ps);
    return true;
}

/* More than what devices send. */
static bool is_told(const struct board_tracer *tracer)
{
    return tracer->to.event && tracer->to.all;
}

/* ---- memory ---- */

/* "read by=walk address=1000 bytes=8 value=3 request=7 status=ok" */
static void emit_access(const struct board_speaker *iommu, const struct port_request *request)
{
    static const char *const kinds[] = {"read", "write", "compare-exchange", "fetch-add", "swap"};
    static const char *const origins[] = {"dma", "structure", "walk", "queue", "status"};
    static const char *const statuses[] = {"ok", "abort", "poison"};
    char track[40], text[160];
    int length;

    snprintf(track, sizeof(track), "memory/%s %u", request->origin == PORT_DMA ? "DMA, IOMMU" : "IOMMU", iommu->index);
    length = snprintf(text, sizeof(text), "%s by=%s address=%" PRIx64 " bytes=%u", kinds[request->kind], origins[request->origin],
                      request->address, request->bytes);
    if (request->bytes <= 8 && request->status == PORT_OK)
        length +=
            snprintf(text + length, sizeof(text) - (size_t)length, " value=%" PRIx64,
                     load_le64(request->data) & (request->bytes == 8 ? UINT64_MAX : (UINT64_C(1) << 8 * request->bytes) - 1));
    if (request->request_id != UINT32_MAX)
        length += snprintf(text + length, sizeof(text) - (size_t)length, " request=%u", request->request_id);
    snprintf(text + length, sizeof(text) - (size_t)length, " status=%s", statuses[request->status]);
    iommu->tracer->to.event(iommu->tracer->to.context, track, text, request->issue_ps,
                            request->done_ps > request->issue_ps ? request->done_ps - request->issue_ps : 0);
}

static void accessed(struct port_request *request)
{
    struct board_speaker *iommu = request->owner;

    port_returned(request);
    emit_access(iommu, request);
    request->done(request);
}

enum port_reply board_trace_access(struct board_speaker *iommu, const struct memory_port *port, struct port_request *request)
{
    enum port_reply reply;

    if (!is_told(iommu->tracer))
        return memory_access(port, request);
    reply = port_pass_on(port, request, request->issue_ps, accessed, iommu, 0);
    if (reply == PORT_DONE)
        emit_access(iommu, request);
    return reply;
}

/* ---- messages, interrupts, and what models say ---- */

void board_trace_message(struct board_tracer *tracer, const struct pcie_message *message, uint64_t at_ps)
{
    static const char *const kinds[] = {"Invalidate Request", "Invalidate Completion", "Page Request", "PRG Response"};
    char track[24], pasid[24] = "", text[160];

    if (!tracer->to.event)
        return;
    snprintf(track, sizeof(track), "device/%04x bus", message->device_id);
    if (message->has_pasid)
        snprintf(pasid, sizeof(pasid), " pasid=%x", message->pasid);
    if (message->kind == PCIE_PAGE_REQUEST)
        snprintf(text, sizeof(text), "%s%s address=%" PRIx64 " group=%u%s%s%s", kinds[message->kind], pasid, message->address,
                 message->group_index, message->read ? " read" : "", message->write ? " write" : "",
                 message->last ? " last" : "");
    else if (message->kind == PCIE_PAGE_RESPONSE)
        snprintf(text, sizeof(text), "%s%s group=%u code=%u", kinds[message->kind], pasid, message->group_index,
                 message->response_code);
    else
        snprintf(text, sizeof(text), "%s%s address=%" PRIx64 " itag=%x", kinds[message->kind], pasid, message->address,
                 message->itag);
    tracer->to.event(tracer->to.context, track, text, at_ps, 0);
}

void board_trace_interrupt(struct board_tracer *tracer, const struct board_interrupt *interrupt)
{
    char text[80];

    if (!is_told(tracer))
        return;
    if (interrupt->line)
        snprintf(text, sizeof(text), "wire number=%u iommu=%u", interrupt->data, interrupt->iommu);
    else
        snprintf(text, sizeof(text), "message address=%" PRIx64 " data=%x", interrupt->address, interrupt->data);
    tracer->to.event(tracer->to.context, "iommu/interrupts", text, interrupt->at_ps, 0);
}

static void probed(void *context, uint64_t at_ps, uint32_t request_id, const char *lane, const char *text)
{
    const struct board_speaker *speaker = context;
    char track[40], whole[200];

    snprintf(track, sizeof(track), "%s %.20s", speaker->name, lane);
    if (request_id == UINT32_MAX)
        snprintf(whole, sizeof(whole), "%s", text);
    else
        snprintf(whole, sizeof(whole), "%.180s request=%u", text, request_id);
    speaker->tracer->to.event(speaker->tracer->to.context, track, whole, at_ps, 0);
}

struct probe board_trace_probe(struct board_speaker *speaker)
{
    const struct board_trace *to = &speaker->tracer->to;

    return to->event ? (struct probe){.event = probed, .context = speaker, .listening = &to->all} : (struct probe){0};
}
