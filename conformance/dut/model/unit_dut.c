/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unit_dut.c - a model of ours as a DUT.
 *
 * Accesses of the model's memory port wait here until the bench pulls and answers them (memory=bench), or go to memory of
 * the adapter's own (memory=dut). The model's simulated time moves in advance() only.
 */
#include "dut/model/unit_dut.h"

#include "sim/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOLE_ADDRESS 0x0ffff000ull /* memory=dut: nothing answers in this page */
#define RAM_BASE 0x10000000ull
#define INTERRUPT_RANGE_FIRST 0xfee00000ull
#define INTERRUPT_RANGE_END 0xfef00000ull
#define PROBES_MAX 65536u /* older ones are dropped */

/* A first-in first-out queue of anything, growing. */
struct fifo {
    uint8_t *items;
    size_t item_bytes, first, count, room;
};

struct slot {
    struct pcie_request request; /* first member: done() gets back here from it */
    struct iotb_dut *dut;
    struct slot *next, *previous; /* list of requests in flight */
};

/* An access that the bench has pulled. */
struct handed {
    uint32_t tag;
    struct port_request *request;
};

struct iotb_dut {
    struct sim sim;
    const struct unit_ops *ops;
    const struct unit_time *time;
    void *params; /* ops->params_bytes */
    void *unit;
    struct unit_ports ports;
    struct memory *memory; /* memory=dut, else NULL */
    struct slot *in_flight;
    struct fifo waiting;     /* struct port_request *, not pulled yet */
    struct fifo completions; /* struct iotb_completion */
    struct fifo interrupts;  /* struct iotb_interrupt */
    struct fifo messages;    /* struct iotb_message, down to endpoints */
    struct fifo probes;      /* struct iotb_probe */
    bool probing;            /* somebody has asked for probes */
    struct handed *handed;
    size_t handed_count, handed_room;
    uint32_t next_tag;
    char preset[32];
    char parameters[512];
};

/* ---- queues ---- */

static void *checked(void *memory)
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
            fifo->items = checked(realloc(fifo->items, fifo->room * fifo->item_bytes));
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

/* ---- parameters ---- */

__attribute__((format(printf, 2, 3))) static int refuse(const struct iotb_open_args *args, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (args->error && args->error_bytes)
        vsnprintf(args->error, args->error_bytes, format, arguments);
    va_end(arguments);
    return IOTB_E_ARGUMENT;
}

/* "erratum=A+B" stands for two parameters. */
static bool set_errata(struct iotb_dut *dut, char *names)
{
    for (char *name = names, *plus; name; name = plus) {
        plus = strchr(name, '+');
        if (plus)
            *plus++ = '\0';
        if (!dut->ops->set(dut->params, "erratum", name))
            return false;
    }
    return true;
}

static int set_parameter(struct iotb_dut *dut, const struct iotb_open_args *args, const char *name, char *value)
{
    if (strcmp(name, "preset") == 0) /* set before all others, wherever it stands */
        return IOTB_OK;
    if (strcmp(name, "memory") == 0) {
        if (strcmp(value, "dut") == 0 && !dut->memory)
            dut->memory = checked(memory_create());
        else if (strcmp(value, "bench") != 0 && strcmp(value, "dut") != 0)
            return refuse(args, "memory=%s: it must be bench or dut", value);
        return IOTB_OK;
    }
    if (strcmp(name, "erratum") == 0 ? set_errata(dut, value) : dut->ops->set(dut->params, name, value))
        return IOTB_OK;
    return refuse(args, "%s=%s: there is no such parameter, or its value is out of range", name, value);
}

