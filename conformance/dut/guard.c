/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guard.c - between the bench and a DUT that may be wrong about its own interface.
 *
 * A breach of the contract is not a failed check of some requirement: nothing that such a DUT says can be judged. It ends
 * the case with one sentence that names the function and the value.
 */
#include "dut/guard.h"

#include "dut/guard_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- sentences ---- */

int guard_breach(struct guard *guard, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(guard->error, sizeof(guard->error), format, arguments);
    va_end(arguments);
    guard->dead = true;
    return IOTB_E_PROTOCOL;
}

int guard_unsupported(struct guard *guard, const char *function)
{
    snprintf(guard->error, sizeof(guard->error), "the adapter has no %s", function);
    return IOTB_E_UNSUPPORTED;
}

int guard_judge(struct guard *guard, int result, const char *function, bool may_have_none)
{
    if (result == IOTB_OK || (result == IOTB_NONE && may_have_none))
        return result;
    if (result > 0 || result < IOTB_E_NO_MEMORY)
        return guard_breach(guard, "%s returned %d, which is no result of this function", function, result);
    snprintf(guard->error, sizeof(guard->error), "%s: %s", function, dut_result_text(result));
    if (result != IOTB_E_UNSUPPORTED)
        guard->dead = true;
    return result;
}

int guard_refuse_dead(struct guard *guard, const char *function)
{
    if (!strstr(guard->error, "was called"))
        snprintf(guard->error, sizeof(guard->error), "%s was called after the DUT had failed", function);
    return IOTB_E_GONE;
}

bool guard_terminated(const char *text, size_t bytes)
{
    return memchr(text, '\0', bytes) != NULL;
}

/* ---- names ---- */

static struct name *name_find(struct name *names, uint32_t id)
{
    struct name *name;

    HASH_FIND(hh, names, &id, sizeof(id), name);
    return name;
}

static void name_add(struct name **names, uint32_t id, uint32_t bytes)
{
    struct name *name = calloc(1, sizeof(*name));

    if (!name)
        abort();
    name->id = id;
    name->bytes = bytes;
    HASH_ADD(hh, *names, id, sizeof(name->id), name);
}

static void name_remove(struct name **names, struct name *name)
{
    HASH_DEL(*names, name);
    free(name);
}

static void names_clear(struct name **names)
{
    struct name *name, *next;

    HASH_ITER(hh, *names, name, next)
    name_remove(names, name);
}

/* ---- open ---- */

