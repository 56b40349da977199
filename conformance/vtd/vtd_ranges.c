/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt address range FEEx_xxxxh (3.15 Handling Requests to Interrupt Address Range): as input and as output. */
#include "vtd_chapters.h"
#include "vtd_nested.h"

#include <string.h>

#define FIRST UINT64_C(0xfee00000)
#define END UINT64_C(0xfef00000)
#define INPUT NEST_INPUT
#define PLAIN_FLAVOURS (VT_ALL_FLAVOURS & ~VT_PASID_FLAVOURS)

/* Inside, from edge to edge; bit 4 is 0, so that they are interrupts in compatibility format (5.1.2.1). */
static const uint64_t inside[] = {FIRST, FIRST + 0x1000, UINT64_C(0xfee80a00), END - 0x1000, END - 0x20};

static bool irreq(struct vt *vt)
{
    return vt_ecap(vt->t, "IRREQ") != 0;
}

static void drop_interrupts(struct test *t)
{
    struct iotb_interrupt interrupt;

    while (test_has(t, IOTB_F_INTERRUPTS) && interrupt_take(t, IOTB_IRQ_DEVICE, &interrupt))
        ;
}

static void expect_no_interrupt(struct vt *vt, const char *row)
{
    struct iotb_interrupt interrupt;

    if (test_has(vt->t, IOTB_F_INTERRUPTS))
        CHECK(vt->t, row, !interrupt_take(vt->t, IOTB_IRQ_DEVICE, &interrupt), "an interrupt from this request");
    drop_interrupts(vt->t);
}

/* The interrupt of request r has arrived, unchanged, and nothing else has. */
static void expect_message(struct vt *vt, const char *row, const struct iotb_request *r)
{
    struct iotb_interrupt interrupt;
    uint32_t data = r->data[0] | (uint32_t)r->data[1] << 8 | (uint32_t)r->data[2] << 16 | (uint32_t)r->data[3] << 24;

    if (!test_has(vt->t, IOTB_F_INTERRUPTS))
        return;
    if (!CHECK(vt->t, row, interrupt_take(vt->t, IOTB_IRQ_DEVICE, &interrupt), "the write to 0x%llx is an interrupt",
               (unsigned long long)r->address))
        return;
    CHECK_EQ(vt->t, row, r->address, interrupt.address, "address of the interrupt");
    CHECK_EQ(vt->t, row, data, interrupt.data, "data of the interrupt");
    CHECK_EQ(vt->t, row, r->requester_id, interrupt.requester_id, "requester of the interrupt");
    CHECK(vt->t, row, !interrupt_take(vt->t, IOTB_IRQ_DEVICE, &interrupt), "a second interrupt");
}

/* A DWORD write without PASID into the range, twice: an interrupt, or 2Bh where interrupt remapping is required and off. */
static void expect_interrupt(struct vt *vt, const char *row, struct iotb_request r, uint64_t ram)
{
    struct vt_fault fault;

    if (irreq(vt)) {
        vt_expect_fault(vt, row, &r, 0x2b, ram);
        expect_no_interrupt(vt, row);
        return;
    }
    for (uint32_t i = 0; i < 2; i++) {
        struct outcome o;

        if (ram)
            mem_write32(vt->t, ram, 0x5a5a5a5a);
        memcpy(r.data, i ? "\x31\x40\x00\x00" : "\xa5\x01\x00\x00", 4);
        o = request_run(vt->t, &r);
        CHECK(vt->t, row, o.done && (!o.has_status || o.status == IOTB_SC), "the write to 0x%llx is carried out",
              (unsigned long long)r.address);
        CHECK(vt->t, row, !vt_fault_take(vt, &fault), "a fault record for an interrupt at 0x%llx", (unsigned long long)r.address);
        if (ram)
            CHECK_EQ(vt->t, row, 0x5a5a5a5a, mem_read32(vt->t, ram), "memory where the tables map the address to");
        expect_message(vt, row, &r);
    }
}

/* The page of `input` is mapped to RAM if the path has tables; where an ordinary request to it goes, 0 if nowhere. */
static uint64_t ram_behind(struct vt_path *path, uint64_t input)
{
    uint64_t page = input & ~UINT64_C(0xfff);

    if (path->flavour->pgtt == 4)
        return page < FIRST || page >= END ? (mem_claim(path->vt->t, page, 4096) ? page : 0) : 0;
    return vt_path_page(path, page, VT_RW);
}

