/* SPDX-License-Identifier: BSD-2-Clause */
/* P. End-to-end flows, as the proposals list them: R-IOASID-212 to 220. */
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
    io_setup(&m->io, t, &m->s, on_v1(t), with, 0);
    if (!io_find(&m->io, &m->d2, 0, 0, m->s.d.index))
        test_skip(t, "needs two devices");
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
    giova = io_setup_alloc(&m.s.f);
    EXPECT_OK(t, row, io_detach(&m.d2, &m.s.f, m.s.ioasid), "DETACH of dev2 from gpa");
    io_expect_blocked(&m.d2, row, IO_NO_PASID, m.s.iova, "dev2 between the two");
    gpa_works(&m, row, &m.s.d, "dev1 meanwhile");
    EXPECT_OK(t, row, io_attach(&m.d2, &m.s.f, giova), "ATTACH of dev2 to giova");
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
    charge = io_charge(&m.io, 0);
    giova = (uint32_t)io_require(t, io_alloc_child(&m.s.f, m.s.ioasid), "giova, a child of gpa");
    if (!on_v1(t)) /* v1 keeps the device on the parent */
        io_require(t, io_detach(&m.d2, &m.s.f, m.s.ioasid), "DETACH of dev2 from gpa");
    EXPECT_OK(t, row, io_attach(&m.d2, &m.s.f, giova), "ATTACH of dev2 to giova");
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
    io_setup_nest(&g->io, t, &g->n, on_v1(t), with);
    if (!io_find(&g->io, &g->d2, 0, 0, g->n.d.index) && !io_find(&g->io, &g->d2, 0, IOTB_UAPI_PASID, IOTB_UAPI_NO_INDEX))
        test_skip(t, "needs two devices");
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
    io_expect_reaches(&g.n.d, row, g.n.pasid, g.n.va, g.n.data, 0, IO_RW, "through the guest's table");
    io_table_map(&g.n.table, g.n.va, g.n.base + 2 * IO_PAGE, IO_RW);
    EXPECT_OK(t, row, io_nest_invalidate(&g.n, g.n.va, IO_PAGE), "INVALIDATE of a page that the guest has changed");
    io_expect_reaches(&g.n.d, row, g.n.pasid, g.n.va, g.n.data, 2 * IO_PAGE, IO_RW, "the new translation");
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
    io_expect_reaches(&g.n.d, row, g.n.pasid, g.n.va, g.n.data, 0, IO_RW, "the process' space");
    io_table_map(&g.n.table, SVA, g.n.base + 3 * IO_PAGE, IO_RW);
    EXPECT_OK(t, row, io_nest_invalidate(&g.n, SVA, IO_PAGE), "INVALIDATE");
    io_expect_reaches(&g.n.d, row, g.n.pasid, SVA, g.n.data, 3 * IO_PAGE, IO_RW, "a page that came later");
    io_expect_blocked(&g.n.d, row, g.n.pasid + 1, g.n.va, "a PASID of no process");
    if (g.n.table.arm) { /* another process, of which the kernel is told nothing */
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
    CHECK(t, row, io_dma(&g.n.d, &dma) == IO_WAITS, "a read of an absent page waits");
    if (!CHECK(t, row, io_fault(&g.n.f, &fault), "the user gets a record"))
        return;
    CHECK_EQ(t, row, SVA, fault.address, "its address");
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
    gva = (uint32_t)io_require(t, io_alloc_child(&g.n.f, g.n.parent), "CREATE_NESTING for a process");
    EXPECT_OK(t, row, io_attach_pasid(&g.n.d, &g.n.f, gva, VPASID), "ATTACH of it with its PASID");
    format.pgtbl_addr = g.n.table.s1;
    io_store(&g.io, g.n.format, 0x800, &format, sizeof(format));
    bind.ioasid = gva;
    bind.data_uptr = g.n.format->va + 0x800;
    EXPECT_OK(t, row, IO_CALL(&g.n.f, IOASID_BIND_PGTABLE, &bind), "BIND_PGTABLE, which the kernel tracks");
    io_expect_reaches(&g.n.d, row, g.n.pasid, g.n.va, g.n.data, 0, IO_RW, "as before");
    dma.pasid = g.n.pasid;
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
        io_mark(&io, &mark);
        io_setup_open(&io, false, &f);
        io_need(&io, &d, IOTB_UAPI_ENFORCEABLE, 0);
        io_setup_bound(&io, &d, &f, 20);
        EXPECT_OK(t, row, io_device_info(&f, 20, &info), "DEVICE_GET_INFO");
        CHECK(t, row, info.flags & IOMMU_DEVICE_INFO_ENFORCE_SNOOP, "the IOMMU can enforce snoop");
        CHECK_EQ(t, row, 1, sys_ioctl_raw(t, 0, f.fd, IOMMU_CHECK_EXTENSION, IOMMU_EXT_MAP_TYPE1V2), "type1v2 is there");
        alloc.addr_width = info.addr_width;
        ioasid = (uint32_t)io_require(t, io_alloc_with(&f, &alloc), "ALLOC");
        EXPECT_OK(t, row, io_attach(&d, &f, ioasid), "ATTACH");
        EXPECT_OK(t, row, io_map(&f, ioasid, 0, m, 0, m->bytes, IO_RW), "MAP at 0");
        io_expect_reaches(&d, row, IO_NO_PASID, 5 * IO_PAGE, m, 5 * IO_PAGE, IO_RW, "mapped");
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

#define NESTING "NESTS&PASID&!RULE.s20_extensions"
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
};
LIST(ioasid_flows_cases, cases);
