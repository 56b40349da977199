/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_internal.h - what the chapters of the device share.
 *
 *   pd_device.c    making it, resetting it, its clock
 *   pd_config.c    configuration space: capabilities, what a write to them sets in motion, errors that they report
 *   pd_regs.c      BAR0 as bytes            pd_bars.c     requests to the BARs
 *   pd_command.c   commands, drain, abort   pd_portal.c   BAR2, work queues
 *   pd_engine.c    descriptors, executed    pd_check.c    descriptors, judged    pd_ops.c   what each operation does
 *   pd_access.c    one access to memory: translation, page request, TLP
 *   pd_atc.c       translations kept        pd_treq.c     translations asked for
 *   pd_invalidate.c  10.3                   pd_pri.c      10.4
 *   pd_tlp.c       tags, posted order, completions
 *   pd_event.c     SWERR, event log, interrupt causes    pd_msix.c
 *   pd_exerciser.c, pd_slots.c, pd_arm.c, pd_hooks.c, pd_trace.c   BAR4
 */
#ifndef PASID_DEVICE_PD_INTERNAL_H
#define PASID_DEVICE_PD_INTERNAL_H

#include "cache/cache.h"
#include "pasid-device/pasid_device.h"
#include "pasid-device/pd_errata.h"
#include "pasid-device/pd_regs.h"
#include "pcie/config.h"

#define PD_ITAGS 32u
#define PD_TAGS_MAX 256u
#define PD_TLPS 640u /* requests in flight, quarantined and waiting to be sent */
#define PD_POSTED_MAX 64u
#define PD_LINES_MAX 16u
#define PD_ENGINES_MAX 4u
#define PD_WQS_MAX 8u
#define PD_GROUPS_MAX 4u
#define PD_WORKS_MAX 256u
#define PD_TREQS_MAX 16u
#define PD_PRGS_MAX 48u
#define PD_PRG_PAGES_MAX 8u
#define PD_EVENTS_MAX 32u
#define PD_VECTORS 9u
#define PD_PAGE 4096u
#define PD_LINE 64u
#define PD_RESPONSES_HELD_MAX 32u

/* Whose work it is: decides what its TLPs carry and how they are translated. */
struct pd_flow {
    bool has_pasid, privileged;
    bool untranslated; /* ATS is not to be used */
    bool block;        /* page requests are allowed */
    bool no_snoop;
    bool ats_was_on; /* when the work began */
    uint32_t pasid;
    uint64_t sequence; /* of the descriptor; 0: none */
};

/* ---- pd_tlp.c ---- */

enum pd_tlp_state {
    PD_TLP_FREE,
    PD_TLP_WAITING,     /* to be sent */
    PD_TLP_SENT,        /* non-posted: no completion so far; posted: the port owes done() */
    PD_TLP_HELD,        /* the exerciser holds the completion */
    PD_TLP_ANSWERED,    /* the owner may look */
    PD_TLP_TIMED_OUT,   /* the owner may look; the tag stays in use until the completion comes */
    PD_TLP_QUARANTINED, /* nobody waits any more; likewise */
};

struct pd_tlp {
    struct pcie_request request; /* first */
    struct pasid_device *device;
    struct pd_tlp *next; /* of the free ones; of those to be sent */
    enum pd_tlp_state state;
    bool posted, orphan; /* orphan: of before a reset */
    uint64_t after;      /* non-posted: not to be sent before so many writes are complete */
    uint64_t deadline;   /* tick */
    uint32_t awaited; /* bit n: ITag n waits for it */
    bool stray;       /* deviation: of work that a reset has ended; sent all the same */
    /* With a translation: what it was made from. */
    bool translated;
    struct pd_flow flow;
    uint64_t page;
};

struct pd_posted { /* a write, or a message where write is NULL */
    struct pd_tlp *write;
    struct pcie_message message;
};

struct pd_tlps {
    struct pd_tlp all[PD_TLPS];
    struct pd_tlp *free;
    struct pd_tlp *first, *last; /* non-posted, to be sent */
    uint32_t tag_users[PD_TAGS_MAX];
    uint32_t outstanding; /* non-posted, sent */
    struct pd_posted posted[PD_POSTED_MAX];
    uint32_t posted_first, posted_count;
    uint64_t writes_queued, writes_done;
    struct pd_tlp *writing; /* the port owes done() */
    bool sending;
};

