/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults of both stages: address sizes (3.4 Address sizes), external aborts (7.3.12 F_WALK_EABT), priorities (7.3.22), what is
 * not cached (3.21.1). */
#include "sm_walk.h"

static const char *size_row(const struct sm_table *table)
{
    return table->stage == 1 ? "SMMU-5-122" : "SMMU-3-506";
}

/* ---- address sizes ---- */

static void set_size(const struct sm_spot *s, uint32_t code)
{
    if (s->table->stage == 1)
        sm_spot_cd(s, "IPS", code);
    else
        sm_spot_ste(s, "S2PS", code);
}

/* Highest address bit that the descriptors have. */
static uint32_t descriptor_bits(const struct sm_table *table)
{
    return table->granule_lg2 == 16 || table->ds ? 52 : 48;
}

/* A descriptor of each level gets each address bit from `from` up: the fault names its stage. */
static void too_large(struct sm_spot *s, const char *row, uint32_t from)
{
    struct sm *sm = s->sm;
    uint32_t end = sm->oas_bits <= 48 && descriptor_bits(s->table) > 48 && !s->table->ds ? 48 : descriptor_bits(s->table);

    for (int level = sm_spot_top(s); level <= 3; level++) {
        uint64_t old = mem_read64(sm->t, sm_spot_entry(s, level)), address = sm_descriptor_address(s->table, old);

        for (uint32_t bit = from; bit < end; bit++) {
            test_context(sm->t, "%s, %u-bit output, address bit %u of the level %d descriptor", sm_path_name(s->path), from, bit,
                         level);
            sm_spot_write(s, level, sm_with_address(s->table, old, address | UINT64_C(1) << bit));
            sm_spot_refused(s, row, SM_F_ADDR_SIZE);
        }
        sm_spot_write(s, level, old);
    }
}

/* All that the walk and the page use is below 2^bits. */
static bool fits(const struct sm_spot *s, uint32_t bits)
{
    uint64_t all = s->table->root_pointer | (s->table->stage == 1 && s->path->s2 ? sm_path_ipa(s->path, s->input) : s->host);

    for (int level = s->table->start_level; level < 3; level++)
        all |= sm_descriptor_address(s->table, mem_read64(s->sm->t, sm_spot_entry(s, level)));
    return all < UINT64_C(1) << bits;
}

/* The highest address bit that is allowed. */
static void largest(struct sm_spot *s, uint32_t bits)
{
    uint64_t host = UINT64_C(1) << (bits - 1) | UINT64_C(0x340000), leaf = mem_read64(s->sm->t, sm_spot_leaf(s)), old = s->host;

    if ((s->path->s1 && s->path->s2) || !mem_claim(s->sm->t, host, 0x10000))
        return;
    sm_spot_write(s, 3, sm_with_address(s->table, leaf, host));
    s->host = host;
    sm_spot_ok(s, size_row(s->table));
    s->host = old;
    sm_spot_write(s, 3, leaf);
}

void sm_walk_sizes(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;

    sm_spot_open(&s, path, sm_spot_stage(sm), SPOT_INPUT);
    for (uint32_t code = 0; code < 6 && sm_size_bits(code) < sm->oas_bits; code++) {
        if (!fits(&s, sm_size_bits(code)) || (s.table->stage == 2 && s.table->input_bits == 0))
            continue;
        set_size(&s, code);
        sm_spot_ok(&s, size_row(s.table));
        too_large(&s, s.table->stage == 1 && path->s2 ? "SMMU-3-508" : size_row(s.table), sm_size_bits(code));
        largest(&s, sm_size_bits(code));
    }
    set_size(&s, sm_size_code(sm->oas_bits));
    sm_spot_ok(&s, size_row(s.table));
    sm_spot_set(&s, 3, 0, 0, 0);
    sm_spot_refused(&s, "SMMU-D8-001", SM_F_TRANSLATION);
}

