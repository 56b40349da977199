/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events: when the fault event and the invalidation completion event are sent, when they wait, and when they are dropped
 * (7.3 Non-Recoverable Fault Event, 11.4.7.2 Fault Event Control Register, 11.4.9.5 Invalidation Event Control Register).
 * A source is a way to raise one of the two; the rules that they share are checked for each.
 */
#include "build/vt.h"
#include "vtd_chapters.h"

#include <string.h>

#define INPUT UINT64_C(0x1357000)

struct source {
    const char *name;
    const char *control, *data, *address, *upper; /* registers */
    void (*cause)(struct vt *vt, uint32_t n);
    void (*service)(struct vt *vt);
    bool (*seen)(struct test *t); /* the status bit that it sets */
    /* The rows that each rule decides for this source, "" where another source decides it. */
    const char *sent, *not_again, *anew, *masked, *unmasked, *dropped, *latest;
};

/* ---- sources ---- */

static uint16_t stranger(struct vt *vt, uint32_t n)
{
    return test_has(vt->t, IOTB_F_ANY_REQUESTER) ? (uint16_t)(0x8001 + 53 * n) : vt_rid(vt, n);
}

static void cause_fault(struct vt *vt, uint32_t n)
{
    struct iotb_request r = {.kind = IOTB_WRITE, .bytes = 4, .requester_id = stranger(vt, n), .address = INPUT};

    request_run(vt->t, &r);
    test_settle(vt->t);
}

static void service_fault(struct vt *vt)
{
    vt_fault_clear(vt);
}

static bool fault_seen(struct test *t)
{
    return vt_field(t, "FSTS_REG", "PPF") != 0;
}

static void cause_queue_error(struct vt *vt, uint32_t n)
{
    struct vt_descriptor bad = {{0}}; /* type 0 */

    (void)n;
    vt_put(vt, &bad);
    vt_ring(vt);
    test_settle(vt->t);
}

static void service_queue_error(struct vt *vt)
{
    vt_queue_repair(vt);
}

static bool queue_error_seen(struct test *t)
{
    return vt_field(t, "FSTS_REG", "IQE") != 0;
}

static void cause_completion(struct vt *vt, uint32_t n)
{
    struct vt_descriptor wait = vt_desc_wait(true, false, false, n, 0);

    vt_put(vt, &wait);
    vt_ring(vt);
    test_settle(vt->t);
}

static void service_completion(struct vt *vt)
{
    vt_reg_set(vt->t, "ICS_REG", vt_reg_bits("ICS_REG", "IWC", 1));
}

static bool completion_seen(struct test *t)
{
    return vt_field(t, "ICS_REG", "IWC") != 0;
}

static const struct source by_fault = {"a DMA fault", "FECTL_REG",   "FEDATA_REG", "FEADDR_REG", "FEUADDR_REG",
                                       cause_fault,   service_fault, fault_seen,   "VTD-7-147",  "VTD-7-147",
                                       "VTD-7-152",   "VTD-7-150",   "VTD-7-150",  "VTD-7-151",  "VTD-11-603"};
static const struct source by_queue_error = {"a queue error", "FECTL_REG",       "FEDATA_REG",        "FEADDR_REG",
                                             "FEUADDR_REG",   cause_queue_error, service_queue_error, queue_error_seen,
                                             "VTD-11-594",    "VTD-11-599",      "VTD-11-600",        "VTD-11-595",
                                             "VTD-11-596",    "VTD-11-597",      "VTD-11-603"};
static const struct source by_completion = {"a completed wait", "IECTL_REG",        "IEDATA_REG",    "IEADDR_REG", "IEUADDR_REG",
                                            cause_completion,   service_completion, completion_seen, "VTD-11-604", "VTD-11-605",
                                            "VTD-11-604",       "VTD-11-606",       "VTD-11-606",    "VTD-11-606", "VTD-11-603"};

/* ---- registers and messages ---- */

static void mask(struct test *t, const struct source *s, bool on)
{
    vt_reg_set(t, s->control, vt_reg_bits(s->control, "IM", on));
    test_settle(t);
}

static uint64_t waiting(struct test *t, const struct source *s)
{
    return vt_field(t, s->control, "IP");
}

