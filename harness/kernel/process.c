/* SPDX-License-Identifier: BSD-2-Clause */
/* process.c - processes: what their tasks share, credentials and users, fork, exit. Their system calls: process_calls.c. */
#include "kernel/process.h"
#include "kernel/core.h"
#include "kernel/mm_internal.h"
#include "kernel/process_internal.h"

#include <linux/cred.h>
#include <linux/export.h>
#include <linux/fdtable.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mman.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/user.h>
#include <linux/slab.h>

static DEFINE_SPINLOCK(processes_lock);
static LIST_HEAD(processes);

/* ---- users, credentials ---- */

static struct user_struct root_user = {.__count = REFCOUNT_INIT(1)};
static const struct cred init_cred = {.cap_effective = ~0ULL, .user = &root_user};
static LIST_HEAD(users);

struct user_struct *get_uid(struct user_struct *user)
{
    refcount_inc(&user->__count);
    return user;
}
EXPORT_SYMBOL_GPL(get_uid);

void free_uid(struct user_struct *user)
{
    if (!refcount_dec_and_test(&user->__count))
        return;
    if (atomic_long_read(&user->locked_vm))
        splat(SPLAT_LEAK, "user %u goes with %ld pages charged to it", user->uid, atomic_long_read(&user->locked_vm));
    spin_lock(&processes_lock);
    list_del(&user->node);
    spin_unlock(&processes_lock);
    kfree(user);
}
EXPORT_SYMBOL_GPL(free_uid);

static struct user_struct *user_find(uid_t uid)
{
    struct user_struct *user, *found = NULL;

    if (!uid)
        return get_uid(&root_user);
    spin_lock(&processes_lock);
    list_for_each_entry(user, &users, node) if (user->uid == uid && refcount_inc_not_zero(&user->__count)) found = user;
    spin_unlock(&processes_lock);
    return found;
}

static struct user_struct *user_get(uid_t uid)
{
    struct user_struct *user = user_find(uid);

    if (user)
        return user;
    user = kzalloc(sizeof(*user), GFP_KERNEL);
    if (!user)
        return NULL;
    refcount_set(&user->__count, 1);
    user->uid = uid;
    spin_lock(&processes_lock);
    list_add(&user->node, &users);
    spin_unlock(&processes_lock);
    return user;
}

const struct cred *current_cred(void)
{
    return current && current->cred ? current->cred : &init_cred;
}
EXPORT_SYMBOL_GPL(current_cred);

const struct cred *get_cred(const struct cred *cred)
{
    if (cred != &init_cred)
        refcount_inc((refcount_t *)&cred->usage);
    return cred;
}
EXPORT_SYMBOL_GPL(get_cred);

void put_cred(const struct cred *cred)
{
    if (!cred || cred == &init_cred || !refcount_dec_and_test((refcount_t *)&cred->usage))
        return;
    free_uid(cred->user);
    kfree(cred);
}
EXPORT_SYMBOL_GPL(put_cred);

static struct cred *cred_create(uid_t uid, u64 capabilities)
{
    struct cred *cred = kzalloc(sizeof(*cred), GFP_KERNEL);

    if (!cred)
        return NULL;
    *cred = (struct cred){.uid = uid, .cap_effective = capabilities, .user = user_get(uid)};
    refcount_set(&cred->usage, 1);
    if (cred->user)
        return cred;
    kfree(cred);
    return NULL;
}

bool capable(int capability)
{
    return current_cred()->cap_effective >> capability & 1;
}
EXPORT_SYMBOL_GPL(capable);

bool has_capability_noaudit(struct task_struct *task, int capability)
{
    return (task->cred ? task->cred : &init_cred)->cap_effective >> capability & 1;
}
EXPORT_SYMBOL_GPL(has_capability_noaudit);

/* ---- tasks of a process ---- */

