/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lockdep.c - the order of locks: an edge for every pair of classes of which the second was taken while the first was held. An
 * edge that closes a circle is a deadlock that only waits for its moment. Also: a class that interrupts take must not be held
 * with them on.
 */
#include "kernel/sched.h"

#include <linux/bitops.h>
#include <linux/string.h>

enum { CLASSES = 512, WORDS = CLASSES / 64 };

struct lock_class {
    const void *key;
    unsigned int subclass;
    const char *name;
    bool in_irq, irqs_on, reported;
};

static struct {
    struct lock_class classes[CLASSES];
    unsigned int count;
    unsigned long after[CLASSES][WORDS]; /* edges */
    struct {
        const char *file;
        int line;
    } place[CLASSES]; /* where the class was taken first */
} graph;

void lockdep_begin(void)
{
    memset(&graph, 0, sizeof(graph));
}

const char *lockdep_class_name(unsigned int class)
{
    const char *name = graph.classes[class].name;

    return name ? name : "a lock";
}

/* Class 0 is for what came when the table was full: it is not checked. */
unsigned int lockdep_class(struct kernel_lock *lock, unsigned int subclass)
{
    const void *key = lock->key ? (const void *)lock->key : lock;
    unsigned int at;

    for (at = 1; at <= graph.count; at++)
        if (graph.classes[at].key == key && graph.classes[at].subclass == subclass)
            return at;
    if (graph.count + 1 >= CLASSES)
        return 0;
    graph.count++;
    graph.classes[at] = (struct lock_class){.key = key, .subclass = subclass, .name = lock->name};
    return at;
}

static bool reaches(unsigned int from, unsigned int to, unsigned long *seen)
{
    if (from == to)
        return true;
    seen[from / 64] |= 1ul << (from % 64);
    for (unsigned int word = 0; word < WORDS; word++) {
        unsigned long next = graph.after[from][word] & ~seen[word];

        while (next) {
            unsigned int class = word * 64 + (unsigned int)__builtin_ctzl(next);

            next &= next - 1;
            if (!(seen[word] & (1ul << (class % 64))) && reaches(class, to, seen))
                return true;
        }
    }
    return false;
}

static void add_edge(unsigned int from, unsigned int to, const struct held_lock *held, const char *file, int line)
{
    unsigned long seen[WORDS] = {0};

    if (graph.after[from][to / 64] & (1ul << (to % 64)))
        return;
    if (reaches(to, from, seen))
        splat(SPLAT_LOCK,
              "%s:%d: lock order: %s is taken while %s is held (since %s:%d); elsewhere it is the other way (%s at %s:%d)", file,
              line, lockdep_class_name(to), lockdep_class_name(from), held->file, held->line, lockdep_class_name(from),
              graph.place[from].file ? graph.place[from].file : "?", graph.place[from].line);
    graph.after[from][to / 64] |= 1ul << (to % 64);
}

static void check_irq(struct sched_task *me, unsigned int class, const char *file, int line)
{
    struct lock_class *it = &graph.classes[class];

    if (me->hardirq)
        it->in_irq = true;
    else if (!me->irqs_off)
        it->irqs_on = true;
    if (it->in_irq && it->irqs_on && !it->reported) {
        it->reported = true;
        splat(SPLAT_LOCK, "%s:%d: %s is taken by interrupts, and elsewhere with interrupts on", file, line,
              lockdep_class_name(class));
    }
}

void lockdep_acquire(struct sched_task *me, struct kernel_lock *lock, unsigned int class, unsigned int mode, const char *file,
                     int line)
{
    if (!class)
        return;
    if (mode & LOCK_SPIN)
        check_irq(me, class, file, line);
    for (unsigned int i = 0; i < me->held_count; i++) {
        struct held_lock *held = &me->held[i];

        if (!held->class || held->lock == lock)
            continue;
        if (held->class == class) {
            if (!graph.classes[class].reported && !((mode & LOCK_READ) && (held->mode & LOCK_READ)))
                splat(SPLAT_LOCK, "%s:%d: a second lock of the class %s, the first was taken at %s:%d", file, line,
                      lockdep_class_name(class), held->file, held->line);
            graph.classes[class].reported = true;
            continue;
        }
        add_edge(held->class, class, held, file, line);
    }
    if (!graph.place[class].file) {
        graph.place[class].file = file;
        graph.place[class].line = line;
    }
}
