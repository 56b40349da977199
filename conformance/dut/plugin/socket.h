/* SPDX-License-Identifier: BSD-2-Clause */
/* socket.h - a peer on a socket, for socket.c and socket_uapi.c. */
#ifndef DUT_PLUGIN_SOCKET_H
#define DUT_PLUGIN_SOCKET_H

#include "dut/plugin/wire.h"

struct iotb_dut {
    int fd;
    int timeout_ms;
    uint32_t functions;
    int error; /* -errno of the link, 0 while it works */
    uint32_t reply_bytes;
    uint8_t reply[WIRE_PAYLOAD_MAX];
    uint8_t question[WIRE_PAYLOAD_MAX];
};

/* One question; its reply is in dut->reply. */
int socket_ask(struct iotb_dut *dut, enum wire_code code, const void *question, size_t bytes);

#endif
