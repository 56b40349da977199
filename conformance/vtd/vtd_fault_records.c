/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a fault record says of the request: every field, every bit of it (11.4.7.6 Fault Recording Registers); what a refused
 * request leaves behind (7.1.1 Non-Recoverable Address Translation Faults); what a reset leaves (11.3 Register Attributes).
 */
#include "build/vt.h"
#include "vtd_chapters.h"

#define INPUT UINT64_C(0x2468000)
#define ONES UINT64_C(0xffffffffffffffff)

static bool has_legacy(struct test *t)
{
    return vt_has_flavour(t, VT_LEGACY_SS) || vt_has_flavour(t, VT_LEGACY_PT);
}

static void open_any(struct vt *vt, struct test *t)
{
    vt_open_mode(vt, t, has_legacy(t) ? VT_LEGACY : VT_SCALABLE);
}

/* Requester without a root or context entry; the reasons that it meets. */
static uint16_t stranger(struct vt *vt)
{
    return test_has(vt->t, IOTB_F_ANY_REQUESTER) ? 0xc5a7 : vt_rid(vt, 0);
}

static uint32_t expect_unknown(struct vt *vt, const char *row, const struct iotb_request *r, uint64_t guard)
{
    static const uint32_t legacy[] = {0x02, 0x01}, scalable[] = {0x41, 0x39};

    return vt_expect_fault_any(vt, row, r, vt->config.mode == VT_LEGACY ? legacy : scalable, 2, guard);
}

static void kinds(struct test *t)
{
    static const struct {
        uint8_t kind;
        uint32_t bytes, flags;
        uint64_t needs;
    } requests[] = {
        {IOTB_WRITE, 4, 0, 0},
        {IOTB_READ, 4, 0, 0},
        {IOTB_WRITE, 8, 0, 0},
        {IOTB_READ, 8, 0, 0},
        {IOTB_READ, 4, IOTB_RQ_ZERO_LENGTH, IOTB_F_ZERO_LENGTH},
        {IOTB_FETCH_ADD, 4, 0, IOTB_F_ATOMIC},
        {IOTB_SWAP, 8, 0, IOTB_F_ATOMIC},
        {IOTB_CAS, 8, 0, IOTB_F_ATOMIC},
    };
    struct vt vt;

    open_any(&vt, t);
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        struct iotb_request r = {.kind = requests[i].kind,
                                 .bytes = requests[i].bytes,
                                 .flags = requests[i].flags,
                                 .requester_id = stranger(&vt),
                                 .address = INPUT + 0x40};

        if (test_has(t, requests[i].needs))
            expect_unknown(&vt, "VTD-11-012", &r, 0);
    }
    vt_close(&vt);
}

static void sources(struct test *t)
{
    struct vt vt;

    open_any(&vt, t);
    for (uint32_t n = 0; n < 18; n++) {
        struct iotb_request r = {.kind = IOTB_READ, .bytes = 4, .address = INPUT};

        r.requester_id = n < 16 ? (uint16_t)(1u << n) : n == 16 ? 0xffff : 0;
        vt_once(&vt);
        expect_unknown(&vt, "VTD-11-020", &r, 0);
    }
    vt_close(&vt);
}

/* FI takes bits 63:12 of the input up to the largest AGAW; bits 11:0 read 0. */
static void addresses(struct test *t)
{
    uint32_t bits = test_has(t, IOTB_F_WIDE_ADDRESS) ? 64 : test_desc(t)->address_bits;
    uint64_t all = bits < 64 ? (UINT64_C(1) << bits) - 1 : ONES;
    struct vt vt;

    open_any(&vt, t);
    for (uint32_t n = 0; n < bits + 2; n++) {
        struct iotb_request r = {.kind = IOTB_WRITE, .bytes = 4, .requester_id = stranger(&vt)};

        r.address = n < bits ? UINT64_C(1) << n : n == bits ? all & ~UINT64_C(0x3f) : UINT64_C(0xabc);
        if (n < 2)
            r.bytes = 1;
        if (r.address >> 20 == 0xfee)
            continue;
        vt_once(&vt);
        expect_unknown(&vt, n < 12 ? "VTD-11-022" : "VTD-11-021", &r, 0);
    }
    vt_close(&vt);
}

