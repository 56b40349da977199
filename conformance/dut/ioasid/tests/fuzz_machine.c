/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_machine.c - bytes as what hostile processes do on the whole machine: commands on nodes, devices and VMs, tables of their
 * own in memory, DMA and page requests, system calls side by side, fork and exit, failures inside the kernel. Whatever they do,
 * the kernel complains of nothing, and nothing is left when they are gone. The entry point is libFuzzer's.
 */
#include "dut/ioasid/ioasid_dut.h"

#include "ioasid/uapi/iommu.h"
#include "ioasid/uapi/vfio.h"
#include "kernel/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { PAGE = 4096, PAGES = 32, DEVICES = 8, NODES = 4, TASKS = 8, READ_WRITE_NONBLOCK = 04002 };
#define VA UINT64_C(0x40000000) /* where the memory of the processes is */
#define IOVA UINT64_C(0x100000) /* where a parent maps it */

struct input {
    const uint8_t *data;
    size_t bytes;
};

static struct {
    struct iotb_dut *dut;
    const struct iotb_uapi_ops *on;
    char device[DEVICES][64];
    uint32_t inputs;                    /* of this boot */
    uint32_t first, processes, process; /* of this input: their numbers begin at first; the one that calls */
    int32_t nodes[NODES], devices[DEVICES];
    int64_t tasks[TASKS];
    uint32_t beside; /* so many calls are not waited for */
    bool arm, rebound;
} now;

/* ---- values ---- */

static uint8_t take(struct input *input)
{
    if (!input->bytes)
        return 0;
    input->bytes--;
    return *input->data++;
}

/* Numbers that mean something are likelier than chance has them. */
static uint64_t number(struct input *input)
{
    uint8_t kind = take(input), value = kind >> 3;

    switch (kind & 7) {
    case 0:
        return value;
    case 1:
        return (uint64_t)value * PAGE;
    case 2:
        return VA + (uint64_t)value * PAGE;
    case 3:
        return ~(uint64_t)0 - value;
    case 4:
        return (uint64_t)1 << value << (take(input) & 31);
    case 5:
        return IOVA + (uint64_t)value * PAGE;
    case 6:
        return take(input) | (uint64_t)take(input) << 8;
    default:
        return value & 3;
    }
}

static void fill(struct input *input, uint8_t *to, size_t bytes)
{
    for (size_t at = 0; at < bytes;) {
        uint64_t value = number(input);
        size_t width = take(input) & 1 ? 8 : 4;

        width = width > bytes - at ? bytes - at : width;
        memcpy(to + at, &value, width);
        at += width;
    }
}

/* Descriptors: mostly those that were meant for it. */
static int32_t node(struct input *input)
{
    uint8_t choice = take(input);

    return choice < 224 ? now.nodes[choice & 1] : choice < 240 ? now.nodes[choice % NODES] : choice & 15;
}

static int32_t device(struct input *input)
{
    uint8_t choice = take(input);

    return choice < 240 ? now.devices[choice % DEVICES] : choice & 15;
}

static uint32_t space(struct input *input)
{
    uint8_t choice = take(input);

    return choice < 240 ? 1u + choice % 6u : (uint32_t)number(input);
}

/* ---- calls, also side by side ---- */

static void collect(uint32_t at)
{
    struct iotb_uapi_call call = {.size = sizeof(call)};

    if (now.tasks[at] < 0 || now.on->collect(now.dut, (uint32_t)now.tasks[at], &call) == IOTB_NONE)
        return;
    now.tasks[at] = -1;
}

/* It goes on during the calls that follow, and may sleep for ever; with too many of those it is dropped. */
static void spawn(uint32_t kind, int32_t fd, uint64_t command, void *argument, uint32_t bytes)
{
    struct iotb_uapi_call call = {.size = sizeof(call), .kind = kind, .process = now.process, .fd = fd, .command = command};

    call.argument = argument;
    call.bytes = bytes;
    now.beside--;
    for (uint32_t i = 0; i < TASKS; i++) {
        collect(i);
        if (now.tasks[i] < 0) {
            now.tasks[i] = now.on->spawn(now.dut, &call);
            return;
        }
    }
}

static int64_t ioctl(int32_t fd, uint64_t command, void *argument, uint32_t bytes)
{
    if (!now.beside)
        return now.on->ioctl(now.dut, now.process, fd, command, argument, bytes);
    spawn(IOTB_UAPI_CALL_IOCTL, fd, command, argument, bytes);
    return 0;
}