/* Calls set_parameter for each NAME=VALUE, or only looks for the preset. */
static int each_parameter(struct iotb_dut *dut, const struct iotb_open_args *args, bool presets)
{
    char list[sizeof(dut->parameters)];

    memcpy(list, dut->parameters, sizeof(list));
    for (char *name = list, *next, *value; name && *name; name = next) {
        next = strchr(name, ',');
        if (next)
            *next++ = '\0';
        value = strchr(name, '=');
        if (!value)
            return refuse(args, "%s: a parameter is written NAME=VALUE", name);
        *value++ = '\0';
        if (presets && strcmp(name, "preset") == 0)
            snprintf(dut->preset, sizeof(dut->preset), "%s", value);
        if (!presets && set_parameter(dut, args, name, value) != IOTB_OK)
            return IOTB_E_ARGUMENT;
    }
    return IOTB_OK;
}

static int read_parameters(struct iotb_dut *dut, const struct iotb_open_args *args)
{
    const char *parameters = args->parameters ? args->parameters : "";

    if (strlen(parameters) >= sizeof(dut->parameters))
        return refuse(args, "the parameters are longer than %zu characters", sizeof(dut->parameters) - 1);
    strcpy(dut->parameters, parameters);
    strcpy(dut->preset, "max");
    if (each_parameter(dut, args, true) != IOTB_OK)
        return IOTB_E_ARGUMENT;
    if (!dut->ops->preset(dut->preset, dut->params))
        return refuse(args, "preset=%s: there is no such parameter set", dut->preset);
    return each_parameter(dut, args, false);
}

/* ---- sim as the master of time: its `unit` is the struct sim ---- */

static bool sim_time_step(void *sim, uint64_t last_ps)
{
    return sim_step(sim, last_ps);
}

static void sim_time_run(void *sim, uint64_t last_ps)
{
    sim_run(sim, last_ps);
}

static bool sim_time_next(void *sim, uint64_t *when_ps)
{
    return sim_next_ps(sim, when_ps);
}

static const struct unit_time sim_time = {.step = sim_time_step, .run = sim_time_run, .next = sim_time_next};

static void *dut_time(struct iotb_dut *dut)
{
    return dut->ops->time ? dut->unit : &dut->sim;
}

/* ---- life ---- */

static void free_fifos(struct iotb_dut *dut)
{
    free(dut->waiting.items);
    free(dut->completions.items);
    free(dut->interrupts.items);
    free(dut->messages.items);
    free(dut->probes.items);
    free(dut->handed);
}

static void drop_requests(struct iotb_dut *dut)
{
    for (struct slot *slot = dut->in_flight, *next; slot; slot = next) {
        next = slot->next;
        free(slot);
    }
    dut->in_flight = NULL;
}

/* Every access that the port took must be answered, after a reset too; the model drops what comes late. */
static void abort_accesses(struct iotb_dut *dut)
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

void unit_dut_close(struct iotb_dut *dut)
{
    if (dut->unit) {
        dut->ops->reset(dut->unit, false);
        abort_accesses(dut);
        dut->ops->destroy(dut->unit);
    }
    if (dut->memory)
        memory_destroy(dut->memory);
    drop_requests(dut);
    free_fifos(dut);
    free(dut->params);
    free(dut);
}

/* Everything below 2^HAW is RAM, except the hole and the interrupt address range. */
static int add_ram(struct iotb_dut *dut)
{
    uint64_t top = 1ull << dut->ops->address_bits(dut->params);
    const uint64_t regions[][2] = {{0, HOLE_ADDRESS}, {RAM_BASE, INTERRUPT_RANGE_FIRST}, {INTERRUPT_RANGE_END, top}};

    for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++)
        if (memory_add_region(dut->memory, regions[i][0], regions[i][1] - regions[i][0]))
            return IOTB_E_NO_MEMORY;
    return IOTB_OK;
}

static int create(struct iotb_dut *dut, const struct iotb_open_args *args)
{
    char error[200] = "";

    dut->ports = (struct unit_ports){
        .memory = {memory_port_access, dut},
        .interrupt = {interrupt_send, dut},
        .device_interrupt = {device_interrupt_send, dut},
        .message = {message_send, dut},
        .probe = {probe_event, dut, &dut->probing},
    };
    if (read_parameters(dut, args) != IOTB_OK)
        return IOTB_E_ARGUMENT;
    if (dut->memory) {
        if (add_ram(dut) != IOTB_OK)
            return IOTB_E_NO_MEMORY;
        dut->ports.memory = memory_port_of(dut->memory);
    }
    if (dut->ops->create(&dut->sim, dut->params, &dut->ports, &dut->unit, error, sizeof(error))) {
        dut->unit = NULL;
        return refuse(args, "%s", error[0] ? error : "the model could not be made");
    }
    return IOTB_OK;
}

