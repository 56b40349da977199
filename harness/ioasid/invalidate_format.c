/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* invalidate_format.c - see invalidate.h. */
#include "invalidate.h"
#include "uapi/iommu.h"

#include <linux/bitfield.h>
#include <linux/bitops.h>
#include <linux/limits.h>
#include <linux/mm.h>

/* VT-d: drops from both caches what belongs to the domain. Page 0 to the end is everything. */
void ioasid_vtd_invalidation(const struct ioasid_operation *operation, struct ioasid_vtd_entry *entry)
{
    *entry = (struct ioasid_vtd_entry){.npages = U64_MAX};
    if (operation->whole)
        return;
    entry->addr = operation->first;
    entry->npages = ((operation->last - operation->first) >> PAGE_SHIFT) + 1;
    entry->flags = operation->leaf;
}

/* SMMUv3 4.3, 4.4, 4.5 */
enum {
    CFGI_CD = 0x05,
    CFGI_CD_ALL = 0x06,
    TLBI_NH_ALL = 0x10,
    TLBI_NH_ASID = 0x11,
    TLBI_NH_VA = 0x12,
    TLBI_NH_VAA = 0x13,
    ATC_INV = 0x40,
};
#define COMMAND_SSV BIT_ULL(11)
#define COMMAND_SSID GENMASK_ULL(31, 12)
#define COMMAND_ASID GENMASK_ULL(63, 48)
#define COMMAND_LEAF BIT_ULL(0)
#define ATC_GLOBAL BIT_ULL(9)
#define ATC_SIZE GENMASK_ULL(5, 0)
#define ATC_ALL 52

/* More pages than that are cheaper, and no less correct, as everything. */
#define PAGES_MAX 64

static unsigned int tlb_commands(const struct ioasid_operation *operation, struct ioasid_smmu_command *commands)
{
    u64 asid = operation->has_archid ? FIELD_PREP(COMMAND_ASID, (u64)operation->archid) : 0;
    unsigned int count = 0;

    if (operation->whole || (operation->last - operation->first) >> PAGE_SHIFT >= PAGES_MAX) {
        commands[0] = (struct ioasid_smmu_command){{(operation->has_archid ? TLBI_NH_ASID : TLBI_NH_ALL) | asid}};
        return 1;
    }
    for (u64 page = operation->first; page <= operation->last; page += PAGE_SIZE) {
        commands[count++] = (struct ioasid_smmu_command){
            {(operation->has_archid ? TLBI_NH_VA : TLBI_NH_VAA) | asid, page | (operation->leaf ? COMMAND_LEAF : 0)}};
        if (page > U64_MAX - PAGE_SIZE)
            break;
    }
    return count;
}

/* The smallest naturally aligned power of two of pages that has them all. */
static u64 atc_range(const struct ioasid_operation *operation)
{
    unsigned int size = operation->whole ? ATC_ALL : fls64((operation->first ^ operation->last) >> PAGE_SHIFT);

    if (size >= ATC_ALL)
        return ATC_ALL;
    return (operation->first & ~((1ULL << (PAGE_SHIFT + size)) - 1)) | FIELD_PREP(ATC_SIZE, (u64)size);
}

static unsigned int atc_commands(const struct ioasid_operation *operation, struct ioasid_smmu_command *commands)
{
    u64 ssid = operation->has_vpasid ? COMMAND_SSV | FIELD_PREP(COMMAND_SSID, (u64)operation->vpasid) : 0;

    commands[0] = (struct ioasid_smmu_command){{ATC_INV | ssid, atc_range(operation)}};
    if (!operation->all_pasids)
        return 1;
    commands[1] = (struct ioasid_smmu_command){{ATC_INV | COMMAND_SSV | ATC_GLOBAL, ATC_ALL}};
    return 2;
}

/* Outer caches last: what they ask for again must not be found in the inner ones. */
unsigned int ioasid_smmu_invalidation(const struct ioasid_operation *operation, struct ioasid_smmu_command *commands)
{
    unsigned int count = 0;

    if (operation->cache & IOMMU_CACHE_PASID) {
        u64 ssid = FIELD_PREP(COMMAND_SSID, (u64)operation->vpasid);

        commands[count++] = operation->all_pasids
                                ? (struct ioasid_smmu_command){{CFGI_CD_ALL}}
                                : (struct ioasid_smmu_command){{CFGI_CD | ssid, operation->leaf ? COMMAND_LEAF : 0}};
    }
    if (operation->cache & IOMMU_CACHE_IOTLB)
        count += tlb_commands(operation, commands + count);
    if (operation->cache & IOMMU_CACHE_DEV_IOTLB)
        count += atc_commands(operation, commands + count);
    return count;
}
