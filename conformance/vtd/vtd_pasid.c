/* SPDX-License-Identifier: BSD-2-Clause */
/* PASID directory and PASID table entries: what each field does (9.5, 9.6). Their single bits: vtd_pasid_bits.c. */
#include "vtd_bits.h"
#include "vtd_chapters.h"

#define INPUT UINT64_C(0x2345000)

static const char entry_name[] = "pasid_table_entry";

static uint64_t entry_of(struct vt_path *path)
{
    return vt_pasid_address(path->vt, path->rid, path->pasid);
}

static void put(struct vt_path *path, const char *field, uint64_t value)
{
    vt_set_field(path->vt, entry_of(path), entry_name, field, value);
}

static void set_field(struct vt_path *path, const char *field, uint64_t value)
{
    put(path, field, value);
    vt_refresh(path->vt);
}

static bool uses_first(const struct vt_path *path)
{
    return path->fs != NULL;
}

static bool uses_second(const struct vt_path *path)
{
    return path->ss != NULL;
}

/* ---- index bits ---- */

static uint32_t pasid_end(struct test *t)
{
    return 1u << (vt_ecap(t, "PSS") + 1);
}

/* PASIDs that differ from 0 in one bit, and all ones, each with a page of its own, all there at once. */
static void index_bits_body(struct vt *vt, struct vt_path *path)
{
    uint32_t pasid[22], count = 0;
    struct iotb_request r[22];
    uint64_t host[22];

    for (uint32_t bit = 0; 1u << bit < pasid_end(vt->t); bit++)
        pasid[count++] = 1u << bit;
    pasid[count++] = pasid_end(vt->t) - 1;
    pasid[count++] = (pasid_end(vt->t) - 1) & 0x5a5a5;
    if (count > vtd_domains(vt->t) - 4)
        count = vtd_domains(vt->t) - 4;
    for (uint32_t i = 0; i < count; i++) {
        struct vt_path one;

        vt_path_open(vt, &one, path->flavour->id, path->rid, pasid[i], 4 + i);
        host[i] = vt_path_page(&one, INPUT, VT_RW);
        r[i] = vt_request(&one, IOTB_WRITE, vtd_input(&one, INPUT + 8 * i, host[i] + 8 * i), 8);
    }
    vt_refresh(vt);
    for (uint32_t i = 0; i < count; i++) {
        size_t mark = trace_mark(vt->t);
        uint64_t entry = vt_pasid_address(vt, path->rid, pasid[i]);

        test_context(vt->t, "%s, PASID %05x", path->flavour->name, pasid[i]);
        vtd_reaches(vt, "VTD-3-004", r[i], host[i] + 8 * i);
        if (test_has(vt->t, IOTB_F_BENCH_MEMORY))
            CHECK(vt->t, "VTD-3-004", trace_count(vt->t, mark, entry, entry + 63, ACC_READS) > 0, "its entry is read");
        mem_write64(vt->t, entry, 0);
        vt_refresh(vt);
        vtd_refused(vt, "VTD-3-004", r[i], 0x59, host[i] + 8 * i);
    }
}

static void index_bits(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_PASID_FLAVOURS), index_bits_body);
}

/* ---- PGTT ---- */

/*
 * All eight PGTT encodings over one entry that has a first stage, a second stage and an address that is itself memory: each
 * supported one leads to a place of its own.
 */
struct stages {
    struct vt *vt;
    struct vt_path *path;
    uint64_t input;
    uint64_t host[5]; /* by PGTT */
};

