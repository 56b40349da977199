/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * endpoint_test.c - the machine with an endpoint that plays a script: the order in which TLPs and messages are told, answers that
 * come when they are due, an Unsupported Request, and lies of an endpoint.
 */
#include "bench/tests/run_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct iotb_dut {
    char mode[32];
    uint64_t now_ps;
    bool started; /* by the first configuration write */
    uint32_t next_tlp, next_message, completions, messages;
    uint64_t completed_ps[8];
};

static struct iotb_dut *last; /* what the case of this process has opened */

/* ---- the script ---- */

/* Two reads and a write, with a message between them. */
static const struct iotb_request tlps[] = {
    {.size = sizeof(struct iotb_request), .id = 1, .kind = IOTB_READ, .bytes = 64, .address = 0x1000, .sequence = 1},
    {.size = sizeof(struct iotb_request), .id = 0, .kind = IOTB_WRITE, .bytes = 4, .address = 0x2000, .sequence = 3},
    {.size = sizeof(struct iotb_request), .id = 2, .kind = IOTB_READ, .bytes = 8, .address = 0x3000, .sequence = 4},
};
static const struct iotb_message messages[] = {
    {.size = sizeof(struct iotb_message), .kind = IOTB_MSG_PAGE_REQUEST, .sequence = 2},
};

static int open_script(const struct iotb_open_args *args, struct iotb_dut **out)
{
    struct iotb_dut *dut = calloc(1, sizeof(*dut));

    if (!dut)
        return IOTB_E_NO_MEMORY;
    snprintf(dut->mode, sizeof(dut->mode), "%s", args->parameters);
    *out = last = dut;
    return IOTB_OK;
}

static bool is(const struct iotb_dut *dut, const char *mode)
{
    return strcmp(dut->mode, mode) == 0;
}

static int describe(struct iotb_dut *dut, struct iotb_desc *desc)
{
    *desc = (struct iotb_desc){.size = sizeof(*desc),
                               .kind = IOTB_KIND_ENDPOINT,
                               .architecture = is(dut, "architecture") ? IOTB_ARCH_VTD : IOTB_ARCH_ENDPOINT,
                               .features = IOTB_F_TIME,
                               .name = "script",
                               .version = "1"};
    return IOTB_OK;
}

static int reset(struct iotb_dut *dut, uint32_t kind)
{
    (void)dut;
    (void)kind;
    return IOTB_OK;
}

static int advance(struct iotb_dut *dut, struct iotb_advance *advance)
{
    dut->now_ps = advance->until_ps;
    advance->reached_ps = dut->now_ps;
    advance->idle = 1;
    return IOTB_OK;
}

static void close_script(struct iotb_dut *dut)
{
    free(dut);
}

static int script_config_read(struct iotb_dut *dut, uint32_t offset, uint32_t bytes, uint32_t *value)
{
    (void)bytes;
    *value = is(dut, "config_wide") ? 0x123 : offset;
    return IOTB_OK;
}

static int script_config_write(struct iotb_dut *dut, uint32_t offset, uint32_t bytes, uint32_t value)
{
    (void)offset;
    (void)bytes;
    (void)value;
    dut->started = true;
    return IOTB_OK;
}

static int script_bar_read(struct iotb_dut *dut, uint32_t bar, uint64_t offset, uint32_t bytes, uint64_t *value)
{
    (void)dut;
    (void)bytes;
    *value = bar ? UINT32_MAX : offset;
    return bar ? IOTB_NONE : IOTB_OK;
}

static int script_bar_write(struct iotb_dut *dut, uint32_t bar, uint64_t offset, const void *data, uint32_t bytes)
{
    (void)dut;
    (void)bar;
    (void)offset;
    (void)data;
    (void)bytes;
    return IOTB_OK;
}

static int script_deferrable_write(struct iotb_dut *dut, uint64_t address, const void *data, uint32_t bytes, uint32_t *retry)
{
    (void)address;
    (void)data;
    (void)bytes;
    *retry = is(dut, "retry") ? 3 : 1;
    return IOTB_OK;
}

static int next_tlp(struct iotb_dut *dut, struct iotb_request *tlp)
{
    if (!dut->started || dut->next_tlp == sizeof(tlps) / sizeof(tlps[0]))
        return IOTB_NONE;
    *tlp = tlps[dut->next_tlp++];
    tlp->bytes = is(dut, "bytes") ? 65 : tlp->bytes;
    tlp->kind = is(dut, "kind") ? 5 : tlp->kind;
    tlp->address_type = is(dut, "type") ? 4 : tlp->address_type;
    return IOTB_OK;
}

