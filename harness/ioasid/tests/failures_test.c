/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * failures_test.c - a walk through all that the core does, in which the n-th call that can fail does fail, for every n: nothing
 * is left behind, nothing is warned about, and the walk without a failure works afterwards. And the same against itself, in
 * several tasks at once.
 */
#include "core_fixture.h"

struct walk {
    unsigned int nth;
    int failed_fd, eventfd;
    unsigned int base; /* device and slot 0 or 1 */
    bool failure;      /* it has happened */
};

static long ioctl_in(int node, unsigned int command, void *argument, size_t bytes)
{
    if (!*(uint32_t *)argument)
        *(uint32_t *)argument = (uint32_t)bytes;
    return (long)process_ioctl(process, node, command, argument, bytes);
}

#define IN(node, command, argument) ioctl_in(node, command, &(argument), sizeof(argument))

static unsigned int alloc_in(int node, unsigned int parent, unsigned int type, uint64_t format)
{
    struct iommu_ioasid_alloc alloc = {.flags = parent ? IOMMU_IOASID_ALLOC_PARENT : 0,
                                       .type = type,
                                       .addr_width = type == IOMMU_IOASID_KERNEL_TYPE1V2 ? 39 : 0,
                                       .parent = parent,
                                       .format = format ? IOASID_FORMAT_VTD_S1 : 0,
                                       .data_len = format ? sizeof(struct ioasid_format_vtd_s1) : 0,
                                       .data_uptr = format};

    return IN(node, IOMMU_IOASID_ALLOC, alloc) ? 0 : alloc.ioasid;
}

static void map_in(int node, unsigned int ioasid, uint64_t iova, uint64_t vaddr)
{
    struct iommu_map_dma map = {.flags = 3, .ioasid = ioasid, .vaddr = vaddr, .iova = iova, .size = 2 * PAGE};

    (void)IN(node, IOMMU_MAP_DMA, map);
}

static void unmap_in(int node, unsigned int ioasid)
{
    struct iommu_unmap_dma unmap = {.flags = IOMMU_UNMAP_DMA_ALL, .ioasid = ioasid};

    (void)IN(node, IOMMU_UNMAP_DMA, unmap);
}

static void attach_in(unsigned int slot, unsigned int ioasid, unsigned int vpasid)
{
    struct fake_call args = {.slot = slot, .ioasid = ioasid, .vpasid = vpasid, .ppasid = vpasid, .flags = 1};

    fake_attach(&args);
}

static void detach_in(unsigned int slot, unsigned int ioasid, unsigned int vpasid)
{
    struct fake_call args = {.slot = slot, .ioasid = ioasid, .vpasid = vpasid};

    fake_detach(&args);
}

static void touch(enum fake_device device, unsigned int pasid)
{
    struct fake_call args = {.device = device, .ppasid = pasid, .iova = 7 * PAGE};

    fake_read(&args);
}

static void answer_in(int node, unsigned int ioasid)
{
    struct iommu_fault_respond respond = {.ioasid = ioasid, .dev_cookie = 5};
    struct iommu_fault_record record;

    (void)process_read(process, node, &record, sizeof(record), PROCESS_HERE);
    (void)IN(node, IOMMU_FAULT_RESPOND, respond);
}

static void invalidate_in(int node, unsigned int ioasid)
{
    struct iommu_invalidate_cache cache = {.entry = {.ioasid = ioasid, .cache = 1, .granularity = IOMMU_INVALIDATE_PASID}};
    struct {
        struct iommu_device_info info;
        unsigned char room[200];
    } info = {{.argsz = sizeof(info), .dev_cookie = 5}, {0}};

    (void)IN(node, IOMMU_INVALIDATE_CACHE, cache);
    (void)ioctl_in(node, IOMMU_DEVICE_GET_INFO, &info, sizeof(info));
}

static void steps(int node, unsigned int slot, enum fake_device device)
{
    unsigned int gpa = alloc_in(node, 0, IOMMU_IOASID_KERNEL_TYPE1V2, 0),
                 other = alloc_in(node, 0, IOMMU_IOASID_KERNEL_TYPE1V2, 0);
    unsigned int giova = alloc_in(node, gpa, IOMMU_IOASID_KERNEL_TYPE1V2, 0), gva;

    map_in(node, gpa, 0, memory);
    attach_in(slot, gpa, RID);
    map_in(node, gpa, 4 * PAGE, memory + 4 * PAGE);
    gva = alloc_in(node, gpa, IOMMU_IOASID_USER_PGTABLE, memory + 15 * PAGE);
    attach_in(slot, gva, 9);
    touch(device, 9);
    answer_in(node, gva);
    touch(device, 9);
    attach_in(slot, giova, RID);
    map_in(node, giova, 0, 4 * PAGE);
    invalidate_in(node, gva);
    detach_in(slot, gva, 9);
    detach_in(slot, giova, RID);
    unmap_in(node, giova);
    unmap_in(node, gpa);
    detach_in(slot, gpa, RID);
    attach_in(slot, other, RID);
    map_in(node, other, 0, memory);
}

