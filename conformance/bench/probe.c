/* SPDX-License-Identifier: BSD-2-Clause */
/* probe.c - see probe.h. */
#include "bench/probe.h"

#include "bench/cli.h"
#include "bench/gate.h"
#include "bench/run.h"
#include "bench/suite.h"
#include "dut/guard.h"
#include "spec/spec.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

int probe_exit_code(int result)
{
    if (result == IOTB_E_ARGUMENT)
        return EXIT_USAGE;
    return result == IOTB_E_GONE || result == IOTB_E_PROTOCOL ? EXIT_DUT_DEAD : EXIT_FAULT;
}

/* ---- what it says ---- */

static void print_features(uint64_t features, const char *heading, FILE *out)
{
    char text[512];

    features_text(features, text, sizeof(text));
    fprintf(out, "  %-22s%s\n", heading, text[0] ? text : "none");
}

static void print_requesters(const struct iotb_desc *desc, FILE *out)
{
    fprintf(out, "  %-22s", "requester ids");
    if (desc->features & IOTB_F_ANY_REQUESTER)
        fprintf(out, "any");
    for (uint32_t i = 0; i < desc->requester_count && i < 16; i++)
        fprintf(out, "%s%02x:%02x.%x", i || desc->features & IOTB_F_ANY_REQUESTER ? " " : "", desc->requester_ids[i] >> 8,
                desc->requester_ids[i] >> 3 & 0x1f, desc->requester_ids[i] & 7);
    fputc('\n', out);
}

static void print_desc(const struct iotb_desc *desc, const struct dut_found *found, FILE *out)
{
    static const uint64_t all = (IOTB_F_REGISTER_WIDTHS << 1) - 1;

    fprintf(out, "%s%s%s\n  %-22s%s, version %s\n", found->name, found->parameters[0] ? "," : "", found->parameters,
            "calls itself", desc->name, desc->version);
    fprintf(out, "  %-22s%s\n", "parameters", desc->parameters);
    fprintf(out, "  %-22s%s\n", "memory", desc->features & IOTB_F_BENCH_MEMORY ? "bench-owned" : "DUT-owned");
    fprintf(out, "  %-22s0x%" PRIx64 " to 0x%" PRIx64 "\n", "RAM", desc->ram_base, desc->ram_base + (desc->ram_bytes - 1));
    if (desc->hole_address != UINT64_MAX)
        fprintf(out, "  %-22s0x%" PRIx64 "\n", "hole", desc->hole_address);
    fprintf(out, "  %-22s%u bits\n", "host addresses", desc->host_address_bits);
    if (desc->features & IOTB_F_WIDE_ADDRESS)
        fprintf(out, "  %-22s64 bits, 1 to %u bytes\n", "requests", desc->request_bytes_max);
    else
        fprintf(out, "  %-22s%u bits, 1 to %u bytes\n", "requests", desc->address_bits, desc->request_bytes_max);
    print_requesters(desc, out);
    print_features(desc->features, "can", out);
    print_features(~desc->features & all, "cannot", out);
}

static void print_register(const char *reg, uint64_t value, FILE *out)
{
    const struct spec_field *field;
    int column = 0;

    fprintf(out, "\n  %s = 0x%" PRIx64, reg, value);
    for (size_t n = 0; (field = spec_reg_field_at(reg, n)) != NULL; n++)
        if (strcmp(field->name, "R") != 0)
            fprintf(out, "%s%-8s %-6" PRIu64, column++ % 6 ? "  " : "\n    ", field->name, spec_get(field, &value));
    fputc('\n', out);
}

/* ---- findings ---- */

struct findings {
    const struct probe_facts *facts;
    FILE *out;
    size_t contradictions;
};

