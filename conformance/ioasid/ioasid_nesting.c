/* SPDX-License-Identifier: BSD-2-Clause */
/* I. Nesting: R-IOASID-128 to 142, and of MAP 111 and 112. */
#include "ioasid_chapters.h"

#define PAGES(n) ((n)*UINT64_C(4096))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SOFTWARE_VA UINT64_C(0x20000000) /* of a child nested in software */

/* All of the data, through the child, and nothing behind it. */
static void through_child(struct io_nest *n, const char *row, const char *what)
{
    for (uint64_t at = 0; at < n->data->bytes; at += IO_PAGE)
        io_expect_reaches(&n->d, row, n->pasid, n->va + at, n->data, at, IO_RW, what);
    io_expect_blocked(&n->d, row, n->pasid, n->va + n->data->bytes, what);
}

static void expect_gone(struct io_nest *n, const char *row, const char *what)
{
    for (uint64_t at = 0; at < n->data->bytes; at += IO_PAGE)
        io_expect_blocked(&n->d, row, n->pasid, n->va + at, what);
}

/* ---- in hardware ---- */

static void two_stages(struct test *t)
{
    static const char row[] = "R-IOASID-130";
    static const struct {
        uint64_t at, page;
        uint32_t rights;
    } entries[] = {{0, 2, IO_RW}, {1, 0, IO_RW}, {3, 1, IO_R}, {600, 3, IO_RW}, {0x40000, 2, IO_R}};
    struct io io;
    struct io_nest n;

    io_setup_nest_parent(&io, t, &n, on_v1(t), 0);
    for (size_t i = 0; i < COUNT(entries); i++)
        io_table_map(&n.table, n.va + PAGES(entries[i].at), n.base + PAGES(entries[i].page), entries[i].rights);
    io_setup_nest_child(&n);
    for (size_t i = 0; i < COUNT(entries); i++)
        io_expect_reaches(&n.d, row, n.pasid, n.va + PAGES(entries[i].at), n.data, PAGES(entries[i].page), entries[i].rights,
                          "through both stages");
    io_expect_blocked(&n.d, row, n.pasid, n.va + PAGES(2), "a hole in the user's table");
    io_expect_blocked(&n.d, row, n.pasid, n.base, "an address of the parent, through the child");
    io_expect_blocked(&n.d, row, n.pasid, n.data->va, "a user address, through the child");
    if (!n.table.arm)
        io_expect_reaches(&n.d, row, IO_NO_PASID, n.base, n.data, 0, IO_RW, "without PASID, through the parent alone");
    io_end(&io);
}

/* Without PASID: entry 0 of a PASID table; of VT-d the page table attached without vPASID, in place of the parent. */
static void without_pasid(struct test *t)
{
    static const char row[] = "R-IOASID-130";
    struct io io;
    struct io_nest n;

    io_setup_nest_parent(&io, t, &n, false, 0);
    if (n.table.arm)
        io_table_arm_space(&n.table, 0, 7);
    io_table_map(&n.table, n.va, n.base + PAGES(1), IO_RW);
    n.pasid = IO_NO_PASID;
    if (!n.table.arm)
        io_require(t, io_detach(&n.d, &n.f, n.parent), "DETACH from the parent");
    io_setup_nest_child(&n);
    io_expect_reaches(&n.d, row, IO_NO_PASID, n.va, n.data, PAGES(1), IO_RW, "without PASID");
    io_expect_blocked(&n.d, row, IO_NO_PASID, n.va + IO_PAGE, "behind it");
    io_expect_blocked(&n.d, row, IO_NO_PASID, n.base, "an address of the parent");
    io_end(&io);
}

