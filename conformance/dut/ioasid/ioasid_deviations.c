/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ioasid_deviations.c - mistakes that real drivers of IOMMUs have had, one at a time: erratum=vtd.NAME, erratum=smmuv3.NAME, and
 * those of the core, erratum=core.NAME. The
 * drivers' lists say what each is; whatever row fails, the mistake has been found.
 */
#include "dut/ioasid/ioasid_dut.h"

#include <string.h>

#define VTD_BUG(name, source, what) {"vtd." #name, what, "bugs of drivers, " #source, "", "iommu=vtd"},
#define IOASID_BUG(name, source, what) {"core." #name, what, source, source, "iommu=vtd"},
#define SMMU_BUG(name, source, what) {"smmuv3." #name, what, "bugs of drivers, " #source, "", "iommu=smmuv3"},
static const struct dut_deviation deviations[] = {
#include "drivers/smmuv3/smmuv3_bugs.def"
#include "drivers/vtd/vtd_bugs.def"
#include "ioasid/bugs.def"
};

bool iotb_dut_ioasid_deviation(size_t n, struct dut_deviation *deviation)
{
    if (n >= sizeof(deviations) / sizeof(deviations[0]))
        return false;
    *deviation = deviations[n];
    if (strncmp(deviation->rows, "R-", 2) != 0) /* a row of another catalogue */
        deviation->rows = "";
    return true;
}
