/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mdev_test.c - mdevs on the standard machine, whole: the parent driver, VFIO, the core, the IOMMU's driver and its model. What
 * counts is what DMA does to the memory of the process.
 */
#include "drivers/plain/plain.h"
#include "ioasid/kvm_host.h"
#include "ioasid/uapi/iommu.h"
#include "ioasid/uapi/kvm.h"
#include "ioasid/uapi/pasid_mdev.h"
#include "ioasid/uapi/vfio.h"
#include "ioasid/vfio_host.h"
#include "kernel/host.h"
#include "kernel/process.h"
#include "platform/machine.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PAGE 4096u
#define IOVA 0x100000u
#define PARENT "0000:00:02.0"
#define OTHER_PARENT "0000:01:00.0"
#define FUNCTION "0000:00:04.0" /* passed through whole */

enum { DEDICATED, SIBLING, SHARED, SOFTWARE, SHARED_TOO, MDEVS, WHOLE = 2 * MDEVS };

struct mdev {
    char node[40];
    int fd;
};

struct world {
    enum platform_architecture architecture;
    struct machine *machine;
    struct process *process;
    struct mdev mdevs[2 * MDEVS + 1]; /* of the first parent, then of the other, then the whole function */
    int iommu, vm, kvm_device;
    uint32_t ioasid;
    uint64_t scratch;
    unsigned int found, found_other;
};

static void find(void *context)
{
    struct world *world = context;
    struct vfio_host_device device;

    for (unsigned int i = 0; vfio_host_device(i, &device); i++)
        if (strcmp(device.parent, PARENT) == 0 && world->found < MDEVS)
            snprintf(world->mdevs[world->found++].node, sizeof(world->mdevs[0].node), "/dev/%s", device.node);
        else if (strcmp(device.name, FUNCTION) == 0)
            snprintf(world->mdevs[WHOLE].node, sizeof(world->mdevs[0].node), "/dev/%s", device.node);
        else if (strcmp(device.parent, OTHER_PARENT) == 0 && world->found_other < MDEVS)
            snprintf(world->mdevs[MDEVS + world->found_other++].node, sizeof(world->mdevs[0].node), "/dev/%s", device.node);
}

static void bind_parent(void *context)
{
    int *result = context;

    *result = plain_bind(PARENT, PLAIN_PARENT);
    if (!*result)
        *result = plain_bind(OTHER_PARENT, PLAIN_PARENT);
}

static int setup_for(void **state, enum platform_architecture architecture)
{
    static struct world the_world;
    static const char *const modules[] = {"ioasid", "vfio", "vfio-pci", "plain", "kvm", "pasid-device"};
    const struct process_config process = {.name = "vmm", .uid = 1000, .memlock = PROCESS_UNLIMITED};
    const char *seed = getenv("HARNESS_TEST_SEED"); /* another order of things */
    struct kernel_config config = {.seed = seed ? strtoull(seed, NULL, 0) : 1, .explore = seed != NULL};
    struct machine_description description;
    struct world *world = &the_world;
    char error[256];
    int result = -1;

    memset(world, 0, sizeof(*world));
    world->architecture = architecture;
    machine_standard(architecture, &description);
    assert_int_equal(machine_create(&description, &world->machine, error, sizeof(error)), 0);
    config.hardware = machine_hardware(world->machine);
    assert_int_equal(kernel_boot(&config), 0);
    assert_int_equal(kernel_module_load(architecture == PLATFORM_VTD ? "vtd" : "arm-smmu-v3", NULL), 0);
    for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
        assert_int_equal(kernel_module_load(modules[i], NULL), 0);
    assert_int_equal(kernel_run(NULL, "bind", bind_parent, &result), KERNEL_DONE);
    assert_int_equal(result, 0);
    assert_int_equal(kernel_run(NULL, "find", find, world), KERNEL_DONE);
    assert_int_equal(world->found, MDEVS);
    assert_int_equal(world->found_other, MDEVS);
    world->process = process_create(&process);
    world->iommu = (int)process_open(world->process, "/dev/iommu", 2);
    assert_true(world->iommu >= 0);
    world->scratch = (uint64_t)process_map(world->process, PAGE, PROCESS_READ | PROCESS_WRITE);
    *state = world;
    return 0;
}

static int setup_vtd(void **state)
{
    return setup_for(state, PLATFORM_VTD);
}

