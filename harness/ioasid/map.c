/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* map.c - MAP and UNMAP, with type1v2's rules: mappings do not overlap, and are removed whole. */
#include "core.h"
#include "trace.h"

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>

#define to_map(node) container_of(node, struct ioasid_map, iova)

struct ioasid_map *ioasid_map_first(struct ioasid_space *space, u64 start, u64 last)
{
    struct interval_tree_node *node = interval_tree_iter_first(&space->maps, start, last);

    return node ? to_map(node) : NULL;
}

struct ioasid_map *ioasid_map_next(struct ioasid_map *map, u64 start, u64 last)
{
    struct interval_tree_node *node = interval_tree_iter_next(&map->iova, start, last);

    return node ? to_map(node) : NULL;
}

bool ioasid_space_has_maps(const struct ioasid_space *space)
{
    return !RB_EMPTY_ROOT(&space->maps.rb_root);
}

/* ---- the domain ---- */

/* Pages that lie behind one another, from page `at` of a segment on. */
static unsigned long run_length(const struct ioasid_segment *segment, unsigned long at)
{
    struct page **pages = segment->pin->pages + segment->first;
    unsigned long length = 1;

    while (at + length < segment->count && page_to_pfn(pages[at + length]) == page_to_pfn(pages[at]) + length)
        length++;
    return length;
}

static int domain_map_segment(struct iommu_domain *domain, u64 *iova, const struct ioasid_segment *segment, int prot)
{
    for (unsigned long at = 0; at < segment->count;) {
        unsigned long length = run_length(segment, at);
        int error = iommu_map(domain, *iova, page_to_phys(segment->pin->pages[segment->first + at]), length << PAGE_SHIFT,
                              prot | IOMMU_CACHE, GFP_KERNEL_ACCOUNT);

        if (error)
            return error;
        *iova += (u64)length << PAGE_SHIFT;
        at += length;
    }
    return 0;
}

static void domain_unmap(struct iommu_domain *domain, u64 start, u64 size)
{
    if (size)
        iommu_unmap(domain, start, size);
}

static int domain_map(struct iommu_domain *domain, const struct ioasid_map *map)
{
    u64 iova = map->iova.start;

    for (unsigned int i = 0; i < map->segment_count; i++) {
        int error = domain_map_segment(domain, &iova, &map->segments[i], map->prot);

        if (error) {
            domain_unmap(domain, map->iova.start, iova - map->iova.start); /* R-IOASID-122 */
            return error;
        }
    }
    return 0;
}

int ioasid_maps_load(struct ioasid_space *space, struct iommu_domain *domain)
{
    struct ioasid_map *map, *failed;
    int error = 0;

    for (map = ioasid_map_first(space, 0, U64_MAX); map && !error; map = ioasid_map_next(map, 0, U64_MAX)) {
        failed = map;
        error = domain_map(domain, map);
        if (error)
            break;
    }
    if (!error)
        return 0;
    for (map = ioasid_map_first(space, 0, U64_MAX); map != failed; map = ioasid_map_next(map, 0, U64_MAX))
        domain_unmap(domain, map->iova.start, map->iova.last - map->iova.start + 1);
    return error;
}

/* ---- what may be mapped ---- */

bool ioasid_maps_fit(struct ioasid_space *space, const struct ioasid_dev *idev)
{
    u64 last = ioasid_width_last(idev->caps.addr_width);

    if (last != U64_MAX && ioasid_map_first(space, last + 1, U64_MAX))
        return false;
    for (unsigned int i = 0; idev->group && i < idev->group->reserved_count; i++)
        if (ioasid_map_first(space, idev->group->reserved[i].start, idev->group->reserved[i].last))
            return false;
    return true;
}

/* What forbids a range, up to which address: the width, or a reserved region. R-IOASID-113: of every device that is attached. */
static bool device_forbids(const struct ioasid_dev *idev, const struct ioasid_span *span, u64 *until)
{
    const struct ioasid_group *group = idev->group;

    *until = U64_MAX;
    if (span->last > ioasid_width_last(idev->caps.addr_width))
        return true;
    for (unsigned int i = 0; group && i < group->reserved_count && !ioasid_bug(RESERVED_MAPPED); i++) {
        *until = group->reserved[i].last;
        if (ioasid_spans_hit(&group->reserved[i], 1, span))
            return true;
    }
    return false;
}

