/* SPDX-License-Identifier: BSD-2-Clause */
/* Paths: every way in which a request can be translated, set up and invalidated as chapter 4 prescribes. */
#include "build/sm_internal.h"

#include <stdio.h>
#include <string.h>

const struct sm_flavour sm_flavours[SM_FLAVOUR_COUNT] = {
    {SM_F_BYPASS, "bypass", SM_BYPASS, false, 0, false, SM_STRW_EL1, false, false, false},
    {SM_F_S1, "stage 1", SM_S1, false, 0, false, SM_STRW_EL1, false, true, false},
    {SM_F_S2, "stage 2", SM_S2, false, 0, false, SM_STRW_EL1, false, false, true},
    {SM_F_NESTED, "nested", SM_NESTED, false, 0, false, SM_STRW_EL1, false, true, true},
    {SM_F_S1_SSID, "substream stage 1", SM_S1, true, 0, true, SM_STRW_EL1, false, true, false},
    {SM_F_NESTED_SSID, "substream nested", SM_NESTED, true, 0, true, SM_STRW_EL1, false, true, true},
    {SM_F_S1_CD0, "stage 1 by S1DSS=10", SM_S1, false, SM_S1DSS_SSID0, true, SM_STRW_EL1, false, true, false},
    {SM_F_S1_SKIP, "stage 1 skipped by S1DSS=01", SM_S1, false, SM_S1DSS_BYPASS, true, SM_STRW_EL1, false, false, false},
    {SM_F_NESTED_SKIP, "nested, stage 1 skipped by S1DSS=01", SM_NESTED, false, SM_S1DSS_BYPASS, true, SM_STRW_EL1, false, false,
     true},
    {SM_F_EL2, "EL2", SM_S1, false, 0, false, SM_STRW_EL2, false, true, false},
    {SM_F_EL2_SSID, "substream EL2", SM_S1, true, 0, true, SM_STRW_EL2, false, true, false},
    {SM_F_E2H, "EL2-E2H", SM_S1, false, 0, false, SM_STRW_EL2, true, true, false},
    {SM_F_E2H_SSID, "substream EL2-E2H", SM_S1, true, 0, true, SM_STRW_EL2, true, true, false},
};

static bool has_stage1(const struct sm_flavour *f)
{
    return f->config & 1; /* STE.Config bit 0 */
}

bool sm_has_flavour(struct test *t, enum sm_flavour_id id)
{
    const struct sm_flavour *f = &sm_flavours[id];

    if ((has_stage1(f) && !sm_idr(t, 0, "S1P")) || (f->config & 2 && !sm_idr(t, 0, "S2P")))
        return false;
    if ((f->stage1 || f->stage2) && !(sm_idr(t, 0, "TTF") & 2))
        return false;
    if (f->strw == SM_STRW_EL2 && !sm_idr(t, 0, "Hyp"))
        return false;
    if (f->substreams && !sm_idr(t, 1, "SSIDSIZE"))
        return false;
    return !f->with_ssid || test_has(t, IOTB_F_PASID);
}

/* ---- structures ---- */

/* Room for 2^10 SubstreamIDs, for more where this one needs it; two-level where there is such a thing. */
static void substream_table(struct sm_path *path, uint32_t *s1fmt, uint32_t *s1cdmax)
{
    struct sm *sm = path->sm;
    uint32_t need = 10;

    *s1fmt = SM_CD_LINEAR;
    *s1cdmax = 0;
    if (!path->flavour->substreams)
        return;
    while (need < 20 && path->ssid >> need)
        need++;
    *s1cdmax = need < sm->ssid_bits ? need : sm->ssid_bits;
    if (sm_idr(sm->t, 0, "CD2L") && *s1cdmax > 6)
        *s1fmt = *s1cdmax > 12 ? SM_CD_64K : SM_CD_4K;
}

void sm_path_write_ste(struct sm_path *path)
{
    struct sm_ste ste = {.config = path->flavour->config,
                         .s1dss = path->flavour->s1dss,
                         .strw = path->flavour->strw,
                         .vmid = path->vmid,
                         .s1contextptr = path->cd_table,
                         .s2 = path->s2};

    substream_table(path, &ste.s1fmt, &ste.s1cdmax);
    sm_set_ste(path->sm, path->sid, &ste);
}

