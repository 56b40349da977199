/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_errata.c - the catalogue of deviations as data, in the order of their ids.
 */
#include "pasid-device/pd_errata.h"

const struct pasid_device_erratum pasid_device_errata[] = {
#define ERRATUM(name, hook, variant, rule, source, rows, preset) {#name, rule, source, rows, preset, hook, variant},
#include "pasid-device/pasid_device_errata.def"
#undef ERRATUM
};

const size_t pasid_device_errata_count = sizeof pasid_device_errata / sizeof pasid_device_errata[0];
