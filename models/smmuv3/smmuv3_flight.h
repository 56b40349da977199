/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_flight.h - between the files that a request in flight passes through.
 */
#ifndef SMMUV3_SMMUV3_FLIGHT_H
#define SMMUV3_SMMUV3_FLIGHT_H

#include "smmuv3/smmuv3_internal.h"

static inline uint32_t smmuv3_flight_id(const struct smmuv3_flight *flight)
{
    return flight->work.request ? flight->work.request->id : SMMUV3_NO_REQUEST;
}

static inline bool smmuv3_flight_on(const struct smmuv3_flight *flight, enum smmuv3_erratum_id id)
{
    return smmuv3_on(flight->smmu, id);
}

static inline enum walk_progress smmuv3_flight_go(struct smmuv3_flight *flight, smmuv3_phase phase)
{
    flight->phase = phase;
    return WALK_GO;
}

static inline enum walk_progress smmuv3_flight_end(struct smmuv3_flight *flight, enum smmuv3_end end)
{
    flight->end = end;
    return WALK_END;
}

/* smmuv3_request.c. The data to write is in work.job.access already; goes on with `next`. */
struct smmuv3_port_access {
    enum port_kind kind;
    enum port_origin origin;
    uint64_t address;
    uint32_t bytes;
    const struct smmuv3_attributes *attributes;
};
enum walk_progress smmuv3_flight_access(struct smmuv3_flight *flight, const struct smmuv3_port_access *what, smmuv3_phase next);
void smmuv3_flight_source(struct smmuv3_flight *flight, uint64_t address, uint64_t value);

/* What led to a fault, besides the condition. */
struct smmuv3_fault {
    enum smmuv3_class class;
    uint64_t ipa, fetch;
    bool update;
};
enum walk_progress smmuv3_flight_fault(struct smmuv3_flight *flight, enum smmuv3_condition condition,
                                       const struct smmuv3_fault *fault);
enum walk_progress smmuv3_flight_unsupported(struct smmuv3_flight *flight);
/* Aborted, with a record whatever is configured. */
enum walk_progress smmuv3_flight_refuse(struct smmuv3_flight *flight, const struct smmuv3_event *event);

/* smmuv3_translate.c */
enum walk_progress smmuv3_flight_start(struct smmuv3_flight *flight);
/* From the StreamID to what its STE makes of the request. */
enum walk_progress smmuv3_flight_find_ste(struct smmuv3_flight *flight);
/* Neither stage, or stage 2 alone. */
enum walk_progress smmuv3_flight_without_stage1(struct smmuv3_flight *flight, bool stage2);
/* The regime is known: what the TLB has, else the walk. */
enum walk_progress smmuv3_flight_find_tlb(struct smmuv3_flight *flight);
enum walk_progress smmuv3_flight_translated(struct smmuv3_flight *flight);
bool smmuv3_flight_quick(struct smmuv3 *smmu, struct smmuv3_translation *translation);
struct smmuv3_query smmuv3_query_of_translation(const struct smmuv3_translation *translation);

/* smmuv3_paging.c. The stage 2 translation of an IPA ends in flight->second. */
enum walk_progress smmuv3_flight_second(struct smmuv3_flight *flight, uint64_t ipa, struct smmuv3_access access,
                                        smmuv3_phase next);
enum walk_progress smmuv3_flight_walk(struct smmuv3_flight *flight);
/* However a walk has ended; others may use the walker, and what it has found. */
void smmuv3_flight_walked(struct smmuv3_flight *flight);

/* What misses and walks are told apart by: stream and substream, and the aligned 2^lg2 bytes around the address. */
static inline struct merge_tag smmuv3_flight_tag(const struct smmuv3_flight *flight, unsigned lg2)
{
    const struct smmuv3_query *query = &flight->query;
    uint64_t substream = query->has_substream_id ? query->substream_id + 1u : 0;
    return (struct merge_tag){{query->stream_id | substream << 32, query->address >> lg2}};
}

/* smmuv3_ats.c */
enum walk_progress smmuv3_ats_request(struct smmuv3_flight *flight);    /* the front door of a translation request */
enum walk_progress smmuv3_ats_translated(struct smmuv3_flight *flight); /* ... of a translated transaction */
/* The STE lets transactions pass; EATS or Config forbids ATS. */
bool smmuv3_ats_forbidden(const struct smmuv3_flight *flight);
enum walk_progress smmuv3_ats_forbid(struct smmuv3_flight *flight);
/* A translated transaction that the STE permits. */
enum walk_progress smmuv3_ats_pass(struct smmuv3_flight *flight);
/*
 * Of a translation request the access that is judged becomes the part of it that rights grant (NULL: that stage does not
 * translate, or is not reached yet). False: nothing is granted. Any other request: true, and the access is left alone.
 */
bool smmuv3_ats_narrow(const struct smmuv3_flight *flight, const struct smmuv3_rights *first, const struct smmuv3_rights *second,
                       struct smmuv3_access *access);
enum walk_progress smmuv3_ats_answer(struct smmuv3_flight *flight);   /* flight->result is the translation */
enum walk_progress smmuv3_ats_identity(struct smmuv3_flight *flight); /* no stage translates */
enum walk_progress smmuv3_ats_no_access(struct smmuv3_flight *flight);
/* A fault, flight->event: how a translation request ends, and whether it is recorded. */
enum smmuv3_end smmuv3_ats_fault_end(struct smmuv3_flight *flight);
bool smmuv3_ats_recorded(const struct smmuv3_flight *flight);

/* smmuv3_data.c */
enum walk_progress smmuv3_flight_data(struct smmuv3_flight *flight);

#endif
