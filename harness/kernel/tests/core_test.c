/* SPDX-License-Identifier: BSD-2-Clause */
/* core_test.c - the core of the harness kernel: both backends, exploration with several seeds, and what the audit must find. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core_checks.h"
#include "kernel/host.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void boot(struct kernel_config config)
{
    check_failures = 0;
    assert_int_equal(kernel_boot(&config), 0);
}

static const struct kernel_config fifo = {.backend = KERNEL_COOPERATIVE};
static const struct kernel_config threads = {.backend = KERNEL_THREADS};

static void no_splats(void)
{
    for (size_t i = 0; i < kernel_splat_count(); i++)
        print_error("splat: %s\n", kernel_splat(i)->text);
    if (check_failures)
        print_error("check: %s\n", check_text);
    assert_int_equal(kernel_splat_count(), 0);
    assert_int_equal(check_failures, 0);
}

typedef void (*check_function)(void *unused);
static const check_function checks[] = {check_waits,         check_workqueue,    check_timers,   check_rcu,
                                        check_races,         check_text_formats, check_tools,    check_xarray,
                                        check_xarray_random, check_ids,          check_intervals};

static void run_all(struct kernel_config config, size_t from)
{
    boot(config);
    for (size_t i = from; i < COUNT(checks); i++) {
        assert_int_equal(kernel_run(NULL, "check", checks[i], NULL), KERNEL_DONE);
        no_splats();
    }
    kernel_halt();
    no_splats();
}

static void works_first_in_first_out(void **state)
{
    (void)state;
    run_all(fifo, 0);
}

static void works_explored(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++)
        run_all((struct kernel_config){.seed = seed, .explore = true}, 0);
}

static void works_in_threads(void **state)
{
    (void)state;
    run_all(threads, 1); /* the first asks for exact times */
}

static uint64_t trace_of(uint64_t seed)
{
    uint64_t hash;

    boot((struct kernel_config){.seed = seed, .explore = true});
    assert_int_equal(kernel_run(NULL, "check", check_races, NULL), KERNEL_DONE);
    hash = kernel_trace_hash();
    kernel_halt();
    return hash;
}

static void same_seed_same_trace(void **state)
{
    (void)state;
    assert_true(trace_of(1) == trace_of(1));
    assert_true(trace_of(2) == trace_of(2));
    assert_true(trace_of(1) != trace_of(2));
}

static void fail_nth(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= 5; n++) {
        boot(fifo);
        struct task_struct *task = kernel_spawn(NULL, "check", check_fail_nth, NULL);
        kernel_fail_nth(task, n);
        assert_int_equal(kernel_wait(task), KERNEL_DONE);
        assert_int_equal(check_failures >> 8, n <= 3 ? n : 0);
        assert_int_equal(kernel_fail_nth_left(task), n <= 3 ? 0 : n - 3);
        assert_int_equal(kernel_fail_nth_what(task)[0] != 0, n <= 3);
        kernel_release(task);
        check_failures = 0;
        kernel_halt();
        no_splats();
    }
}

/* Each breach is told, by the right kind and words. */
static const struct {
    check_function breach;
    enum kernel_splat_kind kind;
    enum kernel_outcome outcome;
    const char *words;
} breaches[] = {
    {fault_lock_held, KERNEL_SPLAT_LOCK, KERNEL_DONE, "return to user space with: first_mutex"},
    {fault_double_unlock, KERNEL_SPLAT_LOCK, KERNEL_DONE, "does not hold"},
    {fault_sleep_in_atomic, KERNEL_SPLAT_LOCK, KERNEL_DONE, "sleeping function called in atomic context"},
    {fault_order, KERNEL_SPLAT_LOCK, KERNEL_DONE, "lock order: first_mutex is taken while second_mutex is held"},
    {fault_recursion, KERNEL_SPLAT_LOCK, KERNEL_KILLED, "taken again by its owner"},
    {fault_refcount, KERNEL_SPLAT_REFCOUNT, KERNEL_DONE, "increment of 0"},
    {fault_bug, KERNEL_SPLAT_BUG, KERNEL_KILLED, "BUG: true"},
    {fault_leak, KERNEL_SPLAT_LEAK, KERNEL_DONE, "1 objects of 24 bytes"},
    {fault_double_free, KERNEL_SPLAT_MEMORY, KERNEL_DONE, "written past its end"},
    {fault_irq_lock, KERNEL_SPLAT_LOCK, KERNEL_DONE, "shared_lock is taken by interrupts"},
};

