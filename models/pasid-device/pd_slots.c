/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_slots.c - BAR4: raw masters. Every field of a TLP is as software says; nothing is checked.
 */
#include "pasid-device/pd_internal.h"

#include <string.h>

#define BUFFER_IN 0x80u
#define MESSAGE_INVALIDATE_COMPLETION 0x02u
#define MESSAGE_PAGE_REQUEST 0x04u

static uint64_t slot(const struct pasid_device *device, uint32_t n, uint32_t field)
{
    return pd_get(&device->bar4, field, n * PD_STRIDE_SLOT);
}

static void put(struct pasid_device *device, uint32_t n, uint32_t field, uint64_t value)
{
    pd_put(&device->bar4, field, n * PD_STRIDE_SLOT, value);
}

static uint8_t *buffer(struct pasid_device *device, uint32_t n)
{
    return device->bar4.value + PD_AT_BUFFER + n * PD_STRIDE_BUFFER;
}

/* x, x^22 + x^21 + 1 stepped eight times: the same bytes in every build of the device. */
static uint32_t pattern_byte(uint32_t *state)
{
    for (unsigned i = 0; i < 8u; i++)
        *state = (*state << 1 | ((*state >> 21 ^ *state >> 20) & 1u)) & 0x3fffffu;
    return *state & 0xffu;
}

static uint32_t length_of(const struct pasid_device *device, uint32_t n)
{
    uint32_t bytes = (uint32_t)slot(device, n, PD_SLOT_LENGTH);
    return bytes == 0 ? 4u : bytes > PD_LINE ? PD_LINE : bytes;
}

static void payload(struct pasid_device *device, uint32_t n, uint32_t tlp, uint8_t *data)
{
    uint64_t seed = slot(device, n, PD_SLOT_DATA_SEED) ^ pd_get(&device->bar4, PD_SEED_VALUE, 0);
    uint32_t state = (uint32_t)((seed + tlp) % 0x3fffffu) + 1u;
    if (!slot(device, n, PD_SLOT_DATA_SEED)) {
        memcpy(data, buffer(device, n), PD_LINE);
        return;
    }
    for (uint32_t i = 0; i < PD_LINE; i++)
        data[i] = (uint8_t)pattern_byte(&state);
}

/* ---- sending ---- */

static bool send_message(struct pasid_device *device, uint32_t n)
{
    uint64_t header = slot(device, n, PD_SLOT_ADDRESS);
    bool completes = slot(device, n, PD_SLOT_CODE) == MESSAGE_INVALIDATE_COMPLETION;
    struct pcie_message message = {
        .kind = completes ? PCIE_INVALIDATE_COMPLETION : PCIE_PAGE_REQUEST,
        .device_id = slot(device, n, PD_SLOT_RID_V) ? (uint16_t)slot(device, n, PD_SLOT_RID) : device->requester_id,
        .has_pasid = slot(device, n, PD_SLOT_PASID_V),
        .pasid = (uint32_t)slot(device, n, PD_SLOT_PASID),
        .privileged = slot(device, n, PD_SLOT_PRIV),
        .execute = slot(device, n, PD_SLOT_EXEC),
    };
    if (completes) { /* 10.3.2: the address word is the ITag vector; the agent is in the upper half */
        message.itag = slot(device, n, PD_SLOT_ITAG) ? 1u << slot(device, n, PD_SLOT_ITAG) : (uint32_t)header;
        message.completion_count = (uint8_t)slot(device, n, PD_SLOT_CC);
        message.agent_id = (uint16_t)(header >> 48);
    } else { /* 10.4.1: address 63:12, index 11:3, L 2, W 1, R 0 */
        message.address = header & ~(uint64_t)(PD_PAGE - 1u);
        message.group_index = header >> 3 & 0x1ffu;
        message.last = header >> 2 & 1u;
        message.write = header >> 1 & 1u;
        message.read = header & 1u;
    }
    return pd_post_message(device, &message, false);
}

