/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ep.h - the world around an endpoint: the host that configures it and gives it work, the translation agent that answers its
 * requests, and monitors that hold in every case.
 *
 * The agent's translation tables are a plain map per address space (a PASID, or none). It answers at once, after a seeded time,
 * or when the case lets it. Layouts come from conformance/spec/pasid-device-*.csv; configuration registers are found where the
 * capability lists say that they are.
 *
 * Layers: bench/case.h < ep_agent.c, ep_monitor.c (what the endpoint sends), ep_regs.c, ep_work.c (what it is told) < cases.
 */
#ifndef BUILD_EP_H
#define BUILD_EP_H

#include "bench/case.h"
#include "spec/spec.h"

/* Rows that the monitors may fail in any case that opens an endpoint with ep_open(). */
#define EP_MONITORED                                                                                                            \
    " DEV-ATSQ-001 DEV-ATSQ-002 DEV-ATSQ-003 DEV-ATSQ-004 DEV-ATSQ-007 DEV-ATC-003 DEV-ATC-006 DEV-ATC-008 DEV-CFG-007"         \
    " DEV-CFG-008 DEV-ATSC-005 DEV-ATSC-006 DEV-ATSC-009 DEV-ATSC-010 DEV-INV-001 DEV-INV-002 DEV-INV-008 DEV-INV-012"          \
    " DEV-FLR-003 DEV-FLR-005 DEV-FLR-007 DEV-PAS-001 DEV-PAS-002 DEV-PAS-003 DEV-PAS-005 DEV-PAS-006 DEV-PAS-007 DEV-PRI-001 " \
    "DEV-PRI-002"                                                                                                               \
    " DEV-PRI-003 DEV-PRI-005 DEV-PRI-006 DEV-PRI-007 DEV-PRI-009 DEV-PRI-020 DEV-PRI-021 DEV-EVT-005 DEV-DMA-002 DEV-DMA-003"

#define EP_NONE UINT32_MAX /* the address space of requests without PASID */

/* ---- what the endpoint sent ---- */

enum ep_kind { EP_TREQ = 1, EP_READ = 2, EP_WRITE = 4, EP_ATOMIC = 8, EP_MSI = 16, EP_MESSAGE = 32 };
#define EP_DATA (EP_READ | EP_WRITE | EP_ATOMIC)
#define EP_ANY 0xffu

struct ep_event {
    enum ep_kind kind;
    struct iotb_request tlp;     /* unless it is a message */
    struct iotb_message message; /* with EP_MESSAGE */
    uint64_t at_ps;
    uint64_t va; /* of AT=10: the address that the agent translated to this one, 0 if none */
    uint32_t index;
};

/* ---- the agent's tables ---- */

enum {
    EP_R = 1u << 0,
    EP_W = 1u << 1,
    EP_U = 1u << 2,          /* untranslated access only */
    EP_X = 1u << 3,          /* execute */
    EP_GLOBAL = 1u << 5,     /* the completion says Global */
    EP_OTHER = 1u << 6,      /* the completion has bits 9:6 set */
    EP_N = 1u << 10,         /* no No Snoop */
    EP_X_UNASKED = 1u << 16, /* Exe=1 although the request did not ask */
    EP_PRIV_ONLY = 1u << 17, /* for privileged requests only */
    EP_USER_ONLY = 1u << 18,
};
#define EP_RW (EP_R | EP_W)

struct ep_map {
    uint32_t space; /* PASID or EP_NONE */
    uint32_t rights;
    uint64_t va, pa;
    uint32_t size_lg2;
    bool live;
};

/* ---- rules: what the agent does to some of the requests ---- */

enum ep_action {
    EP_HOLD, /* computed now, delivered by ep_release() */
    EP_DROP, /* never answered */
    EP_UR,
    EP_CA,
    EP_RESERVED, /* completion status 011b */
    EP_POISON,
    EP_SPLIT, /* in two completions; `value` bytes in the first */
    EP_FEWER, /* a translation completion of at most `value` entries */
    EP_ENTRY, /* a translation completion with `value` as its only entry */
};

