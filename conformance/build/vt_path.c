/* SPDX-License-Identifier: BSD-2-Clause */
/* Paths: every way in which a request can be translated, set up and invalidated by the guidance of 6.5.3.3. */
#include "build/vt_internal.h"

#include <stdio.h>
#include <string.h>

enum { FIRST = 1, SECOND = 2, NESTED = 3, PASS = 4 }; /* PGTT encodings, 9.6 PASID Table Entry */

const struct vt_flavour vt_flavours[VT_FLAVOUR_COUNT] = {
    {VT_LEGACY_SS, "legacy", VT_LEGACY, SECOND, false},
    {VT_LEGACY_PT, "legacy pass-through", VT_LEGACY, PASS, false},
    {VT_RID_SS, "second-stage", VT_SCALABLE, SECOND, false},
    {VT_RID_FS, "first-stage", VT_SCALABLE, FIRST, false},
    {VT_RID_NESTED, "nested", VT_SCALABLE, NESTED, false},
    {VT_RID_PT, "pass-through", VT_SCALABLE, PASS, false},
    {VT_PASID_SS, "PASID second-stage", VT_SCALABLE, SECOND, true},
    {VT_PASID_FS, "PASID first-stage", VT_SCALABLE, FIRST, true},
    {VT_PASID_NESTED, "PASID nested", VT_SCALABLE, NESTED, true},
    {VT_PASID_PT, "PASID pass-through", VT_SCALABLE, PASS, true},
};

bool vt_has_flavour(struct test *t, enum vt_flavour_id id)
{
    const struct vt_flavour *f = &vt_flavours[id];
    bool second = vt_cap(t, "SAGAW") != 0;

    if (f->mode == VT_LEGACY)
        return f->pgtt == PASS ? vt_ecap(t, "PT") != 0 : second;
    if (!vt_ecap(t, "SMTS") || (f->with_pasid && (!vt_ecap(t, "PASID") || !test_has(t, IOTB_F_PASID))))
        return false;
    switch (f->pgtt) {
    case FIRST:
        return vt_ecap(t, "FSTS") != 0;
    case SECOND:
        return vt_ecap(t, "SSTS") != 0 && second;
    case NESTED:
        return vt_ecap(t, "NEST") != 0 && second;
    default:
        return vt_ecap(t, "PT") != 0;
    }
}

static void open_legacy(struct vt *vt, struct vt_path *path)
{
    struct vt_context context = {.tt = path->flavour->pgtt == PASS ? 2 : 0, .did = path->did};

    if (path->ss) {
        context.table = path->ss->root;
        context.aw = vt_aw(path->ss);
    }
    vt_set_context(vt, path->rid, &context);
}

static void open_scalable(struct vt *vt, struct vt_path *path)
{
    struct test *t = vt->t;
    struct vt_pasid entry = {.pgtt = path->flavour->pgtt, .did = path->did, .pwsnp = vt_ecap(t, "SMPWCS") != 0};
    uint64_t context = vt_context_address(vt, path->rid);
    bool fresh = !context || !vt_get_field(vt, context, "context_entry_scalable", "P");

    if (fresh) {
        uint32_t pss = vt_ecap(t, "PASID") ? (uint32_t)vt_ecap(t, "PSS") + 1 : 0;
        struct vt_context c = {
            .paside = vt_ecap(t, "PASID") != 0,
            .pdts = pss > 13 ? pss - 13 : 0,
            .rid_pasid = path->flavour->with_pasid ? 0 : path->pasid,
        };

        vt_set_context(vt, path->rid, &c);
    }
    if (path->ss) {
        entry.ss_table = path->ss->root;
        entry.aw = vt_aw(path->ss);
    }
    if (path->fs) {
        entry.fs_table = path->fs->root_pointer;
        entry.fspm = path->fs->levels - 4;
    }
    vt_set_pasid(vt, path->rid, path->pasid, &entry);
}

static void path_install(struct vt_path *path)
{
    if (path->flavour->mode == VT_LEGACY)
        open_legacy(path->vt, path);
    else
        open_scalable(path->vt, path);
    /* CM=1: what was not present before may be cached (6.1 Caching Mode). */
    if (path->vt->cap & vt_reg_bits("CAP_REG", "CM", 1))
        vt_invalidate_all(path->vt);
}

