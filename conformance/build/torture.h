/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * torture.h - random traffic against random edits and invalidations, judged by the rule of the legal outcome (legal.h).
 *
 * The architecture's part makes the tables and says what an edit, a request and an invalidation are; this part plays a
 * script of actions, keeps what is on its way and judges every end. A script is drawn from the seed, or given as text
 * (test_script): "r3,5,1 e12,2 i4,0,7 s3". After a failure the script up to there is handed to the bench, which shrinks it.
 */
#ifndef BUILD_TORTURE_H
#define BUILD_TORTURE_H

#include "bench/case.h"
#include "build/legal.h"

#define TORTURE_OUTSTANDING_MAX 24u
#define TORTURE_PENDING_MAX 6u /* invalidations */
#define TORTURE_RANGES_MAX 32u
#define TORTURE_OFFSETS 255u /* words of a data page that reads use, and as many that writes use */

enum torture_action_kind { TORTURE_REQUEST, TORTURE_EDIT, TORTURE_INVALIDATE, TORTURE_STEPS };

/* request: source, input, 1 for a write; edit: slot, alternative; invalidate: kind, two arguments; steps: how many. */
struct torture_action {
    enum torture_action_kind kind;
    uint32_t a, b, c;
};

/* What failed: decides the row. */
enum torture_failure {
    TORTURE_OK,
    TORTURE_STALE,       /* an outcome that no legal values compose */
    TORTURE_UNDRAINED,   /* legal values, but used after the invalidation that removes them was complete */
    TORTURE_OVERWRITTEN, /* the DUT put an old value back into an entry */
    TORTURE_RECORD,      /* a fault record that no refused request explains */
    TORTURE_HUNG,        /* a request or an invalidation never completed */
    TORTURE_FAILURES
};

#define TORTURE_ANY_PAGE UINT64_MAX

struct torture;

/* An entry of a table in memory that edits change. */
struct torture_entry {
    uint64_t address;
    uint64_t written[2]; /* last */
    uint64_t flags;      /* bits of the first word that the DUT may have changed since */
    uint32_t words;      /* 1 or 2, of 8 bytes each, written at once */
    bool started;
};

struct torture_ops {
    uint32_t sources, inputs, edits, invalidations; /* edits: editable slots; invalidations: kinds */
    /* How many alternatives edit `a` has (0 is absence, which is drawn less often), and the two argument ranges of invalidation
     * kind `a`. */
    uint32_t (*alternatives)(struct torture *torture, uint32_t edit);
    void (*arguments)(struct torture *torture, uint32_t kind, uint32_t *first_end, uint32_t *second_end);
    /* An entry with much below it, which is mostly alternative 1 and rarely absent. NULL: there is none. */
    bool (*steady)(struct torture *torture, uint32_t edit);
    /*
     * Makes a drawn edit or invalidation concern the translation of this input for this source as it is now: races need
     * both at the same place. `choice` is a random number.
     */
    void (*near)(struct torture *torture, uint32_t source, uint32_t input, uint32_t choice, struct torture_action *action);
    /* address, kind, data, requester of `request`; first slot, input and fault codes of `legal`. `offset`: within a page. */
    void (*request)(struct torture *torture, uint32_t source, uint32_t input, uint32_t offset, struct iotb_request *request,
                    struct legal_request *legal);
    /* Writes memory and the history. False: memory did not hold what was written last. */
    bool (*edit)(struct torture *torture, uint32_t edit, uint32_t alternative);
    /* Queues it; *status is the address of the word that becomes non-zero when it is complete. Index in the history. */
    size_t (*invalidate)(struct torture *torture, uint32_t kind, uint32_t first, uint32_t second, uint64_t *status);
    /* Memory holds what was written last in every slot. */
    bool (*untouched)(struct torture *torture);
    /* Takes one fault record; false when there is none. *page is TORTURE_ANY_PAGE where the record has no address. */
    bool (*take_fault)(struct torture *torture, uint16_t *requester, uint64_t *page, uint32_t *fault);
    const char *rows[TORTURE_FAILURES];
    uint32_t walk_steps; /* so many steps, and a request that had to walk is about to end; 0: 14 */
};

struct torture_flight {
    bool active;
    uint32_t id, source, offset;
    bool write;
    uint64_t token;
    uint64_t seen_address; /* of its access to memory */
    struct iotb_request request;
    struct legal_request legal;
};

struct torture_refusal {
    uint16_t requester;
    uint64_t page;
    struct legal_set set;
};

struct torture {
    struct test *t;
    const struct torture_ops *ops;
    void *context; /* the architecture's */
    struct legal_world world;
    uint64_t tick;
    bool drains; /* the DUT promises that completion waits for accesses to memory */

    struct torture_action *script;
    size_t script_count, script_room;

    struct torture_flight flights[TORTURE_OUTSTANDING_MAX];
    uint32_t flight_count, offset_next, outstanding_max;
    struct {
        size_t invalidation;
        uint64_t status;
    } pending[TORTURE_PENDING_MAX];
    uint32_t pending_count;
    struct {
        uint64_t first, last;
    } data[TORTURE_RANGES_MAX]; /* pages that requests may reach */
    uint32_t data_count;
    size_t trace_at;
    struct torture_refusal refusals[64];
    uint32_t refusal_count;
    uint32_t focus_source, focus_input, focus_left; /* where most of the next actions are */
    uint32_t race_at;                               /* the next action of a race that is being played; 0: none */
    uint64_t requests;
    enum torture_failure failure;
    char text[256];
};

/* Plays the script of the test or one of `requests` requests, and checks the rows. */
void torture_run(struct torture *torture, uint64_t requests);
/* Memory that requests may reach: fills the words that reads use with what names their place. */
void torture_add_data(struct torture *torture, uint64_t first, uint64_t bytes);
/* Writes the entry; true: until then it held what was written last, but for flags. The history is the caller's. */
bool torture_entry_write(struct torture *torture, struct torture_entry *entry, const uint64_t *words, uint64_t flags);
bool torture_entry_holds(struct torture *torture, const struct torture_entry *entry);
/* One more tick. */
uint64_t torture_tick(struct torture *torture);

#endif
