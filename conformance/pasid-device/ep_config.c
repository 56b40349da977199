/* SPDX-License-Identifier: BSD-2-Clause */
/* Configuration space: header, lists, BARs, Command, PCI Express, power management. */
#include "pasid_device_chapters.h"

/* ---- what it reads ---- */

static void identity(struct test *t)
{
    struct ep ep;
    bool idxd;

    ep_open(&ep, t);
    idxd = ep_get(&ep, "CFG_DVSEC_STRAPS", "IDXDID");
    CHECK_EQ(t, "DEV-CFG-001", idxd ? 0x0b258086 : 0xa51d1234, ep_read(&ep, "CFG_ID"), "device and vendor id");
    CHECK_EQ(t, "DEV-CFG-001", 0x08800010, ep_read(&ep, "CFG_CLASS"), "class code and revision");
    CHECK_EQ(t, "DEV-CFG-001", 0, ep_get(&ep, "CFG_HEADER", "TYPE"), "header type");
    CHECK_EQ(t, "DEV-CFG-001", 0, ep_get(&ep, "CFG_HEADER", "MULTI"), "multi-function bit");
    CHECK_EQ(t, "DEV-CFG-001", 1, ep_get(&ep, "CFG_COMMAND", "CAPLIST"), "capability list bit");
    CHECK_EQ(t, "DEV-CFG-001", 0, ep_get(&ep, "CFG_INTERRUPT", "PIN"), "interrupt pin");
    CHECK_EQ(t, "DEV-CFG-001", 0x00011234, ep_read(&ep, "CFG_SUBSYSTEM"), "subsystem");
    for (uint32_t at = 0x100; at >= 0x100; at = config_read(t, at, 4) >> 20 & 0xffc)
        CHECK(t, "DEV-CFG-001", config_read(t, at, 2) != 0x000d, "an ACS capability at 0x%x of a single function", at);
    ep_close(&ep);
}

/* Ids of the list in order; 0 behind the last. False when the list is not well formed. */
static bool walk(struct test *t, bool extended, uint32_t *ids, uint32_t room)
{
    uint32_t at = extended ? 0x100 : config_read(t, 0x34, 1), count = 0, first = extended ? 0x100 : 0x40;
    bool seen[1024] = {false};

    while (at) {
        uint32_t header;

        if (at & 3 || at < first || at >= (extended ? 4096u : 256u) || seen[at / 4] || count + 1 == room)
            return false;
        seen[at / 4] = true;
        header = config_read(t, at, 4);
        ids[count++] = extended ? header & 0xffff : header & 0xff;
        at = extended ? header >> 20 : header >> 8 & 0xff;
    }
    ids[count] = 0;
    return true;
}

static void lists(struct test *t)
{
    static const uint32_t wanted[2][8] = {{0x10, 0x11, 0x01, 0}, {0x01, 0x23, 0x0f, 0x1b, 0x13, 0}};
    struct ep ep;

    ep_open(&ep, t);
    for (uint32_t extended = 0; extended < 2; extended++) {
        const char *name = extended ? "extended capability list" : "capability list";
        uint32_t ids[64], n = 0;

        if (!CHECK(t, "DEV-CFG-002", walk(t, extended, ids, 64), "the %s is not well formed", name) || !ep.product)
            continue;
        for (uint32_t i = 0; ids[i]; i++) { /* a build without a capability leaves it out; the order stays */
            while (wanted[extended][n] && wanted[extended][n] != ids[i])
                n++;
            CHECK(t, "DEV-CFG-002", wanted[extended][n], "capability 0x%x of the %s is unknown or out of order", ids[i], name);
        }
    }
    ep_close(&ep);
}

static uint32_t reserved_bits(uint32_t offset, uint32_t *writable, bool *known)
{
    const char *reg;
    uint32_t reserved = UINT32_MAX;

    *writable = 0;
    *known = false;
    for (size_t n = 0; (reg = spec_reg_at(n)) != NULL; n++) {
        const struct spec_field *field = spec_reg_field(reg, NULL);

        if (reg[0] != 'C' || reg[1] != 'F' || reg[2] != 'G' || field->width != 32 || field->offset != offset)
            continue;
        *known = true;
        for (size_t i = 0; (field = spec_reg_field_at(reg, i)) != NULL; i++) {
            if (field->access[0] != 'R' || field->access[1] != 'E')
                reserved &= ~(uint32_t)spec_mask(field);
            if (field->access[0] == 'R' && field->access[1] == 'W')
                *writable |= (uint32_t)spec_mask(field);
        }
    }
    return reserved;
}

