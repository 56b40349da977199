/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_RATELIMIT_TYPES_H
#define _LINUX_RATELIMIT_TYPES_H

#include <linux/types.h>

struct ratelimit_state {
    int interval; /* milliseconds */
    int burst;
    int printed, missed;
    u64 begin_ns;
};
#define DEFINE_RATELIMIT_STATE(name, interval_ms, burst_count) \
    struct ratelimit_state name = {.interval = (interval_ms), .burst = (burst_count)}
#define DEFAULT_RATELIMIT_INTERVAL (5 * 1000)
#define DEFAULT_RATELIMIT_BURST 10
int __ratelimit(struct ratelimit_state *state);
static inline void ratelimit_state_init(struct ratelimit_state *state, int interval, int burst)
{
    *state = (struct ratelimit_state){.interval = interval, .burst = burst};
}

#endif
