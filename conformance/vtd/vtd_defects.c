/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_defects.c - see vtd_defects.h. */
#include "vtd_defects.h"

static void put(struct scene *s, uint64_t address, uint64_t value)
{
    if (s->saved == 4)
        test_abort(s->vt->t, "too many changes in one defect");
    s->saved_address[s->saved] = address;
    s->saved_value[s->saved++] = mem_read64(s->vt->t, address);
    mem_write64(s->vt->t, address, value);
}

static void set_bit(struct scene *s, uint64_t entry, uint32_t bit)
{
    uint64_t address = entry + bit / 64 * 8;

    put(s, address, mem_read64(s->vt->t, address) | UINT64_C(1) << (bit % 64));
}

static void put_bits(struct scene *s, uint64_t entry, uint32_t hi, uint32_t lo, uint64_t value)
{
    uint64_t address = entry + lo / 64 * 8;

    put(s, address, mem_read64(s->vt->t, address));
    vt_set_bits(s->vt, entry, hi, lo, value);
}

static void put_field(struct scene *s, uint64_t entry, const char *structure, const char *field, uint64_t value)
{
    const struct spec_field *f = spec_struct_field(structure, field);

    put(s, entry + 8 * f->word, mem_read64(s->vt->t, entry + 8 * f->word));
    vt_set_field(s->vt, entry, structure, field, value);
}

static void abort_reads(struct scene *s, uint64_t address, uint64_t bytes)
{
    inject_fault(s->vt->t, INJECT_ABORT, address, address + bytes - 1, ACC_READS, 1, UINT64_MAX);
}

static uint64_t root_half(struct scene *s)
{
    uint64_t entry = vt_root_address(s->vt, s->path->rid);

    return s->vt->config.mode == VT_SCALABLE && (s->path->rid & 0x80) ? entry + 8 : entry;
}

static uint64_t context(struct scene *s)
{
    return vt_context_address(s->vt, s->path->rid);
}

static uint64_t directory(struct scene *s)
{
    return vt_directory_address(s->vt, s->path->rid, s->path->pasid);
}

static uint64_t pasid(struct scene *s)
{
    return vt_pasid_address(s->vt, s->path->rid, s->path->pasid);
}

static uint64_t entry_at(struct scene *s, struct vt_table *table, uint64_t input, uint32_t level)
{
    return vt_entry(s->vt, table, input, level);
}

