/* SPDX-License-Identifier: BSD-2-Clause */
/* L. No-snoop and the KVM contract: R-IOASID-174 to 194. */
#include "ioasid_vm.h"

#define ENFORCE IOMMU_IOASID_ALLOC_ENFORCE_SNOOP
#define FREE_SNOOP IOMMU_IOASID_ALLOC_NO_SNOOP
#define AUTO 0u
#define MAY_NO_SNOOP (IOTB_UAPI_NO_SNOOP)

static int64_t alloc(const struct io_fd *f, uint32_t flags)
{
    struct iommu_ioasid_alloc request = {.type = IOMMU_IOASID_KERNEL_TYPE1V2, .addr_width = 39, .flags = flags};

    return io_alloc_with(f, &request);
}

/* A device that is bound, a space with that attribute, memory in it. */
struct coherency {
    struct io io;
    struct io_fd f;
    struct io_device d;
    uint32_t ioasid;
    struct io_memory *m;
    uint64_t iova;
};

static void begin(struct test *t, struct coherency *c, uint32_t with, uint32_t without, uint32_t flags)
{
    io_begin(&c->io, t);
    io_setup_open(&c->io, false, &c->f);
    io_need(&c->io, &c->d, with, without);
    io_setup_bound(&c->io, &c->d, &c->f, 1);
    c->ioasid = (uint32_t)io_require(t, alloc(&c->f, flags), "ALLOC");
    c->m = io_memory(&c->io, 0, IO_PAGE);
    c->iova = io_iova(&c->d, c->m->bytes, 0);
}

static void attach(struct coherency *c)
{
    io_require(c->io.t, io_attach(&c->d, &c->f, c->ioasid), "ATTACH");
    io_setup_map(&c->f, c->ioasid, c->iova, c->m, IO_RW);
}

/* How a write that asks not to be snooped reached memory: 0, 1 or unknown. */
static uint32_t snoop_of_write(struct coherency *c, struct io_device *d)
{
    struct io_dma dma = {.pasid = IO_NO_PASID, .iova = c->iova, .bytes = 64, .kind = IOTB_WRITE, .flags = IOTB_RQ_NO_SNOOP};
    struct iotb_uapi_bus bus;

    if (io_dma(d, &dma) != IO_DONE)
        return IOTB_ATTR_UNKNOWN;
    memcpy(&c->io.shadow[c->m->shadow], dma.data, 64);
    device_bus(c->io.t, d->index, &bus);
    return bus.snoop;
}

/* ---- the attribute ---- */

static void alloc_takes_three(struct test *t)
{
    static const char row[] = "R-IOASID-174";
    struct coherency c;

    begin(t, &c, 0, 0, AUTO);
    EXPECT_OK(t, row, alloc(&c.f, ENFORCE), "ALLOC that enforces snoop");
    EXPECT_OK(t, row, alloc(&c.f, FREE_SNOOP), "ALLOC that does not");
    EXPECT_OK(t, row, alloc(&c.f, AUTO), "ALLOC that leaves it to the IOMMU");
    EXPECT_ERRNO(t, row, EINVAL, alloc(&c.f, ENFORCE | FREE_SNOOP), "ALLOC with both");
    io_end(&c.io);
}

static void required(struct test *t)
{
    static const char row[] = "R-IOASID-176";
    struct io io;
    struct io_fd f;

    io_begin(&io, t);
    io_setup_open(&io, false, &f);
    EXPECT_ERRNO(t, row, EINVAL, alloc(&f, AUTO), "ALLOC without enforce-snoop");
    EXPECT_FAILS(t, row, alloc(&f, FREE_SNOOP), "ALLOC that does not enforce");
    EXPECT_OK(t, row, alloc(&f, ENFORCE), "ALLOC with enforce-snoop");
    io_end(&io);
}

