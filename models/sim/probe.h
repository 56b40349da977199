/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * probe.h - trace probes: a model says what it did, subscribers may listen. No subscriber, no cost beyond one test.
 */
#ifndef SIM_PROBE_H
#define SIM_PROBE_H

#include <stdbool.h>
#include <stdint.h>

struct probe {
    /* track: a lane of the time line ("iotlb"); text: what happened, with key=value details. Strings live for the call. */
    void (*event)(void *context, uint64_t at_ps, uint32_t request_id, const char *track, const char *text);
    void *context;
    const bool *listening; /* NULL: always */
};

static inline bool probe_heard(const struct probe *probe)
{
    return probe->event && (!probe->listening || *probe->listening);
}

/* printf-style; formats only when somebody listens. */
#define PROBE(probe, at_ps, request_id, track, ...)                           \
    do {                                                                      \
        if (probe_heard(probe))                                               \
            probe_emit((probe), (at_ps), (request_id), (track), __VA_ARGS__); \
    } while (0)

void probe_emit(const struct probe *probe, uint64_t at_ps, uint32_t request_id, const char *track, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

#endif
