/* SPDX-License-Identifier: BSD-2-Clause */
/* linux/fs.h - open files, device nodes. Implementation: harness/kernel/file_*.c. */
#ifndef _LINUX_FS_H
#define _LINUX_FS_H

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/ioctl.h>
#include <linux/kdev_t.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

struct cdev;
struct cred;
struct file;
struct inode;
struct poll_table_struct;
struct vm_area_struct;

#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2

#define FMODE_READ ((fmode_t)0x1)
#define FMODE_WRITE ((fmode_t)0x2)
#define FMODE_LSEEK ((fmode_t)0x4)
#define FMODE_PREAD ((fmode_t)0x8)
#define FMODE_PWRITE ((fmode_t)0x10)
#define FMODE_NONOTIFY ((fmode_t)0x4000000)

struct file_operations {
    struct module *owner;
    unsigned int fop_flags;
    loff_t (*llseek)(struct file *, loff_t, int);
    ssize_t (*read)(struct file *, char __user *, size_t, loff_t *);
    ssize_t (*write)(struct file *, const char __user *, size_t, loff_t *);
    __poll_t (*poll)(struct file *, struct poll_table_struct *);
    long (*unlocked_ioctl)(struct file *, unsigned int, unsigned long);
    long (*compat_ioctl)(struct file *, unsigned int, unsigned long);
    int (*mmap)(struct file *, struct vm_area_struct *);
    int (*open)(struct inode *, struct file *);
    int (*flush)(struct file *, void *id);
    int (*release)(struct inode *, struct file *);
};

/* The mappings of a file. */
struct address_space {
    struct inode *host;
    struct mutex i_mmap_lock;
    struct list_head i_mmap; /* of vm_area_struct, by shared */
};

struct inode {
    atomic_t i_count;
    umode_t i_mode;
    dev_t i_rdev;
    struct cdev *i_cdev;
    void *i_private;
    struct address_space *i_mapping; /* usually &i_data */
    struct address_space i_data;
    struct list_head audit;
};

struct file {
    atomic_long_t f_count;
    fmode_t f_mode;
    unsigned int f_flags; /* O_* */
    loff_t f_pos;
    struct mutex f_pos_lock;
    const struct file_operations *f_op;
    void *private_data;
    struct inode *f_inode;
    struct address_space *f_mapping;
    const struct cred *f_cred;
    const char *name; /* for messages */
    struct list_head audit;
};

static inline struct inode *file_inode(const struct file *file)
{
    return file->f_inode;
}

static inline unsigned int iminor(const struct inode *inode)
{
    return MINOR(inode->i_rdev);
}

static inline unsigned int imajor(const struct inode *inode)
{
    return MAJOR(inode->i_rdev);
}

struct file *get_file(struct file *file);
#define file_count(file) atomic_long_read(&(file)->f_count)

struct inode *igrab(struct inode *inode);
void ihold(struct inode *inode);
void iput(struct inode *inode);
void address_space_init_once(struct address_space *mapping);

loff_t noop_llseek(struct file *file, loff_t offset, int whence);
#define no_llseek NULL
int nonseekable_open(struct inode *inode, struct file *file);
int stream_open(struct inode *inode, struct file *file);
int simple_open(struct inode *inode, struct file *file); /* private_data = i_private */
long compat_ptr_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
ssize_t simple_read_from_buffer(void __user *to, size_t count, loff_t *ppos, const void *from, size_t available);

static inline const struct file_operations *fops_get(const struct file_operations *fops)
{
    return fops && try_module_get(fops->owner) ? fops : NULL;
}

static inline void fops_put(const struct file_operations *fops)
{
    if (fops)
        module_put(fops->owner);
}

int alloc_chrdev_region(dev_t *dev, unsigned int baseminor, unsigned int count, const char *name);
int register_chrdev_region(dev_t from, unsigned int count, const char *name);
void unregister_chrdev_region(dev_t from, unsigned int count);

#endif
