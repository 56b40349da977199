/* SPDX-License-Identifier: BSD-2-Clause */
/* The PRI queue: entries, order, overflow and automatic responses (chapter 8 Page request queue, 8.1, 8.2). */
#include "sm_pri_rig.h"

#include "sm_chapters.h"
#include "sm_queue_rig.h"

/* ---- entries ---- */

static void ask_and_take(struct pri *q, const char *row, const struct page_request *r)
{
    pri_send(q, r);
    pri_expect_entry(q, row, r);
    pri_expect_silence(q, "SMMU-8-003");
    pri_consume(q, 1, false);
}

static void each_address_bit(struct pri *q)
{
    for (uint32_t bit = 12; bit < 64; bit++) {
        struct page_request r = pri_request(q->sm, bit);

        r.address = UINT64_C(1) << bit;
        ask_and_take(q, "SMMU-8-001", &r);
    }
}

static void each_flag(struct pri *q, bool ssv)
{
    for (uint32_t flags = 0; flags < 32; flags++) {
        struct page_request r = pri_request(q->sm, flags);

        r.ssv = ssv;
        r.ssid = 5;
        r.read = flags & 1;
        r.write = flags & 2;
        r.last = flags & 4;
        r.priv = flags & 8;
        r.exe = flags & 16;
        if (!ssv && flags >= 8) /* what is in a prefix */
            break;
        test_context(q->sm->t, "PASID %u, flags %x", ssv, flags);
        ask_and_take(q, !ssv && (flags & 7) == 4 ? "SMMU-8-004" : ssv && (flags & 7) == 4 ? "SMMU-8-003" : "SMMU-8-001", &r);
    }
    test_context(q->sm->t, NULL);
}

static void each_identifier_bit(struct pri *q)
{
    for (uint32_t bit = 0; bit < 9; bit++) {
        struct page_request r = pri_request(q->sm, bit);

        r.prgi = UINT32_C(1) << bit;
        ask_and_take(q, "SMMU-8-001", &r);
    }
    for (uint32_t bit = 0; bit < q->sm->ssid_bits; bit++) {
        struct page_request r = pri_request(q->sm, bit);

        r.ssv = true;
        r.ssid = UINT32_C(1) << bit;
        ask_and_take(q, "SMMU-8-001", &r);
    }
}

static void fields(struct test *t)
{
    struct pri q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    pri_open(&q, &sm, pri_most_lg2(&sm), 0);
    each_flag(&q, false);
    if (sm.ssid_bits)
        each_flag(&q, true);
    each_identifier_bit(&q);
    each_address_bit(&q);
    sm_close(&sm);
}

/* Every size, three rounds; the entry is there when PROD has moved. */
static void ring(struct test *t)
{
    struct pri q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t lg2 = 0; lg2 <= pri_most_lg2(&sm); lg2++) {
        test_context(t, "LOG2SIZE = %u", lg2);
        pri_open(&q, &sm, lg2, (UINT32_C(1) << lg2) - 1);
        for (uint32_t n = 0; n < UINT32_C(3) << lg2; n++) {
            struct page_request r = pri_request(&sm, n);

            pri_send(&q, &r);
            if (!pri_expect_entry(&q, "SMMU-3-008", &r))
                break;
            pri_consume(&q, 1, false);
        }
        CHECK(t, "SMMU-8-007", !pri_overflow(&q), "overflow of a queue that is emptied in time");
    }
    sm_close(&sm);
}

/* The last of a group is behind all of its members. */
static void groups(struct test *t)
{
    struct pri q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    pri_open(&q, &sm, pri_most_lg2(&sm), 0);
    for (uint32_t n = 0; n + 1 < UINT32_C(1) << q.lg2; n++) {
        struct page_request r = pri_request(&sm, 0);

        r.sid = sm_sid(&sm, n & 1);
        r.prgi = n & 1 ? 9 : 7;
        r.address += (uint64_t)n << 12;
        r.last = n + 3 >= UINT32_C(1) << q.lg2;
        pri_send(&q, &r);
        pri_expect_entry(&q, "SMMU-8-005", &r);
    }
    sm_close(&sm);
}