/* The same for faults that a walk meets: the input, never an address of a table or of a later stage. */
static void walked_body(struct vt *vt, struct vt_path *path)
{
    static const uint32_t legacy[] = {0x05, 0x06}, second[] = {0x79}, first[] = {0x71};
    static const uint64_t inputs[] = {INPUT, UINT64_C(0x7ffff000), UINT64_C(0x5555555555000), UINT64_C(0x2aaaaaaaa000)};
    uint32_t levels = vt_path_table(path)->levels, mgaw = (uint32_t)vt_cap(vt->t, "MGAW") + 1;
    uint32_t bits = path->fs ? (levels == 5 ? 56 : 47) : 12 + 9 * levels;

    if (!path->fs && mgaw < bits)
        bits = mgaw;
    if (!test_has(vt->t, IOTB_F_WIDE_ADDRESS) && test_desc(vt->t)->address_bits < bits)
        bits = test_desc(vt->t)->address_bits;
    vt_path_page(path, UINT64_C(0x1000), VT_RW);
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        struct iotb_request r = vt_request(path, i & 1 ? IOTB_READ : IOTB_WRITE, inputs[i] + 0x9c0, 4);

        if (inputs[i] >> bits)
            continue;
        if (path->fs)
            vt_expect_fault_any(vt, "VTD-11-021", &r, first, 1, 0);
        else if (path->flavour->mode == VT_LEGACY)
            vt_expect_fault_any(vt, "VTD-11-021", &r, legacy + (i & 1), 1, 0);
        else
            vt_expect_fault_any(vt, "VTD-11-021", &r, second, 1, 0);
    }
}

static void walked(struct test *t)
{
    vt_each_flavour(t, VT_PAGED_FLAVOURS, walked_body);
}

/* PP, PV and PRIV are there whatever the fault: here the device has no entry, or the mode does not know PASIDs. */
static void pasids(struct test *t)
{
    uint32_t pss = (uint32_t)vt_ecap(t, "PSS") + 1;

    for (int mode = has_legacy(t) ? VT_LEGACY : VT_SCALABLE; mode <= VT_SCALABLE; mode++) {
        struct vt vt;

        test_reset(t, IOTB_RESET_COLD);
        vt_open_mode(&vt, t, (enum vt_mode)mode);
        for (uint32_t n = 0; n < pss + 2; n++) {
            struct iotb_request r = {.kind = n & 1 ? IOTB_READ : IOTB_WRITE,
                                     .bytes = 4,
                                     .flags = IOTB_RQ_PASID,
                                     .address = INPUT,
                                     .requester_id = stranger(&vt)};

            r.pasid = n < pss ? 1u << n : n == pss ? (1u << pss) - 1 : 0;
            if (test_has(t, IOTB_F_PRIVILEGE) && n % 3 == 0)
                r.flags |= IOTB_RQ_PRIVILEGED;
            vt_once(&vt);
            if (mode == VT_LEGACY)
                vt_expect_fault(&vt, "VTD-11-016", &r, 0x31, 0);
            else
                expect_unknown(&vt, "VTD-11-016", &r, 0);
        }
        vt_close(&vt);
    }
}

/* Faults behind the PASID directory, with 20 bits of PASID. */
static void pasids_deep(struct test *t)
{
    static const uint32_t values[] = {0x01234, 0xfffff, 0x80000, 0x0ffff, 0x00040};
    enum vt_flavour_id flavour = vt_has_flavour(t, VT_PASID_SS) ? VT_PASID_SS : VT_PASID_FS;
    uint32_t end = 1u << (vt_ecap(t, "PSS") + 1);
    struct vt_path path;
    struct vt vt;

    vt_open_mode(&vt, t, VT_SCALABLE);
    vt_path_open(&vt, &path, flavour, vt_rid(&vt, 0), 0x45, 4);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct iotb_request r = vt_request(&path, i & 1 ? IOTB_READ : IOTB_WRITE, INPUT, 8);

        if (values[i] >= end)
            continue;
        r.pasid = values[i];
        vt_expect_fault(&vt, "VTD-11-016", &r, values[i] >> 6 == 0x45 >> 6 ? 0x59 : 0x51, 0);
    }
    vt_close(&vt);
}

