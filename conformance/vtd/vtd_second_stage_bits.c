/* SPDX-License-Identifier: BSD-2-Clause */
/* Reserved and ignored bits of second-stage entries (3.7 Second-Stage Translation, 9.8 Tables 41 to 47), one at a time. */
#include "vtd_chapters.h"
#include "vtd_second_stage.h"

#include <stdio.h>

#define INPUT UINT64_C(0x1234000)
#define LARGE_INPUT UINT64_C(0x40000000)

enum { TABLE = 1, LARGE = 2, SMALL = 4, LEAF = LARGE | SMALL, ENTRY = TABLE | LEAF };
#define LEVEL(n) (1u << (n))
#define ANY_LEVEL 0x3eu
#define FROM_HAW 0xffu

static bool always(struct vt *vt)
{
    (void)vt;
    return true;
}
static bool has_snoop_control(struct vt *vt)
{
    return vt_ecap(vt->t, "SC") != 0;
}
static bool has_no_snoop_control(struct vt *vt)
{
    return !has_snoop_control(vt);
}
/* Bit 62 of leaves was TM, with device TLBs, until revision 3.2, which brought ESRTPS. */
static bool after_transient_mapping(struct vt *vt)
{
    return !vt_ecap(vt->t, "DT") || vt_cap(vt->t, "ESRTPS");
}

/* What bits hi..lo of an entry are when R or W is set and neither SSADE, EMTE nor SSIRWE is. */
struct fact {
    uint8_t hi, lo; /* lo FROM_HAW: HAW */
    uint8_t levels, types;
    bool reserved;
    const char *row;
    bool (*when)(struct vt *vt);
};

static const struct fact facts[] = {
    {2, 2, ANY_LEVEL, ENTRY, false, "VTD-9-087", always},
    {6, 3, ANY_LEVEL, ENTRY, false, "VTD-9-088", always},
    {7, 7, LEVEL(5) | LEVEL(4), TABLE, true, "VTD-3-048", always},
    {7, 7, LEVEL(1), SMALL, false, "VTD-9-088", always},
    {9, 8, ANY_LEVEL, ENTRY, false, "VTD-9-089", always},
    {10, 10, ANY_LEVEL, ENTRY, false, "VTD-9-088", always},
    {11, 11, ANY_LEVEL, TABLE, true, "VTD-3-051", always},
    {11, 11, ANY_LEVEL, LEAF, true, "VTD-3-052", has_no_snoop_control},
    {11, 11, ANY_LEVEL, LEAF, false, "VTD-3-052", has_snoop_control},
    {20, 12, LEVEL(2), LARGE, true, "VTD-3-050", always},
    {29, 12, LEVEL(3), LARGE, true, "VTD-3-050", always},
    {51, FROM_HAW, ANY_LEVEL, ENTRY, true, "VTD-3-049", always},
    {61, 52, ANY_LEVEL, ENTRY, false, "VTD-9-087", always},
    {62, 62, ANY_LEVEL, TABLE, true, "VTD-9-086", always},
    {62, 62, ANY_LEVEL, LEAF, true, "VTD-9-086", after_transient_mapping},
    {63, 63, ANY_LEVEL, ENTRY, false, "VTD-9-087", always},
};

/* One entry of a walk that works, and a request that uses it. */
struct place {
    struct vt_path *path;
    uint64_t entry, input, host;
    uint32_t level;
    uint8_t type;
};

static uint32_t first_bit(const struct place *p, const struct fact *f)
{
    return f->lo == FROM_HAW ? p->path->vt->haw : f->lo;
}

static bool applies(const struct place *p, const struct fact *f)
{
    return (f->levels & LEVEL(p->level)) && (f->types & p->type) && f->when(p->path->vt) && first_bit(p, f) <= f->hi;
}

static void each_bit(const struct place *p, bool reserved)
{
    struct vt *vt = p->path->vt;
    char what[128];

    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        const struct fact *f = &facts[i];
        struct iotb_request r = vt_request(p->path, i & 1 ? IOTB_READ : IOTB_WRITE, p->input + 0x38, 8);

        if (f->reserved != reserved || !applies(p, f))
            continue;
        snprintf(what, sizeof what, "%s, level %u %s", vt_path_name(p->path), p->level,
                 p->type == TABLE ? "pointing to a table" : "mapping a page");
        vt_walk_bits(vt, f->row, what, p->entry, first_bit(p, f), f->hi, &r, reserved ? ss_reason(p->path, 0x0c, 0x7a) : 0,
                     p->host + 0x38);
    }
}

static void each_entry(struct vt_path *path, uint64_t input, uint32_t page_lg2, uint64_t host,
                       void (*body)(const struct place *p))
{
    uint32_t leaf = ss_level(page_lg2);

    for (uint32_t level = path->ss->levels; level >= leaf; level--) {
        struct place p = {.path = path, .input = input, .host = host, .level = level};

        p.entry = vt_entry(path->vt, path->ss, input, level);
        p.type = level > leaf ? TABLE : level > 1 ? LARGE : SMALL;
        /* Entries above the leaf are judged once, in the walk to the 4 KiB page. */
        if (p.type != TABLE || page_lg2 == 12)
            body(&p);
    }
}

static void each_place(struct vt *vt, struct vt_path *path, void (*body)(const struct place *p))
{
    each_entry(path, INPUT, 12, vt_path_page(path, INPUT, VT_RW), body);
    for (uint32_t page_lg2 = 21; page_lg2 <= 30; page_lg2 += 9) {
        uint64_t page = mem_alloc(vt->t, 4096, 4096), size = UINT64_C(1) << page_lg2;
        uint64_t input = LARGE_INPUT + (page_lg2 == 30 ? size : 0);

        if (!ss_page_size(vt, page_lg2))
            continue;
        vt_map(vt, path->ss, input, page & ~(size - 1), page_lg2, VT_RW);
        ss_changed(path);
        each_entry(path, input + (page & (size - 1)), page_lg2, page, body);
    }
}

