/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory types and shareability of the accesses that an SMMU makes for itself (13.8, 5.2 S1CIR, 5.4 IR0, 5.2 S2IR0, 6.3.11
 * SMMU_CR1): structures, table walks, queues. Inner and outer cacheability are the same here, so that one type says both.
 */
#include "sm_bus_rig.h"
#include "sm_chapters.h"
#include "sm_pri_rig.h"
#include "sm_queue_rig.h"

#include <stdio.h>

#define INPUT UINT64_C(0x03c47000)
#define ROW "SMMU-13-022"

/* As dut.h has them. */
enum { NC = 1, WT = 4, WB = 6 };

static const uint32_t types[] = {[BUS_NC] = NC, [BUS_WT] = WT, [BUS_WB] = WB};

/* Inner and outer cacheability and Shareability, as fields of structures and registers have them: all of them. */
struct own {
    uint32_t inner, outer, sh;
};
#define OWNS 64

static struct own own_of(uint32_t i)
{
    return (struct own){i & 3, i >> 2 & 3, i >> 4};
}

/*
 * 13.1.7: Normal Non-cacheable is Outer Shareable whatever it says, and no cache is asked. One type says both levels where they
 * are alike. hints: those that the field decides are RA's (5.4: whether walks differ in WA is open; nothing is transient).
 */
static void check_access(struct test *t, const char *what, size_t mark, uint64_t address, uint32_t kinds, const struct bus *bus)
{
    const struct iotb_access *a = trace_find(t, mark, address, address + 7, kinds);
    bool alike = bus->inner.type == bus->outer.type;

    if (!CHECK(t, ROW, a != NULL, "an access of the %s", what))
        return;
    if (alike && a->memory_type != IOTB_ATTR_UNKNOWN)
        CHECK_EQ(t, ROW, types[bus->inner.type], a->memory_type, "memory type of the access of the %s", what);
    if (alike && a->snoop != IOTB_ATTR_UNKNOWN)
        CHECK_EQ(t, ROW, bus->inner.type != BUS_NC && bus->sh >= 2, a->snoop, "snoop of the access of the %s", what);
    bus_check(t, ROW, what, a, bus_word(bus), BUS_WA);
}

/* ---- walks and CDs ---- */

static void set_fields(struct sm_path *path, const char *const fields[3], bool of_ste, const struct own *own)
{
    const uint32_t values[3] = {own->inner, own->outer, own->sh};

    for (uint32_t i = 0; i < 3; i++) {
        if (of_ste)
            sm_ste_set(path->sm, path->sid, fields[i], values[i]);
        else
            sm_cd_set(path->sm, path->sid, path->ssid, fields[i], values[i]);
    }
}

/* 5.2 S1CIR: as of walks, but that 0b11 does not allocate on reads. */
static struct bus of_cd(const struct own *own)
{
    struct bus b = bus_of_region(own->inner, own->outer, own->sh);

    b.inner.ra = b.inner.ra && own->inner != 3;
    b.outer.ra = b.outer.ra && own->outer != 3;
    return b;
}

/* Where stage 2 translates, its page has `second`. */
static void check_stage1(struct sm_path *path, size_t mark, const struct own *own, const struct bus *second)
{
    struct sm *sm = path->sm;
    struct bus cd = of_cd(own), walk = bus_of_region(own->inner, own->outer, own->sh);

    if (second) {
        cd = bus_combine(&cd, second);
        walk = bus_combine(&walk, second);
    }
    check_access(sm->t, "CD", mark, sm_cd_address(sm, path->sid, path->ssid), ACC_READS, &cd);
    if (sm_l1cd_address(sm, path->sid, path->ssid))
        check_access(sm->t, "L1CD", mark, sm_l1cd_address(sm, path->sid, path->ssid), ACC_READS, &cd);
    check_access(sm->t, "stage 1 leaf", mark, sm_entry(sm, path->s1, INPUT, 3), ACC_READS, &walk);
}

