/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_engine.c - which descriptor is next, and its life: check, run, record, interrupt. Batches.
 *
 * An engine runs one descriptor. The descriptors of a batch run one after the other in the engine that took the batch, so a
 * fence is always kept.
 */
#include "pasid-device/pd_internal.h"

#include <string.h>

#define FLAG(name) (1u << PD_FLAG_##name)
#define AGE_MAX 16u
#define OPERAND_RECORD 2u
#define OPERAND_LIST 3u

/* ---- choosing ---- */

static struct pd_wq *pick(struct pasid_device *device, uint32_t engine)
{
    uint64_t wqs = 0;
    for (uint32_t n = 0; n < device->params.groups; n++)
        if (pd_get(&device->bar0, PD_GRPCFG_ENGINES, n * PD_STRIDE_GRPCFG) >> engine & 1u)
            wqs |= pd_get(&device->bar0, PD_GRPCFG_WQS, n * PD_STRIDE_GRPCFG);
    struct pd_wq *best = NULL;
    uint64_t best_priority = 0;
    for (uint32_t n = 0; n < device->params.wqs; n++) {
        struct pd_wq *wq = &device->wq[n];
        if (!(wqs >> n & 1u) || !wq->first)
            continue;
        uint64_t priority = wq->age >= AGE_MAX ? AGE_MAX : pd_get(&device->bar0, PD_WQCFG_PRIORITY, n * PD_STRIDE_WQCFG);
        wq->age++;
        if (!best || priority > best_priority) {
            best = wq;
            best_priority = priority;
        }
    }
    if (best)
        best->age = 0;
    return best;
}

/* What bytes and flow say, in a form that the engine works with. */
static void load_job(struct pasid_device *device, struct pd_job *job)
{
    const uint8_t *bytes = job->work.bytes;
    struct pd_flow *flow = &job->work.flow;
    uint32_t at = job->work.wq * PD_STRIDE_WQCFG;
    job->phase = PD_CHECK;
    job->opcode = (uint8_t)pd_load(bytes, PD_DESC_OPCODE);
    job->flags = (uint32_t)pd_load(bytes, PD_DESC_FLAGS);
    job->src = pd_load(bytes, PD_DESC_SRC);
    job->dst = pd_load(bytes, PD_DESC_DST);
    job->size = pd_load(bytes, PD_DESC_SIZE);
    job->began = pd_tick(device);
    job->status = PD_ST_OK;
    flow->untranslated = (job->flags & FLAG(XUNTR)) || pd_get(&device->bar0, PD_WQCFG_ATS_DISABLE, at);
    flow->block =
        (job->flags & FLAG(BOF)) && pd_get(&device->bar0, PD_WQCFG_BOF, at) && !pd_get(&device->bar0, PD_WQCFG_PRS_DISABLE, at);
    flow->sequence = job->work.sequence;
    flow->no_snoop = job->flags & FLAG(XNS);
    flow->ats_was_on = pd_ats_on(device) && !flow->untranslated;
}

static bool take_work(struct pasid_device *device, uint32_t n)
{
    struct pd_wq *wq = pick(device, n);
    struct pd_job *job = &device->engine[n].job;
    if (!wq)
        return false;
    struct pd_work *work = wq->first;
    wq->first = work->next;
    if (!wq->first)
        wq->last = NULL;
    wq->count--;
    *job = (struct pd_job){.work = *work};
    job->work.next = NULL;
    pd_work_free(device, work);
    load_job(device, job);
    return true;
}

/* ---- who is still at work ---- */

static bool filter_takes(const struct pd_filter *filter, const struct pd_work *work)
{
    if (work->sequence > filter->last)
        return false;
    if (filter->by_pasid)
        return work->flow.has_pasid && work->flow.pasid == filter->pasid;
    return filter->wqs >> work->wq & 1u;
}

bool pd_work_pending(const struct pasid_device *device, const struct pd_filter *filter)
{
    for (uint32_t n = 0; n < PD_WQS_MAX; n++)
        for (const struct pd_work *work = device->wq[n].first; work; work = work->next)
            if (filter_takes(filter, work))
                return true;
    for (uint32_t n = 0; n < PD_ENGINES_MAX; n++) {
        const struct pd_engine *engine = &device->engine[n];
        if ((engine->job.phase != PD_IDLE && filter_takes(filter, &engine->job.work)) ||
            (engine->parent.phase != PD_IDLE && filter_takes(filter, &engine->parent.work)))
            return true;
    }
    return false;
}

