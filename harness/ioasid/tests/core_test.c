/* SPDX-License-Identifier: BSD-2-Clause */
/* core_test.c - the core alone: its rules, on a fake IOMMU, with nothing left behind after each test. */
#include "core_fixture.h"

#define KERNEL IOMMU_IOASID_KERNEL_TYPE1V2
#define DUMMY IOMMU_IOASID_DUMMY_ROOT

static unsigned int root(void)
{
    long ioasid = alloc_v2(KERNEL, 0, 0);

    assert_true(ioasid > 0);
    return (unsigned int)ioasid;
}

/* ---- copying ---- */

static void structures(void **state)
{
    struct {
        struct iommu_ioasid_free free;
        uint64_t tail;
    } longer = {{sizeof(longer), 0, root(), 0}, 1};
    struct iommu_ioasid_alloc alloc = {.argsz = sizeof(alloc) - 8, .type = KERNEL, .addr_width = 39};

    (void)state;
    assert_int_equal(IOCTL(IOMMU_IOASID_FREE, longer), -E2BIG);
    assert_int_equal(IOCTL(IOMMU_IOASID_ALLOC, alloc), -EINVAL);
    alloc.argsz = sizeof(alloc);
    alloc.flags = 0x10;
    assert_int_equal(IOCTL(IOMMU_IOASID_ALLOC, alloc), -EINVAL);
    longer.tail = 0;
    assert_int_equal(IOCTL(IOMMU_IOASID_FREE, longer), 0);
    assert_int_equal(IOCTL(IOMMU_IOASID_FREE, longer), -EINVAL);
    assert_int_equal(process_ioctl(process, fd, 0x3bff, NULL, 0), -ENOTTY);
    assert_int_equal(process_ioctl(process, fd, IOMMU_IOASID_ALLOC, NULL, 0), -EFAULT);
    assert_int_equal(process_ioctl_raw(process, fd, IOMMU_CHECK_EXTENSION, IOMMU_EXT_MAP_TYPE1V2), 1);
    assert_int_equal(process_ioctl_raw(process, fd, IOMMU_CHECK_EXTENSION, 99), 0);
}

/* ---- mapping ---- */

static void mapping(void **state)
{
    unsigned int gpa = root();

    (void)state;
    assert_int_equal(bind(0, FAKE_WIDE), 0);
    assert_true(fake_is_blocked(FAKE_WIDE));
    poke(memory, 7);
    assert_int_equal(map_v2(gpa, 0, memory, 2 * PAGE), 0);
    assert_int_equal(process_locked_pages(process), 2);
    assert_int_equal(dma_read(FAKE_WIDE, 0, 0), -EFAULT);
    assert_int_equal(attach(0, gpa, RID), 0);
    assert_int_equal(dma_read(FAKE_WIDE, 0, 0), 7);
    assert_int_equal(dma_write(FAKE_WIDE, 0, PAGE, 9), 0);
    assert_int_equal(peek(memory + PAGE), 9);
    assert_int_equal(dma_read(FAKE_WIDE, 0, 2 * PAGE), -EFAULT);
    assert_int_equal(map_v2(gpa, PAGE, memory, PAGE), -EEXIST);
    assert_int_equal(map_v2(gpa, 4 * PAGE, memory + 1, PAGE), -EINVAL);
    assert_int_equal(map_v2(gpa, 4 * PAGE, 0x1000, PAGE), -EFAULT);
    assert_int_equal(map_v2(gpa, FAKE_RESERVED_FIRST, memory, PAGE), -EINVAL);
    assert_int_equal(map_v2(gpa, 1ull << 39, memory, PAGE), -EINVAL);
    assert_int_equal(unmap_v2(gpa, 0, PAGE), -EINVAL);
    assert_int_equal(dma_read(FAKE_WIDE, 0, 0), 7);
    assert_int_equal(map_v2(gpa, 8 * PAGE, memory, PAGE), 0);
    assert_int_equal(unmap_v2(gpa, 0, 16 * PAGE), 3 * PAGE);
    assert_int_equal(dma_read(FAKE_WIDE, 0, 0), -EFAULT);
    assert_int_equal(process_locked_pages(process), 0);
    assert_int_equal(free_v2(gpa), -EBUSY);
    assert_int_equal(detach(0, gpa, RID), 0);
    assert_int_equal(detach(0, gpa, RID), -EINVAL);
    assert_true(fake_is_blocked(FAKE_WIDE));
    unbind(0);
    assert_true(fake_is_free(FAKE_WIDE));
    assert_int_equal(free_v2(gpa), 0);
}

