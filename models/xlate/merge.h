/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * merge.h - misses under way: whether requests that miss the same page share one walk.
 *
 * Who misses a page first leads: it walks. Who misses the same page while that walk is under way waits, and looks the page up
 * again when it has ended, however it has ended: a walk that ended in a fault, or whose result an invalidation kept out of the
 * cache, has left nothing to hit, and the first of those that waited leads anew. So merging never decides what a request sees.
 */
#ifndef XLATE_MERGE_H
#define XLATE_MERGE_H

#include "xlate/walk.h"

#include <stdbool.h>
#include <stdint.h>

enum merge_policy {
    MERGE_NONE,  /* each walks for itself */
    MERGE_WAIT,  /* waits, then takes a lookup of its own, with its port and its time */
    MERGE_SHARE, /* waits; the result of the walk is handed on without a lookup's time */
    MERGE_POLICIES
};

/* What two misses must have in common to share a walk: whatever the cache tags its entries with, and the page. */
struct merge_tag {
    uint64_t word[2];
};

/* Embedded in the owner's state of one request; zero it when the request begins. */
struct merge_entry {
    struct merge_entry *next; /* among those that lead */
    struct merge_tag tag;
    struct walk_job *first, *last; /* who waits for it, by their link for lines */
    bool leading;
};

struct merge_table {
    struct merge_entry *leaders;
};

/* From go_on(), after a miss. WALK_GO: it leads. WALK_WAIT: go_on() is called when the walk has ended that it waits for. */
enum walk_progress merge_join(struct merge_table *table, struct merge_entry *entry, struct merge_tag tag, struct walk_job *job);

/* The walk has ended, at job->now_ps; without effect for who does not lead. */
void merge_end(struct merge_table *table, struct merge_entry *entry, const struct walk_job *job);

/*
 * Decoupled time: an entry may be there before the walk that filled it has ended. When who finds it at now_ps may use it: who
 * shares walks waits for the end of that one too, and then looks the page up anew, or not.
 */
uint64_t merge_usable_ps(enum merge_policy policy, uint64_t now_ps, uint64_t filled_ps, uint64_t lookup_ps);

/* Reset: the jobs are dropped by their owner. */
void merge_forget(struct merge_table *table);

#endif
