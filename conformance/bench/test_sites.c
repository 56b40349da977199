/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_sites.c - a case may make a check a hundred thousand times: the first of each kind is told in full, the others are
 * counted.
 *
 * A site is a place in the source with the row that it decides. Told in full are the first passing and the first failing
 * check of a site; what comes after that is one line at the end of the case.
 */
#include "bench/machine.h"
#include "dut/hash.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct site_key {
    uint64_t line_and_row; /* hash.h hashes the first eight bytes */
    const char *file;
};

struct bench_site {
    struct site_key key;
    char row[64], where[192];
    bool seen[2];     /* [ok] */
    uint64_t more[2]; /* [ok]: checks that were not told */
    UT_hash_handle hh;
};

/* Carried rows come after all that a case may list. */
#define CARRIED_FIRST (1 << 16)

/* Where in the space-separated list it stands, in bytes; -1 if it does not. */
static int place_in(const char *rows, const char *row)
{
    size_t length = strlen(row);

    for (const char *at = rows; at && length && (at = strstr(at, row)) != NULL; at += length)
        if ((at == rows || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
            return (int)(at - rows);
    return -1;
}

bool test_row_known(const struct test *t, const char *row)
{
    return place_in(t->setup->what->rows, row) >= 0;
}

bool bench_row_carried(const struct test *t, const char *row)
{
    return !test_row_known(t, row) && place_in(t->carried, row) >= 0;
}

static int row_index(const struct test *t, const char *row)
{
    int own = place_in(t->setup->what->rows, row), carried = own < 0 ? place_in(t->carried, row) : -1;

    return carried < 0 ? own : CARRIED_FIRST + carried;
}

/* The path as a reader knows it: from the directory of the suite on. */
void bench_place(char *where, size_t bytes, const char *file, int line)
{
    const char *suite = strstr(file, "conformance/");

    snprintf(where, bytes, "%s:%d", suite ? suite : file, line);
}

static struct bench_site *site_of(struct test *t, const char *row, int index, const char *file, int line)
{
    struct bench_site *site;
    struct site_key key;

    memset(&key, 0, sizeof(key));
    key.line_and_row = (uint64_t)line << 32 | (uint32_t)index;
    key.file = file;
    HASH_FIND(hh, t->sites, &key, sizeof(key), site);
    if (site)
        return site;
    site = calloc(1, sizeof(*site));
    if (!site)
        abort();
    site->key = key;
    snprintf(site->row, sizeof(site->row), "%s", row);
    bench_place(site->where, sizeof(site->where), file, line);
    HASH_ADD(hh, t->sites, key, sizeof(key), site);
    return site;
}

bool bench_site_tell(struct test *t, const char *row, bool ok, const char *file, int line)
{
    int index = row ? row_index(t, row) : -1;
    struct bench_site *site;
    char where[192];

    if (index < 0) {
        bench_place(where, sizeof(where), file, line);
        test_abort(t, "%s: the case checks row %s, which is not among its rows", where, row ? row : "(none)");
    }
    if (t->setup->every_check)
        return true;
    site = site_of(t, row, index, file, line);
    if (!site->seen[ok])
        return site->seen[ok] = true;
    site->more[ok]++;
    return false;
}

void bench_sites_emit(struct test *t)
{
    for (struct bench_site *site = t->sites, *next; site; site = next) {
        next = site->hh.next;
        if (site->more[false] || site->more[true])
            bench_emit(t, json_pack("{s:s, s:s, s:s, s:I, s:I}", "type", "checks", "row", site->row, "where", site->where,
                                    "passed", (json_int_t)site->more[true], "failed", (json_int_t)site->more[false]));
        HASH_DEL(t->sites, site);
        free(site);
    }
}
