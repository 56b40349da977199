/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configuration caches (4.3 Configuration structure invalidation, 3.21.3): after a CMD_CFGI_* and its CMD_SYNC the structures
 * that it covers are read anew; before, either value; failed fetches are not kept.
 */
#include "sm_chapters.h"
#include "sm_stale.h"

#define INPUT UINT64_C(0x62340000)

enum cfgi {
    CFGI_STE,
    CFGI_STE_LEAF,
    CFGI_RANGE_0,
    CFGI_RANGE_3,
    CFGI_RANGE_9,
    CFGI_ALL,
    CFGI_CD,
    CFGI_CD_LEAF,
    CFGI_CD_ALL,
    CFGI_COUNT
};

static struct sm_command command_of(const struct sm_path *path, enum cfgi cfgi)
{
    switch (cfgi) {
    case CFGI_STE:
    case CFGI_STE_LEAF:
        return sm_cmd_cfgi_ste(path->sid, cfgi == CFGI_STE_LEAF);
    case CFGI_RANGE_0:
        return sm_cmd_cfgi_ste_range(path->sid ^ 1, 0);
    case CFGI_RANGE_3:
        return sm_cmd_cfgi_ste_range(path->sid ^ 5, 3);
    case CFGI_RANGE_9:
        return sm_cmd_cfgi_ste_range(path->sid ^ 0x2aa, 9);
    case CFGI_CD:
    case CFGI_CD_LEAF:
        return sm_cmd_cfgi_cd(path->sid, path->ssid, cfgi == CFGI_CD_LEAF);
    case CFGI_CD_ALL:
        return sm_cmd_cfgi_cd_all(path->sid);
    case CFGI_ALL:
    case CFGI_COUNT:
    default:
        return sm_cmd_cfgi_all();
    }
}

static const char *ste_row(enum cfgi cfgi)
{
    if (cfgi >= CFGI_RANGE_0 && cfgi <= CFGI_RANGE_9)
        return "SMMU-4-032";
    return cfgi == CFGI_ALL ? "SMMU-4-034" : "SMMU-4-027";
}

static const char *cd_row(const struct sm_path *path, enum cfgi cfgi)
{
    if (cfgi == CFGI_CD_ALL)
        return "SMMU-4-042";
    if (cfgi >= CFGI_CD)
        return path->flavour->with_ssid ? "SMMU-4-036" : "SMMU-4-037";
    if (cfgi == CFGI_ALL)
        return "SMMU-4-034";
    return cfgi <= CFGI_STE_LEAF ? "SMMU-4-028" : "SMMU-4-033";
}

/* ---- STE ---- */

static void ste(struct test *t)
{
    struct sm_ste values[2] = {{.config = SM_BYPASS}, {.config = SM_ABORT}};
    uint64_t host = 0;
    struct sm_path path;
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t n = 0; n < sm_sid_count(&sm) && n < 4; n++) {
        sm_path_open(&sm, &path, SM_F_BYPASS, sm_sid(&sm, n), 0, 0, 0);
        host = mem_alloc(t, 4096, 4096);
        for (uint32_t cfgi = CFGI_STE; cfgi <= CFGI_ALL; cfgi++)
            for (uint32_t i = 1; i < 3; i++) {
                struct iotb_request r = sm_request(&path, IOTB_WRITE, host + 0x48, 8);
                const char *row = ste_row((enum cfgi)cfgi);

                test_context(t, "StreamID %x, command %u", path.sid, cfgi);
                sm_set_ste(&sm, path.sid, &values[i & 1]);
                CHECK(t, row, sm_submit_one(&sm, command_of(&path, (enum cfgi)cfgi)), "the command completes");
                if (i & 1)
                    sm_expect_silent_abort(&sm, row, &r, host + 0x48);
                else
                    sm_expect_ok(&sm, row, &r, host + 0x48);
            }
    }
    sm_close(&sm);
}

