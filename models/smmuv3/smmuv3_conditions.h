/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_conditions.h - why a transaction ends: the conditions of chapters 3, 5 and 7, each with the event that reports it.
 */
#ifndef SMMUV3_SMMUV3_CONDITIONS_H
#define SMMUV3_SMMUV3_CONDITIONS_H

#include "smmuv3/smmuv3.h"

#include <stdbool.h>
#include <stdint.h>

/* 7.3 Event records: the event numbers. */
enum smmuv3_event_type {
    SMMUV3_NO_EVENT = 0,
    SMMUV3_F_UUT = 0x01,
    SMMUV3_C_BAD_STREAMID = 0x02,
    SMMUV3_F_STE_FETCH = 0x03,
    SMMUV3_C_BAD_STE = 0x04,
    SMMUV3_F_BAD_ATS_TREQ = 0x05,
    SMMUV3_F_STREAM_DISABLED = 0x06,
    SMMUV3_F_TRANSL_FORBIDDEN = 0x07,
    SMMUV3_C_BAD_SUBSTREAMID = 0x08,
    SMMUV3_F_CD_FETCH = 0x09,
    SMMUV3_C_BAD_CD = 0x0a,
    SMMUV3_F_WALK_EABT = 0x0b,
    SMMUV3_F_TRANSLATION = 0x10,
    SMMUV3_F_ADDR_SIZE = 0x11,
    SMMUV3_F_ACCESS = 0x12,
    SMMUV3_F_PERMISSION = 0x13,
};

enum smmuv3_condition {
    SMMUV3_OK,
#define SMMUV3_CONDITION(name, ...) SMMUV3_##name,
#include "smmuv3/smmuv3_conditions.def"
#undef SMMUV3_CONDITION
    SMMUV3_CONDITION_COUNT
};

struct smmuv3_condition_facts {
    const char *name;   /* "STE_V" */
    const char *clause; /* "5.2" */
    const char *title;
    enum smmuv3_event_type event; /* SMMUV3_NO_EVENT: terminated without a record */
    bool stage2;                  /* S2 of the event record, where it has one */
};

/* Of SMMUV3_OK: no event. */
const struct smmuv3_condition_facts *smmuv3_condition_facts(enum smmuv3_condition condition);

/* Is the deviation "NO_<condition>" on? */
bool smmuv3_condition_is_missed(const struct smmuv3_params *p, enum smmuv3_condition condition);

/* Is the condition met? `detected` as the architecture says. */
static inline bool smmuv3_found(const struct smmuv3_params *p, enum smmuv3_condition condition, bool detected)
{
    return detected && !smmuv3_condition_is_missed(p, condition);
}

struct smmuv3_check {
    enum smmuv3_condition condition;
    bool met; /* as the architecture says */
};
/* The first of them that is found, SMMUV3_OK if none. */
enum smmuv3_condition smmuv3_first_found(const struct smmuv3_params *p, const struct smmuv3_check *checks, unsigned count);
#define SMMUV3_FIRST_FOUND(p, checks) smmuv3_first_found(p, checks, (unsigned)(sizeof(checks) / sizeof(checks)[0]))

#endif
