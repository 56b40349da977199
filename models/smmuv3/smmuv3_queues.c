/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_queues.c - 3.5.1 SMMU circular queues: what the Command, Event and PRI queue have alike.
 */
#include "smmuv3/smmuv3_internal.h"

/* All three have LOG2SIZE, ADDR and the allocation hint of SMMU_*_BASE at the same bits (6.3.26, 6.3.29, 6.3.33). */
static const struct queue_facts {
    enum smmuv3_register base, producer, consumer;
    uint32_t record_bytes;
    bool is_written; /* by the unit: the hint is of writes */
} facts[] = {
    [SMMUV3_CMDQ] = {SMMUV3_REG_CMDQ_BASE, SMMUV3_REG_CMDQ_PROD, SMMUV3_REG_CMDQ_CONS, 16, false},
    [SMMUV3_EVENTQ] = {SMMUV3_REG_EVENTQ_BASE, SMMUV3_REG_EVENTQ_PROD, SMMUV3_REG_EVENTQ_CONS, 32, true},
    [SMMUV3_PRIQ] = {SMMUV3_REG_PRIQ_BASE, SMMUV3_REG_PRIQ_PROD, SMMUV3_REG_PRIQ_CONS, 16, true},
};

static uint32_t lap_of(const struct smmuv3 *smmu, enum smmuv3_queue_id id)
{
    const uint8_t largest[] = {
        [SMMUV3_CMDQ] = smmu->params.cmdqs, [SMMUV3_EVENTQ] = smmu->params.eventqs, [SMMUV3_PRIQ] = smmu->params.priqs};
    uint64_t log2size = SMMUV3_GET(smmuv3_reg(smmu, facts[id].base), CMDQ_BASE_LOG2SIZE);
    return 1u << (log2size < largest[id] ? log2size : largest[id]);
}

/* The base is aligned to the larger of the size of the queue and 32 bytes. */
struct ring smmuv3_ring(const struct smmuv3 *smmu, enum smmuv3_queue_id id)
{
    uint32_t lap = lap_of(smmu, id);
    uint64_t bytes = (uint64_t)lap * facts[id].record_bytes;
    return (struct ring){.base =
                             smmuv3_reg(smmu, facts[id].base) & SMMUV3_MASK(CMDQ_BASE_ADDR) & ~((bytes > 32 ? bytes : 32u) - 1u),
                         .lap = lap,
                         .step = 1,
                         .unit_bytes = facts[id].record_bytes,
                         .wrap_bit = true};
}

uint32_t smmuv3_ring_producer(const struct smmuv3 *smmu, enum smmuv3_queue_id id)
{
    return (uint32_t)smmuv3_reg(smmu, facts[id].producer) & (2u * lap_of(smmu, id) - 1u);
}

uint32_t smmuv3_ring_consumer(const struct smmuv3 *smmu, enum smmuv3_queue_id id)
{
    return (uint32_t)smmuv3_reg(smmu, facts[id].consumer) & (2u * lap_of(smmu, id) - 1u);
}

uint32_t smmuv3_ring_used(const struct smmuv3 *smmu, enum smmuv3_queue_id id)
{
    return (smmuv3_ring_producer(smmu, id) - smmuv3_ring_consumer(smmu, id)) & (2u * lap_of(smmu, id) - 1u);
}

/* 6.3.11.2 QUEUE_*, with RA of a queue that is read and WA of one that is written. */
void smmuv3_ring_access(const struct smmuv3 *smmu, enum smmuv3_queue_id id, struct port_request *access)
{
    uint64_t cr1 = smmuv3_reg(smmu, SMMUV3_REG_CR1);
    bool hint = SMMUV3_GET(smmuv3_reg(smmu, facts[id].base), CMDQ_BASE_RA) != 0;
    struct smmuv3_attributes attributes = smmuv3_queue_attributes(
        (uint8_t)SMMUV3_GET(cr1, CR1_QUEUE_IC), (uint8_t)SMMUV3_GET(cr1, CR1_QUEUE_OC), (uint8_t)SMMUV3_GET(cr1, CR1_QUEUE_SH),
        hint && !facts[id].is_written, hint && facts[id].is_written);
    smmuv3_port_attributes(&attributes, access);
}
