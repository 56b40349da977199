/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access permissions (DDI 0487 D8.4; IHI 0070 5.2 PRIVCFG, INSTCFG, 5.4 WXN, UWXN, PAN, EPAN, HAD, 13.1): who may read, write and
 * execute, judged for each access by truth tables that know nothing of a walk.
 */
#include "sm_chapters.h"
#include "sm_spot.h"

struct access {
    const char *name;
    enum iotb_request_kind kind;
    uint32_t flags;
};

static const struct access accesses[] = {
    {"user read", IOTB_READ, 0},
    {"user write", IOTB_WRITE, 0},
    {"user execute", IOTB_READ, IOTB_RQ_EXECUTE},
    {"privileged read", IOTB_READ, IOTB_RQ_PRIVILEGED},
    {"privileged write", IOTB_WRITE, IOTB_RQ_PRIVILEGED},
    {"privileged execute", IOTB_READ, IOTB_RQ_PRIVILEGED | IOTB_RQ_EXECUTE},
    {"user swap", IOTB_SWAP, 0},
    {"privileged fetch and add", IOTB_FETCH_ADD, IOTB_RQ_PRIVILEGED},
    {"user compare and swap", IOTB_CAS, 0},
    {"user write marked execute", IOTB_WRITE, IOTB_RQ_EXECUTE},
    {"privileged write marked execute", IOTB_WRITE, IOTB_RQ_EXECUTE | IOTB_RQ_PRIVILEGED},
};
#define ACCESSES (sizeof accesses / sizeof accesses[0])

/* What one stage allows; index 0 user, 1 privileged. */
struct rights {
    bool read[2], write[2], execute[2];
    bool unsure[2]; /* execution is not judged */
};

struct rows {
    const char *data, *user_execute, *privileged_execute;
};

static bool is_write(const struct access *a)
{
    return a->kind == IOTB_WRITE;
}

static bool is_execute(const struct access *a)
{
    return a->kind == IOTB_READ && a->flags & IOTB_RQ_EXECUTE; /* writes and atomics are data, 13.1.2 */
}

static bool can_send(const struct sm_spot *s, const struct access *a)
{
    if (a->kind >= IOTB_FETCH_ADD && !test_has(s->sm->t, IOTB_F_ATOMIC))
        return false;
    return !a->flags || (s->path->flavour->with_ssid && test_has(s->sm->t, IOTB_F_PRIVILEGE));
}

static bool allowed(const struct rights *r, const struct access *a, bool privileged, bool execute)
{
    if (execute)
        return r->execute[privileged];
    if (a->kind == IOTB_READ)
        return r->read[privileged];
    return r->write[privileged] && (is_write(a) || r->read[privileged]);
}

static const char *row_of(const struct rows *rows, const struct access *a, bool allowed_anyway)
{
    if (is_write(a) && a->flags & IOTB_RQ_EXECUTE)
        return "SMMU-13-001";
    if (a->kind >= IOTB_FETCH_ADD)
        return allowed_anyway ? "SMMU-13-006" : "SMMU-13-007";
    if (!is_execute(a))
        return rows->data;
    return a->flags & IOTB_RQ_PRIVILEGED ? rows->privileged_execute : rows->user_execute;
}

/* An access, if it can be sent, against what is allowed. */
static void judge_one(struct sm_spot *s, const struct rights *r, const struct rows *rows, const struct access *a)
{
    bool privileged = (a->flags & IOTB_RQ_PRIVILEGED) != 0, execute = is_execute(a);
    struct iotb_request q = sm_spot_request(s, a->kind);
    struct sm_expected e = sm_spot_fault(s, SM_F_PERMISSION);

    if (!can_send(s, a) || (execute && r->unsure[privileged]))
        return;
    q.flags |= a->flags;
    if (allowed(r, a, privileged, execute)) {
        sm_expect_ok(s->sm, row_of(rows, a, true), &q, s->host + SPOT_OFFSET);
        return;
    }
    /* 13.1.1: an atomic that may write and not read records RnW = 1 from SMMUv3.1 on. */
    if (a->kind >= IOTB_FETCH_ADD && r->write[privileged]) {
        e.set = SM_E_RNW;
        e.rnw = true;
        if (s->sm->minor == 0)
            return;
    }
    sm_expect_event(s->sm, row_of(rows, a, false), &q, &e, s->host + SPOT_OFFSET);
}

