/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_steps.h - the architecture as pure functions: what an entry that was read means, and what to read next.
 *
 * Nothing here knows about time, caches, queues or ports. The engine reads memory and calls these; every function that finds
 * a reason to end a transaction returns it as a condition (smmuv3_conditions.def), which names the event; SMMUV3_OK is none.
 *
 * The order of a transaction (3.3.3, 7.3.22, chapter 15), with the function for each step:
 *
 *   smmuv3_stream_locate, (L1STD) smmuv3_l1std_decode    -> address of the STE, or C_BAD_STREAMID
 *   smmuv3_ste_decode                                    -> struct smmuv3_ste, or C_BAD_STE
 *   smmuv3_ste_route                                     -> abort, bypass, stage 2 only, or which CD
 *   smmuv3_cd_locate, (L1CD) smmuv3_l1cd_decode          -> address of the CD: an IPA if ste.s2, else a PA
 *   smmuv3_cd_decode                                     -> struct smmuv3_cd, or C_BAD_CD
 *   smmuv3_regime_make                                   -> struct smmuv3_regime, once per (STE, CD)
 *   smmuv3_bypass_check                                  -> where stage 1 is bypassed: address size
 *   smmuv3_walk_begin, smmuv3_walk_address, smmuv3_walk_step ... smmuv3_walk_leaf      per stage
 *   smmuv3_result_make, smmuv3_result_check              -> what the TLB keeps; permissions on a hit
 *   smmuv3_fault_terms, smmuv3_event_make, smmuv3_event_encode                          where it ended with a condition
 */
#ifndef SMMUV3_SMMUV3_STEPS_H
#define SMMUV3_SMMUV3_STEPS_H

#include "smmuv3/smmuv3.h"
#include "smmuv3/smmuv3_conditions.h"

#define SMMUV3_STE_BYTES 64u
#define SMMUV3_CD_BYTES 64u
#define SMMUV3_L1STD_BYTES 8u
#define SMMUV3_L1CD_BYTES 8u

/* ---- smmuv3_params.c: chapter 6.3.1 to 6.3.6, 6.3.8 ---- */

/* SMMU_IDR0 to SMMU_IDR5 by number. */
uint32_t smmuv3_idr_value(const struct smmuv3_params *p, unsigned number);
uint32_t smmuv3_aidr_value(const struct smmuv3_params *p);
/* -EINVAL if they contradict each other, with one sentence in error if that is not NULL. */
int smmuv3_params_check(const struct smmuv3_params *p, char *error, size_t error_bytes);
/* 3.4 Address sizes: OAS and IAS in bits. */
unsigned smmuv3_oas_bits(const struct smmuv3_params *p);
unsigned smmuv3_ias_bits(const struct smmuv3_params *p);

/* ---- memory attributes (13.1.2, 13.1.5) ---- */

enum smmuv3_cacheability { SMMUV3_NON_CACHEABLE, SMMUV3_WRITE_THROUGH, SMMUV3_WRITE_BACK };
enum smmuv3_device_type { SMMUV3_NGNRNE, SMMUV3_NGNRE, SMMUV3_NGRE, SMMUV3_GRE };
enum smmuv3_shareability { SMMUV3_NSH = 0, SMMUV3_SH_RESERVED = 1, SMMUV3_OSH = 2, SMMUV3_ISH = 3 }; /* as SH[1:0] */

struct smmuv3_domain { /* inner or outer */
    enum smmuv3_cacheability cacheability;
    bool read_allocate, write_allocate, transient;
};

struct smmuv3_attributes {
    bool device;
    enum smmuv3_device_type device_type; /* if device */
    struct smmuv3_domain inner, outer;   /* if not device */
    enum smmuv3_shareability shareability;
};

/* What of a transaction the structures are judged against: as it came in, then with the overrides of its STE. */
struct smmuv3_query {
    uint32_t stream_id;
    bool has_substream_id; /* SSV */
    uint32_t substream_id;
    bool privileged, instruction;
    bool read, write; /* an atomic sets both */
    struct smmuv3_attributes attributes;
    uint64_t address; /* InputAddr */
};

