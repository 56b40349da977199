/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Evidence for the report of a failing case: registers, and the structures that the request in question leads through, decoded
 * by field. What a case has made of them may point anywhere, so every pointer is tried before it is followed.
 */
#include "build/vt_internal.h"

#include <stdio.h>
#include <string.h>

#define LINE_BYTES 700u
#define ADDRESS UINT64_C(0x000ffffffffff000)

/* ---- one line for a register or an entry: its fields that are not 0 ---- */

/* `reserved` is what the table calls reserved fields. */
static void add_field(char *line, const struct spec_field *field, const char *reserved, uint64_t value)
{
    size_t used = strlen(line);

    if (!value)
        return;
    if (!strcmp(field->name, reserved))
        snprintf(line + used, LINE_BYTES - used, " reserved[%u:%u]=0x%llx", field->word * 64 + field->hi,
                 field->word * 64 + field->lo, (unsigned long long)value);
    else
        snprintf(line + used, LINE_BYTES - used, " %s=0x%llx", field->name, (unsigned long long)value);
}

void vt_note_register(struct test *t, const char *reg)
{
    uint64_t value = vt_reg(t, reg);
    char line[LINE_BYTES] = "";
    const struct spec_field *field;

    for (size_t i = 0; (field = spec_reg_field_at(reg, i)) != NULL; i++)
        add_field(line, field, "R", spec_get(field, &value));
    test_note(t, "%s = 0x%llx:%s", reg, (unsigned long long)value, line[0] ? line : " all fields 0");
}

void vt_note_entry(struct vt *vt, uint64_t entry, const char *structure)
{
    char line[LINE_BYTES] = "";
    const struct spec_field *field;

    for (size_t i = 0; (field = spec_struct_field_at(structure, i)) != NULL; i++)
        add_field(line, field, "RSVD",
                  vt_get_bits(vt, entry, field->word * 64 + field->hi, field->word * 64 + field->lo) << vt_field_shift(field));
    test_note(vt->t, "%s at 0x%llx:%s", structure, (unsigned long long)entry, line[0] ? line : " all fields 0");
}

/* ---- where a request leads ---- */

/* Is it there, and present? */
static bool note(struct vt *vt, uint64_t entry, uint32_t bytes, const char *structure, const char *present)
{
    if (mem_exists(vt->t, entry, bytes)) {
        vt_note_entry(vt, entry, structure);
        return vt_get_field(vt, entry, structure, present) != 0;
    }
    test_note(vt->t, "%s at 0x%llx: there is no memory", structure, (unsigned long long)entry);
    return false;
}

static const struct vt_table *table_at(const struct vt *vt, enum vt_table_kind kind, uint64_t pointer)
{
    for (const struct vt_table *table = vt->tables; table; table = table->next)
        if (table->kind == kind && table->root_pointer == pointer)
            return table;
    return NULL;
}

/* The entries for an input, down to a leaf or to where it ends; the output of the leaf, 0 if there is none. */
static uint64_t note_walk(struct vt *vt, enum vt_table_kind kind, uint64_t pointer, uint64_t input)
{
    const struct vt_table *table = table_at(vt, kind, pointer);
    uint64_t host = table ? table->root : 0;

    for (uint32_t level = table ? table->levels : 0; level > 0 && host; level--) {
        uint64_t entry = host + 8 * (input >> vt_level_shift(level) & 0x1ff), word;
        bool leaf = level == 1;

        if (!mem_exists(vt->t, entry, 8)) {
            test_note(vt->t, "paging entry at 0x%llx: there is no memory", (unsigned long long)entry);
            return 0;
        }
        word = mem_read64(vt->t, entry);
        leaf = leaf || (level <= 3 && word >> 7 & 1); /* PS, in both stages */
        vt_note_entry(vt, entry, vt_entry_structure(kind, level, leaf));
        if (leaf)
            return (word & ADDRESS) | (input & ((UINT64_C(1) << vt_level_shift(level)) - 1));
        host = word & ADDRESS ? vt_pointer_to_host(table, word & ADDRESS) : 0;
    }
    return 0;
}

