/* SPDX-License-Identifier: BSD-2-Clause */
/* The register file bit by bit: each bit that can be written is stored in its own place, and each guard is its own (6.2, 6.3). */
#include "build/sm.h"
#include "sm_chapters.h"

#include <string.h>

/* Registers that hold what is written, while nothing is enabled. */
static const struct held {
    const char *reg, *row;
    const char *features[2]; /* of IDR0; NULL: always */
} held[] = {
    {"SMMU_CR1", "SMMU-6-948", {NULL, NULL}},
    {"SMMU_STRTAB_BASE", "SMMU-6-067", {NULL, NULL}},
    {"SMMU_STRTAB_BASE_CFG", "SMMU-6-951", {"ST_LEVEL", NULL}},
    {"SMMU_CMDQ_BASE", "SMMU-6-902", {NULL, NULL}},
    {"SMMU_EVENTQ_BASE", "SMMU-6-902", {NULL, NULL}},
    {"SMMU_GERROR_IRQ_CFG0", "SMMU-6-062", {"MSI", NULL}},
    {"SMMU_GERROR_IRQ_CFG1", "SMMU-6-006", {"MSI", NULL}},
    {"SMMU_GERROR_IRQ_CFG2", "SMMU-6-006", {"MSI", NULL}},
    {"SMMU_EVENTQ_IRQ_CFG0", "SMMU-6-062", {"MSI", NULL}},
    {"SMMU_EVENTQ_IRQ_CFG1", "SMMU-6-006", {"MSI", NULL}},
    {"SMMU_EVENTQ_IRQ_CFG2", "SMMU-6-006", {"MSI", NULL}},
    {"SMMU_PRIQ_BASE", "SMMU-6-902", {"PRI", NULL}},
    {"SMMU_PRIQ_IRQ_CFG0", "SMMU-6-062", {"PRI", "MSI"}},
    {"SMMU_PRIQ_IRQ_CFG1", "SMMU-6-006", {"PRI", "MSI"}},
    {"SMMU_PRIQ_IRQ_CFG2", "SMMU-6-006", {"PRI", "MSI"}},
};
#define HELD_COUNT (sizeof held / sizeof held[0])

/* 3.4.3: bits of an address at or above OAS need not be stored. */
static uint64_t stored_mask(struct test *t, const char *reg)
{
    uint64_t mask = 0, below_oas = (UINT64_C(1) << sm_oas_bits(t)) - 1;
    const struct spec_field *f;

    for (size_t n = 0; (f = spec_reg_field_at(reg, n)) != NULL; n++)
        if (strcmp(f->access, "RW") == 0)
            mask |= strcmp(f->name, "ADDR") ? spec_mask(f) : spec_mask(f) & below_oas;
    return mask;
}

static bool has_features(struct test *t, const char *const features[2])
{
    for (uint32_t n = 0; n < 2; n++)
        if (features[n] && !sm_idr(t, 0, features[n]))
            return false;
    return true;
}

/* The registers of the PRI queue are the matter of cases of their own, with this argument. */
static const bool of_pri = true;

static bool is_meant(struct test *t, const char *feature)
{
    return (feature && strcmp(feature, "PRI") == 0) == (test_argument(t) != NULL);
}

static bool has_register(struct test *t, const struct held *h)
{
    return is_meant(t, h->features[0]) && has_features(t, h->features);
}

static void each_bit(struct test *t)
{
    for (size_t i = 0; i < HELD_COUNT; i++) {
        uint64_t mask;

        if (!has_register(t, &held[i]))
            continue;
        mask = stored_mask(t, held[i].reg);
        for (uint32_t bit = 0; bit < 64; bit++) {
            uint64_t one = UINT64_C(1) << bit;

            if (!(mask & one))
                continue;
            sm_reg_set(t, held[i].reg, one);
            CHECK_EQ(t, held[i].row, one, sm_reg(t, held[i].reg) & mask, "%s after a write of bit %u", held[i].reg, bit);
            sm_reg_set(t, held[i].reg, mask & ~one);
            CHECK_EQ(t, held[i].row, mask & ~one, sm_reg(t, held[i].reg) & mask, "%s after a write of all but bit %u",
                     held[i].reg, bit);
        }
    }
}

