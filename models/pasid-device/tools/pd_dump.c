/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_dump.c - the configuration space of a device as `lspci -x` prints it, after reset or as a driver leaves it.
 *
 *   pd_dump PRESET [enabled] > FILE; lspci -F FILE -vvv
 */
#include "pasid-device/pasid_device.h"

#include <stdio.h>
#include <string.h>

#define DUMP_BYTES 32768u

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
    (void)pasid_device_config_read(device, 0x246, 2); /* status bits are made when they are read */
}

int main(int argc, char **argv)
{
    static char text[DUMP_BYTES];
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
    size_t bytes = pasid_device_config_dump(device, text, sizeof text);
    pasid_device_destroy(device);
    return bytes >= sizeof text || fputs(text, stdout) < 0 || fflush(stdout) ? 1 : 0;
}
