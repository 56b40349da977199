/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ats.c - 10.2.3 Translation Completion, 10.3.2 Invalidate Request, 10.4.2 Page Request Group Response.
 */
#include "pcie/ats.h"

enum { R = 0, W = 1, U = 2, EXE = 3, PRIV = 4, GLOBAL = 5, N = 10, S = 11 };

static uint64_t bit(unsigned n)
{
    return UINT64_C(1) << n;
}

static uint64_t offset_mask(unsigned size_lg2)
{
    return size_lg2 >= 64u ? UINT64_MAX : bit(size_lg2) - 1u;
}

uint64_t pcie_range_encode(uint64_t address, uint8_t size_lg2)
{
    if (size_lg2 <= PCIE_PAGE_LG2)
        return address & ~offset_mask(PCIE_PAGE_LG2);
    /* Ones from bit 12 to the last but one bit of the offset, then a zero. */
    uint64_t ones = offset_mask(size_lg2 - 1u) & ~offset_mask(PCIE_PAGE_LG2);
    return (address & ~offset_mask(size_lg2)) | ones | bit(S);
}

uint8_t pcie_range_lg2(uint64_t word)
{
    if (!(word & bit(S)))
        return PCIE_PAGE_LG2;
    unsigned zero = PCIE_PAGE_LG2;
    while (zero < 64u && (word >> zero & 1u))
        zero++;
    return (uint8_t)(zero < 64u ? zero + 1u : 64u);
}

uint64_t pcie_range_first(uint64_t word)
{
    return word & ~offset_mask(pcie_range_lg2(word));
}

uint64_t pcie_translation_encode(const struct pcie_translation *translation)
{
    return pcie_range_encode(translation->address, translation->size_lg2) | (uint64_t)translation->read << R |
           (uint64_t)translation->write << W | (uint64_t)translation->untranslated_only << U |
           (uint64_t)translation->execute << EXE | (uint64_t)translation->privileged << PRIV |
           (uint64_t)translation->global << GLOBAL | (uint64_t)translation->non_snooped << N;
}

struct pcie_translation pcie_translation_decode(uint64_t entry)
{
    return (struct pcie_translation){
        .address = pcie_range_first(entry),
        .size_lg2 = pcie_range_lg2(entry),
        .read = entry >> R & 1u,
        .write = entry >> W & 1u,
        .execute = entry >> EXE & 1u,
        .privileged = entry >> PRIV & 1u,
        .global = entry >> GLOBAL & 1u,
        .untranslated_only = entry >> U & 1u,
        .non_snooped = entry >> N & 1u,
    };
}

bool pcie_is_stop_marker(const struct pcie_message *request)
{
    return request->has_pasid && request->last && !request->read && !request->write;
}

bool pcie_page_response(const struct pcie_message *request, enum pcie_response_code code, struct pcie_message *response)
{
    if (!request->last || pcie_is_stop_marker(request))
        return false;
    *response = (struct pcie_message){
        .kind = PCIE_PAGE_RESPONSE,
        .device_id = request->device_id,
        .has_pasid = request->has_pasid,
        .pasid = request->pasid,
        .group_index = request->group_index,
        .response_code = (uint8_t)code,
    };
    return true;
}
