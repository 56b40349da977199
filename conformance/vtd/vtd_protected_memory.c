/* SPDX-License-Identifier: BSD-2-Clause */
/* Protected memory regions (11.4.8 Protected Memory Range Registers): what they block, where they begin and end. */
#include "vtd_chapters.h"
#include "vtd_nested.h"

#include <string.h>

#define INPUT NEST_INPUT
#define FOUR_GIB (UINT64_C(1) << 32)

struct region {
    const char *cap, *base, *limit;
};
static const struct region low_region = {"PLMR", "PLMBASE_REG", "PLMLIMIT_REG"};
static const struct region high_region = {"PHMR", "PHMBASE_REG", "PHMLIMIT_REG"};

/* 11.4.8.2: the register takes bits 31:(N+1); 2^(N+1) bytes are the granule. At least a page, so that pages do not straddle. */
static uint64_t granule(struct test *t, const struct region *region)
{
    uint64_t bits;

    vt_reg_set(t, region->base, ~UINT64_C(0));
    bits = vt_reg(t, region->base);
    if (!bits)
        test_skip(t, "%s takes no bit", region->base);
    bits &= 0 - bits;
    return bits < 4096 ? 4096 : bits;
}

/* first..last, both within granules; written as the register takes it. */
static void set_region(struct test *t, const struct region *region, uint64_t first, uint64_t last)
{
    vt_reg_set(t, region->base, first);
    vt_reg_set(t, region->limit, last);
}

/* limit < base */
static void disable_region(struct test *t, const struct region *region)
{
    if (vt_cap(t, region->cap))
        set_region(t, region, granule(t, region), 0);
}

static void protect(struct test *t, const char *row, bool on)
{
    vt_reg_set(t, "PMEN_REG", vt_reg_bits("PMEN_REG", "EPM", on));
    test_settle(t);
    CHECK_EQ(t, test_row_known(t, "VTD-11-028") ? "VTD-11-028" : row, on, vt_field(t, "PMEN_REG", "PRS"),
             "PMEN.PRS after EPM = %d", on);
}

/* Granules of memory of our own, below 4 GiB for the low region. */
static uint64_t granules(struct test *t, const struct region *region, uint32_t count)
{
    uint64_t size = granule(t, region), base = mem_alloc(t, count * size, size);

    if (region == &low_region && base + count * size > FOUR_GIB)
        test_skip(t, "no room below 4 GiB for a protected region of 0x%llx bytes", (unsigned long long)size);
    return base;
}

/* A request to `host` by itself: remapping off, or pass-through along `path`. */
static struct iotb_request identity(struct vt *vt, const struct vt_path *path, enum iotb_request_kind kind, uint64_t host)
{
    struct iotb_request r = {.size = sizeof r, .kind = (uint8_t)kind, .bytes = 8, .requester_id = vt_rid(vt, 0), .address = host};

    return path ? vt_request(path, kind, host, 8) : r;
}

static void expect_blocked(struct vt *vt, const struct vt_path *path, const char *row, uint64_t host)
{
    static const enum iotb_request_kind kinds[] = {IOTB_WRITE, IOTB_READ, IOTB_FETCH_ADD, IOTB_CAS};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct iotb_request r = identity(vt, path, kinds[i], host);

        if (kinds[i] < IOTB_FETCH_ADD || test_has(vt->t, IOTB_F_ATOMIC))
            vt_expect_silent(vt, row, &r, host);
    }
}

static void expect_open(struct vt *vt, const struct vt_path *path, const char *row, uint64_t host)
{
    for (int kind = IOTB_READ; kind <= IOTB_WRITE; kind++) {
        struct iotb_request r = identity(vt, path, (enum iotb_request_kind)kind, host);

        vt_expect_ok(vt, row, &r, host);
    }
}

/* One byte, the last one of a region: a request of more bytes would be blocked for its other bytes too. */
static void expect_byte_blocked(struct vt *vt, const struct vt_path *path, const char *row, uint64_t host)
{
    struct iotb_request r = identity(vt, path, IOTB_WRITE, host);

    r.bytes = 1;
    if (test_has(vt->t, IOTB_F_BENCH_MEMORY))
        vt_expect_silent(vt, row, &r, host);
}

