/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_list.c - `iotb list`: the cases. */
#include "bench/cli.h"
#include "bench/commands.h"
#include "bench/run.h"
#include "bench/suite.h"

#include <stdio.h>

static void print_case(const struct iotb_case *what, bool rows)
{
    char features[256];

    features_text(what->features, features, sizeof(features));
    printf("%-44s %-7s %-10s %s%s%s%s\n", what->name, tier_name(what->tier), what->functional ? "functional" : "-",
           what->gate ? "gate " : "", what->gate ? what->gate : "", features[0] ? "  needs " : "", features);
    if (rows)
        printf("    %s\n", what->rows ? what->rows : "");
}

int cmd_list(int argc, char **argv)
{
    static const struct option options[] = {{"case", required_argument, NULL, 'c'},
                                            {"req", required_argument, NULL, 'r'},
                                            {"rows", no_argument, NULL, 'R'},
                                            {NULL, 0, NULL, 0}};
    struct selection selection = {.tier = TIER_NIGHTLY};
    const struct iotb_case *what;
    bool rows = false;
    int option;

    while ((option = cli_option(argc, argv, ":", options)) != -1) {
        if (option == CLI_BAD)
            return EXIT_USAGE;
        if (option == 'c')
            selection.glob = optarg;
        else if (option == 'r')
            selection.row = optarg;
        else
            rows = true;
    }
    if (cli_no_operands(argc, argv) || selection_check(&selection))
        return EXIT_USAGE;
    for (size_t n = 0; (what = suite_at(n)) != NULL; n++)
        if (selection_has(&selection, what))
            print_case(what, rows);
    return EXIT_CONFORM;
}
