/* SPDX-License-Identifier: BSD-2-Clause */
/* Second-stage access rights (3.7.1 Access Rights, 3.14 Handling of Zero-Length Reads, 9.8 I/O read and write bits). */
#include "vtd_chapters.h"
#include "vtd_second_stage.h"

#define INPUT UINT64_C(0x1234000)
#define LARGE_INPUT UINT64_C(0x40000000)

struct access {
    const char *name;
    enum iotb_request_kind kind;
    uint32_t flags, bytes;
    uint64_t features;
};

static const struct access accesses[] = {
    {"read", IOTB_READ, 0, 8, 0},
    {"write", IOTB_WRITE, 0, 8, 0},
    {"zero-length read", IOTB_READ, IOTB_RQ_ZERO_LENGTH, 4, IOTB_F_ZERO_LENGTH},
    {"fetch and add", IOTB_FETCH_ADD, 0, 8, IOTB_F_ATOMIC},
    {"swap", IOTB_SWAP, 0, 4, IOTB_F_ATOMIC},
    {"compare and swap", IOTB_CAS, 0, 8, IOTB_F_ATOMIC},
};

/* Rows for one set of cases: what a read or write, an atomic and a zero-length read decide, and what R = W = 0 decides. */
struct rows {
    const char *plain, *atomic, *none;
};
static const struct rows legacy_rows = {"VTD-3-053", "VTD-3-054", "VTD-7-004"};
static const struct rows scalable_rows = {"VTD-3-053", "VTD-3-054", "VTD-7-003"};
static const struct rows io_rows = {"VTD-9-090", "VTD-9-090", "VTD-9-090"};

static const struct rows *rows_of(const struct vt_path *path)
{
    if (path->ss->ssirwe)
        return &io_rows;
    return ss_legacy(path) ? &legacy_rows : &scalable_rows;
}

static const char *row_of(struct vt_path *path, const struct access *a, bool r, bool w)
{
    const struct rows *rows = rows_of(path);

    if (a->flags & IOTB_RQ_ZERO_LENGTH) {
        if (!r && !w)
            return "VTD-3-062";
        return vt_cap(path->vt->t, "ZLR") ? "VTD-3-060" : "VTD-3-061";
    }
    if (!r && !w)
        return rows->none;
    return a->kind >= IOTB_FETCH_ADD ? rows->atomic : rows->plain;
}

/* One access through entries whose read and write permissions AND to r and w. */
static void expect_access(struct vt_path *path, const struct access *a, bool r, bool w, uint64_t input, uint64_t host)
{
    static const uint32_t either[] = {0x05, 0x06};
    struct vt *vt = path->vt;
    struct iotb_request request = vt_request(path, a->kind, input + 0x20, a->bytes);
    bool atomic = a->kind >= IOTB_FETCH_ADD, writes = a->kind == IOTB_WRITE;
    bool zero_length_ok = a->flags & IOTB_RQ_ZERO_LENGTH && w && vt_cap(vt->t, "ZLR");
    bool no_read = !writes && !r && !zero_length_ok;
    bool no_write = (writes || atomic) && !w;
    const char *row = row_of(path, a, r, w);

    if (!test_has(vt->t, a->features))
        return;
    request.flags |= a->flags;
    if (!no_read && !no_write)
        vt_expect_ok(vt, row, &request, host + 0x20);
    else if (!ss_legacy(path) && !r && !w)
        vt_expect_fault(vt, row, &request, 0x79, host + 0x20);
    else if (no_read && no_write)
        vt_expect_fault_any(vt, row, &request, either, 2, host + 0x20);
    else
        vt_expect_fault(vt, row, &request, no_write ? ss_reason(path, 0x05, 0x85) : ss_reason(path, 0x06, 0x86), host + 0x20);
}

static void expect_all(struct vt_path *path, bool r, bool w, uint64_t input, uint64_t host)
{
    for (size_t i = 0; i < sizeof accesses / sizeof accesses[0]; i++) {
        test_context(path->vt->t, "%s, %s, R=%d W=%d in all", vt_path_name(path), accesses[i].name, r, w);
        expect_access(path, &accesses[i], r, w, input, host);
    }
}

/* Where the permissions are: R and W, or IR and IW with second-stage I/O read/write bits enabled. */
static void put_rights(struct vt_path *path, uint64_t entry, uint32_t rights)
{
    uint32_t lo = path->ss->ssirwe ? 61 : 0;

    vt_set_bits(path->vt, entry, lo + 1, lo, rights);
}

/* Each level alone with each pair of permissions; all accesses on a miss, then on what the others left in the caches. */
static void each_level(struct vt_path *path, uint64_t input, uint32_t leaf_level, uint64_t host)
{
    for (uint32_t level = path->ss->levels; level >= leaf_level; level--) {
        uint64_t entry = vt_entry(path->vt, path->ss, input, level);

        for (uint32_t rights = 0; rights <= 3; rights++) {
            put_rights(path, entry, rights);
            ss_changed(path);
            expect_all(path, rights & VT_R, rights & VT_W, input, host);
        }
    }
}

