/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_fault_log.c - 7.2 Non-Recoverable Fault Reporting: primary fault logging into the fault recording registers
 * (11.4.7.6) and the status that sums them up (11.4.7.1 Fault Status Register).
 */
#include "vtd/vtd_flight.h"

#define RECORD_BYTES 16u

static bool on(const struct vtd *vtd, enum vtd_erratum_id id)
{
    return vtd_erratum(&vtd->params, id);
}

void vtd_fault_log_init(struct vtd *vtd)
{
    vtd->faults.count = vtd->params.nfr + 1u;
}

/* The records are sticky (RW1CS, ROS): a warm reset leaves them. The index is reset while translation is disabled. */
void vtd_fault_log_reset(struct vtd *vtd, bool warm)
{
    vtd->faults.index = 0;
    if (warm)
        return;
    for (uint32_t i = 0; i < vtd->faults.count; i++)
        vtd->faults.low[i] = vtd->faults.high[i] = 0;
}

static bool any_pending(const struct vtd *vtd)
{
    for (uint32_t i = 0; i < vtd->faults.count; i++)
        if (vtd->faults.high[i] & VTD_MASK(FRCD_HIGH_F))
            return true;
    return false;
}

/* ---- one record ---- */

/* 11.4.7.6 FI: bits from the largest supported address width on are 0. */
static uint64_t fault_info(const struct vtd *vtd, uint64_t address)
{
    const struct vtd_params *p = &vtd->params;
    unsigned bits = 39;
    if (p->sagaw & 4u || p->fsts)
        bits = 48;
    if (p->sagaw & 8u || p->fs5lp)
        bits = 57;
    uint64_t wrong = on(vtd, VTD_E_REC_FI_WRONG) ? UINT64_C(1) << 12 : 0;
    return ((address ^ wrong) & VTD_BITS(on(vtd, VTD_E_FI_UNCUT) ? 63u : bits - 1u, 12u));
}

static uint64_t pasid_fields(const struct vtd *vtd, const struct vtd_query *query, uint8_t reason)
{
    if (!vtd->params.pasid)
        return 0;
    bool present = (query->has_pasid || on(vtd, VTD_E_REC_PP_OF_RID)) != on(vtd, VTD_E_REC_PP_WRONG);
    bool privileged = query->has_pasid && query->privileged != on(vtd, VTD_E_REC_PRIV_WRONG);
    bool execute = query->has_pasid && query->execute != on(vtd, VTD_E_REC_EXE_WRONG);
    /* PV is valid for every fault of a request with PASID, those of root, context and PASID tables too. */
    bool of_tables = reason >= 0x38 && reason <= 0x5d;
    uint64_t pasid = of_tables && on(vtd, VTD_E_REC_PV_TABLES) ? 0 : query->pasid;
    if (on(vtd, VTD_E_REC_PV_WRONG))
        pasid ^= 1;
    if (on(vtd, VTD_E_R04))
        pasid &= 0x7ffff;
    return VTD_PUT(FRCD_HIGH_PV, pasid) | VTD_PUT(FRCD_HIGH_PP, present) | VTD_PUT(FRCD_HIGH_PRIV, privileged) |
           VTD_PUT(FRCD_HIGH_EXE, execute);
}

static uint64_t record_high(const struct vtd *vtd, const struct vtd_query *query, uint8_t reason)
{
    /* Page requests are of a type of their own; a translation request is a read, whatever it asks for. */
    bool atomic = query->read && query->write && query->at != PCIE_AT_TRANSLATION;
    bool t1 = (query->read && !query->page_request) != on(vtd, VTD_E_REC_T1_WRONG);
    bool t2 = (query->page_request || atomic) != on(vtd, VTD_E_REC_T2_WRONG);
    uint64_t at = on(vtd, VTD_E_REC_AT_WRONG) ? 1 : vtd->params.dt ? (uint64_t)query->at : 0;
    uint64_t sid = query->requester_id ^ (on(vtd, VTD_E_REC_SID_WRONG) ? 1u : 0u);
    uint64_t fr = reason ^ (on(vtd, VTD_E_REC_FR_WRONG) ? 1u : 0u);
    uint64_t f = !on(vtd, VTD_E_REC_F_WRONG);
    return VTD_PUT(FRCD_HIGH_F, f) | VTD_PUT(FRCD_HIGH_T1, t1) | VTD_PUT(FRCD_HIGH_T2, t2) | VTD_PUT(FRCD_HIGH_AT, at) |
           VTD_PUT(FRCD_HIGH_FR, fr) | VTD_PUT(FRCD_HIGH_SID, sid) | pasid_fields(vtd, query, reason);
}

