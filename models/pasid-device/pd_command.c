/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_command.c - commands: enabling, disabling, drain, abort, reset, stopping a PASID (6.20.1).
 *
 * A drain takes in what was accepted before it. The end of a command is told when the writes queued before it are complete.
 */
#include "pasid-device/pd_internal.h"

#include <string.h>

#define STATE_DISABLED 0u
#define STATE_ENABLED 1u
#define STATE_DRAIN 2u
#define STATE_HALT 3u
#define PASID_ENABLE 0x1u
#define ALL_WQS 0xffffffffu

static uint64_t wqcfg(const struct pasid_device *device, uint32_t wq, uint32_t field)
{
    return pd_get(&device->bar0, field, wq * PD_STRIDE_WQCFG);
}

static uint64_t state(const struct pasid_device *device)
{
    return pd_get(&device->bar0, PD_GENSTS_STATE, 0);
}

static void set_state(struct pasid_device *device, uint64_t value)
{
    pd_put(&device->bar0, PD_GENSTS_STATE, 0, value);
}

/* ---- enabling ---- */

static uint8_t groups_wrong(const struct pasid_device *device)
{
    uint64_t wqs_seen = 0, engines_seen = 0;
    uint64_t wqs_there = PD_BITS(device->params.wqs), engines_there = PD_BITS(device->params.engines);
    for (uint32_t n = 0; n < device->params.groups; n++) {
        uint64_t wqs = pd_get(&device->bar0, PD_GRPCFG_WQS, n * PD_STRIDE_GRPCFG);
        uint64_t engines = pd_get(&device->bar0, PD_GRPCFG_ENGINES, n * PD_STRIDE_GRPCFG);
        if ((wqs & wqs_seen) || (wqs & ~wqs_there))
            return PD_CE_GROUP_WQ_TWICE;
        if ((engines & engines_seen) || (engines & ~engines_there))
            return PD_CE_GROUP_ENGINE_TWICE;
        if (wqs && !engines)
            return PD_CE_GROUP_NO_ENGINE;
        wqs_seen |= wqs;
        engines_seen |= engines;
    }
    for (uint32_t n = 0; n < device->params.wqs; n++)
        if (wqcfg(device, n, PD_WQCFG_SIZE) && !(wqs_seen >> n & 1u))
            return PD_CE_GROUP_NO_GROUP;
    return PD_CE_NONE;
}

static uint8_t enable_device(struct pasid_device *device)
{
    uint64_t sizes = 0;
    if (state(device) != STATE_DISABLED)
        return PD_CE_DEVICE_ENABLED;
    if (!pd_master_enabled(device))
        return PD_CE_BUS_MASTER;
    for (uint32_t n = 0; n < device->params.wqs; n++)
        sizes += wqcfg(device, n, PD_WQCFG_SIZE);
    if (sizes > device->params.wq_entries)
        return PD_CE_SIZES;
    uint8_t error = groups_wrong(device);
    if (error == PD_CE_NONE)
        set_state(device, STATE_ENABLED);
    return error;
}

static uint8_t enable_wq(struct pasid_device *device, uint32_t n)
{
    if (n >= device->params.wqs)
        return PD_CE_BAD_WQ;
    if (state(device) != STATE_ENABLED)
        return PD_CE_DEVICE_OFF;
    if (device->wq[n].state != PD_WQ_DISABLED)
        return PD_CE_WQ_ENABLED;
    uint64_t size = wqcfg(device, n, PD_WQCFG_SIZE), total = 0;
    for (uint32_t i = 0; i < device->params.wqs; i++)
        total += wqcfg(device, i, PD_WQCFG_SIZE);
    bool shared = !wqcfg(device, n, PD_WQCFG_MODE), has_pasid = wqcfg(device, n, PD_WQCFG_PASID_EN);
    uint64_t threshold = wqcfg(device, n, PD_WQCFG_THRESHOLD), pasid = wqcfg(device, n, PD_WQCFG_PASID);
    if (size == 0 || total > device->params.wq_entries)
        return PD_CE_WQ_SIZE;
    if (wqcfg(device, n, PD_WQCFG_PRIORITY) == 0)
        return PD_CE_WQ_PRIORITY;
    if (shared && (threshold == 0 || threshold > size))
        return PD_CE_WQ_MODE;
    if (wqcfg(device, n, PD_WQCFG_BOF) && !pd_get(&device->bar0, PD_GENCAP_BLOCK_ON_FAULT, 0))
        return PD_CE_WQ_BOF;
    bool off = has_pasid && !(pd_pasid_control(device) & PASID_ENABLE);
    if (off ||
        (has_pasid && !shared && pasid >> device->params.pasid_width && !pd_deviates(device, PD_E_H26_WIDTH, NULL, 0, NULL)))
        return PD_CE_WQ_PASID;
    if (wqcfg(device, n, PD_WQCFG_MAX_BATCH) > pd_get(&device->bar0, PD_GENCAP_MAX_BATCH, 0))
        return PD_CE_WQ_BATCH;
    if (wqcfg(device, n, PD_WQCFG_MAX_XFER) > pd_get(&device->bar0, PD_GENCAP_MAX_XFER, 0))
        return PD_CE_WQ_XFER;
    device->wq[n].state = PD_WQ_ENABLED;
    return PD_CE_NONE;
}

