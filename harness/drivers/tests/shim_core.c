/* SPDX-License-Identifier: BSD-2-Clause */
/* shim_core.c - memory, xarrays, locks, waiting, messages of the shim. */
#include "shim.h"

#include "kernel/hardware.h"

#include <linux/delay.h>
#include <linux/idr.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#ifndef SHIM_TABLE_FORMAT
#define SHIM_TABLE_FORMAT MM_TABLE_X86
#endif

const struct hardware *hardware;
static long objects, frames;

/* ---- trace points: nobody listens ---- */

bool tracepoint_heard;

void tracepoint_emit(const char *system, const char *name, const char *format, ...)
{
    (void)system, (void)name, (void)format;
}

const char *tracepoint_symbol(unsigned long value, const struct trace_print_flags *symbols)
{
    (void)value;
    return symbols->name;
}

/* ---- failures ---- */

unsigned int shim_fail_at;

static bool fails(void)
{
    return shim_fail_at && --shim_fail_at == 0;
}

/* ---- objects ---- */

void *kernel_alloc(size_t bytes, gfp_t gfp, const char *file, int line)
{
    void *made = fails() ? NULL : host_alloc(bytes);

    (void)gfp, (void)file, (void)line;
    if (!made)
        return NULL;
    objects++;
    return memset(made, 0, bytes);
}

void kfree(const void *object)
{
    if (object)
        objects--;
    host_free((void *)object);
}

/* ---- frames: taken in order, given back to a list ---- */

#define FREE_MAX 8192
static unsigned long next_frame, free_frames[FREE_MAX];
static unsigned int free_count;

static const struct hardware_ram *ram_of(unsigned int *count)
{
    return hardware->ops->rams(hardware->context, count);
}

static void *at(unsigned long address)
{
    return hardware->ops->memory(hardware->context, address, 1);
}

static unsigned long take(unsigned long bytes)
{
    unsigned int count;
    const struct hardware_ram *ram = ram_of(&count);
    unsigned long address;

    if (bytes == PAGE_SIZE && free_count)
        return free_frames[--free_count];
    if (!next_frame)
        next_frame = ram->base;
    address = (next_frame + bytes - 1) & ~(bytes - 1);
    next_frame = address + bytes;
    if (next_frame > ram->base + ram->bytes)
        host_fail("no memory left", bytes);
    return address;
}

unsigned long shim_frame(void)
{
    unsigned long address = take(PAGE_SIZE);

    memset(at(address), 0, PAGE_SIZE);
    return address;
}

unsigned long kernel_get_free_pages(gfp_t gfp, unsigned int order, const char *where)
{
    unsigned long address = fails() ? 0 : take(PAGE_SIZE << order);

    (void)gfp, (void)where;
    if (!address)
        return 0;
    frames++;
    return (unsigned long)memset(at(address), 0, PAGE_SIZE << order);
}

void free_pages(unsigned long address, unsigned int order)
{
    frames--;
    memset((void *)address, 0xa5, PAGE_SIZE << order);
    if (!order && free_count < FREE_MAX)
        free_frames[free_count++] = virt_to_phys((void *)address);
}

void *kernel_alloc_pages_exact(size_t size, gfp_t gfp, const char *where)
{
    return (void *)kernel_get_free_pages(gfp, (unsigned int)get_order(size), where);
}

void free_pages_exact(void *address, size_t size)
{
    free_pages((unsigned long)address, (unsigned int)get_order(size));
}

phys_addr_t virt_to_phys(const volatile void *address)
{
    unsigned int count;
    const struct hardware_ram *ram = ram_of(&count);

    for (unsigned int i = 0; i < count; i++) {
        const u8 *base = at(ram[i].base);

        if ((const u8 *)address >= base && (const u8 *)address < base + ram[i].bytes)
            return ram[i].base + (unsigned long)((const u8 *)address - base);
    }
    host_fail("an address that is not RAM", (unsigned long)address);
    return 0;
}

void *phys_to_virt(phys_addr_t address)
{
    void *found = at(address);

    if (!found)
        host_fail("a physical address that is not RAM", address);
    return found;
}

/* ---- xarrays: a list of pairs ---- */

struct xa_node {
    unsigned int count, room;
    struct {
        unsigned long index;
        void *entry;
    } pair[];
};

