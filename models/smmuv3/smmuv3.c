/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3.c - the unit: making it and resetting it (3.11 Reset, Enable and initialization).
 */
#include "smmuv3/smmuv3_internal.h"

#include <errno.h>
#include <stdlib.h>

int smmuv3_create(struct sim *sim, const struct smmuv3_params *params, const struct smmuv3_ports *ports, struct smmuv3 **out,
                  char *error, size_t error_bytes)
{
    *out = NULL;
    int result = smmuv3_params_check(params, error, error_bytes);
    if (result)
        return result;
    struct smmuv3 *smmu = calloc(1, sizeof *smmu);
    if (!smmu)
        return -ENOMEM;
    smmu->sim = sim;
    smmu->params = *params;
    smmu->ports = *ports;
    smmuv3_updates_init(smmu);
    smmuv3_queue_init(smmu);
    smmuv3_interrupts_init(smmu);
    smmuv3_atc_init(smmu);
    result = smmuv3_requests_init(smmu);
    if (!result)
        result = smmuv3_stalls_init(smmu);
    if (!result)
        result = smmuv3_priq_init(smmu);
    if (!result)
        result = smmuv3_caches_init(smmu);
    if (result) {
        smmuv3_destroy(smmu);
        return result;
    }
    smmuv3_reset(smmu);
    *out = smmu;
    return 0;
}

void smmuv3_destroy(struct smmuv3 *smmu)
{
    if (!smmu)
        return;
    for (unsigned i = 0; i < SMMUV3_UPDATE_COUNT; i++)
        sim_cancel(smmu->sim, &smmu->updates[i].timer);
    sim_cancel(smmu->sim, &smmu->queue.timer);
    itags_fini(&smmu->itags);
    request_pool_fini(&smmu->requests);
    lookup_ports_fini(&smmu->lookups);
    smmuv3_stalls_fini(smmu);
    smmuv3_priq_fini(smmu);
    smmuv3_caches_fini(smmu);
    free(smmu);
}

/* The state of the caches after a reset is IMPLEMENTATION SPECIFIC; here they are empty. */
void smmuv3_reset(struct smmuv3 *smmu)
{
    request_pool_reset(&smmu->requests);
    lookup_ports_reset(&smmu->lookups);
    merge_forget(&smmu->merges);
    hazard_forget(&smmu->hazards);
    smmuv3_queue_reset(smmu);
    smmuv3_atc_reset(smmu);
    smmuv3_priq_reset(smmu);
    smmuv3_events_reset(smmu);
    smmuv3_stalls_reset(smmu);
    smmuv3_interrupts_reset(smmu);
    smmuv3_caches_clear(smmu);
    smmuv3_registers_reset(smmu);
    smmuv3_updates_reset(smmu);
}

void smmuv3_message(struct smmuv3 *smmu, const struct pcie_message *message)
{
    if (message->kind == PCIE_INVALIDATE_COMPLETION && smmu->params.ats)
        smmuv3_atc_completed(smmu, message);
    if (message->kind == PCIE_PAGE_REQUEST && smmu->params.pri)
        smmuv3_page_request(smmu, message);
}

bool smmuv3_idle(const struct smmuv3 *smmu)
{
    return inflight_empty(&smmu->requests.inflight) && smmuv3_queue_quiet(smmu) && smmuv3_updates_quiet(smmu) &&
           smmuv3_stalls_quiet(smmu) && smmuv3_priq_at_rest(smmu) && !smmu->itags.timer.scheduled && !smmu->eventq_msi.writing &&
           !smmu->priq.msi.writing && !smmu->gerror_msi.writing;
}
