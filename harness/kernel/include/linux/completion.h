/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_COMPLETION_H
#define _LINUX_COMPLETION_H

#include <linux/wait.h>

struct completion {
    unsigned int done;
    struct wait_queue_head wait;
};
#define COMPLETION_INITIALIZER(name) \
    { \
        .wait = __WAIT_QUEUE_HEAD_INITIALIZER((name).wait) \
    }
#define DECLARE_COMPLETION(name) struct completion name = COMPLETION_INITIALIZER(name)
#define DECLARE_COMPLETION_ONSTACK(name) DECLARE_COMPLETION(name)
#define init_completion(completion) \
    do { \
        (completion)->done = 0; \
        init_waitqueue_head(&(completion)->wait); \
    } while (0)
static inline void reinit_completion(struct completion *completion)
{
    completion->done = 0;
}
void complete(struct completion *completion);
void complete_all(struct completion *completion);
void wait_for_completion(struct completion *completion);
int wait_for_completion_interruptible(struct completion *completion);
int wait_for_completion_killable(struct completion *completion);
unsigned long wait_for_completion_timeout(struct completion *completion, unsigned long timeout);
long wait_for_completion_interruptible_timeout(struct completion *completion, unsigned long timeout);
long wait_for_completion_killable_timeout(struct completion *completion, unsigned long timeout);
bool try_wait_for_completion(struct completion *completion);
bool completion_done(struct completion *completion);

#endif
