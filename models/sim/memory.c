/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memory.c - sparse physical memory: a hash of frames, regions and holes, and the port that answers now.
 */
#include "sim/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void out_of_memory(void);
#define uthash_fatal(message) out_of_memory()
/* Keys are frame numbers. */
#define HASH_FUNCTION(key, key_bytes, hash)                              \
    do {                                                                 \
        uint64_t number_;                                                \
        memcpy(&number_, key, key_bytes);                                \
        hash = (unsigned)(number_ * UINT64_C(0x9e3779b97f4a7c15) >> 32); \
    } while (0)
#include <uthash.h>

#define FRAME_BYTES 4096u

struct frame {
    uint64_t number; /* address / FRAME_BYTES */
    UT_hash_handle hh;
    uint8_t bytes[FRAME_BYTES];
};

struct region {
    uint64_t first, last;
    uint8_t *backing; /* NULL: frames hold the bytes */
};

struct memory {
    struct frame *frames;
    struct frame *recent; /* found last */
    struct region *regions;
    size_t region_count;
};

static void out_of_memory(void)
{
    fputs("iotb: the host has no memory left for a frame of simulated memory\n", stderr);
    abort();
}

struct memory *memory_create(void)
{
    return calloc(1, sizeof(struct memory));
}

void memory_destroy(struct memory *memory)
{
    if (!memory)
        return;
    struct frame *frame, *next;
    HASH_ITER(hh, memory->frames, frame, next)
    {
        HASH_DEL(memory->frames, frame);
        free(frame);
    }
    free(memory->regions);
    free(memory);
}

int memory_add_region(struct memory *memory, uint64_t base, uint64_t bytes)
{
    return memory_add_region_at(memory, base, bytes, NULL);
}

int memory_add_region_at(struct memory *memory, uint64_t base, uint64_t bytes, void *backing)
{
    uint64_t last = base + (bytes - 1u);
    if (bytes == 0 || last < base)
        return -EINVAL;
    for (size_t i = 0; i < memory->region_count; i++)
        if (base <= memory->regions[i].last && last >= memory->regions[i].first)
            return -EINVAL;
    struct region *regions = realloc(memory->regions, (memory->region_count + 1) * sizeof *regions);
    if (!regions)
        return -ENOMEM;
    memory->regions = regions;
    regions[memory->region_count++] = (struct region){base, last, backing};
    return 0;
}

static const struct region *region_of(const struct memory *memory, uint64_t address)
{
    for (size_t i = 0; i < memory->region_count; i++)
        if (address >= memory->regions[i].first && address <= memory->regions[i].last)
            return &memory->regions[i];
    return NULL;
}

/* Regions that touch serve an access together. */
static bool present(const struct memory *memory, uint64_t address, size_t bytes)
{
    while (bytes) {
        const struct region *region = region_of(memory, address);
        if (!region)
            return false;
        uint64_t left = region->last - address; /* bytes after this one */
        if (left >= bytes - 1u)
            return true;
        address += left + 1u;
        if (address == 0)
            return false; /* past the end of the address space */
        bytes -= (size_t)left + 1u;
    }
    return true;
}

static struct frame *frame_of(struct memory *memory, uint64_t number, bool make)
{
    struct frame *frame = memory->recent;
    if (frame && frame->number == number)
        return frame;
    HASH_FIND(hh, memory->frames, &number, sizeof number, frame);
    if (!frame && make) {
        frame = calloc(1, sizeof *frame);
        if (!frame)
            out_of_memory();
        frame->number = number;
        HASH_ADD(hh, memory->frames, number, sizeof number, frame);
    }
    if (frame)
        memory->recent = frame;
    return frame;
}

static size_t within_frame(uint64_t address, size_t bytes)
{
    size_t left = FRAME_BYTES - (size_t)(address % FRAME_BYTES);
    return bytes < left ? bytes : left;
}

static size_t within_region(const struct region *region, uint64_t address, size_t bytes)
{
    uint64_t left = region->last - address; /* bytes after this one */
    return left >= bytes ? bytes : (size_t)left + 1u;
}

void *memory_pointer(const struct memory *memory, uint64_t address, uint64_t bytes)
{
    const struct region *region = region_of(memory, address);
    if (!region || !region->backing || (bytes && bytes - 1u > region->last - address))
        return NULL;
    return region->backing + (address - region->first);
}

