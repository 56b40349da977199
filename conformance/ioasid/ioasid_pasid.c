/* SPDX-License-Identifier: BSD-2-Clause */
/* F. PASID: R-IOASID-081 to 097. */
#include "ioasid_chapters.h"

#include <string.h>

#define VPASID 7u
#define OTHER_VPASID 9u

static void capability_absent(struct test *t)
{
    static const char row[] = "R-IOASID-081";
    struct io io;
    struct io_scene s;
    uint32_t other;

    io_setup(&io, t, &s, false, 0, IOTB_UAPI_PASID);
    other = io_setup_alloc(&s.f);
    EXPECT_FAILS(t, row, io_attach_pasid(&s.d, &s.f, other, VPASID), "ATTACH with a vPASID without the capability");
    EXPECT_FAILS(t, row, io_attach_pasid(&s.d, &s.f, s.ioasid, VPASID), "the same to its own IOASID");
    EXPECT_OK(t, row, io_free(&s.f, other), "FREE of what was refused");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "after that was refused");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova + s.m->bytes, "after that was refused");
    io_end(&io);
}

/* The PASID on the bus is the vPASID, at the ends of the range and in it. */
static void bus_has_vpasid(struct test *t)
{
    static const char row[] = "R-IOASID-086";
    struct vfio_device_info_cap_pasid cap;
    struct iotb_uapi_bus bus;
    struct io io;
    struct io_scene s;
    uint32_t vpasids[3] = {1, VPASID, 0}, ioasid;

    io_setup(&io, t, &s, on_v1(t), IOTB_UAPI_PASID, IOTB_UAPI_DELEGATES);
    test_count_failures_only(t, true);
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "without PASID");
    test_count_failures_only(t, false);
    if (!io_has_places(&s.d) || !io_pasid_capability(&s.d, &cap))
        test_skip(t, "no device whose PASIDs are the kernel's");
    vpasids[2] = (1u << cap.vpasid_bits) - 1;
    ioasid = io_setup_alloc(&s.f);
    for (uint32_t i = 0; i < 3; i++) {
        EXPECT_OK(t, row, io_attach_pasid(&s.d, &s.f, ioasid, vpasids[i]), "ATTACH with a vPASID");
        if (!i)
            io_setup_map(&s.f, ioasid, s.iova, s.m, IO_RW);
        io_expect_reaches(&s.d, row, vpasids[i], s.iova, s.m, 0, IO_RW, "with this PASID");
        device_bus(t, s.d.index, &bus);
        CHECK_EQ(t, row, 1, bus.pasid_present, "a PASID on the bus");
        CHECK_EQ(t, row, vpasids[i], bus.pasid, "the PASID on the bus");
        io_expect_blocked(&s.d, row, OTHER_VPASID, s.iova, "a PASID that is not attached");
    }
    io_end(&io);
}

