/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_ports.c - memory against a flat array, and each wrapper in front of a port that answers now and one that answers
 * later.
 */
#include "sim/memory.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- memory ---- */

static void test_regions(void **state)
{
    (void)state;
    struct memory *memory = memory_create();
    assert_int_equal(memory_add_region(memory, 0x1000, 0x1000), 0);
    assert_int_equal(memory_add_region(memory, 0x1fff, 1), -EINVAL);
    assert_int_equal(memory_add_region(memory, 0, 0x1001), -EINVAL);
    assert_int_equal(memory_add_region(memory, 0, 0x10000), -EINVAL);
    assert_int_equal(memory_add_region(memory, 0x9000, 0), -EINVAL);
    assert_int_equal(memory_add_region(memory, UINT64_MAX, 2), -EINVAL);
    assert_int_equal(memory_add_region(memory, 0x2000, 0x10), 0);
    assert_int_equal(memory_add_region(memory, UINT64_MAX - 0xf, 0x10), 0);
    uint8_t data[64] = {1, 2, 3, 4}, back[64];
    assert_true(memory_write(memory, 0x1ff0, data, 0x20)); /* over two regions that touch */
    assert_true(memory_read(memory, 0x1ff0, back, 0x20));
    assert_memory_equal(back, data, 0x20);
    assert_false(memory_write(memory, 0x2008, data, 0x10)); /* nothing is copied */
    assert_true(memory_read(memory, 0x2000, back, 0x10));
    assert_int_equal(back[8], 0);
    assert_false(memory_read(memory, 0xfff, back, 2));
    assert_true(memory_read(memory, UINT64_MAX - 0xf, back, 0x10));
    assert_false(memory_read(memory, UINT64_MAX - 0xf, back, 0x11));
    assert_true(memory_read(memory, 0, back, 0));
    memory_destroy(memory);
    memory_destroy(NULL);
}

enum { FLAT = 5 * 4096 };

static void test_memory_against_array(void **state)
{
    (void)state;
    static uint8_t flat[FLAT], data[FLAT], back[FLAT];
    memset(flat, 0, sizeof flat);
    uint64_t base = (UINT64_C(1) << 52) - FLAT;
    struct memory *memory = memory_create();
    assert_int_equal(memory_add_region(memory, base, FLAT), 0);
    struct sim_rng rng;
    sim_rng_seed(&rng, 1);
    for (unsigned i = 0; i < 2000; i++) {
        size_t at = (size_t)sim_rng_below(&rng, FLAT);
        size_t bytes = (size_t)sim_rng_below(&rng, i % 10 ? 100 : FLAT);
        bytes = bytes < FLAT - at ? bytes : FLAT - at;
        if (sim_rng_below(&rng, 2)) {
            for (size_t j = 0; j < bytes; j++)
                data[j] = (uint8_t)sim_rng_next(&rng);
            assert_true(memory_write(memory, base + at, data, bytes));
            memcpy(flat + at, data, bytes);
        }
        assert_true(memory_read(memory, base + at, back, bytes));
        assert_memory_equal(back, flat + at, bytes);
    }
    assert_true(memory_read(memory, base, back, FLAT));
    assert_memory_equal(back, flat, FLAT);
    memory_destroy(memory);
}

static void test_memory_in_place(void **state)
{
    (void)state;
    uint8_t backing[0x2000] = {[0x10] = 0x5a}, data[0x20], back[0x20];
    struct memory *memory = memory_create();
    assert_int_equal(memory_add_region(memory, 0x0, 0x1800), 0);
    assert_int_equal(memory_add_region_at(memory, 0x1800, sizeof backing, backing), 0);
    assert_int_equal(memory_add_region(memory, 0x3800, 0x1000), 0);
    assert_int_equal(memory_add_region_at(memory, 0x3000, 0x10, data), -EINVAL);
    assert_true(memory_read(memory, 0x1810, back, 1));
    assert_int_equal(back[0], 0x5a);
    for (unsigned i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i + 1);
    for (uint64_t border = 0x1800; border <= 0x3800; border += 0x2000) { /* into it and out of it */
        assert_true(memory_write(memory, border - 0x10, data, sizeof data));
        assert_true(memory_read(memory, border - 0x10, back, sizeof back));
        assert_memory_equal(back, data, sizeof data);
    }
    assert_memory_equal(backing, data + 0x10, 0x10);
    assert_memory_equal(backing + 0x1ff0, data, 0x10);
    backing[0x100] = 0x77;
    assert_true(memory_read(memory, 0x1900, back, 1));
    assert_int_equal(back[0], 0x77);
    assert_ptr_equal(memory_pointer(memory, 0x1800, 0x2000), backing);
    assert_ptr_equal(memory_pointer(memory, 0x37ff, 1), backing + 0x1fff);
    assert_null(memory_pointer(memory, 0x1801, 0x2000));
    assert_null(memory_pointer(memory, 0x17ff, 1));
    assert_null(memory_pointer(memory, 0x9000, 1));
    memory_destroy(memory);
}

