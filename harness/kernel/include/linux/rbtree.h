/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_RBTREE_H
#define _LINUX_RBTREE_H

#include <linux/container_of.h>
#include <linux/types.h>

/* The interface of Linux's red-black trees; how it is kept balanced is nobody's business. */
struct rb_node {
    struct rb_node *rb_parent, *rb_left, *rb_right;
    unsigned long rb_priority;
};
struct rb_root {
    struct rb_node *rb_node;
};
struct rb_root_cached {
    struct rb_root rb_root;
};
#define RB_ROOT \
    (struct rb_root) \
    { \
        NULL \
    }
#define RB_ROOT_CACHED \
    (struct rb_root_cached) \
    { \
        { \
            NULL \
        } \
    }
#define rb_entry(pointer, type, member) container_of(pointer, type, member)
#define rb_entry_safe(pointer, type, member) \
    ({ \
        typeof(pointer) __rb_pointer = (pointer); \
        __rb_pointer ? rb_entry(__rb_pointer, type, member) : NULL; \
    })
#define rb_parent(node) ((node)->rb_parent)
#define RB_EMPTY_ROOT(root) (READ_ONCE((root)->rb_node) == NULL)
#define RB_EMPTY_NODE(node) ((node)->rb_parent == (node))
#define RB_CLEAR_NODE(node) ((node)->rb_parent = (node))
static inline void rb_link_node(struct rb_node *node, struct rb_node *parent, struct rb_node **link)
{
    node->rb_parent = parent;
    node->rb_left = node->rb_right = NULL;
    *link = node;
}
void rb_insert_color(struct rb_node *node, struct rb_root *root);
void rb_erase(struct rb_node *node, struct rb_root *root);
void rb_replace_node(struct rb_node *victim, struct rb_node *node, struct rb_root *root);
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);
struct rb_node *rb_first_postorder(const struct rb_root *root);
struct rb_node *rb_next_postorder(const struct rb_node *node);
/* With augmentation: `update` recomputes a node from its children. */
void kernel_rb_insert(struct rb_node *node, struct rb_root *root, void (*update)(struct rb_node *node));
void kernel_rb_erase(struct rb_node *node, struct rb_root *root, void (*update)(struct rb_node *node));
#define rb_first_cached(root) rb_first(&(root)->rb_root)
#define rb_insert_color_cached(node, root, leftmost) ((void)(leftmost), rb_insert_color(node, &(root)->rb_root))
#define rb_erase_cached(node, root) rb_erase(node, &(root)->rb_root)
static inline void rb_add(struct rb_node *node, struct rb_root *root, bool (*less)(struct rb_node *, const struct rb_node *))
{
    struct rb_node **link = &root->rb_node, *parent = NULL;

    while (*link) {
        parent = *link;
        link = less(node, parent) ? &parent->rb_left : &parent->rb_right;
    }
    rb_link_node(node, parent, link);
    rb_insert_color(node, root);
}
static inline struct rb_node *rb_find(const void *key, const struct rb_root *root,
                                      int (*compare)(const void *key, const struct rb_node *))
{
    struct rb_node *node = root->rb_node;

    while (node) {
        int order = compare(key, node);
        if (order == 0)
            break;
        node = order < 0 ? node->rb_left : node->rb_right;
    }
    return node;
}
static inline struct rb_node *rb_find_add(struct rb_node *node, struct rb_root *root,
                                          int (*compare)(struct rb_node *, const struct rb_node *))
{
    struct rb_node **link = &root->rb_node, *parent = NULL;

    while (*link) {
        parent = *link;
        int order = compare(node, parent);
        if (order == 0)
            return parent;
        link = order < 0 ? &parent->rb_left : &parent->rb_right;
    }
    rb_link_node(node, parent, link);
    rb_insert_color(node, root);
    return NULL;
}
#define rbtree_postorder_for_each_entry_safe(at, next_one, root, member) \
    for ((at) = rb_entry_safe(rb_first_postorder(root), typeof(*(at)), member); \
         (at) && ((next_one) = rb_entry_safe(rb_next_postorder(&(at)->member), typeof(*(at)), member), 1); (at) = (next_one))

#endif
