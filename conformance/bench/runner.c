/* SPDX-License-Identifier: BSD-2-Clause */
/* runner.c - see runner.h. */
#include "bench/runner.h"

#include "bench/child.h"
#include "bench/cli.h"
#include "bench/collect.h"
#include "bench/gate.h"
#include "bench/results.h"
#include "dut/guard.h"
#include "spec/spec.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define PARALLEL_MAX 64u
#define TICK_MS 1000u

/* ---- seeds ---- */

/* FNV-1a over the text with its end, so that ("ab", "c") and ("a", "bc") differ. */
static uint64_t mix_text(uint64_t hash, const char *text)
{
    do
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3ull;
    while (*text++);
    return hash;
}

uint64_t run_case_seed(uint64_t run_seed, const char *case_name, const struct dut_found *dut)
{
    uint64_t hash = mix_text(mix_text(0xcbf29ce484222325ull ^ run_seed, case_name), dut->parameters);

    hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9ull; /* splitmix64's finish */
    hash = (hash ^ hash >> 27) * 0x94d049bb133111ebull;
    return (hash ^ hash >> 31) & INT64_MAX; /* an integer of JSON has 63 bits */
}

/* ---- one case ---- */

struct slot {
    struct child child;
    struct collector collector;
    struct run_job *job; /* NULL: free */
    const struct run_options *options;
};

static void job_replay(const struct run_options *options, const struct run_job *job, struct replay *replay)
{
    *replay =
        (struct replay){.what = job->what, .tier = options->tier, .requests = options->request_budget, .script = options->script};
    replay->seed = options->exact_seed ? options->seed : run_case_seed(options->seed, job->what->name, &job->dut->found);
    snprintf(replay->dut, sizeof(replay->dut), "%s%s%s", job->dut->found.name, job->dut->found.parameters[0] ? "," : "",
             job->dut->found.parameters);
}

void run_here(const struct replay *replay, const struct run_dut *dut, const struct run_here_options *options, FILE *out)
{
    const struct test_setup setup = {
        .ops = dut->found.ops,
        .parameters = dut->found.parameters,
        .what = replay->what,
        .seed = replay->seed,
        .tier = replay->tier,
        .request_budget = replay->requests,
        .trace_path = options->trace_path,
        .script = replay->script,
        .every_check = options->every_check,
        .narrate = options->narrate,
        .row_is_undefined = spec_row_unsure,
        .gate = gate_of_case,
    };

    test_execute(&setup, out);
}

static void run_slot(void *context, FILE *out)
{
    const struct slot *slot = context;
    struct replay replay;

    job_replay(slot->options, slot->job, &replay);
    run_here(&replay, slot->job->dut,
             &(struct run_here_options){slot->options->trace_path, slot->options->every_check, slot->options->narrate}, out);
}

static void slot_line(void *context, json_t *line)
{
    struct slot *slot = context;

    collect_line(&slot->collector, line);
    if (slot->options->on_line)
        slot->options->on_line(slot->options->context, slot->job, line);
}

static void finish(struct slot *slot, enum verdict verdict, const char *reason)
{
    struct run_job *job = slot->job;

    job->entry = collect_end(&slot->collector, verdict, reason);
    slot->job = NULL;
    slot->options->on_done(slot->options->context, job);
}

json_t *run_entry(const struct run_job *job)
{
    return job->entry ? json_incref(job->entry) : job->text ? json_loads(job->text, 0, NULL) : NULL;
}

void run_pack(struct run_job *job)
{
    job->verdict = verdict_of(json_string_value(json_object_get(job->entry, "verdict")));
    job->text = json_dumps(job->entry, JSON_COMPACT);
    if (!job->text)
        abort();
    json_decref(job->entry);
    job->entry = NULL;
}

void run_unpack(struct run_job *job)
{
    job->entry = json_loads(job->text, 0, NULL);
    free(job->text);
    job->text = NULL;
}

void run_job_free(struct run_job *job)
{
    json_decref(job->entry);
    free(job->text);
    job->entry = NULL;
    job->text = NULL;
}

/* The child is over: did it say its verdict, and did it live to the end? */
static void judge(struct slot *slot)
{
    const struct child *child = &slot->child;
    char death[400], reason[512];

    if (child->words_bytes)
        collect_words(&slot->collector, child->words);
    if (child_death(child, death, sizeof(death))) {
        snprintf(reason, sizeof(reason), "the DUT's process %s%s", slot->collector.ended ? "was done with the case, but " : "",
                 death);
        finish(slot, child->timed_out ? VERDICT_HANG : VERDICT_CRASH, reason);
    } else if (!slot->collector.ended) {
        finish(slot, VERDICT_CRASH, "the DUT ended the process before the case was over");
    } else if (child->garbage) {
        finish(slot, VERDICT_CRASH, "the DUT wrote into the bench's own file");
    } else {
        finish(slot, VERDICT_PASS, "");
    }
}

