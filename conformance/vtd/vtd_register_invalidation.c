/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Register based invalidation of the context cache, and where the registers are refused (6.5.1.1 Context Command Register).
 * Every case uses a translation, changes a structure on its way, invalidates, and looks at what the next request finds.
 * Invalidating more than was asked is legal and shows in CAIG or IAIG; keeping what was to go is not.
 */
#include "vtd_register_invalidation.h"

#include "vtd_chapters.h"

#define INPUT UINT64_C(0x12345000)

void register_open(struct vt *vt, struct test *t)
{
    struct vt_config config = {.mode = VT_LEGACY, .no_queue = true};

    vt_open(vt, t, &config);
}

uint32_t register_domain_bits(struct test *t)
{
    return 4 + 2 * (uint32_t)vt_cap(t, "ND");
}

/* ---- the two commands; a command is complete when ICC or IVT reads 0 ---- */

uint64_t register_ccmd(uint32_t granularity, uint32_t did, uint32_t sid, uint32_t fm)
{
    return vt_reg_bits("CCMD_REG", "ICC", 1) | vt_reg_bits("CCMD_REG", "CIRG", granularity) | vt_reg_bits("CCMD_REG", "FM", fm) |
           vt_reg_bits("CCMD_REG", "SID", sid) | vt_reg_bits("CCMD_REG", "DID", did);
}

uint64_t register_iotlb(uint32_t granularity, uint32_t did, bool drain)
{
    return vt_reg_bits("IOTLB_REG", "IVT", 1) | vt_reg_bits("IOTLB_REG", "IIRG", granularity) |
           vt_reg_bits("IOTLB_REG", "DR", drain) | vt_reg_bits("IOTLB_REG", "DW", drain) | vt_reg_bits("IOTLB_REG", "DID", did);
}

uint64_t register_iva(uint64_t address, uint32_t am, bool ih)
{
    return (address & ~UINT64_C(0xfff)) | vt_reg_bits("IVA_REG", "IH", ih) | vt_reg_bits("IVA_REG", "AM", am);
}

bool register_coarse_enough(uint32_t requested, uint32_t actual)
{
    return requested == REFUSED ? actual == REFUSED : actual != REFUSED && actual <= requested;
}

uint32_t register_context_command(struct test *t, const char *row, uint32_t granularity, uint32_t did, uint32_t sid, uint32_t fm)
{
    uint32_t actual;

    vt_reg_set(t, "CCMD_REG", register_ccmd(granularity, did, sid, fm));
    test_settle(t);
    CHECK_EQ(t, row, 0, vt_field(t, "CCMD_REG", "ICC"), "CCMD.ICC after the command");
    actual = (uint32_t)vt_field(t, "CCMD_REG", "CAIG");
    CHECK(t, row, register_coarse_enough(granularity, actual), "CCMD.CAIG is %u after CIRG = %u", actual, granularity);
    return actual;
}

uint32_t register_iotlb_command(struct test *t, const char *row, uint32_t granularity, uint32_t did, uint64_t address,
                                uint32_t am, bool ih)
{
    uint32_t actual;

    if (granularity == BY_PAGE)
        vt_reg_set(t, "IVA_REG", register_iva(address, am, ih));
    vt_reg_set(t, "IOTLB_REG", register_iotlb(granularity, did, true));
    test_settle(t);
    CHECK_EQ(t, row, 0, vt_field(t, "IOTLB_REG", "IVT"), "IOTLB.IVT after the command");
    actual = (uint32_t)vt_field(t, "IOTLB_REG", "IAIG");
    CHECK(t, row, register_coarse_enough(granularity, actual), "IOTLB.IAIG is %u after IIRG = %u", actual, granularity);
    return actual;
}

/* ---- a device whose context entry changes ---- */

struct device {
    struct vt_path old, new;
    uint64_t host[2];
    uint64_t entry;
    uint8_t old_entry[16], new_entry[16];
    struct iotb_request r;
};