/* ---- smmuv3_stream.c: 3.3.1 Stream table lookup, 5.1 Level 1 Stream Table Descriptor ---- */

struct smmuv3_stream_table { /* of SMMU_STRTAB_BASE and SMMU_STRTAB_BASE_CFG, as they are when SMMUEN is set */
    bool two_level;
    uint8_t log2size; /* as programmed; the effective value is at most IDR1.SIDSIZE */
    uint8_t split;    /* as programmed; reserved values behave as 6 */
    uint64_t base;    /* ADDR, before alignment to the size of the table */
};
struct smmuv3_stream_table smmuv3_stream_table_decode(const struct smmuv3_params *p, uint64_t strtab_base,
                                                      uint32_t strtab_base_cfg);

/*
 * *address is that of the STE, or of the L1STD to read first (*level1). SID_RANGE; STE_FETCH_RANGE if the address is beyond
 * the OAS (3.4.3), then *address is set too (FetchAddr).
 */
enum smmuv3_condition smmuv3_stream_locate(const struct smmuv3_params *p, const struct smmuv3_stream_table *table,
                                           uint32_t stream_id, uint64_t *address, bool *level1);
enum smmuv3_condition smmuv3_l1std_decode(const struct smmuv3_params *p, const struct smmuv3_stream_table *table,
                                          uint32_t stream_id, uint64_t l1std, uint64_t *ste_address);

/* ---- smmuv3_ste.c: 5.2 Stream Table Entry ---- */

/* 3.3.3: the translation regime and how TLB entries are tagged. */
enum smmuv3_stream_world { SMMUV3_NS_EL1, SMMUV3_EL2, SMMUV3_EL2_E2H };

struct smmuv3_ste {
    uint8_t config; /* Config[2:0]; 0b0xx: abort without a record */
    bool s1, s2;    /* stages that translate */
    enum smmuv3_stream_world world;
    uint8_t s1fmt, s1cdmax, s1dss, s1cir, s1cor, s1csh;
    uint64_t s1contextptr;
    uint8_t cont;
    bool mev, s1stalld, s2fwb;
    bool ppar;
    uint8_t eats; /* 0 where it is IGNORED or Reserved; what ATSCHK makes of it: smmuv3_ste_eats */
    bool s1pie;
    uint8_t strw, memattr, alloccfg, shcfg, privcfg, instcfg;
    bool mtcfg;
    uint16_t s2vmid;                                        /* 0 where no VMID tags (S2VMID is IGNORED) */
    uint8_t s2t0sz, s2sl0, s2ir0, s2or0, s2sh0, s2tg, s2ps; /* s2sl0: with S2SL0_2 as bit 2 where S2DS makes it count */
    bool s2aa64, s2endi, s2affd, s2ptw, s2hd, s2ha, s2s, s2r, s2ds, s2haft;
    uint64_t s2ttb;
};
/* `cr2_e2h`: SMMU_CR2.E2H. Every condition STE_*; out is valid only with SMMUV3_OK (but out->cont and out->mev always are). */
enum smmuv3_condition smmuv3_ste_decode(const struct smmuv3_params *p, const uint64_t entry[8], bool cr2_e2h,
                                        struct smmuv3_ste *out);

/* 5.2 EATS: the effective value, STE_EATS_FULL, STE_EATS_SPLIT or 0. `atschk`: SMMU_CR0.ATSCHK. */
uint8_t smmuv3_ste_eats(const struct smmuv3_params *p, const struct smmuv3_ste *ste, bool atschk);

enum smmuv3_route {
    SMMUV3_ROUTE_END,    /* *condition says why; CONFIG_ABORT has no event */
    SMMUV3_ROUTE_BYPASS, /* neither stage translates */
    SMMUV3_ROUTE_STAGE2, /* stage 1 is bypassed (by Config or by S1DSS), stage 2 translates */
    SMMUV3_ROUTE_CD,     /* stage 1 translates, with the CD of *index */
};
enum smmuv3_route smmuv3_ste_route(const struct smmuv3_params *p, const struct smmuv3_ste *ste, const struct smmuv3_query *q,
                                   uint32_t *index, enum smmuv3_condition *condition);
