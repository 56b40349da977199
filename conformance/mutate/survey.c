/* SPDX-License-Identifier: BSD-2-Clause */
/* survey.c - the original, judged on every default parameter set: what fails or cannot run there says nothing of a mutant. */
#include "bench/cli.h"
#include "bench/suite.h"
#include "dut/dut_registry.h"
#include "mutate/mutate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CASE_TIMEOUT_MS 20000u

void survey_trial(const struct survey *survey, size_t n, const char *plugin, struct trial *trial, char *dut, size_t dut_bytes)
{
    const struct survey_set *set = &survey->sets[n];

    snprintf(dut, dut_bytes, "plugin,path=%s%s%s", plugin, set->parameters[0] ? "," : "", set->parameters);
    *trial = (struct trial){.dut = dut,
                            .glob = survey->glob,
                            .seed = 1,
                            .tier = TIER_FULL,
                            .parallel = 1,
                            .timeout_ms = CASE_TIMEOUT_MS,
                            .ignore = set->ignore};
}

/* Sets on which most cases run come first: they kill most. */
static int by_cases(const void *a, const void *b)
{
    const struct survey_set *x = a, *y = b;

    return x->run < y->run ? 1 : x->run > y->run ? -1 : strcmp(x->parameters, y->parameters);
}

static int take_set(struct survey *survey, size_t n, const char *plugin, uint32_t parallel)
{
    struct survey_set *set = &survey->sets[n];
    struct trial trial;
    char dut[640];
    int code;

    survey_trial(survey, n, plugin, &trial, dut, sizeof(dut));
    trial.parallel = parallel;
    code = trial_run(&trial);
    set->ignore = json_incref(trial.failures);
    json_object_update(set->ignore, trial.skipped);
    set->run = trial.run - json_object_size(trial.failures);
    if (!code && trial.failed)
        cli_say("on %s the original fails in %s and perhaps more; that is not counted", set->parameters, trial.by);
    trial_free(&trial);
    return code;
}

int survey_take(struct survey *survey, const struct mutate_model *model, const char *plugin, uint32_t parallel)
{
    const char *const *sets = dut_default_sets(model->name);

    for (; *sets && survey->count < SURVEY_SETS_MAX; sets++) {
        int code;

        survey->sets[survey->count++].parameters = *sets;
        code = take_set(survey, survey->count - 1, plugin, parallel);
        if (code) {
            cli_say("the original cannot be judged on %s", *sets);
            return code;
        }
    }
    return 0;
}

/* Case n, on its way round the sets: the n-th of them and others at equal distances keep it. */
static void limit_case(struct survey *survey, const struct iotb_case *what, size_t n, size_t most)
{
    struct survey_set *runs[SURVEY_SETS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < survey->count; i++)
        if (!json_object_get(survey->sets[i].ignore, what->name))
            runs[count++] = &survey->sets[i];
    for (size_t i = 0; i < count; i++) {
        bool kept = count <= most;

        for (size_t k = 0; k < most && !kept; k++)
            kept = (n + k * count / most) % count == i;
        if (!kept)
            json_object_set_new(runs[i]->ignore, what->name, json_true());
        runs[i]->run -= !kept;
    }
}

void survey_limit(struct survey *survey, const struct mutate_model *model, uint64_t most)
{
    size_t stem = strlen(model->name);
    const struct iotb_case *what;

    for (size_t n = 0; (what = suite_at(n)) != NULL; n++)
        if (!strncmp(what->name, model->name, stem) && what->name[stem] == '.')
            limit_case(survey, what, n, (size_t)most);
    qsort(survey->sets, survey->count, sizeof(survey->sets[0]), by_cases);
}

void survey_free(struct survey *survey)
{
    for (size_t i = 0; i < survey->count; i++)
        json_decref(survey->sets[i].ignore);
    survey->count = 0;
}