static void save_entry(struct device *d, uint8_t *bytes)
{
    d->entry = vt_context_address(d->old.vt ? d->old.vt : d->new.vt, d->new.rid);
    mem_read(d->new.vt->t, d->entry, bytes, 16);
}

static void device_open(struct device *d, struct vt *vt, uint16_t rid, uint32_t did, uint32_t new_did)
{
    *d = (struct device){.host = {0, 0}};
    vt_path_open(vt, &d->new, VT_LEGACY_SS, rid, 0, new_did);
    d->host[1] = vt_path_page(&d->new, INPUT, VT_RW);
    save_entry(d, d->new_entry);
    vt_path_open(vt, &d->old, VT_LEGACY_SS, rid, 0, did);
    d->host[0] = vt_path_page(&d->old, INPUT, VT_RW);
    save_entry(d, d->old_entry);
    d->r = vt_request(&d->old, IOTB_WRITE, INPUT + 0x48, 8);
}

/* Another device of the same domains before and after. */
static void device_share(struct device *d, const struct device *other, uint16_t rid)
{
    *d = *other;
    vt_path_share(&d->new, &other->new, rid, 0);
    save_entry(d, d->new_entry);
    vt_path_share(&d->old, &other->old, rid, 0);
    save_entry(d, d->old_entry);
    d->r.requester_id = rid;
}

static void device_warm(struct device *d, const char *row)
{
    mem_write(d->old.vt->t, d->entry, d->old_entry, 16);
    vt_flush_writes(d->old.vt);
    vt_invalidate_all(d->old.vt);
    vt_expect_ok(d->old.vt, row, &d->r, d->host[0] + 0x48);
}

static void device_change(struct device *d)
{
    mem_write(d->old.vt->t, d->entry, d->new_entry, 16);
}

/* 6.5.1.1: the context invalidation is followed by one of the IOTLB for the domain of old. */
static void device_renewed(struct device *d, const char *row)
{
    register_iotlb_command(d->old.vt->t, row, BY_DOMAIN, d->old.did, 0, 0, false);
    vt_expect_ok(d->old.vt, row, &d->r, d->host[1] + 0x48);
}

static void context_global(struct test *t)
{
    struct device d[3];
    struct vt vt;

    register_open(&vt, t);
    device_open(&d[0], &vt, vt_rid(&vt, 0), 1, 5);
    device_open(&d[1], &vt, vt_rid(&vt, 1), 2, 6);
    device_share(&d[2], &d[1], vt_rid(&vt, 2));
    for (int i = 0; i < 3; i++)
        device_warm(&d[i], "VTD-6-507");
    for (int i = 0; i < 3; i++)
        vt_expect_ok(&vt, "VTD-6-507", &d[i].r, d[i].host[0] + 0x48);
    for (int i = 0; i < 3; i++)
        device_change(&d[i]);
    CHECK_EQ(t, "VTD-6-507", BY_GLOBAL, register_context_command(t, "VTD-6-507", BY_GLOBAL, 0, 0, 0),
             "CCMD.CAIG of a global request");
    CHECK(t, "VTD-11-525", vt_field(t, "CCMD_REG", "CAIG") != REFUSED, "register based invalidation works below version 6");
    for (int i = 0; i < 3; i++)
        device_renewed(&d[i], "VTD-6-507");
    vt_close(&vt);
}

/* Domain-selective, for domain ids of every bit; all devices of the domain. */
static void context_domain(struct test *t)
{
    uint32_t bits = register_domain_bits(t);
    struct vt vt;

    register_open(&vt, t);
    for (uint32_t n = 0; n <= bits; n++) {
        uint32_t did = n < bits ? 1u << n : (1u << bits) - 1;
        struct device d[2];

        test_context(t, "domain %u", did);
        device_open(&d[0], &vt, vt_rid(&vt, 0), did, did ^ 3);
        device_share(&d[1], &d[0], vt_rid(&vt, 1));
        device_warm(&d[0], "VTD-6-508");
        device_warm(&d[1], "VTD-6-508");
        vt_expect_ok(&vt, "VTD-6-508", &d[0].r, d[0].host[0] + 0x48);
        device_change(&d[0]);
        device_change(&d[1]);
        register_context_command(t, "VTD-6-508", BY_DOMAIN, did, 0, 0);
        device_renewed(&d[0], "VTD-6-508");
        device_renewed(&d[1], "VTD-6-508");
    }
    vt_close(&vt);
}

