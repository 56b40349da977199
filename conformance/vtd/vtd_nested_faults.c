/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults of nested walks (3.8.1 Access Rights, 7.1.3 Table 30 SFS.5 to SFS.8, SSS.1 to SSS.4): at each place, with its reason
 * and with the address of the request. */
#include "vtd_chapters.h"
#include "vtd_nested.h"

/* Read and write through a walk that has one defect. */
static void expect_both(struct vt_path *path, const char *row, uint32_t reason, uint64_t host)
{
    for (int kind = IOTB_READ; kind <= IOTB_WRITE; kind++) {
        struct iotb_request r = vt_request(path, (enum iotb_request_kind)kind, NEST_INPUT + 0x20, 8);

        vt_expect_fault(path->vt, row, &r, reason, host + 0x20);
    }
}

static void expect_both_ok(struct vt_path *path, const char *row, uint64_t host)
{
    for (int kind = IOTB_READ; kind <= IOTB_WRITE; kind++) {
        struct iotb_request r = vt_request(path, (enum iotb_request_kind)kind, NEST_INPUT + 0x20, 8);

        vt_expect_ok(path->vt, row, &r, host + 0x20);
    }
}

static void put(struct vt_path *path, uint64_t address, uint64_t value)
{
    mem_write64(path->vt->t, address, value);
    vt_flush_writes(path->vt);
    vt_path_invalidate(path);
}

/* ---- rights of the pages that hold first-stage tables ---- */

/* Second-stage permission of a table page: write-only is 75h (top) or 76h, none at all is 79h, read-only suffices. */
static void table_rights_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = nest_far_page(path, NEST_INPUT, VT_RW);

    for (uint32_t level = path->fs->levels; level >= 1; level--) {
        uint64_t leaf = nest_table_leaf(path, NEST_INPUT, level), value = mem_read64(vt->t, leaf);
        bool top = level == path->fs->levels;

        test_context(vt->t, "%s, page of the level %u first-stage table", vt_path_name(path), level);
        put(path, leaf, (value & ~UINT64_C(3)) | VT_W);
        expect_both(path, top ? "VTD-7-006" : "VTD-7-007", top ? 0x75 : 0x76, host);
        put(path, leaf, value & ~UINT64_C(3));
        expect_both(path, "VTD-7-008", 0x79, host);
        put(path, leaf, 0);
        expect_both(path, "VTD-7-008", 0x79, host);
        put(path, leaf, (value & ~UINT64_C(3)) | VT_R);
        expect_both_ok(path, "VTD-3-067", host);
        put(path, leaf, value);
        expect_both_ok(path, "VTD-3-067", host);
    }
}

static void table_rights(struct test *t)
{
    vt_each_width(t, VT_NESTED_FLAVOURS, NULL, table_rights_body);
}

/* The permissions of the upper second-stage entries count too: those above the leaves are shared by all table pages. */
static void table_rights_upper_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = nest_far_page(path, NEST_INPUT, VT_RW);

    for (uint32_t level = path->ss->levels; level >= 2; level--) {
        uint64_t entry = vt_entry(vt, path->ss, path->fs->root_pointer, level), value = mem_read64(vt->t, entry);

        if (!nest_final_entry(path, NEST_INPUT, level))
            continue; /* the page shares it: which fault comes first is the same, but a read-only entry would refuse writes */
        test_context(vt->t, "%s, level %u second-stage entry of the tables", vt_path_name(path), level);
        put(path, entry, (value & ~UINT64_C(3)) | VT_W);
        expect_both(path, "VTD-7-006", 0x75, host);
        put(path, entry, value & ~UINT64_C(3));
        expect_both(path, "VTD-7-008", 0x79, host);
        put(path, entry, (value & ~UINT64_C(3)) | VT_R);
        expect_both_ok(path, "VTD-3-067", host);
        put(path, entry, value);
    }
}

static void table_rights_upper(struct test *t)
{
    vt_each_width(t, VT_NESTED_FLAVOURS, NULL, table_rights_upper_body);
}

