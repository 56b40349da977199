/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Translation requests at the edges: the interrupt address range, several translations at once, requests that break the protocol
 * of ATS (4.2.1 Handling of ATS Protocol Errors), translation off, caches.
 */
#include "vtd_bits.h"
#include "vtd_chapters.h"
#include "vtd_stale.h"

#include <string.h>

#define FIRST_INTERRUPT UINT64_C(0xfee00000)
#define END_INTERRUPT UINT64_C(0xfef00000)
#define INPUT VTD_BITS_INPUT

static const uint64_t inside[] = {FIRST_INTERRUPT, FIRST_INTERRUPT + 0x1000, UINT64_C(0xfee80000), END_INTERRUPT - 0x1000};
#define INSIDE (sizeof inside / sizeof inside[0])

/* ---- the interrupt address range as input ---- */

/* S.1 and S.2 of Table 30: no fault, and W = U = 1 unless NW is honoured. */
static void special(struct vt *vt, const char *row, const struct iotb_request *r, bool granted)
{
    for (uint32_t n = 0; n < 2; n++) {
        struct vt_translation t = vt_translate(vt, r);
        struct vt_fault fault;

        if (!CHECK(vt->t, row, t.count == 1, "one translation for the interrupt address 0x%llx", (unsigned long long)r->address))
            return;
        CHECK(vt->t, row, !t.entries[0].r && !t.entries[0].s, "R and S are 0 (entry 0x%llx)",
              (unsigned long long)t.entries[0].raw);
        CHECK_EQ(vt->t, row, granted, t.entries[0].w, "W");
        CHECK_EQ(vt->t, row, granted, t.entries[0].u, "U");
        CHECK(vt->t, row, !t.entries[0].exe && !t.entries[0].g && !t.entries[0].priv, "Exe, Global and Priv are 0");
        CHECK(vt->t, row, !vt_fault_take(vt, &fault), "a fault record");
    }
}

static void special_body(struct vt *vt, struct vt_path *path)
{
    struct iotb_request r = vt_translation_request(path, 0), nw;
    bool nwfs = vt_ecap(vt->t, "NWFS"), pass = path->flavour->pgtt == 4;
    uint64_t below = FIRST_INTERRUPT - 0x1000, above = END_INTERRUPT, host;

    vt_path_allow_ats(path, false);
    for (uint32_t mapped = 0; mapped < 2; mapped++)
        for (size_t i = 0; i < INSIDE; i++) {
            test_context(vt->t, "%s, address 0x%llx, mapped %u", vt_path_name(path), (unsigned long long)inside[i], mapped);
            if (mapped && !pass)
                vt_path_page(path, inside[i], VT_RW);
            r.address = inside[i];
            special(vt, "VTD-7-019", &r, true);
            nw = r;
            nw.flags |= IOTB_RQ_NO_WRITE;
            special(vt, nwfs ? "VTD-7-020" : "VTD-7-021", &nw, !nwfs);
        }
    if (pass)
        return;
    /* The pages beside the range are like any other. */
    host = vt_path_page(path, below, VT_RW);
    r.address = below;
    vt_expect_translation(vt, "VTD-7-019", &r, host, VT_RW, 12, NULL);
    host = vt_path_page(path, above, VT_RW);
    r.address = above;
    vt_expect_translation(vt, "VTD-7-019", &r, host, VT_RW, 12, NULL);
}

static void special_range(struct test *t)
{
    vt_each_flavour(t, VT_ATS_FLAVOURS & ~VT_PASID_FLAVOURS, special_body);
}

/* With a PASID it is an address like any other. */
static void with_pasid_body(struct vt *vt, struct vt_path *path)
{
    vt_path_allow_ats(path, false);
    for (size_t i = 0; i < INSIDE; i++) {
        struct iotb_request r = vt_translation_request(path, inside[i]);

        vt_expect_no_translation(vt, "VTD-4-009", &r);
        vt_expect_translation(vt, "VTD-4-009", &r, vt_path_page(path, inside[i], VT_RW), VT_RW, 12, NULL);
    }
}

