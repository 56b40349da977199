/* SPDX-License-Identifier: BSD-2-Clause */
/* shim_platform.h - see shim_platform.c. */
#ifndef SMMUV3_SHIM_PLATFORM_H
#define SMMUV3_SHIM_PLATFORM_H

#include <linux/types.h>

/* After shim_add_device(): behind which unit it is, and with which ids; alias 0xffff: none. */
void shim_describe_device(u16 rid, unsigned int unit, u16 alias, bool ats);
void shim_specs_forget(void);

#endif
