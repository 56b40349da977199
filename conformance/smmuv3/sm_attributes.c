/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory types: of translated and of bypassing accesses, and of the SMMU's own (chapter 13, 5.2, 5.4, 6.3.11). */
#include "build/sm.h"
#include "sm_chapters.h"

#define INPUT UINT64_C(0x03a51000)
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* As dut.h reports them. */
enum { DEVICE = 0, NON_CACHEABLE = 1, WRITE_THROUGH = 4, WRITE_BACK = 6, NONE = 0xff };

static const char *type_name(uint32_t type)
{
    return type == DEVICE          ? "Device"
           : type == NON_CACHEABLE ? "Non-cacheable"
           : type == WRITE_THROUGH ? "write-through"
           : type == WRITE_BACK    ? "write-back"
                                   : "none";
}

/* 13.1.5: the one that allows less. */
static uint32_t stronger(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Inner and outer alike, as MemAttr of a stage 2 descriptor, of an STE or of GBPA. */
static const struct {
    uint32_t memattr, type;
} memattrs[] = {{0, DEVICE}, {1, DEVICE}, {2, DEVICE}, {3, DEVICE}, {5, NON_CACHEABLE}, {10, WRITE_THROUGH}, {15, WRITE_BACK}};

/* The type of the last access to these bytes since mark, NONE if there was none or the DUT does not say. */
static uint32_t type_at(struct test *t, size_t mark, uint64_t address, uint32_t bytes)
{
    uint32_t type = NONE;

    for (size_t i = mark; i < trace_length(t); i++) {
        const struct iotb_access *a = trace_at(t, i);

        if (a->address < address + bytes && address < a->address + a->bytes)
            type = a->memory_type;
    }
    return type;
}

/* The request arrives at host with this memory type, on a miss and on a hit. */
static void check_type(struct sm *sm, const char *row, const struct iotb_request *r, uint64_t host, uint32_t type)
{
    sm_invalidate_all(sm);
    for (uint32_t hit = 0; hit < 2; hit++) {
        size_t mark = trace_mark(sm->t);
        uint32_t seen;

        sm_once(sm);
        sm_expect_ok(sm, row, r, host);
        seen = type_at(sm->t, mark, host, r->bytes);
        CHECK(sm->t, row, seen == type, "memory type of the access: expected %s, seen %s", type_name(type), type_name(seen));
    }
}

static uint32_t incoming_type(struct sm *sm)
{
    uint64_t host = mem_alloc(sm->t, 4096, 4096);
    struct iotb_request r;
    struct sm_path path;
    size_t mark;

    sm_path_open(sm, &path, SM_F_BYPASS, sm_sid(sm, 1), 0, 0, 0);
    r = sm_request(&path, IOTB_WRITE, host, 8);
    mark = trace_mark(sm->t);
    request_run(sm->t, &r);
    test_settle(sm->t);
    return type_at(sm->t, mark, host, 8);
}

/* ---- stage 1 ---- */

static const struct {
    uint8_t mair;
    uint32_t type;
} mairs[] = {{0xff, WRITE_BACK}, {0x44, NON_CACHEABLE}, {0x00, DEVICE},        {0xbb, WRITE_THROUGH}, {0x04, DEVICE},
             {0xee, WRITE_BACK}, {0x08, DEVICE},        {0xaa, WRITE_THROUGH}, {0x0c, DEVICE}};

static void set_mair(struct sm *sm, const struct sm_path *path, uint32_t index, uint8_t value)
{
    uint64_t cd = sm_cd_address(sm, path->sid, path->ssid);
    uint32_t lo = 3 * 64 + 8 * index; /* MAIR0 and MAIR1 are dword 3 */

    sm_set_bits(sm, cd, lo + 7, lo, value);
}

/* Each index with each type, while the other bytes say something else. */
static void stage1_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, INPUT, SM_RW), leaf = sm_path_leaf(path, INPUT);
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + 0x40, 8);

    for (uint32_t index = 0; index < 8; index++) {
        sm_set_bits(sm, leaf, 4, 2, index);
        for (size_t i = 0; i < COUNT(mairs); i++) {
            for (uint32_t other = 0; other < 8; other++)
                set_mair(sm, path, other, mairs[i].type == WRITE_BACK ? 0x44 : 0xff);
            set_mair(sm, path, index, mairs[i].mair);
            test_context(sm->t, "%s, AttrIndx=%u, MAIR byte %02x", path->flavour->name, index, mairs[i].mair);
            check_type(sm, "SMMU-5-149", &r, host + 0x40, mairs[i].type);
        }
    }
}

