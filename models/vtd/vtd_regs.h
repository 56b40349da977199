/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_regs.h - the register file: names, fields, storage. What a write sets in motion is in the chapters it concerns.
 */
#ifndef VTD_VTD_REGS_H
#define VTD_VTD_REGS_H

#include "vtd/vtd.h"

#define VTD_AT_IRO 0x10000u /* above every real offset of vtd_regs.def */

enum vtd_register {
#define REGISTER(name, offset, bytes, present) VTD_REG_##name,
#define FIELD(reg, name, high, low, access, reset)
#define RECORD_FIELD(reg, name, high, low, access)
#include "vtd/vtd_regs.def"
#undef REGISTER
#undef FIELD
#undef RECORD_FIELD
    VTD_REG_COUNT
};

#define VTD_BITS(high, low) ((UINT64_MAX >> (63u - (high))) & (UINT64_MAX << (low)))

/* Mask of each field, as VTD_CCMD_ICC; and its lowest bit, as VTD_CCMD_ICC_SHIFT. */
enum vtd_field_shift {
#define REGISTER(name, offset, bytes, present)
#define FIELD(reg, name, high, low, access, reset) VTD_##reg##_##name##_SHIFT = (low),
#define RECORD_FIELD(reg, name, high, low, access) VTD_##reg##_##name##_SHIFT = (low),
#include "vtd/vtd_regs.def"
#undef REGISTER
#undef FIELD
#undef RECORD_FIELD
    VTD_FIELD_SHIFT_END
};

enum vtd_field_high {
#define REGISTER(name, offset, bytes, present)
#define FIELD(reg, name, high, low, access, reset) VTD_##reg##_##name##_HIGH = (high),
#define RECORD_FIELD(reg, name, high, low, access) VTD_##reg##_##name##_HIGH = (high),
#include "vtd/vtd_regs.def"
#undef REGISTER
#undef FIELD
#undef RECORD_FIELD
    VTD_FIELD_HIGH_END
};

/* VTD_MASK(CCMD_ICC), VTD_GET(value, CCMD_CIRG), VTD_PUT(CCMD_CAIG, 1) */
#define VTD_MASK(field) VTD_BITS((unsigned)VTD_##field##_HIGH, (unsigned)VTD_##field##_SHIFT)
#define VTD_GET(value, field) (((uint64_t)(value)&VTD_MASK(field)) >> (unsigned)VTD_##field##_SHIFT)
#define VTD_PUT(field, value) (((uint64_t)(value) << (unsigned)VTD_##field##_SHIFT) & VTD_MASK(field))

/* One register as built from its fields and the parameters of the unit. */
struct vtd_register_shape {
    uint32_t offset;
    uint8_t bytes;
    uint64_t rw;     /* stored by a write; write-only bits too */
    uint64_t hidden; /* of these, those that read 0 (write-only) */
    uint64_t w1c;
    uint64_t sticky; /* survives a warm reset */
    uint64_t reset;
};

struct vtd_registers {
    struct vtd_register_shape shape[VTD_REG_COUNT];
    uint64_t value[VTD_REG_COUNT];
    uint64_t block_bytes;
    uint16_t *at_dword; /* register + 1 that covers each dword of the block; 0: reserved */
};

/* -ENOMEM; -EINVAL when FRO and IRO make registers overlap. */
int vtd_registers_init(struct vtd_registers *registers, const struct vtd_params *params);
void vtd_registers_fini(struct vtd_registers *registers);
void vtd_registers_reset(struct vtd_registers *registers, bool warm);

/* Where the fault recording registers and the IOTLB registers go when the parameters leave it open (FRO = 0, IRO = 0). */
void vtd_registers_place(struct vtd_params *params);

#endif
