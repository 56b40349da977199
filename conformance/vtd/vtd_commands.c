/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands and their status: GCMD_REG and GSTS_REG, the protected memory registers, and the memory type range registers
 * (11.4.4 Global Command Interface Registers, 11.4.8 Protected Memory Range Registers, 11.4.12 Memory Type Range Registers).
 */
#include "build/vt.h"
#include "vtd_chapters.h"

#include <string.h>

#define INPUT UINT64_C(0x6543000)
#define ONES UINT64_C(0xffffffffffffffff)
#define ONE_SHOTS 0x69000000u /* SRTP, SFL, WBF, SIRTP: what a command never repeats from GSTS */

static uint32_t status(struct test *t)
{
    return (uint32_t)vt_reg(t, "GSTS_REG");
}

static uint32_t gcmd(const char *field)
{
    return (uint32_t)vt_reg_bits("GCMD_REG", field, 1);
}

static void command(struct test *t, uint32_t value)
{
    vt_reg_set(t, "GCMD_REG", value);
    test_settle(t);
}

static bool legacy_works(struct test *t)
{
    return vt_has_flavour(t, VT_LEGACY_SS) || vt_has_flavour(t, VT_LEGACY_PT);
}

/* A flavour without PASID that the unit has, preferably in legacy mode. */
static enum vt_flavour_id any_flavour(struct test *t)
{
    static const enum vt_flavour_id order[] = {VT_LEGACY_SS, VT_RID_SS, VT_RID_FS};

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (vt_has_flavour(t, order[i]))
            return order[i];
    test_skip(t, "the unit translates no request without PASID");
}

static void open_any(struct vt *vt, struct test *t, struct vt_path *path, uint64_t *host)
{
    enum vt_flavour_id flavour = any_flavour(t);

    vt_open_mode(vt, t, vt_flavours[flavour].mode);
    vt_path_open(vt, path, flavour, vt_rid(vt, 0), 0, 4);
    *host = vt_path_page(path, INPUT, VT_RW);
}

/* ---- one field at a time ---- */

static void toggle(struct vt *vt, const char *field)
{
    struct test *t = vt->t;
    uint32_t before = status(t) & ~ONE_SHOTS, other = status(t) & ONE_SHOTS;

    test_context(t, "toggling %s from GSTS_REG %08x", field, status(t));
    command(t, before ^ gcmd(field));
    CHECK_EQ(t, "VTD-11-560", (before ^ gcmd(field)) | other, status(t), "GSTS_REG after one bit of GCMD_REG changed");
    CHECK_EQ(t, "VTD-11-581", 0, status(t) & 0x007fffff, "reserved bits of GSTS_REG");
    test_context(t, NULL);
}

static void one_at_a_time(struct test *t)
{
    struct vt_config config = {.mode = legacy_works(t) ? VT_LEGACY : VT_SCALABLE, .stay_off = true};
    struct vt vt;

    CHECK_EQ(t, "VTD-11-581", 0, status(t) & 0x007fffff, "reserved bits of GSTS_REG after reset");
    vt_open(&vt, t, &config);
    toggle(&vt, "TE");
    if (vt.queue_on) {
        toggle(&vt, "QIE");
        toggle(&vt, "TE");
        vt_reg_set(t, "IQT_REG", 0);
        toggle(&vt, "QIE");
        toggle(&vt, "TE");
    }
    if (vt_ecap(t, "IR")) {
        toggle(&vt, "CFI");
        toggle(&vt, "CFI");
    }
    toggle(&vt, "TE");
    CHECK_EQ(t, "VTD-11-560", 0, status(t) & gcmd("TE"), "GSTS.TES at the end");
}

