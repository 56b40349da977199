/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The register file as a file of registers: what each holds after reset, which bits take a value, which ignore it, and that
 * registers of features which the unit does not have are not there (11.2 Software Access to Registers, 11.3 Register
 * Attributes, 11.4 Register Descriptions). What the registers do is the matter of the other chapters.
 */
#include "vtd_registers.h"

#include "build/vt.h"
#include "vtd_chapters.h"

#include <string.h>

#define ONES UINT64_C(0xffffffffffffffff)

/* ---- which registers this unit has ---- */

static bool bit(uint64_t word, uint32_t at)
{
    return (word >> at) & 1;
}

bool registers_present(struct test *t, const char *when)
{
    if (!when)
        return true;
    return !strncmp(when, "CAP.", 4) ? vt_cap(t, when + 4) != 0 : vt_ecap(t, when + 5) != 0;
}

/*
 * Registers whose value has no effect while nothing is enabled. `holds` are the bits that take any value, `may` those that an
 * implementation may leave out; every other bit reads 0.
 */
struct plain {
    const char *reg;
    const char *when;
    const char *row_hold, *row_may;
    uint64_t holds, may;
    bool address;           /* bits 63:12 are a host address: those at and above the host address width may be left out */
    const char *holds_with; /* the bits `with` hold when this capability is there, and read 0 when it is not */
    uint64_t with;
};

static const struct plain plains[] = {
    {"RTADDR_REG", NULL, "VTD-11-502", "VTD-11-523", 0xc00, 0, true, "ECAP.SSIRWS", 0x80},
    {"FEDATA_REG", NULL, "VTD-11-501", "VTD-11-521", 0x1ff, 0xfe00, false, NULL, 0},
    {"FEADDR_REG", NULL, "VTD-11-501", NULL, 0xfffffffc, 0, false, NULL, 0},
    {"IQT_REG", "ECAP.QI", "VTD-11-502", NULL, 0x7fff0, 0, false, NULL, 0},
    {"IQA_REG", "ECAP.QI", "VTD-11-502", "VTD-11-523", 0x7, 0, true, NULL, 0},
    {"IEDATA_REG", "ECAP.QI", "VTD-11-501", "VTD-11-521", 0x1ff, 0xfe00, false, NULL, 0},
    {"IEADDR_REG", "ECAP.QI", "VTD-11-501", NULL, 0xfffffffc, 0, false, NULL, 0},
    {"IRTA_REG", "ECAP.IR", "VTD-11-502", "VTD-11-523", 0xf, 0, true, "ECAP.EIM", 0x800},
    {"PQH_REG", "ECAP.PRS", "VTD-11-502", NULL, 0x7ffe0, 0, false, NULL, 0},
    {"PQT_REG", "ECAP.PRS", "VTD-11-502", NULL, 0x7ffe0, 0, false, NULL, 0},
    {"PQA_REG", "ECAP.PRS", "VTD-11-502", "VTD-11-523", 0x7, 0, true, NULL, 0},
    {"PEDATA_REG", "ECAP.PRS", "VTD-11-501", "VTD-11-521", 0x1ff, 0xfe00, false, NULL, 0},
    {"PEADDR_REG", "ECAP.PRS", "VTD-11-501", NULL, 0xfffffffc, 0, false, NULL, 0},
};
#define PLAIN_COUNT (sizeof plains / sizeof plains[0])

static uint32_t width_bytes(const char *reg)
{
    return spec_reg_field(reg, NULL)->width / 8;
}

static uint64_t register_mask(const char *reg)
{
    return width_bytes(reg) == 4 ? 0xffffffff : ONES;
}

static uint64_t host_bits(struct test *t)
{
    uint32_t haw = test_desc(t)->host_address_bits;

    return (haw < 64 ? (UINT64_C(1) << haw) - 1 : ONES) & ~UINT64_C(0xfff);
}

static uint64_t holding(struct test *t, const struct plain *p)
{
    uint64_t mask =
        p->holds | (p->address ? host_bits(t) : 0) | (p->holds_with && registers_present(t, p->holds_with) ? p->with : 0);

    /* DW exists where 256-bit descriptors do (11.4.9.3); elsewhere setting it is an error of its own. */
    if (!strcmp(p->reg, "IQA_REG") && (vt_ecap(t, "SMTS") || vt_ecap(t, "ADMS")))
        mask |= vt_reg_bits("IQA_REG", "DW", 1);
    return mask;
}

