/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_cache.c - every replacement against a model that keeps each set as a list.
 */
#include "cache/cache.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct cache_key key_of(uint64_t a, uint64_t b)
{
    return (struct cache_key){{a, b, a ^ b, 0}};
}

/* ---- the naive model: keys that are there, in order of use, by set as the cache itself assigns them ---- */

enum { KEYS = 48, WAYS_MAX = 16 };

struct naive {
    uint64_t value[KEYS];
    uint64_t used[KEYS]; /* 0: not there */
    uint64_t clock;
};

static struct cache_key numbered(unsigned n)
{
    return key_of(n % 6u, (uint64_t)(n / 6u) << 40);
}

/* Two keys share a set when an insertion of one can evict the other: learned by filling a fresh cache of one way. */
static void learn_sets(uint32_t sets, uint32_t set_of[KEYS])
{
    struct sim_rng rng;
    sim_rng_seed(&rng, 1);
    uint32_t known = 0;
    uint32_t leader[KEYS];
    for (unsigned n = 0; n < KEYS; n++) {
        uint32_t set = 0;
        for (; set < known; set++) {
            struct cache cache;
            assert_int_equal(cache_init(&cache, (struct cache_geometry){sets, 1, CACHE_LRU}, 8, false, &rng), 0);
            struct cache_key first = numbered(leader[set]), second = numbered(n);
            assert_non_null(cache_insert(&cache, &first, 0, 0, NULL, 0));
            assert_non_null(cache_insert(&cache, &second, 0, 0, NULL, 0));
            bool evicted = !cache_lookup(&cache, &first);
            cache_fini(&cache);
            if (evicted)
                break;
        }
        if (set == known)
            leader[known++] = n;
        set_of[n] = set;
    }
    assert_true(known <= sets);
    assert_true(sets == 1 || known > 1);
}

static unsigned members(const struct naive *naive, const uint32_t *set_of, uint32_t set)
{
    unsigned count = 0;
    for (unsigned n = 0; n < KEYS; n++)
        count += naive->used[n] && set_of[n] == set;
    return count;
}

static unsigned oldest(const struct naive *naive, const uint32_t *set_of, uint32_t set)
{
    unsigned best = KEYS;
    for (unsigned n = 0; n < KEYS; n++)
        if (naive->used[n] && set_of[n] == set && (best == KEYS || naive->used[n] < naive->used[best]))
            best = n;
    return best;
}

static bool there(const struct cache *cache, unsigned n)
{
    struct cache_key key = numbered(n);
    for (uint32_t i = 0; i < cache->geometry.sets * cache->geometry.ways; i++)
        if (cache->tags[i] && memcmp(&cache->entries[i].key, &key, sizeof key) == 0)
            return true;
    return false;
}

struct bench {
    struct cache cache;
    struct naive naive;
    uint32_t set_of[KEYS];
    uint64_t values;
};

static void look_up(struct bench *bench, unsigned n)
{
    struct cache_key key = numbered(n);
    uint64_t *payload = cache_lookup(&bench->cache, &key);
    assert_true((payload != NULL) == (bench->naive.used[n] != 0));
    if (!payload)
        return;
    assert_true(*payload == bench->naive.value[n]);
    assert_memory_equal(&cache_entry_of(&bench->cache, payload)->key, &key, sizeof key);
    if (bench->cache.geometry.replacement != CACHE_FIFO)
        bench->naive.used[n] = ++bench->naive.clock;
}

/* Which key gave way is checked for LRU and FIFO; for the others it must be one of the set, and only one. */
static void give_way(struct bench *bench, unsigned n)
{
    struct naive *naive = &bench->naive;
    uint32_t set = bench->set_of[n];
    unsigned gone = KEYS;
    for (unsigned i = 0; i < KEYS; i++) {
        if (!naive->used[i] || there(&bench->cache, i))
            continue;
        assert_int_equal(gone, KEYS);
        assert_int_equal(bench->set_of[i], set);
        gone = i;
    }
    assert_true(gone < KEYS);
    if (bench->cache.geometry.replacement == CACHE_LRU || bench->cache.geometry.replacement == CACHE_FIFO)
        assert_int_equal(gone, oldest(naive, bench->set_of, set));
    naive->used[gone] = 0;
}

