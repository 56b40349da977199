/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unit_dut.c - a model of ours as a DUT.
 *
 * Accesses of the model's memory port wait here until the bench pulls and answers them (memory=bench), or go to memory of
 * the adapter's own (memory=dut). The model's simulated time moves in advance() only.
 */
#include "dut/model/unit_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOLE_ADDRESS 0x0ffff000ull /* memory=dut: nothing answers in this page */
#define RAM_BASE 0x10000000ull
#define INTERRUPT_RANGE_FIRST 0xfee00000ull
#define INTERRUPT_RANGE_END 0xfef00000ull

/* ---- parameters ---- */

__attribute__((format(printf, 2, 3))) static int refuse(const struct iotb_open_args *args, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (args->error && args->error_bytes)
        vsnprintf(args->error, args->error_bytes, format, arguments);
    va_end(arguments);
    return IOTB_E_ARGUMENT;
}

/* "erratum=A+B" stands for two parameters. */
static bool set_errata(struct iotb_dut *dut, char *names)
{
    for (char *name = names, *plus; name; name = plus) {
        plus = strchr(name, '+');
        if (plus)
            *plus++ = '\0';
        if (!dut->ops->set(dut->params, "erratum", name))
            return false;
    }
    return true;
}

static int set_parameter(struct iotb_dut *dut, const struct iotb_open_args *args, const char *name, char *value)
{
    if (strcmp(name, "preset") == 0) /* set before all others, wherever it stands */
        return IOTB_OK;
    if (strcmp(name, "memory") == 0) {
        if (strcmp(value, "dut") == 0 && !dut->memory)
            dut->memory = unit_checked(memory_create());
        else if (strcmp(value, "bench") != 0 && strcmp(value, "dut") != 0)
            return refuse(args, "memory=%s: it must be bench or dut", value);
        return IOTB_OK;
    }
    if (strcmp(name, "erratum") == 0 ? set_errata(dut, value) : dut->ops->set(dut->params, name, value))
        return IOTB_OK;
    return refuse(args, "%s=%s: there is no such parameter, or its value is out of range", name, value);
}

/* Calls set_parameter for each NAME=VALUE, or only looks for the preset. */
static int each_parameter(struct iotb_dut *dut, const struct iotb_open_args *args, bool presets)
{
    char list[sizeof(dut->parameters)];

    memcpy(list, dut->parameters, sizeof(list));
    for (char *name = list, *next, *value; name && *name; name = next) {
        next = strchr(name, ',');
        if (next)
            *next++ = '\0';
        value = strchr(name, '=');
        if (!value)
            return refuse(args, "%s: a parameter is written NAME=VALUE", name);
        *value++ = '\0';
        if (presets && strcmp(name, "preset") == 0)
            snprintf(dut->preset, sizeof(dut->preset), "%s", value);
        if (!presets && set_parameter(dut, args, name, value) != IOTB_OK)
            return IOTB_E_ARGUMENT;
    }
    return IOTB_OK;
}

static int read_parameters(struct iotb_dut *dut, const struct iotb_open_args *args)
{
    const char *parameters = args->parameters ? args->parameters : "";

    if (strlen(parameters) >= sizeof(dut->parameters))
        return refuse(args, "the parameters are longer than %zu characters", sizeof(dut->parameters) - 1);
    strcpy(dut->parameters, parameters);
    strcpy(dut->preset, "max");
    if (each_parameter(dut, args, true) != IOTB_OK)
        return IOTB_E_ARGUMENT;
    if (!dut->ops->preset(dut->preset, dut->params))
        return refuse(args, "preset=%s: there is no such parameter set", dut->preset);
    return each_parameter(dut, args, false);
}

/* ---- sim as the master of time: its `unit` is the struct sim ---- */

static bool sim_time_step(void *sim, uint64_t last_ps)
{
    return sim_step(sim, last_ps);
}

static void sim_time_run(void *sim, uint64_t last_ps)
{
    sim_run(sim, last_ps);
}

static bool sim_time_next(void *sim, uint64_t *when_ps)
{
    return sim_next_ps(sim, when_ps);
}

static const struct unit_time sim_time = {.step = sim_time_step, .run = sim_time_run, .next = sim_time_next};

static void *dut_time(struct iotb_dut *dut)
{
    return dut->ops->time ? dut->unit : &dut->sim;
}

/* ---- life ---- */

void unit_dut_close(struct iotb_dut *dut)
{
    if (dut->unit) {
        dut->ops->reset(dut->unit, false);
        unit_dut_abort_accesses(dut);
        dut->ops->destroy(dut->unit);
    }
    if (dut->memory)
        memory_destroy(dut->memory);
    unit_dut_drop_requests(dut);
    unit_dut_free_queues(dut);
    free(dut->params);
    free(dut);
}

/* Everything below 2^HAW is RAM, except the hole and the interrupt address range. */
static int add_ram(struct iotb_dut *dut)
{
    uint64_t top = 1ull << dut->ops->address_bits(dut->params);
    const uint64_t regions[][2] = {{0, HOLE_ADDRESS}, {RAM_BASE, INTERRUPT_RANGE_FIRST}, {INTERRUPT_RANGE_END, top}};

    for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++)
        if (memory_add_region(dut->memory, regions[i][0], regions[i][1] - regions[i][0]))
            return IOTB_E_NO_MEMORY;
    return IOTB_OK;
}

