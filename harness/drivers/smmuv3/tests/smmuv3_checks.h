/* SPDX-License-Identifier: BSD-2-Clause */
/* smmuv3_checks.h - between the checks of the driver's formats, which are kernel code, and the program that runs them, which is
 * not. */
#ifndef SMMUV3_CHECKS_H
#define SMMUV3_CHECKS_H

/* Given by the program. */
void check_failed(const char *what, unsigned long long value);
void *check_pages(unsigned long bytes);
void check_pages_free(void *pages);

/* Checks, in kernel code. */
void check_range_commands(void);
void check_range_pages(void);
void check_atc_spans(void);
void check_entry_never_mixed(void);
void check_entry_hitless(void);
void check_entry_equal(void);
void check_paging_both_stages(void);
void check_paging_large_pages(void);
void check_paging_concatenated(void);
void check_paging_table_replaced(void);
void check_paging_refusals(void);
void check_paging_dirty(void);

#endif
