/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Translation Requests are granted (13.7 PCIe permission attribute interpretation): every combination of the permissions of
 * both stages, of what is asked, of the overrides; how large the translation is (13.6.3, 13.6.4), and where stage 1 is skipped.
 */
#include "build/ats.h"
#include "build/sm_ats.h"
#include "sm_chapters.h"
#include "sm_spot.h"

/* What the tables allow one privilege level. */
struct rights {
    bool r, w, x;
};

static struct rights both(struct rights a, struct rights b)
{
    return (struct rights){a.r && b.r, a.w && b.w, a.x && b.x};
}

/* D8.4.1.2, two privilege levels: AP[2] makes read-only, AP[1] lets users in; what users write privileged never executes. xn:
 * UXN in bit 1, PXN in bit 0. */
static struct rights of_stage1(uint32_t ap, uint32_t xn, bool privileged)
{
    bool user = ap & 1, write = !(ap & 2);

    if (privileged)
        return (struct rights){true, write, !(xn & 1) && !(user && write)};
    return (struct rights){user, user && write, !(xn & 2)};
}

/* D8.4.2.1: S2AP[1:0] is write, read; XN[1:0] is 00 both, 01 unprivileged only, 10 none, 11 privileged only. */
static struct rights of_stage2(struct sm *sm, uint32_t s2ap, uint32_t xn, bool privileged)
{
    bool x = !(xn & 2);

    if (sm_idr(sm->t, 3, "XNX"))
        x = xn == 0 || xn == (privileged ? 3 : 1);
    return (struct rights){s2ap & 1, s2ap & 2, x};
}

/* 13.7.1, with NW = 0. */
static uint32_t granted(struct rights of, bool exe, uint32_t instcfg)
{
    bool read = instcfg == 3 ? of.x : of.r;
    bool execute = exe && (instcfg == 3 ? of.x : instcfg == 2 ? of.r : of.r && of.x);

    return (read ? SM_R : 0) | (of.w ? SM_W : 0) | (execute ? SM_X : 0);
}

static void expect_granted(struct sm *sm, const char *row, const struct iotb_request *r, uint64_t address, uint32_t rights)
{
    if (rights) {
        sm_once(sm);
        sm_expect_translation(sm, row, r, address, rights, 64);
    } else {
        sm_once(sm);
        sm_expect_no_translation(sm, row, r);
    }
}

/* ---- both stages ---- */

static void set_stage1(struct sm_spot *s, uint32_t ap, uint32_t xn)
{
    uint64_t leaf = sm_entry(s->sm, s->path->s1, s->input, 3);

    sm_set_bits(s->sm, leaf, SM_BIT_AP2, SM_BIT_AP1, ap);
    sm_set_bits(s->sm, leaf, SM_BIT_UXN, SM_BIT_PXN, xn);
}

static void set_stage2(struct sm_spot *s, uint32_t s2ap, uint32_t xn)
{
    uint64_t leaf = sm_entry(s->sm, s->path->s2, s->path->s1 ? sm_path_ipa(s->path, s->input) : s->input, 3);

    sm_set_bits(s->sm, leaf, SM_BIT_S2AP1, SM_BIT_S2AP0, s2ap);
    sm_set_bits(s->sm, leaf, SM_BIT_UXN, SM_BIT_PXN, xn);
}

static struct iotb_request ask(const struct sm_spot *s, bool privileged, bool exe)
{
    struct iotb_request r = sm_translation_request(s->path, s->input);

    r.flags |= (privileged ? IOTB_RQ_PRIVILEGED : 0) | (exe ? IOTB_RQ_EXECUTE : 0);
    return r;
}

