/* SPDX-License-Identifier: BSD-2-Clause */
/* smmuv3_test.c - runs the checks of the driver's formats. */
#include "smmuv3_checks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int blocks;

void check_failed(const char *what, unsigned long long value)
{
    fail_msg("%s: %#llx", what, value);
}

void *check_pages(unsigned long bytes)
{
    void *pages = aligned_alloc(bytes, bytes);

    blocks++;
    return pages ? memset(pages, 0, bytes) : NULL;
}

void check_pages_free(void *pages)
{
    blocks--;
    free(pages);
}

#define TEST(check)                        \
    static void test_##check(void **state) \
    {                                      \
        (void)state;                       \
        check();                           \
        assert_int_equal(blocks, 0);       \
    }
TEST(check_range_commands)
TEST(check_range_pages)
TEST(check_atc_spans)
TEST(check_entry_never_mixed)
TEST(check_entry_hitless)
TEST(check_entry_equal)
TEST(check_paging_both_stages)
TEST(check_paging_large_pages)
TEST(check_paging_concatenated)
TEST(check_paging_table_replaced)
TEST(check_paging_refusals)
TEST(check_paging_dirty)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_range_commands),      cmocka_unit_test(test_check_range_pages),
        cmocka_unit_test(test_check_atc_spans),           cmocka_unit_test(test_check_entry_never_mixed),
        cmocka_unit_test(test_check_entry_hitless),       cmocka_unit_test(test_check_entry_equal),
        cmocka_unit_test(test_check_paging_both_stages),  cmocka_unit_test(test_check_paging_large_pages),
        cmocka_unit_test(test_check_paging_concatenated), cmocka_unit_test(test_check_paging_table_replaced),
        cmocka_unit_test(test_check_paging_refusals),     cmocka_unit_test(test_check_paging_dirty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