static void program(struct test *t, const struct source *s, uint32_t data, uint64_t address)
{
    vt_reg_set(t, s->data, data);
    vt_reg_set(t, s->address, address & 0xffffffff);
    if (vt_ecap(t, "EIM"))
        vt_reg_set(t, s->upper, address >> 32);
}

static uint64_t reachable(struct test *t, uint64_t address)
{
    return vt_ecap(t, "EIM") ? address : address & 0xffffffff;
}

static void no_message(struct test *t, const char *row, const char *when)
{
    struct iotb_interrupt irq;

    test_settle(t);
    CHECK_EQ(t, row, 0, interrupt_count(t, IOTB_IRQ_EVENT), "messages %s", when);
    while (interrupt_take(t, IOTB_IRQ_EVENT, &irq))
        ;
}

static void one_message(struct test *t, const char *row, uint32_t data, uint64_t address, const char *when)
{
    struct iotb_interrupt irq = {0};

    test_settle(t);
    CHECK_EQ(t, row, 1, interrupt_count(t, IOTB_IRQ_EVENT), "messages %s", when);
    if (interrupt_take(t, IOTB_IRQ_EVENT, &irq)) {
        CHECK_EQ(t, row, reachable(t, address), irq.address, "address of the message %s", when);
        CHECK_EQ(t, row, data, irq.data, "data of the message %s", when);
    }
    while (interrupt_take(t, IOTB_IRQ_EVENT, &irq))
        ;
}

/* Other values than the source's in the registers of the other event. */
static void open_events(struct vt *vt, struct test *t)
{
    bool legacy = vt_has_flavour(t, VT_LEGACY_SS) || vt_has_flavour(t, VT_LEGACY_PT);

    vt_open_mode(vt, t, legacy ? VT_LEGACY : VT_SCALABLE);
    program(t, &by_fault, 0x41, UINT64_C(0x12fee01004));
    if (vt_ecap(t, "QI"))
        program(t, &by_completion, 0x82, UINT64_C(0x34fee02008));
}

static uint32_t data_of(const struct source *s)
{
    return s->cause == cause_completion ? 0x82 : 0x41;
}

static uint64_t address_of(const struct source *s)
{
    return s->cause == cause_completion ? UINT64_C(0x34fee02008) : UINT64_C(0x12fee01004);
}

static const struct source *source_of(struct test *t)
{
    return test_argument(t);
}

/* ---- rules that all sources share ---- */

static void unmasked(struct test *t)
{
    const struct source *s = source_of(t);
    struct vt vt;

    open_events(&vt, t);
    mask(t, s, false);
    no_message(t, s->sent, "with nothing pending");
    for (int n = 0; n < 3; n++) {
        s->cause(&vt, 0);
        CHECK(t, s->sent, s->seen(t), "the status bit of %s is set", s->name);
        one_message(t, n ? s->anew : s->sent, data_of(s), address_of(s), "after the cause");
        CHECK_EQ(t, s->sent, 0, waiting(t, s), "IP after the message");
        if (s->cause != cause_queue_error) {
            s->cause(&vt, 1);
            no_message(t, s->not_again, "after the cause again with the status bit still set");
            CHECK_EQ(t, s->not_again, 0, waiting(t, s), "IP after the same");
        }
        s->service(&vt);
        CHECK(t, s->anew, !s->seen(t), "the status bit of %s is cleared", s->name);
        no_message(t, s->sent, "after the status bit was cleared");
    }
    mask(t, s, true);
    no_message(t, s->masked, "after IM was set with nothing pending");
    CHECK_EQ(t, s->masked, 0, waiting(t, s), "IP after IM was set with nothing pending");
    vt_close(&vt);
}

