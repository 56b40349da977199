/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random traffic against random edits and invalidations (6.2 caches, 6.5 invalidation, 6.5.4 draining), judged by the rule of
 * the legal outcome.
 *
 * Three domains of sixteen pages each, with a few entries per level that change: leaves among pages, rights and absence;
 * page directories among two tables, a large page and absence; context or PASID entries among two domains and absence.
 */
#include "build/torture.h"
#include "build/vt.h"
#include "vtd_chapters.h"

#include <stdlib.h>

#define DOMAINS 3u
#define SOURCES_MAX 5u
#define PAGES 6u
#define SLOTS_MAX 160u
#define LEAVES 4u
#define DIRECTORIES 2u

static const uint64_t leaf_index[LEAVES] = {0, 1, 2, 0x1ff};
static const uint64_t directory_index[DIRECTORIES] = {5, 0x1fe};
static const uint64_t pointer_index[DIRECTORIES] = {3, 0x101};

/* What an entry is, for invalidations and edits. */
enum slot_kind { SLOT_CONTEXT, SLOT_PASID, SLOT_LEAF, SLOT_DIRECTORY, SLOT_UPPER };

struct slot {
    enum slot_kind kind;
    uint32_t owner; /* source of a context or PASID entry, else domain */
    uint64_t address;
    uint64_t written[2];
    uint32_t words;
    bool started;
    uint32_t legal;
    uint64_t tables[2]; /* what a table entry may point to, host addresses */
    uint32_t next[2];   /* the same as tables of the history */
    uint64_t large;     /* page of a directory entry */
};

struct domain {
    uint32_t did;
    struct vt_table *table;
    uint32_t top; /* table of the history */
    uint64_t page[PAGES];
};

struct source {
    struct vt_path path;
    uint32_t domain[2];      /* alternatives; equal when there is only one */
    uint32_t context, entry; /* slots of the history */
    uint32_t guard;          /* table of the history between the two */
};

struct scene {
    struct vt vt;
    struct torture torture;
    struct domain domains[DOMAINS];
    struct source sources[SOURCES_MAX];
    struct slot slots[SLOTS_MAX];
    uint32_t slot_count, source_count, domain_count;
    bool legacy, caching_mode, page_selective, large_pages;
};

static struct scene *scene_of(struct torture *torture)
{
    return torture->context;
}

static uint64_t input_of(uint32_t n)
{
    return pointer_index[n / LEAVES / DIRECTORIES] << 30 | directory_index[n / LEAVES % DIRECTORIES] << 21 |
           leaf_index[n % LEAVES] << 12;
}

/* ---- values ---- */

/* An entry without permissions in a legacy table has no code of its own (7.1.3 Table 30 LGN.2, LGN.3); the others do. */
static struct legal_value absent(const struct scene *s, enum vt_table_kind kind)
{
    if (s->legacy)
        return (struct legal_value){.what = LEGAL_PAGE, .rights = 0, .page_lg2 = 12};
    return (struct legal_value){.what = LEGAL_FAULT, .fault = kind == VT_FS ? 0x71 : 0x79};
}

struct edit_value {
    uint64_t word[2];
    struct legal_value legal;
};

/*
 * 0 absent; 1..PAGES read-write; then two read-only; then one write-only in a second stage. In a first stage the same again
 * with the accessed and dirty flags clear, so that the DUT has to set them.
 */
static uint32_t leaf_alternatives(const struct domain *d)
{
    return d->table->kind == VT_SS ? PAGES + 4 : 2 * (PAGES + 3);
}

static struct edit_value leaf_value(struct scene *s, const struct slot *slot, uint32_t alternative)
{
    const struct domain *d = &s->domains[slot->owner];
    bool first = d->table->kind == VT_FS;
    bool clean = first && alternative >= PAGES + 3;
    uint32_t kind = first ? alternative % (PAGES + 3) : alternative;
    uint32_t page = (kind - 1) % PAGES, rights = VT_R | VT_W | VT_U;
    struct edit_value v = {.legal = {.what = LEGAL_PAGE, .page_lg2 = 12, .rights = LEGAL_READ | LEGAL_WRITE}};

