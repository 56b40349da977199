/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mdev_test.c - mdevs on the standard machine, whole: the parent driver, VFIO, the core, the IOMMU's driver and its model. What
 * counts is what DMA does to the memory of the process.
 */
#include "drivers/pasid-device/tests/mdev_fixture.h"

static void default_space(struct world *world, unsigned int n)
{
    uint64_t memory, outside;
    uint32_t ioasid = make_space(world, &memory);

    (void)make_space(world, &outside);
    open_bound(world, n);
    assert_int_equal(mdev_operate(world, n, PMDEV_OP_WRITE, 0, IOVA, 1), PMDEV_NO_SPACE); /* R-IOASID-041 */
    assert_int_equal(attach_mdev(world, n, VFIO_DEVICE_ATTACH_IOASID, ioasid, 0), 0);
    assert_int_equal(mdev_operate(world, n, PMDEV_OP_WRITE, 0, IOVA, 0x1111), PMDEV_OK);
    assert_int_equal(stored_at(world, memory), 0x1111);
    assert_int_equal(mdev_operate(world, n, PMDEV_OP_READ, 0, IOVA, 0), PMDEV_OK);
    assert_int_equal(mdev_get(world, n, PMDEV_DATA, 8), 0x1111);
    assert_int_equal(mdev_operate(world, n, PMDEV_OP_FILL, 0, IOVA + 8, 0x2222), PMDEV_OK);
    assert_int_equal(stored_at(world, memory + 8), 0x2222);
    assert_int_equal(mdev_operate(world, n, PMDEV_OP_WRITE, 0, IOVA + PAGE, 3), PMDEV_FAULT);
    assert_int_equal(mdev_operate(world, n, PMDEV_OP_FILL, 0, IOVA + PAGE, 3), PMDEV_FAULT);
    assert_int_equal(stored_at(world, outside), 0);
    assert_int_equal(attach_mdev(world, n, VFIO_DEVICE_DETACH_IOASID, ioasid, 0), 0);
    assert_int_equal(mdev_operate(world, n, PMDEV_OP_WRITE, 0, IOVA, 4), PMDEV_NO_SPACE); /* R-IOASID-075 */
    assert_int_equal(stored_at(world, memory), 0x1111);
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
    uint32_t ioasid[2] = {make_space(world, &memory[0]), make_space(world, &memory[1])};

    for (unsigned int n = 0; n < 2; n++) {
        open_bound(world, n);
        assert_int_equal(attach_mdev(world, n, VFIO_DEVICE_ATTACH_IOASID, ioasid[n], 5), 0);
    }
    for (unsigned int n = 0; n < 2; n++) {
        assert_int_equal(mdev_operate(world, n, PMDEV_OP_WRITE, 5, IOVA, 0xa0 + n), PMDEV_OK);
        assert_int_equal(mdev_operate(world, n, PMDEV_OP_FILL, 5, IOVA + 8, 0xb0 + n), PMDEV_OK);
    }
    for (unsigned int n = 0; n < 2; n++) {
        assert_int_equal(stored_at(world, memory[n]), 0xa0 + n);
        assert_int_equal(stored_at(world, memory[n] + 8), 0xb0 + n);
    }
    for (uint32_t vpasid = 1; vpasid < 64; vpasid++)
        if (vpasid != 5)
            assert_int_equal(mdev_operate(world, DEDICATED, PMDEV_OP_WRITE, vpasid, IOVA, 0xff), PMDEV_NO_SPACE);
    assert_int_equal(stored_at(world, memory[1]), 0xa1);
}

