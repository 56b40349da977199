/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_internal.h - the engine around the step functions: what the chapters share.
 *
 *   smmuv3.c              the unit: making it, resetting it, its front door
 *   smmuv3_regs.c         6.2, 6.3: register file, guards
 *   smmuv3_update.c       6.3.9 to 6.3.18: fields with an Update: CR0, IRQ_CTRL, GBPA
 *   smmuv3_queues.c       3.5.1: what the three queues have alike
 *   smmuv3_command.c      4.1, 7.1: the Command queue; smmuv3_decode.c: what each command says
 *   smmuv3_invalidate.c   4.3, 4.4: what each invalidation drops, and draining
 *   smmuv3_caches.c       3.17, 16.2: configuration caches, TLB, walk caches
 *   smmuv3_translate.c    3.3.3, chapter 15: from a request to its configuration
 *   smmuv3_paging.c       3.3.2, 3.13: the walks, nested and with their flags
 *   smmuv3_data.c         the access itself
 *   smmuv3_ats.c          3.9.1, 13.7: ATS translation requests, translated transactions
 *   smmuv3_atc_inv.c      3.9.1.4, 4.5: CMD_ATC_INV, CMD_PRI_RESP
 *   smmuv3_priq.c         chapter 8: the PRI queue, automatic responses
 *   smmuv3_events.c       3.5, 7.2 to 7.4: the Event queue
 *   smmuv3_stall.c        3.12.2, 4.7.1, 4.7.2: stalled transactions
 *   smmuv3_interrupt.c    3.18, 7.5: wired interrupts, MSIs, global errors
 */
#ifndef SMMUV3_SMMUV3_INTERNAL_H
#define SMMUV3_SMMUV3_INTERNAL_H

#include "smmuv3/smmuv3.h"
#include "smmuv3/smmuv3_conditions.h"
#include "smmuv3/smmuv3_errata.h"
#include "smmuv3/smmuv3_regs.h"
#include "smmuv3/smmuv3_steps.h"
#include "xlate/hazard.h"
#include "xlate/itags.h"
#include "xlate/lookup.h"
#include "xlate/merge.h"
#include "xlate/message.h"
#include "xlate/request.h"
#include "xlate/ring.h"

#define SMMUV3_NO_REQUEST UINT32_MAX /* request id in traces and accesses on nobody's behalf */
#define SMMUV3_LEVELS 5u             /* of tables: -1 to 3 */

/* ---- caches: what is kept besides the lookup tags ---- */

struct smmuv3_ste_slot { /* an STE, or an L1STD */
    struct smmuv3_ste ste;
    enum smmuv3_condition condition; /* C_BAD_STE: an invalid structure may be kept (3.21.3) */
    struct smmuv3_regime regime;     /* where no CD is involved */
    uint64_t stamp;                  /* of this copy of the STE */
    uint64_t l1std;
    uint32_t stream_id; /* by which it was read */
    bool level1;
};

struct smmuv3_cd_slot { /* a CD, or an L1CD */
    struct smmuv3_cd cd;
    enum smmuv3_condition condition;
    struct smmuv3_regime regime; /* with the STE of `ste_stamp` */
    uint64_t ste_stamp;
    uint64_t l1cd;
    uint32_t stream_id, index;
    bool level1;
    uint8_t leaf_bits; /* of an L1CD: SubstreamID bits that index the table it points to */
};

struct smmuv3_tag { /* 3.17 TLB tagging, with what only invalidation compares */
    uint64_t page;  /* input address of the page, in 56 bits: sign bits of the address included, the tag byte of TBI not */
    uint8_t page_lg2;
    enum smmuv3_stream_world world;
    uint16_t asid, vmid;
    bool ipa; /* input is an IPA: stage 2 only */
    bool global, aset;
};

struct smmuv3_tlb_slot {
    struct smmuv3_tag tag;
    struct smmuv3_result result;
};

struct smmuv3_table_slot { /* a table descriptor */
    struct smmuv3_tag tag; /* page_lg2: what its table covers */
    struct smmuv3_walk walk;
    uint8_t granule_lg2;
};

struct smmuv3_caches {
    struct cache ste, cd, tlb, stage1, stage2;
    uint64_t stamp;
    uint64_t tlb_sizes[2];   /* non-global, global: bit n: there may be entries of 2^n bytes */
    uint64_t table_sizes[2]; /* by stage: bit n: there may be entries for tables that cover 2^n bytes */
};