static uint64_t optional(struct test *t, const struct plain *p)
{
    return p->may | (p->address ? ~host_bits(t) & ~UINT64_C(0xfff) : 0);
}

/* Bits that software must not write 1 to without a meaning: DW of a unit without it. */
static uint64_t forbidden(struct test *t, const struct plain *p)
{
    if (!strcmp(p->reg, "IQA_REG") && !(holding(t, p) & vt_reg_bits("IQA_REG", "DW", 1)))
        return vt_reg_bits("IQA_REG", "DW", 1);
    return 0;
}

static void check_value(struct test *t, const struct plain *p, uint64_t written)
{
    uint64_t seen = vt_reg(t, p->reg), holds = holding(t, p), may = optional(t, p);

    CHECK_EQ(t, p->row_hold, written & holds, seen & holds, "%s after 0x%llx was written, defined bits", p->reg,
             (unsigned long long)written);
    if (may && p->row_may)
        CHECK(t, p->row_may, (seen & may) == (written & may) || !(seen & may),
              "%s after 0x%llx was written: optional bits read 0x%llx", p->reg, (unsigned long long)written,
              (unsigned long long)(seen & may));
    CHECK_EQ(t, "VTD-11-508", 0, seen & ~(holds | may) & register_mask(p->reg), "%s: reserved bits", p->reg);
}

static void put(struct test *t, const char *reg, uint64_t value, bool by_halves)
{
    if (!by_halves) {
        vt_reg_set(t, reg, value);
        return;
    }
    reg_write32(t, vt_offset(reg), (uint32_t)value);
    reg_write32(t, vt_offset(reg) + 4, (uint32_t)(value >> 32));
}

/* 0, all ones, each bit alone, each bit missing; by one access and by two. */
static void hold_one(struct test *t, const struct plain *p)
{
    uint64_t legal = (holding(t, p) | optional(t, p)) & ~forbidden(t, p);
    uint32_t bits = width_bytes(p->reg) * 8;

    for (uint32_t n = 0; n < 2 * bits + 2; n++) {
        uint64_t bit = n < 2 * bits ? UINT64_C(1) << n / 2 : 0; /* the last two patterns are 0 and all ones */
        uint64_t pattern = (n & 1 ? ~bit : bit) & legal;

        put(t, p->reg, pattern, bits == 64 && n % 3 == 0);
        check_value(t, p, pattern);
        if (bits == 64)
            CHECK_EQ(t, "VTD-11-502", vt_reg(t, p->reg),
                     (uint64_t)reg_read32(t, vt_offset(p->reg) + 4) << 32 | reg_read32(t, vt_offset(p->reg)),
                     "%s read as two doublewords against one quadword", p->reg);
    }
    put(t, p->reg, 0, false);
}

static void hold_values(struct test *t)
{
    for (size_t i = 0; i < PLAIN_COUNT; i++)
        if (registers_present(t, plains[i].when))
            hold_one(t, &plains[i]);
}

/*
 * The invalidation commands hold their parameters while ICC and IVT are 0 and nothing starts (11.4.6.1, 11.4.6.3). Domain-id
 * bits beyond ND may be left out; SID and FM are write-only.
 */
