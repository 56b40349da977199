/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_help.c - `iotb help`. */
#include "bench/cli.h"
#include "bench/commands.h"

#include <stdio.h>
#include <string.h>

static const char exit_codes[] =
    "Exit codes; where several apply the first of 2, 3, 4, 1 wins:\n"
    "  0  the DUT conforms, or the command did what it was asked\n"
    "  1  some requirement is not met\n"
    "  2  usage: unknown option, case, requirement, DUT or parameter, malformed input file\n"
    "  3  environment or bench: a tool is missing, a report cannot be written, a case is wrong (ERROR), the run was\n"
    "     interrupted, a waiver is expired or unused\n"
    "  4  the DUT crashed or hung\n"
    "\n"
    "The last line of `iotb conform` counts cases over all parameter sets of a DUT; OBSERVED counts as PASS, and a case\n"
    "that made no check as ERROR.\n";

static const char *command_at(const void *context, size_t n)
{
    (void)context;
    return commands[n].name;
}

static int help_all(void)
{
    printf("iotb COMMAND ...\n\n");
    for (const struct command *command = commands; command->name; command++)
        printf("  %-8s %s\n", command->name, command->summary);
    printf("\n`iotb help COMMAND` tells more.\n\n%s", exit_codes);
    return EXIT_CONFORM;
}

int cmd_help(int argc, char **argv)
{
    if (argc < 2)
        return help_all();
    if (argc > 2)
        return cli_bad("help takes one command");
    for (const struct command *command = commands; command->name; command++) {
        const char *at = command->options;

        if (strcmp(command->name, argv[1]) != 0)
            continue;
        printf("iotb %s %s\n  %s\n", command->name, command->usage, command->summary);
        while (at && *at) {
            int length = (int)strcspn(at, "\n");

            printf("    %.*s\n", length, at);
            at += length + (at[length] == '\n');
        }
        return EXIT_CONFORM;
    }
    return cli_unknown("command", argv[1], command_at, NULL);
}
