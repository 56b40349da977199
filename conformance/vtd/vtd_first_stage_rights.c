/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * First-stage access rights (3.6.1): the AND of R/W and of U/S over all levels, judged by privilege, kind of request and WPE.
 * The oracle is the text of 3.6.1 and nothing of the walk.
 */
#include "vtd_chapters.h"
#include "vtd_first_stage.h"

#define INPUT UINT64_C(0x62345040)

enum { NO_RIGHTS_FAULT = 0, USER = 0x81, WRITE = 0x85 };

struct access {
    const char *name;
    enum iotb_request_kind kind;
    uint32_t flags;
    uint64_t feature;
    const char *user_row; /* row of 3.6.1 for users */
};

static const struct access accesses[] = {
    {"read", IOTB_READ, 0, 0, "VTD-3-023"},
    {"write", IOTB_WRITE, 0, 0, "VTD-3-024"},
    {"swap", IOTB_SWAP, 0, IOTB_F_ATOMIC, "VTD-3-025"},
    {"compare and swap", IOTB_CAS, 0, IOTB_F_ATOMIC, "VTD-3-025"},
    {"fetch and add", IOTB_FETCH_ADD, 0, IOTB_F_ATOMIC, "VTD-3-025"},
    {"zero-length read", IOTB_READ, IOTB_RQ_ZERO_LENGTH, IOTB_F_ZERO_LENGTH, "VTD-3-023"},
};

struct judge {
    struct fs_page page;
    bool supervisor, wpe;
    bool mixed;           /* after each request of a supervisor the same of a user, which may hit what the first brought in */
    uint32_t extra_flags; /* of the request: IOTB_RQ_PRIVILEGED */
};

/* The row that a request decides, by who asks for what. */
static const char *row_of(const struct judge *j, const struct access *a, bool writable)
{
    bool writes = a->kind != IOTB_READ;

    if (!j->supervisor)
        return writes && j->wpe && writable ? "VTD-3-031" : a->user_row;
    if (!writes)
        return "VTD-3-026";
    return j->wpe ? "VTD-3-028" : "VTD-3-027";
}

static void judge_access(struct judge *j, const struct access *a, bool writable, bool user)
{
    struct iotb_request r = fs_request(&j->page, a->kind);
    bool writes = a->kind != IOTB_READ;
    bool denied_write = writes && !writable && (!j->supervisor || j->wpe), denied_user = !j->supervisor && !user;
    const char *row = row_of(j, a, writable);

    if (!test_has(j->page.vt->t, a->feature))
        return;
    r.flags |= a->flags | j->extra_flags;
    if (a->flags & IOTB_RQ_ZERO_LENGTH)
        r.bytes = 4;
    if (denied_write && denied_user) {
        static const uint32_t either[] = {USER, WRITE};

        vt_expect_fault_any(j->page.vt, "VTD-3-033", &r, either, 2, j->page.host);
    } else if (denied_write || denied_user) {
        vt_expect_fault(j->page.vt, row, &r, denied_user ? USER : WRITE, j->page.host);
    } else {
        vt_expect_ok(j->page.vt, row, &r, j->page.host);
    }
}

static void judge_user(struct judge j, const struct access *a, bool writable, bool user)
{
    j.supervisor = false;
    j.extra_flags = 0;
    judge_access(&j, a, writable, user);
}

/* Which levels lack a right: none, each alone, all. Bit n of the mask is level n. */
static uint32_t lacking(const struct fs_page *page, uint32_t choice)
{
    uint32_t all = ((1u << (page->levels + 1)) - 1) & ~((1u << page->leaf) - 1);

    if (choice == 0)
        return 0;
    return choice <= page->levels - page->leaf + 1 ? 1u << (page->leaf + choice - 1) : all;
}

