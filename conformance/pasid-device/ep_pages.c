/* SPDX-License-Identifier: BSD-2-Clause */
/* Page requests: when they are sent, what they say, how many. */
#include "pasid_device_chapters.h"

#define ANYWHERE 0, UINT64_MAX

static const struct ep_wq blocking = {.size = 64, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5};

static uint64_t fresh(struct ep *ep, uint32_t pages)
{
    uint64_t va = ep->next_va;

    ep->next_va += 4096ull * (pages + 16);
    return va;
}

static uint32_t requests(struct ep *ep, uint32_t mark)
{
    return ep_message_count(ep, mark, IOTB_MSG_PAGE_REQUEST);
}

static const struct iotb_message *request(struct ep *ep, uint32_t mark, uint32_t n)
{
    static const struct iotb_message none;
    const struct ep_event *event = ep_message(ep, mark, IOTB_MSG_PAGE_REQUEST, n);

    return event ? &event->message : &none;
}

/* A work that faults, sent and run until nothing more happens. */
static void send(struct ep *ep, uint32_t wq, struct ep_work *work)
{
    work->flags |= EP_BOF;
    (void)ep_submit(ep, wq, work);
    (void)test_settle(ep->t);
}

static void answer_all(struct ep *ep, enum ep_pages pages)
{
    static const uint32_t codes[] = {0, 0, 0, 1, 15};
    uint32_t indices[64], count = ep_groups(ep, indices, 64);

    ep->pages = pages;
    for (uint32_t i = 0; i < count && i < 64; i++) {
        struct ep_group *group = &ep->groups[indices[i]];

        for (uint32_t n = 0; pages == EP_PAGES_MAP && n < group->messages; n++)
            if (!ep_find(ep, group->space, group->pages[n]))
                ep_map(ep, group->space, group->pages[n], mem_alloc(ep->t, 4096, 4096), 12, ep->page_rights);
        ep_respond(ep, indices[i], codes[pages]);
    }
    (void)test_settle(ep->t);
}

struct off {
    const char *row;
    bool pri, ats;
    uint32_t allocation;
};

static void off(struct test *t)
{
    const struct off *c = test_argument(t);
    struct ep ep;
    struct ep_work work;

    ep_open(&ep, t);
    ep_pasid(&ep, true, true, true);
    if (c->ats)
        ep_ats(&ep, true);
    if (c->pri) {
        ep_pri(&ep, 16);
        if (!c->allocation) {
            ep_set(&ep, "CFG_PRI_CTL", "ENABLE", 0);
            ep_write(&ep, "CFG_PRI_ALLOCATION", 0);
            ep_set(&ep, "CFG_PRI_CTL", "ENABLE", 1);
        }
    }
    ep_start(&ep, &blocking, 1);
    ep_expect_move(&ep, c->row, 0, 5, "a move of pages that are there");
    work = ep_read_work(5, fresh(&ep, 1), 64);
    work.flags = EP_BOF;
    (void)ep_run(&ep, 0, &work);
    CHECK_EQ(t, c->row, 0, requests(&ep, 0), "page requests");
    if (c->ats)
        CHECK_EQ(t, c->row, 3, ep_result(&ep, &work).status, "status of a read of a page that is not there");
    else
        CHECK(t, c->row, ep_result(&ep, &work).status > 1, "status of a read of a page that is not there: 0x%02x",
              ep_result(&ep, &work).status);
    ep_close(&ep);
}

static void format(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t va;

    ep_scene_with(&ep, t, ON_ALL, &blocking, 1);
    ep_set(&ep, "CFG_PCIE_DEVCTL2", "ATOMICREQ", 1);
    for (uint32_t kind = 0; kind < 3; kind++) {
        uint32_t mark = ep_mark(&ep);
        const struct iotb_message *message;

        va = fresh(&ep, 1) + 0x123;
        work = kind == 0 ? ep_read_work(5, va, 16) : ep_write_work(5, va, 16, 1);
        if (kind == 2)
            work = (struct ep_work){.op = EP_OP_ATOMIC, .space = 5, .dst = va & ~7ull, .data = {1, 0, 8}};
        send(&ep, 0, &work);
        message = request(&ep, mark, 0);
        CHECK(t, "DEV-PRI-002", requests(&ep, mark) >= 1, "no page request");
        CHECK_EQ(t, "DEV-PRI-002", va & ~0xfffull, message->address, "page address");
        CHECK(t, "DEV-PRI-002", message->group_index < 512, "PRG index 0x%x", message->group_index);
        CHECK(t, "DEV-PRI-003", kind == 0 || message->write, "W=0 for a %s", kind == 1 ? "write" : "atomic");
        CHECK(t, "DEV-PRI-003", kind == 1 || message->read, "R=0 for a%s", kind == 0 ? " read" : "n atomic");
        CHECK(t, "DEV-PRI-003", kind != 0 || !message->write, "W=1 for a read");
        CHECK(t, "DEV-PRI-003", message->read || message->write, "R=W=0");
        answer_all(&ep, EP_PAGES_MAP);
        CHECK_EQ(t, "DEV-PRI-002", 1, ep_wait(&ep, &work).status, "status when the page is there");
        ep.pages = EP_PAGES_HOLD;
    }
    ep_close(&ep);
}

