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
#include "xlate/params.h"

#include <errno.h>
#include <stdio.h>

enum reported_in { NOWHERE = PARAMS_NOWHERE, VER, CAP, ECAP };

/* clang-format off */
#define PARAMETER(member, max, where, bit) \
    {#member, offsetof(struct vtd_params, member), (uint8_t)sizeof ((struct vtd_params *)0)->member, max, where, bit}
/* clang-format on */
/* A bit of a register; a choice of the implementation, 0 or 1; a number that no register reports. */
#define FLAG(member, where, bit) PARAMETER(member, 1, where, bit)
#define CHOICE(member) PARAMETER(member, 1, NOWHERE, 0)
#define NUMBER(member, max) PARAMETER(member, max, NOWHERE, 0)

static const struct params_field parameters[] = {
    NUMBER(haw, 52),
    PARAMETER(ver_max, 15, VER, 4),
    PARAMETER(ver_min, 15, VER, 0),

    PARAMETER(nd, 7, CAP, 0),
    FLAG(rwbf, CAP, 4),
    FLAG(plmr, CAP, 5),
    FLAG(phmr, CAP, 6),
    FLAG(cm, CAP, 7),
    PARAMETER(sagaw, 31, CAP, 8),
    PARAMETER(mgaw, 63, CAP, 16),
    FLAG(zlr, CAP, 22),
    PARAMETER(fro, 0x3ff, CAP, 24),
    PARAMETER(sslps, 15, CAP, 34),
    FLAG(psi, CAP, 39),
    PARAMETER(nfr, 255, CAP, 40),
    PARAMETER(mamv, 63, CAP, 48),
    FLAG(dwd, CAP, 54),
    FLAG(drd, CAP, 55),
    FLAG(fs1gp, CAP, 56),
    FLAG(pi, CAP, 59),
    FLAG(fs5lp, CAP, 60),
    FLAG(esirtps, CAP, 62),
    FLAG(esrtps, CAP, 63),

    FLAG(c, ECAP, 0),
    FLAG(qi, ECAP, 1),
    FLAG(dt, ECAP, 2),
    FLAG(ir, ECAP, 3),
    FLAG(eim, ECAP, 4),
    FLAG(pt, ECAP, 6),
    FLAG(sc, ECAP, 7),
    PARAMETER(iro, 0x3ff, ECAP, 8),
    PARAMETER(mhmv, 15, ECAP, 20),
    FLAG(mts, ECAP, 25),
    FLAG(nest, ECAP, 26),
    FLAG(prs, ECAP, 29),
    FLAG(ers, ECAP, 30),
    FLAG(srs, ECAP, 31),
    FLAG(nwfs, ECAP, 33),
    FLAG(eafs, ECAP, 34),
    PARAMETER(pss, 31, ECAP, 35),
    FLAG(pasid, ECAP, 40),
    FLAG(dit, ECAP, 41),
    FLAG(pds, ECAP, 42),
    FLAG(smts, ECAP, 43),
    FLAG(ssads, ECAP, 45),
    FLAG(ssts, ECAP, 46),
    FLAG(fsts, ECAP, 47),
    FLAG(smpwcs, ECAP, 48),
    FLAG(rps, ECAP, 49),
    FLAG(adms, ECAP, 52),
    FLAG(rprivs, ECAP, 53),
    FLAG(ptrs, ECAP, 56),
    FLAG(ssirws, ECAP, 57),
    FLAG(sms, ECAP, 58),
    FLAG(eimer, ECAP, 61),
    FLAG(irreq, ECAP, 62),

    CHOICE(fault_merge),
    CHOICE(cache_faulting),
    CHOICE(pasid_hit_by_rid),
    CHOICE(blocked_read_dummy),

    CHOICE(provenance),

    NUMBER(clock_ps, UINT64_MAX),
    NUMBER(lookup_ps, UINT64_MAX),
    NUMBER(context_ps, UINT64_MAX),
    NUMBER(pasid_ps, UINT64_MAX),
    NUMBER(table_ps, UINT64_MAX),
    NUMBER(fetch_ps, UINT64_MAX),
    NUMBER(walk_step_ps, UINT64_MAX),
    NUMBER(invalidate_ps, UINT64_MAX),
    NUMBER(register_ps, UINT64_MAX),
    NUMBER(device_tlb_timeout_ps, UINT64_MAX),
    NUMBER(lookup_ports, UINT16_MAX),
    NUMBER(walkers, UINT16_MAX),
    NUMBER(in_flight_max, UINT16_MAX),
    NUMBER(walk_hazard_lg2, 63),
    NUMBER(miss_merge, MERGE_POLICIES - 1u),
};

static const struct params_cache caches[] = {
    {"context_cache", offsetof(struct vtd_params, context_cache)},
    {"pasid_cache", offsetof(struct vtd_params, pasid_cache)},
    {"iotlb", offsetof(struct vtd_params, iotlb)},
    {"first_stage_cache", offsetof(struct vtd_params, first_stage_cache)},
    {"second_stage_cache", offsetof(struct vtd_params, second_stage_cache)},
    {"interrupt_cache", offsetof(struct vtd_params, interrupt_cache)},
};

/* ---- dependencies ---- */

/* 11.4.2, 11.4.3: the first must be reported as 0 where the second is 0. */
static const struct params_rule dependencies[] = {
    /* clang-format off */
    {"fs5lp", "fsts"},    {"fs1gp", "fsts"},  {"pi", "ir"},       {"ptrs", "dt"},      {"ptrs", "pasid"},  {"ssirws", "ssts"},
    {"rprivs", "srs"},    {"rps", "smts"},    {"smpwcs", "smts"}, {"fsts", "smts"},    {"ssads", "smpwcs"}, {"smts", "qi"},
    {"pds", "dt"},        {"dit", "dt"},      {"pasid", "smts"},  {"pss", "smts"},     {"eafs", "fsts"},   {"eafs", "smpwcs"},
    {"nwfs", "dt"},       {"srs", "smts"},    {"prs", "dt"},      {"prs", "smts"},     {"nest", "smts"},   {"nest", "fsts"},
    {"nest", "ssts"},     {"mts", "smts"},    {"mhmv", "ir"},     {"eim", "ir"},       {"ir", "qi"},       {"dt", "qi"},
    {"cache_faulting", "cm"}, {"sms", "prs"}, {"eimer", "eim"}, {"irreq", "ir"}, {"esirtps", "ir"},
    /* clang-format on */
};
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
        {p->walk_hazard_lg2 != 0 && p->walk_hazard_lg2 < 12u, "walk_hazard_lg2 must be 0, or 12 to 63: no less than a page"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].wrong)
            return rules[i].sentence;
    return NULL;
}

