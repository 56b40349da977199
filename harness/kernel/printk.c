/* SPDX-License-Identifier: BSD-2-Clause */
/* printk.c - the log: kept, counted by level, and handed on to the host line by line. */
#include "kernel/sched.h"

#include <linux/printk.h>
#include <linux/ratelimit.h>

enum { LINES = 512, LINE_BYTES = 256 };

static char lines[LINES][LINE_BYTES];
static unsigned long line_count, error_count, unlimited_count;
static int busy;
void (*print_hook)(void *context, int level, const char *line);
void *print_context;

const char *print_line(unsigned long index);
void print_counts(u64 *total, u64 *errors, u64 *unlimited);

const char *print_line(unsigned long index)
{
    unsigned long kept = min(line_count, (unsigned long)LINES);

    return index < kept ? lines[(line_count - kept + index) % LINES] : NULL;
}

void print_counts(u64 *total, u64 *errors, u64 *unlimited)
{
    *total = line_count;
    *errors = error_count;
    *unlimited = unlimited_count;
}

void print_begin(void)
{
    line_count = error_count = unlimited_count = 0;
}

void print_end(void)
{
    print_hook = NULL;
}

static int emit(bool limited, const char *format, va_list arguments)
{
    int level = 4, count;
    char *line;
    size_t length;

    if (format[0] == KERN_SOH[0] && format[1]) {
        level = format[1] >= '0' && format[1] <= '7' ? format[1] - '0' : 6;
        format += 2;
    }
    while (__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE)) {
    }
    line = lines[line_count % LINES];
    count = vsnprintf(line, LINE_BYTES, format, arguments);
    length = strlen(line);
    if (length && line[length - 1] == '\n')
        line[length - 1] = 0;
    line_count++;
    error_count += level <= 3;
    unlimited_count += level <= 3 && !limited;
    if (print_hook)
        print_hook(print_context, level, line);
    __atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
    if (sched.trace)
        sched_trace(5, sched_me(), line, level);
    return count;
}

int vprintk(const char *format, va_list arguments)
{
    return emit(false, format, arguments);
}

int _printk(const char *format, ...)
{
    va_list arguments;
    int count;

    va_start(arguments, format);
    count = emit(false, format, arguments);
    va_end(arguments);
    return count;
}

int kernel_printk_limited(const char *format, ...)
{
    va_list arguments;
    int count;

    va_start(arguments, format);
    count = emit(true, format, arguments);
    va_end(arguments);
    return count;
}

int __ratelimit(struct ratelimit_state *state)
{
    u64 now = time_now_ps() / 1000;
    int pass;

    while (__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE)) {
    }
    if (!state->begin_ns || now < state->begin_ns || now - state->begin_ns >= (u64)state->interval * 1000000) {
        state->begin_ns = now ? now : 1;
        state->printed = 0;
    }
    pass = state->printed < state->burst;
    if (pass)
        state->printed++;
    else
        state->missed++;
    __atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
    return pass;
}
