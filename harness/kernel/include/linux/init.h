/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_INIT_H
#define _LINUX_INIT_H

#include <linux/compiler.h>
#include <linux/kernel_subsystem.h>

typedef int (*initcall_t)(void);
/* Code that is no module: called while the kernel boots, in the order of levels. */
#define pure_initcall(function) KERNEL_SUBSYSTEM(function, 0, function, NULL)
#define core_initcall(function) KERNEL_SUBSYSTEM(function, 1, function, NULL)
#define postcore_initcall(function) KERNEL_SUBSYSTEM(function, 2, function, NULL)
#define arch_initcall(function) KERNEL_SUBSYSTEM(function, 3, function, NULL)
#define subsys_initcall(function) KERNEL_SUBSYSTEM(function, 4, function, NULL)
#define fs_initcall(function) KERNEL_SUBSYSTEM(function, 5, function, NULL)
#define device_initcall(function) KERNEL_SUBSYSTEM(function, 6, function, NULL)
#define late_initcall(function) KERNEL_SUBSYSTEM(function, 7, function, NULL)

#endif
