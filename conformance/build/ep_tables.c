/* SPDX-License-Identifier: BSD-2-Clause */
/* ep_tables.c - the translation agent's tables, and memory as a case sees it through them. */
#include "build/ep.h"

struct ep_map *ep_map(struct ep *ep, uint32_t space, uint64_t va, uint64_t pa, uint32_t size_lg2, uint32_t rights)
{
    struct ep_map *map = &ep->maps[ep->map_count];

    if (ep->map_count++ == EP_MAPS)
        test_abort(ep->t, "more than %u mappings", EP_MAPS);
    *map = (struct ep_map){.space = space, .rights = rights, .va = va, .pa = pa, .size_lg2 = size_lg2, .live = true};
    return map;
}

static bool covers(const struct ep_map *map, uint32_t space, uint64_t va)
{
    return map->live && map->space == space && map->va >> map->size_lg2 == va >> map->size_lg2;
}

/* The smallest that covers it; of equal ones the youngest. */
struct ep_map *ep_find(struct ep *ep, uint32_t space, uint64_t va)
{
    struct ep_map *best = NULL;

    for (uint32_t i = 0; i < ep->map_count; i++)
        if (covers(&ep->maps[i], space, va) && (!best || ep->maps[i].size_lg2 <= best->size_lg2))
            best = &ep->maps[i];
    return best;
}

void ep_unmap(struct ep *ep, uint32_t space, uint64_t va)
{
    struct ep_map *map = ep_find(ep, space, va);

    if (map)
        map->live = false;
}

uint64_t ep_map_pa(const struct ep_map *map, uint64_t va)
{
    return map->pa + (va & ((1ull << map->size_lg2) - 1));
}

uint64_t ep_pa(struct ep *ep, uint32_t space, uint64_t va)
{
    const struct ep_map *map = ep_find(ep, space, va);

    if (!map)
        test_abort(ep->t, "0x%llx of space 0x%x is not mapped", (unsigned long long)va, space);
    return ep_map_pa(map, va);
}

uint64_t ep_buffer(struct ep *ep, uint32_t space, uint64_t bytes, uint32_t rights)
{
    uint64_t pages = (bytes + 4095) / 4096, va = ep->next_va;

    ep->next_va += (pages + 1) * 4096; /* and a page that is not mapped */
    for (uint64_t i = 0; i < pages; i++)
        ep_map(ep, space, va + i * 4096, mem_alloc(ep->t, 4096, 4096), 12, rights);
    return va;
}

/* ---- memory through the tables, for the case ---- */

static uint64_t mix(uint64_t z)
{
    z += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

void ep_fill(struct ep *ep, uint32_t space, uint64_t va, uint64_t bytes, uint64_t seed)
{
    for (uint64_t i = 0; i < bytes; i++) {
        uint8_t byte = (uint8_t)(mix(seed + i / 8) >> 8 * (i % 8));

        mem_write(ep->t, ep_pa(ep, space, va + i), &byte, 1);
    }
}

static uint8_t byte_at(struct ep *ep, uint32_t space, uint64_t va)
{
    uint8_t byte;

    mem_read(ep->t, ep_pa(ep, space, va), &byte, 1);
    return byte;
}

bool ep_same(struct ep *ep, uint32_t space_a, uint64_t a, uint32_t space_b, uint64_t b, uint64_t bytes)
{
    for (uint64_t i = 0; i < bytes; i++)
        if (byte_at(ep, space_a, a + i) != byte_at(ep, space_b, b + i))
            return false;
    return true;
}

uint64_t ep_peek(struct ep *ep, uint32_t space, uint64_t va)
{
    uint64_t value = 0;

    for (uint32_t i = 0; i < 8; i++)
        value |= (uint64_t)byte_at(ep, space, va + i) << 8 * i;
    return value;
}
