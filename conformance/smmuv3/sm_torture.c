/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random traffic against random edits of structures and page tables, and invalidations of both (3.21.1, 3.21.3, 4.3, 4.4, 4.7.3),
 * judged by the rule of the legal outcome.
 */
#include "sm_chapters.h"
#include "sm_torture_scene.h"

#include <stdlib.h>

/* ---- invalidations ---- */

enum invalidation {
    INV_LEAF,
    INV_PAGE,
    INV_PAGE_ANY,
    INV_RANGE,
    INV_ASID,
    INV_STAGE1,
    INV_VMID,
    INV_STAGE2_LEAF,
    INV_STAGE2,
    INV_TLB,
    INV_STE_LEAF,
    INV_STE,
    INV_STE_RANGE,
    INV_CD_LEAF,
    INV_CD,
    INV_CD_ALL,
    INV_SPACE,
    INV_STREAM,
    INV_ALL,
    INV_KINDS
};

#define C(class) (1u << SLOT_##class)
#define FIRST_TABLES (C(FIRST_UPPER) | C(FIRST_LEAF))
#define S2_TABLES (C(S2_UPPER) | C(S2_LEAF))
#define CDS (C(CD) | C(L1CD))
#define RANGE_PAGES 4u

enum scope { SCOPE_SPACE, SCOPE_STREAM, SCOPE_UNIT };
enum operand { OPERAND_NONE, OPERAND_INPUT, OPERAND_IPA };

/* What each must remove: classes of entries, of whose, at which address; what else it removes counts for nothing. */
static const struct {
    uint32_t classes;
    enum scope scope;
    enum operand operand;
    bool keeps_global;
} kinds[INV_KINDS] = {
    [INV_LEAF] = {C(FIRST_LEAF), SCOPE_SPACE, OPERAND_INPUT, false},
    [INV_PAGE] = {FIRST_TABLES, SCOPE_SPACE, OPERAND_INPUT, false},
    [INV_PAGE_ANY] = {FIRST_TABLES, SCOPE_STREAM, OPERAND_INPUT, false},
    [INV_RANGE] = {FIRST_TABLES, SCOPE_SPACE, OPERAND_INPUT, false},
    [INV_ASID] = {FIRST_TABLES, SCOPE_SPACE, OPERAND_NONE, true},
    [INV_STAGE1] = {FIRST_TABLES, SCOPE_STREAM, OPERAND_NONE, false},
    [INV_VMID] = {FIRST_TABLES | S2_TABLES, SCOPE_STREAM, OPERAND_NONE, false},
    [INV_STAGE2_LEAF] = {FIRST_TABLES | C(S2_LEAF), SCOPE_STREAM, OPERAND_IPA, false},
    [INV_STAGE2] = {FIRST_TABLES | S2_TABLES, SCOPE_STREAM, OPERAND_IPA, false},
    [INV_TLB] = {FIRST_TABLES | S2_TABLES, SCOPE_UNIT, OPERAND_NONE, false},
    [INV_STE_LEAF] = {C(STE) | CDS, SCOPE_STREAM, OPERAND_NONE, false},
    [INV_STE] = {C(L1STD) | C(STE) | CDS, SCOPE_STREAM, OPERAND_NONE, false},
    [INV_STE_RANGE] = {C(L1STD) | C(STE) | CDS, SCOPE_STREAM, OPERAND_NONE, false},
    [INV_CD_LEAF] = {C(CD), SCOPE_SPACE, OPERAND_NONE, false},
    [INV_CD] = {CDS, SCOPE_SPACE, OPERAND_NONE, false},
    [INV_CD_ALL] = {CDS, SCOPE_STREAM, OPERAND_NONE, false},
    [INV_SPACE] = {CDS | C(TTB0) | FIRST_TABLES, SCOPE_SPACE, OPERAND_NONE, true},
    [INV_STREAM] = {~0u, SCOPE_STREAM, OPERAND_NONE, false},
    [INV_ALL] = {~0u, SCOPE_UNIT, OPERAND_NONE, false},
};

static void arguments(struct torture *torture, uint32_t kind, uint32_t *first_end, uint32_t *second_end)
{
    *first_end = kinds[kind].scope == SCOPE_UNIT ? 1 : sm_scene_of(torture)->space_count;
    *second_end = kinds[kind].operand == OPERAND_NONE ? 1 : kinds[kind].operand == OPERAND_IPA ? INPUTS + 1 : INPUTS;
}

static void put(struct sm_scene *s, struct sm_command c)
{
    sm_put(&s->sm, &c);
}

