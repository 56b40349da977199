/* SPDX-License-Identifier: BSD-2-Clause */
/* The register file: what is constant, what is not there, how it may be accessed, what a reset leaves (6.1 to 6.3). */
#include "build/sm.h"
#include "sm_chapters.h"

#include <string.h>

#define SECURE_PAGE UINT64_C(0x8000)
#define PAGE_1 UINT64_C(0x10000)

static const char *const id_registers[] = {"SMMU_IDR0", "SMMU_IDR1", "SMMU_IDR2", "SMMU_IDR3",    "SMMU_IDR4",
                                           "SMMU_IDR5", "SMMU_IIDR", "SMMU_AIDR", "SMMU_MPAMIDR", "SMMU_IDR6"};
#define ID_COUNT (sizeof id_registers / sizeof id_registers[0])

static uint32_t width_of(const char *reg)
{
    return spec_reg_field(reg, NULL)->width;
}

static bool belongs_to(const char *reg, const char *prefix)
{
    return strncmp(reg, prefix, strlen(prefix)) == 0;
}

/* 6.2.1: which offsets of page 0 hold a register. IMPLEMENTATION DEFINED: 0xE00 to 0xEFF and 0x1000 to 0x3FFF. */
static bool is_defined(uint64_t offset)
{
    if ((offset >= 0xe00 && offset < 0xf00) || (offset >= 0xfd0 && offset < 0x4000))
        return true;
    for (size_t n = 0; spec_reg_at(n); n++) {
        const struct spec_field *f = spec_reg_field(spec_reg_at(n), NULL);

        if (belongs_to(spec_reg_at(n), "SMMU_") && offset >= f->offset && offset < f->offset + f->width / 8)
            return true;
    }
    return false;
}

static void id_constant(struct test *t)
{
    uint32_t before[ID_COUNT];
    struct sm sm;

    for (size_t i = 0; i < ID_COUNT; i++) {
        uint64_t offset = sm_offset(id_registers[i]);

        before[i] = reg_read32(t, offset);
        for (int pattern = 0; pattern < 2; pattern++) {
            reg_write32(t, offset, pattern ? ~before[i] : 0);
            CHECK_EQ(t, "SMMU-6-010", before[i], reg_read32(t, offset), "%s after a write", id_registers[i]);
        }
    }
    sm_open(&sm, t, NULL);
    for (size_t i = 0; i < ID_COUNT; i++)
        CHECK_EQ(t, "SMMU-6-010", before[i], reg_read32(t, sm_offset(id_registers[i])), "%s while translating", id_registers[i]);
    sm_enable(&sm, "SMMUEN", 0);
    for (size_t i = 0; i < ID_COUNT; i++)
        CHECK_EQ(t, "SMMU-6-010", before[i], reg_read32(t, sm_offset(id_registers[i])), "%s after SMMUEN = 0", id_registers[i]);
}

static void undefined_page_0(struct test *t)
{
    for (uint64_t offset = 0; offset < 0x1000; offset += 4) {
        if (is_defined(offset))
            continue;
        CHECK_EQ(t, "SMMU-6-002", 0, reg_read32(t, offset), "page 0 offset 0x%llx", (unsigned long long)offset);
        reg_write32(t, offset, ~0u);
        CHECK_EQ(t, "SMMU-6-002", 0, reg_read32(t, offset), "page 0 offset 0x%llx after a write of ones",
                 (unsigned long long)offset);
    }
    CHECK_EQ(t, "SMMU-6-958", 0, sm_reg(t, "SMMU_CR0ACK"), "CR0ACK after writes to undefined locations");
}

/* 6.2: an undefined location of page 1 is RES0 or the location of page 0. */
static void undefined_page_1(struct test *t)
{
    for (uint64_t offset = 0; offset < 0x200; offset += 4) {
        uint32_t seen;

        if (offset == 0xa8 || offset == 0xac || offset == 0xc8 || offset == 0xcc)
            continue;
        seen = reg_read32(t, PAGE_1 + offset);
        CHECK(t, "SMMU-6-003", seen == 0 || seen == reg_read32(t, offset), "page 1 offset 0x%llx reads 0x%x",
              (unsigned long long)offset, seen);
    }
    reg_write32(t, PAGE_1 + sm_offset("SMMU_STRTAB_BASE"), 0x00040000);
    CHECK(t, "SMMU-6-003",
          reg_read32(t, PAGE_1 + sm_offset("SMMU_STRTAB_BASE")) == 0 ||
              reg_read32(t, sm_offset("SMMU_STRTAB_BASE")) == 0x00040000,
          "a write at page 1's STRTAB_BASE is ignored or one to page 0's");
}

