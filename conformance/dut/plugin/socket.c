/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * socket.c - a DUT in another process: every function is a question on a Unix socket.
 *
 * A peer that does not answer in time, closes, or answers with something that is no reply is gone.
 */
#include "dut/plugin/socket.h"
#include "dut/plugin/plugin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define TIMEOUT_MS 20000

int socket_ask(struct iotb_dut *dut, enum wire_code code, const void *question, size_t bytes)
{
    struct wire_header header;
    int got;

    if (dut->error)
        return IOTB_E_GONE;
    if (!(dut->functions >> code & 1u))
        return IOTB_E_UNSUPPORTED;
    dut->error = wire_send(dut->fd, code, question, bytes, dut->timeout_ms);
    if (dut->error)
        return IOTB_E_GONE;
    got = wire_receive(dut->fd, &header, dut->reply, sizeof(dut->reply), dut->timeout_ms);
    if (got != 1) {
        dut->error = got ? got : -ECONNRESET;
        return IOTB_E_GONE;
    }
    dut->reply_bytes = header.bytes;
    return (int)(int32_t)header.code;
}

/* The reply is a struct that begins with its size: what this version knows of it. */
static int take_struct(struct iotb_dut *dut, int result, void *out, size_t bytes)
{
    uint32_t size;

    if (result != IOTB_OK)
        return result;
    if (dut->reply_bytes < sizeof(size))
        return IOTB_E_PROTOCOL;
    memcpy(&size, dut->reply, sizeof(size));
    if (size > dut->reply_bytes)
        return IOTB_E_PROTOCOL;
    memset(out, 0, bytes);
    memcpy(out, dut->reply, size < bytes ? size : bytes);
    if (size > bytes) {
        size = (uint32_t)bytes;
        memcpy(out, &size, sizeof(size));
    }
    return IOTB_OK;
}

static int take_bytes(struct iotb_dut *dut, int result, void *out, size_t bytes)
{
    if (result != IOTB_OK)
        return result;
    if (dut->reply_bytes != bytes)
        return IOTB_E_PROTOCOL;
    memcpy(out, dut->reply, bytes);
    return IOTB_OK;
}

/* ---- open ---- */

static int refuse(const struct iotb_open_args *args, const char *path, const char *why)
{
    snprintf(args->error, args->error_bytes, "socket %s: %s", path, why);
    return IOTB_E_ENVIRONMENT;
}

static int connect_to(struct iotb_dut *dut, const struct iotb_open_args *args, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof(address.sun_path))
        return refuse(args, path, "the path is too long for a socket");
    strcpy(address.sun_path, path);
    dut->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (dut->fd < 0 || connect(dut->fd, (const struct sockaddr *)&address, sizeof(address)))
        return refuse(args, path, strerror(errno));
    return IOTB_OK;
}

static int hello(struct iotb_dut *dut, const struct iotb_open_args *args, const char *path)
{
    struct wire_hello mine = {.magic = WIRE_MAGIC, .version = WIRE_VERSION, .abi = IOTB_DUT_ABI}, its;
    int result;

    dut->functions = 1u << WIRE_HELLO;
    result = take_bytes(dut, socket_ask(dut, WIRE_HELLO, &mine, sizeof(mine)), &its, sizeof(its));
    if (result == IOTB_E_GONE)
        return refuse(args, path, dut->error == -ETIMEDOUT ? "the peer does not answer" : "the peer hung up");
    if (result != IOTB_OK || its.magic != WIRE_MAGIC)
        return refuse(args, path, "the peer does not speak this protocol");
    if (its.version != WIRE_VERSION || its.abi != IOTB_DUT_ABI)
        return refuse(args, path, "the peer has another version of the interface");
    dut->functions = its.functions | 1u << WIRE_HELLO;
    return IOTB_OK;
}

static int open_peer(struct iotb_dut *dut, const struct iotb_open_args *args, const char *parameters)
{
    struct wire_open question = {.seed = args->seed};
    size_t length = strlen(parameters) + 1;
    int result;

    memcpy(dut->question, &question, sizeof(question));
    memcpy(&dut->question[sizeof(question)], parameters, length);
    result = socket_ask(dut, WIRE_OPEN, dut->question, sizeof(question) + length);
    if (result < 0)
        snprintf(args->error, args->error_bytes, "%.*s", (int)dut->reply_bytes, (const char *)dut->reply);
    return result;
}

static void socket_close(struct iotb_dut *dut)
{
    if (!dut->error && dut->functions >> WIRE_CLOSE & 1u)
        (void)socket_ask(dut, WIRE_CLOSE, NULL, 0);
    if (dut->fd >= 0)
        close(dut->fd);
    free(dut);
}

