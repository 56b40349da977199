/* SPDX-License-Identifier: BSD-2-Clause */
/* PASID rules. */
#include "pasid_device_chapters.h"

static void disabled(struct test *t)
{
    struct ep ep;
    struct ep_wq wq = {.size = 8, .priority = 1, .pasid_en = true, .pasid = 5};
    struct ep_work work;

    ep_open(&ep, t);
    ep_ats(&ep, true);
    ep_configure(&ep, &wq, 1);
    CHECK_EQ(t, "DEV-PAS-001", 0, ep_command(&ep, EP_CMD_ENABLE, 0), "error of enabling the device");
    CHECK_EQ(t, "DEV-PAS-001", 0x26, ep_command(&ep, EP_CMD_ENABLE_WQ, 0),
             "error of enabling a queue with PASID while PASID is off");
    wq.pasid_en = false;
    ep_wqcfg(&ep, 0, &wq);
    CHECK_EQ(t, "DEV-PAS-001", 0, ep_command(&ep, EP_CMD_ENABLE_WQ, 0), "error of enabling a queue without PASID");
    ep_expect_move(&ep, "DEV-PAS-001", 0, EP_NONE, "a move without PASID");
    work = (struct ep_work){.op = EP_OP_XLATE, .space = EP_NONE, .src = ep_buffer(&ep, EP_NONE, 4096, EP_RW), .size = 1};
    ep_expect(&ep, "DEV-PAS-001", 0, &work, 1, "a translation without PASID");
    for (uint32_t i = 0; i < ep.log_count; i++)
        CHECK(t, "DEV-PAS-001", ep.log[i].kind == EP_MESSAGE || !(ep.log[i].tlp.flags & IOTB_RQ_PASID), "a TLP with a PASID");
    ep_close(&ep);
}

static void turned_off(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t page;

    ep_scene_with(&ep, t, ON_PASID, &(struct ep_wq){.size = 8, .priority = 1, .pasid_en = true, .pasid = 5}, 1);
    ep_expect_move(&ep, "DEV-PAS-001", 0, 5, "a move with PASID on");
    page = ep_buffer(&ep, 5, 4096, EP_RW);
    ep_pasid(&ep, false, false, false);
    work = ep_read_work(5, page, 64);
    (void)ep_run(&ep, 0, &work); /* the record cannot be written without a PASID either */
    CHECK(t, "DEV-PAS-001", ep_result(&ep, &work).status != 1, "work of a PASID succeeds with PASID off");
    ep_pasid(&ep, true, false, false);
    ep_expect_move(&ep, "DEV-PAS-001", 0, 5, "a move with PASID on again");
    ep_close(&ep);
}

static void width(struct test *t)
{
    struct ep ep;
    struct ep_wq wqs[] = {{.size = 8, .priority = 1, .pasid_en = true, .pasid = 5},
                          {.size = 8, .threshold = 8, .priority = 1, .shared = true, .pasid_en = true}};
    struct ep_work work;
    uint32_t top;

    ep_scene_with(&ep, t, ON_PASID | ON_ATS, wqs, 2);
    top = (1u << ep.width) - 1;
    ep_expect_move(&ep, "DEV-CFG-010", 1, top, "a move under the highest PASID that the capability promises");
    if (ep.width >= 20) { /* a descriptor holds no higher one */
        CHECK(t, "DEV-PAS-002", ep_judged(&ep, "DEV-PAS-002") > 1, "too few requests with a PASID");
        ep_close(&ep);
        return;
    }
    work = ep_read_work(1u << ep.width, ep_buffer(&ep, 1u << ep.width, 4096, EP_RW), 64);
    (void)ep_submit(&ep, 1, &work);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-PAS-002", 0, ep_count(&ep, 0, EP_DATA, work.src, work.src + 63), "requests of a PASID beyond the width");
    CHECK_EQ(t, "DEV-PAS-002", 0, ep_command(&ep, EP_CMD_DISABLE_WQ, 1), "error of disabling the queue");
    wqs[0].pasid = 1u << ep.width;
    ep_wqcfg(&ep, 0, &wqs[0]);
    (void)ep_command(&ep, EP_CMD_DISABLE_WQ, 1);
    ep_close(&ep);
}

