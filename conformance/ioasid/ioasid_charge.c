/* SPDX-License-Identifier: BSD-2-Clause */
/* H. MAP and UNMAP: what is pinned and charged, and what a MAP that fails leaves: R-IOASID-116 to 123. */
#include "ioasid_chapters.h"

#define PAGES(n) ((n)*UINT64_C(4096))
#define FAILURES_MAX 400u

struct count {
    uint64_t charge, pins;
};

static struct count count_now(struct io *io)
{
    struct iotb_uapi_audit audit;

    sys_audit(io->t, 0, &audit);
    return (struct count){.charge = audit.memlock_bytes, .pins = audit.pinned_pages};
}

static void expect_charge(struct io *io, const char *row, struct count before, uint64_t more, const char *what)
{
    if (before.charge != IOTB_UAPI_UNKNOWN)
        CHECK_EQ(io->t, row, before.charge + more, count_now(io).charge, "charge of the process, %s", what);
}

static void expect_same(struct io *io, const char *row, struct count before, const char *what)
{
    expect_charge(io, row, before, 0, what);
    if (before.pins != IOTB_UAPI_UNKNOWN)
        CHECK_EQ(io->t, row, before.pins, count_now(io).pins, "pinned pages, %s", what);
}

static void expect_none(struct io_device *d, const char *row, uint64_t iova, uint64_t bytes, const char *what)
{
    for (uint64_t at = 0; at < bytes; at += IO_PAGE)
        io_expect_blocked(d, row, IO_NO_PASID, iova + at, what);
}

static void expect_all(struct io_device *d, const char *row, uint64_t iova, struct io_memory *m, const char *what)
{
    for (uint64_t at = 0; at < m->bytes; at += IO_PAGE)
        io_expect_reaches(d, row, IO_NO_PASID, iova + at, m, at, IO_RW, what);
}

/* ---- registered memory ---- */

static int64_t registration(const struct io_fd *f, bool enter, uint64_t vaddr, uint64_t bytes)
{
    struct ioasid_memory memory = {.argsz = sizeof(memory), .vaddr = vaddr, .size = bytes};

    return enter ? IO_CALL(f, IOASID_REGISTER_MEMORY, &memory) : IO_CALL(f, IOASID_UNREGISTER_MEMORY, &memory);
}

static void registered_only(struct test *t)
{
    static const char row[] = "R-IOASID-116";
    struct io io;
    struct io_scene s;
    struct io_memory *m;
    struct count before;
    uint64_t window;

    io_setup(&io, t, &s, true, 0, 0);
    m = io_memory(&io, 0, PAGES(6));
    window = io_iova(&s.d, PAGES(8), 1);
    io_require(t, registration(&s.f, true, m->va + PAGES(1), PAGES(2)), "REGISTER_MEMORY");
    io_require(t, registration(&s.f, true, m->va + PAGES(4), PAGES(1)), "REGISTER_MEMORY of a second range");
    before = count_now(&io);
    for (uint32_t page = 0; page < 6; page++) {
        bool good = page == 1 || page == 2 || page == 4;
        int64_t result = io_map(&s.f, s.ioasid, window + PAGES(page), m, PAGES(page), IO_PAGE, IO_RW);

        test_context(t, "page %u", page);
        if (good) {
            EXPECT_OK(t, row, result, "MAP of registered memory");
            io_expect_reaches(&s.d, row, IO_NO_PASID, window + PAGES(page), m, PAGES(page), IO_RW, "registered");
        } else {
            EXPECT_FAILS(t, row, result, "MAP of memory that is not registered");
            io_expect_blocked(&s.d, row, IO_NO_PASID, window + PAGES(page), "not registered");
        }
    }
    test_context(t, NULL);
    expect_same(&io, row, before, "mapping registered memory");
    EXPECT_FAILS(t, row, io_map(&s.f, s.ioasid, window + PAGES(8), m, PAGES(2), PAGES(3), IO_RW),
                 "MAP across a page that is not");
    EXPECT_FAILS(t, row, io_map(&s.f, s.ioasid, window + PAGES(8), m, PAGES(0), PAGES(2), IO_RW), "MAP of one page too many");
    expect_none(&s.d, row, window + PAGES(8), PAGES(3), "refused");
    expect_same(&io, row, before, "after MAP was refused");
    EXPECT_OK(t, row, io_map(&s.f, s.ioasid, window + PAGES(8), m, PAGES(1), PAGES(2), IO_RW), "MAP of all of a range");
    io_expect_reaches(&s.d, row, IO_NO_PASID, window + PAGES(9), m, PAGES(2), IO_RW, "all of a range");
    expect_all(&s.d, row, s.iova, s.m, "mapped before any registration");
    io_end(&io);
}

