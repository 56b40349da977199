/* SPDX-License-Identifier: BSD-2-Clause */
/* Second-stage walks (3.7 Second-Stage Translation): indices, offsets, page sizes, pointers, width of the input address. */
#include "vtd_second_stage.h"
#include "vtd_chapters.h"

#include <stdio.h>

#define INPUT UINT64_C(0x1234000)

static uint32_t input_bits(const struct vt_path *path)
{
    uint32_t bits = vt_second_stage_bits(path), adapter = vt_address_bits(path->vt);

    return bits < adapter ? bits : adapter;
}

/* Every index bit of every level, alone and as the only one missing: each input has a page of its own and must find it. */
static void index_body(struct vt *vt, struct vt_path *path)
{
    uint32_t bits = input_bits(path);
    uint64_t ones = ((UINT64_C(1) << bits) - 1) & ~UINT64_C(0xfff);
    uint64_t host[64][2];

    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 2 * (bits - 12); i++) {
            uint32_t bit = 12 + i / 2;
            uint64_t input = i % 2 ? ones ^ UINT64_C(1) << bit : UINT64_C(1) << bit;
            struct iotb_request r = vt_request(path, i % 2 ? IOTB_READ : IOTB_WRITE, input + 0x18, 8);

            test_context(vt->t, "%s, input 0x%llx", vt_path_name(path), (unsigned long long)input);
            if (round == 0)
                host[bit][i % 2] = vt_path_page(path, input, VT_RW);
            else
                vt_once(vt); /* everything that the first round left in caches is there */
            vt_expect_ok(vt, "VTD-3-045", &r, host[bit][i % 2] + 0x18);
        }
}

static void index_bits(struct test *t)
{
    vt_each_width(t, VT_SS_FLAVOURS, NULL, index_body);
}

/* Bits 11:0 are the input's, for every size of request. */
static void offset_body(struct vt *vt, struct vt_path *path)
{
    static const uint32_t sizes[] = {1, 2, 4, 8, 16, 32, 64};
    uint64_t host = vt_path_page(path, INPUT, VT_RW);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (uint32_t offset = sizes[i]; offset <= 4096; offset *= 2) {
            struct iotb_request r = vt_request(path, IOTB_WRITE, INPUT + offset, sizes[i]);

            if (sizes[i] > test_desc(vt->t)->request_bytes_max)
                continue;
            if (offset == 4096) /* the last one of the page */
                r.address = INPUT + 4096 - sizes[i];
            vt_once(vt);
            vt_expect_ok(vt, "VTD-3-045", &r, host + (r.address - INPUT));
            r.kind = IOTB_READ;
            vt_once(vt);
            vt_expect_ok(vt, "VTD-3-045", &r, host + (r.address - INPUT));
        }
}

static void offset_bits(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS, offset_body);
}

/* Offsets of a large page: each bit alone, and as the only one missing. */
static void large_page_offsets(struct vt_path *path, uint64_t input, uint64_t frame, uint32_t page_lg2)
{
    struct vt *vt = path->vt;
    uint64_t ones = ((UINT64_C(1) << page_lg2) - 1) & ~UINT64_C(0xfff);

    for (uint32_t i = 0; i < 2 * (page_lg2 - 12); i++) {
        uint64_t offset = i % 2 ? ones ^ UINT64_C(1) << (12 + i / 2) : UINT64_C(1) << (12 + i / 2);
        struct iotb_request r = vt_request(path, i % 2 ? IOTB_READ : IOTB_WRITE, input + offset + 0x28, 8);

        if (ss_frame_page(vt, frame + offset))
            vt_expect_ok(vt, "VTD-3-046", &r, frame + offset + 0x28);
    }
}

