/* SPDX-License-Identifier: BSD-2-Clause */
/* Single bits: every reserved, ignored and address bit of an entry by itself. */
#include "build/sm_internal.h"

static void toggle(struct sm *sm, uint64_t entry, uint32_t bit)
{
    uint64_t word = entry + bit / 64 * 8;

    mem_write64(sm->t, word, mem_read64(sm->t, word) ^ UINT64_C(1) << (bit % 64));
    sm_invalidate_all(sm);
}

void sm_walk_bits(struct sm *sm, const char *row, const char *what, uint64_t entry, uint32_t first, uint32_t last,
                  const struct iotb_request *request, const struct sm_expected *expected, uint64_t host)
{
    for (uint32_t bit = first; bit <= last; bit++) {
        test_context(sm->t, "%s, bit %u", what, bit);
        toggle(sm, entry, bit);
        /* The first and the last bit on a miss and on a hit, those between on a miss. */
        if (bit != first && bit != last)
            sm_once(sm);
        if (expected)
            sm_expect_event(sm, row, request, expected, host);
        else
            sm_expect_ok(sm, row, request, host);
        toggle(sm, entry, bit);
    }
    test_context(sm->t, "%s", what);
}

/*
 * An address with bit `bit` set, aligned to 2^align_lg2, whose first `bytes` at offset `within` nobody has: the bit alone, else
 * with the bit below it, each also a little further up (pages are never given out twice in a case).
 */
static uint64_t claim_with_bit(struct sm *sm, uint32_t bit, uint32_t align_lg2, uint64_t within, uint64_t bytes)
{
    uint64_t whole = bytes < 4096 ? 4096 : bytes;

    for (uint64_t step = 0; step < 16; step++) {
        for (uint32_t also = 0; also < 2; also++) {
            uint64_t low = bit > align_lg2 + 5 ? step << align_lg2 : 0;
            uint64_t half = also && bit > align_lg2 + 5 ? UINT64_C(1) << (bit - 1) : 0;
            uint64_t address = (UINT64_C(1) << bit) | half | low;

            if (mem_claim(sm->t, (address + within) & ~UINT64_C(0xfff), whole))
                return address;
        }
    }
    return 0;
}

static void copy_words(struct sm *sm, uint64_t to, uint64_t from, uint64_t bytes)
{
    for (uint64_t offset = 0; offset < bytes; offset += 8) {
        uint64_t word = mem_read64(sm->t, from + offset);

        if (word)
            mem_write64(sm->t, to + offset, word);
    }
}

uint32_t sm_walk_pointer(struct sm *sm, const char *row, const char *what, const struct sm_table *table, uint64_t descriptor,
                         uint32_t align_lg2, const struct iotb_request *request, uint64_t host)
{
    uint64_t value = mem_read64(sm->t, descriptor), low = sm_ones(align_lg2);
    uint64_t within = host ? 0 : request->address & low;
    uint32_t moved = 0;

    for (uint32_t bit = align_lg2; bit < sm->oas_bits; bit++) {
        uint64_t place = claim_with_bit(sm, bit, align_lg2, within, host ? UINT64_C(1) << align_lg2 : 4096);

        if (!place || sm_descriptor_address(table, sm_with_address(table, value, place)) != place)
            continue;
        moved++;
        test_context(sm->t, "%s, at 0x%llx", what, (unsigned long long)place);
        if (host)
            copy_words(sm, place, sm_descriptor_address(table, value), UINT64_C(1) << align_lg2);
        mem_write64(sm->t, descriptor, sm_with_address(table, value, place));
        sm_invalidate_all(sm);
        sm_expect_ok(sm, row, request, host ? host : place + within);
    }
    mem_write64(sm->t, descriptor, value);
    sm_invalidate_all(sm);
    test_context(sm->t, "%s", what);
    return moved;
}

uint32_t sm_walk_pointer_field(struct sm *sm, const char *row, uint64_t entry, const char *structure, const char *field,
                               uint32_t align_lg2, uint64_t bytes, const struct iotb_request *request, uint64_t host)
{
    uint64_t value = sm_get_field(sm, entry, structure, field);
    uint32_t moved = 0;

    for (uint32_t bit = align_lg2; bit < sm->oas_bits; bit++) {
        uint64_t place = claim_with_bit(sm, bit, align_lg2, 0, bytes);

        if (!place)
            continue;
        moved++;
        test_context(sm->t, "%s.%s, at 0x%llx", structure, field, (unsigned long long)place);
        copy_words(sm, place, value, bytes);
        sm_set_field(sm, entry, structure, field, place);
        sm_invalidate_all(sm);
        sm_expect_ok(sm, row, request, host);
    }
    sm_set_field(sm, entry, structure, field, value);
    sm_invalidate_all(sm);
    test_context(sm->t, "%s.%s", structure, field);
    return moved;
}