/* ---- a port on which every wrapper is tried: memory, or memory behind a delay ---- */

struct world {
    struct sim sim;
    struct memory *memory;
    struct delay_port delay;
    struct memory_port port;
};

#define LATENCY_PS 1000u

static void world_init(struct world *world, bool later)
{
    *world = (struct world){0};
    sim_init(&world->sim, 1);
    world->memory = memory_create();
    assert_int_equal(memory_add_region(world->memory, 0, 0x10000), 0);
    world->port = memory_port_of(world->memory);
    world->delay.latency_ps = LATENCY_PS;
    assert_int_equal(delay_port_init(&world->delay, &world->sim, world->port, 4), 0);
    if (later)
        world->port = delay_port_of(&world->delay);
}

static void world_fini(struct world *world)
{
    delay_port_fini(&world->delay);
    memory_destroy(world->memory);
}

static void count_done(struct port_request *request)
{
    (*(unsigned *)request->owner)++;
    assert_int_equal(request->layer_count, 0);
    assert_true(request->done == count_done);
}

static struct port_request access_of(enum port_kind kind, uint64_t address, uint32_t bytes, unsigned *count)
{
    return (struct port_request){.kind = kind, .address = address, .bytes = bytes, .done = count_done, .owner = count};
}

/* Runs one access to its end and checks the contract. */
static void complete(struct world *world, const struct memory_port *port, struct port_request *request)
{
    unsigned *count = request->owner;
    *count = 0;
    uint64_t issue_ps = world->sim.now_ps;
    request->issue_ps = issue_ps;
    enum port_reply reply = memory_access(port, request);
    assert_int_equal(*count, 0); /* never from inside */
    while (reply == PORT_LATER && sim_step(&world->sim, UINT64_MAX))
        continue;
    assert_int_equal(*count, reply == PORT_LATER);
    assert_true(request->issue_ps == issue_ps);
    assert_true(request->owner == count && request->done == count_done && request->layer_count == 0);
    assert_true(request->done_ps >= issue_ps);
    if (reply == PORT_LATER)
        assert_true(request->done_ps >= world->sim.now_ps);
}

static void put(struct world *world, uint64_t address, uint64_t value)
{
    uint8_t bytes[8];
    store_le64(bytes, value);
    assert_true(memory_write(world->memory, address, bytes, 8));
}

static uint64_t get(struct world *world, uint64_t address)
{
    uint8_t bytes[8];
    assert_true(memory_read(world->memory, address, bytes, 8));
    return load_le64(bytes);
}

static void test_accesses(void **state)
{
    (void)state;
    for (unsigned later = 0; later < 2; later++) {
        struct world world;
        unsigned count;
        world_init(&world, later);
        struct port_request write = access_of(PORT_WRITE, 0x103, 5, &count);
        memcpy(write.data, "abcde", 5);
        complete(&world, &world.port, &write);
        assert_int_equal(write.status, PORT_OK);
        assert_true(write.done_ps - write.issue_ps == (later ? LATENCY_PS : 0u));
        struct port_request read = access_of(PORT_READ, 0x100, 64, &count);
        complete(&world, &world.port, &read);
        assert_memory_equal(read.data, "\0\0\0abcde\0", 9);
        struct port_request hole = access_of(PORT_READ, 0x10000, 8, &count);
        complete(&world, &world.port, &hole);
        assert_int_equal(hole.status, PORT_ABORT);
        world_fini(&world);
    }
}

