/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * waivers.h - known failures that somebody answers for, until a day.
 *
 * The file is a JSON array of objects: "id" (a requirement row, or the name of a case), "reason", "owner", "expires"
 * ("YYYY-MM-DD", the last day on which it holds), and optionally "dut" (a glob on NAME,PARAM=V..) and "case" (a glob).
 *
 * A waiver of a row turns that row's FAIL into WAIVED; a case all of whose failed rows are waived is WAIVED. A waiver of a
 * case covers its FAIL, HANG and CRASH. An ERROR is the bench's own and cannot be waived. An expired waiver does not act; it
 * is an error at the end of the run, as is one that waived nothing although the run made a case that it is for.
 */
#ifndef BENCH_WAIVERS_H
#define BENCH_WAIVERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct waiver {
    const char *id, *reason, *owner, *expires, *dut, *what; /* of the file; dut and what may be NULL */
    bool expired;
    bool concerned; /* some case of the run could have needed it */
    bool used;
};

struct waivers {
    json_t *file;
    struct waiver *list;
    size_t count;
};

/* today is "YYYY-MM-DD". 0, or EXIT_USAGE after a sentence. */
int waivers_load(struct waivers *waivers, const char *path, const char *today);
void waivers_free(struct waivers *waivers);
/* Changes the verdicts of a finished entry of the results; dut is "NAME,PARAM=V..". */
void waivers_apply(struct waivers *waivers, json_t *entry, const char *dut);
/*
 * A sentence for each that is expired or unused; true if there is none. everything: all cases were selected, so that a
 * waiver that concerned none of them is unused too.
 */
bool waivers_conclude(const struct waivers *waivers, bool everything);

#endif
