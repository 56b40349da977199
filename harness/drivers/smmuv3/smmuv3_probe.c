/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_probe.c - a unit: what it can do, its registers in the order that they demand, its interrupts.
 *
 * Document: Arm IHI 0070 3.11 (initialisation), 3.18 (interrupts), 6.3 (registers), 7.5 (global errors).
 */
#include "smmuv3.h"

#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/msi.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#define REGISTER_TIMEOUT_US 1000000
#define QUEUE_LG2_MAX 8
#define CR2_PTM BIT(2)

/* ---- what it can do ---- */

static int features_check(struct smmu_device *smmu)
{
    const u32 *idr = smmu->features.idr;

    if (!(idr[0] & (IDR0_S1P | IDR0_S2P)) || !(FIELD_GET(IDR0_TTF, idr[0]) & IDR0_TTF_AARCH64) || !(idr[5] & IDR5_GRAN4K) ||
        FIELD_GET(IDR0_TTENDIAN, idr[0]) == IDR0_TTENDIAN_BIG) {
        dev_err(smmu->dev, "no translation with 4 KiB granules and little-endian tables\n");
        return -EOPNOTSUPP;
    }
    if (idr[1] & (IDR1_TABLES_PRESET | IDR1_QUEUES_PRESET)) {
        dev_err(smmu->dev, "tables or queues in memory of its own are not supported\n");
        return -EOPNOTSUPP;
    }
    return 0;
}

static int features_read(struct smmu_device *smmu)
{
    static const u8 oas[] = {32, 36, 40, 42, 44, 48, 52, 56};
    struct smmu_features *features = &smmu->features;
    u32 *idr = features->idr;

    for (unsigned int i = 0; i < ARRAY_SIZE(features->idr); i++)
        idr[i] = readl(smmu->base + SMMU_IDR0 + 4 * i);
    features->iidr = readl(smmu->base + 0x18);
    features->aidr = readl(smmu->base + 0x1c);
    features->stage1 = idr[0] & IDR0_S1P;
    features->stage2 = idr[0] & IDR0_S2P;
    features->stage2_fwb = features->stage2 && idr[3] & IDR3_FWB;
    features->two_level_streams = FIELD_GET(IDR0_ST_LEVEL, idr[0]) == IDR0_ST_LEVEL_2;
    features->two_level_cds = idr[0] & IDR0_CD2L;
    features->ats = idr[0] & IDR0_ATS;
    features->pri = features->ats && idr[0] & IDR0_PRI;
    features->pps = idr[3] & IDR3_PPS;
    features->stall = FIELD_GET(IDR0_STALL_MODEL, idr[0]) != IDR0_STALL_NONE;
    features->stall_forced = FIELD_GET(IDR0_STALL_MODEL, idr[0]) == IDR0_STALL_FORCED;
    features->ranges = idr[3] & IDR3_RIL;
    features->msi = idr[0] & IDR0_MSI;
    features->hyp = idr[0] & IDR0_HYP;
    features->attributes_override = idr[1] & IDR1_ATTR_TYPES_OVR;
    features->coherent = idr[0] & IDR0_COHACC;
    features->httu = FIELD_GET(IDR0_HTTU, idr[0]);
    features->sid_bits = FIELD_GET(IDR1_SIDSIZE, idr[1]);
    features->ssid_bits = features->stage1 ? FIELD_GET(IDR1_SSIDSIZE, idr[1]) : 0;
    features->asid_bits = idr[0] & IDR0_ASID16 ? 16 : 8;
    features->vmid_bits = idr[0] & IDR0_VMID16 ? 16 : 8;
    features->oas_code = FIELD_GET(IDR5_OAS, idr[5]);
    features->oas_bits = oas[features->oas_code];
    features->cmdq_lg2 = min_t(u8, FIELD_GET(IDR1_CMDQS, idr[1]), QUEUE_LG2_MAX);
    features->eventq_lg2 = min_t(u8, FIELD_GET(IDR1_EVENTQS, idr[1]), QUEUE_LG2_MAX);
    features->priq_lg2 = min_t(u8, FIELD_GET(IDR1_PRIQS, idr[1]), QUEUE_LG2_MAX);
    return features_check(smmu);
}

/* ---- registers ---- */

/* 6.3.9: written, and in force when the acknowledgement says so. */
int smmu_register_set(struct smmu_device *smmu, u32 reg, u32 ack, u32 value)
{
    u32 now;

    writel(value, smmu->base + reg);
    return readl_poll_timeout(smmu->base + ack, now, now == value, 1, REGISTER_TIMEOUT_US);
}

