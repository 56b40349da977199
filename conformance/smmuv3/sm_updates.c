/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * STEs and CDs while they are changed (3.21.3.1 Configuration structure update procedure; 5.2.1, 5.4.1): one 64-bit store after
 * the other, with requests between every two of them, before and after the invalidation.
 *
 * Before the invalidation, a request goes by what was in memory before the last store or by what is there now; after it, by what
 * is there now. Fields that are not used by the state of an entry may change without effect, so that many changes need no
 * invalid state in between: what the new state needs beside, then the one dword that both use, then the rest.
 */
#include "build/sm.h"
#include "sm_chapters.h"

#include <string.h>

#define DWORDS 8u
#define OFFSET UINT64_C(0x48)
#define PAGE_BYTES UINT64_C(0x10000) /* of every granule */
#define HOSTS_MAX 5u

/* How a request ends: at a host address, or with a record (type 0: none). */
struct end {
    bool arrives;
    uint64_t host;
    uint32_t type;
};

struct state {
    const char *name;
    uint64_t words[DWORDS], used[DWORDS]; /* used: bits that matter */
    struct end end;
};

struct update {
    struct sm *sm;
    uint64_t entry;
    const struct sm_path *path; /* whose CD it is; NULL: an STE */
    uint32_t sid;
    struct iotb_request r;
    uint64_t hosts[HOSTS_MAX];
    uint32_t host_count;
    uint64_t now[DWORDS];
};

static bool is_end(const struct sm_seen *seen, const struct end *end)
{
    bool arrived = seen->result == SM_ARRIVED || seen->result == SM_ARRIVED_OTHER;

    if (end->arrives)
        return arrived && seen->host == end->host && !seen->type;
    return seen->result == SM_REFUSED && seen->type == end->type;
}

static void observe(struct update *u, const char *row, const struct end *one, const struct end *other)
{
    struct sm_seen seen = sm_try(u->sm, &u->r, u->hosts, u->host_count);

    CHECK(u->sm->t, row, is_end(&seen, one) || is_end(&seen, other),
          "result %d, host 0x%llx, event %02xh; legal: host 0x%llx event %02xh, host 0x%llx event %02xh", (int)seen.result,
          (unsigned long long)seen.host, seen.type, (unsigned long long)one->host, one->type, (unsigned long long)other->host,
          other->type);
}

/* 5.2.1, 5.4.1: CDs have fields that TLBs may hold; those of STEs that do are the same in all states here. */
static bool invalidate(struct update *u)
{
    struct sm_command tlb[2] = {sm_cmd_nsnh_all(), sm_cmd_el2_all()};

    if (!u->path)
        return sm_cfgi_ste(u->sm, u->sid);
    return sm_cfgi_cd(u->sm, u->sid, u->path->ssid) && sm_submit(u->sm, tlb, sm_idr(u->sm->t, 0, "Hyp") ? 2 : 1);
}

/* Rows: of the moment before the invalidation, and of that after it. */
static void store(struct update *u, uint32_t dword, uint64_t word, const struct end *old, const struct end *new,
                  const char *before, const char *after)
{
    if (word == u->now[dword])
        return;
    mem_write64(u->sm->t, u->entry + 8 * dword, word);
    u->now[dword] = word;
    observe(u, before, old, new);
    observe(u, before, old, new);
    CHECK(u->sm->t, after, invalidate(u), "the invalidation completes");
    observe(u, after, new, new);
    observe(u, after, new, new);
}

static void begin(struct update *u, const struct state *from)
{
    for (uint32_t i = 0; i < DWORDS; i++)
        mem_write64(u->sm->t, u->entry + 8 * i, from->words[i]);
    memcpy(u->now, from->words, sizeof u->now);
    invalidate(u);
}

/* ---- without an invalid state in between ---- */

#define IN_PLACE "SMMU-3-083"
#define IN_FORCE "SMMU-4-147"

static void in_place(struct update *u, const struct state *from, const struct state *to)
{
    uint32_t critical = DWORDS;

    begin(u, from);
    observe(u, IN_FORCE, &from->end, &from->end);
    for (uint32_t i = DWORDS; i-- > 0;)
        store(u, i, (from->words[i] & from->used[i]) | (to->words[i] & ~from->used[i]), &from->end, &from->end, IN_PLACE,
              IN_FORCE);
    for (uint32_t i = 0; i < DWORDS; i++)
        if ((u->now[i] ^ to->words[i]) & to->used[i]) {
            if (critical != DWORDS)
                test_abort(u->sm->t, "from %s to %s takes more than one store", from->name, to->name);
            critical = i;
        }
    if (critical != DWORDS)
        store(u, critical, (to->words[critical] & to->used[critical]) | (u->now[critical] & ~to->used[critical]), &from->end,
              &to->end, IN_PLACE, IN_FORCE);
    for (uint32_t i = 0; i < DWORDS; i++)
        store(u, i, to->words[i], &to->end, &to->end, IN_PLACE, IN_FORCE);
}

