/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * world.c - the host of the tests.
 */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BAR2_BASE UINT64_C(0x80020000)

/* ---- memory and translation ---- */

static const struct page *page_of(const struct world *w, bool has_pasid, uint32_t pasid, uint64_t va)
{
    for (uint32_t i = w->pages; i--;) {
        const struct page *page = &w->page[i];
        if (page->has_pasid == has_pasid && page->pasid == pasid && page->va == (va & ~UINT64_C(0xfff)))
            return page;
    }
    return NULL;
}

void world_map(struct world *w, bool has_pasid, uint32_t pasid, uint64_t va, uint64_t entry)
{
    assert_true(w->pages < PAGES_MAX);
    w->page[w->pages++] = (struct page){has_pasid, pasid, va & ~UINT64_C(0xfff), entry};
}

static void translate(struct world *w, struct pcie_request *r)
{
    r->status = w->treq_status;
    r->data_bytes = r->status == PCIE_SC ? r->bytes : 0;
    for (uint32_t i = 0; i < r->data_bytes / 8u; i++) {
        const struct page *page = page_of(w, r->has_pasid, r->pasid, r->address + 4096u * i);
        uint64_t entry = page ? page->entry : 0;
        for (unsigned k = 0; k < 8u; k++)
            r->data[8u * i + k] = (uint8_t)(entry >> 8u * k);
    }
}

static bool resolve(const struct world *w, const struct pcie_request *r, uint64_t *at)
{
    *at = r->address;
    if (r->at == PCIE_AT_UNTRANSLATED && w->pages) {
        const struct page *page = page_of(w, r->has_pasid, r->pasid, r->address);
        if (!page || !(page->entry & (r->kind == PCIE_READ ? R : W)))
            return false;
        *at = (page->entry & ~UINT64_C(0xfff)) + (r->address & 0xfffu);
    }
    return *at < RAM_BYTES && *at + r->bytes <= RAM_BYTES;
}

static void atomic(struct world *w, struct pcie_request *r, uint64_t at)
{
    uint64_t old = 0, operand = 0, swap = 0;
    memcpy(&old, w->ram + at, r->bytes);
    memcpy(&operand, r->data, r->bytes);
    memcpy(&swap, r->data + r->bytes, r->bytes);
    uint64_t value = r->kind == PCIE_FETCH_ADD ? old + operand : r->kind == PCIE_SWAP ? operand : old == operand ? swap : old;
    memcpy(w->ram + at, &value, r->bytes);
    memcpy(r->data, &old, r->bytes);
}

static void answer(struct world *w, struct pcie_request *r)
{
    uint64_t at;
    r->done_ps = w->sim.now_ps;
    r->status = PCIE_SC;
    if (r->at == PCIE_AT_TRANSLATION) {
        translate(w, r);
        return;
    }
    bool there = resolve(w, r, &at) && !(w->fail_reads && r->kind == PCIE_READ);
    r->status = there ? PCIE_SC : PCIE_UR;
    r->data_bytes = there && r->kind != PCIE_WRITE ? r->bytes : 0;
    if (!there)
        return;
    r->poisoned = w->poison_reads && r->kind == PCIE_READ;
    if (r->kind == PCIE_READ)
        memcpy(r->data, w->ram + at, r->bytes);
    else if (r->kind == PCIE_WRITE)
        memcpy(w->ram + at, r->data, r->bytes);
    else
        atomic(w, r, at);
}

/* ---- the link ---- */

static void late_answer(struct sim_event *event)
{
    struct late *late = (struct late *)event;
    struct pcie_request *r = late->request;
    late->request = NULL;
    if (r->at == PCIE_AT_TRANSLATION)
        r->done_ps = late->world->sim.now_ps;
    else
        answer(late->world, r);
    r->done(r);
}

static void answer_later(struct world *w, struct pcie_request *r)
{
    uint32_t n = 0;
    while (n < LATE_MAX && w->late[n].request)
        n++;
    assert_true(n < LATE_MAX);
    struct late *late = &w->late[n];
    uint64_t jitter = w->jitter_ticks ? sim_rng_below(&w->sim.rng, w->jitter_ticks) : 0;
    *late = (struct late){.event = {.fire = late_answer}, .world = w, .request = r};
    if (r->at == PCIE_AT_TRANSLATION) /* what the tables hold now; the answer may be stale when it comes */
        answer(w, r);
    sim_schedule(&w->sim, &late->event, w->sim.now_ps + (w->latency_ticks + jitter) * 1000u);
}

static bool request(void *context, struct pcie_request *r)
{
    struct world *w = context;
    assert_true(w->logged < LOG_MAX);
    assert_true(r->address % 64u + r->bytes <= 64u || r->at == PCIE_AT_TRANSLATION);
    w->log_tick[w->logged] = w->sim.now_ps;
    w->log[w->logged++] = *r;
    if (w->hold && r->kind != PCIE_WRITE) {
        assert_true(w->held_count < HELD_MAX);
        w->held[w->held_count++] = r;
        return false;
    }
    if (w->latency_ticks) {
        answer_later(w, r);
        return false;
    }
    answer(w, r);
    return true;
}