/* One device has the PASID, the other has it elsewhere, then nowhere. */
static void pasids_of_two(struct test *t)
{
    static const char alone[] = "R-IOASID-088", shared[] = "R-IOASID-089", repeated[] = "R-IOASID-092";
    struct io io;
    struct io_scene s;
    struct io_device d;
    struct io_memory *m;
    uint32_t one, two;

    io_setup(&io, t, &s, on_v1(t), IOTB_UAPI_PASID | IOTB_UAPI_ENFORCEABLE, IOTB_UAPI_DELEGATES);
    test_count_failures_only(t, true);
    io_expect_reaches(&s.d, alone, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "without PASID");
    test_count_failures_only(t, false);
    if (!io_find(&io, &d, IOTB_UAPI_PASID | IOTB_UAPI_ENFORCEABLE, IOTB_UAPI_DELEGATES, s.d.index) || !io_has_places(&s.d))
        test_skip(t, "needs two devices whose PASIDs are the kernel's");
    m = io_memory(&io, 0, IO_PAGE);
    io_setup_bound(&io, &d, &s.f, 9);
    one = io_setup_alloc(&s.f);
    two = io_setup_alloc(&s.f);
    io_require(t, io_attach_pasid(&s.d, &s.f, one, VPASID), "ATTACH of the first with a vPASID");
    io_setup_map(&s.f, one, s.iova, s.m, IO_RW);
    io_expect_blocked(&d, alone, VPASID, s.iova, "the PASID of the first, from the second");
    EXPECT_OK(t, shared, io_attach_pasid(&d, &s.f, one, OTHER_VPASID), "ATTACH of the second with another vPASID");
    io_expect_reaches(&d, shared, OTHER_VPASID, s.iova, s.m, 0, IO_RW, "the second, with its vPASID");
    io_expect_reaches(&s.d, shared, VPASID, s.iova, s.m, 0, IO_RW, "the first, with its vPASID");
    io_expect_blocked(&d, alone, VPASID, s.iova, "the PASID of the first, from the second, attached elsewhere");
    EXPECT_OK(t, repeated, io_attach_pasid(&d, &s.f, two, VPASID), "ATTACH of the second with the vPASID of the first");
    io_setup_map(&s.f, two, s.iova, m, IO_RW);
    io_expect_reaches(&d, repeated, VPASID, s.iova, m, 0, IO_RW, "the second");
    io_expect_reaches(&s.d, repeated, VPASID, s.iova, s.m, 0, IO_RW, "the first");
    EXPECT_OK(t, repeated, io_detach_pasid(&d, &s.f, two, VPASID), "DETACH of the second");
    io_expect_blocked(&d, repeated, VPASID, s.iova, "the second, detached");
    io_expect_reaches(&s.d, repeated, VPASID, s.iova, s.m, 0, IO_RW, "the first, the second detached");
    io_end(&io);
}

/* ---- delegated: the user's table has all PASIDs ---- */

static void delegated(struct test *t)
{
    static const char all[] = "R-IOASID-084", refused[] = "R-IOASID-085", says[] = "R-IOASID-082";
    struct vfio_device_info_cap_pasid cap;
    struct io io;
    struct io_nest n;
    uint32_t other;

    io_setup_nest(&io, t, &n, false, IOTB_UAPI_DELEGATES);
    CHECK(t, says, io_pasid_capability(&n.d, &cap) && (cap.flags & VFIO_DEVICE_PASID_DELEGATED), "the capability says DELEGATED");
    io_expect_reaches(&n.d, all, n.pasid, n.va, n.data, 0, IO_RW, "with a PASID of the table");
    io_expect_blocked(&n.d, all, n.pasid, n.va + n.data->bytes, "with a PASID of the table");
    io_expect_blocked(&n.d, all, n.pasid + 1, n.va, "with a PASID that the table does not have");
    other = io_setup_alloc(&n.f);
    EXPECT_FAILS(t, refused, io_attach_pasid(&n.d, &n.f, other, VPASID), "ATTACH of mappings with a vPASID");
    EXPECT_FAILS(t, refused, io_attach_pasid(&n.d, &n.f, n.child, VPASID), "ATTACH of the table with a vPASID");
    io_expect_blocked(&n.d, refused, VPASID, n.va, "with that PASID");
    io_expect_reaches(&n.d, refused, n.pasid, n.va, n.data, 0, IO_RW, "after that was refused");
    EXPECT_OK(t, refused, io_free(&n.f, other), "FREE of what was refused");
    CHECK(t, says, io_pasid_capability(&n.d, &cap) && (cap.flags & VFIO_DEVICE_PASID_DELEGATED), "it still says DELEGATED");
    io_end(&io);
}

/* ---- mdevs: neither finds the other's spaces, whatever vPASID it is told ---- */

