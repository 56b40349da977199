/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/gfp_types.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

/* Every object knows where it was allocated: what is left when the kernel halts is reported with file and line. */
__malloc void *kernel_alloc(size_t bytes, gfp_t gfp, const char *file, int line);
void *kernel_realloc(const void *old, size_t bytes, gfp_t gfp, const char *file, int line);
void kfree(const void *object);
void kfree_sensitive(const void *object);
size_t ksize(const void *object);
#define kvfree(object) kfree(object)
#define vfree(object) kfree(object)

#define ZERO_SIZE_PTR ((void *)16)
#define ZERO_OR_NULL_PTR(pointer) ((unsigned long)(pointer) <= (unsigned long)ZERO_SIZE_PTR)
#define KMALLOC_MAX_SIZE (1UL << 22)
#define ARCH_KMALLOC_MINALIGN 16

#define kmalloc(bytes, gfp) kernel_alloc(bytes, gfp, __FILE__, __LINE__)
#define kzalloc(bytes, gfp) kernel_alloc(bytes, (gfp) | __GFP_ZERO, __FILE__, __LINE__)
#define kmalloc_array(count, bytes, gfp) kmalloc(size_mul(count, bytes), gfp)
#define kcalloc(count, bytes, gfp) kzalloc(size_mul(count, bytes), gfp)
#define krealloc(old, bytes, gfp) kernel_realloc(old, bytes, gfp, __FILE__, __LINE__)
#define krealloc_array(old, count, bytes, gfp) krealloc(old, size_mul(count, bytes), gfp)
#define kmalloc_node(bytes, gfp, node) ((void)(node), kmalloc(bytes, gfp))
#define kzalloc_node(bytes, gfp, node) ((void)(node), kzalloc(bytes, gfp))
#define kvmalloc(bytes, gfp) kmalloc(bytes, gfp)
#define kvzalloc(bytes, gfp) kzalloc(bytes, gfp)
#define kvmalloc_array(count, bytes, gfp) kmalloc_array(count, bytes, gfp)
#define kvcalloc(count, bytes, gfp) kcalloc(count, bytes, gfp)
#define vmalloc(bytes) kmalloc(bytes, GFP_KERNEL)
#define vzalloc(bytes) kzalloc(bytes, GFP_KERNEL)
#define kfree_rcu(object, member) call_rcu_free(&(object)->member, object)
#define kfree_rcu_mightsleep(object) (synchronize_rcu(), kfree(object))

struct kmem_cache;
#define SLAB_HWCACHE_ALIGN 0x2000u
#define SLAB_PANIC 0x40000u
#define SLAB_ACCOUNT 0x4000000u
#define SLAB_TYPESAFE_BY_RCU 0x80000u
struct kmem_cache *kmem_cache_create(const char *name, unsigned int bytes, unsigned int align, slab_flags_t flags,
                                     void (*constructor)(void *object));
void kmem_cache_destroy(struct kmem_cache *cache); /* objects left in it are a splat */
void *kernel_cache_alloc(struct kmem_cache *cache, gfp_t gfp, const char *file, int line);
void kmem_cache_free(struct kmem_cache *cache, void *object);
#define kmem_cache_alloc(cache, gfp) kernel_cache_alloc(cache, gfp, __FILE__, __LINE__)
#define kmem_cache_zalloc(cache, gfp) kernel_cache_alloc(cache, (gfp) | __GFP_ZERO, __FILE__, __LINE__)
#define KMEM_CACHE(type, flags) kmem_cache_create(#type, sizeof(struct type), __alignof__(struct type), flags, NULL)

DEFINE_FREE(kfree, void *, if (!IS_ERR_OR_NULL(_T)) kfree(_T))
DEFINE_FREE(kvfree, void *, if (!IS_ERR_OR_NULL(_T)) kvfree(_T))

#endif
