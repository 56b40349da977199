/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is decided before any table is read: requests without PASID to the interrupt address range (3.15), and translated requests
 * with PASID where they are not supported (4.2.1).
 */
#include "vtd_bits.h"
#include "vtd_chapters.h"

#include <string.h>

#define INPUT UINT64_C(0x2345000)
#define INTERRUPTS UINT64_C(0xfee00000)

static void expect_message(struct vt *vt, const char *row, struct iotb_request r, uint64_t ram)
{
    struct iotb_interrupt interrupt;
    struct vt_fault fault;
    struct outcome o;

    memcpy(r.data, "\xa5\x01\x00\x00", 4);
    if (ram)
        mem_write32(vt->t, ram, 0x5a5a5a5a);
    o = request_run(vt->t, &r);
    CHECK(vt->t, row, o.done && (!o.has_status || o.status == IOTB_SC), "the interrupt is accepted");
    CHECK(vt->t, row, !vt_fault_take(vt, &fault), "a fault record for an interrupt");
    if (ram)
        CHECK_EQ(vt->t, row, 0x5a5a5a5a, mem_read32(vt->t, ram), "memory where the tables map the range to");
    if (test_has(vt->t, IOTB_F_INTERRUPTS) &&
        CHECK(vt->t, row, interrupt_take(vt->t, IOTB_IRQ_DEVICE, &interrupt), "the write is an interrupt"))
        CHECK_EQ(vt->t, row, r.address, interrupt.address, "address of the interrupt");
}

/* The range is mapped; then the root entry is absent; then reading it fails. */
static void range_body(struct vt *vt, struct vt_path *path)
{
    struct iotb_request r = vt_request(path, IOTB_WRITE, INTERRUPTS + 0x40, 4), plain;
    uint64_t root = vt_root_address(vt, path->rid), host = vt_path_page(path, INPUT, VT_RW), saved[2], ram = 0;
    size_t mark;

    if (path->flavour->pgtt != 4)
        ram = vt_path_page(path, INTERRUPTS, VT_RW) + 0x40;
    plain = vt_request(path, IOTB_WRITE, vtd_input(path, INPUT, host), 8);
    vt_expect_ok(vt, "VTD-5-532", &plain, host);
    expect_message(vt, "VTD-5-532", r, ram);
    expect_message(vt, "VTD-5-532", r, ram);
    vt_invalidate_all(vt);
    mark = trace_mark(vt->t);
    expect_message(vt, "VTD-7-122", r, ram);
    if (test_has(vt->t, IOTB_F_BENCH_MEMORY))
        CHECK_EQ(vt->t, "VTD-7-122", 0, trace_count(vt->t, mark, root, root + 15, ACC_ANY), "reads of the root entry");
    for (uint32_t i = 0; i < 2; i++) {
        saved[i] = mem_read64(vt->t, root + 8 * i);
        mem_write64(vt->t, root + 8 * i, 0);
    }
    vt_invalidate_all(vt);
    expect_message(vt, "VTD-7-122", r, ram);
    r.bytes = 8;
    vt_expect_fault(vt, "VTD-7-122", &r, 0x29, ram);
    r.kind = IOTB_READ;
    r.bytes = 4;
    vt_expect_fault(vt, "VTD-7-122", &r, 0x29, ram);
    for (uint32_t i = 0; i < 2; i++)
        mem_write64(vt->t, root + 8 * i, saved[i]);
    vt_invalidate_all(vt);
    vt_expect_ok(vt, "VTD-7-122", &plain, host);
}

static void range(struct test *t)
{
    if (vt_ecap(t, "IRREQ"))
        test_skip(t, "interrupt remapping is required, and off");
    vt_each_flavour(t, VT_ALL_FLAVOURS & ~VT_PASID_FLAVOURS, range_body);
}

/* Unsupported Request, no record, and memory at the address untouched. */
static void translated_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request plain = vt_request(path, IOTB_WRITE, vtd_input(path, INPUT, host), 8), r = plain;

    vt_expect_ok(vt, "VTD-4-024", &plain, host);
    r.address_type = IOTB_AT_TRANSLATED;
    r.address = host;
    for (uint32_t i = 0; i < 2; i++) {
        struct vt_fault fault;
        struct outcome o;

        r.kind = i ? IOTB_READ : IOTB_WRITE;
        mem_write64(vt->t, host, UINT64_C(0x5a5a5a5a5a5a5a5a));
        memset(r.data, 0x33, 8);
        o = request_run(vt->t, &r);
        CHECK(vt->t, "VTD-4-024", o.done && (!o.has_status || o.status == IOTB_UR),
              "a translated request with PASID ends with UR");
        CHECK_EQ(vt->t, "VTD-4-024", UINT64_C(0x5a5a5a5a5a5a5a5a), mem_read64(vt->t, host), "memory at its address");
        CHECK(vt->t, "VTD-4-024", !vt_fault_take(vt, &fault), "a fault record");
    }
    vt_expect_ok(vt, "VTD-4-024", &plain, host);
}

static void translated(struct test *t)
{
    vt_each_flavour(t, VT_PASID_FLAVOURS, translated_body);
}

static const struct iotb_case cases[] = {
    {.name = "vtd.ranges.before_tables",
     .summary = "Requests without PASID to the interrupt range are judged before any table is read, whatever is mapped there.",
     .run = range,
     .rows = "VTD-5-532 VTD-7-122 VTD-7-036" VTD_PLAIN_ROWS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ranges.translated_with_pasid",
     .summary = "Without PTRS a translated request with PASID is an Unsupported Request and nothing else.",
     .run = translated,
     .rows = "VTD-4-024" VTD_SCALABLE_ROWS,
     .gate = "ECAP.PASID&!ECAP.PTRS",
     .features = IOTB_F_ATS | IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_ranges_first_cases = {cases, sizeof cases / sizeof cases[0]};
