/* SPDX-License-Identifier: BSD-2-Clause */
/* A. File descriptor and IOASID handle: R-IOASID-001 to 013. */
#include "ioasid_chapters.h"

#define SOME 8u

/* ---- opening ---- */

static void opens(struct test *t)
{
    struct io io;
    struct io_fd a, b;
    const char *row = on_v1(t) ? "R-IOASID-001" : "R-IOASID-002";

    io_begin(&io, t);
    EXPECT_OK(t, row, io_open(&io, 0, on_v1(t), &a), "open");
    EXPECT_OK(t, row, io_open(&io, 0, on_v1(t), &b), "open once more");
    CHECK(t, row, a.fd != b.fd, "two opens give two descriptors");
    EXPECT_OK(t, row, io_alloc(&a), "ALLOC on the first");
    EXPECT_OK(t, row, io_alloc(&b), "ALLOC on the second");
    EXPECT_OK(t, row, io_close(&a), "close of the first");
    EXPECT_OK(t, row, io_alloc(&b), "ALLOC on the second when the first is closed");
    EXPECT_FAILS(t, row, io_free(&b, IO_UNKNOWN_ID), "FREE of what was never allocated");
    io_end(&io);
}

/* What a stranger can try with a file of his own, against an IOASID and a device of another. */
static void try_everything(struct io *io, struct io_scene *s, struct io_fd *stranger)
{
    struct io_memory *own = io_memory(io, 0, IO_PAGE);
    int64_t id = io_alloc(stranger);

    (void)io_map(stranger, (uint32_t)id, s->iova, own, 0, IO_PAGE, IO_RW);
    (void)io_unmap(stranger, s->ioasid, s->iova, s->m->bytes, NULL);
    (void)io_map(stranger, IO_UNKNOWN_ID, s->iova, own, 0, IO_PAGE, IO_RW);
    if (!stranger->v1) { /* v1 names no file there */
        (void)io_attach(&s->d, stranger, (uint32_t)id);
        (void)io_detach(&s->d, stranger, (uint32_t)id);
    }
    (void)io_free(stranger, (uint32_t)id);
    (void)io_free(stranger, s->ioasid + 1);
}

static void is_inert(struct test *t)
{
    struct io io;
    struct io_scene s;
    struct io_fd stranger;
    uint64_t charge;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    io_setup_open(&io, on_v1(t), &stranger);
    charge = io_charge(&io, 0);
    try_everything(&io, &s, &stranger);
    io_expect_reaches(&s.d, "R-IOASID-003", IO_NO_PASID, s.iova, s.m, 0, IO_RW, "after a file without device has tried all");
    io_expect_blocked(&s.d, "R-IOASID-003", IO_NO_PASID, s.iova + 0x100000, "after a file without device has tried all");
    EXPECT_OK(t, "R-IOASID-003", io_close(&stranger), "close of the file without device");
    CHECK_EQ(t, "R-IOASID-003", charge, io_charge(&io, 0), "charge of the process when it is closed");
    io_end(&io);
}

/* ---- numbers ---- */

static void are_local(struct test *t)
{
    static const char row[] = "R-IOASID-004";
    struct io io;
    struct io_scene s;
    struct io_fd other;
    struct io_device d;
    struct io_memory *m;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    io_setup_open(&io, on_v1(t), &other);
    m = io_memory(&io, 0, IO_PAGE);
    EXPECT_ERRNO(t, row, EINVAL, io_map(&other, s.ioasid, s.iova + 0x10000, m, 0, IO_PAGE, IO_RW), "MAP of another file's id");
    EXPECT_ERRNO(t, row, EINVAL, io_unmap(&other, s.ioasid, s.iova, s.m->bytes, NULL), "UNMAP of another file's id");
    EXPECT_ERRNO(t, row, EINVAL, io_free(&other, s.ioasid), "FREE of another file's id");
    if (io_find(&io, &d, 0, 0, s.d.index)) {
        io_setup_bound(&io, &d, &other, 7);
        EXPECT_ERRNO(t, row, EINVAL, io_attach(&d, &other, s.ioasid), "ATTACH of another file's id");
        io_expect_blocked(&d, row, IO_NO_PASID, s.iova, "a device attached to another file's id");
    }
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova + 64, s.m, 64, IO_RW, "the IOASID that was meant by nobody");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova + 0x10000, "what another file tried to map");
    io_end(&io);
}

