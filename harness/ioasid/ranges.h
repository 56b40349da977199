/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* ranges.h - arithmetic of address ranges, first to last, both included: no state, no lock, no allocation. */
#ifndef IOASID_RANGES_H
#define IOASID_RANGES_H

#include <linux/types.h>

struct ioasid_span {
    u64 start, last;
};

/* The last address of start..start+size-1; false: size is 0 or the range wraps. */
bool ioasid_span_make(u64 start, u64 size, struct ioasid_span *span);
/* The last address that width bits have, 1..64. */
u64 ioasid_width_last(u32 width);

/* Sorts, and joins what overlaps or touches. Returns the new count. */
unsigned int ioasid_spans_normalize(struct ioasid_span *spans, unsigned int count);
/* What of 0..last is in none of the (normalized) spans; out has room for count + 1. Returns how many there are. */
unsigned int ioasid_spans_complement(const struct ioasid_span *spans, unsigned int count, u64 last, struct ioasid_span *out);
/* Does a span overlap one of them? */
bool ioasid_spans_hit(const struct ioasid_span *spans, unsigned int count, const struct ioasid_span *span);

#endif