/* ---- starting a command ---- */

static uint8_t select_wqs(const struct pasid_device *device, struct pd_command *command)
{
    uint32_t mask = command->operand & 0xffffu, block = command->operand >> 16 & 0xfu, enabled = 0;
    if (mask == 0 || block || mask >> device->params.wqs)
        return PD_CE_BAD_WQ;
    for (uint32_t n = 0; n < device->params.wqs; n++)
        enabled |= (uint32_t)(device->wq[n].state == PD_WQ_ENABLED) << n;
    if (state(device) == STATE_DISABLED || !(mask & enabled))
        return PD_CE_WQ_NOT_ENABLED;
    command->filter.wqs = command->wqs = mask;
    return PD_CE_NONE;
}

static void refuse_new_work(struct pasid_device *device, uint32_t wqs)
{
    for (uint32_t n = 0; n < device->params.wqs; n++)
        if ((wqs >> n & 1u) && device->wq[n].state == PD_WQ_ENABLED)
            device->wq[n].state = PD_WQ_BUSY;
}

/* An error, or what the command waits for and does at once. */
static uint8_t start(struct pasid_device *device, struct pd_command *command)
{
    uint8_t error = PD_CE_NONE;
    command->filter = (struct pd_filter){.wqs = ALL_WQS, .last = device->sequence};
    switch (command->code) {
    case PD_CMD_ENABLE_DEVICE:
        return enable_device(device);
    case PD_CMD_ENABLE_WQ:
        return enable_wq(device, command->operand);
    case PD_CMD_DISABLE_DEVICE:
        if (state(device) != STATE_ENABLED)
            return PD_CE_NOT_ENABLED;
        set_state(device, STATE_DRAIN);
        refuse_new_work(device, ALL_WQS);
        return PD_CE_NONE;
    case PD_CMD_DRAIN_ALL:
    case PD_CMD_ABORT_ALL:
        if (state(device) != STATE_ENABLED)
            return PD_CE_WQ_NOT_ENABLED;
        break;
    case PD_CMD_RESET_DEVICE:
        refuse_new_work(device, ALL_WQS);
        break;
    case PD_CMD_DISABLE_WQ:
    case PD_CMD_RESET_WQ:
        error = select_wqs(device, command);
        if (error == PD_CE_NONE)
            refuse_new_work(device, command->wqs);
        break;
    case PD_CMD_DRAIN_WQ:
    case PD_CMD_ABORT_WQ:
        error = select_wqs(device, command);
        break;
    case PD_CMD_DRAIN_PASID:
    case PD_CMD_ABORT_PASID:
        if (state(device) != STATE_ENABLED)
            return PD_CE_WQ_NOT_ENABLED;
        command->filter.by_pasid = true;
        command->filter.pasid = command->operand;
        break;
    default:
        return PD_CE_BAD_COMMAND;
    }
    bool aborts = command->code == PD_CMD_ABORT_ALL || command->code == PD_CMD_ABORT_WQ || command->code == PD_CMD_ABORT_PASID ||
                  command->code == PD_CMD_RESET_WQ || command->code == PD_CMD_RESET_DEVICE;
    if (error == PD_CE_NONE && aborts)
        pd_work_abort(device, &command->filter);
    return error;
}

void pd_command_write(struct pasid_device *device, uint32_t value)
{
    struct pd_command *command = &device->command;
    if (command->active)
        return;
    *command =
        (struct pd_command){.active = true, .interrupt = value >> 31, .code = value >> 20 & 0x1fu, .operand = value & 0xfffffu};
    pd_put(&device->bar0, PD_CMDSTS_ACTIVE, 0, 1);
    command->error = start(device, command);
    pd_put(&device->bar0, PD_CMDSTS_ERROR, 0, command->error);
}

/* ---- ending it ---- */

