/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * xarray.c - arrays that are mostly empty: a tree of nodes of 64 slots. Each node has one word of bits for "something is here",
 * "all below is taken" and each mark, so that every search is a walk along set bits.
 *
 * Readers need no lock, as in Linux: the tree itself is guarded for the time of one step by a flag that no checker sees, and what
 * a reader finds was published by who stored it.
 */
#include "kernel/sched.h"

#include <linux/slab.h>
#include <linux/xarray.h>

enum { BITS = 6, SLOTS = 64, HEIGHT_MAX = 11, MARKS = 3 };
enum { WORD_PRESENT = MARKS, WORD_FULL, WORDS };

struct xa_node {
    void *slots[SLOTS];
    u64 words[WORDS]; /* marks, present, full */
};

struct path {
    struct xa_node *nodes[HEIGHT_MAX];
    unsigned int slots[HEIGHT_MAX];
    unsigned int depth;
};

static int busy;

static void tree_lock(void)
{
    while (__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE)) {
    }
}

static void tree_unlock(void)
{
    __atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
}

static u64 bit(unsigned int slot)
{
    return 1ull << slot;
}

static bool covers(unsigned int height, unsigned long index)
{
    return height >= HEIGHT_MAX || (height && index >> (BITS * height) == 0);
}

static struct xa_node *new_node(void)
{
    return kernel_alloc(sizeof(struct xa_node), GFP_NOWAIT | __GFP_ZERO | __GFP_NOFAIL, __FILE__, __LINE__);
}

/* ---- walking ---- */

/* The nodes from the root to the slot of index; false: some are not there (and were not made). */
static bool walk(struct xarray *array, unsigned long index, bool make, struct path *path)
{
    struct xa_node *node;

    if (make && !array->root) {
        array->root = new_node();
        array->height = 1;
        while (!covers(array->height, index))
            array->height++;
    }
    while (make && !covers(array->height, index)) {
        node = new_node();
        node->slots[0] = array->root;
        for (int word = 0; word < WORDS; word++)
            node->words[word] = word == WORD_FULL ? array->root->words[word] == ~0ull : array->root->words[word] != 0;
        array->root = node;
        array->height++;
    }
    path->depth = 0;
    if (!covers(array->height, index))
        return false;
    node = array->root;
    for (unsigned int level = array->height; level--;) {
        unsigned int slot = (index >> (BITS * level)) % SLOTS;

        path->nodes[path->depth] = node;
        path->slots[path->depth++] = slot;
        if (!level)
            break;
        if (!node->slots[slot]) {
            if (!make)
                return false;
            node->slots[slot] = new_node();
            node->words[WORD_PRESENT] |= bit(slot);
        }
        node = node->slots[slot];
    }
    return true;
}

/* The words above the last node of the path follow it. Empty nodes go. */
static void settle(struct xarray *array, struct path *path)
{
    for (unsigned int at = path->depth - 1; at; at--) {
        struct xa_node *child = path->nodes[at], *node = path->nodes[at - 1];
        u64 mask = bit(path->slots[at - 1]);

        for (int word = 0; word < WORDS; word++) {
            bool set = word == WORD_FULL ? child->words[word] == ~0ull : child->words[word] != 0;

            node->words[word] = set ? node->words[word] | mask : node->words[word] & ~mask;
        }
        if (!child->words[WORD_PRESENT]) {
            node->slots[path->slots[at - 1]] = NULL;
            kfree(child);
        }
    }
    while (array->root) {
        struct xa_node *root = array->root;

        if (!root->words[WORD_PRESENT]) {
            array->root = NULL;
            array->height = 0;
        } else if (array->height > 1 && root->words[WORD_PRESENT] == 1) {
            array->root = root->slots[0];
            array->height--;
        } else {
            break;
        }
        kfree(root);
    }
}

static void *raw_load(struct xarray *array, unsigned long index)
{
    struct path path;

    return walk(array, index, false, &path) ? path.nodes[path.depth - 1]->slots[path.slots[path.depth - 1]] : NULL;
}