/* A request that got its PASID from RID_PASID or the default had none. */
static void without_pasid_body(struct vt *vt, struct vt_path *path)
{
    uint32_t reason = path->fs ? 0x71 : 0x79;
    struct iotb_request r = vt_request(path, IOTB_READ, INPUT, 8);

    vt_expect_fault(vt, "VTD-11-015", &r, reason, 0);
}

static void without_pasid(struct test *t)
{
    vt_each_flavour(t, (VT_SCALABLE_FLAVOURS & VT_PAGED_FLAVOURS), without_pasid_body);
}

/* PRIV and EXE as the prefix has them. */
static void privileges(struct test *t)
{
    bool early = vt_ver(t) >= 8; /* RTA.5: ER is refused before any table */
    struct vt vt;

    vt_open_mode(&vt, t, VT_SCALABLE);
    for (uint32_t n = 0; n < 8; n++) {
        struct iotb_request r = {.kind = n & 4 ? IOTB_WRITE : IOTB_READ,
                                 .bytes = 8,
                                 .flags = IOTB_RQ_PASID,
                                 .pasid = 0x12,
                                 .requester_id = stranger(&vt),
                                 .address = INPUT};

        if ((n & 1) && (n & 4))
            continue;
        r.flags |= n & 1 ? IOTB_RQ_EXECUTE : 0;
        r.flags |= n & 2 ? IOTB_RQ_PRIVILEGED : 0;
        test_context(t, "ER = %u, PR = %u, %s", n & 1, n >> 1 & 1, n & 4 ? "write" : "read");
        if ((n & 1) && early)
            vt_expect_fault(&vt, "VTD-11-019", &r, 0x34, 0);
        else
            expect_unknown(&vt, n & 1 ? "VTD-11-019" : "VTD-11-018", &r, 0);
    }
    vt_close(&vt);
}

/* The same where the fault is of the entry that decides on privilege: 5Ch for ER, 5Dh for PR without SRE. */
static void privileges_deep(struct test *t)
{
    enum vt_flavour_id flavour = vt_has_flavour(t, VT_PASID_FS) ? VT_PASID_FS : VT_PASID_SS;
    struct iotb_request r;
    struct vt_path path;
    uint64_t host;
    struct vt vt;

    vt_open_mode(&vt, t, VT_SCALABLE);
    vt_path_open(&vt, &path, flavour, vt_rid(&vt, 0), 0x45, 4);
    host = vt_path_page(&path, INPUT, VT_RW);
    r = vt_request(&path, IOTB_READ, INPUT + 0x40, 8);
    vt_expect_ok(&vt, "VTD-11-018", &r, host + 0x40);
    r.flags |= IOTB_RQ_PRIVILEGED;
    vt_expect_fault(&vt, "VTD-11-018", &r, 0x5d, host + 0x40);
    r.flags = IOTB_RQ_PASID | IOTB_RQ_EXECUTE;
    vt_expect_fault(&vt, "VTD-11-019", &r, vt_ver(t) >= 8 ? 0x34 : 0x5c, host + 0x40);
    vt_close(&vt);
}

/* Fields that the unit does not have read 0. */
static void absent_fields(struct test *t)
{
    struct iotb_request r = {.kind = IOTB_READ, .bytes = 8, .address = INPUT};
    struct vt_fault f = {0};
    struct vt vt;

    open_any(&vt, t);
    r.requester_id = stranger(&vt);
    for (int n = 0; n < 2; n++) {
        if (n && test_has(t, IOTB_F_PASID)) {
            r.flags = IOTB_RQ_PASID | (test_has(t, IOTB_F_PRIVILEGE) ? IOTB_RQ_PRIVILEGED | IOTB_RQ_EXECUTE : 0);
            r.pasid = 0xfffff;
        }
        request_run(t, &r);
        if (!vt_fault_take(&vt, &f)) {
            /* A unit without PASID support may drop a request that carries one. */
            CHECK(t, "VTD-11-017", n == 1, "a request of an unknown device is recorded");
            continue;
        }
        CHECK_EQ(t, "VTD-11-017", 0, f.pv, "PV");
        CHECK_EQ(t, "VTD-11-017", 0, f.pp, "PP");
        CHECK_EQ(t, "VTD-11-017", 0, f.exe, "EXE");
        CHECK_EQ(t, "VTD-11-017", 0, f.priv, "PRIV");
    }
    vt_fault_clear(&vt);
    vt_close(&vt);
}