static void masked(struct test *t)
{
    const struct source *s = source_of(t);
    struct vt vt;

    open_events(&vt, t);
    for (int n = 0; n < 2; n++) {
        mask(t, s, true);
        s->cause(&vt, 0);
        no_message(t, s->masked, "with IM = 1");
        CHECK_EQ(t, s->masked, 3, vt_reg(t, s->control) >> 30, "IM and IP after the cause with IM = 1");
        mask(t, s, true);
        no_message(t, s->masked, "after IM = 1 was written again");
        CHECK_EQ(t, s->masked, 1, waiting(t, s), "IP after IM = 1 was written again");
        mask(t, s, false);
        one_message(t, s->unmasked, data_of(s), address_of(s), "after IM = 0");
        CHECK_EQ(t, s->unmasked, 0, waiting(t, s), "IP after IM = 0");
        mask(t, s, false);
        no_message(t, s->unmasked, "after IM = 0 was written again");
        mask(t, s, true);
        CHECK_EQ(t, s->unmasked, 0, waiting(t, s), "IP after IM = 1 with the status bit still set");
        mask(t, s, false);
        no_message(t, s->unmasked, "after IM = 1 and 0 with the status bit still set");
        s->service(&vt);
        no_message(t, s->unmasked, "after the status bit was cleared");
    }
    vt_close(&vt);
}

static void dropped(struct test *t)
{
    const struct source *s = source_of(t);
    struct vt vt;

    open_events(&vt, t);
    mask(t, s, true);
    for (int n = 0; n < 2; n++) {
        s->cause(&vt, 0);
        CHECK_EQ(t, s->dropped, 1, waiting(t, s), "IP after the cause with IM = 1");
        /* Writes that clear nothing service nothing. */
        vt_reg_set(t, s->cause == cause_completion ? "ICS_REG" : "FSTS_REG", 0);
        CHECK(t, s->dropped, s->seen(t), "the status bit of %s after zeros were written", s->name);
        CHECK_EQ(t, s->dropped, 1, waiting(t, s), "IP after zeros were written to the status register");
        s->service(&vt);
        CHECK_EQ(t, s->dropped, 0, waiting(t, s), "IP after the status bit was cleared");
        no_message(t, s->dropped, "with IM = 1");
    }
    mask(t, s, false);
    no_message(t, s->dropped, "after IM = 0: the condition was serviced");
    s->cause(&vt, 0);
    one_message(t, s->anew, data_of(s), address_of(s), "after another cause");
    s->service(&vt);
    vt_close(&vt);
}

/* A reset takes the message along: the status may stay, but nothing is sent for it, and the mask is back. */
static void forgotten(struct test *t)
{
    static const enum iotb_reset_kind kinds[] = {IOTB_RESET_COLD, IOTB_RESET_WARM};
    const struct source *s = source_of(t);
    struct vt vt;

    for (size_t i = 0; i < 2; i++) {
        if (kinds[i] == IOTB_RESET_WARM && !test_has(t, IOTB_F_WARM_RESET))
            continue;
        test_context(t, "reset of kind %d", (int)kinds[i]);
        open_events(&vt, t);
        mask(t, s, false);
        s->cause(&vt, 0);
        one_message(t, s->sent, data_of(s), address_of(s), "after the cause");
        s->service(&vt);
        mask(t, s, true);
        s->cause(&vt, 0);
        CHECK_EQ(t, s->masked, 1, waiting(t, s), "IP before the reset");
        test_reset(t, kinds[i]);
        CHECK_EQ(t, "VTD-11-515", 0x80000000, vt_reg(t, s->control), "%s after the reset", s->control);
        service_completion(&vt);
        vt_fault_clear(&vt);
        vt_reg_set(t, "FSTS_REG", vt_reg_bits("FSTS_REG", "IQE", 1));
        mask(t, s, false);
        no_message(t, "VTD-11-515", "after the reset and IM = 0");
        mask(t, s, true);
        /* Nothing of the old programming is left: the registers are as after reset until they are written. */
        open_events(&vt, t);
        s->cause(&vt, 0);
        no_message(t, s->masked, "after another cause with the mask of the reset");
        CHECK_EQ(t, s->masked, 1, waiting(t, s), "IP after another cause with the mask of the reset");
        mask(t, s, false);
        one_message(t, s->unmasked, data_of(s), address_of(s), "after IM = 0");
        s->service(&vt);
        vt_command(&vt, "TE", false);
        test_reset(t, IOTB_RESET_COLD);
    }
    open_events(&vt, t);
    vt_close(&vt);
}

