/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ep_monitor.c - what holds for every TLP and message of an endpoint in every case. A breach fails the row of the rule; that it
 * was kept is counted, and is a check only in the cases that ask for the count.
 */
#include "build/ep.h"

#include <string.h>

/* ---- counting ---- */

uint32_t ep_judged(const struct ep *ep, const char *row)
{
    for (size_t i = 0; i < sizeof(ep->judged) / sizeof(ep->judged[0]) && ep->judged[i].row; i++)
        if (strcmp(ep->judged[i].row, row) == 0)
            return ep->judged[i].passed;
    return 0;
}

static void kept(struct ep *ep, const char *row)
{
    size_t i = 0;

    while (ep->judged[i].row && strcmp(ep->judged[i].row, row) != 0)
        i++;
    ep->judged[i].row = row;
    ep->judged[i].passed++;
}

#define JUDGE(ep, row, ok, ...)                                                 \
    do {                                                                        \
        if (ok)                                                                 \
            kept((ep), (row));                                                  \
        else if (!(ep)->exercised)                                              \
            test_check((ep)->t, (row), false, __FILE__, __LINE__, __VA_ARGS__); \
    } while (0)

#define ADDRESS(event) ((unsigned long long)(event)->tlp.address)

/* ---- grants ---- */

void ep_kill_grants(struct ep *ep, enum ep_end end)
{
    for (uint32_t i = 0; i < ep->grant_count; i++)
        if (ep->grants[i].end == EP_LIVE)
            ep->grants[i].end = end;
}

static bool in_grant(const struct ep_grant *grant, const struct iotb_request *tlp)
{
    return tlp->address >= grant->pa && tlp->address + (tlp->bytes - 1) <= grant->last;
}

/* The best grant that this translated request can have used: a live one that allows it, a live one, a dead one. */
static const struct ep_grant *grant_used(const struct ep *ep, const struct iotb_request *tlp, uint32_t need)
{
    const struct ep_grant *live = NULL, *dead = NULL;

    for (uint32_t i = 0; i < ep->grant_count; i++) {
        const struct ep_grant *grant = &ep->grants[i];

        if (!in_grant(grant, tlp) || !grant->delivered)
            continue;
        if (grant->end != EP_LIVE)
            dead = grant;
        else if (!live || (grant->flags & need) == need)
            live = grant;
    }
    return live ? live : dead;
}

static const char *row_of_end(const struct ep_grant *grant)
{
    if (!grant)
        return "DEV-ATC-003";
    switch (grant->end) {
    case EP_RESET:
        return "DEV-FLR-005";
    case EP_DISABLED:
        return "DEV-ATC-006";
    case EP_LIVE:
    case EP_INVALIDATED:
        break;
    }
    return grant->before_invalidation ? "DEV-INV-008" : "DEV-INV-012";
}

static void judge_translated(struct ep *ep, const struct ep_event *event)
{
    const struct iotb_request *tlp = &event->tlp;
    bool reads = tlp->kind != IOTB_WRITE, writes = tlp->kind != IOTB_READ, executes = tlp->flags & IOTB_RQ_EXECUTE;
    uint32_t need = (reads ? EP_R : 0u) | (writes ? EP_W : 0u);
    const struct ep_grant *grant = grant_used(ep, tlp, need);

    JUDGE(ep, row_of_end(grant && grant->end != EP_LIVE ? grant : NULL), grant && grant->end == EP_LIVE,
          "a translated request to 0x%llx uses %s", ADDRESS(event),
          grant ? "a translation whose time is over" : "an address that was never granted");
    if (!grant)
        return;
    JUDGE(ep, "DEV-ATSC-005", (grant->flags & need) == need, "a translated %s at 0x%llx through an entry with R=%u W=%u",
          writes ? "write" : "read", ADDRESS(event), grant->flags & EP_R ? 1 : 0, grant->flags & EP_W ? 1 : 0);
    if (executes)
        JUDGE(ep, "DEV-ATSC-006", grant->flags & EP_X, "a translated execute request at 0x%llx through an entry with Exe=0",
              ADDRESS(event));
    JUDGE(ep, "DEV-ATSC-009", !(grant->flags & EP_U), "a translated request to 0x%llx through an entry with U=1", ADDRESS(event));
    JUDGE(ep, "DEV-ATSC-010", !(grant->flags & EP_N) || !(tlp->flags & IOTB_RQ_NO_SNOOP),
          "No Snoop through an entry with N=1 at 0x%llx", ADDRESS(event));
}

