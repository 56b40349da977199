/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_dump.c - the configuration space of a device as `lspci -x` prints it, after reset or as a driver leaves it.
 *
 *   pd_dump PRESET [enabled] > FILE; lspci -F FILE -vvv
 */
#include "pasid-device/pasid_device.h"

#include <stdio.h>
#include <string.h>

#define CONFIG_BYTES 4096u

static bool nothing_is_requested(void *context, struct pcie_request *request)
{
    (void)context;
    request->status = PCIE_UR;
    return true;
}

static void nothing_is_said(void *context, const struct pcie_message *message)
{
    (void)context;
    (void)message;
}

/* In the order in which Linux does it: bus mastering, PASID, STU and then Enable of ATS, allocation and then Enable of PRI. */
static void enable(struct pasid_device *device)
{
    static const struct {
        uint16_t offset, bytes;
        uint32_t value;
    } writes[] = {
        {0x04, 2, 0x0006}, {0x236, 2, 0x0007}, {0x226, 2, 0x0000}, {0x226, 2, 0x8000}, {0x24c, 4, 16}, {0x244, 2, 0x0001},
    };
    for (size_t i = 0; i < sizeof writes / sizeof writes[0]; i++)
        pasid_device_config_write(device, writes[i].offset, writes[i].bytes, writes[i].value);
}

/* One line of 16 bytes after another, under bus, device and function. */
static void print(struct pasid_device *device, uint16_t requester_id)
{
    printf("%02x:%02x.%x pasid-device\n", pcie_bus(requester_id), pcie_devfn(requester_id) >> 3, pcie_devfn(requester_id) & 7u);
    for (uint32_t at = 0; at < CONFIG_BYTES; at++) {
        if (at % 16u == 0)
            printf(at < 0x100u ? "%02x:" : "%03x:", at);
        printf(" %02x%s", pasid_device_config_read(device, at, 1), at % 16u == 15u ? "\n" : "");
    }
}

int main(int argc, char **argv)
{
    static struct sim sim;
    struct pasid_device_params params = {0};
    const struct pasid_device_ports ports = {.upstream = {nothing_is_requested, NULL}, .message = {nothing_is_said, NULL}};
    struct pasid_device *device;

    if (argc < 2 || argc > 3 || (argc == 3 && strcmp(argv[2], "enabled") != 0) || !pasid_device_preset(argv[1], &params)) {
        fprintf(stderr, "usage: pd_dump PRESET [enabled]\n");
        return 2;
    }
    sim_init(&sim, 1);
    if (pasid_device_create(&sim, &params, &ports, &device, NULL, 0))
        return 1;
    if (argc == 3)
        enable(device);
    print(device, params.requester_id);
    pasid_device_destroy(device);
    return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
