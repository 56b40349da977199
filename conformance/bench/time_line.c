/* SPDX-License-Identifier: BSD-2-Clause */
/* time_line.c - see time_line.h. */
#include "bench/time_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 128u

struct entry {
    uint64_t from_ps, to_ps;
    bool span, open; /* open: its end has not come */
    bool cause;      /* of what has the same request */
    size_t order;    /* of coming */
    uint32_t track, row;
    char name[NAME_BYTES];
    json_t *arguments;
};

struct track {
    char name[64];
    uint32_t layer, row_count, first_tid;
    uint64_t *busy_ps; /* of each row: to when */
};

struct time_line {
    char name[NAME_BYTES];
    struct entry *entries;
    size_t entry_count, entry_room;
    struct track *tracks;
    uint32_t track_count;
};

/* Layers are processes of the format; the first is for tracks without one. */
static const char *const layers[] = {"", "process", "driver", "iommu", "device", "memory"};
enum { LAYER_PLAIN, LAYER_DEVICE = 4, LAYER_COUNT = 6 };

static void *grown(void *array, size_t bytes)
{
    array = realloc(array, bytes);
    if (!array)
        abort();
    return array;
}

struct time_line *time_line_new(const char *name)
{
    struct time_line *line = calloc(1, sizeof(*line));

    if (!line)
        abort();
    snprintf(line->name, sizeof(line->name), "%s", name);
    return line;
}

void time_line_free(struct time_line *line)
{
    for (size_t i = 0; i < line->entry_count; i++)
        json_decref(line->entries[i].arguments);
    for (uint32_t i = 0; i < line->track_count; i++)
        free(line->tracks[i].busy_ps);
    free(line->entries);
    free(line->tracks);
    free(line);
}

/* ---- what comes in ---- */

static uint32_t layer_of(const char *track)
{
    for (uint32_t layer = 1; layer < LAYER_COUNT; layer++)
        if (strncmp(track, layers[layer], strlen(layers[layer])) == 0 && track[strlen(layers[layer])] == '/')
            return layer;
    return LAYER_PLAIN;
}

static uint32_t track_of(struct time_line *line, const char *name)
{
    struct track *track;

    for (uint32_t i = 0; i < line->track_count; i++)
        if (strcmp(line->tracks[i].name, name) == 0)
            return i;
    line->tracks = grown(line->tracks, (line->track_count + 1) * sizeof(*line->tracks));
    track = &line->tracks[line->track_count];
    *track = (struct track){.layer = layer_of(name)};
    snprintf(track->name, sizeof(track->name), "%s", name);
    return line->track_count++;
}

static struct entry *add(struct time_line *line, const char *track, const char *name, uint64_t at_ps, json_t *arguments)
{
    struct entry *entry;

    if (line->entry_count == line->entry_room) {
        line->entry_room = line->entry_room ? 2 * line->entry_room : 256;
        line->entries = grown(line->entries, line->entry_room * sizeof(*line->entries));
    }
    entry = &line->entries[line->entry_count];
    *entry = (struct entry){.from_ps = at_ps,
                            .to_ps = at_ps,
                            .order = line->entry_count++,
                            .track = track_of(line, track),
                            .arguments = arguments ? arguments : json_object()};
    snprintf(entry->name, sizeof(entry->name), "%s", name);
    json_object_set_new(entry->arguments, "at_ps", json_integer((json_int_t)at_ps));
    return entry;
}

void time_line_span(struct time_line *line, const char *track, const char *name, uint64_t from_ps, uint64_t to_ps,
                    json_t *arguments)
{
    struct entry *entry = add(line, track, name, from_ps, arguments);

    entry->span = true;
    entry->to_ps = to_ps > from_ps ? to_ps : from_ps;
}

void time_line_instant(struct time_line *line, const char *track, const char *name, uint64_t at_ps, json_t *arguments)
{
    (void)add(line, track, name, at_ps, arguments);
}

/* Words go to name up to the first NAME=VALUE; later ones are arguments that are true. */
static json_t *parse(const char *text, char *name, size_t name_bytes)
{
    json_t *arguments = json_object();
    char copy[512], *rest = copy, *word;

    snprintf(copy, sizeof(copy), "%s", text);
    name[0] = '\0';
    while ((word = strsep(&rest, " ")) != NULL) {
        char *equals = strchr(word, '=');

        if (!*word)
            continue;
        if (equals && equals != word) {
            *equals = '\0';
            json_object_set_new(arguments, word, json_string(equals + 1));
        } else if (json_object_size(arguments)) {
            json_object_set_new(arguments, word, json_true());
        } else {
            size_t length = strlen(name);

            snprintf(name + length, name_bytes - length, "%s%s", length ? " " : "", word);
        }
    }
    return arguments;
}

static bool same_request(const json_t *a, const json_t *b)
{
    const json_t *left = json_object_get(a, "request"), *right = json_object_get(b, "request");

    return left && right ? json_equal(left, right) : !left && !right;
}

