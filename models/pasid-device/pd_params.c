/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_params.c - parameters by name, their dependencies, named sets.
 */
#include "pasid-device/pd_internal.h"
#include "xlate/params.h"

#include <errno.h>
#include <stdio.h>

/* clang-format off */
#define PARAMETER(member, max) \
    {#member, offsetof(struct pasid_device_params, member), (uint8_t)sizeof ((struct pasid_device_params *)0)->member, max, \
     PARAMS_NOWHERE, 0}
/* clang-format on */

static const struct params_field parameters[] = {
    PARAMETER(ats, 1),
    PARAMETER(pasid, 1),
    PARAMETER(pri, 1),
    PARAMETER(execute, 1),
    PARAMETER(privileged, 1),
    PARAMETER(gis, 1),
    PARAMETER(tpasid, 1),
    PARAMETER(glob, 1),
    PARAMETER(pasid_width, 20),
    PARAMETER(exer, 1),
    PARAMETER(swenq, 1),
    PARAMETER(narrow, 1),
    PARAMETER(ep, 1),
    PARAMETER(serial, 1),
    PARAMETER(idxdid, 1),
    PARAMETER(wqs, 8),
    PARAMETER(groups, 4),
    PARAMETER(engines, 4),
    PARAMETER(wq_entries, 256),
    PARAMETER(engine_reads, 16),
    PARAMETER(tags, 256),
    PARAMETER(atc_entries, 64),
    PARAMETER(treq_max, 8),
    PARAMETER(invq, 32),
    PARAMETER(pri_capacity, 32),
    PARAMETER(requester_id, UINT16_MAX),
    PARAMETER(tick_ps, UINT32_MAX),
};

static const struct params_rule dependencies[] = {
    {"pri", "ats"}, {"execute", "pasid"}, {"privileged", "pasid"}, {"gis", "pasid"},
    {"gis", "ats"}, {"tpasid", "pasid"},  {"tpasid", "ats"},       {"glob", "pasid"},
};

static const char *value_wrong(const struct pasid_device_params *p)
{
    const struct {
        bool wrong;
        const char *sentence;
    } rules[] = {
        {p->wqs == 0, "wqs must be 1 to 8"},
        {p->groups == 0, "groups must be 1 to 4"},
        {p->engines == 0, "engines must be 1 to 4"},
        {p->wq_entries < 8u, "wq_entries must be 8 to 256"},
        {p->engine_reads == 0, "engine_reads must be 1 to 16"},
        {p->tags < 8u, "tags must be 8 to 256"},
        {p->atc_entries == 0, "atc_entries must be 1 to 64"},
        {p->treq_max == 0, "treq_max must be 1 to 8"},
        {p->invq == 0, "invq must be 1 to 32"},
        {p->pri_capacity == 0, "pri_capacity must be 1 to 32"},
        {p->pasid && p->pasid_width == 0, "pasid_width must be 1 to 20"},
        {p->tick_ps == 0, "tick_ps must not be 0"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].wrong)
            return rules[i].sentence;
    return NULL;
}

static const struct params_set presets[] = {
    {"base", NULL,
     "exer=1 wqs=8 groups=4 engines=2 wq_entries=64 engine_reads=8 tags=32 atc_entries=16 treq_max=4 invq=32 pri_capacity=16 "
     "requester_id=8 tick_ps=1000"},
    {"min", "base", "exer=0 wqs=1 groups=1 engines=1 wq_entries=8 engine_reads=1 tags=8"},
    {"ats", "base", "ats=1"},
    {"pasid", "base", "pasid=1 pasid_width=20 execute=1 privileged=1"},
    {"max", "base", "ats=1 pasid=1 pri=1 execute=1 privileged=1 gis=1 pasid_width=20"},
    {"product", "max", "exer=0"},
    {"pasid8", "max", "pasid_width=8 execute=0 privileged=0 gis=0 invq=8 pri_capacity=4 atc_entries=4 treq_max=1"},
    {"glob", "max", "glob=1 tpasid=1 atc_entries=64 treq_max=8 pri_capacity=32"},
    {"swenq", "max", "swenq=1"},
    {"narrow", "max", "narrow=1"},
    {"ep", "max", "ep=1 engines=4 tags=256 engine_reads=16 wq_entries=256"},
    {"serial", "max", "serial=1"},
    {"idxd", "max", "idxdid=1 swenq=1"},
};

const char *const pasid_device_preset_names[] = {"min",   "ats",    "pasid", "max",    "product", "pasid8", "glob",
                                                 "swenq", "narrow", "ep",    "serial", "idxd",    NULL};

static const char *erratum_name(size_t id)
{
    return pasid_device_errata[id].name;
}

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
static const struct params_table table = {
    .bytes = sizeof(struct pasid_device_params),
    .fields = parameters,
    .field_count = COUNT(parameters),
    .sets = presets,
    .set_count = COUNT(presets),
    .rules = dependencies,
    .rule_count = COUNT(dependencies),
    .errata_offset = offsetof(struct pasid_device_params, errata),
#ifndef PASID_DEVICE_NO_ERRATA
    .errata_count = PD_ERRATA_COUNT,
#endif
    .erratum_name = erratum_name,
};

bool pasid_device_set_parameter(struct pasid_device_params *params, const char *name, const char *value)
{
    return params_put(&table, params, name, value);
}

bool pasid_device_preset(const char *name, struct pasid_device_params *params)
{
    return params_apply_set(&table, params, name);
}

int pd_params_check(const struct pasid_device_params *params, char *error, size_t error_bytes)
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