/* Every choice of levels without R/W times every choice of levels without U/S times every kind of request. */
static void judge_all(struct judge *j)
{
    struct fs_page *page = &j->page;
    uint32_t choices = page->levels - page->leaf + 3;

    for (uint32_t i = 0; i < choices * choices; i++) {
        uint32_t no_write = lacking(page, i % choices), no_user = lacking(page, i / choices);

        test_context(page->vt->t, "%s, %s, WPE=%d, levels (bits) without R/W %02x, without U/S %02x", page->path->flavour->name,
                     j->supervisor ? "supervisor" : "user", j->wpe, no_write, no_user);
        for (uint32_t level = page->leaf; level <= page->levels; level++)
            fs_change(page, level, FS_RW | FS_US, (no_write >> level & 1 ? 0 : FS_RW) | (no_user >> level & 1 ? 0 : FS_US));
        vt_refresh(page->vt);
        for (size_t k = 0; k < sizeof accesses / sizeof accesses[0]; k++) {
            judge_access(j, &accesses[k], no_write == 0, no_user == 0);
            if (j->mixed)
                judge_user(*j, &accesses[k], no_write == 0, no_user == 0);
        }
    }
}

static void set_wpe(struct judge *j, bool wpe)
{
    j->wpe = wpe;
    fs_pasid_field(j->page.path, "WPE", wpe);
    vt_refresh(j->page.vt);
}

static void user_pages(struct vt_path *path, uint32_t page_lg2)
{
    struct judge j = {.supervisor = false};

    fs_page_open(&j.page, path, INPUT, page_lg2, VT_RW);
    for (uint32_t wpe = 0; wpe < 2; wpe++) {
        set_wpe(&j, wpe);
        judge_all(&j);
    }
}

static void user_4k_body(struct vt *vt, struct vt_path *path)
{
    (void)vt;
    user_pages(path, 12);
}
static void user_2m_body(struct vt *vt, struct vt_path *path)
{
    (void)vt;
    user_pages(path, 21);
}
static void user_1g_body(struct vt *vt, struct vt_path *path)
{
    (void)vt;
    user_pages(path, 30);
}

static void user_4k(struct test *t)
{
    vt_each_flavour(t, VTD_FS_FLAVOURS_ALL, user_4k_body);
}
static void user_2m(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_FS_FLAVOURS), user_2m_body);
}
static void user_1g(struct test *t)
{
    vt_each_flavour(t, vtd_first_flavours(t, VT_FS_FLAVOURS), user_1g_body);
}

/* Supervisor by PR of the request, or by RID_PRIV for requests without PASID; SRE is set. */
static void supervisor_body(struct vt *vt, struct vt_path *path)
{
    struct judge j = {.supervisor = true};

    fs_page_open(&j.page, path, INPUT, 12, VT_RW);
    fs_pasid_field(path, "SRE", 1);
    j.mixed = path->flavour->with_pasid;
    if (path->flavour->with_pasid)
        j.extra_flags = IOTB_RQ_PRIVILEGED;
    else
        vt_set_field(vt, vt_context_address(vt, path->rid), "context_entry_scalable", "RID_PRIV", 1);
    for (uint32_t wpe = 0; wpe < 2; wpe++) {
        set_wpe(&j, wpe);
        judge_all(&j);
    }
}

static void supervisor(struct test *t)
{
    vt_each_flavour(t, VT_PASID_FLAVOURS & VTD_FS_FLAVOURS_ALL, supervisor_body);
}

static void rid_supervisor(struct test *t)
{
    vt_each_flavour(t, 1u << VT_RID_FS | 1u << VT_RID_NESTED, supervisor_body);
}

/* U/S = 1 everywhere keeps no supervisor out (no supervisor-mode access prevention), nor does bit 134, once SMEP. */
static void no_prevention_body(struct vt *vt, struct vt_path *path)
{
    struct iotb_request r;
    struct fs_page page;

    fs_page_open(&page, path, INPUT, 12, VT_RW);
    fs_pasid_field(path, "SRE", 1);
    for (uint32_t ignored = 0; ignored < 4; ignored++) {
        const char *row = ignored ? "VTD-3-030" : "VTD-3-029";

        test_context(vt->t, "%s, bits 134:133 %u", path->flavour->name, ignored);
        vt_set_bits(vt, vt_pasid_address(vt, path->rid, path->pasid), 134, 133, ignored);
        vt_refresh(vt);
        r = fs_request(&page, IOTB_WRITE);
        r.flags |= IOTB_RQ_PRIVILEGED;
        vtd_reaches(vt, row, r, page.host);
        fs_change(&page, 1, 0, UINT64_C(1) << 63);
        vt_refresh(vt);
        vtd_reaches(vt, row, r, page.host);
        fs_change(&page, 1, UINT64_C(1) << 63, 0);
    }
}