/* ---- the procedure: V = 0, the rest, V = 1 ---- */

static void procedure(struct update *u, const struct state *from, const struct state *to, uint64_t valid, uint32_t event)
{
    struct end bad = {.type = event};

    begin(u, from);
    observe(u, "SMMU-3-084", &from->end, &from->end);
    store(u, 0, from->words[0] & ~valid, &from->end, &bad, "SMMU-3-077", "SMMU-3-086");
    for (uint32_t i = DWORDS; i-- > 0;)
        store(u, i, i ? to->words[i] : to->words[i] & ~valid, &bad, &bad, "SMMU-3-086", "SMMU-3-086");
    store(u, 0, to->words[0], &bad, &to->end, "SMMU-3-077", "SMMU-3-084");
}

/* ---- STEs ---- */

enum { BYPASS, ABORT, STAGE1, STAGE2, NESTED, STE_STATES };
static const uint32_t configs[STE_STATES] = {SM_BYPASS, SM_ABORT, SM_S1, SM_S2, SM_NESTED};
static const char *const config_names[STE_STATES] = {"bypass", "abort", "stage 1", "stage 2", "nested"};

struct ste_scene {
    struct sm sm;
    struct update u;
    struct state states[STE_STATES];
    bool has[STE_STATES];
};

static uint64_t field_mask(const char *structure, const char *field)
{
    return spec_mask(spec_struct_field(structure, field));
}

static void use_dwords(struct state *state, uint32_t config)
{
    memset(state->used, 0, sizeof state->used);
    state->used[0] = field_mask("STE", "V") | field_mask("STE", "Config");
    state->used[1] = UINT64_MAX;
    if (config & 1) /* stage 1; entries of TLBs have a VMID without stage 2 too (3.17) */
        state->used[0] = UINT64_MAX;
    if (config & 1)
        state->used[2] = field_mask("STE", "S2VMID");
    if (config & 2)
        state->used[2] = state->used[3] = UINT64_MAX;
}

static void write_cd(struct sm *sm, uint64_t host, const struct sm_table *table, uint32_t asid)
{
    struct sm_cd cd = {.ttb0 = table, .asid = asid};
    uint64_t words[DWORDS];

    sm_cd_words(sm, &cd, words);
    for (uint32_t i = 0; i < DWORDS; i++)
        mem_write64(sm->t, host + 8 * i, words[i]);
}

static uint64_t add_host(struct update *u, uint64_t page)
{
    u->hosts[u->host_count++] = page + OFFSET;
    return page;
}

static struct state *add_state(struct ste_scene *s, uint32_t n, const struct sm_ste *ste, uint64_t page)
{
    struct state *state = &s->states[n];

    s->has[n] = true;
    state->name = config_names[n];
    sm_ste_words(&s->sm, ste, state->words);
    use_dwords(state, configs[n]);
    if (n != ABORT)
        state->end = (struct end){.arrives = true, .host = add_host(&s->u, page) + OFFSET};
    return state;
}

static uint64_t new_page(struct sm *sm)
{
    return mem_alloc(sm->t, PAGE_BYTES, PAGE_BYTES);
}

/* The same VMID with the same stage 2 in each state, another ASID for each CD: nothing in a TLB contradicts another state. */
static void add_translating(struct ste_scene *s, uint64_t input)
{
    bool s1 = sm_has_flavour(s->sm.t, SM_F_S1), s2 = sm_has_flavour(s->sm.t, SM_F_S2);
    struct sm_ste ste = {.vmid = s2 ? 0x31 : 0};
    struct sm_table *table, *stage2;
    uint64_t page = new_page(&s->sm), ipa;

    if (s1) {
        table = sm_table_new(&s->sm, 1, NULL);
        sm_map(&s->sm, table, input, page, 0, SM_RW);
        ste.config = SM_S1;
        ste.s1contextptr = sm_cd_table_new(&s->sm, SM_CD_LINEAR, 0, NULL);
        write_cd(&s->sm, ste.s1contextptr, table, 0x41);
        add_state(s, STAGE1, &ste, page);
    }
    if (!s2)
        return;
    page = new_page(&s->sm);
    ste.s2 = stage2 = sm_table_new(&s->sm, 2, NULL);
    sm_map(&s->sm, stage2, input, page, 0, SM_RW);
    ste.config = SM_S2;
    ste.s1contextptr = 0;
    add_state(s, STAGE2, &ste, page);
    if (!s1)
        return;
    table = sm_table_new_nested(&s->sm, NULL, stage2, false);
    ipa = sm_guest_alloc(&s->sm, stage2, PAGE_BYTES, &page);
    sm_map(&s->sm, table, input, ipa, 0, SM_RW);
    ste.config = SM_NESTED;
    ste.s1contextptr = sm_cd_table_new(&s->sm, SM_CD_LINEAR, 0, stage2);
    write_cd(&s->sm, sm_guest_to_host(stage2, ste.s1contextptr), table, 0x42);
    add_state(s, NESTED, &ste, page);
}