static void unregister_keeps_pins(struct test *t)
{
    static const char row[] = "R-IOASID-117";
    struct io io;
    struct io_scene s;
    struct io_memory *m;
    struct count before;
    uint64_t window;

    io_setup(&io, t, &s, true, 0, 0);
    m = io_memory(&io, 0, PAGES(3));
    window = io_iova(&s.d, PAGES(8), 1);
    before = count_now(&io);
    io_require(t, registration(&s.f, true, m->va, m->bytes), "REGISTER_MEMORY");
    io_setup_map(&s.f, s.ioasid, window, m, IO_RW);
    EXPECT_OK(t, row, registration(&s.f, false, m->va, m->bytes), "UNREGISTER_MEMORY of a range that is mapped");
    if (before.pins != IOTB_UAPI_UNKNOWN)
        CHECK(t, row, count_now(&io).pins >= before.pins + 3, "the pages are pinned while they are mapped");
    expect_all(&s.d, row, window, m, "mapped, and no longer registered");
    io_expect_blocked(&s.d, row, IO_NO_PASID, window + m->bytes, "behind it");
    EXPECT_OK(t, row, io_unmap(&s.f, s.ioasid, window, m->bytes, NULL), "UNMAP");
    expect_none(&s.d, row, window, m->bytes, "unmapped");
    expect_same(&io, row, before, "after UNREGISTER_MEMORY and UNMAP");
    io_end(&io);
}

/* Two devices, each attached to a space of its own. */
struct two {
    struct io io;
    struct io_fd f;
    struct io_device d[2];
    uint32_t root[2];
    struct io_memory *m;
    uint64_t iova;
};

static void setup_two(struct test *t, struct two *s, bool v1)
{
    io_begin(&s->io, t);
    io_setup_open(&s->io, v1, &s->f);
    io_need_two(&s->io, &s->d[0], &s->d[1], 0, 0);
    s->m = io_memory(&s->io, 0, PAGES(3));
    s->iova = io_iova(&s->d[0], s->m->bytes, 0);
}

static void charged_once(struct test *t)
{
    static const char row[] = "R-IOASID-118";
    struct two s;
    struct count before;

    setup_two(t, &s, true);
    for (uint32_t i = 0; i < 2; i++) {
        s.root[i] = io_setup_alloc(&s.f);
        io_setup_attached(&s.io, &s.d[i], &s.f, 1 + i, s.root[i]);
    }
    before = count_now(&s.io);
    for (uint32_t registered = 0; registered < 2; registered++) {
        test_context(t, registered ? "registered" : "not registered");
        if (registered)
            io_require(t, registration(&s.f, true, s.m->va, s.m->bytes), "REGISTER_MEMORY");
        for (uint32_t i = 0; i < 2; i++) {
            io_setup_map(&s.f, s.root[i], s.iova, s.m, IO_RW);
            expect_charge(&s.io, row, before, registered ? s.m->bytes : (i + 1) * s.m->bytes, "mapped in one IOASID more");
        }
        for (uint32_t i = 0; i < 2; i++) {
            expect_all(&s.d[i], row, s.iova, s.m, "mapped in both");
            io_expect_blocked(&s.d[i], row, IO_NO_PASID, s.iova + s.m->bytes, "behind it");
        }
        for (uint32_t i = 0; i < 2; i++)
            io_require(t, io_unmap(&s.f, s.root[i], s.iova, s.m->bytes, NULL), "UNMAP");
        expect_charge(&s.io, row, before, registered ? s.m->bytes : 0, "unmapped");
    }
    io_require(t, registration(&s.f, false, s.m->va, s.m->bytes), "UNREGISTER_MEMORY");
    expect_same(&s.io, row, before, "after UNREGISTER_MEMORY");
    io_end(&s.io);
}

/* ---- trees of v2 ---- */