/* Repeating the state of a level bit does nothing, alone or beside a change. */
static void repeat(struct test *t)
{
    struct vt_path path;
    struct iotb_request r;
    uint64_t host, head;
    struct vt vt;

    open_any(&vt, t, &path, &host);
    r = vt_request(&path, IOTB_WRITE, INPUT + 0x80, 8);
    vt_expect_ok(&vt, "VTD-11-561", &r, host + 0x80);
    vt_invalidate_all(&vt);
    head = vt_queue_head(&vt);
    CHECK(t, "VTD-11-561", head != 0, "descriptors have been executed");
    command(t, gcmd("TE") | gcmd("QIE"));
    CHECK_EQ(t, "VTD-11-561", gcmd("TE") | gcmd("QIE") | gcmd("SRTP"), status(t), "GSTS_REG after TE = 1, QIE = 1 again");
    CHECK_EQ(t, "VTD-11-561", head, vt_queue_head(&vt), "IQH_REG: the queue was not enabled anew");
    vt_expect_ok(&vt, "VTD-11-561", &r, host + 0x80);
    CHECK(t, "VTD-11-561", vt_invalidate_all(&vt), "the queue goes on");
    /* TE = 1 repeated while QIE changes, both ways. */
    command(t, gcmd("TE"));
    CHECK_EQ(t, "VTD-11-561", gcmd("TE") | gcmd("SRTP"), status(t), "GSTS_REG after TE = 1 again and QIE = 0");
    vt_expect_ok(&vt, "VTD-11-561", &r, host + 0x80);
    vt_reg_set(t, "IQT_REG", 0);
    vt.queue_tail = 0;
    command(t, gcmd("TE") | gcmd("QIE"));
    CHECK_EQ(t, "VTD-11-561", gcmd("TE") | gcmd("QIE") | gcmd("SRTP"), status(t), "GSTS_REG after TE = 1 again and QIE = 1");
    vt_expect_ok(&vt, "VTD-11-561", &r, host + 0x80);
    CHECK(t, "VTD-11-561", vt_invalidate_all(&vt), "the queue runs again");
    vt_close(&vt);
}

static void several_at_once(struct test *t)
{
    struct vt_config config = {.mode = legacy_works(t) ? VT_LEGACY : VT_SCALABLE, .stay_off = true, .no_queue = true};
    uint64_t queue = mem_alloc(t, 4096, 4096), root = mem_alloc(t, 4096, 4096);
    struct vt vt;

    vt_reg_set(t, "RTADDR_REG", root | vt_reg_bits("RTADDR_REG", "TTM", (uint64_t)config.mode));
    vt_reg_set(t, "IQA_REG", queue | vt_reg_bits("IQA_REG", "DW", vt_ecap(t, "SMTS")));
    command(t, gcmd("TE") | gcmd("SRTP") | gcmd("QIE"));
    test_observe(t, "VTD-11-562", "TE, SRTP and QIE in one write: GSTS_REG %08x", status(t));
    command(t, 0);
    test_reset(t, IOTB_RESET_COLD);
    vt_open(&vt, t, &config);
    CHECK_EQ(t, "VTD-11-562", gcmd("SRTP"), status(t), "GSTS_REG after the next legal command");
}

/* ---- queue enable ---- */

static void queue_enable(struct test *t)
{
    struct vt_descriptor wait;
    uint64_t queue;

    if (!vt_ecap(t, "QI")) {
        command(t, gcmd("QIE"));
        CHECK_EQ(t, "VTD-11-575", 0, status(t), "GSTS_REG after QIE = 1 on a unit without queued invalidation");
        return;
    }
    queue = mem_alloc(t, 4096, 4096);
    wait = vt_desc_wait(false, true, false, 1, mem_alloc(t, 4096, 4096));
    for (uint32_t i = 0; i < 4; i++)
        mem_write64(t, queue + 8 * i, wait.word[i]);
    vt_reg_set(t, "IQA_REG", queue | vt_reg_bits("IQA_REG", "DW", vt_ecap(t, "SMTS")));
    for (int i = 0; i < 3; i++) {
        vt_reg_set(t, "IQT_REG", 0);
        command(t, gcmd("QIE"));
        CHECK_EQ(t, "VTD-11-575", gcmd("QIE"), status(t), "GSTS_REG after QIE = 1");
        /* 6.5.2: software disables a queue that is empty behind a completed wait, and no other. */
        vt_reg_set(t, "IQT_REG", vt_ecap(t, "SMTS") ? 32 : 16);
        test_settle(t);
        command(t, 0);
        CHECK_EQ(t, "VTD-11-575", 0, status(t), "GSTS_REG after QIE = 0");
    }
}

/* ---- bits that the unit does not have ---- */

static void unsupported_bits(struct vt *vt, struct iotb_request *r, uint64_t host)
{
    struct test *t = vt->t;
    uint32_t before = status(t);

    for (uint32_t n = 23; n < 32; n++) {
        uint32_t one = 1u << n;
        bool ir = (one & (gcmd("IRE") | gcmd("SIRTP") | gcmd("CFI"))) != 0;
        bool afl = (one & (gcmd("SFL") | gcmd("EAFL"))) != 0;

        if (!(ir && !vt_ecap(t, "IR")) && !(afl && !vt_cap(t, "AFL")))
            continue;
        command(t, (before & ~ONE_SHOTS) | one);
        CHECK_EQ(t, "VTD-11-580", before, status(t), "GSTS_REG after bit %u of GCMD_REG", n);
    }
    vt_expect_ok(vt, "VTD-11-580", r, host);
}

