/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_work.c - configuration space, commands, queues, operations, records, batches, events.
 */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint32_t config(struct world *w, uint32_t offset)
{
    return pasid_device_config_read(w->device, offset, 4);
}

static void configuration_after_reset(void **state)
{
    static const uint32_t image[][2] = {
        {0x00, 0xa51d1234},  {0x04, 0x00100000},  {0x08, 0x08800010},  {0x10, 0x00000004},  {0x18, 0x00000004},
        {0x20, 0x00000004},  {0x2c, 0x00011234},  {0x34, 0x00000040},  {0x40, 0x00928010},  {0x44, 0x10008020},
        {0x48, 0x00002910},  {0x64, 0x0070001f},  {0x80, 0x00089011},  {0x84, 0x00002000},  {0x88, 0x00003000},
        {0x90, 0x00030001},  {0x94, 0x00000008},  {0x100, 0x16020001}, {0x10c, 0x00462030}, {0x114, 0x00002000},
        {0x160, 0x22010023}, {0x164, 0x02011234}, {0x168, 0x00000001}, {0x16c, 0x00000701}, {0x170, 0x00200010},
        {0x174, 0x00000010}, {0x178, 0x00000001}, {0x220, 0x2301000f}, {0x224, 0x00000060}, {0x230, 0x2401001b},
        {0x234, 0x00001406}, {0x240, 0x00010013}, {0x244, 0x81000000}, {0x248, 0x00000010},
    };
    (void)state;
    struct world *w = world_make("");
    for (uint32_t at = 0; at < 4096u; at += 4) {
        uint32_t expected = 0;
        for (size_t i = 0; i < sizeof image / sizeof image[0]; i++)
            expected = image[i][0] == at ? image[i][1] : expected;
        assert_int_equal(config(w, at), expected);
    }
    for (uint32_t at = 0; at < 4096u; at += 4)
        if (at < 0x44 || at > 0x4b)
            pasid_device_config_write(w->device, at, 4, UINT32_MAX);
    pasid_device_config_write(w->device, 0x48, 2, 0x8000); /* function level reset */
    for (size_t i = 0; i < sizeof image / sizeof image[0]; i++)
        if (image[i][0] < 0x100 || image[i][0] > 0x11c)
            assert_int_equal(config(w, image[i][0]), image[i][1]);
    world_free(w);
}

static void fill_random(struct world *w, uint64_t seed)
{
    struct sim_rng rng;
    sim_rng_seed(&rng, seed);
    for (uint32_t i = 0; i < 0x20000u; i++)
        w->ram[i] = (uint8_t)sim_rng_next(&rng);
}

static struct world *at_work(const char *settings)
{
    struct world *w = world_make(settings);
    world_start(w);
    world_device_on(w);
    world_queue(w, 0, (struct queue){0});
    return w;
}

static void moves_at_every_alignment(void **state)
{
    (void)state;
    struct world *w = at_work("");
    static uint8_t expected[0x20000];
    struct sim_rng rng;
    sim_rng_seed(&rng, 3);
    for (uint32_t round = 0; round < 120u; round++) {
        uint64_t src = 0x1000 + sim_rng_below(&rng, 512), dst = 0x1000 + sim_rng_below(&rng, 0x2000);
        uint64_t size = 1u + sim_rng_below(&rng, 700);
        fill_random(w, round);
        memcpy(expected, w->ram, sizeof expected);
        memmove(expected + dst, expected + src, size);
        submit(w, 0,
               (struct descriptor){
                   .opcode = PD_OP_MEMMOVE, .flags = CRAV | RCR, .record = 0x300000, .src = src, .dst = dst, .size = size});
        assert_int_equal(finish(w, 0x300000), PD_ST_OK);
        assert_memory_equal(w->ram, expected, sizeof expected);
        assert_int_equal(w->ram[0x300001], dst > src && dst < src + size);
        w->ram[0x300000] = 0;
        w->logged = 0;
    }
    world_free(w);
}

static uint32_t crc_of(const uint8_t *data, uint32_t bytes)
{
    uint32_t crc = UINT32_MAX;
    for (uint32_t i = 0; i < bytes; i++) {
        crc ^= data[i];
        for (unsigned bit = 0; bit < 8u; bit++)
            crc = crc >> 1 ^ (0x82f63b78u & (0u - (crc & 1u)));
    }
    return ~crc;
}

