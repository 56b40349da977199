/* SPDX-License-Identifier: BSD-2-Clause */
/* proof.c - see proof.h. */
#include "faults/proof.h"

#include "bench/cli.h"
#include "spec/spec.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *row, *deviation;
} record[] = {
#include "faults/proof_record.inc"
    {NULL, NULL},
};
#define LINES (sizeof(record) / sizeof(record[0]) - 1)

const char *proof_of(const char *row)
{
    for (size_t i = 0; i < LINES; i++)
        if (!strcmp(record[i].row, row))
            return record[i].deviation;
    return NULL;
}

bool proof_at(size_t n, const char **row, const char **deviation)
{
    if (n >= LINES)
        return false;
    *row = record[n].row;
    *deviation = record[n].deviation;
    return true;
}

/* Of a proof: [deviation, how many rows it makes fail]. */
static const char *deviation_of(const json_t *entry)
{
    return json_string_value(json_array_get(entry, 0));
}

void proof_add(json_t *proof, const char *deviation, const json_t *rows)
{
    json_int_t width = (json_int_t)json_object_size(rows);
    const char *id;
    json_t *unused;

    json_object_foreach((json_t *)rows, id, unused)
    {
        const json_t *held = json_object_get(proof, id);

        if (!held || json_integer_value(json_array_get(held, 1)) > width)
            json_object_set_new(proof, id, json_pack("[s, I]", deviation, width));
    }
}

static int unusable(const char *path)
{
    cli_say("%s: %s", path, strerror(errno));
    return EXIT_FAULT;
}

/* A file that is not there is an empty record. */
static int read_record(json_t *proof, const char *path)
{
    FILE *file = fopen(path, "r");
    char line[512];

    if (!file)
        return errno == ENOENT ? 0 : unusable(path);
    while (fgets(line, sizeof(line), file)) {
        char *comma = strchr(line, ',');

        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || !comma || !strncmp(line, "row,", 4))
            continue;
        *comma = '\0';
        if (spec_row(line) && !json_object_get(proof, line))
            json_object_set_new(proof, line, json_pack("[s, i]", comma + 1, 0));
    }
    fclose(file);
    return 0;
}

static int write_record(const json_t *proof, const char *path)
{
    char beside[1024];
    FILE *file;
    bool ok;

    snprintf(beside, sizeof(beside), "%s.new", path);
    file = fopen(beside, "w");
    if (!file)
        return unusable(beside);
    fputs("# SPDX-License-Identifier: BSD-2-Clause\nrow,deviation\n", file);
    for (const char *const *architecture = spec_architectures(); *architecture; architecture++)
        for (size_t i = 0; i < spec_row_count(*architecture); i++) {
            const char *id = spec_row_at(*architecture, i)->id;
            const char *deviation = deviation_of(json_object_get(proof, id));

            if (deviation)
                fprintf(file, "%s,%s\n", id, deviation);
        }
    ok = !ferror(file);
    ok = !fclose(file) && ok;
    if (!ok || rename(beside, path))
        return unusable(path);
    return 0;
}

int proof_write(json_t *proof, const char *path)
{
    int code = read_record(proof, path);

    return code ? code : write_record(proof, path);
}
