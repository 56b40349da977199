/* SPDX-License-Identifier: BSD-2-Clause */
/* dma_program.c - see dma_program.h. */
#include "dma_program.h"

#include "kernel/hardware.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

void *host_alloc(unsigned long bytes);
void host_free(void *memory);
void host_print(const char *format, va_list arguments);
int host_format(char *buffer, unsigned long bytes, const char *format, va_list arguments);
void host_fail(const char *what, unsigned long value);

void *host_alloc(unsigned long bytes)
{
    return malloc(bytes ? bytes : 1);
}

void host_free(void *memory)
{
    free(memory);
}

void host_print(const char *format, va_list arguments)
{
    if (getenv("DRIVER_VERBOSE"))
        vprintf(format, arguments);
}

int host_format(char *buffer, unsigned long bytes, const char *format, va_list arguments)
{
    return vsnprintf(buffer, bytes, format, arguments);
}

void host_fail(const char *what, unsigned long value)
{
    fail_msg("%s: %#lx", what, value);
}

#define WIDE_UNIT 1

void dma_program_run(enum platform_architecture architecture, void (*test)(void), const char *bug, const char *units)
{
    struct machine_description description;
    struct machine *machine;
    char error[200];

    machine_standard(architecture, &description);
    if (!units)
        units = getenv("DRIVER_UNIT");
    if (units)
        description.iommus[WIDE_UNIT].parameters = units;
    if (machine_create(&description, &machine, error, sizeof(error)))
        fail_msg("%s", error);
    dma_begin(machine_hardware(machine), bug);
    test();
    dma_end();
    machine_destroy(machine);
}
