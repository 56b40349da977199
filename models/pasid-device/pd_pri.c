/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_pri.c - 10.4 page requests: groups, their index, credits, responses, Stop Markers.
 *
 * Credits count messages: outstanding ones never exceed min(allocation, capacity, PRICFG.LIMIT). A group that nobody waits for
 * any more keeps its index until the response comes.
 */
#include "pasid-device/pd_internal.h"

#include <string.h>

#define PRI_ENABLE 0x1u
#define PRI_STATUS (PD_CFG_PRI + 0x06u)
#define PRI_ALLOCATION (PD_CFG_PRI + 0x0cu)
#define STATUS_RF 0x0001u
#define STATUS_UPRGI 0x0002u
#define RESPONSE_SUCCESS 0u
#define RESPONSE_INVALID 1u
#define INDEX_END 512u

/* ---- credits and indices ---- */

void pd_pri_counts(const struct pasid_device *device, uint32_t *messages, uint32_t *groups)
{
    *messages = *groups = 0;
    for (uint32_t i = 0; i < PD_PRGS_MAX; i++) {
        const struct pd_prg *group = &device->pri.group[i];
        if (group->state != PD_PRG_OUTSTANDING)
            continue;
        *messages += group->pages;
        ++*groups;
    }
}

static uint32_t limit(const struct pasid_device *device)
{
    uint32_t allocation = pcie_config_read(&device->config, PRI_ALLOCATION, 4);
    uint32_t configured = (uint32_t)pd_get(&device->bar0, PD_PRICFG_LIMIT, 0);
    uint32_t least = device->params.pri_capacity;
    least = allocation < least ? allocation : least;
    return configured < least ? configured : least;
}

/* 10.5.2: enabled, no Response Failure received, something allocated; and the ATC asks before it complains. */
bool pd_pri_usable(const struct pasid_device *device)
{
    return device->params.pri && pd_pri_enabled(device) && pd_ats_on(device) && !device->pri.failed && limit(device) != 0;
}

static bool index_live(const struct pasid_device *device, uint32_t index)
{
    for (uint32_t i = 0; i < PD_PRGS_MAX; i++) {
        const struct pd_prg *group = &device->pri.group[i];
        if (group->state == PD_PRG_OUTSTANDING && group->index == index)
            return true;
    }
    return false;
}

/* B.6.4: counted up, live ones skipped; 0 is not used, for a response to a Stop Marker would carry it. */
static uint16_t index_next(struct pasid_device *device, const struct pd_flow *flow)
{
    struct pd_pri *pri = &device->pri;
    for (uint32_t i = 0; i < PD_PRGS_MAX; i++) {
        const struct pd_prg *live = &pri->group[i];
        if (live->state == PD_PRG_OUTSTANDING && pd_deviates(device, PD_E_H31, flow, 0, NULL))
            return live->index;
    }
    uint32_t first = pd_get(&device->bar0, PD_PRICFG_INDEX_ZERO, 0) ? 0 : 1;
    bool wrapped = pri->next_index >= INDEX_END;
    uint32_t index = wrapped || pri->next_index < first ? first : pri->next_index;
    while (index_live(device, index))
        index = index + 1u == INDEX_END ? first : index + 1u;
    pri->next_index = (uint16_t)(index + 1u);
    return (uint16_t)(pd_erratum(device, PD_E_R30) ? index & 7u : index);
}

/* ---- sending ---- */

static bool same_flow(const struct pd_flow *a, const struct pd_flow *b)
{
    return a->has_pasid == b->has_pasid && (!a->has_pasid || a->pasid == b->pasid) && a->privileged == b->privileged;
}

/* An outstanding group that asks for this page already. */
static struct pd_prg *asked_for(struct pasid_device *device, const struct pd_flow *flow, uint64_t page, bool write, bool execute)
{
    for (uint32_t i = 0; i < PD_PRGS_MAX; i++) {
        struct pd_prg *group = &device->pri.group[i];
        if (group->state != PD_PRG_OUTSTANDING || !group->waiters || group->status || !same_flow(&group->flow, flow) ||
            (write && !group->write) || (execute && !group->execute))
            continue;
        for (uint32_t n = 0; n < group->pages; n++)
            if (group->page[n] == page)
                return group;
    }
    return NULL;
}

