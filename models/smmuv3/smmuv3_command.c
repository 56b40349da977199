/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_command.c - 4.1 the Command queue, 7.1 Command queue errors, 4.7.3 CMD_SYNC.
 *
 * Commands are fetched one by one, and consumed when they have taken effect; a CMD_SYNC is consumed when it is complete, and
 * nothing behind it is begun before.
 */
#include "smmuv3/smmuv3_internal.h"

#include <stddef.h>

enum error { CERROR_NONE = 0, CERROR_ILL = 1, CERROR_ABT = 2, CERROR_ATC_INV_SYNC = 3 };

/* ---- the ring ---- */

static void consume(struct smmuv3 *smmu)
{
    struct ring ring = smmuv3_ring(smmu, SMMUV3_CMDQ);
    uint32_t consumer = smmuv3_ring_consumer(smmu, SMMUV3_CMDQ);
    bool was_full = ring_full(&ring, smmuv3_ring_producer(smmu, SMMUV3_CMDQ), consumer);
    smmuv3_reg_change(smmu, SMMUV3_REG_CMDQ_CONS, SMMUV3_MASK(CMDQ_CONS_RD), ring_next(&ring, consumer));
    /* 4.1.2: an event wakes whoever waits for room. */
    if (was_full && smmu->params.sev && smmu->ports.event && !smmuv3_on(smmu, SMMUV3_E_S01))
        smmu->ports.event(smmu->ports.context);
}

/* 7.1: the reason is there before GERROR says that there is one; CONS.RD stays. */
static void stop(struct smmuv3 *smmu, enum error error)
{
    SMMUV3_PROBE(smmu, smmu->sim->now_ps, SMMUV3_NO_REQUEST, "cmdq", "error=%d cons=%llx", (int)error,
                 (unsigned long long)smmuv3_reg(smmu, SMMUV3_REG_CMDQ_CONS));
    if (smmuv3_on(smmu, SMMUV3_E_CERROR_SKIPS))
        consume(smmu);
    if (smmuv3_on(smmu, SMMUV3_E_CERROR_SWAPPED))
        error = error == CERROR_ILL ? CERROR_ABT : CERROR_ILL;
    if (!smmuv3_on(smmu, SMMUV3_E_CERROR_NO_REASON))
        smmuv3_reg_change(smmu, SMMUV3_REG_CMDQ_CONS, SMMUV3_MASK(CMDQ_CONS_ERR), SMMUV3_PUT(CMDQ_CONS_ERR, error));
    smmuv3_error_raise(smmu, SMMUV3_MASK(GERROR_CMDQ_ERR));
}

/* ---- 4.7.3 CMD_SYNC ---- */

/* The consumption is observable before the signal is. */
static void sync_complete(struct smmuv3 *smmu)
{
    struct smmuv3_queue *queue = &smmu->queue;
    const struct smmuv3_command *sync = &queue->command;
    queue->syncing = false;
    SMMUV3_PROBE(smmu, smmu->sim->now_ps, SMMUV3_NO_REQUEST, "cmdq", "sync complete signal=%d", (int)sync->signal);
    consume(smmu);
    if (sync->signal == SMMUV3_SIG_IRQ && !smmuv3_on(smmu, SMMUV3_E_SYNC_IRQ_LOST))
        smmuv3_sync_interrupt(smmu, sync);
    if (sync->signal == SMMUV3_SIG_SEV && smmu->params.sev && smmu->ports.event && !smmuv3_on(smmu, SMMUV3_E_SYNC_SEV_LOST))
        smmu->ports.event(smmu->ports.context);
}

/* Older requests are done; MSIs of earlier CMD_SYNCs are visible, or their abort is. */
static bool sync_may_complete(const struct smmuv3 *smmu)
{
    const struct smmuv3_queue *queue = &smmu->queue;
    return queue->syncing && queue->drained && (!queue->msi.writing || smmuv3_on(smmu, SMMUV3_E_SYNC_BEFORE_MSI));
}

static void sync_drained(struct inflight_drain *drain)
{
    struct smmuv3 *smmu = drain->owner;
    smmu->queue.drained = true;
    smmuv3_queue_kick(smmu);
    smmuv3_updates_poll(smmu);
}

/* 4.7.3: the CMD_SYNC is not consumed, and nothing is signalled; what it waited for is waited for by the next. */
static void sync_failed(struct smmuv3 *smmu)
{
    smmu->queue.syncing = smmu->atc_failed = false;
    itags_cancel(&smmu->itags, &smmu->atc_drain);
    stop(smmu, CERROR_ATC_INV_SYNC);
}

static void sync_settled(struct smmuv3 *smmu)
{
    struct smmuv3_queue *queue = &smmu->queue;
    if (smmu->atc_failed) {
        sync_failed(smmu);
        return;
    }
    queue->drained = smmuv3_invalidation_drained(smmu, &queue->drain);
}

