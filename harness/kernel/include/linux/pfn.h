/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_PFN_H
#define _LINUX_PFN_H

#include <asm/page.h>

#endif