static void placement(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint32_t mark;

    ep_scene(&ep, t, 5);
    ep_vectors(&ep, 2);
    mark = ep_mark(&ep);
    work = ep_read_work(5, ep_buffer(&ep, 5, 4096, EP_RW), 64);
    work.flags = EP_RCI;
    work.handle = 1;
    ep_expect(&ep, "DEV-PAS-003", 0, &work, 1, "a read with an interrupt");
    CHECK(t, "DEV-PAS-003", ep_invalidate(&ep, 5, 0, 64), "no completion of an invalidation");
    CHECK_EQ(t, "DEV-PAS-003", 1, ep_interrupts(&ep, mark, 1), "interrupts");
    for (uint32_t i = mark; i < ep.log_count; i++) {
        const struct ep_event *event = &ep.log[i];

        if (event->kind == EP_MESSAGE)
            continue;
        CHECK_EQ(t, "DEV-PAS-003", event->kind != EP_MSI && event->tlp.address_type != 2, (event->tlp.flags & IOTB_RQ_PASID) != 0,
                 "a PASID on a TLP of kind %u, AT %u", event->kind, event->tlp.address_type);
    }
    ep_close(&ep);
}

static void translated(struct test *t)
{
    struct ep ep;
    bool capable;

    for (uint32_t enable = 0; enable < 2; enable++) {
        if (enable)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, true, false, false);
        capable = ep_get(&ep, "CFG_PASID_CTL", "TRANSLATEDCAP");
        if (enable)
            ep_set(&ep, "CFG_PASID_CTL", "TRANSLATED", 1);
        ep_ats(&ep, true);
        ep_start(&ep, &(struct ep_wq){.size = 8, .priority = 1, .pasid_en = true, .pasid = 5}, 1);
        ep_expect_move(&ep, "DEV-PAS-004", 0, 5, "a move");
        for (uint32_t i = 0; i < ep.log_count; i++)
            if (ep.log[i].kind & EP_DATA && ep.log[i].tlp.address_type == 2)
                CHECK_EQ(t, "DEV-PAS-004", enable && capable, (ep.log[i].tlp.flags & IOTB_RQ_PASID) != 0,
                         "a PASID on a translated request, enable %u, capable %u", enable, capable);
        ep_close(&ep);
    }
}

static void execute(struct test *t)
{
    static const uint32_t ops[] = {EP_OP_MEMMOVE, EP_OP_FILL, EP_OP_COMPARE, EP_OP_CRC, EP_OP_ATOMIC};
    struct ep ep;
    uint32_t asked = 0;

    ep_open(&ep, t);
    ep_all(&ep);
    ep_set(&ep, "CFG_PCIE_DEVCTL2", "ATOMICREQ", 1);
    ep_start(&ep, &(struct ep_wq){.size = 8, .priority = 1, .pasid_en = true, .pasid = 5}, 1);
    for (uint32_t i = 0; i < 10; i++) {
        uint64_t a = ep_buffer(&ep, 5, 4096, EP_RW | EP_X), b = ep_buffer(&ep, 5, 4096, EP_RW | EP_X);
        struct ep_work work = {.op = ops[i % 5], .space = 5, .src = a, .dst = b, .size = 128, .flags = EP_XEXEC};

        if (i >= 5)
            work.flags |= EP_XUNTR;
        if (work.op == EP_OP_ATOMIC)
            work = (struct ep_work){.op = EP_OP_ATOMIC, .space = 5, .dst = b, .data = {1, 0, 8}, .flags = work.flags};
        (void)ep_run(&ep, 0, &work); /* operations that read nothing may refuse the flag */
    }
    for (uint32_t i = 0; i < ep.log_count; i++) {
        const struct ep_event *event = &ep.log[i];

        if (event->kind == EP_MESSAGE)
            continue;
        asked += event->kind == EP_READ && event->tlp.flags & IOTB_RQ_EXECUTE;
        CHECK(t, "DEV-PAS-005", !(event->tlp.flags & IOTB_RQ_EXECUTE) || event->tlp.kind == IOTB_READ,
              "Execute Requested on TLP kind %u", event->tlp.kind);
    }
    CHECK(t, "DEV-PAS-005", asked > 0, "no read asks for Execute");
    ep_close(&ep);
}

