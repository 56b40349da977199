/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stage 1 walk (DDI 0487 D8.2 to D8.3; IHI 0070 3.4, 5.4): granules, input sizes and start levels, the two halves, TBI, EPD,
 * levels, blocks, the contiguous hint, 52-bit addresses, address sizes and aborts.
 */
#include "sm_chapters.h"
#include "sm_walk.h"

/* ---- input sizes and start levels ---- */

struct sizes {
    uint32_t granule_lg2;
    const char *row;
    uint8_t txsz[12]; /* both sides of each boundary of the start level */
    uint32_t count;
    bool ds;
};

static const struct sizes sizes_4k = {12, "SMMU-D8-012", {16, 24, 25, 33, 34, 39, 40, 42, 43, 48}, 10, false};
static const struct sizes sizes_16k = {14, "SMMU-D8-013", {16, 17, 27, 28, 38, 39, 40, 48}, 8, false};
static const struct sizes sizes_64k = {16, "SMMU-D8-014", {12, 15, 16, 21, 22, 34, 35, 39, 40, 47}, 10, false};
static const struct sizes sizes_4k_ds = {12, "SMMU-D8-012", {12, 13, 15, 16, 24, 25, 39}, 7, true};
static const struct sizes sizes_16k_ds = {14, "SMMU-D8-013", {12, 13, 15, 16, 17, 27, 39}, 7, true};

static bool size_there(struct sm *sm, const struct sizes *z, uint32_t txsz)
{
    if (txsz < 16 && !z->ds && !(z->granule_lg2 == 16 && sm_idr(sm->t, 5, "VAX")))
        return false;
    return txsz <= 39 || sm_idr(sm->t, 3, "STT");
}

/* Both ends of the range of one half, and what lies beyond. */
static void range(struct sm *sm, struct sm_path *path, const struct sizes *z, uint32_t bits, bool high)
{
    uint32_t limit = sm_address_bits(sm), use = bits < limit ? bits : limit;
    uint64_t page = UINT64_C(1) << z->granule_lg2, base = high ? ~UINT64_C(0) << bits : 0;
    struct sm_table *table = high ? path->s1_high : path->s1;
    uint64_t inputs[3] = {base, base + (UINT64_C(1) << (use - 1)), base + (UINT64_C(1) << use) - page};
    uint64_t hosts[3];

    if (inputs[1] == inputs[2])
        inputs[1] = inputs[0];
    for (int i = 0; i < 3; i++) {
        hosts[i] = inputs[i] == inputs[0] && i ? hosts[0] : mem_alloc(sm->t, page, page);
        sm_map(sm, table, inputs[i], hosts[i], 0, SM_RW);
    }
    sm_invalidate_all(sm);
    for (int i = 0; i < 3; i++) {
        struct iotb_request r = sm_request(path, IOTB_WRITE, inputs[i] + page - 16, 8);

        test_context(sm->t, "%s, TxSZ %u, input %016llx", sm_path_name(path), 64 - bits, (unsigned long long)inputs[i]);
        sm_expect_ok(sm, i == 1 ? "SMMU-D8-015" : z->row, &r, hosts[i] + page - 16);
    }
    for (uint32_t bit = bits; bit < limit && bit < 64; bit++) {
        struct iotb_request r = sm_request(path, IOTB_READ, inputs[1] ^ UINT64_C(1) << bit, 8);

        if (bit == 55)
            continue;
        test_context(sm->t, "%s, TxSZ %u, input %016llx", sm_path_name(path), 64 - bits, (unsigned long long)r.address);
        sm_expect_s1(sm, "SMMU-D8-017", &r, SM_F_TRANSLATION, hosts[1]);
    }
}

static void start_levels(struct test *t)
{
    const struct sizes *z = test_argument(t);
    struct sm sm;

    if (!sm_has_granule(t, z->granule_lg2))
        test_skip(t, "needs the granule of 2^%u bytes", z->granule_lg2);
    sm_open(&sm, t, NULL);
    for (uint32_t i = 0; i < z->count; i++) {
        struct sm_geometry g = {.granule_lg2 = z->granule_lg2, .input_bits = 64u - z->txsz[i], .ds = z->ds};
        struct sm_path path;

        if (!size_there(&sm, z, z->txsz[i]))
            continue;
        sm_path_open_geometry(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22, &g, NULL);
        range(&sm, &path, z, g.input_bits, false);
        if (sm_address_bits(&sm) == 64) {
            sm_path_open_high(&path, &g);
            range(&sm, &path, z, g.input_bits, true);
        }
    }
    sm_close(&sm);
}

