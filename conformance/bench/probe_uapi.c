/* SPDX-License-Identifier: BSD-2-Clause */
/* probe_uapi.c - `iotb probe` of a user interface: its machine, what it has declared, its devices. */
#include "bench/gate.h"
#include "bench/probe.h"
#include "dut/guard.h"

static void print_words(uint64_t bits, const char *(*name)(uint64_t bit), const char *title, FILE *out)
{
    fprintf(out, "  %-22s", title);
    for (uint32_t i = 0; i < 64; i++)
        if (bits >> i & 1 && name(UINT64_C(1) << i))
            fprintf(out, "%s ", name(UINT64_C(1) << i));
    fputc('\n', out);
}

static void print_device(uint32_t index, const struct iotb_uapi_device *device, FILE *out)
{
    char title[32];

    snprintf(title, sizeof(title), "device %u %02x:%02x.%x", index, device->requester_id >> 8, device->requester_id >> 3 & 31,
             device->requester_id & 7);
    print_words(device->flags, gate_property_name, title, out);
    fprintf(out, "  %22sgroup %u, IOMMU %u, %u address bits, %u PASID bits, %u reserved regions, %s\n", "", device->group,
            device->iommu, device->address_bits, device->pasid_bits, device->reserved_count,
            device->node[0] ? device->node : "no node");
}

int probe_user_interface(struct guard *guard, FILE *out)
{
    struct iotb_uapi_machine machine;
    struct iotb_uapi_device device;
    int result = guard_reset(guard, IOTB_RESET_COLD);

    if (result == IOTB_OK)
        result = guard_machine(guard, &machine);
    if (result != IOTB_OK)
        return result < 0 ? result : IOTB_E_PROTOCOL;
    fprintf(out, "  %-22s%s, pages of %u bytes\n", "IOMMUs", machine.architecture == IOTB_ARCH_VTD ? "VT-d" : "SMMUv3",
            machine.page_bytes);
    fprintf(out, "  %-22s%s\n", "profile", machine.profile);
    print_words(machine.rules, gate_rule_name, "rules", out);
    for (uint32_t i = 0; (result = guard_describe_device(guard, i, &device)) == IOTB_OK; i++)
        print_device(i, &device, out);
    return result == IOTB_NONE ? IOTB_OK : result;
}