/* entry NULL erases; a new entry has no marks. */
static void raw_store(struct xarray *array, unsigned long index, void *entry)
{
    struct path path;
    struct xa_node *leaf;
    u64 mask;

    if (!walk(array, index, entry != NULL, &path))
        return;
    leaf = path.nodes[path.depth - 1];
    mask = bit(path.slots[path.depth - 1]);
    leaf->slots[path.slots[path.depth - 1]] = entry;
    if (entry) {
        leaf->words[WORD_PRESENT] |= mask;
        leaf->words[WORD_FULL] |= mask;
    } else {
        for (int word = 0; word < WORDS; word++)
            leaf->words[word] &= ~mask;
    }
    settle(array, &path);
    sched.backend->release(array);
}

/* The first index from *index to max in a tree whose bit in `word` is set (or, with `zero`, clear: a place that is free). */
static bool search(struct xa_node *node, unsigned int level, unsigned long *index, unsigned long max, int word, bool zero)
{
    unsigned int shift = BITS * level;
    unsigned int slot = (unsigned int)((*index >> shift) % SLOTS);

    for (;; slot++) {
        u64 bits = slot < SLOTS ? (zero ? ~node->words[word] : node->words[word]) >> slot : 0;
        unsigned long base;

        if (!bits)
            return false;
        if (!(bits & 1)) {
            unsigned int skip = (unsigned int)__builtin_ctzll(bits);

            slot += skip;
            base = shift + BITS < 64 ? *index >> (shift + BITS) << (shift + BITS) : 0;
            *index = base + ((unsigned long)slot << shift);
        }
        if (shift >= 60 && slot >= 16)
            return false;
        if (*index > max)
            return false;
        if (!level || (zero && !node->slots[slot]))
            return true;
        if (search(node->slots[slot], level - 1, index, max, word, zero))
            return true;
        base = shift + BITS < 64 ? *index >> (shift + BITS) << (shift + BITS) : 0;
        if (slot + 1 >= SLOTS || (shift >= 60 && slot + 1 >= 16))
            return false;
        *index = base + ((unsigned long)(slot + 1) << shift);
    }
}

static bool search_array(struct xarray *array, unsigned long *index, unsigned long max, int word)
{
    return array->root && covers(array->height, *index) && search(array->root, array->height - 1, index, max, word, false);
}

static bool search_free(struct xarray *array, unsigned long *index, unsigned long max)
{
    if (*index > max)
        return false;
    if (!array->root || !covers(array->height, *index))
        return true;
    if (search(array->root, array->height - 1, index, max, WORD_FULL, true))
        return true;
    if (array->height >= HEIGHT_MAX)
        return false;
    *index = 1ul << (BITS * array->height); /* the first that the tree does not cover */
    return *index <= max;
}

/* ---- allocation of nodes ---- */

/* A store that needs nodes may fail, once. The lock is given up for a moment if the caller lets us sleep, as Linux does. */
static int reserve_nodes(struct xarray *array, unsigned long index, gfp_t gfp)
{
    struct path path;
    bool there;

    tree_lock();
    there = walk(array, index, false, &path);
    tree_unlock();
    if (there)
        return 0;
    if (gfpflags_allow_blocking(gfp)) {
        bool irqs = irqs_disabled();

        spin_unlock(&array->xa_lock);
        if ((array->xa_flags & XA_FLAGS_LOCK_IRQ) && irqs)
            local_irq_enable();
        might_sleep();
        if ((array->xa_flags & XA_FLAGS_LOCK_IRQ) && irqs)
            local_irq_disable();
        spin_lock(&array->xa_lock);
    }
    return fault_inject_should_fail("xa_node") ? -ENOMEM : 0;
}

static void *zero_to_null(void *entry)
{
    return xa_is_zero(entry) ? NULL : entry;
}

static unsigned long lock_array(struct xarray *array)
{
    unsigned long flags = 0;

    if (array->xa_flags & XA_FLAGS_LOCK_IRQ)
        local_irq_save(flags);
    spin_lock(&array->xa_lock);
    return flags;
}

static void unlock_array(struct xarray *array, unsigned long flags)
{
    spin_unlock(&array->xa_lock);
    if (array->xa_flags & XA_FLAGS_LOCK_IRQ)
        local_irq_restore(flags);
}

/* ---- entries ---- */

void *xa_load(struct xarray *array, unsigned long index)
{
    void *entry;

    sched_point();
    tree_lock();
    entry = raw_load(array, index);
    sched.backend->acquire(array);
    tree_unlock();
    return zero_to_null(entry);
}