/* ---- requests in flight ---- */

struct smmuv3_flight;
typedef enum walk_progress (*smmuv3_phase)(struct smmuv3_flight *flight);

enum smmuv3_end {
    SMMUV3_END_OK,
    SMMUV3_END_ABORT,
    SMMUV3_END_RAZ_WI,
    SMMUV3_END_STALL,
    SMMUV3_END_POISON,
    SMMUV3_END_COMPLETER_ABORT, /* of a translation request */
    SMMUV3_ENDS
};

enum smmuv3_purpose {
    SMMUV3_FOR_ACCESS,          /* or the functional translation of one */
    SMMUV3_FOR_PREFETCH,        /* 4.2: on nobody's behalf, for what it leaves in the caches */
    SMMUV3_FOR_PREFETCH_CONFIG, /* ... in those of structures */
    SMMUV3_FOR_TRANSLATION,     /* 3.9.1.2: a translation request */
    SMMUV3_FOR_TRANSLATED,      /* 3.9.1.3: a translated transaction */
    SMMUV3_FOR_PPAR,            /* 8.1: STE.PPAR is wanted */
};

struct smmuv3_flight {
    struct request_work work; /* first */
    struct smmuv3 *smmu;
    struct smmuv3_translation *translation;
    struct merge_entry merge;
    struct hazard_entry hazard;
    smmuv3_phase phase;
    enum smmuv3_purpose purpose;
    enum smmuv3_end end;
    bool early;       /* a retry that the unit makes of its own accord: it records nothing (3.12.2.2) */
    uint16_t stag;    /* of that stall */
    bool was_enabled; /* SMMUEN, as it was when the request came (6.3.9.6: atomic with respect to it) */

    uint32_t moved; /* bytes already read or written */
    struct smmuv3_query query;
    uint64_t output;
    struct smmuv3_attributes attributes;

    /* A structure being fetched, in one or more accesses. */
    uint64_t structure[8];
    uint64_t structure_address;
    uint32_t structure_bytes, structure_have;
    bool structure_failed;
    struct smmuv3_attributes structure_attributes;
    smmuv3_phase structure_next;

    struct smmuv3_ste ste;
    uint64_t ste_stamp;
    struct smmuv3_cd cd;
    uint32_t cd_index;
    struct smmuv3_regime regime;

    /* Walks. `second` is for a CD, for a stage 1 table, or for the final page. */
    struct smmuv3_walk first, second;
    struct smmuv3_access second_access;
    smmuv3_phase second_next;
    uint64_t entry_address, entry_loaded; /* of the descriptor in hand, in memory order */
    uint64_t first_address;               /* of the stage 1 descriptor in hand, as the walk computed it: an IPA where nested */
    struct smmuv3_walk table_page;        /* stage 2 of the page that holds it */
    struct walk_update table_page_entry;
    struct walk_update leaf[2];      /* by stage: flags that are set when the whole translation has been judged */
    struct walk_update first_update; /* of a stage 1 descriptor, that waits for its page to be judged */
    smmuv3_phase first_update_next;
    struct walk_update update; /* under way */
    struct smmuv3_walk *update_walk;
    bool update_is_leaf;
    smmuv3_phase update_next, walk_restart;
    struct smmuv3_result result;

    /* Where it ended. */
    struct smmuv3_event event;
    struct smmuv3_terms terms;
    bool recorded;                    /* a stall whose record has been written */
    struct smmuv3_flight *event_next; /* in the line of records to be written */
    smmuv3_phase event_then;

    struct cache_source sources[CACHE_SOURCES_MAX];
    uint32_t source_count, sources_before_walk;
};

/* ---- 3.12.2 stalled transactions ---- */

struct smmuv3_stall {             /* by STAG */
    struct pcie_request *request; /* NULL: it went through, but its STAG is not free yet (3.12.2.2) */
    uint32_t stream_id;
    bool in_use;
    bool held;                /* at rest; else at work: its record is being written, or the unit tries it early */
    bool recorded;            /* software has its event record */
    bool decided;             /* by a command, while it was at work: */
    enum smmuv3_end decision; /* STALL: retried */
};

struct smmuv3_line_of_requests {
    struct pcie_request *first, *last;
};

/* ---- invalidation ---- */

