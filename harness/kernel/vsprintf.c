/* SPDX-License-Identifier: BSD-2-Clause */
/* vsprintf.c - text from values, with the kernel's own formats: %pe (error pointer), %pV (format in a format), %pad, %pa, %*ph.
 */
#include "kernel/sched.h"

#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>

struct output {
    char *at, *end;
    size_t count;
};

struct conversion {
    bool left, plus, space, alternate, zero, upper;
    int width, precision;
    unsigned int base;
};

static void put(struct output *out, char character)
{
    if (out->at < out->end)
        *out->at++ = character;
    out->count++;
}

static void put_many(struct output *out, char character, int count)
{
    while (count-- > 0)
        put(out, character);
}

static void put_text(struct output *out, const struct conversion *how, const char *text, int length)
{
    if (!how->left)
        put_many(out, ' ', how->width - length);
    for (int i = 0; i < length; i++)
        put(out, text[i]);
    if (how->left)
        put_many(out, ' ', how->width - length);
}

static void put_number(struct output *out, const struct conversion *how, u64 value, bool negative)
{
    const char *digits = how->upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char text[72], prefix[3] = "";
    int length = 0, prefix_length = 0, zeros;

    do {
        text[length++] = digits[value % how->base];
        value /= how->base;
    } while (value);
    if (negative || how->plus || how->space)
        prefix[prefix_length++] = negative ? '-' : how->plus ? '+' : ' ';
    if (how->alternate && how->base == 16) {
        prefix[prefix_length++] = '0';
        prefix[prefix_length++] = how->upper ? 'X' : 'x';
    }
    zeros = how->precision - length;
    if (how->precision < 0 && how->zero && !how->left)
        zeros = how->width - length - prefix_length;
    zeros = zeros < 0 ? 0 : zeros;
    if (!how->left)
        put_many(out, ' ', how->width - length - prefix_length - zeros);
    for (int i = 0; i < prefix_length; i++)
        put(out, prefix[i]);
    put_many(out, '0', zeros);
    for (int i = length; i;)
        put(out, text[--i]);
    if (how->left)
        put_many(out, ' ', how->width - length - prefix_length - zeros);
}

static const char *error_name(long error)
{
    static const struct {
        long error;
        const char *name;
    } names[] = {{EPERM, "EPERM"},        {ENOENT, "ENOENT"}, {EIO, "EIO"},
                 {ENXIO, "ENXIO"},        {E2BIG, "E2BIG"},   {EBADF, "EBADF"},
                 {EAGAIN, "EAGAIN"},      {ENOMEM, "ENOMEM"}, {EACCES, "EACCES"},
                 {EFAULT, "EFAULT"},      {EBUSY, "EBUSY"},   {EEXIST, "EEXIST"},
                 {ENODEV, "ENODEV"},      {EINVAL, "EINVAL"}, {ENOSPC, "ENOSPC"},
                 {ERANGE, "ERANGE"},      {ENOSYS, "ENOSYS"}, {EOPNOTSUPP, "EOPNOTSUPP"},
                 {ETIMEDOUT, "ETIMEDOUT"}};

    for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
        if (names[i].error == error)
            return names[i].name;
    return NULL;
}

static void format_into(struct output *out, const char *format, va_list arguments);

static void put_bytes(struct output *out, const u8 *bytes, int count, char separator)
{
    for (int i = 0; i < count; i++) {
        struct conversion hex = {.base = 16, .width = 2, .precision = 2};

        put_number(out, &hex, bytes[i], false);
        if (separator && i + 1 < count)
            put(out, separator);
    }
}

/* What follows %p; returns how many letters were used. */
static int put_pointer(struct output *out, struct conversion *how, const char *kind, const void *pointer)
{
    struct conversion hex = *how;

    hex.base = 16;
    hex.precision = -1;
    switch (kind[0]) {
    case 'e':
        if (IS_ERR(pointer)) {
            const char *name = error_name(-PTR_ERR(pointer));

            hex.base = 10;
            put(out, '-');
            if (name)
                put_text(out, how, name, (int)strlen(name));
            else
                put_number(out, &hex, (u64)-PTR_ERR(pointer), false);
            return 1;
        }
        put_number(out, &hex, (unsigned long)pointer, false);
        return 1;
    case 'V': {
        const struct va_format *inner = pointer;
        va_list copy;

        va_copy(copy, *inner->va);
        format_into(out, inner->fmt, copy);
        va_end(copy);
        return 1;
    }
    case 'a': /* %pa, %pap, %pad: a physical or DMA address by reference */
        hex.alternate = true;
        put_number(out, &hex, *(const u64 *)pointer, false);
        return kind[1] == 'd' || kind[1] == 'p' ? 2 : 1;
    case 'h':
        put_bytes(out, pointer, how->width > 0 ? how->width : 1,
                  kind[1] == 'N'   ? 0
                  : kind[1] == 'C' ? ':'
                  : kind[1] == 'D' ? '-'
                                   : ' ');
        return kind[1] == 'N' || kind[1] == 'C' || kind[1] == 'D' ? 2 : 1;
    case 'U':
        put_bytes(out, pointer, 16, 0);
        return kind[1] == 'b' || kind[1] == 'B' || kind[1] == 'l' || kind[1] == 'L' ? 2 : 1;
    case 's':
    case 'S':
    case 'x':
    case 'K':
        put_number(out, &hex, (unsigned long)pointer, false);
        return 1;
    default:
        put_number(out, &hex, (unsigned long)pointer, false);
        return 0;
    }
}

