/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_register_invalidation.c - 6.5.1 Register-based Invalidation Interface, 11.4.6: Context Command Register, IOTLB
 * Invalidate Register and Invalidate Address Register.
 */
#include "vtd/vtd_internal.h"

enum { CONTEXT, IOTLB };
enum { GRANULARITY_ERROR, GRANULARITY_GLOBAL, GRANULARITY_DOMAIN, GRANULARITY_SELECTIVE };

static bool on(const struct vtd *vtd, enum vtd_erratum_id id)
{
    return vtd_erratum(&vtd->params, id);
}

/* Refused: queued invalidation is enabled, the mode is not legacy, or the unit is of major version 6 or above. */
static bool interface_refused(const struct vtd *vtd)
{
    bool queued = VTD_GET(vtd_reg(vtd, VTD_REG_GSTS), GSTS_QIES);
    bool other_mode = vtd_root_pointer_now(vtd).mode != VTD_LEGACY && !on(vtd, VTD_E_CCMD_IN_SCALABLE);
    bool removed = vtd->params.ver_max >= 6 && !on(vtd, VTD_E_CCMD_AFTER_REMOVAL);
    return queued || other_mode || removed;
}

static void apply(struct vtd *vtd, unsigned which)
{
    if (!vtd->register_refused[which])
        vtd_invalidate(vtd, &vtd->register_invalidation[which]);
}

static void apply_context(struct vtd *vtd)
{
    apply(vtd, CONTEXT);
}

static void apply_iotlb(struct vtd *vtd)
{
    apply(vtd, IOTLB);
}

static void complete_context(struct vtd *vtd)
{
    uint64_t done = on(vtd, VTD_E_ICC_STUCK) ? 0 : VTD_MASK(CCMD_ICC);
    vtd_reg_change(vtd, VTD_REG_CCMD, done | VTD_MASK(CCMD_CAIG), VTD_PUT(CCMD_CAIG, vtd->register_granularity[CONTEXT]));
}

static void complete_iotlb(struct vtd *vtd)
{
    vtd_reg_change(vtd, VTD_REG_IOTLB, VTD_MASK(IOTLB_IVT) | VTD_MASK(IOTLB_IAIG),
                   VTD_PUT(IOTLB_IAIG, vtd->register_granularity[IOTLB]));
}

void vtd_register_invalidation_init(struct vtd *vtd)
{
    vtd->operations[VTD_OP_CONTEXT].apply = apply_context;
    vtd->operations[VTD_OP_CONTEXT].complete = complete_context;
    vtd->operations[VTD_OP_IOTLB].apply = apply_iotlb;
    vtd->operations[VTD_OP_IOTLB].complete = complete_iotlb;
}

static void start(struct vtd *vtd, unsigned which, unsigned granularity, const struct vtd_invalidation *invalidation)
{
    vtd->register_refused[which] = granularity == GRANULARITY_ERROR || interface_refused(vtd);
    vtd->register_granularity[which] = (uint8_t)(vtd->register_refused[which] ? GRANULARITY_ERROR : granularity);
    vtd->register_invalidation[which] = *invalidation;
    vtd_operation_start(&vtd->operations[which == CONTEXT ? VTD_OP_CONTEXT : VTD_OP_IOTLB], vtd->params.invalidate_ps);
}

/* The uppermost byte was written with ICC set. */
void vtd_context_command_written(struct vtd *vtd)
{
    uint64_t command = vtd_reg(vtd, VTD_REG_CCMD);
    if (!VTD_GET(command, CCMD_ICC))
        return;
    unsigned granularity = (unsigned)VTD_GET(command, CCMD_CIRG);
    static const enum vtd_invalidation_kind kinds[4] = {
        [GRANULARITY_GLOBAL] = VTD_INV_CONTEXT_GLOBAL,
        [GRANULARITY_DOMAIN] = VTD_INV_CONTEXT_DOMAIN,
        [GRANULARITY_SELECTIVE] = VTD_INV_CONTEXT_DEVICE,
    };
    const struct vtd_invalidation invalidation = {
        .kind = kinds[granularity],
        .did = vtd_did_implemented(vtd, VTD_GET(command, CCMD_DID)),
        .sid = (uint16_t)VTD_GET(command, CCMD_SID),
        .fm = (uint8_t)VTD_GET(command, CCMD_FM),
    };
    start(vtd, CONTEXT, granularity, &invalidation);
}

/* The uppermost byte was written with IVT set. */
void vtd_iotlb_command_written(struct vtd *vtd)
{
    uint64_t command = vtd_reg(vtd, VTD_REG_IOTLB);
    uint64_t address = vtd_reg(vtd, VTD_REG_IVA);
    if (!VTD_GET(command, IOTLB_IVT))
        return;
    unsigned granularity = (unsigned)VTD_GET(command, IOTLB_IIRG);
    uint8_t am = (uint8_t)VTD_GET(address, IVA_AM);
    if (granularity == GRANULARITY_SELECTIVE) {
        /* Without page-selective invalidation the next coarser one is performed, and reported in IAIG. */
        if (!vtd->params.psi)
            granularity = GRANULARITY_DOMAIN;
        else if (am > vtd->params.mamv)
            granularity = GRANULARITY_ERROR;
    }
    static const enum vtd_invalidation_kind kinds[4] = {
        [GRANULARITY_GLOBAL] = VTD_INV_IOTLB_GLOBAL,
        [GRANULARITY_DOMAIN] = VTD_INV_IOTLB_DOMAIN,
        [GRANULARITY_SELECTIVE] = VTD_INV_IOTLB_PAGE,
    };
    const struct vtd_invalidation invalidation = {
        .kind = kinds[granularity],
        .did = vtd_did_implemented(vtd, VTD_GET(command, IOTLB_DID)),
        .address = address & VTD_MASK(IVA_ADDR),
        .am = am,
        .ih = VTD_GET(address, IVA_IH),
    };
    start(vtd, IOTLB, granularity, &invalidation);
}
