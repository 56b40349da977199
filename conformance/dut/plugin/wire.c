/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wire.c - whole frames over a stream that may deliver any piece at any time, or never.
 */
#include "dut/plugin/wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

static int wait_for(int fd, short events, int timeout_ms)
{
    struct pollfd wait = {.fd = fd, .events = events};
    int ready;

    do
        ready = poll(&wait, 1, timeout_ms);
    while (ready < 0 && errno == EINTR);
    return ready > 0 ? 0 : ready == 0 ? -ETIMEDOUT : -errno;
}

static int send_all(int fd, const void *data, size_t bytes, int timeout_ms)
{
    for (const uint8_t *at = data; bytes;) {
        ssize_t sent;
        int error = wait_for(fd, POLLOUT, timeout_ms);

        if (error)
            return error;
        sent = send(fd, at, bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EINTR && errno != EAGAIN)
            return -errno;
        if (sent > 0) {
            at += sent;
            bytes -= (size_t)sent;
        }
    }
    return 0;
}

/* How many bytes arrived before the peer closed: `bytes` when all did; -errno. */
static ssize_t receive_all(int fd, void *data, size_t bytes, int timeout_ms)
{
    size_t done = 0;

    while (done < bytes) {
        ssize_t got;
        int error = wait_for(fd, POLLIN, timeout_ms);

        if (error)
            return error;
        got = recv(fd, (uint8_t *)data + done, bytes - done, MSG_DONTWAIT);
        if (got == 0)
            break;
        if (got < 0 && errno != EINTR && errno != EAGAIN)
            return -errno;
        if (got > 0)
            done += (size_t)got;
    }
    return (ssize_t)done;
}

int wire_send(int fd, uint32_t code, const void *payload, size_t bytes, int timeout_ms)
{
    struct wire_header header = {.bytes = (uint32_t)bytes, .code = code};
    uint8_t frame[sizeof(header) + WIRE_PAYLOAD_MAX];

    if (bytes > WIRE_PAYLOAD_MAX)
        return -EPROTO;
    memcpy(frame, &header, sizeof(header));
    if (bytes)
        memcpy(&frame[sizeof(header)], payload, bytes);
    return send_all(fd, frame, sizeof(header) + bytes, timeout_ms);
}

int wire_receive(int fd, struct wire_header *header, void *payload, size_t room, int timeout_ms)
{
    ssize_t got = receive_all(fd, header, sizeof(*header), timeout_ms);

    if (got < 0)
        return (int)got;
    if (got == 0)
        return 0;
    if ((size_t)got < sizeof(*header))
        return -ECONNRESET;
    if (header->bytes > room)
        return -EPROTO;
    got = receive_all(fd, payload, header->bytes, timeout_ms);
    if (got < 0)
        return (int)got;
    return (size_t)got < header->bytes ? -ECONNRESET : 1;
}
