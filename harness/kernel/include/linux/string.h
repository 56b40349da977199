/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_STRING_H
#define _LINUX_STRING_H

#include <linux/stddef.h>
#include <linux/types.h>

void *memset(void *to, int byte, size_t bytes);
void *memcpy(void *to, const void *from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
void *memchr(const void *memory, int byte, size_t bytes);
size_t strlen(const char *text);
size_t strnlen(const char *text, size_t bytes);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t bytes);
int strcasecmp(const char *a, const char *b);
char *strchr(const char *text, int character);
char *strrchr(const char *text, int character);
char *strstr(const char *text, const char *part);
char *strsep(char **text, const char *separators);
char *strcpy(char *to, const char *from);
size_t strspn(const char *text, const char *accept);
size_t strcspn(const char *text, const char *reject);
ssize_t strscpy(char *to, const char *from, size_t bytes);
#define strscpy_pad(to, from, bytes) (memset(to, 0, bytes), strscpy(to, from, bytes))
void *memchr_inv(const void *memory, int byte, size_t bytes);
char *strim(char *text);
bool sysfs_streq(const char *a, const char *b);
int match_string(const char *const *array, size_t count, const char *text);
#define memzero_explicit(to, bytes) memset(to, 0, bytes)
#define memset_after(object, value, member) \
    memset((u8 *)(object) + offsetofend(typeof(*(object)), member), value, \
           sizeof(*(object)) - offsetofend(typeof(*(object)), member))
static inline void *memset64(u64 *to, u64 value, size_t count)
{
    while (count--)
        to[count] = value;
    return to;
}
static inline bool strstarts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

char *kstrdup(const char *text, gfp_t gfp);
const char *kstrdup_const(const char *text, gfp_t gfp);
void kfree_const(const void *text);
void *kmemdup(const void *from, size_t bytes, gfp_t gfp);
char *kmemdup_nul(const char *from, size_t bytes, gfp_t gfp);
/* Of user memory. */
void *memdup_user(const void __user *from, size_t bytes);
void *vmemdup_user(const void __user *from, size_t bytes);
void *memdup_user_nul(const void __user *from, size_t bytes);
char *strndup_user(const char __user *from, long bytes);
void *memdup_array_user(const void __user *from, size_t count, size_t bytes);

#endif
