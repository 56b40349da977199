/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* place.h - between attach.c and place.c. All ask for the group's lock. */
#ifndef IOASID_PLACE_H
#define IOASID_PLACE_H

#include "core.h"

struct ioasid_place *ioasid_place_get(struct ioasid_group *group, u32 pasid, struct device *dev); /* ERR_PTR */
void ioasid_place_put(struct ioasid_place *place);                        /* freed when nothing is attached */
struct ioasid_attach *ioasid_place_top(const struct ioasid_place *place); /* NULL */
/* Puts install in effect, NULL: blocks. Takes over install, also on failure, when all is as before. */
int ioasid_place_switch(struct ioasid_place *place, struct ioasid_install *install);
void ioasid_place_update(struct ioasid_place *place, const struct ioasid_dev *gone);

#endif
