/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wire.h - the functions of dut.h over a stream socket (dut/socket_protocol.md).
 *
 * A frame is a header of two 32-bit words, the number of payload bytes and a code, and the payload. The code of a question
 * is an enum wire_code, that of its reply an enum iotb_result. Questions are answered one by one, in order.
 */
#ifndef DUT_PLUGIN_WIRE_H
#define DUT_PLUGIN_WIRE_H

#include "dut/dut.h"

#include <stddef.h>
#include <stdint.h>

#define WIRE_MAGIC 0x42544f49u /* "IOTB" */
#define WIRE_VERSION 1u
#define WIRE_PAYLOAD_MAX 65536u
#define WIRE_MEMORY_MAX 32768u /* bytes of one mem_read or mem_write */

/* Numbers are never reused. */
enum wire_code {
    WIRE_HELLO = 0,
    WIRE_OPEN = 1,
    WIRE_DESCRIBE = 2,
    WIRE_RESET = 3,
    WIRE_ADVANCE = 4,
    WIRE_CLOSE = 5,
    WIRE_REG_READ = 6,
    WIRE_REG_WRITE = 7,
    WIRE_SUBMIT = 8,
    WIRE_POLL_COMPLETION = 9,
    WIRE_MEM_READ = 10,
    WIRE_MEM_WRITE = 11,
    WIRE_NEXT_ACCESS = 12,
    WIRE_ANSWER_ACCESS = 13,
    WIRE_POLL_INTERRUPT = 14,
    WIRE_SEND_MESSAGE = 15,
    WIRE_POLL_MESSAGE = 16,
    WIRE_NEXT_PROBE = 17,
    WIRE_CONFIG_READ = 18, /* this bit of `functions` says that the DUT is an endpoint */
    WIRE_CONFIG_WRITE = 19,
    WIRE_BAR_READ = 20,
    WIRE_BAR_WRITE = 21,
    WIRE_DEFERRABLE_WRITE = 22,
    WIRE_NEXT_TLP = 23,
    WIRE_COMPLETE_TLP = 24,
    WIRE_CONFIG_TARGET = 25,
    WIRE_BLOCK = 26,
    WIRE_UAPI = 27, /* this bit of `functions` says that the DUT is a user interface */
    WIRE_CODES
};

struct wire_hello { /* both ways; functions only in the reply: bit n is set when code n can be called */
    uint32_t magic, version, abi, functions;
};
struct wire_open { /* followed by the parameters and a NUL; the reply of a failure is the sentence and a NUL */
    uint64_t seed;
};
struct wire_register {
    uint64_t offset, value;
    uint32_t bytes, reserved;
};
struct wire_memory { /* of a write followed by the data; the reply of a read is the data */
    uint64_t address;
    uint32_t bytes, reserved;
};

struct wire_bar { /* of a write followed by the data; a deferrable write has its address as offset */
    uint64_t offset;
    uint32_t bar, bytes;
};
struct wire_config {
    uint32_t offset, bytes, value, reserved;
};

/*
 * All functions of a user interface: a question of this form with `bytes` of data, a reply of the other form with at most `room`.
 * A function is known by its place in struct iotb_uapi_ops, from 0; WIRE_UAPI_TABLE asks for those that there are: bit n of
 * value.
 */
#define WIRE_UAPI_FUNCTION(name) \
    ((uint32_t)((offsetof(struct iotb_uapi_ops, name) - offsetof(struct iotb_uapi_ops, open)) / sizeof(void (*)(void))))
#define WIRE_UAPI_TABLE 0xffffffffu
struct wire_uapi {
    uint32_t function, process;
    int32_t fd;
    uint32_t number; /* flags, device, index, task, action, to_process: what a function has besides */
    uint64_t a, b, c;
    uint32_t bytes, room;
};
struct wire_uapi_reply {
    int64_t value; /* of a system call; 0 of others, whose result is the code of the frame */
    uint64_t address;
};

struct wire_header {
    uint32_t bytes, code;
};

/* 0, or -errno: -ETIMEDOUT, -ECONNRESET when the peer closed in the middle, -EPROTO when it announced too much. */
int wire_send(int fd, uint32_t code, const void *payload, size_t bytes, int timeout_ms);
/* 1 on success; 0 when the peer closed between frames; -errno. timeout_ms < 0: wait for ever. */
int wire_receive(int fd, struct wire_header *header, void *payload, size_t room, int timeout_ms);

#endif
