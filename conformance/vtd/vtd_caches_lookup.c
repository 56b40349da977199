/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the context cache and the PASID cache are looked up by (6.2.2, 6.2.3, Table 17 Cache Tagging): with one entry cached, a
 * request that differs in a single bit of requester id or PASID meets its own entry, or finds that it has none.
 */
#include "vtd_bits.h"
#include "vtd_chapters.h"

#define INPUT UINT64_C(0x2345000)

/* Not a root entry, not a context entry: by mode. */
static uint32_t expect_no_context(struct vt *vt, const char *row, const struct iotb_request *r, uint64_t host)
{
    static const uint32_t legacy[] = {0x01, 0x02}, scalable[] = {0x39, 0x41};

    return vt_expect_fault_any(vt, row, r, vt->config.mode == VT_LEGACY ? legacy : scalable, 2, host);
}

/* ---- context cache ---- */

static void context_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW), other_host;
    struct iotb_request r = vt_request(path, IOTB_WRITE, INPUT, 8), other;
    struct vt_path second;

    vt_path_open(vt, &second, path->flavour->id, vt_rid(vt, 1), path->pasid + 1, path->did + 1);
    other_host = vt_path_page(&second, INPUT, VT_RW);
    other = vt_request(&second, IOTB_WRITE, INPUT, 8);
    vt_expect_ok(vt, "VTD-6-015", &r, host);
    vt_expect_ok(vt, "VTD-6-015", &other, other_host);
    vt_expect_ok(vt, "VTD-6-015", &r, host);
    for (uint32_t bit = 0; bit < 16; bit++) {
        struct iotb_request alien = r;

        alien.requester_id = (uint16_t)(path->rid ^ 1u << bit);
        if (!vt_rid_usable(vt, alien.requester_id) || alien.requester_id == second.rid)
            continue;
        test_context(vt->t, "%s, requester 0x%04x after 0x%04x", path->flavour->name, alien.requester_id, path->rid);
        expect_no_context(vt, "VTD-6-015", &alien, host);
        vt_once(vt);
        vt_expect_ok(vt, "VTD-6-015", &r, host);
    }
}

static void context_lookup(struct test *t)
{
    vt_each_flavour(t, 1u << VT_LEGACY_SS | vtd_first_flavours(t, VT_SS_FLAVOURS | VT_FS_FLAVOURS), context_body);
}

/* ---- PASID cache ---- */

static void pasid_body(struct vt *vt, struct vt_path *path)
{
    static const uint32_t absent[] = {0x51, 0x59};
    uint64_t host = vt_path_page(path, INPUT, VT_RW), other_host;
    struct iotb_request r = vt_request(path, IOTB_WRITE, INPUT, 8), alien;
    uint32_t bits = (uint32_t)vt_ecap(vt->t, "PSS") + 1;
    struct vt_path second;

    vt_path_open(vt, &second, path->flavour->id, vt_rid(vt, 1), path->pasid ^ 1, path->did + 1);
    other_host = vt_path_page(&second, INPUT, VT_RW);
    vt_expect_ok(vt, "VTD-6-017", &r, host);
    alien = r;
    for (uint32_t bit = 0; bit < bits && bit < 13; bit++) { /* PDTS = 0: PASIDs below 2^13 */
        test_context(vt->t, "%s, PASID 0x%x after 0x%x", path->flavour->name, path->pasid ^ 1u << bit, path->pasid);
        alien.pasid = path->pasid ^ 1u << bit;
        vt_expect_fault_any(vt, "VTD-6-017", &alien, absent, 2, host);
        vt_once(vt);
        vt_expect_ok(vt, "VTD-6-017", &r, host);
    }
    test_context(vt->t, "%s, the same PASID of another device", path->flavour->name);
    alien.requester_id = second.rid;
    alien.pasid = path->pasid;
    vt_expect_fault_any(vt, "VTD-6-017", &alien, absent, 2, host);
    alien.pasid = second.pasid;
    vt_expect_ok(vt, "VTD-6-017", &alien, other_host);
    vt_expect_ok(vt, "VTD-6-017", &r, host);
}

static void pasid_lookup(struct test *t)
{
    vt_each_flavour(t, 1u << VT_PASID_SS | 1u << VT_PASID_FS, pasid_body);
}

/* ---- FPD where the translation is cached ---- */

/* Reads fill the IOTLB; a write then faults by the rights cached there, and FPD of the tables counts as on a walk. */
static void fpd_body(struct vt *vt, struct vt_path *path)
{
    bool legacy = path->flavour->mode == VT_LEGACY;
    uint64_t host = vt_path_page(path, INPUT, VT_R | VT_U), context = vt_context_address(vt, path->rid);
    struct iotb_request read = vt_request(path, IOTB_READ, INPUT, 8), write = vt_request(path, IOTB_WRITE, INPUT, 8);

    for (uint32_t place = 0; place < (legacy ? 1u : 3u); place++) {
        uint64_t entry = place == 0   ? context
                         : place == 1 ? vt_directory_address(vt, path->rid, path->pasid)
                                      : vt_pasid_address(vt, path->rid, path->pasid);

        test_context(vt->t, "%s, FPD of table entry %u", path->flavour->name, place);
        vt_set_bits(vt, entry, 1, 1, 1);
        vt_flush_writes(vt);
        vt_invalidate_all(vt);
        vt_expect_ok(vt, "VTD-7-029", &read, host);
        vt_expect_silent(vt, "VTD-7-029", &write, host);
        vt_set_bits(vt, entry, 1, 1, 0);
        vt_flush_writes(vt);
        vt_invalidate_all(vt);
        vt_expect_ok(vt, "VTD-7-029", &read, host);
        vt_expect_fault(vt, "VTD-7-029", &write, legacy ? 0x05 : 0x85, host);
    }
}

static void fpd_on_hit(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, fpd_body);
}

static const struct iotb_case cases[] = {
    {.name = "vtd.caches.context_lookup",
     .summary = "A cached context entry serves its own requester id and none that differs in one bit.",
     .run = context_lookup,
     .rows = "VTD-6-015 VTD-11-016 VTD-11-018 VTD-7-036" VTD_PLAIN_ROWS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.caches.pasid_lookup",
     .summary = "A cached PASID table entry serves its own device and PASID and none that differs in one bit.",
     .run = pasid_lookup,
     .rows = "VTD-6-017" VTD_SCALABLE_ROWS,
     .gate = "ECAP.PASID",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.caches.fpd_on_hit",
     .summary = "A fault by cached rights is recorded, and with FPD in any table entry it is not.",
     .run = fpd_on_hit,
     .rows = "VTD-7-029 VTD-11-016 VTD-11-018 VTD-7-036" VTD_PLAIN_ROWS,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_caches_lookup_cases = {cases, sizeof cases / sizeof cases[0]};
