/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dut_registry.c - the DUTs by name, and the capability sets on which each is judged by default.
 */
#include "dut/dut_registry.h"

#include "dut/control/control.h"
#include "dut/control/endpoint_control.h"
#include "dut/control/uapi_control.h"
#ifdef IOTB_HAVE_IOASID_DUT
#include "dut/ioasid/ioasid_dut.h"
#endif
#include "dut/model/model_dut.h"
#include "dut/plugin/plugin.h"
#ifdef IOTB_HAVE_QEMU_DUT
#include "dut/qemu/qemu_dut.h"
#endif
#ifdef IOTB_HAVE_SYSTEMC_DUT
#include "dut/systemc/systemc_dut.h"
#endif

#include <stdio.h>
#include <string.h>

/* Every preset of the model; then the functional mode, a narrow and slow implementation, and one that keeps
 * provenance and merges faults of one source. */
static const char *const vtd_sets[] = {
    "preset=legacy-min",
    "preset=legacy",
    "preset=legacy-57",
    "preset=scalable-ss",
    "preset=scalable-fs",
    "preset=scalable",
    "preset=scalable-nest",
    "preset=max",
    "preset=ver8",
    "preset=nocache",
    "preset=hoard",
    "preset=small-pss",
    "preset=cm",
    "preset=ats-legacy",
    "preset=ats",
    "preset=ats-nest",
    "preset=ir",
    "preset=ir-posted",
    "preset=ir-required",
    "preset=max-ats",
    "preset=max,haw=46",
    "preset=scalable-ss,mgaw=46,dt=1,sslps=0,device_tlb_timeout_ps=10000000000",
    "preset=scalable,ver_max=2",
    "preset=max,memory=dut",
    "preset=max,lookup_ps=2000,walk_step_ps=5000,invalidate_ps=10000,register_ps=4000,lookup_ports=1,walkers=2,in_flight_max=4",
    "preset=max,provenance=1,fault_merge=1,clock_ps=1500,lookup_ps=2000,miss_merge=1,walk_hazard_lg2=21",
    NULL,
};

/* Likewise: every preset; the functional mode; a slow implementation; one that retries stalls early and keeps provenance; the
 * stall models; attributes that cannot be overridden. */
static const char *const smmuv3_sets[] = {
    "preset=min",
    "preset=stage1",
    "preset=stage2",
    "preset=nested",
    "preset=max",
    "preset=v30",
    "preset=v31",
    "preset=v33",
    "preset=nocache",
    "preset=hoard",
    "preset=narrow",
    "preset=ats",
    "preset=ats-nested",
    "preset=max-ats",
    "preset=max,memory=dut",
    "preset=max,lookup_ps=2000,walk_step_ps=5000,command_ps=10000,register_ps=4000,lookup_ports=1,walkers=2,in_flight_max=4",
    "preset=max,early_retry=1,provenance=1,stall_max_lg2=1",
    "preset=nested,stall_model=1,stall_max_lg2=0",
    "preset=max,attr_types_ovr=0,attr_perms_ovr=0,merge_events=0",
    NULL,
};

/* Every preset. */
static const char *const pasid_device_sets[] = {
    "preset=max",    "preset=min",  "preset=ats",   "preset=pasid",  "preset=product",
    "preset=pasid8", "preset=glob", "preset=swenq", "preset=narrow", "preset=ep",
    "preset=serial", "preset=idxd", NULL,
};

#ifdef IOTB_HAVE_IOASID_DUT
/* Both IOMMUs under the default profile; the other profiles; other orders of what happens at the same time, slow memory. */
static const char *const ioasid_sets[] = {
    "iommu=vtd",
    "iommu=smmuv3",
    "iommu=vtd,profile=s20",
    "iommu=vtd,profile=up",
    "iommu=smmuv3,profile=up",
    "iommu=vtd,explore=1,seed=2",
    "iommu=smmuv3,explore=1,seed=3,latency_ps=50000",
    NULL,
};
#endif

/* The controls need not show every capability: one legacy and one scalable unit. */
static const char *const control_sets[] = {"preset=legacy", "preset=max", NULL};
static const char *const one_set[] = {"", NULL};
#ifdef IOTB_HAVE_QEMU_DUT
/* Both modes; then a unit that has legacy mode only, the narrower address width, and caches what is not present. */
static const char *const qemu_vtd_sets[] = {"", "x-scalable-mode=off,aw-bits=39,caching-mode=on", NULL};
/* Debian's QEMU has stage 1 only, and no choice. */
static const char *const qemu_smmuv3_sets[] = {"", NULL};
#endif
#ifdef IOTB_HAVE_SYSTEMC_DUT
/* The model is the same: one unit whose time moves only with memory, and one that takes time itself. */
static const char *const systemc_vtd_sets[] = {"preset=max", "preset=scalable,lookup_ps=2000,walk_step_ps=5000,walkers=2", NULL};
static const char *const systemc_smmuv3_sets[] = {"preset=max", "preset=nested,lookup_ps=2000,walk_step_ps=5000,walkers=2", NULL};
#endif

struct entry {
    const char *name;
    const struct iotb_dut_ops *(*ops)(void); /* NULL: a control */
    const char *const *sets;
};

