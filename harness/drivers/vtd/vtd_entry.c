/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_entry.c - context and PASID-table entries. Fields of what is not used stay 0, for units without it hold them reserved. */
#include "vtd_entry.h"

#include "vtd_bugs.h"

#include <linux/bitfield.h>
#include <linux/string.h>

static u64 address_width(unsigned int levels)
{
    return levels - 2; /* 9.3, 9.6: 1 is 3 levels */
}

void vtd_entry_pasid(u64 words[PASID_WORDS], const struct vtd_translation *translation)
{
    bool first = translation->pgtt == PGTT_FIRST || translation->pgtt == PGTT_NESTED;
    bool second = translation->pgtt == PGTT_SECOND || translation->pgtt == PGTT_NESTED;

    memset(words, 0, PASID_WORDS * sizeof(*words));
    words[0] = VTD_PRESENT | FIELD_PREP(PASID0_PGTT, translation->pgtt);
    words[1] = FIELD_PREP(PASID1_DID, translation->did);
    if (translation->second_stage_exists)
        words[0] |= FIELD_PREP(PASID0_AW, address_width(translation->second_levels));
    if (second)
        words[0] |= translation->second | (translation->dirty ? PASID0_SSADE : 0);
    if (translation->snoop)
        words[1] |= PASID1_PGSNP;
    if (translation->walk_snoop)
        words[1] |= PASID1_PWSNP;
    if (first) {
        words[2] = translation->first;
        if (translation->first_levels == 5)
            words[2] |= FIELD_PREP(PASID2_FSPM, FSPM_5_LEVELS);
        if (translation->supervisor || driver_bug(SUPERVISOR_ALLOWED))
            words[2] |= PASID2_SRE;
        if (translation->write_protect)
            words[2] |= PASID2_WPE;
        if (translation->extended_accessed)
            words[2] |= PASID2_EAFE;
    }
}

void vtd_entry_context(u64 words[CONTEXT_WORDS], const struct vtd_translation *translation, bool ats)
{
    u64 type = translation->pgtt == PGTT_PASS ? TT_PASS : ats ? TT_SECOND_ATS : TT_SECOND;

    words[0] = VTD_PRESENT | FIELD_PREP(CONTEXT0_TT, type);
    if (translation->pgtt != PGTT_PASS)
        words[0] |= translation->second;
    words[1] = FIELD_PREP(CONTEXT1_AW, address_width(translation->second_levels)) | FIELD_PREP(CONTEXT1_DID, translation->did);
}

void vtd_entry_sm_context(u64 words[SM_CONTEXT_WORDS], u64 directory, u8 pdts, u64 flags)
{
    memset(words, 0, SM_CONTEXT_WORDS * sizeof(*words));
    words[0] = directory | VTD_PRESENT | FIELD_PREP(SM_CONTEXT0_PDTS, pdts) | flags;
}