static void put_ipa(struct sm_scene *s, const struct stream *stream, uint64_t ipa, bool leaf)
{
    for (uint32_t i = 0; i < stream->vmid_count; i++)
        put(s, sm_cmd_s2_ipa(stream->vmids[i], ipa, leaf));
}

static struct sm_command by_tag(const struct stream *stream, enum invalidation kind, uint32_t vmid, uint32_t asid, uint64_t input)
{
    bool leaf = kind == INV_LEAF;

    if (kind == INV_ASID)
        return stream->el2 ? sm_cmd_el2_asid(asid) : sm_cmd_nh_asid(vmid, asid);
    if (kind == INV_PAGE_ANY)
        return stream->el2 ? sm_cmd_el2_vaa(input, leaf) : sm_cmd_nh_vaa(vmid, input, leaf);
    if (kind == INV_STAGE1)
        return stream->el2 ? sm_cmd_el2_all() : sm_cmd_nh_all(vmid);
    return stream->el2 ? sm_cmd_el2_va(asid, input, leaf) : sm_cmd_nh_va(vmid, asid, input, leaf);
}

/* Of stage 1, for each VMID and ASID that the stream or the SubstreamID may have. */
static void put_stage1(struct sm_scene *s, const struct space *space, enum invalidation kind, uint64_t input)
{
    const struct stream *stream = &s->streams[space->stream];
    bool each_asid = kind == INV_LEAF || kind == INV_PAGE || kind == INV_RANGE || kind == INV_ASID;

    for (uint32_t v = 0; v < stream->vmid_count; v++)
        for (uint32_t a = 0; a < (each_asid ? space->asid_count : 1); a++) {
            struct sm_command c = by_tag(stream, kind, stream->vmids[v], space->asids[a], input);

            if (kind == INV_RANGE)
                sm_cmd_range(&c, stream->el2 ? "CMD_TLBI_EL2_VA" : "CMD_TLBI_NH_VA", 12, RANGE_PAGES - 1, 0, 3);
            put(s, c);
        }
}

/* Everything of the stream's VMIDs, or of EL2. */
static void put_all_stages(struct sm_scene *s, const struct space *space)
{
    const struct stream *stream = &s->streams[space->stream];

    if (stream->el2 || !s->s2p)
        put_stage1(s, space, INV_STAGE1, 0);
    else
        for (uint32_t i = 0; i < stream->vmid_count; i++)
            put(s, sm_cmd_s12_vmall(stream->vmids[i]));
}

static void put_tlb(struct sm_scene *s)
{
    put(s, sm_cmd_nsnh_all());
    if (sm_idr(s->sm.t, 0, "Hyp"))
        put(s, sm_cmd_el2_all());
}

/* 4.4.3.1: what was made of both stages needs an invalidation of stage 1 after that of stage 2; only CMD_SYNC orders them. */
static void put_stage2(struct sm_scene *s, const struct space *space, uint64_t ipa, bool leaf)
{
    const struct stream *stream = &s->streams[space->stream];

    if (!space->path.s1 || !stream->path.s2) {
        put_all_stages(s, space);
        return;
    }
    put_ipa(s, stream, ipa, leaf);
    put(s, sm_cmd_sync());
    put_stage1(s, space, INV_STAGE1, 0);
}

static void put_first_stage(struct sm_scene *s, const struct space *space, enum invalidation kind, uint64_t input)
{
    const struct stream *stream = &s->streams[space->stream];

    if (space->path.s1) {
        put_stage1(s, space, kind == INV_RANGE && !s->range ? INV_PAGE : kind, input);
        return;
    }
    if (kinds[kind].operand == OPERAND_NONE) {
        put_all_stages(s, space);
        return;
    }
    for (uint32_t i = 0; i < stream->vmid_count; i++) {
        struct sm_command c = sm_cmd_s2_ipa(stream->vmids[i], input, kind == INV_LEAF);

        if (kind == INV_RANGE && s->range)
            sm_cmd_range(&c, "CMD_TLBI_S2_IPA", 12, RANGE_PAGES - 1, 0, 3);
        put(s, c);
    }
}

static void put_configuration(struct sm_scene *s, const struct space *space, enum invalidation kind)
{
    uint32_t sid = space->path.sid, ssid = space->ssid;
    bool stage1 = space->path.s1 != NULL;

    if (kind == INV_STE_RANGE)
        put(s, sm_cmd_cfgi_ste_range(sid ^ 8, 3)); /* 4.3.2: sixteen, of which these are in different halves */
    else if (kind == INV_STE_LEAF || kind == INV_STE || kind == INV_STREAM)
        put(s, sm_cmd_cfgi_ste(sid, kind == INV_STE_LEAF));
    else if (kind == INV_CD_ALL && stage1)
        put(s, sm_cmd_cfgi_cd_all(sid));
    else if (kind == INV_ALL)
        put(s, sm_cmd_cfgi_all());
    else if (stage1)
        put(s, sm_cmd_cfgi_cd(sid, ssid, kind == INV_CD_LEAF));
}