/* ---- as input, without PASID ---- */

static void message_body(struct vt *vt, struct vt_path *path)
{
    struct iotb_request r = vt_request(path, IOTB_WRITE, 0, 4);
    uint64_t below = ram_behind(path, FIRST - 4), above = ram_behind(path, END);

    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
        uint64_t ram = ram_behind(path, inside[i]);

        test_context(vt->t, "%s, address 0x%llx", vt_path_name(path), (unsigned long long)inside[i]);
        r.address = inside[i];
        expect_interrupt(vt, "VTD-3-087", r, ram ? ram + (inside[i] & 0xfff) : 0);
    }
    /* One DWORD further on each side it is a write like any other. */
    r.address = FIRST - 4;
    if (below)
        vt_expect_ok(vt, "VTD-3-087", &r, below + 0xffc);
    r.address = END;
    if (above)
        vt_expect_ok(vt, "VTD-3-087", &r, above);
    expect_no_interrupt(vt, "VTD-3-087");
    /* The same low bits elsewhere are no interrupt address. */
    if (vt_address_bits(vt) > 33 && path->flavour->pgtt != 4) {
        r.address = FIRST | UINT64_C(1) << 33;
        vt_expect_ok(vt, "VTD-3-087", &r, vt_path_page(path, r.address, VT_RW));
        expect_no_interrupt(vt, "VTD-3-087");
    }
}

static void messages(struct test *t)
{
    vt_each_flavour(t, PLAIN_FLAVOURS, message_body);
}

/* Reason for any request of a device that has no context entry, and perhaps no context table either. */
static uint32_t no_context_reason(struct vt *vt, const struct vt_path *path, uint16_t rid)
{
    return vt_context_address(vt, rid) ? (path->flavour->mode == VT_LEGACY ? 0x02 : 0x41)
                                       : (path->flavour->mode == VT_LEGACY ? 0x01 : 0x39);
}

/* Every address bit: 31:20 and those above decide, those below do not. Bit 4 stays 0 (see inside[]). */
static void message_bits_body(struct vt *vt, struct vt_path *path)
{
    uint32_t bits = path->ss ? vt_second_stage_bits(path) : 47;

    if (bits > vt_address_bits(vt))
        bits = vt_address_bits(vt);
    for (uint32_t bit = 5; bit < bits; bit++) {
        struct iotb_request r = vt_request(path, IOTB_WRITE, FIRST ^ UINT64_C(1) << bit, 4);
        uint64_t ram = bit >= 12 ? ram_behind(path, r.address) : 0;

        test_context(vt->t, "%s, address 0x%llx", vt_path_name(path), (unsigned long long)r.address);
        if (bit < 20) {
            expect_interrupt(vt, "VTD-3-087", r, ram);
        } else if (ram) {
            vt_expect_ok(vt, "VTD-3-087", &r, ram);
            expect_no_interrupt(vt, "VTD-3-087");
        }
    }
}

static void message_bits(struct test *t)
{
    vt_each_flavour(t, 1u << VT_LEGACY_SS | 1u << VT_RID_SS | 1u << VT_RID_FS, message_bits_body);
}

static void zero_length_body(struct vt *vt, struct vt_path *path)
{
    struct iotb_request r = vt_request(path, IOTB_READ, FIRST, 4);

    r.flags |= IOTB_RQ_ZERO_LENGTH;
    /* Neither mapped nor, for the second device, with a context entry. */
    for (uint32_t device = 0; device < (vt_rid_count(vt) > 1 ? 2u : 1u); device++)
        for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
            r.requester_id = device ? vt_rid(vt, 1) : path->rid;
            r.address = inside[i];
            test_context(vt->t, "%s, device %u, address 0x%llx", vt_path_name(path), device, (unsigned long long)r.address);
            vt_expect_ok(vt, "VTD-3-088", &r, 0);
        }
    if (vt_rid_count(vt) > 1) { /* outside the range such a read meets the tables */
        r.requester_id = vt_rid(vt, 1);
        r.address = FIRST - 4;
        vt_expect_fault(vt, "VTD-3-088", &r, no_context_reason(vt, path, r.requester_id), 0);
        r.address = END;
        vt_expect_fault(vt, "VTD-3-088", &r, no_context_reason(vt, path, r.requester_id), 0);
    }
}

