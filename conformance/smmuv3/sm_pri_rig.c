/* SPDX-License-Identifier: BSD-2-Clause */
/* sm_pri_rig.c - see sm_pri_rig.h. */
#include "sm_pri_rig.h"

#include "sm_queue_rig.h"

#define ENTRY_BYTES 16u
#define ADDRESS UINT64_C(0x123456789a000)

static uint32_t mask(const struct pri *q)
{
    return (UINT32_C(2) << q->lg2) - 1;
}

static uint64_t slot(const struct pri *q, uint32_t index)
{
    return q->base + (index & ((UINT32_C(1) << q->lg2) - 1)) * ENTRY_BYTES;
}

static void set_cons(struct pri *q, uint32_t overflow)
{
    sm_reg_set(q->sm->t, "SMMU_PRIQ_CONS",
               sm_reg_bits("SMMU_PRIQ_CONS", "RD", q->cons) | sm_reg_bits("SMMU_PRIQ_CONS", "OVACKFLG", overflow));
}

void pri_open_at(struct pri *q, struct sm *sm, uint64_t base, uint32_t lg2, uint32_t start)
{
    struct test *t = sm->t;

    *q = (struct pri){.sm = sm, .base = base, .lg2 = lg2, .prod = start, .cons = start};
    sm_enable(sm, "PRIQEN", 0);
    sm_reg_set(t, "SMMU_PRIQ_BASE",
               sm_reg_bits("SMMU_PRIQ_BASE", "WA", 1) | base | sm_reg_bits("SMMU_PRIQ_BASE", "LOG2SIZE", lg2));
    sm_reg_set(t, "SMMU_PRIQ_PROD", start);
    set_cons(q, 0);
    sm_enable(sm, "PRIQEN", 1);
}

void pri_open(struct pri *q, struct sm *sm, uint32_t lg2, uint32_t start)
{
    uint64_t base = rig_memory(sm, lg2, ENTRY_BYTES);

    mem_fill(sm->t, base, (uint64_t)ENTRY_BYTES << lg2, 0xff);
    pri_open_at(q, sm, base, lg2, start);
}

uint32_t pri_most_lg2(struct sm *sm)
{
    uint32_t most = (uint32_t)sm_idr(sm->t, 1, "PRIQS");

    return most < 4 ? most : 4;
}

struct page_request pri_request(struct sm *sm, uint32_t n)
{
    return (struct page_request){.sid = sm_sid(sm, n % sm_sid_count(sm)),
                                 .prgi = (n * 37 + 5) & 0x1ff,
                                 .write = true,
                                 .last = true,
                                 .address = ADDRESS + ((uint64_t)n << 12)};
}

void pri_send(struct pri *q, const struct page_request *r)
{
    struct iotb_message m = {.kind = IOTB_MSG_PAGE_REQUEST,
                             .device_id = (uint16_t)r->sid,
                             .address = r->address,
                             .group_index = (uint16_t)r->prgi,
                             .read = r->read,
                             .write = r->write,
                             .last = r->last};

    if (r->ssv) {
        m.flags = IOTB_RQ_PASID | (r->priv ? IOTB_RQ_PRIVILEGED : 0) | (r->exe ? IOTB_RQ_EXECUTE : 0);
        m.pasid = r->ssid;
    }
    message_send(q->sm->t, &m);
    test_run(q->sm->t, PRI_WAIT_PS);
}

static uint32_t produced(struct pri *q)
{
    return (uint32_t)sm_field(q->sm->t, "SMMU_PRIQ_PROD", "WR");
}

static bool check_field(struct pri *q, const char *row, const uint64_t *words, const char *field, uint64_t expected)
{
    return CHECK_EQ(q->sm->t, row, expected, spec_get(spec_struct_field("PRIQ_ENTRY", field), words), "%s of the entry", field);
}