static void close_file(int32_t fd)
{
    if (now.beside)
        spawn(IOTB_UAPI_CALL_CLOSE, fd, 0, NULL, 0);
    else
        (void)now.on->close(now.dut, now.process, fd);
}

/* ---- commands ---- */

static uint64_t command_number(struct input *input)
{
    uint8_t choice = take(input);

    if (choice >= 0xe0)
        return (uint64_t)0xae << 8 | (choice & 1 ? 0xf0u + (choice >> 1 & 1u) : choice & 15u);
    return (uint64_t)';' << 8 | ((choice & 1 ? 100u : 160u) + (choice >> 1) % 28);
}

static void raw_command(struct input *input)
{
    uint64_t command = command_number(input);
    int32_t fd = take(input) & 1 ? node(input) : device(input);
    uint8_t argument[96] = {0};
    uint32_t size = 8 + (uint32_t)(take(input) % 84);

    if (size > 88) {
        (void)now.on->ioctl_raw(now.dut, now.process, fd, command, number(input));
        return;
    }
    fill(input, argument + 4, size - 4);
    memcpy(argument, &size, 4);
    (void)ioctl(fd, command, argument, size);
}

/* The format that the machine takes, with a table at the start of the memory as a parent maps it. */
static uint32_t put_format(struct input *input)
{
    uint64_t at = VA + (PAGES - 1) * PAGE;
    uint8_t twist = take(input);
    struct ioasid_format_vtd_s1 vtd = {.pgtbl_addr = IOVA, .addr_width = twist & 1 ? 57 : 48, .flags = twist >> 5};
    struct ioasid_format_arm_pasid_table arm = {
        .table_addr = IOVA, .s1cdmax = twist & 7, .s1fmt = (twist >> 3 & 3) % 3, .s1dss = (twist >> 5 & 3) % 3};

    (void)now.on->access_memory(now.dut, now.process, at, now.arm ? (void *)&arm : (void *)&vtd,
                                now.arm ? sizeof(arm) : sizeof(vtd), true);
    return now.arm ? sizeof(arm) : sizeof(vtd);
}

static void alloc(struct input *input)
{
    uint8_t choice = take(input);
    struct iommu_ioasid_alloc alloc = {.argsz = sizeof(alloc), .type = 1 + choice % 5u, .flags = choice >> 5};

    if (alloc.type == IOMMU_IOASID_KERNEL_TYPE1V2) {
        alloc.addr_width = 32 + (take(input) & 31);
        alloc.flags |= (take(input) & 7) == 0 ? IOMMU_IOASID_ALLOC_DIRTY : 0;
    } else if (alloc.type == IOMMU_IOASID_USER_PGTABLE || alloc.type == IOMMU_IOASID_USER_PASID_TABLE) {
        alloc.flags = IOMMU_IOASID_ALLOC_PARENT;
        alloc.type = now.arm ? IOMMU_IOASID_USER_PASID_TABLE : IOMMU_IOASID_USER_PGTABLE;
        alloc.format = now.arm ? IOASID_FORMAT_ARM_PASID_TABLE : IOASID_FORMAT_VTD_S1;
        alloc.data_len = put_format(input);
        alloc.data_uptr = VA + (PAGES - 1) * PAGE;
    } else {
        alloc.flags = 0;
    }
    if (alloc.flags & IOMMU_IOASID_ALLOC_PARENT)
        alloc.parent = space(input);
    (void)ioctl(node(input), IOMMU_IOASID_ALLOC, &alloc, sizeof(alloc));
}

static void map_or_unmap(struct input *input)
{
    uint8_t choice = take(input);
    struct iommu_map_dma map = {.argsz = sizeof(map), .flags = 1 + (choice >> 1) % 3u, .ioasid = space(input)};
    struct iommu_unmap_dma unmap = {.argsz = sizeof(unmap), .ioasid = map.ioasid};

    map.vaddr = choice & 8 ? VA : number(input);
    map.iova = choice & 16 ? IOVA : number(input);
    map.size = choice & 32 ? PAGES * PAGE : (1 + (uint64_t)(choice >> 6)) * PAGE;
    unmap.iova = map.iova;
    unmap.size = map.size;
    if (choice & 1)
        (void)ioctl(node(input), IOMMU_MAP_DMA, &map, sizeof(map));
    else
        (void)ioctl(node(input), IOMMU_UNMAP_DMA, &unmap, sizeof(unmap));
}