/* A TLP with the header fields that the flow gives, not queued yet; NULL: no room. */
struct pd_tlp *pd_tlp_prepare(struct pasid_device *device, enum pcie_kind kind, enum pcie_at at, const struct pd_flow *flow,
                              bool execute, uint64_t address, uint32_t bytes);
void pd_tlp_queue(struct pasid_device *device, struct pd_tlp *tlp);
void pd_tlp_discard(struct pd_tlp *tlp); /* prepared, not queued */
void pd_tlp_release(struct pd_tlp *tlp); /* the owner has looked, or does not want to any more */
bool pd_post_message(struct pasid_device *device, const struct pcie_message *message, bool first); /* false: no room */
bool pd_posted_room(const struct pasid_device *device, uint32_t entries);
bool pd_transmit(struct pasid_device *device); /* true: something was sent */
void pd_transmit_posted(struct pasid_device *device);
bool pd_tlps_step(struct pasid_device *device);
void pd_tlps_reset(struct pasid_device *device, bool cold);
void pd_tlps_init(struct pasid_device *device);
bool pd_tags_busy(const struct pasid_device *device);
void pd_completions_unhold(struct pasid_device *device);

/* ---- pd_atc.c ---- */

struct pd_entry {
    uint64_t page, translated;
    uint32_t pasid;
    uint8_t size_lg2;
    bool has_pasid, privileged, global;
    bool read, write, execute, untranslated_only, no_snoop_barred;
};

/* What an invalidation covers. */
enum pd_whose { PD_OF_EVERYBODY, PD_OF_PASID, PD_OF_ANY_PASID, PD_OF_OTHER_PASIDS };
struct pd_scope {
    uint64_t first, last;
    enum pd_whose whose;
    uint32_t pasid;
};

struct pd_atc {
    struct cache cache;
    bool outlives;   /* deviation: a reset, and enabling after it */
    uint64_t sizes;  /* bit n: there may be entries of 2^n bytes */
    struct pd_kill { /* deviation: entries that die some time after the completion */
        bool armed;
        struct pd_scope scope;
        uint64_t tick;
    } late;
};

int pd_atc_init(struct pasid_device *device);
void pd_atc_shape(struct pasid_device *device); /* as ATCCFG says */
void pd_atc_clear(struct pasid_device *device);
const struct pd_entry *pd_atc_lookup(struct pasid_device *device, const struct pd_flow *flow, uint64_t address);
void pd_atc_fill(struct pasid_device *device, const struct pd_entry *entry, uint64_t address); /* in it */
void pd_atc_drop(struct pasid_device *device, const struct pd_flow *flow, uint64_t address);
uint32_t pd_atc_kill(struct pasid_device *device, bool (*drop)(void *context, const struct pd_entry *entry), void *context);
bool pd_entry_allows(struct pasid_device *device, const struct pd_entry *entry, bool write, bool read, bool execute);

/* ---- pd_treq.c ---- */

enum pd_treq_state { PD_TREQ_FREE, PD_TREQ_PENDING, PD_TREQ_ANSWERED };

struct pd_treq {
    enum pd_treq_state state;
    struct pd_flow flow;
    uint64_t page;
    uint32_t pages, got;
    bool no_write, execute;
    bool stale;    /* invalidated under way: the result must not be used */
    bool absorbed; /* ATS was turned off */
    bool keep;     /* fill the ATC */
    uint32_t waiters;
    uint8_t status; /* PD_ST_* */
    uint8_t completion;
    struct pd_tlp *tlp;
    struct pd_entry entry[8];
    uint64_t raw[8];
};

/* Join one that serves, or send one; NULL: not now. The caller is counted as a waiter. */
struct pd_treq *pd_treq_get(struct pasid_device *device, const struct pd_flow *flow, uint64_t address, bool write, bool execute);
struct pd_treq *pd_treq_send(struct pasid_device *device, const struct pd_flow *flow, uint64_t address, uint32_t pages,
                             bool no_write, bool execute, bool keep);
