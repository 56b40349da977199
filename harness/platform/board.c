/* SPDX-License-Identifier: BSD-2-Clause */
/* board.c - see board.h. */
#include "platform/board.h"

#include "pasid-device/pasid_device.h"
#include "platform/board_trace.h"
#include "platform/board_units.h"
#include "sim/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECES_MAX 16u
#define ACCESSES_MAX 256u /* of memory with a latency, under way at once */

struct iommu {
    struct board *board;
    uint32_t index;
    const struct board_unit_ops *ops;
    void *unit;
    struct board_dma dma;
    struct board_speaker speaker;
};

struct device {
    struct board *board;
    struct iommu *iommu;
    uint16_t requester_id;
    bool aliased;
    uint16_t alias;
    struct pasid_device *unit;
    struct board_speaker speaker;
};

struct board {
    struct sim sim;
    struct memory *memory;
    void *pieces[PIECES_MAX]; /* host memory of the RAM; NULL: frames */
    size_t piece_count;
    struct memory_port ram; /* behind the doorbell */
    struct delay_port delay;
    bool delayed;
    uint64_t doorbell;
    struct iommu iommus[BOARD_UNITS_MAX];
    size_t iommu_count;
    struct device devices[BOARD_UNITS_MAX];
    size_t device_count;
    struct board_interrupt *interrupts; /* a queue: taken..noted */
    size_t taken, noted, room;
    struct board_tracer tracer;
};

static int refuse(char *error, size_t error_bytes, const char *text)
{
    snprintf(error, error_bytes, "%s", text);
    return -EINVAL;
}

/* ---- interrupts ---- */

static void note(struct board *board, const struct board_interrupt *interrupt)
{
    if (board->noted == board->room) {
        board->room = board->room ? 2 * board->room : 64;
        board->interrupts = realloc(board->interrupts, board->room * sizeof(*board->interrupts));
        if (!board->interrupts)
            abort(); /* an interrupt cannot be lost, and nobody can be told */
    }
    board->interrupts[board->noted++] = *interrupt;
    board_trace_interrupt(&board->tracer, interrupt);
}

static void note_message(struct board *board, uint64_t address, uint32_t data)
{
    note(board, &(struct board_interrupt){.address = address, .data = data, .at_ps = board->sim.now_ps});
}

static void unit_interrupt(void *context, uint64_t address, uint32_t data)
{
    struct iommu *iommu = context;

    note_message(iommu->board, address, data);
}

static void device_interrupt(void *context, uint16_t requester_id, uint64_t address, uint32_t data)
{
    struct iommu *iommu = context;

    (void)requester_id;
    note_message(iommu->board, address, data);
}

static void unit_line(void *context, uint32_t line)
{
    struct iommu *iommu = context;

    note(iommu->board,
         &(struct board_interrupt){.line = true, .iommu = iommu->index, .data = line, .at_ps = iommu->board->sim.now_ps});
}

bool board_interrupt_take(struct board *board, struct board_interrupt *interrupt)
{
    if (board->taken == board->noted)
        return false;
    *interrupt = board->interrupts[board->taken++];
    if (board->taken == board->noted)
        board->taken = board->noted = 0;
    return true;
}

/* ---- memory ---- */

static enum port_reply memory_or_doorbell(void *context, struct port_request *request)
{
    struct iommu *iommu = context;
    struct board *board = iommu->board;

    iommu->dma.accesses += request->origin == PORT_DMA;
    iommu->dma.unsnooped += request->origin == PORT_DMA && !request->snoop;
    if (request->address != board->doorbell || request->kind != PORT_WRITE || request->bytes != 4)
        return board_trace_access(&iommu->speaker, &board->ram, request);
    note_message(board, request->address, load_le32(request->data));
    request->status = PORT_OK;
    request->done_ps = request->issue_ps;
    return PORT_DONE;
}

static int add_ram(struct board *board, const struct board_ram *ram, bool direct)
{
    void *piece = direct && ram->bytes ? calloc(1, ram->bytes) : NULL;
    int result;

    if (direct && ram->bytes && !piece)
        return -ENOMEM;
    result = memory_add_region_at(board->memory, ram->base, ram->bytes, piece);
    if (result)
        free(piece);
    else if (piece)
        board->pieces[board->piece_count++] = piece;
    return result;
}