static void bind_one(uint32_t index, int32_t to, uint64_t cookie)
{
    struct vfio_device_bind_iommufd bind = {.argsz = sizeof(bind), .iommu_fd = to, .dev_cookie = cookie};

    if (now.devices[index] < 0 && now.device[index][0])
        now.devices[index] = (int32_t)now.on->open(now.dut, now.process, now.device[index], READ_WRITE_NONBLOCK);
    (void)ioctl(now.devices[index], VFIO_DEVICE_BIND_IOMMUFD, &bind, sizeof(bind));
}

static void bind_or_close(struct input *input)
{
    uint8_t choice = take(input);

    if (choice < 192) {
        bind_one(choice % DEVICES, node(input), choice >> 5);
        return;
    }
    close_file(now.devices[choice % DEVICES]);
    now.devices[choice % DEVICES] = -1;
}

static void attach_or_detach(struct input *input)
{
    uint8_t choice = take(input);
    struct vfio_device_attach_ioasid attach = {.argsz = sizeof(attach), .flags = choice & 3, .iommu_fd = node(input)};

    attach.ioasid = space(input);
    attach.vpasid = choice & 1 ? take(input) & 15 : 0;
    (void)ioctl(device(input), choice & 0xc0 ? VFIO_DEVICE_ATTACH_IOASID : VFIO_DEVICE_DETACH_IOASID, &attach, sizeof(attach));
}

static void invalidate(struct input *input)
{
    uint8_t choice = take(input);
    struct iommu_invalidate_cache cache = {.argsz = sizeof(cache)};

    cache.entry.flags = choice & 15;
    cache.entry.ioasid = space(input);
    cache.entry.cache = choice >> 4 & 7;
    cache.entry.granularity = take(input) & 3;
    cache.entry.vpasid = take(input) & 15;
    cache.entry.dev_cookie = take(input) & 7;
    cache.entry.iova = number(input);
    cache.entry.size = (uint64_t)(take(input) & 7) * PAGE;
    (void)ioctl(node(input), IOMMU_INVALIDATE_CACHE, &cache, sizeof(cache));
}

/* ---- devices, memory ---- */

static void dma(struct input *input)
{
    uint8_t choice = take(input);
    struct iotb_request request = {.size = sizeof(request), .id = choice, .kind = choice & 1, .bytes = 8u << (choice >> 1 & 3)};
    struct iotb_completion completion;
    uint32_t index = take(input) % 12;

    request.address_type = (uint8_t)((choice >> 3 & 3) % 3);
    request.flags = choice & 32 ? IOTB_RQ_PASID : 0;
    request.flags |= choice & 64 ? IOTB_RQ_NO_SNOOP : 0;
    request.pasid = choice & 32 ? (uint32_t)number(input) & 0xfffff : 0;
    request.address = number(input);
    if (choice & 128)
        (void)now.on->device_repeat(now.dut, index, take(input) & 1 ? &request : NULL, 1000000000);
    else
        (void)now.on->device_submit(now.dut, index, &request, &completion);
    (void)now.on->device_poll(now.dut, index, &completion);
}

/* Entries that point to each other: pages of the memory as the parent maps it, with flags of either architecture. */
static void table_entry(struct input *input)
{
    uint8_t choice = take(input);
    uint64_t target = choice & 0xc0 ? IOVA + (uint64_t)(take(input) % PAGES) * PAGE : number(input) & ~UINT64_C(0xfff);
    uint64_t value = target | (now.arm ? 0x743u : 0x27u), at = VA + (uint64_t)(choice % 8) * PAGE + (uint64_t)take(input) * 8;

    if ((choice & 0x38) == 0x38)
        value ^= number(input);
    (void)now.on->access_memory(now.dut, now.process, at, &value, sizeof(value), true);
}

/* IHI 0070 5.4 CD: a 48-bit TTB0 with 4 KiB pages, TTB1 off, AArch64, ASID 1. */
static void context_descriptor(struct input *input)
{
    uint64_t word[8] = {16 | 1u << 30 | 1u << 31 | UINT64_C(5) << 32 | UINT64_C(1) << 41 | UINT64_C(3) << 45 | UINT64_C(1) << 48,
                        IOVA + PAGE, 0, 0xff};

    word[0] ^= (take(input) & 7) == 7 ? number(input) : 0;
    (void)now.on->access_memory(now.dut, now.process, VA + (uint64_t)(take(input) & 31) * 64, word, sizeof(word), true);
}

