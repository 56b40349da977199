/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lookup.c - ports of a cache, by the time at which each is free.
 */
#include "xlate/lookup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int lookup_ports_init(struct lookup_ports *ports, uint32_t count)
{
    ports->count = count;
    ports->free_ps = calloc(count ? count : 1u, sizeof *ports->free_ps);
    return ports->free_ps ? 0 : -ENOMEM;
}

void lookup_ports_fini(struct lookup_ports *ports)
{
    free(ports->free_ps);
    ports->free_ps = NULL;
}

void lookup_ports_reset(struct lookup_ports *ports)
{
    memset(ports->free_ps, 0, ports->count * sizeof *ports->free_ps);
}

uint64_t lookup_ports_use(struct lookup_ports *ports, uint64_t now_ps, uint64_t lookup_ps)
{
    if (!ports->count)
        return now_ps + lookup_ps;
    uint64_t *first = ports->free_ps;
    for (uint32_t i = 1; i < ports->count; i++)
        if (ports->free_ps[i] < *first)
            first = &ports->free_ps[i];
    *first = (now_ps > *first ? now_ps : *first) + lookup_ps;
    return *first;
}
