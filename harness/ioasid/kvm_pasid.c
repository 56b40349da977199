// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * kvm_pasid.c - the CPU's table of PASIDs for ENQCMD of a guest (R-IOASID-098 to -104). The PASID on the bus is found by the
 * kernel, at the mapping and again at each use: a detach makes the mapping void without KVM being told.
 */
#include "ioasid/kvm_internal.h"

#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>

/* Only of devices that need the CPU's translation; of others the number goes out as it is (R-IOASID-103). */
static int find_pasid(struct ioasid_ctx *ctx, u32 ioasid, u32 vpasid, u32 *pasid)
{
    const struct vfio_kvm_ops *vfio = symbol_get(vfio_kvm_ops);
    int ret;

    if (!vfio)
        return -EINVAL; /* then nothing is attached */
    ret = vfio->find_pasid(ctx, ioasid, vpasid, pasid);
    symbol_put(vfio_kvm_ops);
    return ret;
}

static void pasid_free(struct kvm_pasid *entry)
{
    entry->ioasid->ctx_put(entry->ctx);
    symbol_put(ioasid_kvm_ops);
    kfree(entry);
}

/* The context of an fd, with its provider held; undone by pasid_free(). */
static struct kvm_pasid *pasid_of_fd(int fd)
{
    struct file *file = fd < 0 ? NULL : fget((unsigned int)fd);
    struct kvm_pasid *entry;
    int ret = -ENODEV;

    if (!file)
        return ERR_PTR(-EBADF);
    entry = kzalloc(sizeof(*entry), GFP_KERNEL_ACCOUNT);
    if (!entry) {
        fput(file);
        return ERR_PTR(-ENOMEM);
    }
    entry->ioasid = symbol_get(ioasid_kvm_ops);
    if (entry->ioasid) {
        entry->ctx = entry->ioasid->ctx_from_file(file);
        ret = PTR_ERR_OR_ZERO(entry->ctx);
        if (ret)
            symbol_put(ioasid_kvm_ops);
    }
    fput(file);
    if (!ret)
        return entry;
    kfree(entry);
    return ERR_PTR(ret);
}

static int store(struct kvm_vm *vm, u32 vpasid, struct kvm_pasid *entry)
{
    struct kvm_pasid *old = xa_load(&vm->pasids, vpasid);

    if (old && (old->ctx != entry->ctx || old->ioasid_id != entry->ioasid_id || old->pasid != entry->pasid)) {
        u32 now;

        /* What a detach has made void is replaced. */
        if (!find_pasid(old->ctx, old->ioasid_id, vpasid, &now) && now == old->pasid)
            return -EEXIST;
    }
    old = xa_store(&vm->pasids, vpasid, entry, GFP_KERNEL_ACCOUNT);
    if (xa_is_err(old))
        return xa_err(old);
    if (old)
        pasid_free(old);
    return 0;
}

int kvm_pasid_map(struct kvm_vm *vm, const struct kvm_map_pasid *map)
{
    struct kvm_pasid *entry = pasid_of_fd(map->iommu_fd);
    int ret;

    if (IS_ERR(entry))
        return PTR_ERR(entry);
    entry->ioasid_id = map->ioasid;
    ret = vm->translate ? find_pasid(entry->ctx, map->ioasid, map->user_pasid, &entry->pasid) : -EINVAL;
    if (!ret) {
        down_write(&vm->pasids_lock);
        ret = store(vm, map->user_pasid, entry);
        up_write(&vm->pasids_lock);
    }
    if (ret)
        pasid_free(entry);
    return ret;
}

/* ENQCMDs that are on their way are waited for by the lock (R-IOASID-100). */
int kvm_pasid_unmap(struct kvm_vm *vm, const struct kvm_map_pasid *map)
{
    struct kvm_pasid *asked = pasid_of_fd(map->iommu_fd), *entry;
    int ret = 0;

    if (IS_ERR(asked))
        return PTR_ERR(asked);
    down_write(&vm->pasids_lock);
    entry = xa_load(&vm->pasids, map->user_pasid);
    if (!entry)
        ret = -ENOENT;
    else if (entry->ctx != asked->ctx || entry->ioasid_id != map->ioasid)
        ret = -EINVAL;
    else
        xa_erase(&vm->pasids, map->user_pasid);
    up_write(&vm->pasids_lock);
    if (!ret)
        pasid_free(entry);
    pasid_free(asked);
    return ret;
}

void kvm_pasid_unmap_all(struct kvm_vm *vm)
{
    struct kvm_pasid *entry;
    unsigned long index;

    xa_for_each(&vm->pasids, index, entry)
    {
        xa_erase(&vm->pasids, index);
        pasid_free(entry);
    }
}

/* ---- a guest's ENQCMD ---- */

static int translate(void *data, u32 vpasid, u32 *pasid)
{
    struct kvm_vm *vm = data;
    struct kvm_pasid *entry = xa_load(&vm->pasids, vpasid);
    u32 now;

    if (!entry || find_pasid(entry->ctx, entry->ioasid_id, vpasid, &now) || now != entry->pasid)
        return -EACCES; /* R-IOASID-101 */
    *pasid = now;
    return 0;
}

/* The portal is one of a registered device; the first file of it decides. */
int kvm_guest_enqcmd(struct file *file, const char *node, u64 position, u32 vpasid, void *descriptor)
{
    struct kvm_vm *vm = kvm_vm_of(file);
    int ret = -EFAULT;
    struct kvm_file *kf;

    if (!vm)
        return -EINVAL;
    mutex_lock(&vm->lock);
    down_read(&vm->pasids_lock);
    list_for_each_entry(kf, &vm->files, node)
    {
        int answer = kf->vfio ? kf->vfio->enqcmd(kf->file, node, position, vpasid, descriptor, translate, vm) : -ENXIO;

        if (answer == -ENXIO)
            continue;
        ret = answer;
        break;
    }
    up_read(&vm->pasids_lock);
    mutex_unlock(&vm->lock);
    return ret;
}
