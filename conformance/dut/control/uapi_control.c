/* SPDX-License-Identifier: BSD-2-Clause */
/* uapi_control.c - see uapi_control.h. A machine of seven devices and five mdevs, of flat memory, without any kernel. */
#include "dut/control/uapi_control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum control { YES, NO, BYPASS };

#define MEMORY_BASE 0x40000000ull
#define MEMORY_BYTES (8ull << 20)
#define PAGE 4096ull
#define MAPPINGS 256u
#define DEVICES 12u
#define MDEV (IOTB_UAPI_MDEV | IOTB_UAPI_PASID | IOTB_UAPI_ENFORCEABLE)

struct mapping {
    uint64_t iova, vaddr, bytes;
};

struct iotb_dut {
    enum control control;
    uint64_t used;
    uint32_t next_fd, next_process, next_ioasid, mapping_count;
    struct mapping mappings[MAPPINGS];
    uint8_t memory[MEMORY_BYTES];
};

/* ---- the machine ---- */

static int open_as(enum control control, const struct iotb_open_args *args, struct iotb_dut **out)
{
    if (args->parameters[0]) {
        snprintf(args->error, args->error_bytes, "a control takes no parameters");
        return IOTB_E_ARGUMENT;
    }
    *out = calloc(1, sizeof(**out));
    if (!*out)
        return IOTB_E_NO_MEMORY;
    (*out)->control = control;
    return IOTB_OK;
}

static int open_yes(const struct iotb_open_args *args, struct iotb_dut **dut)
{
    return open_as(YES, args, dut);
}

static int open_no(const struct iotb_open_args *args, struct iotb_dut **dut)
{
    return open_as(NO, args, dut);
}

static int open_bypass(const struct iotb_open_args *args, struct iotb_dut **dut)
{
    return open_as(BYPASS, args, dut);
}

static int describe(struct iotb_dut *dut, struct iotb_desc *desc)
{
    static const char *const names[] = {"uapi-yes", "uapi-no", "uapi-bypass"};

    *desc = (struct iotb_desc){.size = sizeof(*desc)};
    desc->kind = IOTB_KIND_UAPI;
    desc->architecture = IOTB_ARCH_IOASID;
    snprintf(desc->name, sizeof(desc->name), "%s", names[dut->control]);
    return IOTB_OK;
}

static int reset(struct iotb_dut *dut, uint32_t kind)
{
    (void)kind;
    memset(dut->memory, 0, sizeof(dut->memory));
    dut->used = 0;
    dut->next_fd = 3;
    dut->next_process = dut->next_ioasid = 1;
    dut->mapping_count = 0;
    return IOTB_OK;
}

static int advance(struct iotb_dut *dut, struct iotb_advance *advance)
{
    (void)dut;
    advance->reached_ps = advance->until_ps;
    advance->idle = 1;
    return IOTB_OK;
}

static int machine(struct iotb_dut *dut, struct iotb_uapi_machine *machine)
{
    (void)dut;
    machine->size = sizeof(*machine);
    machine->architecture = IOTB_ARCH_VTD;
    machine->device_count = DEVICES;
    machine->iommu_count = 1;
    machine->page_bytes = PAGE;
    machine->rules = IOTB_UAPI_RULE_MULTI_BIND | IOTB_UAPI_RULE_MAP_EARLY | IOTB_UAPI_RULE_MULTI_UNMAP |
                     IOTB_UAPI_RULE_AUTO_IOVA | IOTB_UAPI_RULE_INVALIDATE_ARRAY | IOTB_UAPI_RULE_DIRTY |
                     IOTB_UAPI_RULE_LONG_TAIL | IOTB_UAPI_RULE_SOFTWARE_NESTING | IOTB_UAPI_RULE_UNBIND |
                     IOTB_UAPI_RULE_PORTABLE_PASID;
    snprintf(machine->profile, sizeof(machine->profile), "v2");
    return IOTB_OK;
}

