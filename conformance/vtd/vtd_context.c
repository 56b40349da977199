/* SPDX-License-Identifier: BSD-2-Clause */
/* Root entries and context entries, legacy and scalable (9.1 to 9.4, 3.4.2, 3.4.3). */
#include "vtd_bits.h"
#include "vtd_chapters.h"

#define INPUT UINT64_C(0x2345000)

static struct iotb_request write_at(const struct vt_path *path, uint64_t input)
{
    return vt_request(path, IOTB_WRITE, input, 8);
}

static void set_context_field(struct vt_path *path, const char *field, uint64_t value)
{
    const char *s = path->vt->config.mode == VT_SCALABLE ? "context_entry_scalable" : "context_entry_legacy";

    vt_set_field(path->vt, vt_context_address(path->vt, path->rid), s, field, value);
    vt_refresh(path->vt);
}

/* ---- root entries ---- */

#define RIDS 18u

/* Ids that differ from 0 in one bit, 0 and FFFFh; or those that the adapter offers. */
static uint32_t requesters(struct vt *vt, uint16_t rid[RIDS])
{
    uint32_t count = 0;

    if (test_has(vt->t, IOTB_F_ANY_REQUESTER)) {
        rid[count++] = 0;
        rid[count++] = 0xffff;
        for (uint32_t bit = 0; bit < 16; bit++)
            rid[count++] = (uint16_t)(0x8000u >> bit);
    } else {
        for (; count < RIDS && count < vt_rid_count(vt); count++)
            rid[count] = vt_rid(vt, count);
    }
    return vtd_domains(vt->t) > RIDS ? count : count < 15 ? count : 15;
}

/* All of them are programmed at once, with tables and pages of their own. */
static void index_bits(struct vt *vt, struct vt_path *path)
{
    const char *row = vt->config.mode == VT_SCALABLE ? "VTD-3-003" : "VTD-3-002";
    uint64_t host[RIDS];
    uint16_t rid[RIDS];
    uint32_t count = requesters(vt, rid);

    for (uint32_t i = 0; i < count; i++) {
        struct vt_path one;

        vt_path_open(vt, &one, path->flavour->id, rid[i], path->pasid, 1 + i);
        host[i] = vt_path_page(&one, INPUT, VT_RW);
    }
    for (uint32_t i = 0; i < count; i++) {
        struct iotb_request r = write_at(path, INPUT + 8 * i);

        test_context(vt->t, "%s, requester %04x", path->flavour->name, rid[i]);
        r.requester_id = rid[i];
        vt_expect_ok(vt, row, &r, host[i] + 8 * i);
        r.kind = IOTB_READ;
        vt_expect_ok(vt, "VTD-3-009", &r, host[i] + 8 * i);
    }
}

static void legacy_index_bits(struct test *t)
{
    vt_each_flavour(t, 1u << VT_LEGACY_SS, index_bits);
}

static void scalable_index_bits(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_PAGED_FLAVOURS & VTD_PLAIN_FLAVOURS), index_bits);
}

/* Two requesters of one bus, on both sides of function 80h. */
static void pick_halves(struct vt *vt, uint16_t *low, uint16_t *high)
{
    *low = 0x2210;
    *high = 0x2290;
    if (test_has(vt->t, IOTB_F_ANY_REQUESTER))
        return;
    for (uint32_t i = 0; i < vt_rid_count(vt); i++)
        for (uint32_t k = 0; k < vt_rid_count(vt); k++) {
            *low = vt_rid(vt, i);
            *high = vt_rid(vt, k);
            if (*low >> 8 == *high >> 8 && !(*low & 0x80) && *high & 0x80)
                return;
        }
    test_not_testable(vt->t, "the adapter offers no two requesters of one bus on both sides of function 80h");
}

struct halves {
    struct vt *vt;
    uint64_t root, saved[2];
    struct iotb_request low, high;
    uint64_t host;
};

static void put_halves(struct halves *s, uint64_t lower, uint64_t upper)
{
    mem_write64(s->vt->t, s->root, lower);
    mem_write64(s->vt->t, s->root + 8, upper);
    vt_refresh(s->vt);
}

