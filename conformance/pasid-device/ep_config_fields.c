/* SPDX-License-Identifier: BSD-2-Clause */
/* Configuration space register by register, and the errors that it reports. */
#include "pasid_device_chapters.h"

#include <stdlib.h>
#include <string.h>

#define RESET_PS 1000000000ull
#define OUR_SUBSYSTEM 0x00011234u /* B.2 */

/* ---- all registers ---- */

/* Its capability is there. */
static bool there(const struct ep *ep, const char *reg)
{
    return !(strncmp(reg, "CFG_ATS", 7) == 0 && !ep->ats) && !(strncmp(reg, "CFG_PASID", 9) == 0 && !ep->pasid) &&
           !(strncmp(reg, "CFG_PRI", 7) == 0 && !ep->pri);
}

/* Writing ones moves the address of a BAR, or starts something. */
static bool is_bar(const char *reg)
{
    return strncmp(reg, "CFG_BAR", 7) == 0;
}

/* Fields that are RW in the table and read something else: 1 where a capability allows it, or always 0. */
static uint32_t unwritable(struct ep *ep, const char *reg)
{
    uint32_t bits = 0;

    if (strcmp(reg, "CFG_PCIE_DEVCTL") == 0)
        bits = (uint32_t)ep_reg_bits(reg, "FLR", 1);
    if (strcmp(reg, "CFG_PRI_CTL") == 0)
        bits = (uint32_t)ep_reg_bits(reg, "RESET", 1);
    if (strcmp(reg, "CFG_PASID_CTL") == 0)
        bits = (uint32_t)(ep_reg_bits(reg, "EXEC", !ep_get(ep, reg, "EXECCAP")) |
                          ep_reg_bits(reg, "PRIV", !ep_get(ep, reg, "PRIVCAP")) |
                          ep_reg_bits(reg, "TRANSLATED", !ep_get(ep, reg, "TRANSLATEDCAP")));
    return bits;
}

static void check_values(struct ep *ep)
{
    const char *reg;
    const struct spec_field *field;

    for (size_t i = 0; (reg = spec_reg_at(i)) != NULL; i++) {
        uint64_t value;

        if (strncmp(reg, "CFG_", 4) != 0 || is_bar(reg) || !there(ep, reg) || strcmp(reg, "CFG_COMMAND") == 0)
            continue;
        value = ep_read(ep, reg);
        for (size_t n = 0; (field = spec_reg_field_at(reg, n)) != NULL; n++)
            if (strcmp(field->reset, "X") != 0)
                CHECK_EQ(ep->t, "DEV-CFG-021", strtoull(field->reset, NULL, 0), spec_get(field, &value), "%s.%s at reset", reg,
                         field->name);
    }
}

static void check_writable(struct ep *ep, const char *reg)
{
    static const uint32_t patterns[] = {UINT32_MAX, 0, 0x55555555, 0xaaaaaaaa};
    uint32_t rw = 0, before = (uint32_t)ep_read(ep, reg), fixed = unwritable(ep, reg), follows = 0;
    const struct spec_field *field;

    for (size_t n = 0; (field = spec_reg_field_at(reg, n)) != NULL; n++)
        rw |= strcmp(field->access, "RW") == 0 ? (uint32_t)spec_mask(field) : 0;
    if (strcmp(reg, "CFG_PRI_CTL") == 0)
        follows = (uint32_t)ep_reg_bits(reg, "STOPPED", 1); /* Enable */
    for (uint32_t i = 0; i < 4 && rw; i++) {
        uint32_t given = patterns[i] & rw;

        if (strcmp(reg, "CFG_PCIE_DEVCTL") == 0)
            given &= ~fixed; /* does not start a reset */
        ep_write(ep, reg, given);
        CHECK_EQ(ep->t, "DEV-CFG-021", ((before & ~rw) | (given & ~fixed)) & ~follows, ep_read(ep, reg) & ~follows,
                 "%s after 0x%08x was written", reg, given);
    }
    ep_write(ep, reg, before & rw);
}

