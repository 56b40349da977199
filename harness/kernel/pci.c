/* SPDX-License-Identifier: BSD-2-Clause */
/* pci.c - PCI functions: the scan of configuration space at boot, access to it, capabilities. */
#include "core.h"
#include "device_internal.h"
#include "hardware.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>

static LIST_HEAD(buses);

/* ---- configuration space ---- */

static u32 config_read(const struct pci_bus *bus, unsigned int devfn, int where, unsigned int bytes)
{
    u32 value;

    machine_lock();
    value = hardware->ops->config_read(hardware->context, bus->domain_nr, PCI_DEVID(bus->number, devfn), where, bytes);
    machine_unlock();
    return value;
}

static int config_write(const struct pci_dev *dev, int where, unsigned int bytes, u32 value)
{
    machine_lock();
    hardware->ops->config_write(hardware->context, dev->bus->domain_nr, PCI_DEVID(dev->bus->number, dev->devfn), where, bytes,
                                value);
    machine_unlock();
    irq_kick();
    return 0;
}

#define CONFIG_ACCESSORS(name, type, bytes)                                          \
    int pci_read_config_##name(const struct pci_dev *dev, int where, type *val)      \
    {                                                                                \
        if (where & (bytes - 1))                                                     \
            return -EFAULT;                                                          \
        *val = (type)config_read(dev->bus, dev->devfn, where, bytes);                \
        return 0;                                                                    \
    }                                                                                \
    EXPORT_SYMBOL_GPL(pci_read_config_##name);                                       \
    int pci_write_config_##name(const struct pci_dev *dev, int where, type val)      \
    {                                                                                \
        return where & (bytes - 1) ? -EFAULT : config_write(dev, where, bytes, val); \
    }                                                                                \
    EXPORT_SYMBOL_GPL(pci_write_config_##name)
CONFIG_ACCESSORS(byte, u8, 1);
CONFIG_ACCESSORS(word, u16, 2);
CONFIG_ACCESSORS(dword, u32, 4);

#define CAPABILITIES_MAX 96 /* that fit: a longer list has a loop */

u8 pci_find_capability(struct pci_dev *dev, int cap)
{
    u8 at, id;

    pci_read_config_byte(dev, PCI_CAPABILITY_LIST, &at);
    for (int left = CAPABILITIES_MAX; left && at >= 0x40; left--) {
        at &= 0xfc;
        pci_read_config_byte(dev, at + PCI_CAP_LIST_ID, &id);
        if (id == cap)
            return at;
        pci_read_config_byte(dev, at + PCI_CAP_LIST_NEXT, &at);
    }
    return 0;
}
EXPORT_SYMBOL_GPL(pci_find_capability);

u16 pci_find_ext_capability(struct pci_dev *dev, int cap)
{
    u16 at = PCI_CFG_SPACE_SIZE;
    u32 header;

    for (int left = 480; left && at >= PCI_CFG_SPACE_SIZE; left--) {
        pci_read_config_dword(dev, at, &header);
        if (!header || header == ~0u)
            return 0;
        if (PCI_EXT_CAP_ID(header) == cap)
            return at;
        at = PCI_EXT_CAP_NEXT(header);
    }
    return 0;
}
EXPORT_SYMBOL_GPL(pci_find_ext_capability);

int pci_pcie_type(const struct pci_dev *dev)
{
    u16 flags = 0;

    pci_read_config_word(dev, dev->pcie_cap + PCI_EXP_FLAGS, &flags);
    return (flags & PCI_EXP_FLAGS_TYPE) >> 4;
}
EXPORT_SYMBOL_GPL(pci_pcie_type);

bool pci_device_is_present(struct pci_dev *pdev)
{
    u32 id;

    pci_read_config_dword(pdev, PCI_VENDOR_ID, &id);
    return id != ~0u;
}
EXPORT_SYMBOL_GPL(pci_device_is_present);

/* ---- the scan ---- */

static void pci_release(struct device *dev)
{
    struct pci_dev *pdev = to_pci_dev(dev);

    kfree(pdev->driver_override);
    kfree(pdev);
}

/* BARs as firmware has set them; their sizes by writing ones. */
static void read_bars(struct pci_dev *dev)
{
    for (int bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
        int at = PCI_BASE_ADDRESS_0 + 4 * bar;
        u32 low, high = 0, size_low, size_high = ~0u;
        u64 mask;
        bool wide;

        pci_read_config_dword(dev, at, &low);
        pci_write_config_dword(dev, at, ~0u);
        pci_read_config_dword(dev, at, &size_low);
        pci_write_config_dword(dev, at, low);
        wide = (size_low & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64;
        if (!size_low || (size_low & PCI_BASE_ADDRESS_SPACE))
            continue;
        if (wide) {
            pci_read_config_dword(dev, at + 4, &high);
            pci_write_config_dword(dev, at + 4, ~0u);
            pci_read_config_dword(dev, at + 4, &size_high);
            pci_write_config_dword(dev, at + 4, high);
        }
        mask = ((u64)size_high << 32 | size_low) & ~0xfull;
        dev->resource[bar].start = ((u64)high << 32 | low) & ~0xfull;
        dev->resource[bar].end = dev->resource[bar].start + (~mask + 1) - 1;
        dev->resource[bar].flags = IORESOURCE_MEM | (wide ? IORESOURCE_MEM_64 : 0);
        bar += wide;
    }
}

static void read_header(struct pci_dev *dev)
{
    u32 class;

    pci_read_config_word(dev, PCI_VENDOR_ID, &dev->vendor);
    pci_read_config_word(dev, PCI_DEVICE_ID, &dev->device);
    pci_read_config_dword(dev, PCI_CLASS_REVISION, &class);
    dev->revision = class & 0xff;
    dev->class = class >> 8;
    pci_read_config_byte(dev, PCI_HEADER_TYPE, &dev->hdr_type);
    dev->hdr_type &= PCI_HEADER_TYPE_MASK;
    dev->pcie_cap = pci_find_capability(dev, PCI_CAP_ID_EXP);
    dev->msix_cap = pci_find_capability(dev, PCI_CAP_ID_MSIX);
    if (dev->hdr_type != PCI_HEADER_TYPE_NORMAL)
        return;
    pci_read_config_word(dev, PCI_SUBSYSTEM_VENDOR_ID, &dev->subsystem_vendor);
    pci_read_config_word(dev, PCI_SUBSYSTEM_ID, &dev->subsystem_device);
    dev->ats_cap = pci_find_ext_capability(dev, PCI_EXT_CAP_ID_ATS);
    dev->pri_cap = pci_find_ext_capability(dev, PCI_EXT_CAP_ID_PRI);
    dev->pasid_cap = pci_find_ext_capability(dev, PCI_EXT_CAP_ID_PASID);
    if (dev->pri_cap) {
        u16 status;

        pci_read_config_word(dev, dev->pri_cap + PCI_PRI_STATUS, &status);
        dev->pasid_required = !!(status & PCI_PRI_STATUS_PASID);
    }
    read_bars(dev);
}

/* Prefixes get through ports of PCI Express; a bridge to conventional PCI drops them. */
static bool prefixes_pass(const struct pci_dev *dev)
{
    for (struct pci_dev *bridge = dev->bus->self; bridge; bridge = bridge->bus->self)
        if (!bridge->pcie_cap || pci_pcie_type(bridge) == PCI_EXP_TYPE_PCI_BRIDGE)
            return false;
    return true;
}

static struct pci_bus *add_bus(int domain, u8 number, u8 last, struct pci_bus *parent, struct pci_dev *self)
{
    struct pci_bus *bus = kzalloc(sizeof(*bus), GFP_KERNEL);

    if (!bus)
        return NULL;
    *bus = (struct pci_bus){.parent = parent, .self = self, .domain_nr = domain, .number = number, .busn_end = last};
    INIT_LIST_HEAD(&bus->devices);
    list_add_tail(&bus->node, &buses);
    return bus;
}

static int scan_bus(struct pci_bus *bus);

static int scan_below(struct pci_dev *bridge)
{
    u8 secondary, subordinate;

    pci_read_config_byte(bridge, PCI_SECONDARY_BUS, &secondary);
    pci_read_config_byte(bridge, PCI_SUBORDINATE_BUS, &subordinate);
    if (secondary <= bridge->bus->number || subordinate < secondary)
        return 0;
    bridge->subordinate = add_bus(bridge->bus->domain_nr, secondary, subordinate, bridge->bus, bridge);
    return bridge->subordinate ? scan_bus(bridge->subordinate) : -ENOMEM;
}

static int add_function(struct pci_bus *bus, unsigned int devfn)
{
    struct pci_dev *dev = kzalloc(sizeof(*dev), GFP_KERNEL);
    int result;

    if (!dev)
        return -ENOMEM;
    device_initialize(&dev->dev);
    dev->bus = bus;
    dev->devfn = devfn;
    dev->dma_mask = dev->dev.coherent_dma_mask = 0xffffffff;
    dev->dev.dma_mask = &dev->dma_mask;
    dev->dev.bus = &pci_bus_type;
    dev->dev.release = pci_release;
    dev->dev.parent = bus->self ? &bus->self->dev : NULL;
    read_header(dev);
    dev->eetlp_prefix_path = prefixes_pass(dev);
    result = dev_set_name(&dev->dev, "%04x:%02x:%02x.%u", bus->domain_nr, bus->number, PCI_SLOT(devfn), PCI_FUNC(devfn));
    if (result) {
        put_device(&dev->dev);
        return result;
    }
    list_add_tail(&dev->bus_list, &bus->devices);
    if (dev->hdr_type == PCI_HEADER_TYPE_BRIDGE)
        result = scan_below(dev);
    return result;
}

static int scan_bus(struct pci_bus *bus)
{
    for (unsigned int devfn = 0; devfn < 256; devfn++) {
        int result = config_read(bus, devfn, PCI_VENDOR_ID, 4) == ~0u ? 0 : add_function(bus, devfn);

        if (result)
            return result;
    }
    return 0;
}

/* ---- finding ---- */

struct pci_bus *pci_find_bus(int domain, int number)
{
    struct pci_bus *bus;

    list_for_each_entry(bus, &buses, node) if (bus->domain_nr == domain && bus->number == number) return bus;
    return NULL;
}
EXPORT_SYMBOL_GPL(pci_find_bus);

struct pci_dev *pci_get_domain_bus_and_slot(int domain, unsigned int bus_number, unsigned int devfn)
{
    struct pci_bus *bus = pci_find_bus(domain, bus_number);
    struct pci_dev *dev;

    if (bus)
        list_for_each_entry(dev, &bus->devices, bus_list) if (dev->devfn == devfn) return pci_dev_get(dev);
    return NULL;
}
EXPORT_SYMBOL_GPL(pci_get_domain_bus_and_slot);

struct pci_dev *pci_get_device(unsigned int vendor, unsigned int device, struct pci_dev *from)
{
    bool past = !from;
    struct pci_bus *bus;
    struct pci_dev *dev;

    list_for_each_entry(bus, &buses, node) list_for_each_entry(dev, &bus->devices, bus_list)
    {
        if (past && (vendor == PCI_ANY_ID || vendor == dev->vendor) && (device == PCI_ANY_ID || device == dev->device)) {
            pci_dev_put(from);
            return pci_dev_get(dev);
        }
        past |= dev == from;
    }
    pci_dev_put(from);
    return NULL;
}
EXPORT_SYMBOL_GPL(pci_get_device);

void pci_walk_bus(struct pci_bus *top, int (*fn)(struct pci_dev *dev, void *data), void *data)
{
    struct pci_dev *dev;

    list_for_each_entry(dev, &top->devices, bus_list)
    {
        if (fn(dev, data))
            return;
        if (dev->subordinate)
            pci_walk_bus(dev->subordinate, fn, data);
    }
}
EXPORT_SYMBOL_GPL(pci_walk_bus);

/* ---- boot and halt ---- */

static void pci_halt(void)
{
    struct pci_bus *bus, *next_bus;
    struct pci_dev *dev, *next;

    list_for_each_entry_safe_reverse(bus, next_bus, &buses, node)
    {
        list_for_each_entry_safe(dev, next, &bus->devices, bus_list)
        {
            list_del(&dev->bus_list);
            if (dev->dev.registered)
                device_unregister(&dev->dev);
            else
                put_device(&dev->dev);
        }
        list_del(&bus->node);
        kfree(bus);
    }
    bus_unregister(&pci_bus_type);
}

static int pci_boot(void)
{
    struct pci_bus *root, *bus;
    struct pci_dev *dev;
    int result;

    result = bus_register(&pci_bus_type);
    if (result || !hardware)
        return result;
    pci_bus_type.p->added = iommu_device_added;
    pci_bus_type.p->removed = iommu_device_removed;
    root = add_bus(0, 0, 255, NULL, NULL);
    result = root ? scan_bus(root) : -ENOMEM;
    if (result)
        return result;
    list_for_each_entry(bus, &buses, node) list_for_each_entry(dev, &bus->devices, bus_list)
    {
        result = device_add(&dev->dev);
        if (result)
            return result;
    }
    return 0;
}
KERNEL_SUBSYSTEM(pci, 3, pci_boot, pci_halt);
