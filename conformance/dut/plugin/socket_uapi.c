/* SPDX-License-Identifier: BSD-2-Clause */
/* socket_uapi.c - a user interface in another process: every function of its table is one kind of question. */
#include "dut/plugin/plugin.h"
#include "dut/plugin/socket.h"

#include <string.h>

#define FUNCTION(name) .function = WIRE_UAPI_FUNCTION(name)

/* Sends the question with q.bytes of data and takes at most q.room bytes back; the reply's fixed part is in *reply. */
static int exchange(struct iotb_dut *dut, struct wire_uapi q, const void *data, void *back, struct wire_uapi_reply *reply)
{
    uint32_t got;
    int result;

    *reply = (struct wire_uapi_reply){0};
    if (q.bytes > WIRE_MEMORY_MAX || q.room > WIRE_MEMORY_MAX)
        return IOTB_E_UNSUPPORTED;
    memcpy(dut->question, &q, sizeof(q));
    if (q.bytes && data)
        memcpy(&dut->question[sizeof(q)], data, q.bytes);
    result = socket_ask(dut, WIRE_UAPI, dut->question, sizeof(q) + q.bytes);
    if (result != IOTB_OK)
        return result;
    if (dut->reply_bytes < sizeof(*reply) || dut->reply_bytes - sizeof(*reply) > q.room)
        return IOTB_E_PROTOCOL;
    got = dut->reply_bytes - (uint32_t)sizeof(*reply);
    memcpy(reply, dut->reply, sizeof(*reply));
    if (got && back)
        memcpy(back, &dut->reply[sizeof(*reply)], got);
    return IOTB_OK;
}

/* A system call: its value, or that the bench failed. */
static int64_t call(struct iotb_dut *dut, struct wire_uapi q, const void *data, void *back, uint64_t *address)
{
    struct wire_uapi_reply reply;
    int result = exchange(dut, q, data, back, &reply);

    if (address && result == IOTB_OK)
        *address = reply.address;
    return result == IOTB_OK ? reply.value : IOTB_UAPI_BENCH(result);
}

/* A function that hands out a struct; what the peer's version does not have stays as it was given. */
static int get(struct iotb_dut *dut, struct wire_uapi q, void *out, uint32_t bytes)
{
    struct wire_uapi_reply reply;
    uint32_t size;
    int result;

    q.room = bytes;
    result = exchange(dut, q, NULL, out, &reply);
    memcpy(&size, out, sizeof(size));
    if (size > bytes)
        memcpy(out, &bytes, sizeof(bytes));
    return result;
}

/* ---- system calls ---- */

static int64_t uapi_open(struct iotb_dut *dut, uint32_t process, const char *path, uint32_t flags)
{
    return call(dut, (struct wire_uapi){FUNCTION(open), .process = process, .number = flags, .bytes = (uint32_t)strlen(path) + 1},
                path, NULL, NULL);
}

static int64_t uapi_close(struct iotb_dut *dut, uint32_t process, int32_t fd)
{
    return call(dut, (struct wire_uapi){FUNCTION(close), .process = process, .fd = fd}, NULL, NULL, NULL);
}

static int64_t uapi_ioctl(struct iotb_dut *dut, uint32_t process, int32_t fd, uint64_t command, void *argument, uint32_t bytes)
{
    return call(dut,
                (struct wire_uapi){FUNCTION(ioctl), .process = process, .fd = fd, .a = command, .bytes = bytes, .room = bytes},
                argument, argument, NULL);
}

static int64_t uapi_read(struct iotb_dut *dut, uint32_t process, int32_t fd, void *data, uint32_t bytes)
{
    return call(dut, (struct wire_uapi){FUNCTION(read), .process = process, .fd = fd, .room = bytes}, NULL, data, NULL);
}

static int64_t uapi_write(struct iotb_dut *dut, uint32_t process, int32_t fd, const void *data, uint32_t bytes)
{
    return call(dut, (struct wire_uapi){FUNCTION(write), .process = process, .fd = fd, .bytes = bytes}, data, NULL, NULL);
}

static int64_t uapi_poll(struct iotb_dut *dut, uint32_t process, int32_t fd, uint32_t events)
{
    return call(dut, (struct wire_uapi){FUNCTION(poll), .process = process, .fd = fd, .number = events}, NULL, NULL, NULL);
}

static int64_t uapi_eventfd(struct iotb_dut *dut, uint32_t process, uint32_t initial)
{
    return call(dut, (struct wire_uapi){FUNCTION(eventfd), .process = process, .number = initial}, NULL, NULL, NULL);
}

static int64_t uapi_map_memory(struct iotb_dut *dut, uint32_t process, uint64_t bytes, uint64_t *user_address)
{
    return call(dut, (struct wire_uapi){FUNCTION(map_memory), .process = process, .a = bytes, .b = *user_address}, NULL, NULL,
                user_address);
}

