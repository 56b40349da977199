/* SPDX-License-Identifier: BSD-2-Clause */
/* qemu_vtd.c - intel-iommu on QEMU's q35 machine: the facts. */
#include "dut/qemu/machine.h"
#include "dut/qemu/qemu_dut.h"

#define MIB 0x100000ull

/* Reset vector: cli; hlt; jmp to the hlt. The iret serves a non-maskable interrupt. */
#define RESET_CODE_OFFSET 0xff00u
static const uint8_t reset_code[0x100] = {
    [0x00] = 0xcf,                                              /* F000:FF00 iret */
    [0xf0] = 0xfa, [0xf1] = 0xf4, [0xf2] = 0xeb, [0xf3] = 0xfd, /* F000:FFF0 */
};

/*
 * Event messages reach the local APIC and may ask for any delivery mode (11.4.6 Fault Event Data Register). With interrupts
 * off only NMI, SMI and INIT disturb the halted processor: real-mode vectors that point to the iret, and an rsm at
 * SMBASE + 8000h.
 */
static const uint8_t vector[4] = {0x00, 0xff, 0x00, 0xf0};
static const uint8_t resume[2] = {0x0f, 0xaa};
static const struct qemu_code code[] = {
    {0x0, sizeof vector, vector, 256},
    {0x38000, sizeof resume, resume, 1},
};

static const char *const arguments[] = {
    "-machine", "q35,memory-backend=ram,sata=off,usb=off,smbus=off,vmport=off,hpet=off,graphics=off",
    "-bios",    "/proc/self/fd/5",
    "-device",  "pcie-root-port,id=port40,bus=pcie.0,chassis=1,addr=1d.0",
    "-device",  "pcie-root-port,id=portff,bus=pcie.0,chassis=2,addr=1e.0",
    NULL,
};

static const struct qemu_property properties[] = {
    {"aw-bits", "39|48", "48"},
    {"caching-mode", "on|off", NULL},
    {"device-iotlb", "on|off", NULL},
    {"dma-drain", "on|off", NULL},
    {"dma-translation", "on|off", NULL},
    {"intremap", "on|off", "off"},
    {"pt", "on|off", NULL},
    {"snoop-control", "on|off", NULL},
    {"x-pasid-mode", "on|off", NULL},
    {"x-scalable-mode", "on|off", "on"},
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

static const struct qemu_trace traces[] = {
    {"vtd_irq_generate", IOTB_IRQ_EVENT, NULL},
    {"vtd_ir_remap_msi", IOTB_IRQ_DEVICE, NULL},
};

static const struct qemu_machine q35 = {
    .name = "qemu-vtd",
    .architecture = IOTB_ARCH_VTD,
    .binary = "qemu-system-x86_64",
    .package = "qemu-system-x86",
    .version_first = 7002,
    .arguments = arguments,
    .iommu = "intel-iommu",
    .properties = properties,
    .property_count = sizeof properties / sizeof properties[0],
    .host_address_property = "aw-bits",
    .registers = 0xfed90000,
    .ram = 0,
    .ram_bytes = 2048 * MIB,
    .reserved_bytes = 1 * MIB,
    .hole = 0x90000000,
    .request_bytes_max = 64,
    .window = 0xe0000000,
    .reset_code = reset_code,
    .reset_code_bytes = sizeof reset_code,
    .reset_code_offset = RESET_CODE_OFFSET,
    .bios_bytes = 0x10000,
    .code = code,
    .code_count = sizeof code / sizeof code[0],
    .places = places,
    .place_count = sizeof places / sizeof places[0],
    .bridges = bridges,
    .bridge_count = sizeof bridges / sizeof bridges[0],
    .traces = traces,
    .trace_count = sizeof traces / sizeof traces[0],
    .message_address = 0xfeefd000, /* to an APIC that is not there */
};

static int open_q35(const struct iotb_open_args *args, struct iotb_dut **dut)
{
    return qemu_open(&q35, args, dut);
}

const struct iotb_dut_ops *iotb_dut_qemu_vtd(void)
{
    static const struct iotb_dut_ops ops = {
        .size = sizeof ops,
        .abi = IOTB_DUT_ABI,
        .name = "qemu-vtd",
        .open = open_q35,
        .describe = qemu_describe,
        .reset = qemu_reset,
        .advance = qemu_advance,
        .close = qemu_close,
        .iommu = &qemu_iommu_ops,
    };

    return &ops;
}
