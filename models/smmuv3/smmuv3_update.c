/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_update.c - 6.3.9 SMMU_CR0, 6.3.14 SMMU_GBPA, 6.3.16 SMMU_IRQ_CTRL: fields with an Update.
 *
 * A field that is written takes effect, then waits for what its Update promises to be over, then is acknowledged. While that
 * lasts a further change of the same field is ignored, which is the one behaviour from SMMUv3.2 on and a permitted one before.
 */
#include "smmuv3/smmuv3_internal.h"

#include <stddef.h>

/* ---- SMMUEN ---- */

static void disable_drained(struct inflight_drain *drain)
{
    struct smmuv3 *smmu = drain->owner;
    smmu->disable_drained = true;
    smmuv3_updates_poll(smmu);
}

/*
 * New requests meet the new value at once. 1 to 0: stalled transactions are terminated, their STAGs free; requests that began
 * before may no longer stall, and are waited for. So are page requests: without SMMUEN PRIQEN is ineffective (6.3.9.5).
 */
static void apply_smmuen(struct smmuv3 *smmu)
{
    smmu->enabled = SMMUV3_GET(smmuv3_reg(smmu, SMMUV3_REG_CR0), CR0_SMMUEN);
    inflight_raise(&smmu->requests.inflight);
    smmu->disable_drained = inflight_drain(&smmu->requests.inflight, &smmu->disable_drain);
    if (!smmuv3_on(smmu, SMMUV3_E_SMMUEN_KEEPS_STALLS))
        smmuv3_stall_term_all(smmu);
}

static bool rests_smmuen(const struct smmuv3 *smmu)
{
    return smmu->disable_drained && (smmu->enabled || smmuv3_priq_at_rest(smmu));
}

/* ---- the queues ---- */

static void apply_eventqen(struct smmuv3 *smmu)
{
    smmuv3_eventq_moved(smmu);
}

/* Committed records are visible, and aborts in GERROR. */
static bool rests_eventqen(const struct smmuv3 *smmu)
{
    return smmu->events_count == 0;
}

/* Committed page requests are visible. */
static bool rests_priqen(const struct smmuv3 *smmu)
{
    return smmuv3_priq_at_rest(smmu);
}

static void apply_cmdqen(struct smmuv3 *smmu)
{
    smmuv3_queue_forget(smmu);
}

static bool rests_cmdqen(const struct smmuv3 *smmu)
{
    return SMMUV3_GET(smmuv3_reg(smmu, SMMUV3_REG_CR0), CR0_CMDQEN) || smmuv3_queue_at_rest(smmu);
}

static void apply_atschk(struct smmuv3 *smmu)
{
    smmu->atschk = SMMUV3_GET(smmuv3_reg(smmu, SMMUV3_REG_CR0), CR0_ATSCHK);
}

static void apply_nothing(struct smmuv3 *smmu)
{
    (void)smmu;
}

/* ---- IRQ_CTRL: no new MSIs; those under way are complete, their aborts in GERROR (3.18.1) ---- */

static void apply_gerror_irq(struct smmuv3 *smmu)
{
    message_forget(&smmu->gerror_msi.message);
}

static void apply_eventq_irq(struct smmuv3 *smmu)
{
    message_forget(&smmu->eventq_msi.message);
}

static void apply_priq_irq(struct smmuv3 *smmu)
{
    message_forget(&smmu->priq.msi.message);
}

static bool rests_gerror_irq(const struct smmuv3 *smmu)
{
    return !smmu->gerror_msi.writing;
}

static bool rests_eventq_irq(const struct smmuv3 *smmu)
{
    return !smmu->eventq_msi.writing;
}

static bool rests_priq_irq(const struct smmuv3 *smmu)
{
    return !smmu->priq.msi.writing;
}

static bool rests(const struct smmuv3 *smmu)
{
    (void)smmu;
    return true;
}

/* ---- GBPA ---- */

static void apply_gbpa(struct smmuv3 *smmu)
{
    smmu->gbpa = (uint32_t)(smmuv3_reg(smmu, SMMUV3_REG_GBPA) & ~SMMUV3_MASK(GBPA_UPDATE));
}

/* ---- the procedure ---- */

