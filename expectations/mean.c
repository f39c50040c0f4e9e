/*
 * mean: the arithmetic mean of the column lies between two bounds.
 *
 * Over non-null values; the sum is exact and rounded once, in the division. Nothing to
 * average fails. A value that is no finite number makes it an error.
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
    const struct assay_moments_detail *moments = measures[0]->detail;
    assay_judge_limits(&moments->mean, &args->limits, "mean", env, out);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "mean is ");
    assay_limits_describe(&args->limits, out);
}

const struct assay_expectation assay_expectation_mean = {
    .name = "mean",
    .summary = "the mean lies between two bounds",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "mean: {min: 10, max: 500}",
    .prepare = prepare,
    .metric = &assay_metric_moments,
    .judge = judge,
    .title = title,
};
