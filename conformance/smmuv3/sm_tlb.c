/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TLB invalidation (4.4, 3.21.1): after a command and its CMD_SYNC exactly what it covers must be gone, at each level, for each
 * operand. What else goes, and what a request sees before the CMD_SYNC, is open.
 */
#include "sm_chapters.h"
#include "sm_stale.h"

#define INPUT UINT64_C(0x62340000)

/* One change, used, changed, dropped. */
static void round_trip(struct sm_stale *s, enum sm_drop drop, const char *row)
{
    struct test *t = s->sm->t;

    test_context(t, "%s, stage %u level %d, input %016llx, %s", sm_path_name(&s->path), s->stage, s->level,
                 (unsigned long long)s->input, sm_drop_name(drop));
    sm_stale_warm(s, row);
    sm_stale_change(s);
    sm_stale_between(s, row);
    CHECK(t, row, sm_drop(s, drop), "the command and CMD_SYNC complete");
    sm_stale_gone(s, row);
}

static const char *row_at(const struct sm_stale *s, enum sm_drop drop)
{
    if ((drop == DROP_NH_VA || drop == DROP_NH_VAA) && s->level < 3)
        return "SMMU-4-060";
    if (s->stage == 2 && s->path.s1 && (drop == DROP_S2_IPA || drop == DROP_S2_IPA_LEAF))
        return "SMMU-4-073";
    if (drop == DROP_EL2_VA && s->path.flavour->e2h)
        return "SMMU-4-069";
    if (drop == DROP_EL2_VA_LEAF && !s->path.flavour->e2h)
        return "SMMU-4-068";
    return sm_drop_row(drop);
}

static void every_command(struct sm_stale *s)
{
    int top = s->stage == 2 && s->path.s1 ? 3 : s->table->start_level;

    for (int level = top; level <= 3; level++) {
        sm_stale_level(s, level);
        for (uint32_t drop = 0; drop < DROP_COUNT; drop++)
            if (sm_drop_covers(s, (enum sm_drop)drop))
                for (int twice = 0; twice < 2; twice++)
                    round_trip(s, (enum sm_drop)drop, row_at(s, (enum sm_drop)drop));
    }
    sm_stale_level(s, 3);
}

static void stage1_body(struct sm *sm, struct sm_path *path)
{
    struct sm_stale s;

    (void)sm;
    sm_stale_on(&s, path, 1, INPUT);
    every_command(&s);
}

static void stage2_body(struct sm *sm, struct sm_path *path)
{
    struct sm_stale s;

    (void)sm;
    sm_stale_on(&s, path, 2, INPUT);
    every_command(&s);
}

static void stage1(struct test *t)
{
    sm_each_granule(t, SM_S1_FLAVOURS | SM_EL2_FLAVOURS | SM_E2H_FLAVOURS, NULL, stage1_body);
}
static void nested1(struct test *t)
{
    sm_each_flavour(t, SM_NESTED_FLAVOURS, stage1_body);
}
static void stage2(struct test *t)
{
    sm_each_granule(t, SM_FLAVOUR(SM_F_S2), NULL, stage2_body);
}
static void nested2(struct test *t)
{
    sm_each_granule(t, SM_FLAVOUR(SM_F_NESTED), NULL, stage2_body);
}

/* ---- operands ---- */

