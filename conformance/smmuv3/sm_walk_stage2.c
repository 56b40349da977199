/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stage 2 walk (DDI 0487 D8.2, D8.3; IHI 0070 3.4, 5.2): start levels, concatenated tables, input and output sizes, base,
 * each index bit, descriptors, aborts, S2R.
 */
#include "sm_chapters.h"
#include "sm_walk.h"

/* ---- start levels and concatenation, D8.2.2 ---- */

struct start {
    uint32_t granule_lg2;
    const char *row;
};

static const struct start start_4k = {12, "SMMU-D8-020"};
static const struct start start_16k = {14, "SMMU-D8-021"};
static const struct start start_64k = {16, "SMMU-D8-021"};

/* Input bits that may start at this level: more than one entry, at most 16 tables (D8.2.2), sizes that the DUT has (5.2 S2T0SZ).
 */
static bool start_range(struct sm *sm, uint32_t lg2, int level, uint32_t *lowest, uint32_t *highest)
{
    uint32_t shift = lg2 + (lg2 - 3) * (uint32_t)(3 - level), limit = sm->ias_bits < 48 ? sm->ias_bits : 48;
    bool small = sm_idr(sm->t, 3, "STT") != 0;
    uint32_t floor = small ? (lg2 == 16 ? 17 : 16) : 25;

    /* D8.1.10 Table D8-9: how much of an output address the DUT needs for a level. */
    if ((lg2 == 12 && level == 0 && sm->oas_bits < 44) || (lg2 == 14 && level == 1 && sm->oas_bits < 42) ||
        (lg2 == 16 && level == 1 && sm->oas_bits < 44) || (lg2 == 12 && level == 3 && !small) || (lg2 == 14 && level == 0))
        return false;
    if (sm->ias_bits >= 52 && lg2 == 16)
        limit = 52;
    *lowest = shift + 1 > floor ? shift + 1 : floor;
    *highest = shift + lg2 - 3 + 4 < limit ? shift + lg2 - 3 + 4 : limit;
    return *lowest <= *highest;
}

/* First and last entry of each of the concatenated tables, and the first IPA beyond. */
static void concatenated(struct sm *sm, struct sm_path *path, const char *row, uint32_t bits)
{
    const struct sm_table *table = path->s2;
    uint32_t shift = sm_level_shift(table, table->start_level), single = shift + table->granule_lg2 - 3;
    uint64_t page = UINT64_C(1) << table->granule_lg2, limit = UINT64_C(1) << sm_input_bits(sm, table);
    uint64_t count = bits > single ? UINT64_C(1) << (bits - single) : 1, span = UINT64_C(1) << (bits > single ? single : bits);
    uint64_t inputs[32], hosts[32];
    uint32_t n = 0;
    struct iotb_request r;

    for (uint64_t i = 0; i < count; i++)
        for (int last = 0; last < 2; last++) {
            uint64_t input = i * span + (last ? span - page : 0);

            if (input >= limit)
                continue;
            inputs[n] = input;
            hosts[n] = mem_alloc(sm->t, page, page);
            sm_map(sm, path->s2, input, hosts[n++], 0, SM_RW);
        }
    sm_invalidate_all(sm);
    for (uint32_t i = 0; i < n; i++) {
        test_context(sm->t, "%s, S2T0SZ %u, start level %d, IPA %016llx", sm_path_name(path), 64 - bits, table->start_level,
                     (unsigned long long)inputs[i]);
        r = sm_request(path, i & 1 ? IOTB_READ : IOTB_WRITE, inputs[i] + page - 8, 8);
        sm_expect_ok(sm, count > 1 ? "SMMU-D8-022" : row, &r, hosts[i] + page - 8);
    }
    if (bits < sm->ias_bits && bits < sm_address_bits(sm)) {
        struct sm_expected e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_IN, UINT64_C(1) << bits);

        r = sm_request(path, IOTB_READ, UINT64_C(1) << bits, 8);
        sm_expect_event(sm, "SMMU-D8-025", &r, &e, hosts[0]);
    }
}