static void hold_commands(struct test *t)
{
    uint64_t domains = (UINT64_C(1) << (4 + 2 * vt_cap(t, "ND"))) - 1, iotlb = vt_ecap(t, "IRO") * 16 + 8;

    /* A global invalidation each: CAIG and IAIG are 01b, and stay so while nothing starts. */
    vt_reg_set(t, "CCMD_REG", vt_reg_bits("CCMD_REG", "ICC", 1) | vt_reg_bits("CCMD_REG", "CIRG", 1));
    test_settle(t);
    vt_reg_set(t, "IOTLB_REG", vt_reg_bits("IOTLB_REG", "IVT", 1) | vt_reg_bits("IOTLB_REG", "IIRG", 1));
    test_settle(t);
    for (uint32_t n = 0; n < 20; n++) {
        uint64_t did = (n < 16 ? UINT64_C(1) << n : n & 1 ? domains : 0) & domains, granularity = n % 4;
        uint64_t ccmd = vt_reg_bits("CCMD_REG", "CIRG", granularity) | vt_reg_bits("CCMD_REG", "DID", did);
        uint64_t command = vt_reg_bits("IOTLB_REG", "IIRG", granularity) | vt_reg_bits("IOTLB_REG", "DID", did);
        uint64_t drain = vt_reg_bits("IOTLB_REG", "DR", n >> 1 & 1) | vt_reg_bits("IOTLB_REG", "DW", n & 1), seen;

        put(t, "CCMD_REG", ccmd, n & 1);
        test_settle(t);
        CHECK_EQ(t, "VTD-11-502", ccmd, vt_reg(t, "CCMD_REG") & (UINT64_C(0xe000000000000000) | domains), "CCMD_REG without ICC");
        CHECK_EQ(t, "VTD-11-504", 1, vt_field(t, "CCMD_REG", "CAIG"), "CCMD.CAIG after a write without ICC");
        if (n & 1) {
            reg_write32(t, iotlb, 0);
            reg_write32(t, iotlb + 4, (uint32_t)((command | drain) >> 32));
        } else {
            reg_write64(t, iotlb, command | drain);
        }
        test_settle(t);
        seen = reg_read64(t, iotlb);
        CHECK_EQ(t, "VTD-11-504", 1, vt_field(t, "IOTLB_REG", "IAIG"), "IOTLB.IAIG after a write without IVT");
        CHECK_EQ(t, "VTD-11-502", command, seen & (UINT64_C(0xb000000000000000) | domains << 32), "IOTLB_REG without IVT");
        if (vt_cap(t, "DRD") && vt_cap(t, "DWD") && vt_ver(t) < 2)
            CHECK_EQ(t, "VTD-11-502", drain, seen & UINT64_C(0x3000000000000), "DR and DW of IOTLB_REG");
        CHECK_EQ(t, "VTD-11-508", 0, seen & UINT64_C(0x49fc000000000000), "reserved bits of IOTLB_REG");
        CHECK_EQ(t, "VTD-11-508", 0, vt_reg(t, "CCMD_REG") & UINT64_C(0x07fffffc00000000), "reserved bits of CCMD_REG");
    }
}

/* The halves of a 64-bit register are independent: a write of one leaves the other. */
static void halves(struct test *t)
{
    for (size_t i = 0; i < PLAIN_COUNT; i++) {
        const struct plain *p = &plains[i];
        uint64_t legal = holding(t, p) & ~forbidden(t, p), offset = vt_offset(p->reg);

        if (!registers_present(t, p->when) || width_bytes(p->reg) != 8)
            continue;
        put(t, p->reg, legal, false);
        reg_write32(t, offset, 0);
        CHECK_EQ(t, "VTD-11-502", legal & ~UINT64_C(0xffffffff), vt_reg(t, p->reg) & legal, "%s, low half cleared alone", p->reg);
        put(t, p->reg, legal, false);
        reg_write32(t, offset + 4, 0);
        CHECK_EQ(t, "VTD-11-502", legal & 0xffffffff, vt_reg(t, p->reg) & legal, "%s, high half cleared alone", p->reg);
        put(t, p->reg, legal & 0xffffffff, false);
        reg_write32(t, offset + 4, (uint32_t)(legal >> 32));
        CHECK_EQ(t, "VTD-11-502", legal, vt_reg(t, p->reg) & legal, "%s, low half by quadword, then high half", p->reg);
        put(t, p->reg, 0, false);
    }
}

/* A value of its own in every register at once: no two share storage. */
static void no_aliases(struct test *t)
{
    uint64_t values[PLAIN_COUNT] = {0};

    for (size_t i = 0; i < PLAIN_COUNT; i++)
        if (registers_present(t, plains[i].when)) {
            values[i] = test_random(t) & holding(t, &plains[i]) & ~forbidden(t, &plains[i]);
            put(t, plains[i].reg, values[i], false);
        }
    for (size_t i = 0; i < PLAIN_COUNT; i++)
        if (registers_present(t, plains[i].when))
            CHECK_EQ(t, plains[i].row_hold, values[i], vt_reg(t, plains[i].reg) & holding(t, &plains[i]),
                     "%s after every register was written", plains[i].reg);
}

/* ---- message addresses and data ---- */

static const struct event_registers {
    const char *data, *address, *upper, *when;
} events[] = {
    {"FEDATA_REG", "FEADDR_REG", "FEUADDR_REG", NULL},
    {"IEDATA_REG", "IEADDR_REG", "IEUADDR_REG", "ECAP.QI"},
    {"PEDATA_REG", "PEADDR_REG", "PEUADDR_REG", "ECAP.PRS"},
};

