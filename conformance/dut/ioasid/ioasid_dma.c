/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ioasid_dma.c - DMA that the kernel does not see: raw masters of the exerciser in BAR4 (models/pasid-device/REGISTERS.md),
 * worked past the kernel. What became of a write, which is posted, shows in the board's time line.
 */
#include "dut/ioasid/ioasid_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMMAND = 0x04, MEMORY_SPACE = 2, BUS_MASTER = 4 };
enum { EXERCISER = 4, XKEY = 0x000, SLOT = 0x100, SLOT_BYTES = 0x80, BUFFER = 0x1000, BUFFER_BYTES = 0x100, COMPLETION = 0x80 };
enum { AT_PASID = 8, AT_ADDRESS = 16, AT_LENGTH = 24, AT_STATUS = 32, AT_OPERAND = 48, AT_COMPARE = 56, AT_REPEAT = 64 };
#define GO UINT64_C(1)
#define BUSY (UINT64_C(1) << 1)
#define DONE (UINT64_C(1) << 2)
#define EXEC (UINT64_C(1) << 34)
#define PRIV (UINT64_C(1) << 35)
#define PASID_V (UINT64_C(1) << 36)
#define NO_SNOOP (UINT64_C(1) << 37)
#define USE_ATC (UINT64_C(1) << 47)
#define TIMED_OUT (UINT64_C(1) << 4) /* of the status */

#define DMA_PS (200 * PS_PER_MS) /* how long a DMA is waited for while something happens; a page request may take longer */
#define TRIES 3u                 /* page requests of one DMA */
#define GROUP 0x40u              /* page request group of slot 0 */
enum { PRI_CAPABILITY = 0x13, PAGE_REQUEST = 4, MESSAGE = 6, AT_CODE = 28 };

/* ---- the bus, as the board tells it ----
 * Under the machine's lock, by whoever drives the machine; so is all of struct device that changes here. A request of a device is
 * found again by what it says: other masters of the device, and other slots, have theirs on the bus at the same time.
 */

static bool parse(const char *text, struct bus *bus, uint8_t *kind)
{
    static const char *const kinds[] = {"read", "write", "fetch-add", "swap", "compare-and-swap"};
    const char *pasid = strstr(text, " pasid="), *address = strstr(text, " address="), *status = strstr(text, " status=");

    *kind = 0;
    while (*kind < sizeof(kinds) / sizeof(kinds[0]) && strncmp(text, kinds[*kind], strlen(kinds[*kind])) != 0)
        ++*kind;
    if (*kind == sizeof(kinds) / sizeof(kinds[0]) || !address || !status)
        return false;
    *bus = (struct bus){.has_pasid = pasid != NULL, .address = strtoull(address + 9, NULL, 16)};
    bus->status = !strcmp(status, " status=SC") ? IOTB_SC : !strcmp(status, " status=UR") ? IOTB_UR : IOTB_CA;
    bus->pasid = pasid ? (uint32_t)strtoul(pasid + 7, NULL, 16) : 0;
    bus->address_type = strstr(text, " translation")  ? IOTB_AT_TRANSLATION
                        : strstr(text, " translated") ? IOTB_AT_TRANSLATED
                                                      : IOTB_AT_UNTRANSLATED;
    return true;
}

/* An address that the device itself has translated is the one asked for within its page. */
static bool is_of(const struct dma *dma, const struct bus *seen, uint8_t kind)
{
    const struct iotb_request *request = &dma->request;
    bool exchanged = request->address_type == IOTB_AT_TRANSLATION && seen->address_type == IOTB_AT_TRANSLATED;

    if (!dma->used || dma->asked || dma->left || kind != request->kind)
        return false;
    if ((seen->address ^ request->address) & (exchanged ? UINT64_C(0xfff) : UINT64_MAX))
        return false;
    if (exchanged || dma->any_pasid) /* PCIe 6.20: it needs no PASID then */
        return true;
    return seen->has_pasid == !!(request->flags & IOTB_RQ_PASID) && (!seen->has_pasid || seen->pasid == request->pasid);
}

