/* SPDX-License-Identifier: BSD-2-Clause */
/* Translation on and off, table mode, root pointer (3.1, 3.4, 6.6, 11.4.4, 11.4.5). */
#include "build/vt.h"
#include "vtd_chapters.h"

#define INPUT UINT64_C(0x1234000)

static void off_is_identity(struct test *t)
{
    struct vt_config config = {.mode = vt_has_mode(t, VT_SCALABLE) ? VT_SCALABLE : VT_LEGACY, .stay_off = true};
    struct iotb_request r = {.size = sizeof r, .kind = IOTB_WRITE, .bytes = 8};
    struct vt vt;

    vt_open(&vt, t, &config);
    r.requester_id = vt_rid(&vt, 0);
    r.address = mem_alloc(t, 4096, 4096) + 0x128;
    vt_expect_ok(&vt, "VTD-3-001", &r, r.address);
    r.kind = IOTB_READ;
    vt_expect_ok(&vt, "VTD-3-001", &r, r.address);
    if (test_has(t, IOTB_F_PASID)) {
        r.flags = IOTB_RQ_PASID;
        r.pasid = 5;
        vt_expect_ok(&vt, "VTD-3-001", &r, r.address);
    }
    vt_close(&vt);
}

/* Two root tables that map the same device and input to different pages. */
struct two_roots {
    struct vt vt;
    struct vt_path path;
    uint64_t root[2], host[2];
};

static void open_two_roots(struct two_roots *s, struct test *t, enum vt_mode mode, enum vt_flavour_id flavour)
{
    vt_open_mode(&s->vt, t, mode);
    for (int i = 1; i >= 0; i--) {
        s->root[i] = s->vt.root = mem_alloc(t, 4096, 4096);
        vt_path_open(&s->vt, &s->path, flavour, vt_rid(&s->vt, 0), 0x21, (uint32_t)(4 + i));
        s->host[i] = vt_path_page(&s->path, INPUT, VT_RW);
    }
    vt_set_root(&s->vt, vt_rtaddr(&s->vt, mode)); /* root[0] */
    vt_invalidate_all(&s->vt);
}

static const enum vt_flavour_id paged[] = {VT_LEGACY_SS, VT_RID_SS, VT_RID_FS, VT_PASID_FS, VT_PASID_NESTED};

/* Runs body for each of the flavours above that the DUT has, on a unit that translates through root[0]. */
static void with_two_roots(struct test *t, void (*body)(struct two_roots *s, struct iotb_request *r))
{
    uint32_t ran = 0;

    for (size_t i = 0; i < sizeof paged / sizeof paged[0]; i++) {
        struct two_roots s;
        struct iotb_request r;

        if (!vt_has_flavour(t, paged[i]))
            continue;
        if (ran++)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "%s", vt_flavours[paged[i]].name);
        open_two_roots(&s, t, vt_flavours[paged[i]].mode, paged[i]);
        r = vt_request(&s.path, IOTB_WRITE, INPUT + 0x40, 8);
        body(&s, &r);
        vt_close(&s.vt);
    }
    if (!ran)
        test_skip(t, "no translation through page tables");
}

static void root_waits_for_srtp(struct two_roots *s, struct iotb_request *r)
{
    struct test *t = s->vt.t;
    uint64_t other = s->root[1] | (vt_rtaddr(&s->vt, s->vt.config.mode) & 0xfff);

    vt_expect_ok(&s->vt, "VTD-11-001", r, s->host[0] + 0x40);
    vt_reg_set(t, "RTADDR_REG", other);
    CHECK_EQ(t, "VTD-11-570", other, vt_reg(t, "RTADDR_REG"), "RTADDR_REG reads back before it is latched");
    vt_invalidate_all(&s->vt);
    vt_expect_ok(&s->vt, "VTD-11-569", r, s->host[0] + 0x40);
    CHECK(t, "VTD-11-002", vt_command(&s->vt, "SRTP", true), "GSTS.RTPS returns to 1 after SRTP");
    vt_invalidate_all(&s->vt);
    vt_expect_ok(&s->vt, "VTD-11-001", r, s->host[1] + 0x40);
    CHECK_EQ(t, "VTD-11-570", other, vt_reg(t, "RTADDR_REG"), "RTADDR_REG reads back after it is latched");
    /* 11.4.4.1: SRTP is one-shot; writing GCMD with SRTP = 0 does not take the status back. */
    vt_command(&s->vt, "TE", true);
    CHECK_EQ(t, "VTD-11-568", 1, vt_field(t, "GSTS_REG", "RTPS"), "GSTS.RTPS after a write with SRTP = 0");
    s->vt.root = s->root[1];
}

