/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One case for each fault condition of 7.1.3 Table 30 that an untranslated request can meet: a path that works, then one
 * defect, then the path repaired. Each condition is tried with and without FPD, for every kind of translation that knows it.
 */
#include "build/vt.h"
#include "vtd_chapters.h"

#include <string.h>

#define INPUT UINT64_C(0x2345000)

struct scene {
    struct vt *vt;
    struct vt_path *path;
    struct iotb_request r; /* what is sent; arrange() may change it */
    uint64_t host;
    uint64_t saved_address[4], saved_value[4];
    uint32_t saved;
};

struct condition {
    const char *name;
    const char *row;
    uint32_t fr;
    uint32_t flavours;
    void (*arrange)(struct scene *s); /* makes the defect */
    bool qualified;
    uint8_t kinds; /* READS, WRITES, BOTH */
    const char *gate;
    uint64_t features;
};

enum { READS = 1, WRITES = 2, BOTH = 3 };

/* ---- defects ---- */

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
    return entry_at(s, s->path->fs, INPUT, level);
}
static uint64_t ss_entry(struct scene *s, uint32_t level)
{
    return entry_at(s, s->path->ss, INPUT, level);
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
    put_field(s, vt_path_leaf(s->path, INPUT), "ss_pte", "ADDR", UINT64_C(0xfee00000));
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

/* ---- the harness ---- */

static void restore(struct scene *s)
{
    while (s->saved) {
        s->saved--;
        mem_write64(s->vt->t, s->saved_address[s->saved], s->saved_value[s->saved]);
    }
    inject_clear(s->vt->t);
    vt_flush_writes(s->vt);
    vt_invalidate_all(s->vt);
}

/* The defect is there; with FPD set on the way a qualified fault leaves no record, any other leaves one. */
static void with_fpd(const struct condition *c, struct scene *s)
{
    uint64_t entry = context(s);

    if (!entry || s->vt->config.mode == VT_LEGACY)
        vt_set_field(s->vt, entry, "context_entry_legacy", "FPD", 1);
    else
        vt_set_field(s->vt, entry, "context_entry_scalable", "FPD", 1);
    vt_flush_writes(s->vt);
    vt_invalidate_all(s->vt);
    if (c->qualified)
        vt_expect_silent(s->vt, "VTD-7-025", &s->r, s->host);
    else
        vt_expect_fault(s->vt, "VTD-7-026", &s->r, c->fr, s->host);
    vt_set_bits(s->vt, entry, 1, 1, 0);
}

static void defect(const struct condition *c, struct scene *s, enum iotb_request_kind kind)
{
    s->saved = 0;
    s->r = vt_request(s->path, kind, s->path->flavour->pgtt == 4 ? s->host : INPUT, 8);
    vt_expect_ok(s->vt, c->row, &s->r, s->host);
    c->arrange(s);
    vt_flush_writes(s->vt);
    vt_invalidate_all(s->vt);
    vt_expect_fault(s->vt, c->row, &s->r, c->fr, s->host);
    if (c->arrange != context_zero && c->arrange != root_zero && c->arrange != context_abort)
        with_fpd(c, s);
    restore(s);
    s->r = vt_request(s->path, kind, s->path->flavour->pgtt == 4 ? s->host : INPUT, 8);
    vt_expect_ok(s->vt, c->row, &s->r, s->host);
}

static void body(struct vt *vt, struct vt_path *path)
{
    const struct condition *c = test_argument(vt->t);
    struct scene s = {.vt = vt, .path = path};

    s.host = vt_path_page(path, INPUT, VT_RW);
    if (c->kinds & WRITES)
        defect(c, &s, IOTB_WRITE);
    if (c->kinds & READS)
        defect(c, &s, IOTB_READ);
}

static void run_condition(struct test *t)
{
    const struct condition *c = test_argument(t);

    vt_each_flavour(t, c->flavours, body);
}

#define LEGACY (1u << VT_LEGACY_SS)
#define LEGACY_ALL (1u << VT_LEGACY_SS | 1u << VT_LEGACY_PT)
#define SCALABLE_SS (1u << VT_RID_SS | 1u << VT_PASID_SS)
#define FIRST (VT_FS_FLAVOURS | VT_NESTED_FLAVOURS)
#define SECOND (SCALABLE_SS | VT_NESTED_FLAVOURS)
#define SCALABLE VT_SCALABLE_FLAVOURS
#define WITH_PASID VT_PASID_FLAVOURS
#define PLAIN (SCALABLE & ~WITH_PASID)
#define MEMORY IOTB_F_BENCH_MEMORY
#define WIDE IOTB_F_WIDE_ADDRESS

/* X(name, row, FR, flavours, defect, qualified, kinds, gate, features) */
#define CONDITIONS(X)                                                                                             \
    X(LRT_1, "VTD-7-032", 0x08, LEGACY_ALL, root_abort, false, BOTH, NULL, MEMORY)                                \
    X(LRT_2, "VTD-7-033", 0x01, LEGACY_ALL, root_zero, false, BOTH, NULL, 0)                                      \
    X(LRT_3, "VTD-7-034", 0x0a, LEGACY_ALL, root_reserved, false, BOTH, NULL, 0)                                  \
    X(LRT_3_high, "VTD-7-034", 0x0a, LEGACY_ALL, root_reserved_high, false, BOTH, NULL, 0)                        \
    X(LCT_1, "VTD-7-035", 0x09, LEGACY_ALL, context_abort, false, BOTH, NULL, MEMORY)                             \
    X(LCT_2, "VTD-7-036", 0x02, LEGACY_ALL, context_zero, true, BOTH, NULL, 0)                                    \
    X(LCT_3, "VTD-7-037", 0x0b, LEGACY_ALL, context_reserved_4, true, BOTH, NULL, 0)                              \
    X(LCT_3_high, "VTD-7-037", 0x0b, LEGACY_ALL, context_reserved_71, true, BOTH, NULL, 0)                        \
    X(LCT_4_1, "VTD-7-038", 0x03, LEGACY, context_aw, true, BOTH, NULL, 0)                                        \
    X(LCT_4_2, "VTD-7-039", 0x03, LEGACY_ALL, context_tt, true, BOTH, NULL, 0)                                    \
    X(LCT_4_3, "VTD-7-040", 0x03, LEGACY, ss_top_abort, true, BOTH, NULL, MEMORY)                                 \
    X(LSS_1, "VTD-7-042", 0x07, LEGACY, ss_lower_abort, true, BOTH, NULL, MEMORY)                                 \
    X(LSS_2, "VTD-7-043", 0x0c, LEGACY, ss_reserved, true, BOTH, NULL, 0)                                         \
    X(LGN_1_1, "VTD-7-044", 0x04, LEGACY, input_beyond_second_stage, true, BOTH, NULL, WIDE)                      \
    X(LGN_1_3, "VTD-7-046", 0x04, 1u << VT_LEGACY_PT, input_beyond_host, true, BOTH, NULL, WIDE)                  \
    X(LGN_2, "VTD-7-047", 0x05, LEGACY, ss_no_write, true, WRITES, NULL, 0)                                       \
    X(LGN_3, "VTD-7-048", 0x06, LEGACY, ss_no_read, true, READS, NULL, 0)                                         \
    X(LGN_4, "VTD-7-049", 0x0e, LEGACY, leaf_to_interrupts, true, BOTH, NULL, 0)                                  \
    X(RTA_5, "VTD-7-057", 0x34, WITH_PASID, execute, false, READS, "VER.MAX>=8", IOTB_F_PRIVILEGE)                \
    X(SRT_1, "VTD-7-058", 0x38, SCALABLE, root_abort, false, BOTH, NULL, MEMORY)                                  \
    X(SRT_2, "VTD-7-059", 0x39, SCALABLE, root_zero, false, BOTH, NULL, 0)                                        \
    X(SRT_3, "VTD-7-060", 0x3a, SCALABLE, root_reserved, false, BOTH, NULL, 0)                                    \
    X(SRT_3_high, "VTD-7-060", 0x3a, SCALABLE, root_reserved_11, false, BOTH, NULL, 0)                            \
    X(SCT_1, "VTD-7-061", 0x40, SCALABLE, context_abort, false, BOTH, NULL, MEMORY)                               \
    X(SCT_2, "VTD-7-062", 0x41, SCALABLE, context_zero, true, BOTH, NULL, 0)                                      \
    X(SCT_3, "VTD-7-063", 0x42, SCALABLE, context_reserved_7, true, BOTH, NULL, 0)                                \
    X(SCT_4_2, "VTD-7-065", 0x43, SCALABLE, context_rid_pasid, true, BOTH, "ECAP.RPS", 0)                         \
    X(SCT_6, "VTD-7-068", 0x45, WITH_PASID, context_paside, true, BOTH, NULL, 0)                                  \
    X(SCT_7, "VTD-7-069", 0x46, WITH_PASID, pasid_beyond_directory, true, BOTH, "ECAP.PSS>=13", 0)                \
    X(SCT_9, "VTD-7-071", 0x48, WITH_PASID, pasid_is_rid_pasid, true, BOTH, "ECAP.RPS", 0)                        \
    X(SCT_9_zero, "VTD-7-071", 0x48, WITH_PASID, pasid_is_zero, true, BOTH, "!ECAP.RPS", 0)                       \
    X(SPD_1, "VTD-7-073", 0x50, SCALABLE, directory_abort, false, BOTH, NULL, MEMORY)                             \
    X(SPD_2, "VTD-7-074", 0x51, SCALABLE, directory_zero, true, BOTH, NULL, 0)                                    \
    X(SPD_3, "VTD-7-075", 0x52, SCALABLE, directory_reserved, true, BOTH, NULL, 0)                                \
    X(SPT_1, "VTD-7-076", 0x58, SCALABLE, pasid_abort, false, BOTH, NULL, MEMORY)                                 \
    X(SPT_2, "VTD-7-077", 0x59, SCALABLE, pasid_zero, true, BOTH, NULL, 0)                                        \
    X(SPT_3, "VTD-7-078", 0x5a, SCALABLE, pasid_reserved_5, true, BOTH, NULL, 0)                                  \
    X(SPT_3_high, "VTD-7-078", 0x5a, SCALABLE, pasid_reserved_511, true, BOTH, NULL, 0)                           \
    X(SPT_4_1, "VTD-7-079", 0x5b, SECOND, pasid_aw, true, BOTH, NULL, 0)                                          \
    X(SPT_4_2, "VTD-7-080", 0x5b, SCALABLE, pasid_pgtt, true, BOTH, NULL, 0)                                      \
    X(SPT_4_3, "VTD-7-081", 0x5b, FIRST, pasid_fspm, true, BOTH, NULL, 0)                                         \
    X(SPT_4_4, "VTD-7-082", 0x5b, VT_NESTED_FLAVOURS, pasid_fsptptr, true, BOTH, NULL, 0)                         \
    X(SPT_5, "VTD-7-083", 0x5c, WITH_PASID, execute, true, READS, "VER.MAX<8&!ECAP.ERS", IOTB_F_PRIVILEGE)        \
    X(SPT_6, "VTD-7-084", 0x5d, WITH_PASID, privileged, true, BOTH, NULL, IOTB_F_PRIVILEGE)                       \
    X(SFS_1, "VTD-7-086", 0x70, FIRST, fs_lower_abort, true, BOTH, NULL, MEMORY)                                  \
    X(SFS_2, "VTD-7-087", 0x71, FIRST, fs_not_present, true, BOTH, NULL, 0)                                       \
    X(SFS_2_upper, "VTD-7-087", 0x71, FIRST, fs_not_present_2, true, BOTH, NULL, 0)                               \
    X(SFS_3, "VTD-7-088", 0x72, FIRST, fs_reserved, true, BOTH, NULL, 0)                                          \
    X(SFS_4, "VTD-7-089", 0x73, FIRST, fs_top_abort, true, BOTH, NULL, MEMORY)                                    \
    X(SFS_5, "VTD-7-090", 0x74, VT_NESTED_FLAVOURS, fs_address_wide, true, BOTH, NULL, 0)                         \
    X(SFS_6, "VTD-7-091", 0x75, VT_NESTED_FLAVOURS, fs_top_unreadable, true, BOTH, NULL, 0)                       \
    X(SFS_7, "VTD-7-092", 0x76, VT_NESTED_FLAVOURS, fs_lower_unreadable, true, BOTH, NULL, 0)                     \
    X(SFS_8, "VTD-7-093", 0x77, VT_NESTED_FLAVOURS, fs_flags_unwritable, true, BOTH, "ECAP.SMPWCS", 0)            \
    X(SFS_9, "VTD-7-094", 0x90, FIRST, fs_flags_unsnooped, true, BOTH, "ECAP.SMPWCS", 0)                          \
    X(SFS_9_never, "VTD-7-094", 0x90, FIRST, unsnooped_no_capability, true, BOTH, "!ECAP.SMPWCS", 0)              \
    X(SFS_10, "VTD-7-095", 0x91, FIRST, fs_update_abort, true, BOTH, "ECAP.SMPWCS", MEMORY)                       \
    X(SSS_1, "VTD-7-096", 0x78, SCALABLE_SS, ss_lower_abort, true, BOTH, NULL, MEMORY)                            \
    X(SSS_2, "VTD-7-097", 0x79, SCALABLE_SS, ss_not_present, true, BOTH, NULL, 0)                                 \
    X(SSS_2_upper, "VTD-7-097", 0x79, SCALABLE_SS, ss_not_present_2, true, BOTH, NULL, 0)                         \
    X(SSS_2_cancel, "VTD-7-097", 0x79, SCALABLE_SS, ss_rights_cancel, true, BOTH, NULL, 0)                        \
    X(SSS_2_nested, "VTD-7-097", 0x79, VT_NESTED_FLAVOURS, nested_absent, true, BOTH, NULL, 0)                    \
    X(SSS_3, "VTD-7-098", 0x7a, SCALABLE_SS, ss_reserved, true, BOTH, NULL, 0)                                    \
    X(SSS_3_nested, "VTD-7-098", 0x7a, VT_NESTED_FLAVOURS, nested_reserved, true, BOTH, NULL, 0)                  \
    X(SSS_4, "VTD-7-099", 0x7b, SECOND, ss_top_abort, true, BOTH, NULL, MEMORY)                                   \
    X(SSS_5, "VTD-7-100", 0x7c, SCALABLE_SS, ss_flags_unsnooped, true, BOTH, "ECAP.SSADS", 0)                     \
    X(SSS_6, "VTD-7-101", 0x7d, SCALABLE_SS, ss_update_abort, true, BOTH, "ECAP.SSADS", MEMORY)                   \
    X(SGN_1, "VTD-7-102", 0x80, FIRST, input_not_canonical, true, BOTH, NULL, WIDE)                               \
    X(SGN_2, "VTD-7-103", 0x81, FIRST, fs_user, true, READS, NULL, 0)                                             \
    X(SGN_2_upper, "VTD-7-103", 0x81, FIRST, fs_user_3, true, READS, NULL, 0)                                     \
    X(SGN_4_2, "VTD-7-106", 0x83, 1u << VT_RID_PT | 1u << VT_PASID_PT, input_beyond_host, true, BOTH, NULL, WIDE) \
    X(SGN_5, "VTD-7-107", 0x84, SCALABLE_SS, input_beyond_second_stage, true, BOTH, NULL, WIDE)                   \
    X(SGN_6_fs, "VTD-7-108", 0x85, FIRST, fs_no_write, true, WRITES, NULL, 0)                                     \
    X(SGN_6_top, "VTD-7-108", 0x85, FIRST, fs_no_write_top, true, WRITES, NULL, 0)                                \
    X(SGN_6_ss, "VTD-7-108", 0x85, SCALABLE_SS, ss_no_write, true, WRITES, NULL, 0)                               \
    X(SGN_6_nested, "VTD-7-108", 0x85, VT_NESTED_FLAVOURS, nested_no_write, true, WRITES, NULL, 0)                \
    X(SGN_7, "VTD-7-109", 0x86, SCALABLE_SS, ss_no_read, true, READS, NULL, 0)                                    \
    X(SGN_7_nested, "VTD-7-109", 0x86, VT_NESTED_FLAVOURS, nested_no_read, true, READS, NULL, 0)                  \
    X(SGN_8_1, "VTD-7-110", 0x87, VT_FS_FLAVOURS | SCALABLE_SS, leaf_to_interrupts, true, BOTH, NULL, 0)          \
    X(SGN_8_1_nested, "VTD-7-110", 0x87, VT_NESTED_FLAVOURS, nested_to_interrupts, true, BOTH, NULL, 0)           \
    X(SGN_8_1_pass, "VTD-7-110", 0x87, 1u << VT_PASID_PT, pass_to_interrupts, true, WRITES, NULL, 0)              \
    X(SGN_10, "VTD-7-113", 0x89, WITH_PASID, pasid_wide, true, BOTH, "ECAP.PSS<19", 0)

#define FACTS(NAME, ROW, FR, FLAVOURS, DEFECT, QUALIFIED, KINDS, GATE, FEATURES) \
    static const struct condition condition_##NAME = {#NAME, ROW, FR, FLAVOURS, DEFECT, QUALIFIED, KINDS, GATE, FEATURES};
CONDITIONS(FACTS)

#define CASE(NAME, ROW, FR, FLAVOURS, DEFECT, QUALIFIED, KINDS, GATE, FEATURES)                                                 \
    {.name = "vtd.condition." #NAME,                                                                                            \
     .summary = "One defect gives this condition's fault reason, its record or none with FPD.",                                 \
     .run = run_condition,                                                                                                      \
     .rows = ROW " VTD-7-025 VTD-7-026 VTD-11-012 VTD-11-015 VTD-11-016 VTD-11-018 VTD-11-019 VTD-11-020 VTD-11-021 VTD-11-022" \
                 " VTD-7-146",                                                                                                  \
     .gate = GATE,                                                                                                              \
     .features = FEATURES,                                                                                                      \
     .functional = true,                                                                                                        \
     .tier = TIER_FULL,                                                                                                         \
     .argument = &condition_##NAME},

static const struct iotb_case cases[] = {CONDITIONS(CASE)};

const struct iotb_case_list vtd_conditions_cases = {cases, sizeof cases / sizeof cases[0]};