static void large_page(struct vt_path *path, uint32_t page_lg2)
{
    struct vt *vt = path->vt;
    uint64_t size = UINT64_C(1) << page_lg2;
    uint64_t input = page_lg2 == 21 ? 0x00a00000 : 0x40000000;
    uint64_t frame = ss_frame(vt, page_lg2), next = ss_frame(vt, page_lg2);
    struct iotb_request r;

    test_context(vt->t, "%s, page of 2^%u bytes", vt_path_name(path), page_lg2);
    vt_map(vt, path->ss, input, frame, page_lg2, VT_RW);
    vt_map(vt, path->ss, input + size, next, page_lg2, VT_RW);
    ss_changed(path);
    large_page_offsets(path, input, frame, page_lg2);
    /* Both sides of both ends: the neighbour above has its own frame, the one below none. */
    r = vt_request(path, IOTB_WRITE, input + size - 8, 8);
    if (ss_frame_page(vt, frame + size - 4096))
        vt_expect_ok(vt, "VTD-3-046", &r, frame + size - 8);
    r = vt_request(path, IOTB_WRITE, input + size + 0x40, 8);
    if (next != frame && ss_frame_page(vt, next))
        vt_expect_ok(vt, "VTD-3-046", &r, next + 0x40);
    r = vt_request(path, IOTB_WRITE, input - 8, 8);
    vt_expect_fault(vt, "VTD-3-046", &r, ss_absent(path, IOTB_WRITE), 0);
}

static void large_pages_body(struct vt *vt, struct vt_path *path)
{
    uint64_t sslps = vt_cap(vt->t, "SSLPS");

    CHECK(vt->t, "VTD-11-006", sslps == 0 || sslps == 1 || sslps == 3, "CAP.SSLPS is %llu, not 0, 1 or 3",
          (unsigned long long)sslps);
    for (uint32_t page_lg2 = 21; page_lg2 <= 30; page_lg2 += 9)
        if (ss_page_size(vt, page_lg2))
            large_page(path, page_lg2);
}

static void large_pages(struct test *t)
{
    vt_each_width(t, VT_SS_FLAVOURS, NULL, large_pages_body);
}

/* PS in an entry whose page size is not supported is a reserved bit, whichever of R and W is set. */
static void no_large_pages_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);

    for (uint32_t page_lg2 = 21; page_lg2 <= 30; page_lg2 += 9) {
        uint64_t entry = vt_entry(vt, path->ss, INPUT, ss_level(page_lg2)), value = mem_read64(vt->t, entry);

        if (ss_page_size(vt, page_lg2))
            continue;
        test_context(vt->t, "%s, page of 2^%u bytes", vt_path_name(path), page_lg2);
        for (uint32_t rights = 1; rights <= 3; rights++) {
            struct iotb_request r = vt_request(path, rights & VT_W ? IOTB_WRITE : IOTB_READ, INPUT, 8);

            mem_write64(vt->t, entry, vt_leaf(path->ss, 0, page_lg2, rights));
            ss_changed(path);
            vt_expect_fault(vt, "VTD-3-046", &r, ss_reason(path, 0x0c, 0x7a), host);
        }
        mem_write64(vt->t, entry, value);
        ss_changed(path);
    }
}

static void no_large_pages(struct test *t)
{
    if (vt_cap(t, "SSLPS") >= 3)
        test_skip(t, "CAP.SSLPS has every page size");
    vt_each_width(t, VT_SS_FLAVOURS, NULL, no_large_pages_body);
}

