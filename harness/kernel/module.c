/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * module.c - modules are linked in, but are not there before they are loaded: their init has not run, symbol_get does not find
 * what they export. Loading follows dependencies as modprobe does; a module that is forbidden or absent takes those that need it
 * with it.
 */
#include "kernel/sched.h"

#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

enum state { LOADABLE, BUILTIN, FORBIDDEN, ABSENT }; /* as enum kernel_module_state */

extern struct module *const __weak __start_kernel_modules[], *const __weak __stop_kernel_modules[];
extern const struct kernel_param __weak __start_kparam_kernel[], __weak __stop_kparam_kernel[];

static DEFINE_MUTEX(module_mutex);

struct module *module_find(const char *name);
int module_load(const char *name, const char *parameters);
int module_unload(const char *name);
void module_preset(const char *name, int state, const char *parameters);
void module_reset_all(void);
int module_set_state(const char *name, int state);

struct module *module_find(const char *name)
{
    for (struct module *const *at = __start_kernel_modules; at < __stop_kernel_modules; at++)
        if (strcmp((*at)->name, name) == 0)
            return *at;
    return NULL;
}

void module_reset_all(void)
{
    for (struct module *const *at = __start_kernel_modules; at < __stop_kernel_modules; at++) {
        (*at)->state = LOADABLE;
        (*at)->loaded = (*at)->going = false;
        (*at)->references = 0;
        (*at)->preset = NULL;
    }
}

void module_preset(const char *name, int state, const char *parameters)
{
    struct module *module = module_find(name);

    if (module) {
        module->state = (unsigned int)state;
        module->preset = parameters;
    }
}

int module_set_state(const char *name, int state)
{
    struct module *module = module_find(name);

    if (!module)
        return -ENOENT;
    if (module->loaded)
        return -EBUSY;
    module->state = (unsigned int)state;
    return 0;
}

/* ---- references ---- */

/* Taken under the scheduler's lock: a module on its way out gives none. */
bool try_module_get(struct module *module)
{
    bool got;

    if (!module)
        return true;
    sched_point();
    sched_lock();
    got = (module->loaded || module->starting) && !module->going;
    if (got)
        module->references++;
    sched.backend->acquire(module);
    sched_unlock();
    return got;
}

void __module_get(struct module *module)
{
    if (!module)
        return;
    sched_lock();
    module->references++;
    sched_unlock();
}

void module_put(struct module *module)
{
    int left;

    if (!module)
        return;
    sched_lock();
    sched.backend->release(module);
    left = --module->references;
    sched_unlock();
    if (left < 0)
        splat(SPLAT_MODULE, "module_put of %s, of which nobody holds a reference", module->name);
}

int module_refcount(struct module *module)
{
    int count;

    sched_lock();
    count = module->references;
    sched_unlock();
    return count;
}

const char *module_name(struct module *module)
{
    return module ? module->name : "kernel";
}

static const struct kernel_symbol *symbol_in(struct module *module, const char *name, void *address)
{
    for (const struct kernel_symbol *at = module->symbols; at < module->symbols_end; at++)
        if (name ? strcmp(at->name, name) == 0 : at->address == address)
            return at;
    return NULL;
}

/* Only of modules that are loaded: that is why it is used. */
void *__symbol_get(const char *name)
{
    for (struct module *const *at = __start_kernel_modules; at < __stop_kernel_modules; at++) {
        const struct kernel_symbol *symbol = symbol_in(*at, name, NULL);

        if (symbol)
            return !(*at)->starting && try_module_get(*at) ? symbol->address : NULL;
    }
    return NULL;
}

void __symbol_put(const char *name)
{
    for (struct module *const *at = __start_kernel_modules; at < __stop_kernel_modules; at++)
        if (symbol_in(*at, name, NULL)) {
            module_put(*at);
            return;
        }
    splat(SPLAT_MODULE, "symbol_put of %s, which nobody exports", name);
}

void symbol_put_addr(void *address)
{
    for (struct module *const *at = __start_kernel_modules; at < __stop_kernel_modules; at++)
        if (symbol_in(*at, NULL, address)) {
            module_put(*at);
            return;
        }
    splat(SPLAT_MODULE, "symbol_put_addr of %p, which nobody exports", address);
}

/* ---- parameters: "name=value name=value" ---- */

static int set_parameter(struct module *module, char *text)
{
    char *value = strchr(text, '=');

    if (value)
        *value++ = 0;
    for (const struct kernel_param *at = module->params; at < module->params_end; at++)
        if (strcmp(at->name, text) == 0)
            return at->ops->set(value, at);
    pr_warn("%s: unknown parameter '%s' ignored\n", module->name, text);
    return 0;
}

static int set_parameters(struct module *module, const char *parameters)
{
    char *copy, *rest, *word;
    int error = 0;

    if (!parameters)
        return 0;
    copy = rest = kstrdup(parameters, GFP_KERNEL);
    if (!copy)
        return -ENOMEM;
    while (!error && (word = strsep(&rest, " ")) != NULL)
        if (*word)
            error = set_parameter(module, word);
    kfree(copy);
    return error;
}

/* A charp parameter that was set points to memory that lives until the module is gone. */
static void free_parameters(struct module *module)
{
    while (module->parameter_memory) {
        void **memory = module->parameter_memory;

        module->parameter_memory = *memory;
        kfree(memory);
    }
}

int param_set_charp(const char *text, const struct kernel_param *param)
{
    struct module *module = NULL;
    void **memory;

    if (!text)
        return -EINVAL;
    for (struct module *const *at = __start_kernel_modules; at < __stop_kernel_modules; at++)
        if (param >= (*at)->params && param < (*at)->params_end)
            module = *at;
    memory = kmalloc(sizeof(void *) + strlen(text) + 1, GFP_KERNEL);
    if (!memory)
        return -ENOMEM;
    strcpy((char *)(memory + 1), text);
    *(char **)param->arg = (char *)(memory + 1);
    if (module) {
        *memory = module->parameter_memory;
        module->parameter_memory = memory;
    }
    return 0;
}

