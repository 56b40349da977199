/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_config.c - a small function is built and looked at byte by byte.
 */
#include "pcie/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void build(struct pcie_config *c)
{
    static const struct pcie_config_identity identity = {.vendor_id = 0x1234,
                                                         .device_id = 0xabcd,
                                                         .subsystem_vendor_id = 0x5678,
                                                         .subsystem_id = 0x9abc,
                                                         .class_code = 0x088000,
                                                         .revision = 0x10};
    static const struct pcie_config_field fields[] = {
        {.offset = 4, .bytes = 2, .reset = 0x0102, .writable = 0x0f0f},
        {.offset = 6, .bytes = 2, .reset = 0x8001, .write_one_clear = 0x8001, .sticky = 0x8000},
    };
    pcie_config_init(c, &identity);
    pcie_config_add_bar64(c, 2, 0x20000);
    pcie_config_add_capability(c, 0x40, 0x10);
    pcie_config_add_fields(c, 0x40, fields, 2);
    pcie_config_add_capability(c, 0x80, 0x11);
    pcie_config_add_extended(c, 0x100, 0x0001, 2);
    pcie_config_add_extended(c, 0x220, 0x000f, 1);
}

static void header_and_lists(void **state)
{
    (void)state;
    struct pcie_config c;
    build(&c);
    assert_int_equal(pcie_config_read(&c, 0, 4), 0xabcd1234);
    assert_int_equal(pcie_config_read(&c, 8, 4), 0x08800010);
    assert_int_equal(pcie_config_read(&c, 0x2c, 4), 0x9abc5678);
    assert_int_equal(pcie_config_read(&c, 6, 2), 0x0010);
    assert_int_equal(pcie_config_read(&c, 0x34, 1), 0x40);
    assert_int_equal(pcie_config_read(&c, 0x40, 2), 0x8010);
    assert_int_equal(pcie_config_read(&c, 0x80, 2), 0x0011);
    assert_int_equal(pcie_config_read(&c, 0x100, 4), 0x22020001);
    assert_int_equal(pcie_config_read(&c, 0x220, 4), 0x0001000f);
}

static void bars_show_their_size(void **state)
{
    (void)state;
    struct pcie_config c;
    build(&c);
    pcie_config_write(&c, 0x18, 4, UINT32_MAX);
    pcie_config_write(&c, 0x1c, 4, UINT32_MAX);
    assert_int_equal(pcie_config_read(&c, 0x18, 4), 0xfffe0004);
    assert_int_equal(pcie_config_read(&c, 0x1c, 4), UINT32_MAX);
    pcie_config_write(&c, 0x18, 4, 0x4000ffff);
    pcie_config_write(&c, 0x1c, 4, 0x12);
    assert_true(pcie_config_bar64(&c, 2) == UINT64_C(0x1240000000));
}

static void writes_keep_to_their_bytes(void **state)
{
    (void)state;
    struct pcie_config c;
    build(&c);
    pcie_config_write(&c, 0x45, 1, 0xff);
    assert_int_equal(pcie_config_read(&c, 0x44, 4), 0x80010f02);
    pcie_config_write(&c, 0x44, 4, 0x00010000); /* RW1C of one bit */
    assert_int_equal(pcie_config_read(&c, 0x44, 4), 0x80000000);
    pcie_config_write(&c, 0x60, 4, UINT32_MAX); /* nothing is there */
    assert_int_equal(pcie_config_read(&c, 0x60, 4), 0);
}

static void sticky_bits_outlive_a_function_reset(void **state)
{
    (void)state;
    struct pcie_config c;
    build(&c);
    pcie_config_write(&c, 0x44, 4, 0x8001ffff);
    assert_int_equal(pcie_config_read(&c, 0x44, 4), 0x00000f0f);
    pcie_config_reset(&c, true);
    assert_int_equal(pcie_config_read(&c, 0x44, 4), 0x00010102);
    pcie_config_reset(&c, false);
    assert_int_equal(pcie_config_read(&c, 0x44, 4), 0x80010102);
    pcie_config_change(&c, 0x46, 2, 1, 0x20);
    assert_int_equal(pcie_config_read(&c, 0x46, 2), 0x8020);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_and_lists),
        cmocka_unit_test(bars_show_their_size),
        cmocka_unit_test(writes_keep_to_their_bytes),
        cmocka_unit_test(sticky_bits_outlive_a_function_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
