/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_ats_agreement.c - Translation Requests and ordinary transactions agree: over seeded scenarios, what is granted is what a
 * read, a write and an instruction read of the same stream would be permitted; the address leads where they went; flags are left
 * in memory as by them. How a request that fails is answered follows from the event that they would record (3.9.1.2).
 */
#include "scene_unit.h"

#include "pcie/ats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SCENARIOS 6000u
#define CR0_ATSCHK 0x10u

enum kind { READ, WRITE, FETCH, KINDS };

struct outcome {
    struct bench steps, memory; /* of the step functions; of the unit, afterwards */
    bool ok;
    uint64_t address;
};

static struct bench scene, scratch, asked;
static struct outcome outcomes[KINDS];
static struct scene_unit unit;
static unsigned answered[6]; /* by what was to be expected, that it is not all one */

static void ordinary(enum kind kind)
{
    struct outcome *outcome = &outcomes[kind];
    outcome->memory = outcome->steps = scene;
    struct smmuv3_query *q = &outcome->steps.query;
    q->read = kind != WRITE;
    q->write = kind == WRITE;
    q->instruction = kind == FETCH && q->has_substream_id;
    bench_run(&outcome->steps);
    struct pcie_request request = scene_request(q);
    scene_unit_open(&unit, &outcome->memory, CR0_ATSCHK);
    outcome->ok = smmuv3_request(unit.smmu, &request) && unit.reached;
    outcome->address = unit.access.address;
    scene_unit_close(&unit);
}

/* 3.13.5: what is left open, and aborts that only one of them meets. */
static bool is_undecided(void)
{
    for (enum kind kind = READ; kind < KINDS; kind++) {
        const struct bench *steps = &outcomes[kind].steps;
        bool aborted = smmuv3_condition_facts(steps->condition)->event == SMMUV3_F_WALK_EABT;
        if ((steps->update && steps->class == SMMUV3_CLASS_TT) || (aborted && steps->condition != outcomes[READ].steps.condition))
            return true;
    }
    return false;
}

static enum pcie_status expected_status(const struct bench *steps, unsigned *event)
{
    enum smmuv3_event_type type = smmuv3_condition_facts(steps->condition)->event;
    *event = 0;
    if (type == SMMUV3_C_BAD_STREAMID || type == SMMUV3_F_STE_FETCH || type == SMMUV3_C_BAD_STE)
        return PCIE_CA;
    if (steps->condition == SMMUV3_CONFIG_ABORT)
        return PCIE_UR;
    if (!steps->ste.eats) {
        *event = SMMUV3_F_BAD_ATS_TREQ;
        return PCIE_UR;
    }
    return type == SMMUV3_NO_EVENT || smmuv3_event_translation_related(type) ? PCIE_SC : PCIE_CA;
}

static bool same(const struct bench *a, const struct bench *b)
{
    for (unsigned i = 0; i < BENCH_WORDS; i++)
        if (a->key[i] && bench_read(b, a->key[i] - 1u) != a->value[i])
            return false;
    return true;
}

/* An access with what was granted arrives where the ordinary one did. */
static bool leads_there(const struct pcie_translation *got, const struct smmuv3_query *q)
{
    uint64_t offset = q->address & ((UINT64_C(1) << got->size_lg2) - 1u);
    struct pcie_request request = scene_request(q);
    request.at = PCIE_AT_TRANSLATED;
    request.address = got->address | offset;
    request.execute = false;
    unit.reached = false;
    bool complete = smmuv3_request(unit.smmu, &request);
    bool judged_otherwise = asked.ste.instcfg != 0; /* 13.7: what is permitted as an instruction read may not be as a read */
    return complete && (judged_otherwise || (unit.reached && unit.access.address == outcomes[READ].address));
}

static const char *compare(const struct pcie_translation *got, bool no_write, bool execute)
{
    const struct outcome *read = &outcomes[READ], *write = &outcomes[WRITE];
    const struct smmuv3_query *q = &read->steps.query;
    if (got->read != read->ok)
        return "R";
    if (got->write != write->ok && (!no_write || got->write))
        return "W";
    if (got->execute != (execute && outcomes[FETCH].ok && read->ok))
        return "Exe";
    if (got->privileged != q->privileged || got->global || got->non_snooped || got->untranslated_only)
        return "the other bits";
    if (got->read && (read->steps.regime.s1 || read->steps.regime.s2) && got->size_lg2 != read->steps.result.page_lg2)
        return "the size";
    const struct bench *left = !no_write && got->write ? &write->memory : got->read ? &read->memory : NULL;
    if (left && !same(left, &asked))
        return "memory";
    return got->read && !leads_there(got, q) ? "the address" : NULL;
}

static const char *ask(bool no_write, bool execute)
{
    unsigned event = 0;
    const struct bench *steps = &outcomes[READ].steps;
    enum pcie_status expected = expected_status(steps, &event);
    struct pcie_request request = scene_request(&steps->query);
    request.at = PCIE_AT_TRANSLATION;
    request.bytes = 8;
    request.no_write = no_write;
    request.execute = execute;
    asked = scene;
    scene_unit_open(&unit, &asked, CR0_ATSCHK);
    asked.ste = steps->ste;
    if (!smmuv3_request(unit.smmu, &request))
        return "it is not answered";
    uint64_t records = smmuv3_register_read(unit.smmu, 0x100a8, 4);
    answered[expected == PCIE_SC ? (outcomes[READ].ok ? 0 : 1) : expected == PCIE_CA ? 2 : event ? 3 : 4]++;
    if (request.status != expected)
        return "the status";
    if (records != (event ? 1 : 0) || (event && (bench_read(&asked, SCENE_EVENTQ) & 0xffu) != event))
        return "the record";
    if (expected != PCIE_SC)
        return NULL;
    struct pcie_translation got = pcie_translation_decode(load_le64(request.data));
    answered[5] += got.write && no_write;
    return compare(&got, no_write, execute);
}

static void one(const char *preset, const struct smmuv3_params *p, unsigned number)
{
    scene_make(&scene, &scratch, p);
    scene.query.instruction = false;
    scene_as_pcie(&scene.query);
    for (enum kind kind = READ; kind < KINDS; kind++)
        ordinary(kind);
    if (is_undecided())
        return;
    for (unsigned flags = 0; flags < 4u; flags++) {
        bool execute = (flags & 2u) && scene.query.has_substream_id;
        const char *what = ask(flags & 1u, execute);
        scene_unit_close(&unit);
        if (what)
            fail_msg("%s, scenario %u, flags %u: %s (%s)", preset, number, flags, what,
                     smmuv3_condition_facts(outcomes[READ].steps.condition)->name);
    }
}

static void requests_and_transactions_agree(void **state)
{
    (void)state;
    static const char *const presets[] = {"ats", "ats-nested", "max-ats"};
    for (unsigned i = 0; i < 3; i++) {
        struct smmuv3_params p;
        assert_true(smmuv3_preset(presets[i], &p));
        scene_seed(UINT64_C(0xabcdef9876543211) + i);
        for (unsigned n = 0; n < SCENARIOS; n++)
            one(presets[i], &p, n);
    }
    for (unsigned i = 0; i < 6; i++)
        assert_true(answered[i] > 100u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(requests_and_transactions_agree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
