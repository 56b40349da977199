/* SPDX-License-Identifier: BSD-2-Clause */
/* memory_checks.c - see memory_checks.h. */
#include "kernel/tests/memory_checks.h"

#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

const char *checks_failed;

#define CHECK(condition)                                           \
    do {                                                           \
        if (!(condition) && !checks_failed)                        \
            checks_failed = __stringify(__LINE__) ": " #condition; \
    } while (0)

/* ---- frames ---- */

void check_frames(void *unused)
{
    struct page *pages[32], *block = alloc_pages(GFP_KERNEL, 4);
    void *exact = alloc_pages_exact(3 * PAGE_SIZE, GFP_KERNEL | __GFP_ZERO);
    unsigned int neighbours = 0;

    CHECK(block && exact && IS_ALIGNED(page_to_pfn(block), 16));
    for (unsigned int i = 0; i < 32; i++) {
        pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
        CHECK(!memchr_inv(page_address(pages[i]), 0, PAGE_SIZE));
        CHECK(phys_to_virt(page_to_phys(pages[i])) == page_address(pages[i]));
        CHECK(virt_to_page(page_address(pages[i]) + 17) == pages[i]);
        CHECK(virt_to_phys(page_address(pages[i]) + 17) == page_to_phys(pages[i]) + 17);
        neighbours += i && page_to_pfn(pages[i]) == page_to_pfn(pages[i - 1]) + 1;
    }
    CHECK(neighbours < 4);
    get_page(pages[0]);
    put_page(pages[0]);
    CHECK(page_count(pages[0]) == 1);
    for (unsigned int i = 0; i < 32; i++)
        __free_page(pages[i]);
    CHECK(!memchr_inv(page_address(pages[0]), 0x5a, PAGE_SIZE));
    CHECK(!memchr_inv(exact, 0, 3 * PAGE_SIZE));
    free_pages_exact(exact, 3 * PAGE_SIZE);
    __free_pages(block, 4);
    CHECK(!pfn_valid(PHYS_PFN(CHECK_REGISTERS)));
}

/* Takes all frames; then gives them back. */
static unsigned long take_all(void)
{
    unsigned long count = 0;
    LIST_HEAD(taken);
    struct page *page, *next;

    while ((page = alloc_page(GFP_KERNEL)))
        list_add(&page->lru, &taken), count++;
    list_for_each_entry_safe(page, next, &taken, lru) __free_page(page);
    return count;
}

void check_full(void *unused)
{
    unsigned long first = take_all();

    CHECK(first > 100 && first <= totalram_pages());
    CHECK(take_all() == first);
}

/* A double free; a write to a free frame, seen when it is taken again; a free of what is pinned; an unpin too many. */
void check_page_bugs(void *unused)
{
    struct page *page = alloc_page(GFP_KERNEL);

    __free_page(page);
    put_page(page);
    ((u8 *)page_address(page))[7] = 1;
    take_all();
    page = alloc_page(GFP_KERNEL);
    get_page(page);
    atomic_inc(&page->_pincount);
    put_page(page);
    put_page(page);
    atomic_dec(&page->_pincount);
    unpin_user_page(page);
    atomic_set(&page->_refcount, 1);
    put_page(page);
}

/* ---- pinning ---- */

void check_pin(void *data)
{
    struct check_range *range = data;
    unsigned int flags = FOLL_LONGTERM | (range->write ? FOLL_WRITE : 0);

    range->result = pin_user_pages_fast(range->address, (int)range->pages, flags, (struct page **)range->held);
    for (long i = 0; i < range->result; i++)
        range->frames[i] = page_to_pfn(range->held[i]);
    range->mm = current->mm;
    mmgrab(range->mm);
}

void check_unpin(void *data)
{
    struct check_range *range = data;

    if (range->result > 0)
        unpin_user_pages_dirty_lock((struct page **)range->held, (unsigned long)range->result, range->write);
    mmdrop(range->mm);
}

void check_charge(void *data)
{
    struct check_range *range = data;

    range->result = account_locked_vm(current->mm, range->pages, range->write);
}

/* ---- user memory ---- */

void check_uaccess(void *data)
{
    struct check_range *range = data;
    unsigned long end = range->address + range->pages * PAGE_SIZE;
    char bytes[64];

    for (unsigned long before = 0; before <= 32; before++)
        for (unsigned long length = 0; length <= 48; length++) {
            unsigned long left = length > before ? length - before : 0;

            memset(bytes, 0x77, sizeof(bytes));
            CHECK(copy_from_user(bytes, (void __user *)(end - before), length) == left);
            CHECK(!left || !memchr_inv(bytes + length - left, 0, left));
            CHECK(copy_to_user((void __user *)(end - before), bytes, length) == left);
            CHECK(clear_user((void __user *)(end - before), length) == left);
        }
    CHECK(copy_from_user(bytes, NULL, 1) == 1);
    CHECK(copy_from_user(bytes, (void __user *)(TASK_SIZE_MAX - 1), 8) == 8);
    CHECK(copy_from_user(bytes, (void __user *)~0UL, 8) == 8);
}

