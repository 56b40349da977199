/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lookup.h - lookup ports: how long a lookup in the TLB takes, and who has to wait for a port.
 *
 * Time is kept as a stamp per port, when it is free next: no event, and no state of the lookup.
 */
#ifndef XLATE_LOOKUP_H
#define XLATE_LOOKUP_H

#include <stdint.h>

struct lookup_ports {
    uint64_t *free_ps; /* one per port */
    uint64_t lookup_ps;
    uint16_t ports; /* 0: no limit, every lookup has its own */
};

/* -ENOMEM */
int lookup_ports_init(struct lookup_ports *lookups, uint16_t ports, uint64_t lookup_ps);
void lookup_ports_fini(struct lookup_ports *lookups);
void lookup_ports_reset(struct lookup_ports *lookups);

/* A lookup that wants to begin at now_ps: when it is over. The port that is free first takes it. */
uint64_t lookup_spend(struct lookup_ports *lookups, uint64_t now_ps);

#endif
