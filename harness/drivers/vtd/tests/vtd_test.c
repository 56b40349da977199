/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_test.c - runs the checks of the driver's formats. */
#include "vtd_checks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int pages;

void check_failed(const char *what, unsigned long long value)
{
    fail_msg("%s: %#llx", what, value);
}

void *check_page(void)
{
    void *page = aligned_alloc(4096, 4096);

    pages++;
    return page ? memset(page, 0, 4096) : NULL;
}

void check_page_free(void *page)
{
    pages--;
    free(page);
}

#define TEST(check)                        \
    static void test_##check(void **state) \
    {                                      \
        (void)state;                       \
        check();                           \
        assert_int_equal(pages, 0);        \
    }
TEST(check_blocks_cover)
TEST(check_blocks_are_small)
TEST(check_devtlb_addresses)
TEST(check_paging_both_stages)
TEST(check_paging_large_pages)
TEST(check_paging_replaces_table)
TEST(check_paging_dirty)
TEST(check_entries)
TEST(check_descriptors)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_blocks_cover),       cmocka_unit_test(test_check_blocks_are_small),
        cmocka_unit_test(test_check_devtlb_addresses),   cmocka_unit_test(test_check_paging_both_stages),
        cmocka_unit_test(test_check_paging_large_pages), cmocka_unit_test(test_check_paging_replaces_table),
        cmocka_unit_test(test_check_paging_dirty),       cmocka_unit_test(test_check_entries),
        cmocka_unit_test(test_check_descriptors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
