/* SPDX-License-Identifier: BSD-2-Clause */
/* E. Attach and detach, the first half: R-IOASID-063 to 074. */
#include "ioasid_chapters.h"

#define VPASID 7u
#define OTHER_VPASID 9u

static bool has_rule(struct test *t, uint64_t rule)
{
    return uapi_machine(t)->rules & rule;
}

/* The next device behind the unit of d: what can be attached for d can be for this one. */
static bool find_like(const struct io_device *d, struct io_device *other, uint32_t with, uint32_t after)
{
    while (io_find(d->io, other, with, 0, after)) {
        if (other->index != d->index && other->facts.iommu == d->facts.iommu)
            return true;
        after = other->index;
    }
    return false;
}

/* A device that the IOMMU serves worse than s->d: without `without`, or with fewer address bits. */
static bool find_worse(const struct io_device *d, struct io_device *worse, uint32_t without, bool narrower)
{
    uint32_t after = IOTB_UAPI_NO_INDEX;

    while (io_find(d->io, worse, 0, without, after)) {
        if (worse->index != d->index && (!narrower || worse->facts.address_bits < d->facts.address_bits))
            return true;
        after = worse->index;
    }
    return false;
}

/* In its place: the mapping of the scene and nothing behind it. */
static void as_before(struct io_scene *s, const char *row, const char *when)
{
    io_expect_reaches(&s->d, row, IO_NO_PASID, s->iova, s->m, 0, IO_RW, when);
    io_expect_blocked(&s->d, row, IO_NO_PASID, s->iova + s->m->bytes, when);
}

/* ---- several devices, several spaces ---- */

static void devices_share(struct test *t)
{
    static const char row[] = "R-IOASID-063";
    struct io io;
    struct io_scene s;
    struct io_device d[4];
    uint32_t count = 0, after = IOTB_UAPI_NO_INDEX;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    for (; count < 4 && find_like(&s.d, &d[count], 0, after); count++) {
        after = d[count].index;
        io_setup_bound(&io, &d[count], &s.f, 0x3000 + count);
        io_expect_blocked(&d[count], row, IO_NO_PASID, s.iova, "bound and not attached");
        EXPECT_OK(t, row, io_attach(&d[count], &s.f, s.ioasid), "ATTACH of a further device");
    }
    if (!count)
        test_skip(t, "one device only behind this IOMMU");
    for (uint32_t i = 0; i < count; i++) {
        io_expect_reaches(&d[i], row, IO_NO_PASID, s.iova + i * IO_PAGE % s.m->bytes, s.m, i * IO_PAGE % s.m->bytes, IO_RW,
                          "a further device");
        io_expect_blocked(&d[i], row, IO_NO_PASID, s.iova + s.m->bytes, "a further device");
    }
    as_before(&s, row, "the first device");
    io_require(t, io_unmap(&s.f, s.ioasid, s.iova, s.m->bytes, NULL), "UNMAP");
    io_setup_map(&s.f, s.ioasid, s.iova + s.m->bytes, s.m, IO_R);
    for (uint32_t i = 0; i < count; i++) {
        io_expect_blocked(&d[i], row, IO_NO_PASID, s.iova, "after UNMAP");
        io_expect_reaches(&d[i], row, IO_NO_PASID, s.iova + s.m->bytes, s.m, 0, IO_R, "after a MAP elsewhere");
    }
    io_end(&io);
}

