/* SPDX-License-Identifier: BSD-2-Clause */
/* demo_device.c - the PASID device of the demonstration: capabilities on, work queues, one kind of descriptor (REGISTERS.md). */
#include "demo/demo.h"

#include <string.h>

enum { COMMAND = 0x04, ATS_CONTROL = 0x226, PASID_CONTROL = 0x236, PRI_CONTROL = 0x244, PRI_ALLOCATION = 0x24c };
enum { CMD = 0xa0, CMDSTS = 0xa8, PRICFG = 0x130, GRPCFG = 0x400, WQCFG = 0x500, CNT = 0x1000 };
enum { ENABLE_DEVICE = 1, ENABLE_QUEUE = 6 };

#define CREDITS 16u
#define MOVE 3u
#define QUEUE_ENTRIES 8u
#define FLAGS (1u << 1 | 1u << 2 | 1u << 3) /* wait for page requests; a record, in any case */

static void put(struct demo *demo, uint64_t offset, uint64_t value)
{
    uint8_t bytes[8];

    for (unsigned i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
    board_bar_write(demo->board, 0, 0, offset, bytes, sizeof(bytes));
}

static uint64_t get(struct demo *demo, uint64_t offset, uint32_t bytes)
{
    uint64_t value;

    if (!board_bar_read(demo->board, 0, 0, offset, bytes, &value))
        demo_fail(demo, "the device does not answer");
    return value;
}

static void command(struct demo *demo, uint32_t code, uint32_t operand)
{
    uint32_t word = code << 20 | operand;
    uint8_t bytes[4] = {(uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16), (uint8_t)(word >> 24)};
    uint64_t status;

    board_bar_write(demo->board, 0, 0, CMD, bytes, sizeof(bytes));
    do
        status = get(demo, CMDSTS, 4);
    while (status >> 31 & 1 && board_step(demo->board, UINT64_MAX));
    if (status)
        demo_fail(demo, "the device refuses a command");
}

/* PASID before ATS, for it may not change while ATS is on (7.8.9); the allocation before PRI (10.5.2). */
static void capabilities(struct demo *demo)
{
    board_config_write(demo->board, 0, COMMAND, 2, 1u << 1 | 1u << 2); /* memory space, bus master */
    board_config_write(demo->board, 0, PASID_CONTROL, 2, 1);
    board_config_write(demo->board, 0, ATS_CONTROL, 2, UINT32_C(1) << 15);
    board_config_write(demo->board, 0, PRI_ALLOCATION, 4, CREDITS);
    board_config_write(demo->board, 0, PRI_CONTROL, 2, 1);
}

void demo_device_start(struct demo *demo, const uint32_t *pasids, uint32_t count)
{
    capabilities(demo);
    put(demo, PRICFG, CREDITS | UINT64_C(8) << 12 | UINT64_C(3) << 16 | UINT64_C(1) << 25); /* 8 pages a group, 3 retries */
    put(demo, GRPCFG, (UINT64_C(1) << count) - 1);
    put(demo, GRPCFG + 32, 3); /* both engines */
    for (uint32_t i = 0; i < count; i++) {
        uint64_t at = WQCFG + i * UINT64_C(64);

        put(demo, at, QUEUE_ENTRIES);
        /* Dedicated, may block on faults, priority 1, PASID; transfers of up to 2 MiB. */
        put(demo, at + 8,
            1u | 1u << 1 | 1u << 4 | (uint64_t)pasids[i] << 8 | UINT64_C(1) << 28 | UINT64_C(21) << 32 | UINT64_C(1) << 37);
        put(demo, at + 32, UINT64_C(1) << MOVE);
    }
    command(demo, ENABLE_DEVICE, 0);
    for (uint32_t i = 0; i < count; i++)
        command(demo, ENABLE_QUEUE, i);
}

void demo_device_move(struct demo *demo, uint32_t queue, uint64_t from, uint64_t to, uint32_t bytes, uint64_t record)
{
    const uint64_t words[5] = {(uint64_t)(FLAGS | MOVE << 24) << 32, record, from, to, bytes};
    uint8_t descriptor[64] = {0};

    for (unsigned i = 0; i < sizeof(words); i++)
        descriptor[i] = (uint8_t)(words[i / 8] >> 8 * (i % 8));
    board_bar_write(demo->board, 0, 2, queue * UINT64_C(4) * DEMO_PAGE_BYTES, descriptor, sizeof(descriptor));
}

uint64_t demo_device_counter(struct demo *demo, uint32_t n)
{
    return get(demo, CNT + UINT64_C(8) * n, 8);
}
