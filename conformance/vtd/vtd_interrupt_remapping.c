/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt remapping (5.1): request formats, the index, the remapped message, compatibility format. Faults:
 * vtd_interrupt_faults.c. */
#include "vtd_bits.h"
#include "vtd_chapters.h"
#include "vtd_interrupts.h"

#define ALL_INDICES 15u /* IRTA.S of 64K entries */
#define INPUT VTD_BITS_INPUT

/* ---- the index ---- */

/* Each bit of the handle, and of the subhandle, has an entry of its own. */
static void handle_body(struct vt *vt)
{
    struct vt_message expected[16];

    for (uint32_t bit = 0; bit < 16; bit++)
        expected[bit] = interrupts_good(vt, 1u << bit, 0x30 + bit);
    for (uint32_t bit = 0; bit < 16; bit++) {
        struct iotb_request r = vt_interrupt_request(vt_rid(vt, bit % vt_rid_count(vt)), 1u << bit, false, 0);

        test_context(vt->t, "index bit %u", bit);
        vt_expect_interrupt(vt, "VTD-5-505", &r, expected[bit]);
        r = vt_interrupt_request(r.requester_id, 1u << bit, false, UINT32_MAX);
        vt_expect_interrupt(vt, "VTD-5-506", &r, expected[bit]);
        r = vt_interrupt_request(r.requester_id, 1u << bit, true, 0);
        vt_expect_interrupt(vt, "VTD-5-507", &r, expected[bit]);
        r = vt_interrupt_request(r.requester_id, 0, true, 1u << bit);
        vt_expect_interrupt(vt, "VTD-5-507", &r, expected[bit]);
        if (bit) { /* handle + subhandle, with a carry through all bits */
            r = vt_interrupt_request(r.requester_id, (1u << bit) - 1, true, 1);
            vt_expect_interrupt(vt, "VTD-5-507", &r, expected[bit]);
        }
        r = vt_interrupt_request(r.requester_id, 0, true, UINT32_C(0x10000) << bit);
        vt_expect_interrupt_fault(vt, "VTD-5-507", &r, 0x20, VT_NO_INDEX);
        vt_expect_interrupt_fault(vt, "VTD-5-003", &r, 0x20, VT_NO_INDEX);
    }
    test_context(vt->t, NULL);
}

static void handle(struct test *t)
{
    interrupts_each_mode(t, ALL_INDICES, handle_body);
}

/* The table ends where S says. */
static void size_body(struct vt *vt)
{
    for (uint32_t s = 0; s < 16; s++) {
        uint32_t count = 2u << s;
        struct vt_message expected;
        struct iotb_request r;

        test_context(vt->t, "S %u", s);
        vt_irt_set(vt, mem_alloc(vt->t, 16 * (uint64_t)count + 64, 4096), s, vt->eime);
        expected = interrupts_good(vt, count - 1, 0x77);
        r = vt_interrupt_request(vt_rid(vt, 0), count - 1, false, 0);
        vt_expect_interrupt(vt, "VTD-5-509", &r, expected);
        if (s < 15) {
            interrupts_good(vt, count, 0x78); /* an entry behind the end */
            r = vt_interrupt_request(vt_rid(vt, 0), count, false, 0);
            vt_expect_interrupt_fault(vt, "VTD-5-509", &r, 0x21, count);
            vt_expect_interrupt_fault(vt, "VTD-5-004", &r, 0x21, count);
            r = vt_interrupt_request(vt_rid(vt, 0), 0xffff, false, 0);
            vt_expect_interrupt_fault(vt, "VTD-5-509", &r, 0x21, 0xffff);
        }
    }
    /* The sum of handle and subhandle has 17 bits. */
    interrupts_good(vt, 0, 0x79);
    for (uint32_t i = 0; i < 3; i++) {
        static const uint32_t pairs[3][2] = {{0xffff, 1}, {1, 0xffff}, {0x8000, 0x8000}};
        struct iotb_request r = vt_interrupt_request(vt_rid(vt, 0), pairs[i][0], true, pairs[i][1]);

        vt_expect_interrupt_fault(vt, "VTD-5-508", &r, 0x21, VT_NO_INDEX);
    }
    test_context(vt->t, NULL);
}

