/* SPDX-License-Identifier: BSD-2-Clause */
/* J. Cache invalidation: R-IOASID-143 to 155. Of mappings nested in software (153): ioasid_shadow.c. */
#include "ioasid_chapters.h"

#include <string.h>

#define PAGES(n) ((n)*UINT64_C(4096))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BOTH_TLBS (IOMMU_CACHE_IOTLB | IOMMU_CACHE_DEV_IOTLB)
#define OTHER_PASID 6u

/* ---- DMA that the device translates itself ---- */

static enum io_end translated(struct io_device *d, uint32_t pasid, uint64_t va, struct io_dma *dma)
{
    *dma = (struct io_dma){.pasid = pasid, .iova = va, .bytes = 64, .kind = IOTB_READ, .address_type = IOTB_AT_TRANSLATION};
    return io_dma(d, dma);
}

static void translated_reaches(struct io_device *d, const char *row, uint32_t pasid, uint64_t va, const struct io_memory *m,
                               uint64_t offset, const char *what)
{
    struct test *t = d->io->t;
    struct io_dma dma;

    if (CHECK(t, row, translated(d, pasid, va, &dma) == IO_DONE, "%s: a read that the device translates ends well", what))
        CHECK(t, row, memcmp(dma.data, &d->io->shadow[m->shadow + offset], 64) == 0, "%s: it brings what is there now", what);
}

/* Does the device have the translation in its own TLB? */
static bool in_device(struct io_device *d, uint32_t pasid, uint64_t va)
{
    struct iotb_uapi_bus bus;
    struct io_dma dma;

    if (translated(d, pasid, va, &dma) != IO_DONE)
        return false;
    device_bus(d->io->t, d->index, &bus);
    return bus.translations == 0;
}

/* With and without the device's TLB. */
static void leads_to(struct io_nest *n, struct io_device *d, const char *row, uint64_t at, uint64_t page, const char *what)
{
    io_expect_reaches(d, row, n->pasid, n->va + PAGES(at), n->data, PAGES(page), IO_RW, what);
    if (d->facts.flags & IOTB_UAPI_ATS)
        translated_reaches(d, row, n->pasid, n->va + PAGES(at), n->data, PAGES(page), what);
}

/* The user's table says so from now on; without invalidation. */
static void change(struct io_nest *n, uint64_t at, uint64_t page)
{
    io_table_map(&n->table, n->va + PAGES(at), n->base + PAGES(page), IO_RW);
}

/* ---- both nodes ---- */

static void accepted(struct test *t)
{
    static const char row[] = "R-IOASID-143";
    struct io io;
    struct io_nest n;

    io_setup_nest(&io, t, &n, on_v1(t), 0);
    EXPECT_OK(t, row, io_nest_invalidate(&n, 0, 0), "INVALIDATE of the whole space");
    EXPECT_OK(t, row, io_nest_invalidate(&n, n.va, IO_PAGE), "INVALIDATE of a page");
    EXPECT_OK(t, row, io_nest_invalidate(&n, n.va, PAGES(4)), "INVALIDATE of several pages");
    EXPECT_OK(t, row, io_nest_invalidate(&n, n.va + PAGES(3), PAGES(7)), "INVALIDATE of a range that is not aligned to its size");
    EXPECT_OK(t, row, io_nest_invalidate(&n, 0, UINT64_C(1) << 39), "INVALIDATE of a large range");
    EXPECT_FAILS(t, row, io_nest_invalidate(&n, n.va + 1, IO_PAGE), "INVALIDATE of a range that is no page");
    EXPECT_FAILS(t, row, io_nest_invalidate(&n, n.va, IO_PAGE - 1), "INVALIDATE of a part of a page");
    EXPECT_FAILS(t, row, io_nest_invalidate(&n, -PAGES(1), PAGES(2)), "INVALIDATE of a range that wraps");
    for (uint64_t at = 0; at < 4; at++)
        leads_to(&n, &n.d, row, at, at, "after all that");
    io_expect_blocked(&n.d, row, n.pasid, n.va + PAGES(4), "after all that");
    io_end(&io);
}

