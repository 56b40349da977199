/* SPDX-License-Identifier: BSD-2-Clause */
/* CMD_PRI_RESP, and what becomes of page requests when queues are turned off (4.5.2 CMD_PRI_RESP, 8.3 PRG Response Message
 * codes). */
#include "sm_pri_rig.h"

#include "sm_chapters.h"

enum { RESP_FAILURE = 0, RESP_INVALID = 1, RESP_SUCCESS = 2, RESP_ILLEGAL = 3 };

static struct sm_command pri_resp(const struct page_request *r, uint32_t resp)
{
    struct sm_command c = sm_cmd("CMD_PRI_RESP");

    sm_cmd_field(&c, "CMD_PRI_RESP", "StreamID", r->sid);
    sm_cmd_field(&c, "CMD_PRI_RESP", "SSV", r->ssv);
    sm_cmd_field(&c, "CMD_PRI_RESP", "SubstreamID", r->ssid);
    sm_cmd_field(&c, "CMD_PRI_RESP", "PRGIndex", r->prgi);
    sm_cmd_field(&c, "CMD_PRI_RESP", "Resp", resp);
    return c;
}

/* The response may be later than the CMD_SYNC (4.5.2), and comes. */
static void expect(struct pri *q, const char *row, const struct page_request *r, uint32_t resp, uint32_t code)
{
    struct sm_command c = pri_resp(r, resp);

    if (CHECK(q->sm->t, "SMMU-4-110", sm_submit_one(q->sm, c), "CMD_PRI_RESP and CMD_SYNC complete"))
        pri_expect_response(q, row, r, code, r->ssv);
}

static void codes(struct test *t)
{
    static const uint32_t code[] = {[RESP_FAILURE] = PRI_FAILURE, [RESP_INVALID] = PRI_INVALID, [RESP_SUCCESS] = PRI_SUCCESS};
    struct sm_command c;
    struct pri q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    pri_open(&q, &sm, pri_most_lg2(&sm), 0);
    for (uint32_t n = 0; n < 9; n++) {
        struct page_request r = pri_request(&sm, n);

        test_context(t, "Resp = %u", n % 3);
        pri_send(&q, &r);
        pri_expect_entry(&q, "SMMU-8-001", &r);
        pri_consume(&q, 1, false);
        expect(&q, "SMMU-4-105", &r, n % 3, code[n % 3]);
    }
    test_context(t, NULL);
    c = pri_resp(&(struct page_request){.sid = sm_sid(&sm, 0), .prgi = 5}, RESP_ILLEGAL);
    sm_expect_ill(&sm, "SMMU-4-106", &c);
    pri_expect_silence(&q, "SMMU-4-106");
    sm_close(&sm);
}

/* Each bit of what names the group. */
static void operands(struct test *t)
{
    struct pri q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    pri_open(&q, &sm, pri_most_lg2(&sm), 0);
    for (uint32_t bit = 0; bit < 9; bit++) {
        struct page_request r = {.sid = sm_sid(&sm, bit % sm_sid_count(&sm)), .prgi = UINT32_C(1) << bit};

        expect(&q, "SMMU-4-104", &r, RESP_SUCCESS, PRI_SUCCESS);
        r.prgi ^= 0x1ff;
        expect(&q, "SMMU-4-104", &r, RESP_SUCCESS, PRI_SUCCESS);
    }
    for (uint32_t bit = 0; bit < 16; bit++) {
        struct page_request r = {.sid = UINT32_C(1) << bit, .prgi = 7};

        if (sm_sid_usable(&sm, r.sid))
            expect(&q, "SMMU-4-104", &r, RESP_SUCCESS, PRI_SUCCESS);
    }
    sm_close(&sm);
}