static int complete_tlp(struct iotb_dut *dut, const struct iotb_completion *completion)
{
    dut->completed_ps[completion->id & 7] = dut->now_ps;
    dut->completions++;
    return IOTB_OK;
}

static int send_message(struct iotb_dut *dut, const struct iotb_message *message)
{
    (void)message;
    dut->messages++;
    return IOTB_OK;
}

static int poll_message(struct iotb_dut *dut, struct iotb_message *message)
{
    if (!dut->started || dut->next_message == 1)
        return IOTB_NONE;
    *message = messages[dut->next_message++];
    message->kind = is(dut, "message") ? (uint16_t)IOTB_MSG_PAGE_RESPONSE : message->kind;
    return IOTB_OK;
}

static const struct iotb_endpoint_ops endpoint = {
    .size = sizeof(endpoint),
    .config_read = script_config_read,
    .config_write = script_config_write,
    .bar_read = script_bar_read,
    .bar_write = script_bar_write,
    .deferrable_write = script_deferrable_write,
    .next_tlp = next_tlp,
    .complete_tlp = complete_tlp,
    .send_message = send_message,
    .poll_message = poll_message,
};
static const struct iotb_dut_ops script = {
    .size = sizeof(script),
    .abi = IOTB_DUT_ABI,
    .name = "script",
    .open = open_script,
    .describe = describe,
    .reset = reset,
    .advance = advance,
    .close = close_script,
    .endpoint = &endpoint,
};

/* ---- cases ---- */

static char order[16];

static void run(const char *mode, void (*body)(struct test *t))
{
    run_case(&script, mode, body, NULL);
}

static void on_tlp(struct test *t, void *context, const struct iotb_request *tlp)
{
    struct iotb_completion completion = {.id = tlp->id, .bytes = tlp->bytes};

    (void)context;
    strcat(order, tlp->kind == IOTB_WRITE ? "w" : "r");
    if (tlp->kind == IOTB_READ)
        completion_queue(t, &completion, tlp->id == 1 ? 5000 : 2000); /* the second overtakes the first */
}

static void on_message(struct test *t, void *context, const struct iotb_message *message)
{
    struct iotb_message response = {.kind = IOTB_MSG_PAGE_RESPONSE};

    (void)context;
    (void)message;
    strcat(order, "m");
    message_queue(t, &response, 1000);
}

static void plays(struct test *t)
{
    uint64_t value;

    order[0] = '\0';
    test_on_tlp(t, on_tlp, on_message, NULL);
    config_write(t, 4, 2, 6);
    assert_true(test_settle(t));
    assert_string_equal(order, "rmwr");
    assert_int_equal(last->completions, 2);
    assert_int_equal(last->messages, 1);
    assert_int_equal(last->completed_ps[1], 5000);
    assert_int_equal(last->completed_ps[2], 2000);
    assert_true(bar_read(t, 0, 0x40, 4, &value) && value == 0x40);
    assert_false(bar_read(t, 2, 0x40, 4, &value));
    assert_int_equal(deferrable_write(t, 0, &value, 8), DEFERRED_RETRY);
    assert_int_equal(config_read(t, 0x44, 2), 0x44);
    CHECK(t, "ROW-1", true, "played");
}

static void order_and_time(void **state)
{
    (void)state;
    run("", plays);
    expect("\"verdict\":\"PASS\"");
}

static void touches_all(struct test *t)
{
    uint64_t value = 0;

    config_write(t, 4, 2, 6);
    (void)config_read(t, 4, 1);
    (void)deferrable_write(t, 0, &value, 8);
    (void)test_settle(t);
    CHECK(t, "ROW-1", true, "unharmed");
}

static void every_lie_is_told(void **state)
{
    static const char *const lies[][2] = {
        {"bytes", "65 bytes, not 1 to 64"},
        {"kind", "kind 5 is not known"},
        {"type", "more than two bits"},
        {"message", "none that an endpoint sends"},
        {"config_wide", "which has more"},
        {"retry", "retry is 3"},
        {"architecture", "the architecture of an endpoint"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        run(lies[i][0], touches_all);
        expect("\"verdict\":\"CRASH\"");
        expect(lies[i][1]);
    }
}

static void ends_in_a_hang(struct test *t)
{
    test_on_tlp(t, (tlp_hook *)NULL, NULL, NULL);
    test_hang(t, "a group never ended");
    CHECK(t, "ROW-1", true, "but this is right");
}

static void what_never_ends_is_a_hang(void **state)
{
    (void)state;
    run("", ends_in_a_hang);
    expect("\"verdict\":\"HANG\"");
    expect("a group never ended");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_and_time),
        cmocka_unit_test(every_lie_is_told),
        cmocka_unit_test(what_never_ends_is_a_hang),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