static void spaces_of_a_device(struct test *t)
{
    static const char row[] = "R-IOASID-064";
    static const uint32_t pasids[] = {VPASID, OTHER_VPASID, 1};
    struct io_memory *m[3];
    uint32_t ioasid[3];
    struct io io;
    struct io_scene s;

    io_setup(&io, t, &s, on_v1(t), IOTB_UAPI_PASID, IOTB_UAPI_DELEGATES);
    test_count_failures_only(t, true);
    as_before(&s, row, "without PASID");
    test_count_failures_only(t, false);
    if (!io_has_places(&s.d))
        test_skip(t, "no device whose PASIDs are the kernel's");
    for (uint32_t i = 0; i < 3; i++) {
        m[i] = io_memory(&io, 0, IO_PAGE);
        ioasid[i] = io_setup_alloc(&s.f);
        io_expect_blocked(&s.d, row, pasids[i], s.iova, "a PASID before ATTACH");
        EXPECT_OK(t, row, io_attach_pasid(&s.d, &s.f, ioasid[i], pasids[i]), "ATTACH to a further IOASID");
        io_setup_map(&s.f, ioasid[i], s.iova, m[i], IO_RW);
    }
    for (uint32_t i = 0; i < 3; i++) {
        io_expect_reaches(&s.d, row, pasids[i], s.iova, m[i], 0, IO_RW, "through its PASID");
        io_expect_blocked(&s.d, row, pasids[i], s.iova + IO_PAGE, "through its PASID");
    }
    as_before(&s, row, "without PASID");
    io_expect_blocked(&s.d, row, OTHER_VPASID + 1, s.iova, "a PASID that is not attached");
    for (uint32_t i = 0; i < 3; i++) {
        EXPECT_OK(t, row, io_detach_pasid(&s.d, &s.f, ioasid[i], pasids[i]), "DETACH of one of them");
        io_expect_blocked(&s.d, row, pasids[i], s.iova, "detached");
    }
    as_before(&s, row, "without PASID, the others detached");
    io_end(&io);
}

/* ---- occupied places ---- */

static void place_is_taken(struct test *t)
{
    static const char row[] = "R-IOASID-065";
    struct io io;
    struct io_scene s;
    struct io_mark mark;
    uint32_t other;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    for (uint32_t round = 0; round < 2; round++) {
        if (round)
            io_mark(&io, &mark);
        other = io_setup_alloc(&s.f);
        EXPECT_ERRNO(t, row, EBUSY, io_attach(&s.d, &s.f, other), "ATTACH to a second IOASID");
        EXPECT_ERRNO(t, row, EBUSY, io_attach(&s.d, &s.f, s.ioasid), "ATTACH to the same once more");
        if (!on_v1(t) && has_rule(t, IOTB_UAPI_RULE_ONE_IOASID) && (s.d.facts.flags & IOTB_UAPI_PASID))
            EXPECT_FAILS(t, row, io_attach_pasid(&s.d, &s.f, other, VPASID), "ATTACH to a second with a vPASID");
        EXPECT_OK(t, row, io_free(&s.f, other), "FREE of the second: nothing is attached to it");
        if (round)
            io_expect_no_leak(&io, row, &mark, "ATTACHes that were refused");
        as_before(&s, row, "after that was refused");
    }
    EXPECT_OK(t, row, io_detach(&s.d, &s.f, s.ioasid), "DETACH: it was attached once");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova, "detached once");
    io_end(&io);
}

static void slot_is_taken(struct test *t)
{
    static const char row[] = "R-IOASID-066";
    struct io io;
    struct io_scene s;
    struct io_memory *m;
    uint32_t mine, other;

    io_setup(&io, t, &s, on_v1(t), IOTB_UAPI_PASID, IOTB_UAPI_DELEGATES);
    test_count_failures_only(t, true);
    as_before(&s, row, "without PASID");
    test_count_failures_only(t, false);
    if (!io_has_places(&s.d))
        test_skip(t, "no device whose PASIDs are the kernel's");
    m = io_memory(&io, 0, IO_PAGE);
    mine = io_setup_alloc(&s.f);
    other = io_setup_alloc(&s.f);
    io_require(t, io_attach_pasid(&s.d, &s.f, mine, VPASID), "ATTACH with a vPASID");
    io_setup_map(&s.f, mine, s.iova, m, IO_RW);
    EXPECT_FAILS(t, row, io_attach_pasid(&s.d, &s.f, other, VPASID), "ATTACH of another IOASID with the same vPASID");
    EXPECT_FAILS(t, row, io_attach_pasid(&s.d, &s.f, mine, VPASID), "ATTACH of the same once more");
    EXPECT_FAILS(t, row, io_attach_pasid(&s.d, &s.f, s.ioasid, VPASID), "ATTACH of the default space with that vPASID");
    EXPECT_FAILS(t, row, io_attach(&s.d, &s.f, other), "ATTACH of another IOASID without vPASID");
    io_expect_reaches(&s.d, row, VPASID, s.iova, m, 0, IO_RW, "with the vPASID, after that was refused");
    io_expect_blocked(&s.d, row, VPASID, s.iova + IO_PAGE, "with the vPASID, after that was refused");
    as_before(&s, row, "without PASID, after that was refused");
    EXPECT_OK(t, row, io_free(&s.f, other), "FREE of what was refused");
    EXPECT_OK(t, row, io_detach_pasid(&s.d, &s.f, mine, VPASID), "DETACH: it was attached once");
    io_expect_blocked(&s.d, row, VPASID, s.iova, "detached once");
    io_end(&io);
}

