/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_PREEMPT_H
#define _LINUX_PREEMPT_H

#include <linux/types.h>

/* Counted for each task; what sleeps while it is not zero is a splat. */
void preempt_disable(void);
void preempt_enable(void);
unsigned int preempt_count(void);
bool in_hardirq(void);
#define in_irq() in_hardirq()
#define in_interrupt() in_hardirq()
bool in_atomic(void);
#define in_task() (!in_hardirq())
#define preemptible() (!in_atomic())

#endif
