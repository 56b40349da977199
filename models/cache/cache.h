/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cache.h - one cache with provenance: IOTLBs, context, PASID, STE, CD and walk caches are all one of these.
 *
 * An entry is a key of tag words and a payload of the user's. A lookup compares the key words exactly; on the way to that one
 * compare of packed tags over the ways of a set tells which entry it can be.
 * Invalidation drops entries whose key words match a value under a mask; wide scopes may instead raise a generation that
 * the user keeps in a key word (O(1)). For each entry the cache knows when it was filled, and from which memory words.
 *
 * Single-threaded; no allocation after cache_init().
 */
#ifndef CACHE_CACHE_H
#define CACHE_CACHE_H

#include "sim/sim.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CACHE_KEY_WORDS 4u
#define CACHE_SOURCES_MAX 32u

enum cache_replacement {
    CACHE_OFF, /* nothing is ever kept */
    CACHE_LRU,
    CACHE_PSEUDO_LRU,  /* tree; ways must be a power of two */
    CACHE_RANDOM,      /* seeded */
    CACHE_FIFO,        /* the entry filled longest ago gives way */
    CACHE_NEVER_EVICT, /* a full set takes no new entry: every stale entry stays as long as the architecture allows */
};

struct cache_geometry { /* of a cache that is off, sets and ways mean nothing */
    uint32_t sets;      /* power of two */
    uint32_t ways;      /* 1..; at most 64 for CACHE_PSEUDO_LRU */
    enum cache_replacement replacement;
};

struct cache_key {
    uint64_t word[CACHE_KEY_WORDS];
};

/* Where an entry came from: a word of memory as it was read. */
struct cache_source {
    uint64_t address;
    uint64_t value;
};

struct cache_entry {
    struct cache_key key;
    uint64_t used;      /* LRU stamp */
    uint64_t filled_ps; /* provenance */
    uint32_t filler_id; /* request that filled it */
    uint32_t source_count;
    struct cache_source *sources; /* NULL unless provenance is kept */
};

struct cache_stats {
    uint64_t lookups, hits;
    uint64_t fills;       /* insertions that were kept */
    uint64_t evictions;   /* entries that gave way to others */
    uint64_t invalidated; /* entries dropped by any of the functions below */
};

struct cache {
    struct cache_geometry geometry;
    size_t payload_bytes;        /* rounded up to the strictest alignment */
    uint32_t *tags;              /* sets * ways: part of the hash of the key, 0 for no entry */
    struct cache_entry *entries; /* sets * ways */
    uint8_t *payloads;
    uint64_t *plru; /* one word per set: bit n is node n of the tree, root 1; set: the right half was used longest ago */
    struct cache_source *sources;
    uint64_t clock;
    uint32_t count;  /* entries that are there */
    size_t capacity; /* sets * ways as made */
    struct sim_rng *rng;
    struct cache_stats stats;
};

/*
 * provenance: keep sources (CACHE_SOURCES_MAX per entry; further ones are not). The generator is the caller's and outlives the
 * cache. -EINVAL for a bad geometry, -ENOMEM; then there is nothing to finish.
 */
int cache_init(struct cache *cache, struct cache_geometry geometry, size_t payload_bytes, bool provenance, struct sim_rng *rng);
void cache_fini(struct cache *cache);

/* Another geometry within what was allocated, with replacement by other rules; drops all. -EINVAL: it does not fit. */
int cache_reshape(struct cache *cache, struct cache_geometry geometry);

/* The payload of the entry with exactly this key, or NULL. Counts, and touches the replacement state. */
void *cache_lookup(struct cache *cache, const struct cache_key *key);

/*
 * Insert or overwrite; returns the payload to be written by the caller, whole: it holds what was there before. NULL when
 * nothing can be kept.
 */
void *cache_insert(struct cache *cache, const struct cache_key *key, uint64_t now_ps, uint32_t filler_id,
                   const struct cache_source *sources, uint32_t source_count);

/* The entry a payload belongs to: provenance of a hit. */
const struct cache_entry *cache_entry_of(const struct cache *cache, const void *payload);

/* The payload of the n-th place, n below sets * ways, or NULL where no entry is. Neither counts nor touches. */
void *cache_at(const struct cache *cache, uint32_t n);

/* Drop one entry, by a payload that lookup returned. */
void cache_drop(struct cache *cache, void *payload);

/* Drop every entry for which (key.word[i] & mask.word[i]) == (match.word[i] & mask.word[i]) for all i. Returns how many. */
uint32_t cache_invalidate(struct cache *cache, const struct cache_key *match, const struct cache_key *mask);

/* Drop every entry for which `drop` says so. Returns how many. */
uint32_t cache_invalidate_if(struct cache *cache, bool (*drop)(void *context, const struct cache_key *key, const void *payload),
                             void *context);

/* Drop all. O(entries). */
void cache_clear(struct cache *cache);

#endif
