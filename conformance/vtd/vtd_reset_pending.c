/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reset while the unit has something to do: nothing of it comes back afterwards (11.3, 11.4.4), and the unit works.
 */
#include "vtd_bits.h"
#include "vtd_chapters.h"

#include <string.h>

#define INPUT UINT64_C(0x2345000)
#define LONG_PS UINT64_C(120000000000000) /* PCI Express ATS: an invalidation times out after 60 s, -0 +50 % */

struct command {
    const char *name;
    const char *reg, *field; /* set to 1 */
    uint64_t with;           /* other bits of the register */
    const char *status;      /* register that must read 0 in these bits */
    uint64_t mask;
    const char *gate; /* of ECAP, NULL: always */
    bool old_only;    /* VER.MAX < 6 */
};

static const struct command commands[] = {
    {"SRTP", "GCMD_REG", "SRTP", 0, "GSTS_REG", UINT32_MAX, NULL, false},
    {"TE", "GCMD_REG", "TE", 0, "GSTS_REG", UINT32_MAX, NULL, false},
    {"QIE", "GCMD_REG", "QIE", 0, "GSTS_REG", UINT32_MAX, "QI", false},
    {"WBF", "GCMD_REG", "WBF", 0, "GSTS_REG", UINT32_MAX, NULL, false},
    {"EPM", "PMEN_REG", "EPM", 0, "PMEN_REG", 1, NULL, false},
    {"ICC", "CCMD_REG", "ICC", UINT64_C(1) << 61, "CCMD_REG", UINT64_C(1) << 63, NULL, true},
    {"IVT", "IOTLB_REG", "IVT", UINT64_C(1) << 60, "IOTLB_REG", UINT64_C(1) << 63, NULL, true},
};

static void start(struct test *t, const struct command *c)
{
    uint64_t value = vt_reg_bits(c->reg, c->field, 1) | c->with;

    if (!strcmp(c->reg, "GCMD_REG") || !strcmp(c->reg, "PMEN_REG"))
        reg_write32(t, vt_offset(c->reg), (uint32_t)value);
    else
        vt_reg_set(t, c->reg, value);
}

static void works(struct test *t, enum vt_flavour_id flavour)
{
    struct vt_path path;
    struct vt vt;
    struct iotb_request r;
    uint64_t host;

    vt_open_mode(&vt, t, vt_flavours[flavour].mode);
    vt_path_open(&vt, &path, flavour, vt_rid(&vt, 0), 0, 4);
    host = vt_path_page(&path, INPUT, VT_RW);
    r = vt_request(&path, IOTB_WRITE, vtd_input(&path, INPUT, host), 8);
    vt_expect_ok(&vt, "VTD-11-514", &r, host);
    vt_close(&vt);
    test_reset(t, IOTB_RESET_COLD);
}

static void pending(struct test *t)
{
    enum vt_flavour_id flavour = vt_has_flavour(t, VT_LEGACY_SS) ? VT_LEGACY_SS
                                 : vt_has_flavour(t, VT_RID_FS)  ? VT_RID_FS
                                                                 : VT_RID_SS;

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const struct command *c = &commands[i];

        if ((c->gate && !vt_ecap(t, c->gate)) || (c->old_only && vt_ver(t) >= 6))
            continue;
        test_context(t, "%s, then a reset at once", c->name);
        start(t, c);
        test_reset(t, IOTB_RESET_COLD);
        CHECK_EQ(t, "VTD-11-514", 0, vt_reg(t, c->status) & c->mask, "%s after the reset", c->status);
        test_settle(t);
        CHECK_EQ(t, "VTD-11-514", 0, vt_reg(t, c->status) & c->mask, "%s after the reset and some time", c->status);
        works(t, flavour);
    }
}

/* ---- requests and descriptors under way ---- */

/* A request that waits for memory, and a wait descriptor behind it, when the reset comes. */
static void in_flight(struct test *t)
{
    enum vt_flavour_id flavour = vt_has_flavour(t, VT_LEGACY_SS) ? VT_LEGACY_SS
                                 : vt_has_flavour(t, VT_RID_FS)  ? VT_RID_FS
                                                                 : VT_RID_SS;
    struct vt_path path;
    struct vt vt;
    struct iotb_request r;
    uint64_t host, status;
    uint32_t hold;

    vt_open_mode(&vt, t, vt_flavours[flavour].mode);
    vt_path_open(&vt, &path, flavour, vt_rid(&vt, 0), 0, 4);
    host = vt_path_page(&path, INPUT, VT_RW);
    r = vt_request(&path, IOTB_WRITE, INPUT, 8);
    vt_expect_ok(&vt, "VTD-11-514", &r, host);
    vt_invalidate_all(&vt);
    hold = hold_accesses(t, vt_path_leaf(&path, INPUT), vt_path_leaf(&path, INPUT) + 7, ACC_READS);
    request_send(t, &r);
    test_settle(t);
    CHECK_EQ(t, "VTD-11-514", 1, hold_count(t, hold), "walks that wait for the leaf");
    status = vt.status + 4096 - 64;
    mem_write64(t, status, 0);
    if (vt.queue_on) {
        struct vt_descriptor d[2] = {vt_desc_iotlb(VT_IOTLB_GLOBAL, 0, 0, 0, false),
                                     vt_desc_wait(false, true, false, 0x5a, status)};

        vt_put(&vt, &d[0]);
        vt_put(&vt, &d[1]);
        vt_ring(&vt);
        test_settle(t);
    }
    test_reset(t, IOTB_RESET_COLD);
    hold_release(t, hold);
    test_settle(t);
    CHECK_EQ(t, "VTD-11-514", 0, mem_read32(t, status), "status of a wait that the reset overtook");
    CHECK_EQ(t, "VTD-11-514", 0, vt_reg(t, "GSTS_REG"), "GSTS_REG after the reset");
    CHECK_EQ(t, "VTD-11-514", 0, vt_reg(t, "FSTS_REG") & 0xff, "FSTS_REG after the reset");
    works(t, flavour);
    works(t, flavour);
}

