/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_SPRINTF_H
#define _LINUX_SPRINTF_H

#include <linux/compiler.h>
#include <linux/stdarg.h>
#include <linux/types.h>

/* The kernel's own formats (%pe, %pV ...), so not libc's functions: the link names differ. */
__printf(3, 4) int snprintf(char *buffer, size_t bytes, const char *format, ...) __asm__("kapi_snprintf");
__printf(3, 0) int vsnprintf(char *buffer, size_t bytes, const char *format, va_list arguments) __asm__("kapi_vsnprintf");
__printf(2, 3) int sprintf(char *buffer, const char *format, ...) __asm__("kapi_sprintf");
__printf(3, 4) int scnprintf(char *buffer, size_t bytes, const char *format, ...);
__printf(3, 0) int vscnprintf(char *buffer, size_t bytes, const char *format, va_list arguments);
__printf(2, 3) __malloc char *kasprintf(gfp_t gfp, const char *format, ...);
__printf(2, 0) __malloc char *kvasprintf(gfp_t gfp, const char *format, va_list arguments);

#endif
