/* SPDX-License-Identifier: BSD-2-Clause */
/* file_table.c - the fds of a process. */
#include "kernel/core.h"
#include "kernel/process_internal.h"

#include <linux/export.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

struct files_struct *files_create(void)
{
    struct files_struct *files = kzalloc(sizeof(*files), GFP_KERNEL);

    if (!files)
        return NULL;
    atomic_set(&files->count, 1);
    spin_lock_init(&files->file_lock);
    return files;
}

struct files_struct *files_fork(struct files_struct *files)
{
    struct files_struct *child = files_create();

    if (!child)
        return NULL;
    spin_lock(&files->file_lock);
    for (unsigned int fd = 0; fd < NR_OPEN_MAX; fd++)
        if (files->fd[fd]) { /* a number without a file yet is not handed down */
            child->fd[fd] = get_file(files->fd[fd]);
            __set_bit(fd, child->used);
            if (test_bit(fd, files->close_on_exec))
                __set_bit(fd, child->close_on_exec);
        }
    spin_unlock(&files->file_lock);
    return child;
}

/* ---- numbers ---- */

int fd_reserve(struct files_struct *files, unsigned int flags, unsigned long limit)
{
    unsigned long fd;

    if (fault_inject_should_fail("get_unused_fd"))
        return -EMFILE;
    limit = min(limit, (unsigned long)NR_OPEN_MAX);
    spin_lock(&files->file_lock);
    fd = find_next_zero_bit(files->used, NR_OPEN_MAX, 0);
    if (fd < limit) {
        __set_bit(fd, files->used);
        __assign_bit(fd, files->close_on_exec, flags & O_CLOEXEC);
    }
    spin_unlock(&files->file_lock);
    return fd < limit ? (int)fd : -EMFILE;
}

void fd_fill(struct files_struct *files, unsigned int fd, struct file *file)
{
    spin_lock(&files->file_lock);
    WARN_ON(!test_bit(fd, files->used) || files->fd[fd]);
    files->fd[fd] = file;
    spin_unlock(&files->file_lock);
}

int get_unused_fd_flags(unsigned int flags)
{
    return current->files ? fd_reserve(current->files, flags, rlimit(RLIMIT_NOFILE)) : -EMFILE;
}
EXPORT_SYMBOL_GPL(get_unused_fd_flags);

void put_unused_fd(unsigned int fd)
{
    spin_lock(&current->files->file_lock);
    WARN_ON(!test_bit(fd, current->files->used) || current->files->fd[fd]);
    __clear_bit(fd, current->files->used);
    spin_unlock(&current->files->file_lock);
}
EXPORT_SYMBOL_GPL(put_unused_fd);

void fd_install(unsigned int fd, struct file *file)
{
    fd_fill(current->files, fd, file);
}
EXPORT_SYMBOL_GPL(fd_install);

int fd_create(struct file *file, unsigned int flags)
{
    int fd = get_unused_fd_flags(flags);

    if (fd < 0)
        fput(file);
    else
        fd_install(fd, file);
    return fd;
}

/* ---- files ---- */

struct file *fget(unsigned int fd)
{
    struct files_struct *files = current->files;
    struct file *file;

    if (!files || fd >= NR_OPEN_MAX)
        return NULL;
    spin_lock(&files->file_lock);
    file = files->fd[fd];
    if (file)
        get_file(file);
    spin_unlock(&files->file_lock);
    return file;
}
EXPORT_SYMBOL_GPL(fget);

static struct file *take(struct files_struct *files, unsigned int fd)
{
    struct file *file;

    spin_lock(&files->file_lock);
    file = files->fd[fd];
    files->fd[fd] = NULL;
    if (file)
        __clear_bit(fd, files->used);
    spin_unlock(&files->file_lock);
    return file;
}

/* The number is free at once; release() comes when nobody is in the file any more. */
static int close_file(struct file *file, void *id)
{
    int result = file->f_op && file->f_op->flush ? file->f_op->flush(file, id) : 0;

    fput(file);
    return result;
}

int close_fd(unsigned int fd)
{
    struct file *file = current->files && fd < NR_OPEN_MAX ? take(current->files, fd) : NULL;

    return file ? close_file(file, current->files) : -EBADF;
}
EXPORT_SYMBOL_GPL(close_fd);

void files_close_all(struct files_struct *files)
{
    for (unsigned int fd = 0; fd < NR_OPEN_MAX; fd++) {
        struct file *file = take(files, fd);

        if (file)
            close_file(file, files);
    }
    kfree(files);
}
