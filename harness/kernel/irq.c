/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irq.c - interrupts: numbers, the message or wire behind each, and their handlers. irq_poll() runs first halves in the task that
 * the core keeps for it; a second half has a thread of its own.
 */
#include "core.h"
#include "device_internal.h"
#include "hardware.h"

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#define IRQS 512u
/* Messages of Intel: the destination in 19:12 of the address, a vector from 20h on as data. */
#define VECTOR_FIRST 0x20u
#define VECTORS 0xd0u

struct irqaction {
    struct list_head node;
    irq_handler_t handler, thread_fn;
    const char *name;
    void *dev_id;
    struct irq_desc *desc;
    struct task_struct *thread;
    atomic_t wanted; /* the thread has something to do */
    bool running;    /* it does it */
};

struct irq_desc {
    unsigned int irq;
    bool used, wired;
    unsigned int wire;
    struct msi_msg msg;
    void *handler_data;
    struct list_head actions;
    unsigned int disabled; /* nested */
    bool pending;          /* came while disabled */
    bool handling;
    wait_queue_head_t idle; /* for those who wait until it is handled */
};

static struct irq_desc irqs[IRQS];
static DEFINE_SPINLOCK(irqs_lock);

static struct irq_desc *desc_of(unsigned int irq)
{
    return irq && irq < IRQS && irqs[irq].used ? &irqs[irq] : NULL;
}

/* ---- numbers ---- */

static void compose(unsigned int irq, struct msi_msg *msg)
{
    bool translated;
    unsigned long address = hardware->ops->doorbell(hardware->context, &translated);
    u32 data = irq;

    if (!translated) {
        address |= (unsigned long)(irq / VECTORS) << 12;
        data = VECTOR_FIRST + irq % VECTORS;
    }
    *msg = (struct msi_msg){.address_lo = (u32)address, .address_hi = (u32)(address >> 32), .data = data};
}

static int take_number(void)
{
    unsigned int irq;

    spin_lock_irq(&irqs_lock);
    for (irq = 1; irq < IRQS && irqs[irq].used; irq++)
        ;
    if (irq < IRQS) {
        irqs[irq] = (struct irq_desc){.irq = irq, .used = true};
        INIT_LIST_HEAD(&irqs[irq].actions);
        init_waitqueue_head(&irqs[irq].idle);
    }
    spin_unlock_irq(&irqs_lock);
    return irq < IRQS ? (int)irq : -ENOSPC;
}

int irq_alloc_message(struct msi_msg *msg)
{
    int irq = fault_inject_should_fail("irq_alloc") ? -ENOSPC : take_number();

    if (irq < 0)
        return irq;
    compose((unsigned int)irq, &irqs[irq].msg);
    *msg = irqs[irq].msg;
    return irq;
}

int irq_alloc_wire(unsigned int number)
{
    int irq = take_number();

    if (irq >= 0) {
        irqs[irq].wired = true;
        irqs[irq].wire = number;
    }
    return irq;
}

void irq_free(unsigned int irq)
{
    struct irq_desc *desc = desc_of(irq);

    if (WARN_ON(!desc || !list_empty(&desc->actions)))
        return;
    spin_lock_irq(&irqs_lock);
    desc->used = false;
    spin_unlock_irq(&irqs_lock);
}

void get_cached_msi_msg(unsigned int irq, struct msi_msg *msg)
{
    struct irq_desc *desc = desc_of(irq);

    *msg = desc ? desc->msg : (struct msi_msg){0};
}
EXPORT_SYMBOL_GPL(get_cached_msi_msg);

int irq_set_handler_data(unsigned int irq, void *data)
{
    struct irq_desc *desc = desc_of(irq);

    if (!desc)
        return -EINVAL;
    desc->handler_data = data;
    return 0;
}
EXPORT_SYMBOL_GPL(irq_set_handler_data);

void *irq_get_handler_data(unsigned int irq)
{
    struct irq_desc *desc = desc_of(irq);

    return desc ? desc->handler_data : NULL;
}
EXPORT_SYMBOL_GPL(irq_get_handler_data);

/* ---- handling ---- */

