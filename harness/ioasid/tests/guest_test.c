/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest_test.c - mdevs and virtual machines on the standard machine, with both IOMMUs: DMA of each kind of mdev, PASIDs that a
 * guest names, its ENQCMD and WBINVD, and KVM with and without the modules that it asks.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

#define PAGE UINT64_C(4096)
#define IOVA UINT64_C(0x10000000)
#define REGION(n) ((int64_t)(n) << 40)
#define PS_PER_MS UINT64_C(1000000000)
#define PARENT "0000:00:02.0" /* device 0 */
enum { DEDICATED_A, DEDICATED_B, SHARED, SOFTWARE, MDEVS };

static struct machine *machine;
static struct process *process;
static char nodes[MDEVS][40];
static enum platform_architecture architecture;

/* ---- the machine ---- */

static void boot(const struct kernel_module_config *modules, size_t count)
{
    static struct machine_description description;
    const struct process_config config = {.name = "vmm", .uid = 1, .memlock = PROCESS_UNLIMITED};
    char error[200] = "";

    machine_standard(architecture, &description);
    if (machine_create(&description, &machine, error, sizeof(error)))
        fail_msg("%s", error);
    const char *seed = getenv("HARNESS_TEST_SEED");
    struct kernel_config kernel = {.backend = getenv("HARNESS_TEST_THREADS") ? KERNEL_THREADS : KERNEL_COOPERATIVE,
                                   .seed = seed ? strtoull(seed, NULL, 0) : 1,
                                   .explore = seed != NULL,
                                   .hardware = machine_hardware(machine),
                                   .modules = modules,
                                   .module_count = count};
    assert_int_equal(kernel_boot(&kernel), 0);
    assert_int_equal(kernel_module_load(architecture == PLATFORM_VTD ? "vtd" : "arm-smmu-v3", NULL), 0);
    process = process_create(&config);
    assert_non_null(process);
}

static void halt(void)
{
    assert_int_equal(process_exit(process), 0);
    kernel_halt();
    for (size_t i = 0; i < kernel_splat_count(); i++)
        print_error("splat: %s\n", kernel_splat(i)->text);
    assert_int_equal(kernel_splat_count(), 0);
    machine_destroy(machine);
}

static void become_parent(void *result)
{
    *(int *)result = plain_bind(PARENT, PLAIN_PARENT);
}

static void find_mdevs(void *unused)
{
    struct vfio_host_device device;

    (void)unused;
    for (unsigned n = 0; vfio_host_device(n, &device); n++)
        for (unsigned i = 0; i < MDEVS; i++) {
            char name[32];

            snprintf(name, sizeof(name), PARENT ".%u", i);
            if (strcmp(device.name, name) == 0)
                snprintf(nodes[i], sizeof(nodes[i]), "%s", device.node);
        }
}

static void offer_mdevs(void)
{
    int result = -1;

    assert_int_equal(kernel_module_load("pasid-device", NULL), 0);
    assert_int_equal(kernel_module_load("plain", NULL), 0);
    assert_int_equal(kernel_run(NULL, "driver", become_parent, &result), KERNEL_DONE);
    assert_int_equal(result, 0);
    memset(nodes, 0, sizeof(nodes));
    kernel_run(NULL, "devices", find_mdevs, NULL);
    for (unsigned i = 0; i < MDEVS; i++)
        assert_string_not_equal(nodes[i], "");
}

/* ---- calls ---- */

static int64_t call(int64_t fd, unsigned command, void *argument, size_t bytes)
{
    return process_ioctl(process, (int)fd, command, argument, bytes);
}
#define CALL(fd, command, argument) call(fd, command, argument, sizeof(*(argument)))

static int open_path(const char *node)
{
    char path[48];

    snprintf(path, sizeof(path), "/dev/%s", node);
    int64_t fd = process_open(process, path, PROCESS_O_RDWR);
    assert_true(fd >= 0);
    return (int)fd;
}

static int open_bound(unsigned mdev, int iommu)
{
    int fd = open_path(nodes[mdev]);
    struct vfio_device_bind_iommufd bind = {.argsz = sizeof(bind), .iommu_fd = iommu, .dev_cookie = 100 + mdev};

    assert_int_equal(CALL(fd, VFIO_DEVICE_BIND_IOMMUFD, &bind), 0);
    return fd;
}