static void memlock(void **state)
{
    unsigned int gpa = root();

    (void)state;
    assert_int_equal(process_set_memlock(process, 4 * PAGE), 0);
    assert_int_equal(map_v2(gpa, 0, memory, 5 * PAGE), -ENOMEM);
    assert_int_equal(map_v2(gpa, 0, memory, 4 * PAGE), 0);
    assert_int_equal(map_v2(gpa, 16 * PAGE, memory, PAGE), -ENOMEM);
    assert_int_equal(process_locked_pages(process), 4);
}

static void chosen_iova(void **state)
{
    unsigned int gpa = root();
    struct iommu_map_dma map = {.flags = 7, .ioasid = gpa, .vaddr = memory, .size = PAGE};

    (void)state;
    assert_int_equal(bind(0, FAKE_WIDE), 0);
    assert_int_equal(attach(0, gpa, RID), 0);
    poke(memory, 3);
    assert_int_equal(IOCTL(IOMMU_MAP_DMA, map), 0);
    assert_int_equal(dma_read(FAKE_WIDE, 0, map.iova), 3);
    assert_int_equal(unmap_v2(gpa, map.iova, PAGE), PAGE);
    unbind(0);
}

/* ---- nesting in software ---- */

static void shadow(void **state)
{
    unsigned int gpa = root();
    unsigned int giova = (unsigned int)alloc_v2(KERNEL, 0, gpa);

    (void)state;
    assert_int_equal(bind(0, FAKE_PLAIN), 0);
    assert_int_equal(attach(0, gpa, RID), 0);
    assert_int_equal(map_v2(gpa, 0, memory, 4 * PAGE), 0);
    assert_int_equal(attach(0, giova, RID), 0);
    assert_int_equal(dma_read(FAKE_PLAIN, 0, PAGE), -EFAULT);
    poke(memory + PAGE, 5);
    assert_int_equal(map_v2(giova, 2 * PAGE, PAGE, PAGE), 0);
    assert_int_equal(process_locked_pages(process), 4);
    assert_int_equal(dma_read(FAKE_PLAIN, 0, 2 * PAGE), 5);
    assert_int_equal(map_v2(giova, 8 * PAGE, 3 * PAGE, 2 * PAGE), -EFAULT);
    assert_int_equal(unmap_v2(gpa, 0, 4 * PAGE), -EBUSY);
    assert_int_equal(free_v2(gpa), -EBUSY);
    assert_int_equal(unmap_v2(giova, 2 * PAGE, PAGE), PAGE);
    assert_int_equal(detach(0, giova, RID), 0);
    assert_int_equal(dma_read(FAKE_PLAIN, 0, PAGE), 5);
    assert_int_equal(unmap_v2(gpa, 0, 4 * PAGE), 4 * PAGE);
    assert_int_equal(free_v2(giova), 0);
    unbind(0);
}

static void dummy_root(void **state)
{
    unsigned int dummy = (unsigned int)alloc_v2(DUMMY, 0, 0);
    unsigned int one = (unsigned int)alloc_v2(KERNEL, 0, dummy), two = (unsigned int)alloc_v2(KERNEL, 0, dummy);

    (void)state;
    assert_int_equal(map_v2(dummy, 0, memory, PAGE), -EINVAL);
    assert_int_equal(map_v2(dummy, memory, memory, 4 * PAGE), 0);
    assert_int_equal(map_v2(one, 0, memory, PAGE), 0);
    assert_int_equal(map_v2(two, 0, memory + PAGE, 3 * PAGE), 0);
    assert_int_equal(process_locked_pages(process), 4);
    assert_int_equal(bind(0, FAKE_WIDE), 0);
    assert_int_equal(attach(0, dummy, RID), -EINVAL);
    assert_int_equal(attach(0, two, RID), 0);
    poke(memory + 2 * PAGE, 8);
    assert_int_equal(dma_read(FAKE_WIDE, 0, PAGE), 8);
    unbind(0);
}

/* ---- nesting in hardware, faults ---- */

static void set_entry(uint64_t table, unsigned int page, uint64_t entry)
{
    assert_int_equal(process_memory_write(process, table + page * 8, &entry, 8), 0);
}

