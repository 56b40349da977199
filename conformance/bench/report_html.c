/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report_html.c - one page for an engineer who was not there: what was judged, what failed and how to see it again, every
 * requirement with the cases that decide it, every case with what it did on each DUT.
 *
 * The page holds each row and each case once, folded; numbers name the DUTs of the table at its top. It needs nothing but
 * itself: report_html.css and report_html.js are built in.
 */
#include "bench/report_html.inc"
#include "bench/cli.h"
#include "bench/html.h"
#include "bench/html_view.h"
#include "bench/report_file.h"
#include "bench/tally.h"
#include "spec/spec.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ITEMS_SHOWN 8u /* different failures or texts of one row in one case; the results file has all */
#define NOTES_SHOWN 150u
#define CASES_OPEN 40u /* so many of what failed are unfolded */

struct page {
    struct view view;
    FILE *out;
    size_t opened;
};

static void put_verdict(FILE *out, const char *verdict)
{
    html_put(out, "<b class=\"v %s\">%s</b>", verdict, verdict);
}

/* The word and its title, with how many blocks of that verdict are unfolded already in mind. */
static void open_block(struct page *p, const char *prefix, const char *id, const char *verdict, bool wrong)
{
    html_put(p->out, "<details class=\"b\" id=\"%s%s\" data-v=\"%s\"%s><summary>", prefix, id, verdict,
             wrong && p->opened++ < CASES_OPEN ? " open" : "");
    put_verdict(p->out, verdict);
}

/* ---- head ---- */

static const struct {
    const char *verdict, *meaning;
} legend[] = {
    {"PASS", "every check that was made holds"},
    {"FAIL", "a check does not hold: the requirement is not met"},
    {"WARN", "a check does not hold, but of the requirement itself the catalogue is not sure (confidence U)"},
    {"OBSERVED", "the specification leaves it open; what the DUT does is written down"},
    {"WAIVED", "it fails, and a waiver with reason and owner says that this is known"},
    {"HANG", "the DUT, or the case on it, did not come back in time"},
    {"CRASH", "the DUT died, or broke the interface"},
    {"ERROR", "the bench could not judge: the environment lacks something, or the case is wrong"},
    {"UNTESTED",
     "of a row: no check of it was made in this run; of a case: it made no check at all, which is a defect of the case"},
    {"NOTESTABLE", "the adapter of this DUT cannot do what the case needs"},
    {"SKIP", "the DUT does not have the capability that the case is about"},
    {"LATER", "of a row: part of the specification that the bench does not cover yet"},
    {"UNDECIDABLE", "of a row: nothing that a black box shows can decide it"},
    {"OUT", "of a row: not in scope"},
};

static const char *conclusion_of(int code)
{
    switch (code) {
    case EXIT_CONFORM:
        return "nothing failed";
    case EXIT_NOT_CONFORM:
        return "does not conform";
    case EXIT_DUT_DEAD:
        return "crashed or hung";
    default:
        return "could not be judged in full";
    }
}

static void put_conclusions(struct page *p)
{
    size_t count;
    struct tally *tallies = tally_results(p->view.results, &count);

    if (!json_is_true(json_object_get(p->view.results, "complete")))
        html_put(p->out, "<p class=\"result bad\">This run did not come to its end: what follows is a part of it.</p>\n");
    for (size_t i = 0; i < count; i++) {
        int code = tally_exit_code(&tallies[i]);

        html_put(p->out, "<p class=\"result %s\"><b>%s: %s.</b>", code ? "bad" : "good", tallies[i].name, conclusion_of(code));
        for (size_t v = 0; v < VERDICT_COUNT; v++)
            if (tallies[i].counts[verdicts_by_severity[v]])
                html_put(p->out, " %s %zu", verdict_name(verdicts_by_severity[v]), tallies[i].counts[verdicts_by_severity[v]]);
        html_put(p->out, "</p>\n");
    }
    free(tallies);
}

