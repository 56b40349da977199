/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_data.c - the access itself: reading, writing or the atomic operation at the output address.
 */
#include "smmuv3/smmuv3_flight.h"
#include "xlate/data.h"

#include <string.h>

static enum walk_progress access_part(struct smmuv3_flight *flight);

static enum walk_progress accessed(struct smmuv3_flight *flight)
{
    struct pcie_request *request = flight->work.request;
    const struct port_request *access = &flight->work.job.access;
    if (access->status != PORT_OK)
        return smmuv3_flight_end(flight, access->status == PORT_ABORT ? SMMUV3_END_ABORT : SMMUV3_END_POISON);
    data_take_line(request, flight->moved, access);
    flight->moved += access->bytes;
    if (flight->moved < request->bytes)
        return smmuv3_flight_go(flight, access_part);
    data_complete(request);
    return smmuv3_flight_end(flight, SMMUV3_END_OK);
}

static enum walk_progress access_part(struct smmuv3_flight *flight)
{
    struct pcie_request *request = flight->work.request;
    struct port_request *access = &flight->work.job.access;
    uint64_t address = flight->output + flight->moved;
    data_next_line(request, flight->moved, address, request->bytes - flight->moved, access);
    const struct smmuv3_port_access what = {access->kind, PORT_DMA, address, access->bytes, &flight->attributes};
    return smmuv3_flight_access(flight, &what, accessed);
}

enum walk_progress smmuv3_flight_data(struct smmuv3_flight *flight)
{
    struct pcie_request *request = flight->work.request;
    if (!request)
        return smmuv3_flight_end(flight, SMMUV3_END_OK);
    /* 13.6.1.1: after everything else. */
    if (request->no_snoop)
        flight->attributes = smmuv3_no_snoop(flight->attributes);
    if (!request->zero_length)
        return access_part(flight);
    /* Nothing is read by a zero-length read; the data returned means nothing. */
    memset(request->data, 0, request->bytes);
    request->data_bytes = request->bytes;
    return smmuv3_flight_end(flight, SMMUV3_END_OK);
}