static void privileged(struct test *t)
{
    struct ep ep;
    struct ep_wq wq = {.size = 8, .priority = 1, .pasid_en = true, .pasid = 5, .priv = true};
    uint32_t seen;

    for (uint32_t enable = 0; enable < 2; enable++) {
        if (enable)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, true, false, enable);
        ep_ats(&ep, true);
        ep_configure(&ep, &wq, 1);
        (void)ep_command(&ep, EP_CMD_ENABLE, 0);
        seen = 0;
        if (ep_command(&ep, EP_CMD_ENABLE_WQ, 0) == 0) {
            struct ep_work work = ep_move(5, ep_buffer(&ep, 5, 4096, EP_RW), ep_buffer(&ep, 5, 4096, EP_RW), 128);

            ep_expect(&ep, "DEV-PAS-006", 0, &work, 1, "a move through a privileged queue");
            for (uint32_t i = 0; i < ep.log_count; i++)
                seen += ep.log[i].kind != EP_MESSAGE && ep.log[i].tlp.flags & IOTB_RQ_PRIVILEGED;
        }
        CHECK_EQ(t, "DEV-PAS-006", enable, seen > 0, "privileged requests with Privileged Mode Enable %u", enable);
        ep_close(&ep);
    }
}

static void without(struct test *t)
{
    struct ep ep;
    struct ep_wq wq = {.size = 8, .priority = 1, .pasid = 7};
    struct ep_work work;

    ep_scene_with(&ep, t, ON_ALL, &wq, 1);
    ep_expect_move(&ep, "DEV-PAS-007", 0, EP_NONE, "a move without PASID");
    work = ep_read_work(EP_NONE, ep_buffer(&ep, EP_NONE, 4096, EP_RW | EP_X), 64);
    work.flags = EP_XEXEC;
    (void)ep_run(&ep, 0, &work); /* refused or not: Execute is not asked for */
    for (uint32_t i = 0; i < ep.log_count; i++)
        CHECK(t, "DEV-PAS-007",
              ep.log[i].kind == EP_MESSAGE || !(ep.log[i].tlp.flags & (IOTB_RQ_PASID | IOTB_RQ_EXECUTE | IOTB_RQ_PRIVILEGED)),
              "prefix flags 0x%x on work without PASID", ep.log[i].tlp.flags);
    ep_close(&ep);
}

static uint32_t pasids_seen(struct ep *ep, uint32_t mark, uint64_t first, uint64_t last)
{
    uint32_t pasid = EP_NONE;

    for (uint32_t i = mark; i < ep->log_count; i++)
        if (ep->log[i].kind & (EP_TREQ | EP_DATA) && ep->log[i].tlp.address >= first && ep->log[i].tlp.address <= last &&
            ep->log[i].tlp.flags & IOTB_RQ_PASID)
            pasid = ep->log[i].tlp.pasid;
    return pasid;
}