static void own_header(struct pasid_device *device, uint32_t n, struct pd_tlp *tlp)
{
    struct pcie_request *r = &tlp->request;
    bool treq = r->at == PCIE_AT_TRANSLATION;
    r->has_pasid = slot(device, n, PD_SLOT_PASID_V);
    r->pasid = (uint32_t)slot(device, n, PD_SLOT_PASID);
    r->execute = slot(device, n, PD_SLOT_EXEC);
    r->privileged = slot(device, n, PD_SLOT_PRIV);
    r->no_snoop = !treq && slot(device, n, PD_SLOT_NS);
    r->no_write = treq && slot(device, n, PD_SLOT_NS);
    r->relaxed_ordering = slot(device, n, PD_SLOT_RO);
    r->id_ordering = slot(device, n, PD_SLOT_IDO);
    r->poisoned = slot(device, n, PD_SLOT_EP);
    r->zero_length = slot(device, n, PD_SLOT_BE_V) && r->kind == PCIE_READ;
    r->requester_id = slot(device, n, PD_SLOT_RID_V) ? (uint16_t)slot(device, n, PD_SLOT_RID) : device->requester_id;
}

static void operands(struct pasid_device *device, uint32_t n, struct pcie_request *r)
{
    uint64_t operand = slot(device, n, PD_SLOT_OPERAND), compare = slot(device, n, PD_SLOT_COMPARE);
    bool cas = r->kind == PCIE_CAS;
    for (uint32_t i = 0; i < 8u && i < r->bytes; i++) {
        r->data[i] = (uint8_t)((cas ? compare : operand) >> 8u * i);
        if (cas && r->bytes + i < PCIE_DATA_BYTES_MAX) /* LENGTH may be any */
            r->data[r->bytes + i] = (uint8_t)(operand >> 8u * i);
    }
}

static enum pcie_kind kind_of(uint64_t type)
{
    static const enum pcie_kind kinds[] = {PCIE_READ, PCIE_WRITE, PCIE_FETCH_ADD, PCIE_SWAP, PCIE_CAS, PCIE_READ};
    return kinds[type <= PD_RAW_TREQ ? type : PD_RAW_READ];
}

static void retag(struct pasid_device *device, uint32_t n, struct pd_tlp *tlp)
{
    uint32_t tag = (uint32_t)slot(device, n, PD_SLOT_TAG) % PD_TAGS_MAX;
    if (tlp->posted || !slot(device, n, PD_SLOT_TAG_V))
        return;
    device->tlps.tag_users[tlp->request.id]--;
    device->tlps.tag_users[tag]++;
    tlp->request.id = tag;
}

static bool send_raw(struct pasid_device *device, uint32_t n)
{
    struct pd_raw *raw = &device->exerciser.slot[n];
    uint64_t type = slot(device, n, PD_SLOT_TYPE);
    enum pcie_kind kind = kind_of(type);
    enum pcie_at at = type == PD_RAW_TREQ ? PCIE_AT_TRANSLATION : (enum pcie_at)slot(device, n, PD_SLOT_AT);
    struct pd_tlp *tlp = pd_tlp_prepare(device, kind, at, NULL, false, raw->address, length_of(device, n));
    if (!tlp)
        return false;
    own_header(device, n, tlp);
    retag(device, n, tlp);
    if (kind == PCIE_WRITE)
        payload(device, n, raw->sent, tlp->request.data);
    else if (pcie_is_atomic(kind))
        operands(device, n, &tlp->request);
    pd_tlp_queue(device, tlp);
    raw->tlp = tlp->posted ? NULL : tlp;
    return true;
}

static void start_access(struct pasid_device *device, uint32_t n)
{
    struct pd_raw *raw = &device->exerciser.slot[n];
    struct pd_flow flow = {.has_pasid = slot(device, n, PD_SLOT_PASID_V),
                           .pasid = (uint32_t)slot(device, n, PD_SLOT_PASID),
                           .privileged = slot(device, n, PD_SLOT_PRIV),
                           .no_snoop = slot(device, n, PD_SLOT_NS)};
    pd_access_start(&raw->access, kind_of(slot(device, n, PD_SLOT_TYPE)), &flow, raw->address, length_of(device, n));
    raw->access.execute = slot(device, n, PD_SLOT_EXEC);
    struct pcie_request operand = {.kind = raw->access.kind, .bytes = raw->access.bytes};
    if (raw->access.kind == PCIE_WRITE)
        payload(device, n, raw->sent, raw->access.data);
    else if (pcie_is_atomic(raw->access.kind)) {
        operands(device, n, &operand);
        memcpy(raw->access.data, operand.data, PD_LINE);
    }
}

/* ---- receiving ---- */

