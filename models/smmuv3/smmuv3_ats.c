/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_ats.c - 3.9.1 ATS Interface: Translation Requests and their completions (3.9.1.2, 13.6.3 to 13.6.5, 13.7), Translated
 * transactions (3.9.1.1, 3.9.1.3).
 *
 * A Translation Request goes the way of a transaction up to the access, which it does not make: what the rights of all stages
 * grant is answered. One entry is returned, whatever number was asked for.
 */
#include "pcie/ats.h"
#include "smmuv3/smmuv3_flight.h"
#include "smmuv3/smmuv3_formats.h"

#include <string.h>

static const struct smmuv3_params *params_of(const struct smmuv3_flight *flight)
{
    return &flight->smmu->params;
}

static bool is_request(const struct smmuv3_flight *flight)
{
    return flight->purpose == SMMUV3_FOR_TRANSLATION;
}

static uint8_t eats_of(const struct smmuv3_flight *flight)
{
    return smmuv3_ste_eats(params_of(flight), &flight->ste, flight->smmu->atschk);
}

/* ---- prohibition: 7.3.6 F_BAD_ATS_TREQ, 7.3.8 F_TRANSL_FORBIDDEN ---- */

bool smmuv3_ats_forbidden(const struct smmuv3_flight *flight)
{
    if (flight->purpose != SMMUV3_FOR_TRANSLATION && flight->purpose != SMMUV3_FOR_TRANSLATED)
        return false;
    enum smmuv3_erratum_id unchecked = is_request(flight) ? SMMUV3_E_TREQ_EATS_UNCHECKED : SMMUV3_E_TRANSLATED_EATS_UNCHECKED;
    return (flight->ste.config & STE_CONFIG_PASS) && !eats_of(flight) && !smmuv3_flight_on(flight, unchecked);
}

/* What was asked for is recorded as it came, before the overrides of the STE. */
enum walk_progress smmuv3_ats_forbid(struct smmuv3_flight *flight)
{
    const struct pcie_request *request = flight->work.request;
    const struct smmuv3_query *q = &flight->query;
    const struct smmuv3_event event = {
        .type = is_request(flight) ? SMMUV3_F_BAD_ATS_TREQ : SMMUV3_F_TRANSL_FORBIDDEN,
        .stream_id = q->stream_id,
        .substream_id = q->substream_id,
        .ssv = q->has_substream_id,
        .rnw = !q->write,
        .ind = request->has_pasid && request->execute,
        .pnu = request->has_pasid && request->privileged,
        .span = (uint8_t)(request->bytes / PCIE_TRANSLATION_BYTES),
        .input = q->address,
    };
    if (smmuv3_flight_on(flight, is_request(flight) ? SMMUV3_E_TREQ_UNRECORDED : SMMUV3_E_TRANSLATED_UNRECORDED))
        return smmuv3_flight_end(flight, SMMUV3_END_ABORT);
    return smmuv3_flight_refuse(flight, &event);
}

/* ---- faults ---- */

static bool is_configuration(enum smmuv3_event_type type)
{
    return !smmuv3_event_translation_related(type) && type != SMMUV3_F_WALK_EABT;
}

/*
 * Explicit prohibition is an Unsupported Request, a configuration error a Completer Abort, and what concerns the page is a
 * success without access (15.2).
 */
enum smmuv3_end smmuv3_ats_fault_end(struct smmuv3_flight *flight)
{
    enum smmuv3_event_type type = flight->event.type;
    if (type == SMMUV3_NO_EVENT)
        return SMMUV3_END_ABORT;
    if (!smmuv3_event_translation_related(type))
        return smmuv3_flight_on(flight, SMMUV3_E_TREQ_CONFIG_AS_UR) ? SMMUV3_END_ABORT : SMMUV3_END_COMPLETER_ABORT;
    if (smmuv3_flight_on(flight, SMMUV3_E_TREQ_FAULT_AS_UR))
        return SMMUV3_END_ABORT;
    (void)smmuv3_ats_no_access(flight);
    return SMMUV3_END_OK;
}

