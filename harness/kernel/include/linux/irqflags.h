/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_IRQFLAGS_H
#define _LINUX_IRQFLAGS_H

#include <linux/types.h>

void local_irq_disable(void);
void local_irq_enable(void);
unsigned long kernel_irq_save(void);
void kernel_irq_restore(unsigned long flags);
bool irqs_disabled(void);
#define local_irq_save(flags) ((flags) = kernel_irq_save())
#define local_irq_restore(flags) kernel_irq_restore(flags)
#define lockdep_assert_irqs_disabled() WARN_ON(!irqs_disabled())

#endif