static const struct index_register {
    const char *reg;
    uint64_t page_0;
    const char *feature; /* of IDR0; NULL: always */
} index_registers[] = {
    {"SMMU_EVENTQ_PROD", 0xa8, NULL},
    {"SMMU_EVENTQ_CONS", 0xac, NULL},
    {"SMMU_PRIQ_PROD", 0xc8, "PRI"},
    {"SMMU_PRIQ_CONS", 0xcc, "PRI"},
};

/* The output queues' indices live in page 1; in page 0 they are aliases or RAZ/WI. */
static void index_pages(struct test *t)
{
    for (size_t i = 0; i < sizeof index_registers / sizeof index_registers[0]; i++) {
        const struct index_register *r = &index_registers[i];
        uint64_t offset = sm_offset(r->reg);
        uint32_t before;

        test_context(t, "%s", r->reg);
        CHECK_EQ(t, "SMMU-6-001", PAGE_1 + r->page_0, offset, "offset in the tables");
        if (r->feature && !sm_idr(t, 0, r->feature)) {
            reg_write32(t, offset, ~0u);
            CHECK_EQ(t, "SMMU-6-910", 0, reg_read32(t, offset), "without PRI");
            continue;
        }
        /* Bits above the wrap flag of the queue's size need not be stored. */
        sm_reg_set(t, r->feature ? "SMMU_PRIQ_BASE" : "SMMU_EVENTQ_BASE", 4);
        reg_write32(t, offset, 5);
        CHECK_EQ(t, "SMMU-6-911", 5, reg_read32(t, offset) & 0xf, "low bits after a write of 5");
        before = reg_read32(t, r->page_0);
        CHECK(t, "SMMU-6-004", before == 0 || before == reg_read32(t, offset), "page 0 reads 0x%x", before);
        reg_write32(t, r->page_0, 2);
        CHECK(t, "SMMU-6-004",
              (reg_read32(t, r->page_0) == 0 && (reg_read32(t, offset) & 0xf) == 5) ||
                  ((reg_read32(t, r->page_0) & 0xf) == 2 && (reg_read32(t, offset) & 0xf) == 2),
              "a write in page 0 goes to the register or nowhere");
        reg_write32(t, offset, 0);
    }
}

/* Bits of a register that the tables call RES0. */
static uint64_t reserved_mask(const char *reg)
{
    const struct spec_field *f;
    uint64_t mask = 0;

    for (size_t n = 0; (f = spec_reg_field_at(reg, n)); n++)
        if (strcmp(f->name, "RES0") == 0)
            mask |= spec_mask(f);
    return mask;
}

/* What a write of ones would start is no part of this. */
static bool is_left_out(const char *reg)
{
    return !belongs_to(reg, "SMMU_") || belongs_to(reg, "SMMU_CMDQ_CONTROL") || strcmp(reg, "SMMU_CR0") == 0 ||
           strchr(reg, '[') || strchr(reg, '(') || strchr(reg, '<') || belongs_to(reg, "SMMU_VATOS_") ||
           belongs_to(reg, "SMMU_GBPA") || belongs_to(reg, "SMMU_PIDR") || belongs_to(reg, "SMMU_CIDR") ||
           belongs_to(reg, "SMMU_GMPAM") || belongs_to(reg, "SMMU_GBPMPAM");
}

static void reserved_bits(struct test *t)
{
    for (size_t n = 0; spec_reg_at(n); n++) {
        const char *reg = spec_reg_at(n);
        uint64_t mask;

        if (is_left_out(reg) || spec_reg_field(reg, NULL)->offset >= 0x20000)
            continue;
        mask = reserved_mask(reg);
        if (!mask)
            continue;
        CHECK_EQ(t, "SMMU-6-005", 0, sm_reg(t, reg) & mask, "reserved bits of %s", reg);
        sm_reg_set(t, reg, width_of(reg) == 64 ? ~UINT64_C(0) : UINT32_MAX);
        CHECK_EQ(t, "SMMU-6-005", 0, sm_reg(t, reg) & mask, "reserved bits of %s after a write of ones", reg);
        sm_reg_set(t, reg, 0);
    }
    CHECK_EQ(t, "SMMU-6-046", 0, sm_reg(t, "SMMU_GBPA") & reserved_mask("SMMU_GBPA"), "reserved bits of GBPA");
    reg_write32(t, sm_offset("SMMU_CR0"), (uint32_t)reserved_mask("SMMU_CR0"));
    test_settle(t);
    CHECK_EQ(t, "SMMU-6-005", 0, sm_reg(t, "SMMU_CR0"), "CR0 after a write of ones to its reserved bits");
    CHECK_EQ(t, "SMMU-6-020", 0, sm_reg(t, "SMMU_CR0ACK"), "CR0ACK after a write of ones to CR0's reserved bits");
}

