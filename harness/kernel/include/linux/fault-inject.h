/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_FAULT_INJECT_H
#define _LINUX_FAULT_INJECT_H

#include <linux/types.h>

/*
 * True: this call, which the real kernel could fail, is the one that the host asked to fail (fail-nth of the current task).
 * `what` names it in reports: "kmalloc", "copy_to_user" ... To be asked exactly once by each fallible call, after its arguments
 * were found right.
 */
bool fault_inject_should_fail(const char *what);

#endif