static void other_operations(void **state)
{
    (void)state;
    struct world *w = at_work("");
    uint64_t value;
    fill_random(w, 1);
    submit(w, 0,
           (struct descriptor){.opcode = PD_OP_FILL,
                               .flags = CRAV | RCR,
                               .record = 0x300000,
                               .src = 0x1122334455667788,
                               .dst = 0x2003,
                               .size = 1000});
    assert_int_equal(finish(w, 0x300000), PD_ST_OK);
    for (uint32_t i = 0; i < 1000u; i++)
        assert_int_equal(w->ram[0x2003 + i], (uint8_t)(0x1122334455667788 >> 8u * (i % 8u)));
    submit(w, 0,
           (struct descriptor){.opcode = PD_OP_COMPVAL,
                               .flags = CRAV | RCR,
                               .record = 0x300020,
                               .src = 0x2003,
                               .dst = 0x1122334455667788,
                               .size = 1001});
    assert_int_equal(finish(w, 0x300020), PD_ST_OK);
    assert_int_equal(w->ram[0x300021], 1);
    assert_int_equal(w->ram[0x300024] | w->ram[0x300025] << 8, 1000);
    memcpy(w->ram + 0x8000, w->ram + 0x1000, 300);
    submit(w, 0,
           (struct descriptor){.opcode = PD_OP_COMPARE,
                               .flags = CRAV | RCR | 1u << PD_FLAG_CR,
                               .record = 0x300040,
                               .src = 0x1000,
                               .dst = 0x8000,
                               .size = 300,
                               .data = {1}});
    assert_int_equal(finish(w, 0x300040), PD_ST_FALSE);
    submit(w, 0,
           (struct descriptor){.opcode = PD_OP_CRC32C, .flags = CRAV | RCR, .record = 0x300060, .src = 0x1007, .size = 777});
    assert_int_equal(finish(w, 0x300060), PD_ST_OK);
    memcpy(&value, w->ram + 0x300070, 8);
    assert_int_equal(value, crc_of(w->ram + 0x1007, 777));
    pasid_device_config_write(w->device, 0x68, 2, 0x40);
    memset(w->ram + 0x9000, 5, 8);
    submit(w, 0,
           (struct descriptor){.opcode = PD_OP_ATOMIC,
                               .flags = CRAV | RCR,
                               .record = 0x300080,
                               .dst = 0x9000,
                               .data = {7, 0x05050505, 4u | 2u << 8}});
    assert_int_equal(finish(w, 0x300080), PD_ST_OK);
    assert_int_equal(w->ram[0x300090], 5);
    assert_int_equal(w->ram[0x9000], 7);
    assert_int_equal(w->ram[0x9004], 5);
    world_free(w);
}

/* One defect each, and the status it gives. */
static void defects(void **state)
{
    static const struct {
        struct descriptor d;
        uint8_t status;
    } table[] = {
        {{.opcode = 0x7f}, PD_ST_OPCODE},
        {{.opcode = PD_OP_ATOMIC, .dst = 0x1000, .data = {0, 0, 4}}, PD_ST_OPCODE},
        {{.opcode = PD_OP_NOP, .flags = 1u << 5}, PD_ST_FLAGS},
        {{.opcode = PD_OP_NOP, .data = {1}}, PD_ST_RESERVED},
        {{.opcode = PD_OP_FILL, .dst = 0x1000}, PD_ST_SIZE},
        {{.opcode = PD_OP_FILL, .dst = UINT64_MAX, .size = 2}, PD_ST_SIZE},
        {{.opcode = PD_OP_FILL, .dst = 0x1000, .size = 0x200001}, PD_ST_SIZE},
        {{.opcode = PD_OP_BATCH, .src = 0x1000, .size = 1}, PD_ST_COUNT},
        {{.opcode = PD_OP_BATCH, .src = 0x1000, .size = 33}, PD_ST_COUNT},
        {{.opcode = PD_OP_BATCH, .src = 0x1020, .size = 2}, PD_ST_LIST_ALIGN},
        {{.opcode = PD_OP_NOP, .flags = RCI, .handle = 99}, PD_ST_HANDLE},
        {{.opcode = PD_OP_MEMMOVE, .src = 0x3ffff0, .dst = 0x1000, .size = 64}, PD_ST_DATA_UR},
        {{.opcode = PD_OP_XLATE, .src = 0x1000, .size = 1}, PD_ST_ATS_OFF},
        {{.opcode = PD_OP_PAGEREQ, .src = 0x1000, .size = 1, .data = {1}}, PD_ST_FAULT},
    };
    (void)state;
    struct world *w = at_work("");
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct descriptor d = table[i].d;
        d.flags |= CRAV;
        d.record = 0x300000;
        w->ram[0x300000] = 0;
        submit(w, 0, d);
        assert_int_equal(finish(w, 0x300000), table[i].status);
    }
    world_free(w);
}