static void no_prevention(struct test *t)
{
    vt_each_flavour(t, VT_PASID_FLAVOURS & VTD_FS_FLAVOURS_ALL, no_prevention_body);
}

/* ---- SRE ---- */

/* PR = 1 without SRE is refused in every kind of translation, by miss and by hit; with SRE it is not. */
static void sre_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT & ~UINT64_C(0xfff), VT_RW) + (INPUT & 0xfff);
    struct iotb_request user = vt_request(path, IOTB_WRITE, vtd_input(path, INPUT, host), 8), supervisor_r = user;
    const char *row = path->fs ? "VTD-9-082" : "VTD-9-084";

    supervisor_r.flags |= IOTB_RQ_PRIVILEGED;
    vtd_refused(vt, row, supervisor_r, 0x5d, host);
    vtd_reaches(vt, row, user, host);
    vtd_refused(vt, row, supervisor_r, 0x5d, host);
    if (!vt_ecap(vt->t, "SRS"))
        return;
    fs_pasid_field(path, "SRE", 1);
    vt_refresh(vt);
    vtd_reaches(vt, row, supervisor_r, host);
    vtd_reaches(vt, row, user, host);
    fs_pasid_field(path, "SRE", 0);
    vt_refresh(vt);
    vtd_refused(vt, row, supervisor_r, 0x5d, host);
}

static void sre(struct test *t)
{
    vt_each_flavour(t, VT_PASID_FLAVOURS & VTD_FS_FLAVOURS_ALL, sre_body);
}

static void sre_other(struct test *t)
{
    vt_each_flavour(t, VT_PASID_FLAVOURS & ~VTD_FS_FLAVOURS_ALL, sre_body);
}

/* ---- execute requested ---- */

/* ER is an error of the request, on a page that any read may use, by miss and by hit (7.1.3 RTA.5, SPT.5). */
static void execute_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, INPUT & ~UINT64_C(0xfff), VT_RW) + (INPUT & 0xfff);
    struct iotb_request r = vt_request(path, IOTB_READ, vtd_input(path, INPUT, host), 8), er = r;
    uint32_t fr = vt->ver_max >= 8 ? 0x34 : 0x5c;

    er.flags |= IOTB_RQ_EXECUTE;
    vt_expect_fault(vt, "VTD-7-001", &er, fr, host);
    vt_expect_ok(vt, "VTD-7-001", &r, host);
    vt_expect_fault(vt, "VTD-7-001", &er, fr, host);
    vt_set_field(vt, vt_context_address(vt, path->rid), "context_entry_scalable", "FPD", 1);
    vt_refresh(vt);
    if (vt->ver_max >= 8)
        vt_expect_fault(vt, "VTD-7-001", &er, fr, host);
    else
        vt_expect_silent(vt, "VTD-7-001", &er, host);
    vt_expect_ok(vt, "VTD-7-001", &r, host);
}

static void execute(struct test *t)
{
    vt_each_flavour(t, VT_PASID_FLAVOURS, execute_body);
}

/* ---- order: rights come after the walk ---- */

static void order_body(struct vt *vt, struct vt_path *path)
{
    static const uint32_t absent_or_write[] = {0x71, WRITE}, reserved_or_user[] = {0x72, USER}, absent_or_user[] = {0x71, USER};
    struct iotb_request r;
    struct fs_page page;

    fs_page_open(&page, path, INPUT, 12, VT_RW);
    r = fs_request(&page, IOTB_WRITE);
    vt_expect_ok(vt, "VTD-3-032", &r, page.host);
    fs_change(&page, page.levels, FS_RW, 0);
    fs_change(&page, 1, FS_P, 0);
    vt_refresh(vt);
    vt_expect_fault_any(vt, "VTD-3-032", &r, absent_or_write, 2, page.host);
    fs_change(&page, page.levels, FS_US, FS_RW);
    vt_refresh(vt);
    vt_expect_fault_any(vt, "VTD-3-032", &r, absent_or_user, 2, page.host);
    fs_change(&page, 1, 0, FS_P);
    if (vt->haw < 52) {
        fs_change(&page, 1, 0, UINT64_C(1) << vt->haw);
        vt_refresh(vt);
        vt_expect_fault_any(vt, "VTD-3-032", &r, reserved_or_user, 2, page.host);
        fs_change(&page, 1, UINT64_C(1) << vt->haw, 0);
    }
    fs_change(&page, page.levels, 0, FS_US);
    vt_refresh(vt);
    vt_expect_ok(vt, "VTD-3-032", &r, page.host);
}

