/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test.c - verdicts: what a case states, and the run of one case on one DUT from open to the last line of results.
 */
#include "bench/machine.h"

#include <jansson.h>
#include <string.h>

/* ---- lines of results ---- */

void bench_emit(struct test *t, json_t *line)
{
    if (!line) { /* text that is not UTF-8; a check must not be lost in silence */
        t->ending = ENDING_ERROR;
        snprintf(t->reason, sizeof(t->reason), "a line of results could not be encoded");
        fprintf(t->out, "{\"type\":\"end\",\"verdict\":\"ERROR\",\"reason\":\"%s\"}\n", t->reason);
    } else {
        json_dumpf(line, t->out, JSON_COMPACT);
        fputc('\n', t->out);
        json_decref(line);
    }
    fflush(t->out);
}

static void emit_check(struct test *t, const char *row, bool ok, const char *where, const char *text, json_t *values)
{
    json_t *line = json_pack("{s:s, s:s, s:b, s:s, s:s}", "type", "check", "row", row, "ok", ok, "where", where, "text", text);

    if (line && t->context[0])
        json_object_set_new(line, "context", json_string(t->context));
    if (line && values)
        json_object_update(line, values);
    json_decref(values);
    bench_emit(t, line);
}

/* ---- checks ---- */

static bool row_is_undefined(const struct test *t, const char *row)
{
    return t->setup->row_is_undefined && t->setup->row_is_undefined(row);
}

/* Counts the check; true when it is to be told in full. */
static bool count(struct test *t, const char *row, bool ok, const char *file, int line)
{
    bool tell;

    if (ok && !t->setup->every_check && (t->failures_only || bench_row_carried(t, row)))
        return false;
    tell = bench_site_tell(t, row, ok, file, line);

    t->checks++;
    if (!ok && row_is_undefined(t, row))
        t->warnings++;
    else if (!ok)
        t->failures++;
    return tell;
}

bool test_check(struct test *t, const char *row, bool ok, const char *file, int line, const char *format, ...)
{
    char text[512], where[192];
    va_list arguments;

    if (!count(t, row, ok, file, line))
        return ok;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    bench_place(where, sizeof(where), file, line);
    emit_check(t, row, ok, where, text, NULL);
    return ok;
}

bool test_check_eq(struct test *t, const char *row, uint64_t expected, uint64_t seen, const char *file, int line,
                   const char *format, ...)
{
    char text[512], where[192], wanted[24], got[24];
    bool ok = expected == seen;
    va_list arguments;

    if (!count(t, row, ok, file, line))
        return ok;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    bench_place(where, sizeof(where), file, line);
    snprintf(wanted, sizeof(wanted), "0x%llx", (unsigned long long)expected);
    snprintf(got, sizeof(got), "0x%llx", (unsigned long long)seen);
    emit_check(t, row, ok, where, text, json_pack("{s:s, s:s}", "expected", wanted, "seen", got));
    return ok;
}

void test_count_failures_only(struct test *t, bool on)
{
    t->failures_only = on;
}

void test_carry(struct test *t, const char *rows)
{
    t->carried = rows;
}

void test_observe(struct test *t, const char *row, const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (!test_row_known(t, row))
        test_abort(t, "the case observes row %s, which is not among its rows", row);
    t->observations++;
    bench_emit(t, json_pack("{s:s, s:s, s:s}", "type", "observe", "row", row, "text", text));
}

void test_context(struct test *t, const char *format, ...)
{
    va_list arguments;

    if (!format) {
        t->context[0] = '\0';
        return;
    }
    va_start(arguments, format);
    vsnprintf(t->context, sizeof(t->context), format, arguments);
    va_end(arguments);
}