static bool forbidden(struct ioasid_space *space, const struct ioasid_span *span, u64 *until)
{
    struct iommu_domain *domain = space->domain;
    struct ioasid_attach *attach;

    *until = U64_MAX;
    if (space->addr_width && span->last > ioasid_width_last(space->addr_width) - (ioasid_bug(LAST_PAGE_REFUSED) ? 1 : 0))
        return true;
    if (domain && span->last > domain->geometry.aperture_end)
        return true;
    if (domain && span->start < domain->geometry.aperture_start) {
        *until = domain->geometry.aperture_start - 1;
        return true;
    }
    list_for_each_entry(attach, &space->attaches, in_space) if (device_forbids(attach->idev, span, until)) return true;
    return false;
}

/* R-IOASID-126: room for size bytes, aligned as large pages would want it. Address 0 is not chosen. */
static int choose_iova(struct ioasid_space *space, u64 size, u64 *iova)
{
    u64 align = max_t(u64, PAGE_SIZE, min_t(u64, size & -size, 1UL << 30));
    struct ioasid_span span;
    u64 at = align, until;

    while (ioasid_span_make(at, size, &span)) {
        struct ioasid_map *map = ioasid_map_first(space, span.start, span.last);

        if (!map && !forbidden(space, &span, &until)) {
            *iova = at;
            return 0;
        }
        if (map)
            until = map->iova.last;
        if (until >= U64_MAX - align)
            break;
        at = ALIGN(until + 1, align);
    }
    return -ENOSPC;
}

/* Everything that can be said before memory is pinned; again afterwards, for the lock was released. */
static int check_map(struct ioasid_space *space, struct iommu_map_dma *map, struct ioasid_span *span)
{
    u64 until;
    u64 smallest = space->domain ? space->domain->pgsize_bitmap & -space->domain->pgsize_bitmap : PAGE_SIZE;
    u64 mask = max_t(u64, PAGE_SIZE, smallest) - 1;
    int error = ioasid_space_ready(space);

    if (error)
        return error;
    if (!ioasid_space_mappable(space))
        return space->kind == IOASID_KIND_PGTABLE && space->ctx->version == 1 ? -EBUSY : -EOPNOTSUPP; /* R-IOASID-111 */
    if ((map->iova | map->vaddr | map->size) & mask)
        return -EINVAL; /* R-IOASID-114 */
    if (map->flags & IOMMU_MAP_DMA_AUTO_IOVA && !map->iova) {
        error = space->kind == IOASID_KIND_DUMMY ? -EINVAL : choose_iova(space, map->size, &map->iova);
        if (error)
            return error;
    }
    if (!ioasid_span_make(map->iova, map->size, span) || forbidden(space, span, &until))
        return -EINVAL;
    if (space->kind == IOASID_KIND_DUMMY && map->iova != map->vaddr)
        return -EINVAL;
    return ioasid_map_first(space, span->start, span->last) ? -EEXIST : 0; /* R-IOASID-115 */
}

/* ---- MAP ---- */

static struct ioasid_map *map_alloc(unsigned int segments)
{
    struct ioasid_map *map = kzalloc(struct_size(map, segments, segments), GFP_KERNEL);

    if (map)
        map->segment_count = segments;
    return map;
}

/* From the parent, from registered memory, or from the pin that was made for it. Takes over the caller's pin only on success. */
static struct ioasid_map *map_compose(struct ioasid_space *space, const struct iommu_map_dma *args, int prot,
                                      struct ioasid_pin *pin)
{
    u64 start = args->vaddr, last = args->vaddr + args->size - 1;
    bool registered = space->ctx->has_registered && !space->parent;
    struct ioasid_map *map;
    int count = 1;

    if (last < start)
        return ERR_PTR(-EINVAL);
    if (!pin)
        count = registered ? ioasid_segments_registered(space->ctx, start, last, NULL)
                           : ioasid_segments(space->parent, start, last, prot, NULL);
    if (count < 0)
        return ERR_PTR(count);
    map = map_alloc(count);
    if (!map)
        return ERR_PTR(-ENOMEM);
    if (pin)
        map->segments[0] = (struct ioasid_segment){pin, 0, pin->count};
    else if (registered)
        (void)ioasid_segments_registered(space->ctx, start, last, map->segments);
    else
        (void)ioasid_segments(space->parent, start, last, prot, map->segments);
    map->address = args->vaddr;
    map->prot = prot;
    return map;
}

