/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pasid_device.h - a PCI Express endpoint with ATS, PRI and PASID, as its user sees it: a DMA engine with the programming
 * model of REGISTERS.md, which behaves, and behind BAR4 an exerciser, which does what it is told.
 *
 * Document: PCI Express Base Specification 6.0, chapters 2, 6.20, 7 and 10.
 *
 * One struct pasid_device is one function. It knows its struct sim and the ports it was given, and nothing else. All that
 * comes in takes effect at the next edge of its clock; nothing is sent from inside a call, but for what pasid_device_bar_read()
 * and pasid_device_resume() say.
 */
#ifndef PASID_DEVICE_PASID_DEVICE_H
#define PASID_DEVICE_PASID_DEVICE_H

#include "pcie/pcie.h"
#include "sim/probe.h"
#include "sim/sim.h"

#include <stddef.h>
#include <stdint.h>

#define PASID_DEVICE_ERRATA_WORDS 4u

/* What is 0 here is absent: capabilities that software finds absent, and behaviour that follows. */
struct pasid_device_params {
    uint8_t ats, pasid, pri;                         /* capabilities; pasid and pri need ats */
    uint8_t execute, privileged;                     /* PASID capability */
    uint8_t gis;                                     /* ATS: Global Invalidate Supported */
    uint8_t tpasid;                                  /* PASID: Translated Requests with PASID Supported */
    uint8_t glob;                                    /* the Global bit of translations is honoured */
    uint8_t pasid_width;                             /* 1..20 */
    uint8_t exer, swenq, narrow, ep, serial, idxdid; /* straps, see XSTRAP in REGISTERS.md */
    uint8_t wqs, groups, engines;                    /* 1..8, 1..4, 1..4 */
    uint16_t wq_entries;                             /* of all work queues together, 8..256 */
    uint8_t engine_reads;                            /* lines in flight of an engine, 1..16 */
    uint16_t tags;                                   /* 8..256 */
    uint8_t atc_entries;                             /* 1..64 */
    uint8_t treq_max;                                /* 1..8 */
    uint8_t invq;                                    /* 1..32 */
    uint8_t pri_capacity;                            /* messages, 1..32 */
    uint16_t requester_id;                           /* until a configuration write tells another */
    uint32_t tick_ps;                                /* of the clock, 1.. */
    uint64_t errata[PASID_DEVICE_ERRATA_WORDS];      /* bit n: deviation n of pasid_device_errata.def is on */
};

struct pasid_device_ports {
    /*
     * Memory requests. Reads, atomics and translation requests carry their tag in id. A write is posted: the next one is not
     * sent before the port has said that it is complete, and its status is not looked at.
     */
    struct pcie_request_port upstream;
    struct pcie_message_port message; /* Invalidate Completion, Page Request */
    /* NULL, or whether the link takes a posted (writes, messages) or non-posted request now. See pasid_device_resume(). */
    bool (*ready)(void *context, bool posted);
    void *ready_context;
    struct probe probe;
};

struct pasid_device;

/* Named parameter sets, NULL at the end. pasid_device_preset: false if there is none of that name. */
extern const char *const pasid_device_preset_names[];
bool pasid_device_preset(const char *name, struct pasid_device_params *params);
/* Set one parameter by its member name or "erratum"; false if unknown or out of range. */
bool pasid_device_set_parameter(struct pasid_device_params *params, const char *name, const char *value);

/* -EINVAL: parameters that contradict each other, with one sentence in error (if not NULL); -ENOMEM. */
int pasid_device_create(struct sim *sim, const struct pasid_device_params *params, const struct pasid_device_ports *ports,
                        struct pasid_device **out, char *error, size_t error_bytes);
/* Requests that the port has not completed are forgotten: it must not call done() any more. */
void pasid_device_destroy(struct pasid_device *device);

/*
 * COLD: everything. FUNCTION: Function Level Reset (6.6.2); sticky bits and the taint stay. Requests that were sent are not taken
 * back: the port still calls done().
 */
enum pasid_device_reset_kind { PASID_DEVICE_COLD, PASID_DEVICE_FUNCTION };
void pasid_device_reset(struct pasid_device *device, enum pasid_device_reset_kind kind);

/*
 * Configuration requests; bytes is 1, 2 or 4, the offset a multiple of it. capture: the bus, device and function that Type 0
 * configuration writes are addressed to from now on; the next one captures it (2.2.6.2).
 */
uint32_t pasid_device_config_read(struct pasid_device *device, uint32_t offset, uint32_t bytes);
void pasid_device_config_write(struct pasid_device *device, uint32_t offset, uint32_t bytes, uint32_t value);
void pasid_device_config_target(struct pasid_device *device, uint16_t requester_id);

/*
 * Memory requests to BAR 0, 2 or 4. Status of a read is SC or UR, with all ones. Writes are dropped where they are not supported;
 * bytes is 1..4096. Posted requests that wait go out before the completion of a read does.
 */
enum pcie_status pasid_device_bar_read(struct pasid_device *device, uint32_t bar, uint64_t offset, uint32_t bytes,
                                       uint64_t *value);
void pasid_device_bar_write(struct pasid_device *device, uint32_t bar, uint64_t offset, const void *data, uint32_t bytes);

/* Deferrable Memory Write (6.32) to a memory address. */
enum pasid_device_deferred { PASID_DEVICE_ACCEPTED, PASID_DEVICE_RETRY, PASID_DEVICE_UNSUPPORTED };
enum pasid_device_deferred pasid_device_deferrable_write(struct pasid_device *device, uint64_t address, const void *data,
                                                         uint32_t bytes);

/* Invalidate Request, PRG Response. */
void pasid_device_message(struct pasid_device *device, const struct pcie_message *message);

/* A completion that no outstanding request is waiting for: wrong tag, wrong Requester ID. */
void pasid_device_unexpected_completion(struct pasid_device *device);

/* ports.ready() says otherwise than before: what waited goes out now. */
void pasid_device_resume(struct pasid_device *device);

/* No request outstanding, nothing to send, no event pending. */
bool pasid_device_idle(const struct pasid_device *device);

/* Deviations on order (pasid_device_errata.def). Those with a hook can also be armed behind BAR4. */
struct pasid_device_erratum {
    const char *name, *rule, *source;
    const char *rows;   /* space-separated requirement ids */
    const char *preset; /* a parameter set in which it shows, with further NAME=VALUE,... after a comma */
    uint8_t hook, variant;
};
extern const struct pasid_device_erratum pasid_device_errata[];
extern const size_t pasid_device_errata_count;

#endif
