/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What changes between two times of work (6.3.9.1 VMW, 6.3.12.3 E2H, 6.3.24 STRTAB_BASE), what each invalidation leaves to others
 * (4.3, 4.4), and single words of structures that change while in use (3.21.3).
 */
#include "sm_chapters.h"
#include "sm_stale.h"

#define INPUT UINT64_C(0x62340000)
#define OFFSET 0x48u

/* ---- E2H ---- */

static void set_e2h(struct sm *sm, bool e2h)
{
    sm_enable(sm, "SMMUEN", 0);
    sm_field_set(sm->t, "SMMU_CR2", "E2H", e2h);
    sm->config.e2h = e2h;
}

/* 3.3.4: without E2H there are no unprivileged accesses, with it AP[1] counts. */
static void privileged_page(struct sm_stale *s, bool e2h, const char *row)
{
    struct sm_expected e = sm_s1_event(SM_F_PERMISSION);

    mem_write64(s->sm->t, s->entry, s->value[s->now] & ~(UINT64_C(1) << SM_BIT_AP1));
    sm_invalidate_all(s->sm);
    if (e2h)
        sm_expect_event(s->sm, row, &s->r, &e, s->host[s->now] + OFFSET);
    else
        sm_stale_gone(s, row);
    mem_write64(s->sm->t, s->entry, s->value[s->now]);
    sm_invalidate_all(s->sm);
}

/* Entries of EL2 and EL2-E2H need not be told apart; CFGI_ALL and EL2_ALL, also before SMMUEN, remove those of both. */
static void e2h(struct test *t)
{
    struct sm_stale s;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_stale_open(&s, &sm, SM_F_EL2, sm_sid(&sm, 0), 0, 0x11, 0, 1, INPUT);
    for (uint32_t i = 0; i < 8; i++) {
        struct sm_command commands[2] = {sm_cmd_cfgi_all(), sm_cmd_el2_all()};
        bool early = i & 2, on = !(i & 1);

        test_context(t, "E2H becomes %u, invalidations %s SMMUEN", on, early ? "before" : "after");
        sm_stale_warm(&s, "SMMU-6-922");
        set_e2h(&sm, on);
        if (early)
            CHECK(t, "SMMU-6-919", sm_submit(&sm, commands, 2), "the commands complete");
        sm_stale_change(&s);
        sm_enable(&sm, "SMMUEN", 1);
        if (early) {
            sm_stale_gone(&s, "SMMU-6-919");
        } else {
            sm_stale_between(&s, "SMMU-3-094");
            CHECK(t, "SMMU-6-922", sm_submit(&sm, commands, 2), "the commands complete");
            sm_stale_gone(&s, "SMMU-6-922");
        }
        if (!test_has(t, IOTB_F_PRIVILEGE))
            continue;
        privileged_page(&s, on, "SMMU-6-922");
    }
    sm_close(&sm);
}

/* Commands by address or ASID while the effective E2H is unknown: nothing but what they may remove happens. */
static void e2h_unknown(struct test *t)
{
    struct sm_stale s;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_stale_open(&s, &sm, SM_F_EL2, sm_sid(&sm, 0), 0, 0x11, 0, 1, INPUT);
    for (uint32_t drop = DROP_EL2_ASID; drop <= DROP_EL2_VAA_LEAF; drop++) {
        test_context(t, "%s", sm_drop_name((enum sm_drop)drop));
        sm_stale_warm(&s, "SMMU-6-919");
        set_e2h(&sm, !sm.config.e2h);
        CHECK(t, "SMMU-6-919", sm_drop(&s, (enum sm_drop)drop), "the command completes");
        sm_stale_change(&s);
        sm_enable(&sm, "SMMUEN", 1);
        sm_stale_between(&s, "SMMU-6-919");
        CHECK(t, "SMMU-6-919", sm_invalidate_all(&sm), "the commands complete");
        sm_stale_gone(&s, "SMMU-6-919");
    }
    sm_close(&sm);
}

/* ---- VMW ---- */