static void test_atomics(void **state)
{
    (void)state;
    for (unsigned later = 0; later < 2; later++) {
        struct world world;
        unsigned count;
        world_init(&world, later);
        put(&world, 0x200, UINT64_C(0xffffffffffffffff));
        put(&world, 0x208, 5);

        struct port_request add = access_of(PORT_FETCH_ADD, 0x200, 4, &count);
        store_le32(add.data, 3);
        complete(&world, &world.port, &add);
        assert_true(load_le32(add.data) == UINT32_MAX);
        assert_true(get(&world, 0x200) == UINT64_C(0xffffffff00000002)); /* no carry into the next word */

        struct port_request swap = access_of(PORT_SWAP, 0x208, 8, &count);
        store_le64(swap.data, 9);
        complete(&world, &world.port, &swap);
        assert_true(load_le64(swap.data) == 5 && get(&world, 0x208) == 9);

        struct port_request exchange = access_of(PORT_CMPXCHG, 0x200, 16, &count);
        store_le64(exchange.compare, UINT64_C(0xffffffff00000002));
        store_le64(exchange.compare + 8, 8); /* differs in the second half */
        store_le64(exchange.data, 1);
        store_le64(exchange.data + 8, 2);
        struct port_request again = exchange;
        complete(&world, &world.port, &exchange);
        assert_true(load_le64(exchange.data + 8) == 9 && get(&world, 0x208) == 9);
        store_le64(again.compare + 8, 9);
        complete(&world, &world.port, &again);
        assert_true(load_le64(again.data) == UINT64_C(0xffffffff00000002));
        assert_true(get(&world, 0x200) == 1 && get(&world, 0x208) == 2);
        world_fini(&world);
    }
}

/* ---- delay ---- */

enum { MANY = 40 };

struct order {
    unsigned id;
    unsigned *next;
};

static void note_order(struct port_request *request)
{
    struct order *order = request->owner;
    order->id = (*order->next)++;
}

static void many(struct delay_port like, bool explore, uint32_t slots, uint64_t done_ps[MANY], unsigned place[MANY])
{
    struct world world;
    world_init(&world, false);
    world.sim.explore = explore;
    assert_int_equal(delay_port_init(&like, &world.sim, world.port, slots), 0);
    struct memory_port port = delay_port_of(&like);
    static struct port_request requests[MANY];
    struct order orders[MANY];
    unsigned next = 0;
    for (unsigned i = 0; i < MANY; i++) {
        orders[i] = (struct order){.next = &next};
        requests[i] = (struct port_request){.bytes = 8, .address = i * 8u, .done = note_order, .owner = &orders[i]};
        assert_int_equal(memory_access(&port, &requests[i]), PORT_LATER);
    }
    sim_run(&world.sim, UINT64_C(1) << 40);
    assert_int_equal(next, MANY);
    for (unsigned i = 0; i < MANY; i++) {
        done_ps[i] = requests[i].done_ps;
        place[i] = orders[i].id;
    }
    delay_port_fini(&like);
    world_fini(&world);
}

static void test_delay_orders(void **state)
{
    (void)state;
    uint64_t done_ps[MANY];
    unsigned place[MANY];
    const struct delay_port jitter = {.latency_ps = 100, .jitter_ps = 500};
    for (unsigned explore = 0; explore < 2; explore++) {
        many(jitter, explore, 64, done_ps, place);
        for (unsigned i = 0; i < MANY; i++) {
            assert_int_equal(place[i], i);
            assert_in_range(done_ps[i], 100, 600 + (explore ? MANY : 0));
        }
    }
    struct delay_port reorder = jitter;
    reorder.reorder = true;
    many(reorder, false, 64, done_ps, place);
    unsigned overtaken = 0;
    for (unsigned i = 0; i < MANY; i++)
        overtaken += place[i] != i;
    assert_true(overtaken > MANY / 2);
}

static void test_delay_bandwidth_and_slots(void **state)
{
    (void)state;
    uint64_t done_ps[MANY];
    unsigned place[MANY];
    many((struct delay_port){.latency_ps = 100, .service_ps = 30}, false, 64, done_ps, place);
    for (unsigned i = 0; i < MANY; i++)
        assert_true(done_ps[i] == 100u + 30u * i);
    /* Four at a time, the others wait. */
    many((struct delay_port){.latency_ps = 100}, false, 4, done_ps, place);
    for (unsigned i = 0; i < MANY; i++)
        assert_true(done_ps[i] == 100u * (1u + i / 4u) && place[i] == i);
}

/* Memory is read at the moment of the answer. */
static void test_delay_reads_late(void **state)
{
    (void)state;
    struct world world;
    unsigned count = 0;
    world_init(&world, true);
    put(&world, 0x100, 1);
    struct port_request read = access_of(PORT_READ, 0x100, 8, &count);
    assert_int_equal(memory_access(&world.port, &read), PORT_LATER);
    put(&world, 0x100, 2);
    sim_run(&world.sim, LATENCY_PS - 1);
    assert_int_equal(count, 0);
    sim_run(&world.sim, LATENCY_PS);
    assert_int_equal(count, 1);
    assert_int_equal(read.data[0], 2);
    world_fini(&world);
}

