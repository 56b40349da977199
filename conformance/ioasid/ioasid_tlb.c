/* SPDX-License-Identifier: BSD-2-Clause */
/* TLBs of devices that are in use, caches of upper levels, tables with high addresses: R-IOASID-075, 108, 130, 133, 140,
 * 141, 144, 145. */
#include "ioasid_chapters.h"

#include <string.h>

#define PAGES(n) ((n)*UINT64_C(4096))
#define PERIOD_PS UINT64_C(200000)

static enum io_end translated(struct io_device *d, uint32_t pasid, uint64_t va, struct io_dma *dma)
{
    *dma = (struct io_dma){.pasid = pasid, .iova = va, .bytes = 64, .kind = IOTB_READ, .address_type = IOTB_AT_TRANSLATION};
    return io_dma(d, dma);
}

/* What the device translates itself brings this memory, and the device may keep the translation. */
static void warm(struct io_device *d, const char *row, uint32_t pasid, uint64_t va, const struct io_memory *m, uint64_t offset,
                 const char *what)
{
    struct test *t = d->io->t;
    struct io_dma dma;

    if (CHECK(t, row, translated(d, pasid, va, &dma) == IO_DONE, "%s: a read that the device translates ends well", what))
        CHECK(t, row, memcmp(dma.data, &d->io->shadow[m->shadow + offset], 64) == 0, "%s: it brings what is mapped", what);
}

static void cold(struct io_device *d, const char *row, uint32_t pasid, uint64_t va, const char *what)
{
    struct io_dma dma;

    CHECK(d->io->t, row, translated(d, pasid, va, &dma) != IO_DONE, "%s: a read that the device translates gets nowhere", what);
    io_expect_blocked(d, row, pasid, va, what);
}

/* Page requests of a table of the user are the user's to answer: no. */
static void give_up(const struct io_fd *f, struct io_device *d, const char *row)
{
    struct io_dma dma = {.kind = IOTB_READ};
    struct io_fault fault;
    uint32_t answered = 0;

    while (io_fault(f, &fault))
        if ((fault.flags & IOMMU_FAULT_RECORD_RESPONSE) && (fault.flags & IOMMU_FAULT_RECORD_LAST))
            answered += io_respond(f, &fault, IOMMU_FAULT_CODE_INVALID) >= 0;
    sys_quiesce(d->io->t);
    for (; answered; answered--)
        CHECK(d->io->t, row, io_dma_poll(d, &dma) != IO_DONE, "a page request that is refused gets nowhere");
}

/* ---- of every device ---- */

static void every_device_forgets(struct test *t)
{
    static const char row[] = "R-IOASID-108";
    struct io io;
    struct io_scene s;
    struct io_device d[2];

    io_setup(&io, t, &s, on_v1(t), IOTB_UAPI_ATS, 0);
    d[0] = s.d;
    if (!io_find(&io, &d[1], IOTB_UAPI_ATS, 0, s.d.index))
        test_skip(t, "needs two devices with ATS");
    io_setup_attached(&io, &d[1], &s.f, 2, s.ioasid);
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 8; i++)
            warm(&d[i & 1], row, IO_NO_PASID, s.iova + PAGES(i / 2), s.m, PAGES(i / 2), "mapped");
        EXPECT_OK(t, row, io_unmap(&s.f, s.ioasid, s.iova, s.m->bytes, NULL), "UNMAP");
        for (uint32_t i = 0; i < 8; i++)
            cold(&d[i & 1], row, IO_NO_PASID, s.iova + PAGES(i / 2), i & 1 ? "the second device" : "the first device");
        io_setup_map(&s.f, s.ioasid, s.iova, s.m, IO_RW);
    }
    io_require(t, io_detach(&d[1], &s.f, s.ioasid), "DETACH of the second");
    warm(&d[0], row, IO_NO_PASID, s.iova, s.m, 0, "mapped");
    EXPECT_OK(t, row, io_unmap(&s.f, s.ioasid, s.iova, s.m->bytes, NULL), "UNMAP when the second is detached");
    cold(&d[0], row, IO_NO_PASID, s.iova, "the device that is left");
    io_end(&io);
}

