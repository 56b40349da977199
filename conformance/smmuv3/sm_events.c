/* SPDX-License-Identifier: BSD-2-Clause */
/* Every event record with every field: one defect at a time, for reads and writes, privileged and not (7.3). */
#include "sm_queue_rig.h"

#include "sm_chapters.h"

#include <string.h>

#define INPUT UINT64_C(0x2345000)

struct scene {
    struct sm *sm;
    struct sm_path *path;
    struct iotb_request r;
    uint64_t host;
    struct sm_expected e;
};

/* Rows that the expectations name by themselves when the case has them (7.3: the common fields). */
#define FIELD_ROWS                                                                                                               \
    " SMMU-3-115 SMMU-3-512 SMMU-7-017 SMMU-7-022 SMMU-7-023 SMMU-7-024 SMMU-7-025 SMMU-7-026 SMMU-7-027 SMMU-7-028 SMMU-7-029 " \
    "SMMU-7-031 SMMU-7-061"

static void abort_reads(struct scene *s, uint64_t address, uint64_t bytes)
{
    inject_fault(s->sm->t, INJECT_ABORT, address, address + bytes - 1, ACC_READS, 1, UINT64_MAX);
}

static void reconfigured(struct scene *s)
{
    sm_invalidate_all(s->sm);
}

/* ---- defects ---- */

static void ste_invalid(struct scene *s)
{
    sm_ste_set(s->sm, s->path->sid, "V", 0);
    s->e = sm_config_event(SM_C_BAD_STE);
}

static void ste_fetch(struct scene *s)
{
    uint64_t ste = sm_ste_address(s->sm, s->path->sid);

    abort_reads(s, ste, 64);
    s->e = sm_config_event(SM_F_STE_FETCH);
    s->e.fetch = ste;
}

static void l1std_fetch(struct scene *s)
{
    uint64_t entry = sm_l1std_address(s->sm, s->path->sid);

    if (!entry)
        test_skip(s->sm->t, "the Stream table is linear");
    abort_reads(s, entry, 8);
    s->e = sm_config_event(SM_F_STE_FETCH);
    s->e.fetch = entry;
}

static void stream_unknown(struct scene *s)
{
    uint64_t entry = sm_l1std_address(s->sm, s->path->sid);

    if (!entry)
        test_skip(s->sm->t, "the Stream table is linear");
    mem_write64(s->sm->t, entry, 0);
    s->e = sm_config_event(SM_C_BAD_STREAMID);
}

static void substream_needed(struct scene *s)
{
    sm_ste_set(s->sm, s->path->sid, "S1DSS", SM_S1DSS_TERMINATE);
    s->r.flags &= ~IOTB_RQ_PASID;
    s->e = sm_config_event(SM_F_STREAM_DISABLED);
}

static void substream_zero(struct scene *s)
{
    sm_ste_set(s->sm, s->path->sid, "S1DSS", SM_S1DSS_SSID0);
    s->r.flags |= IOTB_RQ_PASID;
    s->r.pasid = 0;
    s->e = sm_config_event(SM_F_STREAM_DISABLED);
}

static void substream_beyond(struct scene *s)
{
    uint32_t max = (uint32_t)sm_get_field(s->sm, sm_ste_address(s->sm, s->path->sid), "STE", "S1CDMax");

    s->r.pasid = max < 20 ? UINT32_C(1) << max : 0xfffff;
    if (max >= 20)
        test_skip(s->sm->t, "every SubstreamID is in the table");
    s->e = sm_config_event(SM_C_BAD_SUBSTREAMID);
}

static void substream_far_beyond(struct scene *s)
{
    substream_beyond(s);
    s->r.pasid = 0xfffff;
}

static void substream_unwanted(struct scene *s)
{
    s->r.flags |= IOTB_RQ_PASID;
    s->r.pasid = 0x83;
    s->e = sm_config_event(SM_C_BAD_SUBSTREAMID);
}