/* Each register gets a value of its own; all are read after all were written, and again after the writes in another order. */
static void no_aliases(struct test *t)
{
    for (uint32_t way = 0; way < 2; way++) {
        uint64_t value[HELD_COUNT];

        for (size_t n = 0; n < HELD_COUNT; n++) {
            size_t i = way ? HELD_COUNT - 1 - n : n;

            value[i] = (UINT64_C(0x9e3779b97f4a7c15) * (i + 1 + way * HELD_COUNT)) & stored_mask(t, held[i].reg);
            if (has_features(t, held[i].features))
                sm_reg_set(t, held[i].reg, value[i]);
        }
        for (size_t i = 0; i < HELD_COUNT; i++)
            if (has_features(t, held[i].features))
                CHECK_EQ(t, held[i].row, value[i], sm_reg(t, held[i].reg) & stored_mask(t, held[i].reg),
                         "%s after writes to all others", held[i].reg);
    }
    CHECK_EQ(t, "SMMU-6-020", 0, sm_reg(t, "SMMU_CR0ACK"), "CR0ACK");
    CHECK_EQ(t, "SMMU-6-056", 0, sm_reg(t, "SMMU_GERROR"), "GERROR");
}

/* 6.3.20: each bit of GERRORN that there is holds what is written, the others read 0. */
static void gerrorn(struct test *t)
{
    static const struct {
        const char *field, *features[2];
    } fields[] = {
        {"CMDQ_ERR", {NULL, NULL}},
        {"EVENTQ_ABT_ERR", {NULL, NULL}},
        {"PRIQ_ABT_ERR", {"PRI", NULL}},
        {"MSI_CMDQ_ABT_ERR", {"MSI", NULL}},
        {"MSI_EVENTQ_ABT_ERR", {"MSI", NULL}},
        {"MSI_PRIQ_ABT_ERR", {"MSI", "PRI"}},
        {"MSI_GERROR_ABT_ERR", {"MSI", NULL}},
        {"SFM_ERR", {NULL, NULL}},
    };
    uint64_t there = 0, absent = 0;

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        uint64_t bit = sm_reg_bits("SMMU_GERRORN", fields[i].field, 1);

        *(has_features(t, fields[i].features) ? &there : &absent) |= bit;
    }
    for (uint32_t bit = 0; bit < 32; bit++) {
        uint64_t one = UINT64_C(1) << bit;

        sm_reg_set(t, "SMMU_GERRORN", one);
        CHECK_EQ(t, "SMMU-6-935", one & there, sm_reg(t, "SMMU_GERRORN") & there, "GERRORN after a write of bit %u", bit);
        CHECK_EQ(t, "SMMU-6-005", 0, sm_reg(t, "SMMU_GERRORN") & absent, "absent bits of GERRORN after a write of bit %u", bit);
        CHECK_EQ(t, "SMMU-6-056", 0, sm_reg(t, "SMMU_GERROR"), "GERROR does not follow GERRORN");
    }
    sm_reg_set(t, "SMMU_GERRORN", 0);
}

