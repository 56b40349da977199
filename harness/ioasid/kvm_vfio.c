// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * kvm_vfio.c - the kvm-vfio device: files of devices and of address spaces are registered with a VM, and KVM keeps book of
 * whether all of them are coherent (R-IOASID-181 to -194). Registering has no policy (-187).
 */
#include "ioasid/kvm_internal.h"

#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

/* R-IOASID-186: proof is asked for once; what a device was able to do it may do again. */
static bool once;
module_param(once, bool, 0444);
MODULE_PARM_DESC(once, "a VM that had a non-coherent device keeps the right to flush caches");

/* ---- coherency ---- */

/* Under vm->files_lock. What vfio's coherent() answers, it answers without a lock. */
static void update(struct kvm_vm *vm)
{
    bool noncoherent = once && vm->noncoherent;
    struct kvm_file *kf;

    list_for_each_entry(kf, &vm->files, node)
    {
        if (kf->vfio ? !kf->vfio->coherent(kf->file) : READ_ONCE(kf->incoherent))
            noncoherent = true;
    }
    vm->noncoherent = noncoherent;
}

static void update_locked(struct kvm_vm *vm)
{
    mutex_lock(&vm->files_lock);
    update(vm);
    mutex_unlock(&vm->files_lock);
}

static int vfio_changed(struct notifier_block *nb, unsigned long action, void *data)
{
    struct kvm_file *kf = container_of(nb, struct kvm_file, notifier);

    (void)action;
    (void)data;
    update_locked(kf->vm);
    return NOTIFY_OK;
}

static void ioasid_changed(struct ioasid_listener *listener, bool coherent)
{
    struct kvm_file *kf = container_of(listener, struct kvm_file, listener);

    WRITE_ONCE(kf->incoherent, !coherent);
    update_locked(kf->vm);
}

/* ---- who is behind a file ---- */

/* 1: it is vfio's; 0: it is not; -ENODEV: there is no vfio. */
static int try_vfio(struct kvm_file *kf)
{
    kf->vfio = symbol_get(vfio_kvm_ops);
    if (!kf->vfio)
        return -ENODEV;
    if (kf->vfio->is_vfio(kf->file))
        return 1;
    symbol_put(vfio_kvm_ops);
    kf->vfio = NULL;
    return 0;
}

static int try_ioasid(struct kvm_file *kf)
{
    kf->ioasid = symbol_get(ioasid_kvm_ops);
    if (!kf->ioasid)
        return -ENODEV;
    kf->ctx = kf->ioasid->ctx_from_file(kf->file);
    if (!IS_ERR(kf->ctx))
        return 1;
    symbol_put(ioasid_kvm_ops);
    kf->ioasid = NULL;
    return 0;
}

/* R-IOASID-198: without a provider it fails, with nothing done. */
static int find_provider(struct kvm_file *kf)
{
    int vfio = try_vfio(kf), ioasid;

    if (vfio == 1)
        return 0;
    ioasid = try_ioasid(kf);
    if (ioasid == 1)
        return 0;
    return vfio && ioasid ? -ENODEV : -EINVAL;
}

static void drop_provider(struct kvm_file *kf)
{
    if (kf->vfio)
        symbol_put(vfio_kvm_ops);
    if (kf->ioasid) {
        kf->ioasid->ctx_put(kf->ctx);
        symbol_put(ioasid_kvm_ops);
    }
}

/* ---- registration; under vm->lock ---- */

static struct kvm_file *file_find(struct kvm_vm *vm, const struct file *file)
{
    struct kvm_file *kf;

    list_for_each_entry(kf, &vm->files, node)
    {
        if (kf->file == file)
            return kf;
    }
    return NULL;
}

static int file_listen(struct kvm_file *kf)
{
    if (kf->ioasid) {
        kf->listener.changed = ioasid_changed;
        /* A change between the answer and this store has told the same. */
        if (!kf->ioasid->listen(kf->ctx, &kf->listener))
            WRITE_ONCE(kf->incoherent, !kf->ioasid->coherent(kf->ctx));
        return 0;
    }
    kf->notifier.notifier_call = vfio_changed;
    return kf->vfio->notify(&kf->notifier);
}

static void file_unlisten(struct kvm_file *kf)
{
    if (kf->ioasid)
        kf->ioasid->unlisten(kf->ctx, &kf->listener);
    else
        kf->vfio->unnotify(&kf->notifier);
}