static void siblings(struct test *t)
{
    static const char apart[] = "R-IOASID-090";
    struct io_device d[2];
    struct io_memory *m[2];
    struct io io;
    struct io_fd f;
    uint64_t iova;

    io_begin(&io, t);
    io_setup_open(&io, on_v1(t), &f);
    io_need_siblings(&io, &d[0], &d[1], IOTB_UAPI_PASID, IOTB_UAPI_SOFTWARE_MDEV);
    iova = io_iova(&d[0], IO_PAGE, 0);
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t ioasid = io_setup_alloc(&f);

        m[i] = io_memory(&io, 0, IO_PAGE);
        io_setup_bound(&io, &d[i], &f, 0x50 + i);
        io_require(t, io_attach_pasid(&d[i], &f, ioasid, VPASID + i), "ATTACH of an mdev with a vPASID");
        io_setup_map(&f, ioasid, iova, m[i], IO_RW);
    }
    for (uint32_t i = 0; i < 2; i++) {
        io_expect_reaches(&d[i], apart, VPASID + i, iova, m[i], 0, IO_RW, "with its vPASID");
        io_expect_blocked(&d[i], apart, IO_NO_PASID, iova, "without vPASID, nothing attached there");
        for (uint32_t pasid = 1; pasid < 64; pasid++)
            if (pasid != VPASID + i)
                io_expect_blocked(&d[i], apart, pasid, iova, "with any other vPASID");
    }
    io_end(&io);
}

/* ---- not delegated: a space is an IOASID with a vPASID ---- */

/* A device whose PASIDs lead into IOASIDs of their own, bound: a whole one if its IOMMU has no tables of users, else an mdev. */
static void need_places(struct io *io, const struct io_fd *f, struct io_device *d)
{
    if (io_find(io, d, IOTB_UAPI_PASID | IOTB_UAPI_ENFORCEABLE, IOTB_UAPI_DELEGATES, IOTB_UAPI_NO_INDEX)) {
        io_setup_bound(io, d, f, 1);
        return;
    }
    io_need_mdev(io, d, IOTB_UAPI_PASID, IOTB_UAPI_SOFTWARE_MDEV);
    io_setup_bound(io, d, f, 1);
}

static void own_spaces(struct test *t)
{
    static const char row[] = "R-IOASID-083";
    const uint32_t pasids[3] = {IO_NO_PASID, VPASID, OTHER_VPASID};
    struct io_memory *m[3];
    uint32_t ioasids[4];
    struct io_device d;
    struct io_fd f;
    struct io io;
    uint64_t iova;

    io_begin(&io, t);
    io_setup_open(&io, on_v1(t), &f);
    need_places(&io, &f, &d);
    iova = io_iova(&d, IO_PAGE, 0);
    for (uint32_t i = 0; i < 3; i++) {
        m[i] = io_memory(&io, 0, IO_PAGE);
        ioasids[i] = io_setup_alloc(&f);
        EXPECT_OK(t, row, io_attach_pasid(&d, &f, ioasids[i], pasids[i]), i ? "ATTACH with a vPASID" : "ATTACH without");
        io_setup_map(&f, ioasids[i], iova, m[i], IO_RW);
        for (uint32_t k = 0; k < 3; k++)
            if (k <= i)
                io_expect_reaches(&d, row, pasids[k], iova, m[k], 0, IO_RW, "into the IOASID of its own");
            else
                io_expect_blocked(&d, row, pasids[k], iova, "no IOASID was attached with this vPASID");
    }
    ioasids[3] = io_setup_alloc(&f);
    EXPECT_FAILS(t, row, io_attach_pasid(&d, &f, ioasids[3], VPASID), "ATTACH of a second IOASID with the same vPASID");
    EXPECT_OK(t, row, io_detach_pasid(&d, &f, ioasids[1], VPASID), "DETACH");
    io_expect_blocked(&d, row, VPASID, iova, "detached");
    io_expect_reaches(&d, row, OTHER_VPASID, iova, m[2], 0, IO_RW, "the other space");
    io_expect_reaches(&d, row, IO_NO_PASID, iova, m[0], 0, IO_RW, "without PASID");
    io_end(&io);
}

