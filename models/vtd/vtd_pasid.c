/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_pasid.c - 9.5 Scalable-Mode PASID Directory Entry, 9.6 Scalable-Mode PASID Table Entry.
 */
#include "vtd/vtd_errata.h"
#include "vtd/vtd_formats.h"
#include "vtd/vtd_steps.h"

#define DIRECTORY_ENTRY_BYTES 8u
#define TABLE_ENTRY_BYTES 64u

/* ---- 9.5 directory ---- */

uint64_t vtd_pasid_directory_entry_address(const struct vtd_context *context, uint32_t pasid)
{
    return context->pasid_directory + (uint64_t)(pasid >> 6 & context->directory_index_mask) * DIRECTORY_ENTRY_BYTES;
}

enum vtd_condition vtd_pasid_directory_decode(const struct vtd_params *p, uint64_t entry, uint32_t pasid, bool *fpd,
                                              uint64_t *pasid_entry_address)
{
    *fpd = (entry & VTD_PASIDDIR_W0_FPD) != 0;
    bool reserved = (entry & (VTD_PASIDDIR_W0_RESERVED | vtd_beyond_haw(p))) != 0;
    bool early = vtd_erratum(p, VTD_E_PRESENT_AFTER_RESERVED) && reserved;
    if (vtd_found(p, VTD_SPD_2, !early && !(entry & VTD_PASIDDIR_W0_P)))
        return VTD_SPD_2;
    if (vtd_found(p, VTD_SPD_3, reserved))
        return VTD_SPD_3;
    /* 3.4.3: PASID bits 5:0 select the entry of the table. */
    uint64_t index = pasid & vtd_low_bits(vtd_erratum(p, VTD_E_PASID_INDEX_5) ? 5u : 6u);
    *pasid_entry_address = (entry & VTD_PASIDDIR_W0_SMPTBLPTR & ~vtd_beyond_haw(p)) + index * TABLE_ENTRY_BYTES;
    return VTD_OK;
}

/* ---- 9.6 table ---- */

/* A field that exists only with a capability: reserved without it. */
struct field_gate {
    uint8_t word;
    uint64_t mask;
    bool there;
};

static bool pasid_reserved(const struct vtd_params *p, const uint64_t entry[8])
{
    uint64_t did = vtd_erratum(p, VTD_E_DID_WIDE_OK) ? 0 : VTD_FMT_PUT(VTD_PASID_W1_DID, vtd_beyond_did(p));
    const struct field_gate gates[] = {
        {0, VTD_PASID_W0_RESERVED | vtd_beyond_haw(p), false},
        {0, VTD_PASID_W0_AW | VTD_PASID_W0_SSPTPTR, p->ssts},
        {0, VTD_PASID_W0_SSADE, p->ssts && p->ssads},
        {1, VTD_PASID_W1_RESERVED | did, false},
        {1, VTD_PASID_W1_PWSNP, p->smpwcs},
        {1, VTD_PASID_W1_PGSNP, p->sc},
        {1, VTD_PASID_W1_CD | VTD_PASID_W1_EMTE | VTD_PASID_W1_PAT, p->mts},
        {2, VTD_PASID_W2_RESERVED | vtd_beyond_haw(p), false},
        {2, UINT64_C(3) << 5, !vtd_erratum(p, VTD_E_SMEP_RESERVED)}, /* bits 134:133, of older revisions, mean nothing */
        {2, VTD_PASID_W2_SRE, p->srs || vtd_erratum(p, VTD_E_V14)},
        {2, VTD_PASID_W2_FSPM | VTD_PASID_W2_WPE | VTD_PASID_W2_FSPTPTR, p->fsts},
        {2, VTD_PASID_W2_EAFE, p->eafs},
        {3, VTD_PASID_W3_RESERVED, false},
        {4, VTD_PASID_W4_RESERVED, false},
        {5, VTD_PASID_W5_RESERVED, false},
        {6, VTD_PASID_W6_RESERVED, false},
        {7, VTD_PASID_W7_RESERVED, false},
    };
    for (size_t i = 0; i < sizeof gates / sizeof gates[0]; i++)
        if (!gates[i].there && (entry[gates[i].word] & gates[i].mask))
            return true;
    return false;
}

static bool uses_first_stage(uint64_t pgtt)
{
    return pgtt == VTD_FIRST_STAGE || pgtt == VTD_NESTED;
}

static bool uses_second_stage(uint64_t pgtt)
{
    return pgtt == VTD_SECOND_STAGE || pgtt == VTD_NESTED;
}

/* SPT.4.2 */
static bool type_supported(const struct vtd_params *p, uint64_t pgtt)
{
    switch (pgtt) {
    case VTD_FIRST_STAGE:
        return p->fsts;
    case VTD_SECOND_STAGE:
        return p->ssts;
    case VTD_NESTED:
        return p->nest;
    case VTD_PASS_THROUGH:
        return p->pt;
    default:
        return false;
    }
}

