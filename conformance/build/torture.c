/* SPDX-License-Identifier: BSD-2-Clause */
/* torture.c - scripts, requests in flight, and the judgement of each end. */
#include "build/torture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096u
#define WRITES_AT 2048u /* reads use the lower half of a page, writes the upper half */
#define STEPS_MAX 200000u

uint64_t torture_tick(struct torture *torture)
{
    return ++torture->tick;
}

static uint64_t pattern(uint64_t address)
{
    uint64_t z = address * UINT64_C(0x9e3779b97f4a7c15);

    return z ^ z >> 29 ^ UINT64_C(0x5555);
}

void torture_add_data(struct torture *torture, uint64_t first, uint64_t bytes)
{
    if (torture->data_count == TORTURE_RANGES_MAX)
        test_abort(torture->t, "too many data ranges");
    torture->data[torture->data_count].first = first;
    torture->data[torture->data_count++].last = first + bytes - 1;
    for (uint64_t page = first; page < first + bytes; page += PAGE)
        for (uint64_t at = page; at < page + WRITES_AT; at += 8)
            mem_write64(torture->t, at, pattern(at));
}

bool torture_entry_holds(struct torture *torture, const struct torture_entry *entry)
{
    for (uint32_t i = 0; i < entry->words; i++)
        if ((mem_read64(torture->t, entry->address + 8 * i) ^ entry->written[i]) & ~(i ? 0 : entry->flags))
            return false;
    return true;
}

bool torture_entry_write(struct torture *torture, struct torture_entry *entry, const uint64_t *words, uint64_t flags)
{
    bool held = !entry->started || torture_entry_holds(torture, entry);
    uint8_t bytes[16];

    for (uint32_t i = 0; i < 8 * entry->words; i++)
        bytes[i] = (uint8_t)(words[i / 8] >> (8 * (i % 8)));
    mem_write(torture->t, entry->address, bytes, 8 * entry->words);
    memcpy(entry->written, words, 8 * entry->words);
    entry->flags = flags;
    entry->started = true;
    return held;
}

static void fail(struct torture *torture, enum torture_failure failure, const char *text)
{
    if (torture->failure)
        return;
    torture->failure = failure;
    snprintf(torture->text, sizeof torture->text, "%s", text);
}

/* ---- scripts ---- */

static void script_add(struct torture *torture, struct torture_action action)
{
    if (torture->script_count == torture->script_room) {
        torture->script_room = torture->script_room ? 2 * torture->script_room : 1024;
        torture->script = realloc(torture->script, torture->script_room * sizeof *torture->script);
        if (!torture->script)
            test_abort(torture->t, "out of memory");
    }
    torture->script[torture->script_count++] = action;
}

static const char letters[] = "reis";

static int action_text(const struct torture_action *action, char *out, size_t out_bytes)
{
    static const int arguments[] = {3, 2, 3, 1};
    int n = snprintf(out, out_bytes, "%c%u", letters[action->kind], action->a);

    if (arguments[action->kind] > 1)
        n += snprintf(out + n, out_bytes - (size_t)n, ",%u", action->b);
    if (arguments[action->kind] > 2)
        n += snprintf(out + n, out_bytes - (size_t)n, ",%u", action->c);
    return n;
}

static char *script_text(const struct torture *torture)
{
    char *text = malloc(torture->script_count * 40 + 1), *at = text;

    if (!text)
        test_abort(torture->t, "out of memory");
    *at = '\0';
    for (size_t i = 0; i < torture->script_count; i++) {
        if (i)
            *at++ = ' ';
        at += action_text(&torture->script[i], at, 40);
    }
    return text;
}

/* Each number is checked: a script may come from a person. */
static void script_parse(struct torture *torture, const char *text)
{
    const struct torture_ops *ops = torture->ops;

    while (*text) {
        const char *letter = strchr(letters, *text);
        uint32_t v[3] = {0, 0, 0}, first_end = 1, second_end = 1;
        char *end = (char *)text;
        struct torture_action action;

        if (!letter)
            test_abort(torture->t, "the script has no action \"%.20s\"", text);
        for (int i = 0; i < 3 && (i == 0 || *end == ','); i++)
            v[i] = (uint32_t)strtoul(end + 1, &end, 10);
        action = (struct torture_action){(enum torture_action_kind)(letter - letters), v[0], v[1], v[2]};
        if (action.kind == TORTURE_INVALIDATE && v[0] < ops->invalidations)
            ops->arguments(torture, v[0], &first_end, &second_end);
        if ((*end && *end != ' ' && *end != '+') ||
            (action.kind == TORTURE_REQUEST && (v[0] >= ops->sources || v[1] >= ops->inputs)) ||
            (action.kind == TORTURE_EDIT && (v[0] >= ops->edits || v[1] >= ops->alternatives(torture, v[0]))) ||
            (action.kind == TORTURE_INVALIDATE && (v[0] >= ops->invalidations || v[1] >= first_end || v[2] >= second_end)))
            test_abort(torture->t, "the script has a bad action \"%.20s\"", text);
        script_add(torture, action);
        for (text = end; *text == ' ' || *text == '+'; text++)
            ;
    }
}