/* On every device that has PASIDs, whatever its IOMMU: the same calls, and no format in them. */
static void portable(struct test *t)
{
    static const char row[] = "R-IOASID-097";
    struct io_device d;
    uint32_t seen = 0;
    struct io_fd f;
    struct io io;

    io_begin(&io, t);
    io_setup_open(&io, false, &f);
    for (uint32_t after = IOTB_UAPI_NO_INDEX; io_find(&io, &d, IOTB_UAPI_PASID, 0, after); after = d.index) {
        struct vfio_device_info_cap_pasid cap;
        struct io_memory *m = io_memory(&io, 0, IO_PAGE);
        uint64_t iova = io_iova(&d, IO_PAGE, 0);
        uint32_t ioasid = io_setup_alloc(&f);

        io_setup_bound(&io, &d, &f, 0x60 + d.index);
        if (!io_pasid_capability(&d, &cap)) { /* it has PASIDs, its IOMMU has not */
            EXPECT_FAILS(t, "R-IOASID-081", io_attach_pasid(&d, &f, ioasid, VPASID), "ATTACH without the capability");
            continue;
        }
        seen++;
        EXPECT_OK(t, row, io_attach_pasid(&d, &f, ioasid, VPASID), "ATTACH of mappings with a PASID");
        io_setup_map(&f, ioasid, iova, m, IO_RW);
        io_expect_reaches(&d, row, VPASID, iova, m, 0, IO_RW, "with that PASID");
        io_expect_blocked(&d, row, OTHER_VPASID, iova, "with another");
        EXPECT_OK(t, row, io_detach_pasid(&d, &f, ioasid, VPASID), "DETACH");
        io_expect_blocked(&d, row, VPASID, iova, "detached");
    }
    CHECK(t, row, seen > 0, "some device says that it has PASIDs");
    io_end(&io);
}

/* ---- mdevs: what is on the bus is the kernel's, and hidden ---- */

/* All that the kernel tells the user of a device, and of faults since the last time, as words. */
struct told {
    uint32_t words[2048], count;
};

static void hear(struct told *told, const void *data, uint32_t bytes)
{
    if (told->count + bytes / 4 > sizeof(told->words) / 4)
        return;
    memcpy(&told->words[told->count], data, bytes);
    told->count += bytes / 4;
}

static void listen(struct io_device *d, const struct io_fd *f, uint32_t ioasid, struct told *told)
{
    struct test *t = d->io->t;
    struct vfio_region_info region = {.argsz = sizeof(region)};
    uint32_t room[256] = {sizeof(room)};

    told->count = 0;
    (void)sys_ioctl(t, d->process, d->fd, VFIO_DEVICE_GET_INFO, room, sizeof(room));
    hear(told, room, sizeof(room));
    for (region.index = 0; region.index < VFIO_PCI_NUM_REGIONS; region.index++) {
        (void)sys_ioctl(t, d->process, d->fd, VFIO_DEVICE_GET_REGION_INFO, &region, sizeof(region));
        hear(told, &region, sizeof(region));
    }
    memset(room, 0, sizeof(room));
    room[0] = sizeof(room);
    if (f->v1) {
        struct ioasid_info info = {.argsz = sizeof(info), .ioasid = ioasid};

        memcpy(room, &info, sizeof(info));
        room[0] = sizeof(room);
        (void)sys_ioctl(t, f->process, f->fd, IOASID_GET_INFO, room, sizeof(room));
    } else {
        struct iommu_device_info info = {.argsz = sizeof(room), .dev_cookie = d->cookie};

        memcpy(room, &info, sizeof(info));
        (void)sys_ioctl(t, f->process, f->fd, IOMMU_DEVICE_GET_INFO, room, sizeof(room));
    }
    hear(told, room, sizeof(room));
    for (uint32_t n = 0; n < 4; n++) {
        memset(room, 0, sizeof(room));
        if (sys_read(t, f->process, f->fd, room, f->v1 ? sizeof(struct ioasid_fault_record) : sizeof(struct iommu_fault_record)) >
            0)
            hear(told, room, sizeof(struct iommu_fault_record));
    }
}

/* A word that is the PASID on the bus, of either of two mdevs, tells it. One alone may be chance. */
static void expect_hidden(struct test *t, const char *row, const struct told told[2], const uint32_t pasids[2], const char *what)
{
    uint32_t at = 0, count = told[0].count < told[1].count ? told[0].count : told[1].count;

    while (at < count && (told[0].words[at] != pasids[0] || told[1].words[at] != pasids[1]))
        at++;
    CHECK(t, row, at == count, "%s: word %u of what the kernel tells is 0x%x and 0x%x, the PASIDs on the bus", what, at,
          pasids[0], pasids[1]);
}