static uint32_t new_space(int iommu, uint64_t memory, uint32_t flags)
{
    struct iommu_ioasid_alloc alloc = {
        .argsz = sizeof(alloc), .type = IOMMU_IOASID_KERNEL_TYPE1V2, .addr_width = 39, .flags = flags};

    assert_int_equal(CALL(iommu, IOMMU_IOASID_ALLOC, &alloc), 0);
    if (memory) {
        struct iommu_map_dma map = {.argsz = sizeof(map),
                                    .flags = IOMMU_MAP_DMA_READ | IOMMU_MAP_DMA_WRITE,
                                    .ioasid = alloc.ioasid,
                                    .vaddr = memory,
                                    .iova = IOVA,
                                    .size = 2 * PAGE};
        assert_int_equal(CALL(iommu, IOMMU_MAP_DMA, &map), 0);
    }
    return alloc.ioasid;
}

static int64_t place(int fd, unsigned command, int iommu, uint32_t ioasid, uint32_t vpasid)
{
    struct vfio_device_attach_ioasid attach = {
        .argsz = sizeof(attach), .flags = vpasid ? VFIO_IOASID_VPASID : 0, .iommu_fd = iommu, .ioasid = ioasid, .vpasid = vpasid};

    return CALL(fd, command, &attach);
}

static int64_t attach(int fd, int iommu, uint32_t ioasid, uint32_t vpasid)
{
    return place(fd, VFIO_DEVICE_ATTACH_IOASID, iommu, ioasid, vpasid);
}

static uint64_t memory_of(uint8_t fill)
{
    uint8_t bytes[2 * PAGE];
    int64_t at = process_map(process, sizeof(bytes), PROCESS_READ | PROCESS_WRITE);

    assert_true(at > 0);
    memset(bytes, fill, sizeof(bytes));
    assert_int_equal(process_memory_write(process, (uint64_t)at, bytes, sizeof(bytes)), 0);
    return (uint64_t)at;
}

static uint8_t byte_at(uint64_t address)
{
    uint8_t byte = 0;

    assert_int_equal(process_memory_read(process, address, &byte, 1), 0);
    return byte;
}

/* ---- an mdev's registers ---- */

static void put(int fd, uint32_t at, uint64_t value, uint32_t bytes)
{
    assert_int_equal(process_write(process, fd, &value, bytes, REGION(0) + at), bytes);
}

static uint64_t get(int fd, uint32_t at, uint32_t bytes)
{
    uint64_t value = 0;

    assert_int_equal(process_read(process, fd, &value, bytes, REGION(0) + at), bytes);
    return value;
}

static uint32_t operate(int fd, uint32_t op, uint32_t vpasid, uint64_t iova, uint64_t iova2, uint32_t length)
{
    uint64_t status = PMDEV_BUSY;

    put(fd, PMDEV_OP, op, 4);
    put(fd, PMDEV_FLAGS, vpasid ? PMDEV_FLAG_VPASID : 0, 4);
    put(fd, PMDEV_VPASID, vpasid, 4);
    put(fd, PMDEV_LENGTH, length, 4);
    put(fd, PMDEV_IOVA, iova, 8);
    put(fd, PMDEV_IOVA2, iova2, 8);
    put(fd, PMDEV_GO, 1, 4);
    for (int i = 0; i < 1000 && (status & PMDEV_BUSY); i++) {
        status = get(fd, PMDEV_STATUS, 4);
        if (status & PMDEV_BUSY)
            kernel_settle(kernel_now_ps() + PS_PER_MS);
    }
    assert_false(status & PMDEV_BUSY);
    return PMDEV_CODE(status);
}

