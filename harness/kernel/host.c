/* SPDX-License-Identifier: BSD-2-Clause */
/* host.c - what host.h promises: boot, halt, tasks from outside, reports. Kernel code; the bridge gives it the types of host.h.
 */
#include "kernel/host.h"
#include "kernel/hardware.h"
#include "kernel/sched.h"

#include <linux/slab.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>

#define HANG_DEFAULT_PS 600000000000000ull

extern const struct kernel_subsystem *const __weak __start_kernel_subsystems[], *const __weak __stop_kernel_subsystems[];
extern void (*print_hook)(void *context, int level, const char *line);
extern void *print_context;
const char *print_line(unsigned long index);
void print_counts(u64 *total, u64 *errors, u64 *unlimited);
unsigned long splat_count(void);
const void *splat_at(unsigned long index);
void splat_clear(void);
void slab_use(u64 *count, u64 *bytes);
struct module *module_find(const char *name);
int module_load(const char *name, const char *parameters);
int module_unload(const char *name);
void module_preset(const char *name, int state, const char *parameters);
void module_reset_all(void);
int module_set_state(const char *name, int state);

_Static_assert((int)KERNEL_SPLAT_MODULE == (int)SPLAT_MODULE, "the kinds of splats are the same on both sides");

const struct hardware *hardware __weak; /* the device model has the real one; tests of the core have no machine */
static u64 seed;
static char hang_text[8192];
static bool irq_stop;

u64 kernel_seed(void)
{
    return seed;
}

/* ---- the time line ---- */

static void (*trace_hook)(void *context, const struct kernel_trace_event *event);

void sched_trace(int kind, struct sched_task *task, const char *what, s64 value)
{
    struct kernel_trace_event event = {.at_ps = time_now_ps(),
                                       .pid = task ? task->task.pid : 0,
                                       .task = task ? task->task.comm : "",
                                       .kind = (enum kernel_trace_kind)kind,
                                       .what = what ? what : "",
                                       .value = value};

    trace_hook(sched.trace_context, &event);
}

void sched_trace_point(const char *system, const char *text);
void sched_trace_point(const char *system, const char *text)
{
    struct sched_task *task = sched_me();
    struct kernel_trace_event event = {.at_ps = time_now_ps(),
                                       .pid = task ? task->task.pid : 0,
                                       .task = task ? task->task.comm : "",
                                       .kind = TRACE_POINT,
                                       .what = system,
                                       .text = text};

    trace_hook(sched.trace_context, &event);
}

void kernel_trace_points(bool on)
{
    WRITE_ONCE(tracepoint_heard, on);
}

void kernel_trace(const char *what, int64_t value)
{
    if (sched.trace)
        sched_trace(TRACE_NOTE, sched_me(), what, value);
}

/* ---- tasks from outside ---- */

struct task_struct *kernel_spawn(struct process *process, const char *name, void (*function)(void *argument), void *argument)
{
    struct sched_task *task = sched_create(process, name, function, argument);

    sched_start(task);
    return &task->task;
}

enum kernel_outcome kernel_poll(struct task_struct *task)
{
    struct sched_task *it = sched_of(task);
    enum kernel_outcome outcome;

    sched_lock();
    outcome = it->run_state != RUN_DEAD ? KERNEL_RUNNING : it->killed ? KERNEL_KILLED : KERNEL_DONE;
    if (outcome != KERNEL_RUNNING)
        sched.backend->acquire(it);
    sched_unlock();
    return outcome;
}

static bool task_done(void *argument)
{
    return kernel_poll(argument) != KERNEL_RUNNING;
}

static void describe_all(void)
{
    static const char *const states[] = {"new", "ready", "running", "waiting", "dead"};
    struct sched_task *task;
    unsigned long at = 0;

    hang_text[0] = 0;
    sched_lock();
    list_for_each_entry(task, &sched.tasks, all)
    {
        char held[256];

        if (task->service && !task->held_count)
            continue;
        sched_describe(task, held, sizeof(held));
        at += scnprintf(hang_text + at, sizeof(hang_text) - at, "task %d %s: %s%s%s, for %s at %s:%d%s%s\n", task->task.pid,
                        task->task.comm, states[task->run_state], task->system_call ? " in " : "",
                        task->system_call ? task->system_call : "", task->why ? task->why : "nothing",
                        task->why_file ? task->why_file : "?", task->why_line, held[0] ? "; holds " : "", held);
        if (task->lock_wait && task->what && ((const struct kernel_lock *)task->what)->owner)
            at += scnprintf(hang_text + at, sizeof(hang_text) - at, "    the lock is held by task %d\n",
                            ((const struct kernel_lock *)task->what)->owner->pid);
    }
    sched_unlock();
}

enum kernel_outcome kernel_wait(struct task_struct *task)
{
    if (sched_loop(task_done, task, time_now_ps() + sched.hang_after_ps))
        return kernel_poll(task);
    sched.livelock = false;
    describe_all();
    splat(SPLAT_HANG, "task %d (%s) never ends:\n%s", task->pid, task->comm, hang_text);
    return KERNEL_HANG;
}