static void message_registers(struct test *t)
{
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        const struct event_registers *e = &events[i];
        uint64_t data, upper;

        if (!registers_present(t, e->when))
            continue;
        vt_reg_set(t, e->data, 0xffffffff);
        data = vt_reg(t, e->data);
        CHECK(t, "VTD-11-521", (data & 0xffff) == 0xffff || (data & 0xffff) == 0x1ff, "%s reads 0x%llx", e->data,
              (unsigned long long)data);
        /* The upper half was EIMD before 2021. */
        CHECK(t, "VTD-11-521", data >> 16 == 0 || data >> 16 == 0xffff, "%s reads 0x%llx: upper half", e->data,
              (unsigned long long)data);
        vt_reg_set(t, e->address, 0xffffffff);
        CHECK_EQ(t, "VTD-11-522", 0xfffffffc, vt_reg(t, e->address), "%s after all ones", e->address);
        vt_reg_set(t, e->upper, 0xffffff00);
        upper = vt_reg(t, e->upper);
        if (vt_ecap(t, "EIM")) {
            CHECK_EQ(t, "VTD-11-520", 0xffffff00, upper, "%s with EIM", e->upper);
            vt_reg_set(t, e->upper, 0x5aa512ff);
            CHECK_EQ(t, "VTD-11-520", 0x5aa512ff, vt_reg(t, e->upper), "%s with EIM", e->upper);
        } else {
            /* 11.4.7.5: without EIM the register may be RsvdZ. */
            CHECK(t, "VTD-11-520", upper == 0 || upper == 0xffffff00, "%s without EIM reads 0x%llx", e->upper,
                  (unsigned long long)upper);
        }
        vt_reg_set(t, e->data, 0);
        vt_reg_set(t, e->address, 0);
        vt_reg_set(t, e->upper, 0);
        CHECK_EQ(t, "VTD-11-501", 0, vt_reg(t, e->data) | vt_reg(t, e->address) | vt_reg(t, e->upper),
                 "message registers after zeros");
    }
}

/* ---- masks of the event controls ---- */

static const struct {
    const char *reg, *when;
} controls[] = {{"FECTL_REG", NULL}, {"IECTL_REG", "ECAP.QI"}, {"PECTL_REG", "ECAP.PRS"}};

static void event_controls(struct test *t)
{
    for (size_t i = 0; i < sizeof controls / sizeof controls[0]; i++) {
        const char *reg = controls[i].reg;
        uint64_t preserved = vt_reg(t, reg) & 0x3fffffff, mask = vt_reg_bits(reg, "IM", 1);

        if (!registers_present(t, controls[i].when))
            continue;
        vt_reg_set(t, reg, preserved);
        CHECK_EQ(t, "VTD-11-501", preserved, vt_reg(t, reg), "%s after IM = 0", reg);
        vt_reg_set(t, reg, preserved | mask);
        CHECK_EQ(t, "VTD-11-501", preserved | mask, vt_reg(t, reg), "%s after IM = 1", reg);
        /* 11.3: RsvdP bits are read-only, and so is IP. */
        vt_reg_set(t, reg, 0x7fffffff);
        CHECK_EQ(t, "VTD-11-509", preserved, vt_reg(t, reg), "%s after ones everywhere but in IM", reg);
        vt_reg_set(t, reg, 0xffffffff);
        CHECK_EQ(t, "VTD-11-509", preserved | mask, vt_reg(t, reg), "%s after all ones", reg);
    }
}

/* ---- read-only registers ---- */

static const struct {
    const char *reg, *when;
} read_only[] = {
    {"VER_REG", NULL},
    {"CAP_REG", NULL},
    {"ECAP_REG", NULL},
    {"GSTS_REG", NULL},
    {"IQH_REG", "ECAP.QI"},
    {"IQERCD_REG", "ECAP.QI"},
    {"MTRRCAP_REG", "ECAP.MTS"},
    {"ECCAP_REG_0", "CAP.ECMDS"},
    {"ECCAP_REG_1", "CAP.ECMDS"},
    {"ECCAP_REG_2", "CAP.ECMDS"},
    {"ECCAP_REG_3", "CAP.ECMDS"},
};