/* Device-selective, one device after the other of one domain, each named by all of its id. */
static void context_device(struct test *t)
{
    struct device d[12];
    uint32_t count;
    struct vt vt;

    register_open(&vt, t);
    count = vt_rid_count(&vt) < 12 ? vt_rid_count(&vt) : 12;
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            device_share(&d[i], &d[0], vt_rid(&vt, i));
        else
            device_open(&d[0], &vt, vt_rid(&vt, 0), 9, 10);
    }
    for (uint32_t i = 0; i < count; i++)
        device_warm(&d[i], "VTD-6-509");
    for (uint32_t i = 0; i < count; i++)
        vt_expect_ok(&vt, "VTD-6-509", &d[i].r, d[i].host[0] + 0x48);
    for (uint32_t i = 0; i < count; i++) {
        test_context(t, "device %04x", d[i].old.rid);
        device_change(&d[i]);
        register_context_command(t, "VTD-6-509", BY_DEVICE, 9, d[i].old.rid, 0);
        device_renewed(&d[i], i % 2 ? "VTD-11-503" : "VTD-6-509");
    }
    vt_close(&vt);
}

static void context_device_domains(struct test *t)
{
    uint32_t bits = register_domain_bits(t);
    struct vt vt;

    register_open(&vt, t);
    for (uint32_t n = 0; n <= bits; n++) {
        uint32_t did = n < bits ? 1u << n : (1u << bits) - 1;
        struct device d;

        test_context(t, "domain %u", did);
        device_open(&d, &vt, vt_rid(&vt, n % 2), did, did ^ 3);
        device_warm(&d, "VTD-6-509");
        device_change(&d);
        register_context_command(t, "VTD-6-509", BY_DEVICE, did, d.old.rid, 0);
        /* A quadword carries the ids that its command uses; those of the command before were others. */
        device_renewed(&d, n % 2 ? "VTD-11-503" : "VTD-6-509");
    }
    vt_close(&vt);
}

/* FM names function bits that are not compared: 01 bit 2, 10 bits 2:1, 11 bits 2:0. */
static void context_functions(struct test *t)
{
    static const uint32_t ignored[] = {0, 4, 6, 7};
    const uint16_t base = 0x12a8;
    struct device d[8];
    struct vt vt;

    register_open(&vt, t);
    device_open(&d[0], &vt, base, 9, 10);
    for (uint16_t f = 1; f < 8; f++)
        device_share(&d[f], &d[0], (uint16_t)(base + f));
    for (uint32_t n = 0; n < 12; n++) {
        uint32_t fm = n % 4, function = (n * 5 + 2) % 8;

        test_context(t, "FM = %u, function %u", fm, function);
        for (int f = 0; f < 8; f++)
            device_warm(&d[f], "VTD-6-510");
        for (int f = 0; f < 8; f++)
            vt_expect_ok(&vt, "VTD-6-510", &d[f].r, d[f].host[0] + 0x48);
        for (int f = 0; f < 8; f++)
            device_change(&d[f]);
        register_context_command(t, "VTD-6-510", BY_DEVICE, 9, base + function, fm);
        for (uint32_t f = 0; f < 8; f++)
            if (((f ^ function) & ~ignored[fm]) == 0)
                device_renewed(&d[f], "VTD-6-510");
    }
    vt_close(&vt);
}