static void stage1(struct test *t)
{
    sm_each_flavour(t, SM_S1_FLAVOURS | SM_EL2_FLAVOURS | SM_E2H_FLAVOURS | SM_NESTED_FLAVOURS, stage1_body);
}

/* Unallocated codes: Device, or the type of the outer attributes (5.4 MAIR0). */
static void stage1_codes_body(struct sm *sm, struct sm_path *path)
{
    static const uint8_t device[] = {0x01, 0x05, 0x09, 0x0d};
    uint64_t host = sm_path_page(path, INPUT, SM_RW);
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + 0x40, 8);

    for (size_t i = 0; i < COUNT(device); i++) {
        test_context(sm->t, "MAIR byte %02x", device[i]);
        set_mair(sm, path, 0, device[i]);
        check_type(sm, "SMMU-5-150", &r, host + 0x40, DEVICE);
    }
}

static void stage1_codes(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1), stage1_codes_body);
}

/* Stage 1 replaces the type that comes in, whatever the STE makes of that. */
static void replaced_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, INPUT, SM_RW);
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + 0x40, 8);

    sm_ste_set(sm, path->sid, "MTCFG", 1);
    for (size_t in = 0; in < COUNT(memattrs); in++)
        for (size_t i = 0; i < 4; i++) {
            sm_ste_set(sm, path->sid, "MemAttr", memattrs[in].memattr);
            set_mair(sm, path, 0, mairs[i].mair);
            test_context(sm->t, "STE.MemAttr=%u, MAIR byte %02x", memattrs[in].memattr, mairs[i].mair);
            check_type(sm, "SMMU-13-014", &r, host + 0x40, mairs[i].type);
        }
}

static void replaced(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1), replaced_body);
}

/* ---- bypass ---- */

static uint32_t type_of_memattr(uint32_t code)
{
    for (size_t i = 0; i < COUNT(memattrs); i++)
        if (memattrs[i].memattr == code)
            return memattrs[i].type;
    return code % 4 == 0 ? DEVICE : NONE; /* 4, 8 and 12 are Reserved: Device-nGnRnE. Others mix inner and outer */
}

static void bypass(struct test *t)
{
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_BYPASS, sm_sid(&sm, 0), 0, 0, 0);
    host = mem_alloc(t, 4096, 4096);
    r = sm_request(&path, IOTB_WRITE, host + 0x40, 8);
    check_type(&sm, "SMMU-13-010", &r, host + 0x40, incoming_type(&sm));
    sm_ste_set(&sm, path.sid, "MTCFG", 1);
    for (uint32_t code = 0; code < 16; code++) {
        if (type_of_memattr(code) == NONE)
            continue;
        test_context(t, "STE.MTCFG=1, MemAttr=%u", code);
        sm_ste_set(&sm, path.sid, "MemAttr", code);
        check_type(&sm, "SMMU-13-010", &r, host + 0x40, type_of_memattr(code));
    }
    sm_close(&sm);
}

static void disabled(struct test *t)
{
    struct sm_config config = {.stay_off = true};
    uint64_t host = mem_alloc(t, 4096, 4096);
    struct iotb_request r = {.size = sizeof r, .kind = IOTB_WRITE, .bytes = 8, .address = host + 0x40};
    struct sm sm;

    sm_open(&sm, t, &config);
    r.requester_id = (uint16_t)sm_sid(&sm, 0);
    for (uint32_t code = 0; code < 16; code++) {
        if (type_of_memattr(code) == NONE)
            continue;
        test_context(t, "GBPA.MTCFG=1, MemAttr=%u", code);
        sm_gbpa(&sm, (uint32_t)(sm_reg_bits("SMMU_GBPA", "MTCFG", 1) | sm_reg_bits("SMMU_GBPA", "MemAttr", code) |
                                sm_reg_bits("SMMU_GBPA", "SHCFG", 1)));
        check_type(&sm, "SMMU-13-009", &r, host + 0x40, type_of_memattr(code));
    }
    sm_gbpa(&sm, (uint32_t)sm_reg_bits("SMMU_GBPA", "SHCFG", 1));
    sm_close(&sm);
}

