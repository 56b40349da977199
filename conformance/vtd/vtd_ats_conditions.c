/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One case for each fault condition of 7.1.3 Table 30, in the columns of ATS: the translation request, the translated request and
 * the page request that meet the defect, with and without FPD. The columns of untranslated requests are in vtd_conditions.c.
 */
#include "vtd_chapters.h"
#include "vtd_defects.h"

#include <string.h>

/* As Table 30 has it, or with FPD set above: the same answer, and no record of what is qualified. */
static uint32_t reason(const struct condition *c, bool fpd)
{
    return fpd && c->qualified ? 0 : c->fr;
}

/* 7.1.2: structural errors of the first stage are recoverable, those of the second stage are not. */
static void structural(const struct condition *c, struct scene *s)
{
    vt_once(s->vt);
    if (!strncmp(c->name, "SFS", 3) && c->translation == ANSWER_ZERO)
        vt_expect_no_translation(s->vt, "VTD-7-023", &s->r);
    else if (!strncmp(c->name, "SSS", 3) && c->translation == ANSWER_CA)
        vt_expect_ats_refused(s->vt, "VTD-7-023", &s->r, IOTB_CA, c->fr);
    s->vt->once = false;
}

static void translation(const struct condition *c, struct scene *s, const char *row, bool fpd)
{
    struct iotb_request r = s->r;

    switch ((enum answer)c->translation) {
    case ANSWER_UR:
        vt_expect_ats_refused(s->vt, row, &r, IOTB_UR, reason(c, fpd));
        break;
    case ANSWER_CA:
        vt_expect_ats_refused(s->vt, row, &r, IOTB_CA, reason(c, fpd));
        break;
    case ANSWER_ZERO:
        vt_expect_no_translation(s->vt, fpd ? row : "VTD-7-022", &r);
        vt_expect_no_translation(s->vt, row, &r);
        break;
    case ANSWER_LOGGED: { /* a completion without rights, and a record */
        struct vt_translation t = vt_translate(s->vt, &r);

        CHECK(s->vt->t, row, t.count == 1 && !t.entries[0].r && !t.entries[0].w && !t.entries[0].s,
              "the translation completion is a success without rights");
        vt_expect_ats_refused(s->vt, row, &r, IOTB_SC, reason(c, fpd));
        break;
    }
    case ANSWER_READ:
        vt_expect_translation(s->vt, row, &r, s->host, VT_R, 12, NULL);
        break;
    case ANSWER_WRITE:
        vt_expect_translation(s->vt, row, &r, s->host, VT_W, 12, NULL);
        break;
    case ANSWER_NA:
    case ANSWER_GOOD:
    case ANSWER_IR:
        test_abort(s->vt->t, "condition %s has no column for translation requests", c->name);
    }
}

/* 4.2.5: with the host permission table off only the context entry counts. */
static void translated(const struct condition *c, struct scene *s, const char *row, bool fpd)
{
    struct iotb_request r = vt_translated_request(s->path, IOTB_READ, s->host, 8, false);

    if (c->translated == ANSWER_NA)
        return;
    if (c->translated == ANSWER_GOOD) {
        vt_expect_ok(s->vt, "VTD-4-022", &r, s->host);
        r.kind = IOTB_WRITE;
        vt_expect_ok(s->vt, "VTD-4-022", &r, s->host);
        return;
    }
    vt_expect_ats_refused(s->vt, row, &r, IOTB_UR, reason(c, fpd));
    r.kind = IOTB_WRITE;
    if (reason(c, fpd))
        vt_expect_fault(s->vt, row, &r, c->fr, s->host);
    else
        vt_expect_silent(s->vt, row, &r, s->host);
}

static bool has_page_requests(struct vt *vt)
{
    return vt->config.mode == VT_SCALABLE && vt_ecap(vt->t, "PRS") && test_has(vt->t, IOTB_F_PRI);
}

/* Besides the condition's own: rows that say of whole structures that page requests meet their faults. */
static const char *page_row(const struct condition *c)
{
    return strncmp(c->name, "SP", 2) ? "VTD-7-517" : "VTD-7-518";
}

static void page(const struct condition *c, struct scene *s, const char *row, bool fpd)
{
    struct iotb_message m = vt_page_request_of(s->path, s->r.address, true, true, true, 0x155);

    if (c->page == ANSWER_NA || !has_page_requests(s->vt))
        return;
    m.flags = s->r.flags;
    m.pasid = s->r.pasid;
    for (uint32_t last = 0; last < 2; last++) {
        m.last = last == 0;
        if (c->page == ANSWER_GOOD)
            vt_expect_queued(s->vt, "VTD-7-156", &m);
        else
            vt_expect_page_refused(s->vt, row, &m, reason(c, fpd));
        if (c->page == ANSWER_IR && !fpd)
            vt_expect_page_refused(s->vt, page_row(c), &m, c->fr);
    }
}