static void check_old_or_new(struct device *d, const char *row, const char *when)
{
    uint64_t hosts[2] = {d->host[0] + 0x48, d->host[1] + 0x48};
    struct vt_seen seen = vt_try(d->old.vt, &d->r, hosts, 2);

    CHECK(d->old.vt->t, row, (seen.result == VT_ARRIVED || seen.result == VT_ARRIVED_OTHER) && !seen.fr,
          "%s the old or the new context entry is used", when);
}

/* What the unit need not do: refuse, and leave what another request would remove. */
static void context_lenient(struct test *t)
{
    struct device d;
    struct vt vt;

    register_open(&vt, t);
    device_open(&d, &vt, vt_rid(&vt, 0), 9, 10);
    device_warm(&d, "VTD-6-511");
    device_change(&d);
    register_context_command(t, "VTD-6-511", REFUSED, 9, d.old.rid, 0);
    check_old_or_new(&d, "VTD-6-511", "after CIRG = 0");
    register_context_command(t, "VTD-6-512", BY_DEVICE, 11, d.old.rid, 0);
    check_old_or_new(&d, "VTD-6-512", "after a request for another domain");
    register_context_command(t, "VTD-6-512", BY_DEVICE, 9, d.old.rid, 0);
    device_renewed(&d, "VTD-6-512");
    /* 6.5.1.1: the IOTLB entry of the old domain outlives the context entry. */
    device_warm(&d, "VTD-6-526");
    device_change(&d);
    register_context_command(t, "VTD-6-526", BY_GLOBAL, 0, 0, 0);
    check_old_or_new(&d, "VTD-6-526", "without an IOTLB invalidation");
    device_renewed(&d, "VTD-6-526");
    vt_close(&vt);
}

/* 6.5.1: the registers work whether or not remapping is enabled. */
static void while_disabled(struct test *t)
{
    struct device d;
    struct vt vt;

    register_open(&vt, t);
    device_open(&d, &vt, vt_rid(&vt, 0), 9, 10);
    device_warm(&d, "VTD-6-507");
    vt_command(&vt, "TE", false);
    device_change(&d);
    register_context_command(t, "VTD-6-507", BY_GLOBAL, 0, 0, 0);
    register_iotlb_command(t, "VTD-6-516", BY_GLOBAL, 0, 0, 0, false);
    vt_command(&vt, "TE", true);
    vt_expect_ok(&vt, "VTD-6-516", &d.r, d.host[1] + 0x48);
    vt_close(&vt);
}

/* The write of the upper half starts the command, with the lower half as it was written last. */
static void halves(struct test *t)
{
    struct device d[2];
    uint64_t value, offset = vt_offset("CCMD_REG"), iotlb = vt_ecap(t, "IRO") * 16 + 8;
    uint32_t upper;
    struct vt vt;

    register_open(&vt, t);
    device_open(&d[0], &vt, vt_rid(&vt, 0), 9, 10);
    device_open(&d[1], &vt, vt_rid(&vt, 1), 12, 13);
    for (int i = 0; i < 2; i++)
        device_warm(&d[i], "VTD-11-504");
    for (int i = 0; i < 2; i++) {
        device_change(&d[i]);
        value = register_ccmd(i ? BY_DEVICE : BY_DOMAIN, d[i].old.did, d[i].old.rid, 0);
        upper = reg_read32(t, offset + 4);
        reg_write32(t, offset, (uint32_t)value);
        test_settle(t);
        CHECK_EQ(t, "VTD-11-504", upper & 0xf8000000, reg_read32(t, offset + 4) & 0xf8000000,
                 "ICC, CIRG, CAIG after a write of the lower half of CCMD_REG");
        reg_write32(t, offset + 4, (uint32_t)(value >> 32));
        test_settle(t);
        CHECK_EQ(t, "VTD-11-504", 0, reg_read32(t, offset + 4) >> 31, "CCMD.ICC after the upper half");
        CHECK(t, "VTD-11-504", register_coarse_enough(i ? BY_DEVICE : BY_DOMAIN, reg_read32(t, offset + 4) >> 27 & 3),
              "CCMD.CAIG");
        upper = reg_read32(t, iotlb + 4);
        value = register_iotlb(BY_DOMAIN, d[i].old.did, true);
        reg_write32(t, iotlb, (uint32_t)value);
        test_settle(t);
        CHECK_EQ(t, "VTD-11-504", upper, reg_read32(t, iotlb + 4), "upper half of IOTLB_REG after a write of the lower");
        reg_write32(t, iotlb + 4, (uint32_t)(value >> 32));
        test_settle(t);
        CHECK_EQ(t, "VTD-11-504", 0, reg_read32(t, iotlb + 4) >> 31, "IOTLB.IVT after the upper half");
        vt_expect_ok(&vt, "VTD-11-504", &d[i].r, d[i].host[1] + 0x48);
    }
    vt_close(&vt);
}

