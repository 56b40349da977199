/* SPDX-License-Identifier: BSD-2-Clause */
/* sm_torture_scene.c - see sm_torture_scene.h: slots, page tables, edits. Structures are in sm_torture_streams.c. */
#include "sm_torture_scene.h"

static const uint64_t leaf_index[LEAVES] = {0, 1, 2, 0x1ff};
static const uint64_t level2_index[UPPER] = {5, 0x1fe};
static const uint64_t level1_index[UPPER] = {1, 3};
#define FAR_INDEX UINT64_C(0x81) /* at level 0, of the second half of wide inputs */
#define GLOBAL_LEAF 2u

struct sm_scene *sm_scene_of(struct torture *torture)
{
    return torture->context;
}

uint64_t sm_scene_input(const struct stream *stream, uint32_t n)
{
    uint32_t half = n / LEAVES / UPPER;
    uint64_t far = stream && stream->wide && half ? FAR_INDEX << 39 : 0;

    return far | level1_index[half] << 30 | level2_index[n / LEAVES % UPPER] << 21 | leaf_index[n % LEAVES] << 12;
}

bool sm_scene_global(uint64_t input)
{
    return (input >> 12 & 0x1ff) == leaf_index[GLOBAL_LEAF];
}

/* ---- slots ---- */

struct slot *sm_scene_slot(struct sm_scene *s, enum slot_class class, uint32_t stream, uint32_t space, uint64_t address)
{
    struct slot *slot = &s->slots[s->slot_count];

    if (s->slot_count == SLOTS_MAX)
        test_abort(s->sm.t, "too many slots");
    *slot = (struct slot){.class = class, .stream = stream, .space = space, .entry = {.address = address, .words = 1}};
    slot->legal_count = class == SLOT_L1STD || class == SLOT_STE ? s->streams[stream].space_count : 1;
    for (uint32_t i = 0; i < slot->legal_count; i++)
        slot->legal[i] = legal_add_slot(&s->torture.world, s->slot_count);
    s->slot_count++;
    return slot;
}

struct alternative *sm_scene_alternative(struct sm_scene *s, struct slot *slot, uint64_t word, struct legal_value value)
{
    struct alternative *a = &slot->alternatives[slot->count++];

    if (slot->count > ALTERNATIVES_MAX)
        test_abort(s->sm.t, "too many alternatives");
    *a = (struct alternative){.word = word};
    for (uint32_t i = 0; i < STREAM_SPACES; i++)
        a->value[i] = value;
    return a;
}

struct legal_value sm_scene_fault(uint32_t event)
{
    return (struct legal_value){.what = LEGAL_FAULT, .fault = event};
}

struct legal_value sm_scene_next(uint32_t table)
{
    return (struct legal_value){.what = LEGAL_TABLE, .rights = LEGAL_READ | LEGAL_WRITE, .table = table};
}

uint32_t sm_scene_alternatives(struct torture *torture, uint32_t edit)
{
    return sm_scene_of(torture)->slots[edit].count;
}

bool sm_scene_edit(struct torture *torture, uint32_t n, uint32_t alternative)
{
    struct sm_scene *s = sm_scene_of(torture);
    struct slot *slot = &s->slots[n];
    const struct alternative *a = &slot->alternatives[alternative];
    bool held = torture_entry_write(torture, &slot->entry, &a->word, a->flags);
    uint64_t tick = torture_tick(torture);

    if (slot->mirror)
        mem_write64(s->sm.t, slot->mirror, a->word);
    for (uint32_t i = 0; i < slot->legal_count; i++)
        legal_write(&torture->world, slot->legal[i], tick, &a->value[i]);
    s->last_edit = n;
    return held;
}

bool sm_scene_untouched(struct torture *torture)
{
    struct sm_scene *s = sm_scene_of(torture);

    for (uint32_t i = 0; i < s->slot_count; i++)
        if (!torture_entry_holds(torture, &s->slots[i].entry))
            return false;
    return true;
}

