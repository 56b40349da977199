/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dut_registry.h - from what a user writes after --dut to a DUT that can be opened.
 */
#ifndef DUT_DUT_REGISTRY_H
#define DUT_DUT_REGISTRY_H

#include "dut/dut.h"

#include <stdbool.h>
#include <stddef.h>

struct dut_found {
    const struct iotb_dut_ops *ops; /* for guard_open() or test_setup.ops */
    char name[32];
    char parameters[480];
};

/* spec is "NAME" or "NAME,PARAMETER=VALUE,...". False with one sentence in error. Nothing is opened. */
bool dut_find(const char *spec, struct dut_found *found, char *error, size_t error_bytes);

/* All names that this build knows, NULL at the end. */
const char *const *dut_names(void);

/* What a plain `--dut NAME` is judged on: a list of parameter strings, NULL at the end; of an unknown name one empty string. */
const char *const *dut_default_sets(const char *name);

/* What one of our models can be made to do wrong, for `iotb errata`: parameter erratum=NAME switches it on. */
struct dut_deviation {
    const char *name, *rule, *source;
    const char *rows;       /* space-separated ids of the requirement rows that must fail */
    const char *parameters; /* where it shows; NULL: only to requests of parts that are not there yet */
    bool other_cases;       /* cases that are skipped without it may run with it */
};
/* The n-th deviation of that DUT, false behind the last and for DUTs that have none. */
bool dut_deviation(const char *name, size_t n, struct dut_deviation *deviation);
/* Rows, or beginnings of ids, that may fail besides those of the n-th deviation, space-separated; NULL: any may. */
const char *dut_deviation_besides(const char *name, size_t n);

#endif
