/* SPDX-License-Identifier: BSD-2-Clause */
/* Page group responses (7.6.1 Page Group Response Descriptor, 7.8): what software asks for and what the device gets. */
#include "vtd_chapters.h"
#include "vtd_queue_rig.h"

#define INPUT UINT64_C(0x2345000)

/* The message that the descriptor brings, and nothing after it. */
static bool answered(struct vt *vt, const char *row, const struct vt_descriptor *d, struct iotb_message *m)
{
    struct iotb_message second;

    CHECK(vt->t, row, vt_submit_one(vt, *d) && !vt_queue_error(vt, NULL), "the response is executed");
    return CHECK(vt->t, row, vt_message(vt, IOTB_MSG_PAGE_RESPONSE, m), "a page group response") &&
           CHECK(vt->t, row, !vt_message(vt, IOTB_MSG_PAGE_RESPONSE, &second), "a second page group response");
}

static void response_is(struct vt *vt, const char *row, uint16_t rid, bool pp, uint32_t pasid, uint32_t prgi, uint32_t rc)
{
    struct vt_descriptor d = vt_desc_page_response(rid, pp, pasid, prgi, rc);
    struct iotb_message m;

    test_context(vt->t, "requester %04x, PP %d, PASID %05x, PRGI %03x, RC %u", rid, pp, pasid, prgi, rc);
    if (!answered(vt, row, &d, &m))
        return;
    CHECK_EQ(vt->t, row, rid, m.device_id, "device that gets the response");
    CHECK_EQ(vt->t, row, prgi, m.group_index, "PRGI");
    CHECK_EQ(vt->t, row, rc, m.response_code, "response code");
    CHECK_EQ(vt->t, "VTD-7-525", pp, (m.flags & IOTB_RQ_PASID) != 0, "PASID prefix of the response");
    if (pp)
        CHECK_EQ(vt->t, "VTD-7-525", pasid, m.pasid, "PASID of the response");
}

static void fields(struct test *t)
{
    static const uint32_t codes[] = {0, 1, 15};
    struct vt_descriptor d;
    struct iotb_message m;
    struct vt vt;

    vt_open_mode(&vt, t, VT_SCALABLE);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        response_is(&vt, "VTD-7-523", vt_rid(&vt, 0), true, 0x45, 0x123, codes[i]);
    for (uint32_t i = 0; i < vt_rid_count(&vt); i++)
        response_is(&vt, "VTD-7-523", vt_rid(&vt, i), false, 0, 1, 0);
    for (uint32_t bit = 0; bit < 9; bit++)
        response_is(&vt, "VTD-7-523", vt_rid(&vt, 0), false, 0, 1u << bit, bit & 1);
    for (uint32_t bit = 0; bit < 20; bit++) {
        response_is(&vt, "VTD-7-525", vt_rid(&vt, 0), true, 1u << bit, 0x1ff, 0);
        response_is(&vt, "VTD-7-525", vt_rid(&vt, 0), false, 1u << bit, 0x1ff, 0); /* ignored */
    }
    /* A reserved code: Response Failure, or as it is. */
    d = vt_desc_page_response(vt_rid(&vt, 0), false, 0, 5, 5);
    if (answered(&vt, "VTD-7-524", &d, &m))
        CHECK(t, "VTD-7-524", m.response_code == 15 || m.response_code == 5, "response code %u for the reserved code 5",
              m.response_code);
    /* IGN, once LPIG. */
    d = vt_desc_page_response(vt_rid(&vt, 0), true, 0x45, 0x55, 1);
    d.word[1] |= 4;
    if (answered(&vt, "VTD-7-500", &d, &m))
        CHECK(t, "VTD-7-500", m.group_index == 0x55 && m.response_code == 1 && m.pasid == 0x45, "bit 66 is ignored");
    vt_close(&vt);
}

static void reserved(struct test *t)
{
    const struct spec_field *field;
    struct vt_descriptor good;
    struct vt vt;

    vt_open_mode(&vt, t, VT_SCALABLE);
    good = vt_desc_page_response(vt_rid(&vt, 0), true, 0x45, 0x55, 0);
    for (size_t i = 0; (field = spec_struct_field_at("page_grp_resp_dsc", i)) != NULL; i++) {
        if (field->name[0] != 'R' || field->name[1])
            continue;
        for (uint32_t bit = field->lo; bit <= field->hi; bit++) {
            struct vt_descriptor d = good;
            struct iotb_message m;

            test_context(t, "word %u, bit %u", field->word, bit);
            d.word[field->word] |= UINT64_C(1) << bit;
            queue_refuses(&vt, field->word == 0 && bit == 5 ? "VTD-7-501" : "VTD-7-500", &d, IQEI(IQEI_RESERVED));
            CHECK(t, "VTD-7-500", !vt_message(&vt, IOTB_MSG_PAGE_RESPONSE, &m), "a response from a descriptor that is refused");
        }
    }
    response_is(&vt, "VTD-7-523", vt_rid(&vt, 0), true, 0x45, 0x55, 0);
    vt_close(&vt);
}