static void zero_length(struct test *t)
{
    vt_each_flavour(t, PLAIN_FLAVOURS, zero_length_body);
}

/* A device without context entry: its interrupts pass before any table is looked at. */
static void no_context_body(struct vt *vt, struct vt_path *path)
{
    struct iotb_request r = vt_request(path, IOTB_WRITE, FIRST, 4);
    size_t mark;

    r.requester_id = vt_rid(vt, 1);
    mark = trace_mark(vt->t);
    expect_interrupt(vt, "VTD-3-087", r, 0);
    if (test_has(vt->t, IOTB_F_BENCH_MEMORY))
        CHECK_EQ(vt->t, "VTD-3-087", 0, trace_count(vt->t, mark, vt->root, vt->root + 4095, ACC_ANY),
                 "accesses to the root table for an interrupt");
    r.address = END;
    vt_expect_fault(vt, "VTD-3-087", &r, no_context_reason(vt, path, r.requester_id), 0);
}

static void no_context(struct test *t)
{
    vt_each_flavour(t, 1u << VT_LEGACY_SS | 1u << VT_LEGACY_PT | 1u << VT_RID_SS | 1u << VT_RID_FS, no_context_body);
}

/* 29h since revision 3.1; Eh and 87h are what units had before. */
static const uint32_t illegal_legacy[] = {0x29, 0x0e}, illegal_scalable[] = {0x29, 0x87};

static uint32_t expect_illegal(struct vt_path *path, const struct iotb_request *r, uint64_t ram)
{
    bool legacy = path->flavour->mode == VT_LEGACY;

    return vt_expect_fault_any(path->vt, "VTD-3-089", r, legacy ? illegal_legacy : illegal_scalable, 2, ram);
}

static void illegal_body(struct vt *vt, struct vt_path *path)
{
    static const struct {
        enum iotb_request_kind kind;
        uint32_t bytes;
        uint64_t features;
    } requests[] = {
        {IOTB_WRITE, 8, 0},
        {IOTB_WRITE, 16, 0},
        {IOTB_READ, 4, 0},
        {IOTB_READ, 8, 0},
        {IOTB_FETCH_ADD, 4, IOTB_F_ATOMIC},
        {IOTB_SWAP, 8, IOTB_F_ATOMIC},
        {IOTB_CAS, 4, IOTB_F_ATOMIC},
    };
    uint64_t below = ram_behind(path, FIRST - 8), above = ram_behind(path, END), first = ram_behind(path, FIRST);
    uint64_t last = ram_behind(path, END - 0x20);

    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        struct iotb_request r = vt_request(path, requests[i].kind, FIRST, requests[i].bytes);

        if (!test_has(vt->t, requests[i].features) || requests[i].bytes > test_desc(vt->t)->request_bytes_max)
            continue;
        test_context(vt->t, "%s, request %zu", vt_path_name(path), i);
        expect_illegal(path, &r, first);
        r.address = END - 0x20;
        expect_illegal(path, &r, last ? last + 0xfe0 : 0);
        r.address = FIRST - r.bytes;
        if (below)
            vt_expect_ok(vt, "VTD-3-089", &r, below + 0x1000 - r.bytes);
        r.address = END;
        if (above)
            vt_expect_ok(vt, "VTD-3-089", &r, above);
    }
    expect_no_interrupt(vt, "VTD-3-089");
}

static void illegal(struct test *t)
{
    vt_each_flavour(t, PLAIN_FLAVOURS, illegal_body);
}

/* 29h is not qualified: FPD does not keep it from being recorded. */
static void not_qualified_body(struct vt *vt, struct vt_path *path)
{
    bool legacy = path->flavour->mode == VT_LEGACY;
    struct iotb_request r = vt_request(path, IOTB_READ, FIRST + 0x40, 4);
    uint32_t reason = expect_illegal(path, &r, 0);

    if (reason != 0x29)
        test_skip(vt->t, "the unit reports illegal requests to the range as translation faults (before revision 3.1)");
    vt_set_field(vt, vt_context_address(vt, path->rid), legacy ? "context_entry_legacy" : "context_entry_scalable", "FPD", 1);
    vt_refresh(vt);
    vt_expect_fault(vt, "VTD-5-001", &r, 0x29, 0);
    /* FPD works for what is qualified. */
    r.address = UINT64_C(0x7fff0000);
    if (path->flavour->pgtt != 4)
        vt_expect_silent(vt, "VTD-5-001", &r, 0);
}

