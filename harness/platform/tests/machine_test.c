/* SPDX-License-Identifier: BSD-2-Clause */
/* machine_test.c - the standard machine as an operating system finds it. */
#include "kernel/hardware.h"
#include "platform/machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct machine *standard(enum platform_architecture architecture)
{
    struct machine_description description;
    struct machine *machine;
    char error[200];

    machine_standard(architecture, &description);
    if (machine_create(&description, &machine, error, sizeof(error)))
        fail_msg("%s", error);
    return machine;
}

static unsigned config(const struct hardware *hw, unsigned rid, unsigned offset, unsigned bytes)
{
    return hw->ops->config_read(hw->context, 0, rid, offset, bytes);
}

static void test_configuration_space(void **state)
{
    (void)state;
    for (int architecture = 0; architecture < 2; architecture++) {
        struct machine *machine = standard((enum platform_architecture)architecture);
        const struct hardware *hw = machine_hardware(machine);

        assert_int_equal(config(hw, 0x10, 0, 4), 0xa51d1234);
        assert_int_equal(config(hw, 0x18, 0, 4), 0xffffffff);
        assert_int_equal(config(hw, 0x18, 0, 1), 0xff);
        assert_int_equal(config(hw, 0x8, 0xe, 1), 1); /* the root port, and what it leads to */
        assert_int_equal(config(hw, 0x8, 0x18, 4), 0x010100);
        assert_int_equal(config(hw, 0x8, 0x100, 4) & 0xffff, 0x000d);
        assert_int_equal(config(hw, 0xe0, 0x18, 4), 0x050500);
        assert_int_equal(config(hw, 0xe0, 0x42, 2) >> 4 & 15, 7);
        assert_int_equal(config(hw, 0x508, 0, 4), 0xa51d1234);
        machine_destroy(machine);
    }
}

static void test_bars(void **state)
{
    (void)state;
    struct machine *machine = standard(PLATFORM_VTD);
    const struct hardware *hw = machine_hardware(machine);
    const struct hardware_ops *ops = hw->ops;
    unsigned long dev0 = config(hw, 0x10, 0x10, 4) & ~0xful, dev1 = config(hw, 0x100, 0x10, 4) & ~0xful;

    assert_int_not_equal(dev0, 0);
    assert_int_not_equal(dev0, dev1);
    assert_int_equal(ops->mmio_read(hw->context, dev0, 4), 0xffffffff); /* memory space is not enabled */
    ops->config_write(hw->context, 0, 0x10, 4, 2, 2);
    assert_int_equal(ops->mmio_read(hw->context, dev0, 4), 0x200);
    assert_int_equal(ops->mmio_read(hw->context, dev1, 4), 0xffffffff);
    ops->config_write(hw->context, 0, 0x10, 0x10, 4, 0xd0000000); /* moved */
    assert_int_equal(ops->mmio_read(hw->context, dev0, 4), 0xffffffff);
    assert_int_equal(ops->mmio_read(hw->context, 0xd0000000, 4), 0x200);
    assert_int_equal(ops->mmio_read(hw->context, 0xfed92000, 4) & 0xf0, 0x60); /* VER of the main unit */
    machine_destroy(machine);
}

static void test_memory(void **state)
{
    (void)state;
    struct machine *machine = standard(PLATFORM_SMMUV3);
    const struct hardware *hw = machine_hardware(machine);
    unsigned count, text;
    const struct hardware_ram *rams = hw->ops->rams(hw->context, &count);

    assert_true(count >= 2);
    for (unsigned i = 0; i < count; i++) {
        uint8_t *bytes = hw->ops->memory(hw->context, rams[i].base, rams[i].bytes);

        assert_non_null(bytes);
        memcpy(bytes + 0x1000, "text", 4);
        assert_true(board_memory_read(machine_board(machine), rams[i].base + 0x1000, &text, 4));
        assert_memory_equal(&text, "text", 4);
        assert_null(hw->ops->memory(hw->context, rams[i].base + 1, rams[i].bytes));
    }
    assert_non_null(hw->ops->reserved(hw->context, 0));
    assert_null(hw->ops->reserved(hw->context, 1));
    machine_destroy(machine);
}

