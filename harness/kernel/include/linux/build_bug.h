/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_BUILD_BUG_H
#define _LINUX_BUILD_BUG_H

#define BUILD_BUG_ON_ZERO(condition) ((int)sizeof(struct { int : (-!!(condition)); }))
#define BUILD_BUG_ON(condition) _Static_assert(!(condition), #condition)
#define BUILD_BUG_ON_MSG(condition, text) _Static_assert(!(condition), text)
#define BUILD_BUG_ON_NOT_POWER_OF_2(n) _Static_assert((n) != 0 && ((n) & ((n)-1)) == 0, #n)
#define BUILD_BUG() _Static_assert(0, "BUILD_BUG")
#define static_assert(expression, ...) __static_assert(expression, ##__VA_ARGS__, #expression)
#define __static_assert(expression, text, ...) _Static_assert(expression, text)

#endif