/* SSV gives the PASID; without it a SubstreamID has no say. */
static void substream(struct test *t)
{
    struct pri q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    pri_open(&q, &sm, pri_most_lg2(&sm), 0);
    for (uint32_t bit = 0; bit < sm.ssid_bits; bit++)
        for (uint32_t ssv = 0; ssv < 2; ssv++) {
            struct page_request r = {.sid = sm_sid(&sm, 0), .prgi = 0x155, .ssv = ssv, .ssid = UINT32_C(1) << bit};

            test_context(t, "SSV = %u, SubstreamID %x", ssv, r.ssid);
            expect(&q, "SMMU-4-109", &r, RESP_SUCCESS, PRI_SUCCESS);
        }
    sm_close(&sm);
}

/* With SMMUEN = 0 it is consumed, and nobody hears of it. */
static void off(struct test *t)
{
    struct page_request r;
    struct sm_command c;
    struct pri q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    pri_open(&q, &sm, pri_most_lg2(&sm), 0);
    r = pri_request(&sm, 1);
    c = pri_resp(&r, RESP_SUCCESS);
    sm_enable(&sm, "SMMUEN", 0);
    CHECK(t, "SMMU-4-108", sm_submit_one(&sm, c), "CMD_PRI_RESP with SMMUEN = 0, and CMD_SYNC, are consumed");
    pri_expect_silence(&q, "SMMU-4-108");
    sm_enable(&sm, "SMMUEN", 1);
    expect(&q, "SMMU-4-108", &r, RESP_SUCCESS, PRI_SUCCESS);
    sm_close(&sm);
}

/* What is turned off records nothing from the acknowledge on. */
static void turned_off(struct test *t)
{
    static const char *const bits[] = {"PRIQEN", "SMMUEN"};
    static const char *const rows[] = {"SMMU-6-927", "SMMU-6-957"};
    struct page_request r;
    uint64_t prod;
    struct pri q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t i = 0; i < 2; i++) {
        test_context(t, "%s = 0", bits[i]);
        pri_open(&q, &sm, pri_most_lg2(&sm), 0);
        r = pri_request(&sm, 1);
        pri_send(&q, &r);
        pri_expect_entry(&q, rows[i], &r);
        CHECK(t, rows[i], sm_enable(&sm, bits[i], 0), "the acknowledge follows");
        prod = sm_reg(t, "SMMU_PRIQ_PROD");
        pri_send(&q, &r);
        CHECK_EQ(t, rows[i], prod, sm_reg(t, "SMMU_PRIQ_PROD"), "PRIQ_PROD of a queue that is off");
        pri_expect_response(&q, rows[i], &r, PRI_FAILURE, false);
        sm_enable(&sm, bits[i], 1);
    }
    sm_close(&sm);
}

#define CASE(NAME, SUMMARY, RUN, ROWS, GATE)                                                                         \
    {                                                                                                                \
        .name = "smmuv3.pri_responses." NAME, .summary = SUMMARY, .run = RUN, .rows = ROWS, .gate = "IDR0.PRI" GATE, \
        .features = IOTB_F_ATS | IOTB_F_PRI | IOTB_F_TIME, .functional = true, .tier = TIER_FULL                     \
    }

static const struct iotb_case cases[] = {
    CASE("codes", "Resp chooses the code of the one response, and 11b is illegal", codes,
         "SMMU-4-105 SMMU-4-106 SMMU-4-110 SMMU-8-001", ""),
    CASE("operands", "the response goes to the StreamID and has the PRGIndex of the command", operands, "SMMU-4-104 SMMU-4-110",
         ""),
    CASE("substream", "SSV gives the response the SubstreamID as PASID", substream, "SMMU-4-109 SMMU-4-110", "&IDR1.SSIDSIZE>=1"),
    CASE("off", "CMD_PRI_RESP is consumed and ignored with SMMUEN = 0", off, "SMMU-4-108 SMMU-4-110", ""),
    CASE("turned_off", "from the acknowledge of PRIQEN or SMMUEN = 0 on nothing is recorded", turned_off, "SMMU-6-927 SMMU-6-957",
         ""),
};

const struct iotb_case_list sm_pri_responses_cases = {cases, sizeof cases / sizeof cases[0]};
