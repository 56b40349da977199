/* SPDX-License-Identifier: BSD-2-Clause */
/* time_line_test.c - time lines: rows, begins and ends, arrows, order. */
#include "bench/time_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define PATH "unit-time-line.json"

/* "B 5.2 read 1.5; ..": phase, layer and row, name, time; without names of tracks and positions. */
static void expect(struct time_line *line, const char *wanted)
{
    char text[2048] = "";
    json_t *file, *event;
    size_t i, used = 0;

    assert_true(time_line_write(line, PATH, json_object()));
    time_line_free(line);
    file = json_load_file(PATH, 0, NULL);
    remove(PATH);
    assert_non_null(file);
    json_array_foreach(json_object_get(file, "traceEvents"), i, event)
    {
        const char *phase = json_string_value(json_object_get(event, "ph"));

        if (*phase != 'M')
            used += (size_t)snprintf(
                text + used, sizeof(text) - used, "%s %d.%d %s %g; ", phase,
                (int)json_integer_value(json_object_get(event, "pid")), (int)json_integer_value(json_object_get(event, "tid")),
                json_string_value(json_object_get(event, "name")), json_real_value(json_object_get(event, "ts")));
    }
    json_decref(file);
    assert_string_equal(text, wanted);
}

static void overlaps_get_rows(void **state)
{
    struct time_line *line = time_line_new("test");

    (void)state;
    time_line_span(line, "memory/a", "one", 1000000, 3000000, NULL);
    time_line_span(line, "memory/a", "two", 2000000, 4000000, NULL);
    time_line_span(line, "memory/a", "three", 3000000, 3000000, NULL);
    time_line_instant(line, "lane", "point", 2500000, NULL);
    expect(line, "B 6.1 one 1; B 6.2 two 2; i 1.3 point 2.5; E 6.1 one 3; B 6.1 three 3; E 6.1 three 3; E 6.2 two 4; ");
}

static void texts(void **state)
{
    struct time_line *line = time_line_new("test");

    (void)state;
    time_line_text(line, "iommu/0 request", "begin rid=10 request=1", 1000000, TIME_LINE_INSTANT);
    time_line_text(line, "iommu/0 request", "begin rid=20 request=2", 2000000, TIME_LINE_INSTANT);
    time_line_text(line, "iommu/0 request", "end status=0 request=1", 3000000, TIME_LINE_INSTANT);
    time_line_text(line, "iommu/0 request", "end status=0 request=7", 4000000, TIME_LINE_INSTANT); /* of none */
    time_line_text(line, "process/0", "CALL fd=1 result=0", 5000000, 0);
    expect(line, "B 4.1 request 1; B 4.2 request 2; E 4.1 request 3; i 4.1 end 4; E 4.2 request 5; B 2.3 CALL 5; E 2.3 CALL 5; ");
}

static void arrows(void **state)
{
    struct time_line *line = time_line_new("test");

    (void)state;
    time_line_text(line, "memory/a", "read request=1", 1000000, 500000);
    time_line_text(line, "memory/a", "read request=2", 1500000, 500000);
    time_line_text(line, "device/10 bus", "write request=1", 1000000, 2000000); /* told when it is over */
    expect(line, "B 5.2 write 1; B 6.1 read 1; s 5.2 write 1; f 6.1 read 1; E 6.1 read 1.5; B 6.1 read 1.5; E 6.1 read 2; "
                 "E 5.2 write 3; ");
}

static void not_written(void **state)
{
    struct time_line *line = time_line_new("test");

    (void)state;
    time_line_instant(line, "lane", "point", 1, NULL);
    assert_false(time_line_write(line, "/nowhere/at/all.json", json_object()));
    time_line_free(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(overlaps_get_rows), cmocka_unit_test(texts), cmocka_unit_test(arrows),
                                       cmocka_unit_test(not_written)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
