/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocked interrupts (5.1.4.1 Interrupt Remapping Fault Conditions) and the check of the requester (9.9 SVT, SQ, SID). */
#include "vtd_chapters.h"
#include "vtd_interrupts.h"
#include "vtd_queue_rig.h"

#define INDEX 0x8005u /* bit 15 of the index too */
#define ALL_INDICES 15u

static struct iotb_request request(struct vt *vt)
{
    return vt_interrupt_request(vt_rid(vt, 0), INDEX, false, 0);
}

static void set_fpd(struct vt *vt, bool fpd)
{
    vt_set_bits(vt, vt_irte(vt, INDEX), 1, 1, fpd);
    vt_invalidate_interrupts(vt, VT_IEC_INDEX, 0, INDEX);
}

/* Blocked with this reason, and with FPD the same without a record where the reason is qualified. */
static void blocked(struct vt *vt, const char *row, const struct iotb_request *r, uint32_t fr, bool qualified)
{
    vt_expect_interrupt_fault(vt, row, r, fr, INDEX);
    set_fpd(vt, true);
    vt_expect_interrupt_fault(vt, qualified ? "VTD-5-520" : "VTD-5-521", r, qualified ? 0 : fr, INDEX);
    vt_expect_interrupt_fault(vt, "VTD-5-002", r, qualified ? 0 : fr, INDEX);
    set_fpd(vt, false);
}

/* ---- presence, access ---- */

static void absent_body(struct vt *vt)
{
    struct iotb_request r = request(vt);
    struct vt_message good = interrupts_good(vt, INDEX, 0x41);
    uint64_t entry = vt_irte(vt, INDEX), low = mem_read64(vt->t, entry), high = mem_read64(vt->t, entry + 8);

    vt_expect_interrupt(vt, "VTD-5-510", &r, good);
    vt_toggle_irte(vt, INDEX, 0);
    blocked(vt, "VTD-5-510", &r, 0x22, true);
    blocked(vt, "VTD-5-005", &r, 0x22, true);
    vt_expect_interrupt_fault(vt, "VTD-5-522", &r, 0x22, INDEX);
    /* Everything else set: still not present. */
    mem_write64(vt->t, entry, ~UINT64_C(3));
    mem_write64(vt->t, entry + 8, ~UINT64_C(0));
    vt_invalidate_interrupts(vt, VT_IEC_INDEX, 0, INDEX);
    blocked(vt, "VTD-5-519", &r, 0x22, true);
    mem_write64(vt->t, entry, low);
    mem_write64(vt->t, entry + 8, high);
    vt_invalidate_interrupts(vt, VT_IEC_INDEX, 0, INDEX);
    vt_expect_interrupt(vt, "VTD-5-510", &r, good);
    vt_set_bits(vt, entry, 11, 8, 0xf); /* available to software */
    vt_invalidate_interrupts(vt, VT_IEC_INDEX, 0, INDEX);
    vt_expect_interrupt(vt, "VTD-5-513", &r, good);
}

static void absent(struct test *t)
{
    interrupts_each_mode(t, ALL_INDICES, absent_body);
}

static void access_body(struct vt *vt)
{
    struct iotb_request r = request(vt);
    struct vt_message good = interrupts_good(vt, INDEX, 0x42);
    uint64_t entry = vt_irte(vt, INDEX);

    vt_expect_interrupt(vt, "VTD-5-511", &r, good);
    inject_fault(vt->t, INJECT_ABORT, entry, entry + 15, ACC_READS, 1, UINT64_MAX);
    vt_invalidate_interrupts(vt, VT_IEC_INDEX, 0, INDEX);
    blocked(vt, "VTD-5-511", &r, 0x23, false);
    vt_expect_interrupt_fault(vt, "VTD-5-006", &r, 0x23, INDEX);
    inject_clear(vt->t);
    vt_invalidate_interrupts(vt, VT_IEC_INDEX, 0, INDEX);
    vt_expect_interrupt(vt, "VTD-5-511", &r, good);
}