static void map_insert(struct ioasid_space *space, struct ioasid_map *map, const struct ioasid_span *span)
{
    map->iova.start = span->start;
    map->iova.last = span->last;
    interval_tree_insert(&map->iova, &space->maps);
    if (!space->parent)
        return;
    map->vaddr.start = map->address;
    map->vaddr.last = map->address + (span->last - span->start);
    interval_tree_insert(&map->vaddr, &space->by_vaddr);
}

static void map_remove(struct ioasid_space *space, struct ioasid_map *map)
{
    interval_tree_remove(&map->iova, &space->maps);
    if (space->parent)
        interval_tree_remove(&map->vaddr, &space->by_vaddr);
    ioasid_segments_put(map->segments, map->segment_count);
    kfree(map);
}

/* v1: the first mapping makes an undecided child one that is nested in software. */
static int decide(struct ioasid_space *space)
{
    int error;

    if (space->kind != IOASID_KIND_UNDECIDED)
        return 0;
    space->kind = IOASID_KIND_KERNEL;
    error = ioasid_space_install(space);
    if (error)
        space->kind = IOASID_KIND_UNDECIDED;
    return error;
}

static void undecide(struct ioasid_space *space)
{
    if (space->kind == IOASID_KIND_KERNEL)
        ioasid_space_uninstall(space);
    space->kind = IOASID_KIND_UNDECIDED;
}

static int map_locked(struct ioasid_space *space, struct iommu_map_dma *args, int prot, struct ioasid_pin *pin)
{
    struct ioasid_span span;
    struct ioasid_map *map;
    bool undecided = space->kind == IOASID_KIND_UNDECIDED;
    int error = space->dead ? -EINVAL : check_map(space, args, &span); /* R-IOASID-207 */

    if (error)
        return error;
    map = map_compose(space, args, prot, pin);
    if (IS_ERR(map))
        return PTR_ERR(map);
    error = decide(space);
    if (!error && space->domain) {
        map->iova.start = span.start;
        error = domain_map(space->domain, map);
    }
    if (error) {
        if (!pin)
            ioasid_segments_put(map->segments, map->segment_count);
        kfree(map);
        if (undecided)
            undecide(space);
        return error;
    }
    map_insert(space, map, &span);
    trace_ioasid_map(space->id, span.start, span.last, map->address, map->segment_count);
    return 0;
}

/* Looks, and says whether memory has to be pinned: of a root, unless registered memory is used. */
static int map_look(struct ioasid_ctx *ctx, struct iommu_map_dma *args, struct ioasid_space **out, bool *pins)
{
    struct iommu_map_dma trial = *args; /* the IOVA is chosen in the end */
    struct ioasid_space *space;
    struct ioasid_span span;
    int error = -EINVAL;

    mutex_lock(&ctx->lock);
    space = ioasid_space_find(ctx, args->ioasid);
    if (space)
        error = check_map(space, &trial, &span);
    if (!error) {
        kref_get(&space->kref);
        *out = space;
        *pins = !space->parent && (!ctx->has_registered || ioasid_bug(REGISTERED_ANYWHERE));
    }
    mutex_unlock(&ctx->lock);
    return error;
}

int ioasid_map_dma(struct ioasid_ctx *ctx, struct iommu_map_dma *args)
{
    int prot = (args->flags & IOMMU_MAP_DMA_READ ? IOMMU_READ : 0) | (args->flags & IOMMU_MAP_DMA_WRITE ? IOMMU_WRITE : 0);
    struct ioasid_pin *pin = NULL;
    struct ioasid_space *space;
    struct ioasid_span span;
    bool pins;
    int error;

    if (args->__reserved || !prot || !ioasid_span_make(args->vaddr, args->size, &span) ||
        (args->flags & IOMMU_MAP_DMA_AUTO_IOVA && args->iova))
        return -EINVAL; /* R-IOASID-125 */
    error = map_look(ctx, args, &space, &pins);
    if (error)
        return error;
    if (pins)
        pin = ioasid_pin_make(args->vaddr, args->size >> PAGE_SHIFT, prot & IOMMU_WRITE);
    error = PTR_ERR_OR_ZERO(pin);
    if (!error) {
        mutex_lock(&ctx->lock);
        error = map_locked(space, args, prot, pin);
        mutex_unlock(&ctx->lock);
        if (error && pin && !ioasid_bug(MAP_FAILED_KEEPS_PIN))
            ioasid_pin_put(pin);
    }
    ioasid_space_put(space);
    return error;
}

