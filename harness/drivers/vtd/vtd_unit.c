/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_unit.c - a remapping unit: capabilities, global commands, interrupts, start and stop (11.4.2 to 11.4.5).
 */
#include "vtd.h"

#include <asm/barrier.h>
#include <linux/bitfield.h>
#include <linux/bitops.h>
#include <linux/dmar.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/printk.h>
#include <linux/slab.h>

#define COMMAND_US 1000000u

struct list_head vtd_units = LIST_HEAD_INIT(vtd_units);
static unsigned int unit_count;

void *vtd_alloc(size_t bytes)
{
    return alloc_pages_exact(bytes, GFP_KERNEL | __GFP_ZERO);
}

void vtd_free(void *memory, size_t bytes)
{
    if (memory)
        free_pages_exact(memory, bytes);
}

/* 11.4.4.1: bits of GSTS that last are given again with each command, one-shot ones are not; one command at a time. */
#define LASTING (GCMD_TE | GCMD_QIE | GCMD_IRE | GCMD_CFI)

int vtd_unit_command(struct vtd_unit *unit, u32 bit, bool on)
{
    u32 lasting, status, wanted;
    unsigned long flags;
    int result;

    spin_lock_irqsave(&unit->command_lock, flags);
    lasting = readl(unit->registers + VTD_GSTS) & LASTING;
    writel(on ? lasting | bit : lasting & ~bit, unit->registers + VTD_GCMD);
    /* GSTS shows the write buffer flush while it is under way, everything else when it is done. */
    wanted = on && bit != GCMD_WBF ? bit : 0;
    result = readl_poll_timeout_atomic(unit->registers + VTD_GSTS, status, (status & bit) == wanted, 1, COMMAND_US);
    spin_unlock_irqrestore(&unit->command_lock, flags);
    if (result)
        pr_err("vtd%u: global command %08x is not taken\n", unit->id, bit);
    return result;
}

void vtd_unit_publish(struct vtd_unit *unit)
{
    wmb(); /* the processor of the harness has no caches that a unit with ECAP.C 0 would miss */
    if (unit->cap & CAP_RWBF)
        vtd_unit_command(unit, GCMD_WBF, true);
}

/* CAP.SAGAW: the largest second stage of at most 4 levels for domains, and the largest that there is for pass-through (9.3). */
static void choose_levels(struct vtd_unit *unit)
{
    unsigned long widths = FIELD_GET(CAP_SAGAW, unit->cap);

    unit->largest_levels = widths ? fls64(widths) + 1 : 0;
    unit->second_levels = widths & BIT(2) ? 4 : widths & BIT(1) ? 3 : unit->largest_levels;
}

int vtd_unit_add(const struct acpi_dmar_hardware_unit *drhd)
{
    struct vtd_unit *unit = kzalloc(sizeof(*unit), GFP_KERNEL);

    if (!unit)
        return -ENOMEM;
    INIT_LIST_HEAD(&unit->node);
    unit->base = drhd->address;
    unit->register_bytes = (u64)VTD_PAGE_BYTES << (drhd->size & 0xf); /* 8.3: 2^N pages */
    unit->segment = drhd->segment;
    unit->id = unit_count++;
    spin_lock_init(&unit->command_lock);
    spin_lock_init(&unit->queue.lock);
    mutex_init(&unit->mutex);
    mutex_init(&unit->fault_lock);
    mutex_init(&unit->request_lock);
    xa_init(&unit->devices);
    xa_init(&unit->sources);
    ida_init(&unit->dids);
    init_waitqueue_head(&unit->request_wait);
    list_add_tail(&unit->node, &vtd_units);
    unit->registers = ioremap(unit->base, unit->register_bytes);
    if (!unit->registers)
        return -ENOMEM;
    unit->version = FIELD_GET(VER_MAJOR, readl(unit->registers + VTD_VER));
    unit->cap = readq(unit->registers + VTD_CAP);
    unit->ecap = readq(unit->registers + VTD_ECAP);
    unit->scalable = vtd_has(unit, ECAP_SMTS);
    choose_levels(unit);
    if (!vtd_has(unit, ECAP_QI) || (!unit->second_levels && !vtd_has(unit, ECAP_FSTS))) {
        pr_err("vtd%u: no queued invalidation, or no translation\n", unit->id);
        return -ENODEV;
    }
    unit->iommu.max_pasids = vtd_has(unit, ECAP_PASID) ? 2u << FIELD_GET(ECAP_PSS, unit->ecap) : 0;
    return 0;
}