static void source(struct test *t)
{
    static const struct ep_wq wqs[] = {
        {.size = 8, .priority = 1, .pasid_en = true, .pasid = 0x81},
        {.size = 8, .threshold = 8, .priority = 1, .shared = true, .pasid_en = true, .pasid = 0x55}};
    struct ep ep;

    ep_scene_with(&ep, t, ON_PASID, wqs, 2);
    for (uint32_t wq = 0; wq < 2; wq++) {
        uint64_t src = 0x5500000000ull;
        uint32_t mark = ep_mark(&ep), submitted = 0x42;
        struct ep_work work;
        uint32_t real = wq ? submitted : 0x81;
        uint64_t descriptor[8];

        ep_map(&ep, real, src, mem_alloc(t, 4096, 4096), 12, EP_RW);
        work = ep_read_work(submitted, src, 64);
        work.record = src + 2048;
        ep_encode(&work, descriptor);
        descriptor[0] |= ep_bits("ep_descriptor", "RCR", 1);
        if (wq)
            CHECK_EQ(t, "DEV-PAS-008", DEFERRED_ACCEPTED, deferrable_write(t, ep.bar[2] + ep_portal(&ep, 1), descriptor, 64),
                     "submission");
        else
            bar_write(t, 2, ep_portal(&ep, 0), descriptor, 64);
        (void)test_settle(t);
        CHECK_EQ(t, "DEV-PAS-008", real, pasids_seen(&ep, mark, src, src + 4095), "PASID of %s queue's work",
                 wq ? "a shared" : "a dedicated");
        CHECK_EQ(t, "DEV-PAS-008", 1, ep_peek(&ep, real, src + 2048) & 0xff, "status");
    }
    ep_close(&ep);
}

/* Eight PASIDs at once: each address belongs to one, so the address says which PASID the TLP must have. */
static void one_each(struct test *t)
{
    static const struct ep_wq wq = {.size = 32, .threshold = 32, .priority = 1, .shared = true, .pasid_en = true};
    struct ep ep;
    struct ep_work works[16];
    uint32_t mask;

    ep_scene_with(&ep, t, ON_ALL, &wq, 1);
    mask = (1u << ep.width) - 1;
    ep_delay(&ep, 0, 1000000);
    for (uint32_t i = 0; i < 16; i++) {
        uint32_t space = (0x11 + 0x1111 * (i % 8)) & mask;
        uint64_t at = 0x100000000000ull * (i % 8 + 1) + 0x100000 * i;

        for (uint32_t page = 0; page < 3; page++)
            ep_map(&ep, space, at + 4096 * page, mem_alloc(t, 4096, 4096), 12, EP_RW);
        works[i] = ep_move(space, at, at + 4096, 512);
        works[i].record = at + 8192;
        works[i].flags = EP_RCR;
        CHECK_EQ(t, "DEV-PAS-009", DEFERRED_ACCEPTED, ep_submit(&ep, 0, &works[i]), "submission");
    }
    for (uint32_t i = 0; i < 16; i++)
        CHECK_EQ(t, "DEV-PAS-009", 1, ep_wait(&ep, &works[i]).status, "status of work %u", i);
    for (uint32_t i = 0; i < ep.log_count; i++) {
        const struct ep_event *event = &ep.log[i];
        uint64_t at = event->tlp.address;

        if (event->kind & (EP_TREQ | EP_DATA) && event->tlp.address_type < 2)
            CHECK_EQ(t, "DEV-PAS-009", (0x11 + 0x1111 * (at / 0x100000000000ull - 1)) & mask,
                     event->tlp.flags & IOTB_RQ_PASID ? event->tlp.pasid : EP_NONE, "PASID of a TLP to 0x%llx",
                     (unsigned long long)at);
    }
    ep_close(&ep);
}

static void inbound(struct test *t)
{
    struct ep ep;
    uint64_t va;

    ep_scene_with(&ep, t, ON_ATS, &(struct ep_wq){.size = 8, .priority = 1}, 1);
    ep_expect_move(&ep, "DEV-PAS-007", 0, EP_NONE, "a move without PASID");
    va = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    (void)ep_touch(&ep, 0, EP_NONE, va);
    CHECK(t, "DEV-PAS-010", ep_cached(&ep, 0, EP_NONE, va), "a page is not cached");
    ep_invalidate_send(&ep, &(struct ep_range){.itag = 3, .space = 5, .address = va, .size_lg2 = 12});
    (void)test_settle(t);
    ep.invalidations[3].outstanding = false; /* UR or completion */
    CHECK(t, "DEV-PAS-010", ep_cached(&ep, 0, EP_NONE, va),
          "an invalidation with a PASID took an entry without, PASID being off");
    ep_close(&ep);
}