static uint32_t pasid_on_bus(struct io_device *d, const char *row)
{
    struct iotb_uapi_bus bus;

    device_bus(d->io->t, d->index, &bus);
    CHECK_EQ(d->io->t, row, 1, bus.pasid_present, "a PASID is on the bus");
    return bus.pasid;
}

/* Two mdevs of a kind, each in a space, with the same vPASID or, IO_NO_PASID, by its default. */
struct pair {
    struct io io;
    struct io_fd f;
    struct io_device d[2];
    struct io_memory *m[2];
    uint32_t ioasids[2];
    uint64_t iova;
};

static void begin_pair(struct test *t, struct pair *p, uint32_t vpasid)
{
    io_begin(&p->io, t);
    io_setup_open(&p->io, on_v1(t), &p->f);
    io_need_siblings(&p->io, &p->d[0], &p->d[1], IOTB_UAPI_PASID, IOTB_UAPI_SOFTWARE_MDEV | IOTB_UAPI_SHARED_QUEUE);
    p->iova = io_iova(&p->d[0], IO_PAGE, 0);
    for (uint32_t i = 0; i < 100; i++) /* so that numbers of IOASIDs, which may be told, are not those of PASIDs */
        (void)io_setup_alloc(&p->f);
    for (uint32_t i = 0; i < 2; i++) {
        p->ioasids[i] = io_setup_alloc(&p->f);
        p->m[i] = io_memory(&p->io, 0, IO_PAGE);
        io_setup_bound(&p->io, &p->d[i], &p->f, UINT64_C(0x5a5a00005a5a0000) + i);
        io_require(t, io_attach_pasid(&p->d[i], &p->f, p->ioasids[i], vpasid), "ATTACH of an mdev");
        io_setup_map(&p->f, p->ioasids[i], p->iova, p->m[i], IO_RW);
    }
}

static void expect_pair_hidden(struct pair *p, const char *row, uint32_t vpasid, uint32_t pasids[2])
{
    struct told told[2];

    for (uint32_t i = 0; i < 2; i++) {
        io_expect_reaches(&p->d[i], row, vpasid, p->iova, p->m[i], 0, IO_RW, "in its space");
        pasids[i] = pasid_on_bus(&p->d[i], row);
        io_expect_blocked(&p->d[i], row, vpasid, p->iova + IO_PAGE, "beside it"); /* of which a record may tell */
        listen(&p->d[i], &p->f, p->ioasids[i], &told[i]);
    }
    if (pasids[0] == p->ioasids[0] && pasids[1] == p->ioasids[1])
        test_not_testable(p->io.t, "PASIDs and IOASIDs have the same numbers");
    expect_hidden(p->io.t, row, told, pasids, "queries and records");
}

static void hidden(struct test *t)
{
    static const char row[] = "R-IOASID-087";
    uint32_t pasids[2];
    struct pair p;

    begin_pair(t, &p, VPASID);
    expect_pair_hidden(&p, row, VPASID, pasids);
    for (uint32_t i = 0; i < 2; i++) {
        struct vfio_device_attach_ioasid attach = {.argsz = sizeof(attach), .flags = VFIO_IOASID_VPASID, .iommu_fd = p.f.fd};

        CHECK(t, row, pasids[i] != VPASID, "the PASID on the bus is 0x%x, the vPASID is 0x%x", pasids[i], VPASID);
        attach.ioasid = p.ioasids[i];
        attach.vpasid = OTHER_VPASID;
        if (p.f.v1)
            continue;
        EXPECT_OK(t, row, sys_ioctl(t, 0, p.d[i].fd, VFIO_DEVICE_ATTACH_IOASID, &attach, sizeof(attach)), "a second ATTACH");
        io_expect_reaches(&p.d[i], row, OTHER_VPASID, p.iova, p.m[i], 0, IO_RW, "with its second vPASID");
        CHECK(t, row, attach.vpasid == OTHER_VPASID && attach.flags == VFIO_IOASID_VPASID && !attach.pad,
              "what ATTACH hands back is the user's own");
    }
    io_end(&p.io);
}

