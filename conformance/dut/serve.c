/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * serve.c - iotb_dut_serve(): the other end of plugin/socket.c, for a DUT that lives in a process of its own.
 *
 * The peer is the bench, but a broken one must not take the DUT's process down: every length is checked before it is used.
 */
#include "dut/link.h"
#include "dut/plugin/wire.h"
#include "dut/serve_uapi.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct server {
    int fd;
    struct dut_link link; /* ops only; the DUT is opened by the bench's WIRE_OPEN */
    struct iotb_dut *dut;
    uint8_t question[WIRE_PAYLOAD_MAX + 1];
    uint32_t question_bytes;
    _Alignas(16) uint8_t reply[WIRE_PAYLOAD_MAX]; /* structs are handed out right into it */
    uint32_t reply_bytes;
};

/* The struct of a question, in this version's size. */
static void read_struct(const struct server *server, void *to, size_t bytes)
{
    uint32_t size = (uint32_t)bytes;

    memset(to, 0, bytes);
    memcpy(to, server->question, server->question_bytes < bytes ? server->question_bytes : bytes);
    memcpy(to, &size, sizeof(size));
}

/* The reply begins with a struct that says its size; the buffer has room for any. */
static int reply_struct(struct server *server, int result)
{
    uint32_t size;

    memcpy(&size, server->reply, sizeof(size));
    if (result == IOTB_OK)
        server->reply_bytes = size <= sizeof(server->reply) ? size : (uint32_t)sizeof(server->reply);
    return result;
}

static uint32_t functions_of(const struct dut_link *link)
{
    const struct iotb_iommu_ops *iommu = &link->iommu;
    const struct iotb_endpoint_ops *endpoint = &link->endpoint;
    const bool present[WIRE_CODES] = {
        [WIRE_HELLO] = true,
        [WIRE_OPEN] = true,
        [WIRE_DESCRIBE] = true,
        [WIRE_RESET] = true,
        [WIRE_ADVANCE] = true,
        [WIRE_CLOSE] = true,
        [WIRE_REG_READ] = iommu->reg_read,
        [WIRE_REG_WRITE] = iommu->reg_write,
        [WIRE_SUBMIT] = iommu->submit,
        [WIRE_POLL_COMPLETION] = iommu->poll_completion,
        [WIRE_MEM_READ] = iommu->mem_read,
        [WIRE_MEM_WRITE] = iommu->mem_write,
        [WIRE_NEXT_ACCESS] = iommu->next_access,
        [WIRE_ANSWER_ACCESS] = iommu->answer_access,
        [WIRE_POLL_INTERRUPT] = iommu->poll_interrupt,
        [WIRE_SEND_MESSAGE] = iommu->send_message || endpoint->send_message,
        [WIRE_POLL_MESSAGE] = iommu->poll_message || endpoint->poll_message,
        [WIRE_NEXT_PROBE] = iommu->next_probe,
        [WIRE_CONFIG_READ] = endpoint->config_read,
        [WIRE_CONFIG_WRITE] = endpoint->config_write,
        [WIRE_BAR_READ] = endpoint->bar_read,
        [WIRE_BAR_WRITE] = endpoint->bar_write,
        [WIRE_DEFERRABLE_WRITE] = endpoint->deferrable_write,
        [WIRE_NEXT_TLP] = endpoint->next_tlp,
        [WIRE_COMPLETE_TLP] = endpoint->complete_tlp,
        [WIRE_CONFIG_TARGET] = endpoint->config_target,
        [WIRE_BLOCK] = endpoint->block,
        [WIRE_UAPI] = link->ops.uapi,
    };
    uint32_t functions = 0;

    for (uint32_t code = 0; code < WIRE_CODES; code++)
        functions |= (uint32_t)present[code] << code;
    return functions;
}

