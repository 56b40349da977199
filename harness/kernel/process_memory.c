/* SPDX-License-Identifier: BSD-2-Clause */
/* process_memory.c - process.h: processes come and go, and their memory. */
#include "kernel/core.h"
#include "kernel/mm_internal.h"
#include "kernel/process.h"
#include "kernel/process_call.h"
#include "kernel/process_internal.h"

#include <linux/cred.h>
#include <linux/file.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mman.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/user.h>
#include <linux/sizes.h>

/* ---- processes ---- */

static s64 create(struct call *call)
{
    return (s64)process_create_task((const struct process_config *)call->a[0]);
}

struct process *process_create(const struct process_config *config)
{
    struct call call = {NULL, "create", create, {P(config)}, 0};
    s64 result = current ? create(&call) : process_run_in(NULL, &call);

    return result > 0 ? (struct process *)result : NULL;
}

static s64 fork(struct call *call)
{
    return (s64)process_fork_task(call->process);
}

struct process *process_fork(struct process *parent)
{
    s64 result = CALL(parent, fork);

    return result > 0 ? (struct process *)result : NULL;
}

static s64 kill(struct call *call)
{
    process_kill_task(call->process);
    return 0;
}

static s64 exit(struct call *call)
{
    process_exit_task(call->process);
    return 0;
}

static s64 reap(struct call *call)
{
    process_reap_task(call->process);
    return 0;
}

int64_t process_exit(struct process *process)
{
    s64 result = current ? -EINVAL : process_run_in(NULL, &(struct call){process, "kill", kill, {0}, 0});

    if (!result)
        result = process_run_in(process, &(struct call){process, "exit", exit, {0}, 0});
    if (!result)
        result = process_run_in(NULL, &(struct call){process, "reap", reap, {0}, 0});
    return result;
}

static s64 set_memlock(struct call *call)
{
    WRITE_ONCE(current->signal->rlim[RLIMIT_MEMLOCK].rlim_cur, call->a[0]);
    return 0;
}

int64_t process_set_memlock(struct process *process, uint64_t bytes)
{
    return CALL(process, set_memlock, bytes);
}

static s64 locked_pages(struct call *call)
{
    s64 pages;

    mmap_read_lock(current->mm);
    pages = (s64)current->mm->locked_vm;
    mmap_read_unlock(current->mm);
    return pages;
}

int64_t process_locked_pages(struct process *process)
{
    return CALL(process, locked_pages);
}

static s64 user_locked_pages(struct call *call)
{
    return atomic_long_read(&current_user()->locked_vm);
}

int64_t process_user_locked_pages(struct process *process)
{
    return CALL(process, user_locked_pages);
}

/* ---- mappings ---- */

static s64 mmap(struct call *call)
{
    int fd = (int)call->a[4];
    struct file *file = fd < 0 ? NULL : fget((unsigned int)fd);
    s64 result;

    if (fd >= 0 && !file)
        return -EBADF;
    result = (s64)vm_mmap(file, call->a[0], call->a[1], call->a[2], call->a[3], call->a[5]);
    if (file)
        fput(file);
    return result;
}

int64_t process_mmap(struct process *process, uint64_t address, uint64_t bytes, unsigned int protection, unsigned int flags,
                     int fd, uint64_t offset)
{
    return CALL(process, mmap, address, bytes, protection, flags, fd, offset);
}

int64_t process_map(struct process *process, uint64_t bytes, unsigned int protection)
{
    return process_mmap(process, 0, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
}

static s64 munmap(struct call *call)
{
    return vm_munmap(call->a[0], call->a[1]);
}

int64_t process_munmap(struct process *process, uint64_t address, uint64_t bytes)
{
    return CALL(process, munmap, address, bytes);
}

static s64 mprotect(struct call *call)
{
    int result;

    if (mmap_write_lock_killable(current->mm))
        return -EINTR;
    result = area_protect(current->mm, call->a[0], call->a[1], (unsigned int)call->a[2]);
    mmap_write_unlock(current->mm);
    return result;
}

int64_t process_mprotect(struct process *process, uint64_t address, uint64_t bytes, unsigned int protection)
{
    return CALL(process, mprotect, address, bytes, protection);
}

/* ---- loads and stores ---- */

static s64 access(struct call *call)
{
    char *data = (char *)call->a[1];

    for (u64 done = 0; done < call->a[2];) {
        int part = (int)min(call->a[2] - done, (u64)SZ_1G);

        if (access_remote_vm(current->mm, call->a[0] + done, data + done, part, call->a[3] ? FOLL_WRITE : 0) != part)
            return -EFAULT;
        done += (u64)part;
    }
    return 0;
}

int64_t process_memory_read(struct process *process, uint64_t address, void *data, size_t bytes)
{
    return CALL(process, access, address, P(data), bytes, 0);
}

int64_t process_memory_write(struct process *process, uint64_t address, const void *data, size_t bytes)
{
    return CALL(process, access, address, P(data), bytes, 1);
}

/* Faults the page in; its address in physical memory. */
static s64 look_up(unsigned long address, unsigned int flags)
{
    struct mm_struct *mm = current->mm;
    pte_t *at;
    s64 result;

    mmap_read_lock(mm);
    result = flags & FAULT_FLAG_WRITE ? fixup_user_fault(mm, address, flags, NULL) : 0;
    spin_lock(&mm->page_table_lock);
    at = table_entry(mm, address);
    if (!result)
        result = at && entry_valid(*at) ? (s64)(PFN_PHYS(entry_pfn(*at)) + offset_in_page(address)) : -EFAULT;
    spin_unlock(&mm->page_table_lock);
    mmap_read_unlock(mm);
    return result;
}

static s64 enqcmd(struct call *call)
{
    s64 physical = look_up(call->a[0], FAULT_FLAG_WRITE);
    void __iomem *portal;
    int result;

    if (physical < 0 || pfn_valid(PHYS_PFN(physical)) || physical & 63)
        return physical < 0 ? physical : -EFAULT;
    portal = ioremap((phys_addr_t)physical, 64);
    result = enqcmds(portal, (const void *)call->a[1]);
    iounmap(portal);
    return result;
}

int64_t process_enqcmd(struct process *process, uint64_t address, const void *data)
{
    return CALL(process, enqcmd, address, P(data));
}

static s64 physical(struct call *call)
{
    return look_up(call->a[0], 0);
}

int64_t process_physical(struct process *process, uint64_t address)
{
    return CALL(process, physical, address);
}

uint64_t process_free_frames(void)
{
    return memory_free_frames();
}

/* ---- audits ---- */

static s64 pinned_pages(struct call *call)
{
    return (s64)memory_pins();
}

static s64 open_files(struct call *call)
{
    return (s64)file_count_all();
}

static s64 spaces(struct call *call)
{
    return (s64)mm_count_all();
}

/* Locks are taken by tasks only. */
static u64 ask(s64 (*function)(struct call *call))
{
    struct call call = {NULL, "audit", function, {0}, 0};

    return (u64)(current ? function(&call) : process_run_in(NULL, &call));
}

uint64_t process_pinned_pages(void)
{
    return ask(pinned_pages);
}

uint64_t process_open_files(void)
{
    return ask(open_files);
}

uint64_t process_spaces(void)
{
    return ask(spaces);
}
