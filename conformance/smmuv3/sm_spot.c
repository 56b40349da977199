/* SPDX-License-Identifier: BSD-2-Clause */
/* One leaf under test. */
#include "sm_spot.h"

void sm_spot_run(struct test *t)
{
    const struct sm_spot_case *c = test_argument(t);

    sm_each_granule(t, c->flavours, NULL, c->body);
}

void sm_spot_run_once(struct test *t)
{
    const struct sm_spot_case *c = test_argument(t);

    sm_each_flavour(t, c->flavours, c->body);
}

uint32_t sm_spot_stage(const struct sm *sm)
{
    const struct sm_spot_case *c = test_argument(sm->t);

    return c->stage;
}

const char *sm_by_granule(const struct sm_table *table, const char *of_4k, const char *of_16k, const char *of_64k)
{
    return table->granule_lg2 == 12 ? of_4k : table->granule_lg2 == 14 ? of_16k : of_64k;
}

static bool nested(const struct sm_path *path)
{
    return path->s1 && path->s2;
}

static void start(struct sm_spot *s, struct sm_path *path, uint32_t stage, uint64_t input)
{
    *s = (struct sm_spot){.sm = path->sm, .path = path, .level = 3, .input = input};
    s->table = stage == 1 ? path->s1 : path->s2;
    test_context(path->sm->t, "%s", sm_path_name(path));
}

void sm_spot_open(struct sm_spot *s, struct sm_path *path, uint32_t stage, uint64_t input)
{
    start(s, path, stage, input);
    s->host = sm_path_page(path, input, SM_RW);
    s->at = s->table && s->table->stage == 2 && nested(path) ? sm_path_ipa(path, input) : input;
    s->r = sm_request(path, IOTB_WRITE, input + SPOT_OFFSET, 8);
    sm_invalidate_all(s->sm);
}

static uint64_t page_of(const struct sm_path *path)
{
    uint32_t first = path->s1 ? path->s1->granule_lg2 : 0, second = path->s2 ? path->s2->granule_lg2 : 0;

    return UINT64_C(1) << (first > second ? first : second);
}

/* An IPA range of its own, as large as a block of the stage under test; 0: the stage 2 input range has no room. */
static uint64_t take_ipa(struct sm *sm, const struct sm_table *stage2, uint64_t bytes)
{
    uint64_t ipa = (sm->guest_next + bytes - 1) & ~(bytes - 1);

    if (ipa + bytes > UINT64_C(1) << stage2->input_bits || (sm->oas_bits < 64 && ipa + bytes > UINT64_C(1) << sm->oas_bits))
        return 0;
    sm->guest_next = ipa + bytes;
    return ipa;
}

bool sm_spot_block(struct sm_spot *s, struct sm_path *path, uint32_t stage, uint64_t input, int level)
{
    uint32_t shift;
    uint64_t mask, page = page_of(path), ipa = 0;

    start(s, path, stage, input);
    s->level = level;
    shift = sm_level_shift(s->table, level);
    mask = (UINT64_C(1) << shift) - 1;
    s->host = mem_alloc(s->sm->t, page, page);
    if (nested(path) && !(ipa = take_ipa(s->sm, path->s2, mask + 1 > page ? mask + 1 : page)))
        return false;
    if (!nested(path)) {
        s->input = (input & ~mask) | (s->host & mask);
        s->at = s->input;
        sm_map(s->sm, s->table, input & ~mask, s->host & ~mask, shift, SM_RW);
    } else if (stage == 1) {
        uint64_t offset = SPOT_INPUT & mask & ~(page - 1);

        s->input = (input & ~mask) | offset;
        s->at = s->input;
        sm_map(s->sm, path->s1, input & ~mask, ipa, shift, SM_RW);
        for (uint64_t done = 0; done < page; done += UINT64_C(1) << path->s2->granule_lg2)
            sm_map(s->sm, path->s2, ipa + offset + done, s->host + done, 0, SM_RW);
    } else {
        s->at = ipa | (s->host & mask & ~(page - 1));
        for (uint64_t done = 0; done < page; done += UINT64_C(1) << path->s1->granule_lg2)
            sm_map(s->sm, path->s1, input + done, s->at + done, 0, SM_RW);
        for (uint64_t done = 0; done < (mask + 1 > page ? 1 : page); done += mask + 1)
            sm_map(s->sm, path->s2, (s->at & ~mask) + done, (s->host & ~mask) + done, shift, SM_RW);
    }
    s->r = sm_request(path, IOTB_WRITE, s->input + SPOT_OFFSET, 8);
    sm_invalidate_all(s->sm);
    return true;
}

struct iotb_request sm_spot_request(const struct sm_spot *s, enum iotb_request_kind kind)
{
    struct iotb_request r = sm_request(s->path, kind, s->input + SPOT_OFFSET, 8);

    r.flags |= s->r.flags;
    return r;
}

uint64_t sm_spot_entry(const struct sm_spot *s, int level)
{
    return sm_entry(s->sm, s->table, s->at, level);
}

int sm_spot_top(const struct sm_spot *s)
{
    return s->table->stage == 2 && nested(s->path) ? 3 : s->table->start_level;
}

uint64_t sm_spot_leaf(const struct sm_spot *s)
{
    return sm_spot_entry(s, s->level);
}

void sm_spot_write(const struct sm_spot *s, int level, uint64_t value)
{
    mem_write64(s->sm->t, sm_spot_entry(s, level), value);
    sm_invalidate_all(s->sm);
}

void sm_spot_set(const struct sm_spot *s, int level, uint32_t hi, uint32_t lo, uint64_t value)
{
    sm_set_bits(s->sm, sm_spot_entry(s, level), hi, lo, value);
    sm_invalidate_all(s->sm);
}

struct sm_expected sm_spot_fault(const struct sm_spot *s, uint32_t type)
{
    if (s->table->stage == 1)
        return sm_s1_event(type);
    return sm_s2_event(type, SM_CLASS_IN, s->at);
}

bool sm_spot_ok(const struct sm_spot *s, const char *row)
{
    return sm_expect_ok(s->sm, row, &s->r, s->host + SPOT_OFFSET);
}

bool sm_spot_refused(const struct sm_spot *s, const char *row, uint32_t type)
{
    struct sm_expected expected = sm_spot_fault(s, type);

    return sm_expect_event(s->sm, row, &s->r, &expected, s->host + SPOT_OFFSET);
}

void sm_spot_cd(const struct sm_spot *s, const char *field, uint64_t value)
{
    sm_cd_set(s->sm, s->path->sid, s->path->ssid, field, value);
    sm_invalidate_all(s->sm);
}

void sm_spot_ste(const struct sm_spot *s, const char *field, uint64_t value)
{
    sm_ste_set(s->sm, s->path->sid, field, value);
    sm_invalidate_all(s->sm);
}

uint32_t sm_input_bits(struct sm *sm, const struct sm_table *table)
{
    uint32_t bits = table->input_bits, limit = sm_address_bits(sm);

    if (table->stage == 2 && sm->ias_bits < bits)
        bits = sm->ias_bits;
    return bits < limit ? bits : limit;
}

uint32_t sm_base_lg2(struct sm *sm, const struct sm_table *table)
{
    uint32_t lg2 = 3 + table->input_bits - sm_level_shift(table, table->start_level);

    return sm->oas_bits > 48 && lg2 < 6 ? 6 : lg2;
}
