/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tells entries of caches apart (3.3.3, 3.17, 3.21.3): translations that differ in one address bit, in their size or in the
 * half, STEs by every bit of the StreamID, CDs by every bit of the SubstreamID, used in turns; and each of them invalidated
 * alone.
 */
#include "sm_chapters.h"
#include "sm_spot.h"

#define OFFSET 0x48u
#define BASE UINT64_C(0x62340000)

struct place {
    uint64_t input, host;
};

static void use(struct sm_path *path, const struct place *place, uint32_t round, const char *row)
{
    struct iotb_request r = sm_request(path, round & 1 ? IOTB_READ : IOTB_WRITE, place->input + OFFSET, 8);

    sm_once(path->sm);
    sm_expect_ok(path->sm, row, &r, place->host + OFFSET);
}

/* All of them in order, and back, and in strides, so that each comes after each kind of neighbour. */
static void in_turns(struct sm_path *path, const struct place *places, uint32_t count, const char *row)
{
    for (uint32_t i = 0; i < count; i++)
        use(path, &places[i], 0, row);
    for (uint32_t i = count; i-- > 0;)
        use(path, &places[i], 1, row);
    for (uint32_t i = 0; i < count; i++) {
        use(path, &places[0], i, row);
        use(path, &places[i], i, row);
        use(path, &places[count - 1 - i], i + 1, row);
    }
}

#define PLACES_MAX 64u

static void input_body(struct sm *sm, struct sm_path *path)
{
    struct sm_table *table = sm_path_table(path);
    uint32_t bits = sm_input_bits(sm, table), count = 0;
    struct place places[PLACES_MAX];

    places[count++].input = BASE;
    for (uint32_t bit = table->granule_lg2; bit < bits && count < PLACES_MAX; bit++)
        places[count++].input = BASE ^ UINT64_C(1) << bit;
    for (uint32_t i = 0; i < count; i++)
        places[i].host = sm_path_page(path, places[i].input, SM_RW);
    sm_invalidate_all(sm);
    in_turns(path, places, count, "SMMU-3-048");
}

static void inputs(struct test *t)
{
    sm_each_granule(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2) | SM_FLAVOUR(SM_F_NESTED) | SM_FLAVOUR(SM_F_EL2), NULL,
                    input_body);
}

/* Stage 1 leads each page to an IPA that differs from the first one's in one bit. */
static void ipa_body(struct sm *sm, struct sm_path *path)
{
    uint32_t g1 = path->s1->granule_lg2, g2 = path->s2->granule_lg2, first = g1 > g2 ? g1 : g2, count = 0;
    uint64_t page = UINT64_C(1) << first;
    struct place places[PLACES_MAX];

    for (uint32_t bit = first - 1; bit < path->s2->input_bits && count < PLACES_MAX; bit++) {
        uint64_t ipa = bit < first ? BASE : BASE ^ UINT64_C(1) << bit;

        if (sm_guest_to_host(path->s2, ipa))
            continue;
        places[count] = (struct place){.input = BASE + count * page, .host = mem_alloc(sm->t, page, page)};
        sm_map(sm, path->s1, places[count].input, ipa, 0, SM_RW);
        for (uint64_t at = 0; at < page; at += UINT64_C(1) << g2)
            sm_map(sm, path->s2, ipa + at, places[count].host + at, 0, SM_RW);
        count++;
    }
    sm_invalidate_all(sm);
    in_turns(path, places, count, "SMMU-3-541");
}

static void ipas(struct test *t)
{
    sm_each_granule(t, SM_FLAVOUR(SM_F_NESTED), NULL, ipa_body);
}

/* The same input in both halves. */
static void halves_body(struct sm *sm, struct sm_path *path)
{
    struct place places[8];
    uint64_t high;

    sm_path_open_high(path, NULL);
    high = ~UINT64_C(0) << path->s1_high->input_bits;
    for (uint32_t i = 0; i < 8; i++) {
        places[i].input = (BASE ^ (UINT64_C(1) << (path->s1->granule_lg2 + 3 * (i >> 1)))) | (i & 1 ? high : 0);
        places[i].host = sm_path_page(path, places[i].input, SM_RW);
    }
    sm_invalidate_all(sm);
    in_turns(path, places, 8, "SMMU-3-059");
}

