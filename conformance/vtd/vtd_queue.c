/* SPDX-License-Identifier: BSD-2-Clause */
/* The invalidation queue as a ring: base, size, width, head and tail, on and off (6.5.2, 11.4.9.1 to 11.4.9.3). */
#include "vtd_queue_rig.h"

#include "vtd_chapters.h"

#define INPUT UINT64_C(0x2345000)

static void open_any(struct vt *vt, struct test *t)
{
    bool scalable = vt_has_mode(t, VT_SCALABLE) && !vt_has_flavour(t, VT_LEGACY_SS);

    vt_open_mode(vt, t, scalable ? VT_SCALABLE : VT_LEGACY);
    if (!vt->queue_on)
        test_abort(t, "the case needs queued invalidation");
}

/* Widths that the table mode of `vt` allows (Table 26). */
static uint32_t widths(struct vt *vt, bool *wide)
{
    uint32_t n = 0;

    if (vt->config.mode == VT_LEGACY)
        wide[n++] = false;
    if (queue_wide_possible(vt->t))
        wide[n++] = true;
    return n;
}

/* ---- size and wrap ---- */

/* Every slot holds a status wait with its own data; IQT goes over `slots` of them at once. */
static void fill(struct vt *vt, uint32_t slots, uint64_t status)
{
    for (uint32_t i = 0; i < slots; i++) {
        struct vt_descriptor d = vt_desc_wait(false, true, false, i + 1, status + 4 * (i % 16));

        vt_put(vt, &d);
    }
}

static void ring_of(struct vt *vt, uint32_t qs, bool wide)
{
    struct test *t = vt->t;
    uint64_t bytes = UINT64_C(4096) << qs, status = mem_alloc(t, 64, 64);
    uint32_t n = (uint32_t)(bytes / (wide ? 32 : 16));
    struct waiter w[3];

    test_context(t, "QS %u, %u-bit descriptors", qs, wide ? 256 : 128);
    CHECK(t, "VTD-6-527", queue_restart(vt, mem_alloc(t, bytes, 4096), qs, wide), "the queue starts");
    fill(vt, n - 1, status);
    vt_ring(vt);
    test_settle(t);
    CHECK_EQ(t, "VTD-6-534", vt->queue_tail, vt_queue_head(vt), "IQH after n - 1 descriptors at once");
    for (uint32_t i = 0; i < 16; i++) {
        uint32_t last = n - 1 - (n - 2 - i) % 16;

        CHECK_EQ(t, "VTD-6-534", last, mem_read32(t, status + 4 * ((last - 1) % 16)), "status of descriptor %u", last - 1);
    }
    /* The last slot, and on from the first. */
    for (int i = 0; i < 3; i++)
        w[i] = waiter_put(vt, false, false);
    vt_ring(vt);
    test_settle(t);
    for (int i = 0; i < 3; i++)
        CHECK(t, "VTD-6-527", waiter_done(vt, w[i]), "wait %d across the end of the ring", i);
    CHECK_EQ(t, "VTD-6-527", 2 * vt->descriptor_bytes, vt_queue_head(vt), "IQH after the wrap");
    /* The ring filled from where it is now: a full ring whose tail is below its head. */
    fill(vt, n - 1, status);
    vt_ring(vt);
    test_settle(t);
    CHECK_EQ(t, "VTD-6-534", vt->queue_tail, vt_queue_head(vt), "IQH after n - 1 descriptors across the end");
    CHECK_EQ(t, "VTD-6-534", n - 1, mem_read32(t, status + 4 * ((n - 2) % 16)), "status of the last descriptor");
}

static void sizes(struct test *t, uint32_t set)
{
    bool wide[2];
    struct vt vt;

    open_any(&vt, t);
    for (uint32_t i = 0, n = widths(&vt, wide); i < n; i++)
        for (uint32_t qs = 0; qs < 8; qs++)
            if (set >> qs & 1)
                ring_of(&vt, qs, wide[i]);
    vt_close(&vt);
}

