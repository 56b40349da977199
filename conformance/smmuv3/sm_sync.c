/* SPDX-License-Identifier: BSD-2-Clause */
/* CMD_SYNC: its completion signals, and what has happened when it is consumed (4.7.3). */
#include "sm_queue_rig.h"

#include "sm_chapters.h"

#define INPUT UINT64_C(0x3456000)

static struct sm_command sync_with(uint32_t cs, uint64_t address, uint32_t data)
{
    struct sm_command c = sm_cmd_sync_msi(address, data);

    sm_cmd_field(&c, "CMD_SYNC", "CS", cs);
    return c;
}

/* ---- completion signals ---- */

static void signals(struct test *t)
{
    bool msi = sm_idr(t, 0, "MSI");
    uint32_t data = 0;
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t cs = 0; cs < 4; cs++) {
        struct sm_command c = sync_with(cs, sm.msi + 0x40, 0x600d0000 + cs);
        bool seen;

        test_context(t, "CS = %u", cs);
        if (cs == 3)
            sm_expect_ill(&sm, "SMMU-4-136", &c);
        else
            sm_expect_consumed(&sm, cs == 2 ? "SMMU-4-142" : "SMMU-4-135", &c);
        seen = sm_msi_take(&sm, sm.msi + 0x40, &data);
        if (cs == 1 && msi) {
            CHECK(t, "SMMU-4-138", seen && data == 0x600d0001, "MSIData is written to MSIAddress");
            CHECK(t, "SMMU-4-144", seen, "the MSI is sent with IRQ_CTRL = 0");
        } else {
            CHECK(t,
                  cs == 0   ? "SMMU-4-137"
                  : cs == 1 ? "SMMU-4-141"
                  : cs == 2 ? "SMMU-4-142"
                            : "SMMU-4-136",
                  !seen, "nothing is written to MSIAddress");
        }
        CHECK_EQ(t, "SMMU-4-138", 0, mem_read32(t, sm.msi + 0x3c) | mem_read32(t, sm.msi + 0x44), "the words beside MSIAddress");
    }
    sm_close(&sm);
}

/* CS = 10 sends an event where IDR0.SEV is 1, and is CS = 00 where it is 0. */
static void event_signal(struct test *t)
{
    bool sev = sm_idr(t, 0, "SEV") != 0;
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t n = 0; n < 6; n++) {
        uint32_t cs = n % 2 ? 2 : 0;
        struct sm_command c = sync_with(cs, 0, 0);

        test_context(t, "CS = %u", cs);
        (void)rig_pulses(&sm);
        sm_expect_consumed(&sm, "SMMU-4-135", &c);
        CHECK(t, cs ? "SMMU-4-142" : "SMMU-4-137", (rig_pulses(&sm).of[IOTB_WIRE_EVENT] > 0) == (cs && sev), "%s event",
              cs && sev ? "no" : "an");
    }
    sm_close(&sm);
}

/* Data and address bits of the MSI, one at a time. */
static void message_bits(struct test *t)
{
    uint32_t data;
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t bit = 0; bit < 32; bit++) {
        struct sm_command c = sync_with(1, sm.msi + 0x40, UINT32_C(1) << bit);

        test_context(t, "MSIData bit %u", bit);
        data = 0;
        sm_issue(&sm, &c, 1);
        CHECK(t, "SMMU-4-138", sm_msi_take(&sm, sm.msi + 0x40, &data) && data == UINT32_C(1) << bit, "data 0x%x", data);
    }
    for (uint32_t bit = 2; bit < sm.oas_bits; bit++) {
        uint64_t target = bit < 12 ? sm.msi + (UINT64_C(1) << bit) : UINT64_C(1) << bit | 0x10;
        struct sm_command c = sync_with(1, target, 0x5a5a0000 + bit);

        if (bit >= 12 && (!mem_exists(t, target & ~UINT64_C(0xfff), 4096) || !mem_claim(t, target & ~UINT64_C(0xfff), 4096)))
            continue;
        test_context(t, "MSIAddress bit %u", bit);
        data = 0;
        sm_issue(&sm, &c, 1);
        CHECK(t, "SMMU-4-135", sm_msi_take(&sm, target, &data) && data == 0x5a5a0000 + bit, "the MSI at 0x%llx",
              (unsigned long long)target);
        CHECK_EQ(t, "SMMU-4-138", 0, mem_read32(t, target + 4) | mem_read32(t, target - 4), "the words beside it");
    }
    sm_close(&sm);
}

