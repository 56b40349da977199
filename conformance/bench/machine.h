/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine.h - the inside of struct test: one DUT, its memory, everything on its way, one running case.
 *
 * Only the machine's own chapters include it: machine.c (pump and requests), machine_endpoint.c, machine_memory.c (the physical
 * memory), machine_inject.c (faults, holds, hooks), machine_trace.c (what happened), test.c (verdicts and the run of a case).
 * Cases know bench/case.h, the runner knows bench/run.h.
 */
#ifndef BENCH_MACHINE_H
#define BENCH_MACHINE_H

#include "bench/case.h"
#include "bench/run.h"
#include "dut/guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

/* ---- seeded choice of the bench's own; the stream is the same on every host ---- */
struct bench_rng {
    uint64_t state[4];
};
void bench_rng_seed(struct bench_rng *rng, uint64_t seed);
uint64_t bench_rng_next(struct bench_rng *rng);
uint64_t bench_rng_below(struct bench_rng *rng, uint64_t end); /* end > 0 */

/* ---- physical memory ---- */

#define BENCH_PAGE_BYTES 4096u
#define BENCH_PAGE_LG2 12u

struct bench_page;

struct bench_range {
    uint64_t first, last;
};

struct bench_memory {
    bool owned;          /* by the bench; else the DUT's mem_read and mem_write */
    uint64_t base, last; /* where the allocator may look */
    uint32_t address_bits;
    struct bench_page *pages;  /* uthash by page number; only pages that were written */
    struct bench_range *taken; /* sorted, disjoint, neighbours merged */
    size_t taken_count, taken_room;
    uint64_t *holes; /* page addresses */
    size_t hole_count;
};

void bench_memory_init(struct bench_memory *memory, const struct iotb_desc *desc);
void bench_memory_fini(struct bench_memory *memory);
/* Every byte of first..last answers. */
bool bench_memory_exists(const struct bench_memory *memory, uint64_t first, uint64_t last);
/* Bench-owned pages; the range must exist. */
void bench_memory_get(const struct bench_memory *memory, uint64_t address, void *data, uint32_t bytes);
void bench_memory_put(struct bench_memory *memory, uint64_t address, const void *data, uint32_t bytes);
/* Carries out an access as one atomic action and writes the answer. */
void bench_memory_carry_out(struct bench_memory *memory, const struct iotb_access *access, struct iotb_answer *answer);

/* ---- what is on its way ---- */

struct bench_request {
    struct iotb_request request;
    struct outcome outcome;
    uint64_t sent_ps;
    bool dropped; /* by a reset */
};

/* An access that the DUT waits for. */
struct bench_pending {
    size_t trace_index;
    uint64_t due_ps;
    uint32_t hold_id; /* 0: not held */
    uint32_t status;  /* IOTB_ACCESS_OK unless an injection decided otherwise */
};

/* A completion or a message that goes to an endpoint. */
struct bench_reply {
    uint64_t due_ps;
    bool is_message;
    union {
        struct iotb_completion completion;
        struct iotb_message message;
    };
};

struct bench_injection {
    uint32_t id;
    enum inject_action action;
    uint64_t first, last, nth, count, matched, hits;
    uint32_t kind_mask;
    bool active;
};

struct bench_hold {
    uint32_t id;
    uint64_t first, last;
    uint32_t kind_mask;
    bool active;
};

/* ---- what happened ---- */

struct bench_traced {
    struct iotb_access access; /* of a read, data is what was answered */
    uint64_t arrived_ps, answered_ps;
    uint32_t status;
    bool answered;
};

#define BENCH_TRACE_CHUNK 1024u

/* An event of the time line that is neither an access nor a request. */
struct bench_event {
    uint64_t at_ps, duration_ps;
    bool call; /* a span even when it took no time */
    char track[24];
    char text[400];
};

/* A growing array of anything. */
struct bench_array {
    void *items;
    size_t count, room, item_bytes;
};
void *bench_array_add(struct bench_array *array, size_t item_bytes); /* zeroed; aborts when out of memory */

struct bench_site;

/* How the case will end, the worst first found. */
enum bench_ending { ENDING_NONE, ENDING_SKIP, ENDING_NOTESTABLE, ENDING_ERROR, ENDING_CRASH };

struct test {
    const struct test_setup *setup;
    FILE *out;
    jmp_buf escape;
    bool running; /* escape is valid */

    struct guard *guard;
    struct iotb_desc desc;
    struct iotb_uapi_machine uapi;  /* of a user interface */
    uint64_t call_count, dma_count; /* likewise: what the case has made */
    ioctl_text *describe_ioctl;     /* likewise, or NULL */
    struct bench_memory memory;
    struct bench_rng random;      /* the case's */
    struct bench_rng latency_rng; /* the machine's, so that a case's draws do not depend on how the DUT fetches */

    uint64_t now_ps;
    bool idle;         /* as the DUT said last */
    uint64_t slice_ps; /* how long an endpoint runs before it is asked again; 0 after it has sent something */
    uint64_t latency_min_ps, latency_max_ps;
    bool reorder;

