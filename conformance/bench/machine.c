/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine.c - the pump: requests in, accesses answered, time moved on, everything that the DUT hands out collected.
 *
 * One step answers one access or advances the DUT once. An access is carried out at the moment of its answer, as one
 * atomic action; accesses to the same 64 bytes keep their order when one of them writes, whatever the latency.
 */
#include "bench/machine.h"

#include <stdlib.h>
#include <string.h>

#define PS_PER_MS 1000000000ull
#define BUDGET_PS (100 * PS_PER_MS)    /* of one wait */
#define HUNG_BUDGET_PS (1 * PS_PER_MS) /* of each wait after a hang: it is known that this DUT does not answer */
#define BUDGET_STEPS 400000u           /* of one wait, for a DUT that works without time passing */
#define CIRCLES_BUDGET_STEPS 20000u    /* of each wait after one that used them up: it is known that this DUT goes in circles */
#define FIRST_SLICE_PS 1000000ull      /* 1 us */
#define LONGEST_SLICE_PS (10 * PS_PER_MS)
#define STANDSTILL_STEPS 2000u /* advances in a row that bring neither output nor time */

/* ---- arrays and choice ---- */

void *bench_array_add(struct bench_array *array, size_t item_bytes)
{
    uint8_t *item;

    if (array->count == array->room) {
        array->room = array->room ? array->room * 2 : 16;
        array->items = realloc(array->items, array->room * item_bytes);
        if (!array->items)
            abort();
    }
    array->item_bytes = item_bytes;
    item = (uint8_t *)array->items + array->count++ * item_bytes;
    memset(item, 0, item_bytes);
    return item;
}

void bench_array_remove(struct bench_array *array, size_t index)
{
    uint8_t *at = (uint8_t *)array->items + index * array->item_bytes;

    array->count--;
    memmove(at, at + array->item_bytes, (array->count - index) * array->item_bytes);
}

/* xoshiro256** (Blackman and Vigna), its state filled by splitmix64. */
void bench_rng_seed(struct bench_rng *rng, uint64_t seed)
{
    for (uint32_t i = 0; i < 4; i++) {
        uint64_t z = seed += 0x9e3779b97f4a7c15ull;

        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
        rng->state[i] = z ^ (z >> 31);
    }
}

static uint64_t rotate_left(uint64_t value, uint32_t by)
{
    return value << by | value >> (64 - by);
}