    if (!kind) {
        v.legal = absent(s, d->table->kind);
        return v;
    }
    if (kind > PAGES) {
        bool read_only = kind <= PAGES + 2;

        rights = read_only ? VT_R | VT_U : VT_W;
        v.legal.rights = read_only ? LEGAL_READ : LEGAL_WRITE;
    }
    v.legal.output = d->page[page];
    v.word[0] = vt_leaf(d->table, d->page[page], 12, rights | (clean ? VT_CLEAN : 0));
    return v;
}

/* 0 absent; 1 the first table; then the second and a large page where there is one. */
static uint32_t table_alternatives(const struct slot *slot)
{
    return slot->large ? 4 : slot->tables[1] ? 3 : 2;
}

static struct edit_value table_value(struct scene *s, const struct slot *slot, uint32_t alternative)
{
    const struct domain *d = &s->domains[slot->owner];
    struct edit_value v = {.legal = {.what = LEGAL_TABLE, .rights = LEGAL_READ | LEGAL_WRITE}};

    if (!alternative) {
        v.legal = absent(s, d->table->kind);
    } else if (alternative == 3) {
        v.legal =
            (struct legal_value){.what = LEGAL_PAGE, .rights = LEGAL_READ | LEGAL_WRITE, .output = slot->large, .page_lg2 = 21};
        v.word[0] = vt_leaf(d->table, slot->large, 21, VT_RW);
    } else {
        v.legal.table = slot->next[alternative - 1];
        v.word[0] = vt_nonleaf(d->table, slot->tables[alternative - 1]);
    }
    return v;
}

/* 0 absent; 1 the first domain, 2 the second where there are two. The words are those that vt_path_open wrote, changed. */
static uint32_t entry_alternatives(const struct source *source)
{
    return source->domain[0] == source->domain[1] ? 2 : 3;
}

static void put_entry_fields(struct scene *s, const struct source *source, uint64_t *words, const struct domain *d)
{
    const char *structure = s->legacy ? "context_entry_legacy" : "pasid_table_entry";

    if (d->table->kind == VT_FS)
        return;
    spec_set(spec_struct_field(structure, "SSPTPTR"), words, d->table->root_pointer >> 12);
    spec_set(spec_struct_field(structure, "AW"), words, vt_aw(d->table));
    spec_set(spec_struct_field(structure, "DID"), words, d->did);
    (void)source;
}

static struct edit_value entry_value(struct scene *s, const struct slot *slot, uint32_t alternative)
{
    const struct source *source = &s->sources[slot->owner];
    struct edit_value v = {.legal = {.what = LEGAL_TABLE, .rights = LEGAL_READ | LEGAL_WRITE}};

    v.word[0] = slot->written[0];
    v.word[1] = slot->written[1];
    if (!alternative) {
        v.word[0] &= ~UINT64_C(1);
        v.legal = (struct legal_value){.what = LEGAL_FAULT, .fault = s->legacy ? 0x02 : slot->kind == SLOT_CONTEXT ? 0x41 : 0x59};
        return v;
    }
    v.word[0] |= 1;
    if (slot->kind == SLOT_CONTEXT && !s->legacy) {
        v.legal.table = source->guard;
    } else {
        const struct domain *d = &s->domains[source->domain[alternative - 1]];

        put_entry_fields(s, source, v.word, d);
        v.legal.table = d->top;
    }
    return v;
}

static uint32_t alternatives(struct torture *torture, uint32_t edit)
{
    struct scene *s = scene_of(torture);
    const struct slot *slot = &s->slots[edit];

    switch (slot->kind) {
    case SLOT_LEAF:
        return leaf_alternatives(&s->domains[slot->owner]);
    case SLOT_DIRECTORY:
    case SLOT_UPPER:
        return table_alternatives(slot);
    case SLOT_CONTEXT:
        if (!s->legacy)
            return 2;
        break;
    case SLOT_PASID:
        break;
    }
    return entry_alternatives(&s->sources[slot->owner]);
}

/* Accessed and dirty flags are the DUT's to set in first-stage entries; everything else is the case's. */
static bool holds(struct scene *s, const struct slot *slot)
{
    bool paging = slot->kind >= SLOT_LEAF && s->domains[slot->owner].table->kind == VT_FS;
    uint64_t flags = paging ? spec_mask(spec_struct_field("fs_pte", "A")) | spec_mask(spec_struct_field("fs_pte", "D")) : 0;

    for (uint32_t i = 0; i < slot->words; i++)
        if ((mem_read64(s->vt.t, slot->address + 8 * i) ^ slot->written[i]) & ~flags)
            return false;
    return true;
}

