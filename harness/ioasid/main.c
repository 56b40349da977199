/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * main.c - the module: two nodes, and commands by number. Structures are copied here, by one rule for all (ioasid_format.h); what
 * a command does not find wrong in its structure is somebody else's file.
 */
#include "core.h"

#include <linux/array_size.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/uaccess.h>

#define PROFILE "v2"
#define FAULT_LIMIT 256

static char *profile = PROFILE;
static const struct ioasid_rules *v2_rules;
module_param(profile, charp, 0444);
MODULE_PARM_DESC(profile, "which text /dev/iommu keeps to: v2, s20, up");
static char *bug;
module_param(bug, charp, 0444);
MODULE_PARM_DESC(bug, "a mistake of bugs.def that is made");
module_param_named(fault_limit, ioasid_fault_limit, uint, 0444);
MODULE_PARM_DESC(fault_limit, "groups of faults that wait at most, each open file");

/* Of all structures with fixed size; checked where the table is. */
#define STRUCT_MAX 64

struct command {
    unsigned int command;
    size_t size; /* 0: the argument is a number */
    bool answer, answer_always;
    u32 flags; /* that are known */
    int (*run)(struct ioasid_ctx *ctx, void *argument);
    /* What cannot be undone answers before it is done. */
    int (*run_answering)(struct ioasid_ctx *ctx, void *argument, void __user *user);
    void (*undo)(struct ioasid_ctx *ctx, void *argument);               /* the answer did not arrive */
    int (*query)(struct ioasid_ctx *ctx, void __user *user, u32 argsz); /* copies itself: the tail is room for the answer */
};

/* ---- v2 ---- */

static int v2_alloc(struct ioasid_ctx *ctx, void *argument)
{
    return ioasid_alloc(ctx, argument);
}

static int free_number(struct ioasid_ctx *ctx, u32 ioasid)
{
    struct ioasid_space *space;
    int error;

    mutex_lock(&ctx->lock);
    space = ioasid_space_find(ctx, ioasid);
    error = space ? ioasid_space_free(space) : -EINVAL;
    mutex_unlock(&ctx->lock);
    return error;
}

static void v2_alloc_undo(struct ioasid_ctx *ctx, void *argument)
{
    struct iommu_ioasid_alloc *alloc = argument;

    (void)free_number(ctx, alloc->ioasid);
}

static int v2_free(struct ioasid_ctx *ctx, void *argument)
{
    struct iommu_ioasid_free *free = argument;

    return free->__reserved ? -EINVAL : free_number(ctx, free->ioasid);
}

static int v2_map(struct ioasid_ctx *ctx, void *argument)
{
    return ioasid_map_dma(ctx, argument);
}

static void v2_map_undo(struct ioasid_ctx *ctx, void *argument)
{
    struct iommu_map_dma *map = argument;
    struct iommu_unmap_dma unmap = {.ioasid = map->ioasid, .iova = map->iova, .size = map->size};

    (void)ioasid_unmap_dma(ctx, &unmap, NULL, NULL); /* R-IOASID-122, -204 */
}

static int v2_unmap_tell(void *user, u64 bytes)
{
    return copy_to_user(&((struct iommu_unmap_dma __user *)user)->size, &bytes, sizeof(bytes)) ? -EFAULT : 0;
}

static int v2_unmap(struct ioasid_ctx *ctx, void *argument, void __user *user)
{
    return ioasid_unmap_dma(ctx, argument, v2_unmap_tell, (void *)user);
}

static int v2_invalidate(struct ioasid_ctx *ctx, void *argument)
{
    struct iommu_invalidate_cache *cache = argument;

    return ioasid_invalidate(ctx, &cache->entry);
}

static int v2_invalidate_array(struct ioasid_ctx *ctx, void *argument)
{
    return ioasid_invalidate_array(ctx, argument);
}

static int v2_eventfd(struct ioasid_ctx *ctx, void *argument)
{
    struct iommu_set_fault_eventfd *set = argument;

    return set->__reserved ? -EINVAL : ioasid_faults_eventfd(ctx, set->eventfd);
}

static int v2_respond(struct ioasid_ctx *ctx, void *argument)
{
    struct iommu_fault_respond *respond = argument;
    struct ioasid_answer answer = {
        .ioasid = respond->ioasid,
        .code = respond->code,
        .by_cookie = true,
        .cookie = respond->dev_cookie,
        .by_vpasid = respond->flags & IOMMU_FAULT_RESPOND_VPASID,
        .vpasid = respond->vpasid,
        .by_id = respond->flags & IOMMU_FAULT_RESPOND_FAULT_ID,
        .id = respond->fault_id,
    };

    return ioasid_faults_respond(ctx, &answer);
}