static void root_latched(struct test *t)
{
    with_two_roots(t, root_waits_for_srtp);
}

static void srtp_flushes_body(struct two_roots *s, struct iotb_request *r)
{
    vt_expect_ok(&s->vt, "VTD-6-001", r, s->host[0] + 0x40);
    vt_set_root(&s->vt, s->root[1] | (vt_rtaddr(&s->vt, s->vt.config.mode) & 0xfff));
    vt_expect_ok(&s->vt, "VTD-6-001", r, s->host[1] + 0x40);
    vt_set_root(&s->vt, vt_rtaddr(&s->vt, s->vt.config.mode));
    vt_expect_ok(&s->vt, "VTD-6-501", r, s->host[0] + 0x40);
}

static void srtp_flushes(struct test *t)
{
    with_two_roots(t, srtp_flushes_body);
}

static void srtp_stale_body(struct two_roots *s, struct iotb_request *r)
{
    uint64_t hosts[2] = {s->host[1] + 0x40, s->host[0] + 0x40};
    struct vt_seen seen;

    vt_expect_ok(&s->vt, "VTD-6-002", r, s->host[0] + 0x40);
    vt_set_root(&s->vt, s->root[1] | (vt_rtaddr(&s->vt, s->vt.config.mode) & 0xfff));
    seen = vt_try(&s->vt, r, hosts, 2);
    CHECK(s->vt.t, "VTD-6-502", seen.result == VT_ARRIVED || seen.result == VT_ARRIVED_OTHER,
          "before the invalidations the request goes through the old or the new root");
    vt_invalidate_all(&s->vt);
    vt_expect_ok(&s->vt, "VTD-6-002", r, s->host[1] + 0x40);
    vt_expect_ok(&s->vt, "VTD-6-502", r, s->host[1] + 0x40);
}

static void srtp_stale(struct test *t)
{
    with_two_roots(t, srtp_stale_body);
}

/* Leaf, PASID entry and root all change while translation is off. */
static void te_off_body(struct two_roots *s, struct iotb_request *r)
{
    struct test *t = s->vt.t;
    bool flushes = vt_ecap(t, "SMTS") != 0;
    uint64_t hosts[2] = {s->host[1] + 0x40, s->host[0] + 0x40};

    vt_expect_ok(&s->vt, flushes ? "VTD-11-003" : "VTD-11-567", r, s->host[0] + 0x40);
    CHECK(t, "VTD-11-563", vt_command(&s->vt, "TE", false), "GSTS.TES follows GCMD.TE = 0");
    vt_path_open(&s->vt, &s->path, s->path.flavour->id, s->path.rid, s->path.pasid, s->path.did);
    vt_path_map(&s->path, INPUT, s->host[1], 12, VT_RW);
    CHECK(t, "VTD-11-563", vt_command(&s->vt, "TE", true), "GSTS.TES follows GCMD.TE = 1");
    if (flushes) {
        vt_expect_ok(&s->vt, "VTD-11-003", r, s->host[1] + 0x40);
        vt_expect_ok(&s->vt, "VTD-11-566", r, s->host[1] + 0x40);
        return;
    }
    CHECK(t, "VTD-11-567", vt_try(&s->vt, r, hosts, 2).result <= VT_ARRIVED_OTHER,
          "after TE was off the request goes through the old or the new tables");
    vt_invalidate_all(&s->vt);
    vt_expect_ok(&s->vt, "VTD-11-567", r, s->host[1] + 0x40);
}

static void te_off(struct test *t)
{
    with_two_roots(t, te_off_body);
}