/* ---- stamp ---- */

static void test_stamp(void **state)
{
    (void)state;
    for (unsigned later = 0; later < 2; later++) {
        struct world world;
        unsigned count;
        world_init(&world, later);
        struct stamp_port stamp = {.inner = world.port, .latency_ps = 200, .service_ps = 50};
        struct memory_port port = stamp_port_of(&stamp);
        uint64_t free_ps = 0;
        for (unsigned i = 0; i < 5; i++) {
            struct port_request read = access_of(PORT_READ, 0x100, 8, &count);
            uint64_t now_ps = world.sim.now_ps;
            uint64_t start_ps = now_ps > free_ps ? now_ps : free_ps;
            complete(&world, &port, &read);
            free_ps = start_ps + 50;
            assert_true(read.done_ps == start_ps + 200u + (later ? LATENCY_PS : 0u));
        }
        assert_true(later || world.sim.scheduled_count == 0);
        world_fini(&world);
    }
}

/* ---- fault ---- */

static struct fault_port fault_of(struct world *world, enum fault_action action)
{
    return (struct fault_port){.inner = world->port, .action = action, .nth = 2, .count = 2, .first = 0x100, .last = 0x1ff};
}

static void test_fault_hits_the_nth(void **state)
{
    (void)state;
    for (unsigned later = 0; later < 2; later++) {
        struct world world;
        unsigned count;
        world_init(&world, later);
        struct fault_port fault = fault_of(&world, FAULT_ABORT);
        fault.kinds = 1u << PORT_READ;
        fault.origins = 1u << PORT_WALK;
        fault.first = 0x104;
        fault.last = 0x1fb;
        struct memory_port port = fault_port_of(&fault);
        static const struct {
            enum port_kind kind;
            enum port_origin origin;
            uint64_t address;
            uint32_t bytes;
            enum port_status status;
        } table[] = {
            {PORT_READ, PORT_WALK, 0x110, 8, PORT_OK},    /* the first that matches */
            {PORT_WRITE, PORT_WALK, 0x110, 8, PORT_OK},   /* another kind */
            {PORT_READ, PORT_DMA, 0x110, 8, PORT_OK},     /* another origin */
            {PORT_READ, PORT_WALK, 0x100, 4, PORT_OK},    /* below the range */
            {PORT_READ, PORT_WALK, 0x1fc, 4, PORT_OK},    /* above */
            {PORT_READ, PORT_WALK, 0x1fb, 1, PORT_ABORT}, /* the second: its last byte */
            {PORT_READ, PORT_WALK, 0x100, 5, PORT_ABORT}, /* the third: its first byte */
            {PORT_READ, PORT_WALK, 0x110, 8, PORT_OK},    /* the fourth */
        };
        for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
            struct port_request request = access_of(table[i].kind, table[i].address, table[i].bytes, &count);
            request.origin = table[i].origin;
            complete(&world, &port, &request);
            assert_int_equal(request.status, table[i].status);
        }
        assert_true(fault.matched == 4 && fault.injected == 2);
        world_fini(&world);
    }
}

static void test_fault_abort_leaves_memory(void **state)
{
    (void)state;
    struct world world;
    unsigned count;
    world_init(&world, false);
    struct fault_port fault = fault_of(&world, FAULT_ABORT);
    fault.nth = 1;
    struct memory_port port = fault_port_of(&fault);
    struct port_request write = access_of(PORT_WRITE, 0x100, 8, &count);
    write.data[0] = 9;
    complete(&world, &port, &write);
    assert_int_equal(write.status, PORT_ABORT);
    assert_true(get(&world, 0x100) == 0);
    world_fini(&world);
}

static void test_fault_poison_and_flip(void **state)
{
    (void)state;
    for (unsigned later = 0; later < 2; later++) {
        struct world world;
        unsigned count;
        world_init(&world, later);
        put(&world, 0x100, 0x10);
        struct fault_port fault = fault_of(&world, FAULT_POISON);
        fault.nth = fault.count = 1;
        struct memory_port port = fault_port_of(&fault);
        struct port_request read = access_of(PORT_READ, 0x100, 8, &count);
        complete(&world, &port, &read);
        assert_int_equal(read.status, PORT_POISON);

        fault = fault_of(&world, FAULT_FLIP);
        fault.nth = 1;
        fault.flip_bit = 64u + 9u; /* modulo 64 */
        complete(&world, &port, &read);
        assert_int_equal(read.status, PORT_OK);
        assert_true(load_le64(read.data) == 0x210);
        assert_true(get(&world, 0x100) == 0x10);

        struct port_request write = access_of(PORT_WRITE, 0x108, 8, &count);
        complete(&world, &port, &write);
        assert_true(load_le64(write.data) == 0); /* its owner's data are as they were */
        assert_true(get(&world, 0x108) == 0x200);
        complete(&world, &port, &write);
        assert_true(get(&world, 0x108) == 0);
        world_fini(&world);
    }
}

