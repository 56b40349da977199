/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mm_table.c - the page table of a process: 4 levels of 512 entries, in RAM. Its entries are what the machine's IOMMU reads when
 * an address space is shared: x86-64 (and so VT-d's first stage), or Armv8 with 4 KiB granule. Lower tables live as long as the
 * addresses: what the hardware has cached of their places stays right.
 */
#include "kernel/core.h"
#include "kernel/hardware.h"
#include "kernel/mm_internal.h"

#include <linux/export.h>

#define LEVELS 4u
#define ENTRIES 512u
#define ADDRESS_BITS 0x0000fffffffff000UL

/* x86-64 */
#define X86_PRESENT BIT(0)
#define X86_WRITE BIT(1)
#define X86_USER BIT(2)
#define X86_ACCESSED BIT(5)
#define X86_DIRTY BIT(6)
/* Armv8 stage 1 */
#define ARM_VALID BIT(0)
#define ARM_TABLE_OR_PAGE BIT(1)
#define ARM_AP_USER BIT(6)
#define ARM_AP_READ_ONLY BIT(7)
#define ARM_INNER_SHAREABLE (3UL << 8)
#define ARM_ACCESSED BIT(10)
#define ARM_NOT_GLOBAL BIT(11)
#define ARM_NEVER_EXECUTE (BIT(53) | BIT(54))

/* ---- entries ---- */

static enum mm_table_format format;

enum mm_table_format mm_table_format(void)
{
    return format;
}
EXPORT_SYMBOL_GPL(mm_table_format);

static int table_boot(void)
{
    unsigned long bytes;

    format = hardware && hardware->ops->table(hardware->context, "IORT", &bytes) ? MM_TABLE_ARM : MM_TABLE_X86;
    return 0;
}

KERNEL_SUBSYSTEM(page_table, 1, table_boot, NULL);

static pte_t table_link(const void *table)
{
    u64 bits = format == MM_TABLE_ARM ? ARM_VALID | ARM_TABLE_OR_PAGE : X86_PRESENT | X86_WRITE | X86_USER | X86_ACCESSED;

    return (pte_t){virt_to_phys(table) | bits};
}

static u64 x86_bits(bool accessible, bool writable)
{
    return X86_USER | X86_ACCESSED | (accessible ? X86_PRESENT : 0) | (writable ? X86_WRITE | X86_DIRTY : 0);
}

static u64 arm_bits(bool accessible, bool writable, bool executable)
{
    return ARM_TABLE_OR_PAGE | ARM_AP_USER | ARM_INNER_SHAREABLE | ARM_ACCESSED | ARM_NOT_GLOBAL | (accessible ? ARM_VALID : 0) |
           (writable ? 0 : ARM_AP_READ_ONLY) | (executable ? 0 : ARM_NEVER_EXECUTE);
}

pte_t entry_make(unsigned long pfn, const struct vm_area_struct *vma, bool writable)
{
    bool accessible = vma->vm_flags & (VM_READ | VM_WRITE | VM_EXEC);
    u64 bits = format == MM_TABLE_ARM ? arm_bits(accessible, writable, vma->vm_flags & VM_EXEC) : x86_bits(accessible, writable);

    return (pte_t){PFN_PHYS(pfn) | bits};
}

pte_t entry_read_only(pte_t entry)
{
    return (pte_t){format == MM_TABLE_ARM ? entry.pte | ARM_AP_READ_ONLY : entry.pte & ~(X86_WRITE | X86_DIRTY)};
}

bool entry_valid(pte_t entry)
{
    return entry.pte & BIT(0); /* of both formats */
}

bool entry_writable(pte_t entry)
{
    return entry_valid(entry) && (format == MM_TABLE_ARM ? !(entry.pte & ARM_AP_READ_ONLY) : entry.pte & X86_WRITE);
}

unsigned long entry_pfn(pte_t entry)
{
    return PHYS_PFN(entry.pte & ADDRESS_BITS);
}

struct page *entry_page(const struct vm_area_struct *vma, pte_t entry)
{
    return entry_none(entry) || vma->vm_flags & VM_PFNMAP ? NULL : pfn_to_page(entry_pfn(entry));
}

void entry_set(pte_t *at, pte_t entry)
{
    __atomic_store_n(&at->pte, entry.pte, __ATOMIC_RELEASE);
}

pte_t entry_take(pte_t *at)
{
    return (pte_t){__atomic_exchange_n(&at->pte, 0, __ATOMIC_SEQ_CST)};
}

/* ---- tables ---- */

static unsigned int shift_of(unsigned int level)
{
    return PAGE_SHIFT + 9 * level;
}

static unsigned int index_of(unsigned long address, unsigned int level)
{
    return address >> shift_of(level) & (ENTRIES - 1);
}

static pte_t *table_below(pte_t entry)
{
    return entry_none(entry) ? NULL : phys_to_virt(entry.pte & ADDRESS_BITS);
}

int table_create(struct mm_struct *mm)
{
    mm->pgd = (pgd_t *)get_zeroed_page(GFP_KERNEL);
    return mm->pgd ? 0 : -ENOMEM;
}

static pte_t entry_load(const pte_t *at)
{
    return (pte_t){smp_load_acquire(&at->pte)};
}

/* Tables are made outside of the lock; who comes second throws his away. */
int table_prepare(struct mm_struct *mm, unsigned long address)
{
    pte_t *table = mm->pgd;

    for (unsigned int level = LEVELS - 1; level; level--) {
        pte_t *entry = &table[index_of(address, level)];

        if (entry_none(entry_load(entry))) {
            void *fresh = (void *)get_zeroed_page(GFP_KERNEL);

            if (!fresh)
                return -ENOMEM;
            spin_lock(&mm->page_table_lock);
            if (entry_none(*entry)) {
                entry_set(entry, table_link(fresh));
                fresh = NULL;
            }
            spin_unlock(&mm->page_table_lock);
            free_page((unsigned long)fresh);
        }
        table = table_below(entry_load(entry));
    }
    return 0;
}

pte_t *table_entry(struct mm_struct *mm, unsigned long address)
{
    pte_t *table = mm->pgd;

    for (unsigned int level = LEVELS - 1; level && table; level--)
        table = table_below(table[index_of(address, level)]);
    return table ? &table[index_of(address, 0)] : NULL;
}

unsigned long table_next(struct mm_struct *mm, unsigned long address, unsigned long end)
{
    while (address < end) {
        pte_t *table = mm->pgd;
        unsigned int level = LEVELS - 1;

        for (; level && table; level--) {
            table = table_below(table[index_of(address, level)]);
            if (!table)
                break;
        }
        if (table)
            return address;
        address = ALIGN_DOWN(address, 1UL << shift_of(level)) + (1UL << shift_of(level));
    }
    return end;
}

static void destroy_below(pte_t *table, unsigned int level)
{
    for (unsigned int i = 0; i < ENTRIES && level; i++) {
        pte_t *below = table_below(entry_take(&table[i]));

        if (!below)
            continue;
        destroy_below(below, level - 1);
        free_page((unsigned long)below);
    }
}

void table_destroy_lower(struct mm_struct *mm)
{
    destroy_below(mm->pgd, LEVELS - 1);
}

void table_destroy_top(struct mm_struct *mm)
{
    free_page((unsigned long)mm->pgd);
}
