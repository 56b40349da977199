/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the SMMUv3 builder share. */
#ifndef BUILD_SM_INTERNAL_H
#define BUILD_SM_INTERNAL_H

#include "build/sm.h"

/* Maps host memory at a fresh IPA, as many whole pages as it touches; the IPA of host. bytes: a power of two. */
uint64_t sm_guest_map(struct sm *sm, struct sm_table *stage2, uint64_t host, uint64_t bytes, uint32_t rights);

#define SM_STE_BYTES 64u
#define SM_CD_BYTES 64u
#define SM_COMMAND_BYTES 16u
#define SM_EVENT_BYTES 32u
#define SM_QUEUE_WRAP(log2size) (UINT32_C(1) << (log2size)) /* 3.5.1: the wrap flag above the index bits */

/* Memory that the builder mapped in a stage 2 table for structures. */
struct sm_guest_page {
    struct sm_guest_page *next;
    uint64_t ipa, host, bytes;
};

/* An empty stream table as sm->config wants it; STRTAB_BASE is another matter. */
void sm_make_stream_table(struct sm *sm);

/* The specific row when the case declares it, else the row of the expectation. */
const char *sm_row_or(struct sm *sm, const char *specific, const char *row);

/* Address fields take and give whole addresses: how far their value is shifted. */
uint32_t sm_field_shift(const struct spec_field *field);

void sm_write_words(struct sm *sm, uint64_t address, const uint64_t *words, uint32_t count); /* at once, up to 64 bytes */

/* The stage 2 table that an STE names, NULL if it is none of the builder's or the STE does not use stage 2. */
struct sm_table *sm_stage2_of(struct sm *sm, uint64_t ste);
/* A pointer in a structure below this STE, as a host address; 0 when it leads nowhere. */
uint64_t sm_structure_host(struct sm *sm, uint64_t ste, uint64_t pointer);
/* A table's pointer (next table, TTB) as a host address; 0 when it leads nowhere. */
uint64_t sm_pointer_to_host(const struct sm_table *table, uint64_t pointer);

uint32_t sm_tg0(uint32_t granule_lg2);
uint32_t sm_tg1(uint32_t granule_lg2);
uint32_t sm_sl0(const struct sm_table *stage2);

/* Rows that the fields and the number of records decide, in any case (sm_record.c). */
#define SM_RECORD_ROWS                                                                                                          \
    "SMMU-3-115 SMMU-3-124 SMMU-3-512 SMMU-7-017 SMMU-7-022 SMMU-7-023 SMMU-7-024 SMMU-7-025 SMMU-7-026 SMMU-7-027 SMMU-7-028 " \
    "SMMU-7-029 SMMU-7-031 SMMU-7-038 SMMU-7-046 SMMU-7-048 SMMU-7-053 SMMU-7-061"
/* Every field of a record of the expected type; row: of the expectation. test_carry() of the rows above is the caller's. */
bool sm_check_record(struct sm *sm, const char *row, const struct iotb_request *r, const struct sm_expected *e,
                     const struct sm_event *event);

/* Registers and the structures that a request leads through, decoded into the report. */
void sm_evidence(struct sm *sm, const struct iotb_request *request);

static inline uint64_t sm_ones(uint32_t bits)
{
    return bits >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << bits) - 1;
}

#endif
