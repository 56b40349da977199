/* SPDX-License-Identifier: BSD-2-Clause */
/* Accessed, extended accessed and dirty flags of the first stage: when, where, how, and when not (3.6.2, 3.10). */
#include "vtd_chapters.h"
#include "vtd_first_stage.h"

#define INPUT UINT64_C(0x62345040)
#define FLAGS (FS_A | FS_D | FS_EA)
#define SOFTWARE_BITS (UINT64_C(0xa5) << 52 | UINT64_C(1) << 11)

/* All flags of the entries of a page as given (leaf: D too), and caches empty. */
static void set_flags(struct fs_page *page, uint64_t flags)
{
    for (uint32_t level = page->leaf; level <= page->levels; level++)
        fs_change(page, level, FLAGS, level == page->leaf ? flags : flags & ~FS_D);
    vt_refresh(page->vt);
}

static void snapshot(struct fs_page *page, uint64_t before[6])
{
    for (uint32_t level = page->leaf; level <= page->levels; level++)
        before[level] = fs_value(page, level);
}

/* Every entry is what it was with these flags set, and nothing else has changed. */
static void check_flags(struct fs_page *page, const char *row, const uint64_t before[6], uint64_t upper, uint64_t leaf)
{
    for (uint32_t level = page->leaf; level <= page->levels; level++)
        CHECK_EQ(page->vt->t, row, before[level] | (level == page->leaf ? leaf : upper), fs_value(page, level),
                 "entry of level %u after the request", level);
}

/* A request once: the flags of a first access are those of a miss. */
static void once_ok(struct fs_page *page, const char *row, enum iotb_request_kind kind, uint32_t flags)
{
    struct iotb_request r = fs_request(page, kind);

    r.flags |= flags;
    if (flags & IOTB_RQ_ZERO_LENGTH)
        r.bytes = 4;
    vt_once(page->vt);
    vt_expect_ok(page->vt, row, &r, page->host);
}

static void once_fault(struct fs_page *page, const char *row, enum iotb_request_kind kind, uint32_t fr)
{
    struct iotb_request r = fs_request(page, kind);

    vt_once(page->vt);
    vt_expect_fault(page->vt, row, &r, fr, page->host);
}

static void open_clean(struct fs_page *page, struct vt_path *path, uint32_t page_lg2)
{
    fs_page_open(page, path, INPUT, page_lg2, VT_RW | VT_CLEAN);
    for (uint32_t level = page->leaf; level <= page->levels; level++)
        fs_change(page, level, 0, SOFTWARE_BITS);
    set_flags(page, 0);
}

/* ---- A and D on a miss and on a hit ---- */

static void accessed_and_dirty(struct vt_path *path, uint32_t page_lg2)
{
    struct test *t = path->vt->t;
    struct fs_page page;
    uint64_t clean[6];

    open_clean(&page, path, page_lg2);
    snapshot(&page, clean);
    test_context(t, "%s, page of 2^%u bytes, read", path->flavour->name, page_lg2);
    once_ok(&page, "VTD-3-034", IOTB_READ, 0);
    check_flags(&page, "VTD-3-034", clean, FS_A, FS_A);
    once_ok(&page, "VTD-3-034", IOTB_READ, 0);
    check_flags(&page, "VTD-3-034", clean, FS_A, FS_A);
    test_context(t, "%s, page of 2^%u bytes, write after read", path->flavour->name, page_lg2);
    once_ok(&page, "VTD-3-036", IOTB_WRITE, 0);
    check_flags(&page, "VTD-3-036", clean, FS_A, FS_A | FS_D);
    set_flags(&page, FS_A);
    test_context(t, "%s, page of 2^%u bytes, write with A set", path->flavour->name, page_lg2);
    once_ok(&page, "VTD-3-036", IOTB_WRITE, 0);
    check_flags(&page, "VTD-3-036", clean, FS_A, FS_A | FS_D);
    set_flags(&page, 0);
    test_context(t, "%s, page of 2^%u bytes, write", path->flavour->name, page_lg2);
    once_ok(&page, "VTD-3-035", IOTB_WRITE, 0);
    check_flags(&page, "VTD-3-035", clean, FS_A, FS_A | FS_D);
}

