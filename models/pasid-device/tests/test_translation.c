/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_translation.c - translations, the ATC, invalidations, page requests, stopping a PASID, reset under load.
 */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct world *at_work(const char *settings, struct queue queue)
{
    struct world *w = world_make(settings);
    world_start(w);
    world_ats(w, true, true);
    world_device_on(w);
    world_queue(w, 0, queue);
    for (uint32_t i = 0; i < 4u; i++) /* records and interrupts of everybody */
        for (uint32_t pasid = 0; pasid < 8u; pasid++)
            world_map(w, pasid != 0, pasid, 0x300000 + 0x1000u * i, (0x300000 + 0x1000u * i) | R | W);
    return w;
}

static struct descriptor move(uint64_t src, uint64_t dst, uint64_t size)
{
    return (struct descriptor){
        .opcode = PD_OP_MEMMOVE, .flags = CRAV | RCR | BOF, .record = 0x300000, .src = src, .dst = dst, .size = size};
}

static void moves_through_the_atc(void **state)
{
    (void)state;
    struct world *w = at_work("", (struct queue){.pasid = 5});
    world_map(w, true, 5, 0x10000, 0x20000 | R);
    world_map(w, true, 5, 0x11000, 0x30000 | R);
    world_map(w, true, 5, 0x40000, 0x50000 | R | W);
    memset(w->ram + 0x20f00, 1, 256);
    memset(w->ram + 0x30000, 2, 256);
    submit(w, 0, move(0x10f00, 0x40000, 512));
    assert_int_equal(finish(w, 0x300000), PD_ST_OK);
    assert_int_equal(w->ram[0x50000], 1);
    assert_int_equal(w->ram[0x501ff], 2);
    assert_int_equal(count_tlps(w, PCIE_READ, PCIE_AT_TRANSLATION), 4);
    assert_int_equal(count_tlps(w, PCIE_READ, PCIE_AT_TRANSLATED), 8);
    assert_int_equal(count_tlps(w, PCIE_READ, PCIE_AT_UNTRANSLATED), 0);
    for (uint32_t i = 0; i < w->logged; i++) {
        const struct pcie_request *r = &w->log[i];
        assert_int_equal(r->has_pasid, r->at != PCIE_AT_TRANSLATED);
        assert_int_equal(r->no_write, r->at == PCIE_AT_TRANSLATION && r->address < 0x12000);
    }
    assert_int_equal(counter(w, PD_COUNT_ATC_HIT) + counter(w, PD_COUNT_ATC_MISS), counter(w, PD_COUNT_ATC_LOOKUP));
    world_free(w);
}

static void sizes_and_rights(void **state)
{
    (void)state;
    struct world *w = at_work("", (struct queue){0});
    uint64_t two_mib = 0x200000 | 0xff000 | S | R | W; /* bits 19:12 set, bit 20 clear */
    for (uint32_t i = 0; i < 512u; i++)
        world_map(w, false, 0, 0x40000000 + 0x1000u * i, two_mib);
    submit(w, 0, move(0x40000000 + 0x1ff000, 0x40000000 + 0x1000, 4096));
    assert_int_equal(finish(w, 0x300000), PD_ST_OK);
    assert_in_range(count_tlps(w, PCIE_READ, PCIE_AT_TRANSLATION), 1, 3); /* read, write, record */
    assert_int_equal(bar0(w, PD_AT_ATCSTS, 8) & 0xff, 2);
    for (uint32_t i = 0; i < w->logged; i++)
        if (w->log[i].at == PCIE_AT_TRANSLATED && w->log[i].kind == PCIE_READ)
            assert_in_range(w->log[i].address, 0x3ff000, 0x3fffff);
    world_map(w, false, 0, 0x60000000, 0x1000 | R); /* no write */
    w->ram[0x300000] = 0;
    struct descriptor d = move(0x40000000, 0x60000000, 64);
    d.flags &= ~(uint32_t)BOF;
    submit(w, 0, d);
    assert_int_equal(finish(w, 0x300000), PD_ST_FAULT);
    assert_int_equal(w->ram[0x300002] & 1u, 1);
    world_map(w, false, 0, 0x60000000, 0x1000 | R | W); /* asked anew: no invalidation is needed */
    submit(w, 0, d);
    assert_int_equal(finish(w, 0x300000), PD_ST_OK);
    world_free(w);
}