static int serve_hello(struct server *server)
{
    struct wire_hello hello = {.magic = WIRE_MAGIC, .version = WIRE_VERSION, .abi = IOTB_DUT_ABI};

    hello.functions = functions_of(&server->link);
    memcpy(server->reply, &hello, sizeof(hello));
    server->reply_bytes = sizeof(hello);
    return IOTB_OK;
}

static int serve_open(struct server *server)
{
    struct wire_open question;
    char *error = (char *)server->reply;
    struct iotb_open_args args = {.size = sizeof(args), .error = error, .error_bytes = 256};
    int result;

    if (server->dut || server->question_bytes < sizeof(question))
        return IOTB_E_PROTOCOL;
    memcpy(&question, server->question, sizeof(question));
    server->question[server->question_bytes] = '\0';
    args.seed = question.seed;
    args.parameters = (const char *)&server->question[sizeof(question)];
    error[0] = '\0';
    result = server->link.ops.open(&args, &server->dut);
    error[255] = '\0';
    if (result != IOTB_OK) {
        server->dut = NULL;
        server->reply_bytes = (uint32_t)strlen(error) + 1;
    }
    return result;
}

static int serve_close(struct server *server)
{
    server->link.ops.close(server->dut);
    server->dut = NULL;
    return IOTB_OK;
}

static int serve_describe(struct server *server)
{
    return reply_struct(server, server->link.ops.describe(server->dut, (void *)server->reply));
}

static int serve_reset(struct server *server)
{
    uint32_t kind;

    if (server->question_bytes != sizeof(kind))
        return IOTB_E_PROTOCOL;
    memcpy(&kind, server->question, sizeof(kind));
    return server->link.ops.reset(server->dut, kind);
}

static int serve_advance(struct server *server)
{
    struct iotb_advance *advance = (void *)server->reply;

    read_struct(server, advance, sizeof(*advance));
    return reply_struct(server, server->link.ops.advance(server->dut, advance));
}

static int serve_reg_read(struct server *server)
{
    struct wire_register question;
    uint64_t value = 0;
    int result;

    if (server->question_bytes != sizeof(question))
        return IOTB_E_PROTOCOL;
    memcpy(&question, server->question, sizeof(question));
    result = server->link.iommu.reg_read(server->dut, question.offset, question.bytes, &value);
    memcpy(server->reply, &value, sizeof(value));
    server->reply_bytes = sizeof(value);
    return result;
}

static int serve_reg_write(struct server *server)
{
    struct wire_register question;

    if (server->question_bytes != sizeof(question))
        return IOTB_E_PROTOCOL;
    memcpy(&question, server->question, sizeof(question));
    return server->link.iommu.reg_write(server->dut, question.offset, question.bytes, question.value);
}

static int serve_mem_read(struct server *server)
{
    struct wire_memory question;

    if (server->question_bytes != sizeof(question))
        return IOTB_E_PROTOCOL;
    memcpy(&question, server->question, sizeof(question));
    if (question.bytes > WIRE_MEMORY_MAX)
        return IOTB_E_PROTOCOL;
    server->reply_bytes = question.bytes;
    return server->link.iommu.mem_read(server->dut, question.address, server->reply, question.bytes);
}

static int serve_mem_write(struct server *server)
{
    struct wire_memory question;

    if (server->question_bytes < sizeof(question))
        return IOTB_E_PROTOCOL;
    memcpy(&question, server->question, sizeof(question));
    if (question.bytes != server->question_bytes - sizeof(question))
        return IOTB_E_PROTOCOL;
    return server->link.iommu.mem_write(server->dut, question.address, &server->question[sizeof(question)], question.bytes);
}

/* ---- endpoints ---- */

static int serve_config_read(struct server *server)
{
    struct wire_config question;
    uint32_t value = 0;
    int result;

    if (server->question_bytes != sizeof(question))
        return IOTB_E_PROTOCOL;
    memcpy(&question, server->question, sizeof(question));
    result = server->link.endpoint.config_read(server->dut, question.offset, question.bytes, &value);
    memcpy(server->reply, &value, sizeof(value));
    server->reply_bytes = sizeof(value);
    return result;
}

