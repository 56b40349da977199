/* SPDX-License-Identifier: BSD-2-Clause */
/* H. MAP and UNMAP: R-IOASID-106 to 127. Registered memory and charges: ioasid_charge.c; 111, 112: ioasid_nesting.c. */
#include "ioasid_chapters.h"

#define PAGES(n) ((n)*UINT64_C(4096))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Every page of the scene's memory is reached, and what is beside it is not. */
static void all_there(struct io_scene *s, const char *row, const char *what)
{
    for (uint64_t at = 0; at < s->m->bytes; at += IO_PAGE)
        io_expect_reaches(&s->d, row, IO_NO_PASID, s->iova + at, s->m, at, IO_RW, what);
    io_expect_blocked(&s->d, row, IO_NO_PASID, s->iova + s->m->bytes, what);
}

static void expect_charge(struct io *io, const char *row, uint64_t charge, const char *what)
{
    if (charge != IOTB_UAPI_UNKNOWN)
        CHECK_EQ(io->t, row, charge, io_charge(io, 0), "charge of the process %s", what);
}

/* ---- before attach ---- */

static void needs_attach(struct test *t)
{
    static const char row[] = "R-IOASID-106";
    struct io io;
    struct io_fd f;
    struct io_device d;
    struct io_memory *m;
    uint32_t ioasid;
    uint64_t iova, charge;

    io_begin(&io, t);
    io_setup_open(&io, on_v1(t), &f);
    io_need(&io, &d, 0, 0);
    m = io_memory(&io, 0, PAGES(2));
    iova = io_iova(&d, m->bytes, 0);
    ioasid = io_setup_alloc(&f);
    io_setup_bound(&io, &d, &f, 1);
    charge = io_charge(&io, 0);
    EXPECT_FAILS(t, row, io_map(&f, ioasid, iova, m, 0, m->bytes, IO_RW), "MAP before any device is attached");
    EXPECT_FAILS(t, row, io_unmap(&f, ioasid, iova, m->bytes, NULL), "UNMAP before any device is attached");
    expect_charge(&io, row, charge, "after MAP was refused");
    io_require(t, io_attach(&d, &f, ioasid), "ATTACH");
    io_expect_blocked(&d, row, IO_NO_PASID, iova, "what MAP had refused");
    io_setup_map(&f, ioasid, iova, m, IO_RW);
    io_expect_reaches(&d, row, IO_NO_PASID, iova, m, 0, IO_RW, "mapped while attached");
    io_require(t, io_detach(&d, &f, ioasid), "DETACH");
    EXPECT_FAILS(t, row, io_map(&f, ioasid, iova + m->bytes, m, 0, m->bytes, IO_RW), "MAP when the device is detached");
    EXPECT_FAILS(t, row, io_unmap(&f, ioasid, iova, m->bytes, NULL), "UNMAP when the device is detached");
    io_expect_blocked(&d, row, IO_NO_PASID, iova, "detached");
    io_end(&io);
}

/* "Pinned at MAP" and "pinned at attach" are both good; never is nothing charged once DMA works. */
static void before_attach(struct test *t)
{
    static const char row[] = "R-IOASID-124";
    struct io io;
    struct io_fd f;
    struct io_device d;
    struct io_memory *m;
    uint32_t ioasid;
    uint64_t iova, charge, mapped;

    io_begin(&io, t);
    io_setup_open(&io, false, &f);
    io_need(&io, &d, 0, 0);
    m = io_memory(&io, 0, PAGES(3));
    iova = io_iova(&d, m->bytes, 0);
    ioasid = io_setup_alloc(&f);
    charge = io_charge(&io, 0);
    EXPECT_OK(t, row, io_map(&f, ioasid, iova, m, 0, m->bytes, IO_RW), "MAP before any device is bound");
    mapped = io_charge(&io, 0);
    if (charge != IOTB_UAPI_UNKNOWN)
        CHECK(t, row, mapped == charge || mapped == charge + m->bytes, "MAP has charged all (it pins) or nothing (attach pins)");
    io_setup_bound(&io, &d, &f, 1);
    io_expect_blocked(&d, row, IO_NO_PASID, iova, "mapped and not attached");
    EXPECT_OK(t, row, io_attach(&d, &f, ioasid), "ATTACH to what holds mappings");
    expect_charge(&io, row, charge == IOTB_UAPI_UNKNOWN ? charge : charge + m->bytes, "while attached");
    for (uint64_t at = 0; at < m->bytes; at += IO_PAGE)
        io_expect_reaches(&d, row, IO_NO_PASID, iova + at, m, at, IO_RW, "mapped before attach");
    io_expect_blocked(&d, row, IO_NO_PASID, iova + m->bytes, "beside it");
    EXPECT_OK(t, row, io_unmap(&f, ioasid, iova, m->bytes, NULL), "UNMAP of what was mapped before attach");
    io_expect_blocked(&d, row, IO_NO_PASID, iova, "unmapped");
    expect_charge(&io, row, charge, "after UNMAP");
    io_end(&io);
}