static int v2_dirty_set(struct ioasid_ctx *ctx, void *argument)
{
    return ioasid_dirty_set(ctx, argument);
}

static int v2_dirty_get(struct ioasid_ctx *ctx, void *argument)
{
    return ioasid_dirty_get(ctx, argument);
}

static const struct command v2[] = {
    {IOMMU_CHECK_EXTENSION},
    {IOMMU_DEVICE_GET_INFO, sizeof(struct iommu_device_info), .query = ioasid_device_info},
    {IOMMU_IOASID_ALLOC, sizeof(struct iommu_ioasid_alloc), .answer = true, .flags = 0xf, .run = v2_alloc, .undo = v2_alloc_undo},
    {IOMMU_IOASID_FREE, sizeof(struct iommu_ioasid_free), .run = v2_free},
    {IOMMU_MAP_DMA, sizeof(struct iommu_map_dma), .answer = true, .flags = 7, .run = v2_map, .undo = v2_map_undo},
    {IOMMU_UNMAP_DMA, sizeof(struct iommu_unmap_dma), .flags = IOMMU_UNMAP_DMA_ALL, .run_answering = v2_unmap},
    {IOMMU_INVALIDATE_CACHE, sizeof(struct iommu_invalidate_cache), .run = v2_invalidate},
    {IOMMU_INVALIDATE_ARRAY, sizeof(struct iommu_invalidate_array), .answer_always = true, .run = v2_invalidate_array},
    {IOMMU_SET_FAULT_EVENTFD, sizeof(struct iommu_set_fault_eventfd), .run = v2_eventfd},
    {IOMMU_FAULT_RESPOND, sizeof(struct iommu_fault_respond), .flags = 3, .run = v2_respond},
    {IOMMU_SET_DIRTY_TRACKING, sizeof(struct iommu_set_dirty_tracking), .flags = 1, .run = v2_dirty_set},
    {IOMMU_GET_DIRTY_BITMAP, sizeof(struct iommu_get_dirty_bitmap), .flags = 1, .run = v2_dirty_get},
};

/* ---- v1 ---- */

static int v1_register(struct ioasid_ctx *ctx, void *argument)
{
    struct ioasid_memory *memory = argument;

    return ioasid_register(ctx, memory->vaddr, memory->size);
}

static int v1_unregister(struct ioasid_ctx *ctx, void *argument)
{
    struct ioasid_memory *memory = argument;

    return ioasid_unregister(ctx, memory->vaddr, memory->size);
}

static int v1_alloc(struct ioasid_ctx *ctx, void *argument)
{
    struct ioasid_handle *handle = argument;
    struct ioasid_space *space;
    int error = -EINVAL;

    if (handle->__reserved)
        return -EINVAL;
    mutex_lock(&ctx->lock);
    space = ioasid_space_new(ctx, IOASID_KIND_KERNEL, NULL);
    error = PTR_ERR_OR_ZERO(space);
    if (!error)
        handle->ioasid = space->id;
    mutex_unlock(&ctx->lock);
    return error;
}

static void v1_alloc_undo(struct ioasid_ctx *ctx, void *argument)
{
    struct ioasid_handle *handle = argument;

    (void)free_number(ctx, handle->ioasid);
}

static int v1_free(struct ioasid_ctx *ctx, void *argument)
{
    struct ioasid_handle *handle = argument;

    return handle->__reserved ? -EINVAL : free_number(ctx, handle->ioasid);
}

static int v1_map(struct ioasid_ctx *ctx, void *argument)
{
    struct ioasid_map_dma *v1 = argument;
    struct iommu_map_dma map = {.flags = v1->flags,
                                .ioasid = v1->ioasid,
                                .__reserved = v1->__reserved,
                                .vaddr = v1->vaddr,
                                .iova = v1->iova,
                                .size = v1->size};

    return ioasid_map_dma(ctx, &map);
}

static int v1_unmap_tell(void *user, u64 bytes)
{
    return copy_to_user(&((struct ioasid_unmap_dma __user *)user)->size, &bytes, sizeof(bytes)) ? -EFAULT : 0;
}

static int v1_unmap(struct ioasid_ctx *ctx, void *argument, void __user *user)
{
    struct ioasid_unmap_dma *v1 = argument;
    struct iommu_unmap_dma unmap = {.ioasid = v1->ioasid, .__reserved = v1->__reserved, .iova = v1->iova, .size = v1->size};

    return ioasid_unmap_dma(ctx, &unmap, v1_unmap_tell, (void *)user);
}

