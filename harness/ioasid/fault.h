/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* fault.h - between fault.c (where faults come from) and fault_file.c (where they go). */
#ifndef IOASID_FAULT_H
#define IOASID_FAULT_H

#include "core.h"

/* What stays the same in all records of a fault. */
struct ioasid_fault {
    struct list_head node;          /* in unread or pending */
    struct ioasid_install *install; /* whom it came from, for comparison only */
    const struct ioasid_dev *idev;  /* likewise */
    struct iopf_group *group;       /* NULL: unrecoverable */
    u32 id;
    u32 ioasid;
    u64 cookie;
    bool has_vpasid;
    u32 vpasid;
    u64 addr; /* unrecoverable */
    u32 perm;
    unsigned int next; /* record that is read next */
};

unsigned int ioasid_fault_records(const struct ioasid_fault *fault);
/* Answers if it has to be answered, and frees. Not with the lock held. */
void ioasid_fault_finish(struct ioasid_fault *fault, enum iommu_page_response_code code);

#endif
