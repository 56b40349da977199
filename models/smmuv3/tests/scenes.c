/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scenes.c - see scenes.h.
 */
#include "scenes.h"

#define CD_AT UINT64_C(0x20000)

static uint64_t seed;

void scene_seed(uint64_t value)
{
    seed = value;
}

uint64_t scene_any(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed * UINT64_C(0x2545f4914f6cdd1d);
}

static uint64_t below(uint64_t end)
{
    return (scene_any() >> 11) % end;
}

static bool one_in(unsigned n)
{
    return below(n) == 0;
}

/* ---- structures that mostly make sense ---- */

static const uint32_t ste_fields[] = {
    STE_V,       STE_CONFIG, STE_S1FMT,    STE_S1CONTEXTPTR, STE_S1CDMAX, STE_S1DSS,   STE_S1PIE,  STE_S2FWB,  STE_S1STALLD,
    STE_STRW,    STE_S2T0SZ, STE_S2SL0,    STE_S2TG,         STE_S2PS,    STE_S2AA64,  STE_S2ENDI, STE_S2AFFD, STE_S2PTW,
    STE_S2HD,    STE_S2HA,   STE_S2S,      STE_S2R,          STE_S2HAFT,  STE_S2SL0_2, STE_S2DS,   STE_S2TTB,  STE_S2VMID,
    STE_MEMATTR, STE_MTCFG,  STE_ALLOCCFG, STE_SHCFG,        STE_PRIVCFG, STE_INSTCFG,
};
static const uint32_t cd_fields[] = {
    CD_TSZ(0), CD_TSZ(1),  CD_TG(0),   CD_TG(1),  CD_EPD(0), CD_EPD(1), CD_ENDI, CD_V,  CD_IPS, CD_AFFD, CD_WXN,
    CD_TBI(0), CD_TBI(1),  CD_PAN,     CD_AA64,   CD_HD,     CD_HA,     CD_S,    CD_R,  CD_A,   CD_ASID, CD_HAD(0),
    CD_HAD(1), CD_E0PD(0), CD_E0PD(1), CD_TTB(0), CD_TTB(1), CD_HAFT,   CD_EPAN, CD_DS, CD_PIE, CD_PIIU, CD_PIIP,
};
#define PICK(array) (array)[below(sizeof(array) / sizeof(array)[0])]

/* Mostly a small value, sometimes one of many bits. */
static uint64_t field_value(uint32_t field)
{
    unsigned bits = field & 127u;
    return one_in(3) ? scene_any() & smmuv3_low_bits(bits) : one_in(2) ? UINT64_C(1) << below(bits) : below(4);
}

static void put_ste(struct bench *b, uint64_t at)
{
    static const unsigned configs[] = {5, 5, 6, 7, 7, 4, 0};
    bool two_ranges = !one_in(4);
    bench_set(b, at, STE_V, 1);
    bench_set(b, at, STE_CONFIG, PICK(configs));
    bench_set(b, at, STE_SHCFG, 1);
    bench_set(b, at, STE_STRW, two_ranges ? 0 : 2);
    bench_set(b, at, STE_S1CONTEXTPTR, (CD_AT | (one_in(4) ? below(16) << 6 : 0)) >> 6);
    bench_set(b, at, STE_S1CDMAX, one_in(2) ? 0 : 1u + below(12));
    bench_set(b, at, STE_S1FMT, b->params.cd2l || one_in(4) ? below(4) : 0);
    bench_set(b, at, STE_S1DSS, below(4));
    bench_set(b, at, STE_S1PIE, one_in(2));
    bench_set(b, at, STE_S2T0SZ, 24u + below(6));
    bench_set(b, at, STE_S2SL0, 1);
    if (one_in(8)) {
        bench_set(b, at, STE_S2DS, 1);
        bench_set(b, at, STE_S2SL0_2, below(2));
    }
    if (one_in(4)) {
        bench_set(b, at, STE_S2T0SZ, 10u + below(40));
        bench_set(b, at, STE_S2SL0, below(4));
    }
    bench_set(b, at, STE_S2PS, one_in(3) ? 7 : one_in(2) ? below(6) : b->params.oas);
    bench_set(b, at, STE_S2AA64, 1);
    bench_set(b, at, STE_S2R, one_in(2));
    bench_set(b, at, STE_S2S, b->params.stall_model == 2u || (b->params.stall_model == 0 && one_in(4)));
    if (b->params.ats)
        bench_set(b, at, STE_EATS, one_in(3) ? below(4) : STE_EATS_FULL);
    bench_set(b, at, STE_S2TTB, (0x8000000 | (one_in(3) ? below(256) << 4 : 0)) >> 4);
    bench_set(b, at, STE_S2HA, b->params.httu && one_in(2));
    bench_set(b, at, STE_S2HD, b->params.httu >= 2u && one_in(2));
    bench_set(b, at, STE_S2AFFD, one_in(3));
    bench_set(b, at, STE_S2FWB, b->params.fwb && one_in(2));
    bench_set(b, at, STE_S2PTW, one_in(4));
    bench_set(b, at, STE_S2ENDI, b->params.ttendian == 3u || (b->params.ttendian == 0 && one_in(3)));
}

