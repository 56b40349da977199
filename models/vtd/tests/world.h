/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * world.h - a unit with memory, tables and a queue around it, for the unit tests.
 *
 * Host memory 0 .. 64 MiB. Device 00:02.0 (rid 10h would be a deviation's) has: plain requests through a second stage
 * (domain 5), PASID 1 first stage (domain 6), PASID 2 nested (domain 7), PASID 3 pass-through (domain 6). Device 00:03.0
 * has the same second stage. In legacy mode both devices have the second stage. Where the unit has Device-TLBs, page requests and
 * PASID in translated requests both devices may use them.
 */
#ifndef VTD_TESTS_WORLD_H
#define VTD_TESTS_WORLD_H

#include "sim/memory.h"
#include "sim/sim.h"
#include "vtd/vtd.h"

#define WORLD_BYTES UINT64_C(0x4000000)
#define WORLD_RID 0x0011u
#define WORLD_RID_2 0x0018u
#define WORLD_DATA UINT64_C(0x1000000)    /* host address of the data pages */
#define WORLD_IOVA UINT64_C(0x7000000000) /* where each address space maps them */
#define WORLD_GUEST UINT64_C(0x40000000)  /* guest address of host address 0 in the nested space */
#define WORLD_PAGES 24u                   /* mapped 4 KiB pages; two more are not mapped */
#define WORLD_STATUS UINT64_C(0x6000)
#define WORLD_QUEUE UINT64_C(0x8000)
#define WORLD_ROOT UINT64_C(0x1000)
#define WORLD_IRT UINT64_C(0xa000)        /* interrupt remapping table, 256 entries */
#define WORLD_PID UINT64_C(0xb000)        /* for a posted interrupt descriptor */
#define WORLD_PAGE_QUEUE UINT64_C(0xc000) /* one page: 128 entries */
#define WORLD_MESSAGES 64u

enum world_mode { WORLD_LEGACY, WORLD_SCALABLE };
enum world_mode world_mode_of(const char *preset); /* scalable if the unit has it */

struct world {
    struct sim sim;
    struct memory *memory;
    struct delay_port delay;
    struct vtd *vtd;
    struct vtd_params params;
    uint64_t next_table;
    uint64_t second_stage, first_stage, nested_first, nested_second; /* host addresses of the top tables */
    unsigned levels;
    uint32_t tail;
    uint32_t interrupts, device_interrupts;
    uint64_t interrupt_address;
    uint32_t interrupt_data;
    uint64_t device_interrupt_address; /* the last one let through */
    uint32_t device_interrupt_data;
    struct pcie_message messages[WORLD_MESSAGES]; /* down to the devices */
    uint32_t message_count;
    uint32_t status;
    enum world_mode mode;
    uint64_t context; /* address of the context entry of WORLD_RID */
    uint64_t pasid_table;
    struct record_port recorder;
    struct port_request last[PORT_STATUS_WRITE + 1]; /* by origin: the last access of the unit */
    unsigned accesses[PORT_STATUS_WRITE + 1];
    struct memory_port port;
};

/* latency_ps 0: memory that answers now. settings: "NAME=VALUE,..." or NULL. */
void world_init(struct world *world, const char *preset, const char *settings, enum world_mode mode, uint64_t latency_ps);
void world_fini(struct world *world);
/* Programs the registers and enables translation, as world_init does; after a reset. */
void world_start(struct world *world);

uint64_t world_read64(struct world *world, uint64_t address);
void world_write64(struct world *world, uint64_t address, uint64_t value);

/* Host address of the leaf entry that maps an address. */
uint64_t world_leaf(struct world *world, uint64_t table, uint64_t address);

/* Submits and runs until it is complete (with a limit). */
void world_run(struct world *world, struct pcie_request *request);
void world_done(struct pcie_request *request); /* sets the bool that is the owner */
struct pcie_request world_request(enum pcie_kind kind, uint64_t address, uint32_t bytes);

/* One descriptor into the queue; a wait that is waited for: true when its status arrived. */
void world_queue(struct world *world, uint64_t low, uint64_t high);
bool world_wait(struct world *world);

/* Lets time pass, as far as there is anything to happen before last_ps. */
void world_pass(struct world *world, uint64_t last_ps);

/* A wait that is not waited for: has its status arrived? */
uint32_t world_begin_wait(struct world *world, uint64_t flags);
bool world_waited(struct world *world, uint32_t status);

uint64_t world_record(struct world *world, uint32_t index, bool high);
void world_clear_faults(struct world *world);

#endif
