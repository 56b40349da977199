/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* rules.c - see rules.h. */
#include "rules.h"

#include <linux/array_size.h>
#include <linux/string.h>

const struct ioasid_rules ioasid_rules_v1 = {
    .name = "v1",
    .commands_need_attach = true,
    .partial_groups = true,
    .parent_attach_first = true,
    .tracked_tables = true,
    .equal_cookies = true, /* v1 has none */
};

static const struct ioasid_rules profiles[] = {
    {
        .name = "v2",
        .several_contexts = true,
    },
    {
        .name = "s20",
        .commands_need_attach = true,
        .singleton_groups_only = true,
        .enforced_devices_only = true,
        .enforced_spaces_only = true,
        .kernel_type_only = true,
        .one_space_per_device = true,
        .type1v2_extension_only = true,
    },
    {
        .name = "up",
        .equal_cookies = true,
        .replace_on_attach = true,
        .kernel_pasid_spaces = true,
    },
};

const struct ioasid_rules *ioasid_rules_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(profiles); i++)
        if (!strcmp(profiles[i].name, name))
            return &profiles[i];
    return NULL;
}