uint64_t bench_rng_next(struct bench_rng *rng)
{
    uint64_t *s = rng->state, result = rotate_left(s[1] * 5, 7) * 9, t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

uint64_t bench_rng_below(struct bench_rng *rng, uint64_t end)
{
    /* Draws from the incomplete last round of `end` are rejected: no bias. */
    uint64_t reject_below = (0 - end) % end, value;

    do
        value = bench_rng_next(rng);
    while (value < reject_below);
    return value % end;
}

/* ---- answers ---- */

static struct bench_pending *pending_at(struct test *t, size_t index)
{
    return &((struct bench_pending *)t->pending.items)[index];
}

void bench_answer(struct test *t, size_t index)
{
    struct bench_pending pending = *pending_at(t, index);
    struct bench_traced *traced = bench_traced_at(t, pending.trace_index);
    struct iotb_access *access = &traced->access;
    struct iotb_answer answer = {.size = sizeof(answer), .tag = access->tag, .status = pending.status};

    bench_array_remove(&t->pending, index);
    if (t->hook) {
        t->in_hook = true;
        t->hook(t, t->hook_context, access);
        t->in_hook = false;
    }
    if (!bench_memory_exists(&t->memory, access->address, access->address + (access->bytes - 1)))
        answer.status = IOTB_ACCESS_ABORT;
    if (answer.status == IOTB_ACCESS_OK) {
        bench_memory_carry_out(&t->memory, access, &answer);
    } else if (access->kind != IOTB_ACC_WRITE) {
        /* An abort reads as all ones, as on PCIe. Poisoned data are the true ones: a DUT that uses them shows. */
        answer.bytes = access->bytes;
        memset(answer.data, 0xff, access->bytes);
        if (answer.status == IOTB_ACCESS_POISON)
            bench_memory_get(&t->memory, access->address, answer.data, access->bytes);
    }
    if (access->kind == IOTB_ACC_READ)
        memcpy(access->data, answer.data, access->bytes);
    traced->answered = true;
    traced->answered_ps = t->now_ps;
    traced->status = answer.status;
    bench_require(t, guard_answer_access(t->guard, &answer), "answer_access");
}

static bool same_line(const struct iotb_access *a, const struct iotb_access *b)
{
    return a->address >> 6 == b->address >> 6 && (a->kind != IOTB_ACC_READ || b->kind != IOTB_ACC_READ);
}

static void access_arrived(struct test *t, const struct iotb_access *access)
{
    struct bench_pending *pending = bench_array_add(&t->pending, sizeof(*pending)), *before = t->pending.items;
    uint64_t span = t->latency_max_ps - t->latency_min_ps;

    pending->trace_index = bench_trace_add(t, access);
    pending->status = bench_injected_status(t, access);
    pending->hold_id = bench_hold_for(t, access);
    pending->due_ps = t->now_ps + t->latency_min_ps;
    if (span)
        pending->due_ps += bench_rng_below(&t->latency_rng, span + 1);
    for (; before != pending; before++)
        if (!before->hold_id && before->due_ps > pending->due_ps &&
            (!t->reorder || same_line(&bench_traced_at(t, before->trace_index)->access, access)))
            pending->due_ps = before->due_ps;
}

/* ---- collecting ---- */

static void completion_arrived(struct test *t, const struct iotb_completion *completion)
{
    struct bench_request *request = &((struct bench_request *)t->requests.items)[completion->id - 1];
    struct outcome *outcome = &request->outcome;

    outcome->done = true;
    outcome->has_status = (t->desc.features & IOTB_F_COMPLETION_STATUS) != 0;
    outcome->status = completion->status;
    outcome->bytes = completion->bytes;
    outcome->done_ps = completion->done_ps;
    memcpy(outcome->data, completion->data, sizeof(outcome->data));
    t->outstanding--;
}

void bench_collect_probes(struct test *t)
{
    struct iotb_probe probe;
    int result;

    while ((result = guard_next_probe(t->guard, &probe)) == IOTB_OK)
        bench_event(t, probe.at_ps, probe.duration_ps, probe.request_id, probe.track, probe.text);
    bench_require(t, result, "next_probe");
}

static void collect_probes(struct test *t)
{
    if (t->setup->trace_path && test_has(t, IOTB_F_PROBES))
        bench_collect_probes(t);
}

static bool collect_messages(struct test *t)
{
    size_t before = t->interrupts.count + t->messages.count;
    struct iotb_interrupt interrupt;
    struct iotb_message message;
    int result;

    if (test_has(t, IOTB_F_INTERRUPTS)) {
        while ((result = guard_poll_interrupt(t->guard, &interrupt)) == IOTB_OK)
            *(struct iotb_interrupt *)bench_array_add(&t->interrupts, sizeof(interrupt)) = interrupt;
        bench_require(t, result, "poll_interrupt");
    }
    if (test_has(t, IOTB_F_ATS) || test_has(t, IOTB_F_PRI)) {
        while ((result = guard_poll_message(t->guard, &message)) == IOTB_OK)
            *(struct iotb_message *)bench_array_add(&t->messages, sizeof(message)) = message;
        /* An adapter of a unit without Device-TLB support takes translation requests and has no message to poll. */
        if (result != IOTB_E_UNSUPPORTED)
            bench_require(t, result, "poll_message");
    }
    return t->interrupts.count + t->messages.count != before;
}

static bool drain(struct test *t)
{
    struct iotb_completion completion;
    struct iotb_access access;
    bool something = false;
    int result;

    if (bench_is_endpoint(t))
        return bench_endpoint_drain(t);
    if (bench_is_uapi(t)) {
        bench_uapi_drain(t);
        return false;
    }
    if (t->memory.owned) {
        while ((result = guard_next_access(t->guard, &access)) == IOTB_OK) {
            access_arrived(t, &access);
            something = true;
        }
        bench_require(t, result, "next_access");
    }
    while ((result = guard_poll_completion(t->guard, &completion)) == IOTB_OK) {
        completion_arrived(t, &completion);
        something = true;
    }
    bench_require(t, result, "poll_completion");
    something = collect_messages(t) || something;
    collect_probes(t);
    return something;
}

void bench_drain(struct test *t)
{
    (void)drain(t);
}

/* ---- one step ---- */

/* Index of the access to be answered next: the earliest due, of these a seeded one with reorder, else the oldest. */
static bool next_due(struct test *t, size_t *index)
{
    bool found = false;
    uint64_t ties = 0;

    for (size_t i = 0; i < t->pending.count; i++) {
        const struct bench_pending *pending = pending_at(t, i);

        if (pending->hold_id || (found && pending->due_ps > pending_at(t, *index)->due_ps))
            continue;
        if (found && pending->due_ps == pending_at(t, *index)->due_ps) {
            bool ordered = !t->reorder;

            for (size_t j = 0; j < i && !ordered; j++)
                ordered = !pending_at(t, j)->hold_id && same_line(&bench_traced_at(t, pending_at(t, j)->trace_index)->access,
                                                                  &bench_traced_at(t, pending->trace_index)->access);
            if (ordered || bench_rng_below(&t->latency_rng, ++ties + 1))
                continue;
        } else {
            ties = 0;
        }
        *index = i;
        found = true;
    }
    return found;
}

/* True when the DUT handed something out. */
static bool advance(struct test *t, uint64_t until_ps)
{
    bench_require(t, guard_advance(t->guard, until_ps, &t->now_ps, &t->idle), "advance");
    return drain(t);
}

/* The next thing that the bench owes the DUT: an answer to an access, or what an endpoint waits for. */
static bool next_owed(struct test *t, size_t *index, uint64_t *due_ps)
{
    if (bench_is_endpoint(t))
        return bench_reply_due(t, index, due_ps);
    if (!next_due(t, index))
        return false;
    *due_ps = pending_at(t, *index)->due_ps;
    return true;
}

static void deliver(struct test *t, size_t index)
{
    if (bench_is_endpoint(t))
        bench_reply_deliver(t, index);
    else
        bench_answer(t, index);
}

/*
 * An endpoint runs on by itself for a while without a word: it is asked again and again, after ever longer times, so that the
 * time at which it comes to rest is about that of its last event.
 */
static uint64_t next_look(struct test *t, uint64_t until_ps)
{
    uint64_t slice_ps = t->slice_ps ? t->slice_ps : FIRST_SLICE_PS;

    t->slice_ps = slice_ps < LONGEST_SLICE_PS ? 2 * slice_ps : slice_ps;
    return bench_is_endpoint(t) && until_ps > t->now_ps && until_ps - t->now_ps > slice_ps ? t->now_ps + slice_ps : until_ps;
}

enum step { STEP_NOTHING, STEP_STILL, STEP_MOVED };

/* Answers an access that is due, or lets the DUT run, at most to limit_ps. Still: it did neither move nor say that it is idle. */
static enum step step(struct test *t, uint64_t limit_ps)
{
    bool timed = test_has(t, IOTB_F_TIME), something = drain(t), waiting;
    uint64_t until_ps = limit_ps, before_ps = t->now_ps, due_ps = 0;
    size_t index = 0;

    waiting = next_owed(t, &index, &due_ps);
    if (something || waiting)
        t->slice_ps = 0;
    if (waiting && (!timed || due_ps <= t->now_ps)) {
        deliver(t, index);
        (void)drain(t);
        return STEP_MOVED;
    }
    if (something)
        return STEP_MOVED;
    if (waiting && due_ps < until_ps)
        until_ps = due_ps;
    if (!waiting) { /* is it idle? Then time has no reason to pass */
        if (advance(t, t->now_ps))
            return STEP_MOVED;
        if (t->idle) {
            t->slice_ps = 0;
            return STEP_NOTHING;
        }
    }
    if (!waiting)
        until_ps = next_look(t, until_ps);
    if (advance(t, until_ps) || t->now_ps != before_ps)
        return STEP_MOVED;
    if (waiting && t->idle) { /* its time does not move although it could: do not wait for it */
        deliver(t, index);
        return STEP_MOVED;
    }
    return t->idle ? STEP_NOTHING : STEP_STILL;
}

void bench_refuse_in_hook(struct test *t, const char *what)
{
    if (t->in_hook)
        test_abort(t, "%s was called from an access hook: a hook may only look and edit memory", what);
}

enum pump { PUMP_DONE, PUMP_QUIET, PUMP_BUDGET };

/* Runs until request `id` (0: none) is complete, nothing more happens, or the budget is used up. */
static enum pump pump(struct test *t, uint32_t id, uint64_t limit_ps)
{
    uint32_t standstill = 0, budget = t->circles ? CIRCLES_BUDGET_STEPS : BUDGET_STEPS, steps;

    for (steps = 0; steps < budget && standstill < STANDSTILL_STEPS; steps++) {
        enum step moved;

        if (id && ((struct bench_request *)t->requests.items)[id - 1].outcome.done)
            return PUMP_DONE;
        if (t->now_ps >= limit_ps && test_has(t, IOTB_F_TIME))
            return PUMP_BUDGET;
        moved = step(t, limit_ps);
        if (moved == STEP_NOTHING)
            return PUMP_QUIET;
        standstill = moved == STEP_STILL ? standstill + 1 : 0;
    }
    t->circles = t->circles || steps == budget;
    return PUMP_BUDGET;
}

static uint64_t limit(const struct test *t)
{
    uint64_t budget_ps = t->hang ? HUNG_BUDGET_PS : BUDGET_PS;

    return t->now_ps > UINT64_MAX - budget_ps ? UINT64_MAX : t->now_ps + budget_ps;
}

bool test_settle(struct test *t)
{
    bench_refuse_in_hook(t, "test_settle");
    return pump(t, 0, limit(t)) == PUMP_QUIET;
}

void test_run(struct test *t, uint64_t ps)
{
    uint64_t end_ps = ps > UINT64_MAX - t->now_ps ? UINT64_MAX : t->now_ps + ps;
    uint32_t standstill = 0;

    bench_refuse_in_hook(t, "test_run");
    if (bench_is_uapi(t)) {
        bench_uapi_run(t, ps);
        return;
    }
    if (!test_has(t, IOTB_F_TIME)) {
        (void)test_settle(t);
        return;
    }
    while (t->now_ps < end_ps && standstill < STANDSTILL_STEPS) {
        uint64_t before_ps = t->now_ps;
        enum step moved = step(t, end_ps);

        if (moved == STEP_NOTHING && (advance(t, end_ps) || t->now_ps != before_ps))
            moved = STEP_MOVED;
        standstill = moved == STEP_MOVED ? 0 : standstill + 1;
    }
}

bool test_step(struct test *t)
{
    bench_refuse_in_hook(t, "test_step");
    return step(t, limit(t)) != STEP_NOTHING;
}

uint64_t test_now_ps(const struct test *t)
{
    return t->now_ps;
}

void test_latency(struct test *t, uint64_t min_ps, uint64_t max_ps, bool reorder)
{
    if (max_ps < min_ps)
        test_abort(t, "test_latency: the largest latency is below the smallest");
    t->latency_min_ps = min_ps;
    t->latency_max_ps = max_ps;
    t->reorder = reorder;
}

/* ---- requests ---- */

static void hung(struct test *t, uint32_t id, const char *how)
{
    const struct bench_request *request = &((struct bench_request *)t->requests.items)[id - 1];

    if (t->hang)
        return;
    t->hang = true;
    snprintf(t->hang_text, sizeof(t->hang_text), "request %u (requester 0x%04x, address 0x%llx) never completed: %s", id,
             request->request.requester_id, (unsigned long long)request->request.address, how);
}

uint32_t request_send(struct test *t, struct iotb_request *request)
{
    struct bench_request *sent;

    bench_refuse_in_hook(t, "request_send");
    if (t->outstanding && !test_has(t, IOTB_F_OVERLAP))
        (void)pump(t, 0, limit(t));
    sent = bench_array_add(&t->requests, sizeof(*sent));
    request->size = sizeof(*request);
    request->id = (uint32_t)t->requests.count;
    sent->request = *request;
    sent->sent_ps = t->now_ps;
    t->outstanding++;
    bench_require(t, guard_submit(t->guard, request), "submit");
    return request->id;
}

struct outcome request_outcome(struct test *t, uint32_t id)
{
    if (!id || id > t->requests.count)
        test_abort(t, "there is no request %u", id);
    return ((struct bench_request *)t->requests.items)[id - 1].outcome;
}

static bool is_outstanding(const struct test *t, uint32_t id)
{
    const struct bench_request *request = &((const struct bench_request *)t->requests.items)[id - 1];

    return !request->outcome.done && !request->dropped;
}

struct outcome request_wait(struct test *t, uint32_t id)
{
    enum pump ended;

    bench_refuse_in_hook(t, "request_wait");
    (void)request_outcome(t, id);
    ended = pump(t, id, limit(t));
    if (is_outstanding(t, id) && !bench_holding(t))
        hung(t, id, ended == PUMP_QUIET ? "nothing more happens" : "the time allowed is used up");
    return request_outcome(t, id);
}

struct outcome request_run(struct test *t, struct iotb_request *request)
{
    return request_wait(t, request_send(t, request));
}

uint32_t request_outstanding(const struct test *t)
{
    return t->outstanding;
}

void bench_drop_in_flight(struct test *t)
{
    struct bench_request *requests = t->requests.items;

    t->pending.count = 0;
    t->replies.count = 0;
    t->outstanding = 0;
    for (size_t i = 0; i < t->requests.count; i++)
        requests[i].dropped = !requests[i].outcome.done;
}

void bench_finish(struct test *t)
{
    enum pump ended;

    for (uint32_t id = 1; id <= t->holds.count; id++)
        hold_release(t, id);
    if (!t->outstanding)
        return;
    ended = pump(t, 0, limit(t));
    for (uint32_t id = 1; id <= t->requests.count && t->outstanding && !t->hang; id++)
        if (is_outstanding(t, id))
            hung(t, id,
                 ended == PUMP_QUIET ? "nothing more happens at the end of the case"
                                     : "the time allowed at the end of the case is used up");
}

void bench_fini(struct test *t)
{
    struct bench_array *arrays[] = {&t->requests,   &t->pending,  &t->injections, &t->holds,
                                    &t->interrupts, &t->messages, &t->events,     &t->replies};

    guard_close(t->guard);
    bench_memory_fini(&t->memory);
    for (size_t i = 0; i < t->chunks.count; i++)
        free(((struct bench_traced **)t->chunks.items)[i]);
    free(t->chunks.items);
    for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++)
        free(arrays[i]->items);
}

