/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iommu_fault.c - page requests on their way from a driver to whoever attached the domain, and the answers on their way back.
 *
 * Requests of one group id are collected until the one with the LAST flag; the handler gets the group, answers it once and frees
 * it.
 */
#include "iommu_internal.h"

#include <linux/errno.h>
#include <linux/slab.h>

static void param_put(struct iommu_fault_param *param)
{
    if (!refcount_dec_and_test(&param->users))
        return;
    mutex_destroy(&param->lock);
    kfree(param);
}

static struct iommu_fault_param *param_get(struct device *dev)
{
    struct iommu_fault_param *param = NULL;

    if (!dev->iommu)
        return NULL;
    mutex_lock(&dev->iommu->lock);
    if (dev->iommu->fault_param) {
        param = dev->iommu->fault_param;
        refcount_inc(&param->users);
    }
    mutex_unlock(&dev->iommu->lock);
    return param;
}

/* ---- groups ---- */

static void free_faults(struct iopf_group *group)
{
    struct iopf_fault *fault, *next;

    list_for_each_entry_safe(fault, next, &group->faults, list) if (fault != &group->last_fault) kfree(fault);
}

void iopf_free_group(struct iopf_group *group)
{
    free_faults(group);
    param_put(group->fault_param);
    kfree(group);
}
EXPORT_SYMBOL_GPL(iopf_free_group);

static void group_init(struct iopf_group *group, struct iommu_fault_param *param, const struct iopf_fault *fault)
{
    group->fault_param = param;
    group->last_fault.fault = fault->fault;
    INIT_LIST_HEAD(&group->faults);
    INIT_LIST_HEAD(&group->pending_node);
    INIT_LIST_HEAD(&group->node);
    list_add(&group->last_fault.list, &group->faults);
    group->fault_count = 1;
}

/* The group of a LAST request, with what was collected for it; pending from now on. */
static struct iopf_group *group_make(struct iommu_fault_param *param, const struct iopf_fault *last)
{
    struct iopf_group *group = kzalloc(sizeof(*group), GFP_KERNEL);
    struct iopf_fault *fault, *next;

    if (!group)
        return NULL;
    group_init(group, param, last);
    mutex_lock(&param->lock);
    list_for_each_entry_safe(fault, next, &param->partial, list) if (fault->fault.prm.grpid == last->fault.prm.grpid)
    {
        list_move_tail(&fault->list, &group->last_fault.list);
        group->fault_count++;
    }
    list_add_tail(&group->pending_node, &param->faults);
    mutex_unlock(&param->lock);
    return group;
}

static int keep(struct iommu_fault_param *param, const struct iopf_fault *part)
{
    struct iopf_fault *fault = kzalloc(sizeof(*fault), GFP_KERNEL);

    if (!fault)
        return -ENOMEM;
    fault->fault = part->fault;
    mutex_lock(&param->lock);
    list_add_tail(&fault->list, &param->partial);
    mutex_unlock(&param->lock);
    return 0;
}

void iopf_group_response(struct iopf_group *group, enum iommu_page_response_code status)
{
    struct iommu_fault_param *param = group->fault_param;
    struct iommu_page_response response = {
        .pasid = group->last_fault.fault.prm.pasid, .grpid = group->last_fault.fault.prm.grpid, .code = status};

    mutex_lock(&param->lock);
    if (!list_empty(&group->pending_node)) {
        dev_iommu_ops(param->dev)->page_response(param->dev, &group->last_fault, &response);
        list_del_init(&group->pending_node);
    }
    mutex_unlock(&param->lock);
}
EXPORT_SYMBOL_GPL(iopf_group_response);

/* ---- from the driver ---- */

static bool handles(const struct iommu_attach_handle *handle)
{
    return !IS_ERR(handle) && handle->domain->iopf_handler;
}

/* Where the user owns the PASID table, a PASID that nobody attached belongs to the nested domain of the device. */
static struct iommu_attach_handle *find_handle(struct device *dev, const struct iommu_fault *fault)
{
    struct iommu_attach_handle *handle;

    if (!(fault->prm.flags & IOMMU_FAULT_PAGE_REQUEST_PASID_VALID)) {
        handle = iommu_attach_handle_get(dev->iommu_group, IOMMU_NO_PASID, 0);
        return handles(handle) ? handle : NULL;
    }
    handle = iommu_attach_handle_get(dev->iommu_group, fault->prm.pasid, 0);
    if (IS_ERR(handle) && dev_iommu_ops(dev)->user_pasid_table)
        handle = iommu_attach_handle_get(dev->iommu_group, IOMMU_NO_PASID, IOMMU_DOMAIN_NESTED);
    return handles(handle) ? handle : NULL;
}

/* Without memory for a group: an answer all the same. */
static void refuse(struct device *dev, struct iopf_fault *evt)
{
    struct iommu_page_response response = {
        .pasid = evt->fault.prm.pasid, .grpid = evt->fault.prm.grpid, .code = IOMMU_PAGE_RESP_FAILURE};

    dev_iommu_ops(dev)->page_response(dev, evt, &response);
}

