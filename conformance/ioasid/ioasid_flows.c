/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P. End-to-end flows, as the proposals list them: R-IOASID-212 to 220. `iotb flow` runs them for those who watch: test_say()
 * tells what the calls that follow are for.
 */
#include "ioasid_chapters.h"

#include <string.h>

#define VPASID 5u
#define SVA UINT64_C(0x7f0080000000) /* a page of a guest's process */

/* Two devices in one space of guest physical memory. */
struct machine {
    struct io io;
    struct io_scene s; /* dev1, and gpa */
    struct io_device d2;
};

static void begin(struct test *t, struct machine *m, uint32_t with)
{
    test_say(
        t, "A program (the monitor of a VM) has a space, gpa: what the guest takes for physical memory. dev1 is attached to it");
    io_setup(&m->io, t, &m->s, on_v1(t), with, 0);
    if (!io_find(&m->io, &m->d2, 0, 0, m->s.d.index))
        test_skip(t, "needs two devices");
    test_say(t, "dev2 joins the same space: nothing has to be mapped for it");
    io_setup_attached(&m->io, &m->d2, &m->s.f, 0x1002, m->s.ioasid);
}

static void gpa_works(struct machine *m, const char *row, struct io_device *d, const char *when)
{
    for (uint64_t at = 0; at < m->s.m->bytes; at += IO_PAGE)
        io_expect_reaches(d, row, IO_NO_PASID, m->s.iova + at, m->s.m, at, IO_RW, when);
    io_expect_blocked(d, row, IO_NO_PASID, m->s.iova + m->s.m->bytes, when);
}

static void f1(struct test *t)
{
    static const char row[] = "R-IOASID-212";
    struct machine m;

    begin(t, &m, 0);
    test_say(t, "Both reach every page of gpa, and nothing beside it");
    gpa_works(&m, row, &m.s.d, "dev1 in gpa");
    gpa_works(&m, row, &m.d2, "dev2 in gpa");
    io_end(&m.io);
}

static void f2(struct test *t)
{
    static const char row[] = "R-IOASID-213";
    struct machine m;
    uint32_t giova;

    begin(t, &m, 0);
    test_say(t, "The guest switches its vIOMMU on for dev2, which gets a space of its own, giova. Between DETACH and ATTACH it "
                "is blocked");
    giova = io_setup_alloc(&m.s.f);
    EXPECT_OK(t, row, io_detach(&m.d2, &m.s.f, m.s.ioasid), "DETACH of dev2 from gpa");
    io_expect_blocked(&m.d2, row, IO_NO_PASID, m.s.iova, "dev2 between the two");
    gpa_works(&m, row, &m.s.d, "dev1 meanwhile");
    EXPECT_OK(t, row, io_attach(&m.d2, &m.s.f, giova), "ATTACH of dev2 to giova");
    test_say(t, "The vIOMMU maps GIOVA 0x2000 to the second page of gpa; the monitor maps it to where that is in its own memory");
    /* GIOVA 0x2000 -> GPA page 1 -> its memory: the monitor computes the shadow */
    EXPECT_OK(t, row, io_map(&m.s.f, giova, 0x2000, m.s.m, IO_PAGE, IO_PAGE, IO_RW), "MAP of GIOVA 0x2000");
    io_expect_reaches(&m.d2, row, IO_NO_PASID, 0x2000, m.s.m, IO_PAGE, IO_RW, "dev2 at GIOVA 0x2000");
    io_expect_blocked(&m.d2, row, IO_NO_PASID, m.s.iova, "dev2 at a GPA");
    io_expect_blocked(&m.s.d, row, IO_NO_PASID, 0x2000, "dev1 at a GIOVA");
    gpa_works(&m, row, &m.s.d, "dev1 at the end");
    io_end(&m.io);
}

