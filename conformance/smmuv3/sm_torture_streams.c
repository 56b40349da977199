/* SPDX-License-Identifier: BSD-2-Clause */
/* sm_torture_streams.c - see sm_torture_scene.h: L1STDs, STEs, L1CDs, CDs and what they lead to. */
#include "sm_torture_scene.h"

#define ENTRY_BYTES 64u /* of an STE and of a CD */
#define CD_LEAF 64u     /* CDs of a level 2 table of 4 KiB */

static const uint32_t ssids[2][STREAM_SPACES] = {{5, 6}, {5, 0x45}}; /* the second needs 7 bits and has two L1CDs */

static uint64_t with_field(uint64_t word, uint32_t dword, const char *structure, const char *field, uint64_t value)
{
    uint64_t words[8] = {0};

    words[dword] = word;
    sm_put_field(words, structure, field, value);
    return words[dword];
}

static void copy(struct sm_scene *s, uint64_t to, uint64_t from, uint64_t bytes)
{
    for (uint64_t at = 0; at < bytes; at += 8)
        mem_write64(s->sm.t, to + at, mem_read64(s->sm.t, from + at));
}

/* Memory for a structure below an STE: the pointer to it; *host is where it is. */
static uint64_t structure(struct sm_scene *s, const struct stream *stream, uint64_t bytes, uint64_t *host)
{
    if (stream->path.s2)
        return sm_guest_alloc(&s->sm, stream->path.s2, bytes, host);
    return *host = torture_scene_high(s, bytes < 4096 ? 4096 : bytes);
}

/* ---- stage 1 tables ---- */

static void add_stage1(struct sm_scene *s, uint32_t n)
{
    struct space *space = &s->spaces[n];
    struct stream *stream = &s->streams[space->stream];
    struct sm_table *table = space->path.s1;
    uint64_t host;
    struct sm_scene_tree tree = {.table = table,
                                 .stream = space->stream,
                                 .space = n,
                                 .first = true,
                                 .leaf_tables = 2,
                                 .wide = stream->wide,
                                 .global = space->global,
                                 .moved = table->under != NULL,
                                 .staged = table->under != NULL,
                                 .next_stage = stream->s2_choice,
                                 .page = space->page};

    if (table->start_level != 0)
        test_skip(s->sm.t, "needs a walk of four levels");
    if (tree.staged)
        for (uint32_t i = 0; i < PAGES; i++)
            space->page[i] = sm_scene_input(NULL, i);
    else
        sm_scene_pages(s, space->page);
    space->root[0] = table->root_pointer;
    space->top[0] = sm_scene_table(s, &tree, table->root, 0, 0);
    space->root[1] = structure(s, stream, 4096, &host);
    tree.leaf_tables = 1;
    tree.moved = false;
    space->top[1] = sm_scene_table(s, &tree, host, 0, 0);
}

/* ---- CDs ---- */

/* A CD that stands for the space with an ASID of its own and the first TTB0; its dword 0 changes. Table of the history. */
static uint32_t add_other_cd(struct sm_scene *s, uint32_t n, uint64_t from, uint64_t host)
{
    struct space *space = &s->spaces[n];
    uint32_t asid = space->asids[0] + space->asid_count;
    struct slot *slot = sm_scene_slot(s, SLOT_CD, space->stream, n, host);
    uint64_t word = mem_read64(s->sm.t, from);

    space->asids[space->asid_count++] = asid;
    copy(s, host, from, ENTRY_BYTES);
    mem_write64(s->sm.t, host + 8, with_field(mem_read64(s->sm.t, from + 8), 1, "CD", "TTB0", space->root[0]));
    word = with_field(word, 0, "CD", "ASID", asid);
    sm_scene_alternative(s, slot, with_field(with_field(word, 0, "CD", "V", 0), 0, "CD", "ASID", 0), sm_scene_fault(SM_C_BAD_CD));
    sm_scene_alternative(s, slot, word, sm_scene_next(space->top[0]));
    return legal_through(&s->torture.world, slot->legal[0]);
}

