/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_bench.c - `iotb bench translate`: what a translation costs in functional mode.
 *
 * Time is processor time of this process, the median of several runs. Instructions come from callgrind, which runs this very
 * program again, once for each figure.
 */
#include "bench/cli.h"
#include "bench/commands.h"
#include "dut/model/bench_translate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS_MAX 99u
#define CALLGRIND_COUNT_MAX 20000u

enum { OPT_COUNT = 1000, OPT_RUNS, OPT_PART, OPT_LIBRARY, OPT_NO_INSTRUCTIONS };

static const char *const part_names[] = {
    [BENCH_HIT] = "hit", [BENCH_MISS] = "miss", [BENCH_NESTED_MISS] = "nested-miss", [BENCH_PARTS] = NULL};
static const struct bench_library *const libraries[] = {&bench_library_errata, &bench_library_noerrata};
static const char *const library_names[] = {"errata", "noerrata", NULL};
#define LIBRARY_COUNT (sizeof(libraries) / sizeof(libraries[0]))

struct bench {
    uint64_t count, runs;
    size_t part, library; /* BENCH_PARTS, LIBRARY_COUNT: all */
    bool no_instructions;
};

/* ---- options ---- */

static bool take_name(const char *what, const char *const *names, const char *word, size_t *index)
{
    for (*index = 0; names[*index]; ++*index)
        if (strcmp(names[*index], word) == 0)
            return true;
    cli_unknown(what, word, cli_string_at, names);
    return false;
}

static int read_options(struct bench *b, int argc, char **argv)
{
    static const struct option options[] = {{"count", required_argument, NULL, OPT_COUNT},
                                            {"runs", required_argument, NULL, OPT_RUNS},
                                            {"part", required_argument, NULL, OPT_PART},
                                            {"library", required_argument, NULL, OPT_LIBRARY},
                                            {"no-instructions", no_argument, NULL, OPT_NO_INSTRUCTIONS},
                                            {NULL, 0, NULL, 0}};
    int option;

    while ((option = cli_option(argc, argv, ":", options)) != -1) {
        bool ok = true;

        if (option == OPT_COUNT)
            ok = cli_number("--count", optarg, 1, 1000000000, &b->count);
        else if (option == OPT_RUNS)
            ok = cli_number("--runs", optarg, 1, RUNS_MAX, &b->runs);
        else if (option == OPT_PART)
            ok = take_name("part", part_names, optarg, &b->part);
        else if (option == OPT_LIBRARY)
            ok = take_name("library", library_names, optarg, &b->library);
        else if (option == OPT_NO_INSTRUCTIONS)
            b->no_instructions = true;
        else
            ok = false;
        if (!ok)
            return EXIT_USAGE;
    }
    if (optind + 1 != argc || strcmp(argv[optind], "translate") != 0)
        return cli_bad("what is to be measured? Known: bench translate, bench latency");
    return 0;
}

/* ---- time ---- */

