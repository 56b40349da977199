/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * qemu_test.c - the QEMU adapter: what it opens, what it refuses, where requests land, how a death shows.
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

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BINARY "qemu-system-x86_64"
#define SKIPPED 77

/* VT-d 11.4 Register Descriptions. */
#define CAP 0x08u
#define GCMD 0x18u
#define GSTS 0x1cu
#define RTADDR 0x20u
#define FSTS 0x34u
#define FECTL 0x38u
#define FEDATA 0x3cu
#define FEADDR 0x40u
#define TE (1u << 31)
#define SRTP (1u << 30)

/* Memory of the tests: a root table, a context table, four levels of second-stage tables, a target. */
#define ROOT UINT64_C(0x1000000)
#define CONTEXT (ROOT + 0x1000)
#define TABLES (ROOT + 0x2000)
#define TARGET (ROOT + 0x10000)

struct fixture {
    const struct iotb_dut_ops *ops;
    struct iotb_dut *dut;
    struct iotb_desc desc;
    char error[512];
};

static int open_with(struct fixture *f, const char *parameters)
{
    struct iotb_open_args args = {
        .size = sizeof args, .parameters = parameters, .error = f->error, .error_bytes = sizeof f->error};

    f->error[0] = '\0';
    f->ops = iotb_dut_qemu_vtd();
    return f->ops->open(&args, &f->dut);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    int result = open_with(f, "");

    if (result != IOTB_OK)
        fail_msg("open: %d, %s", result, f->error);
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

/* ---- accesses ---- */

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

static uint64_t request(struct fixture *f, enum iotb_request_kind kind, uint16_t rid, uint64_t address, uint64_t value)
{
    struct iotb_request r = {
        .size = sizeof r, .id = 1, .requester_id = rid, .kind = (uint8_t)kind, .bytes = sizeof value, .address = address};
    struct iotb_completion c;

    memcpy(r.data, &value, sizeof value);
    assert_int_equal(f->ops->iommu->submit(f->dut, &r), IOTB_OK);
    assert_int_equal(f->ops->iommu->poll_completion(f->dut, &c), IOTB_OK);
    assert_int_equal(c.id, 1);
    assert_int_equal(f->ops->iommu->poll_completion(f->dut, &c), IOTB_NONE);
    memcpy(&value, c.data, sizeof value);
    return value;
}

/* Legacy mode, four levels: `input` of function `rid` goes to TARGET. 9.1 Root Entry, 9.3 Context Entry, 9.9 Second-Stage. */
static void map_one(struct fixture *f, uint16_t rid, uint64_t input)
{
    put(f, ROOT + (rid >> 8) * 16u, CONTEXT | 1);
    put(f, CONTEXT + (rid & 0xff) * 16u, TABLES | 1);
    put(f, CONTEXT + (rid & 0xff) * 16u + 8, 7u << 8 | 2);
    for (uint32_t level = 4; level > 0; level--) {
        uint64_t table = TABLES + (4 - level) * 0x1000u;

        put(f, table + 8 * (input >> (12 + 9 * (level - 1)) & 0x1ff), (level > 1 ? table + 0x1000 : TARGET) | 3);
    }
    set_reg(f, RTADDR, 8, ROOT);
    set_reg(f, GCMD, 4, SRTP);
    set_reg(f, GCMD, 4, TE);
    assert_int_equal(reg(f, GSTS, 4), TE | SRTP);
}

static uint64_t fault_record(struct fixture *f)
{
    return (reg(f, CAP, 8) >> 24 & 0x3ff) * 16;
}

/* ---- tests ---- */

static void describes(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(f->desc.kind, IOTB_KIND_IOMMU);
    assert_int_equal(f->desc.architecture, IOTB_ARCH_VTD);
    assert_int_equal(f->desc.host_address_bits, 48);
    assert_true(f->desc.requester_count >= 4);
    assert_string_equal(f->desc.name, "qemu-vtd");
    assert_non_null(strstr(f->desc.parameters, "source=edu"));
    assert_false(f->desc.features & (IOTB_F_BENCH_MEMORY | IOTB_F_PASID | IOTB_F_COMPLETION_STATUS | IOTB_F_WARM_RESET));
    print_message("QEMU %s\n", f->desc.version);
}

/* Every requester id, above 4 GiB too: without remapping, and where its table sends it. */
static void lands(void **state)
{
    struct fixture *f = *state;
    uint64_t input = UINT64_C(0x7654321000);

    for (uint32_t i = 0; i < f->desc.requester_count; i++) {
        uint16_t rid = f->desc.requester_ids[i];
        uint64_t value = UINT64_C(0x1122334455660000) + rid;

        assert_int_equal(f->ops->reset(f->dut, IOTB_RESET_COLD), IOTB_OK);
        request(f, IOTB_WRITE, rid, TARGET + 8, value);
        assert_int_equal(get(f, TARGET + 8), value);
        map_one(f, rid, input);
        request(f, IOTB_WRITE, rid, input + 0x10, ~value);
        assert_int_equal(get(f, TARGET + 0x10), ~value);
        put(f, TARGET + 0x18, value * 3);
        assert_int_equal(request(f, IOTB_READ, rid, input + 0x18, 0), value * 3);
        assert_int_equal(reg(f, FSTS, 4), 0);
    }
}

static void unmapped_is_recorded(void **state)
{
    struct fixture *f = *state;
    uint64_t input = 0x2345000, record = fault_record(f);
    uint16_t rid = f->desc.requester_ids[0];

    map_one(f, rid, input);
    put(f, TARGET + 0x1000, 0);
    request(f, IOTB_WRITE, rid, input + 0x1008, 5);
    assert_int_equal(reg(f, FSTS, 4) & 2, 2);
    assert_int_equal(reg(f, record, 8), input + 0x1000);
    assert_int_equal(reg(f, record + 8, 8) & 0xffff, rid);
    assert_int_equal(reg(f, record + 8, 8) >> 32 & 0xff, 5); /* 7.1.3: no write permission */
    assert_int_equal(get(f, TARGET + 0x1008), 0);
}

static void cold_reset_is_a_fresh_unit(void **state)
{
    struct fixture *f = *state;
    uint64_t input = 0x2345000;
    uint16_t rid = f->desc.requester_ids[0];

    map_one(f, rid, input);
    request(f, IOTB_WRITE, rid, input + 0x5000, 1);
    assert_int_not_equal(reg(f, FSTS, 4), 0);
    assert_int_equal(f->ops->reset(f->dut, IOTB_RESET_COLD), IOTB_OK);
    assert_int_equal(reg(f, FSTS, 4), 0);
    assert_int_equal(reg(f, GSTS, 4), 0);
    assert_int_equal(reg(f, RTADDR, 8), 0);
    assert_int_equal(get(f, CONTEXT + (rid & 0xffu) * 16u), TABLES | 1); /* memory is the bench's business */
    assert_int_equal(f->ops->reset(f->dut, IOTB_RESET_WARM), IOTB_E_UNSUPPORTED);
}

/* Whatever the message asks of the processor, the machine goes on: fixed, SMI, NMI, INIT, ExtINT. */
static void messages_are_seen(void **state)
{
    static const uint32_t modes[] = {0, 2, 4, 5, 7};
    struct fixture *f = *state;
    uint64_t input = 0x2345000, record = fault_record(f);
    uint16_t rid = f->desc.requester_ids[0];
    struct iotb_interrupt seen;

    assert_true(f->desc.features & IOTB_F_INTERRUPTS);
    map_one(f, rid, input);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        uint32_t data = modes[i] << 8 | 0x41, address = 0xfee00000u | (uint32_t)(i & 1) << 12;

        set_reg(f, FEDATA, 4, data);
        set_reg(f, FEADDR, 4, address);
        set_reg(f, FECTL, 4, 0);
        assert_int_equal(f->ops->iommu->poll_interrupt(f->dut, &seen), IOTB_NONE);
        request(f, IOTB_WRITE, rid, input + 0x1000, 1);
        assert_int_equal(f->ops->iommu->poll_interrupt(f->dut, &seen), IOTB_OK);
        assert_int_equal(seen.origin, IOTB_IRQ_EVENT);
        assert_int_equal(seen.address, address);
        assert_int_equal(seen.data, data);
        set_reg(f, record + 8, 8, UINT64_C(1) << 63);
        request(f, IOTB_WRITE, rid, input, 0x1000 + i);
        assert_int_equal(get(f, TARGET), 0x1000 + i);
    }
    request(f, IOTB_WRITE, rid, 0xfeefd010, UINT64_C(0x5555444433332222)); /* 8 bytes: two messages */
    assert_int_equal(f->ops->iommu->poll_interrupt(f->dut, &seen), IOTB_OK);
    assert_int_equal(seen.origin, IOTB_IRQ_DEVICE);
    assert_int_equal(seen.requester_id, rid);
    assert_int_equal(seen.address, 0xfeefd010);
    assert_int_equal(seen.data, 0x33332222);
}