static void automatic(struct test *t)
{
    static const char row[] = "R-IOASID-175";
    struct coherency c;
    struct io_device other;

    begin(t, &c, IOTB_UAPI_ENFORCEABLE, 0, AUTO);
    attach(&c);
    if (!io_find(&c.io, &other, 0, IOTB_UAPI_ENFORCEABLE, IOTB_UAPI_NO_INDEX))
        test_skip(t, "no device whose IOMMU cannot enforce snoop");
    io_setup_bound(&c.io, &other, &c.f, 2);
    EXPECT_FAILS(t, row, io_attach(&other, &c.f, c.ioasid), "ATTACH behind another IOMMU where enforcement is on");
    io_expect_blocked(&other, row, IO_NO_PASID, c.iova, "what was not attached");
    CHECK(t, row, snoop_of_write(&c, &c.d) == 1, "a no-snoop write is snooped");
    io_require(t, io_detach(&c.d, &c.f, c.ioasid), "DETACH");
    c.ioasid = (uint32_t)io_require(t, alloc(&c.f, AUTO), "ALLOC");
    EXPECT_OK(t, row, io_attach(&other, &c.f, c.ioasid), "ATTACH first of a device that cannot be forced");
    io_setup_map(&c.f, c.ioasid, c.iova, c.m, IO_RW);
    io_expect_reaches(&other, row, IO_NO_PASID, c.iova, c.m, 0, IO_RW, "without enforcement");
    io_end(&c.io);
}

static void cannot_be_forced(struct test *t)
{
    static const char forced[] = "R-IOASID-177", any[] = "R-IOASID-178";
    struct coherency c;

    begin(t, &c, 0, IOTB_UAPI_ENFORCEABLE, ENFORCE);
    EXPECT_FAILS(t, forced, io_attach(&c.d, &c.f, c.ioasid), "ATTACH of a device that cannot be forced to snoop");
    io_expect_blocked(&c.d, forced, IO_NO_PASID, c.iova, "after that");
    c.ioasid = (uint32_t)io_require(t, alloc(&c.f, FREE_SNOOP), "ALLOC");
    EXPECT_OK(t, any, io_attach(&c.d, &c.f, c.ioasid), "ATTACH where nothing is enforced");
    io_setup_map(&c.f, c.ioasid, c.iova, c.m, IO_RW);
    io_expect_reaches(&c.d, any, IO_NO_PASID, c.iova, c.m, 0, IO_RW, "attached");
    io_end(&c.io);
}

static void coherent_dma(struct test *t)
{
    static const char row[] = "R-IOASID-179", any[] = "R-IOASID-178";
    struct coherency c;

    begin(t, &c, IOTB_UAPI_ENFORCEABLE | MAY_NO_SNOOP, 0, ENFORCE);
    attach(&c);
    CHECK_EQ(t, row, 1, snoop_of_write(&c, &c.d), "a no-snoop write in an enforcing space is snooped");
    io_expect_reaches(&c.d, row, IO_NO_PASID, c.iova + 64, c.m, 64, IO_RW, "enforcing");
    io_require(t, io_detach(&c.d, &c.f, c.ioasid), "DETACH");
    io_expect_blocked(&c.d, row, IO_NO_PASID, c.iova, "detached");
    c.ioasid = (uint32_t)io_require(t, alloc(&c.f, FREE_SNOOP), "ALLOC");
    attach(&c);
    CHECK_EQ(t, any, 0, snoop_of_write(&c, &c.d), "a no-snoop write in another space is snooped");
    io_end(&c.io);
}

static void staged(struct test *t)
{
    static const char row[] = "R-IOASID-180";
    struct iotb_uapi_device facts;
    struct io_device d;
    struct io_fd f;
    struct io io;
    uint32_t seen = 0;

    io_begin(&io, t);
    io_setup_open(&io, false, &f);
    for (uint32_t i = 0; uapi_device(t, i, &facts); i++) {
        if ((facts.flags & (IOTB_UAPI_ENFORCEABLE | IOTB_UAPI_MDEV)))
            continue;
        seen++;
        d = (struct io_device){.io = &io, .index = i, .facts = facts};
        if (facts.node[0] && io_open_device(&d, 0) >= 0)
            EXPECT_FAILS(t, row, io_bind(&d, &f, 1), "BIND of a device that cannot be forced to snoop");
        else
            CHECK(t, row, true, "device %u is not offered", i);
    }
    CHECK(t, row, seen, "there is such a device");
    io_require(t, io_find(&io, &d, IOTB_UAPI_ENFORCEABLE, 0, IOTB_UAPI_NO_INDEX) ? 0 : -ENODEV, "a device that can be forced");
    io_setup_bound(&io, &d, &f, 2);
    io_end(&io);
}

