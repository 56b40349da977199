/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mm_page.c - frames of the machine's RAM: struct page, addresses, allocation. Single frames are taken at seeded random places,
 * so that a driver which takes what follows in virtual memory for what follows in physical memory is found out. Blocks come from
 * the last quarter of each piece as long as there is room. A frame that is given back is filled with a pattern, and looked at
 * when it is taken again: a device that still writes to it shows.
 */
#include "kernel/core.h"
#include "kernel/hardware.h"
#include "kernel/mm_internal.h"

#include <linux/bitmap.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#define PIECES_MAX 8u
#define POISON 0x5au
#define TRIES 64u

struct piece {
    unsigned long first, frames; /* frame numbers */
    unsigned long blocks;        /* index of the first frame that is kept for blocks */
    char *host;
    struct page *pages;
    unsigned long *used;
};

static struct {
    spinlock_t lock;
    struct piece pieces[PIECES_MAX];
    unsigned int count;
    unsigned long frames, free;
    u64 random;
} ram = {.lock = __SPIN_LOCK_UNLOCKED(ram.lock)};

/* ---- addresses ---- */

static struct piece *piece_of_pfn(unsigned long pfn)
{
    for (unsigned int i = 0; i < ram.count; i++)
        if (pfn - ram.pieces[i].first < ram.pieces[i].frames)
            return &ram.pieces[i];
    return NULL;
}

static struct piece *piece_of_pointer(const volatile void *address)
{
    for (unsigned int i = 0; i < ram.count; i++)
        if ((unsigned long)address - (unsigned long)ram.pieces[i].host < ram.pieces[i].frames << PAGE_SHIFT)
            return &ram.pieces[i];
    return NULL;
}

phys_addr_t virt_to_phys(const volatile void *address)
{
    struct piece *piece = piece_of_pointer(address);

    if (!piece) {
        splat(SPLAT_MEMORY, "virt_to_phys of %px, which is no pointer into RAM", (const void *)address);
        return 0;
    }
    return PFN_PHYS(piece->first) + ((unsigned long)address - (unsigned long)piece->host);
}
EXPORT_SYMBOL_GPL(virt_to_phys);

void *phys_to_virt(phys_addr_t address)
{
    struct piece *piece = piece_of_pfn(PHYS_PFN(address));

    if (!piece) {
        splat(SPLAT_MEMORY, "phys_to_virt of %#llx, which is no RAM", address);
        return NULL;
    }
    return piece->host + (address - PFN_PHYS(piece->first));
}
EXPORT_SYMBOL_GPL(phys_to_virt);

bool virt_addr_valid(const void *address)
{
    return piece_of_pointer(address) != NULL;
}
EXPORT_SYMBOL_GPL(virt_addr_valid);

bool pfn_valid(unsigned long pfn)
{
    return piece_of_pfn(pfn) != NULL;
}
EXPORT_SYMBOL_GPL(pfn_valid);

struct page *pfn_to_page(unsigned long pfn)
{
    struct piece *piece = piece_of_pfn(pfn);

    if (!piece) {
        splat(SPLAT_MEMORY, "pfn_to_page of %#lx, which is no RAM", pfn);
        return NULL;
    }
    return &piece->pages[pfn - piece->first];
}
EXPORT_SYMBOL_GPL(pfn_to_page);

unsigned long page_to_pfn(const struct page *page)
{
    const struct piece *piece = &ram.pieces[page->piece];

    return piece->first + (unsigned long)(page - piece->pages);
}
EXPORT_SYMBOL_GPL(page_to_pfn);

struct page *virt_to_page(const void *address)
{
    return pfn_to_page(virt_to_pfn(address));
}
EXPORT_SYMBOL_GPL(virt_to_page);

void *page_address(const struct page *page)
{
    const struct piece *piece = &ram.pieces[page->piece];

    return piece->host + ((unsigned long)(page - piece->pages) << PAGE_SHIFT);
}
EXPORT_SYMBOL_GPL(page_address);

unsigned long totalram_pages(void)
{
    return ram.frames;
}
EXPORT_SYMBOL_GPL(totalram_pages);