/* What may be cached in TLBs needs both, in this order (5.2.1, 5.4.1). */
static void put_both(struct sm_scene *s, const struct space *space, enum invalidation kind)
{
    put_configuration(s, space, kind);
    put(s, sm_cmd_sync());
    if (kind == INV_ALL)
        put_tlb(s);
    else if (kind == INV_STREAM)
        put_all_stages(s, space);
    else
        put_first_stage(s, space, INV_ASID, 0);
}

static uint64_t operand(const struct sm_scene *s, enum invalidation kind, uint32_t first, uint32_t second)
{
    const struct stream *stream = &s->streams[s->spaces[first].stream];

    if (kinds[kind].operand == OPERAND_IPA)
        return second == INPUTS ? stream->table_ipa : sm_scene_input(NULL, second);
    if (kind == INV_RANGE && s->range)
        return sm_scene_input(stream, second) & ~(UINT64_C(4096) * RANGE_PAGES - 1);
    return sm_scene_input(stream, second);
}

static void put_sync(struct sm_scene *s, uint64_t *status)
{
    *status = s->sm.msi + 0x800 + 8 * (++s->sync_count % 128);
    mem_write64(s->sm.t, *status, 0);
    put(s, sm_cmd_sync_msi(*status, s->sync_count));
    sm_ring(&s->sm);
}

static size_t invalidate(struct torture *torture, uint32_t n, uint32_t first, uint32_t second, uint64_t *status)
{
    struct sm_scene *s = sm_scene_of(torture);
    enum invalidation kind = (enum invalidation)n;
    const struct space *space = &s->spaces[first];
    uint64_t at = operand(s, kind, first, second), pages = kind == INV_RANGE && s->range ? RANGE_PAGES : 1;
    uint64_t argument[4] = {kind, first, at, at + 4096 * pages - 1};
    size_t index = legal_submit(&torture->world, torture_tick(torture), kind == INV_ALL, argument);

    if (kind == INV_TLB)
        put_tlb(s);
    else if (kind == INV_VMID)
        put_all_stages(s, space);
    else if (kind == INV_STAGE2 || kind == INV_STAGE2_LEAF)
        put_stage2(s, space, at, kind == INV_STAGE2_LEAF);
    else if (kind >= INV_SPACE)
        put_both(s, space, kind);
    else if (kind >= INV_STE_LEAF)
        put_configuration(s, space, kind);
    else
        put_first_stage(s, space, kind, at);
    put_sync(s, status);
    return index;
}

static bool in_scope(const struct sm_scene *s, enum invalidation kind, uint32_t first, const struct slot *slot)
{
    bool of_stream = slot->class <= SLOT_S2TTB || slot->class >= SLOT_S2_UPPER;

    if (kinds[kind].scope == SCOPE_UNIT)
        return true;
    if (kinds[kind].scope == SCOPE_STREAM || of_stream)
        return slot->stream == s->spaces[first].stream;
    return slot->space == first;
}

/* The operand is about tables of the stage that it is an address of; others of the classes go whatever their address. */
static bool at_operand(const struct legal_invalidation *i, enum operand operand, const struct slot *slot,
                       const struct legal_request *request)
{
    bool first_stage = slot->class == SLOT_FIRST_UPPER || slot->class == SLOT_FIRST_LEAF;
    uint64_t address = slot->fixed_ipa ? slot->ipa : request->input;

    if (operand == OPERAND_NONE || (operand == OPERAND_IPA && first_stage))
        return true;
    return address >= i->argument[2] && address <= i->argument[3];
}

static bool covers(void *context, const struct legal_invalidation *i, uint32_t legal_slot, const struct legal_request *request)
{
    const struct sm_scene *s = context;
    const struct slot *slot = &s->slots[s->torture.world.slots[legal_slot].user];
    enum invalidation kind = (enum invalidation)i->argument[0];
    bool table = 1u << slot->class & (FIRST_TABLES | C(TTB0));

    if (!(kinds[kind].classes & 1u << slot->class) || !in_scope(s, kind, (uint32_t)i->argument[1], slot))
        return false;
    if (kinds[kind].keeps_global && table && s->spaces[slot->space].global && sm_scene_global(request->input))
        return false;
    return at_operand(i, kinds[kind].operand, slot, request);
}

/* ---- requests and records ---- */