/* ---- the two halves ---- */

#define HIGH(bits) (~UINT64_C(0) << (bits))

/* With TBI the bits above 55 say the opposite, and bit 55 alone decides. */
static void halves_of_tagged(struct sm *sm, struct sm_path *p, const uint64_t host[2])
{
    if (sm_address_bits(sm) < 64)
        return;
    sm_cd_set(sm, p->sid, p->ssid, "TBI0", 1);
    sm_cd_set(sm, p->sid, p->ssid, "TBI1", 1);
    sm_invalidate_all(sm);
    for (int half = 0; half < 2; half++) {
        struct iotb_request r = sm_request(p, IOTB_WRITE, ((half ? HIGH(42) : 0) | SPOT_INPUT | 0x88) ^ HIGH(56), 8);

        test_context(sm->t, "%s, half %d, bits above 55 inverted", sm_path_name(p), half);
        sm_expect_ok(sm, "SMMU-D8-016", &r, host[half] + 0x88);
    }
    sm_cd_set(sm, p->sid, p->ssid, "TBI0", 0);
    sm_cd_set(sm, p->sid, p->ssid, "TBI1", 0);
    sm_invalidate_all(sm);
}

static void halves_body(struct sm *sm, struct sm_path *path)
{
    uint32_t granules[3], count = 0;

    for (uint32_t lg2 = 12; lg2 <= 16; lg2 += 2)
        if (sm_has_granule(sm->t, lg2))
            granules[count++] = lg2;
    for (uint32_t i = 0; i < count; i++) {
        struct sm_geometry low = {.granule_lg2 = granules[i], .input_bits = 39};
        struct sm_geometry high = {.granule_lg2 = granules[(i + 1) % count], .input_bits = 42};
        uint64_t host[2] = {mem_alloc(sm->t, 0x10000, 0x10000), mem_alloc(sm->t, 0x10000, 0x10000)};
        struct sm_path p;

        sm_path_open_geometry(sm, &p, path->flavour->id, path->sid, path->ssid, path->asid, path->vmid, &low, NULL);
        sm_path_open_high(&p, &high);
        if (p.s2)
            return;
        sm_map(sm, p.s1, SPOT_INPUT, host[0], 0, SM_RW);
        sm_map(sm, p.s1_high, HIGH(42) | SPOT_INPUT, host[1], 0, SM_RW);
        sm_invalidate_all(sm);
        for (int half = 0; half < 2; half++) {
            struct iotb_request r = sm_request(&p, IOTB_WRITE, (half ? HIGH(42) : 0) | SPOT_INPUT | 0x88, 8);

            test_context(sm->t, "%s, granules 2^%u and 2^%u, half %d", sm_path_name(&p), granules[i], high.granule_lg2, half);
            sm_expect_ok(sm, granules[i] == high.granule_lg2 ? "SMMU-D8-016" : "SMMU-D8-019", &r, host[half] + 0x88);
            r.address ^= UINT64_C(1) << 55; /* the other half, out of its range */
            sm_expect_s1(sm, "SMMU-D8-016", &r, SM_F_TRANSLATION, host[half]);
        }
        halves_of_tagged(sm, &p, host);
        /* The first addresses outside: above the low half, below the high one. */
        for (int half = 0; half < 2; half++) {
            struct iotb_request r = sm_request(&p, IOTB_READ, half ? HIGH(42) - 0x1000 : UINT64_C(1) << 39, 8);

            sm_expect_s1(sm, "SMMU-D8-017", &r, SM_F_TRANSLATION, 0);
        }
    }
}

static void halves(struct test *t)
{
    sm_each_flavour(t, SM_S1_FLAVOURS | SM_E2H_FLAVOURS, halves_body);
}

