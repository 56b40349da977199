/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ioasid_deviations.c - what the kernel below the interface can be made to do wrong, one at a time: mistakes that real drivers of
 * IOMMUs have had, erratum=vtd.NAME and erratum=smmuv3.NAME; those of the core, erratum=core.NAME; and breaches of single
 * requirements (ioasid_breaches.c). The lists of the drivers say what each is, this one which requirement then fails, and where
 * it shows.
 */
#include "dut/ioasid/ioasid_breaches.h"

#include <string.h>

/* Not tried: what a program can do does not lead there, or not in any time. Drivers' tests find them by DMA (unit.vtd_bugs,
 * unit.smmuv3_bugs), those of the core by calls (unit.ioasid_bugs). */
#define NOT_BY_CALLS "none"

static const struct {
    const char *name, *rows, *parameters;
} found[] = {
    {"smmuv3.TORN_ENTRY", "R-IOASID-080", "iommu=smmuv3,profile=up"},
    {"smmuv3.ATC_FIRST_DEVICE", "R-IOASID-108", NULL},
    {"smmuv3.SWITCH_NO_ATC", "R-IOASID-133", NULL},
    {"smmuv3.PASID_NO_ATC", "R-IOASID-075", NULL},
    {"smmuv3.NESTED_VMID", "R-IOASID-144 R-IOASID-145 R-IOASID-150", NULL},
    {"smmuv3.ATC_BEFORE_TLB", "R-IOASID-108", NULL},
    {"smmuv3.MM_RANGE_END", "R-IOASID-209", NULL},
    {"smmuv3.EVENT_STORM", "R-IOASID-170", NULL},
    {"smmuv3.ATS_COUNT", "R-IOASID-108", NULL},
    {"smmuv3.CONCATENATED_TOP", "R-IOASID-107", NULL},
    {"smmuv3.SVA_PAGE_SIZE", "R-IOASID-209", NULL},
    {"smmuv3.PRI_STOP_MARKER", NOT_BY_CALLS, NULL},    /* the device sends one when its driver has it leave a PASID */
    {"smmuv3.PRI_OVERFLOW_EARLY", NOT_BY_CALLS, NULL}, /* the kernel empties the queue before a device can fill it */
    {"vtd.PASID_CACHE_NO_TYPE", "R-IOASID-075", NULL},
    {"vtd.TEARDOWN_PASID_IOTLB", "R-IOASID-075", NULL},
    {"vtd.PIOTLB_NO_ALIGN", "R-IOASID-144 R-IOASID-145", NULL},
    {"vtd.SVM_RANGE_LOW_BITS", "R-IOASID-209", NULL},
    {"vtd.UNALIGNED_MASK", "R-IOASID-108 R-IOASID-144", NULL},
    {"vtd.ALIAS_CLEARED", NOT_BY_CALLS, NULL}, /* no device is removed here */
    {"vtd.FIRST_STAGE_SUPERVISOR", "R-IOASID-107", NULL},
    {"vtd.SUPERVISOR_ALLOWED", NOT_BY_CALLS, NULL}, /* nobody promises the user anything of privileged requests */
    {"vtd.RESPONSE_NO_PASID", "R-IOASID-164 R-IOASID-165", NULL},
    {"vtd.DEVTLB_FIRST_DEVICE", "R-IOASID-108", NULL},
    {"vtd.DEVTLB_NO_PASID", "R-IOASID-145", NULL},
    {"vtd.REQUEST_STRIDE", "R-IOASID-162", NULL},
    {"vtd.STOP_MARKER", NOT_BY_CALLS, NULL},    /* as above */
    {"vtd.OVERFLOW_EARLY", NOT_BY_CALLS, NULL}, /* as above */
    {"vtd.SNOOP_CLAIMED", "R-IOASID-025 R-IOASID-177", NULL},
    {"vtd.DID_LEAK", NOT_BY_CALLS, NULL}, /* after 65534 attaches */
    {"vtd.TORN_ENTRY", "R-IOASID-080", "iommu=vtd,profile=up"},
    {"vtd.ALIAS_WRONG_SID", NOT_BY_CALLS, NULL}, /* in legacy mode, and the group is behind the other unit */
    {"vtd.NO_DRAIN", NOT_BY_CALLS, NULL},        /* a request that arrives in the middle of DETACH */
    {"vtd.DEVTLB_NOT_AT_TEARDOWN", "R-IOASID-075", NULL},
    {"vtd.NESTED_DEVTLB_RANGE", "R-IOASID-108", NULL},
    {"vtd.HINT_ALWAYS", "R-IOASID-144", NULL},
    {"vtd.DEVTLB_BEFORE_IOTLB", "R-IOASID-108", NULL},
    {"core.RANGE_ONE_LESS", "R-IOASID-144", NULL},
    {"core.FAULT_READ_LOST", "R-IOASID-162", NULL},
    {"core.FAULT_NOT_PURGED", "R-IOASID-168", NULL},
    {"core.CLOSE_PENDING", "R-IOASID-168", NULL},
    {"core.MAP_FAILED_KEEPS_PIN", "R-IOASID-122", NULL},
    {"core.ATTACH_FAILED_BLOCKS", "R-IOASID-068", NULL},
    {"core.LAST_PAGE_REFUSED", "R-IOASID-107", NULL},
    {"core.CHILD_PROT", "R-IOASID-133", NULL},
    {"core.COHERENCY_SILENT", "R-IOASID-185", NULL},
    {"core.RMRR_BOUND", NOT_BY_CALLS, NULL}, /* the iommu core refuses to block such a device, too */
};

#define DRIVER_BUG(driver, id, from, text) \
    {.name = driver "." #id, .rule = text, .source = "bugs of drivers, " #from, .rows = "", .parameters = "iommu=" driver},
#define VTD_BUG(id, from, text) DRIVER_BUG("vtd", id, from, text)
#define SMMU_BUG(id, from, text) DRIVER_BUG("smmuv3", id, from, text)
#define IOASID_BUG(id, from, text) {.name = "core." #id, .rule = text, .source = from, .rows = from, .parameters = "iommu=vtd"},
static const struct dut_deviation deviations[] = {
#include "drivers/smmuv3/smmuv3_bugs.def"
#include "drivers/vtd/vtd_bugs.def"
#include "ioasid/bugs.def"
};
#define DEVIATIONS (sizeof(deviations) / sizeof(deviations[0]))

bool iotb_dut_ioasid_deviation(size_t n, struct dut_deviation *deviation)
{
    if (n >= DEVIATIONS)
        return breach_at(n - DEVIATIONS, deviation);
    *deviation = deviations[n];
    for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
        if (strcmp(found[i].name, deviation->name) != 0)
            continue;
        deviation->rows = strcmp(found[i].rows, NOT_BY_CALLS) ? found[i].rows : "";
        deviation->parameters = !deviation->rows[0] ? NULL : found[i].parameters ? found[i].parameters : deviation->parameters;
    }
    return true;
}