/* 3.3.4, 13.1.3: the query with MTCFG/MemAttr, ALLOCCFG, SHCFG, PRIVCFG and INSTCFG applied. */
void smmuv3_ste_override(const struct smmuv3_params *p, const struct smmuv3_ste *ste, struct smmuv3_query *q);

/* ---- smmuv3_cd.c: 5.3 L1CD, 5.4 Context Descriptor ---- */

/* *address: of the CD, or of the L1CD to read first (*level1). CD_FETCH_RANGE where only a PA can be judged. */
enum smmuv3_condition smmuv3_cd_locate(const struct smmuv3_params *p, const struct smmuv3_ste *ste, uint32_t index,
                                       uint64_t *address, bool *level1);
enum smmuv3_condition smmuv3_l1cd_decode(const struct smmuv3_params *p, const struct smmuv3_ste *ste, uint32_t index,
                                         uint64_t l1cd, uint64_t *cd_address);

struct smmuv3_cd_table { /* what each of TTB0 and TTB1 has; EPD is the effective value */
    uint8_t tsz, ir, or_, sh;
    uint8_t granule_lg2; /* 12, 14, 16 */
    bool epd, tbi, had, e0pd;
    uint64_t ttb;
};
struct smmuv3_cd {
    struct smmuv3_cd_table table[2];
    bool endi, affd, wxn, pan, epan, aa64, hd, ha, haft, ds;
    bool a, r, s, aset;
    uint8_t ips; /* as programmed */
    uint16_t asid;
    uint64_t mair;
    bool pie;
    uint64_t piiu, piip; /* 16 interpretations of 3 bits */
};
/* Every condition CD_*. */
enum smmuv3_condition smmuv3_cd_decode(const struct smmuv3_params *p, const struct smmuv3_ste *ste, const uint64_t entry[8],
                                       struct smmuv3_cd *out);

/* ---- translation regime: what walks need to know, made once per (STE, CD) ---- */

struct smmuv3_table_setup { /* one translation table base */
    uint8_t granule_lg2;
    uint8_t input_bits;  /* 64 - TxSZ, after clamping */
    uint8_t output_bits; /* effective IPS or S2PS, what a descriptor can hold considered */
    int8_t start_level;  /* -1 to 3 */
    bool wide;           /* 52-bit descriptor format: DS with 4 KiB and 16 KiB granules */
    bool big_endian;
    bool disabled; /* EPD */
    bool tbi, had, e0pd;
    bool affd, ha, hd, haft;
    struct smmuv3_attributes walk_attributes; /* of table accesses */
    enum smmuv3_shareability sh;              /* SHx: with `wide`, the shareability of pages too (DS) */
    uint64_t base;
};

struct smmuv3_regime {
    const struct smmuv3_params *params; /* of the unit, which outlives it: asked for deviations */
    enum smmuv3_stream_world world;
    bool s1, s2; /* stages in use for this transaction */
    struct smmuv3_table_setup tt[2], stage2;
    uint16_t asid, vmid; /* 0 where they do not tag */
    bool aset;
    /* stage 1 */
    bool a, r, s, wxn, pan, epan, pie;
    uint64_t mair, piiu, piip;
    /* stage 2 */
    bool s2r, s2s, s2ptw, s2fwb;
    uint8_t s1_bypass_bits; /* where stage 1 does not translate: bits that the input may have */
};
/* `cd`: NULL where stage 1 does not translate (ROUTE_BYPASS, ROUTE_STAGE2). For the fetch of the CD itself: cd NULL too. */
struct smmuv3_regime smmuv3_regime_make(const struct smmuv3_params *p, const struct smmuv3_ste *ste, const struct smmuv3_cd *cd);

/* 5.2 S1CIR, S1COR, S1CSH: attributes of L1CD and CD accesses. */
struct smmuv3_attributes smmuv3_cd_attributes(const struct smmuv3_ste *ste);

/* 3.4: an address that bypasses stage 1; S1_BYPASS_SIZE. */
enum smmuv3_condition smmuv3_bypass_check(const struct smmuv3_params *p, const struct smmuv3_regime *regime, uint64_t address);