static void are_no_descriptors(struct test *t)
{
    static const char row[] = "R-IOASID-005";
    struct io io;
    struct io_fd f;
    int64_t before, after;

    io_begin(&io, t);
    io_setup_open(&io, on_v1(t), &f);
    before = io_require(t, sys_eventfd(t, 0, 0), "eventfd");
    for (uint32_t i = 0; i < SOME; i++)
        CHECK(t, row, io_require(t, io_alloc(&f), "ALLOC") > 0, "an IOASID is a number from 1");
    after = io_require(t, sys_eventfd(t, 0, 0), "eventfd");
    CHECK_EQ(t, row, before + 1, after, "the next descriptor after %u ALLOC", SOME);
    io_end(&io);
}

static void hold_several(struct test *t)
{
    static const char row[] = "R-IOASID-006";
    struct io io;
    struct io_scene s;
    struct io_device b;
    uint32_t ids[SOME];
    struct io_memory *m;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    for (uint32_t i = 0; i < SOME; i++) {
        ids[i] = io_setup_alloc(&s.f);
        for (uint32_t k = 0; k < i; k++)
            CHECK(t, row, ids[i] != ids[k] && ids[i] != s.ioasid, "IOASIDs that live together have different numbers");
    }
    if (!io_find(&io, &b, 0, 0, s.d.index))
        test_skip(t, "needs two devices");
    io_setup_attached(&io, &b, &s.f, 2, ids[SOME - 1]);
    m = io_memory(&io, 0, IO_PAGE);
    io_setup_map(&s.f, ids[SOME - 1], s.iova, m, IO_RW);
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova + 128, s.m, 128, IO_RW, "one IOASID");
    io_expect_reaches(&b, row, IO_NO_PASID, s.iova + 128, m, 128, IO_RW, "another IOASID of the same file at the same address");
    io_expect_blocked(&b, row, IO_NO_PASID, s.iova + IO_PAGE, "what only the other IOASID maps");
    io_end(&io);
}

static void begin_empty(struct test *t)
{
    static const char row[] = "R-IOASID-007";
    struct io io;
    struct io_fd f;
    struct io_device d;
    struct io_memory *m;
    uint32_t ioasid;
    uint64_t iova;

    io_begin(&io, t);
    io_setup_open(&io, on_v1(t), &f);
    io_need(&io, &d, 0, 0);
    ioasid = io_setup_alloc(&f);
    io_setup_attached(&io, &d, &f, 3, ioasid);
    m = io_memory(&io, 0, 2 * IO_PAGE);
    iova = io_iova(&d, m->bytes, 0);
    io_expect_blocked(&d, row, IO_NO_PASID, 0, "a fresh IOASID at 0");
    io_expect_blocked(&d, row, IO_NO_PASID, iova, "a fresh IOASID");
    io_expect_blocked(&d, row, IO_NO_PASID, m->va, "a fresh IOASID at a user address");
    for (uint32_t i = 0; i < 16; i++)
        io_expect_blocked(&d, row, IO_NO_PASID, test_random_below(t, UINT64_C(1) << 36) & ~UINT64_C(63), "a fresh IOASID");
    io_setup_map(&f, ioasid, iova, m, IO_RW);
    io_expect_reaches(&d, row, IO_NO_PASID, iova + IO_PAGE, m, IO_PAGE, IO_RW, "when it has a mapping");
    io_expect_blocked(&d, row, IO_NO_PASID, iova + 2 * IO_PAGE, "behind its only mapping");
    io_end(&io);
}

static void parent_is_own(struct test *t)
{
    static const char row[] = "R-IOASID-008";
    struct io io;
    struct io_scene s;
    struct io_fd other;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    io_setup_open(&io, on_v1(t), &other);
    EXPECT_FAILS(t, row, io_alloc_child(&other, s.ioasid), "a child of another file's IOASID");
    EXPECT_FAILS(t, row, io_alloc_child(&s.f, IO_UNKNOWN_ID), "a child of nothing");
    EXPECT_OK(t, row, io_alloc_child(&s.f, s.ioasid), "a child of the file's own IOASID");
    io_end(&io);
}

/* ---- the end of an IOASID ---- */