static void before_attach_refused(struct test *t)
{
    static const char row[] = "R-IOASID-124";
    struct io io;
    struct io_scene s;
    uint32_t other;
    uint64_t charge;

    io_setup(&io, t, &s, false, 0, 0);
    other = io_setup_alloc(&s.f);
    charge = io_charge(&io, 0);
    EXPECT_FAILS(t, row, io_map(&s.f, other, s.iova, s.m, 0, PAGES(2), IO_RW), "MAP of a root that nothing is attached to");
    expect_charge(&io, row, charge, "after MAP was refused");
    io_require(t, io_detach(&s.d, &s.f, s.ioasid), "DETACH");
    io_require(t, io_attach(&s.d, &s.f, other), "ATTACH");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova, "what MAP had refused");
    EXPECT_OK(t, row, io_map(&s.f, other, s.iova, s.m, 0, PAGES(4), IO_RW), "MAP when attached");
    all_there(&s, row, "mapped when attached");
    io_end(&io);
}

/* ---- what MAP does ---- */

static const struct piece {
    uint64_t at, from, count; /* pages: of the IOVA window, of the memory */
    uint32_t rights;
} pieces[] = {
    {0, 7, 1, IO_RW}, {1, 2, 1, IO_R}, {2, 0, 2, IO_W}, {5, 4, 3, IO_RW}, {9, 3, 1, IO_R}, {12, 2, 1, IO_RW}, /* twice */
};

static void exactly_there(struct test *t)
{
    static const char row[] = "R-IOASID-107";
    struct io io;
    struct io_scene s;
    struct io_memory *m;
    uint64_t window;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    m = io_memory(&io, 0, PAGES(8));
    window = io_iova(&s.d, PAGES(16), 1);
    for (size_t i = 0; i < COUNT(pieces); i++)
        EXPECT_OK(t, row,
                  io_map(&s.f, s.ioasid, window + PAGES(pieces[i].at), m, PAGES(pieces[i].from), PAGES(pieces[i].count),
                         pieces[i].rights),
                  "MAP");
    for (uint32_t page = 0; page < 16; page++) {
        const struct piece *piece = NULL;

        for (size_t i = 0; i < COUNT(pieces); i++)
            if (page >= pieces[i].at && page < pieces[i].at + pieces[i].count)
                piece = &pieces[i];
        test_context(t, "page %u of the window", page);
        for (uint64_t at = 0; at < IO_PAGE; at += IO_PAGE - 64) { /* its first bytes and its last */
            uint64_t iova = window + PAGES(page) + at;

            if (piece)
                io_expect_reaches(&s.d, row, IO_NO_PASID, iova, m, PAGES(piece->from + page - piece->at) + at, piece->rights,
                                  "mapped");
            else
                io_expect_blocked(&s.d, row, IO_NO_PASID, iova, "not mapped");
        }
    }
    test_context(t, NULL);
    all_there(&s, row, "mapped before all of it");
    io_end(&io);
}

/* ---- UNMAP ---- */

static void unmap_takes_away(struct test *t)
{
    static const char row[] = "R-IOASID-108", size_row[] = "R-IOASID-110";
    struct io io;
    struct io_scene s;
    struct io_memory *m;
    uint64_t charge, unmapped = 0;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    m = io_memory(&io, 0, PAGES(4));
    all_there(&s, row, "mapped");
    charge = io_charge(&io, 0);
    EXPECT_OK(t, size_row, io_unmap(&s.f, s.ioasid, s.iova, s.m->bytes, &unmapped), "UNMAP with the size of MAP");
    CHECK_EQ(t, size_row, s.m->bytes, unmapped, "what UNMAP says that it removed");
    expect_charge(&io, size_row, charge == IOTB_UAPI_UNKNOWN ? charge : charge - s.m->bytes, "after UNMAP");
    for (uint64_t at = 0; at < s.m->bytes; at += IO_PAGE)
        io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova + at, "unmapped");
    EXPECT_OK(t, size_row, io_map(&s.f, s.ioasid, s.iova, m, 0, m->bytes, IO_RW), "MAP of other memory in its place");
    s.m = m; /* what the former memory holds is still watched */
    all_there(&s, row, "other memory in its place");
    io_end(&io);
}

