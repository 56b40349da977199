/* SPDX-License-Identifier: BSD-2-Clause */
/* linux/pci.h - PCI functions: found by a scan of configuration space from bus 0 of each segment, below bridges too. */
#ifndef _LINUX_PCI_H
#define _LINUX_PCI_H

#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mod_devicetable.h>
#include <linux/pci_regs.h>
#include <linux/types.h>

#define PCI_DEVFN(slot, func) ((((slot)&0x1f) << 3) | ((func)&0x07))
#define PCI_SLOT(devfn) (((devfn) >> 3) & 0x1f)
#define PCI_FUNC(devfn) ((devfn)&0x07)
#define PCI_DEVID(bus, devfn) ((((u16)(bus)) << 8) | (devfn))
#define PCI_BUS_NUM(x) (((x) >> 8) & 0xff)

#define PCI_NUM_RESOURCES 6

struct pci_dev;

struct pci_bus {
    struct list_head node; /* in the list of all buses */
    struct pci_bus *parent;
    struct pci_dev *self; /* the bridge to it; NULL: a root bus */
    int domain_nr;
    unsigned char number;
    unsigned char busn_end; /* last bus below */
    struct list_head devices;
};

struct pci_dev {
    struct list_head bus_list;
    struct pci_bus *bus;
    struct pci_bus *subordinate; /* of a bridge */
    unsigned int devfn;
    unsigned short vendor, device, subsystem_vendor, subsystem_device;
    unsigned int class;
    u8 revision, hdr_type;
    u8 pcie_cap, msix_cap;
    u16 ats_cap, pri_cap, pasid_cap;
    u8 ats_stu;
    u16 pasid_features;
    u32 pri_reqs_alloc;
    unsigned int ats_enabled : 1;
    unsigned int pasid_enabled : 1;
    unsigned int pri_enabled : 1;
    unsigned int pasid_required : 1; /* its PRG responses need a PASID */
    unsigned int is_busmaster : 1;
    unsigned int is_virtfn : 1;
    unsigned int msix_enabled : 1;
    unsigned int untrusted : 1;
    unsigned int external_facing : 1;
    unsigned int eetlp_prefix_path : 1; /* PASID prefixes get through to the root complex */
    int enable_cnt;
    struct pci_driver *driver;
    u64 dma_mask;
    unsigned int irq;
    struct resource resource[PCI_NUM_RESOURCES];
    const char *driver_override;
    u32 saved_config[16];
    bool state_saved;
    struct pci_vectors *vectors; /* MSI-X */
    struct device dev;
};

struct pci_driver {
    const char *name;
    const struct pci_device_id *id_table;
    int (*probe)(struct pci_dev *dev, const struct pci_device_id *id);
    void (*remove)(struct pci_dev *dev);
    bool driver_managed_dma; /* it takes DMA ownership itself, or does no DMA */
    struct device_driver driver;
};

extern struct bus_type pci_bus_type;

#define to_pci_dev(n) container_of(n, struct pci_dev, dev)
#define to_pci_driver(drv) container_of(drv, struct pci_driver, driver)
#define dev_is_pci(d) ((d)->bus == &pci_bus_type)

int __pci_register_driver(struct pci_driver *drv, struct module *owner, const char *mod_name);
#define pci_register_driver(driver) __pci_register_driver(driver, THIS_MODULE, KBUILD_MODNAME)
void pci_unregister_driver(struct pci_driver *drv);