static int check_desc(struct guard *guard)
{
    const struct iotb_desc *desc = &guard->desc;
    uint32_t kind = guard->link.ops.iommu ? IOTB_KIND_IOMMU : guard->link.ops.endpoint ? IOTB_KIND_ENDPOINT : IOTB_KIND_UAPI;

    if (!guard_terminated(desc->name, sizeof(desc->name)) || !guard_terminated(desc->version, sizeof(desc->version)) ||
        !guard_terminated(desc->parameters, sizeof(desc->parameters)))
        return guard_breach(guard, "describe: a string has no end");
    if (desc->kind != kind)
        return guard_breach(guard, "describe: kind is %u, but the functions are those of kind %u", desc->kind, kind);
    if (kind == IOTB_KIND_ENDPOINT && desc->architecture != IOTB_ARCH_ENDPOINT)
        return guard_breach(guard, "describe: the architecture of an endpoint is %u, not %u", desc->architecture,
                            IOTB_ARCH_ENDPOINT);
    if (kind == IOTB_KIND_UAPI && desc->architecture != IOTB_ARCH_IOASID)
        return guard_breach(guard, "describe: the architecture of a user interface is %u, not %u", desc->architecture,
                            IOTB_ARCH_IOASID);
    if (kind != IOTB_KIND_IOMMU)
        return IOTB_OK;
    if (desc->architecture > IOTB_ARCH_SMMUV3)
        return guard_breach(guard, "describe: architecture %u is not known", desc->architecture);
    if (desc->host_address_bits < 20 || desc->host_address_bits > 64)
        return guard_breach(guard, "describe: host_address_bits is %u, not 20 to 64", desc->host_address_bits);
    if (!(desc->features & IOTB_F_WIDE_ADDRESS) && (!desc->address_bits || desc->address_bits > 64))
        return guard_breach(guard, "describe: address_bits is %u, not 1 to 64", desc->address_bits);
    if (!desc->request_bytes_max || desc->request_bytes_max > 64)
        return guard_breach(guard, "describe: request_bytes_max is %u, not 1 to 64", desc->request_bytes_max);
    if (desc->requester_count > 16 || (!desc->requester_count && !(desc->features & IOTB_F_ANY_REQUESTER)))
        return guard_breach(guard, "describe: requester_count is %u, not 1 to 16", desc->requester_count);
    if (desc->features & IOTB_F_BENCH_MEMORY)
        return guard->link.iommu.next_access && guard->link.iommu.answer_access
                   ? IOTB_OK
                   : guard_breach(guard, "describe: IOTB_F_BENCH_MEMORY without next_access and answer_access");
    if (!guard->link.iommu.mem_read || !guard->link.iommu.mem_write)
        return guard_breach(guard, "describe: memory of the DUT's own without mem_read and mem_write");
    if (!desc->ram_bytes || desc->ram_base > UINT64_MAX - (desc->ram_bytes - 1))
        return guard_breach(guard, "describe: memory of the DUT's own, but ram_bytes is 0x%llx",
                            (unsigned long long)desc->ram_bytes);
    return IOTB_OK;
}

static int describe(struct guard *guard)
{
    TAKE(guard, "describe", guard->link.ops.describe(guard->link.dut, item), struct iotb_desc, &guard->desc);
    return check_desc(guard);
}

int guard_open(const struct iotb_dut_ops *ops, const struct iotb_open_args *args, struct guard **out)
{
    struct guard *guard = calloc(1, sizeof(*guard));
    int result;

    *out = NULL;
    if (!guard) {
        snprintf(args->error, args->error_bytes, "out of memory");
        return IOTB_E_NO_MEMORY;
    }
    result = dut_link_open(&guard->link, ops, args);
    if (result == IOTB_OK) {
        result = describe(guard);
        if (result != IOTB_OK) {
            snprintf(args->error, args->error_bytes, "%s", guard->error[0] ? guard->error : "describe handed out nothing");
            result = result < 0 ? result : IOTB_E_PROTOCOL;
            dut_link_close(&guard->link);
        }
    }
    if (result != IOTB_OK)
        free(guard);
    else
        *out = guard;
    return result;
}

void guard_close(struct guard *guard)
{
    if (!guard)
        return;
    names_clear(&guard->requests);
    names_clear(&guard->accesses);
    dut_link_close(&guard->link);
    free(guard);
}

const char *guard_error(const struct guard *guard)
{
    return guard->error;
}

const struct iotb_desc *guard_desc(const struct guard *guard)
{
    return &guard->desc;
}

const struct iotb_dut_ops *guard_ops(const struct guard *guard)
{
    return &guard->link.ops;
}

struct iotb_dut *guard_dut(const struct guard *guard)
{
    return guard->link.dut;
}

/* ---- common part ---- */

int guard_reset(struct guard *guard, uint32_t kind)
{
    if (guard->dead)
        return guard_refuse_dead(guard, "reset");
    names_clear(&guard->requests);
    names_clear(&guard->accesses);
    return guard_judge(guard, guard->link.ops.reset(guard->link.dut, kind), "reset", false);
}

