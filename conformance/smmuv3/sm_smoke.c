/* SPDX-License-Identifier: BSD-2-Clause */
/* First things: one request along every path, each basic refusal, commands, invalidation, an interrupt. */
#include "build/sm.h"
#include "sm_chapters.h"

#define INPUT UINT64_C(0x12345000)

/* ---- every path ---- */

static void path_body(struct sm *sm, struct sm_path *path)
{
    uint64_t input = INPUT, host = sm_path_page(path, input, SM_RW);
    struct iotb_request r;

    if (!sm_path_table(path))
        input = host;
    r = sm_request(path, IOTB_WRITE, input + 0x18, 8);
    sm_expect_ok(sm, "SMMU-3-031", &r, host + 0x18);
    r = sm_request(path, IOTB_READ, input + 0xff0, 16);
    sm_expect_ok(sm, "SMMU-3-031", &r, host + 0xff0);
}

static void paths(struct test *t)
{
    sm_each_flavour(t, SM_ALL_FLAVOURS, path_body);
}

static void granule_body(struct sm *sm, struct sm_path *path)
{
    uint64_t input = INPUT & ~UINT64_C(0xffff), host = sm_path_page(path, input, SM_RW);
    uint64_t last = (UINT64_C(1) << (path->s1 ? path->s1 : path->s2)->granule_lg2) - 8;
    uint32_t lg2 = (path->s1 ? path->s1 : path->s2)->granule_lg2;
    const char *row = lg2 == 12 ? "SMMU-D8-006" : lg2 == 14 ? "SMMU-D8-007" : "SMMU-D8-008";
    struct iotb_request r = sm_request(path, IOTB_READ, input + last, 8);

    sm_expect_ok(sm, row, &r, host + last);
}

static void granules(struct test *t)
{
    sm_each_granule(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_NESTED), NULL, granule_body);
}

/* Every byte is its own, wherever in a page a request begins, whatever lines of a cache it touches. */
static void lines_body(struct sm *sm, struct sm_path *path)
{
    static const uint32_t begins[] = {0, 1, 0x1c, 0x3c, 0x3d, 0x3f, 0x7c3, 0xf9f, 0xfc0};
    static const uint32_t lengths[] = {1, 2, 3, 4, 5, 8, 13, 32, 33, 63, 64};
    uint64_t host = sm_path_page(path, INPUT, SM_RW);

    for (size_t b = 0; b < sizeof begins / sizeof begins[0]; b++)
        for (size_t n = 0; n < 2 * sizeof lengths / sizeof lengths[0]; n++) {
            enum iotb_request_kind kind = n & 1 ? IOTB_WRITE : IOTB_READ;
            struct iotb_request r = sm_request(path, kind, INPUT + begins[b], lengths[n / 2]);

            if (begins[b] + r.bytes <= 4096)
                sm_expect_ok(sm, "SMMU-D8-006", &r, host + begins[b]);
        }
}

static void lines(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_NESTED_SSID), lines_body);
}

/* ---- refusals ---- */

static void unmapped_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, INPUT, SM_RW);
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + 0x1000000 + 0x38, 8);
    struct sm_expected e = sm_s1_event(SM_F_TRANSLATION);

    if (!path->s1)
        e = sm_s2_event(SM_F_TRANSLATION, SM_CLASS_IN, r.address);
    sm_expect_event(sm, "SMMU-7-050", &r, &e, 0);
    r = sm_request(path, IOTB_READ, INPUT + 8, 8);
    sm_expect_ok(sm, "SMMU-7-050", &r, host + 8);
}

static void unmapped(struct test *t)
{
    sm_each_flavour(t, SM_PAGED_FLAVOURS, unmapped_body);
}

static void read_only_body(struct sm *sm, struct sm_path *path)
{
    uint64_t host = sm_path_page(path, INPUT, SM_RW & ~SM_W);
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + 0x40, 8);
    struct sm_expected e = sm_s1_event(SM_F_PERMISSION);

    if (!path->s1)
        e = sm_s2_event(SM_F_PERMISSION, SM_CLASS_IN, r.address);
    sm_expect_event(sm, path->s1 ? "SMMU-D8-039" : "SMMU-D8-049", &r, &e, host + 0x40);
    r.kind = IOTB_READ;
    sm_expect_ok(sm, path->s1 ? "SMMU-D8-039" : "SMMU-D8-049", &r, host + 0x40);
}

static void read_only(struct test *t)
{
    sm_each_flavour(t, SM_PAGED_FLAVOURS & ~SM_EL2_FLAVOURS, read_only_body);
}

static void silent(struct test *t)
{
    struct iotb_request r;
    struct sm_path path;
    struct sm sm;
    uint64_t host;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_BYPASS, sm_sid(&sm, 0), 0, 0, 0);
    host = sm_path_page(&path, INPUT, SM_RW);
    r = sm_request(&path, IOTB_WRITE, host + 0x100, 8);
    sm_expect_ok(&sm, "SMMU-5-015", &r, host + 0x100);
    sm_ste_set(&sm, path.sid, "Config", SM_ABORT);
    sm_cfgi_ste(&sm, path.sid);
    sm_expect_silent_abort(&sm, "SMMU-5-015", &r, host + 0x100);
    sm_ste_set(&sm, path.sid, "V", 0);
    sm_cfgi_ste(&sm, path.sid);
    sm_expect_config(&sm, "SMMU-5-012", &r, SM_C_BAD_STE, host + 0x100);
    sm_close(&sm);
}

