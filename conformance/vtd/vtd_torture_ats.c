/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random ATS traffic against random edits of leaves: the case is a device with a device-TLB of its own, which drops what it is
 * told to and answers late and in any order. What a translation request may return is judged by versions of the leaf: none older
 * than the last invalidation that the device had been told of, or the last page request for the page that had been queued, when
 * the translation request was sent; and no newer one than there is.
 */
#include "vtd_bits.h"
#include "vtd_chapters.h"
#include "vtd_queue_rig.h"

#include <stdlib.h>
#include <string.h>

#define PAGES 6u
#define VERSIONS_MAX 1024u
#define TRANSLATIONS_MAX 6u
#define INVALIDATIONS_MAX 4u
#define WRITES_MAX 8u
#define INPUT UINT64_C(0x2345000)

struct version {
    uint64_t host; /* 0: absent */
    uint32_t rights;
};
struct page {
    uint64_t input, leaf, hosts[3];
    struct version versions[VERSIONS_MAX];
    uint32_t count;                   /* versions so far */
    uint32_t told, asked;             /* floors by invalidations and by page requests */
    uint64_t cached;                  /* host page in the device-TLB with W, 0: none */
    uint32_t requested, requested_at; /* page requests on their way, and the version at the last of them */
};
struct translation {
    bool used;
    uint32_t id, page, told, asked;
};
struct write {
    uint32_t id;
    uint64_t host, value;
};
struct invalidation {
    bool used, seen, answered;
    uint32_t page, version;
    struct waiter wait;
    struct iotb_message message;
    struct write writes[WRITES_MAX]; /* translated ones that the device had sent when it answered */
    uint32_t write_count;
};
struct device {
    struct vt *vt;
    struct vt_path *path;
    bool page_requests;
    struct page pages[PAGES];
    struct translation translations[TRANSLATIONS_MAX];
    struct invalidation invalidations[INVALIDATIONS_MAX];
    struct write writes[WRITES_MAX];
    uint32_t write_count, next_word;
};

static const char *stale_row(const struct device *d)
{
    return d->path->flavour->with_pasid ? "VTD-6-638" : "VTD-6-637";
}

/* ---- the leaf ---- */

static void edit(struct device *d, struct page *p, uint32_t choice)
{
    struct version v = {choice % 5 == 4 ? 0 : p->hosts[choice % 3], choice & 8 ? VT_RW : VT_R | VT_U};

    if (p->count == VERSIONS_MAX)
        return;
    p->versions[p->count++] = v;
    mem_write64(d->vt->t, p->leaf, v.host ? vt_leaf(vt_path_table(d->path), v.host, 12, v.rights) : 0);
}

/* ---- translations ---- */

static void translate(struct device *d, uint32_t page)
{
    struct iotb_request r = vt_translation_request(d->path, d->pages[page].input);

    for (uint32_t i = 0; i < TRANSLATIONS_MAX; i++)
        if (!d->translations[i].used) {
            d->translations[i] = (struct translation){true, 0, page, d->pages[page].told, d->pages[page].asked};
            d->translations[i].id = request_send(d->vt->t, &r);
            return;
        }
}

static bool matches(const struct version *v, uint64_t raw)
{
    bool r = raw & 1, w = raw & 2;

    if (!v->host)
        return !r && !w;
    return r && w == ((v->rights & VT_W) != 0) && (raw & ~UINT64_C(0xfff)) == v->host;
}

static bool known(const struct page *p, uint32_t floor, uint64_t raw)
{
    for (uint32_t i = floor; i < p->count; i++)
        if (matches(&p->versions[i], raw))
            return true;
    return false;
}

static void translated(struct device *d, struct translation *x, const struct outcome *o)
{
    struct page *p = &d->pages[x->page];
    uint64_t raw = 0;

    x->used = false;
    if (!CHECK(d->vt->t, "VTD-6-654", (!o->has_status || o->status == IOTB_SC) && o->bytes == 8, "a translation completion"))
        return;
    for (uint32_t i = 0; i < 8; i++)
        raw |= (uint64_t)o->data[i] << (8 * i);
    CHECK(d->vt->t, "VTD-6-654", known(p, 0, raw), "0x%llx is no version of the leaf of page %u", (unsigned long long)raw,
          x->page);
    CHECK(d->vt->t, stale_row(d), known(p, x->told, raw), "0x%llx is older than what the device was told to drop",
          (unsigned long long)raw);
    CHECK(d->vt->t, d->page_requests ? "VTD-6-042" : "VTD-6-654", known(p, x->asked, raw), "0x%llx is older than a page request",
          (unsigned long long)raw);
    /* The device keeps it unless an invalidation has passed meanwhile. */
    if (x->told == p->told)
        p->cached = raw & 2 ? raw & ~UINT64_C(0xfff) : 0;
}