static void with_pasid(struct test *t)
{
    vt_each_flavour(t, VT_PASID_FLAVOURS & VT_PAGED_FLAVOURS, with_pasid_body);
}

/* ---- and as output: the whole range that is returned counts ---- */

#define LARGE_INPUT UINT64_C(0x140000000)
#define LARGE_HOST UINT64_C(0xfee00000) /* of 2 MiB: the first half is the range */

static void overlap_body(struct vt *vt, struct vt_path *path)
{
    bool large = path->fs || vt_cap(vt->t, "SSLPS") & 1;
    struct iotb_request r;

    if (!large)
        return;
    vt_path_allow_ats(path, false);
    vt_map(vt, vt_path_table(path), LARGE_INPUT, LARGE_HOST, 21, VT_RW);
    vt_refresh(vt);
    for (uint64_t offset = 0; offset < 0x100000; offset += 0xff000) { /* first and last page of the range */
        r = vt_translation_request(path, LARGE_INPUT + offset);
        vt_expect_ats_refused(vt, "VTD-7-111", &r, IOTB_CA, 0x87);
    }
    /* A page that is not in the range: refused with the rest, or translated without the rest. */
    r = vt_translation_request(path, LARGE_INPUT + 0x100000);
    for (uint32_t n = 0; n < 2; n++) {
        struct vt_translation t = vt_translate(vt, &r);
        struct vt_fault fault;

        if (t.count) {
            uint64_t end = t.entries[0].base + (t.entries[0].size_lg2 < 64 ? UINT64_C(1) << t.entries[0].size_lg2 : 0);

            CHECK(vt->t, "VTD-7-017", t.entries[0].base >= END_INTERRUPT && end <= LARGE_HOST + 0x200000,
                  "the translation 0x%llx covers interrupt addresses", (unsigned long long)t.entries[0].raw);
            CHECK(vt->t, "VTD-7-017", !vt_fault_take(vt, &fault), "a fault record of a translation that is granted");
        } else {
            CHECK(vt->t, "VTD-7-017", t.outcome.done && (!t.outcome.has_status || t.outcome.status == IOTB_CA),
                  "a translation that is not granted ends with Completer Abort");
            CHECK(vt->t, "VTD-7-017", vt_fault_take(vt, &fault) && fault.fr == 0x87, "and is recorded with reason 87h");
        }
        vt_fault_clear(vt);
    }
}

static void overlap(struct test *t)
{
    if (!vt_cap(t, "SSLPS") && !vt_ecap(t, "FSTS"))
        test_skip(t, "no page larger than 4 KiB: CAP.SSLPS and ECAP.FSTS are 0");
    vt_each_flavour(t, (VT_FS_FLAVOURS | VT_SS_FLAVOURS) & ~(1u << VT_LEGACY_SS), overlap_body);
}

/* ---- several translations ---- */

#define SEVERAL 8u /* as many as a completion of 64 bytes holds */

/* One entry or more; each for the page behind the one before and of its size. */
static void several_round(struct vt_path *path, const uint64_t *hosts, uint32_t asked, uint32_t mapped)
{
    struct iotb_request r = vt_translation_request(path, INPUT);
    struct vt *vt = path->vt;
    struct vt_fault fault;
    struct vt_translation t;

    r.bytes = 8 * asked;
    t = vt_translate(vt, &r);
    if (!CHECK(vt->t, "VTD-4-019", t.count >= 1 && t.count <= asked, "%u translations where %u were asked for", t.count, asked))
        return;
    for (uint32_t i = 0; i < t.count; i++) {
        const struct vt_translation_entry *e = &t.entries[i];

        CHECK_EQ(vt->t, "VTD-4-019", 12, e->size_lg2, "size of translation %u of pages that do not lie side by side", i);
        CHECK_EQ(vt->t, "VTD-4-019", i < mapped, e->r && e->w, "R and W of translation %u", i);
        if (i < mapped)
            CHECK_EQ(vt->t, "VTD-4-019", hosts[i], e->base, "page of translation %u", i);
    }
    CHECK(vt->t, "VTD-4-019", !vt_fault_take(vt, &fault), "a fault record");
}

