/* SPDX-License-Identifier: BSD-2-Clause */
/* features.c - what an adapter can do, in words. */
#include "bench/run.h"

#include <stdio.h>

void features_text(uint64_t features, char *text, size_t text_bytes)
{
    static const char *const names[] = {"BENCH_MEMORY",
                                        "COMPLETION_STATUS",
                                        "PASID",
                                        "PRIVILEGE",
                                        "ATOMIC",
                                        "NO_SNOOP",
                                        "ZERO_LENGTH",
                                        "ATS",
                                        "PRI",
                                        "OVERLAP",
                                        "TIME",
                                        "INTERRUPTS",
                                        "ATTRIBUTES",
                                        "ORIGIN",
                                        "ANY_REQUESTER",
                                        "WARM_RESET",
                                        "WIDE_ADDRESS",
                                        "PROBES",
                                        "REGISTER_WIDTHS",
                                        "BUS_ATTRIBUTES"};
    size_t used = 0;

    text[0] = '\0';
    for (size_t bit = 0; bit < 64; bit++) {
        char number[16];

        if (!(features >> bit & 1) || used >= text_bytes)
            continue;
        snprintf(number, sizeof(number), "bit %zu", bit);
        used += (size_t)snprintf(text + used, text_bytes - used, "%s%s", used ? ", " : "",
                                 bit < sizeof(names) / sizeof(names[0]) ? names[bit] : number);
    }
}

void features_missing(uint64_t missing, char *text, size_t text_bytes)
{
    int length = snprintf(text, text_bytes, "the adapter lacks ");

    features_text(missing, text + length, text_bytes - (size_t)length);
}
