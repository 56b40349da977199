/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_dut.c - the VT-d model as a DUT: what unit_dut.h asks for. Compiled with IOTB_DUT_PLUGIN this file is a plug-in.
 */
#include "dut/model/model_dut.h"
#include "dut/model/unit_dut.h"

#include "vtd/vtd.h"

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

static void reset(void *unit, bool warm)
{
    vtd_reset(unit, warm);
}

#define UNIT(x) vtd##x
#define UNIT_DUT(x) iotb_dut_vtd##x
#define UNIT_NAME "vtd"
#define UNIT_VERSION "VT-d 5.10 model"
#define UNIT_ARCHITECTURE IOTB_ARCH_VTD
#define UNIT_FEATURES IOTB_F_WARM_RESET
#include "dut/model/unit_model.h"
