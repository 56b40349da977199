/* SPDX-License-Identifier: BSD-2-Clause */
/* acpi.c - tables of the firmware, and from the IORT (Arm DEN 0049) which unit translates for a PCI function, under which ids. */
#include "core.h"
#include "device_internal.h"
#include "hardware.h"

#include <linux/acpi.h>
#include <linux/errno.h>
#include <linux/iommu.h>
#include <linux/platform_device.h>
#include <linux/unaligned.h>

acpi_status acpi_get_table(const char *signature, u32 instance, struct acpi_table_header **out)
{
    unsigned long bytes;
    const void *table = hardware ? hardware->ops->table(hardware->context, signature, &bytes) : NULL;

    if (!table || instance > 1)
        return AE_NOT_FOUND;
    *out = (struct acpi_table_header *)table;
    return AE_OK;
}
EXPORT_SYMBOL_GPL(acpi_get_table);

void acpi_put_table(struct acpi_table_header *table)
{
    (void)table; /* they stay where firmware has put them */
}
EXPORT_SYMBOL_GPL(acpi_put_table);

/* ---- IORT ---- */

enum { NODE_ROOT_COMPLEX = 2, NODE_SMMUV3 = 4 };
#define NODE_HEADER 16
#define MAPPING_BYTES 20

static u32 word(const u8 *at)
{
    return get_unaligned_le32(at);
}

static const u8 *next_node(const u8 *iort, u32 n)
{
    const u8 *node = iort + word(iort + 40);

    while (n--)
        node += get_unaligned_le16(node + 1);
    return node;
}

/* Input base, count - 1, output base, node, flags. */
static const u8 *mapping_of(const u8 *root_complex, u32 id)
{
    const u8 *mapping = root_complex + word(root_complex + 12);

    for (u32 n = word(root_complex + 8); n--; mapping += MAPPING_BYTES)
        if (id >= word(mapping) && id - word(mapping) <= word(mapping + 4))
            return mapping;
    return NULL;
}

static const u8 *root_complex_of(const u8 *iort, u32 segment)
{
    for (u32 n = 0; n < word(iort + 36); n++) {
        const u8 *node = next_node(iort, n);

        if (node[0] == NODE_ROOT_COMPLEX && word(node + NODE_HEADER + 12) == segment)
            return node;
    }
    return NULL;
}

static int is_at(struct device *dev, void *base)
{
    struct resource *registers = platform_get_resource(to_platform_device(dev), IORESOURCE_MEM, 0);

    return registers && registers->start == *(u64 *)base;
}

struct search {
    u64 base;
    struct fwnode_handle *fwnode;
};

static int note_fwnode(struct device *dev, void *data)
{
    struct search *search = data;

    if (!is_at(dev, &search->base))
        return 0;
    search->fwnode = dev_fwnode(dev);
    return 1;
}

struct configuration {
    const u8 *iort, *root_complex;
    struct device *dev;
};

static int add_id(struct pci_dev *pdev, u16 alias, void *data)
{
    struct configuration *c = data;
    const u8 *mapping = mapping_of(c->root_complex, alias);
    const u8 *unit = mapping ? c->iort + word(mapping + 12) : NULL;
    struct search search = {.base = unit ? get_unaligned_le64(unit + NODE_HEADER) : 0};
    u32 id = mapping ? alias - word(mapping) + word(mapping + 8) : 0;
    int result;

    if (!unit || unit[0] != NODE_SMMUV3)
        return -ENODEV;
    bus_for_each_dev(&platform_bus_type, NULL, &search, note_fwnode);
    if (!search.fwnode)
        return -ENODEV;
    result = iommu_fwspec_init(c->dev, search.fwnode);
    if (!result)
        result = iommu_fwspec_add_ids(c->dev, &id, 1);
    return result;
}

int acpi_iommu_configure(struct device *dev)
{
    struct configuration c = {.dev = dev};
    struct acpi_table_header *table;
    int result;

    if (dev_iommu_fwspec_get(dev))
        return 0;
    if (!dev_is_pci(dev) || ACPI_FAILURE(acpi_get_table(ACPI_SIG_IORT, 0, &table)))
        return -ENODEV;
    c.iort = (const u8 *)table;
    c.root_complex = root_complex_of(c.iort, pci_domain_nr(to_pci_dev(dev)->bus));
    if (!c.root_complex)
        return -ENODEV;
    result = pci_for_each_dma_alias(to_pci_dev(dev), add_id, &c);
    if (!result && (word(c.root_complex + NODE_HEADER + 8) & 1))
        dev_iommu_fwspec_get(dev)->flags |= IOMMU_FWSPEC_PCI_RC_ATS;
    else if (result)
        iommu_fwspec_free(dev);
    return result;
}