/* 6.3.14: what happens while translation is off. Update is 1 until the new value is in force. */
static int abort_by_default(struct smmu_device *smmu)
{
    u32 gbpa;
    int result = readl_poll_timeout(smmu->base + SMMU_GBPA, gbpa, !(gbpa & GBPA_UPDATE), 1, REGISTER_TIMEOUT_US);

    if (result)
        return result;
    writel(gbpa | GBPA_ABORT | GBPA_UPDATE, smmu->base + SMMU_GBPA);
    return readl_poll_timeout(smmu->base + SMMU_GBPA, gbpa, !(gbpa & GBPA_UPDATE), 1, REGISTER_TIMEOUT_US);
}

/* Whatever firmware left on: nothing gets through untranslated from here on. */
static int unit_stop(struct smmu_device *smmu)
{
    int result = abort_by_default(smmu);

    if (!result)
        result = smmu_register_set(smmu, SMMU_CR0, SMMU_CR0ACK, 0);
    if (!result)
        result = smmu_register_set(smmu, SMMU_IRQ_CTRL, SMMU_IRQ_CTRLACK, 0);
    return result;
}

/*
 * Walks and queues: write-back, inner shareable. An unknown StreamID is an event (RECINVSID). The CPU's broadcasts are not
 * listened to (PTM): ASIDs are the driver's own.
 */
static int unit_prepare(struct smmu_device *smmu)
{
    const struct smmu_features *features = &smmu->features;
    int result;

    writel((u32)(FIELD_PREP(CR1_TABLE_SH, SH_INNER) | FIELD_PREP(CR1_TABLE_OC, CR1_CACHE_WB) |
                 FIELD_PREP(CR1_TABLE_IC, CR1_CACHE_WB) | FIELD_PREP(CR1_QUEUE_SH, SH_INNER) |
                 FIELD_PREP(CR1_QUEUE_OC, CR1_CACHE_WB) | FIELD_PREP(CR1_QUEUE_IC, CR1_CACHE_WB)),
           smmu->base + SMMU_CR1);
    writel((u32)(CR2_RECINVSID | (features->idr[0] & IDR0_BTM ? CR2_PTM : 0)), smmu->base + SMMU_CR2);
    result = smmu_streams_init(smmu);
    if (!result)
        result = smmu_queue_make(smmu, &smmu->cmdq, features->cmdq_lg2, CMDQ_ENTRY_LG2, SMMU_CMDQ_BASE, SMMU_CMDQ_PROD,
                                 SMMU_CMDQ_CONS);
    if (!result)
        result = smmu_queue_make(smmu, &smmu->eventq, features->eventq_lg2, EVENTQ_ENTRY_LG2, SMMU_EVENTQ_BASE, SMMU_EVENTQ_PROD,
                                 SMMU_EVENTQ_CONS);
    if (!result && features->pri)
        result = smmu_queue_make(smmu, &smmu->priq, features->priq_lg2, PRIQ_ENTRY_LG2, SMMU_PRIQ_BASE, SMMU_PRIQ_PROD,
                                 SMMU_PRIQ_CONS);
    return result;
}

/* 3.11: commands first, with them the caches empty, then the other queues, and translation last. */
static int unit_start(struct smmu_device *smmu)
{
    struct smmu_batch batch = {.smmu = smmu};
    u32 cr0 = CR0_CMDQEN;
    int result = smmu_register_set(smmu, SMMU_CR0, SMMU_CR0ACK, cr0);

    if (result)
        return result;
    smmu_batch_add(&batch, smmu_cmd_cfgi_all());
    if (smmu->features.hyp)
        smmu_batch_add(&batch, smmu_cmd_tlbi(CMD_TLBI_EL2_ALL, 0, 0));
    smmu_batch_add(&batch, smmu_cmd_tlbi(CMD_TLBI_NSNH_ALL, 0, 0));
    result = smmu_batch_sync(&batch);
    if (result)
        return result;
    cr0 |= CR0_EVENTQEN;
    result = smmu_register_set(smmu, SMMU_CR0, SMMU_CR0ACK, cr0);
    if (!result && smmu->features.pri) {
        cr0 |= CR0_PRIQEN;
        result = smmu_register_set(smmu, SMMU_CR0, SMMU_CR0ACK, cr0);
    }
    /* 3.9.2: what a device marks as translated passes by the SMMU only where EATS says so. */
    if (!result && smmu->features.ats) {
        cr0 |= CR0_ATSCHK;
        result = smmu_register_set(smmu, SMMU_CR0, SMMU_CR0ACK, cr0);
    }
    return result ? result : smmu_register_set(smmu, SMMU_CR0, SMMU_CR0ACK, cr0 | CR0_SMMUEN);
}

