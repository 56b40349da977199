/* SPDX-License-Identifier: BSD-2-Clause */
/* io_dma.c - what devices do, and where it must lead. */
#include "build/io.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINE 64u

/* ---- for those who watch ---- */

static void tell(const struct io_device *d, uint32_t pasid, uint64_t iova, const char *how, const char *what)
{
    char who[24], with[24] = "";

    snprintf(who, sizeof(who), "device %04x", d->facts.requester_id);
    if (pasid != IO_NO_PASID)
        snprintf(with, sizeof(with), " with PASID %u", pasid);
    test_tell(d->io->t, who, "DMA at 0x%" PRIx64 "%s %s%s%s", iova, with, how, what ? ": " : "", what ? what : "");
}

static void tell_reached(const struct io_device *d, uint32_t pasid, uint64_t iova, const struct io_memory *m, uint64_t offset,
                         uint32_t rights, const char *what)
{
    static const char *const ways[] = {"nothing", "read", "write", "read and write"};
    char how[80];

    snprintf(how, sizeof(how), "reaches 0x%" PRIx64 " of process %u (%s)", m->va + offset, m->process, ways[rights & 3]);
    tell(d, pasid, iova, how, what);
}

static void tell_one(const struct io_device *d, const struct io_dma *dma, enum io_end end)
{
    static const char *const ends[] = {"ends well", "is refused", "waits", "cannot be done"};
    char how[48];

    snprintf(how, sizeof(how), "(%s of %u bytes) %s", dma->kind == IOTB_READ ? "read" : "write", dma->bytes, ends[end]);
    tell(d, dma->pasid, dma->iova, how, NULL);
}

/* ---- DMA ---- */

static enum io_end ended(struct io_dma *dma, const struct iotb_completion *completion)
{
    dma->status = completion->status;
    if (completion->status != IOTB_SC)
        return IO_REFUSED;
    if (dma->kind != IOTB_WRITE)
        memcpy(dma->data, completion->data, sizeof(dma->data));
    return IO_DONE;
}

static enum io_end submit(struct io_device *d, struct io_dma *dma)
{
    struct iotb_request request = {.id = d->io->next_id++,
                                   .kind = (uint8_t)dma->kind,
                                   .address_type = dma->address_type,
                                   .flags = dma->flags,
                                   .bytes = dma->bytes,
                                   .address = dma->iova};
    struct iotb_completion completion;
    int64_t value;

    if (dma->pasid != IO_NO_PASID) {
        request.flags |= IOTB_RQ_PASID;
        request.pasid = dma->pasid;
    }
    memcpy(request.data, dma->data, sizeof(request.data));
    value = device_dma(d->io->t, d->index, &request, &completion);
    if (value < 0)
        return IO_IMPOSSIBLE;
    return value == 0 ? ended(dma, &completion) : IO_WAITS;
}

enum io_end io_dma(struct io_device *d, struct io_dma *dma)
{
    enum io_end end = submit(d, dma);

    tell_one(d, dma, end);
    return end;
}

enum io_end io_dma_poll(struct io_device *d, struct io_dma *dma)
{
    struct iotb_completion completion;
    enum io_end end = device_poll(d->io->t, d->index, &completion) ? ended(dma, &completion) : IO_WAITS;

    tell_one(d, dma, end);
    return end;
}

static void random_line(struct test *t, uint8_t *line)
{
    for (uint32_t i = 0; i < LINE; i += 8) {
        uint64_t word = test_random(t);

        memcpy(&line[i], &word, 8);
    }
}

/* A read brings what the program has just stored; without the right it brings nothing. */
static bool read_leg(struct io_device *d, const char *row, struct io_dma dma, struct io_memory *m, uint64_t offset, bool allowed,
                     const char *what)
{
    struct test *t = d->io->t;
    uint8_t line[LINE];
    enum io_end end;

    random_line(t, line);
    io_store(d->io, m, offset, line, LINE);
    dma.kind = IOTB_READ;
    end = submit(d, &dma);
    if (!allowed)
        return CHECK(t, row, end != IO_DONE, "%s: a read at 0x%llx without the right is refused", what,
                     (unsigned long long)dma.iova);
    if (!CHECK(t, row, end == IO_DONE, "%s: a read at 0x%llx ends well (end %d, status %u)", what, (unsigned long long)dma.iova,
               end, dma.status))
        return false;
    return CHECK(t, row, memcmp(dma.data, line, LINE) == 0, "%s: a read at 0x%llx brings what the program stored at 0x%llx", what,
                 (unsigned long long)dma.iova, (unsigned long long)(m->va + offset));
}