void sm_walk_capped(struct sm *sm, struct sm_path *path)
{
    uint32_t own = sm_size_code(sm->oas_bits);
    struct sm_spot s;

    sm_spot_open(&s, path, sm_spot_stage(sm), SPOT_INPUT);
    for (uint32_t code = own; code < 8; code++) {
        const char *row = s.table->stage == 1 ? "SMMU-5-121" : "SMMU-5-079";

        /* IPS 7 is Reserved before SMMUv3.4 and acts as 6 from SMMUv3.1 on (5.4 CD IPS); neither is below OAS. */
        if (code == 7 && sm->minor == 0)
            continue;
        set_size(&s, code);
        sm_spot_ok(&s, row);
        too_large(&s, row, sm->oas_bits);
    }
    set_size(&s, own);
    sm_spot_set(&s, 3, 0, 0, 0);
    sm_spot_refused(&s, "SMMU-D8-001", SM_F_TRANSLATION);
}

/* ---- external aborts ---- */

void sm_walk_aborts(struct sm *sm, struct sm_path *path)
{
    bool second = sm_spot_stage(sm) == 2;
    const char *row = second ? "SMMU-7-048" : "SMMU-7-049";
    struct sm_spot s;

    sm_spot_open(&s, path, sm_spot_stage(sm), SPOT_INPUT);
    for (int quiet = 0; quiet < 2; quiet++) {
        /* R = 0 silences only the four translation faults (5.5). */
        if (quiet && second)
            sm_spot_ste(&s, "S2R", 0);
        else if (quiet)
            sm_spot_cd(&s, "R", 0);
        for (int level = sm_spot_top(&s); level <= 3; level++) {
            uint64_t entry = sm_spot_entry(&s, level);
            struct sm_expected expected = sm_walk_abort(second, second ? SM_CLASS_IN : SM_CLASS_TT, entry);

            test_context(sm->t, "%s, abort of the level %d descriptor", sm_path_name(path), level);
            sm_invalidate_all(sm);
            inject_fault(sm->t, INJECT_ABORT, entry, entry + 7, ACC_READS, 1, 1000);
            sm_expect_event(sm, quiet ? "SMMU-5-170" : row, &s.r, &expected, s.host + SPOT_OFFSET);
            inject_clear(sm->t);
            /* What could not be read cannot have been cached. */
            sm_spot_ok(&s, "SMMU-16-008");
        }
    }
}

/* ---- priorities, 7.3.22 ---- */

static void combined(struct sm_spot *s, bool range)
{
    struct sm *sm = s->sm;
    uint64_t leaf = mem_read64(sm->t, sm_spot_leaf(s)), address = sm_descriptor_address(s->table, leaf);
    uint64_t read_only = s->table->stage == 1 ? leaf | UINT64_C(1) << SM_BIT_AP2 : leaf & ~(UINT64_C(1) << SM_BIT_S2AP1);
    uint64_t no_flag = read_only & ~(UINT64_C(1) << SM_BIT_AF);

    if (range) {
        uint64_t far = sm_with_address(s->table, no_flag, address | UINT64_C(1) << sm->oas_bits);

        sm_spot_write(s, 3, far & ~UINT64_C(1));
        sm_spot_refused(s, "SMMU-7-066", SM_F_TRANSLATION);
        sm_spot_write(s, 3, far);
        sm_spot_refused(s, "SMMU-7-066", SM_F_ADDR_SIZE);
    }
    sm_spot_write(s, 3, no_flag);
    sm_spot_refused(s, "SMMU-3-519", SM_F_ACCESS);
    sm_spot_write(s, 3, read_only);
    sm_spot_refused(s, "SMMU-7-066", SM_F_PERMISSION);
    sm_spot_write(s, 3, leaf);
    sm_spot_ok(s, "SMMU-7-066");
}

/* Bits 47 and up are no address bits everywhere: only where an address can be too large. */
static bool has_range(const struct sm_spot *s)
{
    return s->sm->oas_bits < 48 || (s->sm->oas_bits < 52 && s->table->ds);
}