/* With SSIRWE the permissions are IR and IW: for table pages and for the page alike. */
static void io_rights_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = nest_far_page(path, NEST_INPUT, VT_RW);

    for (uint32_t level = path->fs->levels + 1; level-- > 0;) {
        uint64_t leaf = level ? nest_table_leaf(path, NEST_INPUT, level) : nest_final_entry(path, NEST_INPUT, 1);
        struct iotb_request write = vt_request(path, IOTB_WRITE, NEST_INPUT + 0x20, 8);
        struct iotb_request read = vt_request(path, IOTB_READ, NEST_INPUT + 0x20, 8);

        test_context(vt->t, "%s, first-stage level %u (0: the page)", vt_path_name(path), level);
        vt_set_bits(vt, leaf, 1, 0, 3);
        vt_set_bits(vt, leaf, 62, 61, 0);
        vt_path_invalidate(path);
        expect_both(path, "VTD-9-090", 0x79, host);
        vt_set_bits(vt, leaf, 1, 0, 0);
        vt_set_bits(vt, leaf, 62, 61, 2);
        vt_path_invalidate(path);
        vt_expect_fault(vt, "VTD-9-090", &read, !level ? 0x86 : level == path->fs->levels ? 0x75 : 0x76, host + 0x20);
        vt_set_bits(vt, leaf, 62, 61, 1);
        vt_path_invalidate(path);
        vt_expect_ok(vt, "VTD-9-090", &read, host + 0x20);
        if (level)
            vt_expect_ok(vt, "VTD-9-090", &write, host + 0x20);
        else
            vt_expect_fault(vt, "VTD-9-090", &write, 0x85, host + 0x20);
        vt_set_bits(vt, leaf, 62, 61, 3);
        vt_path_invalidate(path);
        expect_both_ok(path, "VTD-9-090", host);
    }
}

static void io_rights(struct test *t)
{
    static const struct vt_config config = {.ssirwe = true};

    vt_each_width(t, VT_NESTED_FLAVOURS, &config, io_rights_body);
}

/* A first-stage flag that has to be set in a page that the second stage has read-only: 77h, and the entry stays. */
static void update_rights_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = nest_far_page(path, NEST_INPUT, VT_RW);

    for (uint32_t level = path->fs->levels; level >= 1; level--)
        for (uint32_t flag = 5; flag <= (level == 1 ? 6u : 5u); flag++) {
            uint64_t entry = vt_entry(vt, path->fs, NEST_INPUT, level), leaf = nest_table_leaf(path, NEST_INPUT, level);
            uint64_t value = mem_read64(vt->t, entry), without = value & ~(UINT64_C(1) << flag);
            struct iotb_request r = vt_request(path, IOTB_READ, NEST_INPUT + 0x20, 8);

            test_context(vt->t, "%s, flag bit %u of the level %u first-stage entry", vt_path_name(path), flag, level);
            vt_set_bits(vt, leaf, 1, 1, 0);
            put(path, entry, without);
            if (flag == 6) { /* D: reads do not need it */
                vt_expect_ok(vt, "VTD-7-009", &r, host + 0x20);
                r.kind = IOTB_WRITE;
                vt_expect_fault(vt, "VTD-7-009", &r, 0x77, host + 0x20);
            } else {
                expect_both(path, "VTD-7-009", 0x77, host);
            }
            CHECK_EQ(vt->t, "VTD-7-009", without, mem_read64(vt->t, entry), "first-stage entry in a read-only page");
            vt_set_bits(vt, leaf, 1, 1, 1);
            vt_path_invalidate(path);
            expect_both_ok(path, "VTD-7-009", host);
            CHECK_EQ(vt->t, "VTD-7-009", value, mem_read64(vt->t, entry), "first-stage entry once its page is writable");
        }
}

static void update_rights(struct test *t)
{
    vt_each_width(t, VT_NESTED_FLAVOURS, NULL, update_rights_body);
}