/* Each address bit, in both halves: what is changed there must go by its address alone. */
static void addresses_body(struct sm *sm, struct sm_path *path)
{
    const struct sm_table *table = sm_path_table(path);
    uint32_t bits = table->input_bits < sm_address_bits(sm) ? table->input_bits : sm_address_bits(sm);
    bool two =
        path->flavour->config == SM_S1 && (path->flavour->strw == SM_STRW_EL1 || path->flavour->e2h) && sm_address_bits(sm) == 64;

    if (table->stage == 2 && sm->ias_bits < bits)
        bits = sm->ias_bits;
    if (two)
        sm_path_open_high(path, NULL);
    for (uint32_t half = 0; half < (two ? 2u : 1u); half++)
        for (uint32_t bit = table->granule_lg2; bit < bits; bit += 2) {
            uint64_t input =
                (half ? ~UINT64_C(0) << bits : 0) | UINT64_C(1) << bit | (bit + 1 < bits ? UINT64_C(1) << (bit + 1) : 0);
            struct sm_stale s;

            sm_stale_on(&s, path, 0, input);
            for (uint32_t drop = 0; drop < DROP_COUNT; drop++)
                if (sm_drop_covers(&s, (enum sm_drop)drop) && drop != DROP_NSNH_ALL && drop != DROP_NH_ALL &&
                    drop != DROP_EL2_ALL && drop != DROP_S12_VMALL)
                    round_trip(&s, (enum sm_drop)drop, row_at(&s, (enum sm_drop)drop));
        }
}

static void addresses(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_EL2) | SM_FLAVOUR(SM_F_E2H), addresses_body);
}

/* Each bit of ASID and VMID. */
static void identifiers(struct test *t)
{
    static const enum sm_flavour_id flavours[] = {SM_F_S1, SM_F_S2, SM_F_NESTED};
    uint32_t asid_bits = sm_idr(t, 0, "ASID16") ? 16 : 8, vmid_bits = sm_idr(t, 0, "VMID16") ? 16 : 8;
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t f = 0; f < 3; f++) {
        if (!sm_has_flavour(t, flavours[f]))
            continue;
        for (uint32_t bit = 0; bit < 16; bit++) {
            uint32_t asid = bit < asid_bits ? 1u << bit : 0, vmid = bit < vmid_bits ? 1u << bit : 0;
            struct sm_stale s;

            if (bit >= asid_bits && bit >= vmid_bits)
                continue;
            sm_stale_open(&s, &sm, flavours[f], sm_sid(&sm, 0), 0, asid, vmid, 0, INPUT);
            for (uint32_t drop = 0; drop < DROP_COUNT; drop++)
                if (sm_drop_covers(&s, (enum sm_drop)drop) && drop != DROP_NSNH_ALL)
                    round_trip(&s, (enum sm_drop)drop, row_at(&s, (enum sm_drop)drop));
        }
    }
    sm_close(&sm);
}

/* 4.4: an address anywhere within a block removes it. */
static void within_block_body(struct sm *sm, struct sm_path *path)
{
    struct sm_table *table = sm_path_table(path);
    uint64_t page = UINT64_C(1) << table->granule_lg2;

    for (int level = 0; level < 3; level++) {
        uint64_t block, host[2], input;
        uint32_t shift,
            drops[2] = {table->stage == 2 ? DROP_S2_IPA : DROP_NH_VA, table->stage == 2 ? DROP_S2_IPA_LEAF : DROP_NH_VA_LEAF};

        if (level < table->start_level || !sm_has_block(sm, table, level))
            continue;
        shift = sm_level_shift(table, level);
        block = UINT64_C(1) << shift;
        if (shift >= table->input_bits || shift >= sm_address_bits(sm) || (table->stage == 2 && shift >= sm->ias_bits))
            continue;
        host[0] = mem_alloc(sm->t, page, page);
        /* The other block holds its page at the same offset. */
        host[1] = (host[0] ^ block);
        if (host[1] >> sm->oas_bits || !mem_claim(sm->t, host[1], page))
            continue;
        input = block | (host[0] & (block - 1));
        for (uint32_t i = 0; i < 12; i++) {
            uint64_t inside[6] = {block, 2 * block - page, input, input ^ page, block + block / 2, block + block / 4};
            struct iotb_request r = sm_request(path, IOTB_WRITE, input + 0x48, 8);
            uint64_t address = inside[i % 6] & ~(page - 1);
            struct sm_command c;

            if (path->flavour->strw == SM_STRW_EL2)
                c = sm_cmd_el2_va(path->asid, address, i >= 6);
            else if (drops[0] == DROP_S2_IPA)
                c = sm_cmd_s2_ipa(path->vmid, address, i >= 6);
            else
                c = sm_cmd_nh_va(sm_idr(sm->t, 0, "S2P") ? path->vmid : 0, path->asid, address, i >= 6);
            test_context(sm->t, "%s, block of level %d, invalidated at %016llx", sm_path_name(path), level,
                         (unsigned long long)address);
            sm_map(sm, table, block, host[i & 1] & ~(block - 1), shift, SM_RW);
            CHECK(sm->t, "SMMU-4-061", sm_submit_one(sm, c), "the command and CMD_SYNC complete");
            sm_expect_ok(sm, "SMMU-4-061", &r, host[i & 1] + 0x48);
        }
        sm_unmap(sm, table, block, shift);
        sm_invalidate_all(sm);
    }
}

