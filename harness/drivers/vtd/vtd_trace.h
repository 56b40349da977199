/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_trace.h - trace points of the driver. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vtd

#if !defined(VTD_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define VTD_TRACE_H

#include <linux/tracepoint.h>

#include "vtd_regs.h"

/* The present words of a context entry (pasid -1) or a PASID-table entry at this address. */
TRACE_EVENT(vtd_entry, TP_PROTO(u16 rid, s32 pasid, phys_addr_t address, u64 word0, u64 word1),
            TP_ARGS(rid, pasid, address, word0, word1),
            TP_STRUCT__entry(__field(u16, rid) __field(s32, pasid) __field(u64, address) __field(u64, word0) __field(u64, word1)),
            TP_fast_assign(__entry->rid = rid; __entry->pasid = pasid; __entry->address = address; __entry->word0 = word0;
                           __entry->word1 = word1),
            TP_printk("kind=%s rid=%04x pasid=%d address=%llx word0=%llx word1=%llx", __entry->pasid < 0 ? "context" : "pasid",
                      __entry->rid, __entry->pasid, __entry->address, __entry->word0, __entry->word1));

TRACE_EVENT(vtd_map, TP_PROTO(u64 root, unsigned long iova, phys_addr_t address, size_t bytes, int prot),
            TP_ARGS(root, iova, address, bytes, prot),
            TP_STRUCT__entry(__field(u64, root) __field(u64, iova) __field(u64, to) __field(u64, bytes) __field(int, prot)),
            TP_fast_assign(__entry->root = root; __entry->iova = iova; __entry->to = address; __entry->bytes = bytes;
                           __entry->prot = prot),
            TP_printk("root=%llx iova=%llx to=%llx bytes=%llx prot=%x", __entry->root, __entry->iova, __entry->to, __entry->bytes,
                      __entry->prot));

TRACE_EVENT(vtd_unmap, TP_PROTO(u64 root, unsigned long iova, size_t bytes), TP_ARGS(root, iova, bytes),
            TP_STRUCT__entry(__field(u64, root) __field(u64, iova) __field(u64, bytes)),
            TP_fast_assign(__entry->root = root; __entry->iova = iova; __entry->bytes = bytes),
            TP_printk("root=%llx iova=%llx bytes=%llx", __entry->root, __entry->iova, __entry->bytes));

/* A descriptor goes into the invalidation queue (6.5.2). */
TRACE_EVENT(
    vtd_command, TP_PROTO(u32 unit, unsigned int type, phys_addr_t address, u64 word0, u64 word1),
    TP_ARGS(unit, type, address, word0, word1),
    TP_STRUCT__entry(__field(u32, unit) __field(u32, type) __field(u64, address) __field(u64, word0) __field(u64, word1)),
    TP_fast_assign(__entry->unit = unit; __entry->type = type; __entry->address = address; __entry->word0 = word0;
                   __entry->word1 = word1),
    TP_printk("%s unit=%u address=%llx word0=%llx word1=%llx",
              __print_symbolic(__entry->type, {QUEUE_TYPE_CONTEXT, "invalidate-context"}, {QUEUE_TYPE_IOTLB, "invalidate-iotlb"},
                               {QUEUE_TYPE_DEVTLB, "invalidate-device-tlb"}, {QUEUE_TYPE_WAIT, "wait"},
                               {QUEUE_TYPE_PIOTLB, "invalidate-iotlb-pasid"}, {QUEUE_TYPE_PASID, "invalidate-pasid-cache"},
                               {QUEUE_TYPE_PDEVTLB, "invalidate-device-tlb-pasid"}, {QUEUE_TYPE_RESPONSE, "page-response"}),
              __entry->unit, __entry->address, __entry->word0, __entry->word1));

TRACE_EVENT(vtd_submitted, TP_PROTO(u32 unit, unsigned int count, int result), TP_ARGS(unit, count, result),
            TP_STRUCT__entry(__field(u32, unit) __field(u32, count) __field(int, result)),
            TP_fast_assign(__entry->unit = unit; __entry->count = count; __entry->result = result),
            TP_printk("unit=%u commands=%u result=%d", __entry->unit, __entry->count, __entry->result));

TRACE_EVENT(vtd_fault, TP_PROTO(u16 rid, u32 pasid, u8 reason, u64 address, bool write),
            TP_ARGS(rid, pasid, reason, address, write),
            TP_STRUCT__entry(__field(u16, rid) __field(u32, pasid) __field(u8, reason) __field(u64, address) __field(u8, write)),
            TP_fast_assign(__entry->rid = rid; __entry->pasid = pasid; __entry->reason = reason; __entry->address = address;
                           __entry->write = write),
            TP_printk("rid=%04x pasid=%x reason=%x address=%llx access=%s", __entry->rid, __entry->pasid, __entry->reason,
                      __entry->address, __entry->write ? "write" : "read"));

/* Out of the page request queue (7.5.1.1). */
TRACE_EVENT(vtd_page_request, TP_PROTO(u16 rid, u32 pasid, u16 group, u64 word1), TP_ARGS(rid, pasid, group, word1),
            TP_STRUCT__entry(__field(u16, rid) __field(u32, pasid) __field(u16, group) __field(u64, word1)),
            TP_fast_assign(__entry->rid = rid; __entry->pasid = pasid; __entry->group = group; __entry->word1 = word1),
            TP_printk("rid=%04x pasid=%x group=%u address=%llx read=%u write=%u last=%u", __entry->rid, __entry->pasid,
                      __entry->group, __entry->word1 &REQUEST1_ADDRESS, !!(__entry->word1 & REQUEST1_RDR),
                      !!(__entry->word1 & REQUEST1_WRR), !!(__entry->word1 & REQUEST1_LPIG)));

#endif

#undef TRACE_INCLUDE_PATH
/* clang-format off */
#define TRACE_INCLUDE_PATH drivers/vtd
/* clang-format on */
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE vtd_trace
#include <trace/define_trace.h>