static double processor_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int smaller_first(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static double median_seconds(const struct bench *b, const struct bench_library *library, struct bench_rig *rig)
{
    double seconds[RUNS_MAX];

    for (size_t i = 0; i < b->runs; i++) {
        double begin = processor_seconds();

        library->run(rig, b->count);
        seconds[i] = processor_seconds() - begin;
    }
    qsort(seconds, b->runs, sizeof(seconds[0]), smaller_first);
    return seconds[b->runs / 2];
}

/* ---- instructions ---- */

/* Becomes callgrind on one part of one library; what it has to say goes to stderr. */
static void become_callgrind(const struct bench *b, size_t part, size_t library)
{
    char self[4096], count[24];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    uint64_t translations = b->count < CALLGRIND_COUNT_MAX ? b->count : CALLGRIND_COUNT_MAX;

    if (length < 0)
        _exit(126);
    self[length] = '\0';
    snprintf(count, sizeof(count), "%" PRIu64, translations);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    execlp("valgrind", "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=" BENCH_LOOP, self,
           "bench", "translate", "--no-instructions", "--runs", "1", "--count", count, "--part", part_names[part], "--library",
           library_names[library], (char *)NULL);
    _exit(errno == ENOENT ? 127 : 126);
}

/* Of callgrind's own words the number behind "Collected :". */
static double collected(FILE *words)
{
    char line[512];
    unsigned long long number = 0;

    while (fgets(line, sizeof(line), words)) {
        const char *at = strstr(line, "Collected :");

        if (at)
            sscanf(at, "Collected : %llu", &number);
    }
    return (double)number;
}

/* Per translation; negative after `why` has been set to what is missing. */
static double instructions(const struct bench *b, size_t part, size_t library, const char **why)
{
    uint64_t translations = b->count < CALLGRIND_COUNT_MAX ? b->count : CALLGRIND_COUNT_MAX;
    double number = 0;
    int ends[2], status = 0;
    FILE *words;
    pid_t child;

    *why = "the host has no process to spare";
    if (pipe(ends))
        return -1;
    child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        become_callgrind(b, part, library);
    }
    close(ends[1]);
    words = child > 0 ? fdopen(ends[0], "r") : NULL;
    if (words) {
        number = collected(words);
        fclose(words);
    } else {
        close(ends[0]);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        return -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        *why = "valgrind is not installed";
    else if (!WIFEXITED(status) || WEXITSTATUS(status))
        *why = "this build does not run under valgrind (a sanitizer?)";
    else if (number <= 0)
        *why = "callgrind does not find the function " BENCH_LOOP " (symbols stripped?)";
    else
        return number / (double)translations;
    return -1;
}

/* ---- output ---- */

struct figures {
    double seconds, instructions; /* of one translation; instructions negative: not known */
    double events, accesses;
};

static int measure(const struct bench *b, size_t part, const struct bench_library *library, struct figures *figures)
{
    struct bench_rig *rig = library->open((enum bench_part)part);
    struct bench_counts counts;

    if (!rig) {
        cli_say("out of memory");
        return EXIT_FAULT;
    }
    figures->seconds = median_seconds(b, library, rig) / (double)b->count;
    counts = library->counts(rig);
    library->close(rig);
    if (counts.wrong) {
        cli_say("%" PRIu64 " of %" PRIu64 " translations have a wrong result", counts.wrong, counts.translations);
        return EXIT_FAULT;
    }
    figures->events = (double)counts.events / (double)counts.translations;
    figures->accesses = (double)counts.accesses / (double)counts.translations;
    return 0;
}

static void print_figures(const char *part, const char *library, const struct figures *figures)
{
    char number[24] = "-";

    if (figures->instructions >= 0)
        snprintf(number, sizeof(number), "%.0f", figures->instructions);
    printf("%-12s %-16s %14.0f %8.1f %12s %9.2f %7.2f\n", part, library, figures->seconds > 0 ? 1 / figures->seconds : 0,
           figures->seconds * 1e9, number, figures->accesses, figures->events);
    fflush(stdout);
}

static int bench_translate(const struct bench *b)
{
    const char *why = NULL;

    printf("%-12s %-16s %14s %8s %12s %9s %7s\n", "translation", "library", "per second", "ns", "instructions", "accesses",
           "events");
    for (size_t part = 0; part < BENCH_PARTS; part++)
        for (size_t library = 0; library < LIBRARY_COUNT; library++) {
            struct figures figures = {.instructions = -1};
            int code;

            if ((b->part != BENCH_PARTS && b->part != part) || (b->library != LIBRARY_COUNT && b->library != library))
                continue;
            code = measure(b, part, libraries[library], &figures);
            if (code)
                return code;
            if (!b->no_instructions && !why)
                figures.instructions = instructions(b, part, library, &why);
            if (figures.instructions >= 0)
                why = NULL;
            print_figures(part_names[part], libraries[library]->name, &figures);
        }
    printf("median of %" PRIu64 " runs of %" PRIu64 " translations, processor time; the other columns are per translation\n",
           b->runs, b->count);
    if (why)
        printf("instructions are not counted: %s\n", why);
    return EXIT_CONFORM;
}

int cmd_bench(int argc, char **argv)
{
    struct bench b = {.count = 200000, .runs = 9, .part = BENCH_PARTS, .library = LIBRARY_COUNT};
    int code;

    if (argc > 1 && strcmp(argv[1], "latency") == 0)
        return cmd_bench_latency(argc - 1, argv + 1);
    code = read_options(&b, argc, argv);
    return code ? code : bench_translate(&b);
}
