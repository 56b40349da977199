/* SPDX-License-Identifier: BSD-2-Clause */
/* CMD_ATC_INV and the CMD_SYNC behind it (4.5.1 CMD_ATC_INV, 4.7.3 CMD_SYNC). */
#include "build/ats.h"
#include "build/sm_ats.h"
#include "sm_chapters.h"

#define WAIT_PS UINT64_C(20000000) /* far below any time-out of invalidations */

static struct sm_command atc_inv(uint32_t sid, uint64_t address, uint32_t size)
{
    struct sm_command c = sm_cmd("CMD_ATC_INV");

    sm_cmd_field(&c, "CMD_ATC_INV", "StreamID", sid);
    sm_cmd_field(&c, "CMD_ATC_INV", "Address", address);
    sm_cmd_field(&c, "CMD_ATC_INV", "Size", size);
    return c;
}

static void put_ring(struct sm *sm, const struct sm_command *command)
{
    struct sm_command sync = sm_cmd_sync();

    sm_put(sm, command);
    sm_put(sm, &sync);
    sm_ring(sm);
}

/* Exactly one Invalidate Request for this command, of this span; answered, the CMD_SYNC completes. */
static void expect_invalidate(struct sm *sm, const char *row, const struct sm_command *command, uint32_t sid, uint64_t address,
                              uint32_t size, bool ssv, uint32_t ssid, bool global)
{
    struct iotb_message m, second;
    struct test *t = sm->t;
    uint64_t page;

    put_ring(sm, command);
    if (!CHECK(t, row, ats_message(t, IOTB_MSG_INVALIDATE_REQUEST, &m, WAIT_PS), "an Invalidate Request"))
        return;
    page = ats_size_lg2(m.address) < 64 ? m.address >> ats_size_lg2(m.address) << ats_size_lg2(m.address) : 0;
    CHECK_EQ(t, row, sid, m.device_id, "Requester ID that the Invalidate Request goes to");
    CHECK_EQ(t, row, 12 + size, ats_size_lg2(m.address), "log2 of the bytes of the Invalidate Request");
    CHECK_EQ(t, row, size < 52 ? address >> (12 + size) << (12 + size) : 0, page, "address of the Invalidate Request");
    CHECK_EQ(t, row, ssv, m.flags & IOTB_RQ_PASID ? 1 : 0, "PASID prefix of the Invalidate Request");
    if (ssv)
        CHECK_EQ(t, row, ssid, m.pasid, "PASID of the Invalidate Request");
    CHECK_EQ(t, row, global, m.address & 1, "Global Invalidate");
    CHECK(t, "SMMU-4-091", !ats_message(t, IOTB_MSG_INVALIDATE_REQUEST, &second, WAIT_PS), "one Invalidate Request only");
    CHECK(t, "SMMU-4-100", sm_cons(sm) != sm->cmdq_prod, "CMD_SYNC waits for the completion of CMD_ATC_INV");
    ats_invalidate_completion(t, m.device_id, 1u << (m.itag & 31), 1);
    test_run(t, WAIT_PS);
    CHECK_EQ(t, "SMMU-4-100", sm->cmdq_prod, sm_cons(sm), "CMDQ_CONS after the Invalidate Completion");
}

static void span(struct test *t)
{
    static const uint32_t sizes[] = {0, 1, 4, 9, 18, 31, 40, 51, 52};
    static const uint64_t addresses[] = {0, UINT64_C(0x123456789abcd000), UINT64_C(0xfffffffffffff000),
                                         UINT64_C(0x8000000000000000)};
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (size_t k = 0; k < sizeof addresses / sizeof addresses[0]; k++) {
            uint32_t sid = sm_sid(&sm, (uint32_t)k % sm_sid_count(&sm));
            struct sm_command c = atc_inv(sid, addresses[k], sizes[i]);

            test_context(t, "Size=%u, Address 0x%llx", sizes[i], (unsigned long long)addresses[k]);
            expect_invalidate(&sm, sizes[i] < 52 ? "SMMU-4-092" : "SMMU-4-093", &c, sid, addresses[k], sizes[i], false, 0, false);
        }
    sm_close(&sm);
}

