/* SPDX-License-Identifier: BSD-2-Clause */
/* waivers.c - see waivers.h. */
#include "bench/waivers.h"

#include "bench/cli.h"
#include "bench/results.h"
#include "bench/suite.h"
#include "spec/spec.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* ---- the file ---- */

static bool is_date(const char *text)
{
    static const char shape[] = "dddd-dd-dd";

    for (size_t i = 0; shape[i]; i++)
        if (shape[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != shape[i])
            return false;
    return text[sizeof(shape) - 1] == '\0';
}

static int check_members(const json_t *object, const char *path, size_t index)
{
    static const struct {
        const char *name;
        bool required;
    } members[] = {{"id", true}, {"reason", true}, {"owner", true}, {"expires", true}, {"dut", false}, {"case", false}};
    size_t known = 0;

    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        const json_t *member = json_object_get(object, members[i].name);

        if (member ? !json_is_string(member) || !*json_string_value(member) : members[i].required)
            return cli_bad("%s: waiver %zu has no text \"%s\"", path, index + 1, members[i].name);
        known += member != NULL;
    }
    if (json_object_size(object) != known)
        return cli_bad("%s: waiver %zu has a member other than id, reason, owner, expires, dut and case", path, index + 1);
    return 0;
}

static int read_waiver(struct waiver *waiver, const json_t *object, const char *path, size_t index, const char *today)
{
    int code = check_members(object, path, index);

    if (code)
        return code;
    *waiver = (struct waiver){.id = text_of(object, "id"),
                              .reason = text_of(object, "reason"),
                              .owner = text_of(object, "owner"),
                              .expires = text_of(object, "expires"),
                              .dut = text_of(object, "dut"),
                              .what = text_of(object, "case")};
    if (!is_date(waiver->expires))
        return cli_bad("%s: waiver %zu expires on \"%s\", which is not written YYYY-MM-DD", path, index + 1, waiver->expires);
    if (!spec_row(waiver->id) && !suite_find(waiver->id))
        return cli_unknown("requirement or case", waiver->id, case_or_requirement_at, NULL);
    waiver->expired = strcmp(waiver->expires, today) < 0;
    return 0;
}

int waivers_load(struct waivers *waivers, const char *path, const char *today)
{
    json_error_t error;
    int code = 0;

    *waivers = (struct waivers){.file = json_load_file(path, 0, &error)};
    if (!waivers->file && error.line < 0)
        return cli_bad("%s", error.text); /* names the file */
    if (!waivers->file)
        return cli_bad("%s, line %d: %s", path, error.line, error.text);
    if (!json_is_array(waivers->file))
        return cli_bad("%s holds no array of waivers", path);
    waivers->list = calloc(json_array_size(waivers->file) + 1, sizeof(*waivers->list));
    if (!waivers->list)
        abort();
    for (size_t i = 0; !code && i < json_array_size(waivers->file); i++) {
        code = read_waiver(&waivers->list[i], json_array_get(waivers->file, i), path, i, today);
        waivers->count += !code;
    }
    return code;
}

void waivers_free(struct waivers *waivers)
{
    json_decref(waivers->file);
    free(waivers->list);
    *waivers = (struct waivers){0};
}

/* ---- acting ---- */

static void set_verdict(json_t *object, enum verdict verdict)
{
    json_object_set_new(object, "verdict", json_string(verdict_name(verdict)));
}

static bool is_about(const struct waiver *waiver, const json_t *entry, const char *dut)
{
    return (!waiver->dut || fnmatch(waiver->dut, dut, 0) == 0) &&
           (!waiver->what || fnmatch(waiver->what, text_of(entry, "name"), 0) == 0);
}

/* Waives what it can; returns true if it did. */
static bool act(struct waiver *waiver, json_t *entry)
{
    bool whole = strcmp(waiver->id, text_of(entry, "name")) == 0, acted = false;
    json_t *row;
    size_t i;

    waiver->concerned = waiver->concerned || whole;
    json_array_foreach(json_object_get(entry, "rows"), i, row)
    {
        if (!whole && strcmp(waiver->id, text_of(row, "id")) != 0)
            continue;
        waiver->concerned = true;
        if (waiver->expired || verdict_of(text_of(row, "verdict")) != VERDICT_FAIL)
            continue;
        set_verdict(row, VERDICT_WAIVED);
        acted = true;
    }
    return !waiver->expired && (whole || acted);
}

static bool has_failed_row(const json_t *entry)
{
    json_t *row;
    size_t i;

    json_array_foreach(json_object_get(entry, "rows"), i,
                       row) if (verdict_of(text_of(row, "verdict")) == VERDICT_FAIL) return true;
    return false;
}

void waivers_apply(struct waivers *waivers, json_t *entry, const char *dut)
{
    enum verdict verdict = verdict_of(text_of(entry, "verdict"));
    bool dead = verdict == VERDICT_HANG || verdict == VERDICT_CRASH, whole = false;
    const struct waiver *last = NULL;

    if (verdict == VERDICT_SKIP || verdict == VERDICT_NOTESTABLE || verdict == VERDICT_ERROR)
        return;
    for (size_t i = 0; i < waivers->count; i++) {
        struct waiver *waiver = &waivers->list[i];
        bool names_case = strcmp(waiver->id, text_of(entry, "name")) == 0;

        if (!is_about(waiver, entry, dut) || !act(waiver, entry))
            continue;
        if (names_case && !dead && verdict != VERDICT_FAIL)
            continue;
        waiver->used = true;
        whole = whole || names_case;
        last = waiver;
    }
    if (!last || (dead && !whole) || (!dead && (verdict != VERDICT_FAIL || has_failed_row(entry))))
        return;
    set_verdict(entry, VERDICT_WAIVED);
    json_object_set_new(entry, "reason",
                        json_sprintf("%s%swaiver of %s by %s until %s: %s", text_of(entry, "reason"),
                                     *text_of(entry, "reason") ? "; " : "", last->id, last->owner, last->expires, last->reason));
}

bool waivers_conclude(const struct waivers *waivers, bool everything)
{
    bool good = true;

    for (size_t i = 0; i < waivers->count; i++) {
        const struct waiver *waiver = &waivers->list[i];
        bool unused = !waiver->used && (waiver->concerned || (everything && !waiver->dut));

        if (waiver->expired)
            cli_say("the waiver of %s expired on %s (owner %s)", waiver->id, waiver->expires, waiver->owner);
        else if (unused)
            cli_say("the waiver of %s is not needed: nothing that it is for failed (owner %s)", waiver->id, waiver->owner);
        good = good && !waiver->expired && !unused;
    }
    return good;
}