/* ---- interrupts ---- */

static irqreturn_t event_thread(int irq, void *data)
{
    (void)irq;
    smmu_events_handle(data);
    return IRQ_HANDLED;
}

static irqreturn_t pri_thread(int irq, void *data)
{
    (void)irq;
    smmu_pri_handle(data);
    return IRQ_HANDLED;
}

/* 7.5: an error is active while its bits differ, and acknowledged by making them equal. */
static irqreturn_t gerror_thread(int irq, void *data)
{
    struct smmu_device *smmu = data;
    unsigned long flags;
    u32 active, gerrorn;

    (void)irq;
    smmu_cmdq_error(smmu);
    spin_lock_irqsave(&smmu->cmdq_lock, flags);
    gerrorn = readl(smmu->base + SMMU_GERRORN);
    active = (readl(smmu->base + SMMU_GERROR) ^ gerrorn) & ~(u32)GERROR_CMDQ;
    if (active)
        writel(gerrorn ^ active, smmu->base + SMMU_GERRORN);
    spin_unlock_irqrestore(&smmu->cmdq_lock, flags);
    if (active & GERROR_SFM)
        dev_err(smmu->dev, "service failure mode: nothing is translated any more\n");
    if (active & (GERROR_EVENTQ_ABT | GERROR_PRIQ_ABT))
        dev_err(smmu->dev, "records could not be written\n");
    if (active & (GERROR_MSI_GERROR_ABT | GERROR_MSI_PRIQ_ABT | GERROR_MSI_EVENTQ_ABT | GERROR_MSI_CMDQ_ABT))
        dev_err(smmu->dev, "an interrupt could not be sent\n");
    return IRQ_HANDLED;
}

static void write_msi_msg(struct msi_desc *desc, struct msi_msg *msg)
{
    static const u32 registers[] = {SMMU_EVENTQ_IRQ_CFG0, SMMU_GERROR_IRQ_CFG0, SMMU_PRIQ_IRQ_CFG0};
    struct smmu_device *smmu = dev_get_drvdata(msi_desc_to_dev(desc));
    void __iomem *at = smmu->base + registers[desc->msi_index];

    writeq((((u64)msg->address_hi << 32) | msg->address_lo) & IRQ_CFG0_ADDRESS, at);
    writel(msg->data, at + IRQ_CFG_DATA);
    writel(IRQ_CFG_DEVICE_nGnRE, at + IRQ_CFG_ATTRIBUTES);
}

static int irq_find(struct smmu_device *smmu, struct platform_device *pdev, const char *name, unsigned int index)
{
    int irq = platform_get_irq_byname_optional(pdev, name);

    if (irq <= 0 && smmu->msis)
        irq = (int)msi_get_virq(smmu->dev, index);
    return irq > 0 ? irq : 0;
}

static int irq_take(struct smmu_device *smmu, int irq, irq_handler_t thread, const char *name)
{
    return irq ? request_threaded_irq((unsigned int)irq, NULL, thread, IRQF_ONESHOT, name, smmu) : 0;
}

static void irqs_free(struct smmu_device *smmu)
{
    if (smmu->event_irq)
        free_irq((unsigned int)smmu->event_irq, smmu);
    if (smmu->gerror_irq)
        free_irq((unsigned int)smmu->gerror_irq, smmu);
    if (smmu->pri_irq)
        free_irq((unsigned int)smmu->pri_irq, smmu);
    smmu->event_irq = smmu->gerror_irq = smmu->pri_irq = 0;
    if (smmu->msis)
        platform_device_msi_free_irqs_all(smmu->dev);
    smmu->msis = false;
}

