/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sm_ats.h - ATS of an SMMUv3: the case plays the ATC (3.9.1 ATS Interface).
 */
#ifndef BUILD_SM_ATS_H
#define BUILD_SM_ATS_H

#include "build/sm.h"

enum sm_eats { SM_EATS_NONE = 0, SM_EATS_FULL = 1, SM_EATS_SPLIT = 2, SM_EATS_DPT = 3 }; /* STE.EATS, 5.2 */

/* STE.EATS of the stream, with CFGI_STE and SYNC. */
void sm_path_eats(struct sm_path *path, enum sm_eats eats);
struct iotb_request sm_translation_request(const struct sm_path *path, uint64_t input); /* one translation, NW = 0 */
/* Without PASID. */
struct iotb_request sm_translated_request(const struct sm_path *path, enum iotb_request_kind kind, uint64_t address);

/*
 * Success with exactly these rights (SM_R, SM_W, SM_X) for a range that holds the page of the input, takes it to `address` and is
 * no larger than page_lg2; Global, U and N are 0, Priv is the request's; nothing recorded. Twice, unless sm_once is set before.
 */
bool sm_expect_translation(struct sm *sm, const char *row, const struct iotb_request *request, uint64_t address, uint32_t rights,
                           uint32_t page_lg2);
/* Success with R = W = 0; nothing recorded. */
bool sm_expect_no_translation(struct sm *sm, const char *row, const struct iotb_request *request);
/* This status (IOTB_UR, IOTB_CA), and one record of this type with its fields; type 0: none. */
bool sm_expect_ats_status(struct sm *sm, const char *row, const struct iotb_request *request, uint32_t status, uint32_t type);

#endif
