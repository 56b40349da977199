/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cache.c - lookup by packed tags, replacement, invalidation, provenance.
 */
#include "cache/cache.h"

#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

/* ---- making ---- */

static bool power_of_two(uint32_t n)
{
    return n != 0 && (n & (n - 1u)) == 0;
}

static bool geometry_wrong(const struct cache_geometry *geometry)
{
    switch (geometry->replacement) {
    case CACHE_OFF:
        return false;
    case CACHE_PSEUDO_LRU:
        if (!power_of_two(geometry->ways) || geometry->ways > 64)
            return true;
        break;
    case CACHE_LRU:
    case CACHE_RANDOM:
    case CACHE_FIFO:
    case CACHE_NEVER_EVICT:
        break;
    default:
        return true;
    }
    return !power_of_two(geometry->sets) || geometry->ways == 0 || geometry->ways >= NONE / geometry->sets;
}

static bool allocate(struct cache *cache, bool provenance)
{
    size_t entries = (size_t)cache->geometry.sets * cache->geometry.ways;
    cache->capacity = entries;
    cache->tags = calloc(entries, sizeof *cache->tags);
    cache->entries = calloc(entries, sizeof *cache->entries);
    cache->payloads = calloc(entries, cache->payload_bytes);
    cache->plru = calloc(cache->geometry.sets, sizeof *cache->plru);
    if (!cache->tags || !cache->entries || !cache->payloads || !cache->plru)
        return false;
    if (!provenance)
        return true;
    cache->sources = calloc(entries, CACHE_SOURCES_MAX * sizeof *cache->sources);
    for (size_t i = 0; cache->sources && i < entries; i++)
        cache->entries[i].sources = cache->sources + i * CACHE_SOURCES_MAX;
    return cache->sources;
}

int cache_init(struct cache *cache, struct cache_geometry geometry, size_t payload_bytes, bool provenance, struct sim_rng *rng)
{
    size_t align = alignof(max_align_t);
    *cache = (struct cache){.geometry = geometry, .rng = rng, .payload_bytes = (payload_bytes + align) / align * align};
    if (geometry_wrong(&geometry))
        return -EINVAL;
    if (geometry.replacement == CACHE_OFF || allocate(cache, provenance))
        return 0;
    cache_fini(cache);
    return -ENOMEM;
}

void cache_fini(struct cache *cache)
{
    free(cache->tags);
    free(cache->entries);
    free(cache->payloads);
    free(cache->plru);
    free(cache->sources);
    *cache = (struct cache){.geometry.replacement = CACHE_OFF};
}

/* ---- lookup: set and tag are of one hash; a tag that fits is checked against the whole key ---- */

/* The products do not wait for each other; what they lack in mixing the end gives. */
static uint64_t hash(const struct cache_key *key)
{
    static const uint64_t odd[CACHE_KEY_WORDS] = {UINT64_C(0x9e3779b97f4a7c15), UINT64_C(0xc2b2ae3d27d4eb4f),
                                                  UINT64_C(0x165667b19e3779f9), UINT64_C(0xd6e8feb86659fd93)};
    uint64_t h = 0;
    for (unsigned i = 0; i < CACHE_KEY_WORDS; i++)
        h += key->word[i] * odd[i];
    h ^= h >> 32;
    h *= UINT64_C(0xd6e8feb86659fd93);
    return h ^ h >> 29;
}

struct place {
    uint32_t set, tag;
};

static struct place place_of(const struct cache *cache, const struct cache_key *key)
{
    uint64_t h = hash(key);
    return (struct place){(uint32_t)h & (cache->geometry.sets - 1u), (uint32_t)(h >> 32) | 1u};
}

static bool same_key(const struct cache_key *a, const struct cache_key *b)
{
    uint64_t differ = 0;
    for (unsigned i = 0; i < CACHE_KEY_WORDS; i++)
        differ |= a->word[i] ^ b->word[i];
    return differ == 0;
}

static uint32_t find(const struct cache *cache, const struct cache_key *key, struct place place)
{
    uint32_t first = place.set * cache->geometry.ways;
    for (uint32_t i = first; i < first + cache->geometry.ways; i++)
        if (cache->tags[i] == place.tag && same_key(&cache->entries[i].key, key))
            return i;
    return NONE;
}

static void *payload_at(const struct cache *cache, uint32_t index)
{
    return cache->payloads + index * cache->payload_bytes;
}

/* ---- replacement ---- */

/* Every node on the path to the way now says: longest ago was the other half. */
static void plru_touch(uint64_t *tree, uint32_t ways, uint32_t way)
{
    uint32_t node = 1;
    for (uint32_t half = ways / 2u; half; half /= 2u) {
        bool right = way & half;
        *tree = right ? *tree & ~(UINT64_C(1) << node) : *tree | UINT64_C(1) << node;
        node = node * 2u + right;
    }
}

static uint32_t plru_victim(uint64_t tree, uint32_t ways)
{
    uint32_t node = 1;
    while (node < ways)
        node = node * 2u + (uint32_t)(tree >> node & 1u);
    return node - ways;
}

static void touch(struct cache *cache, uint32_t index)
{
    uint32_t ways = cache->geometry.ways;
    cache->entries[index].used = ++cache->clock;
    if (cache->geometry.replacement == CACHE_PSEUDO_LRU)
        plru_touch(&cache->plru[index / ways], ways, index % ways);
}

static uint32_t least_recently_used(const struct cache *cache, uint32_t first)
{
    uint32_t oldest = first;
    for (uint32_t i = first + 1u; i < first + cache->geometry.ways; i++)
        if (cache->entries[i].used < cache->entries[oldest].used)
            oldest = i;
    return oldest;
}

