/* SPDX-License-Identifier: BSD-2-Clause */
/* linux/gfp.h - pages of RAM for the kernel. Blocks are aligned to their size; order-0 pages lie scattered. */
#ifndef _LINUX_GFP_H
#define _LINUX_GFP_H

#include <asm/page.h>
#include <linux/gfp_types.h>
#include <linux/types.h>

#define MAX_PAGE_ORDER 10

/* One reference on the first page; zeroed with __GFP_ZERO only. NULL: none left. */
struct page *kernel_alloc_pages(gfp_t gfp, unsigned int order, const char *where);
void __free_pages(struct page *page, unsigned int order);
unsigned long kernel_get_free_pages(gfp_t gfp, unsigned int order, const char *where);
void free_pages(unsigned long address, unsigned int order);
/* Whole pages up to size, not rounded to a power of two when they are given back. */
void *kernel_alloc_pages_exact(size_t size, gfp_t gfp, const char *where);
void free_pages_exact(void *address, size_t size);

#define __PLACE __FILE__ ":" __stringify(__LINE__)
#define alloc_pages(gfp, order) kernel_alloc_pages(gfp, order, __PLACE)
#define __get_free_pages(gfp, order) kernel_get_free_pages(gfp, order, __PLACE)
#define alloc_pages_exact(size, gfp) kernel_alloc_pages_exact(size, gfp, __PLACE)
#define alloc_page(gfp) alloc_pages(gfp, 0)
#define alloc_pages_node(node, gfp, order) ((void)(node), alloc_pages(gfp, order))
#define __get_free_page(gfp) __get_free_pages(gfp, 0)
#define get_zeroed_page(gfp) __get_free_pages((gfp) | __GFP_ZERO, 0)
#define __free_page(page) __free_pages(page, 0)
#define free_page(address) free_pages(address, 0)

#define NUMA_NO_NODE (-1)
static inline int numa_node_id(void)
{
    return 0;
}

#endif