void pd_treq_leave(struct pd_treq *treq);
bool pd_treqs_step(struct pasid_device *device);
uint32_t pd_treqs_pending(const struct pasid_device *device);
/* The entry of an answered request that holds the address, or NULL. */
const struct pd_entry *pd_treq_entry(const struct pd_treq *treq, uint64_t address);

/* ---- pd_pri.c ---- */

enum pd_prg_state { PD_PRG_FREE, PD_PRG_OUTSTANDING, PD_PRG_ANSWERED };

struct pd_prg {
    enum pd_prg_state state;
    struct pd_flow flow;
    uint64_t page[PD_PRG_PAGES_MAX];
    uint32_t pages;
    uint16_t index;
    bool read, write, execute;
    uint32_t waiters; /* 0: its work was given up; it stays outstanding */
    bool forgotten; /* by the exerciser: the response will be unknown */
    uint8_t status; /* PD_ST_OK, or why the wait ended */
    uint8_t response;
    uint64_t sent_tick, answered_tick, deadline;
};

struct pd_pri {
    struct pd_prg group[PD_PRGS_MAX];
    uint16_t next_index;
    bool failed; /* Response Failure received, until re-enabled */
    uint32_t held_count;
    struct pcie_message held[PD_RESPONSES_HELD_MAX];
};

enum pd_prg_answer { PD_PRG_SENT, PD_PRG_LATER, PD_PRG_NEVER };
enum pd_prg_answer pd_prg_get(struct pasid_device *device, const struct pd_flow *flow, uint64_t address, uint64_t last,
                              uint32_t pages_max, bool read, bool write, bool execute, struct pd_prg **group);
void pd_prg_leave(struct pd_prg *group); /* an outstanding one that nobody waits for keeps its index */
bool pd_pri_usable(const struct pasid_device *device);
void pd_pri_response(struct pasid_device *device, const struct pcie_message *message);
void pd_pri_config(struct pasid_device *device, uint32_t before, uint32_t after, bool reset); /* control was written */
bool pd_pri_step(struct pasid_device *device);
bool pd_pri_waits(const struct pasid_device *device, bool any_pasid, uint32_t pasid);
/* Waits of a PASID for pages end with PD_ST_PRG_TIMEOUT, up to a sequence number; that of a flow that has not asked yet too. */
void pd_pri_cut(struct pasid_device *device, uint32_t pasid, uint64_t last);
bool pd_command_cuts(const struct pasid_device *device, const struct pd_flow *flow);
bool pd_pri_marker(struct pasid_device *device, uint32_t pasid);
void pd_pri_counts(const struct pasid_device *device, uint32_t *messages, uint32_t *groups);
void pd_pri_release_held(struct pasid_device *device);

/* ---- pd_access.c ---- */

enum pd_access_state {
    PD_ACCESS_IDLE,
    PD_ACCESS_LOOKUP,
    PD_ACCESS_TRANSLATING,
    PD_ACCESS_REQUESTING, /* wants a page request group */
    PD_ACCESS_PAGING,
    PD_ACCESS_SENT,
    PD_ACCESS_DONE, /* see status */
};

struct pd_access {
    enum pd_access_state state;
    struct pd_flow flow;
    enum pcie_kind kind;
    bool execute, translate_only;
    uint8_t operand;        /* of the record's fault information */
    uint64_t address, last; /* last: of the whole operand */
    uint32_t bytes;
    uint8_t data[PD_LINE];
    /* out */
    uint8_t status;
    enum pcie_at at;
    /* under way */
    uint32_t tries;
    bool cancelled;
    struct pd_treq *treq;
    struct pd_prg *prg;
    struct pd_tlp *tlp;
};

void pd_access_start(struct pd_access *access, enum pcie_kind kind, const struct pd_flow *flow, uint64_t address, uint32_t bytes);
bool pd_access_step(struct pasid_device *device, struct pd_access *access); /* true: it moved */
/* It will be done as soon as it owes the link nothing. */
void pd_access_cancel(struct pd_access *access);
bool pd_ats_on(const struct pasid_device *device); /* enabled */