/* A second device of the same kind in the same child. */
static bool attach_second(struct io_nest *n, struct io_device *d, uint32_t with)
{
    struct test *t = n->f.io->t;

    if (!io_find(n->f.io, d, with | IOTB_UAPI_NESTS | IOTB_UAPI_PASID, 0, n->d.index))
        return false;
    io_setup_attached(n->f.io, d, &n->f, 2, n->parent);
    io_require(t, io_nest_attach(n, d, n->child, n->pasid), "ATTACH of a second device to the child");
    return true;
}

static void changed_everywhere(struct test *t)
{
    static const char row[] = "R-IOASID-144";
    struct io io;
    struct io_nest n;
    struct io_device d[2];
    uint32_t devices;

    io_setup_nest(&io, t, &n, on_v1(t), 0);
    d[0] = n.d;
    devices = 1 + attach_second(&n, &d[1], 0);
    for (uint32_t round = 1; round < 5; round++) {
        for (uint64_t at = 0; at < 4; at++)
            change(&n, at, (at + round) % 4);
        EXPECT_OK(t, row, round & 1 ? io_nest_invalidate(&n, 0, 0) : io_nest_invalidate(&n, n.va, PAGES(4)), "INVALIDATE");
        for (uint32_t i = 0; i < devices; i++)
            for (uint64_t at = 0; at < 4; at++)
                leads_to(&n, &d[i], row, at, (at + round) % 4, "after a change and INVALIDATE");
    }
    io_table_map(&n.table, n.va + PAGES(2), 0, 0);
    EXPECT_OK(t, row, io_nest_invalidate(&n, n.va + PAGES(2), IO_PAGE), "INVALIDATE of an entry that is gone");
    for (uint32_t i = 0; i < devices; i++) {
        io_expect_blocked(&d[i], row, n.pasid, n.va + PAGES(2), "an entry that is gone");
        leads_to(&n, &d[i], row, 1, 1, "its neighbour");
    }
    io_end(&io);
}

static void device_tlb(struct test *t)
{
    static const char row[] = "R-IOASID-145";
    struct io io;
    struct io_nest n;

    io_setup_nest(&io, t, &n, on_v1(t), IOTB_UAPI_ATS);
    for (uint32_t round = 1; round < 5; round++) {
        for (uint64_t at = 0; at < 4; at++)
            translated_reaches(&n.d, row, n.pasid, n.va + PAGES(at), n.data, PAGES((at + round - 1) % 4), "before the change");
        for (uint64_t at = 0; at < 4; at++)
            change(&n, at, (at + round) % 4);
        EXPECT_OK(t, row, round & 1 ? io_nest_invalidate(&n, n.va, PAGES(4)) : io_nest_invalidate(&n, 0, 0), "INVALIDATE");
        for (uint64_t at = 0; at < 4; at++)
            translated_reaches(&n.d, row, n.pasid, n.va + PAGES(at), n.data, PAGES((at + round) % 4), "after INVALIDATE");
    }
    io_table_map(&n.table, n.va, 0, 0);
    EXPECT_OK(t, row, io_nest_invalidate(&n, n.va, IO_PAGE), "INVALIDATE of an entry that is gone");
    io_expect_blocked(&n.d, row, n.pasid, n.va, "an entry that is gone");
    io_end(&io);
}