static void f3(struct test *t)
{
    static const char row[] = "R-IOASID-214";
    struct machine m;
    uint64_t charge;
    uint32_t giova;

    begin(t, &m, 0);
    test_say(t,
             "giova is a child of gpa: what is mapped in it are addresses of gpa. The kernel composes, and charges nothing more");
    charge = io_charge(&m.io, 0);
    giova = (uint32_t)io_require(t, io_alloc_child(&m.s.f, m.s.ioasid), "giova, a child of gpa");
    if (!on_v1(t)) /* v1 keeps the device on the parent */
        io_require(t, io_detach(&m.d2, &m.s.f, m.s.ioasid), "DETACH of dev2 from gpa");
    EXPECT_OK(t, row, io_attach(&m.d2, &m.s.f, giova), "ATTACH of dev2 to giova");
    test_say(t, "GIOVA 0x2000 to the second page of gpa");
    EXPECT_OK(t, row, io_map_address(&m.s.f, giova, 0x2000, m.s.iova + IO_PAGE, IO_PAGE, IO_RW), "MAP of GIOVA 0x2000 to a GPA");
    io_expect_reaches(&m.d2, row, IO_NO_PASID, 0x2000, m.s.m, IO_PAGE, IO_RW, "dev2 at GIOVA 0x2000");
    io_expect_blocked(&m.d2, row, IO_NO_PASID, 0x3000, "dev2 at another GIOVA");
    CHECK_EQ(t, row, charge, io_charge(&m.io, 0), "charge: gpa's only");
    gpa_works(&m, row, &m.s.d, "dev1 at the end");
    io_end(&m.io);
}

/* ---- tables of the guest ---- */

struct guest {
    struct io io;
    struct io_nest n;
    struct io_device d2; /* attached to the parent */
};

static void begin_guest(struct test *t, struct guest *g, uint32_t with)
{
    test_say(
        t, "A parent space, gpa, with the guest's data and the pages of its tables; then a child whose table is the guest's own");
    io_setup_nest(&g->io, t, &g->n, on_v1(t), with);
    if (!io_find(&g->io, &g->d2, 0, 0, g->n.d.index) && !io_find(&g->io, &g->d2, 0, IOTB_UAPI_PASID, IOTB_UAPI_NO_INDEX))
        test_skip(t, "needs two devices");
    test_say(t, "dev2 is in the parent only, and must not be disturbed");
    io_setup_attached(&g->io, &g->d2, &g->n.f, 0x1002, g->n.parent);
}

static void dev2_undisturbed(struct guest *g, const char *row, const char *when)
{
    io_expect_reaches(&g->d2, row, IO_NO_PASID, g->n.base, g->n.data, 0, IO_RW, when);
    io_expect_blocked(&g->d2, row, IO_NO_PASID, g->n.va, when);
}

static void f4(struct test *t)
{
    static const char row[] = "R-IOASID-215";
    struct guest g;

    begin_guest(t, &g, 0);
    test_say(t, "Requests with the child's PASID go through both tables");
    io_expect_reaches(&g.n.d, row, g.n.pasid, g.n.va, g.n.data, 0, IO_RW, "through the guest's table");
    test_say(t, "The guest changes an entry, and says so: what is cached of it must go");
    io_table_map(&g.n.table, g.n.va, g.n.base + 2 * IO_PAGE, IO_RW);
    EXPECT_OK(t, row, io_nest_invalidate(&g.n, g.n.va, IO_PAGE), "INVALIDATE of a page that the guest has changed");
    io_expect_reaches(&g.n.d, row, g.n.pasid, g.n.va, g.n.data, 2 * IO_PAGE, IO_RW, "the new translation");
    test_say(t, "The guest takes the page away");
    io_table_map(&g.n.table, g.n.va, 0, 0);
    EXPECT_OK(t, row, io_nest_invalidate(&g.n, 0, 0), "INVALIDATE of everything");
    io_expect_blocked(&g.n.d, row, g.n.pasid, g.n.va, "what the guest has taken away");
    dev2_undisturbed(&g, row, "dev2");
    io_end(&g.io);
}