/* ---- TLPs ---- */

static void judge_pasid(struct ep *ep, const struct ep_event *event)
{
    const struct iotb_request *tlp = &event->tlp;
    bool has = tlp->flags & IOTB_RQ_PASID;

    if (!has) {
        JUDGE(ep, "DEV-PAS-007", !(tlp->flags & (IOTB_RQ_EXECUTE | IOTB_RQ_PRIVILEGED)),
              "Execute or Privileged without a PASID at 0x%llx", ADDRESS(event));
        return;
    }
    JUDGE(ep, "DEV-PAS-001", ep->pasid_on, "a PASID on a request to 0x%llx while PASID Enable is 0", ADDRESS(event));
    JUDGE(ep, "DEV-PAS-002", tlp->pasid < 1u << ep->width, "PASID 0x%x is beyond %u bits", tlp->pasid, ep->width);
    JUDGE(ep, "DEV-PAS-003", event->kind != EP_MSI && (tlp->address_type != IOTB_AT_TRANSLATED || ep->tpasid_on),
          "a PASID on %s at 0x%llx", event->kind == EP_MSI ? "an interrupt message" : "a translated request", ADDRESS(event));
    JUDGE(ep, "DEV-PAS-005", !(tlp->flags & IOTB_RQ_EXECUTE) || tlp->kind == IOTB_READ,
          "Execute Requested on a write or an atomic at 0x%llx", ADDRESS(event));
    JUDGE(ep, "DEV-PAS-006",
          (!(tlp->flags & IOTB_RQ_PRIVILEGED) || ep->priv_on) && (!(tlp->flags & IOTB_RQ_EXECUTE) || ep->exec_on),
          "Privileged or Execute at 0x%llx while it is not enabled", ADDRESS(event));
}

static void judge_treq(struct ep *ep, const struct ep_event *event)
{
    const struct iotb_request *tlp = &event->tlp;

    JUDGE(ep, "DEV-ATSQ-003",
          tlp->kind == IOTB_READ && tlp->bytes >= 8 && tlp->bytes % 8 == 0 &&
              !(tlp->flags & (IOTB_RQ_NO_SNOOP | IOTB_RQ_RELAXED | IOTB_RQ_ZERO_LENGTH)),
          "a translation request of %u bytes, flags 0x%x", tlp->bytes, tlp->flags);
    JUDGE(ep, "DEV-ATSQ-004", !(tlp->address & 0xffe), "a translation request with address bits 11:1 of 0x%llx", ADDRESS(event));
}

static void judge_shape(struct ep *ep, const struct ep_event *event)
{
    const struct iotb_request *tlp = &event->tlp;
    uint64_t last = tlp->address + (tlp->bytes - 1);

    JUDGE(ep, "DEV-ATC-008", tlp->address >> 12 == last >> 12, "a request over a 4 KiB boundary: 0x%llx, %u bytes",
          ADDRESS(event), tlp->bytes);
    if (ep->product)
        JUDGE(ep, "DEV-DMA-002", tlp->address >> 6 == last >> 6, "a request over a 64-byte line: 0x%llx, %u bytes",
              ADDRESS(event), tlp->bytes);
    JUDGE(ep, "DEV-DMA-003",
          (!(tlp->flags & IOTB_RQ_RELAXED) || ep->relaxed_on) && (!(tlp->flags & IOTB_RQ_NO_SNOOP) || ep->no_snoop_on) &&
              (!(tlp->flags & IOTB_RQ_ID_ORDERED) || ep->ido_on),
          "attributes 0x%x at 0x%llx that Device Control does not allow", tlp->flags, ADDRESS(event));
}

static void judge_msi(struct ep *ep, const struct ep_event *event)
{
    const struct iotb_request *tlp = &event->tlp;

    JUDGE(ep, "DEV-EVT-005",
          tlp->bytes == 4 && tlp->address_type == IOTB_AT_UNTRANSLATED && !(tlp->flags & (IOTB_RQ_RELAXED | IOTB_RQ_NO_SNOOP)),
          "an interrupt message of %u bytes, AT %u, flags 0x%x", tlp->bytes, tlp->address_type, tlp->flags);
}

