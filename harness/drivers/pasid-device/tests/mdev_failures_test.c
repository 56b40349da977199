/* SPDX-License-Identifier: BSD-2-Clause */
/* mdev_failures_test.c - mdevs when something fails: every call that can fails once. */
#include "drivers/pasid-device/tests/mdev_fixture.h"

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
    return attach_mdev(world, SHARED, VFIO_DEVICE_ATTACH_IOASID, world->ioasid, 7);
}

static void detaches(struct world *world)
{
    assert_int_equal(attach_mdev(world, SHARED, VFIO_DEVICE_DETACH_IOASID, world->ioasid, 7), 0);
}

static int64_t registers(struct world *world)
{
    return vm_set_file(world, world->kvm_device, KVM_DEV_VFIO_FILE_ADD, world->mdevs[SHARED].fd);
}

static void deregisters(struct world *world)
{
    assert_int_equal(vm_set_file(world, world->kvm_device, KVM_DEV_VFIO_FILE_DEL, world->mdevs[SHARED].fd), 0);
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

    world->ioasid = make_space(world, &memory);
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
    assert_int_equal(guest_enqcmd(world, SHARED, world->vm, 7, 0x99), 0);
    kernel_settle(kernel_now_ps() + UINT64_C(1000000000));
    assert_int_equal(stored_at(world, memory), 0x99);
    closes(world);
    parent_leaves(world); /* with a VM that still holds the file of an mdev */
    sweep(world, NULL, parent_binds, parent_leaves);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_failures, mdev_setup_vtd, mdev_teardown),
        cmocka_unit_test_setup_teardown(test_failures, mdev_setup_smmuv3, mdev_teardown),
    };

    return cmocka_run_group_tests_name("mdev.failures", tests, NULL, NULL);
}
