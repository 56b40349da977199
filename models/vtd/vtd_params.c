/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_params.c - 11.4.1 Version, 11.4.2 Capability, 11.4.3 Extended Capability Register: parameters by name, the values of
 * the registers that report them, their dependencies, and named sets.
 */
#include "vtd/vtd.h"
#include "vtd/vtd_conditions.h"
#include "vtd/vtd_errata.h"
#include "vtd/vtd_steps.h"
#include "xlate/merge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum reported_in { NOWHERE, VER, CAP, ECAP };

struct parameter {
    const char *name;
    size_t offset;
    uint8_t bytes;
    uint64_t max;
    enum reported_in where;
    uint8_t bit; /* lowest bit of the field */
};

/* clang-format off */
#define PARAMETER(member, max, where, bit) \
    {#member, offsetof(struct vtd_params, member), (uint8_t)sizeof ((struct vtd_params *)0)->member, max, where, bit}
/* clang-format on */

static const struct parameter parameters[] = {
    PARAMETER(haw, 52, NOWHERE, 0),
    PARAMETER(ver_max, 15, VER, 4),
    PARAMETER(ver_min, 15, VER, 0),

    PARAMETER(nd, 7, CAP, 0),
    PARAMETER(rwbf, 1, CAP, 4),
    PARAMETER(plmr, 1, CAP, 5),
    PARAMETER(phmr, 1, CAP, 6),
    PARAMETER(cm, 1, CAP, 7),
    PARAMETER(sagaw, 31, CAP, 8),
    PARAMETER(mgaw, 63, CAP, 16),
    PARAMETER(zlr, 1, CAP, 22),
    PARAMETER(fro, 0x3ff, CAP, 24),
    PARAMETER(sslps, 15, CAP, 34),
    PARAMETER(psi, 1, CAP, 39),
    PARAMETER(nfr, 255, CAP, 40),
    PARAMETER(mamv, 63, CAP, 48),
    PARAMETER(dwd, 1, CAP, 54),
    PARAMETER(drd, 1, CAP, 55),
    PARAMETER(fs1gp, 1, CAP, 56),
    PARAMETER(pi, 1, CAP, 59),
    PARAMETER(fs5lp, 1, CAP, 60),
    PARAMETER(esirtps, 1, CAP, 62),
    PARAMETER(esrtps, 1, CAP, 63),

    PARAMETER(c, 1, ECAP, 0),
    PARAMETER(qi, 1, ECAP, 1),
    PARAMETER(dt, 1, ECAP, 2),
    PARAMETER(ir, 1, ECAP, 3),
    PARAMETER(eim, 1, ECAP, 4),
    PARAMETER(pt, 1, ECAP, 6),
    PARAMETER(sc, 1, ECAP, 7),
    PARAMETER(iro, 0x3ff, ECAP, 8),
    PARAMETER(mhmv, 15, ECAP, 20),
    PARAMETER(mts, 1, ECAP, 25),
    PARAMETER(nest, 1, ECAP, 26),
    PARAMETER(prs, 1, ECAP, 29),
    PARAMETER(ers, 1, ECAP, 30),
    PARAMETER(srs, 1, ECAP, 31),
    PARAMETER(nwfs, 1, ECAP, 33),
    PARAMETER(eafs, 1, ECAP, 34),
    PARAMETER(pss, 31, ECAP, 35),
    PARAMETER(pasid, 1, ECAP, 40),
    PARAMETER(dit, 1, ECAP, 41),
    PARAMETER(pds, 1, ECAP, 42),
    PARAMETER(smts, 1, ECAP, 43),
    PARAMETER(ssads, 1, ECAP, 45),
    PARAMETER(ssts, 1, ECAP, 46),
    PARAMETER(fsts, 1, ECAP, 47),
    PARAMETER(smpwcs, 1, ECAP, 48),
    PARAMETER(rps, 1, ECAP, 49),
    PARAMETER(adms, 1, ECAP, 52),
    PARAMETER(rprivs, 1, ECAP, 53),
    PARAMETER(ptrs, 1, ECAP, 56),
    PARAMETER(ssirws, 1, ECAP, 57),

    PARAMETER(fault_merge, 1, NOWHERE, 0),
    PARAMETER(cache_faulting, 1, NOWHERE, 0),
    PARAMETER(pasid_hit_by_rid, 1, NOWHERE, 0),
    PARAMETER(blocked_read_dummy, 1, NOWHERE, 0),

    PARAMETER(provenance, 1, NOWHERE, 0),
    PARAMETER(context_cache.sets, 1u << 20, NOWHERE, 0),
    PARAMETER(context_cache.ways, 1u << 20, NOWHERE, 0),
    PARAMETER(pasid_cache.sets, 1u << 20, NOWHERE, 0),
    PARAMETER(pasid_cache.ways, 1u << 20, NOWHERE, 0),
    PARAMETER(iotlb.sets, 1u << 20, NOWHERE, 0),
    PARAMETER(iotlb.ways, 1u << 20, NOWHERE, 0),
    PARAMETER(first_stage_cache.sets, 1u << 20, NOWHERE, 0),
    PARAMETER(first_stage_cache.ways, 1u << 20, NOWHERE, 0),
    PARAMETER(second_stage_cache.sets, 1u << 20, NOWHERE, 0),
    PARAMETER(second_stage_cache.ways, 1u << 20, NOWHERE, 0),

    PARAMETER(clock_ps, UINT64_MAX, NOWHERE, 0),
    PARAMETER(lookup_ps, UINT64_MAX, NOWHERE, 0),
    PARAMETER(context_ps, UINT64_MAX, NOWHERE, 0),
    PARAMETER(pasid_ps, UINT64_MAX, NOWHERE, 0),
    PARAMETER(table_ps, UINT64_MAX, NOWHERE, 0),
    PARAMETER(fetch_ps, UINT64_MAX, NOWHERE, 0),
    PARAMETER(walk_step_ps, UINT64_MAX, NOWHERE, 0),
    PARAMETER(invalidate_ps, UINT64_MAX, NOWHERE, 0),
    PARAMETER(register_ps, UINT64_MAX, NOWHERE, 0),
    PARAMETER(lookup_ports, UINT16_MAX, NOWHERE, 0),
    PARAMETER(walkers, UINT16_MAX, NOWHERE, 0),
    PARAMETER(in_flight_max, UINT16_MAX, NOWHERE, 0),
    PARAMETER(miss_merge, MERGE_POLICIES - 1u, NOWHERE, 0),
};
#define PARAMETER_COUNT (sizeof parameters / sizeof parameters[0])

/* ---- by name ---- */

static uint64_t parameter_get(const struct vtd_params *params, const struct parameter *parameter)
{
    const unsigned char *at = (const unsigned char *)params + parameter->offset;
    uint8_t byte;
    uint16_t half;
    uint32_t word;
    uint64_t dword;
    switch (parameter->bytes) {
    case 1:
        memcpy(&byte, at, sizeof byte);
        return byte;
    case 2:
        memcpy(&half, at, sizeof half);
        return half;
    case 4:
        memcpy(&word, at, sizeof word);
        return word;
    default:
        memcpy(&dword, at, sizeof dword);
        return dword;
    }
}

static void parameter_put(struct vtd_params *params, const struct parameter *parameter, uint64_t value)
{
    unsigned char *at = (unsigned char *)params + parameter->offset;
    uint8_t byte = (uint8_t)value;
    uint16_t half = (uint16_t)value;
    uint32_t word = (uint32_t)value;
    switch (parameter->bytes) {
    case 1:
        memcpy(at, &byte, sizeof byte);
        break;
    case 2:
        memcpy(at, &half, sizeof half);
        break;
    case 4:
        memcpy(at, &word, sizeof word);
        break;
    default:
        memcpy(at, &value, sizeof value);
        break;
    }
}

static const struct parameter *parameter_find(const char *name)
{
    for (size_t i = 0; i < PARAMETER_COUNT; i++)
        if (strcmp(parameters[i].name, name) == 0)
            return &parameters[i];
    return NULL;
}

static bool number_parse(const char *text, uint64_t *value)
{
    if (*text < '0' || *text > '9')
        return false;
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 0);
    *value = number;
    return errno == 0 && *end == '\0';
}