static void not_qualified(struct test *t)
{
    vt_each_flavour(t, PLAIN_FLAVOURS, not_qualified_body);
}

/* ---- as input, with PASID ---- */

static void with_pasid_body(struct vt *vt, struct vt_path *path)
{
    static const uint64_t addresses[] = {FIRST, END - 0x20, UINT64_C(0xfee80a00)};

    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        uint64_t ram = vt_path_page(path, addresses[i] & ~UINT64_C(0xfff), VT_RW) + (addresses[i] & 0xfff);

        for (uint32_t bytes = 4; bytes <= 8; bytes += 4)
            for (int kind = IOTB_READ; kind <= (test_has(vt->t, IOTB_F_ATOMIC) ? IOTB_SWAP : IOTB_WRITE); kind++) {
                struct iotb_request r = vt_request(path, (enum iotb_request_kind)kind, addresses[i], bytes);

                test_context(vt->t, "%s, address 0x%llx", vt_path_name(path), (unsigned long long)r.address);
                vt_expect_ok(vt, "VTD-3-090", &r, ram);
            }
    }
    if (test_has(vt->t, IOTB_F_ZERO_LENGTH)) { /* unmapped: not answered without translation either */
        struct iotb_request r = vt_request(path, IOTB_READ, FIRST + 0x5000, 4);

        r.flags |= IOTB_RQ_ZERO_LENGTH;
        vt_expect_fault(vt, "VTD-3-090", &r, path->fs ? 0x71 : 0x79, 0);
    }
    expect_no_interrupt(vt, "VTD-3-090");
}

static void with_pasid(struct test *t)
{
    vt_each_flavour(t, VT_PASID_FLAVOURS & ~VT_PT_FLAVOURS, with_pasid_body);
}

/* ---- as output ---- */

static uint32_t output_reason(const struct vt_path *path)
{
    return path->flavour->mode == VT_LEGACY ? 0x0e : 0x87;
}

static void output_body(struct vt *vt, struct vt_path *path)
{
    static const uint64_t pages[] = {FIRST, FIRST + 0x80000, END - 0x1000};
    static const uint64_t neighbours[] = {FIRST - 0x1000, END, FIRST | UINT64_C(1) << 32};

    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        uint64_t input = INPUT + 0x1000 * i;

        vt_path_map(path, input, pages[i], 12, VT_RW);
        for (int kind = IOTB_READ; kind <= (test_has(vt->t, IOTB_F_ATOMIC) ? IOTB_SWAP : IOTB_WRITE); kind++)
            for (uint64_t offset = 0; offset < 4096; offset += 4092) {
                struct iotb_request r = vt_request(path, (enum iotb_request_kind)kind, input + offset, 4);

                test_context(vt->t, "%s, output 0x%llx", vt_path_name(path), (unsigned long long)(pages[i] + offset));
                vt_expect_fault(vt, "VTD-3-091", &r, output_reason(path), 0);
            }
    }
    expect_no_interrupt(vt, "VTD-3-091");
    for (size_t i = 0; i < sizeof neighbours / sizeof neighbours[0]; i++) {
        uint64_t input = INPUT + 0x8000 + 0x1000 * i;
        struct iotb_request r = vt_request(path, IOTB_WRITE, input + (i ? 0 : 0xffc), 4);

        if (!mem_claim(vt->t, neighbours[i], 4096))
            continue;
        vt_path_map(path, input, neighbours[i], 12, VT_RW);
        test_context(vt->t, "%s, output page 0x%llx", vt_path_name(path), (unsigned long long)neighbours[i]);
        vt_expect_ok(vt, "VTD-3-091", &r, neighbours[i] + (i ? 0 : 0xffc));
    }
}

/* Every bit of the output address. */
static void output_bits_body(struct vt *vt, struct vt_path *path)
{
    for (uint32_t bit = 12; bit < vt->haw; bit++) {
        uint64_t page = FIRST ^ UINT64_C(1) << bit, input = INPUT + 0x1000 * bit;
        struct iotb_request r = vt_request(path, bit & 1 ? IOTB_READ : IOTB_WRITE, input + 0x50, 4);

        test_context(vt->t, "%s, output page 0x%llx", vt_path_name(path), (unsigned long long)page);
        if (bit >= 20 && !mem_claim(vt->t, page, 4096))
            continue;
        vt_path_map(path, input, page, 12, VT_RW);
        if (bit < 20)
            vt_expect_fault(vt, "VTD-3-091", &r, output_reason(path), 0);
        else
            vt_expect_ok(vt, "VTD-3-091", &r, page + 0x50);
    }
}

