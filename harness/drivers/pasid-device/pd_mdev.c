// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* pd_mdev.c - what a guest sees of an mdev: registers that are emulated, operations that are done by the device or the processor.
 */
#include "drivers/pasid-device/pd.h"

#include <linux/err.h>
#include <linux/iommu.h>
#include <linux/minmax.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <linux/unaligned.h>

enum { MASTER_BYTES = 64, LENGTH_MAX = 2 << 20, MASTER_FIRST = 3 };

static struct pd_mdev *of(struct vfio_device *vdev)
{
    return vfio_device_data(vdev);
}

static bool shared(const struct pd_mdev *mdev)
{
    return mdev->kind == PMDEV_KIND_SHARED;
}

static u64 region(struct vfio_device *vdev, unsigned int index, u32 *flags)
{
    *flags = 0;
    if (index == VFIO_PCI_BAR0_REGION_INDEX) {
        *flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
        return PMDEV_BAR0_BYTES;
    }
    return index == VFIO_PCI_BAR2_REGION_INDEX && shared(of(vdev)) ? PMDEV_PORTAL_BYTES : 0;
}

/* ---- operations ---- */

static void finish(struct pd_mdev *mdev, u32 code, u64 fault)
{
    mdev->regs.fault_iova = code == PMDEV_FAULT ? fault : 0;
    mdev->regs.status = PMDEV_DONE | code << 8;
    mdev->state = PD_IDLE;
}

static bool block_operation(const struct pd_registers *regs)
{
    return regs->op == PMDEV_OP_FILL || regs->op == PMDEV_OP_COPY;
}

static bool valid(const struct pd_registers *regs)
{
    if (regs->op < PMDEV_OP_READ || regs->op > PMDEV_OP_COPY || !regs->length)
        return false;
    if (regs->flags & ~(PMDEV_FLAG_VPASID | PMDEV_FLAG_BLOCK | PMDEV_FLAG_NO_SNOOP))
        return false;
    return regs->length <= (block_operation(regs) ? (u32)LENGTH_MAX : (u32)sizeof(regs->data));
}

static u32 vpasid_of(const struct pd_registers *regs)
{
    return regs->flags & PMDEV_FLAG_VPASID ? regs->vpasid : 0;
}

/* READ and WRITE: in pieces that do not cross what one request may not cross. */
static void transfer(struct pd_mdev *mdev, u32 pasid)
{
    struct pd_registers *regs = &mdev->regs;
    u64 address = regs->iova;
    u32 code = PMDEV_OK, at = 0;

    while (code == PMDEV_OK && at < regs->length) {
        u32 bytes = min_t(u32, regs->length - at, (u32)(MASTER_BYTES - (address & (MASTER_BYTES - 1))));

        code = pd_master_access(mdev->parent, MASTER_FIRST + mdev->number, regs->op == PMDEV_OP_WRITE, pasid, address,
                                regs->data + at, bytes, regs->flags & PMDEV_FLAG_NO_SNOOP);
        if (code != PMDEV_OK)
            break;
        at += bytes;
        address += bytes;
    }
    finish(mdev, code, address);
}

/* FILL and COPY: flags and places of REGISTERS.md's descriptor. */
static void describe(const struct pd_registers *regs, u32 pasid, u64 descriptor[8])
{
    u64 flags = (regs->flags & PMDEV_FLAG_BLOCK ? 1ull << 1 : 0) | (regs->flags & PMDEV_FLAG_NO_SNOOP ? 1ull << 0x11 : 0);
    bool fill = regs->op == PMDEV_OP_FILL;

    memset(descriptor, 0, 64);
    descriptor[0] = pasid | flags << 32 | (fill ? 4ull : 3ull) << 56;
    descriptor[2] = fill ? get_unaligned((const u64 *)regs->data) : regs->iova;
    descriptor[3] = fill ? regs->iova : regs->iova2;
    descriptor[4] = regs->length;
}

/* The device has work of one mdev at a time, for its error register has room for one error. */
static void queue_start(struct pd_mdev *mdev)
{
    struct pd_parent *parent = mdev->parent;
    u64 descriptor[8];
    int ret = 0;

    if (parent->active) {
        mdev->state = PD_WAITS;
        return;
    }
    if (!shared(mdev))
        ret = pd_queue_setup(parent, mdev->number, false, mdev->pasid);
    describe(&mdev->regs, mdev->pasid, descriptor);
    if (!ret)
        ret = pd_queue_submit(parent, mdev->number, shared(mdev), descriptor);
    if (ret) {
        finish(mdev, PMDEV_ERROR, 0);
        return;
    }
    mdev->state = PD_QUEUED;
    parent->active = mdev;
}

