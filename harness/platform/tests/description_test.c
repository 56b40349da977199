/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables read back by a parser of this test's own, byte by byte, and the descriptions that must be refused. With arguments
 * "DIRECTORY" the tables are written there, for iasl and dtc to be asked (description_opinions.cmake).
 */
#include "platform/description.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint8_t table[65536];
static char error[200];

static uint64_t at(size_t offset, uint32_t bytes)
{
    uint64_t value = 0;

    for (uint32_t i = 0; i < bytes; i++)
        value |= (uint64_t)table[offset + i] << (8 * i);
    return value;
}

static const struct platform_iommu vtd_units[] = {
    {.architecture = PLATFORM_VTD, .segment = 0, .base = 0xfed90000, .proximity = UINT32_MAX},
    {.architecture = PLATFORM_VTD, .segment = 0, .base = 0xfed91000, .pages_lg2 = 2, .everything_else = true, .proximity = 1},
};
static const struct platform_device vtd_devices[] = {
    {.kind = PLATFORM_ENDPOINT, .requester_id = 0x0010, .iommu = 0, .ats = true},
    {.kind = PLATFORM_ENDPOINT, .requester_id = 0x03ff, .iommu = 1},
    {.kind = PLATFORM_IOAPIC, .requester_id = 0xf0f8, .iommu = 1, .enumeration_id = 2},
    {.kind = PLATFORM_NAMESPACE, .requester_id = 0x0008, .iommu = 0, .enumeration_id = 7, .object = "\\_SB.DMA0"},
};
static const struct platform_reserved vtd_reserved[] = {{.base = 0x7c000000, .last = 0x7c00ffff, .device = 1}};

static struct platform_machine vtd_machine(void)
{
    return (struct platform_machine){.host_address_bits = 46,
                                     .interrupt_remapping = true,
                                     .dma_opt_in = true,
                                     .iommus = vtd_units,
                                     .iommu_count = 2,
                                     .devices = vtd_devices,
                                     .device_count = 4,
                                     .reserved = vtd_reserved,
                                     .reserved_count = 1};
}

static const struct platform_iommu smmu_units[] = {
    {.architecture = PLATFORM_SMMUV3,
     .base = 0x09050000,
     .coherent = true,
     .interrupt = {106, 107, 108, 109},
     .proximity = UINT32_MAX},
    {.architecture = PLATFORM_SMMUV3, .base = 0x09070000, .proximity = 3},
};
static const struct platform_device smmu_devices[] = {
    {.kind = PLATFORM_ENDPOINT, .requester_id = 0x0011, .iommu = 0},
    {.kind = PLATFORM_ENDPOINT, .requester_id = 0x0010, .iommu = 0, .ats = true},
    {.kind = PLATFORM_ENDPOINT, .requester_id = 0x0012, .iommu = 1},
    {.kind = PLATFORM_ENDPOINT, .segment = 5, .requester_id = 0xffff, .iommu = 1},
};

static struct platform_machine smmu_machine(void)
{
    return (struct platform_machine){
        .host_address_bits = 48, .iommus = smmu_units, .iommu_count = 2, .devices = smmu_devices, .device_count = 4};
}

static void check_header(const char *signature, size_t length)
{
    uint8_t sum = 0;

    assert_memory_equal(signature, table, 4);
    assert_int_equal(length, at(4, 4));
    for (size_t i = 0; i < length; i++)
        sum = (uint8_t)(sum + table[i]);
    assert_int_equal(0, sum);
}

static void dmar(void **state)
{
    static const struct {
        size_t offset;
        uint32_t bytes;
        uint64_t value;
    } facts[] = {
        {36, 1, 45},
        {37, 1, 5}, /* HAW - 1; INTR_REMAP, DMA_CTRL_PLATFORM_OPT_IN */
        /* DRHD of unit 0: its endpoint and its namespace device */
        {48, 2, 0},
        {50, 2, 32},
        {52, 1, 0},
        {53, 1, 0},
        {54, 2, 0},
        {56, 8, 0xfed90000},
        {64, 1, 1},
        {65, 1, 8},
        {68, 1, 0},
        {69, 1, 0},
        {70, 1, 2},
        {71, 1, 0},
        {72, 1, 5},
        {76, 1, 7},
        {77, 1, 0},
        {78, 1, 1},
        {79, 1, 0},
        /* DRHD of unit 1, INCLUDE_PCI_ALL: the I/O APIC, not the endpoint */
        {80, 2, 0},
        {82, 2, 24},
        {84, 1, 1},
        {85, 1, 2},
        {88, 8, 0xfed91000},
        {96, 1, 3},
        {100, 1, 2},
        {101, 1, 0xf0},
        {102, 1, 0x1f},
        /* RMRR */
        {104, 2, 1},
        {106, 2, 32},
        {112, 8, 0x7c000000},
        {120, 8, 0x7c00ffff},
        {128, 1, 1},
        {133, 1, 3},
        {134, 1, 0x1f},
        {135, 1, 7},
        /* RHSA, ANDD, SATC */
        {136, 2, 3},
        {138, 2, 20},
        {144, 8, 0xfed91000},
        {152, 4, 1},
        {156, 2, 4},
        {158, 2, 18},
        {163, 1, 7},
        {164, 1, '\\'},
        {173, 1, 0},
        {174, 2, 5},
        {176, 2, 16},
        {180, 2, 0},
        {182, 1, 1},
        {188, 1, 2},
    };
    struct platform_machine machine = vtd_machine();
    size_t length = platform_dmar(&machine, table, sizeof table, error, sizeof error);

    (void)state;
    assert_int_equal(190, length);
    check_header("DMAR", length);
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        if (at(facts[i].offset, facts[i].bytes) != facts[i].value)
            fail_msg("offset %zu: 0x%llx, not 0x%llx", facts[i].offset, (unsigned long long)at(facts[i].offset, facts[i].bytes),
                     (unsigned long long)facts[i].value);
    assert_int_equal(190, platform_dmar(&machine, table, 50, error, sizeof error));
}