static int setup_smmuv3(void **state)
{
    return setup_for(state, PLATFORM_SMMUV3);
}

static int teardown(void **state)
{
    struct world *world = *state;
    size_t splats;

    (void)process_exit(world->process);
    kernel_halt();
    splats = kernel_splat_count();
    for (size_t i = 0; i < splats; i++)
        print_error("splat: %s\n", kernel_splat(i)->text);
    machine_destroy(world->machine);
    return splats ? -1 : 0;
}

/* ---- what programs do ---- */

static void open_bound(struct world *world, unsigned int n)
{
    struct vfio_device_bind_iommufd bind = {.argsz = sizeof(bind), .iommu_fd = world->iommu, .dev_cookie = n + 1};
    struct mdev *mdev = &world->mdevs[n];

    mdev->fd = (int)process_open(world->process, mdev->node, 2);
    assert_true(mdev->fd >= 0);
    assert_int_equal(process_ioctl(world->process, mdev->fd, VFIO_DEVICE_BIND_IOMMUFD, &bind, sizeof(bind)), 0);
}

static uint32_t space(struct world *world, uint64_t *memory)
{
    struct iommu_ioasid_alloc alloc = {.argsz = sizeof(alloc), .type = IOMMU_IOASID_KERNEL_TYPE1V2, .addr_width = 39};
    struct iommu_map_dma map = {
        .argsz = sizeof(map), .flags = IOMMU_MAP_DMA_READ | IOMMU_MAP_DMA_WRITE, .iova = IOVA, .size = PAGE};

    assert_int_equal(process_ioctl(world->process, world->iommu, IOMMU_IOASID_ALLOC, &alloc, sizeof(alloc)), 0);
    *memory = (uint64_t)process_map(world->process, PAGE, PROCESS_READ | PROCESS_WRITE);
    map.ioasid = alloc.ioasid;
    map.vaddr = *memory;
    assert_int_equal(process_ioctl(world->process, world->iommu, IOMMU_MAP_DMA, &map, sizeof(map)), 0);
    return alloc.ioasid;
}

static int64_t attach(struct world *world, unsigned int n, unsigned int command, uint32_t ioasid, uint32_t vpasid)
{
    struct vfio_device_attach_ioasid a = {.argsz = sizeof(a),
                                          .flags = vpasid ? VFIO_IOASID_VPASID : 0,
                                          .iommu_fd = world->iommu,
                                          .ioasid = ioasid,
                                          .vpasid = vpasid};

    return process_ioctl(world->process, world->mdevs[n].fd, command, &a, sizeof(a));
}

static void put(struct world *world, unsigned int n, uint32_t offset, uint64_t value, uint32_t bytes)
{
    assert_int_equal(process_write(world->process, world->mdevs[n].fd, &value, bytes, offset), bytes);
}

static uint64_t get(struct world *world, unsigned int n, uint32_t offset, uint32_t bytes)
{
    uint64_t value = 0;

    assert_int_equal(process_read(world->process, world->mdevs[n].fd, &value, bytes, offset), bytes);
    return value;
}

static uint32_t operate(struct world *world, unsigned int n, uint32_t op, uint32_t vpasid, uint64_t iova, uint64_t data)
{
    uint32_t status = PMDEV_BUSY;

    put(world, n, PMDEV_OP, op, 4);
    put(world, n, PMDEV_FLAGS, vpasid ? PMDEV_FLAG_VPASID : 0, 4);
    put(world, n, PMDEV_VPASID, vpasid, 4);
    put(world, n, PMDEV_LENGTH, 8, 4);
    put(world, n, PMDEV_IOVA, iova, 8);
    put(world, n, PMDEV_DATA, data, 8);
    put(world, n, PMDEV_GO, 1, 4);
    for (int i = 0; i < 1000 && status & PMDEV_BUSY; i++)
        status = (uint32_t)get(world, n, PMDEV_STATUS, 4);
    return PMDEV_CODE(status);
}

static uint64_t stored(struct world *world, uint64_t memory)
{
    uint64_t value = 0;

    assert_int_equal(process_memory_read(world->process, memory, &value, sizeof(value)), 0);
    return value;
}

/* ---- tests ---- */