/* EPDx: no walk in this half, whatever TTBx says. */
static void disabled_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host[2] = {mem_alloc(sm->t, 0x10000, 0x10000), mem_alloc(sm->t, 0x10000, 0x10000)};
    uint32_t bits;

    sm_path_open_high(path, NULL);
    if (path->s2)
        return;
    bits = path->s1_high->input_bits;
    sm_map(sm, path->s1, SPOT_INPUT, host[0], 0, SM_RW);
    sm_map(sm, path->s1_high, HIGH(bits) | SPOT_INPUT, host[1], 0, SM_RW);
    for (uint32_t epd = 0; epd < 4; epd++) {
        sm_cd_set(sm, path->sid, path->ssid, "EPD0", epd & 1);
        sm_cd_set(sm, path->sid, path->ssid, "EPD1", epd >> 1);
        sm_invalidate_all(sm);
        for (uint32_t half = 0; half < 2; half++) {
            struct iotb_request r = sm_request(path, IOTB_WRITE, (half ? HIGH(bits) : 0) | SPOT_INPUT | 0x88, 8);
            const struct sm_table *table = half ? path->s1_high : path->s1;
            uint64_t entry = sm_entry(sm, table, r.address, table->start_level);
            size_t mark = trace_mark(sm->t);

            test_context(sm->t, "%s, EPD1:EPD0 %u, half %u", sm_path_name(path), epd, half);
            if (!(epd >> half & 1)) {
                sm_expect_ok(sm, "SMMU-5-115", &r, host[half] + 0x88);
                continue;
            }
            sm_expect_s1(sm, "SMMU-5-116", &r, SM_F_TRANSLATION, host[half]);
            if (test_has(sm->t, IOTB_F_BENCH_MEMORY))
                CHECK_EQ(sm->t, "SMMU-5-116", 0, trace_count(sm->t, mark, entry, entry + 7, ACC_ANY),
                         "reads of the disabled half's table");
        }
    }
}

static void disabled(struct test *t)
{
    sm_each_flavour(t, SM_S1_FLAVOURS | SM_E2H_FLAVOURS, disabled_body);
}

/* 5.4 TBI0, TBI1: bits 63:56 are not looked at, and are recorded. */
static void top_byte_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host[2] = {mem_alloc(sm->t, 0x10000, 0x10000), mem_alloc(sm->t, 0x10000, 0x10000)};
    bool two = path->flavour->id != SM_F_EL2 && path->flavour->id != SM_F_EL2_SSID;
    uint32_t bits = 48;

    if (path->s2)
        return;
    if (two) {
        sm_path_open_high(path, NULL);
        bits = path->s1_high->input_bits;
        sm_map(sm, path->s1_high, HIGH(bits) | SPOT_INPUT, host[1], 0, SM_RW);
    }
    sm_map(sm, path->s1, SPOT_INPUT, host[0], 0, SM_RW);
    for (uint32_t tbi = 0; tbi < (two ? 4u : 2u); tbi++) {
        sm_cd_set(sm, path->sid, path->ssid, "TBI0", tbi & 1);
        sm_cd_set(sm, path->sid, path->ssid, "TBI1", tbi >> 1);
        sm_invalidate_all(sm);
        for (uint32_t half = 0; half < (two ? 2u : 1u); half++)
            for (uint32_t bit = 55; bit < 64; bit++) {
                uint64_t input = (half ? HIGH(bits) : 0) | SPOT_INPUT | 0x88;
                struct iotb_request r = sm_request(path, IOTB_READ, input ^ (bit == 55 ? 0 : UINT64_C(1) << bit), 8);
                const char *row = half ? "SMMU-5-132" : "SMMU-5-131";

                test_context(sm->t, "%s, TBI1:TBI0 %u, input %016llx", sm_path_name(path), tbi, (unsigned long long)r.address);
                sm_once(sm);
                if (bit == 55 || tbi >> half & 1)
                    sm_expect_ok(sm, row, &r, host[half] + 0x88);
                else
                    sm_expect_s1(sm, row, &r, SM_F_TRANSLATION, host[half]);
            }
        if (tbi & 1) { /* bits below the top byte still count, and the record has all of the input */
            struct iotb_request r = sm_request(path, IOTB_READ, SPOT_INPUT | UINT64_C(0xa5) << 56 | UINT64_C(1) << 54, 8);

            sm_expect_s1(sm, "SMMU-5-131", &r, SM_F_TRANSLATION, host[0]);
            r.address = (SPOT_INPUT + UINT64_C(0x100000)) | UINT64_C(0xa5) << 56 | 0x123;
            sm_expect_s1(sm, "SMMU-3-512", &r, SM_F_TRANSLATION, host[0]);
        }
    }
}