static void invalidation_waits_for_reads(void **state)
{
    (void)state;
    struct world *w = at_work("", (struct queue){.pasid = 5});
    world_map(w, true, 5, 0x10000, 0x20000 | R | W);
    submit(w, 0, move(0x10000, 0x10800, 64)); /* fills the ATC */
    assert_int_equal(finish(w, 0x300000), PD_ST_OK);
    w->hold = true;
    submit(w, 0, move(0x10000, 0x10800, 64));
    world_run(w, 100);
    assert_int_equal(w->held_count, 1);
    invalidate(w, true, 5, 0x10000, 7);
    invalidate(w, true, 6, 0x10000, 8); /* somebody else's */
    world_run(w, 100);
    assert_int_equal(w->messages, 1);
    assert_int_equal(w->message[0].itag, 1u << 8);
    world_map(w, true, 5, 0x10000, 0x60000 | R | W);
    uint32_t before = w->logged;
    world_release(w);
    world_run(w, 1000);
    assert_int_equal(w->messages, 2);
    assert_int_equal(w->message[1].itag, 1u << 7);
    for (uint32_t i = before; i < w->logged; i++) /* the write asked anew */
        if (w->log[i].at == PCIE_AT_TRANSLATED && w->log[i].kind == PCIE_WRITE && w->log[i].bytes == 64u)
            assert_int_equal(w->log[i].address, 0x60800);
    world_free(w);
}

static void stale_answer_is_asked_for_again(void **state)
{
    (void)state;
    struct world *w = at_work("", (struct queue){.pasid = 5});
    world_map(w, true, 5, 0x10000, 0x20000 | R | W);
    w->hold = true;
    submit(w, 0, move(0x10000, 0x10800, 64));
    world_run(w, 100);
    assert_int_equal(w->held_count, 1);
    invalidate(w, false, 0, UINT64_MAX & ~UINT64_C(1) & ~UINT64_C(0x7fe), 3); /* everything */
    world_run(w, 100);
    assert_int_equal(w->messages, 1);
    world_release(w); /* still the old answer, then the table changes */
    world_map(w, true, 5, 0x10000, 0x60000 | R | W);
    world_run(w, 1000);
    assert_int_equal(count_tlps(w, PCIE_READ, PCIE_AT_TRANSLATION), 3); /* twice for the data, once for the record */
    for (uint32_t i = 0; i < w->logged; i++)
        if (w->log[i].at == PCIE_AT_TRANSLATED && w->log[i].bytes == 64u)
            assert_int_equal(w->log[i].address & ~UINT64_C(0xfff), 0x60000);
    assert_int_equal(counter(w, PD_COUNT_TREQ_STALE), 1);
    world_free(w);
}

static void completion_follows_writes(void **state)
{
    (void)state;
    struct world *w = at_work("", (struct queue){.pasid = 5});
    world_map(w, true, 5, 0x10000, 0x20000 | R | W);
    w->no_posted = true;
    submit(w, 0, (struct descriptor){.opcode = PD_OP_FILL, .dst = 0x10000, .size = 1024});
    world_run(w, 1000);
    invalidate(w, true, 5, 0x10000, 1);
    world_run(w, 1000);
    assert_int_equal(w->messages, 0);
    w->no_posted = false;
    pasid_device_resume(w->device);
    world_run(w, 10);
    assert_int_equal(w->messages, 1);
    assert_int_equal(count_tlps(w, PCIE_WRITE, PCIE_AT_TRANSLATED), 16);
    assert_int_equal(w->message_after[0], w->logged);
    world_free(w);
}

static void pages_are_requested(void **state)
{
    (void)state;
    struct world *w = at_work("", (struct queue){.pasid = 5, .bof = true});
    bar0_write(w, PD_AT_PRICFG, 8, 0); /* locked while enabled */
    assert_int_not_equal(bar0(w, PD_AT_PRICFG, 8), 0);
    w->answer_pages = true;
    for (uint32_t i = 0; i < 0x8000u; i++)
        w->ram[0x200000 + i] = (uint8_t)(i >> 3);
    submit(w, 0, move(0x7fff00000000, 0x7fff00080000, 0x8000));
    assert_int_equal(finish(w, 0x300000), PD_ST_OK);
    for (uint32_t i = 0; i < 0x8000u; i++)
        assert_int_equal(w->ram[0x280000 + i], (uint8_t)(i >> 3));
    /* A line whose request was refused before the page came asks once more. */
    assert_in_range(counter(w, PD_COUNT_PRG_SUCCESS), 16, 18);
    uint32_t messages = 0;
    for (uint32_t i = 0; i < w->messages; i++) {
        messages += w->message[i].kind == PCIE_PAGE_REQUEST;
        assert_true(w->message[i].last && w->message[i].pasid == 5 && w->message[i].group_index != 0);
    }
    assert_int_equal(messages, counter(w, PD_COUNT_PRM));
    assert_int_equal(messages, counter(w, PD_COUNT_PRG_SUCCESS));
    world_free(w);
}