static void output_bits(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, output_bits_body);
}

static void output(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, output_body);
}

/* Only the address after both stages counts: a guest address in the range is an address like any other. */
static void guest_output_body(struct vt *vt, struct vt_path *path)
{
    for (uint64_t guest = FIRST; guest < END; guest += 0xff000) {
        uint64_t host = mem_alloc(vt->t, 4096, 4096), input = INPUT + (guest & 0x1ff000);
        struct iotb_request r = vt_request(path, IOTB_WRITE, input, 4);

        vt_map(vt, path->ss, guest, host, 12, VT_RW);
        vt_map(vt, path->fs, input, guest, 12, VT_RW);
        vt_path_invalidate(path);
        test_context(vt->t, "%s, guest address 0x%llx", vt_path_name(path), (unsigned long long)guest);
        vt_expect_ok(vt, "VTD-3-091", &r, host);
        vt_set_bits(vt, vt_entry(vt, path->ss, guest, 1), 51, 12, guest >> 12);
        vt_path_invalidate(path);
        vt_expect_fault(vt, "VTD-3-091", &r, 0x87, host);
    }
    expect_no_interrupt(vt, "VTD-3-091");
}

static void guest_output(struct test *t)
{
    vt_each_flavour(t, VT_NESTED_FLAVOURS, guest_output_body);
}

/* Large pages that contain the range: the request's own output address decides, on a miss and on a hit. */
static void large_output_body(struct vt *vt, struct vt_path *path)
{
    static const struct {
        uint32_t page_lg2;
        uint64_t frame;
        uint64_t good[4]; /* outputs; 0 ends */
    } pages[] = {{21, FIRST, {END, END + 0xffff8, 0}}, {30, UINT64_C(0xc0000000), {UINT64_C(0xc0000000), FIRST - 8, END, 0}}};
    static const uint64_t bad[] = {FIRST, FIRST + 0x10, END - 8, FIRST + 0x7fff0};

    for (size_t p = 0; p < 2; p++) {
        uint64_t base = p ? 0x40000000 : 0x00a00000, frame = pages[p].frame;
        bool size = !path->ss || ss_page_size(vt, pages[p].page_lg2);

        if (!size || (path->fs && p == 1 && !vt_cap(vt->t, "FS1GP")))
            continue;
        vt_path_map(path, base, frame, pages[p].page_lg2, VT_RW);
        for (uint32_t round = 0; round < 2; round++) {
            for (size_t i = 0; pages[p].good[i]; i++) {
                struct iotb_request r = vt_request(path, IOTB_WRITE, base + (pages[p].good[i] - frame), 8);

                if (round == 0 && !mem_claim(vt->t, pages[p].good[i] & ~UINT64_C(0xfff), 4096))
                    test_note(vt->t, "page of 0x%llx is used already", (unsigned long long)pages[p].good[i]);
                test_context(vt->t, "%s, output 0x%llx", vt_path_name(path), (unsigned long long)pages[p].good[i]);
                vt_expect_ok(vt, "VTD-7-016", &r, pages[p].good[i]);
            }
            for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
                struct iotb_request r = vt_request(path, i & 1 ? IOTB_READ : IOTB_WRITE, base + (bad[i] - frame), 8);

                test_context(vt->t, "%s, output 0x%llx", vt_path_name(path), (unsigned long long)bad[i]);
                vt_expect_fault(vt, "VTD-7-016", &r, output_reason(path), 0);
            }
        }
    }
}

static void large_output(struct test *t)
{
    if (!vt_cap(t, "SSLPS") && !vt_ecap(t, "FSTS"))
        test_skip(t, "no page larger than 4 KiB: CAP.SSLPS and ECAP.FSTS are 0");
    vt_each_flavour(t, VT_PAGED_FLAVOURS, large_output_body);
}

/* ---- remapping off, abort mode ---- */

