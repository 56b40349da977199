/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ep_work.c - work for the pasid-device: queues, commands, descriptors and their records.
 */
#include "build/ep.h"

#include <string.h>

#define WQCFG_BASE 0x500u
#define GRPCFG_BASE 0x400u
#define RECORD_BYTES 32u
#define COMMAND_PS 1000000ull /* between two looks at CMDSTS */

/* ---- commands ---- */

void ep_command_begin(struct ep *ep, uint32_t code, uint32_t operand)
{
    ep_write(ep, "BAR0_CMD", code << 20 | operand);
}

bool ep_command_active(struct ep *ep)
{
    return ep_get(ep, "BAR0_CMDSTS", "ACTIVE");
}

uint32_t ep_command(struct ep *ep, uint32_t code, uint32_t operand)
{
    ep_command_begin(ep, code, operand);
    for (uint32_t looks = 0; looks < 64 && ep_command_active(ep); looks++)
        if (!test_settle(ep->t))
            break;
    if (!ep_command_active(ep))
        return (uint32_t)ep_get(ep, "BAR0_CMDSTS", "ERROR");
    test_run(ep->t, COMMAND_PS);
    return ep_command_active(ep) ? UINT32_MAX : (uint32_t)ep_get(ep, "BAR0_CMDSTS", "ERROR");
}

/* ---- queues ---- */

void ep_wqcfg(struct ep *ep, uint32_t wq, const struct ep_wq *config)
{
    uint64_t word[4] = {0};

    word[0] = ep_bits("ep_wqcfg", "SIZE", config->size) | ep_bits("ep_wqcfg", "THRESHOLD", config->threshold);
    word[1] = ep_bits("ep_wqcfg", "MODE", !config->shared) | ep_bits("ep_wqcfg", "BOF", config->bof) |
              ep_bits("ep_wqcfg", "ATS_DISABLE", config->ats_disable) | ep_bits("ep_wqcfg", "PRS_DISABLE", config->prs_disable) |
              ep_bits("ep_wqcfg", "PRIORITY", config->priority) | ep_bits("ep_wqcfg", "PASID", config->pasid) |
              ep_bits("ep_wqcfg", "PASID_EN", config->pasid_en) | ep_bits("ep_wqcfg", "PRIV", config->priv) |
              ep_bits("ep_wqcfg", "MAX_XFER", ep_get(ep, "BAR0_GENCAP", "MAX_XFER")) |
              ep_bits("ep_wqcfg", "MAX_BATCH", ep_get(ep, "BAR0_GENCAP", "MAX_BATCH"));
    for (uint32_t i = 0; i < 2; i++)
        ep_bar0_write(ep, WQCFG_BASE + 64 * wq + 8 * i, 8, word[i]);
    for (uint32_t i = 0; i < 4; i++)
        ep_bar0_write(ep, WQCFG_BASE + 64 * wq + 32 + 8 * i, 8, ep_bar0_read(ep, 0x40 + 8 * i, 8));
}

/* A case that needs more queues or more entries than there are cannot run. */
static void require_room(struct ep *ep, const struct ep_wq *wqs, uint32_t count)
{
    uint32_t entries = (uint32_t)ep_get(ep, "BAR0_WQCAP", "ENTRIES"), queues = (uint32_t)ep_get(ep, "BAR0_WQCAP", "WQS"), sum = 0;

    for (uint32_t wq = 0; wq < count; wq++)
        sum += wqs[wq].too_large ? 0 : wqs[wq].size;
    if (count > queues)
        test_skip(ep->t, "needs %u work queues, and there are %u", count, queues);
    if (sum > entries)
        test_skip(ep->t, "needs %u entries of work queues, and there are %u", sum, entries);
}

void ep_configure(struct ep *ep, const struct ep_wq *wqs, uint32_t count)
{
    uint64_t engines = ep_get(ep, "BAR0_ENGCAP", "ENGINES");

    require_room(ep, wqs, count);

    for (uint32_t wq = 0; wq < count; wq++)
        ep_wqcfg(ep, wq, &wqs[wq]);
    ep_bar0_write(ep, GRPCFG_BASE, 8, (1u << count) - 1);
    ep_bar0_write(ep, GRPCFG_BASE + 0x20, 8, (1u << engines) - 1);
}

void ep_start(struct ep *ep, const struct ep_wq *wqs, uint32_t count)
{
    uint32_t error;

    ep_configure(ep, wqs, count);
    error = ep_command(ep, EP_CMD_ENABLE, 0);
    CHECK(ep->t, test_first_row(ep->t), error == 0, "the device is not enabled: error 0x%x", error);
    for (uint32_t wq = 0; wq < count; wq++) {
        error = ep_command(ep, EP_CMD_ENABLE_WQ, wq);
        CHECK(ep->t, test_first_row(ep->t), error == 0, "queue %u is not enabled: error 0x%x", wq, error);
    }
    ep->stopped_count = 0;
}