static void each_level_body(struct vt *vt, struct vt_path *path)
{
    each_level(path, INPUT, 1, vt_path_page(path, INPUT, VT_RW));
    for (uint32_t page_lg2 = 21; page_lg2 <= 30; page_lg2 += 9) {
        uint64_t page = mem_alloc(vt->t, 4096, 4096), size = UINT64_C(1) << page_lg2;
        uint64_t input = LARGE_INPUT + (page_lg2 == 30 ? size : 0);

        if (!ss_page_size(vt, page_lg2))
            continue;
        vt_map(vt, path->ss, input, page & ~(size - 1), page_lg2, VT_RW);
        ss_changed(path);
        each_level(path, input + (page & (size - 1)), ss_level(page_lg2), page);
    }
}

static void rights_each_level(struct test *t)
{
    vt_each_width(t, VT_SS_FLAVOURS, NULL, each_level_body);
}

/* Two levels that take one permission each, in both orders: none is left although no entry has R = W = 0. */
static void two_levels_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);

    for (uint32_t upper = path->ss->levels; upper > 1; upper--)
        for (uint32_t lower = upper - 1; lower >= 1; lower--)
            for (uint32_t first = VT_R; first <= VT_W; first++) {
                put_rights(path, vt_entry(vt, path->ss, INPUT, upper), first);
                put_rights(path, vt_entry(vt, path->ss, INPUT, lower), first ^ 3);
                ss_changed(path);
                expect_all(path, false, false, INPUT, host);
                put_rights(path, vt_entry(vt, path->ss, INPUT, upper), 3);
                put_rights(path, vt_entry(vt, path->ss, INPUT, lower), 3);
            }
    ss_changed(path);
    expect_all(path, true, true, INPUT, host);
}

static void rights_two_levels(struct test *t)
{
    vt_each_width(t, VT_SS_FLAVOURS, NULL, two_levels_body);
}

/* One permission only, in every entry of the walk. */
static void one_right_everywhere_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request write = vt_request(path, IOTB_WRITE, INPUT, 8), read = vt_request(path, IOTB_READ, INPUT, 8);

    for (uint32_t level = path->ss->levels; level >= 1; level--)
        put_rights(path, vt_entry(vt, path->ss, INPUT, level), VT_W);
    ss_changed(path);
    vt_expect_ok(vt, "VTD-3-055", &write, host);
    vt_expect_fault(vt, "VTD-3-055", &read, ss_reason(path, 0x06, 0x86), host);
    for (uint32_t level = path->ss->levels; level >= 1; level--)
        put_rights(path, vt_entry(vt, path->ss, INPUT, level), VT_R);
    ss_changed(path);
    vt_expect_ok(vt, "VTD-3-053", &read, host);
    vt_expect_fault(vt, "VTD-3-053", &write, ss_reason(path, 0x05, 0x85), host);
}

static void one_right_everywhere(struct test *t)
{
    vt_each_width(t, VT_SS_FLAVOURS, NULL, one_right_everywhere_body);
}

/* R = W = 0 at each level, with every other bit 0 and with every other bit 1. */
static void not_present_body(struct vt *vt, struct vt_path *path)
{
    static const uint64_t others[] = {0, UINT64_C(0x000ffffffffff000), ~UINT64_C(3)};
    uint64_t host = vt_path_page(path, INPUT, VT_RW);

    for (uint32_t level = path->ss->levels; level >= 1; level--) {
        uint64_t entry = vt_entry(vt, path->ss, INPUT, level), value = mem_read64(vt->t, entry);

        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
            for (int kind = IOTB_READ; kind <= IOTB_WRITE; kind++) {
                struct iotb_request r = vt_request(path, (enum iotb_request_kind)kind, INPUT + 0x30, 8);

                test_context(vt->t, "%s, level %u, entry 0x%llx", vt_path_name(path), level, (unsigned long long)others[i]);
                mem_write64(vt->t, entry, others[i]);
                ss_changed(path);
                vt_expect_fault(vt, "VTD-3-047", &r, ss_absent(path, r.kind), host + 0x30);
            }
        mem_write64(vt->t, entry, value);
        ss_changed(path);
    }
}

static void not_present(struct test *t)
{
    vt_each_width(t, VT_SS_FLAVOURS, NULL, not_present_body);
}