int guard_advance(struct guard *guard, uint64_t until_ps, uint64_t *reached_ps, bool *idle)
{
    struct iotb_advance advance = {.size = sizeof(advance), .until_ps = until_ps, .reached_ps = guard->now_ps};
    int result;

    if (guard->dead)
        return guard_refuse_dead(guard, "advance");
    result = guard_judge(guard, guard->link.ops.advance(guard->link.dut, &advance), "advance", false);
    if (result != IOTB_OK)
        return result;
    if (advance.reached_ps < guard->now_ps)
        return guard_breach(guard, "advance: time ran back from %llu to %llu ps", (unsigned long long)guard->now_ps,
                            (unsigned long long)advance.reached_ps);
    if ((guard->desc.features & IOTB_F_TIME) && guard->desc.kind != IOTB_KIND_UAPI && advance.reached_ps > until_ps)
        return guard_breach(guard, "advance: asked to run to %llu ps, it ran to %llu ps", (unsigned long long)until_ps,
                            (unsigned long long)advance.reached_ps);
    if (advance.idle > 1)
        return guard_breach(guard, "advance: idle is %u, not 0 or 1", advance.idle);
    *reached_ps = guard->now_ps = advance.reached_ps;
    *idle = advance.idle;
    return IOTB_OK;
}

/* ---- registers ---- */

static bool width_possible(const struct guard *guard, uint32_t bytes)
{
    return bytes == 4 || bytes == 8 || ((bytes == 1 || bytes == 2) && (guard->desc.features & IOTB_F_REGISTER_WIDTHS));
}

int guard_reg_read(struct guard *guard, uint64_t offset, uint32_t bytes, uint64_t *value)
{
    int result;

    if (guard->dead)
        return guard_refuse_dead(guard, "reg_read");
    if (!width_possible(guard, bytes))
        return guard_unsupported(guard, "register access of this width");
    result = guard_judge(guard, guard->link.iommu.reg_read(guard->link.dut, offset, bytes, value), "reg_read", false);
    if (result == IOTB_OK && bytes < 8 && *value >> (8 * bytes))
        return guard_breach(guard, "reg_read of %u bytes at 0x%llx handed out 0x%llx, which has more", bytes,
                            (unsigned long long)offset, (unsigned long long)*value);
    return result;
}

int guard_reg_write(struct guard *guard, uint64_t offset, uint32_t bytes, uint64_t value)
{
    if (guard->dead)
        return guard_refuse_dead(guard, "reg_write");
    if (!width_possible(guard, bytes))
        return guard_unsupported(guard, "register access of this width");
    return guard_judge(guard, guard->link.iommu.reg_write(guard->link.dut, offset, bytes, value), "reg_write", false);
}

/* ---- requests ---- */

int guard_submit(struct guard *guard, const struct iotb_request *request)
{
    int result;

    if (guard->dead)
        return guard_refuse_dead(guard, "submit");
    result = guard_judge(guard, guard->link.iommu.submit(guard->link.dut, request), "submit", false);
    if (result != IOTB_OK)
        return result;
    name_add(&guard->requests, request->id, request->bytes);
    if (request->id > guard->highest_id)
        guard->highest_id = request->id;
    return IOTB_OK;
}

int guard_poll_completion(struct guard *guard, struct iotb_completion *completion)
{
    struct name *name;

    TAKE_LEAST(guard, "poll_completion", guard->link.iommu.poll_completion(guard->link.dut, item), struct iotb_completion,
               completion, offsetof(struct iotb_completion, flags));
    name = name_find(guard->requests, completion->id);
    if (!name)
        return guard_breach(guard, "poll_completion: completion of request %u, which is not outstanding", completion->id);
    if (completion->bytes > 64)
        return guard_breach(guard, "poll_completion: request %u comes back with %u bytes, more than 64", completion->id,
                            completion->bytes);
    if (completion->status != IOTB_SC && completion->status != IOTB_UR && completion->status != IOTB_CA)
        return guard_breach(guard, "poll_completion: request %u comes back with status %u, which is none of SC, UR and CA",
                            completion->id, completion->status);
    name_remove(&guard->requests, name);
    return IOTB_OK;
}