static void are_unknown_when_free(struct test *t)
{
    static const char row[] = "R-IOASID-009";
    struct io io;
    struct io_scene s;
    uint32_t gone;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    gone = io_setup_alloc(&s.f);
    EXPECT_OK(t, row, io_free(&s.f, gone), "FREE");
    EXPECT_ERRNO(t, row, EINVAL, io_free(&s.f, gone), "FREE once more");
    EXPECT_ERRNO(t, row, EINVAL, io_map(&s.f, gone, s.iova, s.m, 0, IO_PAGE, IO_RW), "MAP after FREE");
    EXPECT_ERRNO(t, row, EINVAL, io_unmap(&s.f, gone, s.iova, IO_PAGE, NULL), "UNMAP after FREE");
    EXPECT_FAILS(t, row, io_alloc_child(&s.f, gone), "a child after FREE");
    EXPECT_OK(t, row, io_detach(&s.d, &s.f, s.ioasid), "DETACH");
    EXPECT_ERRNO(t, row, EINVAL, io_attach(&s.d, &s.f, gone), "ATTACH after FREE");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova, "attached to nothing");
    io_end(&io);
}

static void busy_is_not_freed(struct test *t)
{
    static const char row[] = "R-IOASID-010";
    struct io io;
    struct io_scene s;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    EXPECT_ERRNO(t, row, EBUSY, io_free(&s.f, s.ioasid), "FREE while a device is attached");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "after FREE was refused");
    EXPECT_OK(t, row, io_detach(&s.d, &s.f, s.ioasid), "DETACH");
    EXPECT_OK(t, row, io_free(&s.f, s.ioasid), "FREE when it is detached");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova, "after FREE");
    io_end(&io);
}

/* ---- the end of the file ---- */

static void close_releases(struct test *t)
{
    static const char row[] = "R-IOASID-011";
    struct io io;
    struct io_mark mark;
    struct io_fd f;
    struct io_device d;
    struct io_memory *m;
    uint32_t ioasid;

    io_begin(&io, t);
    io_need(&io, &d, 0, 0);
    m = io_memory(&io, 0, 4 * IO_PAGE);
    for (uint32_t round = 0; round < 2; round++) { /* the first may fill caches that stay */
        io_mark(&io, &mark);
        io_setup_open(&io, on_v1(t), &f);
        ioasid = io_setup_alloc(&f);
        (void)io_setup_alloc(&f);
        io_setup_attached(&io, &d, &f, 5, ioasid);
        io_setup_map(&f, ioasid, io_iova(&d, m->bytes, 0), m, IO_RW);
        io_expect_reaches(&d, row, IO_NO_PASID, io_iova(&d, m->bytes, 0), m, 0, IO_RW, "before everything is closed");
        EXPECT_OK(t, row, io_close_device(&d), "close of the device");
        EXPECT_OK(t, row, io_close(&f), "close of the file");
        io_expect_lost(&d, row, IO_NO_PASID, io_iova(&d, m->bytes, 0), m, 0, "after everything was closed");
    }
    io_expect_no_leak(&io, row, &mark, "open, ALLOC, ATTACH, MAP, close");
    io_end(&io);
}

/* With /dev/ioasid there is nothing to release before an attach. */
static void close_releases_pins(struct test *t)
{
    static const char row[] = "R-IOASID-011";
    struct io io;
    struct io_fd f;
    struct io_memory *m;
    uint64_t charge;

    io_begin(&io, t);
    m = io_memory(&io, 0, 4 * IO_PAGE);
    charge = io_charge(&io, 0);
    io_setup_open(&io, false, &f);
    io_setup_map(&f, io_setup_alloc(&f), 0x100000, m, IO_RW);
    EXPECT_OK(t, row, io_close(&f), "close of a file with a mapping and without device");
    sys_quiesce(t);
    CHECK_EQ(t, row, charge, io_charge(&io, 0), "charge of the process");
    io_end(&io);
}

static void are_independent(struct test *t)
{
    static const char row[] = "R-IOASID-012";
    struct io io;
    struct io_scene a;
    struct io_fd f;
    struct io_device d;
    struct io_memory *m;
    uint32_t ioasid;
    uint64_t charge, page = IO_PAGE;

    io_setup(&io, t, &a, on_v1(t), 0, 0);
    if (!io_find(&io, &d, 0, 0, a.d.index))
        test_skip(t, "needs two devices");
    io_setup_open(&io, on_v1(t), &f);
    ioasid = io_setup_alloc(&f);
    io_setup_attached(&io, &d, &f, a.d.cookie, ioasid);
    m = io_memory(&io, 0, IO_PAGE);
    charge = io_charge(&io, 0);
    io_setup_map(&f, ioasid, a.iova, m, IO_RW);
    if (charge != IOTB_UAPI_UNKNOWN)
        CHECK_EQ(t, row, charge + page, io_charge(&io, 0), "charge when the second file maps a page");
    io_expect_reaches(&a.d, row, IO_NO_PASID, a.iova, a.m, 0, IO_RW, "the first file's space");
    io_expect_reaches(&d, row, IO_NO_PASID, a.iova, m, 0, IO_RW, "the second file's space");
    EXPECT_OK(t, row, io_unmap(&a.f, a.ioasid, a.iova, a.m->bytes, NULL), "UNMAP in the first");
    io_expect_blocked(&a.d, row, IO_NO_PASID, a.iova, "the first file's space when it is empty");
    io_expect_reaches(&d, row, IO_NO_PASID, a.iova + 64, m, 64, IO_RW, "the second file's space then");
    io_end(&io);
}

