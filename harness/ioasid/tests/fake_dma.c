/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* fake_dma.c - see fake_iommu.h: what devices do, and drivers of devices. */
#include "fake_internal.h"

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

/* ---- page requests ---- */

static atomic_t pending, answers, last_code; /* of all tasks */
static struct iommu_fault_param fault_params[FAKE_DEVICES];

int fake_pending(void)
{
    return atomic_read(&pending);
}

int fake_last_code(void)
{
    return atomic_read(&last_code);
}

int fake_answers(void)
{
    return atomic_read(&answers);
}

void iopf_group_response(struct iopf_group *group, enum iommu_page_response_code status)
{
    atomic_dec(&pending);
    atomic_inc(&answers);
    atomic_set(&last_code, status);
}

void iopf_free_group(struct iopf_group *group)
{
    kfree(group);
}

static void page_request(struct fake *fake, struct iommu_attach_handle *handle, u32 pasid, u64 iova, bool write)
{
    struct iopf_group *group = kzalloc(sizeof(*group), GFP_KERNEL);
    struct iommu_fault_page_request *request;

    if (!group)
        return;
    request = &group->last_fault.fault.prm;
    request->addr = iova;
    request->pasid = pasid;
    request->flags = IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE | (pasid ? IOMMU_FAULT_PAGE_REQUEST_PASID_VALID : 0);
    request->perm = write ? IOMMU_FAULT_PERM_WRITE : IOMMU_FAULT_PERM_READ;
    INIT_LIST_HEAD(&group->faults);
    list_add(&group->last_fault.list, &group->faults);
    group->fault_count = 1;
    group->fault_param = &fault_params[fake - fakes];
    group->fault_param->dev = &fake->dev;
    group->attach_handle = handle;
    atomic_inc(&pending);
    if (handle->domain->iopf_handler(group)) {
        iopf_group_response(group, IOMMU_PAGE_RESP_FAILURE);
        iopf_free_group(group);
    }
}

/* ---- translation ---- */

static bool page_of(struct fake_domain *domain, u64 iova, int prot, u64 *physical)
{
    void *entry = xa_load(&domain->pages, iova >> PAGE_SHIFT);
    unsigned long value = entry ? xa_to_value(entry) : 0;

    if (!entry || prot & ~(value & 3))
        return false;
    *physical = (value & PAGE_MASK) | (iova & ~PAGE_MASK);
    return true;
}

/* The entry of a table of the user; 0: there is none. */
static u64 entry_of(struct fake_domain *domain, u64 iova)
{
    u64 physical;

    if (iova >> PAGE_SHIFT >= PAGE_SIZE / 8)
        return 0;
    if (!page_of(domain->parent, domain->table + (iova >> PAGE_SHIFT) * 8, IOMMU_READ, &physical))
        return 0;
    return *(u64 *)phys_to_virt(physical);
}

static int translate(struct fake_domain *domain, u64 iova, int prot, u64 *physical, bool *request)
{
    u64 entry;

    /* The kernel's own domain is none of the core's business. */
    if (domain->domain.type == IOMMU_DOMAIN_BLOCKED || domain->domain.type == IOMMU_DOMAIN_IDENTITY)
        return -EFAULT;
    if (!domain->parent)
        return page_of(domain, iova, prot, physical) ? 0 : -EFAULT;
    entry = entry_of(domain, iova);
    *request = prot & ~(entry & 3);
    if (*request)
        return -EFAULT;
    return page_of(domain->parent, (entry & PAGE_MASK) | (iova & ~PAGE_MASK), prot, physical) ? 0 : -EFAULT;
}

