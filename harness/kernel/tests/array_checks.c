/* SPDX-License-Identifier: BSD-2-Clause */
/* array_checks.c - xarrays, ids, interval trees, each against something simpler. */
#include "core_checks.h"

#include "kernel/core.h"

#include <linux/idr.h>
#include <linux/interval_tree.h>
#include <linux/string.h>
#include <linux/xarray.h>

static DEFINE_XARRAY(plain);
static DEFINE_XARRAY_ALLOC1(ids);
static int things[300];

void check_xarray(void *unused)
{
    unsigned long index, count = 0;
    void *entry;
    u32 id, next = 0;

    CHECK(xa_empty(&plain) && !xa_load(&plain, 0) && !xa_load(&plain, ~0ul));
    CHECK(!xa_store(&plain, 5, &things[5], GFP_KERNEL) && xa_load(&plain, 5) == &things[5]);
    CHECK(!xa_store(&plain, ~0ul, &things[6], GFP_KERNEL) && xa_load(&plain, ~0ul) == &things[6]);
    CHECK(!xa_store(&plain, 1ul << 40, xa_mk_value(9), GFP_KERNEL) && xa_to_value(xa_load(&plain, 1ul << 40)) == 9);
    CHECK(xa_load(&plain, 5) == &things[5] && !xa_load(&plain, 6));
    CHECK(xa_insert(&plain, 5, &things[1], GFP_KERNEL) == -EBUSY);
    CHECK(xa_cmpxchg(&plain, 5, &things[1], &things[2], GFP_KERNEL) == &things[5] && xa_load(&plain, 5) == &things[5]);
    xa_set_mark(&plain, 1ul << 40, XA_MARK_1);
    CHECK(xa_marked(&plain, XA_MARK_1) && !xa_marked(&plain, XA_MARK_0) && xa_get_mark(&plain, 1ul << 40, XA_MARK_1));
    xa_for_each_marked(&plain, index, entry, XA_MARK_1) CHECK(index == 1ul << 40 && ++count);
    CHECK(count == 1);
    xa_for_each(&plain, index, entry) count++;
    CHECK(count == 4);
    CHECK(xa_erase(&plain, ~0ul) == &things[6] && xa_erase(&plain, 1ul << 40) && !xa_marked(&plain, XA_MARK_1));
    CHECK(xa_reserve(&plain, 77, GFP_KERNEL) == 0 && !xa_load(&plain, 77) && !xa_empty(&plain));
    xa_release(&plain, 77);
    CHECK(xa_erase(&plain, 5) == &things[5] && xa_empty(&plain));

    CHECK(xa_alloc(&ids, &id, &things[0], xa_limit_31b, GFP_KERNEL) == 0 && id == 1);
    CHECK(xa_alloc(&ids, &id, NULL, XA_LIMIT(1, 3), GFP_KERNEL) == 0 && id == 2 && !xa_load(&ids, 2));
    CHECK(xa_alloc(&ids, &id, &things[0], XA_LIMIT(1, 3), GFP_KERNEL) == 0 && id == 3);
    CHECK(xa_alloc(&ids, &id, &things[0], XA_LIMIT(1, 3), GFP_KERNEL) == -EBUSY);
    xa_for_each(&ids, index, entry) CHECK(index != 2);
    CHECK(!xa_erase(&ids, 2) && xa_alloc(&ids, &id, &things[0], XA_LIMIT(1, 3), GFP_KERNEL) == 0 && id == 2);
    CHECK(xa_alloc(&ids, &id, &things[0], XA_LIMIT(INT_MAX, INT_MAX), GFP_KERNEL) == 0 && id == INT_MAX);
    CHECK(xa_alloc(&ids, &id, &things[0], xa_limit_31b, GFP_KERNEL) == 0 && id == 4);
    for (int i = 0; i < 6; i++) {
        int result = xa_alloc_cyclic(&ids, &id, &things[0], XA_LIMIT(10, 13), &next, GFP_KERNEL);

        CHECK(result == (i < 4 ? 0 : -EBUSY));
        CHECK(i >= 4 || id == 10u + (u32)i);
    }
    xa_erase(&ids, 11);
    CHECK(xa_alloc_cyclic(&ids, &id, &things[0], XA_LIMIT(10, 13), &next, GFP_KERNEL) == 1 && id == 11);
    xa_destroy(&ids);
    CHECK(xa_empty(&ids));
}

static u64 state = 1;
static u32 random32(void)
{
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (u32)(state >> 33);
}

