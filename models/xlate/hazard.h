/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hazard.h - walks that must not overlap: they begin in order of arrival, and one whose region is being walked already waits,
 * with everybody behind it.
 *
 * The claim of a region begins when the walk's turn has come, before it has a walker, and ends with the walk.
 */
#ifndef XLATE_HAZARD_H
#define XLATE_HAZARD_H

#include "xlate/merge.h"
#include "xlate/walk.h"

#include <stdbool.h>

/* Embedded in the owner's state of one request; zero it when the request begins. */
struct hazard_entry {
    struct hazard_entry *next; /* among those that claim, or in the line */
    struct merge_tag tag;
    struct walk_job *job; /* whose entry it is */
    bool claims;
};

struct hazard_table {
    struct hazard_entry *claims;
    struct hazard_entry *line_first, *line_last;
};

/* From go_on(), before a walk. WALK_GO: it may begin. WALK_WAIT: it may when go_on() is called next. */
enum walk_progress hazard_enter(struct hazard_table *table, struct hazard_entry *entry, struct merge_tag tag,
                                struct walk_job *job);

/* The walk has ended, at job->now_ps; without effect for who claims nothing. */
void hazard_leave(struct hazard_table *table, struct hazard_entry *entry);

/* Reset: the jobs are dropped by their owner. */
void hazard_forget(struct hazard_table *table);

#endif