enum smmuv3_invalidation_kind {
    SMMUV3_CFGI_STE,
    SMMUV3_CFGI_STE_RANGE,
    SMMUV3_CFGI_CD,
    SMMUV3_CFGI_CD_ALL,
    SMMUV3_TLBI_NH_ALL,
    SMMUV3_TLBI_NH_ASID,
    SMMUV3_TLBI_NH_VA,
    SMMUV3_TLBI_NH_VAA,
    SMMUV3_TLBI_EL2_ALL,
    SMMUV3_TLBI_EL2_ASID,
    SMMUV3_TLBI_EL2_VA,
    SMMUV3_TLBI_EL2_VAA,
    SMMUV3_TLBI_S12_VMALL,
    SMMUV3_TLBI_S2_IPA,
    SMMUV3_TLBI_NSNH_ALL,
    SMMUV3_INVALIDATION_KINDS
};

struct smmuv3_invalidation {
    enum smmuv3_invalidation_kind kind;
    uint32_t stream_id, substream_id;
    uint8_t range_lg2; /* of CFGI_STE_RANGE: 2^range_lg2 StreamIDs */
    bool leaf;
    uint16_t vmid, asid;
    uint64_t first, last; /* addresses, inclusive */
    uint8_t granule_lg2;  /* TG: only entries of this granule; 0: any */
    uint8_t ttl;          /* only leaves of this level; 0: any */
};

/* ---- 4.1 the Command queue ---- */

enum smmuv3_opcode {
    SMMUV3_CMD_PREFETCH_CONFIG = 0x01,
    SMMUV3_CMD_PREFETCH_ADDR = 0x02,
    SMMUV3_CMD_CFGI_STE = 0x03,
    SMMUV3_CMD_CFGI_STE_RANGE = 0x04,
    SMMUV3_CMD_CFGI_CD = 0x05,
    SMMUV3_CMD_CFGI_CD_ALL = 0x06,
    SMMUV3_CMD_TLBI_NH_ALL = 0x10,
    SMMUV3_CMD_TLBI_NH_ASID = 0x11,
    SMMUV3_CMD_TLBI_NH_VA = 0x12,
    SMMUV3_CMD_TLBI_NH_VAA = 0x13,
    SMMUV3_CMD_TLBI_EL2_ALL = 0x20,
    SMMUV3_CMD_TLBI_EL2_ASID = 0x21,
    SMMUV3_CMD_TLBI_EL2_VA = 0x22,
    SMMUV3_CMD_TLBI_EL2_VAA = 0x23,
    SMMUV3_CMD_TLBI_S12_VMALL = 0x28,
    SMMUV3_CMD_TLBI_S2_IPA = 0x2a,
    SMMUV3_CMD_TLBI_NSNH_ALL = 0x30,
    SMMUV3_CMD_ATC_INV = 0x40,
    SMMUV3_CMD_PRI_RESP = 0x41,
    SMMUV3_CMD_RESUME = 0x44,
    SMMUV3_CMD_STALL_TERM = 0x45,
    SMMUV3_CMD_SYNC = 0x46
};

enum smmuv3_signal { SMMUV3_SIG_NONE, SMMUV3_SIG_IRQ, SMMUV3_SIG_SEV };

struct smmuv3_command { /* a command that was found legal */
    enum smmuv3_opcode opcode;
    bool invalidates;
    struct smmuv3_invalidation invalidation;
    uint32_t stream_id;
    uint16_t stag;
    bool has_substream_id; /* CMD_PREFETCH, CMD_ATC_INV, CMD_PRI_RESP */
    uint32_t substream_id;
    bool atc_global; /* CMD_ATC_INV */
    uint64_t atc_address;
    uint8_t atc_size;
    uint16_t group_index; /* CMD_PRI_RESP */
    enum pcie_response_code response;
    uint64_t prefetch_address, prefetch_count;
    uint8_t prefetch_stride_lg2;
    bool retry, abort;         /* CMD_RESUME */
    enum smmuv3_signal signal; /* CMD_SYNC */
    uint64_t msi_address;
    uint32_t msi_data;
    struct smmuv3_attributes msi_attributes;
};
/* False: CERROR_ILL. */
bool smmuv3_command_decode(const struct smmuv3 *smmu, const uint64_t words[2], struct smmuv3_command *command);

/* An MSI on its way: message.h decides when, this is how. */
struct smmuv3_msi {
    struct message message; /* masked while a write is under way, so that occurrences meanwhile become one */
    struct smmuv3 *smmu;
    struct port_request write;
    bool writing, stale;
    uint64_t abort_error; /* bit of GERROR */
};