unsigned long memory_pins(void)
{
    unsigned long pins = 0;

    for (unsigned int i = 0; i < ram.count; i++)
        for (unsigned long at = 0; at < ram.pieces[i].frames; at++)
            pins += atomic_read(&ram.pieces[i].pages[at]._pincount);
    return pins;
}

unsigned long memory_free_frames(void)
{
    return ram.free;
}

/* ---- choice of a frame ---- */

static unsigned long random_below(unsigned long limit)
{
    u64 mixed = ram.random += 0x9e3779b97f4a7c15;

    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return (mixed ^ mixed >> 31) % limit;
}

static struct piece *random_piece(void)
{
    unsigned long place = random_below(ram.frames);
    struct piece *piece = ram.pieces;

    while (place >= piece->frames)
        place -= piece++->frames;
    return piece;
}

static bool neighbours(const struct page *a, const struct page *b)
{
    return b && a->piece == b->piece && (a - b == 1 || b - a == 1);
}

static bool suits(struct piece *piece, unsigned long at, const struct page *before, const struct page *after)
{
    const struct page *page = &piece->pages[at];

    return !test_bit((long)at, piece->used) && !neighbours(page, before) && !neighbours(page, after);
}

/* The first free run from `from` on that is aligned to its size; piece->frames: there is none. */
static unsigned long free_run(struct piece *piece, unsigned long from, unsigned long count)
{
    unsigned long at = ALIGN(piece->first + from, count) - piece->first;

    for (; at + count <= piece->frames; at += count) {
        unsigned long taken = find_next_bit(piece->used, at + count, at);

        if (taken >= at + count)
            return at;
    }
    return piece->frames;
}

static struct page *choose_single(const struct page *before, const struct page *after)
{
    for (unsigned int i = 0; i < TRIES; i++) {
        struct piece *piece = random_piece();
        unsigned long at = random_below(piece->blocks ? piece->blocks : piece->frames);

        if (suits(piece, at, before, after))
            return &piece->pages[at];
    }
    for (unsigned int i = 0; i < 2 * ram.count; i++) { /* nearly full: any that suits, then any */
        struct piece *piece = &ram.pieces[i % ram.count];

        for (unsigned long at = 0; at < piece->frames; at++)
            if (i < ram.count ? suits(piece, at, before, after) : !test_bit((long)at, piece->used))
                return &piece->pages[at];
    }
    return NULL;
}

static struct page *choose_block(unsigned int order)
{
    struct piece *start = random_piece();

    for (unsigned int i = 0; i < 2 * ram.count; i++) { /* the places for blocks, then all */
        struct piece *piece = &ram.pieces[(unsigned int)(start - ram.pieces + i) % ram.count];
        unsigned long first = i < ram.count ? piece->blocks : 0;
        unsigned long at = free_run(piece, first + random_below(piece->frames - first), 1UL << order);

        if (at == piece->frames)
            at = free_run(piece, first, 1UL << order);
        if (at < piece->frames)
            return &piece->pages[at];
    }
    return NULL;
}

/* ---- taking and giving ---- */

/* A frame that was given back and is not as it was left was written by a device that should have been stopped. */
static void look_at_poison(struct page *page)
{
    const u8 *bytes = page_address(page);

    if (!(page->flags & BIT(PG_poisoned)))
        return;
    if (memchr_inv(bytes, POISON, PAGE_SIZE))
        splat(SPLAT_MEMORY, "frame %#lx was written after it was freed, allocated at %s", page_to_pfn(page), page->allocated_at);
}

static void take(struct page *page, unsigned int order, const char *where)
{
    struct piece *piece = &ram.pieces[page->piece];
    unsigned long at = (unsigned long)(page - piece->pages);

    bitmap_set(piece->used, (unsigned int)at, 1u << order);
    ram.free -= 1UL << order;
    for (unsigned long i = 0; i < 1UL << order; i++) {
        look_at_poison(&page[i]);
        page[i].flags = BIT(PG_allocated);
        page[i].allocated_at = where;
        page[i].private = page[i].index = 0;
        INIT_LIST_HEAD(&page[i].lru);
    }
    page->order = (u8)order;
    atomic_set(&page->_refcount, 1);
}