static struct dma *dma_of(struct device *device, const struct bus *seen, uint8_t kind)
{
    for (uint32_t n = 0; n < MASTERS; n++)
        if (is_of(&device->dmas[n], seen, kind))
            return &device->dmas[n];
    return NULL;
}

/* The first access behind a translation request is to the page that was asked for. */
static void find_asked(struct bus *bus)
{
    struct asked *found = NULL;

    bus->last.page = bus->address >> 12;
    for (uint32_t i = 0; i < 16; i++)
        if (bus->pages[i].used && bus->pages[i].page == bus->last.page)
            found = &bus->pages[i];
    if (bus->last.used) {
        found = found ? found : &bus->pages[bus->page_count++ % 16];
        *found = bus->last;
        bus->last.used = false;
    }
    if (found) {
        bus->has_pasid = found->has_pasid;
        bus->pasid = found->pasid;
    }
}

static void note_translation(struct bus *bus, const struct bus *seen)
{
    bus->translations++;
    bus->last = (struct asked){.used = true, .has_pasid = seen->has_pasid, .pasid = seen->pasid};
}

static void note_request(struct device *device, struct dma *dma, const struct bus *seen)
{
    struct bus *bus = &device->bus;

    bus->count++;
    bus->status = seen->status;
    bus->has_pasid = seen->has_pasid;
    bus->pasid = seen->pasid;
    bus->address = seen->address;
    bus->address_type = seen->address_type;
    if (bus->address_type == IOTB_AT_TRANSLATED && !bus->has_pasid)
        find_asked(bus);
    if (!dma)
        return;
    dma->left = true;
    dma->status = seen->status;
}

/* Of devices that a bridge speaks for: the one that has such a request under way, or the first. */
static void request_event(struct iotb_dut *dut, unsigned int requester_id, const char *text)
{
    struct device *first = NULL;
    struct dma *dma = NULL;
    struct bus seen;
    uint8_t kind;

    if (!parse(text, &seen, &kind))
        return;
    for (uint32_t i = 0; i < MACHINE_DEVICES && !dma; i++) {
        if (!device_speaks_as(dut, i, requester_id))
            continue;
        if (!first)
            first = &dut->devices[i];
        dma = dma_of(&dut->devices[i], &seen, kind);
        if (dma)
            first = &dut->devices[i];
    }
    if (first && seen.address_type == IOTB_AT_TRANSLATION)
        note_translation(&first->bus, &seen);
    else if (first)
        note_request(first, dma, &seen);
}

/* Where the capability is in configuration space, 0: the device does not have it. */
static uint32_t pri_at(struct iotb_dut *dut, uint32_t device)
{
    struct board *board = machine_board(dut->machine);
    uint32_t at = 0x100;

    for (uint32_t steps = 0; at >= 0x100 && steps < 64; steps++) {
        uint32_t header = board_config_read(board, device, at, 4);

        if ((header & 0xffff) == PRI_CAPABILITY)
            return at;
        at = header >> 20 & 0xffc;
    }
    return 0;
}

/* PCI Express 10.5.2.3: a device that requires PASIDs in responses takes none that does not repeat the request's. */
static bool is_for(struct iotb_dut *dut, uint32_t device, const struct dma *dma, const char *pasid)
{
    bool with = dma->request.flags & IOTB_RQ_PASID;
    uint32_t at = pri_at(dut, device);

    if (!at || !(board_config_read(machine_board(dut->machine), device, at + 6, 2) >> 15))
        return true;
    return with == (pasid != NULL) && (!with || strtoul(pasid + 7, NULL, 16) == dma->request.pasid);
}