static void test_fault_delay(void **state)
{
    (void)state;
    for (unsigned later = 0; later < 2; later++) {
        struct world world;
        unsigned count;
        world_init(&world, later);
        struct delay_port slow = {.latency_ps = 7000};
        assert_int_equal(delay_port_init(&slow, &world.sim, world.port, 4), 0);
        struct fault_port fault = fault_of(&world, FAULT_DELAY);
        fault.slow = delay_port_of(&slow);
        fault.count = 1;
        struct memory_port port = fault_port_of(&fault);
        for (unsigned i = 1; i <= 3; i++) {
            struct port_request read = access_of(PORT_READ, 0x100, 8, &count);
            complete(&world, &port, &read);
            assert_int_equal(read.status, PORT_OK);
            assert_true(read.done_ps - read.issue_ps == (i == 2 ? 7000u : 0u) + (later ? LATENCY_PS : 0u));
        }
        delay_port_fini(&slow);
        world_fini(&world);
    }
}

/* ---- record ---- */

struct record {
    unsigned count;
    uint64_t address, done_ps;
    enum port_status status;
    const unsigned *answered;
};

static void record(void *context, const struct port_request *request)
{
    struct record *record = context;
    record->count++;
    record->address = request->address;
    record->done_ps = request->done_ps;
    record->status = request->status;
    assert_int_equal(*record->answered, 0); /* before the owner */
}

static void test_record_over_all(void **state)
{
    (void)state;
    for (unsigned later = 0; later < 2; later++) {
        struct world world;
        unsigned count;
        world_init(&world, later);
        struct record seen = {.answered = &count};
        struct stamp_port stamp = {.inner = world.port, .latency_ps = 5};
        struct fault_port fault = {
            .inner = stamp_port_of(&stamp), .action = FAULT_POISON, .nth = 3, .count = 1, .last = UINT64_MAX};
        struct record_port recorder = {.inner = fault_port_of(&fault), .record = record, .context = &seen};
        struct memory_port port = record_port_of(&recorder);
        for (unsigned i = 1; i <= 4; i++) {
            struct port_request read = access_of(PORT_READ, i * 64u, 8, &count);
            complete(&world, &port, &read);
            assert_int_equal(seen.count, i);
            assert_true(seen.address == i * 64u && seen.done_ps == read.done_ps && seen.status == read.status);
            assert_int_equal(seen.status, i == 3 ? PORT_POISON : PORT_OK);
            assert_true(read.done_ps - read.issue_ps == 5u + (later ? LATENCY_PS : 0u));
        }
        world_fini(&world);
    }
}

static void test_little_endian(void **state)
{
    (void)state;
    uint8_t bytes[9] = {0};
    store_le64(bytes + 1, UINT64_C(0x1122334455667788));
    assert_int_equal(bytes[1], 0x88);
    assert_int_equal(bytes[8], 0x11);
    assert_true(load_le64(bytes + 1) == UINT64_C(0x1122334455667788));
    assert_int_equal(load_le32(bytes + 5), 0x11223344);
    store_le32(bytes, 0x01020304);
    assert_int_equal(bytes[3], 1);
    assert_int_equal(bytes[4], 0x55);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_little_endian),
        cmocka_unit_test(test_regions),
        cmocka_unit_test(test_memory_against_array),
        cmocka_unit_test(test_memory_in_place),
        cmocka_unit_test(test_accesses),
        cmocka_unit_test(test_atomics),
        cmocka_unit_test(test_delay_orders),
        cmocka_unit_test(test_delay_bandwidth_and_slots),
        cmocka_unit_test(test_delay_reads_late),
        cmocka_unit_test(test_stamp),
        cmocka_unit_test(test_fault_hits_the_nth),
        cmocka_unit_test(test_fault_abort_leaves_memory),
        cmocka_unit_test(test_fault_poison_and_flip),
        cmocka_unit_test(test_fault_delay),
        cmocka_unit_test(test_record_over_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