/* Bits that no field has, with every field as full as it gets; AT of a unit without Device-TLBs. */
static void reserved_bits(struct test *t)
{
    struct iotb_request r = {.kind = IOTB_READ, .bytes = 4, .address = 0xfffffffc};
    uint64_t words[2];
    struct vt vt;

    open_any(&vt, t);
    r.requester_id = test_has(t, IOTB_F_ANY_REQUESTER) ? 0xffff : vt_rid(&vt, 0);
    vt_once(&vt);
    expect_unknown(&vt, "VTD-11-014", &r, 0);
    vt_command(&vt, "TE", false);
    vt_command(&vt, "TE", true);
    request_run(t, &r);
    words[0] = reg_read64(t, vt_fault_address(&vt, 0));
    words[1] = reg_read64(t, vt_fault_address(&vt, 0) + 8);
    CHECK(t, "VTD-11-508", words[1] >> 63, "a fault is recorded");
    CHECK_EQ(t, "VTD-11-508", 0, words[0] & 0xfff, "bits 11:0 of the record");
    CHECK_EQ(t, "VTD-11-508", 0, words[1] >> 16 & 0xfff, "bits 91:80 of the record");
    CHECK_EQ(t, "VTD-11-501", words[1],
             (uint64_t)reg_read32(t, vt_fault_address(&vt, 0) + 12) << 32 | reg_read32(t, vt_fault_address(&vt, 0) + 8),
             "the upper half of the record as two doublewords");
    CHECK_EQ(t, "VTD-11-501", words[0],
             (uint64_t)reg_read32(t, vt_fault_address(&vt, 0) + 4) << 32 | reg_read32(t, vt_fault_address(&vt, 0)),
             "the lower half of the record as two doublewords");
    vt_fault_clear(&vt);
    vt_close(&vt);
}

/* ---- what a refused request does ---- */

static void blocked_body(struct vt *vt, struct vt_path *path)
{
    static const uint32_t sizes[] = {1, 2, 4, 8, 16, 32, 64};
    uint64_t host = vt_path_page(path, INPUT, VT_RW), input = path->flavour->pgtt == 4 ? host : INPUT;
    bool legacy = path->flavour->mode == VT_LEGACY;

    /* The device worked; now its context entry is gone. */
    mem_write64(vt->t, vt_context_address(vt, path->rid), 0);
    vt_flush_writes(vt);
    vt_invalidate_all(vt);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int kind = IOTB_READ; kind <= IOTB_WRITE; kind++) {
            struct iotb_request r = vt_request(path, (enum iotb_request_kind)kind, input + 0x80, sizes[i]);

            if (sizes[i] > test_desc(vt->t)->request_bytes_max)
                continue;
            vt_expect_fault(vt, i & 1 ? "VTD-7-145" : "VTD-7-146", &r, legacy ? 0x02 : 0x41, host + 0x80);
        }
}

static void blocked(struct test *t)
{
    vt_each_flavour(t, VT_ALL_FLAVOURS, blocked_body);
}

/* A request of many doublewords, aligned or not, makes one record. */
static void one_record(struct test *t)
{
    struct vt vt;

    open_any(&vt, t);
    for (uint32_t n = 0; n < 12; n++) {
        struct iotb_request r = {.kind = n & 1 ? IOTB_READ : IOTB_WRITE, .requester_id = stranger(&vt)};

        r.bytes = n < 4 ? 8 : n < 8 ? 20 : 64;
        if (r.bytes > test_desc(t)->request_bytes_max)
            r.bytes = test_desc(t)->request_bytes_max;
        r.address = INPUT + 0x100 + 12 * n;
        vt_once(&vt);
        expect_unknown(&vt, "VTD-7-146", &r, 0);
        CHECK_EQ(t, "VTD-7-146", 0, vt_field(t, "FSTS_REG", "PFO"), "FSTS.PFO after one request of %u bytes", r.bytes);
    }
    vt_close(&vt);
}