static void queue_poll(struct pd_mdev *mdev)
{
    struct pd_parent *parent = mdev->parent;
    u64 fault = 0;
    u32 code;

    if (mdev->state == PD_WAITS) {
        struct pd_mdev *active = parent->active;

        if (active)
            queue_poll(active);
        if (!parent->active)
            queue_start(mdev);
    } else if (mdev->state == PD_QUEUED && !pd_command_active(parent)) {
        code = pd_queue_result(parent, mdev->number, &fault);
        parent->active = NULL;
        finish(mdev, code, fault);
    }
}

/* R-IOASID-079: nothing of it is in an IOMMU; the processor goes through the mappings. */
static void software(struct pd_mdev *mdev)
{
    struct pd_registers *regs = &mdev->regs;
    u32 vpasid = vpasid_of(regs), at = 0, bytes = regs->length;
    bool fill = regs->op == PMDEV_OP_FILL;
    u8 piece[64];
    int ret = 0;

    if (!block_operation(regs)) {
        ret = vfio_device_copy(mdev->vdev, vpasid, regs->iova, regs->data, bytes, regs->op == PMDEV_OP_WRITE);
        finish(mdev, ret == -EINVAL ? PMDEV_NO_SPACE : ret ? PMDEV_FAULT : PMDEV_OK, regs->iova);
        return;
    }
    for (at = 0; !ret && at < bytes; at += sizeof(piece)) {
        u32 now = min_t(u32, bytes - at, sizeof(piece));

        for (u32 i = 0; fill && i < now; i++)
            piece[i] = regs->data[(at + i) % 8];
        if (!fill)
            ret = vfio_device_copy(mdev->vdev, vpasid, regs->iova + at, piece, now, false);
        if (!ret)
            ret = vfio_device_copy(mdev->vdev, vpasid, (fill ? regs->iova : regs->iova2) + at, piece, now, true);
    }
    finish(mdev, ret == -EINVAL ? PMDEV_NO_SPACE : ret ? PMDEV_FAULT : PMDEV_OK, regs->iova);
}

static void go(struct pd_mdev *mdev)
{
    struct pd_registers *regs = &mdev->regs;
    void *entry;

    regs->status = PMDEV_BUSY;
    regs->fault_iova = 0;
    if (!valid(regs)) {
        finish(mdev, PMDEV_INVALID, 0);
        return;
    }
    if (mdev->kind == PMDEV_KIND_SOFTWARE) {
        software(mdev);
        return;
    }
    entry = xa_load(&mdev->pasids, vpasid_of(regs));
    if (!entry || ((regs->flags & PMDEV_FLAG_VPASID) && !regs->vpasid)) {
        finish(mdev, PMDEV_NO_SPACE, 0); /* R-IOASID-087, -090: the device is not even asked */
        return;
    }
    if (!block_operation(regs) && !mdev->parent->masters) {
        finish(mdev, PMDEV_INVALID, 0);
        return;
    }
    mdev->pasid = (u32)xa_to_value(entry);
    mutex_lock(&mdev->parent->lock);
    if (block_operation(regs))
        queue_start(mdev);
    else
        transfer(mdev, mdev->pasid);
    mutex_unlock(&mdev->parent->lock);
}

static void poll_state(struct pd_mdev *mdev)
{
    if (mdev->state == PD_IDLE)
        return;
    mutex_lock(&mdev->parent->lock);
    queue_poll(mdev);
    mutex_unlock(&mdev->parent->lock);
}

/* ---- registers ---- */

static u64 register_read(struct pd_mdev *mdev, u64 offset)
{
    struct pd_registers *regs = &mdev->regs;

    switch (offset) {
    case PMDEV_MAGIC:
        return PMDEV_MAGIC_VALUE;
    case PMDEV_KIND:
        return mdev->kind;
    case PMDEV_OP:
        return regs->op;
    case PMDEV_FLAGS:
        return regs->flags;
    case PMDEV_VPASID:
        return regs->vpasid;
    case PMDEV_LENGTH:
        return regs->length;
    case PMDEV_IOVA:
        return regs->iova;
    case PMDEV_IOVA2:
        return regs->iova2;
    case PMDEV_STATUS:
        poll_state(mdev);
        return regs->status;
    case PMDEV_FAULT_IOVA:
        return regs->fault_iova;
    }
    return 0;
}

static int read(struct vfio_device *vdev, unsigned int index, u64 offset, void *data, size_t bytes)
{
    struct pd_mdev *mdev = of(vdev);
    u64 value;

    (void)index;
    if (bytes != 4 && bytes != 8)
        return -EINVAL;
    if (offset >= PMDEV_DATA && offset + bytes <= PMDEV_DATA + sizeof(mdev->regs.data)) {
        memcpy(data, mdev->regs.data + (offset - PMDEV_DATA), bytes);
        return 0;
    }
    value = register_read(mdev, offset);
    memcpy(data, &value, bytes);
    return 0;
}

