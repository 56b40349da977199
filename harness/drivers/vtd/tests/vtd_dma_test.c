/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_dma_test.c - the driver on the standard machine, without the rest of the kernel. With arguments: test [bug]. */
#include "vtd_dma.h"

#include "drivers/tests/dma_program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void run(void (*test)(void), const char *bug, const char *units)
{
    dma_program_run(PLATFORM_VTD, test, bug, units);
}

#define TESTS(_)                \
    _(dma_second_stage)         \
    _(dma_first_stage)          \
    _(dma_pasids)               \
    _(dma_nested)               \
    _(dma_process)              \
    _(dma_requests)             \
    _(dma_aliases)              \
    _(dma_dirty)                \
    _(dma_identity_and_blocked) \
    _(dma_compatibility)        \
    _(dma_regions) _(dma_failures)

/* The same below a unit of another kind; what that cannot do is not asked of it. */
static void test_legacy_aliases(void **state)
{
    run(dma_aliases, *state, "preset=legacy");
}

static void test_legacy_second_stage(void **state)
{
    run(dma_second_stage, *state, "preset=ats-legacy");
}

static void test_caching_mode(void **state)
{
    static const char units[] = "preset=cm,dt=1,prs=1,pds=1,device_tlb_timeout_ps=10000000000";

    run(dma_second_stage, *state, units);
    run(dma_nested, *state, units);
}

static void test_hoarding_caches(void **state)
{
    static const char units[] = "preset=hoard,dt=1,prs=1,pds=1";

    run(dma_pasids, *state, units);
    run(dma_nested, *state, units);
}

#define DEFINE(test)                      \
    static void test_##test(void **state) \
    {                                     \
        run(test, *state, NULL);          \
    }
TESTS(DEFINE)

#define ENTRY(test) {#test, test_##test, NULL, NULL, NULL},

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {TESTS(ENTRY) ENTRY(legacy_aliases) ENTRY(legacy_second_stage) ENTRY(caching_mode)
                                     ENTRY(hoarding_caches)};

    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    for (size_t i = 0; argc > 2 && i < sizeof(tests) / sizeof(tests[0]); i++)
        tests[i].initial_state = argv[2];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