static unsigned int gpa_attached(void)
{
    unsigned int gpa = root();

    assert_int_equal(map_v2(gpa, 0, memory, 8 * PAGE), 0);
    assert_int_equal(attach(0, gpa, RID), 0);
    return gpa;
}

static void nested(void **state)
{
    struct iommu_invalidate_cache cache = {.entry = {.cache = IOMMU_CACHE_IOTLB, .granularity = IOMMU_INVALIDATE_PASID}};
    unsigned int gpa, gva;

    (void)state;
    assert_int_equal(alloc_table(root(), PAGE), -ENODEV);
    assert_int_equal(bind(0, FAKE_WIDE), 0);
    assert_int_equal(bind(1, FAKE_WIDE2), 0);
    gpa = gpa_attached();
    assert_int_equal(attach(1, gpa, RID), 0);
    set_entry(memory + PAGE, 5, 2 * PAGE | 3);
    poke(memory + 2 * PAGE + 4, 77);
    gva = (unsigned int)alloc_table(gpa, PAGE);
    assert_int_equal(attach(0, gva, 33), 0);
    assert_int_equal(attach(1, gva, 44), 0);
    assert_int_equal(dma_read(FAKE_WIDE, 33, 5 * PAGE + 4), 77);
    assert_int_equal(dma_read(FAKE_WIDE, 0, 2 * PAGE + 4), 77);
    assert_int_equal(dma_read(FAKE_WIDE, 34, 5 * PAGE + 4), -EFAULT);
    assert_int_equal(map_v2(gva, 0, memory, PAGE), -EOPNOTSUPP);
    assert_int_equal(unmap_v2(gpa, 0, 8 * PAGE), 8 * PAGE);
    assert_int_equal(dma_read(FAKE_WIDE, 33, 5 * PAGE + 4), -EFAULT);
    cache.entry.ioasid = gva;
    assert_int_equal(IOCTL(IOMMU_INVALIDATE_CACHE, cache), 0);
    assert_int_equal(fake_invalidations(FAKE_WIDE) + fake_invalidations(FAKE_WIDE2), 2);
    cache.entry.flags = IOMMU_INVALIDATE_VPASID;
    cache.entry.vpasid = 44;
    assert_int_equal(IOCTL(IOMMU_INVALIDATE_CACHE, cache), 0);
    assert_int_equal(fake_invalidations(FAKE_WIDE), 1);
    assert_int_equal(fake_invalidations(FAKE_WIDE2), 2);
    cache.entry.vpasid = 45;
    assert_int_equal(IOCTL(IOMMU_INVALIDATE_CACHE, cache), -EINVAL);
    cache.entry.flags = 0;
    cache.entry.ioasid = gpa;
    assert_int_equal(IOCTL(IOMMU_INVALIDATE_CACHE, cache), -EOPNOTSUPP);
    unbind(1);
    unbind(0);
}

static long read_record(struct iommu_fault_record *record)
{
    return (long)process_read(process, fd, record, sizeof(*record), PROCESS_HERE);
}

