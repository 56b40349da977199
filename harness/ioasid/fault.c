/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * fault.c - faults come in: groups of page requests from the iommu core, accesses that were refused from the drivers. A fault
 * waits in its context's queue until all its records are read, then, if it must be answered, in the list of pending ones. Whoever
 * takes it out of these, under the lock, answers it: the user, the end of its attach, or the end of the file, and nobody twice
 * (R-IOASID-167).
 */
#include "fault.h"
#include "trace.h"

#include <linux/device.h>
#include <linux/eventfd.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

unsigned int ioasid_fault_limit = 256;

void ioasid_faults_init(struct ioasid_faults *faults)
{
    spin_lock_init(&faults->lock);
    mutex_init(&faults->reader);
    INIT_LIST_HEAD(&faults->unread);
    INIT_LIST_HEAD(&faults->pending);
    init_waitqueue_head(&faults->wait);
}

unsigned int ioasid_fault_records(const struct ioasid_fault *fault)
{
    return fault->group ? fault->group->fault_count : 1;
}

void ioasid_fault_finish(struct ioasid_fault *fault, enum iommu_page_response_code code)
{
    if (fault->group) {
        trace_ioasid_answer(fault->ioasid, fault->id, code);
        iopf_group_response(fault->group, code);
        iopf_free_group(fault->group);
    }
    kfree(fault);
}

/* ---- the queue ---- */

static void signal(struct ioasid_faults *faults)
{
    if (faults->eventfd && !ioasid_bug(EVENTFD_SILENT))
        eventfd_signal(faults->eventfd); /* R-IOASID-161 */
    wake_up_interruptible_poll(&faults->wait, EPOLLIN | EPOLLRDNORM);
}

/* False: no room, or nobody to read it; that it is lost is told (R-IOASID-172). */
static bool queue(struct ioasid_faults *faults, struct ioasid_fault *fault)
{
    bool room = !faults->closed && fault && faults->count < ioasid_fault_limit;

    if (room) {
        do
            fault->id = ++faults->next_id;
        while (!fault->id);
        list_add_tail(&fault->node, &faults->unread);
        faults->count++;
    } else {
        faults->lost += !ioasid_bug(OVERFLOW_SILENT);
    }
    if (fault)
        trace_ioasid_fault(fault->ioasid, fault->cookie, fault->id, room);
    signal(faults);
    return room;
}

/* ---- who was it? ---- */

/*
 * R-IOASID-159: the bound device that made the request: among those that share the struct device, the one whose install it is. A
 * member of the group that is not bound is taken for the one that is: the hardware may not tell them apart.
 */
static struct ioasid_dev *requester(const struct ioasid_install *install, const struct device *dev)
{
    struct ioasid_dev *idev;

    if (install->idev->dev == dev)
        return install->idev;
    list_for_each_entry(idev, &install->space->ctx->devices,
                        node) if (idev->dev == dev && idev->kind == IOASID_DEV_PHYSICAL) return idev;
    return install->idev;
}

/* v1: the page table that is tracked for this vPASID. */
static u32 tracked_ioasid(const struct ioasid_dev *idev, u32 vpasid, u32 ioasid)
{
    const struct ioasid_attach *attach;

    list_for_each_entry(attach, &idev->attaches, in_dev) if (!attach->place && attach->vpasid == vpasid) return attach->space->id;
    return ioasid;
}

/* R-IOASID-160: nothing of the bus but the PASID of a PASID table, which is the user's number (R-IOASID-158). */
static void describe(struct ioasid_fault *fault, const struct ioasid_install *install, const struct device *dev,
                     const struct iommu_fault_page_request *request)
{
    const struct ioasid_dev *idev = requester(install, dev);

    if (ioasid_bug(COOKIE_OF_FIRST))
        idev = list_first_entry(&install->space->ctx->devices, struct ioasid_dev, node);
    fault->ioasid = install->space->id;
    fault->idev = idev;
    fault->cookie = idev->cookie;
    if (ioasid_bug(RECORD_PASID)) {
        fault->has_vpasid = request->flags & IOMMU_FAULT_PAGE_REQUEST_PASID_VALID;
        fault->vpasid = request->pasid;
        return;
    }
    if (install->space->kind != IOASID_KIND_PASIDS || !(request->flags & IOMMU_FAULT_PAGE_REQUEST_PASID_VALID))
        return;
    fault->has_vpasid = true;
    fault->vpasid = request->pasid;
    fault->ioasid = tracked_ioasid(idev, request->pasid, fault->ioasid);
}

/* ---- page requests ---- */

/* Of a process: its memory management is asked, as if the process had made the access. */
static enum iommu_page_response_code fault_in(struct mm_struct *mm, const struct iommu_fault_page_request *request)
{
    unsigned int flags = FAULT_FLAG_USER | FAULT_FLAG_REMOTE | (request->perm & IOMMU_FAULT_PERM_WRITE ? FAULT_FLAG_WRITE : 0);
    bool unlocked;
    int error;

    if (!mmget_not_zero(mm))
        return IOMMU_PAGE_RESP_INVALID;
    mmap_read_lock(mm);
    error = fixup_user_fault(mm, request->addr, flags, &unlocked);
    mmap_read_unlock(mm);
    mmput(mm);
    return error ? IOMMU_PAGE_RESP_INVALID : IOMMU_PAGE_RESP_SUCCESS;
}

