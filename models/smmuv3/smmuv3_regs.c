/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_regs.c - 6.2 Register overview, 6.3 Register formats: storage, access by word, guards.
 *
 * Aligned accesses of 4 and of 8 bytes are supported; others are RAZ/WI. One of 8 bytes is two of 4, the lower first. A guarded
 * field is read-only unless its guard is open; that is the one behaviour from SMMUv3.2 on and a permitted one before.
 */
#include "smmuv3/smmuv3_internal.h"

#define PAGE_1 0x10000u
#define BLOCK_BYTES 0x20000u
#define QUEUE_INDEX_BITS 20u

/* ---- guards: when may a field be written ---- */

enum guard { RO, RW, UPDATE, GLOBAL_BYPASS, SMMUEN, CMDQEN, EVENTQEN, PRIQEN, QUEUES, GERROR_IRQ, EVENTQ_IRQ, PRIQ_IRQ };

/* Neither enabled nor on the way to or from that (6.3.9). */
static bool both_clear(const struct smmuv3 *smmu, enum smmuv3_register control, enum smmuv3_register acknowledge, uint64_t mask)
{
    return !((smmuv3_reg(smmu, control) | smmuv3_reg(smmu, acknowledge)) & mask);
}

static bool cr0_clear(const struct smmuv3 *smmu, uint64_t mask)
{
    return both_clear(smmu, SMMUV3_REG_CR0, SMMUV3_REG_CR0ACK, mask);
}

static bool irq_clear(const struct smmuv3 *smmu, uint64_t mask)
{
    return both_clear(smmu, SMMUV3_REG_IRQ_CTRL, SMMUV3_REG_IRQ_CTRLACK, mask);
}

static bool is_open(const struct smmuv3 *smmu, enum guard guard)
{
    if (guard != RO && guard != UPDATE && guard != GLOBAL_BYPASS && smmuv3_on(smmu, SMMUV3_E_GUARDS_IGNORED))
        return true;
    switch (guard) {
    case RO:
    case UPDATE:
    case GLOBAL_BYPASS:
        return false; /* not stored here */
    case RW:
        return true;
    case SMMUEN:
        return cr0_clear(smmu, SMMUV3_MASK(CR0_SMMUEN));
    case CMDQEN:
        return cr0_clear(smmu, SMMUV3_MASK(CR0_CMDQEN));
    case EVENTQEN:
        return cr0_clear(smmu, SMMUV3_MASK(CR0_EVENTQEN));
    case PRIQEN:
        return cr0_clear(smmu, SMMUV3_MASK(CR0_PRIQEN));
    case QUEUES:
        return cr0_clear(smmu, SMMUV3_MASK(CR0_EVENTQEN) | SMMUV3_MASK(CR0_CMDQEN) | SMMUV3_MASK(CR0_PRIQEN));
    case GERROR_IRQ:
        return irq_clear(smmu, SMMUV3_MASK(IRQ_CTRL_GERROR_IRQEN));
    case EVENTQ_IRQ:
        return irq_clear(smmu, SMMUV3_MASK(IRQ_CTRL_EVENTQ_IRQEN));
    case PRIQ_IRQ:
        return irq_clear(smmu, SMMUV3_MASK(IRQ_CTRL_PRIQ_IRQEN));
    }
    return false;
}

/* ---- shapes ---- */

struct shape {
    uint32_t offset;
    uint8_t bytes;
};

static const struct shape shapes[SMMUV3_REG_COUNT] = {
#define REGISTER(name, offset, bytes, present) [SMMUV3_REG_##name] = {offset, bytes},
#define FIELD(reg, name, high, low, access, present)
#include "smmuv3/smmuv3_regs.def"
#undef REGISTER
#undef FIELD
};

static bool is_present(const struct smmuv3_params *p, enum smmuv3_register reg)
{
    const bool present[SMMUV3_REG_COUNT] = {
#define REGISTER(name, offset, bytes, present) [SMMUV3_REG_##name] = (present),
#define FIELD(reg, name, high, low, access, present)
#include "smmuv3/smmuv3_regs.def"
#undef REGISTER
#undef FIELD
    };
    return present[reg];
}

