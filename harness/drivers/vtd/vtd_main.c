/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_main.c - the module: units that firmware describes are started, and registered with the iommu core. */
#include "vtd.h"

#include <linux/bitops.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/string.h>

static const char *const bug_names[] = {
#define VTD_BUG(name, row, what) #name,
#include "vtd_bugs.def"
#undef VTD_BUG
};

static char *bug;
module_param(bug, charp, 0);
MODULE_PARM_DESC(bug, "a mistake of vtd_bugs.def to be made");

static int bug_index = -1;

bool vtd_bug(enum vtd_bug asked)
{
    return (int)asked == bug_index;
}

static int choose_bug(void)
{
    bug_index = -1;
    if (!bug || !*bug)
        return 0;
    for (int i = 0; i < VTD_BUG_COUNT; i++)
        if (!strcmp(bug, bug_names[i]))
            bug_index = i;
    if (bug_index < 0)
        pr_err("vtd: there is no bug %s\n", bug);
    return bug_index < 0 ? -EINVAL : 0;
}

const struct iommu_ops vtd_ops = {
    .capable = vtd_device_capable,
    .hw_info = vtd_device_info,
    .domain_alloc_paging = vtd_domain_alloc_paging,
    .domain_alloc_user = vtd_domain_alloc_user,
    .domain_alloc_sva = vtd_sva_alloc,
    .probe_device = vtd_device_probe,
    .release_device = vtd_device_release,
    .device_group = vtd_device_group,
    .get_resv_regions = vtd_device_reserved,
    .dev_enable_feat = vtd_device_enable,
    .dev_disable_feat = vtd_device_disable,
    .page_response = vtd_request_respond,
    .def_domain_type = vtd_device_default,
    .remove_dev_pasid = vtd_remove_pasid,
    .default_domain_ops = &vtd_paging_ops,
    .pgsize_bitmap = ~0xfffUL,
    .owner = THIS_MODULE,
    .identity_domain = &vtd_identity.domain,
    .blocked_domain = &vtd_blocked,
};

static void stop_all(void)
{
    struct vtd_unit *unit, *next;

    list_for_each_entry_safe(unit, next, &vtd_units, node) vtd_unit_stop(unit);
    vtd_dmar_done();
    xa_destroy(&vtd_identity.dids);
    mmu_notifier_synchronize();
}

static int __init vtd_init(void)
{
    struct vtd_unit *unit;
    int result = choose_bug();

    if (result)
        return result;
    vtd_domain_init(&vtd_identity, VTD_IDENTITY);
    result = vtd_dmar_parse(vtd_unit_add);
    list_for_each_entry(unit, &vtd_units, node) if (!result) result = vtd_unit_start(unit);
    if (result)
        stop_all();
    return result;
}

static void __exit vtd_exit(void)
{
    stop_all();
}

module_init(vtd_init);
module_exit(vtd_exit);
MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Intel VT-d");