static int create(struct iotb_dut *dut, const struct iotb_open_args *args)
{
    char error[200] = "";

    if (read_parameters(dut, args) != IOTB_OK)
        return IOTB_E_ARGUMENT;
    if (dut->memory) {
        if (add_ram(dut) != IOTB_OK)
            return IOTB_E_NO_MEMORY;
        dut->ports.memory = memory_port_of(dut->memory);
    }
    if (dut->ops->create(&dut->sim, dut->params, &dut->ports, &dut->unit, error, sizeof(error))) {
        dut->unit = NULL;
        return refuse(args, "%s", error[0] ? error : "the model could not be made");
    }
    return IOTB_OK;
}

int unit_dut_open(const struct unit_ops *ops, const struct iotb_open_args *args, struct iotb_dut **out)
{
    struct iotb_dut *dut = calloc(1, sizeof(*dut));
    int result;

    if (!dut)
        return IOTB_E_NO_MEMORY;
    dut->ops = ops;
    dut->time = ops->time ? ops->time : &sim_time;
    dut->params = unit_checked(calloc(1, ops->params_bytes));
    sim_init(&dut->sim, args->seed);
    unit_dut_connect(dut);
    result = create(dut, args);
    if (result == IOTB_OK)
        *out = dut;
    else
        unit_dut_close(dut);
    return result;
}

int unit_dut_describe(struct iotb_dut *dut, struct iotb_desc *desc)
{
    uint32_t address_bits = dut->ops->address_bits(dut->params);

    *desc = (struct iotb_desc){
        .size = sizeof(*desc),
        .kind = IOTB_KIND_IOMMU,
        .architecture = dut->ops->architecture,
        .host_address_bits = address_bits,
        .features = IOTB_F_COMPLETION_STATUS | IOTB_F_PASID | IOTB_F_PRIVILEGE | IOTB_F_ATOMIC | IOTB_F_NO_SNOOP |
                    IOTB_F_ZERO_LENGTH | IOTB_F_ATS | IOTB_F_OVERLAP | IOTB_F_TIME | IOTB_F_INTERRUPTS | IOTB_F_ANY_REQUESTER |
                    IOTB_F_WIDE_ADDRESS | IOTB_F_PROBES | IOTB_F_REGISTER_WIDTHS | dut->ops->features,
        .address_bits = 64,
        .request_bytes_max = 64,
        .ram_base = RAM_BASE,
        .ram_bytes = (1ull << address_bits) - RAM_BASE,
        .hole_address = dut->memory ? HOLE_ADDRESS : UINT64_MAX,
    };
    if (dut->ops->features_of)
        desc->features |= dut->ops->features_of(dut->params);
    if (!dut->memory)
        desc->features |= IOTB_F_BENCH_MEMORY | IOTB_F_ATTRIBUTES | IOTB_F_ORIGIN |
                          (dut->ops->architecture == IOTB_ARCH_SMMUV3 ? IOTB_F_BUS_ATTRIBUTES : 0);
    snprintf(desc->name, sizeof(desc->name), "%s", dut->ops->name);
    snprintf(desc->version, sizeof(desc->version), "%s", dut->ops->version);
    memcpy(desc->parameters, dut->parameters, sizeof(desc->parameters));
    return IOTB_OK;
}

int unit_dut_reset(struct iotb_dut *dut, uint32_t kind)
{
    if (kind != IOTB_RESET_COLD && (kind != IOTB_RESET_WARM || !(dut->ops->features & IOTB_F_WARM_RESET)))
        return IOTB_E_UNSUPPORTED;
    dut->ops->reset(dut->unit, kind == IOTB_RESET_WARM);
    unit_dut_abort_accesses(dut);
    if (dut->time->settle)
        dut->time->settle(dut->unit);
    unit_dut_drop_requests(dut);
    dut->completions.count = dut->completions.first = 0;
    dut->messages.count = dut->messages.first = 0;
    return IOTB_OK;
}

static bool has_output(const struct iotb_dut *dut)
{
    return dut->waiting.count || dut->completions.count || dut->interrupts.count || dut->messages.count;
}

int unit_dut_advance(struct iotb_dut *dut, struct iotb_advance *advance)
{
    uint64_t next_ps;

    while (!has_output(dut) && dut->time->step(dut_time(dut), advance->until_ps))
        ;
    if (!has_output(dut) && advance->until_ps > dut->sim.now_ps)
        dut->time->run(dut_time(dut), advance->until_ps);
    advance->reached_ps = dut->sim.now_ps;
    advance->idle = !has_output(dut) && !dut->time->next(dut_time(dut), &next_ps);
    return IOTB_OK;
}

/* ---- registers ---- */

static int dut_reg_read(struct iotb_dut *dut, uint64_t offset, uint32_t bytes, uint64_t *value)
{
    *value = dut->ops->register_read(dut->unit, offset, bytes);
    return IOTB_OK;
}

static int dut_reg_write(struct iotb_dut *dut, uint64_t offset, uint32_t bytes, uint64_t value)
{
    dut->ops->register_write(dut->unit, offset, bytes, value);
    return IOTB_OK;
}

const struct iotb_iommu_ops unit_dut_iommu_ops = {
    .size = sizeof(unit_dut_iommu_ops),
    .reg_read = dut_reg_read,
    .reg_write = dut_reg_write,
    .submit = unit_dut_submit,
    .poll_completion = unit_dut_poll_completion,
    .mem_read = unit_dut_mem_read,
    .mem_write = unit_dut_mem_write,
    .next_access = unit_dut_next_access,
    .answer_access = unit_dut_answer_access,
    .poll_interrupt = unit_dut_poll_interrupt,
    .send_message = unit_dut_send_message,
    .poll_message = unit_dut_poll_message,
    .next_probe = unit_dut_next_probe,
};