/* ---- translated writes ---- */

static void write_through(struct device *d, struct page *p)
{
    struct iotb_request r;
    struct write w;

    if (!p->cached || d->write_count == WRITES_MAX)
        return;
    w.host = p->cached + 8 * (d->next_word++ % 512);
    w.value = test_random(d->vt->t) | 1;
    r = vt_translated_request(d->path, IOTB_WRITE, w.host, 8, false);
    for (uint32_t i = 0; i < 8; i++)
        r.data[i] = (uint8_t)(w.value >> (8 * i));
    w.id = request_send(d->vt->t, &r);
    d->writes[d->write_count++] = w;
}

/* ---- invalidations ---- */

static void invalidate(struct device *d, uint32_t page)
{
    struct vt_path *path = d->path;
    struct page *p = &d->pages[page];
    struct vt_descriptor drop[2];

    for (uint32_t i = 0; i < INVALIDATIONS_MAX; i++) {
        struct invalidation *v = &d->invalidations[i];

        if (v->used)
            continue;
        drop[0] = path->fs ? vt_desc_piotlb(VT_PIOTLB_PAGE, path->did, path->pasid, p->input, 0, true)
                           : vt_desc_iotlb(VT_IOTLB_DOMAIN, path->did, 0, 0, false);
        drop[1] = path->flavour->with_pasid ? vt_desc_pasid_device_tlb(path->rid, path->pasid, false, p->input, false, 0, 0)
                                            : vt_desc_device_tlb(path->rid, p->input, false, 0, 0);
        *v = (struct invalidation){.used = true, .page = page, .version = p->count - 1};
        vt_put(d->vt, &drop[0]);
        vt_put(d->vt, &drop[1]);
        v->wait = waiter_put(d->vt, false, false);
        vt_ring(d->vt);
        return;
    }
}

/* Requests for a page come in the order in which they were asked for. */
static void told(struct device *d, const struct iotb_message *m)
{
    struct invalidation *oldest = NULL;

    for (uint32_t i = 0; i < INVALIDATIONS_MAX; i++) {
        struct invalidation *v = &d->invalidations[i];

        if (v->used && !v->seen && d->pages[v->page].input == (m->address & ~UINT64_C(0xfff)) &&
            (!oldest || v->wait.data < oldest->wait.data))
            oldest = v;
    }
    if (!CHECK(d->vt->t, "VTD-4-500", oldest != NULL, "an Invalidate Request that was not asked for"))
        return;
    oldest->seen = true;
    oldest->message = *m;
    d->pages[oldest->page].cached = 0;
    if (d->pages[oldest->page].told < oldest->version)
        d->pages[oldest->page].told = oldest->version;
}

static void answer(struct device *d, struct invalidation *v)
{
    if (!v->used || !v->seen || v->answered)
        return;
    v->answered = true;
    memcpy(v->writes, d->writes, sizeof v->writes);
    v->write_count = d->write_count;
    vt_invalidate_completion(d->vt, &v->message, 1);
}

static void completed(struct device *d, struct invalidation *v)
{
    CHECK(d->vt->t, "VTD-4-500", v->answered, "a wait is done before the device has answered");
    for (uint32_t i = 0; i < v->write_count; i++)
        CHECK(d->vt->t, "VTD-6-643", mem_read64(d->vt->t, v->writes[i].host) == v->writes[i].value,
              "a wait is done before a translated write that was sent ahead of the answer");
    v->used = false;
}

/* ---- page requests ---- */

static void ask(struct device *d, struct page *p)
{
    struct iotb_message m = vt_page_request_of(d->path, p->input, true, true, false, 1);

    if (!d->page_requests || p->requested)
        return;
    p->requested = 1;
    p->requested_at = p->count - 1;
    message_send(d->vt->t, &m);
}

static void queued(struct device *d)
{
    struct vt_page_request r;

    while (d->page_requests && vt_prq_take(d->vt, &r))
        for (uint32_t i = 0; i < PAGES; i++)
            if (d->pages[i].input == r.address && d->pages[i].requested) {
                d->pages[i].requested = 0;
                if (d->pages[i].asked < d->pages[i].requested_at)
                    d->pages[i].asked = d->pages[i].requested_at;
            }
}

/* ---- the run ---- */