/* The wait behind a response is not done before the device has it. */
static void before_wait(struct vt *vt)
{
    struct vt_descriptor d = vt_desc_page_response(vt_rid(vt, 0), false, 0, 9, 0);
    struct iotb_message m;
    struct waiter w;

    for (uint32_t i = 0; i < 4; i++) {
        vt_put(vt, &d);
        w = waiter_put(vt, false, i & 1);
        vt_ring(vt);
        if (!test_has(vt->t, IOTB_F_BENCH_MEMORY)) /* the status may be there before anything is handed out */
            test_settle(vt->t);
        while (!waiter_done(vt, w) && test_step(vt->t))
            ;
        CHECK(vt->t, "VTD-7-526", waiter_done(vt, w), "the wait is done");
        CHECK(vt->t, "VTD-7-526", message_take(vt->t, &m) && m.kind == IOTB_MSG_PAGE_RESPONSE,
              "the response was sent before the wait was done");
    }
}

/* What comes of a response and an invalidation; the device answers when nothing more does. */
static uint32_t two_messages(struct vt *vt, bool invalidation_first, struct iotb_message *seen)
{
    uint32_t count = 0;

    test_run(vt->t, VT_MESSAGE_PS);
    while (count < 2 && message_take(vt->t, &seen[count]))
        count++;
    if (invalidation_first)
        test_observe(vt->t, "VTD-6-646", "a response behind an invalidation that the device has not answered is %s",
                     count == 2 ? "sent" : "held back");
    for (uint32_t i = 0; i < count; i++)
        if (seen[i].kind == IOTB_MSG_INVALIDATE_REQUEST)
            vt_invalidate_completion(vt, &seen[i], 1);
    test_run(vt->t, VT_MESSAGE_PS);
    while (count < 2 && message_take(vt->t, &seen[count]))
        count++;
    return count;
}

static void order(struct test *t)
{
    struct vt_descriptor d[2];
    struct vt vt;

    vt_open_mode(&vt, t, VT_SCALABLE);
    before_wait(&vt);
    d[0] = vt_desc_page_response(vt_rid(&vt, 0), false, 0, 9, 0);
    d[1] = vt_desc_device_tlb(vt_rid(&vt, 0), INPUT, false, 0, 0);
    for (uint32_t first = 0; first < 2; first++) {
        static const uint16_t kinds[] = {IOTB_MSG_PAGE_RESPONSE, IOTB_MSG_INVALIDATE_REQUEST};
        struct iotb_message seen[2];
        struct waiter w;
        uint32_t count;

        vt_put(&vt, &d[first]);
        vt_put(&vt, &d[!first]);
        w = waiter_put(&vt, false, false);
        vt_ring(&vt);
        count = two_messages(&vt, first, seen);
        if (CHECK_EQ(t, "VTD-7-533", 2, count, "messages of a response and an invalidation")) {
            CHECK_EQ(t, "VTD-7-533", kinds[first], seen[0].kind, "kind of the first message");
            CHECK_EQ(t, "VTD-7-533", kinds[!first], seen[1].kind, "kind of the second message");
        }
        CHECK(t, "VTD-7-533", waiter_done(&vt, w), "the wait behind both is done");
    }
    vt_close(&vt);
}

#define CASE(NAME, SUMMARY, RUN, ROWS)                                                                        \
    {                                                                                                         \
        .name = "vtd.page_responses." NAME, .summary = SUMMARY, .run = RUN, .rows = ROWS, .gate = "ECAP.PRS", \
        .features = IOTB_F_ATS | IOTB_F_PRI, .functional = true, .tier = TIER_FULL                            \
    }

static const struct iotb_case cases[] = {
    CASE("fields", "A response goes to its device with its code, group and PASID.", fields,
         "VTD-7-523 VTD-7-524 VTD-7-525 VTD-7-500"),
    CASE("reserved", "Each reserved bit of a response stops the queue.", reserved, "VTD-7-500 VTD-7-501 VTD-7-523 VTD-7-525"),
    CASE("order", "Responses and invalidations go out in the order of the queue, and waits follow them.", order,
         "VTD-7-526 VTD-7-533 VTD-6-646"),
};

const struct iotb_case_list vtd_page_responses_cases = {cases, sizeof cases / sizeof cases[0]};
