/* SPDX-License-Identifier: BSD-2-Clause */
/* What spec_compile writes and spec.c reads. */
#ifndef SPEC_SPEC_TABLES_H
#define SPEC_SPEC_TABLES_H

#include "spec/spec.h"

struct spec_owner { /* one register, structure or descriptor */
    const char *name;
    uint32_t first, fields; /* its fields in spec_fields */
};

struct spec_catalogue { /* the rows of one architecture */
    const char *architecture;
    uint32_t first, rows; /* in spec_rows */
};

struct spec_id { /* index of spec_rows by id */
    const char *id;
    uint32_t row;
};

extern const struct spec_field spec_fields[]; /* in order of the CSV files */

extern const struct spec_owner spec_registers[]; /* in order of the CSV files */
extern const uint32_t spec_register_count;
extern const struct spec_owner spec_registers_by_name[]; /* sorted by strcmp, as the next two */
extern const struct spec_owner spec_structures_by_name[];
extern const uint32_t spec_structure_count;

extern const struct spec_row spec_rows[]; /* in order of the catalogues */
extern const struct spec_id spec_ids[];   /* sorted by strcmp */
extern const uint32_t spec_row_total;
extern const struct spec_catalogue spec_catalogues[];
extern const uint32_t spec_catalogue_count;
extern const char *const spec_architecture_names[]; /* NULL at the end */

#endif