static void size_some(struct test *t)
{
    sizes(t, 1u << 0 | 1u << 1 | 1u << 4);
}

static void size_all(struct test *t)
{
    sizes(t, 0xff);
}

/* ---- head and tail ---- */

static void head_steps(struct test *t)
{
    bool wide[2];
    struct vt vt;

    open_any(&vt, t);
    for (uint32_t i = 0, n = widths(&vt, wide); i < n; i++) {
        struct waiter w[5];

        test_context(t, "%u-bit descriptors", wide[i] ? 256 : 128);
        queue_restart(&vt, mem_alloc(t, 4096, 4096), 0, wide[i]);
        for (uint32_t k = 1; k < 40; k++) {
            w[0] = waiter_put(&vt, false, false);
            vt_ring(&vt);
            test_settle(t);
            CHECK_EQ(t, "VTD-6-529", k * vt.descriptor_bytes, vt_queue_head(&vt), "IQH after %u descriptors", k);
            CHECK(t, "VTD-6-528", waiter_done(&vt, w[0]), "descriptor %u", k);
        }
        for (int k = 0; k < 5; k++)
            w[k] = waiter_put(&vt, false, false);
        CHECK(t, "VTD-6-528", !waiter_done(&vt, w[0]), "nothing is executed before IQT is moved");
        vt_ring(&vt);
        test_settle(t);
        for (int k = 0; k < 5; k++)
            CHECK(t, "VTD-6-528", waiter_done(&vt, w[k]), "descriptor %d of a batch", k);
        CHECK_EQ(t, "VTD-6-528", vt_reg(t, "IQT_REG"), vt_queue_head(&vt), "IQH meets IQT");
        /* The same tail once more: nothing to do. */
        vt_ring(&vt);
        test_settle(t);
        CHECK_EQ(t, "VTD-6-528", vt.queue_tail, vt_queue_head(&vt), "IQH after IQT was written with the same value");
    }
    vt_close(&vt);
}

/* IQT moved while the unit is at work, one descriptor at a time and out of step with it. */
static void tail_moves(struct test *t)
{
    struct waiter w[64];
    struct vt vt;

    open_any(&vt, t);
    queue_restart(&vt, mem_alloc(t, 4096, 4096), 0, vt.descriptor_bytes == 32);
    for (int i = 0; i < 64; i++) {
        w[i] = waiter_put(&vt, false, false);
        vt_ring(&vt);
        if (i % 3 == 0)
            test_step(t);
    }
    test_settle(t);
    for (int i = 0; i < 64; i++)
        CHECK(t, "VTD-6-528", waiter_done(&vt, w[i]), "wait %d of 64 submitted one by one", i);
    CHECK_EQ(t, "VTD-6-528", vt.queue_tail, vt_queue_head(&vt), "IQH meets IQT");
    vt_close(&vt);
}

static void slot_rewritten(struct test *t)
{
    static const struct vt_descriptor nobodys; /* would be refused */
    struct vt vt;

    open_any(&vt, t);
    for (int i = 0; i < 4; i++) {
        struct waiter before = waiter_put(&vt, false, false), w;
        uint64_t slot = vt.queue_tail;

        vt_put(&vt, &nobodys);
        vt.queue_tail = slot;
        if (i % 2) { /* the unit has come as far as this slot, or has not looked yet */
            vt_ring(&vt);
            test_settle(t);
        }
        w = waiter_put(&vt, false, false);
        vt_ring(&vt);
        test_settle(t);
        CHECK(t, "VTD-6-535", waiter_done(&vt, before) && waiter_done(&vt, w), "the second content of the slot is executed");
        CHECK_EQ(t, "VTD-6-535", 0, vt_field(t, "FSTS_REG", "IQE"), "FSTS.IQE");
    }
    vt_close(&vt);
}

/* ---- the ring is physical memory ---- */