/* Not delegated: an IOASID for the space, attached with its vPASID. Delegated: one IOASID for the table of all. */
static void f5(struct test *t)
{
    const char *row = test_first_row(t);
    struct guest g;

    begin_guest(t, &g, 0);
    dev2_undisturbed(&g, row, "dev2 at first");
    test_say(t, "A process of the guest and the device share its address space: requests with its PASID");
    io_expect_reaches(&g.n.d, row, g.n.pasid, g.n.va, g.n.data, 0, IO_RW, "the process' space");
    test_say(t, "The process gets another page");
    io_table_map(&g.n.table, SVA, g.n.base + 3 * IO_PAGE, IO_RW);
    EXPECT_OK(t, row, io_nest_invalidate(&g.n, SVA, IO_PAGE), "INVALIDATE");
    io_expect_reaches(&g.n.d, row, g.n.pasid, SVA, g.n.data, 3 * IO_PAGE, IO_RW, "a page that came later");
    io_expect_blocked(&g.n.d, row, g.n.pasid + 1, g.n.va, "a PASID of no process");
    if (g.n.table.arm) { /* another process, of which the kernel is told nothing */
        test_say(t, "A second process: an entry more in the guest's table. The kernel is told only that something has changed");
        io_table_arm_space(&g.n.table, g.n.pasid + 1, 9);
        io_table_map(&g.n.table, g.n.va, g.n.base + 2 * IO_PAGE, IO_RW);
        io_require(t, io_nest_invalidate(&g.n, 0, 0), "INVALIDATE");
        {
            struct iommu_invalidate_entry entry = {.flags = IOMMU_INVALIDATE_VPASID,
                                                   .ioasid = g.n.child,
                                                   .cache = IOMMU_CACHE_PASID | IOMMU_CACHE_IOTLB | IOMMU_CACHE_DEV_IOTLB,
                                                   .granularity = IOMMU_INVALIDATE_PASID,
                                                   .vpasid = g.n.pasid + 1};

            if (!on_v1(t))
                EXPECT_OK(t, row, io_invalidate_entry(&g.n.f, &entry), "INVALIDATE of an entry of the PASID table");
        }
        io_expect_reaches(&g.n.d, row, g.n.pasid + 1, g.n.va, g.n.data, 2 * IO_PAGE, IO_RW, "a second process");
    } else {
        io_expect_reaches(&g.n.d, row, IO_NO_PASID, g.n.base, g.n.data, 0, IO_RW, "without PASID still in gpa");
    }
    dev2_undisturbed(&g, row, "dev2 at the end");
    io_end(&g.io);
}

static void f6(struct test *t)
{
    static const char row[] = "R-IOASID-219";
    struct io_dma dma = {.iova = SVA, .bytes = 64, .kind = IOTB_READ, .address_type = IOTB_AT_TRANSLATION};
    struct io_fault fault;
    struct guest g;
    uint8_t line[64];

    begin_guest(t, &g, IOTB_UAPI_PRI | IOTB_UAPI_ATS);
    dma.pasid = g.n.pasid;
    test_say(t, "The device reads a page that is not in the guest's table: it asks for it, and waits");
    CHECK(t, row, io_dma(&g.n.d, &dma) == IO_WAITS, "a read of an absent page waits");
    test_say(t, "The page request has come through IOMMU, driver and core to the program, which reads a record");
    if (!CHECK(t, row, io_fault(&g.n.f, &fault), "the user gets a record"))
        return;
    CHECK_EQ(t, row, SVA, fault.address, "its address");
    test_say(t, "The guest mends its table; the answer goes back to the device, which tries again");
    io_table_map(&g.n.table, SVA, g.n.base + IO_PAGE, IO_RW);
    EXPECT_OK(t, row, io_respond(&g.n.f, &fault, IOMMU_FAULT_CODE_SUCCESS), "the user's response");
    CHECK(t, row, io_dma_poll(&g.n.d, &dma) == IO_DONE, "the read ends well");
    io_load(&g.io, g.n.data, IO_PAGE, line, sizeof(line));
    CHECK(t, row, memcmp(line, dma.data, sizeof(line)) == 0, "it brings what is at the page");
    io_expect_blocked(&g.n.d, row, g.n.pasid, SVA + IO_PAGE, "the page behind it");
    dev2_undisturbed(&g, row, "dev2");
    io_end(&g.io);
}

