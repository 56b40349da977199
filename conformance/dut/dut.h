/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dut.h - the interface between the iotb conformance suite and a device under test (DUT).
 *
 * A DUT is anything that behaves as an IOMMU, as a PASID-capable endpoint, or as the IOASID user interface: a C model,
 * a SystemC or RTL simulation, an emulator, silicon behind a debug port. To plug one in, build a shared object that
 * exports iotb_dut_entry() and run
 *
 *     iotb conform --dut plugin,path=./mydut.so
 *
 * or serve the same functions over a Unix socket with iotb_dut_serve() and run --dut socket,path=/run/mydut.sock.
 * Nothing else of iotb has to be read, linked or licensed for that. examples/plugin has one that works.
 *
 * Contract
 * --------
 *  - C ABI. Every struct begins with `size`, set by whoever fills it to sizeof of the version it was compiled with; the
 *    receiver uses only the first `size` bytes and takes the rest as zero. Functions are appended to the tables and are
 *    found by the table's size; none is ever removed or reordered. IOTB_DUT_ABI changes only if that promise breaks.
 *  - One thread. The bench calls one function at a time and never from inside another.
 *  - No call blocks. A DUT that needs time says so (advance()) and is called again.
 *  - Every function returns one of enum iotb_result. A negative result is a *bench* error (the DUT could not be operated);
 *    whatever the architecture does, faults included, is data and returns IOTB_OK. After a negative result other than
 *    IOTB_E_UNSUPPORTED the DUT is closed and the case ends with the verdict CRASH.
 *  - Byte order inside data[] arrays is the order of ascending addresses (little-endian structures, as the
 *    specifications define them). Addresses are byte addresses. Time is simulated time in picoseconds and never runs back.
 *  - reset() ends every outstanding request and access: nothing of before is completed, and no answer is owed any more.
 *  - Polling functions (poll_*, next_*) hand out one item a call and return IOTB_NONE when there is none.
 *
 * How a case runs on a DUT with bench-owned memory
 * ------------------------------------------------
 *      submit(request)                              a requester below the IOMMU sends a TLP
 *      loop:  next_access() -> answer_access()      every read or write that the DUT makes to memory, in any order,
 *                                                   at any later time, with OK, ABORT or POISON
 *             poll_completion(), poll_interrupt(), poll_message()
 *             advance(until)                        when nothing of the above is left to do
 * With DUT-owned memory the bench uses mem_read() and mem_write() instead and the DUT makes its accesses by itself.
 */
#ifndef IOTB_DUT_H
#define IOTB_DUT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define IOTB_DUT_ABI 1u

struct iotb_dut; /* an opened DUT; its contents belong to the adapter */

/* What a call has done. Only IOTB_OK and IOTB_NONE say that the DUT is usable afterwards without looking further. */
enum iotb_result {
    IOTB_OK = 0,
    IOTB_NONE = 1,           /* nothing to hand out; not an error */
    IOTB_E_UNSUPPORTED = -1, /* the adapter cannot do this; nothing was done */
    IOTB_E_ARGUMENT = -2,    /* unknown parameter, bad value; nothing was done, see iotb_open_args.error */
    IOTB_E_ENVIRONMENT = -3, /* a tool, file or peer that the adapter needs is missing or too old */
    IOTB_E_GONE = -4,        /* the DUT died or the link to it broke; only close() may follow */
    IOTB_E_PROTOCOL = -5,    /* the DUT broke this contract (bad tag, bad size, garbage) */
    IOTB_E_NO_MEMORY = -6,
};

enum iotb_dut_kind { IOTB_KIND_IOMMU = 1, IOTB_KIND_ENDPOINT = 2, IOTB_KIND_UAPI = 3 };
/* Of an endpoint the architecture is PCI Express, whatever its programming model: IOTB_ARCH_ENDPOINT. Of a user interface it is
 * IOTB_ARCH_IOASID, whatever IOMMUs are below: iotb_uapi_ops.machine says which. */
enum iotb_architecture {
    IOTB_ARCH_NONE = 0,
    IOTB_ARCH_VTD = 1,
    IOTB_ARCH_SMMUV3 = 2,
    IOTB_ARCH_ENDPOINT = 3,
    IOTB_ARCH_IOASID = 4,
};

