/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes of the accesses that the DUT made, for the chapters on snooping and memory type. */
#ifndef VTD_VTD_ATTRIBUTES_H
#define VTD_VTD_ATTRIBUTES_H

#include "build/vt.h"

/* x86 memory types as the MTRRs, PAT and EMT encode them; UC- only in the PAT. */
enum { TYPE_UC = 0, TYPE_WC = 1, TYPE_WT = 4, TYPE_WP = 5, TYPE_WB = 6, TYPE_UC_MINUS = 7 };

static inline bool attr_touches(const struct iotb_access *access, uint64_t address, uint32_t bytes)
{
    return access->address < address + bytes && address < access->address + access->bytes;
}

/* Number of accesses since mark to address..address+bytes-1, if all of them are snooped, else 0. */
static inline uint32_t attr_all_snooped(struct test *t, size_t mark, uint64_t address, uint32_t bytes)
{
    uint32_t count = 0;

    for (size_t i = mark; i < trace_length(t); i++) {
        if (!attr_touches(trace_at(t, i), address, bytes))
            continue;
        if (trace_at(t, i)->snoop != 1)
            return 0;
        count++;
    }
    return count;
}

/* The same for the memory type. */
static inline uint32_t attr_all_of_type(struct test *t, size_t mark, uint64_t address, uint32_t bytes, uint32_t type)
{
    uint32_t count = 0;

    for (size_t i = mark; i < trace_length(t); i++) {
        if (!attr_touches(trace_at(t, i), address, bytes))
            continue;
        if (trace_at(t, i)->memory_type != type)
            return 0;
        count++;
    }
    return count;
}

#endif