/* Address and data are those at the time of sending. */
static void latest(struct test *t)
{
    const struct source *s = source_of(t);
    struct vt vt;

    open_events(&vt, t);
    for (uint32_t n = 0; n < 19; n++) {
        uint64_t address = UINT64_C(0x7b00000000) << (n % 8) | (n < 18 ? UINT64_C(0xfee00000) | UINT64_C(4) << n : 0xfeefffff);
        uint32_t data = n < 9 ? 1u << n : 0x1ff;

        mask(t, s, true);
        s->cause(&vt, 0);
        program(t, s, data, address & ~UINT64_C(3));
        mask(t, s, false);
        one_message(t, s->latest, data, address & ~UINT64_C(3), "after the registers changed under the mask");
        s->service(&vt);
    }
    vt_close(&vt);
}

/* IP is read-only, and ones in reserved bits do not raise anything. */
static void pending_is_read_only(struct test *t)
{
    static const struct source *const controls[] = {&by_fault, &by_completion};
    struct vt vt;

    open_events(&vt, t);
    for (size_t i = 0; i < (vt_ecap(t, "QI") ? 2u : 1u); i++) {
        const struct source *s = controls[i];

        vt_reg_set(t, s->control, 0xc0000000);
        CHECK_EQ(t, "VTD-11-601", 0, waiting(t, s), "%s.IP after a one was written with IM = 1", s->control);
        vt_reg_set(t, s->control, 0x40000000);
        CHECK_EQ(t, "VTD-11-601", 0, waiting(t, s), "%s.IP after a one was written with IM = 0", s->control);
        no_message(t, "VTD-11-601", "after ones were written to IP");
        mask(t, s, true);
        s->cause(&vt, 0);
        vt_reg_set(t, s->control, 0x80000000);
        CHECK_EQ(t, "VTD-11-601", 1, waiting(t, s), "%s.IP after a zero was written", s->control);
        vt_reg_set(t, s->control, 0xc0000000);
        CHECK_EQ(t, "VTD-11-601", 1, waiting(t, s), "%s.IP after a one was written: it is not write-1-to-clear", s->control);
        s->service(&vt);
    }
    vt_close(&vt);
}

/* ---- several conditions of the fault event ---- */

/* With any status bit set a new condition is no event, masked or not. */
static void suppressed(struct test *t)
{
    struct vt vt;

    open_events(&vt, t);
    mask(t, &by_fault, false);
    /* IQE, then a fault. */
    cause_queue_error(&vt, 0);
    one_message(t, "VTD-11-602", 0x41, address_of(&by_fault), "after a queue error");
    cause_fault(&vt, 0);
    CHECK_EQ(t, "VTD-7-148", 1, vt_field(t, "FSTS_REG", "PPF"), "FSTS.PPF after a fault with IQE set");
    no_message(t, "VTD-7-148", "after a fault with IQE set");
    CHECK_EQ(t, "VTD-11-599", 0, vt_field(t, "FECTL_REG", "IP"), "FECTL.IP after a fault with IQE set");
    /* IQE is cleared, PPF stays: another queue error is no event. */
    service_queue_error(&vt);
    cause_queue_error(&vt, 0);
    CHECK_EQ(t, "VTD-7-148", 1, vt_field(t, "FSTS_REG", "IQE"), "FSTS.IQE after a queue error with PPF set");
    no_message(t, "VTD-7-148", "after a queue error with PPF set");
    CHECK_EQ(t, "VTD-11-599", 0, vt_field(t, "FECTL_REG", "IP"), "FECTL.IP after a queue error with PPF set");
    /* PPF is cleared, IQE stays: another fault is no event. */
    service_fault(&vt);
    cause_fault(&vt, 1);
    no_message(t, "VTD-11-599", "after another fault with IQE set");
    service_queue_error(&vt);
    service_fault(&vt);
    no_message(t, "VTD-11-600", "after everything was cleared");
    cause_fault(&vt, 0);
    one_message(t, "VTD-11-602", 0x41, address_of(&by_fault), "after a fault with all status bits clear");
    service_fault(&vt);
    cause_queue_error(&vt, 0);
    one_message(t, "VTD-11-600", 0x41, address_of(&by_fault), "after a queue error with all status bits clear");
    service_queue_error(&vt);
    vt_close(&vt);
}

