/* SPDX-License-Identifier: BSD-2-Clause */
/* M. Module dependency: R-IOASID-195 to 202. */
#include "ioasid_vm.h"

#define PROVIDER IOTB_UAPI_MODULE_PROVIDER
#define VFIO IOTB_UAPI_MODULE_VFIO
#define KVM IOTB_UAPI_MODULE_KVM

static bool is_loaded(struct test *t, const char *name)
{
    return sys_module(t, name, IOTB_UAPI_MODULE_QUERY) > 0;
}

/* The kernel as it is before anybody has loaded one of the three. */
static void unload_all(struct test *t)
{
    io_require(t, sys_module(t, KVM, IOTB_UAPI_MODULE_UNLOAD), "unloading of kvm");
    io_require(t, sys_module(t, VFIO, IOTB_UAPI_MODULE_UNLOAD), "unloading of vfio");
    io_require(t, sys_module(t, PROVIDER, IOTB_UAPI_MODULE_UNLOAD), "unloading of the provider");
}

/* A guest without devices runs as if nothing were missing. */
static void guest_without_devices(struct io *io, const char *row)
{
    struct vm vm;

    EXPECT_OK(io->t, row, vm_open(&vm, io), "a VM");
    vm_expect_wbinvd(&vm, row, false, "without devices");
    vm_close(&vm);
}

/* ---- kvm without the others ---- */

static void kvm_alone(struct test *t)
{
    static const struct {
        const char *row, *name;
        enum iotb_uapi_module_action action;
        bool provider;
    } table[] = {
        {"R-IOASID-195", PROVIDER, IOTB_UAPI_MODULE_REMOVE, false},
        {"R-IOASID-196", PROVIDER, IOTB_UAPI_MODULE_FORBID, false},
        {"R-IOASID-197", VFIO, IOTB_UAPI_MODULE_FORBID, true},
    };
    const char *row = test_first_row(t);
    struct io io;

    io_begin(&io, t);
    unload_all(t);
    for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (strcmp(table[i].row, row) != 0)
            continue;
        io_require(t, sys_module(t, table[i].name, table[i].action), "a module that cannot be loaded");
        EXPECT_FAILS(t, row, sys_module(t, table[i].name, IOTB_UAPI_MODULE_LOAD), "loading of it");
        EXPECT_OK(t, row, sys_module(t, KVM, IOTB_UAPI_MODULE_LOAD), "loading of kvm");
        guest_without_devices(&io, row);
        if (table[i].provider)
            EXPECT_OK(t, row, sys_module(t, PROVIDER, IOTB_UAPI_MODULE_LOAD), "loading of the provider");
    }
    io_end(&io);
}

static void registration_without_provider(struct test *t)
{
    static const char row[] = "R-IOASID-198";
    struct kvm_map_pasid map = {.argsz = sizeof(map), .user_pasid = 5, .ioasid = 1};
    struct kvm_enable_cap enable = {.cap = KVM_CAP_PASID_TRANSLATION};
    struct iotb_uapi_audit audit;
    struct io io;
    struct vm vm;

    io_begin(&io, t);
    unload_all(t);
    io_require(t, sys_module(t, KVM, IOTB_UAPI_MODULE_LOAD), "loading of kvm");
    io_require(t, vm_open(&vm, &io), "a VM");
    map.iommu_fd = (int32_t)io_require(t, sys_eventfd(t, 0, 0), "eventfd");
    (void)sys_ioctl(t, 0, vm.fd, KVM_ENABLE_CAP, &enable, sizeof(enable));
    EXPECT_FAILS(t, row, vm_add(&vm, map.iommu_fd), "ADD without provider");
    EXPECT_FAILS(t, row, vm_del(&vm, map.iommu_fd), "DEL of what was not registered");
    EXPECT_FAILS(t, row, sys_ioctl(t, 0, vm.fd, KVM_MAP_PASID, &map, sizeof(map)), "MAP_PASID without provider");
    vm_expect_wbinvd(&vm, row, false, "after a registration that failed");
    sys_audit(t, 0, &audit);
    CHECK_EQ(t, row, 0, audit.splats, "complaints of the kernel");
    CHECK(t, row, !is_loaded(t, PROVIDER) && !is_loaded(t, VFIO), "nothing was loaded by that");
    vm_close(&vm);
    io_end(&io);
}

