/* SPDX-License-Identifier: BSD-2-Clause */
/* Configuration space: the PASID, ATS, page request and MSI-X capabilities. */
#include "pasid_device_chapters.h"

static void pasid_capability(struct test *t)
{
    struct ep ep;
    uint32_t capability, offset;

    ep_open(&ep, t);
    offset = ep_offset(&ep, "CFG_PASID_CTL");
    capability = config_read(t, offset, 2);
    CHECK_EQ(t, "DEV-CFG-010", 1, config_read(t, ep.pasid + 2, 1) & 0xf, "version of the PASID capability");
    CHECK(t, "DEV-CFG-010", ep.width <= 20, "Max PASID Width is %u", ep.width);
    CHECK_EQ(t, "DEV-CFG-010", 0, capability & 1, "bit 0 of the capability");
    CHECK_EQ(t, "DEV-CFG-010", 0, config_read(t, offset + 2, 2), "PASID Control at reset");
    for (uint32_t value = 0; value < 8; value++) {
        config_write(t, offset + 2, 2, value);
        CHECK_EQ(t, "DEV-CFG-010", value & (1 | (capability & 6)), config_read(t, offset + 2, 2), "PASID Control, 0x%x written",
                 value);
    }
    config_write(t, offset + 2, 2, 0xfff0);
    CHECK_EQ(t, "DEV-CFG-010", 0, config_read(t, offset + 2, 2), "reserved bits of PASID Control");
    config_write(t, offset, 2, 0xffff);
    CHECK_EQ(t, "DEV-CFG-010", capability, config_read(t, offset, 2), "the capability, after all ones were written");
    ep_close(&ep);
}

static void ats_capability(struct test *t)
{
    struct ep ep;
    uint32_t depth;

    ep_open(&ep, t);
    depth = (uint32_t)ep_get(&ep, "CFG_ATS_CTL", "DEPTH");
    CHECK_EQ(t, "DEV-CFG-011", 1, ep_get(&ep, "CFG_ATS_CTL", "PAR"), "Page Aligned Request");
    CHECK_EQ(t, "DEV-CFG-011", 0, config_read(t, ep.ats + 4, 2) & 0xff80, "reserved bits of the ATS capability");
    if (ep.product) {
        CHECK_EQ(t, "DEV-CFG-011", ep_get(&ep, "CFG_DVSEC_STRAPS", "GIS"), ep_get(&ep, "CFG_ATS_CTL", "GIS"),
                 "Global Invalidate Supported by strap");
        CHECK_EQ(t, "DEV-CFG-011", ep_get(&ep, "CFG_DVSEC_ATC", "INVQ") & 31, depth, "Invalidate Queue Depth, 0 for 32");
    }
    ep_close(&ep);
}

static void ats_control(struct test *t)
{
    struct ep ep;
    uint32_t at;

    ep_open(&ep, t);
    at = ep_offset(&ep, "CFG_ATS_CTL") + 2;
    CHECK_EQ(t, "DEV-CFG-012", 0, config_read(t, at, 2), "ATS Control at reset");
    for (uint32_t bit = 0; bit < 16; bit++) {
        uint32_t value = 1u << bit;

        config_write(t, at, 2, value);
        CHECK_EQ(t, "DEV-CFG-012", value & 0x801f, config_read(t, at, 2), "ATS Control, bit %u written", bit);
        config_write(t, at, 2, 0);
    }
    config_write(t, at, 2, 9); /* prepare, then enable, as Linux does */
    CHECK_EQ(t, "DEV-CFG-012", 9, config_read(t, at, 2), "STU written alone");
    config_write(t, at, 2, 0x8009);
    CHECK_EQ(t, "DEV-CFG-012", 0x8009, config_read(t, at, 2), "STU written again with Enable");
    config_write(t, at, 2, 0);
    ep_forget_enables(&ep);
    ep_close(&ep);
}

static void check_pri_reset(struct ep *ep, const char *when)
{
    CHECK_EQ(ep->t, "DEV-CFG-013", 0x0100, config_read(ep->t, ep->pri + 6, 2) & 0x0103, "Page Request Status %s", when);
    CHECK_EQ(ep->t, "DEV-CFG-013", 0, config_read(ep->t, ep->pri + 4, 2), "Page Request Control %s", when);
    CHECK_EQ(ep->t, "DEV-CFG-013", 0, ep_read(ep, "CFG_PRI_ALLOCATION"), "allocation %s", when);
}