static void several_body(struct vt *vt, struct vt_path *path)
{
    uint64_t hosts[SEVERAL];

    vt_path_allow_ats(path, false);
    for (uint32_t i = SEVERAL; i-- > 0;) /* falling, so that the pages do not lie side by side */
        hosts[i] = vt_path_page(path, INPUT + 0x1000 * (uint64_t)i, VT_RW);
    for (uint32_t mapped = SEVERAL; mapped > 0; mapped--) {
        vt_refresh(vt);
        for (uint32_t asked = 2; asked <= SEVERAL; asked += 2)
            several_round(path, hosts, asked, mapped);
        mem_write64(vt->t, vt_path_leaf(path, INPUT + 0x1000 * (uint64_t)(mapped - 1)), 0);
    }
}

static void several(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, several_body);
}

/* ---- broken protocol ---- */

/* UR without a record, memory as it was, no table looked at. */
static void unsupported(struct vt_path *path, const char *row, struct iotb_request r, uint64_t host)
{
    struct vt *vt = path->vt;
    size_t mark;

    for (uint32_t kind = IOTB_READ; kind <= IOTB_WRITE; kind++) {
        if (r.address_type == IOTB_AT_TRANSLATION && kind == IOTB_READ && vt_field(vt->t, "GSTS_REG", "TES"))
            continue;
        r.kind = (uint8_t)kind;
        mem_write64(vt->t, host, UINT64_C(0x5a5a5a5a5a5a5a5a));
        memset(r.data, 0x33, 8);
        mark = trace_mark(vt->t);
        vt_expect_ats_refused(vt, row, &r, IOTB_UR, 0);
        CHECK_EQ(vt->t, row, UINT64_C(0x5a5a5a5a5a5a5a5a), mem_read64(vt->t, host), "memory at its address");
        if (test_has(vt->t, IOTB_F_BENCH_MEMORY))
            CHECK_EQ(vt->t, row, 0, trace_count(vt->t, mark, vt->root, vt->root + 4095, ACC_ANY), "accesses to the root table");
    }
}

static void protocol_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW), input = vtd_input(path, INPUT, host);
    struct iotb_request plain = vt_request(path, IOTB_WRITE, input, 8), r = plain;

    if (path->flavour->mode == VT_SCALABLE || path->flavour->pgtt != 4)
        vt_path_allow_ats(path, false);
    vt_expect_ok(vt, "VTD-4-002", &plain, host);
    r.address = host;
    r.address_type = IOTB_AT_RESERVED;
    unsupported(path, "VTD-4-002", r, host);
    r.address_type = IOTB_AT_TRANSLATION;
    unsupported(path, "VTD-4-002", r, host);
    vt_expect_ok(vt, "VTD-4-002", &plain, host);
    /* Translation off: nothing but untranslated requests, which need no tables. */
    vt_command(vt, "TE", false);
    for (uint32_t at = IOTB_AT_TRANSLATION; at <= IOTB_AT_RESERVED; at++) {
        r.address_type = (uint8_t)at;
        unsupported(path, "VTD-4-001", r, host);
    }
    plain.address = host;
    vt_expect_ok(vt, "VTD-4-001", &plain, host);
    vt_command(vt, "TE", true);
    plain.address = input;
    vt_expect_ok(vt, "VTD-4-001", &plain, host);
}

static void protocol(struct test *t)
{
    vt_each_flavour(t, VT_ALL_FLAVOURS, protocol_body);
}

