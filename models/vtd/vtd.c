/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd.c - the unit: making it, resetting it, and 11.4.4 Global Command Interface Registers.
 */
#include "vtd/vtd_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static bool on(const struct vtd *vtd, enum vtd_erratum_id id)
{
    return vtd_erratum(&vtd->params, id);
}

/* ---- operations: delay, effect, drain, status ---- */

static void operation_complete(struct vtd_operation *operation)
{
    operation->busy = false;
    operation->complete(operation->vtd);
}

static void operation_drained(struct inflight_drain *drain)
{
    operation_complete(drain->owner);
}

static void operation_apply(struct vtd_operation *operation)
{
    struct vtd *vtd = operation->vtd;
    operation->apply(vtd);
    bool is_invalidation = operation == &vtd->operations[VTD_OP_CONTEXT] || operation == &vtd->operations[VTD_OP_IOTLB];
    bool hung = false;
    bool drained = is_invalidation ? vtd_invalidation_drained(vtd, &operation->drain, &hung)
                                   : inflight_drain(&vtd->requests.inflight, &operation->drain);
    if (drained)
        operation_complete(operation);
}

static void operation_timer(struct sim_event *event)
{
    operation_apply((struct vtd_operation *)((char *)event - offsetof(struct vtd_operation, timer)));
}

void vtd_operation_start(struct vtd_operation *operation, uint64_t delay_ps)
{
    operation->busy = true;
    if (delay_ps)
        sim_schedule(operation->vtd->sim, &operation->timer, operation->vtd->sim->now_ps + delay_ps);
    else
        operation_apply(operation);
}

/* ---- 6.6 Set Root Table Pointer Operation ---- */

struct vtd_root_pointer vtd_root_pointer_now(const struct vtd *vtd)
{
    if (on(vtd, VTD_E_RTADDR_IMMEDIATE))
        return vtd_root_pointer_decode(vtd_reg(vtd, VTD_REG_RTADDR));
    return vtd->root;
}

static void latch_root(struct vtd *vtd, uint64_t rtaddr)
{
    vtd->root_latched = rtaddr;
    vtd->root = vtd_root_pointer_decode(vtd->root_latched);
}

static void apply_root(struct vtd *vtd)
{
    latch_root(vtd, vtd_reg(vtd, VTD_REG_RTADDR));
    if (vtd->params.esrtps && !on(vtd, VTD_E_ESRTPS_KEEPS_CACHES))
        vtd_caches_clear(vtd);
    inflight_raise(&vtd->requests.inflight);
    inflight_raise(&vtd->pages.pool.inflight);
}

static void complete_root(struct vtd *vtd)
{
    vtd_reg_change(vtd, VTD_REG_GSTS, 0, VTD_MASK(GSTS_RTPS));
}

/* ---- TE: new requests meet the new state at once, TES follows when older ones are drained ---- */

static void apply_translation(struct vtd *vtd)
{
    vtd->translating = VTD_GET(vtd_reg(vtd, VTD_REG_GCMD), GCMD_TE);
    struct vtd_operation *operation = &vtd->operations[VTD_OP_TRANSLATION];
    operation->hung = !vtd->translating && vtd->requests.inflight.count && on(vtd, VTD_E_V04);
    if (!vtd->translating && vtd->params.smts && !on(vtd, VTD_E_TE_KEEPS_CACHES))
        vtd_caches_clear(vtd);
    inflight_raise(&vtd->requests.inflight);
    inflight_raise(&vtd->pages.pool.inflight);
}

static void complete_translation(struct vtd *vtd)
{
    if (vtd->operations[VTD_OP_TRANSLATION].hung)
        return;
    vtd_reg_change(vtd, VTD_REG_GSTS, VTD_MASK(GSTS_TES), VTD_PUT(GSTS_TES, vtd->translating));
    /* 7.2.1: the recording index starts over while address and interrupt translation are disabled. */
    if (!vtd->translating && !vtd->remapping_interrupts)
        vtd->faults.index = 0;
    VTD_PROBE(vtd, vtd->sim->now_ps, VTD_NO_REQUEST, "registers", "translation=%d", vtd->translating);
}

