/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mutate.h - first-order mutants of a model's sources: one small change each, to see whether the suite notices.
 *
 * points.c finds where a source can be changed, workshop.c turns a change into a plug-in, survey.c sees where the original
 * passes, cmd_mutate.c samples, judges and counts. Operators: negated, forced or widened conditions, boundaries, and/or,
 * arithmetic and bit operators, constants, deleted statements and jumps; trace probes are left alone. What needs an understanding
 * of caches, order and liveness is in the model's own list of deviations (`iotb errata`).
 */
#ifndef MUTATE_MUTATE_H
#define MUTATE_MUTATE_H

#include "bench/trial.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mutation_operator {
    MUTATE_CONDITION,  /* if, while: negated, always, never */
    MUTATE_BOUNDARY,   /* < and <=, > and >= */
    MUTATE_EQUALITY,   /* == and != */
    MUTATE_LOGIC,      /* && and ||, ! removed, true and false */
    MUTATE_ARITHMETIC, /* + and -, << and >>, ++ and -- */
    MUTATE_BITS,       /* & and |, ~ removed, &= and |= */
    MUTATE_CONSTANT,   /* one more, zero */
    MUTATE_STATEMENT,  /* call or assignment removed */
    MUTATE_JUMP,       /* break, continue, return of a void function removed */
    MUTATE_OPERATORS
};
extern const char *const mutation_operator_names[MUTATE_OPERATORS];

/* Replace text[first..end) by `replacement`. */
struct mutation {
    enum mutation_operator operator;
    uint32_t file; /* index given by the caller */
    uint32_t line; /* from 1 */
    size_t first, end;
    char replacement[40]; /* of a condition: what goes behind its opening parenthesis, see wrap */
    bool wrap;            /* text stays: "(" becomes "(" replacement "(", ")" becomes "))" */
};

struct mutation_list {
    struct mutation *items;
    size_t count, room;
};

/* Appends every mutation of the text. False when out of memory. */
bool mutate_find(const char *text, size_t length, uint32_t file, struct mutation_list *list);
/* The changed text, NUL-terminated, the caller's to free(); NULL when out of memory. */
char *mutate_apply(const char *text, size_t length, const struct mutation *mutation);
/* The changed line for a report, cut to fit. */
void mutate_describe(const char *text, size_t length, const struct mutation *mutation, char *out, size_t out_bytes);

/* ---- what can be mutated ---- */

struct mutate_model {
    const char *name;      /* of its directory in models/ and of its DUT */
    const char *stem;      /* its files are STEM_*.c, its adapter is conformance/dut/model/STEM_dut.c */
    const char *no_errata; /* definition that compiles the list of deviations out */
};
extern const struct mutate_model mutate_models[]; /* name NULL at the end */

/* ---- the workshop: a private copy of the model's sources, compiled to a plug-in ---- */

struct workshop;

/*
 * NULL with a sentence in error. directory is created and belongs to the workshop. originals: another workshop of the same model
 * that has built its original and lives longer; its objects are used. Or NULL.
 */
struct workshop *workshop_open(const char *directory, const struct mutate_model *model, const struct workshop *originals,
                               char *error, size_t error_bytes);
void workshop_close(struct workshop *workshop); /* removes the directory; NULL is allowed */

size_t workshop_file_count(const struct workshop *workshop);
const char *workshop_file_name(const struct workshop *workshop, size_t file); /* "vtd_walk.c" */
const char *workshop_text(const struct workshop *workshop, size_t file, size_t *length);

enum workshop_result {
    WORKSHOP_PLUGIN,    /* built: workshop_plugin() is the mutant */
    WORKSHOP_STILLBORN, /* it does not compile */
    WORKSHOP_SAME,      /* the same object code as the original */
    WORKSHOP_FAULT,     /* the bench itself failed; the sentence is in error */
};
/* mutation NULL: the original. */
enum workshop_result workshop_build(struct workshop *workshop, const struct mutation *mutation, char *error, size_t error_bytes);
const char *workshop_plugin(const struct workshop *workshop);

/* ---- the survey: which cases judge the original, and where ---- */

#define SURVEY_SETS_MAX 32u

struct survey_set {
    const char *parameters;
    uint64_t kills; /* for the user */
    size_t run;     /* cases that run here */
    json_t *ignore; /* keys: cases that fail or cannot run on the original, or are left to other sets */
};

struct survey {
    const char *glob; /* only these cases; NULL: all */
    struct survey_set sets[SURVEY_SETS_MAX];
    size_t count;
};

/* Judges the original, a plug-in, on all default sets of the model. 0, or an exit code after a sentence. */
int survey_take(struct survey *survey, const struct mutate_model *model, const char *plugin, uint32_t parallel);
/* Leaves each case on at most `most` of the sets on which it runs, spread evenly over them. */
void survey_limit(struct survey *survey, const struct mutate_model *model, uint64_t most);
void survey_free(struct survey *survey);
/* The trial of a plug-in on the n-th set. dut: room for the name of what is judged, as long as the trial. */
void survey_trial(const struct survey *survey, size_t n, const char *plugin, struct trial *trial, char *dut, size_t dut_bytes);

#endif