static void halves_alone(struct halves *s)
{
    put_halves(s, s->saved[0], 0);
    vtd_reaches(s->vt, "VTD-9-006", s->low, s->host);
    vtd_refused(s->vt, "VTD-9-006", s->high, 0x39, s->host);
    put_halves(s, 0, s->saved[1]);
    vtd_reaches(s->vt, "VTD-9-006", s->high, s->host);
    vtd_refused(s->vt, "VTD-9-006", s->low, 0x39, s->host);
    put_halves(s, s->saved[0], ~UINT64_C(1));
    vtd_reaches(s->vt, "VTD-9-007", s->low, s->host);
    vtd_refused(s->vt, "VTD-9-007", s->high, 0x39, s->host);
    put_halves(s, ~UINT64_C(1), s->saved[1]);
    vtd_reaches(s->vt, "VTD-9-007", s->high, s->host);
    vtd_refused(s->vt, "VTD-9-007", s->low, 0x39, s->host);
}

/* A present half with a reserved bit: requests through the other half may go through or meet 3Ah. */
static void other_half_bad(struct halves *s)
{
    for (uint32_t i = 0; i < 2; i++) {
        struct iotb_request *r = i ? &s->low : &s->high;
        struct vt_seen seen;

        put_halves(s, s->saved[0] | (i ? 0 : 2), s->saved[1] | (i ? 2 : 0));
        seen = vt_try(s->vt, r, &s->host, 1);
        CHECK(s->vt->t, "VTD-9-009", seen.result == VT_ARRIVED || (seen.result == VT_REFUSED && seen.fr == 0x3a),
              "reserved bit in the other half: the request arrives or is refused with 3Ah, seen FR=%02xh", seen.fr);
    }
}

static void root_halves_body(struct vt *vt, struct vt_path *path)
{
    struct halves s = {.vt = vt};
    struct vt_path low, high;
    uint16_t low_rid, high_rid;

    pick_halves(vt, &low_rid, &high_rid);
    vt_path_share(&low, path, low_rid, path->pasid);
    vt_path_share(&high, path, high_rid, path->pasid);
    s.host = vt_path_page(path, INPUT, VT_RW);
    s.low = write_at(&low, vtd_input(path, INPUT, s.host));
    s.high = write_at(&high, vtd_input(path, INPUT, s.host));
    s.root = vt_root_address(vt, low_rid);
    s.saved[0] = mem_read64(vt->t, s.root);
    s.saved[1] = mem_read64(vt->t, s.root + 8);
    vtd_reaches(vt, "VTD-9-011", s.low, s.host);
    vtd_reaches(vt, "VTD-9-011", s.high, s.host);
    halves_alone(&s);
    other_half_bad(&s);
    put_halves(&s, s.saved[0], s.saved[1]);
    vtd_reaches(vt, "VTD-9-011", s.low, s.host);
}

static void root_halves(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS), root_halves_body);
}

/* ---- atomic reads of entries ---- */

/*
 * An entry that holds one of two self-consistent values. Before each access to it the other one is put in: whoever reads 16
 * bytes in two pieces gets half of each, which is a third thing. Good maps; bad is not present and full of reserved bits.
 */
struct flip {
    uint64_t entry, good[2], bad[2];
    uint32_t accesses;
    bool good_first;
};

static void flip_put(struct test *t, const struct flip *f, bool good)
{
    const uint64_t *words = good ? f->good : f->bad;
    uint8_t bytes[16];

    for (uint32_t i = 0; i < 16; i++)
        bytes[i] = (uint8_t)(words[i / 8] >> (8 * (i % 8)));
    mem_write(t, f->entry, bytes, sizeof bytes);
}

static void flip_hook(struct test *t, void *context, const struct iotb_access *access)
{
    struct flip *f = context;

    if (access->kind != IOTB_ACC_READ || access->address > f->entry + 15 || access->address + access->bytes <= f->entry)
        return;
    flip_put(t, f, (f->accesses++ & 1) != f->good_first);
}