static void put_facts(struct page *p)
{
    const json_t *results = p->view.results, *command = json_object_get(results, "command");
    char seed[32];

    snprintf(seed, sizeof(seed), "%" PRIu64, (uint64_t)json_integer_value(json_object_get(results, "seed")));
    html_put(p->out, "<dl class=\"facts\"><dt>command</dt><dd><code>");
    for (size_t i = 0; i < json_array_size(command); i++)
        html_put(p->out, "%s%s", i ? " " : "", json_string_value(json_array_get(command, i)));
    html_put(p->out, "</code></dd><dt>seed, tier</dt><dd>%s, %s</dd><dt>bench</dt><dd>%s %s</dd><dt>cases</dt>", seed,
             member_text(results, "tier"), member_text(json_object_get(results, "tool"), "name"),
             member_text(json_object_get(results, "tool"), "version"));
    html_put(p->out, "<dd>%zu, run %zu times over all DUTs</dd></dl>\n", p->view.case_count,
             json_array_size(json_object_get(results, "cases")));
}

static void put_dut(const struct page *p, size_t index)
{
    const json_t *dut = json_array_get(p->view.duts, index);
    const char *parameters = member_text(dut, "parameters");

    html_put(p->out, "%s%s%s", member_text(dut, "name"), *parameters ? "," : "", parameters);
}

static void count_entries(const struct page *p, size_t (*counts)[VERDICT_COUNT], size_t *totals)
{
    const json_t *entries = json_object_get(p->view.results, "cases");

    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);
        enum verdict verdict = member_verdict(entry);

        if (verdict == VERDICT_COUNT || entry_dut(entry) >= p->view.dut_count)
            continue;
        counts[entry_dut(entry)][verdict]++;
        totals[verdict]++;
    }
}

static void put_duts(struct page *p)
{
    size_t(*counts)[VERDICT_COUNT] = calloc(p->view.dut_count + 1, sizeof(*counts)), totals[VERDICT_COUNT] = {0};

    if (!counts)
        abort();
    count_entries(p, counts, totals);
    html_put(p->out, "<table id=\"duts\"><thead><tr><th class=\"n\">no.</th><th>DUT, as for --dut</th><th>version</th>");
    for (size_t v = 0; v < VERDICT_COUNT; v++)
        if (totals[verdicts_by_severity[v]])
            html_put(p->out, "<th class=\"n\">%s</th>", verdict_name(verdicts_by_severity[v]));
    html_put(p->out, "</tr></thead><tbody>\n");
    for (size_t d = 0; d < p->view.dut_count; d++) {
        html_put(p->out, "<tr><td class=\"n\">%zu</td><td><code>", d + 1);
        put_dut(p, d);
        html_put(p->out, "</code></td><td>%s</td>", member_text(json_array_get(p->view.duts, d), "version"));
        for (size_t v = 0; v < VERDICT_COUNT; v++)
            if (totals[verdicts_by_severity[v]])
                html_put(p->out, "<td class=\"n\">%zu</td>", counts[d][verdicts_by_severity[v]]);
        html_put(p->out, "</tr>\n");
    }
    html_put(p->out, "</tbody></table>\n");
    free(counts);
}

static void put_legend(struct page *p)
{
    html_put(p->out, "<details><summary>What the words mean</summary><dl class=\"facts\">\n");
    for (size_t i = 0; i < sizeof(legend) / sizeof(legend[0]); i++) {
        html_put(p->out, "<dt>");
        put_verdict(p->out, legend[i].verdict);
        html_put(p->out, "</dt><dd>%s</dd>\n", legend[i].meaning);
    }
    html_put(p->out, "</dl><p>A requirement's verdict is the worst that any case found on any DUT. A replay line runs exactly "
                     "that case again, on that DUT, with that seed.</p></details>\n");
}

static void put_filter(struct page *p)
{
    html_put(p->out, "<form id=\"filter\" hidden onsubmit=\"return false\"><input type=\"search\" aria-label=\"filter\" "
                     "placeholder=\"filter: id, clause, case, any word of a failure\">");
    for (size_t i = 0; i < sizeof(legend) / sizeof(legend[0]); i++)
        html_put(p->out, "<label><input type=\"checkbox\" value=\"%s\"> %s</label>", legend[i].verdict, legend[i].verdict);
    html_put(p->out, "<output></output></form>\n");
}

