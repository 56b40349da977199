/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * latency_test.c - the machines of latency_presets.c come out as they were measured, in simulated time; what each timing
 * parameter does; that nothing but seed and parameters counts.
 */
#include "dut/model/latency.h"

#include "xlate/merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define READS 8192u

static struct latency_plan plan_of(const char *preset)
{
    const struct latency_preset *found = latency_preset(preset);

    assert_non_null(found);
    return (struct latency_plan){.model = &latency_vtd, .params = found->params, .reads = READS, .seed = 1};
}

static struct latency_point point_of(const struct latency_plan *plan, uint32_t pages)
{
    struct latency_point point;
    char error[160] = "";

    if (latency_measure(plan, pages, &point, error, sizeof(error)))
        fail_msg("%s", error);
    assert_int_equal(point.wrong, 0);
    return point;
}

static void assert_within(const char *machine, const char *what, double seen, double wanted, double part)
{
    double off = seen / wanted - 1;

    printf("%-14s %-22s %8.2f, measured %8.2f: %+.1f %%\n", machine, what, seen, wanted, 100 * off);
    if (off < -part || off > part)
        fail_msg("%s: %s is %.2f, measured %.2f", machine, what, seen, wanted);
}

/* ---- the five machines ---- */

static void check_fit(const struct latency_preset *preset)
{
    struct latency_plan plan = plan_of(preset->name);
    struct latency_point points[LATENCY_MEASURED_RATES];
    const struct latency_measured *measured = &preset->measured;
    struct latency_measured fit;
    double miss_rate;

    for (size_t i = 0; i < LATENCY_MEASURED_RATES; i++)
        points[i] = point_of(&plan, latency_measured_pages[i]);
    fit = latency_fit(points, LATENCY_MEASURED_RATES);
    assert_within(preset->name, "base ns", fit.base_ns, measured->base_ns, 0.05);
    assert_within(preset->name, "entries", fit.entries, measured->entries, 0.05);
    assert_within(preset->name, "miss ns", fit.miss_ns, measured->miss_ns, 0.05);
    miss_rate = 1 - fit.entries / points[LATENCY_MEASURED_RATES - 1].pages;
    assert_within(preset->name, "walks at a time", points[LATENCY_MEASURED_RATES - 1].rate * miss_rate * fit.miss_ns / 1000,
                  measured->walks, 0.05);
    /* One measured rate has set the walkers, that of 16384 pages; those of the other windows have set nothing. */
    for (size_t i = 0; i < LATENCY_MEASURED_RATES; i++) {
        char what[40];

        snprintf(what, sizeof(what), "reads/us, %u pages", points[i].pages);
        assert_within(preset->name, what, points[i].rate, measured->rate[i], points[i].pages < 512 ? 0.25 : 0.11);
    }
}

static void test_machines(void **state)
{
    (void)state;
    for (size_t i = 0; i < latency_preset_count; i++)
        check_fit(&latency_presets[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_machines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
