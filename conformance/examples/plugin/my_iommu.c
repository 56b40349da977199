/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * my_iommu.c - a plug-in for the iotb conformance suite: someone's IOMMU behind the interface of dut.h.
 *
 * Here the IOMMU is the installed VT-d model with memory of its own. For another one, replace what stands between the
 * interface and struct vtd; nothing else of iotb is needed.
 */
#include <dut/dut.h>
#include <sim/memory.h>
#include <vtd/vtd.h>

#include <stdlib.h>
#include <string.h>

#define RAM_BASE 0x10000000ull
#define RAM_BYTES 0x40000000ull

struct slot {
    struct pcie_request request; /* first: a request leads back to its slot */
    struct iotb_dut *dut;
};

struct iotb_dut {
    struct sim sim;
    struct memory *memory;
    struct vtd *vtd;
    uint32_t host_address_bits;
    struct pcie_request *done; /* completed, not collected yet */
};

static void request_done(struct pcie_request *request)
{
    struct iotb_dut *dut = ((struct slot *)request)->dut;

    request->link = dut->done;
    dut->done = request;
}

static void ignore_interrupt(void *context, uint64_t address, uint32_t data)
{
    (void)context;
    (void)address;
    (void)data;
}

static void my_close(struct iotb_dut *dut)
{
    if (dut->vtd)
        vtd_destroy(dut->vtd);
    if (dut->memory)
        memory_destroy(dut->memory);
    for (struct pcie_request *next; dut->done; dut->done = next) {
        next = dut->done->link;
        free(dut->done);
    }
    free(dut);
}

static int my_open(const struct iotb_open_args *args, struct iotb_dut **out)
{
    struct iotb_dut *dut = calloc(1, sizeof(*dut));
    struct vtd_params params = {0};
    struct vtd_ports ports = {.interrupt = {ignore_interrupt, NULL}};

    if (!dut)
        return IOTB_E_NO_MEMORY;
    sim_init(&dut->sim, args->seed);
    dut->memory = memory_create();
    if (dut->memory && memory_add_region(dut->memory, RAM_BASE, RAM_BYTES) == 0) {
        ports.memory = memory_port_of(dut->memory);
        if (vtd_preset("legacy", &params) &&
            vtd_create(&dut->sim, &params, &ports, &dut->vtd, args->error, args->error_bytes) == 0) {
            dut->host_address_bits = params.haw;
            *out = dut;
            return IOTB_OK;
        }
    }
    my_close(dut);
    return IOTB_E_NO_MEMORY;
}

static int my_describe(struct iotb_dut *dut, struct iotb_desc *desc)
{
    *desc = (struct iotb_desc){.size = sizeof(*desc),
                               .kind = IOTB_KIND_IOMMU,
                               .architecture = IOTB_ARCH_VTD,
                               .host_address_bits = dut->host_address_bits,
                               .features = IOTB_F_COMPLETION_STATUS | IOTB_F_OVERLAP | IOTB_F_TIME | IOTB_F_ANY_REQUESTER |
                                           IOTB_F_WIDE_ADDRESS,
                               .request_bytes_max = 64,
                               .ram_base = RAM_BASE,
                               .ram_bytes = RAM_BYTES,
                               .hole_address = 0x1000,
                               .name = "my_iommu",
                               .version = "1"};
    return IOTB_OK;
}

static int my_reset(struct iotb_dut *dut, uint32_t kind)
{
    if (kind != IOTB_RESET_COLD)
        return IOTB_E_UNSUPPORTED;
    vtd_reset(dut->vtd, false);
    return IOTB_OK;
}

static int my_advance(struct iotb_dut *dut, struct iotb_advance *advance)
{
    uint64_t next_ps;

    while (!dut->done && sim_step(&dut->sim, advance->until_ps))
        ;
    if (!dut->done && dut->sim.now_ps < advance->until_ps)
        sim_run(&dut->sim, advance->until_ps);
    advance->reached_ps = dut->sim.now_ps;
    advance->idle = !dut->done && !sim_next_ps(&dut->sim, &next_ps);
    return IOTB_OK;
}

static int my_reg_read(struct iotb_dut *dut, uint64_t offset, uint32_t bytes, uint64_t *value)
{
    *value = vtd_register_read(dut->vtd, offset, bytes);
    return IOTB_OK;
}

static int my_reg_write(struct iotb_dut *dut, uint64_t offset, uint32_t bytes, uint64_t value)
{
    vtd_register_write(dut->vtd, offset, bytes, value);
    return IOTB_OK;
}

static int my_submit(struct iotb_dut *dut, const struct iotb_request *request)
{
    struct slot *slot = calloc(1, sizeof(*slot));

    if (!slot)
        return IOTB_E_NO_MEMORY;
    if (request->kind > IOTB_WRITE || request->address_type != IOTB_AT_UNTRANSLATED || request->flags) {
        free(slot); /* describe() has not offered these */
        return IOTB_E_UNSUPPORTED;
    }
    slot->dut = dut;
    slot->request.id = request->id;
    slot->request.requester_id = request->requester_id;
    slot->request.kind = request->kind == IOTB_READ ? PCIE_READ : PCIE_WRITE;
    slot->request.bytes = request->bytes;
    slot->request.address = request->address;
    slot->request.issue_ps = dut->sim.now_ps;
    slot->request.done = request_done;
    memcpy(slot->request.data, request->data, sizeof(slot->request.data));
    if (vtd_request(dut->vtd, &slot->request))
        request_done(&slot->request);
    return IOTB_OK;
}

static int my_poll_completion(struct iotb_dut *dut, struct iotb_completion *completion)
{
    struct pcie_request *request = dut->done;

    if (!request)
        return IOTB_NONE;
    *completion = (struct iotb_completion){.size = sizeof(*completion),
                                           .id = request->id,
                                           .status = (uint32_t)request->status,
                                           .bytes = request->data_bytes,
                                           .done_ps = request->done_ps};
    memcpy(completion->data, request->data, request->data_bytes);
    dut->done = request->link;
    free(request);
    return IOTB_OK;
}

static int my_mem_read(struct iotb_dut *dut, uint64_t address, void *data, uint32_t bytes)
{
    return memory_read(dut->memory, address, data, bytes) ? IOTB_OK : IOTB_E_ARGUMENT;
}

static int my_mem_write(struct iotb_dut *dut, uint64_t address, const void *data, uint32_t bytes)
{
    return memory_write(dut->memory, address, data, bytes) ? IOTB_OK : IOTB_E_ARGUMENT;
}

const struct iotb_dut_ops *iotb_dut_entry(uint32_t abi)
{
    static const struct iotb_iommu_ops iommu = {.size = sizeof(iommu),
                                                .reg_read = my_reg_read,
                                                .reg_write = my_reg_write,
                                                .submit = my_submit,
                                                .poll_completion = my_poll_completion,
                                                .mem_read = my_mem_read,
                                                .mem_write = my_mem_write};
    static const struct iotb_dut_ops ops = {.size = sizeof(ops),
                                            .abi = IOTB_DUT_ABI,
                                            .name = "my_iommu",
                                            .open = my_open,
                                            .describe = my_describe,
                                            .reset = my_reset,
                                            .advance = my_advance,
                                            .close = my_close,
                                            .iommu = &iommu};

    return abi == IOTB_DUT_ABI ? &ops : NULL;
}
