/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_interrupt_remapping.c - 5.1.4 Interrupt-Remapping Hardware Operation, 6.4 Interrupt Entry Cache, 6.7 Set Interrupt
 * Remapping Table Pointer Operation, and the commands of 11.4.4 for them.
 */
#include "vtd/vtd_flight.h"
#include "vtd/vtd_formats.h"

static bool on(const struct vtd *vtd, enum vtd_erratum_id id)
{
    return vtd_erratum(&vtd->params, id);
}

/* As latched by Set Interrupt Remap Table Pointer. */
struct vtd_interrupt_table vtd_interrupt_table_now(const struct vtd *vtd)
{
    if (on(vtd, VTD_E_IRTA_IMMEDIATE))
        return vtd_interrupt_table_decode(&vtd->params, vtd_reg(vtd, VTD_REG_IRTA));
    return vtd->interrupt_table;
}

/* ---- the request ---- */

void vtd_interrupt_send(struct vtd_flight *flight, uint64_t address, uint32_t data)
{
    struct vtd *vtd = flight->vtd;
    VTD_PROBE(vtd, flight->work.job.now_ps, vtd_flight_id(flight), "interrupt", "device address=%llx data=%x",
              (unsigned long long)address, data);
    if (vtd->ports.device_interrupt.send)
        vtd->ports.device_interrupt.send(vtd->ports.device_interrupt.context, flight->query.requester_id, address, data);
}

static enum walk_progress sent(struct vtd_flight *flight, uint64_t address, uint32_t data)
{
    vtd_interrupt_send(flight, address, data);
    flight->status = PCIE_SC;
    return WALK_END;
}

static enum walk_progress judge_irte(struct vtd_flight *flight, const uint64_t entry[2], bool from_cache)
{
    struct vtd *vtd = flight->vtd;
    const uint64_t words[2] = {entry[0], entry[1]};
    enum vtd_condition condition =
        vtd_irte_decode(&vtd->params, &vtd->interrupt_table, words, flight->query.requester_id, from_cache, &flight->irte);
    flight->fpd = flight->irte.fpd;
    if (!from_cache)
        vtd_irte_keep(flight, words, condition);
    if (condition != VTD_OK)
        return vtd_flight_fault(flight, condition);
    if (flight->irte.posted)
        return vtd_flight_post(flight);
    struct vtd_interrupt_message message = vtd_remapped_message(&vtd->params, &flight->irte);
    return sent(flight, message.address, message.data);
}

static enum walk_progress irte_got(struct vtd_flight *flight)
{
    if (vtd_found(&flight->vtd->params, VTD_IR_23H, flight->structure_failed))
        return vtd_flight_fault(flight, VTD_IR_23H);
    return judge_irte(flight, flight->structure, false);
}

static enum walk_progress remap(struct vtd_flight *flight, uint64_t address, uint32_t data)
{
    struct vtd *vtd = flight->vtd;
    uint64_t entry_address = 0;
    struct vtd_interrupt_table table = vtd_interrupt_table_now(vtd);
    enum vtd_condition condition =
        vtd_interrupt_index(&vtd->params, &table, address, data, &flight->interrupt_index, &entry_address);
    flight->has_index = true;
    if (condition != VTD_OK)
        return vtd_flight_fault(flight, condition);
    const uint64_t *entry = vtd_irte_find(vtd, flight->interrupt_index);
    VTD_PROBE(vtd, flight->work.job.now_ps, vtd_flight_id(flight), "interrupt cache", entry ? "hit index=%x" : "miss index=%x",
              flight->interrupt_index);
    if (entry)
        return judge_irte(flight, entry, true);
    return vtd_flight_structure(flight, entry_address, VTD_IRTE_BYTES, irte_got);
}

/* ---- 5.2.4: an interrupt is seen after the writes that its requester made before it ---- */

static bool is_write_of(const struct vtd_flight *flight, uint16_t requester_id)
{
    const struct pcie_request *request = flight->work.request;
    return request && request->requester_id == requester_id && request->kind != PCIE_READ && request->at != PCIE_AT_TRANSLATION;
}

static bool follows_write(const struct vtd_flight *flight)
{
    if (on(flight->vtd, VTD_E_INTERRUPT_OVERTAKES))
        return false;
    for (const struct inflight_entry *entry = flight->work.entry.older; entry; entry = entry->older) {
        const char *work = (const char *)entry - offsetof(struct request_work, entry);
        if (is_write_of((const struct vtd_flight *)work, flight->query.requester_id))
            return true;
    }
    return false;
}

void vtd_interrupts_release(struct vtd *vtd)
{
    while (vtd->interrupts_held) {
        struct vtd_flight *flight = vtd->interrupts_held;
        vtd->interrupts_held = flight->held_next;
        walk_wake(&flight->work.job);
    }
}

