/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pcie.h - what both ends of a PCIe link agree on: requests with requester id, PASID TLP prefix and AT field,
 * completion status, ATS translation completion entries, ATS and PRI messages.
 *
 * Source: PCI Express Base Specification, chapter 2 (TLP headers, PASID TLP prefix) and chapter 10 (ATS, PRI).
 */
#ifndef PCIE_PCIE_H
#define PCIE_PCIE_H

#include <stdbool.h>
#include <stdint.h>

#define PCIE_DATA_BYTES_MAX 64u
#define PCIE_PASID_MAX 0xfffffu

enum pcie_kind { PCIE_READ, PCIE_WRITE, PCIE_FETCH_ADD, PCIE_SWAP, PCIE_CAS };
enum pcie_at { PCIE_AT_UNTRANSLATED, PCIE_AT_TRANSLATION, PCIE_AT_TRANSLATED, PCIE_AT_RESERVED };
enum pcie_status { PCIE_SC = 0, PCIE_UR = 1, PCIE_CA = 4 };

/*
 * A request in flight. The requester keeps it alive until it is complete; the completer writes status, data and done_ps.
 * The completer answers now (true: complete, done() is not called) or later (false: done() is called exactly once, never
 * from inside the call that took the request).
 */
struct pcie_request {
    uint32_t id;
    uint16_t requester_id;
    enum pcie_kind kind;
    enum pcie_at at;
    bool has_pasid, privileged, execute; /* the last two only with has_pasid */
    bool no_snoop;
    bool zero_length; /* read with all byte enables off */
    bool no_write;    /* NW of a translation request */
    bool relaxed_ordering, id_ordering; /* the other two attributes */
    bool poisoned;                      /* EP: of what the request carries; set by the completer, of what it returns */
    uint32_t pasid;
    uint32_t bytes; /* 1..64; of a translation request 8 per translation asked for */
    uint64_t address;
    uint64_t issue_ps, done_ps;
    enum pcie_status status;
    uint32_t data_bytes; /* out: valid in data */
    void (*done)(struct pcie_request *request);
    void *owner;
    struct pcie_request *link; /* for whoever holds the request */
    /*
     * CAS: compare value, then new value, `bytes` each. Translation completion: an entry of 8 bytes for each translation, lowest
     * byte first: 63:12 translated address, 11 S, 10 N, 5 Global, 4 Priv, 3 Exe, 2 U, 1 W, 0 R (10.2.3 Translation Completion).
     */
    uint8_t data[PCIE_DATA_BYTES_MAX];
};

/* Requests towards the other end of the link: true when complete, else done() is called later. */
struct pcie_request_port {
    bool (*request)(void *context, struct pcie_request *request);
    void *context;
};

/* A requester's interrupt message that an IOMMU lets through, sent and forgotten. */
struct pcie_interrupt_port {
    void (*send)(void *context, uint16_t requester_id, uint64_t address, uint32_t data);
    void *context;
};

static inline bool pcie_is_atomic(enum pcie_kind kind)
{
    return kind != PCIE_READ && kind != PCIE_WRITE;
}

static inline uint8_t pcie_bus(uint16_t requester_id)
{
    return (uint8_t)(requester_id >> 8);
}

static inline uint8_t pcie_devfn(uint16_t requester_id)
{
    return (uint8_t)requester_id;
}

/* ATS and PRI messages, as enum values of conformance/dut/dut.h are spelled there anew on purpose. */
enum pcie_message_kind { PCIE_INVALIDATE_REQUEST, PCIE_INVALIDATE_COMPLETION, PCIE_PAGE_REQUEST, PCIE_PAGE_RESPONSE };

struct pcie_message {
    enum pcie_message_kind kind;
    uint16_t device_id;
    bool has_pasid, privileged, execute;
    uint32_t pasid;
    uint64_t address;
    uint32_t itag;
    uint16_t group_index;
    uint8_t completion_count, response_code;
    bool read, write, last;
    uint16_t agent_id;      /* requester id of the translation agent: sender of an Invalidate Request, destination of its completion */
    uint16_t payload_bytes; /* of an Invalidate Request; 0 stands for 8, any other value makes it malformed */
    bool poisoned;          /* EP, of an Invalidate Request */
};

/* Messages towards the other end of the link: sent and forgotten, never answered from inside the call. */
struct pcie_message_port {
    void (*send)(void *context, const struct pcie_message *message);
    void *context;
};

#endif