static enum io_end translated(struct io_device *d, uint64_t iova, uint8_t *data)
{
    struct io_dma dma = {.pasid = IO_NO_PASID, .iova = iova, .bytes = 64, .kind = IOTB_READ, .address_type = IOTB_AT_TRANSLATION};
    enum io_end end = io_dma(d, &dma);

    for (uint32_t i = 0; i < 64; i++)
        data[i] = dma.data[i];
    return end;
}

/* What the device has in its own TLB goes too. */
static void unmap_reaches_devices(struct test *t)
{
    static const char row[] = "R-IOASID-108";
    struct io io;
    struct io_scene s;
    struct io_memory *m;
    uint8_t data[64];

    io_setup(&io, t, &s, on_v1(t), IOTB_UAPI_ATS, 0);
    m = io_memory(&io, 0, PAGES(4));
    for (uint64_t at = 0; at < s.m->bytes; at += IO_PAGE) {
        CHECK(t, row, translated(&s.d, s.iova + at, data) == IO_DONE, "a read that the device translates ends well");
        for (uint32_t i = 0; i < 64; i++)
            if (data[i] != io.shadow[s.m->shadow + at + i]) {
                CHECK(t, row, false, "a read that the device translates brings what is mapped");
                break;
            }
    }
    EXPECT_OK(t, row, io_unmap(&s.f, s.ioasid, s.iova, s.m->bytes, NULL), "UNMAP");
    for (uint64_t at = 0; at < s.m->bytes; at += IO_PAGE)
        CHECK(t, row, translated(&s.d, s.iova + at, data) != IO_DONE, "the device has forgotten page %llu",
              (unsigned long long)(at / IO_PAGE));
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova, "unmapped");
    io_setup_map(&s.f, s.ioasid, s.iova, m, IO_RW);
    CHECK(t, row, translated(&s.d, s.iova, data) == IO_DONE, "a read of other memory in its place ends well");
    for (uint32_t i = 0; i < 64; i++)
        CHECK_EQ(t, row, io.shadow[m->shadow + i], data[i], "byte %u of other memory in its place", i);
    io_end(&io);
}

/* First page and number of pages, of two mappings: 0..3 and 4. */
static const struct range {
    int32_t first;
    uint32_t count;
} cuts[] = {{0, 1}, {0, 3}, {1, 1}, {1, 2}, {1, 3}, {3, 1}, {3, 2}, {2, 3}, {-1, 2}, {-1, 4}, {-4, 5}, {2, 16}};

static void unmap_cuts(struct test *t)
{
    static const char row[] = "R-IOASID-109";
    struct io io;
    struct io_scene s;
    struct io_memory *m;
    uint64_t charge;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    m = io_memory(&io, 0, IO_PAGE);
    io_setup_map(&s.f, s.ioasid, s.iova + PAGES(4), m, IO_RW);
    charge = io_charge(&io, 0);
    for (size_t i = 0; i < COUNT(cuts); i++) {
        uint64_t iova = s.iova + (uint64_t)((int64_t)cuts[i].first * (int64_t)IO_PAGE);

        test_context(t, "pages %d and %u more of a mapping of 4", cuts[i].first, cuts[i].count - 1);
        EXPECT_FAILS(t, row, io_unmap(&s.f, s.ioasid, iova, PAGES(cuts[i].count), NULL), "UNMAP that cuts a mapping");
        expect_charge(&io, row, charge, "after UNMAP was refused");
        for (uint64_t at = 0; at < s.m->bytes; at += IO_PAGE)
            io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova + at, s.m, at, IO_RW, "after UNMAP was refused");
        io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova + PAGES(4), m, 0, IO_RW, "the neighbour");
    }
    test_context(t, NULL);
    EXPECT_OK(t, row, io_unmap(&s.f, s.ioasid, s.iova, PAGES(4), NULL), "UNMAP of the whole mapping");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova, "after UNMAP of the whole mapping");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova + PAGES(4), m, 0, IO_RW, "the neighbour");
    io_end(&io);
}

static int64_t unmap_all(const struct io_scene *s, uint64_t *unmapped)
{
    struct iommu_unmap_dma unmap = {.argsz = sizeof(unmap), .flags = IOMMU_UNMAP_DMA_ALL, .ioasid = s->ioasid};
    int64_t result = IO_CALL(&s->f, IOMMU_UNMAP_DMA, &unmap);

    *unmapped = unmap.size;
    return result;
}