static void halves(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_NESTED) | SM_FLAVOUR(SM_F_E2H), halves_body);
}

/* Blocks of each size and pages beside them. */
static void size_body(struct sm *sm, struct sm_path *path)
{
    struct sm_table *table = sm_path_table(path);
    struct place places[PLACES_MAX];
    uint32_t count = 0;

    for (int level = 3; level >= table->start_level && level >= 1; level--) {
        uint32_t shift = sm_level_shift(table, level), above = level > 1 ? sm_level_shift(table, level - 1) : shift + 1;
        uint64_t size = UINT64_C(1) << shift, out = 0;

        if ((level < 3 && !sm_has_block(sm, table, level)) || shift + 2 > table->input_bits ||
            shift + 1 > sm_input_bits(sm, table))
            continue;
        for (uint64_t at = size; at >> sm->oas_bits == 0 && !out; at += size)
            if (mem_exists(sm->t, at, size) && mem_claim(sm->t, at, 4096) &&
                (size == 4096 || mem_claim(sm->t, at + size - 4096, 4096)))
                out = at;
        if (!out)
            continue;
        /* The last entry of its table and the first and last granule of it. */
        places[count].input = (above < table->input_bits ? UINT64_C(1) << above : 2 * size) - size;
        if (places[count].input == 0)
            places[count].input = size;
        places[count].host = out;
        sm_map(sm, table, places[count].input, out, shift, SM_RW);
        places[count + 1] = (struct place){.input = places[count].input + size - 4096, .host = out + size - 4096};
        count += size == 4096 ? 1 : 2;
    }
    sm_invalidate_all(sm);
    if (count)
        in_turns(path, places, count, "SMMU-3-048");
}

static void sizes(struct test *t)
{
    sm_each_granule(t, SM_FLAVOUR(SM_F_S1) | SM_FLAVOUR(SM_F_S2), NULL, size_body);
}

/* ---- configuration ---- */

/* Of two streams one passes and the other is cut off, and then the other way round, whichever was used last. */
static void stream_pair(struct sm *sm, const uint32_t sid[2], uint64_t host)
{
    struct sm_ste stes[2] = {{.config = SM_BYPASS}, {.config = SM_ABORT}};

    test_context(sm->t, "StreamIDs %x and %x", sid[0], sid[1]);
    for (uint32_t swap = 0; swap < 2; swap++) {
        for (uint32_t n = 0; n < 2; n++) {
            sm_set_ste(sm, sid[n], &stes[n ^ swap]);
            CHECK(sm->t, "SMMU-4-027", sm_submit_one(sm, sm_cmd_cfgi_ste(sid[n], false)), "the command completes");
        }
        for (uint32_t n = 0; n < 4; n++) {
            struct iotb_request r = sm_plain_request(sm, sid[n & 1], host + OFFSET);

            sm_once(sm);
            if ((n & 1) == swap)
                sm_expect_ok(sm, "SMMU-4-027", &r, host + OFFSET);
            else
                sm_expect_silent_abort(sm, "SMMU-4-027", &r, host + OFFSET);
        }
    }
}

/* StreamIDs that differ in one bit, around zeros and around ones; and those that the adapter has. */
static void streams(struct test *t)
{
    uint32_t bits = (uint32_t)sm_idr(t, 1, "SIDSIZE") < 16 ? (uint32_t)sm_idr(t, 1, "SIDSIZE") : 16, all = (1u << bits) - 1;
    struct sm_config config = {.log2size = bits};
    uint64_t host;
    struct sm sm;

    sm_open(&sm, t, &config);
    host = mem_alloc(t, 4096, 4096);
    for (uint32_t bit = 0; bit < 2 * bits; bit++) {
        uint32_t first = bit < bits ? 0 : all, sid[2] = {first, first ^ 1u << bit % bits};

        if (sm_sid_usable(&sm, sid[0]) && sm_sid_usable(&sm, sid[1]))
            stream_pair(&sm, sid, host);
    }
    if (sm_sid_count(&sm) < 2)
        test_not_testable(t, "needs two streams");
    for (uint32_t n = 1; n < sm_sid_count(&sm) && n < 16; n++) {
        uint32_t sid[2] = {sm_sid(&sm, n - 1), sm_sid(&sm, n)};

        stream_pair(&sm, sid, host);
    }
    sm_close(&sm);
}