void ep_monitor_tlp(struct ep *ep, struct ep_event *event)
{
    const struct iotb_request *tlp = &event->tlp;

    if (ep->after_flr) {
        JUDGE(ep, "DEV-FLR-003", false, "a TLP to 0x%llx after the reset", ADDRESS(event));
        return;
    }
    JUDGE(ep, "DEV-CFG-008", tlp->requester_id == ep->rid, "Requester ID 0x%04x, not 0x%04x", tlp->requester_id, ep->rid);
    JUDGE(ep, "DEV-CFG-007", ep->bme, "a memory request to 0x%llx while Bus Master Enable is 0", ADDRESS(event));
    JUDGE(ep, "DEV-ATSQ-002", tlp->address_type != IOTB_AT_RESERVED, "AT is 11b at 0x%llx", ADDRESS(event));
    if (tlp->address_type == IOTB_AT_TRANSLATION || tlp->address_type == IOTB_AT_TRANSLATED)
        JUDGE(ep, "DEV-ATSQ-001", ep->ats_on, "AT %u at 0x%llx while ATS Enable is 0", tlp->address_type, ADDRESS(event));
    if (event->kind != EP_WRITE && event->kind != EP_MSI)
        JUDGE(ep, "DEV-ATSQ-007", tlp->id < 1024 && !ep->outstanding[tlp->id], "tag %u is that of a request not completed yet",
              tlp->id);
    judge_pasid(ep, event);
    if (event->kind == EP_TREQ) {
        judge_treq(ep, event);
        return;
    }
    judge_shape(ep, event);
    if (event->kind == EP_MSI)
        judge_msi(ep, event);
    else if (tlp->address_type == IOTB_AT_TRANSLATED)
        judge_translated(ep, event);
}

/* ---- page requests ---- */

static uint64_t page_key(uint32_t space, uint64_t page)
{
    return page ^ (uint64_t)space << 44 ^ (uint64_t)space >> 20;
}

void ep_note_fault(struct ep *ep, uint32_t space, uint64_t page)
{
    ep->faults[ep->fault_count++ % 256] = page_key(space, page);
}

bool ep_faulted(const struct ep *ep, uint32_t space, uint64_t page)
{
    for (uint32_t i = 0; i < 256 && i < ep->fault_count; i++)
        if (ep->faults[i] == page_key(space, page))
            return true;
    return false;
}

static uint32_t credits(const struct ep *ep)
{
    uint32_t capacity = config_read(ep->t, ep->pri + 8, 4);

    return ep->allocation < capacity ? ep->allocation : capacity;
}

static bool is_marker(const struct iotb_message *message)
{
    return message->last && !message->read && !message->write && message->flags & IOTB_RQ_PASID;
}

static void judge_marker(struct ep *ep, const struct iotb_message *message)
{
    JUDGE(ep, "DEV-PRI-020",
          !(message->flags & (IOTB_RQ_EXECUTE | IOTB_RQ_PRIVILEGED)) && !message->group_index && !(message->address >> 12),
          "a Stop Marker with flags 0x%x, index %u, address 0x%llx", message->flags, message->group_index,
          (unsigned long long)message->address);
    if (ep->stopped_count < EP_SPACES)
        ep->stopped[ep->stopped_count++] = message->pasid;
    ep->stop_markers++;
}

static bool is_stopped(const struct ep *ep, uint32_t space)
{
    for (uint32_t i = 0; i < ep->stopped_count; i++)
        if (ep->stopped[i] == space)
            return true;
    return false;
}

/* Every page of a group is one that the access needs next: the first of the group must have been refused. */
static void judge_request(struct ep *ep, const struct iotb_message *message)
{
    const struct ep_group *group = &ep->groups[message->group_index & 511];
    uint32_t space = message->flags & IOTB_RQ_PASID ? message->pasid : EP_NONE;
    bool first = !group->outstanding || group->last_seen;

    JUDGE(ep, "DEV-PRI-003", message->read || message->write || !message->last, "R=W=0 with L=1 and no PASID");
    JUDGE(ep, "DEV-PRI-007", ep->page_messages < credits(ep), "%u page requests are outstanding and one more is sent, of %u",
          ep->page_messages, credits(ep));
    JUDGE(ep, "DEV-PRI-009", !group->outstanding || !group->last_seen, "PRG index %u is that of a group not answered yet",
          message->group_index);
    if (!first)
        JUDGE(ep, "DEV-PRI-006", group->space == space, "one group under two PASIDs: 0x%x and 0x%x", group->space, space);
    if (first)
        JUDGE(ep, "DEV-PRI-005", ep_faulted(ep, space, message->address >> 12),
              "a page request for 0x%llx, which no translation completion refused", (unsigned long long)message->address);
    JUDGE(ep, "DEV-PRI-021", space == EP_NONE || !is_stopped(ep, space), "a page request of PASID 0x%x after its Stop Marker",
          space);
}

