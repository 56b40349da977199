/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_events.c - 3.5.3 Event queue behavior, 3.5.4 Definition of event record write "Commit", 7.2 Event queue recorded faults
 * and events, 7.4 Event queue overflow.
 *
 * A request that ended with an event writes the record itself and is answered when the record is visible; records are written
 * one after the other. So whoever has been told of an abort finds the record in the queue (4.7.3).
 */
#include "smmuv3/smmuv3_internal.h"

#define RECORD_BYTES 32u

/* Records that are in the queue or committed to it. Inconsistent indexes count as a full queue (3.5.1). */
static bool is_full(const struct smmuv3 *smmu)
{
    uint32_t lap = smmuv3_ring(smmu, SMMUV3_EVENTQ).lap;
    uint32_t spared = smmuv3_on(smmu, SMMUV3_E_EVENTQ_FULL_EARLY) && lap > 1u ? 1u : 0u;
    return smmuv3_ring_used(smmu, SMMUV3_EVENTQ) + smmu->events_count + spared >= lap;
}

static bool is_enabled(const struct smmuv3 *smmu)
{
    return (smmuv3_reg(smmu, SMMUV3_REG_CR0) & smmuv3_reg(smmu, SMMUV3_REG_CR0ACK) & SMMUV3_MASK(CR0_EVENTQEN)) != 0;
}

static bool is_aborted(const struct smmuv3 *smmu)
{
    return smmuv3_error_active(smmu, SMMUV3_MASK(GERROR_EVENTQ_ABT_ERR)) && !smmuv3_on(smmu, SMMUV3_E_EVENTQ_ABT_GOES_ON);
}

bool smmuv3_eventq_writable(const struct smmuv3 *smmu)
{
    return is_enabled(smmu) && !is_aborted(smmu) && !is_full(smmu);
}

/* ---- 7.4 ---- */

/* Only a record that is discarded because the queue is full is an overflow; nobody sees that before he can see it full. */
static void overflow(struct smmuv3 *smmu)
{
    if (!is_enabled(smmu) || is_aborted(smmu))
        return;
    smmu->overflow_due = smmu->events_count != 0;
    if (smmu->overflow_due)
        return;
    uint64_t flags = smmuv3_reg(smmu, SMMUV3_REG_EVENTQ_PROD) ^ smmuv3_reg(smmu, SMMUV3_REG_EVENTQ_CONS);
    bool present = flags & SMMUV3_MASK(EVENTQ_PROD_OVFLG);
    if ((present && !smmuv3_on(smmu, SMMUV3_E_OVERFLOW_TOGGLES_AGAIN)) || smmuv3_on(smmu, SMMUV3_E_OVERFLOW_UNSEEN))
        return;
    SMMUV3_PROBE(smmu, smmu->sim->now_ps, SMMUV3_NO_REQUEST, "eventq", "overflow");
    uint64_t flag = SMMUV3_MASK(EVENTQ_PROD_OVFLG);
    smmuv3_reg_change(smmu, SMMUV3_REG_EVENTQ_PROD, flag, ~smmuv3_reg(smmu, SMMUV3_REG_EVENTQ_PROD) & flag);
}

/* ---- 7.3.1: one record stands for several occurrences, as long as software has not read it ---- */

static bool is_merged(const struct smmuv3 *smmu, const struct smmuv3_flight *flight)
{
    enum smmuv3_event_type type = flight->event.type;
    bool before_ste =
        type == SMMUV3_F_UUT || type == SMMUV3_C_BAD_STREAMID || type == SMMUV3_F_STE_FETCH || type == SMMUV3_C_BAD_STE;
    bool allowed = before_ste || flight->ste.mev || smmuv3_on(smmu, SMMUV3_E_MEV_IGNORED);
    bool unread = smmuv3_ring_used(smmu, SMMUV3_EVENTQ) != 0;
    return smmu->params.merge_events && allowed && unread && smmu->last_event_valid &&
           smmuv3_event_mergeable(&smmu->last_event, &flight->event);
}

