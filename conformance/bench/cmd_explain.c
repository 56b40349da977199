/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_explain.c - `iotb explain`: a case with its requirements, or a requirement with its cases. */
#include "bench/cli.h"
#include "bench/commands.h"
#include "bench/requirements.h"
#include "bench/run.h"
#include "bench/suite.h"

#include <stdio.h>

static void explain_case(const struct iotb_case *what)
{
    char features[256], id[64];

    features_text(what->features, features, sizeof(features));
    printf("%s\n  %s\n  tier %s, %s\n", what->name, what->summary ? what->summary : "", tier_name(what->tier),
           what->functional ? "functional: it must fail on every negative control" : "submits no requests");
    if (what->gate)
        printf("  SKIP unless %s\n", what->gate);
    if (features[0])
        printf("  NOTESTABLE unless the adapter has %s\n", features);
    for (size_t n = 0; case_row_at(what, n, id, sizeof(id)); n++) {
        const struct spec_row *row = spec_row(id);

        if (row)
            printf("\n  %s  [%s %s, %s]\n    %s\n", id, row->document, row->revision, row->clause, row->requirement);
        else
            printf("\n  %s  is not in the catalogue\n", id);
    }
}

static const char *scope_text(enum spec_scope scope)
{
    switch (scope) {
    case SPEC_DECIDABLE:
        return "decidable by a black box";
    case SPEC_LATER:
        return "of a part that comes later";
    case SPEC_UNDECIDABLE:
        return "not decidable by a black box";
    case SPEC_OUT:
        return "not modelled";
    }
    return "";
}

static void explain_row(const struct spec_row *row)
{
    const struct iotb_case *what;
    bool checked = false;

    printf("%s  [%s %s, %s]\n  %s\n  test: %s\n  gate: %s; kind: %s; %s\n  %s%s%s\n", row->id, row->document, row->revision,
           row->clause, row->requirement, row->stimulus, row->gate, row->kind,
           row->confidence == 'S'   ? "seen in a source"
           : row->confidence == 'K' ? "known"
                                    : "unsure: a failed check warns",
           scope_text(row->scope), row->reason[0] ? ": " : "", row->reason);
    for (size_t n = 0; (what = suite_at(n)) != NULL; n++) {
        if (!case_has_row(what, row->id))
            continue;
        checked = true;
        printf("  checked by %s\n", what->name);
    }
    if (!checked)
        printf("  no case checks it\n");
}

int cmd_explain(int argc, char **argv)
{
    static const struct option none[] = {{NULL, 0, NULL, 0}};
    const struct iotb_case *what;
    const struct spec_row *row;

    if (cli_option(argc, argv, ":", none) != -1)
        return EXIT_USAGE;
    if (optind != argc - 1)
        return cli_bad("explain takes one case or requirement");
    what = suite_find(argv[optind]);
    row = spec_row(argv[optind]);
    if (what)
        explain_case(what);
    else if (row)
        explain_row(row);
    else
        return cli_unknown("case or requirement", argv[optind], case_or_requirement_at, NULL);
    return EXIT_CONFORM;
}
