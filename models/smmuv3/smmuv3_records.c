/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_records.c - 5.5 Fault configuration (A, R, S bits), 7.3 Event records.
 */
#include "smmuv3/smmuv3_errata.h"
#include "smmuv3/smmuv3_formats.h"
#include "smmuv3/smmuv3_stage.h"
#include "smmuv3/smmuv3_steps.h"

/* 5.5: the four translation-related faults that A, R and S apply to. */
bool smmuv3_event_translation_related(enum smmuv3_event_type type)
{
    return type == SMMUV3_F_TRANSLATION || type == SMMUV3_F_ADDR_SIZE || type == SMMUV3_F_ACCESS || type == SMMUV3_F_PERMISSION;
}

struct smmuv3_terms smmuv3_fault_terms(const struct smmuv3_params *p, const struct smmuv3_regime *regime,
                                       enum smmuv3_condition condition)
{
    const struct smmuv3_condition_facts *facts = smmuv3_condition_facts(condition);
    struct smmuv3_terms terms = {.record = facts->event != SMMUV3_NO_EVENT, .abort = true};
    bool configured = regime && (smmuv3_event_translation_related(facts->event) ||
                                 (facts->event == SMMUV3_F_WALK_EABT && smmuv3_erratum(p, SMMUV3_E_EABT_STALLS)));
    bool stage2 = facts->stage2 && !smmuv3_erratum(p, SMMUV3_E_STAGE2_BY_CD);
    /* 3.4: an address that is too wide for a bypassed stage 1 is aborted and recorded; there is no CD to say else. */
    if (!configured || condition == SMMUV3_S1_BYPASS_SIZE)
        return terms;
    bool record = stage2 ? regime->s2r : regime->r;
    terms.stall = stage2 ? regime->s2s : regime->s;
    /* "The stall is always reported and the R bit is ignored." */
    terms.record = (terms.stall && !smmuv3_erratum(p, SMMUV3_E_STALL_BY_R)) || record || smmuv3_erratum(p, SMMUV3_E_R_IGNORED);
    /* Stage 2 behaves as though A were 1. */
    terms.abort = stage2 || regime->a || smmuv3_erratum(p, SMMUV3_E_A_IGNORED);
    return terms;
}

void smmuv3_event_make(const struct smmuv3_params *p, enum smmuv3_condition condition, const struct smmuv3_query *q,
                       enum smmuv3_class class, uint64_t ipa, uint64_t fetch, bool update, struct smmuv3_event *out)
{
    const struct smmuv3_condition_facts *facts = smmuv3_condition_facts(condition);
    /* 7.3.13: a fault of stage 1 has CLASS IN; 7.3.12: but an abort of its walk TT. */
    if (!facts->stage2)
        class =
            facts->event == SMMUV3_F_WALK_EABT && !smmuv3_erratum(p, SMMUV3_E_EABT_CLASS_IN) ? SMMUV3_CLASS_TT : SMMUV3_CLASS_IN;
    if (class == SMMUV3_CLASS_CD && smmuv3_erratum(p, SMMUV3_E_CLASS_CD_AS_TT))
        class = SMMUV3_CLASS_TT;
    /* 13.1.1: an atomic is recorded as a write, unless it lacks nothing but read permission. */
    bool lacks_read = condition == SMMUV3_S1_READ || (condition == SMMUV3_S2_READ && class == SMMUV3_CLASS_IN);
    *out = (struct smmuv3_event){
        .type = facts->event,
        .stream_id = q->stream_id,
        .substream_id = q->has_substream_id ? q->substream_id : 0,
        .ssv = q->has_substream_id,
        .rnw = !q->write || (q->read && (lacks_read || smmuv3_erratum(p, SMMUV3_E_ATOMIC_AS_READ))),
        .pnu = q->privileged,
        .s2 = facts->stage2,
        .class = class,
        .ttrnw = class == SMMUV3_CLASS_TT && !update,
        .input = q->address,
        .ipa = facts->stage2 ? ipa : 0,
        .fetch = fetch,
    };
    out->ind = out->rnw && q->instruction;
}

/* ---- what of it each event shows ---- */

/* Reason is IMPLEMENTATION DEFINED: 0 here. Conflicts are not looked for (3.20.1, 3.20.2). */
enum part {
    SSID = 1u << 0,
    SSV = 1u << 1,
    STALL = 1u << 2,  /* Stall, STAG */
    ACCESS = 1u << 3, /* RnW, InD, PnU */
    STAGE = 1u << 4,  /* S2, CLASS */
    TTRNW = 1u << 5,
    INPUT = 1u << 6,
    IPA = 1u << 7,
    FETCH = 1u << 8,
    RNW = 1u << 9,
    TREQ = 1u << 10, /* R, W, X, PRIV, Span, InputAddr of a translation request */
};

