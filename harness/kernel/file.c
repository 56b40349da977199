/* SPDX-License-Identifier: BSD-2-Clause */
/* file.c - open files and inodes: their references, the last of which calls release(); files of no node. */
#include "kernel/core.h"
#include "kernel/process_internal.h"

#include <linux/anon_inodes.h>
#include <linux/cdev.h>
#include <linux/cred.h>
#include <linux/export.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

static DEFINE_SPINLOCK(audit_lock);
static LIST_HEAD(files);
static LIST_HEAD(inodes);
static struct inode *anon_inode;

static void audit_add(struct list_head *node, struct list_head *list)
{
    spin_lock(&audit_lock);
    list_add_tail(node, list);
    spin_unlock(&audit_lock);
}

static void audit_remove(struct list_head *node)
{
    spin_lock(&audit_lock);
    list_del(node);
    spin_unlock(&audit_lock);
}

/* ---- inodes ---- */

void address_space_init_once(struct address_space *mapping)
{
    mutex_init(&mapping->i_mmap_lock);
    INIT_LIST_HEAD(&mapping->i_mmap);
}
EXPORT_SYMBOL_GPL(address_space_init_once);

struct inode *inode_create(umode_t mode, dev_t rdev)
{
    struct inode *inode = kzalloc(sizeof(*inode), GFP_KERNEL);

    if (!inode)
        return NULL;
    atomic_set(&inode->i_count, 1);
    inode->i_mode = mode;
    inode->i_rdev = rdev;
    inode->i_mapping = &inode->i_data;
    inode->i_data.host = inode;
    address_space_init_once(&inode->i_data);
    audit_add(&inode->audit, &inodes);
    return inode;
}

void ihold(struct inode *inode)
{
    if (atomic_inc_return(&inode->i_count) < 2)
        splat(SPLAT_REFCOUNT, "ihold of an inode that nobody holds");
}
EXPORT_SYMBOL_GPL(ihold);

struct inode *igrab(struct inode *inode)
{
    return atomic_inc_not_zero(&inode->i_count) ? inode : NULL;
}
EXPORT_SYMBOL_GPL(igrab);

void iput(struct inode *inode)
{
    if (!inode || !atomic_dec_and_test(&inode->i_count))
        return;
    WARN_ON(!list_empty(&inode->i_data.i_mmap));
    audit_remove(&inode->audit);
    kfree(inode);
}
EXPORT_SYMBOL_GPL(iput);

/* ---- files ---- */

static fmode_t mode_of(unsigned int flags)
{
    fmode_t mode = FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE;

    return mode | ((flags & O_ACCMODE) != O_WRONLY ? FMODE_READ : 0) | ((flags & O_ACCMODE) != O_RDONLY ? FMODE_WRITE : 0);
}

/* Holds the module of fops. ERR_PTR. */
struct file *file_create(const char *name, const struct file_operations *fops, struct inode *inode, unsigned int flags)
{
    struct file *file;

    if (fops && !fops_get(fops))
        return ERR_PTR(-ENOENT);
    file = kzalloc(sizeof(*file), GFP_KERNEL);
    if (!file) {
        fops_put(fops);
        return ERR_PTR(-ENOMEM);
    }
    atomic_long_set(&file->f_count, 1);
    mutex_init(&file->f_pos_lock);
    file->f_mode = mode_of(flags);
    file->f_flags = flags;
    file->f_op = fops;
    file->f_inode = inode;
    ihold(inode);
    file->f_mapping = inode->i_mapping;
    file->f_cred = get_current_cred();
    file->name = name;
    audit_add(&file->audit, &files);
    return file;
}

struct file *get_file(struct file *file)
{
    if (atomic_long_inc_return(&file->f_count) < 2)
        splat(SPLAT_REFCOUNT, "get_file of %s, which nobody holds", file->name);
    return file;
}
EXPORT_SYMBOL_GPL(get_file);

/* A file that was never opened has no f_op: release() is not called. */
static void release(struct file *file)
{
    struct cdev *cdev = file->f_inode->i_cdev;

    might_sleep();
    if (file->f_op && file->f_op->release)
        file->f_op->release(file->f_inode, file);
    fops_put(file->f_op);
    if (cdev && file->f_op)
        cdev_put(cdev);
    iput(file->f_inode);
    put_cred(file->f_cred);
    audit_remove(&file->audit);
    kfree(file);
}

