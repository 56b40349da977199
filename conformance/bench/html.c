/* SPDX-License-Identifier: BSD-2-Clause */
/* html.c - see html.h. */
#include "bench/html.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *entity_of(char c)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

/* HTML, 13.2.3.5 Preprocessing the input stream: control characters other than white space are errors. */
static void put_text(FILE *out, const char *text)
{
    for (; *text; text++) {
        const char *entity = entity_of(*text);

        if (entity)
            fputs(entity, out);
        else if (((unsigned char)*text < ' ' && *text != '\n' && *text != '\t') || *text == 0x7f)
            fputc('?', out);
        else
            fputc(*text, out);
    }
}

void html_put(FILE *out, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    for (; *format; format++) {
        if (*format != '%') {
            fputc(*format, out);
        } else if (strncmp(format, "%s", 2) == 0) {
            put_text(out, va_arg(arguments, const char *));
            format += 1;
        } else if (strncmp(format, "%zu", 3) == 0) {
            fprintf(out, "%zu", va_arg(arguments, size_t));
            format += 2;
        } else if (strncmp(format, "%%", 2) == 0) {
            fputc('%', out);
            format += 1;
        } else {
            abort();
        }
    }
    va_end(arguments);
}