static void no_effect_before(struct test *t)
{
    static const char row[] = "R-IOASID-067";
    struct io io;
    struct io_fd f;
    struct io_device d;
    struct io_memory *m;
    uint64_t iova;
    uint32_t ioasid;
    bool early;

    io_begin(&io, t);
    io_setup_open(&io, on_v1(t), &f);
    io_need(&io, &d, 0, 0);
    m = io_memory(&io, 0, 4 * IO_PAGE);
    iova = io_iova(&d, m->bytes, 0);
    io_setup_bound(&io, &d, &f, 1);
    ioasid = io_setup_alloc(&f);
    early = !f.v1 && has_rule(t, IOTB_UAPI_RULE_MAP_EARLY);
    if (early)
        io_setup_map(&f, ioasid, iova, m, IO_RW);
    for (uint64_t at = 0; at < m->bytes; at += IO_PAGE) {
        io_expect_blocked(&d, row, IO_NO_PASID, iova + at, "before the first ATTACH");
        if (d.facts.flags & IOTB_UAPI_PASID)
            io_expect_blocked(&d, row, VPASID, iova + at, "before the first ATTACH, with a PASID");
    }
    io_require(t, io_attach(&d, &f, ioasid), "ATTACH");
    if (!early)
        io_setup_map(&f, ioasid, iova, m, IO_RW);
    io_expect_reaches(&d, row, IO_NO_PASID, iova + IO_PAGE, m, IO_PAGE, IO_RW, "attached");
    io_end(&io);
}

/* ---- what does not fit ---- */

static uint32_t alloc_wide(const struct io_fd *f, uint32_t addr_width, uint32_t flags)
{
    struct iommu_ioasid_alloc alloc = {.type = IOMMU_IOASID_KERNEL_TYPE1V2, .addr_width = addr_width, .flags = flags};

    if (f->v1)
        return io_setup_alloc(f);
    if (has_rule(f->io->t, IOTB_UAPI_RULE_SNOOP_REQUIRED))
        alloc.flags = IOMMU_IOASID_ALLOC_ENFORCE_SNOOP;
    return (uint32_t)io_require(f->io->t, io_alloc_with(f, &alloc), "ALLOC");
}

/* It was refused at `bad`, so it is where it was; another space does. */
static void another_does(struct io_scene *s, struct io_device *d, const char *row, uint32_t bad)
{
    struct test *t = d->io->t;
    struct io_memory *m = io_memory(d->io, 0, IO_PAGE);
    uint32_t other;
    uint64_t iova = io_iova(d, IO_PAGE, 3);

    io_expect_blocked(d, row, IO_NO_PASID, s->iova, "the device that was refused");
    EXPECT_FAILS(t, row, io_detach(d, &s->f, bad), "DETACH of what was refused");
    other = alloc_wide(&s->f, d->facts.address_bits < 39 ? d->facts.address_bits : 39,
                       d->facts.flags & IOTB_UAPI_ENFORCEABLE ? 0 : IOMMU_IOASID_ALLOC_NO_SNOOP);
    EXPECT_OK(t, row, io_attach(d, &s->f, other), "ATTACH of it to another IOASID");
    io_setup_map(&s->f, other, iova, m, IO_RW);
    io_expect_reaches(d, row, IO_NO_PASID, iova, m, 0, IO_RW, "in the other IOASID");
    io_expect_blocked(d, row, IO_NO_PASID, iova + IO_PAGE, "in the other IOASID");
}