static void expect_forgotten(struct io_nest *n, const char *row, const char *what)
{
    for (uint64_t at = 0; at < PAGES(4); at += IO_PAGE) {
        struct io_dma dma;

        CHECK(n->f.io->t, row, translated(&n->d, n->pasid, n->va + at, &dma) != IO_DONE, "%s: the device has forgotten it", what);
        give_up(&n->f, &n->d, row);
        io_expect_blocked(&n->d, row, n->pasid, n->va + at, what);
    }
}

/* What a device keeps is tagged by addresses of the child. */
static void parent_is_forgotten(struct test *t)
{
    static const char row[] = "R-IOASID-108";
    struct io io;
    struct io_nest n;
    struct io_memory *m;

    io_setup_nest(&io, t, &n, on_v1(t), IOTB_UAPI_ATS);
    m = io_memory(&io, 0, PAGES(4));
    for (uint32_t round = 0; round < 3; round++) {
        struct io_memory *now = round & 1 ? m : n.data, *next = round & 1 ? n.data : m;

        for (uint64_t at = 0; at < PAGES(4); at += IO_PAGE)
            warm(&n.d, row, n.pasid, n.va + at, now, at, "mapped in the parent");
        EXPECT_OK(t, row, io_unmap(&n.f, n.parent, n.base, PAGES(4), NULL), "UNMAP on the parent");
        expect_forgotten(&n, row, "not mapped in the parent any more");
        EXPECT_OK(t, row, io_map(&n.f, n.parent, n.base, next, 0, PAGES(4), IO_RW), "MAP of other memory in its place");
    }
    io_end(&io);
}

static void child_is_forgotten(struct test *t)
{
    const char *row = on_v1(t) ? "R-IOASID-140" : "R-IOASID-141";
    struct io io;
    struct io_nest n;

    io_setup_nest(&io, t, &n, on_v1(t), IOTB_UAPI_ATS);
    for (uint64_t at = 0; at < PAGES(4); at += IO_PAGE)
        warm(&n.d, row, n.pasid, n.va + at, n.data, at, "the child's table");
    if (on_v1(t)) {
        EXPECT_OK(t, row, io_nest_unbind_table(&n, n.child), "UNBIND");
    } else {
        io_require(t, io_detach_pasid(&n.d, &n.f, n.child, n.table.arm ? IO_NO_PASID : n.pasid), "DETACH");
        EXPECT_OK(t, row, io_free(&n.f, n.child), "FREE");
    }
    for (uint64_t at = 0; at < PAGES(4); at += IO_PAGE)
        cold(&n.d, row, n.pasid, n.va + at, "when the child's table is gone");
    for (uint64_t at = 0; at < PAGES(4); at += IO_PAGE)
        io_table_map(&n.table, n.va + at, 0, 0);
    io_table_map(&n.table, n.va + PAGES(8), n.base, IO_RW);
    if (!on_v1(t) && n.table.arm)
        io_require(t, io_attach(&n.d, &n.f, n.parent), "ATTACH of the parent");
    if (on_v1(t))
        EXPECT_OK(t, row, io_nest_bind_table(&n, n.child), "BIND of a table that does not have it");
    else
        io_setup_nest_child(&n);
    expect_forgotten(&n, row, "another table, which does not have it");
    warm(&n.d, row, n.pasid, n.va + PAGES(8), n.data, 0, "what it has");
    io_end(&io);
}

