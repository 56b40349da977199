/* SPDX-License-Identifier: BSD-2-Clause */
/* core_fixture.c - see core_fixture.h. */
#include "core_fixture.h"

#include "kernel/tests/fake_machine.h"

#include <stdio.h>
#include <stdlib.h>

struct process *process;
int fd;
uint64_t memory;

static int start(const char *node, const char *parameters)
{
    const char *threads = getenv("HARNESS_TEST_THREADS"), *seed = getenv("HARNESS_TEST_SEED");
    const char *bug = getenv("IOASID_BUG"); /* a mistake of bugs.def, which some test must find */
    static char all[64];
    const struct kernel_module_config module = {"ioasid", MODULE_LOADABLE, all};
    struct kernel_config config = {.backend = threads && *threads == '1' ? KERNEL_THREADS : KERNEL_COOPERATIVE,
                                   .seed = seed ? strtoull(seed, NULL, 0) : 0,
                                   .explore = seed != NULL,
                                   .modules = &module,
                                   .module_count = 1};

    snprintf(all, sizeof(all), "%s%s%s", parameters, bug ? " bug=" : "", bug ? bug : "");
    config.hardware = fake_machine_start(false);
    fake_start();
    if (kernel_boot(&config) || kernel_module_load("ioasid", all))
        return -1;
    process = process_create(&(struct process_config){.name = "test", .uid = 1000, .memlock = 32 * PAGE});
    memory = (uint64_t)process_map(process, 16 * PAGE, PROCESS_READ | PROCESS_WRITE);
    fd = (int)process_open(process, node, PROCESS_O_RDWR | PROCESS_O_NONBLOCK);
    return fd < 0 ? -1 : 0;
}

int fixture_v1(void **state)
{
    (void)state;
    return start("/dev/ioasid", "profile=v2");
}

int fixture_v2(void **state)
{
    (void)state;
    return start("/dev/iommu", "profile=v2");
}

int fixture_up(void **state)
{
    (void)state;
    return start("/dev/iommu", "profile=up");
}

int fixture_s20(void **state)
{
    (void)state;
    return start("/dev/iommu", "profile=s20");
}

/* Nothing is left of what was held, pinned, charged, owned. */
int fixture_stop(void **state)
{
    int failed = 0;

    (void)state;
    process_exit(process);
    failed |= kernel_module_unload("ioasid") != 0;
    for (int i = 0; i < FAKE_DEVICES; i++)
        failed |= !fake_is_free((enum fake_device)i);
    failed |= fake_domains() != 0 || fake_pending() != 0;
    if (failed)
        print_error("left: domains %d, page requests %d\n", fake_domains(), fake_pending());
    failed |= kernel_run(NULL, "stop", fake_stop, NULL) != KERNEL_DONE;
    kernel_halt();
    for (size_t i = 0; i < kernel_splat_count(); i++)
        print_error("splat: %s\n", kernel_splat(i)->text);
    fake_machine_stop();
    return failed || kernel_splat_count() ? -1 : 0;
}

long call(void (*function)(void *call), struct fake_call args)
{
    if (args.fd == 0)
        args.fd = fd;
    assert_int_equal(kernel_run(process, "call", function, &args), KERNEL_DONE);
    return args.result;
}

long bind_kind(unsigned int slot, enum fake_device device, int kind, unsigned int default_pasid)
{
    return call(fake_bind,
                (struct fake_call){.slot = slot, .device = device, .kind = kind, .cookie = 100 + slot, .ppasid = default_pasid});
}

long bind(unsigned int slot, enum fake_device device)
{
    return bind_kind(slot, device, PHYSICAL, 0);
}

void unbind(unsigned int slot)
{
    call(fake_unbind, (struct fake_call){.slot = slot});
}

long attach_snoop(unsigned int slot, unsigned int ioasid, unsigned int vpasid, unsigned int ppasid, unsigned int flags)
{
    return call(fake_attach,
                (struct fake_call){.slot = slot, .ioasid = ioasid, .vpasid = vpasid, .ppasid = ppasid, .flags = flags});
}

