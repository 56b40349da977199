/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_CAPABILITY_H
#define _LINUX_CAPABILITY_H

#include <linux/types.h>

struct task_struct;

#define CAP_IPC_LOCK 14
#define CAP_SYS_RAWIO 17
#define CAP_SYS_ADMIN 21
#define CAP_SYS_RESOURCE 24

bool capable(int capability);
bool has_capability_noaudit(struct task_struct *task, int capability);
#define has_capability(task, capability) has_capability_noaudit(task, capability)

#endif