void test_note(struct test *t, const char *format, ...)
{
    char text[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    bench_emit(t, json_pack("{s:s, s:s}", "type", "note", "text", text));
}

const void *test_argument(const struct test *t)
{
    return t->setup->what->argument;
}

const struct iotb_case *test_case(const struct test *t)
{
    return t->setup->what;
}

const char *test_first_row(const struct test *t)
{
    return t->first_row;
}

bool test_failed(const struct test *t)
{
    return t->failures != 0;
}

/* ---- leaving a case ---- */

void bench_leave(struct test *t, enum bench_ending ending, const char *format, va_list arguments)
{
    t->ending = ending;
    vsnprintf(t->reason, sizeof(t->reason), format, arguments);
    longjmp(t->escape, 1);
}

#define LEAVE(function, ending)                            \
    void function(struct test *t, const char *format, ...) \
    {                                                      \
        va_list arguments;                                 \
                                                           \
        va_start(arguments, format);                       \
        bench_leave(t, (ending), format, arguments);       \
    }

LEAVE(test_skip, ENDING_SKIP)
LEAVE(test_not_testable, ENDING_NOTESTABLE)
LEAVE(test_abort, ENDING_ERROR)

static _Noreturn void crash(struct test *t, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    bench_leave(t, ENDING_CRASH, format, arguments);
}

void bench_require(struct test *t, int result, const char *what)
{
    if (result >= 0)
        return;
    if (result == IOTB_E_UNSUPPORTED)
        test_not_testable(t, "the adapter does not support this use of %s: %s", what, guard_error(t->guard));
    crash(t, "%s", guard_error(t->guard));
}

/* ---- facts about the run ---- */

const struct iotb_desc *test_desc(const struct test *t)
{
    return &t->desc;
}

bool test_has(const struct test *t, uint64_t features)
{
    return (t->desc.features & features) == features;
}

uint64_t test_request_budget(const struct test *t)
{
    static const uint64_t by_tier[] = {[TIER_SMOKE] = 200, [TIER_FULL] = 2000, [TIER_NIGHTLY] = 50000};

    return t->setup->request_budget ? t->setup->request_budget : by_tier[t->setup->tier];
}

uint64_t test_seed(const struct test *t)
{
    return t->setup->seed;
}

uint64_t test_random(struct test *t)
{
    return bench_rng_next(&t->random);
}

uint64_t test_random_below(struct test *t, uint64_t end)
{
    if (!end)
        test_abort(t, "test_random_below needs an end above 0");
    return bench_rng_below(&t->random, end);
}

/* ---- scripts ---- */

const char *test_script(const struct test *t)
{
    return t->setup->script;
}

void test_offer_script(struct test *t, const char *script)
{
    bench_emit(t, json_pack("{s:s, s:s}", "type", "script", "text", script));
}

/* ---- the run ---- */

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[VERDICT_COUNT] = {
        [VERDICT_PASS] = "PASS",         [VERDICT_FAIL] = "FAIL",   [VERDICT_WARN] = "WARN",
        [VERDICT_OBSERVED] = "OBSERVED", [VERDICT_SKIP] = "SKIP",   [VERDICT_NOTESTABLE] = "NOTESTABLE",
        [VERDICT_WAIVED] = "WAIVED",     [VERDICT_HANG] = "HANG",   [VERDICT_CRASH] = "CRASH",
        [VERDICT_UNTESTED] = "UNTESTED", [VERDICT_ERROR] = "ERROR",
    };

    return (unsigned)verdict < VERDICT_COUNT ? names[verdict] : "UNKNOWN";
}

/* A failed check outweighs the way in which the case ended, but not a dead DUT or a wrong case. */
static enum verdict judge(struct test *t)
{
    if (t->ending == ENDING_CRASH)
        return VERDICT_CRASH;
    if (t->ending == ENDING_ERROR)
        return VERDICT_ERROR;
    if (t->failures)
        return VERDICT_FAIL;
    if (t->hang) {
        snprintf(t->reason, sizeof(t->reason), "%s", t->hang_text);
        return VERDICT_HANG;
    }
    if (t->ending == ENDING_SKIP)
        return VERDICT_SKIP;
    if (t->ending == ENDING_NOTESTABLE)
        return VERDICT_NOTESTABLE;
    if (t->warnings)
        return VERDICT_WARN;
    if (t->checks)
        return VERDICT_PASS;
    if (t->observations)
        return VERDICT_OBSERVED;
    snprintf(t->reason, sizeof(t->reason), "the case made no check");
    return VERDICT_UNTESTED;
}