/* What is mapped lies beyond the addresses of the second device's IOMMU: its page table cannot hold it. */
static void misfit_is_refused(struct test *t)
{
    static const char row[] = "R-IOASID-068", next[] = "R-IOASID-070";
    struct io io;
    struct io_scene s = {.ioasid = 0};
    struct io_device narrow;

    io_begin(&io, t);
    io_setup_open(&io, on_v1(t), &s.f);
    io_need(&io, &s.d, IOTB_UAPI_ENFORCEABLE, 0);
    if (!find_worse(&s.d, &narrow, 0, true))
        test_skip(t, "all IOMMUs have the same address width");
    s.ioasid = alloc_wide(&s.f, s.d.facts.address_bits, 0);
    s.m = io_memory(&io, 0, 2 * IO_PAGE);
    s.iova = UINT64_C(1) << narrow.facts.address_bits;
    io_setup_attached(&io, &s.d, &s.f, 1, s.ioasid);
    io_setup_map(&s.f, s.ioasid, s.iova, s.m, IO_RW);
    io_setup_bound(&io, &narrow, &s.f, 2);
    EXPECT_FAILS(t, row, io_attach(&narrow, &s.f, s.ioasid), "ATTACH of a device whose IOMMU has fewer address bits");
    as_before(&s, row, "the device that was there");
    another_does(&s, &narrow, next, s.ioasid);
    as_before(&s, row, "the device that was there, later");
    io_end(&io);
}

/* A table of the user, in the format of one IOMMU, and a device of an IOMMU that does not walk such tables. */
static void format_is_refused(struct test *t)
{
    static const char row[] = "R-IOASID-068", next[] = "R-IOASID-070";
    struct io io;
    struct io_nest n;
    struct io_scene s;
    struct io_device plain;

    io_setup_nest(&io, t, &n, false, 0);
    if (!find_worse(&n.d, &plain, IOTB_UAPI_NESTS, false))
        test_skip(t, "all IOMMUs walk tables of users");
    io_setup_bound(&io, &plain, &n.f, 9);
    EXPECT_FAILS(t, row, io_attach(&plain, &n.f, n.child), "ATTACH of a device to a table that its IOMMU does not walk");
    if (plain.facts.flags & IOTB_UAPI_PASID)
        EXPECT_FAILS(t, row, io_attach_pasid(&plain, &n.f, n.child, VPASID), "the same with a vPASID");
    io_expect_reaches(&n.d, row, n.pasid, n.va, n.data, 0, IO_RW, "the device that was there");
    io_expect_blocked(&n.d, row, n.pasid, n.va + n.data->bytes, "the device that was there");
    s = (struct io_scene){.f = n.f, .d = n.d, .ioasid = n.child, .iova = n.base};
    another_does(&s, &plain, next, n.child);
    io_expect_reaches(&n.d, row, n.pasid, n.va, n.data, 0, IO_RW, "the device that was there, later");
    io_end(&io);
}

