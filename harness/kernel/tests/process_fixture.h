/* SPDX-License-Identifier: BSD-2-Clause */
/* process_fixture.h - a kernel on the fake machine for each test, a process in it, and at the end: nothing left, no splat. */
#ifndef PROCESS_FIXTURE_H
#define PROCESS_FIXTURE_H

#include "kernel/host.h"
#include "kernel/process.h"
#include "kernel/tests/memory_checks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PAGE 4096u
#define ALL (PROCESS_READ | PROCESS_WRITE)

extern struct process *process; /* of the test; NULL: it has exited */

int fixture_start(void **state);
int fixture_stop(void **state);
/* Runs a check of memory_checks.h by a task of a process (NULL: of the kernel). */
void fixture_check(struct process *by, void (*check)(void *argument), void *argument);
/* That many splats, whose texts hold the words in order; and forgets them. */
void fixture_splats(size_t count, const char *const *words);
struct process *fixture_process(uint32_t uid, uint64_t memlock);
/* A task of the process; to be given to fixture_end(). */
struct task_struct *fixture_spawn(void (*function)(void *argument), void *argument);
void fixture_end(struct task_struct *task);
void fixture_settle(void);

#define fixture_test(function) cmocka_unit_test_setup_teardown(function, fixture_start, fixture_stop)

#endif