static void flags_4k_body(struct vt *vt, struct vt_path *path)
{
    (void)vt;
    accessed_and_dirty(path, 12);
}
static void flags_2m_body(struct vt *vt, struct vt_path *path)
{
    (void)vt;
    accessed_and_dirty(path, 21);
}
static void flags_1g_body(struct vt *vt, struct vt_path *path)
{
    (void)vt;
    accessed_and_dirty(path, 30);
}

static void flags_4k(struct test *t)
{
    vt_each_flavour(t, VTD_FS_FLAVOURS_ALL, flags_4k_body);
}
static void flags_2m(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS, flags_2m_body);
}
static void flags_1g(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS, flags_1g_body);
}

/* Kinds of requests: what counts as a write, by miss and, after a read, by hit. */
static void kinds_body(struct vt *vt, struct vt_path *path)
{
    static const struct {
        enum iotb_request_kind kind;
        uint32_t flags;
        uint64_t feature;
        bool dirty;
    } kinds[] = {{IOTB_SWAP, 0, IOTB_F_ATOMIC, true},
                 {IOTB_CAS, 0, IOTB_F_ATOMIC, true},
                 {IOTB_FETCH_ADD, 0, IOTB_F_ATOMIC, true},
                 {IOTB_READ, IOTB_RQ_ZERO_LENGTH, IOTB_F_ZERO_LENGTH, false},
                 {IOTB_READ, 0, 0, false},
                 {IOTB_WRITE, 0, 0, true}};
    struct fs_page page;
    uint64_t clean[6];

    open_clean(&page, path, 12);
    snapshot(&page, clean);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        uint64_t leaf = FS_A | (kinds[i].dirty ? FS_D : 0);

        if (!test_has(vt->t, kinds[i].feature))
            continue;
        for (uint32_t warm = 0; warm < 2; warm++) {
            test_context(vt->t, "%s, request of kind %d, %s", path->flavour->name, (int)kinds[i].kind, warm ? "hit" : "miss");
            set_flags(&page, 0);
            if (warm)
                once_ok(&page, "VTD-3-034", IOTB_READ, 0);
            once_ok(&page, kinds[i].dirty ? "VTD-3-035" : "VTD-3-034", kinds[i].kind, kinds[i].flags);
            check_flags(&page, kinds[i].dirty ? "VTD-3-035" : "VTD-3-034", clean, FS_A, leaf);
        }
    }
}

static void kinds(struct test *t)
{
    vt_each_flavour(t, VTD_FS_FLAVOURS_ALL, kinds_body);
}

/* ---- EA ---- */

/* EAFE: A and EA together in every entry, whichever of them was there before; without EAFE bit 10 is not touched. */
static void extended_body(struct vt *vt, struct vt_path *path)
{
    bool eafs = vt_ecap(vt->t, "EAFS") != 0;
    struct fs_page page;
    uint64_t clean[6];

    open_clean(&page, path, 12);
    snapshot(&page, clean);
    for (uint32_t i = 0; i < 16; i++) {
        bool eafe = i & 1, write = i & 8;
        uint64_t preset = (i & 2 ? FS_A : 0) | (i & 4 ? FS_EA : 0), set = preset | FS_A | (eafe ? FS_EA : 0);
        const char *row = !eafe ? "VTD-9-085" : i & 2 ? "VTD-3-038" : "VTD-3-037";

        if (eafe && !eafs)
            continue;
        test_context(vt->t, "%s, EAFE=%d, preset A=%d EA=%d, %s", path->flavour->name, eafe, (i & 2) != 0, (i & 4) != 0,
                     write ? "write" : "read");
        fs_pasid_field(path, "EAFE", eafe);
        set_flags(&page, preset);
        once_ok(&page, row, write ? IOTB_WRITE : IOTB_READ, 0);
        check_flags(&page, row, clean, set, set | (write ? FS_D : 0));
    }
}