static int socket_open(const struct iotb_open_args *args, struct iotb_dut **out)
{
    char path[256], timeout[16], rest[512], parameters[512];
    struct iotb_dut *dut = calloc(1, sizeof(*dut));
    int result;

    if (!dut)
        return IOTB_E_NO_MEMORY;
    dut->fd = -1;
    dut->timeout_ms = TIMEOUT_MS;
    if (!parameters_take(args->parameters, "path", path, sizeof(path), rest, sizeof(rest))) {
        snprintf(args->error, args->error_bytes, "a socket needs the parameter path=FILE");
        socket_close(dut);
        return IOTB_E_ARGUMENT;
    }
    if (parameters_take(rest, "timeout_ms", timeout, sizeof(timeout), parameters, sizeof(parameters)))
        dut->timeout_ms = atoi(timeout) > 0 ? atoi(timeout) : TIMEOUT_MS;
    result = connect_to(dut, args, path);
    if (result == IOTB_OK)
        result = hello(dut, args, path);
    if (result == IOTB_OK)
        result = open_peer(dut, args, parameters);
    if (result == IOTB_OK)
        *out = dut;
    else
        socket_close(dut);
    return result;
}

/* ---- functions ---- */

static int socket_describe(struct iotb_dut *dut, struct iotb_desc *desc)
{
    return take_struct(dut, socket_ask(dut, WIRE_DESCRIBE, NULL, 0), desc, sizeof(*desc));
}

static int socket_reset(struct iotb_dut *dut, uint32_t kind)
{
    return socket_ask(dut, WIRE_RESET, &kind, sizeof(kind));
}

static int socket_advance(struct iotb_dut *dut, struct iotb_advance *advance)
{
    return take_struct(dut, socket_ask(dut, WIRE_ADVANCE, advance, sizeof(*advance)), advance, sizeof(*advance));
}

static int socket_reg_read(struct iotb_dut *dut, uint64_t offset, uint32_t bytes, uint64_t *value)
{
    struct wire_register question = {.offset = offset, .bytes = bytes};

    return take_bytes(dut, socket_ask(dut, WIRE_REG_READ, &question, sizeof(question)), value, sizeof(*value));
}

static int socket_reg_write(struct iotb_dut *dut, uint64_t offset, uint32_t bytes, uint64_t value)
{
    struct wire_register question = {.offset = offset, .value = value, .bytes = bytes};

    return socket_ask(dut, WIRE_REG_WRITE, &question, sizeof(question));
}

static int socket_mem_read(struct iotb_dut *dut, uint64_t address, void *data, uint32_t bytes)
{
    int result = IOTB_OK;

    for (uint8_t *to = data; bytes && result == IOTB_OK;) {
        struct wire_memory question = {.address = address, .bytes = bytes < WIRE_MEMORY_MAX ? bytes : WIRE_MEMORY_MAX};

        result = take_bytes(dut, socket_ask(dut, WIRE_MEM_READ, &question, sizeof(question)), to, question.bytes);
        to += question.bytes;
        address += question.bytes;
        bytes -= question.bytes;
    }
    return result;
}

static int socket_mem_write(struct iotb_dut *dut, uint64_t address, const void *data, uint32_t bytes)
{
    int result = IOTB_OK;

    for (const uint8_t *from = data; bytes && result == IOTB_OK;) {
        struct wire_memory question = {.address = address, .bytes = bytes < WIRE_MEMORY_MAX ? bytes : WIRE_MEMORY_MAX};

        memcpy(dut->question, &question, sizeof(question));
        memcpy(&dut->question[sizeof(question)], from, question.bytes);
        result = socket_ask(dut, WIRE_MEM_WRITE, dut->question, sizeof(question) + question.bytes);
        from += question.bytes;
        address += question.bytes;
        bytes -= question.bytes;
    }
    return result;
}

/* ---- of an endpoint ---- */

static int socket_config_read(struct iotb_dut *dut, uint32_t offset, uint32_t bytes, uint32_t *value)
{
    struct wire_config question = {.offset = offset, .bytes = bytes};

    return take_bytes(dut, socket_ask(dut, WIRE_CONFIG_READ, &question, sizeof(question)), value, sizeof(*value));
}

static int socket_config_write(struct iotb_dut *dut, uint32_t offset, uint32_t bytes, uint32_t value)
{
    struct wire_config question = {.offset = offset, .bytes = bytes, .value = value};

    return socket_ask(dut, WIRE_CONFIG_WRITE, &question, sizeof(question));
}

static int socket_bar_read(struct iotb_dut *dut, uint32_t bar, uint64_t offset, uint32_t bytes, uint64_t *value)
{
    struct wire_bar question = {.offset = offset, .bar = bar, .bytes = bytes};
    int result = socket_ask(dut, WIRE_BAR_READ, &question, sizeof(question));

    *value = bytes < 8 ? UINT32_MAX : UINT64_MAX; /* what an Unsupported Request reads as */
    return take_bytes(dut, result, value, sizeof(*value));
}