void sm_walk_priority(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;

    sm_spot_open(&s, path, sm_spot_stage(sm), SPOT_INPUT);
    sm_spot_ok(&s, "SMMU-7-066");
    combined(&s, has_range(&s));
    /* An abort of a level outranks what its descriptor would say, and an invalid descriptor what comes below it. */
    if (!test_has(sm->t, IOTB_F_BENCH_MEMORY))
        return;
    for (int level = sm_spot_top(&s); level < 3; level++) {
        uint64_t entry = sm_spot_entry(&s, level), below = sm_spot_entry(&s, level + 1), old = mem_read64(sm->t, entry);

        test_context(sm->t, "%s, level %d invalid, level %d aborts", sm_path_name(path), level, level + 1);
        sm_spot_write(&s, level, old & ~UINT64_C(1));
        inject_fault(sm->t, INJECT_ABORT, below, below + 7, ACC_READS, 1, 1000);
        sm_spot_refused(&s, "SMMU-7-066", SM_F_TRANSLATION);
        inject_clear(sm->t);
        sm_spot_write(&s, level, old);
    }
    sm_spot_ok(&s, "SMMU-7-066");
}

/* ---- what is not cached ---- */

static void fault_then_fix(struct sm_spot *s, int level, uint64_t bad, uint32_t type)
{
    uint64_t good = mem_read64(s->sm->t, sm_spot_entry(s, level));

    test_context(s->sm->t, "%s, level %d, fault %02xh, then repaired without invalidation", sm_path_name(s->path), level, type);
    sm_spot_write(s, level, bad);
    sm_spot_refused(s, "SMMU-3-550", type);
    mem_write64(s->sm->t, sm_spot_entry(s, level), good);
    sm_spot_ok(s, "SMMU-3-550");
}

void sm_walk_not_cached(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;

    sm_spot_open(&s, path, sm_spot_stage(sm), SPOT_INPUT);
    for (int level = sm_spot_top(&s); level <= 3; level++) {
        uint64_t good = mem_read64(sm->t, sm_spot_entry(&s, level)), address = sm_descriptor_address(s.table, good);

        fault_then_fix(&s, level, 0, SM_F_TRANSLATION);
        if (has_range(&s))
            fault_then_fix(&s, level, sm_with_address(s.table, good, address | UINT64_C(1) << sm->oas_bits), SM_F_ADDR_SIZE);
        if (level == 3)
            fault_then_fix(&s, level, good & ~(UINT64_C(1) << SM_BIT_AF), SM_F_ACCESS);
    }
}

/* ---- alignment and the input address ---- */

void sm_walk_unaligned(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;

    sm_spot_open(&s, path, sm_spot_stage(sm), SPOT_INPUT);
    for (uint32_t offset = 1; offset < 8; offset++) {
        struct iotb_request r = sm_request(path, offset & 1 ? IOTB_READ : IOTB_WRITE, SPOT_INPUT + 0x100 + offset, 8);

        test_context(sm->t, "%s, offset %u", sm_path_name(path), offset);
        sm_expect_ok(sm, offset & 1 ? "SMMU-16-010" : "SMMU-3-070", &r, s.host + 0x100 + offset);
    }
    sm_spot_set(&s, 3, 0, 0, 0);
    s.r.address += 3;
    sm_spot_refused(&s, "SMMU-D8-001", SM_F_TRANSLATION);
}

void sm_walk_input_address(struct sm *sm, struct sm_path *path)
{
    uint32_t bits;
    struct sm_spot s;

    sm_spot_open(&s, path, sm_spot_stage(sm), SPOT_INPUT);
    sm_spot_ok(&s, "SMMU-3-512");
    bits = sm_input_bits(sm, s.table);
    for (uint32_t bit = 3; bit < bits; bit++) {
        uint64_t input = bit < 12 ? (SPOT_INPUT + UINT64_C(0x30000)) | UINT64_C(1) << bit : UINT64_C(1) << bit;
        struct iotb_request r = sm_request(path, bit & 1 ? IOTB_READ : IOTB_WRITE, input | 0x5, 2);
        struct sm_expected e = s.table->stage == 1 ? sm_s1_event(SM_F_TRANSLATION)
                                                   : sm_s2_event(SM_F_TRANSLATION, SM_CLASS_IN, input & ~UINT64_C(0xfff));

        if ((input & ~UINT64_C(0xffff)) == SPOT_INPUT)
            continue;
        sm_expect_event(sm, "SMMU-3-512", &r, &e, 0);
    }
}