static void entry_flips(struct vt *vt, struct vt_path *path, uint64_t entry, uint32_t absent_fr, uint64_t host)
{
    struct iotb_request r = write_at(path, vtd_input(path, INPUT, host));
    struct flip f = {.entry = entry};

    f.good[0] = mem_read64(vt->t, entry);
    f.good[1] = mem_read64(vt->t, entry + 8);
    f.bad[0] = 0;
    f.bad[1] = ~UINT64_C(0) << 24; /* reserved in every entry that is 16 bytes or more */
    for (uint32_t i = 0; i < 2; i++) {
        struct vt_seen seen;

        f.good_first = i;
        f.accesses = 0;
        flip_put(vt->t, &f, true);
        vt_refresh(vt);
        test_on_access(vt->t, flip_hook, &f);
        seen = vt_try(vt, &r, &host, 1);
        test_on_access(vt->t, NULL, NULL);
        CHECK(vt->t, "VTD-9-001", seen.result == VT_ARRIVED || (seen.result == VT_REFUSED && seen.fr == absent_fr),
              "entry at 0x%llx changed as a whole: the request sees one of its values, seen FR=%02xh", (unsigned long long)entry,
              seen.fr);
        CHECK(vt->t, "VTD-9-001", f.accesses > 0, "after all invalidations the entry is read");
    }
    flip_put(vt->t, &f, true);
    vt_refresh(vt);
    vt_expect_ok(vt, "VTD-9-001", &r, host);
}

static void atomic_body(struct vt *vt, struct vt_path *path)
{
    bool scalable = vt->config.mode == VT_SCALABLE;
    uint64_t host = vt_path_page(path, INPUT, VT_RW);

    test_context(vt->t, "%s, context entry", path->flavour->name);
    entry_flips(vt, path, vt_context_address(vt, path->rid), scalable ? 0x41 : 0x02, host);
    if (scalable) {
        test_context(vt->t, "%s, PASID table entry", path->flavour->name);
        entry_flips(vt, path, vt_pasid_address(vt, path->rid, path->pasid), 0x59, host);
    } else {
        test_context(vt->t, "%s, root entry", path->flavour->name);
        entry_flips(vt, path, vt_root_address(vt, path->rid), 0x01, host);
    }
}

static void legacy_atomic(struct test *t)
{
    vt_each_flavour(t, VTD_LEGACY_FLAVOURS, atomic_body);
}

static void scalable_atomic(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS), atomic_body);
}

/* ---- legacy context entry ---- */

/* FPD counts in an entry that is not present, whatever else is in it. */
static void context_fpd(struct vt *vt, struct vt_path *path)
{
    bool scalable = vt->config.mode == VT_SCALABLE;
    const char *row = scalable ? "VTD-9-028" : "VTD-9-012";
    uint64_t host = vt_path_page(path, INPUT, VT_RW), entry = vt_context_address(vt, path->rid);
    struct iotb_request r = write_at(path, vtd_input(path, INPUT, host));
    uint64_t saved = mem_read64(vt->t, entry);

    vtd_reaches(vt, row, r, host);
    for (uint32_t i = 0; i < 4; i++) {
        bool fpd = i & 1, full = i & 2;

        test_context(vt->t, "%s, P=0 FPD=%d, other bits %s", path->flavour->name, fpd, full ? "ones" : "zeros");
        mem_write64(vt->t, entry, (full ? ~UINT64_C(3) : 0) | (fpd ? 2 : 0));
        vt_refresh(vt);
        if (fpd) {
            vt_expect_silent(vt, row, &r, host);
            vt_expect_silent(vt, "VTD-9-093", &r, host);
        } else {
            vtd_refused(vt, row, r, scalable ? 0x41 : 0x02, host);
        }
    }
    mem_write64(vt->t, entry, saved | 2);
    vt_refresh(vt);
    vtd_reaches(vt, row, r, host);
    mem_write64(vt->t, entry, saved);
}

static void legacy_fpd(struct test *t)
{
    vt_each_flavour(t, VTD_LEGACY_FLAVOURS, context_fpd);
}

static void scalable_fpd(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS), context_fpd);
}

/*
 * Every TT over an entry whose second stage maps the address of one page to another page, so that second stage and
 * pass-through lead to different places.
 */