static void stages_open(struct stages *s, struct vt *vt, struct vt_path *path)
{
    bool first = vt_ecap(vt->t, "FSTS"), second = vt_ecap(vt->t, "SSTS") && vt_cap(vt->t, "SAGAW");
    struct vt_table *fs = path->fs, *ss = path->ss;

    *s = (struct stages){.vt = vt, .path = path};
    for (uint32_t i = 0; i < 5; i++)
        s->host[i] = mem_alloc(vt->t, 4096, 4096);
    s->input = s->host[4];
    if (second && !ss)
        ss = vt_table_new(vt, VT_SS, 0);
    if (first && (!fs || fs->under))
        fs = vt_table_new(vt, VT_FS, 4);
    if (second) {
        vt_map(vt, ss, s->input, s->host[2], 12, VT_RW);
        put(path, "SSPTPTR", ss->root);
        put(path, "AW", vt_aw(ss));
    }
    if (first) {
        vt_map(vt, fs, s->input, s->host[1], 12, VT_RW);
        put(path, "FSPTPTR", fs->root);
        put(path, "FSPM", fs->levels - 4);
    }
    if (first && second) {
        /* The first stage's tables at their own addresses, and where it leads to at another place. */
        for (uint32_t level = fs->levels; level >= 1; level--) {
            uint64_t page = vt_entry(vt, fs, s->input, level) & ~UINT64_C(0xfff);

            vt_map(vt, ss, page, page, 12, VT_RW);
        }
        vt_map(vt, ss, s->host[1], s->host[3], 12, VT_RW);
    }
}

static bool pgtt_supported(struct test *t, uint32_t pgtt)
{
    static const char *const capability[] = {NULL, "FSTS", "SSTS", "NEST", "PT"};

    return pgtt >= 1 && pgtt <= 4 && vt_ecap(t, capability[pgtt]) && ((pgtt & 2) == 0 || vt_cap(t, "SAGAW"));
}

static void pgtt_body(struct vt *vt, struct vt_path *path)
{
    struct stages s;
    struct iotb_request r;

    stages_open(&s, vt, path);
    r = vt_request(path, IOTB_WRITE, s.input + 0x80, 8);
    for (uint32_t i = 0; i < 16; i++) {
        uint32_t pgtt = i < 8 ? i : 15 - i;

        test_context(vt->t, "%s entry, PGTT=%u", path->flavour->name, pgtt);
        set_field(path, "PGTT", pgtt);
        if (pgtt_supported(vt->t, pgtt))
            vtd_reaches(vt, "VTD-9-069", r, s.host[pgtt] + 0x80);
        else
            vtd_refused(vt, pgtt >= 1 && pgtt <= 4 ? "VTD-9-069" : "VTD-9-068", r, 0x5b, s.host[4] + 0x80);
    }
}

static void pgtt(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS), pgtt_body);
}

/* ---- AW ---- */

static void aw_body(struct vt *vt, struct vt_path *path)
{
    uint64_t sagaw = vt_cap(vt->t, "SAGAW"), host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_request(path, IOTB_WRITE, INPUT + 0x40, 8);

    for (uint32_t aw = 0; aw < 8; aw++) {
        bool supported = aw >= 1 && aw <= 3 && sagaw & (1u << aw);

        test_context(vt->t, "%s, AW=%u", path->flavour->name, aw);
        if (supported && path->flavour->pgtt == 2) {
            struct vt_table *table = vt_table_new(vt, VT_SS, aw + 2);
            uint64_t there = mem_alloc(vt->t, 4096, 4096), input = vtd_wide(vt->t, UINT64_C(0x2aa5a37000), UINT64_C(0xc5a37000));

            vt_map(vt, table, input, there, 12, VT_RW);
            put(path, "SSPTPTR", table->root);
            set_field(path, "AW", aw);
            vtd_reaches(vt, "VTD-9-070", vt_request(path, IOTB_WRITE, input + 8, 8), there + 8);
        } else if (!supported) {
            set_field(path, "AW", aw);
            vtd_refused(vt, "VTD-9-070", r, 0x5b, host + 0x40);
        }
    }
    put(path, "SSPTPTR", path->ss->root);
    set_field(path, "AW", vt_aw(path->ss));
    vtd_reaches(vt, "VTD-9-070", r, host + 0x40);
}

static void aw(struct test *t)
{
    vt_each_flavour(t, VT_SCALABLE_FLAVOURS & (VT_SS_FLAVOURS | VT_NESTED_FLAVOURS), aw_body);
}

/* ---- FSPM ---- */