static int serve_config_write(struct server *server)
{
    struct wire_config question;

    if (server->question_bytes != sizeof(question))
        return IOTB_E_PROTOCOL;
    memcpy(&question, server->question, sizeof(question));
    return server->link.endpoint.config_write(server->dut, question.offset, question.bytes, question.value);
}

static int serve_bar_read(struct server *server)
{
    struct wire_bar question;
    uint64_t value = 0;
    int result;

    if (server->question_bytes != sizeof(question))
        return IOTB_E_PROTOCOL;
    memcpy(&question, server->question, sizeof(question));
    result = server->link.endpoint.bar_read(server->dut, question.bar, question.offset, question.bytes, &value);
    memcpy(server->reply, &value, sizeof(value));
    server->reply_bytes = sizeof(value);
    return result;
}

static bool bar_question(const struct server *server, struct wire_bar *question)
{
    if (server->question_bytes < sizeof(*question))
        return false;
    memcpy(question, server->question, sizeof(*question));
    return question->bytes == server->question_bytes - sizeof(*question);
}

static int serve_bar_write(struct server *server)
{
    struct wire_bar question;

    if (!bar_question(server, &question))
        return IOTB_E_PROTOCOL;
    return server->link.endpoint.bar_write(server->dut, question.bar, question.offset, &server->question[sizeof(question)],
                                           question.bytes);
}

static int serve_deferrable_write(struct server *server)
{
    struct wire_bar question;
    uint32_t retry = 0;
    int result;

    if (!bar_question(server, &question))
        return IOTB_E_PROTOCOL;
    result = server->link.endpoint.deferrable_write(server->dut, question.offset, &server->question[sizeof(question)],
                                                    question.bytes, &retry);
    memcpy(server->reply, &retry, sizeof(retry));
    server->reply_bytes = sizeof(retry);
    return result;
}

static int serve_word(struct server *server, int (*function)(struct iotb_dut *dut, uint32_t word))
{
    uint32_t word;

    if (server->question_bytes != sizeof(word))
        return IOTB_E_PROTOCOL;
    memcpy(&word, server->question, sizeof(word));
    return function(server->dut, word);
}

static int serve_config_target(struct server *server)
{
    return serve_word(server, server->link.endpoint.config_target);
}

static int serve_block(struct server *server)
{
    return serve_word(server, server->link.endpoint.block);
}

static int serve_send_message(struct server *server)
{
    const struct dut_link *link = &server->link;
    struct iotb_message message;

    read_struct(server, &message, sizeof(message));
    return (link->ops.endpoint ? link->endpoint.send_message : link->iommu.send_message)(server->dut, &message);
}

static int serve_poll_message(struct server *server)
{
    const struct dut_link *link = &server->link;

    return reply_struct(server, (link->ops.endpoint ? link->endpoint.poll_message
                                                    : link->iommu.poll_message)(server->dut, (void *)server->reply));
}

static int serve_user_interface(struct server *server)
{
    return serve_uapi(server->link.ops.uapi, server->dut, server->question, server->question_bytes, server->reply,
                      &server->reply_bytes);
}

/* A function that takes a struct, and one that hands one out. */
#define TAKES(name, table, function, type)                      \
    static int name(struct server *server)                      \
    {                                                           \
        struct type item;                                       \
                                                                \
        read_struct(server, &item, sizeof(item));               \
        return server->link.table.function(server->dut, &item); \
    }
#define HANDS_OUT(name, table, function)                                                              \
    static int name(struct server *server)                                                            \
    {                                                                                                 \
        return reply_struct(server, server->link.table.function(server->dut, (void *)server->reply)); \
    }