int unit_dut_open(const struct unit_ops *ops, const struct iotb_open_args *args, struct iotb_dut **out)
{
    struct iotb_dut *dut = calloc(1, sizeof(*dut));
    int result;

    if (!dut)
        return IOTB_E_NO_MEMORY;
    dut->ops = ops;
    dut->time = ops->time ? ops->time : &sim_time;
    dut->params = checked(calloc(1, ops->params_bytes));
    sim_init(&dut->sim, args->seed);
    dut->waiting.item_bytes = sizeof(struct port_request *);
    dut->completions.item_bytes = sizeof(struct iotb_completion);
    dut->interrupts.item_bytes = sizeof(struct iotb_interrupt);
    dut->messages.item_bytes = sizeof(struct iotb_message);
    dut->probes.item_bytes = sizeof(struct iotb_probe);
    result = create(dut, args);
    if (result == IOTB_OK)
        *out = dut;
    else
        unit_dut_close(dut);
    return result;
}

int unit_dut_describe(struct iotb_dut *dut, struct iotb_desc *desc)
{
    uint32_t address_bits = dut->ops->address_bits(dut->params);

    *desc = (struct iotb_desc){
        .size = sizeof(*desc),
        .kind = IOTB_KIND_IOMMU,
        .architecture = dut->ops->architecture,
        .host_address_bits = address_bits,
        .features = IOTB_F_COMPLETION_STATUS | IOTB_F_PASID | IOTB_F_PRIVILEGE | IOTB_F_ATOMIC | IOTB_F_NO_SNOOP |
                    IOTB_F_ZERO_LENGTH | IOTB_F_ATS | IOTB_F_OVERLAP | IOTB_F_TIME | IOTB_F_INTERRUPTS | IOTB_F_ANY_REQUESTER |
                    IOTB_F_WIDE_ADDRESS | IOTB_F_PROBES | IOTB_F_REGISTER_WIDTHS | dut->ops->features,
        .address_bits = 64,
        .request_bytes_max = 64,
        .ram_base = RAM_BASE,
        .ram_bytes = (1ull << address_bits) - RAM_BASE,
        .hole_address = dut->memory ? HOLE_ADDRESS : UINT64_MAX,
    };
    if (dut->ops->features_of)
        desc->features |= dut->ops->features_of(dut->params);
    if (!dut->memory)
        desc->features |= IOTB_F_BENCH_MEMORY | IOTB_F_ATTRIBUTES | IOTB_F_ORIGIN |
                          (dut->ops->architecture == IOTB_ARCH_SMMUV3 ? IOTB_F_BUS_ATTRIBUTES : 0);
    snprintf(desc->name, sizeof(desc->name), "%s", dut->ops->name);
    snprintf(desc->version, sizeof(desc->version), "%s", dut->ops->version);
    memcpy(desc->parameters, dut->parameters, sizeof(desc->parameters));
    return IOTB_OK;
}

int unit_dut_reset(struct iotb_dut *dut, uint32_t kind)
{
    if (kind != IOTB_RESET_COLD && (kind != IOTB_RESET_WARM || !(dut->ops->features & IOTB_F_WARM_RESET)))
        return IOTB_E_UNSUPPORTED;
    dut->ops->reset(dut->unit, kind == IOTB_RESET_WARM);
    abort_accesses(dut);
    if (dut->time->settle)
        dut->time->settle(dut->unit);
    drop_requests(dut);
    dut->completions.count = dut->completions.first = 0;
    dut->messages.count = dut->messages.first = 0;
    return IOTB_OK;
}