    struct bench_array requests; /* struct bench_request, index is id - 1 */
    uint32_t outstanding;
    struct bench_array pending;    /* struct bench_pending, in order of arrival */
    struct bench_array injections; /* struct bench_injection, index is id - 1 */
    struct bench_array holds;      /* struct bench_hold, index is id - 1 */
    struct bench_array interrupts, messages;
    struct bench_array replies; /* struct bench_reply: on their way to an endpoint, in order of queueing */
    tlp_hook *on_tlp;
    message_hook *on_message;
    void *endpoint_context;
    uint64_t tlp_count;
    access_hook *hook;
    void *hook_context;
    bool in_hook;

    struct bench_array chunks; /* struct bench_traced *, BENCH_TRACE_CHUNK entries each: addresses stay valid */
    size_t trace_count;
    struct bench_array events; /* struct bench_event, only with a trace path */

    struct bench_site *sites; /* uthash; checks that were made */
    bool failures_only;       /* passing checks are not counted for their rows */
    const char *carried;      /* rows that may be checked besides the case's, or NULL */
    char first_row[64];
    char context[256];
    uint64_t checks, failures, warnings, observations;
    bool circles; /* a wait used up its steps */
    bool hang;
    char hang_text[160];
    char reason[512];
    enum bench_ending ending;
};

/* A negative result of the DUT ends the case: NOTESTABLE for IOTB_E_UNSUPPORTED, else CRASH with the guard's sentence. */
void bench_require(struct test *t, int result, const char *what);
_Noreturn void bench_leave(struct test *t, enum bench_ending ending, const char *format, va_list arguments);
/* Writes one line of results; steals the reference. */
struct json_t;
void bench_emit(struct test *t, struct json_t *line);

/* test_sites.c */
void bench_place(char *where, size_t bytes, const char *file, int line); /* "conformance/...:line" */
/* Is the row one that may be checked though the case does not list it? */
bool bench_row_carried(const struct test *t, const char *row);
/* Is this check to be told in full? Else it is counted. Ends the case when the row is neither listed nor carried. */
bool bench_site_tell(struct test *t, const char *row, bool ok, const char *file, int line);
void bench_sites_emit(struct test *t); /* what was counted; frees the sites */

/* machine.c */
void bench_answer(struct test *t, size_t index); /* carries out the pending access and tells the DUT */
void bench_drain(struct test *t);                /* takes all that the DUT has to hand out */
void bench_refuse_in_hook(struct test *t, const char *what);
void bench_drop_in_flight(struct test *t); /* after a reset: nothing is owed any more */
/* Before the verdict: what is held is let go, and a request that still does not complete is a hang. */
void bench_finish(struct test *t);
void bench_fini(struct test *t);

void bench_array_remove(struct bench_array *array, size_t index);

/* machine_endpoint.c */
bool bench_is_endpoint(const struct test *t);
bool bench_endpoint_drain(struct test *t); /* true when something came */
bool bench_reply_due(const struct test *t, size_t *index, uint64_t *due_ps);
void bench_reply_deliver(struct test *t, size_t index);

/* machine_uapi.c */
bool bench_is_uapi(const struct test *t);
void bench_uapi_begin(struct test *t);
void bench_uapi_run(struct test *t, uint64_t ps);
void bench_uapi_drain(struct test *t); /* events of the time line */

/* machine_told.c: of a user interface, who did what and when */
uint64_t bench_told_begin(struct test *t); /* the time */
void bench_told_call(struct test *t, uint64_t from_ps, uint32_t process, int64_t result, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void bench_told_ioctl(struct test *t, uint64_t from_ps, uint32_t process, int32_t fd, uint64_t command, const void *argument,
                      uint32_t bytes, int64_t result);
void bench_told_dma(struct test *t, uint64_t from_ps, uint32_t device, const struct iotb_request *request, int64_t result,
                    const struct iotb_completion *completion);

/* machine_inject.c */
uint32_t bench_injected_status(struct test *t, const struct iotb_access *access);
uint32_t bench_hold_for(struct test *t, const struct iotb_access *access); /* hold id or 0 */
bool bench_holding(struct test *t);                                        /* some access is withheld */
bool bench_touches(const struct iotb_access *access, uint64_t first, uint64_t last, uint32_t kind_mask);

/* machine_trace.c */
size_t bench_trace_add(struct test *t, const struct iotb_access *access);
struct bench_traced *bench_traced_at(struct test *t, size_t index);
void bench_event(struct test *t, uint64_t at_ps, uint64_t duration_ps, uint32_t request_id, const char *track, const char *text);
/* The same of a call, which has lasted since then, if only for a moment. */
void bench_call_event(struct test *t, uint64_t from_ps, const char *track, const char *text);
void bench_collect_probes(struct test *t);
bool bench_trace_write(struct test *t, const char *path); /* false: the file could not be written */

#endif