/* ---- where the registers are refused ---- */

/*
 * The table mode and the version refuse both commands. An enabled queue forbids them to software, and what a unit then does
 * is not said: rows VTD-6-513 and VTD-6-525 are marked unsure.
 */
static void refused(struct test *t, const char *context_row, const char *iotlb_row)
{
    for (uint32_t granularity = BY_GLOBAL; granularity <= BY_PAGE; granularity++) {
        test_context(t, "granularity %u", granularity);
        vt_reg_set(t, "CCMD_REG", register_ccmd(granularity, 4, 0x10, 0));
        test_settle(t);
        CHECK_EQ(t, context_row, 0, vt_field(t, "CCMD_REG", "ICC"), "CCMD.ICC after a refused request");
        CHECK_EQ(t, context_row, REFUSED, vt_field(t, "CCMD_REG", "CAIG"), "CCMD.CAIG after a refused request");
        vt_reg_set(t, "IVA_REG", register_iva(INPUT, 0, false));
        vt_reg_set(t, "IOTLB_REG", register_iotlb(granularity, 4, true));
        test_settle(t);
        CHECK_EQ(t, iotlb_row, 0, vt_field(t, "IOTLB_REG", "IVT"), "IOTLB.IVT after a refused request");
        CHECK_EQ(t, iotlb_row, REFUSED, vt_field(t, "IOTLB_REG", "IAIG"), "IOTLB.IAIG after a refused request");
        vt_reg_set(t, "CCMD_REG", 0);
        vt_reg_set(t, "IOTLB_REG", 0);
    }
    test_context(t, NULL);
}

/* A translation goes on as before. */
static void refused_around(struct vt *vt, enum vt_flavour_id flavour, const char *row, const char *iotlb_row)
{
    struct vt_path path;
    struct iotb_request r;
    uint64_t host;

    vt_path_open(vt, &path, flavour, vt_rid(vt, 0), 0, 4);
    host = vt_path_page(&path, INPUT, VT_RW);
    r = vt_request(&path, IOTB_WRITE, INPUT + 0x48, 8);
    vt_expect_ok(vt, row, &r, host + 0x48);
    refused(vt->t, row, iotlb_row);
    vt_expect_ok(vt, row, &r, host + 0x48);
    CHECK(vt->t, row, vt_invalidate_all(vt), "the queue still works");
    vt_close(vt);
}

static void with_queue(struct test *t)
{
    struct vt vt;

    vt_open_mode(&vt, t, VT_LEGACY);
    refused_around(&vt, VT_LEGACY_SS, "VTD-6-513", "VTD-6-525");
}

static void in_scalable_mode(struct test *t)
{
    struct vt vt;

    vt_open_mode(&vt, t, VT_SCALABLE);
    refused_around(&vt, vt_has_flavour(t, VT_RID_SS) ? VT_RID_SS : VT_RID_FS, "VTD-6-514", "VTD-6-046");
}