/* Nested, a block of stage 1 over pages of stage 2: any address of the block removes what was made from it. */
static void within_split_block_body(struct sm *sm, struct sm_path *path)
{
    uint32_t shift = sm_level_shift(path->s1, 2), s2_page = path->s2->granule_lg2;
    uint64_t block = UINT64_C(1) << shift, guest[2], host[2][2];

    if (!sm_has_block(sm, path->s1, 2) || shift + 3 > sm->ias_bits || s2_page >= shift)
        return;
    for (uint32_t g = 0; g < 2; g++) {
        guest[g] = (sm->guest_next / block + 1) * block;
        sm->guest_next = guest[g] + block;
        for (uint32_t n = 0; n < 2; n++) {
            host[g][n] = mem_alloc(sm->t, UINT64_C(1) << s2_page, UINT64_C(1) << s2_page);
            sm_map(sm, path->s2, guest[g] + n * (block / 2), host[g][n], 0, SM_RW);
        }
    }
    sm_invalidate_all(sm);
    for (uint32_t i = 0; i < 8; i++) {
        uint64_t inside[4] = {0, block / 2, block / 4, block - 4096}, at = block + (i & 1) * (block / 2);
        struct iotb_request r = sm_request(path, IOTB_WRITE, at + 0x48, 8);
        struct sm_command c = sm_cmd_nh_va(path->vmid, path->asid, block + inside[i / 2], i & 1);

        test_context(sm->t, "%s, used at %016llx, invalidated at %016llx", sm_path_name(path), (unsigned long long)at,
                     (unsigned long long)(block + inside[i / 2]));
        for (uint32_t g = 0; g < 2; g++) {
            sm_map(sm, path->s1, block, guest[g], shift, SM_RW);
            CHECK(sm->t, "SMMU-4-061", sm_submit_one(sm, c), "the command and CMD_SYNC complete");
            sm_expect_ok(sm, "SMMU-4-061", &r, host[g][i & 1] + 0x48);
        }
    }
}

static void within_split_block(struct test *t)
{
    sm_each_granule(t, SM_FLAVOUR(SM_F_NESTED), NULL, within_split_block_body);
}

static void within_block(struct test *t)
{
    sm_each_granule(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_EL2), NULL, within_block_body);
}

/* ---- global entries and ASET ---- */