/* COLD: power-good reset, all state lost. WARM: sticky status survives (IOTB_F_WARM_RESET). */
enum iotb_reset_kind { IOTB_RESET_COLD = 0, IOTB_RESET_WARM = 1, IOTB_RESET_FUNCTION = 2 };

/* ---- describe: what the adapter can do. A case that needs a feature which is not set is reported NOTESTABLE. ---- */

#define IOTB_F_BENCH_MEMORY (1ull << 0)      /* next_access/answer_access; else mem_read/mem_write */
#define IOTB_F_COMPLETION_STATUS (1ull << 1) /* completion.status is what the requester saw (SC, UR, CA) */
#define IOTB_F_PASID (1ull << 2)             /* requests may carry a PASID */
#define IOTB_F_PRIVILEGE (1ull << 3)         /* IOTB_RQ_PRIVILEGED and IOTB_RQ_EXECUTE */
#define IOTB_F_ATOMIC (1ull << 4)            /* AtomicOps */
#define IOTB_F_NO_SNOOP (1ull << 5)          /* IOTB_RQ_NO_SNOOP */
#define IOTB_F_ZERO_LENGTH (1ull << 6)       /* IOTB_RQ_ZERO_LENGTH reads */
#define IOTB_F_ATS (1ull << 7)               /* translation and translated requests, invalidation messages */
#define IOTB_F_PRI (1ull << 8)               /* page request messages */
#define IOTB_F_OVERLAP (1ull << 9)           /* more than one request outstanding */
#define IOTB_F_TIME (1ull << 10)             /* advance() moves simulated time */
#define IOTB_F_INTERRUPTS (1ull << 11)       /* poll_interrupt reports message interrupts and pulses of wires */
#define IOTB_F_ATTRIBUTES (1ull << 12)       /* access.snoop and access.memory_type are the DUT's */
#define IOTB_F_ORIGIN (1ull << 13)           /* access.origin and access.request_id are the DUT's */
#define IOTB_F_ANY_REQUESTER (1ull << 14)    /* any 16-bit requester id; else only requester_ids[] */
#define IOTB_F_WARM_RESET (1ull << 15)
#define IOTB_F_WIDE_ADDRESS (1ull << 16)    /* requests may use all 64 address bits; else address_bits */
#define IOTB_F_PROBES (1ull << 17)          /* next_probe reports what happened inside, for time lines */
#define IOTB_F_REGISTER_WIDTHS (1ull << 18) /* 1, 2, 4 and 8 byte register accesses; else 4 and 8 only */
#define IOTB_F_BUS_ATTRIBUTES (1ull << 19)  /* access.bus and access.bus_known are the DUT's */

struct iotb_desc {
    uint32_t size;
    uint32_t kind;              /* enum iotb_dut_kind */
    uint32_t architecture;      /* enum iotb_architecture */
    uint32_t host_address_bits; /* HAW / OAS of the platform: physical addresses are below 2^this */
    uint64_t features;          /* IOTB_F_* */
    uint32_t address_bits;      /* width of request addresses, without IOTB_F_WIDE_ADDRESS */
    uint32_t request_bytes_max; /* 1..64 */
    uint64_t ram_base;          /* memory that the bench may use; with bench-owned memory a suggestion */
    uint64_t ram_bytes;
    uint64_t hole_address;    /* an address below 2^host_address_bits where nothing answers, ~0 if there is none */
    uint32_t requester_count; /* entries used in requester_ids */
    uint16_t requester_ids[16];
    char name[64]; /* "vtd", "qemu-vtd" ... NUL-terminated, as all strings here */
    char version[64];
    char parameters[512]; /* NAME=VALUE,... that reproduces this DUT through --dut */
};

/* ---- requests from below the IOMMU ---- */

enum iotb_request_kind {
    IOTB_READ = 0,
    IOTB_WRITE = 1,
    IOTB_FETCH_ADD = 2, /* data: addend */
    IOTB_SWAP = 3,      /* data: new value */
    IOTB_CAS = 4,       /* data: compare value, then new value, `bytes` each */
};

