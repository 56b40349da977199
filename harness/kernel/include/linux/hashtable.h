/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_HASHTABLE_H
#define _LINUX_HASHTABLE_H

#include <linux/array_size.h>
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/rculist.h>

#define DECLARE_HASHTABLE(name, bits) struct hlist_head name[1 << (bits)]
#define DEFINE_HASHTABLE(name, bits) struct hlist_head name[1 << (bits)] = {HLIST_HEAD_INIT}
#define HASH_SIZE(name) ARRAY_SIZE(name)
#define HASH_BITS(name) ilog2(HASH_SIZE(name))
#define hash_init(table) memset(table, 0, sizeof(table))
#define hash_add(table, node, key) hlist_add_head(node, &(table)[hash_64(key, HASH_BITS(table))])
#define hash_add_rcu(table, node, key) hlist_add_head_rcu(node, &(table)[hash_64(key, HASH_BITS(table))])
#define hash_del(node) hlist_del_init(node)
#define hash_del_rcu(node) hlist_del_init_rcu(node)
#define hash_for_each_possible(table, object, member, key) \
    hlist_for_each_entry(object, &(table)[hash_64(key, HASH_BITS(table))], member)
#define hash_for_each_possible_rcu(table, object, member, key) \
    hlist_for_each_entry_rcu(object, &(table)[hash_64(key, HASH_BITS(table))], member)
#define hash_for_each(table, bucket, object, member) \
    for ((bucket) = 0, (object) = NULL; (object) == NULL && (bucket) < (int)HASH_SIZE(table); (bucket)++) \
    hlist_for_each_entry(object, &(table)[bucket], member)
#define hash_for_each_safe(table, bucket, node, object, member) \
    for ((bucket) = 0, (object) = NULL; (object) == NULL && (bucket) < (int)HASH_SIZE(table); (bucket)++) \
    hlist_for_each_entry_safe(object, node, &(table)[bucket], member)

#endif
