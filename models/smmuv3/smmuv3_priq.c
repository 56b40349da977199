/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_priq.c - chapter 8 Page request queue: records, overflow (8.1), automatic responses (8.1, 8.2).
 *
 * A page request is judged when it arrives: recorded, refused, or discarded by an overflow. Records are written one after the
 * other. Whether the response to a discarded one has a PASID may be for its STE to say (PPAR), which is then looked up as for a
 * transaction.
 */
#include "pcie/ats.h"
#include "smmuv3/smmuv3_formats.h"
#include "smmuv3/smmuv3_internal.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#define UNCHECKED_MAX 1024u /* whoever comes then is answered as if its STE were inaccessible */

/* ---- page requests that wait ---- */

static int pprs_init(struct smmuv3_pprs *pprs, uint32_t max)
{
    pprs->items = calloc(max, sizeof *pprs->items);
    pprs->max = max;
    return pprs->items ? 0 : -ENOMEM;
}

static const struct pcie_message *first_of(const struct smmuv3_pprs *pprs)
{
    return &pprs->items[pprs->first];
}

static bool put(struct smmuv3_pprs *pprs, const struct pcie_message *request)
{
    if (pprs->count == pprs->max)
        return false;
    pprs->items[(pprs->first + pprs->count++) % pprs->max] = *request;
    return true;
}

static void drop_first(struct smmuv3_pprs *pprs)
{
    pprs->first = (pprs->first + 1u) % pprs->max;
    pprs->count--;
}

/* ---- the ring ---- */

/* Records that are in the queue or committed to it. Inconsistent indexes count as a full queue (3.5.1). */
static bool is_full(const struct smmuv3 *smmu)
{
    uint32_t lap = smmuv3_ring(smmu, SMMUV3_PRIQ).lap;
    uint32_t spared = smmuv3_on(smmu, SMMUV3_E_PRIQ_FULL_EARLY) && lap > 1u ? 1u : 0u;
    return smmuv3_ring_used(smmu, SMMUV3_PRIQ) + smmu->priq.committed.count + spared >= lap;
}

/* 6.3.9.5: the effective value. */
static bool is_enabled(const struct smmuv3 *smmu)
{
    uint64_t enabled = smmuv3_reg(smmu, SMMUV3_REG_CR0) & smmuv3_reg(smmu, SMMUV3_REG_CR0ACK) & SMMUV3_MASK(CR0_PRIQEN);
    return enabled && (smmu->enabled || smmuv3_on(smmu, SMMUV3_E_PRIQEN_WITHOUT_SMMUEN));
}

static bool is_aborted(const struct smmuv3 *smmu)
{
    return smmuv3_error_active(smmu, SMMUV3_MASK(GERROR_PRIQ_ABT_ERR)) && !smmuv3_on(smmu, SMMUV3_E_PRIQ_ABT_GOES_ON);
}

/* ---- automatic responses ---- */

static void respond(struct smmuv3 *smmu, const struct pcie_message *request, enum pcie_response_code code, bool pasid)
{
    const struct pcie_message response = {
        .kind = PCIE_PAGE_RESPONSE,
        .device_id = request->device_id,
        .has_pasid = pasid,
        .pasid = pasid ? request->pasid : 0,
        .group_index = request->group_index,
        .response_code = (uint8_t)code,
    };
    smmuv3_respond(smmu, &response);
}

/* 8.2: whatever its place in its group; but a Stop Marker is never answered. */
static void refuse(struct smmuv3 *smmu, const struct pcie_message *request)
{
    bool silent =
        smmuv3_on(smmu, SMMUV3_E_PRIQ_DISABLED_SILENT) || (!request->last && smmuv3_on(smmu, SMMUV3_E_PRIQ_REFUSES_LAST));
    if ((!pcie_is_stop_marker(request) || smmuv3_on(smmu, SMMUV3_E_PRIQ_ANSWERS_STOP)) && !silent)
        respond(smmu, request, PCIE_RESPONSE_FAILURE, request->has_pasid && smmuv3_on(smmu, SMMUV3_E_PRIQ_REFUSES_WITH_PASID));
}

static void check_next(struct smmuv3 *smmu);

static void checked(struct smmuv3 *smmu)
{
    struct smmuv3_priq *priq = &smmu->priq;
    priq->checking = false;
    bool valid = priq->check.status == PCIE_SC;
    struct pcie_message request = *first_of(&priq->unchecked);
    drop_first(&priq->unchecked);
    respond(smmu, &request, valid ? PCIE_RESPONSE_SUCCESS : PCIE_RESPONSE_FAILURE,
            valid && (priq->ppar || smmuv3_on(smmu, SMMUV3_E_PPAR_IGNORED)));
}

static void check_done(struct pcie_request *check)
{
    struct smmuv3 *smmu = check->owner;
    checked(smmu);
    check_next(smmu);
}