/* 6.3.14: each bit is stored; MemAttr has a meaning with MTCFG only, and what there is no override for may read 0. */
static void gbpa_bits(struct test *t)
{
    static const char *const types[] = {"MemAttr", "MTCFG", "ALLOCCFG", "SHCFG"}, *const perms[] = {"PRIVCFG", "INSTCFG"};
    uint64_t mtcfg = sm_reg_bits("SMMU_GBPA", "MTCFG", 1), known = sm_reg_bits("SMMU_GBPA", "ABORT", 1), reserved = 0, loose = 0;

    for (uint32_t i = 0; i < 4; i++)
        *(sm_idr(t, 1, "ATTR_TYPES_OVR") ? &known : &loose) |= sm_reg_bits("SMMU_GBPA", types[i], UINT64_MAX);
    for (uint32_t i = 0; i < 2; i++)
        *(sm_idr(t, 1, "ATTR_PERMS_OVR") ? &known : &loose) |= sm_reg_bits("SMMU_GBPA", perms[i], UINT64_MAX);
    reserved = UINT32_MAX & ~(known | loose | sm_reg_bits("SMMU_GBPA", "Update", 1));
    for (uint32_t i = 0; i < 2 * 31; i++) {
        uint32_t one = 1u << (i >> 1), value = i & 1 ? ~one & 0x7fffffffu : one;
        struct sm sm = {.t = t};

        if (one & sm_reg_bits("SMMU_GBPA", "MemAttr", UINT64_MAX))
            value |= (uint32_t)mtcfg;
        CHECK(t, "SMMU-6-952", sm_gbpa(&sm, value), "Update returns to 0 after a write of 0x%x", value);
        CHECK_EQ(t, "SMMU-6-956", value & known, sm_reg(t, "SMMU_GBPA") & known, "GBPA after a write of 0x%x", value);
        CHECK_EQ(t, "SMMU-6-046", 0, sm_reg(t, "SMMU_GBPA") & reserved, "reserved bits of GBPA after a write of 0x%x", value);
    }
}

/* ---- indices ---- */

static const struct queue {
    const char *base, *prod, *cons, *size; /* field of IDR1 */
    bool of_smmu;                          /* the SMMU moves PROD, and software CONS */
    const char *feature;
} queues[] = {
    {"SMMU_CMDQ_BASE", "SMMU_CMDQ_PROD", "SMMU_CMDQ_CONS", "CMDQS", false, NULL},
    {"SMMU_EVENTQ_BASE", "SMMU_EVENTQ_PROD", "SMMU_EVENTQ_CONS", "EVENTQS", true, NULL},
    {"SMMU_PRIQ_BASE", "SMMU_PRIQ_PROD", "SMMU_PRIQ_CONS", "PRIQS", true, "PRI"},
};

/* 6.3.27, 6.3.28, 6.3.95 to 6.3.98: bits QS:0 of an index are stored; above, what the SMMU moves is RAZ, the rest says nothing.
 */
static void index_bits(struct test *t, const char *reg, uint32_t lg2, bool razes)
{
    for (uint32_t bit = 0; bit < 20; bit++) {
        uint32_t one = 1u << bit, kept = (2u << lg2) - 1;
        uint64_t seen;

        sm_reg_set(t, reg, one);
        seen = sm_reg(t, reg) & 0xfffff;
        CHECK_EQ(t, "SMMU-3-001", one & kept, seen & kept, "%s after a write of bit %u, of 2^%u entries", reg, bit, lg2);
        if (razes)
            CHECK_EQ(t, "SMMU-3-001", 0, seen & ~(uint64_t)kept, "bits above the wrap flag of %s", reg);
    }
    sm_reg_set(t, reg, 0);
}

static void indices(struct test *t)
{
    for (size_t i = 0; i < sizeof queues / sizeof queues[0]; i++) {
        const struct queue *q = &queues[i];

        if (!is_meant(t, q->feature))
            continue;
        for (uint32_t lg2 = 0; lg2 <= sm_idr(t, 1, q->size); lg2++) {
            sm_reg_set(t, q->base, sm_reg_bits(q->base, "LOG2SIZE", lg2));
            index_bits(t, q->prod, lg2, q->of_smmu);
            index_bits(t, q->cons, lg2, !q->of_smmu);
        }
        if (!q->of_smmu)
            continue;
        for (uint32_t n = 0; n < 4; n++) {
            sm_reg_set(t, q->prod, sm_reg_bits(q->prod, "OVFLG", n & 1));
            sm_reg_set(t, q->cons, sm_reg_bits(q->cons, "OVACKFLG", n >> 1));
            CHECK_EQ(t, "SMMU-6-911", sm_reg_bits(q->prod, "OVFLG", n & 1), sm_reg(t, q->prod), "%s as written", q->prod);
            CHECK_EQ(t, "SMMU-6-911", sm_reg_bits(q->cons, "OVACKFLG", n >> 1), sm_reg(t, q->cons), "%s as written", q->cons);
        }
    }
}

