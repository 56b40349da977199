/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* trace.c - the trace points are defined here. */
#define CREATE_TRACE_POINTS
#include "trace.h"