static void walks_body(struct sm *sm, struct sm_path *path)
{
    static const char *const s1c[] = {"S1CIR", "S1COR", "S1CSH"}, *const s2[] = {"S2IR0", "S2OR0", "S2SH0"};
    static const char *const low[] = {"IR0", "OR0", "SH0"}, *const high[] = {"IR1", "OR1", "SH1"};
    uint64_t host = sm_path_page(path, INPUT, SM_RW), leaf2 = 0;
    struct iotb_request r = sm_request(path, IOTB_READ, INPUT, 8);

    if (path->s2)
        leaf2 = sm_entry(sm, path->s2, path->s1 ? sm_path_ipa(path, INPUT) : INPUT, 3);
    for (uint32_t i = 0; i < OWNS; i++) {
        struct own own = own_of(i), other = own_of(i ^ 63);
        struct bus walk = bus_of_region(own.inner, own.outer, own.sh);
        size_t mark;

        test_context(sm->t, "%s, cacheability %u inner, %u outer, shareability %u", sm_path_name(path), own.inner, own.outer,
                     own.sh);
        if (path->s1) {
            set_fields(path, s1c, true, &own);
            set_fields(path, low, false, &own);
            set_fields(path, high, false, &other);
        }
        if (path->s2)
            set_fields(path, s2, true, path->s1 ? &other : &own);
        sm_invalidate_all(sm);
        mark = trace_mark(sm->t);
        sm_once(sm);
        sm_expect_ok(sm, ROW, &r, host);
        if (path->s1)
            check_stage1(path, mark, &own, NULL);
        else
            check_access(sm->t, "stage 2 leaf", mark, leaf2, ACC_READS, &walk);
    }
}

static void walks(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S1_SSID) | SM_FLAVOUR(SM_F_S2), walks_body);
}

/* 13.8: nested, those of stage 1 are combined with the stage 2 page that holds the structure (S2FWB is 0). */
static void nested_body(struct sm *sm, struct sm_path *path)
{
    static const char *const s1c[] = {"S1CIR", "S1COR", "S1CSH"}, *const cd[] = {"IR0", "OR0", "SH0"};
    static const char *const s2[] = {"S2IR0", "S2OR0", "S2SH0"};
    static const struct {
        uint32_t memattr, sh;
    } pages[] = {{15, 0}, {15, 2}, {15, 3}, {5, 3}, {10, 0}, {11, 3}, {14, 2}, {7, 0}, {13, 3}};
    uint64_t host = sm_path_page(path, INPUT, SM_RW), of_structures[2];
    struct iotb_request r = sm_request(path, IOTB_READ, INPUT, 8);

    of_structures[0] = sm_entry(sm, path->s2, sm_get_field(sm, sm_ste_address(sm, path->sid), "STE", "S1ContextPtr"), 3);
    of_structures[1] = sm_entry(sm, path->s2, sm_entry_pointer(sm, path->s1, INPUT, 3), 3);
    for (uint32_t i = 0; i < OWNS * 9; i++) {
        struct own own = own_of(i & 63), other = own_of(~i & 63);
        struct bus page = bus_of_memattr(pages[i >> 6].memattr, pages[i >> 6].sh), walk;
        size_t mark;

        test_context(sm->t, "%s, cacheability %u inner, %u outer, shareability %u; MemAttr %x, shareability %u",
                     sm_path_name(path), own.inner, own.outer, own.sh, pages[i >> 6].memattr, pages[i >> 6].sh);
        for (uint32_t k = 0; k < 2; k++) {
            sm_set_bits(sm, of_structures[k], 5, 2, pages[i >> 6].memattr);
            sm_set_bits(sm, of_structures[k], 9, 8, pages[i >> 6].sh);
        }
        set_fields(path, s1c, true, &own);
        set_fields(path, cd, false, &own);
        set_fields(path, s2, true, &other);
        sm_invalidate_all(sm);
        mark = trace_mark(sm->t);
        sm_once(sm);
        sm_expect_ok(sm, ROW, &r, host);
        walk = bus_of_region(other.inner, other.outer, other.sh);
        if (i < OWNS)
            check_access(sm->t, "stage 2 leaf", mark, sm_entry(sm, path->s2, sm_path_ipa(path, INPUT), 3), ACC_READS, &walk);
        if (test_has(sm->t, IOTB_F_BUS_ATTRIBUTES))
            check_stage1(path, mark, &own, &page);
    }
}

static void nested(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_NESTED), nested_body);
}

