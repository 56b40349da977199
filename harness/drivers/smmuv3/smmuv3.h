/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3.h - the harness kernel's driver of Arm SMMUv3 units: its objects and what its files offer each other.
 *
 *   smmuv3_probe.c      a unit: what it can do, its registers, enabling and disabling it
 *   smmuv3_queue.c      the command queue, its errors
 *   smmuv3_stream.c     the stream table, entries for the streams of a device
 *   smmuv3_cd.c         the kernel's tables of context descriptors
 *   smmuv3_master.c     a device: ATS, PASID, PRI; its group and reserved regions
 *   smmuv3_domain.c     paging domains; smmuv3_attach.c puts devices and PASIDs into them
 *   smmuv3_nested.c     user PASID tables; smmuv3_sva.c address spaces of processes
 *   smmuv3_tlb.c        invalidation of TLBs and of ATCs
 *   smmuv3_fault.c      event queue; smmuv3_priq.c page requests
 *   smmuv3_entry.c, smmuv3_pgtable.c, smmuv3_commands.c   formats, without hardware
 *
 * Document: Arm IHI 0070 (clauses are its own). Locks, outermost first: the group's mutex (the caller's), smmu->fault_lock,
 * smmu->streams_lock, domain->lock, smmu->entries_lock, smmu->cmdq_lock.
 */
#ifndef SMMUV3_H
#define SMMUV3_H

#include "smmuv3_bugs.h"
#include "smmuv3_commands.h"
#include "smmuv3_entry.h"
#include "smmuv3_pgtable.h"

#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/idr.h>
#include <linux/iommu.h>
#include <linux/list.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>

/* ---- a unit ---- */

/* A ring in memory. Indices have a wrap bit above their lg2 bits (3.5.1). */
struct smmu_queue {
    void __iomem *prod_reg, *cons_reg;
    u64 *entries;
    u32 prod, cons;
    u8 lg2, entry_lg2;
};

struct smmu_features {
    bool stage1, stage2, stage2_fwb, two_level_streams, two_level_cds;
    bool ats, pri, pps, stall, stall_forced, ranges, msi, hyp, attributes_override, sev, coherent;
    u8 httu;                 /* IDR0.HTTU */
    u8 sid_bits, ssid_bits;  /* IDR1 */
    u8 asid_bits, vmid_bits; /* 8 or 16 */
    u8 oas_bits, oas_code;   /* IDR5 */
    u8 cmdq_lg2, eventq_lg2, priq_lg2;
    u32 idr[6], iidr, aidr;
};

struct smmu_stream_table {
    u64 *top; /* entries, or descriptors of second-level tables */
    u64 **second;
    u8 split; /* bits of the StreamID below the first level; 0: one level */
    u32 top_count;
};

struct smmu_device {
    struct iommu_device iommu;
    struct device *dev;
    void __iomem *base;
    struct smmu_features features;

    struct smmu_queue cmdq;
    spinlock_t cmdq_lock;
    bool cmdq_dead; /* commands cannot be fetched: nothing can be invalidated any more */
    bool atc_lost;  /* a CMD_SYNC that is being waited for ended with CERROR_ATC_INV_SYNC */

    struct smmu_queue eventq;
    struct smmu_queue priq;
    struct mutex fault_lock; /* one event or request at a time; detaching waits for it */
    struct iopf_queue *iopf;
    int event_irq, pri_irq, gerror_irq;
    bool msis;

    struct smmu_stream_table streams;
    struct mutex streams_lock;
    spinlock_t entries_lock; /* of what stands in stream table entries */
    struct xarray by_sid;    /* of struct smmu_stream */

    struct ida asids, vmids;
};

/* ---- a device behind it ---- */

/* One StreamID. A bridge's belongs to all devices behind it, whose entries for it are the same. */
struct smmu_stream {
    u32 sid;
    struct list_head masters; /* of struct smmu_master_stream */
};

struct smmu_master_stream {
    struct list_head of_stream;
    struct smmu_master *master;
    struct smmu_stream *stream;
};

/* Descriptors of one device: index 0 for requests without PASID (S1DSS). */
struct smmu_cd_table {
    u64 *linear;  /* of descriptors; or */
    u64 *first;   /* of pointers to */
    u64 **second; /* tables of 64 */
    u8 max_lg2;   /* S1CDMax */
    u8 format;    /* S1Fmt */
};

struct smmu_domain;

/* A domain in use by a device, for one PASID or for requests without. */
struct smmu_attachment {
    struct list_head of_domain; /* in smmu_domain::attachments, of the domain itself */
    struct list_head of_parent; /* in the parent's `children`, of a nested domain; else empty */
    struct smmu_domain *domain;
    struct smmu_master *master;
    u32 ssid;      /* IOMMU_NO_PASID: requests without */
    bool enforced; /* the device has No Snoop off for it */
    bool closed;   /* of a PASID that is being removed */
};

