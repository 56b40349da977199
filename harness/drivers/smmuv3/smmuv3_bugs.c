/* SPDX-License-Identifier: BSD-2-Clause */
/* smmuv3_bugs.c - see smmuv3_bugs.h. Module parameter bug=NAME, one at a time. */
#include "smmuv3_bugs.h"

#include <linux/module.h>
#include <linux/string.h>

static char *bug;
module_param(bug, charp, 0444);
MODULE_PARM_DESC(bug, "a mistake of smmuv3_bugs.def to be made");

static const char *const names[] = {
#define SMMU_BUG(name, row, what) #name,
#include "smmuv3_bugs.def"
#undef SMMU_BUG
};

bool smmu_bug(enum smmu_bug which)
{
    return bug && !strcmp(bug, names[which]);
}