struct smmuv3_queue {
    struct smmuv3 *smmu;
    struct ring_port fetch;
    struct sim_event timer;
    struct inflight_drain drain;
    struct smmuv3_command command; /* being executed, or the CMD_SYNC that is waited for */
    struct smmuv3_msi msi;         /* of CMD_SYNC */
    uint64_t words[2];
    bool running;   /* in the loop: kept from entering it again */
    bool executing; /* the timer runs */
    bool untagged;  /* a CMD_ATC_INV waits for an ITag */
    bool syncing;   /* a CMD_SYNC is not complete */
    bool drained;
    struct smmuv3_command held; /* deviation: takes effect with the next one, if `holding` */
    bool holding;
};

/* ---- chapter 8: the PRI queue ---- */

struct smmuv3_pprs { /* page requests, in order of arrival */
    struct pcie_message *items;
    uint32_t first, count, max;
};

struct smmuv3_priq {
    struct smmuv3 *smmu;
    struct ring_port write;
    struct smmuv3_pprs committed; /* records that are not visible yet */
    bool overflow_due;            /* as soon as the records before are visible */
    struct smmuv3_msi msi;
    struct smmuv3_pprs unchecked; /* discarded, and to be answered when STE.PPAR is known */
    struct pcie_request check;    /* of the first of them */
    bool checking;
    bool ppar; /* what the check has found */
};

/* ---- 6.3: fields with an Update ---- */

enum smmuv3_update_id {
    SMMUV3_UPDATE_SMMUEN,
    SMMUV3_UPDATE_EVENTQEN,
    SMMUV3_UPDATE_CMDQEN,
    SMMUV3_UPDATE_PRIQEN,
    SMMUV3_UPDATE_ATSCHK,
    SMMUV3_UPDATE_VMW,
    SMMUV3_UPDATE_GERROR_IRQEN,
    SMMUV3_UPDATE_EVENTQ_IRQEN,
    SMMUV3_UPDATE_PRIQ_IRQEN,
    SMMUV3_UPDATE_GBPA,
    SMMUV3_UPDATE_COUNT
};

struct smmuv3_update {
    struct smmuv3 *smmu;
    struct sim_event timer;
    bool busy;    /* written, and not acknowledged */
    bool applied; /* the new value is in use */
};

struct smmuv3 {
    struct sim *sim;
    struct smmuv3_params params;
    struct smmuv3_ports ports;
    struct smmuv3_registers regs;
    struct smmuv3_update updates[SMMUV3_UPDATE_COUNT];

    bool enabled; /* SMMUEN as new requests meet it */
    bool atschk;
    uint32_t gbpa; /* as new requests meet it */
    struct inflight_drain disable_drain;
    bool disable_drained;

    struct smmuv3_caches caches;
    struct request_pool requests;
    struct lookup_ports lookups;
    struct merge_table merges;
    struct hazard_table hazards;

    struct smmuv3_queue queue;
    struct itag_table itags;
    struct itag_drain atc_drain; /* of the CMD_SYNC that waits */
    bool atc_failed;             /* an invalidation has timed out since the last CMD_SYNC that said so */

    struct smmuv3_priq priq;

    struct smmuv3_flight *events_first, *events_last; /* committed records that are not visible yet */
    uint32_t events_count;
    struct smmuv3_event last_event; /* 7.3.1: for merging */
    bool last_event_valid;
    bool overflow_due; /* as soon as the records before are visible */
    struct smmuv3_msi eventq_msi, gerror_msi;
    uint32_t gerrors_seen; /* deviation: errors that were active once */

    struct smmuv3_stall *stalls;
    uint32_t stall_count;
    uint32_t early_retries; /* at work */
    struct sim_event stall_timer;
    struct smmuv3_line_of_requests again;              /* to begin anew */
    struct smmuv3_line_of_requests without_stag;       /* all were in use */
    struct smmuv3_line_of_requests ended[SMMUV3_ENDS]; /* to be answered */
};

static inline bool smmuv3_on(const struct smmuv3 *smmu, enum smmuv3_erratum_id id)
{
    return smmuv3_erratum(&smmu->params, id);
}