static void access(struct test *t)
{
    interrupts_each_mode(t, ALL_INDICES, access_body);
}

/* ---- reserved bits ---- */

static void reserved_body(struct vt *vt)
{
    bool posted = vt_cap(vt->t, "PI");
    struct iotb_request r = request(vt);
    struct vt_message good;

    for (uint32_t bit = 12; bit < 128; bit++) {
        bool destination = bit >= 32 && bit < 64 && !vt->eime && (bit < 40 || bit >= 48);
        bool reserved = (bit >= 12 && bit < 15) || (bit >= 24 && bit < 32) || bit >= 84 || destination;
        const char *row = "VTD-5-512";

        if (bit == 15 && !posted) { /* IM, a reserved bit then */
            reserved = true;
            row = "VTD-5-534";
        }
        if (!reserved)
            continue;
        test_context(vt->t, "EIME %d, bit %u", vt->eime, bit);
        good = interrupts_good(vt, INDEX, 0x43);
        vt_toggle_irte(vt, INDEX, bit);
        vt_once(vt);
        vt_expect_interrupt_fault(vt, bit & 1 ? row : "VTD-5-007", &r, 0x24, INDEX);
        vt_once(vt);
        vt_expect_interrupt_fault(vt, row, &r, 0x24, INDEX);
        if (bit % 16 == 12)
            blocked(vt, row, &r, 0x24, true);
        vt_toggle_irte(vt, INDEX, bit);
        if (bit % 16 == 12)
            vt_expect_interrupt(vt, row, &r, good);
    }
    test_context(vt->t, NULL);
}

static void reserved(struct test *t)
{
    interrupts_each_mode(t, ALL_INDICES, reserved_body);
}

/* ---- who may use an entry ---- */

static void requester_is(struct vt *vt, const char *row, struct vt_irte_remapped *e, uint16_t rid, bool allowed)
{
    struct iotb_request r = vt_interrupt_request(rid, INDEX, false, 0);

    test_context(vt->t, "requester %04x, SVT %u, SQ %u, SID %04x", rid, e->svt, e->sq, e->sid);
    vt_once(vt);
    if (allowed)
        vt_expect_interrupt(vt, row, &r, vt_remapped_message(e));
    else
        vt_expect_interrupt_fault(vt, row, &r, 0x26, INDEX);
}

static const uint32_t ignored[] = {0x0, 0x4, 0x6, 0x7}; /* of SID, by SQ */

static void source_body(struct vt *vt)
{
    struct vt_irte_remapped e = {.vector = 0x44, .dst = 3};
    struct iotb_request r;

    for (uint32_t sid = 0; sid < 2; sid++) /* SVT = 01b */
        for (uint32_t sq = 0; sq < 4; sq++) {
            e.svt = 1;
            e.sq = sq;
            e.sid = sid ? 0xffff : 0x1234;
            vt_set_irte(vt, INDEX, &e);
            requester_is(vt, "VTD-5-515", &e, (uint16_t)e.sid, true);
            for (uint32_t bit = 0; bit < 16; bit++)
                requester_is(vt, "VTD-5-515", &e, (uint16_t)(e.sid ^ 1u << bit), ignored[sq] >> bit & 1);
            for (uint32_t function = 0; function < 8; function++)
                requester_is(vt, "VTD-5-515", &e, (uint16_t)((e.sid & 0xfff8u) | function),
                             !((e.sid ^ function) & 7 & ~ignored[sq]));
        }
    e.sq = 0;
    e.sid = 0x1234;
    vt_set_irte(vt, INDEX, &e);
    r = vt_interrupt_request(0x1235, INDEX, false, 0);
    blocked(vt, "VTD-5-009", &r, 0x26, true);
    /* Once it is cached, a good requester does not open it to others, nor the other way round. */
    for (uint32_t i = 0; i < 4; i++) {
        requester_is(vt, "VTD-5-533", &e, 0x1234, true);
        requester_is(vt, "VTD-5-533", &e, i & 1 ? 0x1334 : 0x1235, false);
    }
    /* SVT = 00b: anybody, whatever SID and SQ say. */
    e.svt = 0;
    for (uint32_t sq = 0; sq < 4; sq++) {
        e.sq = sq;
        vt_set_irte(vt, INDEX, &e);
        requester_is(vt, "VTD-5-514", &e, 0x0000, true);
        requester_is(vt, "VTD-5-514", &e, 0xffff, true);
        requester_is(vt, "VTD-5-514", &e, 0xedcb, true);
    }
    test_context(vt->t, NULL);
}