static void cd_invalid(struct scene *s)
{
    sm_cd_set(s->sm, s->path->sid, s->path->ssid, "V", 0);
    s->e = sm_config_event(SM_C_BAD_CD);
}

static void cd_fetch(struct scene *s)
{
    uint64_t cd = sm_cd_address(s->sm, s->path->sid, s->path->ssid);

    abort_reads(s, cd, 64);
    s->e = sm_config_event(SM_F_CD_FETCH);
    s->e.fetch = cd;
}

static uint64_t stage1_entry(struct scene *s, int level)
{
    return sm_entry(s->sm, s->path->s1, INPUT, level);
}

static void walk_abort_s1(struct scene *s)
{
    uint64_t entry = stage1_entry(s, 3);

    abort_reads(s, entry, 8);
    s->e = sm_walk_abort(false, SM_CLASS_TT, entry);
}

static void walk_abort_s1_start(struct scene *s)
{
    uint64_t entry = stage1_entry(s, s->path->s1->start_level);

    abort_reads(s, entry, 8);
    s->e = sm_walk_abort(false, SM_CLASS_TT, entry);
}

static void walk_abort_s2(struct scene *s, uint64_t ipa, uint32_t class)
{
    uint64_t entry = sm_entry(s->sm, s->path->s2, ipa, 3);

    if (!entry)
        test_skip(s->sm->t, "no page descriptor for this IPA");
    abort_reads(s, entry, 8);
    s->e = sm_walk_abort(true, class, entry);
}

static uint64_t cd_ipa(struct scene *s)
{
    uint64_t first = sm_cd_address(s->sm, s->path->sid, 0);

    return s->path->cd_table + (sm_cd_address(s->sm, s->path->sid, s->path->ssid) - first);
}

static uint64_t leaf_ipa(struct scene *s)
{
    return sm_entry_pointer(s->sm, s->path->s1, INPUT, 3);
}

static void walk_abort_s2_cd(struct scene *s)
{
    walk_abort_s2(s, cd_ipa(s), SM_CLASS_CD);
}

static void walk_abort_s2_tt(struct scene *s)
{
    walk_abort_s2(s, leaf_ipa(s), SM_CLASS_TT);
}

static void walk_abort_s2_in(struct scene *s)
{
    walk_abort_s2(s, sm_path_ipa(s->path, s->r.address), SM_CLASS_IN);
}

static void leaf_invalid_s1(struct scene *s)
{
    mem_write64(s->sm->t, stage1_entry(s, 3), 0);
    s->e = sm_s1_event(SM_F_TRANSLATION);
}

static void table_invalid_s1(struct scene *s)
{
    mem_write64(s->sm->t, stage1_entry(s, s->path->s1->start_level), 0);
    s->e = sm_s1_event(SM_F_TRANSLATION);
}

/* Above the input range, with low address bits that are mapped. */
static void beyond_range_s1(struct scene *s)
{
    if (sm_address_bits(s->sm) <= s->path->s1->input_bits)
        test_skip(s->sm->t, "no request can have such an address");
    s->r.address |= UINT64_C(1) << s->path->s1->input_bits;
    s->e = sm_s1_event(SM_F_TRANSLATION);
}

static void walk_disabled(struct scene *s)
{
    sm_cd_set(s->sm, s->path->sid, s->path->ssid, "EPD0", 1);
    s->e = sm_s1_event(SM_F_TRANSLATION);
}

static void unmap_s2(struct scene *s, uint64_t ipa, uint32_t class)
{
    uint64_t entry = sm_entry(s->sm, s->path->s2, ipa, 3);

    if (!entry)
        test_skip(s->sm->t, "no page descriptor for this IPA");
    mem_write64(s->sm->t, entry, 0);
    s->e = sm_s2_event(SM_F_TRANSLATION, class, ipa);
}

static void unmapped_s2_cd(struct scene *s)
{
    unmap_s2(s, cd_ipa(s), SM_CLASS_CD);
}

