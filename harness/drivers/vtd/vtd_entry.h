/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_entry.h - context and PASID-table entries (9.3, 9.4, 9.6), without hardware. Word 0, with Present, is to be written last.
 */
#ifndef VTD_ENTRY_H
#define VTD_ENTRY_H

#include "vtd_regs.h"

#include <linux/types.h>

/* What a PASID-table entry, or a context entry in legacy mode, is to say. */
struct vtd_translation {
    u8 pgtt; /* PGTT_* */
    u16 did;
    u64 first, second;        /* physical addresses of roots; first is an address of the second stage when nested */
    u8 first_levels;          /* 4, 5 */
    u8 second_levels;         /* 3, 4, 5; the largest of the unit where there is no second stage */
    bool second_stage_exists; /* ECAP.SSTS: else AW is reserved */
    bool dirty;               /* SSADE */
    bool snoop;               /* PGSNP: only with ECAP.SC */
    bool walk_snoop;          /* PWSNP: only with ECAP.SMPWCS */
    bool supervisor, write_protect, extended_accessed;
};

void vtd_entry_pasid(u64 words[PASID_WORDS], const struct vtd_translation *translation);
/* ats: translation requests are let through. */
void vtd_entry_context(u64 words[CONTEXT_WORDS], const struct vtd_translation *translation, bool ats);
/* flags: SM_CONTEXT0_DTE and so on. */
void vtd_entry_sm_context(u64 words[SM_CONTEXT_WORDS], u64 directory, u8 pdts, u64 flags);

#endif
