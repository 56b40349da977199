/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_ANON_INODES_H
#define _LINUX_ANON_INODES_H

#include <linux/types.h>

struct file;
struct file_operations;
struct inode;

/* All files of the first two share one inode, and so one address_space; the third makes one of its own. */
int anon_inode_getfd(const char *name, const struct file_operations *fops, void *priv, int flags);
struct file *anon_inode_getfile(const char *name, const struct file_operations *fops, void *priv, int flags);
struct file *anon_inode_create_getfile(const char *name, const struct file_operations *fops, void *priv, int flags,
                                       const struct inode *context_inode);

#endif