/* Of Translated transactions faults of stage 2 are recorded like any, and RECINVSID is about others (3.9.1.3). */
bool smmuv3_ats_recorded(const struct smmuv3_flight *flight)
{
    uint64_t cr2 = smmuv3_reg(flight->smmu, SMMUV3_REG_CR2);
    bool extended = SMMUV3_GET(cr2, CR2_REC_CFG_ATS) || smmuv3_flight_on(flight, SMMUV3_E_REC_CFG_ATS_IGNORED);
    enum smmuv3_event_type type = flight->event.type;
    if (flight->purpose == SMMUV3_FOR_TRANSLATED)
        return extended || !is_configuration(type);
    if (smmuv3_event_translation_related(type))
        return smmuv3_flight_on(flight, SMMUV3_E_TREQ_FAULT_RECORDED);
    return extended && (type != SMMUV3_C_BAD_STREAMID || SMMUV3_GET(cr2, CR2_RECINVSID));
}

/* ---- 3.9.1.2 Translation Requests ---- */

/* Malformed ones are refused like any TLP that makes no sense. */
enum walk_progress smmuv3_ats_request(struct smmuv3_flight *flight)
{
    const struct pcie_request *request = flight->work.request;
    struct smmuv3_query *q = &flight->query;
    bool entries = request->bytes && request->bytes % PCIE_TRANSLATION_BYTES == 0 && request->bytes <= PCIE_DATA_BYTES_MAX;
    if (request->kind != PCIE_READ || !entries)
        return smmuv3_flight_end(flight, SMMUV3_END_ABORT);
    q->read = true; /* implied (13.7) */
    q->write = !request->no_write || smmuv3_flight_on(flight, SMMUV3_E_TREQ_NW_IGNORED);
    q->instruction = false; /* what Execute Requested asks for is in smmuv3_ats_grant() */
    return flight->was_enabled ? smmuv3_flight_find_ste(flight) : smmuv3_ats_forbid(flight);
}

static struct smmuv3_grant grant_of(const struct smmuv3_flight *flight, const struct smmuv3_rights *first,
                                    const struct smmuv3_rights *second)
{
    const struct pcie_request *request = flight->work.request;
    bool execute = request->has_pasid && (request->execute || smmuv3_flight_on(flight, SMMUV3_E_TREQ_EXE_UNASKED));
    struct smmuv3_rights both = first && second ? smmuv3_rights_both(first, second) : first ? *first : *second;
    return smmuv3_ats_grant(&flight->ste, &flight->query, execute, &both);
}

bool smmuv3_ats_narrow(const struct smmuv3_flight *flight, const struct smmuv3_rights *first, const struct smmuv3_rights *second,
                       struct smmuv3_access *access)
{
    if (!is_request(flight))
        return true;
    struct smmuv3_grant grant = grant_of(flight, first, second);
    *access = smmuv3_ats_access(&flight->ste, &flight->query, &grant);
    return grant.read || grant.write;
}

/* ---- 13.7 Translation Completions ---- */

/* The Smallest Translation Unit: the smallest granule there is (3.9.1). */
static uint8_t stu_lg2(const struct smmuv3_params *p)
{
    return p->gran4k ? 12 : p->gran16k ? 14 : 16;
}

/* 13.7: Priv is that of the request; 3.9.1: Global is 0; 13.6.2.1: N is 0; 13.6.4: U is 0. */
static enum walk_progress complete(struct smmuv3_flight *flight, struct pcie_translation *translation)
{
    struct pcie_request *request = flight->work.request;
    translation->privileged = request->has_pasid && request->privileged;
    if (smmuv3_flight_on(flight, SMMUV3_E_TREQ_PRIV_OVERRIDDEN))
        translation->privileged = flight->query.privileged;
    translation->global = smmuv3_flight_on(flight, SMMUV3_E_TREQ_GLOBAL_SET) && flight->result.global;
    translation->non_snooped = smmuv3_flight_on(flight, SMMUV3_E_TREQ_N_SET);
    memset(request->data, 0, sizeof request->data);
    store_le64(request->data, pcie_translation_encode(translation));
    request->data_bytes = PCIE_TRANSLATION_BYTES;
    SMMUV3_PROBE(flight->smmu, flight->work.job.now_ps, request->id, "ats", "entry=%llx",
                 (unsigned long long)load_le64(request->data));
    return smmuv3_flight_end(flight, SMMUV3_END_OK);
}

enum walk_progress smmuv3_ats_no_access(struct smmuv3_flight *flight)
{
    struct pcie_translation nothing = {.size_lg2 = stu_lg2(params_of(flight))};
    if (smmuv3_flight_on(flight, SMMUV3_E_TREQ_NO_ACCESS_SIZE))
        nothing.size_lg2 = 21;
    smmuv3_flight_walked(flight);
    return complete(flight, &nothing);
}

