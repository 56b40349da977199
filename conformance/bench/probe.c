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
    static const uint64_t all = (IOTB_F_BUS_ATTRIBUTES << 1) - 1;

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
        if (strcmp(field->name, "R") != 0 && strcmp(field->name, "RES0") != 0)
            fprintf(out, "%s%-8s %-6" PRIu64, column++ % 6 ? "  " : "\n    ", field->name, spec_get(field, &value));
    fputc('\n', out);
}

/* ---- how much of the suite it can run ---- */

static uint64_t known_field(void *context, const char *reg, const char *name)
{
    return probe_field(context, reg, name);
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

void probe_names(struct probe_facts *facts, uint32_t architecture)
{
    static const char *const vtd[] = {"VER_REG", "CAP_REG", "ECAP_REG", NULL};
    static const char *const smmuv3[] = {"SMMU_AIDR", "SMMU_IDR0", "SMMU_IDR1", "SMMU_IDR3", "SMMU_IDR5", NULL};
    const char *const *names = architecture == IOTB_ARCH_SMMUV3 ? smmuv3 : vtd;

    facts->register_count = 0;
    if (architecture == IOTB_ARCH_VTD || architecture == IOTB_ARCH_SMMUV3)
        for (; names[facts->register_count]; facts->register_count++)
            facts->registers[facts->register_count].name = names[facts->register_count];
}

int probe_read(struct guard *guard, struct probe_facts *facts)
{
    int result = IOTB_OK;

    probe_names(facts, guard_desc(guard)->architecture);
    for (size_t i = 0; i < facts->register_count && result == IOTB_OK; i++)
        result = read_register(guard, facts->registers[i].name, &facts->registers[i].value);
    return result;
}

/* NONE: it can be read, and contradicts itself. */
static int probe_registers(struct guard *guard, FILE *out)
{
    struct probe_facts facts = {.desc = guard_desc(guard)};
    int result = guard_reset(guard, IOTB_RESET_COLD);

    if (result >= 0)
        result = probe_read(guard, &facts);
    if (result < 0)
        return result;
    for (size_t i = 0; i < facts.register_count; i++)
        print_register(facts.registers[i].name, facts.registers[i].value, out);
    fprintf(out, "\n  findings\n");
    result = probe_findings(&facts, out) ? IOTB_NONE : IOTB_OK;
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
    if (guard_desc(guard)->kind == IOTB_KIND_UAPI)
        fprintf(out, "%s\n", found->name);
    else
        print_desc(guard_desc(guard), found, out);
    if (guard_desc(guard)->architecture == IOTB_ARCH_VTD || guard_desc(guard)->architecture == IOTB_ARCH_SMMUV3)
        result = probe_registers(guard, out);
    if (guard_desc(guard)->kind == IOTB_KIND_UAPI)
        result = probe_user_interface(guard, out);
    if (result < 0)
        snprintf(error, error_bytes, "%s", guard_error(guard));
    guard_close(guard);
    return result < 0 ? probe_exit_code(result) : result == IOTB_NONE ? EXIT_NOT_CONFORM : EXIT_CONFORM;
}
