/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unit_traffic.c - what goes into a model of ours and comes out of it: requests, accesses of its memory port, interrupts,
 * messages, probes.
 */
#include "dut/model/unit_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROBES_MAX 65536u /* older ones are dropped */

/* ---- queues ---- */

void *unit_checked(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

static void fifo_put(struct fifo *fifo, const void *item)
{
    if (fifo->first + fifo->count == fifo->room) {
        if (fifo->first > fifo->count) {
            memmove(fifo->items, fifo->items + fifo->first * fifo->item_bytes, fifo->count * fifo->item_bytes);
            fifo->first = 0;
        } else {
            fifo->room = fifo->room ? fifo->room * 2 : 16;
            fifo->items = unit_checked(realloc(fifo->items, fifo->room * fifo->item_bytes));
        }
    }
    memcpy(fifo->items + (fifo->first + fifo->count++) * fifo->item_bytes, item, fifo->item_bytes);
}

static bool fifo_take(struct fifo *fifo, void *item)
{
    if (!fifo->count)
        return false;
    memcpy(item, fifo->items + fifo->first++ * fifo->item_bytes, fifo->item_bytes);
    if (!--fifo->count)
        fifo->first = 0;
    return true;
}

/* ---- ports of the model ---- */

static enum port_reply memory_port_access(void *context, struct port_request *request)
{
    struct iotb_dut *dut = context;

    fifo_put(&dut->waiting, &request);
    return PORT_LATER;
}

static void interrupt_send(void *context, uint64_t address, uint32_t data)
{
    struct iotb_dut *dut = context;
    struct iotb_interrupt interrupt = {
        .size = sizeof(interrupt), .origin = IOTB_IRQ_EVENT, .address = address, .data = data, .at_ps = dut->sim.now_ps};

    fifo_put(&dut->interrupts, &interrupt);
}

static void device_interrupt_send(void *context, uint16_t requester_id, uint64_t address, uint32_t data)
{
    struct iotb_dut *dut = context;
    struct iotb_interrupt interrupt = {.size = sizeof(interrupt),
                                       .origin = IOTB_IRQ_DEVICE,
                                       .address = address,
                                       .data = data,
                                       .requester_id = requester_id,
                                       .at_ps = dut->sim.now_ps};

    fifo_put(&dut->interrupts, &interrupt);
}

/* Numbered alike on both sides by design, and spelled out once: */
static const uint16_t message_kinds[] = {
    [PCIE_INVALIDATE_REQUEST] = IOTB_MSG_INVALIDATE_REQUEST,
    [PCIE_INVALIDATE_COMPLETION] = IOTB_MSG_INVALIDATE_COMPLETION,
    [PCIE_PAGE_REQUEST] = IOTB_MSG_PAGE_REQUEST,
    [PCIE_PAGE_RESPONSE] = IOTB_MSG_PAGE_RESPONSE,
};

static void message_send(void *context, const struct pcie_message *message)
{
    struct iotb_dut *dut = context;
    struct iotb_message out = {
        .size = sizeof(out),
        .kind = message_kinds[message->kind],
        .device_id = message->device_id,
        .flags = (message->has_pasid ? IOTB_RQ_PASID : 0) | (message->privileged ? IOTB_RQ_PRIVILEGED : 0) |
                 (message->execute ? IOTB_RQ_EXECUTE : 0),
        .pasid = message->pasid,
        .address = message->address,
        .itag = message->itag,
        .group_index = message->group_index,
        .completion_count = message->completion_count,
        .response_code = message->response_code,
        .read = message->read,
        .write = message->write,
        .last = message->last,
        .at_ps = dut->sim.now_ps,
    };

    fifo_put(&dut->messages, &out);
}

static void probe_event(void *context, uint64_t at_ps, uint32_t request_id, const char *track, const char *text)
{
    struct iotb_dut *dut = context;
    struct iotb_probe probe = {.size = sizeof(probe), .request_id = request_id, .at_ps = at_ps}, dropped;

    snprintf(probe.track, sizeof(probe.track), "%s", track);
    snprintf(probe.text, sizeof(probe.text), "%s", text);
    if (dut->probes.count == PROBES_MAX)
        (void)fifo_take(&dut->probes, &dropped);
    fifo_put(&dut->probes, &probe);
}

void unit_dut_connect(struct iotb_dut *dut)
{
    dut->waiting.item_bytes = sizeof(struct port_request *);
    dut->completions.item_bytes = sizeof(struct iotb_completion);
    dut->interrupts.item_bytes = sizeof(struct iotb_interrupt);
    dut->messages.item_bytes = sizeof(struct iotb_message);
    dut->probes.item_bytes = sizeof(struct iotb_probe);
    dut->ports = (struct unit_ports){
        .memory = {memory_port_access, dut},
        .interrupt = {interrupt_send, dut},
        .device_interrupt = {device_interrupt_send, dut},
        .message = {message_send, dut},
        .probe = {probe_event, dut, &dut->probing},
    };
}

/* ---- requests ---- */

static void complete(struct iotb_dut *dut, struct slot *slot)
{
    const struct pcie_request *request = &slot->request;
    struct iotb_completion completion = {.size = sizeof(completion),
                                         .id = request->id,
                                         .status = (uint32_t)request->status,
                                         .bytes = request->data_bytes,
                                         .done_ps = request->done_ps};

    memcpy(completion.data, request->data, request->data_bytes);
    fifo_put(&dut->completions, &completion);
    if (slot->previous)
        slot->previous->next = slot->next;
    else
        dut->in_flight = slot->next;
    if (slot->next)
        slot->next->previous = slot->previous;
    free(slot);
}

static void request_done(struct pcie_request *request)
{
    struct slot *slot = (struct slot *)request;

    complete(slot->dut, slot);
}

/* By dut.h's numbers: the two headers count alike by design of PCIe, and each is spelled out here. */
static const enum pcie_kind kinds[] = {[IOTB_READ] = PCIE_READ,
                                       [IOTB_WRITE] = PCIE_WRITE,
                                       [IOTB_FETCH_ADD] = PCIE_FETCH_ADD,
                                       [IOTB_SWAP] = PCIE_SWAP,
                                       [IOTB_CAS] = PCIE_CAS};
static const enum pcie_at address_types[] = {[IOTB_AT_UNTRANSLATED] = PCIE_AT_UNTRANSLATED,
                                             [IOTB_AT_TRANSLATION] = PCIE_AT_TRANSLATION,
                                             [IOTB_AT_TRANSLATED] = PCIE_AT_TRANSLATED,
                                             [IOTB_AT_RESERVED] = PCIE_AT_RESERVED};

int unit_dut_submit(struct iotb_dut *dut, const struct iotb_request *request)
{
    struct slot *slot;
    bool has_pasid = request->flags & IOTB_RQ_PASID;

    if (request->kind > IOTB_CAS || request->address_type > IOTB_AT_RESERVED || !request->bytes || request->bytes > 64)
        return IOTB_E_ARGUMENT;
    slot = unit_checked(calloc(1, sizeof(*slot)));
    slot->dut = dut;
    slot->request = (struct pcie_request){
        .id = request->id,
        .requester_id = request->requester_id,
        .kind = kinds[request->kind],
        .at = address_types[request->address_type],
        .has_pasid = has_pasid,
        .privileged = has_pasid && (request->flags & IOTB_RQ_PRIVILEGED),
        .execute = has_pasid && (request->flags & IOTB_RQ_EXECUTE),
        .no_snoop = request->flags & IOTB_RQ_NO_SNOOP,
        .zero_length = request->flags & IOTB_RQ_ZERO_LENGTH,
        .no_write = request->flags & IOTB_RQ_NO_WRITE,
        .pasid = has_pasid ? request->pasid & PCIE_PASID_MAX : 0,
        .bytes = request->bytes,
        .address = request->address,
        .issue_ps = dut->sim.now_ps,
        .done_ps = dut->sim.now_ps,
        .done = request_done,
        .owner = slot,
    };
    memcpy(slot->request.data, request->data, sizeof(slot->request.data));
    slot->next = dut->in_flight;
    if (slot->next)
        slot->next->previous = slot;
    dut->in_flight = slot;
    if (dut->ops->request(dut->unit, &slot->request))
        complete(dut, slot);
    return IOTB_OK;
}

int unit_dut_poll_completion(struct iotb_dut *dut, struct iotb_completion *completion)
{
    return fifo_take(&dut->completions, completion) ? IOTB_OK : IOTB_NONE;
}

/* ---- what is under way when the unit is reset or closed ---- */

void unit_dut_free_queues(struct iotb_dut *dut)
{
    free(dut->waiting.items);
    free(dut->completions.items);
    free(dut->interrupts.items);
    free(dut->messages.items);
    free(dut->probes.items);
    free(dut->handed);
}

void unit_dut_drop_requests(struct iotb_dut *dut)
{
    for (struct slot *slot = dut->in_flight, *next; slot; slot = next) {
        next = slot->next;
        free(slot);
    }
    dut->in_flight = NULL;
}

void unit_dut_abort_accesses(struct iotb_dut *dut)
{
    struct port_request *request;

    while (dut->handed_count) {
        request = dut->handed[--dut->handed_count].request;
        request->status = PORT_ABORT;
        request->done_ps = dut->sim.now_ps;
        request->done(request);
    }
    while (fifo_take(&dut->waiting, &request)) {
        request->status = PORT_ABORT;
        request->done_ps = dut->sim.now_ps;
        request->done(request);
    }
}

/* ---- memory ---- */

int unit_dut_mem_read(struct iotb_dut *dut, uint64_t address, void *data, uint32_t bytes)
{
    if (!dut->memory)
        return IOTB_E_UNSUPPORTED;
    return memory_read(dut->memory, address, data, bytes) ? IOTB_OK : IOTB_E_ARGUMENT;
}

int unit_dut_mem_write(struct iotb_dut *dut, uint64_t address, const void *data, uint32_t bytes)
{
    if (!dut->memory)
        return IOTB_E_UNSUPPORTED;
    return memory_write(dut->memory, address, data, bytes) ? IOTB_OK : IOTB_E_ARGUMENT;
}

static const uint8_t access_kinds[] = {[PORT_READ] = IOTB_ACC_READ,
                                       [PORT_WRITE] = IOTB_ACC_WRITE,
                                       [PORT_CMPXCHG] = IOTB_ACC_CMPXCHG,
                                       [PORT_FETCH_ADD] = IOTB_ACC_FETCH_ADD,
                                       [PORT_SWAP] = IOTB_ACC_SWAP};
static const uint8_t origins[] = {[PORT_DMA] = IOTB_ORIGIN_DMA,
                                  [PORT_STRUCTURE] = IOTB_ORIGIN_STRUCTURE,
                                  [PORT_WALK] = IOTB_ORIGIN_WALK,
                                  [PORT_QUEUE] = IOTB_ORIGIN_QUEUE,
                                  [PORT_STATUS_WRITE] = IOTB_ORIGIN_STATUS};

static void hand_over(struct iotb_dut *dut, struct port_request *request)
{
    if (dut->handed_count == dut->handed_room) {
        dut->handed_room = dut->handed_room ? dut->handed_room * 2 : 16;
        dut->handed = unit_checked(realloc(dut->handed, dut->handed_room * sizeof(dut->handed[0])));
    }
    dut->handed[dut->handed_count++] = (struct handed){dut->next_tag++, request};
}

int unit_dut_next_access(struct iotb_dut *dut, struct iotb_access *access)
{
    struct port_request *request;

    if (!fifo_take(&dut->waiting, &request))
        return IOTB_NONE;
    hand_over(dut, request);
    *access = (struct iotb_access){
        .size = sizeof(*access),
        .tag = dut->handed[dut->handed_count - 1].tag,
        .kind = access_kinds[request->kind],
        .origin = origins[request->origin],
        .snoop = request->snoop,
        .memory_type = request->memory_type,
        .bus = request->bus,
        .bus_known = request->bus_known,
        .request_id = request->request_id == UINT32_MAX ? IOTB_NO_REQUEST : request->request_id,
        .address = request->address,
        .issue_ps = request->issue_ps,
        .bytes = request->bytes,
    };
    if (request->kind != PORT_READ)
        memcpy(access->data, request->data, request->bytes);
    if (request->kind == PORT_CMPXCHG)
        memcpy(access->compare, request->compare, request->bytes);
    return IOTB_OK;
}

static const enum port_status statuses[] = {
    [IOTB_ACCESS_OK] = PORT_OK, [IOTB_ACCESS_ABORT] = PORT_ABORT, [IOTB_ACCESS_POISON] = PORT_POISON};

int unit_dut_answer_access(struct iotb_dut *dut, const struct iotb_answer *answer)
{
    struct port_request *request;
    size_t at = 0;

    while (at < dut->handed_count && dut->handed[at].tag != answer->tag)
        at++;
    if (at == dut->handed_count)
        return IOTB_E_ARGUMENT;
    request = dut->handed[at].request;
    if (answer->status > IOTB_ACCESS_POISON || (request->kind != PORT_WRITE && answer->bytes != request->bytes))
        return IOTB_E_ARGUMENT;
    dut->handed[at] = dut->handed[--dut->handed_count];
    request->status = statuses[answer->status];
    if (request->kind != PORT_WRITE)
        memcpy(request->data, answer->data, request->bytes);
    request->done_ps = dut->sim.now_ps;
    request->done(request);
    if (dut->time->settle)
        dut->time->settle(dut->unit);
    return IOTB_OK;
}

/* ---- interrupts, messages, probes ---- */

int unit_dut_poll_interrupt(struct iotb_dut *dut, struct iotb_interrupt *interrupt)
{
    return fifo_take(&dut->interrupts, interrupt) ? IOTB_OK : IOTB_NONE;
}

static bool message_kind_of(uint16_t kind, enum pcie_message_kind *out)
{
    for (size_t i = 0; i < sizeof(message_kinds) / sizeof(message_kinds[0]); i++)
        if (message_kinds[i] == kind) {
            *out = (enum pcie_message_kind)i;
            return true;
        }
    return false;
}

int unit_dut_send_message(struct iotb_dut *dut, const struct iotb_message *message)
{
    bool has_pasid = message->flags & IOTB_RQ_PASID;
    struct pcie_message in = {
        .device_id = message->device_id,
        .has_pasid = has_pasid,
        .privileged = has_pasid && (message->flags & IOTB_RQ_PRIVILEGED),
        .execute = has_pasid && (message->flags & IOTB_RQ_EXECUTE),
        .pasid = has_pasid ? message->pasid & PCIE_PASID_MAX : 0,
        .address = message->address,
        .itag = message->itag,
        .group_index = message->group_index & 0x1ffu,
        .completion_count = message->completion_count & 7u,
        .response_code = message->response_code,
        .read = message->read,
        .write = message->write,
        .last = message->last,
    };

    if (!dut->ops->message)
        return IOTB_E_UNSUPPORTED;
    if (!message_kind_of(message->kind, &in.kind))
        return IOTB_E_ARGUMENT;
    dut->ops->message(dut->unit, &in);
    if (dut->time->settle)
        dut->time->settle(dut->unit);
    return IOTB_OK;
}

int unit_dut_poll_message(struct iotb_dut *dut, struct iotb_message *message)
{
    return fifo_take(&dut->messages, message) ? IOTB_OK : IOTB_NONE;
}

/* Probes cost time to write; they are kept from the first time that somebody asks for one. */
int unit_dut_next_probe(struct iotb_dut *dut, struct iotb_probe *probe)
{
    dut->probing = true;
    return fifo_take(&dut->probes, probe) ? IOTB_OK : IOTB_NONE;
}
