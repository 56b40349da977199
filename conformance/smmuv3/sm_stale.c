/* SPDX-License-Identifier: BSD-2-Clause */
/* Translations in use, changes under them, TLB invalidations (4.4 TLB invalidation, 3.21.1). */
#include "sm_stale.h"

#define OFFSET 0x48u

static bool nested(const struct sm_path *path)
{
    return path->s1 && path->s2;
}

void sm_stale_on(struct sm_stale *s, const struct sm_path *path, uint32_t stage, uint64_t input)
{
    struct sm *sm = path->sm;
    bool high = path->s1_high && input >> 55 & 1;
    struct sm_path other = *path;

    *s = (struct sm_stale){.sm = sm, .path = *path, .stage = stage ? stage : path->s1 ? 1 : 2, .input = input, .at = input};
    s->host[0] = sm_path_page(&s->path, input, SM_RW);
    if (s->stage == 1) {
        struct sm_table *from = high ? path->s1_high : path->s1;
        struct sm_geometry g = {.granule_lg2 = from->granule_lg2, .input_bits = from->input_bits, .ds = from->ds};

        s->table = from;
        s->other = path->s2 ? sm_table_new_nested(sm, &g, path->s2, high)
                   : high   ? sm_table_new_high(sm, &g)
                            : sm_table_new(sm, 1, &g);
        if (high)
            other.s1_high = s->other;
        else
            other.s1 = s->other;
        s->host[1] = sm_path_page(&other, input, SM_RW);
    } else {
        struct sm_geometry g = {.granule_lg2 = path->s2->granule_lg2,
                                .input_bits = path->s2->input_bits,
                                .start_level = path->s2->start_level,
                                .start_given = true};
        uint64_t page = UINT64_C(1) << path->s2->granule_lg2;

        s->at = nested(path) ? sm_path_ipa(&s->path, input) & ~(page - 1) : input;
        s->table = path->s2;
        s->other = sm_table_new(sm, 2, &g);
        s->host[1] = mem_alloc(sm->t, page, page);
        sm_map(sm, s->other, s->at, s->host[1], 0, SM_RW);
        if (nested(path)) {
            s->host[0] = sm_descriptor_address(path->s2, mem_read64(sm->t, sm_entry(sm, path->s2, s->at, 3)));
            s->host[0] |= sm_path_ipa(&s->path, input) & (page - 1);
            s->host[1] |= sm_path_ipa(&s->path, input) & (page - 1);
        }
    }
    s->r = sm_request(&s->path, IOTB_WRITE, input + OFFSET, 8);
    sm_stale_level(s, 3);
}

void sm_stale_open(struct sm_stale *s, struct sm *sm, enum sm_flavour_id flavour, uint32_t sid, uint32_t ssid, uint32_t asid,
                   uint32_t vmid, uint32_t stage, uint64_t input)
{
    struct sm_path path;

    sm_path_open(sm, &path, flavour, sid, ssid, asid, vmid);
    sm_stale_on(s, &path, stage, input);
}

void sm_stale_level(struct sm_stale *s, int level)
{
    struct test *t = s->sm->t;

    if (s->entry)
        mem_write64(t, s->entry, s->value[0]);
    s->level = level;
    s->entry = sm_entry(s->sm, s->table, s->at, level);
    s->value[0] = mem_read64(t, s->entry);
    s->value[1] = mem_read64(t, sm_entry(s->sm, s->other, s->at, level));
    s->now = 0;
    sm_invalidate_all(s->sm);
}

bool sm_stale_gone(struct sm_stale *s, const char *row)
{
    return sm_expect_ok(s->sm, row, &s->r, s->host[s->now] + OFFSET);
}

bool sm_stale_warm(struct sm_stale *s, const char *row)
{
    return sm_stale_gone(s, row);
}

void sm_stale_change(struct sm_stale *s)
{
    s->now ^= 1;
    mem_write64(s->sm->t, s->entry, s->value[s->now]);
}

bool sm_stale_between(struct sm_stale *s, const char *row)
{
    uint64_t hosts[2] = {s->host[s->now] + OFFSET, s->host[s->now ^ 1] + OFFSET};
    struct sm_seen seen = sm_try(s->sm, &s->r, hosts, 2);

    return CHECK(s->sm->t, row, (seen.result == SM_ARRIVED || seen.result == SM_ARRIVED_OTHER) && !seen.type,
                 "before the invalidation the request goes to the old or the new page (result %d, event %02xh)", (int)seen.result,
                 seen.type);
}

/* ---- commands ---- */

struct drop_fact {
    const char *name, *row;
};