/* 3.18: the addresses of messages change while their interrupt is disabled, as it is here. */
static int irqs_start(struct smmu_device *smmu, struct platform_device *pdev)
{
    u32 enable = IRQ_EVENTQ | IRQ_GERROR;
    int result;

    writeq(0, smmu->base + SMMU_GERROR_IRQ_CFG0);
    writeq(0, smmu->base + SMMU_EVENTQ_IRQ_CFG0);
    if (smmu->features.pri)
        writeq(0, smmu->base + SMMU_PRIQ_IRQ_CFG0);
    if (platform_get_irq_byname_optional(pdev, "eventq") <= 0 && smmu->features.msi)
        smmu->msis = !platform_device_msi_init_and_alloc_irqs(smmu->dev, smmu->features.pri ? 3 : 2, write_msi_msg);
    smmu->event_irq = irq_find(smmu, pdev, "eventq", 0);
    result = irq_take(smmu, smmu->event_irq, event_thread, "smmuv3-eventq");
    if (result) {
        smmu->event_irq = 0;
        return result;
    }
    smmu->gerror_irq = irq_find(smmu, pdev, "gerror", 1);
    result = irq_take(smmu, smmu->gerror_irq, gerror_thread, "smmuv3-gerror");
    if (result) {
        smmu->gerror_irq = 0;
        return result;
    }
    if (smmu->features.pri) {
        smmu->pri_irq = irq_find(smmu, pdev, "priq", 2);
        result = irq_take(smmu, smmu->pri_irq, pri_thread, "smmuv3-priq");
        if (result) {
            smmu->pri_irq = 0;
            return result;
        }
        enable |= IRQ_PRIQ;
    }
    return smmu_register_set(smmu, SMMU_IRQ_CTRL, SMMU_IRQ_CTRLACK, enable);
}

/* ---- a unit comes and goes ---- */

static void unit_free(struct smmu_device *smmu)
{
    if (smmu->base)
        unit_stop(smmu);
    irqs_free(smmu);
    if (smmu->iopf)
        iopf_queue_free(smmu->iopf);
    smmu_queue_free(&smmu->priq);
    smmu_queue_free(&smmu->eventq);
    smmu_queue_free(&smmu->cmdq);
    smmu_streams_free(smmu);
    xa_destroy(&smmu->by_sid);
    ida_destroy(&smmu->asids);
    ida_destroy(&smmu->vmids);
    dev_set_drvdata(smmu->dev, NULL);
    kfree(smmu);
}

static struct smmu_device *unit_new(struct device *dev)
{
    struct smmu_device *smmu = kzalloc(sizeof(*smmu), GFP_KERNEL);

    if (!smmu)
        return NULL;
    smmu->dev = dev;
    spin_lock_init(&smmu->cmdq_lock);
    spin_lock_init(&smmu->entries_lock);
    mutex_init(&smmu->streams_lock);
    mutex_init(&smmu->fault_lock);
    xa_init(&smmu->by_sid);
    ida_init(&smmu->asids);
    ida_init(&smmu->vmids);
    dev_set_drvdata(dev, smmu);
    return smmu;
}

static int unit_bring_up(struct smmu_device *smmu, struct platform_device *pdev)
{
    void __iomem *base = devm_platform_ioremap_resource(pdev, 0);
    int result;

    if (IS_ERR(base))
        return (int)PTR_ERR(base);
    smmu->base = base;
    result = features_read(smmu);
    if (result) {
        smmu->base = NULL; /* not ours to stop */
        return result;
    }
    smmu->iopf = iopf_queue_alloc(dev_name(smmu->dev));
    if (!smmu->iopf)
        return -ENOMEM;
    result = unit_stop(smmu);
    if (!result)
        result = unit_prepare(smmu);
    if (!result)
        result = irqs_start(smmu, pdev);
    if (!result)
        result = unit_start(smmu);
    return result;
}

static int smmu_probe(struct platform_device *pdev)
{
    struct smmu_device *smmu = unit_new(&pdev->dev);
    int result;

    if (!smmu)
        return -ENOMEM;
    result = unit_bring_up(smmu, pdev);
    if (!result) {
        smmu->iommu.max_pasids = 1u << smmu->features.ssid_bits;
        result = iommu_device_sysfs_add(&smmu->iommu, smmu->dev, NULL, "smmuv3");
    }
    if (!result)
        result = iommu_device_register(&smmu->iommu, &smmu_ops, smmu->dev);
    if (result)
        unit_free(smmu);
    return result;
}

static void smmu_remove(struct platform_device *pdev)
{
    struct smmu_device *smmu = platform_get_drvdata(pdev);

    iommu_device_unregister(&smmu->iommu);
    iommu_device_sysfs_remove(&smmu->iommu);
    unit_free(smmu);
}

static struct platform_driver smmu_driver = {
    .probe = smmu_probe,
    .remove = smmu_remove,
    .driver = {.name = "arm-smmu-v3", .suppress_bind_attrs = true},
};

static int __init smmu_init(void)
{
    return platform_driver_register(&smmu_driver);
}
module_init(smmu_init);

static void __exit smmu_exit(void)
{
    platform_driver_unregister(&smmu_driver);
}
module_exit(smmu_exit);
MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("IOMMU driver for Arm SMMUv3 units of the harness");
