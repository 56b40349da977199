/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_probe.c - `iotb probe`: what a DUT says of itself, its capabilities field by field, and where the two do not go
 * together.
 */
#include "bench/child.h"
#include "bench/cli.h"
#include "bench/commands.h"
#include "bench/plan.h"
#include "bench/probe.h"
#include "bench/results.h"

#include <string.h>

static void say(FILE *out, json_t *line)
{
    json_dumpf(line, out, JSON_COMPACT);
    fputc('\n', out);
    json_decref(line);
}

/* In the child: prints to the terminal, and tells the parent its exit code and, if it failed, why. */
static void probe_once(void *context, FILE *out)
{
    const struct run_dut *dut = context;
    char error[256] = "";
    int code = probe_dut(&dut->found, stdout, error, sizeof(error));

    fflush(stdout);
    say(out, json_pack("{s:i, s:s}", "code", code, "text", error));
}

struct answer {
    int code;
    char text[512];
};

static void take_line(void *context, json_t *line)
{
    struct answer *answer = context;
    const char *text = json_string_value(json_object_get(line, "text"));

    answer->code = (int)json_integer_value(json_object_get(line, "code"));
    snprintf(answer->text, sizeof(answer->text), "%s", text ? text : "");
}

static int probe(struct run_dut *dut, uint64_t timeout_ms)
{
    struct answer answer = {.code = EXIT_DUT_DEAD, .text = "it ended the process"};
    struct child child, *only = &child;
    char death[400];
    int result = child_start(&child, probe_once, dut, timeout_ms, false);

    if (result) {
        cli_say("no process for the DUT: %s", strerror(-result));
        return EXIT_FAULT;
    }
    while (!child_collect(&child, take_line, &answer))
        child_wait_any(&only, 1, 1000);
    if (child_death(&child, death, sizeof(death))) {
        answer.code = EXIT_DUT_DEAD;
        snprintf(answer.text, sizeof(answer.text), "its process %s", death);
    }
    if (answer.text[0])
        cli_say("%s", answer.text);
    return answer.code;
}

int cmd_probe(int argc, char **argv)
{
    static const struct option options[] = {
        {"dut", required_argument, NULL, 'd'}, {"timeout", required_argument, NULL, 't'}, {NULL, 0, NULL, 0}};
    struct plan plan = {0};
    uint64_t timeout_s = 60;
    int option, code = 0;

    while (!code && (option = cli_option(argc, argv, ":", options)) != -1) {
        if (option == 'd')
            code = plan_exact(&plan, optarg);
        else if (option != 't' || !cli_number("--timeout", optarg, 1, 1000000, &timeout_s))
            code = EXIT_USAGE;
    }
    code = code ? code : cli_no_operands(argc, argv);
    if (!code && !plan.dut_count)
        code = cli_bad("probe wants --dut NAME[,PARAM=V..]");
    for (size_t i = 0; code != EXIT_USAGE && i < plan.dut_count; i++)
        code = exit_code_worse(code, probe(&plan.duts[i], timeout_s * 1000));
    plan_free(&plan);
    return code;
}