static void unsupported(struct test *t)
{
    struct vt_path path;
    struct iotb_request r;
    uint64_t host;
    struct vt vt;

    open_any(&vt, t, &path, &host);
    r = vt_request(&path, IOTB_WRITE, INPUT + 0x80, 8);
    unsupported_bits(&vt, &r, host + 0x80);
    vt_close(&vt);
}

static void no_write_buffer(struct test *t)
{
    struct vt_path path;
    struct iotb_request r;
    uint64_t host, second;
    uint32_t before;
    struct vt vt;

    open_any(&vt, t, &path, &host);
    before = status(t);
    command(t, (before & ~ONE_SHOTS) | gcmd("WBF"));
    CHECK_EQ(t, "VTD-11-573", before, status(t), "GSTS_REG after WBF on a unit with RWBF = 0");
    /* RWBF = 0: what memory holds is what a walk sees, with no flush; a page beside one that was walked to. */
    r = vt_request(&path, IOTB_WRITE, INPUT + 0x80, 8);
    vt_expect_ok(&vt, "VTD-11-573", &r, host + 0x80);
    for (uint64_t n = 1; n < 4 && !vt_cap(t, "CM"); n++) {
        second = mem_alloc(t, 4096, 4096);
        r = vt_request(&path, IOTB_WRITE, INPUT + 0x1000 * n + 0x80, 8);
        if (n & 1)
            request_run(t, &r); /* refused: the unit has read the entry */
        vt_fault_clear(&vt);
        vt_path_map(&path, INPUT + 0x1000 * n, second, 12, VT_RW);
        vt_expect_ok(&vt, "VTD-11-573", &r, second + 0x80);
    }
    vt_close(&vt);
}

/* RWBF = 1: an update is seen after WBF, or after any invalidation. */
static void write_buffer(struct test *t)
{
    struct vt_path path;
    struct iotb_request r;
    uint64_t host, other;
    uint32_t before;
    struct vt vt;

    open_any(&vt, t, &path, &host);
    r = vt_request(&path, IOTB_WRITE, INPUT + 0x80, 8);
    vt_expect_ok(&vt, "VTD-11-574", &r, host + 0x80);
    before = status(t);
    /* A new page, with the flush alone (6.8: not-present to present needs no invalidation when CM = 0). */
    other = mem_alloc(t, 4096, 4096);
    vt_map(&vt, vt_path_table(&path), INPUT + 0x5000, other, 12, VT_RW);
    vt_reg_set(t, "GCMD_REG", (before & ~ONE_SHOTS) | gcmd("WBF"));
    test_settle(t);
    CHECK_EQ(t, "VTD-11-574", before, status(t), "GSTS_REG when the flush is done");
    if (vt_cap(t, "CM"))
        vt_invalidate_all(&vt);
    r = vt_request(&path, IOTB_WRITE, INPUT + 0x5080, 8);
    vt_expect_ok(&vt, "VTD-11-574", &r, other + 0x80);
    /* A remapped page, with the invalidation alone. */
    mem_write64(t, vt_path_leaf(&path, INPUT), vt_leaf(vt_path_table(&path), other, 12, VT_RW));
    vt_invalidate_iotlb(&vt, VT_IOTLB_GLOBAL, 0, 0, 0, false);
    r = vt_request(&path, IOTB_WRITE, INPUT + 0x80, 8);
    vt_expect_ok(&vt, "VTD-6-506", &r, other + 0x80);
    vt_close(&vt);
}

/* ---- root pointer ---- */

static void no_root(struct test *t)
{
    struct iotb_request r = {.kind = IOTB_WRITE, .bytes = 8, .address = 0};
    struct outcome o;
    struct vt vt = {.t = t};

    r.address = mem_alloc(t, 4096, 4096);
    r.requester_id = vt_rid(&vt, 0);
    command(t, gcmd("TE"));
    o = request_run(t, &r);
    CHECK(t, "VTD-11-582", o.done, "the request completes");
    test_observe(t, "VTD-11-582", "TE with no root pointer: GSTS_REG %08x, completion status %u, FSTS_REG %02llx", status(t),
                 o.status, (unsigned long long)vt_reg(t, "FSTS_REG"));
    command(t, 0);
    vt_open_mode(&vt, t, vt_flavours[any_flavour(t)].mode);
    vt_close(&vt);
}