static void top_byte(struct test *t)
{
    sm_each_flavour(t, SM_S1_FLAVOURS | SM_E2H_FLAVOURS | SM_EL2_FLAVOURS, top_byte_body);
}

/* D8.1.8: one range; EPD0, EPD1 mean nothing. */
static void single_range_body(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;
    uint32_t bits;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    bits = path->s1->input_bits;
    sm_spot_ok(&s, "SMMU-D8-018");
    for (uint32_t bit = bits; bit < 64 && bit < sm_address_bits(sm); bit++) {
        struct iotb_request r = sm_request(path, IOTB_READ, s.r.address | UINT64_C(1) << bit, 8);

        sm_expect_s1(sm, "SMMU-D8-018", &r, SM_F_TRANSLATION, s.host);
    }
    if (sm_address_bits(sm) == 64) {
        struct iotb_request r = sm_request(path, IOTB_READ, HIGH(bits) | s.r.address, 8);

        sm_expect_s1(sm, "SMMU-D8-018", &r, SM_F_TRANSLATION, s.host);
    }
    for (uint32_t epd = 1; epd < 4; epd++) {
        sm_cd_set(sm, path->sid, path->ssid, "EPD0", epd & 1);
        sm_spot_cd(&s, "EPD1", epd >> 1);
        sm_spot_ok(&s, "SMMU-5-117");
    }
}

static void single_range(struct test *t)
{
    sm_each_flavour(t, SM_EL2_FLAVOURS, single_range_body);
}

/* ---- E0PD: unprivileged access to a half is a Translation fault ---- */

static void e0pd_body(struct sm *sm, struct sm_path *path)
{
    bool single = path->flavour->id == SM_F_EL2_SSID || path->flavour->id == SM_F_EL2;
    bool there = sm_idr(sm->t, 3, "E0PD") != 0;
    struct sm_spot s;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    for (uint32_t e0pd = 0; e0pd < 4; e0pd++) {
        sm_cd_set(sm, path->sid, path->ssid, "E0PD1", e0pd >> 1);
        sm_spot_cd(&s, "E0PD0", e0pd & 1);
        test_context(sm->t, "%s, E0PD1:E0PD0 %u", sm_path_name(path), e0pd);
        if (there && !single && e0pd & 1)
            sm_spot_refused(&s, "SMMU-5-145", SM_F_TRANSLATION);
        else
            sm_spot_ok(&s, there && !single ? "SMMU-5-145" : "SMMU-5-146");
        if (path->flavour->with_ssid && test_has(sm->t, IOTB_F_PRIVILEGE)) {
            struct iotb_request r = s.r;

            r.flags |= IOTB_RQ_PRIVILEGED;
            sm_expect_ok(sm, there && !single ? "SMMU-5-145" : "SMMU-5-146", &r, s.host + SPOT_OFFSET);
        }
    }
}

static void e0pd(struct test *t)
{
    sm_each_flavour(t, SM_S1_FLAVOURS | SM_E2H_FLAVOURS | SM_EL2_FLAVOURS | SM_NESTED_FLAVOURS, e0pd_body);
}

/* ---- 52 bits with 4 KiB and 16 KiB granules ---- */