static uint32_t below(struct torture *torture, uint32_t end)
{
    return (uint32_t)test_random_below(torture->t, end);
}

static struct torture_action draw_anywhere(struct torture *torture)
{
    const struct torture_ops *ops = torture->ops;
    uint32_t what = below(torture, 100);
    struct torture_action action = {.kind = TORTURE_REQUEST};

    if (what < 55) {
        action.a = below(torture, ops->sources);
        action.b = below(torture, ops->inputs);
        action.c = below(torture, 2);
    } else if (what < 72) {
        action.kind = TORTURE_STEPS;
        action.a = 1 + below(torture, below(torture, 4) ? 6 : 60);
    } else if (what < 88) {
        action.kind = TORTURE_EDIT;
        action.a = below(torture, ops->edits);
    } else {
        uint32_t first_end = 1, second_end = 1;

        action.kind = TORTURE_INVALIDATE;
        action.a = below(torture, ops->invalidations);
        ops->arguments(torture, action.a, &first_end, &second_end);
        action.b = below(torture, first_end);
        action.c = below(torture, second_end);
    }
    return action;
}

/* Of an entry that is absent all below it is out of reach: one draw of eight. */
static uint32_t draw_alternative(struct torture *torture, uint32_t edit)
{
    uint32_t end = torture->ops->alternatives(torture, edit), draw;

    if (torture->ops->steady && torture->ops->steady(torture, edit)) {
        draw = below(torture, 20);
        return draw == 0 ? 0 : draw < 13 || end < 3 ? 1 : 2 + below(torture, end - 2);
    }
    return end == 1 || !below(torture, 8) ? 0 : 1 + below(torture, end - 1);
}

static void focus(struct torture *torture, struct torture_action *action)
{
    if (action->kind == TORTURE_REQUEST) {
        action->a = torture->focus_source;
        action->b = torture->focus_input;
    } else if (action->kind == TORTURE_EDIT || action->kind == TORTURE_INVALIDATE) {
        torture->ops->near(torture, torture->focus_source, torture->focus_input, (uint32_t)test_random(torture->t), action);
    }
}

/*
 * A race on purpose: nothing cached and nothing in flight, requests that have to walk, an edit while they do, an invalidation
 * behind it, and requests that must not see what the first ones read.
 */
#define WALK 14u /* unless the architecture says otherwise */
static const struct {
    enum torture_action_kind kind;
    uint32_t steps_end;
} race[] = {
    {TORTURE_STEPS, 1},   {TORTURE_INVALIDATE, 0}, {TORTURE_STEPS, 1}, {TORTURE_REQUEST, 0},
    {TORTURE_REQUEST, 0}, {TORTURE_STEPS, WALK},   {TORTURE_EDIT, 0},  {TORTURE_INVALIDATE, 0},
    {TORTURE_STEPS, 40},  {TORTURE_REQUEST, 0},    {TORTURE_STEPS, 1}, {TORTURE_REQUEST, 0},
};
#define RACE_LENGTH (sizeof race / sizeof race[0])
#define QUIET_STEPS 400u /* more than everything in flight takes */

static struct torture_action draw_race(struct torture *torture)
{
    uint32_t n = torture->race_at++;
    struct torture_action action = {.kind = race[n].kind, .c = below(torture, 2)};
    uint32_t steps_end = race[n].steps_end == WALK && torture->ops->walk_steps ? torture->ops->walk_steps : race[n].steps_end;

    if (torture->race_at == RACE_LENGTH)
        torture->race_at = 0;
    if (action.kind == TORTURE_STEPS)
        return (struct torture_action){TORTURE_STEPS, steps_end > 1 ? 1 + below(torture, steps_end) : QUIET_STEPS, 0, 0};
    if (action.kind == TORTURE_INVALIDATE)
        action = (struct torture_action){TORTURE_INVALIDATE, below(torture, torture->ops->invalidations), 0, 0};
    focus(torture, &action);
    if (action.kind == TORTURE_EDIT)
        action.b = draw_alternative(torture, action.a);
    return action;
}

