/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_dut_test.c - the models and the negative controls behind the guard: every default set opens, both kinds of
 * memory work, and each control is wrong in its own way.
 *
 * The unit is as after reset, translation off, so that a request goes to the address in it.
 */
#include "dut/control/control.h"
#include "dut/dut_registry.h"
#include "dut/guard.h"
#include "dut/model/model_dut.h"
#include "dut/plugin/plugin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define VER_REG 0x0u
#define RTADDR_REG 0x20u
#define ADDRESS 0x20000000ull

static char error[256];

static const struct model {
    const char *name;
    const struct iotb_dut_ops *(*ops)(void);
    const char *plugin; /* parameters of the DUT "plugin" */
} models[] = {
    {"vtd", iotb_dut_vtd, "preset=max,path=" VTD_PLUGIN},
    {"smmuv3", iotb_dut_smmuv3, "preset=max,path=" SMMUV3_PLUGIN},
};

static void each_model(void (*check)(const struct model *model))
{
    for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
        check(&models[i]);
}

static struct guard *open_dut(const struct iotb_dut_ops *ops, const char *parameters)
{
    struct iotb_open_args args = {
        .size = sizeof(args), .seed = 7, .parameters = parameters, .error = error, .error_bytes = sizeof(error)};
    struct guard *guard = NULL;
    int result;

    error[0] = '\0';
    result = guard_open(ops, &args, &guard);
    if (guard && guard_reset(guard, IOTB_RESET_COLD) != IOTB_OK)
        fail_msg("%s", guard_error(guard));
    assert_true((result == IOTB_OK) == (guard != NULL));
    return guard;
}

/* Sends a request and answers its accesses: reads and atomics with bytes 0xa0, 0xa1 ... Completed within 100 steps? */
static bool carry_out(struct guard *guard, const struct iotb_request *request, struct iotb_completion *completion,
                      struct iotb_access *last)
{
    uint64_t now_ps = 0;
    bool idle;

    memset(last, 0, sizeof(*last));
    assert_int_equal(guard_submit(guard, request), IOTB_OK);
    for (uint32_t i = 0; i < 100; i++) {
        struct iotb_access access;
        int result;

        while (guard_next_access(guard, &access) == IOTB_OK) {
            struct iotb_answer answer = {.size = sizeof(answer), .tag = access.tag};

            answer.bytes = access.kind == IOTB_ACC_WRITE ? 0 : access.bytes;
            for (uint32_t k = 0; k < answer.bytes; k++)
                answer.data[k] = (uint8_t)(0xa0 + k);
            *last = access;
            assert_int_equal(guard_answer_access(guard, &answer), IOTB_OK);
        }
        result = guard_poll_completion(guard, completion);
        if (result == IOTB_OK)
            return true;
        assert_int_equal(result, IOTB_NONE);
        assert_int_equal(guard_advance(guard, now_ps + 1000000, &now_ps, &idle), IOTB_OK);
    }
    return false;
}

static struct iotb_request request_of(uint32_t id, enum iotb_request_kind kind)
{
    struct iotb_request request = {.size = sizeof(request),
                                   .id = id,
                                   .requester_id = 0x0108,
                                   .kind = (uint8_t)kind,
                                   .bytes = 8,
                                   .address = ADDRESS,
                                   .data = "\1\2\3\4\5\6\7\10"};

    return request;
}

static void check_sets(const struct model *model)
{
    const char *const *sets = dut_default_sets(model->name);

    for (; *sets; sets++) {
        struct guard *guard = open_dut(model->ops(), *sets);
        uint64_t version = 0;

        if (!guard)
            fail_msg("%s: %s", *sets, error);
        assert_int_equal(guard_reg_read(guard, VER_REG, 4, &version), IOTB_OK);
        assert_true(version != 0);
        assert_string_equal(guard_desc(guard)->parameters, *sets);
        guard_close(guard);
    }
}

static void test_sets(void **state)
{
    (void)state;
    each_model(check_sets);
}

