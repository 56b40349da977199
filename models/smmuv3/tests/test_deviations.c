/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_deviations.c - every deviation of the step functions shows: among seeded scenarios there is one that it makes end in
 * another way, with the parameter set that the catalogue names; and none of them makes the model stumble.
 */
#include "scenes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SCENARIOS 20000u

static struct bench scene, plain, changed;

static uint64_t mix(uint64_t hash, const void *data, size_t bytes)
{
    const unsigned char *at = data;
    for (size_t i = 0; i < bytes; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t mix_attributes(uint64_t hash, const struct smmuv3_attributes *a)
{
    const unsigned parts[] = {a->device,
                              a->device ? (unsigned)a->device_type : 0u,
                              (unsigned)a->inner.cacheability,
                              (unsigned)a->outer.cacheability,
                              a->inner.read_allocate,
                              a->inner.write_allocate,
                              a->outer.transient,
                              (unsigned)a->shareability};
    return mix(hash, parts, sizeof parts);
}

/* All that a transaction shows: the record, the address, the attributes, memory, what was read. */
static uint64_t outcome(struct bench *b, uint32_t gbpa)
{
    uint64_t record[4] = {0}, hash = 1;
    bench_run(b);
    b->event.stall = b->terms.stall;
    b->event.stag = 0x1234;
    if (b->terms.record)
        smmuv3_event_encode(&b->params, &b->event, record);
    hash = mix(hash, record, sizeof record);
    const unsigned terms[] = {b->condition == SMMUV3_OK, b->terms.record, b->terms.abort, b->terms.stall};
    hash = mix(hash, terms, sizeof terms);
    if (b->condition == SMMUV3_OK) {
        hash = mix(hash, &b->output, sizeof b->output);
        hash = mix(hash, &b->result.page_lg2, 1);
        struct smmuv3_attributes bypass = smmuv3_bypass_attributes(&b->effective);
        hash = mix_attributes(hash, b->regime.s1 || b->regime.s2 ? &b->attributes : &bypass);
        if (b->regime.s1 && b->regime.s2) {
            struct smmuv3_attributes table = smmuv3_nested_attributes(&b->regime, b->regime.tt[0].walk_attributes, &b->second);
            hash = mix_attributes(hash, &table);
        }
    }
    hash = mix(hash, b->reads, b->read_count * sizeof b->reads[0]);
    for (unsigned i = 0; i < BENCH_WORDS; i++)
        hash = (hash ^ b->value[i]) * UINT64_C(0x9e3779b97f4a7c15);
    struct smmuv3_query q = b->query;
    const bool passes = smmuv3_gbpa_apply(&b->params, gbpa, &q);
    return mix(hash, &passes, sizeof passes);
}

static void parameters(const char *text, struct smmuv3_params *p)
{
    char copy[128];
    snprintf(copy, sizeof copy, "%s", text);
    char *next = strchr(copy, ',');
    if (next)
        *next++ = '\0';
    assert_true(smmuv3_preset(copy, p));
    while (next) {
        char *name = next, *value = strchr(name, '=');
        next = strchr(name, ',');
        if (next)
            *next++ = '\0';
        assert_non_null(value);
        *value++ = '\0';
        assert_true(smmuv3_set_parameter(p, name, value));
    }
}

/* Deviations of the engine begin with this one. */
#define STEPS_END SMMUV3_E_GUARDS_IGNORED

static bool shown[STEPS_END];

/* Where the catalogue names no set, the suite has no requests yet that meet it. */
static const char *set_of(size_t id)
{
    return smmuv3_errata[id].preset ? smmuv3_errata[id].preset : "max-ats";
}

/* Every scenario of this parameter set is asked of all deviations that have not shown yet. */
static void hunt(const char *preset)
{
    struct smmuv3_params p;
    parameters(preset, &p);
    scene_seed(UINT64_C(0x123456789abcdef1));
    unsigned left = 1;
    for (unsigned i = 0; i < SCENARIOS && left; i++) {
        scene_make(&scene, &changed, &p);
        uint32_t gbpa = (uint32_t)scene_any();
        plain = scene;
        uint64_t expected = outcome(&plain, gbpa);
        left = 0;
        for (size_t id = 0; id < STEPS_END; id++) {
            if (shown[id] || strcmp(set_of(id), preset) != 0)
                continue;
            changed = scene;
            changed.params.errata[id / 64u] |= UINT64_C(1) << id % 64u;
            shown[id] = outcome(&changed, gbpa) != expected;
            left += !shown[id];
        }
    }
}

static void every_deviation_shows(void **state)
{
    (void)state;
    unsigned missing = 0;
    for (size_t id = 0; id < STEPS_END; id++) {
        if (!shown[id])
            hunt(set_of(id));
        if (!shown[id]) {
            fprintf(stderr, "%s does not show in %s\n", smmuv3_errata[id].name, set_of(id));
            missing++;
        }
    }
    assert_int_equal(missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_deviation_shows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