static void vmw(struct test *t)
{
    struct sm_stale a, b;
    struct sm sm;

    sm_open(&sm, t, NULL);
    if (sm_sid_count(&sm) < 2)
        test_not_testable(t, "needs two streams");
    sm_stale_open(&a, &sm, SM_F_S2, sm_sid(&sm, 0), 0, 0, 0x40, 0, INPUT);
    sm_stale_open(&b, &sm, SM_F_S2, sm_sid(&sm, 1), 0, 0, 0x4f, 0, INPUT);
    for (uint32_t value = 0; value < 8; value++) {
        struct sm_command by_vmid = sm_cmd_s12_vmall(0x40);

        /* 4.1.2: a command on its way takes the old value or the new; VMID 40h it names under either, if it has any effect. */
        test_context(t, "VMW becomes %u", value);
        sm_stale_warm(&a, "SMMU-6-920");
        sm_stale_change(&a);
        sm_put(&sm, &by_vmid);
        sm_ring(&sm);
        CHECK(t, "SMMU-4-013", sm_enable(&sm, "VMW", value), "CR0ACK.VMW follows");
        sm_stale_between(&a, "SMMU-4-013");
        CHECK(t, "SMMU-6-920", sm_invalidate_all(&sm), "the commands complete");
        sm_stale_gone(&a, "SMMU-6-920");
        sm_stale_warm(&b, "SMMU-6-920");
        sm_stale_change(&a);
        sm_stale_change(&b);
        CHECK(t, "SMMU-6-920", sm_submit_one(&sm, by_vmid), "the command completes");
        sm_stale_gone(&a, "SMMU-6-920");
        if (value == 4)
            sm_stale_gone(&b, "SMMU-6-920");
        else
            sm_stale_between(&b, "SMMU-6-920");
        sm_invalidate_all(&sm);
    }
    sm_enable(&sm, "VMW", 0);
    sm_close(&sm);
}

/* ---- the stream table moves ---- */

static void new_table(struct test *t)
{
    struct sm_config config = {.format = SM_LINEAR};
    uint64_t host, bytes, tables[2];
    struct iotb_request r;
    uint32_t sid;
    struct sm sm;

    sm_open(&sm, t, &config);
    sid = sm_sid(&sm, 0);
    host = mem_alloc(t, 4096, 4096);
    r = sm_plain_request(&sm, sid, host + OFFSET);
    bytes = UINT64_C(64) << sm.strtab_log2size;
    tables[0] = sm.strtab;
    tables[1] = mem_alloc(t, bytes, bytes);
    for (uint32_t i = 0; i < 2; i++) {
        struct sm_ste ste = {.config = i ? SM_ABORT : SM_BYPASS};

        sm.strtab = tables[i];
        sm_set_ste(&sm, sid, &ste);
    }
    sm.strtab = tables[0];
    sm_invalidate_all(&sm);
    for (uint32_t i = 1; i < 5; i++) {
        struct sm_seen seen;

        test_context(t, "table %u", i & 1);
        if (i & 1)
            sm_expect_ok(&sm, "SMMU-3-088", &r, r.address);
        else
            sm_expect_silent_abort(&sm, "SMMU-3-088", &r, host);
        sm_enable(&sm, "SMMUEN", 0);
        sm_field_set(t, "SMMU_STRTAB_BASE", "ADDR", tables[i & 1] >> 6);
        sm.strtab = tables[i & 1];
        sm_enable(&sm, "SMMUEN", 1);
        seen = sm_try(&sm, &r, &r.address, 1);
        CHECK(t, "SMMU-3-088", (seen.result == SM_ARRIVED || seen.result == SM_REFUSED) && !seen.type,
              "the STE of the old or of the new table: result %d, event %02xh", (int)seen.result, seen.type);
        CHECK(t, "SMMU-3-088", sm_submit_one(&sm, sm_cmd_cfgi_all()), "the command completes");
    }
    sm_expect_ok(&sm, "SMMU-3-088", &r, r.address);
    sm_close(&sm);
}

/* ---- a walk that outlives SMMUEN ---- */

/* The acknowledge need not wait for the walk; then the commands may wait for it, and are not waited for here. */
static void begin_invalidation(struct sm *sm)
{
    struct sm_command commands[3] = {sm_cmd_cfgi_all(), sm_cmd_nsnh_all(), sm_cmd_sync()};

    for (uint32_t i = 0; i < 3; i++)
        sm_put(sm, &commands[i]);
    sm_ring(sm);
    test_settle(sm->t);
}

/*
 * 6.3.9.6: with SMMUEN = 0 no entries are inserted, so that an invalidation then leaves nothing behind, also of a request of
 * before whose walk has not ended. The walk waits for the STE, for the CD or for the leaf.
 */