/* ---- UNMAP ---- */

/* R-IOASID-109: no mapping begins before the range or ends behind it. */
static bool cuts(struct ioasid_space *space, const struct ioasid_span *span)
{
    struct ioasid_map *first = ioasid_map_first(space, span->start, span->start);
    struct ioasid_map *last = ioasid_map_first(space, span->last, span->last);

    return (first && first->iova.start != span->start) || (last && last->iova.last != span->last);
}

static u64 unmap_span(struct ioasid_space *space, const struct ioasid_span *span)
{
    struct ioasid_map *map;
    u64 bytes = 0;

    while ((map = ioasid_map_first(space, span->start, span->last))) {
        u64 size = map->iova.last - map->iova.start + 1;

        /* The hardware first: pages are let go when no device reaches them any more (R-IOASID-108). */
        if (space->domain)
            domain_unmap(space->domain, map->iova.start, size);
        trace_ioasid_unmap(space->id, map->iova.start, map->iova.last);
        map_remove(space, map);
        bytes += size;
    }
    return bytes;
}

void ioasid_unmap_all(struct ioasid_space *space)
{
    struct ioasid_span span = {0, U64_MAX};

    (void)unmap_span(space, &span);
}

static u64 count_span(struct ioasid_space *space, const struct ioasid_span *span)
{
    u64 bytes = 0;

    for (struct ioasid_map *map = ioasid_map_first(space, span->start, span->last); map;
         map = ioasid_map_next(map, span->start, span->last))
        bytes += map->iova.last - map->iova.start + 1;
    return bytes;
}

static int check_unmap(struct ioasid_space *space, const struct iommu_unmap_dma *args, struct ioasid_span *span)
{
    int error = ioasid_space_ready(space);

    *span = (struct ioasid_span){0, U64_MAX};
    if (error)
        return error;
    if (!ioasid_space_mappable(space))
        return -EOPNOTSUPP;
    if (args->flags & IOMMU_UNMAP_DMA_ALL) {
        if (args->iova || args->size)
            return -EINVAL;
    } else if ((args->iova | args->size) & ~PAGE_MASK || !ioasid_span_make(args->iova, args->size, span) ||
               (cuts(space, span) && !ioasid_bug(UNMAP_CUTS))) {
        return -EINVAL;
    }
    if (ioasid_shadowed(space, span->start, span->last) && !ioasid_bug(UNMAP_SHADOWED))
        return -EBUSY; /* R-IOASID-134; with nesting in hardware nothing stands in the way (R-IOASID-135) */
    return 0;
}

/* Removes what was told; false: there is another number of bytes by now. */
static int unmap_told(struct ioasid_ctx *ctx, const struct iommu_unmap_dma *args, const u64 *told, u64 *bytes)
{
    struct ioasid_space *space;
    struct ioasid_span span;
    int error = -EINVAL;

    mutex_lock(&ctx->lock);
    space = ioasid_space_find(ctx, args->ioasid);
    if (space)
        error = check_unmap(space, args, &span);
    if (!error) {
        *bytes = count_span(space, &span);
        if (told && *told == *bytes)
            (void)unmap_span(space, &span);
        else
            error = -EAGAIN;
    }
    mutex_unlock(&ctx->lock);
    return error;
}

int ioasid_unmap_dma(struct ioasid_ctx *ctx, struct iommu_unmap_dma *args, int (*tell)(void *context, u64 bytes), void *context)
{
    u64 bytes, told;
    int error;

    if (args->__reserved)
        return -EINVAL;
    error = unmap_told(ctx, args, NULL, &bytes);
    while (error == -EAGAIN) {
        told = bytes;
        error = tell ? tell(context, told) : 0;
        if (!error)
            error = unmap_told(ctx, args, &told, &bytes);
    }
    return error;
}
