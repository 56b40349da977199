/* SPDX-License-Identifier: BSD-2-Clause */
/* Single bits: every reserved, ignored and address bit of an entry by itself. */
#include "build/vt_internal.h"

void vt_refresh(struct vt *vt)
{
    vt_flush_writes(vt);
    vt_invalidate_all(vt);
}

static void toggle(struct vt *vt, uint64_t entry, uint32_t bit)
{
    uint64_t word = entry + bit / 64 * 8;

    mem_write64(vt->t, word, mem_read64(vt->t, word) ^ UINT64_C(1) << (bit % 64));
    vt_refresh(vt);
}

void vt_walk_bits(struct vt *vt, const char *row, const char *what, uint64_t entry, uint32_t first, uint32_t last,
                  const struct iotb_request *request, uint32_t fr, uint64_t host)
{
    for (uint32_t bit = first; bit <= last; bit++) {
        test_context(vt->t, "%s, bit %u", what, bit);
        toggle(vt, entry, bit);
        /* The first and the last bit on a miss and on a hit, those between on a miss. */
        if (bit != first && bit != last)
            vt_once(vt);
        if (fr)
            vt_expect_fault(vt, row, request, fr, host);
        else
            vt_expect_ok(vt, row, request, host);
        toggle(vt, entry, bit);
    }
    test_context(vt->t, "%s", what);
}

/*
 * An address with bit `bit` set, aligned to 2^align_lg2, whose page at offset `within` nobody has: the bit alone, else with
 * the bit below it, each also a little further up (pages are never given out twice in a case).
 */
static uint64_t claim_with_bit(struct vt *vt, uint32_t bit, uint32_t align_lg2, uint64_t within)
{
    for (uint64_t step = 0; step < 16; step++) {
        for (uint32_t also = 0; also < 2; also++) {
            uint64_t low = bit > align_lg2 + 5 ? step << align_lg2 : 0;
            uint64_t half = also && bit > align_lg2 + 5 ? UINT64_C(1) << (bit - 1) : 0;
            uint64_t address = (UINT64_C(1) << bit) | half | low;

            if (mem_claim(vt->t, (address + within) & ~UINT64_C(0xfff), VT_PAGE))
                return address;
        }
    }
    return 0;
}

static void copy_page(struct vt *vt, uint64_t to, uint64_t from)
{
    for (uint32_t offset = 0; offset < VT_PAGE; offset += 8) {
        uint64_t word = mem_read64(vt->t, from + offset);

        if (word)
            mem_write64(vt->t, to + offset, word);
    }
}

uint32_t vt_walk_pointer(struct vt *vt, const char *row, const char *what, uint64_t word, uint32_t align_lg2,
                         const struct iotb_request *request, uint64_t host)
{
    uint64_t low_mask = (UINT64_C(1) << align_lg2) - 1;
    uint64_t mask = ((UINT64_C(1) << vt->haw) - 1) & ~low_mask;
    uint64_t value = mem_read64(vt->t, word);
    uint64_t within = host ? 0 : request->address & low_mask;
    uint32_t moved = 0;

    for (uint32_t bit = align_lg2; bit < vt->haw; bit++) {
        uint64_t place = claim_with_bit(vt, bit, align_lg2, within);

        if (!place)
            continue;
        moved++;
        test_context(vt->t, "%s, at 0x%llx", what, (unsigned long long)place);
        if (host)
            copy_page(vt, place, value & mask);
        mem_write64(vt->t, word, (value & ~mask) | place);
        vt_refresh(vt);
        vt_expect_ok(vt, row, request, host ? host : place + within);
    }
    mem_write64(vt->t, word, value);
    vt_refresh(vt);
    test_context(vt->t, "%s", what);
    return moved;
}
