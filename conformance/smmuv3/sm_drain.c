/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CMD_SYNC and requests in flight (4.7.3, 3.21.1, 3.21.3, 4.3.8): it completes only when what used removed entries is finished,
 * and nothing that was read before is cached after it. The bench withholds the answer to one access and looks at what the unit
 * says meanwhile.
 */
#include "sm_chapters.h"
#include "sm_stale.h"

#define INPUT UINT64_C(0x62340000)
#define STEPS_MAX 20000u /* a unit that never comes to rest is not followed for ever */

static bool sync_done(struct sm *sm)
{
    return sm_cons(sm) == sm->cmdq_prod;
}

/* The commands and a CMD_SYNC, handed over and no more. */
static void start(struct sm *sm, const struct sm_command *commands, uint32_t count)
{
    struct sm_command sync = sm_cmd_sync();

    for (uint32_t i = 0; i < count; i++)
        sm_put(sm, &commands[i]);
    sm_put(sm, &sync);
    sm_ring(sm);
    test_settle(sm->t);
}

/* ---- data accesses ---- */

static uint64_t word_of(const uint8_t *bytes)
{
    uint64_t value = 0;

    for (int i = 0; i < 8; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

/* One request whose access is withheld, the commands, and the order of both ends. */
static void data_round(struct sm *sm, const struct iotb_request *like, uint64_t host, enum iotb_request_kind kind,
                       const char *row, const struct sm_command *commands, uint32_t count)
{
    struct iotb_request r = *like;
    uint64_t before = test_random(sm->t), wanted = before;
    struct outcome o;
    uint32_t hold, id;

    r.kind = (uint8_t)kind;
    mem_write64(sm->t, host, before);
    for (int i = 0; i < 16; i++)
        r.data[i] = (uint8_t)test_random(sm->t);
    for (int i = 0; i < 8 && kind == IOTB_CAS; i++)
        r.data[i] = (uint8_t)(before >> (8 * i));
    hold = hold_accesses(sm->t, host, host + 7, ACC_ANY);
    id = request_send(sm->t, &r);
    test_settle(sm->t);
    if (!CHECK(sm->t, row, hold_count(sm->t, hold) > 0, "the request makes an access to its page")) {
        hold_release(sm->t, hold);
        return;
    }
    start(sm, commands, count);
    CHECK(sm->t, row, !sync_done(sm), "CMD_SYNC is not complete while memory withholds the access of the request");
    hold_release(sm->t, hold);
    test_settle(sm->t);
    CHECK(sm->t, row, sync_done(sm), "CMD_SYNC is complete when memory has answered");
    o = request_outcome(sm->t, id);
    CHECK(sm->t, row, o.done, "the request is done when CMD_SYNC is");
    if (kind == IOTB_WRITE || kind == IOTB_SWAP)
        wanted = word_of(r.data);
    if (kind == IOTB_FETCH_ADD)
        wanted = before + word_of(r.data);
    if (kind == IOTB_CAS)
        wanted = word_of(r.data + 8);
    CHECK_EQ(sm->t, row, wanted, mem_read64(sm->t, host), "memory when CMD_SYNC is complete");
    if (kind != IOTB_WRITE && o.done)
        CHECK_EQ(sm->t, row, before, word_of(o.data), "data that the requester got");
}

static uint32_t kinds_end(struct sm *sm)
{
    return test_has(sm->t, IOTB_F_ATOMIC) ? IOTB_CAS : IOTB_WRITE;
}

static void tlbi_body(struct sm *sm, struct sm_path *path)
{
    struct sm_stale s;

    sm_stale_on(&s, path, 0, INPUT);
    for (uint32_t drop = 0; drop < DROP_COUNT; drop++) {
        struct sm_command c = sm_drop_command(&s, (enum sm_drop)drop);

        if (!sm_drop_covers(&s, (enum sm_drop)drop))
            continue;
        for (uint32_t kind = IOTB_READ; kind <= kinds_end(sm); kind++)
            for (uint32_t hit = 0; hit < 2; hit++) {
                test_context(sm->t, "%s, %s, request kind %u, %s", sm_path_name(path), sm_drop_name((enum sm_drop)drop), kind,
                             hit ? "hit" : "miss");
                if (hit)
                    sm_stale_warm(&s, "SMMU-3-102");
                else
                    sm_invalidate_all(sm);
                data_round(sm, &s.r, s.host[0] + 0x48, (enum iotb_request_kind)kind, hit ? "SMMU-4-146" : "SMMU-3-102", &c, 1);
            }
    }
}

static void tlbi(struct test *t)
{
    sm_each_flavour(t, SM_PAGED_FLAVOURS & ~SM_NESTED_FLAVOURS & ~SM_FLAVOUR(SM_F_NESTED_SKIP), tlbi_body);
}

static void tlbi_nested(struct test *t)
{
    sm_each_flavour(t, SM_NESTED_FLAVOURS, tlbi_body);
}

/* CFGI: of what translates and of what does not. */
static void cfgi_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = mem_alloc(sm->t, 0x10000, 0x10000);
    bool tables = sm_path_table(path) != NULL;
    struct iotb_request r = sm_request(path, IOTB_WRITE, (tables ? INPUT : host) + 0x48, 8);
    const struct sm_command commands[4] = {sm_cmd_cfgi_ste(path->sid, true), sm_cmd_cfgi_ste_range(path->sid, 4),
                                           sm_cmd_cfgi_all(), sm_cmd_cfgi_cd(path->sid, path->ssid, true)};

    if (tables)
        sm_path_map(path, INPUT, host, 0, SM_RW);
    for (uint32_t i = 0; i < (path->s1 ? 4u : 3u); i++)
        for (uint32_t kind = IOTB_READ; kind <= kinds_end(sm); kind++) {
            test_context(sm->t, "%s, command %u, request kind %u", sm_path_name(path), i, kind);
            sm_expect_ok(sm, "SMMU-4-147", &r, host + 0x48);
            data_round(sm, &r, host + 0x48, (enum iotb_request_kind)kind, kind == IOTB_WRITE ? "SMMU-4-049" : "SMMU-4-147",
                       &commands[i], 1);
        }
}

static void cfgi(struct test *t)
{
    sm_each_flavour(t, SM_ALL_FLAVOURS, cfgi_body);
}

/* ---- walks that an invalidation overtakes ---- */

/* What becomes of a request that was on its way: old or new, and only new if CMD_SYNC was complete before its read was answered.
 */
static void overtaken(struct sm_stale *s, const char *row, uint32_t id, uint32_t hold, bool done_before)
{
    struct sm *sm = s->sm;
    struct outcome o;
    uint64_t was = s->host[s->now ^ 1] + 0x48, is = s->host[s->now] + 0x48;

    hold_release(sm->t, hold);
    test_settle(sm->t);
    o = request_outcome(sm->t, id);
    CHECK(sm->t, row, o.done && sync_done(sm), "the request and CMD_SYNC are complete when memory has answered");
    CHECK(sm->t, row,
          word_of(s->r.data) == mem_read64(sm->t, is) || (!done_before && word_of(s->r.data) == mem_read64(sm->t, was)),
          "the request went to the %s page", done_before ? "new" : "old or to the new");
    sm_event_clear(sm);
    sm_stale_gone(s, row);
}

/* The descriptor of `level` has been read, what comes after it is withheld, the descriptor changes and is invalidated. */
static void overtake_level(struct sm_stale *s, int level, enum sm_drop drop)
{
    struct sm *sm = s->sm;
    struct sm_command commands[2] = {sm_drop_command(s, drop), sm_cmd_nh_all(sm_idr(sm->t, 0, "S2P") ? s->path.vmid : 0)};
    uint32_t count = s->stage == 2 && s->path.s1 ? 2 : 1, hold, id;
    uint64_t next, bytes = 8;
    bool done;

    sm_stale_level(s, level);
    next = level == 3 ? s->host[0] + 0x48 : sm_entry(sm, s->table, s->at, level + 1);
    for (int i = 0; i < 8; i++)
        s->r.data[i] = (uint8_t)test_random(sm->t);
    hold = hold_accesses(sm->t, next, next + bytes - 1, ACC_ANY);
    id = request_send(sm->t, &s->r);
    test_settle(sm->t);
    test_context(sm->t, "%s, stage %u level %d, %s", sm_path_name(&s->path), s->stage, level, sm_drop_name(drop));
    if (!hold_count(sm->t, hold)) { /* nothing to wait for: another order of reads */
        hold_release(sm->t, hold);
        return;
    }
    sm_stale_change(s);
    start(sm, commands, count);
    done = sync_done(sm);
    overtaken(s, "SMMU-3-102", id, hold, done);
}

static void overtake_body(struct sm *sm, struct sm_path *path)
{
    for (uint32_t stage = path->s1 ? 1 : 2; stage <= (path->s2 ? 2u : 1u); stage++) {
        struct sm_stale s;

        sm_stale_on(&s, path, stage, INPUT + 0x100000 * stage);
        for (int level = stage == 2 && path->s1 ? 3 : s.table->start_level; level <= 3; level++) {
            s.level = level;
            for (uint32_t drop = 0; drop < DROP_COUNT; drop++)
                if (sm_drop_covers(&s, (enum sm_drop)drop))
                    overtake_level(&s, level, (enum sm_drop)drop);
            s.level = level;
        }
    }
    (void)sm;
}

static void overtake(struct test *t)
{
    sm_each_flavour(t, SM_PAGED_FLAVOURS & ~SM_FLAVOUR(SM_F_NESTED_SKIP), overtake_body);
}

/* The CD has been read, the first table access is withheld; the CD then names another table and ASID. */
static void overtake_cd_body(struct sm *sm, struct sm_path *path)
{
    struct sm_geometry g = {.granule_lg2 = path->s1->granule_lg2, .input_bits = path->s1->input_bits};
    struct sm_path other = *path;
    struct sm_stale s;

    sm_stale_on(&s, path, 1, INPUT);
    other.asid = path->asid ^ 0x80;
    other.s1 = path->s2 ? sm_table_new_nested(sm, &g, path->s2, false) : sm_table_new(sm, 1, &g);
    s.host[1] = sm_path_page(&other, INPUT, SM_RW);
    for (uint32_t how = 0; how < 5; how++) {
        const struct sm_command commands[5] = {sm_cmd_cfgi_cd(path->sid, path->ssid, true),
                                               sm_cmd_cfgi_cd(path->sid, path->ssid, false), sm_cmd_cfgi_cd_all(path->sid),
                                               sm_cmd_cfgi_ste(path->sid, true), sm_cmd_cfgi_all()};
        uint64_t entry = sm_entry(sm, s.now ? other.s1 : path->s1, INPUT, path->s1->start_level);
        uint32_t hold, id;

        sm_invalidate_all(sm);
        for (int i = 0; i < 8; i++)
            s.r.data[i] = (uint8_t)test_random(sm->t);
        hold = hold_accesses(sm->t, entry, entry + 7, ACC_READS);
        id = request_send(sm->t, &s.r);
        test_settle(sm->t);
        test_context(sm->t, "%s, CD changed, command %u", sm_path_name(path), how);
        if (!hold_count(sm->t, hold)) {
            hold_release(sm->t, hold);
            continue;
        }
        s.now ^= 1;
        sm_path_write_cd(s.now ? &other : path);
        start(sm, &commands[how], 1);
        overtaken(&s, "SMMU-3-087", id, hold, sync_done(sm));
    }
}

static void overtake_cd(struct test *t)
{
    sm_each_flavour(t, SM_S1_FLAVOURS | SM_NESTED_FLAVOURS | SM_E2H_FLAVOURS, overtake_cd_body);
}

/* The STE has been read, its CD is withheld; the STE then names another CD table. */
static void overtake_ste_body(struct sm *sm, struct sm_path *path)
{
    struct sm_geometry g = {.granule_lg2 = path->s1->granule_lg2, .input_bits = path->s1->input_bits};
    struct sm_path other = *path;
    uint64_t tables[2];
    struct sm_stale s;

    if (path->s2)
        return;
    sm_stale_on(&s, path, 1, INPUT);
    tables[0] = path->cd_table;
    tables[1] = mem_alloc(sm->t, 64, 64);
    other.asid = path->asid ^ 0x80;
    other.s1 = sm_table_new(sm, 1, &g);
    s.host[1] = sm_path_page(&other, INPUT, SM_RW);
    sm_path_write_cd(&other);
    for (uint32_t i = 0; i < 8; i++)
        mem_write64(sm->t, tables[1] + 8 * i, mem_read64(sm->t, tables[0] + 8 * i));
    sm_path_write_cd(path);
    for (uint32_t how = 0; how < 4; how++) {
        const struct sm_command commands[4] = {sm_cmd_cfgi_ste(path->sid, true), sm_cmd_cfgi_ste(path->sid, false),
                                               sm_cmd_cfgi_ste_range(path->sid, 3), sm_cmd_cfgi_all()};
        uint32_t hold, id;
        bool done;

        sm_invalidate_all(sm);
        for (int i = 0; i < 8; i++)
            s.r.data[i] = (uint8_t)test_random(sm->t);
        hold = hold_accesses(sm->t, tables[s.now], tables[s.now] + 63, ACC_READS);
        id = request_send(sm->t, &s.r);
        test_settle(sm->t);
        test_context(sm->t, "%s, STE changed, command %u", sm_path_name(path), how);
        if (!hold_count(sm->t, hold)) {
            hold_release(sm->t, hold);
            continue;
        }
        s.now ^= 1;
        sm_ste_set(sm, path->sid, "S1ContextPtr", tables[s.now]);
        start(sm, &commands[how], 1);
        done = sync_done(sm);
        overtaken(&s, "SMMU-3-087", id, hold, done);
    }
}

static void overtake_ste(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_E2H), overtake_ste_body);
}

