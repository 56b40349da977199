/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_bugs.h - asks whether a mistake of vtd_bugs.def is switched on. */
#ifndef VTD_BUGS_H
#define VTD_BUGS_H

#include <linux/types.h>

enum vtd_bug {
#define VTD_BUG(name, row, what) VTD_BUG_##name,
#include "vtd_bugs.def"
#undef VTD_BUG
    VTD_BUG_COUNT,
};

bool vtd_bug(enum vtd_bug bug);
#define driver_bug(name) vtd_bug(VTD_BUG_##name)

#endif