void kernel_release(struct task_struct *task)
{
    sched_reap();
    put_task_struct(task);
}

enum kernel_outcome kernel_run(struct process *process, const char *name, void (*function)(void *argument), void *argument)
{
    struct task_struct *task = kernel_spawn(process, name, function, argument);
    enum kernel_outcome outcome = kernel_wait(task);

    kernel_release(task);
    return outcome;
}

static bool never(void *argument)
{
    return false;
}

void kernel_settle(uint64_t until_ps)
{
    sched_loop(never, NULL, until_ps);
}

bool kernel_run_until(bool (*function)(void *argument), void *argument, uint64_t until_ps)
{
    return sched_loop(function, argument, until_ps);
}

void kernel_signal(struct task_struct *task, bool fatal)
{
    sched_signal_task(sched_of(task), fatal);
}

uint64_t kernel_now_ps(void)
{
    return time_now_ps();
}

void kernel_machine_lock(void)
{
    if (sched.on)
        machine_lock();
}

void kernel_machine_unlock(void)
{
    if (sched.on)
        machine_unlock();
}

const char *kernel_hang_text(void)
{
    return hang_text;
}

uint64_t kernel_trace_hash(void)
{
    return sched.hash;
}

/* ---- fail-nth ---- */

static struct sched_task *named(struct task_struct *task)
{
    return task ? sched_of(task) : sched_me();
}

void kernel_fail_nth(struct task_struct *task, unsigned int n)
{
    named(task)->fail_nth = n;
    named(task)->fail_asked = 0;
    named(task)->fail_what[0] = 0;
}

unsigned int kernel_fail_nth_left(struct task_struct *task)
{
    return named(task)->fail_nth;
}

const char *kernel_fail_nth_what(struct task_struct *task)
{
    return named(task)->fail_what;
}

/* ---- reports ---- */

size_t kernel_splat_count(void)
{
    return splat_count();
}

const struct kernel_splat *kernel_splat(size_t index)
{
    return splat_at(index);
}

void kernel_splats_clear(void)
{
    splat_clear();
}

struct kernel_print_counts kernel_print_counts(void)
{
    u64 lines, errors, unlimited;

    print_counts(&lines, &errors, &unlimited);
    return (struct kernel_print_counts){lines, errors, unlimited};
}

const char *kernel_log_line(size_t index)
{
    return print_line(index);
}

void kernel_memory_use(uint64_t *objects, uint64_t *bytes)
{
    u64 count, size;

    slab_use(&count, &size);
    *objects = count;
    *bytes = size;
}

/* ---- modules from outside ---- */

struct module_call {
    const char *name, *parameters;
    int result;
};

static void call_load(void *argument)
{
    struct module_call *call = argument;

    call->result = module_load(call->name, call->parameters);
}

static void call_unload(void *argument)
{
    struct module_call *call = argument;

    call->result = module_unload(call->name);
}

static int module_task(void (*function)(void *argument), struct module_call *call)
{
    if (current)
        function(call);
    else if (kernel_run(NULL, "modprobe", function, call) != KERNEL_DONE)
        return -EIO;
    return call->result;
}

int kernel_module_load(const char *name, const char *parameters)
{
    return module_task(call_load, &(struct module_call){name, parameters, 0});
}

int kernel_module_unload(const char *name)
{
    return module_task(call_unload, &(struct module_call){name, NULL, 0});
}

int kernel_module_set_state(const char *name, enum kernel_module_state state)
{
    return module_set_state(name, (int)state);
}

bool kernel_module_loaded(const char *name)
{
    struct module *module = module_find(name);

    return module && module->loaded;
}

int kernel_module_references(const char *name)
{
    struct module *module = module_find(name);

    return module ? module->references : 0;
}

/* ---- boot ---- */

extern void irq_poll(void) __weak;

static void irq_main(void *unused)
{
    struct sched_task *me = sched_me();

    sched_lock();
    while (!irq_stop) {
        if (!sched.irq_pending) {
            sched_park("interrupts", NULL, __FILE__, __LINE__);
            continue;
        }
        sched.irq_pending = false;
        sched_unlock();
        me->hardirq = true;
        irq_poll();
        me->hardirq = false;
        sched_lock();
    }
    sched_unlock();
}

static int compare_levels(unsigned int a, unsigned int b)
{
    return __start_kernel_subsystems[a]->level - __start_kernel_subsystems[b]->level;
}

enum { SUBSYSTEMS_MAX = 64 };
static unsigned int order[SUBSYSTEMS_MAX], subsystems, booted;

