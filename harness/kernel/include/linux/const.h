/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_CONST_H
#define _LINUX_CONST_H

#define __AC(x, suffix) (x##suffix)
#define _AC(x, suffix) __AC(x, suffix)
#define _AT(type, x) ((type)(x))
#define _UL(x) _AC(x, UL)
#define _ULL(x) _AC(x, ULL)
#define UL(x) _UL(x)
#define ULL(x) _ULL(x)
#define _BITUL(bit) (_UL(1) << (bit))
#define _BITULL(bit) (_ULL(1) << (bit))

#endif