static void unmap_several(struct test *t)
{
    static const char row[] = "R-IOASID-127";
    struct io io;
    struct io_scene s;
    uint64_t charge, size = 0;

    io_setup(&io, t, &s, false, 0, 0);
    charge = io_charge(&io, 0);
    if (charge != IOTB_UAPI_UNKNOWN)
        charge -= s.m->bytes;
    for (uint32_t round = 0; round < 2; round++) {
        io_setup_map(&s.f, s.ioasid, s.iova + PAGES(4), s.m, IO_RW);
        io_setup_map(&s.f, s.ioasid, s.iova + PAGES(10), s.m, IO_RW);
        EXPECT_FAILS(t, row, io_unmap(&s.f, s.ioasid, s.iova, PAGES(11), NULL), "UNMAP of two mappings and a part of a third");
        for (uint64_t at = 0; at < PAGES(14); at += at == PAGES(7) ? PAGES(3) : PAGES(1))
            io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova + at, s.m, (at - (at < PAGES(8) ? 0 : PAGES(10))) % PAGES(4), IO_RW,
                              "after UNMAP was refused");
        EXPECT_OK(t, row, round ? unmap_all(&s, &size) : io_unmap(&s.f, s.ioasid, s.iova, PAGES(14), &size),
                  round ? "UNMAP of everything" : "UNMAP of three mappings and a gap");
        CHECK_EQ(t, row, PAGES(12), size, "the bytes that were mapped");
        for (uint64_t at = 0; at < PAGES(14); at += IO_PAGE)
            io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova + at, "after UNMAP");
        expect_charge(&io, row, charge, "after UNMAP");
        EXPECT_OK(t, row, io_map(&s.f, s.ioasid, s.iova, s.m, 0, s.m->bytes, IO_RW), "MAP in its place");
        all_there(&s, row, "mapped in its place");
    }
    io_end(&io);
}

/* ---- what MAP refuses ---- */

/* A range that MAP must refuse; nothing is there then. */
static void refuse(struct io_scene *s, const char *row, uint64_t iova, uint64_t bytes, bool dma, const char *what)
{
    uint64_t charge = io_charge(s->f.io, 0);

    test_context(s->f.io->t, "0x%llx, 0x%llx bytes", (unsigned long long)iova, (unsigned long long)bytes);
    EXPECT_FAILS(s->f.io->t, row, io_map(&s->f, s->ioasid, iova, s->m, 0, bytes, IO_RW), what);
    expect_charge(s->f.io, row, charge, "after MAP was refused");
    if (dma)
        io_expect_blocked(&s->d, row, IO_NO_PASID, iova & ~UINT64_C(63), what);
    test_context(s->f.io->t, NULL);
}

static bool is_reserved(const struct io_device *d, uint64_t iova, uint64_t bytes)
{
    for (uint32_t i = 0; i < d->facts.reserved_count; i++)
        if (iova < d->facts.reserved[i].base + d->facts.reserved[i].bytes && d->facts.reserved[i].base < iova + bytes)
            return true;
    return false;
}

/* No DMA goes into reserved regions: there a write may be an interrupt. */
static void outside(struct test *t)
{
    static const char row[] = "R-IOASID-113";
    struct io io;
    struct io_scene s;
    uint32_t bits;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    bits = on_v1(t) ? s.d.facts.address_bits : 39;
    for (uint32_t i = 0; i < s.d.facts.reserved_count; i++) {
        uint64_t base = s.d.facts.reserved[i].base, end = base + s.d.facts.reserved[i].bytes;

        refuse(&s, row, base, IO_PAGE, false, "MAP of the first page of a reserved region");
        refuse(&s, row, end - IO_PAGE, IO_PAGE, false, "MAP of the last page of a reserved region");
        refuse(&s, row, base - IO_PAGE, PAGES(2), false, "MAP of a page before a reserved region and its first");
        refuse(&s, row, end - IO_PAGE, PAGES(2), false, "MAP of its last page and the one behind it");
        if (!is_reserved(&s.d, base - IO_PAGE, IO_PAGE) && base >= IO_PAGE) {
            EXPECT_OK(t, row, io_map(&s.f, s.ioasid, base - IO_PAGE, s.m, 0, IO_PAGE, IO_RW), "MAP just below");
            io_expect_reaches(&s.d, row, IO_NO_PASID, base - IO_PAGE, s.m, 0, IO_RW, "just below a reserved region");
        }
        if (!is_reserved(&s.d, end, IO_PAGE)) {
            EXPECT_OK(t, row, io_map(&s.f, s.ioasid, end, s.m, 0, IO_PAGE, IO_RW), "MAP just above");
            io_expect_reaches(&s.d, row, IO_NO_PASID, end, s.m, 0, IO_RW, "just above a reserved region");
        }
    }
    if (bits < 64) {
        uint64_t end = UINT64_C(1) << bits;

        refuse(&s, row, end, IO_PAGE, true, "MAP behind the width");
        refuse(&s, row, end - IO_PAGE, PAGES(2), true, "MAP across the width");
        refuse(&s, row, end + s.iova, PAGES(4), true, "MAP with a bit above the width");
        EXPECT_OK(t, row, io_map(&s.f, s.ioasid, end - IO_PAGE, s.m, 0, IO_PAGE, IO_RW), "MAP of the last page of the width");
        io_expect_reaches(&s.d, row, IO_NO_PASID, end - IO_PAGE, s.m, 0, IO_RW, "the last page of the width");
    }
    refuse(&s, row, -PAGES(1), PAGES(2), false, "MAP that wraps");
    refuse(&s, row, PAGES(1), -PAGES(1), false, "MAP of nearly everything");
    all_there(&s, row, "after all that");
    io_end(&io);
}

