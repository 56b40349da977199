/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_event.c - SWERR, the event log, interrupt causes.
 *
 * An error of a descriptor goes to the log where that is enabled, else to SWERR. What concerns a portal or the translation
 * interface is in SWERR always, and in the log too. A log entry is in memory before the tail says so.
 */
#include "pasid-device/pd_internal.h"

#include <string.h>

#define STATE_HALT 3u
#define RECORD_AT 32u

/* ---- causes ---- */

/* Vector 0 goes out when an enabled cause becomes 1. enable: a field of GENCTRL, 0: enabled by the command. */
void pd_cause(struct pasid_device *device, uint32_t field, uint32_t enable)
{
    bool was = pd_get(&device->bar0, field, 0);
    pd_put(&device->bar0, field, 0, 1);
    if ((!was || pd_erratum(device, PD_E_R31_EDGE)) && (!enable || pd_get(&device->bar0, enable, 0)))
        pd_msix_send(device, 0);
}

void pd_halt(struct pasid_device *device)
{
    pd_put(&device->bar0, PD_GENSTS_STATE, 0, STATE_HALT);
    pd_put(&device->bar0, PD_GENSTS_RESET_TYPE, 0, 0);
    pd_cause(device, PD_INTCAUSE_HALT, PD_GENCTRL_HALT);
}

/* ---- SWERR ---- */

static void overflow(struct pasid_device *device)
{
    pd_put(&device->bar0, PD_SWERR_OVERFLOW, 0, 1);
}

static void to_swerr(struct pasid_device *device, const uint8_t *event)
{
    uint8_t *swerr = device->bar0.value + PD_AT_SWERR;
    if (pd_get(&device->bar0, PD_SWERR_VALID, 0)) {
        overflow(device);
        return;
    }
    bool lost = pd_get(&device->bar0, PD_SWERR_OVERFLOW, 0);
    memcpy(swerr, event, 32);
    swerr[0] = (uint8_t)((event[0] & 0x7cu) | 1u);
    pd_put(&device->bar0, PD_SWERR_OVERFLOW, 0, lost);
    pd_cause(device, PD_INTCAUSE_ERR, PD_GENCTRL_SOFTERR);
}

/* ---- event log ---- */

static bool log_on(const struct pasid_device *device)
{
    return pd_get(&device->bar0, PD_GENCFG_EVL_EN, 0) && pd_get(&device->bar0, PD_EVLCFG_SIZE, 0) >= 2u;
}

static void lose(struct pasid_device *device)
{
    device->events.lost = true;
    pd_count(device, PD_COUNT_LOG_LOST, 1);
    overflow(device);
}

static void to_log(struct pasid_device *device, const uint8_t *event)
{
    struct pd_events *e = &device->events;
    if (e->count == PD_EVENTS_MAX || (e->lost && pd_erratum(device, PD_E_D12))) {
        lose(device);
        return;
    }
    memcpy(e->queue[(e->first + e->count++) % PD_EVENTS_MAX].bytes, event, PD_LINE);
    pd_kick(device);
}

void pd_event(struct pasid_device *device, uint8_t code, const struct pd_job *job, int wq, bool write, uint64_t address,
              bool portal)
{
    uint8_t event[PD_LINE] = {0};
    pd_store(event, PD_EVL_ERROR, code);
    pd_store(event, PD_EVL_WRITE, write);
    pd_store(event, PD_EVL_ADDRESS, address);
    pd_store(event, PD_EVL_WQ_VALID, wq >= 0);
    pd_store(event, PD_EVL_WQ, wq >= 0 ? (uint64_t)wq : 0);
    if (job) {
        pd_store(event, PD_EVL_DESC_VALID, 1);
        pd_store(event, PD_EVL_BATCH, job->in_batch);
        pd_store(event, PD_EVL_BATCH_INDEX, job->batch_index);
        pd_store(event, PD_EVL_PRIV, job->work.flow.privileged);
        pd_store(event, PD_EVL_OPERATION, job->opcode);
        pd_store(event, PD_EVL_PASID, job->work.flow.pasid);
        if (code == PD_ST_FLAGS)
            pd_store(event, PD_EVL_INVALID_FLAGS, job->flags);
        memcpy(event + RECORD_AT, job->record, sizeof job->record);
        pd_store(event, PD_EVL_INFO_VALID, 1);
    }
    bool log = log_on(device);
    if (portal || !log)
        to_swerr(device, event);
    if (log)
        to_log(device, event);
    PD_PROBE(device, "event", "code=0x%x wq=%d", code, wq);
}