/* Each StreamID of a range, and CFGI_ALL whatever its StreamID says. */
static void range(struct test *t)
{
    struct sm_ste values[2] = {{.config = SM_BYPASS}, {.config = SM_ABORT}};
    uint64_t host[8];
    uint32_t count;
    struct sm sm;

    sm_open(&sm, t, NULL);
    count = sm_sid_count(&sm) < 8 ? sm_sid_count(&sm) : 8;
    for (uint32_t n = 0; n < count; n++)
        host[n] = mem_alloc(t, 4096, 4096);
    for (uint32_t range = 0; range < 32; range += range < 16 ? 1 : 15)
        for (uint32_t i = 1; i < 3; i++) {
            uint32_t sid = sm_sid(&sm, i % count);
            struct sm_command c = sm_cmd_cfgi_ste_range(sid, range);

            for (uint32_t n = 0; n < count; n++)
                sm_set_ste(&sm, sm_sid(&sm, n), &values[i & 1]);
            CHECK(t, "SMMU-4-032", sm_submit_one(&sm, c), "the command completes");
            for (uint32_t n = 0; n < count; n++) {
                struct sm_path path = {.sm = &sm, .flavour = &sm_flavours[SM_F_BYPASS], .sid = sm_sid(&sm, n)};
                struct iotb_request r = sm_request(&path, IOTB_WRITE, host[n] + 0x48, 8);
                const char *row = range == 31 ? "SMMU-4-034" : "SMMU-4-032";

                if (range < 31 && sm_sid(&sm, n) >> (range + 1) != sid >> (range + 1))
                    continue;
                test_context(t, "Range %u at StreamID %x, StreamID %x", range, sid, sm_sid(&sm, n));
                if (i & 1)
                    sm_expect_silent_abort(&sm, row, &r, host[n] + 0x48);
                else
                    sm_expect_ok(&sm, row, &r, host[n] + 0x48);
            }
            sm_invalidate_all(&sm);
        }
    sm_close(&sm);
}

/* Fields of the STE that only its cache holds: new after CFGI_STE alone. */
static void ste_fields_body(struct sm *sm, struct sm_path *path)
{
    struct sm_stale s;

    sm_stale_on(&s, path, 0, INPUT);
    sm_stale_warm(&s, "SMMU-5-904");
    for (uint32_t i = 0; i < 4; i++) {
        sm_ste_set(sm, path->sid, "Config", i & 1 ? path->flavour->config : SM_ABORT);
        sm_submit_one(sm, sm_cmd_cfgi_ste(path->sid, true));
        if (i & 1)
            sm_stale_gone(&s, "SMMU-5-904");
        else
            sm_expect_silent_abort(sm, "SMMU-5-904", &s.r, s.host[0]);
    }
    if (path->s2 && sm->stall_model != 2) {
        mem_write64(sm->t, s.entry, 0);
        sm_invalidate_all(sm);
        for (uint32_t s2r = 0; s2r < 2 && s.stage == 2; s2r++) {
            struct sm_expected e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_IN, s.at);

            sm_ste_set(sm, path->sid, "S2R", s2r);
            sm_submit_one(sm, sm_cmd_cfgi_ste(path->sid, true));
            e.silent = !s2r;
            sm_expect_event(sm, "SMMU-5-904", &s.r, &e, s.host[0]);
        }
    }
}

static void ste_fields(struct test *t)
{
    sm_each_flavour(t, SM_PAGED_FLAVOURS, ste_fields_body);
}

/* 5.2.1: between bypass and translation, CFGI_STE alone. */
static void bypass_and_back(struct test *t)
{
    struct sm_path path;
    struct sm_stale s;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    sm_stale_on(&s, &path, 1, INPUT);
    for (uint32_t i = 0; i < 4; i++) {
        uint64_t plain = mem_alloc(t, 4096, 4096);
        struct sm_path as = path;
        struct iotb_request r = sm_request(&as, IOTB_WRITE, plain + 0x48, 8);

        sm_stale_warm(&s, "SMMU-5-104");
        sm_ste_set(&sm, path.sid, "Config", SM_BYPASS);
        sm_submit_one(&sm, sm_cmd_cfgi_ste(path.sid, i & 1));
        sm_expect_ok(&sm, "SMMU-5-104", &r, plain + 0x48);
        sm_ste_set(&sm, path.sid, "Config", SM_S1);
        sm_submit_one(&sm, sm_cmd_cfgi_ste(path.sid, i & 1));
        sm_stale_gone(&s, "SMMU-5-104");
    }
    sm_close(&sm);
}