static void judge(struct sm_spot *s, const struct rights *r, const struct rows *rows)
{
    for (size_t i = 0; i < ACCESSES; i++)
        judge_one(s, r, rows, &accesses[i]);
}

/* ---- stage 1 ---- */

struct stage1 {
    uint32_t ap, uxn, pxn;                /* of the leaf */
    uint32_t aptable, uxntable, pxntable; /* the OR of the levels above */
    bool wxn, pan, epan;
};

/* D8.4.1.2 Tables D8-62 to D8-66. */
static struct rights two_levels(const struct stage1 *p)
{
    bool user = p->ap & 1 && !(p->aptable & 1), writable = !(p->ap & 2) && !(p->aptable & 2);
    bool user_write = user && writable;
    struct rights r = {.read = {user, true}, .write = {user_write, writable}};

    r.execute[0] = !p->uxn && !p->uxntable && !(p->wxn && user_write);
    r.execute[1] = !p->pxn && !p->pxntable && !user_write && !(p->wxn && writable);
    /* Whether hierarchical permissions count for the implied never-execute is not what these cases are about. */
    r.unsure[1] = p->aptable && (p->ap == 1 || p->wxn);
    r.unsure[0] = p->aptable && p->wxn;
    if (p->pan && (user || (p->epan && !p->uxn && !p->uxntable)))
        r.read[1] = r.write[1] = false;
    return r;
}

/* A single level of privilege: AP[1], PXN, PAN mean nothing. */
static struct rights one_level(const struct stage1 *p)
{
    bool writable = !(p->ap & 2) && !(p->aptable & 2), execute = !p->uxn && !p->uxntable && !(p->wxn && writable);

    return (struct rights){.read = {true, true},
                           .write = {writable, writable},
                           .execute = {execute, execute},
                           .unsure = {p->aptable && p->wxn, p->aptable && p->wxn}};
}

static bool single(const struct sm_path *path)
{
    return path->flavour->strw == SM_STRW_EL2 && !path->flavour->e2h;
}

static struct rights stage1_rights(const struct sm_path *path, const struct stage1 *p)
{
    return single(path) ? one_level(p) : two_levels(p);
}

static void set_leaf(const struct sm_spot *s, const struct stage1 *p)
{
    uint64_t leaf = sm_spot_leaf(s);

    sm_set_bits(s->sm, leaf, SM_BIT_AP2, SM_BIT_AP1, p->ap);
    sm_set_bits(s->sm, leaf, SM_BIT_UXN, SM_BIT_UXN, p->uxn);
    sm_set_bits(s->sm, leaf, SM_BIT_PXN, SM_BIT_PXN, p->pxn);
    sm_invalidate_all(s->sm);
}

static void say(const struct sm_spot *s, const struct stage1 *p)
{
    test_context(s->sm->t, "%s, AP %u UXN %u PXN %u, APTable %u UXNTable %u PXNTable %u, WXN %d PAN %d EPAN %d",
                 sm_path_name(s->path), p->ap, p->uxn, p->pxn, p->aptable, p->uxntable, p->pxntable, p->wxn, p->pan, p->epan);
}

/* All leaves under this CD. */
static void all_leaves(struct sm_spot *s, struct stage1 p, const struct rows *rows)
{
    for (uint32_t i = 0; i < 16; i++) {
        struct rights r;

        p.ap = i & 3;
        p.uxn = i >> 2 & 1;
        p.pxn = i >> 3;
        set_leaf(s, &p);
        say(s, &p);
        r = stage1_rights(s->path, &p);
        judge(s, &r, rows);
    }
}

