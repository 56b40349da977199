/* SPDX-License-Identifier: BSD-2-Clause */
/* linux/dmar.h - what a driver of VT-d takes from its platform: interrupts of a unit. The message is get_cached_msi_msg()'s. */
#ifndef _LINUX_DMAR_H
#define _LINUX_DMAR_H

#include <linux/acpi.h>
#include <linux/msi.h>

int dmar_alloc_hwirq(int id, int node, void *arg); /* an interrupt, or < 0; arg: its handler data */
void dmar_free_hwirq(int irq);

#endif