/* ---- CD ---- */

/* The CD names another table under another ASID, so that no TLB entry matters. */
static void cd_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host[2];
    struct sm_path other = *path;
    struct sm_geometry g = {.granule_lg2 = path->s1->granule_lg2, .input_bits = path->s1->input_bits};

    other.asid = path->asid ^ 0x80;
    other.s1 = path->s2 ? sm_table_new_nested(sm, &g, path->s2, false) : sm_table_new(sm, 1, &g);
    host[0] = sm_path_page(path, INPUT, SM_RW);
    host[1] = sm_path_page(&other, INPUT, SM_RW);
    for (uint32_t cfgi = 0; cfgi < CFGI_COUNT; cfgi++)
        for (uint32_t i = 1; i < 3; i++) {
            const char *row = cd_row(path, (enum cfgi)cfgi);
            struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + 0x48, 8);

            test_context(sm->t, "%s, command %u", sm_path_name(path), cfgi);
            sm_once(sm);
            sm_expect_ok(sm, row, &r, host[!(i & 1)] + 0x48);
            sm_path_write_cd(i & 1 ? &other : path);
            CHECK(sm->t, row, sm_submit_one(sm, command_of(path, (enum cfgi)cfgi)), "the command completes");
            sm_expect_ok(sm, row, &r, host[i & 1] + 0x48);
        }
}

static void cd(struct test *t)
{
    sm_each_flavour(t, SM_S1_FLAVOURS | SM_NESTED_FLAVOURS | SM_E2H_FLAVOURS, cd_body);
}

/* Two substreams: each CD by its own command; CFGI_CD of one does not have to touch the other, CD_ALL takes both. */
static void substream_body(struct sm *sm, struct sm_path *path)
{
    struct sm_path second;
    struct iotb_request r[2];
    uint64_t host[2];

    sm_path_add_ssid(&second, path, path->ssid ^ 0x41, path->asid ^ 1);
    host[0] = sm_path_page(path, INPUT, SM_RW);
    host[1] = sm_path_page(&second, INPUT, SM_RW);
    sm_invalidate_all(sm);
    r[0] = sm_request(path, IOTB_WRITE, INPUT + 0x48, 8);
    r[1] = sm_request(&second, IOTB_WRITE, INPUT + 0x48, 8);
    for (uint32_t i = 0; i < 3; i++) {
        struct sm_path *p[2] = {path, &second};

        for (uint32_t n = 0; n < 2; n++) {
            sm_expect_ok(sm, "SMMU-4-036", &r[n], host[n] + 0x48);
            sm_cd_set(sm, p[n]->sid, p[n]->ssid, "V", 0);
        }
        if (i < 2) {
            sm_submit_one(sm, sm_cmd_cfgi_cd(p[i]->sid, p[i]->ssid, true));
            sm_expect_config(sm, "SMMU-4-036", &r[i], SM_C_BAD_CD, host[i]);
        } else {
            sm_submit_one(sm, sm_cmd_cfgi_cd_all(path->sid));
            sm_expect_config(sm, "SMMU-4-042", &r[0], SM_C_BAD_CD, host[0]);
            sm_expect_config(sm, "SMMU-4-042", &r[1], SM_C_BAD_CD, host[1]);
        }
        sm_cd_set(sm, path->sid, path->ssid, "V", 1);
        sm_cd_set(sm, second.sid, second.ssid, "V", 1);
        sm_submit_one(sm, sm_cmd_cfgi_cd_all(path->sid));
    }
    sm_expect_ok(sm, "SMMU-4-042", &r[0], host[0] + 0x48);
}

static void substreams(struct test *t)
{
    sm_each_flavour(t, SM_SSID_FLAVOURS & ~SM_EL2_FLAVOURS, substream_body);
}

