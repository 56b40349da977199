/* SPDX-License-Identifier: BSD-2-Clause */
/* io_scene.c - processes, watched memory, nodes and devices. */
#include "build/io.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define O_RDWR_NONBLOCK (02u | 04000u)

/* ---- results ---- */

bool io_check_ok(struct test *t, const char *row, int64_t value, const char *file, int line, const char *what)
{
    return test_check(t, row, value >= 0, file, line, "%s: %s (%lld), wanted success", what, uapi_errno_name(value),
                      (long long)value);
}

bool io_check_errno(struct test *t, const char *row, int error, int64_t value, const char *file, int line, const char *what)
{
    return test_check(t, row, value == -error, file, line, "%s: %s (%lld), wanted %s", what, uapi_errno_name(value),
                      (long long)value, uapi_errno_name(-error));
}

bool io_check_fails(struct test *t, const char *row, int64_t value, const char *file, int line, const char *what)
{
    return test_check(t, row, value < 0 && value != -ENOSYS, file, line, "%s: %s (%lld), wanted a refusal", what,
                      uapi_errno_name(value), (long long)value);
}

int64_t io_require(struct test *t, int64_t value, const char *what)
{
    if (!io_check_ok(t, test_first_row(t), value, __FILE__, __LINE__, what))
        test_skip(t, "the scene could not be set up: %s", what);
    return value;
}

/* ---- memory ---- */

struct io_memory *io_memory(struct io *io, uint32_t process, uint64_t bytes)
{
    struct io_memory *m = &io->memories[io->memory_count];
    uint8_t *shadow = &io->shadow[io->shadow_used];

    if (io->memory_count == IO_MEMORIES || bytes > IO_WATCHED - io->shadow_used)
        test_abort(io->t, "the case has no room for so much watched memory");
    *m = (struct io_memory){.process = process, .bytes = bytes, .shadow = io->shadow_used};
    io_require(io->t, sys_map_memory(io->t, process, bytes, &m->va), "memory of a process");
    for (uint64_t i = 0; i < bytes; i += 8) {
        uint64_t word = test_random(io->t);

        memcpy(&shadow[i], &word, bytes - i < 8 ? bytes - i : 8);
    }
    io->memory_count++;
    io->shadow_used += (uint32_t)bytes;
    io_store(io, m, 0, shadow, (uint32_t)bytes);
    return m;
}

/* Of programs, not of the bench, which looks at all memory after each DMA. */
static void mark_access(struct io *io, const struct io_memory *m, const char *what, uint64_t offset, uint32_t bytes)
{
    char track[24];

    if (!test_watched(io->t))
        return;
    snprintf(track, sizeof(track), "memory/process %u", m->process);
    test_mark(io->t, track, "%s by=program address=0x%" PRIx64 " bytes=%u", what, m->va + offset, bytes);
}

void io_store(struct io *io, struct io_memory *m, uint64_t offset, const void *data, uint32_t bytes)
{
    uint8_t copy[IO_PAGE];

    memmove(&io->shadow[m->shadow + offset], data, bytes);
    mark_access(io, m, "store", offset, bytes);
    for (uint32_t done = 0; done < bytes;) {
        uint32_t piece = bytes - done < IO_PAGE ? bytes - done : IO_PAGE;

        memcpy(copy, (const uint8_t *)data + done, piece);
        io_require(io->t, sys_access(io->t, m->process, m->va + offset + done, copy, piece, true), "a store of a program");
        done += piece;
    }
}

void io_load(struct io *io, const struct io_memory *m, uint64_t offset, void *data, uint32_t bytes)
{
    mark_access(io, m, "load", offset, bytes);
    io_require(io->t, sys_access(io->t, m->process, m->va + offset, data, bytes, false), "a load of a program");
}

uint64_t io_load64(struct io *io, const struct io_memory *m, uint64_t offset)
{
    uint64_t value = 0;

    io_load(io, m, offset, &value, sizeof(value));
    return value;
}

void io_store64(struct io *io, struct io_memory *m, uint64_t offset, uint64_t value)
{
    io_store(io, m, offset, &value, sizeof(value));
}

void io_forget(struct io *io, struct io_memory *m)
{
    (void)io;
    m->bytes = 0;
}

