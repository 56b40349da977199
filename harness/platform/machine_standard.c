/* SPDX-License-Identifier: BSD-2-Clause */
/* machine_standard.c - the description of the standard machine. */
#include "platform/machine.h"

#define MIB UINT64_C(0x100000)
#define RESERVED_BASE UINT64_C(0x3f000000)
#define RESERVED_BYTES UINT64_C(0x10000)
#define NARROW 0u /* units by index; the one that has everything else is the last */
#define WIDE 1u

static const struct machine_description standard = {
    .seed = 1,
    .rams = {{UINT64_C(0x10000000), 64 * MIB, false},
             {RESERVED_BASE, RESERVED_BYTES, true},
             {UINT64_C(0x140000000), 64 * MIB, false}},
    .ram_count = 3,
    .iommu_count = 2,
    .bridges = {{.requester_id = 0x0008, .secondary = 1}, {.requester_id = 0x00e0, .secondary = 5, .pci = true}},
    .bridge_count = 2,
    .devices =
        {
            {.requester_id = 0x0010, .iommu = WIDE, .parameters = "preset=max", .ats = true},
            {.requester_id = 0x0100, .iommu = WIDE, .parameters = "preset=ep", .ats = true},
            {.requester_id = 0x0020, .iommu = WIDE, .parameters = "preset=pasid"},
            {.requester_id = 0x0028, .iommu = WIDE, .parameters = "preset=min,exer=1"},
            {.requester_id = 0x0508, .iommu = WIDE, .parameters = "preset=min,exer=1"},
            {.requester_id = 0x0510, .iommu = WIDE, .parameters = "preset=min,exer=1"},
            {.requester_id = 0x0030, .iommu = NARROW, .parameters = "preset=pasid"},
            {.requester_id = 0x0038,
             .iommu = WIDE,
             .parameters = "preset=max",
             .ats = true,
             .reserved_base = RESERVED_BASE,
             .reserved_bytes = RESERVED_BYTES},
        },
    .device_count = 8,
};

void machine_standard(enum platform_architecture architecture, struct machine_description *out)
{
    *out = standard;
    out->architecture = architecture;
    if (architecture == PLATFORM_VTD) {
        out->iommus[NARROW] =
            (struct machine_iommu){.base = UINT64_C(0xfed90000), .parameters = "preset=scalable,sc=0,haw=39,sagaw=2,mgaw=38"};
        out->iommus[WIDE] =
            (struct machine_iommu){.base = UINT64_C(0xfed92000), .parameters = "preset=ats-nest", .everything_else = true};
    } else {
        out->iommus[NARROW] =
            (struct machine_iommu){.base = UINT64_C(0xf8000000), .parameters = "preset=v31,oas=2,cohacc=0", .wired = true};
        out->iommus[WIDE] =
            (struct machine_iommu){.base = UINT64_C(0xf8020000), .parameters = "preset=ats-nested", .everything_else = true};
    }
}