/* STE, EATS and ATSCHK have no say. */
static void any_stream(struct test *t)
{
    struct sm_path path;
    struct pri q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_BYPASS, sm_sid(&sm, 0), 0, 0, 0); /* EATS = 00; the other stream has no STE */
    for (uint32_t check = 0; check < 2; check++) {
        sm_enable(&sm, "ATSCHK", check);
        pri_open(&q, &sm, pri_most_lg2(&sm), 0);
        for (uint32_t n = 0; n < 2; n++) {
            struct page_request r = pri_request(&sm, n);

            test_context(t, "ATSCHK = %u, %s", check, n ? "no STE" : "EATS = 0");
            pri_send(&q, &r);
            pri_expect_entry(&q, "SMMU-8-006", &r);
            pri_expect_silence(&q, "SMMU-8-006");
            pri_consume(&q, 1, false);
        }
    }
    CHECK_EQ(t, "SMMU-8-006", 0, sm_event_pending(&sm), "records of page requests");
    sm_close(&sm);
}

/* ---- overflow ---- */

static void overflow(struct test *t)
{
    struct page_request r, quiet;
    struct pri q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t lg2 = 0; lg2 <= pri_most_lg2(&sm); lg2 += 2) {
        pri_open(&q, &sm, lg2, UINT32_C(1) << lg2);
        for (uint32_t again = 0; again < 3; again++) { /* the flag toggles each time */
            uint64_t flag = sm_field(t, "SMMU_PRIQ_PROD", "OVFLG");

            test_context(t, "LOG2SIZE = %u, overflow %u", lg2, again);
            r = pri_request(&sm, 100 + again);
            quiet = r;
            quiet.last = false;
            pri_fill(&q, "SMMU-8-009");
            CHECK(t, "SMMU-8-007", !pri_overflow(&q), "a full queue is no overflow yet");
            pri_send(&q, again == 1 ? &quiet : &r);
            CHECK_EQ(t, "SMMU-8-007", flag ^ 1, sm_field(t, "SMMU_PRIQ_PROD", "OVFLG"), "PRIQ_PROD.OVFLG");
            pri_expect_none(&q, "SMMU-8-007");
            if (again == 1)
                pri_expect_silence(&q, "SMMU-8-010");
            else
                pri_expect_response(&q, "SMMU-8-010", &r, PRI_SUCCESS, false);
            pri_send(&q, &r); /* the flag stays, the answer comes */
            CHECK_EQ(t, "SMMU-8-007", flag ^ 1, sm_field(t, "SMMU_PRIQ_PROD", "OVFLG"), "PRIQ_PROD.OVFLG in an overflow");
            pri_expect_response(&q, "SMMU-8-010", &r, PRI_SUCCESS, false);
            pri_consume(&q, 1, false);
            pri_send(&q, &r);
            pri_expect_none(&q, "SMMU-8-008");
            pri_expect_response(&q, "SMMU-8-008", &r, PRI_SUCCESS, false);
            pri_send(&q, &quiet);
            pri_expect_none(&q, "SMMU-8-008");
            pri_expect_silence(&q, "SMMU-8-010");
            pri_consume(&q, UINT32_MAX, true);
            CHECK(t, "SMMU-8-009", !pri_overflow(&q), "the overflow is acknowledged");
        }
        r = pri_request(&sm, 3);
        pri_send(&q, &r);
        pri_expect_entry(&q, "SMMU-8-009", &r);
        pri_expect_silence(&q, "SMMU-8-009");
    }
    sm_close(&sm);
}

/* The entries that were there before are as they were. */
static void overflow_keeps(struct test *t)
{
    struct page_request r;
    uint64_t before[32];
    uint32_t words;
    struct pri q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    pri_open(&q, &sm, pri_most_lg2(&sm), 0);
    words = 2u << q.lg2;
    pri_fill(&q, "SMMU-8-007");
    for (uint32_t i = 0; i < words; i++)
        before[i] = mem_read64(t, q.base + 8u * i);
    r = pri_request(&sm, 50);
    pri_send(&q, &r);
    pri_consume(&q, 2, false);
    pri_send(&q, &r);
    for (uint32_t i = 0; i < words; i++)
        CHECK_EQ(t, "SMMU-8-007", before[i], mem_read64(t, q.base + 8u * i), "word %u of the queue", i);
    sm_close(&sm);
}

