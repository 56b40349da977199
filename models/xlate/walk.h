/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * walk.h - the split-phase walk driver: what moves the translation of a request on from memory access to memory access.
 *
 * A job is a procedure that can be resumed. Its owner computes which descriptor to read next, asks for it, and goes on when it
 * is there: at once, with memory that answers now, or in an event, with memory that answers later. A job carries its own time:
 * as long as memory answers now that may run ahead of simulated time (decoupled time); once the job has waited, it stands still
 * until simulated time has come that far. Walkers are a resource that a job takes for a whole walk.
 */
#ifndef XLATE_WALK_H
#define XLATE_WALK_H

#include "sim/port.h"
#include "sim/sim.h"

#include <stdbool.h>
#include <stdint.h>

enum walk_progress { WALK_GO, WALK_WAIT, WALK_END };

struct walk_driver;

/* Embedded in the owner's state of one request; zero-initialise it, then walk_job_init. */
struct walk_job {
    struct walk_driver *driver;
    struct port_request access; /* to be filled in before walk_access(): kind, address, attributes, data */
    uint64_t now_ps;            /* its own time; the owner may add to it */
    struct sim_event timer;
    struct walk_job *next; /* in the line for a walker */
    uint32_t walker;       /* 1 + number of the walker it has; 0: none */
    bool later;            /* has waited: from now on time passes by events */
    bool to_issue;         /* the timer ends in `access` being issued */
    bool finishing;        /* the timer ends the job */
    bool owned;            /* memory owns `access` */
    bool stale;            /* dropped while memory owned `access` */
};

struct walk_driver {
    struct sim *sim;
    const struct memory_port *memory;
    enum walk_progress (*go_on)(struct walk_job *job); /* until it waits (WALK_WAIT) or is finished (WALK_END) */
    void (*ended)(struct walk_job *job);               /* a job that had to wait is finished */
    void (*returned)(struct walk_job *job);            /* memory has answered a job that was dropped: its place is free */
    uint64_t *walker_free_ps;                          /* one per walker: when it is free; UINT64_MAX while it is taken */
    uint32_t walkers;                                  /* 0: no limit */
    uint64_t clock_ps;                                 /* the owner's to set; see walk_edge(); 0: no clock */
    struct walk_job *line_first, *line_last;
};

/* The memory port must outlive the driver. The three functions are the owner's to set. -ENOMEM. */
int walk_driver_init(struct walk_driver *driver, struct sim *sim, const struct memory_port *memory, uint32_t walkers);
void walk_driver_fini(struct walk_driver *driver);

void walk_job_init(struct walk_job *job, struct walk_driver *driver);
void walk_job_fini(struct walk_job *job);

/* The clock: what comes from outside, a request or an answer of memory, is seen at the first edge that is not before it. */
uint64_t walk_edge(const struct walk_driver *driver, uint64_t at_ps);

/* A new request at issue_ps, or now if that is later. */
void walk_job_start(struct walk_job *job, uint64_t issue_ps);

/* True: the job is finished, at job->now_ps. False: ended() will be called. */
bool walk_run(struct walk_job *job);

/* From go_on(): the access is made at job->now_ps. WALK_GO: it is complete. WALK_WAIT: go_on() will be called when it is. */
enum walk_progress walk_access(struct walk_job *job);

/*
 * From go_on(), for reasons of the owner's: WALK_WAIT, until somebody calls walk_wake(); then go_on() is called in an event. The
 * job must not have been dropped in between.
 */
enum walk_progress walk_sleep(struct walk_job *job);
void walk_wake(struct walk_job *job);

/* From go_on(): WALK_GO: it has a walker. WALK_WAIT: it will, when go_on() is called next. */
enum walk_progress walk_take_walker(struct walk_job *job);
void walk_drop_walker(struct walk_job *job);

/* Reset of all jobs at once: walk_forget_line(), then for each job walk_drop(). True: its place is free. False: returned(). */
void walk_forget_line(struct walk_driver *driver);
bool walk_drop(struct walk_job *job);

/* ---- flags of a descriptor that are set when it is used ---- */

struct walk_update {
    uint64_t address; /* of the descriptor, 8 bytes */
    uint64_t value;   /* as it was read and judged */
    uint64_t wanted;  /* with the flags set */
};

/* Fills in job->access: an atomic compare-exchange. */
void walk_update(struct walk_job *job, const struct walk_update *update);

/* After a compare-exchange that memory has carried out: the descriptor had changed since it was read; nothing was written. */
bool walk_update_lost(const struct walk_job *job);

#endif