static void fspm_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_request(path, IOTB_WRITE, INPUT + 0x40, 8);

    for (uint32_t mode = 0; mode < 4; mode++) {
        test_context(vt->t, "%s, FSPM=%u", path->flavour->name, mode);
        if (mode >= 2 || (mode == 1 && !vt_cap(vt->t, "FS5LP"))) {
            set_field(path, "FSPM", mode);
            vtd_refused(vt, "VTD-9-074", r, 0x5b, host + 0x40);
        } else if (!path->fs->under) {
            struct vt_table *table = vt_table_new(vt, VT_FS, 4 + mode);
            uint64_t there = mem_alloc(vt->t, 4096, 4096), input = vtd_wide(vt->t, UINT64_C(0x2aa5a37000), UINT64_C(0xc5a37000));

            vt_map(vt, table, input, there, 12, VT_RW);
            put(path, "FSPTPTR", table->root);
            set_field(path, "FSPM", mode);
            vtd_reaches(vt, "VTD-9-074", vt_request(path, IOTB_WRITE, input + 8, 8), there + 8);
        }
    }
    put(path, "FSPTPTR", path->fs->root_pointer);
    set_field(path, "FSPM", path->fs->levels - 4);
    vtd_reaches(vt, "VTD-9-074", r, host + 0x40);
}

static void fspm(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS | VT_NESTED_FLAVOURS, fspm_body);
}

static void fspm_unused_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_request(path, IOTB_WRITE, vtd_input(path, INPUT, host), 8);

    for (uint32_t mode = 0; mode < 4; mode++) {
        struct vt_seen seen;

        set_field(path, "FSPM", mode);
        seen = vt_try(vt, &r, &host, 1);
        CHECK(vt->t, "VTD-9-075", seen.result == VT_ARRIVED || (mode && seen.result == VT_REFUSED && seen.fr == 0x5b),
              "%s, FSPM=%u: passes or 5Bh, seen FR=%02xh", path->flavour->name, mode, seen.fr);
    }
    set_field(path, "FSPM", 0);
    vtd_reaches(vt, "VTD-9-075", r, host);
}

static void fspm_unused(struct test *t)
{
    vt_each_flavour(t, VT_SCALABLE_FLAVOURS & (VT_SS_FLAVOURS | VT_PT_FLAVOURS), fspm_unused_body);
}

/* ---- nested FSPTPTR ---- */

/* The guest address of the top first-stage table must lie below 2^min(MGAW, AGAW). */
static void guest_pointer_body(struct vt *vt, struct vt_path *path)
{
    uint32_t agaw = 30 + 9 * vt_aw(path->ss), mgaw = (uint32_t)vt_cap(vt->t, "MGAW") + 1, bits = agaw < mgaw ? agaw : mgaw;
    uint64_t host = vt_path_page(path, INPUT, VT_RW), guest = (UINT64_C(1) << (bits - 1)) | UINT64_C(0x7777000);
    struct iotb_request r = vt_request(path, IOTB_WRITE, INPUT, 8);

    vtd_reaches(vt, "VTD-9-076", r, host);
    if (bits - 1 < vt->haw) {
        vt_map(vt, path->ss, guest, path->fs->root, 12, VT_RW);
        set_field(path, "FSPTPTR", guest);
        vtd_reaches(vt, "VTD-9-076", r, host);
    }
    for (uint32_t bit = bits; bit < vt->haw; bit++) {
        test_context(vt->t, "%s, FSPTPTR bit %u", path->flavour->name, bit);
        set_field(path, "FSPTPTR", path->fs->root_pointer | UINT64_C(1) << bit);
        vtd_refused(vt, "VTD-9-076", r, 0x5b, host);
    }
    set_field(path, "FSPTPTR", path->fs->root_pointer);
    vtd_reaches(vt, "VTD-9-076", r, host);
}

static void guest_pointer_narrow_body(struct vt *vt, struct vt_path *path)
{
    uint64_t sagaw = vt_cap(vt->t, "SAGAW");

    for (uint32_t aw = 1; aw <= 3; aw++) {
        if (!(sagaw & 1u << aw))
            continue;
        path->ss = vt_table_new(vt, VT_SS, aw + 2);
        path->fs = vt_table_new_nested(vt, 0, path->ss);
        put(path, "SSPTPTR", path->ss->root);
        put(path, "AW", aw);
        put(path, "FSPTPTR", path->fs->root_pointer);
        vt_refresh(vt);
        guest_pointer_body(vt, path);
    }
}