static void unmapped_s2_tt(struct scene *s)
{
    unmap_s2(s, leaf_ipa(s), SM_CLASS_TT);
}

static void unmapped_s2_in(struct scene *s)
{
    unmap_s2(s, sm_path_ipa(s->path, s->r.address), SM_CLASS_IN);
}

static void bit_s1(struct scene *s, uint32_t bit, bool value, uint32_t type)
{
    uint64_t entry = stage1_entry(s, 3), mask = UINT64_C(1) << bit, now = mem_read64(s->sm->t, entry);

    mem_write64(s->sm->t, entry, value ? now | mask : now & ~mask);
    s->e = sm_s1_event(type);
}

static void bit_s2(struct scene *s, uint64_t ipa, uint32_t class, uint32_t bit, bool value, uint32_t type)
{
    uint64_t entry = sm_entry(s->sm, s->path->s2, ipa, 3), mask = UINT64_C(1) << bit, now;

    if (!entry)
        test_skip(s->sm->t, "no page descriptor for this IPA");
    now = mem_read64(s->sm->t, entry);
    mem_write64(s->sm->t, entry, value ? now | mask : now & ~mask);
    s->e = sm_s2_event(type, class, ipa);
}

static void no_access_flag_s1(struct scene *s)
{
    bit_s1(s, SM_BIT_AF, false, SM_F_ACCESS);
}

static void no_access_flag_s2(struct scene *s)
{
    bit_s2(s, sm_path_ipa(s->path, s->r.address), SM_CLASS_IN, SM_BIT_AF, false, SM_F_ACCESS);
}

static void no_access_flag_s2_tt(struct scene *s)
{
    bit_s2(s, leaf_ipa(s), SM_CLASS_TT, SM_BIT_AF, false, SM_F_ACCESS);
}

static void unprivileged_s1(struct scene *s)
{
    bit_s1(s, SM_BIT_AP1, false, SM_F_PERMISSION);
}

static void no_read_s2(struct scene *s)
{
    uint64_t ipa = sm_path_ipa(s->path, s->r.address);

    bit_s2(s, ipa, SM_CLASS_IN, SM_BIT_S2AP0, false, SM_F_PERMISSION);
    bit_s2(s, ipa, SM_CLASS_IN, SM_BIT_S2AP1, false, SM_F_PERMISSION);
}

/* Reading the descriptor is what is denied. */
static void no_read_s2_tt(struct scene *s)
{
    bit_s2(s, leaf_ipa(s), SM_CLASS_TT, SM_BIT_S2AP0, false, SM_F_PERMISSION);
    s->e.ttrnw = true;
}

static void no_read_s2_cd(struct scene *s)
{
    bit_s2(s, cd_ipa(s), SM_CLASS_CD, SM_BIT_S2AP0, false, SM_F_PERMISSION);
    s->e.ttrnw = true;
}

static uint64_t beyond_oas(struct scene *s)
{
    if (s->sm->oas_bits >= 48)
        test_skip(s->sm->t, "no descriptor can hold an address beyond OAS");
    return UINT64_C(1) << s->sm->oas_bits;
}

static void address_size_s1(struct scene *s)
{
    uint64_t entry = stage1_entry(s, 3);

    mem_write64(s->sm->t, entry, mem_read64(s->sm->t, entry) | beyond_oas(s));
    s->e = sm_s1_event(SM_F_ADDR_SIZE);
}

static void address_size_s2(struct scene *s)
{
    uint64_t ipa = sm_path_ipa(s->path, s->r.address), entry = sm_entry(s->sm, s->path->s2, ipa, 3);

    mem_write64(s->sm->t, entry, mem_read64(s->sm->t, entry) | beyond_oas(s));
    s->e = sm_s2_event(SM_F_ADDR_SIZE, SM_CLASS_IN, ipa);
}

/* ---- the table ---- */

#define EL1_OR_NESTED (SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S1_SSID) | SM_NESTED_FLAVOURS)
#define STAGE2_INPUT (SM_FLAVOUR(SM_F_S2) | SM_NESTED_FLAVOURS)

