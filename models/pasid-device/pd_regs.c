/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_regs.c - registers as bytes: storage, access rights, fields. What a write to BAR0 sets in motion, and what is computed
 * when it is read.
 */
#include "pasid-device/pd_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BAR0_BYTES 0x4000u
#define BAR4_BYTES 0x9000u
#define SLACK 8u /* a word of fields may begin at any doubleword */

/* ---- fields ---- */

static uint64_t load64(const uint8_t *from)
{
    uint64_t value = 0;
    for (unsigned i = 8; i--;)
        value = value << 8 | from[i];
    return value;
}

static void store64(uint8_t *to, uint64_t value)
{
    for (unsigned i = 0; i < 8u; i++)
        to[i] = (uint8_t)(value >> 8u * i);
}

static uint64_t load_at(const uint8_t *bytes, uint32_t field, uint32_t at)
{
    return load64(bytes + (field >> 12) + at) >> (field >> 6 & 63u) & PD_BITS((field & 63u) + 1u);
}

static void store_at(uint8_t *bytes, uint32_t field, uint32_t at, uint64_t value)
{
    uint64_t mask = PD_BITS((field & 63u) + 1u);
    uint8_t *word = bytes + (field >> 12) + at;
    store64(word, (load64(word) & ~(mask << (field >> 6 & 63u))) | (value & mask) << (field >> 6 & 63u));
}

uint64_t pd_get(const struct pd_regs *regs, uint32_t field, uint32_t at)
{
    return load_at(regs->value, field, at);
}

void pd_put(struct pd_regs *regs, uint32_t field, uint32_t at, uint64_t value)
{
    store_at(regs->value, field, at, value);
}

uint64_t pd_load(const uint8_t *bytes, uint32_t field)
{
    return load_at(bytes, field, 0);
}

void pd_store(uint8_t *bytes, uint32_t field, uint64_t value)
{
    store_at(bytes, field, 0, value);
}

/* ---- storage ---- */

struct word {
    uint32_t offset, bytes, count, stride;
    uint64_t rw, w1c, wo, reset;
};

static void place(struct pd_regs *regs, const struct word *word)
{
    for (uint32_t n = 0; n < word->count; n++) {
        for (uint32_t i = 0; i < word->bytes; i++) {
            uint32_t at = word->offset + n * word->stride + i;
            regs->rw[at] |= (uint8_t)(word->rw >> 8u * i);
            regs->w1c[at] |= (uint8_t)(word->w1c >> 8u * i);
            regs->reset[at] |= (uint8_t)(word->reset >> 8u * i);
        }
    }
}

static int make(struct pd_regs *regs, uint32_t bytes, const struct word *words, size_t count)
{
    regs->bytes = bytes;
    regs->value = calloc(4, bytes + SLACK);
    if (!regs->value)
        return -ENOMEM;
    regs->rw = regs->value + bytes + SLACK;
    regs->w1c = regs->rw + bytes + SLACK;
    regs->reset = regs->w1c + bytes + SLACK;
    for (size_t i = 0; i < count; i++)
        place(regs, &words[i]);
    return 0;
}

#define WORD(offset, bytes, count, stride, rw, w1c, wo, reset, lock) {offset, bytes, count, stride, rw, w1c, wo, reset},
static const struct word bar0_words[] = {PD_BAR0_WORDS(WORD)};
static const struct word bar4_words[] = {PD_BAR4_WORDS(WORD)};
#undef WORD
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* What the parameters say. */
static void fill_in(struct pasid_device *device)
{
    const struct pasid_device_params *p = &device->params;
    uint32_t straps = pcie_config_read(&device->config, PD_CFG_DVSEC + 0x0cu, 4);
    const struct {
        uint32_t field;
        uint64_t value;
    } resets[] = {
        {PD_WQCAP_ENTRIES, p->wq_entries},
        {PD_WQCAP_WQS, p->wqs},
        {PD_GRPCAP_GROUPS, p->groups},
        {PD_ENGCAP_ENGINES, p->engines},
        {PD_OPCAP_WORD0, pd_capability_ops(device, 0)},
        {PD_OPCAP_WORD2, pd_capability_ops(device, 2)},
        {PD_ATCCAP_ENTRIES, p->atc_entries},
        {PD_ATCCAP_TREQ_MAX, p->treq_max},
        {PD_ATCCAP_INVQ, p->invq},
        {PD_ATCCFG_LIMIT, p->atc_entries},
        {PD_ATCCFG_TREQ_LIMIT, p->treq_max},
        {PD_PRICFG_LIMIT, p->pri_capacity},
        {PD_LIMITS_ENG_RD, p->engine_reads},
        {PD_LIMITS_TAGS, p->tags},
    };
    for (size_t i = 0; i < COUNT(resets); i++)
        store_at(device->bar0.reset, resets[i].field, 0, resets[i].value);
    for (uint32_t bit = 0; bit < 32u; bit++)
        device->bar0.reset[PD_AT_XSTRAP + bit / 8u] |= (uint8_t)((straps >> bit & 1u) << bit % 8u);
}

