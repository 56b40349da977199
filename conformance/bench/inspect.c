/* SPDX-License-Identifier: BSD-2-Clause */
/* inspect.c - opens a DUT once before the run, in a process of its own: a bad parameter or plug-in is said once, not per case. */
#include "bench/child.h"
#include "bench/cli.h"
#include "bench/probe.h"
#include "bench/runner.h"
#include "dut/guard.h"

#include <string.h>

static void say(FILE *out, json_t *line)
{
    if (line)
        json_dumpf(line, out, JSON_COMPACT);
    fputc('\n', out);
    json_decref(line);
}

/* A DUT may call itself anything. */
static json_t *printable(const char *text)
{
    json_t *value = json_string(text);

    return value ? value : json_string("(not UTF-8)");
}

static json_t *facts_json(const struct probe_facts *facts)
{
    json_t *registers = json_object();

    for (size_t i = 0; i < facts->register_count; i++)
        json_object_set_new(registers, facts->registers[i].name, json_integer((json_int_t)facts->registers[i].value));
    return registers;
}

/* Registers that cannot be read are each case's affair. */
static int open_and_read(struct guard *guard, FILE *out)
{
    const struct iotb_desc *desc = guard_desc(guard);
    struct probe_facts facts = {.desc = desc};
    int result = guard_reset(guard, IOTB_RESET_COLD);

    if (result != IOTB_OK)
        return result;
    if (probe_read(guard, &facts) != IOTB_OK)
        facts.register_count = 0;
    say(out, json_pack("{s:i, s:s, s:s, s:I, s:I, s:I, s:o}", "result", 0, "name", desc->name, "version", desc->version,
                       "architecture", (json_int_t)desc->architecture, "features", (json_int_t)desc->features,
                       "host_address_bits", (json_int_t)desc->host_address_bits, "registers", facts_json(&facts)));
    return IOTB_OK;
}

static void open_once(void *context, FILE *out)
{
    const struct run_dut *dut = context;
    char error[256] = "";
    struct iotb_open_args args = {
        .size = sizeof(args), .parameters = dut->found.parameters, .error = error, .error_bytes = sizeof(error)};
    struct guard *guard;
    int result = guard_open(dut->found.ops, &args, &guard);

    if (result == IOTB_OK) {
        result = open_and_read(guard, out);
        if (result != IOTB_OK)
            snprintf(error, sizeof(error), "%s", guard_error(guard));
        guard_close(guard);
    }
    if (result != IOTB_OK)
        say(out, json_pack("{s:i, s:o}", "result", result, "text", printable(error)));
}

static void take_facts(struct run_dut *dut, const json_t *registers)
{
    if (!json_object_size(registers))
        return;
    probe_names(&dut->facts, dut->architecture);
    for (size_t i = 0; i < dut->facts.register_count; i++)
        dut->facts.registers[i].value = (uint64_t)json_integer_value(json_object_get(registers, dut->facts.registers[i].name));
}

static void take_line(void *context, json_t *line)
{
    struct run_dut *dut = context;
    int result = (int)json_integer_value(json_object_get(line, "result"));
    const char *text = json_string_value(json_object_get(line, "text"));
    const char *name = json_string_value(json_object_get(line, "name"));
    const char *version = json_string_value(json_object_get(line, "version"));

    dut->exit_code = result == IOTB_OK ? EXIT_CONFORM : probe_exit_code(result);
    dut->state = result == IOTB_OK ? VERDICT_PASS : dut->exit_code == EXIT_DUT_DEAD ? VERDICT_CRASH : VERDICT_ERROR;
    snprintf(dut->reason, sizeof(dut->reason), "%s", text ? text : "");
    snprintf(dut->identity, sizeof(dut->identity), "%s", name ? name : "");
    snprintf(dut->version, sizeof(dut->version), "%s", version ? version : "");
    dut->architecture = (uint32_t)json_integer_value(json_object_get(line, "architecture"));
    dut->features = (uint64_t)json_integer_value(json_object_get(line, "features"));
    dut->host_address_bits = (uint32_t)json_integer_value(json_object_get(line, "host_address_bits"));
    take_facts(dut, json_object_get(line, "registers"));
}

void run_inspect(struct run_dut *dut, uint64_t timeout_ms)
{
    struct child child, *only = &child;
    char death[400];
    int result;

    dut->state = VERDICT_CRASH;
    dut->exit_code = EXIT_DUT_DEAD;
    snprintf(dut->reason, sizeof(dut->reason), "the DUT ended the process when it was opened");
    result = child_start(&child, open_once, dut, timeout_ms, true);
    if (result) {
        dut->state = VERDICT_ERROR;
        dut->exit_code = EXIT_FAULT;
        snprintf(dut->reason, sizeof(dut->reason), "no process for the DUT: %s", strerror(-result));
        return;
    }
    while (!child_collect(&child, take_line, dut))
        child_wait_any(&only, 1, 1000);
    if (child_death(&child, death, sizeof(death))) {
        dut->state = child.timed_out ? VERDICT_HANG : VERDICT_CRASH;
        dut->exit_code = EXIT_DUT_DEAD;
        snprintf(dut->reason, sizeof(dut->reason), "when it was opened, the DUT's process %s", death);
    }
}
