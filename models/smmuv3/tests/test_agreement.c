/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_agreement.c - the unit and the shortest engine agree: over seeded scenarios, with caches empty and full, on the answer,
 * the event record, the address and attributes of the access, and the flags left in memory.
 */
#include "scene_unit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SCENARIOS 1500u
#define STALL_BITS UINT64_C(0xffff) /* STAG: the unit's own choice */

static struct bench shortest, memory;
static struct scene_unit unit;
static unsigned passed;

/* ---- comparing ---- */

static bool same_record(uint32_t index)
{
    uint64_t record[4] = {0};
    shortest.event.stall = shortest.terms.stall;
    smmuv3_event_encode(&shortest.params, &shortest.event, record);
    for (unsigned i = 0; i < 4u; i++) {
        uint64_t got = bench_read(&memory, SCENE_EVENTQ + 32u * (index & 7u) + 8u * i);
        if (i == 1u && shortest.terms.stall)
            got &= ~STALL_BITS;
        if (got != record[i])
            return false;
    }
    return true;
}

static bool same_memory(void)
{
    for (unsigned i = 0; i < BENCH_WORDS; i++)
        if (shortest.key[i] && bench_read(&memory, shortest.key[i] - 1u) != shortest.value[i])
            return false;
    return true;
}

static const char *differs(const struct pcie_request *request, bool answered, uint32_t before)
{
    uint32_t after = (uint32_t)smmuv3_register_read(unit.smmu, 0x100a8, 4);
    bool ok = shortest.condition == SMMUV3_OK;
    if (answered == (!ok && shortest.terms.stall))
        return "whether it stalls";
    if ((after != before) != (!ok && shortest.terms.record))
        return "whether there is a record";
    if (after != before && !same_record(before))
        return "the record";
    if (!answered)
        return NULL;
    if ((request->status == PCIE_SC) != (ok || !shortest.terms.abort) || unit.reached != ok)
        return "the answer";
    if (!ok)
        return NULL;
    struct port_request expected = {0};
    struct smmuv3_attributes bypass = smmuv3_bypass_attributes(&shortest.effective);
    bool translated = shortest.regime.s1 || shortest.regime.s2;
    smmuv3_port_attributes(translated ? &shortest.attributes : &bypass, &expected);
    smmuv3_port_client(&shortest.params, &shortest.effective, &expected);
    if (unit.access.address != shortest.output)
        return "the address";
    if (unit.access.snoop != expected.snoop || unit.access.memory_type != expected.memory_type || unit.access.bus != expected.bus)
        return "the attributes";
    return same_memory() ? NULL : "memory";
}

/* 3.13.5: which comes first, the update of a stage 1 descriptor or the stage 2 walk of the final address, is left open. */
static bool left_open(void)
{
    return shortest.update && shortest.class == SMMUV3_CLASS_TT;
}

static void one(const char *preset, const struct smmuv3_params *p, unsigned number)
{
    scene_make(&shortest, &memory, p);
    scene_as_pcie(&shortest.query);
    memory = shortest;
    scene_unit_open(&unit, &memory, 0);
    for (unsigned round = 0; round < 4u; round++) {
        if (round == 2u) { /* what a read left in the TLB, asked for a write */
            shortest.query.write = !shortest.query.write;
            shortest.query.read = !shortest.query.write;
            shortest.query.instruction = false;
        }
        uint32_t before = (uint32_t)smmuv3_register_read(unit.smmu, 0x100a8, 4);
        struct pcie_request request = scene_request(&shortest.query);
        unit.reached = false;
        bool answered = smmuv3_request(unit.smmu, &request);
        bench_run(&shortest);
        passed += shortest.condition == SMMUV3_OK;
        const char *what = left_open() ? NULL : differs(&request, answered, before);
        if (what)
            fail_msg("%s, scenario %u, round %u: %s (%s)", preset, number, round, what,
                     smmuv3_condition_facts(shortest.condition)->name);
        if (!answered || left_open())
            break;
    }
    scene_unit_close(&unit);
}

static void many(const char *name, const struct smmuv3_params *set, uint64_t seed)
{
    struct smmuv3_params p = *set;
    p.merge_events = 0;
    scene_seed(seed);
    for (unsigned n = 0; n < SCENARIOS; n++)
        one(name, &p, n);
}

/* Parameter sets that refuse much, of which no named set is. */
static void strict(struct smmuv3_params *p, unsigned variant)
{
    assert_true(smmuv3_preset("max", p));
    p->stall_model = variant ? 2 : 1;
    p->term_model = 1;
    p->ttendian = variant ? 3 : 2;
    p->httu = (uint8_t)variant;
    p->asid16 = p->vmid16 = p->vmw = p->cd2l = p->gran16k = p->stt = 0;
    assert_int_equal(smmuv3_params_check(p, NULL, 0), 0);
}

static void unit_and_steps_agree(void **state)
{
    (void)state;
    struct smmuv3_params p;
    for (unsigned i = 0; smmuv3_preset_names[i]; i++) {
        assert_true(smmuv3_preset(smmuv3_preset_names[i], &p));
        many(smmuv3_preset_names[i], &p, UINT64_C(0xfedcba9876543211) + i);
    }
    for (unsigned variant = 0; variant < 2u; variant++) {
        strict(&p, variant);
        many("strict", &p, variant + 1u);
    }
    assert_true(passed > 1000u);
    for (unsigned c = 1; c < SMMUV3_CONDITION_COUNT; c++)
        if (!bench_noted((enum smmuv3_condition)c) && c != SMMUV3_CD_FETCH_RANGE)
            fail_msg("%s was never met", smmuv3_condition_facts((enum smmuv3_condition)c)->name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(unit_and_steps_agree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