static void fields(struct test *t)
{
    struct ep ep;
    const char *reg;

    ep_open(&ep, t);
    config_write(t, 4, 2, 0);
    check_values(&ep);
    for (size_t i = 0; (reg = spec_reg_at(i)) != NULL; i++)
        if (strncmp(reg, "CFG_", 4) == 0 && !is_bar(reg) && there(&ep, reg))
            check_writable(&ep, reg);
    check_values(&ep);
    ep_restore(&ep);
    CHECK_EQ(t, "DEV-CFG-021", 0x10, config_read(t, 0x06, 2), "Status at reset: a capability list, no error");
    ep_close(&ep);
}

/* The capabilities stand where B.2 has them, and straps and capabilities say the same. */
static void places(struct test *t)
{
    static const struct {
        const char *strap, *reg, *field;
    } repeats[] = {{"EXEC", "CFG_PASID_CTL", "EXECCAP"},
                   {"PRIV", "CFG_PASID_CTL", "PRIVCAP"},
                   {"TPASID", "CFG_PASID_CTL", "TRANSLATEDCAP"},
                   {"GIS", "CFG_ATS_CTL", "GIS"}};
    struct ep ep;

    ep_open(&ep, t);
    CHECK_EQ(t, "DEV-CFG-020", 0x40, ep.pcie, "PCI Express capability");
    CHECK_EQ(t, "DEV-CFG-020", 0x80, ep.msix, "MSI-X capability");
    CHECK_EQ(t, "DEV-CFG-020", 0x90, ep.pm, "power management capability");
    CHECK_EQ(t, "DEV-CFG-020", 0x160, ep.dvsec, "DVSEC");
    CHECK(t, "DEV-CFG-020", !ep.ats || ep.ats == 0x220, "ATS capability at 0x%x", ep.ats);
    CHECK(t, "DEV-CFG-020", !ep.pasid || ep.pasid == 0x230, "PASID capability at 0x%x", ep.pasid);
    CHECK(t, "DEV-CFG-020", !ep.pri || ep.pri == 0x240, "page request capability at 0x%x", ep.pri);
    for (uint32_t i = 0; i < 4; i++)
        CHECK_EQ(t, "DEV-CFG-020", there(&ep, repeats[i].reg) ? ep_get(&ep, repeats[i].reg, repeats[i].field) : 0,
                 ep_get(&ep, "CFG_DVSEC_STRAPS", repeats[i].strap), "strap %s", repeats[i].strap);
    CHECK_EQ(t, "DEV-CFG-020", ep_get(&ep, "CFG_ID", "VENDOR") == 0x8086, ep_get(&ep, "CFG_DVSEC_STRAPS", "IDXDID"),
             "strap IDXDID");
    CHECK_EQ(t, "DEV-CFG-020", ep.bar[4] != 0, ep_get(&ep, "CFG_DVSEC_STRAPS", "EXER"), "strap EXER");
    CHECK_EQ(t, "DEV-CFG-020", ep.pasid ? 7 : 0, ep_read(&ep, "CFG_PCIE_DEVCAP2") >> 20 & 0xf, "prefixes of DevCap2");
    CHECK(t, "DEV-CFG-020", ep_read(&ep, "CFG_DVSEC_PRI") >= 1 && ep_read(&ep, "CFG_DVSEC_PRI") <= 32, "page request capacity");
    CHECK_EQ(t, "DEV-CFG-020", 1, ep_read(&ep, "CFG_DVSEC_SPEC"), "version of the programming model");
    ep_close(&ep);
}