static void unaligned(struct test *t)
{
    static const char row[] = "R-IOASID-114";
    static const struct {
        uint64_t iova, vaddr, bytes;
    } bad[] = {{1, 0, 4096}, {64, 0, 4096}, {2048, 0, 4096}, {4095, 0, 4096}, {0, 0, 4095},    {0, 0, 4097},   {0, 0, 1},
               {0, 0, 0},    {0, 0, 2048},  {0, 0, 6144},    {0, 1, 4096},    {0, 2048, 4096}, {2048, 0, 2048}};
    struct io io;
    struct io_scene s;
    uint64_t window, charge;

    io_setup(&io, t, &s, false, 0, 0);
    window = io_iova(&s.d, PAGES(8), 1);
    charge = io_charge(&io, 0);
    for (size_t i = 0; i < COUNT(bad); i++) {
        test_context(t, "IOVA %llu, memory %llu, size %llu, beside a page", (unsigned long long)bad[i].iova,
                     (unsigned long long)bad[i].vaddr, (unsigned long long)bad[i].bytes);
        EXPECT_FAILS(t, row, io_map(&s.f, s.ioasid, window + bad[i].iova, s.m, bad[i].vaddr, bad[i].bytes, IO_RW), "MAP");
        for (uint64_t at = 0; at < PAGES(3); at += IO_PAGE)
            io_expect_blocked(&s.d, row, IO_NO_PASID, window + at, "after MAP was refused");
        expect_charge(&io, row, charge, "after MAP was refused");
    }
    test_context(t, NULL);
    EXPECT_OK(t, row, io_map(&s.f, s.ioasid, window, s.m, IO_PAGE, IO_PAGE, IO_RW), "MAP of a page");
    io_expect_reaches(&s.d, row, IO_NO_PASID, window, s.m, IO_PAGE, IO_RW, "a page");
    io_expect_blocked(&s.d, row, IO_NO_PASID, window + IO_PAGE, "behind it");
    io_end(&io);
}

static const struct range overlaps[] = {{0, 4}, {0, 1}, {3, 1}, {1, 2}, {-1, 2}, {3, 2}, {-1, 6}, {-3, 4}, {-2, 12}};

static void overlapping(struct test *t)
{
    static const char row[] = "R-IOASID-115";
    struct io io;
    struct io_scene s;
    struct io_memory *m;
    uint64_t charge;

    io_setup(&io, t, &s, false, 0, 0);
    m = io_memory(&io, 0, PAGES(12));
    charge = io_charge(&io, 0);
    for (size_t i = 0; i < COUNT(overlaps); i++) {
        uint64_t iova = s.iova + (uint64_t)((int64_t)overlaps[i].first * (int64_t)IO_PAGE);

        test_context(t, "pages %d and %u more over a mapping of 4", overlaps[i].first, overlaps[i].count - 1);
        EXPECT_FAILS(t, row, io_map(&s.f, s.ioasid, iova, m, 0, PAGES(overlaps[i].count), IO_RW), "MAP over a mapping");
        expect_charge(&io, row, charge, "after MAP was refused");
        all_there(&s, row, "after MAP was refused");
        io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova - IO_PAGE, "after MAP was refused");
    }
    test_context(t, NULL);
    EXPECT_OK(t, row, io_map(&s.f, s.ioasid, s.iova + PAGES(4), m, 0, IO_PAGE, IO_RW), "MAP just behind");
    EXPECT_OK(t, row, io_map(&s.f, s.ioasid, s.iova - PAGES(1), m, IO_PAGE, IO_PAGE, IO_RW), "MAP just before");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova + PAGES(4), m, 0, IO_RW, "just behind");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova - PAGES(1), m, IO_PAGE, IO_RW, "just before");
    io_end(&io);
}

