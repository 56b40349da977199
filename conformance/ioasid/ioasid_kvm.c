/* SPDX-License-Identifier: BSD-2-Clause */
/* G. KVM PASID translation: R-IOASID-098 to 105. */
#include "ioasid_vm.h"

#define VPASID 7u
#define OTHER_VPASID 9u
#define WORK 64u

/* A VM with a device that takes ENQCMD, attached with a vPASID to a space; memory mapped there. */
struct guest {
    struct io io;
    struct io_fd f;
    struct io_device d;
    struct vm vm;
    uint32_t ioasid;
    struct io_memory *m;
    uint64_t iova;
};

static void begin(struct test *t, struct guest *g, bool whole)
{
    io_begin(&g->io, t);
    io_setup_open(&g->io, on_v1(t), &g->f);
    if (whole)
        io_need(&g->io, &g->d, IOTB_UAPI_PASID | IOTB_UAPI_SHARED_QUEUE | IOTB_UAPI_ENFORCEABLE, IOTB_UAPI_ATS);
    else
        io_need_mdev(&g->io, &g->d, IOTB_UAPI_PASID | IOTB_UAPI_SHARED_QUEUE, 0);
    g->ioasid = io_setup_alloc(&g->f);
    io_setup_bound(&g->io, &g->d, &g->f, 1);
    io_require(t, io_attach_pasid(&g->d, &g->f, g->ioasid, VPASID), "ATTACH with a vPASID");
    g->m = io_memory(&g->io, 0, IO_PAGE);
    g->iova = io_iova(&g->d, IO_PAGE, 0);
    io_setup_map(&g->f, g->ioasid, g->iova, g->m, IO_RW);
    io_require(t, vm_open(&g->vm, &g->io), "a VM");
    io_require(t, vm_add(&g->vm, g->d.fd), "ADD of the device");
}

static int64_t enable(struct vm *vm)
{
    struct kvm_enable_cap cap = {.cap = KVM_CAP_PASID_TRANSLATION};

    return sys_ioctl(vm->io->t, 0, vm->fd, KVM_ENABLE_CAP, &cap, sizeof(cap));
}

static struct kvm_map_pasid mapping(const struct guest *g, uint32_t vpasid)
{
    return (struct kvm_map_pasid){
        .argsz = sizeof(struct kvm_map_pasid), .user_pasid = vpasid, .iommu_fd = g->f.fd, .ioasid = g->ioasid};
}

static int64_t map(struct guest *g, uint32_t vpasid)
{
    struct kvm_map_pasid argument = mapping(g, vpasid);

    return sys_ioctl(g->io.t, 0, g->vm.fd, KVM_MAP_PASID, &argument, sizeof(argument));
}

static int64_t unmap(struct guest *g, uint32_t vpasid)
{
    struct kvm_map_pasid argument = mapping(g, vpasid);

    return sys_ioctl(g->io.t, 0, g->vm.fd, KVM_UNMAP_PASID, &argument, sizeof(argument));
}

/* What a guest's process sends, and what it would write. */
static int64_t enqcmd(struct guest *g, uint32_t vpasid, uint8_t *line)
{
    struct iotb_request request = {.id = g->io.next_id++, .kind = IOTB_WRITE, .bytes = WORK, .address = g->iova};
    struct iotb_completion completion;
    uint64_t word = test_random(g->io.t);

    for (uint32_t i = 0; i < WORK; i += sizeof(word))
        memcpy(&line[i], &word, sizeof(word));
    memcpy(request.data, line, WORK);
    return guest_enqcmd(g->io.t, 0, g->vm.fd, g->d.index, vpasid, &request, &completion);
}

static bool expect_arrives(struct guest *g, const char *row, uint32_t vpasid, const char *when)
{
    uint8_t line[WORK], found[WORK];
    bool same;

    EXPECT_OK(g->io.t, row, enqcmd(g, vpasid, line), "ENQCMD");
    io_load(&g->io, g->m, 0, found, WORK);
    same = memcmp(found, line, WORK) == 0;
    memcpy(&g->io.shadow[g->m->shadow], found, WORK); /* wrong or not, it is told once */
    CHECK(g->io.t, row, same, "%s: the program finds what ENQCMD with vPASID %u has written", when, vpasid);
    return io_expect_intact(&g->io, row, when) && same;
}

/* Whoever refuses it, no memory is written. */
static void expect_nowhere(struct guest *g, const char *row, uint32_t vpasid, const char *when)
{
    uint8_t line[WORK];

    (void)enqcmd(g, vpasid, line);
    io_expect_intact(&g->io, row, when);
}