static int create_memory(struct board *board, const struct board_config *config, char *error, size_t error_bytes)
{
    board->memory = memory_create();
    if (!board->memory)
        return -ENOMEM;
    if (config->ram_count > PIECES_MAX)
        return refuse(error, error_bytes, "RAM in more than 16 pieces");
    for (size_t i = 0; i < config->ram_count; i++) {
        int result = add_ram(board, &config->rams[i], config->direct_ram);

        if (result == -EINVAL)
            return refuse(error, error_bytes, "pieces of RAM overlap, are empty or pass the end of the address space");
        if (result)
            return result;
    }
    board->ram = memory_port_of(board->memory);
    board->doorbell = config->doorbell;
    if (!config->memory_latency_ps)
        return 0;
    board->delay = (struct delay_port){.latency_ps = config->memory_latency_ps};
    if (delay_port_init(&board->delay, &board->sim, board->ram, ACCESSES_MAX))
        return -ENOMEM;
    board->delayed = true;
    board->ram = delay_port_of(&board->delay);
    return 0;
}

bool board_memory_read(struct board *board, uint64_t address, void *data, size_t bytes)
{
    return memory_read(board->memory, address, data, bytes);
}

bool board_memory_write(struct board *board, uint64_t address, const void *data, size_t bytes)
{
    return memory_write(board->memory, address, data, bytes);
}

void *board_memory_pointer(const struct board *board, uint64_t address, size_t bytes)
{
    return memory_pointer(board->memory, address, bytes);
}

struct board_dma board_dma(const struct board *board, uint32_t iommu)
{
    return board->iommus[iommu].dma;
}

/* ---- the root complex ---- */

/* Messages of the IOMMU are routed by ID; one for nobody is lost, as on a bus. */
static void message_down(void *context, const struct pcie_message *message)
{
    struct board *board = ((struct iommu *)context)->board;

    board_trace_message(&board->tracer, message, board->sim.now_ps);
    for (size_t i = 0; i < board->device_count; i++)
        if (board->devices[i].requester_id == message->device_id && !board->devices[i].aliased)
            pasid_device_message(board->devices[i].unit, message);
}

static bool request_up(void *context, struct pcie_request *request)
{
    struct device *device = context;

    if (device->aliased)
        request->requester_id = device->alias;
    return board_trace_request(&device->board->tracer, request, device->iommu->ops->request, device->iommu->unit);
}

static void message_up(void *context, const struct pcie_message *message)
{
    struct device *device = context;

    board_trace_message(&device->board->tracer, message, device->board->sim.now_ps);
    device->iommu->ops->message(device->iommu->unit, message);
}

/* ---- create and destroy ---- */

static int create_iommu(struct board *board, const struct board_iommu *config, char *error, size_t error_bytes)
{
    struct iommu *iommu = &board->iommus[board->iommu_count];
    struct board_ports ports;
    int result;

    *iommu = (struct iommu){.board = board,
                            .index = (uint32_t)board->iommu_count,
                            .ops = config->architecture == PLATFORM_VTD ? &board_vtd_ops : &board_smmuv3_ops,
                            .speaker = {.tracer = &board->tracer, .index = (uint32_t)board->iommu_count}};
    snprintf(iommu->speaker.name, sizeof(iommu->speaker.name), "iommu/%u", iommu->index);
    ports = (struct board_ports){.memory = {memory_or_doorbell, iommu},
                                 .interrupt = {unit_interrupt, iommu},
                                 .device_interrupt = {device_interrupt, iommu},
                                 .message = {message_down, iommu},
                                 .line = unit_line,
                                 .probe = board_trace_probe(&iommu->speaker)};
    result = iommu->ops->create(&board->sim, config->parameters, &ports, &iommu->unit, error, error_bytes);
    board->iommu_count += !result;
    return result;
}

static bool device_preset(const char *name, void *params)
{
    return pasid_device_preset(name, params);
}

static bool device_set(void *params, const char *name, const char *value)
{
    return pasid_device_set_parameter(params, name, value);
}

static int create_device(struct board *board, const struct board_device *config, char *error, size_t error_bytes)
{
    static const struct board_parameters names = {device_preset, device_set};
    struct device *device = &board->devices[board->device_count];
    struct pasid_device_ports ports = {.upstream = {request_up, device}, .message = {message_up, device}};
    struct pasid_device_params params = {0};
    int result;

    if (config->iommu >= board->iommu_count)
        return refuse(error, error_bytes, "a device is below an IOMMU that there is not");
    *device = (struct device){.board = board,
                              .iommu = &board->iommus[config->iommu],
                              .requester_id = config->requester_id,
                              .aliased = config->aliased,
                              .alias = config->alias,
                              .speaker = {.tracer = &board->tracer}};
    snprintf(device->speaker.name, sizeof(device->speaker.name), "device/%04x", config->requester_id);
    ports.probe = board_trace_probe(&device->speaker);
    result = board_parameters_read(&names, config->parameters, &params, error, error_bytes);
    params.requester_id = config->requester_id;
    if (!result && config->aliased && (params.pasid || params.ats || params.pri))
        return refuse(error, error_bytes, "a device behind a bridge with an id of its own has no PASID, ATS or PRI");
    if (!result)
        result = pasid_device_create(&board->sim, &params, &ports, &device->unit, error, error_bytes);
    board->device_count += !result;
    return result;
}