/* "PRG Response pasid=5 group=64 code=0": whose page request is answered? */
static void response_event(struct iotb_dut *dut, unsigned int requester_id, const char *text)
{
    const char *group = strstr(text, " group="), *code = strstr(text, " code="), *pasid = strstr(text, " pasid=");

    for (uint32_t i = 0; i < MACHINE_DEVICES; i++)
        for (uint32_t n = 0; group && code && n < SLOTS; n++) {
            struct dma *dma = &dut->devices[i].dmas[n];

            if (!device_speaks_as(dut, i, requester_id) || !dma->asked || dma->answered ||
                strtoul(group + 7, NULL, 10) != GROUP + n || !is_for(dut, i, dma, pasid))
                continue;
            dma->answered = true;
            dma->code = (uint32_t)strtoul(code + 6, NULL, 10);
        }
}

/* "device/0010 bus" and "write translated pasid=5 address=1000 bytes=64 no-snoop request=3 status=SC" */
void bus_event(struct iotb_dut *dut, const char *track, const char *text)
{
    unsigned int requester_id;
    int end = 0;

    if (sscanf(track, "device/%x bus%n", &requester_id, &end) != 1 || !end)
        return;
    if (strncmp(text, "PRG Response", 12) == 0)
        response_event(dut, requester_id, text);
    else
        request_event(dut, requester_id, text);
}

uint64_t bus_count(struct iotb_dut *dut, uint32_t device)
{
    uint64_t count;

    kernel_machine_lock();
    count = dut->devices[device].bus.count;
    kernel_machine_unlock();
    return count;
}

/* ---- a raw master ---- */

static void put(struct iotb_dut *dut, uint32_t device, uint64_t offset, uint64_t value, uint32_t bytes)
{
    board_bar_write(machine_board(dut->machine), device, EXERCISER, offset, &value, bytes); /* little-endian hosts only */
}

static uint64_t get(struct iotb_dut *dut, uint32_t device, uint64_t offset, uint32_t bytes)
{
    uint64_t value = 0;

    (void)board_bar_read(machine_board(dut->machine), device, EXERCISER, offset, bytes, &value);
    return value;
}

static void enable(struct iotb_dut *dut, uint32_t device)
{
    uint32_t command = board_config_read(machine_board(dut->machine), device, COMMAND, 2);

    if ((command & (MEMORY_SPACE | BUS_MASTER)) != (MEMORY_SPACE | BUS_MASTER))
        board_config_write(machine_board(dut->machine), device, COMMAND, 2, command | MEMORY_SPACE | BUS_MASTER);
}

void device_unlock(struct iotb_dut *dut, uint32_t device)
{
    kernel_machine_lock();
    enable(dut, device);
    put(dut, device, XKEY, 0x52455845, 4);
    put(dut, device, XKEY, 0x4b434c55, 4);
    kernel_machine_unlock();
}

/* "Enable No Snoop" of Device Control: a device sends no-snoop only where the kernel lets it (IHI 0070 13.6.1.1 relies on that).
 */
static bool may_no_snoop(struct iotb_dut *dut, uint32_t device)
{
    struct board *board = machine_board(dut->machine);
    uint32_t at = board_config_read(board, device, 0x34, 1) & 0xfc;

    for (uint32_t steps = 0; at && steps < 48; steps++, at = board_config_read(board, device, at + 1, 1) & 0xfc)
        if (board_config_read(board, device, at, 1) == 0x10)
            return board_config_read(board, device, at + 8, 2) >> 11 & 1;
    return false;
}

static uint64_t slot_word(const struct iotb_request *request, bool no_snoop)
{
    uint64_t word = GO | (uint64_t)request->kind << 4;

    word |= request->address_type == IOTB_AT_TRANSLATION ? USE_ATC : (uint64_t)request->address_type << 32;
    word |= (request->flags & IOTB_RQ_EXECUTE ? EXEC : 0) | (request->flags & IOTB_RQ_PRIVILEGED ? PRIV : 0);
    return word | (request->flags & IOTB_RQ_PASID ? PASID_V : 0) | (no_snoop ? NO_SNOOP : 0);
}

