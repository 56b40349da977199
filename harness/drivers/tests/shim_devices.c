/* SPDX-License-Identifier: BSD-2-Clause */
/* shim_devices.c - registers, interrupts, PCI devices and the iommu core of the shim. */
#include "shim.h"

#include "kernel/hardware.h"

#include <linux/dmar.h>
#include <linux/io.h>
#include <linux/iova_bitmap.h>
#include <linux/mmu_notifier.h>
#include <linux/pci-ats.h>
#include <linux/slab.h>

/* ---- time, registers, interrupts ---- */

#define IRQS 12
static struct {
    irq_handler_t thread;
    void *data;
    bool pending;
} irqs[IRQS + 1];

unsigned int __attribute__((weak)) shim_irq_of_line(unsigned int number)
{
    (void)number;
    return 0;
}

static void take_interrupts(void)
{
    struct hardware_interrupt came;

    while (hardware->ops->interrupt(hardware->context, &came)) {
        unsigned int irq = came.line ? shim_irq_of_line(came.number) : came.data - 0x20;

        if (irq && irq <= IRQS)
            irqs[irq].pending = true;
    }
}

static bool step(unsigned long last_ps)
{
    bool more = hardware->ops->step(hardware->context, last_ps);

    take_interrupts();
    return more;
}

static bool run_threads(void)
{
    bool any = false;

    for (int i = 1; i <= IRQS; i++)
        if (irqs[i].pending && irqs[i].thread) {
            irqs[i].pending = false;
            any = true;
            irqs[i].thread(i, irqs[i].data);
        }
    return any;
}

void shim_idle(void)
{
    take_interrupts();
    while (run_threads() || step(~0ul))
        ;
}

void __iomem *ioremap(phys_addr_t offset, size_t size)
{
    (void)size;
    return (void __iomem *)offset;
}

void iounmap(volatile void __iomem *addr)
{
    (void)addr;
}

u64 mmio_read(const volatile void __iomem *addr, unsigned int bytes)
{
    step(shim_now_ps() + 100000);
    return hardware->ops->mmio_read(hardware->context, (unsigned long)addr, bytes);
}

void mmio_write(volatile void __iomem *addr, unsigned int bytes, u64 value)
{
    hardware->ops->mmio_write(hardware->context, (unsigned long)addr, &value, bytes);
}

int dmar_alloc_hwirq(int id, int node, void *arg)
{
    (void)node, (void)arg;
    return id + 1;
}

void dmar_free_hwirq(int irq)
{
    (void)irq;
}

void get_cached_msi_msg(unsigned int irq, struct msi_msg *msg)
{
    *msg = (struct msi_msg){.address_lo = 0xfee00000, .data = 0x20 + irq};
}

int request_threaded_irq(unsigned int irq, irq_handler_t handler, irq_handler_t thread_fn, unsigned long flags, const char *name,
                         void *dev_id)
{
    (void)handler, (void)flags, (void)name;
    irqs[irq].thread = thread_fn;
    irqs[irq].data = dev_id;
    return 0;
}

const void *free_irq(unsigned int irq, void *dev_id)
{
    (void)dev_id;
    irqs[irq].thread = NULL;
    irqs[irq].pending = false;
    return NULL;
}

acpi_status acpi_get_table(const char *signature, u32 instance, struct acpi_table_header **out)
{
    unsigned long bytes;

    (void)instance;
    *out = (void *)hardware->ops->table(hardware->context, signature, &bytes);
    return *out ? AE_OK : AE_NOT_FOUND;
}

void acpi_put_table(struct acpi_table_header *table)
{
    (void)table;
}

/* ---- PCI ---- */

#define DEVICES 12
static struct shim_pci {
    struct pci_dev pdev;
    struct pci_bus bus;
    struct dev_iommu iommu;
    u16 rid, alias;
    bool probed;
} devices[DEVICES];
static unsigned int device_count;
struct bus_type pci_bus_type = {.name = "pci"};

static u32 config_read(struct pci_dev *pdev, unsigned int offset, unsigned int bytes)
{
    return hardware->ops->config_read(hardware->context, 0, pci_dev_id(pdev), offset, bytes);
}

static void config_write(struct pci_dev *pdev, unsigned int offset, unsigned int bytes, u32 value)
{
    hardware->ops->config_write(hardware->context, 0, pci_dev_id(pdev), offset, bytes, value);
}

static u16 find(struct pci_dev *pdev, u16 id)
{
    for (unsigned int at = 0x100; at;) {
        u32 header = config_read(pdev, at, 4);

        if (!header || header == 0xffffffff)
            break;
        if ((header & 0xffff) == id)
            return (u16)at;
        at = header >> 20;
    }
    return 0;
}

struct pci_dev *shim_device(u16 rid)
{
    for (unsigned int i = 0; i < device_count; i++)
        if (devices[i].rid == rid)
            return &devices[i].pdev;
    return NULL;
}

