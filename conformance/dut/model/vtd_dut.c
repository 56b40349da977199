/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_dut.c - the VT-d model as a DUT: what unit_dut.h asks for. Compiled with IOTB_DUT_PLUGIN this file is a plug-in.
 */
#include "dut/model/model_dut.h"
#include "dut/model/unit_dut.h"

#include "vtd/vtd.h"

#include <stdio.h>

static bool preset(const char *name, void *params)
{
    return vtd_preset(name, params);
}

static bool set(void *params, const char *name, const char *value)
{
    return vtd_set_parameter(params, name, value);
}

static uint32_t address_bits(const void *params)
{
    return ((const struct vtd_params *)params)->haw;
}

struct vtd_ports vtd_ports_of(const struct unit_ports *ports)
{
    return (struct vtd_ports){.memory = ports->memory,
                              .interrupt = ports->interrupt,
                              .device_interrupt = ports->device_interrupt,
                              .message = ports->message,
                              .probe = ports->probe};
}

/* Translation requests are taken, and refused, by any unit; page requests are answered only where there is support for them. */
static uint64_t features_of(const void *params)
{
    return ((const struct vtd_params *)params)->prs ? IOTB_F_PRI : 0;
}

static int create(struct sim *sim, const void *params, const struct unit_ports *ports, void **unit, char *error,
                  size_t error_bytes)
{
    struct vtd_ports vtd_ports = vtd_ports_of(ports);
    struct vtd *vtd = NULL;
    int result = vtd_create(sim, params, &vtd_ports, &vtd, error, error_bytes);

    *unit = vtd;
    return result;
}

static void destroy(void *unit)
{
    vtd_destroy(unit);
}

static void reset(void *unit, bool warm)
{
    vtd_reset(unit, warm);
}

static bool request(void *unit, struct pcie_request *pcie_request)
{
    return vtd_request(unit, pcie_request);
}

static void message(void *unit, const struct pcie_message *pcie_message)
{
    vtd_message(unit, pcie_message);
}

static uint64_t register_read(void *unit, uint64_t offset, uint32_t bytes)
{
    return vtd_register_read(unit, offset, bytes);
}

static void register_write(void *unit, uint64_t offset, uint32_t bytes, uint64_t value)
{
    vtd_register_write(unit, offset, bytes, value);
}

const struct unit_ops vtd_unit_ops = {
    .name = "vtd",
    .version = "VT-d 5.10 model",
    .architecture = IOTB_ARCH_VTD,
    .features = IOTB_F_WARM_RESET,
    .features_of = features_of,
    .params_bytes = sizeof(struct vtd_params),
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
    return unit_dut_open(&vtd_unit_ops, args, out);
}

static const struct iotb_dut_ops dut_ops = {
    .size = sizeof(dut_ops),
    .abi = IOTB_DUT_ABI,
    .name = "vtd",
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
const struct iotb_dut_ops *iotb_dut_vtd(void)
{
    return &dut_ops;
}

bool iotb_dut_vtd_deviation(size_t n, struct dut_deviation *deviation)
{
    static char parameters[128];
    const struct vtd_erratum *erratum = &vtd_errata[n];

    if (n >= vtd_errata_count)
        return false;
    if (erratum->preset)
        snprintf(parameters, sizeof(parameters), "preset=%s", erratum->preset);
    *deviation =
        (struct dut_deviation){erratum->name, erratum->rule, erratum->source, erratum->rows, erratum->preset ? parameters : NULL};
    return true;
}
#endif