static void request(struct torture *torture, uint32_t n, uint32_t input, uint32_t offset, struct iotb_request *request,
                    struct legal_request *legal)
{
    struct sm_scene *s = sm_scene_of(torture);
    const struct space *space = &s->spaces[n];
    struct iotb_request r = sm_request(&space->path, (enum iotb_request_kind)request->kind,
                                       sm_scene_input(&s->streams[space->stream], input) + offset, request->bytes);

    request->requester_id = r.requester_id;
    request->flags = r.flags;
    request->pasid = r.pasid;
    request->address = r.address;
    legal->first_slot = space->first;
    legal->input = r.address;
    legal->read_fault = legal->write_fault = SM_F_PERMISSION;
}

static bool take_fault(struct torture *torture, uint16_t *requester, uint64_t *page, uint32_t *fault)
{
    struct sm *sm = &sm_scene_of(torture)->sm;
    struct sm_event event;

    if (!sm_event_pending(sm))
        sm_event_clear(sm); /* an overflow without a record */
    if (!sm_event_take(sm, &event))
        return false;
    *requester = (uint16_t)event.sid;
    *page = event.type < SM_F_TRANSLATION ? TORTURE_ANY_PAGE : event.input & ~UINT64_C(0xfff);
    *fault = event.type;
    return true;
}

/* ---- drawing ---- */

/* Some kind that must remove this class. */
static uint32_t kind_for(enum slot_class class, uint32_t choice)
{
    for (uint32_t i = 0; i < INV_KINDS; i++) {
        uint32_t kind = (choice + i) % INV_KINDS;

        if (kinds[kind].classes & 1u << class)
            return kind;
    }
    return INV_ALL;
}

static uint32_t page_number(uint64_t ipa)
{
    for (uint32_t n = 0; n < INPUTS; n++)
        if ((ipa & ~UINT64_C(0xfff)) == sm_scene_input(NULL, n))
            return n;
    return 0;
}

static void near_invalidation(struct sm_scene *s, uint32_t source, uint32_t input, uint64_t last_input, uint32_t choice,
                              struct torture_action *action)
{
    const struct slot *edited = &s->slots[s->last_edit];

    if (choice % 4 == 1)
        action->a = INV_ALL;
    else if (choice % 4 > 1)
        action->a = kind_for(edited->class, choice >> 2);
    action->b = kinds[action->a].scope == SCOPE_UNIT ? 0 : source;
    action->c = 0;
    if (kinds[action->a].operand == OPERAND_INPUT)
        action->c = input;
    else if (kinds[action->a].operand == OPERAND_IPA)
        action->c = edited->fixed_ipa ? INPUTS : page_number(last_input);
}

static bool steady(struct torture *torture, uint32_t edit)
{
    const struct sm_scene *s = sm_scene_of(torture);
    const struct slot *slot = &s->slots[edit];

    if (s->restless & 1u << slot->class)
        return false;
    return slot->fixed_ipa || (slot->class != SLOT_FIRST_LEAF && slot->class != SLOT_S2_LEAF);
}

static void near(struct torture *torture, uint32_t source, uint32_t input, uint32_t choice, struct torture_action *action)
{
    struct sm_scene *s = sm_scene_of(torture);
    const struct space *space = &s->spaces[source];
    struct legal_request lookup = {.first_slot = space->first, .input = sm_scene_input(&s->streams[space->stream], input)};
    uint32_t used[LEGAL_DEPTH_MAX], leaves[LEGAL_DEPTH_MAX], leaf_count = 0;
    uint64_t last_input = 0;
    uint32_t count = legal_used(&torture->world, &lookup, used, &last_input);

    for (uint32_t i = 0; i < count; i++) {
        used[i] = torture->world.slots[used[i]].user;
        if (!steady(torture, used[i]))
            leaves[leaf_count++] = used[i];
    }
    if (action->kind == TORTURE_EDIT && leaf_count && choice & 1)
        action->a = leaves[(choice >> 1) % leaf_count];
    else if (action->kind == TORTURE_EDIT)
        action->a = used[(choice >> 1) % count];
    else
        near_invalidation(s, source, input, last_input, choice, action);
}

static const struct torture_ops ops_template = {
    .near = near,
    .steady = steady,
    .inputs = INPUTS,
    .invalidations = INV_KINDS,
    .alternatives = sm_scene_alternatives,
    .arguments = arguments,
    .request = request,
    .edit = sm_scene_edit,
    .invalidate = invalidate,
    .untouched = sm_scene_untouched,
    .take_fault = take_fault,
    .rows = {[TORTURE_STALE] = "SMMU-3-102",
             [TORTURE_UNDRAINED] = "SMMU-4-146",
             [TORTURE_OVERWRITTEN] = "SMMU-3-102",
             [TORTURE_RECORD] = "SMMU-4-153",
             [TORTURE_HUNG] = "SMMU-4-146"},
    .walk_steps = 40,
};