static void does_dma(int fd, uint32_t vpasid, uint64_t memory)
{
    put(fd, PMDEV_DATA, UINT64_C(0x1122334455667788), 8);
    assert_int_equal(operate(fd, PMDEV_OP_WRITE, vpasid, IOVA + 60, 0, 8), PMDEV_OK); /* across 64 */
    kernel_settle(kernel_now_ps() + PS_PER_MS);
    assert_int_equal(byte_at(memory + 60), 0x88);
    assert_int_equal(byte_at(memory + 67), 0x11);
    put(fd, PMDEV_DATA, 0, 8);
    assert_int_equal(operate(fd, PMDEV_OP_READ, vpasid, IOVA + 60, 0, 8), PMDEV_OK);
    assert_true(get(fd, PMDEV_DATA, 8) == UINT64_C(0x1122334455667788));
    put(fd, PMDEV_DATA, UINT64_C(0x5a5a5a5a5a5a5a5a), 8);
    assert_int_equal(operate(fd, PMDEV_OP_FILL, vpasid, IOVA + 512, 0, 256), PMDEV_OK);
    assert_int_equal(operate(fd, PMDEV_OP_COPY, vpasid, IOVA + 512, IOVA + PAGE, 256), PMDEV_OK);
    kernel_settle(kernel_now_ps() + PS_PER_MS);
    assert_int_equal(byte_at(memory + 767), 0x5a);
    assert_int_equal(byte_at(memory + PAGE + 255), 0x5a);
}

static void blocked(int fd, uint32_t vpasid)
{
    assert_int_equal(operate(fd, PMDEV_OP_READ, vpasid, IOVA, 0, 8), PMDEV_NO_SPACE);
    assert_int_equal(operate(fd, PMDEV_OP_FILL, vpasid, IOVA, 0, 64), PMDEV_NO_SPACE);
}

/* ---- mdevs ---- */

static void mdevs_do_dma(void **state)
{
    (void)state;
    boot(NULL, 0);
    offer_mdevs();
    int iommu = open_path("iommu");
    for (unsigned i = 0; i < MDEVS; i++) {
        uint64_t memory = memory_of(0xee), other = memory_of(0xdd);
        int fd = open_bound(i, iommu);
        uint32_t space = new_space(iommu, memory, 0), second = new_space(iommu, other, 0);

        blocked(fd, 0);
        assert_int_equal(attach(fd, iommu, space, 0), 0);
        does_dma(fd, 0, memory);
        assert_int_equal(operate(fd, PMDEV_OP_READ, 0, IOVA + 4 * PAGE, 0, 8), PMDEV_FAULT);
        assert_int_equal(operate(fd, PMDEV_OP_FILL, 0, IOVA + 4 * PAGE, 0, 64), PMDEV_FAULT);
        blocked(fd, 7);
        if (i != SOFTWARE) {
            assert_int_equal(attach(fd, iommu, second, 7), 0);
            does_dma(fd, 7, other);
            blocked(fd, 8);
            assert_int_equal(attach(fd, iommu, second, 7), -EBUSY);
            assert_int_equal(place(fd, VFIO_DEVICE_DETACH_IOASID, iommu, second, 7), 0);
            blocked(fd, 7);
        }
        does_dma(fd, 0, memory);
        assert_int_equal(place(fd, VFIO_DEVICE_DETACH_IOASID, iommu, space, 0), 0);
        blocked(fd, 0);
        assert_int_equal(process_close(process, fd), 0);
    }
    halt();
}

/* ---- a VM ---- */

static int new_vm(int *vfio)
{
    int kvm = open_path("kvm");
    int64_t vm = process_ioctl_raw(process, kvm, KVM_CREATE_VM, 0);
    struct kvm_create_device create = {.type = KVM_DEV_TYPE_VFIO};

    assert_true(vm >= 0);
    assert_int_equal(CALL(vm, KVM_CREATE_DEVICE, &create), 0);
    *vfio = (int)create.fd;
    assert_int_equal(CALL(vm, KVM_CREATE_DEVICE, &create), -EBUSY);
    return (int)vm;
}

static int64_t tell(int vfio, uint64_t attribute, int fd)
{
    int64_t at = process_map(process, PAGE, PROCESS_READ | PROCESS_WRITE);
    struct kvm_device_attr attr = {.group = KVM_DEV_VFIO_FILE, .attr = attribute, .addr = (uint64_t)at};

    assert_int_equal(process_memory_write(process, (uint64_t)at, &fd, sizeof(fd)), 0);
    int64_t result = CALL(vfio, KVM_SET_DEVICE_ATTR, &attr);
    assert_int_equal(process_munmap(process, (uint64_t)at, PAGE), 0);
    return result;
}