/* ---- smmuv3_walk.c, smmuv3_stage1.c, smmuv3_stage2.c: VMSAv8-64 ---- */

enum smmuv3_stage { SMMUV3_STAGE1, SMMUV3_STAGE2 };
enum smmuv3_class { SMMUV3_CLASS_CD = 0, SMMUV3_CLASS_TT = 1, SMMUV3_CLASS_IN = 2 }; /* CLASS of event records */

/*
 * An access to a page, as one stage judges it: class IN is the transaction itself (post override); TT and CD are implicit data
 * accesses of the unit, with write set for an update of a stage 1 descriptor (TTRnW = !write).
 */
struct smmuv3_access {
    bool read, write, privileged, instruction;
    enum smmuv3_class class;
};
struct smmuv3_access smmuv3_access_of_query(const struct smmuv3_query *q);
struct smmuv3_access smmuv3_access_of_unit(enum smmuv3_class class, bool update);

struct smmuv3_rights { /* stage 2: pr = ur, pw = uw */
    bool pr, pw, px, ur, uw, ux;
};

/* State of the walk of one stage; starts with smmuv3_walk_begin. Levels -1 .. 3. */
struct smmuv3_walk {
    enum smmuv3_stage stage;
    uint8_t tt;   /* 0 or 1: which of regime->tt */
    int8_t level; /* of the descriptor to read next */
    int8_t start_level;
    uint64_t input; /* address being translated, as it came */
    uint64_t table; /* base of the table to read next: a PA, or an IPA for stage 1 of a nested regime */
    /* hierarchical controls gathered from table descriptors (stage 1): NSTable is of no use here */
    bool ap_no_user, ap_no_write, pxn_table, uxn_table;
    /* set at the leaf */
    uint64_t descriptor; /* as read, in CPU order */
    uint64_t output;     /* of `input`, offset included */
    uint8_t page_lg2;    /* of the block or page */
    uint8_t span_lg2;    /* with the Contiguous bit: of what may be cached as one */
    bool global;         /* nG = 0 (stage 1, where ASIDs tag) */
    struct smmuv3_rights rights;
    bool clean; /* writable-clean: DBM set, and the dirty state not yet recorded; a write must update first */
    struct smmuv3_attributes attributes; /* stage 1: of MAIR; stage 2: of MemAttr */
    uint8_t s2_memattr;
};

/* Which of regime->tt an address selects, and its range: S1_RANGE, S1_EPD, S1_E0PD, S2_RANGE. */
enum smmuv3_condition smmuv3_walk_begin(const struct smmuv3_regime *regime, enum smmuv3_stage stage, uint64_t input,
                                        const struct smmuv3_access *access, struct smmuv3_walk *walk);
/* Continue below a cached table descriptor: what walk_step left in these members of `from`. */
void smmuv3_walk_resume(struct smmuv3_walk *walk, const struct smmuv3_walk *from);
const struct smmuv3_table_setup *smmuv3_walk_setup(const struct smmuv3_regime *regime, const struct smmuv3_walk *walk);
uint64_t smmuv3_walk_address(const struct smmuv3_regime *regime, const struct smmuv3_walk *walk);
/* Input address bits that the tables above walk->level have consumed: entries for the same table agree above this bit. */
unsigned smmuv3_walk_shift(const struct smmuv3_regime *regime, const struct smmuv3_walk *walk);
/* Memory order (little or big endian, ENDI) of the 8 bytes read, loaded little-endian, to the value of the descriptor; and back.
 */
uint64_t smmuv3_descriptor_order(const struct smmuv3_table_setup *setup, uint64_t loaded);

enum smmuv3_step {
    SMMUV3_STEP_TABLE, /* go on: walk->level and walk->table are set for the next read */
    SMMUV3_STEP_LEAF,  /* walk->output is set; next: smmuv3_walk_leaf */
    SMMUV3_STEP_FAULT, /* *condition is set: F_TRANSLATION, F_ADDR_SIZE */
};
/*
 * Judge one descriptor (in CPU order) and move on. *wanted: the descriptor as it must be in memory before the walk goes on: with
 * HAFT a table descriptor has its Access flag set (3.13.6); else equal to `descriptor`. Where they differ the update is an
 * access like that of a leaf: class TT, write.
 */
