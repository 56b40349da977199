/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd.h - a model of an Intel VT-d remapping unit, as its user sees it.
 *
 * Document: Intel Virtualization Technology for Directed I/O, Architecture Specification, D51397, revision 5.10.
 *
 * One struct vtd is one unit. It knows its struct sim and the ports it was given, and nothing else; two units in one
 * process share nothing. Architectural faults are data (fault records, completion status); -EINVAL and -ENOMEM come from
 * vtd_create; a programmer's error aborts.
 */
#ifndef VTD_VTD_H
#define VTD_VTD_H

#include "cache/cache.h"
#include "pcie/pcie.h"
#include "sim/port.h"
#include "sim/probe.h"
#include "sim/sim.h"

#include <stddef.h>
#include <stdint.h>

#define VTD_ERRATA_WORDS 8u

/*
 * Capabilities carry the names of the fields that they set (11.4.1 Version Register, 11.4.2 Capability Register, 11.4.3
 * Extended Capability Register); what is 0 here is refused as the architecture says. vtd_create checks the dependencies
 * between them.
 */
struct vtd_params {
    uint8_t haw; /* host address width in bits, 32..52 */
    /* VER_REG */
    uint8_t ver_max, ver_min;
    /* CAP_REG, values as encoded there */
    uint8_t nd, rwbf, plmr, phmr, cm, sagaw, mgaw, zlr, sslps, psi, nfr, mamv, dwd, drd, fs1gp, fs5lp, pi, esirtps, esrtps;
    uint16_t fro; /* fault records at fro * 16; 0 chooses */
    /* ECAP_REG, values as encoded there */
    uint8_t c, qi, dt, ir, eim, pt, sc, mhmv, mts, nest, prs, ers, srs, nwfs, eafs, pss, pasid, dit, pds, smts, ssads, ssts, fsts,
        smpwcs, rps, rprivs, adms, ptrs, ssirws, sms, eimer, irreq;
    uint16_t iro; /* IVA_REG and IOTLB_REG at iro * 16; 0 chooses */

    /* Implementation choices that the architecture leaves open; 0 is the default. */
    uint8_t fault_merge;        /* 7.2.1: a fault of a requester that has a pending record is dropped */
    uint8_t cache_faulting;     /* 6.1: with CM=1, keep not-present and faulting entries */
    uint8_t pasid_hit_by_rid;   /* 6.2.1: requests with PASID may hit entries of plain requests of the same device */
    uint8_t blocked_read_dummy; /* 7.1.1: a blocked read completes SC with data of all ones instead of UR */

    /* Geometry of the caches (6.2 DMA Remapping Caches). */
    struct cache_geometry context_cache, pasid_cache, iotlb, first_stage_cache, second_stage_cache;
    struct cache_geometry interrupt_cache; /* 6.4 Interrupt Entry Cache */
    uint8_t provenance;                    /* keep for each entry the memory words it came from */

    /* Timing (docs/timing.md). All 0: everything that needs no memory happens at once. */
    uint64_t clock_ps;      /* requests and answers of memory are seen at its edges; 0: when they come */
    uint64_t lookup_ps;     /* IOTLB, once per page of a request */
    uint64_t context_ps;    /* context cache, after a miss in the IOTLB */
    uint64_t pasid_ps;      /* PASID cache, likewise */
    uint64_t table_ps;      /* paging-structure caches, once per walk of a stage */
    uint64_t fetch_ps;      /* per root, context, PASID directory and PASID table entry, besides the memory's own latency */
    uint64_t walk_step_ps;  /* per paging entry, likewise */
    uint64_t invalidate_ps; /* per invalidation descriptor */
    uint64_t register_ps;   /* GCMD to GSTS */
    uint64_t device_tlb_timeout_ps; /* 4.3: of an invalidation of a Device-TLB; 0: none */
    uint16_t lookup_ports;          /* lookups under way at once; 0: no limit */
    uint16_t walkers;               /* concurrent walks; 0: no limit */
    uint16_t in_flight_max;         /* requests in flight, 1..; 0 means 64. More wait in order of arrival */
    uint8_t walk_hazard_lg2;        /* walks within the same aligned 2^n bytes, in order (xlate/hazard.h); 0: none; else 12..63 */
    uint8_t miss_merge;             /* requests that miss the same 4 KiB page: enum merge_policy of xlate/merge.h */