/* ---- stage 2 under a stage 1 walk ---- */

/* After CMD_SYNC no stage 1 descriptor is read through the mapping that is gone. */
static void table_page_body(struct sm *sm, struct sm_path *path)
{
    struct sm_stale s;

    sm_stale_on(&s, path, 1, INPUT);
    for (int level = path->s1->start_level; level <= 3; level++) {
        uint64_t page = UINT64_C(1) << path->s2->granule_lg2, ipa = sm_entry_pointer(sm, path->s1, INPUT, level);
        uint64_t entry = sm_entry(sm, path->s2, ipa, 3), old = mem_read64(sm->t, entry),
                 own = sm_entry(sm, path->s1, INPUT, level);
        uint64_t from = sm_descriptor_address(path->s2, old), copy = mem_alloc(sm->t, page, page);
        struct sm_command c = sm_cmd_s2_ipa(path->vmid, ipa & ~(page - 1), false);
        uint32_t hold, id;
        bool done;
        size_t mark;

        mem_write64(sm->t, copy + (own & (page - 1)), mem_read64(sm->t, own));
        sm_invalidate_all(sm);
        hold = hold_accesses(sm->t, own, own + 7, ACC_READS);
        id = request_send(sm->t, &s.r);
        test_settle(sm->t);
        test_context(sm->t, "%s, page of the level %d table", sm_path_name(path), level);
        if (!hold_count(sm->t, hold)) {
            hold_release(sm->t, hold);
            continue;
        }
        mem_write64(sm->t, entry, sm_with_address(path->s2, old, copy));
        start(sm, &c, 1);
        done = sync_done(sm);
        mark = trace_mark(sm->t);
        hold_release(sm->t, hold);
        test_settle(sm->t);
        CHECK(sm->t, "SMMU-3-103", sync_done(sm) && request_outcome(sm->t, id).done, "the request and CMD_SYNC complete");
        if (done)
            CHECK_EQ(sm->t, "SMMU-3-103", 0, trace_count(sm->t, mark, from, from + page - 1, ACC_ANY),
                     "accesses to the old page after CMD_SYNC");
        mark = trace_mark(sm->t);
        sm_submit_one(sm, sm_cmd_nh_all(path->vmid));
        sm_stale_gone(&s, "SMMU-3-103");
        CHECK_EQ(sm->t, "SMMU-3-103", 0, trace_count(sm->t, mark, from, from + page - 1, ACC_ANY),
                 "accesses to the old page after CMD_SYNC");
        mem_write64(sm->t, entry, old);
        sm_invalidate_all(sm);
        sm_event_clear(sm);
    }
}

