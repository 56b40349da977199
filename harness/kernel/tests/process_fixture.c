/* SPDX-License-Identifier: BSD-2-Clause */
/* process_fixture.c - see process_fixture.h. */
#include "kernel/tests/process_fixture.h"

#include "kernel/tests/fake_machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct process *process;

/* HARNESS_TEST_THREADS=1: tasks are threads. HARNESS_TEST_SEED=n: exploration. */
static struct kernel_config configuration(void)
{
    const char *threads = getenv("HARNESS_TEST_THREADS"), *seed = getenv("HARNESS_TEST_SEED");
    struct kernel_config config = {.backend = threads && *threads == '1' ? KERNEL_THREADS : KERNEL_COOPERATIVE};

    if (seed) {
        config.seed = strtoull(seed, NULL, 0);
        config.explore = true;
    }
    return config;
}

int fixture_start(void **state)
{
    struct kernel_config config = configuration();

    config.hardware = fake_machine_start(*state != NULL);
    checks_failed = NULL;
    if (kernel_boot(&config))
        return -1;
    kernel_splats_clear();
    process = fixture_process(1000, 64 * PAGE);
    return process ? 0 : -1;
}

int fixture_stop(void **state)
{
    (void)state;
    if (process)
        process_exit(process);
    process = NULL;
    kernel_halt();
    for (size_t i = 0; i < kernel_splat_count(); i++)
        print_error("splat: %s\n", kernel_splat(i)->text);
    fake_machine_stop();
    return kernel_splat_count() ? -1 : 0;
}

struct process *fixture_process(uint32_t uid, uint64_t memlock)
{
    return process_create(&(struct process_config){.name = "test", .uid = uid, .memlock = memlock});
}

void fixture_check(struct process *by, void (*check)(void *argument), void *argument)
{
    assert_int_equal(kernel_run(by, "check", check, argument), KERNEL_DONE);
    if (checks_failed)
        fail_msg("%s", checks_failed);
}

void fixture_splats(size_t count, const char *const *words)
{
    assert_int_equal(kernel_splat_count(), count);
    for (size_t i = 0; i < count; i++)
        if (!strstr(kernel_splat(i)->text, words[i]))
            fail_msg("%s does not say %s", kernel_splat(i)->text, words[i]);
    kernel_splats_clear();
}

struct task_struct *fixture_spawn(void (*function)(void *argument), void *argument)
{
    struct task_struct *task = kernel_spawn(process, "task", function, argument);

    assert_non_null(task);
    fixture_settle();
    return task;
}

void fixture_end(struct task_struct *task)
{
    assert_int_equal(kernel_wait(task), KERNEL_DONE);
    kernel_release(task);
}

void fixture_settle(void)
{
    kernel_settle(kernel_now_ps());
}