static void default_space(struct world *world, unsigned int n)
{
    uint64_t memory, outside;
    uint32_t ioasid = space(world, &memory);

    (void)space(world, &outside);
    open_bound(world, n);
    assert_int_equal(operate(world, n, PMDEV_OP_WRITE, 0, IOVA, 1), PMDEV_NO_SPACE); /* R-IOASID-041 */
    assert_int_equal(attach(world, n, VFIO_DEVICE_ATTACH_IOASID, ioasid, 0), 0);
    assert_int_equal(operate(world, n, PMDEV_OP_WRITE, 0, IOVA, 0x1111), PMDEV_OK);
    assert_int_equal(stored(world, memory), 0x1111);
    assert_int_equal(operate(world, n, PMDEV_OP_READ, 0, IOVA, 0), PMDEV_OK);
    assert_int_equal(get(world, n, PMDEV_DATA, 8), 0x1111);
    assert_int_equal(operate(world, n, PMDEV_OP_FILL, 0, IOVA + 8, 0x2222), PMDEV_OK);
    assert_int_equal(stored(world, memory + 8), 0x2222);
    assert_int_equal(operate(world, n, PMDEV_OP_WRITE, 0, IOVA + PAGE, 3), PMDEV_FAULT);
    assert_int_equal(operate(world, n, PMDEV_OP_FILL, 0, IOVA + PAGE, 3), PMDEV_FAULT);
    assert_int_equal(stored(world, outside), 0);
    assert_int_equal(attach(world, n, VFIO_DEVICE_DETACH_IOASID, ioasid, 0), 0);
    assert_int_equal(operate(world, n, PMDEV_OP_WRITE, 0, IOVA, 4), PMDEV_NO_SPACE); /* R-IOASID-075 */
    assert_int_equal(stored(world, memory), 0x1111);
}

static void test_dedicated(void **state)
{
    default_space(*state, DEDICATED);
}

static void test_shared(void **state)
{
    default_space(*state, SHARED);
}

static void test_software(void **state)
{
    default_space(*state, SOFTWARE);
}

/* R-IOASID-090: the same vPASID of two siblings leads to two spaces, and one that is not attached to none. */
static void test_siblings(void **state)
{
    struct world *world = *state;
    uint64_t memory[2];
    uint32_t ioasid[2] = {space(world, &memory[0]), space(world, &memory[1])};

    for (unsigned int n = 0; n < 2; n++) {
        open_bound(world, n);
        assert_int_equal(attach(world, n, VFIO_DEVICE_ATTACH_IOASID, ioasid[n], 5), 0);
    }
    for (unsigned int n = 0; n < 2; n++) {
        assert_int_equal(operate(world, n, PMDEV_OP_WRITE, 5, IOVA, 0xa0 + n), PMDEV_OK);
        assert_int_equal(operate(world, n, PMDEV_OP_FILL, 5, IOVA + 8, 0xb0 + n), PMDEV_OK);
    }
    for (unsigned int n = 0; n < 2; n++) {
        assert_int_equal(stored(world, memory[n]), 0xa0 + n);
        assert_int_equal(stored(world, memory[n] + 8), 0xb0 + n);
    }
    for (uint32_t vpasid = 1; vpasid < 64; vpasid++)
        if (vpasid != 5)
            assert_int_equal(operate(world, DEDICATED, PMDEV_OP_WRITE, vpasid, IOVA, 0xff), PMDEV_NO_SPACE);
    assert_int_equal(stored(world, memory[1]), 0xa1);
}

static int64_t enqcmd(struct world *world, unsigned int n, int vm, uint32_t vpasid, uint64_t value)
{
    uint64_t descriptor[8] = {UINT64_C(4) << 56, 0, value, IOVA, 8, 0, 0, 0};

    return kvm_host_enqcmd(world->process, vm, world->mdevs[n].node + strlen("/dev/"), UINT64_C(2) << 40, vpasid, descriptor);
}

static int64_t set_file(struct world *world, int device, uint64_t attribute, int fd)
{
    struct kvm_device_attr attr = {.group = KVM_DEV_VFIO_FILE, .attr = attribute, .addr = world->scratch};

    assert_int_equal(process_memory_write(world->process, world->scratch, &fd, sizeof(fd)), 0);
    return process_ioctl(world->process, device, KVM_SET_DEVICE_ATTR, &attr, sizeof(attr));
}

