/* SPDX-License-Identifier: BSD-2-Clause */
/* ep_scene.c - what many cases of endpoints begin with and look at. */
#include "pasid_device_chapters.h"

void ep_scene(struct ep *ep, struct test *t, uint32_t space)
{
    ep_open(ep, t);
    ep_start_simple(ep, space);
}

void ep_scene_with(struct ep *ep, struct test *t, uint32_t on, const struct ep_wq *wqs, uint32_t count)
{
    ep_open(ep, t);
    if (on & ON_PASID && ep->pasid)
        ep_pasid(ep, true, true, true);
    if (on & ON_ATS && ep->ats)
        ep_ats(ep, true);
    if (on & ON_PRI && ep->pri)
        ep_pri(ep, (uint32_t)ep_read(ep, "CFG_PRI_CAPACITY"));
    ep_start(ep, wqs, count);
}

struct ep_result ep_expect(struct ep *ep, const char *row, uint32_t wq, struct ep_work *work, uint32_t status, const char *what)
{
    struct ep_result result = ep_run(ep, wq, work);

    if (!result.done && status)
        test_hang(ep->t, "a descriptor with operation 0x%02x never got its record: %s", work->op, what);
    CHECK(ep->t, row, result.status == status, "%s: status 0x%02x, expected 0x%02x (operation 0x%02x, fault address 0x%llx)",
          what, result.status, status, work->op, (unsigned long long)result.address);
    return result;
}

bool ep_expect_move(struct ep *ep, const char *row, uint32_t wq, uint32_t space, const char *what)
{
    uint64_t src = ep_buffer(ep, space, 4096, EP_RW), dst = ep_buffer(ep, space, 4096, EP_RW);
    struct ep_work work = ep_move(space, src + 37, dst + 11, 150);

    ep_fill(ep, space, src, 4096, src);
    if (ep_expect(ep, row, wq, &work, 1, what).status != 1)
        return false;
    return CHECK(ep->t, row, ep_same(ep, space, src + 37, space, dst + 11, 150), "%s: the data moved are not those read", what);
}

struct ep_work ep_touch(struct ep *ep, uint32_t wq, uint32_t space, uint64_t va)
{
    struct ep_work work = ep_read_work(space, va, 64);

    work.record = EP_NO_RECORD; /* its page would take an entry of the cache */
    (void)ep_submit(ep, wq, &work);
    (void)test_settle(ep->t);
    return work;
}

bool ep_cached(struct ep *ep, uint32_t wq, uint32_t space, uint64_t va)
{
    uint32_t mark = ep_mark(ep);

    (void)ep_touch(ep, wq, space, va);
    return !ep_count(ep, mark, EP_TREQ, va & ~0xfffull, va | 0xfff);
}

uint64_t ep_region(struct ep *ep)
{
    uint64_t va = (ep->next_va + 0x3fffff) & ~0x3fffffull;

    ep->next_va = va + 0x400000;
    return va;
}

struct ep_map *ep_map_page(struct ep *ep, uint32_t space, uint64_t va, uint32_t size_lg2, uint32_t rights)
{
    uint64_t size = 1ull << size_lg2;

    return ep_map(ep, space, va, mem_alloc(ep->t, size, size), size_lg2, rights);
}

void ep_map_pages(struct ep *ep, uint32_t space, uint64_t va, uint32_t count, uint32_t size_lg2, uint32_t rights)
{
    for (uint32_t i = 0; i < count; i++)
        (void)ep_map_page(ep, space, va + ((uint64_t)i << size_lg2), size_lg2, rights);
}

void ep_require_entries(struct ep *ep, uint32_t count)
{
    uint32_t entries = (uint32_t)ep_get(ep, "BAR0_ATCCFG", "LIMIT");

    if (entries < count)
        test_skip(ep->t, "needs a translation cache of %u entries, and it has %u", count, entries);
}

void ep_require_engines(struct ep *ep, uint32_t count)
{
    uint32_t engines = ep_get(ep, "BAR0_XSTRAP", "SERIAL") ? 1 : (uint32_t)ep_get(ep, "BAR0_ENGCAP", "ENGINES");

    if (engines < count)
        test_skip(ep->t, "needs %u engines that work at once, and there is %u", count, engines);
}

void ep_vectors(struct ep *ep, uint32_t count)
{
    uint32_t table = (uint32_t)ep_get(ep, "CFG_MSIX_TABLE", "OFFSET") * 8;

    for (uint32_t n = 0; n < count; n++) {
        ep_bar0_write(ep, table + 16 * n, 8, VECTOR_ADDRESS(n));
        ep_bar0_write(ep, table + 16 * n + 8, 8, n);
        ep_bar0_write(ep, 0x700 + 8 * n, 4, 0);
    }
    ep_set(ep, "CFG_MSIX_CAP", "ENABLE", 1);
}

uint32_t ep_interrupts(struct ep *ep, uint32_t mark, uint32_t vector)
{
    return ep_count(ep, mark, EP_MSI, VECTOR_ADDRESS(vector), VECTOR_ADDRESS(vector) + 3);
}
