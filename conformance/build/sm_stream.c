/* SPDX-License-Identifier: BSD-2-Clause */
/* Stream table, STEs, CD tables and CDs (chapter 5 Data structure formats). */
#include "build/sm_internal.h"

#include <string.h>

/* ---- entries as words, bits and fields ---- */

uint32_t sm_field_shift(const struct spec_field *field)
{
    static const char *const addresses[] = {"L2Ptr", "S1ContextPtr", "S2TTB",   "VMSPtr",     "TTB0",     "TTB1",
                                            "IPA",   "FetchAddr",    "Address", "MSIAddress", "InputAddr"};

    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++)
        if (!strcmp(field->name, addresses[i]))
            return field->lo;
    return 0;
}

void sm_put_field(uint64_t *words, const char *structure, const char *field, uint64_t value)
{
    const struct spec_field *f = spec_struct_field(structure, field);

    spec_set(f, words, value >> sm_field_shift(f));
}

void sm_write_words(struct sm *sm, uint64_t address, const uint64_t *words, uint32_t count)
{
    uint8_t bytes[64];

    for (uint32_t i = 0; i < count * 8; i++)
        bytes[i] = (uint8_t)(words[i / 8] >> (8 * (i % 8)));
    mem_write(sm->t, address, bytes, count * 8);
}

void sm_set_bits(struct sm *sm, uint64_t entry, uint32_t hi, uint32_t lo, uint64_t value)
{
    uint64_t address = entry + lo / 64 * 8;
    uint64_t mask = sm_ones(hi - lo + 1) << (lo % 64);

    if (hi / 64 != lo / 64)
        test_abort(sm->t, "bits %u:%u span two dwords", hi, lo);
    mem_write64(sm->t, address, (mem_read64(sm->t, address) & ~mask) | ((value << (lo % 64)) & mask));
}

uint64_t sm_get_bits(struct sm *sm, uint64_t entry, uint32_t hi, uint32_t lo)
{
    return (mem_read64(sm->t, entry + lo / 64 * 8) >> (lo % 64)) & sm_ones(hi - lo + 1);
}

void sm_set_field(struct sm *sm, uint64_t entry, const char *structure, const char *field, uint64_t value)
{
    const struct spec_field *f = spec_struct_field(structure, field);

    sm_set_bits(sm, entry, f->word * 64 + f->hi, f->word * 64 + f->lo, value >> sm_field_shift(f));
}

uint64_t sm_get_field(struct sm *sm, uint64_t entry, const char *structure, const char *field)
{
    const struct spec_field *f = spec_struct_field(structure, field);

    return sm_get_bits(sm, entry, f->word * 64 + f->hi, f->word * 64 + f->lo) << sm_field_shift(f);
}

void sm_ste_set(struct sm *sm, uint32_t sid, const char *field, uint64_t value)
{
    sm_set_field(sm, sm_ste_address(sm, sid), "STE", field, value);
}

void sm_cd_set(struct sm *sm, uint32_t sid, uint32_t ssid, const char *field, uint64_t value)
{
    sm_set_field(sm, sm_cd_address(sm, sid, ssid), "CD", field, value);
}

/* ---- StreamIDs ---- */

/* Different in low and high bits, neighbours among them; those beyond SIDSIZE fall away. */
static const uint16_t stream_ids[] = {0x0010, 0x0098, 0x0308, 0x80ff, 0xff00, 0x007f, 0x0080, 0x1234,
                                      0x0001, 0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x000a, 0x0015};

static bool fits(struct sm *sm, uint32_t sid)
{
    return sm->sid_bits >= 32 || sid < UINT32_C(1) << sm->sid_bits;
}

static uint32_t offered(struct sm *sm, uint32_t n, bool *any)
{
    const struct iotb_desc *desc = test_desc(sm->t);
    bool free_choice = test_has(sm->t, IOTB_F_ANY_REQUESTER);

    *any = n < (free_choice ? sizeof stream_ids / sizeof stream_ids[0] : desc->requester_count);
    return !*any ? 0 : free_choice ? stream_ids[n] : desc->requester_ids[n];
}

