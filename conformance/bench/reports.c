/* SPDX-License-Identifier: BSD-2-Clause */
/* reports.c - see reports.h. */
#include "bench/reports.h"

#include "bench/cli.h"
#include "bench/report_file.h"
#include "bench/results.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

void reports_default(struct reports *reports)
{
    *reports = (struct reports){.json = REPORT_DIRECTORY "/results.json",
                                .junit = REPORT_DIRECTORY "/junit.xml",
                                .html = REPORT_DIRECTORY "/report.html"};
}

static bool said(int error, const char *path)
{
    if (error)
        cli_say("%s cannot be written: %s", path, strerror(-error));
    return error != 0;
}

/* The place takes a file that holds something. What is no regular file is only opened: it gets its report once. */
static int check_place(const char *path, const json_t *results)
{
    struct report_file file;
    int error = report_file_open(&file, path);

    if (error)
        return error;
    if (report_file_in_place(&file))
        return fclose(file.stream) ? -errno : 0;
    json_dumpf(results, file.stream, JSON_INDENT(1));
    return report_file_drop(&file);
}

static bool in_default_place(const struct reports *reports)
{
    return reports->json && strncmp(reports->json, REPORT_DIRECTORY "/", strlen(REPORT_DIRECTORY) + 1) == 0;
}

bool reports_check(const struct reports *reports, const json_t *results)
{
    if (in_default_place(reports) && mkdir(REPORT_DIRECTORY, 0777) && errno != EEXIST) {
        cli_say("the directory %s for the reports cannot be made: %s; give --json F or --no-report", REPORT_DIRECTORY,
                strerror(errno));
        return false;
    }
    return !(reports->json && said(check_place(reports->json, results), reports->json)) &&
           !(reports->junit && said(check_place(reports->junit, results), reports->junit)) &&
           !(reports->html && said(check_place(reports->html, results), reports->html));
}

bool reports_check_place(const char *path, const json_t *something)
{
    return !said(check_place(path, something), path);
}

void reports_update(const struct reports *reports, const json_t *results)
{
    struct stat there;

    if (reports->json && (stat(reports->json, &there) || S_ISREG(there.st_mode)))
        (void)report_json(results, reports->json); /* a failure shows, and is said, at the end */
}

bool reports_write(const struct reports *reports, const json_t *results)
{
    bool failed = false;

    if (reports->json)
        failed = said(report_json(results, reports->json), reports->json) || failed;
    if (reports->junit)
        failed = said(report_junit(results, reports->junit), reports->junit) || failed;
    if (reports->html)
        failed = said(report_html(results, reports->html), reports->html) || failed;
    return !failed;
}