static int ask_with_data(struct iotb_dut *dut, enum wire_code code, const struct wire_bar *question, const void *data)
{
    if (question->bytes > WIRE_MEMORY_MAX)
        return IOTB_E_UNSUPPORTED;
    memcpy(dut->question, question, sizeof(*question));
    memcpy(&dut->question[sizeof(*question)], data, question->bytes);
    return socket_ask(dut, code, dut->question, sizeof(*question) + question->bytes);
}

static int socket_bar_write(struct iotb_dut *dut, uint32_t bar, uint64_t offset, const void *data, uint32_t bytes)
{
    struct wire_bar question = {.offset = offset, .bar = bar, .bytes = bytes};

    return ask_with_data(dut, WIRE_BAR_WRITE, &question, data);
}

static int socket_deferrable_write(struct iotb_dut *dut, uint64_t address, const void *data, uint32_t bytes, uint32_t *retry)
{
    struct wire_bar question = {.offset = address, .bytes = bytes};

    return take_bytes(dut, ask_with_data(dut, WIRE_DEFERRABLE_WRITE, &question, data), retry, sizeof(*retry));
}

static int socket_config_target(struct iotb_dut *dut, uint32_t requester_id)
{
    return socket_ask(dut, WIRE_CONFIG_TARGET, &requester_id, sizeof(requester_id));
}

static int socket_block(struct iotb_dut *dut, uint32_t kinds)
{
    return socket_ask(dut, WIRE_BLOCK, &kinds, sizeof(kinds));
}

/* A function that gives a struct, and one that gets one. */
#define GIVE(function, code, type)                                     \
    static int function(struct iotb_dut *dut, const struct type *item) \
    {                                                                  \
        return socket_ask(dut, (code), item, sizeof(*item));           \
    }
#define GET(function, code, type)                                                       \
    static int function(struct iotb_dut *dut, struct type *item)                        \
    {                                                                                   \
        return take_struct(dut, socket_ask(dut, (code), NULL, 0), item, sizeof(*item)); \
    }

GIVE(socket_submit, WIRE_SUBMIT, iotb_request)
GIVE(socket_answer_access, WIRE_ANSWER_ACCESS, iotb_answer)
GIVE(socket_send_message, WIRE_SEND_MESSAGE, iotb_message)
GET(socket_poll_completion, WIRE_POLL_COMPLETION, iotb_completion)
GET(socket_next_access, WIRE_NEXT_ACCESS, iotb_access)
GET(socket_poll_interrupt, WIRE_POLL_INTERRUPT, iotb_interrupt)
GET(socket_poll_message, WIRE_POLL_MESSAGE, iotb_message)
GET(socket_next_probe, WIRE_NEXT_PROBE, iotb_probe)
GIVE(socket_complete_tlp, WIRE_COMPLETE_TLP, iotb_completion)
GET(socket_next_tlp, WIRE_NEXT_TLP, iotb_request)

const struct iotb_endpoint_ops *socket_endpoint(const struct iotb_dut *dut)
{
    static const struct iotb_endpoint_ops endpoint = {
        .size = sizeof(endpoint),
        .config_read = socket_config_read,
        .config_write = socket_config_write,
        .bar_read = socket_bar_read,
        .bar_write = socket_bar_write,
        .deferrable_write = socket_deferrable_write,
        .next_tlp = socket_next_tlp,
        .complete_tlp = socket_complete_tlp,
        .send_message = socket_send_message,
        .poll_message = socket_poll_message,
        .config_target = socket_config_target,
        .block = socket_block,
    };

    return dut->functions >> WIRE_CONFIG_READ & 1u ? &endpoint : NULL;
}

const struct iotb_dut_ops *iotb_dut_socket(void)
{
    static const struct iotb_iommu_ops iommu = {
        .size = sizeof(iommu),
        .reg_read = socket_reg_read,
        .reg_write = socket_reg_write,
        .submit = socket_submit,
        .poll_completion = socket_poll_completion,
        .mem_read = socket_mem_read,
        .mem_write = socket_mem_write,
        .next_access = socket_next_access,
        .answer_access = socket_answer_access,
        .poll_interrupt = socket_poll_interrupt,
        .send_message = socket_send_message,
        .poll_message = socket_poll_message,
        .next_probe = socket_next_probe,
    };
    static const struct iotb_dut_ops ops = {
        .size = sizeof(ops),
        .abi = IOTB_DUT_ABI,
        .name = "socket",
        .open = socket_open,
        .describe = socket_describe,
        .reset = socket_reset,
        .advance = socket_advance,
        .close = socket_close,
        .iommu = &iommu,
    };

    return &ops;
}
