/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* ctx.c - contexts: their life, how others of the kernel find them, whether memory can be reached past the caches. */
#include "core.h"

#include <linux/err.h>
#include <linux/export.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>

int ioasid_ctx_open(struct file *file, unsigned int version, const struct ioasid_rules *rules)
{
    struct ioasid_ctx *ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);

    if (!ctx)
        return -ENOMEM;
    kref_init(&ctx->kref);
    ctx->version = version;
    ctx->rules = rules;
    mutex_init(&ctx->lock);
    xa_init_flags(&ctx->spaces, XA_FLAGS_ALLOC1);
    INIT_LIST_HEAD(&ctx->devices);
    INIT_LIST_HEAD(&ctx->listeners);
    ctx->registered = RB_ROOT_CACHED;
    ioasid_faults_init(&ctx->faults);
    file->private_data = ctx;
    return 0;
}

static void ctx_free(struct kref *kref)
{
    struct ioasid_ctx *ctx = container_of(kref, struct ioasid_ctx, kref);

    mutex_lock(&ctx->lock);
    ioasid_spaces_free(ctx); /* R-IOASID-011 */
    ioasid_unregister_all(ctx);
    mutex_unlock(&ctx->lock);
    xa_destroy(&ctx->spaces);
    mutex_destroy(&ctx->faults.reader);
    mutex_destroy(&ctx->lock);
    kfree(ctx);
}

/* Devices that are bound keep all but the reader of faults (R-IOASID-045). */
void ioasid_ctx_close(struct ioasid_ctx *ctx)
{
    ioasid_faults_close(ctx);
    ioasid_ctx_put(ctx);
}

void ioasid_ctx_get(struct ioasid_ctx *ctx)
{
    kref_get(&ctx->kref);
}
EXPORT_SYMBOL_GPL(ioasid_ctx_get);

void ioasid_ctx_put(struct ioasid_ctx *ctx)
{
    kref_put(&ctx->kref, ctx_free);
}
EXPORT_SYMBOL_GPL(ioasid_ctx_put);

struct ioasid_ctx *ioasid_ctx_from_file(struct file *file)
{
    if (file->f_op != &ioasid_file_operations)
        return ERR_PTR(-EINVAL);
    ioasid_ctx_get(file->private_data);
    return file->private_data;
}
EXPORT_SYMBOL_GPL(ioasid_ctx_from_file);

struct ioasid_ctx *ioasid_ctx_fdget(int fd)
{
    struct file *file = fget(fd);
    struct ioasid_ctx *ctx;

    if (!file)
        return ERR_PTR(-EBADF);
    ctx = ioasid_ctx_from_file(file);
    fput(file);
    return ctx;
}
EXPORT_SYMBOL_GPL(ioasid_ctx_fdget);

unsigned int ioasid_ctx_version(const struct ioasid_ctx *ctx)
{
    return ctx->version;
}
EXPORT_SYMBOL_GPL(ioasid_ctx_version);

/* ---- coherency ---- */

static void tell(struct ioasid_ctx *ctx)
{
    struct ioasid_listener *listener;

    list_for_each_entry(listener, &ctx->listeners, node) listener->changed(listener, !ctx->noncoherent);
}

void ioasid_noncoherent_add(struct ioasid_ctx *ctx)
{
    if (!ctx->noncoherent++ && !ioasid_bug(COHERENCY_SILENT))
        tell(ctx);
}

void ioasid_noncoherent_drop(struct ioasid_ctx *ctx)
{
    if (!ioasid_bug(COHERENCY_STUCK) && !--ctx->noncoherent)
        tell(ctx);
}

bool ioasid_ctx_listen(struct ioasid_ctx *ctx, struct ioasid_listener *listener)
{
    bool coherent;

    mutex_lock(&ctx->lock);
    list_add_tail(&listener->node, &ctx->listeners);
    coherent = !ctx->noncoherent;
    mutex_unlock(&ctx->lock);
    return coherent;
}
EXPORT_SYMBOL_GPL(ioasid_ctx_listen);

void ioasid_ctx_unlisten(struct ioasid_ctx *ctx, struct ioasid_listener *listener)
{
    mutex_lock(&ctx->lock);
    list_del(&listener->node);
    mutex_unlock(&ctx->lock);
}
EXPORT_SYMBOL_GPL(ioasid_ctx_unlisten);

bool ioasid_ctx_coherent(struct ioasid_ctx *ctx)
{
    bool coherent;

    mutex_lock(&ctx->lock);
    coherent = !ctx->noncoherent;
    mutex_unlock(&ctx->lock);
    return coherent;
}
EXPORT_SYMBOL_GPL(ioasid_ctx_coherent);

const struct ioasid_kvm_ops ioasid_kvm_ops = {
    .owner = THIS_MODULE,
    .ctx_from_file = ioasid_ctx_from_file,
    .ctx_put = ioasid_ctx_put,
    .listen = ioasid_ctx_listen,
    .unlisten = ioasid_ctx_unlisten,
    .coherent = ioasid_ctx_coherent,
    .find_ppasid = ioasid_find_ppasid,
};
EXPORT_SYMBOL_GPL(ioasid_kvm_ops);
