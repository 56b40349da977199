/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_stall.c - 3.12.2 Stall model, 4.7.1 CMD_RESUME, 4.7.2 CMD_STALL_TERM.
 *
 * A stalled transaction is not in flight: invalidations do not wait for it (4.3.8). A retry begins anew from the front door. Of
 * its own accord the unit retries what has no event record yet, when the Event queue becomes writable (7.2.1), and, with the
 * parameter early_retry, after invalidations (3.12.2.2). Requests are begun and answered in an event of their own.
 */
#include "smmuv3/smmuv3_internal.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#define NO_STAG UINT16_MAX

/* ---- lines ---- */

static void put(struct smmuv3_line_of_requests *line, struct pcie_request *request)
{
    request->link = NULL;
    if (line->last)
        line->last->link = request;
    else
        line->first = request;
    line->last = request;
}

static struct pcie_request *take(struct smmuv3_line_of_requests *line)
{
    struct pcie_request *request = line->first;
    if (!request)
        return NULL;
    line->first = request->link;
    if (!line->first)
        line->last = NULL;
    request->link = NULL;
    return request;
}

static void soon(struct smmuv3 *smmu)
{
    if (!smmu->stall_timer.scheduled)
        sim_schedule(smmu->sim, &smmu->stall_timer, smmu->sim->now_ps);
}

static void again(struct smmuv3 *smmu, struct pcie_request *request)
{
    put(&smmu->again, request);
    soon(smmu);
}

static void answer(struct smmuv3 *smmu, struct pcie_request *request, enum smmuv3_end end)
{
    put(&smmu->ended[end], request);
    soon(smmu);
}

static void fired(struct sim_event *event)
{
    struct smmuv3 *smmu = (struct smmuv3 *)((char *)event - offsetof(struct smmuv3, stall_timer));
    for (enum smmuv3_end end = 0; end < SMMUV3_ENDS; end++)
        for (struct pcie_request *request; (request = take(&smmu->ended[end]));) {
            smmuv3_request_answer(smmu, request, end, smmu->sim->now_ps);
            request->done(request);
        }
    /* Those that stall again stand in another line. */
    for (struct pcie_request *request; (request = take(&smmu->again));) {
        request->issue_ps = smmu->sim->now_ps;
        if (request_pool_take(&smmu->requests, request))
            request->done(request);
    }
}

/* ---- places ---- */

/* Whoever found no STAG tries once more. */
static void free_place(struct smmuv3 *smmu, struct smmuv3_stall *stall)
{
    *stall = (struct smmuv3_stall){0};
    for (struct pcie_request *request; (request = take(&smmu->without_stag));)
        again(smmu, request);
}

static struct smmuv3_stall *stall_of(const struct smmuv3_flight *flight)
{
    return flight->stag == NO_STAG ? NULL : &flight->smmu->stalls[flight->stag];
}

bool smmuv3_stall_take(struct smmuv3_flight *flight)
{
    struct smmuv3 *smmu = flight->smmu;
    flight->stag = NO_STAG;
    for (uint32_t i = 0; i < smmu->stall_count; i++) {
        if (smmu->stalls[i].in_use)
            continue;
        flight->stag = (uint16_t)i;
        smmu->stalls[i] =
            (struct smmuv3_stall){.request = flight->work.request, .stream_id = flight->query.stream_id, .in_use = true};
        return true;
    }
    return false;
}

static void begin_again(struct smmuv3 *smmu, struct smmuv3_stall *stall)
{
    again(smmu, stall->request);
    free_place(smmu, stall);
}

bool smmuv3_stall_hold(struct smmuv3_flight *flight)
{
    struct smmuv3 *smmu = flight->smmu;
    struct smmuv3_stall *stall = stall_of(flight);
    if (!stall) {
        put(&smmu->without_stag, flight->work.request);
        return true;
    }
    if (flight->early)
        smmu->early_retries--;
    else
        stall->recorded = flight->recorded;
    stall->held = true;
    SMMUV3_PROBE(smmu, flight->work.job.now_ps, flight->work.request->id, "stall", "held stag=%x recorded=%d", flight->stag,
                 stall->recorded);
    if (!stall->recorded && smmuv3_eventq_writable(smmu))
        begin_again(smmu, stall);
    else if (stall->decided && stall->decision == SMMUV3_END_STALL)
        begin_again(smmu, stall);
    else if (stall->decided) {
        flight->end = stall->decision;
        free_place(smmu, stall);
        return false;
    }
    return true;
}

void smmuv3_stall_recognise(struct smmuv3_flight *flight)
{
    const struct smmuv3 *smmu = flight->smmu;
    flight->early = false;
    flight->stag = NO_STAG;
    for (uint32_t i = 0; smmu->early_retries && i < smmu->stall_count; i++) {
        const struct smmuv3_stall *stall = &smmu->stalls[i];
        if (!stall->in_use || stall->held || stall->request != flight->work.request)
            continue;
        flight->early = true;
        flight->stag = (uint16_t)i;
        return;
    }
}