/* PFO is no cause, but it stands in the way of one. */
static void overflow(struct test *t)
{
    uint32_t count;
    struct vt vt;

    open_events(&vt, t);
    count = (uint32_t)vt_cap(t, "NFR") + 1;
    mask(t, &by_fault, false);
    for (uint32_t i = 0; i <= count; i++)
        cause_fault(&vt, i);
    CHECK_EQ(t, "VTD-7-149", 1, vt_field(t, "FSTS_REG", "PFO"), "FSTS.PFO after %u faults", count + 1);
    one_message(t, "VTD-7-149", 0x41, address_of(&by_fault), "after an overflow: that of the first fault");
    for (uint32_t i = 0; i < count; i++)
        vt_fault_clear_one(&vt, i);
    CHECK_EQ(t, "VTD-7-148", 1, vt_reg(t, "FSTS_REG") & 0x73, "FSTS_REG with PFO alone");
    if (vt.queue_on) {
        cause_queue_error(&vt, 0);
        CHECK_EQ(t, "VTD-7-148", 1, vt_field(t, "FSTS_REG", "IQE"), "FSTS.IQE");
        no_message(t, "VTD-7-148", "after a queue error with PFO set");
        CHECK_EQ(t, "VTD-7-148", 0, vt_field(t, "FECTL_REG", "IP"), "FECTL.IP after a queue error with PFO set");
        service_queue_error(&vt);
    }
    vt_reg_set(t, "FSTS_REG", vt_reg_bits("FSTS_REG", "PFO", 1));
    no_message(t, "VTD-7-149", "after PFO was cleared");
    cause_fault(&vt, 0);
    one_message(t, "VTD-7-152", 0x41, address_of(&by_fault), "after a fault with all status bits clear");
    vt_fault_clear(&vt);
    /* The same under the mask: the event of the first fault waits until PFO is cleared too. */
    mask(t, &by_fault, true);
    for (uint32_t i = 0; i <= count; i++)
        cause_fault(&vt, i);
    for (uint32_t i = 0; i < count; i++)
        vt_fault_clear_one(&vt, i);
    CHECK_EQ(t, "VTD-7-151", 1, vt_field(t, "FECTL_REG", "IP"), "FECTL.IP with PFO left");
    vt_reg_set(t, "FSTS_REG", vt_reg_bits("FSTS_REG", "PFO", 1));
    CHECK_EQ(t, "VTD-7-151", 0, vt_field(t, "FECTL_REG", "IP"), "FECTL.IP with nothing left");
    mask(t, &by_fault, false);
    no_message(t, "VTD-7-151", "after everything was cleared under the mask");
    vt_close(&vt);
}

/* Some of several conditions cleared under the mask: the message stays. */
static void partly_serviced(struct test *t)
{
    struct vt vt;

    open_events(&vt, t);
    for (int n = 0; n < 4; n++) {
        bool queue_first = n & 1, unmask = n & 2;

        test_context(t, "%s cleared first", queue_first ? "IQE" : "PPF");
        mask(t, &by_fault, true);
        cause_queue_error(&vt, 0);
        cause_fault(&vt, 0);
        CHECK_EQ(t, "VTD-11-598", 1, vt_field(t, "FECTL_REG", "IP"), "FECTL.IP with IQE and PPF");
        if (queue_first)
            service_queue_error(&vt);
        else
            service_fault(&vt);
        CHECK_EQ(t, "VTD-11-598", 1, vt_field(t, "FECTL_REG", "IP"), "FECTL.IP with one of IQE and PPF left");
        if (unmask) {
            mask(t, &by_fault, false);
            one_message(t, "VTD-11-598", 0x41, address_of(&by_fault), "after IM = 0 with one condition left");
        }
        if (queue_first)
            service_fault(&vt);
        else
            service_queue_error(&vt);
        CHECK_EQ(t, "VTD-11-597", 0, vt_field(t, "FECTL_REG", "IP"), "FECTL.IP with nothing left");
        mask(t, &by_fault, false);
        no_message(t, "VTD-11-597", "after IM = 0 with nothing left");
    }
    test_context(t, NULL);
    vt_close(&vt);
}