/* The same for EA, which EAFE makes a flag. */
static void update_rights_extended_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = nest_far_page(path, NEST_INPUT, VT_RW);

    vt_set_field(vt, vt_pasid_address(vt, path->rid, path->pasid), "pasid_table_entry", "EAFE", 1);
    for (uint32_t level = path->fs->levels; level >= 1; level--)
        vt_set_bits(vt, vt_entry(vt, path->fs, NEST_INPUT, level), 10, 10, 1);
    vt_path_invalidate(path);
    for (uint32_t level = path->fs->levels; level >= 1; level--) {
        uint64_t entry = vt_entry(vt, path->fs, NEST_INPUT, level), leaf = nest_table_leaf(path, NEST_INPUT, level);
        uint64_t value = mem_read64(vt->t, entry), without = value & ~(UINT64_C(1) << 10);

        test_context(vt->t, "%s, EA of the level %u first-stage entry", vt_path_name(path), level);
        vt_set_bits(vt, leaf, 1, 1, 0);
        vt_path_invalidate(path);
        expect_both_ok(path, "VTD-3-067", host);
        put(path, entry, without);
        expect_both(path, "VTD-7-009", 0x77, host);
        CHECK_EQ(vt->t, "VTD-7-009", without, mem_read64(vt->t, entry), "first-stage entry in a read-only page");
        vt_set_bits(vt, leaf, 1, 1, 1);
        vt_path_invalidate(path);
        expect_both_ok(path, "VTD-7-009", host);
        CHECK_EQ(vt->t, "VTD-7-009", value, mem_read64(vt->t, entry), "first-stage entry once its page is writable");
    }
}

static void update_rights_extended(struct test *t)
{
    vt_each_flavour(t, VT_NESTED_FLAVOURS, update_rights_extended_body);
}

/* SSADE = 1: reading first-stage tables needs read and write permission; the reason is not named. */
static void table_rights_ssade_body(struct vt *vt, struct vt_path *path)
{
    static const uint32_t any[] = {0x77, 0x76, 0x75, 0x85};
    uint64_t host = nest_far_page(path, NEST_INPUT, VT_RW);

    vt_set_field(vt, vt_pasid_address(vt, path->rid, path->pasid), "pasid_table_entry", "SSADE", 1);
    vt_path_invalidate(path);
    expect_both_ok(path, "VTD-3-063", host);
    for (uint32_t level = path->fs->levels; level >= 1; level--) {
        uint64_t leaf = nest_table_leaf(path, NEST_INPUT, level), value = mem_read64(vt->t, leaf);
        struct iotb_request r = vt_request(path, IOTB_READ, NEST_INPUT + 0x20, 8);

        test_context(vt->t, "%s, page of the level %u first-stage table read-only", vt_path_name(path), level);
        put(path, leaf, value & ~UINT64_C(2));
        vt_expect_fault_any(vt, "VTD-3-068", &r, any, 4, host + 0x20);
        put(path, leaf, value);
        expect_both_ok(path, "VTD-3-063", host);
    }
}

static void table_rights_ssade(struct test *t)
{
    vt_each_flavour(t, VT_NESTED_FLAVOURS, table_rights_ssade_body);
}

/* ---- guest addresses beyond the second stage ---- */

/* Each ADDR bit from min(MGAW, AGAW) to HAW-1, in each entry and in FSPTPTR. */
static void guest_width_body(struct vt *vt, struct vt_path *path)
{
    uint32_t bits = vt_second_stage_bits(path);
    uint64_t host = nest_far_page(path, NEST_INPUT, VT_RW), pasid = vt_pasid_address(vt, path->rid, path->pasid);
    uint64_t pointer = vt_get_field(vt, pasid, "pasid_table_entry", "FSPTPTR");
    struct iotb_request r = vt_request(path, IOTB_WRITE, NEST_INPUT, 8);

    for (uint32_t level = path->fs->levels; level >= 1; level--) {
        uint64_t entry = vt_entry(vt, path->fs, NEST_INPUT, level), value = mem_read64(vt->t, entry);

        for (uint32_t bit = bits; bit < vt->haw; bit++) {
            test_context(vt->t, "%s, level %u first-stage entry, address bit %u", vt_path_name(path), level, bit);
            put(path, entry, value | UINT64_C(1) << bit);
            expect_both(path, "VTD-7-010", 0x74, host);
            put(path, entry, (value & ~NEST_ADDR) | UINT64_C(1) << bit);
            vt_once(vt);
            vt_expect_fault(vt, "VTD-7-010", &r, 0x74, host);
        }
        put(path, entry, value);
    }
    for (uint32_t bit = bits; bit < vt->haw; bit++) {
        test_context(vt->t, "%s, FSPTPTR, address bit %u", vt_path_name(path), bit);
        vt_set_field(vt, pasid, "pasid_table_entry", "FSPTPTR", pointer | UINT64_C(1) << bit);
        vt_refresh(vt); /* with CAP.CM = 1 what is erroneous is cached under domain 0 */
        expect_both(path, "VTD-7-010", 0x5b, host);
    }
    vt_set_field(vt, pasid, "pasid_table_entry", "FSPTPTR", pointer);
    vt_refresh(vt);
    expect_both_ok(path, "VTD-7-010", host);
}