static void insert(struct bench *bench, unsigned n)
{
    struct naive *naive = &bench->naive;
    struct cache_key key = numbered(n);
    bool known = naive->used[n] != 0;
    bool full = members(naive, bench->set_of, bench->set_of[n]) == bench->cache.geometry.ways;
    uint64_t *payload = cache_insert(&bench->cache, &key, 5, n, NULL, 0);
    if (!known && full && bench->cache.geometry.replacement == CACHE_NEVER_EVICT) {
        assert_null(payload);
        return;
    }
    assert_non_null(payload);
    if (!known && full)
        give_way(bench, n);
    *payload = naive->value[n] = ++bench->values;
    naive->used[n] = ++naive->clock;
}

static bool odd_value(void *context, const struct cache_key *key, const void *payload)
{
    (void)key;
    uint64_t value;
    memcpy(&value, payload, sizeof value);
    return (value ^ *(const uint64_t *)context) & 1u;
}

static void invalidate(struct bench *bench, uint64_t how, unsigned n)
{
    struct naive *naive = &bench->naive;
    struct cache_key match = numbered(n);
    struct cache_key mask = {{how == 0 ? UINT64_MAX : 0, how == 1 ? UINT64_MAX : 0, 0, 0}};
    uint64_t parity = n & 1u;
    uint32_t expected = 0;
    for (unsigned i = 0; i < KEYS; i++) {
        struct cache_key key = numbered(i);
        bool drop = how == 2 ? (naive->value[i] ^ parity) & 1u : how == 3 || key.word[how] == match.word[how];
        expected += naive->used[i] && drop;
        if (drop)
            naive->used[i] = 0;
    }
    uint64_t before = bench->cache.stats.invalidated;
    if (how == 3)
        cache_clear(&bench->cache);
    else if (how == 2)
        assert_int_equal(cache_invalidate_if(&bench->cache, odd_value, &parity), expected);
    else
        assert_int_equal(cache_invalidate(&bench->cache, &match, &mask), expected);
    assert_true(bench->cache.stats.invalidated == before + expected);
}

static void drop_one(struct bench *bench, unsigned n)
{
    struct cache_key key = numbered(n);
    void *payload = cache_lookup(&bench->cache, &key);
    if (!payload)
        return;
    cache_drop(&bench->cache, payload);
    bench->naive.used[n] = 0;
}

static void random_work(struct cache_geometry geometry, uint64_t seed)
{
    struct bench bench = {0};
    struct sim_rng work, rng;
    sim_rng_seed(&work, seed);
    sim_rng_seed(&rng, seed);
    assert_int_equal(cache_init(&bench.cache, geometry, sizeof(uint64_t), false, &rng), 0);
    learn_sets(geometry.sets, bench.set_of);
    for (unsigned i = 0; i < 3000; i++) {
        unsigned n = (unsigned)sim_rng_below(&work, KEYS);
        uint64_t choice = sim_rng_below(&work, 200);
        if (choice < 100)
            look_up(&bench, n);
        else if (choice < 180)
            insert(&bench, n);
        else if (choice < 195)
            drop_one(&bench, n);
        else
            invalidate(&bench, choice == 199 ? 3 : choice % 3u, n);
        uint32_t count = 0;
        for (unsigned k = 0; k < KEYS; k++) {
            assert_true(there(&bench.cache, k) == (bench.naive.used[k] != 0));
            count += bench.naive.used[k] != 0;
        }
        assert_int_equal(bench.cache.count, count);
    }
    assert_true(bench.cache.stats.hits > 0 && bench.cache.stats.hits < bench.cache.stats.lookups);
    assert_true((bench.cache.stats.evictions == 0) == (geometry.replacement == CACHE_NEVER_EVICT));
    cache_fini(&bench.cache);
}