static void te_switches(struct test *t)
{
    struct two_roots s;
    struct iotb_request r;
    uint64_t hosts[2];

    open_two_roots(&s, t, VT_LEGACY, VT_LEGACY_SS);
    r = vt_request(&s.path, IOTB_WRITE, mem_alloc(t, 4096, 4096) + 0x80, 64);
    vt_path_map(&s.path, r.address & ~UINT64_C(0xfff), s.host[0], 12, VT_RW);
    hosts[0] = s.host[0] + 0x80;
    hosts[1] = r.address;
    /* 11.4.4.1 TE: every request is remapped wholly or not at all, also right after the command. */
    for (int i = 0; i < 6; i++) {
        struct vt_seen seen;
        bool on = i & 1;

        vt_command(&s.vt, "TE", on);
        seen = vt_try(&s.vt, &r, hosts, 2);
        CHECK(t, "VTD-11-004", seen.result == (on ? VT_ARRIVED : VT_ARRIVED_OTHER) && seen.fr == 0,
              "TE = %d: the request lands %s", on, on ? "at its mapping" : "at its own address");
        CHECK(t, "VTD-11-564", seen.result == VT_ARRIVED || seen.result == VT_ARRIVED_OTHER, "the request lands in one place");
    }
    vt_close(&s.vt);
}

/* Posted writes that were accepted before TE are visible when TES reads 1. */
static void te_drains(struct test *t)
{
    struct vt_config config = {.mode = vt_has_flavour(t, VT_LEGACY_SS) ? VT_LEGACY : VT_SCALABLE, .stay_off = true};
    uint32_t hold, ids[4];
    uint64_t pages;
    struct vt vt;

    vt_open(&vt, t, &config);
    pages = mem_alloc(t, 4 * 4096, 4096);
    hold = hold_accesses(t, pages, pages + 4 * 4096 - 1, ACC_WRITES);
    for (uint32_t i = 0; i < 4; i++) {
        struct iotb_request r = {.kind = IOTB_WRITE, .bytes = 8, .requester_id = vt_rid(&vt, 0), .address = pages + 4096 * i};

        r.data[0] = (uint8_t)(i + 1);
        ids[i] = request_send(t, &r);
    }
    test_settle(t);
    vt_reg_set(t, "GCMD_REG", (vt_reg(t, "GSTS_REG") & vt_reg_bits("GCMD_REG", "QIE", 1)) | vt_reg_bits("GCMD_REG", "TE", 1));
    test_settle(t);
    if (hold_count(t, hold) == 4)
        CHECK_EQ(t, "VTD-6-004", 0, vt_field(t, "GSTS_REG", "TES"), "GSTS.TES while four accepted writes are held by memory");
    hold_release(t, hold);
    test_settle(t);
    CHECK_EQ(t, "VTD-6-004", 1, vt_field(t, "GSTS_REG", "TES"), "GSTS.TES after the writes went through");
    for (uint32_t i = 0; i < 4; i++) {
        CHECK(t, "VTD-11-565", request_outcome(t, ids[i]).done, "write %u completed", i);
        CHECK_EQ(t, "VTD-11-565", i + 1, mem_read64(t, pages + 4096 * i) & 0xff, "write %u is visible, untranslated", i);
    }
    vt_close(&vt);
}

static void legacy_index(struct test *t)
{
    static const uint16_t ids[] = {0x0000, 0x00ff, 0xff00, 0x807f, 0x0080, 0x1208};
    struct vt vt;

    vt_open_mode(&vt, t, VT_LEGACY);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        struct vt_path path;
        struct iotb_request r;
        uint64_t host;
        size_t mark;

        test_context(t, "requester %04x", ids[i]);
        vt_path_open(&vt, &path, VT_LEGACY_SS, ids[i], 0, (uint32_t)(8 + i));
        host = vt_path_page(&path, INPUT, VT_RW);
        r = vt_request(&path, IOTB_WRITE, INPUT, 4);
        mark = trace_mark(t);
        vt_expect_ok(&vt, "VTD-3-002", &r, host);
        vt_expect_ok(&vt, "VTD-3-009", &r, host);
        if (test_has(t, IOTB_F_BENCH_MEMORY) && i == 0)
            CHECK(t, "VTD-3-002", trace_count(t, mark, vt.root, vt.root + 15, ACC_READS) > 0,
                  "the first request of bus 0 reads the root entry of bus 0");
    }
    vt_close(&vt);
}