/* ---- memory ---- */

int guard_mem_read(struct guard *guard, uint64_t address, void *data, uint32_t bytes)
{
    if (guard->dead)
        return guard_refuse_dead(guard, "mem_read");
    if (!guard->link.iommu.mem_read)
        return guard_unsupported(guard, "mem_read");
    return guard_judge(guard, guard->link.iommu.mem_read(guard->link.dut, address, data, bytes), "mem_read", false);
}

int guard_mem_write(struct guard *guard, uint64_t address, const void *data, uint32_t bytes)
{
    if (guard->dead)
        return guard_refuse_dead(guard, "mem_write");
    if (!guard->link.iommu.mem_write)
        return guard_unsupported(guard, "mem_write");
    return guard_judge(guard, guard->link.iommu.mem_write(guard->link.dut, address, data, bytes), "mem_write", false);
}

/* What is wrong with the shape of an access, NULL if nothing. */
static const char *access_flaw(const struct guard *guard, const struct iotb_access *access)
{
    uint32_t bytes = access->bytes;

    if (access->kind > IOTB_ACC_SWAP)
        return "its kind is not known";
    if (!bytes || bytes > 64)
        return "its size is not 1 to 64";
    if ((access->address & 63) + bytes > 64)
        return "it crosses a 64-byte boundary";
    if (access->kind >= IOTB_ACC_CMPXCHG && (bytes > 16 || (bytes & (bytes - 1)) || (access->address & (bytes - 1))))
        return "an atomic must have a power of two of at most 16 bytes and be naturally aligned";
    if (access->origin > IOTB_ORIGIN_STATUS)
        return "its origin is not known";
    if (access->snoop > 1 && access->snoop != IOTB_ATTR_UNKNOWN)
        return "snoop is none of 0, 1 and unknown";
    if (access->memory_type > 6 && access->memory_type != IOTB_ATTR_UNKNOWN)
        return "its memory type is not known";
    if (access->bus & ~access->bus_known || access->bus_known > 0xffff)
        return "its bus attributes are not those that are known";
    if (access->request_id != IOTB_NO_REQUEST && access->request_id > guard->highest_id)
        return "its request was never submitted";
    if (name_find(guard->accesses, access->tag))
        return "its tag is that of an access not answered yet";
    return NULL;
}

int guard_next_access(struct guard *guard, struct iotb_access *access)
{
    const char *flaw;

    if (!guard->link.iommu.next_access)
        return guard_unsupported(guard, "next_access");
    TAKE_LEAST(guard, "next_access", guard->link.iommu.next_access(guard->link.dut, item), struct iotb_access, access,
               offsetof(struct iotb_access, bus));
    if (!(guard->desc.features & IOTB_F_BUS_ATTRIBUTES))
        access->bus = access->bus_known = 0;
    flaw = access_flaw(guard, access);
    if (flaw)
        return guard_breach(guard, "next_access: tag %u, kind %u, %u bytes at 0x%llx: %s", access->tag, access->kind,
                            access->bytes, (unsigned long long)access->address, flaw);
    name_add(&guard->accesses, access->tag, access->bytes);
    return IOTB_OK;
}

int guard_answer_access(struct guard *guard, const struct iotb_answer *answer)
{
    struct name *name;

    if (guard->dead)
        return guard_refuse_dead(guard, "answer_access");
    if (!guard->link.iommu.answer_access)
        return guard_unsupported(guard, "answer_access");
    name = name_find(guard->accesses, answer->tag);
    if (name)
        name_remove(&guard->accesses, name);
    return guard_judge(guard, guard->link.iommu.answer_access(guard->link.dut, answer), "answer_access", false);
}

/* ---- interrupts, messages, probes ---- */

