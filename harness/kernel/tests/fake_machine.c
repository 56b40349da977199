/* SPDX-License-Identifier: BSD-2-Clause */
/* fake_machine.c - see fake_machine.h. */
#include "kernel/tests/fake_machine.h"

#include "kernel/hardware.h"
#include "kernel/tests/memory_checks.h"

#include <stdlib.h>
#include <string.h>

#define PIECES 2u

static const struct hardware_ram pieces[PIECES] = {{0x100000, 4u << 20}, {0x80000000, 12u << 20}};

static struct {
    char *ram[PIECES];
    uint8_t registers[8192];
    unsigned int widest;
    bool arm;
    struct hardware hardware;
} machine;

static unsigned long now_ps(void *context)
{
    (void)context;
    return 0;
}

static _Bool step(void *context, unsigned long last_ps)
{
    (void)context, (void)last_ps;
    return false;
}

static void *memory(void *context, unsigned long address, unsigned long bytes)
{
    (void)context;
    for (unsigned int i = 0; i < PIECES; i++)
        if (address >= pieces[i].base && address + bytes <= pieces[i].base + pieces[i].bytes)
            return machine.ram[i] + (address - pieces[i].base);
    return NULL;
}

static const struct hardware_ram *rams(void *context, unsigned int *count)
{
    (void)context;
    *count = PIECES;
    return pieces;
}

static unsigned long mmio_read(void *context, unsigned long address, unsigned int bytes)
{
    unsigned long value = ~0ul;

    (void)context;
    if (address >= CHECK_REGISTERS && address + bytes <= CHECK_REGISTERS + sizeof(machine.registers)) {
        value = 0;
        memcpy(&value, machine.registers + (address - CHECK_REGISTERS), bytes);
    }
    return value;
}

static void mmio_write(void *context, unsigned long address, const void *data, unsigned int bytes)
{
    (void)context;
    if (bytes > machine.widest)
        machine.widest = bytes;
    if (address >= CHECK_REGISTERS && address + bytes <= CHECK_REGISTERS + sizeof(machine.registers))
        memcpy(machine.registers + (address - CHECK_REGISTERS), data, bytes);
}

static int mmio_deferrable(void *context, unsigned long address, const void *data)
{
    mmio_write(context, address, data, 64);
    return *(const unsigned char *)data ? 1 : 0;
}

static _Bool interrupt(void *context, struct hardware_interrupt *out)
{
    (void)context, (void)out;
    return false;
}

static const void *table(void *context, const char signature[4], unsigned long *bytes)
{
    (void)context;
    *bytes = 4;
    return machine.arm && !memcmp(signature, "IORT", 4) ? "IORT" : NULL;
}

static const struct hardware_platform_device *platform_device(void *context, unsigned int index)
{
    (void)context, (void)index;
    return NULL;
}

static unsigned long doorbell(void *context, _Bool *translated)
{
    (void)context;
    *translated = false;
    return ~0ul;
}

static unsigned int config_read(void *context, unsigned int segment, unsigned int requester_id, unsigned int offset,
                                unsigned int bytes)
{
    (void)context, (void)segment, (void)requester_id, (void)offset, (void)bytes;
    return ~0u;
}

static void config_write(void *context, unsigned int segment, unsigned int requester_id, unsigned int offset, unsigned int bytes,
                         unsigned int value)
{
    (void)context, (void)segment, (void)requester_id, (void)offset, (void)bytes, (void)value;
}

static const struct hardware_ops ops = {.now_ps = now_ps,
                                        .step = step,
                                        .memory = memory,
                                        .rams = rams,
                                        .mmio_read = mmio_read,
                                        .mmio_write = mmio_write,
                                        .mmio_deferrable = mmio_deferrable,
                                        .config_read = config_read,
                                        .config_write = config_write,
                                        .interrupt = interrupt,
                                        .table = table,
                                        .platform_device = platform_device,
                                        .doorbell = doorbell};

const struct hardware *fake_machine_start(bool arm)
{
    memset(&machine, 0, sizeof(machine));
    machine.arm = arm;
    for (unsigned int i = 0; i < PIECES; i++)
        machine.ram[i] = aligned_alloc(4096, pieces[i].bytes);
    machine.hardware = (struct hardware){.ops = &ops, .context = &machine};
    return &machine.hardware;
}

void fake_machine_stop(void)
{
    for (unsigned int i = 0; i < PIECES; i++)
        free(machine.ram[i]);
}

uint8_t *fake_registers(void)
{
    return machine.registers;
}

unsigned int fake_widest_write(void)
{
    return machine.widest;
}
