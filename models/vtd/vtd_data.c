/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_data.c - the access itself: protected memory, then reading, writing or the atomic operation at the output address.
 */
#include "vtd/vtd_flight.h"

#include <string.h>

#define LINE_BYTES 64u

static bool on(const struct vtd_flight *flight, enum vtd_erratum_id id)
{
    return vtd_erratum(&flight->vtd->params, id);
}

/* An atomic has an operand of 4, 8 or (compare and swap) 16 bytes, naturally aligned. */
bool vtd_flight_well_formed(const struct pcie_request *request)
{
    if (request->bytes == 0 || request->bytes > PCIE_DATA_BYTES_MAX)
        return false;
    if (!pcie_is_atomic(request->kind))
        return true;
    bool size = request->bytes == 4 || request->bytes == 8 || (request->bytes == 16 && request->kind == PCIE_CAS);
    return size && request->address % request->bytes == 0;
}

static enum walk_progress finish(struct vtd_flight *flight, enum pcie_status status)
{
    flight->status = status;
    return WALK_END;
}

static enum walk_progress access_part(struct vtd_flight *flight);

static enum walk_progress part_done(struct vtd_flight *flight)
{
    struct pcie_request *request = flight->work.request;
    flight->offset += flight->part_bytes;
    if (flight->offset < request->bytes) {
        flight->phase = vtd_flight_part;
        return WALK_GO;
    }
    request->data_bytes = request->kind == PCIE_WRITE ? 0 : request->bytes;
    return finish(flight, PCIE_SC);
}

static enum walk_progress accessed(struct vtd_flight *flight)
{
    struct pcie_request *request = flight->work.request;
    const struct port_request *access = &flight->work.job.access;
    if (access->status != PORT_OK)
        return finish(flight, access->status == PORT_ABORT ? PCIE_UR : PCIE_CA);
    if (request->kind != PCIE_WRITE)
        memcpy(request->data + flight->offset + flight->moved, access->data, access->bytes);
    flight->moved += access->bytes;
    if (flight->moved == flight->part_bytes)
        return part_done(flight);
    flight->phase = access_part;
    return WALK_GO;
}

static enum port_kind port_kind_of(enum pcie_kind kind)
{
    switch (kind) {
    case PCIE_WRITE:
        return PORT_WRITE;
    case PCIE_FETCH_ADD:
        return PORT_FETCH_ADD;
    case PCIE_SWAP:
        return PORT_SWAP;
    case PCIE_CAS:
        return PORT_CMPXCHG;
    case PCIE_READ:
        break;
    }
    return PORT_READ;
}

static enum walk_progress access_part(struct vtd_flight *flight)
{
    struct pcie_request *request = flight->work.request;
    struct port_request *access = &flight->work.job.access;
    uint64_t address = flight->output + flight->moved;
    uint32_t to_line_end = LINE_BYTES - (uint32_t)(address & (LINE_BYTES - 1u));
    uint32_t rest = flight->part_bytes - flight->moved;
    uint32_t bytes = rest < to_line_end ? rest : to_line_end;
    const uint8_t *data = request->data + flight->offset + flight->moved;
    if (request->kind == PCIE_CAS) {
        memcpy(access->compare, data, bytes);
        memcpy(access->data, data + bytes, bytes);
    } else if (request->kind != PCIE_READ) {
        memcpy(access->data, data, bytes);
    }
    const struct vtd_access what = {
        port_kind_of(request->kind), PORT_DMA, address, bytes, flight->snoop, flight->memory_type,
    };
    return vtd_flight_access(flight, &what, accessed);
}

/* 11.4.8.1: what protected memory blocks is not recorded. */
static enum walk_progress protected_memory(struct vtd_flight *flight)
{
    VTD_PROBE(flight->vtd, flight->work.job.now_ps, vtd_flight_id(flight), "pmr", "blocked address=%llx",
              (unsigned long long)flight->output);
    if (on(flight, VTD_E_PMR_LOGGED))
        vtd_fault_record(flight, 5);
    return finish(flight, PCIE_UR);
}

enum walk_progress vtd_flight_data(struct vtd_flight *flight)
{
    struct pcie_request *request = flight->work.request;
    uint64_t compared = on(flight, VTD_E_PMR_ON_INPUT) ? flight->query.address : flight->output;
    bool identity = flight->output == flight->query.address && on(flight, VTD_E_PMR_IDENTITY_OK);
    if (!identity && vtd_pmr_covers(flight->vtd, compared, request ? flight->part_bytes : 1u))
        return protected_memory(flight);
    if (!request)
        return finish(flight, PCIE_SC);
    /* 3.14: nothing is read by a zero-length read; the data returned means nothing. */
    if (flight->query.zero_length) {
        memset(request->data, 0, request->bytes);
        return part_done(flight);
    }
    return access_part(flight);
}
