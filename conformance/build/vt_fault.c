/* SPDX-License-Identifier: BSD-2-Clause */
/* Fault records (7.2.1 Primary Fault Logging, 11.4.7.6 Fault Recording Registers). */
#include "build/vt_internal.h"

#include <string.h>

/* CAP_REG as it was at bring-up: it does not change (11.4.2 Capability Register). */
static uint64_t capability(const struct vt *vt, const char *field)
{
    return spec_get(spec_reg_field("CAP_REG", field), &vt->cap);
}

uint64_t vt_fault_address(struct vt *vt, uint32_t index)
{
    return capability(vt, "FRO") * 16 + 16u * index;
}

static uint32_t record_count(struct vt *vt)
{
    return (uint32_t)capability(vt, "NFR") + 1;
}

static uint32_t get(const uint64_t *words, const char *field)
{
    return (uint32_t)spec_get(spec_struct_field("fault_record", field), words);
}

/* F is in the upper half of a record. */
static bool pending_at(struct vt *vt, uint64_t record, uint64_t f_mask, uint64_t *upper)
{
    *upper = reg_read64(vt->t, record + 8);
    return (*upper & f_mask) != 0;
}

static uint64_t f_mask(void)
{
    return spec_mask(spec_struct_field("fault_record", "F"));
}

bool vt_fault_read(struct vt *vt, uint32_t index, struct vt_fault *fault)
{
    uint64_t record = vt_fault_address(vt, index), words[2];

    if (!pending_at(vt, record, f_mask(), &words[1]))
        return false;
    words[0] = reg_read64(vt->t, record);
    *fault = (struct vt_fault){
        .index = index,
        .fr = get(words, "FR"),
        .sid = get(words, "SID"),
        .t1 = get(words, "T1"),
        .t2 = get(words, "T2"),
        .at = get(words, "AT"),
        .pv = get(words, "PV"),
        .pp = get(words, "PP"),
        .exe = get(words, "EXE"),
        .priv = get(words, "PRIV"),
        .fi = words[0],
    };
    return true;
}

/* The first pending record from `first` on, around the end; record_count when there is none. */
static uint32_t next_pending(struct vt *vt, uint32_t first, uint32_t steps)
{
    uint64_t base = vt_fault_address(vt, 0), mask = f_mask(), upper;
    uint32_t count = record_count(vt);

    for (uint32_t i = 0; i < steps; i++) {
        uint32_t index = (first + i) % count;

        if (pending_at(vt, base + 16u * index, mask, &upper))
            return index;
    }
    return count;
}

uint32_t vt_fault_pending(struct vt *vt)
{
    uint32_t count = record_count(vt), pending = 0;

    for (uint32_t i = 0; i < count && (i = next_pending(vt, i, count - i)) != count; i++)
        pending++;
    return pending;
}

void vt_fault_clear_one(struct vt *vt, uint32_t index)
{
    /* 11.4.7.6: F is cleared by writing 1; the rest of the record is read-only. */
    reg_write64(vt->t, vt_fault_address(vt, index) + 8, f_mask());
}

bool vt_fault_take(struct vt *vt, struct vt_fault *fault)
{
    uint32_t count = record_count(vt);
    uint32_t index = next_pending(vt, (uint32_t)vt_field(vt->t, "FSTS_REG", "FRI") % count, count);

    if (index == count || !vt_fault_read(vt, index, fault))
        return false;
    vt_fault_clear_one(vt, index);
    return true;
}

void vt_fault_clear(struct vt *vt)
{
    uint32_t count = record_count(vt);

    for (uint32_t i = 0; i < count && (i = next_pending(vt, i, count - i)) != count; i++)
        vt_fault_clear_one(vt, i);
    vt_reg_set(vt->t, "FSTS_REG", vt_reg_bits("FSTS_REG", "PFO", 1));
}

uint64_t vt_fault_information(struct vt *vt, uint64_t input)
{
    /* 11.4.7.6 FI: bits at and above the largest supported AGAW read 0. A unit without a second stage has the width of its
     * first stage. */
    uint32_t aw = vt_widest_aw(vt->t);
    uint32_t bits = aw ? 30 + 9 * aw : 0;
    uint32_t first = !vt_ecap(vt->t, "FSTS") ? 0 : capability(vt, "FS5LP") ? 57 : 48;

    if (first > bits)
        bits = first;
    if (!bits)
        bits = vt->haw;
    return input & ((UINT64_C(1) << bits) - 1) & ~UINT64_C(0xfff);
}
