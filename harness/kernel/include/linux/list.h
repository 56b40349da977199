/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_LIST_H
#define _LINUX_LIST_H

#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/poison.h>
#include <linux/types.h>

#define LIST_HEAD_INIT(name) \
    { \
        &(name), &(name) \
    }
#define LIST_HEAD(name) struct list_head name = LIST_HEAD_INIT(name)

/* A broken list, or an entry added or removed twice, is a splat: this kernel checks every step. */
void list_report_corruption(const char *operation, const struct list_head *entry);

static inline void INIT_LIST_HEAD(struct list_head *list)
{
    WRITE_ONCE(list->next, list);
    WRITE_ONCE(list->prev, list);
}
static inline void __list_add(struct list_head *entry, struct list_head *prev, struct list_head *next)
{
    if (unlikely(next->prev != prev || prev->next != next || entry == prev || entry == next)) {
        list_report_corruption("list_add", entry);
        return;
    }
    next->prev = entry;
    entry->next = next;
    entry->prev = prev;
    WRITE_ONCE(prev->next, entry);
}
static inline void list_add(struct list_head *entry, struct list_head *head)
{
    __list_add(entry, head, head->next);
}
static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
    __list_add(entry, head->prev, head);
}
static inline void __list_del(struct list_head *prev, struct list_head *next)
{
    next->prev = prev;
    WRITE_ONCE(prev->next, next);
}
static inline void __list_del_entry(struct list_head *entry)
{
    if (unlikely(entry->next == LIST_POISON1 || entry->prev == LIST_POISON2 || entry->prev->next != entry ||
                 entry->next->prev != entry)) {
        list_report_corruption("list_del", entry);
        return;
    }
    __list_del(entry->prev, entry->next);
}
static inline void list_del(struct list_head *entry)
{
    __list_del_entry(entry);
    entry->next = LIST_POISON1;
    entry->prev = LIST_POISON2;
}
static inline void list_del_init(struct list_head *entry)
{
    __list_del_entry(entry);
    INIT_LIST_HEAD(entry);
}
static inline void list_replace(struct list_head *old, struct list_head *entry)
{
    entry->next = old->next;
    entry->next->prev = entry;
    entry->prev = old->prev;
    entry->prev->next = entry;
}
static inline void list_replace_init(struct list_head *old, struct list_head *entry)
{
    list_replace(old, entry);
    INIT_LIST_HEAD(old);
}
static inline void list_move(struct list_head *entry, struct list_head *head)
{
    __list_del_entry(entry);
    list_add(entry, head);
}
static inline void list_move_tail(struct list_head *entry, struct list_head *head)
{
    __list_del_entry(entry);
    list_add_tail(entry, head);
}
static inline int list_empty(const struct list_head *head)
{
    return READ_ONCE(head->next) == head;
}
#define list_empty_careful(head) list_empty(head)
static inline int list_is_first(const struct list_head *entry, const struct list_head *head)
{
    return entry->prev == head;
}
static inline int list_is_last(const struct list_head *entry, const struct list_head *head)
{
    return entry->next == head;
}
static inline int list_is_head(const struct list_head *entry, const struct list_head *head)
{
    return entry == head;
}
static inline int list_is_singular(const struct list_head *head)
{
    return !list_empty(head) && head->next == head->prev;
}
static inline void __list_splice(const struct list_head *list, struct list_head *prev, struct list_head *next)
{
    struct list_head *first = list->next, *last = list->prev;

    first->prev = prev;
    prev->next = first;
    last->next = next;
    next->prev = last;
}
static inline void list_splice(const struct list_head *list, struct list_head *head)
{
    if (!list_empty(list))
        __list_splice(list, head, head->next);
}
static inline void list_splice_tail(const struct list_head *list, struct list_head *head)
{
    if (!list_empty(list))
        __list_splice(list, head->prev, head);
}
static inline void list_splice_init(struct list_head *list, struct list_head *head)
{
    list_splice(list, head);
    INIT_LIST_HEAD(list);
}
static inline void list_splice_tail_init(struct list_head *list, struct list_head *head)
{
    list_splice_tail(list, head);
    INIT_LIST_HEAD(list);
}
static inline void list_rotate_left(struct list_head *head)
{
    if (!list_empty(head))
        list_move_tail(head->next, head);
}
static inline size_t list_count_nodes(struct list_head *head)
{
    size_t count = 0;
    for (struct list_head *at = head->next; at != head; at = at->next)
        count++;
    return count;
}

