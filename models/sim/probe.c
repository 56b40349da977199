/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/probe.h"

#include <stdarg.h>
#include <stdio.h>

#define TEXT_BYTES 512

/* What does not fit is cut off: a probe never fails. */
void probe_emit(const struct probe *probe, uint64_t at_ps, uint32_t request_id, const char *track, const char *format, ...)
{
    char text[TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    probe->event(probe->context, at_ps, request_id, track, length < 0 ? format : text);
}
