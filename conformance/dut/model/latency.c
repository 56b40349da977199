/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * latency.c - the device, the link and memory around a unit, and what is measured of them.
 */
#include "dut/model/latency_model.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_BYTES UINT64_C(4096)
#define LINE_BYTES 64u
#define TABLES_BYTES UINT64_C(0x1000000)
#define OUTSTANDING_MAX 256u
#define DRAINS 32u
#define DRAIN_EVERY 64u /* reads, from the end of one drain to the next */

static const struct latency_model *const models[] = {&latency_vtd, &latency_smmuv3};
#define MODEL_COUNT (sizeof(models) / sizeof(models[0]))

const struct latency_model *latency_model(const char *name)
{
    for (size_t i = 0; i < MODEL_COUNT; i++)
        if (strcmp(models[i]->name, name) == 0)
            return models[i];
    return NULL;
}

const char *latency_model_name(const void *unused, size_t n)
{
    (void)unused;
    return n < MODEL_COUNT ? models[n]->name : NULL;
}

struct rig;

/* A read of the device's, from its issue to its completion. */
struct slot {
    struct sim_event event; /* first */
    struct rig *rig;
    struct pcie_request request;
    uint64_t issued_ps;
    bool returning;
};

struct rig {
    struct sim sim;
    struct sim_rng choice;
    const struct latency_plan *plan;
    uint32_t pages;
    struct memory *memory;
    struct delay_port fetch, data;
    struct memory_port fetch_port, data_port, direct_port;
    void *unit;
    struct slot slots[OUTSTANDING_MAX];
    uint64_t link_free_ps;

    /* The run under way. */
    uint64_t to_issue, issued, completed, wrong;
    bool in_order; /* each page once instead of random ones */
    uint64_t *samples;
    uint64_t fetches;
    bool drains; /* invalidate as well */
    bool draining;
    uint64_t drain_begin_ps, drain_sum_ps, drain_next;
    uint32_t drain_count;
};

/* ---- memory: two paths, and the status write that ends a drain ---- */

static void drained(struct rig *rig)
{
    if (!rig->draining)
        return;
    rig->draining = false;
    rig->drain_sum_ps += rig->sim.now_ps - rig->drain_begin_ps;
    rig->drain_count++;
    rig->drain_next = rig->completed + DRAIN_EVERY;
}

static enum port_reply route(void *context, struct port_request *request)
{
    struct rig *rig = context;

    if (request->origin == PORT_DMA)
        return memory_access(&rig->data_port, request);
    if (request->origin == PORT_STATUS_WRITE) {
        drained(rig);
        return memory_access(&rig->direct_port, request);
    }
    rig->fetches += request->origin == PORT_WALK;
    return memory_access(&rig->fetch_port, request);
}

/* ---- the link: one read leaves the device per link_service_ps, and is link_ps on the way, there and back ---- */

static void issue(struct slot *slot)
{
    struct rig *rig = slot->rig;
    const struct latency_params *p = &rig->plan->params;
    uint64_t page = rig->in_order ? rig->issued % rig->pages : sim_rng_below(&rig->choice, rig->pages);
    uint64_t line = sim_rng_below(&rig->choice, PAGE_BYTES / LINE_BYTES);
    uint64_t leave_ps = rig->sim.now_ps > rig->link_free_ps ? rig->sim.now_ps : rig->link_free_ps;

    rig->link_free_ps = leave_ps + p->link_service_ps;
    slot->request.id = (uint32_t)rig->issued++;
    slot->request.address = LATENCY_IOVA + page * PAGE_BYTES + line * LINE_BYTES;
    slot->issued_ps = rig->sim.now_ps;
    slot->returning = false;
    sim_schedule(&rig->sim, &slot->event, leave_ps + p->link_ps);
}

static void answered(struct pcie_request *request)
{
    struct slot *slot = request->owner;
    struct rig *rig = slot->rig;
    uint64_t done_ps = request->done_ps > rig->sim.now_ps ? request->done_ps : rig->sim.now_ps;

    slot->returning = true;
    sim_schedule(&rig->sim, &slot->event, done_ps + rig->plan->params.link_ps);
}

static void invalidate_when_due(struct rig *rig)
{
    if (!rig->drains || rig->draining || rig->completed < rig->drain_next)
        return;
    rig->draining = true;
    rig->drain_begin_ps = rig->sim.now_ps;
    rig->plan->model->invalidate(rig->unit);
}