static void access(struct fake_call *call, bool write)
{
    struct fake *fake = &fakes[call->device];
    struct iommu_group *group = fake->dev.iommu_group;
    struct iommu_attach_handle *handle = xa_load(&group->handles, call->ppasid);
    struct iommu_domain *domain = call->ppasid ? (handle ? handle->domain : NULL) : group->domain;
    bool request = false;
    u64 physical;

    call->result =
        domain ? translate(to_fake(domain), call->iova, write ? IOMMU_WRITE : IOMMU_READ, &physical, &request) : -EFAULT;
    if (!call->result && write)
        *(u8 *)phys_to_virt(physical) = call->byte;
    else if (!call->result)
        call->byte = *(u8 *)phys_to_virt(physical);
    else if (request && fake->requests)
        page_request(fake, handle, call->ppasid, call->iova, write);
    else if (domain && domain->ops && domain->handler)
        domain->handler(domain, &fake->dev, call->iova, write ? IOMMU_FAULT_WRITE : IOMMU_FAULT_READ, domain->handler_token);
}

void fake_read(void *call)
{
    access(call, false);
}

void fake_write(void *call)
{
    access(call, true);
}

/* ---- drivers of devices ---- */

static struct ioasid_dev *bound[8];

void fake_bind(void *argument)
{
    struct fake_call *call = argument;
    struct ioasid_bind_info info = {
        .kind = call->kind, .dev = &fakes[call->device].dev, .cookie = call->cookie, .default_pasid = call->ppasid};
    struct ioasid_ctx *ctx = ioasid_ctx_fdget(call->fd);
    struct ioasid_dev *idev;

    call->result = PTR_ERR_OR_ZERO(ctx);
    if (IS_ERR(ctx))
        return;
    idev = ioasid_bind(ctx, &info);
    ioasid_ctx_put(ctx);
    call->result = PTR_ERR_OR_ZERO(idev);
    if (!IS_ERR(idev))
        bound[call->slot] = idev;
}

void fake_unbind(void *argument)
{
    struct fake_call *call = argument;

    ioasid_unbind(bound[call->slot]);
    bound[call->slot] = NULL;
    call->result = 0;
}

void fake_attach(void *argument)
{
    struct fake_call *call = argument;

    call->result = ioasid_attach(bound[call->slot], call->ioasid, call->vpasid, call->ppasid, call->flags);
}

void fake_detach(void *argument)
{
    struct fake_call *call = argument;

    call->result = ioasid_detach(bound[call->slot], call->ioasid, call->vpasid);
}

void fake_rw(void *argument)
{
    struct fake_call *call = argument;

    call->result = ioasid_rw(bound[call->slot], call->vpasid, call->iova, &call->byte, 1, call->flags);
}

void fake_coherent(void *argument)
{
    struct fake_call *call = argument;
    struct ioasid_ctx *ctx = ioasid_ctx_fdget(call->fd);

    call->result = ioasid_ctx_coherent(ctx);
    ioasid_ctx_put(ctx);
}

void fake_find_ppasid(void *argument)
{
    struct fake_call *call = argument;
    struct ioasid_ctx *ctx = ioasid_ctx_fdget(call->fd);

    call->result = ioasid_find_ppasid(ctx, call->ioasid, call->vpasid, &call->ppasid);
    ioasid_ctx_put(ctx);
}

/* ---- a listener ---- */

static int calls;

static void changed(struct ioasid_listener *listener, bool coherent)
{
    calls++;
}

static struct ioasid_listener listener = {.changed = changed};

int fake_listener_calls(void)
{
    return calls;
}

void fake_listen(void *argument)
{
    struct fake_call *call = argument;
    struct ioasid_ctx *ctx = ioasid_ctx_fdget(call->fd);

    calls = 0;
    call->result = ioasid_ctx_listen(ctx, &listener);
    ioasid_ctx_put(ctx);
}

void fake_unlisten(void *argument)
{
    struct fake_call *call = argument;
    struct ioasid_ctx *ctx = ioasid_ctx_fdget(call->fd);

    ioasid_ctx_unlisten(ctx, &listener);
    ioasid_ctx_put(ctx);
}
