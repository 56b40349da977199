/* SPDX-License-Identifier: BSD-2-Clause */
/* demo_memory.c - memory of the demonstration: frames in no order, contiguous areas, tables of four levels. */
#include "demo/demo.h"

#define FRAMES_BASE UINT64_C(0x40000000)
#define FRAMES (1u << 16)
#define FRAME_STRIDE 40503u /* odd: visits every frame once */
#define ADDRESS_BITS UINT64_C(0x0000fffffffff000)

void demo_fail(struct demo *demo, const char *text)
{
    if (!demo->failure)
        demo->failure = text;
}

uint64_t demo_frame(struct demo *demo)
{
    if (demo->frames == FRAMES) {
        demo_fail(demo, "the machine has no frame left");
        return FRAMES_BASE;
    }
    return FRAMES_BASE + (uint64_t)(demo->frames++ * FRAME_STRIDE % FRAMES) * DEMO_PAGE_BYTES;
}

uint64_t demo_area(struct demo *demo, uint64_t bytes)
{
    uint64_t size = DEMO_PAGE_BYTES, at;

    while (size < bytes)
        size *= 2;
    at = (demo->area_next + size - 1) & ~(size - 1);
    demo->area_next = at + size;
    return at;
}

uint64_t demo_read64(struct demo *demo, uint64_t address)
{
    uint8_t bytes[8];
    uint64_t value = 0;

    if (!board_memory_read(demo->board, address, bytes, sizeof(bytes)))
        demo_fail(demo, "an address is no RAM");
    else
        for (unsigned i = 8; i > 0; i--)
            value = value << 8 | bytes[i - 1];
    return value;
}

void demo_write64(struct demo *demo, uint64_t address, uint64_t value)
{
    uint8_t bytes[8];

    for (unsigned i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
    if (!board_memory_write(demo->board, address, bytes, sizeof(bytes)))
        demo_fail(demo, "an address is no RAM");
}

uint64_t demo_leaf(struct demo *demo, uint64_t root, uint64_t address, uint64_t table)
{
    for (unsigned shift = 39; shift > 12; shift -= 9) {
        uint64_t entry = root + (address >> shift & 511) * 8, value = demo_read64(demo, entry);

        if (!value) {
            value = demo_frame(demo) | table;
            demo_write64(demo, entry, value);
        }
        root = value & ADDRESS_BITS;
    }
    return root + (address >> 12 & 511) * 8;
}
