/* SPDX-License-Identifier: BSD-2-Clause */
/* rbtree.c - ordered trees behind the names of Linux's red-black trees: each node has a random priority, no child has a higher
 * one. */
#include <linux/hash.h>
#include <linux/interval_tree.h>
#include <linux/minmax.h>

static struct rb_node **link_to(struct rb_node *node, struct rb_root *root)
{
    struct rb_node *parent = node->rb_parent;

    return !parent ? &root->rb_node : parent->rb_left == node ? &parent->rb_left : &parent->rb_right;
}

/* A child takes the place of its parent. */
static void rotate_up(struct rb_node *node, struct rb_root *root, void (*update)(struct rb_node *node))
{
    struct rb_node *parent = node->rb_parent, **link = link_to(parent, root), *moved;

    if (parent->rb_left == node) {
        moved = parent->rb_left = node->rb_right;
        node->rb_right = parent;
    } else {
        moved = parent->rb_right = node->rb_left;
        node->rb_left = parent;
    }
    if (moved)
        moved->rb_parent = parent;
    node->rb_parent = parent->rb_parent;
    parent->rb_parent = node;
    *link = node;
    if (update) {
        update(parent);
        update(node);
    }
}

void kernel_rb_insert(struct rb_node *node, struct rb_root *root, void (*update)(struct rb_node *node))
{
    static unsigned long count;

    node->rb_priority = (__atomic_add_fetch(&count, 1, __ATOMIC_RELAXED) * 0x9e3779b97f4a7c15ul) >> 8;
    node->rb_priority = hash_64(node->rb_priority, 32);
    if (update)
        for (struct rb_node *at = node; at; at = at->rb_parent)
            update(at);
    while (node->rb_parent && node->rb_parent->rb_priority < node->rb_priority)
        rotate_up(node, root, update);
}

void kernel_rb_erase(struct rb_node *node, struct rb_root *root, void (*update)(struct rb_node *node))
{
    struct rb_node *child;

    while (node->rb_left && node->rb_right)
        rotate_up(node->rb_left->rb_priority > node->rb_right->rb_priority ? node->rb_left : node->rb_right, root, update);
    child = node->rb_left ? node->rb_left : node->rb_right;
    *link_to(node, root) = child;
    if (child)
        child->rb_parent = node->rb_parent;
    if (update)
        for (struct rb_node *at = node->rb_parent; at; at = at->rb_parent)
            update(at);
}

void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
    kernel_rb_insert(node, root, NULL);
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
    kernel_rb_erase(node, root, NULL);
}

void rb_replace_node(struct rb_node *victim, struct rb_node *node, struct rb_root *root)
{
    *link_to(victim, root) = node;
    *node = *victim;
    if (node->rb_left)
        node->rb_left->rb_parent = node;
    if (node->rb_right)
        node->rb_right->rb_parent = node;
}

struct rb_node *rb_first(const struct rb_root *root)
{
    struct rb_node *node = root->rb_node;

    while (node && node->rb_left)
        node = node->rb_left;
    return node;
}

struct rb_node *rb_last(const struct rb_root *root)
{
    struct rb_node *node = root->rb_node;

    while (node && node->rb_right)
        node = node->rb_right;
    return node;
}

struct rb_node *rb_next(const struct rb_node *node)
{
    if (node->rb_right) {
        for (node = node->rb_right; node->rb_left;)
            node = node->rb_left;
        return (struct rb_node *)(unsigned long)node;
    }
    while (node->rb_parent && node->rb_parent->rb_right == node)
        node = node->rb_parent;
    return node->rb_parent;
}

struct rb_node *rb_prev(const struct rb_node *node)
{
    if (node->rb_left) {
        for (node = node->rb_left; node->rb_right;)
            node = node->rb_right;
        return (struct rb_node *)(unsigned long)node;
    }
    while (node->rb_parent && node->rb_parent->rb_left == node)
        node = node->rb_parent;
    return node->rb_parent;
}