static void extended(struct test *t)
{
    vt_each_flavour(t, VTD_FS_FLAVOURS_ALL, extended_body);
}

/* ---- atomicity ---- */

struct watch {
    struct fs_page *page;
    bool edit, done;
    uint32_t level;
    uint64_t value;        /* what the processor writes just before the unit's first update of the entry */
    uint32_t ea_without_a; /* moments at which an entry has EA and not A */
    uint32_t d_without_a;
};

static void watch_access(struct test *t, void *context, const struct iotb_access *access)
{
    struct watch *w = context;

    for (uint32_t level = w->page->leaf; level <= w->page->levels; level++) {
        uint64_t value = mem_read64(t, w->page->entry[level]);

        w->ea_without_a += (value & FS_EA) && !(value & FS_A);
        w->d_without_a += level == w->page->leaf && (value & FS_D) && !(value & FS_A);
    }
    if (w->edit && !w->done && access->kind != IOTB_ACC_READ && access->address <= w->page->entry[w->level] &&
        access->address + access->bytes > w->page->entry[w->level]) {
        w->done = true;
        mem_write64(t, w->page->entry[w->level], w->value);
    }
}

/* At no moment between two accesses does an entry have EA or D without A. */
static void together_body(struct vt *vt, struct vt_path *path)
{
    struct fs_page page;
    struct watch w = {.page = &page};

    open_clean(&page, path, 12);
    fs_pasid_field(path, "EAFE", 1);
    for (uint32_t i = 0; i < 2; i++) {
        set_flags(&page, 0);
        test_on_access(vt->t, watch_access, &w);
        once_ok(&page, "VTD-3-037", i ? IOTB_WRITE : IOTB_READ, 0);
        test_on_access(vt->t, NULL, NULL);
    }
    CHECK_EQ(vt->t, "VTD-3-037", 0, w.ea_without_a, "moments with EA=1 and A=0");
    CHECK_EQ(vt->t, "VTD-3-035", 0, w.d_without_a, "moments with D=1 and A=0");
    CHECK_EQ(vt->t, "VTD-3-037", FS_A | FS_D | FS_EA, fs_value(&page, 1) & FLAGS, "flags of the leaf at the end");
}

static void together(struct test *t)
{
    vt_each_flavour(t, VTD_FS_FLAVOURS_ALL, together_body);
}

/*
 * The processor changes an entry between the unit's read and its update: what the processor wrote stays, flags apart. The
 * request may use the old value or the new one (each was there at some moment of the request).
 */
static void edited_entry(struct fs_page *page, uint32_t level, uint64_t value, uint64_t other_host, const char *what)
{
    struct test *t = page->vt->t;
    uint64_t hosts[2] = {page->host, other_host}, saved = fs_value(page, level);
    struct iotb_request r = fs_request(page, IOTB_WRITE);
    struct watch w = {.page = page, .edit = true, .level = level, .value = value};
    struct vt_seen seen;

    test_context(t, "%s, entry of level %u, %s", page->path->flavour->name, level, what);
    set_flags(page, 0);
    test_on_access(t, watch_access, &w);
    seen = vt_try(page->vt, &r, hosts, other_host ? 2 : 1);
    test_on_access(t, NULL, NULL);
    CHECK(t, "VTD-3-039", w.done, "the unit updates the entry, whose A is clear");
    CHECK_EQ(t, "VTD-3-039", value & ~FLAGS, fs_value(page, level) & ~FLAGS, "the entry that the processor wrote, flags apart");
    if (!(value & FS_P))
        CHECK_EQ(t, "VTD-3-039", value, fs_value(page, level), "an entry that is not present gets no flags");
    CHECK(t, "VTD-3-039",
          seen.result == VT_ARRIVED || (other_host && seen.result == VT_ARRIVED_OTHER) ||
              (!(value & FS_P) && seen.result == VT_REFUSED && seen.fr == 0x71),
          "the request uses the old entry or the new one, seen FR=%02xh", seen.fr);
    mem_write64(t, page->entry[level], saved);
    vt_refresh(page->vt);
}

