/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The address space of a process as an IOASID, and what a device may do with privilege: R-IOASID-130, 209. What the process has
 * given back is no memory of its context any more.
 */
#include "ioasid_chapters.h"

#define VPASID 7u
#define PAGES(n) ((n)*UINT64_C(4096))

struct process {
    struct io io;
    struct io_fd f;
    struct io_device d;
    uint32_t ioasid;
};

/* A device whose PASIDs lead into IOASIDs, or an mdev. */
static void begin(struct test *t, struct process *p, uint32_t with)
{
    struct iommu_ioasid_alloc alloc = {.type = IOMMU_IOASID_SHARED_MM};
    int64_t ioasid;

    io_begin(&p->io, t);
    io_setup_open(&p->io, false, &p->f);
    if (!io_find(&p->io, &p->d, with | IOTB_UAPI_PASID | IOTB_UAPI_NESTS, IOTB_UAPI_DELEGATES, IOTB_UAPI_NO_INDEX))
        io_need_mdev(&p->io, &p->d, IOTB_UAPI_PASID, IOTB_UAPI_SOFTWARE_MDEV);
    io_setup_bound(&p->io, &p->d, &p->f, 1);
    ioasid = io_alloc_with(&p->f, &alloc);
    if (ioasid == -EOPNOTSUPP)
        test_skip(t, "address spaces of processes are no IOASIDs here");
    p->ioasid = (uint32_t)io_require(t, ioasid, "ALLOC of the address space of the process");
    io_require(t, io_attach_pasid(&p->d, &p->f, p->ioasid, VPASID), "ATTACH");
}

static bool translated(struct io_device *d, uint64_t va)
{
    struct io_dma dma = {.pasid = VPASID, .iova = va, .bytes = 64, .kind = IOTB_READ, .address_type = IOTB_AT_TRANSLATION};
    enum io_end end = io_dma(d, &dma);

    if (end == IO_WAITS) {
        sys_quiesce(d->io->t);
        end = io_dma_poll(d, &dma);
    }
    return end == IO_DONE;
}

/* The last pages of a piece of memory, of any number, wherever they begin: no cache on the way has kept one. */
static void memory_goes(struct test *t)
{
    static const char row[] = "R-IOASID-209";
    struct io_memory *m;
    struct process p;
    bool ats;

    begin(t, &p, case_says(t, "ats") ? IOTB_UAPI_ATS : 0);
    ats = case_says(t, "ats") && (p.d.facts.flags & IOTB_UAPI_ATS) && !(p.d.facts.flags & IOTB_UAPI_MDEV);
    for (uint32_t kept = 1; kept < 8; kept++) {
        test_context(t, "%u of 8 pages stay", kept);
        m = io_memory(&p.io, 0, PAGES(8));
        for (uint32_t i = 0; i < 8; i++) {
            io_expect_reaches(&p.d, row, VPASID, m->va + PAGES(i), m, PAGES(i), IO_RW, "memory of the process");
            if (ats)
                CHECK(t, row, translated(&p.d, m->va + PAGES(i)), "a read that the device translates");
        }
        io_require(t, sys_unmap_memory(t, 0, m->va + PAGES(kept), PAGES(8 - kept)), "munmap");
        m->bytes = PAGES(kept);
        for (uint32_t i = 0; i < 8; i++) {
            if (ats)
                CHECK(t, row, translated(&p.d, m->va + PAGES(i)) == (i < kept), "page %u: a read that the device translates", i);
            if (i < kept)
                io_expect_reaches(&p.d, row, VPASID, m->va + PAGES(i), m, PAGES(i), IO_RW, "what stays");
            else
                io_expect_blocked(&p.d, row, VPASID, m->va + PAGES(i), "what the process has given back");
        }
    }
    test_context(t, NULL);
    io_require(t, io_detach_pasid(&p.d, &p.f, p.ioasid, VPASID), "DETACH");
    io_expect_blocked(&p.d, row, VPASID, p.io.memories[0].va, "detached");
    io_end(&p.io);
}

#define SPACES "PASID&!RULE.s20_extensions"
static const struct iotb_case cases[] = {
    MOVES("process.memory", memory_goes, "R-IOASID-209", SPACES, "What a process has given back is out of reach"),
    CASE_ON("process.memory_ats", memory_goes, "R-IOASID-209", SPACES "&ATS", "Also for a device that translates first", true,
            "ats"),
};
LIST(ioasid_process_cases, cases);
