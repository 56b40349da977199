/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plugin.c - loading a DUT from a shared object.
 */
#include "dut/plugin/plugin.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

bool parameters_take(const char *parameters, const char *name, char *value, size_t value_bytes, char *rest, size_t rest_bytes)
{
    size_t name_length = strlen(name), used = 0;
    bool found = false;

    value[0] = rest[0] = '\0';
    for (const char *at = parameters; *at;) {
        size_t length = strcspn(at, ",");
        bool match = !found && length > name_length && at[name_length] == '=' && strncmp(at, name, name_length) == 0;

        if (match) {
            size_t value_length = length - name_length - 1;

            if (value_length >= value_bytes)
                return false;
            memcpy(value, at + name_length + 1, value_length);
            value[value_length] = '\0';
            found = true;
        } else if (length) {
            if (used + length + 2 > rest_bytes)
                return false;
            if (used)
                rest[used++] = ',';
            memcpy(&rest[used], at, length);
            used += length;
            rest[used] = '\0';
        }
        at += length + (at[length] == ',');
    }
    return found;
}

static int refuse(const struct iotb_open_args *args, const char *path, const char *why)
{
    snprintf(args->error, args->error_bytes, "plug-in %s: %s", path, why);
    return IOTB_E_ENVIRONMENT;
}

int plugin_load(const struct iotb_open_args *args, void **library, const struct iotb_dut_ops **ops, char *parameters,
                size_t parameters_bytes)
{
    const struct iotb_dut_ops *(*entry)(uint32_t abi);
    char given[512], path[516];
    void *symbol;

    if (!parameters_take(args->parameters, "path", given, sizeof(given), parameters, parameters_bytes)) {
        snprintf(args->error, args->error_bytes, "a plug-in needs the parameter path=FILE");
        return IOTB_E_ARGUMENT;
    }
    /* Without a slash dlopen would search the system's libraries. */
    snprintf(path, sizeof(path), "%s%s", strchr(given, '/') ? "" : "./", given);
    *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!*library)
        return refuse(args, path, dlerror());
    symbol = dlsym(*library, "iotb_dut_entry");
    if (!symbol) {
        plugin_unload(*library);
        return refuse(args, path, "it does not export the symbol iotb_dut_entry");
    }
    memcpy(&entry, &symbol, sizeof(entry)); /* ISO C has no cast from void * to a function pointer */
    *ops = entry(IOTB_DUT_ABI);
    return IOTB_OK;
}

void plugin_unload(void *library)
{
    if (library)
        dlclose(library);
}

const struct iotb_dut_ops *iotb_dut_plugin(void)
{
    static const struct iotb_dut_ops plugin = {.size = sizeof(plugin), .abi = IOTB_DUT_ABI, .name = "plugin"};

    return &plugin;
}