/* 13.8: an update of a descriptor is an access of the walk like its read. */
static void updates_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, INPUT, SM_RW | SM_NO_AF), leaf = sm_entry(sm, path->s1, INPUT, 3);
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT, 8);

    sm_cd_set(sm, path->sid, path->ssid, "HA", 1);
    if (path->s2) {
        uint64_t page = sm_entry(sm, path->s2, sm_entry_pointer(sm, path->s1, INPUT, 3), 3);

        sm_set_bits(sm, page, 9, 8, 2);
    }
    for (uint32_t sh = 0; sh < 4; sh++) {
        const struct iotb_access *read, *update;
        size_t mark = trace_mark(sm->t);

        test_context(sm->t, "%s, SH0 = %u", sm_path_name(path), sh);
        sm_cd_set(sm, path->sid, path->ssid, "SH0", sh);
        sm_set_bits(sm, leaf, SM_BIT_AF, SM_BIT_AF, 0);
        sm_invalidate_all(sm);
        sm_once(sm);
        sm_expect_ok(sm, ROW, &r, host);
        read = trace_find(sm->t, mark, leaf, leaf + 7, ACC_READS);
        update = trace_find(sm->t, mark, leaf, leaf + 7, ACC_WRITES | ACC_ATOMICS);
        if (!CHECK(sm->t, ROW, read && update, "the descriptor is read and updated"))
            continue;
        CHECK_EQ(sm->t, ROW, read->bus, update->bus, "attributes (IOTB_BUS_*) of the update, as those of the read");
        CHECK_EQ(sm->t, ROW, read->memory_type, update->memory_type, "memory type of the update, as that of the read");
        CHECK_EQ(sm->t, ROW, read->snoop, update->snoop, "snoop of the update, as that of the read");
    }
}

static void updates(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_NESTED), updates_body);
}

/* ---- CR1, and the hints of the base registers ---- */

static void set_cr1(struct sm *sm, const char *of, const struct own *own)
{
    static const char *const what[] = {"IC", "OC", "SH"};
    const uint32_t values[3] = {own->inner, own->outer, own->sh};
    char field[16];

    for (uint32_t i = 0; i < 3; i++) {
        snprintf(field, sizeof field, "%s_%s", of, what[i]);
        sm_field_set(sm->t, "SMMU_CR1", field, values[i]);
    }
}

/* 6.3.11: 0b11 behaves as 0b00. hint: RA or WA of the base register. */
static struct bus of_cr1(const struct own *own, bool hint)
{
    struct bus b = bus_of_region(own->inner % 3, own->outer % 3, own->sh);

    b.inner.ra = b.outer.ra = hint;
    return b;
}

static void tables(struct test *t)
{
    struct iotb_request r;
    struct sm_ste ste = {.config = SM_BYPASS};
    struct sm sm;
    uint64_t host;
    size_t mark;

    sm_open(&sm, t, NULL);
    sm_set_ste(&sm, sm_sid(&sm, 0), &ste);
    host = mem_alloc(t, 4096, 4096);
    r = sm_plain_request(&sm, sm_sid(&sm, 0), host);
    for (uint32_t i = 0; i < OWNS; i++) {
        struct own own = own_of(i);
        bool hint = (i ^ i >> 2 ^ i >> 4) & 1;
        struct bus bus;

        test_context(t, "TABLE_IC = %u, TABLE_OC = %u, TABLE_SH = %u, STRTAB_BASE.RA = %d", own.inner, own.outer, own.sh, hint);
        sm_enable(&sm, "SMMUEN", 0);
        set_cr1(&sm, "TABLE", &own);
        sm_field_set(t, "SMMU_STRTAB_BASE", "RA", hint);
        sm_enable(&sm, "SMMUEN", 1);
        sm_invalidate_all(&sm);
        mark = trace_mark(t);
        sm_once(&sm);
        sm_expect_ok(&sm, ROW, &r, host);
        bus = of_cr1(&own, hint);
        check_access(t, "STE", mark, sm_ste_address(&sm, sm_sid(&sm, 0)), ACC_READS, &bus);
        if (sm.two_level)
            check_access(t, "L1STD", mark, sm_l1std_address(&sm, sm_sid(&sm, 0)), ACC_READS, &bus);
    }
    sm_close(&sm);
}

