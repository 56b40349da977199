/* SPDX-License-Identifier: BSD-2-Clause */
/* torture_ats.c - see torture_ats.h. */
#include "build/torture_ats.h"

#include "build/ats.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PAGE_MASK UINT64_C(0xfff)
#define ADDRESS_MASK UINT64_C(0x000ffffffffff000) /* of an entry that points to a table of 4 KiB, on either architecture */
#define SETTLE_PS UINT64_C(20000000)              /* far below any time-out */

/* ---- versions ---- */

static void version_add(struct torture_ats_page *p, struct torture_ats_version v)
{
    p->versions[p->count++] = v;
}

static bool full(const struct torture_ats *ta)
{
    for (size_t i = 0; i < COUNT(ta->pages); i++)
        if (ta->pages[i].count + 2 > TORTURE_ATS_VERSIONS)
            return true;
    return false;
}

static struct torture_ats_version *linked(struct torture_ats_page *p, uint32_t space)
{
    return &p->now[space][p->tables[space].linked];
}

static void write_leaf(struct torture_ats *ta, struct torture_ats_page *p, uint32_t space, uint32_t table)
{
    const struct torture_ats_version *v = &p->now[space][table];

    mem_write64(ta->t, p->tables[space].leaves[table], ta->ops->leaf(ta, space, v->host, v->writable));
}

/* The leaf, or which table of leaves the entry above points to. */
static void edit(struct torture_ats *ta, struct torture_ats_page *p)
{
    struct torture_ats_tables *tables = &p->tables[ta->active];
    uint32_t choice = (uint32_t)test_random_below(ta->t, 16);

    if (full(ta))
        return;
    if (test_random_below(ta->t, 3) == 0) {
        tables->linked ^= 1;
        p->relinked = true;
        mem_write64(ta->t, tables->above, tables->links[tables->linked]);
    } else {
        *linked(p, ta->active) = (struct torture_ats_version){choice % 5 == 4 ? 0 : p->hosts[choice % 3], choice & 8};
        write_leaf(ta, p, ta->active, tables->linked);
    }
    version_add(p, *linked(p, ta->active));
}

/* What drops a page leaves the PASID's entry: the space before a switch that no invalidation of the space has covered may show.
 */
static uint32_t leaf_floor(const struct torture_ats_page *p, uint32_t version)
{
    for (uint32_t i = 0; i < p->switch_count; i++)
        if (p->switches[i] > p->space_told && version >= p->switches[i])
            return p->switches[i] - 1;
    return version;
}

static void raise(uint32_t *floor, uint32_t version)
{
    if (*floor < version)
        *floor = version;
}

/* ---- translations ---- */

static void translate(struct torture_ats *ta, uint32_t page)
{
    struct iotb_request r = ta->ops->translation(ta, ta->pages[page].input);

    for (size_t i = 0; i < COUNT(ta->translations); i++)
        if (!ta->translations[i].used) {
            ta->translations[i].used = true;
            ta->translations[i].page = page;
            ta->translations[i].told = ta->pages[page].told;
            ta->translations[i].asked = ta->pages[page].asked;
            ta->translations[i].id = request_send(ta->t, &r);
            return;
        }
}

static bool matches(const struct torture_ats_version *v, uint64_t raw)
{
    bool r = raw & 1, w = raw & 2;

    return v->host ? r && w == v->writable && (raw & ~PAGE_MASK) == v->host : !r && !w;
}

static bool known(const struct torture_ats_page *p, uint32_t floor, uint64_t raw)
{
    for (uint32_t i = floor; i < p->count; i++)
        if (matches(&p->versions[i], raw))
            return true;
    return false;
}

static void translated(struct torture_ats *ta, size_t n, const struct outcome *o)
{
    struct torture_ats_page *p = &ta->pages[ta->translations[n].page];
    uint32_t told = ta->translations[n].told;
    uint64_t raw;
    bool behind = told != p->told && o->done_ps > p->told_ps; /* an Invalidate Request has gone ahead of this answer */

    ta->translations[n].used = false;
    if (!CHECK(ta->t, ta->ops->rows.completion, (!o->has_status || o->status == IOTB_SC) && o->bytes == ATS_ENTRY_BYTES,
               "a translation completion"))
        return;
    raw = ats_entry_raw(o, 0);
    CHECK(ta->t, ta->ops->rows.completion, known(p, 0, raw), "0x%llx was never a version of page 0x%llx", (unsigned long long)raw,
          (unsigned long long)p->input);
    CHECK(ta->t, ta->ops->rows.stale, known(p, behind ? p->told : told, raw),
          "0x%llx is older than what the device was told to drop", (unsigned long long)raw);
    if (ta->ops->rows.asked)
        CHECK(ta->t, ta->ops->rows.asked, known(p, ta->translations[n].asked, raw), "0x%llx is older than a page request",
              (unsigned long long)raw);
    /* The device keeps it unless an invalidation has passed meanwhile. */
    if (told == p->told)
        p->cached = raw & 2 ? raw & ~PAGE_MASK : 0;
}