/* Ranges of any start and length: their first and last pages, in both TLBs. */
static void whole_range(struct test *t)
{
    static const char row[] = "R-IOASID-144", tlb_row[] = "R-IOASID-145";
    struct io io;
    struct io_nest n;
    uint64_t turn[16] = {0};

    io_setup_nest(&io, t, &n, on_v1(t), IOTB_UAPI_ATS);
    for (uint64_t at = 4; at < COUNT(turn); at++)
        change(&n, at, at % 4);
    EXPECT_OK(t, row, io_nest_invalidate(&n, 0, 0), "INVALIDATE of the whole space");
    for (uint32_t i = 0; i < 40 && !test_failed(t); i++) {
        uint64_t first = i < 9 ? i % 3 : test_random_below(t, 8), count = i < 9 ? 1 + i / 3 : 1 + test_random_below(t, 8);

        test_context(t, "pages %llu and %llu more", (unsigned long long)first, (unsigned long long)(count - 1));
        for (uint64_t at = first; at < first + count; at++) {
            leads_to(&n, &n.d, tlb_row, at, (at + turn[at]) % 4, "before the change");
            change(&n, at, (at + ++turn[at]) % 4);
        }
        EXPECT_OK(t, row, io_nest_invalidate(&n, n.va + PAGES(first), PAGES(count)), "INVALIDATE of a range");
        for (uint64_t at = first; at < first + count; at++) {
            translated_reaches(&n.d, tlb_row, n.pasid, n.va + PAGES(at), n.data, PAGES((at + turn[at]) % 4), "after INVALIDATE");
            leads_to(&n, &n.d, row, at, (at + turn[at]) % 4, "after INVALIDATE");
        }
    }
    test_context(t, NULL);
    io_expect_blocked(&n.d, row, n.pasid, n.va + PAGES(COUNT(turn)), "not in the table");
    io_end(&io);
}

/* Whatever is not a table of the user. */
static void not_of_mappings(struct test *t)
{
    static const char row[] = "R-IOASID-146";
    struct io io;
    struct io_nest n;
    struct iommu_invalidate_entry entry;
    uint32_t spaces[3], count = 0;

    io_setup_nest(&io, t, &n, on_v1(t), 0);
    spaces[count++] = n.parent;
    spaces[count++] = io_setup_alloc(&n.f);
    if (uapi_machine(t)->rules & IOTB_UAPI_RULE_SOFTWARE_NESTING)
        spaces[count++] = (uint32_t)io_require(t, io_alloc_child(&n.f, n.parent), "a child with mappings");
    for (uint32_t i = 0; i < count; i++) {
        test_context(t, "IOASID %u of %u", i, count);
        if (on_v1(t)) {
            EXPECT_FAILS(t, row, io_invalidate1(&n.f, spaces[i], IOASID_INVALIDATE_ALL, 0, 0), "INVALIDATE");
            EXPECT_FAILS(t, row, io_invalidate1(&n.f, spaces[i], IOASID_INVALIDATE_RANGE, n.base, IO_PAGE), "INVALIDATE");
            continue;
        }
        entry = io_nest_entry(&n, IO_NO_PASID, n.base, IO_PAGE);
        entry.ioasid = spaces[i];
        EXPECT_FAILS(t, row, io_invalidate_entry(&n.f, &entry), "INVALIDATE of a range");
        entry = io_nest_entry(&n, IO_NO_PASID, 0, 0);
        entry.ioasid = spaces[i];
        EXPECT_FAILS(t, row, io_invalidate_entry(&n.f, &entry), "INVALIDATE of the space");
    }
    test_context(t, NULL);
    EXPECT_OK(t, row, io_nest_invalidate(&n, n.va, IO_PAGE), "INVALIDATE of a table of the user");
    leads_to(&n, &n.d, row, 2, 2, "after all that");
    io_expect_blocked(&n.d, row, n.pasid, n.va + PAGES(4), "after all that");
    io_end(&io);
}

static void follows_changes(struct test *t)
{
    static const char row[] = "R-IOASID-153";
    struct io io;
    struct io_nest n;
    uint8_t page[8] = {0, 1, 2, 3};
    bool there[8] = {true, true, true, true};
    uint64_t steps = 20 + test_request_budget(t) / 50;

    io_setup_nest(&io, t, &n, on_v1(t), 0);
    for (uint64_t step = 0; step < steps && !test_failed(t); step++) {
        uint32_t at = (uint32_t)test_random_below(t, COUNT(page)), look = (uint32_t)test_random_below(t, COUNT(page));

        there[at] = test_random_below(t, 4) != 0;
        page[at] = (uint8_t)test_random_below(t, 4);
        io_table_map(&n.table, n.va + PAGES(at), n.base + PAGES(page[at]), there[at] ? IO_RW : 0);
        EXPECT_OK(t, row, io_nest_invalidate(&n, n.va + PAGES(at), IO_PAGE), "INVALIDATE of a page");
        for (uint32_t i = 0; i < 2; i++, look = at) {
            if (there[look])
                leads_to(&n, &n.d, row, look, page[look], "as the table was changed last");
            else
                io_expect_blocked(&n.d, row, n.pasid, n.va + PAGES(look), "not in the table");
        }
    }
    io_end(&io);
}

