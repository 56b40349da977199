/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory attributes as the specification writes them down, and as a bus carries them. */
#include "sm_bus_rig.h"

#include "sm_spot.h"

enum { NSH = 0, OSH = 2, ISH = 3 };

/* 5.4 MAIR0: 0b00RW write-through transient, 0b0100 non-cacheable, 0b01RW write-back transient, 0b10RW and 0b11RW the same not
 * transient; 0b0000 as the inner half is Reserved and behaves as write-through transient with RW = 0b11. */
static struct bus_level level_of_mair(uint32_t half)
{
    if (half == 4)
        return (struct bus_level){BUS_NC, false, false, false};
    if (half == 0)
        return (struct bus_level){BUS_WT, true, true, true};
    return (struct bus_level){half >> 2 & 1 ? BUS_WB : BUS_WT, half & 2, half & 1, half < 8};
}

struct bus bus_of_mair(uint32_t octet, uint32_t sh)
{
    if (octet < 16)
        return (struct bus){.device = true, .kind = octet >> 2};
    return (struct bus){.inner = level_of_mair(octet & 15), .outer = level_of_mair(octet >> 4), .sh = sh};
}

struct bus bus_of_memattr(uint32_t code, uint32_t sh)
{
    static const struct bus_level levels[] = {
        [1] = {BUS_NC, false, false, false}, [2] = {BUS_WT, true, true, false}, [3] = {BUS_WB, true, true, false}};

    if (code < 4)
        return (struct bus){.device = true, .kind = code};
    if (!(code & 3)) /* Reserved */
        return (struct bus){.device = true};
    return (struct bus){.inner = levels[code & 3], .outer = levels[code >> 2], .sh = sh};
}

struct bus bus_of_region(uint32_t inner, uint32_t outer, uint32_t sh)
{
    static const struct bus_level levels[] = {
        {BUS_NC, false, false, false}, {BUS_WB, true, true, false}, {BUS_WT, true, false, false}, {BUS_WB, true, false, false}};

    return (struct bus){.inner = levels[inner], .outer = levels[outer], .sh = sh};
}

static struct bus_level level_of_word(uint32_t word)
{
    return (struct bus_level){(enum bus_type)(word & 3), word >> 2 & 1, word >> 3 & 1, word >> 4 & 1};
}

struct bus bus_of_word(uint32_t word)
{
    if (!(word & 3))
        return (struct bus){.device = true, .kind = (word & IOTB_BUS_DEVICE) >> 12};
    return (struct bus){
        .inner = level_of_word(word), .outer = level_of_word(word >> 5), .sh = (word & IOTB_BUS_SHAREABILITY) >> 10};
}

/* Figure 13.1: no-allocate and transient are the stronger. */
struct bus_level bus_combine_hints(struct bus_level type, const struct bus_level *a, const struct bus_level *b)
{
    return (struct bus_level){type.type, a->ra && b->ra, a->wa && b->wa, a->tr || b->tr};
}

static struct bus_level combine_level(const struct bus_level *a, const struct bus_level *b)
{
    return bus_combine_hints(a->type < b->type ? *a : *b, a, b);
}

struct bus bus_combine(const struct bus *a, const struct bus *b)
{
    struct bus both = {.inner = combine_level(&a->inner, &b->inner), .outer = combine_level(&a->outer, &b->outer)};

    if (a->device || b->device) {
        both.device = true;
        both.kind = !b->device ? a->kind : !a->device || b->kind < a->kind ? b->kind : a->kind;
    }
    both.sh = a->sh == OSH || b->sh == OSH ? OSH : a->sh == ISH || b->sh == ISH ? ISH : NSH;
    return both;
}

bool bus_cacheable(const struct bus *b)
{
    return !b->device && b->inner.type != BUS_NC && b->outer.type != BUS_NC;
}

static uint32_t level_word(const struct bus_level *l)
{
    bool ra = l->type != BUS_NC && l->ra, wa = l->type != BUS_NC && l->wa;

    return (uint32_t)l->type | (uint32_t)ra << 2 | (uint32_t)wa << 3 | (uint32_t)((ra || wa) && l->tr) << 4;
}

uint32_t bus_word(const struct bus *b)
{
    bool uncached = b->inner.type == BUS_NC && b->outer.type == BUS_NC;

    if (b->device)
        return OSH << 10 | b->kind << 12 | IOTB_BUS_PRIVILEGED;
    return level_word(&b->inner) | level_word(&b->outer) << 5 |
           (uncached     ? OSH
            : b->sh == 1 ? NSH
                         : b->sh)
               << 10 |
           IOTB_BUS_PRIVILEGED;
}

bool bus_check(struct test *t, const char *row, const char *what, const struct iotb_access *a, uint32_t expected, uint32_t open)
{
    if (!CHECK(t, row, a != NULL, "an access of the %s", what))
        return false;
    return CHECK_EQ(t, row, expected & a->bus_known & ~open, a->bus & ~open, "attributes (IOTB_BUS_*) of the %s", what);
}

const struct iotb_access *bus_access(struct test *t, size_t mark, uint64_t address)
{
    return trace_find(t, mark, address, address + 7, ACC_ANY);
}

const struct iotb_access *bus_request(struct sm *sm, const char *row, const struct iotb_request *r, uint64_t host)
{
    size_t mark = trace_mark(sm->t);
    bool ok;

    test_count_failures_only(sm->t, true);
    sm_once(sm);
    ok = sm_expect_ok(sm, row, r, host);
    test_count_failures_only(sm->t, false);
    return ok ? bus_access(sm->t, mark, host) : NULL;
}

struct bus bus_incoming(struct sm *sm)
{
    struct sm_ste ste = {.config = SM_BYPASS};
    uint32_t sid = sm_sid(sm, 1);
    uint64_t host = mem_alloc(sm->t, 4096, 4096);
    struct iotb_request r = sm_plain_request(sm, sid, host);
    const struct iotb_access *a;

    sm_set_ste(sm, sid, &ste);
    sm_invalidate_all(sm);
    a = bus_request(sm, test_first_row(sm->t), &r, host);
    if (!a || (a->bus_known & IOTB_BUS_INNER & 3) != 3)
        test_not_testable(sm->t, "the memory types of accesses do not show");
    return bus_of_word(a->bus);
}