static bool edit(struct torture *torture, uint32_t n, uint32_t alternative)
{
    struct scene *s = scene_of(torture);
    struct slot *slot = &s->slots[n];
    bool held = !slot->started || holds(s, slot);
    struct edit_value v;
    uint8_t bytes[16];

    v = slot->kind == SLOT_LEAF  ? leaf_value(s, slot, alternative)
        : slot->kind < SLOT_LEAF ? entry_value(s, slot, alternative)
                                 : table_value(s, slot, alternative);
    for (uint32_t i = 0; i < 16; i++)
        bytes[i] = (uint8_t)(v.word[i / 8] >> (8 * (i % 8)));
    mem_write(s->vt.t, slot->address, bytes, 8 * slot->words);
    slot->written[0] = v.word[0];
    slot->written[1] = v.word[1];
    slot->started = true;
    legal_write(&torture->world, slot->legal, torture_tick(torture), &v.legal);
    return held;
}

static bool untouched(struct torture *torture)
{
    struct scene *s = scene_of(torture);

    for (uint32_t i = 0; i < s->slot_count; i++)
        if (!holds(s, &s->slots[i]))
            return false;
    return true;
}

/* ---- invalidations ---- */

enum invalidation_kind { INV_LEAF, INV_PAGE, INV_LARGE, INV_DOMAIN, INV_IOTLB, INV_SOURCE, INV_ALL, INV_KINDS };

static void arguments(struct torture *torture, uint32_t kind, uint32_t *first_end, uint32_t *second_end)
{
    struct scene *s = scene_of(torture);

    *first_end = kind <= INV_DOMAIN ? s->domain_count : kind == INV_SOURCE ? s->source_count : 1;
    *second_end = kind <= INV_LARGE ? LEAVES * DIRECTORIES * DIRECTORIES : 1;
}

static void put_iotlb(struct scene *s, uint32_t g, uint32_t did, uint64_t address, uint32_t am, bool ih)
{
    struct vt_descriptor d = vt_desc_iotlb(g, did, address, am, ih);

    spec_set(spec_struct_field("iotlb_inv_dsc", "DR"), d.word, 1);
    spec_set(spec_struct_field("iotlb_inv_dsc", "DW"), d.word, 1);
    vt_put(&s->vt, &d);
}

static void put(struct scene *s, struct vt_descriptor d)
{
    vt_put(&s->vt, &d);
}

static uint32_t pasid_of(const struct scene *s, uint32_t domain)
{
    for (uint32_t i = 0; i < s->source_count; i++)
        if (s->sources[i].domain[0] == domain)
            return s->sources[i].path.pasid;
    return 0;
}

/* Range of a domain; page_lg2 0: all of it. What cannot be done by page is done by domain. */
static void put_range(struct scene *s, uint32_t domain, uint64_t address, uint32_t page_lg2, bool ih)
{
    const struct domain *d = &s->domains[domain];
    uint32_t am = page_lg2 ? page_lg2 - 12 : 0;

    if (d->table->kind == VT_FS)
        put(s, vt_desc_piotlb(page_lg2 ? VT_PIOTLB_PAGE : VT_PIOTLB_PASID, d->did, pasid_of(s, domain), address, am, ih));
    else if (page_lg2 && s->page_selective && am <= vt_cap(s->vt.t, "MAMV"))
        put_iotlb(s, VT_IOTLB_PAGE, d->did, address, am, ih);
    else
        put_iotlb(s, VT_IOTLB_DOMAIN, d->did, 0, 0, false);
}

/* 6.5.3.3 Guidance to Software for Invalidations: context entry, then PASID entry, then what was translated through them. With
 * CM=1 entries that faulted may be cached under domain-id 0 (6.2.2, 6.2.3), so that everything is dropped. */
static void put_source(struct scene *s, const struct source *source)
{
    for (uint32_t i = 0; i < 2; i++)
        put(s, s->caching_mode ? vt_desc_context(VT_CC_GLOBAL, 0, 0, 0)
                               : vt_desc_context(VT_CC_DEVICE, s->domains[source->domain[i]].did, source->path.rid, 0));
    for (uint32_t i = 0; i < 2 && !s->legacy; i++)
        put(s, s->caching_mode ? vt_desc_pasid(VT_PC_GLOBAL, 0, 0)
                               : vt_desc_pasid(VT_PC_PASID, s->domains[source->domain[i]].did, source->path.pasid));
    for (uint32_t i = 0; i < 2; i++)
        put_range(s, source->domain[i], 0, 0, false);
}

