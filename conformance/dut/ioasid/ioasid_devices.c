/* SPDX-License-Identifier: BSD-2-Clause */
/* ioasid_devices.c - what the standard machine is, and what the implementation has declared. */
#include "dut/ioasid/ioasid_internal.h"

#include "ioasid/vfio_host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

uint64_t profile_rules(const char *profile, enum platform_architecture architecture)
{
    uint64_t always = IOTB_UAPI_RULE_MULTI_UNMAP | IOTB_UAPI_RULE_LONG_TAIL | IOTB_UAPI_RULE_LEGACY_CONTAINER |
                      IOTB_UAPI_RULE_WIDTH_AT_ATTACH | IOTB_UAPI_RULE_UNBIND | IOTB_UAPI_RULE_BOX4_NO_SNOOP;
    uint64_t full = always | IOTB_UAPI_RULE_MAP_EARLY | IOTB_UAPI_RULE_AUTO_IOVA | IOTB_UAPI_RULE_INVALIDATE_ARRAY |
                    IOTB_UAPI_RULE_DIRTY | IOTB_UAPI_RULE_SOFTWARE_NESTING;

    if (architecture == PLATFORM_VTD || strcmp(profile, "up") == 0)
        full |= IOTB_UAPI_RULE_PORTABLE_PASID;
    if (strcmp(profile, "s20") == 0)
        return always | IOTB_UAPI_RULE_ONE_IOASID | IOTB_UAPI_RULE_SINGLETON | IOTB_UAPI_RULE_SNOOP_STAGE |
               IOTB_UAPI_RULE_SNOOP_REQUIRED | IOTB_UAPI_RULE_S20_EXTENSIONS;
    if (strcmp(profile, "up") == 0)
        return full | IOTB_UAPI_RULE_SAME_COOKIE | IOTB_UAPI_RULE_REPLACE;
    return full | IOTB_UAPI_RULE_MULTI_BIND;
}

int uapi_machine_facts(struct iotb_dut *dut, struct iotb_uapi_machine *machine)
{
    struct iotb_uapi_device device;

    *machine = (struct iotb_uapi_machine){.size = sizeof(*machine)};
    machine->architecture = dut->architecture == PLATFORM_VTD ? IOTB_ARCH_VTD : IOTB_ARCH_SMMUV3;
    while (device_facts(dut, machine->device_count, &device) == IOTB_OK)
        machine->device_count++;
    machine->iommu_count = (uint32_t)dut->description.iommu_count;
    machine->page_bytes = 4096;
    machine->rules = dut->rules;
    snprintf(machine->profile, sizeof(machine->profile), "%s", dut->profile);
    return IOTB_OK;
}

/* ---- devices of the machine, as machine.h describes them ---- */

enum { NARROW_UNIT = 0 };

static uint32_t flags_of(const struct iotb_dut *dut, uint32_t index)
{
    static const uint32_t standard[MACHINE_DEVICES] = {
        IOTB_UAPI_PASID | IOTB_UAPI_ATS | IOTB_UAPI_PRI,
        IOTB_UAPI_PASID | IOTB_UAPI_ATS | IOTB_UAPI_PRI,
        IOTB_UAPI_PASID,
        0,
        IOTB_UAPI_ALIAS,
        IOTB_UAPI_ALIAS,
        IOTB_UAPI_PASID,
        IOTB_UAPI_PASID | IOTB_UAPI_ATS | IOTB_UAPI_PRI | IOTB_UAPI_RMRR,
    };
    uint32_t flags = standard[index] | IOTB_UAPI_NO_SNOOP;

    if (dut->description.devices[index].iommu != NARROW_UNIT) {
        flags |= IOTB_UAPI_ENFORCEABLE | IOTB_UAPI_NESTS;
        if (dut->architecture == PLATFORM_SMMUV3)
            flags |= IOTB_UAPI_DELEGATES;
        flags |= IOTB_UAPI_DIRTY_CAPABLE;
    }
    return flags;
}

/* What a device of a group puts on the bus when a bridge speaks for it: secondary bus, device 0. */
static uint16_t alias_of(const struct iotb_dut *dut, uint32_t index)
{
    return (uint16_t)(dut->description.devices[index].requester_id & 0xff00);
}