static void guest_width(struct test *t)
{
    uint64_t sagaw = vt_cap(t, "SAGAW");
    uint32_t agaw = sagaw & 2 ? 39 : sagaw & 4 ? 48 : 57, mgaw = (uint32_t)vt_cap(t, "MGAW") + 1;

    if ((agaw < mgaw ? agaw : mgaw) >= test_desc(t)->host_address_bits)
        test_skip(t, "no guest address lies beyond a second stage but within the host address width");
    vt_each_width(t, VT_NESTED_FLAVOURS, NULL, guest_width_body);
}

/* The same for large first-stage pages, and the last page below the limit. */
static void guest_width_large_body(struct vt *vt, struct vt_path *path)
{
    uint32_t bits = vt_second_stage_bits(path), guest_bits = nest_guest_bits(path);
    uint64_t last = (UINT64_C(1) << guest_bits) - 4096, host = mem_alloc(vt->t, 4096, 4096);
    uint64_t inputs[2] = {UINT64_C(0x40000000), UINT64_C(0x80000000)};
    struct iotb_request r = vt_request(path, IOTB_WRITE, NEST_INPUT + 0xff8, 8);

    vt_map(vt, path->ss, last, host, 12, VT_RW);
    vt_map(vt, path->fs, NEST_INPUT, last, 12, VT_RW);
    vt_path_invalidate(path);
    vt_expect_ok(vt, "VTD-7-010", &r, host + 0xff8);
    for (uint32_t page_lg2 = 21; page_lg2 <= (vt_cap(vt->t, "FS1GP") ? 30u : 21u); page_lg2 += 9) {
        uint64_t input = inputs[page_lg2 == 30], size = UINT64_C(1) << page_lg2;

        r.address = input + size - 8;
        vt_map(vt, path->fs, input, last & ~(size - 1), page_lg2, VT_RW);
        vt_path_invalidate(path);
        vt_expect_ok(vt, "VTD-7-010", &r, host + 0xff8);
        if (bits >= vt->haw)
            continue;
        put(path, vt_entry(vt, path->fs, input, ss_level(page_lg2)), vt_leaf(path->fs, UINT64_C(1) << bits, page_lg2, VT_RW));
        vt_expect_fault(vt, "VTD-7-010", &r, 0x74, host);
    }
}

static void guest_width_large(struct test *t)
{
    vt_each_width(t, VT_NESTED_FLAVOURS, NULL, guest_width_large_body);
}

/* 51:HAW are reserved in first-stage entries of nested tables too; where the width check applies as well, either reason. */
static void guest_reserved_body(struct vt *vt, struct vt_path *path)
{
    static const uint32_t any[] = {0x72, 0x74};
    uint64_t host = nest_far_page(path, NEST_INPUT, VT_RW);

    for (uint32_t level = path->fs->levels; level >= 1; level--) {
        uint64_t entry = vt_entry(vt, path->fs, NEST_INPUT, level), value = mem_read64(vt->t, entry);

        for (uint32_t bit = vt->haw; bit <= 51; bit++) {
            struct iotb_request r = vt_request(path, IOTB_WRITE, NEST_INPUT, 8);

            test_context(vt->t, "%s, level %u first-stage entry, bit %u", vt_path_name(path), level, bit);
            put(path, entry, value | UINT64_C(1) << bit);
            vt_expect_fault_any(vt, "VTD-3-070", &r, any, bit >= vt_second_stage_bits(path) ? 2 : 1, host);
        }
        put(path, entry, value);
    }
    expect_both_ok(path, "VTD-3-063", host);
}

static void guest_reserved(struct test *t)
{
    vt_each_width(t, VT_NESTED_FLAVOURS, NULL, guest_reserved_body);
}

/* ---- second-stage structural errors ---- */