/* The root table is replaced by an equal one under traffic: nobody notices. */
static void live_root(struct test *t)
{
    uint32_t ids[48];
    struct vt_path path;
    uint64_t host, copy;
    struct vt vt;

    open_any(&vt, t, &path, &host);
    copy = mem_alloc(t, 4096, 4096);
    for (uint64_t at = 0; at < 4096; at += 8)
        mem_write64(t, copy + at, mem_read64(t, vt.root + at));
    vt_flush_writes(&vt);
    test_latency(t, 20000, 200000, false);
    for (uint32_t i = 0; i < 48; i++) {
        struct iotb_request r = vt_request(&path, IOTB_WRITE, INPUT + 8 * i, 8);

        memset(r.data, (int)(i + 1), 8);
        ids[i] = request_send(t, &r);
        test_step(t);
        if (i % 12 == 6) {
            uint64_t root = i % 24 == 6 ? copy : vt.root;

            while (!(status(t) & gcmd("SRTP")) && test_step(t))
                ;
            vt_reg_set(t, "RTADDR_REG", root | vt_reg_bits("RTADDR_REG", "TTM", (uint64_t)vt.config.mode));
            vt_reg_set(t, "GCMD_REG", (status(t) & ~ONE_SHOTS) | gcmd("SRTP"));
        }
        test_step(t);
    }
    test_settle(t);
    test_latency(t, 0, 0, false);
    CHECK_EQ(t, "VTD-6-500", gcmd("SRTP"), status(t) & gcmd("SRTP"), "GSTS.RTPS");
    for (uint32_t i = 0; i < 48; i++) {
        struct outcome o = request_outcome(t, ids[i]);

        CHECK(t, "VTD-6-500", o.done && (!o.has_status || o.status == IOTB_SC), "request %u is carried out", i);
        CHECK_EQ(t, "VTD-6-500", UINT64_C(0x0101010101010101) * (i + 1), mem_read64(t, host + 8 * i), "data of request %u", i);
    }
    CHECK_EQ(t, "VTD-6-500", 0, vt_reg(t, "FSTS_REG") & 3, "no fault");
    vt_invalidate_all(&vt);
    vt_close(&vt);
}

/* ---- protected memory registers ---- */

static void pmen(struct test *t)
{
    if (!vt_cap(t, "PLMR") && !vt_cap(t, "PHMR"))
        test_skip(t, "no protected memory region");
    for (int i = 0; i < 2; i++) {
        vt_reg_set(t, "PMEN_REG", vt_reg_bits("PMEN_REG", "EPM", 1));
        test_settle(t);
        CHECK_EQ(t, "VTD-11-583", 1, vt_field(t, "PMEN_REG", "PRS"), "PMEN.PRS after EPM = 1");
        CHECK_EQ(t, "VTD-11-028", 1, vt_field(t, "PMEN_REG", "PRS"), "PMEN.PRS after EPM = 1");
        CHECK_EQ(t, "VTD-11-583", 1, vt_field(t, "PMEN_REG", "EPM"), "PMEN.EPM after EPM = 1");
        vt_reg_set(t, "PMEN_REG", 1);
        test_settle(t);
        CHECK_EQ(t, "VTD-11-583", 0, vt_reg(t, "PMEN_REG") & 0x80000001, "PMEN_REG after EPM = 0 with a one in PRS");
        CHECK_EQ(t, "VTD-11-028", 0, vt_field(t, "PMEN_REG", "PRS"), "PMEN.PRS after EPM = 0");
        vt_reg_set(t, "PMEN_REG", 1);
        CHECK_EQ(t, "VTD-11-583", 0, vt_reg(t, "PMEN_REG") & 0x80000001, "PMEN_REG after a one in PRS: it is read-only");
    }
}

static void pmen_absent(struct test *t)
{
    vt_reg_set(t, "PMEN_REG", 0xffffffff);
    test_settle(t);
    CHECK_EQ(t, "VTD-11-584", 0, vt_reg(t, "PMEN_REG"), "PMEN_REG after all ones");
}

