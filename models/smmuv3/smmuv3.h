/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3.h - a model of an Arm System Memory Management Unit version 3 (Non-secure programming interface), as its user sees it.
 *
 * Document: Arm IHI 0070 issue G.b; walks: Arm DDI 0487 issue M.a.a, chapter D8.
 *
 * One struct smmuv3 is one unit. It knows its struct sim and the ports it was given, and nothing else; two units in one
 * process share nothing. Architectural faults are data (event records, completion status); -EINVAL and -ENOMEM come from
 * smmuv3_create; a programmer's error aborts.
 */
#ifndef SMMUV3_SMMUV3_H
#define SMMUV3_SMMUV3_H

#include "cache/cache.h"
#include "pcie/pcie.h"
#include "sim/port.h"
#include "sim/probe.h"
#include "sim/sim.h"

#include <stddef.h>
#include <stdint.h>

#define SMMUV3_ERRATA_WORDS 8u

/*
 * Capabilities carry the names of the fields of SMMU_IDR0 to SMMU_IDR5 and SMMU_AIDR that they set (6.3.1 and following),
 * values as encoded there; what is 0 here is refused as the architecture says. smmuv3_create checks their dependencies (2.x
 * and the field descriptions).
 */
struct smmuv3_params {
    uint8_t minor; /* SMMU_AIDR.ArchMinorRev: 0..4 for SMMUv3.0 to SMMUv3.4 */
    /* SMMU_IDR0 */
    uint8_t st_level, term_model, stall_model, atsrecerr, ttendian, cd2l, vmid16, vmw, pri, sev, msi, asid16, ns1ats, ats, hyp,
        httu, btm, cohacc, ttf, s1p, s2p;
    /* SMMU_IDR1 */
    uint8_t sidsize, ssidsize, priqs, cmdqs, eventqs, attr_types_ovr, attr_perms_ovr, tables_preset, queues_preset, rel;
    /* SMMU_IDR3 */
    uint8_t had, pbha, xnx, pps, pasidtt, fwb, stt, ril, bbml, e0pd, ptwnnc, epan, s1pi, mteperm;
    /* SMMU_IDR5 */
    uint8_t oas, gran4k, gran16k, gran64k, ds, vax, stall_max_lg2; /* STALL_MAX = 2^stall_max_lg2 - 1 */
    uint32_t iidr;

    /* Implementation choices that the architecture leaves open; 0 is the default. */
    uint8_t merge_events; /* 7.1, 7.3.1: merge identical records where that is permitted (MEV) */
    uint8_t early_retry;  /* 3.12.2.1: stalled transactions may be retried before CMD_RESUME */
    uint8_t prefetch;     /* CMD_PREFETCH_* fill caches; 0: they do nothing */

    /* Geometry of the caches. */
    struct cache_geometry ste_cache, cd_cache, tlb, stage1_walk_cache, stage2_walk_cache;
    uint8_t provenance; /* keep for each entry the memory words it came from */

    /* Timing (docs/timing.md). All 0: everything that needs no memory happens at once. */
    uint64_t clock_ps;  /* requests and answers of memory are seen at its edges; 0: when they come */
    uint64_t lookup_ps; /* TLB */
    uint64_t config_ps; /* what a miss in the TLB takes besides, before it has a walker */
    uint64_t table_ps;  /* walk caches, once per walk of a stage */
    uint64_t walk_step_ps, command_ps, register_ps;
    uint16_t lookup_ports, walkers; /* 0: no limit */
    uint16_t in_flight_max;         /* 1..; 0 means 64 */
    uint64_t atc_timeout_ps;        /* of an invalidation of an ATC (3.9.1.4); 0: none */
    uint8_t walk_hazard_lg2;        /* walks within the same aligned 2^n bytes, in order (xlate/hazard.h); 0: none; else 12..63 */
    uint8_t miss_merge;             /* requests that miss the same 4 KiB page: enum merge_policy of xlate/merge.h */