/* 3.4.2: legacy mode knows no PASID; the request type does not matter. */
static void legacy_pasid_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request plain = vt_translation_request(path, INPUT), r = plain;

    vt_path_allow_ats(path, false);
    vt_expect_translation(vt, "VTD-4-021", &plain, host, VT_RW, 12, NULL);
    for (uint32_t pasid = 0; pasid < 20; pasid++) {
        r.flags = IOTB_RQ_PASID;
        r.pasid = 1u << pasid;
        vt_once(vt);
        vt_expect_ats_refused(vt, pasid & 1 ? "VTD-4-021" : "VTD-7-054", &r, IOTB_UR, 0x31);
    }
    r.pasid = 0;
    vt_expect_ats_refused(vt, "VTD-4-021", &r, IOTB_UR, 0x31);
    vt_expect_ats_refused(vt, "VTD-11-013", &r, IOTB_UR, 0x31);
    vt_expect_translation(vt, "VTD-4-021", &plain, host, VT_RW, 12, NULL);
}

static void legacy_pasid(struct test *t)
{
    vt_each_flavour(t, 1u << VT_LEGACY_SS, legacy_pasid_body);
}

/* An odd number of DWORDs: no translation comes of it, and no fault. */
static void malformed_body(struct vt *vt, struct vt_path *path)
{
    static const uint32_t bytes[] = {4, 12, 20};
    uint64_t host = vt_path_page(path, INPUT, VT_RW);
    struct iotb_request good = vt_translation_request(path, INPUT);

    vt_path_allow_ats(path, false);
    vt_expect_translation(vt, "VTD-4-020", &good, host, VT_RW, 12, NULL);
    for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
        struct iotb_request r = good;
        struct vt_fault fault;
        struct outcome o;
        uint32_t id;

        r.bytes = bytes[i];
        id = request_send(vt->t, &r);
        test_run(vt->t, VT_MESSAGE_PS);
        o = request_outcome(vt->t, id);
        CHECK(vt->t, "VTD-4-020", !o.done || (o.has_status && o.status != IOTB_SC) || !o.bytes,
              "a translation request of %u bytes brings a translation", bytes[i]);
        CHECK(vt->t, "VTD-4-020", !vt_fault_take(vt, &fault), "a fault record of a malformed request");
    }
    vt_expect_translation(vt, "VTD-4-020", &good, host, VT_RW, 12, NULL);
}

static void malformed(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_PAGED_FLAVOURS), malformed_body);
}

/* ---- caches ---- */

/* Old or new, both with all rights. */
static void between(struct stale *s, const struct iotb_request *r)
{
    struct vt_translation t = vt_translate(s->vt, r);
    uint64_t page = t.count ? vt_translation_output(&t.entries[0], r->address) & ~UINT64_C(0xfff) : 0;

    CHECK(s->vt->t, "VTD-6-007", t.count == 1 && t.entries[0].r && t.entries[0].w && (page == s->host[0] || page == s->host[1]),
          "before the invalidation the old or the new page (0x%llx)", (unsigned long long)page);
}

static void cached(struct vt *vt, enum vt_flavour_id flavour, enum stale_change change, enum stale_drop drop, const char *name)
{
    struct iotb_request r;
    struct stale s;

    stale_open(&s, vt, flavour, vt_rid(vt, 1), 0x77, 9, 0x5000000);
    if (change == STALE_SECOND && !s.path.ss)
        return;
    if (change == STALE_FIRST && !s.path.fs)
        return;
    if (!stale_can_drop(&s, drop))
        return;
    test_context(vt->t, "%s, %s", s.path.flavour->name, name);
    vt_path_allow_ats(&s.path, false);
    r = vt_translation_request(&s.path, s.input);
    vt_expect_translation(vt, "VTD-6-007", &r, s.host[0], VT_RW, 12, NULL);
    stale_change(&s, change, 1, 9);
    between(&s, &r);
    stale_drop(&s, drop, change == STALE_SECOND && s.path.fs ? s.guest : s.input);
    vt_expect_translation(vt, "VTD-6-654", &r, s.host[1], VT_RW, 12, NULL);
    vt_expect_translation(vt, "VTD-6-007", &r, s.host[1], VT_RW, 12, NULL);
}