/* ---- WBF: the model has no write buffers; where flushing is not required the command means nothing ---- */

static void apply_flush(struct vtd *vtd)
{
    /* Deviation V01: what the walker had read before the write left the buffer is forgotten only now. */
    if (vtd_erratum(&vtd->params, VTD_E_V01))
        vtd_caches_clear(vtd);
}

static void complete_flush(struct vtd *vtd)
{
    vtd_reg_change(vtd, VTD_REG_GSTS, VTD_MASK(GSTS_WBFS), 0);
}

/* ---- QIE ---- */

static void apply_queue(struct vtd *vtd)
{
    bool enable = VTD_GET(vtd_reg(vtd, VTD_REG_GCMD), GCMD_QIE);
    /* The queue is to be quiescent when it is disabled; a descriptor being read is dropped, waits finish. */
    vtd_reg_change(vtd, VTD_REG_GSTS, VTD_MASK(GSTS_QIES), VTD_PUT(GSTS_QIES, enable));
    if (enable)
        return;
    vtd_reg_change(vtd, VTD_REG_IQH, VTD_MASK(IQH_QH), 0);
    vtd->queue.held = false;
    ring_port_forget(&vtd->queue.fetch);
}

static void complete_queue(struct vtd *vtd)
{
    vtd_queue_kick(vtd);
}

/* ---- 11.4.4.1 Global Command Register: the byte with the commands was written ---- */

void vtd_level_command(struct vtd *vtd, bool wanted, bool now, enum vtd_operation_id id)
{
    if (wanted != now || vtd->operations[id].busy)
        vtd_operation_start(&vtd->operations[id], vtd->params.register_ps);
}

void vtd_command_written(struct vtd *vtd, uint32_t command)
{
    if (command & VTD_MASK(GCMD_SRTP)) {
        vtd_reg_change(vtd, VTD_REG_GSTS, VTD_MASK(GSTS_RTPS), 0);
        vtd_operation_start(&vtd->operations[VTD_OP_ROOT], vtd->params.register_ps);
    } else if (on(vtd, VTD_E_ONE_SHOT_LEVEL)) {
        vtd_reg_change(vtd, VTD_REG_GSTS, VTD_MASK(GSTS_RTPS), 0);
    }
    if ((vtd->params.rwbf || on(vtd, VTD_E_V01)) && (command & VTD_MASK(GCMD_WBF))) {
        vtd_reg_change(vtd, VTD_REG_GSTS, 0, VTD_MASK(GSTS_WBFS));
        vtd_operation_start(&vtd->operations[VTD_OP_FLUSH], vtd->params.register_ps);
    }
    if (vtd->params.qi)
        vtd_level_command(vtd, command & VTD_MASK(GCMD_QIE), vtd_reg(vtd, VTD_REG_GSTS) & VTD_MASK(GSTS_QIES), VTD_OP_QUEUE);
    vtd_level_command(vtd, command & VTD_MASK(GCMD_TE), vtd->translating, VTD_OP_TRANSLATION);
    vtd_interrupt_commands(vtd, command);
}

/* ---- making and resetting ---- */

static void init_operations(struct vtd *vtd)
{
    static const struct {
        enum vtd_operation_id id;
        void (*apply)(struct vtd *vtd), (*complete)(struct vtd *vtd);
    } table[] = {
        {VTD_OP_TRANSLATION, apply_translation, complete_translation},
        {VTD_OP_ROOT, apply_root, complete_root},
        {VTD_OP_FLUSH, apply_flush, complete_flush},
        {VTD_OP_QUEUE, apply_queue, complete_queue},
    };
    for (unsigned i = 0; i < VTD_OP_COUNT; i++) {
        struct vtd_operation *operation = &vtd->operations[i];
        operation->vtd = vtd;
        operation->timer.fire = operation_timer;
        operation->drain.drained = operation_drained;
        operation->drain.owner = operation;
    }
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        vtd->operations[table[i].id].apply = table[i].apply;
        vtd->operations[table[i].id].complete = table[i].complete;
    }
    vtd_pmr_init(vtd);
    vtd_register_invalidation_init(vtd);
    vtd_interrupts_init(vtd);
}

