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

static void reset(void *unit, bool warm)
{
    (void)warm; /* the architecture has one kind of reset */
    smmuv3_reset(unit);
}

#define UNIT(x) smmuv3##x
#define UNIT_DUT(x) iotb_dut_smmuv3##x
#define UNIT_NAME "smmuv3"
#define UNIT_VERSION "SMMUv3 G.b model"
#define UNIT_ARCHITECTURE IOTB_ARCH_SMMUV3
#define UNIT_FEATURES 0
#include "dut/model/unit_model.h"