static void physical_body(struct vt *vt, struct vt_path *path)
{
    uint64_t pages = mem_alloc(vt->t, 2 * 4096, 4096);
    struct waiter w;

    /* The addresses of ring and status translate to elsewhere, or nowhere, for DMA. */
    vt_path_page(path, pages, VT_RW);
    for (int on = 1; on >= 0; on--) {
        test_context(vt->t, "%s, TE = %d", path->flavour->name, on);
        vt_command(vt, "TE", on);
        CHECK(vt->t, "VTD-6-536", queue_restart(vt, pages, 0, vt->descriptor_bytes == 32), "the queue starts");
        vt->status = pages + 4096;
        w = waiter_put(vt, false, false);
        vt_ring(vt);
        test_settle(vt->t);
        CHECK(vt->t, "VTD-6-536", waiter_done(vt, w), "a wait is fetched from and completed in physical memory");
        vt_fault_clear(vt);
    }
    vt_command(vt, "TE", true);
    CHECK_EQ(vt->t, "VTD-6-536", 0, vt_fault_pending(vt), "fault records of the unit's own accesses");
}

static void physical(struct test *t)
{
    vt_each_flavour(t, 1u << VT_LEGACY_SS | 1u << VT_RID_SS | 1u << VT_RID_FS, physical_body);
}

static void odd_page(struct test *t)
{
    bool wide[2];
    struct vt vt;

    open_any(&vt, t);
    for (uint32_t i = 0, n = widths(&vt, wide); i < n; i++)
        for (uint32_t qs = 1; qs < 4; qs++) {
            uint64_t size = UINT64_C(4096) << qs, area = mem_alloc(t, 2 * size, size);
            struct waiter w;

            test_context(t, "QS %u, %u-bit descriptors", qs, wide[i] ? 256 : 128);
            queue_restart(&vt, area + 4096, qs, wide[i]);
            fill(&vt, (uint32_t)(size / vt.descriptor_bytes) - 1, mem_alloc(t, 64, 64));
            vt_ring(&vt);
            test_settle(t);
            w = waiter_put(&vt, false, false);
            vt_ring(&vt);
            test_settle(t);
            CHECK(t, "VTD-6-537", waiter_done(&vt, w), "the last slot of a ring that is aligned to a page only");
        }
    vt_close(&vt);
}

/* Base addresses that need each bit of the register. */
static void base_bits(struct test *t)
{
    struct vt vt;

    open_any(&vt, t);
    for (uint32_t bit = 12; bit < vt.haw; bit++) {
        uint64_t page = UINT64_C(1) << bit;
        struct waiter w;

        if (!mem_claim(t, page, 4096))
            continue;
        test_context(t, "ring at 0x%llx", (unsigned long long)page);
        queue_restart(&vt, page, 0, vt.descriptor_bytes == 32);
        w = waiter_put(&vt, false, false);
        vt_ring(&vt);
        test_settle(t);
        CHECK(t, "VTD-6-541", waiter_done(&vt, w), "the first descriptor of the new ring is executed");
    }
    vt_close(&vt);
}

/* ---- off and on ---- */