/* Three of four actions are at one source and input for a while. */
static struct torture_action draw(struct torture *torture)
{
    struct torture_action action;

    if (torture->race_at || !below(torture, 40))
        return draw_race(torture);
    action = draw_anywhere(torture);
    if (!torture->focus_left) {
        torture->focus_source = below(torture, torture->ops->sources);
        torture->focus_input = below(torture, torture->ops->inputs);
        torture->focus_left = 10 + below(torture, 60);
    }
    torture->focus_left--;
    if (below(torture, 4))
        focus(torture, &action);
    if (action.kind == TORTURE_EDIT)
        action.b = draw_alternative(torture, action.a);
    return action;
}

/* ---- what is on its way ---- */

static bool in_data(const struct torture *torture, uint64_t address)
{
    for (uint32_t i = 0; i < torture->data_count; i++)
        if (address >= torture->data[i].first && address <= torture->data[i].last)
            return true;
    return false;
}

/* Each outstanding request has an offset of its own, so an access to a data page says whose it is. */
static struct torture_flight *flight_at(struct torture *torture, uint32_t offset)
{
    for (uint32_t i = 0; i < TORTURE_OUTSTANDING_MAX; i++)
        if (torture->flights[i].active && torture->flights[i].offset == offset)
            return &torture->flights[i];
    return NULL;
}

static void saw_access(struct torture *torture, const struct iotb_access *access)
{
    uint64_t tick = torture_tick(torture);
    struct torture_flight *flight;

    if (access->kind == IOTB_ACC_WRITE)
        for (uint32_t i = 0; i < torture->pending_count; i++)
            if (torture->pending[i].status == access->address) {
                legal_complete(&torture->world, torture->pending[i].invalidation, tick);
                torture->pending[i] = torture->pending[--torture->pending_count];
                return;
            }
    if (!in_data(torture, access->address))
        return;
    flight = flight_at(torture, (uint32_t)(access->address & (PAGE - 1)));
    if (!flight || flight->legal.used)
        return;
    flight->legal.used = tick;
    flight->seen_address = access->address;
}

static void look_at_accesses(struct torture *torture)
{
    if (test_has(torture->t, IOTB_F_BENCH_MEMORY)) {
        for (size_t end = trace_length(torture->t); torture->trace_at < end; torture->trace_at++)
            saw_access(torture, trace_at(torture->t, torture->trace_at));
        return;
    }
    for (uint32_t i = 0; i < torture->pending_count;)
        if (mem_read32(torture->t, torture->pending[i].status)) {
            legal_complete(&torture->world, torture->pending[i].invalidation, torture_tick(torture));
            torture->pending[i] = torture->pending[--torture->pending_count];
        } else {
            i++;
        }
}

/* ---- judgement ---- */

/* Where the data of a request that was carried out went or came from; 0: nowhere. */
static uint64_t arrived_at(struct torture *torture, const struct torture_flight *flight, const struct outcome *o)
{
    if (flight->seen_address)
        return flight->seen_address;
    if (o->has_status && o->status != IOTB_SC)
        return 0;
    for (uint32_t i = 0; i < torture->data_count; i++)
        for (uint64_t at = torture->data[i].first + flight->offset; at < torture->data[i].last; at += PAGE)
            if (flight->write ? mem_read64(torture->t, at) == flight->token
                              : o->bytes == 8 && !memcmp(o->data, &(uint64_t){pattern(at)}, 8))
                return at;
    return 0;
}

static bool data_right(struct torture *torture, const struct torture_flight *flight, uint64_t at, const struct outcome *o)
{
    uint64_t value = 0;

    if (flight->write)
        return mem_read64(torture->t, at) == flight->token;
    for (uint32_t i = 0; i < 8; i++)
        value |= (uint64_t)o->data[i] << (8 * i);
    return o->bytes == 8 && value == pattern(at);
}

static void describe_set(const struct legal_set *set, char *out, size_t out_bytes)
{
    size_t used = 0;

    for (size_t i = 0; i < set->count && used + 24 < out_bytes; i++) {
        const struct legal_outcome *o = &set->items[i];
        int n = o->arrives ? snprintf(out + used, out_bytes - used, " 0x%llx", (unsigned long long)o->output)
                           : snprintf(out + used, out_bytes - used, " fault %xh", o->fault);

        used += (size_t)n;
    }
    out[used < out_bytes ? used : out_bytes - 1] = '\0';
}