/* The page that is missing, and those that the same work needs next and does not have. */
static uint32_t compose(struct pasid_device *device, struct pd_prg *group, uint64_t address, uint64_t last, uint32_t pages_max)
{
    uint64_t page = address & ~(uint64_t)(PD_PAGE - 1u);
    uint32_t pages = 0;
    do {
        const struct pd_entry *entry = pages ? pd_atc_lookup(device, &group->flow, page) : NULL;
        if (entry && (entry->write || !group->write) && (entry->read || !group->read))
            break;
        group->page[pages++] = page;
        page += PD_PAGE;
    } while (pages < pages_max && page && page <= last);
    return pages;
}

static void post_group(struct pasid_device *device, const struct pd_prg *group)
{
    uint32_t control = pd_pasid_control(device);
    const struct pd_flow *flow = &group->flow;
    bool none = pd_deviates(device, PD_E_H30_NONE, flow, group->page[0], NULL);
    bool all = pd_deviates(device, PD_E_H30_ALL, flow, group->page[0], NULL);
    bool first = group->pages > 1u && pd_deviates(device, PD_E_H30_FIRST, flow, group->page[0], NULL);
    bool blank = pd_deviates(device, PD_E_H33, flow, group->page[0], NULL);
    for (uint32_t n = 0; n < group->pages; n++) {
        struct pcie_message message = {
            .kind = PCIE_PAGE_REQUEST,
            .device_id = device->requester_id,
            .has_pasid = flow->has_pasid && !blank,
            .pasid = flow->has_pasid && !blank ? flow->pasid : 0,
            .privileged = flow->has_pasid && !blank && flow->privileged && (control & 4u),
            .execute = flow->has_pasid && !blank && group->execute && (control & 2u),
            .address = group->page[n],
            .group_index = group->index,
            .read = group->read && !blank,
            .write = group->write && !blank,
            .last = !none && (all || (first ? n == 0 : n + 1u == group->pages)),
        };
        pd_post_message(device, &message, false);
        pd_count(device, PD_COUNT_PRM, 1);
    }
    pd_count(device, PD_COUNT_PRG, 1);
}

static struct pd_prg *free_group(struct pasid_device *device)
{
    for (uint32_t i = 0; i < PD_PRGS_MAX; i++)
        if (device->pri.group[i].state == PD_PRG_FREE)
            return &device->pri.group[i];
    return NULL;
}

enum pd_prg_answer pd_prg_get(struct pasid_device *device, const struct pd_flow *flow, uint64_t address, uint64_t last,
                              uint32_t pages_max, bool read, bool write, bool execute, struct pd_prg **out)
{
    struct pd_prg *group = asked_for(device, flow, address & ~(uint64_t)(PD_PAGE - 1u), write, execute);
    if (group) {
        group->waiters++;
        *out = group;
        return PD_PRG_SENT;
    }
    bool off = !pd_pri_usable(device);
    if (off && !pd_deviates(device, PD_E_H32_OFF, flow, address, NULL))
        return PD_PRG_NEVER;
    uint32_t messages, groups, most = limit(device);
    pd_pri_counts(device, &messages, &groups);
    if (pages_max > PD_PRG_PAGES_MAX)
        pages_max = PD_PRG_PAGES_MAX;
    bool excess = off || (messages >= most && pd_deviates(device, PD_E_H29, flow, address, NULL));
    group = free_group(device);
    if (!group || (messages >= most && !excess) || !pd_posted_room(device, PD_PRG_PAGES_MAX))
        return PD_PRG_LATER;
    if (!excess && pages_max > most - messages)
        pages_max = most - messages;
    uint64_t ticks = pd_get(&device->bar0, PD_TIMEOUT_RESPONSE, 0), now = pd_tick(device);
    *group = (struct pd_prg){.state = PD_PRG_OUTSTANDING,
                             .flow = *flow,
                             .index = index_next(device, flow),
                             .read = read || !write,
                             .write = write,
                             .execute = execute,
                             .waiters = 1,
                             .sent_tick = now,
                             .deadline = ticks ? now + ticks : UINT64_MAX};
    group->pages = compose(device, group, address, last, pages_max);
    post_group(device, group);
    *out = group;
    return PD_PRG_SENT;
}

