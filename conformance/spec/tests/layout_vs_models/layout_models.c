/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The suite's tables against the model's, bit by bit. The two were typed by different people from the same specification; this
 * program, and nothing else of the suite, sees both. What differs on purpose is settled in docs/layout-disputes.md and named
 * here.
 */
#include "spec/spec.h"
#include "vtd/vtd_formats.h"
#include "vtd/vtd_stage.h"
#include "vtd/vtd_steps.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define AT_IRO 0x10000u /* vtd_regs.def: what lies where ECAP.IRO says */

struct model_register {
    const char *name;
    uint32_t offset, bytes;
};

struct model_field {
    const char *reg, *name;
    uint32_t hi, lo;
    const char *access;
    uint32_t reset;
    uint32_t word;
};

#define VTD_AT_IRO AT_IRO
static const struct model_register model_registers[] = {
#define REGISTER(name, offset, bytes, present) {#name, (offset), (bytes)},
#define FIELD(reg, name, high, low, access, reset)
#define RECORD_FIELD(reg, name, high, low, access)
#include "vtd/vtd_regs.def"
#undef REGISTER
#undef FIELD
#undef RECORD_FIELD
};

static const struct model_field model_fields[] = {
#define REGISTER(name, offset, bytes, present)
#define FIELD(reg, name, high, low, access, reset) {#reg, #name, (high), (low), #access, (reset), 0},
#define RECORD_FIELD(reg, name, high, low, access)
#include "vtd/vtd_regs.def"
#undef REGISTER
#undef FIELD
#undef RECORD_FIELD
};

static const struct model_field model_record[] = {
#define REGISTER(name, offset, bytes, present)
#define FIELD(reg, name, high, low, access, reset)
#define RECORD_FIELD(reg, name, high, low, access) {#reg, #name, (high), (low), #access, 0, strcmp(#reg, "FRCD_LOW") != 0},
#include "vtd/vtd_regs.def"
#undef REGISTER
#undef FIELD
#undef RECORD_FIELD
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *suite_name(const char *reg)
{
    static char name[64];

    snprintf(name, sizeof name, "%s_REG", reg);
    return name;
}

static const struct model_register *model_register(const char *suite)
{
    for (size_t i = 0; i < COUNT(model_registers); i++)
        if (!strcmp(suite_name(model_registers[i].name), suite))
            return &model_registers[i];
    return NULL;
}

static bool reserved(const struct spec_field *field)
{
    return !strcmp(field->name, "R") || !strcmp(field->name, "RSVD") || !strncmp(field->access, "Rsvd", 4);
}

/* ---- registers ---- */

static void registers_lie_where_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(model_registers); i++) {
        const struct model_register *r = &model_registers[i];
        const struct spec_field *field = spec_reg_field(suite_name(r->name), NULL);

        if (field->width != r->bytes * 8 || field->offset != (r->offset < AT_IRO ? r->offset : 0))
            fail_msg("%s: table %#x, %u bits; model %#x, %u bits", field->owner, (unsigned)field->offset, field->width,
                     (unsigned)r->offset, r->bytes * 8);
    }
}

/* Registers of parts that the VT-d model does not have, of SMMUv3 and of the endpoint, by how they begin. */
static const char *const not_modelled[] = {"FRCD", "PERF",  "ECMD",  "ECEO",  "ECRSP", "ECSTS", "ECCAP_", "RDTC",
                                           "VCMD", "VCRSP", "VCCAP", "SMMU_", "CFG_",  "BAR0_", "BAR4_"};

static void no_register_is_missing(void **state)
{
    (void)state;
    for (size_t n = 0; spec_reg_at(n); n++) {
        bool known = model_register(spec_reg_at(n)) != NULL;

        for (size_t i = 0; i < COUNT(not_modelled) && !known; i++)
            known = !strncmp(spec_reg_at(n), not_modelled[i], strlen(not_modelled[i]));
        if (!known)
            fail_msg("the model has no %s", spec_reg_at(n));
    }
}

/* Disputes L1 and L2: an implementation has its own alignment of protected regions; the fixed MTRRs are one field there. */
static bool settled(const struct model_field *f)
{
    return !strncmp(f->name, "PLM", 3) || !strncmp(f->name, "PHM", 3) || !strcmp(f->name, "R0_TO_R7");
}