/* Bits of a register that a write stores now. */
static uint64_t writable(const struct smmuv3 *smmu, enum smmuv3_register which)
{
    const struct smmuv3_params *p = &smmu->params;
    static const struct {
        enum smmuv3_register reg;
        uint8_t high, low;
        enum guard guard;
    } fields[] = {
#define REGISTER(name, offset, bytes, present)
#define FIELD(reg, name, high, low, access, present) {SMMUV3_REG_##reg, high, low, access},
#include "smmuv3/smmuv3_regs.def"
#undef REGISTER
#undef FIELD
    };
    const bool present[] = {
#define REGISTER(name, offset, bytes, present)
#define FIELD(reg, name, high, low, access, present) (present),
#include "smmuv3/smmuv3_regs.def"
#undef REGISTER
#undef FIELD
    };
    uint64_t mask = 0;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i].reg == which && present[i] && is_open(smmu, fields[i].guard))
            mask |= SMMUV3_MASK_OF(fields[i].high, fields[i].low);
    return mask;
}

/* Address bits from OAS on are RES0; index bits above the largest wrap bit are not there. */
static uint64_t implemented(const struct smmuv3 *smmu, enum smmuv3_register reg)
{
    const struct smmuv3_params *p = &smmu->params;
    uint64_t beyond_oas = SMMUV3_MASK_OF(55, 2) & ~((UINT64_C(1) << smmuv3_oas_bits(p)) - 1u);
    uint64_t index = SMMUV3_MASK_OF(QUEUE_INDEX_BITS - 1u, 0);
    switch ((int)reg) {
    case SMMUV3_REG_STRTAB_BASE:
    case SMMUV3_REG_CMDQ_BASE:
    case SMMUV3_REG_EVENTQ_BASE:
    case SMMUV3_REG_GERROR_IRQ_CFG0:
    case SMMUV3_REG_EVENTQ_IRQ_CFG0:
    case SMMUV3_REG_PRIQ_BASE:
    case SMMUV3_REG_PRIQ_IRQ_CFG0:
        return ~beyond_oas;
    case SMMUV3_REG_CMDQ_PROD:
    case SMMUV3_REG_CMDQ_CONS:
        return ~(index & ~((UINT64_C(2) << p->cmdqs) - 1u));
    case SMMUV3_REG_EVENTQ_PROD:
    case SMMUV3_REG_EVENTQ_CONS:
        return ~(index & ~((UINT64_C(2) << p->eventqs) - 1u));
    case SMMUV3_REG_PRIQ_PROD:
    case SMMUV3_REG_PRIQ_CONS:
        return ~(index & ~((UINT64_C(2) << p->priqs) - 1u));
    default:
        return UINT64_MAX;
    }
}

void smmuv3_registers_reset(struct smmuv3 *smmu)
{
    const struct smmuv3_params *p = &smmu->params;
    smmu->regs = (struct smmuv3_registers){0};
    uint64_t *value = smmu->regs.value;
    value[SMMUV3_REG_GBPA] = SMMUV3_PUT(GBPA_SHCFG, 1); /* use incoming */
    for (unsigned i = 0; i <= SMMUV3_REG_IDR5 - SMMUV3_REG_IDR0; i++)
        value[SMMUV3_REG_IDR0 + i] = smmuv3_idr_value(p, i);
    value[SMMUV3_REG_IIDR] = p->iidr;
    value[SMMUV3_REG_AIDR] = smmuv3_aidr_value(p);
}

uint64_t smmuv3_register_bytes(const struct smmuv3 *smmu)
{
    (void)smmu;
    return BLOCK_BYTES;
}

/* ---- what a write sets in motion ---- */

static void gerrorn_written(struct smmuv3 *smmu)
{
    /* 7.1: processing goes on, with the command fetched anew, when CMDQ_ERR is acknowledged. */
    smmuv3_queue_forget(smmu);
    smmuv3_queue_kick(smmu);
    smmuv3_eventq_moved(smmu);
}

static void (*const written[SMMUV3_REG_COUNT])(struct smmuv3 *smmu) = {
    [SMMUV3_REG_GERRORN] = gerrorn_written,
    [SMMUV3_REG_CMDQ_PROD] = smmuv3_queue_kick,
    [SMMUV3_REG_EVENTQ_CONS] = smmuv3_eventq_moved,
};