static void global_body(struct sm *sm, struct sm_path *path)
{
    uint32_t vmid = sm_idr(sm->t, 0, "S2P") ? path->vmid : 0;
    bool el2 = path->flavour->strw == SM_STRW_EL2;
    struct sm_stale s;

    sm_stale_on(&s, path, 1, INPUT);
    for (int i = 0; i < 2; i++)
        s.value[i] &= ~(UINT64_C(1) << SM_BIT_NG);
    mem_write64(sm->t, s.entry, s.value[0]);
    for (uint32_t aset = 0; aset < 2; aset++) {
        sm_cd_set(sm, path->sid, path->ssid, "ASET", aset);
        sm_invalidate_all(sm);
        for (uint32_t i = 0; i < 8; i++) {
            const struct sm_command el1_commands[4] = {sm_cmd_nh_va(vmid, path->asid ^ 3, s.input, i >= 4),
                                                       sm_cmd_nh_vaa(vmid, s.input, i >= 4), sm_cmd_nh_all(vmid),
                                                       sm_cmd_nh_va(vmid, path->asid, s.input, false)};
            const struct sm_command el2_commands[4] = {sm_cmd_el2_va(path->asid ^ 3, s.input, i >= 4),
                                                       sm_cmd_el2_vaa(s.input, i >= 4), sm_cmd_el2_all(),
                                                       sm_cmd_el2_va(path->asid, s.input, false)};
            static const char *const rows[2][4] = {{"SMMU-4-058", "SMMU-4-059", "SMMU-4-055", "SMMU-4-058"},
                                                   {"SMMU-4-069", "SMMU-4-070", "SMMU-4-067", "SMMU-4-069"}};
            const char *row = aset && !el2 && i % 4 == 0 ? "SMMU-4-064" : rows[el2][i % 4];

            test_context(sm->t, "%s, global page, ASET %u, command %u", sm_path_name(path), aset, i);
            sm_stale_warm(&s, row);
            sm_stale_change(&s);
            CHECK(sm->t, row, sm_submit_one(sm, el2 ? el2_commands[i % 4] : el1_commands[i % 4]), "the command completes");
            sm_stale_gone(&s, row);
        }
        /* By ASID they may stay. */
        sm_stale_change(&s);
        sm_submit_one(sm, el2 ? sm_cmd_el2_asid(path->asid) : sm_cmd_nh_asid(vmid, path->asid));
        sm_stale_between(&s, el2 ? "SMMU-4-071" : "SMMU-4-057");
        sm_invalidate_all(sm);
        sm_stale_gone(&s, el2 ? "SMMU-4-067" : "SMMU-4-055");
    }
}

static void global(struct test *t)
{
    sm_each_flavour(t, SM_S1_FLAVOURS | SM_NESTED_FLAVOURS | SM_E2H_FLAVOURS, global_body);
}

/* 4.4: commands that match the ASID do not look at ASET. */
static void aset_body(struct sm *sm, struct sm_path *path)
{
    struct sm_stale s;

    sm_stale_on(&s, path, 1, INPUT);
    for (uint32_t aset = 0; aset < 2; aset++) {
        sm_cd_set(sm, path->sid, path->ssid, "ASET", aset);
        sm_invalidate_all(sm);
        for (uint32_t drop = 0; drop < DROP_COUNT; drop++)
            if (sm_drop_covers(&s, (enum sm_drop)drop))
                round_trip(&s, (enum sm_drop)drop, "SMMU-4-064");
    }
}

static void aset(struct test *t)
{
    sm_each_flavour(t, SM_S1_FLAVOURS | SM_NESTED_FLAVOURS, aset_body);
}

/* ---- sequences ---- */

/* Any command after the invalidation and before the one CMD_SYNC does not take its effect away. */
static void pairs_body(struct sm *sm, struct sm_path *path)
{
    uint32_t vmid = sm_idr(sm->t, 0, "S2P") ? 0x7f : 0;
    struct sm_stale s;

    sm_stale_on(&s, path, 0, INPUT);
    for (uint32_t drop = 0; drop < DROP_COUNT; drop++) {
        bool s1 = sm_idr(sm->t, 0, "S1P") != 0;
        const struct sm_command others[] = {
            sm_cmd_cfgi_ste(path->sid ^ 1, true),
            sm_cmd_cfgi_ste_range(0, 1),
            sm_cmd_cfgi_all(),
            s1 ? sm_cmd_cfgi_cd(path->sid ^ 1, 0, true) : sm_cmd_cfgi_all(),
            s1 ? sm_cmd_nh_all(vmid) : sm_cmd_cfgi_all(),
            s1 ? sm_cmd_nh_asid(vmid, 0x7e) : sm_cmd_cfgi_all(),
            s1 ? sm_cmd_nh_va(vmid, 0x7e, 0x1000, true) : sm_cmd_cfgi_all(),
            s1 ? sm_cmd_nh_vaa(vmid, 0x1000, false) : sm_cmd_cfgi_all(),
            sm_cmd_prefetch_config(path->sid, false, 0),
        };

        if (!sm_drop_covers(&s, (enum sm_drop)drop))
            continue;
        for (uint32_t i = 0; i < sizeof others / sizeof others[0]; i++)
            for (int first = 0; first < 2; first++) {
                struct sm_command c[3] = {sm_drop_command(&s, (enum sm_drop)drop), others[i]};

                if (first) {
                    c[1] = c[0];
                    c[0] = others[i];
                }
                test_context(sm->t, "%s, %s %s command %u", sm_path_name(path), sm_drop_name((enum sm_drop)drop),
                             first ? "after" : "before", i);
                sm_once(sm);
                sm_stale_warm(&s, "SMMU-4-146");
                sm_stale_change(&s);
                CHECK(sm->t, "SMMU-4-146", sm_submit(sm, c, 2), "the commands complete");
                sm_stale_gone(&s, "SMMU-4-146");
            }
    }
}

