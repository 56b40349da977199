/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_INTERVAL_TREE_H
#define _LINUX_INTERVAL_TREE_H

#include <linux/rbtree.h>

struct interval_tree_node {
    struct rb_node rb;
    unsigned long start, last; /* both included */
    unsigned long __subtree_last;
};
void interval_tree_insert(struct interval_tree_node *node, struct rb_root_cached *root);
void interval_tree_remove(struct interval_tree_node *node, struct rb_root_cached *root);
/* In the order of start: those that overlap start..last. */
struct interval_tree_node *interval_tree_iter_first(struct rb_root_cached *root, unsigned long start, unsigned long last);
struct interval_tree_node *interval_tree_iter_next(struct interval_tree_node *node, unsigned long start, unsigned long last);

struct interval_tree_span_iter {
    struct interval_tree_node *nodes[2];
    unsigned long first_index, last_index;
    union {
        unsigned long start_hole, start_used;
    };
    union {
        unsigned long last_hole, last_used;
    };
    int is_hole; /* 1: hole; 0: used; -1: the end */
    struct rb_root_cached *tree;
};
void interval_tree_span_iter_first(struct interval_tree_span_iter *at, struct rb_root_cached *root, unsigned long first,
                                   unsigned long last);
void interval_tree_span_iter_next(struct interval_tree_span_iter *at);
static inline bool interval_tree_span_iter_done(struct interval_tree_span_iter *at)
{
    return at->is_hole == -1;
}
#define interval_tree_for_each_span(at, root, first, last) \
    for (interval_tree_span_iter_first(at, root, first, last); !interval_tree_span_iter_done(at); \
         interval_tree_span_iter_next(at))

#endif
