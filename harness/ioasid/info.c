/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* info.c - what is there, and what it can do: CHECK_EXTENSION, DEVICE_GET_INFO of v2, GET_INFO of v1, their capability chains. */
#include "core.h"

#include <linux/bitops.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

/* ---- extensions ---- */

static bool hardware_tracks_dirty(void)
{
    struct pci_dev *pdev = NULL;

    for_each_pci_dev(pdev)
    {
        if (!device_iommu_capable(&pdev->dev, IOMMU_CAP_DIRTY_TRACKING))
            continue;
        pci_dev_put(pdev);
        return true;
    }
    return false;
}

static bool v2_extension(const struct ioasid_rules *rules, unsigned long extension)
{
    if (rules->type1v2_extension_only)
        return extension == IOMMU_EXT_MAP_TYPE1V2; /* R-IOASID-016 */
    switch (extension) {
    case IOMMU_EXT_MAP_TYPE1V2:
    case IOMMU_EXT_DMA_NO_SNOOP:
    case IOMMU_EXT_IOASID_NESTING:
    case IOMMU_EXT_USER_PAGE_TABLE:
    case IOMMU_EXT_USER_PASID_TABLE:
        return true;
    case IOMMU_EXT_MULTIDEV_GROUP:
        return !rules->singleton_groups_only;
    case IOMMU_EXT_DIRTY_TRACKING:
        return hardware_tracks_dirty(); /* R-IOASID-210 */
    default:
        return false; /* R-IOASID-014 */
    }
}

int ioasid_check_extension(struct ioasid_ctx *ctx, unsigned long extension)
{
    if (ctx->version == 1)
        return extension == IOASID_EXT_REGISTER_MEMORY || extension == IOASID_EXT_FAULT;
    return v2_extension(ctx->rules, extension);
}

/* ---- a structure with its chain ---- */

struct answer {
    u8 *bytes;
    size_t length;
    struct ioasid_cap_header *last; /* NULL: none so far */
    u32 *cap_offset;
};

static size_t ranges_size(unsigned int count)
{
    return sizeof(struct ioasid_cap_ranges) + count * sizeof(struct ioasid_range);
}

static size_t formats_size(void)
{
    return sizeof(struct ioasid_cap_formats) + sizeof(struct ioasid_cap_format);
}

/* Room was counted by the caller. All sizes are multiples of 8. */
static void *chain(struct answer *answer, u16 id, size_t size)
{
    struct ioasid_cap_header *header = (void *)(answer->bytes + answer->length);

    header->id = id;
    header->version = 1;
    if (answer->last)
        answer->last->next = answer->length;
    else
        *answer->cap_offset = answer->length;
    answer->last = header;
    answer->length += size;
    return header;
}

static void chain_ranges(struct answer *answer, u16 id, const struct ioasid_span *spans, unsigned int count)
{
    struct ioasid_cap_ranges *ranges = chain(answer, id, ranges_size(count));

    ranges->count = count;
    for (unsigned int i = 0; i < count; i++)
        ranges->ranges[i] = (struct ioasid_range){spans[i].start, spans[i].last};
}

static void chain_format(struct answer *answer, u16 id, const struct ioasid_cap_format *format)
{
    struct ioasid_cap_formats *formats = chain(answer, id, formats_size());

    formats->count = 1;
    formats->formats[0] = *format;
}

static void chain_formats(struct answer *answer, const struct ioasid_caps *caps, unsigned int version)
{
    struct ioasid_cap_format format;

    if (!caps->nest_parent)
        return;
    if (caps->vtd_s1) {
        format = (struct ioasid_cap_format){IOASID_FORMAT_VTD_S1, caps->vtd_s1_width, caps->vtd_s1_flags};
        chain_format(answer, IOASID_CAP_USER_PGTABLE, &format);
    }
    if (caps->arm_pasids) {
        format = (struct ioasid_cap_format){IOASID_FORMAT_ARM_PASID_TABLE, caps->arm_pasid_bits, caps->arm_s1fmts};
        chain_format(answer, IOASID_CAP_USER_PASID_TABLE, &format);
    }
    if (caps->arm_pasids && version == 1) {
        format = (struct ioasid_cap_format){IOASID_FORMAT_ARM_S1, 52, 0};
        chain_format(answer, IOASID_CAP_USER_PGTABLE, &format);
    }
}