void pd_prg_leave(struct pd_prg *group)
{
    if (--group->waiters == 0 && group->state == PD_PRG_ANSWERED)
        group->state = PD_PRG_FREE;
}

/* ---- responses ---- */

static void end_wait(struct pd_prg *group, uint8_t status)
{
    group->state = group->waiters ? PD_PRG_ANSWERED : PD_PRG_FREE;
    if (!group->status)
        group->status = status;
}

/* All waits end. */
static void empty(struct pasid_device *device)
{
    for (uint32_t i = 0; i < PD_PRGS_MAX; i++)
        if (device->pri.group[i].state == PD_PRG_OUTSTANDING)
            end_wait(&device->pri.group[i], PD_ST_PRI_FAILURE);
}

/* 10.4.2.1: Response Failure, or a code that is reserved: page requests end until they are enabled anew. */
static void fail_all(struct pasid_device *device)
{
    device->pri.failed = true;
    pcie_config_change(&device->config, PRI_STATUS, 2, 0, STATUS_RF);
    empty(device);
    pd_count(device, PD_COUNT_PRG_FAILURE, 1);
    pd_event(device, PD_ERR_RESPONSE_FAILURE, NULL, -1, false, 0, true);
}

static struct pd_prg *group_of(struct pasid_device *device, uint16_t index)
{
    struct pd_prg *any = NULL;
    for (uint32_t i = 0; i < PD_PRGS_MAX; i++) {
        struct pd_prg *group = &device->pri.group[i];
        if (group->state != PD_PRG_OUTSTANDING)
            continue;
        if (group->index == index && !group->forgotten)
            return group;
        any = group;
    }
    return any && pd_deviates(device, PD_E_H36_INDEX, &any->flow, 0, NULL) ? any : NULL;
}

static bool right_pasid(struct pasid_device *device, const struct pd_prg *group, const struct pcie_message *message)
{
    const struct pd_flow *flow = &group->flow;
    bool same = message->has_pasid == flow->has_pasid && (!flow->has_pasid || message->pasid == flow->pasid);
    return same || !pd_get(&device->bar0, PD_PRICFG_STRICT, 0) || pd_deviates(device, PD_E_H36_PASID, flow, 0, NULL);
}

static void take(struct pasid_device *device, const struct pcie_message *message)
{
    struct pd_prg *group = group_of(device, message->group_index);
    if (device->pri.failed)
        return;
    if (!group) {
        pd_count(device, PD_COUNT_PRG_UNEXPECTED, 1);
        pcie_config_change(&device->config, PRI_STATUS, 2, 0, STATUS_UPRGI);
        return;
    }
    uint8_t code = message->response_code & 0xfu;
    const struct pd_flow *flow = &group->flow;
    if (code == RESPONSE_INVALID && pd_deviates(device, PD_E_H34_INVALID, flow, group->page[0], NULL))
        code = RESPONSE_SUCCESS;
    if (code > RESPONSE_INVALID && pd_deviates(device, PD_E_D13, flow, group->page[0], NULL))
        code = RESPONSE_SUCCESS;
    group->response = message->response_code & 0xfu;
    group->answered_tick = pd_tick(device);
    if (code > RESPONSE_INVALID) { /* obeyed with or without PASID: an automatic failure carries none */
        fail_all(device);
    } else if (!right_pasid(device, group, message)) {
        pd_event(device, PD_ERR_RESPONSE, NULL, -1, false, group->page[0], true);
    } else {
        pd_count(device, code == RESPONSE_SUCCESS ? PD_COUNT_PRG_SUCCESS : PD_COUNT_PRG_INVALID, 1);
        end_wait(group, code == RESPONSE_SUCCESS ? PD_ST_OK : PD_ST_FAULT_INVALID);
    }
}