static void start_levels(struct test *t)
{
    const struct start *c = test_argument(t);
    struct sm sm;

    if (!sm_has_granule(t, c->granule_lg2))
        test_skip(t, "needs the granule of 2^%u bytes", c->granule_lg2);
    sm_open(&sm, t, NULL);
    for (int level = 0; level <= 3; level++) {
        uint32_t lowest, highest;

        if (!start_range(&sm, c->granule_lg2, level, &lowest, &highest))
            continue;
        for (uint32_t bits = lowest; bits <= highest; bits++) {
            struct sm_geometry g = {.granule_lg2 = c->granule_lg2, .input_bits = bits, .start_level = level, .start_given = true};
            bool two_of_16k = c->granule_lg2 == 14 && level == 1 && bits == 48;
            struct sm_path path;

            sm_path_open_geometry(&sm, &path, SM_F_S2, sm_sid(&sm, 0), 0, 0, 0x22, NULL, &g);
            concatenated(&sm, &path, two_of_16k ? "SMMU-D8-023" : c->row, bits);
        }
    }
    sm_close(&sm);
}

/* D8.2.2: with 16 KiB granules 48 bits are two tables of level 1; level 0 needs S2DS. */
static void two_tables(struct test *t)
{
    struct sm_geometry g = {.granule_lg2 = 14, .input_bits = 48, .start_level = 1, .start_given = true};
    uint64_t page = 0x4000, host[2];
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;

    sm_open(&sm, t, NULL);
    if (sm.ias_bits < 48)
        test_skip(t, "needs 48-bit intermediate addresses");
    sm_path_open_geometry(&sm, &path, SM_F_S2, sm_sid(&sm, 0), 0, 0, 0x22, NULL, &g);
    for (int i = 0; i < 2; i++) {
        host[i] = mem_alloc(t, page, page);
        if (i && sm_address_bits(&sm) < 48)
            break;
        sm_map(&sm, path.s2, i ? UINT64_C(1) << 47 : 0, host[i], 0, SM_RW);
        sm_invalidate_all(&sm);
        r = sm_request(&path, IOTB_WRITE, i ? UINT64_C(1) << 47 : 0, 8);
        sm_expect_ok(&sm, "SMMU-D8-023", &r, host[i]);
    }
    sm_ste_set(&sm, path.sid, "S2SL0", 3);
    sm_invalidate_all(&sm);
    r = sm_request(&path, IOTB_WRITE, 0, 8);
    sm_expect_config(&sm, "SMMU-D8-023", &r, SM_C_BAD_STE, host[0]);
    sm_close(&sm);
}

/* ---- input size ---- */

/* An input above IAS is refused by stage 1, which is bypassed, and never stalls (3.4 Address sizes). */
static void above_ias_body(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;

    sm_spot_open(&s, path, 2, SPOT_INPUT);
    for (uint32_t stall = 0; stall < (sm->stall_model == 0 ? 2u : 1u); stall++) {
        sm_spot_ste(&s, "S2S", stall || sm->stall_model == 2);
        sm_spot_ok(&s, "SMMU-3-502");
        for (uint32_t bit = sm->ias_bits; bit < sm_address_bits(sm) && bit < 64; bit++) {
            struct iotb_request r = sm_request(path, bit & 1 ? IOTB_READ : IOTB_WRITE, s.r.address | UINT64_C(1) << bit, 8);
            uint64_t host = s.host + SPOT_OFFSET;
            struct sm_seen seen = sm_try(sm, &r, &host, 1);
            bool right = seen.result == SM_REFUSED && seen.type == SM_F_ADDR_SIZE && !seen.event.s2 &&
                         seen.event.class == SM_CLASS_IN && seen.event.input == r.address;

            test_context(sm->t, "%s, S2S %u, input %016llx, IAS %u", sm_path_name(path), stall, (unsigned long long)r.address,
                         sm->ias_bits);
            CHECK(sm->t, bit >= 56 ? "SMMU-3-061" : "SMMU-3-502", right,
                  "F_ADDR_SIZE of stage 1 (result %d, event %02xh, S2 %d, class %u)", (int)seen.result, seen.type, seen.event.s2,
                  seen.event.class);
            CHECK(sm->t, "SMMU-3-064", right && !seen.event.stall, "it does not stall");
        }
    }
}

