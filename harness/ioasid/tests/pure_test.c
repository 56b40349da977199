/* SPDX-License-Identifier: BSD-2-Clause */
/* pure_test.c - what of the core has no state. */
#include "pure_checks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void passes(const char *wrong)
{
    if (wrong)
        fail_msg("pure_checks.c:%s", wrong);
}

static void spans(void **state)
{
    (void)state;
    passes(check_spans());
}

static void smmu(void **state)
{
    (void)state;
    passes(check_smmu());
}

static void vtd(void **state)
{
    (void)state;
    passes(check_vtd());
}

static void rules(void **state)
{
    (void)state;
    passes(check_rules());
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(spans), cmocka_unit_test(smmu), cmocka_unit_test(vtd),
                                       cmocka_unit_test(rules)};

    return cmocka_run_group_tests_name("ioasid: ranges, invalidations, rules", tests, NULL, NULL);
}