/* By its subsystem it is the pasid-device; then everything else must say so, or the cases would take it for another. */
static void is_the_product(struct test *t)
{
    struct ep ep;

    ep_open(&ep, t);
    if (config_read(t, 0x2c, 4) != OUR_SUBSYSTEM)
        test_skip(t, "needs the pasid-device, and its subsystem id is another");
    CHECK(t, "DEV-CFG-020", ep.product, "no DVSEC of vendor 1234h with id 1");
    CHECK(t, "DEV-CFG-020", ep.pcie && ep.msix && ep.pm && ep.aer, "a capability that every build has is not there");
    CHECK_EQ(t, "DEV-CFG-020", 0x0023, config_read(t, 0x160, 2), "extended capability at 160h");
    CHECK_EQ(t, "DEV-CFG-020", 0x1234, config_read(t, 0x164, 2), "its vendor");
    CHECK_EQ(t, "DEV-CFG-020", 1, config_read(t, 0x168, 2), "its id");
    ep_close(&ep);
}

/* 7.5.3.6 to 7.5.3.8: a function with a link says what it is. */
static void link_registers(struct test *t)
{
    struct ep ep;
    uint32_t capability, status;

    ep_open(&ep, t);
    capability = config_read(t, ep.pcie + 0x0c, 4);
    status = config_read(t, ep.pcie + 0x12, 2);
    CHECK(t, "DEV-CFG-009", (capability & 0xf) >= 1 && (capability & 0xf) <= 6, "Max Link Speed %u", capability & 0xf);
    CHECK_EQ(t, "DEV-CFG-009", 1, __builtin_popcount(capability >> 4 & 0x3f) == 1, "Max Link Width %u is one",
             capability >> 4 & 0x3f);
    CHECK(t, "DEV-CFG-009", (status & 0xf) >= 1 && (status & 0xf) <= (capability & 0xf), "Current Link Speed %u", status & 0xf);
    CHECK(t, "DEV-CFG-009", (status >> 4 & 0x3f) >= 1 && (status >> 4 & 0x3f) <= (capability >> 4 & 0x3f),
          "Negotiated Link Width %u", status >> 4 & 0x3f);
    for (uint32_t bit = 0; bit < 8; bit++) { /* ASPM Control, Common Clock Configuration, Extended Synch */
        config_write(t, ep.pcie + 0x10, 2, 1u << bit);
        CHECK_EQ(t, "DEV-CFG-009", (0xc3 >> bit & 1) << bit, config_read(t, ep.pcie + 0x10, 2) & 0xc3, "Link Control, bit %u",
                 bit);
    }
    config_write(t, ep.pcie + 0x10, 2, 0);
    ep_close(&ep);
}

/* ---- Initiate Function Level Reset by byte, by word, by doubleword ---- */

static void reset_ways(struct test *t)
{
    static const struct {
        uint32_t at, bytes, value;
        bool resets;
    } ways[] = {{8, 2, 0x8000, true},   {8, 4, 0x8000, true},      {9, 1, 0x80, true},   {8, 1, 0x80, false},
                {10, 2, 0x8000, false}, {8, 4, 0x80000000, false}, {9, 1, 0x7f, false},  {8, 2, 0x7fff, false},
                {11, 1, 0x80, false},   {12, 4, 0x8000, false},    {4, 4, 0x8000, false}};
    struct ep ep;

    ep_open(&ep, t);
    for (uint32_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        config_write(t, 0x3c, 1, 0xa5);
        config_write(t, ep.pcie + ways[i].at, ways[i].bytes, ways[i].value);
        test_run(t, RESET_PS);
        CHECK_EQ(t, "DEV-FLR-001", ways[i].resets ? 0 : 0xa5, config_read(t, 0x3c, 1), "Interrupt Line after way %u", i);
    }
    ep_restore(&ep);
    ep_close(&ep);
}

/* ---- errors ---- */

enum { CED = 1, NFED = 2, FED = 4, URD = 8 };

struct error {
    const char *name;
    const char *bit;     /* of AER Uncorrectable Error Status */
    uint32_t status;     /* Device Status with the default severity */
    const char *command; /* bit of Status, or NULL */
    bool advisory, ats;
    void (*provoke)(struct ep *ep);
};

static void run_read(struct ep *ep, enum ep_action action)
{
    struct ep_work work = ep_read_work(EP_NONE, ep_buffer(ep, EP_NONE, 4096, EP_RW), 64);

    (void)ep_rule(ep, EP_READ, work.src, work.src + 63, action, 0, 1);
    (void)ep_submit(ep, 0, &work);
    test_run(ep->t, 100000000);
}