void check_user_sizes(void *data)
{
    struct check_range *range = data;
    u8 __user *end = (u8 __user *)(range->address + range->pages * PAGE_SIZE);
    u64 value = 5;
    struct {
        u32 size, flags;
        u64 more;
    } given;

    CHECK(put_user(1ull, (u64 __user *)(end - 4)) == -EFAULT);
    CHECK(put_user(0x11223344u, (u32 __user *)(end - 8)) == 0 && put_user(0u, (u32 __user *)(end - 4)) == 0);
    CHECK(get_user(value, (u64 __user *)(end - 8)) == 0 && value == 0x11223344);
    CHECK(get_user(value, (u64 __user *)(end - 7)) == -EFAULT && value == 0);
    CHECK(check_zeroed_user(end - 4, 4) == 1 && check_zeroed_user(end - 8, 8) == 0 && check_zeroed_user(end - 4, 5) == -EFAULT);
    CHECK(copy_struct_from_user(&given, sizeof(given), end - 8, 8) == 0 && given.size == 0x11223344 && given.more == 0);
    CHECK(copy_struct_from_user(&given, 4, end - 8, 8) == 0);       /* longer, with a zero tail */
    CHECK(copy_struct_from_user(&given, 4, end - 12, 8) == -E2BIG); /* longer, and something is in it */
    CHECK(copy_struct_from_user(&given, 4, end - 4, 8) == -EFAULT);
    CHECK(put_user((u8)'h', end - 2) == 0 && put_user((u8)0, end - 1) == 0);
    CHECK(strncpy_from_user((char *)&given, end - 2, 2) == 1 && strncpy_from_user((char *)&given, end - 2, 1) == 1);
    CHECK(put_user((u8)'i', end - 1) == 0 && strncpy_from_user((char *)&given, end - 2, 8) == -EFAULT);
}

/* ---- notifiers ---- */

static struct {
    struct mmu_notifier notifier;
    int starts, ends, invalidations, releases;
} watch;

static int watch_start(struct mmu_notifier *notifier, const struct mmu_notifier_range *range)
{
    watch.starts++;
    return 0;
}

static void watch_end(struct mmu_notifier *notifier, const struct mmu_notifier_range *range)
{
    watch.ends++;
}

static void watch_release(struct mmu_notifier *notifier, struct mm_struct *mm)
{
    watch.releases++;
}

static void watch_invalidate(struct mmu_notifier *notifier, struct mm_struct *mm, unsigned long start, unsigned long end)
{
    CHECK(start < end);
    watch.invalidations++;
}

static const struct mmu_notifier_ops watch_ops = {.release = watch_release,
                                                  .invalidate_range_start = watch_start,
                                                  .invalidate_range_end = watch_end,
                                                  .arch_invalidate_secondary_tlbs = watch_invalidate};

void check_watch(void *data)
{
    memset(&watch, 0, sizeof(watch));
    watch.notifier.ops = &watch_ops;
    CHECK(mmu_notifier_register(&watch.notifier, current->mm) == 0);
}

void check_watched(void *data)
{
    struct check_range *range = data;

    mmu_notifier_unregister(&watch.notifier, watch.notifier.mm);
    range->result = watch.invalidations;
    range->frames[0] = (unsigned long)watch.starts;
    range->frames[1] = (unsigned long)watch.ends;
    range->frames[2] = (unsigned long)watch.releases;
}

/* ---- the address space in other hands ---- */

void check_borrow(void *data)
{
    struct check_range *range = data;

    range->mm = get_task_mm(current->group_leader);
    CHECK(range->mm == current->mm);
    mmgrab(range->mm);
}

void check_lent(void *data)
{
    struct check_range *range = data;
    struct mm_struct *mm = range->mm;
    bool alive;
    u8 byte = 0;

    CHECK(copy_from_user(&byte, (void __user *)range->address, 1) == 1);
    kthread_use_mm(mm);
    CHECK(copy_from_user(&byte, (void __user *)range->address, 1) == 0);
    range->result = byte;
    kthread_unuse_mm(mm);
    mmput(mm);
    alive = mmget_not_zero(mm);
    CHECK(alive == !range->write);
    if (alive)
        mmput(mm);
    mmdrop(mm);
}

void check_fault(void *data)
{
    struct check_range *range = data;
    struct mm_struct *mm = range->mm;
    bool unlocked = false;

    mmap_read_lock(mm);
    range->result = fixup_user_fault(mm, range->address, FAULT_FLAG_REMOTE | (range->write ? FAULT_FLAG_WRITE : 0), &unlocked);
    mmap_read_unlock(mm);
}

void check_give_back(void *data)
{
    struct check_range *range = data;

    mmput(range->mm);
    mmdrop(range->mm);
}

void check_walk(void *data)
{
    struct check_range *range = data;
    const u64 *table = (const u64 *)current->mm->pgd;

    for (unsigned int level = 4; level--;) {
        range->frames[level] = table[range->address >> (12 + 9 * level) & 511];
        if (level)
            table = phys_to_virt(range->frames[level] & 0xfffffffff000UL);
    }
}
