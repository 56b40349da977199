/* SPDX-License-Identifier: BSD-2-Clause */
/* trace/define_trace.h - at the end of a header of events: defines them where CREATE_TRACE_POINTS is set. */
#ifdef CREATE_TRACE_POINTS
#undef CREATE_TRACE_POINTS

#include <linux/stringify.h>

#define TP_STRUCT__entry(args...) args
#define TP_fast_assign(args...) args
#define TP_printk(format, args...) format, ##args
#define __field(type, item) type item;
#define __array(type, item, length) type item[length];
#define __print_symbolic(value, symbols...)                                      \
    ({                                                                           \
        static const struct trace_print_flags symbols_[] = {symbols, {0, NULL}}; \
        tracepoint_symbol(value, symbols_);                                      \
    })

#undef TRACE_EVENT
#define TRACE_EVENT(name, proto, args, fields, assign, print)     \
    void __trace_##name(proto)                                    \
    {                                                             \
        struct {                                                  \
            fields                                                \
        } stored_, *__entry = &stored_;                           \
                                                                  \
        assign;                                                   \
        tracepoint_emit(__stringify(TRACE_SYSTEM), #name, print); \
    }

#define TRACE_HEADER_MULTI_READ
/* clang-format off */
#include __stringify(TRACE_INCLUDE_PATH/TRACE_INCLUDE_FILE.h)
/* clang-format on */
#undef TRACE_HEADER_MULTI_READ

#endif