static void prefix(struct test *t)
{
    static const struct ep_wq wqs[] = {{.size = 8, .priority = 1, .bof = true, .pasid_en = true, .pasid = 0x1234},
                                       {.size = 8, .priority = 1, .bof = true},
                                       {.size = 8, .priority = 1, .bof = true, .pasid_en = true, .pasid = 9, .priv = true}};
    static const uint32_t spaces[] = {0x1234, EP_NONE, 9};
    struct ep ep;

    for (uint32_t enables = 0; enables < 4; enables++) {
        uint32_t count = enables & 2 ? 3 : 2;

        if (enables)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, true, enables & 1, enables & 2);
        ep_ats(&ep, true);
        ep_pri(&ep, 16);
        ep_start(&ep, wqs, count);
        for (uint32_t wq = 0; wq < count; wq++) {
            uint32_t mark = ep_mark(&ep);
            struct ep_work work = ep_read_work(spaces[wq], fresh(&ep, 1), 64);
            const struct iotb_message *message;

            work.flags = EP_XEXEC;
            send(&ep, wq, &work);
            message = request(&ep, mark, 0);
            CHECK(t, "DEV-PRI-004", requests(&ep, mark) >= 1, "no page request of queue %u", wq);
            CHECK_EQ(t, "DEV-PRI-004", spaces[wq], message->flags & IOTB_RQ_PASID ? message->pasid : EP_NONE,
                     "PASID of the request");
            CHECK_EQ(t, "DEV-PRI-004", spaces[wq] != EP_NONE && enables & 1, (message->flags & IOTB_RQ_EXECUTE) != 0,
                     "Execute, enables %u, queue %u", enables, wq);
            CHECK_EQ(t, "DEV-PRI-004", wq == 2, (message->flags & IOTB_RQ_PRIVILEGED) != 0, "Privileged, enables %u, queue %u",
                     enables, wq);
            answer_all(&ep, EP_PAGES_MAP);
            if (spaces[wq] != EP_NONE && enables & 1)
                CHECK_EQ(t, "DEV-PRI-004", 1, ep_wait(&ep, &work).status, "status when the page is there");
            ep.pages = EP_PAGES_HOLD;
        }
        ep_close(&ep);
    }
}

static void only_after_success(struct test *t)
{
    static const enum ep_action actions[] = {EP_CA, EP_POISON, EP_DROP, EP_UR};
    struct ep ep;
    struct ep_work work;

    ep_scene_with(&ep, t, ON_ALL, &blocking, 1);
    ep_set(&ep, "BAR0_TIMEOUT", "NP", 1000);
    ep.pages = EP_PAGES_MAP;
    work = ep_read_work(5, fresh(&ep, 1), 64);
    send(&ep, 0, &work);
    CHECK_EQ(t, "DEV-PRI-005", 1, ep_wait(&ep, &work).status, "status of a read of a page that is asked for");
    for (uint32_t i = 0; i < 4; i++) {
        uint64_t va = fresh(&ep, 1);
        uint32_t mark = ep_mark(&ep);

        (void)ep_rule(&ep, EP_TREQ, va, va + 4095, actions[i], 0, 1);
        work = ep_read_work(5, va, 64);
        send(&ep, 0, &work);
        test_run(t, 10000000000ull);
        CHECK_EQ(t, "DEV-PRI-005", 0, requests(&ep, mark), "page requests after a completion of action %u", actions[i]);
    }
    ep_close(&ep);
}

static void groups(struct test *t)
{
    struct ep ep;

    for (uint32_t most = 1; most <= 8; most++) {
        struct ep_work work;
        uint32_t mark, count, last = 0;
        uint64_t va;

        if (most > 1)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_all(&ep);
        ep_set(&ep, "BAR0_PRICFG", "GROUP", most);
        ep_start(&ep, &blocking, 1);
        va = fresh(&ep, 16);
        mark = ep_mark(&ep);
        work = ep_read_work(5, va, 16 * 4096);
        send(&ep, 0, &work);
        count = requests(&ep, mark);
        CHECK(t, "DEV-PRI-006", count >= 1 && count <= most, "%u messages in the first group, at most %u", count, most);
        for (uint32_t i = 0; i < count; i++) {
            last += request(&ep, mark, i)->last;
            CHECK_EQ(t, "DEV-PRI-006", i + 1 == count, request(&ep, mark, i)->last, "L of message %u of %u", i + 1, count);
            CHECK_EQ(t, "DEV-PRI-006", request(&ep, mark, 0)->group_index, request(&ep, mark, i)->group_index, "its index");
        }
        CHECK_EQ(t, "DEV-PRI-006", 1, last, "messages with L=1");
        answer_all(&ep, EP_PAGES_MAP);
        CHECK_EQ(t, "DEV-PRI-006", 1, ep_wait(&ep, &work).status, "status when all pages are there");
        ep_close(&ep);
    }
}

