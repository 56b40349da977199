/* SPDX-License-Identifier: BSD-2-Clause */
/* linux/interrupt.h - handlers of interrupts, in two halves: the first does not sleep, the second runs in a thread of its own. */
#ifndef _LINUX_INTERRUPT_H
#define _LINUX_INTERRUPT_H

#include <linux/irqreturn.h>
#include <linux/types.h>

struct device;

#define IRQF_SHARED 0x00000080
#define IRQF_ONESHOT 0x00002000
#define IRQF_NO_THREAD 0x00010000

#define IRQ_NOTCONNECTED (1U << 31)

typedef irqreturn_t (*irq_handler_t)(int irq, void *dev_id);

int request_threaded_irq(unsigned int irq, irq_handler_t handler, irq_handler_t thread_fn, unsigned long flags, const char *name,
                         void *dev_id);
const void *free_irq(unsigned int irq, void *dev_id);
int devm_request_threaded_irq(struct device *dev, unsigned int irq, irq_handler_t handler, irq_handler_t thread_fn,
                              unsigned long flags, const char *name, void *dev_id);
void devm_free_irq(struct device *dev, unsigned int irq, void *dev_id);

static inline int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name, void *dev_id)
{
    return request_threaded_irq(irq, handler, NULL, flags, name, dev_id);
}

static inline int devm_request_irq(struct device *dev, unsigned int irq, irq_handler_t handler, unsigned long flags,
                                   const char *name, void *dev_id)
{
    return devm_request_threaded_irq(dev, irq, handler, NULL, flags, name, dev_id);
}

void disable_irq(unsigned int irq); /* waits for a handler that runs */
void disable_irq_nosync(unsigned int irq);
void enable_irq(unsigned int irq); /* what came while it was disabled is handled now */
void synchronize_irq(unsigned int irq);
int irq_set_handler_data(unsigned int irq, void *data);
void *irq_get_handler_data(unsigned int irq);

#endif
