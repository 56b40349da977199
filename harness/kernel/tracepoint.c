/* SPDX-License-Identifier: BSD-2-Clause */
/* tracepoint.c - trace points of kernel code, as lines of the host's time line. */
#include "kernel/sched.h"

#include <linux/export.h>
#include <linux/tracepoint.h>

enum { LINE_BYTES = 256 };

bool tracepoint_heard;
EXPORT_SYMBOL_GPL(tracepoint_heard);

void sched_trace_point(const char *system, const char *text);

const char *tracepoint_symbol(unsigned long value, const struct trace_print_flags *symbols)
{
    for (; symbols->name; symbols++)
        if (symbols->mask == value)
            return symbols->name;
    return "other";
}
EXPORT_SYMBOL_GPL(tracepoint_symbol);

void tracepoint_emit(const char *system, const char *name, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list arguments;
    int at = scnprintf(line, sizeof(line), "%s ", name);

    va_start(arguments, format);
    vsnprintf(line + at, sizeof(line) - at, format, arguments);
    va_end(arguments);
    if (sched.trace)
        sched_trace_point(system, line);
}
EXPORT_SYMBOL_GPL(tracepoint_emit);
