/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine.h - facts about one QEMU machine with its IOMMU, and the mechanics that work from them.
 *
 * A machine is started with no firmware and no guest: one processor that halts at its first instruction, memory that the
 * adapter shares, the IOMMU, and DMA sources below it. What differs from machine to machine is in struct qemu_machine; how
 * a DMA source is made to send a request is in struct qemu_source; neither knows the other.
 */
#ifndef DUT_QEMU_MACHINE_H
#define DUT_QEMU_MACHINE_H

#include "dut/dut.h"
#include "dut/qemu/qtest.h"

#include <stdbool.h>
#include <sys/types.h>

#define QEMU_PLACES_MAX 16u
#define QEMU_PROPERTIES_MAX 16u

/* A property of the IOMMU that --dut may set. */
struct qemu_property {
    const char *name;
    const char *values;  /* the legal ones, "on|off" */
    const char *initial; /* NULL: left to QEMU */
};

/* Where a DMA source sits. */
struct qemu_place {
    uint16_t requester_id;
    const char *where; /* properties of -device */
};

/* A bridge above the places `first` to `last`. */
struct qemu_bridge {
    uint16_t requester_id;
    uint8_t bus;
    uint32_t first, last;
};

/* What must stand in memory before the processor may be disturbed. */
struct qemu_code {
    uint64_t address;
    uint32_t bytes;
    const uint8_t *content;
    uint32_t copies; /* one after the other */
};

/* A trace event of QEMU that shows an interrupt: a message, by its last "addr 0x" and "data 0x", or a wire (enum iotb_wire). */
struct qemu_trace {
    const char *event;
    uint32_t origin;  /* enum iotb_interrupt_origin */
    const char *wire; /* what stands before the number of the wire; NULL: a message */
};

struct qemu_machine {
    const char *name; /* of the DUT */
    uint32_t architecture;
    const char *binary, *package; /* the latter is Debian's */
    int version_first;            /* 1000 * major + minor of the oldest QEMU that is known to work */
    const char *const *arguments; /* NULL-terminated; memory is the object "ram" */
    const char *iommu;            /* -device that takes the properties, or NULL: they are set by ... */
    const char *iommu_type;       /* ... -global of this type */
    const struct qemu_property *properties;
    uint32_t property_count;
    const char *host_address_property; /* the property that is also the host address width, or NULL: it is ... */
    uint32_t host_address_bits;
    uint64_t ecam;           /* PCI configuration space in memory; 0: by ports */
    uint64_t registers;      /* of the IOMMU */
    uint64_t ram, ram_bytes; /* all of the machine's, a multiple of the page size */
    uint64_t reserved_bytes; /* at the start of it, not for the bench */
    uint64_t hole;
    uint32_t request_bytes_max;
    uint32_t window; /* bus addresses for BARs, 1 MiB for each source */
    const uint8_t *reset_code;
    uint32_t reset_code_bytes, reset_code_offset, bios_bytes;
    const struct qemu_code *code;
    uint32_t code_count;
    const struct qemu_place *places;
    uint32_t place_count;
    const struct qemu_bridge *bridges;
    uint32_t bridge_count;
    const struct qemu_trace *traces;
    uint32_t trace_count;
    /* How to see that traces work: an address that a source can write a message to without being translated, or an event that
     * shows every read of a register. */
    uint64_t message_address;
    const char *read_trace;
};

/* One started QEMU. */
struct qemu_session {
    const struct qemu_machine *machine;
    struct qtest *qtest;
    uint8_t *ram;                          /* shared with QEMU; holds machine->ram_bytes */
    uint64_t source_data[QEMU_PLACES_MAX]; /* whatever the source needs to know of each of its devices */
    size_t log_read;
};

/*
 * A way to make QEMU's PCI devices send requests. `run` returns when the device says that it is done. It must make exactly
 * one access at the request's address, of the request's length, and nothing else that the IOMMU sees.
 */
struct qemu_source {
    const char *name;
    const char *device; /* for -device */
    uint32_t bar;       /* number of its memory BAR */
    uint32_t address_bits;
    /* After every start, remapping off. False with one sentence. */
    bool (*prepare)(struct qemu_session *session, char *error, size_t error_bytes);
    int (*run)(struct qemu_session *session, uint32_t place, const struct iotb_request *request, uint8_t *data);
};

extern const struct qemu_source qemu_source_edu;

/* Bus address of the BAR of the source at this place. */
uint32_t qemu_bar(const struct qemu_session *session, uint32_t place);

/* The adapter, for the ops tables of the machines. */
int qemu_open(const struct qemu_machine *machine, const struct iotb_open_args *args, struct iotb_dut **dut);
int qemu_describe(struct iotb_dut *dut, struct iotb_desc *desc);
int qemu_reset(struct iotb_dut *dut, uint32_t kind);
int qemu_advance(struct iotb_dut *dut, struct iotb_advance *advance);
void qemu_close(struct iotb_dut *dut);
pid_t qemu_pid(const struct iotb_dut *dut); /* of the QEMU process, for tests that kill it */
extern const struct iotb_iommu_ops qemu_iommu_ops;

#endif
