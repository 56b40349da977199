/* SPDX-License-Identifier: BSD-2-Clause */
/* What a hook does is what the table of misbehaviours (C.3) says, and without it the device behaves. */
#include "build/ep_exerciser.h"
#include "pasid_device_chapters.h"

enum { ATS_OFF = 1, PASID_OFF = 2, PRIV_OFF = 4 };

struct effect {
    const char *what;
    uint32_t id, form;
    uint32_t off; /* what is not enabled */
    enum ep_raw_type type;
    uint32_t flags; /* of the access, besides PASID */
    bool (*seen)(struct ep *ep, uint32_t mark, const struct ep_raw *raw);
};

static const struct iotb_request *first(struct ep *ep, uint32_t mark, uint32_t kinds)
{
    static const struct iotb_request none;
    const struct ep_event *event = ep_event(ep, mark, kinds, 0, UINT64_MAX, 0);

    return event ? &event->tlp : &none;
}

static bool translated_elsewhere(struct ep *ep, uint32_t mark, const struct ep_raw *raw)
{
    return first(ep, mark, EP_DATA)->address_type == IOTB_AT_TRANSLATED &&
           first(ep, mark, EP_DATA)->address != ep_pa(ep, raw->pasid, raw->address);
}

static bool translated(struct ep *ep, uint32_t mark, const struct ep_raw *raw)
{
    (void)raw;
    return first(ep, mark, EP_DATA)->address_type == IOTB_AT_TRANSLATED;
}

static bool reserved_type(struct ep *ep, uint32_t mark, const struct ep_raw *raw)
{
    (void)raw;
    return first(ep, mark, EP_DATA)->address_type == IOTB_AT_RESERVED;
}

static bool odd_length(struct ep *ep, uint32_t mark, const struct ep_raw *raw)
{
    (void)raw;
    return first(ep, mark, EP_TREQ)->bytes % 8 != 0;
}

static bool low_bits(struct ep *ep, uint32_t mark, const struct ep_raw *raw)
{
    (void)raw;
    return first(ep, mark, EP_TREQ)->address & 0xfff;
}

static bool no_write(struct ep *ep, uint32_t mark, const struct ep_raw *raw)
{
    (void)raw;
    return first(ep, mark, EP_TREQ)->flags & IOTB_RQ_NO_WRITE;
}

static bool with_pasid(struct ep *ep, uint32_t mark, const struct ep_raw *raw)
{
    return first(ep, mark, EP_DATA)->flags & IOTB_RQ_PASID && first(ep, mark, EP_DATA)->pasid == raw->pasid;
}

static bool other_pasid(struct ep *ep, uint32_t mark, const struct ep_raw *raw)
{
    return first(ep, mark, EP_TREQ)->flags & IOTB_RQ_PASID && first(ep, mark, EP_TREQ)->pasid != raw->pasid;
}

static bool executes(struct ep *ep, uint32_t mark, const struct ep_raw *raw)
{
    (void)raw;
    return first(ep, mark, EP_DATA)->flags & IOTB_RQ_EXECUTE;
}

static bool privileged(struct ep *ep, uint32_t mark, const struct ep_raw *raw)
{
    (void)raw;
    return first(ep, mark, EP_DATA)->flags & IOTB_RQ_PRIVILEGED;
}

static const struct effect effects[] = {
    {"H21: an address that was never granted", 21, 0, 0, EP_RAW_READ, 0, translated_elsewhere},
    {"H22: translated with ATS off", 22, 0, ATS_OFF, EP_RAW_READ, 0, translated},
    {"H23: address type 11b", 23, 0, ATS_OFF, EP_RAW_WRITE, 0, reserved_type},
    {"H24.0: a translation request of odd length", 24, 0, 0, EP_RAW_READ, 0, odd_length},
    {"H24.1: a translation request with low bits", 24, 1, 0, EP_RAW_READ, 0, low_bits},
    {"H24.3: NW for a write", 24, 3, 0, EP_RAW_WRITE, 0, no_write},
    {"H26.0: a PASID while it is off", 26, 0, PASID_OFF | ATS_OFF, EP_RAW_READ, 0, with_pasid},
    {"H26.2: a PASID on a translated request", 26, 2, 0, EP_RAW_READ, 0, with_pasid},
    {"H27: another PASID", 27, 0, 0, EP_RAW_READ, 0, other_pasid},
    {"H28.0: Execute on a write", 28, 0, ATS_OFF, EP_RAW_WRITE, IOTB_RQ_EXECUTE, executes},
    {"H28.1: Privileged while it is off", 28, 1, ATS_OFF | PRIV_OFF, EP_RAW_READ, IOTB_RQ_PRIVILEGED, privileged},
};

static bool effect_seen(struct ep *ep, const struct effect *effect)
{
    struct ep_raw raw = {
        .type = effect->type, .use_atc = true, .flags = IOTB_RQ_PASID | effect->flags, .pasid = 0x24, .length = 8};
    uint32_t mark;

    raw.address = ep_buffer(ep, raw.pasid, 4096, EP_RW | EP_X);
    mark = ep_mark(ep);
    ep_raw_start(ep, 2, &raw);
    test_run(ep->t, 100000000);
    return effect->seen(ep, mark, &raw);
}