static void put_cd(struct bench *b, uint64_t at)
{
    for (unsigned half = 0; half < 2u; half++) {
        static const unsigned codes[2][3] = {{0, 1, 2}, {2, 3, 1}};
        bench_set(b, at, CD_TSZ(half), 20u + below(8));
        bench_set(b, at, CD_TG(half), codes[half][one_in(2) ? 0 : below(3)]);
        bench_set(b, at, CD_TTB(half), (0x4000000 + half * 0x1000000 + (one_in(3) ? below(64) << 4 : 0)) >> 4);
        bench_set(b, at, CD_TBI(half), one_in(2));
        bench_set(b, at, CD_HAD(half), one_in(3));
        bench_set(b, at, CD_E0PD(half), one_in(8));
        bench_set(b, at, CD_EPD(half), one_in(8));
    }
    bench_set(b, at, CD_V, 1);
    bench_set(b, at, CD_IPS, one_in(3) ? 7 : one_in(2) ? below(6) : b->params.oas);
    bench_set(b, at, CD_AA64, 1);
    bench_set(b, at, CD_A, b->params.term_model || !one_in(3));
    bench_set(b, at, CD_R, one_in(2));
    bench_set(b, at, CD_S, b->params.stall_model == 2u || (b->params.stall_model == 0 && one_in(4)));
    bench_set(b, at, CD_HA, b->params.httu && one_in(2));
    bench_set(b, at, CD_HD, b->params.httu >= 2u && one_in(2));
    bench_set(b, at, CD_AFFD, one_in(3));
    bench_set(b, at, CD_WXN, one_in(3));
    bench_set(b, at, CD_PAN, one_in(3));
    bench_set(b, at, CD_EPAN, one_in(2));
    bench_set(b, at, CD_PIE, one_in(4));
    bench_set(b, at, CD_PIIP, one_in(3) ? 0 : one_in(2) ? UINT64_C(0x7fff5bad1053) : scene_any());
    bench_set(b, at, CD_PIIU, one_in(3) ? UINT64_C(4) << 3u * below(16) : one_in(2) ? UINT64_C(0x249249249249) : scene_any());
    if (one_in(4)) { /* privileged execute what users write */
        unsigned index = 3u * (unsigned)below(16);
        bench_set(b, at, CD_PIIP, UINT64_C(2) << index);
        bench_set(b, at, CD_PIIU, UINT64_C(5) << index);
    }
    bench_set(b, at, CD_DS, one_in(3));
    bench_set(b, at, CD_ENDI, b->params.ttendian == 3u || (b->params.ttendian == 0 && one_in(3)));
    bench_set(b, at, CD_MAIR, scene_any());
}