enum iotb_address_type { IOTB_AT_UNTRANSLATED = 0, IOTB_AT_TRANSLATION = 1, IOTB_AT_TRANSLATED = 2, IOTB_AT_RESERVED = 3 };

#define IOTB_RQ_PASID (1u << 0)      /* a PASID TLP prefix is present */
#define IOTB_RQ_PRIVILEGED (1u << 1) /* Privileged Mode Requested, in the prefix */
#define IOTB_RQ_EXECUTE (1u << 2)    /* Execute Requested, in the prefix */
#define IOTB_RQ_NO_SNOOP (1u << 3)
#define IOTB_RQ_ZERO_LENGTH (1u << 4) /* read with all byte enables off; `bytes` is 4 */
#define IOTB_RQ_NO_WRITE (1u << 5)    /* NW of a translation request */
/* Only of TLPs and messages of an endpoint: */
#define IOTB_RQ_RELAXED (1u << 6)    /* Relaxed Ordering attribute */
#define IOTB_RQ_ID_ORDERED (1u << 7) /* ID-based Ordering attribute */
#define IOTB_RQ_POISONED (1u << 8)   /* EP: the payload is not to be used */

struct iotb_request {
    uint32_t size;
    uint32_t id;           /* chosen by the bench, unique among the outstanding requests */
    uint16_t requester_id; /* bus in 15:8, device and function in 7:0 */
    uint8_t kind;          /* enum iotb_request_kind; a translation request is a read */
    uint8_t address_type;  /* enum iotb_address_type */
    uint32_t flags;        /* IOTB_RQ_* */
    uint32_t pasid;        /* 20 bits, with IOTB_RQ_PASID */
    uint32_t bytes;        /* 1..64; of a translation request 8 times the number of translations asked for */
    uint64_t address;
    uint8_t data[64];
    uint64_t sequence; /* of a TLP of an endpoint: see struct iotb_endpoint_ops */
};

/* As in a PCIe completion header; an endpoint may be given any other value of 3 bits too. */
enum iotb_completion_status { IOTB_SC = 0, IOTB_UR = 1, IOTB_CA = 4 };

/* Only of completions that go to an endpoint: */
#define IOTB_CPL_POISONED (1u << 0)        /* EP */
#define IOTB_CPL_MORE (1u << 1)            /* another completion of this request follows, with the rest of the data */
#define IOTB_CPL_OTHER_REQUESTER (1u << 2) /* requester_id is not the endpoint's: it is not meant */

struct iotb_completion {
    uint32_t size;
    uint32_t id;
    uint32_t status; /* enum iotb_completion_status; of a write: whether it was carried out */
    uint32_t bytes;  /* valid in data */
    uint64_t done_ps;
    uint8_t data[64];      /* read or fetched data; of a translation completion its entries, 8 bytes each, lowest byte
                            * first: 63:12 address, 11 S, 10 N, 5 Global, 4 Priv, 3 Exe, 2 U, 1 W, 0 R */
    uint32_t flags;        /* IOTB_CPL_* */
    uint32_t requester_id; /* with IOTB_CPL_OTHER_REQUESTER */
};

/* ---- memory accesses made by the DUT (bench-owned memory) ---- */

enum iotb_access_kind {
    IOTB_ACC_READ = 0,
    IOTB_ACC_WRITE = 1,
    IOTB_ACC_CMPXCHG = 2, /* store data if memory equals compare; the answer carries the old value; single-copy atomic */
    IOTB_ACC_FETCH_ADD = 3,
    IOTB_ACC_SWAP = 4,
};

/* Why the DUT made the access. IOTB_ORIGIN_UNKNOWN is always allowed. */
enum iotb_origin {
    IOTB_ORIGIN_UNKNOWN = 0,
    IOTB_ORIGIN_DMA = 1,       /* data of request_id, at its final address */
    IOTB_ORIGIN_STRUCTURE = 2, /* root, context, PASID, stream table, context descriptor */
    IOTB_ORIGIN_WALK = 3,      /* paging entry, also its accessed and dirty updates */
    IOTB_ORIGIN_QUEUE = 4,     /* queue entry read or written by the DUT */
    IOTB_ORIGIN_STATUS = 5,    /* completion status written by a wait or sync */
};