void vt_path_open_levels(struct vt *vt, struct vt_path *path, enum vt_flavour_id flavour, uint16_t rid, uint32_t pasid,
                         uint32_t did, uint32_t fs_levels, uint32_t ss_levels)
{
    memset(path, 0, sizeof *path);
    path->vt = vt;
    path->flavour = &vt_flavours[flavour];
    path->rid = rid;
    path->did = did;
    path->pasid = pasid;
    if (!vt_has_flavour(vt->t, flavour))
        test_skip(vt->t, "no %s translation", path->flavour->name);
    if (path->flavour->mode != vt->config.mode)
        test_abort(vt->t, "flavour %s in the wrong table mode", path->flavour->name);
    if (!path->flavour->with_pasid && (path->flavour->mode == VT_LEGACY || !vt_ecap(vt->t, "RPS")))
        path->pasid = 0;
    if (path->flavour->pgtt == SECOND || path->flavour->pgtt == NESTED)
        path->ss = vt_table_new(vt, VT_SS, ss_levels);
    if (path->flavour->pgtt == FIRST)
        path->fs = vt_table_new(vt, VT_FS, fs_levels);
    if (path->flavour->pgtt == NESTED)
        path->fs = vt_table_new_nested(vt, fs_levels, path->ss);
    path_install(path);
}

void vt_path_open(struct vt *vt, struct vt_path *path, enum vt_flavour_id flavour, uint16_t rid, uint32_t pasid, uint32_t did)
{
    vt_path_open_levels(vt, path, flavour, rid, pasid, did, 0, 0);
}

void vt_path_share(struct vt_path *path, const struct vt_path *other, uint16_t rid, uint32_t pasid)
{
    *path = *other;
    path->rid = rid;
    path->pasid = pasid;
    if (!path->flavour->with_pasid && (path->flavour->mode == VT_LEGACY || !vt_ecap(path->vt->t, "RPS")))
        path->pasid = 0;
    path_install(path);
}

void vt_path_map(struct vt_path *path, uint64_t input, uint64_t host, uint32_t page_lg2, uint32_t rights)
{
    struct vt *vt = path->vt;
    uint64_t size = UINT64_C(1) << page_lg2;

    if (path->flavour->pgtt == PASS)
        return;
    if (path->flavour->pgtt == NESTED) {
        uint64_t guest = (vt->guest_next + size - 1) & ~(size - 1);

        vt->guest_next = guest + 2 * size;
        vt_map(vt, path->ss, guest, host, page_lg2, VT_RW);
        host = guest;
    }
    vt_map(vt, vt_path_table(path), input, host, page_lg2, rights);
    if (vt->cap & vt_reg_bits("CAP_REG", "CM", 1))
        vt_path_invalidate_page(path, input, page_lg2, false);
}

uint64_t vt_path_page(struct vt_path *path, uint64_t input, uint32_t rights)
{
    uint64_t host = mem_alloc(path->vt->t, VT_PAGE, VT_PAGE);

    vt_path_map(path, input, host, 12, rights);
    return host;
}

struct vt_table *vt_path_table(struct vt_path *path)
{
    return path->fs ? path->fs : path->ss;
}

uint64_t vt_path_leaf(struct vt_path *path, uint64_t input)
{
    return vt_path_table(path) ? vt_entry(path->vt, vt_path_table(path), input, 1) : 0;
}

struct iotb_request vt_request(const struct vt_path *path, enum iotb_request_kind kind, uint64_t input, uint32_t bytes)
{
    uint32_t most = test_desc(path->vt->t)->request_bytes_max;
    struct iotb_request request = {
        .size = sizeof request,
        .requester_id = path->rid,
        .kind = (uint8_t)kind,
        .address_type = IOTB_AT_UNTRANSLATED,
        .flags = path->flavour->with_pasid ? IOTB_RQ_PASID : 0,
        .pasid = path->flavour->with_pasid ? path->pasid : 0,
        .bytes = bytes < most ? bytes : most,
        .address = input,
    };

    return request;
}

void vt_path_invalidate_page(struct vt_path *path, uint64_t input, uint32_t page_lg2, bool leaf_only)
{
    struct vt *vt = path->vt;
    uint32_t am = page_lg2 - 12;
    bool page = vt_cap(vt->t, "PSI") && am <= vt_cap(vt->t, "MAMV");

    if (path->flavour->pgtt == FIRST || path->flavour->pgtt == NESTED)
        vt_submit_one(vt, vt_desc_piotlb(VT_PIOTLB_PAGE, path->did, path->pasid, input, am, leaf_only));
    else
        vt_invalidate_iotlb(vt, page ? VT_IOTLB_PAGE : VT_IOTLB_DOMAIN, path->did, page ? input : 0, page ? am : 0,
                            page && leaf_only);
}

