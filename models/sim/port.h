/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * port.h - how a model reaches memory and the interrupt fabric.
 *
 * Contract of a memory port
 *  - access() returns PORT_DONE when the request is complete: status, data and done_ps are set and done() is not called;
 *    or PORT_LATER: done() will be called exactly once, never from inside the access() that returned PORT_LATER. That
 *    holds after a reset of the caller too: the caller raises its generation and drops what comes late.
 *  - The callee owns the request until then and nothing after it. The caller keeps it alive and unchanged until then.
 *  - Naturally aligned accesses of up to 16 bytes are single-copy atomic. A compare-exchange is an access kind of its
 *    own, never a read followed by a write. A request does not cross a 64-byte boundary.
 *  - PORT_DONE with done_ps > issue_ps is decoupled time: the answer is known now and would be there at done_ps.
 */
#ifndef SIM_PORT_H
#define SIM_PORT_H

#include <stdbool.h>
#include <stdint.h>

#define PORT_BYTES_MAX 64u
#define PORT_LAYERS_MAX 6u

enum port_reply { PORT_DONE, PORT_LATER };
enum port_status { PORT_OK, PORT_ABORT, PORT_POISON };
enum port_kind {
    PORT_READ,
    PORT_WRITE,
    PORT_CMPXCHG,   /* stores data if memory equals compare; data is replaced by the old value */
    PORT_FETCH_ADD, /* 4 or 8 bytes; data is replaced by the old value */
    PORT_SWAP,      /* likewise */
};
/* Why the access is made; for traces, timing and fault plans, never for behaviour. */
enum port_origin { PORT_DMA, PORT_STRUCTURE, PORT_WALK, PORT_QUEUE, PORT_STATUS_WRITE };

/* x86 encoding; PORT_MEMORY_TYPE_ANY where the architecture gives none. */
enum port_memory_type { PORT_UC = 0, PORT_WC = 1, PORT_WT = 4, PORT_WP = 5, PORT_WB = 6, PORT_MEMORY_TYPE_ANY = 0xff };

/*
 * Attributes as Arm's buses carry them (Arm IHI 0070 13.1.1): of each level a type (0 Device, 1 Non-cacheable, 2 Write-Through,
 * 3 Write-Back), read allocate, write allocate, transient; SH; which Device type (0 nGnRnE to 3 GRE).
 */
#define PORT_BUS_LEVEL(type, ra, wa, tr) ((uint32_t)(type) | (uint32_t)(ra) << 2 | (uint32_t)(wa) << 3 | (uint32_t)(tr) << 4)
enum port_bus {
    PORT_BUS_INNER_SHIFT = 0,
    PORT_BUS_OUTER_SHIFT = 5,
    PORT_BUS_SH_SHIFT = 10,
    PORT_BUS_DEVICE_SHIFT = 12,
    PORT_BUS_PRIVILEGED = 1 << 14,
    PORT_BUS_INSTRUCTION = 1 << 15,
    PORT_BUS_ALL = 0xffff
};

struct port_request;

/* What a wrapper has put aside while the port behind it owns the request. */
struct port_layer {
    void (*done)(struct port_request *request);
    void *owner;
    uint64_t issue_ps;
    uint64_t note; /* the wrapper's own */
};

/* Zero-initialise it once; then it can be used again and again. */
struct port_request {
    enum port_kind kind;
    enum port_origin origin;
    enum port_status status; /* out */
    uint32_t bytes;          /* 1..64 */
    uint64_t address;
    uint64_t issue_ps;
    uint64_t done_ps; /* out */
    bool snoop;
    uint8_t memory_type; /* enum port_memory_type */
    uint32_t bus;        /* enum port_bus */
    uint32_t bus_known;  /* what of it the unit has; 0 where its architecture has none */
    uint32_t request_id; /* DMA request on whose behalf, UINT32_MAX if none */
    uint32_t generation; /* for the caller: of its state when it issued the request */
    void (*done)(struct port_request *request);
    void *owner;               /* for the caller */
    struct port_request *link; /* for whoever holds the request */
    uint8_t data[PORT_BYTES_MAX];
    uint8_t compare[16];
    uint32_t layer_count; /* wrappers that wait for this request */
    struct port_layer layers[PORT_LAYERS_MAX];
};

struct memory_port {
    enum port_reply (*access)(void *context, struct port_request *request);
    void *context;
};

/* A message-signalled interrupt, sent and forgotten. */
struct message_port {
    void (*send)(void *context, uint64_t address, uint32_t data);
    void *context;
};

static inline enum port_reply memory_access(const struct memory_port *port, struct port_request *request)
{
    return port->access(port->context, request);
}

/*
 * For wrappers: pass a request on to the port behind, as if issued at issue_ps. When that port answers now the request comes
 * back as it was, with PORT_DONE; else done(request) is called later, with request->owner == owner, and begins with
 * port_returned(), which restores the request and gives `note` back. More than PORT_LAYERS_MAX wrappers in a row abort.
 */
enum port_reply port_pass_on(const struct memory_port *inner, struct port_request *request, uint64_t issue_ps,
                             void (*done)(struct port_request *request), void *owner, uint64_t note);
uint64_t port_returned(struct port_request *request);

/* Little-endian access to the data of a request (structures in memory are little-endian on both architectures). */
uint64_t load_le64(const uint8_t *bytes);
uint32_t load_le32(const uint8_t *bytes);
void store_le64(uint8_t *bytes, uint64_t value);
void store_le32(uint8_t *bytes, uint32_t value);

#endif