/* Four granules are ours; of them first..last are protected. Both sides of both ends, and one page in the middle of each. */
static void edges(struct vt *vt, const struct vt_path *path, const struct region *region, const char *row, uint32_t first,
                  uint32_t last)
{
    uint64_t size = granule(vt->t, region), base = granules(vt->t, region, 4);
    uint64_t begin = base + first * size, end = base + (last + 1) * size;

    disable_region(vt->t, &low_region);
    disable_region(vt->t, &high_region);
    set_region(vt->t, region, begin, base + last * size);
    expect_open(vt, path, row, begin);
    protect(vt->t, row, true);
    expect_blocked(vt, path, row, begin);
    expect_blocked(vt, path, row, end - 8);
    expect_byte_blocked(vt, path, row, end - 1);
    expect_byte_blocked(vt, path, row, begin);
    expect_blocked(vt, path, row, begin + size / 2);
    expect_open(vt, path, row, begin - 8);
    expect_open(vt, path, row, end);
    expect_open(vt, path, row, base);
    expect_open(vt, path, row, base + 4 * size - 8);
    CHECK_EQ(vt->t, test_row_known(vt->t, "VTD-11-031") ? "VTD-11-031" : row, 0, vt_reg(vt->t, "FSTS_REG") & 3,
             "FSTS.PPF and PFO after blocked requests");
    protect(vt->t, row, false);
    expect_open(vt, path, row, begin);
    expect_open(vt, path, row, end - 8);
}

/* ---- remapping off ---- */

static void open_off(struct vt *vt, struct test *t)
{
    struct vt_config config = {.mode = vt_has_mode(t, VT_SCALABLE) ? VT_SCALABLE : VT_LEGACY, .stay_off = true};

    vt_open(vt, t, &config);
}

static void low_off(struct test *t)
{
    struct vt vt;

    open_off(&vt, t);
    edges(&vt, NULL, &low_region, "VTD-11-585", 1, 1);
    edges(&vt, NULL, &low_region, "VTD-11-033", 1, 2);
    vt_close(&vt);
}

/* The high region, below and above 4 GiB. */
static void high_off(struct test *t)
{
    uint64_t size, high;
    struct vt vt;

    open_off(&vt, t);
    edges(&vt, NULL, &high_region, "VTD-11-035", 1, 1);
    edges(&vt, NULL, &high_region, "VTD-11-035", 1, 2);
    size = granule(t, &high_region);
    high = mem_alloc_above(t, 3 * size, size, FOUR_GIB + size);
    if (high) {
        uint64_t alias = (high & (FOUR_GIB - 1)) + size;

        test_context(t, "region at 0x%llx", (unsigned long long)(high + size));
        disable_region(t, &low_region);
        set_region(t, &high_region, high + size, high + size);
        protect(t, "VTD-11-035", true);
        expect_blocked(&vt, NULL, "VTD-11-035", high + size);
        expect_blocked(&vt, NULL, "VTD-11-035", high + 2 * size - 8);
        expect_open(&vt, NULL, "VTD-11-035", high + size - 8);
        expect_open(&vt, NULL, "VTD-11-035", high + 2 * size);
        /* The same address without its upper half. */
        if (mem_claim(t, alias, 4096))
            expect_open(&vt, NULL, "VTD-11-035", alias);
        protect(t, "VTD-11-035", false);
    }
    vt_close(&vt);
}

/* Every address bit of a region's registers: base = limit selects one granule wherever it is. */
static void region_bits(struct vt *vt, const struct region *region, const char *row, uint32_t end)
{
    struct test *t = vt->t;
    uint64_t size = granule(t, region);

    for (uint32_t bit = 12; bit < end; bit++) {
        uint64_t at = UINT64_C(1) << bit;

        if (at < size || !mem_claim(t, at, 4096))
            continue;
        test_context(t, "region at 0x%llx", (unsigned long long)at);
        set_region(t, region, at, at);
        expect_open(vt, NULL, row, at);
        protect(t, row, true);
        expect_blocked(vt, NULL, row, at);
        if (mem_claim(t, at + size, 4096))
            expect_open(vt, NULL, row, at + size);
        if (mem_claim(t, at - 4096, 4096))
            expect_open(vt, NULL, row, at - 8);
        protect(t, row, false);
    }
}

static void low_bits(struct test *t)
{
    struct vt vt;

    open_off(&vt, t);
    disable_region(t, &high_region);
    region_bits(&vt, &low_region, "VTD-11-033", 32);
    vt_close(&vt);
}