/* ---- stage 2 ---- */

static uint64_t stage2_leaf(struct sm_path *path)
{
    return sm_entry(path->sm, path->s2, sm_path_ipa(path, INPUT), 3);
}

static void nested_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, INPUT, SM_RW), leaf = stage2_leaf(path);
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + 0x40, 8);

    for (size_t i = 0; i < COUNT(mairs); i++)
        for (size_t j = 0; j < COUNT(memattrs); j++) {
            set_mair(sm, path, 0, mairs[i].mair);
            sm_set_bits(sm, leaf, 5, 2, memattrs[j].memattr);
            test_context(sm->t, "MAIR byte %02x, stage 2 MemAttr=%u", mairs[i].mair, memattrs[j].memattr);
            check_type(sm, "SMMU-13-015", &r, host + 0x40, stronger(mairs[i].type, memattrs[j].type));
        }
}

/* NoTagAccess is write-back here: the SMMU makes no tagged accesses (3.23.1). */
static void untagged_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, INPUT, SM_RW), leaf = stage2_leaf(path);
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + 0x40, 8);

    for (size_t i = 0; i < COUNT(mairs); i++) {
        set_mair(sm, path, 0, mairs[i].mair);
        sm_set_bits(sm, leaf, 5, 2, 4);
        test_context(sm->t, "MAIR byte %02x, stage 2 MemAttr=4", mairs[i].mair);
        check_type(sm, "SMMU-13-020", &r, host + 0x40, mairs[i].type);
    }
}

static void untagged(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_NESTED), untagged_body);
}

static void nested(struct test *t)
{
    sm_each_flavour(t, SM_NESTED_FLAVOURS, nested_body);
}

/* 13.1.6: 110 write-back, 111 as stage 1 has it, 101 Normal becomes Non-cacheable, 0xx Device. */
static uint32_t forced(uint32_t memattr, uint32_t first)
{
    return memattr == 6 ? WRITE_BACK : memattr == 7 ? first : memattr == 5 ? stronger(first, NON_CACHEABLE) : DEVICE;
}

static void forced_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, INPUT, SM_RW), leaf = stage2_leaf(path);
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + 0x40, 8);

    sm_ste_set(sm, path->sid, "S2FWB", 1);
    for (size_t i = 0; i < COUNT(mairs); i++)
        for (uint32_t memattr = 0; memattr < 8; memattr++) {
            if (memattr == 4)
                continue;
            set_mair(sm, path, 0, mairs[i].mair);
            sm_set_bits(sm, leaf, 5, 2, memattr);
            test_context(sm->t, "S2FWB=1, MAIR byte %02x, stage 2 MemAttr=%u", mairs[i].mair, memattr);
            check_type(sm, "SMMU-13-018", &r, host + 0x40, forced(memattr, mairs[i].type));
        }
}

static void forced_write_back(struct test *t)
{
    sm_each_flavour(t, SM_NESTED_FLAVOURS, forced_body);
}

static void stage2_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, INPUT, SM_RW), leaf = stage2_leaf(path);
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + 0x40, 8);
    uint32_t in = incoming_type(sm);
    bool overrides = sm_idr(sm->t, 1, "ATTR_TYPES_OVR") != 0;

    for (size_t j = 0; j < COUNT(memattrs); j++) {
        test_context(sm->t, "incoming %s, stage 2 MemAttr=%u", type_name(in), memattrs[j].memattr);
        sm_set_bits(sm, leaf, 5, 2, memattrs[j].memattr);
        check_type(sm, "SMMU-13-017", &r, host + 0x40, stronger(in, memattrs[j].type));
        for (size_t i = 0; i < COUNT(memattrs) && overrides; i++) {
            test_context(sm->t, "STE.MemAttr=%u, stage 2 MemAttr=%u", memattrs[i].memattr, memattrs[j].memattr);
            sm_ste_set(sm, path->sid, "MTCFG", 1);
            sm_ste_set(sm, path->sid, "MemAttr", memattrs[i].memattr);
            check_type(sm, "SMMU-13-017", &r, host + 0x40, stronger(memattrs[i].type, memattrs[j].type));
        }
        sm_ste_set(sm, path->sid, "MTCFG", 0);
    }
}

