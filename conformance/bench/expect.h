/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * expect.h - what is known of a DUT that is not ours to repair: its verdict on every case, kept in a file, so that a run
 * tells any change of verdict, for the better too.
 *
 * The file is a JSON object: "schema" 1, "tier", "seed" and "duts", an array of objects with "dut" (what --dut takes),
 * "version" (of the DUT when it was written; not compared) and "cases": of each case its name, and its verdict followed by
 * the ids of the rows that failed.
 */
#ifndef BENCH_EXPECT_H
#define BENCH_EXPECT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* 0, or EXIT_USAGE after a sentence. The document is the caller's. */
int expect_load(const char *path, json_t **expected);

/*
 * A sentence for each case that is not as expected, then a line of totals; true when there is none. Cases that the file holds
 * and the run does not count unless only a part of the suite was selected.
 */
bool expect_compare(const json_t *expected, const json_t *results, bool everything, FILE *out);

/* The file that this run would be compared equal with: 0, or -errno with nothing lost that was there before. */
int expect_write(const json_t *results, const char *path);

#endif
