/* SPDX-License-Identifier: BSD-2-Clause */
/* What the two files on register based invalidation share: the commands, each checked to be complete. */
#ifndef VTD_VTD_REGISTER_INVALIDATION_H
#define VTD_VTD_REGISTER_INVALIDATION_H

#include "build/vt.h"

enum { REFUSED = 0, BY_GLOBAL = 1, BY_DOMAIN = 2, BY_DEVICE = 3, BY_PAGE = 3 }; /* CIRG, CAIG, IIRG, IAIG */

#define BELOW_6 "VER.MAX<6&CAP.SAGAW" /* gate of what needs the registers, in legacy mode */

/* Legacy mode with the queue off. */
void register_open(struct vt *vt, struct test *t);
uint32_t register_domain_bits(struct test *t);
/* Values to write. */
uint64_t register_ccmd(uint32_t granularity, uint32_t did, uint32_t sid, uint32_t fm);
uint64_t register_iotlb(uint32_t granularity, uint32_t did, bool drain);
uint64_t register_iva(uint64_t address, uint32_t am, bool ih);
/* Requested granularity or a coarser one; REFUSED only when it was asked for. */
bool register_coarse_enough(uint32_t requested, uint32_t actual);
/* Issue the command and check that it completes with a granularity that was asked for, which is returned. */
uint32_t register_context_command(struct test *t, const char *row, uint32_t granularity, uint32_t did, uint32_t sid, uint32_t fm);
uint32_t register_iotlb_command(struct test *t, const char *row, uint32_t granularity, uint32_t did, uint64_t address,
                                uint32_t am, bool ih);

#endif
