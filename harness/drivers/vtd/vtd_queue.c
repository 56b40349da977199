/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_queue.c - the invalidation queue (6.5.2). Whoever submits waits for the end under the queue's lock, so that the queue is
 * empty between two submissions, and its errors belong to the one who waits.
 */
#include "vtd.h"
#include "vtd_trace.h"

#include <asm/barrier.h>
#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/printk.h>
#include <linux/string.h>

#define RING_BYTES VTD_PAGE_BYTES
#define TRIES 3u           /* 6.5.2.11: after an invalidation time-out everything since the oldest is to be done again */
#define LOOKS_AT_ONCE 16u  /* then with pauses */
#define LOOKS_MAX 1000000u /* of 10 us, before the queue is given up */

int vtd_queue_start(struct vtd_unit *unit)
{
    struct vtd_queue *queue = &unit->queue;
    u64 address;

    queue->ring = vtd_alloc(RING_BYTES);
    queue->status = vtd_alloc(VTD_PAGE_BYTES);
    if (!queue->ring || !queue->status)
        return -ENOMEM;
    /* Table 26: in scalable mode descriptors of 128 bits are invalid. */
    queue->stride = unit->scalable ? 32 : 16;
    queue->tail = 0;
    queue->dead = false;
    /* 6.5.2: tail, then address and width, then enable. */
    writeq(0, unit->registers + VTD_IQT);
    address = virt_to_phys(queue->ring) | (unit->scalable ? IQA_DW : 0);
    writeq(address, unit->registers + VTD_IQA);
    return vtd_unit_command(unit, GCMD_QIE, true);
}

void vtd_queue_stop(struct vtd_unit *unit)
{
    /* Every submission ends with a wait descriptor that has completed: the queue is quiesced. */
    if (unit->queue.ring && unit->queue.status)
        vtd_unit_command(unit, GCMD_QIE, false);
    vtd_free(unit->queue.ring, RING_BYTES);
    vtd_free(unit->queue.status, VTD_PAGE_BYTES);
    unit->queue.ring = NULL;
    unit->queue.status = NULL;
}

static void put(struct vtd_unit *unit, struct vtd_desc desc)
{
    struct vtd_queue *queue = &unit->queue;

    trace_vtd_command(unit->id, vtd_desc_type(&desc), virt_to_phys(queue->ring + queue->tail), desc.word[0], desc.word[1]);
    memcpy(queue->ring + queue->tail, desc.word, queue->stride);
    queue->tail = (queue->tail + queue->stride) % RING_BYTES;
}

/* 6.5.2.11: the head stays at the bad descriptor. One without effect takes its place, then the unit may go on. */
static int mend(struct vtd_unit *unit)
{
    struct vtd_desc nothing = vtd_desc_fence();
    u32 head = readq(unit->registers + VTD_IQH) % RING_BYTES;
    u64 why = FIELD_GET(IQERCD_IQEI, readq(unit->registers + VTD_IQERCD)), bad[2];

    memcpy(bad, unit->queue.ring + head, sizeof(bad));
    pr_err("vtd%u: invalidation queue error %llu at %u: %016llx %016llx\n", unit->id, why, head, bad[0], bad[1]);
    memcpy(unit->queue.ring + head, nothing.word, unit->queue.stride);
    wmb();
    writel(FSTS_IQE, unit->registers + VTD_FSTS);
    return -EINVAL;
}

static int overslept(struct vtd_unit *unit)
{
    u64 record = readq(unit->registers + VTD_IQERCD);

    unit->queue.silent = FIELD_GET(IQERCD_ITESID, record);
    pr_warn("vtd%u: a Device-TLB does not answer: %04x\n", unit->id, unit->queue.silent);
    writel(FSTS_ITE, unit->registers + VTD_FSTS);
    return -ETIMEDOUT;
}