/* Indices from a few far apart clusters, so that trees of all heights come up. */
void check_xarray_random(void *unused)
{
    static void *model[300];
    static bool marks[300];
    unsigned long index, found;
    void *entry;

    memset(model, 0, sizeof(model));
    memset(marks, 0, sizeof(marks));
#define PLACE(i) ((unsigned long)((i) % 100) + ((i) < 100 ? 0 : (i) < 200 ? 1ul << 33 : ~0ul - 200))
    for (int round = 0; round < 20000; round++) {
        unsigned int i = random32() % 300;

        switch (random32() % 5) {
        case 0:
        case 1:
            CHECK(xa_store(&plain, PLACE(i), &things[i], GFP_KERNEL) == model[i]);
            marks[i] = marks[i] && model[i] && xa_get_mark(&plain, PLACE(i), XA_MARK_2);
            model[i] = &things[i];
            break;
        case 2:
            CHECK(xa_erase(&plain, PLACE(i)) == model[i]);
            model[i] = NULL;
            marks[i] = false;
            break;
        case 3:
            xa_set_mark(&plain, PLACE(i), XA_MARK_2);
            marks[i] = model[i] != NULL;
            break;
        case 4:
            CHECK(xa_load(&plain, PLACE(i)) == model[i]);
            CHECK(xa_get_mark(&plain, PLACE(i), XA_MARK_2) == marks[i]);
            break;
        }
    }
    found = 0;
    xa_for_each(&plain, index, entry) found++;
    for (int i = 0; i < 300; i++)
        found -= model[i] != NULL;
    CHECK(found == 0);
    xa_for_each_marked(&plain, index, entry, XA_MARK_2) found++;
    for (int i = 0; i < 300; i++)
        found -= marks[i];
    CHECK(found == 0);
    xa_for_each(&plain, index, entry) xa_erase(&plain, index);
    CHECK(xa_empty(&plain));
}

void check_ids(void *unused)
{
    static DEFINE_IDA(ida);
    static DEFINE_IDR(idr);
    int id;
    void *entry;

    for (int i = 0; i < 200; i++)
        CHECK(ida_alloc(&ida, GFP_KERNEL) == i);
    ida_free(&ida, 77);
    CHECK(ida_alloc_range(&ida, 70, 80, GFP_KERNEL) == 77 && ida_alloc_range(&ida, 70, 80, GFP_KERNEL) == -ENOSPC);
    for (unsigned int i = 0; i < 200; i++)
        ida_free(&ida, i);
    CHECK(ida_is_empty(&ida));
    CHECK(idr_alloc(&idr, &things[0], 1, 3, GFP_KERNEL) == 1 && idr_alloc(&idr, &things[1], 1, 3, GFP_KERNEL) == 2);
    CHECK(idr_alloc(&idr, &things[2], 1, 3, GFP_KERNEL) == -ENOSPC && idr_find(&idr, 2) == &things[1]);
    idr_for_each_entry(&idr, entry, id) CHECK(entry == &things[id - 1]);
    CHECK(idr_remove(&idr, 1) == &things[0] && idr_remove(&idr, 2) == &things[1] && idr_is_empty(&idr));
}

enum { INTERVALS = 64, SPACE = 256 };

void check_intervals(void *unused)
{
    static struct interval_tree_node nodes[INTERVALS];
    static bool in[INTERVALS];
    struct rb_root_cached root = RB_ROOT_CACHED;
    struct interval_tree_span_iter span;

    memset(in, 0, sizeof(in));
    for (int round = 0; round < 3000; round++) {
        unsigned int which = random32() % INTERVALS;
        unsigned long start = random32() % SPACE, last = start + random32() % 16, seen = 0, before = 0;

        if (in[which]) {
            interval_tree_remove(&nodes[which], &root);
        } else {
            nodes[which].start = start;
            nodes[which].last = last;
            interval_tree_insert(&nodes[which], &root);
        }
        in[which] = !in[which];
        for (struct interval_tree_node *at = interval_tree_iter_first(&root, start, last); at;
             at = interval_tree_iter_next(at, start, last)) {
            CHECK(in[at - nodes] && at->start <= last && at->last >= start && at->start >= before);
            before = at->start;
            seen++;
        }
        for (int i = 0; i < INTERVALS; i++)
            seen -= in[i] && nodes[i].start <= last && nodes[i].last >= start;
        CHECK(seen == 0);
        interval_tree_for_each_span(&span, &root, 0, SPACE)
        {
            CHECK(span.start_hole == seen && span.last_hole >= span.start_hole && span.last_hole <= SPACE);
            for (unsigned long at = span.start_hole; at <= span.last_hole; at++)
                CHECK((interval_tree_iter_first(&root, at, at) == NULL) == (span.is_hole == 1));
            seen = span.last_hole + 1;
        }
        CHECK(seen == SPACE + 1);
    }
}
