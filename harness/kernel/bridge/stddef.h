/* SPDX-License-Identifier: BSD-2-Clause */
/* For kernel code that includes a header of the host side: see README.md, "Bridges". */
#ifndef BRIDGE_STDDEF_H
#define BRIDGE_STDDEF_H

#include <linux/types.h>

#endif
