/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * params.h - construction parameters by name: setting them from text, named sets of them, the identification registers that
 * report them, and the rules that bind them.
 *
 * A model describes its parameter struct once, in tables; the functions here do the rest.
 */
#ifndef XLATE_PARAMS_H
#define XLATE_PARAMS_H

#include "cache/cache.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct params_field {
    const char *name;
    size_t offset;
    uint8_t bytes; /* 1, 2, 4 or 8 */
    uint64_t max;
    uint8_t where; /* register that reports it, the model's own numbering; PARAMS_NOWHERE: none */
    uint8_t bit;   /* lowest bit of the field there */
};
#define PARAMS_NOWHERE 0

struct params_cache { /* a struct cache_geometry: "NAME.sets", "NAME.ways", "NAME.replacement" */
    const char *name;
    size_t offset;
};

struct params_set { /* stands on the set that `base` names, NULL on all zeros; NAME=VALUE with single spaces between */
    const char *name, *base, *settings;
};

struct params_rule { /* the first must be 0 where the second is; needs NULL: the first must be 0, for it is not modelled */
    const char *name, *needs;
};

struct params_table {
    size_t bytes; /* of the parameter struct */
    const struct params_field *fields;
    size_t field_count;
    const struct params_cache *caches;
    size_t cache_count;
    const struct params_set *sets;
    size_t set_count;
    const struct params_rule *rules;
    size_t rule_count;
    /* "erratum": NAME+NAME... sets bits of an array of uint64_t; all or nothing */
    size_t errata_offset, errata_count;
    const char *(*erratum_name)(size_t id);
};

/* Of a member that the table has. */
uint64_t params_get(const struct params_table *table, const void *params, const char *name);
/* False, with nothing changed: no such name, not a number, out of range. */
bool params_put(const struct params_table *table, void *params, const char *name, const char *value);
/* False: no such set. */
bool params_apply_set(const struct params_table *table, void *params, const char *name);
/* What register `where` reports. */
uint64_t params_register(const struct params_table *table, const void *params, uint8_t where);
/* The first rule that is broken, value that is out of range or cache that cannot be built, in words; NULL if there is none. */
const char *params_wrong(const struct params_table *table, const void *params, char *text, size_t text_bytes);

#endif