static void long_descriptors(struct test *t)
{
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t lg2 = 12; lg2 <= 14; lg2 += 2) {
        struct sm_geometry g = {.granule_lg2 = lg2, .input_bits = 52, .ds = true};
        struct sm_path path;
        struct sm_spot s;

        if (!sm_has_granule(t, lg2))
            continue;
        sm_path_open_geometry(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22, &g, NULL);
        sm_spot_open(&s, &path, 1, SPOT_INPUT | (sm_address_bits(&sm) >= 52 ? UINT64_C(5) << 49 : 0));
        sm_spot_ok(&s, "SMMU-D8-011");
        for (int level = s.table->start_level; level < 3; level++)
            sm_walk_pointer(&sm, "SMMU-D8-011", "table descriptor", s.table, sm_spot_entry(&s, level), lg2, &s.r,
                            s.host + SPOT_OFFSET);
        sm_walk_pointer(&sm, "SMMU-D8-011", "leaf", s.table, sm_spot_leaf(&s), lg2, &s.r, 0);
        for (int level = 0; level < 2; level++) {
            struct sm_spot b;

            if (!sm_has_block(&sm, path.s1, level) || sm_level_shift(path.s1, level) >= sm_address_bits(&sm))
                continue;
            if (!sm_spot_block(&b, &path, 1, UINT64_C(3) << sm_level_shift(path.s1, level), level))
                continue;
            sm_spot_ok(&b, lg2 == 12 ? "SMMU-D8-003" : "SMMU-D8-004");
            sm_spot_set(&b, level, SM_BIT_CONT, SM_BIT_CONT, sm_level_shift(path.s1, level) > 35);
            sm_spot_ok(&b, "SMMU-D8-035");
        }
        sm_spot_set(&s, 3, 0, 0, 0);
        sm_spot_refused(&s, "SMMU-D8-001", SM_F_TRANSLATION);
    }
    sm_close(&sm);
}

/* ---- base addresses ---- */

static void base_body(struct sm *sm, struct sm_path *path)
{
    uint64_t cd = sm_cd_address(sm, path->sid, path->ssid);
    struct sm_geometry g = {.input_bits = 31}; /* a top table of two entries with 4 KiB granules */
    struct sm_path small;
    struct sm_spot s;
    uint32_t lg2;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    sm_spot_ok(&s, "SMMU-5-126");
    lg2 = sm_base_lg2(sm, s.table);
    if (sm->oas_bits <= 48 || s.table->granule_lg2 == 16) /* else bits from 48 up are ILLEGAL */
        sm_walk_pointer_field(sm, "SMMU-5-126", cd, "CD", "TTB0", lg2, UINT64_C(1) << lg2, &s.r, s.host + SPOT_OFFSET);
    if (lg2 > 4)
        sm_walk_bits(sm, "SMMU-5-126", "TTB0 below the alignment of its table", cd, 64 + 4, 64 + lg2 - 1, &s.r, NULL,
                     s.host + SPOT_OFFSET);
    if (s.table->granule_lg2 != 12)
        return;
    /* Bits 5:4 select the table where addresses have at most 48 bits; with more they are taken as 0 (64-byte alignment). */
    sm_path_open_geometry(sm, &small, path->flavour->id, path->sid, path->ssid, path->asid, path->vmid, &g, NULL);
    sm_spot_open(&s, &small, 1, UINT64_C(0x12340000));
    cd = sm_cd_address(sm, path->sid, path->ssid);
    if (s.table->start_level == 1 && sm->oas_bits <= 48) {
        uint64_t root = mem_alloc(sm->t, 64, 64), entry = mem_read64(sm->t, sm_spot_entry(&s, 1));

        for (uint32_t n = 0; n < 4; n++) {
            for (uint32_t i = 0; i < 8; i++)
                mem_write64(sm->t, root + 8 * i, i == 2 * n ? entry : 0);
            sm_set_field(sm, cd, "CD", "TTB0", root + 16 * n);
            sm_invalidate_all(sm);
            sm_spot_ok(&s, "SMMU-5-126");
        }
    }
}

static void base(struct test *t)
{
    sm_each_granule(t, SM_S1_FLAVOURS, NULL, base_body);
}

/* ---- the rules of both stages ---- */

#define STAGE1(var, mask, function) static const struct sm_spot_case var = {mask, 1, function}
STAGE1(invalid, SM_STAGE1_FLAVOURS, sm_walk_invalid);
STAGE1(encodings, SM_S1_FLAVOURS | SM_NESTED_FLAVOURS, sm_walk_encodings);
STAGE1(ignored, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_EL2), sm_walk_ignored);
STAGE1(index_bits, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_EL2) | SM_FLAVOUR(SM_F_E2H), sm_walk_index_bits);
STAGE1(blocks, SM_STAGE1_FLAVOURS, sm_walk_blocks);
STAGE1(outputs, SM_FLAVOUR(SM_F_S1), sm_walk_outputs);
STAGE1(contiguous, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_EL2), sm_walk_contiguous);
STAGE1(conflicting, SM_FLAVOUR(SM_F_S1), sm_walk_conflicting);
STAGE1(no_translation, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_NESTED), sm_walk_no_translation);
STAGE1(sizes_single, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_EL2), sm_walk_sizes);
STAGE1(sizes_nested, SM_FLAVOUR(SM_F_NESTED), sm_walk_sizes);
STAGE1(capped, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_NESTED), sm_walk_capped);
STAGE1(aborts, SM_STAGE1_FLAVOURS, sm_walk_aborts);
STAGE1(priority, SM_STAGE1_FLAVOURS, sm_walk_priority);
STAGE1(unaligned, SM_STAGE1_FLAVOURS, sm_walk_unaligned);
STAGE1(not_cached, SM_STAGE1_FLAVOURS, sm_walk_not_cached);
STAGE1(input_address, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_NESTED) | SM_FLAVOUR(SM_F_EL2), sm_walk_input_address);

