/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_IRQ_H
#define _LINUX_IRQ_H
#include <linux/interrupt.h>
#endif
