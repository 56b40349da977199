/* SPDX-License-Identifier: BSD-2-Clause */
/* pure_checks.h - checks of what has no state: NULL, or what is wrong. For hosted C. */
#ifndef PURE_CHECKS_H
#define PURE_CHECKS_H

const char *check_spans(void);
const char *check_smmu(void);
const char *check_vtd(void);
const char *check_rules(void);

#endif