/* MSIAddress = 0: no MSI. The test for 0 takes the whole field, the address only what is below the output size. */
static void zero_address(struct test *t)
{
    struct sm_command c = sync_with(1, 0, 0x0bad0bad);
    uint32_t data = 0;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_expect_consumed(&sm, "SMMU-4-139", &c);
    CHECK(t, "SMMU-4-139", !sm_msi_take(&sm, 0, &data), "no MSI with MSIAddress = 0");
    CHECK(t, "SMMU-4-139", !sm_gerror_active(&sm, "MSI_CMDQ_ABT_ERR"), "no MSI that aborts");
    if (sm.oas_bits < (sm.minor == 0 ? 48u : 52u)) {
        uint64_t above = UINT64_C(1) << sm.oas_bits;

        c = sync_with(1, above | (sm.msi + 0x80), 0x71717171);
        sm_expect_consumed(&sm, "SMMU-4-139", &c);
        CHECK(t, "SMMU-3-019", sm_msi_take(&sm, sm.msi + 0x80, &data) && data == 0x71717171, "the MSI at the truncated address");
        if (mem_exists(t, 0, 4)) {
            c = sync_with(1, above, 0x72727272);
            sm_expect_consumed(&sm, "SMMU-4-139", &c);
            CHECK(t, "SMMU-4-139", sm_msi_take(&sm, 0, &data) && data == 0x72727272, "the MSI at the truncated address 0");
        }
    }
    sm_close(&sm);
}

static void attributes(struct test *t)
{
    uint32_t data = 0;
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t n = 0; n < 64; n++) {
        struct sm_command c = sync_with(1, sm.msi + 0x40, 0x100 + n);

        test_context(t, "MSIAttr = %x, MSH = %u", n >> 2, n & 3);
        sm_cmd_field(&c, "CMD_SYNC", "MSIAttr", n >> 2);
        sm_cmd_field(&c, "CMD_SYNC", "MSH", n & 3);
        sm_expect_consumed(&sm, "SMMU-4-157", &c);
        data = 0;
        CHECK(t, "SMMU-4-157", sm_msi_take(&sm, sm.msi + 0x40, &data) && data == 0x100 + n, "the MSI is written");
    }
    sm_close(&sm);
}

/* When the MSI can be seen, CMDQ_CONS has passed its CMD_SYNC, and the MSIs of earlier ones are there. */
static void signal_order(struct test *t)
{
    struct sm sm;
    uint32_t next = 0, first;

    sm_open(&sm, t, NULL);
    test_latency(t, 500, 20000, true);
    first = sm.cmdq_prod;
    for (uint32_t n = 0; n < 6; n++) {
        struct sm_command c = rig_sync(&sm, n, 0xe00 + n);

        sm_put(&sm, &c);
    }
    sm_ring(&sm);
    for (uint32_t guard = 0; guard < 100000; guard++) {
        uint32_t passed = (sm_cons(&sm) - first) & ((UINT32_C(2) << sm.cmdq_log2size) - 1);

        while (next < 6 && rig_signalled(&sm, next, 0xe00 + next)) {
            CHECK(t, "SMMU-4-143", passed > next, "MSI %u seen with %u CMD_SYNCs consumed", next, passed);
            next++;
        }
        if (passed > 1)
            CHECK(t, "SMMU-4-149", next >= passed - 1, "%u CMD_SYNCs consumed, %u MSIs seen", passed, next);
        if (!test_step(t))
            break;
    }
    test_settle(t);
    while (next < 6 && rig_signalled(&sm, next, 0xe00 + next))
        next++;
    CHECK_EQ(t, "SMMU-4-149", 6, next, "MSIs in the end, in order");
    test_latency(t, 0, 0, false);
    sm_close(&sm);
}

