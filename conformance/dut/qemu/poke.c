/* SPDX-License-Identifier: BSD-2-Clause */
/* poke.c - the memory of a child process, by process_vm_readv and process_vm_writev. */
#define _GNU_SOURCE
#include "dut/qemu/poke.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#define CHUNK_BYTES (1u << 20)

bool poke_read(pid_t pid, uint64_t address, void *data, size_t bytes)
{
    struct iovec here = {data, bytes}, there = {(void *)(uintptr_t)address, bytes};

    return process_vm_readv(pid, &here, 1, &there, 1, 0) == (ssize_t)bytes;
}

bool poke_write(pid_t pid, uint64_t address, const void *data, size_t bytes)
{
    struct iovec here = {(void *)(uintptr_t)data, bytes}, there = {(void *)(uintptr_t)address, bytes};

    return process_vm_writev(pid, &here, 1, &there, 1, 0) == (ssize_t)bytes;
}

struct search {
    pid_t pid;
    struct poke_block *blocks;
    size_t count, missing;
    uint8_t *chunk, *scratch;
};

/* The whole block is at the address. A second place makes it useless: which of them is the buffer? */
static void candidate(struct search *s, uint64_t address)
{
    for (size_t i = 0; i < s->count; i++) {
        struct poke_block *block = &s->blocks[i];

        if (!poke_read(s->pid, address, s->scratch, block->bytes) || memcmp(s->scratch, block->content, block->bytes) != 0)
            continue;
        s->missing -= block->copies++ == 0;
        block->address = address;
    }
}

static void search_mapping(struct search *s, uint64_t first, uint64_t end)
{
    uint64_t mark, word;

    memcpy(&mark, s->blocks[0].content, sizeof mark);
    for (uint64_t at = first; at < end; at += CHUNK_BYTES) {
        size_t bytes = end - at < CHUNK_BYTES ? (size_t)(end - at) : CHUNK_BYTES;

        if (!poke_read(s->pid, at, s->chunk, bytes))
            return; /* pages without memory behind them */
        for (size_t offset = 0; offset + sizeof word <= bytes; offset += sizeof word) {
            memcpy(&word, s->chunk + offset, sizeof word);
            if (word == mark)
                candidate(s, at + offset);
        }
    }
}

/* The heap alone, or everything but the heap. */
static bool search(struct search *s, bool heap)
{
    char path[64], line[512];
    FILE *maps;

    snprintf(path, sizeof path, "/proc/%d/maps", (int)s->pid);
    maps = fopen(path, "re");
    if (maps == NULL)
        return false;
    while (fgets(line, sizeof line, maps) != NULL) {
        uint64_t first, end;
        char rights[5];

        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s", &first, &end, rights) == 3 && strcmp(rights, "rw-p") == 0 &&
            heap == (strstr(line, "[heap]") != NULL))
            search_mapping(s, first, end);
    }
    fclose(maps);
    return true;
}

bool poke_find(pid_t pid, struct poke_block *blocks, size_t count)
{
    struct search s = {.pid = pid, .blocks = blocks, .count = count, .missing = count};
    size_t largest = 0;
    bool ok;

    for (size_t i = 0; i < count; i++) {
        blocks[i].address = blocks[i].copies = 0;
        largest = blocks[i].bytes > largest ? blocks[i].bytes : largest;
    }
    s.chunk = malloc(CHUNK_BYTES);
    s.scratch = malloc(largest);
    ok = s.chunk != NULL && s.scratch != NULL && search(&s, true) && (!s.missing || search(&s, false));
    free(s.chunk);
    free(s.scratch);
    return ok;
}