static void faults(void **state)
{
    struct iommu_fault_respond respond = {.dev_cookie = 100};
    struct iommu_fault_record record;
    unsigned int gpa, gva;
    int eventfd = (int)process_eventfd(process, 0, PROCESS_O_NONBLOCK);
    struct iommu_set_fault_eventfd set = {.eventfd = eventfd};
    uint64_t count = 0;

    (void)state;
    assert_int_equal(bind(0, FAKE_WIDE), 0);
    gpa = gpa_attached();
    gva = (unsigned int)alloc_table(gpa, PAGE);
    assert_int_equal(attach(0, gva, 33), 0);
    assert_int_equal(read_record(&record), -EAGAIN);
    assert_int_equal(IOCTL(IOMMU_SET_FAULT_EVENTFD, set), 0);
    assert_int_equal(dma_read(FAKE_WIDE, 33, 5 * PAGE), -EFAULT);
    assert_int_equal(process_read(process, eventfd, &count, 8, PROCESS_HERE), 8);
    respond.ioasid = gva;
    assert_int_equal(IOCTL(IOMMU_FAULT_RESPOND, respond), -ENOENT);
    assert_int_equal(read_record(&record), sizeof(record));
    assert_int_equal(record.flags, IOMMU_FAULT_RECORD_RESPONSE | IOMMU_FAULT_RECORD_LAST);
    assert_int_equal(record.ioasid, gva);
    assert_int_equal(record.dev_cookie, 100);
    assert_int_equal(record.addr, 5 * PAGE);
    assert_int_equal(record.perm, IOMMU_FAULT_RECORD_READ);
    respond.dev_cookie = 101;
    assert_int_equal(IOCTL(IOMMU_FAULT_RESPOND, respond), -ENOENT);
    respond.dev_cookie = 100;
    assert_int_equal(IOCTL(IOMMU_FAULT_RESPOND, respond), 0);
    assert_int_equal(fake_last_code(), 0);
    assert_int_equal(IOCTL(IOMMU_FAULT_RESPOND, respond), -ENOENT);
    assert_int_equal(dma_read(FAKE_WIDE, 33, 5 * PAGE), -EFAULT);
    assert_int_equal(fake_pending(), 1);
    assert_int_equal(detach(0, gva, 33), 0);
    assert_int_equal(fake_pending(), 0);
    assert_int_equal(fake_last_code(), 1);
    assert_int_equal(dma_read(FAKE_WIDE, 0, 100 * PAGE), -EFAULT);
    assert_int_equal(read_record(&record), sizeof(record));
    assert_int_equal(record.flags, 0);
    assert_int_equal(record.ioasid, gpa);
    assert_int_equal(record.addr, 100 * PAGE);
    assert_int_equal(attach(0, gva, 34), 0);
    assert_int_equal(dma_read(FAKE_WIDE, 34, 5 * PAGE), -EFAULT);
    assert_int_equal(process_close(process, fd), 0);
    assert_int_equal(fake_pending(), 0);
    assert_int_equal(dma_read(FAKE_WIDE, 34, 5 * PAGE), -EFAULT);
    assert_int_equal(fake_pending(), 0);
    poke(memory, 1);
    assert_int_equal(dma_read(FAKE_WIDE, 0, 0), 1);
    unbind(0);
}

/* ---- groups, several devices ---- */

static void group(void **state)
{
    unsigned int one = root(), two = root();

    (void)state;
    assert_int_equal(bind(0, FAKE_TWIN_A), 0);
    assert_int_equal(bind(0, FAKE_TWIN_A), -EBUSY);
    assert_true(fake_is_blocked(FAKE_TWIN_B));
    assert_int_equal(bind(1, FAKE_TWIN_B), 0);
    assert_int_equal(bind(2, FAKE_RMRR), -EPERM);
    poke(memory, 9);
    assert_int_equal(map_v2(one, 0, memory, PAGE), 0);
    assert_int_equal(attach(0, one, RID), 0);
    assert_int_equal(attach(1, two, RID), -EBUSY);
    assert_int_equal(attach(1, one, RID), 0);
    assert_int_equal(attach(1, one, RID), -EBUSY);
    assert_int_equal(detach(0, one, RID), 0);
    assert_int_equal(dma_read(FAKE_TWIN_A, 0, 0), 9);
    unbind(0);
    assert_int_equal(dma_read(FAKE_TWIN_B, 0, 0), 9);
    assert_int_equal(detach(1, one, RID), 0);
    assert_int_equal(dma_read(FAKE_TWIN_B, 0, 0), -EFAULT);
    unbind(1);
    assert_true(fake_is_free(FAKE_TWIN_A));
}

static void several_fds(void **state)
{
    int other = (int)process_open(process, "/dev/iommu", PROCESS_O_RDWR);

    (void)state;
    assert_int_equal(bind(0, FAKE_TWIN_A), 0);
    assert_int_equal(call(fake_bind, (struct fake_call){.slot = 1, .device = FAKE_TWIN_B, .fd = other, .cookie = 1}), -EPERM);
    assert_int_equal(call(fake_bind, (struct fake_call){.slot = 1, .device = FAKE_TWIN_A, .fd = other, .cookie = 1}), 0);
    assert_int_equal(call(fake_bind, (struct fake_call){.slot = 2, .device = FAKE_WIDE, .fd = 0x7fff, .cookie = 1}), -EBADF);
    unbind(1);
    assert_true(fake_is_blocked(FAKE_TWIN_A));
    unbind(0);
}