/* ---- guards: the enables that are none of a register's business ---- */

static const struct apart {
    const char *reg, *row;
    uint64_t change;
    uint32_t own; /* enables that guard it: bits of `enables` */
    const char *feature;
} apart[] = {
    {"SMMU_CR1", "SMMU-6-948", 0x540, 1, NULL},
    {"SMMU_CR1", "SMMU-6-918", 0x015, 38, NULL},
    {"SMMU_CR2", "SMMU-6-947", 0x2, 1, NULL},
    {"SMMU_STRTAB_BASE", "SMMU-6-949", 0x1000000, 1, NULL},
    {"SMMU_STRTAB_BASE_CFG", "SMMU-6-949", 0x2, 1, NULL},
    {"SMMU_CMDQ_BASE", "SMMU-6-907", 0x1000000, 4, NULL},
    {"SMMU_CMDQ_CONS", "SMMU-6-907", 0x1, 4, NULL},
    {"SMMU_EVENTQ_BASE", "SMMU-6-908", 0x1000000, 2, NULL},
    {"SMMU_EVENTQ_PROD", "SMMU-6-908", 0x1, 2, NULL},
    {"SMMU_EVENTQ_CONS", "SMMU-6-908", 0x80000000, 0, NULL},
    {"SMMU_GERROR_IRQ_CFG0", "SMMU-6-933", 0x1000, 8, "MSI"},
    {"SMMU_GERROR_IRQ_CFG1", "SMMU-6-933", 0x1001, 8, "MSI"},
    {"SMMU_GERROR_IRQ_CFG2", "SMMU-6-933", 0x21, 8, "MSI"},
    {"SMMU_EVENTQ_IRQ_CFG0", "SMMU-6-933", 0x1000, 16, "MSI"},
    {"SMMU_EVENTQ_IRQ_CFG1", "SMMU-6-933", 0x1001, 16, "MSI"},
    {"SMMU_EVENTQ_IRQ_CFG2", "SMMU-6-933", 0x21, 16, "MSI"},
    {"SMMU_PRIQ_BASE", "SMMU-6-909", 0x1000000, 32, "PRI"},
    {"SMMU_PRIQ_PROD", "SMMU-6-909", 0x1, 32, "PRI"},
    {"SMMU_PRIQ_CONS", "SMMU-6-909", 0x80000000, 0, "PRI"},
    {"SMMU_PRIQ_IRQ_CFG0", "SMMU-6-933", 0x1000, 64, "PRI"},
    {"SMMU_PRIQ_IRQ_CFG1", "SMMU-6-933", 0x1001, 64, "PRI"},
    {"SMMU_PRIQ_IRQ_CFG2", "SMMU-6-933", 0x80000000, 64, "PRI"},
};
static const char *const enables[] = {"SMMUEN", "EVENTQEN", "CMDQEN"};

static void enable_all_but(struct sm *sm, uint32_t own)
{
    for (uint32_t i = 0; i < 3; i++)
        sm_enable(sm, enables[i], !(own >> i & 1));
    sm_irq_enable(sm, "GERROR", !(own & 8));
    sm_irq_enable(sm, "EVENTQ", !(own & 16));
    if (!sm_idr(sm->t, 0, "PRI"))
        return;
    sm_enable(sm, "PRIQEN", !(own & 32));
    sm_irq_enable(sm, "PRIQ", !(own & 64));
}