static void outlived(struct test *t)
{
    for (uint32_t what = 0; what < 3; what++) {
        uint64_t at, bytes = what < 2 ? 64 : 8;
        struct sm_stale s;
        uint32_t hold, id;
        bool acked;
        struct sm sm;

        if (what)
            test_reset(t, IOTB_RESET_COLD);
        sm_open(&sm, t, NULL);
        sm_stale_open(&s, &sm, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22, 1, INPUT);
        at = what == 0 ? sm_ste_address(&sm, s.path.sid) : what == 1 ? sm_cd_address(&sm, s.path.sid, 0) : s.entry;
        test_context(t, "the walk waits for the %s", what == 0 ? "STE" : what == 1 ? "CD" : "leaf");
        hold = hold_accesses(t, at, at + bytes - 1, ACC_READS);
        id = request_send(t, &s.r);
        test_settle(t);
        if (!hold_count(t, hold))
            test_not_testable(t, "the read of the %s cannot be withheld", what == 0 ? "STE" : what == 1 ? "CD" : "leaf");
        acked = sm_enable(&sm, "SMMUEN", 0);
        if (acked)
            begin_invalidation(&sm);
        hold_release(t, hold);
        CHECK(t, "SMMU-6-943", request_wait(t, id).done, "the request ends");
        test_settle(t);
        if (acked) {
            CHECK_EQ(t, "SMMU-6-921", sm.cmdq_prod, sm_cons(&sm), "CMDQ_CONS once the walk is over");
        } else {
            CHECK(t, "SMMU-6-942", !sm_field(t, "SMMU_CR0ACK", "SMMUEN"), "the acknowledge follows");
            CHECK(t, "SMMU-6-921", sm_invalidate_all(&sm), "the commands complete");
        }
        sm_stale_change(&s);
        sm_enable(&sm, "SMMUEN", 1);
        sm_stale_gone(&s, "SMMU-6-921");
        sm_close(&sm);
    }
}

/* ---- what an invalidation leaves to others ---- */

/* NSNH_ALL and EL2_ALL together leave nothing; NH_ALL may leave EL2, and EL2_ALL removes that. */
static void everything(struct test *t)
{
    static const enum sm_flavour_id flavours[2][4] = {{SM_F_S1, SM_F_S2, SM_F_NESTED, SM_F_EL2},
                                                      {SM_F_S1, SM_F_S2, SM_F_NESTED, SM_F_E2H}};

    for (uint32_t e2h_on = 0; e2h_on < 2; e2h_on++) {
        struct sm_config config = {.e2h = e2h_on};
        struct sm_command all[2] = {sm_cmd_nsnh_all(), sm_cmd_el2_all()};
        struct sm_stale s[4];
        uint32_t count = 0;
        struct sm sm;

        if (e2h_on)
            test_reset(t, IOTB_RESET_COLD);
        sm_open(&sm, t, &config);
        for (uint32_t i = 0; i < 4; i++)
            if (sm_has_flavour(t, flavours[e2h_on][i]) && count < sm_sid_count(&sm)) {
                sm_stale_open(&s[count], &sm, flavours[e2h_on][i], sm_sid(&sm, count), 0, 0x11, 0x20 + i, 0, INPUT);
                count++;
            }
        for (uint32_t way = 0; way < 4; way++) {
            struct sm_stale *el2 = &s[count - 1];
            struct sm_command nh = sm_cmd_nh_all(sm_idr(t, 0, "S2P") ? 0x20 : 0);

            for (uint32_t i = 0; i < count; i++)
                sm_stale_warm(&s[i], "SMMU-3-024");
            for (uint32_t i = 0; i < count; i++)
                sm_stale_change(&s[i]);
            if (way & 1) {
                CHECK(t, "SMMU-4-056", sm_submit_one(&sm, nh), "the command completes");
                sm_stale_between(el2, "SMMU-4-056");
                CHECK(t, "SMMU-4-056", sm_submit_one(&sm, all[1]), "the command completes");
                sm_stale_gone(el2, "SMMU-4-056");
            }
            test_context(t, "E2H %u, way %u", e2h_on, way);
            CHECK(t, "SMMU-3-024", sm_submit(&sm, all, 2), "the commands complete");
            for (uint32_t i = 0; i < count; i++)
                sm_stale_gone(&s[i], "SMMU-3-024");
        }
        sm_close(&sm);
    }
}

