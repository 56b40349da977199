/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * time_line.h - a time line as Chrome trace events (JSON), which ui.perfetto.dev opens.
 *
 * A track is "LANE" or "LAYER/LANE"; the layers process, driver, iommu, device and memory are shown in this order. What overlaps
 * on a track gets further rows, so that begins and ends nest; in the file the time never runs back. Equal input, equal bytes.
 */
#ifndef BENCH_TIME_LINE_H
#define BENCH_TIME_LINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct time_line;

/* The name is shown above tracks without a layer. Aborts when out of memory, as all that follow. */
struct time_line *time_line_new(const char *name);
void time_line_free(struct time_line *line);

/* Arguments are stolen. Whoever has an argument "request" on a track "requests" or of the layer device is the cause of what has
 * the same one elsewhere while it lasts: an arrow. */
void time_line_span(struct time_line *line, const char *track, const char *name, uint64_t from_ps, uint64_t to_ps,
                    json_t *arguments);
void time_line_instant(struct time_line *line, const char *track, const char *name, uint64_t at_ps, json_t *arguments);
/*
 * "words NAME=VALUE..": a span, or with TIME_LINE_INSTANT an instant. "begin .." and "end .." with the same "request", or both without, are one span; it
 * bears the name of the track's last word.
 */
#define TIME_LINE_INSTANT UINT64_MAX
void time_line_text(struct time_line *line, const char *track, const char *text, uint64_t at_ps, uint64_t duration_ps);

/* `other` (stolen) is about the whole. False: the file could not be written. */
bool time_line_write(struct time_line *line, const char *path, json_t *other);

#endif