static void test_against_lists(void **state)
{
    (void)state;
    static const enum cache_replacement kinds[] = {CACHE_LRU, CACHE_PSEUDO_LRU, CACHE_RANDOM, CACHE_FIFO, CACHE_NEVER_EVICT};
    static const uint32_t shapes[][2] = {{1, 1}, {1, 8}, {4, 2}, {2, 4}, {8, 1}, {1, 16}};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++)
            random_work((struct cache_geometry){shapes[s][0], shapes[s][1], kinds[k]}, 100u * k + s);
    random_work((struct cache_geometry){2, 3, CACHE_LRU}, 7);
}

/* ---- the tree, bit for bit ---- */

/* Another way to say it: halves of the ways, each with the time of its last use; the victim is in the older half. */
static unsigned tree_victim(const uint64_t *used, unsigned first, unsigned ways)
{
    if (ways == 1)
        return first;
    uint64_t left = 0, right = 0;
    for (unsigned i = 0; i < ways / 2u; i++) {
        left = used[first + i] > left ? used[first + i] : left;
        right = used[first + ways / 2u + i] > right ? used[first + ways / 2u + i] : right;
    }
    return tree_victim(used, left <= right ? first : first + ways / 2u, ways / 2u);
}

static void test_pseudo_lru_tree(void **state)
{
    (void)state;
    for (unsigned ways = 2; ways <= 64; ways *= 2) {
        struct cache cache;
        struct sim_rng rng;
        sim_rng_seed(&rng, ways);
        assert_int_equal(cache_init(&cache, (struct cache_geometry){1, ways, CACHE_PSEUDO_LRU}, 8, false, &rng), 0);
        uint64_t used[64] = {0}, clock = 0, holds[64];
        for (unsigned i = 0; i < ways; i++) {
            struct cache_key key = key_of(i, 0);
            assert_non_null(cache_insert(&cache, &key, 0, 0, NULL, 0));
            holds[i] = i;
            used[i] = ++clock;
        }
        for (uint64_t fresh = ways; fresh < ways + 500u; fresh++) {
            unsigned touched = (unsigned)sim_rng_below(&rng, ways);
            struct cache_key old = key_of(holds[touched], 0), key = key_of(fresh, 0);
            assert_non_null(cache_lookup(&cache, &old));
            used[touched] = ++clock;
            unsigned expected = tree_victim(used, 0, ways);
            const void *payload = cache_insert(&cache, &key, 0, 0, NULL, 0);
            assert_int_equal(cache_entry_of(&cache, payload) - cache.entries, expected);
            holds[expected] = fresh;
            used[expected] = ++clock;
        }
        cache_fini(&cache);
    }
}

/* ---- the rest ---- */

static void test_random_is_seeded_and_reaches_all(void **state)
{
    (void)state;
    uint64_t trace[2] = {0, 0};
    for (unsigned run = 0; run < 2; run++) {
        struct cache cache;
        struct sim_rng rng;
        sim_rng_seed(&rng, 3);
        assert_int_equal(cache_init(&cache, (struct cache_geometry){1, 4, CACHE_RANDOM}, 8, false, &rng), 0);
        unsigned taken[4] = {0};
        for (uint64_t i = 0; i < 400; i++) {
            struct cache_key key = key_of(i, 1);
            const void *payload = cache_insert(&cache, &key, 0, 0, NULL, 0);
            long at = cache_entry_of(&cache, payload) - cache.entries;
            taken[at]++;
            trace[run] = trace[run] * 31u + (uint64_t)at;
        }
        for (unsigned i = 0; i < 4; i++)
            assert_in_range(taken[i], 60, 140);
        cache_fini(&cache);
    }
    assert_true(trace[0] == trace[1]);
}

