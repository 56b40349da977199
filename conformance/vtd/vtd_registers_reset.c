/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the register file is after a reset, what never changes, and what is not there (11.3 Register Attributes, 11.4 Register
 * Descriptions).
 */
#include "vtd_registers.h"

#include "build/vt.h"
#include "vtd_chapters.h"

#define ONES UINT64_C(0xffffffffffffffff)

static bool bit(uint64_t word, uint32_t at)
{
    return (word >> at) & 1;
}

static void capabilities_constant(struct test *t)
{
    uint64_t ver = vt_reg(t, "VER_REG"), cap = vt_reg(t, "CAP_REG"), ecap = vt_reg(t, "ECAP_REG");
    struct vt vt;

    for (int step = 0; step < 4; step++) {
        if (step == 0)
            vt_open_mode(&vt, t, vt_cap(t, "SAGAW") || vt_ecap(t, "PT") ? VT_LEGACY : VT_SCALABLE);
        if (step == 1)
            vt_command(&vt, "TE", false);
        if (step == 2)
            test_reset(t, IOTB_RESET_COLD);
        if (step == 3 && test_has(t, IOTB_F_WARM_RESET))
            test_reset(t, IOTB_RESET_WARM);
        CHECK_EQ(t, "VTD-11-518", ver, vt_reg(t, "VER_REG"), "VER_REG, step %d", step);
        CHECK_EQ(t, "VTD-11-518", cap, vt_reg(t, "CAP_REG"), "CAP_REG, step %d", step);
        CHECK_EQ(t, "VTD-11-518", ecap, vt_reg(t, "ECAP_REG"), "ECAP_REG, step %d", step);
        CHECK_EQ(t, "VTD-11-518", cap, (uint64_t)reg_read32(t, 0xc) << 32 | reg_read32(t, 0x8), "CAP_REG as two doublewords");
        CHECK_EQ(t, "VTD-11-518", ecap, (uint64_t)reg_read32(t, 0x14) << 32 | reg_read32(t, 0x10), "ECAP_REG as two doublewords");
    }
}

/* ---- reserved offsets and absent features ---- */

struct range {
    uint32_t first, last;
    const char *when;
    const char *row;
};

static const struct range absent[] = {
    {0x080, 0x097, "ECAP.QI", "VTD-11-519"},  {0x09c, 0x0b7, "ECAP.QI", "VTD-11-519"},  {0x0b8, 0x0bf, "ECAP.IR", "VTD-11-519"},
    {0x0c0, 0x0d7, "ECAP.PRS", "VTD-11-519"}, {0x0dc, 0x0eb, "ECAP.PRS", "VTD-11-519"}, {0x100, 0x10f, "ECAP.MTS", "VTD-11-519"},
    {0x120, 0x177, "ECAP.MTS", "VTD-11-519"}, {0x180, 0x21f, "ECAP.MTS", "VTD-11-519"}, {0x068, 0x06f, "CAP.PLMR", "VTD-11-519"},
    {0x070, 0x07f, "CAP.PHMR", "VTD-11-519"}, {0x300, 0x307, "ECAP.PMS", "VTD-11-519"},
};

static const struct range reserved[] = {
    {0x004, 0x007, NULL, "VTD-11-517"}, {0x030, 0x033, NULL, "VTD-11-517"}, {0x048, 0x063, NULL, "VTD-11-517"},
    {0x098, 0x09b, NULL, "VTD-11-517"}, {0x0d8, 0x0db, NULL, "VTD-11-517"}, {0x0f0, 0x0ff, NULL, "VTD-11-517"},
    {0x110, 0x11f, NULL, "VTD-11-517"}, {0x178, 0x17f, NULL, "VTD-11-517"}, {0x220, 0x2ff, NULL, "VTD-11-517"},
    {0x450, 0x45f, NULL, "VTD-11-517"},
};

/* 11.4 note 1: IOTLB and fault recording registers may lie at any unused or reserved address. */
static bool placed_block(struct test *t, uint32_t offset)
{
    uint64_t iro = vt_ecap(t, "IRO") * 16, fro = vt_cap(t, "FRO") * 16, records = vt_cap(t, "NFR") + 1;

    return (offset >= iro && offset < iro + 16) || (offset >= fro && offset < fro + 16 * records);
}

