/* SPDX-License-Identifier: BSD-2-Clause */
/* uapi_test.c - the guard of user interfaces: a DUT that is wrong about its own interface, one lie at a time. */
#include "dut/control/uapi_control.h"
#include "dut/guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum lie {
    NO_LIE,
    ERRNO_TOO_LARGE,
    NO_RESULT,
    GONE,
    LONG_DATA,
    BAD_STATUS,
    WAITS_TWICE,
    SHORT_STRUCT,
    LONG_NAME,
    OTHER_IOMMU,
    PASID_WITHOUT_FLAG,
    TOO_MANY_REGIONS,
};
static enum lie lie;

static struct iotb_uapi_ops honest;

static int64_t lying_open(struct iotb_dut *dut, uint32_t process, const char *path, uint32_t flags)
{
    if (lie == ERRNO_TOO_LARGE)
        return -5000;
    if (lie == NO_RESULT)
        return IOTB_UAPI_BENCH(-77);
    if (lie == GONE)
        return IOTB_UAPI_BENCH(IOTB_E_GONE);
    return honest.open(dut, process, path, flags);
}

static int64_t lying_submit(struct iotb_dut *dut, uint32_t device, const struct iotb_request *request,
                            struct iotb_completion *completion)
{
    int64_t value = honest.device_submit(dut, device, request, completion);

    if (lie == LONG_DATA)
        completion->bytes = 65;
    if (lie == BAD_STATUS)
        completion->status = 3;
    if (lie == SHORT_STRUCT)
        completion->size = 8;
    return lie == WAITS_TWICE ? 2 : value;
}

static int lying_machine(struct iotb_dut *dut, struct iotb_uapi_machine *machine)
{
    int result = honest.machine(dut, machine);

    if (lie == LONG_NAME)
        memset(machine->profile, 'x', sizeof(machine->profile));
    if (lie == OTHER_IOMMU)
        machine->architecture = IOTB_ARCH_ENDPOINT;
    return result;
}

static int lying_device(struct iotb_dut *dut, uint32_t index, struct iotb_uapi_device *device)
{
    int result = honest.describe_device(dut, index, device);

    if (lie == PASID_WITHOUT_FLAG)
        device->flags = 0;
    if (lie == TOO_MANY_REGIONS)
        device->reserved_count = 9;
    return result;
}

static struct guard *guarded(enum lie which)
{
    static struct iotb_uapi_ops uapi;
    static struct iotb_dut_ops ops;
    char error[256] = "";
    struct iotb_open_args args = {.size = sizeof(args), .parameters = "", .error = error, .error_bytes = sizeof(error)};
    struct guard *guard;

    ops = *iotb_dut_uapi_yes();
    honest = *ops.uapi;
    uapi = honest;
    uapi.open = lying_open;
    uapi.device_submit = lying_submit;
    uapi.machine = lying_machine;
    uapi.describe_device = lying_device;
    ops.uapi = &uapi;
    lie = which;
    assert_int_equal(guard_open(&ops, &args, &guard), IOTB_OK);
    assert_int_equal(guard_reset(guard, IOTB_RESET_COLD), IOTB_OK);
    return guard;
}

static int opened(struct guard *guard)
{
    return guard_call(guard, guard_uapi(guard)->open(guard_dut(guard), 0, "/dev/iommu", 2), "open");
}

static int submitted(struct guard *guard)
{
    struct iotb_request request = {.size = sizeof(request), .bytes = 8};
    struct iotb_completion completion;
    int64_t value;

    return guard_device_submit(guard, 0, &request, &completion, &value);
}

static int described(struct guard *guard)
{
    struct iotb_uapi_device device;

    return guard_describe_device(guard, 0, &device);
}

static int asked(struct guard *guard)
{
    struct iotb_uapi_machine machine;

    return guard_machine(guard, &machine);
}

static void each_lie_is_found(void **state)
{
    static const struct {
        enum lie lie;
        int (*ask)(struct guard *guard);
        int result;
        const char *said;
    } table[] = {
        {NO_LIE, opened, IOTB_OK, ""},
        {NO_LIE, submitted, IOTB_OK, ""},
        {NO_LIE, described, IOTB_OK, ""},
        {NO_LIE, asked, IOTB_OK, ""},
        {ERRNO_TOO_LARGE, opened, IOTB_E_PROTOCOL, "-5000"},
        {NO_RESULT, opened, IOTB_E_PROTOCOL, "neither a value"},
        {GONE, opened, IOTB_E_GONE, "the DUT is gone"},
        {LONG_DATA, submitted, IOTB_E_PROTOCOL, "65 bytes"},
        {BAD_STATUS, submitted, IOTB_E_PROTOCOL, "status 3"},
        {SHORT_STRUCT, submitted, IOTB_E_PROTOCOL, "completion of 8 bytes"},
        {WAITS_TWICE, submitted, IOTB_E_PROTOCOL, "not 0 or 1"},
        {LONG_NAME, asked, IOTB_E_PROTOCOL, "no end"},
        {OTHER_IOMMU, asked, IOTB_E_PROTOCOL, "architecture 3"},
        {PASID_WITHOUT_FLAG, described, IOTB_E_PROTOCOL, "20 bits"},
        {TOO_MANY_REGIONS, described, IOTB_E_PROTOCOL, "9 reserved regions"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct guard *guard = guarded(table[i].lie);

        assert_int_equal(table[i].ask(guard), table[i].result);
        assert_non_null(strstr(guard_error(guard), table[i].said));
        if (table[i].result != IOTB_OK) /* nothing but close() may follow */
            assert_int_equal(guard_callable(guard, true, "open"), IOTB_E_GONE);
        guard_close(guard);
    }
}

static void what_is_missing_is_not_supported(void **state)
{
    struct guard *guard = guarded(NO_LIE);
    struct iotb_completion completion;

    (void)state;
    assert_null(guard_uapi(guard)->fail_nth);
    assert_int_equal(guard_callable(guard, false, "fail_nth"), IOTB_E_UNSUPPORTED);
    assert_int_equal(guard_device_poll(guard, 0, &completion), IOTB_E_UNSUPPORTED);
    assert_int_equal(opened(guard), IOTB_OK);
    guard_close(guard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_lie_is_found),
        cmocka_unit_test(what_is_missing_is_not_supported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