static int v1_nesting(struct ioasid_ctx *ctx, void *argument)
{
    return ioasid_create_nesting(ctx, argument);
}

static void v1_nesting_undo(struct ioasid_ctx *ctx, void *argument)
{
    struct ioasid_create_nesting *nesting = argument;

    (void)free_number(ctx, nesting->ioasid);
}

static int v1_bind_pgtable(struct ioasid_ctx *ctx, void *argument)
{
    return ioasid_bind_table(ctx, argument, IOASID_KIND_PGTABLE);
}

static int v1_bind_pasids(struct ioasid_ctx *ctx, void *argument)
{
    return ioasid_bind_table(ctx, argument, IOASID_KIND_PASIDS);
}

static int v1_unbind_pgtable(struct ioasid_ctx *ctx, void *argument)
{
    struct ioasid_handle *handle = argument;

    return handle->__reserved ? -EINVAL : ioasid_unbind_table(ctx, handle->ioasid, IOASID_KIND_PGTABLE);
}

static int v1_unbind_pasids(struct ioasid_ctx *ctx, void *argument)
{
    struct ioasid_handle *handle = argument;

    return handle->__reserved ? -EINVAL : ioasid_unbind_table(ctx, handle->ioasid, IOASID_KIND_PASIDS);
}

static int v1_invalidate(struct ioasid_ctx *ctx, void *argument)
{
    return ioasid_invalidate_v1(ctx, argument);
}

static int v1_eventfd(struct ioasid_ctx *ctx, void *argument)
{
    struct ioasid_set_fault_eventfd *set = argument;

    return set->__reserved ? -EINVAL : ioasid_faults_eventfd(ctx, set->eventfd);
}

static int v1_respond(struct ioasid_ctx *ctx, void *argument)
{
    struct ioasid_fault_respond *respond = argument;
    struct ioasid_answer answer = {.ioasid = respond->ioasid, .code = respond->code};

    return ioasid_faults_respond(ctx, &answer);
}

static const struct command v1[] = {
    {IOASID_CHECK_EXTENSION},
    {IOASID_REGISTER_MEMORY, sizeof(struct ioasid_memory), .run = v1_register},
    {IOASID_UNREGISTER_MEMORY, sizeof(struct ioasid_memory), .run = v1_unregister},
    {IOASID_ALLOC, sizeof(struct ioasid_handle), .answer = true, .run = v1_alloc, .undo = v1_alloc_undo},
    {IOASID_FREE, sizeof(struct ioasid_handle), .run = v1_free},
    {IOASID_GET_INFO, sizeof(struct ioasid_info), .query = ioasid_space_info},
    {IOASID_MAP_DMA, sizeof(struct ioasid_map_dma), .flags = 3, .run = v1_map},
    {IOASID_UNMAP_DMA, sizeof(struct ioasid_unmap_dma), .run_answering = v1_unmap},
    {IOASID_CREATE_NESTING, sizeof(struct ioasid_create_nesting), .answer = true, .run = v1_nesting, .undo = v1_nesting_undo},
    {IOASID_BIND_PGTABLE, sizeof(struct ioasid_bind_table), .run = v1_bind_pgtable},
    {IOASID_UNBIND_PGTABLE, sizeof(struct ioasid_handle), .run = v1_unbind_pgtable},
    {IOASID_BIND_PASID_TABLE, sizeof(struct ioasid_bind_table), .run = v1_bind_pasids},
    {IOASID_UNBIND_PASID_TABLE, sizeof(struct ioasid_handle), .run = v1_unbind_pasids},
    {IOASID_INVALIDATE_CACHE, sizeof(struct ioasid_invalidate_cache), .run = v1_invalidate},
    {IOASID_SET_FAULT_EVENTFD, sizeof(struct ioasid_set_fault_eventfd), .run = v1_eventfd},
    {IOASID_FAULT_RESPOND, sizeof(struct ioasid_fault_respond), .run = v1_respond},
};

/* ---- copying ---- */

struct header {
    u32 argsz, flags;
};

static int run_structure(struct ioasid_ctx *ctx, const struct command *command, void __user *user, u32 argsz)
{
    union {
        struct header header;
        u64 align;
        u8 bytes[STRUCT_MAX];
    } argument;
    int error, copied = 0;

    /* R-IOASID-029; nobody's structure is longer than a page, and looking through more takes time */
    if (argsz > PAGE_SIZE)
        return -E2BIG;
    error = copy_struct_from_user(&argument, command->size, user, ioasid_bug(TAIL_IGNORED) ? command->size : argsz);
    if (error)
        return error;
    argument.header.argsz = argsz;
    if (argument.header.flags & ~command->flags)
        return -EINVAL;
    error = command->run ? command->run(ctx, &argument) : command->run_answering(ctx, &argument, user);
    if (command->answer_always || (command->answer && !error))
        copied = copy_to_user(user, &argument, command->size) ? -EFAULT : 0;
    if (!error && copied && command->undo)
        command->undo(ctx, &argument);
    return error ? error : copied;
}

