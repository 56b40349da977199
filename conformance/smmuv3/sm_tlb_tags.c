/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TLB tags (3.17): what is looked up for one ASID, VMID, StreamWorld or ASET is not found by another, each bit of each counts;
 * the Global flag; VMID wildcards, which are for invalidation alone.
 */
#include "sm_chapters.h"
#include "sm_stale.h"

#define INPUT UINT64_C(0x62340000)

/* Two paths with the same input, used in turns. */
struct pair {
    struct sm_path path[2];
    uint64_t host[2];
};

static void pair_page(struct pair *p, uint32_t n, uint32_t rights)
{
    struct sm_table *table = sm_path_table(&p->path[n]);
    uint64_t page = UINT64_C(1) << table->granule_lg2;

    if (p->path[n].s1 && p->path[n].s2) {
        p->host[n] = sm_path_page(&p->path[n], INPUT, rights);
        return;
    }
    p->host[n] = mem_alloc(p->path[n].sm->t, page, page);
    sm_map(p->path[n].sm, table, INPUT, p->host[n], 0, rights);
}

static void turns(struct pair *p, const char *row)
{
    struct sm *sm = p->path[0].sm;

    for (uint32_t i = 0; i < 5; i++) {
        uint32_t n = i & 1;
        struct iotb_request r = sm_request(&p->path[n], i & 2 ? IOTB_READ : IOTB_WRITE, INPUT + 0x48, 8);

        sm_expect_ok(sm, row, &r, p->host[n] + 0x48);
    }
}

/* Two streams, or two substreams of one. */
static void pair_open(struct pair *p, struct sm *sm, enum sm_flavour_id a, enum sm_flavour_id b, const uint32_t asid[2],
                      const uint32_t vmid[2])
{
    if (sm_sid_count(sm) < 2)
        test_not_testable(sm->t, "needs two streams");
    sm_path_open(sm, &p->path[0], a, sm_sid(sm, 0), 5, asid[0], vmid[0]);
    sm_path_open(sm, &p->path[1], b, sm_sid(sm, 1), 5, asid[1], vmid[1]);
    pair_page(p, 0, SM_RW);
    pair_page(p, 1, SM_RW);
}

/* Every bit of the ASID, alone and against all ones. Nested, the two are substreams of one stream: a VMID has one stage 2. */
static void asid(struct test *t)
{
    static const enum sm_flavour_id flavours[] = {SM_F_S1, SM_F_NESTED_SSID};
    uint32_t bits = sm_idr(t, 0, "ASID16") ? 16 : 8, all = (1u << bits) - 1;
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t f = 0; f < 2; f++)
        for (uint32_t bit = 0; bit < 2 * bits && sm_has_flavour(t, flavours[f]); bit++) {
            uint32_t first = bit < bits ? 0 : all, asids[2] = {first, first ^ 1u << bit % bits}, vmids[2] = {0x22, 0x22};
            struct pair p;

            if (f) {
                sm_path_open(&sm, &p.path[0], flavours[f], sm_sid(&sm, 0), 5, asids[0], vmids[0]);
                sm_path_add_ssid(&p.path[1], &p.path[0], 4, asids[1]);
                pair_page(&p, 0, SM_RW);
                pair_page(&p, 1, SM_RW);
            } else {
                pair_open(&p, &sm, flavours[f], flavours[f], asids, vmids);
            }
            test_context(t, "%s, ASIDs %04x and %04x", sm_path_name(&p.path[0]), asids[0], asids[1]);
            turns(&p, bit % bits >= 8 ? "SMMU-3-542" : "SMMU-3-539");
        }
    sm_close(&sm);
}

/* Two substreams of a stream, by their ASIDs. */
static void substreams_body(struct sm *sm, struct sm_path *path)
{
    struct pair p = {.path = {*path}};

    if (path->flavour->strw == SM_STRW_EL2 && !path->flavour->e2h)
        return;
    sm_path_add_ssid(&p.path[1], path, path->ssid ^ 1, path->asid ^ 0x80);
    pair_page(&p, 0, SM_RW);
    pair_page(&p, 1, SM_RW);
    sm_invalidate_all(sm);
    turns(&p, "SMMU-3-539");
}

static void substreams(struct test *t)
{
    sm_each_flavour(t, SM_SSID_FLAVOURS & ~SM_FLAVOUR(SM_F_EL2_SSID), substreams_body);
}