static void put_head(struct page *p)
{
    html_put(p->out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                     "<meta name=\"viewport\" content=\"width=device-width\"><title>iotb conform:");
    for (size_t d = 0; d < p->view.dut_count; d++) {
        const char *name = member_text(json_array_get(p->view.duts, d), "name");

        if (!d || strcmp(name, member_text(json_array_get(p->view.duts, d - 1), "name")) != 0)
            html_put(p->out, " %s", name);
    }
    html_put(p->out, "</title><style>\n");
    fputs(report_html_css, p->out);
    html_put(p->out, "</style></head><body>\n<h1>IOMMU conformance report</h1>\n");
    put_conclusions(p);
    put_facts(p);
    put_duts(p);
    put_legend(p);
    put_filter(p);
}

/* ---- a requirement ---- */

/* "31:28, 12": where two values differ. */
static void put_difference(FILE *out, uint64_t difference)
{
    const char *before = "";

    if (difference)
        html_put(out, " <span class=\"soft\">bits that differ: ");
    for (int hi = 63; hi >= 0; hi--) {
        int lo = hi;

        if (!(difference >> hi & 1))
            continue;
        while (lo && difference >> (lo - 1) & 1)
            lo--;
        html_put(out, "%s%zu", before, (size_t)hi);
        if (lo < hi)
            html_put(out, ":%zu", (size_t)lo);
        before = ", ";
        hi = lo;
    }
    if (difference)
        html_put(out, "</span>");
}

static void put_failure(struct view *view, FILE *out, const json_t *row, const json_t *failure)
{
    const char *expected = member_text(failure, "expected"), *seen = member_text(failure, "seen");
    const char *context = member_text(failure, "context");
    size_t times = (size_t)json_integer_value(json_object_get(failure, "count"));

    html_put(out, "<div class=\"fail%s\"><b>%s</b>", member_verdict(row) == VERDICT_FAIL ? "" : " w",
             member_text(failure, "text"));
    view_put_on(view, out);
    if (*expected) {
        html_put(out, "<br>expected <code>%s</code>, seen <code>%s</code>", expected, seen);
        put_difference(out, strtoull(expected, NULL, 0) ^ strtoull(seen, NULL, 0));
    }
    if (*context)
        html_put(out, "<br>with %s", context);
    html_put(out, "<br><small>%s", member_text(failure, "where"));
    if (times > 1)
        html_put(out, ", %zu times", times);
    html_put(out, "</small></div>\n");
}

static void put_observed(struct view *view, FILE *out, const json_t *row, const json_t *text)
{
    (void)row;
    html_put(out, "<div class=\"fail o\">%s", json_string_value(text));
    view_put_on(view, out);
    html_put(out, "</div>\n");
}

static void put_replay(FILE *out, const json_t *entry)
{
    html_put(out, "<code class=\"replay\">iotb replay '%s'</code>\n", member_text(entry, "replay"));
}

static void put_row_items(struct page *p, const struct case_view *what, const char *id)
{
    size_t more = view_each_item(&p->view, p->out, what, id, "failures", ITEMS_SHOWN, put_failure);

    more += view_each_item(&p->view, p->out, what, id, "observed", ITEMS_SHOWN, put_observed);
    if (more)
        html_put(p->out, "<p class=\"soft\">and %zu more: the results file (--json) has all</p>\n", more);
    for (size_t e = 0; e < what->entry_count; e++)
        if (json_array_size(json_object_get(entry_row(what->entries[e], id), "failures"))) {
            put_replay(p->out, what->entries[e]);
            break;
        }
}

/* What a case found for the row, DUTs of the same outcome together. */
static void put_row_case(struct page *p, const struct case_view *what, const char *id)
{
    html_put(p->out, "<div class=\"case\"><a href=\"#case-%s\"><code>%s</code></a>", what->name, what->name);
    for (size_t e = 0; e < what->entry_count; e++) {
        const json_t *row = entry_row(what->entries[e], id);

        p->view.outcomes[e] = row ? row_outcome(what->entries[e], row) : VERDICT_COUNT;
    }
    for (size_t v = 0; v < VERDICT_COUNT; v++) {
        size_t count = 0;

        view_clear_on(&p->view);
        for (size_t e = 0; e < what->entry_count; e++) {
            if (p->view.outcomes[e] == verdicts_by_severity[v]) {
                p->view.on[entry_dut(what->entries[e])] = true;
                count++;
            }
        }
        if (!count)
            continue;
        html_put(p->out, " ");
        put_verdict(p->out, verdict_name(verdicts_by_severity[v]));
        view_put_on(&p->view, p->out);
    }
    put_row_items(p, what, id);
    html_put(p->out, "</div>\n");
}