static void f7(struct test *t)
{
    static const char row[] = "R-IOASID-218";
    struct ioasid_format_arm_s1 format = {.addr_width = 48, .asid = 2};
    struct ioasid_bind_table bind = {.argsz = sizeof(bind), .format = IOASID_FORMAT_ARM_S1, .data_len = sizeof(format)};
    struct io_dma dma = {.iova = SVA, .bytes = 64, .kind = IOTB_READ, .address_type = IOTB_AT_TRANSLATION};
    struct io_fault fault;
    struct guest g;
    uint32_t gva;

    begin_guest(t, &g, IOTB_UAPI_PRI | IOTB_UAPI_ATS);
    io_expect_reaches(&g.n.d, row, g.n.pasid, g.n.va, g.n.data, 0, IO_RW, "through the PASID table");
    test_say(t, "The monitor sees the guest make a process, and has an IOASID track its page table; the kernel writes nothing");
    gva = (uint32_t)io_require(t, io_alloc_child(&g.n.f, g.n.parent), "CREATE_NESTING for a process");
    EXPECT_OK(t, row, io_attach_pasid(&g.n.d, &g.n.f, gva, VPASID), "ATTACH of it with its PASID");
    format.pgtbl_addr = g.n.table.s1;
    io_store(&g.io, g.n.format, 0x800, &format, sizeof(format));
    bind.ioasid = gva;
    bind.data_uptr = g.n.format->va + 0x800;
    EXPECT_OK(t, row, IO_CALL(&g.n.f, IOASID_BIND_PGTABLE, &bind), "BIND_PGTABLE, which the kernel tracks");
    io_expect_reaches(&g.n.d, row, g.n.pasid, g.n.va, g.n.data, 0, IO_RW, "as before");
    dma.pasid = g.n.pasid;
    test_say(t, "A fault names the IOASID of that page table");
    CHECK(t, row, io_dma(&g.n.d, &dma) == IO_WAITS, "a read of an absent page waits");
    if (CHECK(t, row, io_fault(&g.n.f, &fault), "the user gets a record")) {
        CHECK_EQ(t, row, gva, fault.ioasid, "it names the process' IOASID");
        EXPECT_OK(t, row, io_respond(&g.n.f, &fault, 1), "a response");
    }
    CHECK(t, row, io_dma_poll(&g.n.d, &dma) == IO_REFUSED, "the read ends");
    dev2_undisturbed(&g, row, "dev2");
    io_end(&g.io);
}