static void abort_queued(struct pasid_device *device, struct pd_wq *wq, const struct pd_filter *filter)
{
    struct pd_work **link = &wq->first;
    wq->last = NULL;
    while (*link) {
        struct pd_work *work = *link;
        if (!filter_takes(filter, work)) {
            wq->last = work;
            link = &work->next;
            continue;
        }
        *link = work->next;
        wq->count--;
        pd_work_free(device, work);
        pd_count(device, PD_COUNT_ABORTED, 1);
    }
}

void pd_work_abort(struct pasid_device *device, const struct pd_filter *filter)
{
    for (uint32_t n = 0; n < PD_WQS_MAX; n++)
        abort_queued(device, &device->wq[n], filter);
    for (uint32_t n = 0; n < PD_ENGINES_MAX; n++) {
        struct pd_engine *engine = &device->engine[n];
        if (engine->job.phase != PD_IDLE && filter_takes(filter, &engine->job.work))
            engine->job.abort = true;
        if (engine->parent.phase != PD_IDLE && filter_takes(filter, &engine->parent.work))
            engine->parent.abort = true;
    }
}

/* Work of the same queue that was accepted before: DRAIN waits for it. */
bool pd_earlier_work(const struct pasid_device *device, const struct pd_job *job)
{
    struct pd_filter filter = {.wqs = 1u << job->work.wq, .last = job->work.sequence - 1u};
    return pd_work_pending(device, &filter);
}

/* ---- the end of a descriptor: record, interrupt ---- */

void pd_job_fail(struct pd_job *job, const struct pd_access *access)
{
    uint8_t *record = job->record;
    job->status = access->status;
    pd_store(record, PD_REC_FAULT_WRITE, access->kind != PCIE_READ);
    pd_store(record, PD_REC_FAULT_OPERAND, access->operand);
    pd_store(record, PD_REC_FAULT_EXEC, access->execute);
    pd_store(record, PD_REC_FAULT_AT, access->at);
    pd_store(record, PD_REC_FAULT_PASID_V, access->flow.has_pasid);
    pd_store(record, PD_REC_ADDRESS, access->address);
}

static bool good(const struct pd_job *job)
{
    return job->status == PD_ST_OK || job->status == PD_ST_FALSE;
}

void pd_record_start(struct pd_job *job)
{
    struct pd_access *write = &job->write;
    pd_store(job->record, PD_REC_STATUS, job->status);
    pd_access_start(write, PCIE_WRITE, &job->work.flow, pd_load(job->work.bytes, PD_DESC_RECORD), sizeof job->record);
    write->operand = OPERAND_RECORD;
    write->flow.ats_was_on = false; /* how the data fared is told also when ATS is off by now */
    memcpy(write->data, job->record, sizeof job->record);
    job->writing = true;
}

static bool step_interrupt(struct pasid_device *device, struct pd_job *job)
{
    bool wanted = (job->flags & FLAG(RCI)) && job->status != PD_ST_HANDLE && job->status != PD_ST_FLAGS &&
                  job->status != PD_ST_OPCODE && job->status != PD_ST_RESERVED;
    uint32_t vector = (uint32_t)pd_load(job->work.bytes, PD_DESC_HANDLE);
    if (wanted && vector < PD_VECTORS && pd_msix_permits(device, vector, &job->work.flow))
        pd_msix_send(device, vector);
    job->phase = PD_END;
    return true;
}