static int64_t uapi_access_memory(struct iotb_dut *dut, uint32_t process, uint64_t user_address, void *data, uint32_t bytes,
                                  uint32_t write)
{
    return call(dut,
                (struct wire_uapi){FUNCTION(access_memory), .process = process, .number = write, .a = user_address, .b = bytes,
                                   .bytes = write ? bytes : 0, .room = write ? 0 : bytes},
                data, data, NULL);
}

static int64_t uapi_fork(struct iotb_dut *dut, uint32_t process)
{
    return call(dut, (struct wire_uapi){FUNCTION(fork), .process = process}, NULL, NULL, NULL);
}

static int64_t uapi_exit(struct iotb_dut *dut, uint32_t process)
{
    return call(dut, (struct wire_uapi){FUNCTION(exit), .process = process}, NULL, NULL, NULL);
}

static int64_t uapi_unmap_memory(struct iotb_dut *dut, uint32_t process, uint64_t user_address, uint64_t bytes)
{
    return call(dut, (struct wire_uapi){FUNCTION(unmap_memory), .process = process, .a = user_address, .b = bytes}, NULL, NULL,
                NULL);
}

static int64_t uapi_set_memlock(struct iotb_dut *dut, uint32_t process, uint64_t bytes)
{
    return call(dut, (struct wire_uapi){FUNCTION(set_memlock), .process = process, .a = bytes}, NULL, NULL, NULL);
}

static int64_t uapi_share(struct iotb_dut *dut, uint32_t process, int32_t fd, uint32_t to_process)
{
    return call(dut, (struct wire_uapi){FUNCTION(share), .process = process, .fd = fd, .number = to_process}, NULL, NULL, NULL);
}

static int64_t uapi_map_file(struct iotb_dut *dut, uint32_t process, int32_t fd, uint64_t offset, uint64_t bytes,
                             uint32_t protection, uint64_t *user_address)
{
    return call(dut,
                (struct wire_uapi){FUNCTION(map_file), .process = process, .fd = fd, .number = protection, .a = offset,
                                   .b = bytes, .c = *user_address},
                NULL, NULL, user_address);
}

static int64_t uapi_ioctl_raw(struct iotb_dut *dut, uint32_t process, int32_t fd, uint64_t command, uint64_t argument)
{
    return call(dut, (struct wire_uapi){FUNCTION(ioctl_raw), .process = process, .fd = fd, .a = command, .b = argument}, NULL,
                NULL, NULL);
}

/* ---- devices ---- */

static int64_t uapi_device_submit(struct iotb_dut *dut, uint32_t device, const struct iotb_request *request,
                                  struct iotb_completion *completion)
{
    return call(
        dut,
        (struct wire_uapi){FUNCTION(device_submit), .number = device, .bytes = sizeof(*request), .room = sizeof(*completion)},
        request, completion, NULL);
}

static int64_t uapi_guest_enqcmd(struct iotb_dut *dut, uint32_t process, int32_t vm, uint32_t device, uint32_t vpasid,
                                 const struct iotb_request *request, struct iotb_completion *completion)
{
    return call(dut,
                (struct wire_uapi){FUNCTION(guest_enqcmd), .process = process, .fd = vm, .number = device, .a = vpasid,
                                   .bytes = sizeof(*request), .room = sizeof(*completion)},
                request, completion, NULL);
}

static int uapi_device_repeat(struct iotb_dut *dut, uint32_t device, const struct iotb_request *request, uint64_t period_ps)
{
    struct wire_uapi_reply reply;

    return exchange(dut,
                    (struct wire_uapi){FUNCTION(device_repeat), .number = device, .a = period_ps,
                                       .bytes = request ? (uint32_t)sizeof(*request) : 0},
                    request, NULL, &reply);
}

static int64_t uapi_bind_driver(struct iotb_dut *dut, uint32_t device, uint32_t driver)
{
    return call(dut, (struct wire_uapi){FUNCTION(bind_driver), .number = device, .a = driver}, NULL, NULL, NULL);
}

static int64_t uapi_driver_buffer(struct iotb_dut *dut, uint32_t device, uint64_t *bus_address, uint32_t offset, void *data,
                                  uint32_t bytes, uint32_t write)
{
    return call(dut,
                (struct wire_uapi){FUNCTION(driver_buffer), .number = device, .a = offset, .b = write, .c = bytes,
                                   .bytes = write ? bytes : 0, .room = write ? 0 : bytes},
                data, data, bus_address);
}

/* ---- tasks and the kernel ---- */

static bool takes_argument(uint32_t kind)
{
    return kind == IOTB_UAPI_CALL_OPEN || kind == IOTB_UAPI_CALL_IOCTL || kind == IOTB_UAPI_CALL_WRITE;
}

