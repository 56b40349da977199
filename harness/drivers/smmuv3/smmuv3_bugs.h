/* SPDX-License-Identifier: BSD-2-Clause */
/* smmuv3_bugs.h - asks whether a mistake of smmuv3_bugs.def is switched on. */
#ifndef SMMUV3_BUGS_H
#define SMMUV3_BUGS_H

#include <linux/types.h>

enum smmu_bug {
#define SMMU_BUG(name, row, what) SMMU_BUG_##name,
#include "smmuv3_bugs.def"
#undef SMMU_BUG
    SMMU_BUG_COUNT,
};

bool smmu_bug(enum smmu_bug bug);

#endif
