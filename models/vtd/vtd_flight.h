/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_flight.h - between the files that a request in flight passes through.
 */
#ifndef VTD_VTD_FLIGHT_H
#define VTD_VTD_FLIGHT_H

#include "vtd/vtd_internal.h"

struct vtd_access {
    enum port_kind kind;
    enum port_origin origin;
    uint64_t address;
    uint32_t bytes;
    bool snoop;
    uint8_t memory_type;
};

/* What misses and walks are told apart by: the lookup tags of the IOTLB, and the aligned 2^lg2 bytes around the address. */
static inline struct merge_tag vtd_flight_tag(const struct vtd_flight *flight, unsigned lg2)
{
    const struct vtd_query *query = &flight->query;
    return (struct merge_tag){
        {query->requester_id | (uint64_t)query->has_pasid << 16 | (uint64_t)query->pasid << 32, query->address >> lg2}};
}

static inline uint32_t vtd_flight_id(const struct vtd_flight *flight)
{
    return flight->work.request ? flight->work.request->id : VTD_NO_REQUEST;
}

/* vtd_request.c. vtd_flight_access: the data to write is in flight->access already; goes on with `next`. */
enum walk_progress vtd_flight_access(struct vtd_flight *flight, const struct vtd_access *what, vtd_phase next);
void vtd_flight_source(struct vtd_flight *flight, uint64_t address, uint64_t value);
enum walk_progress vtd_flight_update(struct vtd_flight *flight, const struct walk_update *update, vtd_phase next);

/* vtd_translate.c. vtd_flight_structure: reads a structure entry whole, into flight->structure. */
enum walk_progress vtd_flight_part(struct vtd_flight *flight);
enum walk_progress vtd_flight_page_request(struct vtd_flight *flight);
enum walk_progress vtd_flight_structure(struct vtd_flight *flight, uint64_t address, uint32_t bytes, vtd_phase next);
enum walk_progress vtd_flight_fault(struct vtd_flight *flight, enum vtd_condition condition);
enum walk_progress vtd_flight_translated(struct vtd_flight *flight, const struct vtd_paging *paging);
bool vtd_flight_quick(struct vtd *vtd, struct vtd_translation *translation);

/* vtd_paging.c. vtd_flight_walked: however a walk has ended; others may use the walker, and what it has found. */
enum walk_progress vtd_flight_walk(struct vtd_flight *flight);
void vtd_flight_walked(struct vtd_flight *flight);

/* vtd_ats.c */
bool vtd_flight_is_ats_error(const struct vtd_flight *flight);
bool vtd_flight_asks_for_interrupt_range(const struct vtd_flight *flight);
enum walk_progress vtd_flight_interrupt_range_answer(struct vtd_flight *flight);
enum walk_progress vtd_flight_translation_fault(struct vtd_flight *flight, const struct vtd_condition_facts *facts);
enum walk_progress vtd_flight_translation_found(struct vtd_flight *flight, const struct vtd_paging *paging, bool rid_priv);
void vtd_flight_keep_clean(struct vtd_flight *flight);

/* vtd_page_requests.c */
enum walk_progress vtd_flight_page_accepted(struct vtd_flight *flight);
enum walk_progress vtd_flight_page_fault(struct vtd_flight *flight);

/* vtd_interrupt_remapping.c, vtd_posted.c */
enum walk_progress vtd_flight_interrupt(struct vtd_flight *flight);
enum walk_progress vtd_flight_post(struct vtd_flight *flight);

/* vtd_data.c */
enum walk_progress vtd_flight_data(struct vtd_flight *flight);

#endif
