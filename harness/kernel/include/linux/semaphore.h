/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_SEMAPHORE_H
#define _LINUX_SEMAPHORE_H

#include <linux/wait.h>

struct semaphore {
    unsigned int count;
    struct wait_queue_head wait;
};
#define sema_init(semaphore, value) \
    do { \
        (semaphore)->count = (value); \
        init_waitqueue_head(&(semaphore)->wait); \
    } while (0)
void down(struct semaphore *semaphore);
int down_interruptible(struct semaphore *semaphore);
int down_trylock(struct semaphore *semaphore);
void up(struct semaphore *semaphore);

#endif
