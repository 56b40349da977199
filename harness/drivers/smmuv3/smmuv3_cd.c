/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_cd.c - the kernel's table of context descriptors of a device: one for each PASID, the first one for requests without.
 *
 * Document: Arm IHI 0070 5.2 (S1Fmt, S1CDMax), 5.3, 5.4, 4.3.3. A descriptor is cached per StreamID, so each stream of the device
 * is told of each change.
 */
#include "smmuv3.h"
#include "smmuv3_trace.h"

#include <asm/barrier.h>
#include <asm/byteorder.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>

#define SECOND_LG2 6 /* descriptors of a second-level table with S1Fmt 0b01: 4 KiB */

static size_t linear_bytes(const struct smmu_cd_table *cds)
{
    return max_t(size_t, (size_t)CD_BYTES << cds->max_lg2, PAGE_SIZE);
}

static u32 first_count(const struct smmu_cd_table *cds)
{
    return 1u << (cds->max_lg2 - SECOND_LG2);
}

static size_t first_bytes(const struct smmu_cd_table *cds)
{
    return max_t(size_t, first_count(cds) * sizeof(u64), PAGE_SIZE);
}

/* Two levels as soon as they save something, if the SMMU has them. */
int smmu_cds_make(struct smmu_master *master)
{
    struct smmu_cd_table *cds = &master->cds;

    if (cds->linear || cds->first)
        return 0;
    cds->max_lg2 = master->ssid_bits;
    if (!master->smmu->features.two_level_cds || cds->max_lg2 <= SECOND_LG2) {
        cds->format = S1FMT_LINEAR;
        cds->linear = alloc_pages_exact(linear_bytes(cds), GFP_KERNEL | __GFP_ZERO);
        return cds->linear ? 0 : -ENOMEM;
    }
    cds->format = S1FMT_4K_L2;
    cds->second = kcalloc(first_count(cds), sizeof(*cds->second), GFP_KERNEL);
    cds->first = cds->second ? alloc_pages_exact(first_bytes(cds), GFP_KERNEL | __GFP_ZERO) : NULL;
    if (!cds->first) {
        kfree(cds->second);
        cds->second = NULL;
        return -ENOMEM;
    }
    return 0;
}

/* No stream table entry refers to it any more. */
void smmu_cds_free(struct smmu_master *master)
{
    struct smmu_cd_table *cds = &master->cds;

    for (u32 i = 0; cds->first && i < first_count(cds); i++)
        if (cds->second[i])
            free_page((unsigned long)cds->second[i]);
    if (cds->first)
        free_pages_exact(cds->first, first_bytes(cds));
    if (cds->linear)
        free_pages_exact(cds->linear, linear_bytes(cds));
    kfree(cds->second);
    *cds = (struct smmu_cd_table){0};
}

static u64 *cd_entry(struct smmu_master *master, u32 ssid)
{
    struct smmu_cd_table *cds = &master->cds;

    if (cds->linear)
        return &cds->linear[(size_t)ssid * CD_WORDS];
    if (!cds->first || !cds->second[ssid >> SECOND_LG2])
        return NULL;
    return &cds->second[ssid >> SECOND_LG2][(ssid & ((1u << SECOND_LG2) - 1)) * CD_WORDS];
}

static void cds_invalidate(struct smmu_master *master, u32 ssid, bool leaf)
{
    struct smmu_batch batch = {.smmu = master->smmu};

    wmb();
    for (unsigned int i = 0; i < master->stream_count; i++)
        smmu_batch_add(&batch, smmu_cmd_cfgi_cd(master->streams[i].stream->sid, ssid, leaf));
    smmu_batch_sync(&batch);
}

int smmu_cds_reach(struct smmu_master *master, u32 ssid)
{
    struct smmu_cd_table *cds = &master->cds;
    u64 *second;
    int result = smmu_cds_make(master);

    if (result || cd_entry(master, ssid))
        return result;
    second = (u64 *)get_zeroed_page(GFP_KERNEL);
    if (!second)
        return -ENOMEM;
    cds->second[ssid >> SECOND_LG2] = second;
    dma_wmb();
    WRITE_ONCE(cds->first[ssid >> SECOND_LG2], (__force u64)cpu_to_le64((virt_to_phys(second) & L1CD_L2PTR) | L1CD_V));
    /* The pointer may be cached as invalid: not the leaf alone. */
    cds_invalidate(master, ssid, false);
    return 0;
}

/* ---- descriptors ---- */

struct cd_writer {
    struct smmu_entry_writer writer;
    struct smmu_master *master;
    u32 ssid;
};

static void entry_store(struct smmu_entry_writer *writer, u64 *word, u64 value)
{
    struct cd_writer *cd = container_of(writer, struct cd_writer, writer);

    trace_smmuv3_entry(cd->master->streams[0].stream->sid, cd->ssid, virt_to_phys(word), value);
    WRITE_ONCE(*word, (__force u64)cpu_to_le64(value));
}

static void cd_sync(struct smmu_entry_writer *writer)
{
    struct cd_writer *cd = container_of(writer, struct cd_writer, writer);

    cds_invalidate(cd->master, cd->ssid, true);
}

void smmu_cds_write(struct smmu_master *master, u32 ssid, const u64 *cd)
{
    struct cd_writer writer = {
        {.used = smmu_cd_used, .store = entry_store, .sync = cd_sync, .valid = CD_0_V, .torn = smmu_bug(SMMU_BUG_TORN_ENTRY)},
        master,
        ssid};
    u64 *entry = cd_entry(master, ssid);

    if (!WARN_ON(!entry))
        smmu_entry_write(&writer.writer, entry, cd);
}

void smmu_cds_clear(struct smmu_master *master, u32 ssid)
{
    static const u64 nothing[CD_WORDS];

    if (cd_entry(master, ssid))
        smmu_cds_write(master, ssid, nothing);
}

void smmu_cd_of_domain(const struct smmu_domain *domain, const struct smmu_master *master, u64 *cd)
{
    const struct smmu_features *features = &domain->smmu->features;
    bool shared = domain->kind == SMMU_SVA;
    struct smmu_stage1_ref stage1 = {.table = virt_to_phys(shared ? (void *)domain->mm->pgd : (void *)domain->table.top),
                                     .mair = SMMU_MAIR,
                                     .asid = domain->asid,
                                     .input_bits = shared ? 48 : domain->table.input_bits,
                                     .output_size = min_t(u8, features->oas_code, 5),
                                     .access_flag = !shared && domain->table.dirty,
                                     .dirty = !shared && domain->table.dirty,
                                     /* 3.12: a device of PCI must not be stalled; one that can be is, if somebody answers. */
                                     .stall = features->stall_forced || (master->stall && master->iopf_users)};

    if (shared && domain->dying)
        smmu_cd_no_walk(cd, &stage1);
    else
        smmu_cd_stage1(cd, &stage1);
}
