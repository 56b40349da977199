/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_dma_test.c - the driver on the standard machine, without the rest of the kernel. With arguments: test [bug]. */
#include "vtd_dma.h"

#include "kernel/hardware.h"
#include "platform/machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void *host_alloc(unsigned long bytes);
void host_free(void *memory);
void host_print(const char *format, va_list arguments);
int host_format(char *buffer, unsigned long bytes, const char *format, va_list arguments);
void host_fail(const char *what, unsigned long value);

static const char *units;

void *host_alloc(unsigned long bytes)
{
    return malloc(bytes ? bytes : 1);
}

void host_free(void *memory)
{
    free(memory);
}

void host_print(const char *format, va_list arguments)
{
    if (getenv("VTD_VERBOSE"))
        vprintf(format, arguments);
}

int host_format(char *buffer, unsigned long bytes, const char *format, va_list arguments)
{
    return vsnprintf(buffer, bytes, format, arguments);
}

void host_fail(const char *what, unsigned long value)
{
    fail_msg("%s: %#lx", what, value);
}

static void run(void (*test)(void), const char *bug)
{
    struct machine_description description;
    struct machine *machine;
    char error[200];

    machine_standard(PLATFORM_VTD, &description);
    if (units)
        description.iommus[1].parameters = units;
    if (machine_create(&description, &machine, error, sizeof(error)))
        fail_msg("%s", error);
    dma_begin(machine_hardware(machine), bug);
    test();
    dma_end();
    machine_destroy(machine);
}

#define TESTS(_)        \
    _(dma_second_stage) \
    _(dma_first_stage)  \
    _(dma_pasids)       \
    _(dma_nested)       \
    _(dma_process)      \
    _(dma_requests) _(dma_aliases) _(dma_dirty) _(dma_identity_and_blocked) _(dma_compatibility) _(dma_regions) _(dma_failures)

/* The same below a unit of another kind; what that cannot do is not asked of it. */
static void test_legacy_aliases(void **state)
{
    units = "preset=legacy";
    run(dma_aliases, *state);
    units = getenv("VTD_UNIT");
}

static void test_legacy_second_stage(void **state)
{
    units = "preset=ats-legacy";
    run(dma_second_stage, *state);
    units = getenv("VTD_UNIT");
}

static void test_caching_mode(void **state)
{
    units = "preset=cm,dt=1,prs=1,pds=1,device_tlb_timeout_ps=10000000000";
    run(dma_second_stage, *state);
    run(dma_nested, *state);
    units = getenv("VTD_UNIT");
}

static void test_hoarding_caches(void **state)
{
    units = "preset=hoard,dt=1,prs=1,pds=1";
    run(dma_pasids, *state);
    run(dma_nested, *state);
    units = getenv("VTD_UNIT");
}

#define DEFINE(test)                      \
    static void test_##test(void **state) \
    {                                     \
        run(test, *state);                \
    }
TESTS(DEFINE)

#define ENTRY(test) {#test, test_##test, NULL, NULL, NULL},

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {TESTS(ENTRY) ENTRY(legacy_aliases) ENTRY(legacy_second_stage) ENTRY(caching_mode)
                                     ENTRY(hoarding_caches)};

    units = getenv("VTD_UNIT");
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    for (size_t i = 0; argc > 2 && i < sizeof(tests) / sizeof(tests[0]); i++)
        tests[i].initial_state = argv[2];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
