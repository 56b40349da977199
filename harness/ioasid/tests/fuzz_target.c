/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_target.c - bytes as what a hostile process does with the nodes: commands with structures of its choice, devices that are
 * bound, attached, detached, and make requests, reads, files that are closed. Nothing of it may be complained about by the
 * kernel, and all is gone in the end. The entry point is libFuzzer's.
 */
#include "core_fixture.h"

#include "kernel/tests/fake_machine.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

struct input {
    const uint8_t *data;
    size_t bytes;
};

static uint8_t take(struct input *input)
{
    if (!input->bytes)
        return 0;
    input->bytes--;
    return *input->data++;
}

#define SLOTS 4

static struct {
    int nodes[2]; /* v1, v2 */
    bool bound[SLOTS];
} now;

/* Numbers that mean something are likelier than chance has them. */
static uint64_t number(struct input *input)
{
    uint8_t kind = take(input);

    switch (kind & 7) {
    case 0:
        return kind >> 3;
    case 1:
        return (uint64_t)(kind >> 3) * PAGE;
    case 2:
        return memory + (uint64_t)(kind >> 3) * PAGE;
    case 3:
        return ~(uint64_t)0 - (kind >> 3);
    case 4:
        return (uint64_t)1 << (kind >> 3) << (take(input) & 31);
    case 5:
        return take(input) | (uint64_t)take(input) << 8;
    default:
        return (kind >> 3) & 3;
    }
}

static void fill(struct input *input, uint8_t *to, size_t bytes)
{
    for (size_t at = 0; at < bytes;) {
        uint64_t value = number(input);
        size_t width = take(input) & 1 ? 8 : 4;

        width = width > bytes - at ? bytes - at : width;
        memcpy(to + at, &value, width);
        at += width;
    }
}

static void command(struct input *input)
{
    uint8_t which = take(input), version = which & 1;
    uint8_t argument[96] = {0};
    uint32_t size = 8 + (uint32_t)(take(input) % 84);

    fill(input, argument + 4, size > 4 ? size - 4 : 0);
    memcpy(argument, &size, 4);
    if (which & 0x80)
        (void)process_ioctl_raw(process, now.nodes[version], 0x3b00u + (version ? 100u : 160u) + ((which >> 1) & 15),
                                number(input));
    else
        (void)process_ioctl(process, now.nodes[version], 0x3b00u + (version ? 100u : 160u) + ((which >> 1) & 15), argument, size);
}

static void run_call(void (*function)(void *call), struct fake_call *args)
{
    if (kernel_run(process, "call", function, args) != KERNEL_DONE)
        abort();
}

static void bind_or_not(struct input *input)
{
    uint8_t choice = take(input);
    struct fake_call args = {.slot = choice % SLOTS,
                             .device = take(input) % FAKE_DEVICES,
                             .fd = now.nodes[choice >> 2 & 1],
                             .kind = choice >> 3 & 3,
                             .cookie = take(input) & 3,
                             .ppasid = 100u + choice % SLOTS};

    if (now.bound[args.slot]) {
        run_call(fake_unbind, &args);
        now.bound[args.slot] = false;
    } else if (args.kind < 3) {
        run_call(fake_bind, &args);
        now.bound[args.slot] = !args.result;
    }
}

static void attach_or_not(struct input *input)
{
    uint8_t choice = take(input);
    struct fake_call args = {.slot = choice % SLOTS, .ioasid = take(input) & 7, .flags = choice >> 2 & 1};

    args.vpasid = choice & 8 ? RID : (unsigned int)number(input);
    args.ppasid = args.vpasid;
    if (now.bound[args.slot])
        run_call(choice & 0x80 ? fake_detach : fake_attach, &args);
}

static void request(struct input *input)
{
    uint8_t choice = take(input);
    struct fake_call args = {.device = choice % FAKE_DEVICES, .ppasid = (unsigned int)number(input) & 0xfffff};

    args.iova = number(input);
    if (!fake_is_free(args.device))
        run_call(choice & 0x80 ? fake_write : fake_read, &args);
}

static void read_or_write(struct input *input)
{
    uint8_t choice = take(input), value[64];

    fill(input, value, sizeof(value));
    if (choice & 2)
        (void)process_memory_write(process, memory + (uint64_t)(choice >> 3) * 64, value, sizeof(value));
    else if (choice & 4)
        (void)process_read_raw(process, now.nodes[choice & 1], number(input), choice, PROCESS_HERE);
    else
        (void)process_read(process, now.nodes[choice & 1], value, sizeof(value), PROCESS_HERE);
}

static void step(struct input *input)
{
    static void (*const steps[])(struct input * input) = {command, command,     command,       attach_or_not,
                                                          request, bind_or_not, read_or_write, command};

    steps[take(input) & 7](input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct input input = {data, bytes};
    void *state = NULL;

    if (fixture_v2(&state))
        abort();
    memset(&now, 0, sizeof(now));
    now.nodes[0] = (int)process_open(process, "/dev/ioasid", PROCESS_O_RDWR | PROCESS_O_NONBLOCK);
    now.nodes[1] = fd;
    while (input.bytes)
        step(&input);
    for (unsigned int i = 0; i < SLOTS; i++)
        if (now.bound[i])
            run_call(fake_unbind, &(struct fake_call){.slot = i});
    if (fixture_stop(&state))
        abort();
    return 0;
}
