/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors of both stages: validity, encodings, indices, addresses (DDI 0487 D8.2 Translation process, D8.3 Descriptors). */
#include "sm_walk.h"

#define PLACES 4u

static const char *leaf_row(const struct sm_table *table)
{
    return sm_by_granule(table, "SMMU-D8-006", "SMMU-D8-007", "SMMU-D8-008");
}

static const char *block_row(const struct sm_table *table)
{
    return sm_by_granule(table, "SMMU-D8-003", "SMMU-D8-004", "SMMU-D8-005");
}

void sm_walk_invalid(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;

    sm_spot_open(&s, path, sm_spot_stage(sm), SPOT_INPUT);
    sm_spot_ok(&s, leaf_row(s.table));
    for (int level = sm_spot_top(&s); level <= 3; level++) {
        uint64_t old = mem_read64(sm->t, sm_spot_entry(&s, level));
        const uint64_t values[PLACES] = {0, old & ~UINT64_C(1), ~UINT64_C(1), 2};

        for (uint32_t i = 0; i < PLACES; i++) {
            test_context(sm->t, "%s, level %d descriptor %016llx", sm_path_name(path), level, (unsigned long long)values[i]);
            sm_spot_write(&s, level, values[i]);
            sm_spot_refused(&s, "SMMU-D8-001", SM_F_TRANSLATION);
        }
        sm_spot_write(&s, level, old);
        sm_spot_ok(&s, leaf_row(s.table));
    }
}

void sm_walk_encodings(struct sm *sm, struct sm_path *path)
{
    uint64_t block;
    struct sm_spot s;

    sm_spot_open(&s, path, sm_spot_stage(sm), SPOT_INPUT);
    sm_spot_ok(&s, leaf_row(s.table));
    block = mem_read64(sm->t, sm_spot_leaf(&s)) & ~UINT64_C(2);
    for (int level = sm_spot_top(&s); level <= 3; level++) {
        uint64_t old = mem_read64(sm->t, sm_spot_entry(&s, level));

        if (level < 3 && sm_has_block(sm, s.table, level))
            continue;
        test_context(sm->t, "%s, level %d descriptor with bits 1:0 = 01b", sm_path_name(path), level);
        sm_spot_write(&s, level, level < 3 ? block : old & ~UINT64_C(2));
        sm_spot_refused(&s, level == 3 ? "SMMU-D8-002" : block_row(s.table), SM_F_TRANSLATION);
        sm_spot_write(&s, level, old);
    }
    sm_spot_ok(&s, leaf_row(s.table));
}

/* ---- bits without meaning ---- */

static void ignored_leaf(struct sm_spot *s)
{
    struct sm *sm = s->sm;
    uint64_t host = s->host + SPOT_OFFSET, leaf = sm_spot_leaf(s);
    bool hardened = sm_idr(sm->t, 3, "THE") != 0; /* bit 58 of stage 2: AssuredOnly */

    sm_walk_bits(sm, "SMMU-D8-037", "leaf, software bits", leaf, 55, hardened ? 57 : 58, &s->r, NULL, host);
    if (s->table->stage == 1)
        sm_walk_bits(sm, "SMMU-D8-037", "leaf, bit 50", leaf, 50, 50, &s->r, NULL, host);
    else
        sm_walk_bits(sm, "SMMU-D8-037", "leaf, upper bits", leaf, 59, 63, &s->r, NULL, host);
}

/* Address bits of a table descriptor below its table's alignment: ignored, or with 64 KiB granules free to fault (3.4). */
static void ignored_address(struct sm_spot *s, uint64_t entry)
{
    struct sm *sm = s->sm;
    uint64_t host = s->host + SPOT_OFFSET;

    if (s->table->granule_lg2 == 14)
        sm_walk_bits(sm, "SMMU-D8-009", "table descriptor, bits 13:12", entry, 12, 13, &s->r, NULL, host);
    for (uint32_t bit = 12; s->table->granule_lg2 == 16 && sm->oas_bits <= 48 && bit < 16; bit++) {
        struct sm_seen seen;

        sm_set_bits(sm, entry, bit, bit, 1);
        sm_invalidate_all(sm);
        seen = sm_try(sm, &s->r, &host, 1);
        CHECK(sm->t, "SMMU-3-511",
              (seen.result == SM_ARRIVED && !seen.type) ||
                  (seen.result == SM_REFUSED && seen.type == SM_F_ADDR_SIZE && seen.event.s2 == (s->table->stage == 2)),
              "bit %u of a 64 KiB table descriptor: ignored or an Address Size fault (result %d, event %02xh)", bit,
              (int)seen.result, seen.type);
        sm_set_bits(sm, entry, bit, bit, 0);
    }
}