static void check_field(const char *owner, const struct model_field *f)
{
    const struct spec_field *field;

    if (!spec_reg_exists(owner, f->name)) {
        if (!settled(f))
            fail_msg("the table has no %s.%s", owner, f->name);
        return;
    }
    field = spec_reg_field(owner, f->name);
    if (settled(f) ? field->hi != f->hi || field->lo > f->lo : field->hi != f->hi || field->lo != f->lo)
        fail_msg("%s.%s: table [%u:%u], model [%u:%u]", owner, f->name, field->hi, field->lo, f->hi, f->lo);
    if (field->word != f->word || strcmp(field->access, f->access))
        fail_msg("%s.%s: table word %u %s, model word %u %s", owner, f->name, field->word, field->access, f->word, f->access);
    if (strcmp(field->reset, "X") && (unsigned long)f->reset != strtoul(field->reset, NULL, 10))
        fail_msg("%s.%s: reset %s in the table, %u in the model", owner, f->name, field->reset, f->reset);
}

static void fields_of_registers_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(model_fields); i++)
        if (strcmp(model_fields[i].name, "ALL"))
            check_field(suite_name(model_fields[i].reg), &model_fields[i]);
    for (size_t i = 0; i < COUNT(model_record); i++)
        check_field("FRCD_REG[n]", &model_record[i]);
}

static bool model_has_field(const struct model_field *fields, size_t count, const char *reg, const struct spec_field *field)
{
    for (size_t i = 0; i < count; i++)
        if ((!reg || !strcmp(suite_name(fields[i].reg), reg)) &&
            (!strcmp(fields[i].name, field->name) || !strcmp(fields[i].name, "ALL") || !strcmp(fields[i].name, "R0_TO_R7")))
            return true;
    return false;
}

static void no_field_of_a_register_is_missing(void **state)
{
    const struct spec_field *field;

    (void)state;
    for (size_t n = 0; spec_reg_at(n); n++)
        for (size_t i = 0; (field = spec_reg_field_at(spec_reg_at(n), i)) != NULL; i++)
            if (model_register(field->owner) && !reserved(field) &&
                !model_has_field(model_fields, COUNT(model_fields), field->owner, field))
                fail_msg("the model has no %s.%s", field->owner, field->name);
    for (size_t i = 0; (field = spec_reg_field_at("FRCD_REG[n]", i)) != NULL; i++)
        if (!reserved(field) && !model_has_field(model_record, COUNT(model_record), NULL, field))
            fail_msg("the model has no FRCD.%s", field->name);
}

/* ---- CAP and ECAP: what a parameter of that name sets ---- */

static uint64_t reported(const char *reg, const struct vtd_params *params)
{
    return !strcmp(reg, "CAP_REG") ? vtd_cap_value(params) : vtd_ecap_value(params);
}

/* Dispute L3: capabilities that the model cannot report are no parameters. */
static const char *const no_parameter[] = {"ECMDS", "RDTS", "HPT1GPS", "HPTS", "PMS", "TDXCS", "VCS"};

static bool listed(const char *name)
{
    for (size_t i = 0; i < COUNT(no_parameter); i++)
        if (!strcmp(name, no_parameter[i]))
            return true;
    return false;
}

static void check_capability(const struct spec_field *field)
{
    char name[32];
    size_t n = 0;

    for (; field->name[n] && n < sizeof name - 1; n++)
        name[n] = (char)tolower((unsigned char)field->name[n]);
    name[n] = '\0';
    for (uint32_t bit = 0; bit <= field->hi - field->lo; bit++) {
        struct vtd_params params;
        char value[24];

        memset(&params, 0, sizeof params);
        snprintf(value, sizeof value, "%llu", 1ull << bit);
        if (!vtd_set_parameter(&params, name, value)) {
            if (!listed(field->name))
                fail_msg("no parameter %s=%s for %s.%s", name, value, field->owner, field->name);
            return;
        }
        if (listed(field->name))
            fail_msg("%s is a parameter now", name);
        if (reported(field->owner, &params) != UINT64_C(1) << (field->lo + bit))
            fail_msg("%s=%s reports %#llx; the table has %s.%s at [%u:%u]", name, value,
                     (unsigned long long)reported(field->owner, &params), field->owner, field->name, field->hi, field->lo);
    }
}

static void capabilities_are_reported_where_the_table_says(void **state)
{
    static const char *const owners[] = {"CAP_REG", "ECAP_REG"};
    const struct spec_field *field;

    (void)state;
    for (size_t o = 0; o < COUNT(owners); o++)
        for (size_t i = 0; (field = spec_reg_field_at(owners[o], i)) != NULL; i++)
            if (!reserved(field))
                check_capability(field);
}

