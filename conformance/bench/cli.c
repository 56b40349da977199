/* SPDX-License-Identifier: BSD-2-Clause */
/* cli.c - exit codes, sentences on stderr, the nearest known name, options and numbers. */
#include "bench/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int exit_code_worse(int a, int b)
{
    static const int rank[] = {
        [EXIT_CONFORM] = 0, [EXIT_NOT_CONFORM] = 1, [EXIT_DUT_DEAD] = 2, [EXIT_FAULT] = 3, [EXIT_USAGE] = 4};

    return rank[a] >= rank[b] ? a : b;
}

static void say(const char *format, va_list arguments)
{
    fflush(stdout);
    fputs("iotb: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

void cli_say(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

int cli_bad(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    return EXIT_USAGE;
}

/* ---- the nearest known name ---- */

#define WORD_MAX 80u

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edit distance (Levenshtein), one row of the table at a time. */
static size_t distance(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1], width = strlen(b);

    for (size_t j = 0; j <= width; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];

        row[0] = i + 1;
        for (size_t j = 0; j < width; j++) {
            size_t above = row[j + 1];

            row[j + 1] = least(least(above, row[j]) + 1, diagonal + (a[i] != b[j]));
            diagonal = above;
        }
    }
    return row[width];
}

const char *cli_nearest(const char *word, const char *(*next)(const void *context, size_t n), const void *context)
{
    size_t best = strlen(word) / 3 + 2; /* more edits than that: not the same word */
    const char *nearest = NULL, *name;

    if (strlen(word) > WORD_MAX)
        return NULL;
    for (size_t n = 0; (name = next(context, n)) != NULL; n++) {
        size_t edits = strlen(name) <= WORD_MAX ? distance(word, name) : best;

        if (edits < best) {
            best = edits;
            nearest = name;
        }
    }
    return nearest;
}

const char *cli_string_at(const void *strings, size_t n)
{
    return ((const char *const *)strings)[n];
}

int cli_unknown(const char *what, const char *word, const char *(*next)(const void *context, size_t n), const void *context)
{
    const char *nearest = cli_nearest(word, next, context);

    if (nearest)
        return cli_bad("there is no %s \"%s\"; did you mean \"%s\"?", what, word, nearest);
    return cli_bad("there is no %s \"%s\"", what, word);
}

/* ---- options ---- */

static const char *option_at(const void *options, size_t n)
{
    return ((const struct option *)options)[n].name;
}

static void unknown_option(char **argv, const struct option *long_options)
{
    const char *word = argv[optind - 1];
    const char *nearest;
    char name[WORD_MAX + 1];

    if (optopt && word[1] != '-') {
        (void)cli_bad("%s has no option -%c", argv[0], optopt);
        return;
    }
    if (optopt) {
        (void)cli_bad("the option %s takes no value", word);
        return;
    }
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + 2, "="), word + 2);
    nearest = cli_nearest(name, option_at, long_options);
    (void)cli_bad("%s has no option --%s%s%s%s", argv[0], name, nearest ? "; did you mean --" : "", nearest ? nearest : "",
                  nearest ? "?" : "");
}

int cli_option(int argc, char **argv, const char *short_options, const struct option *long_options)
{
    int option;

    opterr = 0;
    option = getopt_long(argc, argv, short_options, long_options, NULL);
    if (option == ':') {
        (void)cli_bad("the option %s needs a value", argv[optind - 1]);
        return CLI_BAD;
    }
    if (option == '?') {
        unknown_option(argv, long_options);
        return CLI_BAD;
    }
    return option;
}

int cli_no_operands(int argc, char **argv)
{
    if (optind >= argc)
        return 0;
    return cli_bad("%s takes options only, and \"%s\" is none", argv[0], argv[optind]);
}

bool cli_number(const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoull(text, &end, 0);
    if (text[0] >= '0' && text[0] <= '9' && !*end && !errno && *value >= min && *value <= max)
        return true;
    (void)cli_bad("%s wants a number from %llu to %llu, not \"%s\"", option, (unsigned long long)min, (unsigned long long)max,
                  text);
    return false;
}
