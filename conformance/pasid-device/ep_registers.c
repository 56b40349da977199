/* SPDX-License-Identifier: BSD-2-Clause */
/* The registers of BAR0 and BAR4: reset values, rights of access, what is locked, sizes of access. */
#include "build/ep_exerciser.h"
#include "pasid_device_chapters.h"

#include <stdlib.h>
#include <string.h>

#define RESET_PS 1000000000ull

/* ---- all registers ---- */

/* Registers of which there are several: what their names begin with, the first that fits. */
static const struct family {
    const char *prefix;
    uint32_t count, stride;
} families[] = {
    {"BAR0_GRPCFG_", 4, 0x40}, {"BAR0_WQCFG", 8, 0x40}, {"BAR0_MSIXPERM", 9, 8}, {"BAR0_MSIXPBA", 1, 0},  {"BAR0_MSIX_", 9, 16},
    {"BAR0_CNTCTL", 1, 0},     {"BAR0_CNT", 64, 8},     {"BAR4_SLOT_", 8, 0x80}, {"BAR4_HOOK", 16, 0x20}, {"BAR4_INVCOPY", 32, 8},
    {"BAR4_BUFFER", 256, 8},   {"BAR4_TRACECTL", 1, 0}, {"BAR4_TRACEPTR", 1, 0}, {"BAR4_TRACE", 128, 64}, {"BAR4_PRGHOLD", 1, 0},
    {"BAR4_PRGREL", 1, 0},     {"BAR4_PRG", 32, 16},    {"BAR4_TAGS", 256, 8},   {"BAR4_ATC", 64, 0x20},  {"BAR", 1, 0},
};

static const struct family *family_of(const char *reg)
{
    const struct family *family = families;

    while (strncmp(reg, family->prefix, strlen(family->prefix)) != 0)
        family++;
    return family;
}

struct place {
    const char *reg;
    uint32_t at; /* bytes behind the first of its kind */
};

/* Calls for each register of the BAR, each of its kind. `bar`: "BAR0" or "BAR4". */
typedef void visit(struct ep *ep, const struct place *place, void *context);
static void each(struct ep *ep, const char *bar, visit *visitor, void *context)
{
    const char *reg;

    for (size_t i = 0; (reg = spec_reg_at(i)) != NULL; i++) {
        const struct family *family = family_of(strncmp(reg, bar, 4) == 0 ? reg : "BAR");

        for (uint32_t n = 0; n < family->count && strncmp(reg, bar, 4) == 0; n++) {
            struct place place = {reg, n * family->stride};

            test_context(ep->t, "%s, number %u", reg, n);
            visitor(ep, &place, context);
        }
    }
    test_context(ep->t, NULL);
}

static bool is(const struct spec_field *field, const char *access)
{
    return strcmp(field->access, access) == 0;
}

/* Bits of the fields with this access; NULL: every RW and RWL. */
static uint64_t bits_of(const char *reg, const char *access)
{
    const struct spec_field *field;
    uint64_t bits = 0;

    for (size_t n = 0; (field = spec_reg_field_at(reg, n)) != NULL; n++)
        if (access ? is(field, access) : is(field, "RW") || is(field, "RWL"))
            bits |= spec_mask(field);
    return bits;
}

static uint64_t whole(const char *reg)
{
    return spec_reg_field(reg, NULL)->width == 64 ? UINT64_MAX : UINT32_MAX;
}

/* Not to be walked over: writing starts something, or shows what is elsewhere. They have cases of their own. */
static bool acts(const char *reg)
{
    static const char *const those[] = {"BAR0_CMD", "BAR4_XKEY", "BAR4_INVFAKE1", "BAR4_ATC",
                                        "BAR4_ARM", "BAR4_PRG0", "BAR4_PRG1",     "BAR4_TAGS"};

    for (size_t i = 0; i < sizeof(those) / sizeof(those[0]); i++)
        if (strncmp(reg, those[i], strlen(those[i])) == 0 && strcmp(reg, "BAR0_CMDSTS") != 0 && strcmp(reg, "BAR0_CMDCAP") != 0)
            return true;
    return false;
}

/* What may be written without starting a raw slot. */
static uint64_t harmless(const char *reg)
{
    return strcmp(reg, "BAR4_SLOT_CTL") == 0 ? ~ep_reg_bits(reg, "GO", 1) : UINT64_MAX;
}

/* ---- reset values ---- */