static void vmid(struct test *t)
{
    static const enum sm_flavour_id flavours[] = {SM_F_S1, SM_F_S2, SM_F_NESTED};
    static const char *const rows[] = {"SMMU-3-540", "SMMU-3-541", "SMMU-3-541"};
    uint32_t bits = sm_idr(t, 0, "VMID16") ? 16 : 8, all = (1u << bits) - 1;
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t f = 0; f < 3; f++)
        for (uint32_t bit = 0; bit < 2 * bits && sm_has_flavour(t, flavours[f]); bit++) {
            uint32_t first = bit < bits ? 0 : all, asids[2] = {0x11, 0x11}, vmids[2] = {first, first ^ 1u << bit % bits};
            struct pair p;

            pair_open(&p, &sm, flavours[f], flavours[f], asids, vmids);
            test_context(t, "%s, VMIDs %04x and %04x", sm_path_name(&p.path[0]), vmids[0], vmids[1]);
            turns(&p, bit % bits >= 8 ? "SMMU-3-542" : rows[f]);
        }
    sm_close(&sm);
}

/* Stage 1 alone, stage 2 alone and both, with the same identifiers and the same input. */
static void kinds(struct test *t)
{
    static const enum sm_flavour_id flavours[] = {SM_F_S1, SM_F_S2, SM_F_S1_SSID, SM_F_S1_CD0, SM_F_EL2};
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t a = 0; a < 5; a++)
        for (uint32_t b = a + 1; b < 5; b++) {
            const uint32_t asids[2] = {0x11, 0x12},
                           vmids[2] = {0x22, flavours[a] == SM_F_S2 || flavours[b] == SM_F_S2 ? 0x23 : 0x22};
            struct pair p;

            if (!sm_has_flavour(t, flavours[a]) || !sm_has_flavour(t, flavours[b]))
                continue;
            pair_open(&p, &sm, flavours[a], flavours[b], asids, vmids);
            test_context(t, "%s beside %s", sm_flavours[flavours[a]].name, sm_flavours[flavours[b]].name);
            turns(&p, flavours[b] == SM_F_EL2 ? "SMMU-3-545" : flavours[b] == SM_F_S2 ? "SMMU-3-541" : "SMMU-3-539");
        }
    sm_close(&sm);
}

/* The same ASID in EL1 and in EL2 or EL2-E2H. */
static void worlds(struct test *t)
{
    for (uint32_t e2h = 0; e2h < 2; e2h++) {
        const uint32_t asids[2] = {0x11, 0x11}, vmids[2] = {0, 0};
        struct sm_config config = {.e2h = e2h};
        struct pair p;
        struct sm sm;

        if (e2h)
            test_reset(t, IOTB_RESET_COLD);
        sm_open(&sm, t, &config);
        pair_open(&p, &sm, SM_F_S1, e2h ? SM_F_E2H : SM_F_EL2, asids, vmids);
        turns(&p, "SMMU-3-545");
        /* Global pages do not match over there either. */
        pair_page(&p, 0, SM_RW | SM_GLOBAL);
        pair_page(&p, 1, SM_RW | SM_GLOBAL);
        sm_invalidate_all(&sm);
        turns(&p, "SMMU-3-545");
        sm_close(&sm);
    }
}

/* ---- addresses ---- */

/* Inputs that differ in one bit. */
static void addresses_body(struct sm *sm, struct sm_path *path)
{
    struct sm_table *table = sm_path_table(path);
    uint32_t first = table->granule_lg2, last = table->input_bits < sm_address_bits(sm) ? table->input_bits : sm_address_bits(sm);
    uint64_t hosts[64], page = UINT64_C(1) << first;

    if (path->flavour->id == SM_F_S2 && last > sm->ias_bits)
        last = sm->ias_bits;
    for (uint32_t bit = first; bit <= last; bit++) { /* the last one is INPUT itself */
        hosts[bit] = mem_alloc(sm->t, page, page);
        sm_path_map(path, bit < last ? INPUT ^ UINT64_C(1) << bit : INPUT, hosts[bit], 0, SM_RW);
    }
    sm_invalidate_all(sm);
    for (uint32_t bit = first; bit < last; bit++)
        for (uint32_t i = 0; i < 3; i++) {
            uint64_t input = i & 1 ? INPUT ^ UINT64_C(1) << bit : INPUT;
            struct iotb_request r = sm_request(path, IOTB_WRITE, input + 0x48, 8);

            test_context(sm->t, "%s, %016llx", sm_path_name(path), (unsigned long long)input);
            sm_once(sm);
            sm_expect_ok(sm, "SMMU-3-048", &r, hosts[i & 1 ? bit : last] + 0x48);
        }
}

static void addresses(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_EL2), addresses_body);
}

