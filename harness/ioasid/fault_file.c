/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * fault_file.c - faults go out: read(), poll(), eventfd, and answers. One reader at a time holds a mutex that nobody else takes;
 * records are copied to the user without the queue's lock, and a record that could not be copied is given back, so that each is
 * read once (R-IOASID-162).
 */
#include "fault.h"

#include <linux/err.h>
#include <linux/eventfd.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/uaccess.h>

bool ioasid_faults_waiting(struct ioasid_faults *faults)
{
    bool waiting;

    spin_lock_irq(&faults->lock);
    waiting = !list_empty(&faults->unread) || faults->lost;
    spin_unlock_irq(&faults->lock);
    return waiting;
}

/* ---- records ---- */

static const struct iommu_fault_page_request *page_request(const struct ioasid_fault *fault, unsigned int number)
{
    const struct iopf_fault *iopf;

    list_for_each_entry(iopf, &fault->group->faults, list) if (!number--) return &iopf->fault.prm;
    return NULL;
}

static void make_record(const struct ioasid_fault *fault, unsigned int number, struct iommu_fault_record *record)
{
    const struct iommu_fault_page_request *request;

    *record = (struct iommu_fault_record){
        .ioasid = fault->ioasid,
        .dev_cookie = fault->cookie,
        .addr = fault->addr,
        .perm = fault->perm,
        .vpasid = fault->vpasid,
        .flags = fault->has_vpasid ? IOMMU_FAULT_RECORD_VPASID : 0,
    };
    if (!fault->group)
        return;
    request = page_request(fault, number);
    record->flags |= IOMMU_FAULT_RECORD_RESPONSE;
    if (number + 1 == ioasid_fault_records(fault))
        record->flags |= IOMMU_FAULT_RECORD_LAST;
    record->addr = request->addr;
    record->perm = request->perm; /* the bits are the same */
    record->fault_id = fault->id;
}

/* What was taken out of the queue for one record. */
struct taken {
    u64 lost;
    struct ioasid_fault *over; /* unrecoverable: out of the queue */
    u32 id;                    /* of the group */
    bool last;
};

/* Takes the next record; false: there is none. Who was lost comes after those that were not. */
static bool record_take(struct ioasid_faults *faults, struct iommu_fault_record *record, struct taken *taken)
{
    struct ioasid_fault *fault = list_first_entry_or_null(&faults->unread, struct ioasid_fault, node);

    *taken = (struct taken){};
    if (!fault) {
        *record = (struct iommu_fault_record){.flags = IOMMU_FAULT_RECORD_LOST, .addr = faults->lost};
        taken->lost = faults->lost;
        faults->lost = 0;
        return taken->lost;
    }
    make_record(fault, fault->next, record);
    taken->id = fault->id;
    taken->last = ++fault->next == ioasid_fault_records(fault);
    if (!taken->last)
        return true;
    if (fault->group) {
        list_move_tail(&fault->node, &faults->pending);
    } else {
        list_del(&fault->node);
        faults->count--;
        taken->over = fault;
    }
    return true;
}

/* A group may have gone in the meantime: with it all its records. */
static void record_restore(struct ioasid_faults *faults, const struct taken *taken)
{
    struct list_head *list = taken->last ? &faults->pending : &faults->unread;
    struct ioasid_fault *fault;

    faults->lost += taken->lost;
    if (taken->over) {
        taken->over->next = 0;
        list_add(&taken->over->node, &faults->unread);
        faults->count++;
        return;
    }
    list_for_each_entry(fault, list, node)
    {
        if (fault->id != taken->id)
            continue;
        fault->next--;
        list_move(&fault->node, &faults->unread);
        return;
    }
}

static size_t record_bytes(const struct ioasid_ctx *ctx)
{
    return ctx->version == 1 ? sizeof(struct ioasid_fault_record) : sizeof(struct iommu_fault_record);
}

static int record_copy(const struct ioasid_ctx *ctx, char __user *to, const struct iommu_fault_record *record)
{
    struct ioasid_fault_record v1 = {.ioasid = record->ioasid, .addr = record->addr}; /* R-IOASID-156 */
    const u32 flags = IOASID_FAULT_RECORD_RESPONSE | IOASID_FAULT_RECORD_LAST | IOASID_FAULT_RECORD_LOST;

    v1.flags = record->flags & flags;
    if (ctx->version == 1)
        return copy_to_user(to, &v1, sizeof(v1)) ? -EFAULT : 0;
    return copy_to_user(to, record, sizeof(*record)) ? -EFAULT : 0;
}