static const struct drop_fact facts[DROP_COUNT] = {
    [DROP_NH_ALL] = {"TLBI_NH_ALL", "SMMU-4-055"},
    [DROP_NH_ASID] = {"TLBI_NH_ASID", "SMMU-4-057"},
    [DROP_NH_VA] = {"TLBI_NH_VA", "SMMU-4-058"},
    [DROP_NH_VA_LEAF] = {"TLBI_NH_VA, Leaf", "SMMU-4-058"},
    [DROP_NH_VAA] = {"TLBI_NH_VAA", "SMMU-4-059"},
    [DROP_NH_VAA_LEAF] = {"TLBI_NH_VAA, Leaf", "SMMU-4-059"},
    [DROP_EL2_ALL] = {"TLBI_EL2_ALL", "SMMU-4-067"},
    [DROP_EL2_ASID] = {"TLBI_EL2_ASID", "SMMU-4-071"},
    [DROP_EL2_VA] = {"TLBI_EL2_VA", "SMMU-4-068"},
    [DROP_EL2_VA_LEAF] = {"TLBI_EL2_VA, Leaf", "SMMU-4-069"},
    [DROP_EL2_VAA] = {"TLBI_EL2_VAA", "SMMU-4-070"},
    [DROP_EL2_VAA_LEAF] = {"TLBI_EL2_VAA, Leaf", "SMMU-4-070"},
    [DROP_S12_VMALL] = {"TLBI_S12_VMALL", "SMMU-4-075"},
    [DROP_S2_IPA] = {"TLBI_S2_IPA", "SMMU-4-072"},
    [DROP_S2_IPA_LEAF] = {"TLBI_S2_IPA, Leaf", "SMMU-4-072"},
    [DROP_NSNH_ALL] = {"TLBI_NSNH_ALL", "SMMU-4-076"},
};

const char *sm_drop_name(enum sm_drop drop)
{
    return facts[drop].name;
}

const char *sm_drop_row(enum sm_drop drop)
{
    return facts[drop].row;
}

/* 4.4.2: VMID is RES0 in stage 1 invalidations where there is no stage 2. */
static uint32_t vmid_of(const struct sm_stale *s)
{
    return sm_idr(s->sm->t, 0, "S2P") ? s->path.vmid : 0;
}

struct sm_command sm_drop_command(const struct sm_stale *s, enum sm_drop drop)
{
    uint32_t asid = s->path.asid, vmid = vmid_of(s);

    switch (drop) {
    case DROP_NH_ALL:
        return sm_cmd_nh_all(vmid);
    case DROP_NH_ASID:
        return sm_cmd_nh_asid(vmid, asid);
    case DROP_NH_VA:
    case DROP_NH_VA_LEAF:
        return sm_cmd_nh_va(vmid, asid, s->input, drop == DROP_NH_VA_LEAF);
    case DROP_NH_VAA:
    case DROP_NH_VAA_LEAF:
        return sm_cmd_nh_vaa(vmid, s->input, drop == DROP_NH_VAA_LEAF);
    case DROP_EL2_ALL:
        return sm_cmd_el2_all();
    case DROP_EL2_ASID:
        return sm_cmd_el2_asid(asid);
    case DROP_EL2_VA:
    case DROP_EL2_VA_LEAF:
        return sm_cmd_el2_va(asid, s->input, drop == DROP_EL2_VA_LEAF);
    case DROP_EL2_VAA:
    case DROP_EL2_VAA_LEAF:
        return sm_cmd_el2_vaa(s->input, drop == DROP_EL2_VAA_LEAF);
    case DROP_S12_VMALL:
        return sm_cmd_s12_vmall(s->path.vmid);
    case DROP_S2_IPA:
    case DROP_S2_IPA_LEAF:
        return sm_cmd_s2_ipa(s->path.vmid, s->at, drop == DROP_S2_IPA_LEAF);
    case DROP_NSNH_ALL:
    case DROP_COUNT:
    default:
        return sm_cmd_nsnh_all();
    }
}

static bool leaf_only(enum sm_drop drop)
{
    return drop == DROP_NH_VA_LEAF || drop == DROP_NH_VAA_LEAF || drop == DROP_EL2_VA_LEAF || drop == DROP_EL2_VAA_LEAF ||
           drop == DROP_S2_IPA_LEAF;
}

bool sm_drop_covers(const struct sm_stale *s, enum sm_drop drop)
{
    bool el2 = s->path.flavour->strw == SM_STRW_EL2, has_s2 = sm_idr(s->sm->t, 0, "S2P") != 0;

    if (leaf_only(drop) && s->level < 3)
        return false;
    if (el2)
        return drop >= DROP_EL2_ALL && drop <= DROP_EL2_VAA_LEAF && (drop != DROP_EL2_ASID || s->path.flavour->e2h);
    if (drop == DROP_NSNH_ALL)
        return true;
    if (drop == DROP_S12_VMALL)
        return has_s2;
    if (s->stage == 1)
        return drop <= DROP_NH_VAA_LEAF;
    return drop == DROP_S2_IPA || drop == DROP_S2_IPA_LEAF;
}

bool sm_drop(const struct sm_stale *s, enum sm_drop drop)
{
    struct sm_command commands[2] = {sm_drop_command(s, drop), sm_cmd_nh_all(vmid_of(s))};
    bool pair = s->path.s1 && (drop == DROP_S2_IPA || drop == DROP_S2_IPA_LEAF);

    return sm_submit(s->sm, commands, pair ? 2 : 1);
}