void pd_pri_response(struct pasid_device *device, const struct pcie_message *message)
{
    struct pd_pri *pri = &device->pri;
    pd_kick(device);
    if (!device->params.pri)
        return;
    if (device->bar4.value && pd_get(&device->bar4, PD_PRGHOLD_HOLD, 0) && pri->held_count < PD_RESPONSES_HELD_MAX)
        pri->held[pri->held_count++] = *message;
    else
        take(device, message);
}

void pd_pri_release_held(struct pasid_device *device)
{
    struct pd_pri *pri = &device->pri;
    if (!pri->held_count)
        return;
    struct pcie_message message = pri->held[0];
    memmove(pri->held, pri->held + 1, --pri->held_count * sizeof pri->held[0]);
    take(device, &message);
    pd_kick(device);
}

/* ---- control, time-out, stopping ---- */

/* 10.5.2.2: Enable from 0 to 1 clears Stopped, RF and UPRGI; Reset acts while Enable is, or becomes, 0. */
void pd_pri_config(struct pasid_device *device, uint32_t before, uint32_t after, bool reset)
{
    if (!(before & PRI_ENABLE) && (after & PRI_ENABLE)) {
        pcie_config_change(&device->config, PRI_STATUS, 2, STATUS_RF | STATUS_UPRGI, 0);
        device->pri.failed = false;
    }
    if (reset && !(after & PRI_ENABLE))
        empty(device);
}

bool pd_pri_step(struct pasid_device *device)
{
    bool moved = false;
    uint64_t now = pd_tick(device);
    for (uint32_t i = 0; i < PD_PRGS_MAX; i++) {
        struct pd_prg *group = &device->pri.group[i];
        if (group->state != PD_PRG_OUTSTANDING || !group->waiters || group->status || group->deadline == UINT64_MAX)
            continue;
        if (now < group->deadline) {
            pd_wake_at(device, group->deadline);
            continue;
        }
        group->status = PD_ST_PRG_TIMEOUT; /* the index stays in use */
        pd_count(device, PD_COUNT_PRG_TIMEOUT, 1);
        moved = true;
    }
    return moved;
}

bool pd_pri_waits(const struct pasid_device *device, bool any_pasid, uint32_t pasid)
{
    for (uint32_t i = 0; i < PD_PRGS_MAX; i++) {
        const struct pd_prg *group = &device->pri.group[i];
        if (group->state == PD_PRG_OUTSTANDING && (any_pasid || (group->flow.has_pasid && group->flow.pasid == pasid)))
            return true;
    }
    return false;
}

void pd_pri_cut(struct pasid_device *device, uint32_t pasid, uint64_t last)
{
    for (uint32_t i = 0; i < PD_PRGS_MAX; i++) {
        struct pd_prg *group = &device->pri.group[i];
        bool concerned = group->flow.has_pasid && group->flow.pasid == pasid && group->flow.sequence <= last;
        if (group->state != PD_PRG_OUTSTANDING || group->status || !concerned)
            continue;
        group->status = PD_ST_PRG_TIMEOUT;
        pd_kick(device);
    }
}

/* 10.4.1.2: index and address 0, no response, no credit. */
bool pd_pri_marker(struct pasid_device *device, uint32_t pasid)
{
    struct pcie_message marker = {
        .kind = PCIE_PAGE_REQUEST, .device_id = device->requester_id, .has_pasid = true, .pasid = pasid, .last = true};
    struct pd_flow flow = {.has_pasid = true, .pasid = pasid};
    if (pd_deviates(device, PD_E_H37_NONE, &flow, 0, NULL))
        return true;
    if (!pd_post_message(device, &marker, false))
        return false;
    pd_count(device, PD_COUNT_MARKER, 1);
    return true;
}