/* 3.12.2.2: the STAG stays taken until software has acknowledged the record. */
void smmuv3_stall_passed(struct smmuv3_flight *flight)
{
    struct smmuv3_stall *stall = stall_of(flight);
    flight->smmu->early_retries--;
    stall->request = NULL;
    stall->held = true;
    if (stall->decided || smmuv3_on(flight->smmu, SMMUV3_E_STAG_REUSED_EARLY))
        free_place(flight->smmu, stall);
}

/* ---- what becomes of them ---- */

static void decide(struct smmuv3 *smmu, struct smmuv3_stall *stall, enum smmuv3_end decision)
{
    if (!stall->held) {
        stall->decided = true;
        stall->decision = decision;
        return;
    }
    if (stall->request && decision == SMMUV3_END_STALL) {
        begin_again(smmu, stall);
        return;
    }
    if (stall->request)
        answer(smmu, stall->request, decision);
    free_place(smmu, stall);
}

/* 4.7.1: StreamID and STAG must both match; otherwise nothing happens. */
void smmuv3_resume(struct smmuv3 *smmu, const struct smmuv3_command *command)
{
    if (command->stag >= smmu->stall_count)
        return;
    struct smmuv3_stall *stall = &smmu->stalls[command->stag];
    bool matches = stall->stream_id == command->stream_id || smmuv3_on(smmu, SMMUV3_E_RESUME_BY_STAG_ALONE);
    if (!stall->in_use || !stall->recorded || !matches)
        return;
    bool aborts = command->abort || smmu->params.term_model;
    if (smmuv3_on(smmu, SMMUV3_E_RESUME_ABORT_IGNORED))
        aborts = true;
    if (command->retry)
        decide(smmu, stall, SMMUV3_END_STALL);
    else
        decide(smmu, stall, aborts ? SMMUV3_END_ABORT : SMMUV3_END_RAZ_WI);
}

static void term(struct smmuv3 *smmu, bool all, uint32_t stream_id)
{
    for (uint32_t i = 0; i < smmu->stall_count; i++)
        if (smmu->stalls[i].in_use && (all || smmu->stalls[i].stream_id == stream_id))
            decide(smmu, &smmu->stalls[i], SMMUV3_END_ABORT);
}

/* Those that found no STAG are not known by stream; they are tried again and meet the new configuration. */
void smmuv3_stall_term(struct smmuv3 *smmu, uint32_t stream_id)
{
    term(smmu, smmuv3_on(smmu, SMMUV3_E_STALL_TERM_ALL), stream_id);
}

void smmuv3_stall_term_all(struct smmuv3 *smmu)
{
    term(smmu, true, 0);
    for (struct pcie_request *request; (request = take(&smmu->without_stag));)
        answer(smmu, request, SMMUV3_END_ABORT);
}

/* ---- of the unit's own accord ---- */

void smmuv3_stalls_writable(struct smmuv3 *smmu)
{
    for (uint32_t i = 0; i < smmu->stall_count; i++) {
        struct smmuv3_stall *stall = &smmu->stalls[i];
        if (stall->in_use && stall->held && !stall->recorded && !smmuv3_on(smmu, SMMUV3_E_STALL_RECORD_LOST))
            begin_again(smmu, stall);
    }
}

void smmuv3_stalls_early(struct smmuv3 *smmu)
{
    for (uint32_t i = 0; smmu->params.early_retry && i < smmu->stall_count; i++) {
        struct smmuv3_stall *stall = &smmu->stalls[i];
        if (!stall->in_use || !stall->held || !stall->recorded || !stall->request)
            continue;
        stall->held = false;
        smmu->early_retries++;
        again(smmu, stall->request);
    }
}

/* ---- life ---- */

bool smmuv3_stalls_quiet(const struct smmuv3 *smmu)
{
    return !smmu->stall_timer.scheduled;
}

int smmuv3_stalls_init(struct smmuv3 *smmu)
{
    /* 6.3.6 STALL_MAX. */
    uint32_t count = (1u << smmu->params.stall_max_lg2) - 1u;
    smmu->stall_count = count ? count : 1u;
    smmu->stall_timer.fire = fired;
    smmu->stalls = calloc(smmu->stall_count, sizeof *smmu->stalls);
    return smmu->stalls ? 0 : -ENOMEM;
}

void smmuv3_stalls_fini(struct smmuv3 *smmu)
{
    sim_cancel(smmu->sim, &smmu->stall_timer);
    free(smmu->stalls);
}

void smmuv3_stalls_reset(struct smmuv3 *smmu)
{
    sim_cancel(smmu->sim, &smmu->stall_timer);
    for (uint32_t i = 0; i < smmu->stall_count; i++)
        smmu->stalls[i] = (struct smmuv3_stall){0};
    smmu->early_retries = 0;
    smmu->again = smmu->without_stag = (struct smmuv3_line_of_requests){0};
    for (unsigned end = 0; end < SMMUV3_ENDS; end++)
        smmu->ended[end] = (struct smmuv3_line_of_requests){0};
}