static void test_parameters(void **state)
{
    static const char *const bad[][2] = {
        {"preset=nonsense", "preset=nonsense"}, {"memory=both", "memory=both"},  {"cm", "NAME=VALUE"},
        {"colour=red", "colour=red"},           {"erratum=NO_SUCH", "erratum="},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_null(open_dut(iotb_dut_vtd(), bad[i][0]));
        assert_non_null(strstr(error, bad[i][1]));
    }
}

static void test_registers(void **state)
{
    struct guard *guard = open_dut(iotb_dut_vtd(), "preset=max");
    uint64_t value = 0;

    (void)state;
    assert_non_null(guard);
    assert_int_equal(guard_reg_write(guard, RTADDR_REG, 8, 0x12345000), IOTB_OK);
    assert_int_equal(guard_reg_read(guard, RTADDR_REG, 8, &value), IOTB_OK);
    assert_int_equal(value, 0x12345000);
    assert_int_equal(guard_reset(guard, IOTB_RESET_COLD), IOTB_OK);
    assert_int_equal(guard_reg_read(guard, RTADDR_REG, 8, &value), IOTB_OK);
    assert_int_equal(value, 0);
    assert_int_equal(guard_reset(guard, IOTB_RESET_FUNCTION), IOTB_E_UNSUPPORTED);
    guard_close(guard);
}

static void check_bench_memory(const struct model *model)
{
    struct guard *guard = open_dut(model->ops(), "");
    struct iotb_request request = request_of(1, IOTB_WRITE);
    struct iotb_completion completion;
    struct iotb_access access;

    assert_non_null(guard);
    assert_true(carry_out(guard, &request, &completion, &access));
    assert_int_equal(completion.status, IOTB_SC);
    assert_int_equal(access.kind, IOTB_ACC_WRITE);
    assert_int_equal(access.address, ADDRESS);
    assert_int_equal(access.origin, IOTB_ORIGIN_DMA);
    assert_memory_equal(access.data, request.data, 8);
    request = request_of(2, IOTB_READ);
    assert_true(carry_out(guard, &request, &completion, &access));
    assert_int_equal(completion.bytes, 8);
    assert_int_equal(completion.data[7], 0xa7);
    guard_close(guard);
}

static void test_bench_memory(void **state)
{
    (void)state;
    each_model(check_bench_memory);
}

/* A reset while an access is with the bench: nothing comes of it later. */
static void check_reset_in_flight(const struct model *model)
{
    struct guard *guard = open_dut(model->ops(), "");
    struct iotb_request request = request_of(1, IOTB_READ), next = request_of(2, IOTB_READ);
    struct iotb_completion completion;
    struct iotb_access access;

    assert_int_equal(guard_submit(guard, &request), IOTB_OK);
    assert_int_equal(guard_next_access(guard, &access), IOTB_OK);
    /* One of the two has a warm reset. */
    if (guard_desc(guard)->features & IOTB_F_WARM_RESET)
        assert_int_equal(guard_reset(guard, IOTB_RESET_WARM), IOTB_OK);
    else
        assert_int_equal(guard_reset(guard, IOTB_RESET_COLD), IOTB_OK);
    assert_int_equal(guard_poll_completion(guard, &completion), IOTB_NONE);
    assert_int_equal(guard_next_access(guard, &access), IOTB_NONE);
    assert_true(carry_out(guard, &next, &completion, &access));
    assert_int_equal(completion.id, 2);
    assert_int_equal(guard_submit(guard, &request), IOTB_OK);
    guard_close(guard); /* with a request in flight */
}

static void test_reset_in_flight(void **state)
{
    (void)state;
    each_model(check_reset_in_flight);
}