static void f8(struct test *t)
{
    static const char row[] = "R-IOASID-220";
    struct iommu_ioasid_alloc alloc = {.type = IOMMU_IOASID_KERNEL_TYPE1V2, .flags = IOMMU_IOASID_ALLOC_ENFORCE_SNOOP};
    struct iommu_device_info info;
    struct io_memory *m;
    struct io_device d;
    struct io_mark mark;
    struct io_fd f;
    struct io io;
    uint32_t ioasid;

    io_begin(&io, t);
    m = io_memory(&io, 0, 16 * IO_PAGE);
    for (uint32_t round = 0; round < 2; round++) {
        test_say(t, round ? "All of it again: nothing must be left of the first time"
                          : "Ask first what the device and its IOMMU can do");
        io_mark(&io, &mark);
        io_setup_open(&io, false, &f);
        io_need(&io, &d, IOTB_UAPI_ENFORCEABLE, 0);
        io_setup_bound(&io, &d, &f, 20);
        EXPECT_OK(t, row, io_device_info(&f, 20, &info), "DEVICE_GET_INFO");
        CHECK(t, row, info.flags & IOMMU_DEVICE_INFO_ENFORCE_SNOOP, "the IOMMU can enforce snoop");
        CHECK_EQ(t, row, 1, sys_ioctl_raw(t, 0, f.fd, IOMMU_CHECK_EXTENSION, IOMMU_EXT_MAP_TYPE1V2), "type1v2 is there");
        test_say(t, "They can: a space, as wide as the device has it, whose DMA is always coherent");
        alloc.addr_width = info.addr_width;
        ioasid = (uint32_t)io_require(t, io_alloc_with(&f, &alloc), "ALLOC");
        EXPECT_OK(t, row, io_attach(&d, &f, ioasid), "ATTACH");
        EXPECT_OK(t, row, io_map(&f, ioasid, 0, m, 0, m->bytes, IO_RW), "MAP at 0");
        io_expect_reaches(&d, row, IO_NO_PASID, 5 * IO_PAGE, m, 5 * IO_PAGE, IO_RW, "mapped");
        test_say(t, "And back");
        EXPECT_OK(t, row, io_unmap(&f, ioasid, 0, m->bytes, NULL), "UNMAP");
        io_expect_blocked(&d, row, IO_NO_PASID, 5 * IO_PAGE, "unmapped");
        EXPECT_OK(t, row, io_detach(&d, &f, ioasid), "DETACH");
        EXPECT_OK(t, row, io_free(&f, ioasid), "FREE");
        EXPECT_OK(t, row, io_close_device(&d), "close of the device");
        EXPECT_OK(t, row, io_close(&f), "close");
    }
    io_expect_no_leak(&io, row, &mark, "the whole flow");
    io_end(&io);
}

/* ---- what a monitor makes of the PASID capability ---- */

/* R-IOASID-082: the same however often it is asked for. */
static void same_capability(struct io_device *d, const struct vfio_device_info_cap_pasid *before)
{
    struct vfio_device_info_cap_pasid now;

    CHECK(d->io->t, "R-IOASID-082",
          io_pasid_capability(d, &now) && now.flags == before->flags && now.vpasid_bits == before->vpasid_bits,
          "the PASID capability is as it was");
}

static void say_cpu(struct test *t, const struct vfio_device_info_cap_pasid *cap)
{
    if (!(cap->flags & VFIO_DEVICE_PASID_CPU))
        test_say(t, "No work comes by an instruction with the CPU's PASID: the CPU has nothing to translate");
    else if (cap->flags & VFIO_DEVICE_PASID_CPU_VIRT)
        test_say(t, "Work may come with the PASID of a CPU, which has to translate it: KVM_MAP_PASID when the guest uses one");
    else
        test_say(t, "Work may come with the PASID of a CPU, as the guest has it: nothing to be translated");
}

static void f9(struct test *t)
{
    static const char row[] = "R-IOASID-083";
    struct vfio_device_info_cap_pasid cap;
    struct machine m;
    uint32_t spaces[2], other_space;

    begin(t, &m, IOTB_UAPI_PASID | IOTB_UAPI_ENFORCEABLE);
    test_say(t, "The monitor asks what becomes of the PASIDs of dev1");
    if (!CHECK(t, "R-IOASID-082", io_pasid_capability(&m.s.d, &cap), "the device has the PASID capability"))
        return;
    if (cap.flags & VFIO_DEVICE_PASID_DELEGATED)
        test_skip(t, "the PASID table of the device is the user's");
    say_cpu(t, &cap);
    test_say(t, "Not DELEGATED: the guest sees vPASIDs, and each that it uses is an IOASID, attached with it");
    for (uint32_t i = 0; i < 2; i++) {
        spaces[i] = io_setup_alloc(&m.s.f);
        EXPECT_OK(t, row, io_attach_pasid(&m.s.d, &m.s.f, spaces[i], VPASID + i), "ATTACH with a vPASID");
        EXPECT_OK(t, row, io_map(&m.s.f, spaces[i], m.s.iova, m.s.m, i * IO_PAGE, IO_PAGE, IO_RW), "MAP of a page of its own");
    }
    for (uint32_t i = 0; i < 2; i++)
        io_expect_reaches(&m.s.d, row, VPASID + i, m.s.iova, m.s.m, i * IO_PAGE, IO_RW, "with its vPASID");
    io_expect_blocked(&m.s.d, row, VPASID + 2, m.s.iova, "a vPASID that the guest does not use");
    io_expect_reaches(&m.s.d, row, IO_NO_PASID, m.s.iova, m.s.m, 0, IO_RW, "without PASID, in gpa");
    test_say(t, "A vPASID is taken once; given up it leads nowhere");
    other_space = io_setup_alloc(&m.s.f);
    EXPECT_FAILS(t, row, io_attach_pasid(&m.s.d, &m.s.f, other_space, VPASID), "ATTACH of a second IOASID with a vPASID in use");
    EXPECT_OK(t, row, io_detach_pasid(&m.s.d, &m.s.f, spaces[0], VPASID), "DETACH");
    io_expect_blocked(&m.s.d, row, VPASID, m.s.iova, "the vPASID that was given up");
    io_expect_reaches(&m.s.d, row, VPASID + 1, m.s.iova, m.s.m, IO_PAGE, IO_RW, "the other");
    same_capability(&m.s.d, &cap);
    io_end(&m.io);
}