static void width_is_checked(struct test *t)
{
    static const char row[] = "R-IOASID-069";
    struct io io;
    struct io_fd f;
    struct io_device d;
    struct io_memory *m;
    struct iommu_device_info info;
    uint32_t after, ioasid, with;

    io_begin(&io, t);
    io_setup_open(&io, false, &f);
    m = io_memory(&io, 0, IO_PAGE);
    with = has_rule(t, IOTB_UAPI_RULE_SNOOP_REQUIRED) ? IOTB_UAPI_ENFORCEABLE : 0;
    io_need(&io, &d, with, 0);
    for (after = IOTB_UAPI_NO_INDEX; io_find(&io, &d, with, 0, after); after = d.index) {
        io_setup_bound(&io, &d, &f, 0x100 + d.index);
        io_require(t, io_device_info(&f, d.cookie, &info), "DEVICE_GET_INFO");
        test_context(t, "%s, width %u", d.facts.name, info.addr_width);
        if (info.addr_width < 64) {
            ioasid = alloc_wide(&f, info.addr_width + 1, 0);
            EXPECT_FAILS(t, row, io_attach(&d, &f, ioasid), "ATTACH of a device narrower than the IOASID by a bit");
            io_expect_blocked(&d, row, IO_NO_PASID, io_iova(&d, IO_PAGE, 0), "refused");
            EXPECT_OK(t, row, io_free(&f, ioasid), "FREE of what was refused");
        }
        ioasid = alloc_wide(&f, info.addr_width, 0);
        EXPECT_OK(t, row, io_attach(&d, &f, ioasid), "ATTACH of a device as wide as the IOASID");
        io_setup_map(&f, ioasid, io_iova(&d, IO_PAGE, 0), m, IO_RW);
        io_expect_reaches(&d, row, IO_NO_PASID, io_iova(&d, IO_PAGE, 0), m, 0, IO_RW, "as wide as the IOASID");
        test_context(t, NULL);
    }
    io_end(&io);
}

static void wrong_file(struct test *t)
{
    static const char row[] = "R-IOASID-071";
    struct io io;
    struct io_scene s;
    struct io_device d;
    struct io_fd other, odd;
    uint32_t foreign = 0;
    int64_t event;

    io_setup(&io, t, &s, false, 0, 0);
    if (!find_like(&s.d, &d, 0, IOTB_UAPI_NO_INDEX))
        test_skip(t, "needs two devices");
    io_setup_open(&io, false, &other);
    for (uint32_t i = 0; i < 8 && foreign <= s.ioasid; i++)
        foreign = io_setup_alloc(&other);
    event = io_require(t, sys_eventfd(t, 0, 0), "an eventfd");
    io_setup_bound(&io, &d, &s.f, 9);
    EXPECT_FAILS(t, row, io_attach(&d, &other, foreign), "ATTACH in a file to which the device is not bound");
    EXPECT_FAILS(t, row, io_attach(&d, &other, s.ioasid), "ATTACH with an IOASID of the right file and the wrong file");
    odd = other;
    odd.fd = (int32_t)event;
    EXPECT_FAILS(t, row, io_attach(&d, &odd, s.ioasid), "ATTACH in an eventfd");
    odd.fd = d.fd;
    EXPECT_FAILS(t, row, io_attach(&d, &odd, s.ioasid), "ATTACH in the device itself");
    odd.fd = -1;
    EXPECT_FAILS(t, row, io_attach(&d, &odd, s.ioasid), "ATTACH in file -1");
    io_expect_blocked(&d, row, IO_NO_PASID, s.iova, "after that was refused");
    EXPECT_OK(t, row, io_attach(&d, &s.f, s.ioasid), "ATTACH in the file to which the device is bound");
    io_expect_reaches(&d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "attached");
    EXPECT_FAILS(t, row, io_detach(&d, &other, s.ioasid), "DETACH in the other file");
    io_expect_reaches(&d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "after that was refused");
    io_end(&io);
}