static void snoop(void **state)
{
    long enforced = alloc_v2(KERNEL, IOMMU_IOASID_ALLOC_ENFORCE_SNOOP, 0), chosen = root();

    (void)state;
    assert_int_equal(call(fake_listen, (struct fake_call){0}), 1);
    assert_int_equal(bind(0, FAKE_NARROW), 0);
    assert_int_equal(bind(1, FAKE_WIDE), 0);
    assert_int_equal(attach_snoop(0, (unsigned int)enforced, RID, 0, 1), -EINVAL);
    assert_int_equal(fake_listener_calls(), 0);
    assert_int_equal(attach_snoop(1, (unsigned int)chosen, RID, 0, 1), 0);
    assert_int_equal(attach_snoop(0, (unsigned int)chosen, RID, 0, 1), -EINVAL);
    assert_int_equal(detach(1, (unsigned int)chosen, RID), 0);
    assert_int_equal(call(fake_coherent, (struct fake_call){0}), 1);
    assert_int_equal(attach_snoop(0, (unsigned int)chosen, RID, 0, 1), 0);
    assert_int_equal(call(fake_coherent, (struct fake_call){0}), 0);
    assert_int_equal(detach(0, (unsigned int)chosen, RID), 0);
    assert_int_equal(fake_listener_calls(), 2);
    call(fake_unlisten, (struct fake_call){0});
    unbind(0);
    unbind(1);
}

static void mdevs(void **state)
{
    unsigned int one = root(), two = root();
    struct fake_call find = {.fd = fd, .ioasid = one, .vpasid = 7};

    (void)state;
    poke(memory, 1);
    poke(memory + PAGE, 2);
    assert_int_equal(map_v2(one, 0, memory, PAGE), 0);
    assert_int_equal(map_v2(two, 0, memory + PAGE, PAGE), 0);
    assert_int_equal(bind_kind(0, FAKE_WIDE, MDEV, 10), 0);
    assert_int_equal(bind_kind(1, FAKE_WIDE, MDEV, 11), 0);
    assert_int_equal(attach(0, one, RID), 0);
    assert_int_equal(attach(1, two, RID), 0);
    assert_int_equal(dma_read(FAKE_WIDE, 10, 0), 1);
    assert_int_equal(dma_read(FAKE_WIDE, 11, 0), 2);
    assert_int_equal(attach_snoop(0, one, 7, 20, 0), 0);
    assert_int_equal(attach_snoop(1, one, 7, 20, 0), -EBUSY);
    assert_int_equal(kernel_run(process, "find", fake_find_ppasid, &find), KERNEL_DONE);
    assert_int_equal(find.result, 0);
    assert_int_equal(find.ppasid, 20);
    assert_int_equal(dma_read(FAKE_WIDE, 20, 0), 1);
    unbind(0);
    assert_int_equal(dma_read(FAKE_WIDE, 10, 0), -EFAULT);
    assert_int_equal(dma_read(FAKE_WIDE, 11, 0), 2);
    unbind(1);
    assert_int_equal(bind_kind(2, FAKE_WIDE, SOFTWARE, 0), 0);
    assert_int_equal(attach(2, two, RID), 0);
    assert_int_equal(call(fake_rw, (struct fake_call){.slot = 2, .vpasid = RID, .iova = 0, .flags = 1, .byte = 6}), 0);
    assert_int_equal(call(fake_rw, (struct fake_call){.slot = 2, .vpasid = RID, .iova = PAGE}), -EFAULT);
    assert_int_equal(peek(memory + PAGE), 6);
    unbind(2);
}

static void device_info(void **state)
{
    struct {
        struct iommu_device_info info;
        unsigned char room[256];
    } answer = {{.argsz = sizeof(struct iommu_device_info), .dev_cookie = 100}, {0}};
    struct ioasid_cap_ranges *ranges;

    (void)state;
    assert_int_equal(bind(0, FAKE_WIDE), 0);
    assert_int_equal(do_ioctl(IOMMU_DEVICE_GET_INFO, &answer, sizeof(answer.info)), 0);
    assert_int_equal(answer.info.cap_offset, 0);
    assert_true(answer.info.argsz > sizeof(answer.info) && answer.info.argsz <= sizeof(answer));
    assert_int_equal(do_ioctl(IOMMU_DEVICE_GET_INFO, &answer, sizeof(answer)), 0);
    assert_int_equal(answer.info.addr_width, 48);
    assert_true(answer.info.flags & IOMMU_DEVICE_INFO_NESTING_HW);
    ranges = (void *)((char *)&answer + answer.info.cap_offset);
    assert_int_equal(ranges->header.id, IOASID_CAP_IOVA_RANGES);
    assert_int_equal(ranges->count, 2);
    assert_int_equal(ranges->ranges[0].last, FAKE_RESERVED_FIRST - 1);
    assert_int_equal(ranges->ranges[1].start, FAKE_RESERVED_LAST + 1);
    answer.info.dev_cookie = 5;
    assert_int_equal(do_ioctl(IOMMU_DEVICE_GET_INFO, &answer, sizeof(answer)), -EINVAL);
    unbind(0);
}