static void size(struct test *t)
{
    interrupts_each_mode(t, 0, size_body);
}

/* The table at each address bit. */
static void base_body(struct vt *vt)
{
    for (uint32_t bit = 13; bit < vt->haw; bit++) {
        uint64_t place = UINT64_C(1) << bit | (bit > 16 ? 0x5000u : 0);
        struct vt_message expected;
        struct iotb_request r = vt_interrupt_request(vt_rid(vt, 0), 3, false, 0);

        if (!mem_claim(vt->t, place, 4096))
            continue;
        test_context(vt->t, "table at 0x%llx", (unsigned long long)place);
        mem_fill(vt->t, place, 4096, 0);
        vt_irt_set(vt, place, 3, vt->eime);
        expected = interrupts_good(vt, 3, 0x40 + bit);
        vt_expect_interrupt(vt, "VTD-11-576", &r, expected);
    }
    test_context(vt->t, NULL);
}

static void base(struct test *t)
{
    interrupts_each_mode(t, 3, base_body);
}

/* ---- the message ---- */

static void message_is(struct vt *vt, const char *row, const struct vt_irte_remapped *e)
{
    struct iotb_request r = vt_interrupt_request(vt_rid(vt, 0), 5, false, 0x1234);

    vt_set_irte(vt, 5, e);
    vt_expect_interrupt(vt, row, &r, vt_remapped_message(e));
}

static void message_body(struct vt *vt)
{
    static const uint32_t modes[] = {0, 1, 2, 4, 5, 7};
    const char *destination = vt->eime ? "VTD-5-527" : "VTD-5-526";
    struct vt_irte_remapped e = {.vector = 0x5a, .dst = 0x12};

    for (uint32_t bit = 0; bit < 8; bit++) {
        e.vector = 1u << bit;
        message_is(vt, "VTD-5-525", &e);
    }
    e.vector = 0xff;
    message_is(vt, "VTD-5-525", &e);
    for (uint32_t bit = 0; bit < (vt->eime ? 32u : 8u); bit++) {
        e.dst = 1u << bit;
        message_is(vt, destination, &e);
    }
    e.dst = interrupts_destination(vt);
    message_is(vt, destination, &e);
    for (uint32_t i = 0; i < 8; i++) { /* TM, RH, DM of fixed and lowest priority */
        e.tm = i & 1;
        e.rh = i >> 1 & 1;
        e.dm = i >> 2 & 1;
        e.dlm = 0;
        message_is(vt, "VTD-5-525", &e);
        e.dlm = 1;
        message_is(vt, "VTD-5-525", &e);
    }
    /* The others are edge triggered, and their vector means nothing. */
    e = (struct vt_irte_remapped){.dst = 0x12};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        e.dlm = modes[i];
        message_is(vt, "VTD-5-525", &e);
    }
}

static void message(struct test *t)
{
    interrupts_each_mode(t, 3, message_body);
}

/* Delivery modes that are not there: refused, or let through. */
static void delivery_body(struct vt *vt)
{
    for (uint32_t dlm = 3; dlm <= 6; dlm += 3) {
        struct vt_irte_remapped e = {.vector = 0x44, .dst = 1, .dlm = dlm};
        struct iotb_request r = vt_interrupt_request(vt_rid(vt, 0), 2, false, 0);
        struct vt_message seen;
        struct vt_fault fault;
        bool passed;

        vt_set_irte(vt, 2, &e);
        request_run(vt->t, &r);
        test_settle(vt->t);
        passed = vt_interrupt_take(vt, &seen);
        CHECK(vt->t, "VTD-5-528", passed != (vt_fault_take(vt, &fault) && fault.fr == 0x24),
              "delivery mode %u is either let through or refused with reason 24h", dlm);
        vt_fault_clear(vt);
    }
    message_is(vt, "VTD-5-525", &(struct vt_irte_remapped){.vector = 0x44, .dst = 1});
}