/* PPF goes off with the last record only. */
static void some_records(struct test *t)
{
    struct vt vt;

    open_events(&vt, t);
    mask(t, &by_fault, false);
    cause_fault(&vt, 0);
    one_message(t, "VTD-7-153", 0x41, address_of(&by_fault), "after the first fault");
    cause_fault(&vt, 1);
    vt_fault_clear_one(&vt, 0);
    cause_fault(&vt, 2);
    no_message(t, "VTD-7-153", "after a fault with one of two records cleared");
    vt_fault_clear(&vt);
    cause_fault(&vt, 0);
    one_message(t, "VTD-7-153", 0x41, address_of(&by_fault), "after a fault with all records cleared");
    /* Under the mask: one record left keeps the message. */
    vt_fault_clear(&vt);
    mask(t, &by_fault, true);
    cause_fault(&vt, 0);
    cause_fault(&vt, 1);
    for (uint32_t i = 0; vt_fault_pending(&vt) > 1; i++)
        vt_fault_clear_one(&vt, i);
    CHECK_EQ(t, "VTD-7-151", 1, vt_field(t, "FECTL_REG", "IP"), "FECTL.IP with one record left");
    vt_fault_clear(&vt);
    CHECK_EQ(t, "VTD-7-151", 0, vt_field(t, "FECTL_REG", "IP"), "FECTL.IP with no record left");
    vt_close(&vt);
}

/* The two events do not touch each other. */
static void apart(struct test *t)
{
    struct vt vt;

    open_events(&vt, t);
    mask(t, &by_fault, true);
    mask(t, &by_completion, false);
    cause_fault(&vt, 0);
    no_message(t, "VTD-7-150", "after a fault with FECTL.IM = 1 and IECTL.IM = 0");
    CHECK_EQ(t, "VTD-11-607", 0, vt_reg(t, "ICS_REG"), "ICS_REG after a fault");
    CHECK_EQ(t, "VTD-11-604", 0, waiting(t, &by_completion), "IECTL.IP after a fault");
    cause_completion(&vt, 0);
    one_message(t, "VTD-11-604", 0x82, address_of(&by_completion), "after a wait, with a fault pending");
    service_fault(&vt);
    service_completion(&vt);
    mask(t, &by_fault, false);
    mask(t, &by_completion, true);
    cause_completion(&vt, 0);
    no_message(t, "VTD-11-606", "after a wait with IECTL.IM = 1 and FECTL.IM = 0");
    CHECK_EQ(t, "VTD-11-606", 0, waiting(t, &by_fault), "FECTL.IP after a wait");
    CHECK_EQ(t, "VTD-11-606", 0, vt_reg(t, "FSTS_REG") & 0xff, "FSTS_REG after a wait");
    cause_fault(&vt, 0);
    one_message(t, "VTD-7-147", 0x41, address_of(&by_fault), "after a fault, with a completion pending");
    service_fault(&vt);
    service_completion(&vt);
    vt_close(&vt);
}

/* IWC: set by a wait with IF and by nothing else, cleared by a one and by nothing else. */
static void completion_status(struct test *t)
{
    struct vt vt;

    open_events(&vt, t);
    mask(t, &by_completion, false);
    CHECK(t, "VTD-11-607", vt_invalidate_all(&vt), "waits with SW alone complete");
    CHECK_EQ(t, "VTD-11-607", 0, vt_reg(t, "ICS_REG"), "ICS_REG after waits with SW alone");
    no_message(t, "VTD-11-604", "after waits with SW alone");
    vt_reg_set(t, "ICS_REG", 1);
    CHECK_EQ(t, "VTD-11-607", 0, vt_reg(t, "ICS_REG"), "ICS_REG after a one with IWC = 0");
    cause_completion(&vt, 0);
    one_message(t, "VTD-11-604", 0x82, address_of(&by_completion), "after a wait with IF");
    vt_reg_set(t, "ICS_REG", 0);
    CHECK_EQ(t, "VTD-11-607", 1, vt_reg(t, "ICS_REG"), "ICS_REG after a zero");
    CHECK(t, "VTD-11-607", vt_invalidate_all(&vt), "waits with SW alone complete");
    CHECK_EQ(t, "VTD-11-607", 1, vt_reg(t, "ICS_REG"), "ICS_REG after waits with SW alone and IWC = 1");
    vt_reg_set(t, "ICS_REG", 1);
    CHECK_EQ(t, "VTD-11-607", 0, vt_reg(t, "ICS_REG"), "ICS_REG after a one");
    no_message(t, "VTD-11-605", "after IWC was cleared");
    vt_close(&vt);
}

/* ---- order ---- */

