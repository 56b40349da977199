/* SPDX-License-Identifier: BSD-2-Clause */
/* smmuv3_dma_test.c - the driver on the standard machine, without the rest of the kernel. With arguments: test [bug]. */
#include "smmuv3_dma.h"

#include "drivers/tests/dma_program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TESTS(_)                \
    _(dma_first_stage)          \
    _(dma_second_stage)         \
    _(dma_switch)               \
    _(dma_pasids)               \
    _(dma_nested)               \
    _(dma_process)              \
    _(dma_requests)             \
    _(dma_aliases)              \
    _(dma_dirty)                \
    _(dma_identity_and_blocked) \
    _(dma_compatibility)        \
    _(dma_blocks)               \
    _(dma_busy_unmap) _(dma_busy_replace) _(dma_events) _(dma_lost_atc) _(dma_overflow) _(dma_refused_command)

#define DEFINE(test)                                          \
    static void test_##test(void **state)                     \
    {                                                         \
        dma_program_run(PLATFORM_SMMUV3, test, *state, NULL); \
    }
TESTS(DEFINE)

#define ENTRY(test) {#test, test_##test, NULL, NULL, NULL},

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {TESTS(ENTRY)};

    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    for (size_t i = 0; argc > 2 && i < sizeof(tests) / sizeof(tests[0]); i++)
        tests[i].initial_state = argv[2];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
