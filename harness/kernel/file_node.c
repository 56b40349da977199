/* SPDX-License-Identifier: BSD-2-Clause */
/* file_node.c - device nodes: names under /dev, character devices and their numbers, miscdevices, and the opening of them. */
#include "kernel/core.h"
#include "kernel/process_internal.h"

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/export.h>
#include <linux/file.h>
#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/slab.h>

#define MAJOR_DYNAMIC 240u
#define MISC_DYNAMIC_LAST 1023

struct region { /* numbers that somebody has */
    struct list_head node;
    dev_t first;
    unsigned int count;
};

struct node { /* a name */
    struct list_head list;
    char *name;
    struct inode *inode;
};

static DEFINE_MUTEX(chrdev_lock); /* all lists but that of miscdevices */
static LIST_HEAD(regions);
static LIST_HEAD(cdevs);
static LIST_HEAD(nodes);
static DEFINE_MUTEX(misc_lock); /* also while a miscdevice is opened: it cannot go then */
static LIST_HEAD(miscdevices);

/* ---- numbers ---- */

static bool region_taken(dev_t first, unsigned int count)
{
    struct region *region;

    list_for_each_entry(region, &regions,
                        node) if (first < region->first + region->count && region->first < first + count) return true;
    return false;
}

static int region_add(dev_t first, unsigned int count)
{
    struct region *region = kzalloc(sizeof(*region), GFP_KERNEL);

    if (!region)
        return -ENOMEM;
    region->first = first;
    region->count = count;
    list_add(&region->node, &regions);
    return 0;
}

int register_chrdev_region(dev_t from, unsigned int count, const char *name)
{
    int result;

    mutex_lock(&chrdev_lock);
    result = region_taken(from, count) ? -EBUSY : region_add(from, count);
    mutex_unlock(&chrdev_lock);
    return result;
}
EXPORT_SYMBOL_GPL(register_chrdev_region);

int alloc_chrdev_region(dev_t *dev, unsigned int baseminor, unsigned int count, const char *name)
{
    unsigned int major = MAJOR_DYNAMIC;
    int result;

    mutex_lock(&chrdev_lock);
    while (region_taken(MKDEV(major, 0), 1u << MINORBITS))
        major++;
    *dev = MKDEV(major, baseminor);
    result = region_add(*dev, count);
    mutex_unlock(&chrdev_lock);
    return result;
}
EXPORT_SYMBOL_GPL(alloc_chrdev_region);

void unregister_chrdev_region(dev_t from, unsigned int count)
{
    struct region *region, *next;

    mutex_lock(&chrdev_lock);
    list_for_each_entry_safe(region, next, &regions, node) if (region->first == from && region->count == count)
    {
        list_del(&region->node);
        kfree(region);
    }
    mutex_unlock(&chrdev_lock);
}
EXPORT_SYMBOL_GPL(unregister_chrdev_region);

/* ---- character devices ---- */

void cdev_init(struct cdev *cdev, const struct file_operations *fops)
{
    *cdev = (struct cdev){.ops = fops};
    INIT_LIST_HEAD(&cdev->list);
    atomic_set(&cdev->users, 1);
}
EXPORT_SYMBOL_GPL(cdev_init);

struct cdev *cdev_alloc(void)
{
    struct cdev *cdev = kzalloc(sizeof(*cdev), GFP_KERNEL);

    if (!cdev)
        return NULL;
    cdev_init(cdev, NULL);
    cdev->dynamic = true;
    return cdev;
}
EXPORT_SYMBOL_GPL(cdev_alloc);

void cdev_put(struct cdev *cdev)
{
    struct module *owner = cdev->owner;

    cdev_unref(cdev);
    module_put(owner);
}

void cdev_unref(struct cdev *cdev)
{
    struct device *parent = cdev->parent;

    if (!atomic_dec_and_test(&cdev->users))
        return;
    if (cdev->dynamic)
        kfree(cdev);
    if (parent)
        put_device(parent);
}