static void high_bits(struct test *t)
{
    struct vt vt;

    open_off(&vt, t);
    disable_region(t, &low_region);
    region_bits(&vt, &high_region, "VTD-11-035", vt.haw);
    /* From 0 to the last address: everything. */
    set_region(t, &high_region, 0, (UINT64_C(1) << vt.haw) - 1);
    protect(t, "VTD-11-035", true);
    expect_blocked(&vt, NULL, "VTD-11-035", mem_alloc(t, 4096, 4096));
    protect(t, "VTD-11-035", false);
    vt_close(&vt);
}

/* The low region is below 4 GiB: addresses that differ from it only above bit 31 are outside. */
static void low_alias(struct test *t)
{
    uint64_t base;
    struct vt vt;

    open_off(&vt, t);
    disable_region(t, &high_region);
    base = granules(t, &low_region, 1);
    set_region(t, &low_region, base, base);
    protect(t, "VTD-11-033", true);
    expect_blocked(&vt, NULL, "VTD-11-033", base);
    for (uint32_t bit = 32; bit < vt.haw; bit++)
        if (mem_claim(t, base | UINT64_C(1) << bit, 4096))
            expect_open(&vt, NULL, "VTD-11-033", base | UINT64_C(1) << bit);
    protect(t, "VTD-11-033", false);
    vt_close(&vt);
}

/* limit < base turns off one region and not the other; equal turns it on. */
static void one_disabled(struct test *t)
{
    static const struct region *const regions[] = {&low_region, &high_region};
    struct vt vt;

    open_off(&vt, t);
    for (int off = 0; off < 2; off++) {
        const struct region *dead = regions[off], *live = regions[1 - off];
        uint64_t dead_base = granules(t, dead, 2), live_base = granules(t, live, 1), size = granule(t, dead);

        test_context(t, "%s disabled", dead->cap);
        set_region(t, dead, dead_base + size, dead_base);
        set_region(t, live, live_base, live_base);
        protect(t, "VTD-11-034", true);
        expect_open(&vt, NULL, "VTD-11-034", dead_base);
        expect_open(&vt, NULL, "VTD-11-034", dead_base + size);
        expect_blocked(&vt, NULL, "VTD-11-034", live_base);
        protect(t, "VTD-11-034", false);
        set_region(t, dead, dead_base, dead_base);
        protect(t, "VTD-11-034", true);
        expect_blocked(&vt, NULL, "VTD-11-034", dead_base);
        expect_blocked(&vt, NULL, "VTD-11-034", live_base);
        expect_open(&vt, NULL, "VTD-11-034", dead_base + size);
        protect(t, "VTD-11-034", false);
    }
    vt_close(&vt);
}

/* ---- remapping on ---- */

static void pass_through_body(struct vt *vt, struct vt_path *path)
{
    edges(vt, path, &low_region, "VTD-11-586", 1, 1);
    if (vt_cap(vt->t, "PHMR"))
        edges(vt, path, &high_region, "VTD-11-586", 2, 2);
}

static void pass_through(struct test *t)
{
    vt_each_flavour(t, VT_PT_FLAVOURS, pass_through_body);
}

/* The host address counts, after both stages; from major version 2 on all of it is blocked, before it may be. */
static void remapped_region(struct vt_path *path, const struct region *region, uint64_t input)
{
    struct vt *vt = path->vt;
    bool must = vt->ver_max >= 2;
    uint64_t base = granules(vt->t, region, 2), size = granule(vt->t, region);
    uint64_t outside = mem_alloc(vt->t, 4096, 4096), inside = base + 0x2000 % size;
    struct iotb_request to_inside = vt_request(path, IOTB_WRITE, input, 8);
    struct iotb_request from_inside = vt_request(path, IOTB_WRITE, base, 8);

    test_context(vt->t, "%s, %s", vt_path_name(path), region->cap);
    vt_path_map(path, input, inside, 12, VT_RW);
    vt_path_map(path, base, outside, 12, VT_RW);
    disable_region(vt->t, &low_region);
    disable_region(vt->t, &high_region);
    set_region(vt->t, region, base, base);
    vt_expect_ok(vt, "VTD-11-029", &to_inside, inside);
    protect(vt->t, "VTD-11-029", true);
    vt_expect_ok(vt, "VTD-11-030", &from_inside, outside);
    for (int kind = IOTB_READ; kind <= (test_has(vt->t, IOTB_F_ATOMIC) ? IOTB_SWAP : IOTB_WRITE); kind++) {
        struct vt_seen seen;

        to_inside.kind = (uint8_t)kind;
        if (must) {
            vt_expect_silent(vt, "VTD-11-029", &to_inside, inside);
            vt_expect_silent(vt, "VTD-11-030", &to_inside, inside);
            continue;
        }
        seen = vt_try(vt, &to_inside, &inside, 1);
        CHECK(vt->t, "VTD-11-588", (seen.result == VT_ARRIVED || seen.result == VT_REFUSED) && !seen.fr,
              "remapped request to a protected region is carried out or blocked without record");
    }
    protect(vt->t, "VTD-11-029", false);
    to_inside.kind = IOTB_WRITE;
    vt_expect_ok(vt, "VTD-11-029", &to_inside, inside);
}