/* An L1CD points to another table: CFGI_CD without Leaf, CD_ALL and CFGI_STE remove it. */
static void l1cd_body(struct sm *sm, struct sm_path *path)
{
    uint64_t l1 = sm_l1cd_address(sm, path->sid, path->ssid), cd_at, tables[2], host[2], bytes;
    struct sm_path other = *path;
    struct sm_geometry g = {.granule_lg2 = path->s1->granule_lg2, .input_bits = path->s1->input_bits};

    if (!l1 || path->s2)
        return;
    bytes = sm_get_field(sm, sm_ste_address(sm, path->sid), "STE", "S1Fmt") == SM_CD_64K ? 0x10000 : 0x1000;
    tables[0] = sm_get_field(sm, l1, "L1CD", "L2Ptr");
    tables[1] = mem_alloc(sm->t, bytes, bytes);
    other.asid = path->asid ^ 0x40;
    other.s1 = sm_table_new(sm, 1, &g);
    host[0] = sm_path_page(path, INPUT, SM_RW);
    host[1] = sm_path_page(&other, INPUT, SM_RW);
    cd_at = sm_cd_address(sm, path->sid, path->ssid);
    sm_path_write_cd(&other);
    for (uint32_t i = 0; i < 8; i++)
        mem_write64(sm->t, tables[1] + (cd_at - tables[0]) + 8 * i, mem_read64(sm->t, cd_at + 8 * i));
    sm_path_write_cd(path);
    sm_invalidate_all(sm);
    for (uint32_t how = 0; how < 3; how++)
        for (uint32_t i = 1; i < 3; i++) {
            const struct sm_command commands[3] = {sm_cmd_cfgi_cd(path->sid, path->ssid, false), sm_cmd_cfgi_cd_all(path->sid),
                                                   sm_cmd_cfgi_ste(path->sid, true)};
            static const char *const rows[3] = {"SMMU-4-038", "SMMU-4-042", "SMMU-4-028"};
            struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + 0x48, 8);

            test_context(sm->t, "%s, way %u", sm_path_name(path), how);
            sm_once(sm);
            sm_expect_ok(sm, rows[how], &r, host[!(i & 1)] + 0x48);
            sm_set_field(sm, l1, "L1CD", "L2Ptr", tables[i & 1]);
            CHECK(sm->t, rows[how], sm_submit_one(sm, commands[how]), "the command completes");
            sm_expect_ok(sm, rows[how], &r, host[i & 1] + 0x48);
        }
}

static void l1cd(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1_SSID) | SM_FLAVOUR(SM_F_S1_CD0) | SM_FLAVOUR(SM_F_E2H_SSID), l1cd_body);
}

/* L1STD: CFGI_STE without Leaf, and ranges. */
static void l1std(struct test *t)
{
    struct sm_config config = {.format = SM_TWO_LEVEL};
    uint64_t l1, old, host;
    struct sm_path path;
    struct iotb_request r;
    struct sm sm;

    sm_open(&sm, t, &config);
    sm_path_open(&sm, &path, SM_F_BYPASS, sm_sid(&sm, 0), 0, 0, 0);
    host = mem_alloc(t, 4096, 4096);
    r = sm_request(&path, IOTB_WRITE, host + 0x48, 8);
    l1 = sm_l1std_address(&sm, path.sid);
    old = mem_read64(t, l1);
    for (uint32_t how = 0; how < 3; how++) {
        const struct sm_command commands[3] = {sm_cmd_cfgi_ste(path.sid, false), sm_cmd_cfgi_ste_range(path.sid, sm.split - 1),
                                               sm_cmd_cfgi_all()};
        static const char *const rows[3] = {"SMMU-4-029", "SMMU-4-033", "SMMU-4-034"};

        test_context(t, "way %u", how);
        sm_expect_ok(&sm, rows[how], &r, host + 0x48);
        mem_write64(t, l1, 0);
        CHECK(t, rows[how], sm_submit_one(&sm, commands[how]), "the command completes");
        sm_expect_config(&sm, rows[how], &r, SM_C_BAD_STREAMID, host);
        mem_write64(t, l1, old);
        CHECK(t, rows[how], sm_submit_one(&sm, commands[how]), "the command completes");
    }
    sm_expect_ok(&sm, "SMMU-4-029", &r, host + 0x48);
    sm_close(&sm);
}

