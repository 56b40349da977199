/* SPDX-License-Identifier: BSD-2-Clause */
/* linux/ioport.h - ranges of addresses and interrupt numbers of a device. */
#ifndef _LINUX_IOPORT_H
#define _LINUX_IOPORT_H

#include <linux/types.h>

struct resource {
    resource_size_t start;
    resource_size_t end; /* inclusive */
    const char *name;
    unsigned long flags;
};

#define IORESOURCE_MEM 0x00000200
#define IORESOURCE_IRQ 0x00000400
#define IORESOURCE_PREFETCH 0x00002000
#define IORESOURCE_MEM_64 0x00100000

static inline resource_size_t resource_size(const struct resource *res)
{
    return res->end - res->start + 1;
}

#endif