/* The first byte that is not as believed, `bytes` when all are. */
static uint64_t first_change(struct io *io, const struct io_memory *m)
{
    uint8_t page[IO_PAGE];

    for (uint64_t at = 0; at < m->bytes; at += IO_PAGE) {
        const uint8_t *shadow = &io->shadow[m->shadow + at];

        if (sys_access(io->t, m->process, m->va + at, page, IO_PAGE, false) < 0)
            return at;
        if (memcmp(page, shadow, IO_PAGE) == 0)
            continue;
        for (uint32_t i = 0; i < IO_PAGE; i++)
            if (page[i] != shadow[i])
                return at + i;
    }
    return m->bytes;
}

bool io_expect_intact(struct io *io, const char *row, const char *after)
{
    bool intact = true;

    for (uint32_t i = 0; i < io->memory_count; i++) {
        const struct io_memory *m = &io->memories[i];
        uint64_t change = first_change(io, m);

        if (change != m->bytes) {
            intact = CHECK(io->t, row, false, "%s: memory 0x%llx of process %u has changed at 0x%llx", after,
                           (unsigned long long)m->va, m->process, (unsigned long long)(m->va + change));
            return intact; /* the others say no more */
        }
    }
    return CHECK(io->t, row, true, "%s: no memory has changed that should not", after);
}

void io_begin(struct io *io, struct test *t)
{
    memset(io, 0, offsetof(struct io, shadow));
    io->t = t;
    io->next_id = 1;
    io->canary = 0;
    test_on_ioctl(t, io_text);
    (void)io_memory(io, 0, IO_PAGE);
}

/* ---- nodes ---- */

int64_t io_open(struct io *io, uint32_t process, bool v1, struct io_fd *f)
{
    int64_t fd = io_open_path(io, process, v1 ? "/dev/ioasid" : "/dev/iommu", O_RDWR_NONBLOCK);

    *f = (struct io_fd){.io = io, .process = process, .fd = fd < 0 ? -1 : (int32_t)fd, .v1 = v1};
    return fd;
}

int64_t io_close(struct io_fd *f)
{
    int64_t result = sys_close(f->io->t, f->process, f->fd);

    f->fd = -1;
    return result;
}

void io_setup_open(struct io *io, bool v1, struct io_fd *f)
{
    io_require(io->t, io_open(io, 0, v1, f), v1 ? "open of /dev/ioasid" : "open of /dev/iommu");
}

/* ---- devices ---- */

static bool is_alone(struct io *io, uint32_t index, uint32_t group)
{
    struct iotb_uapi_device other;

    for (uint32_t i = 0; uapi_device(io->t, i, &other); i++)
        if (i != index && other.group == group && !(other.flags & (IOTB_UAPI_GONE | IOTB_UAPI_MDEV)))
            return false;
    return true;
}

bool io_find(struct io *io, struct io_device *d, uint32_t with, uint32_t without, uint32_t after)
{
    struct iotb_uapi_device facts;
    uint32_t index = after == IOTB_UAPI_NO_INDEX ? 0 : after + 1;

    without |= IOTB_UAPI_GONE | (with & IOTB_UAPI_RMRR ? 0 : IOTB_UAPI_RMRR) |
               (with & (IOTB_UAPI_MDEV | IOTB_UAPI_SOFTWARE_MDEV) ? 0 : IOTB_UAPI_MDEV);
    for (; uapi_device(io->t, index, &facts); index++) {
        bool fits = (facts.flags & with) == with && !(facts.flags & without) && facts.node[0];

        if (!fits || (!(facts.flags & IOTB_UAPI_MDEV) && !is_alone(io, index, facts.group)))
            continue;
        *d = (struct io_device){.io = io, .index = index, .fd = -1, .facts = facts};
        return true;
    }
    return false;
}

void io_need(struct io *io, struct io_device *d, uint32_t with, uint32_t without)
{
    if (!io_find(io, d, with, without, IOTB_UAPI_NO_INDEX))
        test_skip(io->t, "the machine has no device with 0x%x and without 0x%x", with, without);
}

void io_need_two(struct io *io, struct io_device *a, struct io_device *b, uint32_t with, uint32_t without)
{
    io_need(io, a, with, without);
    if (!io_find(io, b, with, without, a->index))
        test_skip(io->t, "the machine has one device only with 0x%x and without 0x%x", with, without);
}