static void torture(struct test *t)
{
    const struct sm_scene_plan *plan = test_argument(t);
    struct sm_scene *s = calloc(1, sizeof *s);
    struct sm_config config = {.e2h = plan->e2h};
    struct torture_ops ops = ops_template;

    if (!s)
        test_abort(t, "out of memory");
    sm_open(&s->sm, t, &config);
    if (s->sm.stall_model == 2)
        test_skip(t, "faults of this DUT always stall");
    s->torture = (struct torture){.t = t, .ops = &ops, .context = s, .drains = true};
    s->torture.world.covers = covers;
    s->torture.world.context = s;
    sm_scene_open(s, plan);
    ops.sources = s->space_count;
    ops.edits = s->slot_count;
    for (uint32_t i = 0; i < s->slot_count; i++) {
        bool leaf = s->slots[i].class == SLOT_FIRST_LEAF || (s->slots[i].class == SLOT_S2_LEAF && !s->slots[i].fixed_ipa);

        sm_scene_edit(&s->torture, i, leaf ? 1 + i % PAGES : 1);
    }
    sm_invalidate_all(&s->sm);
    test_latency(t, 0, 200000, true);
    torture_run(&s->torture, test_request_budget(t));
    test_latency(t, 0, 0, false);
    sm_close(&s->sm);
    free(s);
}

static const struct sm_scene_plan stage1 = {.flavours = {SM_F_S1, SM_F_S1, SM_F_S1}, .streams = 3, .bypass = true};
static const struct sm_scene_plan stage2 = {.flavours = {SM_F_S2, SM_F_S2, SM_F_S2}, .streams = 3, .bypass = true};
static const struct sm_scene_plan substreams = {.flavours = {SM_F_S1_SSID, SM_F_S1_SSID}, .streams = 2, .wide = true};
static const struct sm_scene_plan global = {.flavours = {SM_F_S1_SSID, SM_F_S1_SSID}, .streams = 2, .global = true};
static const struct sm_scene_plan nested = {.flavours = {SM_F_NESTED, SM_F_NESTED}, .streams = 2, .bypass = true};
static const struct sm_scene_plan nested_substreams = {.flavours = {SM_F_NESTED_SSID, SM_F_S2}, .streams = 2};
static const struct sm_scene_plan switches = {
    .flavours = {SM_F_NESTED, SM_F_NESTED}, .streams = 2, .restless = C(STE), .one_table = true};
static const struct sm_scene_plan tables = {.flavours = {SM_F_S1_SSID, SM_F_S1}, .streams = 2, .restless = C(L1STD) | C(L1CD)};
static const struct sm_scene_plan worlds = {.flavours = {SM_F_S1, SM_F_E2H}, .streams = 2, .e2h = true};

#define S1 "IDR0.S1P"
#define S2 "IDR0.S2P"
#define SSID "&IDR1.SSIDSIZE>=3"
#define CASE(n, text, plan, gated)                                                                                           \
    {                                                                                                                        \
        .name = "smmuv3.torture." n, .summary = text ": every outcome under random edits and invalidations is a legal one.", \
        .run = torture, .rows = "SMMU-3-102 SMMU-4-146 SMMU-4-153", .gate = gated "&IDR0.TTF:1&IDR0.MSI&IDR5.GRAN4K",        \
        .features = IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP, .functional = true, .tier = TIER_FULL, .argument = &plan           \
    }

static const struct iotb_case cases[] = {
    CASE("stage1", "Stage 1", stage1, S1),
    CASE("stage2", "Stage 2", stage2, S2),
    CASE("substreams", "Substreams", substreams, S1 SSID),
    CASE("tables", "Streams and substreams whose level 1 descriptors change", tables, S1 SSID),
    CASE("global", "Global pages of two sets of ASIDs", global, S1 SSID),
    CASE("nested", "Stage 1 nested in stage 2", nested, S1 "&" S2),
    CASE("switches", "Stage 1 nested in stage 2, or stage 2 alone", switches, S1 "&" S2),
    CASE("nested_substreams", "Nested substreams, beside a stage 2", nested_substreams, S1 "&" S2 SSID),
    CASE("worlds", "The same ASID at EL1 and EL2", worlds, S1 "&IDR0.Hyp"),
};

const struct iotb_case_list sm_torture_cases = {cases, sizeof cases / sizeof cases[0]};