static int64_t enqcmd(int vm, uint32_t vpasid, uint64_t iova)
{
    uint64_t descriptor[8] = {[0] = UINT64_C(4) << 56, [2] = UINT64_C(0x7777777777777777), [3] = iova, [4] = 64};
    int64_t result = kvm_host_enqcmd(process, vm, nodes[SHARED], (uint64_t)REGION(2), vpasid, descriptor);

    kernel_settle(kernel_now_ps() + 10 * PS_PER_MS);
    return result;
}

static void guest_uses_enqcmd(void **state)
{
    (void)state;
    boot(NULL, 0);
    offer_mdevs();
    assert_int_equal(kernel_module_load("kvm", NULL), 0);
    int iommu = open_path("iommu"), fd = open_bound(SHARED, iommu), vfio, vm = new_vm(&vfio);
    uint64_t memory = memory_of(0xee);
    uint32_t space = new_space(iommu, memory, 0);
    struct kvm_map_pasid map = {.argsz = sizeof(map), .user_pasid = 9, .iommu_fd = iommu, .ioasid = space};
    struct kvm_enable_cap cap = {.cap = KVM_CAP_PASID_TRANSLATION};

    assert_int_equal(attach(fd, iommu, space, 9), 0);
    assert_int_equal(enqcmd(vm, 9, IOVA), -EFAULT); /* not the VM's */
    assert_int_equal(tell(vfio, KVM_DEV_VFIO_FILE_ADD, fd), 0);
    assert_int_equal(tell(vfio, KVM_DEV_VFIO_FILE_ADD, fd), -EEXIST);
    assert_int_equal(enqcmd(vm, 9, IOVA), -EFAULT); /* R-IOASID-102 */
    assert_int_equal(CALL(vm, KVM_MAP_PASID, &map), -EINVAL);
    assert_int_equal(CALL(vm, KVM_ENABLE_CAP, &cap), 0);
    assert_int_equal(enqcmd(vm, 9, IOVA), -EACCES); /* R-IOASID-101 */
    assert_int_equal(CALL(vm, KVM_MAP_PASID, &map), 0);
    assert_int_equal(CALL(vm, KVM_MAP_PASID, &map), 0);
    assert_int_equal(enqcmd(vm, 9, IOVA + 64), 0);
    assert_int_equal(byte_at(memory + 64 + 63), 0x77);
    assert_int_equal(byte_at(memory + 63), 0xee);
    assert_int_equal(enqcmd(vm, 10, IOVA), -EACCES);
    assert_int_equal(CALL(vm, KVM_UNMAP_PASID, &map), 0); /* R-IOASID-100 */
    assert_int_equal(CALL(vm, KVM_UNMAP_PASID, &map), -ENOENT);
    assert_int_equal(enqcmd(vm, 9, IOVA), -EACCES);
    assert_int_equal(CALL(vm, KVM_MAP_PASID, &map), 0);
    assert_int_equal(place(fd, VFIO_DEVICE_DETACH_IOASID, iommu, space, 9), 0);
    assert_int_equal(enqcmd(vm, 9, IOVA), -EACCES); /* void, though nobody told KVM */
    assert_int_equal(byte_at(memory), 0xee);
    assert_int_equal(process_close(process, fd), 0);
    assert_int_equal(enqcmd(vm, 9, IOVA), -EACCES); /* the VM keeps the file, and so the device bound (R-IOASID-193) */
    halt();
}

/* ---- who is first ---- */

struct race {
    int vm, fd, iommu;
    uint32_t space;
    struct kvm_map_pasid map;
    unsigned sent, refused, odd;
};

static void race_enqcmd(void *argument)
{
    struct race *race = argument;

    for (int i = 0; i < 40; i++) {
        uint64_t descriptor[8] = {[0] = UINT64_C(4) << 56, [2] = 1, [3] = IOVA, [4] = 64};
        int64_t result = kvm_host_enqcmd(process, race->vm, nodes[SHARED], (uint64_t)REGION(2), 9, descriptor);

        race->sent += result == 0;
        race->refused += result == -EACCES;
        race->odd += result != 0 && result != -EACCES && result != -EAGAIN;
    }
}

