/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * torture_ats.h - random ATS and PRI traffic against random edits of leaves and reuse of a PASID: the bench is a device with a
 * device-TLB of its own, which drops what it is told to and answers late and in any order.
 *
 * What a Translation Request may return is judged by versions of the page: none older than the last invalidation that the device
 * had been told of when the request was sent, or when its answer was; and no newer one than there is. A PASID is given to another
 * address space, with tables of its own, when the device's Stop Marker has come out of the queue; until the invalidation of the
 * whole space is seen, either space is legal.
 */
#ifndef BUILD_TORTURE_ATS_H
#define BUILD_TORTURE_ATS_H

#include "bench/case.h"

#define TORTURE_ATS_PAGES 6u
#define TORTURE_ATS_VERSIONS 1024u
#define TORTURE_ATS_SWITCHES 24u
#define TORTURE_ATS_IN_FLIGHT 6u

struct torture_ats;

/* A page request, or a Stop Marker, as it came out of the queue. */
struct torture_ats_entry {
    uint64_t address;
    bool marker;
};

/* The word at `address` becomes `data` when the invalidation is complete. */
struct torture_ats_ticket {
    uint64_t address;
    uint32_t data;
};

enum torture_ats_scope { TORTURE_ATS_LEAF, TORTURE_ATS_PAGE, TORTURE_ATS_SPACE };

struct torture_ats_ops {
    /* The leaf of table `space` (0, 1) for this page; host 0: absent. */
    uint64_t (*leaf)(struct torture_ats *ta, uint32_t space, uint64_t host, bool writable);
    struct iotb_request (*translation)(struct torture_ats *ta, uint64_t input);
    struct iotb_request (*translated)(struct torture_ats *ta, uint64_t host); /* a write of 8 bytes */
    /* In the unit and then in the device: of one page, its leaf or what is above it too; or of all that was made of the PASID's
     * entry. */
    struct torture_ats_ticket (*invalidate)(struct torture_ats *ta, uint64_t input, enum torture_ats_scope scope);
    void (*completion)(struct torture_ats *ta, const struct iotb_message *request); /* the device has invalidated */
    void (*give)(struct torture_ats *ta, uint32_t space);                           /* the PASID to that space; NULL: never */
    bool (*take)(struct torture_ats *ta, struct torture_ats_entry *entry);          /* from the queue; NULL: no page requests */
    struct {
        const char *completion; /* a Translation Request completes with a version of the page */
        const char *stale;      /* which is none that was invalidated */
        const char *asked;      /* nor one from before a page request; NULL: no such promise */
        const char *ends;       /* invalidations end, once, behind the device's answer */
        const char *drained;    /* and behind its earlier translated writes */
        const char *marker;     /* a Stop Marker comes behind the page requests before it */
    } rows;
};

/* Of each space a page has two tables of leaves, and the entry above points to one of them. */
struct torture_ats_page {
    uint64_t input, hosts[3];
    struct torture_ats_tables {
        uint64_t above, links[2]; /* the entry, and what it says for either table */
        uint64_t leaves[2];
        uint32_t linked;
    } tables[2];
    struct torture_ats_version {
        uint64_t host; /* 0: absent */
        bool writable;
    } now[2][2], versions[TORTURE_ATS_VERSIONS];
    uint32_t count;
    uint32_t told, space_told, asked; /* floors */
    uint64_t told_ps;                 /* when the last Invalidate Request for it was sent */
    uint32_t switches[TORTURE_ATS_SWITCHES], switch_count;
    uint64_t cached; /* host page in the device-TLB with W, 0: none */
    bool requested, before_marker, relinked;
    uint32_t requested_at;
};

struct torture_ats_write {
    uint32_t id;
    uint64_t host, value;
};

struct torture_ats {
    struct test *t;
    const struct torture_ats_ops *ops;
    void *context;                                    /* the architecture's */
    struct torture_ats_page pages[TORTURE_ATS_PAGES]; /* input and hosts are the caller's */
    uint32_t hot;                                     /* the page that most actions are about */
    uint32_t active;                                  /* the space that has the PASID */
    enum { STOP_NOT, STOP_SENT, STOP_TAKEN } stop;
    struct {
        bool used;
        uint32_t id, page, told, asked;
    } translations[TORTURE_ATS_IN_FLIGHT];
    struct torture_ats_invalidation {
        bool used, seen, answered, space;
        uint32_t page, versions[TORTURE_ATS_PAGES];
        uint32_t order;
        struct torture_ats_ticket ticket;
        struct iotb_message message;
        struct torture_ats_write writes[8];
        uint32_t write_count;
    } invalidations[4];
    struct torture_ats_write writes[8];
    uint32_t write_count, next_word, order;
};

/* Inputs of this distance do not share a table of leaves of 4 KiB. */
#define TORTURE_ATS_DISTANCE UINT64_C(0x200000)

/* Where the page's leaf and the entry above it are; the second table is made from the first. */
void torture_ats_tables(struct torture_ats *ta, struct torture_ats_page *page, uint32_t space, uint64_t leaf, uint64_t above);
/* Both spaces map every page to hosts[0], writable, and space 0 has the PASID; then so many actions. Leaves nothing under way. */
void torture_ats_run(struct torture_ats *ta, uint64_t actions);

#endif