void sm_walk_ignored(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;

    sm_spot_open(&s, path, sm_spot_stage(sm), SPOT_INPUT);
    ignored_leaf(&s);
    for (int level = sm_spot_top(&s); level < 3; level++) {
        uint64_t entry = sm_spot_entry(&s, level);

        sm_walk_bits(sm, "SMMU-D8-038", "table descriptor, bits 11:2", entry, 2, 11, &s.r, NULL, s.host + SPOT_OFFSET);
        sm_walk_bits(sm, "SMMU-D8-038", "table descriptor, bits 58:51", entry, 51, 58, &s.r, NULL, s.host + SPOT_OFFSET);
        ignored_address(&s, entry);
    }
    sm_spot_ok(&s, leaf_row(s.table));
}

/* ---- indices ---- */

struct place {
    uint64_t input, host;
};

/* Nested stage 2: the IPA is to have the bit; an input of its own leads there. False: the IPA is taken. */
static bool map_place(struct sm_path *path, uint32_t stage, uint64_t at, uint32_t n, struct place *place)
{
    struct sm *sm = path->sm;
    uint64_t page = UINT64_C(1) << (path->s1 && path->s2 ? 16 : (path->s1 ? path->s1 : path->s2)->granule_lg2);

    if (stage == 2 && path->s1) {
        uint64_t entry = sm_entry(sm, path->s2, at, 3);

        if ((entry && mem_read64(sm->t, entry) & 1) || path->s1->granule_lg2 > path->s2->granule_lg2)
            return false;
        place->input = SPOT_INPUT + page * n;
        place->host = mem_alloc(sm->t, page, page);
        sm_map(sm, path->s1, place->input, at, 0, SM_RW);
        sm_map(sm, path->s2, at, place->host, 0, SM_RW);
        return true;
    }
    place->input = at;
    place->host = sm_path_page(path, at, SM_RW);
    return true;
}

void sm_walk_index_bits(struct sm *sm, struct sm_path *path)
{
    uint32_t stage = sm_spot_stage(sm), count = 0;
    const struct sm_table *table = stage == 1 ? path->s1 : path->s2;
    uint32_t bits =
        stage == 2 && path->s1 ? (sm->ias_bits < table->input_bits ? sm->ias_bits : table->input_bits) : sm_input_bits(sm, table);
    uint32_t first =
        path->s1 && path->s2 && path->s2->granule_lg2 > table->granule_lg2 ? path->s2->granule_lg2 : table->granule_lg2;
    struct place places[64];

    if (map_place(path, stage, 0, 63, &places[count]))
        count++;
    for (uint32_t bit = first; bit < bits; bit++)
        if (map_place(path, stage, UINT64_C(1) << bit, bit, &places[count]))
            count++;
    sm_invalidate_all(sm);
    for (uint32_t i = 0; i < count; i++) {
        struct iotb_request r = sm_request(path, i & 1 ? IOTB_READ : IOTB_WRITE, places[i].input + SPOT_OFFSET, 8);

        test_context(sm->t, "%s, input %016llx", sm_path_name(path), (unsigned long long)places[i].input);
        sm_expect_ok(sm, leaf_row(table), &r, places[i].host + SPOT_OFFSET);
    }
}

/* ---- blocks ---- */

/* Each offset bit of the block, where the bench has memory there. */
static void offset_bits(struct sm_spot *s, uint32_t shift)
{
    struct sm *sm = s->sm;
    uint64_t mask = (UINT64_C(1) << shift) - 1, base = s->host & ~mask;

    if (s->path->s1 && s->path->s2)
        return;
    for (uint32_t bit = 3; bit < shift; bit++) {
        uint64_t offset = UINT64_C(1) << bit;
        struct iotb_request r;

        if (bit >= 12 && !mem_claim(sm->t, base + offset, 4096))
            continue;
        if (bit < 12)
            offset |= s->host & mask;
        r = sm_request(s->path, bit & 1 ? IOTB_READ : IOTB_WRITE, (s->input & ~mask) + offset, 8);
        sm_once(sm);
        sm_expect_ok(sm, leaf_row(s->table), &r, base + offset);
    }
}