#define CASE(n, text, function, arg, r, gated, feature)                                                          \
    {                                                                                                            \
        .name = "smmuv3.stage1." n, .summary = text, .run = function, .argument = arg, .rows = r, .gate = gated, \
        .features = feature, .functional = true, .tier = TIER_FULL                                               \
    }
#define LEAF SM_WALK_ROWS_LEAF
#define WIDE IOTB_F_WIDE_ADDRESS

static const struct iotb_case cases[] = {
    CASE("start_level_4k", "4 KiB granule: each TxSZ walks from its level over all of its range and no more.", start_levels,
         &sizes_4k, "SMMU-D8-012 SMMU-D8-015 SMMU-D8-017", SM_GATE_S1 "&IDR5.GRAN4K", 0),
    CASE("start_level_16k", "16 KiB granule: each TxSZ walks from its level over all of its range and no more.", start_levels,
         &sizes_16k, "SMMU-D8-013 SMMU-D8-015 SMMU-D8-017", SM_GATE_S1 "&IDR5.GRAN16K", 0),
    CASE("start_level_64k", "64 KiB granule: each TxSZ walks from its level over all of its range and no more.", start_levels,
         &sizes_64k, "SMMU-D8-014 SMMU-D8-015 SMMU-D8-017", SM_GATE_S1 "&IDR5.GRAN64K", 0),
    CASE("start_level_4k_ds", "4 KiB granule with DS: sizes up to 52 bits, from level -1.", start_levels, &sizes_4k_ds,
         "SMMU-D8-012 SMMU-D8-015 SMMU-D8-017", SM_GATE_S1 "&IDR5.GRAN4K&IDR5.DS", 0),
    CASE("start_level_16k_ds", "16 KiB granule with DS: sizes up to 52 bits, from level 0.", start_levels, &sizes_16k_ds,
         "SMMU-D8-013 SMMU-D8-015 SMMU-D8-017", SM_GATE_S1 "&IDR5.GRAN16K&IDR5.DS", 0),
    CASE("halves", "Bit 55 selects TTB0 or TTB1, each with its own granule and size.", halves, NULL,
         "SMMU-D8-016 SMMU-D8-019 SMMU-D8-017", SM_GATE_S1, WIDE),
    CASE("disabled_half", "EPD0 and EPD1 each make their half a Translation fault without a read.", disabled, NULL,
         "SMMU-5-116 SMMU-5-115", SM_GATE_S1, WIDE),
    CASE("top_byte", "TBI0 and TBI1 each ignore the top byte in their half only; records keep it.", top_byte, NULL,
         "SMMU-5-131 SMMU-5-132 SMMU-3-512", SM_GATE_S1, WIDE),
    CASE("single_range", "EL2 without E2H: one range, any bit above it faults, EPD0 and EPD1 mean nothing.", single_range, NULL,
         "SMMU-D8-018 SMMU-5-117", SM_GATE_S1 "&IDR0.Hyp", 0),
    CASE("e0pd", "E0PD0 makes unprivileged accesses of its half Translation faults where it exists.", e0pd, NULL,
         "SMMU-5-145 SMMU-5-146", SM_GATE_S1, 0),
    CASE("long_descriptors", "DS: descriptor bits 49:48 and 9:8 are address bits; blocks of 512 GiB and 64 GiB.",
         long_descriptors, NULL, "SMMU-D8-011 SMMU-D8-003 SMMU-D8-004 SMMU-D8-035 SMMU-D8-001", SM_GATE_S1 "&IDR5.DS&IDR5.OAS>=6",
         0),
    CASE("base", "Every bit of TTB0 counts down to the alignment of its table, and none below.", base, NULL, "SMMU-5-126",
         SM_GATE_S1, 0),
    CASE("invalid", "A descriptor with bit 0 clear faults at each level whatever else it holds.", sm_spot_run, &invalid,
         "SMMU-D8-001 " LEAF, SM_GATE_S1, 0),
    CASE("encodings", "Bits 1:0 = 01b are a block only where the granule has one.", sm_spot_run, &encodings,
         "SMMU-D8-002 SMMU-D8-003 SMMU-D8-004 SMMU-D8-005 " LEAF, SM_GATE_S1, 0),
    CASE("ignored_bits", "Software and reserved bits of descriptors do nothing.", sm_spot_run, &ignored,
         "SMMU-D8-037 SMMU-D8-038 SMMU-D8-009 SMMU-3-511 " LEAF, SM_GATE_S1, 0),
    CASE("index_bits", "Each input bit selects an entry.", sm_spot_run, &index_bits, LEAF, SM_GATE_S1, 0),
    CASE("blocks", "Each block size maps with each of its offset bits.", sm_spot_run, &blocks,
         LEAF " SMMU-D8-001 SMMU-D8-003 SMMU-D8-004 SMMU-D8-005", SM_GATE_S1, 0),
    CASE("outputs", "Each address bit of a table descriptor and of a leaf counts.", sm_spot_run, &outputs,
         "SMMU-D8-009 SMMU-D8-010 SMMU-D8-001 " LEAF, SM_GATE_S1, 0),
    CASE("contiguous", "Members of a contiguous group translate each to its own place.", sm_spot_run, &contiguous, "SMMU-D8-032",
         SM_GATE_S1, 0),
    CASE("conflicting_group", "An inconsistent contiguous group gives one of its entries, or a conflict.", sm_spot_run_once,
         &conflicting, "SMMU-D8-033", SM_GATE_S1, 0),
    CASE("no_translation", "A block with nT translates or faults; with BBML 1 it translates.", sm_spot_run_once, &no_translation,
         "SMMU-D8-036 SMMU-3-104", SM_GATE_S1 "&IDR3.BBML", 0),
    CASE("output_size", "An address above IPS in a descriptor of any level is an Address Size fault of stage 1.", sm_spot_run,
         &sizes_single, "SMMU-5-122 SMMU-D8-001", SM_GATE_S1 "&IDR5.OAS>=1", 0),
    CASE("output_size_nested", "Nested, an IPA above IPS is an Address Size fault of stage 1.", sm_spot_run_once, &sizes_nested,
         "SMMU-3-508 SMMU-5-122 SMMU-D8-001", SM_GATE_NESTED "&IDR5.OAS>=1", 0),
    CASE("output_size_capped", "IPS above OAS acts as OAS.", sm_spot_run, &capped, "SMMU-5-121 SMMU-D8-001",
         SM_GATE_S1 "&IDR5.OAS<5", 0),
    CASE("aborts", "An external abort of a descriptor of any level is F_WALK_EABT of class TT, even with R = 0.", sm_spot_run,
         &aborts, "SMMU-7-049 SMMU-5-170 SMMU-16-008", SM_GATE_S1, IOTB_F_BENCH_MEMORY),
    CASE("priority", "Invalid before Address Size before Access flag before Permission; the level nearer the root first.",
         sm_spot_run_once, &priority, "SMMU-7-066 SMMU-3-519", SM_GATE_S1, 0),
    CASE("unaligned", "Unaligned requests within a page are translated.", sm_spot_run_once, &unaligned,
         "SMMU-16-010 SMMU-3-070 SMMU-D8-001", SM_GATE_S1, 0),
    CASE("not_cached", "Faults are not cached: a repaired descriptor of any level works without an invalidation.",
         sm_spot_run_once, &not_cached, "SMMU-3-550", SM_GATE_S1, 0),
    CASE("input_address", "The record has each bit of the input.", sm_spot_run_once, &input_address, "SMMU-3-512", SM_GATE_S1, 0),
};

const struct iotb_case_list sm_walk_stage1_cases = {cases, sizeof cases / sizeof cases[0]};
