/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_device_tlb.h - what the files on device-TLBs share: the case is the device. */
#ifndef VTD_VTD_DEVICE_TLB_H
#define VTD_VTD_DEVICE_TLB_H

#include "build/vt.h"

#define DEVICE_TLB_INPUT UINT64_C(0x2345000)
#define DEVICE_TLB_EVERYTHING 64u /* for vt_range() */
#define DEVICE_TLB_MANY 40u       /* more than there are ITags */

/* On a freshly reset unit in each mode that it has, closed with vt_close(). */
void device_tlb_each_mode(struct test *t, void (*body)(struct vt *vt));
/*
 * All Invalidate Requests that come without an answer, up to DEVICE_TLB_MANY, and their ITags as a vector; there are no more than
 * 32 (PCI Express, ATS), and each is checked to be given out once.
 */
uint32_t device_tlb_collect(struct vt *vt, const char *row, struct iotb_message *messages, uint32_t *itags);

#endif