/* ---- fields that TLBs may hold: CFGI and TLBI ---- */

struct field {
    const char *name, *row;
    uint64_t value; /* that refuses */
    uint32_t type;
    bool ste;
};

static void tlb_field(struct sm_stale *s, const struct field *f, uint64_t keep)
{
    struct sm *sm = s->sm;
    const struct sm_path *path = &s->path;
    struct sm_expected e = f->ste ? sm_s2_event(f->type, SM_CLASS_IN, s->at) : sm_s1_event(f->type);
    struct sm_command commands[2];

    commands[0] = f->ste ? sm_cmd_cfgi_ste(path->sid, true) : sm_cmd_cfgi_cd(path->sid, path->ssid, true);
    if (path->flavour->strw == SM_STRW_EL2)
        commands[1] = sm_cmd_el2_asid(path->asid);
    else if (f->ste)
        commands[1] = sm_cmd_s12_vmall(path->vmid);
    else
        commands[1] = sm_cmd_nh_asid(sm_idr(sm->t, 0, "S2P") ? path->vmid : 0, path->asid);
    for (uint32_t i = 0; i < 2; i++) {
        test_context(sm->t, "%s, %s, round %u", sm_path_name((struct sm_path *)path), f->name, i);
        sm_stale_warm(s, f->row);
        if (f->ste)
            sm_ste_set(sm, path->sid, f->name, f->value);
        else
            sm_cd_set(sm, path->sid, path->ssid, f->name, f->value);
        CHECK(sm->t, f->row, sm_submit(sm, commands, 2), "the commands complete");
        sm_expect_event(sm, f->row, &s->r, &e, s->host[s->now]);
        if (f->ste)
            sm_ste_set(sm, path->sid, f->name, keep);
        else
            sm_cd_set(sm, path->sid, path->ssid, f->name, keep);
        sm_submit(sm, commands, 2);
        sm_stale_gone(s, f->row);
    }
}

static void cd_tlb_body(struct sm *sm, struct sm_path *path)
{
    static const struct field fields[] = {
        {"EPD0", "SMMU-5-905", 1, SM_F_TRANSLATION, false},
        {"T0SZ", "SMMU-5-905", 39, SM_F_TRANSLATION, false},
        {"TBI0", "SMMU-5-905", 0, SM_F_TRANSLATION, false},
    };
    struct sm_geometry g = {.granule_lg2 = path->s1->granule_lg2, .input_bits = path->s1->input_bits};
    struct sm_path other = *path;
    struct sm_stale s;
    uint64_t host;

    sm_stale_on(&s, path, 1, INPUT);
    tlb_field(&s, &fields[0], 0);
    if (sm_address_bits(sm) == 64) {
        s.r.address |= UINT64_C(0xa5) << 56;
        sm_cd_set(sm, path->sid, path->ssid, "TBI0", 1);
        sm_invalidate_all(sm);
        tlb_field(&s, &fields[2], 1);
        s.r.address = INPUT + 0x48;
    }
    /* Another table under the same ASID. */
    other.s1 = path->s2 ? sm_table_new_nested(sm, &g, path->s2, false) : sm_table_new(sm, 1, &g);
    host = sm_path_page(&other, INPUT, SM_RW);
    sm_stale_warm(&s, "SMMU-5-905");
    sm_cd_set(sm, path->sid, path->ssid, "TTB0", other.s1->root_pointer);
    s.host[1] = host;
    s.now = 1;
    sm_cfgi_cd(sm, path->sid, path->ssid);
    sm_stale_between(&s, "SMMU-4-035");
    sm_drop(&s, path->flavour->strw == SM_STRW_EL2 ? DROP_EL2_ASID : DROP_NH_ASID);
    sm_stale_gone(&s, "SMMU-5-905");
}

