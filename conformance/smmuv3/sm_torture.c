/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random traffic against random edits of tables and TLB invalidations (3.21.1, 4.4, 4.7.3), judged by the rule of the legal
 * outcome.
 *
 * Up to three address spaces of sixteen pages each, with a few entries per level that change: leaves among pages, rights and
 * absence, table descriptors among two tables and absence. Sizes do not change: that would need break-before-make.
 */
#include "build/sm.h"
#include "build/torture.h"
#include "sm_chapters.h"

#include <stdlib.h>

#define SPACES 3u
#define PAGES 6u
#define SLOTS_MAX 160u
#define LEAVES 4u
#define UPPER 2u

static const uint64_t leaf_index[LEAVES] = {0, 1, 2, 0x1ff};
static const uint64_t upper_index[4][UPPER] = {{0, 0}, {1, 3}, {5, 0x1fe}, {0, 0}}; /* by level: 0, 1, 2 */

struct slot {
    int level;
    uint32_t owner;
    uint64_t address, written, tables[2]; /* tables: host addresses */
    uint32_t next[2], legal;              /* the same as tables of the history */
};

struct space {
    struct sm_path path;
    struct sm_table *table;
    uint32_t first; /* slot of the history where a walk begins */
    uint64_t page[PAGES];
};

struct scene {
    struct sm sm;
    struct torture torture;
    struct space spaces[SPACES];
    struct slot slots[SLOTS_MAX];
    uint32_t slot_count, count, sync_count;
    bool second;
};

static uint64_t input_of(uint32_t n)
{
    return upper_index[1][n / LEAVES / UPPER] << 30 | upper_index[2][n / LEAVES % UPPER] << 21 | leaf_index[n % LEAVES] << 12;
}

/* ---- edits: 0 absent; leaves: pages read-write, two of them read-only; tables: one of two ---- */

static uint32_t alternatives(struct torture *torture, uint32_t edit)
{
    const struct scene *s = torture->context;
    const struct slot *slot = &s->slots[edit];

    return slot->level == 3 ? PAGES + 3 : slot->tables[1] ? 3 : 2;
}

static struct legal_value value_of(const struct scene *s, const struct slot *slot, uint32_t alternative, uint64_t *word)
{
    const struct space *space = &s->spaces[slot->owner];
    bool read_only = alternative > PAGES;

    *word = 0;
    if (!alternative)
        return (struct legal_value){.what = LEGAL_FAULT, .fault = SM_F_TRANSLATION};
    if (slot->level < 3) {
        *word = sm_table_descriptor(space->table, slot->tables[alternative - 1]);
        return (struct legal_value){
            .what = LEGAL_TABLE, .rights = LEGAL_READ | LEGAL_WRITE, .table = slot->next[alternative - 1]};
    }
    *word = sm_leaf(space->table, space->page[(alternative - 1) % PAGES], 12, read_only ? SM_R | SM_U : SM_RW);
    return (struct legal_value){.what = LEGAL_PAGE,
                                .rights = read_only ? LEGAL_READ : LEGAL_READ | LEGAL_WRITE,
                                .output = space->page[(alternative - 1) % PAGES],
                                .page_lg2 = 12};
}

static bool edit(struct torture *torture, uint32_t n, uint32_t alternative)
{
    struct scene *s = torture->context;
    struct slot *slot = &s->slots[n];
    uint64_t word;
    struct legal_value value = value_of(s, slot, alternative, &word);
    bool kept = mem_read64(s->sm.t, slot->address) == slot->written;

    mem_write64(s->sm.t, slot->address, word);
    slot->written = word;
    legal_write(&torture->world, slot->legal, torture_tick(torture), &value);
    return kept;
}

static bool untouched(struct torture *torture)
{
    struct scene *s = torture->context;

    for (uint32_t i = 0; i < s->slot_count; i++)
        if (mem_read64(s->sm.t, s->slots[i].address) != s->slots[i].written)
            return false;
    return true;
}

/* ---- invalidations ---- */

enum invalidation { INV_LEAF, INV_PAGE, INV_PAGE_ANY, INV_SPACE, INV_VMID, INV_ALL, INV_KINDS };

static void arguments(struct torture *torture, uint32_t kind, uint32_t *first_end, uint32_t *second_end)
{
    struct scene *s = torture->context;

    *first_end = kind == INV_ALL ? 1 : s->count;
    *second_end = kind <= INV_PAGE_ANY ? LEAVES * UPPER * UPPER : 1;
}

static struct sm_command command_of(struct scene *s, uint32_t kind, const struct sm_path *path, uint64_t input)
{
    uint32_t vmid = sm_idr(s->sm.t, 0, "S2P") ? path->vmid : 0;