int pd_regs_init(struct pasid_device *device)
{
    if (make(&device->bar0, BAR0_BYTES, bar0_words, COUNT(bar0_words)) ||
        (device->params.exer && make(&device->bar4, BAR4_BYTES, bar4_words, COUNT(bar4_words))))
        return -ENOMEM;
    for (uint32_t n = 0; device->params.exer && n < PD_N_BUFFER; n++)
        memset(device->bar4.rw + PD_AT_BUFFER + n * PD_STRIDE_BUFFER, 0xff, PD_STRIDE_BUFFER);
    fill_in(device);
    return 0;
}

void pd_regs_fini(struct pasid_device *device)
{
    free(device->bar0.value);
    free(device->bar4.value);
}

void pd_regs_reset(struct pasid_device *device, bool keep_counters)
{
    static const uint32_t kept_first = PD_AT_CNT, kept_end = PD_AT_MSIXPBA + 8u; /* counters; MSI-X is a part of the function */
    uint8_t *value = device->bar0.value;
    memcpy(value, device->bar0.reset, keep_counters ? kept_first : BAR0_BYTES);
    if (keep_counters)
        memcpy(value + kept_end, device->bar0.reset + kept_end, BAR0_BYTES - kept_end);
}

uint64_t pd_regs_read(const struct pd_regs *regs, uint32_t offset, uint32_t bytes)
{
    if (offset + bytes > regs->bytes)
        return 0;
    return load64(regs->value + offset) & PD_BITS(8u * bytes);
}

void pd_regs_write(struct pd_regs *regs, uint32_t offset, uint32_t bytes, uint64_t value)
{
    for (uint32_t i = 0; i < bytes && offset + i < regs->bytes; i++) {
        uint8_t given = (uint8_t)(value >> 8u * i), *byte = &regs->value[offset + i];
        *byte = (uint8_t)((*byte & ~regs->rw[offset + i]) | (given & regs->rw[offset + i]));
        *byte &= (uint8_t) ~(given & regs->w1c[offset + i]);
    }
}

/* ---- counters ---- */

void pd_count(struct pasid_device *device, enum pd_code_COUNT counter, uint64_t n)
{
    if (pd_get(&device->bar0, PD_CNTCTL_FREEZE, 0))
        return;
    uint32_t at = (uint32_t)counter * PD_STRIDE_CNT;
    uint64_t value = pd_get(&device->bar0, PD_CNT_VALUE, at);
    if (counter == PD_COUNT_INV_WAIT)
        value = n > value ? n : value;
    else
        value += n;
    pd_put(&device->bar0, PD_CNT_VALUE, at, value);
}

/* ---- BAR0: what is computed when it is read ---- */