/* ---- structures ---- */

/* One mask of vtd_formats.h and the field, or all fields of that name in that word, that it must be. */
static const struct format {
    const char *structure, *field;
    uint32_t word;
    uint64_t mask;
    const char *macro;
} formats[] = {
#define FORMAT(structure, field, word, macro) {structure, field, word, macro, #macro},
#include "formats.def"
#undef FORMAT
};

static uint64_t table_mask(const char *structure, const char *name, uint32_t word)
{
    const struct spec_field *field;
    uint64_t mask = 0;

    for (size_t i = 0; (field = spec_struct_field_at(structure, i)) != NULL; i++)
        if (field->word == word && !strcmp(field->name, name))
            mask |= spec_mask(field);
    return mask;
}

/* Dispute L4: without host permission tables their fields in the PASID-table entry are reserved. */
static uint64_t reserved_without_hpt(const struct format *f)
{
    static const char *const fields[] = {"HPTSZ", "HPTPFD", "HPTPTR", "HPTDID"};
    uint64_t mask = 0;

    if (!strcmp(f->structure, "pasid_table_entry") && !strcmp(f->field, "RSVD"))
        for (size_t i = 0; i < COUNT(fields); i++)
            mask |= table_mask(f->structure, fields[i], f->word);
    return mask;
}

static void formats_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(formats); i++) {
        const struct format *f = &formats[i];
        uint64_t mask = table_mask(f->structure, f->field, f->word) | reserved_without_hpt(f);

        if (mask == 0)
            fail_msg("formats.def: the table has no %s.%s in word %u", f->structure, f->field, f->word);
        if (mask != f->mask)
            fail_msg("%s.%s: table %#llx, model %#llx (%s)", f->structure, f->field, (unsigned long long)mask,
                     (unsigned long long)f->mask, f->macro);
    }
}

/* Masks of chapter 5; formats.def does not have them yet. */
static bool of_interrupts(const char *macro)
{
    return !strncmp(macro, "VTD_IRTE_", 9) || !strncmp(macro, "VTD_PIRTE_", 10) || !strncmp(macro, "VTD_PID_", 8);
}

/* Masks of vtd_formats.h that are no field of a structure in memory; dispute L5: XD is ignored since revision 4.1. */
static bool no_structure(const char *macro)
{
    return of_interrupts(macro) || !strncmp(macro, "VTD_IRTADDR_", 12) || !strncmp(macro, "VTD_RTADDR_", 11) ||
           !strcmp(macro, "VTD_TABLE_ADDRESS") || !strcmp(macro, "VTD_FS_XD");
}

static bool in_formats(const char *macro)
{
    for (size_t i = 0; i < COUNT(formats); i++)
        if (!strcmp(formats[i].macro, macro))
            return true;
    return false;
}

static void no_mask_of_the_model_is_left_out(void **state)
{
    FILE *file = fopen(MODEL_FORMATS, "r");
    char line[256], macro[64], value[192];
    size_t masks = 0;

    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "#define %63[A-Z0-9_] %191[^\n]", macro, value) != 2)
            continue;
        if (!strstr(value, "VTD_FMT(") && strcmp(value, "VTD_TABLE_ADDRESS"))
            continue;
        masks++;
        if (!no_structure(macro) && !in_formats(macro))
            fail_msg("%s of vtd_formats.h is not in formats.def", macro);
    }
    fclose(file);
    assert_true(masks > 60);
}

/* ---- paging entries: what the model treats as reserved, accessed, dirty ---- */

static const struct paging_entry {
    const char *structure;
    uint8_t level;
    bool second, large;
} paging_entries[] = {
    {"fs_pml5e", 5, false, false},     {"fs_pml4e", 4, false, false},     {"fs_pdpe_table", 3, false, false},
    {"fs_pdpe_1g", 3, false, true},    {"fs_pde_table", 2, false, false}, {"fs_pde_2m", 2, false, true},
    {"fs_pte", 1, false, false},       {"ss_pml5e", 5, true, false},      {"ss_pml4e", 4, true, false},
    {"ss_pdpe_table", 3, true, false}, {"ss_pdpe_1g", 3, true, true},     {"ss_pde_table", 2, true, false},
    {"ss_pde_2m", 2, true, true},      {"ss_pte", 1, true, false},
};

#define HAW 40u