    if (kind == INV_ALL || (kind == INV_VMID && !sm_idr(s->sm.t, 0, "S2P")))
        return sm_cmd_nsnh_all();
    if (kind == INV_VMID || (kind == INV_SPACE && s->second))
        return sm_cmd_s12_vmall(path->vmid);
    if (s->second)
        return sm_cmd_s2_ipa(path->vmid, input, kind == INV_LEAF);
    if (kind == INV_SPACE)
        return sm_cmd_nh_asid(vmid, path->asid);
    if (kind == INV_PAGE_ANY)
        return sm_cmd_nh_vaa(vmid, input, false);
    return sm_cmd_nh_va(vmid, path->asid, input, kind == INV_LEAF);
}

static size_t invalidate(struct torture *torture, uint32_t kind, uint32_t first, uint32_t second, uint64_t *status)
{
    struct scene *s = torture->context;
    uint64_t input = input_of(second), argument[4] = {kind, first, input, input | 0xfff};
    size_t index = legal_submit(&torture->world, torture_tick(torture), kind == INV_ALL, argument);
    struct sm_command c = command_of(s, kind, &s->spaces[first].path, input), sync;

    *status = s->sm.msi + 0x800 + 8 * (++s->sync_count % 128);
    mem_write64(s->sm.t, *status, 0);
    sync = sm_cmd_sync_msi(*status, s->sync_count);
    sm_put(&s->sm, &c);
    sm_put(&s->sm, &sync);
    sm_ring(&s->sm);
    return index;
}

static bool covers(void *context, const struct legal_invalidation *i, uint32_t legal_slot, const struct legal_request *request)
{
    struct scene *s = context;
    const struct slot *slot = &s->slots[s->torture.world.slots[legal_slot].user];
    bool within = request->input >= i->argument[2] && request->input <= i->argument[3];

    if (i->argument[1] != slot->owner)
        return false;
    switch ((enum invalidation)i->argument[0]) {
    case INV_LEAF:
        return within && slot->level == 3;
    case INV_PAGE:
    case INV_PAGE_ANY:
        return within;
    case INV_SPACE:
    case INV_VMID:
        return true;
    case INV_ALL:
    case INV_KINDS:
        break;
    }
    return false;
}

/* ---- requests and records ---- */

static void request(struct torture *torture, uint32_t n, uint32_t input, uint32_t offset, struct iotb_request *request,
                    struct legal_request *legal)
{
    struct scene *s = torture->context;
    struct iotb_request r =
        sm_request(&s->spaces[n].path, (enum iotb_request_kind)request->kind, input_of(input) + offset, request->bytes);

    request->requester_id = r.requester_id;
    request->flags = r.flags;
    request->pasid = r.pasid;
    request->address = r.address;
    legal->first_slot = s->spaces[n].first;
    legal->input = r.address;
    legal->read_fault = legal->write_fault = SM_F_PERMISSION;
}

static bool take_fault(struct torture *torture, uint16_t *requester, uint64_t *page, uint32_t *fault)
{
    struct scene *s = torture->context;
    struct sm_event event;

    if (!sm_event_pending(&s->sm))
        sm_event_clear(&s->sm); /* an overflow without a record */
    if (!sm_event_take(&s->sm, &event))
        return false;
    *requester = (uint16_t)event.sid;
    *page = event.input & ~UINT64_C(0xfff);
    *fault = event.type;
    return true;
}

static void near(struct torture *torture, uint32_t source, uint32_t input, uint32_t choice, struct torture_action *action)
{
    struct scene *s = torture->context;
    const struct legal_world *world = &torture->world;
    uint32_t used[4], count = 0, slot = s->spaces[source].first;

    if (action->kind != TORTURE_EDIT) {
        action->b = action->a == INV_ALL ? 0 : source;
        action->c = action->a <= INV_PAGE_ANY ? input : 0;
        return;
    }
    for (;;) {
        const struct legal_value *v = legal_now(world, slot);
        const struct legal_table *table;
        uint32_t k = 0;

        used[count++] = world->slots[slot].user;
        if (v->what != LEGAL_TABLE)
            break;
        table = &world->tables[v->table];
        while (k < table->count && table->index[k] != (input_of(input) >> table->shift & table->mask))
            k++;
        if (k == table->count)
            break;
        slot = table->slot[k];
    }
    action->a = used[choice & 1 ? count - 1 : (choice >> 1) % count];
}

/* ---- the scene ---- */

static uint32_t add_table(struct scene *s, uint32_t owner, uint64_t host, int level);

static uint32_t add_slot(struct scene *s, uint32_t owner, uint64_t address, int level)
{
    uint32_t n = s->slot_count++;
    struct slot *slot = &s->slots[n];

    if (n >= SLOTS_MAX)
        test_abort(s->sm.t, "too many slots");
    *slot = (struct slot){.level = level, .owner = owner, .address = address};
    slot->legal = legal_add_slot(&s->torture.world, n);
    slot->written = mem_read64(s->sm.t, address);
    for (uint32_t k = 0; level < 3 && k < (level == 2 ? 2u : 1u); k++) {
        slot->tables[k] = mem_alloc(s->sm.t, 4096, 4096);
        slot->next[k] = add_table(s, owner, slot->tables[k], level + 1);
    }
    return slot->legal;
}

