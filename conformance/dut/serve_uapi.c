/* SPDX-License-Identifier: BSD-2-Clause */
/* serve_uapi.c - the other end of plugin/socket_uapi.c. */
#include "dut/serve_uapi.h"

#include <string.h>

/* A question whose lengths have been checked, and where its answer goes. */
struct question {
    const struct iotb_uapi_ops *ops;
    struct iotb_dut *dut;
    struct wire_uapi q;
    uint8_t *data, *back; /* q.bytes and q.room of them */
    struct wire_uapi_reply reply;
    uint32_t back_bytes;
};

/* The data as text; the server has room for a NUL behind them. */
static const char *text(struct question *s)
{
    s->data[s->q.bytes] = '\0';
    return (const char *)s->data;
}

/* The data as a struct of this version. */
static void take(const struct question *s, void *to, uint32_t bytes)
{
    memset(to, 0, bytes);
    memcpy(to, s->data, s->q.bytes < bytes ? s->q.bytes : bytes);
    memcpy(to, &bytes, sizeof(bytes));
}

static int done(struct question *s, int64_t value)
{
    s->reply.value = value;
    return IOTB_OK;
}

static int serve_open(struct question *s)
{
    return done(s, s->ops->open(s->dut, s->q.process, text(s), s->q.number));
}

static int serve_close(struct question *s)
{
    return done(s, s->ops->close(s->dut, s->q.process, s->q.fd));
}

static int serve_ioctl(struct question *s)
{
    memcpy(s->back, s->data, s->q.bytes);
    s->back_bytes = s->q.bytes;
    return done(s, s->ops->ioctl(s->dut, s->q.process, s->q.fd, s->q.a, s->back, s->q.bytes));
}

static int serve_read(struct question *s)
{
    s->back_bytes = s->q.room;
    return done(s, s->ops->read(s->dut, s->q.process, s->q.fd, s->back, s->q.room));
}

static int serve_write(struct question *s)
{
    return done(s, s->ops->write(s->dut, s->q.process, s->q.fd, s->data, s->q.bytes));
}

static int serve_poll(struct question *s)
{
    return done(s, s->ops->poll(s->dut, s->q.process, s->q.fd, s->q.number));
}

static int serve_eventfd(struct question *s)
{
    return done(s, s->ops->eventfd(s->dut, s->q.process, s->q.number));
}

static int serve_map_memory(struct question *s)
{
    s->reply.address = s->q.b;
    return done(s, s->ops->map_memory(s->dut, s->q.process, s->q.a, &s->reply.address));
}

static int serve_access_memory(struct question *s)
{
    if (s->q.b != (s->q.number ? s->q.bytes : s->q.room))
        return IOTB_E_PROTOCOL;
    s->back_bytes = s->q.number ? 0 : s->q.room;
    return done(
        s, s->ops->access_memory(s->dut, s->q.process, s->q.a, s->q.number ? s->data : s->back, (uint32_t)s->q.b, s->q.number));
}

static int serve_fork(struct question *s)
{
    return done(s, s->ops->fork(s->dut, s->q.process));
}

static int serve_exit(struct question *s)
{
    return done(s, s->ops->exit(s->dut, s->q.process));
}

static int serve_device_submit(struct question *s)
{
    struct iotb_request request;
    struct iotb_completion completion = {.size = sizeof(completion)};

    take(s, &request, sizeof(request));
    done(s, s->ops->device_submit(s->dut, s->q.number, &request, &completion));
    s->back_bytes = s->q.room < sizeof(completion) ? s->q.room : (uint32_t)sizeof(completion);
    memcpy(s->back, &completion, s->back_bytes);
    return IOTB_OK;
}