/* Stores if `old` is what is there, or whatever is there with any; the lock is held. */
static void *exchange(struct xarray *array, unsigned long index, void *old, bool any, void *entry, gfp_t gfp)
{
    void *was;
    int error;

    if (entry && (error = reserve_nodes(array, index, gfp)) != 0)
        return xa_mk_err(error);
    tree_lock();
    was = raw_load(array, index);
    if (any || was == old)
        raw_store(array, index, entry);
    sched.backend->acquire(array);
    tree_unlock();
    return was;
}

void *__xa_store(struct xarray *array, unsigned long index, void *entry, gfp_t gfp)
{
    lockdep_assert_held(&array->xa_lock);
    if (!entry && (array->xa_flags & XA_FLAGS_TRACK_FREE))
        entry = XA_ZERO_ENTRY;
    return zero_to_null(exchange(array, index, NULL, true, entry, gfp));
}

void *xa_store(struct xarray *array, unsigned long index, void *entry, gfp_t gfp)
{
    unsigned long flags = lock_array(array);
    void *was = __xa_store(array, index, entry, gfp);

    unlock_array(array, flags);
    return was;
}

void *__xa_erase(struct xarray *array, unsigned long index)
{
    lockdep_assert_held(&array->xa_lock);
    return zero_to_null(exchange(array, index, NULL, true, NULL, 0));
}

void *xa_erase(struct xarray *array, unsigned long index)
{
    unsigned long flags = lock_array(array);
    void *was = __xa_erase(array, index);

    unlock_array(array, flags);
    return was;
}

void *__xa_cmpxchg(struct xarray *array, unsigned long index, void *old, void *entry, gfp_t gfp)
{
    lockdep_assert_held(&array->xa_lock);
    return zero_to_null(exchange(array, index, old, false, entry, gfp));
}

void *xa_cmpxchg(struct xarray *array, unsigned long index, void *old, void *entry, gfp_t gfp)
{
    unsigned long flags = lock_array(array);
    void *was = __xa_cmpxchg(array, index, old, entry, gfp);

    unlock_array(array, flags);
    return was;
}

int __xa_insert(struct xarray *array, unsigned long index, void *entry, gfp_t gfp)
{
    void *was;

    lockdep_assert_held(&array->xa_lock);
    was = exchange(array, index, NULL, false, entry ? entry : XA_ZERO_ENTRY, gfp);
    return xa_is_err(was) ? xa_err(was) : was ? -EBUSY : 0;
}

int xa_insert(struct xarray *array, unsigned long index, void *entry, gfp_t gfp)
{
    unsigned long flags = lock_array(array);
    int error = __xa_insert(array, index, entry, gfp);

    unlock_array(array, flags);
    return error;
}

int xa_reserve(struct xarray *array, unsigned long index, gfp_t gfp)
{
    int error = xa_insert(array, index, NULL, gfp);

    return error == -EBUSY ? 0 : error;
}

void xa_release(struct xarray *array, unsigned long index)
{
    xa_cmpxchg(array, index, XA_ZERO_ENTRY, NULL, 0);
}

/* ---- ids ---- */

int __xa_alloc(struct xarray *array, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp)
{
    unsigned long index;
    bool found;
    int error;

    lockdep_assert_held(&array->xa_lock);
    if (WARN_ON(!(array->xa_flags & XA_FLAGS_TRACK_FREE)))
        return -EINVAL;
    for (;;) {
        unsigned long again = limit.min;

        if (!again && (array->xa_flags & XA_FLAGS_ALLOC1) == XA_FLAGS_ALLOC1)
            again = 1;
        index = again;
        tree_lock();
        found = search_free(array, &index, limit.max);
        tree_unlock();
        if (!found)
            return -EBUSY;
        error = reserve_nodes(array, index, gfp);
        if (error)
            return error;
        tree_lock();
        found = search_free(array, &again, limit.max) && again == index; /* the lock may have been given up */
        if (found)
            raw_store(array, index, entry ? entry : XA_ZERO_ENTRY);
        tree_unlock();
        if (found)
            break;
    }
    *id = (u32)index;
    return 0;
}