static void unsupported_read(struct ep *ep)
{
    uint64_t value;

    (void)bar_read(ep->t, 0, 0x142, 4, &value);
}

static void unsupported_write(struct ep *ep)
{
    uint8_t data[3] = {0};

    bar_write(ep->t, 0, 0x140, data, 3);
}

static void unexpected(struct ep *ep)
{
    struct iotb_completion stray = {.id = 900, .status = IOTB_SC, .bytes = 4};

    completion_queue(ep->t, &stray, 0);
    (void)test_settle(ep->t);
}

static void timed_out(struct ep *ep)
{
    ep_set(ep, "BAR0_TIMEOUT", "NP", 1000);
    run_read(ep, EP_DROP);
    ep_set(ep, "BAR0_TIMEOUT", "NP", 0);
}

static void poisoned(struct ep *ep)
{
    run_read(ep, EP_POISON);
}

static void malformed(struct ep *ep)
{
    struct iotb_message message = {
        .kind = IOTB_MSG_INVALIDATE_REQUEST, .device_id = ep->rid, .agent_id = ep->agent_id, .itag = 3, .payload_bytes = 4};

    message_queue(ep->t, &message, 0);
    (void)test_settle(ep->t);
}

static void poisoned_message(struct ep *ep)
{
    struct iotb_message message = {.kind = IOTB_MSG_INVALIDATE_REQUEST,
                                   .device_id = ep->rid,
                                   .agent_id = ep->agent_id,
                                   .itag = 3,
                                   .flags = IOTB_RQ_POISONED};

    message_queue(ep->t, &message, 0);
    (void)test_settle(ep->t);
}

static void read_refused(struct ep *ep)
{
    run_read(ep, EP_UR);
}

static void read_aborted(struct ep *ep)
{
    run_read(ep, EP_CA);
}

static const struct error errors[] = {
    {"an unsupported read", "URE", CED | URD, NULL, true, false, unsupported_read},
    {"an unsupported write", "URE", NFED | URD, NULL, false, false, unsupported_write},
    {"an unexpected completion", "UNEXPECTED", CED, NULL, true, false, unexpected},
    {"a completion time-out", "CTO", NFED, NULL, false, false, timed_out},
    {"a poisoned completion", "POISONED", CED, "DPE", true, false, poisoned},
    {"a poisoned message", "POISONED", CED, NULL, true, true, poisoned_message},
    {"a malformed message", "MALFORMED", FED, NULL, false, true, malformed},
    {"a read that is refused", NULL, 0, "RMA", false, false, read_refused},
    {"a read that is aborted", NULL, 0, "RTA", false, false, read_aborted},
};

static uint32_t device_status(struct ep *ep)
{
    return config_read(ep->t, ep->pcie + 0x0a, 2) & 0xf;
}

static void check_reports(struct ep *ep, const struct error *error, uint32_t status, bool advisory)
{
    CHECK_EQ(ep->t, "DEV-CFG-022", error->bit ? ep_reg_bits("CFG_AER_UES", error->bit, 1) : 0, ep_read(ep, "CFG_AER_UES"),
             "AER Uncorrectable Error Status");
    CHECK_EQ(ep->t, "DEV-CFG-022", advisory, ep_get(ep, "CFG_AER_CES", "ADVISORY"), "Advisory Non-Fatal Error Status");
    CHECK_EQ(ep->t, "DEV-CFG-022", status, device_status(ep), "Device Status");
    CHECK_EQ(ep->t, "DEV-CFG-022", error->command ? ep_reg_bits("CFG_COMMAND", error->command, 1) : 0,
             ep_read(ep, "CFG_COMMAND") & 0xf9000000, "error bits of Status");
}