/* Two streams of one address space: one invalidation is for both, and they see the same. */
static void shared_space(struct test *t)
{
    struct sm_stale a, b;
    struct sm_path second;
    struct sm sm;

    sm_open(&sm, t, NULL);
    if (sm_sid_count(&sm) < 2)
        test_not_testable(t, "needs two streams");
    sm_stale_open(&a, &sm, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22, 1, INPUT);
    sm_path_share(&second, &a.path, sm_sid(&sm, 1));
    b = a;
    b.path = second;
    b.r.requester_id = (uint16_t)second.sid;
    for (uint32_t drop = DROP_NH_ALL; drop <= DROP_NH_VAA_LEAF; drop++) {
        test_context(t, "%s", sm_drop_name((enum sm_drop)drop));
        sm_stale_warm(&a, "SMMU-3-048");
        sm_stale_warm(&b, "SMMU-3-048");
        sm_stale_change(&a);
        b.now = a.now;
        CHECK(t, "SMMU-3-048", sm_drop(&a, (enum sm_drop)drop), "the command completes");
        sm_stale_gone(&b, "SMMU-3-048");
        sm_stale_gone(&a, "SMMU-3-048");
    }
    sm_close(&sm);
}

/* A CD that two STEs share is cached for each: CFGI_CD through one may leave the other's. */
static void shared_cd(struct test *t)
{
    struct sm_path path[2], other;
    uint64_t host[2];
    struct sm sm;

    sm_open(&sm, t, NULL);
    if (sm_sid_count(&sm) < 2)
        test_not_testable(t, "needs two streams");
    sm_path_open(&sm, &path[0], SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    sm_path_share(&path[1], &path[0], sm_sid(&sm, 1));
    other = path[0];
    other.asid = 0x91;
    other.s1 = sm_table_new(&sm, 1, NULL);
    host[0] = sm_path_page(&path[0], INPUT, SM_RW);
    host[1] = sm_path_page(&other, INPUT, SM_RW);
    for (uint32_t i = 1; i < 5; i++) {
        uint64_t hosts[2] = {host[i & 1] + OFFSET, host[!(i & 1)] + OFFSET};
        struct iotb_request r[2] = {sm_request(&path[0], IOTB_WRITE, INPUT + OFFSET, 8),
                                    sm_request(&path[1], IOTB_WRITE, INPUT + OFFSET, 8)};
        struct sm_seen seen;

        test_context(t, "change %u", i);
        sm_expect_ok(&sm, "SMMU-4-039", &r[0], hosts[1]);
        sm_expect_ok(&sm, "SMMU-4-039", &r[1], hosts[1]);
        sm_path_write_cd(i & 1 ? &other : &path[0]);
        CHECK(t, "SMMU-4-039", sm_cfgi_cd(&sm, path[0].sid, 0), "the command completes");
        sm_expect_ok(&sm, "SMMU-4-039", &r[0], hosts[0]);
        seen = sm_try(&sm, &r[1], hosts, 2);
        CHECK(t, "SMMU-4-039", (seen.result == SM_ARRIVED || seen.result == SM_ARRIVED_OTHER) && !seen.type,
              "the other stream has the old CD or the new: result %d, event %02xh", (int)seen.result, seen.type);
        CHECK(t, "SMMU-4-039", sm_cfgi_cd(&sm, path[1].sid, 0), "the command completes");
        sm_expect_ok(&sm, "SMMU-4-039", &r[1], hosts[0]);
    }
    sm_close(&sm);
}

/* CFGI_CD and CFGI_CD_ALL are not for STEs. */
static void other_structure(struct test *t)
{
    struct sm_path path;
    struct sm_stale s;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    sm_stale_on(&s, &path, 1, INPUT);
    for (uint32_t i = 0; i < 4; i++) {
        uint64_t host = s.host[0] + OFFSET;
        struct sm_seen seen;

        sm_stale_warm(&s, "SMMU-4-046");
        sm_ste_set(&sm, path.sid, "Config", SM_ABORT);
        CHECK(t, "SMMU-4-046", sm_submit_one(&sm, i & 1 ? sm_cmd_cfgi_cd_all(path.sid) : sm_cmd_cfgi_cd(path.sid, 0, i & 2)),
              "the command completes");
        seen = sm_try(&sm, &s.r, &host, 1);
        CHECK(t, "SMMU-4-046", (seen.result == SM_ARRIVED || seen.result == SM_REFUSED) && !seen.type,
              "the old STE or the new: result %d, event %02xh", (int)seen.result, seen.type);
        sm_cfgi_ste(&sm, path.sid);
        sm_expect_silent_abort(&sm, "SMMU-4-046", &s.r, host);
        sm_ste_set(&sm, path.sid, "Config", SM_S1);
        sm_cfgi_ste(&sm, path.sid);
    }
    sm_close(&sm);
}

/* ---- words that change while in use ---- */

struct flip {
    uint64_t entry, value[2];
    uint32_t n;
};

static void flip_word(struct test *t, void *context, const struct iotb_access *access)
{
    struct flip *flip = context;

    if (access->kind == IOTB_ACC_READ)
        mem_write64(t, flip->entry, flip->value[++flip->n & 1]);
}

/* STE.Config changes at each read of the unit: a request is carried out by one STE or by the other, as a whole. */
static void atomic_ste(struct test *t, enum sm_flavour_id flavour, uint32_t config, bool second_stage)
{
    struct sm_path path;
    struct flip flip;
    uint64_t hosts[2];
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, flavour, sm_sid(&sm, 0), 0, 0x11, 0x22);
    hosts[1] = mem_alloc(t, 0x10000, 0x10000);
    hosts[0] = sm_path_page(&path, hosts[1], SM_RW);
    if (second_stage) {
        uint64_t input = hosts[1], page = UINT64_C(1) << path.s2->granule_lg2;

        hosts[1] = mem_alloc(t, page, page);
        sm_map(&sm, path.s2, input, hosts[1], 0, SM_RW);
        flip.entry = input;
    } else {
        flip.entry = hosts[1];
    }
    for (uint32_t i = 0; i < 24; i++) {
        struct iotb_request r = sm_request(&path, i & 1 ? IOTB_READ : IOTB_WRITE, flip.entry + OFFSET, 8);
        uint64_t places[2] = {hosts[0] + OFFSET, hosts[1] + OFFSET}, ste = sm_ste_address(&sm, path.sid);
        struct flip words = {.entry = ste, .value = {mem_read64(t, ste), 0}, .n = i >> 1};
        struct sm_seen seen;

        words.value[1] = (words.value[0] & ~UINT64_C(0xe)) | (uint64_t)config << 1;
        test_on_access(t, flip_word, &words);
        seen = sm_try(&sm, &r, places, 2);
        test_on_access(t, NULL, NULL);
        CHECK(t, "SMMU-4-048", (seen.result == SM_ARRIVED || seen.result == SM_ARRIVED_OTHER) && !seen.type,
              "translated by one STE or the other: result %d, event %02xh", (int)seen.result, seen.type);
        mem_write64(t, ste, words.value[0]);
        if (i & 2)
            sm_invalidate_all(&sm);
        else
            sm_cfgi_ste(&sm, path.sid);
        sm_once(&sm);
        sm_expect_ok(&sm, "SMMU-4-048", &r, places[0]);
    }
    sm_close(&sm);
}