#define list_entry(pointer, type, member) container_of(pointer, type, member)
#define list_first_entry(head, type, member) list_entry((head)->next, type, member)
#define list_last_entry(head, type, member) list_entry((head)->prev, type, member)
#define list_first_entry_or_null(head, type, member) (list_empty(head) ? NULL : list_first_entry(head, type, member))
#define list_next_entry(at, member) list_entry((at)->member.next, typeof(*(at)), member)
#define list_prev_entry(at, member) list_entry((at)->member.prev, typeof(*(at)), member)
#define list_entry_is_head(at, head, member) (&(at)->member == (head))
#define list_for_each(at, head) for ((at) = (head)->next; (at) != (head); (at) = (at)->next)
#define list_for_each_safe(at, next_one, head) \
    for ((at) = (head)->next, (next_one) = (at)->next; (at) != (head); (at) = (next_one), (next_one) = (at)->next)
#define list_for_each_entry(at, head, member) \
    for ((at) = list_first_entry(head, typeof(*(at)), member); !list_entry_is_head(at, head, member); \
         (at) = list_next_entry(at, member))
#define list_for_each_entry_reverse(at, head, member) \
    for ((at) = list_last_entry(head, typeof(*(at)), member); !list_entry_is_head(at, head, member); \
         (at) = list_prev_entry(at, member))
#define list_for_each_entry_continue(at, head, member) \
    for ((at) = list_next_entry(at, member); !list_entry_is_head(at, head, member); (at) = list_next_entry(at, member))
#define list_for_each_entry_continue_reverse(at, head, member) \
    for ((at) = list_prev_entry(at, member); !list_entry_is_head(at, head, member); (at) = list_prev_entry(at, member))
#define list_for_each_entry_from(at, head, member) \
    for (; !list_entry_is_head(at, head, member); (at) = list_next_entry(at, member))
#define list_for_each_entry_safe(at, next_one, head, member) \
    for ((at) = list_first_entry(head, typeof(*(at)), member), (next_one) = list_next_entry(at, member); \
         !list_entry_is_head(at, head, member); (at) = (next_one), (next_one) = list_next_entry(next_one, member))
#define list_for_each_entry_safe_reverse(at, next_one, head, member) \
    for ((at) = list_last_entry(head, typeof(*(at)), member), (next_one) = list_prev_entry(at, member); \
         !list_entry_is_head(at, head, member); (at) = (next_one), (next_one) = list_prev_entry(next_one, member))

#define HLIST_HEAD_INIT \
    { \
        .first = NULL \
    }
#define HLIST_HEAD(name) struct hlist_head name = HLIST_HEAD_INIT
#define INIT_HLIST_HEAD(head) ((head)->first = NULL)
static inline void INIT_HLIST_NODE(struct hlist_node *node)
{
    node->next = NULL;
    node->pprev = NULL;
}
static inline int hlist_unhashed(const struct hlist_node *node)
{
    return !node->pprev;
}
static inline int hlist_empty(const struct hlist_head *head)
{
    return !READ_ONCE(head->first);
}
static inline void hlist_add_head(struct hlist_node *node, struct hlist_head *head)
{
    node->next = head->first;
    if (node->next)
        node->next->pprev = &node->next;
    WRITE_ONCE(head->first, node);
    node->pprev = &head->first;
}
static inline void hlist_del(struct hlist_node *node)
{
    WRITE_ONCE(*node->pprev, node->next);
    if (node->next)
        node->next->pprev = node->pprev;
    node->next = LIST_POISON1;
    node->pprev = LIST_POISON2;
}
static inline void hlist_del_init(struct hlist_node *node)
{
    if (hlist_unhashed(node))
        return;
    hlist_del(node);
    INIT_HLIST_NODE(node);
}
#define hlist_entry(pointer, type, member) container_of(pointer, type, member)
#define hlist_entry_safe(pointer, type, member) \
    ({ \
        typeof(pointer) __hlist_pointer = (pointer); \
        __hlist_pointer ? hlist_entry(__hlist_pointer, type, member) : NULL; \
    })
#define hlist_for_each_entry(at, head, member) \
    for ((at) = hlist_entry_safe((head)->first, typeof(*(at)), member); (at); \
         (at) = hlist_entry_safe((at)->member.next, typeof(*(at)), member))
#define hlist_for_each_entry_safe(at, node, head, member) \
    for ((at) = hlist_entry_safe((head)->first, typeof(*(at)), member); (at) && ((node) = (at)->member.next, 1); \
         (at) = hlist_entry_safe(node, typeof(*(at)), member))

#endif
