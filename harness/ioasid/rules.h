/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * rules.h - where the texts of the interface disagree: one named boolean for each point, one set of them for each profile. An
 * open file keeps the set it was opened with. /dev/ioasid has v1's, /dev/iommu those of the parameter `profile`.
 */
#ifndef IOASID_RULES_H
#define IOASID_RULES_H

#include <linux/types.h>

struct ioasid_rules {
    const char *name;
    bool commands_need_attach;   /* R-IOASID-106: MAP and UNMAP only while a device is attached */
    bool partial_groups;         /* R-IOASID-058: members attach one by one, until all have nothing works */
    bool parent_attach_first;    /* R-IOASID-073 */
    bool tracked_tables;         /* F7: page tables below a PASID table of the user are known to the kernel */
    bool several_contexts;       /* R-IOASID-033; without it R-IOASID-032, -034 */
    bool equal_cookies;          /* R-IOASID-036 */
    bool singleton_groups_only;  /* R-IOASID-060 */
    bool enforced_devices_only;  /* R-IOASID-180 */
    bool enforced_spaces_only;   /* R-IOASID-176 */
    bool kernel_type_only;       /* S20: no nesting, no tables of the user, no dummy root */
    bool one_space_per_device;   /* R-IOASID-065 */
    bool replace_on_attach;      /* R-IOASID-080 */
    bool kernel_pasid_spaces;    /* R-IOASID-097: spaces with mappings attach by PASID although PASID tables are delegated */
    bool type1v2_extension_only; /* R-IOASID-016 */
};

extern const struct ioasid_rules ioasid_rules_v1;
/* NULL: no such profile of /dev/iommu. */
const struct ioasid_rules *ioasid_rules_find(const char *name);

#endif