void cdev_set_parent(struct cdev *cdev, struct device *parent)
{
    cdev->parent = parent;
}
EXPORT_SYMBOL_GPL(cdev_set_parent);

int cdev_add(struct cdev *cdev, dev_t dev, unsigned int count)
{
    cdev->dev = dev;
    cdev->count = count;
    if (fault_inject_should_fail("cdev_add"))
        return -ENOMEM;
    if (cdev->parent)
        get_device(cdev->parent);
    mutex_lock(&chrdev_lock);
    list_add(&cdev->list, &cdevs);
    cdev->added = true;
    mutex_unlock(&chrdev_lock);
    return 0;
}
EXPORT_SYMBOL_GPL(cdev_add);

void cdev_del(struct cdev *cdev)
{
    mutex_lock(&chrdev_lock);
    if (cdev->added)
        list_del_init(&cdev->list);
    cdev->added = false;
    mutex_unlock(&chrdev_lock);
    cdev_unref(cdev);
}
EXPORT_SYMBOL_GPL(cdev_del);

int cdev_device_add(struct cdev *cdev, struct device *dev)
{
    int result = 0;

    if (dev->devt) {
        cdev_set_parent(cdev, dev);
        result = cdev_add(cdev, dev->devt, 1);
    }
    if (!result)
        result = device_add(dev);
    if (result && cdev->added)
        cdev_del(cdev);
    return result;
}
EXPORT_SYMBOL_GPL(cdev_device_add);

void cdev_device_del(struct cdev *cdev, struct device *dev)
{
    device_del(dev);
    if (dev->devt)
        cdev_del(cdev);
}
EXPORT_SYMBOL_GPL(cdev_device_del);

/* With a reference, and one on its module; NULL: nobody serves this number. */
static struct cdev *cdev_get(dev_t dev)
{
    struct cdev *cdev, *found = NULL;

    mutex_lock(&chrdev_lock);
    list_for_each_entry(cdev, &cdevs, list) if (dev - cdev->dev < cdev->count) found = cdev;
    if (found && !try_module_get(found->owner))
        found = NULL;
    if (found)
        atomic_inc(&found->users);
    mutex_unlock(&chrdev_lock);
    return found;
}

/* ---- names ---- */

static struct node *node_find(const char *name)
{
    struct node *node;

    list_for_each_entry(node, &nodes, list) if (!strcmp(node->name, name)) return node;
    return NULL;
}

static int node_add(const char *name, dev_t dev)
{
    struct node *node = kzalloc(sizeof(*node), GFP_KERNEL);
    int result = -ENOMEM;

    if (!node)
        return -ENOMEM;
    node->name = kstrdup(name, GFP_KERNEL);
    node->inode = inode_create(0600, dev);
    mutex_lock(&chrdev_lock);
    if (node->name && node->inode)
        result = node_find(name) ? -EEXIST : 0;
    if (!result)
        list_add(&node->list, &nodes);
    mutex_unlock(&chrdev_lock);
    if (result) {
        iput(node->inode);
        kfree(node->name);
        kfree(node);
    }
    return result;
}

static void node_remove(dev_t dev)
{
    struct node *node, *next;

    mutex_lock(&chrdev_lock);
    list_for_each_entry_safe(node, next, &nodes, list) if (node->inode->i_rdev == dev)
    {
        list_del(&node->list);
        iput(node->inode);
        kfree(node->name);
        kfree(node);
    }
    mutex_unlock(&chrdev_lock);
}

int devtmpfs_create_node(struct device *dev)
{
    umode_t mode = 0600;
    char *given = dev->class && dev->class->devnode ? dev->class->devnode(dev, &mode) : NULL;
    int result = node_add(given ? given : dev_name(dev), dev->devt);

    kfree(given);
    return result;
}

int devtmpfs_delete_node(struct device *dev)
{
    node_remove(dev->devt);
    return 0;
}

/* ---- miscdevices ---- */

static struct miscdevice *misc_find(int minor)
{
    struct miscdevice *misc;