struct ep_rule {
    uint32_t id; /* from 1; 0 is a rule no more */
    uint32_t kinds;
    uint64_t first, last;
    enum ep_action action;
    uint64_t value;
    uint32_t left; /* requests that it still applies to */
    uint32_t hits;
};

/* A completion that a rule holds back. */
struct ep_held {
    uint32_t rule, grants; /* first grant + 1 of a translation completion, 0 none */
    uint32_t grant_count;
    struct iotb_request tlp;
    struct iotb_completion completion;
};

/* ---- what the agent granted, for the monitors ---- */

enum ep_end { EP_LIVE, EP_INVALIDATED, EP_RESET, EP_DISABLED };

struct ep_grant {
    uint64_t va, pa, last;    /* pa..last */
    uint32_t space, flags;    /* of the entry as it went out: bits 10:0 */
    bool privileged, execute; /* as requested */
    bool delivered, before_invalidation;
    uint32_t computed; /* the world's event counter */
    enum ep_end end;
};

struct ep_invalidation {     /* by ITag */
    bool outstanding, reset; /* reset: a Function Level Reset came first */
    uint32_t sent;           /* event counter */
    uint32_t completions;
    uint64_t sent_ps, done_ps;
    struct iotb_message message;
    uint64_t first, last;
};

/* ---- page requests ---- */

enum ep_pages { EP_PAGES_HOLD, EP_PAGES_MAP, EP_PAGES_SUCCESS, EP_PAGES_INVALID, EP_PAGES_FAILURE };

struct ep_group { /* by PRG index */
    bool outstanding, last_seen;
    uint32_t messages, space;
    struct iotb_message message; /* the last one */
    uint64_t pages[32];
};

#define EP_MAPS 256u
#define EP_RULES 32u
#define EP_HELD 256u
#define EP_SPACES 64u

struct ep {
    struct test *t;
    bool product; /* the pasid-device, whose work queues the cases can use */
    uint16_t rid, agent_id;
    uint32_t pcie, msix, pm, aer, dvsec, ats, pasid, pri; /* offsets of capabilities, 0: not there */
    uint64_t bar[6];
    uint32_t width; /* Max PASID Width */
    bool exercised; /* by its exerciser it sends what it is told, and the monitors let it pass */
    bool after_flr; /* nothing may be sent before the configuration is restored */

    /* what was written last, for the monitors */
    bool ats_on, pasid_on, exec_on, priv_on, tpasid_on, pri_on, bme, relaxed_on, no_snoop_on, ido_on;
    uint32_t allocation;

    struct ep_map maps[EP_MAPS];
    uint32_t map_count;
    struct ep_rule rules[EP_RULES];
    uint32_t rule_count;
    struct ep_held held[EP_HELD];
    uint32_t held_count;
    uint64_t delay_min_ps, delay_max_ps;
    bool read_fault_is_abort; /* CA in place of UR */
    uint32_t treq_fault;      /* status of a translation request that finds nothing: IOTB_SC gives R=W=0 */
    enum ep_pages pages;
    uint32_t page_rights; /* of what EP_PAGES_MAP maps */

    struct ep_grant *grants;
    uint32_t grant_count, grant_room;
    struct ep_invalidation invalidations[32];
    struct ep_group groups[512];
    uint32_t page_messages; /* outstanding */
    uint64_t faults[256];   /* pages for which a Success completion lacked a permission; a ring */
    uint32_t fault_count;
    struct ep_judged {
        const char *row;
        uint32_t passed;
    } judged[64]; /* by the monitors */
    uint32_t messages_sent, stop_markers;
    uint32_t stopped[EP_SPACES];
    uint32_t stopped_count;

    struct ep_records { /* a page of records in each space */
        uint32_t space, used;
        uint64_t page;
    } records[EP_SPACES];
    uint32_t record_pages;