static void take_data(struct pasid_device *device, uint32_t n, const uint8_t *data, uint32_t bytes)
{
    uint64_t sum = slot(device, n, PD_SLOT_CHECKSUM);
    memcpy(buffer(device, n) + BUFFER_IN, data, bytes);
    for (uint32_t i = 0; i < bytes; i++)
        sum = (sum << 1 | sum >> 63) ^ data[i];
    put(device, n, PD_SLOT_CHECKSUM, sum);
    put(device, n, PD_SLOT_BYTES, bytes);
}

static void next(struct pasid_device *device, uint32_t n)
{
    struct pd_raw *raw = &device->exerciser.slot[n];
    raw->sent++;
    raw->busy = false;
    put(device, n, PD_SLOT_TLPS, raw->sent);
    put(device, n, PD_SLOT_TICKS, pd_tick(device) - raw->began);
    raw->address += slot(device, n, PD_SLOT_STRIDE);
    if (raw->left--)
        return;
    raw->running = false;
    put(device, n, PD_SLOT_BUSY, 0);
    put(device, n, PD_SLOT_DONE, 1);
}

static bool step_tlp(struct pasid_device *device, uint32_t n)
{
    struct pd_raw *raw = &device->exerciser.slot[n];
    struct pd_tlp *tlp = raw->tlp;
    if (tlp && tlp->state != PD_TLP_ANSWERED && tlp->state != PD_TLP_TIMED_OUT)
        return false;
    if (tlp) {
        bool late = tlp->state == PD_TLP_TIMED_OUT;
        uint32_t bytes = tlp->request.data_bytes > PD_LINE ? PD_LINE : tlp->request.data_bytes;
        put(device, n, PD_SLOT_STATUS, (uint64_t)tlp->request.status);
        put(device, n, PD_SLOT_EP_SEEN, tlp->request.poisoned);
        put(device, n, PD_SLOT_TIMED_OUT, late);
        take_data(device, n, tlp->request.data, late ? 0 : bytes);
        pd_tlp_release(tlp);
    }
    next(device, n);
    return true;
}

static bool step_access(struct pasid_device *device, uint32_t n)
{
    struct pd_raw *raw = &device->exerciser.slot[n];
    bool moved = pd_access_step(device, &raw->access);
    if (raw->access.state != PD_ACCESS_DONE)
        return moved;
    bool good = raw->access.status == PD_ST_OK;
    put(device, n, PD_SLOT_STATUS, good ? PCIE_SC : raw->access.status == PD_ST_DATA_CA ? PCIE_CA : PCIE_UR);
    if (good && raw->access.kind != PCIE_WRITE)
        take_data(device, n, raw->access.data, raw->access.bytes);
    next(device, n);
    return true;
}

static bool begin_one(struct pasid_device *device, uint32_t n)
{
    struct pd_raw *raw = &device->exerciser.slot[n];
    raw->through_atc = slot(device, n, PD_SLOT_USE_ATC) && slot(device, n, PD_SLOT_TYPE) < PD_RAW_TREQ;
    if (raw->through_atc)
        start_access(device, n);
    else if (slot(device, n, PD_SLOT_TYPE) == PD_RAW_MESSAGE ? !send_message(device, n) : !send_raw(device, n))
        return false;
    raw->busy = true;
    raw->began = pd_tick(device);
    return true;
}

void pd_slot_go(struct pasid_device *device, uint32_t n)
{
    struct pd_raw *raw = &device->exerciser.slot[n];
    put(device, n, PD_SLOT_GO, 0);
    if (raw->running)
        return;
    *raw = (struct pd_raw){
        .running = true, .left = (uint32_t)slot(device, n, PD_SLOT_REPEAT), .address = slot(device, n, PD_SLOT_ADDRESS)};
    put(device, n, PD_SLOT_BUSY, 1);
    put(device, n, PD_SLOT_DONE, 0);
    put(device, n, PD_SLOT_CHECKSUM, 0);
    put(device, n, PD_SLOT_STATUS, 0);
    put(device, n, PD_SLOT_TIMED_OUT, 0);
    pd_kick(device);
}

bool pd_slots_step(struct pasid_device *device)
{
    bool moved = false;
    for (uint32_t n = 0; n < PD_N_SLOT; n++) {
        struct pd_raw *raw = &device->exerciser.slot[n];
        if (!raw->running)
            continue;
        if (!raw->busy)
            moved |= begin_one(device, n);
        else
            moved |= raw->through_atc ? step_access(device, n) : step_tlp(device, n);
    }
    return moved;
}