static void stage2(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S2), stage2_body);
}

/* ---- the SMMU's own accesses ---- */

/* Cacheability of structures and walks: 00 Non-cacheable, 01 and 11 write-back, 10 write-through. */
static uint32_t cacheability(uint32_t code)
{
    return code == 0 ? NON_CACHEABLE : code == 2 ? WRITE_THROUGH : WRITE_BACK;
}

static void check_own(struct sm *sm, const struct iotb_request *r, const char *what, uint64_t address, uint32_t bytes,
                      uint32_t type)
{
    size_t mark;
    uint32_t seen;
    struct iotb_request request = *r;

    sm_invalidate_all(sm);
    mark = trace_mark(sm->t);
    request_run(sm->t, &request);
    test_settle(sm->t);
    seen = type_at(sm->t, mark, address, bytes);
    CHECK(sm->t, "SMMU-13-022", seen == type, "%s: expected %s, seen %s", what, type_name(type), type_name(seen));
    sm_event_clear(sm);
}

static void own_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, INPUT, SM_RW), ste = sm_ste_address(sm, path->sid);
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + 0x40, 8);

    sm_expect_ok(sm, "SMMU-13-022", &r, host + 0x40);
    for (uint32_t code = 0; code < 4; code++) {
        test_context(sm->t, "%s, cacheability %u", path->flavour->name, code);
        if (path->s1 && !path->s2) {
            uint64_t cd = sm_cd_address(sm, path->sid, path->ssid);

            sm_set_field(sm, ste, "STE", "S1CIR", code);
            sm_set_field(sm, ste, "STE", "S1COR", code);
            check_own(sm, &r, "CD", cd, 64, cacheability(code));
            sm_set_field(sm, cd, "CD", "IR0", code);
            sm_set_field(sm, cd, "CD", "OR0", code);
            check_own(sm, &r, "stage 1 descriptor", sm_path_leaf(path, INPUT), 8, cacheability(code));
        } else if (path->s2) {
            sm_set_field(sm, ste, "STE", "S2IR0", code);
            sm_set_field(sm, ste, "STE", "S2OR0", code);
            check_own(sm, &r, "stage 2 descriptor", stage2_leaf(path), 8, cacheability(code));
        }
        /* CR1 can be written with everything off; 11 is Reserved and acts as 00. */
        sm_enable(sm, "SMMUEN", 0);
        sm_field_set(sm->t, "SMMU_CR1", "TABLE_IC", code);
        sm_field_set(sm->t, "SMMU_CR1", "TABLE_OC", code);
        sm_enable(sm, "SMMUEN", 1);
        check_own(sm, &r, "STE", ste, 64, code == 3 ? NON_CACHEABLE : cacheability(code));
    }
}

static void own(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2), own_body);
}