static void unknown_ioasid(struct test *t)
{
    static const char row[] = "R-IOASID-072";
    uint32_t ids[] = {0, IO_UNKNOWN_ID, 0x7fffffff, 0x80000000, UINT32_MAX, 0 /* freed */, 0 /* of another file */};
    struct io io;
    struct io_scene s;
    struct io_fd other;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    io_setup_open(&io, on_v1(t), &other);
    ids[5] = io_setup_alloc(&s.f);
    for (uint32_t i = 0; i < 8 && ids[6] <= ids[5]; i++)
        ids[6] = io_setup_alloc(&other);
    io_require(t, io_free(&s.f, ids[5]), "FREE");
    io_require(t, io_detach(&s.d, &s.f, s.ioasid), "DETACH");
    for (uint32_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        test_context(t, "IOASID 0x%x", ids[i]);
        EXPECT_ERRNO(t, row, EINVAL, io_attach(&s.d, &s.f, ids[i]), "ATTACH to an IOASID that is not there");
        io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova, "after that was refused");
    }
    test_context(t, NULL);
    EXPECT_OK(t, row, io_attach(&s.d, &s.f, s.ioasid), "ATTACH to one that is there");
    as_before(&s, row, "attached");
    for (uint32_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
        EXPECT_FAILS(t, row, io_attach(&s.d, &s.f, ids[i]), "ATTACH to an IOASID that is not there, attached");
    as_before(&s, row, "after that was refused");
    io_end(&io);
}

/* ---- children ---- */

static void parent_first(struct test *t)
{
    static const char row[] = "R-IOASID-073";
    struct io io;
    struct io_nest n;
    struct io_device d;

    io_setup_nest(&io, t, &n, true, 0);
    if (!find_like(&n.d, &d, IOTB_UAPI_NESTS | IOTB_UAPI_PASID, IOTB_UAPI_NO_INDEX))
        test_skip(t, "one device only that nests");
    io_setup_bound(&io, &d, &n.f, 0);
    EXPECT_FAILS(t, row, io_nest_attach(&n, &d, n.child, n.pasid), "ATTACH to a child of a device that is not attached");
    io_expect_blocked(&d, row, n.pasid, n.va, "after that was refused");
    io_expect_blocked(&d, row, IO_NO_PASID, n.base, "after that was refused");
    io_expect_reaches(&n.d, row, n.pasid, n.va, n.data, 0, IO_RW, "the device that was there");
    io_require(t, io_attach(&d, &n.f, n.parent), "ATTACH to the parent");
    EXPECT_OK(t, row, io_nest_attach(&n, &d, n.child, n.pasid), "ATTACH to a child of a device that is attached to the parent");
    io_expect_reaches(&d, row, n.pasid, n.va, n.data, 0, IO_RW, "attached to the child");
    io_expect_blocked(&d, row, n.pasid, n.va + n.data->bytes, "attached to the child");
    io_end(&io);
}

static void parent_stays(struct test *t)
{
    static const char row[] = "R-IOASID-074";
    struct io io;
    struct io_nest n;

    io_setup_nest(&io, t, &n, on_v1(t), 0);
    for (uint32_t round = 0; round < 2; round++) {
        io_expect_reaches(&n.d, row, n.pasid, n.va, n.data, 0, IO_RW, "with the PASID, in the child");
        io_expect_blocked(&n.d, row, n.pasid, n.base, "with the PASID, at an address of the parent");
        io_expect_reaches(&n.d, row, IO_NO_PASID, n.base, n.data, 0, IO_RW, "without PASID, in the parent");
        io_expect_blocked(&n.d, row, IO_NO_PASID, n.va, "without PASID, at an address of the child");
        EXPECT_OK(t, row, io_detach_pasid(&n.d, &n.f, n.child, n.pasid), "DETACH of the child");
        io_expect_blocked(&n.d, row, n.pasid, n.va, "with the PASID, the child detached");
        io_expect_reaches(&n.d, row, IO_NO_PASID, n.base, n.data, 0, IO_RW, "without PASID, the child detached");
        EXPECT_OK(t, row, io_attach_pasid(&n.d, &n.f, n.child, n.pasid), "ATTACH of the child");
    }
    io_end(&io);
}

/* ---- an ATTACH in which something fails ---- */

#define FAILURES_MAX 400u

