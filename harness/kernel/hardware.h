/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hardware.h - the machine below the harness kernel, as the kernel sees it: physical memory, registers, configuration space,
 * interrupts, firmware tables, time. harness/platform/machine.c gives it; both sides include this file, and it includes nothing.
 */
#ifndef KERNEL_HARDWARE_H
#define KERNEL_HARDWARE_H

struct hardware_ram {
    unsigned long base, bytes;
};

/* A message, or a wire with its number. */
struct hardware_interrupt {
    _Bool line;
    unsigned int number;   /* of a wire: as firmware numbers it */
    unsigned long address; /* of a message */
    unsigned int data;
};

/* A device that no bus enumerates: an SMMUv3. */
struct hardware_platform_device {
    char name[24];
    int id;
    unsigned long base, bytes;
    unsigned int interrupts[4]; /* eventq, priq, gerror, cmdq-sync; 0: none */
};

/* Memory that must stay mapped one to one for a PCI function, where no ACPI table of the architecture says so. */
struct hardware_reserved {
    unsigned int segment, requester_id;
    unsigned long base, bytes;
};

struct hardware_ops {
    unsigned long (*now_ps)(void *context);
    /* The next event, if it lies at or before last_ps; false: there is none, and it is last_ps then (~0: time stands still). */
    _Bool (*step)(void *context, unsigned long last_ps);
    /* bytes that follow each other in one piece of RAM; NULL else. The pointer stays good as long as the machine. */
    void *(*memory)(void *context, unsigned long address, unsigned long bytes);
    const struct hardware_ram *(*rams)(void *context, unsigned int *count);
    unsigned long (*mmio_read)(void *context, unsigned long address, unsigned int bytes); /* all ones where nothing answers */
    void (*mmio_write)(void *context, unsigned long address, const void *data, unsigned int bytes); /* 1, 2, 4, 8 or 64 */
    /* Deferrable Memory Write of 64 bytes: 0 accepted, 1 retry, -1 not supported. */
    int (*mmio_deferrable)(void *context, unsigned long address, const void *data);
    unsigned int (*config_read)(void *context, unsigned int segment, unsigned int requester_id, unsigned int offset,
                                unsigned int bytes);
    void (*config_write)(void *context, unsigned int segment, unsigned int requester_id, unsigned int offset, unsigned int bytes,
                         unsigned int value);
    _Bool (*interrupt)(void *context, struct hardware_interrupt *interrupt); /* takes the oldest; false: none */
    /* An ACPI table by its signature; NULL: there is none. */
    const void *(*table)(void *context, const char signature[4], unsigned long *bytes);
    const struct hardware_platform_device *(*platform_device)(void *context, unsigned int index); /* NULL past the last */
    const struct hardware_reserved *(*reserved)(void *context, unsigned int index);               /* likewise */
    /* Where DWORD writes are message interrupts; translated: the IOMMU maps it like memory (Arm), else it never does (Intel). */
    unsigned long (*doorbell)(void *context, _Bool *translated);
};

struct hardware {
    const struct hardware_ops *ops;
    void *context;
};

/* Set before the kernel starts, NULL after it has stopped. One kernel runs in a process at a time. */
extern const struct hardware *hardware;

#endif