/* ---- pd_invalidate.c ---- */

struct pd_invalidation {
    bool pending, ready;
    bool released;    /* by the exerciser */
    bool after_pages; /* deviation: waits for page responses */
    struct pcie_message request;
    uint64_t tick, not_before;
    uint32_t copies;
};
void pd_invalidate_request(struct pasid_device *device, const struct pcie_message *message);
bool pd_invalidate_step(struct pasid_device *device);
void pd_invalidate_reset(struct pasid_device *device);
uint32_t pd_invalidate_pending(const struct pasid_device *device, bool ready_only); /* ITags */

/* ---- work: pd_portal.c, pd_engine.c ---- */

struct pd_work {
    uint8_t bytes[PD_LINE];
    uint64_t sequence;
    struct pd_flow flow;
    uint8_t wq;
    struct pd_work *next;
};

enum pd_wq_state { PD_WQ_DISABLED, PD_WQ_ENABLED, PD_WQ_BUSY };

struct pd_slot { /* a staging slot of SWENQ and NARROW */
    uint8_t bytes[PD_LINE];
    uint16_t filled; /* bit n: doubleword n */
};

struct pd_wq {
    enum pd_wq_state state;
    struct pd_work *first, *last;
    uint32_t count, age;
    struct pd_slot slot[2][4];
};

struct pd_line {
    bool used;
    uint64_t offset;
    uint32_t bytes;
    bool read_a, read_b;
    struct pd_access a, b;
};

enum pd_phase { PD_IDLE, PD_CHECK, PD_RUN, PD_CUT, PD_READBACK, PD_RECORD, PD_INTERRUPT, PD_END };

struct pd_job {
    enum pd_phase phase;
    struct pd_work work;
    bool abort, in_batch;
    bool early; /* deviation: the record comes before the last line */
    uint32_t batch_index;
    uint8_t opcode;
    uint32_t flags;
    uint64_t src, dst, size;
    bool downwards;
    uint64_t issued, retired; /* offsets */
    struct pd_line line[PD_LINES_MAX];
    uint32_t line_first, line_count;
    struct pd_access write; /* of the oldest line; of the record */
    bool writing;
    struct pd_treq *treq;
    struct pd_prg *prg;
    uint32_t crc;
    uint8_t record[32];
    uint8_t status;
    uint64_t began;
};

struct pd_engine {
    struct pd_job job;
    struct pd_job parent; /* the batch that `job` is of; idle if none */
    struct pd_access fetch;
    uint32_t batch_done;
    bool batch_failed;
};

struct pd_filter {
    uint32_t wqs; /* bit n: of queue n */
    bool by_pasid;
    uint32_t pasid;
    uint64_t last; /* sequence number, inclusive */
};

bool pd_engines_step(struct pasid_device *device);
bool pd_work_pending(const struct pasid_device *device, const struct pd_filter *filter);
void pd_work_abort(struct pasid_device *device, const struct pd_filter *filter);
void pd_portal_write(struct pasid_device *device, uint64_t offset, const uint8_t *data, uint32_t bytes);
uint32_t pd_portal_read(struct pasid_device *device, uint64_t offset, uint32_t bytes);
enum pasid_device_deferred pd_portal_deferrable(struct pasid_device *device, uint64_t offset, const uint8_t *data,
                                                uint32_t bytes);
void pd_work_free(struct pasid_device *device, struct pd_work *work);
void pd_wqs_reset(struct pasid_device *device);
void pd_engines_reset(struct pasid_device *device);
/* PD_ST_OK, or the first check that fails. */
bool pd_pasid_too_wide(struct pasid_device *device, const struct pd_flow *flow);
uint8_t pd_check(struct pasid_device *device, const struct pd_job *job);
bool pd_op_run(struct pasid_device *device, struct pd_engine *engine); /* phase PD_RUN; true: it moved */
void pd_record_start(struct pd_job *job);                              /* what job->record holds, with job->write */
void pd_job_fail(struct pd_job *job, const struct pd_access *access);
bool pd_earlier_work(const struct pasid_device *device, const struct pd_job *job);