static void read_and_answer(struct input *input)
{
    uint8_t choice = take(input), records[256];
    int32_t fd = node(input);
    struct iommu_fault_respond respond = {.argsz = sizeof(respond), .code = choice >> 6, .flags = choice >> 4 & 3};
    struct iommu_fault_record record;

    if (now.on->read(now.dut, now.process, fd, records, sizeof(records)) >= (int64_t)sizeof(record)) {
        memcpy(&record, records, sizeof(record));
        respond.ioasid = record.ioasid;
        respond.dev_cookie = record.dev_cookie;
        respond.vpasid = record.vpasid;
        respond.fault_id = record.fault_id;
    } else {
        respond.ioasid = space(input);
        respond.fault_id = take(input) & 3;
    }
    if (choice & 1)
        (void)ioctl(fd, IOMMU_FAULT_RESPOND, &respond, sizeof(respond));
}

/* ---- side by side, processes ---- */

static void beside(struct input *input)
{
    now.beside = 1u + take(input) % 6;
}

static void process_or_failure(struct input *input)
{
    uint8_t choice = take(input);

    switch (choice & 7) {
    case 0:
        if (now.processes < 3 && now.on->fork(now.dut, now.process) == now.first + now.processes)
            now.processes++;
        break;
    case 1:
        (void)now.on->exit(now.dut, now.process);
        now.process = now.first;
        break;
    case 2:
        now.process = now.first + (choice >> 3u) % now.processes;
        break;
    case 3:
        (void)now.on->set_memlock(now.dut, now.process, (uint64_t)(choice >> 3) * 8 * PAGE);
        break;
    case 4:
        (void)now.on->unmap_memory(now.dut, now.process, VA + (uint64_t)(choice >> 3) * PAGE, PAGE);
        break;
    default:
        (void)now.on->fail_nth(now.dut, now.process, 1u + (choice >> 3));
    }
}

static void open_or_close(struct input *input)
{
    static const char *const paths[] = {"/dev/iommu", "/dev/ioasid", "/dev/kvm", "/dev/vfio/vfio"};
    uint32_t which = take(input) % NODES;

    close_file(now.nodes[which]);
    now.nodes[which] = (int32_t)now.on->open(now.dut, now.process, paths[which], READ_WRITE_NONBLOCK);
    if (which >= 2 && take(input) & 1) /* an eventfd, to be told of faults, or a VM in the place of its factory */
        now.nodes[which] = (int32_t)(which == 2 ? now.on->ioctl_raw(now.dut, now.process, now.nodes[2], 0xae01, 0)
                                                : now.on->eventfd(now.dut, now.process, 0));
}

static void others(struct input *input)
{
    uint8_t choice = take(input);

    switch (choice & 3) {
    case 0:
        (void)now.on->quiesce(now.dut);
        break;
    case 1:
        (void)now.on->guest_wbinvd(now.dut, now.process, now.nodes[2]);
        break;
    case 2:
        (void)now.on->bind_driver(now.dut, (choice >> 2) % DEVICES, choice >> 5);
        now.rebound = true;
        break;
    default:
        context_descriptor(input);
    }
}

/* ---- beginning and end ---- */

static void boot(uint8_t kind)
{
    static const char *const profiles[] = {"v2", "up", "s20", "v2"};
    char parameters[64], error[128];
    struct iotb_open_args args = {.size = sizeof(args), .parameters = parameters, .error = error, .error_bytes = sizeof(error)};

    memset(&now, 0, sizeof(now));
    now.arm = kind & 1;
    now.on = iotb_dut_ioasid()->uapi;
    args.seed = kind;
    snprintf(parameters, sizeof(parameters), "iommu=%s,profile=%s,%s", now.arm ? "smmuv3" : "vtd", profiles[kind >> 1 & 3],
             getenv("HARNESS_TEST_THREADS") ? "backend=threads,explore=1"
             : kind & 8                     ? "explore=1"
                                            : "explore=0");
    if (iotb_dut_ioasid()->open(&args, &now.dut) != IOTB_OK || iotb_dut_ioasid()->reset(now.dut, IOTB_RESET_COLD) != IOTB_OK)
        abort();
}