static void reserved_place(const struct place *p)
{
    each_bit(p, true);
}

static void reserved_body(struct vt *vt, struct vt_path *path)
{
    each_place(vt, path, reserved_place);
}

static void reserved_bits(struct test *t)
{
    vt_each_width(t, VT_SS_FLAVOURS, NULL, reserved_body);
}

/* Ignored bits one at a time, then all at once in all entries. */
static void ignored_place(const struct place *p)
{
    struct vt *vt = p->path->vt;
    struct iotb_request r = vt_request(p->path, IOTB_WRITE, p->input + 0x38, 8);
    uint64_t value = mem_read64(vt->t, p->entry), all = 0;

    each_bit(p, false);
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        if (!facts[i].reserved && applies(p, &facts[i]))
            all |= ((UINT64_C(2) << facts[i].hi) - 1) & ~((UINT64_C(1) << facts[i].lo) - 1);
    mem_write64(vt->t, p->entry, value | all);
    ss_changed(p->path);
    vt_expect_ok(vt, "VTD-9-088", &r, p->host + 0x38);
    CHECK_EQ(vt->t, "VTD-9-089", value | all, mem_read64(vt->t, p->entry), "the entry after a write through it");
    /* It stays so: the entries below are judged under it. */
}

static void ignored_body(struct vt *vt, struct vt_path *path)
{
    each_place(vt, path, ignored_place);
}

static void ignored_bits(struct test *t)
{
    vt_each_width(t, VT_SS_FLAVOURS, NULL, ignored_body);
}

/* The reserved bits count as soon as one permission is there. Where the request lacks the other one, the text has no order: the
 * reserved bits come first (no valid translation), the missing permission is accepted. */
static void one_right_place(const struct place *p)
{
    struct vt *vt = p->path->vt;
    uint64_t value = mem_read64(vt->t, p->entry);

    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        for (uint32_t rights = VT_R; rights <= VT_W; rights++)
            for (int kind = IOTB_READ; facts[i].reserved && applies(p, &facts[i]) && kind <= IOTB_WRITE; kind++) {
                struct iotb_request r = vt_request(p->path, (enum iotb_request_kind)kind, p->input, 8);
                bool lacks = rights != (kind == IOTB_READ ? VT_R : VT_W);
                uint32_t reasons[2] = {ss_reason(p->path, 0x0c, 0x7a),
                                       kind == IOTB_READ ? ss_reason(p->path, 0x06, 0x86) : ss_reason(p->path, 0x05, 0x85)};

                test_context(vt->t, "%s, level %u, bit %u, R=%u W=%u", vt_path_name(p->path), p->level, facts[i].hi,
                             rights & VT_R, (rights & VT_W) >> 1);
                mem_write64(vt->t, p->entry, (value & ~UINT64_C(3)) | rights | UINT64_C(1) << facts[i].hi);
                ss_changed(p->path);
                vt_once(vt);
                vt_expect_fault_any(vt, facts[i].row, &r, reasons, lacks ? 2 : 1, p->host);
            }
    mem_write64(vt->t, p->entry, value);
    ss_changed(p->path);
}

static void one_right_body(struct vt *vt, struct vt_path *path)
{
    each_place(vt, path, one_right_place);
}

static void one_right(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS, one_right_body);
}

/* Bits 8 and 9 stay as they are without SSADE, and always in legacy mode. */
static void flags_not_written_place(const struct place *p)
{
    struct vt *vt = p->path->vt;

    for (uint32_t flags = 0; flags < 4; flags++)
        for (int kind = IOTB_READ; kind <= IOTB_FETCH_ADD; kind++) {
            struct iotb_request r = vt_request(p->path, (enum iotb_request_kind)kind, p->input, 8);

            if (kind == IOTB_FETCH_ADD && !test_has(vt->t, IOTB_F_ATOMIC))
                continue;
            vt_set_bits(vt, p->entry, 9, 8, flags);
            ss_changed(p->path);
            vt_once(vt);
            vt_expect_ok(vt, "VTD-9-089", &r, p->host);
            CHECK_EQ(vt->t, "VTD-9-089", flags, vt_get_bits(vt, p->entry, 9, 8), "bits 9:8 of the level %u entry", p->level);
        }
}

static void flags_not_written_body(struct vt *vt, struct vt_path *path)
{
    each_place(vt, path, flags_not_written_place);
}

static void flags_not_written(struct test *t)
{
    vt_each_flavour(t, VT_SS_FLAVOURS, flags_not_written_body);
}

#define RESERVED_ROWS "VTD-3-048 VTD-3-049 VTD-3-050 VTD-3-051 VTD-3-052 VTD-9-086"

static const struct iotb_case cases[] = {
    {.name = "vtd.second_stage.reserved",
     .run = reserved_bits,
     .rows = RESERVED_ROWS,
     .summary = "Each reserved bit of each kind of entry, by itself, refuses the request.",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.second_stage.ignored",
     .run = ignored_bits,
     .rows = "VTD-3-052 VTD-9-087 VTD-9-088 VTD-9-089",
     .summary = "Ignored bits change nothing, one at a time and all at once.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.second_stage.reserved_one_right",
     .run = one_right,
     .rows = RESERVED_ROWS,
     .summary = "Reserved bits count when only R or only W is set.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.second_stage.flags_not_written",
     .run = flags_not_written,
     .rows = "VTD-9-089",
     .summary = "Without SSADE bits 9:8 are neither used nor written.",
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_second_stage_bits_cases = {cases, sizeof cases / sizeof cases[0]};
