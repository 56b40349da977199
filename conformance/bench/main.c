/* SPDX-License-Identifier: BSD-2-Clause */
/* main.c - `iotb COMMAND ...`. */
#include "bench/cli.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char *command_at(const void *context, size_t n)
{
    (void)context;
    return commands[n].name;
}

static const struct command *find_command(const char *name)
{
    for (const struct command *command = commands; command->name; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

/* `iotb --help` and `iotb --version` are what everybody tries first. */
static const char *command_name(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return "help";
    return strcmp(argv[1], "--version") == 0 ? "version" : argv[1];
}

/* They end up in reports, which are UTF-8. */
static bool readable(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        json_t *text = json_string(argv[i]);

        if (!text)
            return false;
        json_decref(text);
    }
    return true;
}

int main(int argc, char **argv)
{
    const char *name = command_name(argc, argv);
    const struct command *command = find_command(name);
    int code;

    if (!readable(argc, argv))
        return cli_bad("the arguments must be UTF-8");
    if (!command)
        return cli_unknown("command", name, command_at, NULL);
    code = argc < 2 ? command->run(argc, argv) : command->run(argc - 1, argv + 1);
    errno = 0;
    if (fflush(stdout) || ferror(stdout)) {
        cli_say("standard output could not be written: %s", strerror(errno));
        return exit_code_worse(code, EXIT_FAULT);
    }
    return argc < 2 ? EXIT_USAGE : code;
}
