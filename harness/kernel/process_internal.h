/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KERNEL_PROCESS_INTERNAL_H
#define KERNEL_PROCESS_INTERNAL_H

#include <linux/fs.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct cred;
struct files_struct;
struct mm_struct;
struct signal_struct;
struct task_struct;

struct process {
    struct task_struct *leader; /* what refers to the process: it has mm, files, signal, cred until the exit */
    spinlock_t lock;
    bool exiting;
    struct list_head scratch; /* of struct scratch: places for arguments of system calls */
    struct list_head node;
};

/* Memory of the process in which arguments of system calls are placed. */
struct scratch {
    struct list_head node;
    unsigned long start, bytes;
};

/* What process.h's functions of these names do, by a task: of any process; of the parent; of the kernel; of the process; of the
 * kernel. */
struct process_config;
struct process *process_create_task(const struct process_config *config);
struct process *process_fork_task(struct process *parent);
void process_kill_task(struct process *process);
void process_exit_task(struct process *process);
void process_reap_task(struct process *process);

struct scratch *scratch_get(unsigned long bytes); /* of the current process; ERR_PTR */
void scratch_put(struct scratch *scratch);

/* ---- file_table.c ---- */

struct files_struct *files_create(void);
struct files_struct *files_fork(struct files_struct *files); /* NULL: no memory */
void files_close_all(struct files_struct *files);            /* in ascending order; then files is gone */
int fd_reserve(struct files_struct *files, unsigned int flags, unsigned long limit);
void fd_fill(struct files_struct *files, unsigned int fd, struct file *file);
int fd_create(struct file *file, unsigned int flags); /* takes over the reference, also when it fails */

/* ---- file_node.c ---- */

struct file *file_open_path(const char *path, unsigned int flags); /* ERR_PTR */

/* ---- file.c ---- */

struct file *file_create(const char *name, const struct file_operations *fops, struct inode *inode, unsigned int flags);
unsigned long file_count_all(void);
struct inode *inode_create(umode_t mode, dev_t rdev);

/* ---- file_calls.c ---- */

ssize_t file_read(struct file *file, char __user *to, size_t bytes, s64 offset);
ssize_t file_write(struct file *file, const char __user *from, size_t bytes, s64 offset);
long file_ioctl(struct file *file, unsigned int command, unsigned long argument);
struct process_poll;
long file_poll(struct process_poll *fds, size_t count, s64 timeout_ns);

/* ---- file_event.c ---- */

int eventfd_create(unsigned int initial, unsigned int flags);

#endif