void process_enter(struct process *process, struct task_struct *task)
{
    struct task_struct *leader = process->leader;

    task->mm = task->active_mm = leader->mm;
    task->files = leader->files;
    task->signal = leader->signal;
    task->cred = leader->cred;
    task->group_leader = leader;
    task->tgid = leader->pid;
    task->process = process;
}

void process_leave(struct task_struct *task)
{
    task->mm = task->active_mm = NULL;
    task->files = NULL;
    task->signal = NULL;
    task->cred = NULL;
    task->process = NULL;
}

void kthread_use_mm(struct mm_struct *mm)
{
    WARN_ON(!(current->flags & PF_KTHREAD) || current->mm);
    mmgrab(mm);
    current->mm = mm;
}
EXPORT_SYMBOL_GPL(kthread_use_mm);

void kthread_unuse_mm(struct mm_struct *mm)
{
    WARN_ON(current->mm != mm);
    current->mm = NULL;
    mmdrop(mm);
}
EXPORT_SYMBOL_GPL(kthread_unuse_mm);

/* ---- create, fork ---- */

static void process_free(struct process *process)
{
    struct task_struct *leader = process->leader;

    if (!leader) {
        kfree(process);
        return;
    }
    kfree(leader->signal);
    put_cred(leader->cred);
    leader->signal = NULL; /* who still holds the task sees no limits and no rights of its own */
    leader->cred = NULL;
    leader->process = NULL;
    put_task_struct(leader);
    kfree(process);
}

/* Takes over cred, also when it fails. */
static struct process *process_new(const char *name, const struct cred *cred)
{
    struct process *process = kzalloc(sizeof(*process), GFP_KERNEL);

    if (!process) {
        put_cred(cred);
        return NULL;
    }
    spin_lock_init(&process->lock);
    INIT_LIST_HEAD(&process->scratch);
    process->leader = task_new(name);
    if (!process->leader)
        goto out;
    process->leader->group_leader = process->leader;
    process->leader->tgid = process->leader->pid;
    process->leader->process = process;
    process->leader->signal = kzalloc(sizeof(struct signal_struct), GFP_KERNEL);
    if (!process->leader->signal)
        goto out;
    process->leader->cred = cred;
    return process;
out:
    put_cred(cred);
    process_free(process);
    return NULL;
}

/* mm and files become those of the process, or go. */
static struct process *process_begin(struct process *process, struct mm_struct *mm, struct files_struct *files)
{
    if (process && mm && files) {
        process->leader->mm = process->leader->active_mm = mm;
        process->leader->files = files;
        mm->owner = process->leader;
        spin_lock(&processes_lock);
        list_add_tail(&process->node, &processes);
        spin_unlock(&processes_lock);
        return process;
    }
    if (mm)
        mmput(mm);
    if (files)
        files_close_all(files);
    if (process)
        process_free(process);
    return NULL;
}

struct process *process_create_task(const struct process_config *config)
{
    struct cred *cred = cred_create(config->uid, config->capabilities);
    struct process *process = cred ? process_new(config->name, cred) : NULL;

    if (!process)
        return NULL;
    process->leader->signal->rlim[RLIMIT_MEMLOCK] = (struct rlimit){config->memlock, config->memlock};
    process->leader->signal->rlim[RLIMIT_NOFILE] = (struct rlimit){NR_OPEN_MAX, NR_OPEN_MAX};
    return process_begin(process, mm_create(cred->user), files_create());
}

struct process *process_fork_task(struct process *parent)
{
    struct process *process = process_new(parent->leader->comm, get_cred(parent->leader->cred));

    if (!process)
        return NULL;
    memcpy(process->leader->signal->rlim, parent->leader->signal->rlim, sizeof(parent->leader->signal->rlim));
    return process_begin(process, mm_fork(parent->leader->mm), files_fork(parent->leader->files));
}

/* ---- exit, in three steps: the tasks end; one task of the process takes it down; the rest goes ---- */

/* A task that ended in a BUG does not say that it ended: it is asked for. */
void process_kill_task(struct process *process)
{
    WRITE_ONCE(process->exiting, true);
    task_signal_process(process, true);
    while (task_count_of_process(process))
        schedule_timeout_uninterruptible(1);
}