static void leaves_body(struct sm *sm, struct sm_path *path)
{
    static const struct rows two = {"SMMU-D8-039", "SMMU-D8-044", "SMMU-D8-042"},
                             one = {"SMMU-D8-040", "SMMU-D8-043", "SMMU-D8-043"};
    struct stage1 p = {0};
    struct sm_spot s;

    (void)sm;
    sm_spot_open(&s, path, 1, SPOT_INPUT);
    all_leaves(&s, p, single(path) ? &one : &two);
}

static void leaves_el1(struct test *t)
{
    sm_each_flavour(t, SM_S1_FLAVOURS | SM_NESTED_FLAVOURS | SM_E2H_FLAVOURS, leaves_body);
}

static void leaves_el2(struct test *t)
{
    sm_each_flavour(t, SM_EL2_FLAVOURS, leaves_body);
}

/* Execute-never by UXN and PXN alone. */
static void never_body(struct sm *sm, struct sm_path *path)
{
    static const struct rows rows = {"SMMU-D8-041", "SMMU-D8-041", "SMMU-D8-041"};
    struct sm_spot s;

    (void)sm;
    sm_spot_open(&s, path, 1, SPOT_INPUT);
    for (uint32_t i = 0; i < 4; i++) {
        struct stage1 p = {.ap = 3, .uxn = i & 1, .pxn = i >> 1};
        struct rights r = two_levels(&p);

        set_leaf(&s, &p);
        say(&s, &p);
        judge(&s, &r, &rows);
    }
}

static void never(struct test *t)
{
    sm_each_flavour(t, SM_SSID_FLAVOURS & ~SM_EL2_FLAVOURS, never_body);
}

static void wxn_body(struct sm *sm, struct sm_path *path)
{
    static const struct rows rows = {"SMMU-5-128", "SMMU-D8-048", "SMMU-5-128"};
    struct stage1 p = {.wxn = true};
    struct sm_spot s;

    (void)sm;
    sm_spot_open(&s, path, 1, SPOT_INPUT);
    sm_spot_cd(&s, "WXN", 1);
    all_leaves(&s, p, &rows);
}

static void wxn(struct test *t)
{
    sm_each_flavour(t, SM_SSID_FLAVOURS, wxn_body);
}

static void uwxn_body(struct sm *sm, struct sm_path *path)
{
    static const struct rows rows = {"SMMU-5-129", "SMMU-5-129", "SMMU-5-129"};
    struct stage1 p = {0};
    struct sm_spot s;

    (void)sm;
    sm_spot_open(&s, path, 1, SPOT_INPUT);
    sm_spot_cd(&s, "UWXN", 1);
    all_leaves(&s, p, &rows);
}

static void uwxn(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1_SSID), uwxn_body);
}

static void pan_body(struct sm *sm, struct sm_path *path)
{
    static const struct rows pan = {"SMMU-5-133", "SMMU-5-133", "SMMU-5-133"}, epan = {"SMMU-5-135", "SMMU-5-135", "SMMU-5-135"},
                             el2 = {"SMMU-5-134", "SMMU-5-134", "SMMU-5-134"};
    bool there = sm_idr(sm->t, 3, "EPAN") != 0;
    struct sm_spot s;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    for (uint32_t i = 0; i < 4; i++) {
        struct stage1 p = {.pan = i & 1, .epan = there && i >> 1};

        if (i > 1 && !there && sm->minor < 2)
            continue; /* bit 59 of older versions is reserved */
        sm_cd_set(sm, path->sid, path->ssid, "PAN", i & 1);
        sm_spot_cd(&s, "EPAN", i >> 1);
        all_leaves(&s, p, single(path) ? &el2 : p.epan ? &epan : &pan);
    }
}

static void pan(struct test *t)
{
    sm_each_flavour(t, SM_SSID_FLAVOURS & ~SM_EL2_FLAVOURS, pan_body);
}

static void pan_el2(struct test *t)
{
    sm_each_flavour(t, SM_EL2_FLAVOURS, pan_body);
}

/* ---- hierarchical permissions ---- */

static void set_table(struct sm_spot *s, int level, uint32_t bits)
{
    sm_set_bits(s->sm, sm_spot_entry(s, level), SM_BIT_APTABLE1, SM_BIT_PXNTABLE, bits);
}

