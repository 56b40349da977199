/* SPDX-License-Identifier: BSD-2-Clause */
/* test_data.c - requests of any size at any address, line by line: nothing is left out, twice, or across a line. */
#include "xlate/data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define LINE 64u

static void fill(uint8_t *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        data[i] = (uint8_t)(i * 7 + 1);
}

static void a_write_goes_line_by_line(void **state)
{
    (void)state;
    for (uint32_t bytes = 1; bytes <= PCIE_DATA_BYTES_MAX; bytes++)
        for (uint32_t at = 0; at < LINE; at++) {
            struct pcie_request request = {.kind = PCIE_WRITE, .bytes = bytes, .address = 0x1000 + at};
            struct port_request access = {.kind = PORT_READ};
            fill(request.data, bytes);
            for (uint32_t moved = 0; moved < bytes; moved += access.bytes) {
                uint64_t address = 0x8000 + at + moved;
                data_next_line(&request, moved, address, bytes - moved, &access);
                assert_int_equal(access.kind, PORT_WRITE);
                assert_in_range(access.bytes, 1, bytes - moved);
                assert_int_equal(address / LINE, (address + access.bytes - 1) / LINE);
                /* As much as fits. */
                assert_true(moved + access.bytes == bytes || (address + access.bytes) % LINE == 0);
                assert_memory_equal(access.data, request.data + moved, access.bytes);
            }
            data_complete(&request);
            assert_int_equal(request.data_bytes, 0);
        }
}

static void a_read_comes_line_by_line(void **state)
{
    (void)state;
    struct pcie_request request = {.kind = PCIE_READ, .bytes = 64, .address = 0x1030};
    struct port_request access = {.kind = PORT_WRITE};
    uint8_t memory[64];
    fill(memory, sizeof memory);
    for (uint32_t moved = 0; moved < 64; moved += access.bytes) {
        data_next_line(&request, moved, 0x8030 + moved, 64 - moved, &access);
        assert_int_equal(access.kind, PORT_READ);
        memcpy(access.data, memory + moved, access.bytes);
        data_take_line(&request, moved, &access);
    }
    data_complete(&request);
    assert_int_equal(request.data_bytes, 64);
    assert_memory_equal(request.data, memory, 64);
}

/* PCIe 2.2.7: of compare and swap the first half of the data is compared, the second is written. */
static void atomics_take_their_operands(void **state)
{
    (void)state;
    static const enum port_kind kinds[] = {[PCIE_FETCH_ADD] = PORT_FETCH_ADD, [PCIE_SWAP] = PORT_SWAP, [PCIE_CAS] = PORT_CMPXCHG};
    for (enum pcie_kind kind = PCIE_FETCH_ADD; kind <= PCIE_CAS; kind++) {
        struct pcie_request request = {.kind = kind, .bytes = 8, .address = 0x1008};
        struct port_request access = {.kind = PORT_READ};
        fill(request.data, 16);
        data_next_line(&request, 0, 0x8008, 8, &access);
        assert_int_equal(access.kind, kinds[kind]);
        assert_int_equal(access.bytes, 8);
        assert_memory_equal(access.data, request.data + (kind == PCIE_CAS ? 8 : 0), 8);
        if (kind == PCIE_CAS)
            assert_memory_equal(access.compare, request.data, 8);
        memset(access.data, 0xee, 8);
        data_take_line(&request, 0, &access);
        data_complete(&request);
        assert_int_equal(request.data[0], 0xee);
        assert_int_equal(request.data_bytes, 8);
    }
}

static void sizes_are_checked(void **state)
{
    (void)state;
    for (uint32_t bytes = 0; bytes <= PCIE_DATA_BYTES_MAX + 1; bytes++)
        for (enum pcie_kind kind = PCIE_READ; kind <= PCIE_CAS; kind++) {
            struct pcie_request request = {.kind = kind, .bytes = bytes, .address = 0x1000};
            bool atomic = kind != PCIE_READ && kind != PCIE_WRITE;
            bool size = bytes == 4 || bytes == 8 || (bytes == 16 && kind == PCIE_CAS);
            assert_int_equal(data_well_formed(&request), bytes >= 1 && bytes <= PCIE_DATA_BYTES_MAX && (!atomic || size));
            request.address += 4;
            assert_int_equal(data_well_formed(&request), bytes >= 1 && bytes <= PCIE_DATA_BYTES_MAX && (!atomic || bytes == 4));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_goes_line_by_line),
        cmocka_unit_test(a_read_comes_line_by_line),
        cmocka_unit_test(atomics_take_their_operands),
        cmocka_unit_test(sizes_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