static void atomic_body(struct vt *vt, struct vt_path *path)
{
    uint64_t other = vt_path_page(path, INPUT + 0x1000, VT_RW) + (INPUT & 0xfff), twin;
    uint64_t address = UINT64_C(0x000ffffffffff000);
    struct fs_page page;

    open_clean(&page, path, 12);
    twin = mem_read64(vt->t, vt_path_leaf(path, INPUT + 0x1000)) & address;
    edited_entry(&page, 1, (fs_value(&page, 1) & ~(address | FLAGS)) | twin, other, "remapped");
    for (uint32_t level = page.levels; level >= 1; level--) {
        edited_entry(&page, level, 0, 0, "cleared");
        edited_entry(&page, level, fs_value(&page, level) ^ UINT64_C(1) << 53, 0, "software bit 53 changed");
    }
}

static void atomic(struct test *t)
{
    vt_each_flavour(t, VTD_FS_FLAVOURS_ALL, atomic_body);
}

/* ---- what keeps flags as they are ---- */

/* Flags are sticky: no request, invalidation or new root pointer clears one. */
static void sticky_body(struct vt *vt, struct vt_path *path)
{
    struct fs_page page;
    uint64_t full[6];

    open_clean(&page, path, 12);
    set_flags(&page, FLAGS);
    fs_change(&page, page.levels, 0, FS_D); /* bit 6 of a non-leaf entry is software's */
    snapshot(&page, full);
    once_ok(&page, "VTD-3-040", IOTB_READ, 0);
    once_ok(&page, "VTD-3-040", IOTB_WRITE, 0);
    check_flags(&page, "VTD-3-040", full, 0, 0);
    vt_refresh(vt);
    once_ok(&page, "VTD-3-040", IOTB_WRITE, 0);
    vt_set_root(vt, vt_rtaddr(vt, VT_SCALABLE));
    vt_invalidate_all(vt);
    once_ok(&page, "VTD-3-040", IOTB_READ, 0);
    check_flags(&page, "VTD-3-040", full, 0, 0);
}

static void sticky(struct test *t)
{
    vt_each_flavour(t, VTD_FS_FLAVOURS_ALL, sticky_body);
}

/* A blocked request: A and EA may be set, D may not, nothing else changes; on a miss and after a read that is allowed. */
static void blocked(struct fs_page *page, const uint64_t clean[6], enum iotb_request_kind kind, uint32_t fr, const char *what)
{
    test_context(page->vt->t, "%s, %s", page->path->flavour->name, what);
    once_fault(page, "VTD-3-041", kind, fr);
    for (uint32_t level = page->leaf; level <= page->levels; level++)
        CHECK_EQ(page->vt->t, "VTD-3-041", clean[level], fs_value(page, level) & ~(FS_A | FS_EA),
                 "entry of level %u after a request that is blocked, A and EA apart", level);
}

static void blocked_body(struct vt *vt, struct vt_path *path)
{
    struct fs_page page;
    uint64_t clean[6];

    open_clean(&page, path, 12);
    for (uint32_t level = 1; level <= page.levels; level++) {
        set_flags(&page, 0);
        fs_change(&page, level, FS_RW, 0);
        snapshot(&page, clean);
        vt_refresh(vt);
        blocked(&page, clean, IOTB_WRITE, 0x85, "write without R/W, miss");
        once_ok(&page, "VTD-3-041", IOTB_READ, 0);
        blocked(&page, clean, IOTB_WRITE, 0x85, "write without R/W, after a read");
        fs_change(&page, level, FS_US, FS_RW);
        set_flags(&page, 0);
        snapshot(&page, clean);
        blocked(&page, clean, IOTB_WRITE, 0x81, "write without U/S");
        fs_change(&page, level, FS_P, FS_US);
        set_flags(&page, 0);
        snapshot(&page, clean);
        blocked(&page, clean, IOTB_WRITE, 0x71, "write to nothing");
        CHECK_EQ(vt->t, "VTD-3-041", clean[level], fs_value(&page, level), "an entry that is not present gets no flags");
        fs_change(&page, level, 0, FS_P);
        vt_refresh(vt);
    }
}

