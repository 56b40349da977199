/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vt.h - what a VT-d case builds with: registers by name, tables, page tables, the invalidation queue, requests along a
 * translation path, and expectations about what a request does.
 *
 * Written from conformance/spec (the suite's own tables), never from a model. Names of registers, structures and fields are
 * those of conformance/spec/vtd-*.csv. Entries are plain memory: every entry has an address function, so that a case can
 * change any bit of it with vt_set_bits().
 *
 * Words: *input* is the address in a request; a *path* is one way for a request to reach memory (device, PASID, tables).
 */
#ifndef BUILD_VT_H
#define BUILD_VT_H

#include "bench/case.h"
#include "spec/spec.h"

/* ---- registers by name ---- */

uint64_t vt_offset(const char *reg);                              /* "FSTS_REG" */
uint64_t vt_reg(struct test *t, const char *reg);                 /* whole register */
void vt_reg_set(struct test *t, const char *reg, uint64_t value); /* whole register */
uint64_t vt_field(struct test *t, const char *reg, const char *field);
uint64_t vt_cap(struct test *t, const char *field);  /* CAP_REG field */
uint64_t vt_ecap(struct test *t, const char *field); /* ECAP_REG field */
uint64_t vt_ver(struct test *t);                     /* VER_REG.MAX */
uint64_t vt_reg_bits(const char *reg, const char *field, uint64_t value); /* value placed at the field */
/* Decodes a register by field into the report (test_note). */
void vt_note_register(struct test *t, const char *reg);

/* ---- bring-up ---- */

enum vt_mode { VT_LEGACY = 0, VT_SCALABLE = 1 };

struct vt_config {
    enum vt_mode mode;
    bool stay_off;          /* everything but GCMD.TE */
    bool no_queue;          /* leave queued invalidation off (and use register-based invalidation in legacy mode) */
    bool narrow_queue;      /* 128-bit descriptors although 256 would do (legacy mode) */
    bool ssirwe;            /* RTADDR_REG.SSIRWE */
    uint64_t root_fixed;    /* root table here instead of anywhere, 0: anywhere */
    uint32_t queue_lg2_pages;
};

struct vt {
    struct test *t;
    struct vt_config config;
    uint64_t cap, ecap;
    uint32_t ver_max;
    uint32_t haw;        /* host address width in bits */
    uint64_t root;       /* root table */
    bool queue_on;
    uint64_t queue, queue_bytes, queue_tail;
    uint32_t descriptor_bytes;
    uint64_t status;     /* page that wait descriptors write their status to; its last 96 bytes are free for the case */
    uint32_t wait_count;
    uint64_t guest_next; /* next free guest page for nested tables */
    struct vt_table *tables; /* freed with the case */
    bool once;           /* the next expectation runs its request once: vt_once() */
    uint64_t prq, prq_bytes; /* of vt_prq_open() */
    uint64_t irt;            /* of vt_irt_open() */
    bool eime;
};

/*
 * Cold unit to translating: empty root table, queue (if ECAP.QI), SRTP, global invalidations, TE. Ends the case with SKIP
 * when the DUT does not have the mode. One struct per case.
 */
void vt_open(struct vt *vt, struct test *t, const struct vt_config *config);
/* The same with defaults. */
void vt_open_mode(struct vt *vt, struct test *t, enum vt_mode mode);
/* The mode is there: scalable needs ECAP.SMTS; legacy always (but may have no second stage: CAP.SAGAW = 0). */
bool vt_has_mode(struct test *t, enum vt_mode mode);
/* One GCMD command by the rules (one field at a time), waits for GSTS. False when the status did not follow. */
bool vt_command(struct vt *vt, const char *field, bool on); /* "TE", "QIE", "SRTP", "WBF", ... */
bool vt_set_root(struct vt *vt, uint64_t rtaddr);           /* RTADDR_REG = rtaddr, SRTP */
uint64_t vt_rtaddr(const struct vt *vt, enum vt_mode mode); /* value for vt->root */
/* After table changes on a unit with CAP.RWBF = 1; nothing otherwise. */
void vt_flush_writes(struct vt *vt);
/*
 * Ends a functional case: on a fresh device one mapped request must arrive and one unmapped request must be refused with
 * a record. Every functional case calls it last. Rows VTD-3-002/VTD-3-003 and the not-present row of the mode are checked
 * when they are among the case's rows; otherwise a failure is reported under the first row of the case.
 */
void vt_close(struct vt *vt);

/* ---- devices ---- */

/* The n-th requester id that the DUT offers; with IOTB_F_ANY_REQUESTER ids with different buses and functions, both halves. */
uint16_t vt_rid(struct vt *vt, uint32_t n);
bool vt_rid_usable(struct vt *vt, uint16_t rid);
uint32_t vt_rid_count(struct vt *vt);

struct vt_context {          /* legacy: tt, aw, did, table; scalable: the rest */
    uint32_t tt;
    uint32_t aw;             /* as encoded; 0: from the table's levels, or the widest of CAP.SAGAW */
    uint32_t did;
    uint64_t table;          /* SSPTPTR */
    bool fpd;
    bool dte, paside, pre, rid_priv;
    uint32_t pdts;           /* directory size as encoded; default 0: PASIDs below 2^13 */
    uint32_t rid_pasid;
};
/* Write the context entry (and the root entry, and for scalable mode an empty PASID directory if there is none). */
void vt_set_context(struct vt *vt, uint16_t rid, const struct vt_context *context);

struct vt_pasid {
    uint32_t pgtt;           /* 1 first-stage, 2 second-stage, 3 nested, 4 pass-through */
    uint32_t did;
    uint64_t ss_table;       /* SSPTPTR */
    uint32_t aw;             /* 0: from CAP.SAGAW the widest, where a second stage is used */
    uint64_t fs_table;       /* FSPTPTR; guest address when nested */
    uint32_t fspm;
    bool ssade, pwsnp, pgsnp, cd, emte, sre, wpe, eafe, fpd;
    uint32_t pat;
};
/* Write the PASID table entry (and the directory entry). Fields that the DUT does not have must be 0. */
void vt_set_pasid(struct vt *vt, uint16_t rid, uint32_t pasid, const struct vt_pasid *entry);

/* Addresses of the entries, present or not; 0 when a table above does not exist yet. */
uint64_t vt_root_address(struct vt *vt, uint16_t rid);    /* of the 16-byte root entry */
uint64_t vt_context_address(struct vt *vt, uint16_t rid); /* 16 or 32 bytes */
uint64_t vt_directory_address(struct vt *vt, uint16_t rid, uint32_t pasid); /* 8 bytes */
uint64_t vt_pasid_address(struct vt *vt, uint16_t rid, uint32_t pasid);     /* 64 bytes */
/* Read, change and write back bits hi..lo (bit number counted from the start of the entry, 0..511) of an entry. */
void vt_set_bits(struct vt *vt, uint64_t entry, uint32_t hi, uint32_t lo, uint64_t value);
uint64_t vt_get_bits(struct vt *vt, uint64_t entry, uint32_t hi, uint32_t lo);
/* By field name of the structure table. */
void vt_set_field(struct vt *vt, uint64_t entry, const char *structure, const char *field, uint64_t value);
uint64_t vt_get_field(struct vt *vt, uint64_t entry, const char *structure, const char *field);
/* Decodes an entry by field into the report. */
void vt_note_entry(struct vt *vt, uint64_t entry, const char *structure);

/* ---- page tables ---- */

enum vt_table_kind { VT_FS, VT_SS };

struct vt_table {
    struct vt_table *next;
    enum vt_table_kind kind;
    uint32_t levels;           /* 3, 4, 5; level numbers run from `levels` down to 1 */
    uint64_t root;             /* host address of the top table */
    uint64_t root_pointer;     /* what FSPTPTR or SSPTPTR takes: a guest address for a nested first stage */
    struct vt_table *under;    /* the second stage that this first stage's tables live in, or NULL */
    struct vt_guest_page *pages;
    bool ssirwe;
};

/* levels 0: the most that the DUT has for this kind (of SAGAW, or 4/5 by FS5LP). */
struct vt_table *vt_table_new(struct vt *vt, enum vt_table_kind kind, uint32_t levels);
/* A first-stage table whose pages have guest addresses, mapped read-write in `under` to scattered host pages. */
struct vt_table *vt_table_new_nested(struct vt *vt, uint32_t levels, struct vt_table *under);
uint32_t vt_aw(const struct vt_table *table); /* AW encoding of a second-stage table */
uint32_t vt_widest_aw(struct test *t);        /* AW encoding of the widest second stage; 0 if CAP.SAGAW is 0 */

/* Rights of a mapping. First stage: VT_R is P, VT_W is R/W, VT_U is U/S. A and D are preset unless VT_CLEAN. */
#define VT_R 1u
#define VT_W 2u
#define VT_U 4u
#define VT_CLEAN 8u /* accessed and dirty flags 0, in new tables above too */
#define VT_RW (VT_R | VT_W | VT_U)
/* Map one page of 2^page_lg2 bytes (12, 21, 30). Makes the tables above with all rights. */
void vt_map(struct vt *vt, struct vt_table *table, uint64_t input, uint64_t output, uint32_t page_lg2, uint32_t rights);
/* Make the tables down to `level` without mapping anything. */
void vt_make_tables(struct vt *vt, struct vt_table *table, uint64_t input, uint32_t level);
/* Host address of the entry for `input` at `level`; 0 when its table does not exist. */
uint64_t vt_entry(struct vt *vt, const struct vt_table *table, uint64_t input, uint32_t level);
/* The leaf value that vt_map would write. */
uint64_t vt_leaf(const struct vt_table *table, uint64_t output, uint32_t page_lg2, uint32_t rights);
uint64_t vt_nonleaf(const struct vt_table *table, uint64_t next_table_pointer);
/* "fs_pde_2m", "ss_pml4e" ...: the structure name of an entry, for vt_set_field. */
const char *vt_entry_structure(enum vt_table_kind kind, uint32_t level, bool leaf);
/* Map in `second` all pages of a nested first-stage table, as they are mapped in the second stage it was made for. */
void vt_map_guest_pages(struct vt *vt, const struct vt_table *first, struct vt_table *second);
/* Guest to host of a nested first-stage table page. */
uint64_t vt_guest_to_host(const struct vt_table *table, uint64_t guest);

/* ---- paths: every way to have a request translated ---- */

enum vt_flavour_id {
    VT_LEGACY_SS,      /* TT=00b */
    VT_LEGACY_PT,      /* TT=10b */
    VT_RID_SS,         /* scalable, request without PASID, PGTT 010b through RID_PASID */
    VT_RID_FS,
    VT_RID_NESTED,
    VT_RID_PT,
    VT_PASID_SS,       /* scalable, request with PASID */
    VT_PASID_FS,
    VT_PASID_NESTED,
    VT_PASID_PT,
    VT_FLAVOUR_COUNT
};

struct vt_flavour {
    enum vt_flavour_id id;
    const char *name;
    enum vt_mode mode;
    uint32_t pgtt; /* 2 for VT_LEGACY_SS, 4 for VT_LEGACY_PT */
    bool with_pasid;
};
extern const struct vt_flavour vt_flavours[VT_FLAVOUR_COUNT];
/* The DUT and its adapter can do it. */
bool vt_has_flavour(struct test *t, enum vt_flavour_id id);

struct vt_path {
    struct vt *vt;
    const struct vt_flavour *flavour;
    uint16_t rid;
    uint32_t pasid; /* of the request, or the RID_PASID of a plain one */
    uint32_t did;
    struct vt_table *fs, *ss; /* NULL where not used */
    char name[96];            /* of vt_path_name() */
};

/* Set up device `rid` (context, PASID structures, empty tables) for this flavour. `pasid` of PASID flavours; RID flavours use
 * it as RID_PASID when ECAP.RPS, else 0. Several paths may share a device when their flavours agree with its context entry. */
void vt_path_open(struct vt *vt, struct vt_path *path, enum vt_flavour_id flavour, uint16_t rid, uint32_t pasid, uint32_t did);
/* With tables of so many levels; 0: the most that the DUT has. */
void vt_path_open_levels(struct vt *vt, struct vt_path *path, enum vt_flavour_id flavour, uint16_t rid, uint32_t pasid,
                         uint32_t did, uint32_t fs_levels, uint32_t ss_levels);
/* For test_context(): "PASID nested, 4-level first stage, 3-level second stage". */
const char *vt_path_name(struct vt_path *path);
/* Addresses below 2^this are valid inputs of the path's second stage: min(MGAW, AGAW), 3.7 Second-Stage Translation. */
uint32_t vt_second_stage_bits(const struct vt_path *path);
/* Width of the addresses that requests through this adapter can have. */
uint32_t vt_address_bits(struct vt *vt);
/* A path that shares tables and domain with another, on another device or PASID. */
void vt_path_share(struct vt_path *path, const struct vt_path *other, uint16_t rid, uint32_t pasid);
/* Map input -> host memory with rights in every stage. Nested: through a guest page of its own. Pass-through: nothing. */
void vt_path_map(struct vt_path *path, uint64_t input, uint64_t host, uint32_t page_lg2, uint32_t rights);
/* A fresh host page mapped at input; its address. For pass-through: a page at which input == host must be available, else
 * the returned host page is to be used as input. */
uint64_t vt_path_page(struct vt_path *path, uint64_t input, uint32_t rights);
/* Runs body on a freshly reset unit for every flavour of `mask` (bits 1 << enum vt_flavour_id) that the DUT has, on device
 * vt_rid(0), PASID 0x45 and domain 7, closes each with vt_close(); SKIP when it has none. */
void vt_each_flavour(struct test *t, uint32_t mask, void (*body)(struct vt *vt, struct vt_path *path));
/* The same for every width too: each number of levels of each stage that the flavour uses, for flavours with PASID the widest
 * only. config NULL: defaults; its mode is set by the flavour. */
typedef void vt_body(struct vt *vt, struct vt_path *path);
void vt_each_width(struct test *t, uint32_t mask, const struct vt_config *config, vt_body *body);
#define VT_ALL_FLAVOURS ((1u << VT_FLAVOUR_COUNT) - 1)
#define VT_PT_FLAVOURS (1u << VT_LEGACY_PT | 1u << VT_RID_PT | 1u << VT_PASID_PT)
#define VT_PAGED_FLAVOURS (VT_ALL_FLAVOURS & ~VT_PT_FLAVOURS)
#define VT_FS_FLAVOURS (1u << VT_RID_FS | 1u << VT_PASID_FS)
#define VT_SS_FLAVOURS (1u << VT_LEGACY_SS | 1u << VT_RID_SS | 1u << VT_PASID_SS)
#define VT_NESTED_FLAVOURS (1u << VT_RID_NESTED | 1u << VT_PASID_NESTED)
#define VT_SCALABLE_FLAVOURS (VT_ALL_FLAVOURS & ~(1u << VT_LEGACY_SS | 1u << VT_LEGACY_PT))
#define VT_PASID_FLAVOURS (1u << VT_PASID_SS | 1u << VT_PASID_FS | 1u << VT_PASID_NESTED | 1u << VT_PASID_PT)

/* The table whose leaf decides `input` first (fs if there is one, else ss), and its leaf entry address at 4 KiB level. */
struct vt_table *vt_path_table(struct vt_path *path);
uint64_t vt_path_leaf(struct vt_path *path, uint64_t input);
/* A request along this path. */
struct iotb_request vt_request(const struct vt_path *path, enum iotb_request_kind kind, uint64_t input, uint32_t bytes);
/* Whatever the guidance (6.5.3.3) prescribes after a leaf change at input; and after any change of the tables of the path. */
void vt_path_invalidate_page(struct vt_path *path, uint64_t input, uint32_t page_lg2, bool leaf_only);
void vt_path_invalidate(struct vt_path *path);

/* ---- expectations. Each runs the request twice (miss, then hit), unless vt_once is set before. ---- */

/* Data arrives at (write) or comes from (read) or is changed at (atomic) host address `host`, nothing is recorded. */
bool vt_expect_ok(struct vt *vt, const char *row, const struct iotb_request *request, uint64_t host);
/* Refused: no memory changes at the input address nor at guard_host (0: none), status UR or CA where visible, exactly one
 * record with reason `fr` whose other fields (SID, type, AT, PP, PV, FI ...) match the request; the record is then cleared. */
bool vt_expect_fault(struct vt *vt, const char *row, const struct iotb_request *request, uint32_t fr, uint64_t guard_host);
/* The same with several legal reasons; the one seen is returned (0: none). */
uint32_t vt_expect_fault_any(struct vt *vt, const char *row, const struct iotb_request *request, const uint32_t *frs,
                             uint32_t count, uint64_t guard_host);
/* Refused without any record, PPF, PFO or event. */
bool vt_expect_silent(struct vt *vt, const char *row, const struct iotb_request *request, uint64_t guard_host);
/* What did a request do? For rows that allow a set. Runs once. */
enum vt_result { VT_ARRIVED, VT_ARRIVED_OTHER, VT_REFUSED, VT_HANG };
struct vt_seen {
    enum vt_result result;
    uint64_t host;   /* VT_ARRIVED: hosts[0]; VT_ARRIVED_OTHER: which of hosts[1..] */
    uint32_t fr;     /* of the record, 0 if none */
};
/* `hosts` are candidate host addresses at which the data may legally or illegally land. */
struct vt_seen vt_try(struct vt *vt, const struct iotb_request *request, const uint64_t *hosts, uint32_t host_count);
/* Only the next expectation runs its request once. */
void vt_once(struct vt *vt);

/* ---- one bit at a time ---- */

/* What software does after it changed tables while nothing is in flight: write buffer flush, all invalidations. */
void vt_refresh(struct vt *vt);
/*
 * Toggles each of the bits first..last of an entry (counted from its start, 0..511) by itself, with vt_refresh(), and sends
 * the request: refused with reason fr, or with fr 0 carried out at `host`. The entry ends as it was. `what` goes into the
 * context of the checks.
 */
void vt_walk_bits(struct vt *vt, const char *row, const char *what, uint64_t entry, uint32_t first, uint32_t last,
                  const struct iotb_request *request, uint32_t fr, uint64_t host);
/*
 * Every address bit of a pointer, from align_lg2 to HAW-1: moves what the 8-byte word points to to an address with this bit
 * and few others, and expects the request to be carried out. With `host` the pointer leads to a 4 KiB table and the data stay
 * at host; with 0 it is a leaf and the data move along. Returns how many places were tried (addresses without memory are
 * left out). Not for guest pointers.
 */
uint32_t vt_walk_pointer(struct vt *vt, const char *row, const char *what, uint64_t word, uint32_t align_lg2,
                         const struct iotb_request *request, uint64_t host);

/* ---- fault records ---- */

struct vt_fault {
    uint32_t index, fr, sid, t1, t2, at, pv, pp, exe, priv;
    uint64_t fi; /* as an address: bits 63:12, low bits as read */
};
uint32_t vt_fault_pending(struct vt *vt);                  /* records with F = 1 */
bool vt_fault_read(struct vt *vt, uint32_t index, struct vt_fault *fault); /* false if F = 0; does not clear */
bool vt_fault_take(struct vt *vt, struct vt_fault *fault); /* the one at FSTS.FRI or the first pending; clears its F */
void vt_fault_clear(struct vt *vt);                        /* all records and PFO */
void vt_fault_clear_one(struct vt *vt, uint32_t index);
uint64_t vt_fault_address(struct vt *vt, uint32_t index);  /* register offset of record n */
/* FI that a unit of this width records for an input address. */
uint64_t vt_fault_information(struct vt *vt, uint64_t input);

/* ---- invalidation ---- */

struct vt_descriptor {
    uint64_t word[4];
};
struct vt_descriptor vt_desc_context(uint32_t g, uint32_t did, uint32_t sid, uint32_t fm);
struct vt_descriptor vt_desc_pasid(uint32_t g, uint32_t did, uint32_t pasid);
struct vt_descriptor vt_desc_iotlb(uint32_t g, uint32_t did, uint64_t address, uint32_t am, bool ih);
struct vt_descriptor vt_desc_piotlb(uint32_t g, uint32_t did, uint32_t pasid, uint64_t address, uint32_t am, bool ih);
struct vt_descriptor vt_desc_wait(bool interrupt, bool status, bool fence, uint32_t data, uint64_t address);
/* Write a descriptor at the tail without moving IQT; then vt_ring advances IQT over all written ones. */
void vt_put(struct vt *vt, const struct vt_descriptor *descriptor);
void vt_ring(struct vt *vt);
/* Put, ring and settle descriptors followed by a status wait; true when the wait completed. */
bool vt_submit(struct vt *vt, const struct vt_descriptor *descriptors, uint32_t count);
bool vt_submit_one(struct vt *vt, struct vt_descriptor descriptor);
/* By the queue, or by registers where the queue is off. */
bool vt_invalidate_context(struct vt *vt, uint32_t g, uint32_t did, uint32_t sid, uint32_t fm);
bool vt_invalidate_iotlb(struct vt *vt, uint32_t g, uint32_t did, uint64_t address, uint32_t am, bool ih);
/* Context, PASID (scalable) and IOTLB, all global, in this order. */
bool vt_invalidate_all(struct vt *vt);
/* Queue as it is now: head, tail, FSTS.IQE, IQERCD.IQEI. */
uint64_t vt_queue_head(struct vt *vt);
bool vt_queue_error(struct vt *vt, uint32_t *iqei);
/* After an IQE: replace the descriptor at the head by a wait, clear IQE, settle; true when the queue runs again. */
bool vt_queue_repair(struct vt *vt);

/* Granularities as encoded in G. */
enum { VT_CC_GLOBAL = 1, VT_CC_DOMAIN = 2, VT_CC_DEVICE = 3 };
enum { VT_PC_DOMAIN = 0, VT_PC_PASID = 1, VT_PC_GLOBAL = 3 };
enum { VT_IOTLB_GLOBAL = 1, VT_IOTLB_DOMAIN = 2, VT_IOTLB_PAGE = 3 };
enum { VT_PIOTLB_PASID = 2, VT_PIOTLB_PAGE = 3 };

/* ---- ATS: the case plays the device-TLB (chapter 4). vt_ats.c ---- */

/*
 * The context entry of the path lets ATS requests through (TT = 01b, or DTE), and page requests too (PRE); everything cached is
 * invalidated. Not for legacy pass-through, which has no ATS.
 */
void vt_path_allow_ats(struct vt_path *path, bool page_requests);
/* Paths that ATS requests can use: VT_ALL_FLAVOURS without legacy pass-through. */
#define VT_ATS_FLAVOURS (VT_ALL_FLAVOURS & ~(1u << VT_LEGACY_PT))

struct iotb_request vt_translation_request(const struct vt_path *path, uint64_t input); /* AT = 01b, one translation, NW = 0 */
/* AT = 10b, with a PASID only if `with_pasid`: the unit must have ECAP.PTRS then. */
struct iotb_request vt_translated_request(const struct vt_path *path, enum iotb_request_kind kind, uint64_t host, uint32_t bytes,
                                          bool with_pasid);

/* One entry of a translation completion (4.1.2): its flags, and the range as base and size. */
struct vt_translation_entry {
    uint64_t raw, base;
    uint32_t size_lg2; /* 12 with S = 0; 64 for "everything" */
    bool s, n, g, priv, exe, u, w, r;
};
#define VT_TRANSLATIONS_MAX 8u
struct vt_translation {
    struct outcome outcome;
    uint32_t count; /* entries in it */
    struct vt_translation_entry entries[VT_TRANSLATIONS_MAX];
};
struct vt_translation vt_translate(struct vt *vt, const struct iotb_request *request);
struct vt_translation vt_translation_of(const struct outcome *outcome); /* of a translation request sent with request_send */
/* Host address that an entry gives for an input. */
uint64_t vt_translation_output(const struct vt_translation_entry *entry, uint64_t input);

/*
 * Success, with exactly these rights (VT_R, VT_W) for a range that holds the page of the input, takes it to `host` and is no larger
 * than page_lg2; U, G, Exe and Priv as 4.2.3 has them; nothing recorded. Twice, as vt_expect_ok. The last completion is returned in
 * `translation` unless that is NULL.
 */
bool vt_expect_translation(struct vt *vt, const char *row, const struct iotb_request *request, uint64_t host, uint32_t rights,
                           uint32_t page_lg2, struct vt_translation *translation);
/* Success without any right: R = W = U = S = 0, and nothing recorded. */
bool vt_expect_no_translation(struct vt *vt, const char *row, const struct iotb_request *request);
/* Completed with exactly this status (IOTB_UR, IOTB_CA); one record with reason fr, or none if fr is 0. */
bool vt_expect_ats_refused(struct vt *vt, const char *row, const struct iotb_request *request, uint32_t status, uint32_t fr);

/* Invalidations of device-TLBs. `address` is the page, S = 1 ranges are coded in it: vt_range(). */
struct vt_descriptor vt_desc_device_tlb(uint16_t sid, uint64_t address, bool s, uint16_t pfsid, uint32_t mip);
struct vt_descriptor vt_desc_pasid_device_tlb(uint16_t sid, uint32_t pasid, bool global, uint64_t address, bool s, uint16_t pfsid,
                                              uint32_t mip);
/* ADDR for S = 1 of the naturally aligned 2^size_lg2 bytes (13..64) that hold the address: low ones, then a zero. */
uint64_t vt_range(uint64_t address, uint32_t size_lg2);

/*
 * Runs until a message of this kind has come (others are dropped) or VT_MESSAGE_PS passed without one. Waits that are to show that
 * nothing happens take VT_MESSAGE_PS too: far below any time-out of invalidations.
 */
#define VT_MESSAGE_PS UINT64_C(20000000)
bool vt_message(struct vt *vt, enum iotb_message_kind kind, struct iotb_message *message);
/* An Invalidate Completion for a request that was received: its ITag, `count` completions altogether (1..8). */
void vt_invalidate_completion(struct vt *vt, const struct iotb_message *request, uint32_t count);
/* The same by hand. */
void vt_invalidate_completion_of(struct vt *vt, uint16_t sid, uint32_t itags, uint32_t count);
/* Puts, rings, answers every invalidation at once, until the status wait behind them is done or nothing more comes. */
bool vt_submit_answering(struct vt *vt, const struct vt_descriptor *descriptors, uint32_t count);

/* ---- page requests: vt_page_request.c ---- */

/* PQH = PQT = 0, a queue of 2^lg2_pages pages. Its entries are filled with ones so that a case sees what was written. */
void vt_prq_open(struct vt *vt, uint32_t lg2_pages);
uint64_t vt_prq_address(struct vt *vt, uint64_t offset);
/* The entry at PQH when PQH != PQT; PQH moves behind it. */
struct vt_page_request {
    uint64_t words[4];
    uint32_t type, rid, pasid, prgi;
    bool pp, exr, pmr, rdr, wrr, lpig;
    uint64_t address;
};
bool vt_prq_take(struct vt *vt, struct vt_page_request *request);
uint32_t vt_prq_count(struct vt *vt); /* entries between PQH and PQT */
/* Of the path's device, with the path's PASID if its flavour has one. */
struct iotb_message vt_page_request_of(const struct vt_path *path, uint64_t input, bool read, bool write, bool last, uint32_t prgi);
/* Sends it and runs for VT_MESSAGE_PS. */
void vt_page_request_send(struct vt *vt, const struct iotb_message *request);
struct vt_descriptor vt_desc_page_response(uint16_t rid, bool pp, uint32_t pasid, uint32_t prgi, uint32_t rc);
/* One response with this code for the group of the request, with its PASID, and no other; `code` above 15: none at all. */
bool vt_expect_page_response(struct vt *vt, const char *row, const struct iotb_message *request, uint32_t code);
#define VT_NO_RESPONSE 16u
/* The request is queued exactly as sent and nothing else happens. The entry is taken. */
bool vt_expect_queued(struct vt *vt, const char *row, const struct iotb_message *request);
/*
 * The request is not queued; with LPIG it is answered with Invalid Request, without it with nothing; one record with reason fr (0:
 * none) and the fields of a page request.
 */
bool vt_expect_page_refused(struct vt *vt, const char *row, const struct iotb_message *request, uint32_t fr);

/* ---- interrupts: vt_interrupt.c ---- */

/*
 * A table of 2^(s+1) empty entries, latched by SIRTP, cache invalidated, IRE = 1. The unit may have another table already; the new
 * one is used from then on. SKIP without ECAP.IR, and with eime without ECAP.EIM.
 */
void vt_irt_open(struct vt *vt, uint32_t s, bool eime);
/* The same but for IRE, which stays as it is. */
void vt_irt_set(struct vt *vt, uint64_t table, uint32_t s, bool eime);
uint64_t vt_irte(struct vt *vt, uint32_t index); /* address of its 16 bytes */

struct vt_irte_remapped {
    uint32_t vector, dlm, dst; /* dst: APIC id, 8 bits without EIME */
    bool tm, rh, dm, fpd;
    uint32_t sid, sq, svt;
};
void vt_set_irte(struct vt *vt, uint32_t index, const struct vt_irte_remapped *entry);
struct vt_irte_posted {
    uint32_t vector;
    uint64_t descriptor; /* 64-byte aligned */
    bool urgent, fpd;
    uint32_t sid, sq, svt;
};
void vt_set_irte_posted(struct vt *vt, uint32_t index, const struct vt_irte_posted *entry);
/* Toggles one bit of an entry and invalidates it. */
void vt_toggle_irte(struct vt *vt, uint32_t index, uint32_t bit);

struct vt_descriptor vt_desc_iec(uint32_t g, uint32_t im, uint32_t iidx);
enum { VT_IEC_GLOBAL = 0, VT_IEC_INDEX = 1 };
bool vt_invalidate_interrupts(struct vt *vt, uint32_t g, uint32_t im, uint32_t iidx);

/* 5.1.2.2 Interrupt Requests in Remappable Format. */
struct iotb_request vt_interrupt_request(uint16_t rid, uint32_t handle, bool shv, uint32_t data);
/* 5.1.2.1: destination and data as they are. */
struct iotb_request vt_compatibility_request(uint16_t rid, uint32_t destination, uint32_t data);

/* What is seen of a remapped interrupt: as 5.1.6 has the unit's own messages, destination bits 31:8 in address bits 63:40. */
struct vt_message {
    uint64_t address;
    uint32_t data;
};
struct vt_message vt_remapped_message(const struct vt_irte_remapped *entry);
struct vt_message vt_notification(uint32_t vector, uint32_t destination);
/* Exactly one interrupt and exactly this one, no record; twice. Address bits 1:0 are not compared. */
bool vt_expect_interrupt(struct vt *vt, const char *row, const struct iotb_request *request, struct vt_message message);
/* The same once, when it is not known to be one interrupt: returns false if none has come. */
bool vt_interrupt_take(struct vt *vt, struct vt_message *message);
/* No interrupt, refused, one record with reason fr and the interrupt index in FI (VT_NO_INDEX: FI is not defined); fr 0: no record. */
#define VT_NO_INDEX UINT32_MAX
bool vt_expect_interrupt_fault(struct vt *vt, const char *row, const struct iotb_request *request, uint32_t fr, uint32_t index);

#endif
