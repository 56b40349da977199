/* SPDX-License-Identifier: BSD-2-Clause */
/* file_checks.c - /dev/check of memory_checks.h. */
#include "kernel/tests/memory_checks.h"

#include <linux/anon_inodes.h>
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct check_device check_device;

struct opened {
    unsigned long name;
    bool woken;
};

static DEFINE_SPINLOCK(counts);
static DECLARE_WAIT_QUEUE_HEAD(sleepers);
static bool refused;

static int device_open(struct inode *inode, struct file *file)
{
    struct opened *opened = kzalloc(sizeof(*opened), GFP_KERNEL);

    if (!opened)
        return -ENOMEM;
    file->private_data = opened;
    spin_lock(&counts);
    check_device.opens++;
    spin_unlock(&counts);
    return 0;
}

static int device_release(struct inode *inode, struct file *file)
{
    struct opened *opened = file->private_data;

    spin_lock(&counts);
    check_device.released[check_device.releases++ % 8] = opened->name;
    spin_unlock(&counts);
    kfree(opened);
    return 0;
}

static long sleep_until_woken(struct opened *opened)
{
    int result;

    __atomic_fetch_add(&check_device.sleepers, 1, __ATOMIC_RELAXED);
    result = wait_event_interruptible(sleepers, READ_ONCE(opened->woken));
    __atomic_fetch_sub(&check_device.sleepers, 1, __ATOMIC_RELAXED);
    WRITE_ONCE(opened->woken, false);
    return result;
}

static void wake(struct opened *opened)
{
    WRITE_ONCE(opened->woken, true);
    wake_up_all(&sleepers);
}

static long signal(int fd)
{
    struct eventfd_ctx *ctx = eventfd_ctx_fdget(fd);

    if (IS_ERR(ctx))
        return PTR_ERR(ctx);
    eventfd_signal(ctx);
    eventfd_ctx_put(ctx);
    return 0;
}

static long device_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
    struct opened *opened = file->private_data;
    unsigned int bytes = command & 0xffff;
    u8 data[256] = {0};

    if (bytes > sizeof(data))
        return -EINVAL;
    switch (command - bytes) {
    case CHECK_COPY_IN(0):
        return (long)copy_from_user(data, (void __user *)argument, bytes);
    case CHECK_COPY_OUT(0):
        memset(data, 0x99, bytes);
        return (long)copy_to_user((void __user *)argument, data, bytes);
    case CHECK_SLEEP:
        return sleep_until_woken(opened);
    case CHECK_WAKE:
        wake(opened);
        return 0;
    case CHECK_ZAP:
        refused = true;
        unmap_mapping_range(file->f_mapping, 0, 0, 1);
        return 0;
    case CHECK_ALLOW:
        refused = false;
        return 0;
    case CHECK_SIGNAL:
        return signal((int)argument);
    case CHECK_NAME:
        opened->name = argument;
        return 0;
    default:
        return -ENOTTY;
    }
}

static ssize_t device_read(struct file *file, char __user *to, size_t bytes, loff_t *at)
{
    struct opened *opened = file->private_data;
    u32 value = 0x600df11e;

    if (!opened->woken && file->f_flags & O_NONBLOCK)
        return -EAGAIN;
    if (sleep_until_woken(opened))
        return -ERESTARTSYS;
    bytes = min(bytes, sizeof(value));
    return copy_to_user(to, &value, bytes) ? -EFAULT : (ssize_t)bytes;
}

static __poll_t device_poll(struct file *file, poll_table *wait)
{
    struct opened *opened = file->private_data;

    poll_wait(file, &sleepers, wait);
    return READ_ONCE(opened->woken) ? EPOLLIN : 0;
}

/* ---- its registers ---- */

static void area_open(struct vm_area_struct *vma)
{
    check_device.areas++;
}

static void area_close(struct vm_area_struct *vma)
{
    check_device.areas--;
}

static vm_fault_t area_fault(struct vm_fault *vmf)
{
    return refused ? VM_FAULT_SIGBUS : vmf_insert_pfn(vmf->vma, vmf->address, PHYS_PFN(CHECK_REGISTERS) + vmf->pgoff);
}

static const struct vm_operations_struct area_ops = {.open = area_open, .close = area_close, .fault = area_fault};

static int device_mmap(struct file *file, struct vm_area_struct *vma)
{
    if (vma->vm_pgoff + vma_pages(vma) > 2)
        return -EINVAL;
    if (!(vma->vm_flags & VM_SHARED))
        return -EPERM;
    vm_flags_set(vma, VM_IO | VM_PFNMAP);
    vma->vm_ops = &area_ops;
    area_open(vma);
    return 0;
}

static const struct file_operations device_fops = {
    .open = device_open,
    .release = device_release,
    .unlocked_ioctl = device_ioctl,
    .read = device_read,
    .poll = device_poll,
    .mmap = device_mmap,
};

static struct miscdevice device = {.minor = MISC_DYNAMIC_MINOR, .name = "check", .fops = &device_fops};

void check_device_start(void *unused)
{
    memset(&check_device, 0, sizeof(check_device));
    refused = false;
    if (misc_register(&device))
        checks_failed = "misc_register";
}

void check_device_stop(void *unused)
{
    misc_deregister(&device);
}