static void above_ias(struct test *t)
{
    sm_each_flavour(t, SM_S2_FLAVOURS, above_ias_body);
}

/* An input between the range of S2T0SZ and IAS is a stage 2 Translation fault. */
static void above_range_body(struct sm *sm, struct sm_path *path)
{
    for (uint32_t bits = 32; bits < 40; bits++) {
        struct sm_geometry g = {.input_bits = bits};
        struct sm_path p;
        struct sm_spot s;

        if (bits >= sm->ias_bits)
            continue;
        sm_path_open_geometry(sm, &p, path->flavour->id, path->sid, path->ssid, path->asid, path->vmid, NULL, &g);
        sm_spot_open(&s, &p, 2, SPOT_INPUT);
        sm_spot_ok(&s, "SMMU-D8-025");
        for (uint32_t bit = bits; bit < sm->ias_bits && bit < sm_address_bits(sm); bit++) {
            struct iotb_request r = sm_request(&p, IOTB_READ, s.r.address | UINT64_C(1) << bit, 8);
            struct sm_expected e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_IN, s.input | UINT64_C(1) << bit);

            sm_expect_event(sm, "SMMU-D8-025", &r, &e, s.host);
        }
    }
}

static void above_range(struct test *t)
{
    sm_each_flavour(t, SM_S2_FLAVOURS, above_range_body);
}

/* ---- base address ---- */

static void base_body(struct sm *sm, struct sm_path *path)
{
    uint64_t ste = sm_ste_address(sm, path->sid);
    struct sm_geometry g = {.granule_lg2 = 12, .input_bits = 43, .start_level = 1, .start_given = true};
    struct sm_path p;
    struct sm_spot s;
    uint32_t lg2;

    sm_spot_open(&s, path, 2, SPOT_INPUT);
    sm_spot_ok(&s, "SMMU-5-097");
    lg2 = sm_base_lg2(sm, s.table);
    if (sm->oas_bits <= 48 || s.table->granule_lg2 == 16) /* else bits from 48 up are ILLEGAL */
        sm_walk_pointer_field(sm, "SMMU-5-097", ste, "STE", "S2TTB", lg2, UINT64_C(1) << lg2, &s.r, s.host + SPOT_OFFSET);
    if (lg2 > 4)
        sm_walk_bits(sm, "SMMU-5-097", "S2TTB below the alignment of its tables", ste, 3 * 64 + 4, 3 * 64 + lg2 - 1, &s.r, NULL,
                     s.host + SPOT_OFFSET);
    if (sm->ias_bits < 43 || !sm_has_granule(sm->t, 12))
        return;
    /* Sixteen tables of 4 KiB: aligned to 64 KiB. */
    sm_path_open_geometry(sm, &p, path->flavour->id, path->sid, path->ssid, path->asid, path->vmid, NULL, &g);
    sm_spot_open(&s, &p, 2, SPOT_INPUT);
    sm_spot_ok(&s, "SMMU-5-097");
    sm_walk_bits(sm, "SMMU-5-097", "S2TTB below the alignment of sixteen tables", ste, 3 * 64 + 4, 3 * 64 + 15, &s.r, NULL,
                 s.host + SPOT_OFFSET);
}

static void base(struct test *t)
{
    sm_each_granule(t, SM_FLAVOUR(SM_F_S2), NULL, base_body);
}

