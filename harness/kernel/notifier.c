/* SPDX-License-Identifier: BSD-2-Clause */
/* notifier.c - chains of those who want to know, by priority. */
#include <linux/errno.h>
#include <linux/notifier.h>

int raw_notifier_chain_register(struct raw_notifier_head *head, struct notifier_block *block)
{
    struct notifier_block **at = &head->head;

    for (struct notifier_block *other = head->head; other; other = other->next)
        if (other == block)
            return -EEXIST;
    while (*at && (*at)->priority >= block->priority)
        at = &(*at)->next;
    block->next = *at;
    *at = block;
    return 0;
}

int raw_notifier_chain_unregister(struct raw_notifier_head *head, struct notifier_block *block)
{
    for (struct notifier_block **at = &head->head; *at; at = &(*at)->next)
        if (*at == block) {
            *at = block->next;
            return 0;
        }
    return -ENOENT;
}

int raw_notifier_call_chain(struct raw_notifier_head *head, unsigned long action, void *data)
{
    int result = NOTIFY_DONE;

    for (struct notifier_block *at = head->head, *next; at; at = next) {
        next = at->next;
        result = at->notifier_call(at, action, data);
        if (result & NOTIFY_STOP_MASK)
            break;
    }
    return result;
}

int blocking_notifier_chain_register(struct blocking_notifier_head *head, struct notifier_block *block)
{
    struct raw_notifier_head raw;
    int error;

    down_write(&head->rwsem);
    raw.head = head->head;
    error = raw_notifier_chain_register(&raw, block);
    head->head = raw.head;
    up_write(&head->rwsem);
    return error;
}

int blocking_notifier_chain_unregister(struct blocking_notifier_head *head, struct notifier_block *block)
{
    struct raw_notifier_head raw;
    int error;

    down_write(&head->rwsem);
    raw.head = head->head;
    error = raw_notifier_chain_unregister(&raw, block);
    head->head = raw.head;
    up_write(&head->rwsem);
    return error;
}

int blocking_notifier_call_chain(struct blocking_notifier_head *head, unsigned long action, void *data)
{
    struct raw_notifier_head raw;
    int result;

    down_read(&head->rwsem);
    raw.head = head->head;
    result = raw_notifier_call_chain(&raw, action, data);
    up_read(&head->rwsem);
    return result;
}