static void substream(struct test *t)
{
    static const uint32_t ssids[] = {0, 1, 5, 0x80000, 0xfffff};
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (size_t i = 0; i < sizeof ssids / sizeof ssids[0]; i++)
        for (uint32_t bits = 0; bits < 4; bits++) {
            bool ssv = bits & 1, global = bits & 2;
            struct sm_command c = atc_inv(sm_sid(&sm, 0), 0x7000, 0);

            if (ssids[i] >> sm.ssid_bits)
                continue;
            test_context(t, "SSV=%u G=%u SubstreamID=%x", ssv, global, ssids[i]);
            sm_cmd_field(&c, "CMD_ATC_INV", "SSV", ssv);
            sm_cmd_field(&c, "CMD_ATC_INV", "Global", global);
            sm_cmd_field(&c, "CMD_ATC_INV", "SubstreamID", ssids[i]);
            expect_invalidate(&sm, global ? "SMMU-4-096" : "SMMU-4-095", &c, sm_sid(&sm, 0), 0x7000, 0, ssv, ssids[i],
                              ssv && global);
        }
    sm_close(&sm);
}

/* With SMMUEN = 0 it is consumed and nothing is sent. */
static void off(struct test *t)
{
    struct sm_command c;
    struct iotb_message m;
    struct sm sm;

    sm_open(&sm, t, NULL);
    c = atc_inv(sm_sid(&sm, 0), 0x7000, 0);
    sm_enable(&sm, "SMMUEN", 0);
    CHECK(t, "SMMU-4-099", sm_submit_one(&sm, c), "CMD_ATC_INV with SMMUEN=0, and CMD_SYNC, are consumed");
    CHECK(t, "SMMU-4-099", !ats_message(t, IOTB_MSG_INVALIDATE_REQUEST, &m, WAIT_PS), "an Invalidate Request with SMMUEN=0");
    sm_enable(&sm, "SMMUEN", 1);
    expect_invalidate(&sm, "SMMU-4-099", &c, sm_sid(&sm, 0), 0x7000, 0, false, 0, false);
    sm_close(&sm);
}

/* What stands behind a CMD_SYNC that waits is not looked at. */
static void behind(struct test *t)
{
    struct sm_command c, ill = sm_cmd_raw(0xff, 0), sync = sm_cmd_sync();
    struct iotb_message m;
    uint32_t error = 0;
    struct sm sm;

    sm_open(&sm, t, NULL);
    c = atc_inv(sm_sid(&sm, 0), 0x7000, 0);
    sm_put(&sm, &c);
    sm_put(&sm, &sync);
    sm_put(&sm, &ill);
    sm_ring(&sm);
    if (CHECK(t, "SMMU-4-145", ats_message(t, IOTB_MSG_INVALIDATE_REQUEST, &m, WAIT_PS), "an Invalidate Request")) {
        test_run(t, WAIT_PS);
        CHECK(t, "SMMU-4-145", !sm_command_error(&sm, &error), "error %u of a command behind a CMD_SYNC that waits", error);
        ats_invalidate_completion(t, m.device_id, 1u << (m.itag & 31), 1);
        test_run(t, WAIT_PS);
        CHECK(t, "SMMU-4-145", sm_command_error(&sm, &error) && error == SM_CERROR_ILL,
              "CERROR_ILL of the command behind it once it is complete (%u)", error);
        sm_command_repair(&sm);
    }
    sm_close(&sm);
}

/* Translated writes that the device sent before its answer are in memory when the CMD_SYNC is complete. */
static void drain(struct test *t)
{
    struct iotb_request r;
    struct iotb_message m;
    struct sm_command c;
    struct sm_path path;
    struct sm sm;
    uint64_t host;
    uint32_t hold, id;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    sm_path_eats(&path, SM_EATS_FULL);
    host = mem_alloc(t, 4096, 4096);
    r = sm_translated_request(&path, IOTB_WRITE, host);
    r.bytes = 8;
    for (uint32_t i = 0; i < 8; i++)
        r.data[i] = 0x77;
    hold = hold_accesses(t, host, host + 7, ACC_WRITES);
    id = request_send(t, &r);
    test_run(t, WAIT_PS);
    c = atc_inv(path.sid, 0x7000, 0);
    put_ring(&sm, &c);
    if (CHECK(t, "SMMU-4-101", ats_message(t, IOTB_MSG_INVALIDATE_REQUEST, &m, WAIT_PS), "an Invalidate Request"))
        ats_invalidate_completion(t, m.device_id, 1u << (m.itag & 31), 1);
    test_run(t, WAIT_PS);
    CHECK(t, "SMMU-4-101", sm_cons(&sm) != sm.cmdq_prod || mem_read64(t, host) == UINT64_C(0x7777777777777777),
          "CMD_SYNC is complete although a translated write is still on its way");
    hold_release(t, hold);
    request_wait(t, id);
    test_run(t, WAIT_PS);
    CHECK_EQ(t, "SMMU-4-101", sm.cmdq_prod, sm_cons(&sm), "CMDQ_CONS once the write is done");
    CHECK_EQ(t, "SMMU-4-101", UINT64_C(0x7777777777777777), mem_read64(t, host), "memory behind the CMD_SYNC");
    sm_close(&sm);
}