#define IOTB_ATTR_UNKNOWN 0xffu
#define IOTB_NO_REQUEST 0xffffffffu

/*
 * Attributes of an access as the bus of an SMMUv3 carries them, with IOTB_F_BUS_ATTRIBUTES. Inner and outer cacheability have
 * five bits each: type (0 Device, 1 Normal Non-cacheable, 2 Write-Through, 3 Write-Back), read allocate, write allocate,
 * transient. What a bus does not carry is 0 in bus_known, and in bus.
 */
#define IOTB_BUS_INNER 0x001fu
#define IOTB_BUS_OUTER 0x03e0u
#define IOTB_BUS_SHAREABILITY 0x0c00u /* as SH[1:0]: 0 Non-shareable, 2 Outer, 3 Inner */
#define IOTB_BUS_DEVICE 0x3000u       /* of Device: 0 nGnRnE, 1 nGnRE, 2 nGRE, 3 GRE; else 0 */
#define IOTB_BUS_PRIVILEGED 0x4000u
#define IOTB_BUS_INSTRUCTION 0x8000u

struct iotb_access {
    uint32_t size;
    uint32_t tag;        /* names the access in answer_access, unique among those not yet answered */
    uint8_t kind;        /* enum iotb_access_kind */
    uint8_t origin;      /* enum iotb_origin */
    uint8_t snoop;       /* 0, 1 or IOTB_ATTR_UNKNOWN. Of an SMMUv3: 1 is cacheable and not Non-shareable */
    uint8_t memory_type; /* x86 encoding: 0 UC 1 WC 4 WT 5 WP 6 WB; or IOTB_ATTR_UNKNOWN. Of an SMMUv3: 0 Device, 1 Normal
                          * Non-cacheable, 4 write-through, 6 write-back */
    uint32_t request_id; /* the request on whose behalf, or IOTB_NO_REQUEST */
    uint64_t address;
    uint64_t issue_ps;
    uint32_t bytes; /* 1..64, not crossing a 64-byte boundary; CMPXCHG at most 16, naturally aligned */
    uint8_t data[64];
    uint8_t compare[16];
    uint32_t bus;       /* IOTB_BUS_* */
    uint32_t bus_known; /* the bits of bus that the DUT's bus carries */
};

enum iotb_access_status { IOTB_ACCESS_OK = 0, IOTB_ACCESS_ABORT = 1, IOTB_ACCESS_POISON = 2 };

struct iotb_answer {
    uint32_t size;
    uint32_t tag;
    uint32_t status; /* enum iotb_access_status */
    uint32_t bytes;  /* of data: as many as a read or an atomic asked for, 0 for a write */
    uint8_t data[64];
};

/* ---- interrupts and ATS / PRI messages ---- */

enum iotb_interrupt_origin { IOTB_IRQ_EVENT = 0 /* the IOMMU's own */, IOTB_IRQ_DEVICE = 1 /* a requester's, let through */ };

/* A pulse on a wire instead of a message: address is IOTB_WIRE_ADDRESS, data says which wire. */
#define IOTB_WIRE_ADDRESS 0xffffffffffffffffull
enum iotb_wire {
    IOTB_WIRE_EVENTQ = 0, /* SMMUv3: Event queue, PRI queue, completion of a CMD_SYNC, global error */
    IOTB_WIRE_PRIQ = 1,
    IOTB_WIRE_CMD_SYNC = 2,
    IOTB_WIRE_GERROR = 3,
    IOTB_WIRE_EVENT = 4, /* SEV: wakes whoever waits with WFE; no interrupt */
};

struct iotb_interrupt {
    uint32_t size;
    uint32_t origin; /* enum iotb_interrupt_origin */
    uint64_t address;
    uint32_t data;
    uint32_t requester_id; /* with IOTB_IRQ_DEVICE */
    uint64_t at_ps;
};

enum iotb_message_kind {
    IOTB_MSG_INVALIDATE_REQUEST = 1,    /* DUT to endpoint */
    IOTB_MSG_INVALIDATE_COMPLETION = 2, /* endpoint to DUT */
    IOTB_MSG_PAGE_REQUEST = 3,          /* endpoint to DUT */
    IOTB_MSG_PAGE_RESPONSE = 4,         /* DUT to endpoint */
};

