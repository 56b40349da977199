/* SPDX-License-Identifier: BSD-2-Clause */
/* edges_test.c - the core alone: what only shows at an edge. */
#include "core_fixture.h"

#define KERNEL IOMMU_IOASID_KERNEL_TYPE1V2

static unsigned int root(void)
{
    return (unsigned int)alloc_v2(KERNEL, 0, 0);
}

static unsigned int gpa_with_table(unsigned int *gva)
{
    unsigned int gpa = root();

    assert_int_equal(map_v2(gpa, 0, memory, 8 * PAGE), 0);
    *gva = (unsigned int)alloc_table(gpa, PAGE);
    return gpa;
}

static void ranges(void **state)
{
    struct iommu_invalidate_entry entries[2];
    struct iommu_invalidate_array array = {.entry_size = sizeof(entries[0]), .entry_num = 2, .entries_uptr = memory};
    struct iommu_invalidate_cache cache = {
        .entry = {.cache = IOMMU_CACHE_IOTLB, .granularity = IOMMU_INVALIDATE_RANGE, .iova = PAGE, .size = 3 * PAGE}};
    unsigned int gva;

    (void)state;
    assert_int_equal(bind(0, FAKE_WIDE), 0);
    gpa_with_table(&gva);
    assert_int_equal(attach(0, gva, RID), 0);
    cache.entry.ioasid = gva;
    assert_int_equal(IOCTL(IOMMU_INVALIDATE_CACHE, cache), 0);
    assert_int_equal(fake_invalidated_pages(FAKE_WIDE), 3);
    cache.entry.size = 3 * PAGE + 1;
    assert_int_equal(IOCTL(IOMMU_INVALIDATE_CACHE, cache), -EINVAL);
    cache.entry.size = 0 - (uint64_t)PAGE;
    assert_int_equal(IOCTL(IOMMU_INVALIDATE_CACHE, cache), 0);
    cache.entry.iova = 2 * PAGE;
    assert_int_equal(IOCTL(IOMMU_INVALIDATE_CACHE, cache), -EINVAL);
    entries[0] = (struct iommu_invalidate_entry){.ioasid = gva, .cache = 1, .granularity = IOMMU_INVALIDATE_PASID};
    entries[1] = entries[0];
    entries[1].cache = 8;
    assert_int_equal(process_memory_write(process, memory, entries, sizeof(entries)), 0);
    assert_int_equal(IOCTL(IOMMU_INVALIDATE_ARRAY, array), -EINVAL);
    assert_int_equal(array.entry_num, 1);
    unbind(0);
}

static void records(void **state)
{
    struct iommu_fault_record record;
    unsigned int gva;

    (void)state;
    assert_int_equal(bind(0, FAKE_WIDE2), 0);
    assert_int_equal(bind(1, FAKE_WIDE), 0);
    gpa_with_table(&gva);
    assert_int_equal(attach(1, gva, RID), 0);
    assert_int_equal(dma_read(FAKE_WIDE, 0, 6 * PAGE), -EFAULT);
    assert_int_equal(process_read_raw(process, fd, 0x1000, 400, PROCESS_HERE), -EFAULT);
    assert_int_equal(process_read(process, fd, &record, sizeof(record) - 1, PROCESS_HERE), -EINVAL);
    assert_int_equal(process_read(process, fd, &record, sizeof(record), PROCESS_HERE), sizeof(record));
    assert_int_equal(record.dev_cookie, 101);
    assert_int_equal(process_read(process, fd, &record, sizeof(record), PROCESS_HERE), -EAGAIN);
    unbind(1);
    unbind(0);
}

static void overflow(void **state)
{
    struct iommu_fault_record record;
    unsigned int gpa = root(), seen = 0;

    (void)state;
    assert_int_equal(bind(0, FAKE_WIDE), 0);
    assert_int_equal(attach(0, gpa, RID), 0);
    for (unsigned int i = 0; i < 260; i++)
        assert_int_equal(dma_read(FAKE_WIDE, 0, i * PAGE), -EFAULT);
    do
        assert_int_equal(process_read(process, fd, &record, sizeof(record), PROCESS_HERE), sizeof(record));
    while (!(record.flags & IOMMU_FAULT_RECORD_LOST) && ++seen < 300);
    assert_int_equal(seen, 256);
    assert_int_equal(record.addr, 4);
    assert_int_equal(process_read(process, fd, &record, sizeof(record), PROCESS_HERE), -EAGAIN);
    unbind(0);
}