static void parent_denies(struct test *t)
{
    static const char row[] = "R-IOASID-131", reach_row[] = "R-IOASID-132";
    struct io io;
    struct io_nest n;
    struct io_memory *secret;
    uint64_t at = 8;

    io_setup_nest_parent(&io, t, &n, on_v1(t), 0);
    secret = io_memory(&io, 0, PAGES(2)); /* in no space */
    io_table_map(&n.table, n.va, n.base, IO_RW);
    io_table_map(&n.table, n.va + PAGES(1), n.base + n.data->bytes, IO_RW);
    io_table_map(&n.table, n.va + PAGES(2), n.base - IO_PAGE, IO_RW);
    io_table_map(&n.table, n.va + PAGES(3), secret->va, IO_RW);
    io_table_map(&n.table, n.va + PAGES(4), 0, IO_RW);
    for (; at < 40; at++) /* where frames of the machine may be */
        io_table_map(&n.table, n.va + PAGES(at),
                     (test_random_below(t, UINT64_C(1) << (at < 24 ? 30 : 36)) | 1u << 30) & ~UINT64_C(0xfff), IO_RW);
    io_setup_nest_child(&n);
    io_expect_reaches(&n.d, row, n.pasid, n.va, n.data, 0, IO_RW, "what the parent maps");
    io_expect_blocked(&n.d, row, n.pasid, n.va + PAGES(1), "an address just behind what the parent maps");
    io_expect_blocked(&n.d, row, n.pasid, n.va + PAGES(2), "an address just before it");
    io_expect_blocked(&n.d, reach_row, n.pasid, n.va + PAGES(3), "a user address that the parent does not map");
    io_expect_blocked(&n.d, reach_row, n.pasid, n.va + PAGES(4), "address 0");
    while (at-- > 8)
        io_expect_blocked(&n.d, reach_row, n.pasid, n.va + PAGES(at), "any address that the parent does not map");
    io_expect_reaches(&n.d, reach_row, n.pasid, n.va, n.data, 0, IO_RW, "what the parent maps");
    io_end(&io);
}

/* The table says more than the parent: the parent's rights hold. */
static void parent_limits_rights(struct test *t)
{
    static const char row[] = "R-IOASID-132";
    struct io io;
    struct io_nest n;
    struct io_memory *m;
    uint64_t base;

    io_setup_nest_parent(&io, t, &n, on_v1(t), 0);
    m = io_memory(&io, 0, IO_PAGE);
    base = io_iova(&n.d, IO_PAGE, 2);
    io_setup_map(&n.f, n.parent, base, m, IO_R);
    io_table_map(&n.table, n.va, base, IO_RW);
    io_table_map(&n.table, n.va + IO_PAGE, n.base, IO_R);
    io_setup_nest_child(&n);
    io_expect_reaches(&n.d, row, n.pasid, n.va, m, 0, IO_R, "the parent's mapping is for reads");
    io_expect_reaches(&n.d, row, n.pasid, n.va + IO_PAGE, n.data, 0, IO_R, "the table's entry is for reads");
    io_end(&io);
}

/* The parent goes on as if there were no child; its changes are the kernel's to make known. */
static void parent_changes(struct test *t)
{
    const char *row = on_v1(t) ? "R-IOASID-112" : "R-IOASID-135", *map_row = "R-IOASID-112";
    struct io io;
    struct io_nest n;
    struct io_memory *m;
    uint64_t more;

    io_setup_nest_parent(&io, t, &n, on_v1(t), 0);
    m = io_memory(&io, 0, PAGES(4));
    more = io_iova(&n.d, IO_PAGE, 2);
    for (uint64_t at = 0; at < PAGES(4); at += IO_PAGE)
        io_table_map(&n.table, n.va + at, n.base + at, IO_RW);
    io_table_map(&n.table, n.va + PAGES(8), more, IO_RW);
    io_setup_nest_child(&n);
    through_child(&n, row, "before the parent changes");
    io_expect_blocked(&n.d, map_row, n.pasid, n.va + PAGES(8), "what the parent does not map yet");
    EXPECT_OK(t, map_row, io_map(&n.f, n.parent, more, m, 0, IO_PAGE, IO_RW), "MAP on a parent while a child is attached");
    io_expect_reaches(&n.d, map_row, n.pasid, n.va + PAGES(8), m, 0, IO_RW, "what the parent maps now");
    for (uint32_t round = 0; round < 4; round++) {
        struct io_memory *now = round & 1 ? n.data : m;

        EXPECT_OK(t, row, io_unmap(&n.f, n.parent, n.base, PAGES(4), NULL), "UNMAP on a parent while a child is attached");
        expect_gone(&n, row, "what the parent does not map any more");
        EXPECT_OK(t, row, io_map(&n.f, n.parent, n.base, now, 0, PAGES(4), IO_RW), "MAP of other memory in its place");
        for (uint64_t at = 0; at < PAGES(4); at += IO_PAGE)
            io_expect_reaches(&n.d, row, n.pasid, n.va + at, now, at, IO_RW, "other memory in its place");
    }
    io_end(&io);
}

