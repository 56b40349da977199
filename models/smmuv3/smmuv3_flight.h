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

/* smmuv3_translate.c */
enum walk_progress smmuv3_flight_start(struct smmuv3_flight *flight);
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

/* smmuv3_data.c */
enum walk_progress smmuv3_flight_data(struct smmuv3_flight *flight);
bool smmuv3_flight_well_formed(const struct pcie_request *request);

#endif
