/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One case for each fault condition of 7.1.3 Table 30 that an untranslated request can meet: a path that works, then one
 * defect, then the path repaired. Each condition is tried with and without FPD, for every kind of translation that knows it.
 */
#include "vtd_chapters.h"
#include "vtd_defects.h"

/* With FPD set on the way a qualified fault leaves no record, any other leaves one. */
static void with_fpd(const struct condition *c, struct scene *s)
{
    defect_set_fpd(s, true);
    if (c->qualified)
        vt_expect_silent(s->vt, "VTD-7-025", &s->r, s->host);
    else
        vt_expect_fault(s->vt, "VTD-7-026", &s->r, c->fr, s->host);
    defect_set_fpd(s, false);
}

static void defect(const struct condition *c, struct scene *s, enum iotb_request_kind kind)
{
    s->r = vt_request(s->path, kind, s->path->flavour->pgtt == 4 ? s->host : DEFECT_INPUT, 8);
    vt_expect_ok(s->vt, c->row, &s->r, s->host);
    defect_make(c, s);
    vt_expect_fault(s->vt, c->row, &s->r, c->fr, s->host);
    if (defect_has_context(c))
        with_fpd(c, s);
    defect_undo(s);
    s->r = vt_request(s->path, kind, s->path->flavour->pgtt == 4 ? s->host : DEFECT_INPUT, 8);
    vt_expect_ok(s->vt, c->row, &s->r, s->host);
}

static void body(struct vt *vt, struct vt_path *path)
{
    const struct condition *c = test_argument(vt->t);
    struct scene s = {.vt = vt, .path = path};

    s.host = vt_path_page(path, DEFECT_INPUT, VT_RW);
    if (c->kinds & WRITES)
        defect(c, &s, IOTB_WRITE);
    if (c->kinds & READS)
        defect(c, &s, IOTB_READ);
}

static void run_condition(struct test *t)
{
    const struct condition *c = test_argument(t);

    vt_each_flavour(t, c->flavours, body);
}

#define CASE(NAME, ROW, FR, FLAVOURS, DEFECT, QUALIFIED, KINDS, TRANSLATION, TRANSLATED, PAGE, GATE, FEATURES)                  \
    {.name = "vtd.condition." #NAME,                                                                                            \
     .summary = "One defect gives this condition's fault reason, its record or none with FPD.",                                 \
     .run = run_condition,                                                                                                      \
     .rows = ROW " VTD-7-025 VTD-7-026 VTD-11-012 VTD-11-015 VTD-11-016 VTD-11-018 VTD-11-019 VTD-11-020 VTD-11-021 VTD-11-022" \
                 " VTD-7-146",                                                                                                  \
     .gate = GATE,                                                                                                              \
     .features = FEATURES,                                                                                                      \
     .functional = true,                                                                                                        \
     .tier = TIER_FULL,                                                                                                         \
     .argument = &condition_##NAME},

static const struct iotb_case cases[] = {LEGACY_CONDITIONS(CASE) SCALABLE_CONDITIONS(CASE) PLAIN_CONDITIONS(CASE)};

const struct iotb_case_list vtd_conditions_cases = {cases, sizeof cases / sizeof cases[0]};
