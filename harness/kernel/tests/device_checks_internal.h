/* SPDX-License-Identifier: BSD-2-Clause */
/* device_checks_internal.h - what the checks of devices share. */
#ifndef KERNEL_DEVICE_CHECKS_INTERNAL_H
#define KERNEL_DEVICE_CHECKS_INTERNAL_H

#include "device_checks.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/pci.h>

void device_check_fail(const char *file, int line, const char *what);
#define CHECK(condition)                                       \
    do {                                                       \
        if (!(condition))                                      \
            device_check_fail(__FILE__, __LINE__, #condition); \
    } while (0)

/* A device of the standard machine. */
struct pci_dev *check_device(unsigned int index);

#endif