/* One piece: in one region and, without host memory, in one frame. Returns its bytes. */
static size_t read_piece(struct memory *memory, uint64_t address, uint8_t *to, size_t bytes)
{
    const struct region *region = region_of(memory, address);
    if (region->backing) {
        size_t part = within_region(region, address, bytes);
        memcpy(to, region->backing + (address - region->first), part);
        return part;
    }
    size_t part = within_frame(address, within_region(region, address, bytes));
    const struct frame *frame = frame_of(memory, address / FRAME_BYTES, false);
    if (frame)
        memcpy(to, frame->bytes + address % FRAME_BYTES, part);
    else
        memset(to, 0, part);
    return part;
}

static size_t write_piece(struct memory *memory, uint64_t address, const uint8_t *from, size_t bytes)
{
    const struct region *region = region_of(memory, address);
    if (region->backing) {
        size_t part = within_region(region, address, bytes);
        memcpy(region->backing + (address - region->first), from, part);
        return part;
    }
    size_t part = within_frame(address, within_region(region, address, bytes));
    memcpy(frame_of(memory, address / FRAME_BYTES, true)->bytes + address % FRAME_BYTES, from, part);
    return part;
}

bool memory_read(struct memory *memory, uint64_t address, void *data, size_t bytes)
{
    if (!present(memory, address, bytes))
        return false;
    for (size_t done = 0; done < bytes;)
        done += read_piece(memory, address + done, (uint8_t *)data + done, bytes - done);
    return true;
}

bool memory_write(struct memory *memory, uint64_t address, const void *data, size_t bytes)
{
    if (!present(memory, address, bytes))
        return false;
    for (size_t done = 0; done < bytes;)
        done += write_piece(memory, address + done, (const uint8_t *)data + done, bytes - done);
    return true;
}

/* ---- the port ---- */

static bool well_formed(const struct port_request *request)
{
    uint32_t bytes = request->bytes;
    if (bytes == 0 || bytes > PORT_BYTES_MAX || request->address % PORT_BYTES_MAX + bytes > PORT_BYTES_MAX)
        return false;
    switch (request->kind) {
    case PORT_READ:
    case PORT_WRITE:
        return true;
    case PORT_CMPXCHG:
        return (bytes == 4 || bytes == 8 || bytes == 16) && request->address % bytes == 0;
    case PORT_FETCH_ADD:
    case PORT_SWAP:
        return (bytes == 4 || bytes == 8) && request->address % bytes == 0;
    }
    return false;
}

/* What an atomic operation leaves in memory. */
static void combine(const struct port_request *request, const uint8_t *old, uint8_t *now)
{
    switch (request->kind) {
    case PORT_CMPXCHG:
        memcpy(now, memcmp(old, request->compare, request->bytes) == 0 ? request->data : old, request->bytes);
        return;
    case PORT_FETCH_ADD:
        if (request->bytes == 4)
            store_le32(now, load_le32(old) + load_le32(request->data));
        else
            store_le64(now, load_le64(old) + load_le64(request->data));
        return;
    case PORT_SWAP:
        memcpy(now, request->data, request->bytes);
        return;
    case PORT_READ:
    case PORT_WRITE:
        break;
    }
    abort();
}

static bool carry_out(struct memory *memory, struct port_request *request)
{
    if (request->kind == PORT_READ)
        return memory_read(memory, request->address, request->data, request->bytes);
    if (request->kind == PORT_WRITE)
        return memory_write(memory, request->address, request->data, request->bytes);
    uint8_t old[16], now[16];
    if (!memory_read(memory, request->address, old, request->bytes))
        return false;
    combine(request, old, now);
    memory_write(memory, request->address, now, request->bytes);
    memcpy(request->data, old, request->bytes);
    return true;
}

static enum port_reply memory_access_now(void *context, struct port_request *request)
{
    if (!well_formed(request))
        abort();
    request->status = carry_out(context, request) ? PORT_OK : PORT_ABORT;
    request->done_ps = request->issue_ps;
    return PORT_DONE;
}

struct memory_port memory_port_of(struct memory *memory)
{
    return (struct memory_port){memory_access_now, memory};
}