static void remapping_off(struct test *t)
{
    struct vt_config config = {.mode = vt_has_mode(t, VT_SCALABLE) ? VT_SCALABLE : VT_LEGACY, .stay_off = true};
    struct iotb_request r = {.size = sizeof r, .kind = IOTB_WRITE, .bytes = 4};
    struct vt vt;

    vt_open(&vt, t, &config);
    r.requester_id = vt_rid(&vt, 0);
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
        test_context(t, "address 0x%llx", (unsigned long long)inside[i]);
        r.address = inside[i];
        expect_interrupt(&vt, "VTD-3-092", r, 0);
    }
    for (uint64_t address = FIRST - 4; address <= END; address += END + 4 - FIRST) {
        if (!mem_claim(t, address & ~UINT64_C(0xfff), 4096))
            continue;
        r.address = address;
        vt_expect_ok(&vt, "VTD-3-092", &r, address);
    }
    expect_no_interrupt(&vt, "VTD-3-092");
    vt_close(&vt);
}

static void abort_mode(struct test *t)
{
    struct iotb_request r = {.size = sizeof r, .kind = IOTB_WRITE, .bytes = 4};
    struct vt vt;

    vt_open_mode(&vt, t, vt_has_mode(t, VT_SCALABLE) ? VT_SCALABLE : VT_LEGACY);
    vt_command(&vt, "TE", false);
    vt_set_root(&vt, vt.root | vt_reg_bits("RTADDR_REG", "TTM", 3));
    vt_command(&vt, "TE", true);
    r.requester_id = vt_rid(&vt, 0);
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
        test_context(t, "address 0x%llx", (unsigned long long)inside[i]);
        r.address = inside[i];
        expect_interrupt(&vt, "VTD-3-093", r, 0);
    }
    for (uint64_t address = FIRST - 4; address <= END; address += END + 4 - FIRST) {
        r.address = address;
        vt_expect_fault(&vt, "VTD-3-093", &r, 0x33, 0);
    }
    vt_command(&vt, "TE", false);
    vt_close(&vt);
}

static const struct iotb_case cases[] = {
    {.name = "vtd.ranges.messages",
     .run = messages,
     .rows = "VTD-3-087",
     .summary = "DWORD writes without PASID into the range are interrupts, whatever is mapped there.",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.ranges.zero_length",
     .run = zero_length,
     .rows = "VTD-3-088",
     .features = IOTB_F_ZERO_LENGTH,
     .summary = "Zero-length reads without PASID into the range need no translation.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ranges.no_context",
     .run = no_context,
     .rows = "VTD-3-087",
     .summary = "Interrupts pass before any table is looked at.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ranges.illegal",
     .run = illegal,
     .rows = "VTD-3-089",
     .summary = "Other requests without PASID to the range are blocked and recorded.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ranges.not_qualified",
     .run = not_qualified,
     .rows = "VTD-3-089 VTD-5-001",
     .summary = "Fault 29h is recorded in spite of FPD.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ranges.with_pasid",
     .run = with_pasid,
     .rows = "VTD-3-090",
     .gate = "ECAP.SMTS&ECAP.PASID",
     .features = IOTB_F_PASID,
     .summary = "Requests with PASID to the range are translated like any other.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ranges.output",
     .run = output,
     .rows = "VTD-3-091",
     .summary = "Translations into the range are blocked, from its first to its last page.",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.ranges.guest_output",
     .run = guest_output,
     .rows = "VTD-3-091",
     .gate = "ECAP.NEST",
     .summary = "A guest address in the range is allowed, a host address is not.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ranges.large_output",
     .run = large_output,
     .rows = "VTD-7-016",
     .features = IOTB_F_BENCH_MEMORY,
     .summary = "In a large page over the range the request's own output address decides.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ranges.remapping_off",
     .run = remapping_off,
     .rows = "VTD-3-092",
     .summary = "With remapping off a DWORD write into the range is an interrupt still.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ranges.abort_mode",
     .run = abort_mode,
     .rows = "VTD-3-093",
     .gate = "ECAP.ADMS",
     .summary = "Abort-DMA mode does not stop interrupts.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ranges.message_bits",
     .run = message_bits,
     .rows = "VTD-3-087",
     .summary = "Address bits from 20 on decide whether a write is an interrupt, those below do not.",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ranges.output_bits",
     .run = output_bits,
     .rows = "VTD-3-091",
     .summary = "Address bits from 20 on decide whether an output is in the range, those below do not.",
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_ranges_cases = {cases, sizeof cases / sizeof cases[0]};
