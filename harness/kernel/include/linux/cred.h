/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_CRED_H
#define _LINUX_CRED_H

#include <linux/capability.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/sched/user.h>

struct cred {
    refcount_t usage;
    uid_t uid;
    u64 cap_effective; /* bit per capability */
    struct user_struct *user;
};

/* Kernel threads have the credentials of init: user 0, all capabilities. */
const struct cred *current_cred(void);
const struct cred *get_cred(const struct cred *cred);
void put_cred(const struct cred *cred);
#define get_current_cred() get_cred(current_cred())
#define current_user() (current_cred()->user)
#define current_uid() (current_cred()->uid)

static inline struct user_struct *get_current_user(void)
{
    return get_uid(current_user());
}

#endif
