/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* bugs.h - is a mistake of bugs.def asked for? */
#ifndef IOASID_BUGS_H
#define IOASID_BUGS_H

#include <linux/types.h>

enum ioasid_bug {
    IOASID_BUG_NONE,
#define IOASID_BUG(name, row, what) IOASID_BUG_##name,
#include "bugs.def"
#undef IOASID_BUG
};

bool ioasid_bug_is(enum ioasid_bug bug);
#define ioasid_bug(name) ioasid_bug_is(IOASID_BUG_##name)
/* False: there is no such mistake. NULL and "": none. */
bool ioasid_bug_choose(const char *name);

#endif