static struct {
    const struct xarray *array;
    unsigned long index;
} reserved;

void *xa_load(struct xarray *array, unsigned long index)
{
    for (unsigned int i = 0; array->root && i < array->root->count; i++)
        if (array->root->pair[i].index == index)
            return array->root->pair[i].entry;
    return NULL;
}

void *xa_erase(struct xarray *array, unsigned long index)
{
    struct xa_node *node = array->root;

    for (unsigned int i = 0; node && i < node->count; i++)
        if (node->pair[i].index == index) {
            void *old = node->pair[i].entry;

            for (node->count--; i < node->count; i++)
                node->pair[i] = node->pair[i + 1];
            if (!node->count) {
                host_free(node);
                array->root = NULL;
            }
            return old;
        }
    return NULL;
}

void *xa_store(struct xarray *array, unsigned long index, void *entry, gfp_t gfp)
{
    struct xa_node *node = array->root, *grown;
    unsigned int place = 0;

    (void)gfp;
    if (!xa_load(array, index) && !(reserved.array == array && reserved.index == index) && fails())
        return xa_mk_err(-ENOMEM);
    for (; node && place < node->count && node->pair[place].index <= index; place++)
        if (node->pair[place].index == index) {
            void *old = node->pair[place].entry;

            node->pair[place].entry = entry;
            return old;
        }
    if (!node || node->count == node->room) {
        unsigned int room = node ? node->room * 2 : 8;

        grown = host_alloc(sizeof(*grown) + room * sizeof(grown->pair[0]));
        *grown = (struct xa_node){.count = node ? node->count : 0, .room = room};
        if (node)
            memcpy(grown->pair, node->pair, node->count * sizeof(node->pair[0]));
        host_free(node);
        array->root = node = grown;
    }
    for (unsigned int i = node->count++; i > place; i--)
        node->pair[i] = node->pair[i - 1];
    node->pair[place].index = index;
    node->pair[place].entry = entry;
    return NULL;
}

int xa_insert(struct xarray *array, unsigned long index, void *entry, gfp_t gfp)
{
    if (xa_load(array, index))
        return -EBUSY;
    return xa_err(xa_store(array, index, entry, gfp));
}

/* Of one place at a time: storing there does not fail. */
int xa_reserve(struct xarray *array, unsigned long index, gfp_t gfp)
{
    (void)gfp;
    if (!xa_load(array, index) && fails())
        return -ENOMEM;
    reserved.array = array;
    reserved.index = index;
    return 0;
}

void xa_release(struct xarray *array, unsigned long index)
{
    (void)array, (void)index;
}

void *xa_find(struct xarray *array, unsigned long *index, unsigned long max, xa_mark_t filter)
{
    (void)filter;
    for (unsigned int i = 0; array->root && i < array->root->count; i++)
        if (array->root->pair[i].index >= *index && array->root->pair[i].index <= max) {
            *index = array->root->pair[i].index;
            return array->root->pair[i].entry;
        }
    return NULL;
}

void *xa_find_after(struct xarray *array, unsigned long *index, unsigned long max, xa_mark_t filter)
{
    ++*index;
    return xa_find(array, index, max, filter);
}

void xa_destroy(struct xarray *array)
{
    host_free(array->root);
    array->root = NULL;
}

int ida_alloc_range(struct ida *ida, unsigned int min, unsigned int max, gfp_t gfp)
{
    for (unsigned int i = min; i <= max; i++)
        if (!xa_load(&ida->xa, i)) {
            int error = xa_err(xa_store(&ida->xa, i, xa_mk_value(1), gfp));

            return error ? error : (int)i;
        }
    return -ENOSPC;
}

void ida_free(struct ida *ida, unsigned int id)
{
    xa_erase(&ida->xa, id);
}

void ida_destroy(struct ida *ida)
{
    xa_destroy(&ida->xa);
}

/* ---- locks: there is one task ---- */

void kernel_lock_init(struct kernel_lock *lock, const char *name, const struct lock_class_key *key)
{
    *lock = (struct kernel_lock){.name = name, .key = key};
}