/* bits: PXNTable, UXNTable, APTable[1:0] from bit 0 up. */
static void under(struct sm_spot *s, uint32_t bits, const struct rows *rows)
{
    static const uint32_t leaves[] = {0, 1, 2, 3};

    for (uint32_t i = 0; i < 4; i++) {
        struct stage1 p = {.ap = leaves[i], .pxntable = bits & 1, .uxntable = bits >> 1 & 1, .aptable = bits >> 2};
        struct rights r = stage1_rights(s->path, &p);

        set_leaf(s, &p);
        say(s, &p);
        judge(s, &r, rows);
    }
}

static void table_body(struct sm *sm, struct sm_path *path)
{
    static const struct rows two = {"SMMU-D8-045", "SMMU-D8-046", "SMMU-D8-046"},
                             one = {"SMMU-D8-047", "SMMU-D8-047", "SMMU-D8-047"};
    const struct rows *rows = single(path) ? &one : &two;
    struct sm_spot s;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    for (int level = s.table->start_level; level < 3; level++) {
        for (uint32_t bits = 1; bits < 16; bits++) {
            if (level != 2 && bits & (bits - 1)) /* in every combination at one level, alone at the others */
                continue;
            set_table(&s, level, bits);
            under(&s, bits, rows);
        }
        set_table(&s, level, 0);
    }
    /* One bit at each of two levels: they add up. */
    for (uint32_t a = 0; a < 4; a++)
        for (uint32_t b = 0; b < 4; b++) {
            set_table(&s, s.table->start_level, 1u << a);
            set_table(&s, 2, 1u << b);
            under(&s, 1u << a | 1u << b, rows);
        }
    (void)sm;
}

static void table_el1(struct test *t)
{
    sm_each_flavour(t, SM_SSID_FLAVOURS & ~SM_EL2_FLAVOURS, table_body);
}

static void table_el2(struct test *t)
{
    sm_each_flavour(t, SM_EL2_FLAVOURS, table_body);
}

/* HAD0, HAD1: of their half only, and where IDR3.HAD. */
static void had_body(struct sm *sm, struct sm_path *path)
{
    bool there = sm_idr(sm->t, 3, "HAD") != 0;
    const char *row = there ? "SMMU-5-143" : "SMMU-5-144";
    const struct rows rows = {row, row, row};
    struct sm_spot s;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    set_table(&s, s.table->start_level, 0xf);
    for (uint32_t had = 0; had < 4; had++) {
        sm_cd_set(sm, path->sid, path->ssid, "HAD0", had & 1);
        sm_spot_cd(&s, "HAD1", had >> 1);
        test_context(sm->t, "%s, HAD1:HAD0 %u", sm_path_name(path), had);
        under(&s, there && had & 1 ? 0 : 0xf, &rows);
    }
    if (sm_address_bits(sm) < 64 || path->s2 || single(path))
        return;
    sm_path_open_high(path, NULL);
    sm_spot_open(&s, path, 1, ~UINT64_C(0) << path->s1_high->input_bits | SPOT_INPUT);
    s.table = path->s1_high;
    set_table(&s, s.table->start_level, 0xf);
    for (uint32_t had = 0; had < 4; had++) {
        sm_cd_set(sm, path->sid, path->ssid, "HAD0", had & 1);
        sm_spot_cd(&s, "HAD1", had >> 1);
        under(&s, there && had & 2 ? 0 : 0xf, &rows);
    }
}

static void had(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1_SSID) | SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_EL2), had_body);
}

/* ---- stage 2 ---- */

/* D8.4.2.1 Tables D8-76 to D8-78; xn is XN[1:0], bits 54:53. */
static struct rights stage2_rights(const struct sm *sm, uint32_t s2ap, uint32_t xn)
{
    bool both = !sm_idr(sm->t, 3, "XNX"), read = s2ap & 1, write = s2ap & 2;
    bool user = both ? !(xn & 2) : xn < 2, privileged = both ? !(xn & 2) : xn == 0 || xn == 3;

    /* Whether execution alone can be had without XNX is not said (Table D8-77). */
    return (struct rights){
        .read = {read, read}, .write = {write, write}, .execute = {user, privileged}, .unsure = {both && !read, both && !read}};
}

