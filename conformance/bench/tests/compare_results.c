/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compare_results.c - `compare_results A B`: two results documents give each case, and each of its rows, the same verdict.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static bool differ(const char *what, const json_t *a, const json_t *b)
{
    if (strcmp(text_of(a, "verdict"), text_of(b, "verdict")) == 0)
        return false;
    printf("%s: %s %s and %s %s\n", what, text_of(a, "verdict"), text_of(a, "reason"), text_of(b, "verdict"),
           text_of(b, "reason"));
    return true;
}

static size_t compare_case(const json_t *a, const json_t *b)
{
    const json_t *rows = json_object_get(a, "rows"), *others = json_object_get(b, "rows");
    size_t differences = differ(text_of(a, "name"), a, b);

    for (size_t i = 0; i < json_array_size(rows); i++) {
        char what[192];

        snprintf(what, sizeof(what), "%s %s", text_of(a, "name"), text_of(json_array_get(rows, i), "id"));
        differences += differ(what, json_array_get(rows, i), json_array_get(others, i));
    }
    return differences;
}

static size_t compare(const json_t *a, const json_t *b)
{
    size_t differences = 0;

    for (size_t i = 0; i < json_array_size(a); i++) {
        if (strcmp(text_of(json_array_get(a, i), "name"), text_of(json_array_get(b, i), "name")) != 0)
            differences++;
        differences += compare_case(json_array_get(a, i), json_array_get(b, i));
    }
    printf("%zu cases, %zu differences\n", json_array_size(a), differences);
    return differences;
}

int main(int argc, char **argv)
{
    json_t *a = json_load_file(argc == 3 ? argv[1] : "", 0, NULL), *b = json_load_file(argc == 3 ? argv[2] : "", 0, NULL);
    const json_t *a_cases = json_object_get(a, "cases"), *b_cases = json_object_get(b, "cases");
    bool same = json_array_size(a_cases) && json_array_size(a_cases) == json_array_size(b_cases);

    if (!same)
        printf("%zu cases and %zu\n", json_array_size(a_cases), json_array_size(b_cases));
    else
        same = compare(a_cases, b_cases) == 0;
    json_decref(a);
    json_decref(b);
    return same ? 0 : 1;
}
