/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_internal.h - the engine around the step functions: what the chapters share.
 *
 *   vtd_request.c                 requests in flight (chapters 3 and 6.2.7)
 *   vtd_caches.c                  6.2 Address Translation Caches
 *   vtd_invalidate.c              6.5 what an invalidation drops, and draining
 *   vtd_register_invalidation.c   6.5.1, 11.4.6
 *   vtd_queue.c                   6.5.2, 11.4.9; vtd_descriptors.c, vtd_wait.c
 *   vtd_ats.c                     4.2 requests of Device-TLBs
 *   vtd_device_tlb.c              4.3, 6.5.2.5, 6.5.2.6
 *   vtd_page_requests.c           7.4 to 7.8, 11.4.11
 *   vtd_interrupt_remapping.c     5.1, 11.4.10; vtd_irte.c: what the entries mean
 *   vtd_posted.c                  5.2
 *   vtd_fault_log.c               7.2, 11.4.7.6
 *   vtd_events.c                  7.3, 6.5.2.10, 7.5
 *   vtd_pmr.c                     11.4.8
 *   vtd_regs.c                    11.2, 11.3
 *   vtd.c                         the unit: making it, resetting it, 11.4.4 Global Command Interface
 */
#ifndef VTD_VTD_INTERNAL_H
#define VTD_VTD_INTERNAL_H

#include "vtd/vtd.h"
#include "vtd/vtd_conditions.h"
#include "vtd/vtd_errata.h"
#include "vtd/vtd_regs.h"
#include "vtd/vtd_steps.h"
#include "xlate/hazard.h"
#include "xlate/itags.h"
#include "xlate/lookup.h"
#include "xlate/merge.h"
#include "xlate/message.h"
#include "xlate/request.h"
#include "xlate/ring.h"
#include "xlate/walk.h"

#define VTD_NO_REQUEST UINT32_MAX /* request id in traces and accesses on nobody's behalf */
#define VTD_FAULT_RECORDS_MAX 256u

/* ---- 6.2 caches: what is kept besides the lookup tags, with the tags that only invalidation looks at ---- */

struct vtd_context_slot {
    struct vtd_context context;
    enum vtd_condition fault; /* CM=1: a faulting entry that is kept */
    uint16_t tag_did;
};

struct vtd_pasid_slot {
    struct vtd_pasid_entry entry;
    bool fpd; /* of directory and entry */
    enum vtd_condition fault;
    uint16_t tag_did;
};

struct vtd_iotlb_slot {
    struct vtd_result result;
    struct vtd_paging paging;
    struct vtd_pasid_entry entry; /* scalable mode: what the request is judged against on a hit */
    enum vtd_condition fault;     /* CM=1 */
    uint64_t page;                /* input address of the page */
    uint32_t tag_pasid;
    uint16_t tag_did;
    bool fpd, rid_priv;
};

struct vtd_table_slot { /* a non-leaf paging entry */
    uint64_t table;
    uint64_t page; /* first input address it serves */
    uint32_t tag_pasid;
    uint16_t tag_did;
    uint8_t level; /* of the entries of `table` */
    bool read, write, user;
};

struct vtd_caches {
    struct cache context, pasid, iotlb, first_stage, second_stage;
    struct cache interrupt;   /* 6.4: two words of the IRTE as they were read */
    uint32_t iotlb_sizes;     /* bit n: there may be entries of page size 12 + 9 * n */
    uint32_t table_levels[2]; /* by stage, bit n: there may be entries for tables of level n */
};

/* ---- 7.4.1 page requests that are received and not in the queue yet ---- */

#define VTD_PAGES_MAX 256u

struct vtd_page {
    struct pcie_request request; /* first: its place in flight */
    struct pcie_message message;
    struct vtd_page *next; /* in the list of free ones */
};

struct vtd_page_requests {
    struct request_pool pool; /* with one place: in order of arrival */
    struct vtd_page pages[VTD_PAGES_MAX];
    struct vtd_page *free;
    uint64_t received, finished; /* how many, ever */
    bool stuck;                  /* deviation: an overflow is for ever */
};

/* ---- requests in flight ---- */

struct vtd_flight;
typedef enum walk_progress (*vtd_phase)(struct vtd_flight *flight);

struct vtd_flight {
    struct request_work work; /* first */
    struct vtd *vtd;
    struct vtd_translation *translation; /* NULL: work.request, with its access */
    struct vtd_page *page;               /* a page request; NULL: none */
    vtd_phase phase;
    struct merge_entry merge;
    struct hazard_entry hazard;
    enum pcie_status status;

