/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_interrupt.c - 3.18 Interrupts and notifications, 7.5 Global error recording.
 *
 * Each source pulses its wired line and, where MSIs are supported and configured, writes an MSI. What happens while an MSI of
 * the same source is under way becomes one MSI after it.
 */
#include "smmuv3/smmuv3_internal.h"

/* ---- MSIs are writes to memory ---- */

static void write_done(struct smmuv3_msi *msi)
{
    struct smmuv3 *smmu = msi->smmu;
    msi->writing = false;
    if (msi->write.status != PORT_OK && !smmuv3_on(smmu, SMMUV3_E_MSI_ABORT_UNSEEN))
        smmuv3_error_raise(smmu, msi->abort_error);
    message_mask(&msi->message, false);
}

static void answered(struct port_request *write)
{
    struct smmuv3_msi *msi = write->owner;
    if (msi->stale) {
        msi->stale = msi->writing = false;
        message_mask(&msi->message, false);
        return;
    }
    write_done(msi);
    smmuv3_updates_poll(msi->smmu);
    smmuv3_queue_kick(msi->smmu);
}

static void send(struct message *message)
{
    struct smmuv3_msi *msi = message->owner;
    struct smmuv3 *smmu = msi->smmu;
    uint64_t last_ps = smmu->requests.inflight.last_done_ps;
    struct port_request *write = &msi->write;
    write->kind = PORT_WRITE;
    write->origin = PORT_STATUS_WRITE;
    write->address = message->address;
    write->bytes = 4;
    write->request_id = SMMUV3_NO_REQUEST;
    write->issue_ps = write->done_ps = smmu->sim->now_ps > last_ps ? smmu->sim->now_ps : last_ps;
    store_le32(write->data, message->data);
    msi->writing = true;
    message_mask(message, true);
    if (memory_access(&smmu->ports.memory, write) == PORT_DONE)
        write_done(msi);
}

/* 6.3.21: with an address of 0 no MSI is sent. 3.4.3: it is truncated to the OAS. */
void smmuv3_msi_send(struct smmuv3_msi *msi, uint64_t address, uint32_t data, const struct smmuv3_attributes *attributes)
{
    struct smmuv3 *smmu = msi->smmu;
    if (!smmu->params.msi || !address)
        return;
    if (!msi->writing)
        smmuv3_port_attributes(attributes, &msi->write);
    msi->message.address = address & ((UINT64_C(1) << smmuv3_oas_bits(&smmu->params)) - 1u);
    msi->message.data = data;
    message_raise(&msi->message);
}

/* ---- the sources that registers configure ---- */

static void pulse(struct smmuv3 *smmu, enum smmuv3_line line)
{
    /* Deviation S10: all sources share one line. */
    if (smmu->ports.line)
        smmu->ports.line(smmu->ports.context, smmuv3_on(smmu, SMMUV3_E_S10) ? SMMUV3_LINE_EVENTQ : line);
}

static const struct source {
    uint64_t enable;
    enum smmuv3_line line;
    enum smmuv3_register address, data, attributes;
    enum smmuv3_erratum_id silent, unmasked;
} eventq_source = {SMMUV3_MASK(IRQ_CTRL_EVENTQ_IRQEN), SMMUV3_LINE_EVENTQ,         SMMUV3_REG_EVENTQ_IRQ_CFG0,
                   SMMUV3_REG_EVENTQ_IRQ_CFG1,         SMMUV3_REG_EVENTQ_IRQ_CFG2, SMMUV3_E_EVENTQ_IRQ_LOST,
                   SMMUV3_E_EVENTQ_IRQEN_IGNORED},
  priq_source = {SMMUV3_MASK(IRQ_CTRL_PRIQ_IRQEN), SMMUV3_LINE_PRIQ,       SMMUV3_REG_PRIQ_IRQ_CFG0,   SMMUV3_REG_PRIQ_IRQ_CFG1,
                 SMMUV3_REG_PRIQ_IRQ_CFG2,         SMMUV3_E_PRIQ_IRQ_LOST, SMMUV3_E_PRIQ_IRQEN_IGNORED},
  gerror_source = {SMMUV3_MASK(IRQ_CTRL_GERROR_IRQEN), SMMUV3_LINE_GERROR,         SMMUV3_REG_GERROR_IRQ_CFG0,
                   SMMUV3_REG_GERROR_IRQ_CFG1,         SMMUV3_REG_GERROR_IRQ_CFG2, SMMUV3_E_GERROR_IRQ_LOST,
                   SMMUV3_E_GERROR_IRQEN_IGNORED};