static void off_and_on(struct test *t)
{
    uint64_t old, fresh;
    struct waiter w, stray;
    bool bench = test_has(t, IOTB_F_BENCH_MEMORY);
    struct vt vt;
    size_t mark;

    open_any(&vt, t);
    old = vt.queue;
    for (int i = 0; i < 3; i++)
        w = waiter_put(&vt, false, false);
    vt_ring(&vt);
    test_settle(t);
    CHECK(t, "VTD-6-539", waiter_done(&vt, w), "the queue is idle behind a completed wait");
    CHECK(t, "VTD-6-539", vt_command(&vt, "QIE", false), "GSTS.QIES goes to 0");
    CHECK_EQ(t, "VTD-6-530", 0, vt_queue_head(&vt), "IQH while the queue is off");
    CHECK_EQ(t, "VTD-6-531", vt.queue_tail, vt_reg(t, "IQT_REG"), "IQT while the queue is off");
    mark = trace_mark(t);
    stray = waiter_put(&vt, false, false);
    vt_ring(&vt);
    test_settle(t);
    CHECK(t, "VTD-6-532", !waiter_done(&vt, stray), "IQT moved while the queue is off executes nothing");
    CHECK_EQ(t, "VTD-6-530", 0, vt_queue_head(&vt), "IQH after IQT was moved");
    if (bench)
        CHECK_EQ(t, "VTD-6-532", 0, trace_count(t, mark, old, old + vt.queue_bytes - 1, ACC_ANY), "accesses to the ring");
    fresh = mem_alloc(t, 2 * 4096, 4096);
    mark = trace_mark(t);
    CHECK(t, "VTD-6-541", queue_restart(&vt, fresh, 1, vt.descriptor_bytes == 32), "the queue starts again");
    CHECK_EQ(t, "VTD-6-541", 0, vt_queue_head(&vt), "IQH of the new ring");
    w = waiter_put(&vt, false, false);
    vt_ring(&vt);
    test_settle(t);
    CHECK(t, "VTD-6-541", waiter_done(&vt, w), "the first descriptor of the new ring is executed");
    CHECK_EQ(t, "VTD-6-541", vt.descriptor_bytes, vt_queue_head(&vt), "IQH after it");
    if (bench)
        CHECK_EQ(t, "VTD-6-541", 0, trace_count(t, mark, old, old + 4095, ACC_ANY), "accesses to the old ring");
    CHECK(t, "VTD-6-541", !waiter_done(&vt, stray), "the descriptor left in the old ring was not executed");
    vt_close(&vt);
}

/* What the architecture leaves open: no hang, and the next legal use works. */
static void outside_contract(struct test *t)
{
    uint64_t fresh;
    struct waiter w;
    struct vt vt;

    open_any(&vt, t);
    vt_command(&vt, "QIE", false);
    vt.queue_tail = 0;
    w = waiter_put(&vt, false, false);
    vt_ring(&vt);
    vt_command(&vt, "QIE", true);
    test_observe(t, "VTD-6-533", "queue enabled with IQT 0x%llx: %s, IQH 0x%llx", (unsigned long long)vt.queue_tail,
                 waiter_done(&vt, w) ? "the descriptor is executed" : "nothing is executed",
                 (unsigned long long)vt_queue_head(&vt));
    queue_restart(&vt, mem_alloc(t, 4096, 4096), 0, vt.descriptor_bytes == 32);
    CHECK(t, "VTD-6-541", vt_submit(&vt, NULL, 0), "the queue works after it");
    fresh = mem_alloc(t, 4096, 4096);
    vt_reg_set(t, "IQA_REG", fresh | vt_reg_bits("IQA_REG", "DW", vt.descriptor_bytes == 32));
    w = waiter_put(&vt, false, false);
    vt_ring(&vt);
    test_settle(t);
    test_observe(t, "VTD-6-538", "IQA changed while the queue is on: the old ring is %s, IQE %llu",
                 waiter_done(&vt, w) ? "still used" : "no longer used", (unsigned long long)vt_field(t, "FSTS_REG", "IQE"));
    queue_clear_error(&vt);
    queue_restart(&vt, mem_alloc(t, 4096, 4096), 0, vt.descriptor_bytes == 32);
    queue_clear_error(&vt);
    CHECK(t, "VTD-6-541", vt_submit(&vt, NULL, 0), "the queue works after it");
    for (int i = 0; i < 20; i++)
        w = waiter_put(&vt, false, false);
    vt_ring(&vt);
    vt_command(&vt, "QIE", false);
    test_observe(t, "VTD-6-540", "queue disabled with work pending: QIES %llu, the last wait %s",
                 (unsigned long long)vt_field(t, "GSTS_REG", "QIES"), waiter_done(&vt, w) ? "was executed" : "was dropped");
    queue_restart(&vt, mem_alloc(t, 4096, 4096), 0, vt.descriptor_bytes == 32);
    CHECK(t, "VTD-6-541", vt_submit(&vt, NULL, 0), "the queue works after it");
    vt_close(&vt);
}