/* A queue of one entry, full, and in overflow. */
static void open_overflowing(struct pri *q, struct sm *sm)
{
    struct page_request r = pri_request(sm, 60);

    pri_open(q, sm, 0, 0);
    pri_fill(q, "SMMU-8-007");
    r.last = false;
    pri_send(q, &r);
    CHECK(sm->t, "SMMU-8-007", pri_overflow(q), "overflow");
}

/* Without PASID neither PPS nor the STE has a say. */
static void plain_answer(struct test *t)
{
    struct sm_path path;
    struct pri q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_BYPASS, sm_sid(&sm, 0), 0, 0, 0);
    open_overflowing(&q, &sm);
    for (uint32_t n = 0; n < 4; n++) {
        struct page_request r = pri_request(&sm, n >> 1); /* the second stream has no STE */

        test_context(t, "PPAR = %u, %s", n & 1, n >> 1 ? "no STE" : "valid STE");
        sm_ste_set(&sm, path.sid, "PPAR", n & 1);
        sm_cfgi_ste(&sm, path.sid);
        pri_send(&q, &r);
        pri_expect_response(&q, "SMMU-8-012", &r, PRI_SUCCESS, false);
        pri_expect_none(&q, "SMMU-8-012");
    }
    CHECK_EQ(t, "SMMU-8-012", 0, sm_event_pending(&sm), "records of page requests");
    sm_close(&sm);
}

/* With a PASID: PPS, or the STE's PPAR. */
static void pasid_answer(struct test *t)
{
    static const uint32_t ssids[] = {0, 1, 0x2aaaa, 0x80000, 0xfffff};
    bool pps = sm_idr(t, 3, "PPS");
    struct sm_path path;
    struct pri q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_BYPASS, sm_sid(&sm, 0), 0, 0, 0);
    open_overflowing(&q, &sm);
    for (uint32_t ppar = 0; ppar < 2; ppar++)
        for (size_t i = 0; i < sizeof ssids / sizeof ssids[0]; i++) {
            struct page_request r = pri_request(&sm, 0);

            if (ssids[i] >> sm.ssid_bits)
                continue;
            test_context(t, "PPS = %u, PPAR = %u, PASID %x", pps, ppar, ssids[i]);
            sm_ste_set(&sm, path.sid, "PPAR", ppar);
            sm_cfgi_ste(&sm, path.sid);
            r.ssv = true;
            r.ssid = ssids[i];
            pri_send(&q, &r);
            pri_expect_response(&q, !pps ? "SMMU-8-014" : ppar ? "SMMU-8-013" : "SMMU-5-067", &r, PRI_SUCCESS, pps || ppar);
            r.last = false;
            pri_send(&q, &r);
            pri_expect_silence(&q, "SMMU-8-010");
        }
    CHECK_EQ(t, pps ? "SMMU-8-013" : "SMMU-8-014", 0, sm_event_pending(&sm), "records of page requests");
    sm_close(&sm);
}

/* What makes the STE invalid or out of reach; the event that belongs to it. */
enum trouble { NO_STE, ILLEGAL_STE, STE_ABORTS, TROUBLES };

static uint32_t make_trouble(struct sm *sm, enum trouble trouble, uint32_t sid)
{
    struct sm_ste ste = {.config = SM_S1, .s1cdmax = sm->ssid_bits + 1}; /* 5.2: more than SSIDSIZE */

    if (trouble != ILLEGAL_STE)
        ste = (struct sm_ste){.config = SM_BYPASS, .invalid = trouble == NO_STE};
    sm_set_ste(sm, sid, &ste);
    sm_cfgi_ste(sm, sid);
    if (trouble == STE_ABORTS)
        inject_fault(sm->t, INJECT_ABORT, sm_ste_address(sm, sid), sm_ste_address(sm, sid) + 63, ACC_READS, 1, 1000);
    return trouble == STE_ABORTS ? SM_F_STE_FETCH : SM_C_BAD_STE;
}

