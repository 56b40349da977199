/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record.h - under which requirement rows a field of a fault or event record is judged.
 *
 * A wrong field is a breach of the row that defines the field, not of whatever the case is about. So a field is compared under
 * its own row, which the expectation carries (test_carry) where the case does not list it, and besides that under the row of the
 * expectation where that row speaks of the field too.
 */
#ifndef BUILD_RECORD_H
#define BUILD_RECORD_H

#include "bench/case.h"

struct record_field {
    const char *row;  /* the field's own */
    const char *also; /* space-separated: other rows that speak of this field; NULL: none */
};

/* RECORD_FIELD(t, field, row, expected, seen, "FRCD.SID"); row: of the expectation. */
#define RECORD_FIELD(t, field, row, expected, seen, ...) \
    record_field((t), (field), (row), (uint64_t)(expected), (uint64_t)(seen), __FILE__, __LINE__, __VA_ARGS__)

bool record_field(struct test *t, const struct record_field *field, const char *row, uint64_t expected, uint64_t seen,
                  const char *file, int line, const char *format, ...) __attribute__((format(printf, 8, 9)));

#endif