/* Inside a capability, but without a register of the tables: it may be anything that the capability defines. */
static bool in_between(uint32_t offset)
{
    return (offset >= 0x10 && offset < 0x28) || (offset >= 0x40 && offset < 0x7c) || (offset >= 0x80 && offset < 0x98) ||
           (offset >= 0x100 && offset < 0x250);
}

static void reserved(struct test *t)
{
    struct ep ep;

    ep_open(&ep, t);
    for (uint32_t offset = 0; offset < 4096; offset += 4) {
        uint32_t writable, bits, before = config_read(t, offset, 4), ones = UINT32_MAX;
        bool known;

        bits = reserved_bits(offset, &writable, &known);
        if (offset == 0x28 || offset == 0x30 || offset == 0x38) /* CardBus, ROM, reserved */
            bits = UINT32_MAX;
        else if (!known && in_between(offset))
            continue;
        if (offset == 0x48 || offset == 0x94) /* Initiate FLR and the power state have cases of their own */
            ones = 0xffff0000 & bits;
        if (offset == 0x244) /* Stopped follows Enable */
            writable |= 1u << 24;
        CHECK_EQ(t, "DEV-CFG-003", 0, before & bits, "reserved bits at 0x%03x", offset);
        config_write(t, offset, 4, ones);
        CHECK_EQ(t, "DEV-CFG-003", before & ~writable, config_read(t, offset, 4) & ~writable,
                 "bits at 0x%03x that are not writable, after all ones were written", offset);
        config_write(t, offset, 4, before & writable);
    }
    ep_restore(&ep);
    CHECK_EQ(t, "DEV-CFG-003", 0, ep_count(&ep, 0, EP_ANY, 0, UINT64_MAX), "TLPs sent because of these writes");
    ep_close(&ep);
}

static void byte_enables(struct test *t)
{
    static const char *const registers[] = {"CFG_ATS_CTL", "CFG_PRI_CTL", "CFG_PASID_CTL"};
    static const uint32_t half[] = {2, 0, 2};
    struct ep ep;
    uint32_t allocation;

    ep_open(&ep, t);
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t at = ep_offset(&ep, registers[i]) + half[i], other = ep_offset(&ep, registers[i]) + 2 - half[i];
        uint32_t stopped = i == 1 ? 0x100 : 0, before = config_read(t, other, 2) & ~stopped; /* which follows Enable */

        config_write(t, at, 2, 1);
        CHECK_EQ(t, "DEV-CFG-004", before, config_read(t, other, 2) & ~stopped, "%s, the half that was not written",
                 registers[i]);
        CHECK_EQ(t, "DEV-CFG-004", 1, config_read(t, at, 2) & 0x1f, "%s, the half that was written", registers[i]);
        config_write(t, at, 2, 0);
    }
    allocation = ep_offset(&ep, "CFG_PRI_ALLOCATION");
    config_write(t, allocation, 4, 0x11223344);
    config_write(t, allocation + 1, 1, 0x55);
    CHECK_EQ(t, "DEV-CFG-004", 0x11225544, config_read(t, allocation, 4), "one byte of the page request allocation");
    config_write(t, allocation + 2, 2, 0x6677);
    CHECK_EQ(t, "DEV-CFG-004", 0x66775544, config_read(t, allocation, 4), "the upper half of it");
    ep_forget_enables(&ep);
    ep_close(&ep);
}