static int describe_device(struct iotb_dut *dut, uint32_t index, struct iotb_uapi_device *device)
{
    static const uint32_t flags[DEVICES] = {
        IOTB_UAPI_PASID | IOTB_UAPI_ATS | IOTB_UAPI_PRI | IOTB_UAPI_ENFORCEABLE | IOTB_UAPI_NESTS | IOTB_UAPI_NO_SNOOP,
        IOTB_UAPI_PASID | IOTB_UAPI_ATS | IOTB_UAPI_PRI | IOTB_UAPI_ENFORCEABLE | IOTB_UAPI_NESTS | IOTB_UAPI_NO_SNOOP,
        IOTB_UAPI_PASID | IOTB_UAPI_ENFORCEABLE | IOTB_UAPI_NESTS | IOTB_UAPI_SHARED_QUEUE,
        IOTB_UAPI_ENFORCEABLE,
        IOTB_UAPI_ENFORCEABLE | IOTB_UAPI_ALIAS,
        IOTB_UAPI_ENFORCEABLE | IOTB_UAPI_ALIAS,
        IOTB_UAPI_RMRR,
        MDEV,
        MDEV,
        MDEV | IOTB_UAPI_SHARED_QUEUE,
        MDEV | IOTB_UAPI_SHARED_QUEUE,
        MDEV | IOTB_UAPI_SHARED_QUEUE,
    };

    (void)dut;
    if (index >= DEVICES)
        return IOTB_NONE;
    device->size = sizeof(*device);
    device->flags = flags[index];
    device->requester_id = (uint16_t)(0x100 + 8 * index);
    device->group = index == 5 ? 4 : index;
    device->architecture = IOTB_ARCH_VTD;
    device->parent = !(flags[index] & IOTB_UAPI_MDEV) ? IOTB_UAPI_NO_INDEX : index == DEVICES - 1 ? 1 : 0;
    device->pasid_bits = flags[index] & IOTB_UAPI_PASID ? 20 : 0;
    device->address_bits = 48;
    device->driver = flags[index] & IOTB_UAPI_MDEV ? IOTB_UAPI_DRIVER_PARENT : IOTB_UAPI_DRIVER_PASSTHROUGH;
    snprintf(device->node, sizeof(device->node), "/dev/vfio/devices/vfio%u", index);
    return IOTB_OK;
}

/* ---- calls ---- */

static int64_t answer(const struct iotb_dut *dut)
{
    return dut->control == NO ? -EPERM : 0;
}

static int64_t new_fd(struct iotb_dut *dut)
{
    return dut->control == NO ? -EPERM : (int64_t)dut->next_fd++;
}

static int64_t call_open(struct iotb_dut *dut, uint32_t process, const char *path, uint32_t flags)
{
    (void)process, (void)path, (void)flags;
    return new_fd(dut);
}

static int64_t call_close(struct iotb_dut *dut, uint32_t process, int32_t fd)
{
    (void)process, (void)fd;
    return answer(dut);
}

/* Of MAP_DMA on either node: argsz, flags, ioasid, reserved, vaddr, iova, size. */
static void remember(struct iotb_dut *dut, const uint8_t *argument)
{
    struct mapping *mapping = &dut->mappings[dut->mapping_count % MAPPINGS];

    memcpy(&mapping->vaddr, argument + 16, 8);
    memcpy(&mapping->iova, argument + 24, 8);
    memcpy(&mapping->bytes, argument + 32, 8);
    dut->mapping_count++;
}

/* Commands of /dev/iommu (100 and up) and /dev/ioasid (160 and up), their numbers in the low byte. */
static int64_t call_ioctl(struct iotb_dut *dut, uint32_t process, int32_t fd, uint64_t command, void *argument, uint32_t bytes)
{
    (void)process, (void)fd;
    if (dut->control != BYPASS)
        return answer(dut);
    if (((command & 0xff) == 104 || (command & 0xff) == 166) && bytes >= 40)
        remember(dut, argument);
    if ((command & 0xff) == 102 && bytes >= 24) /* IOASID_ALLOC of v2: the place of its number */
        memcpy((uint8_t *)argument + 20, &dut->next_ioasid, 4);
    if ((command & 0xff) == 163 && bytes >= 12)
        memcpy((uint8_t *)argument + 8, &dut->next_ioasid, 4);
    if ((command & 0xff) == 168 && bytes >= 16)
        memcpy((uint8_t *)argument + 12, &dut->next_ioasid, 4);
    dut->next_ioasid++;
    return 0;
}

