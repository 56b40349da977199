/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stage 1 permission indirection (IHI 0070 3.26.1, 5.4 PIE, PIIP, PIIU): what a CD may hold, who may do what by it, and which of
 * the sixteen interpretations a descriptor selects; elsewhere all of them say the same.
 */
#include "sm_chapters.h"
#include "sm_spot.h"

#include <stdio.h>

enum { READ = 1, EXECUTE = 2, WRITE = 4 }; /* of an interpretation; 100 and 110 are Reserved */
#define INTERPRETATIONS 16u

static bool is_reserved(uint32_t code)
{
    return code == WRITE || code == (WRITE | EXECUTE);
}

static void set_one(const struct sm_spot *s, const char *of, uint32_t n, uint32_t code)
{
    char field[16];

    snprintf(field, sizeof(field), "%s%u", of, n);
    sm_cd_set(s->sm, s->path->sid, s->path->ssid, field, code);
}

static void set_all(const struct sm_spot *s, uint32_t privileged, uint32_t users)
{
    for (uint32_t n = 0; n < INTERPRETATIONS; n++) {
        set_one(s, "PIIP", n, privileged);
        set_one(s, "PIIU", n, users);
    }
    sm_invalidate_all(s->sm);
}

static void open_indirect(struct sm_spot *s, struct sm_path *path)
{
    sm_spot_open(s, path, 1, SPOT_INPUT);
    set_all(s, READ | WRITE, READ | WRITE);
    sm_ste_set(s->sm, path->sid, "S1PIE", 1);
    sm_spot_cd(s, "PIE", 1);
}

/* ---- what is ILLEGAL ---- */

static void legality_body(struct sm *sm, struct sm_path *path)
{
    static const struct {
        uint32_t privileged, users;
    } illegal[] = {{WRITE, READ},           {WRITE | EXECUTE, READ}, {READ, WRITE},
                   {READ, WRITE | EXECUTE}, {EXECUTE, READ | WRITE}, {READ | EXECUTE, READ | WRITE | EXECUTE}};
    struct sm_spot s;

    open_indirect(&s, path);
    sm_spot_ok(&s, "SMMU-5-152");
    for (uint32_t i = 0; i < INTERPRETATIONS * 6; i++) {
        uint32_t n = i / 6, privileged = illegal[i % 6].privileged, users = illegal[i % 6].users;

        if (path->flavour->strw == SM_STRW_EL2 && !is_reserved(privileged))
            continue; /* PIIU says nothing where there is one level of privilege */
        test_context(sm->t, "%s, PIIP%u = %u, PIIU%u = %u", sm_path_name(path), n, privileged, n, users);
        set_one(&s, "PIIP", n, privileged);
        set_one(&s, "PIIU", n, users);
        sm_invalidate_all(sm);
        sm_expect_config(sm, "SMMU-5-152", &s.r, SM_C_BAD_CD, s.host);
        set_one(&s, "PIIP", n, READ | WRITE);
        set_one(&s, "PIIU", n, READ | WRITE);
    }
    /* Without PIE, or without S1PIE, there is nothing to be legal. */
    set_all(&s, WRITE, WRITE);
    sm_spot_cd(&s, "PIE", 0);
    test_context(sm->t, "%s, PIE = 0", sm_path_name(path));
    sm_spot_ok(&s, "SMMU-5-152");
    sm_spot_cd(&s, "PIE", 1);
    sm_spot_ste(&s, "S1PIE", 0);
    test_context(sm->t, "%s, S1PIE = 0", sm_path_name(path));
    sm_spot_ok(&s, "SMMU-5-152");
}

static void legality(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_NESTED) | SM_FLAVOUR(SM_F_EL2), legality_body);
}

/* ---- who may do what ---- */

static void check_access(const struct sm_spot *s, uint32_t what, bool privileged, bool may)
{
    struct iotb_request r = sm_spot_request(s, what == WRITE ? IOTB_WRITE : IOTB_READ);
    struct sm_expected e = sm_spot_fault(s, SM_F_PERMISSION);

    r.flags |= (privileged ? IOTB_RQ_PRIVILEGED : 0u) | (what == EXECUTE ? IOTB_RQ_EXECUTE : 0u);
    if (may)
        sm_expect_ok(s->sm, "SMMU-5-153", &r, s->host + SPOT_OFFSET);
    else
        sm_expect_event(s->sm, "SMMU-5-153", &r, &e, s->host + SPOT_OFFSET);
}

