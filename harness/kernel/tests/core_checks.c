/* SPDX-License-Identifier: BSD-2-Clause */
/* core_checks.c - waits, work, timers, RCU, modules, and breaches that the audit must find. */
#include "core_checks.h"

#include "kernel/core.h"

#include <linux/bitmap.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/list_sort.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/workqueue.h>

unsigned int check_failures;
char check_text[512];

void check_fail(const char *file, int line, const char *what)
{
    if (!__atomic_fetch_add(&check_failures, 1, __ATOMIC_SEQ_CST))
        snprintf(check_text, sizeof(check_text), "%s:%d: %s", file, line, what);
}

/* ---- waits in simulated time ---- */

static DECLARE_COMPLETION(pong);
static DECLARE_WAIT_QUEUE_HEAD(queue);
static int flag;

static int set_later(void *data)
{
    msleep(5);
    WRITE_ONCE(flag, 1);
    wake_up(&queue);
    msleep(5);
    complete(&pong);
    return 7;
}

void check_waits(void *unused)
{
    unsigned long begin = jiffies;
    struct task_struct *task;

    CHECK(wait_event_timeout(queue, READ_ONCE(flag), 10) == 0);
    CHECK(jiffies - begin == 10);
    CHECK(wait_event_interruptible_timeout(queue, true, 10) == 10);
    task = kthread_run(set_later, NULL, "later");
    CHECK(!IS_ERR(task));
    begin = jiffies;
    CHECK(wait_event_timeout(queue, READ_ONCE(flag), 100) == 95);
    CHECK(wait_for_completion_timeout(&pong, 1) == 0);
    CHECK(wait_for_completion_timeout(&pong, 100) > 0);
    CHECK(jiffies - begin == 10);
    CHECK(!try_wait_for_completion(&pong));
    complete_all(&pong);
    CHECK(try_wait_for_completion(&pong) && completion_done(&pong));
    reinit_completion(&pong);
    WRITE_ONCE(flag, 0);
    udelay(1500);
    CHECK(jiffies - begin == 11);
}

/* ---- work ---- */

static atomic_t ran = ATOMIC_INIT(0);
static struct delayed_work again;

static void work_function(struct work_struct *work)
{
    msleep(3);
    atomic_inc(&ran);
}

static void again_function(struct work_struct *work)
{
    atomic_inc(&ran);
    schedule_delayed_work(&again, 2);
}

void check_workqueue(void *unused)
{
    struct workqueue_struct *ordered = alloc_ordered_workqueue("check", 0);
    struct work_struct work, other;

    INIT_WORK(&work, work_function);
    INIT_WORK(&other, work_function);
    atomic_set(&ran, 0);
    CHECK(ordered != NULL);
    CHECK(!flush_work(&work));
    CHECK(queue_work(ordered, &work));
    CHECK(!queue_work(ordered, &work) || atomic_read(&ran) == 0);
    queue_work(ordered, &other);
    flush_work(&work);
    CHECK(atomic_read(&ran) >= 1);
    flush_workqueue(ordered);
    CHECK(atomic_read(&ran) >= 2 && !work_busy(&work));
    queue_work(ordered, &work);
    cancel_work_sync(&work);
    CHECK(!work_busy(&work));
    destroy_workqueue(ordered);

    atomic_set(&ran, 0);
    INIT_DELAYED_WORK(&again, again_function);
    CHECK(schedule_delayed_work(&again, 2));
    CHECK(!schedule_delayed_work(&again, 2));
    msleep(11);
    CHECK(atomic_read(&ran) >= 4 && atomic_read(&ran) <= 6);
    cancel_delayed_work_sync(&again);
    CHECK(!delayed_work_pending(&again));
    atomic_set(&ran, 0);
    msleep(20);
    CHECK(atomic_read(&ran) == 0);
    CHECK(!cancel_delayed_work(&again));
}

static struct timer_list timer;
static atomic_t fired = ATOMIC_INIT(0);

static void timer_function(struct timer_list *it)
{
    CHECK(in_hardirq());
    if (atomic_inc_return(&fired) < 3)
        mod_timer(it, jiffies + 4);
}

void check_timers(void *unused)
{
    atomic_set(&fired, 0);
    timer_setup(&timer, timer_function, 0);
    CHECK(!mod_timer(&timer, jiffies + 4));
    CHECK(mod_timer(&timer, jiffies + 2) && timer_pending(&timer));
    msleep(30);
    CHECK(atomic_read(&fired) == 3 && !timer_pending(&timer));
    mod_timer(&timer, jiffies + 2);
    CHECK(timer_delete_sync(&timer));
    msleep(5);
    CHECK(atomic_read(&fired) == 3);
}

