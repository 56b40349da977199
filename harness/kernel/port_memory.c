/* SPDX-License-Identifier: BSD-2-Clause */
/* port_memory.c - memory and output for the core of the harness kernel. */
#include "kernel/port.h"

#include <stdio.h>
#include <stdlib.h>

void *port_alloc(unsigned long bytes)
{
    void *memory = calloc(1, bytes);

    if (!memory)
        port_abort("harness kernel: the host has no memory left");
    return memory;
}

void port_free(void *memory)
{
    free(memory);
}

void port_write_error(const char *text)
{
    fputs(text, stderr);
    fputc('\n', stderr);
}

void port_abort(const char *text)
{
    port_write_error(text);
    abort();
}