static void complete(struct slot *slot)
{
    struct rig *rig = slot->rig;

    rig->wrong += slot->request.status != PCIE_SC;
    if (rig->samples)
        rig->samples[rig->completed] = rig->sim.now_ps - slot->issued_ps;
    rig->completed++;
    invalidate_when_due(rig);
    if (rig->issued < rig->to_issue)
        issue(slot);
}

static void fired(struct sim_event *event)
{
    struct slot *slot = (struct slot *)event;
    struct rig *rig = slot->rig;

    if (slot->returning) {
        complete(slot);
        return;
    }
    slot->request.issue_ps = rig->sim.now_ps;
    if (rig->plan->model->request(rig->unit, &slot->request))
        answered(&slot->request);
}

/* ---- a run: so many reads, so many under way; -EINVAL when the unit has answered nothing for good ---- */

static int run(struct rig *rig, uint64_t reads, uint64_t outstanding, char *error, size_t error_bytes)
{
    rig->to_issue = reads;
    rig->issued = rig->completed = rig->fetches = 0;
    for (uint64_t i = 0; i < outstanding && i < reads; i++)
        issue(&rig->slots[i]);
    while (rig->completed < reads) {
        if (!sim_step(&rig->sim, UINT64_MAX)) {
            snprintf(error, error_bytes, "with these parameters the model has left a read unanswered");
            return -EINVAL;
        }
    }
    return 0;
}