/*
 * Which requests meet the defect. An EL1 page that is writable unprivileged is not executable privileged, and a page may be
 * executable without being readable (D8.4).
 */
enum variants { ANY, NOT_PRIVILEGED_EXECUTE, ONLY_DATA, ONLY_UNPRIVILEGED_DATA };

static const struct condition {
    const char *row;
    uint32_t flavours;
    void (*arrange)(struct scene *s);
    enum variants variants;
} conditions[] = {
    /* 0 */ {"SMMU-7-039", SM_FLAVOUR(SM_F_BYPASS) | EL1_OR_NESTED | SM_FLAVOUR(SM_F_S2), ste_invalid, ANY},
    /* 1 */ {"SMMU-7-038", SM_FLAVOUR(SM_F_BYPASS) | EL1_OR_NESTED, ste_fetch, ANY},
    /* 2 */ {"SMMU-7-038", SM_FLAVOUR(SM_F_BYPASS) | SM_FLAVOUR(SM_F_S1_SSID), l1std_fetch, ANY},
    /* 3 */ {"SMMU-7-037", SM_FLAVOUR(SM_F_BYPASS) | SM_FLAVOUR(SM_F_S1_SSID), stream_unknown, ANY},
    /* 4 */ {"SMMU-7-042", SM_FLAVOUR(SM_F_S1_SSID) | SM_FLAVOUR(SM_F_NESTED_SSID), substream_needed, ANY},
    /* 5 */ {"SMMU-7-042", SM_FLAVOUR(SM_F_S1_CD0), substream_zero, ANY},
    /* 6 */ {"SMMU-7-044", SM_SSID_FLAVOURS, substream_beyond, ANY},
    /* 7 */ {"SMMU-7-044", SM_SSID_FLAVOURS, substream_far_beyond, ANY},
    /* 8 */ {"SMMU-7-044", SM_FLAVOUR(SM_F_BYPASS) | SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_S1), substream_unwanted, ANY},
    /* 9 */ {"SMMU-5-110", EL1_OR_NESTED | SM_EL2_FLAVOURS, cd_invalid, ANY},
    /* 10 */ {"SMMU-7-046", EL1_OR_NESTED | SM_EL2_FLAVOURS, cd_fetch, ANY},
    /* 11 */ {"SMMU-7-049", EL1_OR_NESTED | SM_EL2_FLAVOURS, walk_abort_s1, ANY},
    /* 12 */ {"SMMU-7-048", EL1_OR_NESTED, walk_abort_s1_start, ANY},
    /* 13 */ {"SMMU-7-048", SM_NESTED_FLAVOURS, walk_abort_s2_cd, ANY},
    /* 14 */ {"SMMU-7-048", SM_NESTED_FLAVOURS, walk_abort_s2_tt, ANY},
    /* 15 */ {"SMMU-7-048", STAGE2_INPUT, walk_abort_s2_in, NOT_PRIVILEGED_EXECUTE},
    /* 16 */ {"SMMU-7-050", EL1_OR_NESTED | SM_EL2_FLAVOURS | SM_E2H_FLAVOURS, leaf_invalid_s1, ANY},
    /* 17 */ {"SMMU-7-050", EL1_OR_NESTED, table_invalid_s1, ANY},
    /* 18 */ {"SMMU-7-050", EL1_OR_NESTED | SM_EL2_FLAVOURS, beyond_range_s1, ANY},
    /* 19 */ {"SMMU-7-050", EL1_OR_NESTED, walk_disabled, ANY},
    /* 20 */ {"SMMU-7-050", SM_NESTED_FLAVOURS, unmapped_s2_cd, ANY},
    /* 21 */ {"SMMU-7-050", SM_NESTED_FLAVOURS, unmapped_s2_tt, ANY},
    /* 22 */ {"SMMU-7-050", STAGE2_INPUT, unmapped_s2_in, NOT_PRIVILEGED_EXECUTE},
    /* 23 */ {"SMMU-7-052", EL1_OR_NESTED | SM_EL2_FLAVOURS, no_access_flag_s1, ANY},
    /* 24 */ {"SMMU-7-052", STAGE2_INPUT, no_access_flag_s2, NOT_PRIVILEGED_EXECUTE},
    /* 25 */ {"SMMU-7-052", SM_NESTED_FLAVOURS, no_access_flag_s2_tt, ANY},
    /* 26 */ {"SMMU-7-034", EL1_OR_NESTED, unprivileged_s1, ONLY_UNPRIVILEGED_DATA},
    /* 27 */ {"SMMU-7-023", STAGE2_INPUT, no_read_s2, ONLY_DATA},
    /* 28 */ {"SMMU-7-053", SM_NESTED_FLAVOURS, no_read_s2_tt, ANY},
    /* 29 */ {"SMMU-3-118", SM_NESTED_FLAVOURS, no_read_s2_cd, ANY},
    /* 30 */ {"SMMU-7-051", EL1_OR_NESTED, address_size_s1, ANY},
    /* 31 */ {"SMMU-7-051", STAGE2_INPUT, address_size_s2, NOT_PRIVILEGED_EXECUTE},
};

