/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_fault.c - the event queue: faults that nobody can answer are reported to the domain's owner, stalled transactions become
 * page faults that somebody answers.
 *
 * Document: Arm IHI 0070 3.12, 4.7.1, 7.2 to 7.4. Nothing is printed: whoever makes a device fault would fill the log.
 */
#include "smmuv3.h"
#include "smmuv3_trace.h"

#include <asm/barrier.h>
#include <asm/byteorder.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/sched.h>

/* prm.private_data[0] of a fault: it is a stalled transaction, grpid is its STAG. */
#define FAULT_IS_STALL 1

/* ---- one event ---- */

static struct iommu_domain *domain_of_event(struct smmu_master *master, u64 word)
{
    struct smmu_attachment *attachment = READ_ONCE(master->rid);

    if (word & EVT_0_SSV && !(attachment && attachment->domain->kind == SMMU_NESTED))
        attachment = xa_load(&master->pasids, FIELD_GET(EVT_0_SSID, word));
    return attachment ? &attachment->domain->domain : NULL;
}

/* Those that tell of an access of the device; of the others the address is not known, and 0 stands for it. */
static bool event_is_fault(u64 number)
{
    switch (number) {
    case EVT_STREAM_DISABLED:
    case EVT_BAD_SUBSTREAMID:
    case EVT_CD_FETCH:
    case EVT_BAD_CD:
    case EVT_WALK_EABT:
    case EVT_TRANSLATION:
    case EVT_ADDR_SIZE:
    case EVT_ACCESS:
    case EVT_PERMISSION:
        return true;
    default:
        return false;
    }
}

static bool event_has_address(u64 number)
{
    return number == EVT_WALK_EABT || number >= EVT_TRANSLATION;
}

static void report(struct smmu_master *master, const u64 *event)
{
    u64 number = FIELD_GET(EVT_0_NUMBER, event[0]);
    struct iommu_domain *domain = domain_of_event(master, event[0]);
    bool write = event_has_address(number) && !(event[1] & EVT_1_READ);

    if (domain && event_is_fault(number))
        report_iommu_fault(domain, master->dev, event_has_address(number) ? event[2] : 0,
                           write ? IOMMU_FAULT_WRITE : IOMMU_FAULT_READ);
}

static void report_stall(struct smmu_master *master, const u64 *event)
{
    struct iopf_fault fault = {.fault = {.type = IOMMU_FAULT_PAGE_REQ}};
    struct iommu_fault_page_request *request = &fault.fault.prm;

    request->flags = IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE;
    if (event[0] & EVT_0_SSV) {
        request->flags |= IOMMU_FAULT_PAGE_REQUEST_PASID_VALID;
        request->pasid = FIELD_GET(EVT_0_SSID, event[0]);
    }
    request->grpid = FIELD_GET(EVT_1_STAG, event[1]);
    request->perm = event[1] & EVT_1_READ ? IOMMU_FAULT_PERM_READ : IOMMU_FAULT_PERM_WRITE;
    if (event[1] & EVT_1_INSTRUCTION)
        request->perm |= IOMMU_FAULT_PERM_EXEC;
    if (event[1] & EVT_1_PRIV)
        request->perm |= IOMMU_FAULT_PERM_PRIV;
    request->addr = event[2];
    request->private_data[0] = FAULT_IS_STALL;
    iommu_report_device_fault(master->dev, &fault); /* answers itself if nobody will */
}

/* Somebody brings pages in for it. Stage 2 is the kernel's, whose pages are there or never will be. */
static bool can_answer(struct smmu_master *master, const u64 *event)
{
    struct iommu_domain *domain = domain_of_event(master, event[0]);

    return domain && domain->iopf_handler && master->iopf_users && !(event[1] & EVT_1_S2);
}