/* 1: a record was copied, 0: there is none. */
static int read_one(struct ioasid_ctx *ctx, char __user *to)
{
    struct ioasid_faults *faults = &ctx->faults;
    struct iommu_fault_record record;
    struct taken taken;
    bool found;
    int error;

    spin_lock_irq(&faults->lock);
    found = record_take(faults, &record, &taken);
    spin_unlock_irq(&faults->lock);
    if (!found)
        return 0;
    error = record_copy(ctx, to, &record);
    if (!error) {
        if (taken.over)
            ioasid_fault_finish(taken.over, IOMMU_PAGE_RESP_SUCCESS);
        return 1;
    }
    spin_lock_irq(&faults->lock);
    if (!ioasid_bug(FAULT_READ_LOST) || taken.over)
        record_restore(faults, &taken);
    spin_unlock_irq(&faults->lock);
    return error;
}

static ssize_t read_many(struct ioasid_ctx *ctx, char __user *to, size_t room)
{
    size_t bytes = record_bytes(ctx), done = 0;
    int got = 1;

    while (room - done >= bytes) {
        got = read_one(ctx, (char __user *)((unsigned long)to + done)); /* NULL is a user address like any other */
        if (got <= 0)
            break;
        done += bytes;
    }
    return done ? (ssize_t)done : got;
}

ssize_t ioasid_faults_read(struct ioasid_ctx *ctx, char __user *to, size_t room, bool nonblock)
{
    struct ioasid_faults *faults = &ctx->faults;
    ssize_t got;

    if (room < record_bytes(ctx))
        return -EINVAL;
    for (;;) {
        if (mutex_lock_interruptible(&faults->reader))
            return -ERESTARTSYS;
        got = read_many(ctx, to, room);
        mutex_unlock(&faults->reader);
        if (got)
            return got;
        if (nonblock)
            return -EAGAIN;
        if (wait_event_interruptible(faults->wait, ioasid_faults_waiting(faults)))
            return -ERESTARTSYS;
    }
}

int ioasid_faults_eventfd(struct ioasid_ctx *ctx, int fd)
{
    struct eventfd_ctx *eventfd = NULL, *old;
    struct ioasid_faults *faults = &ctx->faults;

    if (fd < -1)
        return -EBADF;
    if (fd >= 0)
        eventfd = eventfd_ctx_fdget(fd);
    if (IS_ERR(eventfd))
        return PTR_ERR(eventfd);
    spin_lock_irq(&faults->lock);
    old = faults->eventfd;
    faults->eventfd = eventfd;
    if (eventfd && (!list_empty(&faults->unread) || faults->lost))
        eventfd_signal(eventfd);
    spin_unlock_irq(&faults->lock);
    if (old)
        eventfd_ctx_put(old);
    return 0;
}

/* ---- answers ---- */

static bool answers(const struct ioasid_answer *answer, const struct ioasid_fault *fault)
{
    return fault->ioasid == answer->ioasid &&
           (!answer->by_cookie || fault->cookie == answer->cookie || ioasid_bug(RESPOND_ANY_DEVICE)) && /* R-IOASID-169 */
           (!answer->by_vpasid || (fault->has_vpasid && fault->vpasid == answer->vpasid)) &&
           (!answer->by_id || fault->id == answer->id);
}

static struct ioasid_fault *pending_take(struct ioasid_faults *faults, const struct ioasid_answer *answer)
{
    struct ioasid_fault *fault;

    list_for_each_entry(fault, &faults->pending, node)
    {
        if (!answers(answer, fault))
            continue;
        list_del(&fault->node);
        faults->count--;
        return fault;
    }
    return NULL;
}

static bool known(struct ioasid_ctx *ctx, u32 ioasid)
{
    bool found;

    mutex_lock(&ctx->lock);
    found = ioasid_space_find(ctx, ioasid);
    mutex_unlock(&ctx->lock);
    return found;
}

int ioasid_faults_respond(struct ioasid_ctx *ctx, const struct ioasid_answer *answer)
{
    static const enum iommu_page_response_code codes[] = {
        [IOMMU_FAULT_CODE_SUCCESS] = IOMMU_PAGE_RESP_SUCCESS,
        [IOMMU_FAULT_CODE_INVALID] = IOMMU_PAGE_RESP_INVALID,
        [IOMMU_FAULT_CODE_FAILURE] = IOMMU_PAGE_RESP_FAILURE,
    };
    struct ioasid_faults *faults = &ctx->faults;
    struct ioasid_fault *fault;

    if (answer->code > IOMMU_FAULT_CODE_FAILURE || !known(ctx, answer->ioasid))
        return -EINVAL;
    spin_lock_irq(&faults->lock);
    fault = pending_take(faults, answer);
    spin_unlock_irq(&faults->lock);
    if (!fault && ioasid_bug(RESPOND_AGAIN))
        return 0;
    if (!fault)
        return -ENOENT;                              /* R-IOASID-166, -167 */
    ioasid_fault_finish(fault, codes[answer->code]); /* R-IOASID-163 */
    return 0;
}