/* Nested, what stage 1 lets nobody write is executable by both levels of privilege there: XN alone decides. */
static void execute_body(struct sm_spot *s, const struct rows *rows)
{
    sm_set_bits(s->sm, sm_path_leaf(s->path, s->input), SM_BIT_AP2, SM_BIT_AP1, 3);
    for (uint32_t xn = 0; xn < 4; xn++) {
        struct rights r = stage2_rights(s->sm, 3, xn);

        sm_spot_set(s, 3, SM_BIT_UXN, SM_BIT_PXN, xn);
        test_context(s->sm->t, "%s, read-only in stage 1, XN %u", sm_path_name(s->path), xn);
        for (size_t i = 0; i < ACCESSES; i++)
            if (is_execute(&accesses[i]))
                judge_one(s, &r, rows, &accesses[i]);
    }
}

static void stage2_body(struct sm *sm, struct sm_path *path)
{
    const char *execute = sm_idr(sm->t, 3, "XNX") ? "SMMU-D8-051" : "SMMU-D8-050";
    const struct rows rows = {path->s1 ? "SMMU-D8-052" : "SMMU-D8-049", execute, execute};
    struct sm_spot s;

    sm_spot_open(&s, path, 2, SPOT_INPUT);
    for (uint32_t i = 0; i < 16; i++) {
        struct rights r = stage2_rights(sm, i & 3, i >> 2);
        uint64_t leaf = sm_spot_leaf(&s);

        if (path->s1) /* SM_RW is user-writable, and so never privileged-executable (D8.4.1.2.3) */
            r.unsure[1] = true;
        sm_set_bits(sm, leaf, SM_BIT_S2AP1, SM_BIT_S2AP0, i & 3);
        sm_set_bits(sm, leaf, SM_BIT_UXN, SM_BIT_PXN, i >> 2);
        sm_invalidate_all(sm);
        test_context(sm->t, "%s, S2AP %u XN %u", sm_path_name(path), i & 3, i >> 2);
        /* D8.4.2: execution of what may not be read is execute-only where XN allows it. */
        judge(&s, &r, &rows);
    }
    if (path->s1)
        execute_body(&s, &rows);
}

static void stage2(struct test *t)
{
    sm_each_flavour(t, SM_S2_FLAVOURS | SM_NESTED_FLAVOURS, stage2_body);
}

/* Both stages: the one that denies is named, stage 1 first. */
static void both_body(struct sm *sm, struct sm_path *path)
{
    struct sm_spot one, two;

    sm_spot_open(&one, path, 1, SPOT_INPUT);
    two = one;
    two.table = path->s2;
    two.at = sm_path_ipa(path, one.input);
    for (uint32_t i = 0; i < 16; i++) {
        bool s1_write = !(i & 1), s1_user = i & 2, s2_read = i & 4, s2_write = i & 8;

        sm_set_bits(sm, sm_spot_leaf(&one), SM_BIT_AP2, SM_BIT_AP2, !s1_write);
        sm_set_bits(sm, sm_spot_leaf(&one), SM_BIT_AP1, SM_BIT_AP1, s1_user);
        sm_set_bits(sm, sm_entry(sm, path->s2, two.at, 3), SM_BIT_S2AP1, SM_BIT_S2AP0, (s2_read ? 1 : 0) | (s2_write ? 2 : 0));
        sm_invalidate_all(sm);
        for (uint32_t kind = IOTB_READ; kind <= IOTB_WRITE; kind++) {
            struct sm_spot *denies = !s1_user || (kind == IOTB_WRITE && !s1_write) ? &one
                                     : (kind == IOTB_WRITE ? !s2_write : !s2_read) ? &two
                                                                                   : NULL;
            struct iotb_request r = sm_spot_request(&one, (enum iotb_request_kind)kind);

            test_context(sm->t, "%s, AP %u%u, S2AP %u%u", sm_path_name(path), !s1_write, s1_user, s2_write, s2_read);
            if (denies) {
                struct sm_expected e = sm_spot_fault(denies, SM_F_PERMISSION);

                sm_expect_event(sm, "SMMU-D8-052", &r, &e, one.host + SPOT_OFFSET);
            } else {
                sm_expect_ok(sm, "SMMU-D8-052", &r, one.host + SPOT_OFFSET);
            }
        }
    }
}