static int run(struct ioasid_ctx *ctx, const struct command *command, unsigned long value)
{
    void __user *user = (void __user *)value;
    u32 argsz;

    if (!command->size)
        return ioasid_check_extension(ctx, value);
    if (get_user(argsz, (u32 __user *)user))
        return -EFAULT;
    if (argsz < command->size && !ioasid_bug(SHORT_ACCEPTED))
        return -EINVAL; /* R-IOASID-028 */
    return command->query ? command->query(ctx, user, argsz) : run_structure(ctx, command, user, argsz);
}

static long node_ioctl(struct file *file, unsigned int number, unsigned long value)
{
    struct ioasid_ctx *ctx = file->private_data;
    const struct command *commands = ctx->version == 1 ? v1 : v2;
    size_t count = ctx->version == 1 ? ARRAY_SIZE(v1) : ARRAY_SIZE(v2);

    BUILD_BUG_ON(sizeof(struct iommu_invalidate_cache) > STRUCT_MAX);
    for (size_t i = 0; i < count; i++)
        if (commands[i].command == number)
            return run(ctx, &commands[i], value);
    return -ENOTTY; /* R-IOASID-203 */
}

/* ---- nodes ---- */

const struct ioasid_rules *ioasid_v2_rules(void)
{
    return v2_rules;
}

static struct miscdevice v1_node;

static int node_open(struct inode *inode, struct file *file)
{
    struct miscdevice *node = file->private_data;
    int error = node == &v1_node ? ioasid_ctx_open(file, 1, &ioasid_rules_v1) : ioasid_ctx_open(file, 2, ioasid_v2_rules());

    return error ? error : nonseekable_open(inode, file);
}

static int node_release(struct inode *inode, struct file *file)
{
    ioasid_ctx_close(file->private_data);
    return 0;
}

static ssize_t node_read(struct file *file, char __user *to, size_t room, loff_t *position)
{
    return ioasid_faults_read(file->private_data, to, room, file->f_flags & O_NONBLOCK);
}

static __poll_t node_poll(struct file *file, poll_table *table)
{
    struct ioasid_ctx *ctx = file->private_data;

    poll_wait(file, &ctx->faults.wait, table);
    return ioasid_faults_waiting(&ctx->faults) ? EPOLLIN | EPOLLRDNORM : 0;
}

const struct file_operations ioasid_file_operations = {
    .owner = THIS_MODULE,
    .open = node_open,
    .release = node_release,
    .read = node_read,
    .poll = node_poll,
    .unlocked_ioctl = node_ioctl,
    .compat_ioctl = compat_ptr_ioctl, /* R-IOASID-206 */
};

/* Inert without a device: for everyone (R-IOASID-003). */
static struct miscdevice v1_node = {
    .minor = MISC_DYNAMIC_MINOR, .name = "ioasid", .fops = &ioasid_file_operations, .nodename = "ioasid", .mode = 0666};
static struct miscdevice v2_node = {
    .minor = MISC_DYNAMIC_MINOR, .name = "iommu", .fops = &ioasid_file_operations, .nodename = "iommu", .mode = 0666};

static int __init ioasid_init(void)
{
    bool known;
    int error;

    v2_rules = ioasid_rules_find(profile);
    known = ioasid_bug_choose(bug);
    profile = PROFILE; /* both of this load only */
    bug = NULL;
    if (!v2_rules || !known)
        return -EINVAL;
    error = misc_register(&v1_node);
    if (error)
        return error;
    error = misc_register(&v2_node);
    if (error)
        misc_deregister(&v1_node);
    return error;
}

static void __exit ioasid_exit(void)
{
    misc_deregister(&v2_node);
    misc_deregister(&v1_node);
    ioasid_fault_limit = FAULT_LIMIT;
}

module_init(ioasid_init);
module_exit(ioasid_exit);
MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("I/O address spaces for user space");
MODULE_IMPORT_NS(IOMMUFD_INTERNAL);
MODULE_IMPORT_NS(IOMMUFD);
MODULE_ALIAS("devname:ioasid");
MODULE_ALIAS("devname:iommu");