/* One trouble with and without REC_CFG_ATS. */
static void troubled(struct test *t, enum trouble trouble, bool record)
{
    bool pps = sm_idr(t, 3, "PPS");
    struct page_request r;
    uint32_t event;
    struct sm_event seen;
    struct pri q;
    struct sm sm;

    sm_open(&sm, t, &(struct sm_config){.stay_off = true});
    if (sm_idr(t, 0, "ATSRECERR"))
        sm_field_set(t, "SMMU_CR2", "REC_CFG_ATS", record);
    sm_enable(&sm, "SMMUEN", 1);
    r = pri_request(&sm, 1);
    r.ssv = true;
    r.ssid = 5;
    event = make_trouble(&sm, trouble, r.sid);
    open_overflowing(&q, &sm);
    pri_send(&q, &r);
    pri_expect_response(&q, pps ? "SMMU-8-013" : "SMMU-8-015", &r, pps ? PRI_SUCCESS : PRI_FAILURE, pps);
    pri_expect_none(&q, pps ? "SMMU-8-013" : "SMMU-8-015");
    inject_clear(t);
    if (!pps && record && sm_idr(t, 0, "ATSRECERR")) {
        if (CHECK(t, "SMMU-8-016", sm_event_take(&sm, &seen), "a record of the STE that could not be used")) {
            CHECK_EQ(t, "SMMU-8-016", event, seen.type, "type of the record");
            CHECK_EQ(t, "SMMU-8-016", r.sid, seen.sid, "StreamID of the record");
        }
    }
    CHECK_EQ(t, "SMMU-8-016", 0, sm_event_pending(&sm), "further records");
    sm_event_clear(&sm);
    sm_close(&sm);
}

static void no_stream(struct test *t)
{
    for (uint32_t trouble = 0; trouble < TROUBLES; trouble++)
        for (uint32_t record = 0; record < 2; record++) {
            test_context(t, "trouble %u, REC_CFG_ATS = %u", trouble, record);
            test_reset(t, IOTB_RESET_COLD);
            troubled(t, trouble, record);
        }
}

/* A Stop marker is recorded when there is room, and never answered. */
static void stop_markers(struct test *t)
{
    struct page_request r;
    struct pri q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    r = pri_request(&sm, 0);
    r.ssv = true;
    r.ssid = 5;
    r.write = false;
    pri_open(&q, &sm, 0, 0);
    pri_send(&q, &r);
    pri_expect_entry(&q, "SMMU-8-003", &r);
    pri_expect_silence(&q, "SMMU-8-003");
    pri_send(&q, &r); /* the queue is full */
    pri_expect_none(&q, "SMMU-8-011");
    pri_expect_silence(&q, "SMMU-8-003");
    CHECK(t, "SMMU-8-011", pri_overflow(&q), "a Stop marker that finds the queue full is an overflow");
    r.ssv = false; /* a page request now, for nothing */
    pri_send(&q, &r);
    pri_expect_response(&q, "SMMU-8-004", &r, PRI_SUCCESS, false);
    sm_enable(&sm, "PRIQEN", 0);
    r.ssv = true;
    pri_send(&q, &r);
    pri_expect_silence(&q, "SMMU-8-003");
    sm_close(&sm);
}

/* ---- refusal ---- */

/* Every request, the last of its group or not, ends in a failure; no table is looked at. */
static void expect_failures(struct pri *q, const char *row)
{
    struct test *t = q->sm->t;
    size_t mark = trace_mark(t);

    for (uint32_t n = 0; n < 4; n++) {
        struct page_request r = pri_request(q->sm, n);

        r.last = n & 1;
        r.ssv = (n & 2) && q->sm->ssid_bits;
        r.ssid = 5;
        pri_send(q, &r);
        pri_expect_response(q, row, &r, PRI_FAILURE, false);
    }
    CHECK_EQ(t, "SMMU-8-020", 0, trace_count(t, mark, 0, UINT64_MAX, ACC_ANY), "accesses of memory");
    CHECK_EQ(t, row, 0, sm_event_pending(q->sm), "records");
}

