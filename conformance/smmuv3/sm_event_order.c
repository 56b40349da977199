/* SPDX-License-Identifier: BSD-2-Clause */
/* Two defects at once: the one that is met first is recorded, and alone (7.3.22 Event queue record priorities). */
#include "build/sm.h"
#include "sm_chapters.h"

#define INPUT UINT64_C(0x5345000)

struct scene {
    struct sm *sm;
    struct sm_path *path;
    struct iotb_request r;
    uint64_t host;
    struct sm_expected e;
};

static uint64_t stage1_leaf(struct scene *s)
{
    return sm_entry(s->sm, s->path->s1, INPUT, 3);
}

static void set_leaf_bit(struct scene *s, uint32_t bit, bool value)
{
    uint64_t mask = UINT64_C(1) << bit, now = mem_read64(s->sm->t, stage1_leaf(s));

    mem_write64(s->sm->t, stage1_leaf(s), value ? now | mask : now & ~mask);
}

/* ---- defects, from the first that is met to the last ---- */

static void stream_unknown(struct scene *s)
{
    if (!sm_l1std_address(s->sm, s->path->sid))
        test_skip(s->sm->t, "the Stream table is linear");
    mem_write64(s->sm->t, sm_l1std_address(s->sm, s->path->sid), 0);
    s->e = sm_config_event(SM_C_BAD_STREAMID);
}

static void ste_unreadable(struct scene *s)
{
    uint64_t ste = sm_ste_address(s->sm, s->path->sid);

    inject_fault(s->sm->t, INJECT_ABORT, ste, ste + 63, ACC_READS, 1, UINT64_MAX);
    s->e = sm_config_event(SM_F_STE_FETCH);
    s->e.fetch = ste;
}

static void ste_invalid(struct scene *s)
{
    sm_ste_set(s->sm, s->path->sid, "V", 0);
    s->e = sm_config_event(SM_C_BAD_STE);
}

static void ste_illegal(struct scene *s)
{
    sm_ste_set(s->sm, s->path->sid, "S1CDMax", 31);
    s->e = sm_config_event(SM_C_BAD_STE);
}

static void substream_beyond(struct scene *s)
{
    s->r.flags |= IOTB_RQ_PASID;
    s->r.pasid = 0xfffff;
    s->e = sm_config_event(SM_C_BAD_SUBSTREAMID);
}

static void stream_disabled(struct scene *s)
{
    sm_ste_set(s->sm, s->path->sid, "S1DSS", SM_S1DSS_TERMINATE);
    s->r.flags &= ~IOTB_RQ_PASID;
    s->e = sm_config_event(SM_F_STREAM_DISABLED);
}

static uint64_t cd_ipa(struct scene *s)
{
    return s->path->cd_table + (sm_cd_address(s->sm, s->path->sid, s->path->ssid) - sm_cd_address(s->sm, s->path->sid, 0));
}

static void cd_unmapped(struct scene *s)
{
    uint64_t entry = sm_entry(s->sm, s->path->s2, cd_ipa(s), 3);

    mem_write64(s->sm->t, entry, 0);
    s->e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_CD, cd_ipa(s));
}

static void cd_unreadable(struct scene *s)
{
    uint64_t cd = sm_cd_address(s->sm, s->path->sid, s->path->ssid);

    inject_fault(s->sm->t, INJECT_ABORT, cd, cd + 63, ACC_READS, 1, UINT64_MAX);
    s->e = sm_config_event(SM_F_CD_FETCH);
    s->e.fetch = cd;
}

static void cd_invalid(struct scene *s)
{
    sm_cd_set(s->sm, s->path->sid, s->path->ssid, "V", 0);
    s->e = sm_config_event(SM_C_BAD_CD);
}

static void walk_disabled(struct scene *s)
{
    sm_cd_set(s->sm, s->path->sid, s->path->ssid, "EPD0", 1);
    s->e = sm_s1_event(SM_F_TRANSLATION);
}

static void table_unmapped(struct scene *s)
{
    uint64_t ipa = sm_entry_pointer(s->sm, s->path->s1, INPUT, 3);

    mem_write64(s->sm->t, sm_entry(s->sm, s->path->s2, ipa, 3), 0);
    s->e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_TT, ipa);
}

static void table_unreadable(struct scene *s)
{
    uint64_t leaf = stage1_leaf(s);

    inject_fault(s->sm->t, INJECT_ABORT, leaf, leaf + 7, ACC_READS, 1, UINT64_MAX);
    s->e = sm_walk_abort(false, SM_CLASS_TT, leaf);
}