static void default_hidden(struct test *t)
{
    static const char row[] = "R-IOASID-094";
    struct iommu_invalidate_entry entry = {.flags = IOMMU_INVALIDATE_VPASID | IOMMU_INVALIDATE_COOKIE,
                                           .cache = IOMMU_CACHE_IOTLB,
                                           .granularity = IOMMU_INVALIDATE_PASID};
    uint32_t pasids[2];
    struct pair p;

    begin_pair(t, &p, IO_NO_PASID);
    expect_pair_hidden(&p, row, IO_NO_PASID, pasids);
    for (uint32_t i = 0; i < 2; i++) {
        entry.ioasid = p.ioasids[i];
        entry.dev_cookie = p.d[i].cookie;
        entry.vpasid = pasids[i];
        EXPECT_FAILS(t, row, io_invalidate_entry(&p.f, &entry), "INVALIDATE of the PASID that is on the bus");
        EXPECT_FAILS(t, row, io_detach_pasid(&p.d[i], &p.f, p.ioasids[i], pasids[i]), "DETACH of the PASID that is on the bus");
        if (pasids[i] != VPASID)
            io_expect_blocked(&p.d[i], row, pasids[i], p.iova, "the number on the bus, used as a vPASID");
        io_expect_reaches(&p.d[i], row, IO_NO_PASID, p.iova, p.m[i], 0, IO_RW, "after all that");
    }
    io_end(&p.io);
}

/* The program of the source goes on at the destination with its vPASIDs; the source still has the PASIDs that it had. */
static void migrated(struct test *t)
{
    static const char row[] = "R-IOASID-095";
    static const uint32_t vpasids[2] = {VPASID, OTHER_VPASID};
    struct io_memory *m[2], *copies[2];
    struct io_device source, destination;
    struct io_fd from, to;
    struct io io;
    uint32_t other;
    uint64_t iova;

    io_begin(&io, t);
    other = (uint32_t)io_require(t, sys_fork(t, 0), "fork");
    io_setup_open(&io, false, &from);
    io_require(t, io_open(&io, other, false, &to), "open of /dev/iommu");
    io_need_siblings(&io, &source, &destination, IOTB_UAPI_PASID, IOTB_UAPI_SOFTWARE_MDEV | IOTB_UAPI_SHARED_QUEUE);
    io_setup_bound(&io, &source, &from, 1);
    io_setup_bound(&io, &destination, &to, 1);
    iova = io_iova(&source, IO_PAGE, 0);
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t ioasid = io_setup_alloc(&from), restored = io_setup_alloc(&to);
        uint8_t line[64];

        m[i] = io_memory(&io, 0, IO_PAGE);
        copies[i] = io_memory(&io, other, IO_PAGE);
        io_require(t, io_attach_pasid(&source, &from, ioasid, vpasids[i]), "ATTACH at the source");
        io_setup_map(&from, ioasid, iova, m[i], IO_RW);
        io_load(&io, m[i], 0, line, sizeof(line));
        io_store(&io, copies[i], 0, line, sizeof(line));
        EXPECT_OK(t, row, io_attach_pasid(&destination, &to, restored, vpasids[i]), "ATTACH at the destination, same vPASID");
        io_setup_map(&to, restored, iova, copies[i], IO_RW);
    }
    for (uint32_t i = 0; i < 2; i++)
        io_expect_reaches(&source, row, vpasids[i], iova, m[i], 0, IO_RW, "the source");
    io_require(t, io_close_device(&source), "close at the source");
    for (uint32_t i = 0; i < 2; i++) {
        io_expect_reaches(&destination, row, vpasids[i], iova, copies[i], 0, IO_RW, "the destination");
        io_expect_blocked(&destination, row, vpasids[i], iova + IO_PAGE, "the destination, beside it");
        test_note(t, "vPASID %u is PASID 0x%x at the destination", vpasids[i], pasid_on_bus(&destination, row));
    }
    io_end(&io);
}