static void check_reset(struct ep *ep, const struct place *place, void *context)
{
    uint64_t value = ep_read_at(ep, place->reg, place->at);
    const struct spec_field *field;

    for (size_t n = 0; (field = spec_reg_field_at(place->reg, n)) != NULL; n++)
        if (strcmp(field->reset, "X") != 0)
            CHECK_EQ(ep->t, (const char *)context, is(field, "WO") ? 0 : strtoull(field->reset, NULL, 0), spec_get(field, &value),
                     "%s at reset", field->name);
}

/* B.1: the parameters, where they can be read. */
static void check_parameters(struct ep *ep)
{
    static const struct {
        const char *reg, *field;
        uint64_t least, most;
    } parameters[] = {
        {"BAR0_WQCAP", "WQS", 1, 8},       {"BAR0_WQCAP", "ENTRIES", 8, 256}, {"BAR0_GRPCAP", "GROUPS", 1, 4},
        {"BAR0_ENGCAP", "ENGINES", 1, 4},  {"BAR0_LIMITS", "ENG_RD", 1, 16},  {"BAR0_LIMITS", "TAGS", 8, 256},
        {"BAR0_ATCCAP", "ENTRIES", 1, 64}, {"BAR0_ATCCAP", "TREQ_MAX", 1, 8}, {"BAR0_ATCCAP", "INVQ", 1, 32},
    };

    for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
        uint64_t value = ep_get(ep, parameters[i].reg, parameters[i].field);

        CHECK(ep->t, "DEV-REG-001", value >= parameters[i].least && value <= parameters[i].most,
              "%s.%s is %llu, not %llu to %llu", parameters[i].reg, parameters[i].field, (unsigned long long)value,
              (unsigned long long)parameters[i].least, (unsigned long long)parameters[i].most);
    }
    CHECK_EQ(ep->t, "DEV-REG-001", ep_get(ep, "BAR0_ATCCAP", "ENTRIES"), ep_get(ep, "BAR0_ATCCFG", "LIMIT"), "ATCCFG.LIMIT");
    CHECK_EQ(ep->t, "DEV-REG-001", ep_get(ep, "BAR0_ATCCAP", "TREQ_MAX"), ep_get(ep, "BAR0_ATCCFG", "TREQ_LIMIT"),
             "ATCCFG.TREQ_LIMIT");
    CHECK_EQ(ep->t, "DEV-REG-001", ep_read(ep, "CFG_DVSEC_PRI"), ep_get(ep, "BAR0_PRICFG", "LIMIT"), "PRICFG.LIMIT");
    /* B.3: one bit for each operation of B.4. */
    CHECK_EQ(ep->t, "DEV-REG-001", 0x1047f, ep_read(ep, "BAR0_OPCAP0"), "OPCAP of 00h to 3Fh");
    CHECK_EQ(ep->t, "DEV-REG-001", 7, ep_read(ep, "BAR0_OPCAP2"), "OPCAP of 80h to BFh");
    CHECK_EQ(ep->t, "DEV-REG-001", 0, ep_read(ep, "BAR0_OPCAP1") | ep_read(ep, "BAR0_OPCAP3"), "OPCAP of 40h to 7Fh, C0h to FFh");
}

static void reset_values(struct test *t)
{
    struct ep ep;

    ep_open(&ep, t);
    each(&ep, "BAR0", check_reset, (void *)"DEV-REG-001");
    check_parameters(&ep);
    ep_close(&ep);
}

/* ---- a write changes RW bits and no other ---- */

static void write_half(struct ep *ep, const struct place *place, uint32_t half, uint32_t value)
{
    uint32_t bar = place->reg[3] == '4' ? 4 : 0;

    bar_write(ep->t, bar, spec_reg_field(place->reg, NULL)->offset + place->at + 4 * half, &value, 4);
}

static uint32_t read_half(struct ep *ep, const struct place *place, uint32_t half)
{
    uint64_t value = 0;

    (void)bar_read(ep->t, place->reg[3] == '4' ? 4 : 0, spec_reg_field(place->reg, NULL)->offset + place->at + 4 * half, 4,
                   &value);
    return (uint32_t)value;
}