static void pairs(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2), pairs_body);
}

/* A neighbour that may have been fetched ahead is gone when its own address is invalidated, and so is a table. */
static void neighbours_body(struct sm *sm, struct sm_path *path)
{
    uint64_t page = UINT64_C(1) << sm_path_table(path)->granule_lg2;
    struct sm_stale pages[4];

    for (uint32_t i = 0; i < 4; i++)
        sm_stale_on(&pages[i], path, 0, INPUT + i * page);
    for (uint32_t i = 0; i < 8; i++) {
        struct sm_stale *used = &pages[i % 4], *changed = &pages[(i + 1) % 4];

        sm_stale_warm(used, "SMMU-4-146");
        sm_stale_change(changed);
        CHECK(sm->t, "SMMU-4-146", sm_path_invalidate_page(path, changed->input, true), "the commands complete");
        sm_stale_gone(changed, "SMMU-4-146");
        sm_stale_gone(used, "SMMU-4-146");
    }
}

static void neighbours(struct test *t)
{
    sm_each_flavour(t, SM_PAGED_FLAVOURS & ~SM_FLAVOUR(SM_F_NESTED_SKIP), neighbours_body);
}

/* A block becomes a table of pages and back, by break-before-make. */
static void resize_body(struct sm *sm, struct sm_path *path)
{
    struct sm_table *table = sm_path_table(path);
    uint32_t shift = sm_level_shift(table, 2);
    uint64_t page = UINT64_C(1) << table->granule_lg2, block = UINT64_C(1) << shift, host[2], input, entry;

    host[0] = mem_alloc(sm->t, page, page);
    host[1] = mem_alloc(sm->t, page, page);
    input = block | (host[0] & (block - 1));
    for (uint32_t i = 0; i < 4; i++) {
        struct iotb_request r = sm_request(path, IOTB_WRITE, input + 0x48, 8);

        if (i & 1)
            sm_map(sm, table, input, host[1], 0, SM_RW);
        else
            sm_map(sm, table, block, host[0] & ~(block - 1), shift, SM_RW);
        sm_path_invalidate_page(path, input, false);
        sm_expect_ok(sm, "SMMU-4-060", &r, host[i & 1] + 0x48);
        entry = sm_entry(sm, table, input, 2);
        mem_write64(sm->t, entry, 0);
        CHECK(sm->t, "SMMU-4-060", sm_path_invalidate_page(path, input, false), "the commands complete");
        sm_expect_event(
            sm, "SMMU-4-060", &r,
            &(struct sm_expected){.type = SM_F_TRANSLATION, .s2 = table->stage == 2, .class = SM_CLASS_IN, .ipa = input},
            host[i & 1]);
    }
}

static void resize(struct test *t)
{
    sm_each_granule(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_EL2) | SM_FLAVOUR(SM_F_E2H), NULL,
                    resize_body);
}

/* ---- permission changes ---- */

/* D8.15.1.5: an entry that faults may be cached; after the invalidation it must not be. Rights that are taken away are gone too.
 */