/* The MSI of one CMD_SYNC withheld: the next is not consumed before it is there. */
static void signal_awaited(struct test *t)
{
    struct sm_command a, b = sm_cmd_sync();
    uint32_t hold, at, data = 0;
    struct sm sm;

    sm_open(&sm, t, NULL);
    a = rig_sync(&sm, 1, 0xaaa);
    hold = hold_accesses(t, sm.msi, sm.msi + 4095, ACC_WRITES);
    at = sm.cmdq_prod + 1;
    sm_put(&sm, &a);
    sm_put(&sm, &b);
    sm_ring(&sm);
    test_settle(t);
    if (hold_count(t, hold))
        CHECK(t, "SMMU-4-149", sm_cons(&sm) != sm.cmdq_prod, "the second CMD_SYNC (at %u) waits for the MSI of the first", at);
    hold_release(t, hold);
    test_settle(t);
    CHECK_EQ(t, "SMMU-4-149", sm.cmdq_prod, sm_cons(&sm), "CONS when the MSI is written");
    CHECK(t, "SMMU-4-149", sm_msi_take(&sm, rig_word(&sm, 1), &data) && data == 0xaaa, "the MSI is there");
    sm_close(&sm);
}

static void signal_aborted(struct test *t)
{
    struct sm_command c;
    uint64_t hole = rig_hole(t);
    uint32_t data = 0;
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (int round = 0; round < 2; round++) {
        c = sync_with(1, hole + 8, 0xdead);
        sm_expect_consumed(&sm, "SMMU-4-150", &c);
        CHECK(t, "SMMU-4-150", sm_sync(&sm), "a later CMD_SYNC is consumed");
        CHECK(t, "SMMU-4-150", sm_gerror_active(&sm, "MSI_CMDQ_ABT_ERR"), "GERROR.MSI_CMDQ_ABT_ERR after a later CMD_SYNC");
        CHECK(t, "SMMU-4-150", !sm_gerror_active(&sm, "CMDQ_ERR"), "GERROR.CMDQ_ERR is not active");
        sm_expect_consumed(&sm, "SMMU-7-090", &c);
        sm_sync(&sm);
        CHECK(t, "SMMU-7-090", sm_gerror_active(&sm, "MSI_CMDQ_ABT_ERR"), "a second abort does not toggle it back");
        c = sync_with(1, sm.msi + 0x40, 0x1001);
        sm_expect_consumed(&sm, "SMMU-4-150", &c);
        CHECK(t, "SMMU-4-150", sm_msi_take(&sm, sm.msi + 0x40, &data) && data == 0x1001, "later MSIs are sent");
        sm_gerror_ack(&sm, "MSI_CMDQ_ABT_ERR");
        CHECK(t, "SMMU-7-092", !sm_gerror_active(&sm, "MSI_CMDQ_ABT_ERR"), "acknowledged");
    }
    sm_close(&sm);
}

/* ---- completion guarantees ---- */

struct in_flight {
    const char *row;
    bool structure; /* CFGI_STE instead of TLBI */
};

