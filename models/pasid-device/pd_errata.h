/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_errata.h - deviations on order: which there are.
 *
 * Each is asked for at one place of the model, through pd_deviates() of pd_internal.h, or pd_erratum() where no hook does
 * the same. Compiled with PASID_DEVICE_NO_ERRATA the parameter is not looked at; hooks stay.
 */
#ifndef PASID_DEVICE_PD_ERRATA_H
#define PASID_DEVICE_PD_ERRATA_H

#include "pasid-device/pasid_device.h"

#include <stdbool.h>

enum pd_erratum_id {
#define ERRATUM(name, ...) PD_E_##name,
#include "pasid-device/pasid_device_errata.def"
#undef ERRATUM
    PD_ERRATA_COUNT
};

_Static_assert(PD_ERRATA_COUNT <= 64 * PASID_DEVICE_ERRATA_WORDS, "pasid_device_params.errata is too small");

static inline bool pd_erratum_on(const struct pasid_device_params *p, enum pd_erratum_id id)
{
#ifdef PASID_DEVICE_NO_ERRATA
    (void)p;
    (void)id;
    return false;
#else
    return (p->errata[(unsigned)id / 64u] >> ((unsigned)id % 64u)) & 1u;
#endif
}

#endif
