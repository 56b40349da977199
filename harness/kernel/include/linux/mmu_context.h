/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_MMU_CONTEXT_H
#define _LINUX_MMU_CONTEXT_H

struct mm_struct;

/* A kernel thread works with the user memory of mm, of which the caller holds a user. */
void kthread_use_mm(struct mm_struct *mm);
void kthread_unuse_mm(struct mm_struct *mm);

#endif