static void emit_end(struct test *t, enum verdict verdict)
{
    bench_emit(t, json_pack("{s:s, s:s, s:s, s:I, s:I, s:I}", "type", "end", "verdict", verdict_name(verdict), "reason",
                            t->reason, "requests", (json_int_t)(t->requests.count + t->dma_count), "accesses",
                            (json_int_t)(t->trace_count + t->tlp_count + t->call_count), "time_ps", (json_int_t)t->now_ps));
}

static void require_features(struct test *t)
{
    char missing[256];

    if (test_has(t, t->setup->what->features))
        return;
    features_missing(t->setup->what->features & ~t->desc.features, missing, sizeof(missing));
    test_not_testable(t, "%s", missing);
}

static void open_dut(struct test *t)
{
    char error[256] = "";
    struct iotb_open_args args = {.size = sizeof(args),
                                  .seed = t->setup->seed,
                                  .parameters = t->setup->parameters ? t->setup->parameters : "",
                                  .error = error,
                                  .error_bytes = sizeof(error)};
    int result = guard_open(t->setup->ops, &args, &t->guard);

    if (result == IOTB_E_GONE || result == IOTB_E_PROTOCOL)
        crash(t, "%s", error);
    if (result != IOTB_OK)
        test_abort(t, "%s", error);
    t->desc = *guard_desc(t->guard);
    bench_emit(t, json_pack("{s:s, s:s, s:s, s:s, s:i}", "type", "dut", "name", t->desc.name, "version", t->desc.version,
                            "parameters", t->desc.parameters, "architecture", (int)t->desc.architecture));
    if (t->desc.kind == IOTB_KIND_ENDPOINT) { /* the memory behind it is the host's */
        t->desc.features |= IOTB_F_BENCH_MEMORY;
        t->desc.host_address_bits = 52;
    }
    require_features(t);
    if (!bench_is_uapi(t))
        bench_memory_init(&t->memory, &t->desc);
    bench_require(t, guard_reset(t->guard, IOTB_RESET_COLD), "reset");
    if (bench_is_uapi(t))
        bench_uapi_begin(t);
    bench_drain(t);
}

static void run_case(struct test *t)
{
    if (setjmp(t->escape) == 0) {
        open_dut(t);
        if (t->setup->gate)
            t->setup->gate(t);
        t->setup->what->run(t);
        bench_finish(t);
    }
    if (t->guard && t->setup->trace_path && !bench_trace_write(t, t->setup->trace_path) && t->ending != ENDING_CRASH) {
        t->ending = ENDING_ERROR;
        snprintf(t->reason, sizeof(t->reason), "the time line %.300s could not be written", t->setup->trace_path);
    }
}

/* The first of the rows that is not marked U, so that a failure counts; of all U the first. */
static void choose_first_row(struct test *t)
{
    const char *rows = t->setup->what->rows ? t->setup->what->rows : "", *at = rows;

    do {
        at += strspn(at, " ");
        snprintf(t->first_row, sizeof(t->first_row), "%.*s", (int)strcspn(at, " "), at);
        at += strcspn(at, " ");
    } while (*at && row_is_undefined(t, t->first_row));
    if (row_is_undefined(t, t->first_row))
        snprintf(t->first_row, sizeof(t->first_row), "%.*s", (int)strcspn(rows, " "), rows);
}

void test_execute(const struct test_setup *setup, FILE *out)
{
    struct test test = {.setup = setup, .out = out};

    choose_first_row(&test);
    bench_rng_seed(&test.random, setup->seed);
    bench_rng_seed(&test.latency_rng, setup->seed ^ 0x6c6174656e637921ull);
    run_case(&test);
    bench_sites_emit(&test);
    emit_end(&test, judge(&test));
    bench_fini(&test);
}