/* R-IOASID-027: the whole, or the fixed part and how long the whole is. Every structure begins with argsz. */
static int copy_answer(const struct answer *answer, void __user *user, u32 argsz, size_t fixed)
{
    u32 *size = (u32 *)answer->bytes;
    bool room = argsz >= answer->length;

    *size = room ? argsz : answer->length;
    if (!room)
        *answer->cap_offset = 0;
    return copy_to_user(user, answer->bytes, room ? answer->length : fixed) ? -EFAULT : 0;
}

/* ---- v2: a bound device ---- */

#define FORMATS_MAX 3

static void device_answer(const struct ioasid_dev *idev, struct iommu_device_info *info, struct answer *answer,
                          struct ioasid_span *permitted)
{
    const struct ioasid_group *group = idev->group;
    const struct ioasid_caps *caps = &idev->caps;
    unsigned int reserved = group && !ioasid_bug(RESERVED_REPORTED) ? group->reserved_count : 0;
    unsigned int count =
        ioasid_spans_complement(group ? group->reserved : NULL, reserved, ioasid_width_last(caps->addr_width), permitted);

    info->flags = IOMMU_DEVICE_INFO_PGSIZES | IOMMU_DEVICE_INFO_ADDR_WIDTH | IOMMU_DEVICE_INFO_CAPS;
    if (caps->enforce_snoop)
        info->flags |= IOMMU_DEVICE_INFO_ENFORCE_SNOOP; /* R-IOASID-025 */
    if (idev->kind != IOASID_DEV_SOFTWARE && !idev->ctx->rules->kernel_type_only)
        info->flags |= ioasid_caps_nesting(caps) ? IOMMU_DEVICE_INFO_NESTING_HW | IOMMU_DEVICE_INFO_NESTING_SW
                                                 : IOMMU_DEVICE_INFO_NESTING_SW; /* R-IOASID-026 */
    if (caps->dirty)
        info->flags |= IOMMU_DEVICE_INFO_DIRTY;
    info->dev_cookie = idev->cookie;
    info->pgsize_bitmap = caps->pgsize_bitmap;
    info->addr_width = caps->addr_width;
    chain_ranges(answer, IOASID_CAP_IOVA_RANGES, permitted, count); /* R-IOASID-023, -024 */
    chain_formats(answer, caps, 2);
}

static int device_info_locked(struct ioasid_ctx *ctx, u64 cookie, struct answer *answer)
{
    struct ioasid_dev *idev = ioasid_dev_find(ctx, cookie);
    struct iommu_device_info *info;
    struct ioasid_span *permitted;
    unsigned int ranges;

    if (!idev)
        return -EINVAL; /* R-IOASID-021 */
    ranges = (idev->group ? idev->group->reserved_count : 0) + 1;
    permitted = kcalloc(ranges, sizeof(*permitted), GFP_KERNEL);
    answer->bytes = kzalloc(sizeof(*info) + ranges_size(ranges) + FORMATS_MAX * formats_size(), GFP_KERNEL);
    if (!permitted || !answer->bytes) {
        kfree(permitted);
        return -ENOMEM;
    }
    info = (void *)answer->bytes;
    answer->length = sizeof(*info);
    answer->cap_offset = &info->cap_offset;
    device_answer(idev, info, answer, permitted);
    kfree(permitted);
    return 0;
}

int ioasid_device_info(struct ioasid_ctx *ctx, void __user *user, u32 argsz)
{
    struct iommu_device_info info;
    struct answer answer = {};
    int error;

    if (copy_from_user(&info, user, sizeof(info)))
        return -EFAULT;
    mutex_lock(&ctx->lock);
    error = device_info_locked(ctx, info.dev_cookie, &answer);
    mutex_unlock(&ctx->lock);
    if (!error)
        error = copy_answer(&answer, user, argsz, sizeof(info));
    kfree(answer.bytes);
    return error;
}

/* ---- v1: what all devices attached to a space can do (R-IOASID-018) ---- */