/* R-IOASID-098 to -104. */
static void test_enqcmd(void **state)
{
    struct world *world = *state;
    struct kvm_enable_cap enable = {.cap = KVM_CAP_PASID_TRANSLATION};
    uint64_t memory;
    uint32_t ioasid = make_space(world, &memory);
    struct kvm_map_pasid map = {.argsz = sizeof(map), .user_pasid = 7, .iommu_fd = world->iommu, .ioasid = ioasid};
    int vm, device;

    open_bound(world, SHARED);
    vm = make_vm(world, &device);
    assert_int_equal(vm_set_file(world, device, KVM_DEV_VFIO_FILE_ADD, world->mdevs[SHARED].fd), 0);
    assert_int_equal(vm_set_file(world, device, KVM_DEV_VFIO_FILE_ADD, world->mdevs[SHARED].fd), -EEXIST); /* R-IOASID-194 */
    assert_int_equal(vm_set_file(world, device, KVM_DEV_VFIO_FILE_DEL, world->iommu), -ENOENT);
    assert_int_equal(attach_mdev(world, SHARED, VFIO_DEVICE_ATTACH_IOASID, ioasid, 7), 0);
    assert_int_equal(guest_enqcmd(world, SHARED, vm, 7, 1), -EFAULT); /* R-IOASID-102 */
    assert_int_equal(process_ioctl(world->process, vm, KVM_MAP_PASID, &map, sizeof(map)), -EINVAL);
    assert_int_equal(process_ioctl(world->process, vm, KVM_ENABLE_CAP, &enable, sizeof(enable)), 0);
    assert_int_equal(guest_enqcmd(world, SHARED, vm, 7, 1), -EACCES); /* R-IOASID-101 */
    assert_int_equal(process_ioctl(world->process, vm, KVM_MAP_PASID, &map, sizeof(map)), 0);
    assert_int_equal(guest_enqcmd(world, SHARED, vm, 7, 0x77), 0);
    kernel_settle(kernel_now_ps() + UINT64_C(1000000000));
    assert_int_equal(stored_at(world, memory), 0x77);
    assert_int_equal(guest_enqcmd(world, SHARED, vm, 8, 2), -EACCES);
    assert_int_equal(process_ioctl(world->process, vm, KVM_UNMAP_PASID, &map, sizeof(map)), 0);
    assert_int_equal(guest_enqcmd(world, SHARED, vm, 7, 3), -EACCES); /* R-IOASID-100 */
    kernel_settle(kernel_now_ps() + UINT64_C(1000000000));
    assert_int_equal(stored_at(world, memory), 0x77);
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
    uint32_t ioasid = make_space(world, &memory), other = make_space(world, &of_sibling);
    struct kvm_map_pasid map = {.argsz = sizeof(map), .user_pasid = 7, .iommu_fd = world->iommu, .ioasid = ioasid};
    static const unsigned int users[] = {SHARED, SHARED_TOO, MDEVS + SHARED};
    int device, vm = make_vm(world, &device);

    for (size_t i = 0; i < 3; i++) {
        open_bound(world, users[i]);
        assert_int_equal(vm_set_file(world, device, KVM_DEV_VFIO_FILE_ADD, world->mdevs[users[i]].fd), 0);
    }
    assert_int_equal(attach_mdev(world, SHARED, VFIO_DEVICE_ATTACH_IOASID, ioasid, 7), 0);
    assert_int_equal(attach_mdev(world, SHARED_TOO, VFIO_DEVICE_ATTACH_IOASID, other, 7), -EBUSY);
    assert_int_equal(attach_mdev(world, SHARED_TOO, VFIO_DEVICE_ATTACH_IOASID, ioasid, 7), -EBUSY);
    assert_int_equal(attach_mdev(world, MDEVS + SHARED, VFIO_DEVICE_ATTACH_IOASID, ioasid, 7), 0);
    assert_int_equal(process_ioctl(world->process, vm, KVM_ENABLE_CAP, &enable, sizeof(enable)), 0);
    assert_int_equal(process_ioctl(world->process, vm, KVM_MAP_PASID, &map, sizeof(map)), 0);
    assert_int_equal(guest_enqcmd(world, SHARED, vm, 7, 0x71), 0);
    kernel_settle(kernel_now_ps() + UINT64_C(1000000000));
    assert_int_equal(stored_at(world, memory), 0x71);
    assert_int_equal(guest_enqcmd(world, MDEVS + SHARED, vm, 7, 0x72), 0);
    kernel_settle(kernel_now_ps() + UINT64_C(1000000000));
    assert_int_equal(stored_at(world, memory), 0x72);
    assert_int_equal(stored_at(world, of_sibling), 0);
    /* A detach of the last makes the mapping void. */
    assert_int_equal(attach_mdev(world, SHARED, VFIO_DEVICE_DETACH_IOASID, ioasid, 7), 0);
    assert_int_equal(attach_mdev(world, MDEVS + SHARED, VFIO_DEVICE_DETACH_IOASID, ioasid, 7), 0);
    assert_int_equal(guest_enqcmd(world, SHARED, vm, 7, 0x73), -EACCES);
}