static void atomic_bypass(struct test *t)
{
    atomic_ste(t, SM_F_S1, SM_BYPASS, false);
}

static void atomic_nested(struct test *t)
{
    atomic_ste(t, SM_F_NESTED, SM_S2, true);
}

/* CD.ASID alone, live: no event, and after CFGI_CD the new ASID is what an invalidation must name. */
static void live_asid_body(struct sm *sm, struct sm_path *path)
{
    struct sm_stale s;

    sm_stale_on(&s, path, 1, INPUT);
    for (uint32_t i = 0; i < 6; i++) {
        uint32_t asid = i & 1 ? 0x11 : 0xa2 + i;

        test_context(sm->t, "%s, ASID becomes %x", sm_path_name(path), asid);
        sm_stale_warm(&s, "SMMU-3-083");
        sm_cd_set(sm, path->sid, path->ssid, "ASID", asid);
        sm_stale_warm(&s, "SMMU-3-083");
        CHECK(sm->t, "SMMU-3-083", sm_cfgi_cd(sm, path->sid, path->ssid), "the command completes");
        s.path.asid = asid;
        sm_stale_warm(&s, "SMMU-3-083");
        sm_stale_change(&s);
        CHECK(sm->t, "SMMU-3-083", sm_drop(&s, path->flavour->e2h ? DROP_EL2_ASID : DROP_NH_ASID), "the command completes");
        sm_stale_gone(&s, "SMMU-3-083");
        sm_invalidate_all(sm);
    }
}