static void begin(void)
{
    struct iotb_uapi_device facts;
    uint64_t at = VA;

    now.first = now.process = (uint32_t)now.on->fork(now.dut, 0);
    now.processes = 1;
    if (now.on->map_memory(now.dut, now.first, PAGES * PAGE, &at) || at != VA)
        abort();
    memset(now.tasks, 0xff, sizeof(now.tasks));
    memset(now.devices, 0xff, sizeof(now.devices));
    memset(now.nodes, 0xff, sizeof(now.nodes));
    for (uint32_t i = 0; i < DEVICES; i++)
        if (now.on->describe_device(now.dut, i, &facts) == IOTB_OK)
            memcpy(now.device[i], facts.node, sizeof(now.device[i]));
    for (uint8_t i = 0; i < NODES; i++)
        open_or_close(&(struct input){.data = &i, .bytes = 1});
}

/* As far as a program comes: two devices, a space with the memory in it, and a table of the program's own above. */
static void prepare(void)
{
    struct iommu_ioasid_alloc parent = {.argsz = sizeof(parent), .type = IOMMU_IOASID_KERNEL_TYPE1V2, .addr_width = 39};
    struct iommu_map_dma map = {.argsz = sizeof(map), .flags = 3, .vaddr = VA, .iova = IOVA, .size = PAGES * PAGE};
    struct vfio_device_attach_ioasid attach = {.argsz = sizeof(attach), .iommu_fd = now.nodes[0]};

    for (uint32_t i = 0; i < 2; i++)
        bind_one(i, now.nodes[0], i + 1);
    (void)ioctl(now.nodes[0], IOMMU_IOASID_ALLOC, &parent, sizeof(parent));
    attach.ioasid = map.ioasid = parent.ioasid;
    for (uint32_t i = 0; i < 2; i++)
        (void)ioctl(now.devices[i], VFIO_DEVICE_ATTACH_IOASID, &attach, sizeof(attach));
    (void)ioctl(now.nodes[0], IOMMU_MAP_DMA, &map, sizeof(map));
}

static void complain(const char *when)
{
    for (size_t i = 0; i < kernel_splat_count(); i++)
        fprintf(stderr, "%s: %s\n", when, kernel_splat(i)->text);
    if (kernel_splat_count())
        abort();
}

static void end(void)
{
    now.beside = 0;
    for (uint32_t i = 0; i < DEVICES; i++)
        (void)now.on->device_repeat(now.dut, i, NULL, 0);
    for (uint32_t i = now.first + now.processes; i-- > now.first;) {
        (void)now.on->fail_nth(now.dut, i, 0);
        (void)now.on->exit(now.dut, i);
    }
    for (uint32_t i = 0; now.rebound && i < DEVICES; i++)
        (void)now.on->bind_driver(now.dut, i, IOTB_UAPI_DRIVER_PASSTHROUGH);
    now.rebound = false;
    (void)now.on->quiesce(now.dut);
    for (uint32_t i = 0; i < TASKS; i++)
        collect(i);
    complain("while it runs");
}

/* A boot costs more than an input: HARNESS_FUZZ_KEEP=n boots anew only after n of them. What is found then needs not show alone.
 */
static bool is_last(void)
{
    const char *keep = getenv("HARNESS_FUZZ_KEEP");

    return ++now.inputs >= (keep ? strtoul(keep, NULL, 0) : 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static void (*const steps[])(struct input * input) = {raw_command,
                                                          alloc,
                                                          map_or_unmap,
                                                          bind_or_close,
                                                          attach_or_detach,
                                                          invalidate,
                                                          dma,
                                                          table_entry,
                                                          read_and_answer,
                                                          beside,
                                                          open_or_close,
                                                          others,
                                                          raw_command,
                                                          dma,
                                                          attach_or_detach,
                                                          process_or_failure};
    struct input input = {data, bytes};
    uint8_t kind = take(&input);

    if (!now.inputs)
        boot(kind);
    begin();
    if (kind & 16)
        prepare();
    while (input.bytes)
        steps[take(&input) & 15](&input);
    end();
    if (!is_last())
        return 0;
    now.inputs = 0;
    iotb_dut_ioasid()->close(now.dut);
    complain("at the end");
    return 0;
}
