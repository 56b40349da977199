/* SPDX-License-Identifier: BSD-2-Clause */
/* bench_translate_test.c - what `iotb bench translate` measures is what it says: results, events, allocations, accesses. */
#include "dut/model/bench_translate.h"
#include "sim/tests/allocations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* ---- tests ---- */

/* Four levels, each an entry; nested, each of the five first-stage steps (four entries, one address) is translated by four. */
static const unsigned accesses[BENCH_PARTS] = {[BENCH_HIT] = 0, [BENCH_MISS] = 4, [BENCH_NESTED_MISS] = 24};

static void check_library(const struct bench_library *library)
{
    for (unsigned part = 0; part < BENCH_PARTS; part++) {
        unsigned before = allocations;
        struct bench_rig *rig = library->open((enum bench_part)part);
        struct bench_counts counts;

        assert_non_null(rig);
        assert_true(allocations > before); /* the counter counts */
        before = allocations;
        library->run(rig, 1000);
        assert_int_equal(allocations, before);
        counts = library->counts(rig);
        assert_int_equal(counts.translations, 1000);
        assert_int_equal(counts.wrong, 0);
        assert_int_equal(counts.events, 0);
        assert_int_equal(counts.accesses, 1000 * accesses[part]);
        library->close(rig);
    }
}

static void test_errata(void **state)
{
    (void)state;
    check_library(&bench_library_errata);
}

static void test_noerrata(void **state)
{
    (void)state;
    check_library(&bench_library_noerrata);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_errata), cmocka_unit_test(test_noerrata)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
