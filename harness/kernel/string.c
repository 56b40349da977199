/* SPDX-License-Identifier: BSD-2-Clause */
/* string.c - text and numbers: what Linux has and the C library has not, or has otherwise. */
#include <linux/bsearch.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

ssize_t strscpy(char *to, const char *from, size_t bytes)
{
    size_t at = 0;

    if (!bytes)
        return -E2BIG;
    for (; at < bytes - 1 && from[at]; at++)
        to[at] = from[at];
    to[at] = 0;
    return from[at] ? -E2BIG : (ssize_t)at;
}

void *memchr_inv(const void *memory, int byte, size_t bytes)
{
    const u8 *at = memory;

    for (; bytes; bytes--, at++)
        if (*at != (u8)byte)
            return (void *)(unsigned long)at;
    return NULL;
}

static bool is_space(char character)
{
    return character == ' ' || (character >= '\t' && character <= '\r');
}

char *strim(char *text)
{
    size_t length;

    while (is_space(*text))
        text++;
    length = strlen(text);
    while (length && is_space(text[length - 1]))
        text[--length] = 0;
    return text;
}

bool sysfs_streq(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    if (*a == *b)
        return true;
    return (!*a && *b == '\n' && !b[1]) || (!*b && *a == '\n' && !a[1]);
}

int match_string(const char *const *array, size_t count, const char *text)
{
    for (size_t i = 0; i < count && array[i]; i++)
        if (strcmp(array[i], text) == 0)
            return (int)i;
    return -EINVAL;
}

char *kstrdup(const char *text, gfp_t gfp)
{
    return text ? kmemdup(text, strlen(text) + 1, gfp) : NULL;
}

const char *kstrdup_const(const char *text, gfp_t gfp)
{
    return kstrdup(text, gfp);
}

void kfree_const(const void *text)
{
    kfree(text);
}

void *kmemdup(const void *from, size_t bytes, gfp_t gfp)
{
    void *copy = kmalloc(bytes, gfp);

    if (copy)
        memcpy(copy, from, bytes);
    return copy;
}

char *kmemdup_nul(const char *from, size_t bytes, gfp_t gfp)
{
    char *copy = kmalloc(bytes + 1, gfp);

    if (copy) {
        memcpy(copy, from, bytes);
        copy[bytes] = 0;
    }
    return copy;
}

/* ---- numbers ---- */

static int digit_of(char character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    character = (char)(character | 0x20);
    return character >= 'a' && character <= 'f' ? character - 'a' + 10 : 16;
}

int kstrtoull(const char *text, unsigned int base, unsigned long long *result)
{
    unsigned long long value = 0;
    bool any = false;

    if (*text == '+')
        text++;
    if (!base)
        base = text[0] != '0' ? 10 : (text[1] | 0x20) == 'x' ? 16 : 8;
    if (base == 16 && text[0] == '0' && (text[1] | 0x20) == 'x')
        text += 2;
    for (; digit_of(*text) < (int)base; text++, any = true)
        if (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, (unsigned int)digit_of(*text), &value))
            return -ERANGE;
    if (*text == '\n')
        text++;
    if (!any || *text)
        return -EINVAL;
    *result = value;
    return 0;
}

int kstrtoll(const char *text, unsigned int base, long long *result)
{
    bool negative = *text == '-';
    unsigned long long value;
    int error = kstrtoull(text + negative, base, &value);

    if (error)
        return error;
    if (value > (unsigned long long)LLONG_MAX + negative)
        return -ERANGE;
    *result = negative ? (long long)-value : (long long)value;
    return 0;
}

#define NARROWER(name, type, wide_type, wide)                   \
    int name(const char *text, unsigned int base, type *result) \
    {                                                           \
        wide_type value;                                        \
        int error = wide(text, base, &value);                   \
        if (error)                                              \
            return error;                                       \
        if ((wide_type)(type)value != value)                    \
            return -ERANGE;                                     \
        *result = (type)value;                                  \
        return 0;                                               \
    }
NARROWER(kstrtoul, unsigned long, unsigned long long, kstrtoull)
NARROWER(kstrtol, long, long long, kstrtoll)
NARROWER(kstrtouint, unsigned int, unsigned long long, kstrtoull)
NARROWER(kstrtoint, int, long long, kstrtoll)
NARROWER(kstrtou16, u16, unsigned long long, kstrtoull)
NARROWER(kstrtou8, u8, unsigned long long, kstrtoull)

int kstrtobool(const char *text, bool *result)
{
    switch (text ? text[0] : 0) {
    case 'y':
    case 'Y':
    case 't':
    case 'T':
    case '1':
        *result = true;
        return 0;
    case 'n':
    case 'N':
    case 'f':
    case 'F':
    case '0':
        *result = false;
        return 0;
    case 'o':
    case 'O':
        if ((text[1] | 0x20) != 'n' && (text[1] | 0x20) != 'f')
            return -EINVAL;
        *result = (text[1] | 0x20) == 'n';
        return 0;
    default:
        return -EINVAL;
    }
}
