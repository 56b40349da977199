/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The suite's SMMUv3 tables against the model's, which are read as text: each SMMUV3_FIELD of smmuv3_formats.h, each REGISTER and
 * FIELD of smmuv3_regs.def. A name that the suite does not have, and a place that differs, is a difference, unless it stands
 * among the settled ones below and in docs/layout-disputes.md.
 */
#include "spec/spec.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct settled {
    const char *name;  /* of the model */
    const char *other; /* the suite's "OWNER FIELD"; NULL: it has none */
};
static const struct settled settled[] = {
#include "spec/tests/layout_vs_models/settled_smmuv3.inc"
};

static unsigned compared, different;
static bool used[sizeof settled / sizeof settled[0]];

static const struct settled *settled_of(const char *name)
{
    for (size_t i = 0; i < sizeof settled / sizeof settled[0]; i++)
        if (!strcmp(settled[i].name, name)) {
            used[i] = true;
            return &settled[i];
        }
    return NULL;
}

/* Letters and digits only, case apart: S1ContextPtr and S1CONTEXTPTR are one name. */
static bool alike(const char *a, const char *b)
{
    for (;;) {
        while (*a && !isalnum((unsigned char)*a))
            a++;
        while (*b && !isalnum((unsigned char)*b))
            b++;
        if (!*a || !*b)
            return !*a && !*b;
        if (toupper((unsigned char)*a++) != toupper((unsigned char)*b++))
            return false;
    }
}

static void compare(const char *name, const struct spec_field *field, unsigned word, unsigned low, unsigned bits)
{
    compared++;
    if (field->word == word && field->lo == low && field->hi - field->lo + 1 == bits)
        return;
    different++;
    printf("%s: word %u bit %u width %u, but %s.%s is word %u bits %u:%u\n", name, word, low, bits, field->owner, field->name,
           field->word, field->hi, field->lo);
}

static void missing(const char *name)
{
    different++;
    printf("%s: the suite has no such field\n", name);
}

/* ---- structures ---- */

static bool exists(const char *structure)
{
    const char *name;

    for (size_t n = 0; (name = spec_struct_at(n)) != NULL; n++)
        if (!strcmp(name, structure))
            return true;
    return false;
}

/* The first field of that name of the structure, if there is one. */
static const struct spec_field *field_of(const char *structure, const char *name)
{
    const struct spec_field *field;

    for (size_t n = 0; exists(structure) && (field = spec_struct_field_at(structure, n)) != NULL; n++)
        if (alike(field->name, name))
            return field;
    return NULL;
}

static bool is_event(const char *structure)
{
    return !strncmp(structure, "C_", 2) || !strncmp(structure, "F_", 2) || !strncmp(structure, "E_", 2);
}

/* Every event record that has a field of this name has it there. */
static void compare_events(const char *whole, const char *name, unsigned word, unsigned low, unsigned bits)
{
    const char *structure;
    unsigned before = compared;

    for (size_t n = 0; (structure = spec_struct_at(n)) != NULL; n++) {
        const struct spec_field *field = is_event(structure) ? field_of(structure, name) : NULL;

        if (field)
            compare(whole, field, word, low, bits);
    }
    if (compared == before)
        missing(whole);
}

static void compare_settled(const struct settled *what, unsigned word, unsigned low, unsigned bits)
{
    char owner[64], name[64];

    if (!what->other)
        return;
    if (sscanf(what->other, "%63s %63s", owner, name) != 2)
        abort();
    compare(what->name, strncmp(owner, "SMMU_", 5) ? field_of(owner, name) : spec_reg_field(owner, name), word, low, bits);
}

static void compare_format(const char *whole, unsigned word, unsigned low, unsigned bits)
{
    const struct settled *what = settled_of(whole);
    const char *name = strchr(whole, '_');
    char owner[64];
    const struct spec_field *field;

    if (what) {
        compare_settled(what, word, low, bits);
        return;
    }
    if (!name)
        abort();
    snprintf(owner, sizeof owner, "%.*s", (int)(name - whole), whole);
    if (!strcmp(owner, "EVENT")) {
        compare_events(whole, name + 1, word, low, bits);
        return;
    }
    field = field_of(owner, name + 1);
    if (field)
        compare(whole, field, word, low, bits);
    else
        missing(whole);
}

/* ---- registers ---- */

static void compare_register(const char *name, unsigned offset, unsigned bytes)
{
    char owner[96];

    snprintf(owner, sizeof owner, "SMMU_%s", name);
    if (!spec_reg_exists(owner, NULL)) {
        if (!settled_of(name))
            missing(name);
        return;
    }
    compared++;
    if (spec_reg_field(owner, NULL)->offset != offset || spec_reg_field(owner, NULL)->width != 8 * bytes) {
        different++;
        printf("%s: at 0x%x, %u bytes; the suite has 0x%llx, %u bits\n", owner, offset, bytes,
               (unsigned long long)spec_reg_field(owner, NULL)->offset, spec_reg_field(owner, NULL)->width);
    }
}

static void compare_register_field(const char *reg, const char *name, unsigned high, unsigned low)
{
    char owner[96], whole[192];
    const struct settled *what;
    const struct spec_field *field;

    snprintf(owner, sizeof owner, "SMMU_%s", reg);
    snprintf(whole, sizeof whole, "%s.%s", reg, name);
    what = settled_of(whole);
    if (what) {
        compare_settled(what, low / 64, low % 64, high - low + 1);
        return;
    }
    for (size_t n = 0; spec_reg_exists(owner, NULL) && (field = spec_reg_field_at(owner, n)) != NULL; n++)
        if (alike(field->name, name)) {
            compare(whole, field, low / 64, low % 64, high - low + 1);
            return;
        }
    missing(whole);
}

/* ---- the model's text ---- */

static void read_line(const char *line)
{
    char a[80], b[80];
    unsigned x, y, z;

    if (sscanf(line, "#define %79s SMMUV3_FIELD(%u, %u, %u)", a, &x, &y, &z) == 4)
        compare_format(a, x, y, z);
    else if (sscanf(line, "REGISTER(%79[A-Z0-9_], %x, %u,", a, &x, &y) == 3)
        compare_register(a, x, y);
    else if (sscanf(line, "FIELD(%79[A-Z0-9_], %79[A-Z0-9_], %u, %u,", a, b, &x, &y) == 4)
        compare_register_field(a, b, x, y);
}

static void read_file(const char *path)
{
    char line[400];
    FILE *file = fopen(path, "r");

    if (!file) {
        printf("%s cannot be read\n", path);
        exit(1);
    }
    while (fgets(line, sizeof line, file))
        read_line(line);
    fclose(file);
}

int main(void)
{
    read_file(MODEL_SMMUV3 "/smmuv3_formats.h");
    read_file(MODEL_SMMUV3 "/smmuv3_regs.def");
    for (size_t i = 0; i < sizeof settled / sizeof settled[0]; i++)
        if (!used[i]) {
            printf("%s is settled, but the model has no such name\n", settled[i].name);
            different++;
        }
    printf("%u compared, %u different\n", compared, different);
    return different || compared < 200;
}