static void child_is_free(struct test *t)
{
    static const char row[] = "R-IOASID-119";
    struct io io;
    struct io_scene s;
    struct io_device d;
    struct count before;
    uint32_t child;
    uint64_t at = UINT64_C(0x20000000);

    io_setup(&io, t, &s, false, 0, 0);
    if (!io_find(&io, &d, 0, 0, s.d.index))
        test_skip(t, "needs two devices");
    expect_all(&s.d, row, s.iova, s.m, "the root");
    child = (uint32_t)io_require(t, io_alloc_child(&s.f, s.ioasid), "ALLOC of a child with mappings");
    io_setup_attached(&io, &d, &s.f, 2, child);
    before = count_now(&io);
    if (before.charge != IOTB_UAPI_UNKNOWN)
        CHECK(t, row, before.charge >= s.m->bytes, "the root is charged");
    for (uint32_t i = 0; i < 2; i++) /* once more, elsewhere */
        io_require(t, io_map_address(&s.f, child, at + i * PAGES(16), s.iova, s.m->bytes, IO_RW),
                   "MAP of the parent in the child");
    expect_same(&io, row, before, "mapped twice in a child");
    expect_all(&d, row, at, s.m, "the child");
    expect_all(&d, row, at + PAGES(16), s.m, "the child, elsewhere");
    expect_none(&d, row, at + PAGES(4), PAGES(2), "behind it");
    io_require(t, io_unmap(&s.f, child, at, s.m->bytes, NULL), "UNMAP in the child");
    io_require(t, io_unmap(&s.f, child, at + PAGES(16), s.m->bytes, NULL), "UNMAP in the child");
    expect_same(&io, row, before, "unmapped in the child");
    expect_none(&d, row, at, s.m->bytes, "unmapped in the child");
    expect_all(&s.d, row, s.iova, s.m, "the root");
    io_end(&io);
}

static uint32_t alloc_dummy(const struct io_fd *f)
{
    struct iommu_ioasid_alloc alloc = {.type = IOMMU_IOASID_DUMMY_ROOT};

    return (uint32_t)io_require(f->io->t, io_alloc_with(f, &alloc), "ALLOC of a dummy root");
}

static void common_dummy(struct test *t)
{
    static const char row[] = "R-IOASID-120";
    struct two s;
    struct count before;
    uint32_t dummy;

    setup_two(t, &s, false);
    dummy = alloc_dummy(&s.f);
    before = count_now(&s.io);
    io_require(t, io_map(&s.f, dummy, s.m->va, s.m, 0, s.m->bytes, IO_RW), "MAP in the dummy root");
    for (uint32_t i = 0; i < 2; i++) {
        s.root[i] = (uint32_t)io_require(t, io_alloc_child(&s.f, dummy), "ALLOC below the dummy root");
        io_setup_attached(&s.io, &s.d[i], &s.f, 1 + i, s.root[i]);
        io_require(t, io_map(&s.f, s.root[i], s.iova, s.m, 0, s.m->bytes, IO_RW), "MAP below the dummy root");
        expect_charge(&s.io, row, before, s.m->bytes, "once for all roots");
    }
    for (uint32_t i = 0; i < 2; i++) {
        expect_all(&s.d[i], row, s.iova, s.m, "below a dummy root");
        io_expect_blocked(&s.d[i], row, IO_NO_PASID, s.iova + s.m->bytes, "behind it");
        io_require(t, io_unmap(&s.f, s.root[i], s.iova, s.m->bytes, NULL), "UNMAP");
        expect_charge(&s.io, row, before, s.m->bytes, "the dummy root has it still");
        expect_none(&s.d[i], row, s.iova, s.m->bytes, "unmapped");
    }
    io_require(t, io_unmap(&s.f, dummy, s.m->va, s.m->bytes, NULL), "UNMAP in the dummy root");
    expect_same(&s.io, row, before, "after UNMAP in the dummy root");
    io_end(&s.io);
}