int board_create(const struct board_config *config, struct board **out, char *error, size_t error_bytes)
{
    struct board *board;
    int result;

    snprintf(error, error_bytes, "out of memory");
    if (!config->iommu_count || config->iommu_count > BOARD_UNITS_MAX || config->device_count > BOARD_UNITS_MAX)
        return refuse(error, error_bytes, "a board has 1 to 16 IOMMUs and up to 16 devices");
    board = calloc(1, sizeof(*board));
    if (!board)
        return -ENOMEM;
    sim_init(&board->sim, config->seed);
    board_tracer_init(&board->tracer, &config->trace, &board->sim);
    result = create_memory(board, config, error, error_bytes);
    for (size_t i = 0; i < config->iommu_count && !result; i++)
        result = create_iommu(board, &config->iommus[i], error, error_bytes);
    for (size_t i = 0; i < config->device_count && !result; i++)
        result = create_device(board, &config->devices[i], error, error_bytes);
    if (result)
        board_destroy(board);
    else
        *out = board;
    return result;
}

/* IOMMUs first: they forget requests of devices without an answer. */
void board_destroy(struct board *board)
{
    if (!board)
        return;
    for (size_t i = 0; i < board->iommu_count; i++)
        board->iommus[i].ops->destroy(board->iommus[i].unit);
    for (size_t i = 0; i < board->device_count; i++)
        pasid_device_destroy(board->devices[i].unit);
    if (board->delayed)
        delay_port_fini(&board->delay);
    memory_destroy(board->memory);
    while (board->piece_count)
        free(board->pieces[--board->piece_count]);
    board_tracer_fini(&board->tracer);
    free(board->interrupts);
    free(board);
}

/* ---- registers, configuration space, BARs ---- */

uint64_t board_register_read(struct board *board, uint32_t iommu, uint64_t offset, uint32_t bytes)
{
    return board->iommus[iommu].ops->register_read(board->iommus[iommu].unit, offset, bytes);
}

void board_register_write(struct board *board, uint32_t iommu, uint64_t offset, uint32_t bytes, uint64_t value)
{
    board->iommus[iommu].ops->register_write(board->iommus[iommu].unit, offset, bytes, value);
}

uint32_t board_config_read(struct board *board, uint32_t device, uint32_t offset, uint32_t bytes)
{
    return pasid_device_config_read(board->devices[device].unit, offset, bytes);
}

void board_config_write(struct board *board, uint32_t device, uint32_t offset, uint32_t bytes, uint32_t value)
{
    pasid_device_config_write(board->devices[device].unit, offset, bytes, value);
}

bool board_bar_read(struct board *board, uint32_t device, uint32_t bar, uint64_t offset, uint32_t bytes, uint64_t *value)
{
    return pasid_device_bar_read(board->devices[device].unit, bar, offset, bytes, value) == PCIE_SC;
}

void board_bar_write(struct board *board, uint32_t device, uint32_t bar, uint64_t offset, const void *data, uint32_t bytes)
{
    pasid_device_bar_write(board->devices[device].unit, bar, offset, data, bytes);
}

enum board_deferred board_deferrable_write(struct board *board, uint32_t device, uint64_t address, const void *data,
                                           uint32_t bytes)
{
    static const enum board_deferred answers[] = {[PASID_DEVICE_ACCEPTED] = BOARD_ACCEPTED,
                                                  [PASID_DEVICE_RETRY] = BOARD_RETRY,
                                                  [PASID_DEVICE_UNSUPPORTED] = BOARD_UNSUPPORTED};

    return answers[pasid_device_deferrable_write(board->devices[device].unit, address, data, bytes)];
}

/* ---- time ---- */

void board_trace_all(struct board *board)
{
    board->tracer.to.all = true;
}

uint64_t board_now_ps(const struct board *board)
{
    return board->sim.now_ps;
}

bool board_step(struct board *board, uint64_t last_ps)
{
    return sim_step(&board->sim, last_ps);
}

void board_run(struct board *board, uint64_t last_ps)
{
    sim_run(&board->sim, last_ps);
}