static void both(struct test *t)
{
    sm_each_flavour(t, SM_NESTED_FLAVOURS, both_body);
}

/* ---- overrides of the STE ---- */

/* INSTCFG does nothing to writes (SMMU-13-001) and to atomics (SMMU-13-006). */
static const char *override_row(const struct access *a, bool there, uint32_t instcfg)
{
    if (!there)
        return "SMMU-13-004";
    if (instcfg == 3 && is_write(a))
        return "SMMU-13-001";
    if (instcfg == 3 && a->kind >= IOTB_FETCH_ADD)
        return "SMMU-13-006";
    return instcfg > 1 ? "SMMU-13-002" : "SMMU-13-003";
}

static void overridden(struct sm_spot *s, uint32_t privcfg, uint32_t instcfg, const struct rights *r)
{
    bool there = sm_idr(s->sm->t, 1, "ATTR_PERMS_OVR") != 0;

    for (size_t i = 0; i < ACCESSES; i++) {
        const struct access *a = &accesses[i];
        bool privileged = (a->flags & IOTB_RQ_PRIVILEGED) != 0, execute = is_execute(a);
        struct iotb_request q = sm_spot_request(s, a->kind);
        struct sm_expected e = sm_spot_fault(s, SM_F_PERMISSION);
        const char *row = override_row(a, there, instcfg);

        if (!can_send(s, a))
            continue;
        q.flags |= a->flags;
        if (there && privcfg > 1)
            privileged = privcfg == 3;
        if (there && instcfg > 1 && a->kind == IOTB_READ)
            execute = instcfg == 3;
        if (allowed(r, a, privileged, execute)) {
            sm_expect_ok(s->sm, row, &q, s->host + SPOT_OFFSET);
            continue;
        }
        e.set = SM_E_PNU | SM_E_IND;
        e.pnu = privileged;
        e.ind = execute;
        sm_expect_event(s->sm, row, &q, &e, s->host + SPOT_OFFSET);
    }
}

static void override_body(struct sm *sm, struct sm_path *path)
{
    static const struct stage1 leaves[] = {
        {.ap = 0, .uxn = 1, .pxn = 1}, {.ap = 0}, {.ap = 1, .uxn = 1, .pxn = 1}, {.ap = 3, .pxn = 1}};
    struct sm_spot s;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    for (uint32_t n = 0; n < 4; n++) {
        struct rights r = stage1_rights(path, &leaves[n]);

        set_leaf(&s, &leaves[n]);
        for (uint32_t i = 0; i < 16; i++) {
            sm_ste_set(sm, path->sid, "PRIVCFG", i & 3);
            sm_spot_ste(&s, "INSTCFG", i >> 2);
            test_context(sm->t, "%s, PRIVCFG %u INSTCFG %u, AP %u UXN %u PXN %u", sm_path_name(path), i & 3, i >> 2, leaves[n].ap,
                         leaves[n].uxn, leaves[n].pxn);
            overridden(&s, i & 3, i >> 2, &r);
        }
    }
}

static void override_s1(struct test *t)
{
    sm_each_flavour(t, SM_S1_FLAVOURS | SM_NESTED_FLAVOURS | SM_EL2_FLAVOURS, override_body);
}

/* Stage 2 alone sees the overridden attributes too (13.4.3). */
static void override_s2_body(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;

    sm_spot_open(&s, path, 2, SPOT_INPUT);
    for (uint32_t xn = 0; xn < 4; xn++) {
        struct rights r = stage2_rights(sm, 3, xn);

        sm_set_bits(sm, sm_spot_leaf(&s), SM_BIT_UXN, SM_BIT_PXN, xn);
        for (uint32_t i = 0; i < 16; i++) {
            sm_ste_set(sm, path->sid, "PRIVCFG", i & 3);
            sm_spot_ste(&s, "INSTCFG", i >> 2);
            test_context(sm->t, "%s, PRIVCFG %u INSTCFG %u, XN %u", sm_path_name(path), i & 3, i >> 2, xn);
            overridden(&s, i & 3, i >> 2, &r);
        }
    }
}