static void delivery(struct test *t)
{
    interrupts_each_mode(t, 3, delivery_body);
}

/* One read of 16 bytes. */
static void fetch_body(struct vt *vt)
{
    struct vt_message expected = interrupts_good(vt, 9, 0x66);
    struct iotb_request r = vt_interrupt_request(vt_rid(vt, 0), 9, false, 0);
    uint64_t entry = vt_irte(vt, 9);
    size_t mark = trace_mark(vt->t);
    uint32_t reads = 0;

    vt_expect_interrupt(vt, "VTD-5-529", &r, expected);
    for (size_t i = mark; i < trace_length(vt->t); i++) {
        const struct iotb_access *a = trace_at(vt->t, i);

        if (a->kind != IOTB_ACC_READ || a->address >= entry + 16 || a->address + a->bytes <= entry)
            continue;
        reads++;
        CHECK(vt->t, "VTD-5-529", a->address <= entry && a->address + a->bytes >= entry + 16,
              "an access of %u bytes at 0x%llx reads a part of the entry", a->bytes, (unsigned long long)a->address);
    }
    CHECK(vt->t, "VTD-5-529", reads > 0, "the entry is read");
}

static void fetch(struct test *t)
{
    interrupts_each_mode(t, 3, fetch_body);
}

/* ---- off, compatibility format ---- */

static struct vt_message unchanged(const struct iotb_request *r)
{
    struct vt_message m = {r->address,
                           r->data[0] | (uint32_t)r->data[1] << 8 | (uint32_t)r->data[2] << 16 | (uint32_t)r->data[3] << 24};

    return m;
}

/* IRE turns it on and off, whatever TE is. */
static void enable_body(struct vt *vt)
{
    struct vt_message expected = interrupts_good(vt, 6, 0x51);
    struct iotb_request r = vt_interrupt_request(vt_rid(vt, 0), 6, false, 0x4123);

    for (uint32_t te = 0; te < 2; te++) {
        CHECK(vt->t, "VTD-11-577", vt_command(vt, "TE", te), "TE %u", te);
        CHECK(vt->t, "VTD-11-577", vt_command(vt, "IRE", true), "GSTS.IRES with TE %u", te);
        vt_expect_interrupt(vt, "VTD-11-577", &r, expected);
        CHECK(vt->t, "VTD-11-577", vt_command(vt, "IRE", false), "GSTS.IRES is cleared with TE %u", te);
        if (vt_ecap(vt->t, "IRREQ")) {
            vt_expect_interrupt_fault(vt, "VTD-5-014", &r, 0x2b, VT_NO_INDEX);
            continue;
        }
        vt_expect_interrupt(vt, "VTD-5-504", &r, unchanged(&r));
        vt_expect_interrupt(vt, "VTD-11-577", &r, unchanged(&r));
    }
    CHECK(vt->t, "VTD-11-577", vt_command(vt, "IRE", true), "GSTS.IRES");
    vt_expect_interrupt(vt, "VTD-11-577", &r, expected);
    test_reset(vt->t, IOTB_RESET_COLD); /* and so does a reset turn it off */
    if (!vt_ecap(vt->t, "IRREQ"))
        vt_expect_interrupt(vt, "VTD-11-577", &r, unchanged(&r));
    vt_open_mode(vt, vt->t, vt_has_mode(vt->t, VT_SCALABLE) ? VT_SCALABLE : VT_LEGACY);
}

static void enable(struct test *t)
{
    interrupts_each_mode(t, 3, enable_body);
}