void sm_walk_blocks(struct sm *sm, struct sm_path *path)
{
    uint32_t stage = sm_spot_stage(sm);
    const struct sm_table *table = stage == 1 ? path->s1 : path->s2;

    for (int level = table->start_level; level <= 3; level++) {
        uint32_t shift = sm_level_shift(table, level);
        struct sm_spot s;

        if ((level < 3 && !sm_has_block(sm, table, level)) || shift >= sm_input_bits(sm, table))
            continue;
        if (!sm_spot_block(&s, path, stage,
                           stage == 2 && path->s1 ? SPOT_INPUT + 0x10000u * (uint32_t)(level + 1) : UINT64_C(1) << shift, level))
            continue;
        test_context(sm->t, "%s, leaf at level %d", sm_path_name(path), level);
        sm_spot_ok(&s, (shift > 36 && level < 2) ? block_row(table) : leaf_row(table));
        offset_bits(&s, shift);
        sm_spot_set(&s, level, 0, 0, 0);
        sm_spot_refused(&s, "SMMU-D8-001", SM_F_TRANSLATION);
    }
}

/* ---- output addresses ---- */

void sm_walk_outputs(struct sm *sm, struct sm_path *path)
{
    uint32_t places = 0;
    struct sm_spot s;
    bool wide;

    sm_spot_open(&s, path, sm_spot_stage(sm), SPOT_INPUT);
    wide = s.table->granule_lg2 == 16 && sm->oas_bits > 48;
    for (int level = sm_spot_top(&s); level < 3; level++) {
        const char *row = wide ? "SMMU-D8-010" : "SMMU-D8-009";

        test_context(sm->t, "%s, level %d table descriptor", sm_path_name(path), level);
        places += sm_walk_pointer(sm, row, "table descriptor", s.table, sm_spot_entry(&s, level), s.table->granule_lg2, &s.r,
                                  s.host + SPOT_OFFSET);
    }
    places += sm_walk_pointer(sm, wide ? "SMMU-D8-010" : leaf_row(s.table), "leaf", s.table, sm_spot_leaf(&s),
                              s.table->granule_lg2, &s.r, 0);
    if (!places)
        test_abort(sm->t, "no address bit could be tried");
    sm_spot_set(&s, 3, 0, 0, 0);
    sm_spot_refused(&s, "SMMU-D8-001", SM_F_TRANSLATION);
}

/* ---- contiguous entries, D8.7.1 Table D8-104 ---- */

static uint32_t group_lg2(const struct sm_table *table, int level)
{
    if (table->granule_lg2 == 12)
        return 4;
    return table->granule_lg2 == 14 && level == 3 ? 7 : 5;
}

static void group(struct sm *sm, struct sm_path *path, uint32_t stage, int level)
{
    struct sm_table *table = stage == 1 ? path->s1 : path->s2;
    uint32_t shift = sm_level_shift(table, level), count_lg2 = group_lg2(table, level);
    uint64_t size = UINT64_C(1) << shift, bytes = size << count_lg2, at, host;

    at = UINT64_C(1) << (shift + count_lg2);
    if (bytes > UINT64_C(0x4000000) || at + bytes > UINT64_C(1) << sm_input_bits(sm, table))
        return;
    host = mem_alloc(sm->t, bytes, bytes);
    test_context(sm->t, "%s, level %d group of %u", sm_path_name(path), level, 1u << count_lg2);
    for (uint32_t i = 0; i < 1u << count_lg2; i++)
        sm_map(sm, table, at + i * size, host + i * size, shift, SM_RW | SM_CONT);
    sm_invalidate_all(sm);
    for (uint32_t i = 0; i < 1u << count_lg2; i += i < 2 || i >= (1u << count_lg2) - 2 ? 1 : (1u << count_lg2) / 4 - 1) {
        struct iotb_request r = sm_request(path, IOTB_WRITE, at + i * size + 0x7c8, 8);

        sm_expect_ok(sm, "SMMU-D8-032", &r, host + i * size + 0x7c8);
    }
}

