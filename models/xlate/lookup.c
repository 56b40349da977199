/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lookup.c - ports of a cache, by the time at which each is free.
 */
#include "xlate/lookup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int lookup_ports_init(struct lookup_ports *lookups, uint16_t ports, uint64_t lookup_ps)
{
    *lookups = (struct lookup_ports){.ports = ports, .lookup_ps = lookup_ps};
    lookups->free_ps = calloc(ports ? ports : 1u, sizeof *lookups->free_ps);
    return lookups->free_ps ? 0 : -ENOMEM;
}

void lookup_ports_fini(struct lookup_ports *lookups)
{
    free(lookups->free_ps);
    lookups->free_ps = NULL;
}

void lookup_ports_reset(struct lookup_ports *lookups)
{
    memset(lookups->free_ps, 0, lookups->ports * sizeof *lookups->free_ps);
}

uint64_t lookup_spend(struct lookup_ports *lookups, uint64_t now_ps)
{
    if (!lookups->ports)
        return now_ps + lookups->lookup_ps;
    uint64_t *first = lookups->free_ps;
    for (uint16_t i = 1; i < lookups->ports; i++)
        if (lookups->free_ps[i] < *first)
            first = &lookups->free_ps[i];
    *first = (now_ps > *first ? now_ps : *first) + lookups->lookup_ps;
    return *first;
}
