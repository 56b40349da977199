/* SPDX-License-Identifier: BSD-2-Clause */
/* ep_log.c - invalidations that the agent sends, and finding things among what the endpoint has sent. */
#include "build/ep.h"

/* ---- invalidation ---- */

/* 10.3.1: S=0 is 4 KiB; S=1: the lowest zero bit from 12 up tells the size, all ones are the whole space. */
uint64_t ep_range_code(uint64_t address, uint32_t size_lg2)
{
    if (size_lg2 <= 12)
        return address & ~0xfffull;
    if (size_lg2 >= 64)
        return ~0xfffull | 1u << 11;
    return (address & ~((1ull << size_lg2) - 1)) | (((1ull << (size_lg2 - 1)) - 1) & ~0xfffull) | 1u << 11;
}

void ep_invalidate_send(struct ep *ep, const struct ep_range *range)
{
    struct ep_invalidation *invalidation = &ep->invalidations[range->itag & 31];
    uint64_t mask = range->size_lg2 >= 64 ? UINT64_MAX : (1ull << range->size_lg2) - 1;

    (void)trace_mark(ep->t); /* what was sent before is of before */
    *invalidation = (struct ep_invalidation){
        .outstanding = true, .sent = ep->clock++, .sent_ps = test_now_ps(ep->t), .first = range->address & ~mask};
    invalidation->last = invalidation->first | mask;
    invalidation->message =
        (struct iotb_message){.kind = IOTB_MSG_INVALIDATE_REQUEST,
                              .device_id = ep->rid,
                              .agent_id = ep->agent_id,
                              .flags = range->space != EP_NONE ? IOTB_RQ_PASID : 0,
                              .pasid = range->space != EP_NONE ? range->space : 0,
                              .itag = range->itag,
                              .address = ep_range_code(range->address, range->size_lg2) | (range->global ? 1 : 0)};
    for (uint32_t i = 0; i < ep->grant_count; i++)
        ep->grants[i].before_invalidation = ep->grants[i].before_invalidation || ep->grants[i].delivered;
    message_queue(ep->t, &invalidation->message, 0);
}

bool ep_invalidate_done(struct ep *ep, uint32_t itag)
{
    return !ep->invalidations[itag & 31].outstanding;
}

bool ep_invalidate(struct ep *ep, uint32_t space, uint64_t address, uint32_t size_lg2)
{
    ep_invalidate_send(ep, &(struct ep_range){.itag = 7, .space = space, .address = address, .size_lg2 = size_lg2});
    (void)test_settle(ep->t);
    return ep_invalidate_done(ep, 7);
}

/* ---- the log ---- */

uint64_t ep_event_address(const struct ep_event *event)
{
    if (event->kind == EP_MESSAGE)
        return event->message.address;
    return event->va ? event->va : event->tlp.address;
}

uint32_t ep_mark(struct ep *ep)
{
    (void)trace_mark(ep->t);
    return ep->log_count;
}

const struct ep_event *ep_event(struct ep *ep, uint32_t mark, uint32_t kinds, uint64_t first, uint64_t last, uint32_t n)
{
    for (uint32_t i = mark; i < ep->log_count; i++) {
        const struct ep_event *event = &ep->log[i];
        uint64_t at = ep_event_address(event);

        if (event->kind & kinds && at >= first && at <= last && !n--)
            return event;
    }
    return NULL;
}

uint32_t ep_count(struct ep *ep, uint32_t mark, uint32_t kinds, uint64_t first, uint64_t last)
{
    uint32_t count = 0;

    while (ep_event(ep, mark, kinds, first, last, count))
        count++;
    return count;
}

uint32_t ep_count_at(struct ep *ep, uint32_t mark, uint32_t address_type)
{
    uint32_t count = 0;

    for (uint32_t i = mark; i < ep->log_count; i++)
        count += ep->log[i].kind & (EP_DATA | EP_TREQ) && ep->log[i].tlp.address_type == address_type;
    return count;
}

const struct ep_event *ep_message(struct ep *ep, uint32_t mark, enum iotb_message_kind kind, uint32_t n)
{
    for (uint32_t i = mark; i < ep->log_count; i++)
        if (ep->log[i].kind == EP_MESSAGE && ep->log[i].message.kind == kind && !n--)
            return &ep->log[i];
    return NULL;
}

uint32_t ep_message_count(struct ep *ep, uint32_t mark, enum iotb_message_kind kind)
{
    uint32_t count = 0;

    while (ep_message(ep, mark, kind, count))
        count++;
    return count;
}