static struct entry *open_entry(struct time_line *line, uint32_t track, const json_t *arguments)
{
    for (size_t i = line->entry_count; i-- > 0;)
        if (line->entries[i].open && line->entries[i].track == track && same_request(line->entries[i].arguments, arguments))
            return &line->entries[i];
    return NULL;
}

static const char *last_word(const char *track)
{
    const char *blank = strrchr(track, ' '), *slash = strrchr(track, '/');

    return blank ? blank + 1 : slash ? slash + 1 : track;
}

void time_line_text(struct time_line *line, const char *track, const char *text, uint64_t at_ps, uint64_t duration_ps)
{
    char name[NAME_BYTES];
    json_t *arguments = parse(text, name, sizeof(name));
    struct entry *entry = strcmp(name, "end") == 0 ? open_entry(line, track_of(line, track), arguments) : NULL;

    if (entry) {
        json_object_update_missing(entry->arguments, arguments);
        json_decref(arguments);
        entry->to_ps = at_ps > entry->from_ps ? at_ps : entry->from_ps;
        entry->open = false;
        return;
    }
    entry = add(line, track, name[0] ? name : last_word(track), at_ps, arguments);
    entry->span = duration_ps != TIME_LINE_INSTANT;
    entry->to_ps = entry->span ? at_ps + duration_ps : at_ps;
    if (strcmp(name, "begin") == 0) {
        snprintf(entry->name, sizeof(entry->name), "%s", last_word(track));
        entry->span = entry->open = true;
    }
}

/* ---- order ---- */