static int serve_guest_enqcmd(struct question *s)
{
    struct iotb_request request;
    struct iotb_completion completion = {.size = sizeof(completion)};

    take(s, &request, sizeof(request));
    done(s, s->ops->guest_enqcmd(s->dut, s->q.process, s->q.fd, s->q.number, (uint32_t)s->q.a, &request, &completion));
    s->back_bytes = s->q.room < sizeof(completion) ? s->q.room : (uint32_t)sizeof(completion);
    memcpy(s->back, &completion, s->back_bytes);
    return IOTB_OK;
}

static int serve_device_repeat(struct question *s)
{
    struct iotb_request request;

    take(s, &request, sizeof(request));
    return s->ops->device_repeat(s->dut, s->q.number, s->q.bytes ? &request : NULL, s->q.a);
}

static int serve_bind_driver(struct question *s)
{
    return done(s, s->ops->bind_driver(s->dut, s->q.number, (uint32_t)s->q.a));
}

static int serve_driver_buffer(struct question *s)
{
    bool write = s->q.b != 0;

    if (s->q.c != (write ? s->q.bytes : s->q.room))
        return IOTB_E_PROTOCOL;
    s->back_bytes = write ? 0 : s->q.room;
    return done(s, s->ops->driver_buffer(s->dut, s->q.number, &s->reply.address, (uint32_t)s->q.a, write ? s->data : s->back,
                                         (uint32_t)s->q.c, write));
}

static int serve_unmap_memory(struct question *s)
{
    return done(s, s->ops->unmap_memory(s->dut, s->q.process, s->q.a, s->q.b));
}

static int serve_set_memlock(struct question *s)
{
    return done(s, s->ops->set_memlock(s->dut, s->q.process, s->q.a));
}

static int serve_share(struct question *s)
{
    return done(s, s->ops->share(s->dut, s->q.process, s->q.fd, s->q.number));
}

static int serve_map_file(struct question *s)
{
    s->reply.address = s->q.c;
    return done(s, s->ops->map_file(s->dut, s->q.process, s->q.fd, s->q.a, s->q.b, s->q.number, &s->reply.address));
}

static int serve_ioctl_raw(struct question *s)
{
    return done(s, s->ops->ioctl_raw(s->dut, s->q.process, s->q.fd, s->q.a, s->q.b));
}

/* The data: the call as the bench's version has it, and behind that its argument. */
static int serve_spawn(struct question *s)
{
    struct iotb_uapi_call call = {0};
    uint64_t fixed = s->q.a;

    if (fixed > s->q.bytes || fixed < offsetof(struct iotb_uapi_call, result))
        return IOTB_E_PROTOCOL;
    memcpy(&call, s->data, fixed < sizeof(call) ? fixed : sizeof(call));
    call.size = sizeof(call);
    if (call.bytes > WIRE_MEMORY_MAX)
        return IOTB_E_PROTOCOL;
    call.argument = call.bytes <= s->q.bytes - fixed ? s->data + fixed : NULL;
    return done(s, s->ops->spawn(s->dut, &call));
}

static int serve_collect(struct question *s)
{
    struct iotb_uapi_call call = {.size = sizeof(call), .argument = s->back, .bytes = s->q.room};
    int result = s->ops->collect(s->dut, s->q.number, &call);

    s->back_bytes = s->q.room;
    s->reply.value = call.result;
    return result;
}

static int serve_quiesce(struct question *s)
{
    return s->ops->quiesce(s->dut);
}

static int serve_module(struct question *s)
{
    return done(s, s->ops->module(s->dut, text(s), s->q.number));
}

static int serve_fail_nth(struct question *s)
{
    return done(s, s->ops->fail_nth(s->dut, s->q.process, s->q.number));
}

static int serve_guest_wbinvd(struct question *s)
{
    return done(s, s->ops->guest_wbinvd(s->dut, s->q.process, s->q.fd));
}

/* The struct goes back in the DUT's version, as far as there is room. */
static int give(struct question *s, int result)
{
    uint32_t size;

    memcpy(&size, s->back, sizeof(size));
    if (result == IOTB_OK)
        s->back_bytes = size < s->q.room ? size : s->q.room;
    return result;
}

