/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_check.c - is a descriptor well formed? Operation, flags, reserved fields, size, alignment, handle, privilege, in this
 * order; the first check that fails is the status.
 */
#include "pasid-device/pd_internal.h"

#define FLAG(name) (1u << PD_FLAG_##name)
#define FLAGS_KNOWN                                                                                                    \
    (FLAG(FENCE) | FLAG(BOF) | FLAG(CRAV) | FLAG(RCR) | FLAG(RCI) | FLAG(CR) | FLAG(DRDBK) | FLAG(XEXEC) | FLAG(XNS) | \
     FLAG(XUNTR))
#define DEVICE_CONTROL_2 (PD_CFG_PCIE + 0x28u)
#define ATOMIC_REQUESTER_ENABLE 0x0040u

/* What each operation has besides the header: which bits of bytes 40 to 63 mean something, and what its size counts. */
enum measure { NOTHING, OF_SRC, OF_DST, OF_BOTH, REGION, DESCRIPTORS, PAGES };
static const struct form {
    uint8_t opcode;
    enum measure measure;
    uint64_t data[3];
} forms[] = {
    {PD_OP_NOP, NOTHING, {0, 0, 0}},
    {PD_OP_BATCH, DESCRIPTORS, {0, 0, 0}},
    {PD_OP_DRAIN, NOTHING, {0, 0, 0}},
    {PD_OP_MEMMOVE, OF_BOTH, {0, 0, 0}},
    {PD_OP_FILL, OF_DST, {0, 0, 0}},
    {PD_OP_COMPARE, OF_BOTH, {0xff, 0, 0}},
    {PD_OP_COMPVAL, OF_SRC, {0xff, 0, 0}},
    {PD_OP_XFETCH, REGION, {0, UINT32_MAX, 0}},
    {PD_OP_CRC32C, OF_SRC, {UINT32_MAX, 0, 0}},
    {PD_OP_ATOMIC, NOTHING, {UINT64_MAX, UINT64_MAX, 0xffff}},
    {PD_OP_XLATE, PAGES, {0xf, 0, 0}},
    {PD_OP_PAGEREQ, PAGES, {0x3, 0, 0}},
};

static const struct form *form_of(uint8_t opcode)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (forms[i].opcode == opcode)
            return &forms[i];
    return NULL;
}

uint64_t pd_capability_ops(const struct pasid_device *device, uint32_t word)
{
    uint64_t bits = 0;
    (void)device;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (forms[i].opcode / 64u == word)
            bits |= UINT64_C(1) << forms[i].opcode % 64u;
    return bits;
}

static uint64_t wqcfg(const struct pasid_device *device, const struct pd_job *job, uint32_t field)
{
    return pd_get(&device->bar0, field, job->work.wq * PD_STRIDE_WQCFG);
}

static bool operation_allowed(const struct pasid_device *device, const struct pd_job *job)
{
    static const uint32_t words[] = {PD_WQCFG_OP_CONFIG0, PD_WQCFG_OP_CONFIG1, PD_WQCFG_OP_CONFIG2, PD_WQCFG_OP_CONFIG3};
    uint64_t any = 0;
    for (unsigned i = 0; i < 4u; i++)
        any |= wqcfg(device, job, words[i]);
    bool listed = wqcfg(device, job, words[job->opcode / 64u]) >> job->opcode % 64u & 1u;
    bool atomics = pcie_config_read(&device->config, DEVICE_CONTROL_2, 2) & ATOMIC_REQUESTER_ENABLE;
    if (job->opcode == PD_OP_BATCH && job->in_batch)
        return false;
    return (!any || listed) && (job->opcode != PD_OP_ATOMIC || atomics);
}

bool pd_pasid_too_wide(struct pasid_device *device, const struct pd_flow *flow)
{
    return flow->has_pasid && flow->pasid >> device->params.pasid_width && !pd_deviates(device, PD_E_H26_WIDTH, flow, 0, NULL);
}