static void test_off(void **state)
{
    (void)state;
    struct cache cache;
    struct sim_rng rng;
    sim_rng_seed(&rng, 1);
    assert_int_equal(cache_init(&cache, (struct cache_geometry){0, 0, CACHE_OFF}, 8, true, &rng), 0);
    struct cache_key key = key_of(1, 2);
    assert_null(cache_insert(&cache, &key, 0, 0, NULL, 0));
    assert_null(cache_lookup(&cache, &key));
    cache_clear(&cache);
    assert_int_equal(cache_invalidate(&cache, &key, &key), 0);
    cache_fini(&cache);
}

static void test_geometry(void **state)
{
    (void)state;
    static const struct cache_geometry wrong[] = {
        {0, 4, CACHE_LRU},
        {3, 4, CACHE_LRU},
        {4, 0, CACHE_RANDOM},
        {4, 3, CACHE_PSEUDO_LRU},
        {1, 128, CACHE_PSEUDO_LRU},
        {UINT32_C(1) << 31, 4, CACHE_NEVER_EVICT},
        {1, 1, (enum cache_replacement)9},
    };
    struct sim_rng rng;
    sim_rng_seed(&rng, 1);
    struct cache cache;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(cache_init(&cache, wrong[i], 8, false, &rng), -EINVAL);
}

static void test_provenance(void **state)
{
    (void)state;
    struct cache cache;
    struct sim_rng rng;
    sim_rng_seed(&rng, 1);
    assert_int_equal(cache_init(&cache, (struct cache_geometry){2, 2, CACHE_LRU}, 3, true, &rng), 0);
    struct cache_source sources[CACHE_SOURCES_MAX + 3];
    for (unsigned i = 0; i < CACHE_SOURCES_MAX + 3; i++)
        sources[i] = (struct cache_source){i * 8u, 1000u + i};
    struct cache_key a = key_of(1, 1), b = key_of(2, 1);
    cache_insert(&cache, &a, 77, 5, sources, 3);
    cache_insert(&cache, &b, 78, 6, sources, CACHE_SOURCES_MAX + 3);
    const struct cache_entry *entry = cache_entry_of(&cache, cache_lookup(&cache, &a));
    assert_true(entry->filled_ps == 77 && entry->filler_id == 5 && entry->source_count == 3);
    assert_memory_equal(entry->sources, sources, 3 * sizeof *sources);
    entry = cache_entry_of(&cache, cache_lookup(&cache, &b));
    assert_int_equal(entry->source_count, CACHE_SOURCES_MAX);
    assert_memory_equal(entry->sources, sources, CACHE_SOURCES_MAX * sizeof *sources);
    cache_insert(&cache, &b, 80, 7, NULL, 0); /* filled anew */
    assert_int_equal(cache_entry_of(&cache, cache_lookup(&cache, &b))->source_count, 0);
    cache_fini(&cache);
}

/* Keys that differ in one word or one bit are different keys. */
static void test_every_bit_of_the_key_counts(void **state)
{
    (void)state;
    struct cache cache;
    struct sim_rng rng;
    sim_rng_seed(&rng, 1);
    assert_int_equal(cache_init(&cache, (struct cache_geometry){1, 2, CACHE_LRU}, 8, false, &rng), 0);
    struct cache_key key = {{0x1234, 0x5678, 0x9abc, 0xdef0}};
    assert_non_null(cache_insert(&cache, &key, 0, 0, NULL, 0));
    for (unsigned bit = 0; bit < 64u * CACHE_KEY_WORDS; bit++) {
        struct cache_key other = key;
        other.word[bit / 64u] ^= UINT64_C(1) << bit % 64u;
        assert_null(cache_lookup(&cache, &other));
    }
    assert_non_null(cache_lookup(&cache, &key));
    cache_fini(&cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_lists),
        cmocka_unit_test(test_pseudo_lru_tree),
        cmocka_unit_test(test_random_is_seeded_and_reaches_all),
        cmocka_unit_test(test_off),
        cmocka_unit_test(test_geometry),
        cmocka_unit_test(test_provenance),
        cmocka_unit_test(test_every_bit_of_the_key_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
