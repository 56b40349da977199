/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proof.h - which requirement rows some recorded deviation makes fail: a row that passes on the model is *proven* when it does.
 *
 * The record is a file of lines "ROW,DEVIATION", sorted by row, the deviations of `iotb errata --record` and the mutants of
 * `iotb mutate --record`; the build takes in vtd-proof.csv and smmuv3-proof.csv.
 */
#ifndef FAULTS_PROOF_H
#define FAULTS_PROOF_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * proof: an object, empty at first. rows: object with row ids as keys. Of several deviations that make a row fail the one that
 * makes the fewest rows fail is kept: it says most about the row.
 */
void proof_add(json_t *proof, const char *deviation, const json_t *rows);
/* Adds what the file has already and is not in proof, then writes it; 0 or an exit code after a sentence. */
int proof_write(json_t *proof, const char *path);
/* The deviation that proves the row by the record that this program was built with, or NULL. */
const char *proof_of(const char *row);
/* The n-th line of that record; false behind the last. */
bool proof_at(size_t n, const char **row, const char **deviation);

#endif