/* RW1C: zeroes keep, ones clear; of each register alone. */
static void clear_reports(struct ep *ep, const struct error *error)
{
    uint32_t status = device_status(ep), uncorrectable = (uint32_t)ep_read(ep, "CFG_AER_UES");

    ep_write(ep, "CFG_AER_UES", ~uncorrectable);
    CHECK_EQ(ep->t, "DEV-CFG-022", uncorrectable, ep_read(ep, "CFG_AER_UES"), "AER status after ones beside it");
    ep_write(ep, "CFG_AER_UES", uncorrectable);
    CHECK_EQ(ep->t, "DEV-CFG-022", 0, ep_read(ep, "CFG_AER_UES"), "AER status after ones");
    config_write(ep->t, ep->pcie + 0x0a, 2, ~status & 0xf);
    CHECK_EQ(ep->t, "DEV-CFG-022", status, device_status(ep), "Device Status after ones beside it");
    config_write(ep->t, ep->pcie + 0x0a, 2, status);
    CHECK_EQ(ep->t, "DEV-CFG-022", 0, device_status(ep), "Device Status after ones");
    ep_write(ep, "CFG_AER_CES", 0);
    ep_write(ep, "CFG_AER_CES", ep_reg_bits("CFG_AER_CES", "ADVISORY", 1));
    CHECK_EQ(ep->t, "DEV-CFG-022", 0, ep_read(ep, "CFG_AER_CES"), "AER correctable status after ones");
    if (!error->command)
        return;
    config_write(ep->t, 0x06, 2, 0);
    CHECK_EQ(ep->t, "DEV-CFG-022", 1, ep_get(ep, "CFG_COMMAND", error->command), "%s after zeroes", error->command);
    config_write(ep->t, 0x06, 2, (uint32_t)(ep_reg_bits("CFG_COMMAND", error->command, 1) >> 16));
    CHECK_EQ(ep->t, "DEV-CFG-022", 0, ep_get(ep, "CFG_COMMAND", error->command), "%s after a one", error->command);
}

static void error_reports(struct test *t)
{
    struct ep ep;

    ep_scene(&ep, t, EP_NONE);
    for (uint32_t i = 0; i < 2 * sizeof(errors) / sizeof(errors[0]); i++) {
        const struct error *error = &errors[i / 2];
        uint64_t severity = ep_read(&ep, "CFG_AER_SEV");
        bool other = i & 1, fatal = error->bit && ep_get(&ep, "CFG_AER_SEV", error->bit) != other;
        uint32_t class = error->advisory ? CED : NFED;

        if (error->ats && !ep.ats)
            continue;
        test_context(t, "%s%s", error->name, other ? ", of the other severity" : "");
        if (other && error->bit)
            ep_write(&ep, "CFG_AER_SEV", severity ^ ep_reg_bits("CFG_AER_SEV", error->bit, 1));
        error->provoke(&ep);
        check_reports(&ep, error, error->bit ? (error->status & URD) | (fatal ? FED : class) : 0, error->advisory && !fatal);
        clear_reports(&ep, error);
        ep_write(&ep, "CFG_AER_SEV", severity);
        CHECK(t, "DEV-CFG-022", other || !error->bit || ((error->status & FED) != 0) == fatal, "default severity of %s",
              error->bit);
    }
    ep_expect_move(&ep, "DEV-CFG-022", 0, EP_NONE, "a move after all of them");
    ep_close(&ep);
}

/* Work that ends well, invalidations and page requests leave no error behind. */
static void no_errors(struct test *t)
{
    struct ep ep;
    struct ep_work work;

    ep_scene(&ep, t, 5);
    ep_vectors(&ep, 2);
    ep_expect_move(&ep, "DEV-CFG-022", 0, 5, "a move");
    if (ep.ats)
        CHECK(t, "DEV-CFG-022", ep_invalidate(&ep, 5, 0, 64), "an invalidation");
    for (uint32_t way = 0; way < 2 && ep.pri; way++) {
        ep.pages = way ? EP_PAGES_INVALID : EP_PAGES_MAP;
        work = ep_read_work(5, ep.next_va, 64);
        ep.next_va += 0x10000;
        work.flags = EP_BOF;
        ep_expect(&ep, "DEV-CFG-022", 0, &work, way ? 4 : 1, "a read of a page that is asked for");
    }
    CHECK_EQ(t, "DEV-CFG-022", 0, ep_read(&ep, "CFG_AER_UES") | ep_read(&ep, "CFG_AER_CES"), "AER status");
    CHECK_EQ(t, "DEV-CFG-022", 0, device_status(&ep), "Device Status");
    CHECK_EQ(t, "DEV-CFG-022", 0x10, config_read(t, 0x06, 2), "Status");
    ep_close(&ep);
}