static bool meets(enum variants variants, bool privileged, bool execute)
{
    switch (variants) {
    case ANY:
        return true;
    case NOT_PRIVILEGED_EXECUTE:
        return !(privileged && execute);
    case ONLY_DATA:
        return !execute;
    case ONLY_UNPRIVILEGED_DATA:
        return !execute && !privileged;
    }
    return false;
}

static void send_variants(struct scene *s, const struct condition *current)
{
    struct iotb_request r = s->r;

    for (uint32_t v = 0; v < 8; v++) {
        bool privileged = v & 1, execute = v & 2, read = v & 4;

        if ((privileged || execute) && !test_has(s->sm->t, IOTB_F_PRIVILEGE | IOTB_F_PASID))
            continue;
        /* Privilege and execution come with the PASID prefix. */
        if ((privileged || execute) && !(s->r.flags & IOTB_RQ_PASID))
            continue;
        if (!meets(current->variants, privileged, execute))
            continue;
        r.kind = read ? IOTB_READ : IOTB_WRITE;
        r.flags = s->r.flags | (privileged ? IOTB_RQ_PRIVILEGED : 0) | (execute ? IOTB_RQ_EXECUTE : 0);
        test_mark(s->sm->t, "case", "variant %u", v);
        sm_expect_event(s->sm, current->row, &r, &s->e, s->host);
    }
}

static void condition_body(struct sm *sm, struct sm_path *path)
{
    const struct condition *current = test_argument(sm->t);
    struct scene s = {.sm = sm, .path = path};
    uint64_t input = INPUT;

    s.host = sm_path_page(path, INPUT, SM_RW);
    if (!sm_path_table(path))
        input = s.host;
    s.r = sm_request(path, IOTB_READ, input + 0x7b8, 8);
    sm_expect_ok(sm, current->row, &s.r, s.host + 0x7b8);
    /* 7.3: bits without meaning are written as 0, so the slots must not be 0 before. */
    mem_fill(sm->t, sm->eventq, UINT64_C(32) << sm->eventq_log2size, 0xff);
    current->arrange(&s);
    reconfigured(&s);
    send_variants(&s, current);
    inject_clear(sm->t);
}

static void condition_holds(struct test *t)
{
    const struct condition *current = test_argument(t);

    sm_each_flavour(t, current->flavours, condition_body);
}

#define CONDITION(n, index, row_id, condition, feature_bits)                                                                 \
    {                                                                                                                        \
        .name = "smmuv3.events." n, .summary = "One defect gives this one record, with every field", .run = condition_holds, \
        .rows = row_id FIELD_ROWS, .gate = condition, .features = feature_bits, .functional = true, .tier = TIER_FULL,       \
        .argument = &conditions[index]                                                                                       \
    }