static void note_pasid(struct vt *vt, uint64_t directory, const struct iotb_request *r, uint32_t pasid)
{
    uint64_t entry = directory + 8 * (uint64_t)(pasid >> 6), input = r->address, second;

    if (!note(vt, entry, 8, "pasid_dir_entry", "P"))
        return;
    entry = vt_get_field(vt, entry, "pasid_dir_entry", "SMPTBLPTR") + 64 * (uint64_t)(pasid & 0x3f);
    if (!note(vt, entry, 64, "pasid_table_entry", "P"))
        return;
    second = vt_get_field(vt, entry, "pasid_table_entry", "SSPTPTR");
    switch (vt_get_field(vt, entry, "pasid_table_entry", "PGTT")) {
    case 1:
        note_walk(vt, VT_FS, vt_get_field(vt, entry, "pasid_table_entry", "FSPTPTR"), input);
        break;
    case 2:
        note_walk(vt, VT_SS, second, input);
        break;
    case 3: /* of the second stage the walk of the output; those of the first-stage entries are the builder's */
        input = note_walk(vt, VT_FS, vt_get_field(vt, entry, "pasid_table_entry", "FSPTPTR"), input);
        if (input)
            note_walk(vt, VT_SS, second, input);
        break;
    default: /* no tables */
        break;
    }
}

static void note_legacy(struct vt *vt, uint64_t root, const struct iotb_request *r)
{
    uint64_t entry = root + 16 * (uint64_t)(r->requester_id >> 8);

    if (!note(vt, entry, 16, "root_entry_legacy", "P"))
        return;
    entry = vt_get_field(vt, entry, "root_entry_legacy", "CTP") + 16 * (uint64_t)(r->requester_id & 0xff);
    if (note(vt, entry, 16, "context_entry_legacy", "P"))
        note_walk(vt, VT_SS, vt_get_field(vt, entry, "context_entry_legacy", "SSPTPTR"), r->address);
}

static void note_scalable(struct vt *vt, uint64_t root, const struct iotb_request *r)
{
    uint64_t entry = root + 16 * (uint64_t)(r->requester_id >> 8);
    bool upper = r->requester_id & 0x80;

    if (!note(vt, entry, 16, "root_entry_scalable", upper ? "UP" : "LP"))
        return;
    entry = vt_get_field(vt, entry, "root_entry_scalable", upper ? "UCTP" : "LCTP") + 32 * (uint64_t)(r->requester_id & 0x7f);
    if (!note(vt, entry, 32, "context_entry_scalable", "P"))
        return;
    note_pasid(vt, vt_get_field(vt, entry, "context_entry_scalable", "PASIDDIRPTR"), r,
               r->flags & IOTB_RQ_PASID ? r->pasid : (uint32_t)vt_get_field(vt, entry, "context_entry_scalable", "RID_PASID"));
}

void vt_evidence(struct vt *vt, const struct iotb_request *r)
{
    static const char *const always[] = {"GSTS_REG", "RTADDR_REG", "FSTS_REG"}, *const queue[] = {"IQH_REG", "IQT_REG"};
    uint64_t root = vt_reg(vt->t, "RTADDR_REG") & ~UINT64_C(0xfff);

    test_note(vt->t, "requester %04x, %s%s, input 0x%llx, as things stood when the first check failed:", r->requester_id,
              r->kind == IOTB_READ    ? "read"
              : r->kind == IOTB_WRITE ? "write"
                                      : "atomic",
              r->flags & IOTB_RQ_PASID ? " with PASID" : "", (unsigned long long)r->address);
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        vt_note_register(vt->t, always[i]);
    for (size_t i = 0; vt->queue_on && i < sizeof queue / sizeof queue[0]; i++)
        vt_note_register(vt->t, queue[i]);
    switch (vt_field(vt->t, "RTADDR_REG", "TTM")) {
    case 0:
        note_legacy(vt, root, r);
        break;
    case 1:
        note_scalable(vt, root, r);
        break;
    default: /* no tables */
        break;
    }
}