bool device_speaks_as(const struct iotb_dut *dut, uint32_t index, unsigned int requester_id)
{
    if (dut->description.devices[index].requester_id == requester_id)
        return true;
    return flags_of(dut, index) & IOTB_UAPI_ALIAS && alias_of(dut, index) == requester_id;
}

static void name_device(struct iotb_uapi_device *device)
{
    snprintf(device->name, sizeof(device->name), "0000:%02x:%02x.%x", device->requester_id >> 8, device->requester_id >> 3 & 31,
             device->requester_id & 7);
}

/* ---- nodes ---- */

static void remember_mdev(struct iotb_dut *dut, const char *name)
{
    uint32_t i = 0;

    while (i < dut->mdev_count && strcmp(dut->mdevs[i], name) != 0)
        i++;
    if (i == dut->mdev_count && i < MDEVS)
        snprintf(dut->mdevs[dut->mdev_count++], sizeof(dut->mdevs[0]), "%s", name);
}

static void run_find(void *context)
{
    struct iotb_dut *dut = context;
    struct vfio_host_device offered;

    for (unsigned int n = 0; n < DEVICES && vfio_host_device(n, &offered); n++) {
        snprintf(dut->nodes[n].name, sizeof(dut->nodes[n].name), "%s", offered.name);
        snprintf(dut->nodes[n].node, sizeof(dut->nodes[n].node), "%s%s", offered.node[0] ? "/dev/" : "", offered.node);
        snprintf(dut->nodes[n].parent, sizeof(dut->nodes[n].parent), "%s", offered.parent);
        dut->nodes[n].kind = offered.kind;
        dut->nodes[n].vpasid_bits = offered.vpasid_bits;
        dut->nodes[n].pasid_flags = offered.pasid_flags;
        dut->nodes[n].group = offered.group;
        if (offered.parent[0])
            remember_mdev(dut, offered.name);
    }
}

void nodes_find(struct iotb_dut *dut)
{
    memset(dut->nodes, 0, sizeof(dut->nodes));
    (void)kernel_run(NULL, "nodes", run_find, dut);
}

/* Groups are those of the start; a device that has none yet is alone. */
void groups_find(struct iotb_dut *dut)
{
    struct iotb_uapi_device device;

    for (uint32_t i = 0; i < MACHINE_DEVICES; i++) {
        dut->groups[i] = 1000 + i;
        (void)device_facts(dut, i, &device);
        for (uint32_t n = 0; n < DEVICES; n++)
            if (strcmp(dut->nodes[n].name, device.name) == 0)
                dut->groups[i] = dut->nodes[n].group;
    }
}

static void find_node(const struct iotb_dut *dut, struct iotb_uapi_device *device)
{
    for (uint32_t i = 0; i < DEVICES; i++)
        if (strcmp(dut->nodes[i].name, device->name) == 0) {
            snprintf(device->node, sizeof(device->node), "%s", dut->nodes[i].node);
            device->flags |= dut->nodes[i].pasid_flags ? IOTB_UAPI_SHARED_QUEUE : 0; /* CPU: it takes ENQCMD */
        }
}

/* The narrow VT-d unit translates with first-stage tables, of whose 48 bits the driver uses the lower half. */
static uint32_t address_bits(const struct iotb_dut *dut, uint32_t unit)
{
    if (unit != NARROW_UNIT)
        return 48;
    return dut->architecture == PLATFORM_VTD ? 47 : 40;
}

static void reserve(struct iotb_uapi_device *device, uint64_t base, uint64_t bytes)
{
    device->reserved[device->reserved_count++] = (struct iotb_uapi_region){.base = base, .bytes = bytes};
}