/* PAN takes privileged data accesses away from whatever users may do anything with; WXN does nothing. */
static void check_rights(struct sm_spot *s, uint32_t privileged, uint32_t users, bool pan)
{
    uint32_t left = pan && users ? privileged & EXECUTE : privileged;

    for (uint32_t what = READ; what <= WRITE; what <<= 1) {
        check_access(s, what, false, users & what);
        check_access(s, what, true, left & what);
    }
}

static void rights_body(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;

    open_indirect(&s, path);
    sm_cd_set(sm, path->sid, path->ssid, "WXN", 1);
    for (uint32_t i = 0; i < 8 * 8 * 2; i++) {
        uint32_t privileged = i & 7, users = i >> 3 & 7, pan = i >> 6;

        if (is_reserved(privileged) || is_reserved(users) || (privileged & EXECUTE && users & WRITE))
            continue;
        test_context(sm->t, "%s, PIIP = %u, PIIU = %u, PAN = %u", sm_path_name(path), privileged, users, pan);
        sm_cd_set(sm, path->sid, path->ssid, "PAN", pan);
        set_all(&s, privileged, users);
        check_rights(&s, privileged, users, pan);
    }
}

static void rights(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1_SSID) | SM_FLAVOUR(SM_F_NESTED_SSID), rights_body);
}

/* D8.3.1 (DDI 0487): PIIndex is bits 54, 53, 51 and 6 of the descriptor. */
static uint64_t with_index(uint64_t leaf, uint32_t index)
{
    static const uint32_t bits[4] = {6, 51, 53, 54};

    for (uint32_t i = 0; i < 4; i++) {
        leaf &= ~(UINT64_C(1) << bits[i]);
        leaf |= (uint64_t)(index >> i & 1) << bits[i];
    }
    return leaf;
}

/* Only the n-th interpretation of one table grants anything: it is found by n, and by no other index. */
static void selected_body(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;
    uint64_t leaf;

    open_indirect(&s, path);
    leaf = mem_read64(sm->t, sm_spot_leaf(&s));
    for (uint32_t i = 0; i < 2 * INTERPRETATIONS; i++) {
        uint32_t n = i / 2, users = i & 1;

        set_all(&s, 0, 0);
        set_one(&s, users ? "PIIU" : "PIIP", n, READ | WRITE);
        for (uint32_t index = 0; index < INTERPRETATIONS; index++) {
            test_context(sm->t, "%s, %s%u, PIIndex %u", sm_path_name(path), users ? "PIIU" : "PIIP", n, index);
            sm_spot_write(&s, s.level, with_index(leaf, index));
            sm_invalidate_all(sm);
            check_access(&s, READ, !users, index == n);
            if (index == n)
                check_access(&s, READ, users, false);
        }
    }
    sm_spot_write(&s, s.level, leaf);
}

static void selected(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1_SSID), selected_body);
}

#define CASE(n, text, function, r, feature)                                                                            \
    {                                                                                                                  \
        .name = "smmuv3.indirection." n, .summary = text, .run = function, .rows = r, .gate = SM_GATE_S1 "&IDR3.S1PI", \
        .features = feature, .functional = true, .tier = TIER_FULL                                                     \
    }

static const struct iotb_case cases[] = {
    CASE("legality", "Reserved interpretations, and execution of what users write, are ILLEGAL with PIE and S1PIE.", legality,
         "SMMU-5-152", 0),
    CASE("selected", "PIIndex of the descriptor selects one interpretation of each of the two tables.", selected, "SMMU-5-153",
         IOTB_F_PASID | IOTB_F_PRIVILEGE),
    CASE("rights", "PIIP and PIIU say who reads, writes and executes; PAN as with EPAN; WXN does nothing.", rights, "SMMU-5-153",
         IOTB_F_PASID | IOTB_F_PRIVILEGE),
};

const struct iotb_case_list sm_indirection_cases = {cases, sizeof cases / sizeof cases[0]};
