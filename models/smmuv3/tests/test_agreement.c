/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_agreement.c - the unit and the shortest engine agree: over seeded scenarios, with caches empty and full, on the answer,
 * the event record, the address and attributes of the access, and the flags left in memory.
 */
#include "scenes.h"

#include "sim/sim.h"
#include "smmuv3/smmuv3.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SCENARIOS 1500u
#define EVENTQ UINT64_C(0x70000000)
#define EVENTQ_LG2 3u
#define STALL_BITS UINT64_C(0xffff) /* STAG: the unit's own choice */

static struct bench shortest, unit;
static bool reached; /* the access of the transaction itself */
static uint64_t target;
static unsigned passed;
static struct port_request access_made;

/* ---- memory: the words of `unit`; what the transaction itself does leaves no trace there ---- */

static uint64_t word_at(uint64_t address)
{
    return bench_read(&unit, address & ~UINT64_C(7));
}

static enum port_reply access(void *context, struct port_request *request)
{
    (void)context;
    request->status = PORT_OK;
    request->done_ps = request->issue_ps;
    if (request->origin == PORT_DMA) {
        reached = true;
        target = request->address;
        access_made = *request;
        return PORT_DONE;
    }
    for (uint32_t i = 0; i < request->bytes; i += 8u) {
        uint64_t address = request->address + i;
        if (unit.abort_at && address == unit.abort_at)
            request->status = PORT_ABORT;
        if (request->status != PORT_OK)
            return PORT_DONE;
        uint64_t old = word_at(address);
        if (request->kind == PORT_WRITE || (request->kind == PORT_CMPXCHG && old == load_le64(request->compare)))
            bench_write(&unit, address, load_le64(request->data + i));
        if (request->kind != PORT_WRITE)
            store_le64(request->data + i, old);
    }
    return PORT_DONE;
}

/* ---- the unit ---- */

static void nothing(void *context, enum smmuv3_line line)
{
    (void)context;
    (void)line;
}

static void no_event(void *context)
{
    (void)context;
}

static struct smmuv3 *make(struct sim *sim)
{
    const struct smmuv3_ports ports = {.memory = {access, NULL}, .line = nothing, .event = no_event};
    struct smmuv3 *smmu;
    char error[128];
    assert_int_equal(smmuv3_create(sim, &unit.params, &ports, &smmu, error, sizeof error), 0);
    smmuv3_register_write(smmu, 0x80, 8, unit.strtab_base);
    smmuv3_register_write(smmu, 0x88, 4, unit.strtab_cfg);
    smmuv3_register_write(smmu, 0xa0, 8, EVENTQ | EVENTQ_LG2);
    smmuv3_register_write(smmu, 0x2c, 4, 2u | (unit.e2h ? 1u : 0u));
    smmuv3_register_write(smmu, 0x20, 4, 5); /* SMMUEN, EVENTQEN */
    assert_int_equal(smmuv3_register_read(smmu, 0x24, 4), 5);
    return smmu;
}

static struct pcie_request request_of(const struct smmuv3_query *q)
{
    bool atomic = q->read && q->write;
    return (struct pcie_request){
        .requester_id = (uint16_t)q->stream_id,
        .kind = atomic     ? PCIE_FETCH_ADD
                : q->write ? PCIE_WRITE
                           : PCIE_READ,
        .has_pasid = q->has_substream_id,
        .pasid = q->substream_id,
        .privileged = q->privileged,
        .execute = q->instruction,
        .bytes = 4,
        .address = q->address,
    };
}

/* What a request from PCIe cannot say is not asked. */
static void as_pcie(struct smmuv3_query *q)
{
    q->attributes = smmuv3_pcie_attributes();
    q->address &= ~UINT64_C(7);
    q->privileged = q->privileged && q->has_substream_id;
    q->instruction = q->instruction && q->has_substream_id && !q->write;
}

/* ---- comparing ---- */

static bool same_record(uint32_t index)
{
    uint64_t record[4] = {0};
    shortest.event.stall = shortest.terms.stall;
    smmuv3_event_encode(&shortest.params, &shortest.event, record);
    for (unsigned i = 0; i < 4u; i++) {
        uint64_t got = bench_read(&unit, EVENTQ + 32u * (index & 7u) + 8u * i);
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
        if (shortest.key[i] && bench_read(&unit, shortest.key[i] - 1u) != shortest.value[i])
            return false;
    return true;
}

static const char *differs(struct smmuv3 *smmu, struct pcie_request *request, bool answered, uint32_t before)
{
    uint32_t after = (uint32_t)smmuv3_register_read(smmu, 0x100a8, 4);
    bool ok = shortest.condition == SMMUV3_OK;
    if (answered == (!ok && shortest.terms.stall))
        return "whether it stalls";
    if ((after != before) != (!ok && shortest.terms.record))
        return "whether there is a record";
    if (after != before && !same_record(before))
        return "the record";
    if (!answered)
        return NULL;
    if ((request->status == PCIE_SC) != (ok || !shortest.terms.abort) || reached != ok)
        return "the answer";
    if (!ok)
        return NULL;
    bool snoop;
    uint8_t type;
    struct smmuv3_attributes bypass = smmuv3_bypass_attributes(&shortest.params, &shortest.effective);
    bool translated = shortest.regime.s1 || shortest.regime.s2;
    smmuv3_port_attributes(translated ? &shortest.attributes : &bypass, &snoop, &type);
    if (target != shortest.output)
        return "the address";
    if (access_made.snoop != snoop || access_made.memory_type != type)
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
    struct sim sim;
    scene_make(&shortest, &unit, p);
    as_pcie(&shortest.query);
    unit = shortest;
    sim_init(&sim, 1);
    struct smmuv3 *smmu = make(&sim);
    for (unsigned round = 0; round < 4u; round++) {
        if (round == 2u) { /* what a read left in the TLB, asked for a write */
            shortest.query.write = !shortest.query.write;
            shortest.query.read = !shortest.query.write;
            shortest.query.instruction = false;
        }
        uint32_t before = (uint32_t)smmuv3_register_read(smmu, 0x100a8, 4);
        struct pcie_request request = request_of(&shortest.query);
        reached = false;
        bool answered = smmuv3_request(smmu, &request);
        bench_run(&shortest);
        passed += shortest.condition == SMMUV3_OK;
        const char *what = left_open() ? NULL : differs(smmu, &request, answered, before);
        if (what)
            fail_msg("%s, scenario %u, round %u: %s (%s)", preset, number, round, what,
                     smmuv3_condition_facts(shortest.condition)->name);
        if (!answered || left_open())
            break;
    }
    smmuv3_destroy(smmu);
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
