/* SPDX-License-Identifier: BSD-2-Clause */
/* Lookups in the tables that spec_compile made of the CSV files. */
#include "spec/spec_tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Both tables of sorted things begin with the name, which is what is compared. */
static int compare_name(const void *key, const void *element)
{
    return strcmp(key, *(const char *const *)element);
}

static const struct spec_owner *find_register(const char *name)
{
    return bsearch(name, spec_registers_by_name, spec_register_count, sizeof(struct spec_owner), compare_name);
}

static const struct spec_owner *find_structure(const char *name)
{
    return bsearch(name, spec_structures_by_name, spec_structure_count, sizeof(struct spec_owner), compare_name);
}

static const struct spec_field *find_field(const struct spec_owner *owner, const char *field)
{
    for (uint32_t i = 0; i < owner->fields; i++)
        if (!field || !strcmp(spec_fields[owner->first + i].name, field))
            return &spec_fields[owner->first + i];
    return NULL;
}

static const struct spec_owner *owner_or_abort(const struct spec_owner *owner, const char *kind, const char *name)
{
    if (!owner) {
        fprintf(stderr, "spec: no %s %s in the tables\n", kind, name);
        abort();
    }
    return owner;
}

static const struct spec_field *field_or_abort(const struct spec_owner *owner, const char *field)
{
    const struct spec_field *found = find_field(owner, field);

    if (!found) {
        fprintf(stderr, "spec: %s has no field %s\n", owner->name, field);
        abort();
    }
    return found;
}

/*
 * Cases ask for the same few fields some thousand times a second, so what was found is remembered by a hash of the names: a
 * place holds the last field with its hash, and the names are compared before it is used. Each case has a process of its own and
 * would begin with nothing: spec_memorize().
 */
#define MEMO_PLACES 8192u

static uint32_t hash_text(uint32_t hash, const char *text)
{
    while (*text)
        hash = (hash ^ (unsigned char)*text++) * 16777619u;
    return hash;
}

static const struct spec_field *remembered(const struct spec_field **place, const char *owner, const char *field)
{
    return *place && !strcmp((*place)->name, field) && !strcmp((*place)->owner, owner) ? *place : NULL;
}

const struct spec_field *spec_reg_field(const char *reg, const char *field)
{
    static const struct spec_field *memo[MEMO_PLACES];
    const struct spec_field **place;

    if (!field)
        return field_or_abort(owner_or_abort(find_register(reg), "register", reg), NULL);
    place = &memo[hash_text(hash_text(2166136261u, reg), field) % MEMO_PLACES];
    if (!remembered(place, reg, field))
        *place = field_or_abort(owner_or_abort(find_register(reg), "register", reg), field);
    return *place;
}

const struct spec_field *spec_struct_find(const char *structure, const char *field)
{
    static const struct spec_field *memo[MEMO_PLACES];
    const struct spec_field **place = &memo[hash_text(hash_text(2166136261u, structure), field) % MEMO_PLACES];
    const struct spec_field *found = remembered(place, structure, field);

    if (!found) {
        found = find_field(owner_or_abort(find_structure(structure), "structure", structure), field);
        *place = found ? found : *place;
    }
    return found;
}

const struct spec_field *spec_struct_field(const char *structure, const char *field)
{
    const struct spec_field *found = field ? spec_struct_find(structure, field) : NULL;

    return found ? found : field_or_abort(owner_or_abort(find_structure(structure), "structure", structure), field);
}

static const struct spec_field *field_at(const struct spec_owner *owner, size_t n)
{
    return n < owner->fields ? &spec_fields[owner->first + n] : NULL;
}

const struct spec_field *spec_reg_field_at(const char *reg, size_t n)
{
    return field_at(owner_or_abort(find_register(reg), "register", reg), n);
}

const struct spec_field *spec_struct_field_at(const char *structure, size_t n)
{
    return field_at(owner_or_abort(find_structure(structure), "structure", structure), n);
}

const char *spec_reg_at(size_t n)
{
    return n < spec_register_count ? spec_registers[n].name : NULL;
}

const char *spec_struct_at(size_t n)
{
    return n < spec_structure_count ? spec_structures_by_name[n].name : NULL;
}

bool spec_reg_exists(const char *reg, const char *field)
{
    const struct spec_owner *owner = find_register(reg);

    return owner && find_field(owner, field);
}

void spec_memorize(void)
{
    for (uint32_t i = 0; i < spec_register_count; i++)
        for (uint32_t n = 0; n < spec_registers[i].fields; n++)
            spec_reg_field(spec_registers[i].name, spec_fields[spec_registers[i].first + n].name);
    for (uint32_t i = 0; i < spec_structure_count; i++)
        for (uint32_t n = 0; n < spec_structures_by_name[i].fields; n++)
            spec_struct_find(spec_structures_by_name[i].name, spec_fields[spec_structures_by_name[i].first + n].name);
}

static uint64_t ones(uint32_t bits)
{
    return ~UINT64_C(0) >> (64 - bits);
}

uint64_t spec_mask(const struct spec_field *field)
{
    return ones(field->hi - field->lo + 1) << field->lo;
}

uint64_t spec_get(const struct spec_field *field, const uint64_t *words)
{
    return (words[field->word] & spec_mask(field)) >> field->lo;
}

void spec_set(const struct spec_field *field, uint64_t *words, uint64_t value)
{
    uint64_t mask = spec_mask(field);

    words[field->word] = (words[field->word] & ~mask) | ((value << field->lo) & mask);
}

const struct spec_row *spec_row(const char *id)
{
    const struct spec_id *found = bsearch(id, spec_ids, spec_row_total, sizeof(struct spec_id), compare_name);

    return found ? &spec_rows[found->row] : NULL;
}

static const struct spec_catalogue *find_catalogue(const char *architecture)
{
    for (uint32_t i = 0; i < spec_catalogue_count; i++)
        if (!strcmp(spec_catalogues[i].architecture, architecture))
            return &spec_catalogues[i];
    return NULL;
}

size_t spec_row_count(const char *architecture)
{
    const struct spec_catalogue *catalogue = find_catalogue(architecture);

    return catalogue ? catalogue->rows : 0;
}

const struct spec_row *spec_row_at(const char *architecture, size_t n)
{
    const struct spec_catalogue *catalogue = find_catalogue(architecture);

    return catalogue && n < catalogue->rows ? &spec_rows[catalogue->first + n] : NULL;
}

const char *const *spec_architectures(void)
{
    return spec_architecture_names;
}

bool spec_row_unsure(const char *id)
{
    const struct spec_row *row = spec_row(id);

    return row && row->confidence == 'U';
}