static void bars(struct test *t)
{
    static const uint64_t sizes[] = {0x10000, 0x20000, 0x10000};
    struct ep ep;

    ep_open(&ep, t);
    config_write(t, 4, 2, 0);
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t at = 0x10 + 8 * i;
        bool there = i != 2 || ep_get(&ep, "CFG_DVSEC_STRAPS", "EXER");
        uint64_t mask;

        config_write(t, at, 4, UINT32_MAX);
        config_write(t, at + 4, 4, UINT32_MAX);
        mask = config_read(t, at, 4) | (uint64_t)config_read(t, at + 4, 4) << 32;
        CHECK_EQ(t, "DEV-CFG-005", there ? ~(sizes[i] - 1) | 4 : 0, mask, "BAR%u sized", 2 * i);
        config_write(t, at, 4, 0x20000 * (i + 1));
        config_write(t, at + 4, 4, 0x11 + i);
        CHECK_EQ(t, "DEV-CFG-005", there ? (0x11ull + i) << 32 | 0x20000 * (i + 1) | 4 : 0,
                 config_read(t, at, 4) | (uint64_t)config_read(t, at + 4, 4) << 32, "BAR%u holds an address", 2 * i);
    }
    CHECK_EQ(t, "DEV-CFG-005", 0, config_read(t, 0x30, 4), "expansion ROM");
    ep_close(&ep);
}

/* ---- Command ---- */

static void memory_space(struct test *t)
{
    struct ep ep;
    uint64_t value;

    ep_open(&ep, t);
    ep_write(&ep, "BAR0_GENCTRL", 0);
    config_write(t, ep.pcie + 0x0a, 2, 0xf);
    config_write(t, 4, 2, 4);
    CHECK(t, "DEV-CFG-006", !bar_read(t, 0, 0, 4, &value), "BAR0 answered 0x%llx with Memory Space Enable 0",
          (unsigned long long)value);
    CHECK_EQ(t, "DEV-CFG-006", 1, ep_get(&ep, "CFG_PCIE_DEVCTL", "URD"), "Unsupported Request Detected after it");
    ep_write(&ep, "BAR0_GENCTRL", 7);
    config_write(t, 4, 2, 6);
    CHECK(t, "DEV-CFG-006", bar_read(t, 0, 0, 4, &value) && value == 0x200, "BAR0 reads 0x%llx with Memory Space Enable 1",
          (unsigned long long)value);
    CHECK_EQ(t, "DEV-CFG-006", 0, ep_read(&ep, "BAR0_GENCTRL"), "a register written while Memory Space Enable was 0");
    ep_close(&ep);
}

static void bus_master(struct test *t)
{
    struct ep ep;
    struct ep_work work;
    uint64_t page;
    uint32_t mark;

    ep_scene(&ep, t, EP_NONE);
    ep_expect_move(&ep, "DEV-CFG-007", 0, EP_NONE, "a move with Bus Master Enable 1");
    page = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    ep_set(&ep, "CFG_COMMAND", "BME", 0);
    mark = ep_mark(&ep);
    work = ep_move(EP_NONE, page, page + 2048, 64);
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-CFG-007", 0, ep_count(&ep, mark, EP_DATA | EP_TREQ | EP_MSI, 0, UINT64_MAX),
             "memory requests sent with Bus Master Enable 0");
    if (ep.ats)
        CHECK(t, "DEV-CFG-007", ep_invalidate(&ep, EP_NONE, page, 12),
              "an Invalidate Request is not completed with Bus Master Enable 0");
    ep_set(&ep, "CFG_COMMAND", "BME", 1);
    (void)test_settle(t);
    (void)ep_command(&ep, EP_CMD_RESET, 0);
    ep_close(&ep);
}

static void requester_id(struct test *t)
{
    struct ep ep;
    uint32_t mark, kinds = 0;

    ep_scene(&ep, t, 5);
    config_target(t, 0x5ae8);
    ep.rid = 0x5ae8;
    config_write(t, 0x3c, 1, 0);
    mark = ep_mark(&ep);
    ep.pages = EP_PAGES_MAP;
    ep_expect_move(&ep, "DEV-CFG-008", 0, 5, "a move after the function got another number");
    if (ep.ats)
        CHECK(t, "DEV-CFG-008", ep_invalidate(&ep, EP_NONE, 0, 64), "the invalidation after it is not completed");
    if (ep.pri) {
        struct ep_work work = ep_read_work(5, ep.next_va + 0x10000, 64);

        work.flags = EP_BOF;
        ep_expect(&ep, "DEV-CFG-008", 0, &work, 1, "a read of a page that is asked for");
    }
    for (uint32_t i = mark; i < ep.log_count; i++) {
        const struct ep_event *event = &ep.log[i];
        uint32_t id = event->kind == EP_MESSAGE ? event->message.device_id : event->tlp.requester_id;

        kinds |= event->kind == EP_MESSAGE ? 0x100u << event->message.kind : (unsigned)event->kind;
        CHECK_EQ(t, "DEV-CFG-008", 0x5ae8, id, "Requester ID of event %u", i);
    }
    CHECK(t, "DEV-CFG-008", kinds & EP_READ && kinds & EP_WRITE && (!ep.ats || kinds & EP_TREQ),
          "reads, writes and translation requests were not all seen (0x%x)", kinds);
    ep_close(&ep);
}

