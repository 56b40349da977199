/* SPDX-License-Identifier: BSD-2-Clause */
/* port_coroutine.c - contexts that take turns on one thread: a stack with a guard page each, told to the sanitizers. */
#define _DEFAULT_SOURCE
#include "kernel/port.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <ucontext.h>

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define WITH_TSAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define WITH_TSAN 1
#endif

#ifdef WITH_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef WITH_TSAN
#include <sanitizer/tsan_interface.h>
#endif

enum { GUARD = 4096, STACK_BYTES = 256 * 1024 };

struct port_context {
    void *stack_pointer; /* x86-64 */
    ucontext_t context;  /* others */
    unsigned char *mapping;
    void (*function)(void *argument);
    void *argument;
    void *fake_stack; /* of the address sanitizer */
    const void *stack_bottom;
    size_t stack_bytes;
    void *fiber; /* of the thread sanitizer */
    struct port_context *next_free;
};

static struct port_context host_context;
static struct port_context *running; /* NULL: the host */
static struct port_context *free_contexts;

#ifdef __x86_64__
/* Saves what the ABI lets a callee change only if it restores it, and changes the stack. */
__asm__(".text\n"
        ".type port_switch_stack, @function\n"
        "port_switch_stack:\n"
        "  pushq %rbp\n  pushq %rbx\n  pushq %r12\n  pushq %r13\n  pushq %r14\n  pushq %r15\n"
        "  movq %rsp, (%rdi)\n"
        "  movq %rsi, %rsp\n"
        "  popq %r15\n  popq %r14\n  popq %r13\n  popq %r12\n  popq %rbx\n  popq %rbp\n"
        "  ret\n"
        ".size port_switch_stack, .-port_switch_stack\n");
extern void port_switch_stack(void **save, void *to);
#endif

/* The first thing that a context does, and what follows every change of stacks. */
static void arrive(struct port_context *self)
{
#ifdef WITH_ASAN
    const void *bottom;
    size_t bytes;

    __sanitizer_finish_switch_fiber(self ? self->fake_stack : host_context.fake_stack, &bottom, &bytes);
    if (self && !host_context.stack_bottom) {
        host_context.stack_bottom = bottom;
        host_context.stack_bytes = bytes;
    }
#else
    (void)self;
#endif
}

static void change(struct port_context *from, struct port_context *to, int for_ever)
{
#ifdef WITH_ASAN
    __sanitizer_start_switch_fiber(for_ever ? NULL : &from->fake_stack, to->stack_bottom, to->stack_bytes);
#else
    (void)for_ever;
#endif
#ifdef WITH_TSAN
    __tsan_switch_to_fiber(to->fiber, 0);
#endif
    running = to == &host_context ? NULL : to;
#ifdef __x86_64__
    port_switch_stack(&from->stack_pointer, to->stack_pointer);
#else
    swapcontext(&from->context, &to->context);
#endif
    arrive(from == &host_context ? NULL : from);
}

static void entry(void)
{
    struct port_context *self = running;

    arrive(self);
    self->function(self->argument);
    __builtin_unreachable();
}

static struct port_context *new_context(void)
{
    struct port_context *context = free_contexts;

    if (context) {
        free_contexts = context->next_free;
        return context;
    }
    context = port_alloc(sizeof(*context));
    context->mapping =
        mmap(NULL, GUARD + STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (context->mapping == MAP_FAILED)
        port_abort("harness kernel: no stack for a task");
    mprotect(context->mapping, GUARD, PROT_NONE);
    return context;
}

static struct port_context *create(void (*function)(void *argument), void *argument, const char *name)
{
    struct port_context *context = new_context();

    context->function = function;
    context->argument = argument;
    context->fake_stack = NULL;
    context->stack_bottom = context->mapping + GUARD;
    context->stack_bytes = STACK_BYTES;
#ifdef WITH_TSAN
    context->fiber = __tsan_create_fiber(0);
    __tsan_set_fiber_name(context->fiber, name);
#else
    (void)name;
#endif
#ifdef __x86_64__
    /* six registers, the address to "return" to, and a slot that keeps the stack aligned as after a call */
    uintptr_t *top = (uintptr_t *)(void *)(context->mapping + GUARD + STACK_BYTES) - 8;

    for (int i = 0; i < 8; i++)
        top[i] = 0;
    top[6] = (uintptr_t)entry;
    context->stack_pointer = top;
#else
    getcontext(&context->context);
    context->context.uc_stack.ss_sp = context->mapping + GUARD;
    context->context.uc_stack.ss_size = STACK_BYTES;
    makecontext(&context->context, entry, 0);
#endif
    return context;
}

static void start(struct port_context *context)
{
    (void)context;
}

static void destroy(struct port_context *context)
{
#ifdef WITH_TSAN
    __tsan_destroy_fiber(context->fiber);
#endif
#ifdef WITH_ASAN
    __asan_unpoison_memory_region(context->mapping + GUARD, STACK_BYTES);
#endif
    context->next_free = free_contexts;
    free_contexts = context;
}

static void resume(struct port_context *context)
{
    change(&host_context, context, 0);
}

static void suspend(void)
{
    change(running, &host_context, 0);
}

static void finish(void)
{
    change(running, &host_context, 1);
    __builtin_unreachable();
}

static void nothing(void)
{
}

static void nothing_with_context(struct port_context *context)
{
    (void)context;
}

static void nothing_with_object(const void *object)
{
    (void)object;
}

static struct port_context *host(void)
{
    return &host_context;
}

static void begin(void)
{
    host_context = (struct port_context){0};
#ifdef WITH_TSAN
    host_context.fiber = __tsan_get_current_fiber();
#endif
    running = NULL;
}

static void end(void)
{
    while (free_contexts) {
        struct port_context *context = free_contexts;

        free_contexts = context->next_free;
        munmap(context->mapping, GUARD + STACK_BYTES);
        port_free(context);
    }
}

const struct port_backend port_cooperative = {
    .create = create,
    .start = start,
    .destroy = destroy,
    .finish = finish,
    .resume = resume,
    .suspend = suspend,
    .lock = nothing,
    .unlock = nothing,
    .wait = nothing_with_context,
    .wake = nothing_with_context,
    .pause = nothing,
    .machine_lock = nothing,
    .machine_unlock = nothing,
    .acquire = nothing_with_object,
    .release = nothing_with_object,
    .host = host,
    .begin = begin,
    .end = end,
};
