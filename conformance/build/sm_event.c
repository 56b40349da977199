/* SPDX-License-Identifier: BSD-2-Clause */
/* The event queue (7.2, 7.3 Event records, 7.4 Event queue overflow). */
#include "build/sm_internal.h"

/* 7.3.2 to 7.3.20 */
static const struct {
    uint32_t type;
    const char *name;
} types[] = {
    {SM_F_UUT, "F_UUT"},
    {SM_C_BAD_STREAMID, "C_BAD_STREAMID"},
    {SM_F_STE_FETCH, "F_STE_FETCH"},
    {SM_C_BAD_STE, "C_BAD_STE"},
    {SM_F_BAD_ATS_TREQ, "F_BAD_ATS_TREQ"},
    {SM_F_STREAM_DISABLED, "F_STREAM_DISABLED"},
    {SM_F_TRANSL_FORBIDDEN, "F_TRANSL_FORBIDDEN"},
    {SM_C_BAD_SUBSTREAMID, "C_BAD_SUBSTREAMID"},
    {SM_F_CD_FETCH, "F_CD_FETCH"},
    {SM_C_BAD_CD, "C_BAD_CD"},
    {SM_F_WALK_EABT, "F_WALK_EABT"},
    {SM_F_TRANSLATION, "F_TRANSLATION"},
    {SM_F_ADDR_SIZE, "F_ADDR_SIZE"},
    {SM_F_ACCESS, "F_ACCESS"},
    {SM_F_PERMISSION, "F_PERMISSION"},
    {SM_F_TLB_CONFLICT, "F_TLB_CONFLICT"},
    {SM_F_CFG_CONFLICT, "F_CFG_CONFLICT"},
    {SM_E_PAGE_REQUEST, "E_PAGE_REQUEST"},
    {SM_F_VMS_FETCH, "F_VMS_FETCH"},
};

static const char *structure_of(uint32_t type)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (types[i].type == type)
            return types[i].name;
    return NULL;
}

const char *sm_event_name(uint32_t type)
{
    const char *name = structure_of(type);

    return name ? name : "reserved event";
}

static uint32_t wrap_mask(const struct sm *sm)
{
    return 2 * SM_QUEUE_WRAP(sm->eventq_log2size) - 1;
}

uint64_t sm_event_slot(struct sm *sm, uint32_t index)
{
    return sm->eventq + (uint64_t)SM_EVENT_BYTES * (index & (SM_QUEUE_WRAP(sm->eventq_log2size) - 1));
}

uint32_t sm_event_pending(struct sm *sm)
{
    uint32_t produced = (uint32_t)sm_field(sm->t, "SMMU_EVENTQ_PROD", "WR");

    return (produced - sm->eventq_cons) & wrap_mask(sm);
}

static uint64_t part(const struct sm_event *event, const char *structure, const char *name)
{
    const struct spec_field *field = spec_struct_find(structure, name);

    return field ? spec_get(field, event->word) << sm_field_shift(field) : 0;
}

static void decode(struct sm_event *e)
{
    const char *structure = structure_of(e->type = (uint32_t)(e->word[0] & 0xff));

    if (!structure)
        return;
    e->sid = (uint32_t)part(e, structure, "StreamID");
    e->ssid = (uint32_t)part(e, structure, "SubstreamID");
    e->ssv = part(e, structure, "SSV") != 0;
    e->stag = (uint32_t)part(e, structure, "STAG");
    e->reason = (uint32_t)part(e, structure, "Reason");
    e->class = (uint32_t)part(e, structure, "CLASS");
    e->stall = part(e, structure, "Stall") != 0;
    e->pnu = part(e, structure, "PnU") != 0;
    e->ind = part(e, structure, "InD") != 0;
    e->rnw = part(e, structure, "RnW") != 0;
    e->nsipa = part(e, structure, "NSIPA") != 0;
    e->s2 = part(e, structure, "S2") != 0;
    e->ttrnw = part(e, structure, "TTRnW") != 0;
    e->gpcf = part(e, structure, "GPCF") != 0;
    e->input = part(e, structure, "InputAddr");
    e->ipa = part(e, structure, "IPA");
    e->fetch = part(e, structure, "FetchAddr");
}

bool sm_event_read(struct sm *sm, uint32_t n, struct sm_event *event)
{
    uint64_t slot = sm_event_slot(sm, sm->eventq_cons + n);

    if (n >= sm_event_pending(sm))
        return false;
    *event = (struct sm_event){.type = 0};
    for (uint32_t i = 0; i < 4; i++)
        event->word[i] = mem_read64(sm->t, slot + 8 * i);
    decode(event);
    return true;
}

/* EVENTQ_CONS with this RD; OVACKFLG stays as it is. */
static void write_cons(struct sm *sm, uint32_t cons)
{
    sm->eventq_cons = cons & wrap_mask(sm);
    sm_field_set(sm->t, "SMMU_EVENTQ_CONS", "RD", sm->eventq_cons);
}

bool sm_event_take(struct sm *sm, struct sm_event *event)
{
    if (!sm_event_read(sm, 0, event))
        return false;
    write_cons(sm, sm->eventq_cons + 1);
    return true;
}

bool sm_event_overflow(struct sm *sm)
{
    return sm_field(sm->t, "SMMU_EVENTQ_PROD", "OVFLG") != sm_field(sm->t, "SMMU_EVENTQ_CONS", "OVACKFLG");
}

void sm_event_clear(struct sm *sm)
{
    uint64_t prod = sm_reg(sm->t, "SMMU_EVENTQ_PROD");
    uint64_t wr = spec_get(spec_reg_field("SMMU_EVENTQ_PROD", "WR"), &prod);

    if (wr == sm->eventq_cons && !sm_event_overflow(sm))
        return;
    sm->eventq_cons = (uint32_t)wr & wrap_mask(sm);
    sm_reg_set(sm->t, "SMMU_EVENTQ_CONS",
               sm_reg_bits("SMMU_EVENTQ_CONS", "RD", sm->eventq_cons) |
                   sm_reg_bits("SMMU_EVENTQ_CONS", "OVACKFLG", spec_get(spec_reg_field("SMMU_EVENTQ_PROD", "OVFLG"), &prod)));
}

void sm_note_event(struct sm *sm, const struct sm_event *e)
{
    test_note(sm->t,
              "%s (%02xh): StreamID=%x SSV=%u SubstreamID=%x Stall=%u STAG=%x RnW=%u PnU=%u InD=%u S2=%u CLASS=%u TTRnW=%u "
              "InputAddr=0x%llx IPA=0x%llx FetchAddr=0x%llx",
              sm_event_name(e->type), e->type, e->sid, e->ssv, e->ssid, e->stall, e->stag, e->rnw, e->pnu, e->ind, e->s2,
              e->class, e->ttrnw, (unsigned long long)e->input, (unsigned long long)e->ipa, (unsigned long long)e->fetch);
}
