/* SPDX-License-Identifier: BSD-2-Clause */
/* machine_test.c - the standard machine, with each kind of IOMMU and its real driver: groups, domains, DMA. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "device_checks.h"
#include "kernel/host.h"
#include "machine_checks.h"
#include "platform/machine.h"

static void (*const checks[])(void *) = {check_machine_groups,   check_machine_dma,      check_machine_pasid, check_machine_snoop,
                                         check_machine_reserved, check_machine_coherent, check_interrupts};

static void no_splats(void)
{
    for (size_t i = 0; i < kernel_splat_count(); i++)
        print_error("splat: %s\n", kernel_splat(i)->text);
    if (device_check_failures)
        print_error("check: %s\n", device_check_text);
    assert_int_equal(kernel_splat_count(), 0);
    assert_int_equal(device_check_failures, 0);
}

static void run_all(enum platform_architecture architecture, void (*defaults)(void *), struct kernel_config config)
{
    const char *driver = architecture == PLATFORM_VTD ? "vtd" : "arm-smmu-v3";
    struct machine_description description;
    struct machine *machine;
    char error[200];

    machine_standard(architecture, &description);
    assert_int_equal(machine_create(&description, &machine, error, sizeof(error)), 0);
    config.hardware = machine_hardware(machine);
    device_check_failures = 0;
    assert_int_equal(kernel_boot(&config), 0);
    assert_int_equal(kernel_run(NULL, "defaults", defaults, NULL), KERNEL_DONE);
    assert_int_equal(kernel_module_load(driver, NULL), 0);
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        assert_int_equal(kernel_run(NULL, "check", checks[i], NULL), KERNEL_DONE);
        no_splats();
    }
    assert_int_equal(kernel_module_unload(driver), -EWOULDBLOCK); /* devices hold it; halt lets it go */
    kernel_halt();
    no_splats();
    machine_destroy(machine);
}

static void run(void **state, struct kernel_config config)
{
    enum platform_architecture architecture = *(const enum platform_architecture *)*state;

    run_all(architecture, default_translated, config);
    run_all(architecture, default_passthrough, config);
}

static void first_in_first_out(void **state)
{
    run(state, (struct kernel_config){.backend = KERNEL_COOPERATIVE});
}

static void explored(void **state)
{
    for (uint64_t seed = 1; seed <= 4; seed++)
        run(state, (struct kernel_config){.backend = KERNEL_COOPERATIVE, .seed = seed, .explore = true});
}

static void in_threads(void **state)
{
    run(state, (struct kernel_config){.backend = KERNEL_THREADS});
}

int main(void)
{
    static enum platform_architecture vtd = PLATFORM_VTD, smmuv3 = PLATFORM_SMMUV3;
    const struct CMUnitTest tests[] = {
        {"vtd: first in, first out", first_in_first_out, NULL, NULL, &vtd},
        {"vtd: explored", explored, NULL, NULL, &vtd},
        {"vtd: in threads", in_threads, NULL, NULL, &vtd},
        {"smmuv3: first in, first out", first_in_first_out, NULL, NULL, &smmuv3},
        {"smmuv3: explored", explored, NULL, NULL, &smmuv3},
        {"smmuv3: in threads", in_threads, NULL, NULL, &smmuv3},
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