/* An entry where there was none, and a table where there was none; after DMA that was refused there. */
static void absent_to_present(struct test *t)
{
    static const char row[] = "R-IOASID-154";
    static const uint64_t at[] = {8, 9, 512, UINT64_C(1) << 20};
    struct io io;
    struct io_nest n;

    io_setup_nest(&io, t, &n, on_v1(t), 0);
    for (size_t i = 0; i < COUNT(at); i++) {
        io_expect_blocked(&n.d, row, n.pasid, n.va + PAGES(at[i]), "not in the table");
        change(&n, at[i], i);
        leads_to(&n, &n.d, row, at[i], i, "in the table, without INVALIDATE");
    }
    io_expect_blocked(&n.d, row, n.pasid, n.va + PAGES(10), "not in the table");
    io_end(&io);
}

/* ---- v1 ---- */

static void two_granularities(struct test *t)
{
    static const char row[] = "R-IOASID-147";
    static const uint32_t unknown[] = {0, 3, 4, 0x80000001, UINT32_MAX};
    struct io io;
    struct io_nest n;

    io_setup_nest(&io, t, &n, true, 0);
    for (size_t i = 0; i < COUNT(unknown); i++) {
        EXPECT_FAILS(t, row, io_invalidate1(&n.f, n.child, unknown[i], 0, 0), "INVALIDATE with another granularity");
        EXPECT_FAILS(t, row, io_invalidate1(&n.f, n.child, unknown[i], n.va, IO_PAGE), "INVALIDATE with another granularity");
    }
    for (uint32_t bit = 0; bit < 32; bit++) { /* no flag, so no type of cache */
        struct ioasid_invalidate_cache argument = {
            .argsz = sizeof(argument), .flags = 1u << bit, .ioasid = n.child, .granularity = IOASID_INVALIDATE_ALL};

        EXPECT_FAILS(t, row, IO_CALL(&n.f, IOASID_INVALIDATE_CACHE, &argument), "INVALIDATE with a flag");
    }
    EXPECT_FAILS(t, row, io_invalidate1(&n.f, n.child, IOASID_INVALIDATE_RANGE, n.va, 0), "INVALIDATE of an empty range");
    leads_to(&n, &n.d, row, 0, 0, "after all that");
    for (uint32_t round = 1; round < 3; round++) {
        change(&n, 0, round);
        EXPECT_OK(t, row, io_nest_invalidate(&n, round == 1 ? 0 : n.va, round == 1 ? 0 : IO_PAGE), "INVALIDATE");
        leads_to(&n, &n.d, row, 0, round, round == 1 ? "after INVALIDATE of all" : "after INVALIDATE of a range");
    }
    io_expect_blocked(&n.d, row, n.pasid, n.va + PAGES(4), "not in the table");
    io_end(&io);
}

/* ---- v2 ---- */