    /* The part of the request within one 4 KiB page. */
    uint32_t offset, part_bytes;
    uint32_t moved; /* bytes of the part already read or written */
    struct vtd_query query;
    struct vtd_root_pointer root;
    bool fpd, privileged;
    uint64_t output;
    bool snoop;
    uint8_t memory_type;
    bool context_known; /* a translation request is past its context entry, and goes on with the tables after a miss */

    /* 5.1 An interrupt request. */
    bool has_index; /* of it, for the record of a fault */
    uint32_t interrupt_index;
    struct vtd_irte irte;
    uint64_t posted_word; /* of the posted interrupt descriptor, before an update */
    struct vtd_flight *held_next;

    /* A structure entry being fetched, in one or more accesses. */
    uint64_t structure[8];
    uint64_t structure_address;
    uint32_t structure_bytes, structure_have;
    bool structure_failed;
    vtd_phase structure_next;

    struct vtd_context context;
    struct vtd_pasid_entry pasid_entry;
    bool directory_fpd;
    struct vtd_paging paging;
    uint32_t pasid; /* effective */

    /* Walks. `second` is for a table page of the first stage or for the final page. */
    struct vtd_walk first, second, before;
    uint64_t entry_address, entry_value, wanted; /* of the paging entry in hand */
    struct vtd_walk table_page;                  /* second-stage translation of the first-stage table in use */
    bool for_table;                              /* the second-stage walk is for a table page */
    bool second_for_write;
    struct walk_update leaf[2]; /* flags that are set when the whole translation has been judged */
    struct vtd_result result;
    vtd_phase update_next;
    const struct vtd_walk *update_walk;

    struct cache_source sources[CACHE_SOURCES_MAX];
    uint32_t source_count, sources_before_walk;
};

/* ---- operations of software that take time and end in a drain: commands of registers ---- */

struct vtd_operation {
    struct vtd *vtd;
    struct sim_event timer;
    struct inflight_drain drain;
    void (*apply)(struct vtd *vtd);    /* takes effect; raises the epoch if requests in flight matter */
    void (*complete)(struct vtd *vtd); /* status */
    bool busy;
    bool hung; /* a deviation keeps it from completing */
};
void vtd_operation_start(struct vtd_operation *operation, uint64_t delay_ps);

enum vtd_operation_id {
    VTD_OP_TRANSLATION,     /* TE */
    VTD_OP_ROOT,            /* SRTP */
    VTD_OP_FLUSH,           /* WBF */
    VTD_OP_QUEUE,           /* QIE */
    VTD_OP_PROTECT,         /* PMEN.EPM */
    VTD_OP_CONTEXT,         /* CCMD.ICC */
    VTD_OP_IOTLB,           /* IOTLB.IVT */
    VTD_OP_INTERRUPTS,      /* IRE */
    VTD_OP_INTERRUPT_TABLE, /* SIRTP */
    VTD_OP_COMPATIBILITY,   /* CFI */
    VTD_OP_COUNT
};

/* ---- invalidation ---- */

enum vtd_invalidation_kind {
    VTD_INV_CONTEXT_GLOBAL,
    VTD_INV_CONTEXT_DOMAIN,
    VTD_INV_CONTEXT_DEVICE,
    VTD_INV_PASID_GLOBAL,
    VTD_INV_PASID_DOMAIN,
    VTD_INV_PASID_SELECTIVE,
    VTD_INV_IOTLB_GLOBAL,
    VTD_INV_IOTLB_DOMAIN,
    VTD_INV_IOTLB_PAGE,
    VTD_INV_PIOTLB_PASID,
    VTD_INV_PIOTLB_PAGE,
    VTD_INV_IEC_GLOBAL,
    VTD_INV_IEC_INDEX,
    VTD_INV_KINDS
};

struct vtd_invalidation {
    enum vtd_invalidation_kind kind;
    uint16_t did, sid;
    uint16_t index; /* of the interrupt cache */
    uint8_t fm, am; /* am: of an index too */
    bool ih;
    uint32_t pasid;
    uint64_t address;
};

/* ---- 6.5.2 the queue ---- */

#define VTD_WAITS_MAX 8u
#define VTD_DEFERRED_MAX 8u

struct vtd_wait { /* 6.5.2.9: a wait descriptor that is not complete */
    struct vtd *vtd;
    struct inflight_drain drain;
    struct itag_drain itag_drain;
    struct port_request write;
    bool drained, invalidated, written, status, event, fence, page_drain;
    bool writing, stale; /* memory owns `write`; ... since before a reset */
    uint64_t status_address;
    uint32_t status_data;
    uint64_t page_goal; /* page requests received when all else was done; 0: not yet */
};