/* Met on the way to a first-stage table or to the page, they keep their second-stage reasons. */
static void second_stage_errors_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = nest_far_page(path, NEST_INPUT, VT_RW);

    for (uint32_t level = path->fs->levels + 1; level-- > 0;) {
        uint64_t leaf = level ? nest_table_leaf(path, NEST_INPUT, level) : nest_final_entry(path, NEST_INPUT, 1);
        uint64_t value = mem_read64(vt->t, leaf);

        test_context(vt->t, "%s, second-stage leaf of %s %u", vt_path_name(path),
                     level ? "the first-stage table of level" : "page", level);
        put(path, leaf, value | UINT64_C(1) << 62);
        expect_both(path, "VTD-7-012", 0x7a, host);
        put(path, leaf, value);
        expect_both_ok(path, "VTD-7-012", host);
        if (!test_has(vt->t, IOTB_F_BENCH_MEMORY))
            continue;
        inject_fault(vt->t, INJECT_ABORT, leaf, leaf + 7, ACC_READS, 1, UINT64_MAX);
        vt_path_invalidate(path);
        expect_both(path, "VTD-7-012", 0x78, host);
        inject_clear(vt->t);
        expect_both_ok(path, "VTD-7-012", host);
    }
}

/* In entries above the leaves, where page and tables do not share them. */
static void second_stage_errors_upper_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = nest_far_page(path, NEST_INPUT, VT_RW);
    bool memory = test_has(vt->t, IOTB_F_BENCH_MEMORY);

    for (uint32_t level = path->ss->levels; level >= 2; level--)
        for (int of_page = 0; of_page < 2; of_page++) {
            uint64_t entry =
                of_page ? nest_final_entry(path, NEST_INPUT, level) : vt_entry(vt, path->ss, path->fs->root_pointer, level);
            uint64_t value = entry ? mem_read64(vt->t, entry) : 0;

            if (!entry)
                continue;
            test_context(vt->t, "%s, level %u second-stage entry of %s", vt_path_name(path), level, of_page ? "page" : "tables");
            put(path, entry, value | UINT64_C(1) << 11);
            expect_both(path, "VTD-7-012", 0x7a, host);
            put(path, entry, value);
            if (memory) {
                inject_fault(vt->t, INJECT_ABORT, entry, entry + 7, ACC_READS, 1, UINT64_MAX);
                vt_path_invalidate(path);
                expect_both(path, "VTD-7-012", level == path->ss->levels ? 0x7b : 0x78, host);
                inject_clear(vt->t);
            }
            expect_both_ok(path, "VTD-7-012", host);
        }
}

static void second_stage_errors(struct test *t)
{
    vt_each_width(t, VT_NESTED_FLAVOURS, NULL, second_stage_errors_body);
}

static void second_stage_errors_upper(struct test *t)
{
    vt_each_width(t, VT_NESTED_FLAVOURS, NULL, second_stage_errors_upper_body);
}

/* A failed read of a first-stage entry, at its host address. */
static void first_stage_bus_errors_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = nest_far_page(path, NEST_INPUT, VT_RW);

    for (uint32_t level = path->fs->levels; level >= 1; level--) {
        bool top = level == path->fs->levels;
        uint64_t entry = vt_entry(vt, path->fs, NEST_INPUT, level);

        test_context(vt->t, "%s, level %u first-stage entry", vt_path_name(path), level);
        inject_fault(vt->t, INJECT_ABORT, entry, entry + 7, ACC_READS, 1, UINT64_MAX);
        vt_path_invalidate(path);
        expect_both(path, top ? "VTD-7-089" : "VTD-7-086", top ? 0x73 : 0x70, host);
        inject_clear(vt->t);
        expect_both_ok(path, top ? "VTD-7-089" : "VTD-7-086", host);
    }
}

static void first_stage_bus_errors(struct test *t)
{
    vt_each_width(t, VT_NESTED_FLAVOURS, NULL, first_stage_bus_errors_body);
}

/* ---- FI ---- */

