/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_CDEV_H
#define _LINUX_CDEV_H

#include <linux/device.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/list.h>

struct device;

/* Files that were opened keep it; the struct must outlive them (as in Linux, by the parent device that they hold). */
struct cdev {
    struct module *owner;
    const struct file_operations *ops;
    struct list_head list;
    dev_t dev;
    unsigned int count;
    struct device *parent; /* holds a reference while added or open */
    atomic_t users;
    bool added, dynamic;
};

void cdev_init(struct cdev *cdev, const struct file_operations *fops);
struct cdev *cdev_alloc(void);
int cdev_add(struct cdev *cdev, dev_t dev, unsigned int count);
void cdev_del(struct cdev *cdev);
void cdev_put(struct cdev *cdev); /* of an open file: with its module */
void cdev_unref(struct cdev *cdev);
void cdev_set_parent(struct cdev *cdev, struct device *parent);
int cdev_device_add(struct cdev *cdev, struct device *dev);
void cdev_device_del(struct cdev *cdev, struct device *dev);

/* Names under /dev: device_add() of a device with devt makes one. */
int devtmpfs_create_node(struct device *dev);
int devtmpfs_delete_node(struct device *dev);

#endif