static void start(struct iotb_dut *dut, uint32_t device, struct dma *dma, const struct iotb_request *request)
{
    uint64_t at = SLOT + (uint64_t)dma->slot * SLOT_BYTES, buffer = BUFFER + (uint64_t)dma->slot * BUFFER_BYTES;
    struct device *state = &dut->devices[device];

    kernel_machine_lock();
    device_unlock(dut, device);
    *dma = (struct dma){.used = true, .slot = dma->slot, .request = *request, .tries = dma->tries};
    state->translations_before = state->bus.translations;
    state->before = board_dma(machine_board(dut->machine), dut->description.devices[device].iommu);
    for (uint32_t i = 0; i < request->bytes; i += 8)
        board_bar_write(machine_board(dut->machine), device, EXERCISER, buffer + i, &request->data[i], 8);
    put(dut, device, at + AT_PASID, request->pasid & 0xfffff, 4);
    put(dut, device, at + AT_ADDRESS, request->address, 8);
    put(dut, device, at + AT_LENGTH, request->bytes & 0x7f, 4);
    if (request->kind >= IOTB_FETCH_ADD) {
        uint64_t operand, compare;

        memcpy(&operand, request->data, 8);
        memcpy(&compare, request->data + (request->kind == IOTB_CAS ? 0 : 8), 8);
        if (request->kind == IOTB_CAS)
            memcpy(&operand, request->data + request->bytes, 8);
        put(dut, device, at + AT_OPERAND, operand, 8);
        put(dut, device, at + AT_COMPARE, compare, 8);
    }
    put(dut, device, at + AT_REPEAT, 0, 4);
    put(dut, device, at, slot_word(request, (request->flags & IOTB_RQ_NO_SNOOP) && may_no_snoop(dut, device)), 8);
    kernel_machine_unlock();
}

struct waiting {
    struct iotb_dut *dut;
    uint32_t device;
    struct dma *dma;
};

static uint64_t slot_get(const struct waiting *waiting, uint32_t field, uint32_t bytes)
{
    return get(waiting->dut, waiting->device, SLOT + (uint64_t)waiting->dma->slot * SLOT_BYTES + field, bytes);
}

/* What the slot says of the request that was its last, of a write only whether it was let go; no answer counts as a refusal. */
static uint32_t slot_status(const struct waiting *waiting)
{
    uint64_t word = slot_get(waiting, AT_STATUS, 4);

    return word & TIMED_OUT ? (uint32_t)IOTB_UR : (uint32_t)word & 7;
}

/* A reset of the function has taken it away. */
static bool is_lost(const struct waiting *waiting)
{
    return !(slot_get(waiting, 0, 8) & (BUSY | DONE));
}

/* It can go no further by itself: a request is answered, or refused by the device itself, or a write is where it is to go. */
static bool is_over(const struct waiting *waiting)
{
    uint64_t word = slot_get(waiting, 0, 8);

    if (word & BUSY)
        return false;
    return waiting->dma->request.kind != IOTB_WRITE || waiting->dma->left || slot_status(waiting) != IOTB_SC || !(word & DONE);
}

static void take_data(const struct waiting *waiting, struct iotb_completion *completion)
{
    uint64_t buffer = BUFFER + (uint64_t)waiting->dma->slot * BUFFER_BYTES + COMPLETION;

    completion->bytes = waiting->dma->request.bytes;
    for (uint32_t i = 0; i < completion->bytes; i += 8) {
        uint64_t word = get(waiting->dut, waiting->device, buffer + i, 8);

        memcpy(&completion->data[i], &word, 8);
    }
}

/* Behind a page request the slot has nothing to say of the DMA: there is no page for it. */
static uint32_t status_of(const struct waiting *waiting)
{
    const struct dma *dma = waiting->dma;

    if (dma->request.kind == IOTB_WRITE && dma->left)
        return dma->status;
    return dma->asked || is_lost(waiting) ? (uint32_t)IOTB_UR : slot_status(waiting);
}