/* Command and event queues (6.3.11.2). */
static void own_queues(struct test *t)
{
    struct sm_command sync = sm_cmd_sync();
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_BYPASS, sm_sid(&sm, 0), 0, 0, 0);
    for (uint32_t code = 0; code < 4; code++) {
        uint32_t type = code == 3 ? NON_CACHEABLE : cacheability(code);
        uint64_t slot;
        size_t mark;

        test_context(t, "QUEUE_IC and QUEUE_OC=%u", code);
        sm_enable(&sm, "EVENTQEN", 0);
        sm_enable(&sm, "CMDQEN", 0);
        sm_field_set(t, "SMMU_CR1", "QUEUE_IC", code);
        sm_field_set(t, "SMMU_CR1", "QUEUE_OC", code);
        sm_enable(&sm, "CMDQEN", 1);
        sm_enable(&sm, "EVENTQEN", 1);
        slot = sm_command_slot(&sm, sm.cmdq_prod);
        mark = trace_mark(t);
        sm_expect_consumed(&sm, "SMMU-13-022", &sync);
        CHECK_EQ(t, "SMMU-13-022", type, type_at(t, mark, slot, 16), "memory type of a command fetch");
        sm_ste_set(&sm, path.sid, "V", 0);
        sm_cfgi_ste(&sm, path.sid);
        slot = sm_event_slot(&sm, sm.eventq_cons);
        r = sm_request(&path, IOTB_READ, INPUT, 8);
        mark = trace_mark(t);
        sm_once(&sm);
        sm_expect_config(&sm, "SMMU-13-022", &r, SM_C_BAD_STE, 0);
        CHECK_EQ(t, "SMMU-13-022", type, type_at(t, mark, slot, 32), "memory type of an event record");
    }
    sm_close(&sm);
}

#define SEEN (IOTB_F_ATTRIBUTES | IOTB_F_BENCH_MEMORY)
#define S1 "IDR0.TTF:1&IDR0.S1P"
#define S2 "IDR0.TTF:1&IDR0.S2P"

static const struct iotb_case cases[] = {
    {.name = "smmuv3.attributes.stage1",
     .summary = "AttrIndx selects the byte of MAIR that gives an access its memory type",
     .run = stage1,
     .rows = "SMMU-5-149",
     .gate = S1,
     .features = SEEN,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.attributes.stage1_codes",
     .summary = "unallocated Device codes of MAIR are Device",
     .run = stage1_codes,
     .rows = "SMMU-5-150",
     .gate = S1,
     .features = SEEN,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.attributes.replaced",
     .summary = "stage 1 replaces the memory type that comes in, overridden or not",
     .run = replaced,
     .rows = "SMMU-13-014",
     .gate = S1 "&IDR1.ATTR_TYPES_OVR",
     .features = SEEN,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.attributes.bypass",
     .summary = "a bypassing stream has the type that comes in, or that of STE.MemAttr with MTCFG=1",
     .run = bypass,
     .rows = "SMMU-13-010",
     .gate = "IDR1.ATTR_TYPES_OVR",
     .features = SEEN,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.attributes.disabled",
     .summary = "with SMMUEN=0 GBPA.MTCFG=1 gives the type of GBPA.MemAttr",
     .run = disabled,
     .rows = "SMMU-13-009",
     .gate = "IDR1.ATTR_TYPES_OVR",
     .features = SEEN,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.attributes.nested",
     .summary = "of the types of both stages the stronger one is used",
     .run = nested,
     .rows = "SMMU-13-015",
     .gate = S1 "&IDR0.S2P",
     .features = SEEN,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.attributes.untagged",
     .summary = "the stage 2 NoTagAccess code is write-back",
     .run = untagged,
     .rows = "SMMU-13-020",
     .gate = S1 "&IDR0.S2P&IDR3.MTEPERM",
     .features = SEEN,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.attributes.forced_write_back",
     .summary = "S2FWB=1: stage 2 says whether the type of stage 1 is kept, Non-cacheable, Device or write-back",
     .run = forced_write_back,
     .rows = "SMMU-13-018",
     .gate = S1 "&IDR0.S2P&IDR3.FWB",
     .features = SEEN,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.attributes.stage2",
     .summary = "stage 2 alone combines its type with the one that comes in, overridden or not",
     .run = stage2,
     .rows = "SMMU-13-017",
     .gate = S2,
     .features = SEEN,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.attributes.own",
     .summary = "fetches of STEs and CDs and walks have the cacheability that CR1, the STE and the CD say",
     .run = own,
     .rows = "SMMU-13-022",
     .gate = "IDR0.TTF:1",
     .features = SEEN,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.attributes.own_queues",
     .summary = "queue accesses have the cacheability of CR1.QUEUE_*",
     .run = own_queues,
     .rows = "SMMU-13-022",
     .features = SEEN,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list sm_attributes_cases = {cases, sizeof cases / sizeof cases[0]};
