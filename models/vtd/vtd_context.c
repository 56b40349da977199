/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_context.c - 9.3 Context Entry, 9.4 Scalable-Mode Context-Entry.
 */
#include "vtd/vtd_errata.h"
#include "vtd/vtd_formats.h"
#include "vtd/vtd_steps.h"

uint32_t vtd_context_entry_bytes(enum vtd_table_mode mode)
{
    return mode == VTD_LEGACY ? VTD_CONTEXT_BYTES : VTD_SMCONTEXT_BYTES;
}

/* ---- legacy mode ---- */

static uint64_t legacy_reserved(const struct vtd_params *p, const uint64_t *entry)
{
    uint64_t word0 = VTD_CONTEXT_W0_RESERVED;
    /* 9.3: the whole of SSPTPTR is ignored with TT=10b. */
    if (VTD_FMT_GET(VTD_CONTEXT_W0_TT, entry[0]) != VTD_TT_PASS_THROUGH)
        word0 |= vtd_beyond_haw(p);
    uint64_t word1 = VTD_CONTEXT_W1_RESERVED;
    if (!vtd_erratum(p, VTD_E_DID_WIDE_OK))
        word1 |= VTD_FMT_PUT(VTD_CONTEXT_W1_DID, vtd_beyond_did(p));
    return (entry[0] & word0) | (entry[1] & word1);
}

static bool type_supported(const struct vtd_params *p, uint64_t tt)
{
    return tt == VTD_TT_UNTRANSLATED || (tt == VTD_TT_ALL && p->dt) || (tt == VTD_TT_PASS_THROUGH && p->pt);
}

static enum vtd_condition legacy_decode(const struct vtd_params *p, const uint64_t *entry, struct vtd_context *out)
{
    out->fpd = (entry[0] & VTD_CONTEXT_W0_FPD) != 0;
    out->tt = (uint8_t)VTD_FMT_GET(VTD_CONTEXT_W0_TT, entry[0]);
    uint64_t aw = VTD_FMT_GET(VTD_CONTEXT_W1_AW, entry[1]);
    out->aw_bits = vtd_aw_bits(aw);
    out->did = (uint16_t)(VTD_FMT_GET(VTD_CONTEXT_W1_DID, entry[1]) & ~vtd_beyond_did(p));
    out->ssptptr = entry[0] & VTD_CONTEXT_W0_SSPTPTR & ~vtd_beyond_haw(p);

    bool reserved = legacy_reserved(p, entry) != 0;
    bool early = vtd_erratum(p, VTD_E_PRESENT_AFTER_RESERVED) && reserved;
    if (vtd_found(p, VTD_LCT_2, !early && !(entry[0] & VTD_CONTEXT_W0_P)))
        return VTD_LCT_2;
    if (vtd_found(p, VTD_LCT_3, reserved))
        return VTD_LCT_3;
    if (vtd_found(p, VTD_LCT_4_2, !type_supported(p, out->tt)))
        return VTD_LCT_4_2;
    /* 9.3 wants the largest supported AW with pass-through; LCT.4.1 is about values that are not supported at all. */
    if (vtd_found(p, VTD_LCT_4_1, !vtd_aw_supported(p, aw)))
        return VTD_LCT_4_1;
    return VTD_OK;
}

/* ---- scalable mode ---- */

/* 9.4: a field whose capability is not reported is reserved. */
static uint64_t scalable_reserved(const struct vtd_params *p, const uint64_t *entry)
{
    bool pre = p->prs || vtd_erratum(p, VTD_E_V14);
    bool rid_pasid = p->rps || vtd_erratum(p, VTD_E_RPS_IGNORED);
    uint64_t word0 = VTD_SMCONTEXT_W0_RESERVED | VTD_SMCONTEXT_W0_HPTE | vtd_beyond_haw(p);
    word0 |= p->dt ? 0 : VTD_SMCONTEXT_W0_DTE;
    word0 |= p->pasid ? 0 : VTD_SMCONTEXT_W0_PASIDE;
    word0 |= pre ? 0 : VTD_SMCONTEXT_W0_PRE;
    word0 |= p->ptrs ? 0 : VTD_SMCONTEXT_W0_EPTR;
    uint64_t word1 = VTD_SMCONTEXT_W1_RESERVED;
    word1 |= rid_pasid ? 0 : VTD_SMCONTEXT_W1_RID_PASID;
    word1 |= p->rprivs ? 0 : VTD_SMCONTEXT_W1_RID_PRIV;
    return (entry[0] & word0) | (entry[1] & word1) | (entry[2] & VTD_SMCONTEXT_W2_RESERVED) |
           (entry[3] & VTD_SMCONTEXT_W3_RESERVED);
}

static void scalable_fields(const struct vtd_params *p, const uint64_t *entry, struct vtd_context *out)
{
    out->fpd = (entry[0] & VTD_SMCONTEXT_W0_FPD) != 0;
    out->dte = (entry[0] & VTD_SMCONTEXT_W0_DTE) != 0;
    out->paside = (entry[0] & VTD_SMCONTEXT_W0_PASIDE) != 0;
    out->pre = (entry[0] & VTD_SMCONTEXT_W0_PRE) != 0;
    out->eptr = (entry[0] & VTD_SMCONTEXT_W0_EPTR) != 0;
    out->rid_priv = p->rprivs && (entry[1] & VTD_SMCONTEXT_W1_RID_PRIV) != 0;
    out->pasid_directory = entry[0] & VTD_SMCONTEXT_W0_PASIDDIRPTR & ~vtd_beyond_haw(p);
    /* 3.4.3: PASID bits 19:6 index the directory. */
    out->directory_index_mask = (uint32_t)vtd_low_bits(vtd_erratum(p, VTD_E_DIR_INDEX) ? 13u : 14u);
    /* PDTS of X: 2^(X+7) directory entries, each for the 64 PASIDs of one table. */
    unsigned pdts = (unsigned)VTD_FMT_GET(VTD_SMCONTEXT_W0_PDTS, entry[0]);
    out->pasid_end = UINT32_C(1) << (pdts + (vtd_erratum(p, VTD_E_PDTS_SHIFT) ? 14u : 13u));
    if (p->rps || vtd_erratum(p, VTD_E_RPS_IGNORED))
        out->rid_pasid = (uint32_t)VTD_FMT_GET(VTD_SMCONTEXT_W1_RID_PASID, entry[1]);
}