/* To a child, whose parent stays in effect, or to a space, and nothing is. */
static void failed_anywhere(struct test *t)
{
    static const char row[] = "R-IOASID-068";
    bool child = test_argument(t);
    uint32_t n, failures = 0, ioasid;
    struct io io;
    struct io_scene s;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    ioasid = child ? (uint32_t)io_require(t, io_alloc_child(&s.f, s.ioasid), "a child") : s.ioasid;
    if (!child)
        io_require(t, io_detach(&s.d, &s.f, s.ioasid), "DETACH");
    for (n = 1; n < FAILURES_MAX && !test_failed(t); n++) {
        int64_t result, used;

        test_context(t, "call %u fails", n);
        sys_fail_nth(t, 0, n);
        result = io_attach(&s.d, &s.f, ioasid);
        used = sys_fail_nth(t, 0, 0);
        failures += result < 0;
        CHECK(t, row, result >= 0 || used == 1, "ATTACH fails when a call inside it does");
        if (result < 0 && !child)
            io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova, "ATTACH failed");
        if (result >= 0) {
            if (!child)
                io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "attached");
            io_require(t, io_detach(&s.d, &s.f, ioasid), "DETACH");
        }
        if (child)
            io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "the parent");
        if (used != 1)
            break;
    }
    test_context(t, NULL);
    CHECK(t, row, n < FAILURES_MAX, "ATTACH makes fewer than %u calls that can fail", FAILURES_MAX);
    CHECK(t, row, failures, "ATTACH has failed when something in it did");
    if (!child)
        io_require(t, io_attach(&s.d, &s.f, s.ioasid), "ATTACH");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "after all that");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova + s.m->bytes, "after all that");
    io_end(&io);
}

static const struct iotb_case cases[] = {
    BOTH_MOVE("attach.shared", devices_share, "R-IOASID-063", NULL, "Devices of one IOASID see the same translation"),
    BOTH_MOVE("attach.several", spaces_of_a_device, "R-IOASID-064", "PASID&!RULE.one_ioasid",
              "A device is attached to several IOASIDs by PASID"),
    BOTH_MOVE("attach.second", place_is_taken, "R-IOASID-065", "!RULE.replace", "A second ATTACH is EBUSY"),
    BOTH_MOVE("attach.slot", slot_is_taken, "R-IOASID-066", "PASID&!RULE.one_ioasid&!RULE.replace",
              "A requester id, and a PASID of it, lead to one IOASID"),
    BOTH_MOVE("attach.effect", no_effect_before, "R-IOASID-067", NULL, "A space has no effect before its first ATTACH"),
    BOTH_MOVE("attach.misfit", misfit_is_refused, "R-IOASID-068 R-IOASID-070", "!RULE.snoop_required",
              "A device whose IOMMU cannot hold the mappings is refused, and fits elsewhere"),
    MOVES("attach.format", format_is_refused, "R-IOASID-068 R-IOASID-070", "NESTS&PASID&!RULE.one_ioasid",
          "A device whose IOMMU cannot walk the user's table is refused, and fits elsewhere"),
    MOVES("attach.width", width_is_checked, "R-IOASID-069", "RULE.width_at_attach",
          "A device narrower than the IOASID is refused"),
    MOVES("attach.file", wrong_file, "R-IOASID-071", NULL, "ATTACH in a file to which the device is not bound is refused"),
    BOTH_MOVE("attach.unknown", unknown_ioasid, "R-IOASID-072", NULL, "ATTACH to an IOASID that is not there is EINVAL"),
    MOVES("attach.parent_first.v1", parent_first, "R-IOASID-073", "NESTS&PASID", "v1: only what is attached to the parent"),
    BOTH_MOVE("attach.parent_stays", parent_stays, "R-IOASID-074", "IOMMU.vtd&NESTS&PASID&!RULE.one_ioasid",
              "With a child attached by PASID, the parent stays without"),
    BOTH_MOVE("attach.failed_anywhere", failed_anywhere, "R-IOASID-068", NULL,
              "An ATTACH that fails anywhere inside changes nothing"),
    CASE_ON("attach.failed_child", failed_anywhere, "R-IOASID-068", "RULE.software_nesting&!RULE.replace",
            "Nor does that of a child", true, "child"),
};
LIST(ioasid_attach_cases, cases);
