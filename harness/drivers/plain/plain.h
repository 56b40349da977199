/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plain.h - two drivers that a device can have instead of the passthrough driver, and who changes them: for the host, which calls
 * these by a task (kernel_run). Includes nothing, for both sides use it.
 */
#ifndef PLAIN_PLAIN_H
#define PLAIN_PLAIN_H

enum plain_driver {
    PLAIN_NONE,
    PLAIN_PASSTHROUGH, /* whatever driver matches the device by itself */
    PLAIN_DMA,         /* does DMA through the kernel's API: plain_buffer() */
    PLAIN_NO_DMA,      /* has declared that it does none */
    PLAIN_PARENT,      /* the driver pasid-device, which offers mdevs */
};

#define PLAIN_BUFFER_BYTES 4096u

/* `device` as "0000:00:02.0". The driver before goes first. 0 or -errno: what the new one's probe said. */
int plain_bind(const char *device, enum plain_driver driver);
enum plain_driver plain_driver_of(const char *device);
/* The memory that PLAIN_DMA has mapped for its device, as the processor sees it: 0, -ENODEV, -EINVAL. */
int plain_buffer(const char *device, unsigned long *bus_address, unsigned int offset, void *data, unsigned int bytes, int write);

#endif
