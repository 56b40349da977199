/* SPDX-License-Identifier: BSD-2-Clause */
/* For kernel code that includes a header of the host side: see README.md, "Bridges". */
#ifndef BRIDGE_STDINT_H
#define BRIDGE_STDINT_H

#include <linux/types.h>
#include <linux/limits.h>

#define UINT64_MAX U64_MAX
#define UINT32_MAX U32_MAX
#define UINT16_MAX U16_MAX
#define UINT8_MAX U8_MAX
#define INT64_MAX S64_MAX
#define INT32_MAX S32_MAX
#define UINT64_C(value) value##ULL
#define UINT32_C(value) value##U

#endif