void sm_walk_contiguous(struct sm *sm, struct sm_path *path)
{
    uint32_t stage = sm_spot_stage(sm);
    const struct sm_table *table = stage == 1 ? path->s1 : path->s2;

    for (int level = 1; level <= 3; level++)
        if (level >= table->start_level && (level == 3 || sm_has_block(sm, table, level)))
            group(sm, path, stage, level);
}

/* Two neighbours of a group, of which one has the hint, lead to places that are no group. */
void sm_walk_conflicting(struct sm *sm, struct sm_path *path)
{
    struct sm_spot a, b;
    uint64_t page;

    page = UINT64_C(1) << (path->s1 ? path->s1 : path->s2)->granule_lg2;
    sm_spot_open(&a, path, sm_spot_stage(sm), SPOT_INPUT);
    sm_spot_open(&b, path, sm_spot_stage(sm), SPOT_INPUT + page);
    for (uint32_t hints = 1; hints < 4; hints++) {
        uint64_t offset_a, offset_b;

        sm_set_bits(sm, sm_spot_leaf(&a), SM_BIT_CONT, SM_BIT_CONT, hints & 1);
        sm_set_bits(sm, sm_spot_leaf(&b), SM_BIT_CONT, SM_BIT_CONT, hints >> 1);
        sm_invalidate_all(sm);
        for (uint32_t i = 0; i < 4; i++) {
            struct sm_spot *s = i & 1 ? &b : &a;
            uint64_t hosts[4];
            struct sm_seen seen;

            /* The base of the group as one entry has it, with the offset of the other. */
            offset_a = a.host - (a.input & (page * 16 - 1));
            offset_b = b.host - (b.input & (page * 16 - 1));
            hosts[0] = s->host + SPOT_OFFSET;
            hosts[1] = (s == &a ? b.host - page : a.host + page) + SPOT_OFFSET;
            hosts[2] = (s == &a ? b.host : a.host) + SPOT_OFFSET;
            hosts[3] = (s == &a ? offset_b : offset_a) + (s->input & (page * 16 - 1)) + SPOT_OFFSET;
            if (!mem_exists(sm->t, hosts[1], 8) || !mem_exists(sm->t, hosts[3], 8))
                return;
            seen = sm_try(sm, &s->r, hosts, 4);
            CHECK(sm->t, "SMMU-D8-033",
                  seen.result == SM_ARRIVED || seen.result == SM_ARRIVED_OTHER ||
                      (seen.result == SM_REFUSED && seen.type == SM_F_TLB_CONFLICT),
                  "a group of two minds: an output of one of its entries or a conflict (result %d, event %02xh)",
                  (int)seen.result, seen.type);
        }
    }
}

/* D8.7.3: a block with nT translates, faults, or conflicts; without BBML the bit is RES0. */
void sm_walk_no_translation(struct sm *sm, struct sm_path *path)
{
    uint32_t stage = sm_spot_stage(sm);
    const struct sm_table *table = stage == 1 ? path->s1 : path->s2;
    bool level_1 = sm_idr(sm->t, 3, "BBML") == 1;
    struct sm_spot s;

    if (!sm_spot_block(&s, path, stage, UINT64_C(1) << sm_level_shift(table, 2), 2))
        test_skip(sm->t, "the stage 2 input range has no room for a block");
    sm_spot_set(&s, 2, SM_BIT_NT, SM_BIT_NT, 1);
    for (int i = 0; i < 2; i++) {
        uint64_t host = s.host + SPOT_OFFSET;
        struct sm_seen seen = sm_try(sm, &s.r, &host, 1);
        bool ok = seen.result == SM_ARRIVED && !seen.type;

        CHECK(sm->t, "SMMU-D8-036",
              ok || (seen.result == SM_REFUSED && (seen.type == SM_F_TRANSLATION || seen.type == SM_F_TLB_CONFLICT)),
              "a block with nT translates or faults (result %d, event %02xh)", (int)seen.result, seen.type);
        if (level_1)
            CHECK(sm->t, "SMMU-3-104", ok, "with BBML 1 a block with nT does not fault (event %02xh)", seen.type);
    }
}