static const struct {
    const char *name;
    size_t offset;
} geometries[] = {
    {"context_cache.replacement", offsetof(struct vtd_params, context_cache)},
    {"pasid_cache.replacement", offsetof(struct vtd_params, pasid_cache)},
    {"iotlb.replacement", offsetof(struct vtd_params, iotlb)},
    {"first_stage_cache.replacement", offsetof(struct vtd_params, first_stage_cache)},
    {"second_stage_cache.replacement", offsetof(struct vtd_params, second_stage_cache)},
};
#define GEOMETRY_COUNT (sizeof geometries / sizeof geometries[0])

static const char *const replacements[] = {
    [CACHE_OFF] = "off",
    [CACHE_LRU] = "lru",
    [CACHE_PSEUDO_LRU] = "pseudo-lru",
    [CACHE_RANDOM] = "random",
    [CACHE_NEVER_EVICT] = "never-evict",
};
#define REPLACEMENT_COUNT (sizeof replacements / sizeof replacements[0])

static struct cache_geometry *geometry_at(struct vtd_params *params, size_t i)
{
    return (struct cache_geometry *)(void *)((unsigned char *)params + geometries[i].offset);
}

static bool replacement_set(struct vtd_params *params, const char *name, const char *value)
{
    for (size_t i = 0; i < GEOMETRY_COUNT; i++) {
        if (strcmp(geometries[i].name, name) != 0)
            continue;
        for (size_t r = 0; r < REPLACEMENT_COUNT; r++) {
            if (strcmp(replacements[r], value) == 0) {
                geometry_at(params, i)->replacement = (enum cache_replacement)r;
                return true;
            }
        }
    }
    return false;
}

