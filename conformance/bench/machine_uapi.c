/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine_uapi.c - a DUT that is a user interface: system calls, DMA of its devices, what its kernel did. See dut/dut_uapi.h.
 */
#include "bench/machine.h"

bool bench_is_uapi(const struct test *t)
{
    return t->desc.kind == IOTB_KIND_UAPI;
}

void bench_uapi_begin(struct test *t)
{
    bench_require(t, guard_machine(t->guard, &t->uapi), "machine");
    bench_uapi_drain(t); /* from now on it listens */
}

/* Time has moved on in calls: where it is, the first question tells. */
void bench_uapi_run(struct test *t, uint64_t ps)
{
    bool idle;

    bench_require(t, guard_advance(t->guard, t->now_ps, &t->now_ps, &idle), "advance");
    bench_require(t, guard_advance(t->guard, t->now_ps + ps, &t->now_ps, &idle), "advance");
    bench_uapi_drain(t);
}

void bench_uapi_drain(struct test *t)
{
    if (t->setup->trace_path && guard_uapi(t->guard)->next_probe)
        bench_collect_probes(t);
}

/* A call of the table between its two checks. */
#define CALLABLE(t, function) \
    bench_require((t), guard_callable((t)->guard, guard_uapi((t)->guard)->function != NULL, #function), #function)
#define CALL(t, function, ...) finish_call((t), guard_uapi((t)->guard)->function(guard_dut((t)->guard), __VA_ARGS__), #function)

static int64_t finish_call(struct test *t, int64_t value, const char *function)
{
    t->call_count++;
    bench_require(t, guard_call(t->guard, value, function), function);
    bench_uapi_drain(t);
    return value;
}

const struct iotb_uapi_machine *uapi_machine(const struct test *t)
{
    return &t->uapi;
}

bool uapi_device(struct test *t, uint32_t index, struct iotb_uapi_device *device)
{
    int result = guard_describe_device(t->guard, index, device);

    bench_require(t, result, "describe_device");
    return result == IOTB_OK;
}

/* ---- system calls ---- */

int64_t sys_open(struct test *t, uint32_t process, const char *path, uint32_t flags)
{
    uint64_t from_ps = bench_told_begin(t);
    int64_t value;

    CALLABLE(t, open);
    value = CALL(t, open, process, path, flags);
    bench_told_call(t, from_ps, process, value, "open path=%s flags=0x%x", path, flags);
    return value;
}

int64_t sys_close(struct test *t, uint32_t process, int32_t fd)
{
    uint64_t from_ps = bench_told_begin(t);
    int64_t value;

    CALLABLE(t, close);
    value = CALL(t, close, process, fd);
    bench_told_call(t, from_ps, process, value, "close fd=%d", fd);
    return value;
}

int64_t sys_ioctl(struct test *t, uint32_t process, int32_t fd, uint64_t command, void *argument, uint32_t bytes)
{
    uint64_t from_ps = bench_told_begin(t);
    int64_t value;

    CALLABLE(t, ioctl);
    value = CALL(t, ioctl, process, fd, command, argument, bytes);
    bench_told_ioctl(t, from_ps, process, fd, command, argument, bytes, value);
    return value;
}

int64_t sys_ioctl_raw(struct test *t, uint32_t process, int32_t fd, uint64_t command, uint64_t argument)
{
    uint64_t from_ps = bench_told_begin(t);
    int64_t value;

    CALLABLE(t, ioctl_raw);
    value = CALL(t, ioctl_raw, process, fd, command, argument);
    bench_told_ioctl(t, from_ps, process, fd, command, &argument, 0, value);
    return value;
}

int64_t sys_read(struct test *t, uint32_t process, int32_t fd, void *data, uint32_t bytes)
{
    uint64_t from_ps = bench_told_begin(t);
    int64_t got;

    CALLABLE(t, read);
    got = CALL(t, read, process, fd, data, bytes);
    if (got > (int64_t)bytes)
        bench_require(t, guard_too_much(t->guard, "read", got), "read");
    bench_told_call(t, from_ps, process, got, "read fd=%d bytes=%u", fd, bytes);
    return got;
}

int64_t sys_write(struct test *t, uint32_t process, int32_t fd, const void *data, uint32_t bytes)
{
    uint64_t from_ps = bench_told_begin(t);
    int64_t value;

    CALLABLE(t, write);
    value = CALL(t, write, process, fd, data, bytes);
    bench_told_call(t, from_ps, process, value, "write fd=%d bytes=%u", fd, bytes);
    return value;
}

int64_t sys_poll(struct test *t, uint32_t process, int32_t fd, uint32_t events)
{
    uint64_t from_ps = bench_told_begin(t);
    int64_t value;

    CALLABLE(t, poll);
    value = CALL(t, poll, process, fd, events);
    bench_told_call(t, from_ps, process, value, "poll fd=%d events=0x%x", fd, events);
    return value;
}

int64_t sys_eventfd(struct test *t, uint32_t process, uint32_t initial)
{
    uint64_t from_ps = bench_told_begin(t);
    int64_t value;

    CALLABLE(t, eventfd);
    value = CALL(t, eventfd, process, initial);
    bench_told_call(t, from_ps, process, value, "eventfd initial=%u", initial);
    return value;
}

int64_t sys_map_memory(struct test *t, uint32_t process, uint64_t bytes, uint64_t *user_address)
{
    uint64_t from_ps = bench_told_begin(t);
    int64_t value;

    CALLABLE(t, map_memory);
    value = CALL(t, map_memory, process, bytes, user_address);
    bench_told_call(t, from_ps, process, value, "mmap bytes=0x%llx address=0x%llx", (unsigned long long)bytes,
                    (unsigned long long)*user_address);
    return value;
}

int64_t sys_unmap_memory(struct test *t, uint32_t process, uint64_t user_address, uint64_t bytes)
{
    uint64_t from_ps = bench_told_begin(t);
    int64_t value;

    CALLABLE(t, unmap_memory);
    value = CALL(t, unmap_memory, process, user_address, bytes);
    bench_told_call(t, from_ps, process, value, "munmap address=0x%llx bytes=0x%llx", (unsigned long long)user_address,
                    (unsigned long long)bytes);
    return value;
}

int64_t sys_map_file(struct test *t, uint32_t process, int32_t fd, uint64_t offset, uint64_t bytes, uint32_t protection,
                     uint64_t *user_address)
{
    uint64_t from_ps = bench_told_begin(t);
    int64_t value;

    CALLABLE(t, map_file);
    value = CALL(t, map_file, process, fd, offset, bytes, protection, user_address);
    bench_told_call(t, from_ps, process, value, "mmap fd=%d offset=0x%llx bytes=0x%llx", fd, (unsigned long long)offset,
                    (unsigned long long)bytes);
    return value;
}

int64_t sys_access(struct test *t, uint32_t process, uint64_t user_address, void *data, uint32_t bytes, bool write)
{
    CALLABLE(t, access_memory);
    return CALL(t, access_memory, process, user_address, data, bytes, write);
}

int64_t sys_fork(struct test *t, uint32_t process)
{
    uint64_t from_ps = bench_told_begin(t);
    int64_t value;

    CALLABLE(t, fork);
    value = CALL(t, fork, process);
    bench_told_call(t, from_ps, process, value, "fork");
    return value;
}

int64_t sys_exit(struct test *t, uint32_t process)
{
    uint64_t from_ps = bench_told_begin(t);
    int64_t value;

    CALLABLE(t, exit);
    value = CALL(t, exit, process);
    bench_told_call(t, from_ps, process, value, "exit");
    return value;
}

int64_t sys_share(struct test *t, uint32_t process, int32_t fd, uint32_t to_process)
{
    CALLABLE(t, share);
    return CALL(t, share, process, fd, to_process);
}

int64_t sys_set_memlock(struct test *t, uint32_t process, uint64_t bytes)
{
    CALLABLE(t, set_memlock);
    return CALL(t, set_memlock, process, bytes);
}

/* ---- devices ---- */

int64_t device_dma(struct test *t, uint32_t device, const struct iotb_request *request, struct iotb_completion *completion)
{
    struct iotb_request sent = *request;
    uint64_t from_ps = bench_told_begin(t);
    int64_t value = 0;

    sent.size = sizeof(sent);
    t->dma_count++;
    bench_require(t, guard_device_submit(t->guard, device, &sent, completion, &value), "device_submit");
    bench_uapi_drain(t);
    bench_told_dma(t, from_ps, device, request, value, completion);
    return value;
}

bool device_poll(struct test *t, uint32_t device, struct iotb_completion *completion)
{
    int result = guard_device_poll(t->guard, device, completion);

    bench_require(t, result, "device_poll");
    return result == IOTB_OK;
}

void device_bus(struct test *t, uint32_t device, struct iotb_uapi_bus *bus)
{
    int result = guard_device_bus(t->guard, device, bus);

    bench_require(t, result, "device_bus");
    if (result == IOTB_NONE)
        *bus = (struct iotb_uapi_bus){.size = sizeof(*bus), .snoop = IOTB_ATTR_UNKNOWN};
}

void device_repeat(struct test *t, uint32_t device, const struct iotb_request *request, uint64_t period_ps)
{
    struct iotb_request sent = {0};

    CALLABLE(t, device_repeat);
    if (request)
        sent = *request;
    sent.size = sizeof(sent);
    bench_require(
        t,
        guard_simple(t->guard,
                     guard_uapi(t->guard)->device_repeat(guard_dut(t->guard), device, request ? &sent : NULL, period_ps),
                     "device_repeat", false),
        "device_repeat");
}

int64_t driver_bind(struct test *t, uint32_t device, enum iotb_uapi_driver driver)
{
    CALLABLE(t, bind_driver);
    return CALL(t, bind_driver, device, driver);
}

int64_t driver_buffer(struct test *t, uint32_t device, uint64_t *bus_address, uint32_t offset, void *data, uint32_t bytes,
                      bool write)
{
    CALLABLE(t, driver_buffer);
    return CALL(t, driver_buffer, device, bus_address, offset, data, bytes, write);
}

/* ---- tasks and the kernel ---- */

uint32_t task_spawn(struct test *t, const struct iotb_uapi_call *call)
{
    struct iotb_uapi_call sent = *call;
    int64_t task;

    sent.size = sizeof(sent);
    CALLABLE(t, spawn);
    task = CALL(t, spawn, &sent);
    if (task < 0)
        test_abort(t, "no task for a system call: errno %lld", (long long)-task);
    return (uint32_t)task;
}

bool task_collect(struct test *t, uint32_t task, struct iotb_uapi_call *call)
{
    int result;

    call->size = sizeof(*call);
    result = guard_collect(t->guard, task, call);
    bench_require(t, result, "collect");
    bench_uapi_drain(t);
    return result == IOTB_OK;
}

void sys_quiesce(struct test *t)
{
    CALLABLE(t, quiesce);
    bench_require(t, guard_simple(t->guard, guard_uapi(t->guard)->quiesce(guard_dut(t->guard)), "quiesce", false), "quiesce");
    bench_uapi_drain(t);
}

int64_t sys_module(struct test *t, const char *name, enum iotb_uapi_module_action action)
{
    CALLABLE(t, module);
    return CALL(t, module, name, action);
}

int64_t sys_fail_nth(struct test *t, uint32_t process, uint32_t n)
{
    CALLABLE(t, fail_nth);
    return CALL(t, fail_nth, process, n);
}

void sys_audit(struct test *t, uint32_t process, struct iotb_uapi_audit *audit)
{
    bench_require(t, guard_audit(t->guard, process, audit), "audit");
}

/* ---- guests ---- */

int64_t guest_wbinvd(struct test *t, uint32_t process, int32_t vm)
{
    CALLABLE(t, guest_wbinvd);
    return CALL(t, guest_wbinvd, process, vm);
}

int64_t guest_enqcmd(struct test *t, uint32_t process, int32_t vm, uint32_t device, uint32_t vpasid,
                     const struct iotb_request *request, struct iotb_completion *completion)
{
    struct iotb_request sent = *request;
    struct guard_enqcmd enqcmd = {.process = process, .device = device, .vpasid = vpasid, .vm = vm, .request = &sent};
    int64_t value = 0;

    sent.size = sizeof(sent);
    t->dma_count++;
    bench_require(t, guard_guest_enqcmd(t->guard, &enqcmd, completion, &value), "guest_enqcmd");
    bench_uapi_drain(t);
    return value;
}