/* ---- named sets ---- */

/* Each stands on the one before it that `base` names; settings are NAME=VALUE with single spaces between. */
static const struct params_set presets[] = {
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
    {"ats-legacy", "legacy", "dt=1 device_tlb_timeout_ps=10000000000"},
    {"ats", "scalable", "dt=1 prs=1 pds=1 ptrs=1 nwfs=1 sms=1 device_tlb_timeout_ps=10000000000"},
    {"ats-nest", "scalable-nest", "dt=1 prs=1 pds=1 dit=1 sslps=1 fs1gp=0 device_tlb_timeout_ps=10000000000"},
    {"ir", "legacy", "ir=1 mhmv=7 interrupt_cache.sets=4 interrupt_cache.ways=2 interrupt_cache.replacement=lru"},
    {"ir-posted", "scalable",
     "ir=1 eim=1 pi=1 mhmv=15 interrupt_cache.sets=4 interrupt_cache.ways=2 interrupt_cache.replacement=lru"},
    {"ir-required", "ir-posted", "eimer=1 irreq=1"},
    {"max-ats", "max",
     "dt=1 prs=1 pds=1 dit=1 ptrs=1 nwfs=1 sms=1 ir=1 eim=1 pi=1 esirtps=1 mhmv=15 device_tlb_timeout_ps=10000000000 "
     "interrupt_cache.sets=8 interrupt_cache.ways=4 interrupt_cache.replacement=lru"},
};

const char *const vtd_preset_names[] = {
    "legacy-min", "legacy",   "legacy-57", "scalable-ss", "scalable-fs", "scalable", "scalable-nest",
    "max",        "ver8",     "nocache",   "hoard",       "small-pss",   "cm",       "ats-legacy",
    "ats",        "ats-nest", "ir",        "ir-posted",   "ir-required", "max-ats",  NULL,
};

/* ---- the tables, put together ---- */

static const char *erratum_name(size_t id)
{
    return vtd_errata[id].name;
}

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
static const struct params_table table = {
    .bytes = sizeof(struct vtd_params),
    .fields = parameters,
    .field_count = COUNT(parameters),
    .caches = caches,
    .cache_count = COUNT(caches),
    .sets = presets,
    .set_count = COUNT(presets),
    .rules = dependencies,
    .rule_count = COUNT(dependencies),
    .errata_offset = offsetof(struct vtd_params, errata),
#ifndef VTD_NO_ERRATA
    .errata_count = VTD_ERRATA_COUNT,
#endif
    .erratum_name = erratum_name,
};

bool vtd_set_parameter(struct vtd_params *params, const char *name, const char *value)
{
    return params_put(&table, params, name, value);
}

bool vtd_preset(const char *name, struct vtd_params *params)
{
    return params_apply_set(&table, params, name);
}

uint64_t vtd_cap_value(const struct vtd_params *params)
{
    return params_register(&table, params, CAP);
}

uint64_t vtd_ecap_value(const struct vtd_params *params)
{
    return params_register(&table, params, ECAP);
}

uint32_t vtd_ver_value(const struct vtd_params *params)
{
    return (uint32_t)params_register(&table, params, VER);
}

int vtd_params_check(const struct vtd_params *params, char *error, size_t error_bytes)
{
    char text[64];
    const char *sentence = params_wrong(&table, params, text, sizeof text);
    if (!sentence)
        sentence = value_wrong(params);
    if (!sentence)
        return 0;
    if (error)
        snprintf(error, error_bytes, "%s", sentence);
    return -EINVAL;
}
