/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine_trace.c - what happened: every access with its answer, for cases; and the time line that --trace writes, as
 * Chrome trace events (JSON) that ui.perfetto.dev opens.
 *
 * Requests and accesses overlap, so they are async events with an id; probes, interrupts and marks are instants.
 */
#include "bench/machine.h"

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

void bench_event(struct test *t, uint64_t at_ps, uint32_t request_id, const char *track, const char *text)
{
    struct bench_event *event;

    if (!t->setup->trace_path)
        return;
    event = bench_array_add(&t->events, sizeof(*event));
    event->at_ps = at_ps;
    event->request_id = request_id;
    snprintf(event->track, sizeof(event->track), "%s", track);
    snprintf(event->text, sizeof(event->text), "%s", text);
}

void test_mark(struct test *t, const char *track, const char *format, ...)
{
    char text[160];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    bench_event(t, t->now_ps, IOTB_NO_REQUEST, track, text);
}

/* ---- the file ---- */

/* Tracks are threads of one process in this format; the first are the bench's. */
enum { TRACK_REQUESTS = 1, TRACK_MEMORY, TRACK_INTERRUPTS, TRACK_OTHERS };

static double microseconds(uint64_t ps)
{
    return (double)ps / 1e6;
}

static void put(json_t *events, const char *phase, uint32_t track, const char *name, uint64_t at_ps, json_t *more)
{
    json_t *event = json_pack("{s:s, s:s, s:i, s:i, s:s, s:f}", "ph", phase, "name", name, "pid", 1, "tid", (int)track, "cat",
                              "iotb", "ts", microseconds(at_ps));

    if (!event || json_object_update(event, more) || json_array_append_new(events, event))
        abort();
    json_decref(more);
}

static void put_span(json_t *events, uint32_t track, const char *name, uint64_t from_ps, uint64_t to_ps, json_t *arguments)
{
    char id[32];

    snprintf(id, sizeof(id), "%u.%zu", track, json_array_size(events));
    put(events, "b", track, name, from_ps, json_pack("{s:s, s:o}", "id", id, "args", arguments));
    put(events, "e", track, name, to_ps, json_pack("{s:s}", "id", id));
}

static void name_track(json_t *events, uint32_t track, const char *name)
{
    put(events, "M", track, "thread_name", 0, json_pack("{s:{s:s}}", "args", "name", name));
}

static json_t *hexadecimal(const uint8_t *data, uint32_t bytes)
{
    char text[2 * 64 + 1] = "";

    for (uint32_t i = 0; i < bytes && i < 64; i++)
        snprintf(&text[2 * i], 3, "%02x", data[i]);
    return json_string(text);
}

static void put_accesses(struct test *t, json_t *events)
{
    static const char *const kinds[] = {"read", "write", "cmpxchg", "fetch-add", "swap"};
    static const char *const origins[] = {"unknown", "dma", "structure", "walk", "queue", "status"};
    static const char *const statuses[] = {"ok", "abort", "poison"};

    for (size_t i = 0; i < t->trace_count; i++) {
        const struct bench_traced *traced = bench_traced_at(t, i);
        const struct iotb_access *access = &traced->access;
        char name[64];

        snprintf(name, sizeof(name), "%s 0x%" PRIx64, kinds[access->kind], access->address);
        put_span(events, TRACK_MEMORY, name, traced->arrived_ps, traced->answered ? traced->answered_ps : t->now_ps,
                 json_pack("{s:s, s:I, s:i, s:o, s:s}", "origin", origins[access->origin], "request",
                           (json_int_t)(access->request_id == IOTB_NO_REQUEST ? -1 : (json_int_t)access->request_id), "bytes",
                           (int)access->bytes, "data", hexadecimal(access->data, access->bytes), "answer",
                           traced->answered ? statuses[traced->status] : "none"));
    }
}

static void put_requests(struct test *t, json_t *events)
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
        put_span(events, TRACK_REQUESTS, name, requests[i].sent_ps, outcome->done ? outcome->done_ps : t->now_ps,
                 json_pack("{s:i, s:s, s:i, s:i}", "requester", (int)request->requester_id, "pasid", pasid, "bytes",
                           (int)request->bytes, "status", outcome->done ? (int)outcome->status : -1));
    }
}

static void put_instant(json_t *events, uint32_t track, const char *text, uint64_t at_ps, json_t *arguments)
{
    put(events, "i", track, text, at_ps, json_pack("{s:s, s:o}", "s", "t", "args", arguments));
}

static void put_events(struct test *t, json_t *events)
{
    const struct bench_event *list = t->events.items;
    json_t *tracks = json_object();

    for (size_t i = 0; i < t->events.count; i++) {
        json_int_t track = json_integer_value(json_object_get(tracks, list[i].track));

        if (!track) {
            track = (json_int_t)(TRACK_OTHERS + json_object_size(tracks));
            json_object_set_new(tracks, list[i].track, json_integer(track));
            name_track(events, (uint32_t)track, list[i].track);
        }
        put_instant(events, (uint32_t)track, list[i].text, list[i].at_ps,
                    list[i].request_id == IOTB_NO_REQUEST ? json_object()
                                                          : json_pack("{s:I}", "request", (json_int_t)list[i].request_id));
    }
    json_decref(tracks);
}

static void put_interrupts(struct test *t, json_t *events)
{
    const struct iotb_interrupt *interrupts = t->interrupts.items;

    for (size_t i = 0; i < t->interrupts.count; i++) {
        char text[64];

        snprintf(text, sizeof(text), "0x%" PRIx64 " = 0x%x", interrupts[i].address, interrupts[i].data);
        put_instant(events, TRACK_INTERRUPTS, text, interrupts[i].at_ps,
                    json_pack("{s:s}", "from", interrupts[i].origin == IOTB_IRQ_DEVICE ? "device" : "iommu"));
    }
}

bool bench_trace_write(struct test *t, const char *path)
{
    json_t *file, *events = json_array();
    bool written;

    put(events, "M", 0, "process_name", 0, json_pack("{s:{s:s}}", "args", "name", t->setup->what->name));
    name_track(events, TRACK_REQUESTS, "requests");
    name_track(events, TRACK_MEMORY, "memory");
    name_track(events, TRACK_INTERRUPTS, "interrupts not taken");
    put_requests(t, events);
    put_accesses(t, events);
    put_interrupts(t, events);
    put_events(t, events);
    file = json_pack("{s:o, s:s, s:{s:s, s:s, s:I}}", "traceEvents", events, "displayTimeUnit", "ns", "otherData", "case",
                     t->setup->what->name, "dut", t->desc.parameters, "seed", (json_int_t)t->setup->seed);
    written = file && json_dump_file(file, path, JSON_INDENT(0)) == 0;
    json_decref(file);
    return written;
}
