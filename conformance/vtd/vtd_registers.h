/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files on the register file share. */
#ifndef VTD_VTD_REGISTERS_H
#define VTD_VTD_REGISTERS_H

#include "bench/case.h"

/* A capability is reported: "ECAP.QI", "CAP.PLMR"; NULL: always. */
bool registers_present(struct test *t, const char *when);

#endif