/* smmuv3_regs.c */
static inline uint64_t smmuv3_reg(const struct smmuv3 *smmu, enum smmuv3_register reg)
{
    return smmu->regs.value[reg];
}
static inline void smmuv3_reg_change(struct smmuv3 *smmu, enum smmuv3_register reg, uint64_t clear, uint64_t set)
{
    smmu->regs.value[reg] = (smmu->regs.value[reg] & ~clear) | set;
}
void smmuv3_registers_reset(struct smmuv3 *smmu);

/* smmuv3_update.c */
void smmuv3_updates_init(struct smmuv3 *smmu);
void smmuv3_updates_reset(struct smmuv3 *smmu);
void smmuv3_cr0_written(struct smmuv3 *smmu, uint32_t value);
void smmuv3_irq_ctrl_written(struct smmuv3 *smmu, uint32_t value);
void smmuv3_gbpa_written(struct smmuv3 *smmu, uint32_t value);
void smmuv3_updates_poll(struct smmuv3 *smmu); /* something that an Update may wait for has come to rest */
bool smmuv3_updates_quiet(const struct smmuv3 *smmu);

/* smmuv3_caches.c */
int smmuv3_caches_init(struct smmuv3 *smmu);
void smmuv3_caches_fini(struct smmuv3 *smmu);
void smmuv3_caches_clear(struct smmuv3 *smmu);
struct smmuv3_ste_slot *smmuv3_ste_find(struct smmuv3 *smmu, uint32_t stream_id, bool level1);
/* level1: the STE whose S1Fmt says how many CDs an L1CD stands for; NULL: the CD itself. */
struct smmuv3_cd_slot *smmuv3_cd_find(struct smmuv3 *smmu, uint32_t stream_id, uint32_t index, const struct smmuv3_ste *level1);
struct smmuv3_tlb_slot *smmuv3_tlb_find(struct smmuv3 *smmu, const struct smmuv3_regime *regime, uint64_t address);
struct smmuv3_table_slot *smmuv3_table_find(struct smmuv3 *smmu, const struct smmuv3_regime *regime,
                                            const struct smmuv3_walk *walk);
void smmuv3_l1std_keep(struct smmuv3_flight *flight, uint64_t l1std);
void smmuv3_ste_keep(struct smmuv3_flight *flight, enum smmuv3_condition condition);
void smmuv3_l1cd_keep(struct smmuv3_flight *flight, uint64_t l1cd);
void smmuv3_cd_keep(struct smmuv3_flight *flight, enum smmuv3_condition condition);
void smmuv3_tlb_keep(struct smmuv3_flight *flight);
void smmuv3_table_keep(struct smmuv3_flight *flight, const struct smmuv3_walk *walk);
uint64_t smmuv3_tag_address(uint64_t address);
unsigned smmuv3_l1std_bits(const struct smmuv3 *smmu); /* StreamID bits that index the table an L1STD points to */
struct smmuv3_stream_table smmuv3_stream_table_now(const struct smmuv3 *smmu);

/* smmuv3_invalidate.c */
void smmuv3_invalidate(struct smmuv3 *smmu, const struct smmuv3_invalidation *invalidation);
bool smmuv3_invalidation_drained(struct smmuv3 *smmu, struct inflight_drain *drain);

/* smmuv3_queues.c */
enum smmuv3_queue_id { SMMUV3_CMDQ, SMMUV3_EVENTQ, SMMUV3_PRIQ };
struct ring smmuv3_ring(const struct smmuv3 *smmu, enum smmuv3_queue_id id);
uint32_t smmuv3_ring_producer(const struct smmuv3 *smmu, enum smmuv3_queue_id id);
uint32_t smmuv3_ring_consumer(const struct smmuv3 *smmu, enum smmuv3_queue_id id);
uint32_t smmuv3_ring_used(const struct smmuv3 *smmu, enum smmuv3_queue_id id); /* more than a lap: the indexes are inconsistent */
void smmuv3_ring_access(const struct smmuv3 *smmu, enum smmuv3_queue_id id, struct port_request *access); /* its attributes */

/* smmuv3_command.c */
void smmuv3_queue_init(struct smmuv3 *smmu);
void smmuv3_queue_reset(struct smmuv3 *smmu);
void smmuv3_queue_kick(struct smmuv3 *smmu);
void smmuv3_queue_forget(struct smmuv3 *smmu); /* 7.1, 3.21.2: commands that were fetched ahead */
bool smmuv3_queue_quiet(const struct smmuv3 *smmu);
bool smmuv3_queue_at_rest(const struct smmuv3 *smmu); /* no command is in progress */