/* 3.6, 3.7: RSVD, the address from HAW on, PS of an entry that refers to a table, and IW unless it is enabled (9.8). */
static uint64_t reserved_in_table(const struct paging_entry *e, bool ssirwe)
{
    uint64_t mask = table_mask(e->structure, "RSVD", 0) | (table_mask(e->structure, "ADDR", 0) & (UINT64_MAX << HAW));

    if (!e->large)
        mask |= table_mask(e->structure, "PS", 0);
    if (!ssirwe)
        mask |= table_mask(e->structure, "IW", 0);
    return mask;
}

static void check_paging_entry(const struct paging_entry *e, bool ssirwe)
{
    struct vtd_params params;
    struct vtd_paging paging;
    struct vtd_entry_facts facts;
    uint64_t entry = e->large ? VTD_FS_PS : 0; /* PS is bit 7 in both stages */

    memset(&params, 0, sizeof params);
    memset(&paging, 0, sizeof paging);
    params.haw = HAW;
    params.sc = params.fs1gp = 1;
    params.sslps = 3;
    paging.ssirwe = ssirwe;
    paging.ssade = paging.eafe = true;
    facts = e->second ? vtd_second_stage_facts(&params, &paging, e->level, entry)
                      : vtd_first_stage_facts(&params, &paging, e->level, entry);
    if (facts.reserved != reserved_in_table(e, ssirwe))
        fail_msg("%s reserved: table %#llx, model %#llx", e->structure, (unsigned long long)reserved_in_table(e, ssirwe),
                 (unsigned long long)facts.reserved);
    assert_int_equal(facts.leaf, e->large || e->level == 1);
    assert_true(facts.accessed == (table_mask(e->structure, "A", 0) | table_mask(e->structure, "EA", 0)));
    if (facts.leaf)
        assert_true(facts.dirty == table_mask(e->structure, "D", 0));
    assert_true(facts.present == (!e->second ? table_mask(e->structure, "P", 0)
                                  : ssirwe   ? table_mask(e->structure, "IR", 0) | table_mask(e->structure, "IW", 0)
                                             : table_mask(e->structure, "R", 0) | table_mask(e->structure, "W", 0)));
}

static void reserved_bits_of_paging_entries_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(paging_entries); i++) {
        check_paging_entry(&paging_entries[i], false);
        if (paging_entries[i].second)
            check_paging_entry(&paging_entries[i], true);
    }
}

static bool paging(const char *structure)
{
    return !strncmp(structure, "fs_", 3) || !strncmp(structure, "ss_", 3);
}

static bool compared(const struct spec_field *field)
{
    for (size_t i = 0; i < COUNT(formats); i++)
        if (!strcmp(formats[i].structure, field->owner) && !strcmp(formats[i].field, field->name) &&
            formats[i].word == field->word)
            return true;
    return false;
}

/* Structures that the model has: every field of them is in formats.def, reserved and ignored ones too where it has a mask. */
static void no_field_of_a_structure_is_left_out(void **state)
{
    static const char *const structures[] = {"root_entry_legacy",
                                             "root_entry_scalable",
                                             "context_entry_legacy",
                                             "context_entry_scalable",
                                             "pasid_dir_entry",
                                             "pasid_table_entry",
                                             "fs_pml5e",
                                             "fs_pml4e",
                                             "fs_pdpe_table",
                                             "fs_pdpe_1g",
                                             "fs_pde_table",
                                             "fs_pde_2m",
                                             "fs_pte",
                                             "ss_pml5e",
                                             "ss_pml4e",
                                             "ss_pdpe_table",
                                             "ss_pdpe_1g",
                                             "ss_pde_table",
                                             "ss_pde_2m",
                                             "ss_pte"};
    const struct spec_field *field;

    (void)state;
    for (size_t s = 0; s < COUNT(structures); s++)
        for (size_t i = 0; (field = spec_struct_field_at(structures[s], i)) != NULL; i++) {
            if (!strcmp(field->name, "IGN") || !strncmp(field->name, "HPT", 3))
                continue; /* no mask in the model: what is ignored needs none; dispute L4 */
            if (paging(field->owner) && (!strcmp(field->name, "RSVD") || !strcmp(field->name, "ADDR")))
                continue; /* by level and HAW: reserved_bits_of_paging_entries_agree */
            if (!compared(field))
                fail_msg("%s.%s is not in formats.def", field->owner, field->name);
        }
}

/* ---- Table 30: the rows of kind fault against the model's list of conditions ---- */

enum { UNQUALIFIED, QUALIFIED };

