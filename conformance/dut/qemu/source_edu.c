/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * source_edu.c - QEMU's "edu" device (docs/specs/edu.txt of QEMU) as a source of requests.
 *
 * It moves 1 to 4096 bytes between memory and a buffer of its own, at any 64-bit address, with no descriptor in memory. No
 * register shows the buffer, so it is filled and read in QEMU's process; it is found there once after each start by what the
 * device was made to fetch into it.
 */
#define _GNU_SOURCE
#include "dut/qemu/machine.h"
#include "dut/qemu/poke.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define EDU_SOURCE 0x80u
#define EDU_DESTINATION 0x88u
#define EDU_COUNT 0x90u
#define EDU_COMMAND 0x98u
#define EDU_RUN 1u
#define EDU_TO_MEMORY 2u
#define EDU_BUFFER 0x40000u
#define EDU_BUFFER_BYTES 2048u      /* of 4096; a transfer up to the last byte makes edu abort QEMU */
#define MARK "\x93iotb\xc5\x1a\xe7" /* what all patterns begin with */
#define POLLS_AT_ONCE 2u
#define POLLS_MAX 1000000u
#define POLL_PAUSE_NS 50000

/* Its timer of 100 ms of virtual time ends at once when the processor is halted, but not within the same command. */
static int transfer(struct qemu_session *s, uint32_t place, bool to_memory, uint64_t address, uint32_t bytes)
{
    uint64_t bar = qemu_bar(s, place), command = EDU_RUN;
    int result = IOTB_OK;

    qtest_write(s->qtest, bar + EDU_SOURCE, 8, to_memory ? EDU_BUFFER : address);
    qtest_write(s->qtest, bar + EDU_DESTINATION, 8, to_memory ? address : EDU_BUFFER);
    qtest_write(s->qtest, bar + EDU_COUNT, 8, bytes);
    qtest_write(s->qtest, bar + EDU_COMMAND, 8, EDU_RUN | (to_memory ? EDU_TO_MEMORY : 0));
    for (uint32_t polls = 0; result == IOTB_OK && command & EDU_RUN; polls++) {
        if (polls == POLLS_MAX)
            return IOTB_E_PROTOCOL;
        /* QEMU's processor thread needs the lock that serving a poll takes. */
        if (polls >= POLLS_AT_ONCE)
            nanosleep(&(struct timespec){.tv_nsec = POLL_PAUSE_NS}, NULL);
        qtest_read(s->qtest, bar + EDU_COMMAND, 8, &command);
        result = qtest_flush(s->qtest);
    }
    return result;
}

static void fill(uint8_t *pattern, uint32_t place)
{
    uint64_t state = 0x9e3779b97f4a7c15u * (place + 1);

    memcpy(pattern, MARK, 8);
    for (uint32_t i = 8; i < EDU_BUFFER_BYTES; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        pattern[i] = (uint8_t)(state >> 56);
    }
}

static bool prepare(struct qemu_session *s, char *error, size_t error_bytes)
{
    static const uint8_t zeros[EDU_BUFFER_BYTES];
    uint8_t patterns[QEMU_PLACES_MAX][EDU_BUFFER_BYTES], before[EDU_BUFFER_BYTES];
    struct poke_block blocks[QEMU_PLACES_MAX];
    uint32_t count = s->machine->place_count;
    uint8_t *page = s->ram + s->machine->reserved_bytes;
    int result = IOTB_OK;

    memcpy(before, page, EDU_BUFFER_BYTES);
    for (uint32_t i = 0; i < count && result == IOTB_OK; i++) {
        fill(patterns[i], i);
        memcpy(page, patterns[i], EDU_BUFFER_BYTES);
        blocks[i] = (struct poke_block){.content = patterns[i], .bytes = EDU_BUFFER_BYTES};
        result = transfer(s, i, false, s->machine->ram + s->machine->reserved_bytes, EDU_BUFFER_BYTES);
    }
    memcpy(page, before, EDU_BUFFER_BYTES);
    if (result != IOTB_OK) {
        snprintf(error, error_bytes, "the edu device of QEMU makes no transfer");
        return false;
    }
    if (!poke_find(qtest_pid(s->qtest), blocks, count)) {
        snprintf(error, error_bytes, "the memory of the QEMU process cannot be read: %s", strerror(errno));
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (blocks[i].copies != 1 || !poke_write(qtest_pid(s->qtest), blocks[i].address, zeros, sizeof zeros)) {
            snprintf(error, error_bytes, "the buffer of edu device %u cannot be reached in the QEMU process (try source=sdhci)",
                     i);
            return false;
        }
        s->source_data[i] = blocks[i].address;
    }
    return true;
}

/* `data` of a read: what the device has got; zeros where it got nothing. */
static int run(struct qemu_session *s, uint32_t place, const struct iotb_request *request, uint8_t *data)
{
    uint64_t buffer = s->source_data[place];
    bool write = request->kind == IOTB_WRITE;
    pid_t pid = qtest_pid(s->qtest);
    int result;

    memset(data, 0, request->bytes);
    if (!poke_write(pid, buffer, write ? request->data : data, request->bytes))
        return IOTB_E_GONE;
    result = transfer(s, place, write, request->address, request->bytes);
    if (result == IOTB_OK && !write && !poke_read(pid, buffer, data, request->bytes))
        result = IOTB_E_GONE;
    return result;
}

const struct qemu_source qemu_source_edu = {
    .name = "edu",
    .device = "edu,dma_mask=0xffffffffffffffff",
    .bar = 0,
    .address_bits = 64,
    .prepare = prepare,
    .run = run,
};
