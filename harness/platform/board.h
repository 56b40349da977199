/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * board.h - a machine put together from models: RAM in pieces, IOMMUs, PASID devices below them, an interrupt sink, and the root
 * complex between them. The rest of the harness reaches the models through this file only.
 *
 * Requests and messages of a device go to the IOMMU that it is below; messages of an IOMMU go to the device that they name. All
 * times are simulated picoseconds. One board is one world: two of them share nothing.
 */
#ifndef PLATFORM_BOARD_H
#define PLATFORM_BOARD_H

#include "platform/description.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOARD_UNITS_MAX 16u

struct board_ram {
    uint64_t base, bytes;
};

struct board_iommu {
    enum platform_architecture architecture;
    const char *parameters; /* "preset=ats,oas=4": names of struct vtd_params or smmuv3_params, preset, erratum; or "" */
};

struct board_device { /* a PASID device */
    uint16_t requester_id;
    uint32_t iommu;         /* index: who translates for it */
    const char *parameters; /* of struct pasid_device_params, preset, erratum; or "" */
    bool aliased;           /* it is behind a bridge that puts its own id on every request */
    uint16_t alias;         /* that id. The bridge passes no PASID prefixes, ATS or page requests: the device must have none */
};

/*
 * The time line: what happened on a track, and for how long (0: at once). Tracks: "iommu/N LANE" and "device/RID LANE" of the
 * models, "device/RID bus" requests and messages of a device, "iommu/interrupts", "memory/..." accesses by whom. Strings live for
 * the call.
 */
struct board_trace {
    void (*event)(void *context, const char *track, const char *text, uint64_t at_ps, uint64_t duration_ps);
    void *context;
    bool all; /* else only requests and messages of devices, until board_trace_all() */
};

struct board_config {
    uint64_t seed;
    uint64_t memory_latency_ps; /* 0: memory answers at once */
    uint64_t doorbell;          /* DWORD writes to this address are interrupts (SMMUv3); UINT64_MAX: none */
    const struct board_ram *rams;
    size_t ram_count;
    bool direct_ram; /* RAM lies in memory of the host, see board_memory_pointer() */
    const struct board_iommu *iommus;
    size_t iommu_count; /* 1..BOARD_UNITS_MAX */
    const struct board_device *devices;
    size_t device_count; /* 0..BOARD_UNITS_MAX */
    struct board_trace trace;
};

struct board;

/* 0; -EINVAL or -ENOMEM with one sentence in error. The board keeps nothing of config. */
int board_create(const struct board_config *config, struct board **out, char *error, size_t error_bytes);
void board_destroy(struct board *board); /* NULL is allowed */

/* ---- the processor's side ---- */

uint64_t board_register_read(struct board *board, uint32_t iommu, uint64_t offset, uint32_t bytes);
void board_register_write(struct board *board, uint32_t iommu, uint64_t offset, uint32_t bytes, uint64_t value);

/* False, with nothing copied, when some byte is no RAM. */
bool board_memory_read(struct board *board, uint64_t address, void *data, size_t bytes);
bool board_memory_write(struct board *board, uint64_t address, const void *data, size_t bytes);
/*
 * Where these bytes of RAM are on the host, as long as the board lives: the processor's own way to memory, past every latency.
 * NULL without direct_ram, or unless all of them lie in one piece.
 */
void *board_memory_pointer(const struct board *board, uint64_t address, size_t bytes);

/* DMA that reached memory, and how much of it went past the caches (no-snoop). */
struct board_dma {
    uint64_t accesses, unsnooped;
};
struct board_dma board_dma(const struct board *board, uint32_t iommu);

uint32_t board_config_read(struct board *board, uint32_t device, uint32_t offset, uint32_t bytes);
void board_config_write(struct board *board, uint32_t device, uint32_t offset, uint32_t bytes, uint32_t value);
/* False: the device does not support the request; *value is then all ones. bytes is 4 or 8. */
bool board_bar_read(struct board *board, uint32_t device, uint32_t bar, uint64_t offset, uint32_t bytes, uint64_t *value);
void board_bar_write(struct board *board, uint32_t device, uint32_t bar, uint64_t offset, const void *data, uint32_t bytes);
/* Deferrable Memory Write to an address that a BAR of the device was given. */
enum board_deferred { BOARD_ACCEPTED, BOARD_RETRY, BOARD_UNSUPPORTED };
enum board_deferred board_deferrable_write(struct board *board, uint32_t device, uint64_t address, const void *data,
                                           uint32_t bytes);

struct board_interrupt {
    bool line;        /* a wire of the IOMMU, see `data`; else a message */
    uint32_t iommu;   /* with line */
    uint64_t address; /* of a message */
    uint32_t data;    /* of a message; of a line: enum smmuv3_line */
    uint64_t at_ps;
};
/* The oldest interrupt that was not taken yet; false when there is none. */
bool board_interrupt_take(struct board *board, struct board_interrupt *interrupt);

/* ---- time ---- */

void board_trace_all(struct board *board);

uint64_t board_now_ps(const struct board *board);
/* The next event, if it lies at or before last_ps; false: there is none. */
bool board_step(struct board *board, uint64_t last_ps);
/* All events up to last_ps, which then is the time. */
void board_run(struct board *board, uint64_t last_ps);

#endif
