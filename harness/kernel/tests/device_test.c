/* SPDX-License-Identifier: BSD-2-Clause */
/* device_test.c - the device model and the iommu core on the standard machine: both backends, exploration with several seeds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "device_checks.h"
#include "kernel/host.h"
#include "platform/machine.h"

static void (*const checks[])(void *) = {check_pci_devices, check_pci_translation, check_drivers, check_interrupts, check_groups,
                                         check_owners,      check_attach,          check_pasids,  check_maps,       check_faults};

static void no_splats(void)
{
    for (size_t i = 0; i < kernel_splat_count(); i++)
        print_error("splat: %s\n", kernel_splat(i)->text);
    if (device_check_failures)
        print_error("check: %s\n", device_check_text);
    assert_int_equal(kernel_splat_count(), 0);
    assert_int_equal(device_check_failures, 0);
}

static void run_all(struct kernel_config config)
{
    struct machine_description description;
    struct machine *machine;
    char error[200];

    machine_standard(PLATFORM_VTD, &description);
    assert_int_equal(machine_create(&description, &machine, error, sizeof(error)), 0);
    config.hardware = machine_hardware(machine);
    device_check_failures = 0;
    assert_int_equal(kernel_boot(&config), 0);
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        assert_int_equal(kernel_run(NULL, "check", checks[i], NULL), KERNEL_DONE);
        no_splats();
    }
    kernel_halt();
    no_splats();
    machine_destroy(machine);
}

static void first_in_first_out(void **state)
{
    (void)state;
    run_all((struct kernel_config){.backend = KERNEL_COOPERATIVE});
}

static void explored(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++)
        run_all((struct kernel_config){.backend = KERNEL_COOPERATIVE, .seed = seed, .explore = true});
}

static void in_threads(void **state)
{
    (void)state;
    run_all((struct kernel_config){.backend = KERNEL_THREADS});
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(first_in_first_out), cmocka_unit_test(explored),
                                       cmocka_unit_test(in_threads)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