struct smmu_master {
    struct smmu_device *smmu;
    struct device *dev;
    struct smmu_master_stream *streams;
    unsigned int stream_count;

    struct iommu_domain *domain; /* of requests without PASID: one of smmu_domain, or the static ones */
    struct smmu_attachment *rid; /* NULL with a static domain */
    struct xarray pasids;        /* of struct smmu_attachment */
    unsigned int pasid_count;
    struct smmu_cd_table cds;

    u8 ssid_bits;
    bool ats_supported, ats_enabled;
    bool ats_counted; /* ats_supported, as it was at the beginning */
    bool pri_supported, pri_pasid, pri_enabled;
    bool stall; /* it waits when a translation faults (firmware says so) */
    unsigned int iopf_users;
    unsigned int enforced; /* attachments whose domain promises coherency */
    bool no_snoop_was;     /* Device Control had No Snoop enabled before that */
};

/* ---- domains ---- */

enum smmu_domain_kind { SMMU_S1, SMMU_S2, SMMU_NESTED, SMMU_SVA };

struct smmu_domain {
    struct iommu_domain domain;
    struct smmu_device *smmu;
    enum smmu_domain_kind kind;
    u16 asid, vmid;
    bool enforce_coherency;
    struct smmu_pgtable table; /* not of nested domains and processes */

    atomic_t ats_count;           /* attachments in both lists whose device has ATS */
    spinlock_t lock;              /* of the lists */
    struct list_head attachments; /* by of_domain */
    struct list_head children;    /* of nested domains on it, by of_parent */

    struct smmu_domain *parent;        /* nested */
    struct smmu_cd_table_ref user_cds; /* nested: IPA, S1CDMax, S1Fmt, S1DSS */

    struct mmu_notifier notifier; /* SVA */
    struct mm_struct *mm;         /* SVA: whose table the SMMU walks */
    bool dying;                   /* SVA: the process has gone; with `lock` */
};

static inline struct smmu_domain *to_smmu_domain(struct iommu_domain *domain)
{
    return container_of(domain, struct smmu_domain, domain);
}

/* Which one is static has no struct smmu_domain around it. */
extern struct iommu_domain smmu_blocked_domain, smmu_identity_domain;

static inline bool smmu_domain_is_static(const struct iommu_domain *domain)
{
    return domain == &smmu_blocked_domain || domain == &smmu_identity_domain;
}

/* ---- smmuv3_queue.c ---- */

static inline u32 smmu_queue_mask(const struct smmu_queue *queue)
{
    return (2u << queue->lg2) - 1;
}

static inline u64 *smmu_queue_entry(const struct smmu_queue *queue, u32 index)
{
    return queue->entries + ((size_t)(index & ((1u << queue->lg2) - 1)) << (queue->entry_lg2 - 3));
}

int smmu_queue_make(struct smmu_device *smmu, struct smmu_queue *queue, u8 lg2, u8 entry_lg2, u32 base, u32 prod, u32 cons);
void smmu_queue_free(struct smmu_queue *queue);
/* Issues the commands; with sync, waits until they are complete. -ETIMEDOUT: an ATC did not answer. -EIO: the queue is dead. */
int smmu_issue(struct smmu_device *smmu, const struct smmu_cmd *cmds, unsigned int count, bool sync);
void smmu_cmdq_error(struct smmu_device *smmu); /* GERROR.CMDQ_ERR is active, perhaps */

#define SMMU_BATCH 16

struct smmu_batch {
    struct smmu_device *smmu;
    unsigned int count;
    struct smmu_cmd cmds[SMMU_BATCH];
};

static inline void smmu_batch_add(struct smmu_batch *batch, struct smmu_cmd cmd)
{
    if (batch->count == SMMU_BATCH) {
        smmu_issue(batch->smmu, batch->cmds, batch->count, false);
        batch->count = 0;
    }
    batch->cmds[batch->count++] = cmd;
}

static inline int smmu_batch_sync(struct smmu_batch *batch)
{
    int result = smmu_issue(batch->smmu, batch->cmds, batch->count, true);

    batch->count = 0;
    return result;
}

/* ---- smmuv3_stream.c ---- */