/* Substreams that differ in one bit: each has its own CD, and each goes by its own CMD_CFGI_CD. */
static void substream_body(struct sm *sm, struct sm_path *path)
{
    uint32_t bits = sm->ssid_bits, top = 1u << (bits - 1);
    struct sm_path first;

    sm_path_open(sm, &first, path->flavour->id, path->sid, top, 0x11, 0x22);
    for (uint32_t bit = 0; bit + 1 < bits; bit++) {
        struct sm_path pair[2] = {first, first};
        struct place places[2];

        sm_path_add_ssid(&pair[1], &first, top | 1u << bit, 0x20 + bit);
        for (uint32_t n = 0; n < 2; n++)
            places[n] = (struct place){.input = BASE, .host = sm_path_page(&pair[n], BASE, SM_RW)};
        sm_invalidate_all(sm);
        test_context(sm->t, "%s, SubstreamIDs %x and %x", sm_path_name(path), pair[0].ssid, pair[1].ssid);
        for (uint32_t n = 0; n < 6; n++)
            use(&pair[n & 1], &places[n & 1], n >> 1, "SMMU-4-036");
        for (uint32_t n = 0; n < 2; n++) {
            struct iotb_request r = sm_request(&pair[n], IOTB_WRITE, BASE + OFFSET, 8);

            sm_cd_set(sm, pair[n].sid, pair[n].ssid, "V", 0);
            CHECK(sm->t, "SMMU-4-036", sm_cfgi_cd(sm, pair[n].sid, pair[n].ssid), "the command completes");
            sm_expect_config(sm, "SMMU-4-036", &r, SM_C_BAD_CD, places[n].host + OFFSET);
            use(&pair[!n], &places[!n], n, "SMMU-4-036");
            sm_cd_set(sm, pair[n].sid, pair[n].ssid, "V", 1);
            sm_cfgi_cd(sm, pair[n].sid, pair[n].ssid);
            use(&pair[n], &places[n], n, "SMMU-4-036");
        }
    }
}

static void substreams(struct test *t)
{
    sm_each_flavour(t, SM_FLAVOUR(SM_F_S1_SSID) | SM_FLAVOUR(SM_F_NESTED_SSID), substream_body);
}

#define CASE(n, text, function, r, gated)                                                                         \
    {                                                                                                             \
        .name = "smmuv3.tags." n, .summary = text, .run = function, .rows = r, .gate = gated, .functional = true, \
        .tier = TIER_FULL                                                                                         \
    }
#define S1 "IDR0.S1P&IDR0.TTF:1"

static const struct iotb_case cases[] = {
    CASE("inputs", "Inputs that differ in one bit, used in turns.", inputs, "SMMU-3-048", "IDR0.TTF:1"),
    CASE("ipas", "IPAs that differ in one bit, used in turns.", ipas, "SMMU-3-541", "IDR0.S1P&IDR0.S2P&IDR0.TTF:1"),
    CASE("halves", "The same input in both halves, used in turns.", halves, "SMMU-3-059", S1),
    CASE("sizes", "Blocks of each size and pages beside them, first and last granule, used in turns.", sizes, "SMMU-3-048",
         "IDR0.TTF:1"),
    CASE("streams", "StreamIDs that differ in one bit have their own STEs and invalidations.", streams, "SMMU-4-027", NULL),
    CASE("substreams", "SubstreamIDs that differ in one bit have their own CDs and invalidations.", substreams, "SMMU-4-036",
         S1 "&IDR1.SSIDSIZE>=2"),
};

const struct iotb_case_list sm_tags_cases = {cases, sizeof cases / sizeof cases[0]};