/* 6.3.29: WA of a queue that the SMMU writes; it says nothing of reads. */
static void check_record(struct test *t, const char *what, size_t mark, uint64_t slot, struct bus bus, bool wa)
{
    const struct iotb_access *a;

    check_access(t, what, mark, slot, ACC_WRITES, &bus);
    a = trace_find(t, mark, slot, slot + 7, ACC_WRITES);
    bus.inner.wa = bus.outer.wa = wa;
    if (a)
        bus_check(t, ROW, what, a, bus_word(&bus), BUS_RA | BUS_TR);
}

static void queue_hints(struct sm *sm, bool reads, bool writes)
{
    sm_field_set(sm->t, "SMMU_CMDQ_BASE", "RA", reads);
    sm_field_set(sm->t, "SMMU_EVENTQ_BASE", "WA", writes);
}

static void queues(struct test *t)
{
    struct iotb_request bad;
    struct sm sm;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    for (uint32_t i = 0; i < OWNS; i++) {
        struct own own = own_of(i);
        bool reads = i & 1, writes = !(i & 2) == !(i & 1);
        uint64_t command, event;
        struct bus bus;
        size_t mark;

        test_context(t, "QUEUE_IC = %u, QUEUE_OC = %u, QUEUE_SH = %u, RA = %d, WA = %d", own.inner, own.outer, own.sh, reads,
                     writes);
        sm_event_clear(&sm);
        sm_enable(&sm, "EVENTQEN", 0);
        sm_enable(&sm, "CMDQEN", 0);
        set_cr1(&sm, "QUEUE", &own);
        queue_hints(&sm, reads, writes);
        sm_enable(&sm, "CMDQEN", 1);
        sm_enable(&sm, "EVENTQEN", 1);
        command = sm_command_slot(&sm, sm.cmdq_prod);
        event = sm_event_slot(&sm, sm.eventq_cons);
        mark = trace_mark(t);
        CHECK(t, ROW, sm_sync(&sm), "the queue works");
        rig_faults(&sm, &bad, 1);
        bus = of_cr1(&own, reads);
        check_access(t, "command", mark, command, ACC_READS, &bus);
        bus = of_cr1(&own, false);
        check_record(t, "record", mark, event, bus, writes);
    }
    sm_event_clear(&sm);
    sm_close(&sm);
}

static void priq(struct test *t)
{
    struct sm sm;
    struct pri q;

    sm_open(&sm, t, NULL);
    for (uint32_t i = 0; i < OWNS; i++) {
        struct own own = own_of(i);
        struct page_request request = pri_request(&sm, i);
        bool writes = i & 1;
        struct bus bus;
        size_t mark;

        test_context(t, "QUEUE_IC = %u, QUEUE_OC = %u, QUEUE_SH = %u, WA = %d", own.inner, own.outer, own.sh, writes);
        sm_enable(&sm, "EVENTQEN", 0);
        sm_enable(&sm, "CMDQEN", 0);
        sm_enable(&sm, "PRIQEN", 0);
        set_cr1(&sm, "QUEUE", &own);
        sm_enable(&sm, "CMDQEN", 1);
        sm_enable(&sm, "EVENTQEN", 1);
        pri_open(&q, &sm, 1, 0);
        sm_enable(&sm, "PRIQEN", 0);
        sm_field_set(t, "SMMU_PRIQ_BASE", "WA", writes);
        sm_enable(&sm, "PRIQEN", 1);
        mark = trace_mark(t);
        pri_send(&q, &request);
        bus = of_cr1(&own, false);
        check_record(t, "page request", mark, q.base, bus, writes);
    }
    sm_close(&sm);
}

/* ---- messages ---- */

/* 4.7.3 MSIAttr, 6.3.23 MEMATTR: as STE.MemAttr; hints are IMPLEMENTATION DEFINED. */
static void check_message(struct test *t, size_t mark, uint64_t address, uint32_t memattr, uint32_t sh)
{
    const struct iotb_access *a = trace_find(t, mark, address, address + 3, ACC_WRITES);
    struct bus bus = bus_of_memattr(memattr, sh);
    uint32_t type = bus.device ? 0 : types[bus.inner.type];

    if (!a) /* it is reported as an interrupt, not as a write */
        return;
    if (bus.device || bus.inner.type == bus.outer.type) {
        if (a->memory_type != IOTB_ATTR_UNKNOWN)
            CHECK_EQ(t, ROW, type, a->memory_type, "memory type of the message");
        if (a->snoop != IOTB_ATTR_UNKNOWN)
            CHECK_EQ(t, ROW, type >= WT && sh >= 2, a->snoop, "snoop of the message");
    }
    bus_check(t, ROW, "message", a, bus_word(&bus), BUS_HINTS);
}