static void compatibility_is(struct vt *vt, const struct iotb_request *r, bool passes)
{
    if (passes) {
        vt_expect_interrupt(vt, "VTD-5-523", r, unchanged(r));
        return;
    }
    vt_expect_interrupt_fault(vt, "VTD-5-524", r, 0x25, VT_NO_INDEX);
    vt_expect_interrupt_fault(vt, "VTD-5-008", r, 0x25, VT_NO_INDEX);
}

static void compatibility_body(struct vt *vt)
{
    struct vt_message expected = interrupts_good(vt, 0, 0x52);
    struct iotb_request remappable = vt_interrupt_request(vt_rid(vt, 0), 0, false, 0);

    CHECK(vt->t, "VTD-11-578", vt_field(vt->t, "GSTS_REG", "CFIS") == 0, "GSTS.CFIS after reset");
    for (uint32_t i = 0; i < 5; i++) {
        bool cfi = i & 1, passes = cfi && !vt->eime;
        struct iotb_request r = vt_compatibility_request(vt_rid(vt, i % vt_rid_count(vt)), 0xa5 >> i, 0x4031u + i);

        if (i)
            CHECK(vt->t, "VTD-11-578", vt_command(vt, "CFI", cfi), "GSTS.CFIS follows CFI = %d", cfi);
        test_context(vt->t, "EIME %d, CFIS %d", vt->eime, cfi);
        compatibility_is(vt, &r, passes);
        if (cfi && vt->eime)
            vt_expect_interrupt_fault(vt, "VTD-11-579", &r, 0x25, VT_NO_INDEX);
        r = vt_compatibility_request(vt_rid(vt, 0), 0, 0);
        r.address |= 0xc; /* RH and DM; not SHV and a handle */
        compatibility_is(vt, &r, passes);
        vt_expect_interrupt(vt, "VTD-5-523", &remappable, expected); /* the other format does not care */
    }
}

static void compatibility(struct test *t)
{
    interrupts_each_mode(t, 3, compatibility_body);
}

/* Reads, other lengths and requests with PASID are no interrupts, whatever the table holds. */
static void other_requests_body(struct vt *vt)
{
    struct vt_message expected = interrupts_good(vt, 0, 0x53), seen;
    struct iotb_request good = vt_interrupt_request(vt_rid(vt, 0), 0, false, 0), r;

    vt_expect_interrupt(vt, "VTD-5-531", &good, expected);
    for (uint32_t bytes = 1; bytes <= 8 && bytes <= test_desc(vt->t)->request_bytes_max; bytes++)
        for (uint32_t kind = IOTB_READ; kind <= IOTB_WRITE; kind++) {
            r = good;
            r.address &= ~UINT64_C(0x1f);
            r.address |= 0x10;
            r.bytes = bytes;
            r.kind = (uint8_t)kind;
            if (kind == IOTB_WRITE && bytes == 4)
                continue;
            test_context(vt->t, "%s of %u bytes", kind == IOTB_READ ? "read" : "write", bytes);
            vt_expect_fault(vt, bytes & 1 ? "VTD-5-012" : "VTD-5-531", &r, 0x29, 0);
            test_settle(vt->t);
            CHECK(vt->t, "VTD-5-531", !vt_interrupt_take(vt, &seen), "an interrupt");
        }
    test_context(vt->t, NULL);
    vt_expect_interrupt(vt, "VTD-5-531", &good, expected);
}

static void other_requests(struct test *t)
{
    interrupts_each_mode(t, 3, other_requests_body);
}

static void with_pasid_body(struct vt *vt, struct vt_path *path)
{
    struct iotb_request r = vt_request(path, IOTB_WRITE, UINT64_C(0xfee00010), 4);
    struct vt_message seen;

    vt_irt_open(vt, 3, vt_ecap(vt->t, "EIMER") != 0);
    interrupts_good(vt, 0, 0x54);
    vt_expect_ok(vt, "VTD-5-531", &r, vt_path_page(path, r.address & ~UINT64_C(0xfff), VT_RW) + 0x10);
    test_settle(vt->t);
    CHECK(vt->t, "VTD-5-531", !vt_interrupt_take(vt, &seen), "an interrupt from a request with PASID");
}