static void dead_range(struct test *t, const struct range *r)
{
    for (uint32_t offset = r->first; offset < r->last; offset += 4) {
        if (placed_block(t, offset))
            continue;
        CHECK_EQ(t, r->row, 0, reg_read32(t, offset), "register at %03xh", offset);
        reg_write32(t, offset, 0xffffffff);
        CHECK_EQ(t, r->row, 0, reg_read32(t, offset), "register at %03xh after all ones", offset);
    }
}

static void reserved_offsets(struct test *t)
{
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        dead_range(t, &reserved[i]);
    /* Nothing else was hit by those writes. */
    CHECK_EQ(t, "VTD-11-517", 0, vt_reg(t, "GSTS_REG"), "GSTS_REG after writes to reserved offsets");
    CHECK_EQ(t, "VTD-11-517", 0, vt_reg(t, "RTADDR_REG"), "RTADDR_REG after writes to reserved offsets");
    CHECK_EQ(t, "VTD-11-517", vt_reg_bits("FECTL_REG", "IM", 1), vt_reg(t, "FECTL_REG"), "FECTL_REG after the same");
}

static void absent_features(struct test *t)
{
    uint32_t found = 0;

    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        if (!registers_present(t, absent[i].when)) {
            test_context(t, "%s is 0", absent[i].when);
            dead_range(t, &absent[i]);
            found++;
        }
    test_context(t, NULL);
    if (!vt_cap(t, "ECMDS")) {
        static const struct range commands = {0x400, 0x44f, NULL, "VTD-11-519"};

        dead_range(t, &commands);
        found++;
    }
    if (!found)
        test_skip(t, "the unit has every optional register");
    CHECK_EQ(t, "VTD-11-519", 0, vt_reg(t, "GSTS_REG"), "GSTS_REG after writes to absent registers");
    CHECK_EQ(t, "VTD-11-519", 0, vt_reg(t, "FSTS_REG"), "FSTS_REG after writes to absent registers");
}

/* ---- reset ---- */

static const struct reset_value {
    const char *reg, *when, *row;
    uint64_t value, mask;
} reset_values[] = {
    {"GSTS_REG", NULL, "VTD-11-514", 0, ONES},
    {"RTADDR_REG", NULL, "VTD-11-514", 0, ONES},
    {"FSTS_REG", NULL, "VTD-11-514", 0, ONES & ~UINT64_C(0xff00)}, /* FRI is undefined while PPF is 0 */
    {"FECTL_REG", NULL, "VTD-11-026", 0x80000000, ONES},
    {"FECTL_REG", NULL, "VTD-11-515", 0x80000000, ONES},
    {"FEDATA_REG", NULL, "VTD-11-514", 0, ONES},
    {"FEADDR_REG", NULL, "VTD-11-514", 0, ONES},
    {"FEUADDR_REG", NULL, "VTD-11-514", 0, ONES},
    {"PMEN_REG", NULL, "VTD-11-514", 0, ONES},
    {"PLMBASE_REG", NULL, "VTD-11-514", 0, ONES},
    {"PLMLIMIT_REG", NULL, "VTD-11-514", 0, ONES},
    {"PHMBASE_REG", NULL, "VTD-11-514", 0, ONES},
    {"PHMLIMIT_REG", NULL, "VTD-11-514", 0, ONES},
    {"IQH_REG", "ECAP.QI", "VTD-11-514", 0, ONES},
    {"IQT_REG", "ECAP.QI", "VTD-11-514", 0, ONES},
    {"IQA_REG", "ECAP.QI", "VTD-11-514", 0, ONES},
    {"ICS_REG", "ECAP.QI", "VTD-11-514", 0, ONES},
    {"IECTL_REG", "ECAP.QI", "VTD-11-515", 0x80000000, ONES},
    {"IEDATA_REG", "ECAP.QI", "VTD-11-514", 0, ONES},
    {"IEADDR_REG", "ECAP.QI", "VTD-11-514", 0, ONES},
    {"IEUADDR_REG", "ECAP.QI", "VTD-11-514", 0, ONES},
    {"IQERCD_REG", "ECAP.QI", "VTD-11-514", 0, UINT64_C(0xfffffff0)}, /* its fields are undefined while IQE is 0 */
    {"IRTA_REG", "ECAP.IR", "VTD-11-514", 0, ONES},
    {"PQH_REG", "ECAP.PRS", "VTD-11-514", 0, ONES},
    {"PQT_REG", "ECAP.PRS", "VTD-11-514", 0, ONES},
    {"PQA_REG", "ECAP.PRS", "VTD-11-514", 0, ONES},
    {"PRS_REG", "ECAP.PRS", "VTD-11-514", 0, ONES},
    {"PECTL_REG", "ECAP.PRS", "VTD-11-515", 0x80000000, ONES},
};

