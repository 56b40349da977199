/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * port.h - what the core of the harness kernel asks of the host's C library: memory, stacks, coroutines and threads, output.
 * Kernel code includes it, hosted code implements it; it includes nothing.
 */
#ifndef KERNEL_PORT_H
#define KERNEL_PORT_H

/* ---- memory, output ---- */
void *port_alloc(unsigned long bytes); /* zeroed; ends the process when there is none */
void port_free(void *memory);
void port_write_error(const char *text);
_Noreturn void port_abort(const char *text);

/*
 * ---- contexts ---- A task's own thread of control. Of all contexts one runs, in the cooperative backend; many do, in the other.
 * The host's thread (who calls host.h) is a context too.
 */
struct port_context;
struct port_backend {
    /* A context that will run function(argument), which never returns: it ends with finish(). */
    struct port_context *(*create)(void (*function)(void *argument), void *argument, const char *name);
    void (*start)(struct port_context *context);   /* threads: it may run now */
    void (*destroy)(struct port_context *context); /* it has finished, or (coroutines) is thrown away */
    void (*finish)(void); /* never returns */
    /* cooperative: the host goes on with a context, and a context gives control back to the host. */
    void (*resume)(struct port_context *context);
    void (*suspend)(void);
    /* threads: the scheduler's lock; waiting for and waking one context, the lock held. */
    void (*lock)(void);
    void (*unlock)(void);
    void (*wait)(struct port_context *context);
    void (*wake)(struct port_context *context);
    void (*pause)(void); /* threads: others may go first */
    void (*machine_lock)(void);
    void (*machine_unlock)(void);
    /* What the thread sanitizer is told: all before release(object) is seen by what follows acquire(object). */
    void (*acquire)(const void *object);
    void (*release)(const void *object);
    struct port_context *(*host)(void); /* the context of the host's thread */
    void (*begin)(void);
    void (*end)(void);
};
extern const struct port_backend port_cooperative, port_threads;

/* The task that runs in this context: one variable, or one for each thread. */
void port_set_current(void *task);
void *port_current(void);

#endif
