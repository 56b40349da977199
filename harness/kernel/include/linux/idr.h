/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_IDR_H
#define _LINUX_IDR_H

#include <linux/xarray.h>

struct ida {
    struct xarray xa;
};
#define DEFINE_IDA(name) \
    struct ida name = {.xa = XARRAY_INIT(name.xa, XA_FLAGS_ALLOC)}
#define IDA_INIT(name) \
    { \
        .xa = XARRAY_INIT(name.xa, XA_FLAGS_ALLOC) \
    }
#define ida_init(ida) xa_init_flags(&(ida)->xa, XA_FLAGS_ALLOC)
int ida_alloc_range(struct ida *ida, unsigned int min, unsigned int max, gfp_t gfp);
void ida_free(struct ida *ida, unsigned int id);
void ida_destroy(struct ida *ida);
#define ida_alloc(ida, gfp) ida_alloc_range(ida, 0, ~0u, gfp)
#define ida_alloc_min(ida, min, gfp) ida_alloc_range(ida, min, ~0u, gfp)
#define ida_alloc_max(ida, max, gfp) ida_alloc_range(ida, 0, max, gfp)
static inline bool ida_is_empty(const struct ida *ida)
{
    return xa_empty(&ida->xa);
}

struct idr {
    struct xarray xa;
    u32 next;
};
#define DEFINE_IDR(name) \
    struct idr name = {.xa = XARRAY_INIT(name.xa, XA_FLAGS_ALLOC)}
#define idr_init(idr) \
    do { \
        xa_init_flags(&(idr)->xa, XA_FLAGS_ALLOC); \
        (idr)->next = 0; \
    } while (0)
int idr_alloc(struct idr *idr, void *pointer, int start, int end, gfp_t gfp);
int idr_alloc_cyclic(struct idr *idr, void *pointer, int start, int end, gfp_t gfp);
void *idr_remove(struct idr *idr, unsigned long id);
void *idr_find(struct idr *idr, unsigned long id);
void *idr_replace(struct idr *idr, void *pointer, unsigned long id);
void *idr_get_next(struct idr *idr, int *id);
void idr_destroy(struct idr *idr);
#define idr_for_each_entry(idr, entry, id) \
    for ((id) = 0; ((entry) = idr_get_next(idr, &(id))) != NULL; (id)++)
#define idr_is_empty(idr) xa_empty(&(idr)->xa)
#define idr_preload(gfp) preempt_disable()
#define idr_preload_end() preempt_enable()

#endif
