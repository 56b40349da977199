/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hooks.c - the exerciser's hooks, each with the rows that it must make fail, and those that may fail besides because the same
 * TLP breaks them too.
 */
#include "dut/control/endpoint_control.h"

static const struct hook {
    const char *name, *rule, *rows, *also;
    const char *parameters; /* NULL: preset=max */
} hooks[] = {
    {"H01", "an invalidation is acknowledged and its entries stay", "DEV-INV-008",
     "DEV-INV- DEV-ATSC- DEV-ATC- DEV-FLR-008 DEV-DMA- DEV-EVT-006 DEV-CNT- DEV-REG-005", NULL},
    {"H02", "an invalidation is never completed", "DEV-INV-001", "DEV-INV- DEV-CFG- DEV-PAS-003 DEV-CNT-", NULL},
    {"H03", "an invalidation is completed late", "DEV-INV-017", "DEV-INV- DEV-CNT-", NULL},
    {"H04", "an invalidation is completed twice", "DEV-INV-001", "DEV-INV- DEV-CNT-", NULL},
    {"H05.0", "the completion has another ITag", "DEV-INV-001", "DEV-INV- DEV-CFG- DEV-PAS-003 DEV-CNT-", NULL},
    {"H05.1", "the completion has another Completion Count", "DEV-INV-001", "DEV-INV- DEV-CNT-", NULL},
    {"H05.2", "the completion goes elsewhere", "DEV-INV-002", "DEV-INV- DEV-CNT-", NULL},
    {"H06", "the completion does not wait for reads", "DEV-INV-011", "DEV-INV- DEV-CNT-", NULL},
    {"H07", "the completion passes writes", "DEV-INV-010", "DEV-INV- DEV-CNT-", NULL},
    {"H08", "the address of an invalidation is little-endian", "DEV-INV-022",
     "DEV-INV- DEV-ATSC- DEV-ATC- DEV-DMA-012 DEV-FLR-008 DEV-CNT- DEV-DMA-952", NULL},
    {"H09", "the range of an invalidation is off by one size", "DEV-INV-003",
     "DEV-INV- DEV-ATSC- DEV-ATC- DEV-DMA-012 DEV-FLR-008 DEV-CNT-", NULL},
    {"H10.0", "the PASID of an invalidation is ignored", "DEV-INV-024",
     "DEV-INV- DEV-ATSC- DEV-ATC- DEV-DMA- DEV-FLR-008 DEV-EVT-006 DEV-PAS-010 DEV-CNT-", NULL},
    {"H10.1", "G of an invalidation is ignored", "DEV-INV-007", "DEV-INV- DEV-CNT-", NULL},
    {"H10.2", "no PASID is taken for PASID 0", "DEV-INV-006", "DEV-INV- DEV-ATSC- DEV-ATC- DEV-DMA- DEV-FLR-008 DEV-CNT-", NULL},
    {"H11", "a translation requested before the invalidation is kept", "DEV-INV-012", "DEV-INV- DEV-ATC-007 DEV-CNT-", NULL},
    {"H12", "an entry is used for a while after the completion", "DEV-INV-008", "DEV-INV- DEV-CNT-", NULL},
    {"H13", "an invalidation waits for page responses", "DEV-INV-015", "DEV-INV- DEV-CNT-", NULL},
    {"H14", "R=W=0 is kept", "DEV-ATSC-004",
     "DEV-PRI- DEV-DRN- DEV-CFG-008 DEV-CFG-016 DEV-FLR-006 DEV-FLR-003 DEV-INV-015 DEV-ATSC- DEV-ATC-009 DEV-CNT- DEV-CFG-022",
     NULL},
    {"H15.0", "an entry with W=0 is written through", "DEV-ATSC-005",
     "DEV-ATSC-021 DEV-DMA- DEV-PRI- DEV-ATC-009 DEV-CNT- DEV-REC-950", NULL},
    {"H15.1", "an entry with R=0 is read through", "DEV-ATSC-005", "DEV-ATSC- DEV-DMA- DEV-PRI- DEV-CNT- DEV-REC-950 DEV-SUB-012",
     NULL},
    {"H15.2", "an entry with Exe=0 is executed through", "DEV-ATSC-006", "DEV-ATSC- DEV-PRI- DEV-CNT- DEV-REC-950", NULL},
    {"H16.0", "U is ignored", "DEV-ATSC-009", "DEV-CNT- DEV-REC-950", NULL},
    {"H16.1", "N is ignored", "DEV-ATSC-010", "DEV-CNT-", NULL},
    {"H17.0", "Priv is not part of the tag", "DEV-ATSC-007", "DEV-ATSC- DEV-CNT-", NULL},
    {"H17.1", "the PASID is not part of the tag", "DEV-ATC-001",
     "DEV-ATC- DEV-ATSC- DEV-INV- DEV-PAS-009 DEV-ATSQ-006 DEV-DRN- DEV-PRI- DEV-CNT- DEV-DMA-013", NULL},
    {"H18", "Global is always honoured", "DEV-ATSC-008", "DEV-ATC- DEV-CNT-", NULL},
    {"H19.0", "the bits that tell the size are added to the address", "DEV-ATSC-003",
     "DEV-ATSC- DEV-ATC- DEV-INV- DEV-CNT- DEV-DMA-013", NULL},
    {"H19.1", "the size is wrong", "DEV-ATSC-002", "DEV-ATSC- DEV-ATC- DEV-INV- DEV-CNT- DEV-DMA-013", NULL},
    {"H20", "after UR it goes on asking", "DEV-ATSC-013", "DEV-ATSC-011 DEV-CNT- DEV-ATC-951 DEV-REG-005", NULL},
    {"H21", "a translated request to an address that was never granted", "DEV-ATC-003", NULL, NULL},
    {"H22", "a translated request with ATS off", "DEV-ATSQ-001", NULL, NULL},
    {"H23", "AT=11", "DEV-ATSQ-002", NULL, NULL},
    {"H24.0", "a translation request of odd length", "DEV-ATSQ-003", NULL, NULL},
    {"H24.1", "a translation request with low address bits", "DEV-ATSQ-004", NULL, NULL},
    {"H24.3", "NW is wrong", "DEV-ATSQ-005", NULL, NULL},
    {"H25", "another Requester ID", "DEV-CFG-008", "DEV-CNT-", NULL},
    {"H26.0", "a PASID while PASID is off", "DEV-PAS-001", NULL, NULL},
    {"H26.1", "a PASID beyond the width", "DEV-PAS-002", NULL, "preset=pasid8"},
    {"H26.2", "a PASID on a translated request", "DEV-PAS-003", "DEV-PAS- DEV-CNT-", NULL},
    {"H26.3", "a PASID on an interrupt message", "DEV-PAS-003", "DEV-EVT-005 DEV-PAS- DEV-CNT-", NULL},
    {"H27", "another PASID on one TLP of a descriptor", "DEV-PAS-009", NULL, NULL},
    {"H28.0", "Execute on writes", "DEV-PAS-005", "DEV-PAS- DEV-CNT-", NULL},
    {"H28.1", "Privileged while it is off", "DEV-PAS-006", NULL, NULL},
    {"H29", "more page requests than the allocation", "DEV-PRI-007", "DEV-PRI- DEV-CFG-017 DEV-CNT-", NULL},
    {"H30.0", "a group without last message", "DEV-PRI-006", NULL, NULL},
    {"H30.1", "a group with two last messages", "DEV-PRI-006", "DEV-PRI- DEV-DRN- DEV-CNT-", NULL},
    {"H30.2", "the last message of a group first", "DEV-PRI-006", "DEV-PRI- DEV-DRN- DEV-DMA-951 DEV-CNT-", NULL},
    {"H31", "an index of a group not answered yet", "DEV-PRI-009", NULL, NULL},
    {"H32.0", "page requests while they are off", "DEV-PRI-001", "DEV-PRI- DEV-ATSC- DEV-DMA- DEV-SUB- DEV-CNT-", NULL},
    {"H32.1", "a page request without translation request", "DEV-PRI-005", NULL, NULL},
    {"H32.2", "a page request after UR", "DEV-PRI-005", NULL, NULL},
    {"H33", "R=W=0 and L=1 without PASID", "DEV-PRI-003", NULL, NULL},
    {"H34.0", "Invalid is taken for Success", "DEV-PRI-013",
     "DEV-PRI- DEV-DMA- DEV-FLR-006 DEV-DRN-004 DEV-CFG-022 DEV-REG-005 DEV-CNT-", NULL},
    {"H34.1", "Failure is taken for Success", "DEV-PRI-014", "DEV-PRI- DEV-DMA- DEV-CFG-016 DEV-REG-005 DEV-CNT-", NULL},
    {"H34.2", "it asks for ever", "DEV-PRI-012", "DEV-PRI- DEV-CNT-", NULL},
    {"H35", "memory is used after Success without translation", "DEV-PRI-011", NULL, NULL},
    {"H36", "a response under another PASID is taken", "DEV-PRI-017", "DEV-PRI- DEV-CFG-016 DEV-CNT-", NULL},
    {"H37.0", "the Stop Marker comes before page requests that wait", "DEV-PRI-021", "DEV-PRI- DEV-CNT-", NULL},
    {"H37.1", "no Stop Marker", "DEV-PRI-020", "DEV-PRI- DEV-CNT-", NULL},
    {"H38", "Stopped rises too early", "DEV-PRI-018", "DEV-CFG-016 DEV-CNT-", NULL},
    {"H39", "DRAIN_PASID and ABORT end too early", "DEV-PAS-011 DEV-DRN-002",
     "DEV-DRN- DEV-PRI-020 DEV-PRI-021 DEV-PRI-022 DEV-SUB-010 DEV-SUB-951 DEV-CNT-", NULL},
    {"H40", "the cache outlives reset and ATS Enable", "DEV-FLR-005 DEV-ATC-006", "DEV-ATSQ-010 DEV-ATSC- DEV-ATC- DEV-CNT-",
     NULL},
    {"H41", "a TLP after the reset", "DEV-FLR-003", "DEV-FLR- DEV-CFG- DEV-CNT-", NULL},
    {"H42.0", "the record comes before the data", "DEV-DMA-014", NULL, NULL},
    {"H42.1", "the interrupt comes before the record", "DEV-REC-005", "DEV-DRN- DEV-EVT- DEV-CNT-", NULL},
    {"H43", "data that failed or are poisoned are written", "DEV-DMA-009", "DEV-DMA- DEV-ATSQ-001 DEV-REC-950 DEV-CNT-", NULL},
    {"H44", "a request over a 4 KiB boundary", "DEV-ATC-008", NULL, NULL},
    {"H45.0", "a deferrable write is accepted and dropped", "DEV-SUB-004", NULL, NULL},
    {"H45.1", "a deferrable write is carried out twice", "DEV-SUB-004", NULL, NULL},
    {"H46.0", "Page Aligned Request lies", "DEV-CFG-011", "DEV-CFG- DEV-FLR-002 DEV-CNT-", NULL},
    {"H46.1", "Global Invalidate Supported lies", "DEV-CFG-011", "DEV-CFG- DEV-INV-007 DEV-FLR-002 DEV-CNT-", NULL},
    {"H46.2", "the depth lies", "DEV-CFG-011", "DEV-CFG- DEV-INV-014 DEV-FLR-002 DEV-CNT-", NULL},
    {"H46.3", "the PASID width lies", "DEV-CFG-010", NULL, "preset=pasid8"},
    {"H47", "a tag of a request not completed yet", "DEV-ATSQ-007", NULL, NULL},
};

bool iotb_dut_hooked_deviation(size_t n, struct dut_deviation *deviation)
{
    if (n >= sizeof(hooks) / sizeof(hooks[0]))
        return false;
    *deviation = (struct dut_deviation){.name = hooks[n].name,
                                        .rule = hooks[n].rule,
                                        .source = "exerciser",
                                        .rows = hooks[n].rows,
                                        .parameters = hooks[n].parameters ? hooks[n].parameters : "preset=max"};
    return true;
}

const char *iotb_dut_hooked_besides(size_t n)
{
    return n < sizeof(hooks) / sizeof(hooks[0]) ? hooks[n].also : NULL;
}