static void good(const struct condition *c, struct scene *s)
{
    uint64_t input = s->path->flavour->pgtt == 4 ? s->host : DEFECT_INPUT;
    struct iotb_message m = vt_page_request_of(s->path, input, true, false, true, 3);

    s->r = vt_translation_request(s->path, input);
    vt_expect_translation(s->vt, c->row, &s->r, s->host, VT_RW, s->path->flavour->pgtt == 4 ? 64 : 12, NULL);
    if (has_page_requests(s->vt))
        vt_expect_queued(s->vt, c->row, &m);
}

static void body(struct vt *vt, struct vt_path *path)
{
    const struct condition *c = test_argument(vt->t);
    struct scene s = {.vt = vt, .path = path};

    s.host = vt_path_page(path, DEFECT_INPUT, VT_RW);
    vt_path_allow_ats(path, has_page_requests(vt));
    if (has_page_requests(vt))
        vt_prq_open(vt, 0);
    good(c, &s);
    defect_make(c, &s);
    for (uint32_t fpd = 0; fpd < (defect_has_context(c) ? 2u : 1u); fpd++) {
        const char *row = !fpd ? c->row : c->qualified ? "VTD-7-030" : "VTD-7-026";

        if (fpd)
            defect_set_fpd(&s, true);
        translation(c, &s, row, fpd);
        if (!fpd)
            structural(c, &s);
        translated(c, &s, row, fpd);
        page(c, &s, row, fpd);
    }
    if (defect_has_context(c))
        defect_set_fpd(&s, false);
    defect_undo(&s);
    good(c, &s);
}

static void run_condition(struct test *t)
{
    const struct condition *c = test_argument(t);

    if (!vt_ecap(t, "DT"))
        test_skip(t, "ECAP.DT is 0: no device-TLBs");
    vt_each_flavour(t, c->flavours & VT_ATS_FLAVOURS, body);
}

/* ---- what only ATS and page requests meet ---- */

/* DTE and PRE of the context entry, or TT: what it lets through and what is refused. */
struct enables {
    const char *row, *plain, *translation, *translated, *page; /* rows; NULL where nothing is refused */
    uint32_t dte, pre, fr;
};
static const struct enables enables[] = {
    {"VTD-9-043", NULL, "VTD-7-067", "VTD-7-067", NULL, 0, 0, 0x44},
    {"VTD-9-044", NULL, NULL, NULL, "VTD-7-070", 1, 0, 0x47},
    {"VTD-9-038", "VTD-7-064", "VTD-7-064", "VTD-7-064", "VTD-7-064", 0, 1, 0x43},
};

static void set_enables(struct vt_path *path, uint32_t dte, uint32_t pre, bool fpd)
{
    uint64_t entry = vt_context_address(path->vt, path->rid);

    vt_set_field(path->vt, entry, "context_entry_scalable", "DTE", dte);
    vt_set_field(path->vt, entry, "context_entry_scalable", "PRE", pre);
    vt_set_field(path->vt, entry, "context_entry_scalable", "FPD", fpd);
    vt_refresh(path->vt);
}

static void refused_or_not(struct vt_path *path, const struct enables *e, uint64_t input, uint64_t host, bool fpd)
{
    struct vt *vt = path->vt;
    uint32_t status = e->fr == 0x43 ? IOTB_CA : IOTB_UR, fr = fpd ? 0 : e->fr;
    struct iotb_request plain = vt_request(path, IOTB_WRITE, input, 8), r = vt_translation_request(path, input);

    if (e->plain && fpd)
        vt_expect_silent(vt, "VTD-7-025", &plain, host);
    else if (e->plain)
        vt_expect_fault(vt, e->plain, &plain, fr, host);
    else
        vt_expect_ok(vt, e->row, &plain, host);
    if (e->translation)
        vt_expect_ats_refused(vt, fpd ? "VTD-7-030" : e->translation, &r, status, fr);
    else
        vt_expect_translation(vt, e->row, &r, host, VT_RW, path->flavour->pgtt == 4 ? 64 : 12, NULL);
    r = vt_translated_request(path, IOTB_READ, host, 8, false);
    if (e->translated)
        vt_expect_ats_refused(vt, fpd ? "VTD-7-030" : e->translated, &r, IOTB_UR, fr);
    else
        vt_expect_ok(vt, e->row, &r, host);
    r.kind = IOTB_WRITE;
    if (e->translated && !fpd)
        vt_expect_fault(vt, e->row, &r, fr, host);
}