/* The message of a wait follows its status write. */
static void after_status(struct test *t)
{
    struct vt_descriptor wait;
    uint64_t status = mem_alloc(t, 4096, 4096);
    uint32_t hold;
    struct vt vt;

    open_events(&vt, t);
    mask(t, &by_completion, false);
    hold = hold_accesses(t, status, status + 4095, ACC_WRITES);
    wait = vt_desc_wait(true, true, false, 0x600df00d, status + 0x40);
    vt_put(&vt, &wait);
    vt_ring(&vt);
    test_settle(t);
    CHECK_EQ(t, "VTD-5-503", 1, hold_count(t, hold), "status writes on their way");
    CHECK_EQ(t, "VTD-5-503", 0, vt_reg(t, "ICS_REG"), "ICS_REG before the status is written");
    no_message(t, "VTD-5-503", "before the status is written");
    hold_release(t, hold);
    test_settle(t);
    CHECK_EQ(t, "VTD-5-503", 0x600df00d, mem_read32(t, status + 0x40), "status");
    CHECK_EQ(t, "VTD-5-503", 1, vt_reg(t, "ICS_REG"), "ICS_REG after the status is written");
    one_message(t, "VTD-5-503", 0x82, address_of(&by_completion), "after the status is written");
    service_completion(&vt);
    vt_close(&vt);
}

/* The message of a fault finds the record and PPF; a read of FSTS_REG or FECTL_REG that shows the fault finds the message. */
static void after_record(struct test *t)
{
    for (int n = 0; n < 2; n++) {
        struct iotb_request r = {.kind = IOTB_WRITE, .bytes = 4, .address = INPUT};
        struct iotb_interrupt irq = {0};
        uint64_t read_ps = 0;
        uint32_t steps = 0;
        struct vt_fault f;
        struct vt vt;

        test_reset(t, IOTB_RESET_COLD);
        open_events(&vt, t);
        mask(t, &by_fault, false);
        r.requester_id = stranger(&vt, 0);
        (void)request_send(t, &r);
        while (steps++ < 100000) {
            if (n == 0 && interrupt_count(t, IOTB_IRQ_EVENT)) {
                CHECK(t, "VTD-7-147", fault_seen(t), "FSTS.PPF when the message has arrived");
                CHECK(t, "VTD-7-147", vt_fault_read(&vt, 0, &f), "the record when the message has arrived");
                break;
            }
            if (n == 1 && fault_seen(t)) {
                read_ps = test_now_ps(t);
                break;
            }
            if (!test_step(t))
                break;
        }
        test_settle(t);
        CHECK(t, "VTD-7-154", fault_seen(t), "FSTS.PPF");
        CHECK_EQ(t, "VTD-7-154", 1, interrupt_count(t, IOTB_IRQ_EVENT), "messages");
        if (interrupt_take(t, IOTB_IRQ_EVENT, &irq)) {
            CHECK_EQ(t, "VTD-5-501", reachable(t, address_of(&by_fault)), irq.address, "address of the message");
            if (n == 1 && test_has(t, IOTB_F_TIME))
                CHECK(t, "VTD-7-154", irq.at_ps <= read_ps, "the message is sent at %llu ps; FSTS_REG showed PPF at %llu ps",
                      (unsigned long long)irq.at_ps, (unsigned long long)read_ps);
        }
        vt_fault_clear(&vt);
        if (n == 1)
            vt_close(&vt);
    }
}

#define CASE(tag, text, function, rowlist, when, needs)                                             \
    {                                                                                               \
        .name = "vtd.events." tag, .summary = text, .run = function, .rows = rowlist, .gate = when, \
        .features = IOTB_F_INTERRUPTS | (needs), .functional = true, .tier = TIER_FULL              \
    }
#define SHARED(tag, text, function, rowlist, when, which)                                           \
    {                                                                                               \
        .name = "vtd.events." tag, .summary = text, .run = function, .rows = rowlist, .gate = when, \
        .features = IOTB_F_INTERRUPTS, .functional = true, .tier = TIER_FULL, .argument = &(which)  \
    }

