/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_ats.c - 4.2 Remapping Hardware Handling of Device-TLBs: what is a protocol error, and the answers to translation requests.
 *
 * A translation request goes through the tables as any other (vtd_translate.c, vtd_paging.c), reading and, unless NW counts,
 * writing; what permission is missing is no fault. Each request is answered with one translation (4.2.3.2).
 */
#include "vtd/vtd_flight.h"
#include "vtd/vtd_formats.h"

static bool on(const struct vtd_flight *flight, enum vtd_erratum_id id)
{
    return vtd_erratum(&flight->vtd->params, id);
}

/* ---- 4.2.1 ---- */

/* A length that is odd, or more than a Read Completion Boundary of 64 bytes holds, is malformed: nothing is delivered. */
static bool is_malformed(const struct vtd_flight *flight)
{
    const struct pcie_request *request = flight->work.request;
    return flight->query.at == PCIE_AT_TRANSLATION &&
           (request->bytes % PCIE_TRANSLATION_BYTES != 0 || request->zero_length || request->bytes > PCIE_DATA_BYTES_MAX);
}

/* 4.2.5: translated requests with PASID need PTRS. Unsupported Request, and no fault. */
bool vtd_flight_is_ats_error(const struct vtd_flight *flight)
{
    const struct vtd_query *query = &flight->query;
    if (query->at == PCIE_AT_UNTRANSLATED)
        return false;
    bool not_a_read = flight->work.request->kind != PCIE_READ;
    bool with_pasid = query->has_pasid && !flight->vtd->params.ptrs && !on(flight, VTD_E_PTRS_IGNORED);
    return !flight->vtd->translating || query->at == PCIE_AT_RESERVED || (query->at == PCIE_AT_TRANSLATION && not_a_read) ||
           is_malformed(flight) || (query->at == PCIE_AT_TRANSLATED && with_pasid);
}

/* ---- answers ---- */

static enum walk_progress answer(struct vtd_flight *flight, struct pcie_translation translation)
{
    struct pcie_request *request = flight->work.request;
    const struct vtd_query *query = &flight->query;
    /* 4.2.3: PRIV says what was asked for, not what RID_PRIV made of it. */
    translation.privileged = query->has_pasid && query->privileged && !on(flight, VTD_E_ATS_PRIV_DROPPED);
    if (on(flight, VTD_E_ATS_PRIV_OF_RID) && flight->privileged)
        translation.privileged = true;
    if (on(flight, VTD_E_ATS_GLOBAL_SET) && query->has_pasid)
        translation.global = true;
    translation.execute = translation.read && query->has_pasid && on(flight, VTD_E_ATS_EXECUTE_GRANTED);
    uint64_t entry = pcie_translation_encode(&translation);
    VTD_PROBE(flight->vtd, flight->work.job.now_ps, request->id, "request", "translation %llx", (unsigned long long)entry);
    store_le64(request->data, entry);
    request->data_bytes = PCIE_TRANSLATION_BYTES;
    flight->status = PCIE_SC;
    return WALK_END;
}

static enum walk_progress no_permission(struct vtd_flight *flight)
{
    return answer(flight, (struct pcie_translation){.size_lg2 = PCIE_PAGE_LG2});
}

/* 7.1.2, Table 30: what is recoverable is a translation without permission, and is not recorded. */
enum walk_progress vtd_flight_translation_fault(struct vtd_flight *flight, const struct vtd_condition_facts *facts)
{
    switch (facts->translation) {
    case VTD_ANSWER_ZERO:
    case VTD_ANSWER_EFFECTIVE:
    case VTD_ANSWER_ZERO_LOG:
        if (!on(flight, VTD_E_ATS_NO_PERMISSION_UR))
            return no_permission(flight);
        flight->status = PCIE_UR;
        return WALK_END;
    case VTD_ANSWER_CA:
        flight->status = on(flight, VTD_E_ATS_CA_AS_UR) ? PCIE_UR : PCIE_CA;
        return WALK_END;
    case VTD_ANSWER_UR:
        flight->status = on(flight, VTD_E_ATS_UR_AS_CA) ? PCIE_CA : PCIE_UR;
        return WALK_END;
    case VTD_ANSWER_NA:
    case VTD_ANSWER_IR:
        break;
    }
    flight->status = PCIE_UR;
    return WALK_END;
}

/* ---- Table 30, S.1 and S.2: a request without PASID for the interrupt range ---- */