static const struct entry entries[] = {
    {"vtd", iotb_dut_vtd, vtd_sets},
    {"smmuv3", iotb_dut_smmuv3, smmuv3_sets},
    {"pasid-device", iotb_dut_pasid_device, pasid_device_sets},
#ifdef IOTB_HAVE_IOASID_DUT
    {"ioasid", iotb_dut_ioasid, ioasid_sets},
#endif
    {"bypass", NULL, control_sets},
    {"deny", NULL, control_sets},
    {"stuck", NULL, control_sets},
    {"noise", NULL, control_sets},
    {"endpoint-silent", iotb_dut_endpoint_silent, one_set},
    {"endpoint-noise", iotb_dut_endpoint_noise, one_set},
    {"endpoint-identity", iotb_dut_endpoint_identity, one_set},
    {"hooked", iotb_dut_hooked, one_set},
    {"uapi-yes", iotb_dut_uapi_yes, one_set},
    {"uapi-no", iotb_dut_uapi_no, one_set},
    {"uapi-bypass", iotb_dut_uapi_bypass, one_set},
    {"plugin", iotb_dut_plugin, one_set},
    {"socket", iotb_dut_socket, one_set},
#ifdef IOTB_HAVE_QEMU_DUT
    {"qemu-vtd", iotb_dut_qemu_vtd, qemu_vtd_sets},
    {"qemu-smmuv3", iotb_dut_qemu_smmuv3, qemu_smmuv3_sets},
#endif
#ifdef IOTB_HAVE_SYSTEMC_DUT
    {"systemc:vtd", iotb_dut_systemc_vtd, systemc_vtd_sets},
    {"systemc:smmuv3", iotb_dut_systemc_smmuv3, systemc_smmuv3_sets},
#endif
};
#define ENTRY_COUNT (sizeof(entries) / sizeof(entries[0]))

static const struct entry *entry_of(const char *name)
{
    for (size_t i = 0; i < ENTRY_COUNT; i++)
        if (strcmp(entries[i].name, name) == 0)
            return &entries[i];
    return NULL;
}

const char *const *dut_names(void)
{
    static const char *const names[] = {
        "vtd",         "smmuv3",         "pasid-device",    "bypass",         "deny",
        "stuck",       "noise",          "endpoint-silent", "endpoint-noise", "endpoint-identity",
        "hooked",      "uapi-yes",       "uapi-no",         "uapi-bypass",    "plugin",
        "socket",
#ifdef IOTB_HAVE_IOASID_DUT
        "ioasid",
#endif
#ifdef IOTB_HAVE_QEMU_DUT
        "qemu-vtd",    "qemu-smmuv3",
#endif
#ifdef IOTB_HAVE_SYSTEMC_DUT
        "systemc:vtd", "systemc:smmuv3",
#endif
        NULL,
    };
    _Static_assert(sizeof(names) / sizeof(names[0]) == ENTRY_COUNT + 1, "one name for each entry");

    return names;
}

const char *const *dut_default_sets(const char *name)
{
    const struct entry *entry = entry_of(name);

    return entry ? entry->sets : one_set;
}

static bool unknown(const char *name, char *error, size_t error_bytes)
{
    size_t used = (size_t)snprintf(error, error_bytes, "there is no DUT named \"%s\"; this build has", name);

    for (size_t i = 0; i < ENTRY_COUNT && used < error_bytes; i++)
        used += (size_t)snprintf(error + used, error_bytes - used, "%s %s", i ? "," : "", entries[i].name);
    return false;
}

bool dut_find(const char *spec, struct dut_found *found, char *error, size_t error_bytes)
{
    size_t length = strcspn(spec, ",");
    const char *parameters = spec[length] ? spec + length + 1 : "";
    const struct entry *entry;

    *found = (struct dut_found){0};
    if (length >= sizeof(found->name) || strlen(parameters) >= sizeof(found->parameters)) {
        snprintf(error, error_bytes, "the DUT \"%.40s...\" is written too long", spec);
        return false;
    }
    memcpy(found->name, spec, length);
    strcpy(found->parameters, parameters);
    entry = entry_of(found->name);
    if (!entry)
        return unknown(found->name, error, error_bytes);
    found->ops = entry->ops ? entry->ops() : iotb_dut_control(entry->name);
    return true;
}

bool dut_deviation(const char *name, size_t n, struct dut_deviation *deviation)
{
    if (strcmp(name, "smmuv3") == 0)
        return iotb_dut_smmuv3_deviation(n, deviation);
    if (strcmp(name, "hooked") == 0)
        return iotb_dut_hooked_deviation(n, deviation);
#ifdef IOTB_HAVE_IOASID_DUT
    if (strcmp(name, "ioasid") == 0)
        return iotb_dut_ioasid_deviation(n, deviation);
#endif
    if (strcmp(name, "pasid-device") == 0)
        return iotb_dut_pasid_device_deviation(n, deviation);
    return strcmp(name, "vtd") == 0 && iotb_dut_vtd_deviation(n, deviation);
}

const char *dut_deviation_besides(const char *name, size_t n)
{
    return strcmp(name, "hooked") == 0 ? iotb_dut_hooked_besides(n) : NULL;
}