void process_exit_task(struct process *process)
{
    struct task_struct *leader = process->leader;
    struct mm_struct *mm = leader->mm;
    struct files_struct *files = leader->files;

    leader->flags |= PF_EXITING;
    current->flags |= PF_EXITING;
    leader->mm = leader->active_mm = current->mm = current->active_mm = NULL;
    if (mm->owner == leader)
        mm->owner = NULL;
    mmput(mm);
    leader->files = current->files = NULL;
    files_close_all(files);
}

void process_reap_task(struct process *process)
{
    struct scratch *scratch, *next;

    list_for_each_entry_safe(scratch, next, &process->scratch, node) kfree(scratch);
    spin_lock(&processes_lock);
    list_del(&process->node);
    spin_unlock(&processes_lock);
    process_free(process);
}

/* ---- places for arguments ---- */

/* One of that size, out of the list; NULL: there is none. The lock is held. */
static struct scratch *scratch_find(struct process *process, unsigned long bytes)
{
    struct scratch *scratch;

    list_for_each_entry(scratch, &process->scratch, node) if (scratch->bytes == bytes)
    {
        list_del(&scratch->node);
        return scratch;
    }
    return NULL;
}

struct scratch *scratch_get(unsigned long bytes)
{
    struct process *process = current->process;
    struct scratch *scratch;
    unsigned long start;

    bytes = PAGE_ALIGN(bytes);
    spin_lock(&process->lock);
    scratch = scratch_find(process, bytes);
    spin_unlock(&process->lock);
    if (scratch)
        return scratch;
    scratch = kzalloc(sizeof(*scratch), GFP_KERNEL);
    start = scratch ? vm_mmap(NULL, 0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, 0) : -ENOMEM;
    if (IS_ERR_VALUE(start)) {
        kfree(scratch);
        return ERR_PTR((long)start);
    }
    mmap_write_lock(current->mm);
    vm_flags_set(vma_lookup(current->mm, start), VM_DONTCOPY);
    mmap_write_unlock(current->mm);
    scratch->start = start;
    scratch->bytes = bytes;
    return scratch;
}

/* One of each size is kept: what is there between calls must not depend on how many ran side by side. */
void scratch_put(struct scratch *scratch)
{
    struct process *process = current->process;
    struct scratch *other;

    spin_lock(&process->lock);
    other = scratch_find(process, scratch->bytes);
    list_add(&scratch->node, &process->scratch);
    spin_unlock(&process->lock);
    if (!other)
        return;
    if (!vm_munmap(other->start, other->bytes)) {
        kfree(other);
        return;
    }
    spin_lock(&process->lock); /* the task is being killed */
    list_add(&other->node, &process->scratch);
    spin_unlock(&process->lock);
}

int process_pid(const struct process *process)
{
    return process->leader->pid;
}

struct process *process_first(void)
{
    return list_first_entry_or_null(&processes, struct process, node);
}

static void process_halt(void)
{
    struct process *process;
    struct user_struct *user;

    list_for_each_entry(process, &processes, node) audit("process %d (%s)", process->leader->pid, process->leader->comm);
    list_for_each_entry(user, &users, node)
        audit("user %u: %u references, %ld locked pages", user->uid, refcount_read(&user->__count),
              atomic_long_read(&user->locked_vm));
    INIT_LIST_HEAD(&processes);
    INIT_LIST_HEAD(&users);
    if (refcount_read(&root_user.__count) != 1 || atomic_long_read(&root_user.locked_vm))
        audit("user 0: %u references, %ld locked pages", refcount_read(&root_user.__count),
              atomic_long_read(&root_user.locked_vm));
    refcount_set(&root_user.__count, 1);
    atomic_long_set(&root_user.locked_vm, 0);
}

KERNEL_SUBSYSTEM(processes, 1, NULL, process_halt);