static void root_abort(struct scene *s)
{
    abort_reads(s, vt_root_address(s->vt, s->path->rid), 16);
}
static void root_zero(struct scene *s)
{
    put(s, root_half(s), 0);
}
static void root_reserved(struct scene *s)
{
    set_bit(s, root_half(s), 1);
}
static void root_reserved_high(struct scene *s)
{
    set_bit(s, vt_root_address(s->vt, s->path->rid), 64);
}
static void root_reserved_11(struct scene *s)
{
    set_bit(s, root_half(s), 11);
}
static void context_abort(struct scene *s)
{
    abort_reads(s, context(s), 16);
}
static void context_zero(struct scene *s)
{
    put(s, context(s), 0);
}
static void context_reserved_4(struct scene *s)
{
    set_bit(s, context(s), 4);
}
static void context_reserved_71(struct scene *s)
{
    set_bit(s, context(s), 71);
}
static void context_reserved_7(struct scene *s)
{
    set_bit(s, context(s), 7);
}
static void context_aw(struct scene *s)
{
    put_field(s, context(s), "context_entry_legacy", "AW", 0);
}
static void context_tt(struct scene *s)
{
    put_field(s, context(s), "context_entry_legacy", "TT", 3);
}
static void context_rid_pasid(struct scene *s)
{
    /* 9.4: PDTS = 0 reaches PASIDs below 2^13. */
    put_field(s, context(s), "context_entry_scalable", "PDTS", 0);
    put_field(s, context(s), "context_entry_scalable", "RID_PASID", 0x2000);
}
static void context_paside(struct scene *s)
{
    put_field(s, context(s), "context_entry_scalable", "PASIDE", 0);
}
static void pasid_beyond_directory(struct scene *s)
{
    put_field(s, context(s), "context_entry_scalable", "PDTS", 0);
    s->r.pasid = 0x2000;
}
static void pasid_is_rid_pasid(struct scene *s)
{
    put_field(s, context(s), "context_entry_scalable", "RID_PASID", s->path->pasid);
}
static void pasid_is_zero(struct scene *s)
{
    s->r.pasid = 0; /* RPS = 0: requests without PASID use PASID 0 */
}
static void directory_abort(struct scene *s)
{
    abort_reads(s, directory(s), 8);
}
static void directory_zero(struct scene *s)
{
    put(s, directory(s), 0);
}
static void directory_reserved(struct scene *s)
{
    set_bit(s, directory(s), 2);
}
static void pasid_abort(struct scene *s)
{
    abort_reads(s, pasid(s), 64);
}
static void pasid_zero(struct scene *s)
{
    put(s, pasid(s), 0);
}
static void pasid_reserved_5(struct scene *s)
{
    set_bit(s, pasid(s), 5);
}
static void pasid_reserved_511(struct scene *s)
{
    set_bit(s, pasid(s), 511);
}
static void pasid_aw(struct scene *s)
{
    put_field(s, pasid(s), "pasid_table_entry", "AW", 0);
}
static void pasid_pgtt(struct scene *s)
{
    put_field(s, pasid(s), "pasid_table_entry", "PGTT", 0);
}
static void pasid_fspm(struct scene *s)
{
    put_field(s, pasid(s), "pasid_table_entry", "FSPM", 2);
}

/* First guest address beyond the second stage of the path: min(MGAW, AGAW). */
static uint32_t second_stage_bits(struct scene *s)
{
    uint32_t agaw = 30 + 9 * vt_aw(s->path->ss);
    uint32_t mgaw = (uint32_t)vt_cap(s->vt->t, "MGAW") + 1;

    return agaw < mgaw ? agaw : mgaw;
}

static void pasid_fsptptr(struct scene *s)
{
    uint32_t bits = second_stage_bits(s);

    if (bits >= s->vt->haw)
        test_skip(s->vt->t, "no guest address lies beyond the second stage but within the host address width");
    put_field(s, pasid(s), "pasid_table_entry", "FSPTPTR", UINT64_C(1) << bits);
}
static void privileged(struct scene *s)
{
    s->r.flags |= IOTB_RQ_PRIVILEGED;
}
static void execute(struct scene *s)
{
    s->r.flags |= IOTB_RQ_EXECUTE;
}

static uint64_t fs_entry(struct scene *s, uint32_t level)
{
    return entry_at(s, s->path->fs, DEFECT_INPUT, level);
}
static uint64_t ss_entry(struct scene *s, uint32_t level)
{
    return entry_at(s, s->path->ss, DEFECT_INPUT, level);
}
static void fs_top_abort(struct scene *s)
{
    abort_reads(s, fs_entry(s, s->path->fs->levels), 8);
}
static void fs_lower_abort(struct scene *s)
{
    abort_reads(s, fs_entry(s, 2), 8);
}
static void fs_not_present(struct scene *s)
{
    put_bits(s, fs_entry(s, 1), 0, 0, 0);
}
static void fs_not_present_2(struct scene *s)
{
    put_bits(s, fs_entry(s, 2), 0, 0, 0);
}
static void fs_reserved(struct scene *s)
{
    set_bit(s, fs_entry(s, 4), 7);
}
static void fs_address_wide(struct scene *s)
{
    uint32_t bits = second_stage_bits(s);

    if (bits >= s->vt->haw)
        test_skip(s->vt->t, "no guest address lies beyond the second stage but within the host address width");
    put_field(s, fs_entry(s, 1), "fs_pte", "ADDR", UINT64_C(1) << bits);
}