static void kinds(struct test *t)
{
    static const char row[] = "R-IOASID-148";
    struct io io;
    struct io_nest n;
    uint32_t caches, page = 0;

    io_setup_nest(&io, t, &n, false, 0);
    for (uint32_t cache = 1; cache < 8; cache++) {
        for (uint32_t granularity = IOMMU_INVALIDATE_DEVICE; granularity <= IOMMU_INVALIDATE_RANGE; granularity++) {
            bool range = granularity == IOMMU_INVALIDATE_RANGE;
            struct iommu_invalidate_entry entry = io_nest_entry(&n, n.pasid, range ? n.va : 0, range ? IO_PAGE : 0);

            if ((cache & IOMMU_CACHE_PASID) && !n.table.arm)
                continue;
            entry.cache = cache;
            entry.granularity = granularity;
            if (granularity == IOMMU_INVALIDATE_DEVICE)
                entry.flags = IOMMU_INVALIDATE_COOKIE;
            entry.dev_cookie = granularity == IOMMU_INVALIDATE_DEVICE ? IO_NEST_COOKIE : 0;
            test_context(t, "cache 0x%x, granularity %u", cache, granularity);
            change(&n, 0, ++page % 4);
            EXPECT_OK(t, row, io_invalidate_entry(&n.f, &entry), "INVALIDATE");
            caches = n.d.facts.flags & IOTB_UAPI_ATS ? (uint32_t)BOTH_TLBS : (uint32_t)IOMMU_CACHE_IOTLB;
            if ((cache & caches) != caches)
                EXPECT_OK(t, row, io_nest_invalidate(&n, n.va, IO_PAGE), "INVALIDATE of the rest");
            leads_to(&n, &n.d, row, 0, page % 4, "after INVALIDATE");
        }
    }
    test_context(t, NULL);
    io_expect_blocked(&n.d, row, n.pasid, n.va + PAGES(4), "not in the table");
    io_end(&io);
}

/* Two spaces of one device: two page tables under two vPASIDs, or two entries of a PASID table. */
struct pair {
    struct io io;
    struct io_nest n, other;
};

static void setup_pair(struct test *t, struct pair *p, uint32_t with)
{
    io_setup_nest_parent(&p->io, t, &p->n, false, with);
    for (uint64_t at = 0; at < 4; at++)
        change(&p->n, at, at);
    p->other = p->n;
    p->other.pasid = OTHER_PASID;
    if (p->n.table.arm) {
        io_table_arm_space(&p->other.table, OTHER_PASID, 9);
    } else {
        p->other.pages = io_memory(&p->io, 0, PAGES(8));
        p->other.table_base = io_iova(&p->n.d, PAGES(8), 3);
        io_setup_map(&p->n.f, p->n.parent, p->other.table_base, p->other.pages, IO_RW);
        io_table_vtd(&p->other.table, &p->io, p->other.pages, p->other.table_base);
    }
    for (uint64_t at = 0; at < 4; at++)
        change(&p->other, at, 3 - at);
    io_setup_nest_child(&p->n);
    p->other.child = p->n.child;
    if (!p->n.table.arm)
        io_setup_nest_child(&p->other);
}

static void scoped_by_vpasid(struct test *t)
{
    static const char row[] = "R-IOASID-149";
    struct pair p;
    struct iommu_invalidate_entry entry;
    bool cached;

    setup_pair(t, &p, IOTB_UAPI_ATS);
    for (uint32_t round = 1; round < 4; round++) {
        leads_to(&p.n, &p.n.d, row, 0, round - 1, "before the change");
        leads_to(&p.other, &p.n.d, row, 0, 3, "the other vPASID");
        cached = in_device(&p.n.d, OTHER_PASID, p.n.va);
        change(&p.n, 0, round);
        entry = io_nest_entry(&p.n, IO_NEST_PASID, round & 1 ? p.n.va : 0, round & 1 ? IO_PAGE : 0);
        entry.flags = IOMMU_INVALIDATE_VPASID | (round == 3 ? IOMMU_INVALIDATE_COOKIE : 0);
        entry.vpasid = IO_NEST_PASID;
        entry.dev_cookie = round == 3 ? IO_NEST_COOKIE : 0;
        EXPECT_OK(t, row, io_invalidate_entry(&p.n.f, &entry), "INVALIDATE for one vPASID");
        if (cached)
            CHECK(t, row, in_device(&p.n.d, OTHER_PASID, p.n.va), "the device knows the translation of the other vPASID still");
        leads_to(&p.n, &p.n.d, row, 0, round, "after INVALIDATE");
        leads_to(&p.other, &p.n.d, row, 0, 3, "the other vPASID");
    }
    io_expect_blocked(&p.n.d, row, p.n.pasid, p.n.va + PAGES(4), "not in the table");
    io_end(&p.io);
}

