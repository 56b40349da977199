/* SPDX-License-Identifier: BSD-2-Clause */
/* linux/iopoll.h - wait for a register to become something. 0, or -ETIMEDOUT; 0 as timeout_us: for ever. */
#ifndef _LINUX_IOPOLL_H
#define _LINUX_IOPOLL_H

#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/ktime.h>

#define __read_poll_timeout(op, val, cond, pause, timeout_us, args...)            \
    ({                                                                            \
        u64 __timeout_us = (timeout_us);                                          \
        ktime_t __last = ktime_add_us(ktime_get(), __timeout_us);                 \
        bool __done;                                                              \
        for (;;) {                                                                \
            bool __late = __timeout_us && ktime_compare(ktime_get(), __last) > 0; \
            (val) = op(args);                                                     \
            __done = (cond);                                                      \
            if (__done || __late)                                                 \
                break;                                                            \
            pause;                                                                \
        }                                                                         \
        __done ? 0 : -ETIMEDOUT;                                                  \
    })

#define read_poll_timeout(op, val, cond, sleep_us, timeout_us, sleep_before_read, args...)                                     \
    ({                                                                                                                         \
        unsigned long __sleep_us = (sleep_us);                                                                                 \
        if ((sleep_before_read) && __sleep_us)                                                                                 \
            usleep_range(__sleep_us, __sleep_us);                                                                              \
        __read_poll_timeout(op, val, cond, __sleep_us ? usleep_range(__sleep_us, __sleep_us) : cpu_relax(), timeout_us, args); \
    })

#define read_poll_timeout_atomic(op, val, cond, delay_us, timeout_us, delay_before_read, args...)            \
    ({                                                                                                       \
        unsigned long __delay_us = (delay_us);                                                               \
        if ((delay_before_read) && __delay_us)                                                               \
            udelay(__delay_us);                                                                              \
        __read_poll_timeout(op, val, cond, __delay_us ? udelay(__delay_us) : cpu_relax(), timeout_us, args); \
    })

#define readx_poll_timeout(op, addr, val, cond, sleep_us, timeout_us) \
    read_poll_timeout(op, val, cond, sleep_us, timeout_us, false, addr)
#define readx_poll_timeout_atomic(op, addr, val, cond, delay_us, timeout_us) \
    read_poll_timeout_atomic(op, val, cond, delay_us, timeout_us, false, addr)

#define readl_poll_timeout(addr, val, cond, us, timeout_us) readx_poll_timeout(readl, addr, val, cond, us, timeout_us)
#define readl_poll_timeout_atomic(addr, val, cond, us, timeout_us) \
    readx_poll_timeout_atomic(readl, addr, val, cond, us, timeout_us)
#define readq_poll_timeout(addr, val, cond, us, timeout_us) readx_poll_timeout(readq, addr, val, cond, us, timeout_us)
#define readq_poll_timeout_atomic(addr, val, cond, us, timeout_us) \
    readx_poll_timeout_atomic(readq, addr, val, cond, us, timeout_us)
#define readl_relaxed_poll_timeout readl_poll_timeout
#define readl_relaxed_poll_timeout_atomic readl_poll_timeout_atomic
#define readq_relaxed_poll_timeout readq_poll_timeout
#define readq_relaxed_poll_timeout_atomic readq_poll_timeout_atomic

#endif
