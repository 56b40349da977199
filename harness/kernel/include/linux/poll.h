/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_POLL_H
#define _LINUX_POLL_H

#include <linux/fs.h>
#include <linux/types.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define EPOLLIN ((__poll_t)0x00000001)
#define EPOLLPRI ((__poll_t)0x00000002)
#define EPOLLOUT ((__poll_t)0x00000004)
#define EPOLLERR ((__poll_t)0x00000008)
#define EPOLLHUP ((__poll_t)0x00000010)
#define EPOLLNVAL ((__poll_t)0x00000020)
#define EPOLLRDNORM ((__poll_t)0x00000040)
#define EPOLLWRNORM ((__poll_t)0x00000100)
#define POLLIN 0x0001
#define POLLPRI 0x0002
#define POLLOUT 0x0004
#define POLLERR 0x0008
#define POLLHUP 0x0010
#define POLLNVAL 0x0020
#define DEFAULT_POLLMASK (EPOLLIN | EPOLLOUT | EPOLLRDNORM | EPOLLWRNORM)

typedef void (*poll_queue_proc)(struct file *file, wait_queue_head_t *queue, struct poll_table_struct *table);

typedef struct poll_table_struct {
    poll_queue_proc _qproc; /* NULL: the caller will not sleep */
    __poll_t _key;
} poll_table;

static inline void poll_wait(struct file *filp, wait_queue_head_t *wait_address, poll_table *p)
{
    if (p && p->_qproc && wait_address)
        p->_qproc(filp, wait_address, p);
}

static inline bool poll_does_not_wait(const poll_table *p)
{
    return !p || !p->_qproc;
}

static inline void init_poll_funcptr(poll_table *table, poll_queue_proc proc)
{
    table->_qproc = proc;
    table->_key = ~(__poll_t)0;
}

static inline bool file_can_poll(struct file *file)
{
    return file->f_op->poll;
}

__poll_t vfs_poll(struct file *file, struct poll_table_struct *table);

#endif