static void f9_delegated(struct test *t)
{
    static const char row[] = "R-IOASID-084";
    struct vfio_device_info_cap_pasid cap;
    struct guest g;

    begin_guest(t, &g, IOTB_UAPI_DELEGATES);
    test_say(t, "The monitor asks what becomes of the PASIDs of dev1");
    if (!CHECK(t, "R-IOASID-082", io_pasid_capability(&g.n.d, &cap), "the device has the PASID capability"))
        return;
    CHECK(t, "R-IOASID-082", cap.flags & VFIO_DEVICE_PASID_DELEGATED, "it says DELEGATED");
    say_cpu(t, &cap);
    test_say(t, "DELEGATED: the guest's table has all PASIDs, and one IOASID stands for all of them");
    io_expect_reaches(&g.n.d, row, g.n.pasid, g.n.va, g.n.data, 0, IO_RW, "a PASID of the guest's table");
    io_table_arm_space(&g.n.table, g.n.pasid + 1, 9);
    io_table_map(&g.n.table, g.n.va, g.n.base + IO_PAGE, IO_RW);
    EXPECT_OK(t, row, io_nest_invalidate(&g.n, 0, 0), "INVALIDATE");
    io_expect_reaches(&g.n.d, row, g.n.pasid + 1, g.n.va, g.n.data, IO_PAGE, IO_RW, "another, of which no call was told");
    io_expect_blocked(&g.n.d, row, g.n.pasid + 2, g.n.va, "one that the table does not have");
    EXPECT_FAILS(t, row, io_attach_pasid(&g.n.d, &g.n.f, g.n.child, VPASID + 2), "ATTACH with a vPASID");
    same_capability(&g.n.d, &cap);
    dev2_undisturbed(&g, row, "dev2");
    io_end(&g.io);
}

/* ---- a driver in a program, as of DPDK ---- */

