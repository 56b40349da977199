/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mm_access.c - bytes of a process: copy_from_user() and its like, and the view of others. Every page is looked up when it is
 * reached, so a copy stops at the first byte that the process itself could not reach.
 */
#include "kernel/core.h"
#include "kernel/mm_internal.h"

#include <linux/export.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/sched/mm.h>
#include <linux/uaccess.h>

enum direction { FROM_USER, TO_USER };

/* ---- one page ---- */

/* Registers: in the widest accesses that alignment and length let; 64 bytes at once are one write. */
static void copy_registers(unsigned long address, char *data, unsigned long bytes, enum direction direction)
{
    while (bytes) {
        unsigned int width = direction == TO_USER && bytes >= 64 && !(address & 63) ? 64 : 8;
        void __iomem *at;
        u64 value = 0;

        while (width < 64 && (width > bytes || address & (width - 1)))
            width /= 2;
        at = ioremap(address, width);
        if (width == 64) {
            iosubmit_cmds512(at, data, 1);
        } else if (direction == TO_USER) {
            memcpy(&value, data, width);
            mmio_write(at, width, value);
        } else {
            value = mmio_read(at, width);
            memcpy(data, &value, width);
        }
        iounmap(at);
        address += width, data += width, bytes -= width;
    }
}

/* True: done. False: the entry does not let it; *registers: where they are, to be done without the lock. */
static bool copy_present(struct mm_struct *mm, unsigned long address, char *data, unsigned long bytes, enum direction direction,
                         unsigned long *registers)
{
    bool right = false;
    pte_t *at;

    spin_lock(&mm->page_table_lock);
    at = table_entry(mm, address);
    if (at && (direction == TO_USER ? entry_writable(*at) : entry_valid(*at))) {
        unsigned long physical = PFN_PHYS(entry_pfn(*at)) + offset_in_page(address);

        right = true;
        if (pfn_valid(entry_pfn(*at))) {
            char *memory = phys_to_virt(physical);

            machine_lock();
            memcpy(direction == TO_USER ? memory : data, direction == TO_USER ? data : memory, bytes);
            machine_unlock();
        } else {
            *registers = physical;
        }
    }
    spin_unlock(&mm->page_table_lock);
    return right;
}

static int fault_in(struct mm_struct *mm, unsigned long address, enum direction direction, bool locked)
{
    int result;

    if (!locked)
        mmap_read_lock(mm);
    result = fixup_user_fault(mm, address, direction == TO_USER ? FAULT_FLAG_WRITE : 0, NULL);
    if (!locked)
        mmap_read_unlock(mm);
    return result;
}

static int copy_in_page(struct mm_struct *mm, unsigned long address, char *data, unsigned long bytes, enum direction direction,
                        bool locked)
{
    unsigned long registers = 0;

    while (!copy_present(mm, address, data, bytes, direction, &registers)) {
        int result = fault_in(mm, address, direction, locked);

        if (result)
            return result;
    }
    if (registers)
        copy_registers(registers, data, bytes, direction);
    return 0;
}

/* How many bytes were not reached. */
static unsigned long copy(struct mm_struct *mm, unsigned long address, void *data, unsigned long bytes, enum direction direction,
                          bool locked)
{
    while (bytes) {
        unsigned long part = min(bytes, PAGE_SIZE - offset_in_page(address));

        if (address >= TASK_SIZE_MAX || copy_in_page(mm, address, data, part, direction, locked))
            break;
        address += part, data += part, bytes -= part;
    }
    return bytes;
}

/* ---- of the calling process ---- */

static unsigned long copy_user(unsigned long address, void *data, unsigned long bytes, enum direction direction)
{
    might_fault();
    sched_point();
    if (!bytes)
        return 0;
    if (!current->mm || !access_ok((void __user *)address, bytes) ||
        fault_inject_should_fail(direction == TO_USER ? "copy_to_user" : "copy_from_user"))
        return bytes;
    return copy(current->mm, address, data, bytes, direction, false);
}