/* ---- PCI Express and power management ---- */

static void express(struct test *t)
{
    struct ep ep;
    uint32_t port;

    ep_open(&ep, t);
    CHECK_EQ(t, "DEV-CFG-009", 2, ep_get(&ep, "CFG_PCIE_CAP", "VERSION"), "version of the PCI Express capability");
    port = (uint32_t)ep_get(&ep, "CFG_PCIE_CAP", "PORT");
    if (ep.product) {
        CHECK_EQ(t, "DEV-CFG-009", ep_get(&ep, "CFG_DVSEC_STRAPS", "EP") ? 0 : 9, port, "port type by strap EP");
        CHECK_EQ(t, "DEV-CFG-009", 1, ep_get(&ep, "CFG_PCIE_DEVCAP", "FLR"), "Function Level Reset capability");
        CHECK_EQ(t, "DEV-CFG-009", 0x2910, config_read(t, ep.pcie + 8, 2), "Device Control at reset");
    }
    if (ep.pasid)
        CHECK_EQ(t, "DEV-CFG-009", 1, ep_get(&ep, "CFG_PCIE_DEVCAP2", "EETLP"),
                 "End-End TLP Prefix Supported of a function with PASID");
    if (port == 9)
        for (uint32_t at = 0x0c; at < 0x24; at += 4)
            CHECK_EQ(t, "DEV-CFG-009", 0, config_read(t, ep.pcie + at, 4), "link register of an integrated endpoint at +0x%x",
                     at);
    ep_close(&ep);
}

static void power(struct test *t)
{
    struct ep ep;
    uint64_t value;
    uint32_t mark;

    ep_scene(&ep, t, EP_NONE);
    ep_expect_move(&ep, "DEV-CFG-019", 0, EP_NONE, "a move in D0");
    CHECK_EQ(t, "DEV-CFG-019", 1, ep_get(&ep, "CFG_PM_CSR", "NOSOFTRESET"), "No_Soft_Reset");
    ep_set(&ep, "CFG_PM_CSR", "STATE", 3);
    mark = ep_mark(&ep);
    CHECK(t, "DEV-CFG-019", !bar_read(t, 0, 0, 4, &value), "BAR0 answers in D3hot");
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-CFG-019", 0, ep_count(&ep, mark, EP_DATA | EP_TREQ, 0, UINT64_MAX), "memory requests in D3hot");
    CHECK_EQ(t, "DEV-CFG-019", 3, ep_get(&ep, "CFG_PM_CSR", "STATE"), "power state");
    ep_set(&ep, "CFG_PM_CSR", "STATE", 0);
    ep_expect_move(&ep, "DEV-CFG-019", 0, EP_NONE, "a move after D3hot: the queue is still configured");
    ep_close(&ep);
}

/* Queued work does not start in D3hot, and work that runs stops sending. */
static void power_with_work(struct test *t)
{
    struct ep ep;
    uint64_t page;
    uint32_t mark, hold;
    struct ep_work work;

    ep_scene(&ep, t, EP_NONE);
    page = ep_buffer(&ep, EP_NONE, 8192, EP_RW);
    work = ep_move(EP_NONE, page, page + 4096, 4096);
    hold = ep_rule(&ep, EP_READ, page, page + 4095, EP_HOLD, 0, UINT32_MAX);
    (void)ep_submit(&ep, 0, &work);
    (void)test_settle(t);
    ep_set(&ep, "CFG_PM_CSR", "STATE", 3);
    mark = ep_mark(&ep);
    ep_release(&ep, hold);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-CFG-019", 0, ep_count(&ep, mark, EP_DATA | EP_TREQ, 0, UINT64_MAX),
             "memory requests of running work in D3hot");
    ep_set(&ep, "CFG_PM_CSR", "STATE", 0);
    CHECK_EQ(t, "DEV-CFG-019", 1, ep_wait(&ep, &work).status, "status of the work when the device is back in D0");
    CHECK(t, "DEV-CFG-019", ep_same(&ep, EP_NONE, page, EP_NONE, page + 4096, 4096), "its data are wrong");
    ep_close(&ep);
}