/* ---- pd_command.c ---- */

struct pd_command {
    bool active, interrupt, marker_sent, flushing;
    bool marker_early; /* deviation */
    uint8_t error;     /* PD_CE_* */
    uint32_t code, operand;
    struct pd_filter filter;
    uint32_t wqs;    /* that change their state at the end */
    uint64_t writes; /* that must be complete first */
};
void pd_command_write(struct pasid_device *device, uint32_t value);
bool pd_command_step(struct pasid_device *device);
uint64_t pd_capability_ops(const struct pasid_device *device, uint32_t word); /* OPCAP */

/* ---- pd_event.c, pd_msix.c ---- */

struct pd_event {
    uint8_t bytes[PD_LINE];
};
struct pd_events {
    struct pd_event queue[PD_EVENTS_MAX];
    uint32_t first, count;
    struct pd_access write;
    bool writing;
    bool lost; /* since a reset */
};
/* work: NULL, or the descriptor concerned; record: NULL, or its completion record. */
void pd_event(struct pasid_device *device, uint8_t code, const struct pd_job *job, int wq, bool write, uint64_t address,
              bool portal);
bool pd_events_stall(const struct pasid_device *device);
bool pd_events_step(struct pasid_device *device);
void pd_cause(struct pasid_device *device, uint32_t field, uint32_t enable);
void pd_halt(struct pasid_device *device);
void pd_msix_send(struct pasid_device *device, uint32_t vector);
bool pd_msix_step(struct pasid_device *device);
bool pd_msix_permits(const struct pasid_device *device, uint32_t vector, const struct pd_flow *flow);

/* ---- registers ---- */

struct pd_regs {
    uint8_t *value, *rw, *w1c, *reset;
    uint32_t bytes;
};
uint64_t pd_get(const struct pd_regs *regs, uint32_t field, uint32_t at); /* at: n * stride */
void pd_put(struct pd_regs *regs, uint32_t field, uint32_t at, uint64_t value);
/* The same of bytes: descriptors, records. */
uint64_t pd_load(const uint8_t *bytes, uint32_t field);
void pd_store(uint8_t *bytes, uint32_t field, uint64_t value);
#define PD_BITS(width) (UINT64_MAX >> (64u - (width)))
int pd_regs_init(struct pasid_device *device);
void pd_regs_fini(struct pasid_device *device);
void pd_regs_reset(struct pasid_device *device, bool keep_counters);
uint64_t pd_regs_read(const struct pd_regs *regs, uint32_t offset, uint32_t bytes);
void pd_regs_write(struct pd_regs *regs, uint32_t offset, uint32_t bytes, uint64_t value);
uint64_t pd_bar0_read(struct pasid_device *device, uint32_t offset, uint32_t bytes);
void pd_bar0_write(struct pasid_device *device, uint32_t offset, uint32_t bytes, uint64_t value);
void pd_count(struct pasid_device *device, enum pd_code_COUNT counter, uint64_t n);

/* ---- pd_config.c ---- */

#define PD_CFG_PCIE 0x40u
#define PD_CFG_MSIX 0x80u
#define PD_CFG_PM 0x90u
#define PD_CFG_AER 0x100u
#define PD_CFG_DVSEC 0x160u
#define PD_CFG_ATS 0x220u
#define PD_CFG_PASID 0x230u
#define PD_CFG_PRI 0x240u

enum pd_error {
    PD_ERROR_COMPLETION_TIMEOUT,
    PD_ERROR_UNEXPECTED,
    PD_ERROR_UNSUPPORTED,        /* answered with a completion */
    PD_ERROR_UNSUPPORTED_POSTED, /* a write or a message */
    PD_ERROR_POISONED,
    PD_ERROR_MALFORMED
};

void pd_config_build(struct pasid_device *device);
void pd_config_error(struct pasid_device *device, enum pd_error error);
void pd_config_status(struct pasid_device *device, uint32_t bits); /* of Status */
bool pd_memory_enabled(const struct pasid_device *device);         /* MSE and D0: the BARs answer */
bool pd_master_enabled(const struct pasid_device *device);         /* BME and D0: memory requests may leave */
uint32_t pd_pasid_control(const struct pasid_device *device);
bool pd_pri_enabled(const struct pasid_device *device);