static void register_write(struct pd_mdev *mdev, u64 offset, u64 value, size_t bytes)
{
    struct pd_registers *regs = &mdev->regs;

    switch (offset) {
    case PMDEV_OP:
        regs->op = (u32)value;
        break;
    case PMDEV_FLAGS:
        regs->flags = (u32)value;
        break;
    case PMDEV_VPASID:
        regs->vpasid = (u32)value;
        break;
    case PMDEV_LENGTH:
        regs->length = (u32)value;
        break;
    case PMDEV_IOVA:
        regs->iova = bytes == 8 ? value : (regs->iova & ~0xffffffffull) | value;
        break;
    case PMDEV_IOVA2:
        regs->iova2 = bytes == 8 ? value : (regs->iova2 & ~0xffffffffull) | value;
        break;
    case PMDEV_GO:
        if (value & 1)
            go(mdev);
        break;
    }
}

static int write(struct vfio_device *vdev, unsigned int index, u64 offset, const void *data, size_t bytes)
{
    struct pd_mdev *mdev = of(vdev);
    u64 value = 0;

    (void)index;
    if (bytes != 4 && bytes != 8)
        return -EINVAL;
    poll_state(mdev);
    if (mdev->regs.status & PMDEV_BUSY)
        return 0; /* ignored */
    if (offset >= PMDEV_DATA && offset + bytes <= PMDEV_DATA + sizeof(mdev->regs.data)) {
        memcpy(mdev->regs.data + (offset - PMDEV_DATA), data, bytes);
        return 0;
    }
    memcpy(&value, data, bytes);
    register_write(mdev, offset, value, bytes);
    return 0;
}

/* ---- its life ---- */

/* What is queued ends: by itself, or because the IOMMU refuses its PASID by now. */
static void quiesce(struct pd_mdev *mdev, u32 pasid)
{
    struct pd_parent *parent = mdev->parent;

    if (mdev->kind == PMDEV_KIND_SOFTWARE)
        return;
    mutex_lock(&parent->lock);
    if (mdev->state == PD_WAITS)
        finish(mdev, PMDEV_NO_SPACE, 0);
    (void)pd_command(parent, PD_DRAIN_PASID, pasid, true); /* waits for the command that is under way */
    if (mdev->state == PD_QUEUED)
        queue_poll(mdev);
    mutex_unlock(&parent->lock);
}

static int open(struct vfio_device *vdev)
{
    memset(&of(vdev)->regs, 0, sizeof(of(vdev)->regs));
    return 0;
}

static int reset(struct vfio_device *vdev)
{
    struct pd_mdev *mdev = of(vdev);

    if (mdev->state != PD_IDLE)
        quiesce(mdev, mdev->pasid);
    return open(vdev);
}

/*
 * Access ends before the spaces do: work that waits for a page is still in the device, and ends when the attach it belongs to is
 * undone, for that answers its fault; space() and drain() see to it.
 */
static void close(struct vfio_device *vdev)
{
    struct pd_mdev *mdev = of(vdev);

    if (mdev->state == PD_WAITS)
        mdev->state = PD_IDLE;
}

static void space(struct vfio_device *vdev, u32 vpasid, u32 pasid)
{
    struct pd_mdev *mdev = of(vdev);

    if (pasid == IOMMU_PASID_INVALID)
        xa_erase(&mdev->pasids, vpasid);
    else if (xa_is_err(xa_store(&mdev->pasids, vpasid, xa_mk_value(pasid), GFP_KERNEL | __GFP_NOFAIL)))
        pci_warn(mdev->parent->pdev, "no memory for a PASID of an mdev: its work is refused\n");
}

static void drain(struct vfio_device *vdev, u32 pasid)
{
    quiesce(of(vdev), pasid);
}

static int pasid_get(struct vfio_device *vdev, u32 *pasid)
{
    *pasid = iommu_alloc_global_pasid(&of(vdev)->parent->pdev->dev);
    return *pasid == IOMMU_PASID_INVALID ? -ENOSPC : 0;
}

static void pasid_put(struct vfio_device *vdev, u32 pasid)
{
    (void)vdev;
    iommu_free_global_pasid(pasid);
}

static int enqcmd(struct vfio_device *vdev, unsigned int index, u64 offset, const void *descriptor)
{
    struct pd_mdev *mdev = of(vdev);
    int ret;

    if (index != VFIO_PCI_BAR2_REGION_INDEX || !shared(mdev) || offset > PMDEV_PORTAL_BYTES - 64 || offset % 64)
        return -EFAULT;
    mutex_lock(&mdev->parent->lock);
    ret = pd_portal_enqueue(mdev->parent, mdev->number, offset, descriptor);
    mutex_unlock(&mdev->parent->lock);
    return ret;
}

const struct vfio_device_ops pd_mdev_ops = {
    .region = region,
    .read = read,
    .write = write,
    .reset = reset,
    .open = open,
    .close = close,
    .space = space,
    .drain = drain,
    .pasid_get = pasid_get,
    .pasid_put = pasid_put,
    .enqcmd = enqcmd,
};