static void walk(void *argument)
{
    struct walk *walk = argument;
    struct fake_call bind_args = {.slot = walk->base, .device = FAKE_WIDE + walk->base, .cookie = 5};
    int node;

    if (walk->nth)
        kernel_fail_nth(NULL, walk->nth);
    node = (int)process_open(process, "/dev/iommu", PROCESS_O_RDWR | PROCESS_O_NONBLOCK);
    bind_args.fd = node;
    if (node >= 0)
        fake_bind(&bind_args);
    if (node >= 0 && !bind_args.result) {
        steps(node, walk->base, bind_args.device);
        fake_unbind(&bind_args);
    }
    if (walk->nth)
        walk->failure = kernel_fail_nth_left(NULL) == 0;
    kernel_fail_nth(NULL, 0);
    if (node >= 0)
        (void)process_close(process, node);
}

static void put_format(void)
{
    struct ioasid_format_vtd_s1 format = {.pgtbl_addr = 5 * PAGE, .addr_width = 48};

    assert_int_equal(process_memory_write(process, memory + 15 * PAGE, &format, sizeof(format)), 0);
}

static void check_clean(unsigned int nth)
{
    if (kernel_splat_count())
        fail_msg("n = %u: %s", nth, kernel_splat(0)->text);
    if (fake_domains() || fake_pending() || !fake_is_free(FAKE_WIDE) || !fake_is_free(FAKE_WIDE2) ||
        process_locked_pages(process))
        fail_msg("n = %u: domains %d, page requests %d, locked %d", nth, fake_domains(), fake_pending(),
                 (int)process_locked_pages(process));
}

static void every_failure(void **state)
{
    uint64_t objects, before, bytes;

    (void)state;
    put_format();
    for (unsigned int nth = 0, happened = 1; happened; nth++) {
        struct walk args = {.nth = nth};

        kernel_memory_use(&before, &bytes);
        assert_int_equal(kernel_run(process, "walk", walk, &args), KERNEL_DONE);
        check_clean(nth);
        kernel_memory_use(&objects, &bytes);
        if (nth > 1 && objects > before + 8)
            fail_msg("n = %u: %d objects more", nth, (int)(objects - before));
        happened = !nth || args.failure;
    }
}

/* Two devices at once, each with its own node; and two tasks on one node's numbers. */
static void at_once(void **state)
{
    (void)state;
    put_format();
    for (unsigned int round = 0; round < 20; round++) {
        struct walk one = {.base = 0}, two = {.base = 1};
        struct task_struct *first = kernel_spawn(process, "one", walk, &one), *second = kernel_spawn(process, "two", walk, &two);

        assert_int_equal(kernel_wait(first), KERNEL_DONE);
        assert_int_equal(kernel_wait(second), KERNEL_DONE);
        kernel_release(first);
        kernel_release(second);
        check_clean(round);
    }
}

/* ---- the same numbers, from all sides ---- */

static void hammer(void *argument)
{
    uint32_t random = *(uint32_t *)argument;

    for (unsigned int i = 0; i < 120; i++) {
        struct iommu_ioasid_free free_args;
        unsigned int ioasid = random % 5 + 1;

        random = random * 1664525u + 1013904223u;
        switch (random >> 24 & 7) {
        case 0:
            (void)alloc_in(fd, 0, IOMMU_IOASID_KERNEL_TYPE1V2, 0);
            break;
        case 1:
            (void)alloc_in(fd, ioasid, IOMMU_IOASID_USER_PGTABLE, memory + 15 * PAGE);
            break;
        case 2:
            free_args = (struct iommu_ioasid_free){.ioasid = ioasid};
            (void)IN(fd, IOMMU_IOASID_FREE, free_args);
            break;
        case 3:
            map_in(fd, ioasid, (random >> 16 & 3) * PAGE * 2, memory);
            break;
        case 4:
            unmap_in(fd, ioasid);
            break;
        case 5:
            attach_in(random >> 16 & 1, ioasid, random >> 17 & 1 ? RID : 9);
            break;
        case 6:
            detach_in(random >> 16 & 1, ioasid, random >> 17 & 1 ? RID : 9);
            break;
        default:
            touch(FAKE_WIDE + (random >> 16 & 1), 9);
            answer_in(fd, ioasid);
            invalidate_in(fd, ioasid);
        }
    }
}

static void one_node(void **state)
{
    uint32_t seeds[3] = {1, 77, 4711};
    struct task_struct *tasks[3];

    (void)state;
    put_format();
    assert_int_equal(call(fake_bind, (struct fake_call){.slot = 0, .device = FAKE_WIDE, .cookie = 5}), 0);
    assert_int_equal(call(fake_bind, (struct fake_call){.slot = 1, .device = FAKE_WIDE2, .cookie = 6}), 0);
    for (unsigned int i = 0; i < 3; i++)
        tasks[i] = kernel_spawn(process, "hammer", hammer, &seeds[i]);
    for (unsigned int i = 0; i < 3; i++) {
        assert_int_equal(kernel_wait(tasks[i]), KERNEL_DONE);
        kernel_release(tasks[i]);
    }
    if (kernel_splat_count())
        fail_msg("%s", kernel_splat(0)->text);
    unbind(0);
    unbind(1);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {test_v2(every_failure), test_v2(at_once), test_v2(one_node)};

    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests_name("ioasid core: failures and races", tests, NULL, NULL);
}