static void nested_combinations(struct sm_spot *s, const char *row, uint64_t address)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t ap = i & 3, xn1 = i >> 2 & 3, s2ap = i >> 4 & 3, xn2 = i >> 6;

        set_stage1(s, ap, xn1);
        set_stage2(s, s2ap, xn2);
        sm_invalidate_all(s->sm);
        for (uint32_t k = 0; k < 8; k++) {
            bool privileged = k & 1, exe = k & 2;
            struct rights of = both(of_stage1(ap, xn1, privileged), of_stage2(s->sm, s2ap, xn2, privileged));
            struct iotb_request r = ask(s, privileged, exe);

            test_context(s->sm->t, "AP %u, XN %u; S2AP %u, XN %u; Priv %d, Exe %d, try %u", ap, xn1, s2ap, xn2, privileged, exe,
                         k / 4);
            expect_granted(s->sm, row, &r, address, granted(of, exe, 0));
        }
    }
}

static void nested_body(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    sm_path_eats(path, SM_EATS_FULL);
    nested_combinations(&s, "SMMU-13-029", s.host);
    if (sm_idr(sm->t, 0, "NS1ATS"))
        return;
    sm_enable(sm, "ATSCHK", 1);
    sm_path_eats(path, SM_EATS_SPLIT);
    nested_combinations(&s, "SMMU-13-024", sm_path_ipa(path, s.input));
    sm_enable(sm, "ATSCHK", 0);
}

static void nested(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_NESTED_SSID), nested_body);
}

/* ---- overrides ---- */

static void overrides_body(struct sm *sm, struct sm_path *path)
{
    bool there = sm_idr(sm->t, 1, "ATTR_PERMS_OVR") != 0;
    struct sm_spot s;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    sm_path_eats(path, SM_EATS_FULL);
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t ap = i & 3, xn = i >> 2 & 3, priv = i >> 4 & 3, inst = i >> 6;

        set_stage1(&s, ap, xn);
        sm_ste_set(sm, path->sid, "PRIVCFG", priv);
        sm_ste_set(sm, path->sid, "INSTCFG", inst);
        sm_invalidate_all(sm);
        for (uint32_t k = 0; k < 4; k++) {
            bool asked = k & 1, exe = k & 2, privileged = there && priv >= 2 ? priv & 1 : asked;
            struct iotb_request r = ask(&s, asked, exe);

            test_context(sm->t, "AP %u, XN %u; PRIVCFG %u, INSTCFG %u; Priv %d, Exe %d", ap, xn, priv, inst, asked, exe);
            expect_granted(sm, there && inst >= 2 ? "SMMU-13-031" : "SMMU-13-030", &r, s.host,
                           granted(of_stage1(ap, xn, privileged), exe, there ? inst : 0));
        }
    }
}

static void overrides(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1_SSID), overrides_body);
}

/* Without PASID: Data and Unprivileged, whatever the prefix would have said. */
static void plain_body(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;

    sm_spot_open(&s, path, path->s1 ? 1 : 2, SPOT_INPUT);
    sm_path_eats(path, SM_EATS_FULL);
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t ap = i & 3, xn1 = i >> 2 & 3, s2ap = i >> 4 & 3, xn2 = i >> 6;
        struct rights of = {true, true, true};
        struct iotb_request r = ask(&s, false, false);

        if ((!path->s1 && (i & 15)) || (!path->s2 && i >= 16))
            continue;
        test_context(sm->t, "%s, AP %u, XN %u; S2AP %u, XN %u", sm_path_name(path), ap, xn1, s2ap, xn2);
        if (path->s1) {
            set_stage1(&s, ap, xn1);
            of = of_stage1(ap, xn1, false);
        }
        if (path->s2) {
            set_stage2(&s, s2ap, xn2);
            of = both(of, of_stage2(sm, s2ap, xn2, false));
        }
        sm_invalidate_all(sm);
        expect_granted(sm, "SMMU-13-032", &r, s.host, granted(of, false, 0));
    }
}

static void plain(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_NESTED), plain_body);
}

/* ---- sizes ---- */

