/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* trace.h - trace points of the core. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ioasid

#if !defined(IOASID_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define IOASID_TRACE_H

#include <linux/tracepoint.h>

/* What is in effect at a place now: a space, or with 0 nothing (blocked). */
TRACE_EVENT(ioasid_place, TP_PROTO(u32 pasid, u32 ioasid, int error), TP_ARGS(pasid, ioasid, error),
            TP_STRUCT__entry(__field(u32, pasid) __field(u32, ioasid) __field(int, error)),
            TP_fast_assign(__entry->pasid = pasid; __entry->ioasid = ioasid; __entry->error = error),
            TP_printk("pasid=%x ioasid=%u error=%d", __entry->pasid, __entry->ioasid, __entry->error));

TRACE_EVENT(ioasid_map, TP_PROTO(u32 ioasid, u64 start, u64 last, u64 address, unsigned int segments),
            TP_ARGS(ioasid, start, last, address, segments),
            TP_STRUCT__entry(__field(u32, ioasid) __field(u64, start) __field(u64, last) __field(u64, to) __field(u32, segments)),
            TP_fast_assign(__entry->ioasid = ioasid; __entry->start = start; __entry->last = last; __entry->to = address;
                           __entry->segments = segments),
            TP_printk("ioasid=%u iova=%llx last=%llx to=%llx segments=%u", __entry->ioasid, __entry->start, __entry->last,
                      __entry->to, __entry->segments));

TRACE_EVENT(ioasid_unmap, TP_PROTO(u32 ioasid, u64 start, u64 last), TP_ARGS(ioasid, start, last),
            TP_STRUCT__entry(__field(u32, ioasid) __field(u64, start) __field(u64, last)),
            TP_fast_assign(__entry->ioasid = ioasid; __entry->start = start; __entry->last = last),
            TP_printk("ioasid=%u iova=%llx last=%llx", __entry->ioasid, __entry->start, __entry->last));

/* A fault for the user: into the queue, or lost. */
TRACE_EVENT(ioasid_fault, TP_PROTO(u32 ioasid, u64 cookie, u32 id, bool queued), TP_ARGS(ioasid, cookie, id, queued),
            TP_STRUCT__entry(__field(u32, ioasid) __field(u64, cookie) __field(u32, id) __field(u8, queued)),
            TP_fast_assign(__entry->ioasid = ioasid; __entry->cookie = cookie; __entry->id = id; __entry->queued = queued),
            TP_printk("ioasid=%u cookie=%llx id=%u queued=%u", __entry->ioasid, __entry->cookie, __entry->id, __entry->queued));

/* Its answer, by the user or in his stead. */
TRACE_EVENT(ioasid_answer, TP_PROTO(u32 ioasid, u32 id, u32 code), TP_ARGS(ioasid, id, code),
            TP_STRUCT__entry(__field(u32, ioasid) __field(u32, id) __field(u32, code)),
            TP_fast_assign(__entry->ioasid = ioasid; __entry->id = id; __entry->code = code),
            TP_printk("ioasid=%u id=%u code=%u", __entry->ioasid, __entry->id, __entry->code));

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH ioasid
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