struct iotb_message {
    uint32_t size;
    uint16_t kind;      /* enum iotb_message_kind */
    uint16_t device_id; /* requester id of the endpoint */
    uint32_t flags;     /* IOTB_RQ_PASID, IOTB_RQ_PRIVILEGED, IOTB_RQ_EXECUTE */
    uint32_t pasid;
    uint64_t address;     /* invalidation: address with S in bit 11 and G in bit 0; page request: page address */
    uint32_t itag;        /* invalidation: ITag 0..31; completion: bit vector of ITags */
    uint16_t group_index; /* PRGI, 9 bits */
    uint8_t completion_count;
    uint8_t response_code;     /* 0 success, 1 invalid request, 15 response failure */
    uint8_t read, write, last; /* page request: R, W, L */
    uint8_t reserved[5];
    uint64_t at_ps;
    /* With an endpoint: */
    uint64_t sequence; /* of a message that the endpoint sent: see struct iotb_endpoint_ops */
    uint16_t agent_id; /* requester id of the translation agent: sender of an Invalidate Request, destination of its completion */
    uint16_t payload_bytes; /* of an Invalidate Request; 0 stands for 8, any other value makes it malformed */
    uint32_t reserved2;
};

/* ---- probes: optional, for time lines and for explaining a failure ---- */
struct iotb_probe {
    uint32_t size;
    uint32_t request_id; /* or IOTB_NO_REQUEST */
    uint64_t at_ps;
    char track[24]; /* "iotlb", "walker 2", "queue" ... */
    /* Words, then NAME=VALUE: "hit did=1 page=0x1000". "begin ..." and "end ..." of a track and request are one span. */
    char text[104];
    uint64_t duration_ps; /* of what lasted; 0: at once */
};

struct iotb_advance {
    uint32_t size;
    uint32_t idle;       /* out: 1 when nothing more will happen without a new call other than advance() */
    uint64_t until_ps;   /* in: run to this time, inclusive, or stop earlier as soon as there is something to hand out */
    uint64_t reached_ps; /* out: the time now */
};

struct iotb_open_args {
    uint32_t size;
    uint32_t reserved;
    uint64_t seed;          /* of every choice that the DUT leaves open */
    const char *parameters; /* "NAME=VALUE,NAME=VALUE" or ""; IOTB_E_ARGUMENT for one that is unknown */
    char *error;            /* buffer for one sentence that explains a failure of open() */
    uint32_t error_bytes;
    uint32_t reserved2;
};

/* An IOMMU. Required: the first four and either the two mem_ or the two access functions. The rest may be NULL. */
struct iotb_iommu_ops {
    uint32_t size;
    uint32_t reserved;
    /* Offsets are relative to the register block; bytes is 4 or 8 (1 and 2 with IOTB_F_REGISTER_WIDTHS). */
    int (*reg_read)(struct iotb_dut *dut, uint64_t offset, uint32_t bytes, uint64_t *value);
    int (*reg_write)(struct iotb_dut *dut, uint64_t offset, uint32_t bytes, uint64_t value);
    int (*submit)(struct iotb_dut *dut, const struct iotb_request *request);
    int (*poll_completion)(struct iotb_dut *dut, struct iotb_completion *completion);
    int (*mem_read)(struct iotb_dut *dut, uint64_t address, void *data, uint32_t bytes);
    int (*mem_write)(struct iotb_dut *dut, uint64_t address, const void *data, uint32_t bytes);
    int (*next_access)(struct iotb_dut *dut, struct iotb_access *access);
    int (*answer_access)(struct iotb_dut *dut, const struct iotb_answer *answer);
    int (*poll_interrupt)(struct iotb_dut *dut, struct iotb_interrupt *interrupt);
    int (*send_message)(struct iotb_dut *dut, const struct iotb_message *message);
    int (*poll_message)(struct iotb_dut *dut, struct iotb_message *message);
    int (*next_probe)(struct iotb_dut *dut, struct iotb_probe *probe);
};

/* What block() holds back. */
#define IOTB_BLOCK_POSTED (1u << 0)     /* memory writes and messages */
#define IOTB_BLOCK_NON_POSTED (1u << 1) /* reads, atomics, translation requests */

