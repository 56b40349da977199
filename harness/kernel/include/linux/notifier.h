/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_NOTIFIER_H
#define _LINUX_NOTIFIER_H

#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>

#define NOTIFY_DONE 0x0000
#define NOTIFY_OK 0x0001
#define NOTIFY_STOP_MASK 0x8000
#define NOTIFY_BAD (NOTIFY_STOP_MASK | 0x0002)
#define NOTIFY_STOP (NOTIFY_OK | NOTIFY_STOP_MASK)
static inline int notifier_from_errno(int error)
{
    return error ? NOTIFY_STOP_MASK | (NOTIFY_OK - error) : NOTIFY_OK;
}
static inline int notifier_to_errno(int result)
{
    result &= ~NOTIFY_STOP_MASK;
    return result > NOTIFY_OK ? NOTIFY_OK - result : 0;
}
struct notifier_block;
typedef int (*notifier_fn_t)(struct notifier_block *block, unsigned long action, void *data);
struct notifier_block {
    notifier_fn_t notifier_call;
    struct notifier_block *next;
    int priority;
};
struct raw_notifier_head {
    struct notifier_block *head;
};
struct blocking_notifier_head {
    struct rw_semaphore rwsem;
    struct notifier_block *head;
};
#define BLOCKING_NOTIFIER_HEAD(name) \
    struct blocking_notifier_head name = {.rwsem = {.core = __KERNEL_LOCK_INIT(name.rwsem)}}
#define BLOCKING_INIT_NOTIFIER_HEAD(name) \
    do { \
        init_rwsem(&(name)->rwsem); \
        (name)->head = NULL; \
    } while (0)
int raw_notifier_chain_register(struct raw_notifier_head *head, struct notifier_block *block);
int raw_notifier_chain_unregister(struct raw_notifier_head *head, struct notifier_block *block);
int raw_notifier_call_chain(struct raw_notifier_head *head, unsigned long action, void *data);
int blocking_notifier_chain_register(struct blocking_notifier_head *head, struct notifier_block *block);
int blocking_notifier_chain_unregister(struct blocking_notifier_head *head, struct notifier_block *block);
int blocking_notifier_call_chain(struct blocking_notifier_head *head, unsigned long action, void *data);

#endif