static const struct wide_register {
    const char *reg;
    const char *feature; /* of IDR0 */
} wide_registers[] = {
    {"SMMU_STRTAB_BASE", NULL}, {"SMMU_CMDQ_BASE", NULL},        {"SMMU_EVENTQ_BASE", NULL},
    {"SMMU_PRIQ_BASE", "PRI"},  {"SMMU_GERROR_IRQ_CFG0", "MSI"}, {"SMMU_EVENTQ_IRQ_CFG0", "MSI"},
};

/* 6.2: a 64-bit register is written and read whole or in halves. Bits at or above OAS may or may not be stored. */
static void wide_access(struct test *t)
{
    static const uint64_t patterns[] = {UINT64_C(0x0000a5a5c3ff0000), UINT64_C(0x0000005a3c5f0000), UINT64_C(0x00000001fedc0000)};
    uint64_t below_oas = (UINT64_C(1) << sm_oas_bits(t)) - 1;

    for (size_t i = 0; i < sizeof wide_registers / sizeof wide_registers[0]; i++) {
        const char *reg = wide_registers[i].reg;
        uint64_t offset = sm_offset(reg);

        if (wide_registers[i].feature && !sm_idr(t, 0, wide_registers[i].feature))
            continue;
        for (size_t p = 0; p < sizeof patterns / sizeof patterns[0]; p++) {
            uint64_t value = patterns[p] & below_oas;

            test_context(t, "%s, 0x%llx", reg, (unsigned long long)value);
            reg_write64(t, offset, 0);
            reg_write64(t, offset, value);
            CHECK_EQ(t, "SMMU-6-007", value, reg_read64(t, offset), "64-bit write, 64-bit read");
            CHECK_EQ(t, "SMMU-6-006", value >> 32, reg_read32(t, offset + 4), "64-bit write, upper half read");
            CHECK_EQ(t, "SMMU-6-006", (uint32_t)value, reg_read32(t, offset), "64-bit write, lower half read");
            reg_write64(t, offset, 0);
            reg_write32(t, offset, (uint32_t)value);
            CHECK_EQ(t, "SMMU-6-006", (uint32_t)value, reg_read64(t, offset), "lower half written: upper one stays 0");
            reg_write32(t, offset + 4, (uint32_t)(value >> 32));
            CHECK_EQ(t, "SMMU-6-006", value, reg_read64(t, offset), "both halves written");
            reg_write32(t, offset, 0);
            CHECK_EQ(t, "SMMU-6-006", value >> 32 << 32, reg_read64(t, offset), "lower half cleared: upper one stays");
        }
    }
}

/* 6.2: both, one of them and zero, or nothing. */
static void pair_access(struct test *t)
{
    uint64_t low = sm_reg(t, "SMMU_IDR0"), high = sm_reg(t, "SMMU_IDR1");
    uint64_t seen = reg_read64(t, sm_offset("SMMU_IDR0"));

    CHECK(t, "SMMU-6-008", seen == 0 || seen == (high << 32 | low) || seen == low || seen == high << 32,
          "a 64-bit read of IDR0 and IDR1 gives 0x%llx", (unsigned long long)seen);
}

static void narrow_access(struct test *t)
{
    uint32_t before = reg_read32(t, sm_offset("SMMU_STRTAB_BASE_CFG"));

    (void)reg_read_width(t, sm_offset("SMMU_IDR0"), 1);
    (void)reg_read_width(t, sm_offset("SMMU_IDR0"), 2);
    reg_write_width(t, sm_offset("SMMU_STRTAB_BASE_CFG"), 1, 0x3f);
    CHECK_EQ(t, "SMMU-6-009", 0, sm_reg(t, "SMMU_CR0"), "CR0 after a byte access to STRTAB_BASE_CFG");
    CHECK_EQ(t, "SMMU-6-009", 0, reg_read32(t, SECURE_PAGE + 0x20), "S_CR0 after a byte access to STRTAB_BASE_CFG");
    reg_write32(t, sm_offset("SMMU_STRTAB_BASE_CFG"), before);
    CHECK_EQ(t, "SMMU-6-009", before, reg_read32(t, sm_offset("SMMU_STRTAB_BASE_CFG")), "a word access afterwards");
}