/* One look at the unit: 0, or what went wrong. A look costs time, so that a unit that needs some gets it. */
static int look(struct vtd_unit *unit, unsigned int looks)
{
    u32 status = readl(unit->registers + VTD_FSTS);

    if (status & FSTS_ICE) {
        pr_warn("vtd%u: an invalidation completion that nothing asked for\n", unit->id);
        writel(FSTS_ICE, unit->registers + VTD_FSTS);
    }
    if (status & FSTS_ITE)
        return overslept(unit);
    if (status & FSTS_IQE)
        return mend(unit);
    if (looks >= LOOKS_AT_ONCE)
        udelay(10);
    return 0;
}

static int give_up(struct vtd_unit *unit)
{
    WARN_ONCE(1, "vtd%u: the invalidation queue does not answer\n", unit->id);
    unit->queue.dead = true;
    return -EIO;
}

/* After a time-out the waits that were fetched are aborted; what is left in the queue runs, to no purpose, until it is empty. */
static int run_dry(struct vtd_unit *unit)
{
    for (unsigned int looks = 0; looks < LOOKS_MAX; looks++) {
        if (readq(unit->registers + VTD_IQH) == unit->queue.tail)
            return 0;
        look(unit, looks);
    }
    return give_up(unit);
}

static int wait_for(struct vtd_unit *unit, u32 number)
{
    int result = 0;

    for (unsigned int looks = 0; READ_ONCE(*unit->queue.status) != number; looks++) {
        int error = look(unit, looks);

        if (error == -ETIMEDOUT)
            return error;
        if (error)
            result = error;
        if (looks >= LOOKS_MAX)
            return give_up(unit);
    }
    return result;
}

static int submit_once(struct vtd_unit *unit, const struct vtd_desc *descs, unsigned int count, bool drain_requests)
{
    struct vtd_queue *queue = &unit->queue;
    u32 number = ++queue->sequence;

    for (unsigned int i = 0; i < count; i++)
        put(unit, descs[i]);
    put(unit, vtd_desc_wait(virt_to_phys(queue->status), number, drain_requests));
    wmb(); /* the unit fetches as soon as it is told the tail */
    writeq(queue->tail, unit->registers + VTD_IQT);
    return wait_for(unit, number);
}

int vtd_queue_submit(struct vtd_unit *unit, const struct vtd_desc *descs, unsigned int count, bool drain_requests)
{
    unsigned long flags;
    int result = -EIO;

    spin_lock_irqsave(&unit->queue.lock, flags);
    for (unsigned int i = 0; i < TRIES && !unit->queue.dead; i++) {
        result = submit_once(unit, descs, count, drain_requests && vtd_has(unit, ECAP_PDS));
        if (result != -ETIMEDOUT || run_dry(unit))
            break;
    }
    trace_vtd_submitted(unit->id, count, result);
    spin_unlock_irqrestore(&unit->queue.lock, flags);
    return result;
}

static void flush(struct vtd_batch *batch)
{
    int result = batch->count ? vtd_queue_submit(batch->unit, batch->descs, batch->count, false) : 0;

    if (result == -ETIMEDOUT)
        vtd_source_bar(batch->unit, batch->unit->queue.silent);
    if (result && !batch->result)
        batch->result = result;
    batch->count = 0;
    batch->unfenced = false;
}

/*
 * 6.5.2.12: a Device-TLB invalidation without PASID waits for the IOTLB invalidations before it, but not for PASID-based ones: a
 * fence must stand between.
 */
void vtd_batch_add(struct vtd_batch *batch, struct vtd_desc desc)
{
    unsigned int type = vtd_desc_type(&desc);

    if (batch->count + 2 > VTD_BATCH)
        flush(batch);
    if (type == QUEUE_TYPE_DEVTLB && batch->unfenced) {
        batch->descs[batch->count++] = vtd_desc_fence();
        batch->unfenced = false;
    }
    if (type == QUEUE_TYPE_PIOTLB)
        batch->unfenced = true;
    batch->descs[batch->count++] = desc;
}

int vtd_batch_commit(struct vtd_batch *batch)
{
    flush(batch);
    return batch->result;
}