static bool erratum_set(struct vtd_params *params, const char *name, size_t length)
{
#ifdef VTD_NO_ERRATA
    (void)params, (void)name, (void)length;
    return false;
#else
    for (size_t i = 0; i < vtd_errata_count; i++) {
        if (strlen(vtd_errata[i].name) == length && strncmp(vtd_errata[i].name, name, length) == 0) {
            params->errata[i / 64u] |= UINT64_C(1) << (i % 64u);
            return true;
        }
    }
    return false;
#endif
}

/* NAME+NAME...; all or nothing. */
static bool errata_set(struct vtd_params *params, const char *names)
{
    struct vtd_params changed = *params;
    for (;;) {
        size_t length = strcspn(names, "+");
        if (!erratum_set(&changed, names, length))
            return false;
        if (names[length] == '\0')
            break;
        names += length + 1;
    }
    *params = changed;
    return true;
}

bool vtd_set_parameter(struct vtd_params *params, const char *name, const char *value)
{
    if (strcmp(name, "erratum") == 0)
        return errata_set(params, value);
    const struct parameter *parameter = parameter_find(name);
    if (!parameter)
        return replacement_set(params, name, value);
    uint64_t number;
    if (!number_parse(value, &number) || number > parameter->max)
        return false;
    parameter_put(params, parameter, number);
    return true;
}

/* ---- what the registers report ---- */

static uint64_t register_value(const struct vtd_params *params, enum reported_in where)
{
    uint64_t value = 0;
    for (size_t i = 0; i < PARAMETER_COUNT; i++)
        if (parameters[i].where == where)
            value |= parameter_get(params, &parameters[i]) << parameters[i].bit;
    return value;
}

uint64_t vtd_cap_value(const struct vtd_params *params)
{
    return register_value(params, CAP);
}

uint64_t vtd_ecap_value(const struct vtd_params *params)
{
    return register_value(params, ECAP);
}

uint32_t vtd_ver_value(const struct vtd_params *params)
{
    return (uint32_t)register_value(params, VER);
}

/* ---- dependencies ---- */

/* 11.4.2, 11.4.3: the first must be reported as 0 where the second is 0. */
static const struct {
    const char *name, *needs;
} dependencies[] = {
    /* clang-format off */
    {"fs5lp", "fsts"},    {"fs1gp", "fsts"},  {"pi", "ir"},       {"ptrs", "dt"},      {"ptrs", "pasid"},  {"ssirws", "ssts"},
    {"rprivs", "srs"},    {"rps", "smts"},    {"smpwcs", "smts"}, {"fsts", "smts"},    {"ssads", "smpwcs"}, {"smts", "qi"},
    {"pds", "dt"},        {"dit", "dt"},      {"pasid", "smts"},  {"pss", "smts"},     {"eafs", "fsts"},   {"eafs", "smpwcs"},
    {"nwfs", "dt"},       {"srs", "smts"},    {"prs", "dt"},      {"prs", "smts"},     {"nest", "smts"},   {"nest", "fsts"},
    {"nest", "ssts"},     {"mts", "smts"},    {"mhmv", "ir"},     {"eim", "ir"},       {"ir", "qi"},       {"dt", "qi"},
    {"cache_faulting", "cm"},
    /* clang-format on */
};
#define DEPENDENCY_COUNT (sizeof dependencies / sizeof dependencies[0])

