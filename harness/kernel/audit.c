/* SPDX-License-Identifier: BSD-2-Clause */
/* audit.c - what went wrong: splats, WARN and BUG, reference counts, broken lists, what a task takes to user space, fail-nth. */
#include "kernel/sched.h"

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>

enum { SPLATS = 256, SPLAT_BYTES = 1024 };

struct splat_record {
    int kind, pid;
    const char *text;
};
static struct splat_record splats[SPLATS];
static char splat_texts[SPLATS][SPLAT_BYTES];
static unsigned long splat_total;
static int splat_busy;

unsigned long splat_count(void);
const void *splat_at(unsigned long index);
void splat_clear(void);

unsigned long splat_count(void)
{
    return min(splat_total, (unsigned long)SPLATS);
}

const void *splat_at(unsigned long index)
{
    return index < splat_count() ? &splats[index] : NULL;
}

void splat_clear(void)
{
    splat_total = 0;
}

void splat(enum splat_kind kind, const char *format, ...)
{
    struct task_struct *task = current;
    va_list arguments;
    unsigned long at;

    while (__atomic_exchange_n(&splat_busy, 1, __ATOMIC_ACQUIRE)) {
    }
    at = splat_total++;
    if (at < SPLATS) {
        va_start(arguments, format);
        vsnprintf(splat_texts[at], SPLAT_BYTES, format, arguments);
        va_end(arguments);
        splats[at] = (struct splat_record){(int)kind, task ? task->pid : 0, splat_texts[at]};
        if (task && sched_of(task)->system_call) {
            size_t length = strlen(splat_texts[at]);

            scnprintf(splat_texts[at] + length, SPLAT_BYTES - length, " [in %s]", sched_of(task)->system_call);
        }
    }
    __atomic_store_n(&splat_busy, 0, __ATOMIC_RELEASE);
}

void audit_begin(void)
{
    splat_clear();
}

bool kernel_warn(const char *file, int line, const char *condition)
{
    splat(SPLAT_WARN, "%s:%d: WARN_ON(%s)", file, line, condition);
    return true;
}

bool kernel_warn_text(const char *file, int line, const char *format, ...)
{
    char text[512];
    va_list arguments;
    size_t length;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    length = strlen(text);
    if (length && text[length - 1] == '\n')
        text[length - 1] = 0;
    splat(SPLAT_WARN, "%s:%d: WARN: %s", file, line, text);
    return true;
}

void kernel_bug(const char *file, int line, const char *condition)
{
    char text[512];

    splat(SPLAT_BUG, "%s:%d: BUG: %s", file, line, condition);
    if (!sched_me()) {
        snprintf(text, sizeof(text), "harness kernel: BUG outside of all tasks: %s:%d: %s", file, line, condition);
        port_abort(text);
    }
    sched_exit(true);
}

void panic(const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    kernel_bug("panic", 0, text);
}

void dump_stack(void)
{
}

void list_report_corruption(const char *operation, const struct list_head *entry)
{
    splat(SPLAT_LIST, "%s of %p: its neighbours do not know it (added twice, removed twice, or freed)", operation, entry);
}

/* ---- what must not be taken to user space ---- */

void sched_describe(struct sched_task *task, char *text, unsigned long bytes)
{
    unsigned long at = 0;

    text[0] = 0;
    for (unsigned int i = 0; i < task->held_count; i++)
        at += scnprintf(text + at, bytes - at, "%s taken at %s:%d; ", lockdep_class_name(task->held[i].class), task->held[i].file,
                        task->held[i].line);
    scnprintf(text + at, bytes - at, "%s%s%s%s", task->preempt_depth ? "preemption off; " : "",
              task->irqs_off ? "interrupts off; " : "", task->rcu_depth ? "in an RCU reader; " : "",
              task->hardirq ? "in an interrupt; " : "");
}

void syscall_enter(const char *what, s64 value)
{
    struct sched_task *me = sched_me();

    me->system_call = what;
    if (sched.trace)
        sched_trace(3, me, what, value);
}

void syscall_leave(s64 result)
{
    struct sched_task *me = sched_me();

    if (me->held_count || me->preempt_depth || me->rcu_depth || me->irqs_off) {
        char text[512];

        sched_describe(me, text, sizeof(text));
        splat(SPLAT_LOCK, "return to user space with: %s", text);
    }
    if (get_current_state() != TASK_RUNNING) {
        splat(SPLAT_LOCK, "return to user space in a sleeping state");
        kernel_set_state(TASK_RUNNING);
    }
    if (sched.trace)
        sched_trace(4, me, me->system_call, result);
    me->system_call = NULL;
}

/* ---- reference counts ---- */

enum { REFCOUNT_SATURATED_AT = -0x40000000 };

static void saturate(refcount_t *count, const char *what)
{
    splat(SPLAT_REFCOUNT, "refcount %p: %s", count, what);
    atomic_set(&count->refs, REFCOUNT_SATURATED_AT);
}

bool refcount_add_not_zero(int by, refcount_t *count)
{
    int old = atomic_read(&count->refs);

    sched_point();
    do {
        if (!old)
            return false;
    } while (!atomic_try_cmpxchg(&count->refs, &old, (int)((unsigned int)old + (unsigned int)by)));
    if (old < 0 || (int)((unsigned int)old + (unsigned int)by) < 0)
        saturate(count, "overflow");
    return true;
}

void refcount_add(int by, refcount_t *count)
{
    int old = atomic_fetch_add(by, &count->refs);

    if (old == 0)
        saturate(count, "increment of 0, which is a use after free");
    else if (old < 0 || (int)((unsigned int)old + (unsigned int)by) < 0)
        saturate(count, "overflow");
}

bool refcount_sub_and_test(int by, refcount_t *count)
{
    int old;

    sched_point();
    old = atomic_fetch_sub(by, &count->refs);
    if (old == by)
        return true;
    if (old < by)
        saturate(count, "underflow, which is a put too many");
    return false;
}

void refcount_dec(refcount_t *count)
{
    int old = atomic_fetch_sub(1, &count->refs);

    if (old <= 1)
        saturate(count, "a decrement that is not tested came to 0");
}

bool refcount_dec_if_one(refcount_t *count)
{
    int one = 1;

    return atomic_try_cmpxchg(&count->refs, &one, 0);
}

bool refcount_dec_not_one(refcount_t *count)
{
    int old = atomic_read(&count->refs);

    do {
        if (old == 1)
            return false;
        if (old <= 0) {
            saturate(count, "underflow, which is a put too many");
            return true;
        }
    } while (!atomic_try_cmpxchg(&count->refs, &old, old - 1));
    return true;
}

bool refcount_dec_and_mutex_lock(refcount_t *count, struct mutex *lock)
{
    if (refcount_dec_not_one(count))
        return false;
    mutex_lock(lock);
    if (!refcount_dec_and_test(count)) {
        mutex_unlock(lock);
        return false;
    }
    return true;
}

/* ---- fail-nth ---- */

bool fault_inject_should_fail(const char *what)
{
    struct sched_task *me = sched_me();

    if (!me || me->hardirq || !me->fail_nth)
        return false;
    me->fail_asked++;
    if (--me->fail_nth)
        return false;
    scnprintf(me->fail_what, sizeof(me->fail_what), "%s (call %u)%s%s", what, me->fail_asked, me->system_call ? " in " : "",
              me->system_call ? me->system_call : "");
    return true;
}