static const struct procedure {
    enum smmuv3_register control, acknowledge;
    uint64_t mask;
    void (*apply)(struct smmuv3 *smmu);
    bool (*rests)(const struct smmuv3 *smmu); /* what the Update promises is over */
} procedures[SMMUV3_UPDATE_COUNT] = {
    [SMMUV3_UPDATE_SMMUEN] = {SMMUV3_REG_CR0, SMMUV3_REG_CR0ACK, SMMUV3_MASK(CR0_SMMUEN), apply_smmuen, rests_smmuen},
    [SMMUV3_UPDATE_EVENTQEN] = {SMMUV3_REG_CR0, SMMUV3_REG_CR0ACK, SMMUV3_MASK(CR0_EVENTQEN), apply_eventqen, rests_eventqen},
    [SMMUV3_UPDATE_CMDQEN] = {SMMUV3_REG_CR0, SMMUV3_REG_CR0ACK, SMMUV3_MASK(CR0_CMDQEN), apply_cmdqen, rests_cmdqen},
    [SMMUV3_UPDATE_PRIQEN] = {SMMUV3_REG_CR0, SMMUV3_REG_CR0ACK, SMMUV3_MASK(CR0_PRIQEN), apply_nothing, rests_priqen},
    [SMMUV3_UPDATE_ATSCHK] = {SMMUV3_REG_CR0, SMMUV3_REG_CR0ACK, SMMUV3_MASK(CR0_ATSCHK), apply_atschk, rests},
    [SMMUV3_UPDATE_VMW] = {SMMUV3_REG_CR0, SMMUV3_REG_CR0ACK, SMMUV3_MASK(CR0_VMW), apply_nothing, rests},
    [SMMUV3_UPDATE_GERROR_IRQEN] = {SMMUV3_REG_IRQ_CTRL, SMMUV3_REG_IRQ_CTRLACK, SMMUV3_MASK(IRQ_CTRL_GERROR_IRQEN),
                                    apply_gerror_irq, rests_gerror_irq},
    [SMMUV3_UPDATE_EVENTQ_IRQEN] = {SMMUV3_REG_IRQ_CTRL, SMMUV3_REG_IRQ_CTRLACK, SMMUV3_MASK(IRQ_CTRL_EVENTQ_IRQEN),
                                    apply_eventq_irq, rests_eventq_irq},
    [SMMUV3_UPDATE_PRIQ_IRQEN] = {SMMUV3_REG_IRQ_CTRL, SMMUV3_REG_IRQ_CTRLACK, SMMUV3_MASK(IRQ_CTRL_PRIQ_IRQEN), apply_priq_irq,
                                  rests_priq_irq},
    [SMMUV3_UPDATE_GBPA] = {SMMUV3_REG_GBPA, SMMUV3_REG_GBPA, SMMUV3_MASK(GBPA_UPDATE), apply_gbpa, rests},
};

static void acknowledge(struct smmuv3 *smmu, enum smmuv3_update_id id)
{
    const struct procedure *procedure = &procedures[id];
    smmu->updates[id].busy = smmu->updates[id].applied = false;
    SMMUV3_PROBE(smmu, smmu->sim->now_ps, SMMUV3_NO_REQUEST, "registers", "update %d complete", (int)id);
    if (id == SMMUV3_UPDATE_GBPA)
        smmuv3_reg_change(smmu, SMMUV3_REG_GBPA, SMMUV3_MASK(GBPA_UPDATE), 0);
    else
        smmuv3_reg_change(smmu, procedure->acknowledge, procedure->mask, smmuv3_reg(smmu, procedure->control) & procedure->mask);
    /* With the queue enabled, processing begins (6.3.9.3); a writable Event queue wakes stalled transactions. */
    if (id == SMMUV3_UPDATE_CMDQEN)
        smmuv3_queue_kick(smmu);
    if (id == SMMUV3_UPDATE_EVENTQEN)
        smmuv3_eventq_moved(smmu);
}

static void try_acknowledge(struct smmuv3 *smmu, enum smmuv3_update_id id)
{
    const struct smmuv3_update *update = &smmu->updates[id];
    if (update->busy && update->applied && procedures[id].rests(smmu))
        acknowledge(smmu, id);
}

void smmuv3_updates_poll(struct smmuv3 *smmu)
{
    for (enum smmuv3_update_id id = 0; id < SMMUV3_UPDATE_COUNT; id++)
        try_acknowledge(smmu, id);
}

static void apply(struct smmuv3_update *update)
{
    struct smmuv3 *smmu = update->smmu;
    enum smmuv3_update_id id = (enum smmuv3_update_id)(update - smmu->updates);
    procedures[id].apply(smmu);
    update->applied = true;
    try_acknowledge(smmu, id);
}