void smmuv3_queue_freed(struct smmuv3 *smmu);   /* an ITag */
void smmuv3_queue_settled(struct smmuv3 *smmu); /* invalidations of ATCs are complete, or have timed out */

/* smmuv3_atc_inv.c */
void smmuv3_atc_init(struct smmuv3 *smmu);
void smmuv3_atc_reset(struct smmuv3 *smmu);
bool smmuv3_atc_invalidate(struct smmuv3 *smmu, const struct smmuv3_command *command); /* false: no ITag is free */
void smmuv3_atc_completed(struct smmuv3 *smmu, const struct pcie_message *completion);
bool smmuv3_atc_settled(struct smmuv3 *smmu); /* false: smmuv3_queue_settled() will be called */
void smmuv3_pri_respond(struct smmuv3 *smmu, const struct smmuv3_command *command);
void smmuv3_respond(struct smmuv3 *smmu, const struct pcie_message *response);

/* smmuv3_priq.c */
int smmuv3_priq_init(struct smmuv3 *smmu);
void smmuv3_priq_fini(struct smmuv3 *smmu);
void smmuv3_priq_reset(struct smmuv3 *smmu);
void smmuv3_page_request(struct smmuv3 *smmu, const struct pcie_message *request);
bool smmuv3_priq_at_rest(const struct smmuv3 *smmu); /* no record is on its way to the queue */

/* smmuv3_events.c */
void smmuv3_events_reset(struct smmuv3 *smmu);
bool smmuv3_eventq_writable(const struct smmuv3 *smmu);
enum walk_progress smmuv3_event_write(struct smmuv3_flight *flight, smmuv3_phase next);
void smmuv3_eventq_moved(struct smmuv3 *smmu); /* something that makes it writable may have happened */

/* smmuv3_stall.c */
int smmuv3_stalls_init(struct smmuv3 *smmu);
void smmuv3_stalls_fini(struct smmuv3 *smmu);
void smmuv3_stalls_reset(struct smmuv3 *smmu);
bool smmuv3_stalls_quiet(const struct smmuv3 *smmu);
/* A place and its STAG; false: all are in use. */
bool smmuv3_stall_take(struct smmuv3_flight *flight);
/* The request leaves work, to be held. False: it was decided meanwhile; flight->end says how, and it is to be answered. */
bool smmuv3_stall_hold(struct smmuv3_flight *flight);
/* Is it one that the unit tries early? Sets flight->early and flight->stag. */
void smmuv3_stall_recognise(struct smmuv3_flight *flight);
void smmuv3_stall_passed(struct smmuv3_flight *flight); /* an early retry has ended otherwise than by stalling again */
void smmuv3_resume(struct smmuv3 *smmu, const struct smmuv3_command *command);
void smmuv3_stall_term(struct smmuv3 *smmu, uint32_t stream_id);
void smmuv3_stall_term_all(struct smmuv3 *smmu);  /* SMMUEN 1 to 0 */
void smmuv3_stalls_writable(struct smmuv3 *smmu); /* the Event queue is writable again */
void smmuv3_stalls_early(struct smmuv3 *smmu);

/* smmuv3_interrupt.c */
void smmuv3_interrupts_init(struct smmuv3 *smmu);
void smmuv3_interrupts_reset(struct smmuv3 *smmu);
void smmuv3_msi_send(struct smmuv3_msi *msi, uint64_t address, uint32_t data, const struct smmuv3_attributes *attributes);
bool smmuv3_error_active(const struct smmuv3 *smmu, uint64_t error);
void smmuv3_error_raise(struct smmuv3 *smmu, uint64_t error); /* a bit of GERROR */
void smmuv3_eventq_interrupt(struct smmuv3 *smmu);
void smmuv3_priq_interrupt(struct smmuv3 *smmu);
void smmuv3_sync_interrupt(struct smmuv3 *smmu, const struct smmuv3_command *sync);

/* smmuv3_request.c */
int smmuv3_requests_init(struct smmuv3 *smmu);
void smmuv3_prefetch(struct smmuv3 *smmu, const struct smmuv3_command *command);
/* A request whose fate is known: the answer is filled in. */
void smmuv3_request_answer(struct smmuv3 *smmu, struct pcie_request *request, enum smmuv3_end end, uint64_t done_ps);

#define SMMUV3_PROBE(smmu, at_ps, id, track, ...) PROBE(&(smmu)->ports.probe, at_ps, id, track, __VA_ARGS__)

#endif