/* ---- S2R, S2PTW, S2ENDI ---- */

/* S2R = 0 silences the four faults of stage 2 and nothing else (5.2 S2R, 5.5). */
static void silent_body(struct sm *sm, struct sm_path *path)
{
    uint64_t leaf;
    struct sm_spot s;

    sm_spot_open(&s, path, 2, SPOT_INPUT);
    if (sm->stall_model == 2)
        test_skip(sm->t, "stage 2 faults of this DUT always stall, and are recorded");
    leaf = mem_read64(sm->t, sm_spot_leaf(&s));
    sm_spot_ste(&s, "S2R", 0);
    sm_spot_ok(&s, "SMMU-5-099");
    for (uint32_t i = 0; i < 4; i++) {
        const uint64_t bad[4] = {
            0, leaf & ~(UINT64_C(1) << SM_BIT_AF), leaf & ~(UINT64_C(1) << SM_BIT_S2AP1),
            sm_with_address(s.table, leaf, sm_descriptor_address(s.table, leaf) | UINT64_C(1) << sm->oas_bits)};

        if (i == 3 && sm->oas_bits >= 48)
            continue;
        test_context(sm->t, "%s, S2R 0, leaf %016llx", sm_path_name(path), (unsigned long long)bad[i]);
        sm_spot_write(&s, 3, bad[i]);
        sm_expect_silent_abort(sm, "SMMU-5-099", &s.r, s.host + SPOT_OFFSET);
    }
    sm_spot_ste(&s, "S2TG", 3);
    sm_expect_config(sm, "SMMU-5-099", &s.r, SM_C_BAD_STE, s.host);
}

static void silent(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_NESTED), silent_body);
}

/* 5.2 S2PTW: of no effect where stage 1 does not walk, though the page is Device memory. */
static void no_protection_body(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;

    (void)sm;
    sm_spot_open(&s, path, 2, SPOT_INPUT);
    sm_spot_set(&s, 3, 5, 2, 1); /* Device-nGnRE */
    for (uint32_t ptw = 0; ptw < 2; ptw++) {
        sm_spot_ste(&s, "S2PTW", ptw);
        sm_spot_ok(&s, "SMMU-5-087");
    }
    sm_spot_set(&s, 3, 0, 0, 0);
    sm_spot_refused(&s, "SMMU-D8-001", SM_F_TRANSLATION);
}

static void no_protection(struct test *t)
{
    sm_each_flavour(t, SM_S2_FLAVOURS, no_protection_body);
}

static void endian_body(struct sm *sm, struct sm_path *path)
{
    uint64_t entries[5], host;
    struct sm_seen seen;
    uint32_t n = 0;
    struct sm_spot s;

    sm_spot_open(&s, path, 2, SPOT_INPUT);
    sm_spot_ok(&s, "SMMU-5-083");
    for (int level = s.table->start_level; level <= 3; level++)
        entries[n++] = sm_spot_entry(&s, level);
    for (uint32_t i = 0; i < n; i++)
        mem_write64(sm->t, entries[i], __builtin_bswap64(mem_read64(sm->t, entries[i])));
    sm_spot_ste(&s, "S2ENDI", 1);
    sm_spot_ok(&s, "SMMU-5-083");
    sm_spot_ste(&s, "S2ENDI", 0);
    host = s.host + SPOT_OFFSET;
    seen = sm_try(sm, &s.r, &host, 1);
    CHECK(sm->t, "SMMU-5-083", seen.result == SM_REFUSED, "tables of the other byte order do not translate (result %d)",
          (int)seen.result);
}

static void endian(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S2), endian_body);
}

/* ---- the rules of both stages ---- */