static void ignore_writes(struct test *t)
{
    static const uint64_t patterns[] = {ONES, 0, UINT64_C(0x5555555555555555), UINT64_C(0xaaaaaaaaaaaaaaaa)};

    for (size_t i = 0; i < sizeof read_only / sizeof read_only[0]; i++) {
        const char *reg = read_only[i].reg;
        uint64_t before = vt_reg(t, reg), offset = vt_offset(reg);

        if (!registers_present(t, read_only[i].when))
            continue;
        for (size_t k = 0; k < sizeof patterns / sizeof patterns[0]; k++) {
            vt_reg_set(t, reg, patterns[k]);
            CHECK_EQ(t, "VTD-11-507", before, vt_reg(t, reg), "%s after 0x%llx was written", reg,
                     (unsigned long long)patterns[k]);
            reg_write32(t, offset, (uint32_t)patterns[k]);
            if (width_bytes(reg) == 8)
                reg_write32(t, offset + 4, (uint32_t)patterns[k]);
            CHECK_EQ(t, "VTD-11-507", before, vt_reg(t, reg), "%s after doublewords of 0x%llx", reg,
                     (unsigned long long)patterns[k]);
        }
    }
}

/* ---- accesses outside the contract ---- */

static void odd_widths(struct test *t)
{
    uint64_t offset = vt_offset("FEADDR_REG");

    vt_reg_set(t, "FEADDR_REG", 0xfee03004);
    reg_write_width(t, offset + 1, 1, 0x40);
    reg_write_width(t, offset + 2, 2, 0xfee1);
    (void)reg_read_width(t, offset + 3, 1);
    (void)reg_read_width(t, offset, 2);
    test_observe(t, "VTD-11-505", "FEADDR_REG fee03004h after byte 40h at 1 and word fee1h at 2: %08xh", reg_read32(t, offset));
    vt_reg_set(t, "FEADDR_REG", 0xfee05008);
    CHECK_EQ(t, "VTD-11-505", 0xfee05008, vt_reg(t, "FEADDR_REG"), "an aligned doubleword afterwards");
}

static void quadword_over_two(struct test *t)
{
    reg_write64(t, vt_offset("FEADDR_REG"), UINT64_C(0x00001200fee07004));
    test_observe(t, "VTD-11-506", "quadword 00001200fee07004h at FEADDR_REG: FEADDR_REG %08llxh, FEUADDR_REG %08llxh",
                 (unsigned long long)vt_reg(t, "FEADDR_REG"), (unsigned long long)vt_reg(t, "FEUADDR_REG"));
    vt_reg_set(t, "FEADDR_REG", 0xfee09000);
    CHECK_EQ(t, "VTD-11-506", 0xfee09000, vt_reg(t, "FEADDR_REG"), "an aligned doubleword afterwards");
}

static void write_only(struct test *t)
{
    uint64_t gcmd = vt_reg(t, "GCMD_REG"), iva = vt_reg(t, "IVA_REG"), ccmd = vt_reg(t, "CCMD_REG");

    test_observe(t, "VTD-11-513", "GCMD_REG reads %llxh, IVA_REG %llxh, CCMD_REG %llxh", (unsigned long long)gcmd,
                 (unsigned long long)iva, (unsigned long long)ccmd);
    CHECK_EQ(t, "VTD-11-513", 0, vt_reg(t, "GSTS_REG"), "GSTS_REG after reads of write-only registers");
    CHECK_EQ(t, "VTD-11-513", 0, vt_reg(t, "FSTS_REG") & 0xff, "FSTS_REG after reads of write-only registers");
}

/* A one in a reserved bit has no meaning; it changes no defined field. */
static void reserved_ones(struct test *t)
{
    static const struct {
        const char *reg, *when;
        uint64_t reserved;
    } regs[] = {{"RTADDR_REG", NULL, 0x37f},
                {"IQA_REG", "ECAP.QI", 0x7f8},
                {"IRTA_REG", "ECAP.IR", 0x7f0},
                {"PQA_REG", "ECAP.PRS", 0xff8},
                {"FEADDR_REG", NULL, 3}};
    uint64_t base = mem_alloc(t, 4096, 4096);
    uint64_t stuck = 0;

    for (size_t i = 0; i < sizeof regs / sizeof regs[0]; i++) {
        uint64_t defined = register_mask(regs[i].reg) & ~regs[i].reserved, expected;

        if (!registers_present(t, regs[i].when))
            continue;
        vt_reg_set(t, regs[i].reg, base);
        expected = vt_reg(t, regs[i].reg);
        for (uint32_t n = 0; n < 12; n++) {
            uint64_t seen;

            if (!bit(regs[i].reserved, n))
                continue;
            vt_reg_set(t, regs[i].reg, base | UINT64_C(1) << n);
            seen = vt_reg(t, regs[i].reg);
            CHECK_EQ(t, "VTD-11-510", expected & defined, seen & defined, "%s after reserved bit %u was written as 1",
                     regs[i].reg, n);
            stuck += (seen & regs[i].reserved) != 0;
        }
        vt_reg_set(t, regs[i].reg, 0);
    }
    test_observe(t, "VTD-11-510", "%llu reserved bits read as written", (unsigned long long)stuck);
}