static void table_page(struct test *t)
{
    sm_each_flavour(t, SM_NESTED_FLAVOURS, table_page_body);
}

/* ---- freed tables ---- */

/* Tables that an invalidation has cut off are not read any more, from the next request on. */
static void freed_body(struct sm *sm, struct sm_path *path)
{
    struct sm_stale s;

    sm_stale_on(&s, path, 0, INPUT);
    for (int level = s.table->start_level; level < 3; level++) {
        uint64_t cut, size = UINT64_C(1) << s.table->granule_lg2;
        size_t mark;

        sm_stale_level(&s, level);
        cut = sm_entry(sm, s.table, s.at, level + 1) & ~(size - 1);
        test_context(sm->t, "%s, level %d", sm_path_name(path), level);
        sm_stale_warm(&s, "SMMU-3-102");
        sm_stale_change(&s);
        CHECK(sm->t, "SMMU-3-102", sm_path_invalidate_page(path, s.input, false), "the commands complete");
        mark = trace_mark(sm->t);
        sm_stale_gone(&s, "SMMU-3-102");
        CHECK_EQ(sm->t, "SMMU-3-102", 0, trace_count(sm->t, mark, cut, cut + size - 1, ACC_ANY),
                 "accesses to the table that is cut off");
    }
}

static void freed(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2) | SM_EL2_FLAVOURS | SM_E2H_FLAVOURS, freed_body);
}