static void hold_many(struct test *t)
{
    static const char row[] = "R-IOASID-013";
    struct io io;
    struct io_fd f;
    uint64_t count = test_request_budget(t);
    int64_t first = 0, last = 0, before;
    bool ascending = true;

    io_begin(&io, t);
    io_setup_open(&io, on_v1(t), &f);
    before = io_require(t, sys_eventfd(t, 0, 0), "eventfd");
    for (uint64_t i = 0; i < count; i++) {
        int64_t id = io_require(t, io_alloc(&f), "ALLOC");

        first = i ? first : id;
        ascending = ascending && id > last; /* none is free again, so that each new one is new */
        last = id;
    }
    if (!ascending)
        test_note(t, "numbers do not ascend: that they differ is not decided");
    CHECK(t, row, !ascending || (uint64_t)(last - first) + 1 >= count, "%llu IOASIDs live together", (unsigned long long)count);
    CHECK_EQ(t, row, before + 1, sys_eventfd(t, 0, 0), "the next descriptor");
    EXPECT_OK(t, row, io_free(&f, (uint32_t)first), "FREE of the first");
    EXPECT_OK(t, row, io_free(&f, (uint32_t)last), "FREE of the last");
    EXPECT_ERRNO(t, row, EINVAL, io_free(&f, (uint32_t)last), "FREE of the last once more");
    io_end(&io);
}

static const struct iotb_case cases[] = {
    CASE_ON("fd.open.v2", opens, "R-IOASID-002", NULL, "A process opens the node as often as it likes; each is a container",
            false, NULL),
    CASE_ON("fd.open.v1", opens, "R-IOASID-001", NULL, "A process opens the node as often as it likes; each is a container",
            false, "v1"),
    BOTH_MOVE("fd.inert", is_inert, "R-IOASID-003", NULL, "A file without device has no effect on others"),
    BOTH_MOVE("fd.local", are_local, "R-IOASID-004", NULL, "An IOASID of one file is unknown to another"),
    BOTH_CALLS("fd.number", are_no_descriptors, "R-IOASID-005", NULL, "ALLOC takes no descriptor"),
    BOTH_MOVE("fd.several", hold_several, "R-IOASID-006", NULL, "One file has several spaces, each with its own mappings"),
    BOTH_MOVE("fd.empty", begin_empty, "R-IOASID-007", NULL, "A fresh IOASID lets no DMA through"),
    BOTH_CALLS("fd.parent", parent_is_own, "R-IOASID-008", "RULE.software_nesting", "A parent is an IOASID of the same file"),
    BOTH_MOVE("fd.freed", are_unknown_when_free, "R-IOASID-009", NULL, "After FREE every command refuses the number"),
    CASE_ON("fd.busy.v2", busy_is_not_freed, "R-IOASID-010", NULL, "FREE of an attached IOASID changes nothing", true, NULL),
    CASE_ON("fd.busy.v1", busy_is_not_freed, "R-IOASID-010", NULL, "FREE of an attached IOASID changes nothing", true, "v1"),
    BOTH_MOVE("fd.close", close_releases, "R-IOASID-011", NULL, "Closing the files returns everything"),
    CALLS("fd.close_pins", close_releases_pins, "R-IOASID-011", "RULE.map_early", "Closing a file without device unpins"),
    BOTH_MOVE("fd.independent", are_independent, "R-IOASID-012", NULL, "Two files share neither numbers, mappings nor charge"),
    BOTH_CALLS("fd.many", hold_many, "R-IOASID-013", NULL, "Very many IOASIDs take no descriptors"),
};
LIST(ioasid_fd_cases, cases);
