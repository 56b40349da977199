/* SPDX-License-Identifier: BSD-2-Clause */
/* From a StreamID to a translation: what the lookup depends on, StreamWorlds, byte order, 52-bit descriptors, input sizes
 * (3.3, 3.4). */
#include "build/sm.h"
#include "sm_chapters.h"

#define INPUT UINT64_C(0x02d58000)
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ---- what it does not depend on ---- */

/* A bad STE is a bad STE for every address (3.3.3). */
static void any_address(struct test *t)
{
    uint32_t bits;
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_BYPASS, sm_sid(&sm, 0), 0, 0, 0);
    sm_ste_set(&sm, path.sid, "V", 0);
    sm_cfgi_ste(&sm, path.sid);
    bits = sm_address_bits(&sm);
    for (uint32_t bit = 3; bit < bits; bit++) {
        r = sm_request(&path, IOTB_READ, UINT64_C(1) << bit, 8);
        sm_once(&sm);
        sm_expect_config(&sm, "SMMU-3-047", &r, SM_C_BAD_STE, 0);
    }
    sm_close(&sm);
}

/* Two streams and two substreams in turns: each has its own translation of the same input. */
static void own_streams(struct test *t)
{
    bool ssid = sm_has_flavour(t, SM_F_S1_SSID);
    uint32_t count = ssid ? 4 : 2;
    struct sm_path paths[4];
    uint64_t hosts[4];
    struct sm sm;

    sm_open(&sm, t, NULL);
    if (sm_sid_count(&sm) < 2)
        test_not_testable(t, "needs two streams");
    for (uint32_t n = 0; n < count; n++) {
        if (n < 2)
            sm_path_open(&sm, &paths[n], ssid ? SM_F_S1_SSID : SM_F_S1, sm_sid(&sm, n), 3, 0x31 + n, 0x21);
        else
            sm_path_add_ssid(&paths[n], &paths[n - 2], 2, 0x31 + n);
        hosts[n] = sm_path_page(&paths[n], INPUT, SM_RW);
    }
    sm_invalidate_all(&sm);
    for (uint32_t i = 0; i < 3 * count; i++) {
        struct iotb_request r = sm_request(&paths[i % count], i % 3 ? IOTB_WRITE : IOTB_READ, INPUT + 0x20, 8);

        test_context(t, "StreamID %x, SubstreamID %u", paths[i % count].sid, paths[i % count].ssid);
        sm_expect_ok(&sm, "SMMU-3-047", &r, hosts[i % count] + 0x20);
    }
    sm_close(&sm);
}

/* An address to which the SMMU sends messages itself is like any other in a request. */
static void message_addresses(struct test *t)
{
    struct sm_command sync;
    struct sm_path path;
    uint64_t host;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x31, 0x21);
    host = mem_alloc(t, 4096, 4096);
    sm_path_map(&path, sm.msi, host, 0, SM_RW);
    sm_invalidate_all(&sm);
    sm_irq_open(&sm, "EVENTQ", sm.msi + 0x10, 1);
    sm_irq_open(&sm, "GERROR", sm.msi + 0x20, 1);
    sync = sm_cmd_sync_msi(sm.msi + 0x30, 1);
    sm_issue(&sm, &sync, 1);
    for (uint64_t at = sm.msi; at < sm.msi + 0x50; at += 0x10) {
        struct iotb_request r = sm_request(&path, IOTB_WRITE, at, 4);

        sm_expect_ok(&sm, "SMMU-3-047", &r, host + (at - sm.msi));
    }
    sm_close(&sm);
}

/* Bad structures raise nothing until a transaction uses them (7.2). */
static void idle(struct test *t)
{
    struct sm_command prefetch;
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_BYPASS, sm_sid(&sm, 0), 0, 0, 0);
    sm_ste_set(&sm, path.sid, "V", 0);
    sm_invalidate_all(&sm);
    prefetch = sm_cmd_prefetch_config(path.sid, false, 0);
    CHECK(t, "SMMU-7-014", sm_submit_one(&sm, prefetch), "a prefetch of a bad STE completes");
    test_settle(t);
    CHECK_EQ(t, "SMMU-7-014", 0, sm_event_pending(&sm), "events before a transaction");
    r = sm_request(&path, IOTB_READ, INPUT, 8);
    sm_expect_config(&sm, "SMMU-7-014", &r, SM_C_BAD_STE, 0);
    sm_close(&sm);
}