static void cannot_do(void **state)
{
    struct fixture *f = *state;
    struct iotb_request good = {.size = sizeof good,
                                .id = 1,
                                .requester_id = f->desc.requester_ids[0],
                                .kind = IOTB_WRITE,
                                .bytes = 4,
                                .address = TARGET};
    struct iotb_request bad[] = {good, good, good, good};
    uint64_t value;

    bad[0].flags = IOTB_RQ_PASID;
    bad[1].requester_id = 0x1234;
    bad[2].kind = IOTB_CAS;
    bad[3].address_type = IOTB_AT_TRANSLATED;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(f->ops->iommu->submit(f->dut, &bad[i]), IOTB_E_UNSUPPORTED);
    assert_int_equal(f->ops->iommu->reg_read(f->dut, 0, 2, &value), IOTB_E_UNSUPPORTED);
    assert_int_equal(f->ops->iommu->mem_read(f->dut, f->desc.hole_address, &value, 8), IOTB_E_UNSUPPORTED);
    assert_int_equal(f->ops->iommu->submit(f->dut, &good), IOTB_OK);
}

static void a_death_is_gone(void **state)
{
    struct fixture *f = *state;
    struct iotb_request r = {
        .size = sizeof r, .id = 1, .requester_id = f->desc.requester_ids[0], .kind = IOTB_READ, .bytes = 4, .address = TARGET};
    uint64_t value;

    assert_int_equal(kill(qemu_pid(f->dut), SIGKILL), 0);
    assert_int_equal(f->ops->iommu->submit(f->dut, &r), IOTB_E_GONE);
    assert_int_equal(f->ops->iommu->reg_read(f->dut, CAP, 8, &value), IOTB_E_GONE);
    assert_int_equal(f->ops->iommu->reg_write(f->dut, GCMD, 4, 0), IOTB_E_GONE);
}