/* ---- mdevs that take ENQCMD: one PASID for a vPASID in the whole VM, which here is what has one node open ---- */

static void one_for_vm(struct test *t)
{
    static const char row[] = "R-IOASID-091";
    struct io_memory *m[2];
    struct io_device d[2];
    uint32_t pasids[2], ioasids[2];
    struct io_fd f;
    struct io io;
    uint64_t iova;

    io_begin(&io, t);
    io_setup_open(&io, on_v1(t), &f);
    io_need_cousins(&io, &d[0], &d[1], IOTB_UAPI_PASID | IOTB_UAPI_SHARED_QUEUE, 0);
    iova = io_iova(&d[0], IO_PAGE, 0);
    for (uint32_t i = 0; i < 2; i++) {
        m[i] = io_memory(&io, 0, IO_PAGE);
        ioasids[i] = io_setup_alloc(&f);
        io_setup_bound(&io, &d[i], &f, 1 + i);
        EXPECT_OK(t, row, io_attach_pasid(&d[i], &f, ioasids[0], VPASID), "ATTACH with the vPASID");
        if (!i)
            io_setup_map(&f, ioasids[0], iova, m[0], IO_RW);
        io_expect_reaches(&d[i], row, VPASID, iova, m[0], 0, IO_RW, "in the common space");
        pasids[i] = pasid_on_bus(&d[i], row);
    }
    CHECK_EQ(t, row, pasids[0], pasids[1], "the PASIDs on the bus of two devices of the VM");
    io_require(t, io_detach_pasid(&d[1], &f, ioasids[0], VPASID), "DETACH of the second");
    EXPECT_OK(t, row, io_attach_pasid(&d[1], &f, ioasids[1], VPASID), "ATTACH of another space with the vPASID");
    io_setup_map(&f, ioasids[1], iova, m[1], IO_RW);
    io_expect_reaches(&d[1], row, VPASID, iova, m[1], 0, IO_RW, "the second, in a space of its own");
    CHECK_EQ(t, row, pasids[0], pasid_on_bus(&d[1], row), "its PASID on the bus");
    io_expect_reaches(&d[0], row, VPASID, iova, m[0], 0, IO_RW, "the first, as before");
    io_expect_blocked(&d[0], row, OTHER_VPASID, iova, "a vPASID of nobody");
    io_end(&io);
}

static void one_slot(struct test *t)
{
    static const char row[] = "R-IOASID-096";
    struct io_memory *m[2];
    struct io_device d[2];
    uint32_t ioasids[2];
    struct io_fd f;
    struct io io;
    uint64_t iova;

    io_begin(&io, t);
    io_setup_open(&io, on_v1(t), &f);
    io_need_siblings(&io, &d[0], &d[1], IOTB_UAPI_PASID | IOTB_UAPI_SHARED_QUEUE, 0);
    iova = io_iova(&d[0], IO_PAGE, 0);
    for (uint32_t i = 0; i < 2; i++) {
        m[i] = io_memory(&io, 0, IO_PAGE);
        ioasids[i] = io_setup_alloc(&f);
        io_setup_bound(&io, &d[i], &f, 1 + i);
    }
    io_require(t, io_attach_pasid(&d[0], &f, ioasids[0], VPASID), "ATTACH of the first");
    io_setup_map(&f, ioasids[0], iova, m[0], IO_RW);
    for (uint32_t i = 0; i < 2; i++) {
        EXPECT_FAILS(t, row, io_attach_pasid(&d[1], &f, ioasids[i], VPASID), "ATTACH of the second with the same vPASID");
        io_expect_blocked(&d[1], row, VPASID, iova, "the second");
        io_expect_reaches(&d[0], row, VPASID, iova, m[0], 0, IO_RW, "the first");
    }
    EXPECT_OK(t, row, io_attach_pasid(&d[1], &f, ioasids[1], OTHER_VPASID), "ATTACH of the second with another vPASID");
    io_setup_map(&f, ioasids[1], iova, m[1], IO_RW);
    io_expect_reaches(&d[1], row, OTHER_VPASID, iova, m[1], 0, IO_RW, "the second, elsewhere");
    io_expect_blocked(&d[1], row, VPASID, iova, "the second where it was refused");
    io_end(&io);
}