/* A CD that was complete before an STE pointed to it needs no CFGI_CD (3.21.3.1). */
static void cd_first(struct test *t)
{
    struct sm_ste ste = {.config = SM_S1, .vmid = 5};
    struct sm_table *table;
    struct sm_path path = {.flavour = &sm_flavours[SM_F_S1]};
    struct iotb_request r;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    path.sm = &sm;
    path.sid = sm_sid(&sm, 0);
    path.s1 = table = sm_table_new(&sm, 1, NULL);
    host = sm_path_page(&path, INPUT, SM_RW);
    ste.s1contextptr = sm_cd_table_new(&sm, SM_CD_LINEAR, 0, NULL);
    ste.invalid = true;
    sm_set_ste(&sm, path.sid, &ste);
    sm_set_cd(&sm, path.sid, 0, &(struct sm_cd){.ttb0 = table, .asid = 3});
    sm_ste_set(&sm, path.sid, "V", 1);
    sm_submit_one(&sm, sm_cmd_cfgi_ste(path.sid, false));
    r = sm_request(&path, IOTB_WRITE, INPUT + 0x20, 8);
    sm_expect_ok(&sm, "SMMU-3-085", &r, host + 0x20);
    sm_close(&sm);
}

/* STEs and CDs are read in whole doublewords (3.21.3). */
static void whole_words_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, INPUT, SM_RW), places[2] = {sm_ste_address(sm, path->sid), 0};
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + 0x20, 8);
    size_t mark = trace_mark(sm->t);

    places[1] = sm_cd_address(sm, path->sid, path->ssid);
    sm_invalidate_all(sm);
    sm_expect_ok(sm, "SMMU-3-082", &r, host + 0x20);
    for (size_t i = mark; i < trace_length(sm->t); i++) {
        const struct iotb_access *a = trace_at(sm->t, i);

        for (size_t p = 0; p < COUNT(places); p++)
            if (a->address >= places[p] && a->address < places[p] + 64)
                CHECK(sm->t, "SMMU-3-082", a->address % 8 == 0 && a->bytes % 8 == 0, "%u bytes at 0x%llx of a structure",
                      a->bytes, (unsigned long long)a->address);
    }
}

static void whole_words(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S1_SSID) | SM_FLAVOUR(SM_F_NESTED), whole_words_body);
}

/* Nested, CD tables and tables of stage 1 lie at IPAs; with stage 1 alone at physical addresses. */
static void pointers_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, INPUT, SM_RW), cd = sm_cd_address(sm, path->sid, path->ssid);
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + 0x20, 8);

    CHECK(sm->t, "SMMU-3-045", (sm_get_field(sm, cd, "CD", "TTB0") == path->s1->root) == !path->s2,
          "the case itself: IPA is not PA");
    sm_expect_ok(sm, "SMMU-3-045", &r, host + 0x20);
}

static void pointers(struct test *t)
{
    sm_each_flavour(t, SM_S1_FLAVOURS | SM_NESTED_FLAVOURS, pointers_body);
}

/* A SubstreamID wider than SSIDSIZE: cut off, or out of range. */
static void wide_substream(struct test *t)
{
    struct iotb_request r;
    struct sm_seen seen;
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1_SSID, sm_sid(&sm, 0), 1, 3, 4);
    host = sm_path_page(&path, INPUT, SM_RW);
    r = sm_request(&path, IOTB_WRITE, INPUT, 8);
    sm_expect_ok(&sm, "SMMU-3-054", &r, host);
    for (uint32_t bit = sm.ssid_bits; bit < 20; bit++) {
        r.pasid = UINT32_C(1) << bit | 1;
        seen = sm_try(&sm, &r, &host, 1);
        CHECK(t, "SMMU-3-054",
              (seen.result == SM_ARRIVED && !seen.type) || (seen.result == SM_REFUSED && seen.type == SM_C_BAD_SUBSTREAMID),
              "SubstreamID %x: result %d, event %02xh", r.pasid, (int)seen.result, seen.type);
    }
    sm_close(&sm);
}

/* ---- StreamWorlds ---- */

static struct iotb_request privileged(struct iotb_request r, bool on)
{
    r.flags = on ? r.flags | IOTB_RQ_PRIVILEGED : r.flags & ~IOTB_RQ_PRIVILEGED;
    return r;
}