/* ---- RCU ---- */

struct published {
    struct list_head node;
    struct rcu_head rcu;
    int value;
};
static LIST_HEAD(published);
static DEFINE_SPINLOCK(published_lock);

static int reader(void *data)
{
    while (!kthread_should_stop()) {
        struct published *at;

        rcu_read_lock();
        list_for_each_entry_rcu(at, &published, node)
        {
            CHECK(at->value == 42);
            sched_point();
            CHECK(at->value == 42);
        }
        rcu_read_unlock();
        usleep_range(1, 2);
    }
    return 0;
}

void check_rcu(void *unused)
{
    struct task_struct *task = kthread_run(reader, NULL, "reader");

    for (int i = 0; i < 50; i++) {
        struct published *it = kzalloc(sizeof(*it), GFP_KERNEL);

        it->value = 42;
        spin_lock(&published_lock);
        list_add_rcu(&it->node, &published);
        spin_unlock(&published_lock);
        usleep_range(1, 2);
        spin_lock(&published_lock);
        list_del_rcu(&it->node);
        spin_unlock(&published_lock);
        if (i % 2) {
            kfree_rcu(it, rcu);
        } else {
            synchronize_rcu();
            kfree(it);
        }
    }
    kthread_stop(task);
    rcu_barrier();
}

/* ---- races: whoever is first ---- */

static DEFINE_MUTEX(counter_mutex);
static DECLARE_RWSEM(counter_sem);
static DEFINE_SPINLOCK(counter_lock);
static int counter, spun;

static int racer(void *data)
{
    for (int i = 0; i < 20; i++) {
        mutex_lock(&counter_mutex);
        int seen = counter;
        cond_resched();
        counter = seen + 1;
        mutex_unlock(&counter_mutex);
        spin_lock(&counter_lock);
        spun++;
        spin_unlock(&counter_lock);
        if (i % 3) {
            down_read(&counter_sem);
            up_read(&counter_sem);
        } else {
            down_write(&counter_sem);
            downgrade_write(&counter_sem);
            up_read(&counter_sem);
        }
    }
    complete(data);
    while (!kthread_should_stop()) {
        set_current_state(TASK_INTERRUPTIBLE);
        if (kthread_should_stop())
            __set_current_state(TASK_RUNNING);
        schedule();
    }
    return 3;
}

void check_races(void *unused)
{
    struct task_struct *tasks[4];
    struct completion done;

    init_completion(&done);
    counter = spun = 0;
    for (int i = 0; i < 4; i++)
        tasks[i] = kthread_run(racer, &done, "racer%d", i);
    for (int i = 0; i < 4; i++)
        wait_for_completion(&done);
    for (int i = 0; i < 4; i++)
        CHECK(kthread_stop(tasks[i]) == 3);
    CHECK(counter == 80 && spun == 80);
}

/* ---- fail-nth: three fallible calls ---- */

void check_fail_nth(void *unused)
{
    char *first = kmalloc(8, GFP_KERNEL), *second = NULL, *third = NULL;

    if (first)
        second = kstrdup("x", GFP_KERNEL);
    if (second)
        third = kzalloc(8, GFP_ATOMIC);
    flag = !first ? 1 : !second ? 2 : !third ? 3 : 0;
    check_failures += (unsigned int)flag << 8;
    kfree(third);
    kfree(second);
    kfree(first);
    flag = 0;
}

/* ---- text ---- */

static bool prints(const char *expected, const char *format, ...)
{
    char text[128];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (strcmp(text, expected) != 0)
        snprintf(check_text, sizeof(check_text), "'%s' is not '%s'", text, expected);
    return strcmp(text, expected) == 0;
}

void check_text_formats(void *unused)
{
    u64 address = 0x1234;
    const u8 bytes[] = {1, 0xab};
    unsigned int number;
    bool truth;

    CHECK(prints("  42|42   |00042|-7|+7", "%4d|%-5d|%05d|%d|%+d", 42, 42, 42, -7, 7));
    CHECK(prints("ff FF 0xff 0x00ff 1777777777777777777777", "%x %X %#x %#06x %llo", 255, 255, 255, 255, ~0ull));
    CHECK(prints("18446744073709551615 -1 c str st", "%llu %ld %c %s %.2s", ~0ull, -1l, 'c', "str", "str"));
    CHECK(prints("-ENOMEM 0x1234 01 ab %", "%pe %pad %*ph %%", ERR_PTR(-ENOMEM), &address, 2, bytes));
    CHECK(kstrtouint("0x10\n", 0, &number) == 0 && number == 16);
    CHECK(kstrtouint("4294967296", 10, &number) == -ERANGE && kstrtouint("1x", 10, &number) == -EINVAL);
    CHECK(kstrtobool("on", &truth) == 0 && truth && kstrtobool("off", &truth) == 0 && !truth);
}