static void dvsec(struct test *t)
{
    struct ep ep;

    ep_open(&ep, t);
    CHECK_EQ(t, "DEV-CFG-020", 1, ep_get(&ep, "CFG_DVSEC_H2", "ID"), "DVSEC id");
    CHECK_EQ(t, "DEV-CFG-020", 0x20, ep_get(&ep, "CFG_DVSEC_H1", "LENGTH"), "DVSEC length");
    CHECK_EQ(t, "DEV-CFG-020", ep_read(&ep, "BAR0_XSTRAP"), ep_read(&ep, "CFG_DVSEC_STRAPS"), "straps");
    CHECK_EQ(t, "DEV-CFG-020", ep_get(&ep, "BAR0_ATCCAP", "ENTRIES"), ep_get(&ep, "CFG_DVSEC_ATC", "ENTRIES"), "ATC entries");
    CHECK_EQ(t, "DEV-CFG-020", ep_get(&ep, "BAR0_ATCCAP", "INVQ"), ep_get(&ep, "CFG_DVSEC_ATC", "INVQ"),
             "Invalidate Queue Depth");
    if (ep.pri)
        CHECK_EQ(t, "DEV-CFG-020", ep_read(&ep, "CFG_PRI_CAPACITY"), ep_read(&ep, "CFG_DVSEC_PRI"), "page request capacity");
    CHECK_EQ(t, "DEV-CFG-020", 0x5645444449534150, ep_read(&ep, "BAR0_XMAGIC"), "XMAGIC");
    CHECK_EQ(t, "DEV-CFG-020", ep_get(&ep, "BAR0_XVER", "KIND"), ep_read(&ep, "CFG_DVSEC_KIND"), "kind of implementation");
    CHECK_EQ(t, "DEV-CFG-020", ep_get(&ep, "BAR0_XVER", "SPEC"), ep_read(&ep, "CFG_DVSEC_SPEC"), "version of the plan");
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    QUIET("config.identity", identity, "DEV-CFG-001", "PRODUCT", "The header says what the device is"),
    QUIET("config.lists", lists, "DEV-CFG-002", NULL, "Both capability lists end, and hold what they must in order"),
    QUIET("config.reserved", reserved, "DEV-CFG-003", "PRODUCT",
          "Bits that are not writable do not change, reserved ones read 0"),
    QUIET("config.byte_enables", byte_enables, "DEV-CFG-004", "ATS&PRI&PASID", "A write changes the bytes that it enables"),
    QUIET("config.bars", bars, "DEV-CFG-005", "PRODUCT", "BARs answer to sizing and hold an address"),
    QUIET("config.memory_space", memory_space, "DEV-CFG-006", "PRODUCT", "Without Memory Space Enable a BAR does not answer"),
    SENDS("config.bus_master", bus_master, "DEV-CFG-007", "", "Without Bus Master Enable no memory request leaves"),
    SENDS("config.requester_id", requester_id, "DEV-CFG-008", "&PASID", "The Requester ID is that of the last Type 0 write"),
    QUIET("config.express", express, "DEV-CFG-009", "PCIE", "The PCI Express capability fits the function"),
    SENDS("config.power", power, "DEV-CFG-019", "&PM", "In D3hot nothing leaves and BARs do not answer; state is kept"),
    SENDS("config.power_with_work", power_with_work, "DEV-CFG-019", "&PM", "Work that runs waits in D3hot"),
    QUIET("config.dvsec", dvsec, "DEV-CFG-020", "PRODUCT", "The DVSEC agrees with BAR0"),
};

LIST(ep_config_cases, cases);