static bool wake_thread(struct irqaction *action)
{
    if (!action->thread)
        return false;
    atomic_set(&action->wanted, 1);
    wake_up_process(action->thread);
    return true;
}

/* With irqs_lock held, which is let go of for the handlers: `handling` keeps the actions where they are. */
static void handle(struct irq_desc *desc)
{
    struct irqaction *action;

    if (desc->disabled || list_empty(&desc->actions)) {
        desc->pending = desc->disabled;
        return;
    }
    desc->pending = false;
    desc->handling = true;
    spin_unlock_irq(&irqs_lock);
    list_for_each_entry(action, &desc->actions, node)
    {
        irqreturn_t answer = action->handler ? action->handler((int)desc->irq, action->dev_id) : IRQ_WAKE_THREAD;

        if (answer == IRQ_WAKE_THREAD)
            WARN_ON(!wake_thread(action));
    }
    spin_lock_irq(&irqs_lock);
    desc->handling = false;
    wake_up_all(&desc->idle);
}

static struct irq_desc *desc_of_interrupt(const struct hardware_interrupt *interrupt)
{
    bool translated;
    unsigned long doorbell = hardware->ops->doorbell(hardware->context, &translated);
    unsigned int irq = interrupt->data;

    if (interrupt->line) {
        for (irq = 1; irq < IRQS; irq++)
            if (irqs[irq].used && irqs[irq].wired && irqs[irq].wire == interrupt->number)
                return &irqs[irq];
        return NULL;
    }
    if (!translated)
        irq = (unsigned int)(interrupt->address - doorbell) / 4096 * VECTORS + interrupt->data - VECTOR_FIRST;
    return desc_of(irq);
}

static bool take(struct hardware_interrupt *interrupt)
{
    bool taken;

    machine_lock();
    taken = hardware && hardware->ops->interrupt(hardware->context, interrupt);
    machine_unlock();
    return taken;
}

void irq_poll(void)
{
    struct hardware_interrupt interrupt;

    while (take(&interrupt)) {
        struct irq_desc *desc = desc_of_interrupt(&interrupt);

        spin_lock_irq(&irqs_lock);
        if (desc && desc->used)
            handle(desc);
        spin_unlock_irq(&irqs_lock);
    }
    spin_lock_irq(&irqs_lock);
    for (unsigned int irq = 1; irq < IRQS; irq++) /* what was let in again */
        if (irqs[irq].used && irqs[irq].pending)
            handle(&irqs[irq]);
    spin_unlock_irq(&irqs_lock);
}

static void set_running(struct irqaction *action, bool running)
{
    spin_lock_irq(&irqs_lock);
    action->running = running;
    if (running)
        atomic_set(&action->wanted, 0); /* from here on it is wanted anew */
    else
        wake_up_all(&action->desc->idle);
    spin_unlock_irq(&irqs_lock);
}

static int irq_thread(void *data)
{
    struct irqaction *action = data;

    for (;;) {
        set_current_state(TASK_UNINTERRUPTIBLE);
        if (!atomic_read(&action->wanted) && !kthread_should_stop()) {
            schedule();
            continue;
        }
        __set_current_state(TASK_RUNNING);
        if (!atomic_read(&action->wanted))
            return 0;
        set_running(action, true);
        action->thread_fn((int)action->desc->irq, action->dev_id);
        set_running(action, false);
    }
}

/* ---- handlers come and go ---- */

int request_threaded_irq(unsigned int irq, irq_handler_t handler, irq_handler_t thread_fn, unsigned long flags, const char *name,
                         void *dev_id)
{
    struct irq_desc *desc = desc_of(irq);
    struct irqaction *action;

    if (!desc || (!handler && !thread_fn) || ((flags & IRQF_SHARED) && !dev_id))
        return -EINVAL;
    if (!(flags & IRQF_SHARED) && !list_empty(&desc->actions))
        return -EBUSY;
    action = kzalloc(sizeof(*action), GFP_KERNEL);
    if (!action)
        return -ENOMEM;
    *action = (struct irqaction){.handler = handler, .thread_fn = thread_fn, .name = name, .dev_id = dev_id, .desc = desc};
    if (thread_fn) {
        action->thread = kthread_run(irq_thread, action, "irq/%u-%s", irq, name ? name : "");
        if (IS_ERR(action->thread)) {
            int result = (int)PTR_ERR(action->thread);

            kfree(action);
            return result;
        }
    }
    spin_lock_irq(&irqs_lock);
    list_add_tail(&action->node, &desc->actions);
    spin_unlock_irq(&irqs_lock);
    irq_kick();
    return 0;
}
EXPORT_SYMBOL_GPL(request_threaded_irq);