/* ---- commands ---- */

static void remap_body(struct sm *sm, struct sm_path *path)
{
    uint64_t old = sm_path_page(path, INPUT, SM_RW), now;
    struct iotb_request r = sm_request(path, IOTB_WRITE, INPUT + 0x80, 8);

    sm_expect_ok(sm, "SMMU-4-146", &r, old + 0x80);
    now = sm_path_page(path, INPUT, SM_RW);
    CHECK(sm->t, "SMMU-4-146", sm_path_invalidate_page(path, INPUT, true), "invalidation and CMD_SYNC complete");
    sm_expect_ok(sm, "SMMU-4-146", &r, now + 0x80);
}

static void remap(struct test *t)
{
    sm_each_flavour(t, SM_PAGED_FLAVOURS, remap_body);
}

static void bad_command(struct test *t)
{
    struct sm_command reserved = sm_cmd_raw(0xff, 0), sync = sm_cmd_sync();
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_expect_ill(&sm, "SMMU-4-006", &reserved);
    sm_expect_consumed(&sm, "SMMU-4-135", &sync);
    sm_close(&sm);
}

static void event_interrupt(struct test *t)
{
    struct iotb_request r;
    struct sm_path path;
    uint32_t data = 0;
    struct sm sm;

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_BYPASS, sm_sid(&sm, 0), 0, 0, 0);
    CHECK(t, "SMMU-6-932", sm_irq_open(&sm, "EVENTQ", sm.msi, 0xabcd), "IRQ_CTRLACK.EVENTQ_IRQEN follows");
    sm_ste_set(&sm, path.sid, "V", 0);
    sm_cfgi_ste(&sm, path.sid);
    CHECK(t, "SMMU-3-201", !sm_msi_take(&sm, sm.msi, &data), "an interrupt without an event");
    r = sm_request(&path, IOTB_READ, INPUT, 8);
    sm_once(&sm);
    sm_expect_config(&sm, "SMMU-5-012", &r, SM_C_BAD_STE, 0);
    CHECK(t, "SMMU-3-201", sm_msi_take(&sm, sm.msi, &data), "no interrupt when the event queue became non-empty");
    CHECK_EQ(t, "SMMU-3-203", 0xabcd, data, "data of the message");
    sm_close(&sm);
}

static const struct iotb_case cases[] = {
    {.name = "smmuv3.smoke.paths",
     .summary = "a request arrives where its tables say, along every combination of stages and substreams",
     .run = paths,
     .rows = "SMMU-3-031 SMMU-3-211 SMMU-5-012",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "smmuv3.smoke.granules",
     .summary = "pages of every granule translate in either stage and in every pair of nested stages",
     .run = granules,
     .rows = "SMMU-D8-006 SMMU-D8-007 SMMU-D8-008",
     .gate = "IDR0.TTF:1",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "smmuv3.smoke.lines",
     .summary = "A request inside a page moves each of its bytes, from any byte on and of any length",
     .run = lines,
     .rows = "SMMU-D8-006",
     .gate = "IDR5.GRAN4K",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "smmuv3.smoke.unmapped",
     .summary = "an input without descriptor is aborted and recorded as F_TRANSLATION with every field",
     .run = unmapped,
     .rows = "SMMU-7-050 SMMU-7-022 SMMU-7-023 SMMU-7-024 SMMU-7-025 SMMU-7-028 SMMU-7-029 SMMU-7-017 SMMU-3-512",
     .gate = "IDR0.TTF:1",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "smmuv3.smoke.read_only",
     .summary = "a write to a read-only page is aborted and recorded as F_PERMISSION, a read arrives",
     .run = read_only,
     .rows = "SMMU-D8-039 SMMU-D8-049",
     .gate = "IDR0.TTF:1",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "smmuv3.smoke.silent",
     .summary = "Config=000 aborts without a record, V=0 with one",
     .run = silent,
     .rows = "SMMU-5-015 SMMU-5-012",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "smmuv3.smoke.remap",
     .summary = "after a leaf is changed, invalidated and synchronised, requests use the new one",
     .run = remap,
     .rows = "SMMU-4-146",
     .gate = "IDR0.TTF:1",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "smmuv3.smoke.bad_command",
     .summary = "a Reserved opcode stops the command queue with CERROR_ILL, and it can be restarted",
     .run = bad_command,
     .rows = "SMMU-4-006 SMMU-4-135",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "smmuv3.smoke.event_interrupt",
     .summary = "the event queue's message is sent when the queue becomes non-empty",
     .run = event_interrupt,
     .rows = "SMMU-3-201 SMMU-3-203 SMMU-6-932 SMMU-5-012",
     .gate = "IDR0.MSI",
     .functional = true,
     .tier = TIER_SMOKE},
};

const struct iotb_case_list sm_smoke_cases = {cases, sizeof cases / sizeof cases[0]};