/* A request that was translated, its data access withheld: no CMD_SYNC behind the invalidation passes it. */
static void waits_for_requests(struct test *t)
{
    const struct in_flight *f = test_argument(t);
    enum sm_flavour_id flavour = sm_has_flavour(t, SM_F_S1) ? SM_F_S1 : SM_F_S2;
    struct sm_command c[3];
    struct sm_path path;
    struct iotb_request r;
    struct sm_ste abort = {.config = SM_ABORT};
    struct sm sm;
    uint32_t hold, id;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, flavour, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host = sm_path_page(&path, INPUT, SM_RW);
    r = sm_request(&path, IOTB_WRITE, INPUT + 0x40, 8);
    sm_expect_ok(&sm, f->row, &r, host + 0x40);
    mem_write64(t, host + 0x40, 0);
    hold = hold_accesses(t, host, host + 4095, ACC_WRITES);
    for (uint32_t b = 0; b < 8; b++)
        r.data[b] = (uint8_t)(0xa0 + b);
    id = request_send(t, &r);
    test_settle(t);
    if (!hold_count(t, hold))
        test_not_testable(t, "the data access cannot be withheld");
    if (f->structure)
        sm_set_ste(&sm, path.sid, &abort);
    else
        sm_unmap(&sm, sm_path_table(&path), INPUT, 0);
    c[0] = f->structure ? sm_cmd_cfgi_ste(path.sid, true) : sm_cmd_nsnh_all();
    c[1] = sm_cmd_sync();
    sm_put(&sm, &c[0]);
    sm_put(&sm, &c[1]);
    sm_ring(&sm);
    test_settle(t);
    CHECK(t, f->row, sm_cons(&sm) != sm.cmdq_prod,
          "CMD_SYNC is not consumed while a write that used the old entry is not visible");
    hold_release(t, hold);
    test_settle(t);
    CHECK_EQ(t, f->row, sm.cmdq_prod, sm_cons(&sm), "CMD_SYNC is consumed when the write is visible");
    CHECK_EQ(t, f->row, UINT64_C(0xa7a6a5a4a3a2a1a0), mem_read64(t, host + 0x40), "the write");
    CHECK(t, f->row, request_wait(t, id).done, "the request completes");
    if (f->structure)
        sm_expect_silent_abort(&sm, f->row, &r, host + 0x40);
    else
        sm_expect_event_any(
            &sm, f->row, &r,
            (struct sm_expected[]){sm_s1_event(SM_F_TRANSLATION), sm_s2_event(SM_F_TRANSLATION, SM_CLASS_IN, INPUT + 0x40)}, 2,
            host + 0x40);
    sm_close(&sm);
}

static const struct in_flight flights[] = {{"SMMU-4-146", false}, {"SMMU-4-147", true}, {"SMMU-4-049", true}};

/*
 * A walk that has read the old table descriptor and waits for the old table: it ends before the CMD_SYNC or begins anew, and what
 * it has read is not kept.
 */
static void walk_overtaken(struct test *t)
{
    uint32_t vmid = sm_idr(t, 0, "S2P") ? 0x22 : 0, hold, id;
    struct sm_command c[2] = {sm_cmd_nh_va(vmid, 0x11, INPUT, false), sm_cmd_sync()};
    uint64_t host[2], table, leaf, at;
    struct sm_path path;
    struct iotb_request r;
    struct sm sm;
    bool consumed;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    if (path.s1->granule_lg2 != 12)
        test_skip(t, "no 4KB granule");
    host[0] = sm_path_page(&path, INPUT, SM_RW);
    host[1] = mem_alloc(t, 4096, 4096);
    table = mem_alloc(t, 4096, 4096);
    leaf = sm_entry(&sm, path.s1, INPUT, 3);
    at = sm_entry(&sm, path.s1, INPUT, 2);
    mem_write64(t, table + (leaf & 0xfff), sm_leaf(path.s1, host[1], 0, SM_RW));
    hold = hold_accesses(t, leaf, leaf + 7, ACC_READS);
    r = sm_request(&path, IOTB_WRITE, INPUT + 0x40, 8);
    r.data[0] = 0x5a;
    id = request_send(t, &r);
    test_settle(t);
    if (!hold_count(t, hold))
        test_not_testable(t, "the read of the descriptor cannot be withheld");
    mem_write64(t, at, sm_table_descriptor(path.s1, table));
    sm_put(&sm, &c[0]);
    sm_put(&sm, &c[1]);
    sm_ring(&sm);
    test_settle(t);
    consumed = sm_cons(&sm) == sm.cmdq_prod;
    hold_release(t, hold);
    test_settle(t);
    CHECK(t, "SMMU-3-102", request_wait(t, id).done, "the request completes");
    CHECK_EQ(t, "SMMU-3-102", sm.cmdq_prod, sm_cons(&sm), "CMD_SYNC is consumed");
    if (consumed)
        CHECK_EQ(t, "SMMU-3-102", 0x5a, mem_read64(t, host[1] + 0x40), "a walk that a CMD_SYNC has passed began anew");
    sm_expect_ok(&sm, "SMMU-3-102", &r, host[1] + 0x40);
    sm_close(&sm);
}