/* Pointers: bits 12 to HAW-1 of SSPTPTR and of ADDR in every entry are address bits. */
static void pointers_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_request(path, IOTB_WRITE, INPUT + 0x48, 8);
    uint64_t top = ss_legacy(path) ? vt_context_address(vt, path->rid) : vt_pasid_address(vt, path->rid, path->pasid);
    uint32_t moved = 0;
    char what[128];

    for (uint32_t level = path->ss->levels + 1; level >= 2; level--) {
        uint64_t word = level > path->ss->levels ? top : vt_entry(vt, path->ss, INPUT, level);

        snprintf(what, sizeof what, "%s, pointer to the level %u table", vt_path_name(path), level - 1);
        moved += vt_walk_pointer(vt, "VTD-3-045", what, word, 12, &r, host + 0x48);
    }
    for (uint32_t page_lg2 = 12; page_lg2 <= 30; page_lg2 += 9) {
        uint64_t input = page_lg2 == 12 ? INPUT : UINT64_C(0x40000000) + (page_lg2 == 21 ? 0 : 0x40000000);

        if (!ss_page_size(vt, page_lg2))
            continue;
        if (page_lg2 > 12)
            vt_map(vt, path->ss, input, ss_frame(vt, page_lg2), page_lg2, VT_RW);
        r = vt_request(path, IOTB_WRITE, input + 0x48, 8);
        snprintf(what, sizeof what, "%s, leaf of 2^%u bytes", vt_path_name(path), page_lg2);
        moved += vt_walk_pointer(vt, "VTD-3-049", what, vt_entry(vt, path->ss, input, ss_level(page_lg2)), page_lg2, &r, 0);
    }
    if (!moved)
        test_not_testable(vt->t, "the adapter's memory has no addresses with single high bits");
}

static void pointers(struct test *t)
{
    vt_each_width(t, VT_SS_FLAVOURS, NULL, pointers_body);
}

/* Both sides of min(MGAW, AGAW), and every input bit above it. */
static void limit_body(struct vt *vt, struct vt_path *path)
{
    uint32_t bits = vt_second_stage_bits(path), reason = ss_reason(path, 0x04, 0x84);
    uint64_t end = UINT64_C(1) << bits;
    uint64_t last_host = vt_path_page(path, end - 4096, VT_RW);
    uint64_t zero_host = vt_path_page(path, 0, VT_RW);
    struct iotb_request r = vt_request(path, IOTB_WRITE, end - 8, 8);
    size_t mark;

    vt_expect_ok(vt, "VTD-3-056", &r, last_host + 0xff8);
    r.kind = IOTB_READ;
    vt_expect_ok(vt, "VTD-3-056", &r, last_host + 0xff8);
    r.address = 0;
    vt_expect_ok(vt, "VTD-3-056", &r, zero_host);
    mark = trace_mark(vt->t);
    for (uint32_t bit = bits; bit < 64; bit++) {
        r.kind = bit & 1 ? IOTB_READ : IOTB_WRITE;
        r.address = UINT64_C(1) << bit;
        test_context(vt->t, "%s, input bit %u", vt_path_name(path), bit);
        vt_expect_fault(vt, "VTD-3-056", &r, reason, zero_host);
        r.address |= end - 4096;
        vt_once(vt);
        vt_expect_fault(vt, "VTD-3-056", &r, reason, last_host);
    }
    r.address = ~UINT64_C(0xfff);
    vt_expect_fault(vt, "VTD-3-056", &r, reason, last_host);
    if (test_has(vt->t, IOTB_F_BENCH_MEMORY))
        CHECK_EQ(vt->t, "VTD-3-056", 0, trace_count(vt->t, mark, path->ss->root, path->ss->root + 4095, ACC_ANY),
                 "accesses to the top table on behalf of inputs beyond the width");
}

static void limit(struct test *t)
{
    vt_each_width(t, VT_SS_FLAVOURS, NULL, limit_body);
}

/* Only 51:HAW limit a leaf address: where no memory answers, the access fails on the bus, and that is no remapping fault. */
static void leaf_to_hole_body(struct vt *vt, struct vt_path *path)
{
    uint64_t hole = mem_hole(vt->t), good = vt_path_page(path, INPUT + 0x1000, VT_RW);
    struct vt_fault fault;

    if (!hole)
        test_not_testable(vt->t, "every address of the adapter answers");
    vt_path_map(path, INPUT, hole, 12, VT_RW);
    for (uint32_t i = 0; i < 4; i++) {
        struct iotb_request r = vt_request(path, i & 1 ? IOTB_READ : IOTB_WRITE, INPUT + 0x10, 8);
        struct outcome o = request_run(vt->t, &r);

        CHECK(vt->t, "VTD-9-091", o.done, "the request to an address without memory ends");
        CHECK(vt->t, "VTD-9-091", !vt_fault_take(vt, &fault), "a fault record for a bus error of the data access itself");
        r = vt_request(path, IOTB_WRITE, INPUT + 0x1010, 8);
        vt_expect_ok(vt, "VTD-9-091", &r, good + 0x10);
    }
}