static const char *row_word(const struct spec_row *row, enum verdict verdict)
{
    static const char *const scopes[] = {[SPEC_LATER] = "LATER", [SPEC_UNDECIDABLE] = "UNDECIDABLE", [SPEC_OUT] = "OUT"};

    return row->scope == SPEC_DECIDABLE || verdict != VERDICT_UNTESTED ? verdict_name(verdict) : scopes[row->scope];
}

static void put_row_facts(FILE *out, const struct spec_row *row)
{
    html_put(out, "<dl class=\"facts\"><dt>document</dt><dd>%s revision %s, %s</dd>", row->document, row->revision, row->clause);
    html_put(out, "<dt>stimulus, expected</dt><dd>%s</dd>", row->stimulus);
    if (strcmp(row->gate, "-") != 0)
        html_put(out, "<dt>holds where</dt><dd>%s</dd>", row->gate);
    if (row->confidence == 'U')
        html_put(out, "<dt>confidence</dt><dd>U: the text does not settle it; a failed check warns</dd>");
    if (row->reason[0])
        html_put(out, "<dt>not decided because</dt><dd>%s</dd>", row->reason);
    html_put(out, "</dl>\n");
}

static bool case_fails_row(const struct case_view *what, const char *id)
{
    for (size_t e = 0; e < what->entry_count; e++)
        if (json_array_size(json_object_get(entry_row(what->entries[e], id), "failures")))
            return true;
    return false;
}

/* Those that fail it first; how many there are in all. */
static size_t put_row_cases(struct page *p, const char *id)
{
    size_t count = 0;

    for (int failing = 1; failing >= 0; failing--)
        for (size_t c = 0; c < p->view.case_count; c++) {
            const struct case_view *what = &p->view.cases[c];

            if (!json_object_get(what->rows, id) || case_fails_row(what, id) != failing)
                continue;
            put_row_case(p, what, id);
            count++;
        }
    return count;
}

static void put_row(struct page *p, const struct spec_row *row, enum verdict verdict)
{
    open_block(p, "", row->id, row_word(row, verdict), verdict_is_wrong(verdict) && verdict != VERDICT_UNTESTED);
    html_put(p->out, "<code>%s</code><span>%s <small>%s</small></span></summary><div class=\"in\">\n", row->id, row->requirement,
             row->clause);
    put_row_facts(p->out, row);
    if (!put_row_cases(p, row->id) && row->scope == SPEC_DECIDABLE)
        html_put(p->out, "<p>No case of this run is about it.</p>\n");
    html_put(p->out, "</div></details>\n");
}

/* ---- requirements by chapter, those that fail before them all ---- */

struct catalogue {
    const char *architecture;
    struct row_summary *rows;
    size_t count;
};

static bool row_fails(const struct row_summary *summary)
{
    return summary->verdict == VERDICT_FAIL || summary->verdict == VERDICT_WARN;
}

static const struct spec_row *row_at(const struct catalogue *catalogue, size_t i)
{
    return spec_row_at(catalogue->architecture, i);
}

static void put_failing_rows(struct page *p, const struct catalogue *catalogue)
{
    size_t failing = 0;

    for (size_t i = 0; i < catalogue->count; i++)
        failing += row_fails(&catalogue->rows[i]);
    if (!failing)
        return;
    html_put(p->out, "<section><h2 id=\"failing\">Requirements that are not met (%zu)</h2>\n", failing);
    for (int warn = 0; warn < 2; warn++)
        for (size_t i = 0; i < catalogue->count; i++)
            if (catalogue->rows[i].verdict == (warn ? VERDICT_WARN : VERDICT_FAIL))
                put_row(p, row_at(catalogue, i), catalogue->rows[i].verdict);
    html_put(p->out, "</section>\n");
}

static size_t chapter_end(const struct catalogue *catalogue, size_t i)
{
    const char *chapter = row_at(catalogue, i)->chapter;

    while (i < catalogue->count && strcmp(row_at(catalogue, i)->chapter, chapter) == 0)
        i++;
    return i;
}