/* A single-DWORD write without PASID to FEEx_xxxxh. */
enum walk_progress vtd_flight_interrupt(struct vtd_flight *flight)
{
    struct vtd *vtd = flight->vtd;
    const struct pcie_request *request = flight->work.request;
    uint32_t data = load_le32(request->data);
    if (follows_write(flight)) {
        flight->phase = vtd_flight_interrupt;
        flight->held_next = vtd->interrupts_held;
        vtd->interrupts_held = flight;
        return walk_sleep(&flight->work.job);
    }
    if (!vtd->remapping_interrupts) {
        bool blocked = vtd_found(&vtd->params, VTD_IR_2BH, vtd->params.irreq);
        return blocked ? vtd_flight_fault(flight, VTD_IR_2BH) : sent(flight, request->address, data);
    }
    if (vtd_found(&vtd->params, VTD_IR_2AH, vtd->params.eimer && !vtd_interrupt_table_now(vtd).eime))
        return vtd_flight_fault(flight, VTD_IR_2AH);
    if (vtd_interrupt_is_remappable(request->address))
        return remap(flight, request->address, data);
    bool passes =
        VTD_GET(vtd_reg(vtd, VTD_REG_GSTS), GSTS_CFIS) && (!vtd_interrupt_table_now(vtd).eime || on(vtd, VTD_E_CFI_WITH_EIME));
    if (vtd_found(&vtd->params, VTD_IR_25H, !passes))
        return vtd_flight_fault(flight, VTD_IR_25H);
    return sent(flight, request->address, data);
}

/* ---- 6.7, 11.4.4.1: SIRTP, IRE, CFI ---- */

/* 6.7, 11.4.4.1 IRE: with ESIRTPS setting the pointer and disabling interrupt remapping drop all that is cached. */
static void clear_cache(struct vtd *vtd)
{
    if (vtd->params.esirtps && !on(vtd, VTD_E_ESIRTPS_KEEPS_CACHE))
        cache_clear(&vtd->caches.interrupt);
}

static void apply_table(struct vtd *vtd)
{
    vtd->interrupt_table = vtd_interrupt_table_decode(&vtd->params, vtd_reg(vtd, VTD_REG_IRTA));
    clear_cache(vtd);
    inflight_raise(&vtd->requests.inflight);
}

static void complete_table(struct vtd *vtd)
{
    vtd_reg_change(vtd, VTD_REG_GSTS, 0, VTD_MASK(GSTS_IRTPS));
}

static void apply_remapping(struct vtd *vtd)
{
    vtd->remapping_interrupts = VTD_GET(vtd_reg(vtd, VTD_REG_GCMD), GCMD_IRE);
    if (!vtd->remapping_interrupts)
        clear_cache(vtd);
    inflight_raise(&vtd->requests.inflight);
}

/* 7.2.1: the recording index starts over while address and interrupt translation are disabled. */
static void complete_remapping(struct vtd *vtd)
{
    vtd_reg_change(vtd, VTD_REG_GSTS, VTD_MASK(GSTS_IRES), VTD_PUT(GSTS_IRES, vtd->remapping_interrupts));
    if (!vtd->remapping_interrupts && !vtd->translating)
        vtd->faults.index = 0;
}

static void apply_compatibility(struct vtd *vtd)
{
    vtd_reg_change(vtd, VTD_REG_GSTS, VTD_MASK(GSTS_CFIS), VTD_PUT(GSTS_CFIS, VTD_GET(vtd_reg(vtd, VTD_REG_GCMD), GCMD_CFI)));
}

static void complete_compatibility(struct vtd *vtd)
{
    (void)vtd;
}

void vtd_interrupts_init(struct vtd *vtd)
{
    vtd->operations[VTD_OP_INTERRUPT_TABLE].apply = apply_table;
    vtd->operations[VTD_OP_INTERRUPT_TABLE].complete = complete_table;
    vtd->operations[VTD_OP_INTERRUPTS].apply = apply_remapping;
    vtd->operations[VTD_OP_INTERRUPTS].complete = complete_remapping;
    vtd->operations[VTD_OP_COMPATIBILITY].apply = apply_compatibility;
    vtd->operations[VTD_OP_COMPATIBILITY].complete = complete_compatibility;
}

void vtd_interrupts_reset(struct vtd *vtd)
{
    vtd->remapping_interrupts = false;
    vtd->interrupts_held = NULL;
    vtd->interrupt_table = vtd_interrupt_table_decode(&vtd->params, 0);
}

void vtd_interrupt_commands(struct vtd *vtd, uint32_t command)
{
    if (!vtd->params.ir)
        return;
    if (command & VTD_MASK(GCMD_SIRTP)) {
        vtd_reg_change(vtd, VTD_REG_GSTS, VTD_MASK(GSTS_IRTPS), 0);
        vtd_operation_start(&vtd->operations[VTD_OP_INTERRUPT_TABLE], vtd->params.register_ps);
    }
    vtd_level_command(vtd, command & VTD_MASK(GCMD_CFI), vtd_reg(vtd, VTD_REG_GSTS) & VTD_MASK(GSTS_CFIS), VTD_OP_COMPATIBILITY);
    vtd_level_command(vtd, command & VTD_MASK(GCMD_IRE), vtd->remapping_interrupts, VTD_OP_INTERRUPTS);
}