/* 4.7.1: software answers every stall that it is told of; one that nobody can resolve is aborted, and is a fault like others. */
static void event_handle(struct smmu_device *smmu, const u64 *event)
{
    u32 sid = FIELD_GET(EVT_0_SID, event[0]);
    struct smmu_master *master = smmu_master_of(smmu, sid);
    bool stalled = FIELD_GET(EVT_0_NUMBER, event[0]) >= EVT_TRANSLATION && event[1] & EVT_1_STALL;

    if (stalled && master && can_answer(master, event)) {
        report_stall(master, event);
        return;
    }
    if (stalled) {
        struct smmu_cmd cmd = smmu_cmd_resume(sid, FIELD_GET(EVT_1_STAG, event[1]), false);

        smmu_issue(smmu, &cmd, 1, false);
    }
    if (master)
        report(master, event);
}

/* ---- the queue (3.5.1, 7.4) ---- */

static bool event_take(struct smmu_queue *queue, u64 *event)
{
    u32 prod = readl(queue->prod_reg);

    if (!((prod ^ queue->cons) & smmu_queue_mask(queue)))
        return false;
    dma_rmb();
    for (unsigned int i = 0; i < EVENT_WORDS; i++)
        event[i] = le64_to_cpu((__le64)READ_ONCE(smmu_queue_entry(queue, queue->cons)[i]));
    queue->cons = (queue->cons + 1) & smmu_queue_mask(queue);
    /* Free at once, with the acknowledgement of an overflow: events that were lost are lost, stalls are reported again. */
    writel(queue->cons | (prod & QUEUE_OVERFLOW), queue->cons_reg);
    return true;
}

/* With smmu->fault_lock. As many as the queue holds before others get the processor, however many come meanwhile. */
static void events_drain(struct smmu_device *smmu)
{
    u64 event[EVENT_WORDS];
    u32 count = 0;

    while (event_take(&smmu->eventq, event)) {
        trace_smmuv3_event(event);
        event_handle(smmu, event);
        if (smmu_bug(SMMU_BUG_EVENT_STORM))
            return;
        if (++count % (1u << smmu->eventq.lg2) == 0)
            cond_resched();
    }
}

void smmu_events_handle(struct smmu_device *smmu)
{
    mutex_lock(&smmu->fault_lock);
    events_drain(smmu);
    mutex_unlock(&smmu->fault_lock);
}

/*
 * The device cannot use the old domain any more. What it has asked for before is in the queues or handled: after this no
 * event and no page request of it refers to the old domain, and those that wait in the core's queue are answered.
 */
void smmu_master_drain_faults(struct smmu_master *master)
{
    smmu_events_handle(master->smmu);
    if (master->smmu->features.pri)
        smmu_pri_handle(master->smmu);
    if (master->iopf_users)
        iopf_queue_flush_dev(master->dev);
}

/* ---- answers ---- */

void smmu_page_response(struct device *dev, struct iopf_fault *evt, struct iommu_page_response *response)
{
    static const u8 codes[] = {[IOMMU_PAGE_RESP_SUCCESS] = PRI_RESP_SUCCESS,
                               [IOMMU_PAGE_RESP_INVALID] = PRI_RESP_INVALID,
                               [IOMMU_PAGE_RESP_FAILURE] = PRI_RESP_FAILURE};
    const struct iommu_fault_page_request *request = &evt->fault.prm;
    struct smmu_master *master = dev_iommu_priv_get(dev);
    bool success = response->code == IOMMU_PAGE_RESP_SUCCESS;
    struct smmu_cmd cmd;
    u32 sid;

    /* A group is answered once, for its last request. */
    if (!master || !(request->flags & IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE))
        return;
    sid = master->streams[0].stream->sid;
    if (request->private_data[0] == FAULT_IS_STALL)
        cmd = smmu_cmd_resume(sid, (u16)request->grpid, success);
    else
        cmd = smmu_cmd_pri_resp(sid, request->flags & IOMMU_FAULT_PAGE_RESPONSE_NEEDS_PASID, request->pasid, request->grpid,
                                response->code < ARRAY_SIZE(codes) ? codes[response->code] : PRI_RESP_FAILURE);
    smmu_issue(master->smmu, &cmd, 1, false);
}