void shim_add_device(u16 rid, unsigned int bus_bridge_rid, u16 alias)
{
    struct shim_pci *made = &devices[device_count++];

    *made = (struct shim_pci){.rid = rid, .alias = alias};
    made->bus = (struct pci_bus){.number = rid >> 8, .self = bus_bridge_rid ? shim_device((u16)bus_bridge_rid) : NULL};
    made->bus.parent = made->bus.self ? made->bus.self->bus : NULL;
    if (made->bus.self)
        made->bus.self->subordinate = &made->bus;
    made->pdev.bus = &made->bus;
    made->pdev.devfn = rid & 0xff;
    made->pdev.dev = (struct device){.bus = &pci_bus_type, .iommu = &made->iommu, .name = "pci"};
    kref_init(&made->pdev.dev.kref);
    config_write(&made->pdev, 4, 2, 6);
    made->pdev.ats_cap = find(&made->pdev, 0x0f);
    made->pdev.pri_cap = find(&made->pdev, 0x13);
    made->pdev.pasid_cap = find(&made->pdev, 0x1b);
}

struct pci_dev *pci_get_domain_bus_and_slot(int domain, unsigned int bus, unsigned int devfn)
{
    struct pci_dev *found = domain ? NULL : shim_device((u16)(bus << 8 | devfn));

    if (found)
        kref_get(&found->dev.kref);
    return found;
}

void put_device(struct device *dev)
{
    kref_put(&dev->kref, NULL);
}

int pci_for_each_dma_alias(struct pci_dev *pdev, int (*fn)(struct pci_dev *pdev, u16 alias, void *data), void *data)
{
    struct shim_pci *entry = container_of(pdev, struct shim_pci, pdev);
    int result = fn(pdev, entry->rid, data);

    return result || entry->alias == 0xffff ? result : fn(pdev, entry->alias, data);
}

bool pci_ats_supported(struct pci_dev *dev)
{
    return dev->ats_cap;
}

int pci_enable_ats(struct pci_dev *dev, int ps)
{
    config_write(dev, dev->ats_cap + 6, 2, 0x8000 | (u32)(ps - 12));
    return 0;
}

void pci_disable_ats(struct pci_dev *dev)
{
    config_write(dev, dev->ats_cap + 6, 2, 0);
}

int pci_ats_queue_depth(struct pci_dev *dev)
{
    int depth = config_read(dev, dev->ats_cap + 4, 2) & 0x1f;

    return depth ? depth : 32;
}

bool pci_pri_supported(struct pci_dev *pdev)
{
    return pdev->pri_cap;
}

int pci_enable_pri(struct pci_dev *pdev, u32 reqs)
{
    config_write(pdev, pdev->pri_cap + 12, 4, reqs);
    config_write(pdev, pdev->pri_cap + 4, 2, 1);
    return 0;
}

void pci_disable_pri(struct pci_dev *pdev)
{
    config_write(pdev, pdev->pri_cap + 4, 2, 0);
}

int pci_reset_pri(struct pci_dev *pdev)
{
    config_write(pdev, pdev->pri_cap + 4, 2, 2);
    return 0;
}

int pci_prg_resp_pasid_required(struct pci_dev *pdev)
{
    return (int)(config_read(pdev, pdev->pri_cap + 6, 2) >> 15);
}

int pci_enable_pasid(struct pci_dev *pdev, int features)
{
    config_write(pdev, pdev->pasid_cap + 6, 2, 1 | (u32)features);
    return 0;
}

void pci_disable_pasid(struct pci_dev *pdev)
{
    config_write(pdev, pdev->pasid_cap + 6, 2, 0);
}

int pci_pasid_features(struct pci_dev *pdev)
{
    return pdev->pasid_cap ? (int)(config_read(pdev, pdev->pasid_cap + 4, 2) & 6) : -EINVAL;
}

int pci_max_pasids(struct pci_dev *pdev)
{
    return pdev->pasid_cap ? 1 << (config_read(pdev, pdev->pasid_cap + 4, 2) >> 8 & 0x1f) : -EINVAL;
}

struct iommu_group *pci_device_group(struct device *dev)
{
    (void)dev;
    return NULL;
}

struct iommu_group *generic_device_group(struct device *dev)
{
    (void)dev;
    return NULL;
}

/* ---- the iommu core ---- */

struct shim_report shim_faults[64];
unsigned int shim_fault_count;
struct iommu_fault_page_request shim_requests[256];
unsigned int shim_request_count;
enum iommu_page_response_code (*shim_request_handler)(struct device *dev, const struct iommu_fault_page_request *request);
static const struct iommu_ops *driver;