static void drained(struct test *t)
{
    static const struct ep_wq wq = {.size = 48, .threshold = 48, .priority = 1, .shared = true, .pasid_en = true};
    struct ep ep;
    struct ep_work works[32];
    uint32_t end;

    ep_scene_with(&ep, t, ON_ALL, &wq, 1);
    ep_delay(&ep, 0, 500000);
    for (uint32_t i = 0; i < 32; i++) {
        uint32_t space = i % 2 ? 6 : 5;

        works[i] = ep_move(space, ep_buffer(&ep, space, 4096, EP_RW), ep_buffer(&ep, space, 4096, EP_RW), 1024);
        (void)ep_submit(&ep, 0, &works[i]);
    }
    ep_command_begin(&ep, EP_CMD_DRAIN_PASID, 5);
    while (ep_command_active(&ep) && test_step(t))
        ;
    end = ep_mark(&ep);
    CHECK(t, "DEV-PAS-011", !ep_command_active(&ep), "DRAIN_PASID does not end");
    for (uint32_t i = 0; i < 32; i += 2)
        CHECK_EQ(t, "DEV-PAS-011", 1, ep_result(&ep, &works[i]).status, "status of work %u of the PASID when the drain is over",
                 i);
    (void)test_settle(t);
    test_run(t, 10000000000ull);
    for (uint32_t i = end; i < ep.log_count; i++)
        CHECK(t, "DEV-PAS-011",
              ep.log[i].kind == EP_MESSAGE || !(ep.log[i].tlp.flags & IOTB_RQ_PASID) || ep.log[i].tlp.pasid != 5,
              "a TLP of the PASID after its drain was over");
    for (uint32_t i = 1; i < 32; i += 2)
        CHECK_EQ(t, "DEV-PAS-011", 1, ep_wait(&ep, &works[i]).status, "status of work %u of the other PASID", i);
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("spaces.disabled", disabled, "DEV-PAS-001", "&ATS&PASID", "With PASID off no TLP has one"),
    SENDS("spaces.turned_off", turned_off, "DEV-PAS-001", "&PASID", "Work of a PASID ends when PASID is turned off"),
    SENDS("spaces.width", width, "DEV-PAS-002 DEV-CFG-010", "&ATS&PASID", "PASIDs are within the width"),
    SENDS("spaces.placement", placement, "DEV-PAS-003", "&ATS&PASID&MSIX", "A PASID is only where it may be"),
    SENDS("spaces.translated", translated, "DEV-PAS-004", "&ATS&PASID", "Translated requests have one only when that is enabled"),
    SENDS("spaces.execute", execute, "DEV-PAS-005", "&PASID&EXEC", "Execute is asked for by reads only"),
    SENDS("spaces.privileged", privileged, "DEV-PAS-006", "&ATS&PASID&PRIV", "Privileged only when it is enabled"),
    SENDS("spaces.without", without, "DEV-PAS-007", "&PASID", "Work without PASID has no prefix"),
    SENDS("spaces.source", source, "DEV-PAS-008", "&PASID", "A dedicated queue has its own PASID, a shared one the submitter's"),
    SENDS("spaces.one_each", one_each, "DEV-PAS-009", "&ATS&PASID", "Every TLP of a descriptor has its PASID"),
    SENDS("spaces.inbound", inbound, "DEV-PAS-010 DEV-PAS-007", "&ATS&PASID", "An inbound PASID with PASID off takes nothing"),
    SENDS("spaces.drained", drained, "DEV-PAS-011", "&ATS&PASID", "After DRAIN_PASID nothing of the PASID follows"),
};

LIST(ep_spaces_cases, cases);