/* 13.6.4: Full ATS of a stream whose only stage is skipped. */
enum walk_progress smmuv3_ats_identity(struct smmuv3_flight *flight)
{
    struct pcie_translation same = {
        .address = flight->query.address, .size_lg2 = stu_lg2(params_of(flight)), .read = true, .write = true};
    return complete(flight, &same);
}

/* 13.7: a page that is writable-clean is not writable yet; where NW was 0 the walk has made it dirty (3.13.7). */
enum walk_progress smmuv3_ats_answer(struct smmuv3_flight *flight)
{
    const struct smmuv3_result *result = &flight->result;
    struct smmuv3_grant grant = grant_of(flight, result->s1 ? &result->rights1 : NULL, result->s2 ? &result->rights2 : NULL);
    bool clean = (result->s1 && result->clean1) || (result->s2 && result->clean2);
    /* 13.6.3: the IPA, with the rights and the size of both stages. */
    bool split = eats_of(flight) == STE_EATS_SPLIT && !smmuv3_flight_on(flight, SMMUV3_E_SPLIT_ANSWERS_PA);
    struct pcie_translation translation = {
        .address = split ? result->ipa_page : result->page,
        .size_lg2 = result->page_lg2,
        .read = grant.read,
        .write = (grant.write && (!clean || smmuv3_flight_on(flight, SMMUV3_E_TREQ_CLEAN_WRITABLE))) ||
                 (flight->query.write && smmuv3_flight_on(flight, SMMUV3_E_TREQ_WRITE_AS_ASKED)),
        .execute = grant.execute,
    };
    return complete(flight, &translation);
}

/* ---- 3.9.1.3 Translated transactions ---- */

/* 3.9.1.1: beyond the OAS it is aborted, and nothing recorded. 13.6.2: the attributes are those that it came with. */
static enum walk_progress bypass(struct smmuv3_flight *flight)
{
    const struct smmuv3_params *p = params_of(flight);
    bool wide = flight->query.address >> smmuv3_oas_bits(p) != 0;
    if (wide && !smmuv3_flight_on(flight, SMMUV3_E_TRANSLATED_UNCUT))
        return smmuv3_flight_end(flight, SMMUV3_END_ABORT);
    flight->output = flight->query.address;
    flight->attributes = smmuv3_bypass_attributes(&flight->query);
    return smmuv3_flight_go(flight, smmuv3_flight_data);
}

enum walk_progress smmuv3_ats_translated(struct smmuv3_flight *flight)
{
    struct smmuv3_query *q = &flight->query;
    /* 3.9.1.3: without PASIDTT as though there were no PASID. */
    if (!params_of(flight)->pasidtt) {
        q->has_substream_id = q->privileged = q->instruction = false;
        q->substream_id = 0;
    }
    if (!flight->was_enabled && !smmuv3_flight_on(flight, SMMUV3_E_TRANSLATED_BYPASSES_GLOBALLY))
        return smmuv3_ats_forbid(flight);
    bool checked = flight->smmu->atschk && !smmuv3_flight_on(flight, SMMUV3_E_ATSCHK_IGNORED);
    return flight->was_enabled && checked ? smmuv3_flight_find_ste(flight) : bypass(flight);
}

/* 13.6.3: with split-stage ATS the address is an IPA; of the overrides only those of permissions apply (13.1.4). */
static enum walk_progress split(struct smmuv3_flight *flight)
{
    struct smmuv3_attributes incoming = flight->query.attributes;
    smmuv3_ste_override(params_of(flight), &flight->ste, &flight->query);
    flight->query.attributes = incoming;
    return smmuv3_flight_without_stage1(flight, true);
}

/* 3.9.1.3: configuration is judged only as far as it concerns the transaction; a SubstreamID, where there is one. */
enum walk_progress smmuv3_ats_pass(struct smmuv3_flight *flight)
{
    static const struct smmuv3_fault by_input = {.class = SMMUV3_CLASS_IN};
    enum smmuv3_condition condition = SMMUV3_OK;
    uint32_t index = 0;
    bool judged = flight->query.has_substream_id || !(flight->ste.config & STE_CONFIG_PASS);
    if (judged && smmuv3_ste_route(params_of(flight), &flight->ste, &flight->query, &index, &condition) == SMMUV3_ROUTE_END)
        return smmuv3_flight_fault(flight, condition, &by_input);
    bool ipa = eats_of(flight) == STE_EATS_SPLIT && !smmuv3_flight_on(flight, SMMUV3_E_SPLIT_BYPASSES);
    return ipa ? split(flight) : bypass(flight);
}
