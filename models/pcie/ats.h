/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ats.h - what ATS and PRI messages say: entries of translation completions, ranges of invalidations, who is owed a response.
 *
 * Source: PCI Express Base Specification, chapter 10 (10.2.3 Translation Completion, 10.3 ATS Invalidation, 10.4 Page Request
 * Services).
 */
#ifndef PCIE_ATS_H
#define PCIE_ATS_H

#include "pcie/pcie.h"

#include <stdbool.h>
#include <stdint.h>

#define PCIE_PAGE_LG2 12u
#define PCIE_TRANSLATION_BYTES 8u /* of one entry of a translation completion */
#define PCIE_ITAGS 32u

enum pcie_response_code { PCIE_RESPONSE_SUCCESS = 0x0, PCIE_RESPONSE_INVALID = 0x1, PCIE_RESPONSE_FAILURE = 0xf };

/* One entry of a translation completion. */
struct pcie_translation {
    uint64_t address; /* translated; the bits below size_lg2 mean nothing */
    uint8_t size_lg2; /* 12..63 */
    bool read, write, execute, privileged, global;
    bool untranslated_only; /* U */
    bool non_snooped;       /* N */
};

uint64_t pcie_translation_encode(const struct pcie_translation *translation);
struct pcie_translation pcie_translation_decode(uint64_t entry);

/*
 * A naturally aligned range of 2^size_lg2 bytes in one word, as translations and invalidations have it: without S 4 KiB; with S
 * (bit 11) the lowest bit from bit 12 on that is 0 is the highest of the offset.
 */
uint64_t pcie_range_encode(uint64_t address, uint8_t size_lg2);
uint8_t pcie_range_lg2(uint64_t word); /* 64: S and all bits from 12 on set, which no range is */
uint64_t pcie_range_first(uint64_t word);

/* 10.4.1.2.1: a marker that no more requests with this PASID follow; it is not answered. */
bool pcie_is_stop_marker(const struct pcie_message *request);

/* The page group response that a page request is owed; false: none, it is not the last of its group or a stop marker. */
bool pcie_page_response(const struct pcie_message *request, enum pcie_response_code code, struct pcie_message *response);

#endif