static void live_asid(struct test *t)
{
    sm_each_flavour(t, SM_S1_FLAVOURS | SM_NESTED_FLAVOURS | SM_E2H_FLAVOURS, live_asid_body);
}

/* CD tables above what CD.IPS can name: IPS is for what stage 1 puts out. */
static void cd_above_ips(struct test *t)
{
    struct sm_path path;
    uint64_t host, high, old;
    struct iotb_request r;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_RW);
    r = sm_request(&path, IOTB_WRITE, INPUT + OFFSET, 8);
    high = mem_alloc_above(t, 4096, 4096, UINT64_C(1) << 32);
    if (!high || host >> 32 || path.s1->root >> 32)
        test_not_testable(t, "there is no memory both above and below 4 GiB");
    sm_cd_set(&sm, path.sid, 0, "IPS", 0);
    old = sm_cd_address(&sm, path.sid, 0);
    for (uint32_t i = 0; i < 8; i++)
        mem_write64(t, high + 8 * i, mem_read64(t, old + 8 * i));
    sm_ste_set(&sm, path.sid, "S1ContextPtr", high);
    sm_invalidate_all(&sm);
    sm_expect_ok(&sm, "SMMU-3-076", &r, host + OFFSET);
    sm_close(&sm);
}

#define CASE(n, text, function, r, gated, needs)                                                                  \
    {                                                                                                             \
        .name = "smmuv3.modes." n, .summary = text, .run = function, .rows = r, .gate = gated, .features = needs, \
        .functional = true, .tier = TIER_FULL                                                                     \
    }
#define S1 "IDR0.S1P&IDR0.TTF:1"

static const struct iotb_case cases[] = {
    CASE("e2h", "Entries of EL2 may serve EL2-E2H until CFGI_ALL and EL2_ALL, before or after SMMUEN.", e2h,
         "SMMU-3-094 SMMU-6-919 SMMU-6-922", S1 "&IDR0.Hyp", 0),
    CASE("e2h_unknown", "Commands by address or ASID while E2H is unknown do no harm, and EL2_ALL removes all.", e2h_unknown,
         "SMMU-6-919", S1 "&IDR0.Hyp", 0),
    CASE("vmw", "VMW changes: the new wildcard counts after the Update and an invalidation.", vmw, "SMMU-4-013 SMMU-6-920",
         "IDR0.S2P&IDR0.TTF:1&IDR0.VMW", 0),
    CASE("outlived", "What a walk reads after SMMUEN = 0 and an invalidation is not kept.", outlived,
         "SMMU-6-921 SMMU-6-942 SMMU-6-943", S1, IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP),
    CASE("new_table", "The stream table moves: STEs of the old one until CFGI_ALL.", new_table, "SMMU-3-088", NULL, 0),
    CASE("everything", "NSNH_ALL and EL2_ALL together leave nothing; NH_ALL may leave EL2.", everything, "SMMU-3-024 SMMU-4-056",
         S1 "&IDR0.Hyp", 0),
    CASE("shared_space", "Streams of one VMID and ASID: one invalidation is for both.", shared_space, "SMMU-3-048", S1, 0),
    CASE("shared_cd", "CFGI_CD through one stream may leave what the other has of the same CD.", shared_cd, "SMMU-4-039", S1, 0),
    CASE("other_structure", "CFGI_CD may leave the STE.", other_structure, "SMMU-4-046", S1, 0),
    CASE("atomic_bypass", "STE.Config changes at every read: a request is translated or passes, as a whole.", atomic_bypass,
         "SMMU-4-048", S1, IOTB_F_BENCH_MEMORY),
    CASE("atomic_nested", "The same between both stages and stage 2 alone.", atomic_nested, "SMMU-4-048",
         "IDR0.S1P&IDR0.S2P&IDR0.TTF:1", IOTB_F_BENCH_MEMORY),
    CASE("live_asid", "CD.ASID changes while in use.", live_asid, "SMMU-3-083", S1, 0),
    CASE("cd_above_ips", "A CD above what CD.IPS can name is used.", cd_above_ips, "SMMU-3-076", S1, 0),
};

const struct iotb_case_list sm_modes_cases = {cases, sizeof cases / sizeof cases[0]};