struct credit {
    uint32_t allocation, limit;
};

static void credits(struct test *t)
{
    static const struct credit table[] = {{1, 511}, {5, 511}, {16, 3}, {16, 511}, {UINT32_MAX, 511}, {2, 1}};
    struct ep ep;

    for (uint32_t c = 0; c < sizeof(table) / sizeof(table[0]); c++) {
        struct ep_work works[64];
        uint32_t most, capacity, sent;

        if (c)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, true, true, true);
        ep_ats(&ep, true);
        ep_pri(&ep, table[c].allocation);
        ep_set(&ep, "BAR0_PRICFG", "GROUP", 1);
        ep_set(&ep, "BAR0_PRICFG", "LIMIT", table[c].limit);
        ep_start(&ep, &blocking, 1);
        capacity = (uint32_t)ep_read(&ep, "CFG_PRI_CAPACITY");
        most = table[c].allocation < capacity ? table[c].allocation : capacity;
        most = table[c].limit < most ? table[c].limit : most;
        for (uint32_t i = 0; i < 64; i++) {
            works[i] = (struct ep_work){.op = EP_OP_PAGEREQ, .space = 5, .src = fresh(&ep, 2), .size = 2, .data = {1}};
            works[i].flags = EP_BOF;
            (void)ep_submit(&ep, 0, &works[i]);
        }
        (void)test_settle(t);
        sent = ep.page_messages;
        CHECK(t, "DEV-PRI-007", sent >= 1 && sent <= most, "%u page requests outstanding: allocation %u, capacity %u, limit %u",
              sent, table[c].allocation, capacity, table[c].limit);
        for (uint32_t round = 0; round < 140 && ep.page_messages; round++) {
            answer_all(&ep, EP_PAGES_SUCCESS);
            ep.pages = EP_PAGES_HOLD;
            CHECK(t, "DEV-PRI-007", ep.page_messages <= most, "%u page requests outstanding, of %u", ep.page_messages, most);
        }
        CHECK(t, "DEV-PRI-007", ep_wait(&ep, &works[63]).done, "the last of 64 does not end");
        ep_close(&ep);
    }
}

static void indices(struct test *t)
{
    static const struct ep_wq wqs[] = {{.size = 32, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5},
                                       {.size = 32, .priority = 1, .bof = true, .pasid_en = true, .pasid = 6}};
    struct ep ep;
    struct ep_work works[40];
    uint32_t waiting[64], count, seen = 0;

    ep_open(&ep, t);
    ep_all(&ep);
    ep_set(&ep, "BAR0_PRICFG", "GROUP", 1);
    ep_start(&ep, wqs, 2);
    for (uint32_t i = 0; i < 40; i++) {
        works[i] = ep_read_work(i % 2 ? 6 : 5, 0x100000000ull + 0x10000 * i, 64);
        works[i].flags = EP_BOF;
        (void)ep_submit(&ep, i % 2, &works[i]);
    }
    for (uint32_t round = 0; round < 80; round++) {
        (void)test_settle(t);
        count = ep_groups(&ep, waiting, 64);
        if (!count)
            break;
        seen += count;
        ep.pages = EP_PAGES_HOLD;
        for (uint32_t n = 0; n < ep.groups[waiting[count - 1]].messages; n++) {
            struct ep_group *group = &ep.groups[waiting[count - 1]];

            ep_map(&ep, group->space, group->pages[n], mem_alloc(t, 4096, 4096), 12, EP_RW);
        }
        ep_respond(&ep, waiting[count - 1], 0); /* the highest index first */
    }
    CHECK(t, "DEV-PRI-009", seen >= 40, "only %u groups were seen waiting", seen);
    CHECK(t, "DEV-PRI-009", ep_judged(&ep, "DEV-PRI-009") >= 40, "too few page requests");
    for (uint32_t i = 0; i < 40; i++)
        CHECK_EQ(t, "DEV-PRI-009", 1, ep_wait(&ep, &works[i]).status, "status of work %u", i);
    ep_close(&ep);
}