static void test_tables(void **state)
{
    (void)state;
    for (int architecture = 0; architecture < 2; architecture++) {
        struct machine *machine = standard((enum platform_architecture)architecture);
        const struct hardware *hw = machine_hardware(machine);
        unsigned long bytes = 0;
        const uint8_t *table = hw->ops->table(hw->context, architecture ? "IORT" : "DMAR", &bytes);
        uint8_t sum = 0;
        bool seen = false;

        assert_non_null(table);
        assert_null(hw->ops->table(hw->context, "MCFG", &bytes));
        for (unsigned long i = 0; i < bytes; i++)
            sum = (uint8_t)(sum + table[i]);
        assert_int_equal(sum, 0);
        for (unsigned long at = 48; !architecture && at < bytes; at += table[at + 2]) /* ATSR: for what is below the root port */
            seen |= table[at] == 2 && table[at + 4] == 1;
        assert_int_equal(seen, !architecture);
        assert_int_equal(!!hw->ops->platform_device(hw->context, 1), architecture);
        machine_destroy(machine);
    }
}

/* ---- requests carry the id of a bridge; the time line ---- */

static char tracks[256];

static void note_track(void *context, const char *track, const char *text, uint64_t at_ps, uint64_t duration_ps)
{
    (void)context, (void)at_ps, (void)duration_ps;
    if (strncmp(track, "device/", 7) == 0 && strncmp(text, "write", 5) == 0 && !strstr(tracks, track))
        strncat(tracks, track, sizeof(tracks) - strlen(tracks) - 1);
}

/* A message interrupt of the device: vector 0, for a command that asks for it. */
static void interrupt_of(const struct hardware *hw, unsigned rid)
{
    unsigned long bar = config(hw, rid, 0x10, 4) & ~0xful, at;
    uint32_t words[4] = {0xfee00000, 0, 0x30, 0}, command = UINT32_C(1) << 31 | UINT32_C(2) << 20;
    unsigned cap = config(hw, rid, 0x34, 1);

    while (config(hw, rid, cap, 1) != 0x11)
        cap = config(hw, rid, cap + 1, 1);
    at = bar + (config(hw, rid, cap + 4, 4) & ~7u);
    hw->ops->config_write(hw->context, 0, rid, 4, 2, 6);
    for (unsigned i = 0; i < 4; i++)
        hw->ops->mmio_write(hw->context, at + 4 * i, &words[i], 4);
    hw->ops->config_write(hw->context, 0, rid, cap + 2, 2, 0x8000);
    hw->ops->mmio_write(hw->context, bar + 0xa0, &command, 4);
    while (hw->ops->step(hw->context, hw->ops->now_ps(hw->context) + 1000000))
        ;
}

static void test_ids_and_time_line(void **state)
{
    (void)state;
    struct hardware_interrupt interrupt;
    struct machine_description description;
    struct machine *machine;
    char error[200];

    machine_standard(PLATFORM_VTD, &description);
    description.trace.event = note_track;
    tracks[0] = 0;
    assert_int_equal(machine_create(&description, &machine, error, sizeof(error)), 0);
    for (unsigned i = 0; i < 2; i++) {
        const struct hardware *hw = machine_hardware(machine);

        interrupt_of(hw, i ? 0x510 : 0x100);
        assert_true(hw->ops->interrupt(hw->context, &interrupt));
        assert_int_equal(interrupt.address, 0xfee00000);
        assert_int_equal(interrupt.data, 0x30);
        assert_false(hw->ops->interrupt(hw->context, &interrupt));
    }
    assert_string_equal(tracks, "device/0100 busdevice/0500 bus");
    machine_destroy(machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_configuration_space), cmocka_unit_test(test_bars),
                                       cmocka_unit_test(test_memory), cmocka_unit_test(test_tables),
                                       cmocka_unit_test(test_ids_and_time_line)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