static void kvm_loads_nobody(struct test *t)
{
    static const char row[] = "R-IOASID-200";
    struct io io;

    io_begin(&io, t);
    unload_all(t);
    EXPECT_OK(t, row, sys_module(t, KVM, IOTB_UAPI_MODULE_LOAD), "loading of kvm");
    CHECK(t, row, !is_loaded(t, PROVIDER), "the provider is not loaded by that");
    CHECK(t, row, !is_loaded(t, VFIO), "vfio is not loaded by that");
    guest_without_devices(&io, row);
    CHECK(t, row, !is_loaded(t, PROVIDER), "the provider is not loaded by a guest without devices");
    io_end(&io);
}

/* ---- the provider without the others ---- */

static void provider_alone(struct test *t)
{
    static const char row[] = "R-IOASID-201";
    struct io io;
    struct io_fd f;

    io_begin(&io, t);
    unload_all(t);
    io_require(t, sys_module(t, KVM, IOTB_UAPI_MODULE_REMOVE), "kvm is not built");
    io_require(t, sys_module(t, VFIO, IOTB_UAPI_MODULE_REMOVE), "vfio is not built");
    EXPECT_OK(t, row, sys_module(t, PROVIDER, IOTB_UAPI_MODULE_LOAD), "loading of the provider");
    EXPECT_OK(t, row, io_open(&io, 0, false, &f), "open of /dev/iommu");
    EXPECT_OK(t, row, io_alloc(&f), "ALLOC");
    EXPECT_OK(t, row, io_close(&f), "close");
    EXPECT_OK(t, row, io_open(&io, 0, true, &f), "open of /dev/ioasid");
    EXPECT_OK(t, row, io_close(&f), "close");
    EXPECT_OK(t, row, sys_module(t, PROVIDER, IOTB_UAPI_MODULE_UNLOAD), "unloading of the provider");
    io_end(&io);
}

static void registered_holds_provider(struct test *t)
{
    static const char row[] = "R-IOASID-202";
    struct io io;
    struct io_fd f;
    struct vm vm;

    io_begin(&io, t);
    io_setup_open(&io, false, &f);
    io_require(t, vm_open(&vm, &io), "a VM");
    io_require(t, vm_add(&vm, f.fd), "ADD of a node");
    io_require(t, io_close(&f), "close of the node");
    EXPECT_OK(t, row, sys_module(t, VFIO, IOTB_UAPI_MODULE_UNLOAD), "unloading of vfio, which has nothing to do with it");
    EXPECT_ERRNO(t, row, EBUSY, sys_module(t, PROVIDER, IOTB_UAPI_MODULE_UNLOAD), "unloading of the provider");
    CHECK(t, row, is_loaded(t, PROVIDER), "the provider is still there");
    vm_expect_wbinvd(&vm, row, false, "after all that");
    vm_close(&vm);
    sys_quiesce(t);
    EXPECT_OK(t, row, sys_module(t, PROVIDER, IOTB_UAPI_MODULE_UNLOAD), "unloading of the provider when the VM is gone");
    EXPECT_FAILS(t, row, sys_open(t, 0, "/dev/iommu", 2), "open of a node without provider");
    io_end(&io);
}

static const struct iotb_case cases[] = {
    CALLS("modules.absent", kvm_alone, "R-IOASID-195", NULL, "KVM works where the provider is not built"),
    CALLS("modules.forbidden", kvm_alone, "R-IOASID-196", NULL, "KVM works where the provider may not be loaded"),
    CALLS("modules.no_vfio", kvm_alone, "R-IOASID-197", NULL, "KVM works where vfio may not be loaded"),
    CALLS("modules.registration", registration_without_provider, "R-IOASID-198", NULL, "A registration without provider fails"),
    CALLS("modules.not_loaded", kvm_loads_nobody, "R-IOASID-200", NULL, "KVM loads neither the provider nor vfio"),
    CALLS("modules.provider", provider_alone, "R-IOASID-201", NULL, "The provider needs neither vfio nor kvm"),
    CALLS("modules.held", registered_holds_provider, "R-IOASID-202", NULL, "A registered file holds the provider"),
};
LIST(ioasid_modules_cases, cases);
