/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_steps.h - the architecture as pure functions: what an entry that was read means, and what to read next.
 *
 * Nothing here knows about time, caches, queues or ports. The engine (vtd_request.c) reads memory and calls these; every
 * function that finds a fault returns the condition of Table 30 "Non-recoverable/recoverable fault conditions" of clause
 * 7.1.3 (vtd_conditions.def); VTD_OK is no fault.
 *
 * Include order: vtd.h, vtd_errata.h, vtd_conditions.h, this.
 */
#ifndef VTD_STEPS_H
#define VTD_STEPS_H

#include "vtd/vtd.h"
#include "vtd/vtd_conditions.h"

/* 11.4.1 to 11.4.3: what the registers of a unit of these parameters report. */
uint32_t vtd_ver_value(const struct vtd_params *params);
uint64_t vtd_cap_value(const struct vtd_params *params);
uint64_t vtd_ecap_value(const struct vtd_params *params);
/* -EINVAL if they contradict each other, with one sentence in error if that is not NULL. */
int vtd_params_check(const struct vtd_params *params, char *error, size_t error_bytes);

/* What of a request the tables are judged against. */
struct vtd_query {
    uint16_t requester_id;
    bool has_pasid;
    uint32_t pasid;
    bool privileged; /* PR of a request with PASID; RID_PRIV is added by the engine through vtd_context.rid_priv */
    bool execute;
    bool write, read; /* an atomic sets both; a translation request sets read, and write unless NW counts */
    bool zero_length;
    enum pcie_at at;
    bool page_request;
    uint64_t address;
};

enum vtd_table_mode { VTD_LEGACY = 0, VTD_SCALABLE = 1, VTD_RESERVED_MODE = 2, VTD_ABORT_DMA = 3 };

/* 11.4.5 Root Table Address Register, as latched by Set Root Table Pointer. */
struct vtd_root_pointer {
    enum vtd_table_mode mode;
    bool ssirwe;
    uint64_t table;
};
struct vtd_root_pointer vtd_root_pointer_decode(uint64_t rtaddr);

/* Conditions RTA.*, judged before any table access. */
enum vtd_condition vtd_root_pointer_check(const struct vtd_params *p, const struct vtd_root_pointer *rtp,
                                          const struct vtd_query *q);

/* 9.1, 9.2 Root entries: 16 bytes at the address given by vtd_root_entry_address. */
uint64_t vtd_root_entry_address(const struct vtd_root_pointer *rtp, uint16_t requester_id);
enum vtd_condition vtd_root_entry_decode(const struct vtd_params *p, const struct vtd_root_pointer *rtp, uint16_t requester_id,
                                         const uint64_t entry[2], uint64_t *context_entry_address);

/* 9.3, 9.4 Context entries, decoded once and cached. */
enum vtd_pgtt { VTD_FIRST_STAGE = 1, VTD_SECOND_STAGE = 2, VTD_NESTED = 3, VTD_PASS_THROUGH = 4 };

struct vtd_context {
    enum vtd_table_mode mode;
    bool fpd;
    /* legacy */
    uint8_t tt;
    uint16_t did;
    uint8_t aw_bits; /* AW: 39, 48, 57; of pass-through too, where only a deviation looks at it */
    uint64_t ssptptr;
    /* scalable */
    bool dte, paside, pre, hpte, eptr, rid_priv;
    uint32_t pasid_end; /* first PASID beyond the directory */
    uint64_t pasid_directory;
    uint32_t directory_index_mask;
    uint32_t rid_pasid;
};
#define VTD_CONTEXT_WORDS_MAX 4u
uint32_t vtd_context_entry_bytes(enum vtd_table_mode mode);
/* P, reserved bits, invalid programming: LCT.2-4, SCT.2-4. fpd is valid in *out even when a condition is returned. */
enum vtd_condition vtd_context_decode(const struct vtd_params *p, enum vtd_table_mode mode, const uint64_t *entry,
                                      struct vtd_context *out);
