/* SPDX-License-Identifier: BSD-2-Clause */
/* F. PASID: R-IOASID-081 to 097. */
#include "ioasid_chapters.h"

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

static const struct iotb_case cases[] = {
    MOVES("pasid.delegated", delegated, "R-IOASID-084 R-IOASID-085 R-IOASID-082", "DELEGATES&PASID",
          "A delegated table covers all PASIDs, and ATTACH with a vPASID is refused"),
    BOTH_MOVE("pasid.siblings", siblings, "R-IOASID-090", "PASID&!RULE.one_ioasid",
              "Mdevs of one parent do not reach each other's spaces"),
    MOVES("pasid.absent", capability_absent, "R-IOASID-081", NULL, "Without the capability ATTACH with a vPASID is refused"),
    BOTH_MOVE("pasid.bus", bus_has_vpasid, "R-IOASID-086", "PASID&!RULE.one_ioasid", "The PASID on the bus is the vPASID"),
    BOTH_MOVE("pasid.two", pasids_of_two, "R-IOASID-088 R-IOASID-089 R-IOASID-092", "PASID&!RULE.one_ioasid",
              "A PASID belongs to one requester id"),
};
LIST(ioasid_pasid_cases, cases);
