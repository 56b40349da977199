/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_hooks.c - misbehaviour on order: an armed hook makes the device deviate as the catalogue of deviations describes.
 */
#include "pasid-device/pd_internal.h"

#define TAINT_FIRED 2u
#define PD_HOOK_LATE_COMPLETION 3u
#define PD_HOOK_LATE_USE 12u

static uint64_t hook(const struct pasid_device *device, uint32_t n, uint32_t field)
{
    return pd_get(&device->bar4, field, n * PD_STRIDE_HOOK);
}

static bool matches(const struct pasid_device *device, uint32_t n, enum pd_erratum_id id, const struct pd_flow *flow,
                    uint64_t address)
{
    const struct pasid_device_erratum *erratum = &pasid_device_errata[id];
    bool timed = erratum->hook == PD_HOOK_LATE_COMPLETION || erratum->hook == PD_HOOK_LATE_USE;
    if (erratum->hook == 0 || hook(device, n, PD_HOOK_ID) != erratum->hook ||
        (!timed && hook(device, n, PD_HOOK_PARAMETER) != erratum->variant))
        return false;
    if (hook(device, n, PD_HOOK_MATCH_PASID) && (!flow || !flow->has_pasid || flow->pasid != hook(device, n, PD_HOOK_PASID)))
        return false;
    uint64_t mask = UINT64_MAX << hook(device, n, PD_HOOK_SIZE_LG2);
    return !hook(device, n, PD_HOOK_MATCH_ADDRESS) || ((address ^ hook(device, n, PD_HOOK_ADDRESS)) & mask) == 0;
}

/* Lets SKIP occasions pass, then fires TIMES times; 0: always. */
static bool fires(struct pasid_device *device, uint32_t n)
{
    uint32_t at = n * PD_STRIDE_HOOK;
    uint64_t skip = hook(device, n, PD_HOOK_SKIP), times = hook(device, n, PD_HOOK_TIMES), fired = hook(device, n, PD_HOOK_FIRED);
    if (skip) {
        pd_put(&device->bar4, PD_HOOK_SKIP, at, skip - 1u);
        return false;
    }
    if (times && fired >= times)
        return false;
    pd_put(&device->bar4, PD_HOOK_FIRED, at, fired + 1u);
    device->taint |= TAINT_FIRED;
    return true;
}

bool pd_hook_fires(struct pasid_device *device, enum pd_erratum_id id, const struct pd_flow *flow, uint64_t address,
                   uint32_t *parameter)
{
    for (uint32_t n = 0; n < PD_N_HOOK; n++) {
        if (!(device->exerciser.hooks >> n & 1u) || !matches(device, n, id, flow, address) || !fires(device, n))
            continue;
        if (parameter)
            *parameter = (uint32_t)hook(device, n, PD_HOOK_PARAMETER);
        return true;
    }
    return false;
}