static struct irqaction *find_action(struct irq_desc *desc, void *dev_id)
{
    struct irqaction *action;

    list_for_each_entry(action, &desc->actions, node) if (action->dev_id == dev_id) return action;
    return NULL;
}

/* With irqs_lock held. */
static bool busy(const struct irq_desc *desc, bool threads_too)
{
    const struct irqaction *action;

    if (desc->handling)
        return true;
    list_for_each_entry(action, &desc->actions,
                        node) if (threads_too && (atomic_read(&action->wanted) || action->running)) return true;
    return false;
}

static bool idle(struct irq_desc *desc, bool threads_too)
{
    bool is_idle;

    spin_lock_irq(&irqs_lock);
    is_idle = !busy(desc, threads_too);
    spin_unlock_irq(&irqs_lock);
    return is_idle;
}

/* Returns with irqs_lock held, and nobody in the handlers. */
static void lock_when_idle(struct irq_desc *desc, bool threads_too)
{
    spin_lock_irq(&irqs_lock);
    while (busy(desc, threads_too)) {
        spin_unlock_irq(&irqs_lock);
        wait_event(desc->idle, idle(desc, threads_too));
        spin_lock_irq(&irqs_lock);
    }
}

const void *free_irq(unsigned int irq, void *dev_id)
{
    struct irq_desc *desc = desc_of(irq);
    struct irqaction *action = desc ? find_action(desc, dev_id) : NULL;
    const char *name;

    if (WARN_ON(!action))
        return NULL;
    lock_when_idle(desc, false);
    list_del(&action->node);
    spin_unlock_irq(&irqs_lock);
    if (action->thread)
        kthread_stop(action->thread);
    name = action->name;
    kfree(action);
    return name;
}
EXPORT_SYMBOL_GPL(free_irq);

void synchronize_irq(unsigned int irq)
{
    struct irq_desc *desc = desc_of(irq);

    if (!desc)
        return;
    lock_when_idle(desc, true);
    spin_unlock_irq(&irqs_lock);
}
EXPORT_SYMBOL_GPL(synchronize_irq);

void disable_irq_nosync(unsigned int irq)
{
    struct irq_desc *desc = desc_of(irq);

    if (!desc)
        return;
    spin_lock_irq(&irqs_lock);
    desc->disabled++;
    spin_unlock_irq(&irqs_lock);
}
EXPORT_SYMBOL_GPL(disable_irq_nosync);

void disable_irq(unsigned int irq)
{
    disable_irq_nosync(irq);
    synchronize_irq(irq);
}
EXPORT_SYMBOL_GPL(disable_irq);

void enable_irq(unsigned int irq)
{
    struct irq_desc *desc = desc_of(irq);

    if (!desc || WARN_ON(!desc->disabled))
        return;
    spin_lock_irq(&irqs_lock);
    desc->disabled--;
    spin_unlock_irq(&irqs_lock);
    irq_kick();
}
EXPORT_SYMBOL_GPL(enable_irq);

/* ---- boot and halt ---- */

static int irq_boot(void)
{
    memset(irqs, 0, sizeof(irqs));
    return 0;
}

static void irq_halt(void)
{
    for (unsigned int irq = 1; irq < IRQS; irq++)
        if (irqs[irq].used && !irqs[irq].wired)
            audit("interrupt %u was not given back", irq);
    spin_lock_irq(&irqs_lock);
    memset(irqs, 0, sizeof(irqs));
    spin_unlock_irq(&irqs_lock);
}
KERNEL_SUBSYSTEM(irq, 3, irq_boot, irq_halt);