static int compare_int(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

void check_tools(void *unused)
{
    int numbers[] = {5, 3, 9, 1, 7, 3};
    DECLARE_BITMAP(bits, 130) = {0};

    sort(numbers, ARRAY_SIZE(numbers), sizeof(int), compare_int, NULL);
    for (unsigned int i = 1; i < ARRAY_SIZE(numbers); i++)
        CHECK(numbers[i - 1] <= numbers[i]);
    bitmap_set(bits, 3, 100);
    CHECK(find_first_bit(bits, 130) == 3 && find_next_zero_bit(bits, 130, 3) == 103 && bitmap_weight(bits, 130) == 100);
    CHECK(bitmap_find_next_zero_area(bits, 130, 0, 4, 3) == 104 && find_last_bit(bits, 130) == 102);
    bitmap_clear(bits, 0, 130);
    CHECK(bitmap_empty(bits, 130) && find_next_bit(bits, 130, 129) == 130);
    CHECK(GENMASK_ULL(63, 0) == ~0ull && roundup_pow_of_two(5) == 8 && ilog2(4096) == 12 && order_base_2(5) == 3);
    CHECK(size_mul(SIZE_MAX, 2) == SIZE_MAX && ALIGN(4097ul, 4096) == 8192);
}

/* ---- modules ---- */

extern int provider_answer(int question); /* test_provider */

void check_modules(void *unused)
{
    typeof(&provider_answer) answer = symbol_get(provider_answer);

    CHECK(answer && answer(6) == 42);
    if (answer)
        symbol_put(provider_answer);
}

/* ---- breaches ---- */

static DEFINE_MUTEX(first_mutex);
static DEFINE_MUTEX(second_mutex);

void fault_lock_held(void *unused)
{
    syscall_enter("ioctl", 0);
    mutex_lock(&first_mutex);
    syscall_leave(0);
    mutex_unlock(&first_mutex);
}

void fault_double_unlock(void *unused)
{
    mutex_lock(&first_mutex);
    mutex_unlock(&first_mutex);
    mutex_unlock(&first_mutex);
}

void fault_sleep_in_atomic(void *unused)
{
    spin_lock(&counter_lock);
    kfree(kmalloc(1, GFP_KERNEL));
    spin_unlock(&counter_lock);
}

void fault_order(void *unused)
{
    mutex_lock(&first_mutex);
    mutex_lock(&second_mutex);
    mutex_unlock(&second_mutex);
    mutex_unlock(&first_mutex);
    mutex_lock(&second_mutex);
    mutex_lock(&first_mutex);
    mutex_unlock(&first_mutex);
    mutex_unlock(&second_mutex);
}

void fault_recursion(void *unused)
{
    static struct mutex own;

    mutex_init(&own); /* who is killed leaves it locked */
    mutex_lock(&own);
    mutex_lock(&own);
}

void fault_refcount(void *unused)
{
    refcount_t count = REFCOUNT_INIT(1);

    CHECK(refcount_dec_and_test(&count));
    refcount_inc(&count);
}

void fault_bug(void *unused)
{
    BUG_ON(true);
}

static void *volatile leaked;

void fault_leak(void *unused)
{
    leaked = kzalloc(24, GFP_KERNEL);
}

void fault_double_free(void *unused)
{
    struct kmem_cache *cache = kmem_cache_create("objects", 32, 8, 0, NULL);
    u8 *object = kmem_cache_alloc(cache, GFP_KERNEL);

    object[32] = 0;
    kmem_cache_free(cache, object);
    kmem_cache_destroy(cache);
}

void fault_hang(void *unused)
{
    struct completion never;

    init_completion(&never);
    syscall_enter("read", 0);
    wait_for_completion(&never);
}

void fault_polls(void *unused)
{
    while (!READ_ONCE(flag))
        cpu_relax();
}

static DEFINE_SPINLOCK(shared_lock);
static void take_shared(struct timer_list *it)
{
    spin_lock(&shared_lock);
    spin_unlock(&shared_lock);
}

void fault_irq_lock(void *unused)
{
    timer_setup(&timer, take_shared, 0);
    mod_timer(&timer, jiffies + 1);
    msleep(3);
    spin_lock(&shared_lock); /* should have been spin_lock_irqsave */
    spin_unlock(&shared_lock);
}