static void illegal(struct torture *torture, const struct torture_flight *flight, const struct legal_set *set, uint64_t at)
{
    struct legal_request without = flight->legal;
    struct legal_set wider;
    char legal[120], text[256], seen[40];
    bool undrained;

    without.used = 0;
    legal_outcomes(&torture->world, &without, &wider);
    undrained = flight->legal.used && legal_has(&wider, &(struct legal_outcome){.arrives = true, .output = at});
    describe_set(set, legal, sizeof legal);
    snprintf(seen, sizeof seen, at ? "was carried out at 0x%llx" : "was refused", (unsigned long long)at);
    snprintf(text, sizeof text, "%s of source %u (%04x) at 0x%llx %s%s; legal:%s", flight->write ? "write" : "read",
             flight->source, flight->request.requester_id, (unsigned long long)flight->request.address, seen,
             undrained ? " after the invalidation that removes this was complete" : "", legal);
    fail(torture, undrained ? TORTURE_UNDRAINED : TORTURE_STALE, text);
}

static void remember_refusal(struct torture *torture, const struct torture_flight *flight, const struct legal_set *set)
{
    static const uint32_t room = sizeof torture->refusals / sizeof torture->refusals[0];

    torture->refusals[torture->refusal_count++ % room] =
        (struct torture_refusal){flight->request.requester_id, flight->request.address & ~UINT64_C(0xfff), *set};
}

static void judge(struct torture *torture, struct torture_flight *flight, const struct outcome *o)
{
    uint64_t at = arrived_at(torture, flight, o);
    bool refused = at == 0, legal = false;
    struct legal_set set;

    flight->legal.ended = torture_tick(torture);
    if (!torture->drains)
        flight->legal.used = 0;
    legal_outcomes(&torture->world, &flight->legal, &set);
    for (size_t i = 0; i < set.count; i++)
        legal |= refused ? !set.items[i].arrives : set.items[i].arrives && set.items[i].output == at;
    if (!legal && !set.overflow)
        illegal(torture, flight, &set, at);
    else if (!refused && !data_right(torture, flight, at, o))
        illegal(torture, flight, &set, at);
    else if (o->has_status && !refused && o->status != IOTB_SC)
        fail(torture, TORTURE_STALE, "a request that was carried out completed with UR or CA");
    else if (o->has_status && refused && flight->write && o->status == IOTB_SC) /* 7.1.1 lets a read end with dummy data */
        fail(torture, TORTURE_STALE, "a write that touched no memory completed successfully");
    if (refused)
        remember_refusal(torture, flight, &set);
}

static void harvest(struct torture *torture)
{
    look_at_accesses(torture);
    for (uint32_t i = 0; i < TORTURE_OUTSTANDING_MAX; i++) {
        struct torture_flight *flight = &torture->flights[i];
        struct outcome o;

        if (!flight->active)
            continue;
        o = request_outcome(torture->t, flight->id);
        if (!o.done)
            continue;
        judge(torture, flight, &o);
        flight->active = false;
        torture->flight_count--;
    }
}

static bool explained(const struct torture *torture, uint16_t requester, uint64_t page, uint32_t fault)
{
    uint32_t room = sizeof torture->refusals / sizeof torture->refusals[0];
    uint32_t count = torture->refusal_count < room ? torture->refusal_count : room;

    if (torture->refusal_count > room)
        return true; /* some are forgotten: nothing can be said */
    for (uint32_t i = 0; i < count; i++) {
        const struct torture_refusal *r = &torture->refusals[i];

        if (r->requester != requester || (page != TORTURE_ANY_PAGE && r->page != page))
            continue;
        for (size_t k = 0; k < r->set.count; k++)
            if (r->set.overflow || (!r->set.items[k].arrives && r->set.items[k].fault == fault))
                return true;
    }
    return false;
}

/* Only with nothing in flight: every record then belongs to a refusal that is remembered. */
static void take_records(struct torture *torture)
{
    uint16_t requester;
    uint64_t page;
    uint32_t fault;
    char text[120];

    while (torture->ops->take_fault(torture, &requester, &page, &fault))
        if (!explained(torture, requester, page, fault)) {
            snprintf(text, sizeof text, "fault record %02xh of %04x at 0x%llx fits no request that may have been refused so",
                     fault, requester, (unsigned long long)page);
            fail(torture, TORTURE_RECORD, text);
        }
    torture->refusal_count = 0;
}

/* ---- actions ---- */

/* Runs until at most so many requests and invalidations are on their way. */
static void reduce(struct torture *torture, uint32_t flights_last, uint32_t pending_last)
{
    for (uint32_t steps = 0; torture->flight_count > flights_last || torture->pending_count > pending_last; steps++) {
        bool moved = test_step(torture->t);

        harvest(torture);
        if (torture->failure)
            return;
        if (steps > STEPS_MAX || (!moved && (torture->flight_count > flights_last || torture->pending_count > pending_last))) {
            fail(torture, TORTURE_HUNG,
                 torture->flight_count > flights_last ? "a request never completed" : "an invalidation never completed");
            return;
        }
    }
}