static void sort_subsystems(void)
{
    subsystems = (unsigned int)min(__stop_kernel_subsystems - __start_kernel_subsystems, (long)SUBSYSTEMS_MAX);
    for (unsigned int i = 0; i < subsystems; i++) {
        unsigned int at = i;

        for (; at && compare_levels(order[at - 1], i) > 0; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

static void halt_subsystems(void)
{
    while (booted) {
        const struct kernel_subsystem *it = __start_kernel_subsystems[order[--booted]];

        if (it->halt)
            it->halt();
    }
}

static void boot_task(void *argument)
{
    int *result = argument;

    *result = rcu_begin();
    if (!*result)
        *result = timers_begin();
    if (!*result)
        *result = workqueue_begin();
    for (; !*result && booted < subsystems; booted++) {
        const struct kernel_subsystem *it = __start_kernel_subsystems[order[booted]];

        if (it->boot)
            *result = it->boot();
        if (*result) {
            pr_err("subsystem %s: boot failed: %d\n", it->name, *result);
            break;
        }
    }
    if (!*result)
        *result = modules_begin();
}

static void halt_task(void *unused)
{
    modules_end();
    halt_subsystems();
    flush_workqueue(system_wq);
    workqueue_end();
    rcu_end();
    timers_end();
}

/* Some races want two tasks side by side, others one that has ended before the next begins: seeds of both kinds. */
static unsigned int preempt_percent(const struct kernel_config *config)
{
    static const unsigned int rates[] = {25, 8, 1};

    return config->preempt_percent ? config->preempt_percent : rates[config->seed % ARRAY_SIZE(rates)];
}

static void begin(const struct kernel_config *config)
{
    sched = (struct sched){.backend = config->backend == KERNEL_THREADS ? &port_threads : &port_cooperative,
                           .next_pid = 1,
                           .explore = config->explore,
                           .preempt_percent = preempt_percent(config),
                           .random = config->seed,
                           .hang_after_ps = config->hang_after_ps ? config->hang_after_ps : HANG_DEFAULT_PS,
                           .trace_context = config->context};
    INIT_LIST_HEAD(&sched.tasks);
    INIT_LIST_HEAD(&sched.ready);
    INIT_LIST_HEAD(&sched.timers);
    INIT_LIST_HEAD(&sched.graves);
    seed = config->seed;
    trace_hook = config->trace;
    sched.trace = (void (*)(void *, const void *))config->trace;
    tracepoint_heard = false;
    print_hook = config->print;
    print_context = config->context;
    hardware = config->hardware;
    hang_text[0] = 0;
    irq_stop = false;
    booted = 0;
    audit_begin();
    print_begin();
    lockdep_begin();
    slab_begin();
    module_reset_all();
    for (size_t i = 0; i < config->module_count; i++)
        module_preset(config->modules[i].name, (int)config->modules[i].state, config->modules[i].parameters);
    sched.backend->begin();
    if (hardware)
        sched_clock_to(hardware->ops->now_ps(hardware->context));
    sort_subsystems();
}

int kernel_boot(const struct kernel_config *config)
{
    int result = -EIO;

    if (sched.on)
        return -EBUSY;
    begin(config);
    sched.on = true;
    if (irq_poll) {
        struct sched_task *task = sched_create(NULL, "irq", irq_main, NULL);

        task->service = true;
        put_task_struct(&task->task);
        sched.irq_task = task;
        sched_start(task);
    }
    if (kernel_run(NULL, "boot", boot_task, &result) != KERNEL_DONE && result >= 0)
        result = -EIO;
    if (result < 0)
        kernel_halt();
    return result;
}

/* What is left of user tasks is thrown away, with the fact reported. */
static void bury_all(void)
{
    struct sched_task *task, *next;

    sched_lock();
    list_for_each_entry_safe(task, next, &sched.tasks, all)
    {
        splat(SPLAT_LEAK, "task %d (%s) is still there, waiting for %s at %s:%d", task->task.pid, task->task.comm,
              task->why ? task->why : "nothing", task->why_file ? task->why_file : "?", task->why_line);
        if (sched.backend == &port_threads)
            continue; /* a thread that waits for ever cannot be taken away */
        sched_timer_cancel(&task->timer);
        if (task->run_state == RUN_READY)
            list_del_init(&task->run);
        task->run_state = RUN_DEAD;
        list_move_tail(&task->all, &sched.graves);
    }
    sched_unlock();
}

extern struct process *process_first(void) __weak;
extern int64_t process_exit(struct process *process) __weak;

/* What a test that failed has left behind is closed before the modules go, whose functions its files have. */
static void exit_processes(void)
{
    struct process *process;

    while (process_first && process_exit && (process = process_first()) != NULL) {
        splat(SPLAT_LEAK, "a process has not exited before the halt");
        if (process_exit(process))
            break;
    }
}

static bool all_rest(void *argument)
{
    bool rest;

    sched_lock();
    rest = list_empty(&sched.ready) && !sched.running;
    sched_unlock();
    return rest;
}

void kernel_halt(void)
{
    if (!sched.on)
        return;
    sched.halting = true;
    exit_processes();
    kernel_run(NULL, "halt", halt_task, NULL);
    sched_lock();
    irq_stop = true;
    sched_unlock();
    irq_kick();
    sched_loop(all_rest, NULL, U64_MAX);
    sched_reap();
    bury_all();
    sched_reap();
    sched.irq_task = NULL;
    slab_audit();
    print_end();
    sched.trace = NULL;
    sched.backend->end();
    hardware = NULL;
    sched.on = false;
}