#define GIVE(name)                                             \
    static int serve_##name(struct question *s)                \
    {                                                          \
        return give(s, s->ops->name(s->dut, (void *)s->back)); \
    }
#define GIVE_OF(name)                                                       \
    static int serve_##name(struct question *s)                             \
    {                                                                       \
        return give(s, s->ops->name(s->dut, s->q.number, (void *)s->back)); \
    }
GIVE(machine)
GIVE(next_probe)
GIVE_OF(describe_device)
GIVE_OF(device_poll)
GIVE_OF(device_bus)
GIVE_OF(audit)

#define HANDLER(name) [WIRE_UAPI_FUNCTION(name)] = serve_##name
static int (*const handlers[])(struct question *s) = {
    HANDLER(open),          HANDLER(close),
    HANDLER(ioctl),         HANDLER(read),
    HANDLER(write),         HANDLER(poll),
    HANDLER(eventfd),       HANDLER(map_memory),
    HANDLER(access_memory), HANDLER(fork),
    HANDLER(exit),          HANDLER(device_submit),
    HANDLER(machine),       HANDLER(describe_device),
    HANDLER(device_poll),   HANDLER(device_bus),
    HANDLER(device_repeat), HANDLER(bind_driver),
    HANDLER(driver_buffer), HANDLER(unmap_memory),
    HANDLER(set_memlock),   HANDLER(share),
    HANDLER(map_file),      HANDLER(ioctl_raw),
    HANDLER(spawn),         HANDLER(collect),
    HANDLER(quiesce),       HANDLER(module),
    HANDLER(fail_nth),      HANDLER(audit),
    HANDLER(guest_wbinvd),  HANDLER(guest_enqcmd),
    HANDLER(next_probe),
};
#define HANDLER_COUNT (sizeof(handlers) / sizeof(handlers[0]))

static bool present(const struct iotb_uapi_ops *ops, uint32_t function)
{
    static const uint8_t null[sizeof(ops->open)];

    return function < HANDLER_COUNT &&
           memcmp((const uint8_t *)ops + offsetof(struct iotb_uapi_ops, open) + function * sizeof(ops->open), null,
                  sizeof(null)) != 0;
}

static int serve_table(const struct iotb_uapi_ops *ops, uint8_t *reply, uint32_t *reply_bytes)
{
    struct wire_uapi_reply there = {0};
    uint64_t functions = 0;

    for (uint32_t n = 0; n < HANDLER_COUNT; n++)
        functions |= (uint64_t)present(ops, n) << n;
    there.value = (int64_t)functions;
    memcpy(reply, &there, sizeof(there));
    *reply_bytes = sizeof(there);
    return IOTB_OK;
}

int serve_uapi(const struct iotb_uapi_ops *ops, struct iotb_dut *dut, uint8_t *question, uint32_t question_bytes, uint8_t *reply,
               uint32_t *reply_bytes)
{
    struct question s = {.ops = ops, .dut = dut, .data = question + sizeof(s.q), .back = reply + sizeof(s.reply)};
    int result;

    if (question_bytes < sizeof(s.q))
        return IOTB_E_PROTOCOL;
    memcpy(&s.q, question, sizeof(s.q));
    if (s.q.function == WIRE_UAPI_TABLE)
        return serve_table(ops, reply, reply_bytes);
    if (s.q.bytes != question_bytes - sizeof(s.q) || s.q.room > WIRE_MEMORY_MAX)
        return IOTB_E_PROTOCOL;
    if (!present(ops, s.q.function))
        return IOTB_E_UNSUPPORTED;
    memset(s.back, 0, s.q.room > 1024 ? s.q.room : 1024); /* any struct that a function hands out lies in here */
    result = handlers[s.q.function](&s);
    memcpy(reply, &s.reply, sizeof(s.reply));
    *reply_bytes = result == IOTB_OK ? (uint32_t)sizeof(s.reply) + s.back_bytes : 0;
    return result;
}
