/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_regs.h - the register file: names, fields, storage. What a write sets in motion is in the chapters it concerns.
 */
#ifndef SMMUV3_SMMUV3_REGS_H
#define SMMUV3_SMMUV3_REGS_H

#include "smmuv3/smmuv3.h"

enum smmuv3_register {
#define REGISTER(name, offset, bytes, present) SMMUV3_REG_##name,
#define FIELD(reg, name, high, low, access, present)
#include "smmuv3/smmuv3_regs.def"
#undef REGISTER
#undef FIELD
    SMMUV3_REG_COUNT
};

enum smmuv3_field_low {
#define REGISTER(name, offset, bytes, present)
#define FIELD(reg, name, high, low, access, present) SMMUV3_##reg##_##name##_LOW = (low),
#include "smmuv3/smmuv3_regs.def"
#undef REGISTER
#undef FIELD
    SMMUV3_FIELD_LOW_END
};

enum smmuv3_field_high {
#define REGISTER(name, offset, bytes, present)
#define FIELD(reg, name, high, low, access, present) SMMUV3_##reg##_##name##_HIGH = (high),
#include "smmuv3/smmuv3_regs.def"
#undef REGISTER
#undef FIELD
    SMMUV3_FIELD_HIGH_END
};

#define SMMUV3_MASK_OF(high, low) ((UINT64_MAX >> (63u - (unsigned)(high))) & (UINT64_MAX << (unsigned)(low)))

/* SMMUV3_MASK(CR0_VMW), SMMUV3_GET(value, CR0_VMW), SMMUV3_PUT(CR0_VMW, 1) */
#define SMMUV3_MASK(field) SMMUV3_MASK_OF(SMMUV3_##field##_HIGH, SMMUV3_##field##_LOW)
#define SMMUV3_GET(value, field) (((uint64_t)(value)&SMMUV3_MASK(field)) >> (unsigned)SMMUV3_##field##_LOW)
#define SMMUV3_PUT(field, value) (((uint64_t)(value) << (unsigned)SMMUV3_##field##_LOW) & SMMUV3_MASK(field))

struct smmuv3_registers {
    uint64_t value[SMMUV3_REG_COUNT];
};

#endif