/* 5.1.6: messages of the unit itself are not remapped. */
int vtd_event_start(struct vtd_unit *unit, struct vtd_event *event, u32 control, unsigned int number, irq_handler_t thread,
                    const char *name)
{
    void __iomem *at = unit->registers + control;
    struct msi_msg message;
    int irq = dmar_alloc_hwirq((int)(unit->id * 2 + number), -1, unit), result;

    if (irq <= 0)
        return irq ? irq : -ENOSPC;
    get_cached_msi_msg(irq, &message);
    writel(message.data, at + EVENT_DATA);
    writel(message.address_lo, at + EVENT_ADDRESS);
    writel(message.address_hi, at + EVENT_UPPER);
    result = request_threaded_irq(irq, NULL, thread, IRQF_ONESHOT, name, unit);
    if (result) {
        dmar_free_hwirq(irq);
        return result;
    }
    event->control = control;
    event->irq = irq;
    writel(0, at);
    readl(at); /* posted no longer */
    return 0;
}

void vtd_event_stop(struct vtd_unit *unit, struct vtd_event *event)
{
    if (event->irq <= 0)
        return;
    writel(EVENT_CONTROL_IM, unit->registers + event->control);
    readl(unit->registers + event->control);
    free_irq(event->irq, unit);
    dmar_free_hwirq(event->irq);
    event->irq = 0;
}

/*
 * 11.4.5: the pointer takes effect with the command. Afterwards the caches may hold entries of another table: they are
 * invalidated from the outside in, before anything is translated.
 */
static int set_root(struct vtd_unit *unit)
{
    struct vtd_batch batch = {.unit = unit};
    int result = vtd_queue_start(unit); /* 6.5.2: with its width, before scalable mode is programmed */

    if (result)
        return result;
    writeq(virt_to_phys(unit->root) | (unit->scalable ? RTADDR_SCALABLE : 0), unit->registers + VTD_RTADDR);
    result = vtd_unit_command(unit, GCMD_SRTP, true);
    if (result)
        return result;
    vtd_batch_add(&batch, vtd_desc_context_global());
    if (unit->scalable)
        vtd_batch_add(&batch, vtd_desc_pasid_global());
    vtd_batch_add(&batch, vtd_desc_iotlb_global());
    return vtd_batch_commit(&batch);
}

/* A unit that firmware has left on goes off first: its table is not ours. */
static int quiesce(struct vtd_unit *unit)
{
    u32 status = readl(unit->registers + VTD_GSTS);
    int result = status & GCMD_TE ? vtd_unit_command(unit, GCMD_TE, false) : 0;

    if (!result && status & GCMD_QIE)
        result = vtd_unit_command(unit, GCMD_QIE, false);
    return result;
}

int vtd_unit_start(struct vtd_unit *unit)
{
    int result = quiesce(unit);

    if (result)
        return result;
    unit->root = vtd_alloc(VTD_PAGE_BYTES);
    if (!unit->root)
        return -ENOMEM;
    result = set_root(unit);
    if (!result)
        result = vtd_fault_start(unit);
    if (!result && unit->scalable && vtd_has(unit, ECAP_PRS))
        result = vtd_request_start(unit);
    if (!result)
        result = vtd_unit_command(unit, GCMD_TE, true);
    if (!result)
        result = iommu_device_register(&unit->iommu, &vtd_ops, NULL);
    unit->registered = !result;
    return result;
}

static void free_contexts(struct vtd_unit *unit)
{
    for (unsigned int i = 0; unit->root && i < VTD_PAGE_BYTES / sizeof(u64); i++)
        if (unit->root[i] & VTD_PRESENT)
            vtd_free(phys_to_virt(unit->root[i] & VTD_ADDRESS), VTD_PAGE_BYTES);
    vtd_free(unit->root, VTD_PAGE_BYTES);
    unit->root = NULL;
}

/* After every device is gone. Works on what there is, for a start that has failed. */
void vtd_unit_stop(struct vtd_unit *unit)
{
    if (unit->registered)
        iommu_device_unregister(&unit->iommu);
    if (unit->registers && unit->root) {
        vtd_unit_command(unit, GCMD_TE, false);
        vtd_request_stop(unit);
        vtd_fault_stop(unit);
        vtd_queue_stop(unit);
        free_contexts(unit);
    }
    if (unit->registers)
        iounmap(unit->registers);
    WARN_ON(!xa_empty(&unit->sources) || !xa_empty(&unit->devices) || !ida_is_empty(&unit->dids));
    xa_destroy(&unit->sources);
    xa_destroy(&unit->devices);
    ida_destroy(&unit->dids);
    list_del(&unit->node);
    kfree(unit);
    if (list_empty(&vtd_units))
        unit_count = 0;
}