uint32_t sm_sid_count(struct sm *sm)
{
    uint32_t count = 0;
    bool any;

    for (uint32_t n = 0;; n++) {
        uint32_t sid = offered(sm, n, &any);

        if (!any)
            return count;
        count += fits(sm, sid);
    }
}

uint32_t sm_sid(struct sm *sm, uint32_t n)
{
    uint32_t left = n;
    bool any;

    for (uint32_t i = 0;; i++) {
        uint32_t sid = offered(sm, i, &any);

        if (!any)
            test_not_testable(sm->t, "the adapter offers %u StreamIDs below 2^SIDSIZE, %u are needed", sm_sid_count(sm), n + 1);
        if (fits(sm, sid) && left-- == 0)
            return sid;
    }
}

bool sm_sid_usable(struct sm *sm, uint32_t sid)
{
    const struct iotb_desc *desc = test_desc(sm->t);

    if (sid > 0xffff)
        return false;
    if (test_has(sm->t, IOTB_F_ANY_REQUESTER))
        return true;
    for (uint32_t i = 0; i < desc->requester_count; i++)
        if (desc->requester_ids[i] == sid)
            return true;
    return false;
}

/* ---- the stream table ---- */

uint64_t sm_l1std_address(struct sm *sm, uint32_t sid)
{
    return sm->two_level ? sm->strtab + 8 * (uint64_t)(sid >> sm->split) : 0;
}

uint64_t sm_ste_address(struct sm *sm, uint32_t sid)
{
    uint64_t l1std = sm_l1std_address(sm, sid), level2;

    if (!l1std)
        return sm->strtab + SM_STE_BYTES * (uint64_t)sid;
    level2 = sm_get_field(sm, l1std, "L1STD", "L2Ptr");
    return level2 ? level2 + SM_STE_BYTES * (uint64_t)(sid & sm_ones(sm->split)) : 0;
}

static uint64_t make_ste(struct sm *sm, uint32_t sid)
{
    uint64_t l1std = sm_l1std_address(sm, sid);

    if (sm->strtab_log2size < 32 && sid >> sm->strtab_log2size)
        test_abort(sm->t, "StreamID %x lies outside a stream table of 2^%u", sid, sm->strtab_log2size);
    if (l1std && !sm_get_field(sm, l1std, "L1STD", "Span")) {
        uint64_t bytes = (uint64_t)SM_STE_BYTES << sm->split, word = 0;

        sm_put_field(&word, "L1STD", "L2Ptr", mem_alloc(sm->t, bytes, bytes));
        sm_put_field(&word, "L1STD", "Span", sm->split + 1); /* 5.1: 2^(Span-1) STEs */
        mem_write64(sm->t, l1std, word);
    }
    return sm_ste_address(sm, sid);
}

static void put_stage2(struct sm *sm, const struct sm_table *s2, uint64_t *words)
{
    sm_put_field(words, "STE", "S2T0SZ", 64 - s2->input_bits);
    sm_put_field(words, "STE", "S2SL0", sm_sl0(s2));
    sm_put_field(words, "STE", "S2SL0_2", s2->start_level < 0);
    sm_put_field(words, "STE", "S2DS", s2->ds);
    sm_put_field(words, "STE", "S2IR0", 1);
    sm_put_field(words, "STE", "S2OR0", 1);
    sm_put_field(words, "STE", "S2SH0", 3);
    sm_put_field(words, "STE", "S2TG", sm_tg0(s2->granule_lg2));
    sm_put_field(words, "STE", "S2PS", sm_size_code(sm->oas_bits));
    sm_put_field(words, "STE", "S2AA64", 1);
    sm_put_field(words, "STE", "S2R", 1);
    sm_put_field(words, "STE", "S2S", sm->stall_model == 2);
    sm_put_field(words, "STE", "S2TTB", s2->root_pointer);
}

