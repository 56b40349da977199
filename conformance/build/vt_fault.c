/* SPDX-License-Identifier: BSD-2-Clause */
/* Fault records (7.2.1 Primary Fault Logging, 11.4.7.6 Fault Recording Registers). */
#include "build/vt_internal.h"

#include <string.h>

uint64_t vt_fault_address(struct vt *vt, uint32_t index)
{
    return vt_cap(vt->t, "FRO") * 16 + 16u * index;
}

static uint32_t record_count(struct vt *vt)
{
    return (uint32_t)vt_cap(vt->t, "NFR") + 1;
}

static uint32_t get(const uint64_t *words, const char *field)
{
    return (uint32_t)spec_get(spec_struct_field("fault_record", field), words);
}

bool vt_fault_read(struct vt *vt, uint32_t index, struct vt_fault *fault)
{
    uint64_t words[2];

    words[1] = reg_read64(vt->t, vt_fault_address(vt, index) + 8);
    if (!get(words, "F"))
        return false;
    words[0] = reg_read64(vt->t, vt_fault_address(vt, index));
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

uint32_t vt_fault_pending(struct vt *vt)
{
    struct vt_fault fault;
    uint32_t pending = 0;

    for (uint32_t i = 0; i < record_count(vt); i++)
        pending += vt_fault_read(vt, i, &fault);
    return pending;
}

void vt_fault_clear_one(struct vt *vt, uint32_t index)
{
    uint64_t words[2] = {0, 0};

    /* 11.4.7.6: F is in the upper half and cleared by writing 1; the rest of the record is read-only. */
    spec_set(spec_struct_field("fault_record", "F"), words, 1);
    reg_write64(vt->t, vt_fault_address(vt, index) + 8, words[1]);
}

bool vt_fault_take(struct vt *vt, struct vt_fault *fault)
{
    uint32_t first = (uint32_t)vt_field(vt->t, "FSTS_REG", "FRI");

    for (uint32_t i = 0; i < record_count(vt); i++) {
        uint32_t index = (first + i) % record_count(vt);

        if (vt_fault_read(vt, index, fault)) {
            vt_fault_clear_one(vt, index);
            return true;
        }
    }
    return false;
}

void vt_fault_clear(struct vt *vt)
{
    struct vt_fault fault;

    for (uint32_t i = 0; i < record_count(vt); i++)
        if (vt_fault_read(vt, i, &fault))
            vt_fault_clear_one(vt, i);
    vt_reg_set(vt->t, "FSTS_REG", vt_reg_bits("FSTS_REG", "PFO", 1));
}

uint64_t vt_fault_information(struct vt *vt, uint64_t input)
{
    /* 11.4.7.6 FI: bits at and above the largest supported AGAW read 0. A unit without a second stage has the width of its
     * first stage. */
    uint32_t aw = vt_widest_aw(vt->t);
    uint32_t bits = aw ? 30 + 9 * aw : 0;
    uint32_t first = !vt_ecap(vt->t, "FSTS") ? 0 : vt_cap(vt->t, "FS5LP") ? 57 : 48;

    if (first > bits)
        bits = first;
    if (!bits)
        bits = vt->haw;
    return input & ((UINT64_C(1) << bits) - 1) & ~UINT64_C(0xfff);
}