unsigned long copy_from_user(void *to, const void __user *from, unsigned long n)
{
    unsigned long left = copy_user((unsigned long)from, to, n, FROM_USER);

    memset(to + n - left, 0, left);
    return left;
}
EXPORT_SYMBOL_GPL(copy_from_user);

unsigned long copy_to_user(void __user *to, const void *from, unsigned long n)
{
    return copy_user((unsigned long)to, (void *)from, n, TO_USER);
}
EXPORT_SYMBOL_GPL(copy_to_user);

unsigned long clear_user(void __user *to, unsigned long n)
{
    static const char zeros[256];

    while (n) {
        unsigned long part = min(n, sizeof(zeros)), left = copy_to_user(to, zeros, part);

        if (left)
            return n - part + left;
        to += part, n -= part;
    }
    return 0;
}
EXPORT_SYMBOL_GPL(clear_user);

int check_zeroed_user(const void __user *from, size_t size)
{
    while (size) {
        u8 bytes[64];
        size_t part = min(size, sizeof(bytes));

        if (copy_from_user(bytes, from, part))
            return -EFAULT;
        if (memchr_inv(bytes, 0, part))
            return 0;
        from += part, size -= part;
    }
    return 1;
}
EXPORT_SYMBOL_GPL(check_zeroed_user);

long strncpy_from_user(char *dst, const char __user *src, long count)
{
    for (long i = 0; i < count; i++) {
        if (copy_from_user(&dst[i], &src[i], 1))
            return -EFAULT;
        if (!dst[i])
            return i;
    }
    return count;
}
EXPORT_SYMBOL_GPL(strncpy_from_user);

/* ---- copies of it ---- */

void *memdup_user(const void __user *from, size_t bytes)
{
    void *copied = kmalloc(bytes, GFP_USER);

    if (!copied)
        return ERR_PTR(-ENOMEM);
    if (!copy_from_user(copied, from, bytes))
        return copied;
    kfree(copied);
    return ERR_PTR(-EFAULT);
}
EXPORT_SYMBOL_GPL(memdup_user);

void *vmemdup_user(const void __user *from, size_t bytes)
{
    return memdup_user(from, bytes);
}
EXPORT_SYMBOL_GPL(vmemdup_user);

void *memdup_array_user(const void __user *from, size_t count, size_t bytes)
{
    return check_mul_overflow(count, bytes, &bytes) ? ERR_PTR(-EOVERFLOW) : memdup_user(from, bytes);
}
EXPORT_SYMBOL_GPL(memdup_array_user);

char *strndup_user(const char __user *from, long bytes)
{
    char *copied = kmalloc(bytes, GFP_USER);
    long length = copied ? strncpy_from_user(copied, from, bytes) : -ENOMEM;

    if (length >= 0 && length < bytes)
        return copied;
    kfree(copied);
    return ERR_PTR(length < 0 ? length : -EINVAL);
}
EXPORT_SYMBOL_GPL(strndup_user);

/* ---- of others ---- */

int access_remote_vm(struct mm_struct *mm, unsigned long addr, void *buf, int len, unsigned int gup_flags)
{
    unsigned long left;

    if (len <= 0)
        return 0;
    mmap_read_lock(mm);
    left = copy(mm, addr, buf, len, gup_flags & FOLL_WRITE ? TO_USER : FROM_USER, true);
    mmap_read_unlock(mm);
    return len - (int)left;
}
EXPORT_SYMBOL_GPL(access_remote_vm);

int access_process_vm(struct task_struct *task, unsigned long addr, void *buf, int len, unsigned int gup_flags)
{
    struct mm_struct *mm = get_task_mm(task);
    int done;

    if (!mm)
        return 0;
    done = access_remote_vm(mm, addr, buf, len, gup_flags);
    mmput(mm);
    return done;
}
EXPORT_SYMBOL_GPL(access_process_vm);