static void scalable_index(struct test *t)
{
    static const uint16_t ids[] = {0x0000, 0x007f, 0x0080, 0x00ff, 0xff80, 0x337f, 0x3301};
    enum vt_flavour_id flavour = vt_has_flavour(t, VT_RID_SS) ? VT_RID_SS : VT_RID_FS;
    struct vt vt;

    vt_open_mode(&vt, t, VT_SCALABLE);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        struct vt_path path;
        struct iotb_request r;
        uint64_t host;
        size_t mark;

        test_context(t, "requester %04x", ids[i]);
        vt_path_open(&vt, &path, flavour, ids[i], 0, (uint32_t)(8 + i));
        host = vt_path_page(&path, INPUT, VT_RW);
        r = vt_request(&path, IOTB_WRITE, INPUT, 4);
        mark = trace_mark(t);
        vt_expect_ok(&vt, "VTD-3-003", &r, host);
        vt_expect_ok(&vt, "VTD-3-009", &r, host);
        if (test_has(t, IOTB_F_BENCH_MEMORY)) {
            uint64_t entry = vt_context_address(&vt, ids[i]);
            uint64_t other = entry ^ (32 * 0x40);

            CHECK(t, "VTD-3-003", trace_count(t, mark, entry, entry + 31, ACC_READS) > 0,
                  "the context entry of devfn %02x is read at its table plus 32 times devfn[6:0]", ids[i] & 0xff);
            CHECK_EQ(t, "VTD-3-003", 0, trace_count(t, mark, other, other + 31, ACC_READS), "reads of another context entry");
        }
    }
    vt_close(&vt);
}

static void pasid_index(struct test *t)
{
    static const uint32_t pasids[] = {0x1, 0x3f, 0x40, 0x7f, 0x1000, 0x1fc0, 0x2000, 0x12345, 0xfffff, 0x80000, 0x41};
    enum vt_flavour_id flavour = vt_has_flavour(t, VT_PASID_SS) ? VT_PASID_SS : VT_PASID_FS;
    uint32_t end = 1u << (vt_ecap(t, "PSS") + 1);
    struct vt vt;

    vt_open_mode(&vt, t, VT_SCALABLE);
    for (size_t i = 0; i < sizeof pasids / sizeof pasids[0]; i++) {
        struct vt_path path;
        struct iotb_request r;
        uint64_t host;
        size_t mark;

        if (pasids[i] >= end)
            continue;
        test_context(t, "PASID %05x", pasids[i]);
        vt_path_open(&vt, &path, flavour, vt_rid(&vt, 0), pasids[i], (uint32_t)(8 + i));
        host = vt_path_page(&path, INPUT, VT_RW);
        r = vt_request(&path, IOTB_WRITE, INPUT, 4);
        mark = trace_mark(t);
        vt_expect_ok(&vt, "VTD-3-004", &r, host);
        if (test_has(t, IOTB_F_BENCH_MEMORY)) {
            uint64_t entry = vt_pasid_address(&vt, path.rid, pasids[i]);

            CHECK(t, "VTD-3-004", trace_count(t, mark, entry, entry + 63, ACC_READS) > 0, "its PASID table entry is read");
        }
    }
    vt_close(&vt);
}

