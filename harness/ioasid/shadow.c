/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * shadow.c - nesting in software: a mapping of a child is an address range of its parent. It is composed with the parent's
 * mappings once, when it is made, to pages, which is what its domain maps: the child's domain is the shadow of both. So a parent
 * can be a child itself, to any depth. What a child uses of its parent cannot be unmapped there (R-IOASID-134: refused).
 */
#include "core.h"

#include <linux/mm.h>

/* Segments of one mapping of the parent, of which start..last is wanted. */
static int map_segments(struct ioasid_map *map, u64 start, u64 last, struct ioasid_segment *out)
{
    unsigned long skip = (start - map->iova.start) >> PAGE_SHIFT, want = (last - start + 1) >> PAGE_SHIFT;
    int count = 0;

    for (unsigned int i = 0; i < map->segment_count && want; i++) {
        struct ioasid_segment segment = map->segments[i];
        unsigned long take;

        if (skip >= segment.count) {
            skip -= segment.count;
            continue;
        }
        take = min(segment.count - skip, want);
        if (out) {
            kref_get(&segment.pin->kref);
            out[count] = (struct ioasid_segment){segment.pin, segment.first + skip, take};
        }
        count++;
        want -= take;
        skip = 0;
    }
    return count;
}

int ioasid_segments(struct ioasid_space *space, u64 start, u64 last, int prot, struct ioasid_segment *out)
{
    u64 next = start;
    int count = 0;

    for (;;) {
        struct ioasid_map *map = ioasid_map_first(space, next, next);
        u64 end;

        if (!map)
            return -EFAULT; /* R-IOASID-131 */
        if (prot & ~map->prot && !ioasid_bug(CHILD_PROT))
            return -EPERM; /* R-IOASID-132 */
        end = min_t(u64, map->iova.last, last);
        count += map_segments(map, next, end, out ? out + count : NULL);
        if (end == last)
            return count;
        next = end + 1;
    }
}

bool ioasid_shadowed(struct ioasid_space *parent, u64 start, u64 last)
{
    struct ioasid_space *child;

    list_for_each_entry(child, &parent->child_list,
                        sibling) if (interval_tree_iter_first(&child->by_vaddr, start, last)) return true;
    return false;
}