/* The first doubleword of what goes to a dedicated queue, and of what stands in a batch, is not looked at. */
static bool reserved_set(struct pasid_device *device, const struct pd_job *job, const struct form *form)
{
    static const uint32_t data[] = {PD_DESC_DATA0, PD_DESC_DATA1, PD_DESC_DATA2};
    const uint8_t *bytes = job->work.bytes;
    bool shared = !wqcfg(device, job, PD_WQCFG_MODE) && !job->in_batch;
    uint64_t header = pd_load(bytes, PD_DESC_PASID) | pd_load(bytes, PD_DESC_PRIV) << 31;
    uint64_t first = (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 | (uint64_t)bytes[3] << 24;
    bool wrong = (shared && first != header) || bytes[38] || bytes[39];
    for (unsigned i = 0; i < 3u; i++)
        wrong |= (pd_load(bytes, data[i]) & ~form->data[i]) != 0;
    return wrong || pd_pasid_too_wide(device, &job->work.flow);
}

static uint64_t wq_limit(const struct pasid_device *device, const struct pd_job *job, uint32_t field, uint64_t capability_lg2)
{
    uint64_t lg2 = wqcfg(device, job, field);
    return UINT64_C(1) << (lg2 && lg2 < capability_lg2 ? lg2 : capability_lg2);
}

static bool wraps(uint64_t address, uint64_t size)
{
    return size && address + size - 1u < address;
}

static uint8_t check_size(const struct pasid_device *device, const struct pd_job *job, const struct form *form)
{
    uint64_t size = job->size;
    uint64_t most = wq_limit(device, job, PD_WQCFG_MAX_XFER, pd_get(&device->bar0, PD_GENCAP_MAX_XFER, 0));
    switch (form->measure) {
    case OF_SRC:
    case OF_DST:
    case OF_BOTH:
        if (size == 0 || size > most || (form->measure != OF_DST && wraps(job->src, size)) ||
            (form->measure != OF_SRC && wraps(job->dst, size)))
            return PD_ST_SIZE;
        break;
    case REGION: /* nothing is moved: of any length */
        if (size == 0 || wraps(job->src, size))
            return PD_ST_SIZE;
        break;
    case DESCRIPTORS:
        most = wq_limit(device, job, PD_WQCFG_MAX_BATCH, pd_get(&device->bar0, PD_GENCAP_MAX_BATCH, 0));
        if (size < 2u || size > most)
            return PD_ST_COUNT;
        if (wraps(job->src, size * PD_LINE))
            return PD_ST_SIZE;
        break;
    case PAGES:
        if (size == 0 || size > 8u)
            return PD_ST_COUNT;
        break;
    case NOTHING:
        break;
    }
    uint64_t width = pd_load(job->work.bytes, PD_DESC_DATA2) & 0xffu, kind = pd_load(job->work.bytes, PD_DESC_DATA2) >> 8;
    bool atomic = job->opcode == PD_OP_ATOMIC;
    return atomic && ((width != 4u && width != 8u) || kind > 2u) ? PD_ST_SIZE : PD_ST_OK;
}

static uint8_t check_alignment(const struct pd_job *job)
{
    const uint8_t *bytes = job->work.bytes;
    uint64_t width = pd_load(bytes, PD_DESC_DATA2) & 0xffu;
    if (job->opcode == PD_OP_BATCH && job->src % PD_LINE)
        return PD_ST_LIST_ALIGN;
    if (job->opcode == PD_OP_ATOMIC && job->dst % width)
        return PD_ST_ALIGN;
    return (job->flags & FLAG(CRAV)) && pd_load(bytes, PD_DESC_RECORD) % 32u ? PD_ST_CR_ALIGN : PD_ST_OK;
}

static uint8_t check_handle(const struct pasid_device *device, const struct pd_job *job)
{
    uint32_t vector = (uint32_t)pd_load(job->work.bytes, PD_DESC_HANDLE);
    if (!(job->flags & FLAG(RCI)))
        return PD_ST_OK;
    return vector < PD_VECTORS && pd_msix_permits(device, vector, &job->work.flow) ? PD_ST_OK : PD_ST_HANDLE;
}

uint8_t pd_check(struct pasid_device *device, const struct pd_job *job)
{
    const struct form *form = form_of(job->opcode);
    if (!form || !operation_allowed(device, job))
        return PD_ST_OPCODE;
    if (job->flags & ~FLAGS_KNOWN)
        return PD_ST_FLAGS;
    if (reserved_set(device, job, form))
        return PD_ST_RESERVED;
    uint8_t status = check_size(device, job, form);
    if (status == PD_ST_OK)
        status = check_alignment(job);
    if (status == PD_ST_OK)
        status = check_handle(device, job);
    /* A user of a shared queue is what the processor said; a queue for users takes no privileged work. */
    bool raised = job->work.flow.privileged && !wqcfg(device, job, PD_WQCFG_PRIV);
    return status == PD_ST_OK && raised ? PD_ST_PRIV : status;
}