int kernel_lock_acquire(struct kernel_lock *lock, unsigned int mode, unsigned int subclass, const char *file, int line)
{
    (void)mode, (void)subclass, (void)file;
    if (lock->readers++)
        host_fail(lock->name, (unsigned long)line);
    return 0;
}

void kernel_lock_release(struct kernel_lock *lock, unsigned int mode, const char *file, int line)
{
    (void)mode, (void)file, (void)line;
    lock->readers--;
}

unsigned long kernel_irq_save(void)
{
    return 0;
}

void kernel_irq_restore(unsigned long flags)
{
    (void)flags;
}

/* ---- waiting ---- */

struct task_struct *get_current(void)
{
    return NULL;
}

void might_sleep_at(const char *file, int line)
{
    (void)file, (void)line;
}

long prepare_to_wait_event(struct wait_queue_head *queue, struct wait_queue_entry *entry, int state)
{
    (void)queue, (void)entry, (void)state;
    return 0;
}

void finish_wait(struct wait_queue_head *queue, struct wait_queue_entry *entry)
{
    (void)queue, (void)entry;
}

int autoremove_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
    (void)entry, (void)mode, (void)flags, (void)key;
    return 0;
}

void __wake_up(struct wait_queue_head *queue, unsigned int mode, int how_many, void *key)
{
    (void)queue, (void)mode, (void)how_many, (void)key;
}

void schedule(void)
{
    shim_idle();
}

/* Who waits makes time go on where the machine has nothing to do. */
static u64 waited_ps;

u64 shim_now_ps(void)
{
    u64 now = hardware->ops->now_ps(hardware->context);

    return now > waited_ps ? now : waited_ps;
}

u64 ktime_get_ns(void)
{
    return shim_now_ps() / 1000;
}

void udelay(unsigned long us)
{
    waited_ps = shim_now_ps() + us * 1000000;
}

void usleep_range(unsigned long from_us, unsigned long to_us)
{
    (void)to_us;
    udelay(from_us);
}

/* ---- messages ---- */

int _printk(const char *format, ...)
{
    __builtin_va_list arguments;

    __builtin_va_start(arguments, format);
    host_print(format, arguments);
    __builtin_va_end(arguments);
    return 0;
}

int kernel_printk_limited(const char *format, ...)
{
    __builtin_va_list arguments;

    __builtin_va_start(arguments, format);
    host_print(format, arguments);
    __builtin_va_end(arguments);
    return 0;
}

int __ratelimit(struct ratelimit_state *state)
{
    (void)state;
    return 1;
}

int snprintf(char *buffer, size_t bytes, const char *format, ...)
{
    __builtin_va_list arguments;
    int made;

    __builtin_va_start(arguments, format);
    made = host_format(buffer, bytes, format, arguments);
    __builtin_va_end(arguments);
    return made;
}

bool kernel_warn(const char *file, int line, const char *condition)
{
    (void)file;
    host_fail(condition, (unsigned long)line);
    return true;
}

bool kernel_warn_text(const char *file, int line, const char *format, ...)
{
    (void)file;
    host_fail(format, (unsigned long)line);
    return true;
}

void list_report_corruption(const char *operation, const struct list_head *entry)
{
    host_fail(operation, (unsigned long)entry);
}

const struct kernel_param_ops param_ops_charp;

/* ---- users: their memory is the kernel's ---- */

unsigned long copy_from_user(void *to, const void __user *from, unsigned long n)
{
    memcpy(to, from, n);
    return 0;
}

int check_zeroed_user(const void __user *from, size_t size)
{
    const u8 *bytes = from;

    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            return 0;
    return 1;
}

enum mm_table_format mm_table_format(void)
{
    return SHIM_TABLE_FORMAT;
}

void shim_core_audit(void);
void shim_core_audit(void)
{
    if (objects)
        host_fail("objects are left", (unsigned long)objects);
    if (frames)
        host_fail("frames are left", (unsigned long)frames);
    objects = frames = 0;
    waited_ps = 0;
    next_frame = 0;
    free_count = 0;
}

void refcount_add(int by, refcount_t *count)
{
    atomic_add(by, &count->refs);
}

bool refcount_sub_and_test(int by, refcount_t *count)
{
    return atomic_sub_and_test(by, &count->refs);
}

void kernel_cpu_relax(void)
{
}