static void ste_open(struct ste_scene *s, struct test *t)
{
    struct sm_ste bypass = {.config = SM_BYPASS}, abort = {.config = SM_ABORT};
    uint64_t input;

    memset(s, 0, sizeof *s);
    sm_open(&s->sm, t, NULL);
    input = new_page(&s->sm);
    s->u.sm = &s->sm;
    s->u.sid = sm_sid(&s->sm, 0);
    sm_set_ste(&s->sm, s->u.sid, &bypass);
    s->u.entry = sm_ste_address(&s->sm, s->u.sid);
    s->u.r = (struct iotb_request){.size = sizeof s->u.r,
                                   .requester_id = (uint16_t)s->u.sid,
                                   .kind = IOTB_WRITE,
                                   .address_type = IOTB_AT_UNTRANSLATED,
                                   .bytes = 8,
                                   .address = input + OFFSET};
    add_state(s, BYPASS, &bypass, input);
    add_state(s, ABORT, &abort, 0);
    add_translating(s, input);
    sm_invalidate_all(&s->sm);
}

typedef void ste_body(struct ste_scene *s, const struct state *from, const struct state *to);

static void each_pair(struct test *t, ste_body *body)
{
    struct ste_scene s;

    ste_open(&s, t);
    for (uint32_t i = 0; i < STE_STATES * STE_STATES; i++) {
        uint32_t from = i / STE_STATES, to = i % STE_STATES;

        if (from == to || !s.has[from] || !s.has[to])
            continue;
        test_context(t, "from %s to %s", config_names[from], config_names[to]);
        body(&s, &s.states[from], &s.states[to]);
    }
    sm_close(&s.sm);
}

static void ste_in_place_body(struct ste_scene *s, const struct state *from, const struct state *to)
{
    in_place(&s->u, from, to);
}

static void ste_in_place(struct test *t)
{
    each_pair(t, ste_in_place_body);
}

static void ste_procedure_body(struct ste_scene *s, const struct state *from, const struct state *to)
{
    procedure(&s->u, from, to, field_mask("STE", "V"), SM_C_BAD_STE);
}

static void ste_procedure(struct test *t)
{
    each_pair(t, ste_procedure_body);
}

/* Config says stage 2 before its fields are there: S2AA64 = 0 is ILLEGAL without VMSAv8-32 (5.2). */
static void ste_mixture_body(struct ste_scene *s, const struct state *from, const struct state *to)
{
    struct end bad = {.type = SM_C_BAD_STE};
    struct update *u = &s->u;

    if (!(to->used[3]) || from->used[3])
        return;
    begin(u, from);
    observe(u, "SMMU-3-077", &from->end, &from->end);
    store(u, 0, to->words[0], &from->end, &bad, "SMMU-3-077", IN_FORCE);
    store(u, 3, to->words[3], &bad, &bad, "SMMU-3-077", IN_FORCE);
    store(u, 2, to->words[2], &bad, &to->end, "SMMU-3-077", IN_FORCE);
    store(u, 1, to->words[1], &to->end, &to->end, "SMMU-3-077", IN_FORCE);
}

static void ste_mixture(struct test *t)
{
    if (sm_idr(t, 0, "TTF") & 1)
        test_skip(t, "S2AA64 = 0 means something here");
    each_pair(t, ste_mixture_body);
}

/* ---- CDs ---- */

enum { PLAIN, OTHER_ASID, OTHER_TABLE, OTHER_BOTH, NO_TTB0, CD_STATES };
static const char *const cd_names[CD_STATES] = {"plain", "other ASID", "other TTB0", "other ASID and TTB0", "EPD0"};