/* An invalidation queue in use changes translation: the queue's own effect, once per width. */
static void works(struct test *t)
{
    bool wide[2];
    struct vt vt;

    open_any(&vt, t);
    for (uint32_t i = 0, n = widths(&vt, wide); i < n; i++) {
        enum vt_flavour_id id = vt.config.mode == VT_LEGACY ? VT_LEGACY_SS : vt_has_flavour(t, VT_RID_FS) ? VT_RID_FS : VT_RID_SS;
        struct vt_path path;
        uint64_t host[2], leaf;
        struct iotb_request r;

        queue_restart(&vt, mem_alloc(t, 4096, 4096), 0, wide[i]);
        vt_path_open(&vt, &path, id, vt_rid(&vt, 0), 0x45, 4 + i);
        vt_invalidate_all(&vt);
        host[0] = vt_path_page(&path, INPUT, VT_RW);
        host[1] = mem_alloc(t, 4096, 4096);
        r = vt_request(&path, IOTB_WRITE, INPUT + 0x40, 8);
        vt_expect_ok(&vt, "VTD-6-528", &r, host[0] + 0x40);
        leaf = vt_path_leaf(&path, INPUT);
        mem_write64(t, leaf, (mem_read64(t, leaf) & UINT64_C(0xfff)) | host[1]);
        vt_path_invalidate_page(&path, INPUT, 12, true);
        vt_expect_ok(&vt, "VTD-6-528", &r, host[1] + 0x40);
    }
    vt_close(&vt);
}

#define QUEUE(NAME, SUMMARY, RUN, ROWS, GATE, TIER)                                                                  \
    {                                                                                                                \
        .name = "vtd.queue." NAME, .summary = SUMMARY, .run = (RUN), .rows = ROWS, .gate = GATE, .functional = true, \
        .tier = (TIER)                                                                                               \
    }

static const struct iotb_case cases[] = {
    QUEUE("works", "Descriptors of each width are executed: a changed leaf is used after its invalidation.", works, "VTD-6-528",
          "ECAP.QI", TIER_SMOKE),
    QUEUE("size", "Rings of 1, 2 and 16 pages hold n - 1 descriptors and wrap at their end.", size_some, "VTD-6-527 VTD-6-534",
          "ECAP.QI", TIER_FULL),
    QUEUE("size_all", "Rings of every size hold n - 1 descriptors and wrap at their end.", size_all, "VTD-6-527 VTD-6-534",
          "ECAP.QI", TIER_NIGHTLY),
    QUEUE("head_steps", "IQH advances by one descriptor each until it meets IQT.", head_steps, "VTD-6-528 VTD-6-529", "ECAP.QI",
          TIER_FULL),
    QUEUE("tail_moves", "IQT may be moved on while descriptors are executed.", tail_moves, "VTD-6-528", "ECAP.QI", TIER_FULL),
    QUEUE("slot_rewritten", "A slot is read only after IQT has passed it.", slot_rewritten, "VTD-6-535", "ECAP.QI", TIER_FULL),
    QUEUE("physical", "Ring and status address are physical memory, with translation on or off.", physical, "VTD-6-536",
          "ECAP.QI", TIER_FULL),
    QUEUE("odd_page", "A ring of several pages needs no more than page alignment.", odd_page, "VTD-6-537", "ECAP.QI", TIER_FULL),
    QUEUE("base_bits", "Every bit of the base address up to the host address width counts.", base_bits, "VTD-6-541", "ECAP.QI",
          TIER_FULL),
    QUEUE("off_and_on", "Off: IQH is 0 and nothing is fetched. On again: the new ring is used from its start.", off_and_on,
          "VTD-6-530 VTD-6-531 VTD-6-532 VTD-6-539 VTD-6-541", "ECAP.QI", TIER_FULL),
    QUEUE("outside_contract", "Uses that the architecture does not define leave a queue that can be restarted.", outside_contract,
          "VTD-6-541 VTD-6-533 VTD-6-538 VTD-6-540", "ECAP.QI", TIER_FULL),
};

const struct iotb_case_list vtd_queue_cases = {cases, sizeof cases / sizeof cases[0]};