/* A record is due with CRAV on failure, and on success with RCR. What cannot be recorded is an event. */
static void begin_record(struct pasid_device *device, struct pd_job *job)
{
    bool aligned = pd_load(job->work.bytes, PD_DESC_RECORD) % 32u == 0, valid = job->flags & FLAG(CRAV);
    job->phase = PD_INTERRUPT;
    if ((job->flags & FLAG(RCI)) && pd_deviates(device, PD_E_H42_INTERRUPT, &job->work.flow, job->dst, NULL)) {
        step_interrupt(device, job);
        job->flags &= ~FLAG(RCI);
        job->phase = PD_INTERRUPT;
    }
    pd_count(device, good(job) ? PD_COUNT_OK : PD_COUNT_FAILED, 1);
    pd_store(job->record, PD_REC_STATUS, job->status);
    bool reachable = !pd_pasid_too_wide(device, &job->work.flow); /* 7.8.9: no TLP carries such a PASID */
    if (valid && aligned && reachable && (!good(job) || (job->flags & FLAG(RCR)))) {
        job->phase = PD_RECORD;
        pd_record_start(job);
    } else if (valid && !aligned) {
        pd_event(device, PD_ST_CR_ALIGN, job, job->work.wq, true, pd_load(job->work.bytes, PD_DESC_RECORD), false);
    } else if (!good(job)) {
        pd_event(device, job->status, job, job->work.wq, pd_load(job->record, PD_REC_FAULT_WRITE),
                 pd_load(job->record, PD_REC_ADDRESS), false);
    }
}

static bool step_record(struct pasid_device *device, struct pd_job *job)
{
    bool moved = pd_access_step(device, &job->write);
    if (job->write.state != PD_ACCESS_DONE)
        return moved;
    job->phase = PD_INTERRUPT;
    if (job->write.status == PD_ST_OK)
        pd_count(device, PD_COUNT_RECORD, 1);
    else
        pd_event(device, PD_ST_CR_FAULT, job, job->work.wq, true, job->write.address, false);
    return true;
}

/* ---- batches ---- */

static void begin_batch(struct pd_engine *engine)
{
    engine->parent = engine->job;
    engine->job = (struct pd_job){.phase = PD_IDLE};
    engine->batch_done = 0;
    engine->batch_failed = false;
}

static void end_batch(struct pd_engine *engine)
{
    engine->job = engine->parent;
    engine->parent = (struct pd_job){.phase = PD_IDLE};
    engine->job.phase = PD_CUT;
    engine->job.status = engine->batch_failed ? PD_ST_BATCH_FAIL : PD_ST_OK;
    pd_store(engine->job.record, PD_REC_DONE, engine->batch_done);
    engine->fetch.state = PD_ACCESS_IDLE;
}

static void load_fetched(struct pasid_device *device, struct pd_engine *engine)
{
    struct pd_job *parent = &engine->parent;
    engine->job = (struct pd_job){.work = parent->work, .in_batch = true, .batch_index = engine->batch_done};
    memcpy(engine->job.work.bytes, engine->fetch.data, PD_LINE);
    engine->fetch.state = PD_ACCESS_IDLE;
    load_job(device, &engine->job);
}

static bool step_batch(struct pasid_device *device, struct pd_engine *engine)
{
    struct pd_job *parent = &engine->parent;
    struct pd_access *fetch = &engine->fetch;
    if (fetch->state == PD_ACCESS_IDLE) {
        if (parent->abort || engine->batch_done == parent->size) {
            end_batch(engine);
            return true;
        }
        pd_access_start(fetch, PCIE_READ, &parent->work.flow, parent->src + (uint64_t)engine->batch_done * PD_LINE, PD_LINE);
        fetch->operand = OPERAND_LIST;
        fetch->last = parent->src + parent->size * PD_LINE - 1u;
    }
    if (parent->abort)
        pd_access_cancel(fetch);
    bool moved = pd_access_step(device, fetch);
    if (fetch->state != PD_ACCESS_DONE)
        return moved;
    if (parent->abort) {
        fetch->state = PD_ACCESS_IDLE;
    } else if (fetch->status == PD_ST_OK) {
        load_fetched(device, engine);
    } else {
        struct pd_access failed = *fetch;
        end_batch(engine);
        pd_job_fail(&engine->job, &failed);
        engine->job.status = PD_ST_LIST_FAULT;
    }
    return true;
}

/* ---- life of a descriptor ---- */

static bool judge(struct pasid_device *device, struct pd_engine *engine)
{
    struct pd_job *job = &engine->job;
    job->status = pd_check(device, job);
    if (job->status != PD_ST_OK)
        job->phase = PD_CUT;
    else if (job->opcode == PD_OP_BATCH)
        begin_batch(engine);
    else
        job->phase = PD_RUN;
    return true;
}