/* E2H=0: one range, one privilege level. E2H=1: two of each, as in EL1. */
static void world_body(struct sm *sm, struct sm_path *path)
{
    bool e2h = path->flavour->e2h;
    const char *row = e2h ? "SMMU-5-062" : "SMMU-5-061";
    uint64_t own = sm_path_page(path, INPUT, SM_RW & ~SM_U), high = ~UINT64_C(0) << 40 | INPUT, host;
    struct iotb_request r = sm_request(path, IOTB_READ, INPUT + 8, 8), unprivileged = privileged(r, false);

    if (path->flavour->with_ssid && test_has(sm->t, IOTB_F_PRIVILEGE)) {
        r = privileged(r, true);
        sm_expect_ok(sm, row, &r, own + 8);
    }
    if (e2h)
        sm_expect_s1(sm, row, &unprivileged, SM_F_PERMISSION, own + 8);
    else
        sm_expect_ok(sm, row, &unprivileged, own + 8);
    if (!test_has(sm->t, IOTB_F_WIDE_ADDRESS))
        return;
    r = sm_request(path, IOTB_READ, high + 8, 8);
    if (!e2h) {
        sm_expect_s1(sm, row, &r, SM_F_TRANSLATION, 0);
        return;
    }
    sm_path_open_high(path, NULL);
    host = sm_path_page(path, high, SM_RW);
    sm_expect_ok(sm, row, &r, host + 8);
}

static void worlds(struct test *t)
{
    sm_each_flavour(t, SM_EL2_FLAVOURS | SM_E2H_FLAVOURS, world_body);
}

/* ---- byte order ---- */

static uint64_t swapped(uint64_t word)
{
    uint64_t result = 0;

    for (uint32_t i = 0; i < 8; i++)
        result |= (word >> (8 * i) & 0xff) << (56 - 8 * i);
    return result;
}

static void swap_walk(struct sm *sm, const struct sm_table *table, uint64_t input)
{
    uint64_t entries[5];
    uint32_t count = 0;

    for (int level = table->start_level; level <= 3; level++)
        entries[count++] = sm_entry(sm, table, input, level);
    while (count-- > 0)
        mem_write64(sm->t, entries[count], swapped(mem_read64(sm->t, entries[count])));
}

/* Big-endian tables under little-endian structures. */
static void byte_order_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, INPUT, SM_RW);
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + 0x20, 8);

    sm_expect_ok(sm, "SMMU-5-001", &r, host + 0x20);
    swap_walk(sm, sm_path_table(path), INPUT);
    if (path->s1)
        sm_cd_set(sm, path->sid, path->ssid, "ENDI", 1);
    else
        sm_ste_set(sm, path->sid, "S2ENDI", 1);
    sm_invalidate_all(sm);
    sm_expect_ok(sm, "SMMU-5-001", &r, host + 0x20);
}

static void byte_order(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2), byte_order_body);
}

/* ---- 52-bit descriptors of small granules ---- */

/* Every address bit of a leaf and of a table descriptor, 51:48 among them. */
static void large_addresses(struct test *t)
{
    static const enum sm_flavour_id flavours[] = {SM_F_S1, SM_F_S2};
    static const uint32_t granules[] = {12, 14};
    bool ran = false;

    for (uint32_t i = 0; i < 4; i++) {
        struct sm_geometry g = {.granule_lg2 = granules[i / 2], .ds = true};
        const char *row = i % 2 ? "SMMU-5-098" : "SMMU-5-148";
        struct iotb_request r;
        struct sm_path path;
        struct sm sm;
        uint64_t host;

        if (!sm_has_granule(t, g.granule_lg2) || !sm_has_flavour(t, flavours[i % 2]))
            continue;
        if (ran)
            test_reset(t, IOTB_RESET_COLD);
        ran = true;
        sm_open(&sm, t, NULL);
        sm_path_open_geometry(&sm, &path, flavours[i % 2], sm_sid(&sm, 0), 0, 1, 2, &g, &g);
        host = sm_path_page(&path, INPUT, SM_RW);
        r = sm_request(&path, IOTB_WRITE, INPUT + 0x20, 8);
        sm_expect_ok(&sm, row, &r, host + 0x20);
        sm_walk_pointer(&sm, row, "leaf", sm_path_table(&path), sm_path_leaf(&path, INPUT), g.granule_lg2, &r, 0);
        sm_walk_pointer(&sm, row, "table", sm_path_table(&path), sm_entry(&sm, sm_path_table(&path), INPUT, 2), g.granule_lg2, &r,
                        host + 0x20);
        sm_close(&sm);
    }
    if (!ran)
        test_skip(t, "no granule below 64K");
}

/* ---- inputs above OAS ---- */

static void bypass_range(struct test *t)
{
    struct sm_expected e = sm_s1_event(SM_F_ADDR_SIZE);
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;
    uint64_t last;

    e.set = SM_E_NO_STALL;
    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_BYPASS, sm_sid(&sm, 0), 0, 0, 0);
    for (uint32_t bit = sm.oas_bits; bit < 64; bit++) {
        r = sm_request(&path, bit % 2 ? IOTB_READ : IOTB_WRITE, UINT64_C(1) << bit | 0x20, 8);
        sm_expect_event(&sm, "SMMU-3-501", &r, &e, 0);
    }
    last = (UINT64_C(1) << sm.oas_bits) - 4096;
    if (mem_claim(t, last, 4096)) {
        r = sm_request(&path, IOTB_WRITE, last + 4088, 8);
        sm_expect_ok(&sm, "SMMU-3-501", &r, last + 4088);
    }
    sm_close(&sm);
}

