/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sm_torture_scene.h - streams, substreams and tables under random edits, and their history.
 *
 * A stream has an L1STD (two level 2 tables with an STE in each), an STE whose dwords change one at a time (V, Config and
 * S1ContextPtr; S2VMID; S2TTB), and with stage 1 one or two SubstreamIDs. A SubstreamID has an L1CD (two level 2 tables with a CD
 * in each), a CD whose dwords change one at a time (V and ASID; TTB0), and a CD in a second CD table. Page tables have sixteen
 * pages: leaves among pages, rights, Access flags, dirty state and absence; table descriptors among two tables and absence. Sizes
 * do not change: that would need break-before-make. Where stage 1 is nested, its pages are IPAs that stage 2 translates, and a
 * page of a stage 1 table is moved by stage 2 too.
 *
 * Each VMID and ASID belongs to one STE or CD, so that nothing that a TLB may hold under a tag comes from elsewhere: two CDs of
 * one address space that differ make lookups UNPREDICTABLE (5.4.1).
 */
#ifndef SMMUV3_SM_TORTURE_SCENE_H
#define SMMUV3_SM_TORTURE_SCENE_H

#include "build/sm.h"
#include "build/torture.h"

#define STREAMS_MAX 3u
#define STREAM_SPACES 2u /* SubstreamIDs of a stream */
#define SPACES_MAX 4u
#define PAGES 6u
#define SLOTS_MAX 640u
#define LEAVES 4u
#define UPPER 2u
#define INPUTS (LEAVES * UPPER * UPPER)
#define ALTERNATIVES_MAX 16u
#define TAGS_MAX 4u

/* What an entry is, for invalidations. `FIRST`: of the stage that translates what a request carries. */
enum slot_class {
    SLOT_OTHER, /* changes no outcome: S2VMID */
    SLOT_L1STD,
    SLOT_STE,   /* dword 0 */
    SLOT_S2TTB, /* may be cached in TLBs (5.2.1) */
    SLOT_L1CD,
    SLOT_CD,   /* dword 0 */
    SLOT_TTB0, /* may be cached in TLBs (5.4.1) */
    SLOT_FIRST_UPPER,
    SLOT_FIRST_LEAF,
    SLOT_S2_UPPER,
    SLOT_S2_LEAF,
    SLOT_CLASSES
};

struct alternative {
    uint64_t word, flags; /* flags: bits that the DUT may change */
    struct legal_value value[STREAM_SPACES];
};

/* One dword. What leads on to CDs differs by SubstreamID, so that such a dword has a history for each. */
struct slot {
    enum slot_class class;
    uint32_t stream, space; /* space: of what belongs to one */
    struct torture_entry entry;
    uint64_t mirror; /* changes with it: S2TTB of the other STE of the stream; 0: none */
    uint32_t legal[STREAM_SPACES], legal_count;
    bool fixed_ipa; /* translates this page only, for fetches of descriptors */
    uint64_t ipa;
    struct alternative alternatives[ALTERNATIVES_MAX];
    uint32_t count;
};

struct stream {
    struct sm_path path; /* of its first SubstreamID */
    uint32_t vmids[TAGS_MAX], vmid_count;
    uint32_t spaces[STREAM_SPACES], space_count;
    bool wide; /* inputs beyond 2^39 */
    bool el2;
    uint64_t page[PAGES];
    uint64_t table_ipa; /* of a stage 1 table that stage 2 moves; 0: none */
    uint32_t s2_choice; /* table of the history: S2TTB and what it leads to */
    struct slot *s2ttb;
    uint64_t cd_tables[2]; /* STE.S1ContextPtr */
};

struct space {                       /* a source of requests */
    uint32_t stream, selector, ssid; /* selector: which SubstreamID of the stream */
    uint32_t first;                  /* slot of the history where lookups begin */
    uint32_t asids[TAGS_MAX], asid_count;
    bool global; /* leaves of some inputs are global */
    struct sm_path path;
    uint64_t page[PAGES];
    uint32_t top[2];  /* tables of the history: with the first and the second TTB0 */
    uint64_t root[2]; /* what TTB0 takes */
    uint32_t cds[2];  /* tables of the history: through the first and the second CD table */
};

struct sm_scene {
    struct sm sm;
    struct torture torture;
    struct stream streams[STREAMS_MAX];
    struct space spaces[SPACES_MAX];
    struct slot slots[SLOTS_MAX];
    uint32_t slot_count, stream_count, space_count, sync_count;
    uint32_t last_edit; /* slot */
    bool s2p, htu, dirty, range;
    bool tables_second; /* second CD tables, L1CDs and STEs; not with global pages */
    bool bypass;        /* inputs are addresses of memory too */
    uint32_t restless;  /* of the plan */
};

/* One set of page tables that is built under a root. */
struct sm_scene_tree {
    const struct sm_table *table;
    uint32_t stream, space;
    bool first;           /* of the stage that translates what a request carries */
    uint32_t leaf_tables; /* that an entry of level 2 may lead to: 1 or 2 */
    bool wide, global;
    bool moved;  /* stage 2 moves a table of it */
    bool staged; /* its pages are IPAs; stage 2 begins with table `next_stage` of the history */
    uint32_t next_stage;
    const uint64_t *page;
};

struct sm_scene_plan { /* of a case */
    enum sm_flavour_id flavours[STREAMS_MAX];
    uint32_t streams;
    bool e2h, wide, global, bypass;
    uint32_t restless; /* classes (1 << enum slot_class) that change as often as leaves do */
    bool one_table;    /* structures have no second tables */
};

struct sm_scene *sm_scene_of(struct torture *torture);
/* Input address number n, below INPUTS. */
uint64_t sm_scene_input(const struct stream *stream, uint32_t n);
/* Inputs whose pages are global in spaces that have such. */
bool sm_scene_global(uint64_t input);
void sm_scene_open(struct sm_scene *s, const struct sm_scene_plan *plan);

/* ---- between the two files of the scene ---- */

struct slot *sm_scene_slot(struct sm_scene *s, enum slot_class class, uint32_t stream, uint32_t space, uint64_t address);
struct alternative *sm_scene_alternative(struct sm_scene *s, struct slot *slot, uint64_t word, struct legal_value value);
struct legal_value sm_scene_fault(uint32_t event);
struct legal_value sm_scene_next(uint32_t table);
uint64_t torture_scene_high(struct sm_scene *s, uint64_t bytes); /* aligned to its size, a power of two */
void sm_scene_pages(struct sm_scene *s, uint64_t page[PAGES]);
/* Fills a table of this level; its number in the history. half: of wide inputs. */
uint32_t sm_scene_table(struct sm_scene *s, const struct sm_scene_tree *tree, uint64_t host, int level, uint32_t half);

/* Of struct torture_ops. */
uint32_t sm_scene_alternatives(struct torture *torture, uint32_t edit);
bool sm_scene_edit(struct torture *torture, uint32_t n, uint32_t alternative);
bool sm_scene_untouched(struct torture *torture);

#endif