/* ---- RsvdP fields survive a read-modify-write, and that changes nothing ---- */

static void read_modify_write(struct test *t)
{
    static const struct {
        const char *reg;
        uint64_t defined_on_read;
    } regs[] = {
        {"FECTL_REG", ONES}, {"IECTL_REG", ONES}, {"PECTL_REG", ONES}, {"PMEN_REG", ONES}, {"CCMD_REG", ~UINT64_C(0x3ffff0000)},
        {"IOTLB_REG", ONES}};

    for (size_t i = 0; i < sizeof regs / sizeof regs[0]; i++) {
        uint64_t before = vt_reg(t, regs[i].reg), status = vt_reg(t, "GSTS_REG"), defined = regs[i].defined_on_read;

        vt_reg_set(t, regs[i].reg, before);
        test_settle(t);
        CHECK_EQ(t, "VTD-11-509", before & defined, vt_reg(t, regs[i].reg) & defined, "%s after it was written as read",
                 regs[i].reg);
        CHECK_EQ(t, "VTD-11-509", status, vt_reg(t, "GSTS_REG"), "GSTS_REG after %s was written as read", regs[i].reg);
    }
    CHECK_EQ(t, "VTD-11-509", 0, vt_reg(t, "FSTS_REG") & 0xff, "FSTS_REG");
}

#define CASE(tag, text, function, rowlist)                                                                 \
    {                                                                                                      \
        .name = "vtd.registers." tag, .summary = text, .run = function, .rows = rowlist, .tier = TIER_FULL \
    }

static const struct iotb_case cases[] = {
    {.name = "vtd.registers.hold",
     .summary = "Every bit of every register holds each value, or reads 0, as its attribute says.",
     .run = hold_values,
     .rows = "VTD-11-501 VTD-11-502 VTD-11-508 VTD-11-521 VTD-11-523",
     .tier = TIER_SMOKE},
    {.name = "vtd.registers.hold_commands",
     .summary = "The invalidation commands hold their parameters.",
     .run = hold_commands,
     .rows = "VTD-11-502 VTD-11-504 VTD-11-508",
     .gate = "VER.MAX<6",
     .tier = TIER_FULL},
    CASE("halves", "Either half of a 64-bit register can be written alone.", halves, "VTD-11-502"),
    CASE("no_aliases", "No two registers share storage.", no_aliases, "VTD-11-501 VTD-11-502"),
    CASE("messages", "Widths of message data, address and upper address.", message_registers,
         "VTD-11-501 VTD-11-520 VTD-11-521 VTD-11-522"),
    CASE("event_controls", "IM takes a value; IP and the reserved bits of the event controls do not.", event_controls,
         "VTD-11-501 VTD-11-509"),
    CASE("read_only", "Read-only registers ignore every write.", ignore_writes, "VTD-11-507"),
    {.name = "vtd.registers.odd_widths",
     .summary = "Byte and word accesses do no lasting harm.",
     .run = odd_widths,
     .rows = "VTD-11-505",
     .features = IOTB_F_REGISTER_WIDTHS,
     .tier = TIER_FULL},
    CASE("quadword", "A quadword over FEADDR and FEUADDR: what it does is recorded.", quadword_over_two, "VTD-11-506"),
    CASE("write_only", "Reading write-only registers has no effect.", write_only, "VTD-11-513"),
    CASE("reserved_ones", "A one in a reserved bit changes no defined field.", reserved_ones, "VTD-11-510"),
    CASE("read_modify_write", "Writing a register as it was read changes nothing.", read_modify_write, "VTD-11-509"),
};

const struct iotb_case_list vtd_registers_cases = {cases, sizeof cases / sizeof cases[0]};
