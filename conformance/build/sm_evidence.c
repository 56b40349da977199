/* SPDX-License-Identifier: BSD-2-Clause */
/* Evidence of a failure: registers, and the structures on the way of a request, decoded by field. */
#include "build/data.h"
#include "build/sm_internal.h"

#include <stdio.h>
#include <string.h>

#define LINE_BYTES 900u

static void add_field(char *line, const struct spec_field *field, uint64_t value)
{
    size_t length = strlen(line);

    if (value && strcmp(field->name, "RES0") && length + 48 < LINE_BYTES)
        snprintf(line + length, LINE_BYTES - length, " %s=0x%llx", field->name, (unsigned long long)value);
}

void sm_note_register(struct test *t, const char *reg)
{
    uint64_t value = sm_reg(t, reg);
    char line[LINE_BYTES] = "";
    const struct spec_field *field;

    for (size_t i = 0; (field = spec_reg_field_at(reg, i)) != NULL; i++)
        add_field(line, field, spec_get(field, &value));
    test_note(t, "%s = 0x%llx:%s", reg, (unsigned long long)value, line[0] ? line : " all fields 0");
}

void sm_note_entry(struct sm *sm, uint64_t entry, const char *structure)
{
    char line[LINE_BYTES] = "";
    const struct spec_field *field;

    for (size_t i = 0; (field = spec_struct_field_at(structure, i)) != NULL; i++)
        add_field(line, field,
                  sm_get_bits(sm, entry, field->word * 64 + field->hi, field->word * 64 + field->lo) << sm_field_shift(field));
    test_note(sm->t, "%s at 0x%llx:%s", structure, (unsigned long long)entry, line[0] ? line : " all fields 0");
}

/* Is there memory? */
static bool note(struct sm *sm, uint64_t entry, uint32_t bytes, const char *structure)
{
    if (mem_exists(sm->t, entry, bytes)) {
        sm_note_entry(sm, entry, structure);
        return true;
    }
    test_note(sm->t, "%s at 0x%llx: there is no memory", structure, (unsigned long long)entry);
    return false;
}

static const struct sm_table *table_at(const struct sm *sm, uint32_t stage, uint64_t pointer, const struct sm_table *under)
{
    for (const struct sm_table *table = sm->tables; table; table = table->next)
        if (table->stage == stage && table->root_pointer == pointer && table->under == under)
            return table;
    return NULL;
}

/* The descriptors for an input, down to a leaf or to where it ends; what the leaf makes of it, 0 if there is none. */
static uint64_t note_walk(struct sm *sm, const struct sm_table *table, uint64_t input)
{
    for (int level = table ? table->start_level : 4; level <= 3; level++) {
        uint64_t entry = sm_entry(sm, table, input, level), word, within = sm_ones(sm_level_shift(table, level));

        if (!entry || !mem_exists(sm->t, entry, 8))
            return 0;
        word = mem_read64(sm->t, entry);
        test_note(sm->t, "stage %u level %d descriptor at 0x%llx: 0x%016llx", table->stage, level, (unsigned long long)entry,
                  (unsigned long long)word);
        if ((word & 3) == (level == 3 ? 3 : 1))
            return (sm_descriptor_address(table, word) & ~within) | (input & within);
        if ((word & 3) != 3)
            return 0;
    }
    return 0;
}

static void note_stage1(struct sm *sm, uint64_t ste, const struct iotb_request *r)
{
    uint32_t ssid = r->flags & IOTB_RQ_PASID ? r->pasid : 0;
    uint64_t l1cd = sm_l1cd_address(sm, r->requester_id, ssid), cd;
    const struct sm_table *s2 = sm_stage2_of(sm, ste);
    bool high = r->address >> 55 & 1;
    uint64_t ipa;

    if (l1cd && !note(sm, l1cd, 8, "L1CD"))
        return;
    cd = sm_cd_address(sm, r->requester_id, ssid);
    if (!cd || !note(sm, cd, SM_CD_BYTES, "CD"))
        return;
    ipa = note_walk(sm, table_at(sm, 1, sm_get_field(sm, cd, "CD", high ? "TTB1" : "TTB0"), s2), r->address);
    if (s2 && ipa)
        note_walk(sm, s2, ipa);
}

static void note_stream(struct sm *sm, const struct iotb_request *r)
{
    uint64_t l1std = sm_l1std_address(sm, r->requester_id), ste;

    if (sm->strtab_log2size < 32 && r->requester_id >> sm->strtab_log2size)
        return;
    if (l1std)
        note(sm, l1std, 8, "L1STD");
    ste = sm_ste_address(sm, r->requester_id);
    if (!ste || !note(sm, ste, SM_STE_BYTES, "STE"))
        return;
    if (sm_get_field(sm, ste, "STE", "Config") & 1)
        note_stage1(sm, ste, r);
    else if (sm_get_field(sm, ste, "STE", "Config") == SM_S2)
        note_walk(sm, table_at(sm, 2, sm_get_field(sm, ste, "STE", "S2TTB"), NULL), r->address);
}

void sm_evidence(struct sm *sm, const struct iotb_request *r)
{
    static const char *const registers[] = {"SMMU_CR0ACK",    "SMMU_GERROR",    "SMMU_GERRORN",    "SMMU_STRTAB_BASE_CFG",
                                            "SMMU_CMDQ_PROD", "SMMU_CMDQ_CONS", "SMMU_EVENTQ_PROD"};

    test_note(sm->t, "StreamID %x, %s%s, input 0x%llx, as things stood when the first check failed:", r->requester_id,
              data_kind_name(r), r->flags & IOTB_RQ_PASID ? " with SubstreamID" : "", (unsigned long long)r->address);
    for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++)
        sm_note_register(sm->t, registers[i]);
    note_stream(sm, r);
}