static void race_map(void *argument)
{
    struct race *race = argument;

    for (int i = 0; i < 20; i++) {
        (void)CALL(race->vm, KVM_UNMAP_PASID, &race->map);
        (void)CALL(race->vm, KVM_MAP_PASID, &race->map);
    }
}

static void race_attach(void *argument)
{
    struct race *race = argument;

    for (int i = 0; i < 20; i++) {
        (void)place(race->fd, VFIO_DEVICE_DETACH_IOASID, race->iommu, race->space, 9);
        (void)attach(race->fd, race->iommu, race->space, 9);
    }
}

static void races_are_decided(void **state)
{
    int vfio;

    (void)state;
    boot(NULL, 0);
    offer_mdevs();
    assert_int_equal(kernel_module_load("kvm", NULL), 0);
    struct race race = {.iommu = open_path("iommu")};
    race.fd = open_bound(SHARED, race.iommu);
    race.vm = new_vm(&vfio);
    race.space = new_space(race.iommu, memory_of(0xee), 0);
    race.map = (struct kvm_map_pasid){.argsz = sizeof(race.map), .user_pasid = 9, .iommu_fd = race.iommu, .ioasid = race.space};
    assert_int_equal(tell(vfio, KVM_DEV_VFIO_FILE_ADD, race.fd), 0);
    assert_int_equal(CALL(race.vm, KVM_ENABLE_CAP, (&(struct kvm_enable_cap){.cap = KVM_CAP_PASID_TRANSLATION})), 0);
    assert_int_equal(attach(race.fd, race.iommu, race.space, 9), 0);
    struct task_struct *tasks[] = {kernel_spawn(process, "enqcmd", race_enqcmd, &race),
                                   kernel_spawn(process, "map", race_map, &race),
                                   kernel_spawn(process, "attach", race_attach, &race)};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(kernel_wait(tasks[i]), KERNEL_DONE);
        kernel_release(tasks[i]);
    }
    assert_int_equal(race.odd, 0);
    halt();
}

/* ---- each call inside fails once ---- */

static int64_t quiet_open(const char *node)
{
    char path[48];

    snprintf(path, sizeof(path), "/dev/%s", node);
    return process_open(process, path, PROCESS_O_RDWR);
}

static void in_a_vm(int64_t fd, int64_t iommu, uint32_t ioasid)
{
    int64_t kvm = quiet_open("kvm"), vm = process_ioctl_raw(process, (int)kvm, KVM_CREATE_VM, 0);
    struct kvm_create_device create = {.type = KVM_DEV_TYPE_VFIO};
    struct kvm_enable_cap cap = {.cap = KVM_CAP_PASID_TRANSLATION};
    struct kvm_map_pasid map = {.argsz = sizeof(map), .user_pasid = 9, .iommu_fd = (int)iommu, .ioasid = ioasid};
    int64_t at = process_map(process, PAGE, PROCESS_READ | PROCESS_WRITE);

    if (CALL(vm, KVM_CREATE_DEVICE, &create) == 0) {
        const int files[] = {(int)fd, (int)iommu};
        for (int i = 0; i < 2; i++) {
            struct kvm_device_attr attr = {.group = KVM_DEV_VFIO_FILE, .attr = KVM_DEV_VFIO_FILE_ADD, .addr = (uint64_t)at};
            (void)process_memory_write(process, (uint64_t)at, &files[i], sizeof(int));
            (void)CALL(create.fd, KVM_SET_DEVICE_ATTR, &attr);
        }
        (void)CALL(vm, KVM_ENABLE_CAP, &cap);
        (void)CALL(vm, KVM_MAP_PASID, &map);
        (void)process_close(process, (int)create.fd);
    }
    if (at > 0)
        (void)process_munmap(process, (uint64_t)at, PAGE);
    (void)process_close(process, (int)vm);
    (void)process_close(process, (int)kvm);
}

/* Everything that an mdev and a VM can do, without caring for errors: what is left when all is closed is what counts. */
struct sweep {
    uint64_t memory;
    unsigned n, left;
    char what[100];
};