/* One stream whose substreams are translated by both stages, and what has no SubstreamID by stage 2 alone: VA and IPA alike. */
static void stages(struct test *t)
{
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t asid = 0; asid < 4; asid++) {
        struct sm_path path;
        uint64_t host[2];

        sm_path_open(&sm, &path, SM_F_NESTED_SSID, sm_sid(&sm, 0), 5, asid & 1 ? 0x11 : 0, 0x22);
        sm_ste_set(&sm, path.sid, "S1DSS", SM_S1DSS_BYPASS);
        host[0] = sm_path_page(&path, INPUT, asid & 2 ? SM_RW | SM_GLOBAL : SM_RW);
        host[1] = mem_alloc(t, UINT64_C(1) << path.s2->granule_lg2, UINT64_C(1) << path.s2->granule_lg2);
        sm_map(&sm, path.s2, INPUT, host[1], 0, SM_RW);
        for (uint32_t i = 0; i < 10; i++) {
            uint32_t n = (i + i / 5) & 1; /* either is the first once */
            struct iotb_request r = sm_request(&path, IOTB_WRITE, INPUT + 0x48, 8);

            if (i % 5 == 0)
                sm_invalidate_all(&sm);
            if (n)
                r.flags &= ~(uint32_t)IOTB_RQ_PASID;
            test_context(t, "ASID %02x, %s", path.asid, n ? "IPA" : "VA");
            sm_expect_ok(&sm, "SMMU-3-048", &r, host[n] + 0x48);
        }
    }
    sm_close(&sm);
}

/* ---- the Global flag ---- */

static void global(struct test *t)
{
    const uint32_t asids[2] = {0x11, 0x91}, vmids[2] = {0x22, 0x22}, other_vmids[2] = {0x22, 0xa2}, same[2] = {0x11, 0x11};
    struct iotb_request r;
    struct sm_seen seen;
    uint64_t hosts[2];
    struct pair p;
    struct sm sm;

    sm_open(&sm, t, NULL);
    /* Same ASET: the second address space may hit the global entry of the first. */
    pair_open(&p, &sm, SM_F_S1, SM_F_S1, asids, vmids);
    pair_page(&p, 0, SM_RW | SM_GLOBAL);
    sm_invalidate_all(&sm);
    r = sm_request(&p.path[0], IOTB_WRITE, INPUT + 0x48, 8);
    sm_expect_ok(&sm, "SMMU-3-543", &r, p.host[0] + 0x48);
    r = sm_request(&p.path[1], IOTB_WRITE, INPUT + 0x48, 8);
    hosts[0] = p.host[1] + 0x48;
    hosts[1] = p.host[0] + 0x48;
    seen = sm_try(&sm, &r, hosts, 2);
    CHECK(t, "SMMU-3-543", (seen.result == SM_ARRIVED || seen.result == SM_ARRIVED_OTHER) && !seen.type,
          "a global entry of the same ASET: that page or its own (result %d, event %02xh)", (int)seen.result, seen.type);
    /* Other ASET: never. Both ways. */
    for (uint32_t aset = 0; aset < 2; aset++) {
        sm_cd_set(&sm, p.path[0].sid, 0, "ASET", aset);
        sm_cd_set(&sm, p.path[1].sid, 0, "ASET", !aset);
        sm_invalidate_all(&sm);
        test_context(t, "global page with ASET %u, other address space with ASET %u", aset, !aset);
        turns(&p, "SMMU-3-544");
        pair_page(&p, 1, SM_RW | SM_GLOBAL);
        sm_invalidate_all(&sm);
        turns(&p, "SMMU-3-544");
        pair_page(&p, 1, SM_RW);
    }
    /* The same ASID with both ASETs is one address space for pages that are not global (3.17). */
    pair_open(&p, &sm, SM_F_S1, SM_F_S1, same, vmids);
    sm_path_share(&p.path[1], &p.path[0], p.path[1].sid);
    p.host[1] = p.host[0];
    turns(&p, "SMMU-3-092");
    if (sm_has_flavour(t, SM_F_S2)) {
        pair_open(&p, &sm, SM_F_S1, SM_F_S1, same, other_vmids);
        pair_page(&p, 0, SM_RW | SM_GLOBAL);
        pair_page(&p, 1, SM_RW | SM_GLOBAL);
        sm_invalidate_all(&sm);
        test_context(t, "global pages of two VMIDs");
        turns(&p, "SMMU-3-544");
    }
    sm_close(&sm);
}

/* EL2 without E2H has no ASIDs: the CDs of one stream world are to agree, and else either table is used. */
static void el2_body(struct sm *sm, struct sm_path *path)
{
    struct pair p = {.path = {*path}};
    struct iotb_request r;
    struct sm_seen seen;
    uint64_t hosts[2];

    pair_page(&p, 0, SM_RW);
    sm_path_add_ssid(&p.path[1], path, path->ssid ^ 1, path->asid ^ 1);
    pair_page(&p, 1, SM_RW);
    sm_invalidate_all(sm);
    for (uint32_t i = 0; i < 4; i++) {
        r = sm_request(&p.path[i & 1], IOTB_WRITE, INPUT + 0x48, 8);
        hosts[0] = p.host[i & 1] + 0x48;
        hosts[1] = p.host[!(i & 1)] + 0x48;
        seen = sm_try(sm, &r, hosts, 2);
        CHECK(sm->t, "SMMU-3-546", (seen.result == SM_ARRIVED || seen.result == SM_ARRIVED_OTHER) && !seen.type,
              "one of the two pages (result %d, event %02xh)", (int)seen.result, seen.type);
    }
}