/* ---- the contract with KVM ---- */

static void nothing_registered(struct test *t)
{
    static const char row[] = "R-IOASID-181";
    struct coherency c;
    struct vm vm;

    begin(t, &c, MAY_NO_SNOOP, 0, FREE_SNOOP);
    io_require(t, vm_open(&vm, &c.io), "a VM");
    vm_expect_wbinvd(&vm, row, false, "without devices");
    attach(&c);
    vm_expect_wbinvd(&vm, row, false, "with a device that nobody has registered");
    io_require(t, vm_add(&vm, c.d.fd), "ADD");
    vm_expect_wbinvd(&vm, row, true, "when it is registered");
    io_require(t, vm_del(&vm, c.d.fd), "DEL");
    vm_expect_wbinvd(&vm, row, false, "when it is not any more");
    io_end(&c.io);
}

/* Boxes of the matrix: what the IOMMU can, what the space is, what it makes of WBINVD; through the device's fd and the node's. */
static void boxes(struct test *t)
{
    static const struct {
        const char *row, *when;
        uint32_t with, without, flags;
        bool effective;
    } table[] = {
        {"R-IOASID-182", "with a device that is enforced", IOTB_UAPI_ENFORCEABLE, 0, ENFORCE, false},
        {"R-IOASID-182", "with a device that is enforced by itself", IOTB_UAPI_ENFORCEABLE, 0, AUTO, false},
        {"R-IOASID-183", "with a device that is not enforced", IOTB_UAPI_ENFORCEABLE | MAY_NO_SNOOP, 0, FREE_SNOOP, true},
        {"R-IOASID-183", "with a device that cannot be enforced", MAY_NO_SNOOP, IOTB_UAPI_ENFORCEABLE, AUTO, true},
        {"R-IOASID-184", "with a device of which nothing better is known", 0, IOTB_UAPI_ENFORCEABLE, FREE_SNOOP, true},
    };

    for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        for (uint32_t node = 0; node < 2; node++) {
            struct coherency c;
            struct vm vm;

            begin(t, &c, table[i].with, table[i].without, table[i].flags);
            io_require(t, vm_open(&vm, &c.io), "a VM");
            attach(&c);
            test_context(t, "%s registered", node ? "the node" : "the device");
            EXPECT_OK(t, table[i].row, vm_add(&vm, node ? c.f.fd : c.d.fd), "ADD");
            vm_expect_wbinvd(&vm, table[i].row, table[i].effective, table[i].when);
            EXPECT_OK(t, table[i].row, vm_del(&vm, node ? c.f.fd : c.d.fd), "DEL");
            test_context(t, NULL);
            vm_close(&vm);
            io_require(t, io_close_device(&c.d), "close of the device");
            io_require(t, io_close(&c.f), "close");
            io_end(&c.io);
        }
}

enum leaving { LEAVE_DETACH, LEAVE_DEL, LEAVINGS };

/* What is registered before anything is attached: the file of the device, or that of its context. */
static int32_t registered(const struct coherency *c, uint32_t node)
{
    return node ? c->f.fd : c->d.fd;
}