/* ---- several requests, constant load ---- */

static void several_body(struct sm *sm, struct sm_path *path)
{
    static const uint32_t orders[3][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}};
    struct sm_stale s;

    sm_stale_on(&s, path, 0, INPUT);
    for (uint32_t n = 0; n < 3; n++) {
        struct sm_command c = n == 0                               ? sm_cmd_cfgi_ste(path->sid, true)
                              : path->flavour->strw == SM_STRW_EL2 ? sm_cmd_el2_all()
                                                                   : sm_cmd_nsnh_all();
        uint32_t holds[4], ids[4], held = 0;

        for (uint32_t i = 0; i < 4; i++) {
            uint64_t at = s.host[0] + 0x100 * i;
            struct iotb_request r = sm_request(path, i & 1 ? IOTB_WRITE : IOTB_READ, INPUT + 0x100 * i, 8);

            holds[i] = hold_accesses(sm->t, at, at + 7, ACC_ANY);
            ids[i] = request_send(sm->t, &r);
        }
        test_settle(sm->t);
        for (uint32_t i = 0; i < 4; i++)
            held += hold_count(sm->t, holds[i]) > 0;
        CHECK_EQ(sm->t, "SMMU-4-146", 4, held, "requests that wait for memory");
        start(sm, &c, 1);
        for (uint32_t i = 0; i < 4; i++) {
            CHECK(sm->t, "SMMU-4-146", !sync_done(sm), "CMD_SYNC is not complete with %u requests outstanding", 4 - i);
            hold_release(sm->t, holds[orders[n][i]]);
            test_settle(sm->t);
        }
        CHECK(sm->t, "SMMU-4-146", sync_done(sm), "CMD_SYNC is complete after the last request");
        for (uint32_t i = 0; i < 4; i++)
            CHECK(sm->t, "SMMU-4-146", request_outcome(sm->t, ids[i]).done, "request %u is complete", i);
    }
}