static void fault_in_group(struct work_struct *work)
{
    struct iopf_group *group = container_of(work, struct iopf_group, work);
    enum iommu_page_response_code code = IOMMU_PAGE_RESP_SUCCESS;
    struct iopf_fault *fault;

    list_for_each_entry(fault, &group->faults, list) if (code == IOMMU_PAGE_RESP_SUCCESS) code =
        fault_in(group->attach_handle->domain->mm, &fault->fault.prm);
    iopf_group_response(group, code);
    iopf_free_group(group);
}

/* An error lets the iommu core answer with a failure. */
int ioasid_fault_iopf(struct iopf_group *group)
{
    struct ioasid_install *install = container_of(group->attach_handle, struct ioasid_install, handle);
    struct ioasid_faults *faults = &install->space->ctx->faults;
    struct ioasid_fault *fault;
    unsigned long flags;
    bool queued;

    if (install->space->kind == IOASID_KIND_MM) {
        INIT_WORK(&group->work, fault_in_group);
        return queue_work(group->fault_param->queue->wq, &group->work) ? 0 : -EBUSY;
    }
    fault = kzalloc(sizeof(*fault), GFP_KERNEL);
    spin_lock_irqsave(&faults->lock, flags);
    if (fault) {
        fault->install = install;
        fault->group = group;
        describe(fault, install, group->fault_param->dev, &group->last_fault.fault.prm);
    }
    queued = queue(faults, fault);
    spin_unlock_irqrestore(&faults->lock, flags);
    if (!queued) {
        kfree(fault);
        iopf_group_response(group, IOMMU_PAGE_RESP_INVALID);
        iopf_free_group(group);
    }
    return 0;
}

/* ---- accesses that were refused ---- */

static const struct ioasid_dev *culprit(const struct ioasid_space *space, const struct device *dev)
{
    const struct ioasid_dev *idev;

    list_for_each_entry(idev, &space->ctx->devices, node) if (idev->dev == dev) return idev;
    return NULL;
}

/* R-IOASID-170. May be called where nothing may sleep. 0 tells the driver that it was dealt with: nobody prints (R-IOASID-205).
 */
int ioasid_fault_unrecoverable(struct iommu_domain *domain, struct device *dev, unsigned long iova, int flags, void *token)
{
    struct ioasid_space *space = token;
    struct ioasid_faults *faults = &space->ctx->faults;
    const struct ioasid_dev *idev;
    struct ioasid_fault *fault = kzalloc(sizeof(*fault), GFP_ATOMIC);
    unsigned long irq;

    spin_lock_irqsave(&faults->lock, irq);
    idev = culprit(space, dev);
    if (fault) {
        fault->ioasid = space->id;
        fault->cookie = idev ? idev->cookie : 0;
        fault->addr = iova;
        fault->perm = flags & IOMMU_FAULT_WRITE ? IOMMU_FAULT_RECORD_WRITE : IOMMU_FAULT_RECORD_READ;
    }
    if (!queue(faults, fault))
        kfree(fault);
    spin_unlock_irqrestore(&faults->lock, irq);
    return 0;
}

/* ---- the end ---- */

/* All of an install, or with NULL of all; of one device, or with NULL of all. */
static void take(struct ioasid_faults *faults, struct list_head *from, const struct ioasid_install *install,
                 const struct ioasid_dev *idev, struct list_head *to)
{
    struct ioasid_fault *fault, *next;

    list_for_each_entry_safe(fault, next, from, node)
    {
        if ((install && fault->install != install) || (idev && fault->idev != idev))
            continue;
        list_move_tail(&fault->node, to);
        faults->count--;
    }
}

static void finish_all(struct list_head *list)
{
    struct ioasid_fault *fault, *next;

    list_for_each_entry_safe(fault, next, list, node) ioasid_fault_finish(fault, IOMMU_PAGE_RESP_INVALID);
}

void ioasid_faults_purge(struct ioasid_install *install, const struct ioasid_dev *idev)
{
    struct ioasid_faults *faults = &install->space->ctx->faults;
    LIST_HEAD(list);

    if (ioasid_bug(FAULT_NOT_PURGED))
        return;
    spin_lock_irq(&faults->lock);
    take(faults, &faults->unread, install, idev, &list);
    take(faults, &faults->pending, install, idev, &list);
    spin_unlock_irq(&faults->lock);
    finish_all(&list);
}

void ioasid_faults_close(struct ioasid_ctx *ctx)
{
    struct ioasid_faults *faults = &ctx->faults;
    struct eventfd_ctx *eventfd;
    LIST_HEAD(list);

    spin_lock_irq(&faults->lock);
    faults->closed = true;
    if (list_empty(&ctx->devices) || !ioasid_bug(CLOSE_PENDING)) {
        take(faults, &faults->unread, NULL, NULL, &list);
        take(faults, &faults->pending, NULL, NULL, &list);
    }
    eventfd = faults->eventfd;
    faults->eventfd = NULL;
    spin_unlock_irq(&faults->lock);
    finish_all(&list);
    if (eventfd)
        eventfd_ctx_put(eventfd);
}
