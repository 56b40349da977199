/* SPDX-License-Identifier: BSD-2-Clause */
/* What the identification registers may say together (chapter 2, 6.3.1 to 6.3.8). */
#include "build/sm.h"
#include "sm_chapters.h"

static uint32_t idr(struct test *t, uint32_t n, const char *field)
{
    return (uint32_t)sm_idr(t, n, field);
}

static uint32_t word(struct test *t, const char *reg)
{
    return (uint32_t)sm_reg(t, reg);
}

static void revision_sane(struct test *t)
{
    uint32_t aidr = word(t, "SMMU_AIDR");

    CHECK(t, "SMMU-2-001", (aidr & ~0xfu) == 0 && (aidr & 0xf) <= 4, "AIDR is 0x%x", aidr);
}

/* A condition on the identification registers: a row, and whether it holds. */
static void require(struct test *t, const char *row, bool applies, bool holds, const char *what)
{
    if (applies)
        CHECK(t, row, holds, "%s", what);
}

static void mandatory(struct test *t)
{
    uint32_t minor = sm_minor(t);
    bool s1 = idr(t, 0, "S1P"), s2 = idr(t, 0, "S2P");

    require(t, "SMMU-2-002", minor >= 1 && s2, idr(t, 3, "XNX"), "XNX with stage 2 from v3.1");
    require(t, "SMMU-2-002", minor == 0, !idr(t, 3, "XNX"), "no XNX in v3.0");
    require(t, "SMMU-2-003", minor >= 1 && s1, idr(t, 3, "HAD"), "HAD with stage 1 from v3.1");
    require(t, "SMMU-2-003", !s1, !idr(t, 3, "HAD"), "no HAD without stage 1");
    require(t, "SMMU-2-004", minor >= 2, idr(t, 3, "RIL"), "RIL from v3.2");
    require(t, "SMMU-2-004", minor >= 2, idr(t, 3, "FWB") || !s2, "FWB from v3.2");
    require(t, "SMMU-2-004", minor >= 2, idr(t, 3, "BBML") == 1 || idr(t, 3, "BBML") == 2, "BBML 1 or 2 from v3.2");
    require(t, "SMMU-2-005", minor >= 2 && s1 && s2, idr(t, 0, "Hyp"), "Hyp with both stages from v3.2");
    require(t, "SMMU-2-005", !s1 || !s2, !idr(t, 0, "Hyp"), "no Hyp without both stages");
    require(t, "SMMU-2-006", minor >= 3 && s1, idr(t, 3, "E0PD"), "E0PD from v3.3");
    require(t, "SMMU-2-006", minor >= 3 && s2, idr(t, 3, "PTWNNC"), "PTWNNC with stage 2 from v3.3");
    require(t, "SMMU-2-006", !s2, !idr(t, 3, "PTWNNC"), "no PTWNNC without stage 2");
    require(t, "SMMU-2-007", minor >= 4 && s1, idr(t, 3, "EPAN"), "EPAN from v3.4");
    require(t, "SMMU-2-007", minor >= 4 && s2, idr(t, 3, "MTEPERM"), "MTEPERM with stage 2 from v3.4");
}

/* A revision shows no feature of a later one. */
static void not_yet(struct test *t)
{
    uint32_t minor = sm_minor(t), idr0 = word(t, "SMMU_IDR0"), idr1 = word(t, "SMMU_IDR1"), idr3 = word(t, "SMMU_IDR3");
    uint32_t idr5 = word(t, "SMMU_IDR5");
    bool ecmdq = idr1 >> 31, atsrecerr = idr0 >> 23 & 1, table_flag = idr(t, 0, "HTTU") == 3;
    uint32_t oas = idr(t, 5, "OAS"), vax = idr(t, 5, "VAX");

    require(t, "SMMU-2-008", minor == 0, (idr3 & 0xffffff98) == 0, "IDR3 of v3.0");
    require(t, "SMMU-2-008", minor == 0, (idr5 & 0x00000f80) == 0 && oas <= 5, "IDR5 of v3.0");
    require(t, "SMMU-2-008", minor == 0, !ecmdq && !atsrecerr && !table_flag, "IDR0, IDR1 of v3.0");
    require(t, "SMMU-2-009", minor == 1, (idr3 & 0x00ffe000) == 0, "IDR3 of v3.1");
    require(t, "SMMU-2-009", minor == 1, (idr5 & 0x180) == 0 && vax != 2 && oas != 7, "IDR5 of v3.1");
    require(t, "SMMU-2-009", minor == 1, !ecmdq && !atsrecerr && !table_flag, "IDR0, IDR1 of v3.1");
    require(t, "SMMU-2-010", minor == 2, (idr3 & 0x00ff0000) == 0, "IDR3 of v3.2");
    require(t, "SMMU-2-010", minor == 2, (idr5 & 0x180) == 0 && vax != 2 && oas != 7 && !table_flag, "IDR5, HTTU of v3.2");
}