/* Types 7 and 8 in one VM are not supported: the user has to see it. */
static void mix_is_seen(struct test *t)
{
    static const char row[] = "R-IOASID-093";
    struct vfio_device_info_cap_pasid part, whole;
    struct io_device mdev, pdev;
    struct io_fd f;
    struct io io;

    io_begin(&io, t);
    io_setup_open(&io, on_v1(t), &f);
    io_need_mdev(&io, &mdev, IOTB_UAPI_PASID | IOTB_UAPI_SHARED_QUEUE, 0);
    io_need(&io, &pdev, IOTB_UAPI_PASID | IOTB_UAPI_SHARED_QUEUE, 0);
    io_setup_bound(&io, &mdev, &f, 1);
    io_setup_bound(&io, &pdev, &f, 2);
    if (!CHECK(t, row, io_pasid_capability(&mdev, &part) && io_pasid_capability(&pdev, &whole), "both have the capability"))
        return;
    if (!(whole.flags & VFIO_DEVICE_PASID_CPU))
        test_skip(t, "no whole device whose PASIDs come from the CPU");
    CHECK(t, row, part.flags & VFIO_DEVICE_PASID_CPU, "the mdev's come from the CPU");
    CHECK(t, row, part.flags & VFIO_DEVICE_PASID_CPU_VIRT, "the mdev says that the CPU must translate");
    CHECK(t, row, !(whole.flags & VFIO_DEVICE_PASID_CPU_VIRT), "the whole device says that it must not");
    io_end(&io);
}

#define PLACES "PASID&!RULE.one_ioasid"
static const struct iotb_case cases[] = {
    MOVES("pasid.delegated", delegated, "R-IOASID-084 R-IOASID-085 R-IOASID-082", "DELEGATES&PASID",
          "A delegated table covers all PASIDs, and ATTACH with a vPASID is refused"),
    BOTH_MOVE("pasid.siblings", siblings, "R-IOASID-090", "PASID&!RULE.one_ioasid",
              "Mdevs of one parent do not reach each other's spaces"),
    MOVES("pasid.absent", capability_absent, "R-IOASID-081", NULL, "Without the capability ATTACH with a vPASID is refused"),
    BOTH_MOVE("pasid.bus", bus_has_vpasid, "R-IOASID-086", "PASID&!RULE.one_ioasid", "The PASID on the bus is the vPASID"),
    BOTH_MOVE("pasid.two", pasids_of_two, "R-IOASID-088 R-IOASID-089 R-IOASID-092", "PASID&!RULE.one_ioasid",
              "A PASID belongs to one requester id"),
    BOTH_MOVE("pasid.spaces", own_spaces, "R-IOASID-083", PLACES, "Not delegated, each space is an IOASID with its vPASID"),
    MOVES("pasid.portable", portable, "R-IOASID-097 R-IOASID-081", "RULE.portable_pasid&" PLACES,
          "Mappings with a PASID, on every IOMMU, without a format"),
    BOTH_MOVE("pasid.hidden", hidden, "R-IOASID-087", PLACES, "Of an mdev the PASID on the bus is another, and hidden"),
    MOVES("pasid.default_hidden", default_hidden, "R-IOASID-094", PLACES, "The default PASID of an mdev is hidden"),
    MOVES("pasid.migrated", migrated, "R-IOASID-095", PLACES, "vPASIDs are all that has to be restored"),
    BOTH_MOVE("pasid.one_for_vm", one_for_vm, "R-IOASID-091", PLACES,
              "With the CPU's translation a VM has one PASID for a vPASID"),
    BOTH_MOVE("pasid.one_slot", one_slot, "R-IOASID-096", PLACES, "Two mdevs of a parent do not share a PASID"),
    BOTH_CALLS("pasid.mix", mix_is_seen, "R-IOASID-093", PLACES, "What must not be mixed in a VM can be told by its flags"),
};
LIST(ioasid_pasid_cases, cases);