static bool told(enum kernel_splat_kind kind, const char *words)
{
    for (size_t i = 0; i < kernel_splat_count(); i++)
        if (kernel_splat(i)->kind == kind && strstr(kernel_splat(i)->text, words))
            return true;
    for (size_t i = 0; i < kernel_splat_count(); i++)
        print_error("told instead: %s\n", kernel_splat(i)->text);
    return false;
}

static void breaches_with(struct kernel_config config)
{
    for (size_t i = 0; i < COUNT(breaches); i++) {
        boot(config);
        assert_int_equal(kernel_run(NULL, "breach", breaches[i].breach, NULL), breaches[i].outcome);
        kernel_halt();
        if (!told(breaches[i].kind, breaches[i].words))
            fail_msg("not told: %s", breaches[i].words);
    }
}

static void breaches_are_told(void **state)
{
    (void)state;
    breaches_with(fifo);
}

static void breaches_are_told_in_threads(void **state)
{
    (void)state;
    breaches_with(threads);
}

static void hang_is_told(void **state)
{
    (void)state;
    boot(fifo);
    struct task_struct *task = kernel_spawn(NULL, "sleeper", fault_hang, NULL);
    assert_int_equal(kernel_wait(task), KERNEL_HANG);
    assert_non_null(strstr(kernel_hang_text(), "sleeper: waiting in read"));
    assert_true(told(KERNEL_SPLAT_HANG, "never ends"));
    kernel_release(task);
    kernel_halt();
    boot(fifo);
    assert_int_equal(kernel_run(NULL, "poller", fault_polls, NULL), KERNEL_HANG);
    assert_non_null(strstr(kernel_hang_text(), "polls without end"));
    kernel_halt();
}

/* ---- modules ---- */

static void modules_load_and_unload(void **state)
{
    (void)state;
    boot(fifo);
    assert_int_equal(kernel_module_load("nothing", NULL), -2);
    assert_int_equal(kernel_module_load("test_user", NULL), 0); /* brings what it depends on */
    assert_true(kernel_module_loaded("test_provider"));
    assert_int_equal(kernel_module_references("test_provider"), 1);
    assert_int_equal(kernel_module_unload("test_provider"), -11);
    assert_int_equal(kernel_module_unload("test_user"), 0);
    assert_int_equal(kernel_module_unload("test_provider"), 0);
    assert_int_equal(kernel_module_unload("test_provider"), -2);
    assert_int_equal(kernel_module_load("test_provider", "refuse"), -19);
    assert_int_equal(kernel_module_load("test_provider", "refuse=n factor=7 unknown=1"), 0);
    assert_int_equal(kernel_module_load("test_user", "mode=wrong"), -22);
    assert_int_equal(kernel_module_load("test_user", "mode=other"), 0);
    kernel_run(NULL, "check", check_modules, NULL);
    kernel_halt();
    no_splats();
}

static void module_matrix(void **state)
{
    static const struct {
        enum kernel_module_state state;
        int load;
    } rows[] = {{MODULE_LOADABLE, 0}, {MODULE_BUILTIN, 0}, {MODULE_FORBIDDEN, -1}, {MODULE_ABSENT, -2}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct kernel_module_config module = {"test_provider", rows[i].state, NULL};

        boot((struct kernel_config){.modules = &module, .module_count = 1});
        assert_int_equal(kernel_module_loaded("test_provider"), rows[i].state == MODULE_BUILTIN);
        kernel_run(NULL, "check", check_modules, NULL);
        assert_int_equal(check_failures != 0, rows[i].state != MODULE_BUILTIN);
        assert_int_equal(kernel_module_load("test_user", NULL), rows[i].load);
        assert_int_equal(kernel_module_loaded("test_user"), rows[i].load == 0);
        if (!rows[i].load) {
            assert_int_equal(kernel_module_unload("test_user"), 0);
            assert_int_equal(kernel_module_unload("test_provider"), rows[i].state == MODULE_BUILTIN ? -16 : 0);
        }
        check_failures = 0;
        kernel_halt();
        no_splats();
    }
}

/* After a test that failed. */
static int halt(void **state)
{
    (void)state;
    kernel_halt();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(works_first_in_first_out, halt),
        cmocka_unit_test_teardown(works_explored, halt),
        cmocka_unit_test_teardown(works_in_threads, halt),
        cmocka_unit_test_teardown(same_seed_same_trace, halt),
        cmocka_unit_test_teardown(fail_nth, halt),
        cmocka_unit_test_teardown(breaches_are_told, halt),
        cmocka_unit_test_teardown(breaches_are_told_in_threads, halt),
        cmocka_unit_test_teardown(hang_is_told, halt),
        cmocka_unit_test_teardown(modules_load_and_unload, halt),
        cmocka_unit_test_teardown(module_matrix, halt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