int vtd_create(struct sim *sim, const struct vtd_params *params, const struct vtd_ports *ports, struct vtd **out, char *error,
               size_t error_bytes)
{
    *out = NULL;
    struct vtd_params placed = *params;
    vtd_registers_place(&placed);
    int result = vtd_params_check(&placed, error, error_bytes);
    if (result)
        return result;
    struct vtd *vtd = calloc(1, sizeof *vtd);
    if (!vtd)
        return -ENOMEM;
    vtd->sim = sim;
    vtd->params = placed;
    vtd->ports = *ports;
    init_operations(vtd);
    vtd_fault_log_init(vtd);
    vtd_queue_init(vtd);
    vtd_device_tlb_init(vtd);
    vtd_events_init(vtd);
    result = vtd_registers_init(&vtd->regs, &vtd->params);
    if (result == -EINVAL && error)
        snprintf(error, error_bytes, "fro and iro make registers overlap");
    if (!result)
        result = vtd_flights_init(vtd);
    if (!result)
        result = vtd_pages_init(vtd);
    if (!result)
        result = vtd_caches_init(vtd);
    if (result) {
        vtd_destroy(vtd);
        return result;
    }
    vtd_reset(vtd, false);
    *out = vtd;
    return 0;
}

void vtd_destroy(struct vtd *vtd)
{
    if (!vtd)
        return;
    for (unsigned i = 0; i < VTD_OP_COUNT; i++)
        sim_cancel(vtd->sim, &vtd->operations[i].timer);
    sim_cancel(vtd->sim, &vtd->queue.timer);
    vtd_device_tlb_fini(vtd);
    vtd_flights_fini(vtd);
    vtd_pages_fini(vtd);
    vtd_caches_fini(vtd);
    vtd_registers_fini(&vtd->regs);
    free(vtd);
}

void vtd_reset(struct vtd *vtd, bool warm)
{
    for (unsigned i = 0; i < VTD_OP_COUNT; i++) {
        sim_cancel(vtd->sim, &vtd->operations[i].timer);
        vtd->operations[i].busy = vtd->operations[i].hung = false;
    }
    vtd_flights_reset(vtd);
    vtd_pages_reset(vtd);
    vtd_device_tlb_reset(vtd);
    vtd_queue_reset(vtd);
    vtd_caches_clear(vtd);
    vtd_registers_reset(&vtd->regs, warm);
    vtd_fault_log_reset(vtd, warm);
    vtd_events_reset(vtd);
    vtd->translating = vtd->protecting = false;
    latch_root(vtd, 0);
    vtd_interrupts_reset(vtd);
}

bool vtd_idle(const struct vtd *vtd)
{
    for (unsigned i = 0; i < VTD_OP_COUNT; i++)
        if (vtd->operations[i].timer.scheduled)
            return false;
    return inflight_empty(&vtd->requests.inflight) && inflight_empty(&vtd->pages.pool.inflight) && vtd_queue_quiet(vtd) &&
           vtd_device_tlb_quiet(vtd);
}

/* ---- from the link ---- */

void vtd_message(struct vtd *vtd, const struct pcie_message *message)
{
    if (message->kind == PCIE_INVALIDATE_COMPLETION)
        vtd_device_tlb_completed(vtd, message);
    else if (message->kind == PCIE_PAGE_REQUEST)
        vtd_page_received(vtd, message);
}