static int make_vm(struct world *world, int *device)
{
    struct kvm_create_device create = {.type = KVM_DEV_TYPE_VFIO};
    int kvm = (int)process_open(world->process, "/dev/kvm", 2), vm;

    vm = (int)process_ioctl_raw(world->process, kvm, KVM_CREATE_VM, 0);
    assert_true(vm >= 0);
    assert_int_equal(process_ioctl(world->process, vm, KVM_CREATE_DEVICE, &create, sizeof(create)), 0);
    *device = (int)create.fd;
    return vm;
}

/* R-IOASID-098 to -104. */
static void test_enqcmd(void **state)
{
    struct world *world = *state;
    struct kvm_enable_cap enable = {.cap = KVM_CAP_PASID_TRANSLATION};
    uint64_t memory;
    uint32_t ioasid = space(world, &memory);
    struct kvm_map_pasid map = {.argsz = sizeof(map), .user_pasid = 7, .iommu_fd = world->iommu, .ioasid = ioasid};
    int vm, device;

    open_bound(world, SHARED);
    vm = make_vm(world, &device);
    assert_int_equal(set_file(world, device, KVM_DEV_VFIO_FILE_ADD, world->mdevs[SHARED].fd), 0);
    assert_int_equal(set_file(world, device, KVM_DEV_VFIO_FILE_ADD, world->mdevs[SHARED].fd), -EEXIST); /* R-IOASID-194 */
    assert_int_equal(set_file(world, device, KVM_DEV_VFIO_FILE_DEL, world->iommu), -ENOENT);
    assert_int_equal(attach(world, SHARED, VFIO_DEVICE_ATTACH_IOASID, ioasid, 7), 0);
    assert_int_equal(enqcmd(world, SHARED, vm, 7, 1), -EFAULT); /* R-IOASID-102 */
    assert_int_equal(process_ioctl(world->process, vm, KVM_MAP_PASID, &map, sizeof(map)), -EINVAL);
    assert_int_equal(process_ioctl(world->process, vm, KVM_ENABLE_CAP, &enable, sizeof(enable)), 0);
    assert_int_equal(enqcmd(world, SHARED, vm, 7, 1), -EACCES); /* R-IOASID-101 */
    assert_int_equal(process_ioctl(world->process, vm, KVM_MAP_PASID, &map, sizeof(map)), 0);
    assert_int_equal(enqcmd(world, SHARED, vm, 7, 0x77), 0);
    kernel_settle(kernel_now_ps() + UINT64_C(1000000000));
    assert_int_equal(stored(world, memory), 0x77);
    assert_int_equal(enqcmd(world, SHARED, vm, 8, 2), -EACCES);
    assert_int_equal(process_ioctl(world->process, vm, KVM_UNMAP_PASID, &map, sizeof(map)), 0);
    assert_int_equal(enqcmd(world, SHARED, vm, 7, 3), -EACCES); /* R-IOASID-100 */
    kernel_settle(kernel_now_ps() + UINT64_C(1000000000));
    assert_int_equal(stored(world, memory), 0x77);
    map.user_pasid = 9; /* R-IOASID-099 */
    assert_int_equal(process_ioctl(world->process, vm, KVM_MAP_PASID, &map, sizeof(map)), -EINVAL);
    assert_int_equal(kvm_host_wbinvd(world->process, vm), 0); /* R-IOASID-182: auto enforces */
}