static enum vtd_condition scalable_decode(const struct vtd_params *p, const uint64_t *entry, struct vtd_context *out)
{
    scalable_fields(p, entry, out);
    bool reserved = scalable_reserved(p, entry) != 0;
    bool early = vtd_erratum(p, VTD_E_PRESENT_AFTER_RESERVED) && reserved;
    if (vtd_found(p, VTD_SCT_2, !early && !(entry[0] & VTD_SMCONTEXT_W0_P)))
        return VTD_SCT_2;
    if (vtd_found(p, VTD_SCT_3, reserved))
        return VTD_SCT_3;
    /* Where DTE does not exist PRE does not either; only a deviation has it set then. */
    if (vtd_found(p, VTD_SCT_4_1, out->pre && !out->dte && p->prs))
        return VTD_SCT_4_1;
    if (vtd_found(p, VTD_SCT_4_2, out->rid_pasid >= out->pasid_end))
        return VTD_SCT_4_2;
    if (vtd_found(p, VTD_SCT_4_3, out->eptr && !out->paside))
        return VTD_SCT_4_3;
    return VTD_OK;
}

enum vtd_condition vtd_context_decode(const struct vtd_params *p, enum vtd_table_mode mode, const uint64_t *entry,
                                      struct vtd_context *out)
{
    *out = (struct vtd_context){.mode = mode};
    return mode == VTD_LEGACY ? legacy_decode(p, entry, out) : scalable_decode(p, entry, out);
}

/* ---- a request meets its context entry ---- */

/* 4.2.5 Handling of Translated Requests: nothing after the context entry is looked at but the address itself. */
static enum vtd_condition translated_check(const struct vtd_params *p, bool legacy, uint64_t address)
{
    enum vtd_condition too_wide = legacy ? VTD_LGN_1_2 : VTD_SGN_4_1;
    enum vtd_condition interrupt = legacy ? VTD_LGN_4 : VTD_SGN_8_3;
    if (vtd_found(p, too_wide, (address & vtd_beyond_haw(p)) != 0))
        return too_wide;
    if (vtd_found(p, interrupt, vtd_in_interrupt_range(address)))
        return interrupt;
    return VTD_OK;
}

static enum vtd_condition pasid_check(const struct vtd_params *p, const struct vtd_context *context, const struct vtd_query *q)
{
    bool translated = q->at == PCIE_AT_TRANSLATED && !q->page_request;
    /* Table 30 has SGN.10 qualified, so it is found when the context entry with its FPD has been read, not before. */
    bool too_wide = p->pasid && q->pasid > vtd_low_bits(p->pss + 1u) && !q->page_request;
    if (vtd_found(p, VTD_SGN_10, too_wide))
        return VTD_SGN_10;
    if (vtd_found(p, VTD_SCT_6, !context->paside && !translated))
        return VTD_SCT_6;
    bool beyond = q->pasid >= context->pasid_end && !vtd_erratum(p, VTD_E_PDTS_AFTER_DIRECTORY);
    if (vtd_found(p, VTD_SCT_7, beyond))
        return VTD_SCT_7;
    bool taken = q->pasid == context->rid_pasid && !vtd_erratum(p, VTD_E_RID_PASID_EQUAL_OK);
    if (vtd_found(p, VTD_SCT_9, taken))
        return VTD_SCT_9;
    if (vtd_found(p, VTD_SCT_10, translated && !context->eptr))
        return VTD_SCT_10;
    return VTD_OK;
}

static enum vtd_condition scalable_check(const struct vtd_params *p, const struct vtd_context *context, const struct vtd_query *q)
{
    bool ats = q->at != PCIE_AT_UNTRANSLATED && !q->page_request;
    if (vtd_found(p, VTD_SCT_5, ats && !context->dte))
        return VTD_SCT_5;
    if (vtd_found(p, VTD_SCT_8, q->page_request && !context->pre))
        return VTD_SCT_8;
    if (!q->has_pasid)
        return VTD_OK;
    return pasid_check(p, context, q);
}

enum vtd_condition vtd_context_check(const struct vtd_params *p, const struct vtd_context *context, const struct vtd_query *q)
{
    bool legacy = context->mode == VTD_LEGACY;
    enum vtd_condition condition = VTD_OK;
    if (!legacy)
        condition = scalable_check(p, context, q);
    else if (vtd_found(p, VTD_LCT_5, q->at != PCIE_AT_UNTRANSLATED && context->tt != VTD_TT_ALL))
        condition = VTD_LCT_5;
    if (condition == VTD_OK && q->at == PCIE_AT_TRANSLATED && !q->page_request)
        condition = translated_check(p, legacy, q->address);
    return condition;
}

uint32_t vtd_effective_pasid(const struct vtd_params *p, const struct vtd_context *context, const struct vtd_query *q)
{
    bool own = q->has_pasid && !vtd_erratum(p, VTD_E_RID_FOR_PASID);
    /* Without RPS the decoded rid_pasid is 0. */
    return own ? q->pasid : context->rid_pasid;
}