static void last_one_leaves(struct test *t)
{
    static const char row[] = "R-IOASID-185", once[] = "R-IOASID-186";
    static const char *const names[] = {"after DETACH", "after DEL"};
    bool stays = uapi_machine(t)->rules & IOTB_UAPI_RULE_WBINVD_ONCE;

    for (uint32_t way = 0; way < 2 * LEAVINGS; way++) {
        uint32_t leaving = way / 2, node = way % 2;
        struct coherency c;
        struct vm vm;

        begin(t, &c, MAY_NO_SNOOP, 0, FREE_SNOOP);
        io_require(t, vm_open(&vm, &c.io), "a VM");
        test_context(t, "%s registered", node ? "the node" : "the device");
        io_require(t, vm_add(&vm, registered(&c, node)), "ADD");
        vm_expect_wbinvd(&vm, row, false, "before ATTACH");
        attach(&c);
        vm_expect_wbinvd(&vm, row, true, "after ATTACH");
        if (leaving == LEAVE_DETACH)
            io_require(t, io_detach(&c.d, &c.f, c.ioasid), "DETACH");
        else
            io_require(t, vm_del(&vm, registered(&c, node)), "DEL");
        vm_expect_wbinvd(&vm, stays ? once : row, stays, names[leaving]);
        CHECK(t, once, true, "declared: it %s", stays ? "stays" : "is revoked");
        io_require(t, io_close(&c.f), "close of the node");
        io_require(t, io_close_device(&c.d), "close of the device");
        vm_expect_wbinvd(&vm, stays ? once : row, stays, "when all is closed");
        vm_close(&vm);
        io_end(&c.io);
        test_context(t, NULL);
    }
}

static void adding_has_no_policy(struct test *t)
{
    static const char row[] = "R-IOASID-187", again[] = "R-IOASID-194";
    static const uint32_t flags[] = {ENFORCE, FREE_SNOOP};
    struct coherency c;
    struct vm vm;

    for (uint32_t i = 0; i < 2; i++) {
        begin(t, &c, IOTB_UAPI_ENFORCEABLE, 0, flags[i]);
        io_require(t, vm_open(&vm, &c.io), "a VM");
        EXPECT_OK(t, row, vm_add(&vm, c.f.fd), "ADD of a node without attached device");
        EXPECT_ERRNO(t, again, EEXIST, vm_add(&vm, c.f.fd), "ADD once more");
        attach(&c);
        EXPECT_OK(t, row, vm_add(&vm, c.d.fd), "ADD of the device's file");
        EXPECT_OK(t, row, vm_del(&vm, c.f.fd), "DEL of the node");
        EXPECT_ERRNO(t, again, ENOENT, vm_del(&vm, c.f.fd), "DEL once more");
        EXPECT_OK(t, row, vm_del(&vm, c.d.fd), "DEL of the device's file");
        EXPECT_ERRNO(t, again, ENOENT, vm_del(&vm, vm.kvm), "DEL of a file that was never added");
        io_require(t, io_close_device(&c.d), "close of the device");
        io_end(&c.io);
    }
}

static void nothing_else_enables(struct test *t)
{
    static const char row[] = "R-IOASID-188", holder[] = "R-IOASID-189";
    struct coherency c;
    struct vm vm;

    begin(t, &c, 0, 0, AUTO);
    io_require(t, vm_open(&vm, &c.io), "a VM");
    for (uint32_t cap = 0; cap < 260; cap++)
        for (uint64_t argument = 0; argument < 2; argument++) {
            struct kvm_enable_cap enable = {.cap = cap, .args = {argument}};

            (void)sys_ioctl(t, 0, vm.fd, KVM_ENABLE_CAP, &enable, sizeof(enable));
        }
    vm_expect_wbinvd(&vm, row, false, "when every capability was asked for");
    io_require(t, vm_add(&vm, c.f.fd), "ADD of a node without attached device");
    vm_expect_wbinvd(&vm, holder, false, "with a file whose holder could not flush");
    io_require(t, vm_add(&vm, c.d.fd), "ADD of a device that is not attached");
    vm_expect_wbinvd(&vm, holder, false, "with a device that does no DMA");
    io_end(&c.io);
}