static void source(struct test *t)
{
    interrupts_each_mode(t, ALL_INDICES, source_body);
}

/* SVT = 10b: the bus is between two, whatever the function is. */
static void bus_body(struct vt *vt)
{
    static const struct {
        uint8_t first, last;
    } ranges[] = {{0x10, 0x20}, {0x00, 0xff}, {0x80, 0x80}, {0x00, 0x7f}, {0xff, 0xff}, {0x20, 0x10}};

    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        uint32_t first = ranges[i].first, last = ranges[i].last;
        struct vt_irte_remapped e = {.vector = 0x45, .dst = 3, .svt = 2, .sid = first << 8 | last, .sq = (uint32_t)i & 3};
        const uint32_t buses[] = {0x00, first, first - 1, first + 1, last, last - 1, last + 1, (first + last) / 2,
                                  0x7f, 0x80,  0xff};

        vt_set_irte(vt, INDEX, &e);
        for (size_t k = 0; k < sizeof buses / sizeof buses[0]; k++)
            if (buses[k] < 0x100)
                requester_is(vt, "VTD-5-516", &e, (uint16_t)(buses[k] << 8 | (k & 1 ? 0xff : 0x08)),
                             buses[k] >= first && buses[k] <= last);
    }
    test_context(vt->t, NULL);
}

static void bus(struct test *t)
{
    interrupts_each_mode(t, ALL_INDICES, bus_body);
}

/* One of two reasons, and blocked in any case. */
static void either(struct vt *vt, const char *row, const struct iotb_request *request, uint32_t preferred, uint32_t other)
{
    struct iotb_request r = *request;
    struct vt_message seen;
    struct vt_fault fault;

    vt_fault_clear(vt);
    request_run(vt->t, &r);
    test_settle(vt->t);
    CHECK(vt->t, row, !vt_interrupt_take(vt, &seen), "an interrupt although the request is blocked");
    if (CHECK(vt->t, row, vt_fault_take(vt, &fault), "a fault record"))
        CHECK(vt->t, row, fault.fr == preferred || fault.fr == other, "reason %02xh is neither %02xh nor %02xh", fault.fr,
              preferred, other);
}

static void two_reasons_body(struct vt *vt)
{
    struct vt_irte_remapped e = {.vector = 0x46, .dst = 3, .svt = 3, .sid = vt_rid(vt, 0)};
    struct iotb_request r = request(vt);

    vt_set_irte(vt, INDEX, &e); /* SVT = 11b is reserved */
    for (uint32_t n = 0; n < 2; n++)
        either(vt, "VTD-5-517", &r, 0x24, 0x26);
    e.svt = 1;
    e.sid = (uint32_t)(vt_rid(vt, 0) ^ 0x100);
    vt_set_irte(vt, INDEX, &e);
    vt_toggle_irte(vt, INDEX, 100);
    for (uint32_t n = 0; n < 2; n++)
        either(vt, "VTD-5-518", &r, 0x26, 0x24);
}

static void two_reasons(struct test *t)
{
    interrupts_each_mode(t, ALL_INDICES, two_reasons_body);
}