/*
 * An endpoint: the suite is the host and the translation agent.
 *
 *  - Memory TLPs come from next_tlp (struct iotb_request): reads, atomics and translation requests are non-posted; id is the tag,
 *    unique among those outstanding, and complete_tlp brings the completion. Writes (MSI-X too) are posted: id is 0 and no
 *    completion follows. A translation request has address bits 63:1 as in the header, NW as IOTB_RQ_NO_WRITE.
 *  - complete_tlp may name a tag that is not outstanding, come late or never: what the endpoint makes of it is data.
 *  - `sequence` stamps TLPs and messages, from 1, in the order in which the endpoint sends them; requester_id (device_id of a
 *    message) is the Requester ID in the header. All that is sent by a call is handed out before advance() is called again.
 *  - bar_read returns IOTB_NONE, with all ones, where the endpoint answers Unsupported Request; a write that is not supported is
 *    dropped. bytes of bar_write: 1..64. All that was posted before a read completion was sent is handed out first:
 *    when bar_read returns, next_tlp and poll_message hand it out without advance().
 *  - reset(IOTB_RESET_FUNCTION) is a Function Level Reset; the suite may also start one through Device Control.
 */
struct iotb_endpoint_ops {
    uint32_t size;
    uint32_t reserved;
    /* bytes is 1, 2 or 4; the offset is a multiple of it. */
    int (*config_read)(struct iotb_dut *dut, uint32_t offset, uint32_t bytes, uint32_t *value);
    int (*config_write)(struct iotb_dut *dut, uint32_t offset, uint32_t bytes, uint32_t value);
    int (*bar_read)(struct iotb_dut *dut, uint32_t bar, uint64_t offset, uint32_t bytes, uint64_t *value); /* 4 or 8 bytes */
    int (*bar_write)(struct iotb_dut *dut, uint32_t bar, uint64_t offset, const void *data, uint32_t bytes);
    /* Deferrable Memory Write: *retry is 1 when the endpoint answered Retry, 2 when it answered Unsupported Request. */
    int (*deferrable_write)(struct iotb_dut *dut, uint64_t address, const void *data, uint32_t bytes, uint32_t *retry);
    int (*next_tlp)(struct iotb_dut *dut, struct iotb_request *tlp);
    int (*complete_tlp)(struct iotb_dut *dut, const struct iotb_completion *completion);
    int (*send_message)(struct iotb_dut *dut, const struct iotb_message *message);
    int (*poll_message)(struct iotb_dut *dut, struct iotb_message *message);
    /* Optional from here on. Bus, device and function to which configuration requests are addressed from now on. */
    int (*config_target)(struct iotb_dut *dut, uint32_t requester_id);
    /* No credits for IOTB_BLOCK_* from now on: TLPs of these kinds stay inside the endpoint. 0 gives credits again. */
    int (*block)(struct iotb_dut *dut, uint32_t kinds);
};

/* The IOASID user interface is a chapter of its own: struct iotb_uapi_ops. */
#include "dut/dut_uapi.h"

/* What iotb_dut_entry returns. Exactly one of iommu, endpoint and uapi is set. */
struct iotb_dut_ops {
    uint32_t size;
    uint32_t abi; /* IOTB_DUT_ABI */
    const char *name;
    int (*open)(const struct iotb_open_args *args, struct iotb_dut **dut);
    int (*describe)(struct iotb_dut *dut, struct iotb_desc *desc);
    int (*reset)(struct iotb_dut *dut, uint32_t kind);
    int (*advance)(struct iotb_dut *dut, struct iotb_advance *advance);
    void (*close)(struct iotb_dut *dut);
    const struct iotb_iommu_ops *iommu;
    const struct iotb_endpoint_ops *endpoint;
    const struct iotb_uapi_ops *uapi;
};

/* The one symbol that a plug-in exports. `abi` is the bench's; return NULL if it cannot be served. */
const struct iotb_dut_ops *iotb_dut_entry(uint32_t abi);

/* Serve a DUT to one bench over a connected stream socket until it closes; for DUTs in another process. 0 or -errno. */
int iotb_dut_serve(int socket_fd, const struct iotb_dut_ops *ops);

#ifdef __cplusplus
}
#endif
#endif