static void scoped_by_cookie(struct test *t)
{
    static const char row[] = "R-IOASID-149";
    struct io io;
    struct io_nest n;
    struct io_device d;
    struct iommu_invalidate_entry entry;
    bool cached;

    io_setup_nest(&io, t, &n, false, IOTB_UAPI_ATS);
    if (!attach_second(&n, &d, IOTB_UAPI_ATS))
        test_skip(t, "needs two devices with ATS");
    for (uint32_t round = 1; round < 4; round++) {
        leads_to(&n, &n.d, row, 0, round - 1, "before the change");
        leads_to(&n, &d, row, 0, round - 1, "the other device");
        cached = in_device(&d, n.pasid, n.va);
        change(&n, 0, round);
        entry = io_nest_entry(&n, n.pasid, round & 1 ? n.va : 0, round & 1 ? IO_PAGE : 0);
        entry.flags |= IOMMU_INVALIDATE_COOKIE;
        entry.dev_cookie = IO_NEST_COOKIE;
        EXPECT_OK(t, row, io_invalidate_entry(&n.f, &entry), "INVALIDATE for one device");
        leads_to(&n, &n.d, row, 0, round, "after INVALIDATE");
        if (cached)
            CHECK(t, row, in_device(&d, n.pasid, n.va), "the other device knows the translation still");
        entry.dev_cookie = 2;
        EXPECT_OK(t, row, io_invalidate_entry(&n.f, &entry), "INVALIDATE for the other device");
        leads_to(&n, &d, row, 0, round, "the other device after its own");
    }
    io_expect_blocked(&d, row, n.pasid, n.va + PAGES(4), "not in the table");
    io_end(&io);
}

static void whole_device(struct test *t)
{
    static const char row[] = "R-IOASID-150";
    struct pair p;

    setup_pair(t, &p, IOTB_UAPI_ATS);
    for (uint32_t round = 1; round < 4; round++) {
        struct iommu_invalidate_entry entry = {.flags = IOMMU_INVALIDATE_COOKIE,
                                               .cache = BOTH_TLBS,
                                               .granularity = IOMMU_INVALIDATE_DEVICE,
                                               .dev_cookie = IO_NEST_COOKIE};

        for (uint64_t at = 0; at < 4; at++) {
            leads_to(&p.n, &p.n.d, row, at, (at + round - 1) % 4, "before the change");
            leads_to(&p.other, &p.n.d, row, at, (4 - at + round - 2) % 4, "before the change, the other space");
            change(&p.n, at, (at + round) % 4);
            change(&p.other, at, (4 - at + round - 1) % 4);
        }
        EXPECT_OK(t, row, io_invalidate_entry(&p.n.f, &entry), "INVALIDATE of all that belongs to a device");
        for (uint64_t at = 0; at < 4; at++) {
            leads_to(&p.n, &p.n.d, row, at, (at + round) % 4, "after INVALIDATE");
            leads_to(&p.other, &p.n.d, row, at, (4 - at + round - 1) % 4, "after INVALIDATE, the other space");
        }
    }
    io_expect_blocked(&p.n.d, row, p.n.pasid, p.n.va + PAGES(4), "not in the table");
    io_end(&p.io);
}

/* The context descriptor itself changes: another page table for the same PASID. */
static void pasid_cache(struct test *t)
{
    static const char row[] = "R-IOASID-151";
    struct io io;
    struct io_nest n;
    struct iommu_invalidate_entry entry;

    io_setup_nest(&io, t, &n, on_v1(t), 0);
    for (uint32_t round = 1; round < 4; round++) {
        uint64_t cd = n.table.root - n.table.base + 64 * n.pasid;

        leads_to(&n, &n.d, row, 0, round - 1, "before the change");
        io_store64(&io, n.pages, cd, 0); /* not valid: nothing of it is cached when it is written */
        for (uint32_t step = 0; step < 2; step++) {
            entry = io_nest_entry(&n, n.pasid, 0, 0);
            entry.cache = BOTH_TLBS | IOMMU_CACHE_PASID;
            EXPECT_OK(t, row, on_v1(t) ? io_nest_invalidate(&n, 0, 0) : io_invalidate_entry(&n.f, &entry),
                      "INVALIDATE of an entry of the PASID table");
            if (step)
                break;
            io_expect_blocked(&n.d, row, n.pasid, n.va, "an entry that is not valid");
            io_table_arm_space(&n.table, n.pasid, 2);
            change(&n, 0, round);
        }
        leads_to(&n, &n.d, row, 0, round, "after the entry has changed");
        io_expect_blocked(&n.d, row, n.pasid, n.va + PAGES(1), "what was in the table before");
    }
    io_end(&io);
}