static int64_t call_ioctl_raw(struct iotb_dut *dut, uint32_t process, int32_t fd, uint64_t command, uint64_t argument)
{
    (void)process, (void)fd, (void)command, (void)argument;
    return answer(dut);
}

static int64_t call_read(struct iotb_dut *dut, uint32_t process, int32_t fd, void *data, uint32_t bytes)
{
    (void)process, (void)fd, (void)data, (void)bytes;
    return answer(dut);
}

static int64_t call_write(struct iotb_dut *dut, uint32_t process, int32_t fd, const void *data, uint32_t bytes)
{
    (void)process, (void)fd, (void)data;
    return dut->control == NO ? -EPERM : (int64_t)bytes;
}

static int64_t call_poll(struct iotb_dut *dut, uint32_t process, int32_t fd, uint32_t events)
{
    (void)process, (void)fd;
    return dut->control == NO ? -EPERM : (int64_t)events;
}

static int64_t call_eventfd(struct iotb_dut *dut, uint32_t process, uint32_t initial)
{
    (void)process, (void)initial;
    return new_fd(dut);
}

static int64_t call_fork(struct iotb_dut *dut, uint32_t process)
{
    (void)process;
    return dut->next_process++;
}

static int64_t call_exit(struct iotb_dut *dut, uint32_t process)
{
    (void)process;
    return answer(dut);
}

static int64_t call_share(struct iotb_dut *dut, uint32_t process, int32_t fd, uint32_t to_process)
{
    (void)process, (void)fd, (void)to_process;
    return new_fd(dut);
}

static int64_t set_memlock(struct iotb_dut *dut, uint32_t process, uint64_t bytes)
{
    (void)process, (void)bytes;
    return answer(dut);
}

static int64_t bind_driver(struct iotb_dut *dut, uint32_t device, uint32_t driver)
{
    (void)device, (void)driver;
    return answer(dut);
}

static int64_t module(struct iotb_dut *dut, const char *name, uint32_t action)
{
    (void)name, (void)action;
    return answer(dut);
}

static int64_t guest_wbinvd(struct iotb_dut *dut, uint32_t process, int32_t vm)
{
    (void)dut, (void)process, (void)vm;
    return 0;
}

static int quiesce(struct iotb_dut *dut)
{
    (void)dut;
    return IOTB_OK;
}

static int audit(struct iotb_dut *dut, uint32_t process, struct iotb_uapi_audit *audit)
{
    (void)dut, (void)process;
    *audit = (struct iotb_uapi_audit){.size = sizeof(*audit)};
    return IOTB_OK;
}

/* ---- memory: programs find what they store, on every control ---- */

static uint8_t *at(struct iotb_dut *dut, uint64_t address, uint64_t bytes)
{
    if (address < MEMORY_BASE || address - MEMORY_BASE > MEMORY_BYTES || bytes > MEMORY_BYTES - (address - MEMORY_BASE))
        return NULL;
    return &dut->memory[address - MEMORY_BASE];
}

static int64_t map_memory(struct iotb_dut *dut, uint32_t process, uint64_t bytes, uint64_t *user_address)
{
    uint64_t whole = (bytes + PAGE - 1) & ~(PAGE - 1);

    (void)process;
    if (whole > MEMORY_BYTES - dut->used)
        return -ENOMEM;
    *user_address = MEMORY_BASE + dut->used;
    dut->used += whole;
    return 0;
}

static int64_t unmap_memory(struct iotb_dut *dut, uint32_t process, uint64_t user_address, uint64_t bytes)
{
    (void)process, (void)user_address, (void)bytes;
    return answer(dut);
}