static void order(struct test *t)
{
    vt_each_flavour(t, VT_FS_FLAVOURS, order_body);
}

#define FULL .functional = true, .tier = TIER_FULL
#define GATE "ECAP.SMTS&ECAP.FSTS"
#define USER_ROWS "VTD-3-024 VTD-3-023 VTD-3-025 VTD-3-031 VTD-3-033" VTD_SCALABLE_ROWS

static const struct iotb_case cases[] = {
    {.name = "vtd.first_stage.user_rights",
     .summary = "Users need U/S and, to write, R/W at every level.",
     .run = user_4k,
     .rows = USER_ROWS,
     .gate = GATE,
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.first_stage.user_rights_2m",
     .summary = "The same for a 2 MiB page.",
     .run = user_2m,
     .rows = USER_ROWS,
     .gate = GATE,
     FULL},
    {.name = "vtd.first_stage.user_rights_1g",
     .summary = "The same for a 1 GiB page.",
     .run = user_1g,
     .rows = USER_ROWS,
     .gate = GATE "&CAP.FS1GP",
     FULL},
    {.name = "vtd.first_stage.supervisor_rights",
     .summary = "Supervisors read all; R/W stops their writes only with WPE.",
     .run = supervisor,
     .rows = "VTD-3-026 VTD-3-027 VTD-3-028 " USER_ROWS,
     .gate = GATE "&ECAP.SRS&ECAP.PASID",
     .features = IOTB_F_PASID | IOTB_F_PRIVILEGE,
     FULL},
    {.name = "vtd.first_stage.rid_supervisor_rights",
     .summary = "The same for requests without PASID by RID_PRIV.",
     .run = rid_supervisor,
     .rows = "VTD-3-026 VTD-3-027 VTD-3-028" VTD_PLAIN_ROWS,
     .gate = GATE "&ECAP.RPRIVS",
     FULL},
    {.name = "vtd.first_stage.no_prevention",
     .summary = "Supervisors reach user pages, whatever was once SMEP.",
     .run = no_prevention,
     .rows = "VTD-3-029 VTD-3-030 VTD-3-003 VTD-7-062",
     .gate = GATE "&ECAP.SRS&ECAP.PASID&!ECAP.ERS",
     .features = IOTB_F_PASID | IOTB_F_PRIVILEGE,
     FULL},
    {.name = "vtd.first_stage.sre",
     .summary = "Supervisor requests need SRE.",
     .run = sre,
     .rows = "VTD-9-082" VTD_SCALABLE_ROWS,
     .gate = GATE "&ECAP.PASID",
     .features = IOTB_F_PASID | IOTB_F_PRIVILEGE,
     FULL},
    {.name = "vtd.pasid.sre_other_stages",
     .summary = "Supervisor requests need SRE, in second-stage and pass-through translation too.",
     .run = sre_other,
     .rows = "VTD-9-084" VTD_SCALABLE_ROWS,
     .gate = "ECAP.SMTS&ECAP.PASID",
     .features = IOTB_F_PASID | IOTB_F_PRIVILEGE,
     FULL},
    {.name = "vtd.pasid.execute",
     .summary = "Requests that ask for execution are refused.",
     .run = execute,
     .rows = "VTD-7-001 VTD-11-019" VTD_SCALABLE_ROWS,
     .gate = "ECAP.SMTS&ECAP.PASID&!ECAP.ERS",
     .features = IOTB_F_PASID | IOTB_F_PRIVILEGE,
     FULL},
    {.name = "vtd.first_stage.order",
     .summary = "No translation outranks lack of rights.",
     .run = order,
     .rows = "VTD-3-032" VTD_SCALABLE_ROWS,
     .gate = GATE,
     FULL},
};

const struct iotb_case_list vtd_first_stage_rights_cases = {cases, sizeof cases / sizeof cases[0]};