/* Advertising what the model does not do would be a lie. */
static const char *const not_modelled[] = {"dt", "ir", "pi", "esirtps"};

static const char *dependency_broken(const struct vtd_params *p, char *text, size_t bytes)
{
    for (size_t i = 0; i < DEPENDENCY_COUNT; i++) {
        if (parameter_get(p, parameter_find(dependencies[i].name)) && !parameter_get(p, parameter_find(dependencies[i].needs))) {
            snprintf(text, bytes, "%s needs %s", dependencies[i].name, dependencies[i].needs);
            return text;
        }
    }
    for (size_t i = 0; i < sizeof not_modelled / sizeof not_modelled[0]; i++) {
        if (parameter_get(p, parameter_find(not_modelled[i]))) {
            snprintf(text, bytes, "%s is not modelled", not_modelled[i]);
            return text;
        }
    }
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        if (parameter_get(p, &parameters[i]) > parameters[i].max) {
            snprintf(text, bytes, "%s is out of range", parameters[i].name);
            return text;
        }
    }
    return NULL;
}

#define CACHE_ENTRIES_MAX (UINT32_C(1) << 24)

static bool power_of_two(uint32_t n)
{
    return n != 0 && (n & (n - 1u)) == 0;
}

static bool geometry_wrong(const struct cache_geometry *geometry)
{
    if (geometry->replacement == CACHE_OFF)
        return false;
    return !power_of_two(geometry->sets) || geometry->ways == 0 ||
           (uint64_t)geometry->sets * geometry->ways > CACHE_ENTRIES_MAX ||
           (geometry->replacement == CACHE_PSEUDO_LRU && (!power_of_two(geometry->ways) || geometry->ways > 64u));
}

static bool geometries_wrong(const struct vtd_params *p)
{
    return geometry_wrong(&p->context_cache) || geometry_wrong(&p->pasid_cache) || geometry_wrong(&p->iotlb) ||
           geometry_wrong(&p->first_stage_cache) || geometry_wrong(&p->second_stage_cache);
}

static const char *value_wrong(const struct vtd_params *p)
{
    const struct {
        bool wrong;
        const char *sentence;
    } rules[] = {
        {p->haw < 32u, "haw must be 32 to 52"},
        {p->ver_max == 0, "ver_max must be at least 1"},
        {p->nd > 6u, "nd of 7 is reserved"},
        {p->sagaw & 0x11u, "bits 0 and 4 of sagaw are reserved"},
        {p->sslps != 0 && p->sslps != 1u && p->sslps != 3u, "sslps must be 0, 1 or 3"},
        {p->mgaw == 0, "mgaw must not be 0"},
        {p->mgaw + 1u < p->haw, "mgaw must cover the host address width"},
        {p->sagaw == 0 && (p->ssts || !p->smts), "sagaw must not be 0 where there is a second stage"},
        {p->sagaw != 0 && !p->ssts && p->ver_max >= 6u, "sagaw must be 0 without ssts from major version 6 on"},
        {p->rwbf && p->smts, "rwbf must be 0 with smts"},
        {p->ers, "ers must be 0"},
        {p->ver_max >= 2u && !(p->dwd && p->drd), "dwd and drd must be 1 from major version 2 on"},
        {p->ver_max >= 6u && !p->qi, "major version 6 and above has no register-based invalidation and needs qi"},
        {p->smts && !p->fsts && !p->ssts && !p->pt, "smts needs a translation type: fsts, ssts or pt"},
        {p->pss > 19u, "a PASID has 20 bits at most: pss must be 0 to 19"},
        {geometries_wrong(p), "a cache needs sets that are a power of two, and ways (for pseudo-lru a power of two up to 64), at "
                              "most 2^24 entries in all"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].wrong)
            return rules[i].sentence;
    return NULL;
}

int vtd_params_check(const struct vtd_params *params, char *error, size_t error_bytes)
{
    char text[64];
    const char *sentence = dependency_broken(params, text, sizeof text);
    if (!sentence)
        sentence = value_wrong(params);
    if (!sentence)
        return 0;
    if (error)
        snprintf(error, error_bytes, "%s", sentence);
    return -EINVAL;
}

/* ---- named sets ---- */