static void cd_tlb(struct test *t)
{
    sm_each_flavour(t, SM_S1_FLAVOURS | SM_NESTED_FLAVOURS | SM_E2H_FLAVOURS, cd_tlb_body);
}

static void ste_tlb_body(struct sm *sm, struct sm_path *path)
{
    struct sm_geometry g = {.granule_lg2 = path->s2->granule_lg2,
                            .input_bits = path->s2->input_bits,
                            .start_level = path->s2->start_level,
                            .start_given = true};
    struct sm_table *other = sm_table_new(sm, 2, &g);
    uint64_t page = UINT64_C(1) << path->s2->granule_lg2;
    struct sm_stale s;

    sm_stale_on(&s, path, 2, INPUT);
    s.host[1] = mem_alloc(sm->t, page, page);
    sm_map(sm, other, INPUT, s.host[1], 0, SM_RW);
    for (uint32_t i = 0; i < 4; i++) {
        sm_stale_warm(&s, "SMMU-5-903");
        s.now ^= 1;
        sm_ste_set(sm, path->sid, "S2TTB", s.now ? other->root_pointer : path->s2->root_pointer);
        sm_cfgi_ste(sm, path->sid);
        sm_stale_between(&s, "SMMU-4-031");
        sm_drop(&s, i & 2 ? DROP_NSNH_ALL : DROP_S12_VMALL);
        sm_stale_gone(&s, "SMMU-5-903");
    }
    /* S2AFFD and a leaf with AF = 0. */
    sm_ste_set(sm, path->sid, "S2AFFD", 1);
    mem_write64(sm->t, s.entry, s.value[0] & ~(UINT64_C(1) << SM_BIT_AF));
    sm_invalidate_all(sm);
    tlb_field(&s, &(struct field){"S2AFFD", "SMMU-5-903", 0, SM_F_ACCESS, true}, 1);
}

static void ste_tlb(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S2), ste_tlb_body);
}

/* 5.4.1: A and R need CFGI_CD alone. */
static void fault_fields_body(struct sm *sm, struct sm_path *path)
{
    struct sm_stale s;

    if (sm->stall_model == 2)
        test_skip(sm->t, "faults of this DUT always stall");
    sm_stale_on(&s, path, 1, INPUT);
    sm_stale_warm(&s, "SMMU-5-906");
    mem_write64(sm->t, s.entry, 0);
    sm_invalidate_all(sm);
    for (uint32_t i = 0; i < 6; i++) {
        bool record = !(i & 1), abort = sm_idr(sm->t, 0, "TERM_MODEL") || !(i & 2);
        struct sm_expected e = sm_s1_event(SM_F_TRANSLATION);

        sm_cd_set(sm, path->sid, path->ssid, "R", record);
        sm_cd_set(sm, path->sid, path->ssid, "A", abort);
        sm_cfgi_cd(sm, path->sid, path->ssid);
        e.silent = !record;
        e.razwi = !abort;
        test_context(sm->t, "%s, A %d R %d", sm_path_name(path), abort, record);
        sm_expect_event(sm, "SMMU-5-906", &s.r, &e, s.host[0]);
    }
}

static void fault_fields(struct test *t)
{
    sm_each_flavour(t, SM_S1_FLAVOURS | SM_NESTED_FLAVOURS | SM_E2H_FLAVOURS | SM_EL2_FLAVOURS, fault_fields_body);
}

/* ---- procedures and SMMUEN ---- */