static void give(struct page *page, unsigned int order)
{
    struct piece *piece = &ram.pieces[page->piece];

    memset(page_address(page), POISON, PAGE_SIZE << order);
    for (unsigned long i = 0; i < 1UL << order; i++)
        page[i].flags = BIT(PG_poisoned);
    page->order = 0;
    spin_lock(&ram.lock);
    bitmap_clear(piece->used, (unsigned int)(page - piece->pages), 1u << order);
    ram.free += 1UL << order;
    spin_unlock(&ram.lock);
}

struct page *kernel_alloc_pages(gfp_t gfp, unsigned int order, const char *where)
{
    struct page *page = NULL;

    might_sleep_if(gfpflags_allow_blocking(gfp));
    if (order > MAX_PAGE_ORDER || fault_inject_should_fail("alloc_pages"))
        return NULL;
    spin_lock(&ram.lock);
    if (1UL << order <= ram.free)
        page = order ? choose_block(order) : choose_single(NULL, NULL);
    if (page)
        take(page, order, where);
    spin_unlock(&ram.lock);
    if (page && gfp & __GFP_ZERO)
        memset(page_address(page), 0, PAGE_SIZE << order);
    return page;
}
EXPORT_SYMBOL_GPL(kernel_alloc_pages);

struct page *page_alloc_user(const struct page *before, const struct page *after)
{
    struct page *page = NULL;

    if (fault_inject_should_fail("user page"))
        return NULL;
    spin_lock(&ram.lock);
    if (ram.free)
        page = choose_single(before, after);
    if (page)
        take(page, 0, "user page");
    spin_unlock(&ram.lock);
    if (page)
        clear_page(page_address(page));
    return page;
}

static void page_splat(const struct page *page, const char *what)
{
    splat(SPLAT_REFCOUNT, "frame %#lx %s: %d references, %d pins, mapped in %d places, allocated at %s", page_to_pfn(page), what,
          page_ref_count(page), atomic_read(&page->_pincount), page_mapcount(page), page->allocated_at);
}

void __free_pages(struct page *page, unsigned int order)
{
    if (page_ref_count(page) > 0 && page->order != order)
        page_splat(page, "is freed as a block of another order");
    put_page(page);
}
EXPORT_SYMBOL_GPL(__free_pages);

/* What is pinned or mapped stays: it leaks, but nobody's memory is taken from under him. */
void put_page(struct page *page)
{
    if (page_ref_count(page) <= 0)
        page_splat(page, "is freed and was free");
    else if (!atomic_dec_and_test(&page->_refcount))
        return;
    else if (atomic_read(&page->_pincount) || page_mapcount(page))
        page_splat(page, "is freed while it is used");
    else
        give(page, page->order);
}
EXPORT_SYMBOL_GPL(put_page);

void get_page(struct page *page)
{
    if (page_ref_count(page) <= 0)
        page_splat(page, "is referenced while it is free");
    else
        atomic_inc(&page->_refcount);
}
EXPORT_SYMBOL_GPL(get_page);

bool try_get_page(struct page *page)
{
    return atomic_inc_not_zero(&page->_refcount);
}
EXPORT_SYMBOL_GPL(try_get_page);

void split_page(struct page *page, unsigned int order)
{
    page->order = 0;
    for (unsigned long i = 1; i < 1UL << order; i++)
        atomic_set(&page[i]._refcount, 1);
}
EXPORT_SYMBOL_GPL(split_page);

/* ---- the forms with addresses ---- */

unsigned long kernel_get_free_pages(gfp_t gfp, unsigned int order, const char *where)
{
    struct page *page = kernel_alloc_pages(gfp, order, where);

    return page ? (unsigned long)page_address(page) : 0;
}
EXPORT_SYMBOL_GPL(kernel_get_free_pages);

void free_pages(unsigned long address, unsigned int order)
{
    if (address)
        __free_pages(virt_to_page((const void *)address), order);
}
EXPORT_SYMBOL_GPL(free_pages);