static void refused(struct test *t)
{
    struct page_request r;
    struct pri q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    pri_open(&q, &sm, pri_most_lg2(&sm), 0);
    sm_enable(&sm, "PRIQEN", 0);
    expect_failures(&q, "SMMU-8-018");
    pri_expect_none(&q, "SMMU-8-018");
    CHECK(t, "SMMU-8-018", !pri_overflow(&q), "a request that is refused is no overflow");
    CHECK(t, "SMMU-6-926", sm_enable(&sm, "SMMUEN", 0) && sm_enable(&sm, "PRIQEN", 1), "CR0ACK.PRIQEN follows with SMMUEN = 0");
    expect_failures(&q, "SMMU-8-018");
    expect_failures(&q, "SMMU-6-034");
    pri_expect_none(&q, "SMMU-6-026");
    sm_enable(&sm, "SMMUEN", 1);
    r = pri_request(&sm, 9);
    pri_send(&q, &r);
    pri_expect_entry(&q, "SMMU-6-034", &r);
    pri_expect_silence(&q, "SMMU-8-018");
    sm_close(&sm);
}

/* The guards follow the bit as it was written, whatever SMMUEN is. */
static void guards(struct test *t)
{
    uint64_t base, other;
    struct pri q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    CHECK_EQ(t, "SMMU-6-084", 0, sm_field(t, "SMMU_PRIQ_PROD", "OVFLG"), "PRIQ_PROD.OVFLG after a reset");
    pri_open(&q, &sm, pri_most_lg2(&sm), 0);
    other = rig_memory(&sm, pri_most_lg2(&sm), 16);
    for (uint32_t off = 0; off < 2; off++) {
        sm_enable(&sm, "SMMUEN", !off);
        test_context(t, "SMMUEN = %u", !off);
        base = sm_reg(t, "SMMU_PRIQ_BASE");
        sm_reg_set(t, "SMMU_PRIQ_BASE", other);
        sm_reg_set(t, "SMMU_PRIQ_PROD", 1);
        CHECK_EQ(t, "SMMU-6-909", base, sm_reg(t, "SMMU_PRIQ_BASE"), "PRIQ_BASE while PRIQEN = 1");
        CHECK_EQ(t, "SMMU-6-084", 0, sm_reg(t, "SMMU_PRIQ_PROD"), "PRIQ_PROD while PRIQEN = 1");
        sm_reg_set(t, "SMMU_PRIQ_CONS", 0);
        CHECK_EQ(t, "SMMU-6-909", 0, sm_field(t, "SMMU_PRIQ_CONS", "RD"), "PRIQ_CONS.RD as written");
    }
    sm_enable(&sm, "PRIQEN", 0);
    sm_reg_set(t, "SMMU_PRIQ_PROD", 1);
    CHECK_EQ(t, "SMMU-6-084", 1, sm_field(t, "SMMU_PRIQ_PROD", "WR"), "PRIQ_PROD.WR as written while PRIQEN = 0");
    sm_enable(&sm, "SMMUEN", 1);
    sm_close(&sm);
}

/* An entry that cannot be written. */
static void aborted(struct test *t)
{
    struct page_request r;
    struct iotb_message m;
    struct pri q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    pri_open(&q, &sm, pri_most_lg2(&sm), 0);
    inject_fault(t, INJECT_ABORT, q.base, q.base + 15, ACC_WRITES, 1, 1); /* once: what follows could be written */
    r = pri_request(&sm, 1);
    pri_send(&q, &r);
    CHECK(t, "SMMU-8-019", sm_gerror_active(&sm, "PRIQ_ABT_ERR"), "GERROR.PRIQ_ABT_ERR");
    if (ats_message(t, IOTB_MSG_PAGE_RESPONSE, &m, PRI_WAIT_PS)) /* of a synchronous abort */
        CHECK_EQ(t, "SMMU-8-019", PRI_FAILURE, m.response_code, "Response Code for the entry that was lost");
    expect_failures(&q, "SMMU-8-018");
    CHECK(t, "SMMU-7-095", sm_sync(&sm), "commands go on");
    sm_enable(&sm, "PRIQEN", 0);
    sm_gerror_ack(&sm, "PRIQ_ABT_ERR");
    CHECK(t, "SMMU-8-019", !sm_gerror_active(&sm, "PRIQ_ABT_ERR"), "the error is acknowledged");
    pri_open(&q, &sm, 0, 0);
    pri_send(&q, &r);
    pri_expect_entry(&q, "SMMU-8-019", &r);
    pri_expect_silence(&q, "SMMU-8-019");
    sm_close(&sm);
}

/* ---- interrupts ---- */

