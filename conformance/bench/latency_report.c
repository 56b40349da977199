/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * latency_report.c - see latency_report.h. The picture is gnuplot's: it gets its script and the figures on its standard input.
 */
#include "bench/latency_report.h"

#include "bench/cli.h"
#include "bench/report_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- text ---- */

/* Negative: it was not measured. */
static double measured_rate(const struct latency_report *report, uint32_t pages)
{
    for (size_t i = 0; i < LATENCY_MEASURED_RATES; i++)
        if (latency_measured_pages[i] == pages && report->preset->measured.rate[i] > 0)
            return report->preset->measured.rate[i];
    return -1;
}

void latency_print_head(const struct latency_report *report)
{
    printf("%s: %s; model %s, %" PRIu32 " reads of 64 bytes per figure, seed %" PRIu64 "\n", report->preset->name,
           report->preset->title, report->model, report->plan->reads, report->plan->seed);
    printf("%8s %10s | one read under way, ns %21s | %" PRIu64 " under way\n", "", "", "", report->plan->params.outstanding);
    printf("%8s %10s | %8s %8s %8s %8s %8s | %8s %9s %9s\n", "pages", "KiB", "min", "median", "mean", "p99", "fetches",
           "reads/us", "measured", "drain ns");
}

void latency_print_point(const struct latency_report *report, const struct latency_point *point)
{
    char measured[24] = "-";

    if (measured_rate(report, point->pages) > 0)
        snprintf(measured, sizeof(measured), "%.2f", measured_rate(report, point->pages));
    printf("%8" PRIu32 " %10" PRIu32 " | %8.1f %8.1f %8.1f %8.1f %8.3f | %8.2f %9s %9.1f\n", point->pages, point->pages * 4u,
           point->min_ns, point->median_ns, point->mean_ns, point->p99_ns, point->fetches, point->rate, measured,
           point->drain_ns);
    fflush(stdout);
}

void latency_print_fit(const struct latency_report *report)
{
    const struct latency_measured *measured = &report->preset->measured;
    struct latency_measured fit;
    uint32_t smallest = UINT32_MAX, largest = 0;

    for (size_t i = 0; i < report->count; i++) {
        uint32_t pages = report->points[i].pages;

        if (pages >= LATENCY_FIT_PAGES_MIN) {
            smallest = pages < smallest ? pages : smallest;
            largest = pages > largest ? pages : largest;
        }
    }
    if (smallest >= largest || measured->base_ns <= 0)
        return;
    fit = latency_fit(report->points, report->count);
    printf("latency = base + (1 - entries / pages) * miss, from %u pages on: base %.1f ns, entries %.1f, miss %.1f ns "
           "(measured: %.0f ns, %.0f, %.0f ns)\n",
           LATENCY_FIT_PAGES_MIN, fit.base_ns, fit.entries, fit.miss_ns, measured->base_ns, measured->entries, measured->miss_ns);
}

/* ---- CSV ---- */

static void write_rows(const struct latency_report *report, FILE *stream)
{
    fprintf(stream, "preset,model,pages,bytes,min_ns,median_ns,mean_ns,p99_ns,fetches_per_read,outstanding,reads_per_us,"
                    "measured_reads_per_us,drain_ns\n");
    for (size_t i = 0; i < report->count; i++) {
        const struct latency_point *point = &report->points[i];
        double measured = measured_rate(report, point->pages);

        fprintf(stream, "%s,%s,%" PRIu32 ",%" PRIu64 ",%.3f,%.3f,%.3f,%.3f,%.4f,%" PRIu64 ",%.3f,", report->preset->name,
                report->model, point->pages, (uint64_t)point->pages * 4096u, point->min_ns, point->median_ns, point->mean_ns,
                point->p99_ns, point->fetches, report->plan->params.outstanding, point->rate);
        if (measured > 0)
            fprintf(stream, "%.2f", measured);
        fprintf(stream, ",%.3f\n", point->drain_ns);
    }
}

static int cannot_write(const char *path, int error)
{
    cli_say("%s cannot be written: %s", path, strerror(-error));
    return EXIT_FAULT;
}

int latency_write_csv(const struct latency_report *report, const char *path)
{
    struct report_file file;
    int result = report_file_open(&file, path);

    if (result)
        return cannot_write(path, result);
    write_rows(report, file.stream);
    result = report_file_close(&file);
    return result ? cannot_write(path, result) : EXIT_CONFORM;
}

/* ---- the picture ---- */

static void write_script(const struct latency_report *report, FILE *stream)
{
    fprintf(stream, "set terminal png size 1000,600\nset title '%s, model %s' noenhanced\n", report->preset->title,
            report->model);
    fprintf(stream,
            "set xlabel 'working set, pages of 4 KiB'\nset logscale x 2\nset key below\nset grid\n"
            "set ylabel 'ns, one read under way'\nset yrange [0:*]\nset ytics nomirror\n"
            "set y2label 'reads per microsecond, %" PRIu64 " under way'\nset y2range [0:*]\nset y2tics\n$figures << EOD\n",
            report->plan->params.outstanding);
    for (size_t i = 0; i < report->count; i++) {
        const struct latency_point *point = &report->points[i];
        double measured = measured_rate(report, point->pages);

        fprintf(stream, "%" PRIu32 " %.3f %.3f %.3f %.3f ", point->pages, point->min_ns, point->median_ns, point->mean_ns,
                point->rate);
        if (measured > 0)
            fprintf(stream, "%.2f\n", measured);
        else
            fputs("NaN\n", stream);
    }
    fputs("EOD\nplot $figures using 1:2 with lines title 'min', '' using 1:3 with lines title 'median', "
          "'' using 1:4 with linespoints title 'mean', '' using 1:5 axes x1y2 with linespoints title 'reads/us', "
          "'' using 1:6 axes x1y2 with points title 'reads/us, measured'\n",
          stream);
}

/* Runs gnuplot from one stream into another: 0, a negative errno, or what is left to say about its end. */
static int run_gnuplot(FILE *script, FILE *picture)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        dup2(fileno(script), STDIN_FILENO);
        dup2(fileno(picture), STDOUT_FILENO);
        execlp("gnuplot", "gnuplot", (char *)NULL);
        _exit(errno == ENOENT ? 127 : 126);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        return -errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static int draw(const struct latency_report *report, FILE *picture)
{
    FILE *script = tmpfile();
    int result;

    if (!script)
        return -errno;
    write_script(report, script);
    if (fflush(script) || fseek(script, 0, SEEK_SET)) {
        result = -errno;
    } else {
        result = run_gnuplot(script, picture);
    }
    fclose(script);
    return result;
}

int latency_write_plot(const struct latency_report *report, const char *path)
{
    struct report_file file;
    int result = report_file_open(&file, path);

    if (result)
        return cannot_write(path, result);
    result = draw(report, file.stream);
    if (result == 0) {
        result = report_file_close(&file);
        return result ? cannot_write(path, result) : EXIT_CONFORM;
    }
    report_file_drop(&file);
    if (result < 0)
        return cannot_write(path, result);
    if (result == 127)
        cli_say("no picture: gnuplot is not installed (Debian: gnuplot-nox)");
    else
        cli_say("no picture: gnuplot failed with exit status %d", result);
    return EXIT_FAULT;
}
