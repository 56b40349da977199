/* SPDX-License-Identifier: BSD-2-Clause */
/* Root, context, PASID directory and PASID table entries (chapter 9 Translation Structure Formats). */
#include "build/vt_internal.h"

#include <string.h>

#define PASID_DIRECTORY_SHIFT 6u /* 3.4.3 Scalable Mode Address Translation: PASID[19:6] indexes the directory */

void vt_write_entry(struct vt *vt, uint64_t entry, const uint64_t *words, uint32_t count)
{
    uint8_t bytes[64];

    for (uint32_t i = 0; i < count * 8; i++)
        bytes[i] = (uint8_t)(words[i / 8] >> (8 * (i % 8)));
    mem_write(vt->t, entry, bytes, count * 8);
}

void vt_set_bits(struct vt *vt, uint64_t entry, uint32_t hi, uint32_t lo, uint64_t value)
{
    uint64_t address = entry + lo / 64 * 8;
    uint64_t width = hi - lo + 1;
    uint64_t mask = (width == 64 ? ~UINT64_C(0) : (UINT64_C(1) << width) - 1) << (lo % 64);

    if (hi / 64 != lo / 64)
        test_abort(vt->t, "bits %u:%u span two words", hi, lo);
    mem_write64(vt->t, address, (mem_read64(vt->t, address) & ~mask) | ((value << (lo % 64)) & mask));
}

uint64_t vt_get_bits(struct vt *vt, uint64_t entry, uint32_t hi, uint32_t lo)
{
    uint64_t width = hi - lo + 1;
    uint64_t mask = width == 64 ? ~UINT64_C(0) : (UINT64_C(1) << width) - 1;

    return (mem_read64(vt->t, entry + lo / 64 * 8) >> (lo % 64)) & mask;
}

void vt_set_field(struct vt *vt, uint64_t entry, const char *structure, const char *field, uint64_t value)
{
    const struct spec_field *f = spec_struct_field(structure, field);

    vt_set_bits(vt, entry, f->word * 64 + f->hi, f->word * 64 + f->lo, value >> vt_field_shift(f));
}

uint64_t vt_get_field(struct vt *vt, uint64_t entry, const char *structure, const char *field)
{
    const struct spec_field *f = spec_struct_field(structure, field);

    return vt_get_bits(vt, entry, f->word * 64 + f->hi, f->word * 64 + f->lo) << vt_field_shift(f);
}

/* ---- requester ids ---- */

/* Different buses and functions; functions on both sides of 80h, where the upper context table begins. */
static const uint16_t requester_ids[] = {0x0010, 0x0098, 0x0308, 0x80ff, 0xff00, 0x007f, 0x0080, 0x1234,
                                         0x0011, 0x0012, 0x0013, 0x0014, 0x0015, 0x0016, 0x0017, 0x4a60};

uint32_t vt_rid_count(struct vt *vt)
{
    if (test_has(vt->t, IOTB_F_ANY_REQUESTER))
        return sizeof requester_ids / sizeof requester_ids[0];
    return test_desc(vt->t)->requester_count;
}

uint16_t vt_rid(struct vt *vt, uint32_t n)
{
    if (n >= vt_rid_count(vt))
        test_not_testable(vt->t, "the adapter offers %u requester ids, %u are needed", vt_rid_count(vt), n + 1);
    return test_has(vt->t, IOTB_F_ANY_REQUESTER) ? requester_ids[n] : test_desc(vt->t)->requester_ids[n];
}

bool vt_rid_usable(struct vt *vt, uint16_t rid)
{
    if (test_has(vt->t, IOTB_F_ANY_REQUESTER))
        return true;
    for (uint32_t i = 0; i < test_desc(vt->t)->requester_count; i++)
        if (test_desc(vt->t)->requester_ids[i] == rid)
            return true;
    return false;
}

/* ---- addresses of entries ---- */

uint64_t vt_root_address(struct vt *vt, uint16_t rid)
{
    return vt->root + 16u * (rid >> 8);
}

/* Scalable mode: devfn bit 7 selects the upper context table (9.2 Scalable-mode Root Entry). */
static uint64_t context_table(struct vt *vt, uint16_t rid, bool make)
{
    bool scalable = vt->config.mode == VT_SCALABLE;
    uint64_t half = vt_root_address(vt, rid) + (scalable && (rid & 0x80) ? 8 : 0);
    uint64_t value = mem_read64(vt->t, half);

    if (!(value & 1) && make) {
        value = mem_alloc(vt->t, VT_PAGE, VT_PAGE) | 1;
        mem_write64(vt->t, half, value);
    }
    return value & 1 ? value & ~UINT64_C(0xfff) : 0;
}

static uint64_t context_offset(struct vt *vt, uint16_t rid)
{
    return vt->config.mode == VT_SCALABLE ? 32u * (rid & 0x7f) : 16u * (rid & 0xff);
}

uint64_t vt_context_address(struct vt *vt, uint16_t rid)
{
    uint64_t table = context_table(vt, rid, false);

    return table ? table + context_offset(vt, rid) : 0;
}

