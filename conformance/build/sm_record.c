/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fields of an event record (7.3 Event records), each under its own row. Which event it is, and for which stage, is the
 * matter of the case: EventNumber and S2 are judged under the row of the expectation.
 */
#include "build/record.h"
#include "build/sm_internal.h"

#include <string.h>

static const struct record_field stream_id = {"SMMU-7-023", "SMMU-7-037"};
static const struct record_field ssv = {"SMMU-7-024", "SMMU-7-023 SMMU-7-037"};
static const struct record_field substream = {"SMMU-7-024", "SMMU-5-035 SMMU-7-013 SMMU-7-023 SMMU-7-037 SMMU-7-044"};
static const struct record_field rnw_field = {"SMMU-7-025",
                                              "SMMU-3-526 SMMU-7-023 SMMU-13-006 SMMU-13-007 SMMU-D8-039 SMMU-D8-053"};
static const struct record_field pnu_field = {"SMMU-7-026", "SMMU-7-023 SMMU-13-003 SMMU-13-004 SMMU-13-005 SMMU-D8-039"};
static const struct record_field ind_of_reads = {
    "SMMU-7-026", "SMMU-5-128 SMMU-7-023 SMMU-13-002 SMMU-13-004 SMMU-13-005 SMMU-D8-039 SMMU-D8-041"};
static const struct record_field ind_of_writes = {"SMMU-7-027", "SMMU-7-023 SMMU-13-001 SMMU-13-006 SMMU-D8-039"};
static const struct record_field input_field = {"SMMU-3-512", "SMMU-5-131 SMMU-7-023"};
static const struct record_field class_field = {
    "SMMU-7-028", "SMMU-3-079 SMMU-3-125 SMMU-3-507 SMMU-3-526 SMMU-5-032 SMMU-5-085 SMMU-5-108 SMMU-7-023 SMMU-7-048 SMMU-7-049 "
                  "SMMU-7-050 SMMU-7-051 SMMU-7-067 SMMU-D8-026 SMMU-D8-027 SMMU-D8-028 SMMU-D8-030 SMMU-D8-053 SMMU-D8-054"};
static const struct record_field ipa_field = {
    "SMMU-7-023", "SMMU-3-123 SMMU-5-032 SMMU-5-108 SMMU-7-050 SMMU-D8-025 SMMU-D8-026 SMMU-D8-027 SMMU-D8-028 SMMU-D8-052 "
                  "SMMU-D8-054"};
static const struct record_field ipa_high = {"SMMU-7-031", NULL};
static const struct record_field ttrnw_field = {"SMMU-7-053", "SMMU-3-526 SMMU-7-023 SMMU-D8-053"};
static const struct record_field stalled = {"SMMU-3-124", "SMMU-3-079 SMMU-3-123 SMMU-3-125 SMMU-5-167 SMMU-7-023"};
static const struct record_field not_stalled = {"SMMU-7-061",
                                                "SMMU-3-064 SMMU-3-123 SMMU-4-116 SMMU-5-163 SMMU-5-165 SMMU-5-171 SMMU-7-048"};
static const struct record_field nsipa_field = {"SMMU-7-029", NULL};
static const struct record_field gpcf_field = {"SMMU-3-115", NULL};
static const struct record_field reserved_bits = {"SMMU-7-022", "SMMU-7-037 SMMU-7-039 SMMU-7-044 SMMU-7-047"};

static bool has(const struct sm_event *event, const char *field)
{
    return spec_struct_find(sm_event_name(event->type), field) != NULL;
}

static bool stalls(const struct sm *sm, const struct sm_expected *e)
{
    bool can = e->type == SM_F_TRANSLATION || e->type == SM_F_ADDR_SIZE || e->type == SM_F_ACCESS || e->type == SM_F_PERMISSION;

    return can && !(e->set & SM_E_NO_STALL) && (e->stall || sm->stall_model == 2);
}

/* 7.3: undefined portions are RES0. Bits 31:11 of the two records whose description has no SubstreamID are left out. */
static bool check_reserved(struct sm *sm, const char *row, const struct sm_event *event)
{
    const char *structure = sm_event_name(event->type);
    const struct spec_field *field;
    bool ok = true;

    for (size_t n = 0; (field = spec_struct_field_at(structure, n)) != NULL; n++) {
        if (strcmp(field->name, "RES0") ||
            (field->lo == 11 && (event->type == SM_F_STREAM_DISABLED || event->type == SM_F_TRANSL_FORBIDDEN)))
            continue;
        ok &= RECORD_FIELD(sm->t, &reserved_bits, row, 0, spec_get(field, event->word), "%s bits %u:%u", structure,
                           64 * field->word + field->hi, 64 * field->word + field->lo);
    }
    return ok;
}

static bool check_substream(struct sm *sm, const char *row, const struct iotb_request *r, const struct sm_expected *e,
                            const struct sm_event *event)
{
    const char *name = sm_event_name(event->type);
    bool given = (r->flags & IOTB_RQ_PASID) != 0, ok = true;

    if (has(event, "SSV"))
        ok &= RECORD_FIELD(sm->t, &ssv, row, given, event->ssv, "%s.SSV", name);
    if (e->set & SM_E_SSID)
        ok &= RECORD_FIELD(sm->t, &substream, row, e->ssid, event->ssid, "%s.SubstreamID", name);
    else if (given && has(event, "SubstreamID"))
        ok &= RECORD_FIELD(sm->t, &substream, row, r->pasid, event->ssid, "%s.SubstreamID", name);
    return ok;
}