#define STAGE2(var, mask, function) static const struct sm_spot_case var = {mask, 2, function}
#define BOTH (SM_S2_FLAVOURS | SM_FLAVOUR(SM_F_NESTED))
STAGE2(invalid, BOTH, sm_walk_invalid);
STAGE2(encodings, BOTH, sm_walk_encodings);
STAGE2(ignored, SM_FLAVOUR(SM_F_S2), sm_walk_ignored);
STAGE2(index_bits, BOTH, sm_walk_index_bits);
STAGE2(blocks, BOTH, sm_walk_blocks);
STAGE2(outputs, SM_FLAVOUR(SM_F_S2), sm_walk_outputs);
STAGE2(contiguous, SM_FLAVOUR(SM_F_S2), sm_walk_contiguous);
STAGE2(conflicting, SM_FLAVOUR(SM_F_S2), sm_walk_conflicting);
STAGE2(no_translation_s2, BOTH, sm_walk_no_translation);
STAGE2(sizes, BOTH, sm_walk_sizes);
STAGE2(capped, SM_FLAVOUR(SM_F_S2), sm_walk_capped);
STAGE2(aborts, BOTH, sm_walk_aborts);
STAGE2(priority, BOTH, sm_walk_priority);
STAGE2(unaligned, SM_S2_FLAVOURS, sm_walk_unaligned);
STAGE2(not_cached, BOTH, sm_walk_not_cached);
STAGE2(input_address, SM_S2_FLAVOURS, sm_walk_input_address);

#define CASE(n, text, function, arg, r, gated, feature)                                                          \
    {                                                                                                            \
        .name = "smmuv3.stage2." n, .summary = text, .run = function, .argument = arg, .rows = r, .gate = gated, \
        .features = feature, .functional = true, .tier = TIER_FULL                                               \
    }
#define LEAF SM_WALK_ROWS_LEAF