static void legacy_tt_body(struct vt *vt, struct vt_path *path)
{
    uint64_t identity = mem_alloc(vt->t, 4096, 4096), mapped = mem_alloc(vt->t, 4096, 4096);
    bool dt = vt_ecap(vt->t, "DT") != 0, pt = vt_ecap(vt->t, "PT") != 0;
    struct iotb_request r = write_at(path, identity + 0x20);

    vt_map(vt, path->ss, identity, mapped, 12, VT_RW);
    set_context_field(path, "TT", 0);
    vtd_reaches(vt, "VTD-9-017", r, mapped + 0x20);
    set_context_field(path, "TT", 1);
    if (dt)
        vtd_reaches(vt, "VTD-9-018", r, mapped + 0x20);
    else
        vtd_refused(vt, "VTD-9-019", r, 0x03, mapped + 0x20);
    set_context_field(path, "TT", 2);
    if (pt)
        vtd_reaches(vt, "VTD-9-020", r, identity + 0x20);
    else
        vtd_refused(vt, "VTD-9-021", r, 0x03, mapped + 0x20);
    set_context_field(path, "TT", 3);
    vtd_refused(vt, "VTD-9-022", r, 0x03, mapped + 0x20);
    set_context_field(path, "TT", 0);
    vtd_reaches(vt, "VTD-9-017", r, mapped + 0x20);
}

static void legacy_tt(struct test *t)
{
    vt_each_flavour(t, 1u << VT_LEGACY_SS, legacy_tt_body);
}

/* Each AW encoding: with a table of its depth where SAGAW has it, else 3h. TT=01b obeys the same rule. */
static void legacy_aw_body(struct vt *vt, struct vt_path *path)
{
    uint64_t input = vtd_wide(vt->t, UINT64_C(0x2b55a37000), UINT64_C(0xc5a37000));
    uint64_t sagaw = vt_cap(vt->t, "SAGAW"), entry = vt_context_address(vt, path->rid);
    uint32_t tts = vt_ecap(vt->t, "DT") ? 2 : 1;
    struct vt_table *widest = path->ss;

    for (uint32_t aw = 0; aw < 16; aw++) {
        uint32_t encoding = aw & 7, tt = aw >> 3;
        bool supported = encoding >= 1 && encoding <= 3 && sagaw & (1u << encoding);
        struct vt_table *table = supported ? vt_table_new(vt, VT_SS, encoding + 2) : widest;
        uint64_t host = mem_alloc(vt->t, 4096, 4096);
        struct iotb_request r = write_at(path, input + 0x108);

        if (tt >= tts)
            break;
        test_context(vt->t, "AW=%u TT=%u", encoding, tt);
        vt_map(vt, table, input, host, 12, VT_RW);
        vt_set_field(vt, entry, "context_entry_legacy", "SSPTPTR", table->root);
        vt_set_field(vt, entry, "context_entry_legacy", "TT", tt);
        set_context_field(path, "AW", encoding);
        if (supported)
            vtd_reaches(vt, "VTD-9-025", r, host + 0x108);
        else
            vtd_refused(vt, "VTD-9-024", r, 0x03, host + 0x108);
    }
    vt_set_field(vt, entry, "context_entry_legacy", "TT", 0);
    vt_set_field(vt, entry, "context_entry_legacy", "SSPTPTR", widest->root);
    set_context_field(path, "AW", vt_aw(widest));
    vt_map(vt, widest, INPUT, mem_alloc(vt->t, 4096, 4096), 12, VT_RW);
}

static void legacy_aw(struct test *t)
{
    vt_each_flavour(t, 1u << VT_LEGACY_SS, legacy_aw_body);
}

