/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sm.h - what an SMMUv3 case builds with: registers by name, stream and CD tables, VMSAv8-64 page tables, the command queue, the
 * event queue, requests along a translation path, and expectations about what a request does.
 *
 * Written from conformance/spec (the suite's own tables), never from a model. Names of registers, structures and fields are
 * those of conformance/spec/smmuv3-*.csv. Entries are plain memory: every entry has an address function, so that a case can
 * change any bit of it with sm_set_bits() or sm_set_field(). Clauses are those of IHI 0070 G.b; D8 is DDI 0487.
 *
 * Words: *input* is the address in a request; a *path* is one way for a request to reach memory (StreamID, SubstreamID, tables);
 * *host* is a physical address of memory, also where the architecture sees an IPA.
 *
 * Nothing that changes a table invalidates by itself, except sm_path_*, which leave a path that works at once. What the guidance
 * prescribes after a change is sm_path_invalidate_page() and sm_path_invalidate(), or sm_invalidate_all().
 */
#ifndef BUILD_SM_H
#define BUILD_SM_H

#include "bench/case.h"
#include "spec/spec.h"

/* ---- registers by name ---- */

uint64_t sm_offset(const char *reg);                              /* "SMMU_CR0", "SMMU_EVENTQ_PROD" (page 1) */
uint64_t sm_reg(struct test *t, const char *reg);                 /* whole register */
void sm_reg_set(struct test *t, const char *reg, uint64_t value); /* whole register */
uint64_t sm_field(struct test *t, const char *reg, const char *field);
uint64_t sm_reg_bits(const char *reg, const char *field, uint64_t value); /* value placed at the field */
/* Reads, changes one field and writes back. */
void sm_field_set(struct test *t, const char *reg, const char *field, uint64_t value);
uint64_t sm_idr(struct test *t, uint32_t n, const char *field); /* sm_idr(t, 0, "S1P") is IDR0.S1P */
uint32_t sm_minor(struct test *t);                              /* AIDR.ArchMinorRev: 2 is SMMUv3.2 */
uint32_t sm_oas_bits(struct test *t);                           /* width of output addresses, from IDR5.OAS */
/* Width of intermediate addresses, 3.4: the larger of OAS and, with VMSAv8-32 LPAE, 40. */
uint32_t sm_ias_bits(struct test *t);
uint32_t sm_size_bits(uint32_t code); /* of an OAS, IPS or S2PS encoding: 0 is 32 bits ... 7 is 56 */
uint32_t sm_size_code(uint32_t bits); /* the encoding of that many bits, or of the next size below */
/* Decodes a register by field into the report (test_note). */
void sm_note_register(struct test *t, const char *reg);

/* ---- bring-up ---- */

enum sm_format { SM_FORMAT_ANY, SM_LINEAR, SM_TWO_LEVEL };

struct sm_config {
    enum sm_format format;    /* of the stream table; ANY: two-level where there is one and StreamIDs need more than 8 bits */
    uint32_t split;           /* 6, 8 or 10 as written to STRTAB_BASE_CFG.SPLIT; 0: 8 */
    uint32_t log2size;        /* of the stream table; 0: so that every sm_sid() is in it */
    uint32_t cmdq_log2size;   /* entries of the command queue; 0: 8, or CMDQS if that is less */
    uint32_t eventq_log2size; /* likewise; EVENTQS */
    bool e2h;                 /* CR2.E2H, where IDR0.Hyp */
    bool no_recinvsid;        /* CR2.RECINVSID stays 0 */
    bool no_eventq;           /* CR0.EVENTQEN stays 0 */
    bool stay_off;            /* everything but CR0.SMMUEN */
    uint32_t vmw;             /* CR0.VMW, where IDR0.VMW */
};

struct sm_message { /* a message interrupt */
    uint64_t address;
    uint32_t data;
};
#define SM_KEPT_MAX 32u

struct sm {
    struct test *t;
    struct sm_config config;
    uint32_t minor; /* of AIDR */
    uint32_t oas_bits, ias_bits;
    uint32_t stall_model;         /* IDR0.STALL_MODEL: 0 configurable, 1 terminate only, 2 stall only */
    uint32_t ssid_bits, sid_bits; /* IDR1 */
    uint32_t strtab_log2size;
    bool two_level;
    uint32_t split;
    uint64_t strtab; /* host address of the stream table, of the level 1 table if two-level */
    uint64_t cmdq, eventq;
    uint32_t cmdq_log2size, eventq_log2size;
    uint32_t cmdq_prod;   /* next slot with the wrap bit, as CMDQ_PROD has it after sm_ring() */
    uint32_t eventq_cons; /* likewise of EVENTQ_CONS */
    uint64_t msi;         /* a page for MSIs and for the case's own use, zeroed */
    uint64_t guest_next;  /* next IPA that no stage 2 table of this case maps */
    struct sm_table *tables;
    bool once;                           /* the next expectation runs its request once: sm_once() */
    struct sm_message kept[SM_KEPT_MAX]; /* interrupts that sm_msi_take() has not handed out yet, oldest first */
    uint32_t kept_count;
};

/*
 * Cold unit to translating: empty stream table, queues, CR1, CR2, CMDQEN, CFGI_ALL, TLBI_NSNH_ALL (and EL2_ALL), SYNC, EVENTQEN,
 * SMMUEN, each with its acknowledge (3.11 Reset, Enable and initialization). Interrupts stay off. Ends the case with SKIP when
 * the DUT does not have what config asks for. One struct per case.
 */
void sm_open(struct sm *sm, struct test *t, const struct sm_config *config); /* config NULL: defaults */
/* CR0 with one field changed; waits for CR0ACK. False when the acknowledge did not follow. "SMMUEN", "CMDQEN", "EVENTQEN" ... */
bool sm_enable(struct sm *sm, const char *field, uint64_t value);
/* The same without waiting. */
void sm_enable_start(struct sm *sm, const char *field, uint64_t value);
/* The other registers of the bring-up, programmed anew with everything off and on again; queue indices restart at 0. */
bool sm_restart(struct sm *sm);
/* GBPA by its update procedure (6.3.14.1): waits for Update to be 0. */
bool sm_gbpa(struct sm *sm, uint32_t value);
/*
 * Ends a functional case: with the unit brought up anew, an empty stream table, on a fresh stream, one mapped request must arrive
 * and one request to an invalid STE must be refused with a record. Every functional case calls it last. Rows SMMU-3-211 and
 * SMMU-5-012 are checked when they are among the case's rows; otherwise a failure is reported under the first row of the case.
 */
void sm_close(struct sm *sm);

/* ---- streams ---- */

/* The n-th StreamID that requests can have: a requester id; below 2^SIDSIZE; different in high and low bits. */
uint32_t sm_sid(struct sm *sm, uint32_t n);
uint32_t sm_sid_count(struct sm *sm);
bool sm_sid_usable(struct sm *sm, uint32_t sid); /* a request can carry it */

/* STE.Config, 5.2. */
enum { SM_ABORT = 0, SM_BYPASS = 4, SM_S1 = 5, SM_S2 = 6, SM_NESTED = 7 };
enum { SM_S1DSS_TERMINATE = 0, SM_S1DSS_BYPASS = 1, SM_S1DSS_SSID0 = 2 };
enum { SM_STRW_EL1 = 0, SM_STRW_EL2 = 2 };
enum { SM_CD_LINEAR = 0, SM_CD_4K = 1, SM_CD_64K = 2 }; /* STE.S1Fmt */

struct sm_ste {
    uint32_t config;
    uint32_t s1fmt, s1cdmax, s1dss, strw;
    uint64_t s1contextptr; /* IPA when nested */
    uint32_t vmid;
    const struct sm_table *s2; /* S2TTB, S2T0SZ, S2SL0, S2TG, S2DS; NULL: those fields are 0 */
    bool invalid;              /* V=0, the rest as given */
};
/* The eight dwords. Defaults: V, S2AA64, S2R 1, S2PS = OAS, cacheable walks; S2S as a fixed stall model wants it. */
void sm_ste_words(struct sm *sm, const struct sm_ste *ste, uint64_t words[8]);
/* Writes it at once (and the L1STD above it, if that is not valid yet). */
void sm_set_ste(struct sm *sm, uint32_t sid, const struct sm_ste *ste);

struct sm_cd {
    const struct sm_table *ttb0, *ttb1; /* NULL: EPDx = 1 and the fields of that half 0 */
    uint32_t asid;
    bool no_abort;  /* A = 0 */
    bool no_record; /* R = 0 */
    bool stall;     /* S = 1 (also set where the stall model is 2) */
    bool invalid;   /* V=0 */
};
void sm_cd_words(struct sm *sm, const struct sm_cd *cd, uint64_t words[8]); /* IPS = OAS, AA64, MAIR of the enum below */
/* Writes CD `ssid` of the stream (and the L1CD above it, if that is not valid yet). The STE must stand. */
void sm_set_cd(struct sm *sm, uint32_t sid, uint32_t ssid, const struct sm_cd *cd);
/* Memory for a CD table of 2^s1cdmax CDs of this format; what STE.S1ContextPtr takes. under: the stage 2 it lives in, or NULL. */
uint64_t sm_cd_table_new(struct sm *sm, uint32_t s1fmt, uint32_t s1cdmax, struct sm_table *under);

/* Host addresses of the entries, valid or not; 0 when a table above does not exist yet. */
uint64_t sm_l1std_address(struct sm *sm, uint32_t sid);               /* 8 bytes; 0 if the table is linear */
uint64_t sm_ste_address(struct sm *sm, uint32_t sid);                 /* 64 bytes */
uint64_t sm_l1cd_address(struct sm *sm, uint32_t sid, uint32_t ssid); /* 8 bytes; 0 if the table is linear */
uint64_t sm_cd_address(struct sm *sm, uint32_t sid, uint32_t ssid);   /* 64 bytes */
/* Read, change and write back bits hi..lo (bit number counted from the start of the entry, 0..511) of an entry. */
void sm_set_bits(struct sm *sm, uint64_t entry, uint32_t hi, uint32_t lo, uint64_t value);
uint64_t sm_get_bits(struct sm *sm, uint64_t entry, uint32_t hi, uint32_t lo);
/* By field name. Fields that hold an address (L2Ptr, S1ContextPtr, TTB0, S2TTB ...) take and give whole addresses. */
void sm_set_field(struct sm *sm, uint64_t entry, const char *structure, const char *field, uint64_t value);
uint64_t sm_get_field(struct sm *sm, uint64_t entry, const char *structure, const char *field);
void sm_put_field(uint64_t *words, const char *structure, const char *field, uint64_t value);
/* sm_set_field of the stream's STE, of its CD. */
void sm_ste_set(struct sm *sm, uint32_t sid, const char *field, uint64_t value);
void sm_cd_set(struct sm *sm, uint32_t sid, uint32_t ssid, const char *field, uint64_t value);
/* Decodes an entry by field into the report. */
void sm_note_entry(struct sm *sm, uint64_t entry, const char *structure);

/* ---- page tables, VMSAv8-64 ---- */

/* Attribute indices of sm_cd's MAIR. */
enum { SM_ATTR_WB = 0, SM_ATTR_NC = 1, SM_ATTR_DEVICE = 2, SM_ATTR_DEVICE_NGNRE = 3, SM_ATTR_DEVICE_GRE = 4, SM_ATTR_WT = 5 };
uint64_t sm_mair(void); /* MAIR1:MAIR0 that sm_cd_words writes */

struct sm_geometry {      /* of one stage; 0: default */
    uint32_t granule_lg2; /* 12, 14, 16; default: the smallest that the DUT has */
    uint32_t input_bits;  /* 64 - TxSZ; default: 48 for stage 1, min(IAS, 48) for stage 2 */
    int start_level;      /* stage 2 only, with start_given: level at which the walk starts */
    bool start_given;
    bool ds; /* DS or S2DS = 1 */
};

struct sm_table {
    struct sm_table *next;
    uint32_t stage; /* 1 or 2 */
    bool high;      /* stage 1: TTB1 */
    uint32_t granule_lg2, input_bits;
    int start_level; /* -1..3; level 3 holds pages */
    bool ds;
    uint64_t root;               /* host address of the start level table, all concatenated ones */
    uint64_t root_pointer;       /* what TTBx or S2TTB takes: an IPA for a nested stage 1 */
    struct sm_table *under;      /* the stage 2 that this stage 1's tables live in, or NULL */
    struct sm_guest_page *pages; /* of a stage 2 table: what the builder mapped for structures (IPA to host) */
};

bool sm_has_granule(struct test *t, uint32_t granule_lg2);
/* Empty tables. geometry NULL: defaults. */
struct sm_table *sm_table_new(struct sm *sm, uint32_t stage, const struct sm_geometry *geometry);
struct sm_table *sm_table_new_high(struct sm *sm, const struct sm_geometry *geometry); /* for TTB1 */
/* A stage 1 table whose pages have IPAs, mapped in `under` to scattered host pages. */
struct sm_table *sm_table_new_nested(struct sm *sm, const struct sm_geometry *geometry, struct sm_table *under, bool high);
/* Zeroed memory that a stage 2 table maps read-write; its IPA, and host address at *host. */
uint64_t sm_guest_alloc(struct sm *sm, struct sm_table *stage2, uint64_t bytes, uint64_t *host);
uint64_t sm_guest_to_host(const struct sm_table *stage2, uint64_t ipa); /* of sm_guest_alloc; 0: not of it */

/* What a leaf allows and how it begins. */
#define SM_R 1u
#define SM_W 2u
#define SM_X 4u       /* execute: UXN = PXN = 0, XN = 0 */
#define SM_U 8u       /* unprivileged too: AP[1]; stage 2 has no such thing */
#define SM_NO_AF 16u  /* AF = 0 */
#define SM_GLOBAL 32u /* nG = 0; stage 1 */
#define SM_DBM 64u
#define SM_CONT 128u                            /* Contiguous hint */
#define SM_ATTR(index) ((uint32_t)(index) << 8) /* stage 1: AttrIndx */
#define SM_RW (SM_R | SM_W | SM_U | SM_X)

/* Bits of a page or block of this level ("level 2 of a 4K granule is 21"). */
uint32_t sm_level_shift(const struct sm_table *table, int level);
/* Level of a leaf of so many bits; aborts when there is none. */
int sm_leaf_level(const struct sm_table *table, uint32_t page_lg2);
/* Blocks are allowed there (D8.3.1): 4K levels 1 and 2 (0 with DS), 16K level 2 (1 with DS), 64K level 2 (1 with 52 bits). */
bool sm_has_block(struct sm *sm, const struct sm_table *table, int level);
/* Map one page or block of 2^page_lg2 bytes (0: a page). Makes the tables above, with all rights. input of a TTB1 table: with the
 * high bits set. */
void sm_map(struct sm *sm, struct sm_table *table, uint64_t input, uint64_t output, uint32_t page_lg2, uint32_t rights);
void sm_unmap(struct sm *sm, struct sm_table *table, uint64_t input, uint32_t page_lg2);
/* Make the tables down to `level` without mapping anything. */
void sm_make_tables(struct sm *sm, struct sm_table *table, uint64_t input, int level);
/* Host address of the descriptor for `input` at `level`; 0 when its table does not exist. */
uint64_t sm_entry(struct sm *sm, const struct sm_table *table, uint64_t input, int level);
/* What the walk names that descriptor by: its IPA for a nested stage 1, else its host address. */
uint64_t sm_entry_pointer(struct sm *sm, const struct sm_table *table, uint64_t input, int level);
/* The descriptor that sm_map would write. */
uint64_t sm_leaf(const struct sm_table *table, uint64_t output, uint32_t page_lg2, uint32_t rights);
uint64_t sm_table_descriptor(const struct sm_table *table, uint64_t next_table_pointer);
/* Address bits of a descriptor (OA or next table), by granule and DS; and a descriptor with other address bits. */
uint64_t sm_descriptor_address(const struct sm_table *table, uint64_t descriptor);
uint64_t sm_with_address(const struct sm_table *table, uint64_t descriptor, uint64_t address);
/* Input addresses are below 2^this (from the top for TTB1: input_bits). Descriptor bits by name: */
enum {
    SM_BIT_AP1 = 6,   /* stage 1: unprivileged access */
    SM_BIT_AP2 = 7,   /* stage 1: read-only */
    SM_BIT_S2AP0 = 6, /* stage 2: read */
    SM_BIT_S2AP1 = 7, /* stage 2: write */
    SM_BIT_AF = 10,
    SM_BIT_NG = 11,
    SM_BIT_NT = 16,
    SM_BIT_DBM = 51,
    SM_BIT_CONT = 52,
    SM_BIT_PXN = 53, /* stage 2: XN[0] */
    SM_BIT_UXN = 54, /* stage 2: XN[1]; XN of a single-range regime */
    SM_BIT_PXNTABLE = 59,
    SM_BIT_UXNTABLE = 60,
    SM_BIT_APTABLE0 = 61,
    SM_BIT_APTABLE1 = 62,
};

/* ---- paths: every way to have a request translated ---- */

enum sm_flavour_id {
    SM_F_BYPASS,      /* Config=100 */
    SM_F_S1,          /* 101, EL1, no SubstreamID, S1CDMax=0 */
    SM_F_S2,          /* 110 */
    SM_F_NESTED,      /* 111, no SubstreamID */
    SM_F_S1_SSID,     /* 101, EL1, with SubstreamID */
    SM_F_NESTED_SSID, /* 111, with SubstreamID */
    SM_F_S1_CD0,      /* 101, S1CDMax>0, S1DSS=10, request without SubstreamID */
    SM_F_S1_SKIP,     /* 101, S1CDMax>0, S1DSS=01, request without SubstreamID: as bypass */
    SM_F_NESTED_SKIP, /* 111, S1CDMax>0, S1DSS=01, request without SubstreamID: as stage 2 */
    SM_F_EL2,         /* 101, STRW=10, E2H=0 */
    SM_F_EL2_SSID,
    SM_F_E2H, /* 101, STRW=10, E2H=1 */
    SM_F_E2H_SSID,
    SM_FLAVOUR_COUNT
};

struct sm_flavour {
    enum sm_flavour_id id;
    const char *name;
    uint32_t config; /* STE.Config */
    bool with_ssid;  /* requests carry a SubstreamID */
    uint32_t s1dss;  /* with substreams */
    bool substreams; /* S1CDMax > 0 */
    uint32_t strw;
    bool e2h;
    bool stage1, stage2; /* that act on the request */
};
extern const struct sm_flavour sm_flavours[SM_FLAVOUR_COUNT];
bool sm_has_flavour(struct test *t, enum sm_flavour_id id); /* the DUT and its adapter can do it */

struct sm_path {
    struct sm *sm;
    const struct sm_flavour *flavour;
    uint32_t sid;
    uint32_t ssid; /* of the request, or of the CD that a plain request uses: 0 */
    uint32_t asid, vmid;
    struct sm_table *s1, *s2; /* NULL where not used (s1 also where stage 1 is skipped) */
    struct sm_table *s1_high; /* TTB1, after sm_path_open_high() */
    uint64_t cd_table;        /* STE.S1ContextPtr; 0 without stage 1 */
    char name[96];
};

/* Set up a stream (STE, CD table, CD, empty page tables) for this flavour, and invalidate. ssid of flavours with SubstreamID.
 * Several SubstreamIDs of one stream: the first opens, the others sm_path_add_ssid(). */
void sm_path_open(struct sm *sm, struct sm_path *path, enum sm_flavour_id flavour, uint32_t sid, uint32_t ssid, uint32_t asid,
                  uint32_t vmid);
/* With these geometries; NULL: defaults. */
void sm_path_open_geometry(struct sm *sm, struct sm_path *path, enum sm_flavour_id flavour, uint32_t sid, uint32_t ssid,
                           uint32_t asid, uint32_t vmid, const struct sm_geometry *s1, const struct sm_geometry *s2);
/* Another SubstreamID of other's stream, with a stage 1 table of its own. */
void sm_path_add_ssid(struct sm_path *path, const struct sm_path *other, uint32_t ssid, uint32_t asid);
/* A path that shares tables, CD table, ASID and VMID with another, on another stream. */
void sm_path_share(struct sm_path *path, const struct sm_path *other, uint32_t sid);
/* Gives an EL1 or E2H path a TTB1 table (EPD1 = 0). */
void sm_path_open_high(struct sm_path *path, const struct sm_geometry *geometry);
const char *sm_path_name(struct sm_path *path); /* "nested, 4K stage 1, 64K stage 2" for test_context() */
/* Writes the STE or CD of the path anew from its parts, as sm_path_open does; no invalidation. */
void sm_path_write_ste(struct sm_path *path);
void sm_path_write_cd(struct sm_path *path);
/* Map input -> host with rights in the stage that decides, everything allowed in the other. page_lg2 0: a page. Nested: through
 * an IPA of its own. Bypass and skip: nothing (S2 of NESTED_SKIP is mapped). */
void sm_path_map(struct sm_path *path, uint64_t input, uint64_t host, uint32_t page_lg2, uint32_t rights);
/* A fresh host page (of the larger granule) mapped at input; its address. Without tables input must be the address returned. */
uint64_t sm_path_page(struct sm_path *path, uint64_t input, uint32_t rights);
/* IPA of an input of a nested path that sm_path_map mapped; the input itself where stage 1 does not act. */
uint64_t sm_path_ipa(struct sm_path *path, uint64_t input);
/* The table whose leaf decides `input` first (stage 1 if there is one, else stage 2; NULL: none), and its page descriptor. */
struct sm_table *sm_path_table(struct sm_path *path);
uint64_t sm_path_leaf(struct sm_path *path, uint64_t input);
/* A request along this path; no longer than the adapter's requests can be (see .bytes). */
struct iotb_request sm_request(const struct sm_path *path, enum iotb_request_kind kind, uint64_t input, uint32_t bytes);
/* A write of 8 bytes, or of what the adapter can send, by a stream without path and without SubstreamID. */
struct iotb_request sm_plain_request(struct sm *sm, uint32_t sid, uint64_t input);
/* What the guidance prescribes after a change of a leaf at input (leaf_only) or of tables above it; in either stage; SYNC. */
bool sm_path_invalidate_page(struct sm_path *path, uint64_t input, bool leaf_only);
/* After a change of the STE, of a CD, or of any table of the path: CFGI_STE, all TLB entries of its regime, SYNC. */
bool sm_path_invalidate(struct sm_path *path);
uint32_t sm_address_bits(struct sm *sm); /* width of the addresses that requests through this adapter can have */

typedef void sm_body(struct sm *sm, struct sm_path *path);
/* Runs body on a freshly reset unit for every flavour of `mask` (bits 1 << enum sm_flavour_id) that the DUT has, on stream
 * sm_sid(0), SubstreamID 5, ASID 0x11, VMID 0x22, closes each with sm_close(); SKIP when it has none. */
void sm_each_flavour(struct test *t, uint32_t mask, sm_body *body);
/* The same for every granule of each stage that the DUT has (nested: every pair), 48-bit inputs. config NULL: defaults. */
void sm_each_granule(struct test *t, uint32_t mask, const struct sm_config *config, sm_body *body);

#define SM_FLAVOUR(id) (1u << (id))
#define SM_ALL_FLAVOURS ((1u << SM_FLAVOUR_COUNT) - 1)
#define SM_S1_FLAVOURS (SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S1_SSID) | SM_FLAVOUR(SM_F_S1_CD0))
#define SM_NESTED_FLAVOURS (SM_FLAVOUR(SM_F_NESTED) | SM_FLAVOUR(SM_F_NESTED_SSID))
#define SM_S2_FLAVOURS (SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_NESTED_SKIP))
#define SM_EL2_FLAVOURS (SM_FLAVOUR(SM_F_EL2) | SM_FLAVOUR(SM_F_EL2_SSID))
#define SM_E2H_FLAVOURS (SM_FLAVOUR(SM_F_E2H) | SM_FLAVOUR(SM_F_E2H_SSID))
#define SM_BYPASS_FLAVOURS (SM_FLAVOUR(SM_F_BYPASS) | SM_FLAVOUR(SM_F_S1_SKIP))
#define SM_PAGED_FLAVOURS (SM_ALL_FLAVOURS & ~SM_BYPASS_FLAVOURS)
/* Stage 1 acts. */
#define SM_STAGE1_FLAVOURS (SM_S1_FLAVOURS | SM_NESTED_FLAVOURS | SM_EL2_FLAVOURS | SM_E2H_FLAVOURS)
#define SM_SSID_FLAVOURS \
    (SM_FLAVOUR(SM_F_S1_SSID) | SM_FLAVOUR(SM_F_NESTED_SSID) | SM_FLAVOUR(SM_F_EL2_SSID) | SM_FLAVOUR(SM_F_E2H_SSID))

/* ---- events ---- */

/* EventNumber, 7.3. */
enum {
    SM_F_UUT = 0x01,
    SM_C_BAD_STREAMID = 0x02,
    SM_F_STE_FETCH = 0x03,
    SM_C_BAD_STE = 0x04,
    SM_F_BAD_ATS_TREQ = 0x05,
    SM_F_STREAM_DISABLED = 0x06,
    SM_F_TRANSL_FORBIDDEN = 0x07,
    SM_C_BAD_SUBSTREAMID = 0x08,
    SM_F_CD_FETCH = 0x09,
    SM_C_BAD_CD = 0x0a,
    SM_F_WALK_EABT = 0x0b,
    SM_F_TRANSLATION = 0x10,
    SM_F_ADDR_SIZE = 0x11,
    SM_F_ACCESS = 0x12,
    SM_F_PERMISSION = 0x13,
    SM_F_TLB_CONFLICT = 0x20,
    SM_F_CFG_CONFLICT = 0x21,
    SM_E_PAGE_REQUEST = 0x24,
    SM_F_VMS_FETCH = 0x25,
};
enum { SM_CLASS_CD = 0, SM_CLASS_TT = 1, SM_CLASS_IN = 2 };
const char *sm_event_name(uint32_t type); /* the structure's name in the tables; "reserved event" */

struct sm_event { /* a record; fields that its type does not have are 0 */
    uint64_t word[4];
    uint32_t type, sid, ssid, stag, reason, class;
    bool ssv, stall, pnu, ind, rnw, nsipa, s2, ttrnw, gpcf;
    uint64_t input, ipa, fetch;
};
uint32_t sm_event_pending(struct sm *sm);                              /* records between CONS and PROD */
bool sm_event_read(struct sm *sm, uint32_t n, struct sm_event *event); /* the n-th pending one; does not consume */
bool sm_event_take(struct sm *sm, struct sm_event *event);             /* the oldest; moves EVENTQ_CONS.RD */
void sm_event_clear(struct sm *sm);                                    /* consumes all, acknowledges an overflow */
bool sm_event_overflow(struct sm *sm);                                 /* OVFLG differs from OVACKFLG */
uint64_t sm_event_slot(struct sm *sm, uint32_t index);                 /* host address of slot index (wrap bit ignored) */
void sm_note_event(struct sm *sm, const struct sm_event *event);

/* ---- expectations. Each runs the request twice (miss, then hit), unless sm_once is set before. ---- */

/* Data arrives at (write) or comes from (read) or is changed at (atomic) host address `host`, nothing is recorded. */
bool sm_expect_ok(struct sm *sm, const char *row, const struct iotb_request *request, uint64_t host);

/* What a record must say. The rest (SSV, SSID, StreamID, InputAddr, RnW, PnU, InD) follows from the request. */
struct sm_expected {
    uint32_t type;
    bool s2;
    uint32_t class;     /* of types that have it */
    uint64_t ipa;       /* with s2: whole address, compared from bit 12 up */
    uint64_t fetch;     /* FetchAddr of F_*_FETCH and F_WALK_EABT */
    bool ttrnw;         /* with class TT of F_PERMISSION */
    uint32_t set;       /* SM_E_*: what does not follow from the request */
    bool pnu, ind, rnw; /* with SM_E_PNU, SM_E_IND, SM_E_RNW */
    uint32_t ssid;      /* with SM_E_SSID: of C_BAD_SUBSTREAMID without SubstreamID */
    bool stall;         /* Stall=1: the faulting stage is configured so; where the stall model is 2 that follows by itself */
    bool silent;        /* no record at all (R = 0) */
    bool razwi;         /* CD.A = 0: the request completes, reads return 0, writes are ignored */
};
#define SM_E_PNU 1u
#define SM_E_IND 2u
#define SM_E_RNW 4u
#define SM_E_SSID 8u
#define SM_E_NO_FETCH 16u /* FetchAddr is not compared */
#define SM_E_NO_IPA 32u
#define SM_E_NO_STALL 64u /* terminates whatever the stall model: F_ADDR_SIZE of a skipped stage 1 */

struct sm_expected sm_config_event(uint32_t type);                           /* no address, no class */
struct sm_expected sm_s1_event(uint32_t type);                               /* S2=0, CLASS=IN */
struct sm_expected sm_s2_event(uint32_t type, uint32_t class, uint64_t ipa); /* S2=1 */
struct sm_expected sm_walk_abort(bool s2, uint32_t class, uint64_t fetch);   /* F_WALK_EABT */

/*
 * Refused: no memory changes at the input address nor at guard_host (0: none), aborted where status is visible, exactly one
 * record of that content; it is consumed. A stalled request is ended by CMD_RESUME with abort.
 */
bool sm_expect_event(struct sm *sm, const char *row, const struct iotb_request *request, const struct sm_expected *expected,
                     uint64_t guard_host);
/* The same with any of several; the type seen (0: none). */
uint32_t sm_expect_event_any(struct sm *sm, const char *row, const struct iotb_request *request,
                             const struct sm_expected *expected, uint32_t count, uint64_t guard_host);
/* sm_expect_event of sm_config_event(type), of sm_s1_event(type). */
bool sm_expect_config(struct sm *sm, const char *row, const struct iotb_request *request, uint32_t type, uint64_t guard_host);
bool sm_expect_s1(struct sm *sm, const char *row, const struct iotb_request *request, uint32_t type, uint64_t guard_host);
/* Aborted without any record and without overflow. */
bool sm_expect_silent_abort(struct sm *sm, const char *row, const struct iotb_request *request, uint64_t guard_host);
/*
 * Stalls: no response, one record with Stall=1 and this content, which is consumed; *event gets it. The request stays
 * outstanding under *id: end it with sm_resume() or CMD_STALL_TERM and request_wait().
 */
bool sm_expect_stall(struct sm *sm, const char *row, const struct iotb_request *request, const struct sm_expected *expected,
                     uint32_t *id, struct sm_event *event);
/* What did a request do? For rows that allow a set. Runs once. A stalled one is aborted by CMD_RESUME. */
enum sm_result { SM_ARRIVED, SM_ARRIVED_OTHER, SM_REFUSED, SM_HANG };
struct sm_seen {
    enum sm_result result;
    uint64_t host; /* SM_ARRIVED: hosts[0]; SM_ARRIVED_OTHER: which of hosts[1..] */
    uint32_t type; /* of the record, 0 if none */
    struct sm_event event;
    struct outcome outcome;
};
struct sm_seen sm_try(struct sm *sm, const struct iotb_request *request, const uint64_t *hosts, uint32_t host_count);
void sm_once(struct sm *sm); /* only the next expectation runs its request once */
/* The request was aborted, as far as the adapter tells (7.2.1): status other than SC. */
bool sm_check_aborted(struct sm *sm, const char *row, const struct iotb_request *request, const struct outcome *outcome);

/* ---- commands ---- */

struct sm_command {
    uint64_t word[2];
};
/* Opcode and nothing else; then sm_cmd_field() by field name of conformance/spec ("CMD_TLBI_NH_VA", "ASID"). */
struct sm_command sm_cmd(const char *name);
void sm_cmd_field(struct sm_command *command, const char *name, const char *field, uint64_t value);
struct sm_command sm_cmd_raw(uint64_t word0, uint64_t word1);
struct sm_command sm_cmd_cfgi_ste(uint32_t sid, bool leaf);
struct sm_command sm_cmd_cfgi_ste_range(uint32_t sid, uint32_t range); /* 2^(range+1) StreamIDs */
struct sm_command sm_cmd_cfgi_all(void);
struct sm_command sm_cmd_cfgi_cd(uint32_t sid, uint32_t ssid, bool leaf);
struct sm_command sm_cmd_cfgi_cd_all(uint32_t sid);
struct sm_command sm_cmd_nh_all(uint32_t vmid);
struct sm_command sm_cmd_nh_asid(uint32_t vmid, uint32_t asid);
struct sm_command sm_cmd_nh_va(uint32_t vmid, uint32_t asid, uint64_t address, bool leaf);
struct sm_command sm_cmd_nh_vaa(uint32_t vmid, uint64_t address, bool leaf);
struct sm_command sm_cmd_el2_all(void);
struct sm_command sm_cmd_el2_asid(uint32_t asid);
struct sm_command sm_cmd_el2_va(uint32_t asid, uint64_t address, bool leaf);
struct sm_command sm_cmd_el2_vaa(uint64_t address, bool leaf);
struct sm_command sm_cmd_s12_vmall(uint32_t vmid);
struct sm_command sm_cmd_s2_ipa(uint32_t vmid, uint64_t ipa, bool leaf);
struct sm_command sm_cmd_nsnh_all(void);
/* Adds range fields (IDR3.RIL, 4.4.1.1) to a command with an address: (num + 1) * 2^scale granules; ttl 0: no hint. */
void sm_cmd_range(struct sm_command *command, const char *name, uint32_t granule_lg2, uint32_t num, uint32_t scale, uint32_t ttl);
struct sm_command sm_cmd_prefetch_config(uint32_t sid, bool ssv, uint32_t ssid);
struct sm_command sm_cmd_prefetch_addr(uint32_t sid, bool ssv, uint32_t ssid, uint64_t address, uint32_t size);
struct sm_command sm_cmd_resume(uint32_t sid, uint32_t stag, bool retry, bool abort);
struct sm_command sm_cmd_stall_term(uint32_t sid);
struct sm_command sm_cmd_sync(void);                                /* CS = 00 */
struct sm_command sm_cmd_sync_msi(uint64_t address, uint32_t data); /* CS = 01, inner shareable write-back */

/* Write a command into the next slot without moving CMDQ_PROD; then sm_ring writes CMDQ_PROD over all written ones. */
void sm_put(struct sm *sm, const struct sm_command *command);
void sm_ring(struct sm *sm);
uint64_t sm_command_slot(struct sm *sm, uint32_t index); /* host address of slot index (wrap bit ignored) */
/* Put, ring and settle the commands followed by a CMD_SYNC; true when all were consumed without an error. */
bool sm_submit(struct sm *sm, const struct sm_command *commands, uint32_t count);
bool sm_submit_one(struct sm *sm, struct sm_command command);
bool sm_sync(struct sm *sm); /* CMD_SYNC alone: false when it did not complete */
/* The commands alone, without CMD_SYNC: consumed (CONS has reached PROD). */
bool sm_issue(struct sm *sm, const struct sm_command *commands, uint32_t count);
/* CMDQ_CONS and the error state: GERROR.CMDQ_ERR active; *error gets CMDQ_CONS.ERR. */
enum { SM_CERROR_NONE = 0, SM_CERROR_ILL = 1, SM_CERROR_ABT = 2, SM_CERROR_ATC_INV_SYNC = 3 };
bool sm_command_error(struct sm *sm, uint32_t *error);
uint32_t sm_cons(struct sm *sm); /* CMDQ_CONS.RD with the wrap bit */
/* The command alone must stop the queue with CERROR_ILL and CONS at it; then the queue is repaired. */
bool sm_expect_ill(struct sm *sm, const char *row, const struct sm_command *command);
/* The command alone must be consumed. */
bool sm_expect_consumed(struct sm *sm, const char *row, const struct sm_command *command);
/* After a command error: a CMD_SYNC in place of the failing command, acknowledge, settle; true when the queue has run dry. */
bool sm_command_repair(struct sm *sm);
bool sm_resume(struct sm *sm, uint32_t sid, uint32_t stag, bool retry, bool abort); /* CMD_RESUME, CMD_SYNC */
/* Everything: CFGI_ALL, TLBI_NSNH_ALL, EL2_ALL (where IDR0.Hyp), SYNC. */
bool sm_invalidate_all(struct sm *sm);
/* CFGI_STE, or CFGI_CD, leaf, and SYNC. */
bool sm_cfgi_ste(struct sm *sm, uint32_t sid);
bool sm_cfgi_cd(struct sm *sm, uint32_t sid, uint32_t ssid);

/* ---- global errors and interrupts ---- */

bool sm_gerror_active(struct sm *sm, const char *field); /* GERROR differs from GERRORN: "EVENTQ_ABT_ERR" */
void sm_gerror_ack(struct sm *sm, const char *field);
/* Programs an interrupt source ("EVENTQ", "GERROR", "PRIQ") to send data to address, and enables it; waits for the acknowledge.
 */
bool sm_irq_open(struct sm *sm, const char *source, uint64_t address, uint32_t data);
bool sm_irq_enable(struct sm *sm, const char *source, bool on);
/* A message with this address that has come in since, whether it went to memory or was reported as an interrupt. Consumes it:
 * memory is made 0 (so that data must not be 0). False: none. MSI addresses lie in sm->msi. */
bool sm_msi_take(struct sm *sm, uint64_t address, uint32_t *data);

/* ---- one bit at a time ---- */

/*
 * Toggles each of the bits first..last of an entry (counted from its start, 0..511) by itself, with sm_invalidate_all(), and
 * sends the request: it must have this event, or with expected NULL be carried out at `host`. The entry ends as it was. `what`
 * goes into the context of the checks.
 */
void sm_walk_bits(struct sm *sm, const char *row, const char *what, uint64_t entry, uint32_t first, uint32_t last,
                  const struct iotb_request *request, const struct sm_expected *expected, uint64_t host);
/*
 * Every address bit of a descriptor, from align_lg2 to OAS-1: moves what it points to to an address with this bit and few others,
 * and expects the request to be carried out. With `host` it leads to a table of 2^align_lg2 bytes and the data stay at host; with
 * 0 it is a leaf and the data move along. Returns how many places were tried (addresses without memory are left out). Not for
 * IPAs.
 */
uint32_t sm_walk_pointer(struct sm *sm, const char *row, const char *what, const struct sm_table *table, uint64_t descriptor,
                         uint32_t align_lg2, const struct iotb_request *request, uint64_t host);
/* The same for an address field of a structure (STE.S1ContextPtr, CD.TTB0, STE.S2TTB, L1CD.L2Ptr, L1STD.L2Ptr). bytes: of what it
 * points to. */
uint32_t sm_walk_pointer_field(struct sm *sm, const char *row, uint64_t entry, const char *structure, const char *field,
                               uint32_t align_lg2, uint64_t bytes, const struct iotb_request *request, uint64_t host);

#endif