static size_t invalidate(struct torture *torture, uint32_t kind, uint32_t first, uint32_t second, uint64_t *status)
{
    struct scene *s = scene_of(torture);
    uint64_t input = input_of(second), argument[4] = {kind, first, input, input | 0xfff};
    uint64_t large = input & ~UINT64_C(0x1fffff);
    size_t index;

    if (kind == INV_LARGE) {
        argument[2] = large;
        argument[3] = large | 0x1fffff;
    }
    index = legal_submit(&torture->world, torture_tick(torture), kind == INV_ALL, argument);
    if (kind <= INV_PAGE)
        put_range(s, first, input, 12, kind == INV_LEAF);
    else if (kind == INV_LARGE)
        put_range(s, first, large, 21, false);
    else if (kind == INV_DOMAIN)
        put_range(s, first, 0, 0, false);
    else if (kind == INV_SOURCE)
        put_source(s, &s->sources[first]);
    if (kind == INV_ALL) {
        put(s, vt_desc_context(VT_CC_GLOBAL, 0, 0, 0));
        if (!s->legacy)
            put(s, vt_desc_pasid(VT_PC_GLOBAL, 0, 0));
    }
    if (kind == INV_ALL || kind == INV_IOTLB)
        put_iotlb(s, VT_IOTLB_GLOBAL, 0, 0, 0, false);
    *status = s->vt.status + 8 * (++s->vt.wait_count % 256);
    mem_write64(s->vt.t, *status, 0);
    put(s, vt_desc_wait(false, true, s->vt.wait_count & 1, s->vt.wait_count, *status));
    vt_ring(&s->vt);
    return index;
}

static bool within(const struct legal_invalidation *i, const struct legal_request *request)
{
    return request->input >= i->argument[2] && request->input <= i->argument[3];
}

/* Does it cover paging entries of this domain for this request? A large page needs a range as large (6.2.4.1 IOTLB). */
static bool covers_paging(const struct legal_invalidation *i, const struct slot *slot, const struct legal_request *request)
{
    if (i->argument[1] != slot->owner)
        return false;
    switch ((enum invalidation_kind)i->argument[0]) {
    case INV_LEAF:
        return slot->kind == SLOT_LEAF && within(i, request);
    case INV_PAGE:
        return slot->kind != SLOT_DIRECTORY && within(i, request);
    case INV_LARGE:
        return within(i, request);
    case INV_DOMAIN:
        return true;
    case INV_IOTLB:
    case INV_SOURCE:
    case INV_ALL:
    case INV_KINDS:
        break;
    }
    return false;
}

static bool covers(void *context, const struct legal_invalidation *i, uint32_t legal_slot, const struct legal_request *request)
{
    struct scene *s = context;
    const struct slot *slot = &s->slots[s->torture.world.slots[legal_slot].user];
    enum invalidation_kind kind = (enum invalidation_kind)i->argument[0];
    const struct source *source = &s->sources[i->argument[1]];

    if (slot->kind < SLOT_LEAF)
        return kind == INV_SOURCE && slot->owner == i->argument[1];
    if (kind == INV_IOTLB)
        return true;
    if (kind == INV_SOURCE)
        return source->domain[0] == slot->owner || source->domain[1] == slot->owner;
    return covers_paging(i, slot, request);
}

/* ---- requests and records ---- */

static void request(struct torture *torture, uint32_t n, uint32_t input, uint32_t offset, struct iotb_request *request,
                    struct legal_request *legal)
{
    struct scene *s = scene_of(torture);
    const struct source *source = &s->sources[n];
    struct iotb_request r =
        vt_request(&source->path, (enum iotb_request_kind)request->kind, input_of(input) + offset, request->bytes);

    request->requester_id = r.requester_id;
    request->flags = r.flags;
    request->pasid = r.pasid;
    request->address = r.address;
    legal->first_slot = source->context;
    legal->input = r.address;
    legal->read_fault = s->legacy ? 0x06 : 0x86;
    legal->write_fault = s->legacy ? 0x05 : 0x85;
}