static void respond(struct world *w, uint32_t message, uint8_t code, bool has_pasid)
{
    struct pcie_message m = {.kind = PCIE_PAGE_RESPONSE,
                             .has_pasid = has_pasid,
                             .pasid = w->message[message].pasid,
                             .group_index = w->message[message].group_index,
                             .response_code = code};
    pasid_device_message(w->device, &m);
}

static void responses(void **state)
{
    (void)state;
    struct world *w = at_work("", (struct queue){.pasid = 5, .bof = true});
    submit(w, 0, move(0x10000, 0x20000, 64));
    world_run(w, 100);
    assert_int_equal(w->messages, 1);
    respond(w, 0, 0, false); /* refused without the PASID */
    world_run(w, 100);
    assert_int_equal(bar0(w, PD_AT_SWERR, 8) >> 8 & 0xff, PD_ERR_RESPONSE);
    assert_int_equal(w->ram[0x300000], 0);
    respond(w, 0, 1, true);
    assert_int_equal(finish(w, 0x300000), PD_ST_FAULT_INVALID);
    respond(w, 0, 0, true); /* nobody asks any more: UPRGI */
    assert_int_equal(pasid_device_config_read(w->device, 0x246, 2), 0x8002);
    w->ram[0x300000] = 0;
    submit(w, 0, move(0x10000, 0x20000, 64)); /* Success, but still absent */
    for (uint32_t i = 1; i < 5u; i++) {
        world_run(w, 100);
        assert_int_equal(w->messages, i + 1u);
        respond(w, i, 0, true);
    }
    assert_int_equal(finish(w, 0x300000), PD_ST_FAULT);
    w->ram[0x300000] = 0;
    submit(w, 0, move(0x10000, 0x20000, 64));
    world_run(w, 100);
    respond(w, 5, 15, false);
    assert_int_equal(finish(w, 0x300000), PD_ST_PRI_FAILURE);
    assert_int_equal(pasid_device_config_read(w->device, 0x246, 2), 0x8003);
    w->ram[0x300000] = 0;
    submit(w, 0, move(0x10000, 0x20000, 64));
    assert_int_equal(finish(w, 0x300000), PD_ST_FAULT);
    assert_int_equal(w->messages, 6);
    world_free(w);
}

static void stop_marker(void **state)
{
    (void)state;
    struct world *w = world_make("");
    world_start(w);
    world_ats(w, true, true);
    bar0_write(w, PD_AT_PRICFG, 8, bar0(w, PD_AT_PRICFG, 8) | 1u << 24);
    world_device_on(w);
    world_queue(w, 0, (struct queue){.pasid = 5, .bof = true});
    world_queue(w, 1, (struct queue){.pasid = 6, .bof = true});
    world_map(w, true, 5, 0x300000, 0x300000 | R | W);
    submit(w, 0, move(0x10000, 0x20000, 64));
    submit(w, 1, move(0x10000, 0x20000, 64));
    world_run(w, 100);
    assert_int_equal(w->messages, 2);
    assert_int_equal(command(w, PD_CMD_DRAIN_PASID, 5), 0);
    assert_int_equal(w->messages, 3);
    const struct pcie_message *m = &w->message[2];
    assert_true(m->last && !m->read && !m->write && m->has_pasid && m->pasid == 5 && m->group_index == 0 && m->address == 0);
    assert_int_equal(w->ram[0x300000], PD_ST_PRG_TIMEOUT);
    assert_int_equal(bar0(w, PD_AT_PRISTS, 8) & 0xffff, 2); /* the index of the group that was given up stays in use */
    respond(w, 0, 0, true);
    world_run(w, 100);
    assert_int_equal(bar0(w, PD_AT_PRISTS, 8) & 0xffff, 1);
    pasid_device_config_write(w->device, 0x244, 2, 0);
    assert_int_equal(pasid_device_config_read(w->device, 0x246, 2) & 0x100, 0);
    respond(w, 1, 1, true);
    assert_int_equal(pasid_device_config_read(w->device, 0x246, 2) & 0x100, 0x100);
    world_free(w);
}

