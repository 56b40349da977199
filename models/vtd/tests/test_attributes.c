/* SPDX-License-Identifier: BSD-2-Clause */
/* test_attributes.c - rights, flags, snoop and memory type as the clauses say them; parameters. */
#include "vtd/vtd_conditions.h"
#include "vtd/vtd_steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define BIT(n) (UINT64_C(1) << (n))
#define BITS(high, low) ((UINT64_MAX >> (63u - (high))) & (UINT64_MAX << (low)))
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ---- rights, flags, attributes ---- */

/* 3.6.1 and 3.7.1, all combinations against the sentences of those clauses. */
static void first_stage_rights_are_the_clause(void **state)
{
    (void)state;
    struct vtd_params p;
    assert_true(vtd_preset("max", &p));
    for (unsigned n = 0; n < 32u; n++) {
        bool rw = n & 1u, us = n & 2u, privileged = n & 4u, wpe = n & 8u, write = n & 16u;
        struct vtd_paging paging = {.params = &p, .scalable = true, .pgtt = VTD_FIRST_STAGE, .wpe = wpe};
        struct vtd_result result = {.page_lg2 = 12, .fs = true, .fs_write = rw, .fs_user = us};
        struct vtd_query q = {.has_pasid = true, .write = write, .read = !write};
        bool allowed = privileged ? !write || !wpe || rw : us && (!write || rw);
        assert_int_equal(vtd_rights_check(&p, &paging, &result, &q, privileged) == VTD_OK, allowed);
    }
}

static void second_stage_rights_are_the_clause(void **state)
{
    (void)state;
    struct vtd_params p;
    assert_true(vtd_preset("max", &p));
    for (unsigned n = 0; n < 64u; n++) {
        bool r = n & 1u, w = n & 2u, write = n & 4u, read = n & 8u, zero_length = n & 16u;
        p.zlr = (n & 32u) != 0;
        if ((!write && !read) || (zero_length && write))
            continue;
        struct vtd_paging paging = {.params = &p, .scalable = true, .pgtt = VTD_SECOND_STAGE};
        struct vtd_result result = {.page_lg2 = 12, .ss = true, .ss_read = r, .ss_write = w};
        struct vtd_query q = {.write = write, .read = read, .zero_length = zero_length};
        bool allowed = (!write || w) && (!read || r || (zero_length && p.zlr && w));
        assert_int_equal(vtd_rights_check(&p, &paging, &result, &q, false) == VTD_OK, allowed);
    }
}

/* 3.6.2: used entries have A, and EA where EAFE is set; D only in a leaf that may be and is written through. */
static void flags_follow_use(void **state)
{
    (void)state;
    struct vtd_params p;
    assert_true(vtd_preset("max", &p));
    for (unsigned n = 0; n < 32u; n++) {
        bool eafe = n & 1u, leaf = n & 2u, write = n & 4u, writable = n & 8u, first = n & 16u;
        struct vtd_paging paging = {
            .params = &p,
            .scalable = true,
            .pgtt = VTD_NESTED,
            .may_update = true,
            .eafe = eafe,
            .ssade = true,
            .aw_bits = 48,
            .fs_levels = 4,
        };
        struct vtd_walk walk;
        vtd_walk_begin(&paging, first ? VTD_STAGE_FIRST : VTD_STAGE_SECOND, 0x1000, &walk);
        walk.level = leaf ? 1 : 2;
        uint64_t entry = 0x5000u | (first ? 5u : 1u) | (writable ? 2u : 0u), wanted;
        enum vtd_condition condition;
        enum vtd_step step = vtd_walk_step(&p, &paging, &walk, entry, write, false, &wanted, &condition);
        assert_int_equal(step, leaf ? VTD_STEP_LEAF : VTD_STEP_TABLE);
        uint64_t flags = first ? BIT(5) | (eafe ? BIT(10) : 0) : BIT(8);
        if (leaf && write && writable)
            flags |= first ? BIT(6) : BIT(9);
        assert_int_equal(wanted, entry | flags);
        /* Once set they are not wanted again. */
        vtd_walk_begin(&paging, first ? VTD_STAGE_FIRST : VTD_STAGE_SECOND, 0x1000, &walk);
        walk.level = leaf ? 1 : 2;
        entry = wanted;
        vtd_walk_step(&p, &paging, &walk, entry, write, false, &wanted, &condition);
        assert_int_equal(wanted, entry);
    }
}

static void snoop_is_table_6(void **state)
{
    (void)state;
    struct vtd_params p;
    assert_true(vtd_preset("max", &p));
    for (unsigned n = 0; n < 16u; n++) {
        bool scalable = n & 1u, pgsnp = n & 2u, snp = n & 4u, no_snoop = n & 8u;
        struct vtd_paging paging = {.params = &p, .scalable = scalable, .pgsnp = pgsnp};
        struct vtd_result result = {.ss = true, .snp = snp};
        assert_int_equal(vtd_final_snoop(&p, &paging, &result, no_snoop), !no_snoop || (scalable && pgsnp) || snp);
    }
}

