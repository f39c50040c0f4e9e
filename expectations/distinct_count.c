/*
 * distinct_count: the number of distinct values lies between two bounds.
 *
 * Over non-null values, exact, also past the memory limit. 0 where there are none.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"

struct args {
    struct assay_limits limits;
};

static const struct assay_param params[] = {ASSAY_LIMIT_PARAMS(struct args)};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    return assay_limits_check(&args->limits, ASSAY_ORDER_NUMBER, prepare, err);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    assay_judge_limits(&measures[0]->value, &args->limits, "number of distinct values", env, out);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "number of distinct values is ");
    assay_limits_describe(&args->limits, out);
}

const struct assay_expectation assay_expectation_distinct_count = {
    .name = "distinct_count",
    .summary = "the number of distinct values lies between two bounds",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_MULTI,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "distinct_count: {min: 2, max: 50}",
    .prepare = prepare,
    .metric = &assay_metric_distinct,
    .judge = judge,
    .title = title,
};