/* ---- writing the log ---- */

static void start_write(struct pasid_device *device, uint64_t tail)
{
    const struct pd_regs *r = &device->bar0;
    struct pd_events *e = &device->events;
    bool has_pasid = pd_get(r, PD_EVLCFG_PASID_EN, 0);
    struct pd_flow flow = {.has_pasid = has_pasid,
                           .pasid = has_pasid ? (uint32_t)pd_get(r, PD_EVLCFG_PASID, 0) : 0,
                           .privileged = has_pasid && pd_get(r, PD_EVLCFG_PRIV, 0)};
    pd_access_start(&e->write, PCIE_WRITE, &flow, (pd_get(r, PD_EVLCFG_BASE, 0) << 12) + tail * PD_LINE, PD_LINE);
    memcpy(e->write.data, e->queue[e->first].bytes, PD_LINE);
    e->writing = true;
}

static void forget_first(struct pd_events *e)
{
    e->first = (e->first + 1u) % PD_EVENTS_MAX;
    e->count--;
}

static void move_tail(struct pasid_device *device)
{
    struct pd_regs *r = &device->bar0;
    uint64_t size = pd_get(r, PD_EVLCFG_SIZE, 0);
    pd_put(r, PD_EVLSTATUS_TAIL, 0, (pd_get(r, PD_EVLSTATUS_TAIL, 0) + 1u) % size);
    pd_put(r, PD_EVLSTATUS_PENDING, 0, 1);
    pd_cause(device, PD_INTCAUSE_EVL, PD_GENCTRL_EVL);
}

static bool step_write(struct pasid_device *device)
{
    struct pd_events *e = &device->events;
    bool moved = pd_access_step(device, &e->write);
    if (e->write.state != PD_ACCESS_DONE)
        return moved;
    e->writing = false;
    forget_first(e);
    if (e->write.status == PD_ST_OK) {
        pd_count(device, PD_COUNT_LOG, 1);
        if (!pd_erratum(device, PD_E_D08))
            move_tail(device);
        return true;
    }
    uint8_t event[PD_LINE] = {0};
    pd_store(event, PD_EVL_ERROR, PD_ERR_LOG);
    pd_store(event, PD_EVL_WRITE, 1);
    pd_store(event, PD_EVL_ADDRESS, e->write.address);
    to_swerr(device, event);
    pd_halt(device);
    return true;
}

static bool log_full(const struct pasid_device *device)
{
    const struct pd_regs *r = &device->bar0;
    uint64_t next = pd_get(r, PD_EVLSTATUS_TAIL, 0) + 1u;
    if (!pd_erratum(device, PD_E_R38))
        next %= pd_get(r, PD_EVLCFG_SIZE, 0);
    return next == pd_get(r, PD_EVLSTATUS_HEAD, 0);
}

/* Deviation: an event that finds the log full stands in the way of all work. */
bool pd_events_stall(const struct pasid_device *device)
{
    return pd_erratum(device, PD_E_D09) && device->events.count && log_on(device) && log_full(device);
}

bool pd_events_step(struct pasid_device *device)
{
    struct pd_events *e = &device->events;
    const struct pd_regs *r = &device->bar0;
    if (e->writing)
        return step_write(device);
    if (!e->count || pd_get(r, PD_GENSTS_STATE, 0) == STATE_HALT)
        return false;
    if (!log_on(device)) {
        e->count = 0;
        return false;
    }
    uint64_t tail = pd_get(r, PD_EVLSTATUS_TAIL, 0);
    if (log_full(device)) {
        if (pd_erratum(device, PD_E_D09))
            return false;
        forget_first(e);
        lose(device);
        return true;
    }
    start_write(device, tail);
    if (pd_erratum(device, PD_E_D08))
        move_tail(device);
    return true;
}