/* The record of a request whose abort the device has seen: visible when a CMD_SYNC is consumed, or never. */
static void record_or_never(struct test *t)
{
    struct sm_command c = sm_cmd_sync();
    struct iotb_request bad;
    struct sm sm;
    uint32_t hold, before, id;
    bool seen, consumed;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    hold = hold_accesses(t, sm.eventq, sm.eventq + (UINT64_C(32) << sm.eventq_log2size) - 1, ACC_WRITES);
    id = request_send(t, &bad);
    test_settle(t);
    seen = request_outcome(t, id).done;
    sm_put(&sm, &c);
    sm_ring(&sm);
    test_settle(t);
    consumed = sm_cons(&sm) == sm.cmdq_prod;
    before = sm_event_pending(&sm);
    hold_release(t, hold);
    test_settle(t);
    CHECK_EQ(t, "SMMU-4-151", sm.cmdq_prod, sm_cons(&sm), "CMD_SYNC is consumed in the end");
    if (seen && consumed)
        CHECK_EQ(t, "SMMU-4-151", before, sm_event_pending(&sm), "records after the CMD_SYNC");
    if (!consumed)
        CHECK_EQ(t, "SMMU-4-151", 1, sm_event_pending(&sm), "the record is there with the CMD_SYNC");
    sm_event_clear(&sm);
    rig_faults(&sm, &bad, 1);
    CHECK(t, "SMMU-4-151", sm_sync(&sm), "CMD_SYNC is consumed");
    CHECK_EQ(t, "SMMU-4-151", 1, sm_event_pending(&sm), "record of a request that was aborted, after a CMD_SYNC");
    sm_event_clear(&sm);
    sm_close(&sm);
}

/* ---- commands side by side: one CMD_SYNC completes them all ---- */

/* Any command between an invalidation and the CMD_SYNC leaves the invalidation alone. */
static void pairs(struct test *t)
{
    struct sm_path path;
    struct iotb_request r;
    struct sm sm;
    uint64_t host[2];
    uint32_t now = 0;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host[0] = sm_path_page(&path, INPUT, SM_RW);
    host[1] = mem_alloc(t, 65536, 65536);
    r = sm_request(&path, IOTB_WRITE, INPUT + 0x40, 8);
    for (uint32_t n = 0; n < 36; n++) {
        struct sm_command other[] = {sm_cmd_cfgi_ste(sm_sid(&sm, 1), true),
                                     sm_cmd_cfgi_cd(sm_sid(&sm, 1), 0, true),
                                     sm_cmd_nh_asid(0x23, 0x12),
                                     sm_cmd_nh_va(0x23, 0x12, 0x1000, true),
                                     sm_cmd_prefetch_config(sm_sid(&sm, 1), false, 0),
                                     sm_cmd_nh_vaa(0x23, 0x1000, true)};
        uint32_t vmid = sm_idr(t, 0, "S2P") ? 0x22 : 0;
        struct sm_command flush[] = {sm_cmd_nh_va(vmid, 0x11, INPUT, true),
                                     sm_cmd_nh_vaa(vmid, INPUT, false),
                                     sm_cmd_nh_asid(vmid, 0x11),
                                     sm_cmd_nh_all(vmid),
                                     sm_cmd_nsnh_all(),
                                     sm_cmd_nh_va(vmid, 0x11, INPUT, false)};
        struct sm_command c[2] = {flush[n % 6], other[n / 6]};

        test_context(t, "opcodes %02x, %02x", (uint32_t)c[0].word[0] & 0xff, (uint32_t)c[1].word[0] & 0xff);
        sm_expect_ok(&sm, "SMMU-4-014", &r, host[now] + 0x40);
        sm_unmap(&sm, path.s1, INPUT, 0);
        sm_map(&sm, path.s1, INPUT, host[now ^= 1], 0, SM_RW);
        if (n & 1) {
            struct sm_command swap = c[0];

            c[0] = c[1];
            c[1] = swap;
        }
        CHECK(t, "SMMU-4-014", sm_submit(&sm, c, 2), "both are consumed");
        sm_expect_ok(&sm, "SMMU-4-014", &r, host[now] + 0x40);
    }
    sm_close(&sm);
}