/* Cold walks read one entry a level, each at its table plus eight times its index. */
static void legacy_levels_body(struct vt *vt, struct vt_path *path)
{
    uint64_t input = vtd_wide(vt->t, UINT64_C(0x2a55a37000), UINT64_C(0x85a37000));
    uint64_t sagaw = vt_cap(vt->t, "SAGAW"), entry = vt_context_address(vt, path->rid);

    for (uint32_t aw = 1; aw <= 3; aw++) {
        struct iotb_request r = write_at(path, input);
        struct vt_table *table;
        uint64_t host;
        size_t mark;

        if (!(sagaw & (1u << aw)))
            continue;
        test_context(vt->t, "AW=%u", aw);
        table = vt_table_new(vt, VT_SS, aw + 2);
        host = mem_alloc(vt->t, 4096, 4096);
        vt_map(vt, table, input, host, 12, VT_RW);
        vt_set_field(vt, entry, "context_entry_legacy", "SSPTPTR", table->root);
        mark = trace_mark(vt->t);
        set_context_field(path, "AW", aw);
        vt_expect_ok(vt, "VTD-9-025", &r, host);
        for (uint32_t level = aw + 2; level >= 1; level--) {
            uint64_t at = vt_entry(vt, table, input, level);

            CHECK(vt->t, "VTD-9-025", trace_count(vt->t, mark, at, at + 7, ACC_READS) > 0,
                  "the walk reads the entry of level %u at 0x%llx", level, (unsigned long long)at);
        }
    }
}

static void legacy_levels(struct test *t)
{
    vt_each_flavour(t, 1u << VT_LEGACY_SS, legacy_levels_body);
}

/* TT=10b: SSPTPTR is ignored (9.3); bits above HAW are named reserved in the same row, so that Bh is accepted there. */
static void legacy_pt_pointer(struct vt *vt, struct vt_path *path)
{
    uint64_t hole = mem_hole(vt->t), host = mem_alloc(vt->t, 4096, 4096);
    struct iotb_request r = write_at(path, host + 0x20);
    uint64_t hosts[1] = {host + 0x20};
    size_t mark = trace_mark(vt->t);

    vtd_reaches(vt, "VTD-9-023", r, host + 0x20);
    if (hole) {
        set_context_field(path, "SSPTPTR", hole);
        vtd_reaches(vt, "VTD-9-023", r, host + 0x20);
        if (test_has(vt->t, IOTB_F_BENCH_MEMORY))
            CHECK_EQ(vt->t, "VTD-9-023", 0, trace_count(vt->t, mark, hole, hole + 4095, ACC_ANY), "accesses through SSPTPTR");
    }
    for (uint32_t bit = vt->haw; bit < 64; bit++) {
        struct vt_seen seen;

        set_context_field(path, "SSPTPTR", UINT64_C(1) << bit);
        seen = vt_try(vt, &r, hosts, 1);
        CHECK(vt->t, "VTD-9-023", seen.result == VT_ARRIVED || (seen.result == VT_REFUSED && seen.fr == 0x0b),
              "TT=10b, SSPTPTR bit %u: passes or Bh, seen FR=%02xh", bit, seen.fr);
    }
    set_context_field(path, "SSPTPTR", 0);
    vtd_reaches(vt, "VTD-9-023", r, host + 0x20);
}

static void legacy_pt_aw(struct vt *vt, struct vt_path *path)
{
    uint64_t host = mem_alloc(vt->t, 4096, 4096), hosts[1] = {host + 0x20};
    struct iotb_request r = write_at(path, host + 0x20);

    vtd_reaches(vt, "VTD-9-020", r, host + 0x20);
    for (uint32_t aw = 0; aw < 8; aw++) {
        struct vt_seen seen;

        set_context_field(path, "AW", aw);
        seen = vt_try(vt, &r, hosts, 1);
        CHECK(vt->t, "VTD-9-026", seen.result == VT_ARRIVED || (seen.result == VT_REFUSED && seen.fr == 0x03),
              "TT=10b, AW=%u: passes or 3h, seen FR=%02xh", aw, seen.fr);
    }
    set_context_field(path, "AW", vt_widest_aw(vt->t));
    vtd_reaches(vt, "VTD-9-020", r, host + 0x20);
}

static void run_legacy_pt_pointer(struct test *t)
{
    vt_each_flavour(t, 1u << VT_LEGACY_PT, legacy_pt_pointer);
}

static void run_legacy_pt_aw(struct test *t)
{
    vt_each_flavour(t, 1u << VT_LEGACY_PT, legacy_pt_aw);
}

