/* SPDX-License-Identifier: BSD-2-Clause */
/* probe_findings.c - where a description and capability registers contradict each other; see probe.h. */
#include "bench/probe.h"
#include "spec/spec.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct findings {
    const struct probe_facts *facts;
    FILE *out;
    size_t contradictions;
};

uint64_t probe_field(const struct probe_facts *facts, const char *reg, const char *name)
{
    for (size_t i = 0; i < facts->register_count; i++)
        if (strcmp(facts->registers[i].name, reg) == 0)
            return spec_get(spec_reg_field(reg, name), &facts->registers[i].value);
    abort();
}

static void contradiction(struct findings *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void contradiction(struct findings *f, const char *format, ...)
{
    va_list arguments;

    fprintf(f->out, "  contradiction: ");
    va_start(arguments, format);
    vfprintf(f->out, format, arguments);
    va_end(arguments);
    fputc('\n', f->out);
    f->contradictions++;
}

/* ---- description ---- */

static bool outside(const struct iotb_desc *desc, uint64_t address)
{
    return desc->host_address_bits < 64 && address >> desc->host_address_bits;
}

static void find_platform(struct findings *f)
{
    const struct iotb_desc *desc = f->facts->desc;

    if (desc->host_address_bits < 32 || desc->host_address_bits > 64)
        contradiction(f, "a host address width of %u bits", desc->host_address_bits);
    if (!desc->ram_bytes || outside(desc, desc->ram_base + (desc->ram_bytes - 1)))
        contradiction(f, "RAM of 0x%" PRIx64 " bytes at 0x%" PRIx64 " does not lie below 2^%u", desc->ram_bytes, desc->ram_base,
                      desc->host_address_bits);
    if (desc->hole_address != UINT64_MAX && outside(desc, desc->hole_address))
        contradiction(f, "the hole at 0x%" PRIx64 " does not lie below 2^%u", desc->hole_address, desc->host_address_bits);
    if (desc->hole_address != UINT64_MAX && desc->hole_address - desc->ram_base < desc->ram_bytes &&
        !(desc->features & IOTB_F_BENCH_MEMORY))
        contradiction(f, "the hole at 0x%" PRIx64 " lies in RAM", desc->hole_address);
    if (!(desc->features & IOTB_F_ANY_REQUESTER) && !desc->requester_count)
        contradiction(f, "no requester: neither ANY_REQUESTER nor a requester id");
    for (uint32_t i = 0; i < desc->requester_count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (desc->requester_ids[i] == desc->requester_ids[j])
                contradiction(f, "requester id %04x is there twice", desc->requester_ids[i]);
}

/* ---- registers ---- */

/* A field that is set presupposes another. */
struct rule {
    const char *reg, *field, *needs_reg, *needs;
};

static void find_dependencies(struct findings *f, const struct rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (probe_field(f->facts, rules[i].reg, rules[i].field) && !probe_field(f->facts, rules[i].needs_reg, rules[i].needs))
            contradiction(f, "%s.%s is set without %s.%s", rules[i].reg, rules[i].field, rules[i].needs_reg, rules[i].needs);
}

static void find_reserved(struct findings *f, const char *reg, uint64_t value)
{
    const struct spec_field *place;

    for (size_t n = 0; (place = spec_reg_field_at(reg, n)) != NULL; n++)
        if ((strcmp(place->name, "R") == 0 || strcmp(place->name, "RES0") == 0) && spec_get(place, &value))
            contradiction(f, "%s bits %u:%u are reserved and read 0x%" PRIx64, reg, place->hi, place->lo,
                          spec_get(place, &value));
}

/* What the unit has and the adapter cannot exercise: such cases are NOTESTABLE. The other way round nothing is wrong. */
struct limit {
    const char *reg, *field;
    uint64_t feature;
    const char *what;
};

static void find_limits(struct findings *f, const struct limit *limits, size_t count, const char *width, uint64_t bits)
{
    const struct iotb_desc *desc = f->facts->desc;

    for (size_t i = 0; i < count; i++)
        if (probe_field(f->facts, limits[i].reg, limits[i].field) && !(desc->features & limits[i].feature))
            fprintf(f->out, "  limit: %s.%s is set, and the adapter cannot show %s\n", limits[i].reg, limits[i].field,
                    limits[i].what);
    if (!(desc->features & IOTB_F_WIDE_ADDRESS) && desc->address_bits < bits)
        fprintf(f->out, "  limit: %s is %" PRIu64 " bits, and requests reach %u\n", width, bits, desc->address_bits);
    if (!(desc->features & IOTB_F_COMPLETION_STATUS))
        fprintf(f->out, "  limit: without completion status a refused write is seen in memory and fault records only\n");
}

/* ---- VT-d: 11.4.2 Capability Register and 11.4.3 Extended Capability Register ---- */

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct rule vtd_rules[] = {
    {"ECAP_REG", "SMTS", "ECAP_REG", "QI"},    {"ECAP_REG", "IR", "ECAP_REG", "QI"},
    {"ECAP_REG", "DT", "ECAP_REG", "QI"},      {"ECAP_REG", "EIM", "ECAP_REG", "IR"},
    {"ECAP_REG", "PRS", "ECAP_REG", "DT"},     {"ECAP_REG", "PASID", "ECAP_REG", "SMTS"},
    {"ECAP_REG", "FSTS", "ECAP_REG", "SMTS"},  {"ECAP_REG", "SSTS", "ECAP_REG", "SMTS"},
    {"ECAP_REG", "NEST", "ECAP_REG", "FSTS"},  {"ECAP_REG", "NEST", "ECAP_REG", "SSTS"},
    {"ECAP_REG", "SSADS", "ECAP_REG", "SSTS"}, {"ECAP_REG", "RPS", "ECAP_REG", "SMTS"},
};

static const struct limit vtd_limits[] = {
    {"ECAP_REG", "PASID", IOTB_F_PASID, "requests with PASID"}, {"ECAP_REG", "SRS", IOTB_F_PRIVILEGE, "privileged requests"},
    {"ECAP_REG", "ERS", IOTB_F_PRIVILEGE, "execute requests"},  {"ECAP_REG", "DT", IOTB_F_ATS, "translation requests"},
    {"ECAP_REG", "PRS", IOTB_F_PRI, "page requests"},           {"ECAP_REG", "SC", IOTB_F_ATTRIBUTES, "snoop control"},
    {"ECAP_REG", "MTS", IOTB_F_ATTRIBUTES, "memory types"},     {"CAP_REG", "ZLR", IOTB_F_ZERO_LENGTH, "zero-length reads"},
};

static void find_vtd(struct findings *f)
{
    find_dependencies(f, vtd_rules, COUNT(vtd_rules));
    if (!probe_field(f->facts, "CAP_REG", "SAGAW") && !probe_field(f->facts, "ECAP_REG", "FSTS"))
        contradiction(f, "neither second-stage widths (SAGAW) nor first-stage translation (FSTS)");
}

/* ---- SMMUv3: chapter 2, 6.3.1 SMMU_IDR0 to 6.3.8 SMMU_AIDR ---- */

static const struct rule smmuv3_rules[] = {
    {"SMMU_IDR0", "PRI", "SMMU_IDR0", "ATS"},       {"SMMU_IDR0", "NS1ATS", "SMMU_IDR0", "ATS"},
    {"SMMU_IDR0", "ATSRECERR", "SMMU_IDR0", "ATS"}, {"SMMU_IDR0", "Hyp", "SMMU_IDR0", "S1P"},
    {"SMMU_IDR0", "Hyp", "SMMU_IDR0", "S2P"},       {"SMMU_IDR0", "VMW", "SMMU_IDR0", "S2P"},
    {"SMMU_IDR0", "VATOS", "SMMU_IDR0", "ATOS"},    {"SMMU_IDR0", "VATOS", "SMMU_IDR0", "S2P"},
    {"SMMU_IDR1", "ECMDQ", "SMMU_IDR0", "MSI"},     {"SMMU_IDR1", "ECMDQ", "SMMU_IDR0", "COHACC"},
    {"SMMU_IDR3", "HAD", "SMMU_IDR0", "S1P"},       {"SMMU_IDR3", "PBHA", "SMMU_IDR3", "HAD"},
    {"SMMU_IDR3", "PPS", "SMMU_IDR0", "PRI"},       {"SMMU_IDR3", "PPS", "SMMU_IDR1", "SSIDSIZE"},
    {"SMMU_IDR3", "PASIDTT", "SMMU_IDR0", "ATS"},   {"SMMU_IDR3", "PASIDTT", "SMMU_IDR1", "SSIDSIZE"},
    {"SMMU_IDR3", "DPT", "SMMU_IDR0", "ATS"},       {"SMMU_IDR3", "PTWNNC", "SMMU_IDR0", "S2P"},
    {"SMMU_IDR3", "FWB", "SMMU_IDR0", "S2P"},       {"SMMU_IDR3", "S2PI", "SMMU_IDR0", "S2P"},
    {"SMMU_IDR3", "S1PI", "SMMU_IDR0", "S1P"},      {"SMMU_IDR3", "S2PO", "SMMU_IDR3", "S2PI"},
    {"SMMU_IDR5", "DS", "SMMU_IDR5", "VAX"},
};

static const struct limit smmuv3_limits[] = {
    {"SMMU_IDR1", "SSIDSIZE", IOTB_F_PASID, "requests with SubstreamID"},
    {"SMMU_IDR0", "ATS", IOTB_F_ATS, "translation requests"},
    {"SMMU_IDR0", "PRI", IOTB_F_PRI, "page requests"},
    {"SMMU_IDR0", "MSI", IOTB_F_INTERRUPTS, "message interrupts"},
    {"SMMU_IDR1", "ATTR_TYPES_OVR", IOTB_F_ATTRIBUTES, "memory types"},
    {"SMMU_IDR0", "S1P", IOTB_F_PRIVILEGE, "privileged and execute requests"},
};

/* 6.3.6 SMMU_IDR5: OAS. */
static uint64_t oas_bits(const struct probe_facts *facts)
{
    static const uint32_t bits[] = {32, 36, 40, 42, 44, 48, 52, 56};

    return bits[probe_field(facts, "SMMU_IDR5", "OAS") & 7];
}

struct condition {
    bool broken;
    const char *what;
};

/* Encodings that are reserved, and what no single field can say. */
static void find_smmuv3_encodings(struct findings *f)
{
    const struct probe_facts *facts = f->facts;
    uint64_t minor = probe_field(facts, "SMMU_AIDR", "ArchMinorRev"), ttf = probe_field(facts, "SMMU_IDR0", "TTF");
    bool s1 = probe_field(facts, "SMMU_IDR0", "S1P"), s2 = probe_field(facts, "SMMU_IDR0", "S2P");
    uint64_t bbml = probe_field(facts, "SMMU_IDR3", "BBML"), stall = probe_field(facts, "SMMU_IDR0", "STALL_MODEL");
    bool granule = probe_field(facts, "SMMU_IDR5", "GRAN4K") || probe_field(facts, "SMMU_IDR5", "GRAN16K") ||
                   probe_field(facts, "SMMU_IDR5", "GRAN64K");
    const struct condition conditions[] = {
        {!s1 && !s2, "neither stage 1 (IDR0.S1P) nor stage 2 (IDR0.S2P)"},
        {!ttf, "IDR0.TTF names no table format"},
        {stall == 3, "IDR0.STALL_MODEL is 3, which is reserved"},
        {probe_field(facts, "SMMU_IDR0", "TTENDIAN") == 1, "IDR0.TTENDIAN is 1, which is reserved"},
        {probe_field(facts, "SMMU_IDR0", "ST_LEVEL") > 1, "IDR0.ST_LEVEL is reserved"},
        {probe_field(facts, "SMMU_IDR1", "SIDSIZE") > 32, "IDR1.SIDSIZE is above 32"},
        {probe_field(facts, "SMMU_IDR1", "SIDSIZE") >= 7 && !probe_field(facts, "SMMU_IDR0", "ST_LEVEL"),
         "7 bits of StreamID without two-level tables (IDR0.ST_LEVEL)"},
        {probe_field(facts, "SMMU_IDR1", "SSIDSIZE") > 20, "IDR1.SSIDSIZE is above 20"},
        {probe_field(facts, "SMMU_IDR1", "CMDQS") > 19, "IDR1.CMDQS is above 19"},
        {probe_field(facts, "SMMU_IDR1", "EVENTQS") > 19, "IDR1.EVENTQS is above 19"},
        {ttf & 2 && !granule, "VMSAv8-64 tables (IDR0.TTF) without a granule in IDR5"},
        {stall == 1 && probe_field(facts, "SMMU_IDR5", "STALL_MAX"), "IDR5.STALL_MAX without stalls"},
        {minor > 4, "AIDR names a revision after SMMUv3.4"},
        {minor >= 2 && (bbml < 1 || bbml > 2), "IDR3.BBML is neither 1 nor 2 from SMMUv3.2 on"},
        {minor >= 2 && !probe_field(facts, "SMMU_IDR3", "RIL"), "IDR3.RIL is 0 from SMMUv3.2 on"},
        {minor >= 1 && s2 && !probe_field(facts, "SMMU_IDR3", "XNX"), "IDR3.XNX is 0 with stage 2 from SMMUv3.1 on"},
        {minor >= 1 && s1 && !probe_field(facts, "SMMU_IDR3", "HAD"), "IDR3.HAD is 0 with stage 1 from SMMUv3.1 on"},
    };

    for (size_t i = 0; i < COUNT(conditions); i++)
        if (conditions[i].broken)
            contradiction(f, "%s", conditions[i].what);
    if (f->facts->desc->host_address_bits < oas_bits(facts))
        fprintf(f->out, "  limit: IDR5.OAS is %" PRIu64 " bits, and host addresses have %u\n", oas_bits(facts),
                f->facts->desc->host_address_bits);
}

/* ---- all of it ---- */

size_t probe_findings(const struct probe_facts *facts, FILE *out)
{
    bool smmuv3 = facts->desc->architecture == IOTB_ARCH_SMMUV3;
    struct findings f = {.facts = facts, .out = out};

    find_platform(&f);
    for (size_t i = 0; i < facts->register_count; i++)
        find_reserved(&f, facts->registers[i].name, facts->registers[i].value);
    if (smmuv3) {
        find_dependencies(&f, smmuv3_rules, COUNT(smmuv3_rules));
        find_smmuv3_encodings(&f);
    } else {
        find_vtd(&f);
    }
    if (!f.contradictions)
        fprintf(out, "  no contradiction\n");
    if (smmuv3)
        find_limits(&f, smmuv3_limits, COUNT(smmuv3_limits), "an input address", 64);
    else
        find_limits(&f, vtd_limits, COUNT(vtd_limits), "MGAW", probe_field(facts, "CAP_REG", "MGAW") + 1);
    return f.contradictions;
}
