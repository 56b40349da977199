/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_checks.h - between the checks of the driver's formats, which are kernel code, and the program that runs them, which is not.
 */
#ifndef VTD_CHECKS_H
#define VTD_CHECKS_H

/* Given by the program. */
void check_failed(const char *what, unsigned long long value);
void *check_page(void);
void check_page_free(void *page);

/* Checks, in kernel code. */
void check_blocks_cover(void);
void check_blocks_are_small(void);
void check_devtlb_addresses(void);
void check_paging_both_stages(void);
void check_paging_large_pages(void);
void check_paging_replaces_table(void);
void check_paging_dirty(void);
void check_entries(void);
void check_descriptors(void);

#endif