static void shut_by_ur(void **state)
{
    (void)state;
    struct world *w = at_work("", (struct queue){.pasid = 5});
    w->treq_status = PCIE_UR;
    submit(w, 0, (struct descriptor){.opcode = PD_OP_FILL, .dst = 0x10000, .size = 8, .flags = 0});
    world_run(w, 1000);
    assert_int_equal(bar0(w, PD_AT_ATCSTS, 8) >> 24 & 3u, 2);
    uint32_t asked = count_tlps(w, PCIE_READ, PCIE_AT_TRANSLATION);
    submit(w, 0, (struct descriptor){.opcode = PD_OP_FILL, .dst = 0x10000, .size = 8, .flags = 0});
    world_run(w, 1000);
    assert_int_equal(count_tlps(w, PCIE_READ, PCIE_AT_TRANSLATION), asked);
    assert_int_equal(counter(w, PD_COUNT_FAILED), 2);
    pasid_device_config_write(w->device, 0x226, 2, 0);
    pasid_device_config_write(w->device, 0x226, 2, 0x8000);
    assert_int_equal(bar0(w, PD_AT_ATCSTS, 8) >> 24 & 3u, 1);
    world_free(w);
}

static void reset_under_load(void **state)
{
    (void)state;
    struct world *w = at_work("", (struct queue){.pasid = 5, .bof = true});
    for (uint32_t i = 0; i < 16u; i++)
        world_map(w, true, 5, 0x10000 + 0x1000u * i, (0x10000 + 0x1000u * i) | R | W);
    submit(w, 0, move(0x10000, 0x18000, 0x4000));
    assert_int_equal(finish(w, 0x300000), PD_ST_OK);
    w->ram[0x300000] = 0;
    w->hold = true;
    for (uint32_t i = 0; i < 6u; i++)
        submit(w, 0, move(0x10000, 0x18000, 0x4000));
    world_run(w, 300);
    assert_true(w->held_count > 1);
    assert_int_equal(pasid_device_config_read(w->device, 0x4a, 2) & 0x20, 0x20);
    uint32_t logged = w->logged, messages = w->messages;
    pasid_device_config_write(w->device, 0x48, 2, 0xa910);
    assert_int_equal(pasid_device_config_read(w->device, 0x48, 2), 0x2910);
    world_run(w, 1000);
    uint32_t held = w->held_count;
    world_start(w);
    world_ats(w, true, true);
    world_device_on(w);
    world_queue(w, 0, (struct queue){.pasid = 5});
    submit(w, 0, move(0x10000, 0x18000, 64));
    world_run(w, 1000);
    assert_int_equal(w->logged, logged + 1u); /* the translation request of the new work, with another tag */
    assert_int_equal(w->messages, messages);
    for (uint32_t i = 0; i < held; i++)
        assert_int_not_equal(w->held[i]->id, w->held[held]->id);
    world_release(w);
    assert_int_equal(finish(w, 0x300000), PD_ST_OK);
    assert_int_equal(counter(w, PD_COUNT_CPL_UNEXPECTED), held);
    assert_true(pasid_device_idle(w->device));
    world_free(w);
}

static void time_out(void **state)
{
    (void)state;
    struct world *w = at_work("", (struct queue){.pasid = 5});
    bar0_write(w, PD_AT_TIMEOUT, 4, 500);
    w->hold = true;
    submit(w, 0, (struct descriptor){.opcode = PD_OP_FILL, .dst = 0x10000, .size = 8, .flags = 0});
    world_run(w, 400);
    assert_int_equal(counter(w, PD_COUNT_FAILED), 0);
    world_run(w, 200);
    assert_int_equal(counter(w, PD_COUNT_FAILED), 1);
    assert_int_equal(counter(w, PD_COUNT_TREQ_TIMEOUT), 1);
    assert_int_equal(pasid_device_config_read(w->device, 0x104, 4), 0x4000);
    world_release(w);
    world_run(w, 100);
    assert_int_equal(counter(w, PD_COUNT_CPL_UNEXPECTED), 1);
    world_free(w);
}

/* ---- BAR4 ---- */

static void unlock(struct world *w)
{
    bar4_write(w, PD_AT_XKEY, 4, 0x52455845);
    bar4_write(w, PD_AT_XKEY, 4, 0x4b434c55);
}

