/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_stream.c - the stream table, which streams belong to which device, and what their entries say.
 *
 * Document: Arm IHI 0070 3.3.1, 5.1, 5.2, 6.3 (SMMU_STRTAB_BASE, SMMU_STRTAB_BASE_CFG). What nobody owns is an entry that aborts
 * (Config 0b000), or in a table of two levels no entry at all.
 */
#include "smmuv3.h"
#include "smmuv3_trace.h"

#include <asm/barrier.h>
#include <asm/byteorder.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>

#define SPLIT 8 /* 6, 8 and 10 are allowed; 8 is what a bus number leaves */
#define ONE_LEVEL_MAX 8
#define TOP_LG2_MAX 14

/* ---- the table ---- */

static void entries_abort(u64 *entries, u32 count)
{
    u64 ste[STE_WORDS];

    smmu_ste_abort(ste);
    for (u32 i = 0; i < count; i++)
        for (unsigned int word = 0; word < STE_WORDS; word++)
            entries[i * STE_WORDS + word] = (__force u64)cpu_to_le64(ste[word]);
}

static size_t second_bytes(void)
{
    return (size_t)STE_BYTES << SPLIT;
}

static size_t top_bytes(const struct smmu_stream_table *table)
{
    return max_t(size_t, (size_t)table->top_count * (table->split ? sizeof(u64) : STE_BYTES), PAGE_SIZE);
}

/* Two levels where they save memory and exist; a first level of no more than 2^14 descriptors has all streams of PCI. */
int smmu_streams_init(struct smmu_device *smmu)
{
    struct smmu_stream_table *table = &smmu->streams;
    bool two = smmu->features.two_level_streams && smmu->features.sid_bits > ONE_LEVEL_MAX;
    u8 bits = smmu->features.sid_bits;

    if (two)
        bits = min_t(u8, bits, TOP_LG2_MAX + SPLIT);
    else if (bits > 16)
        return -EOPNOTSUPP; /* a linear table of more than 4 MiB */
    table->split = two ? SPLIT : 0;
    table->top_count = 1u << (two ? bits - SPLIT : bits);
    table->top = alloc_pages_exact(top_bytes(table), GFP_KERNEL | __GFP_ZERO);
    if (!table->top)
        return -ENOMEM;
    if (two) {
        table->second = kcalloc(table->top_count, sizeof(*table->second), GFP_KERNEL);
        if (!table->second)
            return -ENOMEM;
    } else {
        entries_abort(table->top, table->top_count);
    }
    writeq(virt_to_phys(table->top) | STRTAB_BASE_RA, smmu->base + SMMU_STRTAB_BASE);
    writel((u32)(FIELD_PREP(STRTAB_CFG_LOG2SIZE, bits) |
                 (two ? FIELD_PREP(STRTAB_CFG_FMT, STRTAB_CFG_FMT_2LEVEL) | FIELD_PREP(STRTAB_CFG_SPLIT, SPLIT) : 0)),
           smmu->base + SMMU_STRTAB_BASE_CFG);
    return 0;
}

void smmu_streams_free(struct smmu_device *smmu)
{
    struct smmu_stream_table *table = &smmu->streams;

    for (u32 i = 0; table->second && i < table->top_count; i++)
        if (table->second[i])
            free_pages_exact(table->second[i], second_bytes());
    kfree(table->second);
    if (table->top)
        free_pages_exact(table->top, top_bytes(table));
    *table = (struct smmu_stream_table){0};
}

static u64 *stream_entry(struct smmu_device *smmu, u32 sid)
{
    struct smmu_stream_table *table = &smmu->streams;

    if (!table->split)
        return sid < table->top_count ? &table->top[sid * STE_WORDS] : NULL;
    if (sid >> table->split >= table->top_count || !table->second[sid >> table->split])
        return NULL;
    return &table->second[sid >> table->split][(sid & ((1u << table->split) - 1)) * STE_WORDS];
}

/* A second-level table is complete before its descriptor points to it (3.21.3); the descriptor may be cached as invalid. */
int smmu_stream_reach(struct smmu_device *smmu, u32 sid)
{
    struct smmu_stream_table *table = &smmu->streams;
    struct smmu_cmd invalidate = smmu_cmd_cfgi_ste(sid, false);
    u32 top = table->split ? sid >> table->split : sid;
    u64 *second;

    if (top >= table->top_count)
        return -ERANGE;
    if (!table->split || table->second[top])
        return 0;
    second = alloc_pages_exact(second_bytes(), GFP_KERNEL | __GFP_ZERO);
    if (!second)
        return -ENOMEM;
    entries_abort(second, 1u << table->split);
    table->second[top] = second;
    dma_wmb();
    WRITE_ONCE(table->top[top], (__force u64)cpu_to_le64((virt_to_phys(second) & L1STD_L2PTR) | (table->split + 1)));
    wmb();
    return smmu_issue(smmu, &invalidate, 1, true);
}