static void encodings(struct test *t)
{
    uint32_t idr0 = word(t, "SMMU_IDR0"), ttf = idr(t, 0, "TTF"), vax = idr(t, 5, "VAX"), oas = idr(t, 5, "OAS");
    bool k4 = idr(t, 5, "GRAN4K"), k16 = idr(t, 5, "GRAN16K"), k64 = idr(t, 5, "GRAN64K");
    bool ds = idr(t, 5, "DS"), d128 = idr(t, 5, "D128");

    require(t, "SMMU-2-011", true, idr0 & 3, "a stage exists");
    require(t, "SMMU-2-011", true, ttf != 0, "a table format exists");
    require(t, "SMMU-2-011", true, idr(t, 0, "TTENDIAN") != 1 && idr(t, 0, "STALL_MODEL") != 3 && idr(t, 0, "ST_LEVEL") < 2,
            "no reserved TTENDIAN, STALL_MODEL, ST_LEVEL");
    require(t, "SMMU-2-011", true, (idr0 & 0xa0000000) == 0, "reserved bits of IDR0");
    require(t, "SMMU-2-012", ttf & 1, k4, "LPAE needs the 4KB granule bit");
    require(t, "SMMU-2-014", vax >= 1, k64 || (ds && (k4 || k16)), "VAX needs a granule that uses it");
    require(t, "SMMU-2-014", true, vax != 3 && (vax != 2 || d128), "VAX encoding");
    require(t, "SMMU-2-015", oas == 6, k64 || ds || d128, "52-bit OAS is reachable");
    require(t, "SMMU-2-015", oas == 7, d128, "56-bit OAS is reachable");
    require(t, "SMMU-2-015", sm_minor(t) == 0, oas <= 5, "OAS of v3.0");
    require(t, "SMMU-2-016", ds, (k4 || k16) && vax >= 1, "DS needs a small granule and VAX");
    require(t, "SMMU-2-016", !k4 && !k16, !ds, "no DS without a small granule");
}

static void sizes(struct test *t)
{
    uint32_t sid = idr(t, 1, "SIDSIZE"), ssid = idr(t, 1, "SSIDSIZE");

    require(t, "SMMU-2-017", sid >= 7, idr(t, 0, "ST_LEVEL") == 1, "two-level Stream tables with 7 StreamID bits");
    require(t, "SMMU-2-018", true, idr(t, 1, "CMDQS") <= 19 && idr(t, 1, "EVENTQS") <= 19, "CMDQS and EVENTQS");
    require(t, "SMMU-2-018", idr(t, 0, "PRI"), idr(t, 1, "PRIQS") <= 19, "PRIQS");
    require(t, "SMMU-2-018", true, ssid <= 20 && sid <= 32, "SSIDSIZE and SIDSIZE");
    require(t, "SMMU-2-025", idr(t, 0, "STALL_MODEL") == 1, idr(t, 5, "STALL_MAX") == 0, "STALL_MAX without stalls");
    require(t, "SMMU-2-025", true, (word(t, "SMMU_IDR5") & 0xf208) == 0, "reserved bits of IDR5");
}