static void check_reset(struct test *t)
{
    uint64_t ccmd = vt_reg(t, "CCMD_REG"), iotlb = vt_reg(t, "IOTLB_REG");

    for (size_t i = 0; i < sizeof reset_values / sizeof reset_values[0]; i++) {
        const struct reset_value *r = &reset_values[i];

        if (registers_present(t, r->when))
            CHECK_EQ(t, r->row, r->value, vt_reg(t, r->reg) & r->mask, "%s after reset", r->reg);
    }
    CHECK(t, "VTD-11-516", !bit(ccmd, 63) && spec_get(spec_reg_field("CCMD_REG", "CAIG"), &ccmd) <= 1,
          "CCMD_REG after reset is 0x%llx", (unsigned long long)ccmd);
    CHECK(t, "VTD-11-516", !bit(iotlb, 63) && spec_get(spec_reg_field("IOTLB_REG", "IAIG"), &iotlb) <= 1,
          "IOTLB_REG after reset is 0x%llx", (unsigned long long)iotlb);
}

/* Everything that software can set is set. */
static void disturb(struct test *t)
{
    struct vt vt;

    vt_open_mode(&vt, t, vt_cap(t, "SAGAW") || vt_ecap(t, "PT") ? VT_LEGACY : VT_SCALABLE);
    vt_reg_set(t, "FEDATA_REG", 0x1a5);
    vt_reg_set(t, "FEADDR_REG", 0xfee01004);
    vt_reg_set(t, "FEUADDR_REG", 0x100);
    vt_reg_set(t, "FECTL_REG", 0);
    if (vt_cap(t, "PLMR")) {
        vt_reg_set(t, "PLMBASE_REG", 0x40000000);
        vt_reg_set(t, "PLMLIMIT_REG", 0x40000000);
    }
    if (vt_cap(t, "PHMR")) {
        vt_reg_set(t, "PHMBASE_REG", 0x80000000);
        vt_reg_set(t, "PHMLIMIT_REG", 0x80000000);
    }
    if (vt_cap(t, "PLMR") || vt_cap(t, "PHMR"))
        vt_reg_set(t, "PMEN_REG", vt_reg_bits("PMEN_REG", "EPM", 1));
    if (vt_ecap(t, "QI")) {
        struct vt_descriptor wait = vt_desc_wait(true, false, false, 0, 0), bad = {{0}};

        vt_reg_set(t, "IEDATA_REG", 0x15a);
        vt_reg_set(t, "IEADDR_REG", 0xfee02008);
        vt_reg_set(t, "IECTL_REG", 0);
        vt_put(&vt, &wait);
        vt_put(&vt, &bad);
        vt_ring(&vt);
    }
    test_settle(t);
}

static void reset_state(struct test *t)
{
    check_reset(t);
    disturb(t);
    CHECK(t, "VTD-11-514", vt_reg(t, "GSTS_REG") != 0, "the unit is enabled before the second reset");
    test_context(t, "cold reset of a running unit");
    test_reset(t, IOTB_RESET_COLD);
    check_reset(t);
}

#define CASE(tag, text, function, rowlist)                                                                 \
    {                                                                                                      \
        .name = "vtd.registers." tag, .summary = text, .run = function, .rows = rowlist, .tier = TIER_FULL \
    }

static const struct iotb_case cases[] = {
    {.name = "vtd.registers.reset",
     .summary = "After a cold reset nothing is enabled and every event is masked.",
     .run = reset_state,
     .rows = "VTD-11-514 VTD-11-515 VTD-11-516 VTD-11-026",
     .tier = TIER_SMOKE},
    CASE("constant", "Version and capabilities never change.", capabilities_constant, "VTD-11-518"),
    CASE("reserved_offsets", "Unassigned offsets read 0 and drop writes.", reserved_offsets, "VTD-11-517"),
    CASE("absent", "Registers of features that the unit does not have read 0 and drop writes.", absent_features, "VTD-11-519"),
};

const struct iotb_case_list vtd_registers_reset_cases = {cases, sizeof cases / sizeof cases[0]};