    struct ep_event *log;
    uint32_t log_count, log_room;
    uint32_t clock; /* event counter */
    uint64_t next_va;
    uint32_t outstanding[1024]; /* by tag: non-posted requests of that tag on their way */
    uint32_t outstanding_count;
};

/*
 * Finds the capabilities, gives the BARs addresses, turns memory space and bus mastering on, starts the agent. The monitors are
 * on from here. ep lives as long as the case.
 */
void ep_open(struct ep *ep, struct test *t);
/* Everything let go, everything ended: a request, a page request group or an invalidation that has not is a hang. Frees. */
void ep_close(struct ep *ep);

/* ---- registers by name ("CFG_...", "BAR0_...", "BAR4_...") ---- */

uint32_t ep_offset(const struct ep *ep, const char *reg); /* of a configuration register in this endpoint */
uint64_t ep_read(struct ep *ep, const char *reg);
void ep_write(struct ep *ep, const char *reg, uint64_t value);
uint64_t ep_get(struct ep *ep, const char *reg, const char *field);
/* Reads, changes the field, writes back; of a configuration register only the bytes of the field, or its 16-bit half. */
void ep_set(struct ep *ep, const char *reg, const char *field, uint64_t value);
uint64_t ep_bits(const char *structure, const char *field, uint64_t value); /* a field of the structure's word, in place */
/* Of BAR0 and BAR4: a register of which there are several, `at` bytes behind the first. */
uint64_t ep_reg_bits(const char *reg, const char *field, uint64_t value); /* the field of a register, in place */
uint64_t ep_read_at(struct ep *ep, const char *reg, uint32_t at);
void ep_write_at(struct ep *ep, const char *reg, uint32_t at, uint64_t value);
uint64_t ep_get_at(struct ep *ep, const char *reg, uint32_t at, const char *field);
uint64_t ep_bar0_read(struct ep *ep, uint64_t offset, uint32_t bytes);
void ep_bar0_write(struct ep *ep, uint64_t offset, uint32_t bytes, uint64_t value);
uint64_t ep_counter(struct ep *ep, uint32_t n);

void ep_ats(struct ep *ep, bool on);                                  /* Enable, STU 0 */
void ep_pasid(struct ep *ep, bool on, bool execute, bool privileged); /* before ATS */
void ep_pri(struct ep *ep, uint32_t allocation);                      /* Reset, allocation, Enable; 0 turns it off */
void ep_flr(struct ep *ep);                                           /* through Device Control; configuration is not restored */
void ep_restore(struct ep *ep);                                       /* BARs and command, as ep_open() set them */
/* The order in which Linux does it: PASID, ATS, PRI. */
void ep_all(struct ep *ep);
/* The reset image has come back: what the monitors think of enables. */
void ep_forget_enables(struct ep *ep);

/* ---- tables ---- */

/* A fresh piece of memory at an address of its own choosing, never the same in two spaces or twice. Returns the address. */
uint64_t ep_buffer(struct ep *ep, uint32_t space, uint64_t bytes, uint32_t rights);
struct ep_map *ep_map(struct ep *ep, uint32_t space, uint64_t va, uint64_t pa, uint32_t size_lg2, uint32_t rights);
void ep_unmap(struct ep *ep, uint32_t space, uint64_t va);
struct ep_map *ep_find(struct ep *ep, uint32_t space, uint64_t va);                      /* NULL: not mapped */
uint64_t ep_pa(struct ep *ep, uint32_t space, uint64_t va);                              /* ends the case when it is not mapped */
void ep_fill(struct ep *ep, uint32_t space, uint64_t va, uint64_t bytes, uint64_t seed); /* seeded bytes */
bool ep_same(struct ep *ep, uint32_t space_a, uint64_t a, uint32_t space_b, uint64_t b, uint64_t bytes);
uint64_t ep_peek(struct ep *ep, uint32_t space, uint64_t va);