static void guest_pointer(struct test *t)
{
    vt_each_flavour(t, VT_NESTED_FLAVOURS, guest_pointer_narrow_body);
}

/* ---- what is not used is not looked at ---- */

/* Every pointer that the PGTT does not use leads to a hole; nothing is read there and nothing changes. */
static void unused_pointers_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW), hole = mem_hole(vt->t);
    struct iotb_request r = vt_request(path, IOTB_WRITE, vtd_input(path, INPUT, host), 8);
    size_t mark = trace_mark(vt->t);

    if (!hole)
        test_not_testable(vt->t, "the DUT's memory has no hole");
    if (!uses_second(path) && vt_ecap(vt->t, "SSTS")) {
        put(path, "SSPTPTR", hole);
        for (uint32_t width = 0; width < 8; width++) {
            test_context(vt->t, "%s, SSPTPTR to a hole, AW=%u", path->flavour->name, width);
            put(path, "SSADE", width & 1 && vt_ecap(vt->t, "SSADS"));
            set_field(path, "AW", width);
            vtd_reaches(vt, "VTD-9-071", r, host);
        }
    }
    if (!uses_first(path) && vt_ecap(vt->t, "FSTS")) {
        uint64_t leaf = vt_path_leaf(path, INPUT), before = leaf ? mem_read64(vt->t, leaf) : 0;

        test_context(vt->t, "%s, FSPTPTR to a hole", path->flavour->name);
        put(path, "FSPTPTR", hole);
        put(path, "WPE", 1);
        put(path, "EAFE", vt_ecap(vt->t, "EAFS"));
        vt_refresh(vt);
        vtd_reaches(vt, "VTD-9-072", r, host);
        if (leaf)
            CHECK_EQ(vt->t, "VTD-9-072", before, mem_read64(vt->t, leaf), "second-stage leaf under an EAFE that is ignored");
    }
    if (test_has(vt->t, IOTB_F_BENCH_MEMORY))
        CHECK_EQ(vt->t, uses_second(path) ? "VTD-9-072" : "VTD-9-071", 0, trace_count(vt->t, mark, hole, hole + 4095, ACC_ANY),
                 "accesses through a pointer that is not used");
}

static void unused_second(struct test *t)
{
    vt_each_flavour(t, VT_SCALABLE_FLAVOURS & (VT_FS_FLAVOURS | VT_PT_FLAVOURS), unused_pointers_body);
}

static void unused_first(struct test *t)
{
    vt_each_flavour(t, VT_SCALABLE_FLAVOURS & (VT_SS_FLAVOURS | VT_PT_FLAVOURS), unused_pointers_body);
}

/* The memory type of the final page, where the adapter shows it, is that of EMTE = 0. */
static void emte_unused_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_request(path, IOTB_READ, vtd_input(path, INPUT, host), 8);
    uint32_t type[2] = {IOTB_ATTR_UNKNOWN, IOTB_ATTR_UNKNOWN};

    for (uint32_t emte = 0; emte < 2; emte++) {
        size_t mark = trace_mark(vt->t);
        const struct iotb_access *access;

        test_context(vt->t, "%s, EMTE=%u", path->flavour->name, emte);
        put(path, "PAT", UINT64_C(0x0007040600070406));
        set_field(path, "EMTE", emte);
        vtd_reaches(vt, "VTD-9-073", r, host);
        access = test_has(vt->t, IOTB_F_BENCH_MEMORY) ? trace_find(vt->t, mark, host, host + 7, ACC_READS) : NULL;
        if (access && test_has(vt->t, IOTB_F_ATTRIBUTES))
            type[emte] = access->memory_type;
    }
    CHECK_EQ(vt->t, "VTD-9-073", type[0], type[1], "memory type of the final page with EMTE set where it is ignored");
}