static void walk_one(struct ep *ep, const struct place *place, void *context)
{
    static const uint64_t patterns[] = {UINT64_MAX, 0, 0x5555555555555555, 0xaaaaaaaaaaaaaaaa, 0x123456789abcdef0};
    const char *row = context;
    uint64_t rw = bits_of(place->reg, NULL), width = whole(place->reg), before, expected;

    if (acts(place->reg) || strcmp(place->reg, "BAR0_TICK") == 0)
        return;
    before = ep_read_at(ep, place->reg, place->at);
    for (uint32_t i = 0; i < 5; i++) {
        uint64_t given = patterns[i] & harmless(place->reg);

        expected = ((before & ~rw) | (given & rw & harmless(place->reg))) & width;
        ep_write_at(ep, place->reg, place->at, given);
        CHECK_EQ(ep->t, row, expected, ep_read_at(ep, place->reg, place->at), "after 0x%llx was written",
                 (unsigned long long)given);
    }
    for (uint32_t half = 0; width > UINT32_MAX && half < 2; half++) {
        uint64_t given = half ? 0xfedcba9800000000 : 0x76543210, mask = half ? ~(uint64_t)UINT32_MAX : UINT32_MAX;

        expected = (expected & ~(rw & mask)) | (given & rw & mask);
        write_half(ep, place, half, (uint32_t)(given >> 32 * half));
        CHECK_EQ(ep->t, row, expected, ep_read_at(ep, place->reg, place->at), "after its %s half was written",
                 half ? "upper" : "lower");
        CHECK_EQ(ep->t, row, (uint32_t)(expected >> 32 * half), read_half(ep, place, half), "its %s half",
                 half ? "upper" : "lower");
    }
    ep_write_at(ep, place->reg, place->at, before & rw);
}

static void rights(struct test *t)
{
    struct ep ep;

    ep_open(&ep, t);
    each(&ep, "BAR0", walk_one, (void *)"DEV-REG-002");
    each(&ep, "BAR0", check_reset, (void *)"DEV-REG-002"); /* nothing was written beside its place */
    CHECK_EQ(t, "DEV-REG-002", 0, ep_read(&ep, "BAR0_CMD"), "CMD reads");
    ep_close(&ep);
}

/* Each place has a pattern of its own, so that no two places share a byte. */
static uint64_t own_pattern(const struct place *place)
{
    uint64_t z = (spec_reg_field(place->reg, NULL)->offset + place->at + 1) * 0x9e3779b97f4a7c15ull;

    return z ^ z >> 29;
}

static void fill_one(struct ep *ep, const struct place *place, void *context)
{
    (void)context;
    if (!acts(place->reg) && bits_of(place->reg, NULL))
        ep_write_at(ep, place->reg, place->at, own_pattern(place) & bits_of(place->reg, NULL) & harmless(place->reg));
}

static void find_one(struct ep *ep, const struct place *place, void *context)
{
    uint64_t rw = bits_of(place->reg, NULL) & harmless(place->reg);

    if (!acts(place->reg) && rw)
        CHECK_EQ(ep->t, (const char *)context, own_pattern(place) & rw, ep_read_at(ep, place->reg, place->at) & rw,
                 "what was written to it before all others");
}

static void apart(struct test *t)
{
    struct ep ep;

    ep_open(&ep, t);
    each(&ep, "BAR0", fill_one, NULL);
    each(&ep, "BAR0", find_one, (void *)"DEV-REG-002");
    ep_close(&ep);
}

/* ---- BAR4 ---- */

static void exerciser_registers(struct test *t)
{
    struct ep ep;
    uint64_t value = 0, both = 0x0000004000000020; /* TYPE of slot 5's CTL, its ATTR.RO, in one write */

    ep_open(&ep, t);
    ep_unlock(&ep);
    each(&ep, "BAR4", check_reset, (void *)"DEV-EXR-017");
    each(&ep, "BAR4", walk_one, (void *)"DEV-EXR-017");
    each(&ep, "BAR4", check_reset, (void *)"DEV-EXR-017");
    each(&ep, "BAR4", fill_one, NULL);
    each(&ep, "BAR4", find_one, (void *)"DEV-EXR-017");
    bar_write(t, 4, 0x100 + 5 * 0x80, &both, 8);
    (void)bar_read(t, 4, 0x100 + 5 * 0x80, 8, &value);
    CHECK_EQ(t, "DEV-EXR-017", both, value, "two registers written and read at once");
    for (uint64_t offset = 0x8100; offset < 0x10000; offset += 0x100) {
        uint64_t ones = UINT64_MAX;

        bar_write(t, 4, offset, &ones, 8);
        (void)bar_read(t, 4, offset, 8, &value);
        CHECK_EQ(t, "DEV-EXR-017", 0, value, "BAR4+0x%llx, where no register is", (unsigned long long)offset);
    }
    ep_flr(&ep);
    test_run(t, RESET_PS);
    ep_restore(&ep);
    ep_unlock(&ep);
    each(&ep, "BAR4", check_reset, (void *)"DEV-EXR-017");
    ep_close(&ep);
}

/* ---- resets ---- */

static bool survives(const char *reg)
{
    return strncmp(reg, "BAR0_MSIX_", 10) == 0;
}

