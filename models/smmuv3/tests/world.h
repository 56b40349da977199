/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * world.h - a unit with memory, tables and queues around it, for the unit tests.
 *
 * Host memory 0 .. 64 MiB. Each stream of enum world_stream maps WORLD_VA (or WORLD_IPA), page by page, to WORLD_DATA; with both
 * stages the guest sees host memory at WORLD_IPA. The stream with substreams has CD 0 for what comes without.
 */
#ifndef SMMUV3_TESTS_WORLD_H
#define SMMUV3_TESTS_WORLD_H

#include "sim/memory.h"
#include "sim/sim.h"
#include "smmuv3/smmuv3.h"

#define WORLD_BYTES UINT64_C(0x4000000)
#define WORLD_DATA UINT64_C(0x1000000)
#define WORLD_VA UINT64_C(0x7000000000)
#define WORLD_IPA UINT64_C(0x100000000)
#define WORLD_PAGES 16u /* mapped 4 KiB pages; the two after them are not */
#define WORLD_STRTAB UINT64_C(0x10000)
#define WORLD_CMDQ UINT64_C(0x8000)
#define WORLD_PRIQ UINT64_C(0x9000)
#define WORLD_EVENTQ UINT64_C(0xa000)
#define WORLD_CDS UINT64_C(0xc000) /* 1 KiB for each stream */
#define WORLD_MSI UINT64_C(0x7000) /* of CMD_SYNC; + 8 of the Event queue, + 16 of GERROR, + 24 of the PRI queue */
#define WORLD_CMDQ_LG2 3u
#define WORLD_EVENTQ_LG2 2u
#define WORLD_MESSAGES_MAX 64u

#define PAGE(n) (WORLD_VA + (n)*UINT64_C(0x1000))
#define HOST(n) (WORLD_DATA + (n)*UINT64_C(0x1000))
#define CMD_SYNC UINT64_C(0x46)

enum world_stream {
    WORLD_S1 = 1,     /* ASID 1, 4 CDs: ASIDs 1 to 4 */
    WORLD_S2 = 2,     /* VMID 2 */
    WORLD_NESTED = 3, /* VMID 3, ASID 1 */
    WORLD_BYPASS = 4,
    WORLD_ABORT = 5,
    WORLD_STALL = 6 /* VMID 6, ASID 6: stage 1 that stalls */
};

struct world {
    struct sim sim;
    struct memory *memory;
    struct delay_port delay;
    struct record_port recorder;
    struct smmuv3 *smmu;
    struct smmuv3_params params;
    uint64_t next_table;
    uint64_t first[8], second[8]; /* top tables by stream */
    uint32_t command, event;      /* positions */
    unsigned lines[4], events;    /* pulses by line; SEVs */
    unsigned reads[5];            /* accesses by origin */
    struct pcie_message messages[WORLD_MESSAGES_MAX];
    unsigned sent, taken; /* messages to endpoints */
};

/* latency_ps 0: memory that answers now. settings: "NAME=VALUE,..." or NULL. SMMUEN, CMDQEN and EVENTQEN are set. */
void world_init(struct world *world, const char *preset, const char *settings, uint64_t latency_ps);
void world_fini(struct world *world);

uint64_t world_read64(struct world *world, uint64_t address);
void world_write64(struct world *world, uint64_t address, uint64_t value);
uint64_t world_leaf(struct world *world, uint64_t table, unsigned level, uint64_t address); /* host address of the descriptor */
uint64_t world_ste(enum world_stream stream);
uint64_t world_cd(enum world_stream stream, uint32_t substream);

struct pcie_request world_request(enum world_stream stream, enum pcie_kind kind, uint64_t address, uint32_t bytes);
/* Submits and runs until it is complete, or nothing happens any more: false. */
bool world_run(struct world *world, struct pcie_request *request);
void world_note_done(struct pcie_request *request); /* as done(): 1 + done_ps to the uint64_t that is its owner */
enum pcie_status world_touch(struct world *world, enum world_stream stream, enum pcie_kind kind, uint64_t address);

/* Until nothing happens any more. */
void world_settle(struct world *world);
/* Reads 8 bytes; 0 if that is refused. */
uint64_t world_peek(struct world *world, enum world_stream stream, uint32_t pasid, uint64_t address); /* pasid 0: without */
/* CR0 to 0, CR2 and CR0 anew. */
void world_restart(struct world *world, uint32_t cr2, uint32_t cr0);

uint32_t world_register(struct world *world, uint64_t offset);
void world_set(struct world *world, uint64_t offset, uint32_t value);

void world_command(struct world *world, uint64_t low, uint64_t high);
void world_invalidate(struct world *world, uint64_t low, uint64_t high); /* with a CMD_SYNC, until it is consumed */
bool world_consumed(struct world *world);
/* The next message to an endpoint; false: there is none. */
bool world_message(struct world *world, struct pcie_message *message);
/* The next record; false: there is none. Consumes it. */
bool world_event(struct world *world, uint64_t record[4]);

#endif