void ep_start_simple(struct ep *ep, uint32_t space)
{
    struct ep_wq wq = EP_WQ_DEDICATED;
    uint32_t entries;

    if (!ep->product)
        test_skip(ep->t, "the DUT is no pasid-device: no work can be given to it");
    entries = (uint32_t)ep_get(ep, "BAR0_WQCAP", "ENTRIES");
    wq.size = entries < wq.size ? entries : wq.size;
    ep_all(ep);
    wq.bof = true;
    wq.pasid_en = space != EP_NONE;
    wq.pasid = space != EP_NONE ? space : 0;
    ep_start(ep, &wq, 1);
}

/* ---- descriptors ---- */

void ep_encode(const struct ep_work *work, uint64_t descriptor[8])
{
    uint32_t flags = work->flags;

    if (work->record != EP_NO_RECORD)
        flags |= EP_CRAV;
    memset(descriptor, 0, 64);
    descriptor[0] = ep_bits("ep_descriptor", "PASID", work->space == EP_NONE ? 0 : work->space) |
                    ep_bits("ep_descriptor", "PRIV", work->privileged) | (uint64_t)(flags & 0xffffff) << 32 |
                    ep_bits("ep_descriptor", "OPCODE", work->op);
    descriptor[1] = work->record == EP_NO_RECORD ? 0 : work->record;
    descriptor[2] = work->src;
    descriptor[3] = work->dst;
    descriptor[4] = ep_bits("ep_descriptor", "SIZE", work->size) | ep_bits("ep_descriptor", "HANDLE", work->handle);
    memcpy(&descriptor[5], work->data, sizeof(work->data));
}

uint64_t ep_portal(const struct ep *ep, uint32_t wq)
{
    (void)ep;
    return 0x4000ull * wq;
}

/* Records of one space share a page, so that they take one entry of the device's cache. */
static uint64_t new_record(struct ep *ep, uint32_t space)
{
    struct ep_records *records = NULL;

    for (uint32_t i = 0; i < ep->record_pages; i++)
        if (ep->records[i].space == space && ep->records[i].used < 4096 / RECORD_BYTES)
            records = &ep->records[i];
    if (!records) {
        records = &ep->records[ep->record_pages++ % EP_SPACES];
        *records = (struct ep_records){.space = space, .page = ep_buffer(ep, space, 4096, EP_RW)};
    }
    return records->page + RECORD_BYTES * records->used++;
}

enum deferred ep_submit(struct ep *ep, uint32_t wq, struct ep_work *work)
{
    uint64_t descriptor[8];
    bool dedicated = ep_bar0_read(ep, WQCFG_BASE + 64 * wq + 8, 8) & ep_bits("ep_wqcfg", "MODE", 1);

    if (!work->record) {
        work->record = new_record(ep, work->space);
        work->flags |= EP_RCR;
    }
    if (work->op == EP_OP_PAGEREQ) /* asks for pages that nobody refused, on demand */
        for (uint32_t i = 0; i < work->size; i++)
            ep_note_fault(ep, work->space, (work->src >> 12) + i);
    ep_encode(work, descriptor);
    if (!dedicated)
        return deferrable_write(ep->t, ep->bar[2] + ep_portal(ep, wq), descriptor, 64);
    bar_write(ep->t, 2, ep_portal(ep, wq), descriptor, 64);
    return DEFERRED_ACCEPTED;
}

struct ep_result ep_result(struct ep *ep, const struct ep_work *work)
{
    struct ep_result result = {0};
    uint64_t word[4];

    if (work->record == EP_NO_RECORD || !ep_find(ep, work->space, work->record))
        return result;
    for (uint32_t i = 0; i < 4; i++)
        word[i] = ep_peek(ep, work->space, work->record + 8 * i);
    result.status = (uint32_t)spec_get(spec_struct_field("ep_record", "STATUS"), word);
    result.result = (uint32_t)spec_get(spec_struct_field("ep_record", "RESULT"), word);
    result.info = (uint32_t)(word[0] >> 16) & 0xff;
    result.completed = (uint32_t)spec_get(spec_struct_field("ep_record", "COMPLETED"), word);
    result.address = word[1];
    result.data[0] = word[2];
    result.data[1] = word[3];
    result.done = result.status != 0;
    return result;
}

struct ep_result ep_wait(struct ep *ep, const struct ep_work *work)
{
    struct ep_result result = {0};

    for (uint32_t tries = 0; tries < 4; tries++) {
        result = ep_result(ep, work);
        if (result.done || !test_settle(ep->t))
            break;
    }
    return ep_result(ep, work);
}

struct ep_result ep_run(struct ep *ep, uint32_t wq, struct ep_work *work)
{
    (void)ep_submit(ep, wq, work);
    return ep_wait(ep, work);
}

struct ep_work ep_move(uint32_t space, uint64_t src, uint64_t dst, uint32_t bytes)
{
    return (struct ep_work){.op = EP_OP_MEMMOVE, .space = space, .src = src, .dst = dst, .size = bytes};
}

struct ep_work ep_write_work(uint32_t space, uint64_t dst, uint32_t bytes, uint64_t pattern)
{
    return (struct ep_work){.op = EP_OP_FILL, .space = space, .src = pattern, .dst = dst, .size = bytes};
}

struct ep_work ep_read_work(uint32_t space, uint64_t src, uint32_t bytes)
{
    return (struct ep_work){.op = EP_OP_CRC, .space = space, .src = src, .size = bytes};
}
