/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * replay.c - the line that names one run of one case: "case=NAME seed=N tier=T [requests=N] [script=A+B..] dut=NAME,PARAM=V..".
 * The actions of a script are joined by "+".
 */
#include "bench/runner.h"

#include "bench/cli.h"
#include "bench/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void replay_write(const struct replay *replay, char *line, size_t line_bytes)
{
    char requests[32] = "", script[REPLAY_LINE_BYTES] = "";

    if (replay->requests)
        snprintf(requests, sizeof(requests), "requests=%llu ", (unsigned long long)replay->requests);
    if (replay->script && strlen(replay->script) + 1000 < line_bytes)
        snprintf(script, sizeof(script), "script=%s", replay->script);
    for (char *blank = script; (blank = strchr(blank, ' ')) != NULL;)
        *blank = '+';
    if (script[0])
        strcat(script, " ");
    /* The DUT comes last: its parameters may hold blanks (a path). */
    snprintf(line, line_bytes, "case=%s seed=0x%llx tier=%s %s%sdut=%s", replay->what->name, (unsigned long long)replay->seed,
             tier_name(replay->tier), requests, script, replay->dut);
}

static bool read_number(const char *text, uint64_t *number)
{
    char *end;

    *number = strtoull(text, &end, 0);
    return text[0] >= '0' && text[0] <= '9' && !*end && *number <= INT64_MAX;
}

/* One word of the line. */
static bool take(const char *word, struct replay *replay, char *error, size_t error_bytes)
{
    const char *nearest;

    if (strncmp(word, "seed=", 5) == 0 && read_number(word + 5, &replay->seed))
        return true;
    if (strncmp(word, "requests=", 9) == 0 && read_number(word + 9, &replay->requests))
        return true;
    if (strncmp(word, "tier=", 5) == 0 && tier_find(word + 5, &replay->tier))
        return true;
    if (strncmp(word, "script=", 7) == 0) {
        free((char *)replay->script);
        replay->script = strdup(word + 7);
        return true;
    }
    if (strncmp(word, "case=", 5) != 0) {
        snprintf(error, error_bytes, "a replay line has no \"%s\"", word);
        return false;
    }
    replay->what = suite_find(word + 5);
    if (replay->what)
        return true;
    nearest = cli_nearest(word + 5, suite_name_at, NULL);
    snprintf(error, error_bytes, "there is no case \"%s\"%s%s%s", word + 5, nearest ? "; did you mean \"" : "",
             nearest ? nearest : "", nearest ? "\"?" : "");
    return false;
}

bool replay_read(const char *line, struct replay *replay, char *error, size_t error_bytes)
{
    bool seeded = false;

    *replay = (struct replay){.tier = TIER_FULL};
    for (line += strspn(line, " "); *line && strncmp(line, "dut=", 4) != 0; line += strspn(line, " ")) {
        size_t length = strcspn(line, " ");
        char word[REPLAY_LINE_BYTES];

        snprintf(word, sizeof(word), "%.*s", (int)length, line);
        seeded = seeded || strncmp(word, "seed=", 5) == 0;
        if (!take(word, replay, error, error_bytes))
            return false;
        line += length;
    }
    if (!replay->what || !seeded || !*line || strlen(line + 4) >= sizeof(replay->dut)) {
        snprintf(error, error_bytes, "a replay line is \"case=NAME seed=N tier=T dut=NAME,PARAM=V..\"");
        return false;
    }
    strcpy(replay->dut, line + 4);
    return true;
}