static void override_s2(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S2), override_s2_body);
}

/* 13.1.3: what carries no such attributes is unprivileged data. */
static void default_body(struct sm *sm, struct sm_path *path)
{
    struct stage1 p = {.ap = 0};
    struct sm_spot s;

    (void)sm;
    sm_spot_open(&s, path, 1, SPOT_INPUT);
    set_leaf(&s, &p);
    sm_spot_refused(&s, "SMMU-13-005", SM_F_PERMISSION);
    p.ap = 1;
    p.uxn = 1;
    set_leaf(&s, &p);
    sm_spot_ok(&s, "SMMU-13-005");
}

static void defaults(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S1_CD0) | SM_FLAVOUR(SM_F_NESTED) | SM_FLAVOUR(SM_F_E2H),
                    default_body);
}

/* 13.1.1: a Device type does not make an instruction read fault. */
static void device_body(struct sm *sm, struct sm_path *path)
{
    struct sm_spot s;

    sm_spot_open(&s, path, 1, SPOT_INPUT);
    for (uint32_t attr = 0; attr < 6; attr++) {
        struct iotb_request r = sm_spot_request(&s, IOTB_READ);

        sm_spot_set(&s, 3, 4, 2, attr);
        sm_set_bits(sm, sm_spot_leaf(&s), SM_BIT_UXN, SM_BIT_UXN, 0);
        sm_invalidate_all(sm);
        r.flags |= IOTB_RQ_EXECUTE;
        sm_expect_ok(sm, "SMMU-13-008", &r, s.host + SPOT_OFFSET);
    }
    sm_spot_set(&s, 3, SM_BIT_UXN, SM_BIT_UXN, 1);
    s.r.kind = IOTB_READ;
    s.r.flags |= IOTB_RQ_EXECUTE;
    sm_spot_refused(&s, "SMMU-13-008", SM_F_PERMISSION);
}

static void device(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1_SSID) | SM_FLAVOUR(SM_F_E2H_SSID) | SM_FLAVOUR(SM_F_EL2_SSID), device_body);
}

/* Atomics ask for both, and change nothing when refused; unmapped they record RnW = 0. */
static void atomic_body(struct sm *sm, struct sm_path *path)
{
    uint32_t stage = path->s1 ? 1 : 2;
    struct sm_spot s;

    sm_spot_open(&s, path, stage, SPOT_INPUT);
    for (uint32_t kind = IOTB_FETCH_ADD; kind <= IOTB_CAS; kind++) {
        struct iotb_request r = sm_spot_request(&s, (enum iotb_request_kind)kind);
        struct sm_expected e;

        test_context(sm->t, "%s, atomic %u", sm_path_name(path), kind);
        sm_expect_ok(sm, "SMMU-13-006", &r, s.host + SPOT_OFFSET);
        sm_spot_set(&s, 3, 7, 7, stage == 1); /* read-only in either stage */
        e = sm_spot_fault(&s, SM_F_PERMISSION);
        sm_expect_event(sm, "SMMU-16-009", &r, &e, s.host + SPOT_OFFSET);
        sm_spot_set(&s, 3, 7, 7, stage == 2);
        sm_spot_set(&s, 3, 0, 0, 0);
        e = sm_spot_fault(&s, SM_F_TRANSLATION);
        sm_expect_event(sm, "SMMU-13-007", &r, &e, s.host + SPOT_OFFSET);
        sm_spot_set(&s, 3, 0, 0, 1);
    }
}

static void atomic(struct test *t)
{
    sm_each_flavour(t, SM_PAGED_FLAVOURS, atomic_body);
}

#define PLAIN(n, text, function, r, gated, feature)                                                                       \
    {                                                                                                                     \
        .name = "smmuv3.permissions." n, .summary = text, .run = function, .rows = r, .gate = gated, .features = feature, \
        .functional = true, .tier = TIER_FULL                                                                             \
    }
