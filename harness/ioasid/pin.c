/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* pin.c - memory of a process that is held and charged to it, and v1's registration of such memory. */
#include "core.h"

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

/* All of it, or an error. */
static int pin_pages(struct ioasid_pin *pin)
{
    unsigned int flags = FOLL_LONGTERM | (pin->writable ? FOLL_WRITE : 0);
    unsigned long done = 0;

    while (done < pin->count) {
        int got = pin_user_pages_fast(pin->vaddr + done * PAGE_SIZE, min(pin->count - done, 1UL << 16), flags, pin->pages + done);

        if (got <= 0) {
            unpin_user_pages(pin->pages, done);
            return got == -ENOMEM ? -ENOMEM : -EFAULT;
        }
        done += got;
    }
    return 0;
}

static void uncharge(struct ioasid_pin *pin)
{
    if (!ioasid_bug(MEMLOCK_UNCHECKED))
        account_locked_vm(pin->mm, pin->count, false);
}

/* R-IOASID-123: to the process that asks, whoever opened the file. */
struct ioasid_pin *ioasid_pin_make(unsigned long vaddr, unsigned long count, bool writable)
{
    struct ioasid_pin *pin;
    int error = -ENOMEM;

    if (!current->mm)
        return ERR_PTR(-EFAULT);
    pin = kzalloc(sizeof(*pin), GFP_KERNEL);
    if (!pin)
        return ERR_PTR(-ENOMEM);
    kref_init(&pin->kref);
    pin->vaddr = vaddr;
    pin->count = count;
    pin->writable = writable;
    pin->mm = current->mm;
    error = ioasid_bug(MEMLOCK_UNCHECKED) ? 0 : account_locked_vm(pin->mm, count, true);
    if (error)
        goto free;
    error = -ENOMEM;
    pin->pages = kvmalloc_array(count, sizeof(*pin->pages), GFP_KERNEL);
    if (!pin->pages)
        goto uncharge;
    error = pin_pages(pin);
    if (error)
        goto uncharge;
    mmgrab(pin->mm);
    return pin;

uncharge:
    uncharge(pin);
    kvfree(pin->pages);
free:
    kfree(pin);
    return ERR_PTR(error);
}

static void pin_free(struct kref *kref)
{
    struct ioasid_pin *pin = container_of(kref, struct ioasid_pin, kref);

    unpin_user_pages_dirty_lock(pin->pages, pin->count, pin->writable);
    uncharge(pin);
    mmdrop(pin->mm);
    kvfree(pin->pages);
    kfree(pin);
}

void ioasid_pin_put(struct ioasid_pin *pin)
{
    kref_put(&pin->kref, pin_free);
}

void ioasid_segments_put(struct ioasid_segment *segments, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++)
        ioasid_pin_put(segments[i].pin);
}

/* ---- v1: registered memory ---- */

static struct ioasid_registered *registered_first(struct ioasid_ctx *ctx, u64 start, u64 last)
{
    struct interval_tree_node *node = interval_tree_iter_first(&ctx->registered, start, last);

    /* Addresses mean something in one process only: those that another has registered are not the caller's. */
    for (; node; node = interval_tree_iter_next(node, start, last)) {
        struct ioasid_registered *registered = container_of(node, struct ioasid_registered, node);

        if (registered->pin->mm == current->mm)
            return registered;
    }
    return NULL;
}

static int registered_span(u64 vaddr, u64 size, struct ioasid_span *span)
{
    if ((vaddr | size) & ~PAGE_MASK || !ioasid_span_make(vaddr, size, span))
        return -EINVAL;
    return 0;
}

int ioasid_register(struct ioasid_ctx *ctx, u64 vaddr, u64 size)
{
    struct ioasid_registered *registered;
    struct ioasid_span span;
    int error = registered_span(vaddr, size, &span);

    if (error)
        return error;
    registered = kzalloc(sizeof(*registered), GFP_KERNEL);
    if (!registered)
        return -ENOMEM;
    registered->node.start = span.start;
    registered->node.last = span.last;
    registered->pin = ioasid_pin_make(vaddr, size >> PAGE_SHIFT, true);
    if (IS_ERR(registered->pin)) {
        error = PTR_ERR(registered->pin);
        kfree(registered);
        return error;
    }
    mutex_lock(&ctx->lock);
    if (registered_first(ctx, span.start, span.last)) {
        error = -EEXIST;
    } else {
        interval_tree_insert(&registered->node, &ctx->registered);
        ctx->has_registered = true;
    }
    mutex_unlock(&ctx->lock);
    if (error) {
        ioasid_pin_put(registered->pin);
        kfree(registered);
    }
    return error;
}

/* Segments of mappings hold the pin for themselves (R-IOASID-117). */
static void registered_drop(struct ioasid_ctx *ctx, struct ioasid_registered *registered)
{
    interval_tree_remove(&registered->node, &ctx->registered);
    ioasid_pin_put(registered->pin);
    kfree(registered);
}

int ioasid_unregister(struct ioasid_ctx *ctx, u64 vaddr, u64 size)
{
    struct ioasid_registered *registered;
    struct ioasid_span span;
    int error = registered_span(vaddr, size, &span);

    if (error)
        return error;
    mutex_lock(&ctx->lock);
    registered = registered_first(ctx, span.start, span.last);
    if (registered && registered->node.start == span.start && registered->node.last == span.last)
        registered_drop(ctx, registered);
    else
        error = -ENOENT;
    mutex_unlock(&ctx->lock);
    return error;
}

void ioasid_unregister_all(struct ioasid_ctx *ctx)
{
    struct interval_tree_node *node;

    while ((node = interval_tree_iter_first(&ctx->registered, 0, ULONG_MAX)))
        registered_drop(ctx, container_of(node, struct ioasid_registered, node));
}

/* One segment for each registered range that start..last goes through, without a gap. */
int ioasid_segments_registered(struct ioasid_ctx *ctx, u64 start, u64 last, struct ioasid_segment *out)
{
    u64 next = start;
    int count = 0;

    for (;;) {
        struct ioasid_registered *registered = registered_first(ctx, next, next);
        u64 end;

        if (!registered)
            return -EFAULT; /* R-IOASID-116 */
        end = min_t(u64, registered->node.last, last);
        if (out) {
            kref_get(&registered->pin->kref);
            out[count] = (struct ioasid_segment){registered->pin, (next - registered->node.start) >> PAGE_SHIFT,
                                                 (end - next + 1) >> PAGE_SHIFT};
        }
        count++;
        if (end == last)
            return count;
        next = end + 1;
    }
}