static int smaller_first(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

static double ns_of(double ps)
{
    return ps / 1000.0;
}

static int measure_latency(struct rig *rig, struct latency_point *point, char *error, size_t error_bytes)
{
    uint32_t reads = rig->plan->reads;
    uint64_t *samples = calloc(reads, sizeof(*samples)), sum = 0;
    int result;

    if (!samples)
        return -ENOMEM;
    rig->samples = samples;
    result = run(rig, reads, 1, error, error_bytes);
    rig->samples = NULL;
    qsort(samples, reads, sizeof(*samples), smaller_first);
    for (uint32_t i = 0; i < reads; i++)
        sum += samples[i];
    point->min_ns = ns_of((double)samples[0]);
    point->median_ns = ns_of((double)samples[reads / 2u]);
    point->p99_ns = ns_of((double)samples[(uint64_t)reads * 99u / 100u]);
    point->mean_ns = ns_of((double)sum / reads);
    point->fetches = (double)rig->fetches / reads;
    free(samples);
    return result;
}

static int measure_rate(struct rig *rig, struct latency_point *point, char *error, size_t error_bytes)
{
    uint64_t begin_ps = rig->sim.now_ps;
    int result = run(rig, rig->plan->reads, rig->plan->params.outstanding, error, error_bytes);

    point->rate = 1e6 * rig->plan->reads / (double)(rig->sim.now_ps - begin_ps);
    return result;
}

static int measure_drain(struct rig *rig, struct latency_point *point, char *error, size_t error_bytes)
{
    uint64_t outstanding = rig->plan->params.outstanding;
    int result = 0;

    rig->drains = true;
    while (!result && rig->drain_count < DRAINS) {
        uint32_t before = rig->drain_count;

        rig->drain_next = 2u * outstanding;
        result = run(rig, DRAIN_EVERY * DRAINS, outstanding, error, error_bytes);
        if (!result && rig->drain_count == before) {
            snprintf(error, error_bytes, "with these parameters no invalidation ends while the device reads");
            result = -EINVAL;
        }
    }
    rig->drains = false;
    point->drain_ns = rig->drain_count ? ns_of((double)rig->drain_sum_ps / rig->drain_count) : 0;
    return result;
}

/* ---- the rig ---- */

static void close_rig(struct rig *rig)
{
    if (rig->unit)
        rig->plan->model->close(rig->unit);
    delay_port_fini(&rig->fetch);
    delay_port_fini(&rig->data);
    if (rig->memory)
        memory_destroy(rig->memory);
    free(rig);
}

static int open_memory(struct rig *rig)
{
    const struct latency_params *p = &rig->plan->params;

    rig->memory = memory_create();
    if (!rig->memory || memory_add_region(rig->memory, 0, TABLES_BYTES) ||
        memory_add_region(rig->memory, LATENCY_DATA, rig->pages * PAGE_BYTES))
        return -ENOMEM;
    rig->direct_port = memory_port_of(rig->memory);
    rig->fetch.latency_ps = p->fetch_ps;
    rig->fetch.service_ps = p->fetch_service_ps;
    rig->data.latency_ps = p->data_ps;
    rig->data.service_ps = p->data_service_ps;
    if (delay_port_init(&rig->fetch, &rig->sim, rig->direct_port, OUTSTANDING_MAX) ||
        delay_port_init(&rig->data, &rig->sim, rig->direct_port, OUTSTANDING_MAX))
        return -ENOMEM;
    rig->fetch_port = delay_port_of(&rig->fetch);
    rig->data_port = delay_port_of(&rig->data);
    return 0;
}

static int open_rig(struct rig *rig, char *error, size_t error_bytes)
{
    const struct memory_port port = {route, rig};
    int result;

    sim_init(&rig->sim, rig->plan->seed);
    sim_rng_seed(&rig->choice, rig->plan->seed);
    for (size_t i = 0; i < OUTSTANDING_MAX; i++) {
        struct slot *slot = &rig->slots[i];

        slot->event.fire = fired;
        slot->rig = rig;
        slot->request = (struct pcie_request){
            .requester_id = LATENCY_RID, .kind = PCIE_READ, .bytes = LINE_BYTES, .done = answered, .owner = slot};
    }
    result = open_memory(rig);
    return result ? result
                  : rig->plan->model->open(&rig->sim, rig->memory, &port, &rig->plan->params, rig->pages, &rig->unit, error,
                                           error_bytes);
}

static int measure(struct rig *rig, struct latency_point *point, char *error, size_t error_bytes)
{
    int result = open_rig(rig, error, error_bytes);

    rig->in_order = true;
    if (!result)
        result = run(rig, rig->pages, 1, error, error_bytes);
    rig->in_order = false;
    if (!result)
        result = measure_latency(rig, point, error, error_bytes);
    if (!result)
        result = measure_rate(rig, point, error, error_bytes);
    if (!result)
        result = measure_drain(rig, point, error, error_bytes);
    point->wrong = rig->wrong;
    return result;
}

int latency_measure(const struct latency_plan *plan, uint32_t pages, struct latency_point *point, char *error, size_t error_bytes)
{
    struct rig *rig;
    int result;

    *point = (struct latency_point){.pages = pages};
    if (pages == 0 || pages > LATENCY_PAGES_MAX || plan->reads == 0 || plan->reads > LATENCY_READS_MAX) {
        snprintf(error, error_bytes, "a window has 1 to %u pages, a figure 1 to %u reads", LATENCY_PAGES_MAX, LATENCY_READS_MAX);
        return -EINVAL;
    }
    if (plan->params.outstanding == 0 || plan->params.outstanding > OUTSTANDING_MAX) {
        snprintf(error, error_bytes, "outstanding must be 1 to %u", OUTSTANDING_MAX);
        return -EINVAL;
    }
    rig = calloc(1, sizeof(*rig));
    if (!rig)
        return -ENOMEM;
    rig->plan = plan;
    rig->pages = pages;
    result = measure(rig, point, error, error_bytes);
    close_rig(rig);
    return result;
}

/* ---- the fit: mean = a + b / pages, with a = base + miss, b = -entries * miss ---- */

/*
 * Two unknowns do not give three. base is what a read takes that misses nothing: the smallest latency of the smallest window
 * that still has misses.
 */
struct latency_measured latency_fit(const struct latency_point *points, size_t count)
{
    double n = 0, x = 0, y = 0, xx = 0, xy = 0, base = 0, slope, level;

    for (size_t i = 0; i < count; i++) {
        if (points[i].pages < LATENCY_FIT_PAGES_MIN)
            continue;
        double inverse = 1.0 / points[i].pages;

        base = n == 0 || points[i].min_ns < base ? points[i].min_ns : base;
        n += 1;
        x += inverse;
        y += points[i].mean_ns;
        xx += inverse * inverse;
        xy += inverse * points[i].mean_ns;
    }
    slope = (n * xy - x * y) / (n * xx - x * x);
    level = (y - slope * x) / n;
    return (struct latency_measured){
        .base_ns = base, .miss_ns = level - base, .entries = level > base ? -slope / (level - base) : 0};
}