static void message_of_queue(struct sm *sm, const struct iotb_request *bad, uint32_t memattr, uint32_t sh)
{
    static const char *const registers[] = {"SMMU_EVENTQ_IRQ_CFG2", "SMMU_GERROR_IRQ_CFG2"}, *const names[] = {"EVENTQ",
                                                                                                               "GERROR"};

    for (uint32_t k = 0; k < 2; k++) {
        struct sm_command ill = rig_illegal();
        uint32_t data;
        size_t mark;

        sm_irq_open(sm, names[k], sm->msi + 16 * k, 0x77);
        sm_irq_enable(sm, names[k], false);
        sm_field_set(sm->t, registers[k], "MemAttr", memattr);
        sm_field_set(sm->t, registers[k], "SH", sh);
        sm_irq_enable(sm, names[k], true);
        test_context(sm->t, "%s: MEMATTR %x, SH %u", names[k], memattr, sh);
        mark = trace_mark(sm->t);
        if (k == 0)
            rig_faults(sm, bad, 1);
        else
            sm_issue(sm, &ill, 1);
        CHECK(sm->t, ROW, sm_msi_take(sm, sm->msi + 16 * k, &data) && data == 0x77, "the message is sent");
        check_message(sm->t, mark, sm->msi + 16 * k, memattr, sh);
        sm_irq_enable(sm, names[k], false);
        if (k == 1)
            sm_command_repair(sm);
    }
    sm_event_clear(sm);
}

static void messages(struct test *t)
{
    struct iotb_request bad;
    struct sm sm;

    sm_open(&sm, t, NULL);
    bad = rig_bad_stream(&sm, 1);
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t memattr = i & 15, sh = i >> 4;
        struct sm_command c = sm_cmd_sync_msi(sm.msi + 0x40, 0x33);
        size_t mark = trace_mark(t);

        test_context(t, "CMD_SYNC: MSIAttr %x, MSH %u", memattr, sh);
        sm_cmd_field(&c, "CMD_SYNC", "MSIAttr", memattr);
        sm_cmd_field(&c, "CMD_SYNC", "MSH", sh);
        sm_expect_consumed(&sm, ROW, &c);
        check_message(t, mark, sm.msi + 0x40, memattr, sh);
        message_of_queue(&sm, &bad, memattr, sh);
    }
    sm_close(&sm);
}

#define CASE(n, text, function, gated)                                                                  \
    {                                                                                                   \
        .name = "smmuv3.own_accesses." n, .summary = text, .run = function, .rows = ROW, .gate = gated, \
        .features = IOTB_F_ATTRIBUTES | IOTB_F_BENCH_MEMORY, .functional = true, .tier = TIER_FULL      \
    }

static const struct iotb_case cases[] = {
    CASE("walks", "Walks and fetches of CDs have the cacheability and shareability of the STE and of the CD", walks,
         "IDR0.TTF:1"),
    CASE("nested", "Those of stage 1 are combined with the stage 2 page", nested, "IDR0.S1P&IDR0.S2P&IDR0.TTF:1"),
    CASE("updates", "Updates of stage 1 descriptors have the attributes of their reads", updates,
         "IDR0.S1P&IDR0.HTTU&IDR0.TTF:1"),
    CASE("tables", "Fetches of STEs have those of CR1.TABLE_* and STRTAB_BASE.RA", tables, NULL),
    CASE("queues", "Accesses of queues have those of CR1.QUEUE_* and of the base registers", queues, "IDR0.TTF:1"),
    CASE("messages", "Messages have those of their registers and of CMD_SYNC", messages, "IDR0.MSI&IDR0.TTF:1"),
    {.name = "smmuv3.own_accesses.priq",
     .summary = "Page requests are written with the attributes of CR1.QUEUE_* and PRIQ_BASE",
     .run = priq,
     .rows = ROW,
     .gate = "IDR0.PRI",
     .features = IOTB_F_ATTRIBUTES | IOTB_F_BENCH_MEMORY | IOTB_F_PRI,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list sm_own_accesses_cases = {cases, sizeof cases / sizeof cases[0]};
