/* SPDX-License-Identifier: BSD-2-Clause */
#include "spec_csv.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void csv_fail(const struct csv *csv, const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "%s:%u: ", csv->path, csv->line);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

/* The file's bytes with a NUL behind them; a NUL inside would hide what follows it, so it is refused. */
static char *read_whole(struct csv *csv)
{
    FILE *file = fopen(csv->path, "rb");
    size_t size = 0, capacity = 1 << 16, got;
    char *text;

    if (!file)
        csv_fail(csv, "cannot be opened: %s", strerror(errno));
    text = malloc(capacity);
    while (text && (got = fread(text + size, 1, capacity - size - 1, file)) > 0) {
        size += got;
        if (capacity - size < 2)
            text = realloc(text, capacity *= 2);
    }
    if (!text || ferror(file))
        csv_fail(csv, "cannot be read");
    fclose(file);
    text[size] = '\0';
    if (strlen(text) != size)
        csv_fail(csv, "holds a NUL character");
    if (size && text[size - 1] != '\n')
        csv_fail(csv, "the last line does not end with a newline");
    return text;
}

/* Takes the next line out of the text and ends it with NUL. */
static char *take_line(struct csv *csv)
{
    char *line = csv->next, *end = strchr(line, '\n');

    if (!end)
        return NULL;
    csv->line++;
    *end = '\0';
    csv->next = end + 1;
    if (strchr(line, '\r'))
        csv_fail(csv, "holds a carriage return");
    if (strchr(line, '\t'))
        csv_fail(csv, "holds a tab");
    return line;
}

/* A quoted cell, unquoted in place; returns what follows the closing quote. */
static char *unquote(struct csv *csv, char *from, char **cell)
{
    char *to = from++;

    *cell = to;
    for (; *from; from++) {
        if (*from == '"') {
            if (from[1] != '"')
                break;
            from++;
        }
        *to++ = *from;
    }
    if (!*from)
        csv_fail(csv, "a quoted cell is not closed");
    *to = '\0';
    return from + 1;
}

static char *plain(struct csv *csv, char *from, char **cell)
{
    size_t length = strcspn(from, ",\"");

    *cell = from;
    if (from[length] == '"')
        csv_fail(csv, "a quote inside an unquoted cell");
    return from + length;
}

static size_t split(struct csv *csv, char *line)
{
    size_t columns = 0;
    char separator;

    do {
        if (columns == CSV_COLUMNS_MAX)
            csv_fail(csv, "more than %d columns", CSV_COLUMNS_MAX);
        char **cell = &csv->cell[columns++];
        line = *line == '"' ? unquote(csv, line, cell) : plain(csv, line, cell);
        separator = *line;
        if (separator && separator != ',')
            csv_fail(csv, "text after a closing quote");
        *line++ = '\0';
    } while (separator);
    return columns;
}

void csv_open(struct csv *csv, const char *path)
{
    char *line;

    memset(csv, 0, sizeof *csv);
    csv->path = path;
    csv->line = 1;
    csv->text = read_whole(csv);
    csv->next = csv->text;
    csv->line = 0;
    line = take_line(csv);
    if (!line || strncmp(line, "# SPDX-License-Identifier: ", 27))
        csv_fail(csv, "the first line is not an SPDX comment");
    line = take_line(csv);
    if (!line)
        csv_fail(csv, "no header line");
    csv->columns = split(csv, line);
}

void csv_expect(struct csv *csv, const char *const *names)
{
    for (size_t i = 0; i < csv->columns; i++) {
        size_t n;

        for (n = 0; names[n] && strcmp(names[n], csv->cell[i]); n++)
            ;
        if (!names[n])
            csv_fail(csv, "unknown column %s", csv->cell[i]);
        if (csv->wanted[n])
            csv_fail(csv, "column %s stands twice", names[n]);
        csv->wanted[n] = names[n];
        csv->place[n] = i;
    }
    for (size_t n = 0; names[n]; n++)
        if (!csv->wanted[n])
            csv_fail(csv, "column %s is missing", names[n]);
}

int csv_read(struct csv *csv)
{
    char *line = take_line(csv);
    size_t columns;

    if (!line) {
        free(csv->text);
        csv->text = NULL;
        return 0;
    }
    if (!*line)
        csv_fail(csv, "an empty line");
    columns = split(csv, line);
    if (columns != csv->columns)
        csv_fail(csv, "%zu cells where the header has %zu", columns, csv->columns);
    return 1;
}

const char *csv_cell(const struct csv *csv, size_t n)
{
    return csv->cell[csv->place[n]];
}