static uint64_t known_field(void *context, const char *reg, const char *field)
{
    return probe_field(context, reg, field);
}

/*
 * What the DUT said of itself when it was opened settles for many a case that it cannot run there: such a one needs no process.
 * Words of an endpoint's gate are judged in the case.
 */
static bool ruled_out(struct slot *slot)
{
    const struct iotb_case *what = slot->job->what;
    const struct run_dut *dut = slot->job->dut;
    struct probe_facts facts = dut->facts;
    const struct gate_source source = {.field = known_field, .haw = dut->host_address_bits, .context = &facts};
    char text[256];

    if (!facts.register_count || slot->options->trace_path)
        return false;
    if (what->features & ~dut->features) {
        features_missing(what->features & ~dut->features, text, sizeof(text));
        finish(slot, VERDICT_NOTESTABLE, text);
        return true;
    }
    if (gate_judge(what->gate, &source, text, sizeof(text)) != GATE_SHUT)
        return false;
    finish(slot, VERDICT_SKIP, text);
    return true;
}

static void begin(struct slot *slot, const struct run_options *options, struct run_job *job)
{
    struct replay replay;
    char line[REPLAY_LINE_BYTES];
    int result;

    slot->job = job;
    slot->options = options;
    job_replay(options, job, &replay);
    replay_write(&replay, line, sizeof(line));
    collect_begin(&slot->collector, job->what, job->dut->index, replay.seed, line);
    if (job->dut->state != VERDICT_PASS) {
        finish(slot, job->dut->state, job->dut->reason);
        return;
    }
    if (ruled_out(slot))
        return;
    result = child_start(&slot->child, run_slot, slot, options->timeout_ms, true);
    if (result) {
        snprintf(line, sizeof(line), "no process for the case: %s", strerror(-result));
        finish(slot, VERDICT_ERROR, line);
    }
}

/* ---- all cases ---- */

static volatile sig_atomic_t stop_signal;

static void on_signal(int number)
{
    stop_signal = number;
}

static void catch_signals(struct sigaction *before)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal};

    stop_signal = 0;
    for (int i = 0; i < 3; i++)
        sigaction(numbers[i], &action, &before[i]);
}

/* After an interruption what there is has to be written: whoever sends the signal twice, as timeout(1) does, must not cut that.
 */
static void release_signals(const struct sigaction *before)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    const struct sigaction ignore = {.sa_handler = SIG_IGN};

    for (int i = 0; i < 3; i++)
        sigaction(numbers[i], stop_signal ? &ignore : &before[i], NULL);
}

static void drop(struct slot *slot)
{
    child_kill(&slot->child);
    json_decref(collect_end(&slot->collector, VERDICT_ERROR, "interrupted"));
    slot->job = NULL;
}

/* Starts what can be started; true while something runs. */
static bool fill(struct slot *slots, const struct run_options *options, struct run_job *jobs, size_t count, size_t *next)
{
    bool running = false;

    for (uint32_t i = 0; i < options->parallel; i++) {
        while (!slots[i].job && *next < count)
            begin(&slots[i], options, &jobs[(*next)++]);
        running = running || slots[i].job;
    }
    return running;
}

static void collect_all(struct slot *slots, uint32_t parallel)
{
    struct child *busy[PARALLEL_MAX];
    size_t count = 0;

    for (uint32_t i = 0; i < parallel; i++)
        if (slots[i].job)
            busy[count++] = &slots[i].child;
    child_wait_any(busy, count, TICK_MS);
    for (uint32_t i = 0; i < parallel; i++)
        if (slots[i].job && child_collect(&slots[i].child, slot_line, &slots[i]))
            judge(&slots[i]);
}

bool run_jobs(const struct run_options *options, struct run_job *jobs, size_t count)
{
    struct slot *slots = calloc(options->parallel, sizeof(*slots));
    struct sigaction before[3];
    uint64_t tick_ms = monotonic_ms();
    size_t next = 0;

    if (!slots)
        abort();
    spec_memorize();
    catch_signals(before);
    while (!stop_signal && !(options->stop && *options->stop) && fill(slots, options, jobs, count, &next)) {
        collect_all(slots, options->parallel);
        if (options->on_tick && monotonic_ms() - tick_ms >= TICK_MS) {
            tick_ms = monotonic_ms();
            options->on_tick(options->context);
        }
    }
    for (uint32_t i = 0; i < options->parallel; i++)
        if (slots[i].job)
            drop(&slots[i]);
    release_signals(before);
    free(slots);
    return !stop_signal;
}
