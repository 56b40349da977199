/* SPDX-License-Identifier: BSD-2-Clause */
/* I. Nesting in software, and what v1 says of nesting: R-IOASID-128, 133, 134, 136, 142, 153. */
#include "ioasid_chapters.h"

#include <string.h>

#define PAGES(n) ((n)*UINT64_C(4096))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define VA UINT64_C(0x20000000)
#define VPASID 5u

/* A device attached to a child with mappings of a root with mappings. */
struct shadow {
    struct io io;
    struct io_scene s;
    uint32_t child, pasid; /* of DMA through the child */
};

/* v1: attached to the parent without PASID all the time, to the child beside that or, without PASIDs, in its place. */
static void setup_shadow(struct test *t, struct shadow *x, bool v1)
{
    bool pasid;

    io_setup(&x->io, t, &x->s, v1, 0, 0);
    pasid = v1 && (x->s.d.facts.flags & IOTB_UAPI_PASID) && !(x->s.d.facts.flags & IOTB_UAPI_DELEGATES);
    x->pasid = pasid ? VPASID : IO_NO_PASID;
    x->child = (uint32_t)io_require(t, io_alloc_child(&x->s.f, x->s.ioasid), "a child with mappings");
    if (!v1)
        io_require(t, io_detach(&x->s.d, &x->s.f, x->s.ioasid), "DETACH from the parent");
    io_require(t, io_attach_pasid(&x->s.d, &x->s.f, x->child, x->pasid), "ATTACH of the child");
}

static int64_t map_child(struct shadow *x, uint64_t at, uint64_t page, uint64_t count, uint32_t rights)
{
    return io_map_address(&x->s.f, x->child, VA + PAGES(at), x->s.iova + PAGES(page), PAGES(count), rights);
}

static void reaches(struct shadow *x, const char *row, uint64_t at, uint64_t page, uint32_t rights, const char *what)
{
    io_expect_reaches(&x->s.d, row, x->pasid, VA + PAGES(at), x->s.m, PAGES(page), rights, what);
}

static void blocked(struct shadow *x, const char *row, uint64_t at, const char *what)
{
    io_expect_blocked(&x->s.d, row, x->pasid, VA + PAGES(at), what);
}

static void through_the_parent(struct test *t)
{
    static const char row[] = "R-IOASID-133";
    struct shadow x;
    struct io_memory *m;
    uint64_t charge;

    setup_shadow(t, &x, on_v1(t));
    m = io_memory(&x.io, 0, IO_PAGE);
    io_setup_map(&x.s.f, x.s.ioasid, x.s.iova + PAGES(4), m, IO_R); /* a neighbour, for reads */
    charge = io_charge(&x.io, 0);
    EXPECT_OK(t, row, map_child(&x, 0, 2, 2, IO_RW), "MAP of pages 2 and 3 of the parent");
    EXPECT_OK(t, row, map_child(&x, 2, 0, 1, IO_RW), "MAP of page 0 of the parent");
    EXPECT_OK(t, row, map_child(&x, 8, 1, 1, IO_R), "MAP of page 1, for reads");
    EXPECT_OK(t, row, map_child(&x, 9, 4, 1, IO_R), "MAP of another mapping's page, for reads");
    EXPECT_OK(t, row, map_child(&x, 16, 0, 4, IO_RW), "MAP of all pages once more");
    reaches(&x, row, 0, 2, IO_RW, "page 2 of the parent");
    reaches(&x, row, 1, 3, IO_RW, "page 3 of the parent");
    reaches(&x, row, 2, 0, IO_RW, "page 0 of the parent");
    reaches(&x, row, 8, 1, IO_R, "page 1 of the parent");
    io_expect_reaches(&x.s.d, row, x.pasid, VA + PAGES(9), m, 0, IO_R, "another mapping of the parent");
    for (uint64_t i = 0; i < 4; i++)
        reaches(&x, row, 16 + i, i, IO_RW, "all pages once more");
    blocked(&x, row, 3, "between mappings of the child");
    io_expect_blocked(&x.s.d, row, x.pasid, x.s.iova, "an address of the parent, through the child");
    EXPECT_FAILS(t, row, map_child(&x, 30, 5, 1, IO_RW), "MAP of what the parent does not map");
    EXPECT_FAILS(t, row, map_child(&x, 30, 4, 2, IO_R), "MAP of a range that the parent maps in part");
    EXPECT_FAILS(t, row, map_child(&x, 30, 4, 1, IO_RW), "MAP with a right that the parent does not have");
    EXPECT_FAILS(t, row, io_map(&x.s.f, x.child, VA + PAGES(30), x.s.m, 0, IO_PAGE, IO_RW), "MAP of a user address");
    blocked(&x, row, 30, "what MAP refused");
    blocked(&x, row, 31, "what MAP refused");
    CHECK_EQ(t, row, charge, io_charge(&x.io, 0), "charge of the process");
    EXPECT_OK(t, row, io_unmap(&x.s.f, x.child, VA, PAGES(2), NULL), "UNMAP in the child");
    blocked(&x, row, 0, "unmapped in the child");
    reaches(&x, row, 18, 2, IO_RW, "the same page, mapped elsewhere");
    io_end(&x.io);
}