static void el2(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_EL2_SSID), el2_body);
}

/* ---- VMID wildcards ---- */

static void wildcard(struct test *t)
{
    for (uint32_t vmw = 0; vmw < 5; vmw++) {
        struct sm_config config = {.vmw = vmw};
        uint32_t count = 1u << vmw;
        struct sm_stale a, b;
        struct sm sm;

        if (vmw)
            test_reset(t, IOTB_RESET_COLD);
        sm_open(&sm, t, &config);
        if (sm_sid_count(&sm) < 2)
            test_not_testable(t, "needs two streams");
        sm_stale_open(&a, &sm, SM_F_S2, sm_sid(&sm, 0), 0, 0, 0x20, 0, INPUT);
        sm_stale_open(&b, &sm, SM_F_S2, sm_sid(&sm, 1), 0, 0, vmw ? 0x20 + count - 1 : 0x21, 0, INPUT);
        for (uint32_t drop = DROP_S12_VMALL; drop <= DROP_S2_IPA_LEAF; drop++)
            for (uint32_t by = 0; by < 2; by++) {
                test_context(t, "VMW %u, %s by the VMID of stream %u", vmw, sm_drop_name((enum sm_drop)drop), by);
                sm_stale_warm(&a, "SMMU-3-026");
                if (vmw)
                    sm_stale_warm(&b, "SMMU-3-026");
                sm_stale_change(&a);
                sm_stale_change(&b);
                CHECK(t, "SMMU-3-025", sm_drop(by ? &b : &a, (enum sm_drop)drop), "the command completes");
                if (vmw || !by)
                    sm_stale_gone(&a, vmw ? "SMMU-3-025" : "SMMU-3-026");
                if (vmw || by)
                    sm_stale_gone(&b, vmw ? "SMMU-3-025" : "SMMU-3-026");
                sm_invalidate_all(&sm);
            }
        sm_close(&sm);
    }
}

#define CASE(n, text, function, r, gated)                                                                             \
    {                                                                                                                 \
        .name = "smmuv3.tlb_tags." n, .summary = text, .run = function, .rows = r, .gate = gated, .functional = true, \
        .tier = TIER_FULL                                                                                             \
    }
#define S1 "IDR0.S1P&IDR0.TTF:1"

static const struct iotb_case cases[] = {
    CASE("asid", "Each bit of the ASID separates address spaces.", asid, "SMMU-3-539 SMMU-3-542", S1),
    CASE("substreams", "Substreams with different ASIDs do not meet.", substreams, "SMMU-3-539", S1 "&IDR1.SSIDSIZE"),
    CASE("vmid", "Each bit of the VMID separates streams, with stage 1 alone too.", vmid, "SMMU-3-540 SMMU-3-541 SMMU-3-542",
         "IDR0.S2P&IDR0.TTF:1"),
    CASE("kinds", "Translations of different kinds with the same input do not meet.", kinds, "SMMU-3-539 SMMU-3-541 SMMU-3-545",
         "IDR0.S1P&IDR0.S2P&IDR0.TTF:1"),
    CASE("addresses", "Each bit of an address separates pages.", addresses, "SMMU-3-048", "IDR0.TTF:1"),
    {.name = "smmuv3.tlb_tags.stages",
     .summary = "A VA of both stages and the same IPA of stage 2 alone do not meet.",
     .run = stages,
     .rows = "SMMU-3-048",
     .gate = "IDR0.S1P&IDR0.S2P&IDR0.TTF:1&IDR1.SSIDSIZE",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    CASE("worlds", "EL1 and EL2 do not meet, with the same ASID and with global pages.", worlds, "SMMU-3-545", S1 "&IDR0.Hyp"),
    CASE("global", "Global entries may serve other ASIDs of the ASET and VMID, and nobody else.", global,
         "SMMU-3-543 SMMU-3-544 SMMU-3-092", S1),
    CASE("el2", "EL2 has no ASIDs: either of two tables.", el2, "SMMU-3-546", S1 "&IDR0.Hyp&IDR1.SSIDSIZE"),
    CASE("wildcard", "VMW widens invalidation by VMID, and no lookup.", wildcard, "SMMU-3-025 SMMU-3-026",
         "IDR0.S2P&IDR0.TTF:1&IDR0.VMW"),
};

const struct iotb_case_list sm_tlb_tags_cases = {cases, sizeof cases / sizeof cases[0]};
