/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unit_model.h - the rest of a model's adapter: a template, included at its end. It gives the model's functions the shapes of
 * unit_ops, and makes the DUT, the plug-in (IOTB_DUT_PLUGIN) or the built-in one with its list of deviations.
 *
 * UNIT(x) puts the name of the model before x. UNIT_NAME is that name; UNIT_VERSION, UNIT_ARCHITECTURE and UNIT_FEATURES are
 * members of unit_ops, and so are the functions address_bits(), features_of() and reset(), which are the adapter's own.
 */
#include <stdio.h>

static bool preset(const char *name, void *params)
{
    return UNIT(_preset)(name, params);
}

static bool set(void *params, const char *name, const char *value)
{
    return UNIT(_set_parameter)(params, name, value);
}

static int create(struct sim *sim, const void *params, const struct unit_ports *ports, void **unit, char *error,
                  size_t error_bytes)
{
    struct UNIT(_ports) model_ports = UNIT(_ports_of)(ports);
    struct UNIT() *model = NULL;
    int result = UNIT(_create)(sim, params, &model_ports, &model, error, error_bytes);

    *unit = model;
    return result;
}

static void destroy(void *unit)
{
    UNIT(_destroy)(unit);
}

static bool request(void *unit, struct pcie_request *pcie_request)
{
    return UNIT(_request)(unit, pcie_request);
}

static void message(void *unit, const struct pcie_message *pcie_message)
{
    UNIT(_message)(unit, pcie_message);
}

static uint64_t register_read(void *unit, uint64_t offset, uint32_t bytes)
{
    return UNIT(_register_read)(unit, offset, bytes);
}

static void register_write(void *unit, uint64_t offset, uint32_t bytes, uint64_t value)
{
    UNIT(_register_write)(unit, offset, bytes, value);
}

const struct unit_ops UNIT(_unit_ops) = {
    .name = UNIT_NAME,
    .version = UNIT_VERSION,
    .architecture = UNIT_ARCHITECTURE,
    .features = UNIT_FEATURES,
    .features_of = features_of,
    .params_bytes = sizeof(struct UNIT(_params)),
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
    return unit_dut_open(&UNIT(_unit_ops), args, out);
}

static const struct iotb_dut_ops dut_ops = {
    .size = sizeof(dut_ops),
    .abi = IOTB_DUT_ABI,
    .name = UNIT_NAME,
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
const struct iotb_dut_ops *UNIT_DUT()(void)
{
    return &dut_ops;
}

bool UNIT_DUT(_deviation)(size_t n, struct dut_deviation *deviation)
{
    static char parameters[128];
    const struct UNIT(_erratum) *erratum = &UNIT(_errata)[n];

    if (n >= UNIT(_errata_count))
        return false;
    if (erratum->preset)
        snprintf(parameters, sizeof(parameters), "preset=%s", erratum->preset);
    *deviation = (struct dut_deviation){.name = erratum->name,
                                        .rule = erratum->rule,
                                        .source = erratum->source,
                                        .rows = erratum->rows,
                                        .parameters = erratum->preset ? parameters : NULL};
    return true;
}
#endif