static void rid_pasid(struct test *t)
{
    enum vt_flavour_id flavour = vt_has_flavour(t, VT_RID_SS) ? VT_RID_SS : VT_RID_FS;
    bool rps = vt_ecap(t, "RPS") != 0;
    struct vt_path nine, zero;
    struct iotb_request r;
    uint64_t host9, host0;
    struct vt vt;

    vt_open_mode(&vt, t, VT_SCALABLE);
    vt_path_open(&vt, &nine, flavour, vt_rid(&vt, 0), 9, 4);
    host9 = vt_path_page(&nine, INPUT, VT_RW);
    if (rps) {
        vt_path_share(&zero, &nine, nine.rid, 0);
        zero.did = 5;
        zero.pasid = 0;
        vt_path_open(&vt, &zero, flavour, nine.rid, 0, 5);
        host0 = vt_path_page(&zero, INPUT, VT_RW);
        r = vt_request(&nine, IOTB_WRITE, INPUT, 4);
        vt_expect_ok(&vt, "VTD-3-005", &r, host9);
        CHECK(t, "VTD-3-005", host0 != host9, "PASID 0 maps the same input elsewhere");
    } else {
        CHECK_EQ(t, "VTD-3-006", 0, nine.pasid, "PASID of plain requests");
        r = vt_request(&nine, IOTB_WRITE, INPUT, 4);
        vt_expect_ok(&vt, "VTD-3-006", &r, host9);
    }
    vt_close(&vt);
}

static void abort_mode(struct test *t)
{
    enum vt_flavour_id flavour = vt_has_flavour(t, VT_RID_SS) ? VT_RID_SS : VT_RID_FS;
    struct vt_path path;
    struct iotb_request r;
    uint64_t host;
    struct vt vt;
    size_t mark;

    vt_open_mode(&vt, t, VT_SCALABLE);
    vt_path_open(&vt, &path, flavour, vt_rid(&vt, 0), 0, 4);
    host = vt_path_page(&path, INPUT, VT_RW);
    r = vt_request(&path, IOTB_WRITE, INPUT, 4);
    vt_expect_ok(&vt, "VTD-3-007", &r, host);
    if (!vt_cap(t, "ESRTPS"))
        vt_command(&vt, "TE", false);
    vt_set_root(&vt, vt.root | vt_reg_bits("RTADDR_REG", "TTM", 3));
    vt_command(&vt, "TE", true);
    vt_invalidate_all(&vt);
    mark = trace_mark(t);
    vt_expect_fault(&vt, "VTD-3-007", &r, 0x33, host);
    vt_expect_fault(&vt, "VTD-7-056", &r, 0x33, host);
    if (vt_ecap(t, "PASID") && test_has(t, IOTB_F_PASID)) {
        r.flags = IOTB_RQ_PASID;
        r.pasid = 3;
        vt_expect_fault(&vt, "VTD-7-056", &r, 0x33, host);
        r.flags = 0;
        r.pasid = 0;
    }
    if (test_has(t, IOTB_F_BENCH_MEMORY))
        CHECK_EQ(t, "VTD-3-007", 0, trace_count(t, mark, vt.root, vt.root + 4095, ACC_ANY), "accesses to the root table");
    if (vt_cap(t, "ESRTPS")) {
        vt_set_root(&vt, vt_rtaddr(&vt, VT_SCALABLE));
        vt_expect_ok(&vt, "VTD-3-008", &r, host);
    }
    vt_close(&vt);
}

/* Reserved and unsupported table modes: 30h for every request, nothing read through RTA. */
static void reserved_modes(struct test *t)
{
    static const struct {
        uint32_t ttm;
        const char *row;
        const char *unless; /* ECAP bit that makes the mode legal */
    } modes[] = {{2, "VTD-7-051", NULL}, {1, "VTD-7-052", "SMTS"}, {3, "VTD-7-050", "ADMS"}};
    bool legacy = vt_has_flavour(t, VT_LEGACY_SS);
    enum vt_flavour_id flavour = legacy ? VT_LEGACY_SS : VT_RID_FS;
    struct vt vt;

    vt_open_mode(&vt, t, legacy ? VT_LEGACY : VT_SCALABLE);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        struct vt_path path;
        struct iotb_request r;
        uint64_t host;
        size_t mark;

        if (modes[i].unless && vt_ecap(t, modes[i].unless))
            continue;
        test_context(t, "TTM %u", modes[i].ttm);
        vt_path_open(&vt, &path, flavour, vt_rid(&vt, 0), 0, 4);
        host = vt_path_page(&path, INPUT, VT_RW);
        r = vt_request(&path, IOTB_WRITE, INPUT, 4);
        vt_command(&vt, "TE", false);
        vt_set_root(&vt, vt.root | vt_reg_bits("RTADDR_REG", "TTM", modes[i].ttm));
        vt_command(&vt, "TE", true);
        mark = trace_mark(t);
        vt_expect_fault(&vt, modes[i].row, &r, 0x30, host);
        r.kind = IOTB_READ;
        vt_expect_fault(&vt, modes[i].ttm == 2 ? "VTD-11-571" : "VTD-11-572", &r, 0x30, host);
        if (test_has(t, IOTB_F_BENCH_MEMORY))
            CHECK_EQ(t, "VTD-7-123", 0, trace_count(t, mark, vt.root, vt.root + 4095, ACC_ANY), "accesses to the root table");
        vt_command(&vt, "TE", false);
        vt_set_root(&vt, vt_rtaddr(&vt, vt.config.mode));
        vt_command(&vt, "TE", true);
        vt_invalidate_all(&vt);
    }
    vt_close(&vt);
}