static void blocked_requests(struct test *t)
{
    vt_each_flavour(t, VTD_FS_FLAVOURS_ALL, blocked_body);
}

/* Flags that software clears are set again after an invalidation; before it they may or may not be. */
static void cleared_body(struct vt *vt, struct vt_path *path)
{
    struct fs_page page;
    uint64_t clean[6];

    open_clean(&page, path, 12);
    snapshot(&page, clean);
    for (uint32_t i = 0; i < 2; i++) {
        bool page_only = i != 0;

        test_context(vt->t, "%s, invalidation of %s", path->flavour->name, page_only ? "the page" : "everything");
        once_ok(&page, "VTD-3-042", IOTB_WRITE, 0);
        check_flags(&page, "VTD-3-042", clean, FS_A, FS_A | FS_D);
        for (uint32_t level = 1; level <= page.levels; level++)
            fs_change(&page, level, FLAGS, 0);
        once_ok(&page, "VTD-3-042", IOTB_WRITE, 0);
        CHECK_EQ(vt->t, "VTD-3-042", clean[1], fs_value(&page, 1) & ~FLAGS, "the leaf, flags apart");
        for (uint32_t level = 1; level <= page.levels; level++)
            fs_change(&page, level, FLAGS, 0);
        if (page_only)
            vt_path_invalidate_page(path, INPUT, 12, false);
        else
            vt_refresh(vt);
        once_ok(&page, "VTD-3-042", IOTB_WRITE, 0);
        check_flags(&page, "VTD-3-042", clean, FS_A, FS_A | FS_D);
        set_flags(&page, 0);
    }
}

static void cleared(struct test *t)
{
    vt_each_flavour(t, VTD_FS_FLAVOURS_ALL, cleared_body);
}

/* ---- walks that are not snooped ---- */

/* A flag to be set in an unsnooped walk is fault 90h and is not set; with the flags there nothing is wrong. */
static void unsnooped_body(struct vt *vt, struct vt_path *path)
{
    struct fs_page page;
    uint64_t before[6];

    open_clean(&page, path, 12);
    fs_pasid_field(path, "PWSNP", 0);
    for (uint32_t level = 1; level <= page.levels; level++) {
        test_context(vt->t, "%s, A=0 at level %u", path->flavour->name, level);
        set_flags(&page, FS_A | FS_D);
        fs_change(&page, level, FS_A, 0);
        snapshot(&page, before);
        vt_refresh(vt);
        once_fault(&page, "VTD-3-043", IOTB_READ, 0x90);
        once_fault(&page, "VTD-3-043", IOTB_WRITE, 0x90);
        check_flags(&page, "VTD-3-043", before, 0, 0);
    }
    test_context(vt->t, "%s, A=1 D=0", path->flavour->name);
    set_flags(&page, FS_A);
    snapshot(&page, before);
    once_fault(&page, "VTD-3-043", IOTB_WRITE, 0x90);
    once_ok(&page, "VTD-3-043", IOTB_READ, 0);
    once_fault(&page, "VTD-3-043", IOTB_WRITE, 0x90);
    if (test_has(vt->t, IOTB_F_ATOMIC))
        once_fault(&page, "VTD-3-043", IOTB_SWAP, 0x90);
    once_ok(&page, "VTD-3-043", IOTB_READ, 0);
    check_flags(&page, "VTD-3-043", before, 0, 0);
    test_context(vt->t, "%s, A=1 D=1", path->flavour->name);
    set_flags(&page, FS_A | FS_D);
    snapshot(&page, before);
    once_ok(&page, "VTD-3-043", IOTB_READ, 0);
    once_ok(&page, "VTD-3-043", IOTB_WRITE, 0);
    check_flags(&page, "VTD-3-043", before, 0, 0);
}

