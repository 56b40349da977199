/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spec_csv.h - a strict reader of the suite's CSV files (RFC 4180 cells, one record a line). Build-time tool only.
 *
 * The file begins with one comment line that carries its SPDX tag, then the header line that names the columns. Everything that
 * is not exactly so ends the program with one sentence and the place: "FILE:LINE: ...".
 */
#ifndef SPEC_SPEC_CSV_H
#define SPEC_SPEC_CSV_H

#include <stddef.h>

enum { CSV_COLUMNS_MAX = 16 };

struct csv {
    const char *path;
    char *text;                          /* the whole file; cells point into it */
    char *next;                          /* start of the next line */
    unsigned line;                       /* of the record in `cell`, from 1 */
    size_t columns;                      /* of every record */
    char *cell[CSV_COLUMNS_MAX];         /* after csv_open the header's names */
    const char *wanted[CSV_COLUMNS_MAX]; /* names in the order that csv_columns() was given */
    size_t place[CSV_COLUMNS_MAX];       /* of wanted[i] in the record */
};

void csv_open(struct csv *csv, const char *path);
/* Compares the header with a NULL-terminated list of column names: each must be there once, and no other. */
void csv_expect(struct csv *csv, const char *const *names);
int csv_read(struct csv *csv);                         /* next record into `cell`; 0 at the end */
const char *csv_cell(const struct csv *csv, size_t n); /* of column n in the order of csv_expect's names */
void csv_fail(const struct csv *csv, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));

#endif