/* v1: the child is attached while the parent is in effect, and its mappings take over. */
static void child_takes_over(struct test *t)
{
    static const char row[] = "R-IOASID-133";
    struct io io;
    struct io_scene s;
    uint32_t child;

    io_setup(&io, t, &s, true, IOTB_UAPI_ATS, 0);
    child = (uint32_t)io_require(t, io_alloc_child(&s.f, s.ioasid), "CREATE_NESTING");
    for (uint32_t round = 0; round < 2; round++) {
        for (uint64_t at = 0; at < PAGES(4); at += IO_PAGE)
            warm(&s.d, row, IO_NO_PASID, s.iova + at, s.m, at, "in the parent");
        EXPECT_OK(t, row, io_attach(&s.d, &s.f, child), "ATTACH of the child");
        for (uint64_t at = IO_PAGE; at < PAGES(4); at += IO_PAGE)
            cold(&s.d, row, IO_NO_PASID, s.iova + at, "what the child does not map");
        io_require(t, io_map_address(&s.f, child, s.iova, s.iova + PAGES(2), IO_PAGE, IO_RW), "MAP on the child");
        warm(&s.d, row, IO_NO_PASID, s.iova, s.m, PAGES(2), "in the child");
        io_require(t, io_unmap(&s.f, child, s.iova, IO_PAGE, NULL), "UNMAP on the child");
        cold(&s.d, row, IO_NO_PASID, s.iova, "unmapped in the child");
        EXPECT_OK(t, row, io_detach(&s.d, &s.f, child), "DETACH of the child");
    }
    warm(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, "in the parent again");
    io_end(&io);
}

/* The default place of an mdev, first in one space and then in another: one PASID on the bus, or two. */
static void place_is_reused(struct test *t)
{
    static const char row[] = "R-IOASID-075";
    struct io io;
    struct io_fd f;
    struct io_device d, sibling;
    struct io_memory *m[2];
    uint32_t ioasids[2];
    uint64_t iova;

    io_begin(&io, t);
    io_setup_open(&io, on_v1(t), &f);
    io_need_siblings(&io, &d, &sibling, IOTB_UAPI_PASID, IOTB_UAPI_SOFTWARE_MDEV);
    iova = io_iova(&d, IO_PAGE, 0);
    io_setup_attached(&io, &sibling, &f, 2, io_setup_alloc(&f)); /* so that the parent is never without a space */
    io_setup_bound(&io, &d, &f, 1);
    for (uint32_t i = 0; i < 2; i++) {
        m[i] = io_memory(&io, 0, IO_PAGE);
        ioasids[i] = io_setup_alloc(&f);
    }
    for (uint32_t round = 0; round < 4; round++) {
        uint32_t now = round % 2;

        io_require(t, io_attach(&d, &f, ioasids[now]), "ATTACH");
        if (round < 2)
            io_setup_map(&f, ioasids[now], iova, m[now], IO_RW);
        io_expect_reaches(&d, row, IO_NO_PASID, iova, m[now], 0, IO_RW, "in this space, as the other was left");
        io_expect_blocked(&d, row, IO_NO_PASID, iova + IO_PAGE, "beside it");
        EXPECT_OK(t, row, io_detach(&d, &f, ioasids[now]), "DETACH");
        io_expect_blocked(&d, row, IO_NO_PASID, iova, "detached");
    }
    io_end(&io);
}

/* ---- while the device goes on ---- */

static void begin_work(struct io_device *d, uint32_t pasid, uint64_t va)
{
    struct iotb_request request = {
        .id = 1u << 30, .kind = IOTB_READ, .address_type = IOTB_AT_TRANSLATION, .bytes = 64, .address = va};

    if (pasid != IO_NO_PASID) {
        request.flags = IOTB_RQ_PASID;
        request.pasid = pasid;
    }
    device_repeat(d->io->t, d->index, &request, PERIOD_PS);
}

static void end_work(struct io_device *d)
{
    struct iotb_completion completion;

    device_repeat(d->io->t, d->index, NULL, 0);
    sys_quiesce(d->io->t);
    while (device_poll(d->io->t, d->index, &completion))
        ;
}

