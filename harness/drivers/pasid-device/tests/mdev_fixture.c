/* SPDX-License-Identifier: BSD-2-Clause */
/* mdev_fixture.c - see mdev_fixture.h. */
#include "drivers/pasid-device/tests/mdev_fixture.h"

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

int mdev_setup_vtd(void **state)
{
    return setup_for(state, PLATFORM_VTD);
}

int mdev_setup_smmuv3(void **state)
{
    return setup_for(state, PLATFORM_SMMUV3);
}

int mdev_teardown(void **state)
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

void open_bound(struct world *world, unsigned int n)
{
    struct vfio_device_bind_iommufd bind = {.argsz = sizeof(bind), .iommu_fd = world->iommu, .dev_cookie = n + 1};
    struct mdev *mdev = &world->mdevs[n];

    mdev->fd = (int)process_open(world->process, mdev->node, 2);
    assert_true(mdev->fd >= 0);
    assert_int_equal(process_ioctl(world->process, mdev->fd, VFIO_DEVICE_BIND_IOMMUFD, &bind, sizeof(bind)), 0);
}

uint32_t make_space(struct world *world, uint64_t *memory)
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

int64_t attach_mdev(struct world *world, unsigned int n, unsigned int command, uint32_t ioasid, uint32_t vpasid)
{
    struct vfio_device_attach_ioasid a = {.argsz = sizeof(a),
                                          .flags = vpasid ? VFIO_IOASID_VPASID : 0,
                                          .iommu_fd = world->iommu,
                                          .ioasid = ioasid,
                                          .vpasid = vpasid};

    return process_ioctl(world->process, world->mdevs[n].fd, command, &a, sizeof(a));
}

void mdev_put(struct world *world, unsigned int n, uint32_t offset, uint64_t value, uint32_t bytes)
{
    assert_int_equal(process_write(world->process, world->mdevs[n].fd, &value, bytes, offset), bytes);
}

uint64_t mdev_get(struct world *world, unsigned int n, uint32_t offset, uint32_t bytes)
{
    uint64_t value = 0;

    assert_int_equal(process_read(world->process, world->mdevs[n].fd, &value, bytes, offset), bytes);
    return value;
}

uint32_t mdev_operate(struct world *world, unsigned int n, uint32_t op, uint32_t vpasid, uint64_t iova, uint64_t data)
{
    uint32_t status = PMDEV_BUSY;

    mdev_put(world, n, PMDEV_OP, op, 4);
    mdev_put(world, n, PMDEV_FLAGS, vpasid ? PMDEV_FLAG_VPASID : 0, 4);
    mdev_put(world, n, PMDEV_VPASID, vpasid, 4);
    mdev_put(world, n, PMDEV_LENGTH, 8, 4);
    mdev_put(world, n, PMDEV_IOVA, iova, 8);
    mdev_put(world, n, PMDEV_DATA, data, 8);
    mdev_put(world, n, PMDEV_GO, 1, 4);
    for (int i = 0; i < 1000 && status & PMDEV_BUSY; i++)
        status = (uint32_t)mdev_get(world, n, PMDEV_STATUS, 4);
    return PMDEV_CODE(status);
}

uint64_t stored_at(struct world *world, uint64_t memory)
{
    uint64_t value = 0;

    assert_int_equal(process_memory_read(world->process, memory, &value, sizeof(value)), 0);
    return value;
}

int64_t guest_enqcmd(struct world *world, unsigned int n, int vm, uint32_t vpasid, uint64_t value)
{
    uint64_t descriptor[8] = {UINT64_C(4) << 56, 0, value, IOVA, 8, 0, 0, 0};

    return kvm_host_enqcmd(world->process, vm, world->mdevs[n].node + strlen("/dev/"), UINT64_C(2) << 40, vpasid, descriptor);
}

int64_t vm_set_file(struct world *world, int device, uint64_t attribute, int fd)
{
    struct kvm_device_attr attr = {.group = KVM_DEV_VFIO_FILE, .attr = attribute, .addr = world->scratch};

    assert_int_equal(process_memory_write(world->process, world->scratch, &fd, sizeof(fd)), 0);
    return process_ioctl(world->process, device, KVM_SET_DEVICE_ATTR, &attr, sizeof(attr));
}

int make_vm(struct world *world, int *device)
{
    struct kvm_create_device create = {.type = KVM_DEV_TYPE_VFIO};
    int kvm = (int)process_open(world->process, "/dev/kvm", 2), vm;

    vm = (int)process_ioctl_raw(world->process, kvm, KVM_CREATE_VM, 0);
    assert_true(vm >= 0);
    assert_int_equal(process_ioctl(world->process, vm, KVM_CREATE_DEVICE, &create, sizeof(create)), 0);
    *device = (int)create.fd;
    return vm;
}
