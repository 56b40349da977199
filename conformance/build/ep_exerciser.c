/* SPDX-License-Identifier: BSD-2-Clause */
/* ep_exerciser.c - BAR4 of the pasid-device. */
#include "build/ep_exerciser.h"

#define KEY_1 0x52455845u
#define KEY_2 0x4b434c55u
#define SLOT_STRIDE 0x80u
#define BUFFER_STRIDE 0x100u
#define BUFFER_IN 0x80u

void ep_unlock(struct ep *ep)
{
    if (!ep->exercised && ep_get(ep, "BAR0_TAINT", "UNLOCKED"))
        test_skip(ep->t, "the exerciser is in other hands: TAINT is set");
    ep->exercised = true;
    ep_write(ep, "BAR4_XKEY", KEY_1);
    ep_write(ep, "BAR4_XKEY", KEY_2);
}

static uint64_t attributes(const struct ep_raw *raw)
{
    static const struct {
        const char *field;
        uint32_t flags;
    } fields[] = {
        {"EXEC", IOTB_RQ_EXECUTE},  {"PRIV", IOTB_RQ_PRIVILEGED},
        {"PASID_V", IOTB_RQ_PASID}, {"NS", IOTB_RQ_NO_SNOOP | IOTB_RQ_NO_WRITE},
        {"RO", IOTB_RQ_RELAXED},    {"IDO", IOTB_RQ_ID_ORDERED},
        {"EP", IOTB_RQ_POISONED},   {"BE_V", IOTB_RQ_ZERO_LENGTH},
    };
    const char *reg = "BAR4_SLOT_ATTR";
    uint64_t value = ep_reg_bits(reg, "AT", raw->at) | ep_reg_bits(reg, "RID_V", raw->own_rid) |
                     ep_reg_bits(reg, "TAG_V", raw->own_tag) | ep_reg_bits(reg, "USE_ATC", raw->use_atc);

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        value |= ep_reg_bits(reg, fields[i].field, (raw->flags & fields[i].flags) != 0);
    return value;
}

void ep_raw_start(struct ep *ep, uint32_t slot, const struct ep_raw *raw)
{
    uint32_t at = slot * SLOT_STRIDE;

    ep_write_at(ep, "BAR4_SLOT_ATTR", at, attributes(raw));
    ep_write_at(ep, "BAR4_SLOT_PASID", at, raw->pasid);
    ep_write_at(ep, "BAR4_SLOT_RID", at,
                ep_reg_bits("BAR4_SLOT_RID", "RID", raw->rid) | ep_reg_bits("BAR4_SLOT_RID", "TAG", raw->tag));
    ep_write_at(ep, "BAR4_SLOT_ADDRESS", at, raw->address);
    ep_write_at(ep, "BAR4_SLOT_LENGTH", at, raw->length);
    ep_write_at(ep, "BAR4_SLOT_MESSAGE", at,
                ep_reg_bits("BAR4_SLOT_MESSAGE", "CODE", raw->code) | ep_reg_bits("BAR4_SLOT_MESSAGE", "ITAG", raw->itag) |
                    ep_reg_bits("BAR4_SLOT_MESSAGE", "CC", raw->cc));
    ep_write_at(ep, "BAR4_SLOT_OPERAND", at, raw->operand);
    ep_write_at(ep, "BAR4_SLOT_COMPARE", at, raw->compare);
    ep_write_at(ep, "BAR4_SLOT_REPEAT", at,
                ep_reg_bits("BAR4_SLOT_REPEAT", "REPEAT", raw->repeat) | ep_reg_bits("BAR4_SLOT_REPEAT", "STRIDE", raw->stride));
    ep_write_at(ep, "BAR4_SLOT_SEED", at, raw->seed);
    ep_write_at(ep, "BAR4_SLOT_CTL", at, ep_reg_bits("BAR4_SLOT_CTL", "TYPE", raw->type) | ep_reg_bits("BAR4_SLOT_CTL", "GO", 1));
}

struct ep_raw_result ep_raw_result(struct ep *ep, uint32_t slot)
{
    uint32_t at = slot * SLOT_STRIDE;

    return (struct ep_raw_result){.busy = ep_get_at(ep, "BAR4_SLOT_CTL", at, "BUSY"),
                                  .done = ep_get_at(ep, "BAR4_SLOT_CTL", at, "DONE"),
                                  .ep_seen = ep_get_at(ep, "BAR4_SLOT_RESULT", at, "EP_SEEN"),
                                  .timed_out = ep_get_at(ep, "BAR4_SLOT_RESULT", at, "TIMED_OUT"),
                                  .status = (uint32_t)ep_get_at(ep, "BAR4_SLOT_RESULT", at, "STATUS"),
                                  .bytes = (uint32_t)ep_get_at(ep, "BAR4_SLOT_RESULT", at, "BYTES"),
                                  .tlps = (uint32_t)ep_get_at(ep, "BAR4_SLOT_RESULT", at, "TLPS"),
                                  .ticks = ep_read_at(ep, "BAR4_SLOT_TICKS", at),
                                  .checksum = ep_read_at(ep, "BAR4_SLOT_CHECKSUM", at)};
}

struct ep_raw_result ep_raw_run(struct ep *ep, uint32_t slot, const struct ep_raw *raw)
{
    ep_raw_start(ep, slot, raw);
    (void)test_settle(ep->t);
    return ep_raw_result(ep, slot);
}

/* ---- data ---- */

void ep_raw_fill(struct ep *ep, uint32_t slot, uint64_t seed)
{
    for (uint32_t i = 0; i < 8; i++)
        ep_write_at(ep, "BAR4_BUFFER", slot * BUFFER_STRIDE + 8 * i, (seed + i) * 0x9e3779b97f4a7c15ull);
}

void ep_raw_data(struct ep *ep, uint32_t slot, bool received, uint8_t data[64])
{
    for (uint32_t i = 0; i < 64; i++)
        data[i] = (uint8_t)(ep_read_at(ep, "BAR4_BUFFER", slot * BUFFER_STRIDE + (received ? BUFFER_IN : 0) + (i & 56u)) >>
                            8 * (i & 7u));
}

/* A shift register of 22 bits with the polynomial x^22 + x^21 + 1, stepped eight times for each byte. */
void ep_raw_pattern(uint64_t seeds, uint32_t n, uint8_t data[64])
{
    uint32_t state = (uint32_t)((seeds + n) % ((1u << 22) - 1)) + 1;

    for (uint32_t bit = 0; bit < 8 * 64; bit++) {
        uint32_t in = (state >> 21 ^ state >> 20) & 1;

        state = (state << 1 | in) & ((1u << 22) - 1);
        data[bit / 8] = (uint8_t)state;
    }
}

uint64_t ep_raw_checksum(uint64_t before, const uint8_t *data, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++)
        before = (before << 1 | before >> 63) ^ data[i];
    return before;
}

void ep_raw_close(struct ep *ep)
{
    struct ep_raw raw = {.type = EP_RAW_READ, .address = ep_buffer(ep, EP_NONE, 4096, EP_RW), .length = 8};

    ep_fill(ep, EP_NONE, raw.address, 8, raw.address);
    test_context(ep->t, "in the end");
    CHECK(ep->t, test_first_row(ep->t), ep_raw_run(ep, 3, &raw).done, "a raw read is not answered");
    CHECK_EQ(ep->t, test_first_row(ep->t), ep_peek(ep, EP_NONE, raw.address),
             ep_read_at(ep, "BAR4_BUFFER", 3 * BUFFER_STRIDE + BUFFER_IN), "what a raw read brings");
    test_context(ep->t, NULL);
    ep_close(ep);
}