void world_release(struct world *w)
{
    struct pcie_request *held[HELD_MAX];
    uint32_t count = w->held_count;
    memcpy(held, w->held, sizeof held);
    w->held_count = 0;
    w->hold = false;
    for (uint32_t i = 0; i < count; i++) {
        answer(w, held[i]);
        held[i]->done(held[i]);
    }
}

static void message(void *context, const struct pcie_message *m)
{
    struct world *w = context;
    assert_true(w->messages < 512u);
    w->message_after[w->messages] = w->logged;
    w->message[w->messages++] = *m;
    if (m->kind == PCIE_PAGE_REQUEST && w->answer_pages && (m->read || m->write))
        world_map(w, m->has_pasid, m->pasid, m->address, (m->address & 0x1ff000) | 0x200000 | R | W);
}

static bool ready(void *context, bool posted)
{
    const struct world *w = context;
    return posted ? !w->no_posted : !w->no_non_posted;
}

static void answer_pages(struct world *w, uint32_t from)
{
    for (uint32_t i = from; i < w->messages; i++) {
        const struct pcie_message *m = &w->message[i];
        struct pcie_message response = {.kind = PCIE_PAGE_RESPONSE,
                                        .device_id = m->device_id,
                                        .has_pasid = m->has_pasid,
                                        .pasid = m->pasid,
                                        .group_index = m->group_index};
        if (m->kind == PCIE_PAGE_REQUEST && m->last && (m->read || m->write))
            pasid_device_message(w->device, &response);
    }
}

void world_run(struct world *w, uint64_t ticks)
{
    uint64_t end = w->sim.now_ps + ticks * 1000u;
    while (true) {
        uint32_t messages = w->messages;
        if (!sim_step(&w->sim, end))
            break;
        if (w->answer_pages)
            answer_pages(w, messages);
    }
    sim_run(&w->sim, end);
}

/* ---- making ---- */

struct world *world_make(const char *settings)
{
    struct world *w = calloc(1, sizeof *w);
    struct pasid_device_params params = {0};
    struct pasid_device_ports ports = {.upstream = {request, w}, .message = {message, w}, .ready = ready, .ready_context = w};
    char list[256], error[128];
    assert_non_null(w);
    w->ram = calloc(1, RAM_BYTES);
    w->log = calloc(LOG_MAX, sizeof *w->log);
    w->log_tick = calloc(LOG_MAX, sizeof *w->log_tick);
    assert_true(w->ram && w->log && w->log_tick);
    sim_init(&w->sim, 1);
    assert_true(pasid_device_preset("max", &params));
    assert_true(strlen(settings) < sizeof list);
    strcpy(list, settings);
    for (char *name = strtok(list, " "); name; name = strtok(NULL, " ")) {
        char *value = strchr(name, '=');
        assert_non_null(value);
        *value++ = '\0';
        assert_true(strcmp(name, "preset") == 0 ? pasid_device_preset(value, &params)
                                                : pasid_device_set_parameter(&params, name, value));
    }
    assert_int_equal(pasid_device_create(&w->sim, &params, &ports, &w->device, error, sizeof error), 0);
    return w;
}

void world_free(struct world *w)
{
    pasid_device_destroy(w->device);
    free(w->ram);
    free(w->log);
    free(w->log_tick);
    free(w);
}

/* ---- registers ---- */

uint64_t bar0(struct world *w, uint32_t offset, uint32_t bytes)
{
    uint64_t value;
    assert_int_equal(pasid_device_bar_read(w->device, 0, offset, bytes, &value), PCIE_SC);
    return value;
}

void bar0_write(struct world *w, uint32_t offset, uint32_t bytes, uint64_t value)
{
    uint8_t data[8];
    for (unsigned i = 0; i < 8u; i++)
        data[i] = (uint8_t)(value >> 8u * i);
    pasid_device_bar_write(w->device, 0, offset, data, bytes);
}

uint64_t bar4(struct world *w, uint32_t offset, uint32_t bytes)
{
    uint64_t value;
    assert_int_equal(pasid_device_bar_read(w->device, 4, offset, bytes, &value), PCIE_SC);
    return value;
}

void bar4_write(struct world *w, uint32_t offset, uint32_t bytes, uint64_t value)
{
    uint8_t data[8];
    for (unsigned i = 0; i < 8u; i++)
        data[i] = (uint8_t)(value >> 8u * i);
    pasid_device_bar_write(w->device, 4, offset, data, bytes);
}

uint64_t counter(struct world *w, uint32_t n)
{
    return bar0(w, PD_AT_CNT + 8u * n, 8);
}