/* Without the queue too: the mode alone refuses. */
static void scalable_without_queue(struct test *t)
{
    struct vt_config config = {.mode = VT_SCALABLE, .no_queue = true};
    struct vt vt;

    vt_open(&vt, t, &config);
    refused(t, "VTD-6-514", "VTD-6-046");
    if (vt_ecap(t, "ADMS")) {
        vt_command(&vt, "TE", false);
        vt_set_root(&vt, vt.root | vt_reg_bits("RTADDR_REG", "TTM", 3));
        refused(t, "VTD-6-514", "VTD-6-046");
    }
    /* TTM is what SRTP latched: programming legacy mode alone changes nothing. */
    vt_command(&vt, "TE", false);
    vt_set_root(&vt, vt_rtaddr(&vt, VT_LEGACY));
    register_context_command(t, "VTD-6-514", BY_GLOBAL, 0, 0, 0);
    CHECK_EQ(t, "VTD-6-514", BY_GLOBAL, vt_field(t, "CCMD_REG", "CAIG"), "CCMD.CAIG back in legacy mode");
}

static void newer_versions(struct test *t)
{
    struct vt_config config = {.mode = VT_LEGACY, .no_queue = true};
    struct vt vt;

    vt_open(&vt, t, &config);
    refused(t, "VTD-6-515", "VTD-6-046");
    CHECK_EQ(t, "VTD-11-525", REFUSED, vt_field(t, "CCMD_REG", "CAIG"),
             "register based invalidation is refused from version 6 on");
}

#define CASE(tag, text, function, rowlist, when, needs)                                                            \
    {                                                                                                              \
        .name = "vtd.register_invalidation." tag, .summary = text, .run = function, .rows = rowlist, .gate = when, \
        .features = needs, .functional = true, .tier = TIER_FULL                                                   \
    }

static const struct iotb_case cases[] = {
    CASE("context_global", "CIRG = 01: every context entry is read again.", context_global, "VTD-6-507 VTD-11-525", BELOW_6, 0),
    CASE("context_domain", "CIRG = 10: the context entries of the domain are read again.", context_domain, "VTD-6-508", BELOW_6,
         0),
    CASE("context_device", "CIRG = 11: the context entry of the device is read again.", context_device, "VTD-6-509 VTD-11-503",
         BELOW_6, 0),
    CASE("context_device_domains", "CIRG = 11 with domain ids of every bit.", context_device_domains, "VTD-6-509 VTD-11-503",
         BELOW_6, 0),
    CASE("context_functions", "FM leaves function bits out of the comparison.", context_functions, "VTD-6-510", BELOW_6,
         IOTB_F_ANY_REQUESTER),
    CASE("context_lenient", "What a context request may leave, and the reserved granularity.", context_lenient,
         "VTD-6-511 VTD-6-512 VTD-6-526", BELOW_6, 0),
    CASE("while_disabled", "The registers work while translation is off.", while_disabled, "VTD-6-507 VTD-6-516", BELOW_6, 0),
    CASE("halves", "The upper half starts a command, the lower never does.", halves, "VTD-11-504", BELOW_6, 0),
    CASE("with_queue", "With the queue enabled the registers are refused.", with_queue, "VTD-6-513 VTD-6-525 VTD-3-002 VTD-3-003",
         "ECAP.QI&CAP.SAGAW", 0),
    CASE("in_scalable_mode", "In scalable mode the registers are refused.", in_scalable_mode, "VTD-6-514 VTD-6-046",
         "ECAP.SMTS&VER.MAX<6", 0),
    {.name = "vtd.register_invalidation.scalable_without_queue",
     .summary = "The latched table mode alone refuses the registers.",
     .run = scalable_without_queue,
     .rows = "VTD-6-514 VTD-6-046",
     .gate = "ECAP.SMTS&VER.MAX<6",
     .tier = TIER_FULL},
    {.name = "vtd.register_invalidation.newer_versions",
     .summary = "From version 6 on the registers are refused.",
     .run = newer_versions,
     .rows = "VTD-6-515 VTD-6-046 VTD-11-525",
     .gate = "VER.MAX>=6",
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_register_invalidation_cases = {cases, sizeof cases / sizeof cases[0]};
