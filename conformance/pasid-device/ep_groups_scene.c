/* SPDX-License-Identifier: BSD-2-Clause */
/* What the cases of page request groups begin with and look at. */
#include "ep_groups.h"

const struct ep_wq pg_wqs[] = {{.size = 2, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5},
                               {.size = 2, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5},
                               {.size = 2, .priority = 1, .bof = true, .pasid_en = true, .pasid = 6},
                               {.size = 2, .priority = 1, .bof = true}};
const uint32_t pg_spaces[] = {5, 5, 6, EP_NONE};

void pg_scene(struct ep *ep, struct test *t, uint32_t pages, uint32_t retry)
{
    ep_open(ep, t);
    ep_all(ep);
    ep_set(ep, "BAR0_PRICFG", "GROUP", pages);
    ep_set(ep, "BAR0_PRICFG", "RETRY", retry);
    ep_start(ep, pg_wqs, 4);
}

uint64_t pg_fresh(struct ep *ep)
{
    uint64_t va = ep->next_va;

    ep->next_va += 0x40000;
    return va;
}

void pg_submit(struct ep *ep, uint32_t wq, struct ep_work *work)
{
    work->flags |= EP_BOF;
    (void)ep_submit(ep, wq, work);
    (void)test_settle(ep->t);
}

const struct iotb_message *pg_request(struct ep *ep, uint32_t mark, uint32_t n)
{
    static const struct iotb_message none;
    const struct ep_event *event = ep_message(ep, mark, IOTB_MSG_PAGE_REQUEST, n);

    return event ? &event->message : &none;
}

uint32_t pg_requests(struct ep *ep, uint32_t mark)
{
    return ep_message_count(ep, mark, IOTB_MSG_PAGE_REQUEST);
}

uint32_t pg_capacity(struct ep *ep)
{
    return (uint32_t)ep_read(ep, "CFG_PRI_CAPACITY");
}

void pg_map_and_respond(struct ep *ep, uint32_t index)
{
    struct ep_group *group = &ep->groups[index];

    for (uint32_t n = 0; n < group->messages; n++)
        if (!ep_find(ep, group->space, group->pages[n]))
            ep_map(ep, group->space, group->pages[n], mem_alloc(ep->t, 4096, 4096), 12, EP_RW | EP_X);
        else
            ep_find(ep, group->space, group->pages[n])->rights = EP_RW | EP_X;
    ep_respond(ep, index, 0);
    (void)test_settle(ep->t);
}

/* Answers what waits, and what comes of it, until nothing waits. */
void pg_finish(struct ep *ep)
{
    uint32_t index[32];

    for (uint32_t round = 0; round < 64 && ep_groups(ep, index, 32); round++)
        pg_map_and_respond(ep, index[0]);
}

void pg_check_outstanding(struct ep *ep, const char *row, uint32_t groups, uint32_t messages, const char *what)
{
    CHECK_EQ(ep->t, row, groups, ep_get(ep, "BAR0_PRISTS", "GROUPS"), "groups outstanding %s", what);
    CHECK_EQ(ep->t, row, messages, ep_get(ep, "BAR0_PRISTS", "MESSAGES"), "messages outstanding %s", what);
}