/* 7.4: what is sticky survives the reset of the function, and nothing else. */
static void sticky(struct test *t)
{
    static const char *const kept[] = {"CFG_AER_UES", "CFG_AER_UEM", "CFG_AER_SEV", "CFG_AER_CES", "CFG_AER_CEM"};
    struct ep ep;
    uint64_t before[5];

    ep_scene(&ep, t, EP_NONE);
    for (uint32_t i = 0; i < 7; i++)
        if (!errors[i].ats || ep.ats)
            errors[i].provoke(&ep);
    ep_write(&ep, "CFG_AER_UEM", 0x00115000);
    ep_write(&ep, "CFG_AER_SEV", ep_read(&ep, "CFG_AER_SEV") ^ 0x0005c000);
    ep_write(&ep, "CFG_AER_CEM", 0);
    CHECK_EQ(t, "DEV-CFG-022", 0x00115000 | (ep.ats ? 0x40000 : 0), ep_read(&ep, "CFG_AER_UES"), "AER status of all errors");
    for (uint32_t i = 0; i < 5; i++)
        before[i] = ep_read(&ep, kept[i]);
    ep_flr(&ep);
    test_run(t, RESET_PS);
    for (uint32_t i = 0; i < 5; i++)
        CHECK_EQ(t, "DEV-CFG-022", before[i], ep_read(&ep, kept[i]), "%s after a Function Level Reset", kept[i]);
    CHECK_EQ(t, "DEV-CFG-022", 0, device_status(&ep), "Device Status after it");
    ep_restore(&ep);
    ep_close(&ep);
    test_reset(t, IOTB_RESET_COLD);
    ep_open(&ep, t);
    CHECK_EQ(t, "DEV-CFG-022", 0, ep_read(&ep, "CFG_AER_UES") | ep_read(&ep, "CFG_AER_UEM") | ep_read(&ep, "CFG_AER_CES"),
             "AER status and mask after a cold reset");
    CHECK_EQ(t, "DEV-CFG-022", ep_reg_bits("CFG_AER_CEM", "ADVISORY", 1), ep_read(&ep, "CFG_AER_CEM"),
             "correctable mask after it");
    ep_start_simple(&ep, EP_NONE);
    ep_expect_move(&ep, "DEV-CFG-022", 0, EP_NONE, "a move after all resets");
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    QUIET("config.product", is_the_product, "DEV-CFG-020", NULL, "The pasid-device is known by its DVSEC"),
    QUIET("config.places", places, "DEV-CFG-020", "PRODUCT", "Capabilities are where they must be and agree with the straps"),
    QUIET("config.fields", fields, "DEV-CFG-021", "PRODUCT", "Every register has its value, and holds what may be written"),
    QUIET("config.link", link_registers, "DEV-CFG-009", "PRODUCT&EP", "A function with a link says which"),
    QUIET("reset.ways", reset_ways, "DEV-FLR-001", "FLR", "Initiate Function Level Reset is one bit, however it is written"),
    SENDS("config.errors", error_reports, "DEV-CFG-022", "", "Each error is in its bits and in no other"),
    SENDS("config.no_errors", no_errors, "DEV-CFG-022", "&PASID&MSIX", "What goes well leaves no error bit"),
    SENDS("config.sticky", sticky, "DEV-CFG-022", "&FLR", "AER survives a Function Level Reset"),
};

LIST(ep_config_fields_cases, cases);
