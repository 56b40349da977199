/* SPDX-License-Identifier: BSD-2-Clause */
/* devres.c - what a driver got for its device, and does not have to give back itself. */
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/slab.h>

struct devres {
    struct list_head node;
    void (*action)(void *data); /* NULL: memory, behind this */
    void *data;
    unsigned long long memory[];
};

void *devm_kmalloc(struct device *dev, size_t bytes, gfp_t gfp)
{
    struct devres *devres = kmalloc(sizeof(*devres) + bytes, gfp);

    if (!devres)
        return NULL;
    *devres = (struct devres){.data = devres->memory};
    list_add(&devres->node, &dev->devres);
    return devres->memory;
}
EXPORT_SYMBOL_GPL(devm_kmalloc);

void devm_kfree(struct device *dev, const void *data)
{
    struct devres *devres;

    list_for_each_entry(devres, &dev->devres, node) if (!devres->action && devres->data == data)
    {
        list_del(&devres->node);
        kfree(devres);
        return;
    }
    WARN_ON(data);
}
EXPORT_SYMBOL_GPL(devm_kfree);

int __devm_add_action(struct device *dev, void (*action)(void *), void *data)
{
    struct devres *devres = kmalloc(sizeof(*devres), GFP_KERNEL);

    if (!devres)
        return -ENOMEM;
    *devres = (struct devres){.action = action, .data = data};
    list_add(&devres->node, &dev->devres);
    return 0;
}
EXPORT_SYMBOL_GPL(__devm_add_action);

void devm_remove_action(struct device *dev, void (*action)(void *), void *data)
{
    struct devres *devres;

    list_for_each_entry(devres, &dev->devres, node) if (devres->action == action && devres->data == data)
    {
        list_del(&devres->node);
        kfree(devres);
        return;
    }
    WARN_ON(1);
}
EXPORT_SYMBOL_GPL(devm_remove_action);

void devres_release_all(struct device *dev)
{
    struct devres *devres, *next;

    list_for_each_entry_safe(devres, next, &dev->devres, node)
    {
        list_del(&devres->node);
        if (devres->action)
            devres->action(devres->data);
        kfree(devres);
    }
}
EXPORT_SYMBOL_GPL(devres_release_all);

/* ---- what other files have no managed form of ---- */

static void unmap(void *addr)
{
    iounmap((void __iomem *)addr);
}

void __iomem *devm_ioremap(struct device *dev, resource_size_t offset, resource_size_t size)
{
    void __iomem *addr = ioremap(offset, size);

    if (addr && devm_add_action_or_reset(dev, unmap, (void *)addr))
        return NULL;
    return addr;
}
EXPORT_SYMBOL_GPL(devm_ioremap);

struct devm_irq {
    unsigned int irq;
    void *dev_id;
};

static void give_irq_back(void *data)
{
    struct devm_irq *got = data;

    free_irq(got->irq, got->dev_id);
    kfree(got);
}

int devm_request_threaded_irq(struct device *dev, unsigned int irq, irq_handler_t handler, irq_handler_t thread_fn,
                              unsigned long flags, const char *name, void *dev_id)
{
    struct devm_irq *got = kmalloc(sizeof(*got), GFP_KERNEL);
    int result;

    if (!got)
        return -ENOMEM;
    *got = (struct devm_irq){irq, dev_id};
    result = request_threaded_irq(irq, handler, thread_fn, flags, name ? name : dev_name(dev), dev_id);
    if (result) {
        kfree(got);
        return result;
    }
    return devm_add_action_or_reset(dev, give_irq_back, got);
}
EXPORT_SYMBOL_GPL(devm_request_threaded_irq);

void devm_free_irq(struct device *dev, unsigned int irq, void *dev_id)
{
    struct devres *devres;

    list_for_each_entry(devres, &dev->devres, node)
    {
        struct devm_irq *got = devres->data;

        if (devres->action == give_irq_back && got->irq == irq && got->dev_id == dev_id) {
            list_del(&devres->node);
            kfree(devres);
            give_irq_back(got);
            return;
        }
    }
    WARN_ON(1);
}
EXPORT_SYMBOL_GPL(devm_free_irq);
