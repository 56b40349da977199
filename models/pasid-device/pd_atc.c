/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_atc.c - the address translation cache (10.2.3, 10.3): fully associative, a size in each entry.
 *
 * The key is the page, whose it is, and the size; the sizes present are tried in turn.
 */
#include "pasid-device/pd_internal.h"

#define KEY_PASID_VALID (UINT64_C(1) << 20)
#define KEY_PRIVILEGED (UINT64_C(1) << 21)
#define KEY_GLOBAL (UINT64_C(1) << 22)

static struct cache_geometry shape(const struct pasid_device *device)
{
    static const enum cache_replacement replacements[] = {CACHE_FIFO, CACHE_LRU, CACHE_NEVER_EVICT, CACHE_NEVER_EVICT};
    uint32_t limit = (uint32_t)pd_get(&device->bar0, PD_ATCCFG_LIMIT, 0);
    uint32_t ways = limit < device->params.atc_entries ? limit : device->params.atc_entries;
    if (!ways)
        return (struct cache_geometry){1, 1, CACHE_OFF};
    return (struct cache_geometry){1, ways, replacements[pd_get(&device->bar0, PD_ATCCFG_REPLACEMENT, 0)]};
}

int pd_atc_init(struct pasid_device *device)
{
    struct cache_geometry all = {1, device->params.atc_entries, CACHE_FIFO};
    return cache_init(&device->atc.cache, all, sizeof(struct pd_entry), false, &device->sim->rng);
}

void pd_atc_shape(struct pasid_device *device)
{
    if (cache_reshape(&device->atc.cache, shape(device)) == 0)
        device->atc.sizes = 0;
}

void pd_atc_clear(struct pasid_device *device)
{
    cache_clear(&device->atc.cache);
    device->atc.sizes = 0;
}

static uint64_t size_mask(uint32_t size_lg2)
{
    return size_lg2 >= 64u ? 0 : UINT64_MAX << size_lg2;
}

static struct cache_key key_of(struct pasid_device *device, uint64_t address, uint32_t size_lg2, bool has_pasid, uint32_t pasid,
                               bool privileged, bool global)
{
    uint64_t whose = 0;
    if (has_pasid && !pd_deviates(device, PD_E_H17_PASID, NULL, 0, NULL))
        whose = pasid | (pd_erratum(device, PD_E_R14) ? 0 : KEY_PASID_VALID);
    if (privileged && !pd_deviates(device, PD_E_H17_PRIV, NULL, 0, NULL))
        whose |= KEY_PRIVILEGED;
    if (global)
        whose = (whose & KEY_PRIVILEGED) | KEY_GLOBAL;
    return (struct cache_key){{address & size_mask(size_lg2), whose, size_lg2, 0}};
}

const struct pd_entry *pd_atc_lookup(struct pasid_device *device, const struct pd_flow *flow, uint64_t address)
{
    bool global = flow->has_pasid && (device->params.glob || device->deviating || device->exerciser.hooks);
    for (uint32_t size = 12; size < 64u; size++) {
        if (!(device->atc.sizes >> size & 1u))
            continue;
        for (uint32_t shared = 0; shared <= global; shared++) {
            struct cache_key key = key_of(device, address, size, flow->has_pasid, flow->pasid, flow->privileged, shared);
            const struct pd_entry *entry = cache_lookup(&device->atc.cache, &key);
            if (entry)
                return entry;
        }
    }
    return NULL;
}

/* ---- dropping ---- */

struct drop {
    bool (*drop)(void *context, const struct pd_entry *entry);
    void *context;
};

static bool drop_entry(void *context, const struct cache_key *key, const void *payload)
{
    const struct drop *drop = context;
    (void)key;
    return drop->drop(drop->context, payload);
}

uint32_t pd_atc_kill(struct pasid_device *device, bool (*drop)(void *context, const struct pd_entry *entry), void *context)
{
    struct drop with = {drop, context};
    return cache_invalidate_if(&device->atc.cache, drop_entry, &with);
}

struct overlap {
    const struct pd_entry *with;
};

static bool same_tag(const struct pd_entry *a, const struct pd_entry *b)
{
    return a->global == b->global && a->privileged == b->privileged &&
           (a->global || (a->has_pasid == b->has_pasid && (!a->has_pasid || a->pasid == b->pasid)));
}

static bool overlaps(void *context, const struct pd_entry *entry)
{
    const struct pd_entry *with = ((const struct overlap *)context)->with;
    uint64_t mask = size_mask(entry->size_lg2 > with->size_lg2 ? entry->size_lg2 : with->size_lg2);
    return same_tag(entry, with) && ((entry->page ^ with->page) & mask) == 0;
}

void pd_atc_drop(struct pasid_device *device, const struct pd_flow *flow, uint64_t address)
{
    struct pd_entry at = {.page = address & ~(uint64_t)(PD_PAGE - 1u),
                          .size_lg2 = 12,
                          .has_pasid = flow->has_pasid,
                          .pasid = flow->pasid,
                          .privileged = flow->privileged};
    struct overlap context = {&at};
    pd_atc_kill(device, overlaps, &context);
}

/* ---- filling: older entries for the same addresses go first, so that no lookup can find two ---- */

/* Of what is larger than ATCCFG.LARGEST, the part that holds the address. */
static struct pd_entry cut_to(const struct pd_entry *entry, uint64_t address, uint32_t largest)
{
    struct pd_entry part = *entry;
    if (largest < 12u)
        largest = 12;
    if (part.size_lg2 > largest) {
        part.size_lg2 = (uint8_t)largest;
        part.page = address & size_mask(largest);
        part.translated += part.page - entry->page;
    }
    return part;
}

void pd_atc_fill(struct pasid_device *device, const struct pd_entry *entry, uint64_t address)
{
    struct pd_entry kept = cut_to(entry, address, (uint32_t)pd_get(&device->bar0, PD_ATCCFG_LARGEST, 0));
    struct overlap context = {&kept};
    pd_atc_kill(device, overlaps, &context);
    struct cache_key key = key_of(device, kept.page, kept.size_lg2, kept.has_pasid, kept.pasid, kept.privileged, kept.global);
    uint64_t evictions = device->atc.cache.stats.evictions;
    struct pd_entry *place = cache_insert(&device->atc.cache, &key, device->sim->now_ps, PD_NO_REQUEST, NULL, 0);
    pd_count(device, PD_COUNT_ATC_EVICTION, device->atc.cache.stats.evictions - evictions);
    if (!place)
        return;
    *place = kept;
    device->atc.sizes |= UINT64_C(1) << kept.size_lg2;
    pd_count(device, PD_COUNT_ATC_FILL, 1);
}

/* 10.2.3.5, 10.2.3.6: what an entry lets through. */
bool pd_entry_allows(struct pasid_device *device, const struct pd_entry *entry, bool write, bool read, bool execute)
{
    struct pd_flow flow = {.has_pasid = entry->has_pasid, .pasid = entry->pasid};
    if (write && !entry->write && !(entry->read && pd_deviates(device, PD_E_D07, &flow, entry->page, NULL)))
        return false;
    if (read && !entry->read && !(entry->write && pd_deviates(device, PD_E_H15_READ, &flow, entry->page, NULL)))
        return false;
    return !execute || entry->execute || (entry->read && pd_deviates(device, PD_E_H15_EXEC, &flow, entry->page, NULL));
}