/* The Secure registers: RAZ/WI to Non-secure accesses, RES0 without Secure state. */
static void secure_registers(struct test *t)
{
    for (uint64_t offset = SECURE_PAGE + 0x20; offset < SECURE_PAGE + 0x194; offset += 4) {
        reg_write32(t, offset, ~0u);
        CHECK_EQ(t, "SMMU-6-011", 0, reg_read32(t, offset), "Secure register at 0x%llx", (unsigned long long)offset);
    }
    test_settle(t);
    CHECK_EQ(t, "SMMU-6-011", 0, sm_reg(t, "SMMU_CR0"), "CR0 after writes to the Secure registers");
    CHECK_EQ(t, "SMMU-6-011", 0, sm_reg(t, "SMMU_GERROR"), "GERROR after writes to the Secure registers");
}

static const struct absent_group {
    uint32_t idr;
    const char *field;
    uint64_t first, end;
    const char *row;
} absent_groups[] = {
    {3, "S2PI", 0x30, 0x38, "SMMU-6-012"},    {0, "PRI", 0xc0, 0xc8, "SMMU-6-910"},
    {0, "PRI", 0xd0, 0xe0, "SMMU-6-910"},     {0, "ATOS", 0x100, 0x120, "SMMU-6-012"},
    {0, "VATOS", 0x180, 0x184, "SMMU-6-012"}, {3, "MPAM", 0x130, 0x134, "SMMU-6-012"},
    {3, "MPAM", 0x138, 0x140, "SMMU-6-012"},  {3, "DPT", 0x200, 0x218, "SMMU-6-012"},
    {1, "ECMDQ", 0x190, 0x194, "SMMU-6-012"}, {1, "ECMDQ", 0x4000, 0x4100, "SMMU-6-012"},
    {0, "VATOS", 0x8, 0xc, "SMMU-6-001"},
};

static void absent_features(struct test *t)
{
    for (size_t i = 0; i < sizeof absent_groups / sizeof absent_groups[0]; i++) {
        const struct absent_group *g = &absent_groups[i];

        if (sm_idr(t, g->idr, g->field))
            continue;
        for (uint64_t offset = g->first; offset < g->end; offset += 4) {
            reg_write32(t, offset, ~0u);
            CHECK_EQ(t, g->row, 0, reg_read32(t, offset), "offset 0x%llx without %s", (unsigned long long)offset, g->field);
        }
    }
}

static void identification_space(struct test *t)
{
    static const uint32_t component[] = {0x0d, 0xf0, 0x05, 0xb1};

    for (uint64_t offset = 0xfd0; offset < 0x1000; offset += 4) {
        uint32_t before = reg_read32(t, offset);

        reg_write32(t, offset, ~before);
        CHECK_EQ(t, "SMMU-6-015", before, reg_read32(t, offset), "offset 0x%llx is read-only", (unsigned long long)offset);
    }
    /* 6.3.170: Arm's scheme is recommended; who begins it must follow it. */
    if (reg_read32(t, 0xff0) == component[0])
        for (uint32_t i = 0; i < 4; i++)
            CHECK_EQ(t, "SMMU-6-015", component[i], reg_read32(t, 0xff0 + 4 * i), "CIDR%u", i);
    CHECK_EQ(t, "SMMU-6-016", 0, sm_reg(t, "SMMU_IIDR") >> 7 & 1, "bit 7 of IIDR.Implementer");
}

static void reset_values(struct test *t)
{
    static const char *const zero[] = {"SMMU_CR0",    "SMMU_CR0ACK",  "SMMU_IRQ_CTRL", "SMMU_IRQ_CTRLACK",
                                       "SMMU_GERROR", "SMMU_GERRORN", "SMMU_STATUSR"};
    struct sm sm;

    for (int round = 0; round < 2; round++) {
        test_context(t, round ? "after use and a cold reset" : "as opened");
        for (size_t i = 0; i < sizeof zero / sizeof zero[0]; i++)
            CHECK_EQ(t, "SMMU-6-958", 0, sm_reg(t, zero[i]), "%s", zero[i]);
        CHECK_EQ(t, "SMMU-6-046", 0, sm_field(t, "SMMU_GBPA", "Update"), "GBPA.Update");
        if (round)
            break;
        sm_open(&sm, t, NULL);
        sm_irq_enable(&sm, "EVENTQ", true);
        reg_write32(t, sm_offset("SMMU_GERRORN"), 1);
        test_reset(t, IOTB_RESET_COLD);
    }
    CHECK_EQ(t, "SMMU-6-056", 0, sm_reg(t, "SMMU_GERROR"), "GERROR");
}