    uint64_t errata[SMMUV3_ERRATA_WORDS]; /* bit n: deviation n of smmuv3_errata.def is on */
};

/* Wired interrupts are edges on a line; a platform turns them into what it likes. */
enum smmuv3_line { SMMUV3_LINE_EVENTQ, SMMUV3_LINE_PRIQ, SMMUV3_LINE_CMD_SYNC, SMMUV3_LINE_GERROR };

struct smmuv3_ports {
    struct memory_port memory; /* also takes the unit's MSIs, which are writes to memory (3.18) */
    void (*line)(void *context, enum smmuv3_line line);
    void (*event)(void *context); /* SEV: a CMD_SYNC with CS = SIG_SEV is complete */
    void *context;                /* of line and event */
    struct probe probe;
    struct pcie_message_port message; /* ATS invalidations and PRG responses, down to endpoints */
};

struct smmuv3;

/* Named parameter sets: "min", "stage1", "stage2", "nested", "max", "ats" ... NULL at the end. */
extern const char *const smmuv3_preset_names[];
bool smmuv3_preset(const char *name, struct smmuv3_params *params);
/* Set one parameter by its member name ("s1p", "tlb.ways") or "erratum"; false if unknown or out of range. */
bool smmuv3_set_parameter(struct smmuv3_params *params, const char *name, const char *value);

/* -EINVAL: parameters that contradict each other, with one sentence in error (if not NULL); -ENOMEM. */
int smmuv3_create(struct sim *sim, const struct smmuv3_params *params, const struct smmuv3_ports *ports, struct smmuv3 **out,
                  char *error, size_t error_bytes);
void smmuv3_destroy(struct smmuv3 *smmu);
/* Requests in flight are dropped without an answer. */
void smmuv3_reset(struct smmuv3 *smmu);

/* Offsets from page 0 (page 1 is at 0x10000); bytes is 1, 2, 4 or 8. Outside: reads 0, writes are dropped. */
uint64_t smmuv3_register_read(struct smmuv3 *smmu, uint64_t offset, uint32_t bytes);
void smmuv3_register_write(struct smmuv3 *smmu, uint64_t offset, uint32_t bytes, uint64_t value);
uint64_t smmuv3_register_bytes(const struct smmuv3 *smmu);

/*
 * A request from below: StreamID = requester_id (an upper part may be added by params later), SubstreamID = PASID. True:
 * complete. False: done() will be called. A translated read or write is carried out through the memory port, by the unit,
 * before the request completes. A stalled request completes when it is resumed or terminated. A translation request is answered
 * with one entry, however many it asks for.
 */
bool smmuv3_request(struct smmuv3 *smmu, struct pcie_request *request);
/* A message from below: ATS Invalidate Completions and PRI Page Requests; others are ignored. */
void smmuv3_message(struct smmuv3 *smmu, const struct pcie_message *message);
bool smmuv3_idle(const struct smmuv3 *smmu); /* nothing in flight but stalled requests, no event of the unit pending */

/* Result of a translation without the access itself. Functional mode only: the memory port must answer now. */
struct smmuv3_translation {
    uint32_t stream_id;
    bool has_substream_id, privileged, instruction, write;
    uint32_t substream_id;
    uint64_t address, translated; /* translated: out */
    bool allowed;                 /* out */
    uint64_t issue_ps, done_ps;
};
void smmuv3_translate(struct smmuv3 *smmu, struct smmuv3_translation *translation);

struct smmuv3_erratum {
    const char *name, *rule, *source;
    const char *rows;   /* space-separated requirement ids that must fail; filled in by who knows the catalogue */
    const char *preset; /* a parameter set in which it shows, with further NAME=VALUE,... after a comma */
};
extern const struct smmuv3_erratum smmuv3_errata[];
extern const size_t smmuv3_errata_count;

#endif