    uint64_t errata[VTD_ERRATA_WORDS]; /* bit n: deviation n of vtd_errata.def is on */
};

struct vtd_ports {
    struct memory_port memory;
    struct message_port interrupt;               /* event messages of the unit itself */
    struct pcie_interrupt_port device_interrupt; /* DWORD writes to FEEx_xxxxh let through, remapped or notified */
    struct probe probe;
    struct pcie_message_port message; /* invalidation requests and page group responses, down to endpoints */
};

struct vtd;

/* Named parameter sets: "legacy", "scalable", "max" ... NULL at the end. vtd_preset: false if there is none of that name. */
extern const char *const vtd_preset_names[];
bool vtd_preset(const char *name, struct vtd_params *params);

/* Set one parameter by its member name ("cm", "iotlb.ways") or "erratum"; false if unknown or out of range. */
bool vtd_set_parameter(struct vtd_params *params, const char *name, const char *value);

/* -EINVAL: parameters that contradict each other, with one sentence in error (if not NULL); -ENOMEM. */
int vtd_create(struct sim *sim, const struct vtd_params *params, const struct vtd_ports *ports, struct vtd **out, char *error,
               size_t error_bytes);
void vtd_destroy(struct vtd *vtd);

/*
 * 11.3 Register Attributes: sticky status survives a warm reset. Requests in flight are dropped without an answer. May be called
 * from done() of a request, but not from a port.
 */
void vtd_reset(struct vtd *vtd, bool warm);

/* Offsets within the register block; bytes is 1, 2, 4 or 8. Outside the block: reads all zeros, writes are dropped. */
uint64_t vtd_register_read(struct vtd *vtd, uint64_t offset, uint32_t bytes);
void vtd_register_write(struct vtd *vtd, uint64_t offset, uint32_t bytes, uint64_t value);
uint64_t vtd_register_bytes(const struct vtd *vtd); /* size of the block */

/*
 * A request from below. True: complete. False: done() will be called. A translated read or write is carried out through
 * the memory port, by the unit, before the request completes.
 */
bool vtd_request(struct vtd *vtd, struct pcie_request *request);

/* A message from an endpoint: an Invalidate Completion or a Page Request; others are dropped. */
void vtd_message(struct vtd *vtd, const struct pcie_message *message);

/* Nothing in flight or outstanding, and no event of the unit pending. */
bool vtd_idle(const struct vtd *vtd);

/* Result of a translation without the access itself: what `iotb bench translate` and a bus model with its own data path use. */
struct vtd_translation {
    uint16_t requester_id;
    bool has_pasid, privileged, write;
    uint32_t pasid;
    uint64_t address;
    uint64_t translated; /* out */
    bool allowed;        /* out */
    uint64_t issue_ps, done_ps;
};
/* Functional mode only: the memory port must answer now; aborts if it does not. Faults are recorded as for a request. */
void vtd_translate(struct vtd *vtd, struct vtd_translation *translation);

/* Deviations on order (vtd_errata.def): a name, the rule broken, where it was seen, the requirement rows that must fail. */
struct vtd_erratum {
    const char *name, *rule, *source;
    const char *rows;   /* space-separated requirement ids */
    const char *preset; /* a parameter set in which it shows, with further NAME=VALUE,... after a comma; NULL: in none so far */
};
extern const struct vtd_erratum vtd_errata[];
extern const size_t vtd_errata_count;

#endif