/* MAP (else UNMAP) with these words, of a range where the other would be good. */
static int64_t raw(const struct io_scene *s, bool map, uint32_t argsz, uint32_t flags, uint32_t ioasid)
{
    struct iommu_map_dma m = {
        .argsz = argsz, .flags = flags, .ioasid = ioasid, .vaddr = s->m->va, .iova = s->iova + PAGES(8), .size = PAGES(4)};
    struct iommu_unmap_dma u = {.argsz = argsz, .flags = flags, .ioasid = ioasid, .iova = s->iova, .size = PAGES(4)};

    return map ? IO_CALL(&s->f, IOMMU_MAP_DMA, &m) : IO_CALL(&s->f, IOMMU_UNMAP_DMA, &u);
}

static void bad_words(struct test *t)
{
    static const char row[] = "R-IOASID-125";
    struct io io;
    struct io_scene s;
    uint32_t gone;

    io_setup(&io, t, &s, false, 0, 0);
    gone = io_setup_alloc(&s.f);
    io_require(t, io_free(&s.f, gone), "FREE");
    for (uint32_t map = 0; map < 2; map++) {
        uint32_t known = map ? 7 : 1, good = map ? IO_RW : 0;
        uint32_t fixed = map ? sizeof(struct iommu_map_dma) : sizeof(struct iommu_unmap_dma);
        const uint32_t unknown[] = {0, gone, IO_UNKNOWN_ID, 0x80000000u | s.ioasid, UINT32_MAX};

        test_context(t, map ? "MAP" : "UNMAP");
        for (uint32_t bit = 0; bit < 32; bit++)
            if (!(known >> bit & 1))
                EXPECT_ERRNO(t, row, EINVAL, raw(&s, map, fixed, good | 1u << bit, s.ioasid), "an unknown flag");
        if (map)
            EXPECT_ERRNO(t, row, EINVAL, raw(&s, map, fixed, 0, s.ioasid), "neither READ nor WRITE");
        for (uint32_t argsz = 0; argsz < fixed; argsz += 4)
            EXPECT_ERRNO(t, row, EINVAL, raw(&s, map, argsz, good, s.ioasid), "a short argsz");
        for (size_t i = 0; i < COUNT(unknown); i++)
            EXPECT_ERRNO(t, row, EINVAL, raw(&s, map, fixed, good, unknown[i]), "an unknown IOASID");
    }
    test_context(t, NULL);
    all_there(&s, row, "after all that was refused");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova + PAGES(8), "after all that was refused");
    EXPECT_OK(t, row, raw(&s, true, sizeof(struct iommu_map_dma), IO_RW, s.ioasid), "MAP with good words");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova + PAGES(8), s.m, 0, IO_RW, "mapped with good words");
    EXPECT_OK(t, row, raw(&s, false, sizeof(struct iommu_unmap_dma), 0, s.ioasid), "UNMAP with good words");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova, "unmapped with good words");
    io_end(&io);
}

/* ---- the kernel chooses ---- */

static void chosen(struct test *t)
{
    static const char row[] = "R-IOASID-126";
    struct io io;
    struct io_scene s;
    uint64_t at[12], charge;

    io_setup(&io, t, &s, false, 0, 0);
    charge = io_charge(&io, 0);
    for (uint32_t i = 0; i < COUNT(at); i++) {
        struct iommu_map_dma map = {.argsz = sizeof(map),
                                    .flags = IO_RW | IOMMU_MAP_DMA_AUTO_IOVA,
                                    .ioasid = s.ioasid,
                                    .vaddr = s.m->va + PAGES(i % 4),
                                    .size = PAGES(1)};

        EXPECT_OK(t, row, IO_CALL(&s.f, IOMMU_MAP_DMA, &map), "MAP without IOVA");
        at[i] = map.iova;
        CHECK(t, row, !(at[i] & 0xfff) && !(at[i] >> 39) && !is_reserved(&s.d, at[i], IO_PAGE), "0x%llx is permitted",
              (unsigned long long)at[i]);
        CHECK(t, row, at[i] < s.iova || at[i] >= s.iova + s.m->bytes, "0x%llx was free", (unsigned long long)at[i]);
        for (uint32_t k = 0; k < i; k++)
            CHECK(t, row, at[i] != at[k], "0x%llx was free", (unsigned long long)at[i]);
    }
    for (uint32_t i = 0; i < COUNT(at); i++)
        io_expect_reaches(&s.d, row, IO_NO_PASID, at[i], s.m, PAGES(i % 4), IO_RW, "where the kernel said");
    EXPECT_FAILS(t, row, io_map(&s.f, s.ioasid, at[0], s.m, 0, IO_PAGE, IO_RW), "MAP where the kernel has mapped");
    for (uint32_t i = 0; i < COUNT(at); i++) {
        EXPECT_OK(t, row, io_unmap(&s.f, s.ioasid, at[i], IO_PAGE, NULL), "UNMAP of what the kernel chose");
        io_expect_blocked(&s.d, row, IO_NO_PASID, at[i], "unmapped");
    }
    expect_charge(&io, row, charge, "after UNMAP");
    io_end(&io);
}