int param_get_charp(char *buffer, const struct kernel_param *param)
{
    return sprintf(buffer, "%s\n", *(char **)param->arg);
}

int param_set_bool(const char *text, const struct kernel_param *param)
{
    return kstrtobool(text ? text : "1", param->arg);
}

#define NUMBER_PARAM(name, type, convert)                                                 \
    static int param_set_##name##_ops(const char *text, const struct kernel_param *param) \
    {                                                                                     \
        return text ? convert(text, 0, (type *)param->arg) : -EINVAL;                     \
    }                                                                                     \
    const struct kernel_param_ops param_ops_##name = {.set = param_set_##name##_ops}
NUMBER_PARAM(int, int, kstrtoint);
NUMBER_PARAM(uint, unsigned int, kstrtouint);
NUMBER_PARAM(ulong, unsigned long, kstrtoul);
NUMBER_PARAM(ullong, unsigned long long, kstrtoull);
NUMBER_PARAM(ushort, unsigned short, kstrtou16);
const struct kernel_param_ops param_ops_bool = {.set = param_set_bool};
const struct kernel_param_ops param_ops_charp = {.set = param_set_charp, .get = param_get_charp};

int param_set_int(const char *text, const struct kernel_param *param)
{
    return param_set_int_ops(text, param);
}

int param_set_uint(const char *text, const struct kernel_param *param)
{
    return param_set_uint_ops(text, param);
}

/* ---- loading ---- */

static int load(struct module *module, const char *parameters);

static void drop_dependencies(struct module *module, const char *const *end)
{
    for (const char *const *at = module->depends; *at && at != end; at++)
        module_put(module_find(*at));
}

static int take_dependencies(struct module *module)
{
    for (const char *const *at = module->depends; *at; at++) {
        struct module *needed = module_find(*at);
        int error = needed ? load(needed, NULL) : -ENOENT;

        if (error) {
            drop_dependencies(module, at);
            return error;
        }
        __module_get(needed);
    }
    return 0;
}

static int load(struct module *module, const char *parameters)
{
    int error;

    if (module->loaded)
        return 0;
    if (module->state == ABSENT)
        return -ENOENT;
    if (module->state == FORBIDDEN)
        return -EPERM;
    error = take_dependencies(module);
    if (error)
        return error;
    module->starting = true;
    error = set_parameters(module, parameters ? parameters : module->preset);
    if (!error && module->init)
        error = module->init();
    module->starting = false;
    if (error) {
        free_parameters(module);
        drop_dependencies(module, NULL);
        return error;
    }
    sched_lock();
    module->loaded = true;
    sched.backend->release(module);
    sched_unlock();
    return 0;
}

int module_load(const char *name, const char *parameters)
{
    struct module *module = module_find(name);
    int error;

    if (!module)
        return -ENOENT;
    mutex_lock(&module_mutex);
    error = load(module, parameters);
    mutex_unlock(&module_mutex);
    return error;
}

/* halt: 1 built-in modules go too, 2 so do those that are in use. */
static int unload(struct module *module, int halt)
{
    bool used;

    if (!module->loaded)
        return -ENOENT;
    if (module->state == BUILTIN && !halt)
        return -EBUSY;
    sched_lock();
    used = module->references != 0 && halt < 2;
    module->going = !used;
    sched.backend->acquire(module);
    sched_unlock();
    if (used)
        return -EWOULDBLOCK;
    if (module->exit)
        module->exit();
    if (module->references)
        splat(SPLAT_MODULE, "module %s: %d references after its exit", module->name, module->references);
    module->loaded = module->going = false;
    free_parameters(module);
    drop_dependencies(module, NULL);
    return 0;
}

int module_unload(const char *name)
{
    struct module *module = module_find(name);
    int error;

    if (!module)
        return -ENOENT;
    mutex_lock(&module_mutex);
    error = unload(module, 0);
    mutex_unlock(&module_mutex);
    return error;
}

/* modprobe from inside. A module that loads another from its own init already holds the mutex. */
int __request_module(bool wait, const char *format, ...)
{
    char name[56];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(name, sizeof(name), format, arguments);
    va_end(arguments);
    if (mutex_is_locked(&module_mutex) && lockdep_is_held(&module_mutex)) {
        struct module *module = module_find(name);

        return module ? load(module, NULL) : -ENOENT;
    }
    return module_load(name, NULL);
}

int modules_begin(void)
{
    for (struct module *const *at = __start_kernel_modules; at < __stop_kernel_modules; at++)
        if ((*at)->state == BUILTIN) {
            int error = module_load((*at)->name, NULL);

            if (error)
                return error;
        }
    return 0;
}

static bool unload_some(int halt)
{
    bool changed = false;

    for (long at = __stop_kernel_modules - __start_kernel_modules; at-- && !(changed && halt == 2);)
        if (__start_kernel_modules[at]->loaded && unload(__start_kernel_modules[at], halt) == 0)
            changed = true;
    return changed;
}

/*
 * Those that nobody uses, again and again until nothing changes: the reverse of dependencies. Then one of those that are in use,
 * which a real kernel keeps for ever: drivers of IOMMUs, whose exit lets go of the devices that hold them. What has references
 * after its exit is told.
 */
void modules_end(void)
{
    mutex_lock(&module_mutex);
    do {
        while (unload_some(1)) {
        }
    } while (unload_some(2));
    mutex_unlock(&module_mutex);
}
