/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_attach.c - which domain translates for a device: for its requests without PASID, and for one PASID.
 *
 * Document: Arm IHI 0070 3.9.2 (ATS), 3.21.3, 5.2. Before its stream can use a domain the device is in the domain's list, and it
 * leaves the list of the old one only after its stream and its ATC have left that; an unmap at any moment reaches it.
 */
#include "smmuv3.h"

#include <linux/slab.h>

/* ---- lists ---- */

/* The domain that has the tags of what the TLBs hold of a nested domain, and whose pages its tables may reach. */
static struct smmu_domain *coherency_of(struct smmu_domain *domain)
{
    return domain->kind == SMMU_NESTED ? domain->parent : domain;
}

struct smmu_attachment *smmu_attachment_add(struct smmu_domain *domain, struct smmu_master *master, u32 ssid)
{
    struct smmu_attachment *attachment = kzalloc(sizeof(*attachment), GFP_KERNEL);
    struct smmu_domain *keeper = coherency_of(domain);
    unsigned long flags;

    if (!attachment)
        return ERR_PTR(-ENOMEM);
    attachment->domain = domain;
    attachment->master = master;
    attachment->ssid = ssid;
    INIT_LIST_HEAD(&attachment->of_parent);
    if (domain->parent) {
        spin_lock_irqsave(&domain->parent->lock, flags);
        list_add_tail(&attachment->of_parent, &domain->parent->children);
        spin_unlock_irqrestore(&domain->parent->lock, flags);
        if (master->ats_counted)
            atomic_inc(&domain->parent->ats_count);
    }
    spin_lock_irqsave(&domain->lock, flags);
    list_add_tail(&attachment->of_domain, &domain->attachments);
    spin_unlock_irqrestore(&domain->lock, flags);
    if (master->ats_counted)
        atomic_inc(&domain->ats_count);
    spin_lock_irqsave(&keeper->lock, flags);
    if (keeper->enforce_coherency)
        smmu_attachment_enforce(attachment, true);
    spin_unlock_irqrestore(&keeper->lock, flags);
    return attachment;
}

static void ats_uncount(struct smmu_domain *domain, bool ats)
{
    if (!ats)
        return;
    atomic_dec(&domain->ats_count);
    if (smmu_bug(SMMU_BUG_ATS_COUNT))
        atomic_dec(&domain->ats_count);
}

void smmu_attachment_remove(struct smmu_attachment *attachment)
{
    struct smmu_domain *domain;
    unsigned long flags;

    if (!attachment)
        return;
    domain = attachment->domain;
    if (domain->parent) {
        spin_lock_irqsave(&domain->parent->lock, flags);
        list_del(&attachment->of_parent);
        smmu_attachment_enforce(attachment, false);
        spin_unlock_irqrestore(&domain->parent->lock, flags);
        ats_uncount(domain->parent, attachment->master->ats_counted);
    }
    spin_lock_irqsave(&domain->lock, flags);
    list_del(&attachment->of_domain);
    if (!domain->parent)
        smmu_attachment_enforce(attachment, false);
    spin_unlock_irqrestore(&domain->lock, flags);
    ats_uncount(domain, attachment->master->ats_counted);
    kfree(attachment);
}

/* ---- compatibility ---- */

int smmu_domain_fits(const struct smmu_domain *domain, const struct smmu_master *master, bool pasid)
{
    const struct smmu_domain *keeper = domain->kind == SMMU_NESTED ? domain->parent : domain;

    if (domain->smmu != master->smmu)
        return -EINVAL;
    if (READ_ONCE(keeper->enforce_coherency) && !smmu_master_can_enforce(master))
        return -EINVAL;
    if (pasid)
        return domain->kind == SMMU_S1 || domain->kind == SMMU_SVA ? 0 : -EINVAL;
    if (domain->kind == SMMU_SVA)
        return -EINVAL;
    /* Descriptors are of the kernel or of the user, and stage 2 alone has none. */
    if (domain->kind != SMMU_S1 && master->pasid_count)
        return -EBUSY;
    if (domain->kind == SMMU_NESTED && domain->user_cds.max_lg2 > master->smmu->features.ssid_bits)
        return -EINVAL;
    return 0;
}

/* ---- requests without PASID ---- */

bool smmu_master_wants_ats(const struct smmu_master *master)
{
    /* 5.2 EATS: nothing is translated with Config 0b000 and 0b100. */
    return master->ats_supported && (!smmu_domain_is_static(master->domain) || master->pasid_count);
}

void smmu_attachment_write_cd(struct smmu_attachment *attachment)
{
    u64 cd[SMMU_ENTRY_WORDS];
    unsigned long flags;

    /* With the lock, or a process that goes away meanwhile would be forgotten. */
    spin_lock_irqsave(&attachment->domain->lock, flags);
    smmu_cd_of_domain(attachment->domain, attachment->master, cd);
    smmu_cds_write(attachment->master, attachment->ssid, cd);
    spin_unlock_irqrestore(&attachment->domain->lock, flags);
}

/*
 * 3.9.2: ATS is off at the endpoint, and its ATC empty, before EATS is cleared; it is on there only after EATS is set. Where it
 * stays on, what the ATC has of the old domain goes, after the SMMU cannot give it any more.
 */
static void master_apply(struct smmu_master *master)
{
    bool ats = smmu_master_wants_ats(master);

    if (!ats)
        smmu_master_disable_ats(master);
    smmu_master_write_streams(master, ats);
    if (ats && master->ats_enabled) {
        if (!smmu_bug(SMMU_BUG_SWITCH_NO_ATC))
            smmu_atc_invalidate_all(master, IOMMU_NO_PASID);
    } else if (ats) {
        smmu_master_enable_ats(master);
    }
}