static void collect(struct device *d)
{
    struct iotb_message m;
    struct outcome o;

    while (message_take(d->vt->t, &m))
        if (m.kind == IOTB_MSG_INVALIDATE_REQUEST)
            told(d, &m);
    queued(d);
    for (uint32_t i = 0; i < TRANSLATIONS_MAX; i++)
        if (d->translations[i].used && (o = request_outcome(d->vt->t, d->translations[i].id)).done)
            translated(d, &d->translations[i], &o);
    for (uint32_t i = 0; i < d->write_count; i++)
        if (request_outcome(d->vt->t, d->writes[i].id).done)
            d->writes[i--] = d->writes[--d->write_count];
    for (uint32_t i = 0; i < INVALIDATIONS_MAX; i++)
        if (d->invalidations[i].used && waiter_done(d->vt, d->invalidations[i].wait))
            completed(d, &d->invalidations[i]);
}

static void act(struct device *d)
{
    uint32_t page = (uint32_t)test_random_below(d->vt->t, PAGES);
    struct page *p = &d->pages[page];

    switch (test_random_below(d->vt->t, 10)) {
    case 0:
    case 1:
    case 2:
        translate(d, page);
        break;
    case 3:
    case 4:
        edit(d, p, (uint32_t)test_random(d->vt->t) & 0xffff);
        break;
    case 5:
        invalidate(d, page);
        break;
    case 6:
        answer(d, &d->invalidations[test_random_below(d->vt->t, INVALIDATIONS_MAX)]);
        break;
    case 7:
        write_through(d, p);
        break;
    case 8:
        ask(d, p);
        break;
    default:
        test_run(d->vt->t, 1000 * (1 + test_random_below(d->vt->t, 400)));
    }
}

/* Everything ends: answered, and within a time that is far below a time-out. */
static void finish(struct device *d)
{
    bool busy = true;

    for (uint32_t round = 0; round < 32 && busy; round++) {
        test_run(d->vt->t, VT_MESSAGE_PS);
        collect(d);
        busy = d->write_count != 0;
        for (uint32_t i = 0; i < INVALIDATIONS_MAX; i++) {
            answer(d, &d->invalidations[i]);
            busy = busy || d->invalidations[i].used;
        }
        for (uint32_t i = 0; i < TRANSLATIONS_MAX; i++)
            busy = busy || d->translations[i].used;
    }
    CHECK(d->vt->t, "VTD-4-500", !busy, "every translation and invalidation ends");
    CHECK_EQ(d->vt->t, "VTD-4-500", 0, vt_reg(d->vt->t, "FSTS_REG") & 0x7f, "errors and faults in FSTS");
}

static void body(struct vt *vt, struct vt_path *path)
{
    struct device *d = calloc(1, sizeof *d);
    uint64_t actions = test_request_budget(vt->t) / 2;

    if (!d)
        test_abort(vt->t, "out of memory");
    d->vt = vt;
    d->path = path;
    d->page_requests = path->flavour->mode == VT_SCALABLE && vt_ecap(vt->t, "PRS") && test_has(vt->t, IOTB_F_PRI);
    for (uint32_t i = 0; i < PAGES; i++) {
        struct page *p = &d->pages[i];

        p->input = INPUT + 0x1000 * (uint64_t)i;
        for (uint32_t k = 0; k < 3; k++)
            p->hosts[k] = mem_alloc(vt->t, 4096, 4096);
        vt_path_map(path, p->input, p->hosts[0], 12, VT_RW);
        p->leaf = vt_path_leaf(path, p->input);
        p->versions[p->count++] = (struct version){p->hosts[0], VT_RW};
    }
    vt_path_allow_ats(path, d->page_requests);
    if (d->page_requests)
        vt_prq_open(vt, 0);
    test_latency(vt->t, 0, 200000, true);
    for (uint64_t i = 0; i < actions && !test_failed(vt->t); i++) {
        act(d);
        collect(d);
    }
    finish(d);
    test_latency(vt->t, 0, 0, false);
    free(d);
}

static void torture(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS | VT_SS_FLAVOURS, body);
}

static const struct iotb_case cases[] = {
    {.name = "vtd.torture.ats",
     .summary = "What a device is given is never older than what it was told to drop, and its writes are there before the wait.",
     .run = torture,
     .rows = "VTD-6-637 VTD-6-638 VTD-6-654 VTD-6-643 VTD-6-042 VTD-4-500",
     .gate = "ECAP.DT&!CAP.CM",
     .features = IOTB_F_ATS | IOTB_F_OVERLAP | IOTB_F_TIME | IOTB_F_BENCH_MEMORY,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_torture_ats_cases = {cases, sizeof cases / sizeof cases[0]};