/* R-IOASID-091, -096: one vPASID has one PASID in the VM; on two parents that is two slots, on one parent only one. */
static void test_vm_wide(void **state)
{
    struct world *world = *state;
    struct kvm_enable_cap enable = {.cap = KVM_CAP_PASID_TRANSLATION};
    uint64_t memory, of_sibling;
    uint32_t ioasid = space(world, &memory), other = space(world, &of_sibling);
    struct kvm_map_pasid map = {.argsz = sizeof(map), .user_pasid = 7, .iommu_fd = world->iommu, .ioasid = ioasid};
    static const unsigned int users[] = {SHARED, SHARED_TOO, MDEVS + SHARED};
    int device, vm = make_vm(world, &device);

    for (size_t i = 0; i < 3; i++) {
        open_bound(world, users[i]);
        assert_int_equal(set_file(world, device, KVM_DEV_VFIO_FILE_ADD, world->mdevs[users[i]].fd), 0);
    }
    assert_int_equal(attach(world, SHARED, VFIO_DEVICE_ATTACH_IOASID, ioasid, 7), 0);
    assert_int_equal(attach(world, SHARED_TOO, VFIO_DEVICE_ATTACH_IOASID, other, 7), -EBUSY);
    assert_int_equal(attach(world, SHARED_TOO, VFIO_DEVICE_ATTACH_IOASID, ioasid, 7), -EBUSY);
    assert_int_equal(attach(world, MDEVS + SHARED, VFIO_DEVICE_ATTACH_IOASID, ioasid, 7), 0);
    assert_int_equal(process_ioctl(world->process, vm, KVM_ENABLE_CAP, &enable, sizeof(enable)), 0);
    assert_int_equal(process_ioctl(world->process, vm, KVM_MAP_PASID, &map, sizeof(map)), 0);
    assert_int_equal(enqcmd(world, SHARED, vm, 7, 0x71), 0);
    kernel_settle(kernel_now_ps() + UINT64_C(1000000000));
    assert_int_equal(stored(world, memory), 0x71);
    assert_int_equal(enqcmd(world, MDEVS + SHARED, vm, 7, 0x72), 0);
    kernel_settle(kernel_now_ps() + UINT64_C(1000000000));
    assert_int_equal(stored(world, memory), 0x72);
    assert_int_equal(stored(world, of_sibling), 0);
    /* A detach of the last makes the mapping void. */
    assert_int_equal(attach(world, SHARED, VFIO_DEVICE_DETACH_IOASID, ioasid, 7), 0);
    assert_int_equal(attach(world, MDEVS + SHARED, VFIO_DEVICE_DETACH_IOASID, ioasid, 7), 0);
    assert_int_equal(enqcmd(world, SHARED, vm, 7, 0x73), -EACCES);
}

/* The program of a function sets up its first queue, shared (REGISTERS.md). */
static void share_queue(struct world *world)
{
    enum { CMD = 0xa0, CMDSTS = 0xa8, GRPCFG = 0x400, WQCFG = 0x500 };
    static const uint32_t commands[] = {1u << 20, 6u << 20}; /* the device, queue 0 */

    put(world, WHOLE, WQCFG, 8, 4);
    put(world, WHOLE, WQCFG + 4, 8, 4);
    put(world, WHOLE, WQCFG + 8, 1u << 4 | 1u << 28, 4);
    put(world, WHOLE, WQCFG + 12, 21 | 1u << 5, 4);
    put(world, WHOLE, WQCFG + 32, 1u << 4, 8);
    put(world, WHOLE, GRPCFG, 1, 8);
    put(world, WHOLE, GRPCFG + 32, 1, 8);
    for (size_t i = 0; i < 2; i++) {
        put(world, WHOLE, CMD, commands[i], 4);
        for (int tries = 0; tries < 1000 && get(world, WHOLE, CMDSTS, 4) >> 31; tries++)
            ;
        assert_int_equal(get(world, WHOLE, CMDSTS, 4), 0);
    }
}

static uint32_t pasid_flags(struct world *world, unsigned int n)
{
    struct {
        struct vfio_device_info info;
        struct vfio_device_info_cap_no_snoop no_snoop;
        struct vfio_device_info_cap_pasid pasid;
    } answer = {.info.argsz = sizeof(answer)};

    assert_int_equal(process_ioctl(world->process, world->mdevs[n].fd, VFIO_DEVICE_GET_INFO, &answer, sizeof(answer)), 0);
    assert_int_equal(answer.pasid.header.id, VFIO_DEVICE_INFO_CAP_PASID);
    return answer.pasid.flags;
}