static void find_after_command(struct ep *ep, const struct place *place, void *context)
{
    if (survives(place->reg))
        find_one(ep, place, context);
    else if (strcmp(place->reg, "BAR0_INTCAUSE") != 0 && strcmp(place->reg, "BAR0_CNTCTL") != 0)
        check_reset(ep, place, context);
}

static void resets(struct test *t)
{
    struct ep ep;

    ep_open(&ep, t);
    each(&ep, "BAR0", fill_one, NULL);
    CHECK_EQ(t, "DEV-REG-001", 0, ep_command(&ep, EP_CMD_RESET, 0), "error of RESET_DEVICE");
    each(&ep, "BAR0", find_after_command, (void *)"DEV-REG-001");
    check_parameters(&ep);
    each(&ep, "BAR0", fill_one, NULL);
    ep_flr(&ep);
    test_run(t, RESET_PS);
    ep_restore(&ep);
    each(&ep, "BAR0", check_reset, (void *)"DEV-REG-001");
    each(&ep, "BAR0", fill_one, NULL);
    ep_close(&ep);
    test_reset(t, IOTB_RESET_COLD);
    ep_open(&ep, t);
    each(&ep, "BAR0", check_reset, (void *)"DEV-REG-001");
    ep_close(&ep);
}

/* ---- locked ---- */

struct lock {
    uint32_t queues; /* bit n: queue n is enabled */
    bool device;
};

static void try_locked(struct ep *ep, const struct place *place, void *context)
{
    const struct lock *lock = context;
    bool queue = strncmp(place->reg, "BAR0_WQCFG", 10) == 0;
    bool locked = queue ? lock->queues >> place->at / 0x40 & 1 : lock->device;
    uint64_t rwl = bits_of(place->reg, "RWL"), before;

    if (!rwl)
        return;
    before = ep_read_at(ep, place->reg, place->at);
    for (uint32_t half = 0; half < (whole(place->reg) > UINT32_MAX ? 2u : 1u); half++) {
        uint32_t old = read_half(ep, place, half), bits = (uint32_t)(rwl >> 32 * half);

        write_half(ep, place, half, old ^ bits);
        CHECK_EQ(ep->t, "DEV-REG-003", locked ? old : old ^ bits, read_half(ep, place, half), "half %u, %s", half,
                 locked ? "locked" : "open");
        write_half(ep, place, half, old);
    }
    ep_write_at(ep, place->reg, place->at, before ^ rwl);
    CHECK_EQ(ep->t, "DEV-REG-003", locked ? before : before ^ rwl, ep_read_at(ep, place->reg, place->at), "all of it, %s",
             locked ? "locked" : "open");
    ep_write_at(ep, place->reg, place->at, before);
}

static void locks(struct test *t)
{
    struct ep ep;
    struct ep_wq wqs[2] = {{.size = 4, .priority = 1}, {.size = 4, .priority = 1}};
    uint32_t count;

    ep_open(&ep, t);
    count = ep_get(&ep, "BAR0_WQCAP", "WQS") > 1 ? 2 : 1;
    each(&ep, "BAR0", try_locked, &(struct lock){.device = false});
    ep_configure(&ep, wqs, count);
    CHECK_EQ(t, "DEV-REG-003", 0, ep_command(&ep, EP_CMD_ENABLE, 0), "error of ENABLE_DEVICE");
    each(&ep, "BAR0", try_locked, &(struct lock){.device = true});
    for (uint32_t wq = 0; wq < count; wq++) {
        CHECK_EQ(t, "DEV-REG-003", 0, ep_command(&ep, EP_CMD_ENABLE_WQ, wq), "error of ENABLE_WQ");
        each(&ep, "BAR0", try_locked, &(struct lock){.device = true, .queues = wq ? 3 : 1});
    }
    ep_expect_move(&ep, "DEV-REG-003", 0, EP_NONE, "a move after all that was tried");
    CHECK_EQ(t, "DEV-REG-003", 0, ep_command(&ep, EP_CMD_DISABLE_WQ, 1), "error of DISABLE_WQ");
    each(&ep, "BAR0", try_locked, &(struct lock){.device = true, .queues = count > 1 ? 2 : 0});
    CHECK_EQ(t, "DEV-REG-003", 0, ep_command(&ep, EP_CMD_DISABLE, 0), "error of DISABLE_DEVICE");
    each(&ep, "BAR0", try_locked, &(struct lock){.device = false});
    ep_close(&ep);
}

/* ---- sizes, and what is no register ---- */