#define module_pci_driver(__driver)              \
    static int __init __driver##_init(void)      \
    {                                            \
        return pci_register_driver(&(__driver)); \
    }                                            \
    module_init(__driver##_init);                \
    static void __exit __driver##_exit(void)     \
    {                                            \
        pci_unregister_driver(&(__driver));      \
    }                                            \
    module_exit(__driver##_exit)

#define PCI_DEVICE(vend, dev) .vendor = (vend), .device = (dev), .subvendor = PCI_ANY_ID, .subdevice = PCI_ANY_ID
#define PCI_DRIVER_OVERRIDE_DEVICE_VFIO(vend, dev)                                       \
    .vendor = (vend), .device = (dev), .subvendor = PCI_ANY_ID, .subdevice = PCI_ANY_ID, \
    .override_only = PCI_ID_F_VFIO_DRIVER_OVERRIDE

/* As writing to sysfs "driver_override"; NULL or "" clears it. -ENOMEM. */
int pci_set_driver_override(struct pci_dev *dev, const char *name);

static inline u16 pci_dev_id(struct pci_dev *dev)
{
    return (u16)PCI_DEVID(dev->bus->number, dev->devfn);
}

static inline int pci_domain_nr(struct pci_bus *bus)
{
    return bus->domain_nr;
}

static inline bool pci_is_root_bus(struct pci_bus *bus)
{
    return !bus->parent;
}

static inline struct pci_dev *pci_upstream_bridge(struct pci_dev *dev)
{
    return dev->bus->self;
}

static inline struct pci_dev *pci_physfn(struct pci_dev *dev)
{
    return dev;
}

static inline struct pci_dev *pci_real_dma_dev(struct pci_dev *dev)
{
    return dev;
}

static inline bool pci_is_pcie(struct pci_dev *dev)
{
    return dev->pcie_cap;
}

int pci_pcie_type(const struct pci_dev *dev);

static inline const char *pci_name(const struct pci_dev *dev)
{
    return dev_name(&dev->dev);
}

static inline void *pci_get_drvdata(struct pci_dev *dev)
{
    return dev_get_drvdata(&dev->dev);
}

static inline void pci_set_drvdata(struct pci_dev *dev, void *data)
{
    dev_set_drvdata(&dev->dev, data);
}

static inline struct pci_dev *pci_dev_get(struct pci_dev *dev)
{
    if (dev)
        get_device(&dev->dev);
    return dev;
}

static inline void pci_dev_put(struct pci_dev *dev)
{
    if (dev)
        put_device(&dev->dev);
}

#define pci_err(pdev, fmt, ...) dev_err(&(pdev)->dev, fmt, ##__VA_ARGS__)
#define pci_warn(pdev, fmt, ...) dev_warn(&(pdev)->dev, fmt, ##__VA_ARGS__)
#define pci_info(pdev, fmt, ...) dev_info(&(pdev)->dev, fmt, ##__VA_ARGS__)
#define pci_dbg(pdev, fmt, ...) dev_dbg(&(pdev)->dev, fmt, ##__VA_ARGS__)

/* Each step holds a reference on what it returns and drops the one on from. */
struct pci_dev *pci_get_device(unsigned int vendor, unsigned int device, struct pci_dev *from);
struct pci_dev *pci_get_domain_bus_and_slot(int domain, unsigned int bus, unsigned int devfn);
#define for_each_pci_dev(d) while ((d = pci_get_device(PCI_ANY_ID, PCI_ANY_ID, d)) != NULL)
struct pci_bus *pci_find_bus(int domain, int number);
void pci_walk_bus(struct pci_bus *top, int (*fn)(struct pci_dev *dev, void *data), void *data);
/* Every requester id that requests of the device can carry, its own first; stops at the first answer that is not 0. */
int pci_for_each_dma_alias(struct pci_dev *pdev, int (*fn)(struct pci_dev *pdev, u16 alias, void *data), void *data);
bool pci_acs_path_enabled(struct pci_dev *start, struct pci_dev *end, u16 acs_flags);

/* ---- configuration space ---- */

int pci_read_config_byte(const struct pci_dev *dev, int where, u8 *val);
int pci_read_config_word(const struct pci_dev *dev, int where, u16 *val);
int pci_read_config_dword(const struct pci_dev *dev, int where, u32 *val);
int pci_write_config_byte(const struct pci_dev *dev, int where, u8 val);
int pci_write_config_word(const struct pci_dev *dev, int where, u16 val);
int pci_write_config_dword(const struct pci_dev *dev, int where, u32 val);
u8 pci_find_capability(struct pci_dev *dev, int cap);
u16 pci_find_ext_capability(struct pci_dev *dev, int cap);
bool pci_device_is_present(struct pci_dev *pdev);
int pci_wait_for_pending_transaction(struct pci_dev *dev); /* 1: none is pending */

/* ---- use of a device by its driver ---- */

int pci_enable_device(struct pci_dev *dev); /* counted */
void pci_disable_device(struct pci_dev *dev);
void pci_set_master(struct pci_dev *dev);
void pci_clear_master(struct pci_dev *dev);
int pci_reset_function(struct pci_dev *dev);     /* Function Level Reset; configuration is kept */
int pci_try_reset_function(struct pci_dev *dev); /* -EAGAIN when the device's lock is held */
int pci_reset_function_locked(struct pci_dev *dev);
int pci_save_state(struct pci_dev *dev);
void pci_restore_state(struct pci_dev *dev);

#define pci_resource_start(dev, bar) ((dev)->resource[bar].start)
#define pci_resource_end(dev, bar) ((dev)->resource[bar].end)
#define pci_resource_flags(dev, bar) ((dev)->resource[bar].flags)
#define pci_resource_len(dev, bar) (pci_resource_end(dev, bar) ? resource_size(&(dev)->resource[bar]) : 0)
void __iomem *pci_iomap(struct pci_dev *dev, int bar, unsigned long max);
void pci_iounmap(struct pci_dev *dev, void __iomem *addr);
void __iomem *pci_ioremap_bar(struct pci_dev *dev, int bar);

#define PCI_IRQ_MSI (1 << 1)
#define PCI_IRQ_MSIX (1 << 2)
int pci_alloc_irq_vectors(struct pci_dev *dev, unsigned int min_vecs, unsigned int max_vecs, unsigned int flags);
void pci_free_irq_vectors(struct pci_dev *dev);
int pci_irq_vector(struct pci_dev *dev, unsigned int nr);
int pci_msix_vec_count(struct pci_dev *dev);

static inline void pci_dev_lock(struct pci_dev *dev)
{
    device_lock(&dev->dev);
}

static inline void pci_dev_unlock(struct pci_dev *dev)
{
    device_unlock(&dev->dev);
}

#endif