static int64_t uapi_spawn(struct iotb_dut *dut, const struct iotb_uapi_call *given)
{
    uint8_t data[WIRE_MEMORY_MAX];
    uint32_t bytes = takes_argument(given->kind) ? given->bytes : 0;

    if (bytes > sizeof(data) - sizeof(*given))
        return IOTB_UAPI_BENCH(IOTB_E_UNSUPPORTED);
    memcpy(data, given, sizeof(*given));
    if (bytes)
        memcpy(&data[sizeof(*given)], given->argument, bytes);
    return call(dut, (struct wire_uapi){FUNCTION(spawn), .a = sizeof(*given), .bytes = (uint32_t)sizeof(*given) + bytes}, data,
                NULL, NULL);
}

static int uapi_collect(struct iotb_dut *dut, uint32_t task, struct iotb_uapi_call *given)
{
    struct wire_uapi_reply reply;
    int result =
        exchange(dut, (struct wire_uapi){FUNCTION(collect), .number = task, .room = given->bytes}, NULL, given->argument, &reply);

    given->result = reply.value;
    return result;
}

static int uapi_quiesce(struct iotb_dut *dut)
{
    struct wire_uapi_reply reply;

    return exchange(dut, (struct wire_uapi){FUNCTION(quiesce)}, NULL, NULL, &reply);
}

static int64_t uapi_module(struct iotb_dut *dut, const char *name, uint32_t action)
{
    return call(dut, (struct wire_uapi){FUNCTION(module), .number = action, .bytes = (uint32_t)strlen(name) + 1}, name, NULL,
                NULL);
}

static int64_t uapi_fail_nth(struct iotb_dut *dut, uint32_t process, uint32_t n)
{
    return call(dut, (struct wire_uapi){FUNCTION(fail_nth), .process = process, .number = n}, NULL, NULL, NULL);
}

static int64_t uapi_guest_wbinvd(struct iotb_dut *dut, uint32_t process, int32_t vm)
{
    return call(dut, (struct wire_uapi){FUNCTION(guest_wbinvd), .process = process, .fd = vm}, NULL, NULL, NULL);
}

/* A function that hands out a struct: of the machine, or of the device, index or process `number`. */
#define GET(name, type)                                                         \
    static int uapi_##name(struct iotb_dut *dut, struct type *out)              \
    {                                                                           \
        return get(dut, (struct wire_uapi){FUNCTION(name)}, out, sizeof(*out)); \
    }
#define GET_OF(name, type)                                                                                           \
    static int uapi_##name(struct iotb_dut *dut, uint32_t number, struct type *out)                                  \
    {                                                                                                                \
        return get(dut, (struct wire_uapi){FUNCTION(name), .number = number, .process = number}, out, sizeof(*out)); \
    }
GET(machine, iotb_uapi_machine)
GET(next_probe, iotb_probe)
GET_OF(describe_device, iotb_uapi_device)
GET_OF(device_poll, iotb_completion)
GET_OF(device_bus, iotb_uapi_bus)
GET_OF(audit, iotb_uapi_audit)

bool socket_uapi(struct iotb_dut *dut, struct iotb_uapi_ops *ops)
{
    static const struct iotb_uapi_ops all = {
        .size = sizeof(all),
        .open = uapi_open,
        .close = uapi_close,
        .ioctl = uapi_ioctl,
        .read = uapi_read,
        .write = uapi_write,
        .poll = uapi_poll,
        .eventfd = uapi_eventfd,
        .map_memory = uapi_map_memory,
        .access_memory = uapi_access_memory,
        .fork = uapi_fork,
        .exit = uapi_exit,
        .device_submit = uapi_device_submit,
        .machine = uapi_machine,
        .describe_device = uapi_describe_device,
        .device_poll = uapi_device_poll,
        .device_bus = uapi_device_bus,
        .device_repeat = uapi_device_repeat,
        .bind_driver = uapi_bind_driver,
        .driver_buffer = uapi_driver_buffer,
        .unmap_memory = uapi_unmap_memory,
        .set_memlock = uapi_set_memlock,
        .share = uapi_share,
        .map_file = uapi_map_file,
        .ioctl_raw = uapi_ioctl_raw,
        .spawn = uapi_spawn,
        .collect = uapi_collect,
        .quiesce = uapi_quiesce,
        .module = uapi_module,
        .fail_nth = uapi_fail_nth,
        .audit = uapi_audit,
        .guest_wbinvd = uapi_guest_wbinvd,
        .guest_enqcmd = uapi_guest_enqcmd,
        .next_probe = uapi_next_probe,
    };
    struct wire_uapi_reply reply = {0};
    uint32_t first = offsetof(struct iotb_uapi_ops, open), step = sizeof(ops->open);

    if (!(dut->functions >> WIRE_UAPI & 1u) ||
        exchange(dut, (struct wire_uapi){.function = WIRE_UAPI_TABLE}, NULL, NULL, &reply) != IOTB_OK)
        return false;
    *ops = all;
    for (uint32_t n = 0; first + n * step < sizeof(all); n++)
        if (!((uint64_t)reply.value >> n & 1))
            memset((uint8_t *)ops + first + n * step, 0, step);
    return true;
}
