/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine_memory.c - the physical memory that the DUT sees: which addresses answer, what they hold, who has been given them.
 *
 * Bench-owned memory is sparse. Everything below 2^HAW answers, except the pages declared as holes and the interrupt
 * address range FEEx_xxxxh, where no memory can be. With DUT-owned memory the same allocator hands out the DUT's RAM.
 */
#include "bench/machine.h"
#include "dut/hash.h"

#include <stdlib.h>
#include <string.h>

#define INTERRUPT_RANGE_FIRST 0xfee00000ull
#define INTERRUPT_RANGE_LAST 0xfeefffffull
#define BENCH_BASE 0x10000000ull

struct bench_page {
    uint64_t number;
    UT_hash_handle hh;
    uint8_t bytes[BENCH_PAGE_BYTES];
};

/* ---- what is taken ---- */

/* Index of the first range that ends at or after the address. */
static size_t taken_from(const struct bench_memory *memory, uint64_t address)
{
    size_t low = 0, high = memory->taken_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memory->taken[middle].last < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_free(const struct bench_memory *memory, uint64_t first, uint64_t last)
{
    size_t at = taken_from(memory, first);

    return at == memory->taken_count || memory->taken[at].first > last;
}

/* The range must be free. */
static void take(struct bench_memory *memory, uint64_t first, uint64_t last)
{
    size_t at = taken_from(memory, first);
    bool joins_before = at > 0 && memory->taken[at - 1].last + 1 == first;
    bool joins_after = at < memory->taken_count && last + 1 == memory->taken[at].first;

    if (joins_before && joins_after) {
        memory->taken[at - 1].last = memory->taken[at].last;
        memory->taken_count--;
        memmove(&memory->taken[at], &memory->taken[at + 1], (memory->taken_count - at) * sizeof(memory->taken[0]));
    } else if (joins_before) {
        memory->taken[at - 1].last = last;
    } else if (joins_after) {
        memory->taken[at].first = first;
    } else {
        if (memory->taken_count == memory->taken_room) {
            memory->taken_room = memory->taken_room ? memory->taken_room * 2 : 64;
            memory->taken = realloc(memory->taken, memory->taken_room * sizeof(memory->taken[0]));
            if (!memory->taken)
                abort();
        }
        memmove(&memory->taken[at + 1], &memory->taken[at], (memory->taken_count - at) * sizeof(memory->taken[0]));
        memory->taken[at] = (struct bench_range){first, last};
        memory->taken_count++;
    }
}

static bool align_up(uint64_t *address, uint64_t align)
{
    uint64_t rest = *address & (align - 1);

    if (rest && *address > UINT64_MAX - (align - rest))
        return false;
    if (rest)
        *address += align - rest;
    return true;
}

/* First fit at or above floor; 0 when nothing fits. */
static uint64_t allocate(struct bench_memory *memory, uint64_t bytes, uint64_t align, uint64_t floor)
{
    uint64_t address = floor > memory->base ? floor : memory->base;

    for (size_t at = taken_from(memory, address);; at++) {
        if (!align_up(&address, align) || address > memory->last || bytes - 1 > memory->last - address)
            return 0;
        if (at == memory->taken_count || memory->taken[at].first > address + (bytes - 1))
            break;
        if (memory->taken[at].last >= address)
            address = memory->taken[at].last + 1;
    }
    take(memory, address, address + (bytes - 1));
    return address;
}

/* ---- life ---- */

void bench_memory_init(struct bench_memory *memory, const struct iotb_desc *desc)
{
    uint32_t bits = desc->host_address_bits;
    uint64_t top = bits >= 64 ? UINT64_MAX : (1ull << bits) - 1;

    *memory = (struct bench_memory){.owned = (desc->features & IOTB_F_BENCH_MEMORY) != 0, .address_bits = bits};
    if (memory->owned) {
        memory->base = top > BENCH_BASE ? BENCH_BASE : BENCH_PAGE_BYTES;
        memory->last = top;
    } else {
        memory->base = desc->ram_base;
        memory->last = desc->ram_base + (desc->ram_bytes - 1);
    }
    take(memory, INTERRUPT_RANGE_FIRST, INTERRUPT_RANGE_LAST);
    if (!memory->owned && desc->hole_address != UINT64_MAX) {
        uint64_t page = desc->hole_address & ~(uint64_t)(BENCH_PAGE_BYTES - 1);

        if (is_free(memory, page, page + (BENCH_PAGE_BYTES - 1)))
            take(memory, page, page + (BENCH_PAGE_BYTES - 1));
    }
}

void bench_memory_fini(struct bench_memory *memory)
{
    struct bench_page *page, *next;

    HASH_ITER(hh, memory->pages, page, next)
    {
        HASH_DEL(memory->pages, page);
        free(page);
    }
    free(memory->taken);
    free(memory->holes);
    *memory = (struct bench_memory){0};
}

bool bench_memory_exists(const struct bench_memory *memory, uint64_t first, uint64_t last)
{
    if (last < first || (memory->address_bits < 64 && last >> memory->address_bits))
        return false;
    if (first <= INTERRUPT_RANGE_LAST && last >= INTERRUPT_RANGE_FIRST)
        return false;
    for (size_t i = 0; i < memory->hole_count; i++)
        if (first <= memory->holes[i] + (BENCH_PAGE_BYTES - 1) && last >= memory->holes[i])
            return false;
    return true;
}

/* ---- bytes ---- */

static struct bench_page *page_of(const struct bench_memory *memory, uint64_t number)
{
    struct bench_page *page;

    HASH_FIND(hh, memory->pages, &number, sizeof(number), page);
    return page;
}

static struct bench_page *page_make(struct bench_memory *memory, uint64_t number)
{
    struct bench_page *page = page_of(memory, number);

    if (page)
        return page;
    page = calloc(1, sizeof(*page));
    if (!page)
        abort();
    page->number = number;
    HASH_ADD(hh, memory->pages, number, sizeof(page->number), page);
    return page;
}

static uint32_t part_in_page(uint64_t address, uint32_t bytes)
{
    uint32_t room = BENCH_PAGE_BYTES - (uint32_t)(address & (BENCH_PAGE_BYTES - 1));

    return bytes < room ? bytes : room;
}

void bench_memory_get(const struct bench_memory *memory, uint64_t address, void *data, uint32_t bytes)
{
    for (uint8_t *to = data; bytes;) {
        uint32_t part = part_in_page(address, bytes);
        const struct bench_page *page = page_of(memory, address >> BENCH_PAGE_LG2);

        if (page)
            memcpy(to, &page->bytes[address & (BENCH_PAGE_BYTES - 1)], part);
        else
            memset(to, 0, part);
        to += part;
        address += part;
        bytes -= part;
    }
}

void bench_memory_put(struct bench_memory *memory, uint64_t address, const void *data, uint32_t bytes)
{
    for (const uint8_t *from = data; bytes;) {
        uint32_t part = part_in_page(address, bytes);

        memcpy(&page_make(memory, address >> BENCH_PAGE_LG2)->bytes[address & (BENCH_PAGE_BYTES - 1)], from, part);
        from += part;
        address += part;
        bytes -= part;
    }
}

/* Little-endian sum of `bytes` bytes, carried within them. */
static void add_le(uint8_t *sum, const uint8_t *addend, uint32_t bytes)
{
    uint32_t carry = 0;

    for (uint32_t i = 0; i < bytes; i++) {
        carry += (uint32_t)sum[i] + addend[i];
        sum[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

void bench_memory_carry_out(struct bench_memory *memory, const struct iotb_access *access, struct iotb_answer *answer)
{
    uint8_t old[64], new[64];
    bool write = true;

    bench_memory_get(memory, access->address, old, access->bytes);
    memcpy(new, access->data, access->bytes);
    switch ((enum iotb_access_kind)access->kind) {
    case IOTB_ACC_READ:
        write = false;
        break;
    case IOTB_ACC_WRITE:
    case IOTB_ACC_SWAP:
        break;
    case IOTB_ACC_CMPXCHG:
        write = memcmp(old, access->compare, access->bytes) == 0;
        break;
    case IOTB_ACC_FETCH_ADD:
        memcpy(new, old, access->bytes);
        add_le(new, access->data, access->bytes);
        break;
    }
    if (write)
        bench_memory_put(memory, access->address, new, access->bytes);
    if (access->kind != IOTB_ACC_WRITE) {
        answer->bytes = access->bytes;
        memcpy(answer->data, old, access->bytes);
    }
}

/* ---- what a case may do ---- */

uint64_t mem_alloc_above(struct test *t, uint64_t bytes, uint64_t align_bytes, uint64_t floor)
{
    uint64_t address;

    if (!bytes || !align_bytes || (align_bytes & (align_bytes - 1)))
        test_abort(t, "mem_alloc of %llu bytes aligned to %llu: the size must not be 0, the alignment must be a power of two",
                   (unsigned long long)bytes, (unsigned long long)align_bytes);
    address = allocate(&t->memory, bytes, align_bytes, floor);
    /* The RAM of a DUT may hold anything; pages of the bench's own are zero until they are written. */
    if (address && !t->memory.owned)
        mem_fill(t, address, bytes, 0);
    return address;
}

uint64_t mem_alloc(struct test *t, uint64_t bytes, uint64_t align_bytes)
{
    uint64_t address = mem_alloc_above(t, bytes, align_bytes, 0);

    if (!address)
        test_abort(t, "no memory left for %llu bytes below 2^%u", (unsigned long long)bytes, t->memory.address_bits);
    return address;
}

bool mem_claim(struct test *t, uint64_t address, uint64_t bytes)
{
    uint64_t last = address + (bytes - 1);

    if (!bytes || last < address || address < BENCH_PAGE_BYTES || last > t->memory.last)
        return false;
    if (!t->memory.owned && address < t->memory.base)
        return false;
    if (!is_free(&t->memory, address, last))
        return false;
    take(&t->memory, address, last);
    if (!t->memory.owned)
        mem_fill(t, address, bytes, 0);
    return true;
}

uint64_t mem_hole(struct test *t)
{
    struct bench_memory *memory = &t->memory;
    uint64_t page, *holes;

    if (!memory->owned)
        return t->desc.hole_address == UINT64_MAX ? 0 : t->desc.hole_address & ~(uint64_t)(BENCH_PAGE_BYTES - 1);
    page = mem_alloc(t, BENCH_PAGE_BYTES, BENCH_PAGE_BYTES);
    holes = realloc(memory->holes, (memory->hole_count + 1) * sizeof(holes[0]));
    if (!holes)
        abort();
    memory->holes = holes;
    memory->holes[memory->hole_count++] = page;
    return page;
}

bool mem_exists(const struct test *t, uint64_t address, uint64_t bytes)
{
    uint64_t last = address + (bytes - 1);

    if (t->memory.owned)
        return bench_memory_exists(&t->memory, address, last);
    return last >= address && address >= t->memory.base && last <= t->memory.last;
}

static void require_memory(struct test *t, uint64_t address, uint64_t bytes)
{
    if (!mem_exists(t, address, bytes))
        test_abort(t, "the case touches %llu bytes at 0x%llx, where there is no memory", (unsigned long long)bytes,
                   (unsigned long long)address);
}

void mem_read(struct test *t, uint64_t address, void *data, uint32_t bytes)
{
    if (!bytes)
        return;
    require_memory(t, address, bytes);
    if (t->memory.owned)
        bench_memory_get(&t->memory, address, data, bytes);
    else
        bench_require(t, guard_mem_read(t->guard, address, data, bytes), "mem_read");
}

void mem_write(struct test *t, uint64_t address, const void *data, uint32_t bytes)
{
    if (!bytes)
        return;
    require_memory(t, address, bytes);
    if (t->memory.owned)
        bench_memory_put(&t->memory, address, data, bytes);
    else
        bench_require(t, guard_mem_write(t->guard, address, data, bytes), "mem_write");
}

static uint64_t read_le(struct test *t, uint64_t address, uint32_t bytes)
{
    uint8_t data[8];
    uint64_t value = 0;

    mem_read(t, address, data, bytes);
    for (uint32_t i = 0; i < bytes; i++)
        value |= (uint64_t)data[i] << (8 * i);
    return value;
}

static void write_le(struct test *t, uint64_t address, uint64_t value, uint32_t bytes)
{
    uint8_t data[8];

    for (uint32_t i = 0; i < bytes; i++)
        data[i] = (uint8_t)(value >> (8 * i));
    mem_write(t, address, data, bytes);
}

uint64_t mem_read64(struct test *t, uint64_t address)
{
    return read_le(t, address, 8);
}

uint32_t mem_read32(struct test *t, uint64_t address)
{
    return (uint32_t)read_le(t, address, 4);
}

void mem_write64(struct test *t, uint64_t address, uint64_t value)
{
    write_le(t, address, value, 8);
}

void mem_write32(struct test *t, uint64_t address, uint32_t value)
{
    write_le(t, address, value, 4);
}

void mem_fill(struct test *t, uint64_t address, uint64_t bytes, uint8_t value)
{
    uint8_t block[BENCH_PAGE_BYTES];

    memset(block, value, sizeof(block));
    while (bytes) {
        uint32_t part = bytes < sizeof(block) ? (uint32_t)bytes : (uint32_t)sizeof(block);

        mem_write(t, address, block, part);
        address += part;
        bytes -= part;
    }
}
