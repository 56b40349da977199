/* SPDX-License-Identifier: BSD-2-Clause */
/* suite.c - all cases, and choosing among them. */
#include "bench/suite.h"

#include "bench/cli.h"
#include "bench/requirements.h"
#include "ioasid_chapters.h"
#include "pasid_device_chapters.h"
#include "sm_chapters.h"
#include "spec/spec.h"
#include "vtd_chapters.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

static const struct iotb_case_list *const *const suites[] = {vtd_case_lists, smmuv3_case_lists, pasid_device_case_lists,
                                                             ioasid_case_lists};

const struct iotb_case *suite_at(size_t n)
{
    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
        for (const struct iotb_case_list *const *list = suites[i]; *list; list++) {
            if (n < (*list)->count)
                return &(*list)->cases[n];
            n -= (*list)->count;
        }
    }
    return NULL;
}

const struct iotb_case *suite_find(const char *name)
{
    const struct iotb_case *what;

    for (size_t n = 0; (what = suite_at(n)) != NULL; n++)
        if (strcmp(what->name, name) == 0)
            return what;
    return NULL;
}

const char *suite_name_at(const void *unused, size_t n)
{
    const struct iotb_case *what = suite_at(n);

    (void)unused;
    return what ? what->name : NULL;
}

const char *case_or_requirement_at(const void *unused, size_t n)
{
    size_t cases = 0;

    while (cases <= n && suite_at(cases))
        cases++;
    return n < cases ? suite_at(n)->name : requirement_id_at(unused, n - cases);
}

/* ---- facts about a case ---- */

bool case_row_at(const struct iotb_case *what, size_t n, char *row, size_t row_bytes)
{
    const char *at = what->rows ? what->rows : "";

    for (;; n--) {
        size_t length;

        at += strspn(at, " ");
        length = strcspn(at, " ");
        if (!length)
            return false;
        if (!n) {
            snprintf(row, row_bytes, "%.*s", (int)length, at);
            return true;
        }
        at += length;
    }
}

bool case_has_row(const struct iotb_case *what, const char *row)
{
    char own[64];

    for (size_t n = 0; case_row_at(what, n, own, sizeof(own)); n++)
        if (strcmp(own, row) == 0)
            return true;
    return false;
}

bool case_is_for(const struct iotb_case *what, uint32_t architecture)
{
    static const char *const names[] = {[IOTB_ARCH_NONE] = "",
                                        [IOTB_ARCH_VTD] = "vtd",
                                        [IOTB_ARCH_SMMUV3] = "smmuv3",
                                        [IOTB_ARCH_ENDPOINT] = "pasid-device",
                                        [IOTB_ARCH_IOASID] = "ioasid"};
    size_t length = strcspn(what->name, ".");

    return architecture < sizeof(names) / sizeof(names[0]) && strlen(names[architecture]) == length &&
           strncmp(names[architecture], what->name, length) == 0;
}

static const char *const tiers[] = {[TIER_SMOKE] = "smoke", [TIER_FULL] = "full", [TIER_NIGHTLY] = "nightly"};

const char *tier_name(enum iotb_tier tier)
{
    return tiers[tier];
}

bool tier_find(const char *name, enum iotb_tier *tier)
{
    for (int i = TIER_SMOKE; i <= TIER_NIGHTLY; i++) {
        if (strcmp(tiers[i], name) == 0) {
            *tier = (enum iotb_tier)i;
            return true;
        }
    }
    return false;
}

/* ---- choosing ---- */

static bool matches(const struct selection *selection, const struct iotb_case *what)
{
    return (!selection->glob || fnmatch(selection->glob, what->name, 0) == 0) &&
           (!selection->row || case_has_row(what, selection->row));
}

bool selection_has(const struct selection *selection, const struct iotb_case *what)
{
    /* A case that is asked for by its very name runs in every tier. */
    bool named = selection->glob && strcmp(selection->glob, what->name) == 0;

    return matches(selection, what) && (named || what->tier <= selection->tier);
}

static int no_case(const struct selection *selection)
{
    const struct spec_row *row = selection->row ? spec_row(selection->row) : NULL;

    if (selection->glob && !selection->row)
        return cli_unknown("case", selection->glob, suite_name_at, NULL);
    if (selection->glob)
        return cli_bad("no case that matches \"%s\" checks requirement %s", selection->glob, selection->row);
    return cli_bad("no case checks requirement %s%s%s", selection->row, row && row->reason[0] ? ": " : "",
                   row ? row->reason : "");
}

int selection_check(const struct selection *selection)
{
    const struct iotb_case *what;
    bool later = false;

    if (selection->row && !spec_row(selection->row))
        return cli_unknown("requirement", selection->row, requirement_id_at, NULL);
    for (size_t n = 0; (what = suite_at(n)) != NULL; n++) {
        if (selection_has(selection, what))
            return 0;
        later = later || matches(selection, what);
    }
    if (later)
        return cli_bad("every case selected belongs to a later tier than %s: give --tier", tier_name(selection->tier));
    return no_case(selection);
}
