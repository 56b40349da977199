/* SPDX-License-Identifier: BSD-2-Clause */
/* machine_trace.c - what happened: every access with its answer, for cases; and the time line that --trace writes. */
#include "bench/machine.h"
#include "bench/time_line.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- accesses ---- */

struct bench_traced *bench_traced_at(struct test *t, size_t index)
{
    return &((struct bench_traced **)t->chunks.items)[index / BENCH_TRACE_CHUNK][index % BENCH_TRACE_CHUNK];
}

size_t bench_trace_add(struct test *t, const struct iotb_access *access)
{
    struct bench_traced *traced;

    if (t->trace_count == t->chunks.count * BENCH_TRACE_CHUNK) {
        struct bench_traced **chunk = bench_array_add(&t->chunks, sizeof(*chunk));

        *chunk = calloc(BENCH_TRACE_CHUNK, sizeof(**chunk));
        if (!*chunk)
            abort();
    }
    traced = bench_traced_at(t, t->trace_count);
    traced->access = *access;
    traced->arrived_ps = t->now_ps;
    return t->trace_count++;
}

size_t trace_mark(struct test *t)
{
    bench_drain(t);
    return t->trace_count;
}

size_t trace_length(struct test *t)
{
    return t->trace_count;
}

const struct iotb_access *trace_at(struct test *t, size_t index)
{
    return index < t->trace_count ? &bench_traced_at(t, index)->access : NULL;
}

const struct iotb_access *trace_find(struct test *t, size_t mark, uint64_t first, uint64_t last, uint32_t kind_mask)
{
    for (size_t i = mark; i < t->trace_count; i++)
        if (bench_touches(trace_at(t, i), first, last, kind_mask))
            return trace_at(t, i);
    return NULL;
}

size_t trace_count(struct test *t, size_t mark, uint64_t first, uint64_t last, uint32_t kind_mask)
{
    size_t count = 0;

    for (size_t i = mark; i < t->trace_count; i++)
        count += bench_touches(trace_at(t, i), first, last, kind_mask);
    return count;
}

/* ---- events ---- */

void bench_event(struct test *t, uint64_t at_ps, uint64_t duration_ps, uint32_t request_id, const char *track, const char *text)
{
    struct bench_event *event;

    if (!t->setup->trace_path)
        return;
    event = bench_array_add(&t->events, sizeof(*event));
    event->at_ps = at_ps;
    event->duration_ps = duration_ps;
    snprintf(event->track, sizeof(event->track), "%s", track);
    if (request_id == IOTB_NO_REQUEST)
        snprintf(event->text, sizeof(event->text), "%s", text);
    else
        snprintf(event->text, sizeof(event->text), "%s request=%u", text, request_id);
}

void bench_call_event(struct test *t, uint64_t from_ps, const char *track, const char *text)
{
    bench_event(t, from_ps, t->now_ps - from_ps, IOTB_NO_REQUEST, track, text);
    if (t->setup->trace_path)
        ((struct bench_event *)t->events.items)[t->events.count - 1].call = true;
}

void test_mark(struct test *t, const char *track, const char *format, ...)
{
    char text[160];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    bench_event(t, t->now_ps, 0, IOTB_NO_REQUEST, track, text);
}

/* ---- the file ---- */

static json_t *hexadecimal(const uint8_t *data, uint32_t bytes)
{
    char text[2 * 64 + 1] = "";

    for (uint32_t i = 0; i < bytes && i < 64; i++)
        snprintf(&text[2 * i], 3, "%02x", data[i]);
    return json_string(text);
}

/* As in the texts of probes. */
static json_t *request_name(uint32_t id)
{
    return id == IOTB_NO_REQUEST ? json_null() : json_sprintf("%u", id);
}

static void put_accesses(struct test *t, struct time_line *line)
{
    static const char *const kinds[] = {"read", "write", "cmpxchg", "fetch-add", "swap"};
    static const char *const origins[] = {"unknown", "dma", "structure", "walk", "queue", "status"};
    static const char *const statuses[] = {"ok", "abort", "poison"};

    for (size_t i = 0; i < t->trace_count; i++) {
        const struct bench_traced *traced = bench_traced_at(t, i);
        const struct iotb_access *access = &traced->access;
        char name[64];

        snprintf(name, sizeof(name), "%s 0x%" PRIx64, kinds[access->kind], access->address);
        time_line_span(line, "memory", name, traced->arrived_ps, traced->answered ? traced->answered_ps : t->now_ps,
                       json_pack("{s:s, s:o, s:i, s:o, s:s}", "origin", origins[access->origin], "request",
                                 request_name(access->request_id), "bytes", (int)access->bytes, "data",
                                 hexadecimal(access->data, access->bytes), "answer",
                                 traced->answered ? statuses[traced->status] : "none"));
    }
}

static void put_requests(struct test *t, struct time_line *line)
{
    static const char *const kinds[] = {"read", "write", "fetch-add", "swap", "cas"};
    const struct bench_request *requests = t->requests.items;

    for (size_t i = 0; i < t->requests.count; i++) {
        const struct iotb_request *request = &requests[i].request;
        const struct outcome *outcome = &requests[i].outcome;
        char name[96], pasid[16] = "none";

        if (request->flags & IOTB_RQ_PASID)
            snprintf(pasid, sizeof(pasid), "0x%x", request->pasid);
        snprintf(name, sizeof(name), "request %u %s 0x%" PRIx64, request->id, kinds[request->kind % 5], request->address);
        time_line_span(line, "requests", name, requests[i].sent_ps, outcome->done ? outcome->done_ps : t->now_ps,
                       json_pack("{s:o, s:i, s:s, s:i, s:i}", "request", request_name(request->id), "requester",
                                 (int)request->requester_id, "pasid", pasid, "bytes", (int)request->bytes, "status",
                                 outcome->done ? (int)outcome->status : -1));
    }
}

static void put_interrupts(struct test *t, struct time_line *line)
{
    const struct iotb_interrupt *interrupts = t->interrupts.items;

    for (size_t i = 0; i < t->interrupts.count; i++) {
        char text[64];

        snprintf(text, sizeof(text), "0x%" PRIx64 " = 0x%x", interrupts[i].address, interrupts[i].data);
        time_line_instant(line, "interrupts not taken", text, interrupts[i].at_ps,
                          json_pack("{s:s}", "from", interrupts[i].origin == IOTB_IRQ_DEVICE ? "device" : "iommu"));
    }
}

bool bench_trace_write(struct test *t, const char *path)
{
    struct time_line *line = time_line_new(t->setup->what->name);
    const struct bench_event *events = t->events.items;
    bool written;

    put_requests(t, line);
    put_accesses(t, line);
    put_interrupts(t, line);
    for (size_t i = 0; i < t->events.count; i++)
        time_line_text(line, events[i].track, events[i].text, events[i].at_ps,
                       events[i].duration_ps || events[i].call ? events[i].duration_ps : TIME_LINE_INSTANT);
    written = time_line_write(line, path,
                              json_pack("{s:s, s:s, s:I}", "case", t->setup->what->name, "dut", t->desc.parameters, "seed",
                                        (json_int_t)t->setup->seed));
    time_line_free(line);
    return written;
}