static void remapped_body(struct vt *vt, struct vt_path *path)
{
    if (vt_cap(vt->t, "PLMR"))
        remapped_region(path, &low_region, INPUT);
    if (vt_cap(vt->t, "PHMR"))
        remapped_region(path, &high_region, INPUT + 0x1000);
}

static void remapped(struct test *t)
{
    if (!vt_cap(t, "PLMR") && !vt_cap(t, "PHMR"))
        test_skip(t, "no protected memory region");
    vt_each_flavour(t, VT_PAGED_FLAVOURS, remapped_body);
}

/* Root, context, PASID and paging structures, queue and wait status lie in a region: the unit uses them as always. */
static void own_accesses_body(struct vt *vt, struct vt_path *path)
{
    uint64_t size = granule(vt->t, &low_region), host, inside = vt_path_page(path, INPUT + 0x1000, VT_RW);
    struct iotb_request r = vt_request(path, IOTB_WRITE, INPUT, 8);
    uint64_t first = UINT64_MAX, end, places[] = {vt->root, vt->queue_on ? vt->queue : vt->root, vt->status, inside};

    vt_make_tables(vt, vt_path_table(path), INPUT, 1);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        first = places[i] < first ? places[i] : first;
    first &= ~(size - 1);
    end = mem_alloc(vt->t, size, size); /* everything so far is below */
    host = mem_alloc_above(vt->t, 4096, 4096, end + size);
    if (!host || end > FOUR_GIB - size)
        test_skip(vt->t, "no memory beyond a protected region that holds all structures");
    /* The guest page of a nested path is mapped by tables that are there already. */
    vt_path_map(path, INPUT, host, 12, VT_RW);
    disable_region(vt->t, &high_region);
    set_region(vt->t, &low_region, first, end);
    protect(vt->t, "VTD-11-032", true);
    vt_refresh(vt);
    vt_expect_ok(vt, "VTD-11-032", &r, host);
    r.kind = IOTB_READ;
    vt_expect_ok(vt, "VTD-11-589", &r, host);
    if (vt->queue_on)
        CHECK(vt->t, "VTD-11-032", vt_submit(vt, NULL, 0), "a wait descriptor in the region writes its status there");
    r.address = INPUT + 0x1000;
    if (vt->ver_max >= 2)
        vt_expect_silent(vt, "VTD-11-032", &r, inside);
    protect(vt->t, "VTD-11-032", false);
}

static void own_accesses(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, own_accesses_body);
}

/* Requests that were accepted before EPM are drained before PRS reads 1: held by memory, they hold PRS. */
static void drained_body(struct vt *vt, struct vt_path *path)
{
    uint64_t base = granules(vt->t, &low_region, 1);
    uint32_t hold, ids[4];

    vt_path_map(path, INPUT, base, 12, VT_RW);
    disable_region(vt->t, &high_region);
    set_region(vt->t, &low_region, base, base);
    hold = hold_accesses(vt->t, base, base + 4095, ACC_WRITES);
    for (uint32_t i = 0; i < 4; i++) {
        struct iotb_request r = vt_request(path, IOTB_WRITE, path->flavour->pgtt == 4 ? base + 8 * i : INPUT + 8 * i, 8);

        memset(r.data, (int)(i + 1), sizeof r.data);
        ids[i] = request_send(vt->t, &r);
    }
    test_settle(vt->t);
    vt_reg_set(vt->t, "PMEN_REG", vt_reg_bits("PMEN_REG", "EPM", 1));
    test_settle(vt->t);
    if (hold_count(vt->t, hold) == 4)
        CHECK_EQ(vt->t, "VTD-11-590", 0, vt_field(vt->t, "PMEN_REG", "PRS"), "PMEN.PRS while four accepted writes are held");
    hold_release(vt->t, hold);
    test_settle(vt->t);
    CHECK_EQ(vt->t, "VTD-11-590", 1, vt_field(vt->t, "PMEN_REG", "PRS"), "PMEN.PRS after the writes went through");
    for (uint32_t i = 0; i < 4; i++) {
        CHECK(vt->t, "VTD-11-590", request_outcome(vt->t, ids[i]).done, "write %u completed", i);
        CHECK_EQ(vt->t, "VTD-11-590", UINT64_C(0x0101010101010101) * (i + 1), mem_read64(vt->t, base + 8 * i),
                 "write %u, accepted before EPM, is in memory", i);
    }
    protect(vt->t, "VTD-11-590", false);
}