void sm_path_write_cd(struct sm_path *path)
{
    struct sm_cd cd = {.ttb0 = path->s1, .ttb1 = path->s1_high, .asid = path->asid};

    if (path->s1)
        sm_set_cd(path->sm, path->sid, path->ssid, &cd);
}

static void make_cd_table(struct sm_path *path)
{
    uint32_t s1fmt, s1cdmax;

    if (!has_stage1(path->flavour))
        return;
    substream_table(path, &s1fmt, &s1cdmax);
    path->cd_table = sm_cd_table_new(path->sm, s1fmt, s1cdmax, path->s2);
}

void sm_path_open_geometry(struct sm *sm, struct sm_path *path, enum sm_flavour_id flavour, uint32_t sid, uint32_t ssid,
                           uint32_t asid, uint32_t vmid, const struct sm_geometry *s1, const struct sm_geometry *s2)
{
    memset(path, 0, sizeof *path);
    *path = (struct sm_path){.sm = sm, .flavour = &sm_flavours[flavour], .sid = sid, .asid = asid, .vmid = vmid};
    if (!sm_has_flavour(sm->t, flavour))
        test_skip(sm->t, "no %s translation", path->flavour->name);
    path->ssid = path->flavour->with_ssid ? ssid : 0;
    if (path->ssid >> sm->ssid_bits)
        test_skip(sm->t, "IDR1.SSIDSIZE is %u: no SubstreamID %x", sm->ssid_bits, path->ssid);
    if (path->flavour->strw == SM_STRW_EL2 && path->flavour->e2h != sm->config.e2h)
        test_abort(sm->t, "flavour %s with CR2.E2H=%u", path->flavour->name, sm->config.e2h);
    if (path->flavour->config & 2)
        path->s2 = sm_table_new(sm, 2, s2);
    make_cd_table(path);
    if (path->flavour->stage1)
        path->s1 = path->s2 ? sm_table_new_nested(sm, s1, path->s2, false) : sm_table_new(sm, 1, s1);
    sm_path_write_ste(path);
    sm_path_write_cd(path);
    sm_path_invalidate(path);
}

void sm_path_open(struct sm *sm, struct sm_path *path, enum sm_flavour_id flavour, uint32_t sid, uint32_t ssid, uint32_t asid,
                  uint32_t vmid)
{
    sm_path_open_geometry(sm, path, flavour, sid, ssid, asid, vmid, NULL, NULL);
}

void sm_path_add_ssid(struct sm_path *path, const struct sm_path *other, uint32_t ssid, uint32_t asid)
{
    struct sm_geometry g = {.granule_lg2 = other->s1->granule_lg2, .input_bits = other->s1->input_bits, .ds = other->s1->ds};
    struct sm *sm = other->sm;

    *path = *other;
    path->ssid = ssid;
    path->asid = asid;
    path->s1_high = NULL;
    path->s1 = path->s2 ? sm_table_new_nested(sm, &g, path->s2, false) : sm_table_new(sm, 1, &g);
    sm_path_write_cd(path);
    sm_path_invalidate(path);
}

void sm_path_share(struct sm_path *path, const struct sm_path *other, uint32_t sid)
{
    *path = *other;
    path->sid = sid;
    sm_path_write_ste(path);
    sm_path_invalidate(path);
}

void sm_path_open_high(struct sm_path *path, const struct sm_geometry *geometry)
{
    struct sm_geometry g = {.granule_lg2 = path->s1->granule_lg2, .input_bits = path->s1->input_bits, .ds = path->s1->ds};

    geometry = geometry ? geometry : &g;
    path->s1_high = path->s2 ? sm_table_new_nested(path->sm, geometry, path->s2, true) : sm_table_new_high(path->sm, geometry);
    sm_path_write_cd(path);
    sm_path_invalidate(path);
}

static const char *granule_name(uint32_t granule_lg2)
{
    return granule_lg2 == 12 ? "4K" : granule_lg2 == 14 ? "16K" : "64K";
}

