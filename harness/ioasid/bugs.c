/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* bugs.c - see bugs.h. */
#include "bugs.h"

#include <linux/array_size.h>
#include <linux/string.h>

static const char *const names[] = {
    "",
#define IOASID_BUG(name, row, what) #name,
#include "bugs.def"
#undef IOASID_BUG
};

static enum ioasid_bug chosen;

bool ioasid_bug_is(enum ioasid_bug bug)
{
    return chosen == bug;
}

bool ioasid_bug_choose(const char *name)
{
    chosen = IOASID_BUG_NONE;
    for (size_t i = 0; name && i < ARRAY_SIZE(names); i++) {
        if (strcmp(name, names[i]))
            continue;
        chosen = (enum ioasid_bug)i;
        return true;
    }
    return !name;
}