static void effects_seen(struct test *t)
{
    for (uint32_t i = 0; i < sizeof(effects) / sizeof(effects[0]); i++) {
        const struct effect *effect = &effects[i];
        struct ep ep;

        if (i)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_pasid(&ep, !(effect->off & PASID_OFF), true, !(effect->off & PRIV_OFF));
        ep_ats(&ep, !(effect->off & ATS_OFF));
        ep_unlock(&ep);
        CHECK(t, "DEV-EXR-018", !effect_seen(&ep, effect), "%s, without the hook", effect->what);
        ep_write_at(&ep, "BAR4_HOOK3", 0x20 * i, effect->form);
        ep_write_at(&ep, "BAR4_HOOK0", 0x20 * i,
                    ep_reg_bits("BAR4_HOOK0", "ENABLE", 1) | ep_reg_bits("BAR4_HOOK0", "ID", effect->id));
        CHECK(t, "DEV-EXR-018", effect_seen(&ep, effect), "%s: the hook does not act", effect->what);
        CHECK(t, "DEV-EXR-018", ep_get_at(&ep, "BAR4_HOOK3", 0x20 * i, "FIRED"), "%s: FIRED", effect->what);
        ep_write_at(&ep, "BAR4_HOOK0", 0x20 * i, 0);
        CHECK(t, "DEV-EXR-018", !effect_seen(&ep, effect), "%s, when the hook is disabled", effect->what);
        ep_raw_close(&ep);
    }
}

/* H04, H05: completions of an invalidation; H46: bits of capabilities. */
static void other_effects(struct test *t)
{
    static const struct {
        uint32_t id, form, count, itags, cc, agent;
    } completions[] = {{4, 0, 2, 1u << 9, 1, 0}, {5, 0, 1, 1u << 10, 1, 0}, {5, 1, 1, 1u << 9, 2, 0}, {5, 2, 1, 1u << 9, 1, 1}};
    static const struct {
        uint32_t form, at, bit;
    } lies[] = {{0, 0x224, 5}, {1, 0x224, 6}, {2, 0x224, 4}, {3, 0x235, 0}};
    struct ep ep;

    ep_open(&ep, t);
    ep_pasid(&ep, true, true, true);
    ep_ats(&ep, true);
    ep_unlock(&ep);
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t mark = ep_mark(&ep);
        const struct ep_event *event;

        test_context(t, "H%02u.%u", completions[i].id, completions[i].form);
        ep_write_at(&ep, "BAR4_HOOK3", 0, completions[i].form);
        ep_write_at(&ep, "BAR4_HOOK0", 0, 1 | completions[i].id << 8);
        ep_invalidate_send(&ep, &(struct ep_range){.itag = 9, .space = EP_NONE, .address = 0x1000, .size_lg2 = 12});
        (void)test_settle(t);
        ep.invalidations[9].outstanding = false;
        event = ep_message(&ep, mark, IOTB_MSG_INVALIDATE_COMPLETION, 0);
        CHECK_EQ(t, "DEV-EXR-018", completions[i].count, ep_message_count(&ep, mark, IOTB_MSG_INVALIDATE_COMPLETION),
                 "completions");
        if (!event)
            continue;
        CHECK_EQ(t, "DEV-EXR-018", completions[i].itags, event->message.itag, "ITag vector");
        CHECK_EQ(t, "DEV-EXR-018", completions[i].cc, event->message.completion_count, "completion count");
        CHECK_EQ(t, "DEV-EXR-018", completions[i].agent, event->message.agent_id != ep.agent_id, "it goes elsewhere");
    }
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t before, at = lies[i].at;

        test_context(t, "H46.%u", lies[i].form);
        ep_write_at(&ep, "BAR4_HOOK0", 0, 0);
        before = config_read(t, at, 1);
        ep_write_at(&ep, "BAR4_HOOK3", 0, lies[i].form);
        ep_write_at(&ep, "BAR4_HOOK0", 0, 1 | 46 << 8);
        CHECK_EQ(t, "DEV-EXR-018", before ^ 1u << lies[i].bit, config_read(t, at, 1), "the byte, read alone");
        CHECK_EQ(t, "DEV-EXR-018", before ^ 1u << lies[i].bit, config_read(t, at & ~3u, 4) >> 8 * (at & 3) & 0xff,
                 "the byte, in its word");
        CHECK_EQ(t, "DEV-EXR-018", 0,
                 (config_read(t, at + 1, 1) ^ config_read(t, (at + 1) & ~3u, 4) >> 8 * ((at + 1) & 3)) & 0xff,
                 "the byte behind it");
    }
    ep_write_at(&ep, "BAR4_HOOK0", 0, 0);
    ep_raw_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("exerciser.hook_effects", effects_seen, "DEV-EXR-018", "&EXER&ATS&PASID&EXEC&PRIV",
          "A hook on a TLP does what it is for"),
    SENDS("exerciser.hook_messages", other_effects, "DEV-EXR-018", "&EXER&ATS&PASID",
          "Hooks on completions and capabilities do too"),
};

LIST(ep_exerciser_hooks_cases, cases);