/* R-IOASID-103: of a function the CPU does not translate; its flags and those of a shared mdev tell them apart (-093). */
static void test_whole(void **state)
{
    struct world *world = *state;
    uint64_t memory;
    uint32_t ioasid = space(world, &memory);
    struct kvm_map_pasid map = {.argsz = sizeof(map), .user_pasid = 5, .iommu_fd = world->iommu, .ioasid = ioasid};
    struct kvm_enable_cap enable = {.cap = KVM_CAP_PASID_TRANSLATION};
    int device, vm = make_vm(world, &device);

    open_bound(world, WHOLE);
    open_bound(world, SHARED);
    assert_int_equal(pasid_flags(world, SHARED), VFIO_DEVICE_PASID_CPU | VFIO_DEVICE_PASID_CPU_VIRT);
    if (world->architecture == PLATFORM_SMMUV3) {
        assert_int_equal(pasid_flags(world, WHOLE), VFIO_DEVICE_PASID_DELEGATED);
        assert_int_equal(attach(world, WHOLE, VFIO_DEVICE_ATTACH_IOASID, ioasid, 5), -EINVAL); /* R-IOASID-085 */
        return;
    }
    assert_int_equal(pasid_flags(world, WHOLE), VFIO_DEVICE_PASID_CPU);
    assert_int_equal(attach(world, WHOLE, VFIO_DEVICE_ATTACH_IOASID, ioasid, 5), 0);
    share_queue(world);
    assert_int_equal(enqcmd(world, WHOLE, vm, 5, 0x55), -EFAULT); /* not the VM's */
    assert_int_equal(set_file(world, device, KVM_DEV_VFIO_FILE_ADD, world->mdevs[WHOLE].fd), 0);
    assert_int_equal(enqcmd(world, WHOLE, vm, 5, 0x55), 0);
    kernel_settle(kernel_now_ps() + UINT64_C(1000000000));
    assert_int_equal(stored(world, memory), 0x55);
    assert_int_equal(enqcmd(world, WHOLE, vm, 6, 0x66), 0); /* the device has it, the IOMMU does not */
    kernel_settle(kernel_now_ps() + UINT64_C(1000000000));
    assert_int_equal(stored(world, memory), 0x55);
    assert_int_equal(process_ioctl(world->process, vm, KVM_ENABLE_CAP, &enable, sizeof(enable)), 0);
    assert_int_equal(process_ioctl(world->process, vm, KVM_MAP_PASID, &map, sizeof(map)), -EINVAL);
}

/* Work asks for a page that nobody has mapped, and the fd is closed meanwhile: the device is free again (R-IOASID-047, -171). */
static void test_faults_end(void **state)
{
    struct world *world = *state;
    uint64_t memory;
    uint32_t ioasid = space(world, &memory);

    open_bound(world, DEDICATED);
    assert_int_equal(attach(world, DEDICATED, VFIO_DEVICE_ATTACH_IOASID, ioasid, 0), 0);
    put(world, DEDICATED, PMDEV_OP, PMDEV_OP_FILL, 4);
    put(world, DEDICATED, PMDEV_FLAGS, PMDEV_FLAG_BLOCK, 4);
    put(world, DEDICATED, PMDEV_LENGTH, 8, 4);
    put(world, DEDICATED, PMDEV_IOVA, IOVA + PAGE, 8);
    put(world, DEDICATED, PMDEV_GO, 1, 4);
    kernel_settle(kernel_now_ps() + UINT64_C(1000000000));
    assert_int_equal(process_close(world->process, world->mdevs[DEDICATED].fd), 0);
    open_bound(world, DEDICATED);
    assert_int_equal(attach(world, DEDICATED, VFIO_DEVICE_ATTACH_IOASID, ioasid, 0), 0);
    assert_int_equal(operate(world, DEDICATED, PMDEV_OP_FILL, 0, IOVA, 0x5151), PMDEV_OK);
    assert_int_equal(stored(world, memory), 0x5151);
}

static void fill_blocking(struct world *world, unsigned int n, uint32_t vpasid, uint64_t iova)
{
    put(world, n, PMDEV_OP, PMDEV_OP_FILL, 4);
    put(world, n, PMDEV_FLAGS, PMDEV_FLAG_BLOCK | PMDEV_FLAG_VPASID, 4);
    put(world, n, PMDEV_VPASID, vpasid, 4);
    put(world, n, PMDEV_LENGTH, 8, 4);
    put(world, n, PMDEV_IOVA, iova, 8);
    put(world, n, PMDEV_GO, 1, 4);
    kernel_settle(kernel_now_ps() + UINT64_C(1000000000));
    assert_int_equal(get(world, n, PMDEV_STATUS, 4), PMDEV_BUSY);
}

/*
 * Work that waits for an answer which the user does not give ends with the detach, or with the close (R-IOASID-168). The table of
 * the user is a page of zeros: nothing is present.
 */
