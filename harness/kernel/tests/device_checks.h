/* SPDX-License-Identifier: BSD-2-Clause */
/* device_checks.h - checks of the device model and the iommu core that run in the kernel; hosted and kernel code include it. */
#ifndef KERNEL_DEVICE_CHECKS_H
#define KERNEL_DEVICE_CHECKS_H

extern unsigned int device_check_failures;
extern char device_check_text[256];

void check_pci_devices(void *unused);
void check_pci_translation(void *unused);
void check_drivers(void *unused);
void check_interrupts(void *unused);
void check_groups(void *unused);
void check_owners(void *unused);
void check_attach(void *unused);
void check_pasids(void *unused);
void check_maps(void *unused);
void check_faults(void *unused);

#endif