/* The lowest bit that takes a one; -1 when none does. */
static int lowest(uint64_t value)
{
    for (int n = 0; n < 64; n++)
        if (value >> n & 1)
            return n;
    return -1;
}

static void granule(struct test *t, const char *base_reg, const char *limit_reg, uint64_t legal)
{
    uint64_t base, limit, contiguous;

    vt_reg_set(t, base_reg, ONES & legal);
    vt_reg_set(t, limit_reg, ONES & legal);
    base = vt_reg(t, base_reg);
    limit = vt_reg(t, limit_reg);
    CHECK(t, "VTD-11-591", lowest(base) > 0, "%s reads 0x%llx after all ones", base_reg, (unsigned long long)base);
    CHECK_EQ(t, "VTD-11-591", (uint64_t)lowest(base), (uint64_t)lowest(limit), "lowest writable bit of %s and %s", base_reg,
             limit_reg);
    contiguous = lowest(base) < 0 ? 0 : legal & ~((UINT64_C(1) << lowest(base)) - 1);
    CHECK_EQ(t, "VTD-11-591", contiguous, base & legal, "%s: every bit from the lowest on is there", base_reg);
    CHECK_EQ(t, "VTD-11-591", contiguous, limit & legal, "%s: every bit from the lowest on is there", limit_reg);
    for (uint64_t one = 1; one && (one & legal); one <<= 1) {
        vt_reg_set(t, base_reg, one);
        vt_reg_set(t, limit_reg, legal & ~one);
        CHECK_EQ(t, "VTD-11-591", one & contiguous, vt_reg(t, base_reg), "%s holds bit %d", base_reg, lowest(one));
        CHECK_EQ(t, "VTD-11-591", contiguous & ~one, vt_reg(t, limit_reg), "%s lacks bit %d", limit_reg, lowest(one));
    }
    vt_reg_set(t, base_reg, 0);
    vt_reg_set(t, limit_reg, 0);
}

static void region_registers(struct test *t)
{
    uint32_t haw = test_desc(t)->host_address_bits;

    if (vt_cap(t, "PLMR"))
        granule(t, "PLMBASE_REG", "PLMLIMIT_REG", 0xffffffff);
    if (vt_cap(t, "PHMR"))
        granule(t, "PHMBASE_REG", "PHMLIMIT_REG", haw < 64 ? (UINT64_C(1) << haw) - 1 : ONES);
    if (!vt_cap(t, "PLMR") && !vt_cap(t, "PHMR"))
        test_skip(t, "no protected memory region");
}

static void region_absent(struct test *t)
{
    static const struct {
        const char *reg, *cap;
    } regs[] = {{"PLMBASE_REG", "PLMR"}, {"PLMLIMIT_REG", "PLMR"}, {"PHMBASE_REG", "PHMR"}, {"PHMLIMIT_REG", "PHMR"}};
    uint32_t absent = 0;

    for (size_t i = 0; i < sizeof regs / sizeof regs[0]; i++) {
        uint64_t before = vt_reg(t, regs[i].reg);

        if (vt_cap(t, regs[i].cap))
            continue;
        vt_reg_set(t, regs[i].reg, ONES);
        CHECK_EQ(t, "VTD-11-528", before, vt_reg(t, regs[i].reg), "%s after all ones with %s = 0", regs[i].reg, regs[i].cap);
        CHECK_EQ(t, "VTD-11-036", before, vt_reg(t, regs[i].reg), "%s after all ones with %s = 0", regs[i].reg, regs[i].cap);
        absent++;
    }
    if (!vt_cap(t, "PLMR") && !vt_cap(t, "PHMR")) {
        vt_reg_set(t, "PMEN_REG", 0xffffffff);
        CHECK_EQ(t, "VTD-11-036", 0, vt_reg(t, "PMEN_REG"), "PMEN_REG after all ones");
    }
    if (!absent)
        test_skip(t, "the unit has both protected memory regions");
}

/* ---- memory type range registers ---- */

