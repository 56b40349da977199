/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_SCHED_MM_H
#define _LINUX_SCHED_MM_H

#include <linux/mm_types.h>
#include <linux/sched.h>

void mmgrab(struct mm_struct *mm);
void mmdrop(struct mm_struct *mm);
void mmget(struct mm_struct *mm);
bool mmget_not_zero(struct mm_struct *mm);
void mmput(struct mm_struct *mm); /* with the last user the addresses are taken down: may sleep */
void mmput_async(struct mm_struct *mm);
struct mm_struct *get_task_mm(struct task_struct *task); /* NULL: kernel thread, or exiting */

static inline unsigned int memalloc_nofs_save(void)
{
    return 0;
}

static inline void memalloc_nofs_restore(unsigned int flags)
{
    (void)flags;
}

#endif