static void widths(void **state)
{
    struct iommu_ioasid_alloc wide = {.type = KERNEL, .addr_width = 48}, read_only = {.type = KERNEL, .addr_width = 39};
    struct iommu_map_dma map = {.flags = IOMMU_MAP_DMA_READ, .vaddr = memory, .size = PAGE};
    unsigned int gpa = root(), giova;

    (void)state;
    assert_int_equal(IOCTL(IOMMU_IOASID_ALLOC, wide), 0);
    assert_int_equal(bind(0, FAKE_NARROW), 0);
    assert_int_equal(attach(0, wide.ioasid, RID), -EINVAL);
    assert_int_equal(map_v2(gpa, (1ull << 39) - PAGE, memory, PAGE), 0);
    assert_int_equal(map_v2(gpa, (1ull << 39) - 2 * PAGE, memory, 2 * PAGE), -EEXIST);
    assert_int_equal(map_v2(gpa, 0 - (uint64_t)PAGE, memory, PAGE), -EINVAL);
    assert_int_equal(map_v2(gpa, 0 - (uint64_t)PAGE, memory, 2 * PAGE), -EINVAL);
    assert_int_equal(attach(0, gpa, RID), 0);
    poke(memory + 5, 5);
    assert_int_equal(dma_read(FAKE_NARROW, 0, (1ull << 39) - PAGE + 5), 5);
    assert_int_equal(IOCTL(IOMMU_IOASID_ALLOC, read_only), 0);
    map.ioasid = read_only.ioasid;
    assert_int_equal(IOCTL(IOMMU_MAP_DMA, map), 0);
    giova = (unsigned int)alloc_v2(KERNEL, 0, read_only.ioasid);
    assert_int_equal(map_v2(giova, 0, 0, PAGE), -EPERM);
    unbind(0);
}

static void enforced(void **state)
{
    long ioasid = alloc_v2(KERNEL, IOMMU_IOASID_ALLOC_ENFORCE_SNOOP, 0), open = alloc_v2(KERNEL, IOMMU_IOASID_ALLOC_NO_SNOOP, 0);

    (void)state;
    assert_int_equal(bind(0, FAKE_WIDE), 0);
    assert_int_equal(attach(0, (unsigned int)ioasid, RID), 0);
    assert_true(fake_snoops(FAKE_WIDE));
    assert_int_equal(detach(0, (unsigned int)ioasid, RID), 0);
    assert_int_equal(attach(0, (unsigned int)open, RID), 0);
    assert_false(fake_snoops(FAKE_WIDE));
    unbind(0);
}

/* ---- an attach to a child that fails ---- */

struct failing {
    unsigned int nth, ioasid;
    long result;
    bool happened;
};

static void attach_failing(void *argument)
{
    struct failing *failing = argument;
    struct fake_call args = {.slot = 0, .ioasid = failing->ioasid, .vpasid = RID};

    kernel_fail_nth(NULL, failing->nth);
    fake_attach(&args);
    failing->happened = kernel_fail_nth_left(NULL) == 0;
    kernel_fail_nth(NULL, 0);
    failing->result = args.result;
}

static void as_before(void **state)
{
    struct failing failing = {.nth = 0, .happened = true};

    (void)state;
    assert_int_equal(bind(0, FAKE_WIDE), 0);
    poke(memory, 3);
    assert_int_equal(attach(0, gpa_with_table(&failing.ioasid), RID), 0);
    while (failing.happened) {
        failing.nth++;
        assert_int_equal(kernel_run(process, "attach", attach_failing, &failing), KERNEL_DONE);
        if (failing.result)
            assert_int_equal(dma_read(FAKE_WIDE, 0, 0), 3);
        else
            assert_int_equal(detach(0, failing.ioasid, RID), 0);
    }
    assert_true(failing.nth > 5);
    unbind(0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {test_v2(ranges), test_v2(records),  test_v2(overflow),
                                       test_v2(widths), test_v2(enforced), test_v2(as_before)};

    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests_name("ioasid core: edges", tests, NULL, NULL);
}