/* 5.4.1: ASID and TTB0 may be cached in TLBs. An ASID that comes back is that of the same CD, and always invalidated with it. */
static uint32_t add_cd(struct sm_scene *s, uint32_t n, uint64_t host)
{
    struct space *space = &s->spaces[n];
    struct slot *ttb = sm_scene_slot(s, SLOT_TTB0, space->stream, n, host + 8);
    struct slot *slot = sm_scene_slot(s, SLOT_CD, space->stream, n, host);
    uint64_t word = mem_read64(s->sm.t, host), ttb_word = mem_read64(s->sm.t, host + 8);
    uint32_t next = legal_through(&s->torture.world, ttb->legal[0]);

    for (uint32_t i = 0; i < 3; i++) {
        uint32_t which = i == 2;

        sm_scene_alternative(s, ttb, with_field(ttb_word, 1, "CD", "TTB0", space->root[which]), sm_scene_next(space->top[which]));
    }
    sm_scene_alternative(s, slot, with_field(with_field(word, 0, "CD", "V", 0), 0, "CD", "ASID", 0), sm_scene_fault(SM_C_BAD_CD));
    space->asids[1] = space->asids[0] + 1;
    space->asid_count = 2;
    for (uint32_t i = 0; i < 2; i++)
        sm_scene_alternative(s, slot, with_field(word, 0, "CD", "ASID", space->asids[i]), sm_scene_next(next));
    return legal_through(&s->torture.world, slot->legal[0]);
}

/* The L1CD above: either of two level 2 tables. */
static uint32_t add_l1cd(struct sm_scene *s, uint32_t n, uint64_t l1cd, uint32_t first, uint64_t cd)
{
    struct space *space = &s->spaces[n];
    struct stream *stream = &s->streams[space->stream];
    struct slot *slot = sm_scene_slot(s, SLOT_L1CD, space->stream, n, l1cd);
    uint64_t word = mem_read64(s->sm.t, l1cd), host, pointer;

    sm_scene_alternative(s, slot, 0, sm_scene_fault(SM_C_BAD_SUBSTREAMID));
    sm_scene_alternative(s, slot, word, sm_scene_next(first));
    if (s->tables_second) {
        pointer = structure(s, stream, ENTRY_BYTES * CD_LEAF, &host);
        sm_scene_alternative(s, slot, with_field(word, 0, "L1CD", "L2Ptr", pointer),
                             sm_scene_next(add_other_cd(s, n, cd, host + ENTRY_BYTES * (space->ssid % CD_LEAF))));
    }
    return legal_through(&s->torture.world, slot->legal[0]);
}

/* A second CD table, in which the CDs have other ASIDs. */
static void add_second_cds(struct sm_scene *s, struct stream *stream)
{
    bool two_level = sm_l1cd_address(&s->sm, stream->path.sid, stream->path.ssid) != 0;
    uint32_t s1cdmax = (uint32_t)sm_get_field(&s->sm, sm_ste_address(&s->sm, stream->path.sid), "STE", "S1CDMax");
    uint64_t host;

    stream->cd_tables[1] = structure(s, stream, two_level ? 4096 : (uint64_t)ENTRY_BYTES << s1cdmax, &host);
    for (uint32_t i = 0; i < stream->space_count; i++) {
        uint32_t n = stream->spaces[i], ssid = s->spaces[n].ssid;
        uint64_t at = host + ENTRY_BYTES * (uint64_t)ssid, word = 0;

        if (two_level) {
            sm_put_field(&word, "L1CD", "L2Ptr", structure(s, stream, ENTRY_BYTES * CD_LEAF, &at));
            sm_put_field(&word, "L1CD", "V", 1);
            mem_write64(s->sm.t, host + 8 * (uint64_t)(ssid / CD_LEAF), word);
            at += ENTRY_BYTES * (ssid % CD_LEAF);
        }
        s->spaces[n].cds[1] = add_other_cd(s, n, sm_cd_address(&s->sm, stream->path.sid, ssid), at);
    }
}

static void add_cds(struct sm_scene *s, struct stream *stream)
{
    uint32_t sid = stream->path.sid;

    stream->cd_tables[0] = stream->path.cd_table;
    for (uint32_t i = 0; i < stream->space_count; i++) {
        uint32_t n = stream->spaces[i], ssid = s->spaces[n].ssid;
        uint64_t cd = sm_cd_address(&s->sm, sid, ssid), l1cd = sm_l1cd_address(&s->sm, sid, ssid);
        uint32_t first = add_cd(s, n, cd);

        s->spaces[n].cds[0] = l1cd ? add_l1cd(s, n, l1cd, first, cd) : first;
    }
    if (s->tables_second)
        add_second_cds(s, stream);
}

/* ---- stage 2 ---- */