static void cd_states(struct sm *sm, struct sm_path *path, struct update *u, struct state states[CD_STATES])
{
    struct sm_table *other = path->s2 ? sm_table_new_nested(sm, NULL, path->s2, false) : sm_table_new(sm, 1, NULL);
    uint64_t input = UINT64_C(0x62340000), first = new_page(sm), second, at = new_page(sm);

    sm_path_map(path, input, first, 0, SM_RW);
    if (path->s2)
        at = sm_guest_alloc(sm, path->s2, PAGE_BYTES, &second);
    else
        second = at;
    sm_map(sm, other, input, at, 0, SM_RW);
    *u = (struct update){.sm = sm, .entry = sm_cd_address(sm, path->sid, path->ssid), .path = path, .sid = path->sid};
    u->r = sm_request(path, IOTB_WRITE, input + OFFSET, 8);
    add_host(u, first);
    add_host(u, second);
    for (uint32_t n = 0; n < CD_STATES; n++) {
        bool moved = n == OTHER_TABLE || n == OTHER_BOTH;
        struct sm_cd cd = {.ttb0 = n == NO_TTB0 ? NULL
                                   : moved      ? other
                                                : path->s1,
                           .asid = n == OTHER_ASID || n == OTHER_BOTH ? path->asid + 1 : path->asid};

        states[n] = (struct state){.name = cd_names[n], .end = {.arrives = true, .host = (moved ? second : first) + OFFSET}};
        memset(states[n].used, 0xff, sizeof states[n].used);
        sm_cd_words(sm, &cd, states[n].words);
        if (n != NO_TTB0)
            continue;
        states[n].end = (struct end){.type = SM_F_TRANSLATION};
        states[n].used[1] = 0; /* TTB0 is ignored with EPD0 = 1 (5.4) */
    }
    sm_invalidate_all(sm);
}

static bool one_store(const struct state *from, const struct state *to)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < DWORDS; i++)
        count += ((from->words[i] ^ to->words[i]) & from->used[i] & to->used[i]) != 0;
    return count <= 1;
}

static void each_cd_pair(struct sm *sm, struct sm_path *path, bool in_between)
{
    struct state states[CD_STATES];
    struct update u;

    cd_states(sm, path, &u, states);
    for (uint32_t i = 0; i < CD_STATES * CD_STATES; i++) {
        const struct state *from = &states[i / CD_STATES], *to = &states[i % CD_STATES];

        if (from == to || (!in_between && !one_store(from, to)))
            continue;
        test_context(sm->t, "%s, from %s to %s", sm_path_name(path), from->name, to->name);
        if (in_between)
            procedure(&u, from, to, field_mask("CD", "V"), SM_C_BAD_CD);
        else
            in_place(&u, from, to);
    }
}

static void cd_in_place_body(struct sm *sm, struct sm_path *path)
{
    each_cd_pair(sm, path, false);
}

static void cd_procedure_body(struct sm *sm, struct sm_path *path)
{
    each_cd_pair(sm, path, true);
}

/* EPDs and ASIDs are there in EL1 and EL2-E2H streams (5.4). */
#define CD_FLAVOURS (SM_S1_FLAVOURS | SM_NESTED_FLAVOURS | SM_E2H_FLAVOURS)

static void cd_in_place(struct test *t)
{
    sm_each_flavour(t, CD_FLAVOURS, cd_in_place_body);
}

static void cd_procedure(struct test *t)
{
    sm_each_flavour(t, CD_FLAVOURS, cd_procedure_body);
}

#define CASE(n, text, function, row_list, gated)                                                                            \
    {                                                                                                                       \
        .name = "smmuv3.updates." n, .summary = text, .run = function, .rows = row_list, .gate = gated, .functional = true, \
        .tier = TIER_FULL                                                                                                   \
    }
#define PROCEDURE "SMMU-3-077 SMMU-3-084 SMMU-3-086"

static const struct iotb_case cases[] = {
    CASE("ste_in_place", "From every Config to every other one, store by store: the old or the new translation, no fault.",
         ste_in_place, IN_PLACE " " IN_FORCE, "IDR0.TTF:1"),
    CASE("ste_procedure", "The same through V = 0: invalid from the invalidation on, new after the last one.", ste_procedure,
         PROCEDURE, "IDR0.TTF:1"),
    CASE("ste_mixture", "Config before the fields that it needs: the old translation or C_BAD_STE.", ste_mixture,
         "SMMU-3-077 " IN_FORCE, "IDR0.TTF:1&IDR0.S2P"),
    CASE("cd_in_place", "ASID, TTB0 and EPD0 of a CD, store by store: the old or the new translation, no fault but EPD0's.",
         cd_in_place, IN_PLACE " " IN_FORCE, "IDR0.TTF:1&IDR0.S1P"),
    CASE("cd_procedure", "The same through V = 0, and both at once.", cd_procedure, PROCEDURE, "IDR0.TTF:1&IDR0.S1P"),
};

const struct iotb_case_list sm_updates_cases = {cases, sizeof cases / sizeof cases[0]};