static void interrupt(struct smmuv3 *smmu, struct smmuv3_msi *msi, const struct source *source)
{
    uint64_t enabled = smmuv3_reg(smmu, SMMUV3_REG_IRQ_CTRL) & smmuv3_reg(smmu, SMMUV3_REG_IRQ_CTRLACK) & source->enable;
    if ((!enabled && !smmuv3_on(smmu, source->unmasked)) || smmuv3_on(smmu, source->silent))
        return;
    uint64_t configuration = smmuv3_reg(smmu, source->attributes);
    struct smmuv3_attributes attributes = smmuv3_message_attributes((uint8_t)SMMUV3_GET(configuration, GERROR_IRQ_CFG2_MEMATTR),
                                                                    (uint8_t)SMMUV3_GET(configuration, GERROR_IRQ_CFG2_SH));
    pulse(smmu, source->line);
    smmuv3_msi_send(msi, smmuv3_reg(smmu, source->address), (uint32_t)smmuv3_reg(smmu, source->data), &attributes);
}

void smmuv3_eventq_interrupt(struct smmuv3 *smmu)
{
    interrupt(smmu, &smmu->eventq_msi, &eventq_source);
}

void smmuv3_priq_interrupt(struct smmuv3 *smmu)
{
    interrupt(smmu, &smmu->priq.msi, &priq_source);
}

/* ---- 4.7.3 completion of a CMD_SYNC ---- */

void smmuv3_sync_interrupt(struct smmuv3 *smmu, const struct smmuv3_command *sync)
{
    pulse(smmu, SMMUV3_LINE_CMD_SYNC);
    smmuv3_msi_send(&smmu->queue.msi, sync->msi_address, sync->msi_data, &sync->msi_attributes);
}

/* ---- 7.5 global errors ---- */

bool smmuv3_error_active(const struct smmuv3 *smmu, uint64_t error)
{
    return ((smmuv3_reg(smmu, SMMUV3_REG_GERROR) ^ smmuv3_reg(smmu, SMMUV3_REG_GERRORN)) & error) != 0;
}

void smmuv3_error_raise(struct smmuv3 *smmu, uint64_t error)
{
    if (smmuv3_error_active(smmu, error) && !smmuv3_on(smmu, SMMUV3_E_GERROR_TOGGLES_WHEN_ACTIVE))
        return;
    SMMUV3_PROBE(smmu, smmu->sim->now_ps, SMMUV3_NO_REQUEST, "gerror", "raise=%llx", (unsigned long long)error);
    smmuv3_reg_change(smmu, SMMUV3_REG_GERROR, error, ~smmuv3_reg(smmu, SMMUV3_REG_GERROR) & error);
    /* 7.5.1: a GERROR MSI that was aborted does not lead to another. */
    if (error != SMMUV3_MASK(GERROR_MSI_GERROR_ABT_ERR))
        interrupt(smmu, &smmu->gerror_msi, &gerror_source);
}

/* ---- life ---- */

static void init(struct smmuv3 *smmu, struct smmuv3_msi *msi, uint64_t abort_error)
{
    msi->smmu = smmu;
    msi->abort_error = abort_error;
    msi->message.send = send;
    msi->message.owner = msi;
    msi->write.done = answered;
    msi->write.owner = msi;
}

void smmuv3_interrupts_init(struct smmuv3 *smmu)
{
    init(smmu, &smmu->eventq_msi, SMMUV3_MASK(GERROR_MSI_EVENTQ_ABT_ERR));
    init(smmu, &smmu->priq.msi, SMMUV3_MASK(GERROR_MSI_PRIQ_ABT_ERR));
    init(smmu, &smmu->gerror_msi, SMMUV3_MASK(GERROR_MSI_GERROR_ABT_ERR));
    init(smmu, &smmu->queue.msi, SMMUV3_MASK(GERROR_MSI_CMDQ_ABT_ERR));
}

static void reset(struct smmuv3_msi *msi)
{
    message_forget(&msi->message);
    msi->stale = msi->writing;
}

void smmuv3_interrupts_reset(struct smmuv3 *smmu)
{
    reset(&smmu->eventq_msi);
    reset(&smmu->priq.msi);
    reset(&smmu->gerror_msi);
    reset(&smmu->queue.msi);
}
