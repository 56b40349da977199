/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_atc_inv.c - 4.5.1 CMD_ATC_INV, 3.9.1.4 ATS Invalidation timeout, 4.5.2 CMD_PRI_RESP: what goes down to endpoints.
 *
 * A CMD_ATC_INV is consumed when its request is sent, for which it may have to wait for an ITag. A CMD_SYNC waits for the
 * completions of all, and then for the transactions that came before those.
 */
#include "pcie/ats.h"
#include "smmuv3/smmuv3_internal.h"

static void send(struct smmuv3 *smmu, const struct pcie_message *message)
{
    SMMUV3_PROBE(smmu, smmu->sim->now_ps, SMMUV3_NO_REQUEST, "ats", "message kind=%d sid=%x address=%llx itag=%u prgi=%x code=%x",
                 (int)message->kind, message->device_id, (unsigned long long)message->address, message->itag,
                 message->group_index, message->response_code);
    if (smmu->ports.message.send)
        smmu->ports.message.send(smmu->ports.message.context, message);
}

void smmuv3_respond(struct smmuv3 *smmu, const struct pcie_message *response)
{
    send(smmu, response);
}

/* ---- 4.5.1 ---- */

/* Size 52 is everything; values beyond mean the same here. The Global flag is Reserved without PASID. */
static struct pcie_message request_of(const struct smmuv3 *smmu, const struct smmuv3_command *command)
{
    bool pasid = command->has_substream_id && smmu->params.ssidsize && !smmuv3_on(smmu, SMMUV3_E_ATC_INV_NO_PASID);
    unsigned lg2 = PCIE_PAGE_LG2 + (smmuv3_on(smmu, SMMUV3_E_ATC_INV_ONE_PAGE) ? 0 : command->atc_size);
    bool global = command->atc_global && (pasid || smmuv3_on(smmu, SMMUV3_E_ATC_INV_GLOBAL_ALONE)) &&
                  !smmuv3_on(smmu, SMMUV3_E_ATC_INV_GLOBAL_IGNORED);
    return (struct pcie_message){
        .kind = PCIE_INVALIDATE_REQUEST,
        .device_id = (uint16_t)command->stream_id,
        .has_pasid = pasid,
        .pasid = pasid ? command->substream_id : 0,
        .address = pcie_range_encode(command->atc_address, (uint8_t)(lg2 < 64u ? lg2 : 64u)) | global,
    };
}

bool smmuv3_atc_invalidate(struct smmuv3 *smmu, const struct smmuv3_command *command)
{
    if (!smmu->enabled && !smmuv3_on(smmu, SMMUV3_E_ATC_INV_WHILE_DISABLED))
        return true;
    struct pcie_message request = request_of(smmu, command);
    int tag = itags_take(&smmu->itags, request.device_id, 0, 0);
    if (tag < 0)
        return false;
    request.itag = (uint32_t)tag;
    send(smmu, &request);
    return true;
}

/*
 * What used an entry of the ATC came before the completion, and is waited for from here on. Completions of nobody's request are
 * ignored.
 */
void smmuv3_atc_completed(struct smmuv3 *smmu, const struct pcie_message *completion)
{
    if (!smmuv3_on(smmu, SMMUV3_E_ATC_INV_BEFORE_DRAIN))
        inflight_raise(&smmu->requests.inflight);
    (void)itags_complete(&smmu->itags, completion);
}

bool smmuv3_atc_settled(struct smmuv3 *smmu)
{
    return smmuv3_on(smmu, SMMUV3_E_ATC_INV_BEFORE_COMPLETION) || itags_drain(&smmu->itags, &smmu->atc_drain);
}

static void tag_freed(struct itag_table *table)
{
    struct smmuv3 *smmu = table->owner;
    smmuv3_queue_freed(smmu);
}

static void all_completed(struct itag_drain *drain)
{
    struct smmuv3 *smmu = drain->owner;
    smmuv3_queue_settled(smmu);
}

/* 3.9.1.4: the next CMD_SYNC fails, or the one that waits. */
static void timed_out(struct itag_table *table, uint16_t device_id)
{
    struct smmuv3 *smmu = table->owner;
    SMMUV3_PROBE(smmu, smmu->sim->now_ps, SMMUV3_NO_REQUEST, "ats", "invalidation timed out sid=%x", device_id);
    smmu->atc_failed = !smmuv3_on(smmu, SMMUV3_E_ATC_TIMEOUT_COMPLETES);
}

void smmuv3_atc_init(struct smmuv3 *smmu)
{
    itags_init(&smmu->itags, smmu->sim, smmu->params.atc_timeout_ps);
    smmu->itags.freed = tag_freed;
    smmu->itags.timed_out = timed_out;
    smmu->itags.owner = smmu;
    smmu->atc_drain.drained = all_completed;
    smmu->atc_drain.owner = smmu;
}

void smmuv3_atc_reset(struct smmuv3 *smmu)
{
    itags_forget(&smmu->itags);
    smmu->atc_failed = false;
}

/* ---- 4.5.2 ---- */

void smmuv3_pri_respond(struct smmuv3 *smmu, const struct smmuv3_command *command)
{
    if (!smmu->enabled && !smmuv3_on(smmu, SMMUV3_E_PRI_RESP_WHILE_DISABLED))
        return;
    bool pasid = command->has_substream_id && smmu->params.ssidsize && !smmuv3_on(smmu, SMMUV3_E_PRI_RESP_NO_PASID);
    const struct pcie_message response = {
        .kind = PCIE_PAGE_RESPONSE,
        .device_id = (uint16_t)command->stream_id,
        .has_pasid = pasid,
        .pasid = pasid ? command->substream_id : 0,
        .group_index = command->group_index,
        .response_code = (uint8_t)command->response,
    };
    send(smmu, &response);
}
