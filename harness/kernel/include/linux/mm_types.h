/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_MM_TYPES_H
#define _LINUX_MM_TYPES_H

#include <asm/page.h>
#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct address_space;
struct file;
struct iommu_mm_data;
struct mmu_notifier_subscriptions;
struct task_struct;
struct user_struct;
struct vm_operations_struct;

struct page {
    unsigned long flags; /* enum pageflags */
    atomic_t _refcount;
    atomic_t _mapcount; /* places in page tables of processes */
    atomic_t _pincount; /* of _refcount: by pin_user_pages() */
    u8 order;           /* of the block that begins here, while allocated */
    u32 piece;          /* of RAM */
    unsigned long private;
    unsigned long index;
    struct list_head lru;  /* for the owner */
    const char *allocated_at;
};

enum pageflags { PG_reserved, PG_dirty, PG_referenced, PG_allocated, PG_poisoned };

typedef struct {
    unsigned long pgprot;
} pgprot_t;
typedef unsigned long vm_flags_t;
typedef unsigned int vm_fault_t;
/* An entry of a table of a process: in the format of the machine's processor, see linux/pgtable.h. */
typedef struct {
    u64 pte;
} pte_t;
typedef pte_t pgd_t;

struct vm_area_struct {
    unsigned long vm_start, vm_end; /* [start, end) */
    struct mm_struct *vm_mm;
    pgprot_t vm_page_prot;
    vm_flags_t vm_flags; /* changed with vm_flags_set() .. only */
    unsigned long vm_pgoff;
    const struct vm_operations_struct *vm_ops;
    struct file *vm_file; /* holds a reference */
    void *vm_private_data;
    struct list_head node;   /* in mm_struct::vmas, by address */
    struct list_head shared; /* in address_space::i_mmap */
};

struct mm_struct {
    atomic_t mm_users; /* of the addresses: mmget() */
    atomic_t mm_count; /* of the struct: mmgrab(); all users are one */
    struct rw_semaphore mmap_lock;
    spinlock_t page_table_lock;
    struct list_head vmas;
    int map_count;
    unsigned long next_place; /* where the search for a free place begins */
    unsigned long total_vm, locked_vm; /* pages */
    atomic64_t pinned_vm;
    unsigned long flags;
    pgd_t *pgd; /* in RAM: 4 levels, 48 bits, of the processor's format; an IOMMU may walk it */
    struct user_struct *user;
    struct task_struct *owner;
    struct mmu_notifier_subscriptions *notifier_subscriptions;
    struct iommu_mm_data *iommu_mm;
    struct list_head audit;
};

#define VM_FAULT_OOM 0x01u
#define VM_FAULT_SIGBUS 0x02u
#define VM_FAULT_MAJOR 0x04u
#define VM_FAULT_HWPOISON 0x10u
#define VM_FAULT_SIGSEGV 0x40u
#define VM_FAULT_NOPAGE 0x100u
#define VM_FAULT_LOCKED 0x200u
#define VM_FAULT_RETRY 0x400u
#define VM_FAULT_ERROR (VM_FAULT_OOM | VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV | VM_FAULT_HWPOISON)

enum fault_flag {
    FAULT_FLAG_WRITE = 1 << 0,
    FAULT_FLAG_ALLOW_RETRY = 1 << 2,
    FAULT_FLAG_KILLABLE = 1 << 4,
    FAULT_FLAG_USER = 1 << 6,
    FAULT_FLAG_REMOTE = 1 << 7,
    FAULT_FLAG_INSTRUCTION = 1 << 8,
    FAULT_FLAG_UNSHARE = 1 << 10,
};

enum {
    FOLL_WRITE = 1 << 0,
    FOLL_GET = 1 << 1, /* internal */
    FOLL_FORCE = 1 << 3,
    FOLL_NOWAIT = 1 << 4,
    FOLL_LONGTERM = 1 << 8,
    FOLL_ANON = 1 << 10,
    FOLL_PIN = 1 << 19, /* internal */
    FOLL_FAST_ONLY = 1 << 20,
};

#endif