/* The STE is looked up by a request that ends there (smmuv3_translate.c). */
static void check_next(struct smmuv3 *smmu)
{
    struct smmuv3_priq *priq = &smmu->priq;
    while (!priq->checking && priq->unchecked.count) {
        const struct pcie_message *request = first_of(&priq->unchecked);
        priq->checking = true;
        priq->check = (struct pcie_request){
            .id = SMMUV3_NO_REQUEST,
            .requester_id = request->device_id,
            .has_pasid = true,
            .pasid = request->pasid,
            .issue_ps = smmu->sim->now_ps,
            .done = check_done,
            .owner = smmu,
        };
        if (request_pool_take(&smmu->requests, &priq->check))
            checked(smmu);
    }
}

/* 8.1: the last of a group is answered as if all had gone well; it will try again. */
static void auto_respond(struct smmuv3 *smmu, const struct pcie_message *request)
{
    if (!request->last && !smmuv3_on(smmu, SMMUV3_E_PRIQ_ANSWERS_ALL))
        return;
    if (pcie_is_stop_marker(request) && !smmuv3_on(smmu, SMMUV3_E_PRIQ_ANSWERS_STOP))
        return;
    if (smmuv3_on(smmu, SMMUV3_E_PRIQ_OVERFLOW_FAILS))
        respond(smmu, request, PCIE_RESPONSE_FAILURE, false);
    else if (!request->has_pasid || smmu->params.pps)
        respond(smmu, request, PCIE_RESPONSE_SUCCESS, request->has_pasid && !smmuv3_on(smmu, SMMUV3_E_PPS_WITHOUT_PASID));
    else if (!put(&smmu->priq.unchecked, request))
        respond(smmu, request, PCIE_RESPONSE_FAILURE, false);
    check_next(smmu);
}

/* ---- 8.1 overflow ---- */

static bool is_overflown(const struct smmuv3 *smmu)
{
    uint64_t flags = smmuv3_reg(smmu, SMMUV3_REG_PRIQ_PROD) ^ smmuv3_reg(smmu, SMMUV3_REG_PRIQ_CONS);
    return smmu->priq.overflow_due || (flags & SMMUV3_MASK(PRIQ_PROD_OVFLG));
}

/* Nobody sees it before he can see the queue full. */
static void flag_overflow(struct smmuv3 *smmu)
{
    uint64_t flag = SMMUV3_MASK(PRIQ_PROD_OVFLG);
    smmu->priq.overflow_due = smmu->priq.committed.count != 0;
    if (smmu->priq.overflow_due)
        return;
    SMMUV3_PROBE(smmu, smmu->sim->now_ps, SMMUV3_NO_REQUEST, "priq", "overflow");
    smmuv3_reg_change(smmu, SMMUV3_REG_PRIQ_PROD, flag, ~smmuv3_reg(smmu, SMMUV3_REG_PRIQ_PROD) & flag);
}

static bool only_last(const struct smmuv3 *smmu)
{
    return SMMUV3_GET(smmuv3_reg(smmu, SMMUV3_REG_PRIQ_IRQ_CFG2), PRIQ_IRQ_CFG2_LO) && !smmuv3_on(smmu, SMMUV3_E_PRIQ_LO_IGNORED);
}

static void overflow(struct smmuv3 *smmu, const struct pcie_message *request)
{
    if (!is_overflown(smmu) && !smmuv3_on(smmu, SMMUV3_E_PRIQ_OVERFLOW_UNSEEN))
        flag_overflow(smmu);
    /* 6.3.36 LO: of what an overflow discards too. */
    if (request->last && only_last(smmu) && !smmuv3_on(smmu, SMMUV3_E_PRIQ_LO_RECORDED_ONLY))
        smmuv3_priq_interrupt(smmu);
    auto_respond(smmu, request);
}

/* ---- records ---- */

static void encode(const struct smmuv3 *smmu, const struct pcie_message *request, uint64_t record[2])
{
    const struct {
        uint32_t field;
        enum smmuv3_erratum_id dropped;
        uint64_t value;
    } facts[] = {
        {PPR_STREAMID, SMMUV3_E_PPR_NO_STREAMID, request->device_id},
        {PPR_SUBSTREAMID, SMMUV3_E_PPR_NO_SUBSTREAMID, request->has_pasid ? request->pasid : 0},
        {PPR_PRIV, SMMUV3_E_PPR_NO_PRIV, request->has_pasid && request->privileged},
        {PPR_X, SMMUV3_E_PPR_NO_X, request->has_pasid && request->execute},
        {PPR_R, SMMUV3_E_PPR_NO_R, request->read},
        {PPR_W, SMMUV3_E_PPR_NO_W, request->write},
        {PPR_LAST, SMMUV3_E_PPR_NO_LAST, request->last},
        {PPR_SSV, SMMUV3_E_PPR_NO_SSV, request->has_pasid},
        {PPR_PRGINDEX, SMMUV3_E_PPR_NO_PRGINDEX, request->group_index},
        {PPR_ADDRESS, SMMUV3_E_PPR_NO_ADDRESS, request->address >> 12},
    };
    record[0] = record[1] = 0;
    for (unsigned i = 0; i < sizeof facts / sizeof facts[0]; i++)
        if (!smmuv3_on(smmu, facts[i].dropped))
            smmuv3_put(record, facts[i].field, facts[i].value);
}