static void pri_reset_image(struct test *t)
{
    struct ep ep;
    uint32_t capacity;

    ep_open(&ep, t);
    check_pri_reset(&ep, "after a cold reset");
    capacity = (uint32_t)ep_read(&ep, "CFG_PRI_CAPACITY");
    CHECK(t, "DEV-CFG-013", capacity >= 1, "the capacity is 0");
    ep_write(&ep, "CFG_PRI_CAPACITY", ~capacity);
    CHECK_EQ(t, "DEV-CFG-013", capacity, ep_read(&ep, "CFG_PRI_CAPACITY"), "capacity after a write");
    ep_pri(&ep, 3);
    CHECK_EQ(t, "DEV-CFG-013", 0, ep_get(&ep, "CFG_PRI_CTL", "STOPPED"), "Stopped while enabled");
    ep_flr(&ep);
    test_run(t, 1000000000ull);
    ep_restore(&ep);
    check_pri_reset(&ep, "after a Function Level Reset");
    ep_close(&ep);
}

static void pri_pasid_required(struct test *t)
{
    struct ep ep;

    ep_open(&ep, t);
    for (uint32_t value = 0; value < 2; value++) {
        config_write(t, ep.pri + 6, 2, value << 15);
        CHECK_EQ(t, "DEV-CFG-014", 1, ep_get(&ep, "CFG_PRI_CTL", "PASIDREQ"), "PRG Response PASID Required, %u written", value);
    }
    ep_close(&ep);
}

/* ---- with page requests ---- */

/* `count` faulting reads of fresh pages of the space, not answered. */
static uint32_t fault(struct ep *ep, uint32_t space, struct ep_work *works, uint32_t count)
{
    uint32_t mark = ep_mark(ep);

    ep->pages = EP_PAGES_HOLD;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t va = ep->next_va;

        ep->next_va += 0x100000;
        works[i] = ep_read_work(space, va, 64);
        works[i].flags = EP_BOF;
        (void)ep_submit(ep, 0, &works[i]);
    }
    (void)test_settle(ep->t);
    return ep_message_count(ep, mark, IOTB_MSG_PAGE_REQUEST);
}

static void pri_reset_bit(struct test *t)
{
    struct ep ep;
    struct ep_work works[2];
    uint32_t control;

    ep_scene(&ep, t, 5);
    control = ep_offset(&ep, "CFG_PRI_CTL");
    CHECK(t, "DEV-CFG-015", fault(&ep, 5, works, 1) >= 1, "a fault does not send a page request");
    CHECK(t, "DEV-CFG-015", ep_get(&ep, "BAR0_PRISTS", "MESSAGES") >= 1, "no message is counted");
    config_write(t, control, 2, 3);
    CHECK_EQ(t, "DEV-CFG-015", 1, config_read(t, control, 2), "Control after Reset was written with Enable 1");
    CHECK(t, "DEV-CFG-015", ep_get(&ep, "BAR0_PRISTS", "MESSAGES") >= 1, "Reset acted with Enable 1");
    config_write(t, control, 2, 2);
    ep_forget_enables(&ep);
    CHECK_EQ(t, "DEV-CFG-015", 0, config_read(t, control, 2), "Control after Reset with Enable cleared");
    CHECK_EQ(t, "DEV-CFG-015", 0, ep_get(&ep, "BAR0_PRISTS", "MESSAGES"), "messages counted after Reset");
    for (uint32_t i = 0; i < 512; i++)
        ep.groups[i].outstanding = false;
    ep.page_messages = 0;
    (void)ep_command(&ep, EP_CMD_RESET, 0);
    ep_close(&ep);
}

static void pri_status(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint32_t status;

    for (uint32_t way = 0; way < 2; way++) { /* RW1C, then re-enabling */
        if (way)
            test_reset(t, IOTB_RESET_COLD);
        ep_scene(&ep, t, 5);
        status = ep_offset(&ep, "CFG_PRI_CTL") + 2;
        CHECK_EQ(t, "DEV-CFG-016", 0, config_read(t, status, 2) & 0x103, "status when page requests are enabled");
        ep_respond_as(&ep, 77, 0, 5);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-CFG-016", 2, config_read(t, status, 2) & 3, "status after a response to no group");
        (void)fault(&ep, 5, &work, 1);
        for (uint32_t i = 0; i < 512; i++)
            if (ep.groups[i].outstanding)
                ep_respond(&ep, i, 15);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-CFG-016", 3, config_read(t, status, 2) & 3, "status after a Response Failure");
        config_write(t, status, 2, 0);
        CHECK_EQ(t, "DEV-CFG-016", 3, config_read(t, status, 2) & 3, "status after zeroes were written");
        if (!way) {
            config_write(t, status, 2, 1);
            CHECK_EQ(t, "DEV-CFG-016", 2, config_read(t, status, 2) & 3, "status after a one for RF");
            config_write(t, status, 2, 2);
            CHECK_EQ(t, "DEV-CFG-016", 0, config_read(t, status, 2) & 3, "status after a one for UPRGI");
        } else {
            config_write(t, status - 2, 2, 0);
            CHECK_EQ(t, "DEV-CFG-016", 0x103, config_read(t, status, 2) & 0x103, "status when Enable is cleared");
            config_write(t, status - 2, 2, 1);
            CHECK_EQ(t, "DEV-CFG-016", 0, config_read(t, status, 2) & 0x103, "status when Enable is set again");
            ep_forget_enables(&ep);
        }
        ep_close(&ep);
    }
}