static const struct iotb_case cases[] = {
    CONDITION("c_bad_ste", 0, "SMMU-7-039", NULL, 0),
    CONDITION("f_ste_fetch", 1, "SMMU-7-038", NULL, IOTB_F_BENCH_MEMORY),
    CONDITION("f_ste_fetch_l1std", 2, "SMMU-7-038", "IDR0.ST_LEVEL", IOTB_F_BENCH_MEMORY),
    CONDITION("c_bad_streamid", 3, "SMMU-7-037", "IDR0.ST_LEVEL", 0),
    CONDITION("f_stream_disabled", 4, "SMMU-7-042", "IDR1.SSIDSIZE", IOTB_F_PASID),
    CONDITION("f_stream_disabled_substream_0", 5, "SMMU-7-042", "IDR1.SSIDSIZE", IOTB_F_PASID),
    CONDITION("c_bad_substreamid", 6, "SMMU-7-044", "IDR1.SSIDSIZE", IOTB_F_PASID),
    CONDITION("c_bad_substreamid_far", 7, "SMMU-7-044", "IDR1.SSIDSIZE", IOTB_F_PASID),
    CONDITION("c_bad_substreamid_unwanted", 8, "SMMU-7-044", NULL, IOTB_F_PASID),
    CONDITION("c_bad_cd", 9, "SMMU-5-110", NULL, 0),
    CONDITION("f_cd_fetch", 10, "SMMU-7-046", NULL, IOTB_F_BENCH_MEMORY),
    CONDITION("f_walk_eabt_stage_1", 11, "SMMU-7-049", NULL, IOTB_F_BENCH_MEMORY),
    CONDITION("f_walk_eabt_stage_1_start", 12, "SMMU-7-048", NULL, IOTB_F_BENCH_MEMORY),
    CONDITION("f_walk_eabt_cd", 13, "SMMU-7-048", NULL, IOTB_F_BENCH_MEMORY),
    CONDITION("f_walk_eabt_table", 14, "SMMU-7-048", NULL, IOTB_F_BENCH_MEMORY),
    CONDITION("f_walk_eabt_input", 15, "SMMU-7-048", NULL, IOTB_F_BENCH_MEMORY),
    CONDITION("f_translation_leaf", 16, "SMMU-7-050", NULL, 0),
    CONDITION("f_translation_table", 17, "SMMU-7-050", NULL, 0),
    CONDITION("f_translation_range", 18, "SMMU-7-050", NULL, IOTB_F_WIDE_ADDRESS),
    CONDITION("f_translation_epd", 19, "SMMU-7-050", NULL, 0),
    CONDITION("f_translation_stage_2_cd", 20, "SMMU-7-050", NULL, 0),
    CONDITION("f_translation_stage_2_table", 21, "SMMU-7-050", NULL, 0),
    CONDITION("f_translation_stage_2_input", 22, "SMMU-7-050", NULL, 0),
    CONDITION("f_access_stage_1", 23, "SMMU-7-052", NULL, 0),
    CONDITION("f_access_stage_2", 24, "SMMU-7-052", NULL, 0),
    CONDITION("f_access_stage_2_table", 25, "SMMU-7-052", NULL, 0),
    CONDITION("f_permission_unprivileged", 26, "SMMU-7-034", NULL, 0),
    CONDITION("f_permission_stage_2", 27, "", NULL, 0),
    CONDITION("f_permission_stage_2_table", 28, "SMMU-7-053", NULL, 0),
    CONDITION("f_permission_stage_2_cd", 29, "SMMU-3-118 SMMU-7-053", NULL, 0),
    CONDITION("f_addr_size_stage_1", 30, "SMMU-7-051", NULL, 0),
    CONDITION("f_addr_size_stage_2", 31, "SMMU-7-051", NULL, 0),
};

const struct iotb_case_list sm_events_cases = {cases, sizeof cases / sizeof cases[0]};