void sm_ste_words(struct sm *sm, const struct sm_ste *ste, uint64_t words[8])
{
    memset(words, 0, SM_STE_BYTES);
    sm_put_field(words, "STE", "V", !ste->invalid);
    sm_put_field(words, "STE", "Config", ste->config);
    sm_put_field(words, "STE", "S1Fmt", ste->s1fmt);
    sm_put_field(words, "STE", "S1ContextPtr", ste->s1contextptr);
    sm_put_field(words, "STE", "S1CDMax", ste->s1cdmax);
    sm_put_field(words, "STE", "S1DSS", ste->s1dss);
    sm_put_field(words, "STE", "S1CIR", 1);
    sm_put_field(words, "STE", "S1COR", 1);
    sm_put_field(words, "STE", "S1CSH", 3);
    sm_put_field(words, "STE", "STRW", ste->strw);
    sm_put_field(words, "STE", "SHCFG", 1); /* use incoming */
    sm_put_field(words, "STE", "S2VMID", ste->vmid);
    if (ste->s2)
        put_stage2(sm, ste->s2, words);
}

void sm_set_ste(struct sm *sm, uint32_t sid, const struct sm_ste *ste)
{
    uint64_t words[8];

    sm_ste_words(sm, ste, words);
    sm_write_words(sm, make_ste(sm, sid), words, 8);
}

/* ---- CD tables ---- */

/* 5.2 STE.S1Fmt: SubstreamID bits that index a leaf table, 0 for one linear table. */
static uint32_t leaf_bits(uint64_t s1fmt)
{
    return s1fmt == SM_CD_4K ? 6 : s1fmt == SM_CD_64K ? 10 : 0;
}

static uint64_t structure_alloc(struct sm *sm, struct sm_table *under, uint64_t bytes)
{
    uint64_t host;

    return under ? sm_guest_alloc(sm, under, bytes, &host) : mem_alloc(sm->t, bytes, bytes < 64 ? 64 : bytes);
}

uint64_t sm_cd_table_new(struct sm *sm, uint32_t s1fmt, uint32_t s1cdmax, struct sm_table *under)
{
    uint32_t leaf = leaf_bits(s1fmt);
    uint64_t bytes = leaf ? UINT64_C(8) << (s1cdmax > leaf ? s1cdmax - leaf : 0) : (uint64_t)SM_CD_BYTES << s1cdmax;

    return structure_alloc(sm, under, bytes < 64 ? 64 : bytes);
}

struct sm_table *sm_stage2_of(struct sm *sm, uint64_t ste)
{
    uint64_t root = sm_get_field(sm, ste, "STE", "S2TTB");

    if (sm_get_field(sm, ste, "STE", "Config") != SM_NESTED)
        return NULL;
    for (struct sm_table *table = sm->tables; table; table = table->next)
        if (table->stage == 2 && table->root_pointer == root)
            return table;
    return NULL;
}

uint64_t sm_structure_host(struct sm *sm, uint64_t ste, uint64_t pointer)
{
    const struct sm_table *s2 = sm_stage2_of(sm, ste);

    return s2 ? sm_guest_to_host(s2, pointer) : pointer;
}

/* Format and size that act: S1Fmt is ignored without substreams (5.2). */
static uint32_t leaf_bits_of(struct sm *sm, uint64_t ste)
{
    return sm_get_field(sm, ste, "STE", "S1CDMax") ? leaf_bits(sm_get_field(sm, ste, "STE", "S1Fmt")) : 0;
}

uint64_t sm_l1cd_address(struct sm *sm, uint32_t sid, uint32_t ssid)
{
    uint64_t ste = sm_ste_address(sm, sid), table;
    uint32_t leaf = ste ? leaf_bits_of(sm, ste) : 0;

    if (!leaf)
        return 0;
    table = sm_structure_host(sm, ste, sm_get_field(sm, ste, "STE", "S1ContextPtr"));
    return table ? table + 8 * (uint64_t)(ssid >> leaf) : 0;
}