static uint64_t field(const struct probe_facts *facts, const char *reg, const char *name)
{
    uint64_t value = reg[0] == 'V' ? facts->ver : reg[0] == 'C' ? facts->cap : facts->ecap;

    return spec_get(spec_reg_field(reg, name), &value);
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

/* What the unit has and the adapter cannot exercise: such cases are NOTESTABLE. The other way round nothing is wrong. */
static void find_limits(struct findings *f)
{
    static const struct {
        const char *reg, *field;
        uint64_t feature;
        const char *what;
    } limits[] = {
        {"ECAP_REG", "PASID", IOTB_F_PASID, "requests with PASID"}, {"ECAP_REG", "SRS", IOTB_F_PRIVILEGE, "privileged requests"},
        {"ECAP_REG", "ERS", IOTB_F_PRIVILEGE, "execute requests"},  {"ECAP_REG", "DT", IOTB_F_ATS, "translation requests"},
        {"ECAP_REG", "PRS", IOTB_F_PRI, "page requests"},           {"ECAP_REG", "SC", IOTB_F_ATTRIBUTES, "snoop control"},
        {"ECAP_REG", "MTS", IOTB_F_ATTRIBUTES, "memory types"},     {"CAP_REG", "ZLR", IOTB_F_ZERO_LENGTH, "zero-length reads"},
    };
    const struct iotb_desc *desc = f->facts->desc;
    uint64_t mgaw = field(f->facts, "CAP_REG", "MGAW") + 1;

    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
        if (field(f->facts, limits[i].reg, limits[i].field) && !(desc->features & limits[i].feature))
            fprintf(f->out, "  limit: %s.%s is set, and the adapter cannot show %s\n", limits[i].reg, limits[i].field,
                    limits[i].what);
    if (!(desc->features & IOTB_F_WIDE_ADDRESS) && desc->address_bits < mgaw)
        fprintf(f->out, "  limit: MGAW is %" PRIu64 " bits, and requests reach %u\n", mgaw, desc->address_bits);
    if (!(desc->features & IOTB_F_COMPLETION_STATUS))
        fprintf(f->out, "  limit: without completion status a refused write is seen in memory and fault records only\n");
}

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

/* 11.4.2 Capability Register and 11.4.3 Extended Capability Register: which fields presuppose which. */
static void find_dependencies(struct findings *f)
{
    static const struct {
        const char *reg, *field, *needs_reg, *needs;
    } rules[] = {
        {"ECAP_REG", "SMTS", "ECAP_REG", "QI"},    {"ECAP_REG", "IR", "ECAP_REG", "QI"},
        {"ECAP_REG", "DT", "ECAP_REG", "QI"},      {"ECAP_REG", "EIM", "ECAP_REG", "IR"},
        {"ECAP_REG", "PRS", "ECAP_REG", "DT"},     {"ECAP_REG", "PASID", "ECAP_REG", "SMTS"},
        {"ECAP_REG", "FSTS", "ECAP_REG", "SMTS"},  {"ECAP_REG", "SSTS", "ECAP_REG", "SMTS"},
        {"ECAP_REG", "NEST", "ECAP_REG", "FSTS"},  {"ECAP_REG", "NEST", "ECAP_REG", "SSTS"},
        {"ECAP_REG", "SSADS", "ECAP_REG", "SSTS"}, {"ECAP_REG", "RPS", "ECAP_REG", "SMTS"},
    };

    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (field(f->facts, rules[i].reg, rules[i].field) && !field(f->facts, rules[i].needs_reg, rules[i].needs))
            contradiction(f, "%s.%s is set without %s.%s", rules[i].reg, rules[i].field, rules[i].needs_reg, rules[i].needs);
    if (!field(f->facts, "CAP_REG", "SAGAW") && !field(f->facts, "ECAP_REG", "FSTS"))
        contradiction(f, "neither second-stage widths (SAGAW) nor first-stage translation (FSTS)");
}

static void find_reserved(struct findings *f, const char *reg, uint64_t value)
{
    const struct spec_field *place;

    for (size_t n = 0; (place = spec_reg_field_at(reg, n)) != NULL; n++)
        if (strcmp(place->name, "R") == 0 && spec_get(place, &value))
            contradiction(f, "%s bits %u:%u are reserved and read 0x%" PRIx64, reg, place->hi, place->lo,
                          spec_get(place, &value));
}

size_t probe_findings(const struct probe_facts *facts, FILE *out)
{
    struct findings f = {.facts = facts, .out = out};

    find_platform(&f);
    find_reserved(&f, "CAP_REG", facts->cap);
    find_reserved(&f, "ECAP_REG", facts->ecap);
    find_dependencies(&f);
    if (!f.contradictions)
        fprintf(out, "  no contradiction\n");
    find_limits(&f);
    return f.contradictions;
}

/* ---- how much of the suite it can run ---- */

static uint64_t known_field(void *context, const char *reg, const char *name)
{
    return field(context, reg, name);
}

static void print_suite(const struct probe_facts *facts, FILE *out)
{
    struct probe_facts copy = *facts;
    struct gate_source source = {.field = known_field, .haw = facts->desc->host_address_bits, .context = &copy};
    size_t runs = 0, skipped = 0, not_testable = 0;
    const struct iotb_case *what;
    char text[160];

    for (size_t n = 0; (what = suite_at(n)) != NULL; n++) {
        if (!case_is_for(what, facts->desc->architecture))
            continue;
        if (what->features & ~facts->desc->features)
            not_testable++;
        else if (gate_judge(what->gate, &source, text, sizeof(text)) != GATE_OPEN)
            skipped++;
        else
            runs++;
    }
    fprintf(out, "\n  of the suite %zu cases can start, %zu are SKIP by capability, %zu NOTESTABLE through this adapter\n", runs,
            skipped, not_testable);
}

/* ---- all of it ---- */

static int read_register(struct guard *guard, const char *reg, uint64_t *value)
{
    const struct spec_field *place = spec_reg_field(reg, NULL);

    return guard_reg_read(guard, place->offset, place->width / 8, value);
}

static int probe_vtd(struct guard *guard, FILE *out)
{
    struct probe_facts facts = {.desc = guard_desc(guard)};
    int result = guard_reset(guard, IOTB_RESET_COLD);

    if (result < 0 || (result = read_register(guard, "VER_REG", &facts.ver)) < 0 ||
        (result = read_register(guard, "CAP_REG", &facts.cap)) < 0 ||
        (result = read_register(guard, "ECAP_REG", &facts.ecap)) < 0)
        return result;
    print_register("VER_REG", facts.ver, out);
    print_register("CAP_REG", facts.cap, out);
    print_register("ECAP_REG", facts.ecap, out);
    fprintf(out, "\n  findings\n");
    result = probe_findings(&facts, out) ? IOTB_NONE : IOTB_OK; /* NONE: it can be read, and contradicts itself */
    print_suite(&facts, out);
    return result;
}

int probe_dut(const struct dut_found *found, FILE *out, char *error, size_t error_bytes)
{
    struct iotb_open_args args = {
        .size = sizeof(args), .parameters = found->parameters, .error = error, .error_bytes = (uint32_t)error_bytes};
    struct guard *guard;
    int result = guard_open(found->ops, &args, &guard);

    if (result != IOTB_OK)
        return probe_exit_code(result);
    print_desc(guard_desc(guard), found, out);
    if (guard_desc(guard)->architecture == IOTB_ARCH_VTD)
        result = probe_vtd(guard, out);
    if (result < 0)
        snprintf(error, error_bytes, "%s", guard_error(guard));
    guard_close(guard);
    return result < 0 ? probe_exit_code(result) : result == IOTB_NONE ? EXIT_NOT_CONFORM : EXIT_CONFORM;
}
