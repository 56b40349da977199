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
    return (struct latency_plan){.model = latency_model("vtd"), .params = found->params, .reads = READS, .seed = 1};
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

static void check_fit(const struct latency_preset *preset, const char *model)
{
    struct latency_plan plan = plan_of(preset->name);
    struct latency_point points[LATENCY_MEASURED_RATES];
    const struct latency_measured *measured = &preset->measured;
    struct latency_measured fit;
    double miss_rate;

    plan.model = latency_model(model);
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
        assert_within(preset->name, what, points[i].rate, measured->rate[i], 0.11);
    }
}

static void test_machines(void **state)
{
    (void)state;
    for (size_t m = 0; latency_model_name(NULL, m); m++)
        for (size_t i = 0; i < latency_preset_count; i++)
            check_fit(&latency_presets[i], latency_model_name(NULL, m));
}

/* ---- each parameter does what docs/timing.md says ---- */

#define WALKS_ONLY 4096u /* pages: nearly every read misses */

static struct latency_point changed(const char *name, uint64_t value, uint32_t pages)
{
    struct latency_plan plan = plan_of("ib-e5-2620v2");

    plan.reads = 2000;
    if (name)
        assert_true(latency_set(&plan.params, name, value));
    return point_of(&plan, pages);
}

static bool near(double a, double b)
{
    return a > 0.98 * b && a < 1.02 * b;
}

static void test_parameters_of_latency(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint64_t value;
        double hit_ns, miss_ns; /* more than without */
    } table[] = {
        {"lookup_ps", 14000, 10, 10},     {"link_ps", 250000, 20, 20},      {"data_ps", 67000, 10, 10},
        {"config_ps", 29000, 0, 10},      {"table_ps", 14000, 0, 10},       {"walk_step_ps", 12000, 0, 10},
        {"fetch_ps", 285000, 0, 10},      {"fetch_service_ps", 9000, 0, 0}, {"walkers", 1, 0, 0},
        {"table_entries", 0, 0, 3 * 277}, /* three levels more, each a step and a fetch */
        {"clock_ps", 2000, 0, 1}, /* 281 ns from lookup to fetch's answer become 282, and data's come at an edge of its own */
    };
    struct latency_point hit = changed(NULL, 0, 16), miss = changed(NULL, 0, WALKS_ONLY);

    assert_true(hit.min_ns == hit.p99_ns && hit.fetches == 0);
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct latency_point with = changed(table[i].name, table[i].value, 16);
        double more = with.min_ns - hit.min_ns;

        if (more < table[i].hit_ns - 2 || more > table[i].hit_ns + 2)
            fail_msg("%s: a hit takes %.1f ns more", table[i].name, more);
        with = changed(table[i].name, table[i].value, WALKS_ONLY);
        more = with.median_ns - miss.median_ns;
        if (more < table[i].miss_ns - 2 || more > table[i].miss_ns + 2)
            fail_msg("%s: a miss takes %.1f ns more", table[i].name, more);
    }
}

static void test_parameters_of_rate(void **state)
{
    (void)state;
    double misses = changed(NULL, 0, WALKS_ONLY).fetches, hit_ns = 4 + 57, walk_ns = 4 + 2 + 275;
    const struct {
        const char *name;
        uint64_t value;
        uint32_t pages;
        double rate; /* per microsecond */
    } table[] = {
        {"walkers", 1, WALKS_ONLY, 1000 / walk_ns / misses},
        {"walkers", 3, WALKS_ONLY, 3000 / walk_ns / misses},
        {"fetch_service_ps", 100000, WALKS_ONLY, 10 / misses},
        {"data_service_ps", 50000, 16, 20},
        {"lookup_ps", 40000, 16, 25},
        {"link_service_ps", 20000, 16, 50},
        {"in_flight", 1, 16, 1000 / hit_ns},
        {"outstanding", 2, 16, 2000 / 541.0},
        {"walk_hazard_lg2", 63, WALKS_ONLY, 1000 / walk_ns / misses},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct latency_point with = changed(table[i].name, table[i].value, table[i].pages);

        if (!near(with.rate, table[i].rate))
            fail_msg("%s=%u: %.2f reads/us, not %.2f", table[i].name, (unsigned)table[i].value, with.rate, table[i].rate);
    }
}

static void test_misses_share_walks(void **state)
{
    (void)state;
    double each = changed("miss_merge", MERGE_NONE, 256).rate, wait = changed("miss_merge", MERGE_WAIT, 256).rate,
           share = changed("miss_merge", MERGE_SHARE, 256).rate;

    assert_true(wait > 1.05 * each);
    assert_true(share > 1.05 * each);
}

/* A drain takes longer the longer the requests take that it waits for, and the queue's own time comes on top. */
static void test_drain(void **state)
{
    (void)state;
    double idle = changed(NULL, 0, 16).drain_ns, busy = changed(NULL, 0, WALKS_ONLY).drain_ns,
           slow = changed("invalidate_ps", 200000, 16).drain_ns;

    assert_true(idle >= 2 * 275); /* two descriptors are fetched */
    assert_true(busy > idle + 281);
    assert_true(slow > idle + 180);
}

static void test_only_seed_and_parameters_count(void **state)
{
    (void)state;
    struct latency_plan plan = plan_of("snb-e5-2630");
    struct latency_point first, second, other;

    plan.reads = 1000;
    first = point_of(&plan, 300);
    second = point_of(&plan, 300);
    assert_true(first.mean_ns == second.mean_ns && first.p99_ns == second.p99_ns && first.fetches == second.fetches);
    assert_true(first.rate == second.rate && first.drain_ns == second.drain_ns);
    plan.seed = 2;
    other = point_of(&plan, 300);
    assert_true(other.mean_ns != first.mean_ns);
}

static void test_what_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint64_t value;
        uint32_t pages;
        const char *says;
    } table[] = {
        {"outstanding", 0, 16, "outstanding"},
        {"outstanding", 257, 16, "outstanding"},
        {"tlb_sets", 3, 16, "power of two"},
        {"tlb_ways", 0, 16, "ways"},
        {"walkers", 65536, 16, "too large"},
        {"miss_merge", 3, 16, "miss_merge"},
        {"walk_hazard_lg2", 5, 16, "hazard"},
        {"walkers", 4, 0, "pages"},
        {"walkers", 4, LATENCY_PAGES_MAX + 1u, "pages"},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct latency_plan plan = plan_of("snb-e5-2630");
        struct latency_point point;
        char error[160] = "";

        assert_true(latency_set(&plan.params, table[i].name, table[i].value));
        assert_true(latency_measure(&plan, table[i].pages, &point, error, sizeof(error)) < 0);
        if (!strstr(error, table[i].says))
            fail_msg("%s: \"%s\"", table[i].name, error);
    }
    struct latency_params params = latency_presets[0].params;
    assert_false(latency_set(&params, "lookup", 1));
    assert_null(latency_preset("snb"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_machines),
        cmocka_unit_test(test_parameters_of_latency),
        cmocka_unit_test(test_parameters_of_rate),
        cmocka_unit_test(test_misses_share_walks),
        cmocka_unit_test(test_drain),
        cmocka_unit_test(test_only_seed_and_parameters_count),
        cmocka_unit_test(test_what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