enum smmuv3_step smmuv3_walk_step(const struct smmuv3_regime *regime, struct smmuv3_walk *walk, uint64_t descriptor,
                                  uint64_t *wanted, enum smmuv3_condition *condition);
/*
 * Judge the access against the leaf: F_ACCESS, then F_PERMISSION. *wanted is the descriptor with the Access flag and the dirty
 * state that must be in memory before the access is made (3.13); equal to walk->descriptor when nothing is to be written.
 * After a lost compare-exchange, begin at walk_step with the new value. On SMMUV3_OK with an update made, call again with
 * the new descriptor or set walk->clean by smmuv3_walk_updated.
 */
enum smmuv3_condition smmuv3_walk_leaf(const struct smmuv3_regime *regime, struct smmuv3_walk *walk,
                                       const struct smmuv3_access *access, uint64_t *wanted);
void smmuv3_walk_updated(struct smmuv3_walk *walk, uint64_t wanted);

/* The condition when reading or updating a descriptor was aborted: S1_WALK_EABT, S2_WALK_EABT. */
enum smmuv3_condition smmuv3_walk_aborted(const struct smmuv3_walk *walk);
/* Attributes of the access to a stage 1 descriptor or CD, combined with those of the stage 2 page that holds it (13.5). */
struct smmuv3_attributes smmuv3_nested_attributes(const struct smmuv3_regime *regime, struct smmuv3_attributes attributes,
                                                  const struct smmuv3_walk *second);

/* ---- 13.7.1: what a Translation Request is granted ---- */

struct smmuv3_grant {
    bool read, write, execute;
};
struct smmuv3_rights smmuv3_rights_both(const struct smmuv3_rights *a, const struct smmuv3_rights *b);
/*
 * By the rights of the stages judged so far. `q`: the request, its privilege overridden, write set unless it has NW; `execute`:
 * Execute Requested.
 */
struct smmuv3_grant smmuv3_ats_grant(const struct smmuv3_ste *ste, const struct smmuv3_query *q, bool execute,
                                     const struct smmuv3_rights *rights);
/* The access that is granted, as smmuv3_walk_leaf() and smmuv3_result_check() judge one: they find nothing that it lacks. */
struct smmuv3_access smmuv3_ats_access(const struct smmuv3_ste *ste, const struct smmuv3_query *q,
                                       const struct smmuv3_grant *grant);

/* ---- what a finished translation allows; what the TLB keeps ---- */

struct smmuv3_result {
    uint64_t page, ipa_page;      /* output address, and IPA, of the first byte of the page */
    uint8_t page_lg2;             /* of the combined mapping */
    uint8_t span1_lg2, span2_lg2; /* of each stage's own block or contiguous span: 0 where that stage does not translate */
    uint8_t level1_tg_lg2, level2_tg_lg2; /* granules, for range invalidation with TG */
    int8_t level1, level2;                /* of the leaves, for TTL */
    bool s1, s2, global;
    struct smmuv3_rights rights1, rights2;
    bool clean1, clean2; /* a write must walk, to record the dirty state */
    struct smmuv3_attributes attributes1, attributes2;
    uint8_t s2_memattr;
};
/* first, second: NULL for a stage that does not translate. Not for BYPASS: nothing is kept there. */
struct smmuv3_result smmuv3_result_make(const struct smmuv3_regime *regime, const struct smmuv3_walk *first,
                                        const struct smmuv3_walk *second, uint64_t input);
/*
 * On a hit, first that the address may select this table at all (S1_RANGE with TBI, S1_E0PD), then stage 1's rights, then stage
 * 2's. *walk: the entry cannot serve this access (it is a write to a clean page): do the walk.
 */
enum smmuv3_condition smmuv3_result_check(const struct smmuv3_regime *regime, const struct smmuv3_result *result,
                                          const struct smmuv3_access *access, uint64_t address, bool *walk);
/* 13.4, 13.5: attributes of the final access. */
struct smmuv3_attributes smmuv3_result_attributes(const struct smmuv3_regime *regime, const struct smmuv3_result *result,
                                                  const struct smmuv3_query *q);