static void caches(struct test *t)
{
    static const struct {
        enum stale_change change;
        enum stale_drop drop;
        uint32_t flavours;
        const char *name;
    } ways[] = {
        {STALE_FIRST, DROP_P_PAGE, VT_FS_FLAVOURS | VT_NESTED_FLAVOURS, "first-stage leaf, P_IOTLB page"},
        {STALE_FIRST, DROP_P_PASID, VT_FS_FLAVOURS | VT_NESTED_FLAVOURS, "first-stage leaf, P_IOTLB PASID"},
        {STALE_SECOND, DROP_PAGE, VT_SS_FLAVOURS | VT_NESTED_FLAVOURS, "second-stage leaf, IOTLB page"},
        {STALE_SECOND, DROP_DOMAIN, VT_SS_FLAVOURS | VT_NESTED_FLAVOURS, "second-stage leaf, IOTLB domain"},
        {STALE_FIRST, DROP_GLOBAL, VT_FS_FLAVOURS | VT_NESTED_FLAVOURS, "first-stage leaf, IOTLB global"},
    };
    uint32_t ran = 0;

    for (uint32_t id = 0; id < VT_FLAVOUR_COUNT; id++)
        for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
            struct vt vt;

            if (!(ways[i].flavours & 1u << id) || !vt_has_flavour(t, (enum vt_flavour_id)id))
                continue;
            if (ran++)
                test_reset(t, IOTB_RESET_COLD);
            vt_open_mode(&vt, t, vt_flavours[id].mode);
            cached(&vt, (enum vt_flavour_id)id, ways[i].change, ways[i].drop, ways[i].name);
            vt_close(&vt);
        }
    if (!ran)
        test_skip(t, "no translation with page tables");
}

static const struct iotb_case cases[] = {
    {.name = "vtd.ats.interrupt_range",
     .summary = "Without PASID the interrupt range is answered with W and U, or with nothing, whatever is mapped there.",
     .run = special_range,
     .rows = "VTD-7-019 VTD-7-020 VTD-7-021 VTD-4-012",
     .gate = "ECAP.DT",
     .features = IOTB_F_ATS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ats.interrupt_range_pasid",
     .summary = "With a PASID the same addresses are translated like any other.",
     .run = with_pasid,
     .rows = "VTD-4-009 VTD-4-012 VTD-4-015",
     .gate = "ECAP.DT&ECAP.PASID",
     .features = IOTB_F_ATS | IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ats.interrupt_output",
     .summary = "No translation is given out that covers interrupt addresses.",
     .run = overlap,
     .rows = "VTD-7-111 VTD-7-017",
     .gate = "ECAP.DT&ECAP.SMTS",
     .features = IOTB_F_ATS | IOTB_F_WIDE_ADDRESS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ats.several",
     .summary = "Of several translations asked for at least one is returned, and all of them are of pages in a row.",
     .run = several,
     .rows = "VTD-4-019",
     .gate = "ECAP.DT",
     .features = IOTB_F_ATS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ats.protocol",
     .summary = "AT = 11b, writes with AT = 01b and, with translation off, any AT but 00b are Unsupported Requests.",
     .run = protocol,
     .rows = "VTD-4-001 VTD-4-002",
     .gate = "ECAP.DT",
     .features = IOTB_F_ATS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ats.legacy_pasid",
     .summary = "Legacy mode refuses translation requests with PASID, with reason 31h.",
     .run = legacy_pasid,
     .rows = "VTD-4-021 VTD-7-054 VTD-11-013 VTD-11-014 VTD-11-015 VTD-11-016",
     .gate = "ECAP.DT&ECAP.PASID",
     .features = IOTB_F_ATS | IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ats.malformed",
     .summary = "A translation request of an odd number of DWORDs is no translation request.",
     .run = malformed,
     .rows = "VTD-4-020",
     .gate = "ECAP.DT",
     .features = IOTB_F_ATS | IOTB_F_OVERLAP,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.ats.caches",
     .summary = "After an IOTLB invalidation translation requests get the new page.",
     .run = caches,
     .rows = "VTD-6-007 VTD-6-654",
     .gate = "ECAP.DT",
     .features = IOTB_F_ATS,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_ats_range_cases = {cases, sizeof cases / sizeof cases[0]};