void *kernel_alloc_pages_exact(size_t size, gfp_t gfp, const char *where)
{
    unsigned int order = (unsigned int)get_order(size);
    struct page *page = size ? kernel_alloc_pages(gfp, order, where) : NULL;

    if (!page)
        return NULL;
    split_page(page, order);
    for (unsigned long i = PFN_UP(size); i < 1UL << order; i++)
        put_page(&page[i]);
    return page_address(page);
}
EXPORT_SYMBOL_GPL(kernel_alloc_pages_exact);

void free_pages_exact(void *address, size_t size)
{
    for (size_t offset = 0; offset < size; offset += PAGE_SIZE)
        free_pages((unsigned long)address + offset, 0);
}
EXPORT_SYMBOL_GPL(free_pages_exact);

/* ---- flags ---- */

int set_page_dirty(struct page *page)
{
    return !test_and_set_bit(PG_dirty, &page->flags);
}
EXPORT_SYMBOL_GPL(set_page_dirty);

int set_page_dirty_lock(struct page *page)
{
    return set_page_dirty(page);
}
EXPORT_SYMBOL_GPL(set_page_dirty_lock);

bool PageDirty(const struct page *page)
{
    return test_bit(PG_dirty, &page->flags);
}
EXPORT_SYMBOL_GPL(PageDirty);

bool PageReserved(const struct page *page)
{
    return test_bit(PG_reserved, &page->flags);
}
EXPORT_SYMBOL_GPL(PageReserved);

void SetPageReserved(struct page *page)
{
    set_bit(PG_reserved, &page->flags);
}

void ClearPageReserved(struct page *page)
{
    clear_bit(PG_reserved, &page->flags);
}

bool page_maybe_dma_pinned(struct page *page)
{
    return atomic_read(&page->_pincount) > 0;
}
EXPORT_SYMBOL_GPL(page_maybe_dma_pinned);

/* ---- boot and halt ---- */

static int add_piece(const struct hardware_ram *piece)
{
    unsigned long first = PFN_UP(piece->base), last = PFN_DOWN(piece->base + piece->bytes);
    struct piece *out = &ram.pieces[ram.count];

    first += !first; /* a null pointer of the hardware is not memory */
    if (ram.count == PIECES_MAX || first >= last)
        return ram.count == PIECES_MAX ? -ENOSPC : 0;
    *out = (struct piece){.first = first, .frames = last - first, .blocks = (last - first) / 4 * 3};
    out->host = hardware->ops->memory(hardware->context, PFN_PHYS(first), out->frames << PAGE_SHIFT);
    out->pages = vzalloc(size_mul(out->frames, sizeof(*out->pages)));
    out->used = vzalloc(BITS_TO_LONGS(out->frames) * sizeof(long));
    ram.count++;
    if (!out->host || !out->pages || !out->used)
        return -ENOMEM;
    for (unsigned long i = 0; i < out->frames; i++)
        out->pages[i].piece = ram.count - 1;
    ram.frames += out->frames;
    ram.free += out->frames;
    return 0;
}

static void page_alloc_halt(void)
{
    for (unsigned int i = 0; i < ram.count; i++) {
        struct piece *piece = &ram.pieces[i];

        for (unsigned long at = 0; piece->pages && at < piece->frames; at++)
            if (page_ref_count(&piece->pages[at]))
                audit("frame %#lx: %d references, %d pins, allocated at %s", piece->first + at, page_ref_count(&piece->pages[at]),
                      atomic_read(&piece->pages[at]._pincount), piece->pages[at].allocated_at);
        vfree(piece->pages);
        vfree(piece->used);
    }
    memset(ram.pieces, 0, sizeof(ram.pieces));
    ram.count = 0;
    ram.frames = ram.free = 0;
}

/* A kernel without a machine has no RAM. */
static int page_alloc_boot(void)
{
    unsigned int count = 0;
    const struct hardware_ram *pieces = hardware ? hardware->ops->rams(hardware->context, &count) : NULL;
    int result = 0;

    ram.random = kernel_seed();
    for (unsigned int i = 0; i < count && !result; i++)
        result = add_piece(&pieces[i]);
    if (result)
        page_alloc_halt();
    return result;
}

KERNEL_SUBSYSTEM(page_alloc, 1, page_alloc_boot, page_alloc_halt);