static void dependencies(struct test *t)
{
    bool ats = idr(t, 0, "ATS"), pri = idr(t, 0, "PRI"), s1 = idr(t, 0, "S1P"), s2 = idr(t, 0, "S2P");
    bool ssid = idr(t, 1, "SSIDSIZE");

    require(t, "SMMU-2-019", !ats, !pri && !idr(t, 0, "NS1ATS") && !idr(t, 0, "ATSRECERR"), "IDR0 without ATS");
    require(t, "SMMU-2-019", !ats, !idr(t, 3, "PASIDTT") && !idr(t, 3, "DPT"), "IDR3 without ATS");
    require(t, "SMMU-2-019", !pri || !ssid, !idr(t, 3, "PPS"), "PPS needs PRI and SubstreamIDs");
    require(t, "SMMU-2-019", !ssid, !idr(t, 3, "PASIDTT"), "PASIDTT needs SubstreamIDs");
    require(t, "SMMU-2-020", !s2, !idr(t, 0, "VMW") && !idr(t, 3, "MTEPERM") && !idr(t, 3, "S2PI") && !idr(t, 0, "NS1ATS"),
            "fields of stage 2");
    require(t, "SMMU-2-020", !s1, !idr(t, 3, "S1PI") && !idr(t, 3, "AIE") && !idr(t, 3, "THE") && !idr(t, 0, "NS1ATS"),
            "fields of stage 1");
    require(t, "SMMU-2-021", idr(t, 0, "VATOS"), idr(t, 0, "ATOS") && s1 && s2, "VATOS needs ATOS and both stages");
    require(t, "SMMU-2-022", idr(t, 1, "ECMDQ"), idr(t, 0, "COHACC") && idr(t, 0, "MSI") && !idr(t, 1, "QUEUES_PRESET"),
            "ECMDQ needs COHACC, MSI and free queues");
    require(t, "SMMU-2-023", idr(t, 3, "PBHA"), idr(t, 3, "HAD"), "PBHA needs HAD");
    require(t, "SMMU-2-023", idr(t, 3, "S2PO"), idr(t, 3, "S2PI"), "S2PO needs S2PI");
    require(t, "SMMU-2-023", idr(t, 3, "THE") && s2, idr(t, 3, "S2PI"), "THE needs S2PI");
    require(t, "SMMU-2-023", true, (word(t, "SMMU_IDR3") & 0xff000043) == 0 && idr(t, 3, "BBML") != 3, "reserved parts of IDR3");
}

static const struct iotb_case cases[] = {
    {.name = "smmuv3.identification.revision",
     .summary = "AIDR names a defined revision",
     .run = revision_sane,
     .rows = "SMMU-2-001",
     .tier = TIER_FULL},
    {.name = "smmuv3.identification.mandatory",
     .summary = "A revision has the features that it makes mandatory",
     .run = mandatory,
     .rows = "SMMU-2-002 SMMU-2-003 SMMU-2-004 SMMU-2-005 SMMU-2-006 SMMU-2-007",
     .tier = TIER_FULL},
    {.name = "smmuv3.identification.not_yet",
     .summary = "A revision shows no feature of a later one",
     .run = not_yet,
     .gate = "AIDR.ArchMinorRev<3",
     .rows = "SMMU-2-008 SMMU-2-009 SMMU-2-010",
     .tier = TIER_FULL},
    {.name = "smmuv3.identification.encodings",
     .summary = "No reserved encoding, and formats, granules and address sizes that fit together",
     .run = encodings,
     .rows = "SMMU-2-011 SMMU-2-012 SMMU-2-014 SMMU-2-015 SMMU-2-016",
     .tier = TIER_FULL},
    {.name = "smmuv3.identification.sizes",
     .summary = "Size fields within the architecture's ceilings",
     .run = sizes,
     .rows = "SMMU-2-017 SMMU-2-018 SMMU-2-025",
     .tier = TIER_FULL},
    {.name = "smmuv3.identification.dependencies",
     .summary = "Fields that depend on a feature are zero without it",
     .run = dependencies,
     .rows = "SMMU-2-019 SMMU-2-020 SMMU-2-021 SMMU-2-022 SMMU-2-023",
     .tier = TIER_FULL},
};

const struct iotb_case_list sm_identification_cases = {cases, sizeof cases / sizeof cases[0]};