static void dummy_translates_nothing(struct test *t)
{
    static const char row[] = "R-IOASID-121";
    struct io io;
    struct io_fd f;
    struct io_device d;
    struct io_memory *m;
    uint32_t dummy, root;
    uint64_t iova;

    io_begin(&io, t);
    io_setup_open(&io, false, &f);
    io_need(&io, &d, 0, 0);
    m = io_memory(&io, 0, PAGES(2));
    iova = io_iova(&d, m->bytes, 0);
    dummy = alloc_dummy(&f);
    EXPECT_OK(t, row, io_map(&f, dummy, m->va, m, 0, m->bytes, IO_RW), "MAP in a dummy root without any device");
    io_setup_bound(&io, &d, &f, 1);
    EXPECT_FAILS(t, row, io_attach(&d, &f, dummy), "ATTACH to a dummy root");
    if (d.facts.flags & IOTB_UAPI_PASID) {
        EXPECT_FAILS(t, row, io_attach_pasid(&d, &f, dummy, 3), "ATTACH to a dummy root with a vPASID");
        io_expect_blocked(&d, row, 3, m->va, "a dummy root, with a PASID");
    }
    expect_none(&d, row, m->va, m->bytes, "a dummy root");
    root = (uint32_t)io_require(t, io_alloc_child(&f, dummy), "ALLOC below the dummy root");
    EXPECT_OK(t, row, io_attach(&d, &f, root), "ATTACH to a root below it");
    expect_none(&d, row, m->va, m->bytes, "mapped in the dummy root and not in the root");
    EXPECT_OK(t, row, io_map(&f, root, iova, m, 0, m->bytes, IO_RW), "MAP of the same memory in the root");
    expect_all(&d, row, iova, m, "mapped in the root");
    io_end(&io);
}

/* ---- a MAP that fails ---- */

static void failed_map(struct test *t)
{
    static const char row[] = "R-IOASID-122";
    struct io io;
    struct io_scene s;
    struct io_memory *m;
    struct count before;
    uint64_t va = 0, window;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    m = io_memory(&io, 0, PAGES(8));
    window = io_iova(&s.d, PAGES(8), 1);
    io_require(t, sys_map_memory(t, 0, PAGES(8), &va), "memory of a process");
    io_require(t, sys_unmap_memory(t, 0, va + PAGES(5), IO_PAGE), "munmap() of a page in it");
    for (uint32_t round = 0; round < 2; round++) {
        struct io_mark mark;

        io_mark(&io, &mark);
        before = count_now(&io);
        EXPECT_FAILS(t, row, io_map_address(&s.f, s.ioasid, window, va, PAGES(8), IO_RW), "MAP of memory with a hole");
        EXPECT_FAILS(t, row, io_map_address(&s.f, s.ioasid, window, va, PAGES(6), IO_RW), "MAP of memory that ends with a hole");
        EXPECT_FAILS(t, row, io_map_address(&s.f, s.ioasid, window, va + PAGES(5), IO_PAGE, IO_RW), "MAP of a hole");
        EXPECT_FAILS(t, row, io_map(&s.f, s.ioasid, s.iova - PAGES(7), m, 0, PAGES(8), IO_RW), "MAP that ends over a mapping");
        if (round) /* before DMA: faults that nobody reads are kept */
            io_expect_no_leak(&io, row, &mark, "MAPs that failed");
        expect_same(&io, row, before, "after MAP failed");
        expect_none(&s.d, row, window, PAGES(8), "after MAP failed");
        expect_none(&s.d, row, s.iova - PAGES(7), PAGES(7), "after MAP failed");
    }
    EXPECT_OK(t, row, io_map(&s.f, s.ioasid, window, m, 0, m->bytes, IO_RW), "MAP in its place");
    expect_all(&s.d, row, window, m, "in its place");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "mapped before");
    io_end(&io);
}

/* Each call inside the kernel that can fail, one after the other. */
static void failed_anywhere(struct test *t)
{
    static const char row[] = "R-IOASID-122";
    struct io io;
    struct io_scene s;
    struct io_memory *m;
    uint64_t window;
    uint32_t n, failures = 0;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    m = io_memory(&io, 0, PAGES(4));
    window = io_iova(&s.d, UINT64_C(1) << 30, 1); /* where tables of all levels are missing */
    for (n = 1; n < FAILURES_MAX && !test_failed(t); n++) {
        struct io_mark mark;
        int64_t result, used;

        io_mark(&io, &mark);
        sys_fail_nth(t, 0, n);
        result = io_map(&s.f, s.ioasid, window, m, 0, m->bytes, IO_RW);
        used = sys_fail_nth(t, 0, 0);
        test_context(t, "call %u fails", n);
        if (result < 0) {
            CHECK(t, row, used == 1, "MAP fails when a call inside it does");
            failures++;
            expect_same(&io, row, (struct count){mark.audit.memlock_bytes, mark.audit.pinned_pages}, "after MAP failed");
            expect_none(&s.d, row, window, m->bytes, "after MAP failed");
        } else {
            expect_all(&s.d, row, window, m, "mapped");
            io_require(t, io_unmap(&s.f, s.ioasid, window, m->bytes, NULL), "UNMAP");
            expect_none(&s.d, row, window, m->bytes, "unmapped");
        }
        if (used != 1)
            break;
    }
    test_context(t, NULL);
    CHECK(t, row, n < FAILURES_MAX, "MAP makes fewer than %u calls that can fail", FAILURES_MAX);
    CHECK(t, row, failures, "MAP has failed when something in it did");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "mapped before");
    io_end(&io);
}