/* Of an access that no stage translates. */
struct smmuv3_attributes smmuv3_bypass_attributes(const struct smmuv3_query *q);
/* 6.3.13 SMMU_GBPA with SMMUEN == 0: overrides applied; false: ABORT. */
bool smmuv3_gbpa_apply(const struct smmuv3_params *p, uint32_t gbpa, struct smmuv3_query *q);
/* 13.1.2: of the unit's own accesses, from cacheability fields as in SMMU_CR1 (0 NC, 1 WB, 2 WT) and the RA / WA hints. */
struct smmuv3_attributes smmuv3_queue_attributes(uint8_t inner, uint8_t outer, uint8_t sh, bool read_allocate,
                                                 bool write_allocate);
/* 13.6.1: what a request from PCIe comes in with; No_snoop applies to the final attributes. */
struct smmuv3_attributes smmuv3_pcie_attributes(void);
struct smmuv3_attributes smmuv3_no_snoop(struct smmuv3_attributes attributes);
/*
 * As memory ports have them: snooped if Inner or Outer shareable cacheable; enum port_memory_type by outer cacheability;
 * privileged data, as accesses of the unit itself are (13.1.2).
 */
struct port_request;
void smmuv3_port_attributes(const struct smmuv3_attributes *attributes, struct port_request *access);
/* 13.1.2: privilege and instruction as the output of a client's access has them. */
void smmuv3_port_client(const struct smmuv3_params *p, const struct smmuv3_query *q, struct port_request *access);
/* 5.2 MemAttr: encoding of a stage 2 MemAttr[3:0]. */
struct smmuv3_attributes smmuv3_memattr_decode(uint8_t memattr, enum smmuv3_shareability sh);
/* 4.7.3 MSIAttr and MSH, 6.3.23 MEMATTR and SH: of a message. */
struct smmuv3_attributes smmuv3_message_attributes(uint8_t memattr, uint8_t sh);

/* ---- smmuv3_records.c: 5.5 Fault configuration, 7.3 Event records ---- */

struct smmuv3_terms { /* what becomes of a transaction that met a condition */
    bool stall;       /* held until CMD_RESUME or CMD_STALL_TERM; then the record has Stall = 1 */
    bool record;      /* an event record is to be written */
    bool abort;       /* terminated with an abort; false (and not stall): RAZ/WI */
};
struct smmuv3_terms smmuv3_fault_terms(const struct smmuv3_params *p, const struct smmuv3_regime *regime,
                                       enum smmuv3_condition condition);

struct smmuv3_event { /* every member that the event's format lacks is ignored by encode */
    enum smmuv3_event_type type;
    uint32_t stream_id, substream_id;
    bool ssv;
    bool stall;
    uint16_t stag;
    bool rnw, ind, pnu, s2, ttrnw; /* F_BAD_ATS_TREQ: NW, Execute Requested, Privileged Mode Requested */
    uint8_t span;                  /* of F_BAD_ATS_TREQ: STUs asked for */
    enum smmuv3_class class;
    uint64_t input, ipa, fetch;
};
/*
 * `q`: post override. `class`: of the access that failed; `ipa`: input of stage 2 (events of stage 2); `fetch`: address of
 * the STE, CD or descriptor that could not be read; `update`: the access was an update of a stage 1 descriptor (TTRnW 0).
 */
void smmuv3_event_make(const struct smmuv3_params *p, enum smmuv3_condition condition, const struct smmuv3_query *q,
                       enum smmuv3_class class, uint64_t ipa, uint64_t fetch, bool update, struct smmuv3_event *out);
bool smmuv3_event_translation_related(enum smmuv3_event_type type); /* 5.5: A, R and S apply to it */
void smmuv3_event_encode(const struct smmuv3_params *p, const struct smmuv3_event *event, uint64_t record[4]);
/* 7.3.1: two records that may be merged (identical but for what the event's description ignores; neither stalls). */
bool smmuv3_event_mergeable(const struct smmuv3_event *a, const struct smmuv3_event *b);

#endif