static const struct iotb_case cases[] = {
    CASE("start_level_4k", "4 KiB granule: each start level with each input size that fits, up to sixteen tables.", start_levels,
         &start_4k, "SMMU-D8-020 SMMU-D8-022 SMMU-D8-025", SM_GATE_S2 "&IDR5.GRAN4K", 0),
    CASE("start_level_16k", "16 KiB granule: each start level with each input size that fits, up to sixteen tables.",
         start_levels, &start_16k, "SMMU-D8-021 SMMU-D8-022 SMMU-D8-023 SMMU-D8-025", SM_GATE_S2 "&IDR5.GRAN16K", 0),
    CASE("start_level_64k", "64 KiB granule: each start level with each input size that fits, up to sixteen tables.",
         start_levels, &start_64k, "SMMU-D8-021 SMMU-D8-022 SMMU-D8-025", SM_GATE_S2 "&IDR5.GRAN64K", 0),
    CASE("two_tables", "48 bits with 16 KiB granules are two tables of level 1.", two_tables, NULL, "SMMU-D8-023",
         SM_GATE_S2 "&IDR5.GRAN16K&IDR5.OAS>=5&!IDR5.DS", 0),
    CASE("above_ias", "An input above IAS is a stage 1 Address Size fault that never stalls.", above_ias, NULL,
         "SMMU-3-502 SMMU-3-064 SMMU-3-061", SM_GATE_S2, IOTB_F_WIDE_ADDRESS),
    CASE("above_range", "An input above the range of S2T0SZ and below IAS is a stage 2 Translation fault.", above_range, NULL,
         "SMMU-D8-025", SM_GATE_S2, 0),
    CASE("base", "Every bit of S2TTB counts down to the alignment of its tables, and none below.", base, NULL, "SMMU-5-097",
         SM_GATE_S2, 0),
    CASE("silent", "S2R = 0 silences the four faults of stage 2, and no configuration error.", silent, NULL, "SMMU-5-099",
         SM_GATE_S2, 0),
    CASE("no_protection", "S2PTW does nothing where stage 1 does not walk.", no_protection, NULL, "SMMU-5-087 SMMU-D8-001",
         SM_GATE_S2, 0),
    CASE("endian", "S2ENDI is the byte order of stage 2 descriptors.", endian, NULL, "SMMU-5-083", SM_GATE_S2 "&IDR0.TTENDIAN=0",
         0),
    CASE("invalid", "A descriptor with bit 0 clear faults at each level whatever else it holds.", sm_spot_run, &invalid,
         "SMMU-D8-001 " LEAF, SM_GATE_S2, 0),
    CASE("encodings", "Bits 1:0 = 01b are a block only where the granule has one.", sm_spot_run, &encodings,
         "SMMU-D8-002 SMMU-D8-003 SMMU-D8-004 SMMU-D8-005 " LEAF, SM_GATE_S2, 0),
    CASE("ignored_bits", "Software and reserved bits of descriptors do nothing.", sm_spot_run, &ignored,
         "SMMU-D8-037 SMMU-D8-038 SMMU-D8-009 SMMU-3-511 " LEAF, SM_GATE_S2, 0),
    CASE("index_bits", "Each input bit selects an entry.", sm_spot_run, &index_bits, LEAF, SM_GATE_S2, 0),
    CASE("blocks", "Each block size maps with each of its offset bits.", sm_spot_run, &blocks,
         LEAF " SMMU-D8-001 SMMU-D8-003 SMMU-D8-004 SMMU-D8-005", SM_GATE_S2, 0),
    CASE("outputs", "Each address bit of a table descriptor and of a leaf counts.", sm_spot_run, &outputs,
         "SMMU-D8-009 SMMU-D8-010 SMMU-D8-001 " LEAF, SM_GATE_S2, 0),
    CASE("contiguous", "Members of a contiguous group translate each to its own place.", sm_spot_run, &contiguous, "SMMU-D8-032",
         SM_GATE_S2, 0),
    CASE("conflicting_group", "An inconsistent contiguous group gives one of its entries, or a conflict.", sm_spot_run_once,
         &conflicting, "SMMU-D8-033", SM_GATE_S2, 0),
    CASE("no_translation", "A block with nT translates or faults; with BBML 1 it translates.", sm_spot_run_once,
         &no_translation_s2, "SMMU-D8-036 SMMU-3-104", SM_GATE_S2 "&IDR3.BBML", 0),
    CASE("output_size", "An address above S2PS in a descriptor of any level is an Address Size fault of stage 2.", sm_spot_run,
         &sizes, "SMMU-3-506 SMMU-D8-001", SM_GATE_S2 "&IDR5.OAS>=1", 0),
    CASE("output_size_capped", "S2PS above OAS acts as OAS.", sm_spot_run, &capped, "SMMU-5-079 SMMU-D8-001",
         SM_GATE_S2 "&IDR5.OAS<5", 0),
    CASE("aborts", "An external abort of a descriptor of any level is F_WALK_EABT of stage 2, even with S2R = 0.", sm_spot_run,
         &aborts, "SMMU-7-048 SMMU-5-170 SMMU-16-008", SM_GATE_S2, IOTB_F_BENCH_MEMORY),
    CASE("priority", "Invalid before Address Size before Access flag before Permission; the level nearer the root first.",
         sm_spot_run_once, &priority, "SMMU-7-066 SMMU-3-519", SM_GATE_S2, 0),
    CASE("unaligned", "Unaligned requests within a page are translated.", sm_spot_run_once, &unaligned,
         "SMMU-16-010 SMMU-3-070 SMMU-D8-001", SM_GATE_S2, 0),
    CASE("not_cached", "Faults are not cached: a repaired descriptor of any level works without an invalidation.",
         sm_spot_run_once, &not_cached, "SMMU-3-550", SM_GATE_S2, 0),
    CASE("input_address", "The record has each bit of the input.", sm_spot_run_once, &input_address, "SMMU-3-512", SM_GATE_S2, 0),
};

const struct iotb_case_list sm_walk_stage2_cases = {cases, sizeof cases / sizeof cases[0]};