static void credits_return(struct test *t)
{
    struct ep ep;
    struct ep_work works[4];
    uint32_t waiting[16], first;

    ep_open(&ep, t);
    ep_pasid(&ep, true, true, true);
    ep_ats(&ep, true);
    ep_pri(&ep, 8);
    ep_set(&ep, "BAR0_PRICFG", "GROUP", 4);
    ep_start(&ep, &(struct ep_wq){.size = 32, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5}, 1);
    for (uint32_t i = 0; i < 4; i++) {
        works[i] =
            (struct ep_work){.op = EP_OP_PAGEREQ, .space = 5, .src = fresh(&ep, 4), .size = 4, .data = {1}, .flags = EP_BOF};
        (void)ep_submit(&ep, 0, &works[i]);
    }
    (void)test_settle(t);
    CHECK(t, "DEV-PRI-010", ep.page_messages <= 8, "%u messages outstanding, of 8", ep.page_messages);
    first = ep_groups(&ep, waiting, 16);
    CHECK(t, "DEV-PRI-010", first >= 1, "no group waits");
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t mark = ep_mark(&ep), count = ep_groups(&ep, waiting, 16);

        if (!count)
            break;
        ep_respond(&ep, waiting[0], 0);
        (void)test_settle(t);
        if (i + first < 4)
            CHECK(t, "DEV-PRI-010", requests(&ep, mark) == 4, "%u messages follow a response that returned 4 credits",
                  requests(&ep, mark));
    }
    for (uint32_t i = 0; i < 4; i++)
        CHECK(t, "DEV-PRI-010", ep_wait(&ep, &works[i]).done, "work %u does not end", i);
    ep_close(&ep);
}

static void linux_denies(struct test *t)
{
    struct ep ep;
    struct ep_work work;

    ep_open(&ep, t);
    ep_all(&ep);
    ep_start(&ep, &(struct ep_wq){.size = 8, .priority = 1, .bof = true, .pasid_en = true, .pasid = 5, .priv = true}, 1);
    ep.pages = EP_PAGES_INVALID; /* what Linux answers to a privileged request */
    work = ep_read_work(5, fresh(&ep, 1), 64);
    send(&ep, 0, &work);
    CHECK(t, "DEV-PRI-025", request(&ep, 0, 0)->flags & IOTB_RQ_PRIVILEGED, "no privileged page request");
    CHECK_EQ(t, "DEV-PRI-025", 4, ep_wait(&ep, &work).status, "status after Invalid Request");
    CHECK_EQ(t, "DEV-PRI-025", 0, ep_get(&ep, "CFG_PRI_CTL", "RF"), "RF after Invalid Request");
    ep_close(&ep);
}

static const struct off pri_off = {"DEV-PRI-001", false, true, 16}, no_allocation = {"DEV-PRI-008", true, true, 0},
                        no_ats = {"DEV-PRI-023", true, false, 16};

#define OFF(name_, argument_, rows_, summary_)                                                                          \
    {                                                                                                                   \
        .name = "pasid-device." name_, .summary = summary_, .run = off, .rows = rows_, .gate = "PRODUCT&ATS&PASID&PRI", \
        .functional = true, .tier = TIER_FULL, .argument = &(argument_)                                                 \
    }

static const struct iotb_case cases[] = {
    OFF("pages.off", pri_off, "DEV-PRI-001", "With PRI off a fault is final"),
    SENDS("pages.format", format, "DEV-PRI-002 DEV-PRI-003", "&ATS&PASID&PRI", "A page request says page, index and the access"),
    SENDS("pages.prefix", prefix, "DEV-PRI-004", "&ATS&PASID&PRI&EXEC&PRIV", "It has the PASID, Exec and Priv of the access"),
    SENDS("pages.after_success", only_after_success, "DEV-PRI-005", "&ATS&PASID&PRI",
          "It follows a success that lacks the right only"),
    SENDS("pages.groups", groups, "DEV-PRI-006", "&ATS&PASID&PRI", "The last message of a group, and only it, has L=1"),
    SENDS("pages.credits", credits, "DEV-PRI-007", "&ATS&PASID&PRI",
          "Outstanding messages keep to allocation, capacity and limit"),
    OFF("pages.no_allocation", no_allocation, "DEV-PRI-008", "With allocation 0 a fault is final"),
    SENDS("pages.indices", indices, "DEV-PRI-009", "&ATS&PASID&PRI", "PRG indices outstanding are distinct"),
    SENDS("pages.credits_return", credits_return, "DEV-PRI-010", "&ATS&PASID&PRI", "A response returns the credits of its group"),
    OFF("pages.no_ats", no_ats, "DEV-PRI-023", "With ATS off nothing is asked for"),
    SENDS("pages.linux", linux_denies, "DEV-PRI-025", "&ATS&PASID&PRI&PRIV", "Invalid for a privileged request ends it"),
};

LIST(ep_pages_cases, cases);