static void allocation(struct test *t)
{
    static const uint32_t values[] = {0, 1, 0x55555555, 0xaaaaaaaa, UINT32_MAX};
    struct ep ep;
    struct ep_work works[24];
    uint32_t capacity, sent;

    ep_scene_with(&ep, t, ON_ATS | ON_PASID,
                  &(struct ep_wq){.size = 32, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5}, 1);
    for (uint32_t i = 0; i < 5; i++) {
        ep_write(&ep, "CFG_PRI_ALLOCATION", values[i]);
        CHECK_EQ(t, "DEV-CFG-017", values[i], ep_read(&ep, "CFG_PRI_ALLOCATION"), "allocation");
    }
    capacity = (uint32_t)ep_read(&ep, "CFG_PRI_CAPACITY");
    ep_pri(&ep, UINT32_MAX);
    sent = fault(&ep, 5, works, 24);
    CHECK(t, "DEV-CFG-017", sent >= 1 && sent <= capacity, "%u page requests outstanding with a capacity of %u", sent, capacity);
    ep.pages = EP_PAGES_MAP;
    for (uint32_t i = 0; i < 512; i++)
        if (ep.groups[i].outstanding && ep.groups[i].last_seen)
            ep_respond(&ep, i, 1);
    (void)test_settle(t);
    ep_close(&ep);
}

/* ---- MSI-X ---- */

static void msix_table(struct test *t)
{
    struct ep ep;
    uint32_t count, table, pba;

    ep_open(&ep, t);
    count = (uint32_t)ep_get(&ep, "CFG_MSIX_CAP", "SIZE") + 1;
    CHECK_EQ(t, "DEV-CFG-018", 0, ep_get(&ep, "CFG_MSIX_TABLE", "BIR") | ep_get(&ep, "CFG_MSIX_PBA", "BIR"), "BIR");
    table = (uint32_t)ep_get(&ep, "CFG_MSIX_TABLE", "OFFSET") * 8;
    pba = (uint32_t)ep_get(&ep, "CFG_MSIX_PBA", "OFFSET") * 8;
    if (ep.product) {
        CHECK(t, "DEV-CFG-018", count > ep_get(&ep, "BAR0_WQCAP", "WQS"),
              "%u vectors: one for each queue and one more are needed", count);
        CHECK_EQ(t, "DEV-CFG-018", 0x2000, table, "offset of the table");
        CHECK_EQ(t, "DEV-CFG-018", 0x3000, pba, "offset of the pending bits");
    }
    for (uint32_t n = 0; n < count; n++) {
        CHECK_EQ(t, "DEV-CFG-018", 1, ep_bar0_read(&ep, table + 16 * n + 12, 4), "vector control %u at reset", n);
        ep_bar0_write(&ep, table + 16 * n, 8, 0x123456789abcdef0ull + 4 * n);
        ep_bar0_write(&ep, table + 16 * n + 8, 4, 0xfedcba98 + n);
        ep_bar0_write(&ep, table + 16 * n + 12, 4, UINT32_MAX);
    }
    for (uint32_t n = 0; n < count; n++) {
        CHECK_EQ(t, "DEV-CFG-018", 0x123456789abcdef0ull + 4 * n, ep_bar0_read(&ep, table + 16 * n, 8), "address of vector %u",
                 n);
        CHECK_EQ(t, "DEV-CFG-018", 0x12345678, ep_bar0_read(&ep, table + 16 * n + 4, 4), "its upper half");
        CHECK_EQ(t, "DEV-CFG-018", 0xfedcba98 + n, ep_bar0_read(&ep, table + 16 * n + 8, 4), "data of vector %u", n);
        CHECK_EQ(t, "DEV-CFG-018", 1, ep_bar0_read(&ep, table + 16 * n + 12, 4), "vector control %u, all ones written", n);
    }
    ep_bar0_write(&ep, pba, 8, UINT64_MAX);
    CHECK_EQ(t, "DEV-CFG-018", 0, ep_bar0_read(&ep, pba, 8), "pending bits, all ones written");
    ep_close(&ep);
}