/* ---- rules and holds ---- */

uint32_t ep_rule(struct ep *ep, uint32_t kinds, uint64_t first, uint64_t last, enum ep_action action, uint64_t value,
                 uint32_t count);
void ep_end_rule(struct ep *ep, uint32_t rule);
uint32_t ep_hits(const struct ep *ep, uint32_t rule);
uint32_t ep_held(const struct ep *ep, uint32_t rule); /* completions that it holds now */
void ep_release(struct ep *ep, uint32_t rule);        /* ends the rule too */
void ep_release_one(struct ep *ep, uint32_t rule);    /* the oldest */
void ep_delay(struct ep *ep, uint64_t min_ps, uint64_t max_ps);

/* ---- what was sent ---- */

uint32_t ep_mark(struct ep *ep); /* the log's length now, everything collected */
uint32_t ep_count(struct ep *ep, uint32_t mark, uint32_t kinds, uint64_t first, uint64_t last);
const struct ep_event *ep_event(struct ep *ep, uint32_t mark, uint32_t kinds, uint64_t first, uint64_t last, uint32_t n);
uint32_t ep_count_at(struct ep *ep, uint32_t mark, uint32_t address_type); /* memory TLPs of this address type */
const struct ep_event *ep_message(struct ep *ep, uint32_t mark, enum iotb_message_kind kind, uint32_t n);
uint32_t ep_message_count(struct ep *ep, uint32_t mark, enum iotb_message_kind kind);

/* ---- invalidation and page responses ---- */

struct ep_range {
    uint32_t itag;
    uint32_t space; /* EP_NONE: without PASID */
    uint64_t address;
    uint32_t size_lg2; /* 12..64 */
    bool global;
};
uint64_t ep_range_code(uint64_t address, uint32_t size_lg2); /* address with S and the size in it */
void ep_invalidate_send(struct ep *ep, const struct ep_range *range);
bool ep_invalidate_done(struct ep *ep, uint32_t itag);
/* Sends and runs until it is complete. */
bool ep_invalidate(struct ep *ep, uint32_t space, uint64_t address, uint32_t size_lg2);
void ep_respond(struct ep *ep, uint32_t group, uint32_t code);
void ep_respond_as(struct ep *ep, uint32_t group, uint32_t code, uint32_t space);
uint32_t ep_groups(const struct ep *ep, uint32_t *indices, uint32_t room); /* complete groups waiting for a response */

/* ---- work ---- */

struct ep_wq {
    uint32_t size, threshold;
    bool shared, bof, ats_disable, prs_disable, pasid_en, priv;
    uint32_t priority, pasid;
    bool too_large; /* on purpose: else a case that needs more entries than there are is skipped */
};
#define EP_WQ_DEDICATED ((struct ep_wq){.size = 16, .priority = 1})

enum {
    EP_OP_NOP = 0x00,
    EP_OP_BATCH,
    EP_OP_DRAIN,
    EP_OP_MEMMOVE,
    EP_OP_FILL,
    EP_OP_COMPARE,
    EP_OP_COMPVAL,
    EP_OP_XFETCH = 0x0a,
    EP_OP_CRC = 0x10,
    EP_OP_ATOMIC = 0x80,
    EP_OP_XLATE,
    EP_OP_PAGEREQ
};
enum {
    EP_FENCE = 1u << 0,
    EP_BOF = 1u << 1,
    EP_CRAV = 1u << 2,
    EP_RCR = 1u << 3,
    EP_RCI = 1u << 4,
    EP_CHECK = 1u << 7,
    EP_DRDBK = 1u << 14,
    EP_XEXEC = 1u << 16,
    EP_XNS = 1u << 17,
    EP_XUNTR = 1u << 18
};
enum {
    EP_CMD_ENABLE = 1,
    EP_CMD_DISABLE,
    EP_CMD_DRAIN_ALL,
    EP_CMD_ABORT_ALL,
    EP_CMD_RESET,
    EP_CMD_ENABLE_WQ,
    EP_CMD_DISABLE_WQ,
    EP_CMD_DRAIN_WQ,
    EP_CMD_ABORT_WQ,
    EP_CMD_RESET_WQ,
    EP_CMD_DRAIN_PASID,
    EP_CMD_ABORT_PASID
};

