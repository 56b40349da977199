/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * linux/tracepoint.h - trace points. A header of events is written as for Linux: TRACE_SYSTEM, TRACE_EVENT(..), at its end
 * <trace/define_trace.h>; one file defines CREATE_TRACE_POINTS before it includes that header. Fields are numbers and arrays.
 *
 * Here each event is a line of text for the host (kernel_trace_points() in host.h); while nobody listens it costs one test.
 */
#ifndef _LINUX_TRACEPOINT_H
#define _LINUX_TRACEPOINT_H

#include <linux/compiler.h>
#include <linux/types.h>

extern bool tracepoint_heard;
__printf(3, 4) void tracepoint_emit(const char *system, const char *name, const char *format, ...);

struct trace_print_flags {
    unsigned long mask;
    const char *name;
};
const char *tracepoint_symbol(unsigned long value, const struct trace_print_flags *symbols); /* NULL at the end */

#define TP_PROTO(args...) args
#define TP_ARGS(args...) args

#define TRACE_EVENT(name, proto, args, fields, assign, print) \
    void __trace_##name(proto);                               \
    static inline void trace_##name(proto)                    \
    {                                                         \
        if (unlikely(READ_ONCE(tracepoint_heard)))            \
            __trace_##name(args);                             \
    }

#endif