uint32_t command(struct world *w, uint32_t code, uint32_t operand)
{
    bar0_write(w, PD_AT_CMD, 4, code << 20 | operand);
    world_run(w, 200);
    uint32_t status = (uint32_t)bar0(w, PD_AT_CMDSTS, 4);
    return status >> 31 ? UINT32_MAX : status & 0xffu;
}

/* ---- set-up ---- */

void world_start(struct world *w)
{
    pasid_device_config_write(w->device, 0x10, 4, 0x80000000);
    pasid_device_config_write(w->device, 0x18, 4, (uint32_t)BAR2_BASE);
    pasid_device_config_write(w->device, 0x20, 4, 0x80040000);
    pasid_device_config_write(w->device, 0x04, 2, 6);
    pasid_device_config_write(w->device, 0x82, 2, 0x8000);
    for (uint32_t n = 0; n < 9u; n++) {
        bar0_write(w, PD_AT_MSIX + 16u * n, 8, 0x3f0000 + 4u * n);
        bar0_write(w, PD_AT_MSIX + 16u * n + 8u, 8, 0x100 + n);
    }
}

void world_ats(struct world *w, bool pasid, bool pri)
{
    if (pasid)
        pasid_device_config_write(w->device, 0x236, 2, 7);
    pasid_device_config_write(w->device, 0x226, 2, 0x8000);
    if (!pri)
        return;
    pasid_device_config_write(w->device, 0x24c, 4, 16);
    pasid_device_config_write(w->device, 0x244, 2, 1);
}

void world_device_on(struct world *w)
{
    bar0_write(w, PD_AT_GRPCFG, 8, 0xff & (uint64_t)((1u << (bar0(w, 0x20, 8) >> 16 & 0xffu)) - 1u));
    bar0_write(w, PD_AT_GRPCFG + 0x20u, 8, (1u << bar0(w, 0x38, 8)) - 1u);
    assert_int_equal(command(w, PD_CMD_ENABLE_DEVICE, 0), 0);
}

void world_queue(struct world *w, uint32_t n, struct queue q)
{
    uint32_t at = PD_AT_WQCFG + 64u * n;
    uint32_t mode = (uint32_t)!q.shared | (uint32_t)q.bof << 1 | (uint32_t)q.ats_disable << 2 |
                    (q.priority ? q.priority : 1u) << 4 | q.pasid << 8 | (uint32_t)(q.pasid != 0) << 28 |
                    (uint32_t)q.privileged << 29;
    uint32_t size = q.size ? q.size : 8u;
    bar0_write(w, at, 4, size);
    bar0_write(w, at + 4u, 4, q.threshold ? q.threshold : size);
    bar0_write(w, at + 8u, 4, mode);
    bar0_write(w, at + 12u, 4, 21u | 5u << 5);
    assert_int_equal(command(w, PD_CMD_ENABLE_WQ, n), 0);
}

/* ---- work ---- */

static void put64(uint8_t *to, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> 8u * i);
}

void world_encode(uint8_t *bytes, const struct descriptor *d)
{
    memset(bytes, 0, 64);
    put64(bytes, d->pasid | (uint32_t)d->privileged << 31, 4);
    put64(bytes + 4, d->flags | d->opcode << 24, 4);
    put64(bytes + 8, d->record, 8);
    put64(bytes + 16, d->src, 8);
    put64(bytes + 24, d->dst, 8);
    put64(bytes + 32, d->size, 4);
    put64(bytes + 36, d->handle, 2);
    for (unsigned i = 0; i < 3u; i++)
        put64(bytes + 40 + 8u * i, d->data[i], 8);
}

void submit(struct world *w, uint32_t wq, struct descriptor d)
{
    uint8_t bytes[64];
    world_encode(bytes, &d);
    pasid_device_bar_write(w->device, 2, 0x4000u * wq, bytes, 64);
}

enum pasid_device_deferred submit_shared(struct world *w, uint32_t wq, bool limited, struct descriptor d)
{
    uint8_t bytes[64];
    world_encode(bytes, &d);
    return pasid_device_deferrable_write(w->device, BAR2_BASE + 0x4000u * wq + (limited ? 0x1000u : 0), bytes, 64);
}

uint8_t finish(struct world *w, uint64_t record)
{
    world_run(w, 200000);
    return w->ram[record];
}

void invalidate(struct world *w, bool has_pasid, uint32_t pasid, uint64_t address, uint32_t itag)
{
    struct pcie_message m = {.kind = PCIE_INVALIDATE_REQUEST,
                             .device_id = 8,
                             .has_pasid = has_pasid,
                             .pasid = pasid,
                             .address = address,
                             .itag = itag};
    pasid_device_message(w->device, &m);
}

uint32_t count_tlps(const struct world *w, enum pcie_kind kind, enum pcie_at at)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < w->logged; i++)
        count += w->log[i].kind == kind && w->log[i].at == at;
    return count;
}