static bool is_stage1(const struct smmu_attachment *attachment)
{
    return attachment && attachment->domain->kind == SMMU_S1;
}

/* A user's tables are gone from under the device: nothing of them stays in the TLBs for the next one with the same parent. */
static void leave_nested(struct smmu_attachment *old)
{
    struct smmu_cmd cmd;

    if (!old || old->domain->kind != SMMU_NESTED)
        return;
    cmd = smmu_cmd_tlbi(CMD_TLBI_NH_ALL, old->domain->parent->vmid, 0);
    smmu_issue(old->domain->smmu, &cmd, 1, true);
}

static void master_switch(struct smmu_master *master, struct iommu_domain *domain, struct smmu_attachment *attachment)
{
    struct smmu_attachment *old = master->rid;

    if (is_stage1(attachment))
        smmu_attachment_write_cd(attachment);
    master->domain = domain;
    WRITE_ONCE(master->rid, attachment);
    master_apply(master);
    if (is_stage1(old) && !is_stage1(attachment))
        smmu_cds_clear(master, 0);
    leave_nested(old);
    if (old)
        smmu_master_drain_faults(master);
    smmu_attachment_remove(old);
}

int smmu_attach_dev(struct iommu_domain *iommu_domain, struct device *dev)
{
    struct smmu_domain *domain = to_smmu_domain(iommu_domain);
    struct smmu_master *master = dev_iommu_priv_get(dev);
    struct smmu_attachment *attachment;
    int result = smmu_domain_fits(domain, master, false);

    if (result)
        return result;
    if (domain->kind == SMMU_S1)
        result = smmu_cds_reach(master, 0);
    if (result)
        return result;
    attachment = smmu_attachment_add(domain, master, IOMMU_NO_PASID);
    if (IS_ERR(attachment))
        return (int)PTR_ERR(attachment);
    master_switch(master, iommu_domain, attachment);
    return 0;
}

/* Blocking and identity need no memory and cannot fail. */
static int attach_static(struct iommu_domain *domain, struct device *dev)
{
    master_switch(dev_iommu_priv_get(dev), domain, NULL);
    return 0;
}

static const struct iommu_domain_ops static_ops = {.attach_dev = attach_static};
struct iommu_domain smmu_blocked_domain = {.type = IOMMU_DOMAIN_BLOCKED, .ops = &static_ops};
struct iommu_domain smmu_identity_domain = {.type = IOMMU_DOMAIN_IDENTITY, .ops = &static_ops};

/* ---- one PASID ---- */

/* The kernel's table of descriptors must be in use, or not forbidden by what requests without PASID have. */
static int pasid_possible(const struct smmu_master *master, ioasid_t pasid)
{
    if (!pasid || !master->ssid_bits || pasid >> master->ssid_bits)
        return -EINVAL; /* S1DSS 0b10: substream 0 is not available */
    return smmu_domain_is_static(master->domain) || is_stage1(master->rid) ? 0 : -EINVAL;
}

int smmu_set_dev_pasid(struct iommu_domain *iommu_domain, struct device *dev, ioasid_t pasid, struct iommu_domain *old_domain)
{
    struct smmu_domain *domain = to_smmu_domain(iommu_domain);
    struct smmu_master *master = dev_iommu_priv_get(dev);
    struct smmu_attachment *attachment, *old = xa_load(&master->pasids, pasid);
    int result = smmu_domain_fits(domain, master, true);

    (void)old_domain;
    if (!result)
        result = pasid_possible(master, pasid);
    if (!result)
        result = smmu_cds_reach(master, pasid);
    if (result)
        return result;
    attachment = smmu_attachment_add(domain, master, pasid);
    if (IS_ERR(attachment))
        return (int)PTR_ERR(attachment);
    result = xa_err(xa_store(&master->pasids, pasid, attachment, GFP_KERNEL));
    if (result) {
        smmu_attachment_remove(attachment);
        return result;
    }
    smmu_attachment_write_cd(attachment);
    if (old) {
        if (!smmu_bug(SMMU_BUG_PASID_NO_ATC))
            smmu_atc_invalidate_all(master, pasid);
        smmu_attachment_remove(old);
    } else if (!master->pasid_count++ && smmu_domain_is_static(master->domain)) {
        master_apply(master);
    }
    return 0;
}

/*
 * The descriptor, then what the TLBs have of it, then the ATC; requests that wait for an answer get one. With the last PASID a
 * stream without a domain has no descriptors any more.
 */
void smmu_remove_dev_pasid(struct device *dev, ioasid_t pasid, struct iommu_domain *domain)
{
    struct smmu_master *master = dev_iommu_priv_get(dev);
    struct smmu_attachment *attachment = xa_erase(&master->pasids, pasid);
    unsigned long flags;

    (void)domain;
    if (!attachment)
        return;
    spin_lock_irqsave(&attachment->domain->lock, flags);
    attachment->closed = true;
    smmu_cds_clear(master, pasid);
    spin_unlock_irqrestore(&attachment->domain->lock, flags);
    if (!smmu_bug(SMMU_BUG_PASID_NO_ATC))
        smmu_atc_invalidate_all(master, pasid);
    smmu_master_drain_faults(master);
    smmu_attachment_remove(attachment);
    if (!--master->pasid_count && smmu_domain_is_static(master->domain))
        master_apply(master);
}