void fput(struct file *file)
{
    if (atomic_long_read(&file->f_count) <= 0)
        splat(SPLAT_REFCOUNT, "fput of %s, which nobody holds", file->name);
    else if (atomic_long_dec_and_test(&file->f_count))
        release(file);
}
EXPORT_SYMBOL_GPL(fput);

/* ---- files of no node ---- */

static struct file *anon_file(const char *name, const struct file_operations *fops, void *priv, int flags, struct inode *inode)
{
    struct file *file = file_create(name, fops, inode, flags & (O_ACCMODE | O_NONBLOCK));

    if (IS_ERR(file))
        return file;
    file->f_mode &= ~(FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE); /* who wants them adds them */
    file->private_data = priv;
    return file;
}

struct file *anon_inode_getfile(const char *name, const struct file_operations *fops, void *priv, int flags)
{
    return anon_file(name, fops, priv, flags, anon_inode);
}
EXPORT_SYMBOL_GPL(anon_inode_getfile);

struct file *anon_inode_create_getfile(const char *name, const struct file_operations *fops, void *priv, int flags,
                                       const struct inode *context_inode)
{
    struct inode *inode = inode_create(0600, 0);
    struct file *file;

    if (!inode)
        return ERR_PTR(-ENOMEM);
    file = anon_file(name, fops, priv, flags, inode);
    iput(inode);
    return file;
}
EXPORT_SYMBOL_GPL(anon_inode_create_getfile);

int anon_inode_getfd(const char *name, const struct file_operations *fops, void *priv, int flags)
{
    int fd = get_unused_fd_flags(flags);
    struct file *file;

    if (fd < 0)
        return fd;
    file = anon_inode_getfile(name, fops, priv, flags);
    if (IS_ERR(file)) {
        put_unused_fd(fd);
        return (int)PTR_ERR(file);
    }
    fd_install(fd, file);
    return fd;
}
EXPORT_SYMBOL_GPL(anon_inode_getfd);

/* ---- operations that many use ---- */

loff_t noop_llseek(struct file *file, loff_t offset, int whence)
{
    return file->f_pos;
}
EXPORT_SYMBOL_GPL(noop_llseek);

int nonseekable_open(struct inode *inode, struct file *file)
{
    file->f_mode &= ~(FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE);
    return 0;
}
EXPORT_SYMBOL_GPL(nonseekable_open);

int stream_open(struct inode *inode, struct file *file)
{
    return nonseekable_open(inode, file);
}
EXPORT_SYMBOL_GPL(stream_open);

int simple_open(struct inode *inode, struct file *file)
{
    if (inode->i_private)
        file->private_data = inode->i_private;
    return 0;
}
EXPORT_SYMBOL_GPL(simple_open);

long compat_ptr_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
    return file->f_op->unlocked_ioctl ? file->f_op->unlocked_ioctl(file, cmd, (u32)arg) : -ENOIOCTLCMD;
}
EXPORT_SYMBOL_GPL(compat_ptr_ioctl);

ssize_t simple_read_from_buffer(void __user *to, size_t count, loff_t *ppos, const void *from, size_t available)
{
    loff_t at = *ppos;
    size_t left;

    if (at < 0)
        return -EINVAL;
    if ((u64)at >= available || !count)
        return 0;
    count = min(count, available - (size_t)at);
    left = copy_to_user(to, from + at, count);
    if (left == count)
        return -EFAULT;
    *ppos = at + count - left;
    return count - left;
}
EXPORT_SYMBOL_GPL(simple_read_from_buffer);

unsigned long file_count_all(void)
{
    unsigned long count;

    spin_lock(&audit_lock);
    count = list_count_nodes(&files);
    spin_unlock(&audit_lock);
    return count;
}

/* ---- boot and halt ---- */

static int file_boot(void)
{
    anon_inode = inode_create(0600, 0);
    return anon_inode ? 0 : -ENOMEM;
}

static void file_halt(void)
{
    struct file *file;
    struct inode *inode;

    iput(anon_inode);
    anon_inode = NULL;
    list_for_each_entry(file, &files, audit) audit("file %s: %ld references", file->name, file_count(file));
    list_for_each_entry(inode, &inodes, audit)
        audit("inode of device %u:%u: %d references", imajor(inode), iminor(inode), atomic_read(&inode->i_count));
    INIT_LIST_HEAD(&files);
    INIT_LIST_HEAD(&inodes);
}

KERNEL_SUBSYSTEM(files, 2, file_boot, file_halt);