static void read_only(struct test *t)
{
    static const struct {
        const char *reg, *row;
    } regs[] = {{"SMMU_CR0ACK", "SMMU-6-020"},
                {"SMMU_GERROR", "SMMU-6-056"},
                {"SMMU_STATUSR", "SMMU-6-045"},
                {"SMMU_IRQ_CTRLACK", "SMMU-6-932"}};
    struct sm sm;

    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < sizeof regs / sizeof regs[0]; i++) {
            uint64_t before = sm_reg(t, regs[i].reg);

            reg_write32(t, sm_offset(regs[i].reg), (uint32_t)~before);
            test_settle(t);
            CHECK_EQ(t, regs[i].row, before, sm_reg(t, regs[i].reg), "%s is read-only", regs[i].reg);
        }
        if (!round)
            sm_open(&sm, t, NULL);
    }
    CHECK_EQ(t, "SMMU-6-045", 0, sm_reg(t, "SMMU_STATUSR") >> 1, "reserved bits of STATUSR");
    if (!sm_idr(t, 0, "DORMHINT"))
        CHECK_EQ(t, "SMMU-6-045", 0, sm_reg(t, "SMMU_STATUSR"), "STATUSR without DORMHINT");
}

static const struct iotb_case cases[] = {
    {.name = "smmuv3.registers.id_constant",
     .summary = "Identification registers ignore writes and keep their values through enabling and disabling",
     .run = id_constant,
     .rows = "SMMU-6-010",
     .tier = TIER_SMOKE},
    {.name = "smmuv3.registers.undefined_page_0",
     .summary = "Undefined locations of page 0 read zero and ignore writes",
     .run = undefined_page_0,
     .rows = "SMMU-6-002 SMMU-6-958",
     .tier = TIER_FULL},
    {.name = "smmuv3.registers.undefined_page_1",
     .summary = "Undefined locations of page 1 are RES0 or those of page 0",
     .run = undefined_page_1,
     .rows = "SMMU-6-003",
     .tier = TIER_FULL},
    {.name = "smmuv3.registers.index_pages",
     .summary = "The indices of the output queues are in page 1; page 0 has aliases of them or nothing",
     .run = index_pages,
     .rows = "SMMU-6-001 SMMU-6-004 SMMU-6-910 SMMU-6-911",
     .tier = TIER_FULL},
    {.name = "smmuv3.registers.reserved_bits",
     .summary = "Reserved bits of every register read zero whatever is written",
     .run = reserved_bits,
     .rows = "SMMU-6-005 SMMU-6-020 SMMU-6-046",
     .tier = TIER_FULL},
    {.name = "smmuv3.registers.wide_access",
     .summary = "64-bit registers can be accessed whole and in halves",
     .run = wide_access,
     .rows = "SMMU-6-006 SMMU-6-007",
     .tier = TIER_FULL},
    {.name = "smmuv3.registers.pair_access",
     .summary = "A 64-bit read of two 32-bit registers gives both, one of them or nothing",
     .run = pair_access,
     .rows = "SMMU-6-008",
     .tier = TIER_FULL},
    {.name = "smmuv3.registers.narrow_access",
     .summary = "Accesses of other sizes touch no other register",
     .run = narrow_access,
     .rows = "SMMU-6-009",
     .features = IOTB_F_REGISTER_WIDTHS,
     .tier = TIER_FULL},
    {.name = "smmuv3.registers.secure",
     .summary = "The Secure registers read zero and ignore Non-secure writes",
     .run = secure_registers,
     .rows = "SMMU-6-011",
     .tier = TIER_FULL},
    {.name = "smmuv3.registers.absent_features",
     .summary = "Registers of features that the identification registers do not name are RES0",
     .run = absent_features,
     .rows = "SMMU-6-001 SMMU-6-012 SMMU-6-910",
     .tier = TIER_FULL},
    {.name = "smmuv3.registers.identification_space",
     .summary = "0xFD0 to 0xFFC are read-only",
     .run = identification_space,
     .rows = "SMMU-6-015 SMMU-6-016",
     .tier = TIER_FULL},
    {.name = "smmuv3.registers.reset",
     .summary = "A reset clears CR0, IRQ_CTRL, their acknowledges, GERROR, GERRORN and GBPA.Update",
     .run = reset_values,
     .rows = "SMMU-6-046 SMMU-6-056 SMMU-6-958",
     .tier = TIER_FULL},
    {.name = "smmuv3.registers.read_only",
     .summary = "Acknowledge and status registers ignore writes",
     .run = read_only,
     .rows = "SMMU-6-020 SMMU-6-045 SMMU-6-056 SMMU-6-932",
     .tier = TIER_FULL},
};

const struct iotb_case_list sm_registers_cases = {cases, sizeof cases / sizeof cases[0]};