/* ---- memory: much of it where addresses differ in both halves of a dword ---- */

uint64_t torture_scene_high(struct sm_scene *s, uint64_t bytes)
{
    uint64_t address = mem_alloc_above(s->sm.t, bytes, bytes, UINT64_C(1) << 32);

    return address ? address : mem_alloc(s->sm.t, bytes, bytes);
}

void sm_scene_pages(struct sm_scene *s, uint64_t page[PAGES])
{
    uint64_t bytes = UINT64_C(4096) * PAGES / 2, low = mem_alloc(s->sm.t, bytes, 4096);
    uint64_t high = mem_alloc_above(s->sm.t, bytes, 4096, UINT64_C(1) << 32);

    if (!high)
        high = mem_alloc(s->sm.t, bytes, 4096);
    torture_add_data(&s->torture, low, bytes);
    torture_add_data(&s->torture, high, bytes);
    for (uint32_t i = 0; i < PAGES; i++)
        page[i] = (i & 1 ? high : low) + UINT64_C(4096) * (i / 2);
}

/* ---- page tables ---- */

static struct legal_value page_value(const struct sm_scene_tree *tree, uint32_t page, uint32_t rights)
{
    return (struct legal_value){.what = tree->staged ? LEGAL_STAGE : LEGAL_PAGE,
                                .rights = rights,
                                .table = tree->next_stage,
                                .output = tree->page[page],
                                .page_lg2 = 12};
}

static void add_page(struct sm_scene *s, const struct sm_scene_tree *tree, struct slot *slot, uint32_t page, uint32_t bits,
                     uint32_t rights, uint64_t flags)
{
    uint64_t word = sm_leaf(tree->table, tree->page[page], 12, bits);

    sm_scene_alternative(s, slot, word, page_value(tree, page, rights))->flags = flags;
}

/*
 * 0 absent; PAGES read-write; two read-only; in a second stage one write-only; Access flag clear; and where the DUT has dirty
 * state in hardware, writable-clean with and without the Access flag.
 */
static void add_leaf(struct sm_scene *s, const struct sm_scene_tree *tree, struct slot *slot, bool global)
{
    bool first = tree->table->stage == 1;
    uint32_t both = LEGAL_READ | LEGAL_WRITE, more = global ? SM_GLOBAL : 0;
    uint32_t read_only = (first ? SM_R | SM_U | SM_X : SM_R | SM_X) | more;
    uint64_t af = UINT64_C(1) << SM_BIT_AF, clean = UINT64_C(1) << (first ? SM_BIT_AP2 : SM_BIT_S2AP1);

    sm_scene_alternative(s, slot, 0, sm_scene_fault(SM_F_TRANSLATION));
    for (uint32_t i = 0; i < PAGES; i++)
        add_page(s, tree, slot, i, SM_RW | more, both, 0);
    add_page(s, tree, slot, 0, read_only, LEGAL_READ, 0);
    add_page(s, tree, slot, 1, read_only, LEGAL_READ, 0);
    if (!first)
        add_page(s, tree, slot, 2, SM_W | SM_X, LEGAL_WRITE, 0);
    if (!s->htu) {
        sm_scene_alternative(s, slot, sm_leaf(tree->table, tree->page[0], 12, SM_RW | SM_NO_AF | more),
                             sm_scene_fault(SM_F_ACCESS));
        return;
    }
    add_page(s, tree, slot, 3, SM_RW | SM_NO_AF | more, both, af);
    if (!s->dirty)
        return;
    add_page(s, tree, slot, 4, read_only | SM_DBM, both, clean);
    add_page(s, tree, slot, 5, read_only | SM_DBM | SM_NO_AF, both, clean | af);
}

static uint64_t table_memory(struct sm_scene *s, const struct sm_scene_tree *tree, uint64_t *pointer)
{
    uint64_t host;

    if (tree->table->under)
        *pointer = sm_guest_alloc(&s->sm, tree->table->under, 4096, &host);
    else
        *pointer = host = mem_alloc(s->sm.t, 4096, 4096);
    return host;
}