static void (*const updated[SMMUV3_REG_COUNT])(struct smmuv3 *smmu, uint32_t value) = {
    [SMMUV3_REG_CR0] = smmuv3_cr0_written,
    [SMMUV3_REG_IRQ_CTRL] = smmuv3_irq_ctrl_written,
    [SMMUV3_REG_GBPA] = smmuv3_gbpa_written,
};

/* ---- access ---- */

/* The register that holds an aligned word, or SMMUV3_REG_COUNT. */
static enum smmuv3_register register_at(const struct smmuv3 *smmu, uint64_t offset)
{
    /* Deviation S09: the registers of Page 1 are found in Page 0 only. */
    bool indexes = offset / 8u == 0xa8 / 8u || offset / 8u == 0xc8 / 8u;
    if (smmuv3_on(smmu, SMMUV3_E_S09))
        offset = offset >= PAGE_1 ? UINT64_MAX : indexes ? offset + PAGE_1 : offset;
    for (unsigned reg = 0; reg < SMMUV3_REG_COUNT; reg++)
        if (offset >= shapes[reg].offset && offset < (uint64_t)shapes[reg].offset + shapes[reg].bytes)
            return is_present(&smmu->params, reg) ? reg : SMMUV3_REG_COUNT;
    return SMMUV3_REG_COUNT;
}

static bool is_legal(uint64_t offset, uint32_t bytes)
{
    return (bytes == 4 || bytes == 8) && offset % bytes == 0;
}

/* 6.3.28: bits of RD above the wrap flag are RAZ. */
static uint64_t cut_index(const struct smmuv3 *smmu, enum smmuv3_queue_id id, uint64_t value)
{
    return value & ~(SMMUV3_MASK_OF(QUEUE_INDEX_BITS - 1u, 0) & ~(2u * (uint64_t)smmuv3_ring(smmu, id).lap - 1u));
}

static uint32_t read_word(const struct smmuv3 *smmu, uint64_t offset)
{
    enum smmuv3_register reg = register_at(smmu, offset);
    if (reg == SMMUV3_REG_COUNT)
        return 0;
    uint64_t value = smmuv3_reg(smmu, reg);
    if (reg == SMMUV3_REG_CMDQ_CONS)
        value = cut_index(smmu, SMMUV3_CMDQ, value);
    if (reg == SMMUV3_REG_EVENTQ_PROD)
        value = cut_index(smmu, SMMUV3_EVENTQ, value);
    if (reg == SMMUV3_REG_PRIQ_PROD)
        value = cut_index(smmu, SMMUV3_PRIQ, value);
    return (uint32_t)(value >> ((offset - shapes[reg].offset) * 8u));
}

static void write_word(struct smmuv3 *smmu, uint64_t offset, uint32_t word)
{
    enum smmuv3_register reg = register_at(smmu, offset);
    if (reg == SMMUV3_REG_COUNT)
        return;
    SMMUV3_PROBE(smmu, smmu->sim->now_ps, SMMUV3_NO_REQUEST, "registers", "write %05llx value=%x", (unsigned long long)offset,
                 word);
    if (updated[reg]) {
        updated[reg](smmu, word);
        return;
    }
    unsigned shift = (unsigned)(offset - shapes[reg].offset) * 8u;
    uint64_t mask = writable(smmu, reg) & ((uint64_t)UINT32_MAX << shift);
    smmuv3_reg_change(smmu, reg, mask, (uint64_t)word << shift & mask & implemented(smmu, reg));
    if (written[reg])
        written[reg](smmu);
}

uint64_t smmuv3_register_read(struct smmuv3 *smmu, uint64_t offset, uint32_t bytes)
{
    if (!is_legal(offset, bytes))
        return 0;
    uint64_t value = read_word(smmu, offset);
    return bytes == 8 ? value | (uint64_t)read_word(smmu, offset + 4u) << 32 : value;
}

void smmuv3_register_write(struct smmuv3 *smmu, uint64_t offset, uint32_t bytes, uint64_t value)
{
    if (!is_legal(offset, bytes))
        return;
    write_word(smmu, offset, (uint32_t)value);
    if (bytes == 8 && !smmuv3_on(smmu, SMMUV3_E_S13))
        write_word(smmu, offset + 4u, (uint32_t)(value >> 32));
}