static void phantom_functions(struct test *t)
{
    bool legacy = vt_has_flavour(t, VT_LEGACY_SS);
    struct vt_path path;
    struct iotb_request r;
    uint64_t host;
    struct vt vt;

    vt_open_mode(&vt, t, legacy ? VT_LEGACY : VT_SCALABLE);
    vt_path_open(&vt, &path, legacy ? VT_LEGACY_SS : VT_RID_FS, 0x0100, 0, 4);
    host = vt_path_page(&path, INPUT, VT_RW);
    r = vt_request(&path, IOTB_WRITE, INPUT, 4);
    vt_expect_ok(&vt, "VTD-3-010", &r, host);
    for (uint16_t fn = 1; fn < 8; fn++) {
        r.requester_id = (uint16_t)(0x0100 + fn);
        vt_expect_fault(&vt, "VTD-3-010", &r, legacy ? 0x02 : 0x41, host);
    }
    vt_close(&vt);
}

/* Each half comes from its own page, at its own place in the data. */
static void crossing_read(struct vt *vt, struct iotb_request r, uint64_t first, uint64_t second)
{
    struct outcome o;

    r.kind = IOTB_READ;
    mem_write32(vt->t, first, 0x13121110);
    mem_write32(vt->t, second, 0x17161514);
    o = request_run(vt->t, &r);
    CHECK(vt->t, "VTD-3-011", o.done, "the crossing read completes");
    for (uint32_t i = 0; i < 8 && o.done && o.has_status && o.status == IOTB_SC; i++)
        CHECK_EQ(vt->t, "VTD-3-011", 0x10 + i, o.data[i], "byte %u of the crossing read", i);
    mem_write32(vt->t, first, 0x11111111);
    vt_fault_clear(vt);
}

static void crossing_body(struct vt *vt, struct vt_path *path)
{
    uint64_t first = mem_alloc(vt->t, 8192, 4096); /* and the page behind it, which nothing may reach */
    uint64_t second = mem_alloc(vt->t, 4096, 4096);
    struct iotb_request r = vt_request(path, IOTB_WRITE, INPUT + 0xffc, 8);
    uint64_t before = mem_read64(vt->t, second);
    struct outcome o;

    vt_path_map(path, INPUT, first, 12, VT_RW);
    vt_path_map(path, INPUT + 0x1000, second, 12, VT_RW);
    mem_write32(vt->t, first + 0xffc, 0x11111111);
    mem_write64(vt->t, first + 0x1000, UINT64_C(0x2222222222222222));
    for (int i = 0; i < 8; i++)
        r.data[i] = (uint8_t)(0xa0 + i);
    /* First with the second page mapped, then with it taken away. */
    o = request_run(vt->t, &r);
    CHECK(vt->t, "VTD-3-011", o.done, "the crossing request completes");
    CHECK(vt->t, "VTD-3-011", mem_read64(vt->t, first + 0x1000) == UINT64_C(0x2222222222222222),
          "the translation of the first page is not used beyond it");
    if (o.has_status && o.status == IOTB_SC)
        CHECK_EQ(vt->t, "VTD-3-011", 0xa7a6a5a4, mem_read32(vt->t, second), "second half through its own translation");
    crossing_read(vt, r, first + 0xffc, second);
    vt_fault_clear(vt);
    mem_write64(vt->t, vt_path_leaf(path, INPUT + 0x1000), 0);
    vt_path_invalidate(path);
    mem_write64(vt->t, second, before);
    o = request_run(vt->t, &r);
    CHECK(vt->t, "VTD-3-011", o.done && (!o.has_status || o.status != IOTB_SC), "with the second page unmapped it is refused");
    CHECK_EQ(vt->t, "VTD-3-011", before, mem_read64(vt->t, second), "memory of the page that is not mapped any more");
    vt_fault_clear(vt);
}