static void flow(void *argument)
{
    struct sweep *sweep = argument;
    int64_t iommu, fd;
    struct vfio_device_bind_iommufd bind = {.argsz = sizeof(bind)};
    struct iommu_ioasid_alloc alloc = {.argsz = sizeof(alloc), .type = IOMMU_IOASID_KERNEL_TYPE1V2, .addr_width = 39};
    struct vfio_device_info info = {.argsz = sizeof(info)};

    kernel_fail_nth(NULL, sweep->n);
    iommu = quiet_open("iommu");
    fd = quiet_open(nodes[SHARED]);
    bind.iommu_fd = (int)iommu;
    (void)CALL(fd, VFIO_DEVICE_BIND_IOMMUFD, &bind);
    (void)CALL(fd, VFIO_DEVICE_GET_INFO, &info);
    if (CALL(iommu, IOMMU_IOASID_ALLOC, &alloc) == 0) {
        struct iommu_map_dma map = {.argsz = sizeof(map),
                                    .flags = IOMMU_MAP_DMA_READ,
                                    .ioasid = alloc.ioasid,
                                    .vaddr = sweep->memory,
                                    .iova = IOVA,
                                    .size = PAGE};
        (void)CALL(iommu, IOMMU_MAP_DMA, &map);
        (void)attach((int)fd, (int)iommu, alloc.ioasid, 0);
        (void)attach((int)fd, (int)iommu, alloc.ioasid, 9);
        in_a_vm(fd, iommu, alloc.ioasid);
    }
    (void)process_close(process, (int)fd);
    (void)process_close(process, (int)iommu);
    sweep->left = kernel_fail_nth_left(NULL);
    snprintf(sweep->what, sizeof(sweep->what), "%s", kernel_fail_nth_what(NULL));
    kernel_fail_nth(NULL, 0);
}

static void every_failure_once(void **state)
{
    struct sweep sweep = {.n = 0};
    uint64_t objects[2], bytes;

    (void)state;
    boot(NULL, 0);
    offer_mdevs();
    assert_int_equal(kernel_module_load("kvm", NULL), 0);
    sweep.memory = memory_of(0xee);
    kernel_run(process, "flow", flow, &sweep);
    kernel_memory_use(&objects[0], &bytes);
    for (sweep.n = 1; !sweep.left && sweep.n < 2000; sweep.n++) {
        assert_int_equal(kernel_run(process, "flow", flow, &sweep), KERNEL_DONE);
        kernel_memory_use(&objects[1], &bytes);
        if (objects[1] != objects[0] || kernel_splat_count())
            fail_msg("%u: after a failure of %s: %d objects more; %s", sweep.n, sweep.what, (int)(objects[1] - objects[0]),
                     kernel_splat_count() ? kernel_splat(0)->text : "");
    }
    assert_in_range(sweep.n, 50, 1999);
    assert_int_equal(process_pinned_pages(), 0);
    halt();
}

/* Boxes: enforced or not, and the files that are registered. */
static void guest_flushes(void **state)
{
    (void)state;
    boot(NULL, 0);
    offer_mdevs();
    assert_int_equal(kernel_module_load("kvm", NULL), 0);
    int iommu = open_path("iommu"), fd = open_bound(DEDICATED_A, iommu), vfio, vm = new_vm(&vfio);
    uint64_t memory = memory_of(0xee);
    uint32_t coherent = new_space(iommu, memory, IOMMU_IOASID_ALLOC_ENFORCE_SNOOP);
    uint32_t loose = new_space(iommu, memory, IOMMU_IOASID_ALLOC_NO_SNOOP);
    struct kvm_enable_cap off = {.cap = KVM_CAP_DISABLE_WBINVD, .args = {1}};

    assert_int_equal(kvm_host_wbinvd(process, vm), 0); /* R-IOASID-181 */
    assert_int_equal(attach(fd, iommu, loose, 0), 0);
    assert_int_equal(kvm_host_wbinvd(process, vm), 0); /* not registered */
    assert_int_equal(tell(vfio, KVM_DEV_VFIO_FILE_ADD, fd), 0);
    assert_int_equal(kvm_host_wbinvd(process, vm), 1); /* R-IOASID-183 */
    assert_int_equal(tell(vfio, KVM_DEV_VFIO_FILE_ADD, iommu), 0);
    assert_int_equal(tell(vfio, KVM_DEV_VFIO_FILE_DEL, fd), 0);
    assert_int_equal(kvm_host_wbinvd(process, vm), 1); /* the iommu fd says the same */
    assert_int_equal(place(fd, VFIO_DEVICE_DETACH_IOASID, iommu, loose, 0), 0);
    assert_int_equal(kvm_host_wbinvd(process, vm), 0); /* R-IOASID-185 */
    assert_int_equal(tell(vfio, KVM_DEV_VFIO_FILE_ADD, fd), 0);
    assert_int_equal(attach(fd, iommu, coherent, 0), 0);
    assert_int_equal(kvm_host_wbinvd(process, vm), 0); /* R-IOASID-182 */
    assert_int_equal(attach(fd, iommu, loose, 5), 0);
    assert_int_equal(kvm_host_wbinvd(process, vm), 1);
    assert_int_equal(CALL(vm, KVM_ENABLE_CAP, &off), 0); /* R-IOASID-190 */
    assert_int_equal(kvm_host_wbinvd(process, vm), 0);
    assert_int_equal(tell(vfio, KVM_DEV_VFIO_FILE_DEL, vm), -ENOENT);
    assert_int_equal(tell(vfio, KVM_DEV_VFIO_FILE_ADD, vm), -EINVAL);
    assert_int_equal(tell(vfio, KVM_DEV_VFIO_FILE_ADD, 99), -EBADF);
    halt();
}