static const uint64_t leaf_flags[] = {UINT64_C(1) << 6,  UINT64_C(1) << 7,  UINT64_C(3) << 6,  UINT64_C(1) << 51,
                                      UINT64_C(1) << 52, UINT64_C(1) << 53, UINT64_C(1) << 54, UINT64_C(1) << 8,
                                      UINT64_C(3) << 8,  UINT64_C(1) << 11, UINT64_C(15) << 2, UINT64_C(1) << 2};

static uint64_t leaf_bits(void)
{
    uint64_t bits = (one_in(4) ? 0 : UINT64_C(1) << 10) | (one_in(4) ? UINT64_C(1) << 51 : 0) | below(4) << 6 |
                    (one_in(2) ? below(16) << 2 : 0);
    for (unsigned i = (unsigned)below(4); i > 0; i--)
        bits |= PICK(leaf_flags);
    return bits;
}

/* The top entry, if it is not the leaf: hierarchical controls, an address too wide. */
static void spoil_table(struct bench *b, const struct smmuv3_table_setup *setup, uint64_t address, uint64_t leaf)
{
    unsigned shift = smmuv3_level_shift(setup->granule_lg2, setup->start_level);
    uint64_t table = setup->base + ((address & smmuv3_low_bits(setup->input_bits)) >> shift) * 8u;
    if (table == leaf || one_in(2))
        return;
    uint64_t entry = smmuv3_descriptor_order(setup, bench_read(b, table)) | below(16) << 59;
    bench_write(b, table, smmuv3_descriptor_order(setup, one_in(8) ? entry | UINT64_C(1) << 47 : entry));
}

/* Tables for one address, as the regime that bench_run left behind has them. */
static void map(struct bench *b, uint64_t *free_page)
{
    const struct smmuv3_regime *regime = &b->regime;
    uint64_t address = b->query.address, output = one_in(3) ? scene_any() & smmuv3_low_bits(52) : 0x30000000 + (below(16) << 12);
    if (regime->s1) {
        unsigned half = regime->world != SMMUV3_EL2 && (address >> 55 & 1u);
        const struct smmuv3_table_setup *setup = &regime->tt[half];
        if (setup->granule_lg2 && !setup->disabled) {
            int leaf = one_in(2) ? 3 : setup->start_level + (int)below((uint64_t)(4 - setup->start_level));
            uint64_t at = bench_map(b, setup, free_page, address, output, leaf < 0 ? 0 : leaf, leaf_bits());
            spoil_table(b, setup, address, at);
        }
        address = output;
    }
    if (regime->s2 && regime->stage2.granule_lg2) {
        const struct smmuv3_table_setup *setup = &regime->stage2;
        int leaf = one_in(2) ? 3 : setup->start_level < 0 ? 0 : setup->start_level;
        output = one_in(3) ? scene_any() & smmuv3_low_bits(52) : 0x38000000;
        spoil_table(b, setup, address, bench_map(b, setup, free_page, address, output, leaf, leaf_bits()));
    }
}

/* Stage 2 for what stage 1 and CDs need: pages that are where they are, some of them restricted. */
static void map_pages(struct bench *b, uint64_t *free_page)
{
    static const uint64_t pages[] = {0x20000,    0x28000,    0x29000,    0x4000000, 0x5000000,
                                     0x10000000, 0x10001000, 0x10002000, 0x10010000};
    struct smmuv3_regime regime = smmuv3_regime_make(&b->params, &b->ste, NULL);
    for (unsigned i = 0; regime.s2 && i < sizeof pages / sizeof pages[0]; i++)
        bench_map(b, &regime.stage2, free_page, pages[i], pages[i], 3,
                  one_in(8) ? leaf_bits() : UINT64_C(1) << 10 | 0xfcu | (one_in(4) ? UINT64_C(1) << 51 : 0));
}