static void can_be_disabled(struct test *t)
{
    static const char row[] = "R-IOASID-190";
    struct kvm_enable_cap disable = {.cap = KVM_CAP_DISABLE_WBINVD, .args = {1}};
    struct coherency c;
    struct vm vm;

    begin(t, &c, MAY_NO_SNOOP, 0, FREE_SNOOP);
    io_require(t, vm_open(&vm, &c.io), "a VM");
    EXPECT_OK(t, row, sys_ioctl(t, 0, vm.fd, KVM_ENABLE_CAP, &disable, sizeof(disable)), "disabling WBINVD, without any device");
    io_require(t, vm_add(&vm, c.d.fd), "ADD");
    attach(&c);
    vm_expect_wbinvd(&vm, row, false, "when it was disabled");
    disable.args[0] = 0;
    EXPECT_OK(t, row, sys_ioctl(t, 0, vm.fd, KVM_ENABLE_CAP, &disable, sizeof(disable)), "no longer");
    vm_expect_wbinvd(&vm, row, true, "when it is left to the devices");
    io_end(&c.io);
}

static void before_the_device(struct test *t)
{
    static const char row[] = "R-IOASID-191";
    struct coherency c;
    struct vm vm;

    begin(t, &c, IOTB_UAPI_ENFORCEABLE | MAY_NO_SNOOP, 0, FREE_SNOOP);
    io_require(t, vm_open(&vm, &c.io), "a VM");
    io_require(t, vm_add(&vm, c.d.fd), "ADD");
    EXPECT_FAILS(t, row, io_attach(&c.d, &c.f, IO_UNKNOWN_ID), "ATTACH that fails");
    vm_expect_wbinvd(&vm, row, false, "after an ATTACH that failed");
    io_expect_blocked(&c.d, row, IO_NO_PASID, c.iova, "after an ATTACH that failed");
    attach(&c);
    vm_expect_wbinvd(&vm, row, true, "after ATTACH");
    CHECK_EQ(t, row, 0, snoop_of_write(&c, &c.d), "a no-snoop write is snooped");
    io_require(t, io_detach(&c.d, &c.f, c.ioasid), "DETACH");
    io_expect_blocked(&c.d, row, IO_NO_PASID, c.iova, "after DETACH");
    io_end(&c.io);
}

static void mixed(struct test *t)
{
    static const char row[] = "R-IOASID-192";
    struct coherency c;
    struct io_device other;
    uint32_t coherent;
    struct vm vm;

    begin(t, &c, IOTB_UAPI_ENFORCEABLE | MAY_NO_SNOOP, 0, FREE_SNOOP);
    if (!io_find(&c.io, &other, IOTB_UAPI_ENFORCEABLE, 0, c.d.index))
        test_skip(t, "needs two devices");
    attach(&c);
    coherent = (uint32_t)io_require(t, alloc(&c.f, ENFORCE), "ALLOC");
    io_setup_attached(&c.io, &other, &c.f, 2, coherent);
    io_require(t, vm_open(&vm, &c.io), "a VM");
    io_require(t, vm_add(&vm, other.fd), "ADD of the coherent one");
    vm_expect_wbinvd(&vm, row, false, "with a coherent device");
    io_require(t, vm_add(&vm, c.d.fd), "ADD of the other");
    vm_expect_wbinvd(&vm, row, true, "with one of two that is not");
    io_require(t, vm_del(&vm, c.d.fd), "DEL of the other");
    vm_expect_wbinvd(&vm, row, false, "with the coherent one again");
    io_end(&c.io);
}