static void enables_body(struct vt *vt, struct vt_path *path)
{
    bool prs = has_page_requests(vt);
    uint64_t host = vt_path_page(path, DEFECT_INPUT, VT_RW), input = path->flavour->pgtt == 4 ? host : DEFECT_INPUT;
    struct iotb_message m = vt_page_request_of(path, input, true, true, true, 0x1ff);

    if (prs)
        vt_prq_open(vt, 0);
    for (size_t i = 0; i < sizeof enables / sizeof enables[0]; i++) {
        const struct enables *e = &enables[i];

        if (!prs && (e->pre || e->page))
            continue;
        for (uint32_t fpd = 0; fpd < 2; fpd++) {
            test_context(vt->t, "%s, DTE=%u PRE=%u FPD=%u", vt_path_name(path), e->dte, e->pre, fpd);
            set_enables(path, e->dte, e->pre, fpd);
            refused_or_not(path, e, input, host, fpd);
            for (uint32_t last = 0; e->page && last < 2; last++) {
                m.last = last == 0;
                vt_expect_page_refused(vt, fpd ? "VTD-7-030" : e->page, &m, fpd ? 0 : e->fr);
                if (!fpd)
                    vt_expect_page_refused(vt, m.last ? "VTD-7-157" : "VTD-7-158", &m, e->fr);
                if (!fpd && e->fr == 0x47)
                    vt_expect_page_refused(vt, "VTD-7-516", &m, e->fr);
            }
        }
    }
    /* With PRE and DTE both kinds are let through. */
    set_enables(path, 1, prs, false);
    refused_or_not(path, &(struct enables){"VTD-9-043", NULL, NULL, NULL, NULL, 1, 1, 0}, input, host, false);
    m.last = 1;
    if (prs)
        vt_expect_queued(vt, "VTD-9-044", &m);
}

static void run_enables(struct test *t)
{
    vt_each_flavour(t, VT_SCALABLE_FLAVOURS, enables_body);
}

/* Legacy mode has no page requests (RTA.3). */
static void legacy_page_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = vt_path_page(path, DEFECT_INPUT, VT_RW);
    struct iotb_request r = vt_request(path, IOTB_WRITE, path->flavour->pgtt == 4 ? host : DEFECT_INPUT, 8);
    struct iotb_message m = vt_page_request_of(path, DEFECT_INPUT, true, false, true, 0x42);

    if (path->flavour->pgtt != 4)
        vt_path_allow_ats(path, false);
    vt_prq_open(vt, 0);
    vt_expect_ok(vt, "VTD-7-055", &r, host);
    for (uint32_t i = 0; i < 4; i++) {
        m.last = i & 1;
        m.flags = i & 2 && vt_ecap(vt->t, "PASID") && test_has(vt->t, IOTB_F_PASID) ? IOTB_RQ_PASID : 0;
        m.pasid = m.flags ? 0x9abcd : 0;
        vt_expect_page_refused(vt, "VTD-7-055", &m, 0x32);
        vt_expect_page_refused(vt, "VTD-7-515", &m, 0x32);
        vt_set_field(vt, vt_context_address(vt, path->rid), "context_entry_legacy", "FPD", 1);
        vt_refresh(vt);
        vt_expect_page_refused(vt, "VTD-7-026", &m, 0x32); /* not qualified */
        vt_set_field(vt, vt_context_address(vt, path->rid), "context_entry_legacy", "FPD", 0);
        vt_refresh(vt);
    }
    vt_expect_ok(vt, "VTD-7-055", &r, host);
}

static void legacy_page(struct test *t)
{
    vt_each_flavour(t, LEGACY_ALL, legacy_page_body);
}

#define RECORD_ROWS " VTD-11-012 VTD-11-014 VTD-11-015 VTD-11-016 VTD-11-020 VTD-11-021 VTD-11-022 VTD-7-146"

#define CASE(NAME, ROW, FR, FLAVOURS, DEFECT, QUALIFIED, KINDS, TRANSLATION, TRANSLATED, PAGE, GATE, FEATURES)   \
    {.name = "vtd.ats_condition." #NAME,                                                                         \
     .summary = "One defect gives the answers of Table 30 to translation, translated and page requests.",        \
     .run = run_condition,                                                                                       \
     .rows = ROW " VTD-7-022 VTD-7-023 VTD-7-026 VTD-7-030 VTD-4-022 VTD-7-156 VTD-7-517 VTD-7-518" RECORD_ROWS, \
     .gate = GATE,                                                                                               \
     .features = (FEATURES) | IOTB_F_ATS,                                                                        \
     .functional = true,                                                                                         \
     .tier = TIER_FULL,                                                                                          \
     .argument = &condition_##NAME},

static const struct iotb_case cases[] = {
    /* clang-format off */
    LEGACY_CONDITIONS(CASE)
    SCALABLE_CONDITIONS(CASE)
    /* clang-format on */
    {.name = "vtd.ats_condition.enables",
     .summary = "DTE lets translation and translated requests through, PRE page requests, and PRE needs DTE.",
     .run = run_enables,
     .rows = "VTD-9-043 VTD-9-044 VTD-9-038 VTD-7-067 VTD-7-070 VTD-7-064 VTD-7-157 VTD-7-158 VTD-7-516 VTD-7-030 "
             "VTD-7-025" RECORD_ROWS,
     .gate = "ECAP.DT&ECAP.SMTS",
     .features = IOTB_F_ATS,
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.ats_condition.legacy_page",
     .summary = "Legacy mode refuses every page request, whatever FPD says.",
     .run = legacy_page,
     .rows = "VTD-7-055 VTD-7-515 VTD-7-026" RECORD_ROWS,
     .gate = "ECAP.PRS",
     .features = IOTB_F_ATS | IOTB_F_PRI,
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_ats_conditions_cases = {cases, sizeof cases / sizeof cases[0]};