struct vtd_queue {
    struct vtd *vtd;
    struct ring_port fetch;
    struct sim_event timer;
    bool running;   /* in the loop: kept from entering it again */
    bool executing; /* the timer runs */
    bool have;      /* deviation: a descriptor kept over an error */
    bool stopped;   /* deviation: an error was cleared, but nothing is fetched any more */
    bool held;      /* the descriptor has been taken, but cannot be carried out yet */
    bool waits_running;
    uint64_t descriptor[4];
    struct vtd_wait waits[VTD_WAITS_MAX];
    uint32_t wait_first, wait_count;
    struct vtd_invalidation deferred[VTD_DEFERRED_MAX];
    uint32_t deferred_count;
    bool deferred_due;
};

/* ---- 4.3 Device-TLBs ---- */

#define VTD_COMPLETIONS_MAX 32u

struct vtd_completion { /* an Invalidate Completion behind writes that are not drained */
    struct vtd *vtd;
    struct pcie_message message;
    struct inflight_drain drain;
    bool drained;
};

struct vtd_device_tlb {
    struct itag_table itags;
    struct inflight_drain drain; /* of the requests that the next invalidation must not overtake */
    struct vtd_completion completions[VTD_COMPLETIONS_MAX];
    uint32_t completion_first, completion_count;
};

/* ---- 7.2 the records ---- */

struct vtd_fault_log {
    uint64_t low[VTD_FAULT_RECORDS_MAX], high[VTD_FAULT_RECORDS_MAX];
    uint32_t count, index;
};

struct vtd {
    struct sim *sim;
    struct vtd_params params;
    struct vtd_ports ports;
    struct vtd_registers regs;

    bool translating; /* what new requests meet; TES follows when older ones are drained */
    bool protecting;  /* likewise for PMEN.EPM and PRS */
    uint64_t root_latched;
    struct vtd_root_pointer root;
    bool remapping_interrupts; /* likewise for IRE */
    struct vtd_interrupt_table interrupt_table;
    struct vtd_flight *interrupts_held; /* behind writes of their requesters, by held_next */

    struct vtd_caches caches;
    struct request_pool requests;
    struct lookup_ports lookups; /* of the IOTLB */
    struct merge_table merges;
    struct hazard_table hazards;

    struct vtd_fault_log faults;
    struct message fault_event, completion_event, page_event; /* 7.3, 6.5.2.10, 7.5 */
    struct vtd_queue queue;
    struct vtd_device_tlb device_tlb;
    struct vtd_page_requests pages;
    struct vtd_operation operations[VTD_OP_COUNT];
    struct vtd_invalidation register_invalidation[2]; /* CCMD, IOTLB */
    uint8_t register_granularity[2];
    bool register_refused[2];
};

/* vtd.c */
void vtd_command_written(struct vtd *vtd, uint32_t command);
void vtd_level_command(struct vtd *vtd, bool wanted, bool now, enum vtd_operation_id id);
void vtd_message_send(struct vtd *vtd, const struct pcie_message *message);
struct vtd_root_pointer vtd_root_pointer_now(const struct vtd *vtd);

/* vtd_regs.c */
static inline uint64_t vtd_reg(const struct vtd *vtd, enum vtd_register reg)
{
    return vtd->regs.value[reg];
}
static inline void vtd_reg_change(struct vtd *vtd, enum vtd_register reg, uint64_t clear, uint64_t set)
{
    vtd->regs.value[reg] = (vtd->regs.value[reg] & ~clear) | set;
}

uint8_t vtd_mtrr_type_now(const struct vtd *vtd, uint64_t address);

/* vtd_caches.c */
int vtd_caches_init(struct vtd *vtd);
void vtd_caches_fini(struct vtd *vtd);
void vtd_caches_clear(struct vtd *vtd);
bool vtd_keeps_faulting(const struct vtd *vtd);
struct vtd_context_slot *vtd_context_find(struct vtd *vtd, uint16_t requester_id);
struct vtd_pasid_slot *vtd_pasid_find(struct vtd *vtd, uint16_t requester_id, uint32_t pasid);
struct vtd_iotlb_slot *vtd_iotlb_find(struct vtd *vtd, const struct vtd_query *query);
struct vtd_table_slot *vtd_table_find(struct vtd *vtd, enum vtd_stage stage, uint16_t did, uint32_t pasid,
                                      const struct vtd_walk *walk);
void vtd_context_keep(struct vtd_flight *flight, enum vtd_condition fault);
void vtd_pasid_keep(struct vtd_flight *flight, bool fpd, enum vtd_condition fault);
void vtd_iotlb_keep(struct vtd_flight *flight, enum vtd_condition fault);
uint64_t *vtd_irte_find(struct vtd *vtd, uint32_t index);
void vtd_irte_keep(struct vtd_flight *flight, const uint64_t entry[2], enum vtd_condition fault);
void vtd_table_keep(struct vtd_flight *flight, const struct vtd_walk *walk);