/* ---- page requests ---- */

static void open_for_pages(struct vt *vt, struct vt_path *path, struct test *t)
{
    vt_open_mode(vt, t, VT_SCALABLE);
    vt_path_open(vt, path, vt_has_flavour(t, VT_RID_FS) ? VT_RID_FS : VT_RID_SS, vt_rid(vt, 0), 0, 4);
    vt_path_page(path, INPUT, VT_RW);
    vt_path_allow_ats(path, true);
    vt_prq_open(vt, 0);
}

/* The page request waits for its PASID table entry, or its entry for the queue's memory, when the reset comes. */
static void page_request(struct test *t)
{
    for (uint32_t place = 0; place < 2; place++) {
        struct iotb_message m, seen;
        struct vt_path path;
        struct vt vt;
        uint64_t at, queue;
        uint32_t hold;

        test_context(t, place ? "the entry waits" : "the PASID table entry waits");
        open_for_pages(&vt, &path, t);
        queue = vt.prq;
        at = place ? queue : vt_pasid_address(&vt, path.rid, path.pasid);
        hold = hold_accesses(t, at, at + 31, place ? ACC_WRITES : ACC_READS);
        m = vt_page_request_of(&path, INPUT, true, false, true, 0x33);
        vt_page_request_send(&vt, &m);
        CHECK_EQ(t, "VTD-11-514", 1, hold_count(t, hold), "accesses that wait");
        test_reset(t, IOTB_RESET_COLD);
        hold_release(t, hold);
        test_run(t, VT_MESSAGE_PS);
        CHECK_EQ(t, "VTD-11-514", 0, vt_reg(t, "PQT_REG"), "PQT_REG after the reset");
        CHECK_EQ(t, "VTD-11-514", 0, vt_reg(t, "PRS_REG"), "PRS_REG after the reset");
        CHECK_EQ(t, "VTD-11-514", 0, vt_reg(t, "FSTS_REG") & 0xff, "FSTS_REG after the reset");
        CHECK(t, "VTD-11-514", !message_take(t, &seen), "a message after the reset");
        for (uint32_t round = 0; round < 2; round++) {
            open_for_pages(&vt, &path, t);
            vt_expect_queued(&vt, "VTD-11-514", &m);
            vt_close(&vt);
            test_reset(t, IOTB_RESET_COLD);
        }
    }
}

/* ---- invalidations of Device-TLBs ---- */

#define MANY 40u /* more than there are ITags */

/* None of them is answered before the reset: afterwards no wait waits for them, no ITag is missing and none times out. */
static void device_tlb(struct test *t)
{
    struct vt_descriptor d[MANY];
    struct iotb_message m;
    uint32_t count = 0;
    struct vt vt;

    vt_open_mode(&vt, t, vt_has_mode(t, VT_SCALABLE) ? VT_SCALABLE : VT_LEGACY);
    for (uint32_t i = 0; i < MANY; i++) {
        d[i] = vt_desc_device_tlb(vt_rid(&vt, 0), INPUT + 0x1000 * (uint64_t)i, false, 0, 0);
        vt_put(&vt, &d[i]);
    }
    vt_ring(&vt);
    while (count < MANY && vt_message(&vt, IOTB_MSG_INVALIDATE_REQUEST, &m))
        count++;
    CHECK(t, "VTD-11-514", count > 0, "invalidations are outstanding");
    test_reset(t, IOTB_RESET_COLD);
    test_run(t, LONG_PS);
    CHECK_EQ(t, "VTD-11-514", 0, vt_reg(t, "FSTS_REG") & 0xff, "FSTS_REG long after the reset");
    CHECK(t, "VTD-11-514", !message_take(t, &m), "a message after the reset");
    vt_open_mode(&vt, t, vt_has_mode(t, VT_SCALABLE) ? VT_SCALABLE : VT_LEGACY);
    CHECK(t, "VTD-11-514", vt_submit(&vt, NULL, 0), "a wait is done without the answers to what was sent before the reset");
    CHECK(t, "VTD-11-514", vt_submit_answering(&vt, d, MANY), "invalidations are sent, and a wait behind them is done");
    vt_close(&vt);
}

static const struct iotb_case cases[] = {
    {.name = "vtd.reset.pending_command",
     .summary = "A command that a reset overtakes has no effect after it, and the next one works.",
     .run = pending,
     .rows = "VTD-11-514" VTD_PLAIN_ROWS " VTD-7-036",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.reset.in_flight",
     .summary = "A request and a wait that a reset overtakes leave nothing behind.",
     .run = in_flight,
     .rows = "VTD-11-514" VTD_PLAIN_ROWS " VTD-7-036",
     .features = IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.reset.page_request",
     .summary = "A page request that a reset overtakes is neither queued nor told nor answered.",
     .run = page_request,
     .rows = "VTD-11-514",
     .gate = "ECAP.PRS",
     .features = IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP | IOTB_F_ATS | IOTB_F_PRI,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.reset.device_tlb",
     .summary = "Invalidations of Device-TLBs that a reset overtakes are forgotten.",
     .run = device_tlb,
     .rows = "VTD-11-514",
     .gate = "ECAP.DT",
     .features = IOTB_F_ATS | IOTB_F_TIME,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_reset_pending_cases = {cases, sizeof cases / sizeof cases[0]};