void shim_probe(u16 rid)
{
    for (unsigned int i = 0; i < device_count; i++) {
        struct iommu_device *found;

        if (devices[i].rid != rid || devices[i].probed)
            continue;
        found = driver->probe_device(&devices[i].pdev.dev);
        devices[i].probed = !IS_ERR(found);
        devices[i].iommu.iommu_dev = IS_ERR(found) ? NULL : found;
    }
}

int iommu_device_register(struct iommu_device *iommu, const struct iommu_ops *ops, struct device *hwdev)
{
    (void)hwdev;
    driver = iommu->ops = ops;
    for (unsigned int i = 0; i < device_count; i++)
        shim_probe(devices[i].rid);
    return 0;
}

void shim_remove_device(u16 rid)
{
    for (unsigned int i = 0; i < device_count; i++)
        if (devices[i].rid == rid && devices[i].probed) {
            driver->release_device(&devices[i].pdev.dev);
            devices[i].probed = false;
        }
}

void iommu_device_unregister(struct iommu_device *iommu)
{
    for (unsigned int i = 0; i < device_count; i++)
        if (devices[i].probed && devices[i].iommu.iommu_dev == iommu)
            shim_remove_device(devices[i].rid);
}

void dev_iommu_priv_set(struct device *dev, void *priv)
{
    dev->iommu->priv = priv;
}

struct iommu_resv_region *iommu_alloc_resv_region(phys_addr_t start, size_t length, int prot, enum iommu_resv_type type,
                                                  gfp_t gfp)
{
    struct iommu_resv_region *region = kzalloc(sizeof(*region), gfp);

    *region = (struct iommu_resv_region){.start = start, .length = length, .prot = prot, .type = type};
    return region;
}

int report_iommu_fault(struct iommu_domain *domain, struct device *dev, unsigned long iova, int flags)
{
    if (shim_fault_count < 64)
        shim_faults[shim_fault_count++] = (struct shim_report){domain, dev, iova, flags};
    return 0;
}

int iommu_report_device_fault(struct device *dev, struct iopf_fault *evt)
{
    struct iommu_fault_page_request *request = &evt->fault.prm;
    struct iommu_page_response response = {.pasid = request->pasid, .grpid = request->grpid, .code = IOMMU_PAGE_RESP_INVALID};

    if (shim_request_count < 256)
        shim_requests[shim_request_count++] = *request;
    if (shim_request_handler)
        response.code = shim_request_handler(dev, request);
    if (request->flags & IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE)
        driver->page_response(dev, evt, &response);
    return 0;
}

struct iopf_queue *iopf_queue_alloc(const char *name)
{
    (void)name;
    return kzalloc(sizeof(struct iopf_queue), GFP_KERNEL);
}

void iopf_queue_free(struct iopf_queue *queue)
{
    kfree(queue);
}

int iopf_queue_add_device(struct iopf_queue *queue, struct device *dev)
{
    (void)queue, (void)dev;
    return 0;
}

void iopf_queue_remove_device(struct iopf_queue *queue, struct device *dev)
{
    (void)queue, (void)dev;
}

int iopf_queue_flush_dev(struct device *dev)
{
    (void)dev;
    return 0;
}

unsigned int shim_discards;

int iopf_queue_discard_partial(struct iopf_queue *queue)
{
    (void)queue;
    shim_discards++;
    return 0;
}

void iova_bitmap_set(struct iova_bitmap *bitmap, unsigned long iova, size_t length)
{
    u64 *bits = (u64 *)bitmap;

    for (unsigned long page = iova >> 12; page <= (iova + length - 1) >> 12; page++)
        bits[page / 64] |= 1ull << page % 64;
}

/* ---- one process ---- */

static struct mmu_notifier *notifier;

int mmu_notifier_register(struct mmu_notifier *subscription, struct mm_struct *mm)
{
    notifier = subscription;
    subscription->mm = mm;
    return 0;
}

void mmu_notifier_put(struct mmu_notifier *subscription)
{
    notifier = NULL;
    subscription->ops->free_notifier(subscription);
}

void mmu_notifier_synchronize(void)
{
}

void shim_notify_release(void)
{
    notifier->ops->release(notifier, notifier->mm);
}

void shim_notify_invalidate(unsigned long start, unsigned long end)
{
    notifier->ops->arch_invalidate_secondary_tlbs(notifier, notifier->mm, start, end);
}

/* ---- start and stop ---- */

#ifndef SHIM_MODULE
#define SHIM_MODULE __this_module_vtd
#endif
extern struct module SHIM_MODULE;
void shim_core_audit(void);

void shim_start(void)
{
    shim_fault_count = shim_request_count = shim_discards = 0;
    shim_request_handler = NULL;
    if (SHIM_MODULE.init())
        host_fail("the driver does not start", 0);
}

void shim_stop(void)
{
    SHIM_MODULE.exit();
    device_count = 0;
    shim_core_audit();
}