static uint32_t next_offset(struct torture *torture, bool write)
{
    uint32_t offset;

    do {
        torture->offset_next = (torture->offset_next + 1) % TORTURE_OFFSETS;
        offset = 8 * torture->offset_next + (write ? WRITES_AT : 0);
    } while (flight_at(torture, offset));
    return offset;
}

static void play_request(struct torture *torture, const struct torture_action *a)
{
    struct torture_flight *flight = torture->flights;

    reduce(torture, torture->outstanding_max - 1, TORTURE_PENDING_MAX);
    if (torture->failure)
        return;
    while (flight->active)
        flight++;
    memset(flight, 0, sizeof *flight);
    flight->source = a->a;
    flight->write = a->c & 1;
    flight->offset = next_offset(torture, flight->write);
    flight->request = (struct iotb_request){.kind = flight->write ? IOTB_WRITE : IOTB_READ, .bytes = 8};
    flight->legal.access = flight->write ? LEGAL_WRITE : LEGAL_READ;
    flight->token = ++torture->requests * UINT64_C(0x2545f4914f6cdd1d) | 1;
    for (uint32_t i = 0; i < 8; i++)
        flight->request.data[i] = (uint8_t)(flight->token >> (8 * i));
    torture->ops->request(torture, a->a, a->b, flight->offset, &flight->request, &flight->legal);
    flight->legal.issued = torture_tick(torture);
    flight->id = request_send(torture->t, &flight->request);
    flight->active = true;
    torture->flight_count++;
    harvest(torture);
    if (torture->requests % 32 == 0) {
        reduce(torture, 0, TORTURE_PENDING_MAX);
        if (!torture->failure)
            take_records(torture);
    }
}

static void play_invalidation(struct torture *torture, const struct torture_action *a)
{
    uint64_t status = 0;
    size_t invalidation;

    reduce(torture, TORTURE_OUTSTANDING_MAX, TORTURE_PENDING_MAX - 1);
    if (torture->failure)
        return;
    invalidation = torture->ops->invalidate(torture, a->a, a->b, a->c, &status);
    torture->pending[torture->pending_count].invalidation = invalidation;
    torture->pending[torture->pending_count++].status = status;
    harvest(torture);
}

static void play(struct torture *torture, const struct torture_action *a)
{
    switch (a->kind) {
    case TORTURE_REQUEST:
        play_request(torture, a);
        break;
    case TORTURE_EDIT:
        if (!torture->ops->edit(torture, a->a, a->b))
            fail(torture, TORTURE_OVERWRITTEN, "an entry does not hold what was written to it last");
        break;
    case TORTURE_INVALIDATE:
        play_invalidation(torture, a);
        break;
    case TORTURE_STEPS:
        for (uint32_t i = 0; i < a->a && !torture->failure && test_step(torture->t); i++)
            harvest(torture);
        break;
    }
}

static void conclude(struct torture *torture)
{
    const char *const *rows = torture->ops->rows;

    if (!torture->failure)
        reduce(torture, 0, 0);
    if (!torture->failure)
        take_records(torture);
    if (!torture->failure && !torture->ops->untouched(torture))
        fail(torture, TORTURE_OVERWRITTEN, "an entry does not hold what was written to it last");
    for (int f = TORTURE_OK + 1; f < TORTURE_FAILURES; f++)
        if (rows[f])
            CHECK(torture->t, rows[f], torture->failure != (enum torture_failure)f, "after %llu requests and %zu actions: %s",
                  (unsigned long long)torture->requests, torture->script_count, torture->text);
    if (torture->failure) {
        char *text = script_text(torture);

        test_offer_script(torture->t, text);
        free(text);
    }
}

void torture_run(struct torture *torture, uint64_t requests)
{
    const char *script = test_script(torture->t);

    if (!torture->outstanding_max)
        torture->outstanding_max = test_has(torture->t, IOTB_F_OVERLAP) ? TORTURE_OUTSTANDING_MAX : 1;
    torture->trace_at = trace_length(torture->t);
    if (script) {
        script_parse(torture, script);
        for (size_t i = 0; i < torture->script_count && !torture->failure; i++)
            play(torture, &torture->script[i]);
    }
    while (!script && torture->requests < requests && !torture->failure) {
        struct torture_action action = draw(torture);

        script_add(torture, action);
        play(torture, &action);
    }
    conclude(torture);
    free(torture->script);
    legal_fini(&torture->world);
}
