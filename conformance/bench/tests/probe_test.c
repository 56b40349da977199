/* SPDX-License-Identifier: BSD-2-Clause */
/* probe_test.c - what probe finds between what a DUT says of itself and its registers. */
#include "bench/probe.h"
#include "spec/spec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static size_t findings(const struct probe_facts *facts, const char *said)
{
    char text[4096] = "";
    FILE *out = fmemopen(text, sizeof(text), "w");
    size_t count = probe_findings(facts, out);

    fclose(out);
    if (!strstr(text, said))
        fail_msg("expected \"%s\" in:\n%s", said, text);
    return count;
}

static size_t contradictions(const struct iotb_desc *desc, uint64_t cap, uint64_t ecap, const char *said)
{
    const struct probe_facts facts = {
        .desc = desc, .register_count = 3, .registers = {{"VER_REG", 0x10}, {"CAP_REG", cap}, {"ECAP_REG", ecap}}};

    return findings(&facts, said);
}

static uint64_t bits(const char *reg, const char *field, uint64_t value)
{
    uint64_t word = 0;

    spec_set(spec_reg_field(reg, field), &word, value);
    return word;
}

static void probe_finds(void **state)
{
    struct iotb_desc good = {.features = IOTB_F_ANY_REQUESTER | IOTB_F_BENCH_MEMORY | IOTB_F_WIDE_ADDRESS,
                             .host_address_bits = 46,
                             .ram_bytes = 1u << 30,
                             .hole_address = UINT64_MAX};
    uint64_t cap = bits("CAP_REG", "SAGAW", 2) | bits("CAP_REG", "MGAW", 38);
    struct iotb_desc bad;

    (void)state;
    assert_int_equal(contradictions(&good, cap, 0, "no contradiction"), 0);
    assert_int_equal(contradictions(&good, cap, bits("ECAP_REG", "SMTS", 1), "SMTS is set without ECAP_REG.QI"), 1);
    assert_int_equal(contradictions(&good, 0, 0, "neither second-stage widths"), 1);
    assert_int_equal(contradictions(&good, cap | 1ull << 23, 0, "CAP_REG bits 23:23 are reserved"), 1);
    assert_int_equal(contradictions(&good, cap | bits("CAP_REG", "ZLR", 1), 0, "limit: CAP_REG.ZLR"), 0);
    bad = good;
    bad.features &= ~IOTB_F_ANY_REQUESTER;
    assert_int_equal(contradictions(&bad, cap, 0, "no requester"), 1);
    bad.requester_count = 2;
    assert_int_equal(contradictions(&bad, cap, 0, "requester id 0000 is there twice"), 1);
    bad = good;
    bad.ram_base = 1ull << 46;
    assert_int_equal(contradictions(&bad, cap, 0, "does not lie below 2^46"), 1);
    bad = good;
    bad.hole_address = 1ull << 50;
    assert_int_equal(contradictions(&bad, cap, 0, "the hole at"), 1);
}

/* A unit with both stages of SMMUv3.2, and one field at a time that does not fit. */
static void probe_finds_smmuv3(void **state)
{
    static const struct {
        const char *reg, *field;
        uint64_t value;
        const char *said;
        size_t count;
    } rows[] = {
        {"SMMU_IDR0", "PRI", 1, "SMMU_IDR0.PRI is set without SMMU_IDR0.ATS", 1},
        {"SMMU_IDR0", "TTF", 0, "no table format", 1},
        {"SMMU_IDR0", "STALL_MODEL", 3, "STALL_MODEL is 3", 1},
        {"SMMU_IDR1", "SIDSIZE", 33, "above 32", 1},
        {"SMMU_IDR1", "SSIDSIZE", 21, "above 20", 1},
        {"SMMU_IDR3", "BBML", 0, "BBML is neither 1 nor 2", 1},
        {"SMMU_IDR3", "RIL", 0, "RIL is 0", 1},
        {"SMMU_IDR3", "S2PO", 1, "S2PO is set without SMMU_IDR3.S2PI", 1},
        {"SMMU_IDR5", "GRAN4K", 0, "without a granule", 1},
        {"SMMU_IDR5", "DS", 1, "DS is set without SMMU_IDR5.VAX", 1},
        {"SMMU_AIDR", "ArchMinorRev", 5, "after SMMUv3.4", 1},
        {"SMMU_IDR0", "MSI", 1, "limit: SMMU_IDR0.MSI", 0},
        {"SMMU_IDR5", "OAS", 6, "limit: IDR5.OAS is 52 bits", 0},
    };
    const struct iotb_desc desc = {.architecture = IOTB_ARCH_SMMUV3,
                                   .features = IOTB_F_ANY_REQUESTER | IOTB_F_BENCH_MEMORY | IOTB_F_WIDE_ADDRESS,
                                   .host_address_bits = 44,
                                   .ram_bytes = 1u << 30,
                                   .hole_address = UINT64_MAX};
    const struct probe_facts good = {
        .desc = &desc,
        .register_count = 5,
        .registers = {{"SMMU_AIDR", 2},
                      {"SMMU_IDR0", bits("SMMU_IDR0", "S1P", 1) | bits("SMMU_IDR0", "S2P", 1) | bits("SMMU_IDR0", "TTF", 2) |
                                        bits("SMMU_IDR0", "ST_LEVEL", 1)},
                      {"SMMU_IDR1", bits("SMMU_IDR1", "SIDSIZE", 16)},
                      {"SMMU_IDR3", bits("SMMU_IDR3", "HAD", 1) | bits("SMMU_IDR3", "XNX", 1) | bits("SMMU_IDR3", "RIL", 1) |
                                        bits("SMMU_IDR3", "BBML", 1)},
                      {"SMMU_IDR5", bits("SMMU_IDR5", "GRAN4K", 1) | bits("SMMU_IDR5", "OAS", 4)}}};

    (void)state;
    assert_int_equal(findings(&good, "no contradiction"), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct probe_facts facts = good;

        for (size_t n = 0; n < facts.register_count; n++)
            if (!strcmp(facts.registers[n].name, rows[i].reg))
                spec_set(spec_reg_field(rows[i].reg, rows[i].field), &facts.registers[n].value, rows[i].value);
        assert_int_equal(findings(&facts, rows[i].said), rows[i].count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probe_finds),
        cmocka_unit_test(probe_finds_smmuv3),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