static void test_pending(void **state)
{
    struct world *world = *state;
    uint64_t memory, table;
    uint32_t ioasid = space(world, &memory), parent = space(world, &table);
    struct ioasid_format_vtd_s1 format = {.pgtbl_addr = IOVA, .addr_width = 48};
    struct iommu_ioasid_alloc alloc = {.argsz = sizeof(alloc),
                                       .flags = IOMMU_IOASID_ALLOC_PARENT,
                                       .type = IOMMU_IOASID_USER_PGTABLE,
                                       .parent = parent,
                                       .format = IOASID_FORMAT_VTD_S1,
                                       .data_len = sizeof(format),
                                       .data_uptr = world->scratch};

    if (world->architecture != PLATFORM_VTD)
        return; /* there a table of the user comes with the PASID table, which parts of a device do not have */
    assert_int_equal(process_memory_write(world->process, world->scratch, &format, sizeof(format)), 0);
    open_bound(world, DEDICATED);
    open_bound(world, SIBLING);
    assert_int_equal(process_ioctl(world->process, world->iommu, IOMMU_IOASID_ALLOC, &alloc, sizeof(alloc)), 0);
    assert_int_equal(attach(world, SIBLING, VFIO_DEVICE_ATTACH_IOASID, ioasid, 0), 0);
    for (uint64_t closes = 0; closes < 2; closes++) {
        assert_int_equal(attach(world, DEDICATED, VFIO_DEVICE_ATTACH_IOASID, parent, 0), 0);
        assert_int_equal(attach(world, DEDICATED, VFIO_DEVICE_ATTACH_IOASID, alloc.ioasid, 5), 0);
        fill_blocking(world, DEDICATED, 5, 0x7000);
        assert_int_equal(operate(world, SIBLING, PMDEV_OP_WRITE, 0, IOVA, 0x10 + closes), PMDEV_OK);
        assert_int_equal(stored(world, memory), 0x10 + closes);
        if (closes) {
            assert_int_equal(process_close(world->process, world->mdevs[DEDICATED].fd), 0);
            break;
        }
        assert_int_equal(attach(world, DEDICATED, VFIO_DEVICE_DETACH_IOASID, alloc.ioasid, 5), 0);
        assert_int_equal(PMDEV_CODE(get(world, DEDICATED, PMDEV_STATUS, 4)), PMDEV_FAULT);
        assert_int_equal(attach(world, DEDICATED, VFIO_DEVICE_DETACH_IOASID, parent, 0), 0);
    }
    assert_int_equal(operate(world, SIBLING, PMDEV_OP_FILL, 0, IOVA, 0x77), PMDEV_OK);
    assert_int_equal(stored(world, memory), 0x77);
}

/* ---- every call that can fail fails once ---- */

struct sweep {
    struct world *world;
    int64_t (*call)(struct world *world);
    unsigned int n;
    int64_t result;
    bool failed;
};

static void sweep_task(void *context)
{
    struct sweep *sweep = context;

    kernel_fail_nth(NULL, sweep->n);
    sweep->result = sweep->call(sweep->world);
    sweep->failed = kernel_fail_nth_left(NULL) == 0;
    kernel_fail_nth(NULL, 0);
}

/* Until nothing is left to fail; undo() follows each success. */
static void sweep(struct world *world, struct process *process, int64_t (*call)(struct world *world),
                  void (*undo)(struct world *world))
{
    struct sweep sweep = {.world = world, .call = call, .failed = true};

    while (sweep.failed) {
        sweep.n++;
        assert_true(sweep.n < 1000);
        assert_int_equal(kernel_run(process, "sweep", sweep_task, &sweep), KERNEL_DONE);
        if (kernel_splat_count())
            fail_msg("failure %u: %s", sweep.n, kernel_splat(0)->text);
        if (sweep.result >= 0)
            undo(world);
        else if (!sweep.failed)
            fail_msg("failure %u is for ever: %d", sweep.n, (int)sweep.result);
    }
}

static int64_t parent_binds(struct world *world)
{
    (void)world;
    return plain_bind(PARENT, PLAIN_PARENT);
}

static void unbind_parent(void *unused)
{
    (void)unused;
    (void)plain_bind(PARENT, PLAIN_NONE);
}

static void parent_leaves(struct world *world)
{
    (void)world;
    assert_int_equal(kernel_run(NULL, "unbind", unbind_parent, NULL), KERNEL_DONE);
}

static int64_t binds(struct world *world)
{
    struct vfio_device_bind_iommufd bind = {.argsz = sizeof(bind), .iommu_fd = world->iommu, .dev_cookie = 1};
    int64_t fd = process_open(world->process, world->mdevs[SHARED].node, 2), result;

    if (fd < 0)
        return fd;
    world->mdevs[SHARED].fd = (int)fd;
    result = process_ioctl(world->process, (int)fd, VFIO_DEVICE_BIND_IOMMUFD, &bind, sizeof(bind));
    if (result)
        (void)process_close(world->process, (int)fd);
    return result;
}