/* A second root, alike but for the pages of the torture: what stage 1 tables and CDs need stays where it is. */
static uint64_t second_root(struct sm_scene *s, const struct sm_table *s2, uint64_t *level1)
{
    uint32_t top_shift = sm_level_shift(s2, s2->start_level);
    uint64_t bytes = UINT64_C(8) << (s2->input_bits - top_shift), root = torture_scene_high(s, bytes < 4096 ? 4096 : bytes);

    copy(s, root, s2->root, bytes);
    *level1 = root;
    if (s2->start_level == 0) {
        *level1 = torture_scene_high(s, 4096);
        copy(s, *level1, sm_entry(&s->sm, s2, 0, 1), 4096);
        mem_write64(s->sm.t, root, sm_table_descriptor(s2, *level1));
    }
    return root;
}

/* S2TTB, and S2VMID: both may be cached in TLBs (5.2.1). */
static void add_stage2(struct sm_scene *s, uint32_t n, uint64_t ste)
{
    struct stream *stream = &s->streams[n];
    const struct sm_table *s2 = stream->path.s2;
    struct sm_scene_tree tree = {
        .table = s2, .stream = n, .space = stream->spaces[0], .first = !stream->path.s1, .leaf_tables = 2, .page = stream->page};
    uint64_t word = mem_read64(s->sm.t, ste + 24), level1, root;
    struct slot *slot, *vmid;
    uint32_t first, second;

    sm_scene_pages(s, stream->page);
    sm_make_tables(&s->sm, stream->path.s2, 0, 1);
    root = second_root(s, s2, &level1);
    first = sm_scene_table(s, &tree, sm_entry(&s->sm, s2, 0, 1), 1, 0);
    tree.leaf_tables = 1;
    second = sm_scene_table(s, &tree, level1, 1, 0);
    slot = sm_scene_slot(s, SLOT_S2TTB, n, stream->spaces[0], ste + 24);
    sm_scene_alternative(s, slot, word, sm_scene_next(first));
    sm_scene_alternative(s, slot, word, sm_scene_next(first));
    sm_scene_alternative(s, slot, with_field(word, 3, "STE", "S2TTB", root), sm_scene_next(second));
    legal_table_slot(&s->torture.world, stream->s2_choice, 0, slot->legal[0]);
    stream->s2ttb = slot;
    vmid = sm_scene_slot(s, SLOT_OTHER, n, stream->spaces[0], ste + 16);
    word = mem_read64(s->sm.t, ste + 16);
    stream->vmids[stream->vmid_count] = stream->vmids[0] + stream->vmid_count;
    stream->vmid_count++;
    for (uint32_t i = 0; i < 2; i++)
        sm_scene_alternative(s, vmid, with_field(word, 2, "STE", "S2VMID", stream->vmids[i]), sm_scene_fault(0));
}

/* ---- STEs ---- */

static void set_next(struct sm_scene *s, const struct stream *stream, struct alternative *a, uint32_t cd_table)
{
    for (uint32_t i = 0; i < stream->space_count; i++)
        a->value[i] = sm_scene_next(s->spaces[stream->spaces[i]].cds[cd_table]);
}

/*
 * 0 invalid, 1 as it was opened; then the second CD table, abort, bypass, and where stage 1 is nested stage 2 alone. Without
 * stage 1 there are no SubstreamIDs (7.3.9 C_BAD_SUBSTREAMID).
 */
static struct slot *add_ste(struct sm_scene *s, uint32_t n, uint64_t ste, bool original)
{
    struct stream *stream = &s->streams[n];
    struct slot *slot = sm_scene_slot(s, SLOT_STE, n, 0, ste);
    uint64_t word = mem_read64(s->sm.t, ste);
    bool stage1 = stream->path.s1 != NULL;
    struct legal_value bypass = {.what = LEGAL_PAGE, .rights = LEGAL_READ | LEGAL_WRITE, .page_lg2 = 63};
    struct legal_value stage2 = sm_scene_next(stream->s2_choice);
    struct legal_value no_substream = sm_scene_fault(SM_C_BAD_SUBSTREAMID);
    bool ssid = stream->path.flavour->with_ssid;
    struct alternative *a;

    sm_scene_alternative(s, slot, with_field(word, 0, "STE", "V", 0), sm_scene_fault(SM_C_BAD_STE));
    a = sm_scene_alternative(s, slot, word, stage2);
    if (stage1)
        set_next(s, stream, a, 0);
    if (!original)
        return slot;
    if (stage1 && s->tables_second)
        set_next(s, stream,
                 sm_scene_alternative(s, slot, with_field(word, 0, "STE", "S1ContextPtr", stream->cd_tables[1]), stage2), 1);
    if (!(s->restless & 1u << SLOT_STE))
        sm_scene_alternative(s, slot, with_field(word, 0, "STE", "Config", SM_ABORT), sm_scene_fault(0));
    if ((s->bypass && !stream->wide) || ssid)
        sm_scene_alternative(s, slot, with_field(word, 0, "STE", "Config", SM_BYPASS), ssid ? no_substream : bypass);
    if (stage1 && stream->path.s2)
        sm_scene_alternative(s, slot, with_field(word, 0, "STE", "Config", SM_S2), ssid ? no_substream : stage2);
    return slot;
}