static uint8_t memory_type_in(struct vtd_paging paging, uint8_t pat_index, uint8_t emt, uint8_t ipat, uint8_t mtrr_type)
{
    struct vtd_params p;
    assert_true(vtd_preset("max", &p));
    paging.params = &p;
    paging.scalable = true;
    paging.pat = 0x70065410; /* PA0 UC, PA1 WC, PA2 WT, PA3 WP, PA4 WB, PA7 UC- */
    struct vtd_walk first = {.page_lg2 = 12, .pat_index = pat_index};
    struct vtd_walk second = {.page_lg2 = 12, .emt = emt, .ipat = ipat};
    bool fs = paging.pgtt == VTD_FIRST_STAGE || paging.pgtt == VTD_NESTED;
    bool ss = paging.pgtt == VTD_SECOND_STAGE || paging.pgtt == VTD_NESTED;
    return vtd_result_make(&p, &paging, fs ? &first : NULL, ss ? &second : NULL, 0, mtrr_type).memory_type;
}

static uint8_t memory_type_of(struct vtd_paging paging, uint8_t pat_index, uint8_t emt, uint8_t ipat)
{
    return memory_type_in(paging, pat_index, emt, ipat, PORT_WB);
}

static void memory_type_is_table_9(void **state)
{
    (void)state;
    const struct vtd_paging first = {.pgtt = VTD_FIRST_STAGE}, through = {.pgtt = VTD_PASS_THROUGH};
    const struct vtd_paging second = {.pgtt = VTD_SECOND_STAGE}, second_emt = {.pgtt = VTD_SECOND_STAGE, .emte = true};
    const struct vtd_paging nested = {.pgtt = VTD_NESTED}, nested_emt = {.pgtt = VTD_NESTED, .emte = true};
    const struct vtd_paging off = {.pgtt = VTD_NESTED, .emte = true, .cd = true};
    assert_int_equal(memory_type_of(through, 0, 0, 0), PORT_WB);
    assert_int_equal(memory_type_of(off, 4, PORT_WB, 1), PORT_UC);
    assert_int_equal(memory_type_of(second, 0, PORT_UC, 0), PORT_WB);
    assert_int_equal(memory_type_of(second_emt, 0, PORT_WT, 0), PORT_WT);
    assert_int_equal(memory_type_of(first, 4, 0, 0), PORT_WB);
    assert_int_equal(memory_type_of(first, 1, 0, 0), PORT_WC);
    assert_int_equal(memory_type_of(first, 7, 0, 0), PORT_UC);
    assert_int_equal(memory_type_of(nested, 3, PORT_UC, 1), PORT_WP);
    assert_int_equal(memory_type_of(nested_emt, 4, PORT_WP, 1), PORT_WP);
    assert_int_equal(memory_type_of(nested_emt, 7, PORT_WP, 0), PORT_WC);
    assert_int_equal(memory_type_of(nested_emt, 4, PORT_UC, 0), PORT_UC);
    assert_int_equal(memory_type_of(nested_emt, 2, PORT_WC, 0), PORT_UC);
    /* The MTRRs count only where a first stage does, and EMT does not stand in for them. */
    assert_int_equal(memory_type_in(first, 4, 0, 0, PORT_UC), PORT_UC);
    assert_int_equal(memory_type_in(first, 1, 0, 0, PORT_UC), PORT_WC);
    assert_int_equal(memory_type_in(nested, 4, PORT_WB, 1, PORT_WT), PORT_WT);
    assert_int_equal(memory_type_in(nested_emt, 4, PORT_WB, 0, PORT_UC), PORT_WB);
    assert_int_equal(memory_type_in(second, 0, 0, 0, PORT_UC), PORT_WB);
    assert_int_equal(memory_type_in(through, 0, 0, 0, PORT_UC), PORT_WB);
}