static void unsnooped(struct test *t)
{
    vt_each_flavour(t, VTD_FS_FLAVOURS_ALL, unsnooped_body);
}

static void unsnooped_extended_body(struct vt *vt, struct vt_path *path)
{
    struct fs_page page;
    uint64_t before[6];

    open_clean(&page, path, 12);
    fs_pasid_field(path, "PWSNP", 0);
    fs_pasid_field(path, "EAFE", 1);
    for (uint32_t level = 1; level <= page.levels; level++) {
        test_context(vt->t, "%s, EA=0 at level %u", path->flavour->name, level);
        set_flags(&page, FLAGS);
        fs_change(&page, level, FS_EA, 0);
        snapshot(&page, before);
        vt_refresh(vt);
        once_fault(&page, "VTD-3-044", IOTB_READ, 0x90);
        check_flags(&page, "VTD-3-044", before, 0, 0);
    }
    test_context(vt->t, "%s, all flags there", path->flavour->name);
    set_flags(&page, FLAGS);
    once_ok(&page, "VTD-3-044", IOTB_READ, 0);
    once_ok(&page, "VTD-3-044", IOTB_WRITE, 0);
    fs_pasid_field(path, "EAFE", 0);
    set_flags(&page, FS_A | FS_D);
    once_ok(&page, "VTD-3-044", IOTB_WRITE, 0);
}

static void unsnooped_extended(struct test *t)
{
    vt_each_flavour(t, VTD_FS_FLAVOURS_ALL, unsnooped_extended_body);
}

/* ---- updates that fail ---- */

static void abort_updates(struct fs_page *page, uint32_t level)
{
    inject_fault(page->vt->t, INJECT_ABORT, page->entry[level], page->entry[level] + 7, ACC_WRITES | ACC_ATOMICS, 1, UINT64_MAX);
}

/* An update that memory refuses is fault 91h: at every level for A, at the leaf for D, on a miss and on a hit. */
static void failed_update_body(struct vt *vt, struct vt_path *path)
{
    struct fs_page page;

    open_clean(&page, path, 12);
    for (uint32_t level = 1; level <= page.levels; level++) {
        uint64_t before;

        test_context(vt->t, "%s, update of level %u fails", path->flavour->name, level);
        set_flags(&page, FS_A | FS_D);
        fs_change(&page, level, FS_A, 0);
        before = fs_value(&page, level);
        vt_refresh(vt);
        abort_updates(&page, level);
        once_fault(&page, "VTD-7-002", IOTB_READ, 0x91);
        once_fault(&page, "VTD-7-002", IOTB_WRITE, 0x91);
        CHECK_EQ(vt->t, "VTD-7-002", before, fs_value(&page, level), "the entry afterwards");
        inject_clear(vt->t);
        once_ok(&page, "VTD-7-002", IOTB_READ, 0);
    }
    test_context(vt->t, "%s, update of D on a hit fails", path->flavour->name);
    set_flags(&page, FS_A);
    once_ok(&page, "VTD-7-002", IOTB_READ, 0);
    abort_updates(&page, 1);
    once_fault(&page, "VTD-7-002", IOTB_WRITE, 0x91);
    once_ok(&page, "VTD-7-002", IOTB_READ, 0);
    inject_clear(vt->t);
    once_ok(&page, "VTD-7-002", IOTB_WRITE, 0);
    CHECK_EQ(vt->t, "VTD-7-002", FS_A | FS_D, fs_value(&page, 1) & FLAGS, "flags of the leaf once updates work again");
}

static void failed_update(struct test *t)
{
    vt_each_flavour(t, VTD_FS_FLAVOURS_ALL, failed_update_body);
}