/* vtd_invalidate.c */
uint16_t vtd_did_implemented(const struct vtd *vtd, uint64_t did);
void vtd_invalidate(struct vtd *vtd, const struct vtd_invalidation *invalidation);
bool vtd_invalidation_drained(struct vtd *vtd, struct inflight_drain *drain, bool *hung);

/* vtd_register_invalidation.c */
void vtd_context_command_written(struct vtd *vtd);
void vtd_iotlb_command_written(struct vtd *vtd);
void vtd_register_invalidation_init(struct vtd *vtd);

/* vtd_queue.c */
void vtd_queue_init(struct vtd *vtd);
void vtd_queue_reset(struct vtd *vtd);
void vtd_queue_kick(struct vtd *vtd);
void vtd_queue_restart(struct vtd *vtd); /* IQE was cleared */
void vtd_queue_retry(struct vtd *vtd);   /* what held a descriptor may be gone */
bool vtd_queue_quiet(const struct vtd *vtd);

/* vtd_wait.c */
void vtd_waits_run(struct vtd *vtd);
void vtd_waits_abort(struct vtd *vtd);

/* vtd_device_tlb.c */
void vtd_device_tlb_init(struct vtd *vtd);
void vtd_device_tlb_fini(struct vtd *vtd);
void vtd_device_tlb_reset(struct vtd *vtd);
void vtd_device_tlb_completed(struct vtd *vtd, const struct pcie_message *message);
bool vtd_device_tlb_quiet(const struct vtd *vtd);

/* vtd_page_requests.c */
int vtd_pages_init(struct vtd *vtd);
void vtd_pages_fini(struct vtd *vtd);
void vtd_pages_reset(struct vtd *vtd);
void vtd_page_received(struct vtd *vtd, const struct pcie_message *message);
void vtd_page_answer(struct vtd *vtd, const struct pcie_message *request, enum pcie_response_code code);

/* vtd_interrupt_remapping.c */
void vtd_interrupts_init(struct vtd *vtd);
void vtd_interrupts_reset(struct vtd *vtd);
void vtd_interrupt_commands(struct vtd *vtd, uint32_t command);
void vtd_interrupt_send(struct vtd_flight *flight, uint64_t address, uint32_t data);
struct vtd_interrupt_table vtd_interrupt_table_now(const struct vtd *vtd);
void vtd_interrupts_release(struct vtd *vtd); /* a request has ended */

/* vtd_fault_log.c */
void vtd_fault_log_init(struct vtd *vtd);
void vtd_fault_log_reset(struct vtd *vtd, bool warm);
void vtd_fault_record(struct vtd_flight *flight, uint8_t reason);
bool vtd_fault_log_covers(const struct vtd *vtd, uint64_t offset);
uint64_t vtd_fault_log_read(const struct vtd *vtd, uint64_t offset); /* the aligned 8 bytes around offset */
void vtd_fault_log_write(struct vtd *vtd, uint64_t offset, uint64_t lanes, uint64_t value);

/* vtd_events.c */
void vtd_events_init(struct vtd *vtd);
void vtd_events_reset(struct vtd *vtd);
void vtd_fault_condition(struct vtd *vtd, uint64_t status); /* sets the bits in FSTS and may send the fault event */
void vtd_fault_event_serviced(struct vtd *vtd);             /* after a status field was cleared */
void vtd_completion_condition(struct vtd *vtd);             /* sets IWC and may send the completion event */
void vtd_completion_event_serviced(struct vtd *vtd);
void vtd_page_condition(struct vtd *vtd, uint64_t status); /* sets the bits in PRS and may send the page request event */
void vtd_page_event_serviced(struct vtd *vtd);
void vtd_event_registers_written(struct vtd *vtd);

/* vtd_pmr.c */
void vtd_pmr_init(struct vtd *vtd);
void vtd_pmr_written(struct vtd *vtd);
bool vtd_pmr_covers(const struct vtd *vtd, uint64_t address, uint32_t bytes);

/* vtd_request.c */
int vtd_flights_init(struct vtd *vtd);
int vtd_flights_pool_init(struct vtd *vtd, struct request_pool *pool, uint32_t places);
void vtd_flights_fini(struct vtd *vtd);
void vtd_flights_reset(struct vtd *vtd);

#define VTD_PROBE(vtd, at_ps, id, track, ...) PROBE(&(vtd)->ports.probe, at_ps, id, track, __VA_ARGS__)

#endif