/* ---- the end of a child ---- */

static void free_ends_walk(struct test *t)
{
    static const char row[] = "R-IOASID-141";
    struct io io;
    struct io_nest n;

    io_setup_nest(&io, t, &n, false, 0);
    through_child(&n, row, "attached");
    EXPECT_FAILS(t, row, io_free(&n.f, n.child), "FREE of a child while a device is attached");
    through_child(&n, row, "after FREE was refused");
    io_require(t, io_detach_pasid(&n.d, &n.f, n.child, n.table.arm ? IO_NO_PASID : n.pasid), "DETACH");
    EXPECT_OK(t, row, io_free(&n.f, n.child), "FREE of a child");
    expect_gone(&n, row, "after FREE");
    EXPECT_FAILS(t, row, io_attach_pasid(&n.d, &n.f, n.child, n.table.arm ? IO_NO_PASID : n.pasid), "ATTACH of what is gone");
    expect_gone(&n, row, "after FREE");
    if (n.table.arm)
        io_require(t, io_attach(&n.d, &n.f, n.parent), "ATTACH of the parent");
    io_expect_reaches(&n.d, row, IO_NO_PASID, n.base, n.data, 0, IO_RW, "the parent");
    EXPECT_FAILS(t, row, io_nest_invalidate(&n, n.va, IO_PAGE), "INVALIDATE of what is gone");
    io_setup_nest_child(&n);
    through_child(&n, row, "a new child with the same table");
    io_end(&io);
}

static void unbind_ends_walk(struct test *t)
{
    static const char row[] = "R-IOASID-140";
    struct io io;
    struct io_nest n;

    io_setup_nest(&io, t, &n, true, 0);
    for (uint32_t round = 0; round < 3; round++) {
        through_child(&n, row, "bound");
        EXPECT_OK(t, row, io_nest_unbind_table(&n, n.child), "UNBIND of the table");
        expect_gone(&n, row, "after UNBIND");
        EXPECT_FAILS(t, row, io_nest_unbind_table(&n, n.child), "UNBIND once more");
        EXPECT_FAILS(t, row, io_nest_invalidate(&n, n.va, IO_PAGE), "INVALIDATE of what is not bound");
        EXPECT_OK(t, row, io_nest_bind_table(&n, n.child), "BIND again");
    }
    through_child(&n, row, "bound again");
    EXPECT_FAILS(t, row, io_nest_bind_table(&n, n.child), "BIND of what is bound");
    through_child(&n, row, "after BIND was refused");
    io_end(&io);
}

static void child_holds_parent(struct test *t)
{
    static const char row[] = "R-IOASID-136";
    struct io io;
    struct io_nest n;
    uint32_t vpasid;

    io_setup_nest(&io, t, &n, on_v1(t), 0);
    vpasid = n.table.arm ? IO_NO_PASID : n.pasid;
    EXPECT_FAILS(t, row, io_free(&n.f, n.parent), "FREE of a parent while its child is attached");
    through_child(&n, row, "after FREE was refused");
    io_require(t, io_detach_pasid(&n.d, &n.f, n.child, vpasid), "DETACH of the child");
    if (on_v1(t) || !n.table.arm)
        io_require(t, io_detach(&n.d, &n.f, n.parent), "DETACH of the parent");
    EXPECT_FAILS(t, row, io_free(&n.f, n.parent), "FREE of a parent while a child exists");
    if (on_v1(t) || n.table.arm)
        io_require(t, io_attach(&n.d, &n.f, n.parent), "ATTACH of the parent");
    if (n.table.arm && !on_v1(t))
        io_expect_reaches(&n.d, row, IO_NO_PASID, n.base, n.data, 0, IO_RW, "the parent, alone");
    io_require(t, io_nest_attach(&n, &n.d, n.child, n.pasid), "ATTACH of the child");
    through_child(&n, row, "attached again");
    io_require(t, io_detach_pasid(&n.d, &n.f, n.child, vpasid), "DETACH of the child");
    if (on_v1(t))
        io_require(t, io_detach(&n.d, &n.f, n.parent), "DETACH of the parent");
    io_require(t, io_free(&n.f, n.child), "FREE of the child");
    EXPECT_OK(t, row, io_free(&n.f, n.parent), "FREE of a parent without children");
    expect_gone(&n, row, "when all is gone");
    io_end(&io);
}

