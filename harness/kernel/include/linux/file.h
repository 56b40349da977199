/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_FILE_H
#define _LINUX_FILE_H

#include <linux/err.h>
#include <linux/fs.h>

struct file *fget(unsigned int fd); /* NULL: no such fd */
void fput(struct file *file);       /* the last reference calls release() before it returns */

/* As returned by fdget(): holds a reference. */
struct fd {
    struct file *word;
};
#define EMPTY_FD ((struct fd){NULL})

static inline struct file *fd_file(struct fd fd)
{
    return fd.word;
}

static inline bool fd_empty(struct fd fd)
{
    return !fd.word;
}

static inline struct fd fdget(unsigned int fd)
{
    return (struct fd){fget(fd)};
}

static inline void fdput(struct fd fd)
{
    if (fd.word)
        fput(fd.word);
}

/* A number that is taken but shows no file until fd_install(), which takes over the reference. */
int get_unused_fd_flags(unsigned int flags);
void put_unused_fd(unsigned int fd);
void fd_install(unsigned int fd, struct file *file);

#endif
