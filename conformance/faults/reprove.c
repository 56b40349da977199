/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reprove.c - `iotb errata --reprove N`: is the record of proofs still true? Every line must name a row and a deviation that
 * exist; of those proven by a deviation of the model each N-th is proven again, with the cases that list the row.
 */
#include "faults/reprove.h"

#include "bench/cli.h"
#include "bench/trial.h"
#include "dut/dut_registry.h"
#include "faults/proof.h"
#include "spec/spec.h"

#include <stdio.h>
#include <string.h>

static const char mutant[] = "mutant of ";

static bool is_row_of(const char *architecture, const char *row)
{
    const struct spec_row *at;

    for (size_t n = 0; (at = spec_row_at(architecture, n)) != NULL; n++)
        if (!strcmp(at->id, row))
            return true;
    return false;
}

static bool find_deviation(const char *dut, const char *name, struct dut_deviation *deviation)
{
    for (size_t n = 0; dut_deviation(dut, n, deviation); n++)
        if (deviation->parameters && !strcmp(deviation->name, name))
            return true;
    return false;
}

/* The row fails with the deviation and passes without. */
static int try_line(const struct trial *how, const char *dut, const char *row, const struct dut_deviation *deviation, bool *holds)
{
    char without[640], with[sizeof(without) + 80];
    struct trial trial = *how;
    int code;

    snprintf(without, sizeof(without), "%s,%s", dut, deviation->parameters);
    snprintf(with, sizeof(with), "%s,erratum=%s", without, deviation->name);
    trial.row = row;
    trial.opens = true;
    trial.dut = with;
    code = trial_run(&trial);
    *holds = json_object_get(trial.rows, row) != NULL;
    trial_free(&trial);
    if (code || !*holds)
        return code;
    trial.dut = without;
    code = trial_run(&trial);
    *holds = !json_object_get(trial.rows, row);
    trial_free(&trial);
    return code;
}

int reprove(const struct trial *how, const char *dut, uint64_t every)
{
    size_t wrong = 0, tried = 0, held = 0, mutants = 0;
    uint64_t count = 0;
    const char *row, *name;
    int code = 0;

    for (size_t n = 0; !code && proof_at(n, &row, &name); n++) {
        struct dut_deviation deviation;
        bool holds = false;

        if (!spec_row(row)) {
            cli_say("the record names %s, and there is no such requirement", row);
            wrong++;
        } else if (!is_row_of(dut, row)) {
            continue; /* another record's */
        } else if (!strncmp(name, mutant, sizeof(mutant) - 1)) {
            mutants++;
        } else if (!find_deviation(dut, name, &deviation)) {
            cli_say("the record says that %s proves %s, and %s has no such deviation", name, row, dut);
            wrong++;
        } else if (count++ % every == 0) {
            code = try_line(how, dut, row, &deviation, &holds);
            tried++;
            held += holds;
            if (!code && !holds)
                cli_say("%s no longer makes %s fail", name, row);
        }
    }
    if (code)
        return code;
    printf("record: %zu lines wrong, %zu by mutants, proven again %zu of %zu\n", wrong, mutants, held, tried);
    return wrong || held < tried ? EXIT_NOT_CONFORM : EXIT_CONFORM;
}
