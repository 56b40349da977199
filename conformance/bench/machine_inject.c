/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine_inject.c - what a case may do to the accesses of a DUT: fail the n-th, withhold answers, watch and edit.
 */
#include "bench/machine.h"

bool bench_touches(const struct iotb_access *access, uint64_t first, uint64_t last, uint32_t kind_mask)
{
    return (kind_mask >> access->kind & 1u) && access->address <= last && access->address + (access->bytes - 1) >= first;
}

static void require_bench_memory(struct test *t, const char *what)
{
    if (!t->memory.owned)
        test_not_testable(t, "%s needs memory that the bench owns, and this DUT owns its memory", what);
}

/* ---- faults ---- */

uint32_t inject_fault(struct test *t, enum inject_action action, uint64_t first, uint64_t last, uint32_t kind_mask, uint64_t nth,
                      uint64_t count)
{
    struct bench_injection *injection;

    require_bench_memory(t, "fault injection");
    if (!nth)
        test_abort(t, "inject_fault counts accesses from 1");
    injection = bench_array_add(&t->injections, sizeof(*injection));
    *injection = (struct bench_injection){.id = (uint32_t)t->injections.count,
                                          .action = action,
                                          .first = first,
                                          .last = last,
                                          .nth = nth,
                                          .count = count,
                                          .kind_mask = kind_mask,
                                          .active = true};
    return injection->id;
}

void inject_clear(struct test *t)
{
    struct bench_injection *injections = t->injections.items;

    for (size_t i = 0; i < t->injections.count; i++)
        injections[i].active = false;
}

uint64_t inject_hits(struct test *t, uint32_t id)
{
    if (!id || id > t->injections.count)
        test_abort(t, "there is no injection %u", id);
    return ((struct bench_injection *)t->injections.items)[id - 1].hits;
}

uint32_t bench_injected_status(struct test *t, const struct iotb_access *access)
{
    struct bench_injection *injections = t->injections.items;
    uint32_t status = IOTB_ACCESS_OK;

    for (size_t i = 0; i < t->injections.count; i++) {
        struct bench_injection *injection = &injections[i];

        if (!injection->active || !bench_touches(access, injection->first, injection->last, injection->kind_mask))
            continue;
        injection->matched++;
        if (injection->matched < injection->nth || injection->matched - injection->nth >= injection->count)
            continue;
        injection->hits++;
        if (status == IOTB_ACCESS_OK)
            status = injection->action == INJECT_ABORT ? IOTB_ACCESS_ABORT : IOTB_ACCESS_POISON;
    }
    return status;
}

/* ---- holds ---- */

uint32_t hold_accesses(struct test *t, uint64_t first, uint64_t last, uint32_t kind_mask)
{
    struct bench_hold *hold;

    require_bench_memory(t, "withholding answers");
    hold = bench_array_add(&t->holds, sizeof(*hold));
    *hold =
        (struct bench_hold){.id = (uint32_t)t->holds.count, .first = first, .last = last, .kind_mask = kind_mask, .active = true};
    return hold->id;
}

uint32_t bench_hold_for(struct test *t, const struct iotb_access *access)
{
    const struct bench_hold *holds = t->holds.items;

    for (size_t i = 0; i < t->holds.count; i++)
        if (holds[i].active && bench_touches(access, holds[i].first, holds[i].last, holds[i].kind_mask))
            return holds[i].id;
    return 0;
}

uint32_t hold_count(struct test *t, uint32_t id)
{
    const struct bench_pending *pending = t->pending.items;
    uint32_t count = 0;

    for (size_t i = 0; i < t->pending.count; i++)
        count += pending[i].hold_id == id && id;
    return count;
}

bool bench_holding(struct test *t)
{
    const struct bench_pending *pending = t->pending.items;

    for (size_t i = 0; i < t->pending.count; i++)
        if (pending[i].hold_id)
            return true;
    return false;
}

void hold_release(struct test *t, uint32_t id)
{
    bench_refuse_in_hook(t, "hold_release");
    if (!id || id > t->holds.count)
        test_abort(t, "there is no hold %u", id);
    ((struct bench_hold *)t->holds.items)[id - 1].active = false;
    for (size_t i = 0; i < t->pending.count;) {
        if (((struct bench_pending *)t->pending.items)[i].hold_id == id)
            bench_answer(t, i);
        else
            i++;
    }
    bench_drain(t);
}

/* ---- hook ---- */

void test_on_access(struct test *t, access_hook *hook, void *context)
{
    if (hook)
        require_bench_memory(t, "watching accesses");
    t->hook = hook;
    t->hook_context = context;
}