void io_need_group(struct io *io, struct io_device *a, struct io_device *b)
{
    struct iotb_uapi_device x, y;

    for (uint32_t i = 0; uapi_device(io->t, i, &x); i++)
        for (uint32_t k = i + 1; uapi_device(io->t, k, &y); k++)
            if (x.group == y.group && !((x.flags | y.flags) & (IOTB_UAPI_GONE | IOTB_UAPI_MDEV | IOTB_UAPI_RMRR))) {
                *a = (struct io_device){.io = io, .index = i, .fd = -1, .facts = x};
                *b = (struct io_device){.io = io, .index = k, .fd = -1, .facts = y};
                return;
            }
    test_skip(io->t, "the machine has no group of several devices");
}

int64_t io_open_device(struct io_device *d, uint32_t process)
{
    int64_t fd = io_open_path(d->io, process, d->facts.node, O_RDWR_NONBLOCK);

    d->process = process;
    d->fd = fd < 0 ? -1 : (int32_t)fd;
    return fd;
}

int64_t io_close_device(struct io_device *d)
{
    int64_t result = sys_close(d->io->t, d->process, d->fd);

    d->fd = -1;
    return result;
}

uint64_t io_iova(const struct io_device *d, uint64_t bytes, uint32_t nth)
{
    uint64_t size = bytes < 0x200000 ? 0x200000 : bytes, at = 0x10000000;

    for (;; at += size) {
        bool free = true;

        for (uint32_t i = 0; i < d->facts.reserved_count; i++)
            free =
                free && (at + bytes <= d->facts.reserved[i].base || d->facts.reserved[i].base + d->facts.reserved[i].bytes <= at);
        if (free && !nth--)
            return at;
    }
}

/* ---- the kernel ---- */

void io_mark(struct io *io, struct io_mark *mark)
{
    sys_quiesce(io->t);
    sys_audit(io->t, 0, &mark->audit);
}

static bool same(struct io *io, const char *row, uint64_t before, uint64_t now, const char *after, const char *what)
{
    if (before == IOTB_UAPI_UNKNOWN || now == IOTB_UAPI_UNKNOWN)
        return true;
    return CHECK_EQ(io->t, row, before, now, "%s: %s", after, what);
}

bool io_expect_no_leak(struct io *io, const char *row, const struct io_mark *mark, const char *after)
{
    const struct iotb_uapi_audit *was = &mark->audit;
    struct io_mark now;
    bool ok;

    io_mark(io, &now);
    ok = same(io, row, was->objects, now.audit.objects, after, "live kernel objects");
    ok = same(io, row, was->files, now.audit.files, after, "open files") && ok;
    ok = same(io, row, was->pinned_pages, now.audit.pinned_pages, after, "pinned pages") && ok;
    ok = same(io, row, was->memlock_bytes, now.audit.memlock_bytes, after, "charge of the process") && ok;
    return same(io, row, was->iommu_domains, now.audit.iommu_domains, after, "page tables of IOMMUs") && ok;
}

uint64_t io_charge(struct io *io, uint32_t process)
{
    struct iotb_uapi_audit audit;

    sys_audit(io->t, process, &audit);
    return audit.memlock_bytes;
}

void io_end(struct io *io)
{
    struct iotb_uapi_audit audit;
    const char *row = test_first_row(io->t);

    sys_quiesce(io->t);
    sys_audit(io->t, 0, &audit);
    test_count_failures_only(io->t, true);
    if (audit.splats != IOTB_UAPI_UNKNOWN)
        CHECK(io->t, row, !audit.splats, "the kernel has complained: %s", audit.text);
    CHECK(io->t, row, !audit.held_locks, "locks are held by nobody's system call");
    if (audit.stray_dma != IOTB_UAPI_UNKNOWN)
        CHECK(io->t, row, !audit.stray_dma, "DMA has reached memory that no process had pinned");
    if (audit.driver_breaches != IOTB_UAPI_UNKNOWN)
        CHECK(io->t, row, !audit.driver_breaches, "a rule for software of the IOMMU was broken: %s", audit.text);
    test_count_failures_only(io->t, false);
}