uint64_t vt_directory_address(struct vt *vt, uint16_t rid, uint32_t pasid)
{
    uint64_t context = vt_context_address(vt, rid);
    uint64_t directory = context ? vt_get_field(vt, context, "context_entry_scalable", "PASIDDIRPTR") : 0;

    return directory ? directory + 8u * (pasid >> PASID_DIRECTORY_SHIFT) : 0;
}

uint64_t vt_pasid_address(struct vt *vt, uint16_t rid, uint32_t pasid)
{
    uint64_t entry = vt_directory_address(vt, rid, pasid);
    uint64_t table = entry ? vt_get_field(vt, entry, "pasid_dir_entry", "SMPTBLPTR") : 0;

    return table ? table + 64u * (pasid & 0x3f) : 0;
}

/* ---- entries ---- */

uint32_t vt_widest_aw(struct test *t)
{
    uint64_t sagaw = vt_cap(t, "SAGAW");

    for (uint32_t aw = 3; aw >= 1; aw--)
        if (sagaw & (1u << aw))
            return aw;
    return 0;
}

static void set(uint64_t *words, const char *structure, const char *field, uint64_t value)
{
    vt_put_field(words, structure, field, value);
}

static void set_legacy(struct vt *vt, uint64_t entry, const struct vt_context *c)
{
    uint64_t words[2] = {0, 0};

    set(words, "context_entry_legacy", "P", 1);
    set(words, "context_entry_legacy", "FPD", c->fpd);
    set(words, "context_entry_legacy", "TT", c->tt);
    set(words, "context_entry_legacy", "SSPTPTR", c->table);
    set(words, "context_entry_legacy", "AW", c->aw ? c->aw : vt_widest_aw(vt->t));
    set(words, "context_entry_legacy", "DID", c->did);
    vt_write_entry(vt, entry, words, 2);
}

static void set_scalable(struct vt *vt, uint64_t entry, const struct vt_context *c)
{
    uint64_t words[4] = {0, 0, 0, 0};
    uint64_t directory = vt_get_field(vt, entry, "context_entry_scalable", "PASIDDIRPTR");

    /* 9.4 Scalable-Mode Context-Entry: the directory has 2^(PDTS+7) entries of 8 bytes. */
    if (!directory)
        directory = mem_alloc(vt->t, UINT64_C(8) << (c->pdts + 7), VT_PAGE);
    set(words, "context_entry_scalable", "P", 1);
    set(words, "context_entry_scalable", "FPD", c->fpd);
    set(words, "context_entry_scalable", "DTE", c->dte);
    set(words, "context_entry_scalable", "PASIDE", c->paside);
    set(words, "context_entry_scalable", "PRE", c->pre);
    set(words, "context_entry_scalable", "PDTS", c->pdts);
    set(words, "context_entry_scalable", "PASIDDIRPTR", directory);
    set(words, "context_entry_scalable", "RID_PASID", c->rid_pasid);
    set(words, "context_entry_scalable", "RID_PRIV", c->rid_priv);
    vt_write_entry(vt, entry, words, 4);
}

void vt_set_context(struct vt *vt, uint16_t rid, const struct vt_context *context)
{
    uint64_t entry = context_table(vt, rid, true) + context_offset(vt, rid);

    if (vt->config.mode == VT_SCALABLE)
        set_scalable(vt, entry, context);
    else
        set_legacy(vt, entry, context);
    vt_flush_writes(vt);
}

void vt_set_pasid(struct vt *vt, uint16_t rid, uint32_t pasid, const struct vt_pasid *p)
{
    static const char s[] = "pasid_table_entry";
    uint64_t directory = vt_directory_address(vt, rid, pasid);
    uint64_t words[8] = {0};
    bool second = p->pgtt == 2 || p->pgtt == 3;

    if (!directory)
        test_abort(vt->t, "requester %04x has no PASID directory", rid);
    if (!(mem_read64(vt->t, directory) & 1))
        mem_write64(vt->t, directory, mem_alloc(vt->t, VT_PAGE, VT_PAGE) | 1);
    set(words, s, "P", 1);
    set(words, s, "FPD", p->fpd);
    set(words, s, "AW", p->aw ? p->aw : second ? vt_widest_aw(vt->t) : 0);
    set(words, s, "PGTT", p->pgtt);
    set(words, s, "SSADE", p->ssade);
    set(words, s, "SSPTPTR", p->ss_table);
    set(words, s, "DID", p->did);
    set(words, s, "PWSNP", p->pwsnp);
    set(words, s, "PGSNP", p->pgsnp);
    set(words, s, "CD", p->cd);
    set(words, s, "EMTE", p->emte);
    set(words, s, "PAT", p->pat);
    set(words, s, "SRE", p->sre);
    set(words, s, "FSPM", p->fspm);
    set(words, s, "WPE", p->wpe);
    set(words, s, "EAFE", p->eafe);
    set(words, s, "FSPTPTR", p->fs_table);
    vt_write_entry(vt, vt_pasid_address(vt, rid, pasid), words, 8);
    vt_flush_writes(vt);
}