static void place_ste(struct bench *b)
{
    static const unsigned spans[] = {1, 3, 5, 7, 8, 9, 11, 12, 0, 20};
    struct smmuv3_stream_table table = smmuv3_stream_table_decode(&b->params, b->strtab_base, b->strtab_cfg);
    uint64_t at = 0x18000, l1 = 0;
    bool level1 = false;
    if (smmuv3_stream_locate(&b->params, &table, b->query.stream_id, &l1, &level1) != SMMUV3_OK)
        l1 = 0x18000;
    if (level1) {
        uint64_t l1std = (one_in(6) ? UINT64_C(1) << 50 : 0) | 0x18000 | (one_in(3) ? below(32) << 6 : 0) | PICK(spans);
        bench_write(b, l1, l1std);
        if (smmuv3_l1std_decode(&b->params, &table, b->query.stream_id, l1std, &at) != SMMUV3_OK)
            at = 0x18000;
    } else {
        at = l1;
    }
    put_ste(b, at);
    if (one_in(2))
        for (unsigned i = (unsigned)below(3); i > 0; i--) {
            uint32_t field = PICK(ste_fields);
            bench_set(b, at, field, field_value(field));
        }
}

static void place_cd(struct bench *b)
{
    uint32_t index = b->query.has_substream_id ? b->query.substream_id : 0;
    uint64_t at = CD_AT;
    bool level1 = false;
    if (smmuv3_cd_locate(&b->params, &b->ste, index, &at, &level1) != SMMUV3_OK)
        return;
    if (level1) {
        uint64_t l1cd = (one_in(8) ? 0 : 1u) | (one_in(8) ? UINT64_C(1) << 51 : 0x28000);
        bench_write(b, at, l1cd);
        if (smmuv3_l1cd_decode(&b->params, &b->ste, index, l1cd, &at) != SMMUV3_OK)
            return;
    }
    put_cd(b, at);
    if (one_in(2))
        for (unsigned i = (unsigned)below(3); i > 0; i--) {
            uint32_t field = PICK(cd_fields);
            bench_set(b, at, field, field_value(field));
        }
}

static void ask(struct smmuv3_query *q)
{
    unsigned kind = (unsigned)below(4);
    q->stream_id = one_in(16) ? 0x1000u : (uint32_t)below(200);
    q->has_substream_id = one_in(3);
    q->substream_id = q->has_substream_id ? (uint32_t)below(one_in(2) ? 4 : 400) : 0;
    q->privileged = one_in(2);
    q->write = kind == 1u || kind == 2u;
    q->read = kind != 1u;
    q->instruction = kind == 3u || one_in(4);
    q->address = 0x12345678 + (below(4) << 12);
    if (one_in(3))
        q->address |= UINT64_C(0xffffff) << 40;
    if (one_in(3))
        q->address ^= UINT64_C(1) << (one_in(2) ? 39u : below(64));
    if (one_in(3))
        q->attributes = smmuv3_memattr_decode((uint8_t)below(16), (enum smmuv3_shareability)(one_in(2) ? 3 : 0));
}

void scene_make(struct bench *b, struct bench *scratch, const struct smmuv3_params *p)
{
    uint64_t free_page = 0x10000000;
    bench_init(b, "max", "");
    b->params = *p;
    b->strtab_base = 0x10000 | (one_in(4) ? below(16) << 6 : 0);
    static const unsigned splits[] = {6, 8, 10, 7};
    b->strtab_cfg = p->st_level && one_in(2) ? 1u << 16 | PICK(splits) << 6 | 9u : one_in(8) ? 40u : 8u;
    b->e2h = one_in(2);
    ask(&b->query);
    place_ste(b);
    if (smmuv3_condition_facts(bench_run(b))->event >= SMMUV3_F_CD_FETCH) {
        map_pages(b, &free_page);
        place_cd(b);
    }
    bench_run(b);
    if (smmuv3_condition_facts(b->condition)->event >= SMMUV3_F_WALK_EABT || b->condition == SMMUV3_OK)
        map(b, &free_page);
    *scratch = *b; /* for a run updates descriptors */
    bench_run(scratch);
    if (one_in(8) && scratch->read_count)
        b->abort_at = scratch->reads[below(scratch->read_count)];
}
