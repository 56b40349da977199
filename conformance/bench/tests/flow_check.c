/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flow_check.c - a time line of `iotb flow` is what it should be: flow_check FILE. Every layer has events; no time runs back;
 * begins and ends nest on each track; every arrow has both ends; calls and accesses say what they should.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define TRACKS 512
#define ARROWS 65536

static unsigned wrong;

#define EXPECT(condition, ...)            \
    do {                                  \
        if (!(condition)) {               \
            wrong++;                      \
            fprintf(stderr, __VA_ARGS__); \
            fputc('\n', stderr);          \
        }                                 \
    } while (0)

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

/* The process (layer) of this number. */
static const char *layer_of(const json_t *events, json_int_t pid)
{
    const json_t *event;
    size_t i;

    json_array_foreach(events, i, event) if (!strcmp(text_of(event, "name"), "process_name") &&
                                             json_integer_value(json_object_get(event, "pid")) ==
                                                 pid) return text_of(json_object_get(event, "args"), "name");
    return "";
}

static void check_layers(const json_t *events)
{
    static const char *const layers[] = {"process", "driver", "iommu", "device", "memory"};

    for (size_t n = 0; n < 5; n++) {
        const json_t *event;
        size_t i, count = 0, spans = 0;

        json_array_foreach(events, i, event)
        {
            const char *phase = text_of(event, "ph");

            if (*phase == 'M' || strcmp(layer_of(events, json_integer_value(json_object_get(event, "pid"))), layers[n]) != 0)
                continue;
            count += *phase == 'i' || *phase == 'B';
            spans += *phase == 'B';
        }
        EXPECT(count, "nothing happens in the layer %s", layers[n]);
        EXPECT(spans || !strcmp(layers[n], "driver"), "nothing lasts in the layer %s", layers[n]);
    }
}

static void check_order(const json_t *events)
{
    static unsigned depth[TRACKS];
    static unsigned char begun[ARROWS], ended[ARROWS];
    const json_t *event;
    double before = 0;
    size_t i;

    json_array_foreach(events, i, event)
    {
        double now = json_number_value(json_object_get(event, "ts"));
        json_int_t track = json_integer_value(json_object_get(event, "tid")),
                   id = json_integer_value(json_object_get(event, "id"));
        char phase = *text_of(event, "ph");

        EXPECT(strchr("MBEisf", phase) && phase, "event %zu has the phase \"%c\"", i, phase);
        EXPECT(now >= before, "event %zu: time runs back from %f to %f us", i, before, now);
        EXPECT(track >= 0 && track < TRACKS && id >= 0 && id < ARROWS, "event %zu: more than this check can count", i);
        if (wrong)
            return;
        before = now;
        depth[track] += phase == 'B';
        EXPECT(phase != 'E' || depth[track], "event %zu ends what has not begun", i);
        depth[track] -= phase == 'E' && depth[track];
        EXPECT(depth[track] <= 1, "event %zu begins while another lasts on its track", i);
        EXPECT((phase != 's' && phase != 'f') || depth[track], "event %zu: an arrow from or to nothing", i);
        begun[id] |= phase == 's';
        ended[id] |= phase == 'f';
    }
    for (i = 0; i < TRACKS; i++)
        EXPECT(!depth[i], "what has begun on track %zu does not end", i);
    EXPECT(begun[1], "there is no arrow");
    EXPECT(memcmp(begun, ended, sizeof(begun)) == 0, "an arrow has one end only");
}

/* Calls with their arguments and result by name; accesses to memory with who made them. */
static void check_arguments(const json_t *events)
{
    const json_t *event;
    size_t i, calls = 0;

    json_array_foreach(events, i, event)
    {
        const json_t *arguments = json_object_get(event, "args");
        const char *layer = layer_of(events, json_integer_value(json_object_get(event, "pid"))), *name = text_of(event, "name");

        if (*text_of(event, "ph") != 'B' && *text_of(event, "ph") != 'i')
            continue;
        EXPECT(json_is_integer(json_object_get(arguments, "at_ps")), "event %zu has no time in ps", i);
        if (!strcmp(layer, "memory"))
            EXPECT(*text_of(arguments, "by") && *text_of(arguments, "address"), "event %zu: who accesses what?", i);
        if (strcmp(layer, "process") != 0 || *text_of(event, "ph") != 'B')
            continue;
        EXPECT(*text_of(arguments, "result") || *text_of(arguments, "errno"), "event %zu: %s has no result", i, name);
        EXPECT(strcmp(name, "ioctl") != 0, "event %zu: an ioctl of which no name is known", i);
        calls += strstr(name, "_ATTACH_IOASID") && *text_of(arguments, "ioasid");
    }
    EXPECT(calls, "no ATTACH is told with its arguments");
}

int main(int argc, char **argv)
{
    json_error_t error;
    json_t *file = argc == 2 ? json_load_file(argv[1], JSON_REJECT_DUPLICATES, &error) : NULL;
    const json_t *events = json_object_get(file, "traceEvents");

    if (!file) {
        fprintf(stderr, "%s: %s\n", argc == 2 ? argv[1] : "flow_check FILE", argc == 2 ? error.text : "one file");
        return 2;
    }
    EXPECT(json_array_size(events) > 100, "there are hardly any events");
    EXPECT(json_is_object(json_object_get(file, "otherData")), "nothing is said of the whole");
    check_order(events);
    check_layers(events);
    check_arguments(events);
    json_decref(file);
    return wrong != 0;
}