int xa_alloc(struct xarray *array, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp)
{
    unsigned long flags = lock_array(array);
    int error = __xa_alloc(array, id, entry, limit, gfp);

    unlock_array(array, flags);
    return error;
}

int xa_alloc_cyclic(struct xarray *array, u32 *id, void *entry, struct xa_limit limit, u32 *next, gfp_t gfp)
{
    struct xa_limit rest = {.min = max(limit.min, *next), .max = limit.max};
    unsigned long flags = lock_array(array);
    int result = rest.min <= rest.max ? __xa_alloc(array, id, entry, rest, gfp) : -EBUSY;

    if (result == -EBUSY && rest.min > limit.min) {
        result = __xa_alloc(array, id, entry, limit, gfp);
        if (!result)
            result = 1;
    }
    if (result >= 0)
        *next = *id + 1;
    unlock_array(array, flags);
    return result;
}

/* ---- search ---- */

static void *find(struct xarray *array, unsigned long *index, unsigned long max, xa_mark_t filter)
{
    unsigned long at = *index;
    void *entry = NULL;

    sched_point();
    tree_lock();
    while (at <= max && search_array(array, &at, max, filter == XA_PRESENT ? WORD_PRESENT : (int)filter)) {
        entry = zero_to_null(raw_load(array, at));
        if (entry || at == ULONG_MAX)
            break;
        at++;
    }
    sched.backend->acquire(array);
    tree_unlock();
    if (entry)
        *index = at;
    return entry;
}

void *xa_find(struct xarray *array, unsigned long *index, unsigned long max, xa_mark_t filter)
{
    return find(array, index, max, filter);
}

void *xa_find_after(struct xarray *array, unsigned long *index, unsigned long max, xa_mark_t filter)
{
    unsigned long at = *index + 1;
    void *entry;

    if (!at)
        return NULL;
    entry = find(array, &at, max, filter);
    if (entry)
        *index = at;
    return entry;
}

/* ---- marks ---- */

static void mark(struct xarray *array, unsigned long index, xa_mark_t which, bool set)
{
    struct path path;
    u64 mask;

    lockdep_assert_held(&array->xa_lock);
    tree_lock();
    if (walk(array, index, false, &path)) {
        struct xa_node *leaf = path.nodes[path.depth - 1];

        mask = bit(path.slots[path.depth - 1]) & leaf->words[WORD_PRESENT];
        leaf->words[which] = set ? leaf->words[which] | mask : leaf->words[which] & ~mask;
        settle(array, &path);
    }
    tree_unlock();
}

bool xa_get_mark(struct xarray *array, unsigned long index, xa_mark_t which)
{
    struct path path;
    bool set = false;

    tree_lock();
    if (walk(array, index, false, &path))
        set = (path.nodes[path.depth - 1]->words[which] & bit(path.slots[path.depth - 1])) != 0;
    tree_unlock();
    return set;
}

void __xa_set_mark(struct xarray *array, unsigned long index, xa_mark_t which)
{
    mark(array, index, which, true);
}

void __xa_clear_mark(struct xarray *array, unsigned long index, xa_mark_t which)
{
    mark(array, index, which, false);
}

void xa_set_mark(struct xarray *array, unsigned long index, xa_mark_t which)
{
    unsigned long flags = lock_array(array);

    mark(array, index, which, true);
    unlock_array(array, flags);
}

void xa_clear_mark(struct xarray *array, unsigned long index, xa_mark_t which)
{
    unsigned long flags = lock_array(array);

    mark(array, index, which, false);
    unlock_array(array, flags);
}

bool xa_marked(const struct xarray *array, xa_mark_t which)
{
    bool marked;

    tree_lock();
    marked = array->root && array->root->words[which];
    tree_unlock();
    return marked;
}

static void free_nodes(struct xa_node *node, unsigned int level)
{
    for (unsigned int slot = 0; level && slot < SLOTS; slot++)
        if (node->slots[slot])
            free_nodes(node->slots[slot], level - 1);
    kfree(node);
}

void xa_destroy(struct xarray *array)
{
    unsigned long flags = lock_array(array);

    tree_lock();
    if (array->root)
        free_nodes(array->root, array->height - 1);
    array->root = NULL;
    array->height = 0;
    tree_unlock();
    unlock_array(array, flags);
}