/* 3.21.3: valid after fill, CFGI, SYNC, V = 1, CFGI, SYNC; gone after V = 0, CFGI, SYNC; in between, either. */
static void procedure_body(struct sm *sm, struct sm_path *path)
{
    struct sm_stale s;

    sm_stale_on(&s, path, 0, INPUT);
    for (uint32_t i = 0; i < 3; i++) {
        uint64_t hosts[1] = {s.host[0] + 0x48};
        struct sm_seen seen;
        size_t mark;

        sm_stale_warm(&s, "SMMU-3-084");
        sm_ste_set(sm, path->sid, "V", 0);
        seen = sm_try(sm, &s.r, hosts, 1);
        CHECK(sm->t, "SMMU-3-077",
              (seen.result == SM_ARRIVED && !seen.type) || (seen.result == SM_REFUSED && seen.type == SM_C_BAD_STE),
              "V = 0 without CFGI: either (result %d, event %02xh)", (int)seen.result, seen.type);
        CHECK(sm->t, "SMMU-3-086", sm_cfgi_ste(sm, path->sid), "CFGI_STE completes");
        mark = trace_mark(sm->t);
        sm_expect_config(sm, "SMMU-3-086", &s.r, SM_C_BAD_STE, s.host[0]);
        if (test_has(sm->t, IOTB_F_BENCH_MEMORY)) {
            CHECK_EQ(sm->t, "SMMU-3-086", 0, trace_count(sm->t, mark, s.entry, s.entry + 7, ACC_ANY),
                     "reads of a table that no valid STE leads to");
            if (path->cd_table && !path->s2)
                CHECK_EQ(sm->t, "SMMU-3-087", 0, trace_count(sm->t, mark, path->cd_table, path->cd_table + 63, ACC_ANY),
                         "reads of CDs that no valid STE leads to");
        }
        sm_ste_set(sm, path->sid, "V", 1);
        seen = sm_try(sm, &s.r, hosts, 1);
        CHECK(sm->t, "SMMU-3-077",
              (seen.result == SM_ARRIVED && !seen.type) || (seen.result == SM_REFUSED && seen.type == SM_C_BAD_STE),
              "V = 1 without CFGI: either (result %d, event %02xh)", (int)seen.result, seen.type);
        CHECK(sm->t, "SMMU-3-084", sm_cfgi_ste(sm, path->sid), "CFGI_STE completes");
        sm_stale_gone(&s, "SMMU-3-084");
    }
}

static void procedure(struct test *t)
{
    sm_each_flavour(t, SM_PAGED_FLAVOURS, procedure_body);
}

/* 6.3.9.6: what is invalidated while SMMUEN is 0 stays away, and what was not may stay. */
static void disabled_body(struct sm *sm, struct sm_path *path)
{
    struct iotb_request plain;
    struct sm_stale s;

    sm_stale_on(&s, path, 0, INPUT);
    for (uint32_t i = 0; i < 2; i++) {
        sm_stale_warm(&s, "SMMU-6-921");
        sm_enable(sm, "SMMUEN", 0);
        sm_invalidate_all(sm);
        plain = s.r;
        plain.kind = IOTB_READ;
        plain.address = s.host[0] + 0x48;
        request_run(sm->t, &plain);
        sm_stale_change(&s);
        sm_enable(sm, "SMMUEN", 1);
        sm_stale_gone(&s, "SMMU-6-921");
        sm_enable(sm, "SMMUEN", 0);
        sm_stale_change(&s);
        sm_enable(sm, "SMMUEN", 1);
        sm_stale_between(&s, "SMMU-3-089");
        sm_invalidate_all(sm);
    }
}

static void disabled(struct test *t)
{
    sm_each_flavour(t, SM_PAGED_FLAVOURS, disabled_body);
}

/* 4.3.3: a SubstreamID out of range is consumed; any number of needless CFGI changes nothing. */
static void needless_body(struct sm *sm, struct sm_path *path)
{
    struct sm_command c;
    struct sm_stale s;

    sm_stale_on(&s, path, 0, INPUT);
    if (sm->ssid_bits < 20) {
        c = sm_cmd_cfgi_cd(path->sid, 1u << sm->ssid_bits, true);
        sm_expect_consumed(sm, "SMMU-4-040", &c);
    }
    for (uint32_t i = 0; i < 24; i++) {
        uint32_t sid = (uint32_t)test_random_below(sm->t, UINT64_C(1) << sm->strtab_log2size);

        c = i % 3 == 0   ? sm_cmd_cfgi_ste(sid, i & 1)
            : i % 3 == 1 ? sm_cmd_cfgi_ste_range(sid, i % 31)
                         : sm_cmd_cfgi_cd(sid, i & 1, i & 2);
        CHECK(sm->t, "SMMU-4-045", sm_submit_one(sm, c), "the command completes");
        sm_once(sm);
        sm_stale_gone(&s, "SMMU-4-045");
    }
    mem_write64(sm->t, s.entry, 0);
    sm_invalidate_all(sm);
    sm_expect_s1(sm, "SMMU-4-045", &s.r, SM_F_TRANSLATION, s.host[0]);
}