void vt_path_invalidate(struct vt_path *path)
{
    struct vt *vt = path->vt;

    if (path->flavour->mode == VT_LEGACY) {
        vt_invalidate_context(vt, VT_CC_DEVICE, path->did, path->rid, 0);
        vt_invalidate_iotlb(vt, VT_IOTLB_DOMAIN, path->did, 0, 0, false);
        return;
    }
    vt_invalidate_context(vt, VT_CC_DEVICE, 0, path->rid, 0);
    vt_submit_one(vt, vt_desc_pasid(VT_PC_PASID, path->did, path->pasid));
    if (path->flavour->pgtt == FIRST || path->flavour->pgtt == PASS)
        vt_submit_one(vt, vt_desc_piotlb(VT_PIOTLB_PASID, path->did, path->pasid, 0, 0, false));
    else
        vt_invalidate_iotlb(vt, VT_IOTLB_DOMAIN, path->did, 0, 0, false);
}

void vt_each_flavour(struct test *t, uint32_t mask, void (*body)(struct vt *vt, struct vt_path *path))
{
    uint32_t ran = 0;

    for (uint32_t id = 0; id < VT_FLAVOUR_COUNT; id++) {
        struct vt_path path;
        struct vt vt;

        if (!(mask & 1u << id) || !vt_has_flavour(t, (enum vt_flavour_id)id))
            continue;
        if (ran++)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "%s", vt_flavours[id].name);
        vt_open_mode(&vt, t, vt_flavours[id].mode);
        vt_path_open(&vt, &path, (enum vt_flavour_id)id, vt_rid(&vt, 0), 0x45, 7);
        body(&vt, &path);
        vt_close(&vt);
    }
    if (!ran)
        test_skip(t, "none of the translation types of this case is supported");
}

/*
 * Levels of the stage that this DUT has, as bits 3, 4, 5; bit 0 alone for a stage that the flavour does not use. Widths do not
 * depend on where the PASID comes from: flavours with PASID get the widest only.
 */
static uint32_t levels_of(struct test *t, const struct vt_flavour *flavour, enum vt_table_kind kind)
{
    bool used = flavour->pgtt == NESTED || flavour->pgtt == (kind == VT_FS ? FIRST : SECOND);

    if (!used)
        return 1u;
    if (flavour->with_pasid)
        return 1u << vt_levels_max(t, kind);
    if (kind == VT_FS)
        return vt_cap(t, "FS5LP") ? 1u << 4 | 1u << 5 : 1u << 4;
    return (uint32_t)vt_cap(t, "SAGAW") << 2 & (1u << 3 | 1u << 4 | 1u << 5); /* SAGAW bit 1 is 39 bits: 3 levels */
}

void vt_each_width(struct test *t, uint32_t mask, const struct vt_config *config, vt_body *body)
{
    uint32_t ran = 0;

    for (uint32_t i = 0; i < VT_FLAVOUR_COUNT * 36; i++) {
        uint32_t id = i / 36, fs = i / 6 % 6, ss = i % 6;
        struct vt_config c = config ? *config : (struct vt_config){.mode = VT_LEGACY};
        struct vt_path path;
        struct vt vt;

        if (!(mask & 1u << id) || !vt_has_flavour(t, (enum vt_flavour_id)id) ||
            !(levels_of(t, &vt_flavours[id], VT_FS) & 1u << fs) || !(levels_of(t, &vt_flavours[id], VT_SS) & 1u << ss))
            continue;
        if (ran++)
            test_reset(t, IOTB_RESET_COLD);
        c.mode = vt_flavours[id].mode;
        vt_open(&vt, t, &c);
        vt_path_open_levels(&vt, &path, (enum vt_flavour_id)id, vt_rid(&vt, 0), 0x45, 7, fs, ss);
        test_context(t, "%s", vt_path_name(&path));
        body(&vt, &path);
        vt_close(&vt);
    }
    if (!ran)
        test_skip(t, "none of the translation types of this case is supported");
}

const char *vt_path_name(struct vt_path *path)
{
    uint32_t length = (uint32_t)snprintf(path->name, sizeof path->name, "%s", path->flavour->name);

    if (path->fs)
        length += (uint32_t)snprintf(path->name + length, sizeof path->name - length, ", %u-level first stage", path->fs->levels);
    if (path->ss)
        snprintf(path->name + length, sizeof path->name - length, ", %u-level second stage", path->ss->levels);
    return path->name;
}

uint32_t vt_second_stage_bits(const struct vt_path *path)
{
    uint32_t agaw = 30 + 9 * vt_aw(path->ss);
    uint32_t mgaw = (uint32_t)vt_cap(path->vt->t, "MGAW") + 1;

    return agaw < mgaw ? agaw : mgaw;
}

uint32_t vt_address_bits(struct vt *vt)
{
    return test_has(vt->t, IOTB_F_WIDE_ADDRESS) ? 64 : test_desc(vt->t)->address_bits;
}