static const struct iotb_case cases[] = {
    {.name = "vtd.events.fault.unmasked",
     .summary = "The first fault sends one message, later ones none until all is cleared.",
     .run = unmasked,
     .rows = "VTD-7-147 VTD-7-150 VTD-7-152",
     .features = IOTB_F_INTERRUPTS,
     .functional = true,
     .tier = TIER_SMOKE,
     .argument = &by_fault},
    SHARED("fault.masked", "A fault under the mask waits in IP and is sent once at IM = 0.", masked, "VTD-7-150", NULL, by_fault),
    SHARED("fault.dropped", "A fault that is serviced under the mask sends nothing.", dropped, "VTD-7-151 VTD-7-152", NULL,
           by_fault),
    SHARED("fault.latest", "Address and data are taken when the message is sent.", latest, "VTD-11-603", NULL, by_fault),
    SHARED("queue_error.unmasked", "A queue error sends one message.", unmasked, "VTD-11-594 VTD-11-595 VTD-11-599 VTD-11-600",
           "ECAP.QI", by_queue_error),
    SHARED("queue_error.masked", "A queue error under the mask waits in IP and is sent once at IM = 0.", masked,
           "VTD-11-595 VTD-11-596", "ECAP.QI", by_queue_error),
    SHARED("queue_error.dropped", "A queue error that is serviced under the mask sends nothing.", dropped,
           "VTD-11-597 VTD-11-600", "ECAP.QI", by_queue_error),
    SHARED("queue_error.latest", "Address and data are taken when the message is sent.", latest, "VTD-11-603", "ECAP.QI",
           by_queue_error),
    SHARED("completion.unmasked", "IWC going on sends one message.", unmasked, "VTD-11-604 VTD-11-605 VTD-11-606", "ECAP.QI",
           by_completion),
    SHARED("completion.masked", "A completion under the mask waits in IP and is sent once at IM = 0.", masked, "VTD-11-606",
           "ECAP.QI", by_completion),
    SHARED("completion.dropped", "A completion that is serviced under the mask sends nothing.", dropped, "VTD-11-604 VTD-11-606",
           "ECAP.QI", by_completion),
    SHARED("completion.latest", "Address and data are taken when the message is sent.", latest, "VTD-11-603", "ECAP.QI",
           by_completion),
    SHARED("fault.forgotten", "A reset drops the message that waits.", forgotten, "VTD-7-147 VTD-7-150 VTD-11-515", NULL,
           by_fault),
    SHARED("queue_error.forgotten", "A reset drops the message that waits.", forgotten,
           "VTD-11-515 VTD-11-594 VTD-11-595 VTD-11-596", "ECAP.QI", by_queue_error),
    SHARED("completion.forgotten", "A reset drops the message that waits.", forgotten, "VTD-11-515 VTD-11-604 VTD-11-606",
           "ECAP.QI", by_completion),
    CASE("pending_is_read_only", "IP cannot be written.", pending_is_read_only, "VTD-11-601", NULL, 0),
    CASE("suppressed", "With any status bit set a new condition is no event.", suppressed,
         "VTD-7-148 VTD-11-599 VTD-11-600 VTD-11-602", "ECAP.QI", 0),
    CASE("overflow", "PFO is no event; while it is set there is none.", overflow, "VTD-7-148 VTD-7-149 VTD-7-151 VTD-7-152", NULL,
         0),
    CASE("partly_serviced", "Clearing some of several conditions keeps the message pending.", partly_serviced,
         "VTD-11-597 VTD-11-598", "ECAP.QI", 0),
    CASE("some_records", "Clearing some of several records keeps PPF, and with it the silence.", some_records,
         "VTD-7-151 VTD-7-153", "CAP.NFR>=2", 0),
    CASE("apart", "The two events have nothing to do with each other.", apart,
         "VTD-7-147 VTD-7-150 VTD-11-604 VTD-11-606 VTD-11-607", "ECAP.QI", 0),
    CASE("completion_status", "IWC is set by a wait with IF and cleared by a one.", completion_status,
         "VTD-11-604 VTD-11-605 VTD-11-607", "ECAP.QI", 0),
    CASE("after_status", "The message of a wait comes after its status write.", after_status, "VTD-5-503", "ECAP.QI",
         IOTB_F_BENCH_MEMORY),
    CASE("after_record", "The message of a fault comes after its record and before a read that shows it is done.", after_record,
         "VTD-7-147 VTD-7-154 VTD-5-501", NULL, 0),
};

const struct iotb_case_list vtd_events_cases = {cases, sizeof cases / sizeof cases[0]};