static uint32_t pasid_on_bus(struct guest *g)
{
    struct iotb_uapi_bus bus;

    device_bus(g->io.t, g->d.index, &bus);
    return bus.pasid_present ? bus.pasid : IO_NO_PASID;
}

/* ---- the command ---- */

static void no_physical_pasid(struct test *t)
{
    static const char row[] = "R-IOASID-098";
    struct {
        struct kvm_map_pasid map;
        uint32_t tail[2];
    } longer = {0};
    struct kvm_map_pasid argument;
    struct guest g;
    uint32_t pasid;

    begin(t, &g, false);
    io_expect_reaches(&g.d, row, VPASID, g.iova, g.m, 0, IO_RW, "the device's own work");
    pasid = pasid_on_bus(&g);
    io_require(t, enable(&g.vm), "translation of PASIDs");
    for (uint32_t bit = 0; bit < 32; bit++) {
        argument = mapping(&g, VPASID);
        argument.flags = 1u << bit;
        EXPECT_FAILS(t, row, sys_ioctl(t, 0, g.vm.fd, KVM_MAP_PASID, &argument, sizeof(argument)), "MAP_PASID with a flag");
    }
    argument = mapping(&g, VPASID);
    argument.pad = pasid;
    EXPECT_FAILS(t, row, sys_ioctl(t, 0, g.vm.fd, KVM_MAP_PASID, &argument, sizeof(argument)),
                 "MAP_PASID with a PASID as padding");
    longer.map = mapping(&g, VPASID);
    longer.map.argsz = sizeof(longer);
    longer.tail[0] = pasid;
    EXPECT_FAILS(t, row, sys_ioctl(t, 0, g.vm.fd, KVM_MAP_PASID, &longer, sizeof(longer)), "MAP_PASID with a PASID behind it");
    expect_nowhere(&g, row, VPASID, "after all that");
    EXPECT_OK(t, row, map(&g, VPASID), "MAP_PASID of vPASID, fd and IOASID");
    expect_arrives(&g, row, VPASID, "mapped");
    CHECK_EQ(t, row, pasid, pasid_on_bus(&g), "the PASID of ENQCMD on the bus: the kernel's own");
    io_expect_blocked(&g.d, row, VPASID, g.iova + IO_PAGE, "beside the mapping");
    io_end(&g.io);
}

static void refused(struct test *t)
{
    static const char row[] = "R-IOASID-099";
    struct kvm_map_pasid argument;
    struct guest g;
    uint32_t unused;
    int32_t fds[5];

    begin(t, &g, false);
    io_require(t, enable(&g.vm), "translation of PASIDs");
    fds[0] = g.d.fd;
    fds[1] = g.vm.fd;
    fds[2] = (int32_t)io_require(t, sys_eventfd(t, 0, 0), "eventfd");
    fds[3] = -1;
    fds[4] = 1000; /* not open */
    for (uint32_t i = 0; i < 5; i++) {
        argument = mapping(&g, VPASID);
        argument.iommu_fd = fds[i];
        test_context(t, "fd %u of the list", i);
        EXPECT_FAILS(t, row, sys_ioctl(t, 0, g.vm.fd, KVM_MAP_PASID, &argument, sizeof(argument)), "MAP_PASID of another file");
    }
    test_context(t, NULL);
    argument = mapping(&g, VPASID);
    argument.ioasid = IO_UNKNOWN_ID;
    EXPECT_FAILS(t, row, sys_ioctl(t, 0, g.vm.fd, KVM_MAP_PASID, &argument, sizeof(argument)), "MAP_PASID of an unknown IOASID");
    unused = io_setup_alloc(&g.f);
    argument.ioasid = unused;
    EXPECT_FAILS(t, row, sys_ioctl(t, 0, g.vm.fd, KVM_MAP_PASID, &argument, sizeof(argument)), "MAP_PASID without any attach");
    EXPECT_FAILS(t, row, map(&g, OTHER_VPASID), "MAP_PASID of a vPASID that it is not attached with");
    io_require(t, io_attach(&g.d, &g.f, unused), "ATTACH without a vPASID");
    EXPECT_FAILS(t, row, sys_ioctl(t, 0, g.vm.fd, KVM_MAP_PASID, &argument, sizeof(argument)), "MAP_PASID of such an attach");
    for (uint32_t vpasid = 1; vpasid < 16; vpasid++)
        expect_nowhere(&g, row, vpasid, "after all that");
    EXPECT_OK(t, row, map(&g, VPASID), "MAP_PASID of what is there");
    expect_arrives(&g, row, VPASID, "mapped");
    expect_nowhere(&g, row, OTHER_VPASID, "a vPASID that was refused");
    io_end(&g.io);
}

