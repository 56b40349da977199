/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the VT-d builder share. */
#ifndef BUILD_VT_INTERNAL_H
#define BUILD_VT_INTERNAL_H

#include "build/vt.h"

#define VT_PAGE 4096u

/* A page of a nested first-stage table: where it is for the guest and for the host. */
struct vt_guest_page {
    struct vt_guest_page *next;
    uint64_t guest, host;
};

/*
 * Fields that hold an address (ADDR, SSPTPTR, CTP ...) take and give whole addresses here: the low bits that the field does
 * not have are dropped. All other fields take their value.
 */
uint32_t vt_field_shift(const struct spec_field *field);
void vt_put_field(uint64_t *words, const char *structure, const char *field, uint64_t value);

/* Address of a page table page for the host that a pointer of this table names. */
uint64_t vt_pointer_to_host(const struct vt_table *table, uint64_t pointer);

/* The most levels that the DUT has in this stage. */
uint32_t vt_levels_max(struct test *t, enum vt_table_kind kind);

/* A fresh page for tables or data, host address; nested tables get their guest address too. */
uint64_t vt_table_page(struct vt *vt, struct vt_table *table, uint64_t *pointer);

/* Level numbers: 1 holds 4 KiB leaves. */
static inline uint32_t vt_level_shift(uint32_t level)
{
    return 12 + 9 * (level - 1);
}

/* Registers and the structures that a request leads through, decoded into the report. */
void vt_evidence(struct vt *vt, const struct iotb_request *request);

/* Of the expectations: how often the next one runs its request; no record is there; exactly one of this reason is, and it is cleared;
 * evidence when this is the first failure of the case. */
uint32_t vt_rounds(struct vt *vt);
bool vt_check_no_record(struct vt *vt, const char *row, const char *what);
bool vt_check_record(struct vt *vt, const char *row, const struct iotb_request *request, uint32_t fr);
bool vt_judged(struct vt *vt, const struct iotb_request *request, bool first, bool ok);

/* Entry words in memory. */
static inline void vt_read_entry(struct vt *vt, uint64_t entry, uint64_t *words, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        words[i] = mem_read64(vt->t, entry + 8 * i);
}
void vt_write_entry(struct vt *vt, uint64_t entry, const uint64_t *words, uint32_t count); /* at once, up to 64 bytes */

#endif
