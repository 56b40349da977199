/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spec.h - the suite's ground truth: requirement rows, and register, structure and descriptor layouts, bit by bit.
 *
 * The data are the CSV files of this directory; spec_compile.c checks them and turns them into tables at build time. Nothing
 * here comes from a model.
 */
#ifndef SPEC_SPEC_H
#define SPEC_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- layouts ---- */

struct spec_field {
    const char *owner;  /* register, structure or descriptor: "CAP_REG", "pasid_table_entry", "iotlb_inv_dsc" */
    const char *name;   /* "SAGAW"; reserved fields are "R", "RSVD" or "RES0" and may occur several times */
    uint32_t word;      /* 64-bit word that the field lies in, from 0 */
    uint32_t hi, lo;    /* bits within that word, inclusive, 0..63 */
    uint32_t width;     /* of the register in bits: 32, 64, 128; 0 for structures */
    uint64_t offset;    /* of the register, from page 0; 0 when other registers give its place */
    const char *access; /* of a register field: RO, RW, WO, RW1C, RW1CS, ROS, RsvdZ, RsvdP, RES0; "" for structures */
    const char *reset;  /* of a register field: "0", "1", "0x0D", "X" (UNKNOWN or the implementation's) */
    const char *note;
};

/* First field of that name; NULL as field name gives the owner's first field. Unknown names abort: a bug of the caller. */
const struct spec_field *spec_reg_field(const char *reg, const char *field);
const struct spec_field *spec_struct_field(const char *structure, const char *field); /* structures and descriptors */
/* NULL when the structure, which must exist, has no such field. */
const struct spec_field *spec_struct_find(const char *structure, const char *field);
/* Makes the lookups of all processes forked later as fast as a second lookup. */
void spec_memorize(void);
/* The n-th field in table order, NULL behind the last. */
const struct spec_field *spec_reg_field_at(const char *reg, size_t n);
const struct spec_field *spec_struct_field_at(const char *structure, size_t n);
/* Every register name once, in order of the table; NULL behind the last. */
const char *spec_reg_at(size_t n);
/* Every structure and descriptor name once, sorted; NULL behind the last. */
const char *spec_struct_at(size_t n);
bool spec_reg_exists(const char *reg, const char *field); /* field may be NULL */

uint64_t spec_mask(const struct spec_field *field);                             /* of the field within its word */
uint64_t spec_get(const struct spec_field *field, const uint64_t *words);       /* words: the whole register or structure */
void spec_set(const struct spec_field *field, uint64_t *words, uint64_t value); /* excess bits of value are dropped */

/* ---- requirement rows ---- */

enum spec_scope {
    SPEC_DECIDABLE,   /* of a part that exists, and a black box can decide it */
    SPEC_LATER,       /* of a part that comes with a later issue; reason names the part */
    SPEC_UNDECIDABLE, /* a black box cannot decide it, or it is a rule for software or firmware; reason says why */
    SPEC_OUT,         /* not modelled, or stated by another row too; reason says what */
};

struct spec_row {
    const char *id;          /* "VTD-6-001" */
    const char *document;    /* "D51397", "IHI 0070", "DDI 0487" */
    const char *revision;    /* "5.10": the revision that `clause` is numbered by */
    const char *clause;      /* "6.6 Set Root Table Pointer Operation" */
    const char *chapter;     /* heading of the catalogue under which it stands: reports group by it */
    const char *requirement; /* one checkable sentence */
    const char *stimulus;    /* stimulus -> expected */
    const char *gate;        /* "-": always */
    const char *kind;        /* must, fault, resv, ...: see spec_compile.c; cu: a closed set of outcomes */
    char confidence;         /* S seen in a source, K known, U unsure: a failed check of a U row warns */
    enum spec_scope scope;
    const char *reason; /* why it is not SPEC_DECIDABLE; "" otherwise */
};

const struct spec_row *spec_row(const char *id);                        /* NULL if there is none */
size_t spec_row_count(const char *architecture);                        /* "vtd", "smmuv3" */
const struct spec_row *spec_row_at(const char *architecture, size_t n); /* in order of the catalogue; NULL behind the last */
const char *const *spec_architectures(void);                            /* NULL at the end */
bool spec_row_unsure(const char *id);                                   /* marked U */

#endif