static bool has_output(const struct iotb_dut *dut)
{
    return dut->waiting.count || dut->completions.count || dut->interrupts.count || dut->messages.count;
}

int unit_dut_advance(struct iotb_dut *dut, struct iotb_advance *advance)
{
    uint64_t next_ps;

    while (!has_output(dut) && dut->time->step(dut_time(dut), advance->until_ps))
        ;
    if (!has_output(dut) && advance->until_ps > dut->sim.now_ps)
        dut->time->run(dut_time(dut), advance->until_ps);
    advance->reached_ps = dut->sim.now_ps;
    advance->idle = !has_output(dut) && !dut->time->next(dut_time(dut), &next_ps);
    return IOTB_OK;
}

/* ---- registers ---- */

static int dut_reg_read(struct iotb_dut *dut, uint64_t offset, uint32_t bytes, uint64_t *value)
{
    *value = dut->ops->register_read(dut->unit, offset, bytes);
    return IOTB_OK;
}

static int dut_reg_write(struct iotb_dut *dut, uint64_t offset, uint32_t bytes, uint64_t value)
{
    dut->ops->register_write(dut->unit, offset, bytes, value);
    return IOTB_OK;
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

static int dut_submit(struct iotb_dut *dut, const struct iotb_request *request)
{
    struct slot *slot;
    bool has_pasid = request->flags & IOTB_RQ_PASID;

    if (request->kind > IOTB_CAS || request->address_type > IOTB_AT_RESERVED || !request->bytes || request->bytes > 64)
        return IOTB_E_ARGUMENT;
    slot = checked(calloc(1, sizeof(*slot)));
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

static int dut_poll_completion(struct iotb_dut *dut, struct iotb_completion *completion)
{
    return fifo_take(&dut->completions, completion) ? IOTB_OK : IOTB_NONE;
}

/* ---- memory ---- */

static int dut_mem_read(struct iotb_dut *dut, uint64_t address, void *data, uint32_t bytes)
{
    if (!dut->memory)
        return IOTB_E_UNSUPPORTED;
    return memory_read(dut->memory, address, data, bytes) ? IOTB_OK : IOTB_E_ARGUMENT;
}

static int dut_mem_write(struct iotb_dut *dut, uint64_t address, const void *data, uint32_t bytes)
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
        dut->handed = checked(realloc(dut->handed, dut->handed_room * sizeof(dut->handed[0])));
    }
    dut->handed[dut->handed_count++] = (struct handed){dut->next_tag++, request};
}

static int dut_next_access(struct iotb_dut *dut, struct iotb_access *access)
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

static int dut_answer_access(struct iotb_dut *dut, const struct iotb_answer *answer)
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

static int dut_poll_interrupt(struct iotb_dut *dut, struct iotb_interrupt *interrupt)
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

static int dut_send_message(struct iotb_dut *dut, const struct iotb_message *message)
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

static int dut_poll_message(struct iotb_dut *dut, struct iotb_message *message)
{
    return fifo_take(&dut->messages, message) ? IOTB_OK : IOTB_NONE;
}

/* Probes cost time to write; they are kept from the first time that somebody asks for one. */
static int dut_next_probe(struct iotb_dut *dut, struct iotb_probe *probe)
{
    dut->probing = true;
    return fifo_take(&dut->probes, probe) ? IOTB_OK : IOTB_NONE;
}

const struct iotb_iommu_ops unit_dut_iommu_ops = {
    .size = sizeof(unit_dut_iommu_ops),
    .reg_read = dut_reg_read,
    .reg_write = dut_reg_write,
    .submit = dut_submit,
    .poll_completion = dut_poll_completion,
    .mem_read = dut_mem_read,
    .mem_write = dut_mem_write,
    .next_access = dut_next_access,
    .answer_access = dut_answer_access,
    .poll_interrupt = dut_poll_interrupt,
    .send_message = dut_send_message,
    .poll_message = dut_poll_message,
    .next_probe = dut_next_probe,
};
