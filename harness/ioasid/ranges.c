/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* ranges.c - see ranges.h. */
#include "ranges.h"

#include <linux/limits.h>

bool ioasid_span_make(u64 start, u64 size, struct ioasid_span *span)
{
    span->start = start;
    span->last = start + size - 1;
    return size && span->last >= start;
}

u64 ioasid_width_last(u32 width)
{
    return width >= 64 ? U64_MAX : (1ULL << width) - 1;
}

/* Reserved regions of a device are a handful. */
static void sort_spans(struct ioasid_span *spans, unsigned int count)
{
    for (unsigned int i = 1; i < count; i++) {
        struct ioasid_span span = spans[i];
        unsigned int at = i;

        for (; at && spans[at - 1].start > span.start; at--)
            spans[at] = spans[at - 1];
        spans[at] = span;
    }
}

unsigned int ioasid_spans_normalize(struct ioasid_span *spans, unsigned int count)
{
    unsigned int kept = 0;

    sort_spans(spans, count);
    for (unsigned int i = 0; i < count; i++) {
        struct ioasid_span *before = kept ? &spans[kept - 1] : NULL;

        if (!before || (before->last != U64_MAX && spans[i].start > before->last + 1))
            spans[kept++] = spans[i];
        else if (spans[i].last > before->last)
            before->last = spans[i].last;
    }
    return kept;
}

unsigned int ioasid_spans_complement(const struct ioasid_span *spans, unsigned int count, u64 last, struct ioasid_span *out)
{
    unsigned int found = 0;
    u64 next = 0;

    for (unsigned int i = 0; i < count && spans[i].start <= last; i++) {
        if (spans[i].start > next)
            out[found++] = (struct ioasid_span){next, spans[i].start - 1};
        if (spans[i].last >= last)
            return found;
        next = spans[i].last + 1;
    }
    out[found++] = (struct ioasid_span){next, last};
    return found;
}

bool ioasid_spans_hit(const struct ioasid_span *spans, unsigned int count, const struct ioasid_span *span)
{
    for (unsigned int i = 0; i < count; i++)
        if (spans[i].start <= span->last && span->start <= spans[i].last)
            return true;
    return false;
}