static bool take_fault(struct torture *torture, uint16_t *requester, uint64_t *page, uint32_t *fault)
{
    struct vt *vt = &scene_of(torture)->vt;
    struct vt_fault f;

    if (!vt_fault_pending(vt))
        vt_fault_clear(vt); /* an overflow without a record */
    if (!vt_fault_take(vt, &f))
        return false;
    *requester = (uint16_t)f.sid;
    *page = f.fi;
    *fault = f.fr;
    return true;
}

/* ---- the scene ---- */

static struct slot *add_slot(struct scene *s, enum slot_kind kind, uint32_t owner, uint64_t address, uint32_t words)
{
    struct slot *slot = &s->slots[s->slot_count];

    if (s->slot_count == SLOTS_MAX)
        test_abort(s->vt.t, "too many slots");
    *slot = (struct slot){.kind = kind, .owner = owner, .address = address, .words = words};
    slot->legal = legal_add_slot(&s->torture.world, s->slot_count++);
    return slot;
}

static uint64_t pages_of(struct scene *s, uint32_t count, uint64_t align)
{
    uint64_t first = mem_alloc(s->vt.t, UINT64_C(4096) * count, align);

    torture_add_data(&s->torture, first, UINT64_C(4096) * count);
    return first;
}

/* A page table with its leaf entries; its number in the history. */
static uint32_t add_leaf_table(struct scene *s, uint32_t domain, uint64_t host)
{
    uint32_t table = legal_add_table(&s->torture.world, 12, 0x1ff, 0);

    for (uint32_t i = 0; i < LEAVES; i++)
        legal_table_slot(&s->torture.world, table, leaf_index[i],
                         add_slot(s, SLOT_LEAF, domain, host + 8 * leaf_index[i], 1)->legal);
    return table;
}

static uint32_t add_directory(struct scene *s, uint32_t domain, uint64_t host)
{
    uint32_t table = legal_add_table(&s->torture.world, 21, 0x1ff, 0);

    for (uint32_t i = 0; i < DIRECTORIES; i++) {
        struct slot *slot = add_slot(s, SLOT_DIRECTORY, domain, host + 8 * directory_index[i], 1);

        for (uint32_t k = 0; k < 2; k++) {
            slot->tables[k] = mem_alloc(s->vt.t, 4096, 4096);
            slot->next[k] = add_leaf_table(s, domain, slot->tables[k]);
        }
        if (s->large_pages && i == 0 && domain != 1)
            slot->large = mem_alloc(s->vt.t, 0x200000, 0x200000);
        for (uint32_t k = 0; k < LEAVES && slot->large; k++)
            torture_add_data(&s->torture, slot->large + (leaf_index[k] << 12), 4096);
        legal_table_slot(&s->torture.world, table, directory_index[i], slot->legal);
    }
    return table;
}

/* Levels from 3 up; above 3 only index 0 is used. */
static uint32_t add_upper(struct scene *s, uint32_t domain, uint64_t host, uint32_t level)
{
    uint32_t table = legal_add_table(&s->torture.world, 12 + 9 * (level - 1), 0x1ff, 0);

    for (uint32_t i = 0; i < (level == 3 ? DIRECTORIES : 1u); i++) {
        uint64_t index = level == 3 ? pointer_index[i] : 0, next = mem_alloc(s->vt.t, 4096, 4096);
        struct slot *slot = add_slot(s, SLOT_UPPER, domain, host + 8 * index, 1);

        slot->tables[0] = next;
        slot->next[0] = level == 3 ? add_directory(s, domain, next) : add_upper(s, domain, next, level - 1);
        legal_table_slot(&s->torture.world, table, index, slot->legal);
    }
    return table;
}

static void add_domain(struct scene *s, uint32_t n, uint32_t did, struct vt_table *table)
{
    struct domain *d = &s->domains[n];
    uint64_t first = pages_of(s, PAGES, 4096);

    d->did = did;
    d->table = table;
    for (uint32_t i = 0; i < PAGES; i++)
        d->page[i] = first + 4096u * i;
    d->top = add_upper(s, n, table->root, table->levels);
    s->domain_count = n + 1;
}

