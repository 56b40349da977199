/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* software.c - memory as a software mdev sees it: through the mappings, without hardware (R-IOASID-079). */
#include "core.h"

#include <linux/export.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/string.h>

static struct page *segment_page(const struct ioasid_map *map, unsigned long at)
{
    for (unsigned int i = 0; i < map->segment_count; i++) {
        const struct ioasid_segment *segment = &map->segments[i];

        if (at < segment->count)
            return segment->pin->pages[segment->first + at];
        at -= segment->count;
    }
    return NULL;
}

static void copy_page_part(struct page *page, size_t offset, void *data, size_t size, bool write)
{
    char *at = kmap_local_page(page);

    if (write)
        memcpy(at + offset, data, size);
    else
        memcpy(data, at + offset, size);
    kunmap_local(at);
}

static int rw_locked(struct ioasid_space *space, u64 iova, char *data, size_t size, bool write)
{
    int prot = write ? IOMMU_WRITE : IOMMU_READ;

    while (size) {
        struct ioasid_map *map = ioasid_map_first(space, iova, iova);
        size_t part = min_t(size_t, size, PAGE_SIZE - (iova & ~PAGE_MASK));

        if (!map || !(map->prot & prot))
            return -EFAULT;
        copy_page_part(segment_page(map, (iova - map->iova.start) >> PAGE_SHIFT), iova & ~PAGE_MASK, data, part, write);
        iova += part;
        data += part;
        size -= part;
    }
    return 0;
}

int ioasid_rw(struct ioasid_dev *idev, u32 vpasid, u64 iova, void *data, size_t size, bool write)
{
    struct ioasid_attach *attach;
    int error = -EINVAL;

    mutex_lock(&idev->ctx->lock);
    list_for_each_entry(attach, &idev->attaches,
                        in_dev) if (attach->vpasid == vpasid && attach->space->kind == IOASID_KIND_KERNEL)
    {
        error = rw_locked(attach->space, iova, data, size, write);
        break;
    }
    mutex_unlock(&idev->ctx->lock);
    return error;
}
EXPORT_SYMBOL_GPL(ioasid_rw);