static void limited(struct test *t)
{
    static const char row[] = "R-IOASID-123";
    struct io io;
    struct io_scene s;
    struct io_memory *m;
    struct count before;
    uint64_t window;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    m = io_memory(&io, 0, PAGES(6));
    window = io_iova(&s.d, PAGES(16), 1);
    before = count_now(&io);
    if (before.charge == IOTB_UAPI_UNKNOWN)
        before.charge = s.m->bytes;
    CHECK(t, row, before.charge >= s.m->bytes, "what is mapped is charged");
    io_require(t, sys_set_memlock(t, 0, before.charge + PAGES(3)), "setrlimit()");
    EXPECT_FAILS(t, row, io_map(&s.f, s.ioasid, window, m, 0, PAGES(4), IO_RW), "MAP of a page more than the limit allows");
    expect_same(&io, row, before, "after MAP was refused");
    expect_none(&s.d, row, window, PAGES(4), "after MAP was refused");
    EXPECT_OK(t, row, io_map(&s.f, s.ioasid, window, m, 0, PAGES(3), IO_RW), "MAP of all that the limit allows");
    expect_charge(&io, row, before, PAGES(3), "at the limit");
    EXPECT_FAILS(t, row, io_map(&s.f, s.ioasid, window + PAGES(4), m, PAGES(4), IO_PAGE, IO_RW), "MAP of one page more");
    expect_none(&s.d, row, window + PAGES(3), PAGES(2), "after MAP was refused");
    io_expect_reaches(&s.d, row, IO_NO_PASID, window + PAGES(2), m, PAGES(2), IO_RW, "at the limit");
    io_require(t, io_unmap(&s.f, s.ioasid, window, PAGES(3), NULL), "UNMAP");
    EXPECT_OK(t, row, io_map(&s.f, s.ioasid, window + PAGES(4), m, PAGES(4), IO_PAGE, IO_RW), "MAP when others are unmapped");
    io_expect_reaches(&s.d, row, IO_NO_PASID, window + PAGES(4), m, PAGES(4), IO_RW, "when others are unmapped");
    io_require(t, sys_set_memlock(t, 0, 0), "setrlimit() to nothing");
    EXPECT_FAILS(t, row, io_map(&s.f, s.ioasid, window + PAGES(8), m, 0, IO_PAGE, IO_RW), "MAP with a limit of nothing");
    expect_all(&s.d, row, s.iova, s.m, "mapped before");
    io_end(&io);
}

#define CHARGE_V1(name_, run_, rows_, summary_) CASE_ON(name_, run_, rows_, NULL, summary_, true, "v1")

static const struct iotb_case cases[] = {
    CHARGE_V1("charge.registered.v1", registered_only, "R-IOASID-116", "After a registration only registered memory is mapped"),
    CHARGE_V1("charge.unregister.v1", unregister_keeps_pins, "R-IOASID-117", "What is mapped stays pinned"),
    CHARGE_V1("charge.once.v1", charged_once, "R-IOASID-118", "Registered memory is charged once, other memory for each IOASID"),
    MOVES("charge.child", child_is_free, "R-IOASID-119", "RULE.software_nesting", "A nested child charges nothing"),
    MOVES("charge.dummy", common_dummy, "R-IOASID-120", "!RULE.s20_extensions", "Roots on one dummy root are charged once"),
    MOVES("charge.dummy_dma", dummy_translates_nothing, "R-IOASID-121", "!RULE.s20_extensions",
          "A dummy root translates nothing"),
    BOTH_MOVE("charge.failed", failed_map, "R-IOASID-122", NULL, "A MAP that fails leaves nothing"),
    BOTH_MOVE("charge.failed_anywhere", failed_anywhere, "R-IOASID-122", NULL, "Nor does one that fails anywhere inside"),
    BOTH_MOVE("charge.limit", limited, "R-IOASID-123", NULL, "No more is pinned than RLIMIT_MEMLOCK allows"),
};
LIST(ioasid_charge_cases, cases);
