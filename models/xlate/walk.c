/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * walk.c - jobs, their waiting for memory, time and walkers.
 */
#include "xlate/walk.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

static void answered(struct port_request *access);
static void fired(struct sim_event *event);

int walk_driver_init(struct walk_driver *driver, struct sim *sim, const struct memory_port *memory, uint32_t walkers)
{
    *driver = (struct walk_driver){.sim = sim, .memory = memory, .walkers = walkers};
    driver->walker_free_ps = calloc(walkers ? walkers : 1u, sizeof *driver->walker_free_ps);
    return driver->walker_free_ps ? 0 : -ENOMEM;
}

void walk_driver_fini(struct walk_driver *driver)
{
    free(driver->walker_free_ps);
    driver->walker_free_ps = NULL;
}

void walk_job_init(struct walk_job *job, struct walk_driver *driver)
{
    job->driver = driver;
    job->access.owner = job;
    job->access.done = answered;
    job->timer.fire = fired;
}

void walk_job_fini(struct walk_job *job)
{
    if (job->driver)
        sim_cancel(job->driver->sim, &job->timer);
}

uint64_t walk_edge(const struct walk_driver *driver, uint64_t at_ps)
{
    if (!driver->clock_ps)
        return at_ps;
    uint64_t past_ps = at_ps % driver->clock_ps;
    return past_ps ? at_ps + driver->clock_ps - past_ps : at_ps;
}

void walk_job_start(struct walk_job *job, uint64_t issue_ps)
{
    uint64_t now_ps = job->driver->sim->now_ps;
    job->now_ps = walk_edge(job->driver, issue_ps > now_ps ? issue_ps : now_ps);
    job->later = job->to_issue = job->finishing = job->owned = job->stale = false;
    job->walker = 0;
}

/* ---- moving on ---- */

static bool must_wait(const struct walk_job *job)
{
    return job->later && job->now_ps > job->driver->sim->now_ps;
}

bool walk_run(struct walk_job *job)
{
    if (job->driver->go_on(job) == WALK_WAIT)
        return false;
    if (!must_wait(job))
        return true;
    job->finishing = true;
    sim_schedule(job->driver->sim, &job->timer, job->now_ps);
    return false;
}

static void run_later(struct walk_job *job)
{
    if (walk_run(job))
        job->driver->ended(job);
}

/* ---- memory ---- */

static void answered(struct port_request *access)
{
    struct walk_job *job = access->owner;
    uint64_t now_ps = job->driver->sim->now_ps;
    job->owned = false;
    if (job->stale) {
        job->stale = false;
        job->driver->returned(job);
        return;
    }
    job->now_ps = walk_edge(job->driver, access->done_ps > now_ps ? access->done_ps : now_ps);
    run_later(job);
}

static enum walk_progress issue(struct walk_job *job)
{
    job->access.issue_ps = job->access.done_ps = job->now_ps;
    job->access.status = PORT_OK;
    job->owned = true;
    if (memory_access(job->driver->memory, &job->access) == PORT_LATER) {
        job->later = true;
        return WALK_WAIT;
    }
    job->owned = false;
    if (job->access.done_ps > job->now_ps)
        job->now_ps = walk_edge(job->driver, job->access.done_ps);
    return WALK_GO;
}

enum walk_progress walk_access(struct walk_job *job)
{
    if (!must_wait(job))
        return issue(job);
    job->to_issue = true;
    sim_schedule(job->driver->sim, &job->timer, job->now_ps);
    return WALK_WAIT;
}

static void fired(struct sim_event *event)
{
    struct walk_job *job = (struct walk_job *)((char *)event - offsetof(struct walk_job, timer));
    if (job->now_ps < job->driver->sim->now_ps)
        job->now_ps = job->driver->sim->now_ps;
    if (job->finishing) {
        job->finishing = false;
        job->driver->ended(job);
        return;
    }
    if (job->to_issue) {
        job->to_issue = false;
        if (issue(job) == WALK_WAIT)
            return;
    }
    run_later(job);
}

bool walk_drop(struct walk_job *job)
{
    sim_cancel(job->driver->sim, &job->timer);
    job->stale = job->owned;
    job->walker = 0;
    return !job->stale;
}

/* ---- sleeping ---- */

enum walk_progress walk_sleep(struct walk_job *job)
{
    job->later = true;
    return WALK_WAIT;
}

void walk_wake(struct walk_job *job)
{
    const struct sim *sim = job->driver->sim;
    if (job->now_ps < sim->now_ps)
        job->now_ps = sim->now_ps;
    sim_schedule(job->driver->sim, &job->timer, job->now_ps);
}

/* ---- walkers ---- */

static uint32_t free_first(const struct walk_driver *driver)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < driver->walkers; i++)
        if (driver->walker_free_ps[i] < driver->walker_free_ps[best])
            best = i;
    return best;
}

static void stand_in_line(struct walk_job *job)
{
    struct walk_driver *driver = job->driver;
    job->next = NULL;
    if (driver->line_first)
        driver->line_last->next = job;
    else
        driver->line_first = job;
    driver->line_last = job;
}

enum walk_progress walk_take_walker(struct walk_job *job)
{
    struct walk_driver *driver = job->driver;
    if (!driver->walkers || job->walker)
        return WALK_GO;
    uint32_t walker = free_first(driver);
    if (driver->walker_free_ps[walker] == UINT64_MAX) {
        stand_in_line(job);
        return walk_sleep(job);
    }
    if (job->now_ps < driver->walker_free_ps[walker])
        job->now_ps = driver->walker_free_ps[walker];
    driver->walker_free_ps[walker] = UINT64_MAX;
    job->walker = walker + 1u;
    return WALK_GO;
}

/* To the first in line, before anybody who comes later. */
static void hand_over(struct walk_job *heir, const struct walk_job *job)
{
    heir->next = NULL;
    heir->walker = job->walker;
    if (heir->now_ps < job->now_ps)
        heir->now_ps = job->now_ps;
    walk_wake(heir);
}

void walk_drop_walker(struct walk_job *job)
{
    struct walk_driver *driver = job->driver;
    if (!job->walker)
        return;
    struct walk_job *heir = driver->line_first;
    if (heir) {
        driver->line_first = heir->next;
        hand_over(heir, job);
    } else {
        driver->walker_free_ps[job->walker - 1u] = job->now_ps;
    }
    job->walker = 0;
}

void walk_forget_line(struct walk_driver *driver)
{
    driver->line_first = driver->line_last = NULL;
    for (uint32_t i = 0; i < driver->walkers; i++)
        driver->walker_free_ps[i] = 0;
}

/* ---- flags ---- */

void walk_update(struct walk_job *job, const struct walk_update *update)
{
    struct port_request *access = &job->access;
    access->kind = PORT_CMPXCHG;
    access->address = update->address;
    access->bytes = 8;
    store_le64(access->compare, update->value);
    store_le64(access->data, update->wanted);
}

bool walk_update_lost(const struct walk_job *job)
{
    const struct port_request *access = &job->access;
    return access->status == PORT_OK && access->kind == PORT_CMPXCHG && load_le64(access->data) != load_le64(access->compare);
}