static void several(struct test *t)
{
    sm_each_flavour(t, SM_PAGED_FLAVOURS, several_body);
}

static void load_body(struct sm *sm, struct sm_path *path)
{
    struct sm_stale s;

    sm_stale_on(&s, path, 0, INPUT);
    test_latency(sm->t, 1000, 50000, true);
    for (uint32_t n = 0; n < 4; n++) {
        const struct sm_command commands[2] = {sm_cmd_cfgi_all(), sm_cmd_nsnh_all()};
        struct sm_command sync = sm_cmd_sync();
        uint32_t steps;

        for (uint32_t i = 0; i < 8; i++)
            request_send(sm->t, &s.r);
        sm_put(sm, &commands[n & 1]);
        sm_put(sm, &sync);
        sm_ring(sm);
        for (steps = 0; !sync_done(sm) && steps < STEPS_MAX; steps++) {
            if (request_outstanding(sm->t) < 8)
                request_send(sm->t, &s.r);
            if (!test_step(sm->t))
                break;
        }
        CHECK(sm->t, "SMMU-4-146", sync_done(sm), "CMD_SYNC completes under constant load");
        test_settle(sm->t);
        CHECK_EQ(sm->t, "SMMU-4-146", 0, request_outstanding(sm->t), "requests that never complete");
    }
    test_latency(sm->t, 0, 0, false);
}