struct ep_work {
    uint32_t op, flags; /* CRAV and RCR are set by ep_submit when record is not 0 */
    uint32_t space;     /* PASID of a shared queue's work and of the addresses; EP_NONE: none */
    bool privileged;
    uint64_t record, src, dst; /* addresses in the space; record 0: ep_submit makes one; EP_NO_RECORD: none */
    uint32_t size, handle;
    uint64_t data[3];
};
#define EP_NO_RECORD UINT64_MAX

struct ep_result {
    bool done;
    uint32_t status, result, info, completed;
    uint64_t address, data[2];
};

/* Sizes and modes of the queues while the device is off; then the device and queue 0.. are enabled. count <= 8. */
void ep_start(struct ep *ep, const struct ep_wq *wqs, uint32_t count);
void ep_configure(struct ep *ep, const struct ep_wq *wqs, uint32_t count); /* the first half of it */
void ep_wqcfg(struct ep *ep, uint32_t wq, const struct ep_wq *config);     /* writes one queue's configuration */
/* One dedicated queue with or without PASID, ATS, PASID and PRI on as far as the endpoint has them. */
void ep_start_simple(struct ep *ep, uint32_t space);
uint32_t ep_command(struct ep *ep, uint32_t code, uint32_t operand); /* error of the command; UINT32_MAX: it does not end */
void ep_command_begin(struct ep *ep, uint32_t code, uint32_t operand);
bool ep_command_active(struct ep *ep);

void ep_encode(const struct ep_work *work, uint64_t descriptor[8]);
uint64_t ep_portal(const struct ep *ep, uint32_t wq); /* offset in BAR2 of its unlimited page */
/* Sends it to the queue; of a shared one by a deferrable write. Fills in work->record. */
enum deferred ep_submit(struct ep *ep, uint32_t wq, struct ep_work *work);
struct ep_result ep_result(struct ep *ep, const struct ep_work *work); /* as it stands */
/* Runs until the record is written or nothing more happens. */
struct ep_result ep_wait(struct ep *ep, const struct ep_work *work);
struct ep_result ep_run(struct ep *ep, uint32_t wq, struct ep_work *work);
/* A move of `bytes` from a to b of the space; checks nothing. */
struct ep_work ep_move(uint32_t space, uint64_t src, uint64_t dst, uint32_t bytes);
struct ep_work ep_write_work(uint32_t space, uint64_t dst, uint32_t bytes, uint64_t pattern); /* FILL */
struct ep_work ep_read_work(uint32_t space, uint64_t src, uint32_t bytes);                    /* CRC */

/* How often the monitors found the row's rule kept: what a case checks that has no comparison of its own. */
uint32_t ep_judged(const struct ep *ep, const char *row);

/* Used by the chapters of the builder. */
void ep_monitor_tlp(struct ep *ep, struct ep_event *event);
void ep_monitor_message(struct ep *ep, const struct ep_event *event);
void ep_kill_grants(struct ep *ep, enum ep_end end);
void ep_note_fault(struct ep *ep, uint32_t space, uint64_t page);
bool ep_faulted(const struct ep *ep, uint32_t space, uint64_t page);
struct ep_event *ep_log(struct ep *ep);
uint64_t ep_map_pa(const struct ep_map *map, uint64_t va);
/* The address by which a case knows it: of a translated request that before translation, of a message its own. */
uint64_t ep_event_address(const struct ep_event *event);
void ep_on_tlp(struct test *t, void *context, const struct iotb_request *tlp);
void ep_on_message(struct test *t, void *context, const struct iotb_message *message);

#endif