/* The second-stage leaf of the page that holds the first-stage table of `level`. */
static uint64_t table_page_leaf(struct scene *s, uint32_t level)
{
    uint64_t host = fs_entry(s, level) & ~UINT64_C(0xfff);
    uint64_t guest = s->path->fs->root_pointer;

    if (level < s->path->fs->levels)
        guest = mem_read64(s->vt->t, fs_entry(s, level + 1)) & UINT64_C(0x000ffffffffff000);
    if (vt_guest_to_host(s->path->fs, guest) != host)
        test_abort(s->vt->t, "guest address of a first-stage table does not lead to it");
    return entry_at(s, s->path->ss, guest, 1);
}
static void fs_top_unreadable(struct scene *s)
{
    put_bits(s, table_page_leaf(s, s->path->fs->levels), 0, 0, 0);
}
static void fs_lower_unreadable(struct scene *s)
{
    put_bits(s, table_page_leaf(s, 1), 0, 0, 0);
}
static void fs_flags_unwritable(struct scene *s)
{
    put_bits(s, fs_entry(s, 1), 5, 5, 0);
    put_bits(s, table_page_leaf(s, 1), 1, 1, 0);
}
static void fs_flags_unsnooped(struct scene *s)
{
    put_field(s, pasid(s), "pasid_table_entry", "PWSNP", 0);
    put_bits(s, fs_entry(s, 1), 5, 5, 0);
}
static void unsnooped_no_capability(struct scene *s)
{
    put_bits(s, fs_entry(s, 1), 5, 5, 0);
}
static void fs_update_abort(struct scene *s)
{
    put_bits(s, fs_entry(s, 1), 5, 5, 0);
    inject_fault(s->vt->t, INJECT_ABORT, fs_entry(s, 1), fs_entry(s, 1) + 7, ACC_WRITES | ACC_ATOMICS, 1, UINT64_MAX);
}
static void fs_user(struct scene *s)
{
    put_bits(s, fs_entry(s, 1), 2, 2, 0);
}
static void fs_user_3(struct scene *s)
{
    put_bits(s, fs_entry(s, 3), 2, 2, 0);
}
static void fs_no_write(struct scene *s)
{
    put_bits(s, fs_entry(s, 1), 1, 1, 0);
}
static void fs_no_write_top(struct scene *s)
{
    put_bits(s, fs_entry(s, s->path->fs->levels), 1, 1, 0);
}
static void ss_top_abort(struct scene *s)
{
    abort_reads(s, s->path->ss->root, 4096);
}
static void ss_lower_abort(struct scene *s)
{
    abort_reads(s, ss_entry(s, 1), 8);
}
static void ss_not_present(struct scene *s)
{
    put_bits(s, ss_entry(s, 1), 1, 0, 0);
}
static void ss_not_present_2(struct scene *s)
{
    put_bits(s, ss_entry(s, 2), 1, 0, 0);
}
static void ss_rights_cancel(struct scene *s)
{
    put_bits(s, ss_entry(s, 2), 1, 1, 0);
    put_bits(s, ss_entry(s, 1), 0, 0, 0);
}
static void ss_reserved(struct scene *s)
{
    set_bit(s, ss_entry(s, 2), 11);
}
static void ss_flags_unsnooped(struct scene *s)
{
    put_field(s, pasid(s), "pasid_table_entry", "SSADE", 1);
    put_field(s, pasid(s), "pasid_table_entry", "PWSNP", 0);
}
static void ss_update_abort(struct scene *s)
{
    put_field(s, pasid(s), "pasid_table_entry", "SSADE", 1);
    inject_fault(s->vt->t, INJECT_ABORT, ss_entry(s, 1), ss_entry(s, 1) + 7, ACC_WRITES | ACC_ATOMICS, 1, UINT64_MAX);
}
static void ss_no_write(struct scene *s)
{
    put_bits(s, ss_entry(s, 1), 1, 1, 0);
}
static void ss_no_read(struct scene *s)
{
    put_bits(s, ss_entry(s, 1), 0, 0, 0);
}
static uint64_t final_guest_leaf(struct scene *s)
{
    uint64_t guest = mem_read64(s->vt->t, fs_entry(s, 1)) & UINT64_C(0x000ffffffffff000);

    return entry_at(s, s->path->ss, guest, 1);
}
static void nested_no_write(struct scene *s)
{
    put_bits(s, final_guest_leaf(s), 1, 1, 0);
}
static void nested_no_read(struct scene *s)
{
    put_bits(s, final_guest_leaf(s), 0, 0, 0);
}
static void nested_absent(struct scene *s)
{
    put_bits(s, final_guest_leaf(s), 1, 0, 0);
}
static void nested_reserved(struct scene *s)
{
    uint64_t guest = mem_read64(s->vt->t, fs_entry(s, 1)) & UINT64_C(0x000ffffffffff000);

    set_bit(s, entry_at(s, s->path->ss, guest, 2), 11);
}
static void leaf_to_interrupts(struct scene *s)
{
    put_field(s, vt_path_leaf(s->path, DEFECT_INPUT), "ss_pte", "ADDR", UINT64_C(0xfee00000));
}
static void nested_to_interrupts(struct scene *s)
{
    put_field(s, final_guest_leaf(s), "ss_pte", "ADDR", UINT64_C(0xfee00000));
}
static void pass_to_interrupts(struct scene *s)
{
    s->r.address = UINT64_C(0xfee00040);
    s->r.bytes = 4;
}
static void input_beyond_second_stage(struct scene *s)
{
    s->r.address = UINT64_C(1) << second_stage_bits(s);
}
static void input_beyond_host(struct scene *s)
{
    s->r.address = UINT64_C(1) << s->vt->haw;
}
static void input_not_canonical(struct scene *s)
{
    s->r.address = UINT64_C(1) << (s->path->fs->levels == 5 ? 56 : 47);
}
static void pasid_wide(struct scene *s)
{
    s->r.pasid = 1u << (vt_ecap(s->vt->t, "PSS") + 1);
}

