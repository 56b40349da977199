/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ep_agent.c - the translation agent and the host's memory: what becomes of each TLP and message that the endpoint sends.
 *
 * A completion is computed when the request arrives, with the tables as they are then, and delivered later; so a case can change
 * the tables in between.
 */
#include "build/ep.h"

#include <stdlib.h>
#include <string.h>

#define MSI_FIRST 0xfee00000ull
#define MSI_LAST 0xfeefffffull
#define NOTHING UINT64_MAX

/* ---- rules ---- */

uint32_t ep_rule(struct ep *ep, uint32_t kinds, uint64_t first, uint64_t last, enum ep_action action, uint64_t value,
                 uint32_t count)
{
    struct ep_rule *rule = &ep->rules[ep->rule_count];

    if (ep->rule_count++ == EP_RULES)
        test_abort(ep->t, "more than %u rules", EP_RULES);
    *rule = (struct ep_rule){
        .id = ep->rule_count, .kinds = kinds, .first = first, .last = last, .action = action, .value = value, .left = count};
    return rule->id;
}

void ep_end_rule(struct ep *ep, uint32_t rule)
{
    ep->rules[rule - 1].left = 0;
}

uint32_t ep_hits(const struct ep *ep, uint32_t rule)
{
    return ep->rules[rule - 1].hits;
}

static struct ep_rule *rule_for(struct ep *ep, const struct ep_event *event)
{
    uint64_t first = ep_event_address(event), last = first + (event->tlp.bytes - 1);

    if (event->kind == EP_TREQ)
        last = first | 4095;
    for (uint32_t i = 0; i < ep->rule_count; i++) {
        struct ep_rule *rule = &ep->rules[i];

        if (!rule->left || !(rule->kinds & event->kind) || first > rule->last || last < rule->first)
            continue;
        if (rule->left != UINT32_MAX)
            rule->left--;
        rule->hits++;
        return rule;
    }
    return NULL;
}

void ep_delay(struct ep *ep, uint64_t min_ps, uint64_t max_ps)
{
    ep->delay_min_ps = min_ps;
    ep->delay_max_ps = max_ps;
}

/* ---- delivery ---- */

static uint64_t draw_delay(struct ep *ep)
{
    uint64_t span = ep->delay_max_ps - ep->delay_min_ps;

    return ep->delay_min_ps + (span ? test_random_below(ep->t, span + 1) : 0);
}

static void deliver(struct ep *ep, const struct iotb_completion *completion, uint32_t grants, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        ep->grants[grants - 1 + i].delivered = true;
    if (completion->id < 1024 && !(completion->flags & IOTB_CPL_MORE) && ep->outstanding[completion->id]) {
        ep->outstanding[completion->id]--;
        ep->outstanding_count--;
    }
    completion_queue(ep->t, completion, draw_delay(ep));
}

uint32_t ep_held(const struct ep *ep, uint32_t rule)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < ep->held_count; i++)
        count += ep->held[i].rule == rule;
    return count;
}

void ep_release_one(struct ep *ep, uint32_t rule)
{
    for (uint32_t i = 0; i < ep->held_count; i++) {
        struct ep_held held = ep->held[i];

        if (held.rule != rule)
            continue;
        memmove(&ep->held[i], &ep->held[i + 1], (ep->held_count - i - 1) * sizeof(held));
        ep->held_count--;
        deliver(ep, &held.completion, held.grants, held.grant_count);
        return;
    }
}

void ep_release(struct ep *ep, uint32_t rule)
{
    ep->rules[rule - 1].left = 0;
    while (ep_held(ep, rule))
        ep_release_one(ep, rule);
}

/* ---- translation requests ---- */

static uint32_t space_of(const struct iotb_request *tlp)
{
    return tlp->flags & IOTB_RQ_PASID ? tlp->pasid : EP_NONE;
}

static bool allowed(const struct ep_map *map, uint32_t flags)
{
    bool privileged = flags & IOTB_RQ_PRIVILEGED;

    return map && !(map->rights & EP_PRIV_ONLY && !privileged) && !(map->rights & EP_USER_ONLY && privileged);
}

/* The entry of a translation completion. 0: no access. */
static uint64_t entry_of(const struct ep_map *map, const struct iotb_request *tlp)
{
    uint32_t flags = map->rights & (EP_R | EP_W | EP_U | EP_GLOBAL | EP_N);
    uint64_t size = 1ull << map->size_lg2, low = 0;

    if (!(flags & EP_RW))
        return 0;
    if (map->rights & (tlp->flags & IOTB_RQ_EXECUTE ? EP_X : EP_X_UNASKED) && flags & EP_R)
        flags |= EP_X;
    if (tlp->flags & IOTB_RQ_PRIVILEGED)
        flags |= 1u << 4;
    if (map->rights & EP_OTHER)
        flags |= 0x3c0;
    if (map->size_lg2 > 12) { /* S; the lowest zero bit from 12 up tells the size */
        flags |= 1u << 11;
        low = (size / 2 - 1) & ~0xfffull;
    }
    return (map->pa & ~(size - 1)) | low | flags;
}