TAKES(serve_submit, iommu, submit, iotb_request)
TAKES(serve_answer_access, iommu, answer_access, iotb_answer)
TAKES(serve_complete_tlp, endpoint, complete_tlp, iotb_completion)
HANDS_OUT(serve_poll_completion, iommu, poll_completion)
HANDS_OUT(serve_next_access, iommu, next_access)
HANDS_OUT(serve_poll_interrupt, iommu, poll_interrupt)
HANDS_OUT(serve_next_probe, iommu, next_probe)
HANDS_OUT(serve_next_tlp, endpoint, next_tlp)

static int (*const handlers[WIRE_CODES])(struct server *server) = {
    [WIRE_HELLO] = serve_hello,
    [WIRE_OPEN] = serve_open,
    [WIRE_DESCRIBE] = serve_describe,
    [WIRE_RESET] = serve_reset,
    [WIRE_ADVANCE] = serve_advance,
    [WIRE_CLOSE] = serve_close,
    [WIRE_REG_READ] = serve_reg_read,
    [WIRE_REG_WRITE] = serve_reg_write,
    [WIRE_SUBMIT] = serve_submit,
    [WIRE_POLL_COMPLETION] = serve_poll_completion,
    [WIRE_MEM_READ] = serve_mem_read,
    [WIRE_MEM_WRITE] = serve_mem_write,
    [WIRE_NEXT_ACCESS] = serve_next_access,
    [WIRE_ANSWER_ACCESS] = serve_answer_access,
    [WIRE_POLL_INTERRUPT] = serve_poll_interrupt,
    [WIRE_SEND_MESSAGE] = serve_send_message,
    [WIRE_POLL_MESSAGE] = serve_poll_message,
    [WIRE_NEXT_PROBE] = serve_next_probe,
    [WIRE_CONFIG_READ] = serve_config_read,
    [WIRE_CONFIG_WRITE] = serve_config_write,
    [WIRE_BAR_READ] = serve_bar_read,
    [WIRE_BAR_WRITE] = serve_bar_write,
    [WIRE_DEFERRABLE_WRITE] = serve_deferrable_write,
    [WIRE_NEXT_TLP] = serve_next_tlp,
    [WIRE_COMPLETE_TLP] = serve_complete_tlp,
    [WIRE_CONFIG_TARGET] = serve_config_target,
    [WIRE_BLOCK] = serve_block,
    [WIRE_UAPI] = serve_user_interface,
};

static int serve_one(struct server *server, uint32_t code)
{
    if (code >= WIRE_CODES || !(functions_of(&server->link) >> code & 1u))
        return IOTB_E_UNSUPPORTED;
    if (code > WIRE_OPEN && !server->dut)
        return IOTB_E_PROTOCOL;
    memset(server->reply, 0, 1024); /* any struct that a function hands out lies in here */
    return handlers[code](server);
}

static int serve_all(struct server *server)
{
    for (;;) {
        struct wire_header header;
        int got = wire_receive(server->fd, &header, server->question, WIRE_PAYLOAD_MAX, -1), result;

        if (got != 1)
            return got;
        server->question_bytes = header.bytes;
        server->reply_bytes = 0;
        result = serve_one(server, header.code);
        if (result < 0 && header.code != WIRE_OPEN)
            server->reply_bytes = 0;
        got = wire_send(server->fd, (uint32_t)result, server->reply, server->reply_bytes, -1);
        if (got)
            return got;
    }
}

int iotb_dut_serve(int socket_fd, const struct iotb_dut_ops *ops)
{
    struct server *server = calloc(1, sizeof(*server));
    char error[256];
    int result = -EINVAL;

    if (!server)
        return -ENOMEM;
    server->fd = socket_fd;
    if (dut_link_adopt(&server->link, ops, error, sizeof(error)) == IOTB_OK)
        result = serve_all(server);
    if (server->dut)
        server->link.ops.close(server->dut);
    free(server);
    return result;
}
