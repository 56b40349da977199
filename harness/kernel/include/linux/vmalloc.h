/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_VMALLOC_H
#define _LINUX_VMALLOC_H

#include <linux/slab.h>

#endif