static void check_own_memory(const struct model *model)
{
    struct guard *guard = open_dut(model->ops(), "memory=dut");
    struct iotb_request request = request_of(1, IOTB_WRITE);
    struct iotb_completion completion;
    struct iotb_access access;
    uint8_t data[8];

    assert_non_null(guard);
    assert_true(carry_out(guard, &request, &completion, &access));
    assert_int_equal(access.bytes, 0); /* none was handed out */
    assert_int_equal(guard_mem_read(guard, ADDRESS, data, 8), IOTB_OK);
    assert_memory_equal(data, request.data, 8);
    request = request_of(2, IOTB_READ);
    request.address = guard_desc(guard)->hole_address;
    assert_true(carry_out(guard, &request, &completion, &access));
    assert_int_not_equal(completion.status, IOTB_SC);
    guard_close(guard);
}

static void test_own_memory(void **state)
{
    (void)state;
    each_model(check_own_memory);
}

/* A page request to a unit that does not remap, the last of its group, is answered. */
static void check_messages(const struct iotb_dut_ops *ops, uint32_t flags, uint8_t response_code)
{
    struct guard *guard = open_dut(ops, "preset=ats");
    struct iotb_message message = {.size = sizeof(message),
                                   .kind = IOTB_MSG_PAGE_REQUEST,
                                   .device_id = 0x1234,
                                   .flags = IOTB_RQ_PASID,
                                   .pasid = 0xabcde,
                                   .group_index = 0x1ff,
                                   .read = 1,
                                   .last = 1};
    struct iotb_message answer;

    assert_non_null(guard);
    assert_int_equal(guard_send_message(guard, &message), IOTB_OK);
    assert_int_equal(guard_poll_message(guard, &answer), IOTB_OK);
    assert_int_equal(answer.kind, IOTB_MSG_PAGE_RESPONSE);
    assert_int_equal(answer.device_id, 0x1234);
    assert_int_equal(answer.flags, flags);
    assert_int_equal(answer.pasid, flags ? 0xabcde : 0);
    assert_int_equal(answer.group_index, 0x1ff);
    assert_int_equal(answer.response_code, response_code);
    assert_int_equal(guard_poll_message(guard, &answer), IOTB_NONE);
    message.kind = IOTB_MSG_INVALIDATE_COMPLETION; /* of nothing */
    assert_int_equal(guard_send_message(guard, &message), IOTB_OK);
    assert_int_equal(guard_poll_message(guard, &answer), IOTB_NONE);
    guard_close(guard);
}

/* VT-d: Invalid Request, with the PASID; SMMUv3: Response Failure, without. */
static void test_messages(void **state)
{
    (void)state;
    check_messages(iotb_dut_vtd(), IOTB_RQ_PASID, 1);
    check_messages(iotb_dut_smmuv3(), 0, 15);
}

static void check_plugin(const struct model *model)
{
    struct guard *guard = open_dut(iotb_dut_plugin(), model->plugin);
    struct iotb_request request = request_of(1, IOTB_WRITE);
    struct iotb_completion completion;
    struct iotb_access access;

    if (!guard)
        fail_msg("%s", error);
    assert_string_equal(guard_desc(guard)->parameters, "preset=max");
    assert_true(carry_out(guard, &request, &completion, &access));
    assert_int_equal(access.address, ADDRESS);
    guard_close(guard);
}

static void test_plugin(void **state)
{
    (void)state;
    each_model(check_plugin);
}

/* ---- controls ---- */

static void test_controls_registers(void **state)
{
    (void)state;
    for (const char *const *name = iotb_dut_control_names; *name; name++) {
        struct guard *guard = open_dut(iotb_dut_control(*name), "preset=max"), *model = open_dut(iotb_dut_vtd(), "preset=max");

        assert_non_null(guard);
        assert_string_equal(guard_desc(guard)->name, *name);
        for (uint64_t offset = 0; offset < 0x40; offset += 8) {
            uint64_t value = 0, right = 1;

            assert_int_equal(guard_reg_read(guard, offset, 8, &value), IOTB_OK);
            assert_int_equal(guard_reg_read(model, offset, 8, &right), IOTB_OK);
            assert_int_equal(value, right);
        }
        guard_close(guard);
        guard_close(model);
    }
    assert_null(iotb_dut_control("vtd"));
}