/* ---- 7.2.1 Primary Fault Logging ---- */

/* An implementation may collapse faults of a requester that has a pending record. */
static bool merges(const struct vtd *vtd, uint16_t requester_id)
{
    for (uint32_t i = 0; vtd->params.fault_merge && i < vtd->faults.count; i++) {
        uint64_t high = vtd->faults.high[i];
        if ((high & VTD_MASK(FRCD_HIGH_F)) && VTD_GET(high, FRCD_HIGH_SID) == requester_id)
            return true;
    }
    return false;
}

static void overflow(struct vtd *vtd)
{
    VTD_PROBE(vtd, vtd->sim->now_ps, VTD_NO_REQUEST, "fault", "overflow");
    vtd_fault_condition(vtd, VTD_MASK(FSTS_PFO));
}

void vtd_fault_record(struct vtd_flight *flight, uint8_t reason)
{
    struct vtd *vtd = flight->vtd;
    struct vtd_fault_log *log = &vtd->faults;
    uint64_t status = vtd_reg(vtd, VTD_REG_FSTS);
    if ((status & VTD_MASK(FSTS_PFO)) || merges(vtd, flight->query.requester_id))
        return;
    if (log->high[log->index] & VTD_MASK(FRCD_HIGH_F)) {
        overflow(vtd);
        return;
    }
    uint32_t index = log->index;
    log->low[index] = flight->has_index ? (uint64_t)flight->interrupt_index << 48 : fault_info(vtd, flight->query.address);
    log->high[index] = record_high(vtd, &flight->query, reason);
    log->index = index + 1u == log->count ? 0 : index + 1u;
    bool first = !(status & VTD_MASK(FSTS_PPF));
    if (first || on(vtd, VTD_E_FRI_MOVES))
        vtd_reg_change(vtd, VTD_REG_FSTS, VTD_MASK(FSTS_FRI), VTD_PUT(FSTS_FRI, index));
    if (first && any_pending(vtd))
        vtd_fault_condition(vtd, VTD_MASK(FSTS_PPF));
}

/* ---- software's side: F is cleared by writing 1, and PPF is the OR of all of them ---- */

bool vtd_fault_log_covers(const struct vtd *vtd, uint64_t offset)
{
    uint64_t base = (uint64_t)vtd->params.fro * RECORD_BYTES;
    return offset >= base && offset < base + vtd->faults.count * RECORD_BYTES;
}

uint64_t vtd_fault_log_read(const struct vtd *vtd, uint64_t offset)
{
    uint64_t at = offset - (uint64_t)vtd->params.fro * RECORD_BYTES;
    return at & 8u ? vtd->faults.high[at / RECORD_BYTES] : vtd->faults.low[at / RECORD_BYTES];
}

void vtd_fault_log_write(struct vtd *vtd, uint64_t offset, uint64_t lanes, uint64_t value)
{
    uint64_t at = offset - (uint64_t)vtd->params.fro * RECORD_BYTES;
    if (!(at & 8u) || !(value & lanes & VTD_MASK(FRCD_HIGH_F)))
        return;
    vtd->faults.high[at / RECORD_BYTES] &= ~VTD_MASK(FRCD_HIGH_F);
    if (on(vtd, VTD_E_PFO_NOT_STICKY))
        vtd_reg_change(vtd, VTD_REG_FSTS, VTD_MASK(FSTS_PFO), 0);
    if (any_pending(vtd))
        return;
    vtd_reg_change(vtd, VTD_REG_FSTS, VTD_MASK(FSTS_PPF), 0);
    if (on(vtd, VTD_E_INDEX_RESTARTS_ON_CLEAR))
        vtd->faults.index = 0;
    vtd_fault_event_serviced(vtd);
}
