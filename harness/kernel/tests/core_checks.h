/* SPDX-License-Identifier: BSD-2-Clause */
/* core_checks.h - kernel code of the tests of the core. Each function is run by a task; failures are counted and told. */
#ifndef KERNEL_CORE_CHECKS_H
#define KERNEL_CORE_CHECKS_H

extern unsigned int check_failures;
extern char check_text[512];
void check_fail(const char *file, int line, const char *what);
#define CHECK(condition)                                \
    do {                                                \
        if (!(condition))                               \
            check_fail(__FILE__, __LINE__, #condition); \
    } while (0)

/* core_checks.c */
void check_waits(void *unused);
void check_workqueue(void *unused);
void check_timers(void *unused);
void check_rcu(void *unused);
void check_races(void *unused); /* several tasks, locks, a completion; leaves its trace in the hash */
void check_fail_nth(void *unused);
void check_text_formats(void *unused);
void check_tools(void *unused);
void check_modules(void *unused);
void fault_lock_held(void *unused);
void fault_double_unlock(void *unused);
void fault_sleep_in_atomic(void *unused);
void fault_order(void *unused);
void fault_recursion(void *unused);
void fault_refcount(void *unused);
void fault_bug(void *unused);
void fault_leak(void *unused);
void fault_double_free(void *unused);
void fault_hang(void *unused);
void fault_polls(void *unused);
void fault_irq_lock(void *unused);
/* array_checks.c */
void check_xarray(void *unused);
void check_xarray_random(void *unused);
void check_ids(void *unused);
void check_intervals(void *unused);

#endif