/* ---- what the CPU does ---- */

static void unmapped(struct test *t)
{
    static const char after[] = "R-IOASID-100", without[] = "R-IOASID-101";
    struct io_memory *m;
    struct guest g;
    uint32_t second;

    begin(t, &g, false);
    io_require(t, enable(&g.vm), "translation of PASIDs");
    m = io_memory(&g.io, 0, IO_PAGE);
    second = io_setup_alloc(&g.f);
    io_require(t, io_attach_pasid(&g.d, &g.f, second, OTHER_VPASID), "ATTACH with another vPASID");
    io_setup_map(&g.f, second, g.iova, m, IO_RW);
    for (uint32_t vpasid = 1; vpasid < 16; vpasid++)
        expect_nowhere(&g, without, vpasid, "no vPASID is mapped");
    io_require(t, map(&g, VPASID), "MAP_PASID");
    expect_arrives(&g, without, VPASID, "mapped");
    expect_nowhere(&g, without, OTHER_VPASID, "attached and not mapped");
    expect_nowhere(&g, without, VPASID + 1, "neither attached nor mapped");
    EXPECT_FAILS(t, after, unmap(&g, OTHER_VPASID), "UNMAP_PASID of what is not mapped");
    expect_arrives(&g, after, VPASID, "mapped");
    EXPECT_OK(t, after, unmap(&g, VPASID), "UNMAP_PASID");
    expect_nowhere(&g, after, VPASID, "unmapped");
    io_expect_reaches(&g.d, after, VPASID, g.iova, g.m, 0, IO_RW, "the device's own work, which is no ENQCMD");
    io_expect_blocked(&g.d, after, VPASID, g.iova + IO_PAGE, "beside the mapping");
    io_require(t, map(&g, VPASID), "MAP_PASID once more");
    expect_arrives(&g, after, VPASID, "mapped once more");
    io_require(t, io_detach_pasid(&g.d, &g.f, g.ioasid, VPASID), "DETACH");
    expect_nowhere(&g, after, VPASID, "the attach has gone");
    io_end(&g.io);
}

static void portal_is_shut(struct test *t)
{
    static const char row[] = "R-IOASID-102";
    struct guest g;
    uint8_t line[WORK];

    begin(t, &g, false);
    io_expect_reaches(&g.d, row, VPASID, g.iova, g.m, 0, IO_RW, "the device's own work");
    for (uint32_t vpasid = 1; vpasid < 16; vpasid++) {
        EXPECT_ERRNO(t, row, EFAULT, enqcmd(&g, vpasid, line), "ENQCMD before translation is enabled");
        io_expect_intact(&g.io, row, "before translation is enabled");
    }
    io_require(t, vm_del(&g.vm, g.d.fd), "DEL of the device");
    EXPECT_OK(t, row, enable(&g.vm), "translation of PASIDs");
    io_require(t, map(&g, VPASID), "MAP_PASID");
    EXPECT_ERRNO(t, row, EFAULT, enqcmd(&g, VPASID, line), "ENQCMD to a device that the VM does not have");
    io_expect_intact(&g.io, row, "to a device that the VM does not have");
    io_require(t, vm_add(&g.vm, g.d.fd), "ADD of the device");
    expect_arrives(&g, row, VPASID, "enabled, mapped, and the VM's");
    io_require(t, vm_del(&g.vm, g.d.fd), "DEL of the device");
    EXPECT_ERRNO(t, row, EFAULT, enqcmd(&g, VPASID, line), "ENQCMD to a device that the VM has no more");
    io_expect_intact(&g.io, row, "to a device that the VM has no more");
    io_end(&g.io);
}

/* Type 7. */
static void whole_device(struct test *t)
{
    static const char row[] = "R-IOASID-103";
    struct vfio_device_info_cap_pasid cap;
    struct guest g;

    begin(t, &g, true);
    io_expect_reaches(&g.d, row, VPASID, g.iova, g.m, 0, IO_RW, "the device's own work");
    if (!CHECK(t, row, io_pasid_capability(&g.d, &cap) && (cap.flags & VFIO_DEVICE_PASID_CPU), "its PASIDs come from the CPU"))
        return;
    CHECK(t, row, !(cap.flags & VFIO_DEVICE_PASID_CPU_VIRT), "the CPU does not translate them");
    expect_arrives(&g, row, VPASID, "translation is off");
    CHECK_EQ(t, row, VPASID, pasid_on_bus(&g), "the PASID on the bus");
    expect_nowhere(&g, row, OTHER_VPASID, "a PASID that is not attached");
    CHECK_EQ(t, row, OTHER_VPASID, pasid_on_bus(&g), "the PASID on the bus, which the IOMMU refuses");
    io_require(t, enable(&g.vm), "translation of PASIDs");
    EXPECT_FAILS(t, row, map(&g, VPASID), "MAP_PASID for a device whose PASIDs are not translated");
    expect_arrives(&g, row, VPASID, "translation is on, for others");
    CHECK_EQ(t, row, VPASID, pasid_on_bus(&g), "the PASID on the bus");
    io_expect_blocked(&g.d, row, OTHER_VPASID, g.iova, "a PASID that is not attached");
    io_end(&g.io);
}

