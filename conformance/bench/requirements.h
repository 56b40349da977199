/* SPDX-License-Identifier: BSD-2-Clause */
/* requirements.h - all requirement rows of all architectures, for commands that do not care which. */
#ifndef BENCH_REQUIREMENTS_H
#define BENCH_REQUIREMENTS_H

#include "spec/spec.h"

const struct spec_row *requirement_at(size_t n);             /* NULL behind the last */
const char *requirement_id_at(const void *unused, size_t n); /* for cli_unknown() */

#endif