static void grant(struct ep *ep, const struct ep_map *map, const struct iotb_request *tlp, uint64_t entry)
{
    struct ep_grant *made;

    if (ep->grant_count == ep->grant_room) {
        ep->grant_room = ep->grant_room ? 2 * ep->grant_room : 64;
        ep->grants = realloc(ep->grants, ep->grant_room * sizeof(*ep->grants));
        if (!ep->grants)
            abort();
    }
    made = &ep->grants[ep->grant_count++];
    *made = (struct ep_grant){.va = map->va & ~((1ull << map->size_lg2) - 1),
                              .space = map->space,
                              .flags = (uint32_t)entry & 0x7ff,
                              .privileged = tlp->flags & IOTB_RQ_PRIVILEGED,
                              .execute = tlp->flags & IOTB_RQ_EXECUTE,
                              .computed = ep->clock};
    made->pa = map->pa & ~((1ull << map->size_lg2) - 1);
    made->last = made->pa + ((1ull << map->size_lg2) - 1);
}

/* As many entries as were asked for, of one size, from the first on; at least one. */
static void translate(struct ep *ep, const struct iotb_request *tlp, uint32_t most, struct iotb_completion *completion)
{
    uint32_t asked = tlp->bytes / 8 < most ? tlp->bytes / 8 : most, size_lg2 = 12;
    uint64_t va = tlp->address & ~0xfffull;

    for (uint32_t n = 0; n < asked || !n; n++) {
        const struct ep_map *map = ep_find(ep, space_of(tlp), va);
        uint64_t entry = allowed(map, tlp->flags) ? entry_of(map, tlp) : 0;

        if (n && (!entry || map->size_lg2 != size_lg2))
            return;
        if (!map && ep->treq_fault != IOTB_SC) {
            completion->status = ep->treq_fault;
            return;
        }
        memcpy(&completion->data[8 * n], &entry, 8);
        completion->bytes = 8 * (n + 1);
        if (!(entry & EP_W) || !(entry & EP_R) || (tlp->flags & IOTB_RQ_EXECUTE && !(entry & EP_X)))
            ep_note_fault(ep, space_of(tlp), va >> 12);
        if (!entry)
            return;
        size_lg2 = map->size_lg2;
        grant(ep, map, tlp, entry);
        va = (va & ~((1ull << size_lg2) - 1)) + (1ull << size_lg2);
    }
}

/* The case gives the entry. */
static void translate_to(struct ep *ep, const struct iotb_request *tlp, uint64_t entry, struct iotb_completion *completion)
{
    struct ep_map map = {.space = space_of(tlp), .va = tlp->address & ~0xfffull, .pa = entry & ~0xfffull, .size_lg2 = 12};

    for (uint64_t low = entry >> 12; entry >> 11 & 1 && map.size_lg2++ < 63 && low & 1; low >>= 1)
        ;
    memcpy(completion->data, &entry, 8);
    completion->bytes = 8;
    if ((entry & EP_RW) != EP_RW)
        ep_note_fault(ep, map.space, map.va >> 12);
    if (entry & EP_RW)
        grant(ep, &map, tlp, entry);
}

/* ---- memory requests ---- */

/* Where it goes, or NOTHING. */
static uint64_t destination(struct ep *ep, const struct ep_event *event)
{
    const struct iotb_request *tlp = &event->tlp;
    const struct ep_map *map;
    uint32_t need = tlp->kind == IOTB_READ ? EP_R : tlp->kind == IOTB_WRITE ? EP_W : EP_RW;

    if (tlp->address_type == IOTB_AT_TRANSLATED)
        return mem_exists(ep->t, tlp->address, tlp->bytes) ? tlp->address : NOTHING;
    map = ep_find(ep, space_of(tlp), tlp->address);
    if (!allowed(map, tlp->flags) || (map->rights & need) != need ||
        (tlp->kind == IOTB_READ && tlp->flags & IOTB_RQ_EXECUTE && !(map->rights & EP_X)))
        return NOTHING;
    return ep_map_pa(map, tlp->address);
}

static uint64_t number(const uint8_t *data, uint32_t bytes)
{
    uint64_t value = 0;

    memcpy(&value, data, bytes < 8 ? bytes : 8);
    return value;
}