static void with_pasid(struct test *t)
{
    vt_each_flavour(t, VT_PASID_FLAVOURS & VT_PAGED_FLAVOURS, with_pasid_body);
}

/* ---- the table pointer ---- */

static void pointer_body(struct vt *vt)
{
    uint64_t first = vt->irt, second = mem_alloc(vt->t, 4096, 4096), irta;
    struct iotb_request r = vt_interrupt_request(vt_rid(vt, 0), 1, false, 0);
    struct vt_message a = interrupts_good(vt, 1, 0x61), b, seen;
    bool eime = vt->eime, flushes = vt_cap(vt->t, "ESIRTPS");

    vt_expect_interrupt(vt, "VTD-11-576", &r, a);
    vt->irt = second;
    b = interrupts_good(vt, 1, 0x62);
    /* Written, not latched. */
    irta = second | vt_reg_bits("IRTA_REG", "EIME", eime) | vt_reg_bits("IRTA_REG", "S", 3);
    vt_reg_set(vt->t, "IRTA_REG", irta);
    vt_invalidate_interrupts(vt, VT_IEC_GLOBAL, 0, 0);
    vt_expect_interrupt(vt, "VTD-11-576", &r, a);
    CHECK_EQ(vt->t, "VTD-11-576", irta, vt_reg(vt->t, "IRTA_REG"), "IRTA as written");
    CHECK(vt->t, "VTD-11-576", vt_command(vt, "SIRTP", true), "GSTS.IRTPS");
    if (flushes) {
        vt_expect_interrupt(vt, "VTD-6-504", &r, b);
    } else {
        request_run(vt->t, &r);
        test_settle(vt->t);
        CHECK(vt->t, "VTD-6-505",
              vt_interrupt_take(vt, &seen) && (seen.data == a.data || seen.data == b.data) && !vt_interrupt_take(vt, &seen),
              "before the invalidation the old entry or the new one");
        vt_invalidate_interrupts(vt, VT_IEC_GLOBAL, 0, 0);
        vt_expect_interrupt(vt, "VTD-6-505", &r, b);
    }
    vt_invalidate_interrupts(vt, VT_IEC_GLOBAL, 0, 0);
    vt_expect_interrupt(vt, "VTD-11-576", &r, b);
    vt_irt_set(vt, first, 3, eime);
    vt_expect_interrupt(vt, "VTD-11-576", &r, a);
    /* S is latched too. */
    r = vt_interrupt_request(vt_rid(vt, 0), 15, false, 0);
    a = interrupts_good(vt, 15, 0x63);
    vt_expect_interrupt(vt, "VTD-11-576", &r, a);
    vt_reg_set(vt->t, "IRTA_REG", first | vt_reg_bits("IRTA_REG", "EIME", eime));
    vt_invalidate_interrupts(vt, VT_IEC_GLOBAL, 0, 0);
    vt_expect_interrupt(vt, "VTD-11-576", &r, a);
    vt_irt_set(vt, first, 0, eime);
    vt_expect_interrupt_fault(vt, "VTD-11-576", &r, 0x21, 15);
}

static void pointer(struct test *t)
{
    interrupts_each_mode(t, 3, pointer_body);
}