static void iort(void **state)
{
    struct platform_machine machine = smmu_machine();
    size_t length = platform_iort(&machine, table, sizeof table, error, sizeof error), rc;

    (void)state;
    check_header("IORT", length);
    assert_int_equal(4, at(36, 4)); /* two units, two segments */
    assert_int_equal(48, at(40, 4));
    assert_int_equal(4, at(48, 1));
    assert_int_equal(68, at(49, 2));
    assert_int_equal(0x09050000, at(64, 8));
    assert_int_equal(1, at(72, 4));
    assert_int_equal(106, at(92, 4));
    assert_int_equal(109, at(104, 4));
    assert_int_equal(0x09070000, at(48 + 68 + 16, 8));
    assert_int_equal(8, at(48 + 68 + 24, 4));
    assert_int_equal(3, at(48 + 68 + 60, 4));
    rc = 48 + 2 * 68;
    assert_int_equal(2, at(rc, 1));
    assert_int_equal(36 + 2 * 20, at(rc + 1, 2));
    assert_int_equal(2, at(rc + 8, 4));
    assert_int_equal(36, at(rc + 12, 4));
    assert_int_equal(1, at(rc + 24, 4)); /* ATS */
    assert_int_equal(0, at(rc + 28, 4));
    assert_int_equal(0x10, at(rc + 36, 4)); /* 0010 and 0011 in one run, whatever their order */
    assert_int_equal(1, at(rc + 40, 4));
    assert_int_equal(0x10, at(rc + 44, 4));
    assert_int_equal(48, at(rc + 48, 4));
    assert_int_equal(0x12, at(rc + 56, 4));
    assert_int_equal(0, at(rc + 60, 4));
    assert_int_equal(48 + 68, at(rc + 68, 4));
    rc += 36 + 2 * 20;
    assert_int_equal(5, at(rc + 28, 4));
    assert_int_equal(0, at(rc + 24, 4));
    assert_int_equal(0xffff, at(rc + 36, 4));
    assert_int_equal(length, rc + 36 + 20);
}

static void refused(const struct platform_machine *machine,
                    size_t (*make)(const struct platform_machine *, uint8_t *, size_t, char *, size_t))
{
    error[0] = '\0';
    assert_int_equal(0, make(machine, table, sizeof table, error, sizeof error));
    assert_true(strlen(error) > 10);
}

static void contradictions(void **state)
{
    struct platform_machine machine = vtd_machine();
    struct platform_iommu units[2] = {vtd_units[1], vtd_units[0]}; /* INCLUDE_PCI_ALL before another unit */
    struct platform_device device = {.kind = PLATFORM_ENDPOINT, .segment = 9};
    struct platform_reserved reserved = {.base = 0x1000, .last = 0x1ffe};

    (void)state;
    refused(&machine, platform_iort);
    machine.iommus = units;
    refused(&machine, platform_dmar);
    machine = vtd_machine();
    machine.interrupt_remapping = false;
    machine.x2apic_opt_out = true;
    refused(&machine, platform_dmar);
    machine = vtd_machine();
    machine.devices = &device;
    machine.device_count = 1;
    machine.reserved_count = 0;
    refused(&machine, platform_dmar);
    machine = vtd_machine();
    machine.reserved = &reserved;
    refused(&machine, platform_dmar);
    machine = smmu_machine();
    refused(&machine, platform_dmar);
    machine = vtd_machine();
    refused(&machine, platform_device_tree);
}

static void save(const char *directory, const char *name, size_t length)
{
    char path[512];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    file = fopen(path, "wb");
    if (!file || fwrite(table, 1, length, file) != length || fclose(file)) {
        fprintf(stderr, "%s cannot be written\n", path);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(dmar), cmocka_unit_test(iort), cmocka_unit_test(contradictions)};
    struct platform_machine vtd = vtd_machine(), smmu = smmu_machine();
    size_t length;

    if (argc == 1)
        return cmocka_run_group_tests_name("platform description", tests, NULL, NULL);
    save(argv[1], "dmar.aml", platform_dmar(&vtd, table, sizeof table, error, sizeof error));
    save(argv[1], "iort.aml", platform_iort(&smmu, table, sizeof table, error, sizeof error));
    length = platform_device_tree(&smmu, table, sizeof table, error, sizeof error);
    if (length)
        save(argv[1], "machine.dtb", length);
    else
        printf("%s\n", error);
    return 0;
}
