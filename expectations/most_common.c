/*
 * most_common: the most frequent value is one of those named.
 *
 * Exact. Where several values are the most frequent, `ties_okay` asks that one of them
 * is named; without it a tie fails. No values fail. Values are equal as metric/same.h says.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/list.h"
#include "metric/metrics.h"
#include "metric/partition.h"

#include <stdlib.h>

#define MODES_SHOWN 100u

struct args {
    struct assay_scalars values;
    bool ties_okay;
    struct assay_frequency_args frequency; /* made from the values */
};

static const struct assay_param params[] = {
    {"values", ASSAY_PARAM_SCALARS, ASSAY_PARAM_REQUIRED | ASSAY_PARAM_MAIN | ASSAY_PARAM_NONEMPTY,
     NULL, NULL, offsetof(struct args, values), "what the most frequent value may be"},
    {"ties_okay", ASSAY_PARAM_BOOL, 0, "false", NULL, offsetof(struct args, ties_okay),
     "several values may share the first place, if one of them is named"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    struct assay_str *names = NULL;
    ASSAY_TRY(assay_partition_keys(&args->values, &names, prepare, err));
    args->frequency = (struct assay_frequency_args){MODES_SHOWN, names, args->values.count};
    return ASSAY_OK;
}

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    const struct args *args = check->args;
    return assay_need_metric(needs, check, &assay_metric_frequency, &args->frequency, err);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    const struct assay_frequency_detail *found = measures[0]->detail;
    uint64_t modes = found->modes + found->unlisted_modes;
    struct assay_list list = assay_list_new(env->arena, found->modes);
    for (uint32_t i = 0; i < found->modes; i++)
        assay_list_add(&list, found->values[i]);
    if (list.items != NULL)
        qsort(list.items, list.count, sizeof *list.items, assay_value_order);
    out->observed = assay_list_value(&list);
    bool holds = found->named && (modes == 1 || args->ties_okay);
    out->level = holds ? ASSAY_LEVEL_PASS : ASSAY_LEVEL_FAIL;
    if (found->modes == 0)
        assay_outcome_say(out, env, "there are no values");
    else if (modes > 1)
        assay_outcome_say(out, env, "%llu values share the first place, with %llu rows each",
                          (unsigned long long)modes, (unsigned long long)found->counts[0]);
    else
        assay_outcome_say(out, env, "the most common value is %.*s, in %llu of %llu rows",
                          (int)found->values[0].text.len, found->values[0].text.ptr,
                          (unsigned long long)found->counts[0], (unsigned long long)found->total);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "most common value is ");
    for (uint32_t i = 0; i < args->values.count; i++) {
        assay_buf_puts(out, i ? " or " : "");
        assay_buf_str(out, args->values.items[i].text);
    }
}

const struct assay_expectation assay_expectation_most_common = {
    .name = "most_common",
    .summary = "the most frequent value is one of those named",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "most_common: [placed]",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