/* The program of a function sets up its first queue, shared (REGISTERS.md). */
static void share_queue(struct world *world)
{
    enum { CMD = 0xa0, CMDSTS = 0xa8, GRPCFG = 0x400, WQCFG = 0x500 };
    static const uint32_t commands[] = {1u << 20, 6u << 20}; /* the device, queue 0 */

    mdev_put(world, WHOLE, WQCFG, 8, 4);
    mdev_put(world, WHOLE, WQCFG + 4, 8, 4);
    mdev_put(world, WHOLE, WQCFG + 8, 1u << 4 | 1u << 28, 4);
    mdev_put(world, WHOLE, WQCFG + 12, 21 | 1u << 5, 4);
    mdev_put(world, WHOLE, WQCFG + 32, 1u << 4, 8);
    mdev_put(world, WHOLE, GRPCFG, 1, 8);
    mdev_put(world, WHOLE, GRPCFG + 32, 1, 8);
    for (size_t i = 0; i < 2; i++) {
        mdev_put(world, WHOLE, CMD, commands[i], 4);
        for (int tries = 0; tries < 1000 && mdev_get(world, WHOLE, CMDSTS, 4) >> 31; tries++)
            ;
        assert_int_equal(mdev_get(world, WHOLE, CMDSTS, 4), 0);
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
    uint32_t ioasid = make_space(world, &memory);
    struct kvm_map_pasid map = {.argsz = sizeof(map), .user_pasid = 5, .iommu_fd = world->iommu, .ioasid = ioasid};
    struct kvm_enable_cap enable = {.cap = KVM_CAP_PASID_TRANSLATION};
    int device, vm = make_vm(world, &device);

    open_bound(world, WHOLE);
    open_bound(world, SHARED);
    assert_int_equal(pasid_flags(world, SHARED), VFIO_DEVICE_PASID_CPU | VFIO_DEVICE_PASID_CPU_VIRT);
    if (world->architecture == PLATFORM_SMMUV3) {
        assert_int_equal(pasid_flags(world, WHOLE), VFIO_DEVICE_PASID_DELEGATED);
        assert_int_equal(attach_mdev(world, WHOLE, VFIO_DEVICE_ATTACH_IOASID, ioasid, 5), -EINVAL); /* R-IOASID-085 */
        return;
    }
    assert_int_equal(pasid_flags(world, WHOLE), VFIO_DEVICE_PASID_CPU);
    assert_int_equal(attach_mdev(world, WHOLE, VFIO_DEVICE_ATTACH_IOASID, ioasid, 5), 0);
    share_queue(world);
    assert_int_equal(guest_enqcmd(world, WHOLE, vm, 5, 0x55), -EFAULT); /* not the VM's */
    assert_int_equal(vm_set_file(world, device, KVM_DEV_VFIO_FILE_ADD, world->mdevs[WHOLE].fd), 0);
    assert_int_equal(guest_enqcmd(world, WHOLE, vm, 5, 0x55), 0);
    kernel_settle(kernel_now_ps() + UINT64_C(1000000000));
    assert_int_equal(stored_at(world, memory), 0x55);
    assert_int_equal(guest_enqcmd(world, WHOLE, vm, 6, 0x66), 0); /* the device has it, the IOMMU does not */
    kernel_settle(kernel_now_ps() + UINT64_C(1000000000));
    assert_int_equal(stored_at(world, memory), 0x55);
    assert_int_equal(process_ioctl(world->process, vm, KVM_ENABLE_CAP, &enable, sizeof(enable)), 0);
    assert_int_equal(process_ioctl(world->process, vm, KVM_MAP_PASID, &map, sizeof(map)), -EINVAL);
}

/* Work asks for a page that nobody has mapped, and the fd is closed meanwhile: the device is free again (R-IOASID-047, -171). */
static void test_faults_end(void **state)
{
    struct world *world = *state;
    uint64_t memory;
    uint32_t ioasid = make_space(world, &memory);

    open_bound(world, DEDICATED);
    assert_int_equal(attach_mdev(world, DEDICATED, VFIO_DEVICE_ATTACH_IOASID, ioasid, 0), 0);
    mdev_put(world, DEDICATED, PMDEV_OP, PMDEV_OP_FILL, 4);
    mdev_put(world, DEDICATED, PMDEV_FLAGS, PMDEV_FLAG_BLOCK, 4);
    mdev_put(world, DEDICATED, PMDEV_LENGTH, 8, 4);
    mdev_put(world, DEDICATED, PMDEV_IOVA, IOVA + PAGE, 8);
    mdev_put(world, DEDICATED, PMDEV_GO, 1, 4);
    kernel_settle(kernel_now_ps() + UINT64_C(1000000000));
    assert_int_equal(process_close(world->process, world->mdevs[DEDICATED].fd), 0);
    open_bound(world, DEDICATED);
    assert_int_equal(attach_mdev(world, DEDICATED, VFIO_DEVICE_ATTACH_IOASID, ioasid, 0), 0);
    assert_int_equal(mdev_operate(world, DEDICATED, PMDEV_OP_FILL, 0, IOVA, 0x5151), PMDEV_OK);
    assert_int_equal(stored_at(world, memory), 0x5151);
}

static void fill_blocking(struct world *world, unsigned int n, uint32_t vpasid, uint64_t iova)
{
    mdev_put(world, n, PMDEV_OP, PMDEV_OP_FILL, 4);
    mdev_put(world, n, PMDEV_FLAGS, PMDEV_FLAG_BLOCK | PMDEV_FLAG_VPASID, 4);
    mdev_put(world, n, PMDEV_VPASID, vpasid, 4);
    mdev_put(world, n, PMDEV_LENGTH, 8, 4);
    mdev_put(world, n, PMDEV_IOVA, iova, 8);
    mdev_put(world, n, PMDEV_GO, 1, 4);
    kernel_settle(kernel_now_ps() + UINT64_C(1000000000));
    assert_int_equal(mdev_get(world, n, PMDEV_STATUS, 4), PMDEV_BUSY);
}

/*
 * Work that waits for an answer which the user does not give ends with the detach, or with the close (R-IOASID-168). The table of
 * the user is a page of zeros: nothing is present.
 */
static void test_pending(void **state)
{
    struct world *world = *state;
    uint64_t memory, table;
    uint32_t ioasid = make_space(world, &memory), parent = make_space(world, &table);
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
    assert_int_equal(attach_mdev(world, SIBLING, VFIO_DEVICE_ATTACH_IOASID, ioasid, 0), 0);
    for (uint64_t closes = 0; closes < 2; closes++) {
        assert_int_equal(attach_mdev(world, DEDICATED, VFIO_DEVICE_ATTACH_IOASID, parent, 0), 0);
        assert_int_equal(attach_mdev(world, DEDICATED, VFIO_DEVICE_ATTACH_IOASID, alloc.ioasid, 5), 0);
        fill_blocking(world, DEDICATED, 5, 0x7000);
        assert_int_equal(mdev_operate(world, SIBLING, PMDEV_OP_WRITE, 0, IOVA, 0x10 + closes), PMDEV_OK);
        assert_int_equal(stored_at(world, memory), 0x10 + closes);
        if (closes) {
            assert_int_equal(process_close(world->process, world->mdevs[DEDICATED].fd), 0);
            break;
        }
        assert_int_equal(attach_mdev(world, DEDICATED, VFIO_DEVICE_DETACH_IOASID, alloc.ioasid, 5), 0);
        assert_int_equal(PMDEV_CODE(mdev_get(world, DEDICATED, PMDEV_STATUS, 4)), PMDEV_FAULT);
        assert_int_equal(attach_mdev(world, DEDICATED, VFIO_DEVICE_DETACH_IOASID, parent, 0), 0);
    }
    assert_int_equal(mdev_operate(world, SIBLING, PMDEV_OP_FILL, 0, IOVA, 0x77), PMDEV_OK);
    assert_int_equal(stored_at(world, memory), 0x77);
}

#define TEST(name, arch) cmocka_unit_test_setup_teardown(test_##name, mdev_setup_##arch, mdev_teardown)
#define TESTS(arch)                                                                                            \
    TEST(dedicated, arch), TEST(shared, arch), TEST(software, arch), TEST(siblings, arch), TEST(enqcmd, arch), \
        TEST(vm_wide, arch), TEST(whole, arch), TEST(faults_end, arch), TEST(pending, arch)

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
