/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * slab.c - memory of the kernel: the host's, one block for each object, with the place where it was allocated in front and a mark
 * behind. Objects that are free are poisoned for the address sanitizer's sake by being really free.
 */
#include "kernel/sched.h"

#include <linux/slab.h>

#define LIVE_MARK 0x6f626a6c697665ull
#define END_MARK 0xe1u
enum { END_BYTES = 8 };

struct object {
    struct list_head all;
    u64 mark;
    const char *file;
    int line;
    struct kmem_cache *cache;
    size_t bytes;
    unsigned long pad;
};
_Static_assert(sizeof(struct object) % 16 == 0, "objects are aligned to 16");

struct kmem_cache {
    const char *name;
    unsigned int bytes;
    unsigned long live;
    void (*constructor)(void *object);
};

static LIST_HEAD(objects);
static u64 object_count, byte_count;
static int busy;
void slab_use(u64 *count, u64 *bytes);

static void slab_lock(void)
{
    while (__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE)) {
    }
}

static void slab_unlock(void)
{
    __atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
}

void slab_use(u64 *count, u64 *bytes)
{
    *count = object_count;
    *bytes = byte_count;
}

static void *allocate(struct kmem_cache *cache, size_t bytes, gfp_t gfp, const char *file, int line)
{
    struct object *object;
    u8 *memory;

    if (gfpflags_allow_blocking(gfp))
        might_sleep_at(file, line);
    if (!(gfp & __GFP_NOFAIL) && fault_inject_should_fail(cache ? "kmem_cache_alloc" : "kmalloc"))
        return NULL;
    if (bytes > 1ul << 32)
        return NULL;
    object = port_alloc(sizeof(*object) + bytes + END_BYTES);
    memory = (u8 *)(object + 1);
    *object = (struct object){.mark = LIVE_MARK, .file = file, .line = line, .cache = cache, .bytes = bytes};
    if (!(gfp & __GFP_ZERO) && bytes <= 65536)
        memset(memory, 0xa5, bytes);
    memset(memory + bytes, END_MARK, END_BYTES);
    slab_lock();
    list_add_tail(&object->all, &objects);
    object_count++;
    byte_count += bytes;
    if (cache)
        cache->live++;
    slab_unlock();
    return memory;
}

void *kernel_alloc(size_t bytes, gfp_t gfp, const char *file, int line)
{
    return bytes ? allocate(NULL, bytes, gfp, file, line) : ZERO_SIZE_PTR;
}

static struct object *object_of(const void *memory, const char *what)
{
    struct object *object = (struct object *)memory - 1;

    if (object->mark != LIVE_MARK) {
        splat(SPLAT_MEMORY, "%s of %p, which is no object (freed twice, or not by its beginning)", what, memory);
        return NULL;
    }
    for (int i = 0; i < END_BYTES; i++)
        if (((u8 *)memory + object->bytes)[i] != END_MARK) {
            splat(SPLAT_MEMORY, "the object of %s:%d (%zu bytes) was written past its end", object->file, object->line,
                  object->bytes);
            break;
        }
    return object;
}

static void release(struct object *object)
{
    slab_lock();
    list_del(&object->all);
    object_count--;
    byte_count -= object->bytes;
    if (object->cache)
        object->cache->live--;
    slab_unlock();
    object->mark = 0;
    if (object->bytes <= 65536)
        memset(object + 1, 0x6b, object->bytes);
    port_free(object);
}

void kfree(const void *memory)
{
    struct object *object;

    if (ZERO_OR_NULL_PTR(memory))
        return;
    if (IS_ERR(memory)) {
        splat(SPLAT_MEMORY, "kfree of an error pointer %ld", PTR_ERR(memory));
        return;
    }
    object = object_of(memory, "kfree");
    if (object)
        release(object);
}

void kfree_sensitive(const void *memory)
{
    kfree(memory);
}

size_t ksize(const void *memory)
{
    return ZERO_OR_NULL_PTR(memory) ? 0 : ((const struct object *)memory - 1)->bytes;
}

void *kernel_realloc(const void *old, size_t bytes, gfp_t gfp, const char *file, int line)
{
    void *memory;

    if (!bytes) {
        kfree(old);
        return ZERO_SIZE_PTR;
    }
    memory = kernel_alloc(bytes, gfp, file, line);
    if (memory && !ZERO_OR_NULL_PTR(old)) {
        memcpy(memory, old, min(bytes, ksize(old)));
        kfree(old);
    }
    return memory;
}

/* ---- caches ---- */

struct kmem_cache *kmem_cache_create(const char *name, unsigned int bytes, unsigned int align, slab_flags_t flags,
                                     void (*constructor)(void *object))
{
    struct kmem_cache *cache = kzalloc(sizeof(*cache), GFP_KERNEL);

    if (!cache)
        return NULL;
    cache->name = name;
    cache->bytes = bytes;
    cache->constructor = constructor;
    return cache;
}

void kmem_cache_destroy(struct kmem_cache *cache)
{
    if (!cache)
        return;
    if (cache->live)
        splat(SPLAT_MEMORY, "kmem_cache_destroy of %s with %lu objects left", cache->name, cache->live);
    kfree(cache);
}

void *kernel_cache_alloc(struct kmem_cache *cache, gfp_t gfp, const char *file, int line)
{
    void *memory = allocate(cache, cache->bytes, gfp, file, line);

    if (memory && cache->constructor)
        cache->constructor(memory);
    return memory;
}

void kmem_cache_free(struct kmem_cache *cache, void *memory)
{
    struct object *object = memory ? object_of(memory, "kmem_cache_free") : NULL;

    if (!object)
        return;
    if (object->cache != cache)
        splat(SPLAT_MEMORY, "kmem_cache_free of an object of another cache (%s:%d)", object->file, object->line);
    release(object);
}

/* ---- the audit ---- */

void slab_begin(void)
{
    INIT_LIST_HEAD(&objects);
    object_count = byte_count = 0;
}

/* What was allocated at one place and is left is one line. */
void slab_audit(void)
{
    struct object *object, *other, *next;

    list_for_each_entry(object, &objects, all)
    {
        unsigned int count = 0;
        u64 bytes = 0;

        if (object->pad)
            continue;
        list_for_each_entry(other, &objects, all) if (other->line == object->line && other->file == object->file)
        {
            other->pad = 1;
            count++;
            bytes += other->bytes;
        }
        splat(SPLAT_LEAK, "%s:%d: %u objects of %llu bytes in all were not freed", object->file, object->line, count, bytes);
    }
    list_for_each_entry_safe(object, next, &objects, all)
    {
        object->mark = 0;
        port_free(object);
    }
    slab_begin();
}