static bool has_message(const char *reg)
{
    return strstr(reg, "_IRQ_CFG") != NULL;
}

static void guards_apart(struct test *t)
{
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++) {
        uint64_t before;

        if (!is_meant(t, apart[i].feature) || (has_message(apart[i].reg) && !sm_idr(t, 0, "MSI")))
            continue;
        enable_all_but(&sm, apart[i].own);
        before = sm_reg(t, apart[i].reg);
        sm_reg_set(t, apart[i].reg, before ^ apart[i].change);
        CHECK_EQ(t, apart[i].row, before ^ apart[i].change, sm_reg(t, apart[i].reg), "%s with all other enables on",
                 apart[i].reg);
        sm_reg_set(t, apart[i].reg, before);
        CHECK_EQ(t, apart[i].row, before, sm_reg(t, apart[i].reg), "%s written back", apart[i].reg);
    }
    sm_close(&sm);
}

#define CASE(n, text, function, r, requests)                                                                    \
    {                                                                                                           \
        .name = "smmuv3.register_file." n, .summary = text, .run = function, .rows = r, .functional = requests, \
        .tier = TIER_FULL                                                                                       \
    }

#define CASE_PRI(n, text, function, r, requests)                                                                                 \
    {                                                                                                                            \
        .name = "smmuv3.register_file." n, .summary = text, .run = function, .argument = &of_pri, .rows = r, .gate = "IDR0.PRI", \
        .functional = requests, .tier = TIER_FULL                                                                                \
    }

static const struct iotb_case cases[] = {
    CASE("each_bit", "Each bit that can be written is stored in its place", each_bit,
         "SMMU-6-006 SMMU-6-062 SMMU-6-067 SMMU-6-902 SMMU-6-948 SMMU-6-951", false),
    CASE("no_aliases", "Each register is its own", no_aliases,
         "SMMU-6-006 SMMU-6-020 SMMU-6-056 SMMU-6-062 SMMU-6-067 SMMU-6-902 SMMU-6-948 SMMU-6-951", false),
    CASE("gerrorn", "GERRORN holds each bit that there is, and GERROR does not follow", gerrorn,
         "SMMU-6-005 SMMU-6-056 SMMU-6-935", false),
    CASE("gbpa_bits", "GBPA stores each bit of its fields", gbpa_bits, "SMMU-6-046 SMMU-6-952 SMMU-6-956", false),
    CASE("indices", "Indices have as many bits as the size of the queue says", indices, "SMMU-3-001 SMMU-6-911", false),
    CASE_PRI("each_bit_pri", "The same of the PRI queue", each_bit, "SMMU-6-006 SMMU-6-062 SMMU-6-902", false),
    CASE_PRI("no_aliases_pri", "Each register is its own, with those of the PRI queue", no_aliases,
             "SMMU-6-006 SMMU-6-020 SMMU-6-056 SMMU-6-062 SMMU-6-067 SMMU-6-902 SMMU-6-948 SMMU-6-951", false),
    CASE_PRI("gerrorn_pri", "GERRORN with the errors of the PRI queue", gerrorn, "SMMU-6-005 SMMU-6-056 SMMU-6-935", false),
    CASE_PRI("indices_pri", "Indices of the PRI queue have as many bits as its size says", indices, "SMMU-3-001 SMMU-6-911",
             false),
    CASE_PRI("guards_apart_pri", "A register of the PRI queue is not guarded by the enables of others", guards_apart,
             "SMMU-6-909 SMMU-6-933", true),
    CASE("guards_apart", "A register is not guarded by the enables of others", guards_apart,
         "SMMU-6-907 SMMU-6-908 SMMU-6-918 SMMU-6-933 SMMU-6-947 SMMU-6-948 SMMU-6-949", true),
};

const struct iotb_case_list sm_register_file_cases = {cases, sizeof cases / sizeof cases[0]};