static void parameters(void **state)
{
    static const char *const wrong[] = {"aw-bits=40", "aw-bits=", "aw-bits", "nosuch=1", "source=floppy", "binary=", ",", "pt=4"};
    struct fixture f = {0};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(open_with(&f, wrong[i]), IOTB_E_ARGUMENT);
        assert_null(f.dut);
        assert_true(strlen(f.error) > 10);
    }
    assert_int_equal(open_with(&f, "aw-bits=39,x-scalable-mode=off,caching-mode=on"), IOTB_OK);
    assert_int_equal(f.ops->describe(f.dut, &f.desc), IOTB_OK);
    assert_int_equal(f.desc.host_address_bits, 39);
    assert_int_equal(reg(&f, CAP, 8) >> 7 & 1, 1);
    assert_non_null(strstr(f.desc.parameters, "x-scalable-mode=off"));
    f.ops->close(f.dut);
}

/* A program that says it is this version of QEMU. */
static void write_fake(const char *path, const char *says)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    fprintf(file, "#!/bin/sh\necho '%s'\n", says);
    fclose(file);
    assert_int_equal(chmod(path, 0700), 0);
}

static void environment(void **state)
{
    struct fixture f = {0};
    char parameter[64];

    (void)state;
    assert_int_equal(open_with(&f, "binary=/nonexistent/qemu"), IOTB_E_ENVIRONMENT);
    assert_non_null(strstr(f.error, "qemu-system-x86"));
    snprintf(parameter, sizeof parameter, "binary=./fake_qemu.%d", (int)getpid());
    write_fake(parameter + strlen("binary="), "QEMU emulator version 5.2.0");
    assert_int_equal(open_with(&f, parameter), IOTB_E_ENVIRONMENT);
    assert_non_null(strstr(f.error, "too old"));
    write_fake(parameter + strlen("binary="), "hello");
    assert_int_equal(open_with(&f, parameter), IOTB_E_ENVIRONMENT);
    write_fake(parameter + strlen("binary="), "QEMU emulator version 7.2.99");
    assert_int_equal(open_with(&f, parameter), IOTB_E_ENVIRONMENT);
    unlink(parameter + strlen("binary="));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(describes, setup, teardown),
        cmocka_unit_test_setup_teardown(lands, setup, teardown),
        cmocka_unit_test_setup_teardown(unmapped_is_recorded, setup, teardown),
        cmocka_unit_test_setup_teardown(cold_reset_is_a_fresh_unit, setup, teardown),
        cmocka_unit_test_setup_teardown(messages_are_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(cannot_do, setup, teardown),
        cmocka_unit_test_setup_teardown(a_death_is_gone, setup, teardown),
        cmocka_unit_test(parameters),
    };
    static const struct CMUnitTest anywhere[] = {cmocka_unit_test(environment)};
    char text[128], error[256];
    int failed = cmocka_run_group_tests(anywhere, NULL, NULL);

    if (qtest_version(BINARY, text, sizeof text, error, sizeof error) < 7002) {
        printf("skipped: this test needs QEMU 7.2 or later (Debian package qemu-system-x86)\n");
        return failed ? 1 : SKIPPED;
    }
    return failed + cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
