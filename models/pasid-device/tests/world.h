/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * world.h - for the tests of the device: a host with memory, page tables as a list, and a link that keeps a log.
 */
#ifndef PASID_DEVICE_TESTS_WORLD_H
#define PASID_DEVICE_TESTS_WORLD_H

#include "pasid-device/pasid_device.h"
#include "pasid-device/pd_regs.h"

#define RAM_BYTES 0x400000u
#define PAGES_MAX 1200u
#define LOG_MAX 60000u
#define HELD_MAX 64u
#define LATE_MAX 512u

/* Bits of a translation completion entry. */
enum { R = 0x1, W = 0x2, U = 0x4, X = 0x8, G = 0x20, N = 0x400, S = 0x800 };

struct page {
    bool has_pasid;
    uint32_t pasid;
    uint64_t va;
    uint64_t entry; /* as in a completion; 0: absent */
};

struct world;

/* A request that is answered in an event. */
struct late {
    struct sim_event event;
    struct world *world;
    struct pcie_request *request;
};

struct world {
    struct sim sim;
    struct pasid_device *device;
    uint8_t *ram;
    struct page page[PAGES_MAX];
    uint32_t pages;
    enum pcie_status treq_status; /* of all translation requests */
    bool poison_reads, fail_reads;
    uint64_t latency_ticks, jitter_ticks; /* 0: answers come at once */
    struct late late[LATE_MAX];
    bool hold; /* non-posted requests wait for world_release() */
    struct pcie_request *held[HELD_MAX];
    uint32_t held_count;
    bool answer_pages; /* page requests are mapped and answered with Success */
    struct pcie_request *log;
    uint64_t *log_tick;
    uint32_t logged;
    struct pcie_message message[512];
    uint32_t messages;
    uint32_t message_after[512]; /* TLPs that were logged before */
    bool no_posted, no_non_posted;
};

struct world *world_make(const char *settings); /* of the preset "max", NAME=VALUE with single spaces between */
void world_free(struct world *w);
void world_run(struct world *w, uint64_t ticks);
void world_release(struct world *w); /* all that is held, in order */
void world_map(struct world *w, bool has_pasid, uint32_t pasid, uint64_t va, uint64_t entry);

uint64_t bar0(struct world *w, uint32_t offset, uint32_t bytes);
void bar0_write(struct world *w, uint32_t offset, uint32_t bytes, uint64_t value);
void bar4_write(struct world *w, uint32_t offset, uint32_t bytes, uint64_t value);
uint64_t bar4(struct world *w, uint32_t offset, uint32_t bytes);
uint64_t counter(struct world *w, uint32_t n);
uint32_t command(struct world *w, uint32_t code, uint32_t operand); /* waits; the error, or ~0: still active */

/* Memory and bus mastering; with MSI-X. */
void world_start(struct world *w);
void world_ats(struct world *w, bool pasid, bool pri);
/* Queue n enabled: dedicated with a PASID (0: none), or shared. All engines and queues are in group 0. */
struct queue {
    bool shared, bof;
    uint32_t pasid, size, threshold, priority;
    bool privileged, ats_disable;
};
void world_device_on(struct world *w);
void world_queue(struct world *w, uint32_t n, struct queue queue);

struct descriptor {
    uint32_t opcode, flags, pasid, handle;
    uint64_t record, src, dst, size, data[3];
    bool privileged;
};
enum { CRAV = 1u << PD_FLAG_CRAV, RCR = 1u << PD_FLAG_RCR, BOF = 1u << PD_FLAG_BOF, RCI = 1u << PD_FLAG_RCI };
void world_encode(uint8_t *bytes, const struct descriptor *d);
void submit(struct world *w, uint32_t wq, struct descriptor d);
enum pasid_device_deferred submit_shared(struct world *w, uint32_t wq, bool limited, struct descriptor d);
/* Runs until nothing happens any more; the status byte of the record. */
uint8_t finish(struct world *w, uint64_t record);
void invalidate(struct world *w, bool has_pasid, uint32_t pasid, uint64_t address, uint32_t itag);
uint32_t count_tlps(const struct world *w, enum pcie_kind kind, enum pcie_at at);

#endif