static void emte_unused(struct test *t)
{
    vt_each_flavour(t, VT_SCALABLE_FLAVOURS & (VT_FS_FLAVOURS | VT_PT_FLAVOURS), emte_unused_body);
}

/* With HPTS and the context entry's HPTE clear, the fields of the host permission table are ignored. */
static void hpt_unused_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW), entry = entry_of(path);
    struct iotb_request r = vt_request(path, IOTB_WRITE, vtd_input(path, INPUT, host), 8);

    vt_set_bits(vt, entry, 258, 256, 7);
    vt_set_bits(vt, entry, 319, 256 + 12, mem_hole(vt->t) >> 12);
    vt_set_bits(vt, entry, 335, 320, 5);
    vt_refresh(vt);
    vtd_reaches(vt, "VTD-9-067", r, host);
}

static void hpt_unused(struct test *t)
{
    vt_each_flavour(t, VT_SCALABLE_FLAVOURS, hpt_unused_body);
}

/* The PASID structures are at host addresses for every PGTT, a nested one too. */
static void host_pointers_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW), table = vt_pasid_address(vt, path->rid, path->pasid) & ~UINT64_C(0xfff);
    uint64_t directory = vt_directory_address(vt, path->rid, path->pasid) & ~UINT64_C(0xfff);
    struct iotb_request r = vt_request(path, IOTB_WRITE, vtd_input(path, INPUT, host), 8);
    uint64_t decoy = mem_alloc(vt->t, 4096, 4096);

    if (uses_second(path)) {
        /* As guest addresses these would lead to an empty page. */
        vt_map(vt, path->ss, table, decoy, 12, VT_RW);
        vt_map(vt, path->ss, directory, decoy, 12, VT_RW);
    }
    vt_refresh(vt);
    vtd_reaches(vt, "VTD-9-050", r, host);
    mem_write64(vt->t, vt_directory_address(vt, path->rid, path->pasid), 0);
    vt_refresh(vt);
    vtd_refused(vt, "VTD-9-050", r, 0x51, host);
}

static void host_pointers(struct test *t)
{
    vt_each_flavour(t, VT_SCALABLE_FLAVOURS, host_pointers_body);
}

/* ---- FPD ---- */

/* The eight combinations of FPD in context, directory and table entry: a record exactly when all three are 0. */
static void fpd_levels_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_request(path, IOTB_WRITE, vtd_input(path, INPUT, host), 8);
    uint64_t entry[3] = {vt_context_address(vt, path->rid), vt_directory_address(vt, path->rid, path->pasid), entry_of(path)};

    for (uint32_t i = 0; i < 16; i++) {
        test_context(vt->t, "%s, FPD of context %u, directory %u, table entry %u%s", path->flavour->name, i & 1, i >> 1 & 1,
                     i >> 2 & 1, i & 8 ? ", P=0" : ", bad PGTT");
        for (uint32_t k = 0; k < 3; k++)
            vt_set_bits(vt, entry[k], 1, 1, i >> k & 1);
        put(path, "P", !(i & 8));
        set_field(path, "PGTT", 7);
        if (i & 7)
            vt_expect_silent(vt, "VTD-9-094", &r, host);
        else
            vt_expect_fault(vt, "VTD-9-094", &r, i & 8 ? 0x59 : 0x5b, host);
        put(path, "P", 1);
        set_field(path, "PGTT", path->flavour->pgtt);
        vt_expect_ok(vt, "VTD-9-094", &r, host);
    }
}

static void fpd_levels(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS), fpd_levels_body);
}