static void result_of(const struct waiting *waiting, struct iotb_completion *completion)
{
    const struct iotb_request *request = &waiting->dma->request;

    *completion = (struct iotb_completion){.size = sizeof(*completion), .id = request->id, .done_ps = kernel_now_ps()};
    completion->status = status_of(waiting);
    if (request->kind != IOTB_WRITE && completion->status == IOTB_SC)
        take_data(waiting, completion);
}

static void finish(const struct waiting *waiting, struct iotb_completion *completion)
{
    struct iotb_dut *dut = waiting->dut;
    struct device *state = &dut->devices[waiting->device];
    struct board_dma after = board_dma(machine_board(dut->machine), dut->description.devices[waiting->device].iommu);

    result_of(waiting, completion);
    state->snoop_known = after.accesses != state->before.accesses;
    state->snooped = after.unsnooped == state->before.unsnooped;
    waiting->dma->used = false;
}

/* ---- pages ---- */

static bool pri_enabled(struct iotb_dut *dut, uint32_t device)
{
    uint32_t at = pri_at(dut, device);

    return at && (board_config_read(machine_board(dut->machine), device, at + 4, 2) & 1);
}

/* It is over: the device was to translate first, and has nothing to send. */
static bool wants_page(const struct waiting *waiting)
{
    const struct dma *dma = waiting->dma;

    return dma->request.address_type == IOTB_AT_TRANSLATION && !dma->asked && !dma->left && slot_status(waiting) != IOTB_SC &&
           dma->tries < TRIES && pri_enabled(waiting->dut, waiting->device);
}

/* A Page Request: page address, group index in 11:3, Last, W, R. */
static void ask_for_page(struct iotb_dut *dut, uint32_t device, struct dma *dma)
{
    uint64_t at = SLOT + (uint64_t)dma->slot * SLOT_BYTES, word = slot_word(&dma->request, false);
    uint64_t header = (dma->request.address & ~UINT64_C(0xfff)) | (uint64_t)(GROUP + dma->slot) << 3 | 4 |
                      (dma->request.kind == IOTB_READ    ? 1
                       : dma->request.kind == IOTB_WRITE ? 2
                                                         : 3);

    dma->asked = true;
    dma->answered = false;
    dma->tries++;
    put(dut, device, at + AT_ADDRESS, header, 8);
    put(dut, device, at + AT_CODE, PAGE_REQUEST, 4);
    put(dut, device, at, (word & ~(USE_ATC | UINT64_C(0xf0))) | MESSAGE << 4, 8);
}

static bool can_go_on(void *context)
{
    const struct waiting *waiting = context;
    bool can;

    kernel_machine_lock();
    can = waiting->dma->asked ? waiting->dma->answered || is_lost(waiting) : is_over(waiting);
    kernel_machine_unlock();
    return can;
}

/* One step of what can go on; true: it has ended. */
static bool step(const struct waiting *waiting, struct iotb_completion *completion)
{
    struct dma *dma = waiting->dma;
    struct iotb_request again = dma->request;
    bool ended = false;

    kernel_machine_lock();
    if (dma->asked && dma->answered && !dma->code) {
        start(waiting->dut, waiting->device, dma, &again);
    } else if (wants_page(waiting)) {
        ask_for_page(waiting->dut, waiting->device, dma);
    } else {
        finish(waiting, completion);
        ended = true;
    }
    kernel_machine_unlock();
    return ended;
}

/* As far as it goes; true when it has ended. */
static bool go_on(struct iotb_dut *dut, uint32_t device, struct dma *dma, struct iotb_completion *completion)
{
    struct waiting waiting = {dut, device, dma};

    do {
        if (!kernel_run_until(can_go_on, &waiting, kernel_now_ps() + DMA_PS) && !can_go_on(&waiting))
            return false;
    } while (!step(&waiting, completion));
    return true;
}