/* Either of two level 2 tables: in the second, the stream has an STE with a VMID of its own. */
static struct slot *add_l1std(struct sm_scene *s, uint32_t n, const struct slot *first)
{
    struct stream *stream = &s->streams[n];
    uint32_t sid = stream->path.sid;
    uint64_t l1std = sm_l1std_address(&s->sm, sid), ste = sm_ste_address(&s->sm, sid), word = mem_read64(s->sm.t, l1std);
    uint64_t other = torture_scene_high(s, (uint64_t)ENTRY_BYTES << s->sm.split);
    uint64_t at = other + ENTRY_BYTES * (uint64_t)(sid & ((1u << s->sm.split) - 1));
    struct slot *slot = sm_scene_slot(s, SLOT_L1STD, n, 0, l1std), *second;
    struct alternative *a;

    copy(s, at, ste, ENTRY_BYTES);
    if (stream->path.s2) {
        stream->vmids[stream->vmid_count] = stream->vmids[0] + stream->vmid_count;
        mem_write64(s->sm.t, at + 16,
                    with_field(mem_read64(s->sm.t, ste + 16), 2, "STE", "S2VMID", stream->vmids[stream->vmid_count]));
        stream->vmid_count++;
        stream->s2ttb->mirror = at + 24;
    }
    second = add_ste(s, n, at, false);
    sm_scene_alternative(s, slot, 0, sm_scene_fault(SM_C_BAD_STREAMID));
    a = sm_scene_alternative(s, slot, word, sm_scene_fault(0));
    for (uint32_t i = 0; i < stream->space_count; i++)
        a->value[i] = sm_scene_next(legal_through(&s->torture.world, first->legal[i]));
    a = sm_scene_alternative(s, slot, with_field(word, 0, "L1STD", "L2Ptr", other), sm_scene_fault(0));
    for (uint32_t i = 0; i < stream->space_count; i++)
        a->value[i] = sm_scene_next(legal_through(&s->torture.world, second->legal[i]));
    return slot;
}

/* ---- the scene ---- */

/* Each stream under an L1STD of its own. */
static uint32_t choose_sid(struct sm_scene *s)
{
    for (uint32_t k = 0; k < sm_sid_count(&s->sm); k++) {
        uint32_t sid = sm_sid(&s->sm, k);
        bool taken = false;

        for (uint32_t i = 0; i < s->stream_count; i++)
            taken |=
                s->sm.two_level ? s->streams[i].path.sid >> s->sm.split == sid >> s->sm.split : s->streams[i].path.sid == sid;
        if (!taken)
            return sid;
    }
    test_skip(s->sm.t, "there are not enough StreamIDs");
}

/* 3.13: Access flags and dirty state in hardware, where the DUT has them. */
static void set_flags(struct sm_scene *s, const struct space *space, uint64_t ste)
{
    if (space->path.s1 && s->htu) {
        sm_cd_set(&s->sm, space->path.sid, space->ssid, "HA", 1);
        sm_cd_set(&s->sm, space->path.sid, space->ssid, "HD", s->dirty);
    }
    if (space->path.s2 && s->htu) {
        sm_set_field(&s->sm, ste, "STE", "S2HA", 1);
        sm_set_field(&s->sm, ste, "STE", "S2HD", s->dirty);
    }
}

/* Where IPAs are cached too, ASID 0 may be all that tells VAs from them. */
static uint32_t first_asid(const struct sm_flavour *flavour)
{
    return flavour->config == SM_NESTED ? 0 : 0x11;
}