int iommu_report_device_fault(struct device *dev, struct iopf_fault *evt)
{
    struct iommu_fault_param *param = param_get(dev);
    struct iopf_group *group;
    int result;

    if (!param)
        return -EINVAL;
    if (!(evt->fault.prm.flags & IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE)) {
        result = keep(param, evt);
        param_put(param);
        return result;
    }
    group = group_make(param, evt);
    if (!group) {
        refuse(dev, evt);
        param_put(param);
        return 0;
    }
    group->attach_handle = find_handle(dev, &evt->fault);
    if (group->attach_handle && !group->attach_handle->domain->iopf_handler(group))
        return 0;
    iopf_group_response(group, IOMMU_PAGE_RESP_FAILURE);
    iopf_free_group(group);
    return 0;
}
EXPORT_SYMBOL_GPL(iommu_report_device_fault);

int report_iommu_fault(struct iommu_domain *domain, struct device *dev, unsigned long iova, int flags)
{
    return domain->handler ? domain->handler(domain, dev, iova, flags, domain->handler_token) : -ENOSYS;
}
EXPORT_SYMBOL_GPL(report_iommu_fault);

/* ---- queues ---- */

struct iopf_queue *iopf_queue_alloc(const char *name)
{
    struct iopf_queue *queue = kzalloc(sizeof(*queue), GFP_KERNEL);

    if (!queue)
        return NULL;
    queue->wq = alloc_workqueue("iopf_queue/%s", WQ_UNBOUND, 0, name);
    if (!queue->wq) {
        kfree(queue);
        return NULL;
    }
    INIT_LIST_HEAD(&queue->devices);
    mutex_init(&queue->lock);
    return queue;
}
EXPORT_SYMBOL_GPL(iopf_queue_alloc);

int iopf_queue_add_device(struct iopf_queue *queue, struct device *dev)
{
    struct iommu_fault_param *param;
    int result = -EBUSY;

    if (!dev_has_iommu(dev) || !dev_iommu_ops(dev)->page_response)
        return -ENODEV;
    param = kzalloc(sizeof(*param), GFP_KERNEL);
    if (!param)
        return -ENOMEM;
    mutex_init(&param->lock);
    INIT_LIST_HEAD(&param->faults);
    INIT_LIST_HEAD(&param->partial);
    param->dev = dev;
    param->queue = queue;
    refcount_set(&param->users, 1);
    mutex_lock(&queue->lock);
    mutex_lock(&dev->iommu->lock);
    if (!dev->iommu->fault_param) {
        list_add_tail(&param->queue_list, &queue->devices);
        dev->iommu->fault_param = param;
        result = 0;
    }
    mutex_unlock(&dev->iommu->lock);
    mutex_unlock(&queue->lock);
    if (result)
        param_put(param);
    return result;
}
EXPORT_SYMBOL_GPL(iopf_queue_add_device);

static void drop_partial(struct iommu_fault_param *param)
{
    struct iopf_fault *fault, *next;

    list_for_each_entry_safe(fault, next, &param->partial, list)
    {
        list_del(&fault->list);
        kfree(fault);
    }
}

/* What nobody has answered is answered now; its groups stay for their handlers to free. */
static void answer_all(struct iommu_fault_param *param)
{
    struct iopf_group *group, *next;

    list_for_each_entry_safe(group, next, &param->faults, pending_node)
    {
        struct iommu_page_response response = {.pasid = group->last_fault.fault.prm.pasid,
                                               .grpid = group->last_fault.fault.prm.grpid,
                                               .code = IOMMU_PAGE_RESP_INVALID};

        dev_iommu_ops(param->dev)->page_response(param->dev, &group->last_fault, &response);
        list_del_init(&group->pending_node);
    }
}

void iopf_queue_remove_device(struct iopf_queue *queue, struct device *dev)
{
    struct iommu_fault_param *param = NULL;

    mutex_lock(&queue->lock);
    mutex_lock(&dev->iommu->lock);
    if (!WARN_ON(!dev->iommu->fault_param || dev->iommu->fault_param->queue != queue)) {
        param = dev->iommu->fault_param;
        mutex_lock(&param->lock);
        drop_partial(param);
        answer_all(param);
        mutex_unlock(&param->lock);
        list_del(&param->queue_list);
        dev->iommu->fault_param = NULL;
    }
    mutex_unlock(&dev->iommu->lock);
    mutex_unlock(&queue->lock);
    if (param)
        param_put(param);
}
EXPORT_SYMBOL_GPL(iopf_queue_remove_device);

int iopf_queue_flush_dev(struct device *dev)
{
    struct iommu_fault_param *param = param_get(dev);

    if (!param)
        return -ENODEV;
    flush_workqueue(param->queue->wq);
    param_put(param);
    return 0;
}
EXPORT_SYMBOL_GPL(iopf_queue_flush_dev);

int iopf_queue_discard_partial(struct iopf_queue *queue)
{
    struct iommu_fault_param *param;

    if (!queue)
        return -EINVAL;
    mutex_lock(&queue->lock);
    list_for_each_entry(param, &queue->devices, queue_list)
    {
        mutex_lock(&param->lock);
        drop_partial(param);
        mutex_unlock(&param->lock);
    }
    mutex_unlock(&queue->lock);
    return 0;
}
EXPORT_SYMBOL_GPL(iopf_queue_discard_partial);

void iopf_queue_free(struct iopf_queue *queue)
{
    struct iommu_fault_param *param, *next;

    if (!queue)
        return;
    list_for_each_entry_safe(param, next, &queue->devices, queue_list) iopf_queue_remove_device(queue, param->dev);
    destroy_workqueue(queue->wq);
    mutex_destroy(&queue->lock);
    kfree(queue);
}
EXPORT_SYMBOL_GPL(iopf_queue_free);