static void crossing(struct test *t)
{
    vt_each_flavour(t, 1u << VT_LEGACY_SS | 1u << VT_RID_FS | 1u << VT_PASID_NESTED, crossing_body);
}

/* Inside one page every byte is its own, wherever a request begins, whatever lines of a cache it touches. */
static void lines_body(struct vt *vt, struct vt_path *path)
{
    static const uint32_t begins[] = {0, 1, 0x1c, 0x3c, 0x3d, 0x3f, 0x7c3, 0xf9f, 0xfc0};
    static const uint32_t lengths[] = {1, 2, 3, 4, 5, 8, 13, 32, 33, 63, 64};
    uint64_t host = vt_path_page(path, INPUT, VT_RW), at = path->flavour->pgtt == 4 ? host : INPUT;

    for (size_t b = 0; b < sizeof begins / sizeof begins[0]; b++)
        for (size_t n = 0; n < 2 * sizeof lengths / sizeof lengths[0]; n++) {
            enum iotb_request_kind kind = n & 1 ? IOTB_WRITE : IOTB_READ;
            struct iotb_request r = vt_request(path, kind, at + begins[b], lengths[n / 2]);

            if (begins[b] + r.bytes <= 4096)
                vt_expect_ok(vt, "VTD-3-011", &r, host + begins[b]);
        }
}

static void lines(struct test *t)
{
    vt_each_flavour(t, 1u << VT_LEGACY_SS | 1u << VT_RID_FS | 1u << VT_PASID_NESTED | 1u << VT_RID_PT, lines_body);
}

/* Each kind of atomic with each operand size that PCI Express gives it, at the ends and in the middle of a page. */
static void atomics_body(struct vt *vt, struct vt_path *path)
{
    static const struct {
        enum iotb_request_kind kind;
        uint32_t bytes;
    } atomics[] = {{IOTB_FETCH_ADD, 4}, {IOTB_FETCH_ADD, 8}, {IOTB_SWAP, 4}, {IOTB_SWAP, 8},
                   {IOTB_CAS, 4},       {IOTB_CAS, 8},       {IOTB_CAS, 16}};
    const char *row = path->flavour->pgtt == 4 ? "VTD-3-072" : "VTD-3-011";
    uint64_t host = vt_path_page(path, INPUT, VT_RW), at = path->flavour->pgtt == 4 ? host : INPUT;

    for (size_t i = 0; i < sizeof atomics / sizeof atomics[0]; i++) {
        const uint32_t offsets[] = {0, atomics[i].bytes, 0x7c0 + atomics[i].bytes, 4096 - atomics[i].bytes};

        for (size_t k = 0; k < sizeof offsets / sizeof offsets[0]; k++) {
            struct iotb_request r = vt_request(path, atomics[i].kind, at + offsets[k], atomics[i].bytes);

            test_context(vt->t, "%s, atomic of kind %u, %u bytes at 0x%x", vt_path_name(path), r.kind, r.bytes, offsets[k]);
            vt_expect_ok(vt, row, &r, host + offsets[k]);
        }
    }
}

static void atomics(struct test *t)
{
    vt_each_flavour(t, VT_ALL_FLAVOURS & ~VT_PASID_FLAVOURS, atomics_body);
}