static void load(struct test *t)
{
    sm_each_flavour(t, SM_PAGED_FLAVOURS, load_body);
}

/* ---- records ---- */

/* At the completion of CMD_SYNC the record of a request that is over is there, or never comes. */
static void record_body(struct sm *sm, struct sm_path *path)
{
    struct sm_stale s;

    sm_stale_on(&s, path, 0, INPUT);
    if (sm->stall_model == 2)
        test_skip(sm->t, "faults of this DUT always stall");
    for (uint32_t how = 0; how < 2; how++) {
        uint64_t queue = sm_event_slot(sm, 0), bytes = UINT64_C(32) << sm->eventq_log2size;
        const char *row = how ? "SMMU-4-153" : "SMMU-4-151";
        struct sm_command c = sm_cmd_nsnh_all();
        uint32_t hold, id, seen;
        bool done, over;

        test_context(sm->t, "%s, %s", sm_path_name(path), how ? "with the mapping repaired" : "CMD_SYNC alone");
        mem_write64(sm->t, s.entry, 0);
        sm_invalidate_all(sm);
        hold = hold_accesses(sm->t, queue, queue + bytes - 1, ACC_WRITES);
        id = request_send(sm->t, &s.r);
        test_settle(sm->t);
        over = request_outcome(sm->t, id).done; /* only then does a CMD_SYNC alone decide */
        if (how)
            mem_write64(sm->t, s.entry, s.value[0]);
        start(sm, &c, how);
        done = sync_done(sm);
        seen = done ? sm_event_pending(sm) : 0;
        hold_release(sm->t, hold);
        test_settle(sm->t);
        CHECK(sm->t, row, sync_done(sm), "CMD_SYNC completes");
        CHECK(sm->t, row, request_outcome(sm->t, id).done, "the request completes");
        if (done && (how || over))
            CHECK_EQ(sm->t, row, seen, sm_event_pending(sm), "records after those that were there at CMD_SYNC");
        else
            CHECK(sm->t, row, sm_event_pending(sm) <= 1, "at most one record");
        sm_event_clear(sm);
        mem_write64(sm->t, s.entry, s.value[0]);
        sm_invalidate_all(sm);
        sm_stale_gone(&s, row);
    }
}

static void record(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_NESTED), record_body);
}

/* ---- updates ---- */