static void queues_off(struct pasid_device *device, uint32_t wqs, bool clear)
{
    for (uint32_t n = 0; n < device->params.wqs; n++) {
        if (!(wqs >> n & 1u))
            continue;
        device->wq[n].state = PD_WQ_DISABLED;
        memset(device->wq[n].slot, 0, sizeof device->wq[n].slot);
        if (clear)
            memcpy(device->bar0.value + PD_AT_WQCFG + n * PD_STRIDE_WQCFG, device->bar0.reset + PD_AT_WQCFG + n * PD_STRIDE_WQCFG,
                   PD_STRIDE_WQCFG);
    }
}

/* B.6.6: configuration and queues are reset; page requests keep their index until the response. */
static void reset_device(struct pasid_device *device)
{
    uint8_t causes = device->bar0.value[PD_AT_INTCAUSE];
    queues_off(device, ALL_WQS, false);
    pd_regs_reset(device, true);
    pd_put(&device->bar0, PD_CMDSTS_ACTIVE, 0, 1);
    device->bar0.value[PD_AT_INTCAUSE] = causes;
    pd_atc_shape(device);
    device->events = (struct pd_events){0};
    device->shut = false;
}

/* DRAIN_PASID that ends with a Stop Marker: the work it waits for asks for no more pages. */
bool pd_command_cuts(const struct pasid_device *device, const struct pd_flow *flow)
{
    const struct pd_command *command = &device->command;
    return command->active && command->code == PD_CMD_DRAIN_PASID && command->error == PD_CE_NONE && !command->marker_early &&
           pd_get(&device->bar0, PD_PRICFG_MARKER, 0) && flow->has_pasid && flow->pasid == command->operand &&
           flow->sequence <= command->filter.last;
}

static bool stop_pasid(struct pasid_device *device, struct pd_command *command)
{
    bool marker = pd_get(&device->bar0, PD_PRICFG_MARKER, 0) && device->params.pri;
    struct pd_flow flow = {.has_pasid = true, .pasid = command->operand};
    if (marker) {
        if (!command->marker_sent && pd_deviates(device, PD_E_H37_EARLY, &flow, 0, NULL))
            command->marker_early = command->marker_sent = pd_pri_marker(device, command->operand);
        if (!command->marker_early)
            pd_pri_cut(device, command->operand, command->filter.last);
    }
    if (pd_work_pending(device, &command->filter))
        return false;
    if (marker && !command->marker_sent)
        command->marker_sent = pd_pri_marker(device, command->operand);
    return marker ? command->marker_sent : !pd_pri_waits(device, false, command->operand);
}

static bool ended(struct pasid_device *device, struct pd_command *command)
{
    struct pd_flow flow = {.has_pasid = command->filter.by_pasid, .pasid = command->operand};
    if (command->error != PD_CE_NONE || command->code == PD_CMD_ENABLE_DEVICE || command->code == PD_CMD_ENABLE_WQ)
        return true;
    if (pd_work_pending(device, &command->filter) && pd_deviates(device, PD_E_H39, &flow, 0, NULL))
        return true;
    if (command->code == PD_CMD_DRAIN_PASID)
        return stop_pasid(device, command);
    return !pd_work_pending(device, &command->filter);
}

static void effect(struct pasid_device *device, const struct pd_command *command)
{
    switch (command->code) {
    case PD_CMD_DISABLE_DEVICE:
        queues_off(device, ALL_WQS, false);
        set_state(device, STATE_DISABLED);
        break;
    case PD_CMD_RESET_DEVICE:
        reset_device(device);
        break;
    case PD_CMD_DISABLE_WQ:
    case PD_CMD_RESET_WQ:
        queues_off(device, command->wqs, command->code == PD_CMD_RESET_WQ);
        break;
    default:
        break;
    }
}

bool pd_command_step(struct pasid_device *device)
{
    struct pd_command *command = &device->command;
    struct pd_tlps *t = &device->tlps;
    if (!command->active || (!command->flushing && !ended(device, command)))
        return false;
    if (!command->flushing) {
        command->flushing = true;
        command->writes = t->writes_queued;
    }
    bool pushed = t->writes_done >= command->writes;
    bool halted_reset = command->code == PD_CMD_RESET_DEVICE;
    if (!pushed && command->error == PD_CE_NONE && !halted_reset)
        return false;
    command->active = false;
    if (command->error == PD_CE_NONE)
        effect(device, command);
    pd_put(&device->bar0, PD_CMDSTS_ERROR, 0, command->error);
    pd_put(&device->bar0, PD_CMDSTS_ACTIVE, 0, 0);
    PD_PROBE(device, "command", "end code=%u error=0x%x", command->code, command->error);
    if (command->interrupt)
        pd_cause(device, PD_INTCAUSE_CMD, 0);
    return true;
}