/* How many rows of a chapter have which word. */
static void put_chapter_counts(FILE *out, const struct catalogue *catalogue, size_t first, size_t end)
{
    for (size_t w = 0; w < sizeof(legend) / sizeof(legend[0]); w++) {
        size_t count = 0;

        for (size_t i = first; i < end; i++)
            count += strcmp(row_word(row_at(catalogue, i), catalogue->rows[i].verdict), legend[w].verdict) == 0;
        if (count)
            html_put(out, "<span>%s %zu</span>", legend[w].verdict, count);
    }
}

static void put_chapter(struct page *p, const struct catalogue *catalogue, size_t first, size_t end)
{
    html_put(p->out, "<details class=\"g\"><summary>%s", row_at(catalogue, first)->chapter);
    put_chapter_counts(p->out, catalogue, first, end);
    html_put(p->out, "</summary>\n");
    for (size_t i = first; i < end; i++) {
        const struct spec_row *row = row_at(catalogue, i);

        if (row_fails(&catalogue->rows[i]))
            html_put(p->out, "<p>%s <a href=\"#%s\">%s</a> stands above, with what is not met</p>\n",
                     row_word(row, catalogue->rows[i].verdict), row->id, row->id);
        else
            put_row(p, row, catalogue->rows[i].verdict);
    }
    html_put(p->out, "</details>\n");
}

static void put_chapters(struct page *p, const struct catalogue *catalogue)
{
    html_put(p->out, "<section><h2>Requirements by chapter of the catalogue: %s (%zu)</h2>\n", catalogue->architecture,
             catalogue->count);
    for (size_t i = 0, end; i < catalogue->count; i = end) {
        end = chapter_end(catalogue, i);
        put_chapter(p, catalogue, i, end);
    }
    html_put(p->out, "</section>\n");
}

/* ---- a case ---- */

static void put_notes(FILE *out, const json_t *entry)
{
    const json_t *notes = json_object_get(entry, "notes");
    size_t count = json_array_size(notes);

    if (!count)
        return;
    html_put(out, "<pre>");
    for (size_t i = 0; i < count && i < NOTES_SHOWN; i++)
        html_put(out, "%s\n", json_string_value(json_array_get(notes, i)));
    if (count > NOTES_SHOWN)
        html_put(out, "(%zu more lines in the results file)\n", count - NOTES_SHOWN);
    html_put(out, "</pre>\n");
}

static bool same_end(const json_t *a, const json_t *b)
{
    return member_verdict(a) == member_verdict(b) && strcmp(member_text(a, "reason"), member_text(b, "reason")) == 0;
}

/* The DUTs on which the case ended like on that of its n-th entry; nothing when an earlier entry stood for them. */
static void put_ends(struct page *p, const struct case_view *what, size_t n)
{
    const json_t *entry = what->entries[n];

    for (size_t e = 0; e < n; e++)
        if (same_end(what->entries[e], entry))
            return;
    view_clear_on(&p->view);
    for (size_t e = n; e < what->entry_count; e++)
        if (same_end(what->entries[e], entry))
            p->view.on[entry_dut(what->entries[e])] = true;
    html_put(p->out, "<div class=\"case\">");
    put_verdict(p->out, member_text(entry, "verdict"));
    view_put_on(&p->view, p->out);
    html_put(p->out, " %s\n", member_text(entry, "reason"));
    for (size_t e = n; e < what->entry_count; e++)
        if (e == n || (verdict_is_wrong(member_verdict(entry)) && same_end(what->entries[e], entry)))
            put_replay(p->out, what->entries[e]);
    put_notes(p->out, entry);
    if (*member_text(entry, "script"))
        html_put(p->out, "<p>its actions, shrunk: <code>%s</code></p>\n", member_text(entry, "script"));
    html_put(p->out, "</div>\n");
}

static void put_case_rows(struct page *p, const struct case_view *what)
{
    const json_t *entry = what->entries[0], *rows = json_object_get(entry, "rows");

    html_put(p->out, "<p>%s decides",
             json_is_true(json_object_get(entry, "functional")) ? "Submits requests;" : "Submits no requests;");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const char *id = member_text(json_array_get(rows, i), "id");

        html_put(p->out, case_fails_row(what, id) ? " <a href=\"#%s\"><b>%s not met</b></a>" : " <a href=\"#%s\">%s</a>", id, id);
    }
    html_put(p->out, "</p>\n");
}