/* ---- reset ---- */

/* IQE by a bad descriptor, IWC by a wait, PFO and every record by faults. */
static void fill_status(struct vt *vt, uint32_t count)
{
    struct test *t = vt->t;

    if (vt->queue_on) {
        struct vt_descriptor wait = vt_desc_wait(true, false, false, 0, 0), bad = {{0}};

        vt_put(vt, &wait);
        vt_put(vt, &bad);
        vt_ring(vt);
        test_settle(t);
    }
    for (uint32_t i = 0; i <= count; i++) {
        struct iotb_request r = {.kind = IOTB_WRITE, .bytes = 4, .address = INPUT + UINT64_C(0x3000) * i};

        r.requester_id = test_has(t, IOTB_F_ANY_REQUESTER) ? (uint16_t)(0x8001 + 53 * i) : vt_rid(vt, i);
        request_run(t, &r);
    }
}

static void warm_reset(struct test *t)
{
    uint64_t low[256], high[256], status, error, ics;
    uint32_t count;
    struct vt vt;

    open_any(&vt, t);
    count = (uint32_t)vt_cap(t, "NFR") + 1;
    fill_status(&vt, count);
    status = vt_reg(t, "FSTS_REG");
    error = vt_reg(t, "IQERCD_REG");
    ics = vt_reg(t, "ICS_REG");
    CHECK_EQ(t, "VTD-11-512", vt.queue_on ? 0x13 : 0x3, status & 0xff, "FSTS_REG before the reset");
    for (uint32_t i = 0; i < count; i++) {
        low[i] = reg_read64(t, vt_fault_address(&vt, i));
        high[i] = reg_read64(t, vt_fault_address(&vt, i) + 8);
    }
    test_reset(t, IOTB_RESET_WARM);
    CHECK_EQ(t, "VTD-11-514", 0, vt_reg(t, "GSTS_REG"), "GSTS_REG after a warm reset");
    CHECK_EQ(t, "VTD-11-514", 0, vt_reg(t, "RTADDR_REG"), "RTADDR_REG after a warm reset");
    CHECK_EQ(t, "VTD-11-514", 0, vt_reg(t, "IQA_REG"), "IQA_REG after a warm reset");
    CHECK_EQ(t, "VTD-11-514", 0, vt_reg(t, "IQT_REG"), "IQT_REG after a warm reset");
    CHECK_EQ(t, "VTD-11-515", 0x80000000, vt_reg(t, "FECTL_REG"), "FECTL_REG after a warm reset");
    CHECK_EQ(t, "VTD-11-512", status, vt_reg(t, "FSTS_REG"), "FSTS_REG after a warm reset");
    CHECK_EQ(t, "VTD-11-024", status, vt_reg(t, "FSTS_REG"), "FSTS_REG after a warm reset");
    CHECK_EQ(t, "VTD-11-512", error, vt_reg(t, "IQERCD_REG"), "IQERCD_REG after a warm reset");
    CHECK_EQ(t, "VTD-11-512", ics, vt_reg(t, "ICS_REG"), "ICS_REG after a warm reset");
    for (uint32_t i = 0; i < count; i++) {
        CHECK_EQ(t, "VTD-11-024", low[i], reg_read64(t, vt_fault_address(&vt, i)), "record %u, lower half", i);
        CHECK_EQ(t, "VTD-11-024", high[i], reg_read64(t, vt_fault_address(&vt, i) + 8), "record %u, upper half", i);
    }
    /* Sticky is not stuck. */
    vt_fault_clear(&vt);
    vt_reg_set(t, "FSTS_REG", vt_reg_bits("FSTS_REG", "IQE", 1));
    CHECK_EQ(t, "VTD-11-512", 0, vt_reg(t, "FSTS_REG") & 0xff, "FSTS_REG after it was cleared");
    open_any(&vt, t);
    vt_close(&vt);
    open_any(&vt, t);
    fill_status(&vt, count);
    test_reset(t, IOTB_RESET_COLD);
    CHECK_EQ(t, "VTD-11-512", 0, vt_reg(t, "FSTS_REG") & 0xff, "FSTS_REG after a cold reset");
    CHECK_EQ(t, "VTD-11-512", 0, vt_reg(t, "ICS_REG"), "ICS_REG after a cold reset");
    for (uint32_t i = 0; i < count; i++)
        CHECK_EQ(t, "VTD-11-024", 0, reg_read32(t, vt_fault_address(&vt, i) + 12) >> 31, "F of record %u after a cold reset", i);
    open_any(&vt, t);
    vt_close(&vt);
}

