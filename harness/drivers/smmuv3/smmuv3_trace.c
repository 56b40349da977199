/* SPDX-License-Identifier: BSD-2-Clause */
/* smmuv3_trace.c - the trace points are defined here. */
#define CREATE_TRACE_POINTS
#include "smmuv3_trace.h"