/* What this request may do with it: LCT.5, SCT.5-10; also SGN.10 (PASID wider than PSS). */
enum vtd_condition vtd_context_check(const struct vtd_params *p, const struct vtd_context *context, const struct vtd_query *q);
/* The PASID that selects the PASID table entry: the request's, or RID_PASID, or 0. */
uint32_t vtd_effective_pasid(const struct vtd_params *p, const struct vtd_context *context, const struct vtd_query *q);

/* 9.5 PASID directory entry: 8 bytes. */
uint64_t vtd_pasid_directory_entry_address(const struct vtd_context *context, uint32_t pasid);
enum vtd_condition vtd_pasid_directory_decode(const struct vtd_params *p, uint64_t entry, uint32_t pasid, bool *fpd,
                                              uint64_t *pasid_entry_address);

/* 9.6 PASID table entry: 64 bytes. */
struct vtd_pasid_entry {
    bool fpd;
    enum vtd_pgtt pgtt;
    uint16_t did;
    bool ssade, pwsnp, pgsnp, cd, emte, sre, wpe, eafe;
    uint32_t pat;
    uint8_t aw_bits;   /* 39, 48, 57 where a second stage is used, else 0 */
    uint8_t fs_levels; /* 4 or 5 where a first stage is used, else 0 */
    uint64_t ssptptr, fsptptr;
};
enum vtd_condition vtd_pasid_entry_decode(const struct vtd_params *p, const uint64_t entry[8], struct vtd_pasid_entry *out);
/* SPT.5 execute, SPT.6 supervisor request without SRE. `privileged` includes RID_PRIV. */
enum vtd_condition vtd_pasid_entry_check(const struct vtd_params *p, const struct vtd_pasid_entry *entry,
                                         const struct vtd_query *q, bool privileged);

/* ---- paging ---- */

/*
 * How a walk is to be done; made once per context or PASID entry, for legacy and scalable mode alike. `params` are those of
 * the unit, which outlives it: functions without a parameter for them ask it for deviations.
 */
struct vtd_paging {
    const struct vtd_params *params;
    bool scalable; /* which codes second-stage conditions have */
    enum vtd_pgtt pgtt;
    uint16_t did;
    bool ssirwe, ssade, snoop_walk, eafe, wpe, may_update; /* may_update: A/D updates allowed (3.10 Snoop Behavior) */
    uint8_t aw_bits, fs_levels;
    uint64_t ssptptr, fsptptr;
    /* for the attributes of the final access */
    bool pgsnp, cd, emte, sre;
    uint32_t pat;
};
struct vtd_paging vtd_paging_of_context(const struct vtd_params *p, const struct vtd_context *context,
                                        const struct vtd_root_pointer *rtp);
struct vtd_paging vtd_paging_of_pasid_entry(const struct vtd_params *p, const struct vtd_pasid_entry *entry,
                                            const struct vtd_root_pointer *rtp);

/* Before the first paging read: canonical (SGN.1), width (SGN.5, LGN.1.1), pass-through (SGN.4.2, LGN.1.3). */
enum vtd_condition vtd_input_check(const struct vtd_params *p, const struct vtd_paging *paging, uint64_t address);

/* Bits that an input address of the second stage may have: the smaller of MGAW and the width of the table. */
unsigned vtd_second_stage_bits(const struct vtd_params *p, uint8_t aw_bits);

enum vtd_stage { VTD_STAGE_FIRST, VTD_STAGE_SECOND };