/* ---- translated writes ---- */

static void write_through(struct torture_ats *ta, struct torture_ats_page *p)
{
    struct torture_ats_write w;
    struct iotb_request r;

    if (!p->cached || ta->write_count == COUNT(ta->writes))
        return;
    w.host = p->cached + 8 * (ta->next_word++ % 512);
    w.value = test_random(ta->t) | 1;
    r = ta->ops->translated(ta, w.host);
    r.bytes = 8;
    for (uint32_t i = 0; i < 8; i++)
        r.data[i] = (uint8_t)(w.value >> (8 * i));
    w.id = request_send(ta->t, &r);
    ta->writes[ta->write_count++] = w;
}

/* ---- invalidations ---- */

/* The least that covers what was changed. */
static enum torture_ats_scope scope_of(struct torture_ats *ta, uint32_t page, bool space)
{
    bool above = ta->pages[page].relinked;

    for (size_t i = 0; i < COUNT(ta->pages); i++)
        if (space || i == page)
            ta->pages[i].relinked = false;
    return space ? TORTURE_ATS_SPACE : above ? TORTURE_ATS_PAGE : TORTURE_ATS_LEAF;
}

static bool invalidate(struct torture_ats *ta, uint32_t page, bool space)
{
    for (size_t i = 0; i < COUNT(ta->invalidations); i++) {
        struct torture_ats_invalidation *v = &ta->invalidations[i];

        if (v->used)
            continue;
        *v = (struct torture_ats_invalidation){.used = true, .space = space, .page = page, .order = ++ta->order};
        for (size_t k = 0; k < COUNT(ta->pages); k++)
            v->versions[k] = ta->pages[k].count - 1;
        v->ticket = ta->ops->invalidate(ta, ta->pages[page].input, scope_of(ta, page, space));
        return true;
    }
    return false;
}

static void drop(struct torture_ats_page *p, uint32_t version, bool space, uint64_t at_ps)
{
    p->cached = 0;
    p->told_ps = at_ps;
    if (space)
        raise(&p->space_told, version);
    raise(&p->told, space ? version : leaf_floor(p, version));
}

/* Requests of one kind come in the order in which they were asked for. */
static void told(struct torture_ats *ta, const struct iotb_message *m)
{
    bool space = ats_size_lg2(m->address) > 12;
    struct torture_ats_invalidation *oldest = NULL;

    for (size_t i = 0; i < COUNT(ta->invalidations); i++) {
        struct torture_ats_invalidation *v = &ta->invalidations[i];
        bool fits = v->space ? space : !space && ta->pages[v->page].input == (m->address & ~PAGE_MASK);

        if (v->used && !v->seen && fits && (!oldest || v->order < oldest->order))
            oldest = v;
    }
    if (!CHECK(ta->t, ta->ops->rows.ends, oldest != NULL, "an Invalidate Request that was not asked for"))
        return;
    oldest->seen = true;
    oldest->message = *m;
    for (uint32_t i = 0; i < COUNT(ta->pages); i++)
        if (space || i == oldest->page)
            drop(&ta->pages[i], oldest->versions[i], space, m->at_ps);
}

static void answer(struct torture_ats *ta, struct torture_ats_invalidation *v)
{
    if (!v->used || !v->seen || v->answered)
        return;
    v->answered = true;
    memcpy(v->writes, ta->writes, sizeof v->writes);
    v->write_count = ta->write_count;
    ta->ops->completion(ta, &v->message);
}