static void mtrr(struct test *t)
{
    uint64_t cap = vt_reg(t, "MTRRCAP_REG"), count = cap & 0xff, address, haw = test_desc(t)->host_address_bits;

    CHECK_EQ(t, "VTD-11-592", 0, cap & ~UINT64_C(0x5ff), "reserved bits of MTRRCAP_REG");
    CHECK(t, "VTD-11-592", count <= 10, "MTRRCAP.VCNT is %llu", (unsigned long long)count);
    address = ((haw < 64 ? UINT64_C(1) << haw : 0) - 1) & ~UINT64_C(0xfff);
    vt_reg_set(t, "MTRRDEF_REG", 0xc06);
    CHECK_EQ(t, "VTD-11-593", 0xc06, vt_reg(t, "MTRRDEF_REG"), "MTRRDEF_REG");
    vt_reg_set(t, "MTRRDEF_REG", 0);
    CHECK_EQ(t, "VTD-11-593", 0, vt_reg(t, "MTRRDEF_REG"), "MTRRDEF_REG");
    for (uint32_t n = 0; n < 11 && (cap & 0x100); n++) {
        static const uint8_t types[] = {0, 1, 4, 5, 6};
        uint64_t pattern = 0;

        for (uint32_t i = 0; i < 8; i++)
            pattern |= (uint64_t)types[(n + i) % 5] << 8 * i;
        reg_write64(t, 0x120 + 8 * n, pattern);
        CHECK_EQ(t, "VTD-11-593", pattern, reg_read64(t, 0x120 + 8 * n), "fixed range register %u", n);
    }
    for (uint32_t n = 0; n < count && n < 10; n++) {
        reg_write64(t, 0x180 + 16 * n, address | 6);
        CHECK_EQ(t, "VTD-11-593", address | 6, reg_read64(t, 0x180 + 16 * n), "base register %u", n);
        reg_write64(t, 0x188 + 16 * n, address | 0x800);
        CHECK_EQ(t, "VTD-11-593", address | 0x800, reg_read64(t, 0x188 + 16 * n), "mask register %u", n);
        reg_write64(t, 0x188 + 16 * n, 0);
        CHECK_EQ(t, "VTD-11-593", 0, reg_read64(t, 0x188 + 16 * n), "mask register %u", n);
    }
}

#define CASE(tag, text, function, rowlist, when, works)                                                                    \
    {                                                                                                                      \
        .name = "vtd.commands." tag, .summary = text, .run = function, .rows = rowlist, .gate = when, .functional = works, \
        .tier = TIER_FULL                                                                                                  \
    }

static const struct iotb_case cases[] = {
    CASE("one_at_a_time", "A command changes the status bit of its field and no other.", one_at_a_time, "VTD-11-560 VTD-11-581",
         NULL, false),
    CASE("repeat", "Repeating the state of TE or QIE does nothing.", repeat, "VTD-11-561", "ECAP.QI", true),
    CASE("several_at_once", "Several fields in one write: what it does is recorded.", several_at_once, "VTD-11-562", "ECAP.QI",
         false),
    CASE("queue_enable", "QIES follows QIE, where there is a queue.", queue_enable, "VTD-11-575", NULL, false),
    CASE("unsupported", "GCMD bits that the unit does not have change nothing.", unsupported, "VTD-11-580", NULL, true),
    CASE("no_write_buffer", "RWBF = 0: WBF is ignored and updates are seen without it.", no_write_buffer, "VTD-11-573",
         "!CAP.RWBF", true),
    CASE("write_buffer", "RWBF = 1: updates are seen after WBF or an invalidation.", write_buffer, "VTD-11-574 VTD-6-506",
         "CAP.RWBF", true),
    CASE("no_root", "TE with no root pointer: no hang, and the unit can be set up afterwards.", no_root, "VTD-11-582", NULL,
         true),
    {.name = "vtd.commands.live_root",
     .summary = "An equal root table set under traffic disturbs no request.",
     .run = live_root,
     .rows = "VTD-6-500",
     .features = IOTB_F_OVERLAP,
     .functional = true,
     .tier = TIER_FULL},
    CASE("pmen", "PRS follows EPM; PRS is read-only.", pmen, "VTD-11-028 VTD-11-583", NULL, false),
    CASE("pmen_absent", "PMEN_REG of a unit without protected memory reads 0.", pmen_absent, "VTD-11-584", "!CAP.PLMR&!CAP.PHMR",
         false),
    CASE("regions", "Base and limit registers have one granule.", region_registers, "VTD-11-591", NULL, false),
    CASE("regions_absent", "Base and limit registers of an absent region are read-only.", region_absent, "VTD-11-528 VTD-11-036",
         NULL, false),
    CASE("mtrr", "The memory type range registers hold what they are for.", mtrr, "VTD-11-592 VTD-11-593", "ECAP.MTS", false),
};

const struct iotb_case_list vtd_commands_cases = {cases, sizeof cases / sizeof cases[0]};