static int64_t map_file(struct iotb_dut *dut, uint32_t process, int32_t fd, uint64_t offset, uint64_t bytes, uint32_t protection,
                        uint64_t *user_address)
{
    (void)fd, (void)offset, (void)protection;
    return dut->control == NO ? -EPERM : map_memory(dut, process, bytes, user_address);
}

static int64_t access_memory(struct iotb_dut *dut, uint32_t process, uint64_t user_address, void *data, uint32_t bytes,
                             uint32_t write)
{
    uint8_t *place = at(dut, user_address, bytes);

    (void)process;
    if (!place)
        return -EFAULT;
    memcpy(write ? place : data, write ? data : place, bytes);
    return 0;
}

/* ---- DMA ---- */

static uint8_t *target(struct iotb_dut *dut, uint64_t address, uint32_t bytes)
{
    for (uint32_t i = dut->mapping_count < MAPPINGS ? dut->mapping_count : MAPPINGS; i--;) {
        const struct mapping *mapping = &dut->mappings[i];

        if (address - mapping->iova < mapping->bytes)
            return at(dut, mapping->vaddr + (address - mapping->iova), bytes);
    }
    return at(dut, address, bytes);
}

static int64_t device_submit(struct iotb_dut *dut, uint32_t device, const struct iotb_request *request,
                             struct iotb_completion *completion)
{
    uint8_t *place = target(dut, request->address, request->bytes);

    (void)device;
    completion->id = request->id;
    completion->status = dut->control == BYPASS ? IOTB_SC : IOTB_UR;
    if (dut->control != BYPASS)
        return 0;
    completion->bytes = request->kind == IOTB_WRITE ? 0 : request->bytes;
    if (place && request->kind == IOTB_WRITE)
        memcpy(place, request->data, request->bytes);
    else if (place)
        memcpy(completion->data, place, request->bytes);
    return 0;
}

static int64_t guest_enqcmd(struct iotb_dut *dut, uint32_t process, int32_t vm, uint32_t device, uint32_t vpasid,
                            const struct iotb_request *request, struct iotb_completion *completion)
{
    (void)process, (void)vm, (void)vpasid;
    return dut->control == NO ? -EACCES : device_submit(dut, device, request, completion);
}

static int device_bus(struct iotb_dut *dut, uint32_t device, struct iotb_uapi_bus *bus)
{
    (void)dut, (void)device, (void)bus;
    return IOTB_NONE;
}

static void close_dut(struct iotb_dut *dut)
{
    free(dut);
}

static const struct iotb_uapi_ops uapi = {
    .size = sizeof(uapi),
    .open = call_open,
    .close = call_close,
    .ioctl = call_ioctl,
    .read = call_read,
    .write = call_write,
    .poll = call_poll,
    .eventfd = call_eventfd,
    .map_memory = map_memory,
    .access_memory = access_memory,
    .fork = call_fork,
    .exit = call_exit,
    .device_submit = device_submit,
    .machine = machine,
    .describe_device = describe_device,
    .device_bus = device_bus,
    .bind_driver = bind_driver,
    .unmap_memory = unmap_memory,
    .set_memlock = set_memlock,
    .share = call_share,
    .map_file = map_file,
    .ioctl_raw = call_ioctl_raw,
    .quiesce = quiesce,
    .module = module,
    .audit = audit,
    .guest_wbinvd = guest_wbinvd,
    .guest_enqcmd = guest_enqcmd,
};

#define OPS(function, name_, open_)              \
    const struct iotb_dut_ops *function(void)    \
    {                                            \
        static const struct iotb_dut_ops ops = { \
            .size = sizeof(ops),                 \
            .abi = IOTB_DUT_ABI,                 \
            .name = name_,                       \
            .open = open_,                       \
            .describe = describe,                \
            .reset = reset,                      \
            .advance = advance,                  \
            .close = close_dut,                  \
            .uapi = &uapi,                       \
        };                                       \
                                                 \
        return &ops;                             \
    }

OPS(iotb_dut_uapi_yes, "uapi-yes", open_yes)
OPS(iotb_dut_uapi_no, "uapi-no", open_no)
OPS(iotb_dut_uapi_bypass, "uapi-bypass", open_bypass)