static void leaf_to_hole(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS, leaf_to_hole_body);
}

/* A failed read of an entry: its own reason for the top table, another below; whatever the entry holds. */
static void bus_errors_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    bool legacy = ss_legacy(path);

    for (uint32_t level = path->ss->levels; level >= 1; level--) {
        bool top = level == path->ss->levels;
        const char *row = top ? (legacy ? "VTD-7-040" : "VTD-7-099") : legacy ? "VTD-7-042" : "VTD-7-096";
        uint32_t reason = top ? ss_reason(path, 0x03, 0x7b) : ss_reason(path, 0x07, 0x78);
        uint64_t entry = vt_entry(vt, path->ss, INPUT, level), value = mem_read64(vt->t, entry);

        for (int i = 0; i < 4; i++) {
            struct iotb_request r = vt_request(path, i & 1 ? IOTB_READ : IOTB_WRITE, INPUT, 8);

            test_context(vt->t, "%s, level %u, %s", vt_path_name(path), level, i & 1 ? "poison" : "abort");
            mem_write64(vt->t, entry, i < 2 ? value : value & ~UINT64_C(3)); /* not present: the error comes first */
            inject_fault(vt->t, i & 1 ? INJECT_POISON : INJECT_ABORT, entry, entry + 7, ACC_READS, 1, UINT64_MAX);
            vt_refresh(vt);
            vt_expect_fault(vt, row, &r, reason, host);
            inject_clear(vt->t);
            mem_write64(vt->t, entry, value);
            vt_refresh(vt);
            vt_expect_ok(vt, row, &r, host);
        }
    }
}

static void bus_errors(struct test *t)
{
    vt_each_width(t, VT_SS_FLAVOURS, NULL, bus_errors_body);
}

static const struct iotb_case cases[] = {
    {.name = "vtd.second_stage.index",
     .summary = "Each index bit of each level selects its own entry, for every width.",
     .run = index_bits,
     .rows = "VTD-3-045",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.second_stage.offset",
     .summary = "The page offset of a 4 KiB page is the input's, for every request size.",
     .run = offset_bits,
     .rows = "VTD-3-045",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.second_stage.large_pages",
     .summary = "2 MiB and 1 GiB leaves map every offset of their page and no more.",
     .run = large_pages,
     .rows = "VTD-3-046 VTD-11-006",
     .gate = "CAP.SSLPS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.second_stage.no_large_pages",
     .summary = "PS of a page size that is not supported is a reserved bit.",
     .run = no_large_pages,
     .rows = "VTD-3-046",
     .gate = "CAP.SAGAW",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.second_stage.pointers",
     .summary = "Table and page addresses use every bit below the host address width.",
     .run = pointers,
     .rows = "VTD-3-045 VTD-3-049",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.second_stage.limit",
     .summary = "Inputs at and above 2^min(MGAW, AGAW) are refused before any walk.",
     .run = limit,
     .rows = "VTD-3-056 VTD-11-021",
     .features = IOTB_F_WIDE_ADDRESS,
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.second_stage.leaf_to_hole",
     .summary = "A page without memory is a bus error, not a remapping fault.",
     .run = leaf_to_hole,
     .rows = "VTD-9-091",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.second_stage.bus_errors",
     .summary = "A failed read of an entry has the reason of its table, top or lower.",
     .run = bus_errors,
     .rows = "VTD-7-040 VTD-7-042 VTD-7-096 VTD-7-099",
     .features = IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_second_stage_cases = {cases, sizeof cases / sizeof cases[0]};