void smmuv3_queue_settled(struct smmuv3 *smmu)
{
    sync_settled(smmu);
    smmuv3_queue_kick(smmu);
    smmuv3_updates_poll(smmu);
}

static void sync_begin(struct smmuv3 *smmu)
{
    struct smmuv3_queue *queue = &smmu->queue;
    queue->syncing = true;
    queue->drained = false;
    if (smmuv3_atc_settled(smmu))
        sync_settled(smmu);
}

/* ---- executing ---- */

static bool is_tlbi(const struct smmuv3_command *command)
{
    return command->invalidates && command->invalidation.kind >= SMMUV3_TLBI_NH_ALL;
}

/*
 * Deviations: an invalidation takes effect with the command after it. S03: and is lost if that is of another kind.
 * COMPLETE_BEFORE_EFFECT: a CMD_SYNC does not bring it about.
 */
static void let_go(struct smmuv3 *smmu, const struct smmuv3_command *next)
{
    struct smmuv3_queue *queue = &smmu->queue;
    bool sync = next->opcode == SMMUV3_CMD_SYNC;
    if (!queue->holding || (sync && smmuv3_on(smmu, SMMUV3_E_COMPLETE_BEFORE_EFFECT)))
        return;
    queue->holding = false;
    if (sync || is_tlbi(next) || !smmuv3_on(smmu, SMMUV3_E_S03))
        smmuv3_invalidate(smmu, &queue->held.invalidation);
}

static void invalidate(struct smmuv3 *smmu, const struct smmuv3_command *command)
{
    struct smmuv3_queue *queue = &smmu->queue;
    if (smmuv3_on(smmu, SMMUV3_E_COMPLETE_BEFORE_EFFECT) || (is_tlbi(command) && smmuv3_on(smmu, SMMUV3_E_S03))) {
        queue->held = *command;
        queue->holding = true;
        return;
    }
    smmuv3_invalidate(smmu, &command->invalidation);
    smmuv3_stalls_early(smmu);
}

static bool is_prefetch(const struct smmuv3_command *command)
{
    return command->opcode == SMMUV3_CMD_PREFETCH_CONFIG || command->opcode == SMMUV3_CMD_PREFETCH_ADDR;
}

/* False: it is consumed later: a CMD_SYNC, or a CMD_ATC_INV without an ITag. A prefetch is a hint (4.2). */
static bool execute(struct smmuv3 *smmu, const struct smmuv3_command *command)
{
    let_go(smmu, command);
    if (command->opcode == SMMUV3_CMD_SYNC) {
        sync_begin(smmu);
        return false;
    }
    if (command->invalidates)
        invalidate(smmu, command);
    else if (command->opcode == SMMUV3_CMD_RESUME && !smmuv3_on(smmu, SMMUV3_E_RESUME_LOST))
        smmuv3_resume(smmu, command);
    else if (command->opcode == SMMUV3_CMD_STALL_TERM && !smmuv3_on(smmu, SMMUV3_E_STALL_TERM_LOST))
        smmuv3_stall_term(smmu, command->stream_id);
    else if (command->opcode == SMMUV3_CMD_ATC_INV)
        smmu->queue.untagged = !smmuv3_atc_invalidate(smmu, command);
    else if (command->opcode == SMMUV3_CMD_PRI_RESP)
        smmuv3_pri_respond(smmu, command);
    else if (is_prefetch(command) && smmu->params.prefetch && smmu->enabled)
        smmuv3_prefetch(smmu, command);
    return !smmu->queue.untagged;
}

static void run_command(struct smmuv3 *smmu)
{
    if (execute(smmu, &smmu->queue.command))
        consume(smmu);
}

void smmuv3_queue_freed(struct smmuv3 *smmu)
{
    if (!smmu->queue.untagged)
        return;
    smmu->queue.untagged = false;
    run_command(smmu);
    smmuv3_queue_kick(smmu);
    smmuv3_updates_poll(smmu);
}

static void timer_fired(struct sim_event *event)
{
    struct smmuv3_queue *queue = (struct smmuv3_queue *)((char *)event - offsetof(struct smmuv3_queue, timer));
    queue->executing = false;
    run_command(queue->smmu);
    smmuv3_queue_kick(queue->smmu);
    smmuv3_updates_poll(queue->smmu);
}