static void completed(struct torture_ats *ta, struct torture_ats_invalidation *v)
{
    CHECK(ta->t, ta->ops->rows.ends, v->answered, "an invalidation is complete before the device has answered");
    for (uint32_t i = 0; i < v->write_count; i++)
        CHECK(ta->t, ta->ops->rows.drained, mem_read64(ta->t, v->writes[i].host) == v->writes[i].value,
              "an invalidation is complete before a translated write that was sent ahead of the answer");
    v->used = false;
}

/* ---- page requests, Stop Markers, reuse of the PASID ---- */

static void send_page_request(struct torture_ats *ta, uint64_t input, bool marker)
{
    struct iotb_request r = ta->ops->translation(ta, input);
    struct iotb_message m = {.kind = IOTB_MSG_PAGE_REQUEST,
                             .device_id = r.requester_id,
                             .flags = r.flags & IOTB_RQ_PASID,
                             .pasid = r.pasid,
                             .address = input,
                             .group_index = 1,
                             .read = !marker,
                             .write = !marker,
                             .last = marker};

    message_send(ta->t, &m);
}

static void ask(struct torture_ats *ta, struct torture_ats_page *p)
{
    if (!ta->ops->take || p->requested)
        return;
    p->requested = true;
    p->requested_at = p->count - 1;
    send_page_request(ta, p->input, false);
}

static void stop(struct torture_ats *ta)
{
    if (!ta->ops->take || !ta->ops->give || ta->stop != STOP_NOT || full(ta) || ta->pages[0].switch_count == TORTURE_ATS_SWITCHES)
        return;
    ta->stop = STOP_SENT;
    for (size_t i = 0; i < COUNT(ta->pages); i++)
        ta->pages[i].before_marker = ta->pages[i].requested;
    send_page_request(ta, 0, true);
}

static void taken(struct torture_ats *ta, const struct torture_ats_entry *entry)
{
    for (size_t i = 0; i < COUNT(ta->pages); i++) {
        struct torture_ats_page *p = &ta->pages[i];

        if (entry->marker)
            CHECK(ta->t, ta->ops->rows.marker, !p->requested || !p->before_marker,
                  "a Stop Marker comes before a page request that was sent ahead of it");
        if (entry->marker || !p->requested || p->input != entry->address)
            continue;
        p->requested = p->before_marker = false;
        raise(&p->asked, leaf_floor(p, p->requested_at));
    }
    if (entry->marker && CHECK(ta->t, ta->ops->rows.marker, ta->stop == STOP_SENT, "a Stop Marker that nobody sent"))
        ta->stop = STOP_TAKEN;
}

/* The marker is out: nothing of the old space is asked for any more. */
static void reuse(struct torture_ats *ta)
{
    if (ta->stop != STOP_TAKEN)
        return;
    for (size_t i = 0; i < COUNT(ta->invalidations); i++)
        if (ta->invalidations[i].used)
            return; /* a place for the invalidation that belongs to it */
    ta->active ^= 1;
    for (size_t i = 0; i < COUNT(ta->pages); i++) {
        struct torture_ats_page *p = &ta->pages[i];

        version_add(p, *linked(p, ta->active));
        p->switches[p->switch_count++] = p->count - 1;
    }
    ta->ops->give(ta, ta->active);
    invalidate(ta, 0, true);
    ta->stop = STOP_NOT;
}

/* ---- the run ---- */

static void collect(struct torture_ats *ta)
{
    struct torture_ats_entry entry;
    struct iotb_message m;
    struct outcome o;

    while (message_take(ta->t, &m))
        if (m.kind == IOTB_MSG_INVALIDATE_REQUEST)
            told(ta, &m);
    while (ta->ops->take && ta->ops->take(ta, &entry))
        taken(ta, &entry);
    for (size_t i = 0; i < COUNT(ta->translations); i++)
        if (ta->translations[i].used && (o = request_outcome(ta->t, ta->translations[i].id)).done)
            translated(ta, i, &o);
    for (uint32_t i = 0; i < ta->write_count; i++)
        if (request_outcome(ta->t, ta->writes[i].id).done)
            ta->writes[i--] = ta->writes[--ta->write_count];
    for (size_t i = 0; i < COUNT(ta->invalidations); i++) {
        struct torture_ats_invalidation *v = &ta->invalidations[i];

        if (v->used && mem_read32(ta->t, v->ticket.address) == v->ticket.data)
            completed(ta, v);
    }
}