/* A command with its interrupt requested fires vector 0. */
static void command_interrupt(struct ep *ep)
{
    ep_write(ep, "BAR0_INTCAUSE", UINT32_MAX);
    ep_write(ep, "BAR0_CMD", 1u << 31 | EP_CMD_DRAIN_ALL << 20);
    (void)test_settle(ep->t);
}

static void msix_mask(struct test *t)
{
    static const char *const ways[] = {"vector mask", "function mask"};
    struct ep ep;
    uint32_t pba, table, mark;

    ep_scene(&ep, t, EP_NONE);
    ep_vectors(&ep, 2);
    table = (uint32_t)ep_get(&ep, "CFG_MSIX_TABLE", "OFFSET") * 8;
    pba = (uint32_t)ep_get(&ep, "CFG_MSIX_PBA", "OFFSET") * 8;
    mark = ep_mark(&ep);
    command_interrupt(&ep);
    CHECK_EQ(t, "DEV-CFG-018", 1, ep_interrupts(&ep, mark, 0), "interrupts of an unmasked vector");
    for (uint32_t way = 0; way < 2; way++) {
        if (way)
            ep_set(&ep, "CFG_MSIX_CAP", "MASK", 1);
        else
            ep_bar0_write(&ep, table + 12, 4, 1);
        mark = ep_mark(&ep);
        command_interrupt(&ep);
        command_interrupt(&ep);
        CHECK_EQ(t, "DEV-CFG-018", 0, ep_interrupts(&ep, mark, 0), "interrupts under the %s", ways[way]);
        CHECK_EQ(t, "DEV-CFG-018", 1, ep_bar0_read(&ep, pba, 8), "pending bits under the %s", ways[way]);
        if (way)
            ep_set(&ep, "CFG_MSIX_CAP", "MASK", 0);
        else
            ep_bar0_write(&ep, table + 12, 4, 0);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-CFG-018", 1, ep_interrupts(&ep, mark, 0), "interrupts when the %s is taken away", ways[way]);
        CHECK_EQ(t, "DEV-CFG-018", 0, ep_bar0_read(&ep, pba, 8), "pending bits after that");
    }
    ep_set(&ep, "CFG_MSIX_CAP", "ENABLE", 0);
    mark = ep_mark(&ep);
    command_interrupt(&ep);
    CHECK_EQ(t, "DEV-CFG-018", 0, ep_count(&ep, mark, EP_MSI, 0, UINT64_MAX), "interrupts with MSI-X off");
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    QUIET("config.pasid", pasid_capability, "DEV-CFG-010", "PASID", "PASID Control holds what the capability supports"),
    QUIET("config.ats", ats_capability, "DEV-CFG-011", "ATS", "The ATS capability says depth, alignment and global invalidation"),
    QUIET("config.ats_control", ats_control, "DEV-CFG-012", "ATS", "STU and Enable are writable, nothing else"),
    QUIET("config.pri", pri_reset_image, "DEV-CFG-013", "PRI&FLR", "The page request capability after reset and FLR"),
    QUIET("config.pri_pasid_required", pri_pasid_required, "DEV-CFG-014", "PRI&PASID&PRODUCT",
          "PRG Response PASID Required is 1"),
    SENDS("config.pri_reset", pri_reset_bit, "DEV-CFG-015", "&ATS&PASID&PRI", "Page Request Reset acts with Enable 0 only"),
    SENDS("config.pri_status", pri_status, "DEV-CFG-016", "&ATS&PASID&PRI",
          "RF, UPRGI and Stopped are set and cleared as they must"),
    SENDS("config.pri_allocation", allocation, "DEV-CFG-017", "&ATS&PASID&PRI",
          "The allocation is writable and bounded by the capacity"),
    QUIET("config.msix", msix_table, "DEV-CFG-018", "MSIX&PRODUCT",
          "The MSI-X table holds vectors, the pending bits are read-only"),
    SENDS("config.msix_mask", msix_mask, "DEV-CFG-018", "&MSIX", "A masked vector waits and fires once"),
};

LIST(ep_config_pri_cases, cases);