/* ---- registers ---- */

uint64_t reg_read_width(struct test *t, uint64_t offset, uint32_t bytes)
{
    uint64_t value = 0;

    bench_require(t, guard_reg_read(t->guard, offset, bytes, &value), "reg_read");
    return value;
}

void reg_write_width(struct test *t, uint64_t offset, uint32_t bytes, uint64_t value)
{
    bench_require(t, guard_reg_write(t->guard, offset, bytes, value), "reg_write");
}

uint32_t reg_read32(struct test *t, uint64_t offset)
{
    return (uint32_t)reg_read_width(t, offset, 4);
}

uint64_t reg_read64(struct test *t, uint64_t offset)
{
    return reg_read_width(t, offset, 8);
}

void reg_write32(struct test *t, uint64_t offset, uint32_t value)
{
    reg_write_width(t, offset, 4, value);
}

void reg_write64(struct test *t, uint64_t offset, uint64_t value)
{
    reg_write_width(t, offset, 8, value);
}

void test_reset(struct test *t, enum iotb_reset_kind kind)
{
    bench_refuse_in_hook(t, "test_reset");
    bench_drain(t);
    bench_require(t, guard_reset(t->guard, kind), "reset");
    bench_drop_in_flight(t);
}

/* ---- interrupts and messages ---- */

size_t interrupt_count(struct test *t, enum iotb_interrupt_origin origin)
{
    const struct iotb_interrupt *interrupts = t->interrupts.items;
    size_t count = 0;

    for (size_t i = 0; i < t->interrupts.count; i++)
        count += interrupts[i].origin == origin;
    return count;
}

bool interrupt_take(struct test *t, enum iotb_interrupt_origin origin, struct iotb_interrupt *interrupt)
{
    const struct iotb_interrupt *interrupts = t->interrupts.items;

    for (size_t i = 0; i < t->interrupts.count; i++) {
        if (interrupts[i].origin != origin)
            continue;
        *interrupt = interrupts[i];
        bench_array_remove(&t->interrupts, i);
        return true;
    }
    return false;
}

void message_send(struct test *t, struct iotb_message *message)
{
    message->size = sizeof(*message);
    bench_require(t, guard_send_message(t->guard, message), "send_message");
}

bool message_take(struct test *t, struct iotb_message *message)
{
    if (!t->messages.count)
        return false;
    *message = ((struct iotb_message *)t->messages.items)[0];
    bench_array_remove(&t->messages, 0);
    return true;
}