/* ---- any order of it ---- */

#define WINDOW 24u

struct model {
    uint16_t mapping[WINDOW]; /* number of the mapping at this page, 0: none */
    uint8_t page[WINDOW], rights[WINDOW];
};

static void map_or_unmap(struct test *t, struct io_scene *s, struct model *model, uint16_t number, uint64_t window)
{
    uint32_t first = (uint32_t)test_random_below(t, WINDOW), count = 1 + (uint32_t)test_random_below(t, 4), used = 0, cut = 0;

    if (first + count > WINDOW)
        count = WINDOW - first;
    for (uint32_t i = first; i < first + count; i++)
        used += model->mapping[i] != 0;
    for (uint32_t i = first; i < first + count; i++)
        for (uint32_t k = 0; k < WINDOW; k++)
            cut += model->mapping[i] && model->mapping[k] == model->mapping[i] && (k < first || k >= first + count);
    if (test_random_below(t, 2) && count <= 4) {
        uint32_t from = (uint32_t)test_random_below(t, 5 - count), rights = 1 + (uint32_t)test_random_below(t, 3);
        int64_t result = io_map(&s->f, s->ioasid, window + PAGES(first), s->m, PAGES(from), PAGES(count), rights);

        CHECK(t, used ? "R-IOASID-115" : "R-IOASID-107", (result >= 0) == !used,
              "MAP of pages %u and %u more, %u of them used: %s", first, count - 1, used, uapi_errno_name(result));
        for (uint32_t i = first; !used && i < first + count; i++) {
            model->mapping[i] = number;
            model->page[i] = (uint8_t)(from + i - first);
            model->rights[i] = (uint8_t)rights;
        }
        return;
    }
    if (used && (cut || (model->mapping[first] &&
                         model->mapping[first] == model->mapping[first + count - 1]))) { /* several and gaps: 127 */
        int64_t result = io_unmap(&s->f, s->ioasid, window + PAGES(first), PAGES(count), NULL);

        CHECK(t, cut ? "R-IOASID-109" : "R-IOASID-108", (result >= 0) == !cut, "UNMAP of pages %u and %u more, %s: %s", first,
              count - 1, cut ? "which cuts" : "a mapping", uapi_errno_name(result));
        for (uint32_t i = first; !cut && i < first + count; i++)
            model->mapping[i] = 0;
    }
}

static void any_order(struct test *t)
{
    struct io io;
    struct io_scene s;
    struct model model = {0};
    uint64_t window, steps = test_request_budget(t) / 20 + 20;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    window = io_iova(&s.d, PAGES(WINDOW), 1);
    for (uint64_t step = 0; step < steps && !test_failed(t); step++) {
        uint32_t look = (uint32_t)test_random_below(t, WINDOW);

        map_or_unmap(t, &s, &model, (uint16_t)(1 + step), window);
        for (uint32_t i = 0; i < 3; i++, look = (look + 7) % WINDOW) {
            if (model.mapping[look])
                io_expect_reaches(&s.d, "R-IOASID-107", IO_NO_PASID, window + PAGES(look), s.m, PAGES(model.page[look]),
                                  model.rights[look], "mapped");
            else
                io_expect_blocked(&s.d, "R-IOASID-108", IO_NO_PASID, window + PAGES(look), "not mapped");
        }
    }
    io_end(&io);
}

/* ---- as wide as the device ---- */

/* Not in a reserved region, nor its neighbour. */
static bool may_be_mapped(const struct io_device *d, uint64_t iova)
{
    for (uint32_t i = 0; i < d->facts.reserved_count; i++) {
        const struct iotb_uapi_region *region = &d->facts.reserved[i];

        if (iova < region->base + region->bytes + PAGES(2) && region->base < iova + PAGES(3))
            return false;
    }
    return true;
}

