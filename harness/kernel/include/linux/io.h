/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * linux/io.h - registers of the modelled hardware. A mapping is no pointer that could be followed: it is the physical address
 * with a mark. Every access lets simulated time pass, so that a loop that waits for a register ends.
 */
#ifndef _LINUX_IO_H
#define _LINUX_IO_H

#include <asm/barrier.h>
#include <linux/types.h>

struct device;

void __iomem *ioremap(phys_addr_t offset, size_t size);
void iounmap(volatile void __iomem *addr);
void __iomem *devm_ioremap(struct device *dev, resource_size_t offset, resource_size_t size);

#define ioremap_wc ioremap
#define ioremap_uc ioremap

u64 mmio_read(const volatile void __iomem *addr, unsigned int bytes);
void mmio_write(volatile void __iomem *addr, unsigned int bytes, u64 value);
/* One posted write of 64 bytes, to a portal; and the deferrable one: 0, or 1 when the device asks to try again. */
void iosubmit_cmds512(void __iomem *dst, const void *src, size_t count);
int enqcmds(void __iomem *dst, const void *src);

#define MMIO_ACCESSORS(letter, type, bytes)                                   \
    static inline type read##letter(const volatile void __iomem *addr)        \
    {                                                                         \
        return (type)mmio_read(addr, bytes);                                  \
    }                                                                         \
    static inline void write##letter(type value, volatile void __iomem *addr) \
    {                                                                         \
        mmio_write(addr, bytes, value);                                       \
    }
MMIO_ACCESSORS(b, u8, 1)
MMIO_ACCESSORS(w, u16, 2)
MMIO_ACCESSORS(l, u32, 4)
MMIO_ACCESSORS(q, u64, 8)
#undef MMIO_ACCESSORS

#define readb_relaxed readb
#define readw_relaxed readw
#define readl_relaxed readl
#define readq_relaxed readq
#define writeb_relaxed writeb
#define writew_relaxed writew
#define writel_relaxed writel
#define writeq_relaxed writeq
#define ioread8(addr) readb(addr)
#define ioread16(addr) readw(addr)
#define ioread32(addr) readl(addr)
#define ioread64(addr) readq(addr)
#define iowrite8(value, addr) writeb(value, addr)
#define iowrite16(value, addr) writew(value, addr)
#define iowrite32(value, addr) writel(value, addr)
#define iowrite64(value, addr) writeq(value, addr)

#endif
