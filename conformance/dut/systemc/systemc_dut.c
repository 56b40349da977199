/* SPDX-License-Identifier: BSD-2-Clause */
/* systemc_dut.c - a SystemC platform as the unit of the model adapter. */
#include "dut/systemc/systemc_dut.h"

#include "dut/model/unit_dut.h"

#include "systemc/platform.h"

static void destroy(void *unit)
{
    systemc_destroy(unit);
}

static void reset(void *unit, bool warm)
{
    systemc_reset(unit, warm);
}

static bool request(void *unit, struct pcie_request *pcie_request)
{
    return systemc_request(unit, pcie_request);
}

static uint64_t register_read(void *unit, uint64_t offset, uint32_t bytes)
{
    return systemc_register_read(unit, offset, bytes);
}

static void register_write(void *unit, uint64_t offset, uint32_t bytes, uint64_t value)
{
    systemc_register_write(unit, offset, bytes, value);
}

static bool step(void *unit, uint64_t last_ps)
{
    return systemc_step(unit, last_ps);
}

static void run(void *unit, uint64_t last_ps)
{
    systemc_run(unit, last_ps);
}

static bool next(void *unit, uint64_t *when_ps)
{
    return systemc_next_ps(unit, when_ps);
}

static void settle(void *unit)
{
    systemc_settle(unit);
}

/* The model's parameters are as they are; everything else is SystemC's. Messages do not go through its modules. */
static struct unit_ops over_systemc(const struct unit_ops *model, const char *name, unit_create *create)
{
    static const struct unit_time time = {.step = step, .run = run, .next = next, .settle = settle};
    struct unit_ops ops = *model;

    ops.name = name;
    ops.create = create;
    ops.destroy = destroy;
    ops.reset = reset;
    ops.request = request;
    ops.message = NULL;
    ops.features_of = NULL;
    ops.register_read = register_read;
    ops.register_write = register_write;
    ops.time = &time;
    return ops;
}

/* ---- VT-d ---- */

static int create_vtd(struct sim *sim, const void *params, const struct unit_ports *ports, void **unit, char *error,
                      size_t error_bytes)
{
    struct vtd_ports vtd_ports = vtd_ports_of(ports);
    struct systemc_platform *platform = NULL;
    int result = systemc_vtd_create(sim, params, &vtd_ports, &platform, error, error_bytes);

    *unit = platform;
    return result;
}

static int open_vtd(const struct iotb_open_args *args, struct iotb_dut **out)
{
    static struct unit_ops ops; /* the same at every open */

    ops = over_systemc(&vtd_unit_ops, "systemc:vtd", create_vtd);
    return unit_dut_open(&ops, args, out);
}

const struct iotb_dut_ops *iotb_dut_systemc_vtd(void)
{
    static const struct iotb_dut_ops ops = {
        .size = sizeof(ops),
        .abi = IOTB_DUT_ABI,
        .name = "systemc:vtd",
        .open = open_vtd,
        .describe = unit_dut_describe,
        .reset = unit_dut_reset,
        .advance = unit_dut_advance,
        .close = unit_dut_close,
        .iommu = &unit_dut_iommu_ops,
    };

    return &ops;
}

/* ---- SMMUv3 ---- */

static int create_smmuv3(struct sim *sim, const void *params, const struct unit_ports *ports, void **unit, char *error,
                         size_t error_bytes)
{
    struct smmuv3_ports smmuv3_ports = smmuv3_ports_of(ports);
    struct systemc_platform *platform = NULL;
    int result = systemc_smmuv3_create(sim, params, &smmuv3_ports, &platform, error, error_bytes);

    *unit = platform;
    return result;
}

static int open_smmuv3(const struct iotb_open_args *args, struct iotb_dut **out)
{
    static struct unit_ops ops; /* the same at every open */

    ops = over_systemc(&smmuv3_unit_ops, "systemc:smmuv3", create_smmuv3);
    return unit_dut_open(&ops, args, out);
}

const struct iotb_dut_ops *iotb_dut_systemc_smmuv3(void)
{
    static const struct iotb_dut_ops ops = {
        .size = sizeof(ops),
        .abi = IOTB_DUT_ABI,
        .name = "systemc:smmuv3",
        .open = open_smmuv3,
        .describe = unit_dut_describe,
        .reset = unit_dut_reset,
        .advance = unit_dut_advance,
        .close = unit_dut_close,
        .iommu = &unit_dut_iommu_ops,
    };

    return &ops;
}