/* ---- entries ---- */

struct ste_writer {
    struct smmu_entry_writer writer;
    struct smmu_device *smmu;
    u32 sid;
};

static void entry_store(struct smmu_entry_writer *writer, u64 *word, u64 value)
{
    trace_smmuv3_entry(container_of(writer, struct ste_writer, writer)->sid, -1, virt_to_phys(word), value);
    WRITE_ONCE(*word, (__force u64)cpu_to_le64(value));
}

/* CMD_CFGI_STE drops the CDs of the stream as well (4.3.1). */
static void ste_sync(struct smmu_entry_writer *writer)
{
    struct ste_writer *ste = container_of(writer, struct ste_writer, writer);
    struct smmu_cmd invalidate = smmu_cmd_cfgi_ste(ste->sid, true);

    wmb();
    smmu_issue(ste->smmu, &invalidate, 1, true);
}

static void stream_write(struct smmu_device *smmu, u32 sid, const u64 *ste)
{
    struct ste_writer writer = {
        {.used = smmu_ste_used, .store = entry_store, .sync = ste_sync, .valid = STE_0_V, .torn = smmu_bug(SMMU_BUG_TORN_ENTRY)},
        smmu,
        sid};
    unsigned long flags;

    spin_lock_irqsave(&smmu->entries_lock, flags);
    smmu_entry_write(&writer.writer, stream_entry(smmu, sid), ste);
    spin_unlock_irqrestore(&smmu->entries_lock, flags);
}

static u8 default_substream(const struct smmu_master *master)
{
    if (master->domain == &smmu_blocked_domain)
        return S1DSS_TERMINATE;
    return master->domain == &smmu_identity_domain ? S1DSS_BYPASS : S1DSS_SSID0;
}

static void master_ste(const struct smmu_master *master, bool ats, u64 *ste)
{
    const struct smmu_features *features = &master->smmu->features;
    struct smmu_stream_traits traits = {.ats = ats,
                                        .pri_pasid = master->pri_pasid && features->pri && !features->pps && features->ssid_bits,
                                        .shareability = features->attributes_override,
                                        .no_stall = !master->stall && features->stall && !features->stall_forced};
    struct smmu_cd_table_ref cds = {
        .max_lg2 = master->cds.max_lg2, .format = master->cds.format, .dss = default_substream(master)};
    struct smmu_stage2_ref stage2;

    if (smmu_domain_is_static(master->domain) && !master->pasid_count) {
        if (master->domain == &smmu_identity_domain)
            smmu_ste_bypass(ste, &traits);
        else
            smmu_ste_abort(ste);
        return;
    }
    if (!smmu_domain_is_static(master->domain)) {
        struct smmu_domain *domain = to_smmu_domain(master->domain);

        if (domain->kind == SMMU_S2 || domain->kind == SMMU_NESTED) {
            smmu_stage2_of_domain(domain->kind == SMMU_S2 ? domain : domain->parent, &stage2);
            if (domain->kind == SMMU_S2)
                smmu_ste_stage2(ste, &traits, &stage2);
            else
                smmu_ste_nested(ste, &traits, &domain->user_cds, &stage2);
            return;
        }
    }
    cds.address = virt_to_phys(master->cds.first ? master->cds.first : master->cds.linear);
    smmu_ste_stage1(ste, &traits, &cds);
}

/* A stream of several devices is blocked when all of them are; until then another one's domain and tables stand for it. */
static struct smmu_master *stream_speaker(const struct smmu_stream *stream, struct smmu_master *master)
{
    struct smmu_master_stream *other;

    if (master->domain != &smmu_blocked_domain)
        return master;
    list_for_each_entry(other, &stream->masters,
                        of_stream) if (other->master->domain != &smmu_blocked_domain) return other->master;
    return master;
}

void smmu_master_write_streams(struct smmu_master *master, bool ats)
{
    struct smmu_device *smmu = master->smmu;
    u64 ste[STE_WORDS];

    mutex_lock(&smmu->streams_lock);
    for (unsigned int i = 0; i < master->stream_count; i++) {
        struct smmu_stream *stream = master->streams[i].stream;
        struct smmu_master *speaker = stream_speaker(stream, master);

        master_ste(speaker, speaker == master && ats, ste);
        stream_write(smmu, stream->sid, ste);
    }
    mutex_unlock(&smmu->streams_lock);
}