/* Which entry of a full set gives way. */
static uint32_t victim(const struct cache *cache, uint32_t set)
{
    uint32_t first = set * cache->geometry.ways;
    switch (cache->geometry.replacement) {
    case CACHE_LRU:
    case CACHE_FIFO:
        return least_recently_used(cache, first);
    case CACHE_PSEUDO_LRU:
        return first + plru_victim(cache->plru[set], cache->geometry.ways);
    case CACHE_RANDOM:
        return first + (uint32_t)sim_rng_below(cache->rng, cache->geometry.ways);
    case CACHE_NEVER_EVICT:
    case CACHE_OFF:
        break;
    }
    return NONE;
}

static uint32_t free_way(const struct cache *cache, uint32_t set)
{
    uint32_t first = set * cache->geometry.ways;
    for (uint32_t i = first; i < first + cache->geometry.ways; i++)
        if (!cache->tags[i])
            return i;
    return NONE;
}

/* An entry for a new key: empty, or emptied. */
static uint32_t make_room(struct cache *cache, uint32_t set)
{
    uint32_t index = free_way(cache, set);
    if (index == NONE) {
        index = victim(cache, set);
        if (index == NONE)
            return NONE;
        cache->stats.evictions++;
        cache->count--;
    }
    cache->count++;
    return index;
}

/* ---- use ---- */

void *cache_lookup(struct cache *cache, const struct cache_key *key)
{
    cache->stats.lookups++;
    if (!cache->count)
        return NULL;
    uint32_t index = find(cache, key, place_of(cache, key));
    if (index == NONE)
        return NULL;
    cache->stats.hits++;
    if (cache->geometry.replacement != CACHE_FIFO)
        touch(cache, index);
    return payload_at(cache, index);
}

static void remember_sources(struct cache_entry *entry, const struct cache_source *sources, uint32_t source_count)
{
    if (!entry->sources)
        return;
    entry->source_count = source_count < CACHE_SOURCES_MAX ? source_count : CACHE_SOURCES_MAX;
    if (entry->source_count)
        memcpy(entry->sources, sources, entry->source_count * sizeof *sources);
}

void *cache_insert(struct cache *cache, const struct cache_key *key, uint64_t now_ps, uint32_t filler_id,
                   const struct cache_source *sources, uint32_t source_count)
{
    if (cache->geometry.replacement == CACHE_OFF)
        return NULL;
    struct place place = place_of(cache, key);
    uint32_t index = find(cache, key, place);
    if (index == NONE)
        index = make_room(cache, place.set);
    if (index == NONE)
        return NULL;
    cache->stats.fills++;
    cache->tags[index] = place.tag;
    struct cache_entry *entry = &cache->entries[index];
    entry->key = *key;
    entry->filled_ps = now_ps;
    entry->filler_id = filler_id;
    remember_sources(entry, sources, source_count);
    touch(cache, index);
    return payload_at(cache, index);
}

static uint32_t index_of(const struct cache *cache, const void *payload)
{
    return (uint32_t)((size_t)((const uint8_t *)payload - cache->payloads) / cache->payload_bytes);
}

const struct cache_entry *cache_entry_of(const struct cache *cache, const void *payload)
{
    return &cache->entries[index_of(cache, payload)];
}

void *cache_at(const struct cache *cache, uint32_t n)
{
    return cache->tags[n] ? payload_at(cache, n) : NULL;
}

/* ---- invalidation ---- */

static void drop_at(struct cache *cache, uint32_t index)
{
    if (!cache->tags[index])
        return;
    cache->tags[index] = 0;
    cache->count--;
    cache->stats.invalidated++;
}

void cache_drop(struct cache *cache, void *payload)
{
    drop_at(cache, index_of(cache, payload));
}

uint32_t cache_invalidate_if(struct cache *cache, bool (*drop)(void *context, const struct cache_key *key, const void *payload),
                             void *context)
{
    uint32_t dropped = 0;
    uint32_t left = cache->count;
    for (uint32_t i = 0; left; i++) {
        if (!cache->tags[i])
            continue;
        left--;
        if (!drop(context, &cache->entries[i].key, payload_at(cache, i)))
            continue;
        drop_at(cache, i);
        dropped++;
    }
    return dropped;
}

struct pattern {
    const struct cache_key *match, *mask;
};

static bool fits(void *context, const struct cache_key *key, const void *payload)
{
    (void)payload;
    const struct pattern *pattern = context;
    for (unsigned i = 0; i < CACHE_KEY_WORDS; i++)
        if ((key->word[i] ^ pattern->match->word[i]) & pattern->mask->word[i])
            return false;
    return true;
}

uint32_t cache_invalidate(struct cache *cache, const struct cache_key *match, const struct cache_key *mask)
{
    struct pattern pattern = {match, mask};
    return cache_invalidate_if(cache, fits, &pattern);
}

static bool always(void *context, const struct cache_key *key, const void *payload)
{
    (void)context, (void)key, (void)payload;
    return true;
}

void cache_clear(struct cache *cache)
{
    cache_invalidate_if(cache, always, NULL);
}

int cache_reshape(struct cache *cache, struct cache_geometry geometry)
{
    bool off = geometry.replacement == CACHE_OFF;
    if (geometry_wrong(&geometry) || (!off && (size_t)geometry.sets * geometry.ways > cache->capacity))
        return -EINVAL;
    cache_clear(cache);
    cache->geometry = geometry;
    return 0;
}