/* State of the walk of one stage; starts with vtd_walk_begin. Levels: 5 .. 1, 1 holds 4 KiB leaves. */
struct vtd_walk {
    enum vtd_stage stage;
    uint8_t level; /* of the entry to read next */
    uint8_t top_level;
    uint64_t input; /* address being translated */
    uint64_t table; /* base of the table to read next: host address, or guest address of a nested first stage */
    /* rights ANDed so far; for the first stage write = R/W, user = U/S */
    bool read, write, user;
    /* set at the leaf */
    uint64_t output;      /* of `input`, offset included */
    uint8_t page_lg2;     /* 12, 21, 30 */
    bool snp;             /* second stage SNP */
    uint8_t emt, ipat;    /* second stage memory type */
    uint8_t pat_index;    /* first stage */
    bool dirty;           /* D was already set in the leaf, or need not be */
    bool short_top_shift; /* deviation FIVE_LEVEL_SHIFT */
};
void vtd_walk_begin(const struct vtd_paging *paging, enum vtd_stage stage, uint64_t input, struct vtd_walk *walk);
/* Continue below a cached non-leaf entry: `table` is the table it points to, `level` the level of that table's entries. */
void vtd_walk_resume(struct vtd_walk *walk, uint8_t level, uint64_t table, bool read, bool write, bool user);

uint64_t vtd_walk_entry_address(const struct vtd_walk *walk);

enum vtd_step {
    VTD_STEP_TABLE, /* go on: walk->level and walk->table are set for the next read */
    VTD_STEP_LEAF,  /* output is set */
    VTD_STEP_FAULT, /* *condition is set */
};
/*
 * Judge one entry and move on. `wanted` (out) is the entry with the accessed, extended-accessed and dirty flags that must
 * be set before it is used; equal to `entry` when nothing is to be written. `for_write` sets D in a leaf. `for_walk`: the
 * second-stage walk translates the address of a first-stage table. When flags are needed but paging->may_update is false
 * the result is a fault (SFS.9, SSS.5). D is not wanted where the rights forbid the write.
 */
enum vtd_step vtd_walk_step(const struct vtd_params *p, const struct vtd_paging *paging, struct vtd_walk *walk, uint64_t entry,
                            bool for_write, bool privileged, uint64_t *wanted, enum vtd_condition *condition);

/* The condition when reading an entry, or updating its flags, failed (SFS.1/4/10, SSS.1/4/6, LSS.1, LCT.4.3). */
enum vtd_condition vtd_walk_read_failed(const struct vtd_paging *paging, const struct vtd_walk *walk);
enum vtd_condition vtd_walk_update_failed(const struct vtd_paging *paging, const struct vtd_walk *walk);
/* The condition when the second stage lacks a right on a first-stage table page (SFS.6-8); VTD_OK if it is enough. */
enum vtd_condition vtd_nested_table_rights(const struct vtd_paging *paging, const struct vtd_walk *first,
                                           const struct vtd_walk *second, bool update);
/* A first-stage ADDR field of a nested walk lies beyond the second stage (SFS.5); VTD_OK if not. */
enum vtd_condition vtd_nested_width(const struct vtd_params *p, const struct vtd_paging *paging, uint64_t guest_address);

/* What a finished translation allows; what the IOTLB keeps. */
struct vtd_result {
    uint64_t page;    /* translated address of the first byte of the page */
    uint8_t page_lg2; /* of the combined mapping */
    uint16_t did;
    bool fs, ss;                               /* stages used */
    bool fs_write, fs_user, ss_read, ss_write; /* rights of each stage, ANDed over its levels */
    bool fs_dirty, ss_dirty;                   /* D is already set in memory: a write may use this entry without a walk */
    bool snp;
    uint8_t memory_type;
};
/* mtrr_type: of the output address, by vtd_mtrr_type(). */
struct vtd_result vtd_result_make(const struct vtd_params *p, const struct vtd_paging *paging, const struct vtd_walk *first,
                                  const struct vtd_walk *second, uint64_t input, uint8_t mtrr_type);
/* Rights (SGN.2, 6, 7, SSS.2, LGN.2, 3), then the output range (SGN.8.1, LGN.4). The same on a hit and on a miss. */
enum vtd_condition vtd_rights_check(const struct vtd_params *p, const struct vtd_paging *paging, const struct vtd_result *result,
                                    const struct vtd_query *q, bool privileged);