/* The other way to be right: R-IOASID-134 leaves the choice. */
static void parent_unmap(struct test *t)
{
    static const char row[] = "R-IOASID-134";
    bool updates = uapi_machine(t)->rules & IOTB_UAPI_RULE_PARENT_UPDATES;
    struct shadow x;
    struct io_memory *m;
    int64_t result;

    setup_shadow(t, &x, false);
    m = io_memory(&x.io, 0, PAGES(4));
    io_require(t, map_child(&x, 0, 1, 2, IO_RW), "MAP in the child");
    io_setup_map(&x.s.f, x.s.ioasid, x.s.iova + PAGES(8), m, IO_RW);
    EXPECT_OK(t, row, io_unmap(&x.s.f, x.s.ioasid, x.s.iova + PAGES(8), PAGES(4), NULL), "UNMAP of what no child uses");
    reaches(&x, row, 0, 1, IO_RW, "mapped in the child");
    result = io_unmap(&x.s.f, x.s.ioasid, x.s.iova, x.s.m->bytes, NULL);
    if (updates) {
        EXPECT_OK(t, row, result, "UNMAP in the parent of what a child maps");
        blocked(&x, row, 0, "unmapped in the parent");
        blocked(&x, row, 1, "unmapped in the parent");
        EXPECT_OK(t, row, io_map(&x.s.f, x.s.ioasid, x.s.iova, m, 0, m->bytes, IO_RW), "MAP of other memory in the parent");
    } else {
        EXPECT_FAILS(t, row, result, "UNMAP in the parent of what a child maps");
        reaches(&x, row, 0, 1, IO_RW, "after UNMAP was refused");
        reaches(&x, row, 1, 2, IO_RW, "after UNMAP was refused");
        EXPECT_OK(t, row, io_unmap(&x.s.f, x.child, VA, PAGES(2), NULL), "UNMAP in the child");
        blocked(&x, row, 0, "unmapped in the child");
        EXPECT_OK(t, row, io_unmap(&x.s.f, x.s.ioasid, x.s.iova, x.s.m->bytes, NULL), "UNMAP in the parent then");
        EXPECT_FAILS(t, row, map_child(&x, 0, 1, 1, IO_RW), "MAP in the child of what the parent does not map any more");
        blocked(&x, row, 0, "unmapped in both");
        EXPECT_OK(t, row, io_map(&x.s.f, x.s.ioasid, x.s.iova, m, 0, m->bytes, IO_RW), "MAP of other memory in the parent");
        EXPECT_OK(t, row, map_child(&x, 0, 1, 2, IO_RW), "MAP of it in the child");
        io_expect_reaches(&x.s.d, row, x.pasid, VA, m, PAGES(1), IO_RW, "other memory of the parent");
    }
    io_end(&x.io);
}

static void shadow_holds_parent(struct test *t)
{
    static const char row[] = "R-IOASID-136";
    struct shadow x;

    setup_shadow(t, &x, on_v1(t));
    io_require(t, map_child(&x, 0, 1, 2, IO_RW), "MAP in the child");
    EXPECT_FAILS(t, row, io_free(&x.s.f, x.s.ioasid), "FREE of a parent while its child is attached");
    reaches(&x, row, 0, 1, IO_RW, "after FREE was refused");
    io_require(t, io_detach_pasid(&x.s.d, &x.s.f, x.child, x.pasid), "DETACH of the child");
    if (on_v1(t))
        io_require(t, io_detach(&x.s.d, &x.s.f, x.s.ioasid), "DETACH of the parent");
    EXPECT_FAILS(t, row, io_free(&x.s.f, x.s.ioasid), "FREE of a parent while a child exists");
    if (on_v1(t))
        io_require(t, io_attach(&x.s.d, &x.s.f, x.s.ioasid), "ATTACH of the parent");
    io_require(t, io_attach_pasid(&x.s.d, &x.s.f, x.child, x.pasid), "ATTACH of the child");
    reaches(&x, row, 1, 2, IO_RW, "after FREE was refused");
    io_require(t, io_detach_pasid(&x.s.d, &x.s.f, x.child, x.pasid), "DETACH of the child");
    if (on_v1(t))
        io_require(t, io_detach(&x.s.d, &x.s.f, x.s.ioasid), "DETACH of the parent");
    io_require(t, io_free(&x.s.f, x.child), "FREE of the child");
    EXPECT_OK(t, row, io_free(&x.s.f, x.s.ioasid), "FREE of a parent without children");
    blocked(&x, row, 0, "when all is gone");
    io_end(&x.io);
}