static void mtrr_type_is_3_11_2(void **state)
{
    (void)state;
    struct vtd_mtrrs m = {.default_type = PORT_WB};
    assert_int_equal(vtd_mtrr_type(&m, 0x200000), PORT_UC); /* not enabled */
    m.enabled = true;
    assert_int_equal(vtd_mtrr_type(&m, 0x200000), PORT_WB);
    for (unsigned i = 0; i < VTD_MTRR_FIXED; i++)
        for (unsigned r = 0; r < 8u; r++)
            m.fixed[i] |= (uint64_t)((i + r) % 2u ? PORT_WP : PORT_WT) << 8u * r;
    assert_int_equal(vtd_mtrr_type(&m, 0x10000), PORT_WB); /* fixed ranges not enabled */
    m.fixed_enabled = true;
    static const struct {
        uint64_t address;
        uint8_t type;
    } fixed[] = {
        {0x00000, PORT_WT}, {0x0ffff, PORT_WT}, {0x10000, PORT_WP}, {0x7ffff, PORT_WP}, {0x80000, PORT_WP},  {0x83fff, PORT_WP},
        {0x84000, PORT_WT}, {0x9ffff, PORT_WT}, {0xa0000, PORT_WT}, {0xa4000, PORT_WP}, {0xc0000, PORT_WP},  {0xc1000, PORT_WT},
        {0xc8000, PORT_WT}, {0xd0000, PORT_WP}, {0xf8000, PORT_WT}, {0xfffff, PORT_WP}, {0x100000, PORT_WB},
    };
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        assert_int_equal(vtd_mtrr_type(&m, fixed[i].address), fixed[i].type);
    const uint64_t megabyte = BITS(51, 20);
    m.variable[3].valid = true;
    m.variable[3].type = PORT_WT;
    m.variable[3].base = 0x40000000;
    m.variable[3].mask = megabyte;
    assert_int_equal(vtd_mtrr_type(&m, 0x400fffff), PORT_WT);
    assert_int_equal(vtd_mtrr_type(&m, 0x40100000), PORT_WB);
    assert_int_equal(vtd_mtrr_type(&m, 0x3fffffff), PORT_WB);
    m.variable[9] = m.variable[3];
    m.variable[9].type = PORT_WB; /* overlap of WT and WB */
    assert_int_equal(vtd_mtrr_type(&m, 0x40000000), PORT_WT);
    m.variable[9].type = PORT_UC;
    assert_int_equal(vtd_mtrr_type(&m, 0x40000000), PORT_UC);
    m.variable[9].valid = false;
    m.variable[3].type = 3; /* reserved */
    assert_int_equal(vtd_mtrr_type(&m, 0x40000000), PORT_UC);
}

/* ---- parameters ---- */

static void presets_are_consistent_and_different(void **state)
{
    (void)state;
    for (size_t i = 0; vtd_preset_names[i]; i++) {
        struct vtd_params p, q;
        char error[128] = "";
        assert_true(vtd_preset(vtd_preset_names[i], &p));
        if (vtd_params_check(&p, error, sizeof error) != 0)
            fail_msg("%s: %s", vtd_preset_names[i], error);
        for (size_t k = 0; k < i; k++) {
            assert_true(vtd_preset(vtd_preset_names[k], &q));
            assert_memory_not_equal(&p, &q, sizeof p);
        }
    }
    struct vtd_params p;
    assert_false(vtd_preset("no such preset", &p));
}

static void parameters_are_checked(void **state)
{
    (void)state;
    struct vtd_params p;
    char error[128];
    assert_true(vtd_preset("max", &p));
    assert_false(vtd_set_parameter(&p, "no_such_member", "1"));
    assert_false(vtd_set_parameter(&p, "cm", "2"));
    assert_false(vtd_set_parameter(&p, "cm", ""));
    assert_false(vtd_set_parameter(&p, "cm", "-1"));
    assert_false(vtd_set_parameter(&p, "iotlb.replacement", "sometimes"));
    assert_false(vtd_set_parameter(&p, "erratum", "V08+NO_SUCH"));
    assert_true(vtd_set_parameter(&p, "iotlb.ways", "16"));
    assert_int_equal(p.iotlb.ways, 16);
    assert_true(vtd_set_parameter(&p, "iotlb.replacement", "never-evict"));
    assert_int_equal(p.iotlb.replacement, CACHE_NEVER_EVICT);
    assert_true(vtd_set_parameter(&p, "lookup_ps", "0x10"));
    assert_int_equal(p.lookup_ps, 16);
    assert_int_equal(vtd_params_check(&p, NULL, 0), 0);
    static const char *const contradictions[][2] = {
        {"qi", "0"},    {"smts", "0"}, {"fsts", "0"}, {"ssts", "0"},  {"srs", "0"}, {"sagaw", "1"}, {"nd", "7"},
        {"sslps", "2"}, {"dwd", "0"},  {"rwbf", "1"}, {"mgaw", "40"}, {"prs", "1"}, {"haw", "31"},  {"iotlb.sets", "3"},
    };
    for (size_t i = 0; i < COUNT(contradictions); i++) {
        assert_true(vtd_preset("max", &p));
        assert_true(vtd_set_parameter(&p, contradictions[i][0], contradictions[i][1]));
        error[0] = '\0';
        if (vtd_params_check(&p, error, sizeof error) == 0)
            fail_msg("%s=%s is accepted", contradictions[i][0], contradictions[i][1]);
        assert_int_not_equal(error[0], '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(presets_are_consistent_and_different),
        cmocka_unit_test(parameters_are_checked),
        cmocka_unit_test(first_stage_rights_are_the_clause),
        cmocka_unit_test(second_stage_rights_are_the_clause),
        cmocka_unit_test(flags_follow_use),
        cmocka_unit_test(snoop_is_table_6),
        cmocka_unit_test(memory_type_is_table_9),
        cmocka_unit_test(mtrr_type_is_3_11_2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