/* ---- writing ---- */

static enum walk_progress turn(struct smmuv3_flight *flight);

/* The first in the line is done. */
static enum walk_progress leave(struct smmuv3_flight *flight)
{
    struct smmuv3 *smmu = flight->smmu;
    smmu->events_first = flight->event_next;
    if (!smmu->events_first)
        smmu->events_last = NULL;
    smmu->events_count--;
    if (smmu->events_first)
        walk_wake(&smmu->events_first->work.job);
    else if (smmu->overflow_due)
        overflow(smmu);
    smmuv3_updates_poll(smmu);
    flight->phase = flight->event_then;
    return WALK_GO;
}

static enum walk_progress written(struct smmuv3_flight *flight)
{
    struct smmuv3 *smmu = flight->smmu;
    struct ring ring = smmuv3_ring(smmu, SMMUV3_EVENTQ);
    bool aborted = flight->work.job.access.status != PORT_OK;
    if (!aborted) {
        uint32_t producer = smmuv3_ring_producer(smmu, SMMUV3_EVENTQ);
        bool was_empty = ring_empty(producer, smmuv3_ring_consumer(smmu, SMMUV3_EVENTQ));
        smmuv3_reg_change(smmu, SMMUV3_REG_EVENTQ_PROD, SMMUV3_MASK(EVENTQ_PROD_WR), ring_next(&ring, producer));
        smmu->last_event = flight->event;
        smmu->last_event_valid = true;
        if (was_empty || smmuv3_on(smmu, SMMUV3_E_EVENTQ_IRQ_EACH))
            smmuv3_eventq_interrupt(smmu);
    }
    if (aborted)
        smmuv3_error_raise(smmu, SMMUV3_MASK(GERROR_EVENTQ_ABT_ERR));
    return leave(flight);
}

/* 7.2.2: what was committed behind a record that was aborted is lost too. */
static enum walk_progress turn(struct smmuv3_flight *flight)
{
    struct smmuv3 *smmu = flight->smmu;
    if (is_aborted(smmu))
        return leave(flight);
    struct ring ring = smmuv3_ring(smmu, SMMUV3_EVENTQ);
    struct port_request *access = &flight->work.job.access;
    uint64_t record[4];
    smmuv3_event_encode(&smmu->params, &flight->event, record);
    for (unsigned i = 0; i < 4; i++)
        store_le64(access->data + 8u * i, record[i]);
    access->kind = PORT_WRITE;
    access->origin = PORT_QUEUE;
    access->address = ring_address(&ring, smmuv3_ring_producer(smmu, SMMUV3_EVENTQ));
    access->bytes = RECORD_BYTES;
    access->request_id = SMMUV3_NO_REQUEST;
    smmuv3_ring_access(smmu, SMMUV3_EVENTQ, access);
    flight->phase = written;
    return walk_access(&flight->work.job);
}

enum walk_progress smmuv3_event_write(struct smmuv3_flight *flight, smmuv3_phase next)
{
    struct smmuv3 *smmu = flight->smmu;
    flight->phase = flight->event_then = next;
    if (!smmuv3_eventq_writable(smmu)) {
        overflow(smmu);
        return WALK_GO;
    }
    if (is_merged(smmu, flight))
        return WALK_GO;
    flight->event_next = NULL;
    smmu->events_count++;
    flight->phase = turn;
    if (!smmu->events_first) {
        smmu->events_first = smmu->events_last = flight;
        return WALK_GO;
    }
    smmu->events_last->event_next = flight;
    smmu->events_last = flight;
    return walk_sleep(&flight->work.job);
}

void smmuv3_eventq_moved(struct smmuv3 *smmu)
{
    if (smmuv3_eventq_writable(smmu))
        smmuv3_stalls_writable(smmu);
}

void smmuv3_events_reset(struct smmuv3 *smmu)
{
    smmu->events_first = smmu->events_last = NULL;
    smmu->events_count = 0;
    smmu->last_event_valid = smmu->overflow_due = false;
}