/* CM=0: domain 0 is a domain like any other; so is every value of the implemented width. */
static void domain_ids(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW), last = (UINT64_C(1) << (4 + 2 * vt_cap(vt->t, "ND"))) - 1;
    struct iotb_request r = write_at(path, INPUT);
    uint64_t did[] = {0, 1, last, last - 1, last & 0x5555};

    for (size_t i = 0; i < sizeof did / sizeof did[0]; i++) {
        test_context(vt->t, "DID=%llx", (unsigned long long)did[i]);
        set_context_field(path, "DID", did[i]);
        vtd_reaches(vt, "VTD-9-027", r, host);
    }
}

static void run_domain_ids(struct test *t)
{
    vt_each_flavour(t, 1u << VT_LEGACY_SS, domain_ids);
}

#define LEGACY_BITS(NAME, SUMMARY, ROW, GATE, ...) \
    VTD_BITS_CASE(vtd_run_bits, "vtd.context." NAME, SUMMARY, ROW, VTD_LEGACY_ROWS, GATE, 0, __VA_ARGS__)
#define LEGACY_POINTER(NAME, SUMMARY, ROW, ...) \
    VTD_BITS_CASE(vtd_run_pointer, "vtd.context." NAME, SUMMARY, ROW, " VTD-3-002 VTD-7-036", NULL, 0, __VA_ARGS__)
#define LEGACY VTD_LEGACY_FLAVOURS