#define FULL .functional = true, .tier = TIER_FULL
#define GATE "ECAP.SMTS&ECAP.FSTS"
#define SNOOPED GATE "&ECAP.SMPWCS"
#define CLOSE " VTD-3-003 VTD-7-062"

static const struct iotb_case cases[] = {
    {.name = "vtd.first_stage.flags",
     .summary = "A at every level, D at the leaf of a write, also when a read was cached.",
     .run = flags_4k,
     .rows = "VTD-3-034 VTD-3-035 VTD-3-036" CLOSE,
     .gate = SNOOPED,
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.first_stage.flags_2m",
     .summary = "The same for 2 MiB pages.",
     .run = flags_2m,
     .rows = "VTD-3-034 VTD-3-035 VTD-3-036" CLOSE,
     .gate = SNOOPED,
     FULL},
    {.name = "vtd.first_stage.flags_1g",
     .summary = "The same for 1 GiB pages.",
     .run = flags_1g,
     .rows = "VTD-3-034 VTD-3-035 VTD-3-036" CLOSE,
     .gate = SNOOPED "&CAP.FS1GP",
     FULL},
    {.name = "vtd.first_stage.flags_kinds",
     .summary = "Atomics set D like writes, zero-length reads set A only.",
     .run = kinds,
     .rows = "VTD-3-034 VTD-3-035" CLOSE,
     .gate = SNOOPED,
     FULL},
    {.name = "vtd.first_stage.extended",
     .summary = "EAFE sets EA with A in every entry; without it bit 10 stays.",
     .run = extended,
     .rows = "VTD-9-085 VTD-3-037 VTD-3-038" CLOSE,
     .gate = SNOOPED,
     FULL},
    {.name = "vtd.first_stage.flags_together",
     .summary = "EA and D never appear without A.",
     .run = together,
     .rows = "VTD-3-037 VTD-3-035" CLOSE,
     .gate = SNOOPED "&ECAP.EAFS",
     .features = IOTB_F_BENCH_MEMORY,
     FULL},
    {.name = "vtd.first_stage.flags_atomic",
     .summary = "An update does not bring back what the processor has just changed.",
     .run = atomic,
     .rows = "VTD-3-039" CLOSE,
     .gate = SNOOPED,
     .features = IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.first_stage.flags_sticky",
     .summary = "Hardware clears no flag.",
     .run = sticky,
     .rows = "VTD-3-040" CLOSE,
     .gate = GATE,
     FULL},
    {.name = "vtd.first_stage.flags_blocked",
     .summary = "A blocked request sets no D.",
     .run = blocked_requests,
     .rows = "VTD-3-041" VTD_SCALABLE_ROWS,
     .gate = SNOOPED,
     FULL},
    {.name = "vtd.first_stage.flags_cleared",
     .summary = "Cleared flags are set again after an invalidation.",
     .run = cleared,
     .rows = "VTD-3-042" CLOSE,
     .gate = SNOOPED,
     FULL},
    {.name = "vtd.first_stage.flags_unsnooped",
     .summary = "A needed update is a fault when the walk is not snooped.",
     .run = unsnooped,
     .rows = "VTD-3-043" VTD_SCALABLE_ROWS,
     .gate = GATE,
     FULL},
    {.name = "vtd.first_stage.flags_unsnooped_extended",
     .summary = "The same for EA.",
     .run = unsnooped_extended,
     .rows = "VTD-3-044" VTD_SCALABLE_ROWS,
     .gate = GATE "&ECAP.EAFS",
     FULL},
    {.name = "vtd.first_stage.flags_failed",
     .summary = "An update that fails is fault 91h.",
     .run = failed_update,
     .rows = "VTD-7-002" VTD_SCALABLE_ROWS,
     .gate = SNOOPED,
     .features = IOTB_F_BENCH_MEMORY,
     FULL},
};

const struct iotb_case_list vtd_first_stage_flags_cases = {cases, sizeof cases / sizeof cases[0]};