#define PRI_MSI 0x40u
#define PRI_DATA 0x5a5a1234u

static uint32_t messages(struct sm *sm)
{
    uint32_t data, count = 0;

    test_run(sm->t, PRI_WAIT_PS);
    while (sm_msi_take(sm, sm->msi + PRI_MSI, &data))
        count += CHECK_EQ(sm->t, "SMMU-6-928", PRI_DATA, data, "data of the PRI queue's message");
    return count;
}

static uint32_t pulses(struct sm *sm)
{
    struct rig_pulses seen;

    test_run(sm->t, PRI_WAIT_PS);
    seen = rig_pulses(sm);
    return seen.of[IOTB_WIRE_PRIQ];
}

/* Any number of interrupts is as good as one. */
static void expect_interrupt(struct pri *q, const char *row, bool msi, bool expected, const char *what)
{
    uint32_t seen = msi ? messages(q->sm) : pulses(q->sm);

    CHECK_EQ(q->sm->t, row, expected, seen > 0, "an interrupt of the PRI queue: %s", what);
}

static void open_interrupt(struct pri *q, bool msi, bool last_only)
{
    struct sm *sm = q->sm;

    sm_irq_enable(sm, "PRIQ", false);
    sm_irq_open(sm, "PRIQ", msi ? sm->msi + PRI_MSI : 0, PRI_DATA);
    sm_irq_enable(sm, "PRIQ", false);
    sm_field_set(sm->t, "SMMU_PRIQ_IRQ_CFG2", "LO", last_only);
    sm_irq_enable(sm, "PRIQ", true);
    (void)(msi ? messages(sm) : pulses(sm));
}

static void non_empty_only(struct pri *q, const char *row, bool msi)
{
    struct page_request r = pri_request(q->sm, 1), middle = r;

    middle.last = false;
    open_interrupt(q, msi, false);
    pri_send(q, &middle);
    expect_interrupt(q, row, msi, true, "LO = 0, first entry");
    pri_send(q, &r);
    q->prod = (q->prod + 2) & ((UINT32_C(2) << q->lg2) - 1);
    expect_interrupt(q, row, msi, false, "LO = 0, the queue was not empty");
    pri_consume(q, UINT32_MAX, false);
    pri_send(q, &middle);
    q->prod = (q->prod + 1) & ((UINT32_C(2) << q->lg2) - 1);
    expect_interrupt(q, row, msi, true, "LO = 0, first entry again");
    pri_consume(q, UINT32_MAX, false);
}

static void last_only(struct pri *q, const char *row, bool msi)
{
    struct page_request r = pri_request(q->sm, 1), middle = r;

    middle.last = false;
    open_interrupt(q, msi, true);
    pri_send(q, &middle);
    pri_expect_entry(q, row, &middle);
    expect_interrupt(q, row, msi, false, "LO = 1, not the last of its group");
    pri_send(q, &r);
    pri_expect_entry(q, row, &r);
    expect_interrupt(q, row, msi, true, "LO = 1, the last of its group");
    pri_fill(q, row);
    (void)(msi ? messages(q->sm) : pulses(q->sm));
    pri_send(q, &middle);
    expect_interrupt(q, row, msi, false, "LO = 1, not the last, in an overflow");
    pri_send(q, &r);
    expect_interrupt(q, row, msi, true, "LO = 1, the last, lost in an overflow");
    sm_enable(q->sm, "PRIQEN", 0);
    pri_send(q, &r);
    expect_interrupt(q, "SMMU-6-928", msi, false, "LO = 1, the last, refused");
}

/* Without PRIQ_IRQEN there is none. */
static void not_enabled(struct pri *q, bool msi)
{
    struct page_request r = pri_request(q->sm, 1);

    open_interrupt(q, msi, false);
    sm_irq_enable(q->sm, "PRIQ", false);
    pri_send(q, &r);
    expect_interrupt(q, "SMMU-6-930", msi, false, "PRIQ_IRQEN = 0");
    pri_expect_entry(q, "SMMU-6-930", &r);
}