/* FPD in an entry that is not present, and in one with a reserved bit; with FPD = 0 the same is recorded. */
static void fpd_absent_body(struct vt *vt, struct vt_path *path)
{
    static const struct {
        enum vtd_entry entry;
        uint32_t absent, reserved, bit;
    } at[] = {{VTD_CONTEXT, 0x41, 0x42, 7}, {VTD_DIRECTORY, 0x51, 0x52, 2}, {VTD_PASID, 0x59, 0x5a, 5}};
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request r = vt_request(path, IOTB_WRITE, vtd_input(path, INPUT, host), 8);

    for (uint32_t i = 0; i < 3; i++) {
        uint64_t entry = vtd_entry_address(path, at[i].entry, 0, 0), saved = mem_read64(vt->t, entry);

        test_context(vt->t, "%s, %s entry", path->flavour->name, i == 0 ? "context" : i == 1 ? "directory" : "table");
        mem_write64(vt->t, entry, saved & ~UINT64_C(1));
        vt_refresh(vt);
        vt_expect_fault(vt, "VTD-9-093", &r, at[i].absent, host);
        mem_write64(vt->t, entry, 2);
        vt_refresh(vt);
        vt_expect_silent(vt, "VTD-9-093", &r, host);
        mem_write64(vt->t, entry, saved | UINT64_C(1) << at[i].bit);
        vt_refresh(vt);
        vt_expect_fault(vt, "VTD-7-028", &r, at[i].reserved, host);
        mem_write64(vt->t, entry, saved | 2 | UINT64_C(1) << at[i].bit);
        vt_refresh(vt);
        vt_expect_silent(vt, "VTD-7-028", &r, host);
        mem_write64(vt->t, entry, saved | 2);
        vt_refresh(vt);
        vt_expect_ok(vt, "VTD-9-093", &r, host);
        mem_write64(vt->t, entry, saved);
    }
}

static void fpd_absent(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_SCALABLE_FLAVOURS), fpd_absent_body);
}

/* ---- both halves of the entry in one write ---- */

/* Words 0 and 1 change together between two tables and their domains; invalidating a domain removes what it is tagged with. */
static void pointer_and_domain_body(struct vt *vt, struct vt_path *path)
{
    struct vt_path other;
    uint64_t host[2], words[2][2], entry = entry_of(path);
    struct iotb_request r = vt_request(path, IOTB_WRITE, INPUT, 8);

    vt_path_open(vt, &other, path->flavour->id, vt_rid(vt, 1), path->pasid, 9);
    host[0] = vt_path_page(path, INPUT, VT_RW);
    host[1] = vt_path_page(&other, INPUT, VT_RW);
    for (uint32_t w = 0; w < 2; w++) {
        words[0][w] = mem_read64(vt->t, entry + 8 * w);
        words[1][w] = mem_read64(vt->t, entry_of(&other) + 8 * w);
    }
    for (uint32_t i = 1; i < 7; i++) {
        uint64_t both[2] = {host[i & 1], host[!(i & 1)]};
        uint8_t bytes[16];
        struct vt_seen seen;

        for (uint32_t b = 0; b < 16; b++)
            bytes[b] = (uint8_t)(words[i & 1][b / 8] >> (8 * (b % 8)));
        vt_expect_ok(vt, "VTD-6-005", &r, host[!(i & 1)]);
        mem_write(vt->t, entry, bytes, sizeof bytes);
        vt_flush_writes(vt);
        seen = vt_try(vt, &r, both, 2);
        CHECK(vt->t, "VTD-6-005", seen.result == VT_ARRIVED || seen.result == VT_ARRIVED_OTHER, "the old or the new table");
        /* The old domain's PASID-cache and IOTLB entries, the guidance of 6.5.3.3. */
        vt_submit_one(vt, vt_desc_pasid(VT_PC_PASID, i & 1 ? path->did : other.did, path->pasid));
        vt_invalidate_iotlb(vt, VT_IOTLB_DOMAIN, i & 1 ? path->did : other.did, 0, 0, false);
        vt_expect_ok(vt, "VTD-6-005", &r, host[i & 1]);
    }
}

static void pointer_and_domain(struct test *t)
{
    vt_each_flavour(t, VT_SCALABLE_FLAVOURS & VT_SS_FLAVOURS, pointer_and_domain_body);
}

#define TAIL VTD_SCALABLE_ROWS
#define FULL .functional = true, .tier = TIER_FULL

