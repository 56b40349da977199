/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_fault.c - non-recoverable faults (7.2, 7.3): records are taken in a circle from the one that FRI names, and go to the
 * domain that the requester is in. Errors of the invalidation queue use the same interrupt, and are left to whoever waits for the
 * queue.
 */
#include "vtd.h"
#include "vtd_trace.h"

#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/printk.h>

struct record {
    u64 address;
    u16 rid;
    u32 pasid; /* IOMMU_NO_PASID: without */
    u8 reason;
    bool write;
};

static void __iomem *record_at(const struct vtd_unit *unit, unsigned int index)
{
    return unit->registers + FIELD_GET(CAP_FRO, unit->cap) * 16 + index * FRCD_BYTES;
}

/* F is read first: with it the rest of the record is there (11.4.7.6). False: the record is empty. */
static bool take(const struct vtd_unit *unit, unsigned int index, struct record *record)
{
    void __iomem *at = record_at(unit, index);
    u64 high = readq(at + 8), low;

    if (!(high & FRCD1_F) || high == ~0ull) /* all ones: nothing answers there */
        return false;
    low = readq(at);
    *record = (struct record){.address = low & FRCD0_FI,
                              .rid = FIELD_GET(FRCD1_SID, high),
                              .pasid = high & FRCD1_PP ? FIELD_GET(FRCD1_PASID, high) : IOMMU_NO_PASID,
                              .reason = FIELD_GET(FRCD1_FR, high),
                              .write = !(high & FRCD1_T1) && !(high & FRCD1_T2)};
    writel(FRCD1_F >> 32, at + 12); /* write 1 to clear, of the upper half only */
    return true;
}

static bool of_interrupts(const struct record *record)
{
    return record->reason >= FR_INTERRUPT_FIRST && record->reason <= FR_INTERRUPT_LAST;
}

static void report(struct vtd_unit *unit, const struct record *record)
{
    struct vtd_device *device;
    struct vtd_attachment *at;

    trace_vtd_fault(record->rid, record->pasid, record->reason, record->address, record->write);
    pr_info_ratelimited("vtd%u: fault %02x at %llx, request of %04x pasid %x\n", unit->id, record->reason, record->address,
                        record->rid, record->pasid);
    if (of_interrupts(record))
        return;
    mutex_lock(&unit->mutex);
    device = xa_load(&unit->devices, record->rid);
    at = device ? vtd_attachment(device, record->pasid) : NULL;
    /* A process has no handler: its domain keeps the mm in that place. */
    if (at && at->domain->kind != VTD_PROCESS)
        report_iommu_fault(&at->domain->domain, device->dev, record->address,
                           record->write ? IOMMU_FAULT_WRITE : IOMMU_FAULT_READ);
    mutex_unlock(&unit->mutex);
}

/* Once through the records; true: there may be more. PFO only when no record is left (7.2.1). */
static bool collect_round(struct vtd_unit *unit)
{
    unsigned int count = FIELD_GET(CAP_NFR, unit->cap) + 1, index, taken = 0;
    u32 status = readl(unit->registers + VTD_FSTS);
    struct record record;

    if (!(status & (FSTS_PPF | FSTS_PFO)))
        return false;
    for (index = FIELD_GET(FSTS_FRI, status); taken < count && take(unit, index, &record); taken++) {
        report(unit, &record);
        index = (index + 1) % count;
    }
    if (!taken && !(status & FSTS_PFO)) {
        pr_err("vtd%u: a fault without a record\n", unit->id);
        return false;
    }
    if (status & FSTS_PFO) {
        pr_warn_ratelimited("vtd%u: faults were lost\n", unit->id);
        writel(FSTS_PFO, unit->registers + VTD_FSTS);
    }
    return true;
}

static bool collect_locked(struct vtd_unit *unit)
{
    bool more;

    mutex_lock(&unit->fault_lock);
    more = collect_round(unit);
    mutex_unlock(&unit->fault_lock);
    return more;
}

/* What is recorded by now, which is all that waits for a caller: a device that goes on and on must not keep it (K25). */
void vtd_fault_collect(struct vtd_unit *unit)
{
    (void)collect_locked(unit);
}

/* No event comes for faults while PPF or PFO is set (7.3), so the status is read again until both are clear. */
static irqreturn_t fault_thread(int irq, void *data)
{
    (void)irq;
    while (collect_locked(data))
        usleep_range(1, 5); /* others want the records too */
    return IRQ_HANDLED;
}

int vtd_fault_start(struct vtd_unit *unit)
{
    while (collect_locked(unit)) /* what was there before is not ours */
        ;
    return vtd_event_start(unit, &unit->fault_event, VTD_FECTL, 0, fault_thread, "vtd-fault");
}

void vtd_fault_stop(struct vtd_unit *unit)
{
    vtd_event_stop(unit, &unit->fault_event);
}
