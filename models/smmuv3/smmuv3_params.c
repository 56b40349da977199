/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_params.c - 6.3.1 to 6.3.8: parameters by name, the values of SMMU_IDR0 to SMMU_IDR5 and SMMU_AIDR that report them,
 * their dependencies (chapter 2 and the field descriptions), and named sets.
 */
#include "smmuv3/smmuv3.h"
#include "smmuv3/smmuv3_errata.h"
#include "smmuv3/smmuv3_formats.h"
#include "smmuv3/smmuv3_steps.h"
#include "xlate/merge.h"
#include "xlate/params.h"

#include <errno.h>
#include <stdio.h>

enum reported_in { NOWHERE = PARAMS_NOWHERE, IDR0, IDR1, IDR2, IDR3, IDR4, IDR5, AIDR };

/* clang-format off */
#define PARAMETER(member, max, where, bit) \
    {#member, offsetof(struct smmuv3_params, member), (uint8_t)sizeof ((struct smmuv3_params *)0)->member, max, where, bit}
/* clang-format on */
/* A bit of a register; a choice of the implementation, 0 or 1; a number that no register reports. */
#define FLAG(member, where, bit) PARAMETER(member, 1, where, bit)
#define CHOICE(member) PARAMETER(member, 1, NOWHERE, 0)
#define NUMBER(member, max) PARAMETER(member, max, NOWHERE, 0)

static const struct params_field parameters[] = {
    PARAMETER(minor, 4, AIDR, 0),

    FLAG(s2p, IDR0, 0),
    FLAG(s1p, IDR0, 1),
    PARAMETER(ttf, 3, IDR0, 2),
    FLAG(cohacc, IDR0, 4),
    FLAG(btm, IDR0, 5),
    PARAMETER(httu, 3, IDR0, 6),
    FLAG(hyp, IDR0, 9),
    FLAG(ats, IDR0, 10),
    FLAG(ns1ats, IDR0, 11),
    FLAG(asid16, IDR0, 12),
    FLAG(msi, IDR0, 13),
    FLAG(sev, IDR0, 14),
    FLAG(pri, IDR0, 16),
    FLAG(vmw, IDR0, 17),
    FLAG(vmid16, IDR0, 18),
    FLAG(cd2l, IDR0, 19),
    PARAMETER(ttendian, 3, IDR0, 21),
    FLAG(atsrecerr, IDR0, 23),
    PARAMETER(stall_model, 2, IDR0, 24),
    FLAG(term_model, IDR0, 26),
    FLAG(st_level, IDR0, 27),

    PARAMETER(sidsize, 32, IDR1, 0),
    PARAMETER(ssidsize, 20, IDR1, 6),
    PARAMETER(priqs, 19, IDR1, 11),
    PARAMETER(eventqs, 19, IDR1, 16),
    PARAMETER(cmdqs, 19, IDR1, 21),
    FLAG(attr_perms_ovr, IDR1, 26),
    FLAG(attr_types_ovr, IDR1, 27),
    FLAG(rel, IDR1, 28),
    FLAG(queues_preset, IDR1, 29),
    FLAG(tables_preset, IDR1, 30),

    FLAG(had, IDR3, 2),
    FLAG(pbha, IDR3, 3),
    FLAG(xnx, IDR3, 4),
    FLAG(pps, IDR3, 5),
    FLAG(fwb, IDR3, 8),
    FLAG(stt, IDR3, 9),
    FLAG(ril, IDR3, 10),
    PARAMETER(bbml, 2, IDR3, 11),
    FLAG(e0pd, IDR3, 13),
    FLAG(ptwnnc, IDR3, 14),
    FLAG(pasidtt, IDR3, 16),
    FLAG(epan, IDR3, 17),
    FLAG(s1pi, IDR3, 18),
    FLAG(mteperm, IDR3, 22),

    PARAMETER(oas, 7, IDR5, 0),
    FLAG(gran4k, IDR5, 4),
    FLAG(gran16k, IDR5, 5),
    FLAG(gran64k, IDR5, 6),
    FLAG(ds, IDR5, 7),
    PARAMETER(vax, 2, IDR5, 10),
    NUMBER(stall_max_lg2, 16),
    NUMBER(iidr, UINT32_MAX),

    CHOICE(merge_events),
    CHOICE(early_retry),
    CHOICE(prefetch),

    CHOICE(provenance),
    NUMBER(clock_ps, UINT64_MAX),
    NUMBER(lookup_ps, UINT64_MAX),
    NUMBER(config_ps, UINT64_MAX),
    NUMBER(table_ps, UINT64_MAX),
    NUMBER(walk_step_ps, UINT64_MAX),
    NUMBER(command_ps, UINT64_MAX),
    NUMBER(register_ps, UINT64_MAX),
    NUMBER(atc_timeout_ps, UINT64_MAX),
    NUMBER(lookup_ports, UINT16_MAX),
    NUMBER(walkers, UINT16_MAX),
    NUMBER(in_flight_max, UINT16_MAX),
    NUMBER(walk_hazard_lg2, 63),
    NUMBER(miss_merge, MERGE_POLICIES - 1u),
};

static const struct params_cache caches[] = {
    {"ste_cache", offsetof(struct smmuv3_params, ste_cache)},
    {"cd_cache", offsetof(struct smmuv3_params, cd_cache)},
    {"tlb", offsetof(struct smmuv3_params, tlb)},
    {"stage1_walk_cache", offsetof(struct smmuv3_params, stage1_walk_cache)},
    {"stage2_walk_cache", offsetof(struct smmuv3_params, stage2_walk_cache)},
};

/* ---- dependencies ---- */

static const struct params_rule dependencies[] = {
    /* clang-format off */
    {"hyp", "s1p"},    {"hyp", "s2p"},    {"vmw", "s2p"},    {"had", "s1p"},    {"pbha", "had"},  {"ptwnnc", "s2p"},
    {"mteperm", "s2p"}, {"s1pi", "s1p"},   {"ds", "vax"},
    {"pri", "ats"},    {"atsrecerr", "ats"}, {"pps", "pri"}, {"pps", "ssidsize"}, {"pasidtt", "ats"}, {"pasidtt", "ssidsize"},
    {"ns1ats", "ats"}, {"ns1ats", "s1p"}, {"ns1ats", "s2p"},
    /* Advertising what the model does not do would be a lie. */
    {"btm", NULL},     {"pbha", NULL},    {"tables_preset", NULL}, {"queues_preset", NULL}, {"rel", NULL},
    /* clang-format on */
};

static const char *value_wrong(const struct smmuv3_params *p)
{
    const struct {
        bool wrong;
        const char *sentence;
    } rules[] = {
        {p->walk_hazard_lg2 != 0 && p->walk_hazard_lg2 < 12u, "walk_hazard_lg2 must be 0, or 12 to 63: no less than a page"},
        {!p->s1p && !p->s2p, "at least one stage of translation is needed: s1p, s2p"},
        {p->ttf != 2u, "ttf must be 2: VMSAv8-32 LPAE tables are not modelled"},
        {p->ttendian == 1u, "ttendian of 1 is reserved"},
        {p->sidsize >= 7u && !p->st_level, "sidsize of 7 and more needs st_level"},
        {!p->gran4k && !p->gran16k && !p->gran64k, "a granule is needed: gran4k, gran16k, gran64k"},
        {p->ds && !p->gran4k && !p->gran16k, "ds needs gran4k or gran16k"},
        {p->vax == 2u, "vax of 2 needs 128-bit descriptors, which are not modelled"},
        {p->vax && !p->gran64k && !p->ds, "vax needs gran64k or ds"},
        {p->oas == 7u, "oas of 7 needs 128-bit descriptors, which are not modelled"},
        {p->oas == 6u && !p->gran64k && !p->ds, "oas of 6 needs gran64k or ds"},
        {p->stall_model != 1u && p->stall_max_lg2 == 0, "stalling needs stall_max_lg2 of at least 1"},
        /* 2.9: nothing of the version after next. 2.3 to 2.8: what each version makes mandatory. */
        {p->minor == 0 && (p->fwb || p->stt || p->ril || p->bbml || p->e0pd || p->ptwnnc || p->epan || p->s1pi || p->mteperm ||
                           p->ds || p->httu == 3u),
         "SMMUv3.0 has no feature of SMMUv3.2 or later"},
        {p->minor == 0 && (p->xnx || p->vax || p->oas > 5u), "SMMUv3.0 has no xnx, no vax, and oas of at most 5"},
        {p->minor == 1u && (p->e0pd || p->ptwnnc || p->epan || p->s1pi || p->mteperm || p->ds || p->httu == 3u),
         "SMMUv3.1 has no feature of SMMUv3.3 or later"},
        {p->minor <= 2u && p->atsrecerr, "SMMUv3.2 and earlier has no atsrecerr"},
        {p->minor <= 3u && p->pasidtt, "SMMUv3.3 and earlier has no pasidtt"},
        {p->minor == 2u && (p->epan || p->s1pi || p->mteperm || p->ds || p->httu == 3u), "SMMUv3.2 has no feature of SMMUv3.4"},
        {p->minor >= 1u && p->s2p && !p->xnx, "SMMUv3.1 and later with s2p needs xnx"},
        {p->minor >= 1u && p->s1p && !p->had, "SMMUv3.1 and later with s1p needs had"},
        {p->minor >= 2u && !(p->ril && p->fwb && p->bbml), "SMMUv3.2 and later needs ril, fwb, and bbml of 1 or 2"},
        {p->minor >= 2u && p->s1p && p->s2p && !p->hyp, "SMMUv3.2 and later with both stages needs hyp"},
        {p->minor >= 3u && !p->e0pd, "SMMUv3.3 and later needs e0pd"},
        {p->minor >= 3u && p->s2p && !p->ptwnnc, "SMMUv3.3 and later with s2p needs ptwnnc"},
        {p->minor >= 4u && !p->epan, "SMMUv3.4 needs epan"},
        {p->minor >= 4u && p->s2p && !p->mteperm, "SMMUv3.4 with s2p needs mteperm"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].wrong)
            return rules[i].sentence;
    return NULL;
}

/* ---- named sets ---- */

static const struct params_set presets[] = {
    /* One stage, one granule, a linear Stream table, aborts only, wired interrupts. */
    {"min", NULL,
     "ttf=2 s1p=1 sidsize=6 cmdqs=4 eventqs=4 stall_model=1 term_model=1 ttendian=2 gran4k=1 oas=2 cohacc=1 "
     "ste_cache.sets=4 ste_cache.ways=2 ste_cache.replacement=lru cd_cache.sets=4 cd_cache.ways=2 cd_cache.replacement=lru "
     "tlb.sets=8 tlb.ways=4 tlb.replacement=lru "
     "stage1_walk_cache.sets=8 stage1_walk_cache.ways=2 stage1_walk_cache.replacement=lru "
     "stage2_walk_cache.sets=8 stage2_walk_cache.ways=2 stage2_walk_cache.replacement=lru"},
    {"stage1", "min",
     "minor=1 sidsize=16 ssidsize=20 st_level=1 cd2l=1 cmdqs=8 eventqs=7 asid16=1 term_model=0 stall_model=0 stall_max_lg2=4 "
     "ttendian=0 httu=2 msi=1 sev=1 attr_types_ovr=1 attr_perms_ovr=1 had=1 gran64k=1 oas=5"},
    {"stage2", "min",
     "minor=1 s1p=0 s2p=1 sidsize=16 st_level=1 cmdqs=8 eventqs=7 vmid16=1 vmw=1 term_model=1 stall_model=0 stall_max_lg2=4 "
     "ttendian=0 httu=2 msi=1 attr_types_ovr=1 attr_perms_ovr=1 xnx=1 gran16k=1 gran64k=1 oas=4"},
    {"nested", "stage1", "minor=2 s2p=1 hyp=1 vmid16=1 vmw=1 xnx=1 fwb=1 ril=1 bbml=1 stt=1 gran16k=1"},
    {"max", "nested",
     "minor=4 httu=3 e0pd=1 ptwnnc=1 epan=1 mteperm=1 s1pi=1 ds=1 vax=1 oas=6 bbml=2 cmdqs=10 eventqs=10 stall_max_lg2=8 "
     "prefetch=1 merge_events=1 tlb.ways=8"},
    {"v30", "stage1", "minor=0 s2p=1 hyp=1 vmid16=1 httu=0 oas=2 gran16k=1"},
    {"v31", "v30", "minor=1 xnx=1 httu=1 vax=1 oas=6"},
    {"v33", "nested", "minor=3 e0pd=1 ptwnnc=1 stall_model=2"},
    {"nocache", "max",
     "ste_cache.replacement=off cd_cache.replacement=off tlb.replacement=off stage1_walk_cache.replacement=off "
     "stage2_walk_cache.replacement=off prefetch=0"},
    {"hoard", "max",
     "ste_cache.replacement=never-evict cd_cache.replacement=never-evict tlb.replacement=never-evict "
     "stage1_walk_cache.replacement=never-evict stage2_walk_cache.replacement=never-evict "
     "ste_cache.ways=8 cd_cache.ways=8 tlb.sets=16 stage1_walk_cache.ways=8 stage2_walk_cache.ways=8"},
    {"narrow", "nested",
     "asid16=0 vmid16=0 vmw=0 ssidsize=8 sidsize=9 cd2l=0 oas=1 ttendian=2 attr_types_ovr=0 attr_perms_ovr=0"},
    /* With PCIe ATS and PRI; an endpoint has one minute to answer an invalidation. */
    {"ats", "stage1", "msi=0 ats=1 pri=1 priqs=4 atc_timeout_ps=60000000000000"},
    {"ats-nested", "nested", "ats=1 pri=1 priqs=6 pps=1 atc_timeout_ps=60000000000000"},
    {"max-ats", "max", "ats=1 pri=1 priqs=8 atsrecerr=1 pasidtt=1 atc_timeout_ps=60000000000000"},
};

const char *const smmuv3_preset_names[] = {
    "min",     "stage1", "stage2", "nested", "max",        "v30",     "v31", "v33",
    "nocache", "hoard",  "narrow", "ats",    "ats-nested", "max-ats", NULL,
};

/* ---- the tables, put together ---- */

static const char *erratum_name(size_t id)
{
    return smmuv3_errata[id].name;
}

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
static const struct params_table table = {
    .bytes = sizeof(struct smmuv3_params),
    .fields = parameters,
    .field_count = COUNT(parameters),
    .caches = caches,
    .cache_count = COUNT(caches),
    .sets = presets,
    .set_count = COUNT(presets),
    .rules = dependencies,
    .rule_count = COUNT(dependencies),
    .errata_offset = offsetof(struct smmuv3_params, errata),
#ifndef SMMUV3_NO_ERRATA
    .errata_count = SMMUV3_ERRATA_COUNT,
#endif
    .erratum_name = erratum_name,
};

bool smmuv3_set_parameter(struct smmuv3_params *params, const char *name, const char *value)
{
    return params_put(&table, params, name, value);
}

bool smmuv3_preset(const char *name, struct smmuv3_params *params)
{
    return params_apply_set(&table, params, name);
}

int smmuv3_params_check(const struct smmuv3_params *p, char *error, size_t error_bytes)
{
    char text[64];
    const char *sentence = params_wrong(&table, p, text, sizeof text);
    if (!sentence)
        sentence = value_wrong(p);
    if (!sentence)
        return 0;
    if (error)
        snprintf(error, error_bytes, "%s", sentence);
    return -EINVAL;
}

/* ---- what the registers report ---- */

uint32_t smmuv3_idr_value(const struct smmuv3_params *p, unsigned number)
{
    if (number > 5u)
        return 0;
    uint32_t value = (uint32_t)params_register(&table, p, (uint8_t)(IDR0 + number));
    /* 6.3.6 STALL_MAX: RES0 where stalling is not supported. */
    if (number == 5u && p->stall_model != 1u)
        value |= (uint32_t)smmuv3_low_bits(p->stall_max_lg2) << 16;
    return value;
}

uint32_t smmuv3_aidr_value(const struct smmuv3_params *p)
{
    return (uint32_t)params_register(&table, p, AIDR);
}

/* ---- 3.4 Address sizes ---- */

unsigned smmuv3_oas_bits(const struct smmuv3_params *p)
{
    return smmuv3_size_bits(p->oas);
}

unsigned smmuv3_ias_bits(const struct smmuv3_params *p)
{
    /* The larger of 40 where there are VMSAv8-32 LPAE tables, and OAS where there are VMSAv8-64 tables. */
    unsigned oas = smmuv3_oas_bits(p);
    return (p->ttf & 1u) && oas < 40u ? 40u : oas;
}