static uint32_t add_table(struct scene *s, uint32_t owner, uint64_t host, int level)
{
    uint32_t table = legal_add_table(&s->torture.world, 12 + 9 * (uint32_t)(3 - level), 0x1ff, SM_F_TRANSLATION);
    uint32_t count = level == 3 ? LEAVES : level == 0 ? 1 : UPPER;

    for (uint32_t i = 0; i < count; i++) {
        uint64_t index = level == 3 ? leaf_index[i] : upper_index[level][i];

        legal_table_slot(&s->torture.world, table, index, add_slot(s, owner, host + 8 * index, level));
    }
    return table;
}

/* Four levels of 4 KiB granules; the walk begins at the one entry of level 0 that is used, or with fewer levels at level 1. */
static void add_space(struct scene *s, enum sm_flavour_id flavour, uint32_t n)
{
    struct sm_geometry g = {.granule_lg2 = 12};
    struct space *space = &s->spaces[n];
    uint64_t first = mem_alloc(s->sm.t, 4096 * PAGES, 4096);

    sm_path_open_geometry(&s->sm, &space->path, flavour, sm_sid(&s->sm, n), 5 + n, 0x11 + n, 0x22 + n, &g, &g);
    space->table = sm_path_table(&space->path);
    if (space->table->start_level != 0)
        test_skip(s->sm.t, "needs a walk of four levels");
    torture_add_data(&s->torture, first, 4096 * PAGES);
    for (uint32_t i = 0; i < PAGES; i++)
        space->page[i] = first + 4096u * i;
    space->first = add_slot(s, n, space->table->root, 0);
    s->count = n + 1;
}

static const struct torture_ops ops_template = {
    .near = near,
    .inputs = LEAVES * UPPER * UPPER,
    .invalidations = INV_KINDS,
    .alternatives = alternatives,
    .arguments = arguments,
    .request = request,
    .edit = edit,
    .invalidate = invalidate,
    .untouched = untouched,
    .take_fault = take_fault,
    .rows = {[TORTURE_STALE] = "SMMU-3-102",
             [TORTURE_UNDRAINED] = "SMMU-4-146",
             [TORTURE_OVERWRITTEN] = "SMMU-3-102",
             [TORTURE_RECORD] = "SMMU-4-153",
             [TORTURE_HUNG] = "SMMU-4-146"},
};

static void torture(struct test *t)
{
    const enum sm_flavour_id *flavour = test_argument(t);
    struct scene *s = calloc(1, sizeof *s);
    struct torture_ops ops = ops_template;

    if (!s)
        test_abort(t, "out of memory");
    if (!sm_has_flavour(t, *flavour))
        test_skip(t, "no %s translation", sm_flavours[*flavour].name);
    sm_open(&s->sm, t, NULL);
    if (s->sm.stall_model == 2)
        test_skip(t, "faults of this DUT always stall");
    s->second = !sm_flavours[*flavour].stage1;
    s->torture = (struct torture){.t = t, .ops = &ops, .context = s, .drains = true};
    s->torture.world.covers = covers;
    s->torture.world.context = s;
    for (uint32_t n = 0; n < SPACES && n < sm_sid_count(&s->sm); n++)
        add_space(s, *flavour, n);
    ops.sources = s->count;
    ops.edits = s->slot_count;
    for (uint32_t i = 0; i < s->slot_count; i++)
        edit(&s->torture, i, 1);
    sm_invalidate_all(&s->sm);
    test_latency(t, 0, 200000, true);
    torture_run(&s->torture, test_request_budget(t));
    test_latency(t, 0, 0, false);
    sm_close(&s->sm);
    free(s);
}

static const enum sm_flavour_id stage1 = SM_F_S1, stage2 = SM_F_S2, substreams = SM_F_S1_SSID;

#define CASE(n, text, flavour, gated)                                                                                           \
    {                                                                                                                           \
        .name = "smmuv3.torture." n, .summary = text, .run = torture, .rows = "SMMU-3-102 SMMU-4-146 SMMU-4-153",               \
        .gate = gated "&IDR0.TTF:1&IDR0.MSI&IDR5.GRAN4K", .features = IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP, .functional = true, \
        .tier = TIER_FULL, .argument = &flavour                                                                                 \
    }

static const struct iotb_case cases[] = {
    CASE("stage1", "Stage 1: every outcome under random edits and invalidations is a legal one.", stage1, "IDR0.S1P"),
    CASE("stage2", "Stage 2: every outcome under random edits and invalidations is a legal one.", stage2, "IDR0.S2P"),
    CASE("substreams", "Substreams: every outcome under random edits and invalidations is a legal one.", substreams,
         "IDR0.S1P&IDR1.SSIDSIZE"),
};

const struct iotb_case_list sm_torture_cases = {cases, sizeof cases / sizeof cases[0]};