static void carry_out_atomic(struct ep *ep, const struct iotb_request *tlp, uint64_t pa, struct iotb_completion *completion)
{
    uint32_t bytes = tlp->bytes < 8 ? tlp->bytes : 8;
    uint64_t operand = number(tlp->data, bytes), old, value;
    uint8_t stored[8];

    mem_read(ep->t, pa, completion->data, bytes);
    completion->bytes = bytes;
    old = number(completion->data, bytes);
    value = tlp->kind == IOTB_FETCH_ADD ? old + operand : operand;
    if (tlp->kind == IOTB_CAS)
        value = old == operand ? number(&tlp->data[bytes], bytes) : old;
    memcpy(stored, &value, 8);
    mem_write(ep->t, pa, stored, bytes);
}

static void access_memory(struct ep *ep, const struct ep_event *event, struct iotb_completion *completion)
{
    uint64_t pa = destination(ep, event);

    if (pa == NOTHING) {
        completion->status = ep->read_fault_is_abort ? IOTB_CA : IOTB_UR;
        return;
    }
    switch (event->tlp.kind) {
    case IOTB_READ:
        completion->bytes = event->tlp.bytes;
        mem_read(ep->t, pa, completion->data, completion->bytes);
        break;
    case IOTB_WRITE:
        mem_write(ep->t, pa, event->tlp.data, event->tlp.bytes);
        break;
    default:
        carry_out_atomic(ep, &event->tlp, pa, completion);
        break;
    }
}

/* ---- TLPs ---- */

struct ep_event *ep_log(struct ep *ep)
{
    struct ep_event *event;

    if (ep->log_count == ep->log_room) {
        ep->log_room = ep->log_room ? 2 * ep->log_room : 256;
        ep->log = realloc(ep->log, ep->log_room * sizeof(*ep->log));
        if (!ep->log)
            abort();
    }
    event = &ep->log[ep->log_count];
    memset(event, 0, sizeof(*event));
    event->at_ps = test_now_ps(ep->t);
    event->index = ep->log_count++;
    ep->clock++;
    return event;
}

static enum ep_kind kind_of(const struct iotb_request *tlp)
{
    if (tlp->address_type == IOTB_AT_TRANSLATION)
        return EP_TREQ;
    if (tlp->kind == IOTB_WRITE)
        return tlp->address >= MSI_FIRST && tlp->address <= MSI_LAST ? EP_MSI : EP_WRITE;
    return tlp->kind == IOTB_READ ? EP_READ : EP_ATOMIC;
}

static uint64_t untranslate(const struct ep *ep, const struct iotb_request *tlp)
{
    if (tlp->address_type != IOTB_AT_TRANSLATED)
        return 0;
    for (uint32_t i = ep->grant_count; i-- > 0;)
        if (tlp->address >= ep->grants[i].pa && tlp->address <= ep->grants[i].last)
            return ep->grants[i].va + (tlp->address - ep->grants[i].pa);
    return 0;
}

static void apply(struct ep *ep, const struct ep_rule *rule, struct iotb_completion *completion)
{
    switch (rule->action) {
    case EP_UR:
    case EP_CA:
    case EP_RESERVED:
        completion->status = rule->action == EP_UR ? IOTB_UR : rule->action == EP_CA ? IOTB_CA : 3;
        completion->bytes = 0;
        break;
    case EP_POISON:
        completion->flags |= IOTB_CPL_POISONED;
        break;
    case EP_SPLIT:
        if (rule->value < completion->bytes) {
            struct iotb_completion first = *completion;

            first.bytes = (uint32_t)rule->value;
            first.flags |= IOTB_CPL_MORE;
            completion_queue(ep->t, &first, 0);
            memmove(completion->data, completion->data + first.bytes, completion->bytes - first.bytes);
            completion->bytes -= first.bytes;
        }
        break;
    case EP_HOLD:
    case EP_DROP:
    case EP_FEWER:
    case EP_ENTRY:
        break;
    }
}

static void compute(struct ep *ep, const struct ep_event *event, const struct ep_rule *rule, struct iotb_completion *completion)
{
    bool refused = rule && (rule->action == EP_UR || rule->action == EP_CA || rule->action == EP_RESERVED);

    if (refused)
        return;
    if (event->kind != EP_TREQ)
        access_memory(ep, event, completion);
    else if (rule && rule->action == EP_ENTRY)
        translate_to(ep, &event->tlp, rule->value, completion);
    else
        translate(ep, &event->tlp, rule && rule->action == EP_FEWER ? (uint32_t)rule->value : 8, completion);
}

