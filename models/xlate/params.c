/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * params.c - see params.h.
 */
#include "xlate/params.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GEOMETRY_MAX (1u << 20)
#define CACHE_ENTRIES_MAX (UINT32_C(1) << 24)

/* ---- values ---- */

static uint64_t value_at(const void *params, size_t offset, uint8_t bytes)
{
    const unsigned char *at = (const unsigned char *)params + offset;
    uint8_t byte;
    uint16_t half;
    uint32_t word;
    uint64_t dword;
    switch (bytes) {
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

static void put_at(void *params, size_t offset, uint8_t bytes, uint64_t value)
{
    unsigned char *at = (unsigned char *)params + offset;
    uint8_t byte = (uint8_t)value;
    uint16_t half = (uint16_t)value;
    uint32_t word = (uint32_t)value;
    switch (bytes) {
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

static const struct params_field *field_find(const struct params_table *table, const char *name)
{
    for (size_t i = 0; i < table->field_count; i++)
        if (strcmp(table->fields[i].name, name) == 0)
            return &table->fields[i];
    return NULL;
}

uint64_t params_get(const struct params_table *table, const void *params, const char *name)
{
    const struct params_field *field = field_find(table, name);
    if (!field)
        abort(); /* a table that names what it does not have */
    return value_at(params, field->offset, field->bytes);
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

/* ---- caches ---- */

static const char *const replacements[] = {
    [CACHE_OFF] = "off",
    [CACHE_LRU] = "lru",
    [CACHE_PSEUDO_LRU] = "pseudo-lru",
    [CACHE_RANDOM] = "random",
    [CACHE_FIFO] = "fifo",
    [CACHE_NEVER_EVICT] = "never-evict",
};
#define REPLACEMENT_COUNT (sizeof replacements / sizeof replacements[0])

static bool geometry_put(struct cache_geometry *geometry, const char *member, const char *value)
{
    uint64_t number;
    for (size_t r = 0; strcmp(member, "replacement") == 0 && r < REPLACEMENT_COUNT; r++) {
        if (strcmp(replacements[r], value) == 0) {
            geometry->replacement = (enum cache_replacement)r;
            return true;
        }
    }
    bool sets = strcmp(member, "sets") == 0;
    if ((!sets && strcmp(member, "ways") != 0) || !number_parse(value, &number) || number > GEOMETRY_MAX)
        return false;
    *(sets ? &geometry->sets : &geometry->ways) = (uint32_t)number;
    return true;
}

static bool cache_put(const struct params_table *table, void *params, const char *name, const char *value)
{
    const char *dot = strchr(name, '.');
    for (size_t i = 0; dot && i < table->cache_count; i++) {
        size_t length = (size_t)(dot - name);
        if (strlen(table->caches[i].name) == length && strncmp(table->caches[i].name, name, length) == 0) {
            void *geometry = (unsigned char *)params + table->caches[i].offset;
            return geometry_put((struct cache_geometry *)geometry, dot + 1, value);
        }
    }
    return false;
}

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

/* ---- errata ---- */

static bool erratum_find(const struct params_table *table, const char *name, size_t length, size_t *id)
{
    for (*id = 0; *id < table->errata_count; (*id)++) {
        const char *known = table->erratum_name(*id);
        if (strlen(known) == length && strncmp(known, name, length) == 0)
            return true;
    }
    return false;
}

/* NAME+NAME...; first all are looked up, then all are set. */
static bool errata_put(const struct params_table *table, void *params, const char *names)
{
    for (unsigned pass = 0; pass < 2u; pass++) {
        for (const char *name = names;; name++) {
            size_t length = strcspn(name, "+"), id;
            if (!erratum_find(table, name, length, &id))
                return false;
            size_t word = table->errata_offset + id / 64u * sizeof(uint64_t);
            if (pass == 1u)
                put_at(params, word, 8, value_at(params, word, 8) | UINT64_C(1) << (id % 64u));
            name += length;
            if (*name == '\0')
                break;
        }
    }
    return true;
}

/* ---- by name ---- */

bool params_put(const struct params_table *table, void *params, const char *name, const char *value)
{
    if (strcmp(name, "erratum") == 0)
        return errata_put(table, params, value);
    const struct params_field *field = field_find(table, name);
    if (!field)
        return cache_put(table, params, name, value);
    uint64_t number;
    if (!number_parse(value, &number) || number > field->max)
        return false;
    put_at(params, field->offset, field->bytes, number);
    return true;
}

static bool settings_apply(const struct params_table *table, void *params, const char *settings)
{
    char name[48], value[16];
    int used;
    for (; sscanf(settings, " %47[^=]=%15[^ ]%n", name, value, &used) == 2; settings += used)
        if (!params_put(table, params, name, value))
            return false;
    return *settings == '\0';
}

bool params_apply_set(const struct params_table *table, void *params, const char *name)
{
    for (size_t i = 0; i < table->set_count; i++) {
        const struct params_set *set = &table->sets[i];
        if (strcmp(set->name, name) != 0)
            continue;
        if (!set->base)
            memset(params, 0, table->bytes);
        else if (!params_apply_set(table, params, set->base))
            return false;
        return settings_apply(table, params, set->settings);
    }
    return false;
}

uint64_t params_register(const struct params_table *table, const void *params, uint8_t where)
{
    uint64_t value = 0;
    for (size_t i = 0; i < table->field_count; i++) {
        const struct params_field *field = &table->fields[i];
        if (field->where == where)
            value |= value_at(params, field->offset, field->bytes) << field->bit;
    }
    return value;
}

const char *params_wrong(const struct params_table *table, const void *params, char *text, size_t text_bytes)
{
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct params_rule *rule = &table->rules[i];
        if (params_get(table, params, rule->name) == 0 || (rule->needs && params_get(table, params, rule->needs) != 0))
            continue;
        if (rule->needs)
            snprintf(text, text_bytes, "%s needs %s", rule->name, rule->needs);
        else
            snprintf(text, text_bytes, "%s is not modelled", rule->name);
        return text;
    }
    for (size_t i = 0; i < table->field_count; i++) {
        const struct params_field *field = &table->fields[i];
        if (value_at(params, field->offset, field->bytes) > field->max) {
            snprintf(text, text_bytes, "%s is out of range", field->name);
            return text;
        }
    }
    for (size_t i = 0; i < table->cache_count; i++) {
        struct cache_geometry geometry;
        memcpy(&geometry, (const unsigned char *)params + table->caches[i].offset, sizeof geometry);
        if (geometry_wrong(&geometry))
            return "a cache needs sets that are a power of two, and ways (for pseudo-lru a power of two up to 64), at most 2^24 "
                   "entries in all";
    }
    return NULL;
}