/* A block of one stage: the translation is no larger than it, and than what the other stage has for the page. */
static void sizes_of(struct sm_path *path, uint32_t stage)
{
    struct sm *sm = path->sm;
    const struct sm_table *table = stage == 1 ? path->s1 : path->s2;
    uint64_t input = SPOT_INPUT;

    for (int level = table->start_level > 1 ? table->start_level : 1; level < 4; level++) {
        uint32_t largest, other = 0;
        struct iotb_request r;
        struct sm_spot s;

        input += UINT64_C(1) << 40;
        if (!sm_has_block(sm, table, level) && level < 3)
            continue;
        if (!sm_spot_block(&s, path, stage, input, level))
            continue;
        largest = sm_level_shift(table, level);
        if (path->s1 && path->s2)
            other = stage == 1 ? path->s2->granule_lg2 : path->s1->granule_lg2;
        largest = other && other < largest ? other : largest;
        r = sm_translation_request(path, s.input);
        test_context(sm->t, "%s, block of stage %u at level %d", sm_path_name(path), stage, level);
        sm_expect_translation(sm, "SMMU-13-026", &r, s.host, SM_R | SM_W, largest);
    }
}

static void sizes_body(struct sm *sm, struct sm_path *path)
{
    (void)sm;
    sm_path_eats(path, SM_EATS_FULL);
    if (path->s1)
        sizes_of(path, 1);
    if (path->s2)
        sizes_of(path, 2);
}

static void sizes(struct test *t)
{
    sm_each_granule(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_NESTED) | SM_FLAVOUR(SM_F_S2), NULL, sizes_body);
}

/* ---- stage 1 skipped ---- */

/* 13.6.4, 13.6.5: without PASID S1DSS = 01 makes stage 1 the identity; of a nested stream stage 2 decides what is granted. */
static void skipped_body(struct sm *sm, struct sm_path *path)
{
    struct iotb_request r;
    struct sm_spot s;

    if (!path->s2) {
        sm_path_eats(path, SM_EATS_FULL);
        r = sm_translation_request(path, SPOT_INPUT);
        sm_expect_translation(sm, "SMMU-13-027", &r, SPOT_INPUT, SM_R | SM_W, 64);
        return;
    }
    sm_spot_open(&s, path, 2, SPOT_INPUT);
    for (uint32_t split = 0; split < (sm_idr(sm->t, 0, "NS1ATS") ? 1 : 2); split++) {
        sm_enable(sm, "ATSCHK", split);
        sm_path_eats(path, split ? SM_EATS_SPLIT : SM_EATS_FULL);
        for (uint32_t s2ap = 0; s2ap < 4; s2ap++) {
            test_context(sm->t, "%s, %s ATS, S2AP %u", sm_path_name(path), split ? "split" : "full", s2ap);
            set_stage2(&s, s2ap, 0);
            sm_invalidate_all(sm);
            r = ask(&s, false, false);
            expect_granted(sm, "SMMU-13-028", &r, split ? s.input : s.host, (s2ap & 1 ? SM_R : 0) | (s2ap & 2 ? SM_W : 0));
        }
    }
    sm_enable(sm, "ATSCHK", 0);
}

static void skipped(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1_SKIP) | SM_FLAVOUR(SM_F_NESTED_SKIP), skipped_body);
}

#define CASE(n, text, function, r, gated)                                                                                 \
    {                                                                                                                     \
        .name = "smmuv3.ats_rights." n, .summary = text, .run = function, .rows = r, .gate = "IDR0.ATS&IDR0.TTF:1" gated, \
        .features = IOTB_F_ATS | IOTB_F_PRIVILEGE, .functional = true, .tier = TIER_FULL                                                     \
    }

static const struct iotb_case cases[] = {
    CASE("nested", "Each combination of permissions of two stages, full and split", nested, "SMMU-13-024 SMMU-13-029",
         "&IDR0.S1P&IDR0.S2P"),
    CASE("overrides", "Each combination of stage 1 permissions and overrides", overrides, "SMMU-13-030 SMMU-13-031", "&IDR0.S1P"),
    CASE("plain", "Without PASID all is Data and Unprivileged", plain, "SMMU-13-032", ""),
    CASE("sizes", "No translation is larger than the mapping of either stage", sizes, "SMMU-13-026", ""),
    CASE("skipped", "Stage 1 skipped by S1DSS", skipped, "SMMU-13-027 SMMU-13-028", "&IDR0.S1P"),
};

const struct iotb_case_list sm_ats_rights_cases = {cases, sizeof cases / sizeof cases[0]};