static void recorded(struct smmuv3 *smmu, const struct pcie_message *request)
{
    struct ring ring = smmuv3_ring(smmu, SMMUV3_PRIQ);
    uint32_t producer = smmuv3_ring_producer(smmu, SMMUV3_PRIQ);
    bool was_empty = ring_empty(producer, smmuv3_ring_consumer(smmu, SMMUV3_PRIQ));
    smmuv3_reg_change(smmu, SMMUV3_REG_PRIQ_PROD, SMMUV3_MASK(PRIQ_PROD_WR), ring_next(&ring, producer));
    if (only_last(smmu) ? request->last : was_empty || smmuv3_on(smmu, SMMUV3_E_PRIQ_IRQ_EACH))
        smmuv3_priq_interrupt(smmu);
}

/* 7.2.2, 8.2: what was committed behind a record that was aborted is lost too, and refused like it. */
static void aborted(struct smmuv3 *smmu)
{
    struct smmuv3_pprs *committed = &smmu->priq.committed;
    smmuv3_error_raise(smmu, SMMUV3_MASK(GERROR_PRIQ_ABT_ERR));
    while (committed->count) {
        struct pcie_message request = *first_of(committed);
        drop_first(committed);
        refuse(smmu, &request);
    }
}

static void written(struct smmuv3 *smmu)
{
    struct smmuv3_priq *priq = &smmu->priq;
    if (priq->write.request.status != PORT_OK) {
        aborted(smmu);
    } else {
        struct pcie_message request = *first_of(&priq->committed);
        drop_first(&priq->committed);
        recorded(smmu, &request);
    }
    if (priq->overflow_due && !priq->committed.count)
        flag_overflow(smmu);
}

static bool write_first(struct smmuv3 *smmu)
{
    struct ring ring = smmuv3_ring(smmu, SMMUV3_PRIQ);
    struct port_request *access = &smmu->priq.write.request;
    uint64_t record[2];
    encode(smmu, first_of(&smmu->priq.committed), record);
    store_le64(access->data, record[0]);
    store_le64(access->data + 8, record[1]);
    smmuv3_ring_access(smmu, SMMUV3_PRIQ, access);
    return ring_write(&smmu->priq.write, &ring, smmuv3_ring_producer(smmu, SMMUV3_PRIQ), smmu->sim->now_ps);
}

static void write_all(struct smmuv3 *smmu)
{
    while (!smmu->priq.write.busy && smmu->priq.committed.count && write_first(smmu))
        written(smmu);
}

static void write_done(struct ring_port *port, bool stale)
{
    struct smmuv3 *smmu = port->owner;
    if (!stale)
        written(smmu);
    write_all(smmu);
    smmuv3_updates_poll(smmu);
}

/* ---- arrival ---- */

/* Where there are no substreams nothing has a PASID, and nothing is a Stop Marker. */
static struct pcie_message as_seen(const struct smmuv3_params *p, const struct pcie_message *request)
{
    struct pcie_message seen = *request;
    if (!p->ssidsize)
        seen.has_pasid = false;
    return seen;
}

void smmuv3_page_request(struct smmuv3 *smmu, const struct pcie_message *message)
{
    struct pcie_message request = as_seen(&smmu->params, message);
    bool inhibited = is_overflown(smmu) && !smmuv3_on(smmu, SMMUV3_E_PRIQ_OVERFLOW_GOES_ON);
    SMMUV3_PROBE(smmu, smmu->sim->now_ps, SMMUV3_NO_REQUEST, "priq", "request sid=%x prgi=%x last=%d", request.device_id,
                 request.group_index, request.last);
    if (!is_enabled(smmu) || is_aborted(smmu))
        refuse(smmu, &request);
    else if (inhibited || is_full(smmu) || !put(&smmu->priq.committed, &request))
        overflow(smmu, &request);
    write_all(smmu);
}

bool smmuv3_priq_at_rest(const struct smmuv3 *smmu)
{
    return !smmu->priq.committed.count;
}

/* ---- life ---- */

int smmuv3_priq_init(struct smmuv3 *smmu)
{
    struct smmuv3_priq *priq = &smmu->priq;
    priq->smmu = smmu;
    ring_port_init(&priq->write, &smmu->ports.memory, write_done, smmu);
    priq->write.request.origin = PORT_QUEUE;
    if (!smmu->params.pri)
        return 0;
    int error = pprs_init(&priq->committed, 1u << smmu->params.priqs);
    return error ? error : pprs_init(&priq->unchecked, UNCHECKED_MAX);
}

void smmuv3_priq_fini(struct smmuv3 *smmu)
{
    free(smmu->priq.committed.items);
    free(smmu->priq.unchecked.items);
}

void smmuv3_priq_reset(struct smmuv3 *smmu)
{
    struct smmuv3_priq *priq = &smmu->priq;
    ring_port_forget(&priq->write);
    priq->committed.count = priq->unchecked.count = 0;
    priq->overflow_due = priq->checking = false;
}