/* 3.11.2 Selecting Memory Type from Memory Type Range Registers. */
#define VTD_MTRR_FIXED 11u
#define VTD_MTRR_VARIABLE 10u
struct vtd_mtrrs {
    bool enabled, fixed_enabled;
    uint8_t default_type;
    uint64_t fixed[VTD_MTRR_FIXED]; /* in the order of Table 50: 64K_00000, 16K_80000 ... 4K_F8000 */
    struct {
        bool valid;
        uint8_t type;
        uint64_t base, mask;
    } variable[VTD_MTRR_VARIABLE];
};
uint8_t vtd_mtrr_type(const struct vtd_mtrrs *mtrrs, uint64_t address);

/* 3.10 Snoop Behavior, Table 6: of the final access. */
bool vtd_final_snoop(const struct vtd_params *p, const struct vtd_paging *paging, const struct vtd_result *result, bool no_snoop);

/* 3.15 Interrupt Address Range. */
bool vtd_in_interrupt_range(uint64_t address);

/*
 * 4.2.3: the permissions that a translation of a translation request grants. What of them is missing is no fault (SGN.6, SGN.7,
 * LGN.2, LGN.3: effective permission).
 */
struct vtd_permissions {
    bool read, write;
};
struct vtd_permissions vtd_effective_permissions(const struct vtd_params *p, const struct vtd_paging *paging,
                                                 const struct vtd_result *result, const struct vtd_query *q, bool privileged);

/* ---- chapter 5 ---- */

/* 11.4.10 Interrupt Remapping Table Address Register, as latched by Set Interrupt Remap Table Pointer. */
struct vtd_interrupt_table {
    uint64_t base;
    uint32_t entries; /* 2 to 65536 */
    bool eime;
};
struct vtd_interrupt_table vtd_interrupt_table_decode(const struct vtd_params *p, uint64_t irta);

/* 5.1.2.2: the Interrupt Format field of the address. */
bool vtd_interrupt_is_remappable(uint64_t address);
/* 5.1.3: the index of the entry, and its address; IR.20h, IR.21h. *index is valid with IR.21h too, modulo 2^16. */
enum vtd_condition vtd_interrupt_index(const struct vtd_params *p, const struct vtd_interrupt_table *table, uint64_t address,
                                       uint32_t data, uint32_t *index, uint64_t *entry_address);

/* 9.9, 9.10 Interrupt Remapping Table Entry, both formats. */
struct vtd_irte {
    bool fpd, posted, urgent;
    uint8_t vector;
    uint8_t delivery_mode;
    bool level, redirection_hint, logical;
    uint32_t destination;
    uint64_t descriptor; /* posted: address of the posted interrupt descriptor */
};
/* P, source-id, reserved fields: IR.22h, IR.26h, IR.24h. fpd is valid in *out even when a condition is returned. */
enum vtd_condition vtd_irte_decode(const struct vtd_params *p, const struct vtd_interrupt_table *table, const uint64_t entry[2],
                                   uint16_t requester_id, bool from_cache, struct vtd_irte *out);
/* As an interrupt request in compatibility format; bits 63:40 of the address are bits 31:8 of the destination. */
struct vtd_interrupt_message {
    uint64_t address;
    uint32_t data;
};
struct vtd_interrupt_message vtd_remapped_message(const struct vtd_params *p, const struct vtd_irte *irte);

/* 9.11 Posted Interrupt Descriptor, 8 words: IR.28h. */
enum vtd_condition vtd_posted_check(const struct vtd_params *p, bool eime, const uint64_t descriptor[8]);
/* 5.2.3: is there a notification, of word 4 as it stands? */
bool vtd_posted_notifies(const struct vtd_params *p, const struct vtd_irte *irte, uint64_t word4);
struct vtd_interrupt_message vtd_notification_message(const struct vtd_params *p, bool eime, uint64_t word4);

#endif
