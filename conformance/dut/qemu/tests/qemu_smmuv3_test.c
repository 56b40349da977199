/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * qemu_smmuv3_test.c - the virt machine: where requests land with and without the SMMU, what an unmapped one leaves, wires.
 * What the adapter does for every machine is qemu_test.c's.
 *
 * Ends with 77 (CTest: skipped) and the name of the package when there is no QEMU.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dut/qemu/machine.h"
#include "dut/qemu/qemu_dut.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BINARY "qemu-system-aarch64"
#define SKIPPED 77

/* 6.3 Register descriptions. */
#define IDR0 0x00u
#define CR0 0x20u
#define CR0ACK 0x24u
#define IRQ_CTRL 0x50u
#define STRTAB_BASE 0x80u
#define STRTAB_BASE_CFG 0x88u
#define EVENTQ_BASE 0xa0u
#define EVENTQ_PROD 0x100a8u
#define SMMUEN 1u
#define EVENTQEN 4u
#define EVENTQ_IRQEN 4u

/* Memory of the tests. */
#define STREAMS UINT64_C(0x50000000) /* 2^16 entries of 64 bytes */
#define CD UINT64_C(0x60000000)
#define EVENTS UINT64_C(0x60001000)
#define TABLES UINT64_C(0x60002000)
#define TARGET UINT64_C(0x60010000)

struct fixture {
    const struct iotb_dut_ops *ops;
    struct iotb_dut *dut;
    struct iotb_desc desc;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    char error[512] = "";
    struct iotb_open_args args = {.size = sizeof args, .parameters = "", .error = error, .error_bytes = sizeof error};

    f->ops = iotb_dut_qemu_smmuv3();
    if (f->ops->open(&args, &f->dut) != IOTB_OK)
        fail_msg("open: %s", error);
    assert_int_equal(f->ops->describe(f->dut, &f->desc), IOTB_OK);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    f->ops->close(f->dut);
    free(f);
    return 0;
}

static uint64_t reg(struct fixture *f, uint64_t offset, uint32_t bytes)
{
    uint64_t value = 0;

    assert_int_equal(f->ops->iommu->reg_read(f->dut, offset, bytes, &value), IOTB_OK);
    return value;
}

static void set_reg(struct fixture *f, uint64_t offset, uint32_t bytes, uint64_t value)
{
    assert_int_equal(f->ops->iommu->reg_write(f->dut, offset, bytes, value), IOTB_OK);
}

static void put(struct fixture *f, uint64_t address, uint64_t value)
{
    assert_int_equal(f->ops->iommu->mem_write(f->dut, address, &value, sizeof value), IOTB_OK);
}

static uint64_t get(struct fixture *f, uint64_t address)
{
    uint64_t value = 0;

    assert_int_equal(f->ops->iommu->mem_read(f->dut, address, &value, sizeof value), IOTB_OK);
    return value;
}

static uint32_t request(struct fixture *f, enum iotb_request_kind kind, uint16_t rid, uint64_t address, uint32_t value)
{
    struct iotb_request r = {
        .size = sizeof r, .id = 1, .requester_id = rid, .kind = (uint8_t)kind, .bytes = sizeof value, .address = address};
    struct iotb_completion c;

    memcpy(r.data, &value, sizeof value);
    assert_int_equal(f->ops->iommu->submit(f->dut, &r), IOTB_OK);
    assert_int_equal(f->ops->iommu->poll_completion(f->dut, &c), IOTB_OK);
    memcpy(&value, c.data, sizeof value);
    return value;
}

/* Stage 1, 4 KiB granule, 48 bits: `input` of stream `rid` goes to TARGET. 5.2 STE, 5.4 CD, DDI 0487 D8.3. */
static void map_one(struct fixture *f, uint16_t rid, uint64_t input)
{
    put(f, STREAMS + rid * 64u, CD | 5u << 1 | 1); /* Config 101: stage 1 */
    put(f, STREAMS + rid * 64u + 8, 0);
    /* IPS 44 bits, AA64, R, A, ASET; V, EPD1, T0SZ 16 */
    put(f, CD, UINT64_C(4) << 32 | UINT64_C(0x7) << 45 | UINT64_C(1) << 41 | UINT64_C(1) << 31 | UINT64_C(1) << 30 | 16u);
    put(f, CD + 8, TABLES);
    for (uint32_t level = 0; level < 4; level++) {
        uint64_t table = TABLES + level * 0x1000u;
        uint64_t leaf = TARGET | 0x743; /* nG 0, AF, SH, AP[1] and AP[2] 01: read and write, page */

        put(f, table + 8 * (input >> (39 - 9 * level) & 0x1ff), level < 3 ? (table + 0x1000) | 3 : leaf);
    }
    set_reg(f, STRTAB_BASE, 8, STREAMS);
    set_reg(f, STRTAB_BASE_CFG, 4, 16);
    set_reg(f, EVENTQ_BASE, 8, EVENTS | 5); /* 32 records */
    set_reg(f, IRQ_CTRL, 4, EVENTQ_IRQEN);
    set_reg(f, CR0, 4, SMMUEN | EVENTQEN);
    assert_int_equal(reg(f, CR0ACK, 4), SMMUEN | EVENTQEN);
}