static void closes(struct world *world)
{
    assert_int_equal(process_close(world->process, world->mdevs[SHARED].fd), 0);
}

static int64_t attaches(struct world *world)
{
    return attach(world, SHARED, VFIO_DEVICE_ATTACH_IOASID, world->ioasid, 7);
}

static void detaches(struct world *world)
{
    assert_int_equal(attach(world, SHARED, VFIO_DEVICE_DETACH_IOASID, world->ioasid, 7), 0);
}

static int64_t registers(struct world *world)
{
    return set_file(world, world->kvm_device, KVM_DEV_VFIO_FILE_ADD, world->mdevs[SHARED].fd);
}

static void deregisters(struct world *world)
{
    assert_int_equal(set_file(world, world->kvm_device, KVM_DEV_VFIO_FILE_DEL, world->mdevs[SHARED].fd), 0);
}

static int64_t map_command(struct world *world, unsigned int command)
{
    struct kvm_map_pasid map = {.argsz = sizeof(map), .user_pasid = 7, .iommu_fd = world->iommu, .ioasid = world->ioasid};

    return process_ioctl(world->process, world->vm, command, &map, sizeof(map));
}

static int64_t maps(struct world *world)
{
    return map_command(world, KVM_MAP_PASID);
}

static void unmaps(struct world *world)
{
    assert_int_equal(map_command(world, KVM_UNMAP_PASID), 0);
}

static void test_failures(void **state)
{
    struct kvm_enable_cap enable = {.cap = KVM_CAP_PASID_TRANSLATION};
    struct world *world = *state;
    uint64_t memory;

    world->ioasid = space(world, &memory);
    sweep(world, world->process, binds, closes);
    assert_int_equal(binds(world), 0);
    sweep(world, world->process, attaches, detaches);
    assert_int_equal(attaches(world), 0);
    world->vm = make_vm(world, &world->kvm_device);
    sweep(world, world->process, registers, deregisters);
    assert_int_equal(registers(world), 0);
    assert_int_equal(process_ioctl(world->process, world->vm, KVM_ENABLE_CAP, &enable, sizeof(enable)), 0);
    sweep(world, world->process, maps, unmaps);
    assert_int_equal(maps(world), 0);
    assert_int_equal(enqcmd(world, SHARED, world->vm, 7, 0x99), 0);
    kernel_settle(kernel_now_ps() + UINT64_C(1000000000));
    assert_int_equal(stored(world, memory), 0x99);
    closes(world);
    parent_leaves(world); /* with a VM that still holds the file of an mdev */
    sweep(world, NULL, parent_binds, parent_leaves);
}

#define TESTS(arch)                                                               \
    cmocka_unit_test_setup_teardown(test_dedicated, setup_##arch, teardown),      \
        cmocka_unit_test_setup_teardown(test_shared, setup_##arch, teardown),     \
        cmocka_unit_test_setup_teardown(test_software, setup_##arch, teardown),   \
        cmocka_unit_test_setup_teardown(test_siblings, setup_##arch, teardown),   \
        cmocka_unit_test_setup_teardown(test_enqcmd, setup_##arch, teardown),     \
        cmocka_unit_test_setup_teardown(test_vm_wide, setup_##arch, teardown),    \
        cmocka_unit_test_setup_teardown(test_whole, setup_##arch, teardown),      \
        cmocka_unit_test_setup_teardown(test_faults_end, setup_##arch, teardown), \
        cmocka_unit_test_setup_teardown(test_failures, setup_##arch, teardown),   \
        cmocka_unit_test_setup_teardown(test_pending, setup_##arch, teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest vtd[] = {TESTS(vtd)};
    const struct CMUnitTest smmuv3[] = {TESTS(smmuv3)};

    if (argc > 2)
        cmocka_set_test_filter(argv[2]);
    if (argc > 1 && strcmp(argv[1], "smmuv3") == 0)
        return cmocka_run_group_tests_name("mdev.smmuv3", smmuv3, NULL, NULL);
    return cmocka_run_group_tests_name("mdev.vtd", vtd, NULL, NULL);
}