#define CASE(tag, text, function, rowlist, when, needs)                                                                       \
    {                                                                                                                         \
        .name = "vtd.fault_records." tag, .summary = text, .run = function, .rows = rowlist, .gate = when, .features = needs, \
        .functional = true, .tier = TIER_FULL                                                                                 \
    }

static const struct iotb_case cases[] = {
    {.name = "vtd.fault_records.kinds",
     .summary = "T1 and T2 name the kind of request.",
     .run = kinds,
     .rows = "VTD-11-012",
     .functional = true,
     .tier = TIER_SMOKE},
    CASE("sources", "SID is the requester id, every bit of it.", sources, "VTD-11-020", NULL, IOTB_F_ANY_REQUESTER),
    CASE("addresses", "FI is the input page, every bit of it up to the largest AGAW.", addresses, "VTD-11-021 VTD-11-022", NULL,
         0),
    CASE("walked", "FI of a fault that a walk meets is the input address too.", walked,
         "VTD-11-021 VTD-11-022 VTD-11-012 VTD-11-015", NULL, 0),
    CASE("pasids", "PP, PV and PRIV are those of the request, also when no entry was found.", pasids,
         "VTD-11-015 VTD-11-016 VTD-11-018", "ECAP.PASID", IOTB_F_PASID),
    CASE("pasids_deep", "PV has all 20 bits in faults of the PASID tables.", pasids_deep, "VTD-11-015 VTD-11-016",
         "ECAP.SMTS&ECAP.PASID&ECAP.PSS>=6", IOTB_F_PASID),
    CASE("without_pasid", "A request without PASID has PP = 0, whatever PASID it was given.", without_pasid, "VTD-11-015",
         "ECAP.SMTS", 0),
    CASE("privileges", "PRIV and EXE are PR and ER of the request.", privileges, "VTD-11-018 VTD-11-019", "ECAP.SMTS&ECAP.PASID",
         IOTB_F_PASID | IOTB_F_PRIVILEGE),
    CASE("privileges_deep", "PRIV and EXE in the faults that are about them.", privileges_deep, "VTD-11-018 VTD-11-019",
         "ECAP.SMTS&ECAP.PASID&ECAP.PSS>=6", IOTB_F_PASID | IOTB_F_PRIVILEGE),
    CASE("absent_fields", "Without PASID support PV, PP, EXE and PRIV read 0.", absent_fields, "VTD-11-017", "!ECAP.PASID", 0),
    CASE("reserved_bits", "Bits of a record that no field has read 0; so does AT without Device-TLBs.", reserved_bits,
         "VTD-11-014 VTD-11-501 VTD-11-508", "!ECAP.DT", 0),
    CASE("blocked", "A refused request changes no memory and returns none of it, whatever its size.", blocked,
         "VTD-7-145 VTD-7-146", NULL, 0),
    CASE("one_record", "One request makes one record.", one_record, "VTD-7-146", NULL, 0),
    CASE("warm_reset", "Records and sticky status survive a warm reset and nothing else does.", warm_reset,
         "VTD-11-024 VTD-11-512 VTD-11-514 VTD-11-515", NULL, IOTB_F_WARM_RESET),
};

const struct iotb_case_list vtd_fault_records_cases = {cases, sizeof cases / sizeof cases[0]};