static unsigned parts(enum smmuv3_event_type type)
{
    switch (type) {
    case SMMUV3_F_UUT:
        return SSID | SSV | ACCESS | INPUT;
    case SMMUV3_C_BAD_STREAMID:
    case SMMUV3_C_BAD_STE:
    case SMMUV3_C_BAD_CD:
    case SMMUV3_F_STREAM_DISABLED:
        return SSID | SSV;
    case SMMUV3_C_BAD_SUBSTREAMID:
        return SSID; /* 7.3.9: it is always valid, and there is no SSV */
    case SMMUV3_F_STE_FETCH:
    case SMMUV3_F_CD_FETCH:
        return SSID | SSV | FETCH;
    case SMMUV3_F_WALK_EABT:
        return SSID | SSV | ACCESS | STAGE | INPUT | FETCH;
    case SMMUV3_F_PERMISSION:
        return SSID | SSV | STALL | ACCESS | STAGE | TTRNW | INPUT | IPA;
    case SMMUV3_F_TRANSLATION:
    case SMMUV3_F_ADDR_SIZE:
    case SMMUV3_F_ACCESS:
        return SSID | SSV | STALL | ACCESS | STAGE | INPUT | IPA;
    case SMMUV3_F_TRANSL_FORBIDDEN:
        return RNW | INPUT; /* 7.3.8: RnW alone of the access, and no SubstreamID */
    case SMMUV3_F_BAD_ATS_TREQ:
        return SSID | SSV | TREQ;
    case SMMUV3_NO_EVENT:
        break;
    }
    return SSID | SSV;
}

struct fact { /* a field, the part that it belongs to, and the deviation that leaves it out */
    unsigned part;
    uint32_t field;
    enum smmuv3_erratum_id dropped;
    uint64_t value;
};

void smmuv3_event_encode(const struct smmuv3_params *p, const struct smmuv3_event *e, uint64_t record[4])
{
    unsigned have = parts(e->type);
    /* 7.3.4, 7.3.13: FetchAddr and IPA bits from OAS on are RES0. */
    uint64_t physical = smmuv3_low_bits(smmuv3_oas_bits(p));
    uint64_t input = smmuv3_erratum(p, SMMUV3_E_EVENT_INPUT_PAGE) ? e->input & ~UINT64_C(0xfff) : e->input;
    if (smmuv3_erratum(p, SMMUV3_E_EVENT_INPUT_UNTAGGED))
        input &= smmuv3_low_bits(56);
    const struct fact facts[] = {
        {SSID, EVENT_SUBSTREAMID, SMMUV3_E_EVENT_NO_SUBSTREAMID, e->substream_id},
        {SSV, EVENT_SSV, SMMUV3_E_EVENT_NO_SSV, e->ssv},
        {STALL, EVENT_STALL, SMMUV3_E_EVENT_NO_STALL, e->stall},
        {STALL, EVENT_STAG, SMMUV3_E_EVENT_NO_STAG, e->stall ? e->stag : 0},
        {ACCESS | RNW, EVENT_RNW, SMMUV3_E_EVENT_NO_RNW, e->rnw},
        {ACCESS, EVENT_IND, SMMUV3_E_EVENT_NO_IND, e->ind},
        {ACCESS, EVENT_PNU, SMMUV3_E_EVENT_NO_PNU, e->pnu},
        {STAGE, EVENT_S2, SMMUV3_E_EVENT_NO_S2, e->s2},
        {STAGE, EVENT_CLASS, SMMUV3_E_EVENT_NO_CLASS, e->class},
        {TTRNW, EVENT_TTRNW, SMMUV3_E_EVENT_NO_TTRNW, e->ttrnw},
        {INPUT, EVENT_INPUTADDR, SMMUV3_E_EVENT_NO_INPUTADDR, input},
        {IPA, EVENT_IPA, SMMUV3_E_EVENT_NO_IPA, (e->s2 ? e->ipa & physical : 0) >> 12},
        {FETCH, EVENT_FETCHADDR, SMMUV3_E_EVENT_NO_FETCHADDR, (e->fetch & physical) >> 3},
        /* 7.3.6: R is always 1 in a request. */
        {TREQ, EVENT_TREQ_R, SMMUV3_E_TREQ_NO_R, 1},
        {TREQ, EVENT_TREQ_W, SMMUV3_E_TREQ_NO_W, !e->rnw},
        {TREQ, EVENT_TREQ_X, SMMUV3_E_TREQ_NO_X, e->ind},
        {TREQ, EVENT_TREQ_PRIV, SMMUV3_E_TREQ_NO_PRIV, e->pnu},
        {TREQ, EVENT_TREQ_SPAN, SMMUV3_E_TREQ_NO_SPAN, e->span},
        {TREQ, EVENT_TREQ_INPUTADDR, SMMUV3_E_TREQ_NO_INPUTADDR, e->input >> 12},
    };
    record[0] = record[1] = record[2] = record[3] = 0;
    smmuv3_put(record, EVENT_TYPE, e->type);
    smmuv3_put(record, EVENT_STREAMID, smmuv3_erratum(p, SMMUV3_E_EVENT_STREAMID_8) ? e->stream_id & 0xffu : e->stream_id);
    for (unsigned i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        if ((have & facts[i].part) && !smmuv3_erratum(p, facts[i].dropped))
            smmuv3_put(record, facts[i].field, facts[i].value);
    }
}

bool smmuv3_event_mergeable(const struct smmuv3_event *a, const struct smmuv3_event *b)
{
    /* 7.3.8, 7.3.12 to 7.3.17: InputAddr[11:0] are IGNORED for the purposes of determining identical events. */
    return a->type == b->type && !a->stall && !b->stall && a->stream_id == b->stream_id && a->substream_id == b->substream_id &&
           a->ssv == b->ssv && a->rnw == b->rnw && a->ind == b->ind && a->pnu == b->pnu && a->s2 == b->s2 && a->span == b->span &&
           a->ttrnw == b->ttrnw && a->class == b->class && a->input >> 12 == b->input >> 12 && a->ipa >> 12 == b->ipa >> 12 &&
           a->fetch == b->fetch;
}