    list_for_each_entry(misc, &miscdevices, list) if (misc->minor == minor) return misc;
    return NULL;
}

int misc_register(struct miscdevice *misc)
{
    int minor = misc->minor, result;

    mutex_lock(&misc_lock);
    if (minor == MISC_DYNAMIC_MINOR)
        for (minor = MISC_DYNAMIC_LAST; minor > MISC_DYNAMIC_MINOR && misc_find(minor);)
            minor--;
    result = misc_find(minor) || minor == MISC_DYNAMIC_MINOR
                 ? -EBUSY
                 : node_add(misc->nodename ? misc->nodename : misc->name, MKDEV(MISC_MAJOR, minor));
    if (!result) {
        misc->minor = minor;
        list_add(&misc->list, &miscdevices);
    }
    mutex_unlock(&misc_lock);
    return result;
}
EXPORT_SYMBOL_GPL(misc_register);

void misc_deregister(struct miscdevice *misc)
{
    mutex_lock(&misc_lock);
    list_del(&misc->list);
    node_remove(MKDEV(MISC_MAJOR, misc->minor));
    if (misc->minor > MISC_DYNAMIC_MINOR)
        misc->minor = MISC_DYNAMIC_MINOR;
    mutex_unlock(&misc_lock);
}
EXPORT_SYMBOL_GPL(misc_deregister);

/* ---- open ---- */

static int open_with(struct file *file, const struct file_operations *fops)
{
    int result;

    if (!fops_get(fops))
        return -ENODEV;
    file->f_op = fops;
    result = fops->open ? fops->open(file->f_inode, file) : 0;
    if (!result)
        return 0;
    file->f_op = NULL; /* what was not opened is not released */
    fops_put(fops);
    return result;
}

static int open_misc(struct file *file)
{
    struct miscdevice *misc;
    int result = -ENODEV;

    mutex_lock(&misc_lock);
    misc = misc_find(iminor(file->f_inode));
    if (misc) {
        file->private_data = misc;
        result = open_with(file, misc->fops);
    }
    mutex_unlock(&misc_lock);
    return result;
}

static int open_cdev(struct file *file)
{
    struct cdev *cdev = cdev_get(file->f_inode->i_rdev);
    int result;

    if (!cdev)
        return -ENXIO;
    file->f_inode->i_cdev = cdev;
    result = open_with(file, cdev->ops);
    if (result)
        cdev_put(cdev);
    return result;
}

static struct inode *path_inode(const char *path)
{
    struct node *node;
    struct inode *inode = NULL;

    if (!strstarts(path, "/dev/"))
        return NULL;
    mutex_lock(&chrdev_lock);
    node = node_find(path + 5);
    if (node) {
        inode = node->inode;
        ihold(inode);
    }
    mutex_unlock(&chrdev_lock);
    return inode;
}

struct file *file_open_path(const char *path, unsigned int flags)
{
    struct inode *inode = path_inode(path);
    struct file *file;
    int result;

    if (!inode)
        return ERR_PTR(-ENOENT);
    file = file_create("device node", NULL, inode, flags);
    iput(inode);
    if (IS_ERR(file))
        return file;
    result = imajor(inode) == MISC_MAJOR ? open_misc(file) : open_cdev(file);
    if (!result)
        return file;
    fput(file);
    return ERR_PTR(result);
}

static void node_halt(void)
{
    struct node *node;
    struct miscdevice *misc;
    struct region *region;

    list_for_each_entry(node, &nodes, list) audit("node /dev/%s", node->name);
    list_for_each_entry(misc, &miscdevices, list) audit("miscdevice %s", misc->name);
    list_for_each_entry(region, &regions, node) audit("device numbers %u:%u..", MAJOR(region->first), MINOR(region->first));
    INIT_LIST_HEAD(&nodes);
    INIT_LIST_HEAD(&miscdevices);
    INIT_LIST_HEAD(&regions);
    INIT_LIST_HEAD(&cdevs);
}

KERNEL_SUBSYSTEM(nodes, 2, NULL, node_halt);