/* ---- BAR4 ---- */

struct pd_raw {
    bool running; /* since GO, until the last TLP is complete */
    bool busy;    /* with one TLP */
    bool through_atc;
    uint32_t left, sent;
    struct pd_tlp *tlp;
    struct pd_access access;
    uint64_t address;
    uint64_t began;
};

struct pd_exerciser {
    bool unlocked, first_key;
    struct pd_raw slot[8];
    uint32_t hooks; /* bit n: hook n is armed */
    uint32_t fake_itags, fake_upper;
};
void pd_exerciser_reset(struct pasid_device *device);
uint64_t pd_exerciser_read(struct pasid_device *device, uint32_t offset, uint32_t bytes);
void pd_exerciser_write(struct pasid_device *device, uint32_t offset, uint32_t bytes, uint64_t value);
/* Is a hook armed for this deviation that fires now? */
bool pd_hook_fires(struct pasid_device *device, enum pd_erratum_id id, const struct pd_flow *flow, uint64_t address,
                   uint32_t *parameter);
void pd_slot_go(struct pasid_device *device, uint32_t n);
bool pd_slots_step(struct pasid_device *device);
void pd_trace_tlp(struct pasid_device *device, const struct pcie_request *request, bool completion);
uint32_t pd_trace_kind(const struct pcie_request *request); /* of what is sent */
void pd_trace_message(struct pasid_device *device, const struct pcie_message *message);
uint64_t pd_arm_read(struct pasid_device *device, uint32_t offset, uint32_t bytes);
void pd_arm_write(struct pasid_device *device, uint32_t offset, uint32_t value); /* one doubleword */

/* ---- the device ---- */

struct pasid_device {
    struct sim *sim;
    struct pasid_device_params params;
    struct pasid_device_ports ports;
    struct sim_event clock;
    uint64_t wake; /* tick at which something is due without further input */
    struct pcie_config config;
    uint16_t requester_id, target_id;
    struct pd_regs bar0, bar4;
    struct pd_tlps tlps;
    struct pd_atc atc;
    struct pd_treq treq[PD_TREQS_MAX];
    bool shut; /* by a translation completion with UR */
    struct pd_pri pri;
    struct pd_invalidation invalidation[PD_ITAGS];
    struct pd_work work[PD_WORKS_MAX], *work_free;
    uint64_t sequence; /* of the last descriptor accepted */
    struct pd_wq wq[PD_WQS_MAX];
    struct pd_engine engine[PD_ENGINES_MAX];
    uint32_t engine_turn; /* serial: the next to take work */
    struct pd_command command;
    struct pd_events events;
    uint32_t msix_pending;
    uint32_t taint;
    struct pd_exerciser exerciser;
    bool deviating; /* some deviation is on */
};

void pd_kick(struct pasid_device *device); /* there is something to do at the next edge of the clock */
void pd_wake_at(struct pasid_device *device, uint64_t tick);
uint64_t pd_tick(const struct pasid_device *device);
bool pd_serial(const struct pasid_device *device);

/*
 * Does the device misbehave here, by parameter or by an armed hook that matches? flow may be NULL, address 0 where there is none.
 * A hook that fires is counted. The parameter of the hook, or 0, goes to *parameter if not NULL.
 */
bool pd_deviates(struct pasid_device *device, enum pd_erratum_id id, const struct pd_flow *flow, uint64_t address,
                 uint32_t *parameter);
static inline bool pd_erratum(const struct pasid_device *device, enum pd_erratum_id id)
{
    return pd_erratum_on(&device->params, id);
}

int pd_params_check(const struct pasid_device_params *params, char *error, size_t error_bytes);

#define PD_NO_REQUEST UINT32_MAX
#define PD_PROBE(device, track, ...) PROBE(&(device)->ports.probe, (device)->sim->now_ps, PD_NO_REQUEST, track, __VA_ARGS__)

#endif