/* Until a command error shows, or time enough for any time-out of PCI Express is gone (60 s, -0 +50 %, and some room). */
static bool error_within(struct sm *sm, uint32_t *error)
{
    uint64_t start = test_now_ps(sm->t), gone = 0;

    while (gone < UINT64_C(120) * 1000000000000 && !sm_command_error(sm, error) && sm_cons(sm) != sm->cmdq_prod) {
        test_run(sm->t, gone / 16 > WAIT_PS ? gone / 16 : WAIT_PS);
        gone = test_now_ps(sm->t) - start;
    }
    return sm_command_error(sm, error);
}

/* A device that never answers: CMD_SYNC fails or stays, and never completes. */
static void timeout(struct test *t)
{
    struct sm_command c, sync;
    struct iotb_request r;
    struct iotb_message m;
    struct sm_path path;
    struct sm sm;
    uint64_t host[2];
    uint32_t error = 0, data, at;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host[0] = sm_path_page(&path, 0x7000, SM_RW);
    host[1] = mem_alloc(t, 4096, 4096);
    r = sm_request(&path, IOTB_WRITE, 0x7000, 8);
    sm_expect_ok(&sm, "SMMU-4-102", &r, host[0]);
    sm_map(&sm, path.s1, 0x7000, host[1], 12, SM_RW);
    c = sm_cmd_nh_asid(path.vmid, path.asid);
    sm_put(&sm, &c);
    c = atc_inv(path.sid, 0x7000, 0);
    sm_put(&sm, &c);
    at = sm.cmdq_prod;
    sync = sm_idr(t, 0, "MSI") ? sm_cmd_sync_msi(sm.msi + 0x60, 0x6060) : sm_cmd_sync();
    sm_put(&sm, &sync);
    sm_ring(&sm);
    CHECK(t, "SMMU-3-028", ats_message(t, IOTB_MSG_INVALIDATE_REQUEST, &m, WAIT_PS), "an Invalidate Request");
    error_within(&sm, &error);
    CHECK(t, "SMMU-3-028", sm_cons(&sm) != sm.cmdq_prod, "CMD_SYNC completes behind an invalidation that nobody answered");
    CHECK(t, "SMMU-4-102", !sm_msi_take(&sm, sm.msi + 0x60, &data), "the CMD_SYNC that failed signals its completion");
    if (sm_command_error(&sm, &error)) {
        CHECK_EQ(t, "SMMU-3-028", SM_CERROR_ATC_INV_SYNC, error, "CMDQ_CONS.ERR");
        CHECK_EQ(t, "SMMU-4-102", at, sm_cons(&sm), "CMDQ_CONS.RD stays at the CMD_SYNC");
        CHECK(t, "SMMU-4-102", sm_command_repair(&sm), "the queue goes on behind another CMD_SYNC");
        sm_expect_ok(&sm, "SMMU-4-102", &r, host[1]);
    }
    sm_close(&sm);
}

#define CASE(NAME, SUMMARY, RUN, ROWS, GATE)                                                               \
    {                                                                                                      \
        .name = "smmuv3.atc." NAME, .summary = SUMMARY, .run = RUN, .rows = ROWS, .gate = "IDR0.ATS" GATE, \
        .features = IOTB_F_ATS | IOTB_F_TIME | IOTB_F_BENCH_MEMORY, .functional = true, .tier = TIER_FULL  \
    }

static const struct iotb_case cases[] = {
    CASE("span", "an Invalidate Request has the StreamID and the aligned span of CMD_ATC_INV, and CMD_SYNC waits for it", span,
         "SMMU-4-091 SMMU-4-092 SMMU-4-093 SMMU-4-100", ""),
    CASE("substream", "SSV gives the PASID, and G counts only with it", substream, "SMMU-4-095 SMMU-4-096 SMMU-4-091 SMMU-4-100",
         "&IDR1.SSIDSIZE>=1"),
    CASE("off", "CMD_ATC_INV is consumed and ignored with SMMUEN=0", off, "SMMU-4-099 SMMU-4-091 SMMU-4-100", ""),
    CASE("behind", "a command behind a CMD_SYNC that waits for an invalidation does not start", behind, "SMMU-4-145", ""),
    CASE("drain", "CMD_SYNC completes behind the translated writes that the device sent before it answered", drain, "SMMU-4-101",
         "&IDR0.TTF:1&IDR0.S1P"),
    CASE("timeout", "CMD_SYNC does not complete behind an invalidation that is never answered", timeout, "SMMU-3-028 SMMU-4-102",
         "&IDR0.TTF:1&IDR0.S1P"),
};

const struct iotb_case_list sm_atc_cases = {cases, sizeof cases / sizeof cases[0]};