static void wide_as(struct test *t, struct io *io, struct io_device *d, const struct io_fd *f)
{
    static const char row[] = "R-IOASID-107";
    struct iommu_ioasid_alloc alloc = {.type = IOMMU_IOASID_KERNEL_TYPE1V2, .addr_width = d->facts.address_bits};
    struct io_memory *m = io_memory(io, 0, PAGES(4));
    uint32_t bits = d->facts.address_bits, ioasid;

    if (uapi_machine(t)->rules & IOTB_UAPI_RULE_SNOOP_REQUIRED)
        alloc.flags = IOMMU_IOASID_ALLOC_ENFORCE_SNOOP;
    ioasid = (uint32_t)io_require(t, f->v1 ? io_alloc(f) : io_alloc_with(f, &alloc), "ALLOC as wide as the device");
    io_setup_attached(io, d, f, d->index, ioasid);
    for (uint32_t bit = 13; bit <= bits; bit++) {
        uint64_t iova = bit == bits ? (UINT64_C(1) << bits) - IO_PAGE : UINT64_C(1) << bit;

        if (may_be_mapped(d, iova))
            io_require(t, io_map(f, ioasid, iova, m, PAGES(bit % 4), IO_PAGE, IO_RW), "MAP");
    }
    for (uint32_t bit = 13; bit <= bits; bit++) {
        uint64_t iova = bit == bits ? (UINT64_C(1) << bits) - IO_PAGE : UINT64_C(1) << bit;

        test_context(t, "device %u, bit %u", d->index, bit);
        if (!may_be_mapped(d, iova))
            continue;
        io_expect_reaches(d, row, IO_NO_PASID, iova, m, PAGES(bit % 4), IO_RW, "one address bit");
        io_expect_blocked(d, row, IO_NO_PASID, iova ^ IO_PAGE, "the page beside it");
    }
    test_context(t, NULL);
}

static void as_wide_as_devices(struct test *t)
{
    static const uint32_t with[] = {IOTB_UAPI_ENFORCEABLE, 0}, without[] = {0, IOTB_UAPI_ENFORCEABLE};
    struct io io;
    struct io_fd f;
    struct io_device d;
    uint32_t found = 0;

    io_begin(&io, t);
    io_setup_open(&io, on_v1(t), &f);
    for (uint32_t i = 0; i < 2; i++) /* units of either kind */
        if (io_find(&io, &d, with[i], without[i], IOTB_UAPI_NO_INDEX)) {
            wide_as(t, &io, &d, &f);
            found++;
        }
    CHECK(t, "R-IOASID-107", found, "the machine has a device");
    io_end(&io);
}

static const struct iotb_case cases[] = {
    CASE_ON("map.unattached.v1", needs_attach, "R-IOASID-106", NULL, "Without an attached device nothing is mapped", true, "v1"),
    MOVES("map.unattached", needs_attach, "R-IOASID-106", "!RULE.map_early", "Without an attached device nothing is mapped"),
    BOTH_MOVE("map.exact", exactly_there, "R-IOASID-107", NULL, "Mapped memory is reached at its IOVA, with its rights, only"),
    BOTH_MOVE("map.wide", as_wide_as_devices, "R-IOASID-107", NULL, "Every bit of an address counts"),
    BOTH_MOVE("map.unmap", unmap_takes_away, "R-IOASID-108 R-IOASID-110", NULL, "What is unmapped is not reached any more"),
    BOTH_MOVE("map.unmap_ats", unmap_reaches_devices, "R-IOASID-108", "ATS", "UNMAP reaches the TLB of the device"),
    BOTH_MOVE("map.cut", unmap_cuts, "R-IOASID-109", NULL, "UNMAP does not cut a mapping"),
    BOTH_MOVE("map.outside", outside, "R-IOASID-113", NULL, "What is not permitted cannot be mapped"),
    MOVES("map.unaligned", unaligned, "R-IOASID-114", NULL, "MAP takes whole pages"),
    MOVES("map.overlap", overlapping, "R-IOASID-115", NULL, "MAP does not touch what is mapped"),
    MOVES("map.early", before_attach, "R-IOASID-124", "RULE.map_early", "A root can be filled before it is attached"),
    MOVES("map.early_refused", before_attach_refused, "R-IOASID-124", "!RULE.map_early", "MAP before attach leaves nothing"),
    MOVES("map.words", bad_words, "R-IOASID-125", NULL, "MAP and UNMAP refuse bad argsz, flags and IOASIDs"),
    MOVES("map.chosen", chosen, "R-IOASID-126", "RULE.auto_iova", "The kernel chooses an IOVA that is permitted and free"),
    MOVES("map.unmap_several", unmap_several, "R-IOASID-127", "RULE.multi_unmap", "UNMAP takes several whole mappings"),
    BOTH_MOVE("map.any_order", any_order, "R-IOASID-107 R-IOASID-108 R-IOASID-109 R-IOASID-115", NULL,
              "Any order of MAP and UNMAP has the sum of their effects"),
};
LIST(ioasid_map_cases, cases);