/* 7.3: RnW, PnU, InD are those of the client's access, PnU and InD after the overrides of the STE. */
static bool check_access(struct sm *sm, const char *row, const struct iotb_request *r, const struct sm_expected *e,
                         const struct sm_event *event)
{
    bool rnw = e->set & SM_E_RNW ? e->rnw : r->kind == IOTB_READ;
    bool pnu = e->set & SM_E_PNU ? e->pnu : (r->flags & IOTB_RQ_PRIVILEGED) != 0;
    bool ind = e->set & SM_E_IND ? e->ind : r->kind == IOTB_READ && r->flags & IOTB_RQ_EXECUTE;
    const char *name = sm_event_name(event->type);
    bool ok = true;

    if (has(event, "RnW"))
        ok &= RECORD_FIELD(sm->t, &rnw_field, row, rnw, event->rnw, "%s.RnW", name);
    if (has(event, "PnU"))
        ok &= RECORD_FIELD(sm->t, &pnu_field, row, pnu, event->pnu, "%s.PnU", name);
    if (has(event, "InD"))
        ok &= RECORD_FIELD(sm->t, rnw ? &ind_of_reads : &ind_of_writes, row, ind, event->ind, "%s.InD", name);
    if (has(event, "InputAddr"))
        ok &= RECORD_FIELD(sm->t, &input_field, row, r->address, event->input, "%s.InputAddr", name);
    return ok;
}

/* 7.3.13 F_TRANSLATION: page address; bits of OAS and above are zero. */
static bool check_ipa(struct sm *sm, const char *row, const struct sm_expected *e, const struct sm_event *event)
{
    uint64_t low = sm_ones(sm->oas_bits), page = ~UINT64_C(0xfff);
    const char *name = sm_event_name(event->type);
    bool ok = RECORD_FIELD(sm->t, &ipa_field, row, e->ipa & page & low, event->ipa & low, "%s.IPA", name);

    return ok & RECORD_FIELD(sm->t, &ipa_high, row, e->ipa & ~low, event->ipa & ~low, "%s.IPA from bit OAS up", name);
}

static bool check_fetch(struct sm *sm, const char *row, const struct sm_expected *e, const struct sm_event *event)
{
    struct record_field fetch = {"SMMU-7-048", "SMMU-7-023 SMMU-7-031 SMMU-16-008"};

    if (event->type == SM_F_STE_FETCH)
        fetch.row = "SMMU-7-038";
    else if (event->type == SM_F_CD_FETCH)
        fetch.row = "SMMU-7-046";
    return RECORD_FIELD(sm->t, &fetch, row, e->fetch, event->fetch, "%s.FetchAddr", sm_event_name(event->type));
}

/* 7.3.12 to 7.3.16: which stage, for what, where. */
static bool check_stage(struct sm *sm, const char *row, const struct sm_expected *e, const struct sm_event *event)
{
    bool stall = stalls(sm, e);
    const char *name = sm_event_name(event->type);
    bool ok = true;

    if (has(event, "S2"))
        ok &= CHECK_EQ(sm->t, row, e->s2, event->s2, "%s.S2", name);
    if (has(event, "CLASS") && event->type != SM_F_TLB_CONFLICT)
        ok &= RECORD_FIELD(sm->t, &class_field, row, e->class, event->class, "%s.CLASS", name);
    if (e->s2 && has(event, "IPA") && !(e->set & SM_E_NO_IPA))
        ok &= check_ipa(sm, row, e, event);
    if (event->type == SM_F_PERMISSION && e->s2 && e->class == SM_CLASS_TT)
        ok &= RECORD_FIELD(sm->t, &ttrnw_field, row, e->ttrnw, event->ttrnw, "%s.TTRnW", name);
    if (has(event, "FetchAddr") && !(e->set & SM_E_NO_FETCH))
        ok &= check_fetch(sm, row, e, event);
    if (has(event, "Stall"))
        ok &= RECORD_FIELD(sm->t, stall ? &stalled : &not_stalled, row, stall, event->stall, "%s.Stall", name);
    ok &= RECORD_FIELD(sm->t, &nsipa_field, row, 0, event->nsipa, "%s.NSIPA", name);
    ok &= RECORD_FIELD(sm->t, &gpcf_field, row, 0, event->gpcf, "%s.GPCF", name);
    return ok;
}

bool sm_check_record(struct sm *sm, const char *row, const struct iotb_request *r, const struct sm_expected *e,
                     const struct sm_event *event)
{
    bool ok = RECORD_FIELD(sm->t, &stream_id, row, r->requester_id, event->sid, "%s.StreamID", sm_event_name(event->type));

    ok &= check_substream(sm, row, r, e, event);
    ok &= check_access(sm, row, r, e, event);
    ok &= check_stage(sm, row, e, event);
    ok &= check_reserved(sm, row, event);
    if (!ok)
        sm_note_event(sm, event);
    return ok;
}
