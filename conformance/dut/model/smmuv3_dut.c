/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_dut.c - the SMMUv3 model as a DUT: what unit_dut.h asks for. Compiled with IOTB_DUT_PLUGIN this file is a plug-in.
 *
 * Pulses of the wired interrupts and events (SEV) are reported as interrupts without an address (IOTB_WIRE_ADDRESS); MSIs are
 * writes to memory, as the architecture has them.
 */
#include "dut/model/model_dut.h"
#include "dut/model/unit_dut.h"

#include "smmuv3/smmuv3.h"

#include <stdio.h>

static bool preset(const char *name, void *params)
{
    return smmuv3_preset(name, params);
}

static bool set(void *params, const char *name, const char *value)
{
    return smmuv3_set_parameter(params, name, value);
}

/* 6.3.6 OAS. */
static uint32_t address_bits(const void *params)
{
    static const uint8_t bits[] = {32, 36, 40, 42, 44, 48, 52, 56};

    return bits[((const struct smmuv3_params *)params)->oas & 7u];
}

static uint64_t features_of(const void *params)
{
    return ((const struct smmuv3_params *)params)->pri ? IOTB_F_PRI : 0;
}

static void line(void *context, enum smmuv3_line which)
{
    static const enum iotb_wire wires[] = {
        [SMMUV3_LINE_EVENTQ] = IOTB_WIRE_EVENTQ,
        [SMMUV3_LINE_PRIQ] = IOTB_WIRE_PRIQ,
        [SMMUV3_LINE_CMD_SYNC] = IOTB_WIRE_CMD_SYNC,
        [SMMUV3_LINE_GERROR] = IOTB_WIRE_GERROR,
    };
    const struct unit_ports *ports = context;

    ports->interrupt.send(ports->interrupt.context, IOTB_WIRE_ADDRESS, wires[which]);
}

static void event(void *context)
{
    const struct unit_ports *ports = context;

    ports->interrupt.send(ports->interrupt.context, IOTB_WIRE_ADDRESS, IOTB_WIRE_EVENT);
}

struct smmuv3_ports smmuv3_ports_of(const struct unit_ports *ports)
{
    return (struct smmuv3_ports){
        .memory = ports->memory,
        .line = line,
        .event = event,
        .context = (void *)(uintptr_t)ports,
        .message = ports->message,
        .probe = ports->probe,
    };
}

static int create(struct sim *sim, const void *params, const struct unit_ports *ports, void **unit, char *error,
                  size_t error_bytes)
{
    struct smmuv3_ports smmuv3_ports = smmuv3_ports_of(ports);
    struct smmuv3 *smmu = NULL;
    int result = smmuv3_create(sim, params, &smmuv3_ports, &smmu, error, error_bytes);

    *unit = smmu;
    return result;
}

static void destroy(void *unit)
{
    smmuv3_destroy(unit);
}

static void reset(void *unit, bool warm)
{
    (void)warm; /* the architecture has one kind of reset */
    smmuv3_reset(unit);
}

static bool request(void *unit, struct pcie_request *pcie_request)
{
    return smmuv3_request(unit, pcie_request);
}

static void message(void *unit, const struct pcie_message *pcie_message)
{
    smmuv3_message(unit, pcie_message);
}

static uint64_t register_read(void *unit, uint64_t offset, uint32_t bytes)
{
    return smmuv3_register_read(unit, offset, bytes);
}

static void register_write(void *unit, uint64_t offset, uint32_t bytes, uint64_t value)
{
    smmuv3_register_write(unit, offset, bytes, value);
}

const struct unit_ops smmuv3_unit_ops = {
    .name = "smmuv3",
    .version = "SMMUv3 G.b model",
    .architecture = IOTB_ARCH_SMMUV3,
    .features_of = features_of,
    .params_bytes = sizeof(struct smmuv3_params),
    .preset = preset,
    .set = set,
    .address_bits = address_bits,
    .create = create,
    .destroy = destroy,
    .reset = reset,
    .request = request,
    .message = message,
    .register_read = register_read,
    .register_write = register_write,
};

static int dut_open(const struct iotb_open_args *args, struct iotb_dut **out)
{
    return unit_dut_open(&smmuv3_unit_ops, args, out);
}

static const struct iotb_dut_ops dut_ops = {
    .size = sizeof(dut_ops),
    .abi = IOTB_DUT_ABI,
    .name = "smmuv3",
    .open = dut_open,
    .describe = unit_dut_describe,
    .reset = unit_dut_reset,
    .advance = unit_dut_advance,
    .close = unit_dut_close,
    .iommu = &unit_dut_iommu_ops,
};

#ifdef IOTB_DUT_PLUGIN
const struct iotb_dut_ops *iotb_dut_entry(uint32_t abi)
{
    return abi == IOTB_DUT_ABI ? &dut_ops : NULL;
}
#else
const struct iotb_dut_ops *iotb_dut_smmuv3(void)
{
    return &dut_ops;
}

bool iotb_dut_smmuv3_deviation(size_t n, struct dut_deviation *deviation)
{
    static char parameters[128];
    const struct smmuv3_erratum *erratum = &smmuv3_errata[n];

    if (n >= smmuv3_errata_count)
        return false;
    if (erratum->preset)
        snprintf(parameters, sizeof(parameters), "preset=%s", erratum->preset);
    *deviation =
        (struct dut_deviation){erratum->name, erratum->rule, erratum->source, erratum->rows, erratum->preset ? parameters : NULL};
    return true;
}
#endif
