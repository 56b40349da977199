/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_torture_scene.c - see vtd_torture_scene.h. */
#include "vtd_torture_scene.h"

static const uint64_t leaf_index[LEAVES] = {0, 1, 2, 0x1ff};
static const uint64_t directory_index[DIRECTORIES] = {5, 0x1fe};
static const uint64_t pointer_index[DIRECTORIES] = {3, 0x101};

struct torture_scene *torture_scene_of(struct torture *torture)
{
    return torture->context;
}

uint64_t torture_scene_input(uint32_t n)
{
    return pointer_index[n / LEAVES / DIRECTORIES] << 30 | directory_index[n / LEAVES % DIRECTORIES] << 21 |
           leaf_index[n % LEAVES] << 12;
}

/* ---- values ---- */

/* An entry without permissions in a legacy table has no code of its own (7.1.3 Table 30 LGN.2, LGN.3); the others do. */
static struct legal_value absent(const struct torture_scene *s, enum vt_table_kind kind)
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

static struct edit_value leaf_value(struct torture_scene *s, const struct slot *slot, uint32_t alternative)
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

static struct edit_value table_value(struct torture_scene *s, const struct slot *slot, uint32_t alternative)
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

static void put_entry_fields(struct torture_scene *s, const struct source *source, uint64_t *words, const struct domain *d)
{
    const char *structure = s->legacy ? "context_entry_legacy" : "pasid_table_entry";

    if (d->table->kind == VT_FS)
        return;
    spec_set(spec_struct_field(structure, "SSPTPTR"), words, d->table->root_pointer >> 12);
    spec_set(spec_struct_field(structure, "AW"), words, vt_aw(d->table));
    spec_set(spec_struct_field(structure, "DID"), words, d->did);
    (void)source;
}

static struct edit_value entry_value(struct torture_scene *s, const struct slot *slot, uint32_t alternative)
{
    const struct source *source = &s->sources[slot->owner];
    struct edit_value v = {.legal = {.what = LEGAL_TABLE, .rights = LEGAL_READ | LEGAL_WRITE}};

    v.word[0] = slot->entry.written[0];
    v.word[1] = slot->entry.written[1];
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

uint32_t torture_scene_alternatives(struct torture *torture, uint32_t edit)
{
    struct torture_scene *s = torture_scene_of(torture);
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
static uint64_t flags_of(struct torture_scene *s, const struct slot *slot)
{
    bool paging = slot->kind >= SLOT_LEAF && s->domains[slot->owner].table->kind == VT_FS;

    return paging ? spec_mask(spec_struct_field("fs_pte", "A")) | spec_mask(spec_struct_field("fs_pte", "D")) : 0;
}

bool torture_scene_edit(struct torture *torture, uint32_t n, uint32_t alternative)
{
    struct torture_scene *s = torture_scene_of(torture);
    struct slot *slot = &s->slots[n];
    struct edit_value v;
    bool held;

    v = slot->kind == SLOT_LEAF  ? leaf_value(s, slot, alternative)
        : slot->kind < SLOT_LEAF ? entry_value(s, slot, alternative)
                                 : table_value(s, slot, alternative);
    held = torture_entry_write(torture, &slot->entry, v.word, flags_of(s, slot));
    legal_write(&torture->world, slot->legal, torture_tick(torture), &v.legal);
    return held;
}

bool torture_scene_untouched(struct torture *torture)
{
    struct torture_scene *s = torture_scene_of(torture);

    for (uint32_t i = 0; i < s->slot_count; i++)
        if (!torture_entry_holds(torture, &s->slots[i].entry))
            return false;
    return true;
}

/* ---- the scene ---- */

static struct slot *add_slot(struct torture_scene *s, enum slot_kind kind, uint32_t owner, uint64_t address, uint32_t words)
{
    struct slot *slot = &s->slots[s->slot_count];

    if (s->slot_count == SLOTS_MAX)
        test_abort(s->vt.t, "too many slots");
    *slot = (struct slot){.kind = kind, .owner = owner, .entry = {.address = address, .words = words}};
    slot->legal = legal_add_slot(&s->torture.world, s->slot_count++);
    return slot;
}

static uint64_t pages_of(struct torture_scene *s, uint32_t count, uint64_t align)
{
    uint64_t first = mem_alloc(s->vt.t, UINT64_C(4096) * count, align);

    torture_add_data(&s->torture, first, UINT64_C(4096) * count);
    return first;
}

/* A page table with its leaf entries; its number in the history. */
static uint32_t add_leaf_table(struct torture_scene *s, uint32_t domain, uint64_t host)
{
    uint32_t table = legal_add_table(&s->torture.world, 12, 0x1ff, 0);

    for (uint32_t i = 0; i < LEAVES; i++)
        legal_table_slot(&s->torture.world, table, leaf_index[i],
                         add_slot(s, SLOT_LEAF, domain, host + 8 * leaf_index[i], 1)->legal);
    return table;
}

static uint32_t add_directory(struct torture_scene *s, uint32_t domain, uint64_t host)
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
static uint32_t add_upper(struct torture_scene *s, uint32_t domain, uint64_t host, uint32_t level)
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

static void add_domain(struct torture_scene *s, uint32_t n, uint32_t did, struct vt_table *table)
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

static void read_entry(struct torture_scene *s, struct slot *slot)
{
    for (uint32_t i = 0; i < slot->entry.words; i++)
        slot->entry.written[i] = mem_read64(s->vt.t, slot->entry.address + 8 * i);
}

/* After all domains: the entry that the path's set-up wrote becomes a slot. */
static void add_source(struct torture_scene *s, uint32_t second_domain)
{
    uint32_t n = s->source_count;
    struct source *source = &s->sources[n];
    struct slot *context = add_slot(s, SLOT_CONTEXT, n, vt_context_address(&s->vt, source->path.rid), 2);

    source->domain[1] = second_domain;
    source->context = context->legal;
    read_entry(s, context);
    if (!s->legacy) {
        struct slot *entry = add_slot(s, SLOT_PASID, n, vt_pasid_address(&s->vt, source->path.rid, source->path.pasid), 2);

        read_entry(s, entry);
        source->guard = legal_through(&s->torture.world, entry->legal);
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

void torture_scene_open(struct torture_scene *s, const enum vt_flavour_id *flavours, uint32_t count)
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

uint32_t torture_scene_used(struct torture_scene *s, uint32_t source, uint32_t input, uint32_t slots[LEGAL_DEPTH_MAX])
{
    struct legal_request r = {.first_slot = s->sources[source].context, .input = torture_scene_input(input)};
    uint64_t last_input;
    uint32_t count = legal_used(&s->torture.world, &r, slots, &last_input);

    for (uint32_t i = 0; i < count; i++)
        slots[i] = s->torture.world.slots[slots[i]].user;
    return count;
}