static void answer(struct ep *ep, const struct ep_event *event)
{
    struct ep_rule *rule = rule_for(ep, event);
    struct iotb_completion completion = {.id = event->tlp.id, .status = IOTB_SC};
    uint32_t before = ep->grant_count;

    if (event->kind == EP_WRITE && rule && rule->action != EP_HOLD)
        return; /* a posted write that a rule refuses goes nowhere */
    compute(ep, event, rule, &completion);
    if (event->kind == EP_WRITE)
        return;
    if (rule)
        apply(ep, rule, &completion);
    if (rule && rule->action == EP_DROP)
        return;
    if (!rule || rule->action != EP_HOLD) {
        deliver(ep, &completion, before + 1, ep->grant_count - before);
        return;
    }
    if (ep->held_count == EP_HELD)
        test_abort(ep->t, "more than %u requests held", EP_HELD);
    ep->held[ep->held_count++] = (struct ep_held){.rule = rule->id,
                                                  .grants = before + 1,
                                                  .grant_count = ep->grant_count - before,
                                                  .tlp = event->tlp,
                                                  .completion = completion};
}

void ep_on_tlp(struct test *t, void *context, const struct iotb_request *tlp)
{
    struct ep *ep = context;
    struct ep_event *event = ep_log(ep);

    (void)t;
    event->kind = kind_of(tlp);
    event->tlp = *tlp;
    event->va = untranslate(ep, tlp);
    ep_monitor_tlp(ep, event);
    if (event->kind == EP_MSI)
        return;
    if (event->kind != EP_WRITE && tlp->id < 1024) {
        ep->outstanding[tlp->id]++;
        ep->outstanding_count++;
    }
    answer(ep, event);
}

/* ---- messages ---- */

static void respond(struct ep *ep, struct ep_group *group, uint32_t code, uint32_t space)
{
    struct iotb_message response = {.kind = IOTB_MSG_PAGE_RESPONSE,
                                    .device_id = ep->rid,
                                    .agent_id = ep->agent_id,
                                    .flags = space != EP_NONE ? IOTB_RQ_PASID : 0,
                                    .pasid = space != EP_NONE ? space : 0,
                                    .group_index = group->message.group_index,
                                    .response_code = (uint8_t)code};

    ep->page_messages -= group->messages;
    group->outstanding = false;
    message_queue(ep->t, &response, draw_delay(ep));
}

void ep_respond(struct ep *ep, uint32_t index, uint32_t code)
{
    respond(ep, &ep->groups[index & 511], code, ep->groups[index & 511].space);
}

/* Under another PASID, or to a group that does not wait: the group's state here stays. */
void ep_respond_as(struct ep *ep, uint32_t index, uint32_t code, uint32_t space)
{
    struct iotb_message response = {.kind = IOTB_MSG_PAGE_RESPONSE,
                                    .device_id = ep->rid,
                                    .agent_id = ep->agent_id,
                                    .flags = space != EP_NONE ? IOTB_RQ_PASID : 0,
                                    .pasid = space != EP_NONE ? space : 0,
                                    .group_index = (uint16_t)index,
                                    .response_code = (uint8_t)code};

    message_queue(ep->t, &response, 0);
}

uint32_t ep_groups(const struct ep *ep, uint32_t *indices, uint32_t room)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < 512; i++) {
        if (!ep->groups[i].outstanding || !ep->groups[i].last_seen)
            continue;
        if (count < room)
            indices[count] = i;
        count++;
    }
    return count;
}

static void map_pages(struct ep *ep, const struct ep_group *group)
{
    for (uint32_t i = 0; i < group->messages && i < 32; i++)
        if (!ep_find(ep, group->space, group->pages[i]))
            ep_map(ep, group->space, group->pages[i], mem_alloc(ep->t, 4096, 4096), 12, ep->page_rights);
        else
            ep_find(ep, group->space, group->pages[i])->rights |= ep->page_rights;
}

static void page_request(struct ep *ep, const struct iotb_message *message)
{
    static const uint8_t codes[] = {[EP_PAGES_MAP] = 0, [EP_PAGES_SUCCESS] = 0, [EP_PAGES_INVALID] = 1, [EP_PAGES_FAILURE] = 15};
    struct ep_group *group = &ep->groups[message->group_index & 511];

    if (message->last && !message->read && !message->write) /* a Stop Marker waits for nothing */
        return;
    if (!group->outstanding)
        *group = (struct ep_group){.outstanding = true, .space = message->flags & IOTB_RQ_PASID ? message->pasid : EP_NONE};
    group->message = *message;
    group->pages[group->messages % 32] = message->address & ~0xfffull;
    group->messages++;
    ep->page_messages++;
    group->last_seen = message->last;
    if (!message->last || ep->pages == EP_PAGES_HOLD)
        return;
    if (ep->pages == EP_PAGES_MAP)
        map_pages(ep, group);
    respond(ep, group, codes[ep->pages], group->space);
}

void ep_on_message(struct test *t, void *context, const struct iotb_message *message)
{
    struct ep *ep = context;
    struct ep_event *event = ep_log(ep);

    (void)t;
    event->kind = EP_MESSAGE;
    event->message = *message;
    ep_monitor_message(ep, event);
    if (message->kind == IOTB_MSG_PAGE_REQUEST)
        page_request(ep, message);
}
