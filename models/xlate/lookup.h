/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lookup.h - the ports of a cache: how many lookups can be under way at once, and what each takes.
 *
 * Time is kept as a stamp per port, when it is free next: no event, and no state of the lookup.
 */
#ifndef XLATE_LOOKUP_H
#define XLATE_LOOKUP_H

#include <stdint.h>

struct lookup_ports {
    uint64_t *free_ps; /* one per port */
    uint32_t count;    /* 0: no limit */
};

/* -ENOMEM. */
int lookup_ports_init(struct lookup_ports *ports, uint32_t count);
void lookup_ports_fini(struct lookup_ports *ports);
void lookup_ports_reset(struct lookup_ports *ports);

/* A lookup that is asked for at now_ps and takes lookup_ps: when its result is there. The port that is free first takes it. */
uint64_t lookup_ports_use(struct lookup_ports *ports, uint64_t now_ps, uint64_t lookup_ps);

#endif