static void unmap_at_work(struct test *t)
{
    static const char row[] = "R-IOASID-108";
    struct io io;
    struct io_scene s;

    io_setup(&io, t, &s, on_v1(t), IOTB_UAPI_ATS, 0);
    for (uint32_t round = 0; round < 8; round++) {
        warm(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, "mapped");
        begin_work(&s.d, IO_NO_PASID, s.iova);
        EXPECT_OK(t, row, io_unmap(&s.f, s.ioasid, s.iova, s.m->bytes, NULL), "UNMAP while the device reads");
        cold(&s.d, row, IO_NO_PASID, s.iova, "UNMAP while the device read");
        end_work(&s.d);
        io_setup_map(&s.f, s.ioasid, s.iova, s.m, IO_RW);
    }
    warm(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, "mapped");
    io_end(&io);
}

static void invalidate_at_work(struct test *t)
{
    static const char row[] = "R-IOASID-145";
    struct io io;
    struct io_nest n;

    io_setup_nest(&io, t, &n, on_v1(t), IOTB_UAPI_ATS);
    for (uint32_t round = 1; round < 9; round++) {
        warm(&n.d, row, n.pasid, n.va, n.data, PAGES((round - 1) % 4), "before the change");
        begin_work(&n.d, n.pasid, n.va);
        io_table_map(&n.table, n.va, n.base + PAGES(round % 4), IO_RW);
        EXPECT_OK(t, row, io_nest_invalidate(&n, n.va, IO_PAGE), "INVALIDATE while the device reads");
        warm(&n.d, row, n.pasid, n.va, n.data, PAGES(round % 4), "after INVALIDATE while the device read");
        end_work(&n.d);
        io_expect_reaches(&n.d, row, n.pasid, n.va, n.data, PAGES(round % 4), IO_RW, "after INVALIDATE");
    }
    io_expect_blocked(&n.d, row, n.pasid, n.va + PAGES(4), "not in the table");
    io_end(&io);
}

/* ---- upper levels, high addresses ---- */

/* Where in the tables the entry is that leads to the last level. */
static uint64_t upper_entry(const struct io_nest *n, uint64_t va)
{
    uint64_t at = (n->table.arm ? n->table.s1 : n->table.root) - n->table.base;

    for (uint32_t level = 4; level > 2; level--)
        at = (io_load64(n->f.io, n->pages, at + 8 * (va >> (12 + 9 * (level - 1)) & 511)) & UINT64_C(0xffffffffff000)) -
             n->table.base;
    return at + 8 * (va >> 21 & 511);
}

static void upper_level_changes(struct test *t)
{
    static const char row[] = "R-IOASID-144";
    const uint64_t second = UINT64_C(2) << 20;
    struct io io;
    struct io_nest n;
    uint64_t entries[2];

    io_setup_nest(&io, t, &n, on_v1(t), 0);
    for (uint64_t at = 0; at < 4; at++)
        io_table_map(&n.table, n.va + second + PAGES(at), n.base + PAGES(3 - at), IO_RW);
    EXPECT_OK(t, row, io_nest_invalidate(&n, 0, 0), "INVALIDATE of the whole space");
    for (uint32_t i = 0; i < 2; i++)
        entries[i] = io_load64(&io, n.pages, upper_entry(&n, n.va + i * second));
    for (uint32_t round = 0; round < 6; round++) {
        bool swapped = round & 1;

        for (uint64_t at = 0; at < 4; at++)
            io_expect_reaches(&n.d, row, n.pasid, n.va + PAGES(at), n.data, PAGES(swapped ? 3 - at : at), IO_RW, "before");
        io_store64(&io, n.pages, upper_entry(&n, n.va), 0); /* break before make */
        EXPECT_OK(t, row, io_nest_invalidate(&n, round < 2 ? 0 : n.va, round < 2 ? 0 : second), "INVALIDATE");
        io_expect_blocked(&n.d, row, n.pasid, n.va + PAGES(round % 4), "an upper level's entry is gone");
        io_store64(&io, n.pages, upper_entry(&n, n.va), entries[!swapped]);
        EXPECT_OK(t, row, io_nest_invalidate(&n, round < 2 ? 0 : n.va, round < 2 ? 0 : second), "INVALIDATE");
        for (uint64_t at = 0; at < 4; at++)
            io_expect_reaches(&n.d, row, n.pasid, n.va + PAGES(at), n.data, PAGES(swapped ? at : 3 - at), IO_RW,
                              "an upper level's entry leads elsewhere");
    }
    io_end(&io);
}