static void raw_masters(void **state)
{
    (void)state;
    struct world *w = at_work("", (struct queue){.pasid = 5});
    bar4_write(w, PD_AT_SLOT + 0x10u, 8, 0x1234);
    assert_int_equal(bar4(w, PD_AT_SLOT + 0x10u, 8), 0);
    assert_int_equal(bar0(w, PD_AT_TAINT, 4), 0);
    unlock(w);
    assert_int_equal(bar0(w, PD_AT_TAINT, 4), 1);
    bar4_write(w, PD_AT_BUFFER, 8, 0x8877665544332211);
    bar4_write(w, PD_AT_SLOT + 0x10u, 8, 0x9000);
    bar4_write(w, PD_AT_SLOT + 0x18u, 4, 8);
    bar4_write(w, PD_AT_SLOT + 0x04u, 4, 2u | 1u << 4 | 1u << 12); /* AT=10 with PASID and another Requester ID */
    bar4_write(w, PD_AT_SLOT + 0x08u, 8, 0x77u | UINT64_C(0xbeef) << 32);
    bar4_write(w, PD_AT_SLOT + 0x40u, 8, 2u | UINT64_C(0x100) << 32);
    bar4_write(w, PD_AT_SLOT, 4, 1u | PD_RAW_WRITE << 4);
    uint32_t before = w->logged;
    world_run(w, 100);
    assert_int_equal(w->logged, before + 3u);
    for (uint32_t i = 0; i < 3u; i++) {
        const struct pcie_request *r = &w->log[before + i];
        assert_true(r->at == PCIE_AT_TRANSLATED && r->has_pasid && r->pasid == 0x77 && r->requester_id == 0xbeef);
        assert_int_equal(r->address, 0x9000 + 0x100u * i);
    }
    assert_int_equal(bar4(w, PD_AT_SLOT, 4) & 6u, 4);
    assert_int_equal(w->ram[0x9201], 0x22);
    world_free(w);
}

static void hold_and_release(void **state)
{
    (void)state;
    struct world *w = at_work("", (struct queue){.pasid = 5});
    unlock(w);
    bar4_write(w, PD_AT_INVHOLD, 4, 1u << 4);
    invalidate(w, false, 0, 0x5000, 4);
    world_run(w, 100);
    assert_int_equal(w->messages, 0);
    assert_int_equal(bar4(w, PD_AT_INVHELD, 4), 1u << 4);
    bar4_write(w, PD_AT_INVREL, 4, 1u << 4);
    world_run(w, 100);
    assert_int_equal(w->messages, 1);
    bar4_write(w, PD_AT_INVFAKE, 8, 0x30 | UINT64_C(3) << 32 | UINT64_C(0x55) << 48);
    world_run(w, 100);
    assert_true(w->message[1].itag == 0x30 && w->message[1].completion_count == 3 && w->message[1].agent_id == 0x55);
    world_free(w);
}

static void hook_keeps_entries(void **state)
{
    (void)state;
    struct world *w = at_work("", (struct queue){.pasid = 5});
    world_map(w, true, 5, 0x10000, 0x20000 | R | W);
    unlock(w);
    bar4_write(w, PD_AT_HOOK + 8u, 4, 1); /* once */
    bar4_write(w, PD_AT_HOOK, 4, 1u << 8 | 1u | 1u << 1);
    bar4_write(w, PD_AT_HOOK + 12u, 4, 5);
    submit(w, 0, move(0x10000, 0x10800, 64));
    assert_int_equal(finish(w, 0x300000), PD_ST_OK);
    uint64_t used = bar0(w, PD_AT_ATCSTS, 8) & 0xff;
    invalidate(w, true, 6, 0x10000, 1);
    invalidate(w, true, 5, 0x10000, 2);
    world_run(w, 100);
    assert_int_equal(bar0(w, PD_AT_ATCSTS, 8) & 0xff, used);
    assert_int_equal(bar4(w, PD_AT_HOOK + 28u, 4), 1);
    assert_int_equal(bar0(w, PD_AT_TAINT, 4), 3);
    invalidate(w, true, 5, 0x10000, 2);
    world_run(w, 100);
    assert_int_equal(bar0(w, PD_AT_ATCSTS, 8) & 0xff, used - 1u);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moves_through_the_atc),
        cmocka_unit_test(sizes_and_rights),
        cmocka_unit_test(invalidation_waits_for_reads),
        cmocka_unit_test(stale_answer_is_asked_for_again),
        cmocka_unit_test(completion_follows_writes),
        cmocka_unit_test(pages_are_requested),
        cmocka_unit_test(responses),
        cmocka_unit_test(stop_marker),
        cmocka_unit_test(shut_by_ur),
        cmocka_unit_test(reset_under_load),
        cmocka_unit_test(time_out),
        cmocka_unit_test(raw_masters),
        cmocka_unit_test(hold_and_release),
        cmocka_unit_test(hook_keeps_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