/* An mdev is as its parent where nothing else is said; one that is not offered any more is gone. */
static int mdev_facts(struct iotb_dut *dut, uint32_t index, struct iotb_uapi_device *device)
{
    uint32_t n = 0, parent = 0;
    struct iotb_uapi_device above;

    while (n < DEVICES && strcmp(dut->nodes[n].name, dut->mdevs[index]) != 0)
        n++;
    *device = (struct iotb_uapi_device){.size = sizeof(*device), .flags = IOTB_UAPI_MDEV | IOTB_UAPI_GONE};
    device->parent = IOTB_UAPI_NO_INDEX;
    if (n == DEVICES)
        return IOTB_OK;
    while (parent < MACHINE_DEVICES && device_facts(dut, parent, &above) == IOTB_OK &&
           strcmp(above.name, dut->nodes[n].parent) != 0)
        parent++;
    *device = above;
    device->parent = parent;
    device->flags &= IOTB_UAPI_ATS | IOTB_UAPI_PRI | IOTB_UAPI_NO_SNOOP | IOTB_UAPI_ENFORCEABLE | IOTB_UAPI_NESTS;
    device->flags |= IOTB_UAPI_MDEV | (dut->nodes[n].kind == 2 ? IOTB_UAPI_SOFTWARE_MDEV : 0) |
                     (dut->nodes[n].vpasid_bits ? IOTB_UAPI_PASID : 0) | (dut->nodes[n].pasid_flags ? IOTB_UAPI_SHARED_QUEUE : 0);
    device->pasid_bits = dut->nodes[n].vpasid_bits;
    device->driver = IOTB_UAPI_DRIVER_PARENT;
    snprintf(device->name, sizeof(device->name), "%s", dut->nodes[n].name);
    snprintf(device->node, sizeof(device->node), "%s", dut->nodes[n].node);
    return IOTB_OK;
}

int device_facts(struct iotb_dut *dut, uint32_t index, struct iotb_uapi_device *device)
{
    const struct machine_device *machine = &dut->description.devices[index < MACHINE_DEVICES ? index : 0];

    if (index >= MACHINE_DEVICES)
        return index - MACHINE_DEVICES < dut->mdev_count ? mdev_facts(dut, index - MACHINE_DEVICES, device) : IOTB_NONE;
    memset(device, 0, sizeof(*device));
    device->size = sizeof(*device);
    device->flags = flags_of(dut, index);
    device->requester_id = machine->requester_id;
    if (device->flags & IOTB_UAPI_ALIAS)
        device->alias_requester_id = alias_of(dut, index);
    device->group = dut->groups[index];
    device->iommu = machine->iommu;
    device->architecture = dut->architecture == PLATFORM_VTD ? IOTB_ARCH_VTD : IOTB_ARCH_SMMUV3;
    device->parent = IOTB_UAPI_NO_INDEX;
    device->pasid_bits = device->flags & IOTB_UAPI_PASID ? 20 : 0;
    device->address_bits = address_bits(dut, machine->iommu);
    device->driver = IOTB_UAPI_DRIVER_PASSTHROUGH;
    if (dut->architecture == PLATFORM_VTD)
        reserve(device, 0xfee00000, 0x100000);
    else
        reserve(device, 0x8000000, 0x100000); /* where the kernel maps the doorbells of interrupts */
    if (machine->reserved_bytes)
        reserve(device, machine->reserved_base, machine->reserved_bytes);
    name_device(device);
    find_node(dut, device);
    return IOTB_OK;
}

int uapi_describe_device(struct iotb_dut *dut, uint32_t index, struct iotb_uapi_device *device)
{
    int result = device_facts(dut, index, device);

    if (result == IOTB_OK && !(device->flags & IOTB_UAPI_MDEV))
        device->driver = driver_of(device->name);
    return result;
}

/* ---- who has opened what ---- */

void device_opened(struct iotb_dut *dut, uint32_t process, const char *path, int64_t fd)
{
    struct iotb_uapi_device device;

    if (fd < 0)
        return;
    for (uint32_t i = 0; device_facts(dut, i, &device) == IOTB_OK; i++)
        if (device.node[0] && strcmp(device.node, path) == 0) {
            dut->devices[i].process = process;
            dut->devices[i].fd = (int32_t)fd;
        }
}

void device_closed(struct iotb_dut *dut, uint32_t process, int32_t fd)
{
    for (uint32_t i = 0; i < DEVICES; i++)
        if (dut->devices[i].process == process && dut->devices[i].fd == fd)
            dut->devices[i].fd = -1;
}
