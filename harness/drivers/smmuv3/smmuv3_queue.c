/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_queue.c - rings in memory, and the command queue: commands go in, a CMD_SYNC is waited for, errors are repaired.
 *
 * Document: Arm IHI 0070 3.5, 3.21.2, 4.1.2, 7.1.
 */
#include "smmuv3.h"
#include "smmuv3_trace.h"

#include <asm/barrier.h>
#include <asm/byteorder.h>
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/ktime.h>
#include <linux/mm.h>

/* Nothing of the architecture takes so long, but an invalidation of an ATC: PCIe allows a minute and a half for one. */
#define SYNC_TIMEOUT_US (100ull * 1000 * 1000)
#define FETCH_TRIES 3
#define POLLS_AT_ONCE 100u
#define PAUSE_MAX_US 1000u

static size_t queue_bytes(const struct smmu_queue *queue)
{
    return max_t(size_t, (size_t)1 << (queue->lg2 + queue->entry_lg2), PAGE_SIZE);
}

/* 3.5.1: aligned to its size. base, prod, cons are offsets of registers. The queue is disabled. */
int smmu_queue_make(struct smmu_device *smmu, struct smmu_queue *queue, u8 lg2, u8 entry_lg2, u32 base, u32 prod, u32 cons)
{
    *queue =
        (struct smmu_queue){.prod_reg = smmu->base + prod, .cons_reg = smmu->base + cons, .lg2 = lg2, .entry_lg2 = entry_lg2};
    queue->entries = alloc_pages_exact(queue_bytes(queue), GFP_KERNEL | __GFP_ZERO);
    if (!queue->entries)
        return -ENOMEM;
    writeq(virt_to_phys(queue->entries) | QUEUE_BASE_RWA | lg2, smmu->base + base);
    writel(0, queue->prod_reg);
    writel(0, queue->cons_reg);
    return 0;
}

void smmu_queue_free(struct smmu_queue *queue)
{
    if (queue->entries)
        free_pages_exact(queue->entries, queue_bytes(queue));
    queue->entries = NULL;
}

/* ---- errors (7.1) ---- */

static void entry_replace(struct smmu_device *smmu, u32 index, struct smmu_cmd cmd)
{
    u64 *entry = smmu_queue_entry(&smmu->cmdq, index);

    trace_smmuv3_command(virt_to_phys(entry), cmd.word[0], cmd.word[1]);
    for (unsigned int i = 0; i < CMD_WORDS; i++)
        WRITE_ONCE(entry[i], (__force u64)cpu_to_le64(cmd.word[i]));
    wmb();
}

static struct smmu_cmd cmd_instead_of(u64 word)
{
    switch (FIELD_GET(CMD_0_OPCODE, word)) {
    case CMD_CFGI_STE ... CMD_CFGI_CD_ALL:
        return smmu_cmd_cfgi_all();
    case CMD_TLBI_NH_ALL ... CMD_TLBI_S2_IPA:
        return smmu_cmd_tlbi(CMD_TLBI_NSNH_ALL, 0, 0);
    default:
        return smmu_cmd_sync();
    }
}

/*
 * Commands before CONS were consumed, the one there was not. It and those after it are fetched again when the error is
 * acknowledged: an illegal command is exchanged for one that does too much; a fetch is tried again; a CMD_SYNC whose ATC
 * invalidations timed out completes the rest when it runs again, and the waiter learns of it.
 */
static void cmdq_repair(struct smmu_device *smmu, unsigned int *fetches)
{
    u32 gerror = readl(smmu->base + SMMU_GERROR), gerrorn = readl(smmu->base + SMMU_GERRORN);
    u64 word;
    u32 cons;

    if (!((gerror ^ gerrorn) & GERROR_CMDQ))
        return;
    cons = readl(smmu->cmdq.cons_reg);
    switch (FIELD_GET(CMDQ_CONS_ERR, cons)) {
    case CERROR_ATC_INV_SYNC:
        smmu->atc_lost = true;
        break;
    case CERROR_ABT:
        if (++*fetches == FETCH_TRIES) {
            dev_err(smmu->dev, "commands cannot be fetched\n");
            smmu->cmdq_dead = true;
            return;
        }
        break;
    case CERROR_ILL:
    default:
        word = le64_to_cpu((__le64)*smmu_queue_entry(&smmu->cmdq, cons));
        dev_err(smmu->dev, "the SMMU refused a command: %016llx\n", (unsigned long long)word);
        entry_replace(smmu, cons, cmd_instead_of(word));
        break;
    }
    writel(gerrorn ^ GERROR_CMDQ, smmu->base + SMMU_GERRORN);
}

void smmu_cmdq_error(struct smmu_device *smmu)
{
    unsigned int fetches = 0;
    unsigned long flags;

    spin_lock_irqsave(&smmu->cmdq_lock, flags);
    cmdq_repair(smmu, &fetches);
    spin_unlock_irqrestore(&smmu->cmdq_lock, flags);
}

/* ---- commands ---- */

/* Until no more than `left` entries are not consumed. 7.1: who polls CONS looks for an error too, or polls for ever. */
static int cmdq_wait(struct smmu_device *smmu, u32 left)
{
    struct smmu_queue *queue = &smmu->cmdq;
    ktime_t last = ktime_add_us(ktime_get(), SYNC_TIMEOUT_US);
    unsigned int fetches = 0, polls = 0;

    while (!smmu->cmdq_dead) {
        queue->cons = readl(queue->cons_reg) & smmu_queue_mask(queue);
        if (((queue->prod - queue->cons) & smmu_queue_mask(queue)) <= left)
            return 0;
        cmdq_repair(smmu, &fetches);
        if (ktime_compare(ktime_get(), last) > 0) {
            dev_err(smmu->dev, "a CMD_SYNC does not complete\n");
            smmu->cmdq_dead = true;
        }
        /* Mostly it is there at once; what takes long is an endpoint that does not answer. */
        udelay(polls < POLLS_AT_ONCE ? 0 : min(polls - POLLS_AT_ONCE, PAUSE_MAX_US));
        polls++;
    }
    return -EIO;
}

static int cmdq_put(struct smmu_device *smmu, struct smmu_cmd cmd)
{
    struct smmu_queue *queue = &smmu->cmdq;
    u32 room = 1u << queue->lg2;
    int result = 0;

    if (((queue->prod - queue->cons) & smmu_queue_mask(queue)) == room) {
        writel(queue->prod, queue->prod_reg);
        result = cmdq_wait(smmu, room - 1);
    }
    if (result)
        return result;
    entry_replace(smmu, queue->prod, cmd);
    queue->prod = (queue->prod + 1) & smmu_queue_mask(queue);
    return 0;
}

int smmu_issue(struct smmu_device *smmu, const struct smmu_cmd *cmds, unsigned int count, bool sync)
{
    unsigned long flags;
    int result = 0;

    spin_lock_irqsave(&smmu->cmdq_lock, flags);
    for (unsigned int i = 0; !result && i < count; i++)
        result = cmdq_put(smmu, cmds[i]);
    if (!result && sync)
        result = cmdq_put(smmu, smmu_cmd_sync());
    if (!result)
        writel(smmu->cmdq.prod, smmu->cmdq.prod_reg);
    if (!result && sync) {
        smmu->atc_lost = false;
        result = cmdq_wait(smmu, 0);
        if (!result && smmu->atc_lost)
            result = -ETIMEDOUT;
    }
    trace_smmuv3_submitted(count, sync, result);
    spin_unlock_irqrestore(&smmu->cmdq_lock, flags);
    return result;
}