int guard_poll_interrupt(struct guard *guard, struct iotb_interrupt *interrupt)
{
    if (!guard->link.iommu.poll_interrupt)
        return guard_unsupported(guard, "poll_interrupt");
    TAKE(guard, "poll_interrupt", guard->link.iommu.poll_interrupt(guard->link.dut, item), struct iotb_interrupt, interrupt);
    if (interrupt->origin > IOTB_IRQ_DEVICE)
        return guard_breach(guard, "poll_interrupt: origin %u is not known", interrupt->origin);
    return IOTB_OK;
}

static bool is_endpoint(const struct guard *guard)
{
    return guard->desc.kind == IOTB_KIND_ENDPOINT;
}

int guard_send_message(struct guard *guard, const struct iotb_message *message)
{
    int (*send)(struct iotb_dut * dut, const struct iotb_message *message) =
        is_endpoint(guard) ? guard->link.endpoint.send_message : guard->link.iommu.send_message;

    if (guard->dead)
        return guard_refuse_dead(guard, "send_message");
    if (!send)
        return guard_unsupported(guard, "send_message");
    return guard_judge(guard, send(guard->link.dut, message), "send_message", false);
}

/* Each kind of message has one direction. */
static bool may_send(const struct guard *guard, uint32_t kind)
{
    return is_endpoint(guard) ? kind == IOTB_MSG_INVALIDATE_COMPLETION || kind == IOTB_MSG_PAGE_REQUEST
                              : kind == IOTB_MSG_INVALIDATE_REQUEST || kind == IOTB_MSG_PAGE_RESPONSE;
}

int guard_poll_message(struct guard *guard, struct iotb_message *message)
{
    int (*poll)(struct iotb_dut * dut, struct iotb_message * message) =
        is_endpoint(guard) ? guard->link.endpoint.poll_message : guard->link.iommu.poll_message;

    if (!poll)
        return guard_unsupported(guard, "poll_message");
    TAKE_LEAST(guard, "poll_message", poll(guard->link.dut, item), struct iotb_message, message,
               is_endpoint(guard) ? sizeof(struct iotb_message) : offsetof(struct iotb_message, sequence));
    if (!may_send(guard, message->kind))
        return guard_breach(guard, "poll_message: kind %u is none that %s sends", message->kind,
                            is_endpoint(guard) ? "an endpoint" : "an IOMMU");
    return IOTB_OK;
}

int guard_next_probe(struct guard *guard, struct iotb_probe *probe)
{
    int (*next)(struct iotb_dut * dut, struct iotb_probe * probe) =
        guard->link.uapi.next_probe ? guard->link.uapi.next_probe : guard->link.iommu.next_probe;

    if (!next)
        return guard_unsupported(guard, "next_probe");
    TAKE_LEAST(guard, "next_probe", next(guard->link.dut, item), struct iotb_probe, probe,
               offsetof(struct iotb_probe, duration_ps));
    if (!guard_terminated(probe->track, sizeof(probe->track)) || !guard_terminated(probe->text, sizeof(probe->text)))
        return guard_breach(guard, "next_probe: a string has no end");
    return IOTB_OK;
}

/* ---- endpoints ---- */

static int config_flaw(struct guard *guard, const char *function, uint32_t offset, uint32_t bytes)
{
    if (guard->dead)
        return guard_refuse_dead(guard, function);
    if ((bytes != 1 && bytes != 2 && bytes != 4) || offset % bytes || offset >= 4096)
        return guard_unsupported(guard, "configuration access of this shape");
    return IOTB_OK;
}

int guard_config_read(struct guard *guard, uint32_t offset, uint32_t bytes, uint32_t *value)
{
    int result = config_flaw(guard, "config_read", offset, bytes);

    if (result != IOTB_OK)
        return result;
    result = guard_judge(guard, guard->link.endpoint.config_read(guard->link.dut, offset, bytes, value), "config_read", false);
    if (result == IOTB_OK && bytes < 4 && *value >> (8 * bytes))
        return guard_breach(guard, "config_read of %u bytes at 0x%x handed out 0x%x, which has more", bytes, offset, *value);
    return result;
}

