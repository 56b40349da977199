/* SPDX-License-Identifier: BSD-2-Clause */
/* What keeps the exerciser out of a product. */
#include "pasid_device_chapters.h"

#define KEY_1 0x52455845u
#define KEY_2 0x4b434c55u

static void absent(struct test *t)
{
    struct ep ep;
    uint64_t value;

    ep_scene(&ep, t, EP_NONE);
    CHECK_EQ(t, "DEV-EXR-001", 0, ep_read(&ep, "CFG_BAR4"), "BAR4");
    (void)bar_read(t, 4, 0, 4, &value);
    ep_write(&ep, "BAR4_XKEY", KEY_1);
    ep_write(&ep, "BAR4_XKEY", KEY_2);
    ep_bar0_write(&ep, 0x158, 4, UINT32_MAX);
    CHECK_EQ(t, "DEV-EXR-001", 0, ep_read(&ep, "BAR0_TAINT"), "TAINT after the keys were written");
    ep_expect_move(&ep, "DEV-EXR-001", 0, EP_NONE, "a move");
    ep_close(&ep);
}

static uint64_t window(struct ep *ep, uint64_t offset)
{
    uint64_t value = 0;

    (void)bar_read(ep->t, 4, offset, 4, &value);
    return value;
}

static void unlock(struct ep *ep)
{
    ep_write(ep, "BAR4_XKEY", KEY_1);
    ep_write(ep, "BAR4_XKEY", KEY_2);
}

static void arm(struct ep *ep, uint32_t slot, uint32_t id, uint32_t enable)
{
    uint32_t control = (uint32_t)(ep_bits("ep_hook", "ID", id) | ep_bits("ep_hook", "ENABLE", enable));

    bar_write(ep->t, 4, 0x800 + 0x20 * slot, &control, 4);
}

static void locked(struct test *t)
{
    struct ep ep;
    uint32_t value = 0x11223344;

    ep_scene(&ep, t, 5);
    CHECK_EQ(t, "DEV-EXR-002", 0, ep_read(&ep, "BAR0_TAINT"), "TAINT at reset");
    for (uint64_t offset = 0; offset < 0x10000; offset += 0x400)
        CHECK_EQ(t, "DEV-EXR-002", 0, window(&ep, offset), "BAR4+0x%llx before unlocking", (unsigned long long)offset);
    bar_write(t, 4, 0x108, &value, 4);
    arm(&ep, 0, 1, 1);
    ep_write(&ep, "BAR4_XKEY", KEY_2);
    ep_write(&ep, "BAR4_XKEY", KEY_1);
    ep_write(&ep, "BAR4_XKEY", KEY_1 ^ 1);
    ep_write(&ep, "BAR4_XKEY", KEY_2);
    CHECK_EQ(t, "DEV-EXR-002", 0, ep_read(&ep, "BAR0_TAINT"), "TAINT after wrong keys");
    CHECK_EQ(t, "DEV-EXR-002", 0, window(&ep, 0x108), "a register written before unlocking");
    ep_expect_move(&ep, "DEV-EXR-002", 0, 5, "a move");
    unlock(&ep);
    CHECK_EQ(t, "DEV-EXR-002", 1, ep_read(&ep, "BAR0_TAINT") & 3, "TAINT after unlocking");
    CHECK_EQ(t, "DEV-EXR-002", 0, window(&ep, 0x108), "the register written before, after unlocking");
    bar_write(t, 4, 0x108, &value, 4);
    CHECK_EQ(t, "DEV-EXR-002", value & 0xfffff, window(&ep, 0x108) & 0xfffff, "a PASID register, written after unlocking");
    if (ep.ats) { /* H02: never complete */
        arm(&ep, 0, 2, 1);
        CHECK_EQ(t, "DEV-EXR-002", 1, ep_read(&ep, "BAR0_TAINT") & 3, "TAINT with a hook that has not fired");
        ep_invalidate_send(&ep, &(struct ep_range){.itag = 1, .space = EP_NONE, .size_lg2 = 64});
        (void)test_settle(t);
        CHECK(t, "DEV-EXR-002", !ep_invalidate_done(&ep, 1), "the hook did not act");
        CHECK_EQ(t, "DEV-EXR-002", 3, ep_read(&ep, "BAR0_TAINT") & 3, "TAINT after it fired");
        ep.invalidations[1].outstanding = false;
    }
    ep_close(&ep);
}

static void reset(struct test *t)
{
    struct ep ep;

    ep_scene(&ep, t, EP_NONE);
    ep_expect_move(&ep, "DEV-FLR-009", 0, EP_NONE, "a move");
    unlock(&ep);
    arm(&ep, 3, 2, 1);
    CHECK(t, "DEV-FLR-009", window(&ep, 0x800 + 0x60), "the hook does not read back");
    ep_flr(&ep);
    test_run(t, 1000000000ull);
    ep_restore(&ep);
    CHECK_EQ(t, "DEV-FLR-009", 0, window(&ep, 0x800 + 0x60), "the hook after a Function Level Reset, locked");
    CHECK_EQ(t, "DEV-FLR-009", 1, ep_read(&ep, "BAR0_TAINT") & 1, "TAINT after it");
    unlock(&ep);
    CHECK_EQ(t, "DEV-FLR-009", 0, window(&ep, 0x800 + 0x60) & 1, "the hook after it, unlocked again");
    ep_close(&ep);
    test_reset(t, IOTB_RESET_COLD);
    ep_open(&ep, t);
    CHECK_EQ(t, "DEV-FLR-009", 0, ep_read(&ep, "BAR0_TAINT"), "TAINT after a cold reset");
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("exerciser.absent", absent, "DEV-EXR-001", "&!EXER", "Without strap EXER there is no BAR4"),
    SENDS("exerciser.locked", locked, "DEV-EXR-002", "&EXER&PASID", "Locked it does nothing; its use shows in TAINT"),
    SENDS("exerciser.reset", reset, "DEV-FLR-009", "&EXER&FLR", "A Function Level Reset locks it, TAINT stays"),
};

LIST(ep_exerciser_cases, cases);
