/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_version.c - `iotb version`. */
#include "bench/cli.h"
#include "bench/commands.h"
#include "bench/requirements.h"
#include "bench/suite.h"
#include "bench/version.h"
#include "dut/dut_registry.h"

#include <jansson.h>
#include <stdio.h>

int cmd_version(int argc, char **argv)
{
    static const struct option none[] = {{NULL, 0, NULL, 0}};
    size_t cases = 0, rows = 0;

    if (cli_option(argc, argv, ":", none) != -1 || cli_no_operands(argc, argv))
        return EXIT_USAGE;
    while (suite_at(cases))
        cases++;
    while (requirement_at(rows))
        rows++;
    printf("iotb %s, DUT interface %u, jansson %s\n%zu cases, %zu requirement rows\nDUTs:", IOTB_VERSION, IOTB_DUT_ABI,
           JANSSON_VERSION, cases, rows);
    for (const char *const *name = dut_names(); *name; name++)
        printf(" %s", *name);
    putchar('\n');
    return EXIT_CONFORM;
}
