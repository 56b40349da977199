/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_data.c - the access itself: reading, writing or the atomic operation at the output address.
 */
#include "smmuv3/smmuv3_flight.h"

#include <string.h>

#define LINE_BYTES 64u

/* An atomic has an operand of 4, 8 or (compare and swap) 16 bytes, naturally aligned. */
bool smmuv3_flight_well_formed(const struct pcie_request *request)
{
    if (request->bytes == 0 || request->bytes > PCIE_DATA_BYTES_MAX)
        return false;
    if (!pcie_is_atomic(request->kind))
        return true;
    bool size = request->bytes == 4 || request->bytes == 8 || (request->bytes == 16 && request->kind == PCIE_CAS);
    return size && request->address % request->bytes == 0;
}

static enum walk_progress access_part(struct smmuv3_flight *flight);

static enum walk_progress accessed(struct smmuv3_flight *flight)
{
    struct pcie_request *request = flight->work.request;
    const struct port_request *access = &flight->work.job.access;
    if (access->status != PORT_OK)
        return smmuv3_flight_end(flight, access->status == PORT_ABORT ? SMMUV3_END_ABORT : SMMUV3_END_POISON);
    if (request->kind != PCIE_WRITE)
        memcpy(request->data + flight->moved, access->data, access->bytes);
    flight->moved += access->bytes;
    if (flight->moved < request->bytes)
        return smmuv3_flight_go(flight, access_part);
    request->data_bytes = request->kind == PCIE_WRITE ? 0 : request->bytes;
    return smmuv3_flight_end(flight, SMMUV3_END_OK);
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

static enum walk_progress access_part(struct smmuv3_flight *flight)
{
    struct pcie_request *request = flight->work.request;
    struct port_request *access = &flight->work.job.access;
    uint64_t address = flight->output + flight->moved;
    uint32_t to_line_end = LINE_BYTES - (uint32_t)(address & (LINE_BYTES - 1u));
    uint32_t rest = request->bytes - flight->moved;
    uint32_t bytes = rest < to_line_end ? rest : to_line_end;
    const uint8_t *data = request->data + flight->moved;
    if (request->kind == PCIE_CAS) {
        memcpy(access->compare, data, bytes);
        memcpy(access->data, data + bytes, bytes);
    } else if (request->kind != PCIE_READ) {
        memcpy(access->data, data, bytes);
    }
    const struct smmuv3_port_access what = {port_kind_of(request->kind), PORT_DMA, address, bytes, &flight->attributes};
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
