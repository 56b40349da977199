/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_regs.c - 11.2 Software Access to Registers, 11.3 Register Attributes: storage and access by width.
 *
 * Accesses are split into the registers that they touch, lowest first; a quadword access to two doubleword registers is
 * two accesses. A command starts with the write of the byte that holds its trigger.
 */
#include "vtd/vtd_internal.h"

#include <errno.h>
#include <stdlib.h>

#define PAGE_BYTES 4096u

/* ---- shapes ---- */

enum access { RO, ROS, RW, RW1CS, WO };

static void add_field(struct vtd_register_shape *shape, enum access access, uint64_t mask, uint64_t reset)
{
    shape->reset |= reset;
    if (access == RW || access == WO)
        shape->rw |= mask;
    if (access == WO)
        shape->hidden |= mask;
    if (access == RW1CS)
        shape->w1c |= mask;
    if (access == RW1CS || access == ROS)
        shape->sticky |= mask;
}

/* A register of a capability that is absent is reserved: it has no place, so nothing can be written and it reads 0. */
static void make_shapes(struct vtd_registers *registers, const struct vtd_params *p)
{
    const bool present_ALWAYS = true, present_QI = p->qi, present_MTS = p->mts, present_PLMR = p->plmr, present_PHMR = p->phmr,
               present_PMR = p->plmr || p->phmr, present_IR = p->ir, present_PRS = p->prs;
    uint32_t iotlb_registers = p->iro * 16u;
    struct vtd_register_shape *shapes = registers->shape;
#define REGISTER(name, at, size, present)                                                             \
    if (present_##present) {                                                                          \
        shapes[VTD_REG_##name].offset = (at) < VTD_AT_IRO ? (at) : (at)-VTD_AT_IRO + iotlb_registers; \
        shapes[VTD_REG_##name].bytes = (size);                                                        \
    }
#define FIELD(reg, name, high, low, access, initial) \
    add_field(&shapes[VTD_REG_##reg], access, VTD_MASK(reg##_##name), VTD_PUT(reg##_##name, initial));
#define RECORD_FIELD(reg, name, high, low, access)
#include "vtd/vtd_regs.def"
#undef REGISTER
#undef FIELD
#undef RECORD_FIELD
}

/* Address bits from HAW on are not implemented; fields of absent capabilities are reserved. */
static void narrow_fields(struct vtd_registers *registers, const struct vtd_params *p)
{
    static const enum vtd_register host_addresses[] = {
        VTD_REG_RTADDR,         VTD_REG_IQA,
        VTD_REG_IRTA,           VTD_REG_PQA,
        VTD_REG_PHMBASE,        VTD_REG_PHMLIMIT,
        VTD_REG_MTRR_PHYSBASE0, VTD_REG_MTRR_PHYSMASK0,
        VTD_REG_MTRR_PHYSBASE1, VTD_REG_MTRR_PHYSMASK1,
        VTD_REG_MTRR_PHYSBASE2, VTD_REG_MTRR_PHYSMASK2,
        VTD_REG_MTRR_PHYSBASE3, VTD_REG_MTRR_PHYSMASK3,
        VTD_REG_MTRR_PHYSBASE4, VTD_REG_MTRR_PHYSMASK4,
        VTD_REG_MTRR_PHYSBASE5, VTD_REG_MTRR_PHYSMASK5,
        VTD_REG_MTRR_PHYSBASE6, VTD_REG_MTRR_PHYSMASK6,
        VTD_REG_MTRR_PHYSBASE7, VTD_REG_MTRR_PHYSMASK7,
        VTD_REG_MTRR_PHYSBASE8, VTD_REG_MTRR_PHYSMASK8,
        VTD_REG_MTRR_PHYSBASE9, VTD_REG_MTRR_PHYSMASK9,
    };
    for (size_t i = 0; i < sizeof host_addresses / sizeof host_addresses[0]; i++)
        registers->shape[host_addresses[i]].rw &= VTD_BITS(p->haw - 1u, 0u);
    if (!p->eim)
        registers->shape[VTD_REG_IRTA].rw &= ~VTD_MASK(IRTA_EIME);
    if (!p->ssirws)
        registers->shape[VTD_REG_RTADDR].rw &= ~VTD_MASK(RTADDR_SSIRWE);
    /* 11.4.6.1, 11.4.6.3: domain-id bits beyond CAP.ND are not implemented. */
    uint64_t did_beyond = 0xffffu & ~((1u << (4u + 2u * p->nd)) - 1u);
    registers->shape[VTD_REG_CCMD].rw &= ~did_beyond;
    registers->shape[VTD_REG_IOTLB].rw &= ~(did_beyond << VTD_IOTLB_DID_SHIFT);
    /* 11.4.7.1: ITE and ICE need Device-TLBs, IQE needs queued invalidation. */
    registers->shape[VTD_REG_FSTS].w1c &=
        ~((p->dt ? 0 : VTD_MASK(FSTS_ITE) | VTD_MASK(FSTS_ICE)) | (p->qi ? 0 : VTD_MASK(FSTS_IQE)));
}

void vtd_registers_place(struct vtd_params *params)
{
    uint32_t bytes = (params->nfr + 1u) * 16u;
    if (!params->iro)
        params->iro = 0x0f0 / 16;
    if (!params->fro)
        params->fro = bytes <= 0x0e0 ? 0x220 / 16 : bytes <= 0x9c0 ? 0x400 / 16 : PAGE_BYTES / 16;
}

/* False: where FRO or IRO put them, registers would overlap. */
static bool place_register(struct vtd_registers *registers, const struct vtd_params *params, unsigned reg)
{
    const struct vtd_register_shape *shape = &registers->shape[reg];
    uint32_t records = params->fro * 16u, records_end = records + (params->nfr + 1u) * 16u;
    for (uint32_t at = shape->offset; at < shape->offset + shape->bytes; at += 4) {
        if (registers->at_dword[at / 4u] || (at >= records && at < records_end))
            return false;
        registers->at_dword[at / 4u] = (uint16_t)(reg + 1u);
    }
    return true;
}

int vtd_registers_init(struct vtd_registers *registers, const struct vtd_params *params)
{
    make_shapes(registers, params);
    narrow_fields(registers, params);
    registers->shape[VTD_REG_VER].reset = vtd_ver_value(params);
    registers->shape[VTD_REG_CAP].reset = vtd_cap_value(params);
    registers->shape[VTD_REG_ECAP].reset = vtd_ecap_value(params);
    uint64_t end = params->fro * 16u + (params->nfr + 1u) * 16u;
    uint64_t iotlb_end = params->iro * 16u + 16u;
    end = end > iotlb_end ? end : iotlb_end;
    registers->block_bytes = (end + PAGE_BYTES - 1u) / PAGE_BYTES * PAGE_BYTES;
    registers->at_dword = calloc(registers->block_bytes / 4u, sizeof *registers->at_dword);
    if (!registers->at_dword)
        return -ENOMEM;
    for (unsigned reg = 0; reg < VTD_REG_COUNT; reg++)
        if (!place_register(registers, params, reg))
            return -EINVAL;
    return 0;
}

void vtd_registers_fini(struct vtd_registers *registers)
{
    free(registers->at_dword);
}

void vtd_registers_reset(struct vtd_registers *registers, bool warm)
{
    for (unsigned reg = 0; reg < VTD_REG_COUNT; reg++) {
        uint64_t kept = warm ? registers->shape[reg].sticky : 0;
        registers->value[reg] = (registers->value[reg] & kept) | (registers->shape[reg].reset & ~kept);
    }
}

uint64_t vtd_register_bytes(const struct vtd *vtd)
{
    return vtd->regs.block_bytes;
}

/* ---- what a write sets in motion ---- */

/* Does the write touch the byte with this bit? */
static bool touches(uint64_t lanes, uint64_t bit)
{
    return (lanes & bit) != 0;
}

static void gcmd_written(struct vtd *vtd, uint64_t lanes, uint64_t value)
{
    if (touches(lanes, VTD_MASK(GCMD_TE)))
        vtd_command_written(vtd, (uint32_t)value);
}

static void ccmd_written(struct vtd *vtd, uint64_t lanes, uint64_t value)
{
    (void)value;
    if (touches(lanes, vtd_erratum(&vtd->params, VTD_E_CCMD_LOW_HALF) ? VTD_MASK(CCMD_DID) : VTD_MASK(CCMD_ICC)))
        vtd_context_command_written(vtd);
}

static void iotlb_written(struct vtd *vtd, uint64_t lanes, uint64_t value)
{
    (void)value;
    if (touches(lanes, VTD_MASK(IOTLB_IVT)))
        vtd_iotlb_command_written(vtd);
}

static void fsts_written(struct vtd *vtd, uint64_t lanes, uint64_t value)
{
    vtd_fault_event_serviced(vtd);
    if (value & lanes & VTD_MASK(FSTS_IQE))
        vtd_queue_restart(vtd);
    if (value & lanes & VTD_MASK(FSTS_ITE)) {
        vtd_queue_retry(vtd);
        vtd_queue_kick(vtd);
    }
}

static void prs_written(struct vtd *vtd, uint64_t lanes, uint64_t value)
{
    (void)lanes, (void)value;
    vtd_page_event_serviced(vtd);
}

static void ics_written(struct vtd *vtd, uint64_t lanes, uint64_t value)
{
    (void)lanes, (void)value;
    vtd_completion_event_serviced(vtd);
}

static void event_control_written(struct vtd *vtd, uint64_t lanes, uint64_t value)
{
    (void)lanes, (void)value;
    vtd_event_registers_written(vtd);
}

static void pmen_written(struct vtd *vtd, uint64_t lanes, uint64_t value)
{
    (void)value;
    if (touches(lanes, VTD_MASK(PMEN_EPM)))
        vtd_pmr_written(vtd);
}

static void iqt_written(struct vtd *vtd, uint64_t lanes, uint64_t value)
{
    (void)lanes, (void)value;
    vtd_queue_kick(vtd);
}

static void (*const written[VTD_REG_COUNT])(struct vtd *vtd, uint64_t lanes, uint64_t value) = {
    [VTD_REG_GCMD] = gcmd_written,
    [VTD_REG_CCMD] = ccmd_written,
    [VTD_REG_IOTLB] = iotlb_written,
    [VTD_REG_FSTS] = fsts_written,
    [VTD_REG_ICS] = ics_written,
    [VTD_REG_FECTL] = event_control_written,
    [VTD_REG_PMEN] = pmen_written,
    [VTD_REG_IECTL] = event_control_written,
    [VTD_REG_IQT] = iqt_written,
    [VTD_REG_PRS] = prs_written,
    [VTD_REG_PECTL] = event_control_written,
};

/* ---- 11.4.12 Memory Type Range Registers, as the walk wants them ---- */

static struct vtd_mtrrs mtrrs_now(const struct vtd *vtd)
{
    uint64_t settings = vtd_reg(vtd, VTD_REG_MTRRDEF);
    struct vtd_mtrrs mtrrs = {
        .enabled = VTD_GET(settings, MTRRDEF_E) != 0,
        .fixed_enabled = VTD_GET(settings, MTRRDEF_FE) != 0,
        .default_type = (uint8_t)VTD_GET(settings, MTRRDEF_TYPE),
    };
    for (unsigned i = 0; i < VTD_MTRR_FIXED; i++)
        mtrrs.fixed[i] = vtd->regs.value[VTD_REG_MTRR_FIX64K_00000 + i];
    for (unsigned i = 0; i < VTD_MTRR_VARIABLE; i++) {
        uint64_t base = vtd->regs.value[VTD_REG_MTRR_PHYSBASE0 + 2u * i];
        uint64_t mask = vtd->regs.value[VTD_REG_MTRR_PHYSMASK0 + 2u * i];
        mtrrs.variable[i].valid = VTD_GET(mask, MTRR_PHYSMASK0_V) != 0;
        mtrrs.variable[i].type = (uint8_t)VTD_GET(base, MTRR_PHYSBASE0_TYPE);
        mtrrs.variable[i].base = base & VTD_MASK(MTRR_PHYSBASE0_PHYSBASE);
        mtrrs.variable[i].mask = mask & VTD_MASK(MTRR_PHYSMASK0_PHYSMASK);
    }
    return mtrrs;
}

uint8_t vtd_mtrr_type_now(const struct vtd *vtd, uint64_t address)
{
    if (!vtd->params.mts)
        return PORT_WB;
    struct vtd_mtrrs mtrrs = mtrrs_now(vtd);
    return vtd_mtrr_type(&mtrrs, address);
}

/* ---- access ---- */

static void write_register(struct vtd *vtd, enum vtd_register reg, uint64_t lanes, uint64_t value)
{
    const struct vtd_register_shape *shape = &vtd->regs.shape[reg];
    /* Deviation: the low half of a 64-bit write comes too late for what the high half triggers. */
    bool late = reg == VTD_REG_CCMD && lanes == UINT64_MAX && vtd_erratum(&vtd->params, VTD_E_CCMD_STALE_LOW_HALF);
    uint64_t stored = shape->rw & (late ? lanes << 32 : lanes);
    vtd_reg_change(vtd, reg, stored | (shape->w1c & lanes & value), value & stored);
    VTD_PROBE(vtd, vtd->sim->now_ps, VTD_NO_REQUEST, "registers", "write %03x lanes=%llx value=%llx", shape->offset,
              (unsigned long long)lanes, (unsigned long long)value);
    if (written[reg])
        written[reg](vtd, lanes, value);
    if (late)
        vtd_reg_change(vtd, reg, shape->rw & UINT32_MAX, value & shape->rw & UINT32_MAX);
}

static uint64_t read_register(const struct vtd *vtd, enum vtd_register reg)
{
    uint64_t value = vtd->regs.value[reg] & ~vtd->regs.shape[reg].hidden;
    if (reg == VTD_REG_RTADDR && vtd_erratum(&vtd->params, VTD_E_RTADDR_READS_LATCHED))
        value = vtd->root_latched;
    return value;
}

/* The register or record around an offset, as 8 aligned bytes or 4: base and size of what one access can touch. */
struct target {
    uint64_t base;
    uint32_t bytes;
    int reg; /* -1: a fault record; -2: reserved */
};

static struct target target_at(const struct vtd *vtd, uint64_t offset)
{
    if (vtd_fault_log_covers(vtd, offset))
        return (struct target){offset & ~UINT64_C(7), 8, -1};
    unsigned reg = vtd->regs.at_dword[offset / 4u];
    if (!reg)
        return (struct target){offset & ~UINT64_C(3), 4, -2};
    return (struct target){vtd->regs.shape[reg - 1u].offset, vtd->regs.shape[reg - 1u].bytes, (int)reg - 1};
}

/* Bytes of the access that fall into the target, from `offset` on. */
static uint32_t overlap(const struct target *target, uint64_t offset, uint32_t bytes)
{
    uint64_t rest = target->base + target->bytes - offset;
    return rest < bytes ? (uint32_t)rest : bytes;
}

uint64_t vtd_register_read(struct vtd *vtd, uint64_t offset, uint32_t bytes)
{
    uint64_t result = 0;
    for (uint32_t done = 0; done < bytes && offset + done < vtd->regs.block_bytes;) {
        struct target target = target_at(vtd, offset + done);
        uint32_t count = overlap(&target, offset + done, bytes - done);
        uint64_t value = target.reg >= 0    ? read_register(vtd, (enum vtd_register)target.reg)
                         : target.reg == -1 ? vtd_fault_log_read(vtd, target.base)
                                            : 0;
        value >>= (offset + done - target.base) * 8u;
        result |= (value & VTD_BITS(count * 8u - 1u, 0u)) << (done * 8u);
        done += count;
    }
    return result;
}

void vtd_register_write(struct vtd *vtd, uint64_t offset, uint32_t bytes, uint64_t value)
{
    for (uint32_t done = 0; done < bytes && offset + done < vtd->regs.block_bytes;) {
        struct target target = target_at(vtd, offset + done);
        uint32_t count = overlap(&target, offset + done, bytes - done);
        unsigned shift = (unsigned)(offset + done - target.base) * 8u;
        uint64_t lanes = VTD_BITS(count * 8u - 1u, 0u) << shift;
        uint64_t shifted = (value >> (done * 8u)) << shift;
        if (target.reg >= 0)
            write_register(vtd, (enum vtd_register)target.reg, lanes, shifted & lanes);
        else if (target.reg == -1)
            vtd_fault_log_write(vtd, target.base, lanes, shifted);
        done += count;
    }
}