/* By time; causes first, then what lasts longest. */
static int by_time(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;

    if (a->from_ps != b->from_ps)
        return a->from_ps < b->from_ps ? -1 : 1;
    if (a->cause != b->cause)
        return a->cause ? -1 : 1;
    if (a->to_ps != b->to_ps)
        return a->to_ps > b->to_ps ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static bool is_cause(const struct time_line *line, const struct entry *entry)
{
    const struct track *track = &line->tracks[entry->track];

    return entry->span && json_object_get(entry->arguments, "request") &&
           (track->layer == LAYER_DEVICE || strcmp(track->name, "requests") == 0);
}

/* What has not ended lasts to the end. */
static void close_all(struct time_line *line)
{
    uint64_t end_ps = 0;

    for (size_t i = 0; i < line->entry_count; i++)
        if (line->entries[i].to_ps > end_ps)
            end_ps = line->entries[i].to_ps;
    for (size_t i = 0; i < line->entry_count; i++)
        if (line->entries[i].open) {
            line->entries[i].to_ps = end_ps;
            json_object_set_new(line->entries[i].arguments, "unfinished", json_true());
        }
}

/* The first row of the track on which nothing goes on. */
static void place(struct time_line *line, struct entry *entry)
{
    struct track *track = &line->tracks[entry->track];

    while (entry->row < track->row_count && track->busy_ps[entry->row] > entry->from_ps)
        entry->row++;
    if (entry->row == track->row_count) {
        track->busy_ps = grown(track->busy_ps, ++track->row_count * sizeof(*track->busy_ps));
        track->busy_ps[entry->row] = 0;
    }
    track->busy_ps[entry->row] = entry->to_ps;
}

static void arrange(struct time_line *line)
{
    uint32_t tid = 1;

    close_all(line);
    for (size_t i = 0; i < line->entry_count; i++)
        line->entries[i].cause = is_cause(line, &line->entries[i]);
    qsort(line->entries, line->entry_count, sizeof(*line->entries), by_time);
    for (size_t i = 0; i < line->entry_count; i++)
        if (line->entries[i].span)
            place(line, &line->entries[i]);
    for (uint32_t i = 0; i < line->track_count; i++) {
        struct track *track = &line->tracks[i];

        track->row_count = track->row_count ? track->row_count : 1;
        track->first_tid = tid;
        tid += track->row_count;
    }
}

/* ---- what goes out ---- */

struct event {
    uint64_t at_ps;
    uint32_t step; /* at one time: ends of what has lasted first */
    size_t order;
    json_t *json;
};

struct output {
    const struct time_line *line;
    struct event *events;
    size_t count;
    uint64_t arrows;
};

static void put(struct output *out, const char *phase, const struct entry *entry, uint64_t at_ps, uint32_t step, json_t *more)
{
    const struct track *track = &out->line->tracks[entry->track];
    json_t *json = json_pack("{s:s, s:s, s:s, s:i, s:i, s:f}", "ph", phase, "name", entry->name, "cat", "iotb", "pid",
                             (int)track->layer + 1, "tid", (int)(track->first_tid + entry->row), "ts", (double)at_ps / 1e6);

    if (!json || json_object_update(json, more))
        abort();
    json_decref(more);
    out->events = grown(out->events, (out->count + 1) * sizeof(*out->events));
    out->events[out->count] = (struct event){at_ps, step, out->count, json};
    out->count++;
}

static void put_entry(struct output *out, const struct entry *entry)
{
    if (!entry->span) {
        put(out, "i", entry, entry->from_ps, 1, json_pack("{s:s, s:O}", "s", "t", "args", entry->arguments));
        return;
    }
    put(out, "B", entry, entry->from_ps, 1, json_pack("{s:O}", "args", entry->arguments));
    put(out, "E", entry, entry->to_ps, entry->to_ps > entry->from_ps ? 0 : 1, json_object());
}

/* An arrow begins and ends inside of two spans that have begun. */
static void put_arrow(struct output *out, const struct entry *cause, const struct entry *effect)
{
    json_int_t id = (json_int_t)++out->arrows;

    put(out, "s", cause, effect->from_ps, 2, json_pack("{s:I}", "id", id));
    put(out, "f", effect, effect->from_ps, 3, json_pack("{s:I, s:s}", "id", id, "bp", "e"));
}

/* The last one that has the same request. */
static void put_arrow_from(struct output *out, const struct entry *const *causes, size_t count, const struct entry *effect)
{
    if (effect->from_ps == effect->to_ps || !json_object_get(effect->arguments, "request"))
        return;
    while (count-- > 0)
        if (same_request(causes[count]->arguments, effect->arguments)) {
            put_arrow(out, causes[count], effect);
            return;
        }
}

/* Causes that last are kept in the order of their begin. */
static void put_entries(struct output *out, const struct time_line *line)
{
    const struct entry **causes = calloc(line->entry_count + 1, sizeof(*causes));
    size_t count = 0;

    if (!causes)
        abort();
    for (size_t i = 0; i < line->entry_count; i++) {
        const struct entry *entry = &line->entries[i];
        size_t kept = 0;

        for (size_t n = 0; n < count; n++)
            if (causes[n]->to_ps > entry->from_ps)
                causes[kept++] = causes[n];
        count = kept;
        put_entry(out, entry);
        if (entry->cause)
            causes[count++] = entry;
        else if (entry->span)
            put_arrow_from(out, causes, count, entry);
    }
    free(causes);
}

static int by_step(const void *left, const void *right)
{
    const struct event *a = left, *b = right;

    if (a->at_ps != b->at_ps)
        return a->at_ps < b->at_ps ? -1 : 1;
    if (a->step != b->step)
        return a->step < b->step ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static void put_name(json_t *events, const char *kind, uint32_t pid, uint32_t tid, const char *name, uint32_t position)
{
    bool process = strncmp(kind, "process", 7) == 0;

    json_array_append_new(events, json_pack("{s:s, s:s, s:i, s:i, s:f, s:{s:s}}", "ph", "M", "name", kind, "pid", (int)pid, "tid",
                                            (int)tid, "ts", 0.0, "args", "name", name));
    json_array_append_new(events, json_pack("{s:s, s:s, s:i, s:i, s:f, s:{s:i}}", "ph", "M", "name",
                                            process ? "process_sort_index" : "thread_sort_index", "pid", (int)pid, "tid",
                                            (int)tid, "ts", 0.0, "args", "sort_index", (int)position));
}

static void put_names(const struct time_line *line, json_t *events)
{
    for (uint32_t layer = 0; layer < LAYER_COUNT; layer++) {
        bool used = false;

        for (uint32_t i = 0; i < line->track_count; i++)
            used = used || line->tracks[i].layer == layer;
        if (used)
            put_name(events, "process_name", layer + 1, 0, layer ? layers[layer] : line->name, layer);
    }
    for (uint32_t i = 0; i < line->track_count; i++) {
        const struct track *track = &line->tracks[i];
        const char *lane = track->layer ? strchr(track->name, '/') + 1 : track->name;

        for (uint32_t row = 0; row < track->row_count; row++) {
            char name[80];

            snprintf(name, sizeof(name), row ? "%s (%u)" : "%s", lane, row + 1);
            put_name(events, "thread_name", track->layer + 1, track->first_tid + row, name, track->first_tid + row);
        }
    }
}

bool time_line_write(struct time_line *line, const char *path, json_t *other)
{
    struct output out = {.line = line};
    json_t *events = json_array(), *file;
    bool written;

    arrange(line);
    put_names(line, events);
    put_entries(&out, line);
    qsort(out.events, out.count, sizeof(*out.events), by_step);
    for (size_t i = 0; i < out.count; i++)
        json_array_append_new(events, out.events[i].json);
    free(out.events);
    file = json_pack("{s:o, s:s, s:o}", "traceEvents", events, "displayTimeUnit", "ns", "otherData", other);
    written = file && json_dump_file(file, path, JSON_INDENT(0) | JSON_REAL_PRECISION(15)) == 0;
    json_decref(file);
    return written;
}