static void add_space(struct sm_scene *s, uint32_t stream_n, const struct sm_scene_plan *plan)
{
    struct stream *stream = &s->streams[stream_n];
    uint32_t n = s->space_count++, selector = stream->space_count++;
    struct space *space = &s->spaces[n];
    bool tagged = s->s2p || stream->el2;

    *space = (struct space){.stream = stream_n, .selector = selector, .asid_count = 1};
    space->asids[0] = first_asid(stream->path.flavour) + TAGS_MAX * (tagged ? selector : n);
    space->ssid = stream->path.flavour->with_ssid ? ssids[s->sm.ssid_bits > 6][selector] : 0;
    stream->spaces[selector] = n;
    if (selector) {
        sm_path_add_ssid(&space->path, &stream->path, space->ssid, space->asids[0]);
        sm_cd_set(&s->sm, space->path.sid, space->ssid, "ASET", plan->global ? 0 : 1);
    } else {
        space->path = stream->path;
    }
    space->global = plan->global && space->path.s1;
}

static void open_stream(struct sm_scene *s, const struct sm_scene_plan *plan, enum sm_flavour_id flavour)
{
    uint32_t n = s->stream_count, vmid = plan->e2h || !s->s2p ? 0 : 0x21 + TAGS_MAX * n;
    struct sm_geometry g = {.granule_lg2 = 12};
    struct stream *stream = &s->streams[n];
    bool ssid = sm_flavours[flavour].with_ssid, tagged = s->s2p || sm_flavours[flavour].strw == SM_STRW_EL2;

    if (s->space_count + (ssid ? 2 : 1) > SPACES_MAX || (plan->global && n && !tagged))
        return; /* 3.17.1: a global page is that of all CDs of the VMID and the set of ASIDs */
    sm_path_open_geometry(&s->sm, &stream->path, flavour, choose_sid(s), ssids[s->sm.ssid_bits > 6][0],
                          first_asid(&sm_flavours[flavour]) + TAGS_MAX * (tagged ? 0 : s->space_count), vmid, &g, &g);
    if (stream->path.s2 && stream->path.s2->start_level != 0 && stream->path.s2->start_level != 1)
        test_skip(s->sm.t, "needs a walk of three levels at least");
    s->stream_count++;
    stream->vmids[0] = vmid;
    stream->vmid_count = 1;
    stream->el2 = stream->path.flavour->strw == SM_STRW_EL2;
    stream->wide = plan->wide && stream->path.s1 && !stream->path.s2 && test_has(s->sm.t, IOTB_F_WIDE_ADDRESS);
    for (uint32_t i = 0; i < (ssid ? STREAM_SPACES : 1u); i++)
        add_space(s, n, plan);
}

static void build_stream(struct sm_scene *s, uint32_t n)
{
    struct stream *stream = &s->streams[n];
    uint64_t ste = sm_ste_address(&s->sm, stream->path.sid);
    struct slot *first;

    stream->s2_choice = legal_add_table(&s->torture.world, 0, 0, 0);
    for (uint32_t i = 0; i < stream->space_count; i++)
        set_flags(s, &s->spaces[stream->spaces[i]], ste);
    for (uint32_t i = 0; i < stream->space_count && stream->path.s1; i++)
        add_stage1(s, stream->spaces[i]);
    if (stream->path.s1)
        add_cds(s, stream);
    if (stream->path.s2)
        add_stage2(s, n, ste);
    first = add_ste(s, n, ste, true);
    if (s->sm.two_level && s->tables_second)
        first = add_l1std(s, n, first);
    for (uint32_t i = 0; i < stream->space_count; i++)
        s->spaces[stream->spaces[i]].first = first->legal[i];
}

/* Inputs are addresses of memory too, so that bypass leads somewhere. */
static bool claim_inputs(struct sm_scene *s)
{
    for (uint32_t n = 0; n < INPUTS; n++)
        if (!mem_claim(s->sm.t, sm_scene_input(NULL, n), 4096))
            return false;
    for (uint32_t n = 0; n < INPUTS; n++)
        torture_add_data(&s->torture, sm_scene_input(NULL, n), 4096);
    return true;
}

void sm_scene_open(struct sm_scene *s, const struct sm_scene_plan *plan)
{
    uint32_t httu = (uint32_t)sm_idr(s->sm.t, 0, "HTTU");

    s->s2p = sm_idr(s->sm.t, 0, "S2P") != 0;
    s->htu = httu >= 1;
    s->dirty = httu >= 2;
    s->range = sm_idr(s->sm.t, 3, "RIL") != 0;
    s->restless = plan->restless;
    s->tables_second = !plan->global && !plan->one_table;
    s->bypass = plan->bypass && claim_inputs(s);
    for (uint32_t i = 0; i < plan->streams; i++)
        if (sm_has_flavour(s->sm.t, plan->flavours[i]))
            open_stream(s, plan, plan->flavours[i]);
    for (uint32_t n = 0; n < s->stream_count; n++)
        build_stream(s, n);
}