uint64_t sm_cd_address(struct sm *sm, uint32_t sid, uint32_t ssid)
{
    uint64_t ste = sm_ste_address(sm, sid), l1cd = sm_l1cd_address(sm, sid, ssid), table;

    if (!ste)
        return 0;
    table = l1cd ? sm_get_field(sm, l1cd, "L1CD", "L2Ptr") : sm_get_field(sm, ste, "STE", "S1ContextPtr");
    table = table ? sm_structure_host(sm, ste, table) : 0;
    return table ? table + SM_CD_BYTES * (l1cd ? ssid & sm_ones(leaf_bits_of(sm, ste)) : (uint64_t)ssid) : 0;
}

uint64_t sm_mair(void)
{
    /* Attr0 write-back, 1 Normal non-cacheable, 2 Device-nGnRnE, 3 nGnRE, 4 GRE, 5 write-through. */
    return UINT64_C(0x0000bb0c040044ff);
}

static void put_half(const struct sm_table *table, bool high, uint64_t *words)
{
    if (!table) {
        sm_put_field(words, "CD", high ? "EPD1" : "EPD0", 1);
        return;
    }
    sm_put_field(words, "CD", high ? "T1SZ" : "T0SZ", 64 - table->input_bits);
    sm_put_field(words, "CD", high ? "TG1" : "TG0", high ? sm_tg1(table->granule_lg2) : sm_tg0(table->granule_lg2));
    sm_put_field(words, "CD", high ? "IR1" : "IR0", 1);
    sm_put_field(words, "CD", high ? "OR1" : "OR0", 1);
    sm_put_field(words, "CD", high ? "SH1" : "SH0", 3);
    sm_put_field(words, "CD", high ? "TTB1" : "TTB0", table->root_pointer);
    if (table->ds)
        sm_put_field(words, "CD", "DS", 1);
}

void sm_cd_words(struct sm *sm, const struct sm_cd *cd, uint64_t words[8])
{
    memset(words, 0, SM_CD_BYTES);
    put_half(cd->ttb0, false, words);
    put_half(cd->ttb1, true, words);
    sm_put_field(words, "CD", "V", !cd->invalid);
    sm_put_field(words, "CD", "IPS", sm_size_code(sm->oas_bits));
    sm_put_field(words, "CD", "AA64", 1);
    sm_put_field(words, "CD", "S", cd->stall || sm->stall_model == 2);
    sm_put_field(words, "CD", "R", !cd->no_record);
    sm_put_field(words, "CD", "A", !cd->no_abort);
    sm_put_field(words, "CD", "ASET", 1);
    sm_put_field(words, "CD", "ASID", cd->asid);
    sm_put_field(words, "CD", "MAIR0", sm_mair() & UINT32_MAX);
    sm_put_field(words, "CD", "MAIR1", sm_mair() >> 32);
}

static uint64_t make_cd(struct sm *sm, uint32_t sid, uint32_t ssid)
{
    uint64_t ste = sm_ste_address(sm, sid), l1cd = sm_l1cd_address(sm, sid, ssid);

    if (l1cd && !sm_get_field(sm, l1cd, "L1CD", "V")) {
        uint64_t word = 0;

        sm_put_field(&word, "L1CD", "L2Ptr",
                     structure_alloc(sm, sm_stage2_of(sm, ste), (uint64_t)SM_CD_BYTES << leaf_bits_of(sm, ste)));
        sm_put_field(&word, "L1CD", "V", 1);
        mem_write64(sm->t, l1cd, word);
    }
    return sm_cd_address(sm, sid, ssid);
}

void sm_set_cd(struct sm *sm, uint32_t sid, uint32_t ssid, const struct sm_cd *cd)
{
    uint64_t words[8], entry = make_cd(sm, sid, ssid);

    if (!entry)
        test_abort(sm->t, "StreamID %x has no CD table", sid);
    sm_cd_words(sm, cd, words);
    sm_write_words(sm, entry, words, 8);
}