/* ---- who may do what ---- */

/* A table of the user in a place that is not below a space with mappings. */
static int64_t table_at(struct io_nest *n, uint32_t type, uint32_t flags, uint32_t parent)
{
    const struct ioasid_format_vtd_s1 vtd = {.pgtbl_addr = n->table.root, .addr_width = 48};
    const struct ioasid_format_arm_pasid_table arm = {.s1cdmax = 3, .s1dss = 2, .table_addr = n->table.root};
    bool is_vtd = type == IOMMU_IOASID_USER_PGTABLE;
    struct iommu_ioasid_alloc alloc = {.type = type, .flags = flags, .parent = parent, .data_uptr = n->format->va};

    alloc.format = is_vtd ? IOASID_FORMAT_VTD_S1 : IOASID_FORMAT_ARM_PASID_TABLE;
    alloc.data_len = is_vtd ? sizeof(vtd) : sizeof(arm);
    io_store(n->f.io, n->format, 0, is_vtd ? (const void *)&vtd : (const void *)&arm, alloc.data_len);
    return io_alloc_with(&n->f, &alloc);
}

static void never_a_root(struct test *t)
{
    static const char row[] = "R-IOASID-129";
    struct io io;
    struct io_nest n;
    struct iommu_ioasid_alloc dummy = {.type = IOMMU_IOASID_DUMMY_ROOT};
    uint32_t dummy_root, type;

    io_setup_nest(&io, t, &n, false, 0);
    dummy_root = (uint32_t)io_require(t, io_alloc_with(&n.f, &dummy), "ALLOC of a dummy root");
    for (type = IOMMU_IOASID_USER_PGTABLE; type <= IOMMU_IOASID_USER_PASID_TABLE; type++) {
        test_context(t, type == IOMMU_IOASID_USER_PGTABLE ? "page table" : "PASID table");
        EXPECT_FAILS(t, row, table_at(&n, type, 0, 0), "ALLOC without a parent");
        EXPECT_FAILS(t, row, table_at(&n, type, IOMMU_IOASID_ALLOC_PARENT, 0), "ALLOC below no IOASID");
        EXPECT_FAILS(t, row, table_at(&n, type, 0, n.parent), "ALLOC with a parent and without its flag");
        EXPECT_FAILS(t, row, table_at(&n, type, IOMMU_IOASID_ALLOC_PARENT, dummy_root), "ALLOC below a dummy root");
        EXPECT_FAILS(t, row, table_at(&n, type, IOMMU_IOASID_ALLOC_PARENT, n.child), "ALLOC below a table of the user");
        EXPECT_FAILS(t, row, table_at(&n, type, IOMMU_IOASID_ALLOC_PARENT, IO_UNKNOWN_ID), "ALLOC below an unknown IOASID");
    }
    test_context(t, NULL);
    EXPECT_OK(t, row, io_nest_alloc(&n, n.parent), "ALLOC below a space with mappings");
    through_child(&n, row, "after all that");
    io_end(&io);
}

