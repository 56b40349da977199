/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_device.c - the device: its clock, making it, resetting it (6.6), messages.
 */
#include "pasid-device/pd_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- the clock ---- */

uint64_t pd_tick(const struct pasid_device *device)
{
    return device->sim->now_ps / device->params.tick_ps;
}

bool pd_serial(const struct pasid_device *device)
{
    return device->params.serial || pd_get(&device->bar0, PD_MODE_SERIAL, 0);
}

static void schedule(struct pasid_device *device, uint64_t tick)
{
    uint64_t limit = UINT64_MAX / device->params.tick_ps;
    if (tick > limit)
        return;
    uint64_t when_ps = tick * device->params.tick_ps;
    if (!device->clock.scheduled || when_ps < device->clock.when_ps)
        sim_schedule(device->sim, &device->clock, when_ps);
}

void pd_kick(struct pasid_device *device)
{
    schedule(device, pd_tick(device) + 1u);
}

/* Asked for again at every edge, so that a later request may replace it. */
void pd_wake_at(struct pasid_device *device, uint64_t tick)
{
    device->wake = tick < device->wake ? tick : device->wake;
}

static bool step(struct pasid_device *device)
{
    bool moved = pd_tlps_step(device);
    moved |= pd_treqs_step(device);
    moved |= pd_invalidate_step(device);
    moved |= pd_pri_step(device);
    moved |= pd_engines_step(device);
    moved |= device->params.exer && pd_slots_step(device);
    moved |= pd_events_step(device);
    moved |= pd_command_step(device);
    moved |= pd_msix_step(device);
    moved |= pd_transmit(device);
    return moved;
}

static void edge(struct sim_event *event)
{
    struct pasid_device *device = (struct pasid_device *)((char *)event - offsetof(struct pasid_device, clock));
    device->wake = UINT64_MAX;
    if (step(device))
        pd_kick(device);
    if (device->wake != UINT64_MAX)
        schedule(device, device->wake > pd_tick(device) ? device->wake : pd_tick(device) + 1u);
}

/* ---- deviations ---- */

bool pd_deviates(struct pasid_device *device, enum pd_erratum_id id, const struct pd_flow *flow, uint64_t address,
                 uint32_t *parameter)
{
    if (device->deviating && pd_erratum(device, id))
        return true;
    return device->exerciser.hooks && pd_hook_fires(device, id, flow, address, parameter);
}

/* ---- making and resetting ---- */

static void reset_all(struct pasid_device *device, bool cold)
{
    device->atc.outlives = !cold && pd_deviates(device, PD_E_D11, NULL, 0, NULL);
    sim_cancel(device->sim, &device->clock);
    pd_tlps_reset(device, cold);
    memset(device->treq, 0, sizeof device->treq);
    device->pri = (struct pd_pri){0};
    pd_invalidate_reset(device);
    pd_engines_reset(device);
    pd_wqs_reset(device);
    device->command = (struct pd_command){0};
    device->events = (struct pd_events){0};
    device->msix_pending = 0;
    device->shut = false;
    pcie_config_reset(&device->config, !cold);
    pd_regs_reset(device, false);
    if (!device->atc.outlives)
        pd_atc_shape(device);
    pd_exerciser_reset(device);
    if (cold) {
        device->taint = 0;
        device->requester_id = device->target_id = device->params.requester_id;
    }
    pd_kick(device);
}

void pasid_device_reset(struct pasid_device *device, enum pasid_device_reset_kind kind)
{
    reset_all(device, kind == PASID_DEVICE_COLD);
}

int pasid_device_create(struct sim *sim, const struct pasid_device_params *params, const struct pasid_device_ports *ports,
                        struct pasid_device **out, char *error, size_t error_bytes)
{
    *out = NULL;
    int result = pd_params_check(params, error, error_bytes);
    if (result)
        return result;
    struct pasid_device *device = calloc(1, sizeof *device);
    if (!device)
        return -ENOMEM;
    device->sim = sim;
    device->params = *params;
    device->ports = *ports;
    device->clock.fire = edge;
    for (unsigned i = 0; i < PASID_DEVICE_ERRATA_WORDS; i++)
        device->deviating |= params->errata[i] != 0;
    pd_config_build(device);
    pd_tlps_init(device);
    result = pd_regs_init(device);
    if (!result)
        result = pd_atc_init(device);
    if (result) {
        pasid_device_destroy(device);
        return result;
    }
    reset_all(device, true);
    *out = device;
    return 0;
}

void pasid_device_destroy(struct pasid_device *device)
{
    if (!device)
        return;
    sim_cancel(device->sim, &device->clock);
    cache_fini(&device->atc.cache);
    pd_regs_fini(device);
    free(device);
}

/* ---- what comes in ---- */

void pasid_device_message(struct pasid_device *device, const struct pcie_message *message)
{
    pd_trace_message(device, message);
    switch (message->kind) {
    case PCIE_INVALIDATE_REQUEST:
        if (device->params.ats)
            pd_invalidate_request(device, message);
        else
            pd_config_error(device, PD_ERROR_UNSUPPORTED_POSTED);
        break;
    case PCIE_PAGE_RESPONSE:
        pd_pri_response(device, message);
        break;
    case PCIE_INVALIDATE_COMPLETION:
    case PCIE_PAGE_REQUEST: /* meant for a translation agent */
        pd_config_error(device, PD_ERROR_UNSUPPORTED_POSTED);
        break;
    }
}

void pasid_device_resume(struct pasid_device *device)
{
    if (pd_transmit(device))
        pd_kick(device);
}

bool pasid_device_idle(const struct pasid_device *device)
{
    const struct pd_tlps *t = &device->tlps;
    return !device->clock.scheduled && !t->outstanding && !t->posted_count && !t->writing && !t->first;
}