static void f10(struct test *t)
{
    static const char row[] = "R-IOASID-126";
    struct iommu_map_dma map = {.argsz = sizeof(map),
                                .flags = IOMMU_MAP_DMA_READ | IOMMU_MAP_DMA_WRITE | IOMMU_MAP_DMA_AUTO_IOVA};
    struct iommu_device_info info;
    struct io_memory *m[2];
    struct io_device d;
    struct io_fd f;
    struct io io;

    io_begin(&io, t);
    test_say(t, "A program that drives the device itself: it wants DMA, and no address in particular");
    io_setup_open(&io, false, &f);
    io_need(&io, &d, 0, 0);
    io_setup_bound(&io, &d, &f, 1);
    map.ioasid = io_setup_alloc(&f);
    io_require(t, io_attach(&d, &f, map.ioasid), "ATTACH");
    io_require(t, io_device_info(&f, 1, &info), "DEVICE_GET_INFO");
    test_say(t, "The kernel chooses where its buffers are mapped");
    for (uint32_t i = 0; i < 2; i++) {
        uint64_t before = map.iova;

        m[i] = io_memory(&io, 0, 2 * IO_PAGE);
        map.iova = 0; /* or it is EINVAL */
        map.vaddr = m[i]->va;
        map.size = m[i]->bytes;
        if (!EXPECT_OK(t, row, IO_CALL(&f, IOMMU_MAP_DMA, &map), "MAP where the kernel likes"))
            return;
        CHECK(t, row, !i || map.iova + map.size <= before || before + m[0]->bytes <= map.iova, "the two do not overlap");
        CHECK(t, row, !(map.iova % IO_PAGE) && !((map.iova + map.size - 1) >> (info.addr_width < 64 ? info.addr_width : 63)),
              "0x%llx is a page of the device's width of %u bits", (unsigned long long)map.iova, info.addr_width);
        for (uint64_t at = 0; at < map.size; at += IO_PAGE)
            io_expect_reaches(&d, row, IO_NO_PASID, map.iova + at, m[i], at, IO_RW, "a buffer");
    }
    test_say(t, "The second buffer goes");
    EXPECT_OK(t, row, io_unmap(&f, map.ioasid, map.iova, map.size, NULL), "UNMAP");
    io_expect_blocked(&d, row, IO_NO_PASID, map.iova, "it is gone");
    io_end(&io);
}

/* With a PASID: the same calls on every IOMMU, without a format of its maker. */
static void f10_pasid(struct test *t)
{
    static const char row[] = "R-IOASID-097";
    struct io_memory *m;
    struct io_device d;
    struct io_fd f;
    struct io io;
    uint32_t ioasid;
    uint64_t iova;

    io_begin(&io, t);
    test_say(t, "A program that drives the device itself, and has it work with a PASID");
    io_setup_open(&io, false, &f);
    io_need(&io, &d, IOTB_UAPI_PASID, 0);
    io_setup_bound(&io, &d, &f, 1);
    m = io_memory(&io, 0, IO_PAGE);
    iova = io_iova(&d, IO_PAGE, 0);
    ioasid = io_setup_alloc(&f);
    test_say(t, "A space with mappings, attached with a PASID: nothing in it is of one IOMMU or the other");
    EXPECT_OK(t, row, io_attach_pasid(&d, &f, ioasid, VPASID), "ATTACH of mappings with a PASID");
    EXPECT_OK(t, row, io_map(&f, ioasid, iova, m, 0, IO_PAGE, IO_RW), "MAP");
    io_expect_reaches(&d, row, VPASID, iova, m, 0, IO_RW, "with that PASID");
    io_expect_blocked(&d, row, VPASID + 1, iova, "with another");
    io_expect_blocked(&d, row, IO_NO_PASID, iova, "without");
    EXPECT_OK(t, row, io_detach_pasid(&d, &f, ioasid, VPASID), "DETACH");
    io_expect_blocked(&d, row, VPASID, iova, "detached");
    io_end(&io);
}

#define NESTING "NESTS&PASID&!RULE.s20_extensions"
/* ---- the same, where everything fails once that can ---- */

#define FAILING(flow)                          \
    static void flow##_failing(struct test *t) \
    {                                          \
        io_sweep(t, flow);                     \
    }
FAILING(f1)
FAILING(f2)
FAILING(f3)
FAILING(f4)
FAILING(f5)
FAILING(f6)
FAILING(f7)
FAILING(f8)
FAILING(f9)
FAILING(f9_delegated)
FAILING(f10)
FAILING(f10_pasid)