/* A table of pages that stage 2 may put at either of two places, or nowhere. */
static uint32_t add_moved(struct sm_scene *s, const struct sm_scene_tree *tree, uint64_t host, uint64_t ipa)
{
    struct sm_table *s2 = tree->table->under;
    uint64_t other = torture_scene_high(s, 4096);
    uint32_t here = sm_scene_table(s, tree, host, 3, 0), there = sm_scene_table(s, tree, other, 3, 0);
    struct slot *slot = sm_scene_slot(s, SLOT_S2_LEAF, tree->stream, tree->space, sm_entry(&s->sm, s2, ipa, 3));

    slot->fixed_ipa = true;
    slot->ipa = ipa;
    s->streams[tree->stream].table_ipa = ipa;
    sm_scene_alternative(s, slot, 0, sm_scene_fault(SM_F_TRANSLATION));
    sm_scene_alternative(s, slot, sm_leaf(s2, host, 12, SM_RW), sm_scene_next(here));
    sm_scene_alternative(s, slot, sm_leaf(s2, other, 12, SM_RW), sm_scene_next(there));
    return legal_through(&s->torture.world, slot->legal[0]);
}

static void add_upper(struct sm_scene *s, const struct sm_scene_tree *tree, struct slot *slot, int level, uint32_t half,
                      bool moved)
{
    sm_scene_alternative(s, slot, 0, sm_scene_fault(SM_F_TRANSLATION));
    for (uint32_t k = 0; k < (level == 2 ? tree->leaf_tables : 1); k++) {
        uint64_t pointer, host = table_memory(s, tree, &pointer);
        uint32_t next = moved && k == 0 ? add_moved(s, tree, host, pointer) : sm_scene_table(s, tree, host, level + 1, half);

        sm_scene_alternative(s, slot, sm_table_descriptor(tree->table, pointer), sm_scene_next(next));
    }
}

/* Of wide inputs, each half has a table of level 1 with one entry. */
static uint32_t entries(const struct sm_scene_tree *tree, int level, uint32_t half, uint64_t index[LEAVES])
{
    const uint64_t *from = level == 3 ? leaf_index : level == 2 ? level2_index : level1_index;
    uint32_t count = level == 3 ? LEAVES : UPPER;

    if (level == 0) {
        index[0] = 0;
        index[1] = FAR_INDEX;
        return tree->wide ? 2 : 1;
    }
    for (uint32_t i = 0; i < count; i++)
        index[i] = from[i];
    if (level > 1 || !tree->wide)
        return count;
    index[0] = from[half];
    return 1;
}

uint32_t sm_scene_table(struct sm_scene *s, const struct sm_scene_tree *tree, uint64_t host, int level, uint32_t half)
{
    enum slot_class leaf = tree->first ? SLOT_FIRST_LEAF : SLOT_S2_LEAF, upper = tree->first ? SLOT_FIRST_UPPER : SLOT_S2_UPPER;
    uint32_t table = legal_add_table(&s->torture.world, 12 + 9 * (uint32_t)(3 - level), 0x1ff, SM_F_TRANSLATION);
    uint64_t index[LEAVES];
    uint32_t count = entries(tree, level, half, index);

    for (uint32_t i = 0; i < count; i++) {
        struct slot *slot = sm_scene_slot(s, level == 3 ? leaf : upper, tree->stream, tree->space, host + 8 * index[i]);

        if (level == 3)
            add_leaf(s, tree, slot, tree->global && i == GLOBAL_LEAF);
        else
            add_upper(s, tree, slot, level, level == 0 || (level == 1 && !tree->wide) ? i : half,
                      tree->moved && level == 2 && i == 0 && half == 0);
        legal_table_slot(&s->torture.world, table, index[i], slot->legal[0]);
    }
    return table;
}