static const struct iotb_case cases[] = {
    LEGACY_BITS("root_reserved", "Bits 11:1 of a present root entry are reserved.", "VTD-9-003", NULL, .flavours = LEGACY,
                .entry = VTD_ROOT, .first = 1, .last = 11, .fr = 0x0a),
    LEGACY_BITS("root_reserved_upper", "Bits 127:64 of a present legacy root entry are reserved.", "VTD-9-004", NULL,
                .flavours = LEGACY, .entry = VTD_ROOT, .first = 64, .last = 127, .fr = 0x0a),
    LEGACY_BITS("root_width", "Bits 63:HAW of a present root entry are reserved.", "VTD-9-005", "HAW<64", .flavours = LEGACY,
                .entry = VTD_ROOT, .first = VTD_HAW, .last = 63, .fr = 0x0a),
    LEGACY_BITS("root_absent", "P=0 makes every other bit of a root entry ignored.", "VTD-9-002", NULL, .flavours = LEGACY,
                .entry = VTD_ROOT, .words = 2, .first = 1, .last = 127, .fr = 0x01),
    LEGACY_POINTER("root_pointer", "CTP has every address bit below HAW.", "VTD-9-005", .flavours = LEGACY, .entry = VTD_ROOT),
    {.name = "vtd.context.legacy_index_bits",
     .summary = "Each bit of the requester id selects.",
     .run = legacy_index_bits,
     .rows = "VTD-3-002 VTD-3-009 VTD-7-036",
     .gate = "CAP.SAGAW",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.context.legacy_atomic",
     .summary = "Root and context entries are read in one access.",
     .run = legacy_atomic,
     .rows = "VTD-9-001 VTD-3-002 VTD-7-036",
     .features = IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},

    LEGACY_BITS("legacy_reserved_low", "Bits 11:4 of a present context entry are reserved.", "VTD-9-013", NULL,
                .flavours = LEGACY, .entry = VTD_CONTEXT, .first = 4, .last = 11, .fr = 0x0b),
    LEGACY_BITS("legacy_reserved_71", "Bit 71 of a present context entry is reserved.", "VTD-9-013", NULL, .flavours = LEGACY,
                .entry = VTD_CONTEXT, .first = 71, .last = 71, .fr = 0x0b),
    LEGACY_BITS("legacy_reserved_high", "Bits 127:88 of a present context entry are reserved.", "VTD-9-013", NULL,
                .flavours = LEGACY, .entry = VTD_CONTEXT, .first = 88, .last = 127, .fr = 0x0b),
    LEGACY_BITS("legacy_ignored", "Bits 70:67 of a context entry are ignored.", "VTD-9-014", NULL, .flavours = LEGACY,
                .entry = VTD_CONTEXT, .first = 67, .last = 70),
    LEGACY_BITS("legacy_width", "Bits 63:HAW of SSPTPTR are reserved where it is used.", "VTD-9-015", "HAW<64",
                .flavours = 1u << VT_LEGACY_SS, .entry = VTD_CONTEXT, .first = VTD_HAW, .last = 63, .fr = 0x0b),
    LEGACY_POINTER("legacy_pointer", "SSPTPTR has every address bit below HAW.", "VTD-9-015", .flavours = 1u << VT_LEGACY_SS,
                   .entry = VTD_CONTEXT),
    LEGACY_BITS("legacy_did_width", "DID bits above the width of CAP.ND are reserved.", "VTD-9-016", "CAP.ND<6",
                .flavours = LEGACY, .entry = VTD_CONTEXT, .first = VTD_ND + 72, .last = 87, .fr = 0x0b),
    LEGACY_BITS("legacy_did_bits", "Every DID bit within the width of CAP.ND may be set.", "VTD-9-016", NULL, .flavours = LEGACY,
                .entry = VTD_CONTEXT, .first = 72, .last = VTD_ND + 71),
    LEGACY_BITS("legacy_absent", "P=0 makes every bit of a context entry but FPD ignored.", "VTD-9-012", NULL, .flavours = LEGACY,
                .entry = VTD_CONTEXT, .words = 2, .first = 2, .last = 127, .fr = 0x02),
    {.name = "vtd.context.legacy_fpd",
     .summary = "FPD counts although P is 0.",
     .run = legacy_fpd,
     .rows = "VTD-9-012 VTD-9-093" VTD_LEGACY_ROWS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.context.legacy_tt",
     .summary = "Each TT value selects its translation, or is reserved by capability.",
     .run = legacy_tt,
     .rows = "VTD-9-017 VTD-9-018 VTD-9-019 VTD-9-020 VTD-9-021 VTD-9-022" VTD_LEGACY_ROWS,
     .gate = "CAP.SAGAW",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.context.legacy_aw",
     .summary = "Each AW value selects its depth, or is refused by CAP.SAGAW.",
     .run = legacy_aw,
     .rows = "VTD-9-024 VTD-9-025" VTD_LEGACY_ROWS,
     .gate = "CAP.SAGAW",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.context.legacy_levels",
     .summary = "A cold walk reads one entry at each of 3, 4 or 5 levels.",
     .run = legacy_levels,
     .rows = "VTD-9-025 VTD-3-002 VTD-7-036",
     .gate = "CAP.SAGAW",
     .features = IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.context.legacy_pt_pointer",
     .summary = "Pass-through does not use SSPTPTR.",
     .run = run_legacy_pt_pointer,
     .rows = "VTD-9-023 VTD-3-002 VTD-7-036",
     .gate = "ECAP.PT",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.context.legacy_pt_aw",
     .summary = "Pass-through with any AW passes or is refused.",
     .run = run_legacy_pt_aw,
     .rows = "VTD-9-020 VTD-9-026 VTD-3-002 VTD-7-036",
     .gate = "ECAP.PT",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.context.legacy_domains",
     .summary = "Without caching mode domain 0 works like any other.",
     .run = run_domain_ids,
     .rows = "VTD-9-027 VTD-3-002 VTD-7-036",
     .gate = "CAP.SAGAW&!CAP.CM",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.context.scalable_index_bits",
     .summary = "Each bit of the requester id selects, in both halves.",
     .run = scalable_index_bits,
     .rows = "VTD-3-003 VTD-3-009 VTD-7-062",
     .gate = "ECAP.SMTS",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.context.root_halves",
     .summary = "The halves of a scalable root entry are present and checked independently.",
     .run = root_halves,
     .rows = "VTD-9-006 VTD-9-007 VTD-9-009 VTD-9-011" VTD_SCALABLE_ROWS,
     .gate = "ECAP.SMTS",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.context.scalable_atomic",
     .summary = "Context and PASID entries are read 16 bytes at a time.",
     .run = scalable_atomic,
     .rows = "VTD-9-001 VTD-3-003 VTD-7-062",
     .gate = "ECAP.SMTS",
     .features = IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.context.scalable_fpd",
     .summary = "FPD counts although P is 0.",
     .run = scalable_fpd,
     .rows = "VTD-9-028 VTD-9-093" VTD_SCALABLE_ROWS,
     .gate = "ECAP.SMTS",
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_context_cases = {cases, sizeof cases / sizeof cases[0]};