/* Reserved translation types do nothing else than pass-through where a deviation lets them go on. */
static enum vtd_pgtt type_of(uint64_t pgtt)
{
    return pgtt >= VTD_FIRST_STAGE && pgtt <= VTD_NESTED ? (enum vtd_pgtt)pgtt : VTD_PASS_THROUGH;
}

static void pasid_fields(const struct vtd_params *p, const uint64_t entry[8], struct vtd_pasid_entry *out)
{
    uint64_t pgtt = VTD_FMT_GET(VTD_PASID_W0_PGTT, entry[0]);
    *out = (struct vtd_pasid_entry){
        .fpd = (entry[0] & VTD_PASID_W0_FPD) != 0,
        .pgtt = type_of(pgtt),
        .did = (uint16_t)(VTD_FMT_GET(VTD_PASID_W1_DID, entry[1]) & ~vtd_beyond_did(p)),
        .pwsnp = (entry[1] & VTD_PASID_W1_PWSNP) != 0,
        .pgsnp = (entry[1] & VTD_PASID_W1_PGSNP) != 0,
        .cd = (entry[1] & VTD_PASID_W1_CD) != 0,
        .sre = (entry[2] & VTD_PASID_W2_SRE) != 0,
        .pat = (uint32_t)VTD_FMT_GET(VTD_PASID_W1_PAT, entry[1]),
    };
    if (uses_second_stage(pgtt)) {
        out->ssade = (entry[0] & VTD_PASID_W0_SSADE) != 0;
        out->emte = (entry[1] & VTD_PASID_W1_EMTE) != 0;
        out->aw_bits = vtd_aw_bits(VTD_FMT_GET(VTD_PASID_W0_AW, entry[0]));
        out->ssptptr = entry[0] & VTD_PASID_W0_SSPTPTR & ~vtd_beyond_haw(p);
    }
    if (uses_first_stage(pgtt)) {
        out->wpe = (entry[2] & VTD_PASID_W2_WPE) != 0;
        out->eafe = (entry[2] & VTD_PASID_W2_EAFE) != 0;
        out->fs_levels = VTD_FMT_GET(VTD_PASID_W2_FSPM, entry[2]) == VTD_FSPM_4_LEVEL ? 4 : 5;
        out->fsptptr = entry[2] & VTD_PASID_W2_FSPTPTR & ~vtd_beyond_haw(p);
    }
}

/* SPT.4: settings that are invalid by themselves. AW and FSPM count where their stage is used. */
static enum vtd_condition settings_check(const struct vtd_params *p, const uint64_t entry[8], const struct vtd_pasid_entry *out)
{
    uint64_t pgtt = VTD_FMT_GET(VTD_PASID_W0_PGTT, entry[0]);
    if (vtd_found(p, VTD_SPT_4_2, !type_supported(p, pgtt)))
        return VTD_SPT_4_2;
    bool aw_supported = vtd_aw_supported(p, VTD_FMT_GET(VTD_PASID_W0_AW, entry[0]));
    if (vtd_found(p, VTD_SPT_4_1, uses_second_stage(pgtt) && !aw_supported))
        return VTD_SPT_4_1;
    uint64_t fspm_max = p->fs5lp ? VTD_FSPM_5_LEVEL : VTD_FSPM_4_LEVEL;
    if (vtd_found(p, VTD_SPT_4_3, uses_first_stage(pgtt) && VTD_FMT_GET(VTD_PASID_W2_FSPM, entry[2]) > fspm_max))
        return VTD_SPT_4_3;
    bool beyond = pgtt == VTD_NESTED && out->fsptptr > vtd_low_bits(vtd_second_stage_bits(p, out->aw_bits));
    if (vtd_found(p, VTD_SPT_4_4, beyond))
        return VTD_SPT_4_4;
    return VTD_OK;
}

enum vtd_condition vtd_pasid_entry_decode(const struct vtd_params *p, const uint64_t entry[8], struct vtd_pasid_entry *out)
{
    pasid_fields(p, entry, out);
    bool reserved = pasid_reserved(p, entry);
    bool early = vtd_erratum(p, VTD_E_PRESENT_AFTER_RESERVED) && reserved;
    if (vtd_found(p, VTD_SPT_2, !early && !(entry[0] & VTD_PASID_W0_P)))
        return VTD_SPT_2;
    if (vtd_found(p, VTD_SPT_3, reserved))
        return VTD_SPT_3;
    return settings_check(p, entry, out);
}

enum vtd_condition vtd_pasid_entry_check(const struct vtd_params *p, const struct vtd_pasid_entry *entry,
                                         const struct vtd_query *q, bool privileged)
{
    bool subject = q->at != PCIE_AT_TRANSLATED && !q->page_request;
    if (vtd_found(p, VTD_SPT_5, subject && q->has_pasid && q->execute && !p->ers && p->ver_max <= 7u))
        return VTD_SPT_5;
    if (vtd_found(p, VTD_SPT_6, subject && privileged && !entry->sre))
        return VTD_SPT_6;
    return VTD_OK;
}