static const struct condition {
    const char *code;
    unsigned reason;
    int qualified;
    const char *answers[4]; /* to the kinds of request below */
} conditions[] = {
#define VTD_CONDITION(name, code, reason, qualified, untranslated, translation, translated, page_request, ...) \
    {code, reason, qualified, {#untranslated, #translation, #translated, #page_request}},
#include "vtd/vtd_conditions.def"
#undef VTD_CONDITION
};

static const char *const kinds_of_request[4] = {"untranslated", "translation", "translated", "page request"};

/* How rows spell what the model calls ZERO, EFFECTIVE and ZERO_LOG. */
static const char *as_in_rows(const char *answer)
{
    return !strcmp(answer, "ZERO")        ? "Succ0"
           : !strcmp(answer, "EFFECTIVE") ? "SuccEff"
           : !strcmp(answer, "ZERO_LOG")  ? "Succ0+log"
                                          : answer;
}

/* "untranslated UR; untranslated+PASID UR; translation CA; ...": the answers to one kind, with and without PASID, or NA. */
static void check_answer(const struct spec_row *row, const char *kind, const char *model)
{
    const char *at = strstr(row->stimulus, " -> ");
    bool any = false;

    for (at = at ? at + 4 : ""; *at; at += strcspn(at, ";"), at += strspn(at, "; ")) {
        size_t length = strlen(kind);
        char answer[16];

        if (strncmp(at, kind, length))
            continue;
        at += length;
        if (!strncmp(at, "+PASID", 6))
            at += 6;
        if (*at != ' ' || sscanf(at, " %15[A-Za-z0-9+]", answer) != 1)
            continue;
        any = true;
        if (strcmp(answer, as_in_rows(model)))
            fail_msg("%s: a %s request is answered %s in the row, %s in the model", row->id, kind, answer, as_in_rows(model));
    }
    if (!any && strcmp(model, "NA"))
        fail_msg("%s: no answer to a %s request in the row, %s in the model", row->id, kind, model);
}

static const struct spec_row *row_of_condition(const char *code)
{
    const struct spec_row *row;
    char clause[48];

    snprintf(clause, sizeof clause, "7.1.3 Table 30 %s", code);
    for (size_t n = 0; (row = spec_row_at("vtd", n)) != NULL; n++)
        if (!strcmp(row->kind, "fault") && !strcmp(row->clause, clause))
            return row;
    return NULL;
}

/* 5.1.4.1, Table 15: "... is 20h, not qualified." */
static void check_interrupt_condition(unsigned reason, int qualified)
{
    const struct spec_row *row;
    char says[32];

    snprintf(says, sizeof says, " is %Xh, %squalified", reason, qualified ? "" : "not ");
    for (size_t n = 0; (row = spec_row_at("vtd", n)) != NULL; n++)
        if (!strcmp(row->kind, "fault") && !strcmp(row->clause, "5.1.4.1 Table 15") && strstr(row->requirement, says))
            return;
    fail_msg("no row says that an interrupt fault%s", says);
}

static void conditions_of_table_30_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(conditions); i++) {
        const struct condition *c = &conditions[i];
        const struct spec_row *row = row_of_condition(c->code);
        unsigned reason = 0;
        const char *at;

        if (!row && !strcmp(c->code, "3.15"))
            continue; /* no condition of Table 30 */
        if (!strncmp(c->code, "IR.", 3)) {
            check_interrupt_condition(c->reason, c->qualified);
            continue;
        }
        if (!row)
            fail_msg("no row for %s", c->code);
        at = strstr(row->requirement, "is fault reason ");
        assert_non_null(at);
        assert_int_equal(sscanf(at, "is fault reason %xh", &reason), 1);
        if (reason != c->reason || (strstr(at, "not qualified") == NULL) != c->qualified)
            fail_msg("%s: reason %#x in the row, %#x in the model, or one qualified and the other not", row->id, reason,
                     c->reason);
        for (size_t k = 0; k < 4; k++)
            check_answer(row, kinds_of_request[k], c->answers[k]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers_lie_where_the_table_says),
        cmocka_unit_test(no_register_is_missing),
        cmocka_unit_test(fields_of_registers_agree),
        cmocka_unit_test(no_field_of_a_register_is_missing),
        cmocka_unit_test(capabilities_are_reported_where_the_table_says),
        cmocka_unit_test(formats_agree),
        cmocka_unit_test(reserved_bits_of_paging_entries_agree),
        cmocka_unit_test(no_mask_of_the_model_is_left_out),
        cmocka_unit_test(no_field_of_a_structure_is_left_out),
        cmocka_unit_test(conditions_of_table_30_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