static bool write_leg(struct io_device *d, const char *row, struct io_dma dma, struct io_memory *m, uint64_t offset, bool allowed,
                      const char *what)
{
    struct test *t = d->io->t;
    uint8_t line[LINE];
    enum io_end end;
    bool same;

    random_line(t, dma.data);
    dma.kind = IOTB_WRITE;
    end = submit(d, &dma);
    if (!allowed)
        return CHECK(t, row, end != IO_DONE, "%s: a write at 0x%llx without the right is refused", what,
                     (unsigned long long)dma.iova);
    if (!CHECK(t, row, end == IO_DONE, "%s: a write at 0x%llx ends well (end %d, status %u)", what, (unsigned long long)dma.iova,
               end, dma.status))
        return false;
    io_load(d->io, m, offset, line, LINE);
    same = memcmp(line, dma.data, LINE) == 0;
    memcpy(&d->io->shadow[m->shadow + offset], line, LINE); /* wrong or not, it is told once */
    return CHECK(t, row, same, "%s: the program finds at 0x%llx what was written at 0x%llx", what,
                 (unsigned long long)(m->va + offset), (unsigned long long)dma.iova);
}

bool io_expect_reaches(struct io_device *d, const char *row, uint32_t pasid, uint64_t iova, struct io_memory *m, uint64_t offset,
                       uint32_t rights, const char *what)
{
    const struct io_dma dma = {.pasid = pasid, .iova = iova, .bytes = LINE};
    bool ok = read_leg(d, row, dma, m, offset, rights & IO_R, what);

    ok = write_leg(d, row, dma, m, offset, rights & IO_W, what) && ok;
    if (ok)
        tell_reached(d, pasid, iova, m, offset, rights, what);
    return io_expect_intact(d->io, row, what) && ok;
}

bool io_expect_lost(struct io_device *d, const char *row, uint32_t pasid, uint64_t iova, struct io_memory *m, uint64_t offset,
                    const char *what)
{
    struct test *t = d->io->t;
    struct io_dma read = {.pasid = pasid, .iova = iova, .bytes = LINE, .kind = IOTB_READ}, write = read;
    uint8_t line[LINE];
    bool ok;

    random_line(t, line);
    io_store(d->io, m, offset, line, LINE);
    if (submit(d, &read) == IO_DONE) {
        ok = CHECK(t, row, memcmp(read.data, line, LINE) != 0, "%s: a read at 0x%llx does not bring what the program stored",
                   what, (unsigned long long)iova);
    } else {
        write.kind = IOTB_WRITE;
        random_line(t, write.data);
        ok = submit(d, &write) != IO_IMPOSSIBLE;
    }
    if (ok)
        tell(d, pasid, iova, "does not reach it any more", what);
    return io_expect_intact(d->io, row, what) && ok;
}

bool io_expect_blocked(struct io_device *d, const char *row, uint32_t pasid, uint64_t iova, const char *what)
{
    struct test *t = d->io->t;
    struct io_dma read = {.pasid = pasid, .iova = iova, .bytes = LINE, .kind = IOTB_READ}, write = read;
    bool ok = CHECK(t, row, submit(d, &read) != IO_DONE, "%s: a read at 0x%llx brings nothing", what, (unsigned long long)iova);

    write.kind = IOTB_WRITE;
    random_line(t, write.data);
    ok = CHECK(t, row, submit(d, &write) != IO_DONE, "%s: a write at 0x%llx is refused", what, (unsigned long long)iova) && ok;
    if (ok)
        tell(d, pasid, iova, "is refused, read and write", what);
    return io_expect_intact(d->io, row, what) && ok;
}