static void refresh(struct pasid_device *device)
{
    struct pd_regs *r = &device->bar0;
    uint32_t messages, groups;
    pd_pri_counts(device, &messages, &groups);
    pd_put(r, PD_ATCSTS_USED, 0, device->atc.cache.count);
    pd_put(r, PD_ATCSTS_TREQS, 0, pd_treqs_pending(device));
    uint32_t itags = pd_invalidate_pending(device, false), pending = 0;
    for (; itags; itags &= itags - 1u)
        pending++;
    pd_put(r, PD_ATCSTS_INVALIDATIONS, 0, pending);
    pd_put(r, PD_ATCSTS_STATE, 0, !pd_ats_on(device) ? 0 : device->shut ? 2 : 1);
    pd_put(r, PD_PRISTS_MESSAGES, 0, messages);
    pd_put(r, PD_PRISTS_GROUPS, 0, groups);
    pd_put(r, PD_PRISTS_NEXT, 0, device->pri.next_index);
    pd_put(r, PD_PRISTS_STATE, 0, device->pri.failed ? 3 : pd_pri_enabled(device) ? 1 : groups ? 2 : 0);
    pd_put(r, PD_TICK_VALUE, 0, pd_tick(device));
    pd_put(r, PD_LIMITS_NON_POSTED, 0, device->tlps.outstanding);
    pd_put(r, PD_LIMITS_POSTED, 0, device->tlps.posted_count);
    pd_put(r, PD_TAINT_UNLOCKED, 0, device->taint);
    pd_put(r, PD_TAINT_FIRED, 0, device->taint >> 1);
    pd_put(r, PD_MSIXPBA_PENDING, 0, device->msix_pending);
    for (uint32_t n = 0; n < device->params.wqs; n++) {
        pd_put(r, PD_WQCFG_OCCUPANCY, n * PD_STRIDE_WQCFG, device->wq[n].count);
        pd_put(r, PD_WQCFG_STATE, n * PD_STRIDE_WQCFG, device->wq[n].state);
    }
}

uint64_t pd_bar0_read(struct pasid_device *device, uint32_t offset, uint32_t bytes)
{
    refresh(device);
    return pd_regs_read(&device->bar0, offset, bytes);
}

/* ---- BAR0: what a write sets in motion ---- */

static bool within(uint32_t offset, uint32_t first, uint32_t bytes)
{
    return offset >= first && offset < first + bytes;
}

/* Configuration that must stand still while the device, or the queue, is enabled. */
static bool locked(const struct pasid_device *device, uint32_t offset)
{
#define LOCK_OPEN false
#define LOCK_DEVICE (pd_get(&device->bar0, PD_GENSTS_STATE, 0) != 0)
#define LOCK_QUEUE (device->wq[(offset - PD_AT_WQCFG) / PD_STRIDE_WQCFG].state != PD_WQ_DISABLED)
#define WORD(at, bytes, count, stride, rw, w1c, wo, reset, lock)                                   \
    for (uint32_t n = 0; n < (count); n++)                                                         \
        if (within(offset, ((at) + n * (stride)) & ~3u, (bytes) < 4 ? 4 : (bytes)) && LOCK_##lock) \
            return true;
    PD_BAR0_WORDS(WORD)
#undef WORD
    return false;
}

static void write_dword(struct pasid_device *device, uint32_t offset, uint32_t value)
{
    struct pd_regs *r = &device->bar0;
    if (locked(device, offset))
        return;
    uint32_t causes = (uint32_t)pd_regs_read(r, PD_AT_INTCAUSE, 4);
    pd_regs_write(r, offset, 4, value);
    if (offset == PD_AT_CMD)
        pd_command_write(device, value);
    else if (within(offset, PD_AT_ATCCFG, 8))
        pd_atc_shape(device);
    else if (offset == PD_AT_ATCCTL && (value & 1u))
        pd_atc_clear(device);
    if (offset == PD_AT_ATCCTL && (value & 2u))
        device->shut = false;
    if (offset == PD_AT_CNTCTL && (value & 2u))
        memset(r->value + PD_AT_CNT, 0, PD_N_CNT * PD_STRIDE_CNT);
    if (offset == PD_AT_INTCAUSE && pd_erratum(device, PD_E_R31_EDGE) && (causes & ~value))
        pd_msix_send(device, 0);
}

void pd_bar0_write(struct pasid_device *device, uint32_t offset, uint32_t bytes, uint64_t value)
{
    for (uint32_t i = 0; i < bytes; i += 4)
        write_dword(device, offset + i, (uint32_t)(value >> 8u * i));
    pd_kick(device);
}