static void rights_body(struct sm *sm, struct sm_path *path)
{
    struct sm_stale s;

    sm_stale_on(&s, path, 0, INPUT);
    for (uint32_t drop = 0; drop < DROP_COUNT; drop++) {
        uint64_t read_only = s.stage == 1 ? s.value[0] | 0x80 : s.value[0] & ~UINT64_C(0x80), host = s.host[0] + 0x48;
        struct sm_expected e = s.stage == 1 ? sm_s1_event(SM_F_PERMISSION) : sm_s2_event(SM_F_PERMISSION, SM_CLASS_IN, s.at);
        struct sm_seen seen;

        if (!sm_drop_covers(&s, (enum sm_drop)drop))
            continue;
        test_context(sm->t, "%s, %s", sm_path_name(path), sm_drop_name((enum sm_drop)drop));
        mem_write64(sm->t, s.entry, s.value[0]);
        sm_drop(&s, (enum sm_drop)drop);
        sm_stale_warm(&s, "SMMU-3-551");
        mem_write64(sm->t, s.entry, read_only);
        CHECK(sm->t, "SMMU-3-551", sm_drop(&s, (enum sm_drop)drop), "the command completes");
        sm_expect_event(sm, "SMMU-3-551", &s.r, &e, host);
        mem_write64(sm->t, s.entry, s.value[0]);
        seen = sm_try(sm, &s.r, &host, 1);
        CHECK(sm->t, "SMMU-3-551",
              (seen.result == SM_ARRIVED && !seen.type) || (seen.result == SM_REFUSED && seen.type == SM_F_PERMISSION),
              "a right that is given without invalidation: carried out or F_PERMISSION (result %d, event %02xh)",
              (int)seen.result, seen.type);
    }
    sm_invalidate_all(sm);
    sm_stale_gone(&s, "SMMU-3-551");
}

static void rights(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_NESTED) | SM_EL2_FLAVOURS | SM_E2H_FLAVOURS,
                    rights_body);
}

/* ---- nested ---- */

/* The page of a stage 1 table moves at stage 2. */
static void table_page_body(struct sm *sm, struct sm_path *path)
{
    struct sm_stale s;

    sm_stale_on(&s, path, 1, INPUT);
    for (int level = path->s1->start_level; level <= 3; level++) {
        uint64_t page = UINT64_C(1) << path->s2->granule_lg2, ipa = sm_entry_pointer(sm, path->s1, INPUT, level) & ~(page - 1);
        uint64_t entry = sm_entry(sm, path->s2, ipa, 3), old = mem_read64(sm->t, entry),
                 from = sm_descriptor_address(path->s2, old);
        uint64_t copy, own = sm_entry(sm, path->s1, INPUT, level) & (page - 1);

        for (uint32_t how = 0; how < 4; how++) {
            struct sm_command commands[2] = {sm_cmd_s2_ipa(path->vmid, ipa, how & 1), sm_cmd_nh_all(path->vmid)};

            if (how >= 2)
                commands[0] = sm_cmd_s12_vmall(path->vmid);
            sm_stale_level(&s, level);
            copy = mem_alloc(sm->t, page, page);
            for (uint64_t i = 0; i < page; i += 8) {
                uint64_t word = mem_read64(sm->t, from + i);

                if (word)
                    mem_write64(sm->t, copy + i, word);
            }
            mem_write64(sm->t, copy + own, s.value[1]);
            test_context(sm->t, "%s, page of the level %d table, way %u", sm_path_name(path), level, how);
            sm_stale_warm(&s, "SMMU-3-103");
            mem_write64(sm->t, entry, sm_with_address(path->s2, old, copy));
            s.now = 1;
            sm_stale_between(&s, "SMMU-4-073");
            CHECK(sm->t, "SMMU-3-103", sm_submit(sm, commands, how >= 2 ? 1 : 2), "the commands complete");
            sm_stale_gone(&s, how >= 2 ? "SMMU-4-075" : "SMMU-4-073");
            mem_write64(sm->t, entry, old);
            s.now = 0;
            sm_invalidate_all(sm);
        }
    }
    sm_stale_gone(&s, "SMMU-3-103");
}