static const struct iotb_case cases[] = {
    {.name = "vtd.pasid.index_bits",
     .summary = "Each PASID bit selects a directory or a table entry.",
     .run = index_bits,
     .rows = "VTD-3-004" TAIL,
     .gate = "ECAP.SMTS&ECAP.PASID",
     .features = IOTB_F_PASID,
     FULL},
    {.name = "vtd.pasid.pgtt",
     .summary = "Each PGTT value selects its translation, or is refused by capability.",
     .run = pgtt,
     .rows = "VTD-9-068 VTD-9-069" TAIL,
     .gate = "ECAP.SMTS",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.pasid.aw",
     .summary = "Each AW value selects its depth, or is refused by CAP.SAGAW.",
     .run = aw,
     .rows = "VTD-9-070" TAIL,
     .gate = "ECAP.SMTS&ECAP.SSTS",
     FULL},
    {.name = "vtd.pasid.fspm",
     .summary = "Each FSPM value selects its depth, or is refused.",
     .run = fspm,
     .rows = "VTD-9-074" TAIL,
     .gate = "ECAP.SMTS&ECAP.FSTS",
     FULL},
    {.name = "vtd.pasid.fspm_unused",
     .summary = "FSPM of an entry without first stage passes or is refused.",
     .run = fspm_unused,
     .rows = "VTD-9-075 VTD-3-003 VTD-7-062",
     .gate = "ECAP.SMTS&ECAP.FSTS",
     FULL},
    {.name = "vtd.pasid.guest_pointer",
     .summary = "A nested FSPTPTR must lie below min(MGAW, AGAW).",
     .run = guest_pointer,
     .rows = "VTD-9-076" TAIL,
     .gate = "ECAP.SMTS&ECAP.NEST",
     FULL},
    {.name = "vtd.pasid.unused_second",
     .summary = "AW, SSPTPTR and SSADE are ignored where no second stage is used.",
     .run = unused_second,
     .rows = "VTD-9-071 VTD-9-072 VTD-3-003 VTD-7-062",
     .gate = "ECAP.SMTS&ECAP.SSTS",
     FULL},
    {.name = "vtd.pasid.unused_first",
     .summary = "FSPTPTR, WPE and EAFE are ignored where no first stage is used.",
     .run = unused_first,
     .rows = "VTD-9-072 VTD-9-071 VTD-3-003 VTD-7-062",
     .gate = "ECAP.SMTS&ECAP.FSTS",
     FULL},
    {.name = "vtd.pasid.unused_emte",
     .summary = "EMTE is ignored where no second stage is used.",
     .run = emte_unused,
     .rows = "VTD-9-073 VTD-3-003 VTD-7-062",
     .gate = "ECAP.SMTS&ECAP.MTS",
     FULL},
    {.name = "vtd.pasid.unused_hpt",
     .summary = "Fields of the host permission table are ignored while HPTE is 0.",
     .run = hpt_unused,
     .rows = "VTD-9-067 VTD-3-003 VTD-7-062",
     .gate = "ECAP.SMTS&ECAP.HPTS",
     .features = IOTB_F_BENCH_MEMORY,
     FULL},
    {.name = "vtd.pasid.host_pointers",
     .summary = "PASID directory and table are at host addresses for every PGTT.",
     .run = host_pointers,
     .rows = "VTD-9-050" TAIL,
     .gate = "ECAP.SMTS",
     FULL},
    {.name = "vtd.pasid.fpd_levels",
     .summary = "A qualified fault is recorded only if no entry on the way has FPD.",
     .run = fpd_levels,
     .rows = "VTD-9-094" TAIL,
     .gate = "ECAP.SMTS",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.pasid.fpd_absent",
     .summary = "FPD counts in an entry that is not present or has a reserved bit.",
     .run = fpd_absent,
     .rows = "VTD-9-093 VTD-7-028" TAIL,
     .gate = "ECAP.SMTS",
     FULL},
    {.name = "vtd.pasid.pointer_and_domain",
     .summary = "Second-stage pointer and domain id change together.",
     .run = pointer_and_domain,
     .rows = "VTD-6-005 VTD-3-003 VTD-7-062",
     .gate = "ECAP.SMTS&ECAP.SSTS",
     FULL},
};

const struct iotb_case_list vtd_pasid_cases = {cases, sizeof cases / sizeof cases[0]};