static const struct iotb_case cases[] = {
    {.name = "vtd.mode.off_is_identity",
     .summary = "With remapping off an address is used as it is and a PASID is ignored.",
     .run = off_is_identity,
     .rows = "VTD-3-001 VTD-3-002 VTD-3-003",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.mode.root_latched",
     .summary = "RTADDR acts at SRTP, reads back as written, and RTPS stays set.",
     .run = root_latched,
     .rows = "VTD-11-001 VTD-11-002 VTD-11-568 VTD-11-569 VTD-11-570",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.mode.srtp_flushes",
     .summary = "ESRTPS: SRTP alone makes every cache forget the old root.",
     .run = srtp_flushes,
     .rows = "VTD-6-001 VTD-6-501",
     .gate = "CAP.ESRTPS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.mode.srtp_stale",
     .summary = "Without ESRTPS the old root may be used until three global invalidations.",
     .run = srtp_stale,
     .rows = "VTD-6-002 VTD-6-502",
     .gate = "!CAP.ESRTPS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.mode.te_off",
     .summary = "Turning translation off drops all caches with SMTS, and may keep them without.",
     .run = te_off,
     .rows = "VTD-11-003 VTD-11-563 VTD-11-566 VTD-11-567",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.mode.te_switches",
     .summary = "Each request is remapped wholly or not at all while TE is toggled.",
     .run = te_switches,
     .rows = "VTD-11-004 VTD-11-564",
     .gate = "CAP.SAGAW",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.mode.te_drains",
     .summary = "TES reads 1 only after writes that were accepted untranslated are visible.",
     .run = te_drains,
     .rows = "VTD-6-004 VTD-11-565",
     .gate = "CAP.DWD&CAP.DRD",
     .features = IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.mode.legacy_index",
     .summary = "Legacy tables are indexed by bus and by devfn.",
     .run = legacy_index,
     .rows = "VTD-3-002 VTD-3-009",
     .gate = "CAP.SAGAW",
     .features = IOTB_F_ANY_REQUESTER,
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.mode.scalable_index",
     .summary = "Lower and upper context tables are each indexed by devfn[6:0].",
     .run = scalable_index,
     .rows = "VTD-3-003 VTD-3-009",
     .gate = "ECAP.SMTS",
     .features = IOTB_F_ANY_REQUESTER,
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.mode.pasid_index",
     .summary = "PASID[19:6] selects the directory entry, PASID[5:0] the table entry.",
     .run = pasid_index,
     .rows = "VTD-3-004",
     .gate = "ECAP.SMTS&ECAP.PASID",
     .features = IOTB_F_PASID,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.mode.rid_pasid",
     .summary = "Plain requests use RID_PASID, or PASID 0 where RPS is 0.",
     .run = rid_pasid,
     .rows = "VTD-3-005 VTD-3-006",
     .gate = "ECAP.SMTS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.mode.abort",
     .summary = "Abort-DMA mode refuses everything with 33h and reads no table.",
     .run = abort_mode,
     .rows = "VTD-3-007 VTD-3-008 VTD-7-056",
     .gate = "ECAP.SMTS&ECAP.ADMS",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.mode.reserved",
     .summary = "Reserved and unsupported table modes refuse everything with 30h.",
     .run = reserved_modes,
     .rows = "VTD-7-050 VTD-7-051 VTD-7-052 VTD-7-123 VTD-11-571 VTD-11-572",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.mode.phantom_functions",
     .summary = "Each function number has its own context entry.",
     .run = phantom_functions,
     .rows = "VTD-3-010",
     .features = IOTB_F_ANY_REQUESTER,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.mode.lines",
     .summary = "A request inside a page moves each of its bytes, from any byte on and of any length.",
     .run = lines,
     .rows = "VTD-3-011",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.mode.atomics",
     .summary = "Atomics of every kind and operand size change the memory that their page is mapped to.",
     .run = atomics,
     .rows = "VTD-3-011 VTD-3-072",
     .features = IOTB_F_ATOMIC,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.mode.crossing",
     .summary = "A request across 4 KiB is judged page by page or refused.",
     .run = crossing,
     .rows = "VTD-3-011",
     .features = IOTB_F_COMPLETION_STATUS,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_mode_cases = {cases, sizeof cases / sizeof cases[0]};