/* ---- the unit's own messages ---- */

/* Neither an empty table nor CFIS keeps the unit's events back, in either format of address. */
static void events_body(struct vt *vt)
{
    static const uint32_t addresses[] = {0xfee01000, 0xfee0101c, 0xfeeff010};
    struct iotb_request r = request(vt);

    vt_command(vt, "CFI", false);
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        uint32_t upper = vt->eime ? 0x12345600u : 0;
        struct vt_message seen;

        vt_fault_clear(vt);
        interrupts_drop(vt);
        vt_reg_set(vt->t, "FECTL_REG", vt_reg_bits("FECTL_REG", "IM", 1));
        vt_reg_set(vt->t, "FEDATA_REG", 0x47 + i);
        vt_reg_set(vt->t, "FEADDR_REG", addresses[i]);
        vt_reg_set(vt->t, "FEUADDR_REG", upper);
        vt_reg_set(vt->t, "FECTL_REG", 0);
        request_run(vt->t, &r); /* 22h */
        test_settle(vt->t);
        if (!CHECK(vt->t, "VTD-7-155", vt_interrupt_take(vt, &seen), "the fault event"))
            continue;
        CHECK_EQ(vt->t, "VTD-5-500", addresses[i] | (uint64_t)upper << 32, seen.address, "address of the fault event");
        CHECK_EQ(vt->t, "VTD-5-500", 0x47 + i, seen.data, "data of the fault event");
        if (vt->eime)
            CHECK_EQ(vt->t, "VTD-5-502", upper, seen.address >> 32, "upper address of the fault event");
        CHECK(vt->t, "VTD-7-155", !vt_interrupt_take(vt, &seen), "a second event");
    }
}

static void events(struct test *t)
{
    interrupts_each_mode(t, ALL_INDICES, events_body);
}

#define RECORD_ROWS " VTD-5-002 VTD-11-020 VTD-11-023 VTD-7-146"

#define CASE(NAME, SUMMARY, RUN, ROWS, FEATURES)                                                                           \
    {                                                                                                                      \
        .name = "vtd.interrupt_faults." NAME, .summary = SUMMARY, .run = RUN, .rows = ROWS RECORD_ROWS, .gate = "ECAP.IR", \
        .features = IOTB_F_INTERRUPTS | (FEATURES), .functional = true, .tier = TIER_FULL                                  \
    }

static const struct iotb_case cases[] = {
    CASE("absent", "An entry without P blocks with 22h whatever else it holds, and FPD hides it.", absent,
         "VTD-5-510 VTD-5-005 VTD-5-519 VTD-5-513 VTD-5-520 VTD-5-522", 0),
    CASE("access", "An entry that cannot be read blocks with 23h, and no FPD hides it.", access, "VTD-5-511 VTD-5-006 VTD-5-521",
         IOTB_F_BENCH_MEMORY),
    CASE("reserved", "Each reserved bit of an entry blocks with 24h.", reserved, "VTD-5-512 VTD-5-007 VTD-5-534 VTD-5-520", 0),
    CASE("source", "SVT 01b compares the requester with SID, but for the bits that SQ leaves out; hit as well as miss.", source,
         "VTD-5-515 VTD-5-009 VTD-5-514 VTD-5-533 VTD-5-520", IOTB_F_ANY_REQUESTER),
    CASE("bus", "SVT 10b compares the bus with a range.", bus, "VTD-5-516", IOTB_F_ANY_REQUESTER),
    CASE("two_reasons", "A reserved SVT, and a wrong source with a reserved bit, block with one of two reasons.", two_reasons,
         "VTD-5-517 VTD-5-518", 0),
    CASE("events", "The unit's own events are neither remapped nor blocked.", events, "VTD-7-155 VTD-5-500 VTD-5-502", 0),
};

const struct iotb_case_list vtd_interrupt_faults_cases = {cases, sizeof cases / sizeof cases[0]};