/* ---- modules: KVM needs nobody (R-IOASID-195 to -202) ---- */

static void kvm_without_providers(void **state)
{
    static const enum kernel_module_state states[] = {MODULE_LOADABLE, MODULE_FORBIDDEN, MODULE_ABSENT};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct kernel_module_config modules[] = {{"ioasid", states[i], NULL}, {"vfio", states[i], NULL}};
        int vfio;

        boot(modules, 2);
        assert_int_equal(kernel_module_load("kvm", NULL), 0);
        assert_false(kernel_module_loaded("ioasid") || kernel_module_loaded("vfio"));
        int vm = new_vm(&vfio);
        struct kvm_map_pasid map = {.argsz = sizeof(map), .user_pasid = 9, .iommu_fd = vfio, .ioasid = 1};
        assert_int_equal(tell(vfio, KVM_DEV_VFIO_FILE_ADD, vm), -ENODEV);
        assert_int_equal(CALL(vm, KVM_MAP_PASID, &map), -ENODEV);
        assert_int_equal(kvm_host_wbinvd(process, vm), 0);
        assert_false(kernel_module_loaded("ioasid"));
        halt();
    }
}

static void kvm_holds_providers(void **state)
{
    int vfio;

    (void)state;
    boot(NULL, 0);
    assert_int_equal(kernel_module_load("kvm", NULL), 0);
    assert_int_equal(kernel_module_load("ioasid", NULL), 0);
    int iommu = open_path("iommu");
    new_vm(&vfio);
    assert_int_equal(tell(vfio, KVM_DEV_VFIO_FILE_ADD, iommu), 0);
    assert_int_equal(process_close(process, iommu), 0);
    assert_int_equal(kernel_module_unload("ioasid"), -EWOULDBLOCK);
    assert_int_equal(process_close(process, vfio), 0);
    assert_int_equal(kernel_module_references("ioasid"), 0);
    assert_int_equal(kernel_module_unload("ioasid"), 0);
    halt();
}

static int use_vtd(void **state)
{
    (void)state;
    architecture = PLATFORM_VTD;
    return 0;
}

static int use_smmuv3(void **state)
{
    (void)state;
    architecture = PLATFORM_SMMUV3;
    return 0;
}

/* After a test that failed. */
static int give_up(void **state)
{
    (void)state;
    kernel_halt();
    return 0;
}

#define ON_BOTH(test)                                    \
    {#test ".vtd", test, use_vtd, give_up, NULL},        \
    {                                                    \
#test ".smmuv3", test, use_smmuv3, give_up, NULL \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(mdevs_do_dma),       ON_BOTH(guest_uses_enqcmd),     ON_BOTH(guest_flushes),       ON_BOTH(races_are_decided),
        ON_BOTH(every_failure_once), ON_BOTH(kvm_without_providers), ON_BOTH(kvm_holds_providers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