static void needless(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S1_SSID), needless_body);
}

#define CASE(n, text, function, r, gated)                                                                               \
    {                                                                                                                   \
        .name = "smmuv3.tlb_config." n, .summary = text, .run = function, .rows = r, .gate = gated, .functional = true, \
        .tier = TIER_FULL                                                                                               \
    }
#define S1 "IDR0.S1P&IDR0.TTF:1"
#define S2 "IDR0.S2P&IDR0.TTF:1"

static const struct iotb_case cases[] = {
    CASE("ste", "Each command that covers an STE makes its new value count.", ste, "SMMU-4-027 SMMU-4-032 SMMU-4-034", NULL),
    CASE("range", "CMD_CFGI_STE_RANGE covers each StreamID of its range, for each Range; 31 covers all.", range,
         "SMMU-4-032 SMMU-4-034", NULL),
    CASE("ste_fields", "Config and S2R count after CMD_CFGI_STE alone.", ste_fields, "SMMU-5-904", "IDR0.TTF:1"),
    CASE("bypass_and_back", "From translation to bypass and back by CMD_CFGI_STE alone.", bypass_and_back, "SMMU-5-104", S1),
    CASE("cd", "Each command that covers a CD, also through its STE, makes its new value count.", cd,
         "SMMU-4-028 SMMU-4-033 SMMU-4-034 SMMU-4-036 SMMU-4-037 SMMU-4-042", S1),
    CASE("substreams", "CMD_CFGI_CD by SubstreamID, CMD_CFGI_CD_ALL for all.", substreams, "SMMU-4-036 SMMU-4-042",
         S1 "&IDR1.SSIDSIZE>=7"),
    CASE("l1cd", "An L1CD goes by CMD_CFGI_CD without Leaf, CMD_CFGI_CD_ALL, CMD_CFGI_STE.", l1cd,
         "SMMU-4-028 SMMU-4-038 SMMU-4-042", S1 "&IDR0.CD2L&IDR1.SSIDSIZE>=7"),
    CASE("l1std", "An L1STD goes by CMD_CFGI_STE without Leaf, by ranges and by CMD_CFGI_ALL.", l1std,
         "SMMU-4-029 SMMU-4-033 SMMU-4-034", "IDR0.ST_LEVEL"),
    CASE("cd_tlb_fields", "Fields of the CD that TLBs may hold count after CFGI and TLBI.", cd_tlb, "SMMU-5-905 SMMU-4-035", S1),
    CASE("ste_tlb_fields", "Fields of the STE that TLBs may hold count after CFGI and TLBI.", ste_tlb, "SMMU-5-903 SMMU-4-031",
         S2),
    CASE("fault_fields", "CD.A and CD.R count after CMD_CFGI_CD alone.", fault_fields, "SMMU-5-906", S1),
    CASE("procedure", "V to 0 and to 1 by the procedure; nothing below an invalid STE is read.", procedure,
         "SMMU-3-077 SMMU-3-084 SMMU-3-086 SMMU-3-087", "IDR0.TTF:1"),
    CASE("disabled", "What is invalidated while SMMUEN is 0 does not come back.", disabled, "SMMU-6-921 SMMU-3-089",
         "IDR0.TTF:1"),
    CASE("needless", "Needless CFGI commands, also out of range, change nothing.", needless, "SMMU-4-040 SMMU-4-045", S1),
};

const struct iotb_case_list sm_tlb_config_cases = {cases, sizeof cases / sizeof cases[0]};
