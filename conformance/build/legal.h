/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * legal.h - the rule of the legal outcome: what may a request do while tables change under it and caches are told so?
 *
 * Each table entry that a translation uses (context or stream table entry, PASID entry or CD, every level of the page table)
 * must have held the value that was used at some moment of its *window*: from the submission of the last invalidation that
 * covers this entry for this request and was complete before the request's deadline for it, to the request's end. The
 * result must be composable from such values, entry by entry: the whole need never have been live at once, for caches of
 * partial walks make that ordinary. Faults are outcomes too.
 *
 * The world is built and kept by the case, in its own words: an entry (`slot`) has a history of values, each with the tick
 * from which it was in memory; what a value means is said by the case that wrote it, so nothing here decodes anything.
 * Ticks count the case's actions and observations; they only have to be in the true order.
 */
#ifndef BUILD_LEGAL_H
#define BUILD_LEGAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEGAL_READ 1u
#define LEGAL_WRITE 2u
#define LEGAL_NONE UINT32_MAX

/* LEGAL_STAGE: what a page of the first of two stages is: the translation goes on at `table` with the address that it gives. */
enum legal_what { LEGAL_FAULT, LEGAL_TABLE, LEGAL_PAGE, LEGAL_STAGE };

struct legal_value {
    enum legal_what what;
    uint32_t rights; /* LEGAL_READ, LEGAL_WRITE: what this entry allows; the AND over all entries decides */
    uint32_t table;  /* LEGAL_TABLE, LEGAL_STAGE: which table comes next */
    uint64_t output; /* LEGAL_PAGE, LEGAL_STAGE: base of the page */
    uint32_t page_lg2;
    uint32_t fault; /* LEGAL_FAULT: its code */
};

struct legal_version {
    uint64_t from; /* tick */
    struct legal_value value;
};

/* A table: an input selects the entry `slots[k]` with index[k] == (input >> shift) & mask; any other index is `elsewhere`. */
#define LEGAL_TABLE_SLOTS 8u
struct legal_table {
    uint32_t shift;
    uint64_t mask;
    uint32_t count;
    uint64_t index[LEGAL_TABLE_SLOTS];
    uint32_t slot[LEGAL_TABLE_SLOTS];
    uint32_t elsewhere; /* fault code of entries that are not used */
};

struct legal_slot {
    struct legal_version *versions;
    size_t count, room;
    uint32_t user; /* for the case: what kind of entry this is */
};

struct legal_request {
    uint32_t first_slot; /* where its translation begins: context entry, STE ... */
    uint64_t input;
    uint32_t access;                  /* LEGAL_READ, LEGAL_WRITE or both */
    uint32_t read_fault, write_fault; /* codes when the rights do not suffice; a read that fails is told before a write */
    uint64_t issued;                  /* tick */
    uint64_t used;                    /* tick of its access to memory; 0: it made none */
    uint64_t ended;                   /* tick at which its end was seen */
};

struct legal_invalidation {
    uint64_t submitted, completed; /* ticks; completed 0: not yet */
    bool everything;               /* covers every entry for every request */
    uint64_t argument[4];          /* for `covers` */
};

struct legal_world {
    struct legal_slot *slots;
    size_t slot_count, slot_room;
    struct legal_table *tables;
    size_t table_count, table_room;
    struct legal_invalidation *invalidations; /* in order of submission */
    size_t invalidation_count, invalidation_room;
    /*
     * Must every cached copy of what this request would read in `slot` be gone after the invalidation? When in doubt, no. Past a
     * LEGAL_STAGE, request->input is the address that it gave.
     */
    bool (*covers)(void *context, const struct legal_invalidation *invalidation, uint32_t slot,
                   const struct legal_request *request);
    void *context;
};

void legal_fini(struct legal_world *world);
/* These abort when out of memory. */
uint32_t legal_add_slot(struct legal_world *world, uint32_t user);
uint32_t legal_add_table(struct legal_world *world, uint32_t shift, uint64_t mask, uint32_t elsewhere);
uint32_t legal_through(struct legal_world *world, uint32_t slot); /* a table of this one entry */
void legal_table_slot(struct legal_world *world, uint32_t table, uint64_t index, uint32_t slot);
void legal_write(struct legal_world *world, uint32_t slot, uint64_t tick, const struct legal_value *value);
const struct legal_value *legal_now(const struct legal_world *world, uint32_t slot);
#define LEGAL_DEPTH_MAX 16u /* entries that one translation uses */
/*
 * The slots that this request would use with memory as it is now, outermost first; how many. *input gets the address that the
 * last of them translates.
 */
uint32_t legal_used(const struct legal_world *world, const struct legal_request *request, uint32_t slots[LEGAL_DEPTH_MAX],
                    uint64_t *input);
/* Index of the new invalidation. */
size_t legal_submit(struct legal_world *world, uint64_t tick, bool everything, const uint64_t argument[4]);
void legal_complete(struct legal_world *world, size_t invalidation, uint64_t tick);

#define LEGAL_OUTCOMES_MAX 64u
struct legal_outcome {
    bool arrives;
    uint64_t output; /* where, when it arrives */
    uint32_t fault;  /* its code, when it does not */
};
struct legal_set {
    struct legal_outcome items[LEGAL_OUTCOMES_MAX]; /* no duplicates */
    size_t count;
    bool overflow; /* more than fit: nothing may be concluded from absence */
};
/* Everything that the request may legally have done. */
void legal_outcomes(const struct legal_world *world, const struct legal_request *request, struct legal_set *set);
bool legal_has(const struct legal_set *set, const struct legal_outcome *outcome);
/* The tick from which values of this slot count for this request. */
uint64_t legal_window(const struct legal_world *world, uint32_t slot, const struct legal_request *request);

#endif
