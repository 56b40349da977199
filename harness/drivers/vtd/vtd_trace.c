/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_trace.c - the trace points are defined here. */
#define CREATE_TRACE_POINTS
#include "vtd_trace.h"