/* Zero-length reads meet the faults of the walk and of the address like any other read. */
static void zero_length_faults_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_request(path, IOTB_READ, INPUT, 4);

    r.flags |= IOTB_RQ_ZERO_LENGTH;
    vt_expect_ok(vt, "VTD-3-062", &r, host);
    r.address = INPUT + 0x1000;
    vt_expect_fault(vt, "VTD-3-062", &r, path->fs ? 0x71 : ss_absent(path, IOTB_READ), 0);
    if (vt_address_bits(vt) == 64) {
        r.address = INPUT | UINT64_C(1) << 62;
        vt_expect_fault(vt, "VTD-3-062", &r, path->fs ? 0x80 : ss_reason(path, 0x04, 0x84), host);
    }
    if (path->ss && !path->fs) {
        vt_set_bits(vt, vt_entry(vt, path->ss, INPUT, 2), 11, 11, 1);
        ss_changed(path);
        r.address = INPUT;
        vt_expect_fault(vt, "VTD-3-062", &r, ss_reason(path, 0x0c, 0x7a), host);
    }
}

static void zero_length_faults(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS & ~VT_NESTED_FLAVOURS, zero_length_faults_body);
}

/* ---- second-stage I/O read/write bits ---- */

static const struct vt_config io_config = {.ssirwe = true};
#define IO_FLAVOURS (1u << VT_RID_SS | 1u << VT_PASID_SS)

/* R and W everywhere in the walk to `rights`: with SSIRWE they must not matter. */
static void set_cpu_rights(struct vt_path *path, uint64_t rights)
{
    for (uint32_t level = path->ss->levels; level >= 1; level--)
        vt_set_bits(path->vt, vt_entry(path->vt, path->ss, INPUT, level), 1, 0, rights);
    ss_changed(path);
}

static void io_rights_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);

    for (uint32_t rights = 0; rights <= 3; rights += 3) {
        set_cpu_rights(path, rights);
        expect_all(path, true, true, INPUT, host);
        for (uint32_t level = path->ss->levels; level >= 1; level--) {
            uint64_t entry = vt_entry(vt, path->ss, INPUT, level);

            for (uint32_t io = 0; io < 3; io++) {
                put_rights(path, entry, io);
                ss_changed(path);
                expect_all(path, io & VT_R, io & VT_W, INPUT, host);
            }
            put_rights(path, entry, 3);
            ss_changed(path);
        }
    }
}

static void io_rights(struct test *t)
{
    vt_each_width(t, IO_FLAVOURS, &io_config, io_rights_body);
}

/* Whether reserved bits are looked at depends on IR and IW, not on R and W. */
static void io_reserved_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);

    for (uint32_t level = path->ss->levels; level >= 2; level--) {
        uint64_t entry = vt_entry(vt, path->ss, INPUT, level), value = mem_read64(vt->t, entry);

        test_context(vt->t, "%s, level %u", vt_path_name(path), level);
        for (uint32_t io = 0; io <= 3; io++) {
            struct iotb_request r = vt_request(path, io & VT_W ? IOTB_WRITE : IOTB_READ, INPUT, 8);

            vt_set_bits(vt, entry, 11, 11, 1);
            vt_set_bits(vt, entry, 1, 0, io ? 0 : 3);
            put_rights(path, entry, io);
            ss_changed(path);
            vt_expect_fault(vt, "VTD-9-090", &r, io ? 0x7a : 0x79, host);
        }
        mem_write64(vt->t, entry, value);
        ss_changed(path);
    }
}

static void io_reserved(struct test *t)
{
    vt_each_width(t, IO_FLAVOURS, &io_config, io_reserved_body);
}

#define RIGHTS_ROWS "VTD-3-053 VTD-3-054 VTD-7-003 VTD-7-004 VTD-3-060 VTD-3-061 VTD-3-062"
#define IO_GATE "ECAP.SSIRWS&ECAP.SSTS"

static const struct iotb_case cases[] = {
    {.name = "vtd.second_stage.rights_each_level",
     .run = rights_each_level,
     .rows = RIGHTS_ROWS,
     .summary = "Every pair of permissions in each entry of a walk, for every kind of access and page size.",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.second_stage.rights_two_levels",
     .run = rights_two_levels,
     .rows = RIGHTS_ROWS,
     .summary = "Permissions that two levels take one each leave none.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.second_stage.one_right_everywhere",
     .run = one_right_everywhere,
     .rows = "VTD-3-053 VTD-3-055",
     .summary = "Write-only and read-only chains.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.second_stage.not_present",
     .run = not_present,
     .rows = "VTD-3-047",
     .summary = "R = W = 0 is not present whatever the other bits are.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.second_stage.zero_length_faults",
     .run = zero_length_faults,
     .rows = "VTD-3-062",
     .summary = "Zero-length reads meet every fault but the missing read permission.",
     .features = IOTB_F_ZERO_LENGTH,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.second_stage.io_rights",
     .run = io_rights,
     .rows = "VTD-9-090 VTD-3-060 VTD-3-061 VTD-3-062",
     .summary = "With SSIRWE, IR and IW decide and R and W do not.",
     .gate = IO_GATE,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.second_stage.io_reserved",
     .run = io_reserved,
     .rows = "VTD-9-090",
     .summary = "With SSIRWE, reserved bits count when IR or IW is set.",
     .gate = IO_GATE,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_second_stage_rights_cases = {cases, sizeof cases / sizeof cases[0]};