static void drained(struct test *t)
{
    vt_each_flavour(t, VT_ALL_FLAVOURS, drained_body);
}

/* 4.2.5: the address of a translated request is a host address. */
static void translated_body(struct vt *vt, struct vt_path *path)
{
    uint64_t size = granule(vt->t, &low_region), base = granules(vt->t, &low_region, 2);
    struct iotb_request in, out;

    vt_path_allow_ats(path, false);
    disable_region(vt->t, &high_region);
    set_region(vt->t, &low_region, base, base);
    for (int kind = IOTB_READ; kind <= IOTB_WRITE; kind++) {
        in = vt_translated_request(path, (enum iotb_request_kind)kind, base + size - 8, 8, false);
        out = vt_translated_request(path, (enum iotb_request_kind)kind, base + size, 8, false);
        vt_expect_ok(vt, "VTD-11-587", &in, in.address);
        protect(vt->t, "VTD-11-587", true);
        vt_expect_silent(vt, "VTD-11-587", &in, in.address);
        vt_expect_ok(vt, "VTD-11-587", &out, out.address);
        protect(vt->t, "VTD-11-587", false);
        vt_expect_ok(vt, "VTD-11-587", &in, in.address);
    }
}

static void translated(struct test *t)
{
    vt_each_flavour(t, VT_ATS_FLAVOURS, translated_body);
}

static const struct iotb_case cases[] = {
    {.name = "vtd.protected_memory.low_off",
     .run = low_off,
     .rows = "VTD-11-585 VTD-11-033 VTD-11-031 VTD-11-028",
     .gate = "CAP.PLMR",
     .summary = "With remapping off the low region is blocked from its first to its last byte, without record.",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.protected_memory.low_alias",
     .run = low_alias,
     .rows = "VTD-11-033",
     .gate = "CAP.PLMR",
     .features = IOTB_F_WIDE_ADDRESS,
     .summary = "Addresses above 4 GiB are never in the low region.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.protected_memory.high_off",
     .run = high_off,
     .rows = "VTD-11-035 VTD-11-031",
     .gate = "CAP.PHMR",
     .features = IOTB_F_WIDE_ADDRESS,
     .summary = "The high region, below and above 4 GiB.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.protected_memory.high_bits",
     .run = high_bits,
     .rows = "VTD-11-035",
     .gate = "CAP.PHMR",
     .features = IOTB_F_WIDE_ADDRESS,
     .summary = "The high region at each address bit below the host address width.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.protected_memory.one_disabled",
     .run = one_disabled,
     .rows = "VTD-11-034 VTD-11-028",
     .gate = "CAP.PLMR&CAP.PHMR",
     .summary = "limit < base disables this region only.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.protected_memory.pass_through",
     .run = pass_through,
     .rows = "VTD-11-586 VTD-11-031",
     .gate = "CAP.PLMR&ECAP.PT",
     .summary = "Pass-through requests to a region are blocked without record.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.protected_memory.remapped",
     .run = remapped,
     .rows = "VTD-11-029 VTD-11-030 VTD-11-588",
     .summary = "The address after translation counts.",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.protected_memory.own_accesses",
     .run = own_accesses,
     .rows = "VTD-11-032 VTD-11-589",
     .gate = "CAP.PLMR",
     .summary = "The unit's own structures and queue may lie in a region.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.protected_memory.drained",
     .run = drained,
     .rows = "VTD-11-590",
     .gate = "CAP.PLMR&CAP.DWD",
     .features = IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP,
     .summary = "PRS waits for requests that were accepted before EPM.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.protected_memory.low_bits",
     .run = low_bits,
     .rows = "VTD-11-033",
     .gate = "CAP.PLMR",
     .summary = "The low region at each address bit below 4 GiB.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.protected_memory.translated",
     .summary = "Translated requests into a region are blocked without a record.",
     .run = translated,
     .rows = "VTD-11-587",
     .gate = "CAP.PLMR&ECAP.DT",
     .features = IOTB_F_ATS,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_protected_memory_cases = {cases, sizeof cases / sizeof cases[0]};