/* One word, so hitless (3.21.3). */
static void stream_forbid_ats(struct smmu_device *smmu, u32 sid)
{
    struct ste_writer writer = {.smmu = smmu, .sid = sid};
    u64 *entry = stream_entry(smmu, sid);
    unsigned long flags;

    spin_lock_irqsave(&smmu->entries_lock, flags);
    entry_store(&writer.writer, &entry[1], le64_to_cpu((__le64)entry[1]) & ~STE_1_EATS);
    ste_sync(&writer.writer);
    spin_unlock_irqrestore(&smmu->entries_lock, flags);
}

void smmu_streams_forbid_ats(struct smmu_master *master)
{
    for (unsigned int i = 0; i < master->stream_count; i++)
        stream_forbid_ats(master->smmu, master->streams[i].stream->sid);
}

/* ---- streams of a device ---- */

/* With fault_lock, which a device that leaves waits for. */
struct smmu_master *smmu_master_of(struct smmu_device *smmu, u32 sid)
{
    struct smmu_master *master = NULL;
    struct smmu_stream *stream;

    mutex_lock(&smmu->streams_lock);
    stream = xa_load(&smmu->by_sid, sid);
    if (stream && !list_empty(&stream->masters))
        master = list_first_entry(&stream->masters, struct smmu_master_stream, of_stream)->master;
    mutex_unlock(&smmu->streams_lock);
    return master;
}

static int stream_join(struct smmu_master *master, struct smmu_master_stream *of_master, u32 sid)
{
    struct smmu_device *smmu = master->smmu;
    struct smmu_stream *stream = xa_load(&smmu->by_sid, sid);
    int result = smmu_stream_reach(smmu, sid);

    if (result)
        return result;
    if (!stream) {
        stream = kzalloc(sizeof(*stream), GFP_KERNEL);
        if (!stream)
            return -ENOMEM;
        stream->sid = sid;
        INIT_LIST_HEAD(&stream->masters);
        result = xa_err(xa_store(&smmu->by_sid, sid, stream, GFP_KERNEL));
        if (result) {
            kfree(stream);
            return result;
        }
    }
    *of_master = (struct smmu_master_stream){.master = master, .stream = stream};
    list_add_tail(&of_master->of_stream, &stream->masters);
    return 0;
}

/* The entry of a shared stream may refer to tables of the device that leaves: another one's take their place. */
static void stream_leave(struct smmu_device *smmu, struct smmu_master_stream *of_master)
{
    struct smmu_stream *stream = of_master->stream;
    u64 ste[STE_WORDS];

    list_del(&of_master->of_stream);
    if (list_empty(&stream->masters)) {
        smmu_ste_abort(ste);
        stream_write(smmu, stream->sid, ste);
        xa_erase(&smmu->by_sid, stream->sid);
        kfree(stream);
        return;
    }
    master_ste(stream_speaker(stream, of_master->master), false, ste);
    stream_write(smmu, stream->sid, ste);
}

int smmu_master_add_streams(struct smmu_master *master, const struct iommu_fwspec *fwspec)
{
    int result = 0;

    master->streams = kcalloc(fwspec->num_ids, sizeof(*master->streams), GFP_KERNEL);
    if (!master->streams)
        return -ENOMEM;
    mutex_lock(&master->smmu->streams_lock);
    for (unsigned int i = 0; !result && i < fwspec->num_ids; i++) {
        bool again = false;

        for (unsigned int k = 0; k < master->stream_count; k++)
            again |= master->streams[k].stream->sid == fwspec->ids[i];
        if (again)
            continue; /* an alias may be the device's own id */
        result = stream_join(master, &master->streams[master->stream_count], fwspec->ids[i]);
        if (!result)
            master->stream_count++;
    }
    mutex_unlock(&master->smmu->streams_lock);
    if (result)
        smmu_master_remove_streams(master);
    return result;
}

void smmu_master_remove_streams(struct smmu_master *master)
{
    mutex_lock(&master->smmu->streams_lock);
    while (master->stream_count)
        stream_leave(master->smmu, &master->streams[--master->stream_count]);
    mutex_unlock(&master->smmu->streams_lock);
    mutex_lock(&master->smmu->fault_lock); /* until nobody who found it has it */
    mutex_unlock(&master->smmu->fault_lock);
    kfree(master->streams);
    master->streams = NULL;
}
