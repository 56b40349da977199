/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_internal.h - the engine around the step functions: what the chapters share.
 *
 *   vtd_request.c                 requests in flight (chapters 3 and 6.2.7)
 *   vtd_caches.c                  6.2 Address Translation Caches
 *   vtd_invalidate.c              6.5 what an invalidation drops, and draining
 *   vtd_register_invalidation.c   6.5.1, 11.4.6
 *   vtd_queue.c                   6.5.2, 11.4.9
 *   vtd_fault_log.c               7.2, 11.4.7.6
 *   vtd_events.c                  7.3, 6.5.2.10
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
    uint32_t iotlb_sizes;     /* bit n: there may be entries of page size 12 + 9 * n */
    uint32_t table_levels[2]; /* by stage, bit n: there may be entries for tables of level n */
};

/* ---- requests in flight ---- */

struct vtd_flight;
typedef enum walk_progress (*vtd_phase)(struct vtd_flight *flight);

struct vtd_flight {
    struct request_work work; /* first */
    struct vtd *vtd;
    struct vtd_translation *translation; /* NULL: work.request, with its access */
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
    VTD_OP_TRANSLATION, /* TE */
    VTD_OP_ROOT,        /* SRTP */
    VTD_OP_FLUSH,       /* WBF */
    VTD_OP_QUEUE,       /* QIE */
    VTD_OP_PROTECT,     /* PMEN.EPM */
    VTD_OP_CONTEXT,     /* CCMD.ICC */
    VTD_OP_IOTLB,       /* IOTLB.IVT */
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
    VTD_INV_KINDS
};

struct vtd_invalidation {
    enum vtd_invalidation_kind kind;
    uint16_t did, sid;
    uint8_t fm, am;
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
    struct port_request write;
    bool drained, written, status, event, fence;
    bool writing, stale; /* memory owns `write`; ... since before a reset */
    uint64_t status_address;
    uint32_t status_data;
};

struct vtd_queue {
    struct vtd *vtd;
    struct ring_port fetch;
    struct sim_event timer;
    bool running;   /* in the loop: kept from entering it again */
    bool executing; /* the timer runs */
    bool have;      /* deviation: a descriptor kept over an error */
    bool stopped;   /* deviation: an error was cleared, but nothing is fetched any more */
    bool waits_running;
    uint64_t descriptor[4];
    struct vtd_wait waits[VTD_WAITS_MAX];
    uint32_t wait_first, wait_count;
    struct vtd_invalidation deferred[VTD_DEFERRED_MAX];
    uint32_t deferred_count;
    bool deferred_due;
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

    struct vtd_caches caches;
    struct request_pool requests;
    struct lookup_ports lookups; /* of the IOTLB */
    struct merge_table merges;
    struct hazard_table hazards;

    struct vtd_fault_log faults;
    struct message fault_event, completion_event; /* 7.3, 6.5.2.10 */
    struct vtd_queue queue;
    struct vtd_operation operations[VTD_OP_COUNT];
    struct vtd_invalidation register_invalidation[2]; /* CCMD, IOTLB */
    uint8_t register_granularity[2];
    bool register_refused[2];
};

/* vtd.c */
void vtd_command_written(struct vtd *vtd, uint32_t command);
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
bool vtd_queue_quiet(const struct vtd *vtd);

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
void vtd_event_registers_written(struct vtd *vtd);

/* vtd_pmr.c */
void vtd_pmr_init(struct vtd *vtd);
void vtd_pmr_written(struct vtd *vtd);
bool vtd_pmr_covers(const struct vtd *vtd, uint64_t address, uint32_t bytes);

/* vtd_request.c */
int vtd_flights_init(struct vtd *vtd);
void vtd_flights_fini(struct vtd *vtd);
void vtd_flights_reset(struct vtd *vtd);

#define VTD_PROBE(vtd, at_ps, id, track, ...) PROBE(&(vtd)->ports.probe, at_ps, id, track, __VA_ARGS__)

#endif