static void leaf_invalid(struct scene *s)
{
    set_leaf_bit(s, 0, false);
    s->e = sm_s1_event(SM_F_TRANSLATION);
}

static void leaf_too_far(struct scene *s)
{
    if (s->sm->oas_bits >= 48)
        sm_cd_set(s->sm, s->path->sid, s->path->ssid, "IPS", sm_size_code(44));
    set_leaf_bit(s, 47, true);
    s->e = sm_s1_event(SM_F_ADDR_SIZE);
}

static void leaf_no_access_flag(struct scene *s)
{
    set_leaf_bit(s, SM_BIT_AF, false);
    s->e = sm_s1_event(SM_F_ACCESS);
}

static void leaf_unprivileged(struct scene *s)
{
    set_leaf_bit(s, SM_BIT_AP1, false);
    s->e = sm_s1_event(SM_F_PERMISSION);
}

static void output_unmapped(struct scene *s)
{
    uint64_t ipa = sm_path_ipa(s->path, INPUT);

    mem_write64(s->sm->t, sm_entry(s->sm, s->path->s2, ipa, 3), 0);
    s->e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_IN, sm_path_ipa(s->path, s->r.address));
}

/* Two neighbours: both defects are there, the first is recorded; the first repaired is not tried here, other chapters have it. */
static const struct order {
    const char *row;
    enum sm_flavour_id flavour;
    void (*second)(struct scene *s), (*first)(struct scene *s); /* arranged in this order; first is what is recorded */
} orders[] = {
    /* 0 */ {"SMMU-7-062", SM_F_S1_SSID, ste_invalid, stream_unknown},
    /* 1 */ {"SMMU-7-062", SM_F_S1, ste_invalid, ste_unreadable},
    /* 2 */ {"SMMU-7-063", SM_F_S1_SSID, substream_beyond, ste_illegal},
    /* 3 */ {"SMMU-7-062", SM_F_S1, cd_invalid, ste_invalid},
    /* 4 */ {"SMMU-7-064", SM_F_S1_SSID, cd_invalid, substream_beyond},
    /* 5 */ {"SMMU-7-062", SM_F_S1_SSID, cd_invalid, stream_disabled},
    /* 6 */ {"SMMU-7-062", SM_F_NESTED, cd_invalid, cd_unmapped},
    /* 7 */ {"SMMU-7-062", SM_F_NESTED, cd_unreadable, cd_unmapped},
    /* 8 */ {"SMMU-7-062", SM_F_S1, cd_invalid, cd_unreadable},
    /* 9 */ {"SMMU-7-065", SM_F_S1, leaf_invalid, cd_invalid},
    /* 10 */ {"SMMU-7-065", SM_F_S1, walk_disabled, cd_invalid},
    /* 11 */ {"SMMU-7-066", SM_F_S1, table_unreadable, walk_disabled},
    /* 12 */ {"SMMU-7-066", SM_F_S1, leaf_invalid, table_unreadable},
    /* 13 */ {"SMMU-7-066", SM_F_S1, leaf_too_far, leaf_invalid},
    /* 14 */ {"SMMU-7-066", SM_F_S1, leaf_no_access_flag, leaf_too_far},
    /* 15 */ {"SMMU-7-066", SM_F_S1, leaf_unprivileged, leaf_no_access_flag},
    /* 16 */ {"SMMU-7-066", SM_F_S1, leaf_unprivileged, leaf_too_far},
    /* 17 */ {"SMMU-7-067", SM_F_NESTED, leaf_invalid, table_unmapped},
    /* 18 */ {"SMMU-7-067", SM_F_NESTED, table_unreadable, table_unmapped},
    /* 19 */ {"SMMU-7-068", SM_F_NESTED, output_unmapped, leaf_unprivileged},
    /* 20 */ {"SMMU-7-068", SM_F_NESTED, output_unmapped, leaf_no_access_flag},
    /* 21 */ {"SMMU-7-067", SM_F_NESTED, walk_disabled, cd_unmapped},
    /* 22 */ {"SMMU-7-064", SM_F_NESTED_SSID, cd_unmapped, substream_beyond},
};

