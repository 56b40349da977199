/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_data.c - the access itself: protected memory, then reading, writing or the atomic operation at the output address.
 */
#include "vtd/vtd_flight.h"
#include "xlate/data.h"

#include <string.h>

static bool on(const struct vtd_flight *flight, enum vtd_erratum_id id)
{
    return vtd_erratum(&flight->vtd->params, id);
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
    data_complete(request);
    return finish(flight, PCIE_SC);
}

static enum walk_progress accessed(struct vtd_flight *flight)
{
    const struct port_request *access = &flight->work.job.access;
    if (access->status != PORT_OK)
        return finish(flight, access->status == PORT_ABORT ? PCIE_UR : PCIE_CA);
    data_take_line(flight->work.request, flight->offset + flight->moved, access);
    flight->moved += access->bytes;
    if (flight->moved == flight->part_bytes)
        return part_done(flight);
    flight->phase = access_part;
    return WALK_GO;
}

static enum walk_progress access_part(struct vtd_flight *flight)
{
    struct port_request *access = &flight->work.job.access;
    uint64_t address = flight->output + flight->moved;
    data_next_line(flight->work.request, flight->offset + flight->moved, address, flight->part_bytes - flight->moved, access);
    const struct vtd_access what = {
        access->kind, PORT_DMA, address, access->bytes, flight->snoop, flight->memory_type,
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
