/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_torture_scene.h - the tables under random edits, and their history.
 *
 * Three domains of sixteen pages each, with a few entries per level that change: leaves among pages, rights and absence;
 * page directories among two tables, a large page and absence; context or PASID entries among two domains and absence.
 */
#ifndef VTD_VTD_TORTURE_SCENE_H
#define VTD_VTD_TORTURE_SCENE_H

#include "build/torture.h"
#include "build/vt.h"

#define DOMAINS 3u
#define SOURCES_MAX 5u
#define PAGES 6u
#define SLOTS_MAX 160u
#define LEAVES 4u
#define DIRECTORIES 2u

/* What an entry is, for invalidations and edits. */
enum slot_kind { SLOT_CONTEXT, SLOT_PASID, SLOT_LEAF, SLOT_DIRECTORY, SLOT_UPPER };

struct slot {
    enum slot_kind kind;
    uint32_t owner; /* source of a context or PASID entry, else domain */
    struct torture_entry entry;
    uint32_t legal;
    uint64_t tables[2]; /* what a table entry may point to, host addresses */
    uint32_t next[2];   /* the same as tables of the history */
    uint64_t large;     /* page of a directory entry */
};

struct domain {
    uint32_t did;
    struct vt_table *table;
    uint32_t top; /* table of the history */
    uint64_t page[PAGES];
};

struct source {
    struct vt_path path;
    uint32_t domain[2];      /* alternatives; equal when there is only one */
    uint32_t context, entry; /* slots of the history */
    uint32_t guard;          /* table of the history between the two */
};

struct torture_scene {
    struct vt vt;
    struct torture torture;
    struct domain domains[DOMAINS];
    struct source sources[SOURCES_MAX];
    struct slot slots[SLOTS_MAX];
    uint32_t slot_count, source_count, domain_count;
    bool legacy, caching_mode, page_selective, large_pages;
};

/* The scene that a torture has as its context. */
struct torture_scene *torture_scene_of(struct torture *torture);
/* Input address number n, below LEAVES * DIRECTORIES * DIRECTORIES. */
uint64_t torture_scene_input(uint32_t n);
/* One path for each of the flavours, at most DOMAINS, with tables, slots and history. */
void torture_scene_open(struct torture_scene *s, const enum vt_flavour_id *flavours, uint32_t count);
/* The slots that a translation of this input uses as things are, outermost first; how many. */
uint32_t torture_scene_used(struct torture_scene *s, uint32_t source, uint32_t input, uint32_t slots[LEGAL_DEPTH_MAX]);

/* Of struct torture_ops. */
uint32_t torture_scene_alternatives(struct torture *torture, uint32_t edit);
bool torture_scene_edit(struct torture *torture, uint32_t n, uint32_t alternative);
bool torture_scene_untouched(struct torture *torture);

#endif