/* Races are between things done to one page: for a while it is mostly the same one. */
static uint32_t choose_page(struct torture_ats *ta)
{
    if (!test_random_below(ta->t, 8))
        ta->hot = (uint32_t)test_random_below(ta->t, TORTURE_ATS_PAGES);
    return test_random_below(ta->t, 4) ? ta->hot : (uint32_t)test_random_below(ta->t, TORTURE_ATS_PAGES);
}

/* A walk is under way when what it reads is changed and dropped. */
static void race(struct torture_ats *ta, uint32_t page)
{
    translate(ta, page);
    test_run(ta->t, 1000 * test_random_below(ta->t, 600));
    edit(ta, &ta->pages[page]);
    if (ta->stop != STOP_TAKEN)
        invalidate(ta, page, false);
}

static void act(struct torture_ats *ta)
{
    uint32_t page = choose_page(ta);
    struct torture_ats_page *p = &ta->pages[page];

    switch (test_random_below(ta->t, 16)) {
    case 0:
    case 1:
    case 2:
        translate(ta, page);
        break;
    case 3:
    case 4:
        edit(ta, p);
        break;
    case 5:
        if (ta->stop == STOP_TAKEN) {
            reuse(ta); /* no further page first: its place is wanted */
            break;
        }
        if (test_random_below(ta->t, 2)) /* as software does it: both at once */
            edit(ta, p);
        invalidate(ta, page, false);
        break;
    case 6:
    case 7:
        race(ta, page);
        break;
    case 8:
    case 9:
        if (test_random_below(ta->t, 2)) /* just ahead of the answer */
            write_through(ta, p);
        answer(ta, &ta->invalidations[test_random_below(ta->t, COUNT(ta->invalidations))]);
        break;
    case 10:
        write_through(ta, p);
        break;
    case 11:
        ask(ta, p);
        break;
    case 12:
        reuse(ta);
        if (!test_random_below(ta->t, 2))
            stop(ta);
        break;
    default:
        test_run(ta->t, 1000 * (1 + test_random_below(ta->t, 400)));
    }
}

/* Everything ends: answered, and within a time that is far below a time-out. */
static void finish(struct torture_ats *ta)
{
    bool busy = true;

    for (uint32_t round = 0; round < 32 && busy; round++) {
        test_run(ta->t, SETTLE_PS);
        collect(ta);
        busy = ta->write_count != 0 || ta->stop == STOP_SENT;
        for (size_t i = 0; i < COUNT(ta->invalidations); i++) {
            answer(ta, &ta->invalidations[i]);
            busy = busy || ta->invalidations[i].used;
        }
        for (size_t i = 0; i < COUNT(ta->translations); i++)
            busy = busy || ta->translations[i].used;
        for (size_t i = 0; i < COUNT(ta->pages); i++)
            busy = busy || ta->pages[i].requested;
    }
    CHECK(ta->t, ta->ops->rows.ends, !busy, "every translation, page request and invalidation ends");
}

void torture_ats_tables(struct torture_ats *ta, struct torture_ats_page *p, uint32_t space, uint64_t leaf, uint64_t above)
{
    uint64_t link = mem_read64(ta->t, above), twin = mem_alloc(ta->t, 4096, 4096);

    mem_write64(ta->t, twin + (leaf & PAGE_MASK), mem_read64(ta->t, leaf));
    p->tables[space] = (struct torture_ats_tables){
        .above = above,
        .links = {link, (link & ~ADDRESS_MASK) | twin},
        .leaves = {leaf, twin + (leaf & PAGE_MASK)},
    };
}

void torture_ats_run(struct torture_ats *ta, uint64_t actions)
{
    for (size_t i = 0; i < COUNT(ta->pages); i++) {
        struct torture_ats_page *p = &ta->pages[i];

        for (uint32_t space = 0; space < 2; space++)
            for (uint32_t table = 0; table < 2; table++)
                p->now[space][table] = (struct torture_ats_version){p->hosts[0], true};
        version_add(p, *linked(p, 0));
    }
    test_latency(ta->t, 0, 200000, true);
    for (uint64_t i = 0; i < actions && !test_failed(ta->t); i++) {
        act(ta);
        collect(ta);
    }
    finish(ta);
    if (ta->ops->take && ta->ops->give && actions >= 1000 && !test_failed(ta->t) && !ta->pages[0].switch_count)
        test_abort(ta->t, "the PASID was never given to another space");
    test_latency(ta->t, 0, 0, false);
}