/* The record has the address of the request wherever in the walk the fault is: input, guest and host addresses all differ. */
static void address_body(struct vt *vt, struct vt_path *path)
{
    uint64_t input = vt_address_bits(vt) == 64 ? UINT64_C(0x00007123456ab000) : NEST_INPUT;
    uint64_t host = nest_far_page(path, input, VT_RW);
    struct iotb_request r = vt_request(path, IOTB_WRITE, input + 0xabc, 4);

    vt_expect_ok(vt, "VTD-7-013", &r, host + 0xabc);
    for (uint32_t level = path->fs->levels + 1; level-- > 0;) {
        uint64_t leaf = level ? nest_table_leaf(path, input, level) : nest_final_entry(path, input, 1);
        uint64_t value = mem_read64(vt->t, leaf);

        test_context(vt->t, "%s, defect at first-stage level %u (0: the page)", vt_path_name(path), level);
        put(path, leaf, 0);
        vt_expect_fault(vt, "VTD-7-013", &r, 0x79, host + 0xabc);
        put(path, leaf, value | UINT64_C(1) << 62);
        vt_expect_fault(vt, "VTD-7-013", &r, 0x7a, host + 0xabc);
        put(path, leaf, value & ~UINT64_C(1));
        if (level) /* a write needs no read permission of its page */
            vt_expect_fault(vt, "VTD-7-013", &r, level == path->fs->levels ? 0x75 : 0x76, host + 0xabc);
        put(path, leaf, value);
    }
    vt_expect_ok(vt, "VTD-7-013", &r, host + 0xabc);
}

static void address(struct test *t)
{
    vt_each_width(t, VT_NESTED_FLAVOURS, NULL, address_body);
}

static const struct iotb_case cases[] = {
    {.name = "vtd.nested.table_rights",
     .run = table_rights,
     .rows = "VTD-7-006 VTD-7-007 VTD-7-008 VTD-3-067",
     .summary = "Second-stage permission of each page that holds a first-stage table.",
     .gate = "ECAP.NEST",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.nested.table_rights_upper",
     .run = table_rights_upper,
     .rows = "VTD-7-006 VTD-7-008 VTD-3-067",
     .summary = "The same in second-stage entries above the leaves.",
     .gate = "ECAP.NEST",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.nested.update_rights",
     .run = update_rights,
     .rows = "VTD-7-009",
     .gate = "ECAP.NEST&ECAP.SMPWCS",
     .summary = "A first-stage flag in a page that is read-only in the second stage is not set but refused.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.nested.table_rights_ssade",
     .run = table_rights_ssade,
     .rows = "VTD-3-063 VTD-3-068",
     .summary = "With SSADE, first-stage tables must be writable in the second stage.",
     .gate = "ECAP.NEST&ECAP.SSADS&ECAP.SMPWCS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.nested.guest_width",
     .run = guest_width,
     .rows = "VTD-7-010",
     .gate = "ECAP.NEST",
     .summary = "Guest addresses at and above 2^min(MGAW, AGAW) in each entry and in FSPTPTR.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.nested.guest_width_large",
     .run = guest_width_large,
     .rows = "VTD-7-010",
     .gate = "ECAP.NEST",
     .summary = "The limit of guest addresses for large pages, and the last page below it.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.nested.guest_reserved",
     .run = guest_reserved,
     .rows = "VTD-3-063 VTD-3-070",
     .gate = "ECAP.NEST&HAW<52",
     .summary = "Bits 51:HAW are reserved in nested first-stage entries too.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.nested.second_stage_errors",
     .run = second_stage_errors,
     .rows = "VTD-7-012",
     .gate = "ECAP.NEST",
     .summary = "Second-stage errors on the way to a table or page keep their reasons.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.nested.second_stage_errors_upper",
     .run = second_stage_errors_upper,
     .rows = "VTD-7-012",
     .summary = "The same in second-stage entries above the leaves.",
     .gate = "ECAP.NEST",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.nested.address",
     .run = address,
     .rows = "VTD-7-013",
     .gate = "ECAP.NEST",
     .summary = "Records have the address of the request, not a guest address.",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.nested.update_rights_extended",
     .run = update_rights_extended,
     .rows = "VTD-7-009 VTD-3-067",
     .gate = "ECAP.NEST&ECAP.SMPWCS&ECAP.EAFS",
     .summary = "An extended-accessed flag in a page that is read-only in the second stage is not set but refused.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.nested.first_stage_bus_errors",
     .run = first_stage_bus_errors,
     .rows = "VTD-7-086 VTD-7-089",
     .gate = "ECAP.NEST",
     .features = IOTB_F_BENCH_MEMORY,
     .summary = "A failed read of a nested first-stage entry has the reason of its table, top or lower.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.nested.io_rights",
     .run = io_rights,
     .rows = "VTD-9-090",
     .gate = "ECAP.NEST&ECAP.SSIRWS",
     .summary = "With SSIRWE, IR and IW are the second-stage permissions of tables and page.",
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_nested_faults_cases = {cases, sizeof cases / sizeof cases[0]};