static void ordered(struct test *t)
{
    const struct order *o = test_argument(t);
    struct sm_path path;
    struct sm sm;
    struct scene s = {.sm = &sm, .path = &path};

    if (!sm_has_flavour(t, o->flavour))
        test_skip(t, "no stream of this kind: %s", sm_flavours[o->flavour].name);
    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, o->flavour, sm_sid(&sm, 0), 5, 0x11, 0x22);
    s.host = sm_path_page(&path, INPUT, SM_RW);
    s.r = sm_request(&path, IOTB_WRITE, INPUT + 0x48, 8);
    sm_expect_ok(&sm, o->row, &s.r, s.host + 0x48);
    o->second(&s);
    o->first(&s);
    sm_invalidate_all(&sm);
    sm_expect_event(&sm, o->row, &s.r, &s.e, s.host + 0x48);
    s.r.kind = IOTB_READ;
    sm_expect_event(&sm, o->row, &s.r, &s.e, s.host + 0x48);
    inject_clear(t);
    sm_close(&sm);
}

#define ORDER(n, index, row_id, condition, feature_bits)                                                               \
    {                                                                                                                  \
        .name = "smmuv3.event_order." n, .summary = "Of two defects the one that is met first is recorded, and alone", \
        .run = ordered, .rows = row_id " SMMU-7-017", .gate = condition, .features = feature_bits, .functional = true, \
        .tier = TIER_FULL, .argument = &orders[index]                                                                  \
    }

static const struct iotb_case cases[] = {
    ORDER("streamid_before_ste", 0, "SMMU-7-062", "IDR0.ST_LEVEL&IDR1.SSIDSIZE", IOTB_F_PASID),
    ORDER("ste_fetch_before_ste", 1, "SMMU-7-062", "IDR0.S1P", IOTB_F_BENCH_MEMORY),
    ORDER("ste_before_substream", 2, "SMMU-7-063", "IDR0.S1P&IDR1.SSIDSIZE", IOTB_F_PASID),
    ORDER("ste_before_cd", 3, "SMMU-7-062", "IDR0.S1P", 0),
    ORDER("substream_before_cd", 4, "SMMU-7-064", "IDR0.S1P&IDR1.SSIDSIZE", IOTB_F_PASID),
    ORDER("disabled_before_cd", 5, "SMMU-7-062", "IDR0.S1P&IDR1.SSIDSIZE", IOTB_F_PASID),
    ORDER("cd_stage_2_before_cd", 6, "SMMU-7-062", "IDR0.S1P&IDR0.S2P", 0),
    ORDER("cd_stage_2_before_cd_fetch", 7, "SMMU-7-062", "IDR0.S1P&IDR0.S2P", IOTB_F_BENCH_MEMORY),
    ORDER("cd_fetch_before_cd", 8, "SMMU-7-062", "IDR0.S1P", IOTB_F_BENCH_MEMORY),
    ORDER("cd_before_walk", 9, "SMMU-7-065", "IDR0.S1P", 0),
    ORDER("cd_before_epd", 10, "SMMU-7-065", "IDR0.S1P", 0),
    ORDER("epd_before_walk", 11, "SMMU-7-066", "IDR0.S1P", IOTB_F_BENCH_MEMORY),
    ORDER("walk_abort_before_translation", 12, "SMMU-7-066", "IDR0.S1P", IOTB_F_BENCH_MEMORY),
    ORDER("translation_before_size", 13, "SMMU-7-066", "IDR0.S1P", 0),
    ORDER("size_before_access", 14, "SMMU-7-066", "IDR0.S1P", 0),
    ORDER("access_before_permission", 15, "SMMU-7-066", "IDR0.S1P", 0),
    ORDER("size_before_permission", 16, "SMMU-7-066", "IDR0.S1P", 0),
    ORDER("table_stage_2_before_leaf", 17, "SMMU-7-067", "IDR0.S1P&IDR0.S2P", 0),
    ORDER("table_stage_2_before_abort", 18, "SMMU-7-067", "IDR0.S1P&IDR0.S2P", IOTB_F_BENCH_MEMORY),
    ORDER("permission_before_stage_2", 19, "SMMU-7-068", "IDR0.S1P&IDR0.S2P", 0),
    ORDER("access_before_stage_2", 20, "SMMU-7-068", "IDR0.S1P&IDR0.S2P", 0),
    ORDER("cd_stage_2_before_epd", 21, "SMMU-7-067", "IDR0.S1P&IDR0.S2P", 0),
    ORDER("substream_before_cd_stage_2", 22, "SMMU-7-064", "IDR0.S1P&IDR0.S2P&IDR1.SSIDSIZE", IOTB_F_PASID),
};

const struct iotb_case_list sm_event_order_cases = {cases, sizeof cases / sizeof cases[0]};
