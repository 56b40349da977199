/* SPDX-License-Identifier: BSD-2-Clause */
/* plan.c - see plan.h. */
#include "bench/plan.h"

#include "bench/cli.h"
#include "bench/results.h"

#include <stdlib.h>
#include <string.h>

/* Judged when no DUT is named, if this build has them. */
static const char *const embedded_models[] = {"vtd", "smmuv3", "pasid-device", "ioasid", NULL};

static bool is_built(const char *name)
{
    const char *const *built = dut_names();

    while (*built && strcmp(*built, name) != 0)
        built++;
    return *built != NULL;
}

int plan_exact(struct plan *plan, const char *spec)
{
    struct run_dut *dut;
    char error[256];

    plan->duts = realloc(plan->duts, (plan->dut_count + 1) * sizeof(*plan->duts));
    if (!plan->duts)
        abort();
    dut = &plan->duts[plan->dut_count];
    *dut = (struct run_dut){.state = VERDICT_PASS};
    if (!dut_find(spec, &dut->found, error, sizeof(error)))
        return cli_bad("%s", error);
    plan->dut_count++;
    return 0;
}

int plan_dut(struct plan *plan, const char *spec)
{
    int code = 0;

    if (!spec) {
        for (const char *const *name = embedded_models; !code && *name; name++)
            if (is_built(*name))
                code = plan_dut(plan, *name);
        return code;
    }
    if (strchr(spec, ','))
        return plan_exact(plan, spec);
    for (const char *const *set = dut_default_sets(spec); !code && *set; set++) {
        char full[640];

        snprintf(full, sizeof(full), "%s%s%s", spec, **set ? "," : "", *set);
        code = plan_exact(plan, full);
    }
    return code;
}

static const char *architecture_name(uint32_t architecture)
{
    static const char *const names[] = {
        [IOTB_ARCH_NONE] = "none",
        [IOTB_ARCH_VTD] = "vtd",
        [IOTB_ARCH_SMMUV3] = "smmuv3",
        [IOTB_ARCH_ENDPOINT] = "pasid-device",
        [IOTB_ARCH_IOASID] = "ioasid",
    };

    return architecture < sizeof(names) / sizeof(names[0]) ? names[architecture] : "unknown";
}

/* "one cannot be used: why", for each different why once. */
static void say_why(const struct plan *plan, const struct run_dut *dut)
{
    for (const struct run_dut *before = plan->duts; before != dut; before++)
        if (before->exit_code && strcmp(before->reason, dut->reason) == 0)
            return;
    cli_say("the DUT %s%s%s cannot be used: %s", dut->found.name, dut->found.parameters[0] ? "," : "", dut->found.parameters,
            dut->reason);
}

int plan_inspect(struct plan *plan, uint64_t timeout_ms, json_t *results)
{
    int code = 0;

    for (size_t i = 0; i < plan->dut_count; i++) {
        struct run_dut *dut = &plan->duts[i];
        json_t *member;

        run_inspect(dut, timeout_ms);
        dut->index =
            results_dut(results, dut->found.name, dut->version, architecture_name(dut->architecture), dut->found.parameters);
        member = json_array_get(json_object_get(results, "duts"), dut->index);
        json_object_set_new(member, "identity", json_string(dut->identity));
        if (dut->exit_code)
            say_why(plan, dut);
        code = exit_code_worse(code, dut->exit_code);
    }
    return code;
}

void plan_jobs(struct plan *plan, const struct selection *selection)
{
    const struct iotb_case *what;
    size_t cases = 0;

    while (suite_at(cases))
        cases++;
    plan->jobs = calloc(cases * plan->dut_count + 1, sizeof(*plan->jobs));
    if (!plan->jobs)
        abort();
    for (size_t i = 0; i < plan->dut_count; i++) {
        const struct run_dut *dut = &plan->duts[i];

        for (size_t n = 0; (what = suite_at(n)) != NULL; n++) /* of a DUT that did not open the architecture is not known */
            if (selection_has(selection, what) && (dut->state != VERDICT_PASS || case_is_for(what, dut->architecture)))
                plan->jobs[plan->job_count++] = (struct run_job){.what = what, .dut = dut};
    }
}

void plan_free(struct plan *plan)
{
    for (size_t i = 0; i < plan->job_count; i++)
        run_job_free(&plan->jobs[i]);
    free(plan->jobs);
    free(plan->duts);
    *plan = (struct plan){0};
}
