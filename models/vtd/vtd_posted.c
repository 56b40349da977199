/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_posted.c - 5.2.3 Interrupt-Posting Hardware Operation: the bit of the vector and then ON are set in the descriptor, each by
 * a compare-exchange, so that nothing that software changes meanwhile is lost; then the notification.
 *
 * Whoever clears ON looks at PIR afterwards: a bit that is set before ON is looked at is seen by one side or announced by the
 * other.
 */
#include "vtd/vtd_flight.h"
#include "vtd/vtd_formats.h"

static bool on(const struct vtd_flight *flight, enum vtd_erratum_id id)
{
    return vtd_erratum(&flight->vtd->params, id);
}

static bool access_faults(const struct vtd_flight *flight)
{
    return vtd_found(&flight->vtd->params, VTD_IR_27H, flight->work.job.access.status != PORT_OK);
}

/* Where a failure goes unnoticed (a deviation) what was read is 0. */
static uint64_t word_read(const struct vtd_flight *flight, unsigned n)
{
    const struct port_request *access = &flight->work.job.access;
    return access->status == PORT_OK ? load_le64(access->data + n * 8u) : 0;
}

/* 5.2.3: always snooped, whatever ECAP.C says. */
static enum walk_progress access_descriptor(struct vtd_flight *flight, enum port_kind kind, uint64_t offset, uint32_t bytes,
                                            vtd_phase next)
{
    const struct vtd_access what = {kind, PORT_STRUCTURE, flight->irte.descriptor + offset, bytes, true, PORT_WB};
    return vtd_flight_access(flight, &what, next);
}

static enum walk_progress exchange(struct vtd_flight *flight, uint64_t offset, uint64_t value, uint64_t wanted, vtd_phase next)
{
    const struct walk_update update = {flight->irte.descriptor + offset, value, wanted};
    walk_update(&flight->work.job, &update);
    flight->posted_word = value;
    return access_descriptor(flight, on(flight, VTD_E_POST_NOT_ATOMIC) ? PORT_WRITE : PORT_CMPXCHG, offset, 8, next);
}

static void notify(struct vtd_flight *flight, uint64_t word4)
{
    const struct vtd *vtd = flight->vtd;
    struct vtd_interrupt_message message = vtd_notification_message(&vtd->params, vtd_interrupt_table_now(vtd).eime, word4);
    vtd_interrupt_send(flight, message.address, message.data);
}

static enum walk_progress posted(struct vtd_flight *flight)
{
    flight->status = PCIE_SC;
    return WALK_END;
}

static enum walk_progress look_at_outstanding(struct vtd_flight *flight);

static enum walk_progress outstanding_set(struct vtd_flight *flight)
{
    if (access_faults(flight))
        return vtd_flight_fault(flight, VTD_IR_27H);
    if (walk_update_lost(&flight->work.job))
        return look_at_outstanding(flight);
    if (vtd_posted_notifies(&flight->vtd->params, &flight->irte, flight->posted_word) && !on(flight, VTD_E_NOTIFY_BEFORE_POST))
        notify(flight, flight->posted_word);
    return posted(flight);
}

static enum walk_progress set_outstanding(struct vtd_flight *flight, uint64_t word4)
{
    bool notifies = vtd_posted_notifies(&flight->vtd->params, &flight->irte, word4);
    if (!notifies && !on(flight, VTD_E_ON_SET_ALWAYS))
        return posted(flight);
    return exchange(flight, 32, word4, word4 | VTD_PID_W4_ON, outstanding_set);
}

static enum walk_progress outstanding_got(struct vtd_flight *flight)
{
    if (access_faults(flight))
        return vtd_flight_fault(flight, VTD_IR_27H);
    return set_outstanding(flight, word_read(flight, 0));
}

/* As it stands after PIR was changed. */
static enum walk_progress look_at_outstanding(struct vtd_flight *flight)
{
    return access_descriptor(flight, PORT_READ, 32, 8, outstanding_got);
}

static enum walk_progress request_set(struct vtd_flight *flight)
{
    if (access_faults(flight))
        return vtd_flight_fault(flight, VTD_IR_27H);
    return walk_update_lost(&flight->work.job) ? vtd_flight_post(flight) : look_at_outstanding(flight);
}

static enum walk_progress descriptor_got(struct vtd_flight *flight)
{
    if (access_faults(flight))
        return vtd_flight_fault(flight, VTD_IR_27H);
    uint64_t words[8];
    for (unsigned i = 0; i < 8; i++)
        words[i] = word_read(flight, i);
    const struct vtd *vtd = flight->vtd;
    enum vtd_condition condition = vtd_posted_check(&vtd->params, vtd_interrupt_table_now(vtd).eime, words);
    if (condition != VTD_OK)
        return vtd_flight_fault(flight, condition);
    unsigned word = flight->irte.vector / 64u;
    uint64_t bit = UINT64_C(1) << flight->irte.vector % 64u;
    if (words[word] & bit)
        return set_outstanding(flight, words[4]);
    if (on(flight, VTD_E_NOTIFY_BEFORE_POST) && vtd_posted_notifies(&vtd->params, &flight->irte, words[4]))
        notify(flight, words[4]);
    return exchange(flight, word * 8u, words[word], words[word] | bit, request_set);
}

enum walk_progress vtd_flight_post(struct vtd_flight *flight)
{
    return access_descriptor(flight, PORT_READ, 0, VTD_PID_BYTES, descriptor_got);
}
