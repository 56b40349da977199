/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gate_uapi.c - the condition of a case on a user interface: words for what its machine has and what it has declared.
 *
 * "IOMMU.vtd", "IOMMU.smmuv3": what the IOMMUs are. "PROFILE.name". "RULE.name": IOTB_UAPI_RULE_NAME. Other words: a device with
 * that property is there; GROUP: two devices that cannot be isolated from one another.
 */
#include "bench/gate.h"

#include "bench/run.h"

#include <string.h>

#define TERM_MAX 64u

struct word {
    const char *name;
    uint64_t bit;
};

static const struct word rules[] = {
    {"multi_bind", IOTB_UAPI_RULE_MULTI_BIND},
    {"same_cookie", IOTB_UAPI_RULE_SAME_COOKIE},
    {"replace", IOTB_UAPI_RULE_REPLACE},
    {"one_ioasid", IOTB_UAPI_RULE_ONE_IOASID},
    {"map_early", IOTB_UAPI_RULE_MAP_EARLY},
    {"multi_unmap", IOTB_UAPI_RULE_MULTI_UNMAP},
    {"auto_iova", IOTB_UAPI_RULE_AUTO_IOVA},
    {"invalidate_array", IOTB_UAPI_RULE_INVALIDATE_ARRAY},
    {"dirty", IOTB_UAPI_RULE_DIRTY},
    {"singleton", IOTB_UAPI_RULE_SINGLETON},
    {"snoop_stage", IOTB_UAPI_RULE_SNOOP_STAGE},
    {"snoop_required", IOTB_UAPI_RULE_SNOOP_REQUIRED},
    {"wbinvd_once", IOTB_UAPI_RULE_WBINVD_ONCE},
    {"box4_no_snoop", IOTB_UAPI_RULE_BOX4_NO_SNOOP},
    {"s20_extensions", IOTB_UAPI_RULE_S20_EXTENSIONS},
    {"long_tail", IOTB_UAPI_RULE_LONG_TAIL},
    {"parent_updates", IOTB_UAPI_RULE_PARENT_UPDATES},
    {"caches_absent", IOTB_UAPI_RULE_CACHES_ABSENT},
    {"portable_pasid", IOTB_UAPI_RULE_PORTABLE_PASID},
    {"legacy_container", IOTB_UAPI_RULE_LEGACY_CONTAINER},
    {"width_at_attach", IOTB_UAPI_RULE_WIDTH_AT_ATTACH},
    {"software_nesting", IOTB_UAPI_RULE_SOFTWARE_NESTING},
    {"unbind", IOTB_UAPI_RULE_UNBIND},
};

static const struct word properties[] = {
    {"PASID", IOTB_UAPI_PASID},
    {"ATS", IOTB_UAPI_ATS},
    {"PRI", IOTB_UAPI_PRI},
    {"NO_SNOOP", IOTB_UAPI_NO_SNOOP},
    {"MDEV", IOTB_UAPI_MDEV},
    {"SOFTWARE_MDEV", IOTB_UAPI_SOFTWARE_MDEV},
    {"SHARED_QUEUE", IOTB_UAPI_SHARED_QUEUE},
    {"RMRR", IOTB_UAPI_RMRR},
    {"ALIAS", IOTB_UAPI_ALIAS},
    {"ENFORCEABLE", IOTB_UAPI_ENFORCEABLE},
    {"DELEGATES", IOTB_UAPI_DELEGATES},
    {"NESTS", IOTB_UAPI_NESTS},
    {"DIRTY", IOTB_UAPI_DIRTY_CAPABLE},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct word *find(const struct word *words, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i].name, name) == 0)
            return &words[i];
    return NULL;
}

static const char *name_of(const struct word *words, size_t count, uint64_t bit)
{
    for (size_t i = 0; i < count; i++)
        if (words[i].bit == bit)
            return words[i].name;
    return NULL;
}

const char *gate_rule_name(uint64_t bit)
{
    return name_of(rules, COUNT(rules), bit);
}

const char *gate_property_name(uint64_t bit)
{
    return name_of(properties, COUNT(properties), bit);
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

bool gate_uapi_word(const char *term)
{
    term += term[0] == '!';
    if (begins(term, "IOMMU."))
        return !strcmp(term + 6, "vtd") || !strcmp(term + 6, "smmuv3");
    if (begins(term, "PROFILE."))
        return term[8] != '\0';
    if (begins(term, "RULE."))
        return find(rules, COUNT(rules), term + 5) != NULL;
    return !strcmp(term, "GROUP") || find(properties, COUNT(properties), term);
}

static bool has_group(struct test *t)
{
    struct iotb_uapi_device a, b;

    for (uint32_t i = 0; uapi_device(t, i, &a); i++)
        for (uint32_t k = 0; k < i && uapi_device(t, k, &b); k++)
            if (a.group == b.group && !((a.flags | b.flags) & (IOTB_UAPI_MDEV | IOTB_UAPI_GONE)))
                return true;
    return false;
}

/* A device without the property does for "!PASID". */
static bool has_property(struct test *t, uint64_t bit, bool with)
{
    struct iotb_uapi_device device;

    for (uint32_t i = 0; uapi_device(t, i, &device); i++)
        if (!(device.flags & IOTB_UAPI_GONE) && ((device.flags & bit) != 0) == with)
            return true;
    return false;
}

static bool holds(struct test *t, const char *term)
{
    const struct iotb_uapi_machine *machine = uapi_machine(t);
    bool wanted = term[0] != '!';

    term += !wanted;
    if (begins(term, "IOMMU."))
        return (machine->architecture == (strcmp(term + 6, "vtd") ? IOTB_ARCH_SMMUV3 : IOTB_ARCH_VTD)) == wanted;
    if (begins(term, "PROFILE."))
        return (strcmp(term + 8, machine->profile) == 0) == wanted;
    if (begins(term, "RULE."))
        return ((machine->rules & find(rules, COUNT(rules), term + 5)->bit) != 0) == wanted;
    if (!strcmp(term, "GROUP"))
        return has_group(t) == wanted;
    return has_property(t, find(properties, COUNT(properties), term)->bit, wanted);
}

static const char *said(const char *term)
{
    bool negated = term[0] == '!';

    if (begins(term + negated, "RULE."))
        return negated ? "has declared" : "has not declared";
    if (begins(term + negated, "IOMMU.") || begins(term + negated, "PROFILE."))
        return negated ? "is" : "is not";
    return "does not have";
}

void gate_of_uapi_case(struct test *t)
{
    const char *gate = test_case(t)->gate;
    char term[TERM_MAX];

    for (; gate && *gate; gate += *gate == '&') {
        size_t length = strcspn(gate, "&");

        snprintf(term, sizeof(term), "%.*s", (int)length, gate);
        if (length >= sizeof(term) || !gate_uapi_word(term))
            test_abort(t, "gate: \"%s\" says nothing of a user interface", term);
        if (!holds(t, term))
            test_skip(t, "needs %s, which this machine %s", term, said(term));
        gate += length;
    }
}
