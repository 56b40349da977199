/* SPDX-License-Identifier: BSD-2-Clause */
/* Hooks of the exerciser: arming them in every way, and what their scenes are made of. */
#include "ep_hooks.h"

#define REGION_LG2 22u

static const struct ep_wq wqs[] = {{.size = 4, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5},
                                   {.size = 4, .priority = 1, .bof = true, .pasid_en = true, .pasid = 6},
                                   {.size = 4, .priority = 1, .bof = true},
                                   {.size = 4, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5, .priv = true}};

/* Work of PASID 5 without a record, run until nothing more happens. */
void hook_run(struct ep *ep, uint32_t wq, struct ep_work work)
{
    work.record = EP_NO_RECORD;
    (void)ep_submit(ep, wq, &work);
    (void)test_settle(ep->t);
}

struct ep_work hook_blocking(struct ep_work work)
{
    work.flags |= EP_BOF;
    return work;
}

uint32_t hook_requests(struct ep *ep, uint32_t mark)
{
    return ep_message_count(ep, mark, IOTB_MSG_PAGE_REQUEST);
}

const struct iotb_message *hook_request(struct ep *ep, uint32_t mark, uint32_t n)
{
    static const struct iotb_message none;
    const struct ep_event *event = ep_message(ep, mark, IOTB_MSG_PAGE_REQUEST, n);

    return event ? &event->message : &none;
}

const struct iotb_request *hook_last_of(struct ep *ep, uint32_t kinds)
{
    static const struct iotb_request none;

    for (uint32_t i = ep->log_count; i-- > 0;)
        if (ep->log[i].kind & kinds)
            return &ep->log[i].tlp;
    return &none;
}

/* ---- each of them, armed and not ---- */

enum leg { NOT_ARMED, ARMED, OF_PASID, OF_ADDRESS, OF_OTHER_PASID, OF_OTHER_ADDRESS, OF_OTHER_FORM, LEGS };

static void arm(struct ep *ep, const struct misbehaviour *m, enum leg leg, uint64_t va)
{
    bool by_pasid = leg == OF_PASID || leg == OF_OTHER_PASID, by_address = leg == OF_ADDRESS || leg == OF_OTHER_ADDRESS;

    ep_write(ep, "BAR4_HOOK3", m->form + (leg == OF_OTHER_FORM ? 8 : 0));
    ep_write(ep, "BAR4_HOOK2", leg == OF_OTHER_ADDRESS ? va ^ 1ull << 40 : va);
    ep_write(ep, "BAR4_HOOK1", ep_reg_bits("BAR4_HOOK1", "PASID", leg == OF_OTHER_PASID ? 9 : 5));
    ep_write(ep, "BAR4_HOOK0",
             ep_reg_bits("BAR4_HOOK0", "ENABLE", leg != NOT_ARMED) | ep_reg_bits("BAR4_HOOK0", "MATCH_PASID", by_pasid) |
                 ep_reg_bits("BAR4_HOOK0", "MATCH_ADDRESS", by_address) | ep_reg_bits("BAR4_HOOK0", "ID", m->id) |
                 ep_reg_bits("BAR4_HOOK0", "SIZE_LG2", REGION_LG2));
}

static void try(struct test *t, const struct misbehaviour *m, enum leg leg)
{
    static const char *const legs[] = {
        "not armed",           "armed",          "armed for its PASID", "armed for its address", "for another PASID",
        "for another address", "in another form"};
    bool expected = leg != NOT_ARMED && leg < OF_OTHER_PASID;
    struct ep ep;
    uint64_t va;

    ep_open(&ep, t);
    ep_pasid(&ep, true, true, true);
    ep_set(&ep, "CFG_PCIE_DEVCTL", "NOSNOOP", 1);
    ep_ats(&ep, true);
    if (m->config != PRI_OFF)
        ep_pri(&ep, m->config == ONE_CREDIT ? 1 : (uint32_t)ep_read(&ep, "CFG_PRI_CAPACITY"));
    ep_set(&ep, "BAR0_PRICFG", "MARKER", m->config == MARKER);
    ep_start(&ep, wqs, 4);
    va = 0x0000123456400000ull;
    ep_unlock(&ep);
    arm(&ep, m, leg, va);
    CHECK_EQ(t, "DEV-EXR-018", expected, m->shows(&ep, va), "hook %u, form %u, %s: the device %s", m->id, m->form, legs[leg],
             m->what);
    CHECK_EQ(t, "DEV-EXR-018", expected, ep_get_at(&ep, "BAR4_HOOK3", 0, "FIRED") != 0, "hook %u, form %u, %s, has fired", m->id,
             m->form, legs[leg]);
    ep_write(&ep, "BAR4_HOOK0", 0);
    for (uint32_t i = 0; i < 32; i++)
        ep.invalidations[i].outstanding = false;
    for (uint32_t i = 0; i < 512; i++)
        ep.groups[i].outstanding = false;
    ep_raw_close(&ep);
}

void hook_try_all(struct test *t, const struct misbehaviour *table, size_t count, uint32_t from, uint32_t to)
{
    bool first = true;

    for (uint32_t i = 0; i < count; i++)
        for (enum leg leg = NOT_ARMED; leg < LEGS; leg++) {
            const struct misbehaviour *m = &table[i];
            bool timed = m->id == 12;

            if (m->id < from || m->id > to || (!m->pasid && (leg == OF_PASID || leg == OF_OTHER_PASID)) ||
                (!m->address && (leg == OF_ADDRESS || leg == OF_OTHER_ADDRESS)) || (timed && leg == OF_OTHER_FORM))
                continue;
            if (!first)
                test_reset(t, IOTB_RESET_COLD);
            first = false;
            try(t, m, leg);
        }
}
