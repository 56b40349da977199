/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html_view.h - the results document as a reader wants it: each case once, with what it did on the DUTs; each row once.
 */
#ifndef BENCH_HTML_VIEW_H
#define BENCH_HTML_VIEW_H

#include "bench/results.h"

#include <stdbool.h>

/* A case with its entries, in the order of the document. */
struct case_view {
    const char *name;
    const json_t **entries;
    size_t entry_count, entry_room;
    enum verdict worst; /* of the entries, by verdicts_by_severity */
    json_t *rows;       /* ids of its rows, as keys */
};

struct view {
    const json_t *results, *duts;
    size_t dut_count;
    struct case_view *cases; /* in order of first appearance */
    size_t case_count;
    bool *on; /* dut_count long: which DUTs something is about; for whoever collects it, then view_put_on() */
    enum verdict *outcomes; /* scratch, as long: what became of a row, VERDICT_COUNT where it does not occur */
};

void view_init(struct view *view, const json_t *results);
void view_fini(struct view *view);

/* All verdicts, the worst first. */
extern const enum verdict verdicts_by_severity[VERDICT_COUNT];
/* Somebody has to look at it. */
bool verdict_is_wrong(enum verdict verdict);

/* "" for what is not there. */
const char *member_text(const json_t *object, const char *key);
enum verdict member_verdict(const json_t *object);
size_t entry_dut(const json_t *entry);
/* The row of that id in an entry, or NULL. */
const json_t *entry_row(const json_t *entry, const char *id);
/* What became of a row in an entry: the row's verdict or, where the case did not get to it, why. */
enum verdict row_outcome(const json_t *entry, const json_t *row);

void view_clear_on(struct view *view);
/* "all 16", or "1-4, 9" of the DUTs that are on; nothing when there is but one. */
void view_put_on(const struct view *view, FILE *out);

/*
 * Calls back once for each different item (failure or observed text) in the row of that id, over all entries of a case, with
 * view->on set to where it occurs, until `most` were handed out. Returns how many more there are.
 */
typedef void item_function(struct view *view, FILE *out, const json_t *row, const json_t *item);
size_t view_each_item(struct view *view, FILE *out, const struct case_view *what, const char *id, const char *member, size_t most,
                      item_function *put);

#endif
