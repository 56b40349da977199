/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * port_thread.c - contexts that are threads. The scheduler's lock is hidden from the thread sanitizer, which would else take
 * every use of any kernel lock for an order between all threads; the order that a kernel lock really gives is told by acquire and
 * release.
 */
#define _GNU_SOURCE
#include "kernel/port.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct port_context {
    pthread_t thread;
    pthread_cond_t condition;
    bool started, woken;
    void (*function)(void *argument);
    void *argument;
};

static pthread_mutex_t scheduler_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t machine_mutex;
static struct port_context host_context;
static _Thread_local void *current_task;

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WITH_TSAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__) || defined(WITH_TSAN)
void AnnotateIgnoreSyncBegin(const char *file, int line);
void AnnotateIgnoreSyncEnd(const char *file, int line);
void AnnotateIgnoreReadsBegin(const char *file, int line);
void AnnotateIgnoreReadsEnd(const char *file, int line);
void AnnotateIgnoreWritesBegin(const char *file, int line);
void AnnotateIgnoreWritesEnd(const char *file, int line);
void AnnotateHappensBefore(const char *file, int line, const volatile void *object);
void AnnotateHappensAfter(const char *file, int line, const volatile void *object);
#define HIDE_BEGIN()                                                                            \
    (AnnotateIgnoreSyncBegin(__FILE__, __LINE__), AnnotateIgnoreReadsBegin(__FILE__, __LINE__), \
     AnnotateIgnoreWritesBegin(__FILE__, __LINE__))
#define HIDE_END()                                                                            \
    (AnnotateIgnoreWritesEnd(__FILE__, __LINE__), AnnotateIgnoreReadsEnd(__FILE__, __LINE__), \
     AnnotateIgnoreSyncEnd(__FILE__, __LINE__))
#define TELL_BEFORE(object) AnnotateHappensBefore(__FILE__, __LINE__, object)
#define TELL_AFTER(object) AnnotateHappensAfter(__FILE__, __LINE__, object)
#else
#define HIDE_BEGIN() ((void)0)
#define HIDE_END() ((void)0)
#define TELL_BEFORE(object) ((void)(object))
#define TELL_AFTER(object) ((void)(object))
#endif

void port_set_current(void *task)
{
    current_task = task;
}

void *port_current(void)
{
    return current_task;
}

static void lock(void)
{
    HIDE_BEGIN();
    pthread_mutex_lock(&scheduler_mutex);
    HIDE_END();
}

static void unlock(void)
{
    HIDE_BEGIN();
    pthread_mutex_unlock(&scheduler_mutex);
    HIDE_END();
}

static void wait_for_wake(struct port_context *context)
{
    HIDE_BEGIN();
    while (!context->woken)
        pthread_cond_wait(&context->condition, &scheduler_mutex);
    context->woken = false;
    HIDE_END();
}

static void wake(struct port_context *context)
{
    HIDE_BEGIN();
    context->woken = true;
    pthread_cond_signal(&context->condition);
    HIDE_END();
}

static void *entry(void *argument)
{
    struct port_context *self = argument;

    self->function(self->argument);
    return NULL;
}

static struct port_context *create(void (*function)(void *argument), void *argument, const char *name)
{
    struct port_context *context = port_alloc(sizeof(*context));

    (void)name;
    context->function = function;
    context->argument = argument;
    pthread_cond_init(&context->condition, NULL);
    return context;
}

static void start(struct port_context *context)
{
    HIDE_BEGIN();
    context->started = true;
    HIDE_END();
    if (pthread_create(&context->thread, NULL, entry, context) != 0)
        port_abort("harness kernel: no thread for a task");
}

static void destroy(struct port_context *context)
{
    pthread_t thread;
    bool started;

    HIDE_BEGIN();
    thread = context->thread;
    started = context->started;
    HIDE_END();
    if (started)
        pthread_join(thread, NULL);
    HIDE_BEGIN();
    pthread_cond_destroy(&context->condition);
    port_free(context);
    HIDE_END();
}

static void finish(void)
{
    pthread_exit(NULL);
}

static void nothing(void)
{
}

static void nothing_with_context(struct port_context *context)
{
    (void)context;
}

static void pause_it(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 1}, NULL);
}

static void machine_lock_it(void)
{
    pthread_mutex_lock(&machine_mutex);
}

static void machine_unlock_it(void)
{
    pthread_mutex_unlock(&machine_mutex);
}

static void acquire(const void *object)
{
    TELL_AFTER(object);
}

static void release(const void *object)
{
    TELL_BEFORE(object);
}

static struct port_context *host(void)
{
    return &host_context;
}

static void begin(void)
{
    pthread_mutexattr_t recursive;

    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&machine_mutex, &recursive);
    pthread_mutexattr_destroy(&recursive);
    host_context = (struct port_context){.woken = false};
    pthread_cond_init(&host_context.condition, NULL);
}

static void end(void)
{
    pthread_cond_destroy(&host_context.condition);
    pthread_mutex_destroy(&machine_mutex);
}

const struct port_backend port_threads = {
    .create = create,
    .start = start,
    .destroy = destroy,
    .finish = finish,
    .resume = nothing_with_context,
    .suspend = nothing,
    .lock = lock,
    .unlock = unlock,
    .wait = wait_for_wake,
    .wake = wake,
    .pause = pause_it,
    .machine_lock = machine_lock_it,
    .machine_unlock = machine_unlock_it,
    .acquire = acquire,
    .release = release,
    .host = host,
    .begin = begin,
    .end = end,
};
