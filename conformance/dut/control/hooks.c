/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hooks.c - the exerciser's hooks, each with the rows that it must make fail, and those that may fail besides because the same
 * TLP breaks them too.
 */
#include "dut/control/endpoint_control.h"

static const struct hook {
    const char *name, *rule, *rows, *also;
} hooks[] = {
    {"H01", "an invalidation is acknowledged and its entries stay", "DEV-INV-008",
     "DEV-INV- DEV-ATSC-009 DEV-ATC- DEV-FLR-008 DEV-DMA-012"},
    {"H02", "an invalidation is never completed", "DEV-INV-001", "DEV-INV- DEV-CFG-007 DEV-CFG-008 DEV-PAS-003"},
    {"H03", "an invalidation is completed late", "DEV-INV-017", "DEV-INV-"},
    {"H04", "an invalidation is completed twice", "DEV-INV-001", "DEV-INV-"},
    {"H05.0", "the completion has another ITag", "DEV-INV-001", "DEV-INV- DEV-CFG- DEV-PAS-003"},
    {"H05.1", "the completion has another Completion Count", "DEV-INV-001", "DEV-INV-"},
    {"H05.2", "the completion goes elsewhere", "DEV-INV-002", "DEV-INV-"},
    {"H06", "the completion does not wait for reads", "DEV-INV-011", "DEV-INV-"},
    {"H07", "the completion passes writes", "DEV-INV-010", "DEV-INV-"},
    {"H08", "the address of an invalidation is little-endian", "DEV-INV-022",
     "DEV-INV- DEV-ATSC- DEV-ATC- DEV-DMA-012 DEV-FLR-008"},
    {"H09", "the range of an invalidation is off by one size", "DEV-INV-003", "DEV-INV- DEV-ATSC- DEV-ATC- DEV-DMA-012"},
    {"H10.0", "the PASID of an invalidation is ignored", "DEV-INV-024", "DEV-INV- DEV-PAS-010"},
    {"H10.1", "G of an invalidation is ignored", "DEV-INV-007", "DEV-INV-"},
    {"H10.2", "no PASID is taken for PASID 0", "DEV-INV-006", "DEV-INV- DEV-ATSC- DEV-ATC- DEV-DMA- DEV-FLR-008"},
    {"H11", "a translation requested before the invalidation is kept", "DEV-INV-012", "DEV-INV-"},
    {"H12", "an entry is used for a while after the completion", "DEV-INV-008", "DEV-INV-"},
    {"H13", "an invalidation waits for page responses", "DEV-INV-015", "DEV-INV-"},
    {"H14", "R=W=0 is kept", "DEV-ATSC-004", "DEV-ATSC- DEV-PRI- DEV-DRN-"},
    {"H15.0", "an entry with W=0 is written through", "DEV-ATSC-005", "DEV-ATSC-021 DEV-DMA- DEV-PRI- DEV-ATC-009"},
    {"H15.1", "an entry with R=0 is read through", "DEV-ATSC-005", "DEV-ATSC- DEV-DMA- DEV-PRI-"},
    {"H15.2", "an entry with Exe=0 is executed through", "DEV-ATSC-006", "DEV-ATSC- DEV-PRI-"},
    {"H16.0", "U is ignored", "DEV-ATSC-009", ""},
    {"H16.1", "N is ignored", "DEV-ATSC-010", ""},
    {"H17.0", "Priv is not part of the tag", "DEV-ATSC-007", "DEV-ATSC-"},
    {"H17.1", "the PASID is not part of the tag", "DEV-ATC-001",
     "DEV-ATC- DEV-ATSC- DEV-INV- DEV-PAS-009 DEV-ATSQ-006 DEV-DRN- DEV-PRI-"},
    {"H18", "Global is always honoured", "DEV-ATSC-008", "DEV-ATC-"},
    {"H19.0", "the bits that tell the size are added to the address", "DEV-ATSC-003", "DEV-ATSC- DEV-ATC- DEV-INV-"},
    {"H19.1", "the size is wrong", "DEV-ATSC-002", "DEV-ATSC- DEV-ATC- DEV-INV-"},
    {"H20", "after UR it goes on asking", "DEV-ATSC-013", "DEV-ATSC-011"},
    {"H21", "a translated request to an address that was never granted", "DEV-ATC-003", NULL},
    {"H22", "a translated request with ATS off", "DEV-ATSQ-001", NULL},
    {"H23", "AT=11", "DEV-ATSQ-002", NULL},
    {"H24.0", "a translation request of odd length", "DEV-ATSQ-003", NULL},
    {"H24.1", "a translation request with low address bits", "DEV-ATSQ-004", NULL},
    {"H24.3", "NW is wrong", "DEV-ATSQ-005", NULL},
    {"H25", "another Requester ID", "DEV-CFG-008", ""},
    {"H26.0", "a PASID while PASID is off", "DEV-PAS-001", NULL},
    {"H26.1", "a PASID beyond the width", "DEV-PAS-002", NULL},
    {"H26.2", "a PASID on a translated request", "DEV-PAS-003", "DEV-PAS-"},
    {"H26.3", "a PASID on an interrupt message", "DEV-PAS-003", "DEV-EVT-005 DEV-PAS-"},
    {"H27", "another PASID on one TLP of a descriptor", "DEV-PAS-009", NULL},
    {"H28.0", "Execute on writes", "DEV-PAS-005", "DEV-PAS-"},
    {"H28.1", "Privileged while it is off", "DEV-PAS-006", NULL},
    {"H29", "more page requests than the allocation", "DEV-PRI-007", "DEV-PRI- DEV-CFG-017"},
    {"H30.0", "a group without last message", "DEV-PRI-006", NULL},
    {"H30.1", "a group with two last messages", "DEV-PRI-006", "DEV-PRI- DEV-DRN-"},
    {"H30.2", "the last message of a group first", "DEV-PRI-006", "DEV-PRI- DEV-DRN-"},
    {"H31", "an index of a group not answered yet", "DEV-PRI-009", NULL},
    {"H32.0", "page requests while they are off", "DEV-PRI-001", "DEV-PRI- DEV-ATSC- DEV-DMA-"},
    {"H32.1", "a page request without translation request", "DEV-PRI-005", NULL},
    {"H32.2", "a page request after UR", "DEV-PRI-005", NULL},
    {"H33", "R=W=0 and L=1 without PASID", "DEV-PRI-003", NULL},
    {"H34.0", "Invalid is taken for Success", "DEV-PRI-013", "DEV-PRI- DEV-FLR-006 DEV-DRN-004"},
    {"H34.1", "Failure is taken for Success", "DEV-PRI-014", "DEV-PRI- DEV-CFG-016"},
    {"H34.2", "it asks for ever", "DEV-PRI-012", "DEV-PRI-"},
    {"H35", "memory is used after Success without translation", "DEV-PRI-011", NULL},
    {"H36", "a response under another PASID is taken", "DEV-PRI-017", "DEV-PRI- DEV-CFG-016"},
    {"H37.0", "the Stop Marker comes before page requests that wait", "DEV-PRI-021", "DEV-PRI-"},
    {"H37.1", "no Stop Marker", "DEV-PRI-020", "DEV-PRI-"},
    {"H38", "Stopped rises too early", "DEV-PRI-018", "DEV-CFG-016"},
    {"H39", "DRAIN_PASID and ABORT end too early", "DEV-PAS-011 DEV-DRN-002", "DEV-DRN- DEV-PRI-022"},
    {"H40", "the cache outlives reset and ATS Enable", "DEV-FLR-005 DEV-ATC-006", "DEV-ATSQ-010 DEV-ATSC- DEV-ATC-"},
    {"H41", "a TLP after the reset", "DEV-FLR-003", "DEV-FLR- DEV-CFG-"},
    {"H42.0", "the record comes before the data", "DEV-DMA-014", "DEV-DMA- DEV-DRN-"},
    {"H42.1", "the interrupt comes before the record", "DEV-REC-005", "DEV-DRN- DEV-EVT-"},
    {"H43", "data that failed or are poisoned are written", "DEV-DMA-009", "DEV-DMA-"},
    {"H44", "a request over a 4 KiB boundary", "DEV-ATC-008", NULL},
    {"H45.0", "a deferrable write is accepted and dropped", "DEV-SUB-004", NULL},
    {"H45.1", "a deferrable write is carried out twice", "DEV-SUB-004", NULL},
    {"H46.0", "Page Aligned Request lies", "DEV-CFG-011", "DEV-CFG-"},
    {"H46.1", "Global Invalidate Supported lies", "DEV-CFG-011", "DEV-CFG- DEV-INV-007"},
    {"H46.2", "the depth lies", "DEV-CFG-011", "DEV-CFG- DEV-INV-014"},
    {"H46.3", "the PASID width lies", "DEV-CFG-010", NULL},
    {"H47", "a tag of a request not completed yet", "DEV-ATSQ-007", NULL},
};

bool iotb_dut_hooked_deviation(size_t n, struct dut_deviation *deviation)
{
    if (n >= sizeof(hooks) / sizeof(hooks[0]))
        return false;
    *deviation = (struct dut_deviation){
        .name = hooks[n].name, .rule = hooks[n].rule, .source = "exerciser", .rows = hooks[n].rows, .parameters = "preset=max"};
    return true;
}

const char *iotb_dut_hooked_besides(size_t n)
{
    return n < sizeof(hooks) / sizeof(hooks[0]) ? hooks[n].also : NULL;
}