int smmu_streams_init(struct smmu_device *smmu);
void smmu_streams_free(struct smmu_device *smmu);
int smmu_stream_reach(struct smmu_device *smmu, u32 sid); /* its entry exists afterwards, as abort */
struct smmu_master *smmu_master_of(struct smmu_device *smmu, u32 sid);
/* Makes the entries of all streams of the device what its domain and PASIDs want. */
void smmu_master_write_streams(struct smmu_master *master, bool ats);
void smmu_streams_forbid_ats(struct smmu_master *master); /* does not sleep */
int smmu_master_add_streams(struct smmu_master *master, const struct iommu_fwspec *fwspec);
void smmu_master_remove_streams(struct smmu_master *master);

/* ---- smmuv3_cd.c ---- */

int smmu_cds_make(struct smmu_master *master);
void smmu_cds_free(struct smmu_master *master);
int smmu_cds_reach(struct smmu_master *master, u32 ssid); /* its descriptor exists afterwards; invalid if it did not before */
void smmu_cds_write(struct smmu_master *master, u32 ssid, const u64 *cd);
void smmu_cds_clear(struct smmu_master *master, u32 ssid);
void smmu_cd_of_domain(const struct smmu_domain *domain, const struct smmu_master *master, u64 *cd);

/* ---- smmuv3_attach.c, smmuv3_master.c ---- */

int smmu_attach_dev(struct iommu_domain *domain, struct device *dev);
int smmu_set_dev_pasid(struct iommu_domain *domain, struct device *dev, ioasid_t pasid, struct iommu_domain *old);
void smmu_remove_dev_pasid(struct device *dev, ioasid_t pasid, struct iommu_domain *domain);
struct smmu_attachment *smmu_attachment_add(struct smmu_domain *domain, struct smmu_master *master, u32 ssid);
void smmu_attachment_remove(struct smmu_attachment *attachment); /* NULL is allowed */
int smmu_domain_fits(const struct smmu_domain *domain, const struct smmu_master *master, bool pasid);
bool smmu_master_wants_ats(const struct smmu_master *master);
/* Descriptor 0 or that of a PASID: what its domain says, now; smmu_cds_reach() was called. */
void smmu_attachment_write_cd(struct smmu_attachment *attachment);

void smmu_master_enable_ats(struct smmu_master *master);
void smmu_master_disable_ats(struct smmu_master *master);
bool smmu_master_can_enforce(const struct smmu_master *master);
/* With the domain's lock held. */
void smmu_attachment_enforce(struct smmu_attachment *attachment, bool enforce);
bool smmu_capable(struct device *dev, enum iommu_cap cap);
struct iommu_device *smmu_probe_device(struct device *dev);
void smmu_release_device(struct device *dev);
struct iommu_group *smmu_device_group(struct device *dev);
void smmu_get_resv_regions(struct device *dev, struct list_head *list);
int smmu_enable_feat(struct device *dev, enum iommu_dev_features feat);
int smmu_disable_feat(struct device *dev, enum iommu_dev_features feat);

/* ---- smmuv3_domain.c, smmuv3_nested.c, smmuv3_sva.c ---- */

extern const struct iommu_ops smmu_ops;

struct smmu_domain *smmu_domain_new(struct smmu_device *smmu, enum smmu_domain_kind kind);
int smmu_domain_init_table(struct smmu_domain *domain, bool dirty); /* with its tags */
void smmu_domain_free(struct iommu_domain *domain);
extern const struct iommu_domain_ops smmu_nested_ops, smmu_sva_ops;
void smmu_stage2_of_domain(const struct smmu_domain *domain, struct smmu_stage2_ref *stage2);
bool smmu_enforce_cache_coherency(struct iommu_domain *domain);
struct iommu_domain *smmu_domain_alloc_nested(struct smmu_device *smmu, struct iommu_domain *parent,
                                              const struct iommu_user_data *data);
struct iommu_domain *smmu_domain_alloc_sva(struct device *dev, struct mm_struct *mm);

/* ---- smmuv3_tlb.c ---- */

/* A range whose translation has changed: TLBs, then ATCs of all devices, complete on return (4.5.1). */
void smmu_domain_invalidate(struct smmu_domain *domain, unsigned long iova, size_t size, size_t granule, bool leaf);
void smmu_domain_invalidate_all(struct smmu_domain *domain);
/* The ATC of a device: one substream, or requests without; complete on return. */
void smmu_atc_invalidate_all(struct smmu_master *master, u32 ssid);

/* ---- smmuv3_fault.c, smmuv3_priq.c, smmuv3_probe.c ---- */

void smmu_events_handle(struct smmu_device *smmu);
void smmu_pri_handle(struct smmu_device *smmu);
/* What was asked before is answered, or with who answers (never again after a detach). */
void smmu_master_drain_faults(struct smmu_master *master);
void smmu_page_response(struct device *dev, struct iopf_fault *evt, struct iommu_page_response *response);
int smmu_register_set(struct smmu_device *smmu, u32 reg, u32 ack, u32 value);

#endif