long attach(unsigned int slot, unsigned int ioasid, unsigned int vpasid)
{
    return attach_snoop(slot, ioasid, vpasid, vpasid, 0);
}

long detach(unsigned int slot, unsigned int ioasid, unsigned int vpasid)
{
    return call(fake_detach, (struct fake_call){.slot = slot, .ioasid = ioasid, .vpasid = vpasid});
}

long dma_read(enum fake_device device, unsigned int pasid, uint64_t iova)
{
    struct fake_call args = {.device = device, .ppasid = pasid, .iova = iova};

    assert_int_equal(kernel_run(process, "dma", fake_read, &args), KERNEL_DONE);
    return args.result ? args.result : args.byte;
}

long dma_write(enum fake_device device, unsigned int pasid, uint64_t iova, uint8_t byte)
{
    return call(fake_write, (struct fake_call){.device = device, .ppasid = pasid, .iova = iova, .byte = byte});
}

void poke(uint64_t address, uint8_t byte)
{
    assert_int_equal(process_memory_write(process, address, &byte, 1), 0);
}

int peek(uint64_t address)
{
    uint8_t byte = 0;

    assert_int_equal(process_memory_read(process, address, &byte, 1), 0);
    return byte;
}

long do_ioctl(unsigned int command, void *argument, size_t bytes)
{
    if (bytes >= 4 && !*(uint32_t *)argument)
        *(uint32_t *)argument = (uint32_t)bytes;
    return (long)process_ioctl(process, fd, command, argument, bytes);
}

long alloc_v2(unsigned int type, unsigned int flags, unsigned int parent)
{
    struct iommu_ioasid_alloc alloc = {.flags = flags | (parent ? IOMMU_IOASID_ALLOC_PARENT : 0),
                                       .type = type,
                                       .addr_width = type == IOMMU_IOASID_KERNEL_TYPE1V2 ? 39 : 0,
                                       .parent = parent};
    long error = IOCTL(IOMMU_IOASID_ALLOC, alloc);

    return error ? error : (long)alloc.ioasid;
}

/* The format goes into the last page of the test's memory. */
long alloc_table(unsigned int parent, uint64_t table)
{
    struct ioasid_format_vtd_s1 format = {.pgtbl_addr = table, .addr_width = 48};
    struct iommu_ioasid_alloc alloc = {.flags = IOMMU_IOASID_ALLOC_PARENT,
                                       .type = IOMMU_IOASID_USER_PGTABLE,
                                       .parent = parent,
                                       .format = IOASID_FORMAT_VTD_S1,
                                       .data_len = sizeof(format),
                                       .data_uptr = memory + 15 * PAGE};
    long error;

    assert_int_equal(process_memory_write(process, alloc.data_uptr, &format, sizeof(format)), 0);
    error = IOCTL(IOMMU_IOASID_ALLOC, alloc);
    return error ? error : (long)alloc.ioasid;
}

long free_v2(unsigned int ioasid)
{
    struct iommu_ioasid_free arg = {.ioasid = ioasid};

    return IOCTL(IOMMU_IOASID_FREE, arg);
}

long map_v2(unsigned int ioasid, uint64_t iova, uint64_t vaddr, uint64_t size)
{
    struct iommu_map_dma map = {
        .flags = IOMMU_MAP_DMA_READ | IOMMU_MAP_DMA_WRITE, .ioasid = ioasid, .vaddr = vaddr, .iova = iova, .size = size};

    return IOCTL(IOMMU_MAP_DMA, map);
}

long unmap_v2(unsigned int ioasid, uint64_t iova, uint64_t size)
{
    struct iommu_unmap_dma unmap = {.ioasid = ioasid, .iova = iova, .size = size};
    long error = IOCTL(IOMMU_UNMAP_DMA, unmap);

    return error ? error : (long)unmap.size;
}
