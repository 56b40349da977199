/* SPDX-License-Identifier: BSD-2-Clause */
/* html.h - markup with text in it: what is text is always escaped, what is markup is always a literal. */
#ifndef BENCH_HTML_H
#define BENCH_HTML_H

#include <stdio.h>

/* The format is markup; %s is replaced by a text, escaped for element content and quoted attributes, %zu by a number, %% by %. */
void html_put(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
