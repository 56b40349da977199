/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_MISCDEVICE_H
#define _LINUX_MISCDEVICE_H

#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/list.h>
#include <linux/module.h>

#define KVM_MINOR 232
#define VFIO_MINOR 196
#define MISC_DYNAMIC_MINOR 255

struct device;

/* open() finds the miscdevice in private_data. */
struct miscdevice {
    int minor;
    const char *name;
    const struct file_operations *fops;
    struct list_head list;
    struct device *parent;
    struct device *this_device;
    const char *nodename; /* under /dev; NULL: name */
    umode_t mode;
};

int misc_register(struct miscdevice *misc);
void misc_deregister(struct miscdevice *misc);

#define module_misc_device(misc)              \
    static int __init misc_module_init(void)  \
    {                                         \
        return misc_register(&(misc));        \
    }                                         \
    module_init(misc_module_init);            \
    static void __exit misc_module_exit(void) \
    {                                         \
        misc_deregister(&(misc));             \
    }                                         \
    module_exit(misc_module_exit)

#endif
