/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_FDTABLE_H
#define _LINUX_FDTABLE_H

#include <linux/fs.h>

#define NR_OPEN_MAX 1024u

/* fds of a process. */
struct files_struct {
    atomic_t count;
    spinlock_t file_lock;
    DECLARE_BITMAP(used, NR_OPEN_MAX);
    DECLARE_BITMAP(close_on_exec, NR_OPEN_MAX);
    struct file *fd[NR_OPEN_MAX];
};

int close_fd(unsigned int fd); /* of the current process */

#endif
