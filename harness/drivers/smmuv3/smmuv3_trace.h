/* SPDX-License-Identifier: BSD-2-Clause */
/* smmuv3_trace.h - trace points of the driver. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM smmuv3

#if !defined(SMMUV3_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define SMMUV3_TRACE_H

#include <linux/tracepoint.h>

#include "smmuv3_regs.h"

/* A word of a stream table entry (ssid -1) or of a context descriptor. */
TRACE_EVENT(smmuv3_entry, TP_PROTO(u32 sid, s32 ssid, phys_addr_t address, u64 value), TP_ARGS(sid, ssid, address, value),
            TP_STRUCT__entry(__field(u32, sid) __field(s32, ssid) __field(u64, address) __field(u64, value)),
            TP_fast_assign(__entry->sid = sid; __entry->ssid = ssid; __entry->address = address; __entry->value = value),
            TP_printk("kind=%s sid=%x ssid=%d address=%llx word=%llu value=%llx", __entry->ssid < 0 ? "ste" : "cd", __entry->sid,
                      __entry->ssid, __entry->address, __entry->address / 8 % (STE_BYTES / 8), __entry->value));

TRACE_EVENT(smmuv3_map, TP_PROTO(phys_addr_t root, unsigned long iova, phys_addr_t address, size_t bytes, int prot),
            TP_ARGS(root, iova, address, bytes, prot),
            TP_STRUCT__entry(__field(u64, root) __field(u64, iova) __field(u64, to) __field(u64, bytes) __field(int, prot)),
            TP_fast_assign(__entry->root = root; __entry->iova = iova; __entry->to = address; __entry->bytes = bytes;
                           __entry->prot = prot),
            TP_printk("root=%llx iova=%llx to=%llx bytes=%llx prot=%x", __entry->root, __entry->iova, __entry->to, __entry->bytes,
                      __entry->prot));

TRACE_EVENT(smmuv3_unmap, TP_PROTO(phys_addr_t root, unsigned long iova, size_t bytes), TP_ARGS(root, iova, bytes),
            TP_STRUCT__entry(__field(u64, root) __field(u64, iova) __field(u64, bytes)),
            TP_fast_assign(__entry->root = root; __entry->iova = iova; __entry->bytes = bytes),
            TP_printk("root=%llx iova=%llx bytes=%llx", __entry->root, __entry->iova, __entry->bytes));

#define SMMUV3_COMMAND_NAMES                                                                                            \
    {CMD_CFGI_STE, "CFGI_STE"}, {CMD_CFGI_ALL, "CFGI_ALL"}, {CMD_CFGI_CD, "CFGI_CD"}, {CMD_CFGI_CD_ALL, "CFGI_CD_ALL"}, \
        {CMD_TLBI_NH_ALL, "TLBI_NH_ALL"}, {CMD_TLBI_NH_ASID, "TLBI_NH_ASID"}, {CMD_TLBI_NH_VA, "TLBI_NH_VA"},           \
        {CMD_TLBI_NH_VAA, "TLBI_NH_VAA"}, {CMD_TLBI_EL2_ALL, "TLBI_EL2_ALL"}, {CMD_TLBI_S12_VMALL, "TLBI_S12_VMALL"},   \
        {CMD_TLBI_S2_IPA, "TLBI_S2_IPA"}, {CMD_TLBI_NSNH_ALL, "TLBI_NSNH_ALL"}, {CMD_ATC_INV, "ATC_INV"},               \
        {CMD_PRI_RESP, "PRI_RESP"}, {CMD_RESUME, "RESUME"}, {CMD_STALL_TERM, "STALL_TERM"},                             \
    {                                                                                                                   \
        CMD_SYNC, "SYNC"                                                                                                \
    }

/* A command goes into the Command queue (chapter 4). */
TRACE_EVENT(smmuv3_command, TP_PROTO(phys_addr_t address, u64 word0, u64 word1), TP_ARGS(address, word0, word1),
            TP_STRUCT__entry(__field(u64, address) __field(u64, word0) __field(u64, word1)),
            TP_fast_assign(__entry->address = address; __entry->word0 = word0; __entry->word1 = word1),
            TP_printk("%s address=%llx word0=%llx word1=%llx",
                      __print_symbolic(__entry->word0 &CMD_0_OPCODE, SMMUV3_COMMAND_NAMES), __entry->address, __entry->word0,
                      __entry->word1));

TRACE_EVENT(smmuv3_submitted, TP_PROTO(unsigned int count, bool sync, int result), TP_ARGS(count, sync, result),
            TP_STRUCT__entry(__field(u32, count) __field(u8, sync) __field(int, result)),
            TP_fast_assign(__entry->count = count; __entry->sync = sync; __entry->result = result),
            TP_printk("commands=%u sync=%u result=%d", __entry->count, __entry->sync, __entry->result));

/* Out of the Event queue (7.3). */
TRACE_EVENT(smmuv3_event, TP_PROTO(const u64 *event), TP_ARGS(event),
            TP_STRUCT__entry(__field(u64, word0) __field(u64, word1) __field(u64, address)),
            TP_fast_assign(__entry->word0 = event[0]; __entry->word1 = event[1]; __entry->address = event[2]),
            TP_printk("number=%llx sid=%llx ssid=%llx address=%llx stall=%u", __entry->word0 &EVT_0_NUMBER, __entry->word0 >> 32,
                      (__entry->word0 & EVT_0_SSID) >> 12, __entry->address, !!(__entry->word1 & EVT_1_STALL)));

/* Out of the PRI queue (8.2). */
TRACE_EVENT(smmuv3_page_request, TP_PROTO(const u64 *request), TP_ARGS(request),
            TP_STRUCT__entry(__field(u64, word0) __field(u64, word1)),
            TP_fast_assign(__entry->word0 = request[0]; __entry->word1 = request[1]),
            TP_printk("sid=%llx pasid=%llx group=%llu address=%llx read=%u write=%u last=%u", __entry->word0 &PPR_0_SID,
                      (__entry->word0 & PPR_0_SSID) >> 32, __entry->word1 &PPR_1_PRGI, __entry->word1 &PPR_1_ADDRESS,
                      !!(__entry->word0 & PPR_0_READ), !!(__entry->word0 & PPR_0_WRITE), !!(__entry->word0 & PPR_0_LAST)));

#endif

#undef TRACE_INCLUDE_PATH
/* clang-format off */
#define TRACE_INCLUDE_PATH drivers/smmuv3
/* clang-format on */
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE smmuv3_trace
#include <trace/define_trace.h>
