/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_HIGHMEM_H
#define _LINUX_HIGHMEM_H

#include <linux/mm.h>

static inline void *kmap_local_page(struct page *page)
{
    return page_address(page);
}
#define kmap_local_pfn(pfn) kmap_local_page(pfn_to_page(pfn))
#define kmap(page) page_address(page)
#define kmap_atomic(page) page_address(page)
#define kunmap_local(address) ((void)(address))
#define kunmap(page) ((void)(page))
#define kunmap_atomic(address) ((void)(address))

static inline void clear_highpage(struct page *page)
{
    clear_page(page_address(page));
}

static inline void memcpy_from_page(char *to, struct page *page, size_t offset, size_t len)
{
    memcpy(to, (char *)page_address(page) + offset, len);
}

static inline void memcpy_to_page(struct page *page, size_t offset, const char *from, size_t len)
{
    memcpy((char *)page_address(page) + offset, from, len);
}

#endif
