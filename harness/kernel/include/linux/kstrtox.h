/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_KSTRTOX_H
#define _LINUX_KSTRTOX_H

#include <linux/types.h>

int __must_check kstrtoull(const char *text, unsigned int base, unsigned long long *result);
int __must_check kstrtoll(const char *text, unsigned int base, long long *result);
int __must_check kstrtoul(const char *text, unsigned int base, unsigned long *result);
int __must_check kstrtol(const char *text, unsigned int base, long *result);
int __must_check kstrtouint(const char *text, unsigned int base, unsigned int *result);
int __must_check kstrtoint(const char *text, unsigned int base, int *result);
int __must_check kstrtou16(const char *text, unsigned int base, u16 *result);
int __must_check kstrtou8(const char *text, unsigned int base, u8 *result);
int __must_check kstrtobool(const char *text, bool *result);
#define kstrtou64(text, base, result) kstrtoull(text, base, result)
#define kstrtou32(text, base, result) kstrtouint(text, base, result)

#endif
