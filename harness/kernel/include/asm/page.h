/* SPDX-License-Identifier: BSD-2-Clause */
/* asm/page.h - frames of the machine's RAM. Kernel pointers into RAM are host pointers, physical addresses are the machine's. */
#ifndef _ASM_PAGE_H
#define _ASM_PAGE_H

#include <linux/align.h>
#include <linux/const.h>
#include <linux/log2.h>
#include <linux/string.h>
#include <linux/types.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define PAGE_MASK (~(PAGE_SIZE - 1))
#define PAGE_ALIGN(address) ALIGN(address, PAGE_SIZE)
#define PAGE_ALIGN_DOWN(address) ALIGN_DOWN(address, PAGE_SIZE)
#define PAGE_ALIGNED(address) IS_ALIGNED((unsigned long)(address), PAGE_SIZE)
#define offset_in_page(address) ((unsigned long)(address) & ~PAGE_MASK)

#define PFN_ALIGN(x) (((unsigned long)(x) + (PAGE_SIZE - 1)) & PAGE_MASK)
#define PFN_UP(x) (((x) + PAGE_SIZE - 1) >> PAGE_SHIFT)
#define PFN_DOWN(x) ((x) >> PAGE_SHIFT)
#define PFN_PHYS(x) ((phys_addr_t)(x) << PAGE_SHIFT)
#define PHYS_PFN(x) ((unsigned long)((x) >> PAGE_SHIFT))

struct page;

/* A pointer that is not into RAM, and an address that is not RAM's, is a bug: it warns and gives 0 or NULL. */
phys_addr_t virt_to_phys(const volatile void *address);
void *phys_to_virt(phys_addr_t address);
#define __pa(address) virt_to_phys((const void *)(address))
#define __va(address) phys_to_virt((phys_addr_t)(address))
bool virt_addr_valid(const void *address);

bool pfn_valid(unsigned long pfn);
struct page *pfn_to_page(unsigned long pfn);
unsigned long page_to_pfn(const struct page *page);
struct page *virt_to_page(const void *address);
void *page_address(const struct page *page);
#define page_to_virt(page) page_address(page)
#define page_to_phys(page) PFN_PHYS(page_to_pfn(page))
#define phys_to_page(address) pfn_to_page(PHYS_PFN(address))
#define virt_to_pfn(address) PHYS_PFN(virt_to_phys(address))
#define pfn_to_kaddr(pfn) phys_to_virt(PFN_PHYS(pfn))

#define clear_page(address) memset(address, 0, PAGE_SIZE)
#define copy_page(to, from) memcpy(to, from, PAGE_SIZE)

/* Size in bytes -> order of the smallest block of pages that holds it. */
static inline int get_order(unsigned long size)
{
    return size <= PAGE_SIZE ? 0 : ilog2((size - 1) >> PAGE_SHIFT) + 1;
}

#endif