/* ---- profiles ---- */

static void replacing(void **state)
{
    unsigned int one = root(), two = root();

    (void)state;
    assert_int_equal(bind(0, FAKE_WIDE), 0);
    poke(memory, 1);
    assert_int_equal(map_v2(two, 0, memory, PAGE), 0);
    assert_int_equal(attach(0, one, RID), 0);
    assert_int_equal(attach(0, two, RID), 0);
    assert_int_equal(dma_read(FAKE_WIDE, 0, 0), 1);
    assert_int_equal(detach(0, one, RID), -EINVAL);
    assert_int_equal(free_v2(one), 0);
    unbind(0);
}

static void stage_one(void **state)
{
    long one = alloc_v2(KERNEL, IOMMU_IOASID_ALLOC_ENFORCE_SNOOP, 0), two = alloc_v2(KERNEL, IOMMU_IOASID_ALLOC_ENFORCE_SNOOP, 0);

    (void)state;
    assert_int_equal(alloc_v2(KERNEL, 0, 0), -EINVAL);
    assert_int_equal(bind(0, FAKE_TWIN_A), -EINVAL);
    assert_int_equal(bind(0, FAKE_NARROW), -EINVAL);
    assert_int_equal(bind(0, FAKE_WIDE), 0);
    assert_int_equal(map_v2((unsigned int)one, 0, memory, PAGE), -EINVAL);
    assert_int_equal(attach(0, (unsigned int)one, RID), 0);
    assert_int_equal(map_v2((unsigned int)one, 0, memory, PAGE), 0);
    assert_int_equal(attach(0, (unsigned int)two, RID), -EBUSY);
    unbind(0);
}

/* ---- v1 ---- */

static unsigned int root_v1(void)
{
    struct ioasid_handle handle = {0};

    assert_int_equal(IOCTL(IOASID_ALLOC, handle), 0);
    return handle.ioasid;
}

static long map_v1(unsigned int ioasid, uint64_t iova, uint64_t vaddr, uint64_t size)
{
    struct ioasid_map_dma map = {.flags = 3, .ioasid = ioasid, .vaddr = vaddr, .iova = iova, .size = size};

    return IOCTL(IOASID_MAP_DMA, map);
}

static unsigned int child_v1(unsigned int parent)
{
    struct ioasid_create_nesting nesting = {.parent = parent};

    assert_int_equal(IOCTL(IOASID_CREATE_NESTING, nesting), 0);
    return nesting.ioasid;
}

static void registered(void **state)
{
    struct ioasid_memory area = {.vaddr = memory, .size = 4 * PAGE};
    unsigned int gpa = root_v1(), other = root_v1();

    (void)state;
    assert_int_equal(map_v1(gpa, 0, memory, PAGE), -EINVAL);
    assert_int_equal(bind(0, FAKE_WIDE), 0);
    assert_int_equal(bind(1, FAKE_WIDE2), 0);
    assert_int_equal(attach(0, gpa, RID), 0);
    assert_int_equal(attach(1, other, RID), 0);
    assert_int_equal(IOCTL(IOASID_REGISTER_MEMORY, area), 0);
    assert_int_equal(IOCTL(IOASID_REGISTER_MEMORY, area), -EEXIST);
    assert_int_equal(map_v1(gpa, 0, memory, 4 * PAGE), 0);
    assert_int_equal(map_v1(other, 0, memory, 2 * PAGE), 0);
    assert_int_equal(process_locked_pages(process), 4);
    assert_int_equal(map_v1(gpa, 8 * PAGE, memory + 3 * PAGE, 2 * PAGE), -EFAULT);
    assert_int_equal(IOCTL(IOASID_UNREGISTER_MEMORY, area), 0);
    assert_int_equal(IOCTL(IOASID_UNREGISTER_MEMORY, area), -ENOENT);
    assert_int_equal(process_locked_pages(process), 4);
    poke(memory, 4);
    assert_int_equal(dma_read(FAKE_WIDE, 0, 0), 4);
    unbind(0);
    unbind(1);
}