static void describes(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(f->desc.architecture, IOTB_ARCH_SMMUV3);
    assert_int_equal(f->desc.host_address_bits, 44);
    assert_int_equal(f->desc.request_bytes_max, sizeof(uint32_t));
    assert_string_equal(f->desc.name, "qemu-smmuv3");
    assert_true(f->desc.features & IOTB_F_INTERRUPTS);
    assert_int_equal(reg(f, IDR0, 4) & 3, 2); /* S1P without S2P in QEMU 7.2 */
}

/* Every requester id: its StreamID, with the SMMU off and on. */
static void lands(void **state)
{
    struct fixture *f = *state;
    uint64_t input = UINT64_C(0x7654321000);

    for (uint32_t i = 0; i < f->desc.requester_count; i++) {
        uint16_t rid = f->desc.requester_ids[i];
        uint32_t value = 0x11660000u + rid;

        assert_int_equal(f->ops->reset(f->dut, IOTB_RESET_COLD), IOTB_OK);
        request(f, IOTB_WRITE, rid, TARGET + 8, value);
        assert_int_equal(get(f, TARGET + 8), value);
        map_one(f, rid, input);
        request(f, IOTB_WRITE, rid, input + 0x10, ~value);
        assert_int_equal(get(f, TARGET + 0x10), (uint32_t)~value);
        put(f, TARGET + 0x18, (uint32_t)(value * 3));
        assert_int_equal(request(f, IOTB_READ, rid, input + 0x18, 0), (uint32_t)(value * 3));
        assert_int_equal(reg(f, EVENTQ_PROD, 4), 0);
    }
}

/* An F_TRANSLATION record (7.3.12) and a pulse of its wire. */
static void unmapped_is_recorded(void **state)
{
    struct fixture *f = *state;
    uint64_t input = 0x2345000;
    uint16_t rid = f->desc.requester_ids[0];
    struct iotb_interrupt seen;

    map_one(f, rid, input);
    assert_int_equal(f->ops->iommu->poll_interrupt(f->dut, &seen), IOTB_NONE);
    put(f, TARGET + 0x1008, 0);
    request(f, IOTB_WRITE, rid, input + 0x1008, 5);
    assert_int_equal(get(f, TARGET + 0x1008), 0);
    assert_int_equal(reg(f, EVENTQ_PROD, 4), 1);
    assert_int_equal(get(f, EVENTS) & 0xff, 0x10);
    assert_int_equal(get(f, EVENTS) >> 32, rid);
    assert_int_equal(get(f, EVENTS + 16), input + 0x1008);
    assert_int_equal(f->ops->iommu->poll_interrupt(f->dut, &seen), IOTB_OK);
    assert_int_equal(seen.origin, IOTB_IRQ_EVENT);
    assert_true(seen.address == IOTB_WIRE_ADDRESS);
    assert_int_equal(seen.data, IOTB_WIRE_EVENTQ);
    assert_int_equal(f->ops->iommu->poll_interrupt(f->dut, &seen), IOTB_NONE);
}

static void cold_reset_is_a_fresh_unit(void **state)
{
    struct fixture *f = *state;

    map_one(f, f->desc.requester_ids[0], 0x2345000);
    assert_int_equal(f->ops->reset(f->dut, IOTB_RESET_COLD), IOTB_OK);
    assert_int_equal(reg(f, CR0, 4), 0);
    assert_int_equal(reg(f, STRTAB_BASE, 8), 0);
    assert_int_equal(get(f, CD + 8), TABLES); /* memory is the bench's business */
}

/* From QEMU 8.1 on there is a choice of stages. One that does not know it says so. */
static void parameters(void **state)
{
    char error[512] = "";
    struct iotb_open_args args = {.size = sizeof args, .parameters = "stage=3", .error = error, .error_bytes = sizeof error};
    const struct iotb_dut_ops *ops = iotb_dut_qemu_smmuv3();
    struct iotb_dut *dut = NULL;
    int result;

    (void)state;
    assert_int_equal(ops->open(&args, &dut), IOTB_E_ARGUMENT);
    assert_non_null(strstr(error, "1|2|nested"));
    args.parameters = "stage=1";
    result = ops->open(&args, &dut);
    if (result == IOTB_OK)
        ops->close(dut);
    else
        assert_non_null(strstr(error, "stage"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(describes, setup, teardown),
        cmocka_unit_test_setup_teardown(lands, setup, teardown),
        cmocka_unit_test_setup_teardown(unmapped_is_recorded, setup, teardown),
        cmocka_unit_test_setup_teardown(cold_reset_is_a_fresh_unit, setup, teardown),
        cmocka_unit_test(parameters),
    };
    char text[128], error[256];

    if (qtest_version(BINARY, text, sizeof text, error, sizeof error) < 7002) {
        printf("skipped: this test needs QEMU 7.2 or later (Debian package qemu-system-arm)\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