static void timer_fired(struct sim_event *event)
{
    apply((struct smmuv3_update *)((char *)event - offsetof(struct smmuv3_update, timer)));
}

static void start(struct smmuv3 *smmu, enum smmuv3_update_id id)
{
    struct smmuv3_update *update = &smmu->updates[id];
    update->busy = true;
    update->applied = false;
    if (smmu->params.register_ps)
        sim_schedule(smmu->sim, &update->timer, smmu->sim->now_ps + smmu->params.register_ps);
    else
        apply(update);
}

static bool is_present(const struct smmuv3_params *p, enum smmuv3_update_id id)
{
    if (id == SMMUV3_UPDATE_PRIQEN || id == SMMUV3_UPDATE_PRIQ_IRQEN)
        return p->pri;
    return id == SMMUV3_UPDATE_ATSCHK ? p->ats : id != SMMUV3_UPDATE_VMW || p->vmw;
}

/* All fields are stored before the first of them takes effect. */
static void written(struct smmuv3 *smmu, enum smmuv3_register control, uint32_t value)
{
    bool changed[SMMUV3_UPDATE_COUNT] = {false};
    for (enum smmuv3_update_id id = 0; id < SMMUV3_UPDATE_GBPA; id++) {
        const struct procedure *procedure = &procedures[id];
        if (procedure->control != control || !is_present(&smmu->params, id) || smmu->updates[id].busy)
            continue;
        changed[id] = ((smmuv3_reg(smmu, control) ^ value) & procedure->mask) != 0;
        smmuv3_reg_change(smmu, control, procedure->mask, value & procedure->mask);
    }
    for (enum smmuv3_update_id id = 0; id < SMMUV3_UPDATE_GBPA; id++)
        if (changed[id])
            start(smmu, id);
}

void smmuv3_cr0_written(struct smmuv3 *smmu, uint32_t value)
{
    written(smmu, SMMUV3_REG_CR0, value);
}

void smmuv3_irq_ctrl_written(struct smmuv3 *smmu, uint32_t value)
{
    written(smmu, SMMUV3_REG_IRQ_CTRL, value);
}

/* 6.3.14.1: written only together with Update, and only while none is under way; else ignored. */
void smmuv3_gbpa_written(struct smmuv3 *smmu, uint32_t value)
{
    uint64_t fields = SMMUV3_MASK(GBPA_MEMATTR) | SMMUV3_MASK(GBPA_MTCFG) | SMMUV3_MASK(GBPA_ALLOCCFG) | SMMUV3_MASK(GBPA_SHCFG) |
                      SMMUV3_MASK(GBPA_PRIVCFG) | SMMUV3_MASK(GBPA_INSTCFG) | SMMUV3_MASK(GBPA_ABORT) | SMMUV3_MASK(GBPA_UPDATE);
    bool update = value & SMMUV3_MASK(GBPA_UPDATE) || smmuv3_on(smmu, SMMUV3_E_GBPA_WITHOUT_UPDATE);
    if (!update || smmu->updates[SMMUV3_UPDATE_GBPA].busy)
        return;
    smmuv3_reg_change(smmu, SMMUV3_REG_GBPA, fields, (value | SMMUV3_MASK(GBPA_UPDATE)) & fields);
    start(smmu, SMMUV3_UPDATE_GBPA);
}

bool smmuv3_updates_quiet(const struct smmuv3 *smmu)
{
    for (unsigned id = 0; id < SMMUV3_UPDATE_COUNT; id++)
        if (smmu->updates[id].timer.scheduled)
            return false;
    return true;
}

void smmuv3_updates_init(struct smmuv3 *smmu)
{
    for (unsigned id = 0; id < SMMUV3_UPDATE_COUNT; id++) {
        smmu->updates[id].smmu = smmu;
        smmu->updates[id].timer.fire = timer_fired;
    }
    smmu->disable_drain.drained = disable_drained;
    smmu->disable_drain.owner = smmu;
}

void smmuv3_updates_reset(struct smmuv3 *smmu)
{
    for (unsigned id = 0; id < SMMUV3_UPDATE_COUNT; id++) {
        sim_cancel(smmu->sim, &smmu->updates[id].timer);
        smmu->updates[id].busy = smmu->updates[id].applied = false;
    }
    smmu->enabled = smmu->atschk = false;
    smmu->disable_drained = true;
    apply_gbpa(smmu);
}
