/* SPDX-License-Identifier: BSD-2-Clause */
/* ioasid_drivers.c - which kernel driver a device has, and the memory of the one that does DMA. */
#include "dut/ioasid/ioasid_internal.h"

#include "drivers/plain/plain.h"

#include <errno.h>
#include <string.h>

struct question {
    const char *device;
    uint32_t driver;
    unsigned long bus;
    unsigned int offset, bytes;
    void *data;
    int write, result;
};

static void run_bind(void *context)
{
    struct question *question = context;

    question->result = plain_bind(question->device, (enum plain_driver)question->driver);
}

static void run_driver_of(void *context)
{
    struct question *question = context;

    question->driver = plain_driver_of(question->device);
}

static void run_buffer(void *context)
{
    struct question *question = context;

    question->result =
        plain_buffer(question->device, &question->bus, question->offset, question->data, question->bytes, question->write);
}

static int64_t ask(void (*function)(void *context), struct question *question)
{
    return kernel_run(NULL, "driver", function, question) == KERNEL_DONE ? question->result : -EIO;
}

static bool named(struct iotb_dut *dut, uint32_t index, struct iotb_uapi_device *device)
{
    return index < MACHINE_DEVICES && device_facts(dut, index, device) == IOTB_OK;
}

int64_t uapi_bind_driver(struct iotb_dut *dut, uint32_t index, uint32_t driver)
{
    static const enum plain_driver drivers[] = {[IOTB_UAPI_DRIVER_NONE] = PLAIN_NONE,
                                                [IOTB_UAPI_DRIVER_PASSTHROUGH] = PLAIN_PASSTHROUGH,
                                                [IOTB_UAPI_DRIVER_DMA] = PLAIN_DMA,
                                                [IOTB_UAPI_DRIVER_NO_DMA] = PLAIN_NO_DMA,
                                                [IOTB_UAPI_DRIVER_PARENT] = PLAIN_PARENT};
    struct iotb_uapi_device device;
    struct question question = {.device = device.name};
    int64_t result;

    if (!named(dut, index, &device))
        return -ENODEV;
    if (driver >= sizeof(drivers) / sizeof(drivers[0]))
        return -EINVAL;
    if (driver == IOTB_UAPI_DRIVER_PARENT && kernel_module_load("pasid-device", NULL))
        return IOTB_UAPI_BENCH(IOTB_E_UNSUPPORTED);
    question.driver = drivers[driver];
    result = ask(run_bind, &question);
    nodes_find(dut);
    return result;
}

uint32_t driver_of(const char *name)
{
    static const enum iotb_uapi_driver drivers[] = {[PLAIN_NONE] = IOTB_UAPI_DRIVER_NONE,
                                                    [PLAIN_PASSTHROUGH] = IOTB_UAPI_DRIVER_PASSTHROUGH,
                                                    [PLAIN_DMA] = IOTB_UAPI_DRIVER_DMA,
                                                    [PLAIN_NO_DMA] = IOTB_UAPI_DRIVER_NO_DMA,
                                                    [PLAIN_PARENT] = IOTB_UAPI_DRIVER_PARENT};
    struct question question = {.device = name};

    (void)ask(run_driver_of, &question);
    return drivers[question.driver];
}

int64_t uapi_driver_buffer(struct iotb_dut *dut, uint32_t index, uint64_t *bus_address, uint32_t offset, void *data,
                           uint32_t bytes, uint32_t write)
{
    struct iotb_uapi_device device;
    struct question question = {.device = device.name, .offset = offset, .bytes = bytes, .data = data, .write = write != 0};
    int64_t result;

    if (!named(dut, index, &device))
        return -ENODEV;
    result = ask(run_buffer, &question);
    *bus_address = question.bus;
    return result;
}