static void shared_queue_retries(void **state)
{
    (void)state;
    struct world *w = world_make("engines=1");
    world_start(w);
    pasid_device_config_write(w->device, 0x236, 2, 7);
    world_device_on(w);
    world_queue(w, 1, (struct queue){.shared = true, .size = 4, .threshold = 2});
    w->hold = true;
    struct descriptor d = {.opcode = PD_OP_MEMMOVE, .src = 0x1000, .dst = 0x2000, .size = 8};
    assert_int_equal(submit_shared(w, 1, false, d), PASID_DEVICE_ACCEPTED);
    world_run(w, 50); /* taken by the engine, waits for the read */
    for (uint32_t i = 0; i < 4u; i++)
        assert_int_equal(submit_shared(w, 1, i < 2u, d), PASID_DEVICE_ACCEPTED);
    assert_int_equal(submit_shared(w, 1, false, d), PASID_DEVICE_RETRY);
    assert_int_equal(submit_shared(w, 1, true, d), PASID_DEVICE_RETRY);
    world_release(w);
    world_run(w, 1000);
    assert_int_equal(counter(w, PD_COUNT_OK), 5);
    assert_int_equal(counter(w, PD_COUNT_RETRIED), 2);
    submit(w, 1, d); /* a plain write */
    assert_int_equal(bar0(w, PD_AT_SWERR, 8) >> 8 & 0xff, PD_ERR_PORTAL_POSTED);
    world_free(w);
}

static void batches(void **state)
{
    (void)state;
    struct world *w = at_work("");
    for (uint32_t i = 0; i < 3u; i++) {
        struct descriptor d = {.opcode = i == 1u ? 0x7fu : (uint32_t)PD_OP_FILL,
                               .flags = CRAV | RCR,
                               .record = 0x301000 + 32u * i,
                               .src = 1u + i,
                               .dst = 0x5000 + 256u * i,
                               .size = 8};
        world_encode(w->ram + 0x4000 + 64u * i, &d);
    }
    submit(w, 0,
           (struct descriptor){
               .opcode = PD_OP_BATCH, .flags = CRAV | RCR | RCI, .handle = 3, .record = 0x300000, .src = 0x4000, .size = 3});
    assert_int_equal(finish(w, 0x300000), PD_ST_BATCH_FAIL);
    assert_int_equal(w->ram[0x300004], 3);
    assert_int_equal(w->ram[0x301000], PD_ST_OK);
    assert_int_equal(w->ram[0x301020], PD_ST_OPCODE);
    assert_int_equal(w->ram[0x301040], PD_ST_OK);
    assert_int_equal(w->ram[0x5200], 3);
    assert_int_equal(w->ram[0x3f000c] | w->ram[0x3f000d] << 8, 0x103);
    world_free(w);
}

static void event_log(void **state)
{
    (void)state;
    struct world *w = world_make("");
    world_start(w);
    bar0_write(w, PD_AT_GENCFG, 4, 1u << 13);
    bar0_write(w, PD_AT_EVLCFG, 8, 0x310000);
    bar0_write(w, PD_AT_EVLCFG + 8u, 8, 4);
    bar0_write(w, PD_AT_GENCTRL, 4, 7);
    world_device_on(w);
    world_queue(w, 0, (struct queue){0});
    for (uint32_t i = 0; i < 5u; i++) {
        submit(w, 0, (struct descriptor){.opcode = 0x70u + i});
        world_run(w, 100);
    }
    assert_int_equal(bar0(w, PD_AT_EVLSTATUS, 8) >> 32 & 0xffff, 3);
    assert_int_equal(w->ram[0x310001], PD_ST_OPCODE);
    assert_int_equal(w->ram[0x310044], 0x71);
    assert_int_equal(w->ram[0x310044 + 0x80], 0);
    assert_int_equal(counter(w, PD_COUNT_LOG_LOST), 2);
    assert_int_equal(bar0(w, PD_AT_SWERR, 8) & 3u, 2);
    assert_int_equal(count_tlps(w, PCIE_WRITE, PCIE_AT_UNTRANSLATED), 4); /* three entries, one interrupt */
    bar0_write(w, PD_AT_EVLSTATUS, 4, 3);
    submit(w, 0, (struct descriptor){.opcode = 0x75});
    world_run(w, 100);
    assert_int_equal(bar0(w, PD_AT_EVLSTATUS, 8) >> 32 & 0xffff, 0);
    world_free(w);
}