struct common {
    struct ioasid_caps caps;
    struct ioasid_span *reserved;
    unsigned int count;
};

static void meet(struct ioasid_caps *caps, const struct ioasid_caps *other)
{
    caps->pgsize_bitmap &= other->pgsize_bitmap;
    caps->addr_width = min(caps->addr_width, other->addr_width);
    caps->nest_parent &= other->nest_parent;
    caps->vtd_s1 &= other->vtd_s1;
    caps->vtd_s1_flags &= other->vtd_s1_flags;
    caps->vtd_s1_width = min(caps->vtd_s1_width, other->vtd_s1_width);
    caps->arm_pasids &= other->arm_pasids;
    caps->arm_pasid_bits = min(caps->arm_pasid_bits, other->arm_pasid_bits);
    caps->arm_s1fmts &= other->arm_s1fmts;
}

static int meet_all(const struct ioasid_space *space, struct common *common)
{
    const struct ioasid_attach *attach;
    unsigned int room = 0;

    list_for_each_entry(attach, &space->attaches, in_space) room += attach->idev->group ? attach->idev->group->reserved_count : 0;
    common->reserved = kcalloc(room + 1, sizeof(*common->reserved), GFP_KERNEL);
    if (!common->reserved)
        return -ENOMEM;
    common->caps = list_first_entry(&space->attaches, struct ioasid_attach, in_space)->idev->caps;
    list_for_each_entry(attach, &space->attaches, in_space)
    {
        const struct ioasid_group *group = attach->idev->group;

        meet(&common->caps, &attach->idev->caps);
        for (unsigned int i = 0; group && i < group->reserved_count; i++)
            common->reserved[common->count++] = group->reserved[i];
    }
    common->count = ioasid_spans_normalize(common->reserved, common->count);
    return 0;
}

static void space_answer(const struct ioasid_space *space, const struct common *common, struct ioasid_info *info,
                         struct answer *answer)
{
    info->ioasid = space->id;
    info->children = space->children;
    info->pgsize_bitmap = common->caps.pgsize_bitmap;
    info->addr_width = common->caps.addr_width;
    info->flags = IOASID_INFO_CAPS;
    if (ioasid_space_mappable(space))
        info->flags |= IOASID_INFO_MAP;
    if (!space->parent) /* R-IOASID-019 */
        info->flags |=
            ioasid_caps_nesting(&common->caps) ? IOASID_INFO_NESTING_HW | IOASID_INFO_NESTING_SW : IOASID_INFO_NESTING_SW;
    chain_ranges(answer, IOASID_CAP_RESERVED_RANGES, common->reserved, common->count);
    chain_formats(answer, &common->caps, 1);
}

static int space_info_locked(struct ioasid_ctx *ctx, u32 ioasid, struct answer *answer)
{
    struct ioasid_space *space = ioasid_space_find(ctx, ioasid);
    struct common common = {};
    struct ioasid_info *info;
    int error = space ? ioasid_space_ready(space) : -EINVAL; /* R-IOASID-017 */

    if (!error)
        error = meet_all(space, &common);
    if (error)
        return error;
    answer->bytes = kzalloc(sizeof(*info) + ranges_size(common.count) + FORMATS_MAX * formats_size(), GFP_KERNEL);
    if (answer->bytes) {
        info = (void *)answer->bytes;
        answer->length = sizeof(*info);
        answer->cap_offset = &info->cap_offset;
        space_answer(space, &common, info, answer);
    }
    kfree(common.reserved);
    return answer->bytes ? 0 : -ENOMEM;
}

int ioasid_space_info(struct ioasid_ctx *ctx, void __user *user, u32 argsz)
{
    struct ioasid_info info;
    struct answer answer = {};
    int error;

    if (copy_from_user(&info, user, sizeof(info)))
        return -EFAULT;
    mutex_lock(&ctx->lock);
    error = space_info_locked(ctx, info.ioasid, &answer);
    mutex_unlock(&ctx->lock);
    if (!error)
        error = copy_answer(&answer, user, argsz, sizeof(info));
    kfree(answer.bytes);
    return error;
}