static void table_page(struct test *t)
{
    sm_each_flavour(t, SM_NESTED_FLAVOURS, table_page_body);
}

#define CASE(n, text, function, r, gated)                                                                        \
    {                                                                                                            \
        .name = "smmuv3.tlb." n, .summary = text, .run = function, .rows = r, .gate = gated, .functional = true, \
        .tier = TIER_FULL                                                                                        \
    }
#define S1 "IDR0.S1P&IDR0.TTF:1"
#define S2 "IDR0.S2P&IDR0.TTF:1"
#define N "IDR0.S1P&IDR0.S2P&IDR0.TTF:1"
#define STAGE1_ROWS                                                                                                             \
    "SMMU-4-055 SMMU-4-057 SMMU-4-058 SMMU-4-059 SMMU-4-060 SMMU-4-067 SMMU-4-068 SMMU-4-069 SMMU-4-070 SMMU-4-071 SMMU-4-075 " \
    "SMMU-4-076"

static const struct iotb_case cases[] = {
    CASE("stage1", "Every invalidation of stage 1 that covers a descriptor of any level removes what was made of it.", stage1,
         STAGE1_ROWS, S1),
    CASE("nested_stage1", "The same for stage 1 under stage 2.", nested1,
         "SMMU-4-055 SMMU-4-057 SMMU-4-058 SMMU-4-059 SMMU-4-060 SMMU-4-075 SMMU-4-076", N),
    CASE("stage2", "Every invalidation of stage 2 that covers a descriptor of any level removes what was made of it.", stage2,
         "SMMU-4-072 SMMU-4-075 SMMU-4-076", S2),
    CASE("nested_stage2", "The same for stage 2 under stage 1, by IPA together with a stage 1 invalidation.", nested2,
         "SMMU-4-073 SMMU-4-075 SMMU-4-076", N),
    CASE("addresses", "Each address bit of an operand, in both halves.", addresses,
         "SMMU-4-057 SMMU-4-058 SMMU-4-059 SMMU-4-068 SMMU-4-069 SMMU-4-070 SMMU-4-071 SMMU-4-072", "IDR0.TTF:1"),
    CASE("identifiers", "Each bit of ASID and VMID of an operand.", identifiers,
         "SMMU-4-055 SMMU-4-057 SMMU-4-058 SMMU-4-059 SMMU-4-072 SMMU-4-075", "IDR0.TTF:1"),
    CASE("within_block", "Any address within a block removes it, with Leaf too.", within_block, "SMMU-4-061", "IDR0.TTF:1"),
    CASE("within_split_block", "The same of a block of stage 1 over pages of stage 2.", within_split_block, "SMMU-4-061",
         "IDR0.S1P&IDR0.S2P&IDR0.TTF:1"),
    CASE("global", "Global entries go by address with any ASID and by ALL; by ASID they may stay.", global,
         "SMMU-4-055 SMMU-4-057 SMMU-4-058 SMMU-4-059 SMMU-4-064 SMMU-4-067 SMMU-4-069 SMMU-4-070 SMMU-4-071", S1),
    CASE("aset", "Commands do not look at ASET.", aset, "SMMU-4-064", S1),
    CASE("pairs", "A command beside the invalidation under one CMD_SYNC does not undo it.", pairs, "SMMU-4-146", "IDR0.TTF:1"),
    CASE("neighbours", "The page next to one in use is gone by its own invalidation.", neighbours, "SMMU-4-146", "IDR0.TTF:1"),
    CASE("resize", "A block becomes a table of pages and back.", resize, "SMMU-4-060", "IDR0.TTF:1"),
    CASE("rights", "Rights that are taken away or given count after the invalidation.", rights, "SMMU-3-551", "IDR0.TTF:1"),
    CASE("table_page", "The page of a stage 1 table moves at stage 2.", table_page, "SMMU-3-103 SMMU-4-073 SMMU-4-075", N),
};

const struct iotb_case_list sm_tlb_cases = {cases, sizeof cases / sizeof cases[0]};