#define FAILS "Every call fails everywhere before it succeeds: "
static const struct iotb_case cases[] = {
    BOTH_MOVE("flows.F1", f1, "R-IOASID-212", NULL, "Two devices share one GPA space"),
    BOTH_MOVE("flows.F2", f2, "R-IOASID-213", NULL, "dev2 moves to a space of its own, dev1 is undisturbed"),
    BOTH_MOVE("flows.F3", f3, "R-IOASID-214", "RULE.software_nesting", "A guest's IOVA through a child nested in software"),
    BOTH_MOVE("flows.F4", f4, "R-IOASID-215", NESTING, "A guest's IOVA through its own table"),
    BOTH_MOVE("flows.F5", f5, "R-IOASID-216", "IOMMU.vtd&" NESTING, "A guest's process: a space with a vPASID"),
    MOVES("flows.F5_delegated", f5, "R-IOASID-217", "IOMMU.smmuv3&DELEGATES&" NESTING, "A guest's PASID table: one IOASID"),
    BOTH_MOVE("flows.F6", f6, "R-IOASID-219", "PRI&" NESTING, "A fault goes to the user and its answer back"),
    CASE_ON("flows.F7", f7, "R-IOASID-218", "IOMMU.smmuv3&PRI&" NESTING, "v1: a PASID table and tracked page tables", true, "v1"),
    MOVES("flows.F8", f8, "R-IOASID-220", NULL, "Query, allocate, map, unmap, free"),
    MOVES("flows.F9", f9, "R-IOASID-082 R-IOASID-083", "IOMMU.vtd&PASID&!RULE.one_ioasid",
          "A monitor's policy: an IOASID for each vPASID"),
    MOVES("flows.F9_delegated", f9_delegated, "R-IOASID-082 R-IOASID-084", "IOMMU.smmuv3&DELEGATES&" NESTING,
          "A monitor's policy: one IOASID for the guest's PASID table"),
    MOVES("flows.F10", f10, "R-IOASID-126", "RULE.auto_iova", "A driver in a program: the kernel chooses the IOVA"),
    MOVES("flows.F10_pasid", f10_pasid, "R-IOASID-097", "RULE.portable_pasid&PASID", "The same with a PASID, on any IOMMU"),
    BOTH_MOVE("flows.F1_failing", f1_failing, "R-IOASID-212", NULL, FAILS "F1"),
    BOTH_MOVE("flows.F2_failing", f2_failing, "R-IOASID-213", NULL, FAILS "F2"),
    BOTH_MOVE("flows.F3_failing", f3_failing, "R-IOASID-214", "RULE.software_nesting", FAILS "F3"),
    BOTH_MOVE("flows.F4_failing", f4_failing, "R-IOASID-215", NESTING, FAILS "F4"),
    BOTH_MOVE("flows.F5_failing", f5_failing, "R-IOASID-216", "IOMMU.vtd&" NESTING, FAILS "F5"),
    MOVES("flows.F5_delegated_failing", f5_failing, "R-IOASID-217", "IOMMU.smmuv3&DELEGATES&" NESTING, FAILS "F5, delegated"),
    BOTH_MOVE("flows.F6_failing", f6_failing, "R-IOASID-219", "PRI&" NESTING, FAILS "F6"),
    CASE_ON("flows.F7_failing", f7_failing, "R-IOASID-218", "IOMMU.smmuv3&PRI&" NESTING, FAILS "F7", true, "v1"),
    MOVES("flows.F8_failing", f8_failing, "R-IOASID-220", NULL, FAILS "F8"),
    MOVES("flows.F9_failing", f9_failing, "R-IOASID-082 R-IOASID-083", "IOMMU.vtd&PASID&!RULE.one_ioasid", FAILS "F9"),
    MOVES("flows.F9_delegated_failing", f9_delegated_failing, "R-IOASID-082 R-IOASID-084", "IOMMU.smmuv3&DELEGATES&" NESTING,
          FAILS "F9, delegated"),
    MOVES("flows.F10_failing", f10_failing, "R-IOASID-126", "RULE.auto_iova", FAILS "F10"),
    MOVES("flows.F10_pasid_failing", f10_pasid_failing, "R-IOASID-097", "RULE.portable_pasid&PASID", FAILS "F10, with a PASID"),
};
LIST(ioasid_flows_cases, cases);
