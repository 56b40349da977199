/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_MMU_CONTEXT_H
#define _LINUX_MMU_CONTEXT_H

#include <linux/kthread.h>

#endif