static void interrupts(struct test *t)
{
    static const char *const rows[] = {"SMMU-6-929", "SMMU-6-928", "SMMU-6-063"};
    struct pri q;
    struct sm sm;

    for (uint32_t i = 0; i < 3; i++) {
        bool msi = i > 0;

        test_reset(t, IOTB_RESET_COLD);
        if (msi && !sm_idr(t, 0, "MSI"))
            break;
        test_context(t, msi ? "by message" : "by wire");
        sm_open(&sm, t, NULL);
        pri_open(&q, &sm, pri_most_lg2(&sm), 0);
        non_empty_only(&q, rows[i], msi);
        not_enabled(&q, msi);
        pri_open(&q, &sm, pri_most_lg2(&sm), 0);
        last_only(&q, rows[i], msi);
        sm_close(&sm);
    }
}

#define CASE(NAME, SUMMARY, RUN, ROWS, GATE, FEATURES)                                                        \
    {                                                                                                         \
        .name = "smmuv3.pri." NAME, .summary = SUMMARY, .run = RUN, .rows = ROWS, .gate = "IDR0.PRI" GATE,    \
        .features = IOTB_F_ATS | IOTB_F_PRI | IOTB_F_TIME | (FEATURES), .functional = true, .tier = TIER_FULL \
    }

static const struct iotb_case cases[] = {
    CASE("fields", "an entry has every field of its page request, and nothing is answered", fields,
         "SMMU-8-001 SMMU-8-002 SMMU-8-003 SMMU-8-004", "", 0),
    CASE("ring", "entries follow one another round queues of every size, and are there when PROD has moved", ring,
         "SMMU-3-008 SMMU-8-001 SMMU-8-002 SMMU-8-007", "", 0),
    CASE("groups", "the last request of a group stands behind its other members", groups, "SMMU-8-005", "", 0),
    CASE("any_stream", "neither the STE nor ATSCHK keeps page requests out", any_stream, "SMMU-8-006", "", 0),
    CASE("overflow", "a full queue: OVFLG toggles, the last of a group is answered, all others are lost until it is acknowledged",
         overflow, "SMMU-8-007 SMMU-8-008 SMMU-8-009 SMMU-8-010", "", 0),
    CASE("overflow_keeps", "an overflow changes no entry", overflow_keeps, "SMMU-8-007", "", 0),
    CASE("plain_answer", "the automatic response without PASID is a success whatever the STE is", plain_answer,
         "SMMU-8-012 SMMU-8-007", "", 0),
    CASE("pasid_answer", "the automatic response has the PASID when PPS or PPAR says so", pasid_answer,
         "SMMU-8-013 SMMU-8-014 SMMU-5-067 SMMU-8-010 SMMU-8-007", "&IDR1.SSIDSIZE>=1", 0),
    CASE("no_stream", "without a valid STE the automatic response with PASID is a failure, recorded if REC_CFG_ATS says so",
         no_stream, "SMMU-8-015 SMMU-8-016 SMMU-8-013 SMMU-8-007", "&IDR1.SSIDSIZE>=1", IOTB_F_BENCH_MEMORY),
    CASE("stop_markers", "Stop markers are recorded like requests and never answered", stop_markers,
         "SMMU-8-003 SMMU-8-004 SMMU-8-011 SMMU-8-001", "&IDR1.SSIDSIZE>=1", 0),
    CASE("refused", "with PRIQEN or SMMUEN 0 every page request is answered with a failure", refused,
         "SMMU-8-018 SMMU-8-020 SMMU-6-926 SMMU-6-034 SMMU-6-026", "", IOTB_F_BENCH_MEMORY),
    CASE("guards", "PRIQ_BASE and PRIQ_PROD are guarded by PRIQEN as it was written", guards, "SMMU-6-909 SMMU-6-084", "&AIDR>=2",
         0),
    CASE("aborted", "an entry that cannot be written sets PRIQ_ABT_ERR, and requests are refused until it is acknowledged",
         aborted, "SMMU-8-019 SMMU-8-018 SMMU-8-020 SMMU-7-095", "", IOTB_F_BENCH_MEMORY),
    CASE("interrupts", "LO chooses between the first entry of an empty queue and the last request of a group", interrupts,
         "SMMU-6-928 SMMU-6-929 SMMU-6-063 SMMU-6-930", "", IOTB_F_INTERRUPTS),
};

const struct iotb_case_list sm_pri_cases = {cases, sizeof cases / sizeof cases[0]};
