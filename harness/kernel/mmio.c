/* SPDX-License-Identifier: BSD-2-Clause */
/* mmio.c - registers: a mapping is the physical address with a mark, so that whoever follows it as a pointer crashes. */
#include "core.h"
#include "hardware.h"

#include <linux/bug.h>
#include <linux/export.h>
#include <linux/io.h>

#define MARK (1UL << 62)

const struct hardware *hardware;

void __iomem *ioremap(phys_addr_t offset, size_t size)
{
    if (WARN_ON(!size || offset + size < offset || offset + size > MARK))
        return NULL;
    return (void __iomem *)(unsigned long)(offset | MARK);
}
EXPORT_SYMBOL_GPL(ioremap);

void iounmap(volatile void __iomem *addr)
{
    WARN_ON(addr && !((unsigned long)addr & MARK));
}
EXPORT_SYMBOL_GPL(iounmap);

static unsigned long physical(const volatile void __iomem *addr, unsigned int bytes)
{
    unsigned long at = (unsigned long)addr;

    BUG_ON(!(at & MARK) || at & (bytes - 1));
    return at & ~MARK;
}

/* What a write sets in motion may have raised an interrupt by itself. */
static void write(unsigned long at, const void *data, unsigned int bytes)
{
    machine_lock();
    hardware->ops->mmio_write(hardware->context, at, data, bytes);
    machine_unlock();
    irq_kick();
}

u64 mmio_read(const volatile void __iomem *addr, unsigned int bytes)
{
    unsigned long at = physical(addr, bytes);
    u64 value;

    hardware_relax();
    machine_lock();
    value = hardware->ops->mmio_read(hardware->context, at, bytes);
    machine_unlock();
    return value;
}
EXPORT_SYMBOL_GPL(mmio_read);

void mmio_write(volatile void __iomem *addr, unsigned int bytes, u64 value)
{
    write(physical(addr, bytes), &value, bytes);
}
EXPORT_SYMBOL_GPL(mmio_write);

void iosubmit_cmds512(void __iomem *dst, const void *src, size_t count)
{
    for (size_t i = 0; i < count; i++)
        write(physical(dst, 64), (const u8 *)src + 64 * i, 64);
}
EXPORT_SYMBOL_GPL(iosubmit_cmds512);

/* The device is asked whether it takes the command, so it is a read too; who is not there says "again", as on a bus. */
int enqcmds(void __iomem *dst, const void *src)
{
    unsigned long at = physical(dst, 64);
    int answer;

    hardware_relax();
    machine_lock();
    answer = hardware->ops->mmio_deferrable(hardware->context, at, src);
    machine_unlock();
    irq_kick();
    return answer ? 1 : 0;
}
EXPORT_SYMBOL_GPL(enqcmds);