bool pri_expect_entry(struct pri *q, const char *row, const struct page_request *r)
{
    struct test *t = q->sm->t;
    const char *fields = test_row_known(t, "SMMU-8-001") ? "SMMU-8-001" : row;
    const char *plain = test_row_known(t, "SMMU-8-002") ? "SMMU-8-002" : row;
    uint64_t words[2];
    bool ok;

    if (!CHECK_EQ(t, row, (q->prod + 1) & mask(q), produced(q), "PRIQ_PROD.WR behind one more page request"))
        return false;
    words[0] = mem_read64(t, slot(q, q->prod));
    words[1] = mem_read64(t, slot(q, q->prod) + 8);
    q->prod = (q->prod + 1) & mask(q);
    ok = check_field(q, fields, words, "StreamID", r->sid);
    ok &= check_field(q, fields, words, "SSV", r->ssv);
    if (r->ssv)
        ok &= check_field(q, fields, words, "SubstreamID", r->ssid);
    ok &= check_field(q, r->ssv ? fields : plain, words, "Priv", r->ssv && r->priv);
    ok &= check_field(q, r->ssv ? fields : plain, words, "X", r->ssv && r->exe);
    ok &= check_field(q, fields, words, "R", r->read);
    ok &= check_field(q, fields, words, "W", r->write);
    ok &= check_field(q, fields, words, "Last", r->last);
    ok &= check_field(q, fields, words, "PRGIndex", r->prgi);
    ok &= check_field(q, fields, words, "PageAddress", r->address >> 12);
    return ok;
}

bool pri_expect_none(struct pri *q, const char *row)
{
    return CHECK_EQ(q->sm->t, row, q->prod, produced(q), "PRIQ_PROD.WR behind a page request that is not recorded");
}

bool pri_expect_response(struct pri *q, const char *row, const struct page_request *r, uint32_t code, bool pasid)
{
    struct test *t = q->sm->t;
    struct iotb_message m;
    bool ok;

    if (!CHECK(t, row, ats_message(t, IOTB_MSG_PAGE_RESPONSE, &m, PRI_WAIT_PS), "a PRG Response"))
        return false;
    ok = CHECK_EQ(t, row, r->sid, m.device_id, "Requester ID that the response goes to");
    ok &= CHECK_EQ(t, row, r->prgi, m.group_index, "PRG Index of the response");
    ok &= CHECK_EQ(t, row, code, m.response_code, "Response Code");
    ok &= CHECK_EQ(t, row, pasid, m.flags & IOTB_RQ_PASID ? 1 : 0, "PASID prefix of the response");
    if (pasid)
        ok &= CHECK_EQ(t, row, r->ssid, m.pasid, "PASID of the response");
    return pri_expect_silence(q, row) && ok;
}

bool pri_expect_silence(struct pri *q, const char *row)
{
    struct iotb_message m;

    return CHECK(q->sm->t, row, !ats_message(q->sm->t, IOTB_MSG_PAGE_RESPONSE, &m, PRI_WAIT_PS),
                 "a PRG Response nobody asked for");
}

bool pri_overflow(struct pri *q)
{
    return sm_field(q->sm->t, "SMMU_PRIQ_PROD", "OVFLG") != sm_field(q->sm->t, "SMMU_PRIQ_CONS", "OVACKFLG");
}

void pri_consume(struct pri *q, uint32_t count, bool acknowledge)
{
    const char *reg = acknowledge ? "SMMU_PRIQ_PROD" : "SMMU_PRIQ_CONS";
    uint32_t overflow = (uint32_t)sm_field(q->sm->t, reg, acknowledge ? "OVFLG" : "OVACKFLG");

    for (; count > 0 && q->cons != q->prod; count--)
        q->cons = (q->cons + 1) & mask(q);
    set_cons(q, overflow);
}

void pri_fill(struct pri *q, const char *row)
{
    for (uint32_t n = 0; (q->prod ^ q->cons) != UINT32_C(1) << q->lg2; n++) {
        struct page_request r = pri_request(q->sm, n);

        r.last = false;
        pri_send(q, &r);
        if (!pri_expect_entry(q, row, &r))
            return;
    }
}

bool pri_take(struct pri *q, struct pri_entry *entry)
{
    uint64_t words[2];

    q->prod = produced(q);
    if (q->prod == q->cons)
        return false;
    words[0] = mem_read64(q->sm->t, slot(q, q->cons));
    words[1] = mem_read64(q->sm->t, slot(q, q->cons) + 8);
    *entry = (struct pri_entry){.address = spec_get(spec_struct_field("PRIQ_ENTRY", "PageAddress"), words) << 12,
                                .read = spec_get(spec_struct_field("PRIQ_ENTRY", "R"), words),
                                .write = spec_get(spec_struct_field("PRIQ_ENTRY", "W"), words),
                                .last = spec_get(spec_struct_field("PRIQ_ENTRY", "Last"), words)};
    pri_consume(q, 1, false);
    return true;
}
