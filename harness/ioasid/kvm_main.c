// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* kvm_main.c - the kvm module: /dev/kvm, VMs, capabilities, and what a guest's WBINVD does. */
#include "ioasid/kvm_internal.h"

#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

static const struct file_operations vm_fops;

void kvm_vm_get(struct kvm_vm *vm)
{
    kref_get(&vm->kref);
}

static void vm_release(struct kref *kref)
{
    struct kvm_vm *vm = container_of(kref, struct kvm_vm, kref);

    kvm_pasid_unmap_all(vm);
    xa_destroy(&vm->pasids);
    mutex_destroy(&vm->files_lock);
    mutex_destroy(&vm->lock);
    kfree(vm);
}

void kvm_vm_put(struct kvm_vm *vm)
{
    kref_put(&vm->kref, vm_release);
}

struct kvm_vm *kvm_vm_of(struct file *file)
{
    return file->f_op == &vm_fops ? file->private_data : NULL;
}

static int create_vm(unsigned long type)
{
    struct kvm_vm *vm;
    int fd;

    if (type)
        return -EINVAL;
    vm = kzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);
    if (!vm)
        return -ENOMEM;
    kref_init(&vm->kref);
    mutex_init(&vm->lock);
    mutex_init(&vm->files_lock);
    init_rwsem(&vm->pasids_lock);
    INIT_LIST_HEAD(&vm->files);
    xa_init(&vm->pasids);
    fd = anon_inode_getfd("kvm-vm", &vm_fops, vm, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        kvm_vm_put(vm);
    return fd;
}

/* ---- capabilities ---- */

static int check_extension(unsigned long capability)
{
    switch (capability) {
    case KVM_CAP_DEVICE_CTRL:
    case KVM_CAP_ENABLE_CAP_VM:
    case KVM_CAP_PASID_TRANSLATION: /* R-IOASID-105 */
    case KVM_CAP_DISABLE_WBINVD:
        return 1;
    }
    return 0;
}

static int enable_cap(struct kvm_vm *vm, const void __user *arg)
{
    struct kvm_enable_cap cap;
    unsigned int args;

    if (copy_from_user(&cap, arg, sizeof(cap)))
        return -EFAULT;
    if (cap.cap != KVM_CAP_PASID_TRANSLATION && cap.cap != KVM_CAP_DISABLE_WBINVD)
        return -EINVAL;
    args = cap.cap == KVM_CAP_DISABLE_WBINVD ? 1 : 0;
    if (cap.flags || memchr_inv(&cap.args[args], 0, sizeof(cap.args) - args * sizeof(cap.args[0])) ||
        memchr_inv(cap.pad, 0, sizeof(cap.pad)))
        return -EINVAL;
    if (args && cap.args[0] > 1)
        return -EINVAL;
    mutex_lock(&vm->lock);
    if (args) {
        mutex_lock(&vm->files_lock);
        vm->wbinvd_off = cap.args[0]; /* R-IOASID-190 */
        mutex_unlock(&vm->files_lock);
    } else {
        vm->translate = true;
        kvm_vfio_open_portals(vm); /* R-IOASID-102 */
    }
    mutex_unlock(&vm->lock);
    return 0;
}

static int create_device(struct kvm_vm *vm, void __user *arg)
{
    struct kvm_create_device create;
    struct file *file;
    int fd;

    if (copy_from_user(&create, arg, sizeof(create)))
        return -EFAULT;
    if (create.type != KVM_DEV_TYPE_VFIO)
        return -ENODEV;
    if (create.flags & ~KVM_CREATE_DEVICE_TEST)
        return -EINVAL;
    if (create.flags & KVM_CREATE_DEVICE_TEST)
        return 0;
    fd = get_unused_fd_flags(O_CLOEXEC);
    if (fd < 0)
        return fd;
    mutex_lock(&vm->lock);
    file = vm->has_vfio ? ERR_PTR(-EBUSY) : kvm_vfio_create(vm);
    mutex_unlock(&vm->lock);
    if (IS_ERR(file)) {
        put_unused_fd((unsigned int)fd);
        return PTR_ERR(file);
    }
    create.fd = (u32)fd;
    if (copy_to_user(arg, &create, sizeof(create))) {
        put_unused_fd((unsigned int)fd); /* an fd that the user does not learn of would stay open */
        fput(file);
        return -EFAULT;
    }
    fd_install((unsigned int)fd, file);
    return 0;
}

/* ---- PASIDs ---- */

static int pasid_command(struct kvm_vm *vm, const void __user *arg, bool map)
{
    struct kvm_map_pasid data;
    u32 argsz;
    int ret;

    if (get_user(argsz, (const u32 __user *)arg))
        return -EFAULT;
    if (argsz < sizeof(data))
        return -EINVAL;
    if (argsz > PAGE_SIZE)
        return -E2BIG;
    ret = copy_struct_from_user(&data, sizeof(data), arg, argsz);
    if (ret)
        return ret;
    if (data.flags || data.pad || !data.user_pasid || data.user_pasid >> 20)
        return -EINVAL;
    mutex_lock(&vm->lock);
    ret = map ? kvm_pasid_map(vm, &data) : kvm_pasid_unmap(vm, &data);
    mutex_unlock(&vm->lock);
    return ret;
}

/* ---- files ---- */

static long vm_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
    struct kvm_vm *vm = file->private_data;
    void __user *argp = (void __user *)arg;

    switch (cmd) {
    case KVM_CHECK_EXTENSION:
        return check_extension(arg);
    case KVM_ENABLE_CAP:
        return enable_cap(vm, argp);
    case KVM_CREATE_DEVICE:
        return create_device(vm, argp);
    case KVM_MAP_PASID:
        return pasid_command(vm, argp, true);
    case KVM_UNMAP_PASID:
        return pasid_command(vm, argp, false);
    }
    return -ENOTTY; /* R-IOASID-188, -203 */
}

static int vm_close(struct inode *inode, struct file *file)
{
    (void)inode;
    kvm_vm_put(file->private_data);
    return 0;
}

static const struct file_operations vm_fops = {
    .owner = THIS_MODULE,
    .release = vm_close,
    .unlocked_ioctl = vm_ioctl,
};

static long kvm_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
    (void)file;
    switch (cmd) {
    case KVM_GET_API_VERSION:
        return arg ? -EINVAL : KVM_API_VERSION;
    case KVM_CREATE_VM:
        return create_vm(arg);
    case KVM_CHECK_EXTENSION:
        return check_extension(arg);
    }
    return -ENOTTY;
}

static const struct file_operations kvm_fops = {
    .owner = THIS_MODULE,
    .unlocked_ioctl = kvm_ioctl,
};

static struct miscdevice kvm_misc = {
    .minor = MISC_DYNAMIC_MINOR,
    .name = "kvm",
    .mode = 0666,
    .fops = &kvm_fops,
};

/* ---- a guest's instruction ---- */

int kvm_guest_wbinvd(struct file *file)
{
    struct kvm_vm *vm = kvm_vm_of(file);
    int effective;

    if (!vm)
        return -EINVAL;
    mutex_lock(&vm->files_lock);
    effective = vm->noncoherent && !vm->wbinvd_off;
    mutex_unlock(&vm->files_lock);
    return effective;
}

static int __init kvm_init(void)
{
    return misc_register(&kvm_misc);
}

static void __exit kvm_exit(void)
{
    misc_deregister(&kvm_misc);
}

module_init(kvm_init);
module_exit(kvm_exit);
MODULE_DESCRIPTION("What virtual machines need to know of devices");
MODULE_LICENSE("Dual BSD/GPL");