static struct rb_node *deepest(struct rb_node *node)
{
    while (node && (node->rb_left || node->rb_right))
        node = node->rb_left ? node->rb_left : node->rb_right;
    return node;
}

struct rb_node *rb_first_postorder(const struct rb_root *root)
{
    return deepest(root->rb_node);
}

struct rb_node *rb_next_postorder(const struct rb_node *node)
{
    struct rb_node *parent = node ? node->rb_parent : NULL;

    return parent && parent->rb_left == node && parent->rb_right ? deepest(parent->rb_right) : parent;
}

/* ---- intervals ---- */

#define interval_of(node) rb_entry(node, struct interval_tree_node, rb)

static void update_last(struct rb_node *node)
{
    struct interval_tree_node *it = interval_of(node);

    it->__subtree_last = it->last;
    if (node->rb_left)
        it->__subtree_last = max(it->__subtree_last, interval_of(node->rb_left)->__subtree_last);
    if (node->rb_right)
        it->__subtree_last = max(it->__subtree_last, interval_of(node->rb_right)->__subtree_last);
}

void interval_tree_insert(struct interval_tree_node *node, struct rb_root_cached *root)
{
    struct rb_node **link = &root->rb_root.rb_node, *parent = NULL;

    while (*link) {
        parent = *link;
        link = node->start < interval_of(parent)->start ? &parent->rb_left : &parent->rb_right;
    }
    rb_link_node(&node->rb, parent, link);
    kernel_rb_insert(&node->rb, &root->rb_root, update_last);
}

void interval_tree_remove(struct interval_tree_node *node, struct rb_root_cached *root)
{
    kernel_rb_erase(&node->rb, &root->rb_root, update_last);
}

static struct interval_tree_node *first_in(struct rb_node *node, unsigned long start, unsigned long last)
{
    while (node && interval_of(node)->__subtree_last >= start) {
        struct interval_tree_node *it = interval_of(node);

        if (node->rb_left && interval_of(node->rb_left)->__subtree_last >= start) {
            struct interval_tree_node *found = first_in(node->rb_left, start, last);

            if (found)
                return found;
        }
        if (it->start > last)
            return NULL;
        if (it->last >= start)
            return it;
        node = node->rb_right;
    }
    return NULL;
}

struct interval_tree_node *interval_tree_iter_first(struct rb_root_cached *root, unsigned long start, unsigned long last)
{
    return first_in(root->rb_root.rb_node, start, last);
}

struct interval_tree_node *interval_tree_iter_next(struct interval_tree_node *node, unsigned long start, unsigned long last)
{
    struct rb_node *at = &node->rb;

    while ((at = rb_next(at)) != NULL && interval_of(at)->start <= last)
        if (interval_of(at)->last >= start)
            return interval_of(at);
    return NULL;
}

/* ---- spans: used and free pieces of a range, in turn ---- */

static void set_span(struct interval_tree_span_iter *at, unsigned long from)
{
    struct interval_tree_node *node = interval_tree_iter_first(at->tree, from, at->last_index);

    at->start_hole = from;
    if (!node || node->start > from) {
        at->is_hole = 1;
        at->last_hole = node ? node->start - 1 : at->last_index;
        return;
    }
    at->is_hole = 0;
    at->last_used = node->last;
    /* what overlaps or touches belongs to the same piece */
    while (at->last_used < at->last_index &&
           (node = interval_tree_iter_first(at->tree, at->last_used + 1, at->last_used + 1)) != NULL)
        at->last_used = node->last;
    at->last_used = min(at->last_used, at->last_index);
}

void interval_tree_span_iter_first(struct interval_tree_span_iter *at, struct rb_root_cached *root, unsigned long first,
                                   unsigned long last)
{
    at->tree = root;
    at->first_index = first;
    at->last_index = last;
    set_span(at, first);
}

void interval_tree_span_iter_next(struct interval_tree_span_iter *at)
{
    if (at->last_hole >= at->last_index)
        at->is_hole = -1;
    else
        set_span(at, at->last_hole + 1);
}
