/* SPDX-License-Identifier: BSD-2-Clause */
/* record.c - see record.h. */
#include "build/record.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool listed(const char *rows, const char *row)
{
    const char *at = rows ? strstr(rows, row) : NULL;
    size_t length = strlen(row);

    while (at && ((at != rows && at[-1] != ' ') || (at[length] && at[length] != ' ')))
        at = strstr(at + 1, row);
    return at != NULL;
}

bool record_field(struct test *t, const struct record_field *field, const char *row, uint64_t expected, uint64_t seen,
                  const char *file, int line, const char *format, ...)
{
    char text[128];
    va_list arguments;
    bool ok;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    ok = test_check_eq(t, field->row, expected, seen, file, line, "%s", text);
    if (strcmp(field->row, row) && listed(field->also, row))
        ok &= test_check_eq(t, row, expected, seen, file, line, "%s", text);
    return ok;
}