/* ---- made and undone ---- */

void defect_make(const struct condition *c, struct scene *s)
{
    s->saved = 0;
    c->arrange(s);
    vt_flush_writes(s->vt);
    vt_invalidate_all(s->vt);
}

void defect_undo(struct scene *s)
{
    while (s->saved) {
        s->saved--;
        mem_write64(s->vt->t, s->saved_address[s->saved], s->saved_value[s->saved]);
    }
    inject_clear(s->vt->t);
    vt_flush_writes(s->vt);
    vt_invalidate_all(s->vt);
}

bool defect_has_context(const struct condition *c)
{
    return c->arrange != context_zero && c->arrange != root_zero && c->arrange != context_abort;
}

void defect_set_fpd(struct scene *s, bool fpd)
{
    bool legacy = s->vt->config.mode == VT_LEGACY;

    vt_set_field(s->vt, context(s), legacy ? "context_entry_legacy" : "context_entry_scalable", "FPD", fpd);
    vt_flush_writes(s->vt);
    vt_invalidate_all(s->vt);
}

#define FACTS(NAME, ROW, FR, FLAVOURS, DEFECT, QUALIFIED, KINDS, TRANSLATION, TRANSLATED, PAGE, GATE, FEATURES)      \
    const struct condition condition_##NAME = {                                                                      \
        #NAME,         ROW,  FR,      FLAVOURS, DEFECT, QUALIFIED, KINDS, ANSWER_##TRANSLATION, ANSWER_##TRANSLATED, \
        ANSWER_##PAGE, GATE, FEATURES};
LEGACY_CONDITIONS(FACTS)
SCALABLE_CONDITIONS(FACTS)
PLAIN_CONDITIONS(FACTS)