/* Without ECAP.EIM the mode cannot be had; with ECAP.EIMER it must. */
static void mode(struct test *t)
{
    bool eim = vt_ecap(t, "EIM"), required = vt_ecap(t, "EIMER");
    struct iotb_request r, compatible;
    struct vt_message expected;
    struct vt vt;

    vt_open_mode(&vt, t, vt_has_mode(t, VT_SCALABLE) ? VT_SCALABLE : VT_LEGACY);
    vt_reg_set(t, "IRTA_REG", vt_reg_bits("IRTA_REG", "EIME", 1));
    CHECK_EQ(t, "VTD-5-530", eim, vt_field(t, "IRTA_REG", "EIME"), "IRTA.EIME takes a 1");
    vt_irt_open(&vt, 3, false);
    r = vt_interrupt_request(vt_rid(&vt, 0), 4, false, 0);
    expected = interrupts_good(&vt, 4, 0x57);
    if (required) {
        compatible = vt_compatibility_request(vt_rid(&vt, 0), 1, 0x44);
        vt_expect_interrupt_fault(&vt, "VTD-5-013", &r, 0x2a, VT_NO_INDEX);
        vt_command(&vt, "CFI", true);
        vt_expect_interrupt_fault(&vt, "VTD-5-013", &compatible, 0x2a, VT_NO_INDEX);
    } else {
        vt_expect_interrupt(&vt, "VTD-5-530", &r, expected);
    }
    vt_close(&vt);
}

#define CASE(NAME, SUMMARY, RUN, ROWS, GATE, FEATURES)                                                       \
    {                                                                                                        \
        .name = "vtd.interrupt_remapping." NAME, .summary = SUMMARY, .run = RUN, .rows = ROWS, .gate = GATE, \
        .features = IOTB_F_INTERRUPTS | (FEATURES), .functional = true, .tier = TIER_FULL                    \
    }

static const struct iotb_case cases[] = {
    {.name = "vtd.interrupt_remapping.index",
     .summary = "Handle, and with SHV the subhandle added to it, select the entry.",
     .run = handle,
     .rows = "VTD-5-505 VTD-5-506 VTD-5-507 VTD-5-003 VTD-11-020 VTD-7-146",
     .gate = "ECAP.IR",
     .features = IOTB_F_INTERRUPTS,
     .functional = true,
     .tier = TIER_SMOKE},
    CASE("size", "An index at or beyond the size of the table is refused, and the sum does not wrap.", size,
         "VTD-5-509 VTD-5-508 VTD-5-004 VTD-11-020 VTD-11-023 VTD-7-146", "ECAP.IR", 0),
    CASE("base", "The table at each address bit.", base, "VTD-11-576", "ECAP.IR", 0),
    CASE("message", "The remapped message has vector, modes and destination of the entry.", message,
         "VTD-5-525 VTD-5-526 VTD-5-527", "ECAP.IR", 0),
    CASE("delivery", "Reserved delivery modes are refused or passed.", delivery, "VTD-5-525 VTD-5-528", "ECAP.IR", 0),
    CASE("fetch", "An entry is read at once.", fetch, "VTD-5-529", "ECAP.IR", IOTB_F_BENCH_MEMORY),
    CASE("enable", "IRE turns remapping on and off, and off passes either format, whatever TE is.", enable,
         "VTD-11-577 VTD-5-504 VTD-5-014", "ECAP.IR", 0),
    CASE("compatibility", "Compatibility format passes with CFI and without EIME only.", compatibility,
         "VTD-5-523 VTD-5-524 VTD-5-008 VTD-11-578 VTD-11-579 VTD-11-020 VTD-7-146", "ECAP.IR", 0),
    CASE("other_requests", "Reads and other lengths to the range are no interrupts.", other_requests, "VTD-5-012 VTD-5-531",
         "ECAP.IR", 0),
    CASE("with_pasid", "A write with PASID to the range is translated.", with_pasid, "VTD-5-531", "ECAP.IR&ECAP.PASID",
         IOTB_F_PASID),
    CASE("mode", "Without EIM there is no extended mode, with EIMER no other.", mode, "VTD-5-530 VTD-5-013", "ECAP.IR", 0),
    CASE("pointer", "Table, size and mode are used from SIRTP on.", pointer, "VTD-11-576 VTD-6-504 VTD-6-505", "ECAP.IR", 0),
};

const struct iotb_case_list vtd_interrupt_remapping_cases = {cases, sizeof cases / sizeof cases[0]};