/* The user of a guest whose IOMMU has a caching mode: UNMAP and MAP at each invalidation. */
static void follows_changes(struct test *t)
{
    static const char row[] = "R-IOASID-153";
    struct shadow x;
    uint8_t page[8], mapped[8] = {0}; /* of each address of the child */
    uint64_t steps = 20 + test_request_budget(t) / 50;

    setup_shadow(t, &x, on_v1(t));
    memset(page, 0, sizeof(page));
    for (uint64_t step = 0; step < steps && !test_failed(t); step++) {
        uint32_t at = (uint32_t)test_random_below(t, COUNT(page)), look = (uint32_t)test_random_below(t, COUNT(page));

        if (mapped[at])
            EXPECT_OK(t, row, io_unmap(&x.s.f, x.child, VA + PAGES(at), IO_PAGE, NULL), "UNMAP in the child");
        mapped[at] = test_random_below(t, 4) != 0;
        page[at] = (uint8_t)test_random_below(t, 4);
        if (mapped[at])
            EXPECT_OK(t, row, map_child(&x, at, page[at], 1, IO_RW), "MAP in the child");
        for (uint32_t i = 0; i < 2; i++, look = at) {
            if (mapped[look])
                reaches(&x, row, look, page[look], IO_RW, "as the child was changed last");
            else
                blocked(&x, row, look, "not in the child");
        }
    }
    io_end(&x.io);
}

/* ---- v1: who can nest ---- */

static int64_t ask(const struct io_fd *f, uint32_t ioasid, struct ioasid_info *info)
{
    *info = (struct ioasid_info){.argsz = sizeof(*info), .ioasid = ioasid};
    return IO_CALL(f, IOASID_GET_INFO, info);
}

static void some_cannot_nest(struct test *t)
{
    static const char row[] = "R-IOASID-128", info_row[] = "R-IOASID-142";
    const uint32_t nesting = IOASID_INFO_NESTING_HW | IOASID_INFO_NESTING_SW;
    struct shadow x;
    struct ioasid_info info;
    struct io_mark mark;

    setup_shadow(t, &x, true);
    io_require(t, map_child(&x, 0, 1, 1, IO_RW), "MAP in the child");
    EXPECT_OK(t, info_row, ask(&x.s.f, x.s.ioasid, &info), "GET_INFO of the parent");
    CHECK(t, info_row, info.flags & nesting, "the parent says that it can nest");
    EXPECT_OK(t, info_row, ask(&x.s.f, x.child, &info), "GET_INFO of the child");
    CHECK_EQ(t, info_row, 0, info.flags & nesting, "the child says that it cannot");
    for (uint32_t round = 0; round < 2; round++) {
        io_mark(&x.io, &mark);
        EXPECT_FAILS(t, info_row, io_alloc_child(&x.s.f, x.child), "CREATE_NESTING on a child");
        EXPECT_FAILS(t, row, io_alloc_child(&x.s.f, x.child), "CREATE_NESTING on what cannot nest");
        EXPECT_FAILS(t, row, io_alloc_child(&x.s.f, IO_UNKNOWN_ID), "CREATE_NESTING on nothing");
        io_expect_no_leak(&x.io, row, &mark, "CREATE_NESTING that was refused");
    }
    EXPECT_FAILS(t, row, io_alloc_child(&x.s.f, io_setup_alloc(&x.s.f)), "CREATE_NESTING on an IOASID that is attached nowhere");
    reaches(&x, row, 0, 1, IO_RW, "the child, after all that");
    blocked(&x, row, 1, "behind its mapping");
    io_end(&x.io);
}

static const struct iotb_case cases[] = {
    BOTH_MOVE("shadow.map", through_the_parent, "R-IOASID-133", "RULE.software_nesting", "A child maps addresses of its parent"),
    MOVES("shadow.parent", parent_unmap, "R-IOASID-134", "RULE.software_nesting",
          "A parent does not change without its children"),
    BOTH_MOVE("shadow.held", shadow_holds_parent, "R-IOASID-136", "RULE.software_nesting", "A parent outlives its children"),
    BOTH_MOVE("shadow.changes", follows_changes, "R-IOASID-153", "RULE.software_nesting", "A child is as it was changed last"),
    CASE_ON("shadow.who.v1", some_cannot_nest, "R-IOASID-128 R-IOASID-142", "RULE.software_nesting",
            "Nesting is told, and refused where it is not told", true, "v1"),
};
LIST(ioasid_shadow_cases, cases);