static void bypass_with(const char *parameters)
{
    struct guard *guard = open_dut(iotb_dut_control("bypass"), parameters);
    struct iotb_request request = request_of(1, IOTB_WRITE);
    struct iotb_completion completion;
    struct iotb_access access;

    request.address = ADDRESS + 60; /* across 64 bytes: two accesses */
    assert_true(carry_out(guard, &request, &completion, &access));
    assert_int_equal(completion.status, IOTB_SC);
    if (guard_desc(guard)->features & IOTB_F_BENCH_MEMORY) {
        assert_int_equal(access.address, ADDRESS + 64);
        assert_memory_equal(access.data, &request.data[4], 4);
    } else {
        uint8_t data[8];

        assert_int_equal(guard_mem_read(guard, ADDRESS + 60, data, 8), IOTB_OK);
        assert_memory_equal(data, request.data, 8);
        request = request_of(2, IOTB_FETCH_ADD);
        request.address = ADDRESS + 64;
        request.bytes = 4;
        assert_true(carry_out(guard, &request, &completion, &access));
        assert_memory_equal(completion.data, "\5\6\7\10", 4);
        assert_int_equal(guard_mem_read(guard, ADDRESS + 64, data, 4), IOTB_OK);
        assert_memory_equal(data, "\6\10\12\14", 4);
    }
    guard_close(guard);
}

static void test_bypass(void **state)
{
    (void)state;
    bypass_with("");
    bypass_with("memory=dut");
}

static void test_deny_and_stuck(void **state)
{
    struct guard *deny = open_dut(iotb_dut_control("deny"), ""), *stuck = open_dut(iotb_dut_control("stuck"), "");
    struct iotb_request request = request_of(1, IOTB_READ);
    struct iotb_completion completion;
    struct iotb_access access;

    (void)state;
    assert_true(carry_out(deny, &request, &completion, &access));
    assert_int_equal(completion.status, IOTB_UR);
    assert_int_equal(access.bytes, 0);
    assert_false(carry_out(stuck, &request, &completion, &access));
    assert_int_equal(access.bytes, 0);
    guard_close(deny);
    guard_close(stuck);
}

/* Never the right data at the right place. */
static void test_noise(void **state)
{
    struct guard *guard = open_dut(iotb_dut_control("noise"), "");
    uint32_t refused = 0, elsewhere = 0, spoilt = 0, dropped = 0;

    (void)state;
    for (uint32_t id = 1; id <= 200; id++) {
        struct iotb_request request = request_of(id, IOTB_WRITE);
        struct iotb_completion completion;
        struct iotb_access access;

        assert_true(carry_out(guard, &request, &completion, &access));
        refused += completion.status != IOTB_SC;
        dropped += completion.status == IOTB_SC && !access.bytes;
        elsewhere += access.bytes && access.address != ADDRESS;
        spoilt += access.bytes && access.address == ADDRESS && memcmp(access.data, request.data, 8) != 0;
        request = request_of(id + 1000, IOTB_READ);
        assert_true(carry_out(guard, &request, &completion, &access));
        if (completion.status == IOTB_SC)
            assert_memory_not_equal(completion.data, "\xa0\xa1\xa2\xa3\xa4\xa5\xa6\xa7", 8);
    }
    assert_int_equal(refused + dropped + elsewhere + spoilt, 200);
    assert_true(refused && dropped && elsewhere && spoilt);
    guard_close(guard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sets),         cmocka_unit_test(test_parameters),      cmocka_unit_test(test_registers),
        cmocka_unit_test(test_bench_memory), cmocka_unit_test(test_reset_in_flight), cmocka_unit_test(test_own_memory),
        cmocka_unit_test(test_messages),     cmocka_unit_test(test_plugin),          cmocka_unit_test(test_controls_registers),
        cmocka_unit_test(test_bypass),       cmocka_unit_test(test_deny_and_stuck),  cmocka_unit_test(test_noise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
