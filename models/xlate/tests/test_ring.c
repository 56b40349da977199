/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_ring.c - rings with and without a wrap bit against a counter, accesses now and later, and the interrupt sender.
 */
#include "sim/memory.h"
#include "xlate/message.h"
#include "xlate/ring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* ---- positions ---- */

static const struct ring rings[] = {
    {.base = 0x10000, .lap = 4096, .step = 16, .unit_bytes = 1},                /* byte offsets */
    {.base = 0x10000, .lap = 8192, .step = 32, .unit_bytes = 1},                /* byte offsets, wide */
    {.base = 0x10000, .lap = 8, .step = 1, .unit_bytes = 16, .wrap_bit = true}, /* indices with a wrap bit */
    {.base = 0x10000, .lap = 2, .step = 1, .unit_bytes = 32, .wrap_bit = true},
    {.base = 0x10000, .lap = 7, .step = 1, .unit_bytes = 16}, /* need not be a power of two */
};
#define RINGS (sizeof rings / sizeof rings[0])

static void test_positions(void **state)
{
    (void)state;
    for (size_t r = 0; r < RINGS; r++) {
        const struct ring *ring = &rings[r];
        uint32_t entries = ring->lap / ring->step;
        uint32_t position = 0;
        for (uint32_t n = 0; n < 3 * entries; n++) {
            assert_true(ring_address(ring, position) == ring->base + (uint64_t)(n % entries) * ring->step * ring->unit_bytes);
            uint32_t wrap = ring->wrap_bit && (n / entries & 1u) ? ring->lap : 0;
            assert_int_equal(position, wrap + n % entries * ring->step);
            position = ring_next(ring, position);
        }
    }
}

static void test_empty_and_full(void **state)
{
    (void)state;
    for (size_t r = 0; r < RINGS; r++) {
        const struct ring *ring = &rings[r];
        uint32_t room = ring->lap / ring->step - (ring->wrap_bit ? 0u : 1u);
        uint32_t producer = 0, consumer = 0, count = 0;
        struct sim_rng rng;
        sim_rng_seed(&rng, r);
        for (unsigned i = 0; i < 20000; i++) {
            assert_true(ring_empty(producer, consumer) == (count == 0));
            assert_true(ring_full(ring, producer, consumer) == (count == room));
            bool put = sim_rng_below(&rng, i / 1000 % 2 ? 3 : 5) < 2;
            if (put && count < room) {
                producer = ring_next(ring, producer);
                count++;
            } else if (!put && count) {
                consumer = ring_next(ring, consumer);
                count--;
            }
        }
    }
}

/* ---- accesses ---- */

struct seen {
    unsigned fresh, stale;
};

static void done(struct ring_port *port, bool stale)
{
    struct seen *seen = port->owner;
    assert_false(port->busy);
    if (stale)
        seen->stale++;
    else
        seen->fresh++;
}

static void test_accesses(void **state)
{
    (void)state;
    for (unsigned later = 0; later < 2; later++) {
        struct sim sim;
        sim_init(&sim, 1);
        struct memory *memory = memory_create();
        assert_int_equal(memory_add_region(memory, 0x10000, 0x1000), 0);
        struct delay_port delay = {.latency_ps = 10};
        assert_int_equal(delay_port_init(&delay, &sim, memory_port_of(memory), 4), 0);
        struct memory_port behind = later ? delay_port_of(&delay) : memory_port_of(memory);
        struct seen seen = {0};
        struct ring_port port = {.request.snoop = true};
        ring_port_init(&port, &behind, done, &seen);
        const struct ring *ring = &rings[2];

        store_le64(port.request.data, 42);
        assert_true(ring_write(&port, ring, 8u | 3u, sim.now_ps) == !later);
        assert_true(port.busy == later);
        sim_run(&sim, 10);
        assert_int_equal(seen.fresh, later);
        assert_int_equal(port.request.status, PORT_OK);
        uint8_t bytes[8];
        assert_true(memory_read(memory, 0x10030, bytes, 8));
        assert_int_equal(bytes[0], 42);

        memset(port.request.data, 0, sizeof port.request.data);
        assert_true(ring_read(&port, ring, 3, sim.now_ps) == !later);
        assert_int_equal(port.request.bytes, 16);
        sim_run(&sim, 20);
        assert_int_equal(port.request.data[0], 42);

        ring_read(&port, ring, 3, sim.now_ps);
        ring_port_forget(&port);
        assert_true(port.busy == later); /* until memory has answered */
        sim_run(&sim, 30);
        assert_false(port.busy);
        assert_int_equal(seen.stale, later);
        assert_int_equal(seen.fresh, 2 * later);
        ring_read(&port, ring, 3, sim.now_ps); /* what comes after is fresh again */
        sim_run(&sim, 40);
        assert_int_equal(seen.fresh, 3 * later);

        struct ring hole = *ring;
        hole.base = 0x20000;
        ring_read(&port, &hole, 0, sim.now_ps);
        sim_run(&sim, 50);
        assert_int_equal(port.request.status, PORT_ABORT);
        delay_port_fini(&delay);
        memory_destroy(memory);
    }
}

/* ---- interrupts ---- */

struct sink {
    unsigned count, again;
    uint64_t address;
    uint32_t data;
};

static void sent(struct message *message)
{
    struct sink *sink = message->owner;
    assert_false(message->pending);
    sink->count++;
    sink->address = message->address;
    sink->data = message->data;
    if (sink->again) {
        sink->again--;
        message_raise(message);
    }
}

static void test_message(void **state)
{
    (void)state;
    struct sink sink = {0};
    struct message message = {.send = sent, .owner = &sink, .address = 0xfee00000, .data = 5};
    message_raise(&message);
    assert_true(sink.count == 1 && sink.address == 0xfee00000 && sink.data == 5 && !message.pending);
    message_mask(&message, true);
    message_raise(&message);
    message_raise(&message);
    assert_true(sink.count == 1 && message.pending);
    message.data = 6;
    message_mask(&message, false); /* once, as it is now */
    assert_true(sink.count == 2 && sink.data == 6 && !message.pending);
    message_mask(&message, true);
    message_raise(&message);
    message_forget(&message);
    message_mask(&message, false);
    assert_int_equal(sink.count, 2);
    sink.again = 1;
    message_raise(&message);
    assert_int_equal(sink.count, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_positions),
        cmocka_unit_test(test_empty_and_full),
        cmocka_unit_test(test_accesses),
        cmocka_unit_test(test_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