/* v1: BIND on a root, and on what is no IOASID. */
static void no_table_on_a_root(struct test *t)
{
    static const char row[] = "R-IOASID-139", root_row[] = "R-IOASID-129";
    struct io io;
    struct io_nest n;

    io_setup_nest(&io, t, &n, true, 0);
    EXPECT_FAILS(t, row, io_nest_bind_table(&n, n.parent), "BIND of a table to a parent");
    EXPECT_FAILS(t, root_row, io_nest_bind_table(&n, io_setup_alloc(&n.f)), "BIND of a table to a root that is attached nowhere");
    EXPECT_FAILS(t, row, io_nest_bind_table(&n, IO_UNKNOWN_ID), "BIND of a table to an unknown IOASID");
    EXPECT_FAILS(t, row, io_nest_unbind_table(&n, n.parent), "UNBIND from a parent");
    through_child(&n, row, "after all that");
    if (!n.table.arm)
        io_expect_reaches(&n.d, root_row, IO_NO_PASID, n.base, n.data, 0, IO_RW, "the parent");
    io_end(&io);
}

static void no_map_on_a_table(struct test *t)
{
    static const char row[] = "R-IOASID-111";
    struct io io;
    struct io_nest n;
    uint64_t charge;

    io_setup_nest(&io, t, &n, on_v1(t), 0);
    charge = io_charge(&io, 0);
    EXPECT_FAILS(t, row, io_map(&n.f, n.child, n.va + PAGES(8), n.data, 0, IO_PAGE, IO_RW),
                 "MAP of memory in a table of the user");
    EXPECT_FAILS(t, row, io_map_address(&n.f, n.child, n.va + PAGES(8), n.base, IO_PAGE, IO_RW), "MAP of the parent in it");
    EXPECT_FAILS(t, row, io_unmap(&n.f, n.child, n.va, PAGES(4), NULL), "UNMAP in it");
    CHECK_EQ(t, row, charge, io_charge(&io, 0), "charge of the process");
    io_expect_blocked(&n.d, row, n.pasid, n.va + PAGES(8), "what MAP refused");
    through_child(&n, row, "after all that");
    io_end(&io);
}

/* A tree with both kinds: a device behind each. */
static void both_kinds(struct test *t)
{
    static const char row[] = "R-IOASID-137";
    struct io io;
    struct io_nest n;
    struct io_device d;
    struct iommu_invalidate_entry entry;
    uint32_t child;

    io_setup_nest(&io, t, &n, false, 0);
    if (!io_find(&io, &d, 0, 0, n.d.index))
        test_skip(t, "needs two devices");
    child = (uint32_t)io_require(t, io_alloc_child(&n.f, n.parent), "ALLOC of a child with mappings beside one with a table");
    io_setup_attached(&io, &d, &n.f, 2, child);
    EXPECT_OK(t, row, io_map_address(&n.f, child, SOFTWARE_VA, n.base, PAGES(2), IO_RW), "MAP in the child with mappings");
    EXPECT_FAILS(t, row, io_map_address(&n.f, n.child, n.va + PAGES(9), n.base, IO_PAGE, IO_RW), "MAP in the child with a table");
    EXPECT_FAILS(t, row, io_unmap(&n.f, n.child, n.va, PAGES(4), NULL), "UNMAP in the child with a table");
    EXPECT_OK(t, row, io_nest_invalidate(&n, n.va, IO_PAGE), "INVALIDATE of the child with a table");
    entry = io_nest_entry(&n, IO_NO_PASID, SOFTWARE_VA, IO_PAGE);
    entry.ioasid = child;
    entry.flags = 0;
    EXPECT_FAILS(t, row, io_invalidate_entry(&n.f, &entry), "INVALIDATE of the child with mappings");
    through_child(&n, row, "the child with a table");
    io_expect_blocked(&n.d, row, n.pasid, n.va + PAGES(9), "what MAP refused");
    io_expect_reaches(&d, row, IO_NO_PASID, SOFTWARE_VA + IO_PAGE, n.data, IO_PAGE, IO_RW, "the child with mappings");
    io_expect_blocked(&d, row, IO_NO_PASID, SOFTWARE_VA + PAGES(2), "behind them");
    io_end(&io);
}

