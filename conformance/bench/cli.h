/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cli.h - what the commands of `iotb` share: the table of commands, exit codes, and how bad input is answered.
 *
 * A new command is a function in a file of its own and one line in commands.c.
 */
#ifndef BENCH_CLI_H
#define BENCH_CLI_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit codes; where several apply the first of 2, 3, 4, 1, 0 wins (`iotb help`). */
enum exit_code {
    EXIT_CONFORM = 0,     /* or: the command did what it was asked */
    EXIT_NOT_CONFORM = 1, /* some requirement is not met */
    EXIT_USAGE = 2,       /* unknown option, case, requirement, DUT or parameter; malformed input file */
    EXIT_FAULT = 3,       /* environment or bench: a tool is missing, a report cannot be written, a case is wrong */
    EXIT_DUT_DEAD = 4,    /* the DUT crashed or hung */
};
int exit_code_worse(int a, int b); /* the one that wins */

struct command {
    const char *name;
    const char *usage;                 /* what follows the name */
    const char *summary;               /* one line */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name; returns an exit code */
    const char *options;               /* one line each, or NULL */
};
extern const struct command commands[]; /* a NULL name at the end */

/* "iotb: <sentence>" and a new line on stderr. */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same; returns EXIT_USAGE. */
int cli_bad(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Of all names that next(context, n) gives (NULL behind the last) the one nearest to word; NULL when none is near.
 */
const char *cli_nearest(const char *word, const char *(*next)(const void *context, size_t n), const void *context);
/* next() for an array of strings with NULL at the end. */
const char *cli_string_at(const void *strings, size_t n);
/* "there is no WHAT "WORD"", with the nearest name when there is one; returns EXIT_USAGE. */
int cli_unknown(const char *what, const char *word, const char *(*next)(const void *context, size_t n), const void *context);

/*
 * getopt_long with our sentences. Returns the option, -1 at the end, or CLI_BAD after having said what is wrong.
 * short_options must begin with "+:" or ":" as getopt(3) has it.
 */
#define CLI_BAD (-2)
int cli_option(int argc, char **argv, const char *short_options, const struct option *long_options);
/* No operand may be left over: 0, or EXIT_USAGE after having said so. */
int cli_no_operands(int argc, char **argv);
/* Decimal or 0x..., in min..max; false after having said what is wrong. `option` names it in the sentence. */
bool cli_number(const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *value);

#endif