static void unknown_names(struct test *t)
{
    static const char row[] = "R-IOASID-152";
    struct io io;
    struct io_nest n;
    struct iommu_invalidate_entry bad[14], good;
    bool cached;
    uint32_t count = 0, i;

    io_setup_nest(&io, t, &n, false, IOTB_UAPI_ATS);
    good = io_nest_entry(&n, n.pasid, n.va, IO_PAGE);
    for (i = 0; i < COUNT(bad); i++)
        bad[i] = good;
    bad[count++].ioasid = IO_UNKNOWN_ID;
    bad[count++].ioasid = 0;
    bad[count].flags |= IOMMU_INVALIDATE_COOKIE;
    bad[count++].dev_cookie = IO_NEST_COOKIE + 1;
    bad[count].flags |= IOMMU_INVALIDATE_COOKIE;
    bad[count++].dev_cookie = IO_NEST_COOKIE | UINT64_C(1) << 32;
    bad[count].flags |= IOMMU_INVALIDATE_VPASID;
    bad[count++].vpasid = n.table.arm ? 200 : n.pasid + 1; /* not attached; beyond the table */
    bad[count].flags |= IOMMU_INVALIDATE_VPASID;
    bad[count++].vpasid = UINT32_MAX;
    bad[count++].cache = 0;
    bad[count++].cache = 8 | IOMMU_CACHE_IOTLB;
    bad[count++].cache = 1u << 31;
    bad[count++].granularity = 0;
    bad[count++].granularity = 4;
    bad[count++].flags |= 1u << 4;
    bad[count++].flags |= 1u << 31;
    if (!n.table.arm)
        bad[count++].cache |= IOMMU_CACHE_PASID;
    for (i = 0; i < count; i++) {
        test_context(t, "flags 0x%x, IOASID %u, cache 0x%x, granularity %u, vPASID %u, cookie 0x%llx", bad[i].flags,
                     bad[i].ioasid, bad[i].cache, bad[i].granularity, bad[i].vpasid, (unsigned long long)bad[i].dev_cookie);
        leads_to(&n, &n.d, row, 0, 0, "before INVALIDATE");
        cached = in_device(&n.d, n.pasid, n.va);
        EXPECT_FAILS(t, row, io_invalidate_entry(&n.f, &bad[i]), "INVALIDATE");
        if (cached)
            CHECK(t, row, in_device(&n.d, n.pasid, n.va), "the device knows the translation still");
        leads_to(&n, &n.d, row, 0, 0, "after INVALIDATE was refused");
    }
    test_context(t, NULL);
    EXPECT_OK(t, row, io_invalidate_entry(&n.f, &good), "INVALIDATE with good names");
    CHECK(t, row, !in_device(&n.d, n.pasid, n.va), "the device has forgotten the translation then");
    io_expect_blocked(&n.d, row, n.pasid, n.va + PAGES(4), "not in the table");
    io_end(&io);
}

static int64_t invalidate_array(struct io_nest *n, struct io_memory *m, const struct iommu_invalidate_entry *entries,
                                uint32_t *count)
{
    struct iommu_invalidate_array array = {
        .argsz = sizeof(array), .entry_size = sizeof(*entries), .entry_num = *count, .entries_uptr = m->va};
    int64_t result;

    io_store(n->f.io, m, 0, entries, *count * (uint32_t)sizeof(*entries));
    result = IO_CALL(&n->f, IOMMU_INVALIDATE_ARRAY, &array);
    *count = array.entry_num;
    return result;
}

