/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * data.h - the data of a request on its way between the link and the memory port, which takes one line of a cache at a time.
 * A unit translates, says where the bytes go, and asks here for the next access and for what its answer means.
 */
#ifndef XLATE_DATA_H
#define XLATE_DATA_H

#include "pcie/pcie.h"
#include "sim/port.h"

#include <stdbool.h>
#include <stdint.h>

/* 1 to PCIE_DATA_BYTES_MAX bytes; an atomic has an operand of 4, 8 or (compare and swap) 16 bytes, naturally aligned. */
bool data_well_formed(const struct pcie_request *request);

/*
 * The access to `address` for what the request has from `offset` on: its kind, its bytes, and the data that it takes along.
 * rest_bytes: how much may go there, 1 or more. The rest of the access is the unit's to fill in.
 */
void data_next_line(const struct pcie_request *request, uint32_t offset, uint64_t address, uint32_t rest_bytes,
                    struct port_request *access);
/* The access has ended well: what was read is the request's data from `offset` on. */
void data_take_line(struct pcie_request *request, uint32_t offset, const struct port_request *access);
/* The request has ended well: how many bytes its completion carries. */
void data_complete(struct pcie_request *request);

#endif
