/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_interrupts.h - what the chapters on interrupt remapping share: both interrupt modes, one entry that works. */
#ifndef VTD_VTD_INTERRUPTS_H
#define VTD_VTD_INTERRUPTS_H

#include "build/vt.h"

/*
 * Runs body on a freshly reset unit with interrupt remapping on and a table of 2^(s+1) entries, in the modes that the unit has:
 * EIME = 0 unless ECAP.EIMER, EIME = 1 with ECAP.EIM. Ends each with vt_close().
 */
void interrupts_each_mode(struct test *t, uint32_t s, void (*body)(struct vt *vt));
/* The widest destination that the mode has. */
static inline uint32_t interrupts_destination(const struct vt *vt)
{
    return vt->eime ? 0x89abcdefu : 0xefu;
}
/* Entry `index` works for everybody, with this vector; what is seen of an interrupt through it. */
struct vt_message interrupts_good(struct vt *vt, uint32_t index, uint32_t vector);
/* Whatever has come is forgotten. */
void interrupts_drop(struct vt *vt);

#endif