static const char *read_flags(const char *at, struct conversion *how, va_list *arguments)
{
    for (;; at++) {
        if (*at == '-')
            how->left = true;
        else if (*at == '+')
            how->plus = true;
        else if (*at == ' ')
            how->space = true;
        else if (*at == '#')
            how->alternate = true;
        else if (*at == '0')
            how->zero = true;
        else
            break;
    }
    if (*at == '*') {
        how->width = va_arg(*arguments, int);
        at++;
    }
    while (*at >= '0' && *at <= '9')
        how->width = how->width * 10 + (*at++ - '0');
    if (how->width < 0) {
        how->left = true;
        how->width = -how->width;
    }
    how->precision = -1;
    if (*at == '.') {
        how->precision = 0;
        at++;
        if (*at == '*') {
            how->precision = va_arg(*arguments, int);
            at++;
        }
        while (*at >= '0' && *at <= '9')
            how->precision = how->precision * 10 + (*at++ - '0');
    }
    return at;
}

static void format_into(struct output *out, const char *format, va_list arguments_in)
{
    va_list arguments;

    va_copy(arguments, arguments_in);
    for (const char *at = format; *at; at++) {
        struct conversion how = {.base = 10};
        int size = 0; /* -2 char, -1 short, 0 int, 1 long or longer */
        bool negative = false;
        u64 value;

        if (*at != '%') {
            put(out, *at);
            continue;
        }
        at = read_flags(at + 1, &how, &arguments);
        while (*at == 'l' || *at == 'h' || *at == 'z' || *at == 't' || *at == 'j') {
            size = *at == 'h' ? size - 1 : 1;
            at++;
        }
        switch (*at) {
        case '%':
            put(out, '%');
            continue;
        case 'c': {
            char character = (char)va_arg(arguments, int);

            put_text(out, &how, &character, 1);
            continue;
        }
        case 's': {
            const char *text = va_arg(arguments, const char *);

            if (!text)
                text = "(null)";
            put_text(out, &how, text, (int)(how.precision >= 0 ? strnlen(text, (size_t)how.precision) : strlen(text)));
            continue;
        }
        case 'p':
            at += put_pointer(out, &how, at + 1, va_arg(arguments, const void *));
            continue;
        case 'X':
            how.upper = true;
            fallthrough;
        case 'x':
            how.base = 16;
            break;
        case 'o':
            how.base = 8;
            break;
        case 'd':
        case 'i':
        case 'u':
            break;
        default:
            va_end(arguments);
            return;
        }
        if (*at == 'd' || *at == 'i') {
            s64 number = size > 0 ? va_arg(arguments, long long) : va_arg(arguments, int);

            number = size == -1 ? (short)number : size <= -2 ? (signed char)number : number;
            negative = number < 0;
            value = negative ? -(u64)number : (u64)number;
        } else {
            value = size > 0 ? va_arg(arguments, unsigned long long) : va_arg(arguments, unsigned int);
            value = size == -1 ? (u16)value : size <= -2 ? (u8)value : value;
        }
        put_number(out, &how, value, negative);
    }
    va_end(arguments);
}

int vsnprintf(char *buffer, size_t bytes, const char *format, va_list arguments)
{
    struct output out = {.at = buffer, .end = bytes ? buffer + bytes - 1 : buffer};

    format_into(&out, format, arguments);
    if (bytes)
        *out.at = 0;
    return (int)out.count;
}

int vscnprintf(char *buffer, size_t bytes, const char *format, va_list arguments)
{
    int count = vsnprintf(buffer, bytes, format, arguments);

    return (size_t)count < bytes ? count : bytes ? (int)bytes - 1 : 0;
}

int snprintf(char *buffer, size_t bytes, const char *format, ...)
{
    va_list arguments;
    int count;

    va_start(arguments, format);
    count = vsnprintf(buffer, bytes, format, arguments);
    va_end(arguments);
    return count;
}

int scnprintf(char *buffer, size_t bytes, const char *format, ...)
{
    va_list arguments;
    int count;

    va_start(arguments, format);
    count = vscnprintf(buffer, bytes, format, arguments);
    va_end(arguments);
    return count;
}

int sprintf(char *buffer, const char *format, ...)
{
    va_list arguments;
    int count;

    va_start(arguments, format);
    count = vsnprintf(buffer, INT_MAX, format, arguments);
    va_end(arguments);
    return count;
}

char *kvasprintf(gfp_t gfp, const char *format, va_list arguments)
{
    va_list copy;
    char *text;
    int count;

    va_copy(copy, arguments);
    count = vsnprintf(NULL, 0, format, copy);
    va_end(copy);
    text = kmalloc((size_t)count + 1, gfp);
    if (text)
        vsnprintf(text, (size_t)count + 1, format, arguments);
    return text;
}

char *kasprintf(gfp_t gfp, const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = kvasprintf(gfp, format, arguments);
    va_end(arguments);
    return text;
}