/* The parent as wide as the device is, with a page at every power of two. */
static void high_addresses(struct test *t)
{
    static const char row[] = "R-IOASID-130";
    struct io io;
    struct io_nest n;
    struct iommu_ioasid_alloc alloc = {.type = IOMMU_IOASID_KERNEL_TYPE1V2};
    uint32_t bits, wide, bit;

    io_setup_nest_parent(&io, t, &n, on_v1(t), 0);
    bits = n.d.facts.address_bits < 48 ? n.d.facts.address_bits : 48;
    alloc.addr_width = bits;
    if (!on_v1(t)) { /* of v1 the parent is as wide already */
        wide = (uint32_t)io_require(t, io_alloc_with(&n.f, &alloc), "ALLOC of a wide root");
        io_require(t, io_detach(&n.d, &n.f, n.parent), "DETACH");
        io_require(t, io_attach(&n.d, &n.f, wide), "ATTACH of a wide root");
        n.parent = wide;
        io_setup_map(&n.f, n.parent, n.table_base, n.pages, IO_RW);
        io_setup_map(&n.f, n.parent, n.base, n.data, IO_RW);
    }
    for (bit = 33; bit <= bits; bit++) {
        uint64_t high = bit == bits ? (UINT64_C(1) << bits) - IO_PAGE : UINT64_C(1) << bit;

        io_require(t, io_map(&n.f, n.parent, high, n.data, PAGES(bit % 4), IO_PAGE, IO_RW), "MAP at a high address");
        io_table_map(&n.table, n.va + PAGES(bit), high, IO_RW);
        io_table_map(&n.table, n.va + PAGES(64 + bit), high ^ IO_PAGE, IO_RW);
    }
    io_setup_nest_child(&n);
    for (bit = 33; bit <= bits; bit++) {
        test_context(t, "bit %u", bit);
        io_expect_reaches(&n.d, row, n.pasid, n.va + PAGES(bit), n.data, PAGES(bit % 4), IO_RW, "a high address of the parent");
        io_expect_blocked(&n.d, row, n.pasid, n.va + PAGES(64 + bit), "beside it");
    }
    test_context(t, NULL);
    io_end(&io);
}

static const struct iotb_case cases[] = {
    BOTH_MOVE("tlb.every_device", every_device_forgets, "R-IOASID-108", "ATS", "UNMAP reaches the TLBs of all devices"),
    BOTH_NEST("tlb.parent", parent_is_forgotten, "R-IOASID-108", "NESTS&ATS",
              "UNMAP of a parent reaches what is kept of its child"),
    MOVES("tlb.child", child_is_forgotten, "R-IOASID-141", V2_TABLES "NESTS&ATS", "FREE reaches the TLB of the device"),
    CASE_ON("tlb.child.v1", child_is_forgotten, "R-IOASID-140", "NESTS&ATS", "UNBIND reaches the TLB of the device", true, "v1"),
    CASE_ON("tlb.takes_over.v1", child_takes_over, "R-IOASID-133", "ATS", "A child that is attached takes over from its parent",
            true, "v1"),
    BOTH_MOVE("tlb.reused", place_is_reused, "R-IOASID-075", "PASID&!RULE.one_ioasid", "A place has nothing of its last space"),
    BOTH_MOVE("tlb.unmap_at_work", unmap_at_work, "R-IOASID-108", "ATS", "UNMAP holds although the device goes on"),
    BOTH_NEST("tlb.invalidate_at_work", invalidate_at_work, "R-IOASID-145", "NESTS&ATS", "So does INVALIDATE"),
    BOTH_NEST("tlb.upper_levels", upper_level_changes, "R-IOASID-144", "NESTS", "INVALIDATE is for upper levels, too"),
    BOTH_NEST("tlb.high", high_addresses, "R-IOASID-130", "NESTS", "Parents are as wide as they say"),
};
LIST(ioasid_tlb_cases, cases);