/* ---- the functions of the table ---- */

static int check(struct iotb_dut *dut, uint32_t device, const struct iotb_request *request)
{
    struct iotb_uapi_device facts;

    if (!dut->machine || device_facts(dut, device, &facts) != IOTB_OK || (facts.flags & IOTB_UAPI_GONE))
        return -ENODEV;
    if (!request->bytes || request->bytes > 64 || request->kind > IOTB_CAS)
        return -EINVAL;
    if ((request->flags & IOTB_RQ_PASID) && !(facts.flags & IOTB_UAPI_PASID))
        return -EINVAL;
    return request->address_type == IOTB_AT_TRANSLATION && !(facts.flags & IOTB_UAPI_ATS) ? -EINVAL : 0;
}

static struct dma *reserve(struct iotb_dut *dut, uint32_t device, uint32_t slot)
{
    struct dma *dma = &dut->devices[device].dmas[slot];

    kernel_machine_lock();
    *dma = (struct dma){.slot = slot};
    kernel_machine_unlock();
    return dma;
}

int64_t uapi_device_submit(struct iotb_dut *dut, uint32_t device, const struct iotb_request *request,
                           struct iotb_completion *completion)
{
    int error = check(dut, device, request);
    struct dma *dma;
    uint32_t slot = 0;

    if (error)
        return error;
    if (device >= MACHINE_DEVICES)
        return mdev_submit(dut, device, request, completion);
    while (slot < SLOTS && dut->devices[device].dmas[slot].used)
        slot++;
    if (slot == SLOTS)
        return IOTB_UAPI_BENCH(IOTB_E_UNSUPPORTED);
    dma = reserve(dut, device, slot);
    start(dut, device, dma, request);
    return go_on(dut, device, dma, completion) ? 0 : 1;
}

int uapi_device_poll(struct iotb_dut *dut, uint32_t device, struct iotb_completion *completion)
{
    struct device *state = &dut->devices[device < DEVICES ? device : 0];

    if (device >= DEVICES)
        return IOTB_E_PROTOCOL;
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        if (state->dmas[slot].used && go_on(dut, device, &state->dmas[slot], completion))
            return IOTB_OK;
    }
    if (!state->count)
        return IOTB_NONE;
    *completion = state->completions[state->first];
    state->first = (state->first + 1) % COMPLETIONS;
    state->count--;
    return IOTB_OK;
}

int uapi_device_bus(struct iotb_dut *dut, uint32_t device, struct iotb_uapi_bus *bus)
{
    const struct device *state = &dut->devices[device < DEVICES ? device : 0];
    struct iotb_uapi_device facts;
    struct bus now;

    if (device >= DEVICES || device_facts(dut, device, &facts) != IOTB_OK)
        return IOTB_NONE;
    kernel_machine_lock();
    now = state->bus;
    kernel_machine_unlock();
    if (!now.count)
        return IOTB_NONE;
    *bus = (struct iotb_uapi_bus){.size = sizeof(*bus)};
    bus->requester_id = facts.flags & IOTB_UAPI_ALIAS ? facts.alias_requester_id : facts.requester_id;
    bus->address_type = now.address_type;
    bus->pasid_present = now.has_pasid;
    bus->pasid = now.pasid;
    bus->address = now.address;
    bus->snoop = state->snoop_known ? state->snooped : IOTB_ATTR_UNKNOWN;
    bus->translations = (uint32_t)(now.translations - state->translations_before);
    bus->count = now.count;
    return IOTB_OK;
}

/* ---- a DMA again and again ---- */

static void keep(struct device *state, const struct iotb_completion *completion)
{
    if (state->count == COMPLETIONS) {
        state->first = (state->first + 1) % COMPLETIONS;
        state->count--;
    }
    state->completions[(state->first + state->count++) % COMPLETIONS] = *completion;
}