static void refused_write(struct ep *ep, uint64_t offset, uint32_t bytes)
{
    static const uint8_t ones[64] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

    config_write(ep->t, ep->pcie + 0x0a, 2, 0xf);
    bar_write(ep->t, 0, offset, ones, bytes);
    CHECK_EQ(ep->t, "DEV-REG-004", 1, ep_get(ep, "CFG_PCIE_DEVCTL", "URD"), "Unsupported Request after %u bytes at BAR0+0x%llx",
             bytes, (unsigned long long)offset);
    CHECK_EQ(ep->t, "DEV-REG-004", 0, ep_read(ep, "BAR0_TIMEOUT"), "TIMEOUT after it");
}

static void sizes(struct test *t)
{
    static const uint32_t bytes[] = {1, 2, 3, 5, 6, 7, 12, 16, 64};
    struct ep ep;
    uint64_t value = 0;

    ep_open(&ep, t);
    for (uint32_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++)
        refused_write(&ep, 0x140, bytes[i]);
    for (uint32_t low = 1; low < 4; low++) {
        refused_write(&ep, 0x140 + low, 4);
        CHECK(t, "DEV-REG-004", !bar_read(t, 0, 0x140 + low, 4, &value), "4 bytes at BAR0+0x%x are read", 0x140 + low);
    }
    CHECK(t, "DEV-REG-004", !bar_read(t, 0, 0xfffc, 8, &value), "8 bytes are read over the end of BAR0");
    config_write(t, ep.pcie + 0x0a, 2, 0xf);
    ep_write(&ep, "BAR0_TIMEOUT", 0x1122334455667788);
    for (uint32_t i = 0; i < 3; i++) {
        static const uint64_t expected[] = {0x55667788, 0x11223344, 0x1122334455667788};

        CHECK(t, "DEV-REG-004", bar_read(t, 0, 0x140 + (i == 1 ? 4 : 0), i == 2 ? 8 : 4, &value) && value == expected[i],
              "TIMEOUT reads 0x%llx, way %u", (unsigned long long)value, i);
    }
    CHECK(t, "DEV-REG-004", bar_read(t, 0, 0xfffc, 4, &value) && !value, "the last word of BAR0 reads 0x%llx",
          (unsigned long long)value);
    CHECK_EQ(t, "DEV-REG-004", 0, ep_get(&ep, "CFG_PCIE_DEVCTL", "URD"), "Unsupported Request after supported accesses");
    ep_close(&ep);
}

#define BAR0_WORDS 0x4000u /* of 4 bytes */

static void cover(struct ep *ep, const struct place *place, void *context)
{
    const struct spec_field *field = spec_reg_field(place->reg, NULL);
    bool *covered = context;

    (void)ep;
    for (uint32_t byte = 0; byte < field->width / 8; byte += 4)
        covered[(field->offset + place->at + byte) / 4] = true;
}

static void nothing(struct test *t)
{
    static const uint32_t ones = UINT32_MAX;
    static bool covered[BAR0_WORDS];
    struct ep ep;

    ep_open(&ep, t);
    memset(covered, 0, sizeof(covered));
    each(&ep, "BAR0", cover, covered);
    for (uint32_t word = 0; word < BAR0_WORDS; word += word < 0x1000 ? 1 : 0x33) {
        uint64_t value = 0;

        if (covered[word])
            continue;
        bar_write(t, 0, 4 * word, &ones, 4);
        if (!bar_read(t, 0, 4 * word, 4, &value) || value)
            CHECK_EQ(t, "DEV-REG-004", 0, value, "BAR0+0x%x, where no register is", 4 * word);
    }
    each(&ep, "BAR0", check_reset, (void *)"DEV-REG-004");
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    QUIET("registers.reset", reset_values, "DEV-REG-001", "PRODUCT", "Every register of BAR0 has its value"),
    QUIET("registers.resets", resets, "DEV-REG-001", "PRODUCT&FLR", "Each kind of reset brings it back"),
    QUIET("registers.rights", rights, "DEV-REG-002", "PRODUCT", "A write changes the bits that are writable"),
    QUIET("registers.apart", apart, "DEV-REG-002", "PRODUCT", "No two registers are one"),
    SENDS("registers.locks", locks, "DEV-REG-003", "", "What must stand still while the device is on does"),
    QUIET("registers.sizes", sizes, "DEV-REG-004", "PRODUCT", "Four and eight bytes are answered"),
    QUIET("registers.nothing", nothing, "DEV-REG-004", "PRODUCT", "Where no register is nothing is kept"),
    QUIET("exerciser.registers", exerciser_registers, "DEV-EXR-017", "PRODUCT&EXER", "The registers of BAR4"),
};

LIST(ep_registers_cases, cases);