const char *sm_path_name(struct sm_path *path)
{
    uint32_t length = (uint32_t)snprintf(path->name, sizeof path->name, "%s", path->flavour->name);

    if (path->s1)
        length += (uint32_t)snprintf(path->name + length, sizeof path->name - length, ", %s stage 1",
                                     granule_name(path->s1->granule_lg2));
    if (path->s2)
        snprintf(path->name + length, sizeof path->name - length, ", %s stage 2", granule_name(path->s2->granule_lg2));
    return path->name;
}

/* ---- mappings ---- */

/* TTB1 for inputs of the upper half, VA[55] (D8.2.4). */
static struct sm_table *stage1_for(const struct sm_path *path, uint64_t input)
{
    return path->s1_high && input >> 55 & 1 ? path->s1_high : path->s1;
}

struct sm_table *sm_path_table(struct sm_path *path)
{
    return path->s1 ? path->s1 : path->s2;
}

static uint32_t page_lg2_of(const struct sm_table *table, uint32_t page_lg2)
{
    return page_lg2 ? page_lg2 : table->granule_lg2;
}

void sm_path_map(struct sm_path *path, uint64_t input, uint64_t host, uint32_t page_lg2, uint32_t rights)
{
    struct sm_table *table = path->s1 ? stage1_for(path, input) : path->s2;

    if (!table)
        return;
    if (path->s1 && path->s2)
        host = sm_guest_map(path->sm, path->s2, host, UINT64_C(1) << page_lg2_of(table, page_lg2), SM_RW);
    sm_map(path->sm, table, input, host, page_lg2, rights);
}

uint64_t sm_path_page(struct sm_path *path, uint64_t input, uint32_t rights)
{
    uint64_t size = 4096, host;

    if (path->s1)
        size = UINT64_C(1) << stage1_for(path, input)->granule_lg2;
    if (path->s2 && size >> path->s2->granule_lg2 == 0)
        size = UINT64_C(1) << path->s2->granule_lg2;
    host = mem_alloc(path->sm->t, size, size);
    sm_path_map(path, input, host, 0, rights);
    return host;
}

/* The descriptor that ends the walk of an input: its level and value; false where the walk finds none. */
static bool find_leaf(struct sm *sm, const struct sm_table *table, uint64_t input, int *level, uint64_t *descriptor)
{
    for (*level = table->start_level; *level <= 3; ++*level) {
        uint64_t entry = sm_entry(sm, table, input, *level);

        if (!entry)
            return false;
        *descriptor = mem_read64(sm->t, entry);
        if ((*descriptor & 3) == (*level == 3 ? 3 : 1))
            return true;
    }
    return false;
}

uint64_t sm_path_ipa(struct sm_path *path, uint64_t input)
{
    const struct sm_table *table = path->s1 ? stage1_for(path, input) : NULL;
    uint64_t descriptor, within;
    int level;

    if (!table)
        return input;
    if (!find_leaf(path->sm, table, input, &level, &descriptor))
        return 0;
    within = sm_ones(sm_level_shift(table, level));
    return (sm_descriptor_address(table, descriptor) & ~within) | (input & within);
}

uint64_t sm_path_leaf(struct sm_path *path, uint64_t input)
{
    struct sm_table *table = path->s1 ? stage1_for(path, input) : path->s2;

    return table ? sm_entry(path->sm, table, input, 3) : 0;
}

struct iotb_request sm_request(const struct sm_path *path, enum iotb_request_kind kind, uint64_t input, uint32_t bytes)
{
    uint32_t most = test_desc(path->sm->t)->request_bytes_max;
    struct iotb_request request = {
        .size = sizeof request,
        .requester_id = (uint16_t)path->sid,
        .kind = (uint8_t)kind,
        .address_type = IOTB_AT_UNTRANSLATED,
        .flags = path->flavour->with_ssid ? IOTB_RQ_PASID : 0,
        .pasid = path->flavour->with_ssid ? path->ssid : 0,
        .bytes = bytes < most ? bytes : most,
        .address = input,
    };

    return request;
}

struct iotb_request sm_plain_request(struct sm *sm, uint32_t sid, uint64_t input)
{
    const struct sm_path path = {.sm = sm, .flavour = &sm_flavours[SM_F_BYPASS], .sid = sid};

    return sm_request(&path, IOTB_WRITE, input, 8);
}