/* Those that judge() every access. */
#define CASE(n, text, function, r, gated, feature) \
    PLAIN(n, text, function, r " SMMU-13-001 SMMU-13-006 SMMU-13-007", gated, feature)

static const struct iotb_case cases[] = {
    CASE("leaf", "AP, UXN and PXN of the leaf decide who reads, writes and executes.", leaves_el1,
         "SMMU-D8-039 SMMU-D8-042 SMMU-D8-044", SM_GATE_S1, 0),
    CASE("leaf_el2", "EL2: one level of privilege, AP[1] and PXN mean nothing.", leaves_el2, "SMMU-D8-040 SMMU-D8-043",
         SM_GATE_S1 "&IDR0.Hyp", 0),
    CASE("execute_never", "UXN and PXN each bar their level of privilege from executing, and from nothing else.", never,
         "SMMU-D8-041", SM_GATE_S1, IOTB_F_PASID | IOTB_F_PRIVILEGE),
    CASE("wxn", "WXN makes what may be written not executable, by level of privilege.", wxn, "SMMU-5-128 SMMU-D8-048", SM_GATE_S1,
         IOTB_F_PASID | IOTB_F_PRIVILEGE),
    CASE("uwxn", "UWXN does nothing with 64-bit tables.", uwxn, "SMMU-5-129", SM_GATE_S1, IOTB_F_PASID | IOTB_F_PRIVILEGE),
    CASE("pan", "PAN bars privileged data accesses from what users may access; EPAN, or execute.", pan, "SMMU-5-133 SMMU-5-135",
         SM_GATE_S1, IOTB_F_PASID | IOTB_F_PRIVILEGE),
    CASE("pan_el2", "EL2: PAN does nothing.", pan_el2, "SMMU-5-134", SM_GATE_S1 "&IDR0.Hyp", 0),
    CASE("tables", "APTable, UXNTable and PXNTable of each level limit what is below and add up.", table_el1,
         "SMMU-D8-045 SMMU-D8-046", SM_GATE_S1, IOTB_F_PASID | IOTB_F_PRIVILEGE),
    CASE("tables_el2", "EL2: APTable[1] and XNTable, nothing else.", table_el2, "SMMU-D8-047", SM_GATE_S1 "&IDR0.Hyp", 0),
    CASE("had", "HAD0 and HAD1 switch hierarchical permissions of their half off, where there are such bits.", had,
         "SMMU-5-143 SMMU-5-144", SM_GATE_S1, 0),
    CASE("stage2", "S2AP and XN decide, whoever asks except for XNX.", stage2, "SMMU-D8-049 SMMU-D8-050 SMMU-D8-051 SMMU-D8-052",
         SM_GATE_S2, 0),
    PLAIN("both", "Both stages have to allow; the one that does not is named.", both, "SMMU-D8-052", SM_GATE_NESTED, 0),
    PLAIN("override", "PRIVCFG and INSTCFG replace what the request says, where they exist.", override_s1,
          "SMMU-13-001 SMMU-13-002 SMMU-13-003 SMMU-13-004 SMMU-13-006", SM_GATE_S1, 0),
    PLAIN("override_stage2", "PRIVCFG and INSTCFG count for stage 2.", override_s2,
          "SMMU-13-001 SMMU-13-002 SMMU-13-003 SMMU-13-004 SMMU-13-006", SM_GATE_S2, 0),
    PLAIN("default", "Requests without attributes are unprivileged data.", defaults, "SMMU-13-005", SM_GATE_S1, 0),
    PLAIN("device", "A Device type does not refuse an instruction read.", device, "SMMU-13-008", SM_GATE_S1,
          IOTB_F_PASID | IOTB_F_PRIVILEGE),
    PLAIN("atomics", "Atomics need both rights and are writes in records.", atomic, "SMMU-16-009 SMMU-13-006 SMMU-13-007",
          "IDR0.TTF:1", IOTB_F_ATOMIC),
};

const struct iotb_case_list sm_permissions_cases = {cases, sizeof cases / sizeof cases[0]};