/* The update of a descriptor is withheld: CMD_SYNC waits for it, or it never comes. */
static void update_body(struct sm *sm, struct sm_path *path)
{
    struct sm_stale s;
    uint64_t leaf;

    sm_stale_on(&s, path, 0, INPUT);
    leaf = s.value[0];
    if (path->s1)
        sm_cd_set(sm, path->sid, path->ssid, "HA", 1);
    else
        sm_ste_set(sm, path->sid, "S2HA", 1);
    for (uint32_t kind = IOTB_READ; kind <= IOTB_WRITE; kind++) {
        struct sm_command c = path->s1 ? sm_cmd_nh_all(sm_idr(sm->t, 0, "S2P") ? path->vmid : 0) : sm_cmd_s12_vmall(path->vmid);
        uint32_t hold, id;
        bool done;

        s.r.kind = (uint8_t)kind;
        mem_write64(sm->t, s.entry, leaf & ~(UINT64_C(1) << SM_BIT_AF));
        sm_invalidate_all(sm);
        hold = hold_accesses(sm->t, s.entry, s.entry + 7, ACC_WRITES | ACC_ATOMICS);
        id = request_send(sm->t, &s.r);
        test_settle(sm->t);
        if (!hold_count(sm->t, hold)) {
            hold_release(sm->t, hold);
            continue;
        }
        start(sm, &c, 1);
        done = sync_done(sm);
        if (done) /* then the descriptor belongs to software again */
            mem_write64(sm->t, s.entry, 0);
        hold_release(sm->t, hold);
        test_settle(sm->t);
        CHECK(sm->t, "SMMU-3-149", sync_done(sm) && request_outcome(sm->t, id).done, "the request and CMD_SYNC complete");
        CHECK_EQ(sm->t, "SMMU-3-149", done ? 0 : leaf, mem_read64(sm->t, s.entry), "the leaf, CMD_SYNC complete %s the update",
                 done ? "before" : "after");
        sm_event_clear(sm);
    }
    s.r.kind = IOTB_WRITE;
    mem_write64(sm->t, s.entry, leaf);
    sm_invalidate_all(sm);
    sm_stale_gone(&s, "SMMU-3-149");
}

static void update(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2), update_body);
}

#define CASE(n, text, function, r, gated)                                                       \
    {                                                                                           \
        .name = "smmuv3.drain." n, .summary = text, .run = function, .rows = r, .gate = gated,  \
        .features = IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP, .functional = true, .tier = TIER_FULL \
    }
#define TABLES "IDR0.TTF:1"
#define S1 "IDR0.S1P&IDR0.TTF:1"

static const struct iotb_case cases[] = {
    CASE("tlbi", "CMD_SYNC after a TLB invalidation waits for accesses that used what it removes.", tlbi, "SMMU-3-102 SMMU-4-146",
         TABLES),
    CASE("tlbi_nested", "The same with two stages.", tlbi_nested, "SMMU-3-102 SMMU-4-146", S1 "&IDR0.S2P"),
    CASE("cfgi", "CMD_SYNC after a configuration invalidation waits for accesses that used it.", cfgi, "SMMU-4-049 SMMU-4-147",
         NULL),
    CASE("walk", "A walk that an invalidation overtakes leaves nothing behind that was read before it.", overtake, "SMMU-3-102",
         TABLES),
    CASE("cd_walk", "The same for a CD that has been read.", overtake_cd, "SMMU-3-087", S1),
    CASE("ste_walk", "The same for an STE that has been read.", overtake_ste, "SMMU-3-087", S1),
    CASE("table_page", "No stage 1 descriptor is read through a stage 2 mapping that is gone.", table_page, "SMMU-3-103",
         S1 "&IDR0.S2P"),
    CASE("freed_table", "A table that is cut off is not read after CMD_SYNC.", freed, "SMMU-3-102", TABLES),
    CASE("several", "CMD_SYNC waits for the last of several requests.", several, "SMMU-4-146", TABLES),
    CASE("load", "CMD_SYNC completes under constant load.", load, "SMMU-4-146", TABLES),
    CASE("record", "A record is there when CMD_SYNC is complete, or never.", record, "SMMU-4-151 SMMU-4-153", TABLES),
    CASE("update", "Flag updates do not outlive CMD_SYNC.", update, "SMMU-3-149", TABLES "&IDR0.HTTU"),
};

const struct iotb_case_list sm_drain_cases = {cases, sizeof cases / sizeof cases[0]};
