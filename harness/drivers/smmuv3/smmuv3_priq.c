/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_priq.c - the PRI queue: page requests of PCIe devices.
 *
 * Document: Arm IHI 0070 chapter 8, 4.5.2.
 */
#include "smmuv3.h"
#include "smmuv3_trace.h"

#include <asm/barrier.h>
#include <asm/byteorder.h>
#include <linux/io.h>

/* Chapter 8: LWR 0b100 with a PASID delimits, and nobody waits for an answer to it. */
static bool is_stop_marker(const u64 *request)
{
    return (request[0] & (PPR_0_LAST | PPR_0_WRITE | PPR_0_READ | PPR_0_SSV)) == (PPR_0_LAST | PPR_0_SSV);
}

static u32 permissions(u64 word)
{
    return (word & PPR_0_READ ? IOMMU_FAULT_PERM_READ : 0) | (word & PPR_0_WRITE ? IOMMU_FAULT_PERM_WRITE : 0) |
           (word & PPR_0_EXEC ? IOMMU_FAULT_PERM_EXEC : 0) | (word & PPR_0_PRIV ? IOMMU_FAULT_PERM_PRIV : 0);
}

static void request_report(struct smmu_master *master, const u64 *request)
{
    struct iopf_fault fault = {.fault = {.type = IOMMU_FAULT_PAGE_REQ}};
    struct iommu_fault_page_request *prm = &fault.fault.prm;

    if (request[0] & PPR_0_LAST)
        prm->flags |= IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE;
    if (request[0] & PPR_0_SSV) {
        prm->flags |= IOMMU_FAULT_PAGE_REQUEST_PASID_VALID;
        if (master->pri_pasid)
            prm->flags |= IOMMU_FAULT_PAGE_RESPONSE_NEEDS_PASID;
        prm->pasid = FIELD_GET(PPR_0_SSID, request[0]);
    }
    prm->grpid = FIELD_GET(PPR_1_PRGI, request[1]);
    prm->addr = request[1] & PPR_1_ADDRESS;
    prm->perm = permissions(request[0]);
    iommu_report_device_fault(master->dev, &fault); /* answers itself if nobody will */
}

static void request_handle(struct smmu_device *smmu, const u64 *request)
{
    u32 sid = FIELD_GET(PPR_0_SID, request[0]);
    struct smmu_master *master = smmu_master_of(smmu, sid);

    trace_smmuv3_page_request(request);
    if (is_stop_marker(request) && !smmu_bug(SMMU_BUG_PRI_STOP_MARKER))
        return;
    if (master) {
        request_report(master, request);
    } else if (request[0] & PPR_0_LAST) {
        struct smmu_cmd cmd = smmu_cmd_pri_resp(sid, request[0] & PPR_0_SSV, FIELD_GET(PPR_0_SSID, request[0]),
                                                FIELD_GET(PPR_1_PRGI, request[1]), PRI_RESP_FAILURE);

        smmu_issue(smmu, &cmd, 1, false);
    }
}

/* The entry is free before its answer goes, which lets the device ask again (chapter 8, the note on credits). */
static bool request_take(struct smmu_queue *queue, u64 *request, u32 *prod)
{
    *prod = readl(queue->prod_reg);
    if (!((*prod ^ queue->cons) & smmu_queue_mask(queue)))
        return false;
    dma_rmb();
    for (unsigned int i = 0; i < PPR_WORDS; i++)
        request[i] = le64_to_cpu((__le64)READ_ONCE(smmu_queue_entry(queue, queue->cons)[i]));
    queue->cons = ((queue->cons + 1) & smmu_queue_mask(queue)) | (queue->cons & QUEUE_OVERFLOW);
    writel(queue->cons, queue->cons_reg);
    return true;
}

static void overflow_acknowledge(struct smmu_queue *queue)
{
    queue->cons ^= QUEUE_OVERFLOW;
    writel(queue->cons, queue->cons_reg);
}

/*
 * 8.1.1: while an overflow is active nothing is added, so the queue becomes empty. The last requests of groups of which only a
 * part is there were discarded and answered with success: those parts are forgotten, before their index is used again, and
 * then the overflow is acknowledged.
 */
void smmu_pri_handle(struct smmu_device *smmu)
{
    struct smmu_queue *queue = &smmu->priq;
    u64 request[PPR_WORDS];
    u32 prod;

    mutex_lock(&smmu->fault_lock);
    do {
        if (smmu_bug(SMMU_BUG_PRI_OVERFLOW_EARLY) && (readl(queue->prod_reg) ^ queue->cons) & QUEUE_OVERFLOW)
            overflow_acknowledge(queue);
        while (request_take(queue, request, &prod))
            request_handle(smmu, request);
        if ((prod ^ queue->cons) & QUEUE_OVERFLOW) {
            iopf_queue_discard_partial(smmu->iopf);
            overflow_acknowledge(queue);
        }
        prod = readl(queue->prod_reg);
    } while ((prod ^ queue->cons) & (smmu_queue_mask(queue) | QUEUE_OVERFLOW));
    mutex_unlock(&smmu->fault_lock);
}
