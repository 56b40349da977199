/* SPDX-License-Identifier: BSD-2-Clause */
/* qemu_smmuv3.c - the SMMUv3 of QEMU's virt machine: the facts. */
#include "dut/qemu/machine.h"
#include "dut/qemu/qemu_dut.h"

#define MIB 0x100000ull

/* At address 0, in flash: wfi; b to it. The interrupt controller is never enabled, so nothing wakes the processor for long. */
static const uint8_t reset_code[] = {0x7f, 0x20, 0x03, 0xd5, 0xff, 0xff, 0xff, 0x17};

static const char *const arguments[] = {
    "-machine", "virt,iommu=smmuv3,memory-backend=ram,gic-version=3,acpi=off",
    "-cpu",     "cortex-a57",
    "-bios",    "/proc/self/fd/5",
    "-device",  "pcie-root-port,id=port40,bus=pcie.0,chassis=1,addr=1d.0",
    "-device",  "pcie-root-port,id=portff,bus=pcie.0,chassis=2,addr=1e.0",
    NULL,
};

/* From QEMU 8.1 on. */
static const struct qemu_property properties[] = {
    {"stage", "1|2|nested", NULL},
};

/* Functions that differ in each of their bits, both halves of a bus, three buses. */
static const struct qemu_place places[] = {
    {0x0018, "bus=pcie.0,addr=03.0,multifunction=on"},
    {0x0019, "bus=pcie.0,addr=03.1"},
    {0x001a, "bus=pcie.0,addr=03.2"},
    {0x001c, "bus=pcie.0,addr=03.4"},
    {0x0090, "bus=pcie.0,addr=12.0"},
    {0x4000, "bus=port40,addr=00.0,multifunction=on"},
    {0x4003, "bus=port40,addr=00.3"},
    {0xff00, "bus=portff,addr=00.0"},
};

static const struct qemu_bridge bridges[] = {{0x00e8, 0x40, 5, 6}, {0x00f0, 0xff, 7, 7}};

/* QEMU counts the wires as enum iotb_wire does. */
static const struct qemu_trace traces[] = {{"smmuv3_trigger_irq", IOTB_IRQ_EVENT, "irq="}};

static const struct qemu_machine virt = {
    .name = "qemu-smmuv3",
    .architecture = IOTB_ARCH_SMMUV3,
    .binary = "qemu-system-aarch64",
    .package = "qemu-system-arm",
    .version_first = 7002,
    .arguments = arguments,
    .iommu_type = "arm-smmuv3",
    .properties = properties,
    .property_count = sizeof properties / sizeof properties[0],
    .host_address_bits = 44,
    .ecam = 0x4010000000,
    .registers = 0x09050000,
    .ram = 0x40000000,
    .ram_bytes = 1024 * MIB,
    .reserved_bytes = 2 * MIB, /* QEMU puts its device tree there */
    .hole = 0x3000000000,
    .request_bytes_max = 4, /* the memory core carries out a refused request in pieces of 4 bytes, each translated by itself */
    .window = 0x10000000,
    .reset_code = reset_code,
    .reset_code_bytes = sizeof reset_code,
    .bios_bytes = 0x1000,
    .places = places,
    .place_count = sizeof places / sizeof places[0],
    .bridges = bridges,
    .bridge_count = sizeof bridges / sizeof bridges[0],
    .traces = traces,
    .trace_count = sizeof traces / sizeof traces[0],
    .read_trace = "smmuv3_read_mmio",
};

static int open_virt(const struct iotb_open_args *args, struct iotb_dut **dut)
{
    return qemu_open(&virt, args, dut);
}

const struct iotb_dut_ops *iotb_dut_qemu_smmuv3(void)
{
    static const struct iotb_dut_ops ops = {
        .size = sizeof ops,
        .abi = IOTB_DUT_ABI,
        .name = "qemu-smmuv3",
        .open = open_virt,
        .describe = qemu_describe,
        .reset = qemu_reset,
        .advance = qemu_advance,
        .close = qemu_close,
        .iommu = &qemu_iommu_ops,
    };

    return &ops;
}