bool vtd_flight_asks_for_interrupt_range(const struct vtd_flight *flight)
{
    const struct vtd_query *query = &flight->query;
    return query->at == PCIE_AT_TRANSLATION && !query->has_pasid && vtd_in_interrupt_range(query->address) &&
           !on(flight, VTD_E_ATS_INTERRUPT_RANGE);
}

/* A device may write its interrupts, untranslated; there is nothing for it to read. */
enum walk_progress vtd_flight_interrupt_range_answer(struct vtd_flight *flight)
{
    if (!flight->query.write)
        return no_permission(flight);
    return answer(flight, (struct pcie_translation){.size_lg2 = PCIE_PAGE_LG2, .write = true, .untranslated_only = true});
}

/* ---- the translation ---- */

/* 4.2.3: of pass-through, the largest page that there is. */
static uint8_t size_of(const struct vtd_flight *flight, const struct vtd_paging *paging)
{
    const struct vtd_params *p = &flight->vtd->params;
    if (paging->pgtt != VTD_PASS_THROUGH)
        return (uint8_t)(flight->result.page_lg2 + (on(flight, VTD_E_ATS_SIZE_DOUBLED) && flight->result.page_lg2 > 12u));
    if (p->fs1gp || (p->sslps & 2u))
        return 30;
    return p->fsts || (p->sslps & 1u) ? 21 : 12;
}

/* 4.2.3, Table 10 */
static bool non_snooped(const struct vtd_flight *flight, const struct vtd_paging *paging)
{
    if (on(flight, VTD_E_ATS_N_DROPPED))
        return false;
    return (paging->scalable && paging->pgsnp) || flight->result.snp;
}

static struct vtd_permissions permissions_of(const struct vtd_flight *flight, const struct vtd_paging *paging, bool rid_priv)
{
    const struct vtd_query *query = &flight->query;
    bool privileged = query->privileged || (!query->has_pasid && rid_priv);
    struct vtd_permissions permissions =
        vtd_effective_permissions(&flight->vtd->params, paging, &flight->result, query, privileged);
    if (on(flight, VTD_E_ATS_WRITE_GRANTED) && query->write)
        permissions.write = true;
    return permissions;
}

enum walk_progress vtd_flight_translation_found(struct vtd_flight *flight, const struct vtd_paging *paging, bool rid_priv)
{
    struct vtd_permissions permissions = permissions_of(flight, paging, rid_priv);
    if (!permissions.read && !permissions.write)
        return no_permission(flight);
    return answer(flight, (struct pcie_translation){
                              .address = flight->result.page | (flight->query.address & vtd_low_bits(flight->result.page_lg2)),
                              .size_lg2 = size_of(flight, paging),
                              .read = permissions.read,
                              .write = permissions.write,
                              .non_snooped = non_snooped(flight, paging),
                          });
}

static void strip_dirty(struct vtd_flight *flight)
{
    static const uint64_t dirty[2] = {VTD_FS_D, VTD_SS_D};
    for (unsigned i = 0; i < 2; i++)
        flight->leaf[i].wanted &= ~dirty[i] | flight->leaf[i].value;
    flight->result.fs_dirty = flight->result.fs && (flight->leaf[0].value & VTD_FS_D);
    flight->result.ss_dirty = flight->result.ss && (!flight->paging.ssade || (flight->leaf[1].value & VTD_SS_D));
}

/* Deviation: the flags go by what was asked for. */
static void make_dirty(struct vtd_flight *flight)
{
    if (flight->result.fs)
        flight->leaf[0].wanted |= VTD_FS_D;
    if (flight->result.ss && flight->paging.ssade)
        flight->leaf[1].wanted |= VTD_SS_D;
}

/*
 * 4.2.3.1: D is set for a write that the translation permits. The walk has wanted it of each stage by the rights of that stage
 * alone; where the other forbids the write it stays as it was.
 */
void vtd_flight_keep_clean(struct vtd_flight *flight)
{
    if (flight->query.at != PCIE_AT_TRANSLATION || !flight->query.write)
        return;
    struct vtd_permissions permissions =
        vtd_effective_permissions(&flight->vtd->params, &flight->paging, &flight->result, &flight->query, flight->privileged);
    if (on(flight, VTD_E_ATS_DIRTY_WITHOUT_WRITE))
        make_dirty(flight);
    else if (!permissions.write)
        strip_dirty(flight);
}