static void disabled_range(struct test *t)
{
    struct sm_config config = {.stay_off = true};
    uint64_t host = mem_alloc(t, 4096, 4096);
    struct iotb_request r;
    size_t mark;
    struct sm sm;

    sm_open(&sm, t, &config);
    r = sm_plain_request(&sm, sm_sid(&sm, 0), host);
    mark = trace_mark(t);
    sm_gbpa(&sm, (uint32_t)sm_reg_bits("SMMU_GBPA", "SHCFG", 1));
    for (uint32_t bit = sm.oas_bits; bit < 64; bit++) {
        r.address = UINT64_C(1) << bit | host;
        sm_expect_silent_abort(&sm, "SMMU-3-055", &r, host);
    }
    CHECK_EQ(t, "SMMU-3-055", 0, trace_count(t, mark, UINT64_C(1) << sm.oas_bits, UINT64_MAX, ACC_ANY),
             "accesses beyond the OAS");
    r.address = host + 0x20;
    sm_expect_ok(&sm, "SMMU-3-055", &r, host + 0x20);
    sm_close(&sm);
}

#define S1 "IDR0.TTF:1&IDR0.S1P"

static const struct iotb_case cases[] = {
    {.name = "smmuv3.lookup.any_address",
     .summary = "a bad STE is C_BAD_STE for every address",
     .run = any_address,
     .rows = "SMMU-3-047",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.lookup.own_streams",
     .summary = "streams and substreams in turns: each has its own translation",
     .run = own_streams,
     .rows = "SMMU-3-047",
     .gate = S1,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.lookup.message_addresses",
     .summary = "an address of the SMMU's own messages is translated like any other",
     .run = message_addresses,
     .rows = "SMMU-3-047",
     .gate = S1 "&IDR0.MSI&IDR5.GRAN4K",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.lookup.idle",
     .summary = "bad structures raise no event before a transaction uses them",
     .run = idle,
     .rows = "SMMU-7-014",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.lookup.cd_first",
     .summary = "a CD that was complete before the STE needs no invalidation of its own",
     .run = cd_first,
     .rows = "SMMU-3-085",
     .gate = S1,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.lookup.whole_words",
     .summary = "structures are read in whole doublewords",
     .run = whole_words,
     .rows = "SMMU-3-082",
     .gate = S1,
     .features = IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.lookup.pointers",
     .summary = "pointers below a nested STE are IPAs, those of a stage 1 STE physical addresses",
     .run = pointers,
     .rows = "SMMU-3-045",
     .gate = S1 "&IDR0.S2P",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.lookup.wide_substream",
     .summary = "a SubstreamID wider than SSIDSIZE is cut off or C_BAD_SUBSTREAMID",
     .run = wide_substream,
     .rows = "SMMU-3-054",
     .gate = S1 "&IDR1.SSIDSIZE>=1&IDR1.SSIDSIZE<20",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.lookup.worlds",
     .summary = "EL2 has one range and one privilege level, EL2-E2H two of each",
     .run = worlds,
     .rows = "SMMU-5-061 SMMU-5-062",
     .gate = S1 "&IDR0.Hyp",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.lookup.byte_order",
     .summary = "structures stay little-endian when ENDI or S2ENDI makes the tables big-endian",
     .run = byte_order,
     .rows = "SMMU-5-001",
     .gate = "IDR0.TTF:1&!IDR0.TTENDIAN",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.lookup.large_addresses",
     .summary = "with DS and S2DS 4K and 16K descriptors have 52-bit addresses",
     .run = large_addresses,
     .rows = "SMMU-5-098 SMMU-5-148",
     .gate = "IDR0.TTF:1&IDR5.DS&IDR5.OAS>=6",
     .features = IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.lookup.bypass_range",
     .summary = "an input above OAS of a bypassing stream is F_ADDR_SIZE",
     .run = bypass_range,
     .rows = "SMMU-3-501",
     .features = IOTB_F_WIDE_ADDRESS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.lookup.disabled_range",
     .summary = "with SMMUEN=0 an input above OAS is aborted without a record",
     .run = disabled_range,
     .rows = "SMMU-3-055",
     .features = IOTB_F_WIDE_ADDRESS,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list sm_lookup_cases = {cases, sizeof cases / sizeof cases[0]};