int guard_config_write(struct guard *guard, uint32_t offset, uint32_t bytes, uint32_t value)
{
    int result = config_flaw(guard, "config_write", offset, bytes);

    if (result != IOTB_OK)
        return result;
    return guard_judge(guard, guard->link.endpoint.config_write(guard->link.dut, offset, bytes, value), "config_write", false);
}

int guard_config_target(struct guard *guard, uint32_t requester_id)
{
    if (guard->dead)
        return guard_refuse_dead(guard, "config_target");
    if (!guard->link.endpoint.config_target)
        return guard_unsupported(guard, "config_target");
    return guard_judge(guard, guard->link.endpoint.config_target(guard->link.dut, requester_id), "config_target", false);
}

int guard_bar_read(struct guard *guard, uint32_t bar, uint64_t offset, uint32_t bytes, uint64_t *value)
{
    int result;

    if (guard->dead)
        return guard_refuse_dead(guard, "bar_read");
    result = guard_judge(guard, guard->link.endpoint.bar_read(guard->link.dut, bar, offset, bytes, value), "bar_read", true);
    if (result == IOTB_OK && bytes < 8 && *value >> (8 * bytes))
        return guard_breach(guard, "bar_read of %u bytes at BAR%u+0x%llx handed out 0x%llx, which has more", bytes, bar,
                            (unsigned long long)offset, (unsigned long long)*value);
    return result;
}

int guard_bar_write(struct guard *guard, uint32_t bar, uint64_t offset, const void *data, uint32_t bytes)
{
    if (guard->dead)
        return guard_refuse_dead(guard, "bar_write");
    return guard_judge(guard, guard->link.endpoint.bar_write(guard->link.dut, bar, offset, data, bytes), "bar_write", false);
}

int guard_deferrable_write(struct guard *guard, uint64_t address, const void *data, uint32_t bytes, uint32_t *retry)
{
    int result;

    if (guard->dead)
        return guard_refuse_dead(guard, "deferrable_write");
    if (!guard->link.endpoint.deferrable_write)
        return guard_unsupported(guard, "deferrable_write");
    result = guard_judge(guard, guard->link.endpoint.deferrable_write(guard->link.dut, address, data, bytes, retry),
                         "deferrable_write", false);
    if (result == IOTB_OK && *retry > 2)
        return guard_breach(guard, "deferrable_write: retry is %u, not 0, 1 or 2", *retry);
    return result;
}

/* Only what the bench cannot survive; what PCI Express forbids is for a monitor to judge. */
int guard_next_tlp(struct guard *guard, struct iotb_request *tlp)
{
    TAKE(guard, "next_tlp", guard->link.endpoint.next_tlp(guard->link.dut, item), struct iotb_request, tlp);
    if (tlp->kind > IOTB_CAS)
        return guard_breach(guard, "next_tlp: kind %u is not known", tlp->kind);
    if (tlp->address_type > IOTB_AT_RESERVED)
        return guard_breach(guard, "next_tlp: address type %u has more than two bits", tlp->address_type);
    if (!tlp->bytes || tlp->bytes > 64)
        return guard_breach(guard, "next_tlp: %u bytes, not 1 to 64", tlp->bytes);
    return IOTB_OK;
}

int guard_complete_tlp(struct guard *guard, const struct iotb_completion *completion)
{
    if (guard->dead)
        return guard_refuse_dead(guard, "complete_tlp");
    return guard_judge(guard, guard->link.endpoint.complete_tlp(guard->link.dut, completion), "complete_tlp", false);
}

int guard_block(struct guard *guard, uint32_t kinds)
{
    if (guard->dead)
        return guard_refuse_dead(guard, "block");
    if (!guard->link.endpoint.block)
        return guard_unsupported(guard, "block");
    return guard_judge(guard, guard->link.endpoint.block(guard->link.dut, kinds), "block", false);
}