static void judge_page_request(struct ep *ep, const struct iotb_message *message)
{
    JUDGE(ep, "DEV-PRI-001", ep->pri_on && ep->ats_on, "a page request while PRI Enable is %u and ATS Enable is %u", ep->pri_on,
          ep->ats_on);
    JUDGE(ep, "DEV-PRI-002", !(message->address & 0xfff) && message->group_index < 512, "page address 0x%llx, index %u",
          (unsigned long long)message->address, message->group_index);
    if (message->flags & IOTB_RQ_PASID) {
        JUDGE(ep, "DEV-PAS-001", ep->pasid_on, "a page request with a PASID while PASID Enable is 0");
        JUDGE(ep, "DEV-PAS-002", message->pasid < 1u << ep->width, "a page request of PASID 0x%x, beyond %u bits", message->pasid,
              ep->width);
    }
    if (is_marker(message))
        judge_marker(ep, message);
    else
        judge_request(ep, message);
}

/* ---- invalidation completions ---- */

static bool covered(const struct ep_grant *grant, const struct ep_invalidation *invalidation)
{
    const struct iotb_message *message = &invalidation->message;
    uint64_t last = grant->va + (grant->last - grant->pa);
    bool global = message->address & 1 && grant->space != EP_NONE;

    return grant->computed < invalidation->sent && grant->va <= invalidation->last && last >= invalidation->first &&
           (!(message->flags & IOTB_RQ_PASID) || global || grant->space == message->pasid);
}

static void completed(struct ep *ep, uint32_t itag, const struct iotb_message *message)
{
    struct ep_invalidation *invalidation = &ep->invalidations[itag];

    invalidation->completions++;
    if (invalidation->reset) {
        JUDGE(ep, "DEV-FLR-007", false, "completion of ITag %u, which was pending when the function was reset", itag);
        return;
    }
    JUDGE(ep, "DEV-INV-001", invalidation->outstanding && message->completion_count == 1, "completion of ITag %u with CC=%u: %s",
          itag, message->completion_count,
          invalidation->outstanding ? "the device has one traffic class" : "no such invalidation is outstanding");
    JUDGE(ep, "DEV-PAS-003", !(message->flags & IOTB_RQ_PASID), "a PASID on an Invalidate Completion");
    if (!invalidation->outstanding)
        return;
    JUDGE(ep, "DEV-INV-002", message->agent_id == invalidation->message.agent_id,
          "completion of ITag %u goes to 0x%04x, the request came from 0x%04x", itag, message->agent_id,
          invalidation->message.agent_id);
    invalidation->outstanding = false;
    invalidation->done_ps = test_now_ps(ep->t);
    for (uint32_t i = 0; i < ep->grant_count; i++)
        if (ep->grants[i].end == EP_LIVE && covered(&ep->grants[i], invalidation))
            ep->grants[i].end = EP_INVALIDATED;
}

void ep_monitor_message(struct ep *ep, const struct ep_event *event)
{
    const struct iotb_message *message = &event->message;

    if (ep->after_flr && message->kind == IOTB_MSG_PAGE_REQUEST) {
        JUDGE(ep, "DEV-FLR-003", false, "a page request after the reset");
        return;
    }
    JUDGE(ep, "DEV-CFG-008", message->device_id == ep->rid, "a message of Requester ID 0x%04x, not 0x%04x", message->device_id,
          ep->rid);
    if (message->kind == IOTB_MSG_PAGE_REQUEST) {
        judge_page_request(ep, message);
        return;
    }
    for (uint32_t itag = 0; itag < 32; itag++)
        if (message->itag >> itag & 1)
            completed(ep, itag, message);
}
