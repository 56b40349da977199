/* SPDX-License-Identifier: BSD-2-Clause */
/* data.c - see data.h. */
#include "xlate/data.h"

#include <string.h>

#define LINE_BYTES 64u

bool data_well_formed(const struct pcie_request *request)
{
    if (request->bytes == 0 || request->bytes > PCIE_DATA_BYTES_MAX)
        return false;
    if (!pcie_is_atomic(request->kind))
        return true;
    bool size = request->bytes == 4 || request->bytes == 8 || (request->bytes == 16 && request->kind == PCIE_CAS);
    return size && request->address % request->bytes == 0;
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

void data_next_line(const struct pcie_request *request, uint32_t offset, uint64_t address, uint32_t rest_bytes,
                    struct port_request *access)
{
    uint32_t to_line_end = LINE_BYTES - (uint32_t)(address & (LINE_BYTES - 1u));
    uint32_t bytes = rest_bytes < to_line_end ? rest_bytes : to_line_end;
    const uint8_t *data = request->data + offset;
    access->kind = port_kind_of(request->kind);
    access->bytes = bytes;
    if (request->kind == PCIE_CAS) {
        memcpy(access->compare, data, bytes);
        memcpy(access->data, data + bytes, bytes);
    } else if (request->kind != PCIE_READ) {
        memcpy(access->data, data, bytes);
    }
}

void data_take_line(struct pcie_request *request, uint32_t offset, const struct port_request *access)
{
    if (request->kind != PCIE_WRITE)
        memcpy(request->data + offset, access->data, access->bytes);
}

void data_complete(struct pcie_request *request)
{
    request->data_bytes = request->kind == PCIE_WRITE ? 0 : request->bytes;
}