/* After all domains: the entry that the path's set-up wrote becomes a slot. */
static void add_source(struct scene *s, uint32_t second_domain)
{
    uint32_t n = s->source_count;
    struct source *source = &s->sources[n];
    struct slot *context = add_slot(s, SLOT_CONTEXT, n, vt_context_address(&s->vt, source->path.rid), 2);

    source->domain[1] = second_domain;
    source->context = context->legal;
    context->written[0] = mem_read64(s->vt.t, context->address);
    context->written[1] = mem_read64(s->vt.t, context->address + 8);
    if (!s->legacy) {
        struct slot *entry = add_slot(s, SLOT_PASID, n, vt_pasid_address(&s->vt, source->path.rid, source->path.pasid), 2);

        entry->written[0] = mem_read64(s->vt.t, entry->address);
        entry->written[1] = mem_read64(s->vt.t, entry->address + 8);
        source->guard = legal_add_table(&s->torture.world, 0, 0, 0);
        legal_table_slot(&s->torture.world, source->guard, 0, entry->legal);
    }
    s->source_count++;
}

/* Different widths where the DUT has them: a torn entry then walks a table with the wrong number of levels. */
static uint32_t second_stage_levels(struct test *t, uint32_t n)
{
    uint64_t sagaw = vt_cap(t, "SAGAW");
    uint32_t widest = vt_widest_aw(t) + 2;

    return n == 1 && widest > 3 && sagaw & 1u << (widest - 3) ? widest - 1 : widest;
}

static void open_paths(struct scene *s, const enum vt_flavour_id *flavours, uint32_t count)
{
    static const uint32_t pasids[SOURCES_MAX] = {0x45, 0x46, 0x47, 0x85, 0x1045};
    struct test *t = s->vt.t;

    for (uint32_t i = 0; i < count; i++) {
        const struct vt_flavour *f = &vt_flavours[flavours[i]];
        bool second = f->pgtt == 2;

        vt_path_open_levels(&s->vt, &s->sources[i].path, flavours[i], vt_rid(&s->vt, i), pasids[i], 1 + i, 0,
                            second ? second_stage_levels(t, i) : 0);
        s->sources[i].domain[0] = i;
        add_domain(s, i, 1 + i, second ? s->sources[i].path.ss : s->sources[i].path.fs);
    }
    for (uint32_t i = 0; i < count; i++) {
        bool second = vt_flavours[flavours[i]].pgtt == 2;
        uint32_t other = (i + 1) % count;

        add_source(s, second && vt_flavours[flavours[other]].pgtt == 2 ? other : i);
    }
}

/* The slots that a translation of this input uses as things are, outermost first. */
static uint32_t slots_used(struct scene *s, uint32_t source, uint32_t input, uint32_t *slots)
{
    const struct legal_world *world = &s->torture.world;
    uint32_t slot = s->sources[source].context, count = 0;

    for (;;) {
        const struct legal_value *v = legal_now(world, slot);
        const struct legal_table *table;
        uint32_t k = 0;

        slots[count++] = world->slots[slot].user;
        if (v->what != LEGAL_TABLE)
            return count;
        table = &world->tables[v->table];
        while (k < table->count && table->index[k] != (input_of(input) >> table->shift & table->mask))
            k++;
        if (k == table->count)
            return count;
        slot = table->slot[k];
    }
}

static void near(struct torture *torture, uint32_t source, uint32_t input, uint32_t choice, struct torture_action *action)
{
    struct scene *s = scene_of(torture);
    uint32_t used[8], count = slots_used(s, source, input, used);

    if (action->kind == TORTURE_EDIT) {
        action->a = used[choice & 1 ? count - 1 : (choice >> 1) % count];
    } else if (action->a <= INV_DOMAIN) {
        action->b = s->slots[used[count - 1]].kind >= SLOT_LEAF ? s->slots[used[count - 1]].owner : s->sources[source].domain[0];
        action->c = action->a <= INV_LARGE ? input : 0;
    } else if (action->a == INV_SOURCE) {
        action->b = source;
    }
}

static const struct torture_ops ops_template = {
    .near = near,
    .inputs = LEAVES * DIRECTORIES * DIRECTORIES,
    .invalidations = INV_KINDS,
    .alternatives = alternatives,
    .arguments = arguments,
    .request = request,
    .edit = edit,
    .invalidate = invalidate,
    .untouched = untouched,
    .take_fault = take_fault,
    .rows = {[TORTURE_STALE] = "VTD-6-639",
             [TORTURE_UNDRAINED] = "VTD-6-044",
             [TORTURE_OVERWRITTEN] = "VTD-3-039",
             [TORTURE_RECORD] = "VTD-7-146",
             [TORTURE_HUNG] = "VTD-6-639"},
};