#define CASE(n, text, function, row_ids, condition, feature_bits)                                       \
    {                                                                                                   \
        .name = "smmuv3.sync." n, .summary = text, .run = function, .rows = row_ids, .gate = condition, \
        .features = feature_bits, .functional = true, .tier = TIER_FULL                                 \
    }
#define FLIGHT(n, text, row_id, index)                                                                                       \
    {                                                                                                                        \
        .name = "smmuv3.sync." n, .summary = text, .run = waits_for_requests, .rows = row_id,                                \
        .features = IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP, .functional = true, .tier = TIER_FULL, .argument = &flights[index] \
    }

static const struct iotb_case cases[] = {
    {.name = "smmuv3.sync.signals",
     .summary = "Each value of CS: nothing, a message, an event, an error",
     .run = signals,
     .rows = "SMMU-4-135 SMMU-4-136 SMMU-4-137 SMMU-4-138 SMMU-4-141 SMMU-4-142 SMMU-4-144",
     .functional = true,
     .tier = TIER_SMOKE},
    CASE("event", "CS = 10 sends an event where there is SEV, other values send none", event_signal,
         "SMMU-4-135 SMMU-4-137 SMMU-4-142", NULL, IOTB_F_INTERRUPTS),
    CASE("message_bits", "Every bit of data and address of the message", message_bits, "SMMU-4-135 SMMU-4-138", "IDR0.MSI", 0),
    CASE("zero_address", "MSIAddress = 0 sends nothing; other addresses are truncated", zero_address, "SMMU-3-019 SMMU-4-139",
         "IDR0.MSI", 0),
    CASE("attributes", "Every MSIAttr and MSH", attributes, "SMMU-4-157", "IDR0.MSI", 0),
    CASE("signal_order", "Messages come in order and behind CMDQ_CONS", signal_order, "SMMU-4-143 SMMU-4-149", "IDR0.MSI",
         IOTB_F_BENCH_MEMORY),
    CASE("signal_awaited", "A CMD_SYNC waits for the message of the one before", signal_awaited, "SMMU-4-149", "IDR0.MSI",
         IOTB_F_BENCH_MEMORY),
    CASE("signal_aborted", "A message that is aborted is a global error and no command error", signal_aborted,
         "SMMU-4-150 SMMU-7-090 SMMU-7-092", "IDR0.MSI", 0),
    FLIGHT("waits_for_tlb_users", "CMD_SYNC waits for writes that used a TLB entry which was invalidated", "SMMU-4-146", 0),
    FLIGHT("waits_for_ste_users", "CMD_SYNC waits for writes that used an STE which was invalidated", "SMMU-4-147", 1),
    FLIGHT("waits_for_structures", "After CFGI and CMD_SYNC the writes of before are visible", "SMMU-4-049", 2),
    CASE("walk_overtaken", "What a walk read before an invalidation is not kept behind it", walk_overtaken, "SMMU-3-102",
         "IDR0.S1P", IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP),
    CASE("record_or_never", "Records of requests that were aborted are there with the CMD_SYNC or never", record_or_never,
         "SMMU-4-151", NULL, IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP),
    CASE("pairs", "Any two commands may share a CMD_SYNC", pairs, "SMMU-4-014", "IDR0.S1P", 0),
};

const struct iotb_case_list sm_sync_cases = {cases, sizeof cases / sizeof cases[0]};