static bool lines_idle(struct pasid_device *device, struct pd_job *job, bool *moved)
{
    bool idle = true;
    for (uint32_t i = 0; i < PD_LINES_MAX; i++) {
        struct pd_line *line = &job->line[i];
        struct pd_access *parts[] = {&line->a, &line->b};
        for (uint32_t k = 0; line->used && k < 2u; k++) {
            pd_access_cancel(parts[k]);
            *moved |= pd_access_step(device, parts[k]);
            idle &= parts[k]->state == PD_ACCESS_IDLE || parts[k]->state == PD_ACCESS_DONE;
        }
    }
    if (job->writing) {
        pd_access_cancel(&job->write);
        *moved |= pd_access_step(device, &job->write);
        idle &= job->write.state == PD_ACCESS_DONE;
    }
    if (job->treq && job->treq->state == PD_TREQ_ANSWERED) {
        pd_treq_leave(job->treq);
        job->treq = NULL;
    }
    if (job->prg) {
        pd_prg_leave(job->prg);
        job->prg = NULL;
    }
    return idle && !job->treq;
}

/* What is left of a descriptor that has ended early owes the link nothing any more before the record is written. */
static bool step_cut(struct pasid_device *device, struct pd_job *job)
{
    bool moved = false;
    if (!lines_idle(device, job, &moved))
        return moved;
    if (job->abort)
        job->phase = PD_END;
    else
        begin_record(device, job);
    return true;
}

static bool step_end(struct pasid_device *device, struct pd_engine *engine)
{
    struct pd_job *job = &engine->job;
    if (job->abort)
        pd_count(device, PD_COUNT_ABORTED, 1);
    if (job->in_batch) {
        engine->batch_done++;
        engine->batch_failed |= !good(job);
    }
    PD_PROBE(device, "engine", "end opcode=0x%x status=0x%x abort=%d", job->opcode, job->status, job->abort);
    job->phase = PD_IDLE;
    return true;
}

static bool step_job(struct pasid_device *device, struct pd_engine *engine)
{
    struct pd_job *job = &engine->job;
    if (job->abort && job->phase != PD_CUT && job->phase != PD_END)
        job->phase = PD_CUT;
    switch (job->phase) {
    case PD_CHECK:
        return judge(device, engine);
    case PD_RUN:
    case PD_READBACK:
        return pd_op_run(device, engine);
    case PD_CUT:
        return step_cut(device, job);
    case PD_RECORD:
        return step_record(device, job);
    case PD_INTERRUPT:
        return step_interrupt(device, job);
    case PD_END:
        return step_end(device, engine);
    case PD_IDLE:
        break;
    }
    return false;
}

static bool step_engine(struct pasid_device *device, uint32_t n)
{
    struct pd_engine *engine = &device->engine[n];
    if (engine->job.phase != PD_IDLE)
        return step_job(device, engine);
    if (engine->parent.phase != PD_IDLE)
        return step_batch(device, engine);
    bool runs = pd_get(&device->bar0, PD_GENSTS_STATE, 0) == 1u || pd_get(&device->bar0, PD_GENSTS_STATE, 0) == 2u;
    return runs && take_work(device, n);
}

static bool busy(const struct pd_engine *engine)
{
    return engine->job.phase != PD_IDLE || engine->parent.phase != PD_IDLE;
}

/* One engine at a time, and they take turns: the queues of each group have their own. */
static bool step_serial(struct pasid_device *device)
{
    uint32_t engines = device->params.engines;
    for (uint32_t n = 0; n < engines; n++)
        if (busy(&device->engine[n]))
            return step_engine(device, n);
    for (uint32_t i = 0; i < engines; i++) {
        uint32_t n = (device->engine_turn + i) % engines;
        if (!step_engine(device, n))
            continue;
        device->engine_turn = (n + 1u) % engines;
        return true;
    }
    return false;
}

bool pd_engines_step(struct pasid_device *device)
{
    bool moved = false;
    if (pd_events_stall(device))
        return false;
    if (pd_serial(device))
        return step_serial(device);
    for (uint32_t n = 0; n < device->params.engines; n++)
        moved |= step_engine(device, n);
    return moved;
}

void pd_engines_reset(struct pasid_device *device)
{
    memset(device->engine, 0, sizeof device->engine);
    device->engine_turn = 0;
}
