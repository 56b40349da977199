/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim.h - simulated time, events and seeded choice.
 *
 * Layer: the bottom of models/. Knows nothing else. One struct sim is one world: two of them in one process share
 * nothing. No wall clock, no thread, no static variable.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include <stdbool.h>
#include <stdint.h>

struct sim;

/* Intrusive: embed it in what waits; zero-initialise it. Scheduling allocates nothing. */
struct sim_event {
    void (*fire)(struct sim_event *event); /* called at when_ps; may schedule this event again */
    uint64_t when_ps;
    uint64_t order;                               /* of equal time: order of scheduling, or seeded in exploration mode */
    struct sim_event *child, *sibling, *previous; /* heap; previous: elder sibling or, of the eldest, the parent */
    bool scheduled;
};

/* xoshiro256**, seeded through splitmix64: the same stream on every compiler and host. */
struct sim_rng {
    uint64_t state[4];
};

void sim_rng_seed(struct sim_rng *rng, uint64_t seed);
uint64_t sim_rng_next(struct sim_rng *rng);
/* Uniform in 0 .. end-1 without modulo bias; end > 0. */
uint64_t sim_rng_below(struct sim_rng *rng, uint64_t end);

struct sim {
    uint64_t now_ps;
    uint64_t scheduled_count; /* events ever scheduled: tests assert that a path schedules none */
    uint64_t next_order;
    struct sim_event *root;
    struct sim_rng rng;
    bool explore; /* events of equal time run in a seeded order instead of the order of scheduling */
};

void sim_init(struct sim *sim, uint64_t seed);

/* when_ps must not lie before now (aborts: programmer error). An event that is scheduled already is moved. */
void sim_schedule(struct sim *sim, struct sim_event *event, uint64_t when_ps);
void sim_cancel(struct sim *sim, struct sim_event *event); /* no effect on an event that is not scheduled */

/* Time of the earliest event; false when there is none. */
bool sim_next_ps(const struct sim *sim, uint64_t *when_ps);

/* Run the earliest event if it is due at or before last_ps. False when none was. */
bool sim_step(struct sim *sim, uint64_t last_ps);

/* Run all events up to and including last_ps, then set the time to last_ps, if it is not past that already. */
void sim_run(struct sim *sim, uint64_t last_ps);

#endif