static void registered_keeps_alive(struct test *t)
{
    static const char row[] = "R-IOASID-193";
    struct coherency c;
    struct io_mark mark;
    int32_t fd;
    struct vm vm;

    for (uint32_t round = 0; round < 2; round++) {
        io_begin(&c.io, t);
        io_mark(&c.io, &mark);
        io_setup_open(&c.io, false, &c.f);
        io_need(&c.io, &c.d, MAY_NO_SNOOP, 0);
        io_setup_bound(&c.io, &c.d, &c.f, 1);
        c.ioasid = (uint32_t)io_require(t, alloc(&c.f, FREE_SNOOP), "ALLOC");
        c.m = io_memory(&c.io, 0, IO_PAGE);
        c.iova = io_iova(&c.d, c.m->bytes, 0);
        attach(&c);
        io_require(t, vm_open(&vm, &c.io), "a VM");
        io_require(t, vm_add(&vm, c.d.fd), "ADD");
        fd = c.d.fd;
        EXPECT_OK(t, row, io_close_device(&c.d), "close of a registered device");
        c.d.fd = fd;
        vm_expect_wbinvd(&vm, row, true, "when the program has closed the device");
        io_expect_reaches(&c.d, row, IO_NO_PASID, c.iova, c.m, 0, IO_RW, "as KVM keeps the file");
        vm_close(&vm);
        EXPECT_OK(t, row, io_close(&c.f), "close of the node");
        sys_quiesce(t);
        io_expect_lost(&c.d, row, IO_NO_PASID, c.iova, c.m, 0, "when the VM is gone");
        io_require(t, sys_unmap_memory(t, 0, c.m->va, c.m->bytes), "munmap");
        io_require(t, sys_unmap_memory(t, 0, vm.m->va, vm.m->bytes), "munmap");
        io_forget(&c.io, c.m);
        io_forget(&c.io, vm.m);
    }
    io_expect_no_leak(&c.io, row, &mark, "registered, and the VM closed");
    io_end(&c.io);
}

#define CHOICE "!RULE.snoop_required"
static const struct iotb_case cases[] = {
    CALLS("snoop.alloc", alloc_takes_three, "R-IOASID-174", CHOICE, "ALLOC takes enable, disable and auto"),
    CALLS("snoop.required", required, "R-IOASID-176", "RULE.snoop_required", "The skeleton takes enforce-snoop only"),
    MOVES("snoop.auto", automatic, "R-IOASID-175", CHOICE "&ENFORCEABLE", "auto enforces exactly where it can"),
    MOVES("snoop.refused", cannot_be_forced, "R-IOASID-177 R-IOASID-178", CHOICE "&!ENFORCEABLE", "Who cannot be forced"),
    MOVES("snoop.coherent", coherent_dma, "R-IOASID-179 R-IOASID-178", CHOICE "&ENFORCEABLE&NO_SNOOP", "Enforced DMA is snooped"),
    CALLS("snoop.staged", staged, "R-IOASID-180", "RULE.snoop_stage", "Stage 1 offers no device that cannot be forced"),
    CALLS("snoop.none", nothing_registered, "R-IOASID-181", CHOICE "&NO_SNOOP", "Without registered device WBINVD does nothing"),
    CALLS("snoop.boxes", boxes, "R-IOASID-182 R-IOASID-183 R-IOASID-184", CHOICE "&NO_SNOOP&!ENFORCEABLE", "The matrix"),
    CALLS("snoop.last", last_one_leaves, "R-IOASID-185 R-IOASID-186", CHOICE "&NO_SNOOP", "WBINVD when the last one leaves"),
    CALLS("snoop.policy", adding_has_no_policy, "R-IOASID-187 R-IOASID-194", CHOICE "&ENFORCEABLE", "ADD and DEL have no policy"),
    CALLS("snoop.enable", nothing_else_enables, "R-IOASID-188 R-IOASID-189", CHOICE, "Nothing but a device enables WBINVD"),
    CALLS("snoop.disable", can_be_disabled, "R-IOASID-190", CHOICE "&NO_SNOOP", "A user may disable WBINVD"),
    MOVES("snoop.before", before_the_device, "R-IOASID-191", CHOICE "&ENFORCEABLE&NO_SNOOP", "WBINVD first, then the DMA"),
    CALLS("snoop.mixed", mixed, "R-IOASID-192", CHOICE "&ENFORCEABLE&NO_SNOOP", "One that is not coherent is enough"),
    MOVES("snoop.alive", registered_keeps_alive, "R-IOASID-193", CHOICE "&NO_SNOOP", "A registered file stays alive"),
};
LIST(ioasid_snoop_cases, cases);