/* Neither devices, nor other capabilities, nor another VM switch it on. */
static void only_when_asked(struct test *t)
{
    static const char row[] = "R-IOASID-104";
    struct guest g;
    struct vm other;

    begin(t, &g, false);
    for (uint32_t cap = 0; cap < 260; cap++) {
        struct kvm_enable_cap argument = {.cap = cap};

        if (cap != KVM_CAP_PASID_TRANSLATION)
            (void)sys_ioctl(t, 0, g.vm.fd, KVM_ENABLE_CAP, &argument, sizeof(argument));
    }
    io_require(t, vm_open(&other, &g.io), "another VM");
    io_require(t, enable(&other), "translation of PASIDs, in the other VM");
    io_require(t, vm_add(&g.vm, g.f.fd), "ADD of the node");
    EXPECT_FAILS(t, row, map(&g, VPASID), "MAP_PASID in a VM whose user has not asked for translation");
    expect_nowhere(&g, row, VPASID, "nobody has asked for translation");
    io_expect_reaches(&g.d, row, VPASID, g.iova, g.m, 0, IO_RW, "the device's own work");
    io_expect_blocked(&g.d, row, VPASID, g.iova + IO_PAGE, "beside the mapping");
    EXPECT_OK(t, row, enable(&g.vm), "translation of PASIDs");
    EXPECT_OK(t, row, map(&g, VPASID), "MAP_PASID");
    expect_arrives(&g, row, VPASID, "the user has asked for translation");
    io_end(&g.io);
}

static void capability(struct test *t)
{
    static const char row[] = "R-IOASID-105";
    struct io io;
    struct vm vm;
    int64_t there;

    io_begin(&io, t);
    io_require(t, vm_open(&vm, &io), "a VM");
    there = sys_ioctl_raw(t, 0, vm.kvm, KVM_CHECK_EXTENSION, KVM_CAP_PASID_TRANSLATION);
    CHECK(t, row, there == 0 || there == 1, "/dev/kvm says whether PASIDs can be translated: %lld", (long long)there);
    CHECK_EQ(t, row, there, sys_ioctl_raw(t, 0, vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_PASID_TRANSLATION), "the VM says the same");
    if (there == 1)
        EXPECT_OK(t, row, enable(&vm), "translation of PASIDs");
    else
        EXPECT_FAILS(t, row, enable(&vm), "translation of PASIDs");
    CHECK_EQ(t, row, there, sys_ioctl_raw(t, 0, vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_PASID_TRANSLATION), "and still the same");
    vm_close(&vm);
    io_end(&io);
}

#define PLACES "PASID&!RULE.one_ioasid"
static const struct iotb_case cases[] = {
    BOTH_MOVE("kvm.map_pasid", no_physical_pasid, "R-IOASID-098", PLACES, "MAP_PASID takes no PASID of the bus, and finds it"),
    BOTH_MOVE("kvm.refused", refused, "R-IOASID-099", PLACES, "MAP_PASID of what is not attached with this vPASID"),
    BOTH_MOVE("kvm.unmapped", unmapped, "R-IOASID-100 R-IOASID-101", PLACES, "ENQCMD goes where it was mapped, and nowhere else"),
    BOTH_MOVE("kvm.portal", portal_is_shut, "R-IOASID-102", PLACES, "The portal is shut until translation is enabled"),
    BOTH_MOVE("kvm.whole", whole_device, "R-IOASID-103", "IOMMU.vtd&" PLACES, "Of a whole device the CPU does not translate"),
    BOTH_MOVE("kvm.asked", only_when_asked, "R-IOASID-104", PLACES, "Translation is off until the user asks for it"),
    CALLS("kvm.capability", capability, "R-IOASID-105", NULL, "Whether PASIDs can be translated"),
};
LIST(ioasid_kvm_cases, cases);