static void array_stops(struct test *t)
{
    static const char row[] = "R-IOASID-155";
    struct io io;
    struct io_nest n;
    struct io_memory *m;
    struct iommu_invalidate_entry entries[4];

    io_setup_nest(&io, t, &n, false, 0);
    m = io_memory(&io, 0, IO_PAGE);
    for (uint32_t bad = 0; bad <= COUNT(entries); bad++) { /* the last time none is */
        uint32_t count = COUNT(entries);
        int64_t result;

        for (uint64_t at = 0; at < COUNT(entries); at++) {
            leads_to(&n, &n.d, row, at, (at + bad) % 4, "before the change");
            change(&n, at, (at + bad + 1) % 4);
            entries[at] = io_nest_entry(&n, n.pasid, n.va + PAGES(at), IO_PAGE);
        }
        if (bad < COUNT(entries))
            entries[bad].ioasid = IO_UNKNOWN_ID;
        test_context(t, "entry %u of %u is bad", bad, count);
        result = invalidate_array(&n, m, entries, &count);
        if (bad < COUNT(entries))
            EXPECT_FAILS(t, row, result, "INVALIDATE with an array");
        else
            EXPECT_OK(t, row, result, "INVALIDATE with an array");
        CHECK_EQ(t, row, bad, count, "how many were completed");
        for (uint64_t at = 0; at < bad; at++)
            leads_to(&n, &n.d, row, at, (at + bad + 1) % 4, "completed");
        EXPECT_OK(t, row, io_nest_invalidate(&n, 0, 0), "INVALIDATE of the whole space");
    }
    test_context(t, NULL);
    io_expect_blocked(&n.d, row, n.pasid, n.va + PAGES(4), "not in the table");
    io_end(&io);
}

static const struct iotb_case cases[] = {
    BOTH_NEST("invalidate.accepted", accepted, "R-IOASID-143", "NESTS", "A space and a range can be invalidated"),
    BOTH_NEST("invalidate.change", changed_everywhere, "R-IOASID-144", "NESTS",
              "After INVALIDATE every device follows the change"),
    BOTH_NEST("invalidate.ats", device_tlb, "R-IOASID-145", "NESTS&ATS", "The TLBs of devices follow it, too"),
    BOTH_NEST("invalidate.range", whole_range, "R-IOASID-144 R-IOASID-145", "NESTS&ATS",
              "A range goes from its first page to its last"),
    BOTH_NEST("invalidate.mappings", not_of_mappings, "R-IOASID-146", "NESTS", "Spaces with mappings are not invalidated"),
    CASE_ON("invalidate.words.v1", two_granularities, "R-IOASID-147", "NESTS", "v1 has two granularities", true, "v1"),
    NESTS("invalidate.kinds", kinds, "R-IOASID-148", "NESTS", "All caches with all granularities"),
    NESTS("invalidate.vpasid", scoped_by_vpasid, "R-IOASID-149", "NESTS&ATS", "INVALIDATE for a vPASID leaves the others alone"),
    NESTS("invalidate.cookie", scoped_by_cookie, "R-IOASID-149", "NESTS&ATS", "INVALIDATE for a device leaves the others alone"),
    NESTS("invalidate.device", whole_device, "R-IOASID-150", "NESTS&ATS", "One request does for all spaces of a device"),
    BOTH_NEST("invalidate.pasid_table", pasid_cache, "R-IOASID-151", "DELEGATES", "Entries of a PASID table are invalidated"),
    NESTS("invalidate.unknown", unknown_names, "R-IOASID-152", "NESTS&ATS", "Unknown names and kinds are refused without effect"),
    BOTH_NEST("invalidate.follows", follows_changes, "R-IOASID-153", "NESTS", "INVALIDATE after every change is enough"),
    BOTH_NEST("invalidate.absent", absent_to_present, "R-IOASID-154", "NESTS&!RULE.caches_absent",
              "What was absent is not cached"),
    NESTS("invalidate.array", array_stops, "R-IOASID-155", "NESTS&RULE.invalidate_array", "An array says how far it came"),
};
LIST(ioasid_invalidate_cases, cases);