static void take_command(struct smmuv3 *smmu)
{
    struct smmuv3_queue *queue = &smmu->queue;
    if (!smmuv3_command_decode(smmu, queue->words, &queue->command)) {
        stop(smmu, CERROR_ILL);
        return;
    }
    SMMUV3_PROBE(smmu, smmu->sim->now_ps, SMMUV3_NO_REQUEST, "cmdq", "opcode=%02x cons=%llx", (unsigned)queue->command.opcode,
                 (unsigned long long)smmuv3_reg(smmu, SMMUV3_REG_CMDQ_CONS));
    if (!smmu->params.command_ps) {
        run_command(smmu);
        return;
    }
    queue->executing = true;
    sim_schedule(smmu->sim, &queue->timer, smmu->sim->now_ps + smmu->params.command_ps);
}

/* ---- fetching ---- */

static void fetch_complete(struct smmuv3 *smmu)
{
    struct smmuv3_queue *queue = &smmu->queue;
    const struct port_request *fetch = &queue->fetch.request;
    if (fetch->status != PORT_OK && !smmuv3_on(smmu, SMMUV3_E_CMDQ_ABT_UNSEEN)) {
        stop(smmu, CERROR_ABT);
        return;
    }
    queue->words[0] = load_le64(fetch->data);
    queue->words[1] = load_le64(fetch->data + 8);
    take_command(smmu);
}

static void fetch_done(struct ring_port *port, bool stale)
{
    struct smmuv3 *smmu = port->owner;
    if (!stale)
        fetch_complete(smmu);
    smmuv3_queue_kick(smmu);
    smmuv3_updates_poll(smmu);
}

static bool fetch(struct smmuv3 *smmu)
{
    struct ring ring = smmuv3_ring(smmu, SMMUV3_CMDQ);
    smmuv3_ring_access(smmu, SMMUV3_CMDQ, &smmu->queue.fetch.request);
    return ring_read(&smmu->queue.fetch, &ring, smmuv3_ring_consumer(smmu, SMMUV3_CMDQ), smmu->sim->now_ps);
}

static bool is_ready(const struct smmuv3 *smmu)
{
    const struct smmuv3_queue *queue = &smmu->queue;
    uint64_t enabled = smmuv3_reg(smmu, SMMUV3_REG_CR0) & smmuv3_reg(smmu, SMMUV3_REG_CR0ACK) & SMMUV3_MASK(CR0_CMDQEN);
    if (!enabled || queue->fetch.busy || queue->executing || queue->untagged || queue->syncing)
        return false;
    if (smmuv3_error_active(smmu, SMMUV3_MASK(GERROR_CMDQ_ERR)) && !smmuv3_on(smmu, SMMUV3_E_CMDQ_ERR_GOES_ON))
        return false;
    uint32_t left = smmuv3_ring_used(smmu, SMMUV3_CMDQ);
    return left &&
           left <= smmuv3_ring(smmu, SMMUV3_CMDQ).lap; /* nothing is consumed while the indexes are inconsistent (3.5.1) */
}

void smmuv3_queue_kick(struct smmuv3 *smmu)
{
    struct smmuv3_queue *queue = &smmu->queue;
    if (queue->running)
        return;
    queue->running = true;
    do {
        while (is_ready(smmu) && fetch(smmu))
            fetch_complete(smmu);
        if (!sync_may_complete(smmu))
            break;
        sync_complete(smmu);
    } while (true);
    queue->running = false;
}

/* What was read of commands that are not consumed is forgotten; it is read again. */
void smmuv3_queue_forget(struct smmuv3 *smmu)
{
    if (!SMMUV3_GET(smmuv3_reg(smmu, SMMUV3_REG_CR0), CR0_CMDQEN))
        ring_port_forget(&smmu->queue.fetch);
}

/* 6.3.9.3: reads are over, and commands in progress consumed in their entirety. */
bool smmuv3_queue_at_rest(const struct smmuv3 *smmu)
{
    return !smmu->queue.fetch.busy && !smmu->queue.executing && !smmu->queue.untagged && !smmu->queue.syncing;
}

bool smmuv3_queue_quiet(const struct smmuv3 *smmu)
{
    return smmuv3_queue_at_rest(smmu) && !smmu->queue.msi.writing && !is_ready(smmu);
}

void smmuv3_queue_init(struct smmuv3 *smmu)
{
    struct smmuv3_queue *queue = &smmu->queue;
    queue->smmu = smmu;
    ring_port_init(&queue->fetch, &smmu->ports.memory, fetch_done, smmu);
    queue->fetch.request.origin = PORT_QUEUE;
    queue->timer.fire = timer_fired;
    queue->drain.drained = sync_drained;
    queue->drain.owner = smmu;
}

void smmuv3_queue_reset(struct smmuv3 *smmu)
{
    struct smmuv3_queue *queue = &smmu->queue;
    sim_cancel(smmu->sim, &queue->timer);
    ring_port_forget(&queue->fetch);
    queue->executing = queue->untagged = queue->syncing = queue->drained = queue->holding = false;
}