/* Each stands on the one before it that `base` names; settings are NAME=VALUE with single spaces between. */
static const struct preset {
    const char *name, *base, *settings;
} presets[] = {
    {"legacy-min", NULL,
     "haw=39 ver_max=1 nd=2 rwbf=1 plmr=1 phmr=1 sagaw=2 mgaw=38 "
     "context_cache.sets=4 context_cache.ways=2 context_cache.replacement=lru "
     "pasid_cache.sets=4 pasid_cache.ways=2 pasid_cache.replacement=lru "
     "iotlb.sets=8 iotlb.ways=4 iotlb.replacement=lru "
     "first_stage_cache.sets=8 first_stage_cache.ways=2 first_stage_cache.replacement=lru "
     "second_stage_cache.sets=8 second_stage_cache.ways=2 second_stage_cache.replacement=lru"},
    {"legacy", "legacy-min", "haw=48 nd=6 rwbf=0 sagaw=6 mgaw=47 sslps=3 psi=1 mamv=18 nfr=7 dwd=1 drd=1 c=1 qi=1 pt=1 sc=1"},
    {"legacy-57", "legacy", "haw=52 sagaw=14 mgaw=56 zlr=1 plmr=0 cm=1"},
    {"scalable-ss", "legacy", "ver_max=5 haw=46 zlr=1 plmr=0 phmr=0 smts=1 ssts=1 nfr=0"},
    {"scalable-fs", "legacy",
     "ver_max=6 haw=46 zlr=1 plmr=0 phmr=0 sagaw=0 sslps=0 sc=0 pt=0 psi=0 mamv=0 "
     "smts=1 fsts=1 pasid=1 pss=19 srs=1 rps=1 rprivs=1 smpwcs=1 eafs=1 esrtps=1"},
    {"scalable", "legacy",
     "ver_max=6 haw=48 zlr=1 plmr=0 phmr=0 smts=1 fsts=1 ssts=1 pasid=1 pss=19 srs=1 rps=1 rprivs=1 smpwcs=1 ssads=1 eafs=1 "
     "adms=1 fs1gp=1"},
    {"scalable-nest", "scalable", "nest=1 rprivs=0"},
    {"max", "scalable",
     "ver_max=7 haw=52 nd=6 sagaw=14 mgaw=56 fs5lp=1 nest=1 mts=1 ssirws=1 esrtps=1 nfr=255 plmr=1 phmr=1 "
     "iotlb.ways=8 second_stage_cache.ways=4"},
    {"ver8", "max", "ver_max=8"},
    {"nocache", "max",
     "context_cache.replacement=off pasid_cache.replacement=off iotlb.replacement=off first_stage_cache.replacement=off "
     "second_stage_cache.replacement=off"},
    {"hoard", "scalable-nest",
     "esrtps=0 context_cache.replacement=never-evict pasid_cache.replacement=never-evict iotlb.replacement=never-evict "
     "first_stage_cache.replacement=never-evict second_stage_cache.replacement=never-evict "
     "context_cache.ways=8 pasid_cache.ways=8 iotlb.sets=16 iotlb.ways=8 first_stage_cache.ways=8 second_stage_cache.ways=8"},
    {"small-pss", "scalable-nest", "haw=39 nd=2 pss=9 mgaw=47 c=0 sslps=1 fs1gp=0 rps=0"},
    {"cm", "scalable-nest", "cm=1 cache_faulting=1 pasid_hit_by_rid=1"},
};
#define PRESET_COUNT (sizeof presets / sizeof presets[0])

const char *const vtd_preset_names[] = {
    "legacy-min", "legacy", "legacy-57", "scalable-ss", "scalable-fs", "scalable", "scalable-nest",
    "max",        "ver8",   "nocache",   "hoard",       "small-pss",   "cm",       NULL,
};

static bool settings_apply(struct vtd_params *params, const char *settings)
{
    char name[48], value[16];
    int used;
    for (; sscanf(settings, " %47[^=]=%15[^ ]%n", name, value, &used) == 2; settings += used)
        if (!vtd_set_parameter(params, name, value))
            return false;
    return *settings == '\0';
}

bool vtd_preset(const char *name, struct vtd_params *params)
{
    for (size_t i = 0; i < PRESET_COUNT; i++) {
        if (strcmp(presets[i].name, name) != 0)
            continue;
        if (!presets[i].base)
            *params = (struct vtd_params){.haw = 0};
        else if (!vtd_preset(presets[i].base, params))
            return false;
        return settings_apply(params, presets[i].settings);
    }
    return false;
}