uint32_t sm_address_bits(struct sm *sm)
{
    return test_has(sm->t, IOTB_F_WIDE_ADDRESS) ? 64 : test_desc(sm->t)->address_bits;
}

/* ---- invalidation ---- */

/* 4.4.2: VMID is RES0 in stage 1 invalidations where there is no stage 2. */
static uint32_t vmid_of(const struct sm_path *path)
{
    return sm_idr(path->sm->t, 0, "S2P") ? path->vmid : 0;
}

bool sm_path_invalidate_page(struct sm_path *path, uint64_t input, bool leaf_only)
{
    struct sm_command commands[3];
    uint64_t ipa = path->s2 ? sm_path_ipa(path, input) : 0;
    uint32_t count = 0;

    if (path->s2)
        commands[count++] = sm_cmd_s2_ipa(path->vmid, ipa, leaf_only);
    if (path->s1 && path->flavour->strw == SM_STRW_EL2)
        commands[count++] = sm_cmd_el2_va(path->asid, input, leaf_only);
    else if (path->s1)
        commands[count++] = sm_cmd_nh_va(vmid_of(path), path->asid, input, leaf_only);
    return sm_submit(path->sm, commands, count);
}

bool sm_path_invalidate(struct sm_path *path)
{
    struct sm_command commands[2] = {sm_cmd_cfgi_ste(path->sid, false)};

    if (path->flavour->strw == SM_STRW_EL2)
        commands[1] = sm_cmd_el2_all();
    else if (sm_idr(path->sm->t, 0, "S2P"))
        commands[1] = sm_cmd_s12_vmall(path->vmid);
    else
        commands[1] = sm_cmd_nh_all(0);
    return sm_submit(path->sm, commands, 2);
}

/* ---- every flavour, every granule ---- */

static void run_body(struct test *t, enum sm_flavour_id id, const struct sm_config *config, const struct sm_geometry *s1,
                     const struct sm_geometry *s2, sm_body *body)
{
    struct sm_config c = config ? *config : (struct sm_config){0};
    struct sm_path path;
    struct sm sm;

    c.e2h = sm_flavours[id].e2h;
    sm_open(&sm, t, &c);
    sm_path_open_geometry(&sm, &path, id, sm_sid(&sm, 0), 5, 0x11, 0x22, s1, s2);
    test_context(t, "%s", sm_path_name(&path));
    body(&sm, &path);
    sm_close(&sm);
}

void sm_each_flavour(struct test *t, uint32_t mask, sm_body *body)
{
    uint32_t ran = 0;

    for (uint32_t id = 0; id < SM_FLAVOUR_COUNT; id++) {
        if (!(mask & SM_FLAVOUR(id)) || !sm_has_flavour(t, (enum sm_flavour_id)id))
            continue;
        if (ran++)
            test_reset(t, IOTB_RESET_COLD);
        run_body(t, (enum sm_flavour_id)id, NULL, NULL, NULL, body);
    }
    if (!ran)
        test_skip(t, "none of the translation types of this case is supported");
}

/* 0 for a stage that the flavour does not use: one round with it. */
static bool granule_runs(struct test *t, bool used, uint32_t granule_lg2)
{
    return used ? granule_lg2 && sm_has_granule(t, granule_lg2) : !granule_lg2;
}

void sm_each_granule(struct test *t, uint32_t mask, const struct sm_config *config, sm_body *body)
{
    static const uint32_t granules[] = {0, 12, 14, 16};
    uint32_t ran = 0;

    for (uint32_t i = 0; i < SM_FLAVOUR_COUNT * 16; i++) {
        const struct sm_flavour *f = &sm_flavours[i / 16];
        struct sm_geometry s1 = {.granule_lg2 = granules[i / 4 % 4]}, s2 = {.granule_lg2 = granules[i % 4]};

        if (!(mask & SM_FLAVOUR(f->id)) || !sm_has_flavour(t, f->id) || !granule_runs(t, f->stage1, s1.granule_lg2) ||
            !granule_runs(t, f->stage2, s2.granule_lg2))
            continue;
        if (ran++)
            test_reset(t, IOTB_RESET_COLD);
        run_body(t, f->id, config, &s1, &s2, body);
    }
    if (!ran)
        test_skip(t, "none of the translation types of this case is supported");
}
