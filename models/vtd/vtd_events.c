/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_events.c - 7.3 Non-Recoverable Fault Event, 6.5.2.10 Invalidation Completion Events and 7.5 Recoverable Fault Event: when a
 * message is sent, held back by IM, kept in IP, and forgotten when software has serviced its cause.
 */
#include "vtd/vtd_internal.h"

static bool on(const struct vtd *vtd, enum vtd_erratum_id id)
{
    return vtd_erratum(&vtd->params, id);
}

/* The four registers of an event. */
struct event_registers {
    enum vtd_register control, data, address, upper_address;
    const char *name;
};
static const struct event_registers fault_registers = {VTD_REG_FECTL, VTD_REG_FEDATA, VTD_REG_FEADDR, VTD_REG_FEUADDR,
                                                       "fault event"};
static const struct event_registers completion_registers = {VTD_REG_IECTL, VTD_REG_IEDATA, VTD_REG_IEADDR, VTD_REG_IEUADDR,
                                                            "completion event"};

static const struct event_registers page_registers = {VTD_REG_PECTL, VTD_REG_PEDATA, VTD_REG_PEADDR, VTD_REG_PEUADDR,
                                                      "page request event"};

/* FECTL, IECTL and PECTL have the same layout. */
static void load(struct vtd *vtd, struct message *event, const struct event_registers *registers)
{
    event->address = vtd_reg(vtd, registers->upper_address) << 32 | vtd_reg(vtd, registers->address);
    event->data = (uint32_t)vtd_reg(vtd, registers->data);
}

static void store_pending(struct vtd *vtd, const struct message *event, const struct event_registers *registers)
{
    vtd_reg_change(vtd, registers->control, VTD_MASK(FECTL_IP), VTD_PUT(FECTL_IP, event->pending));
}

static void raise(struct vtd *vtd, struct message *event, const struct event_registers *registers)
{
    load(vtd, event, registers);
    VTD_PROBE(vtd, vtd->sim->now_ps, VTD_NO_REQUEST, "interrupt", "%s%s", registers->name, event->masked ? " masked" : "");
    message_raise(event);
    store_pending(vtd, event, registers);
}

static void serviced(struct vtd *vtd, struct message *event, const struct event_registers *registers)
{
    if (on(vtd, VTD_E_IP_KEPT_WHEN_SERVICED))
        return;
    message_forget(event);
    store_pending(vtd, event, registers);
}

static void control_written(struct vtd *vtd, struct message *event, const struct event_registers *registers)
{
    load(vtd, event, registers);
    bool masked = vtd_reg(vtd, registers->control) & VTD_MASK(FECTL_IM);
    message_mask(event, masked && !on(vtd, VTD_E_MASK_IGNORED));
    store_pending(vtd, event, registers);
}

static void send(struct message *message)
{
    struct vtd *vtd = message->owner;
    if (vtd->ports.interrupt.send)
        vtd->ports.interrupt.send(vtd->ports.interrupt.context, message->address, message->data);
}

void vtd_events_init(struct vtd *vtd)
{
    vtd->fault_event = vtd->completion_event = vtd->page_event = (struct message){.send = send, .owner = vtd};
}

/* ---- 7.3 ---- */

static uint64_t fault_conditions(void)
{
    return VTD_MASK(FSTS_PPF) | VTD_MASK(FSTS_PFO) | VTD_MASK(FSTS_IQE) | VTD_MASK(FSTS_ICE) | VTD_MASK(FSTS_ITE);
}

/*
 * A condition that software has not serviced yet keeps a new one from raising the event. An overflow finds PPF set, and so
 * never raises it.
 */
void vtd_fault_condition(struct vtd *vtd, uint64_t status)
{
    bool pending = vtd_reg(vtd, VTD_REG_FSTS) & fault_conditions();
    vtd_reg_change(vtd, VTD_REG_FSTS, 0, status);
    bool overflow_too = (status & VTD_MASK(FSTS_PFO)) && on(vtd, VTD_E_PFO_RAISES_EVENT);
    bool again = !(status & VTD_MASK(FSTS_PFO)) && on(vtd, VTD_E_EVENT_WHEN_IQE_PENDING);
    if (!pending || overflow_too || again)
        raise(vtd, &vtd->fault_event, &fault_registers);
}

void vtd_fault_event_serviced(struct vtd *vtd)
{
    if (!(vtd_reg(vtd, VTD_REG_FSTS) & fault_conditions()))
        serviced(vtd, &vtd->fault_event, &fault_registers);
}

/* ---- 6.5.2.10 ---- */

void vtd_completion_condition(struct vtd *vtd)
{
    bool pending = vtd_reg(vtd, VTD_REG_ICS) & VTD_MASK(ICS_IWC);
    vtd_reg_change(vtd, VTD_REG_ICS, 0, VTD_MASK(ICS_IWC));
    if (!pending)
        raise(vtd, &vtd->completion_event, &completion_registers);
}

void vtd_completion_event_serviced(struct vtd *vtd)
{
    if (!(vtd_reg(vtd, VTD_REG_ICS) & VTD_MASK(ICS_IWC)))
        serviced(vtd, &vtd->completion_event, &completion_registers);
}

/* ---- 7.5 ---- */

static uint64_t page_conditions(void)
{
    return VTD_MASK(PRS_PPR) | VTD_MASK(PRS_PRO);
}

/* The event is raised when neither condition was pending. */
void vtd_page_condition(struct vtd *vtd, uint64_t status)
{
    bool pending = vtd_reg(vtd, VTD_REG_PRS) & page_conditions();
    vtd_reg_change(vtd, VTD_REG_PRS, 0, status);
    if (!pending || on(vtd, VTD_E_PAGE_EVENT_EACH))
        raise(vtd, &vtd->page_event, &page_registers);
}

void vtd_page_event_serviced(struct vtd *vtd)
{
    if (!(vtd_reg(vtd, VTD_REG_PRS) & page_conditions()))
        serviced(vtd, &vtd->page_event, &page_registers);
}

void vtd_event_registers_written(struct vtd *vtd)
{
    control_written(vtd, &vtd->fault_event, &fault_registers);
    control_written(vtd, &vtd->completion_event, &completion_registers);
    control_written(vtd, &vtd->page_event, &page_registers);
}

/* All events start masked and not pending; sticky status that survived keeps new conditions quiet until it is cleared. */
void vtd_events_reset(struct vtd *vtd)
{
    message_forget(&vtd->fault_event);
    message_forget(&vtd->completion_event);
    message_forget(&vtd->page_event);
    vtd_event_registers_written(vtd);
}