/* Takes the reference of the file over, when it succeeds. */
static int file_add(struct kvm_vm *vm, struct file *file)
{
    struct kvm_file *kf;
    int ret;

    if (file_find(vm, file))
        return -EEXIST; /* R-IOASID-194 */
    kf = kzalloc(sizeof(*kf), GFP_KERNEL_ACCOUNT);
    if (!kf)
        return -ENOMEM;
    kf->vm = vm;
    kf->file = file;
    ret = find_provider(kf);
    if (ret)
        goto free;
    ret = file_listen(kf);
    if (ret)
        goto provider;
    mutex_lock(&vm->files_lock);
    list_add_tail(&kf->node, &vm->files);
    update(vm);
    mutex_unlock(&vm->files_lock);
    if (kf->vfio && vm->translate)
        kf->vfio->portal(file, true);
    return 0;

provider:
    drop_provider(kf);
free:
    kfree(kf);
    return ret;
}

static void file_remove(struct kvm_vm *vm, struct kvm_file *kf)
{
    mutex_lock(&vm->files_lock);
    list_del(&kf->node);
    update(vm);
    mutex_unlock(&vm->files_lock);
    file_unlisten(kf);
    if (kf->vfio)
        kf->vfio->portal(kf->file, false);
    fput(kf->file);
    drop_provider(kf); /* after the file: its functions are the provider's */
    kfree(kf);
}

void kvm_vfio_open_portals(struct kvm_vm *vm)
{
    struct kvm_file *kf;

    list_for_each_entry(kf, &vm->files, node)
    {
        if (kf->vfio)
            kf->vfio->portal(kf->file, true);
    }
}

/* ---- the fd ---- */

static int set_file(struct kvm_vm *vm, u64 attr, const void __user *addr)
{
    struct kvm_file *kf;
    struct file *file;
    int fd, ret = 0;

    if (get_user(fd, (const int __user *)addr))
        return -EFAULT;
    file = fd < 0 ? NULL : fget((unsigned int)fd);
    if (!file)
        return -EBADF;
    mutex_lock(&vm->lock);
    if (attr == KVM_DEV_VFIO_FILE_ADD) {
        ret = file_add(vm, file);
        if (!ret)
            file = NULL;
    } else {
        kf = file_find(vm, file);
        if (kf)
            file_remove(vm, kf);
        else
            ret = -ENOENT;
    }
    mutex_unlock(&vm->lock);
    if (file)
        fput(file);
    return ret;
}

static bool known(const struct kvm_device_attr *attr)
{
    return attr->group == KVM_DEV_VFIO_FILE && (attr->attr == KVM_DEV_VFIO_FILE_ADD || attr->attr == KVM_DEV_VFIO_FILE_DEL);
}

static long device_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
    struct kvm_vm *vm = file->private_data;
    struct kvm_device_attr attr;

    if (cmd != KVM_SET_DEVICE_ATTR && cmd != KVM_GET_DEVICE_ATTR && cmd != KVM_HAS_DEVICE_ATTR)
        return -ENOTTY;
    if (copy_from_user(&attr, (const void __user *)arg, sizeof(attr)))
        return -EFAULT;
    if (attr.flags)
        return -EINVAL;
    if (cmd == KVM_GET_DEVICE_ATTR || !known(&attr))
        return -ENXIO;
    return cmd == KVM_HAS_DEVICE_ATTR ? 0 : set_file(vm, attr.attr, (const void __user *)(unsigned long)attr.addr);
}

static int device_close(struct inode *inode, struct file *file)
{
    struct kvm_vm *vm = file->private_data;

    (void)inode;
    mutex_lock(&vm->lock);
    while (!list_empty(&vm->files))
        file_remove(vm, list_first_entry(&vm->files, struct kvm_file, node));
    vm->has_vfio = false;
    mutex_unlock(&vm->lock);
    kvm_vm_put(vm);
    return 0;
}

static const struct file_operations device_fops = {
    .owner = THIS_MODULE,
    .release = device_close,
    .unlocked_ioctl = device_ioctl,
};

struct file *kvm_vfio_create(struct kvm_vm *vm)
{
    struct file *file = anon_inode_getfile("kvm-vfio", &device_fops, vm, O_RDWR);

    if (!IS_ERR(file)) {
        kvm_vm_get(vm);
        vm->has_vfio = true;
    }
    return file;
}
