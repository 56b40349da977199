/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_RCULIST_H
#define _LINUX_RCULIST_H

#include <linux/list.h>
#include <linux/rcupdate.h>

static inline void __list_add_rcu(struct list_head *entry, struct list_head *prev, struct list_head *next)
{
    entry->next = next;
    entry->prev = prev;
    next->prev = entry;
    smp_store_release(&prev->next, entry);
}
static inline void list_add_rcu(struct list_head *entry, struct list_head *head)
{
    __list_add_rcu(entry, head, head->next);
}
static inline void list_add_tail_rcu(struct list_head *entry, struct list_head *head)
{
    __list_add_rcu(entry, head->prev, head);
}
static inline void list_del_rcu(struct list_head *entry)
{
    __list_del_entry(entry);
    entry->prev = LIST_POISON2; /* readers may still follow next */
}
#define list_entry_rcu(pointer, type, member) container_of(smp_load_acquire(&(pointer)), type, member)
#define list_for_each_entry_rcu(at, head, member, ...)                                        \
    for ((at) = list_entry_rcu((head)->next, typeof(*(at)), member); &(at)->member != (head); \
         (at) = list_entry_rcu((at)->member.next, typeof(*(at)), member))
#define list_for_each_entry_srcu(at, head, member, condition) list_for_each_entry_rcu(at, head, member)
#define list_first_or_null_rcu(head, type, member)                            \
    ({                                                                        \
        struct list_head *__first_rcu = smp_load_acquire(&(head)->next);      \
        __first_rcu != (head) ? list_entry(__first_rcu, type, member) : NULL; \
    })
static inline void hlist_add_head_rcu(struct hlist_node *node, struct hlist_head *head)
{
    node->next = head->first;
    node->pprev = &head->first;
    if (node->next)
        node->next->pprev = &node->next;
    smp_store_release(&head->first, node);
}
static inline void hlist_del_rcu(struct hlist_node *node)
{
    WRITE_ONCE(*node->pprev, node->next);
    if (node->next)
        node->next->pprev = node->pprev;
    node->pprev = LIST_POISON2;
}
static inline void hlist_del_init_rcu(struct hlist_node *node)
{
    if (hlist_unhashed(node))
        return;
    hlist_del_rcu(node);
    node->pprev = NULL;
}
#define hlist_for_each_entry_rcu(at, head, member, ...)                                          \
    for ((at) = hlist_entry_safe(smp_load_acquire(&(head)->first), typeof(*(at)), member); (at); \
         (at) = hlist_entry_safe(smp_load_acquire(&(at)->member.next), typeof(*(at)), member))
#define hlist_for_each_entry_srcu(at, head, member, condition) hlist_for_each_entry_rcu(at, head, member)

#endif