/* What the hardware does not have is refused; with mappings the same can be done. */
static void other_format(struct test *t)
{
    static const char row[] = "R-IOASID-138";
    struct io io;
    struct io_nest n;
    struct io_mark mark;
    uint32_t shadow, wrong;

    io_setup_nest_parent(&io, t, &n, false, 0);
    wrong = n.table.arm ? IOMMU_IOASID_USER_PGTABLE : IOMMU_IOASID_USER_PASID_TABLE;
    for (uint32_t round = 0; round < 2; round++) {
        struct iommu_ioasid_alloc alloc = {.type = IOMMU_IOASID_USER_PGTABLE,
                                           .flags = IOMMU_IOASID_ALLOC_PARENT,
                                           .parent = n.parent,
                                           .format = 99,
                                           .data_len = 24,
                                           .data_uptr = n.format->va};

        io_mark(&io, &mark);
        EXPECT_FAILS(t, row, table_at(&n, wrong, IOMMU_IOASID_ALLOC_PARENT, n.parent), "ALLOC with the format of another IOMMU");
        EXPECT_FAILS(t, row, io_alloc_with(&n.f, &alloc), "ALLOC with a format that nobody knows");
        io_expect_no_leak(&io, row, &mark, "ALLOC that was refused");
    }
    shadow = io_setup_alloc(&n.f);
    io_require(t, io_detach(&n.d, &n.f, n.parent), "DETACH");
    EXPECT_OK(t, row, io_attach(&n.d, &n.f, shadow), "ATTACH of a shadow with mappings");
    EXPECT_OK(t, row, io_map(&n.f, shadow, SOFTWARE_VA, n.data, PAGES(2), IO_PAGE, IO_RW), "MAP in the shadow");
    io_expect_reaches(&n.d, row, IO_NO_PASID, SOFTWARE_VA, n.data, PAGES(2), IO_RW, "the shadow");
    io_expect_blocked(&n.d, row, IO_NO_PASID, SOFTWARE_VA + IO_PAGE, "behind it");
    io_end(&io);
}

static const struct iotb_case cases[] = {
    BOTH_NEST("nesting.stages", two_stages, "R-IOASID-130", "NESTS", "The user's table leads to addresses of the parent"),
    NESTS("nesting.no_pasid", without_pasid, "R-IOASID-130", "NESTS", "So does one for requests without PASID"),
    BOTH_NEST("nesting.denied", parent_denies, "R-IOASID-131 R-IOASID-132", "NESTS",
              "What the parent does not map is not reached"),
    BOTH_NEST("nesting.rights", parent_limits_rights, "R-IOASID-132", "NESTS", "The rights of both stages are needed"),
    NESTS("nesting.parent", parent_changes, "R-IOASID-135 R-IOASID-112", "NESTS", "A parent changes below its children at once"),
    CASE_ON("nesting.parent.v1", parent_changes, "R-IOASID-112", "NESTS", "A parent changes below its children at once", true,
            "v1"),
    NESTS("nesting.free", free_ends_walk, "R-IOASID-141", "NESTS", "FREE of a child ends the walk of its table"),
    CASE_ON("nesting.unbind.v1", unbind_ends_walk, "R-IOASID-140", "NESTS", "UNBIND ends the walk of the table", true, "v1"),
    BOTH_NEST("nesting.held", child_holds_parent, "R-IOASID-136", "NESTS", "A parent outlives its children"),
    NESTS("nesting.root", never_a_root, "R-IOASID-129", "NESTS", "A table of the user is below a space with mappings"),
    CASE_ON("nesting.root.v1", no_table_on_a_root, "R-IOASID-139 R-IOASID-129", "NESTS", "No table is bound to a root", true,
            "v1"),
    BOTH_NEST("nesting.no_map", no_map_on_a_table, "R-IOASID-111", "NESTS", "Nothing is mapped in a table of the user"),
    NESTS("nesting.both_kinds", both_kinds, "R-IOASID-137", "NESTS&RULE.software_nesting", "Each kind of child has its commands"),
    NESTS("nesting.format", other_format, "R-IOASID-138", "NESTS", "What the hardware cannot walk is refused; a shadow does it"),
};
LIST(ioasid_nesting_cases, cases);