static void torture(struct test *t, enum vt_mode mode, const enum vt_flavour_id *wanted, uint32_t wanted_count)
{
    struct scene *s = calloc(1, sizeof *s);
    struct vt_config config = {.mode = mode, .queue_lg2_pages = 1};
    enum vt_flavour_id flavours[DOMAINS];
    struct torture_ops ops = ops_template;
    uint32_t count = 0;

    if (!s)
        test_abort(t, "out of memory");
    for (uint32_t i = 0; i < wanted_count && count < DOMAINS; i++)
        if (vt_has_flavour(t, wanted[i]))
            flavours[count++] = wanted[i];
    vt_open(&s->vt, t, &config);
    if (!count || !s->vt.queue_on)
        test_skip(t, "needs translation through page tables and queued invalidation");
    s->torture = (struct torture){
        .t = t, .ops = &ops, .context = s, .drains = s->vt.ver_max >= 2 || (vt_cap(t, "DRD") && vt_cap(t, "DWD"))};
    s->torture.world.covers = covers;
    s->torture.world.context = s;
    s->legacy = mode == VT_LEGACY;
    s->caching_mode = vt_cap(t, "CM") != 0;
    s->page_selective = vt_cap(t, "PSI") != 0;
    s->large_pages = vt_cap(t, "SSLPS") & 1;
    open_paths(s, flavours, count);
    ops.sources = s->source_count;
    ops.edits = s->slot_count;
    for (uint32_t i = 0; i < s->slot_count; i++)
        edit(&s->torture, i, alternatives(&s->torture, i) > 1 ? 1 : 0);
    vt_invalidate_all(&s->vt);
    test_latency(t, 0, 200000, true);
    torture_run(&s->torture, test_request_budget(t));
    test_latency(t, 0, 0, false);
    vt_close(&s->vt);
    free(s);
}

static void torture_legacy(struct test *t)
{
    static const enum vt_flavour_id flavours[] = {VT_LEGACY_SS, VT_LEGACY_SS, VT_LEGACY_SS};

    torture(t, VT_LEGACY, flavours, 3);
}

static void torture_second_stage(struct test *t)
{
    static const enum vt_flavour_id flavours[] = {VT_RID_SS, VT_PASID_SS, VT_RID_SS};

    torture(t, VT_SCALABLE, flavours, 3);
}

static void torture_first_stage(struct test *t)
{
    static const enum vt_flavour_id flavours[] = {VT_RID_FS, VT_PASID_FS, VT_PASID_FS, VT_RID_SS};

    torture(t, VT_SCALABLE, flavours, 4);
}

static void torture_mixed(struct test *t)
{
    static const enum vt_flavour_id flavours[] = {VT_PASID_FS, VT_RID_SS, VT_PASID_SS};

    torture(t, VT_SCALABLE, flavours, 3);
}

#define ROWS "VTD-6-639 VTD-6-044 VTD-3-039 VTD-7-146"

static const struct iotb_case cases[] = {
    {.name = "vtd.torture.legacy",
     .summary = "Legacy mode: every outcome under random edits and invalidations is a legal one.",
     .run = torture_legacy,
     .rows = ROWS,
     .gate = "CAP.SAGAW&ECAP.QI&!CAP.RWBF",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.torture.second_stage",
     .summary = "Scalable mode, second stage: every outcome is a legal one.",
     .run = torture_second_stage,
     .rows = ROWS,
     .gate = "ECAP.SMTS&ECAP.SSTS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.torture.first_stage",
     .summary = "Scalable mode, first stage: every outcome is a legal one.",
     .run = torture_first_stage,
     .rows = ROWS,
     .gate = "ECAP.SMTS&ECAP.FSTS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.torture.mixed",
     .summary = "Scalable mode, both stages and PASIDs side by side: every outcome is a legal one.",
     .run = torture_mixed,
     .rows = ROWS,
     .gate = "ECAP.SMTS&ECAP.FSTS&ECAP.SSTS",
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_torture_cases = {cases, sizeof cases / sizeof cases[0]};