static struct waiting repeated(struct iotb_dut *dut, uint32_t device)
{
    return (struct waiting){dut, device, &dut->devices[device].dmas[REPEAT_SLOT]};
}

/* What was there before is over, and it is time for the next one. */
static bool is_due(struct iotb_dut *dut, uint32_t device)
{
    struct waiting waiting = repeated(dut, device);
    bool due;

    if (!dut->devices[device].repeating || kernel_now_ps() < dut->devices[device].next_ps)
        return false;
    kernel_machine_lock();
    enable(dut, device); /* what it sends must not stay inside when the kernel lets go of it */
    due = waiting.dma->used ? is_over(&waiting) : !(slot_get(&waiting, 0, 8) & BUSY);
    kernel_machine_unlock();
    return due;
}

static bool any_due(void *context)
{
    for (uint32_t i = 0; i < MACHINE_DEVICES; i++)
        if (is_due(context, i))
            return true;
    return false;
}

static void pump_one(struct iotb_dut *dut, uint32_t device)
{
    struct device *state = &dut->devices[device];
    struct waiting waiting = repeated(dut, device);
    struct iotb_completion completion;

    kernel_machine_lock();
    if (waiting.dma->used) {
        result_of(&waiting, &completion);
        keep(state, &completion);
        state->repeat.id++;
    }
    start(dut, device, waiting.dma, &state->repeat);
    kernel_machine_unlock();
    state->next_ps = kernel_now_ps() + state->period_ps;
}

void dma_pump(struct iotb_dut *dut)
{
    for (uint32_t i = 0; i < MACHINE_DEVICES; i++)
        if (is_due(dut, i))
            pump_one(dut, i);
}

/* Of those whose turn is still to come. */
static uint64_t next_turn(const struct iotb_dut *dut, uint64_t until_ps)
{
    uint64_t now_ps = kernel_now_ps();

    for (uint32_t i = 0; i < MACHINE_DEVICES; i++)
        if (dut->devices[i].repeating && dut->devices[i].next_ps > now_ps && dut->devices[i].next_ps < until_ps)
            until_ps = dut->devices[i].next_ps;
    return until_ps;
}

/* It may stop earlier, when nothing more can happen. */
void settle(struct iotb_dut *dut, uint64_t until_ps)
{
    uint64_t turn_ps;

    do {
        dma_pump(dut);
        turn_ps = next_turn(dut, until_ps);
        if (!kernel_run_until(any_due, dut, turn_ps) && kernel_now_ps() < turn_ps)
            return;
    } while (kernel_now_ps() < until_ps);
    dma_pump(dut);
}

int uapi_device_repeat(struct iotb_dut *dut, uint32_t device, const struct iotb_request *request, uint64_t period_ps)
{
    struct device *state = &dut->devices[device < MACHINE_DEVICES ? device : 0];

    if (device >= MACHINE_DEVICES)
        return IOTB_E_UNSUPPORTED;
    state->repeating = false;
    if (!request)
        return IOTB_OK;
    if (check(dut, device, request))
        return IOTB_E_ARGUMENT;
    if (!state->completions)
        state->completions = calloc(COMPLETIONS, sizeof(*state->completions));
    if (!state->completions)
        return IOTB_E_NO_MEMORY;
    state->repeat = *request;
    state->period_ps = period_ps;
    state->next_ps = 0;
    state->first = state->count = 0;
    reserve(dut, device, REPEAT_SLOT);
    state->repeating = true;
    dma_pump(dut);
    return IOTB_OK;
}

void dma_reset(struct iotb_dut *dut)
{
    for (uint32_t i = 0; i < DEVICES; i++)
        free(dut->devices[i].completions);
    memset(dut->devices, 0, sizeof(dut->devices));
    for (uint32_t i = 0; i < DEVICES; i++)
        dut->devices[i].fd = -1;
}
