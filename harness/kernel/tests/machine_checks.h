/* SPDX-License-Identifier: BSD-2-Clause */
/* machine_checks.h - checks of the standard machine with the driver of its IOMMUs; hosted and kernel code include it. */
#ifndef KERNEL_MACHINE_CHECKS_H
#define KERNEL_MACHINE_CHECKS_H

/* Before the driver is loaded: what its devices' default domains are to be. */
void default_translated(void *unused);
void default_passthrough(void *unused);

void check_machine_groups(void *unused);
void check_machine_dma(void *unused);
void check_machine_pasid(void *unused);
void check_machine_snoop(void *unused);
void check_machine_reserved(void *unused);
void check_machine_coherent(void *unused);

#endif