static void drain_and_abort(void **state)
{
    (void)state;
    struct world *w = at_work("");
    w->hold = true;
    submit(w, 0,
           (struct descriptor){
               .opcode = PD_OP_MEMMOVE, .flags = CRAV | RCR, .record = 0x300000, .src = 0, .dst = 0x100000, .size = 0x8000});
    world_run(w, 100);
    assert_int_equal(command(w, PD_CMD_DRAIN_WQ, 1), UINT32_MAX);
    world_release(w);
    world_run(w, 100000);
    assert_int_equal(bar0(w, PD_AT_CMDSTS, 4), 0);
    assert_int_equal(w->ram[0x300000], PD_ST_OK);
    w->ram[0x300000] = 0;
    submit(w, 0,
           (struct descriptor){
               .opcode = PD_OP_MEMMOVE, .flags = CRAV | RCR, .record = 0x300000, .src = 0, .dst = 0x100000, .size = 0x8000});
    world_run(w, 100);
    assert_int_equal(command(w, PD_CMD_ABORT_ALL, 0), 0);
    uint32_t logged = w->logged;
    world_run(w, 100000);
    assert_int_equal(w->logged, logged);
    assert_int_equal(w->ram[0x300000], 0);
    assert_int_equal(counter(w, PD_COUNT_ABORTED), 1);
    assert_int_equal(command(w, PD_CMD_RESET_DEVICE, 0), 0);
    assert_int_equal(bar0(w, PD_AT_GENSTS, 4), 0);
    assert_int_equal(bar0(w, PD_AT_WQCFG, 4), 0);
    world_free(w);
}

static void command_errors(void **state)
{
    (void)state;
    struct world *w = world_make("");
    world_start(w);
    assert_int_equal(command(w, 0x1f, 0), PD_CE_BAD_COMMAND);
    assert_int_equal(command(w, PD_CMD_ENABLE_WQ, 0), PD_CE_DEVICE_OFF);
    assert_int_equal(command(w, PD_CMD_DISABLE_DEVICE, 0), PD_CE_NOT_ENABLED);
    bar0_write(w, PD_AT_WQCFG, 4, 65);
    assert_int_equal(command(w, PD_CMD_ENABLE_DEVICE, 0), PD_CE_SIZES);
    bar0_write(w, PD_AT_WQCFG, 4, 8);
    assert_int_equal(command(w, PD_CMD_ENABLE_DEVICE, 0), PD_CE_GROUP_NO_GROUP);
    bar0_write(w, PD_AT_GRPCFG, 8, 1);
    assert_int_equal(command(w, PD_CMD_ENABLE_DEVICE, 0), PD_CE_GROUP_NO_ENGINE);
    bar0_write(w, PD_AT_GRPCFG + 0x20u, 8, 1);
    pasid_device_config_write(w->device, 4, 2, 2);
    assert_int_equal(command(w, PD_CMD_ENABLE_DEVICE, 0), PD_CE_BUS_MASTER);
    pasid_device_config_write(w->device, 4, 2, 6);
    assert_int_equal(command(w, PD_CMD_ENABLE_DEVICE, 0), 0);
    assert_int_equal(command(w, PD_CMD_ENABLE_DEVICE, 0), PD_CE_DEVICE_ENABLED);
    assert_int_equal(command(w, PD_CMD_ENABLE_WQ, 9), PD_CE_BAD_WQ);
    assert_int_equal(command(w, PD_CMD_ENABLE_WQ, 1), PD_CE_WQ_SIZE);
    assert_int_equal(command(w, PD_CMD_ENABLE_WQ, 0), PD_CE_WQ_PRIORITY);
    bar0_write(w, PD_AT_WQCFG + 8u, 4, 0x1u | 1u << 4 | 1u << 28);
    assert_int_equal(command(w, PD_CMD_ENABLE_WQ, 0), PD_CE_WQ_PASID);
    bar0_write(w, PD_AT_WQCFG + 8u, 4, 0x1u | 1u << 4);
    bar0_write(w, PD_AT_WQCFG + 12u, 4, 22);
    assert_int_equal(command(w, PD_CMD_ENABLE_WQ, 0), PD_CE_WQ_XFER);
    bar0_write(w, PD_AT_WQCFG + 12u, 4, 21);
    assert_int_equal(command(w, PD_CMD_ENABLE_WQ, 0), 0);
    assert_int_equal(command(w, PD_CMD_ENABLE_WQ, 0), PD_CE_WQ_ENABLED);
    assert_int_equal(command(w, PD_CMD_DRAIN_WQ, 2), PD_CE_WQ_NOT_ENABLED);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(configuration_after_reset),
        cmocka_unit_test(moves_at_every_alignment),
        cmocka_unit_test(other_operations),
        cmocka_unit_test(defects),
        cmocka_unit_test(shared_queue_retries),
        cmocka_unit_test(batches),
        cmocka_unit_test(event_log),
        cmocka_unit_test(drain_and_abort),
        cmocka_unit_test(command_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