static void partial_group(void **state)
{
    struct ioasid_info info = {0};
    unsigned int gpa = root_v1();

    (void)state;
    assert_int_equal(bind(0, FAKE_TWIN_A), 0);
    assert_int_equal(bind(1, FAKE_TWIN_B), 0);
    assert_int_equal(attach(0, gpa, RID), 0);
    assert_int_equal(map_v1(gpa, 0, memory, PAGE), -EDEADLK);
    info.ioasid = gpa;
    assert_int_equal(IOCTL(IOASID_GET_INFO, info), -EDEADLK);
    assert_int_equal(attach(1, gpa, RID), 0);
    assert_int_equal(map_v1(gpa, 0, memory, PAGE), 0);
    assert_int_equal(IOCTL(IOASID_GET_INFO, info), 0);
    unbind(1);
    unbind(0);
}

static void bound_table(void **state)
{
    struct ioasid_format_vtd_s1 format = {.pgtbl_addr = PAGE, .addr_width = 48};
    struct ioasid_bind_table bind_table = {
        .format = IOASID_FORMAT_VTD_S1, .data_len = sizeof(format), .data_uptr = memory + 15 * PAGE};
    struct ioasid_handle handle = {0};
    unsigned int gpa = root_v1(), giova;

    (void)state;
    assert_int_equal(process_memory_write(process, bind_table.data_uptr, &format, sizeof(format)), 0);
    assert_int_equal(bind(0, FAKE_WIDE), 0);
    assert_int_equal(attach(0, gpa, RID), 0);
    assert_int_equal(map_v1(gpa, 0, memory, 4 * PAGE), 0);
    giova = child_v1(gpa);
    bind_table.ioasid = gpa;
    assert_int_equal(IOCTL(IOASID_BIND_PGTABLE, bind_table), -EINVAL);
    bind_table.ioasid = giova;
    assert_int_equal(IOCTL(IOASID_BIND_PGTABLE, bind_table), -EINVAL);
    assert_int_equal(attach(0, giova, RID), 0);
    assert_int_equal(dma_read(FAKE_WIDE, 0, 0), -EFAULT);
    set_entry(memory + PAGE, 5, 2 * PAGE | 3);
    poke(memory + 2 * PAGE, 12);
    assert_int_equal(IOCTL(IOASID_BIND_PGTABLE, bind_table), 0);
    assert_int_equal(IOCTL(IOASID_BIND_PGTABLE, bind_table), -EBUSY);
    assert_int_equal(dma_read(FAKE_WIDE, 0, 5 * PAGE), 12);
    assert_int_equal(map_v1(giova, 0, 0, PAGE), -EBUSY);
    handle.ioasid = giova;
    assert_int_equal(IOCTL(IOASID_UNBIND_PGTABLE, handle), 0);
    assert_int_equal(dma_read(FAKE_WIDE, 0, 5 * PAGE), -EFAULT);
    assert_int_equal(map_v1(giova, 0, 2 * PAGE, PAGE), 0);
    assert_int_equal(dma_read(FAKE_WIDE, 0, 0), 12);
    assert_int_equal(detach(0, gpa, RID), -EBUSY);
    assert_int_equal(detach(0, giova, RID), 0);
    assert_int_equal(dma_read(FAKE_WIDE, 0, 2 * PAGE), 12);
    unbind(0);
}

/* An argument: only tests whose name matches it. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        test_v2(structures), test_v2(mapping),       test_v2(memlock),     test_v2(chosen_iova), test_v2(shadow),
        test_v2(dummy_root), test_v2(nested),        test_v2(faults),      test_v2(group),       test_v2(several_fds),
        test_v2(snoop),      test_v2(mdevs),         test_v2(device_info), test_up(replacing),   test_s20(stage_one),
        test_v1(registered), test_v1(partial_group), test_v1(bound_table),
    };

    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests_name("ioasid core", tests, NULL, NULL);
}