static void put_case(struct page *p, const struct case_view *what)
{
    open_block(p, "case-", what->name, verdict_name(what->worst), verdict_is_wrong(what->worst));
    html_put(p->out, "<code>%s</code><span>%s</span></summary><div class=\"in\">\n", what->name,
             member_text(what->entries[0], "summary"));
    put_case_rows(p, what);
    for (size_t v = 0; v < VERDICT_COUNT; v++)
        for (size_t e = 0; e < what->entry_count; e++)
            if (member_verdict(what->entries[e]) == verdicts_by_severity[v])
                put_ends(p, what, e);
    html_put(p->out, "</div></details>\n");
}

static void put_wrong_cases(struct page *p)
{
    size_t count = 0;

    for (size_t c = 0; c < p->view.case_count; c++)
        count += verdict_is_wrong(p->view.cases[c].worst);
    if (!count)
        return;
    html_put(p->out, "<section><h2>Cases that did not pass (%zu)</h2>\n", count);
    for (size_t v = 0; v < VERDICT_COUNT; v++)
        for (size_t c = 0; c < p->view.case_count; c++)
            if (p->view.cases[c].worst == verdicts_by_severity[v] && verdict_is_wrong(verdicts_by_severity[v]))
                put_case(p, &p->view.cases[c]);
    html_put(p->out, "</section>\n");
}

/* "vtd.mode" of "vtd.mode.off_is_identity". */
static size_t group_length(const char *name)
{
    size_t first = strcspn(name, ".");

    return name[first] ? first + 1 + strcspn(name + first + 1, ".") : first;
}

static bool same_case_group(const char *a, const char *b)
{
    return group_length(a) == group_length(b) && strncmp(a, b, group_length(a)) == 0;
}

static void put_case_group(struct page *p, size_t first, size_t end)
{
    const struct case_view *cases = p->view.cases;
    char name[128];

    snprintf(name, sizeof(name), "%.*s", (int)group_length(cases[first].name), cases[first].name);
    html_put(p->out, "<details class=\"g\"><summary>%s<span>%zu cases</span></summary>\n", name, end - first);
    for (size_t c = first; c < end; c++)
        if (verdict_is_wrong(cases[c].worst))
            html_put(p->out, "<p>%s <a href=\"#case-%s\">%s</a> stands above</p>\n", verdict_name(cases[c].worst), cases[c].name,
                     cases[c].name);
        else
            put_case(p, &cases[c]);
    html_put(p->out, "</details>\n");
}

static void put_cases(struct page *p)
{
    html_put(p->out, "<section><h2>Cases (%zu)</h2>\n", p->view.case_count);
    for (size_t c = 0, end; c < p->view.case_count; c = end) {
        for (end = c; end < p->view.case_count && same_case_group(p->view.cases[c].name, p->view.cases[end].name); end++)
            ;
        put_case_group(p, c, end);
    }
    html_put(p->out, "</section>\n");
}

/* ---- the page ---- */

static void put_page(struct page *p)
{
    struct catalogue catalogues[8];
    size_t count = 0;

    for (const char *const *name = spec_architectures(); *name && count < sizeof(catalogues) / sizeof(catalogues[0]); name++)
        if (results_judges(p->view.results, *name)) {
            catalogues[count].architecture = *name;
            catalogues[count].rows = results_by_row(p->view.results, *name, &catalogues[count].count);
            count++;
        }
    put_head(p);
    for (size_t i = 0; i < count; i++)
        put_failing_rows(p, &catalogues[i]);
    p->opened = 0;
    put_wrong_cases(p);
    for (size_t i = 0; i < count; i++)
        put_chapters(p, &catalogues[i]);
    put_cases(p);
    html_put(p->out, "<script>\n");
    fputs(report_html_js, p->out);
    html_put(p->out, "</script></body></html>\n");
    for (size_t i = 0; i < count; i++)
        free(catalogues[i].rows);
}

int report_html(const json_t *results, const char *path)
{
    struct report_file file;
    struct page page = {0};
    int error = report_file_open(&file, path);

    if (error)
        return error;
    view_init(&page.view, results);
    page.out = file.stream;
    put_page(&page);
    view_fini(&page.view);
    return report_file_close(&file);
}
